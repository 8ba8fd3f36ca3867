/* What the generator yields: one market datum of one instrument at one instant. */
#ifndef TERN_SIM_GENERATOR_MARKET_EVENT_H
#define TERN_SIM_GENERATOR_MARKET_EVENT_H

#include "core/model/bar.h"
#include "core/model/instrument.h"
#include "core/model/market.h"

/* X(NAME, name): each kind is also a bit of generator_config.kinds. */
#define MARKET_EVENT_TABLE(X) \
    X(QUOTE, quote)           \
    X(TRADE, trade)           \
    X(DELTA, delta)           \
    X(BAR, bar)

enum market_event_kind {
#define MARKET_EVENT_ENUM(upper, lower) MARKET_EVENT_##upper,
    MARKET_EVENT_TABLE(MARKET_EVENT_ENUM)
#undef MARKET_EVENT_ENUM
};

#define MARKET_EVENT_BIT(kind) (UINT32_C(1) << (kind))
#define MARKET_EVENTS_ALL UINT32_C(0xf)

struct market_event {
    int64_t time_ns; /* the venue's clock, since 1970; of a bar: its end */
    uint32_t slot;   /* the instrument's number in the generator */
    enum market_event_kind kind;
    uint64_t trade_id; /* of a trade: 1, 2, 3, ... of the instrument; else 0 */
    union {
        struct quote quote; /* both sides there, quantities > 0 */
        struct trade trade; /* taker is SIDE_BUY or SIDE_SELL */
        /* An order book begins, and after each gap begins anew, as a snapshot: a run of deltas from
         * DELTA_CLEAR to DELTA_LAST. Single changes afterwards carry no flag. */
        struct delta delta;
        struct {
            int64_t bar_ns; /* length */
            struct bar bar; /* closed */
        } bar;
    };
};

/* `quote`, `trade`, ... */
const char *market_event_name(enum market_event_kind kind);

#endif
