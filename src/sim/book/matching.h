/* A limit order book that matches: price first, then time, one instrument, many owners.
 *
 *     matching_place ─┐              fills against the best opposite level,
 *     matching_amend ─┼─► the book ─► oldest order first, at the maker's price ─► events
 *     matching_cancel ┘              what is left rests, or ends
 *
 * 100 @ 101 and 50 @ 101 are asked, in this order; a buy of 120 at 102 fills 100 @ 101 and 20 @
 * 101.
 *
 * Rules:
 *  1. A fill is at the resting order's price. Within a level the order that came first fills first.
 *  2. What an IOC or market order does not find is canceled; an FOK order fills whole or not at
 *     all; a post-only order that would take is refused.
 *  3. An amend to less at the same price keeps its place. Any other amend but one to the same
 *     goes to the end of its level as if it were new, and may take, unless it is post-only: then
 *     the amend is refused and the order stays as it was.
 *  4. Orders of one owner do not trade with each other unless the taker's rule is
 *     SELF_TRADE_ALLOW; see enum self_trade.
 *  5. A resting order is found by the id its sender gave; ids of live orders are unique.
 *
 * Invariants after each call: the best bid lies below the best ask; a level's total is the sum of
 * its orders; no order that is left with nothing rests. No memory is taken after creation. */
#ifndef TERN_SIM_BOOK_MATCHING_H
#define TERN_SIM_BOOK_MATCHING_H

#include "core/model/order.h"
#include "sim/book/tick_map.h"

/* What happens where a taker meets an order of its own owner. */
enum self_trade {
    SELF_TRADE_ALLOW = 0,
    SELF_TRADE_CANCEL_NEWEST = 1, /* the taker's rest ends */
    SELF_TRADE_CANCEL_OLDEST = 2, /* the resting order ends, the taker goes on */
    SELF_TRADE_CANCEL_BOTH = 3,
    SELF_TRADE_DECREMENT = 4, /* both lose the smaller of both quantities, without a trade */
};

/* X(NAME, sentence): why an order ended or a request was refused. */
#define MATCH_REASON_TABLE(X)                                                   \
    X(NONE, "")                                                                 \
    X(ASKED, "its owner canceled it")                                           \
    X(UNFILLABLE, "no more at its price: the rest of an IOC or market order")   \
    X(NOT_WHOLE, "an FOK order that could not fill whole")                      \
    X(SELF_TRADE, "it met an order of its own owner")                           \
    X(POST_ONLY, "a post-only order that would take")                           \
    X(DUPLICATE, "a live order has this id")                                    \
    X(UNKNOWN_ORDER, "its owner has no live order of this id")                  \
    X(FORM, "a side, type, time in force, price or quantity that no order has") \
    X(FILLED, "amended to no more than is filled")                              \
    X(FULL, "no room for one more order or level")

enum match_reason {
#define MATCH_REASON_ENUM(name, sentence) MATCH_REASON_##name,
    MATCH_REASON_TABLE(MATCH_REASON_ENUM)
#undef MATCH_REASON_ENUM
        MATCH_REASON_COUNT
};

const char *match_reason_sentence(enum match_reason reason);

struct match_order {
    uint64_t id;
    int64_t tick; /* limit price in ticks, 1 … TICK_MAX; 0 for a market order */
    struct quantity quantity;
    uint32_t owner;
    uint8_t side;       /* enum side */
    uint8_t tif;        /* TIF_GTC, TIF_IOC or TIF_FOK; a market order's is IOC or FOK */
    uint8_t post_only;  /* with TIF_GTC */
    uint8_t self_trade; /* enum self_trade: as a taker */
};

enum match_event_kind {
    MATCH_RESTING = 1,  /* order rests with `order_left` at `tick` */
    MATCH_FILL = 2,     /* order took `quantity` of maker at `tick` */
    MATCH_CANCELED = 3, /* order ended with `quantity` unfilled; `reason` says why */
    MATCH_REDUCED = 4,  /* order and maker each lost `quantity` by SELF_TRADE_DECREMENT */
    MATCH_AMENDED = 5,  /* order is now `quantity` in all, at `tick` */
    MATCH_REFUSED = 6,  /* a place, cancel or amend was refused; nothing changed */
};

/* An order whose `left` is 0 in a fill or reduction has ended by it. */
struct match_event {
    uint64_t order, maker;
    int64_t tick;
    struct quantity quantity, order_left, maker_left;
    uint32_t owner, maker_owner;
    uint8_t kind, reason, side; /* side of `order`; 0 where it is not known */
    uint8_t reserved[5];
};

struct matching_config {
    uint32_t orders_capacity; /* resting at a time, > 0 */
};

struct matching;

MUST_USE enum status matching_create(const struct matching_config *config, struct matching **out);
void matching_free(struct matching *matching);

/* Each empties the list of events and adds its own: at least one, at most orders_capacity + 3. */
void matching_place(struct matching *matching, const struct match_order *order);
void matching_cancel(struct matching *matching, uint64_t id, uint32_t owner);
/* quantity is what the order is to be in all, with what is filled already. */
void matching_amend(struct matching *matching, uint64_t id, uint32_t owner, int64_t tick,
                    struct quantity quantity);

/* Of the last call, in the order in which they happened; borrowed until the next. */
const struct match_event *matching_events(const struct matching *matching, uint32_t *count);

/* A resting level. total: sum of what its orders have left. */
struct match_level_view {
    int64_t tick;
    i128 total;
    uint32_t orders_count;
};

/* False where the side is empty; *out is then zero. */
bool matching_best(const struct matching *matching, enum side side, struct match_level_view *out);
/* The best levels, best first; returns how many of `capacity` there are. */
uint32_t matching_levels(const struct matching *matching, enum side side,
                         struct match_level_view *out, uint32_t capacity);
/* Whether the order rests; *left and *ahead (what stands before it at its price) may be NULL. */
bool matching_find(const struct matching *matching, uint64_t id, struct quantity *left,
                   i128 *ahead);
uint32_t matching_resting_count(const struct matching *matching);

#endif
