/* The exchange on bars a second time, slowly and from the table in its header alone: one list of
 * orders, walked for everything that happens; prices found by counting ticks; fees from a list of
 * every execution there ever was. The truth that bar_venue.c is compared with. */
#ifndef TERN_TESTS_UNIT_SIM_BAR_VENUE_NAIVE_H
#define TERN_TESTS_UNIT_SIM_BAR_VENUE_NAIVE_H

#include <string.h>

#include "sim/bar_venue.h"

#define NAIVE_ORDERS_MAX 64u
#define NAIVE_REPORTS_MAX 256u
#define NAIVE_EXECUTIONS_MAX 4096u
#define NAIVE_DAY_NS (INT64_C(86400) * NANOSECONDS_PER_SECOND)

struct naive_order {
    struct order is;
    bool triggered; /* its stop price was reached */
    bool met;       /* it has met a price and was not filled */
};

struct naive_report {
    enum input_kind kind;
    uint64_t order;
    enum reason reason;
    int64_t price, quantity, fee; /* fee in the smallest unit of the quote asset */
    enum liquidity liquidity;
    uint64_t number; /* the exchange's own: of the order or of the trade */
};

struct naive {
    struct bar_venue_config config;
    int64_t last[2];                             /* price of each instrument, as it was told */
    struct naive_order orders[NAIVE_ORDERS_MAX]; /* as they arrived, and amended ones behind */
    uint32_t count;
    struct naive_report reports[NAIVE_REPORTS_MAX];
    uint32_t reports_count;
    struct {
        int64_t day;
        i128 notional;
    } executions[NAIVE_EXECUTIONS_MAX]; /* of the last forty days */
    uint32_t executions_count;
    uint64_t accepted, traded;
};

static inline struct naive_report *naive_say(struct naive *naive, enum input_kind kind,
                                             uint64_t order, enum reason reason)
{
    assert_true(naive->reports_count < NAIVE_REPORTS_MAX);
    struct naive_report *report = &naive->reports[naive->reports_count++];
    *report = (struct naive_report){.kind = kind, .order = order, .reason = reason};
    return report;
}

static inline void naive_remove(struct naive *naive, uint32_t at)
{
    memmove(&naive->orders[at], &naive->orders[at + 1],
            (naive->count - at - 1) * sizeof naive->orders[0]);
    naive->count--;
}

/* ---- prices and fees ------------------------------------------------------------------------- */

static inline int64_t naive_taken(const struct naive *naive, const struct naive_order *order,
                                  int64_t price)
{
    int64_t tick = naive->config.instruments[order->is.instrument].tick.units;
    int64_t ppm = naive->config.slippage.ppm;
    int64_t ticks = price / tick;
    if (order->is.side == SIDE_BUY) {
        while ((i128)ticks * tick * 1000000 < (i128)price * (1000000 + ppm))
            ticks++;
    } else {
        for (ticks++; (i128)ticks * tick * 1000000 > (i128)price * (1000000 - ppm);)
            ticks--;
    }
    return ticks < 1 ? tick : ticks * tick;
}

/* Volume of the thirty whole days before this one decides. */
static inline const struct fee_tier *naive_tier(const struct naive *naive, int64_t day)
{
    i128 volume = 0;
    for (uint32_t i = 0; i < naive->executions_count; i++) {
        if (naive->executions[i].day < day && naive->executions[i].day >= day - 30)
            volume += naive->executions[i].notional;
    }
    const struct fee_tier *tier = &naive->config.tiers[0];
    for (uint32_t i = 0; i < naive->config.tiers_count; i++) {
        if (volume >= naive->config.tiers[i].volume.units)
            tier = &naive->config.tiers[i];
    }
    return tier;
}

/* notional x ppm / 10^6 in units of `unit`, by long division: ties to the even one. */
static inline int64_t naive_fee(i128 notional, int64_t ppm, int64_t unit)
{
    bool negative = ppm < 0;
    i128 value = notional * (negative ? -ppm : ppm);
    i128 whole = (i128)1000000 * unit;
    i128 units = value / whole;
    i128 rest = value % whole;
    if (rest * 2 > whole || (rest * 2 == whole && units % 2 != 0))
        units++;
    return (int64_t)(negative ? -units : units);
}

