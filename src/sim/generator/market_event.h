/* What the generator yields: one market datum of one instrument at one instant. */
#ifndef TERN_SIM_GENERATOR_MARKET_EVENT_H
#define TERN_SIM_GENERATOR_MARKET_EVENT_H

#include "core/model/bar.h"
#include "core/model/instrument.h"

/* X(name, text): each kind is also a bit of generator_config.kinds. */
#define MARKET_EVENT_TABLE(X) \
    X(QUOTE, "quote")         \
    X(TRADE, "trade")         \
    X(BOOK_CLEAR, "clear")    \
    X(BOOK_DELTA, "delta")    \
    X(BAR, "bar")

enum market_event_kind {
#define MARKET_EVENT_ENUM(name, text) MARKET_EVENT_##name,
    MARKET_EVENT_TABLE(MARKET_EVENT_ENUM)
#undef MARKET_EVENT_ENUM
};

#define MARKET_EVENTS_ALL UINT32_C(0x1f)

/* Best bid and best ask; sizes > 0. */
struct market_quote {
    struct price bid, ask;
    struct quantity bid_size, ask_size;
};

struct market_trade {
    uint64_t id; /* 1, 2, 3, ... of the instrument */
    struct price price;
    struct quantity quantity; /* > 0 */
    enum side aggressor;      /* of the order that took */
};

/* A level's new size; 0 removes it. SIDE_BUY is the bids. */
struct market_delta {
    enum side side;
    struct price price;
    struct quantity size;
};

struct market_bar {
    int64_t length_ns;
    struct bar bar; /* closed; the event's time is open_time_ns + length_ns */
};

struct market_event {
    int64_t time_ns; /* the venue's clock, since 1970 */
    uint32_t slot;   /* the instrument's number in the generator */
    enum market_event_kind kind;
    union {
        struct market_quote quote;
        struct market_trade trade;
        struct market_delta delta;
        struct market_bar bar;
    }; /* BOOK_CLEAR has none: forget all levels, deltas follow */
};

/* `quote`, `trade`, ... */
const char *market_event_name(enum market_event_kind kind);

#endif
