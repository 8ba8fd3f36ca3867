/* The order book of one instrument around its reference price, moved by zero intelligence.
 *
 * After Cont, Stoikov, Talreja, "A stochastic model for order book dynamics" (2010): limit orders
 * arrive at distance i from the front at rate k / i^alpha, each resting order is cancelled at rate
 * theta, market orders (the trades, which come from elsewhere) take from the best level. Unlike
 * there, the book is snapped to a given reference price, so that book and path agree.
 *
 *     price   ... |  cell  |  cell  |  cell  |    reference     |  cell  |  cell  | ...
 *     levels        bid 1    bid 0   (< spread/2 from it: empty)   ask 0    ask 1
 *
 * Prices are cut into cells of `spacing` ticks; each cell holds one possible level, at a tick fixed
 * by the cell's number, so that prices look irregular but stay the same. Bids are the FLOW_DEPTH
 * cells at and below reference - spread/2, asks those at and above reference + spread/2.
 *
 * Invariants: bids < reference < asks, so the book is never crossed, not even between the deltas
 * of one change (removals come first); each side has at least one level; sizes are whole lots. */
#ifndef TERN_SIM_GENERATOR_ORDER_FLOW_H
#define TERN_SIM_GENERATOR_ORDER_FLOW_H

#include "base/random.h"
#include "core/model/instrument.h"

#define FLOW_DEPTH 12

/* Rates per second, for orders of average size. */
#define FLOW_LIMIT_RATE 1.92  /* k */
#define FLOW_LIMIT_POWER 0.52 /* alpha */
#define FLOW_CANCEL_RATE 0.4  /* theta */

enum flow_side { FLOW_BID, FLOW_ASK };

struct order_flow {
    int64_t spacing;   /* ticks a cell, > 0 */
    uint64_t cell_key; /* decides the tick within a cell */
    double order_lots; /* average size of an order, in lots, >= 1 */
    struct random random;
    int64_t front[2];            /* cell of level 0 of each side */
    int64_t lots[2][FLOW_DEPTH]; /* 0: no order at this level */
    double limit_rates[FLOW_DEPTH];
};

/* A level of the book that changed: lots is its new size. */
struct flow_change {
    enum flow_side side;
    int64_t ticks;
    int64_t lots;
};

/* Changes of one call; room for the largest: both sides wholly replaced. */
#define FLOW_CHANGES_MAX (4 * FLOW_DEPTH)
struct flow_changes {
    size_t count;
    struct flow_change items[FLOW_CHANGES_MAX];
};

/* One print of a market order. */
struct flow_fill {
    int64_t ticks, lots;
};

/* spacing > 0, order_lots >= 1; random is the stream to draw from. The book is empty until
 * order_flow_fill. */
void order_flow_init(struct order_flow *flow, int64_t spacing, double order_lots, uint64_t cell_key,
                     uint64_t random_key);
/* A whole new book around `reference` ticks with `spread` ticks (> 0) between its fronts. */
void order_flow_fill(struct order_flow *flow, double reference, double spread);
/* Moves the cells to a new reference; levels that it passed are removed, levels that become
 * possible are filled. Appends what changed to `changes`, which the caller has emptied. */
void order_flow_snap(struct order_flow *flow, double reference, double spread,
                     struct flow_changes *changes);
/* One limit order or cancellation, chosen by the rates. Appends at most one change. */
void order_flow_act(struct order_flow *flow, struct flow_changes *changes);
/* A market order of `lots` > 0 takes from the best levels, never the last lot of a side. Writes
 * the prints, at most FLOW_DEPTH, and appends the changes; returns the number of prints. */
size_t order_flow_take(struct order_flow *flow, enum flow_side from, int64_t lots,
                       struct flow_fill fills[FLOW_DEPTH], struct flow_changes *changes);
/* Appends every level of the book, best first, bids before asks. */
void order_flow_levels(const struct order_flow *flow, struct flow_changes *levels);
/* The best level of a side; false for an empty book. */
bool order_flow_best(const struct order_flow *flow, enum flow_side side, int64_t *ticks,
                     int64_t *lots);
/* The price in ticks of a level. */
int64_t order_flow_ticks(const struct order_flow *flow, enum flow_side side, size_t level);
/* The size of an order: exponential around the average, at least one lot. */
int64_t order_flow_draw_lots(struct order_flow *flow);

#endif