static inline void naive_execute(struct naive *naive, uint32_t at, int64_t price,
                                 enum liquidity liquidity, int64_t now_ns)
{
    const struct naive_order *order = &naive->orders[at];
    const struct instrument *instrument = &naive->config.instruments[order->is.instrument];
    int64_t day = now_ns / NAIVE_DAY_NS;
    i128 notional = (i128)price * order->is.quantity.units;
    for (uint32_t i = instrument->price_decimals + instrument->quantity_decimals; i < 18; i++)
        notional *= 10;
    const struct fee_tier *tier = naive_tier(naive, day);
    struct naive_report *report = naive_say(naive, INPUT_VENUE_FILL, order->is.id, REASON_NONE);
    report->price = price;
    report->quantity = order->is.quantity.units;
    report->liquidity = liquidity;
    report->fee = naive_fee(notional,
                            liquidity == LIQUIDITY_MAKER ? tier->maker.ppm : tier->taker.ppm,
                            instrument->fee_unit);
    report->number = ++naive->traded;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < naive->executions_count; i++) {
        if (naive->executions[i].day >= day - 40)
            naive->executions[kept++] = naive->executions[i];
    }
    assert_true(kept < NAIVE_EXECUTIONS_MAX);
    naive->executions[kept].day = day;
    naive->executions[kept].notional = notional;
    naive->executions_count = kept + 1;
    naive_remove(naive, at);
}

/* ---- what an order does at a price ----------------------------------------------------------- */

static inline bool naive_has_limit(const struct naive_order *order)
{
    return order->is.type == ORDER_LIMIT || order->is.type == ORDER_STOP_LIMIT;
}

static inline bool naive_sleeps(const struct naive_order *order)
{
    return !order->triggered &&
           (order->is.type == ORDER_STOP || order->is.type == ORDER_STOP_LIMIT);
}

/* How much better than `than` a price is for the order, in units: above 0 for a buy below it. */
static inline int64_t naive_better(const struct naive_order *order, int64_t price, int64_t than)
{
    return order->is.side == SIDE_BUY ? than - price : price - than;
}

/* A stop's price was reached; true where that ends it: a post-only order that would take there. */
static inline bool naive_wakes(struct naive *naive, uint32_t at, int64_t price)
{
    struct naive_order *order = &naive->orders[at];
    order->triggered = true;
    if (order->is.type != ORDER_STOP_LIMIT || (order->is.flags & ORDER_FLAG_POST_ONLY) == 0 ||
        naive_better(order, price, order->is.price.units) < 0)
        return false;
    naive_say(naive, INPUT_VENUE_CANCELED, order->is.id, REASON_VENUE_POST_ONLY);
    naive_remove(naive, at);
    return true;
}

/* The order sees this price; true where it is no longer there. */
static inline bool naive_meets(struct naive *naive, uint32_t at, int64_t price, int64_t now_ns)
{
    struct naive_order *order = &naive->orders[at];
    if (naive_sleeps(order)) {
        if (naive_better(order, price, order->is.stop_price.units) > 0)
            return false;
        if (naive_wakes(naive, at, price))
            return true;
    }
    int64_t taken = naive_taken(naive, order, price);
    int64_t limit = order->is.price.units;
    bool waited = order->met || (order->is.flags & ORDER_FLAG_POST_ONLY) != 0;
    order->met = true;
    if (!naive_has_limit(order)) {
        naive_execute(naive, at, taken, LIQUIDITY_TAKER, now_ns);
        return true;
    }
    if (naive_better(order, price, limit) > 0 && waited) {
        naive_execute(naive, at, limit, LIQUIDITY_MAKER, now_ns);
        return true;
    }
    if (naive_better(order, price, limit) > 0 && naive_better(order, taken, limit) >= 0) {
        naive_execute(naive, at, taken, LIQUIDITY_TAKER, now_ns);
        return true;
    }
    if (order->is.tif != TIF_IOC && order->is.tif != TIF_FOK)
        return false;
    naive_say(naive, INPUT_VENUE_CANCELED, order->is.id, REASON_VENUE_UNFILLABLE);
    naive_remove(naive, at);
    return true;
}

