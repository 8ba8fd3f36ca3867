#include "sim/generator/market_event.h"

const char *market_event_name(enum market_event_kind kind)
{
    static const char *const names[] = {
#define MARKET_EVENT_TEXT(upper, lower) [MARKET_EVENT_##upper] = #lower,
        MARKET_EVENT_TABLE(MARKET_EVENT_TEXT)
#undef MARKET_EVENT_TEXT
    };
    return names[kind];
}
