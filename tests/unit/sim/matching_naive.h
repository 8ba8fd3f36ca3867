/* The same matching as one plain array of orders, for tests: the best order is looked for among all
 * of them, and whether an FOK order fills whole is found out by trying on a copy. */
#ifndef TERN_TESTS_MATCHING_NAIVE_H
#define TERN_TESTS_MATCHING_NAIVE_H

#include <string.h>

#include "core/model/limits.h"
#include "sim/book/matching.h"

#define PLAIN_ORDERS_MAX 1024u

struct plain_order {
    struct match_order asked;
    int64_t left;
    uint64_t place; /* smaller came first */
};

struct plain_matching {
    struct plain_order orders[PLAIN_ORDERS_MAX]; /* in any order */
    struct match_event events[PLAIN_ORDERS_MAX + 3];
    uint32_t count, capacity, events_count;
    uint64_t place_next;
};

static inline struct match_event *plain_event(struct plain_matching *plain,
                                              enum match_event_kind kind,
                                              const struct plain_order *order,
                                              enum match_reason reason)
{
    struct match_event *event = &plain->events[plain->events_count++];
    memset(event, 0, sizeof *event);
    event->kind = (uint8_t)kind;
    event->reason = (uint8_t)reason;
    event->order = order->asked.id;
    event->owner = order->asked.owner;
    if (kind != MATCH_REFUSED)
        event->side = order->asked.side;
    if (kind == MATCH_CANCELED)
        event->quantity.units = order->left;
    return event;
}

static inline uint32_t plain_index(const struct plain_matching *plain, uint64_t id)
{
    uint32_t i = 0;
    while (i < plain->count && plain->orders[i].asked.id != id)
        i++;
    return i;
}

static inline void plain_remove(struct plain_matching *plain, uint64_t id)
{
    uint32_t i = plain_index(plain, id);
    plain->orders[i] = plain->orders[--plain->count];
}

/* Whether a buy at `tick` (a sell) can trade with a sell (a buy) at `other`; 0 is any price. */
static inline bool plain_meets(uint8_t side, int64_t tick, int64_t other)
{
    return tick == 0 || (side == SIDE_BUY ? other <= tick : other >= tick);
}

/* The first order that this one would trade with, or NULL. */
static inline struct plain_order *plain_maker(struct plain_matching *plain,
                                              const struct plain_order *taker)
{
    struct plain_order *best = NULL;
    for (uint32_t i = 0; i < plain->count; i++) {
        struct plain_order *order = &plain->orders[i];
        if (order->asked.side == taker->asked.side ||
            !plain_meets(taker->asked.side, taker->asked.tick, order->asked.tick))
            continue;
        if (best == NULL) {
            best = order;
            continue;
        }
        int64_t lower = order->asked.tick - best->asked.tick;
        if (taker->asked.side == SIDE_SELL)
            lower = -lower;
        if (lower < 0 || (lower == 0 && order->place < best->place))
            best = order;
    }
    return best;
}

/* False where the taker ended by a self trade. */
static inline bool plain_take(struct plain_matching *plain, struct plain_order *taker)
{
    struct plain_order *maker;
    while (taker->left > 0 && (maker = plain_maker(plain, taker)) != NULL) {
        enum match_event_kind kind = MATCH_FILL;
        if (maker->asked.owner == taker->asked.owner &&
            taker->asked.self_trade != SELF_TRADE_ALLOW) {
            uint8_t rule = taker->asked.self_trade;
            if (rule == SELF_TRADE_CANCEL_OLDEST || rule == SELF_TRADE_CANCEL_BOTH) {
                plain_event(plain, MATCH_CANCELED, maker, MATCH_REASON_SELF_TRADE)
                    ->tick = maker->asked.tick;
                plain_remove(plain, maker->asked.id);
            }
            if (rule == SELF_TRADE_CANCEL_NEWEST || rule == SELF_TRADE_CANCEL_BOTH) {
                plain_event(plain, MATCH_CANCELED, taker, MATCH_REASON_SELF_TRADE);
                return false;
            }
            if (rule == SELF_TRADE_CANCEL_OLDEST)
                continue;
            kind = MATCH_REDUCED;
        }
        int64_t quantity = i64_min(taker->left, maker->left);
        taker->left -= quantity;
        maker->left -= quantity;
        struct match_event *event = plain_event(plain, kind, taker, MATCH_REASON_NONE);
        event->maker = maker->asked.id;
        event->maker_owner = maker->asked.owner;
        event->tick = maker->asked.tick;
        event->quantity.units = quantity;
        event->order_left.units = taker->left;
        event->maker_left.units = maker->left;
        if (maker->left == 0)
            plain_remove(plain, maker->asked.id);
    }
    return true;
}

static inline bool plain_would_take(struct plain_matching *plain, const struct plain_order *order)
{
    return plain_maker(plain, order) != NULL;
}