static inline bool naive_expires(struct naive *naive, uint32_t at, int64_t now_ns)
{
    const struct naive_order *order = &naive->orders[at];
    if (order->is.tif != TIF_GTD || order->is.expire_ns > now_ns)
        return false;
    naive_say(naive, INPUT_VENUE_EXPIRED, order->is.id, REASON_VENUE_EXPIRED);
    naive_remove(naive, at);
    return true;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static inline void naive_place(struct naive *naive, const struct order *wanted, int64_t last,
                               int64_t now_ns)
{
    const struct instrument *instrument = &naive->config.instruments[wanted->instrument];
    enum reason reason = REASON_NONE;
    int64_t by = wanted->price.units > 0 ? wanted->price.units : last;
    i128 notional = (i128)by * wanted->quantity.units * instrument->amount_factor;
    for (uint32_t i = 0; i < naive->count; i++) {
        if (naive->orders[i].is.id % naive->config.orders_capacity ==
            wanted->id % naive->config.orders_capacity)
            reason = REASON_VENUE_FULL;
    }
    bool crosses = wanted->side == SIDE_BUY ? wanted->price.units >= last
                                            : wanted->price.units <= last;
    if ((wanted->flags & ORDER_FLAG_POST_ONLY) != 0 && wanted->type == ORDER_LIMIT && last > 0 &&
        crosses)
        reason = REASON_VENUE_POST_ONLY;
    if (wanted->quantity.units < instrument->quantity_min.units ||
        (by > 0 && notional < instrument->notional_min.units))
        reason = REASON_VENUE_BELOW_MINIMUM;
    if (wanted->quantity.units <= 0 || wanted->quantity.units % instrument->lot.units != 0 ||
        wanted->price.units % instrument->tick.units != 0 ||
        wanted->stop_price.units % instrument->tick.units != 0)
        reason = REASON_VENUE_GRID;
    if (reason != REASON_NONE) {
        naive_say(naive, INPUT_VENUE_REJECTED, wanted->id, reason);
        return;
    }
    if (last > 0)
        naive->last[wanted->instrument] = last;
    assert_true(naive->count < NAIVE_ORDERS_MAX);
    naive->orders[naive->count] = (struct naive_order){.is = *wanted};
    naive_say(naive, INPUT_VENUE_ACCEPTED, wanted->id, REASON_NONE)->number = ++naive->accepted;
    naive->count++;
    if (naive->config.fill == BAR_FILL_THIS_CLOSE && last > 0)
        (void)naive_meets(naive, naive->count - 1, last, now_ns);
}

static inline uint32_t naive_find(const struct naive *naive, uint64_t id)
{
    uint32_t at = 0;
    while (at < naive->count && naive->orders[at].is.id != id)
        at++;
    return at;
}

static inline void naive_cancel(struct naive *naive, uint64_t id)
{
    uint32_t at = naive_find(naive, id);
    if (at == naive->count) {
        naive_say(naive, INPUT_VENUE_CANCEL_REJECTED, id, REASON_VENUE_UNKNOWN_ORDER);
        return;
    }
    const struct naive_order *order = &naive->orders[at];
    if (order->is.type == ORDER_MARKET || (order->is.type == ORDER_STOP && order->triggered)) {
        naive_say(naive, INPUT_VENUE_CANCEL_REJECTED, id, REASON_VENUE_SAID);
        return;
    }
    naive_say(naive, INPUT_VENUE_CANCELED, id, REASON_NONE);
    naive_remove(naive, at);
}

static inline void naive_amend(struct naive *naive, uint64_t id, int64_t price, int64_t quantity)
{
    uint32_t at = naive_find(naive, id);
    enum reason reason = at == naive->count ? REASON_VENUE_UNKNOWN_ORDER : REASON_NONE;
    if (reason == REASON_NONE) {
        struct naive_order order = naive->orders[at];
        const struct instrument *instrument = &naive->config.instruments[order.is.instrument];
        int64_t last = naive->last[order.is.instrument];
        if ((order.is.flags & ORDER_FLAG_POST_ONLY) != 0 && naive_has_limit(&order) &&
            !naive_sleeps(&order) && price != order.is.price.units && last > 0 &&
            (order.is.side == SIDE_BUY ? last - price : price - last) <= 0)
            reason = REASON_VENUE_POST_ONLY;
        if (quantity < instrument->quantity_min.units)
            reason = REASON_VENUE_BELOW_MINIMUM;
        if (quantity <= 0 || quantity % instrument->lot.units != 0 ||
            price % instrument->tick.units != 0 || naive_has_limit(&order) != (price > 0))
            reason = REASON_VENUE_GRID;
        if (reason == REASON_NONE) {
            order.is.price.units = price;
            order.is.quantity.units = quantity;
            order.met = false;
            naive_remove(naive, at);
            naive->orders[naive->count++] = order;
            struct naive_report *report = naive_say(naive, INPUT_VENUE_AMENDED, id, REASON_NONE);
            report->price = price;
            report->quantity = quantity;
            return;
        }
    }
    naive_say(naive, INPUT_VENUE_AMEND_REJECTED, id, reason);
}

static inline void naive_open(struct naive *naive, uint32_t instrument, int64_t open,
                              int64_t now_ns)
{
    naive->last[instrument] = open;
    for (uint32_t at = 0; at < naive->count;) {
        bool gone = false;
        if (naive->orders[at].is.instrument == instrument) {
            gone = naive_expires(naive, at, now_ns) || (naive->config.fill != BAR_FILL_THIS_CLOSE &&
                                                        naive_meets(naive, at, open, now_ns));
        }
        at += gone ? 0 : 1;
    }
}

/* What a bar proves about one order in range; stops in the first pass, limits in the second. */
static inline bool naive_inside(struct naive *naive, uint32_t at, const struct bar *bar, bool stops,
                                int64_t now_ns)
{
    struct naive_order *order = &naive->orders[at];
    bool buys = order->is.side == SIDE_BUY;
    if (stops && naive_sleeps(order)) {
        int64_t extreme = buys ? bar->high.units : bar->low.units;
        if (naive_better(order, extreme, order->is.stop_price.units) > 0)
            return false;
        if (naive_wakes(naive, at, order->is.stop_price.units))
            return true;
        if (naive_has_limit(order))
            return false;
        naive_execute(naive, at, naive_taken(naive, order, order->is.stop_price.units),
                      LIQUIDITY_TAKER, now_ns);
        return true;
    }
    if (stops || naive_sleeps(order) || !naive_has_limit(order) || !order->met)
        return false;
    int64_t extreme = buys ? bar->low.units : bar->high.units;
    if (naive_better(order, extreme, order->is.price.units) <= 0)
        return false;
    naive_execute(naive, at, order->is.price.units, LIQUIDITY_MAKER, now_ns);
    return true;
}

static inline void naive_close(struct naive *naive, uint32_t instrument, const struct bar *bar,
                               int64_t now_ns)
{
    bool range = naive->config.fill == BAR_FILL_RANGE;
    naive->last[instrument] = bar->close.units;
    /* 0: over inside the bar; 1: stops; 2: limits; 3: over at its end, or the close itself. */
    for (int pass = range ? 0 : 3; pass <= 3; pass++) {
        for (uint32_t at = 0; at < naive->count;) {
            bool gone = false;
            if (naive->orders[at].is.instrument == instrument) {
                if (pass == 0)
                    gone = naive_expires(naive, at, now_ns - 1);
                else if (pass < 3)
                    gone = naive_inside(naive, at, bar, pass == 1, now_ns);
                else
                    gone = naive_expires(naive, at, now_ns) ||
                           (naive->config.fill == BAR_FILL_THIS_CLOSE &&
                            naive_meets(naive, at, bar->close.units, now_ns));
            }
            at += gone ? 0 : 1;
        }
    }
}

#endif
