/* Market data that is observed, not decided: quotes, public trades, order-book deltas. */
#ifndef TERN_CORE_MODEL_MARKET_H
#define TERN_CORE_MODEL_MARKET_H

#include "core/model/bar.h"
#include "core/model/instrument.h"

/* Top of an order book. A side that is empty has price and quantity 0. */
struct quote {
    struct price bid, ask;
    struct quantity bid_quantity, ask_quantity;
};

/* A public print; taker is the aggressor's side, 0 where the venue does not say. */
struct trade {
    struct price price;
    struct quantity quantity;
    uint32_t taker;
    uint32_t reserved;
};

/* One level of an order book is now this large; quantity 0 removes it. A snapshot is a run of
 * deltas, the first with DELTA_CLEAR, the last with DELTA_LAST. The engine is told the visible
 * ladder this way: whoever feeds it sends what of the best DEPTH_LEVELS_MAX levels of each side
 * changed, also a level that came into sight because a better one went. */
enum delta_flag { DELTA_CLEAR = 1, DELTA_LAST = 2 };

struct delta {
    struct price price;
    struct quantity quantity;
    uint32_t side;
    uint32_t flags;
};

#endif