static inline bool plain_fills_whole(const struct plain_matching *plain,
                                     const struct plain_order *order)
{
    static struct plain_matching trial;
    struct plain_order taker = *order;
    trial = *plain;
    if (!plain_take(&trial, &taker) || taker.left > 0)
        return false;
    for (uint32_t i = 0; i < trial.events_count; i++) {
        if (trial.events[i].kind == MATCH_REDUCED)
            return false;
    }
    return true;
}

static inline enum match_reason plain_problem(struct plain_matching *plain,
                                              const struct plain_order *order)
{
    const struct match_order *asked = &order->asked;
    bool market = asked->tick == 0;
    bool rests = asked->tif == TIF_GTC;
    if ((asked->side != SIDE_BUY && asked->side != SIDE_SELL) || asked->tick < 0 ||
        asked->tick > TICK_MAX || asked->quantity.units <= 0 ||
        asked->quantity.units > QUANTITY_UNITS_MAX || asked->tif < TIF_GTC ||
        asked->tif > TIF_FOK || (market && rests) || (asked->post_only && !rests) ||
        asked->self_trade > SELF_TRADE_DECREMENT)
        return MATCH_REASON_FORM;
    if (plain_index(plain, asked->id) < plain->count)
        return MATCH_REASON_DUPLICATE;
    if (rests && plain->count == plain->capacity)
        return MATCH_REASON_FULL;
    if (asked->post_only && plain_would_take(plain, order))
        return MATCH_REASON_POST_ONLY;
    return MATCH_REASON_NONE;
}

static inline void plain_place(struct plain_matching *plain, const struct match_order *asked)
{
    struct plain_order order = {*asked, asked->quantity.units, plain->place_next++};
    plain->events_count = 0;
    enum match_reason problem = plain_problem(plain, &order);
    if (problem != MATCH_REASON_NONE) {
        plain_event(plain, MATCH_REFUSED, &order, problem);
    } else if (asked->tif == TIF_FOK && !plain_fills_whole(plain, &order)) {
        plain_event(plain, MATCH_CANCELED, &order, MATCH_REASON_NOT_WHOLE);
    } else if (plain_take(plain, &order) && order.left > 0) {
        if (asked->tif == TIF_GTC) {
            plain->orders[plain->count++] = order;
            struct match_event *event = plain_event(plain, MATCH_RESTING, &order,
                                                    MATCH_REASON_NONE);
            event->tick = asked->tick;
            event->order_left.units = order.left;
        } else {
            plain_event(plain, MATCH_CANCELED, &order, MATCH_REASON_UNFILLABLE);
        }
    }
}

static inline bool plain_owns(struct plain_matching *plain, uint64_t id, uint32_t owner)
{
    uint32_t i = plain_index(plain, id);
    struct plain_order unknown = {.asked = {.id = id, .owner = owner}};
    plain->events_count = 0;
    if (i < plain->count && plain->orders[i].asked.owner == owner)
        return true;
    plain_event(plain, MATCH_REFUSED, &unknown, MATCH_REASON_UNKNOWN_ORDER);
    return false;
}

static inline void plain_cancel(struct plain_matching *plain, uint64_t id, uint32_t owner)
{
    if (!plain_owns(plain, id, owner))
        return;
    const struct plain_order *order = &plain->orders[plain_index(plain, id)];
    plain_event(plain, MATCH_CANCELED, order, MATCH_REASON_ASKED)->tick = order->asked.tick;
    plain_remove(plain, id);
}

static inline void plain_amend(struct plain_matching *plain, uint64_t id, uint32_t owner,
                               int64_t tick, struct quantity quantity)
{
    if (!plain_owns(plain, id, owner))
        return;
    struct plain_order *order = &plain->orders[plain_index(plain, id)];
    struct plain_order amended = *order;
    int64_t filled = order->asked.quantity.units - order->left;
    amended.asked.tick = tick;
    amended.asked.quantity = quantity;
    amended.left = quantity.units - filled;
    enum match_reason problem = MATCH_REASON_NONE;
    if (tick < 1 || tick > TICK_MAX || quantity.units <= 0 || quantity.units > QUANTITY_UNITS_MAX)
        problem = MATCH_REASON_FORM;
    else if (amended.left <= 0)
        problem = MATCH_REASON_FILLED;
    else if (amended.asked.post_only && plain_would_take(plain, &amended))
        problem = MATCH_REASON_POST_ONLY;
    if (problem != MATCH_REASON_NONE) {
        plain_event(plain, MATCH_REFUSED, order, problem);
        return;
    }
    struct match_event *event = plain_event(plain, MATCH_AMENDED, order, MATCH_REASON_NONE);
    event->tick = tick;
    event->quantity = quantity;
    event->order_left.units = amended.left;
    if (tick == order->asked.tick && quantity.units <= order->asked.quantity.units) {
        *order = amended;
        return;
    }
    plain_remove(plain, id);
    amended.place = plain->place_next++;
    if (plain_take(plain, &amended) && amended.left > 0)
        plain->orders[plain->count++] = amended;
}

#endif
