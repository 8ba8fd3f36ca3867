#include "sim/bar_venue.h"

#include <stdlib.h>

struct venue_order {
    uint64_t id;
    struct price price, stop_price;
    struct quantity quantity, filled;
    int64_t expire_ns;
    uint32_t instrument;
    uint32_t previous, next; /* slot + 1, in the instrument's list, in order of arrival */
    uint8_t side, type, tif, flags;
    uint8_t triggered; /* a stop that has become a market or limit order */
    uint8_t rested;    /* has met the market once without being filled */
    uint8_t live;
    uint8_t reserved;
};

struct bar_venue {
    struct bar_venue_config config;
    struct arena memory;
    struct venue_order *orders;
    uint32_t *first, *last; /* [instrument]: slot + 1 of the oldest and newest order, 0 = none */
    struct price *prices;   /* [instrument]: last one told; while orders wait every one is */
    struct input *reports;
    uint32_t reports_count, reports_capacity;
    uint32_t mask, live_count;
    uint64_t trade_id_next, order_id_next;
    struct fee_schedule own_fees, *fees;
};

/* ---- memory ---------------------------------------------------------------------------------- */

static void take(struct bar_venue *venue, struct arena *arena)
{
    const struct bar_venue_config *config = &venue->config;
    venue->orders = ARENA_TAKE(arena, struct venue_order, config->orders_capacity);
    venue->first = ARENA_TAKE(arena, uint32_t, config->instruments_count);
    venue->last = ARENA_TAKE(arena, uint32_t, config->instruments_count);
    venue->prices = ARENA_TAKE(arena, struct price, config->instruments_count);
    venue->reports_capacity = config->orders_capacity * 2 + 16;
    venue->reports = ARENA_TAKE(arena, struct input, venue->reports_capacity);
}

enum status bar_venue_create(const struct bar_venue_config *config, struct bar_venue **out)
{
    *out = NULL;
    ASSERT((config->orders_capacity & (config->orders_capacity - 1)) == 0);
    struct bar_venue *venue = calloc(1, sizeof *venue);
    if (venue == NULL)
        return STATUS_NO_MEMORY;
    venue->config = *config;
    venue->mask = config->orders_capacity - 1;
    venue->trade_id_next = 1;
    venue->order_id_next = 1;
    venue->fees = config->fees;
    if (config->fees == NULL) {
        fee_schedule_init(&venue->own_fees, config->tiers, config->tiers_count);
        venue->fees = &venue->own_fees;
    }
    struct arena measure;
    arena_measure_init(&measure);
    take(venue, &measure);
    enum status status = arena_init(&venue->memory, measure.used);
    if (status != STATUS_OK) {
        free(venue);
        return status;
    }
    take(venue, &venue->memory);
    *out = venue;
    return STATUS_OK;
}

void bar_venue_free(struct bar_venue *venue)
{
    if (venue == NULL)
        return;
    arena_release(&venue->memory);
    free(venue);
}

/* ---- reports --------------------------------------------------------------------------------- */

static struct input *report(struct bar_venue *venue, enum input_kind kind, uint64_t order,
                            uint32_t instrument, int64_t time_ns)
{
    ASSERT(venue->reports_count < venue->reports_capacity);
    struct input *input = &venue->reports[venue->reports_count++];
    *input = (struct input){
        .kind = (uint16_t)kind, .instrument = instrument, .order = order, .time_ns = time_ns};
    return input;
}

static void report_reason(struct bar_venue *venue, enum input_kind kind, uint64_t order,
                          uint32_t instrument, enum reason reason, int64_t time_ns)
{
    report(venue, kind, order, instrument, time_ns)->report.reason = (uint32_t)reason;
}

const struct input *bar_venue_reports(const struct bar_venue *venue, uint32_t *count)
{
    *count = venue->reports_count;
    return venue->reports;
}

void bar_venue_clear(struct bar_venue *venue)
{
    venue->reports_count = 0;
}

const uint32_t *bar_venue_waiting(const struct bar_venue *venue)
{
    return venue->first;
}

uint32_t bar_venue_live(const struct bar_venue *venue)
{
    return venue->live_count;
}

/* ---- the list of an instrument's orders ------------------------------------------------------ */

static void list_add(struct bar_venue *venue, struct venue_order *order)
{
    uint32_t slot = (uint32_t)(order->id & venue->mask) + 1;
    uint32_t *first = &venue->first[order->instrument];
    uint32_t *last = &venue->last[order->instrument];
    order->previous = *last;
    order->next = 0;
    if (*last == 0) {
        *first = slot;
    } else {
        venue->orders[*last - 1].next = slot;
    }
    *last = slot;
}

static void list_remove(struct bar_venue *venue, struct venue_order *order)
{
    uint32_t *first = &venue->first[order->instrument];
    uint32_t *last = &venue->last[order->instrument];
    if (order->previous == 0) {
        *first = order->next;
    } else {
        venue->orders[order->previous - 1].next = order->next;
    }
    if (order->next == 0) {
        *last = order->previous;
    } else {
        venue->orders[order->next - 1].previous = order->previous;
    }
}

static void order_close(struct bar_venue *venue, struct venue_order *order)
{
    list_remove(venue, order);
    order->live = 0;
    venue->live_count--;
}

static struct venue_order *order_of(struct bar_venue *venue, uint64_t id)
{
    struct venue_order *order = &venue->orders[id & venue->mask];
    return order->live && order->id == id ? order : NULL;
}

/* ---- executing ------------------------------------------------------------------------------- */

/* Moved slippage against the side, then rounded against it to the tick, in one exact step. */
static struct price taking_price(const struct bar_venue *venue, const struct venue_order *order,
                                 struct price price)
{
    const struct instrument *instrument = &venue->config.instruments[order->instrument];
    int64_t ppm = venue->config.slippage.ppm;
    if (ppm == 0) {
        struct price rounded = price_round_against(instrument, price, (enum side)order->side);
        return rounded.units > 0 ? rounded : instrument->tick;
    }
    bool buy = order->side == SIDE_BUY;
    i128 moved = (i128)price.units * (RATIO_ONE + (buy ? ppm : -ppm));
    i128 step = (i128)RATIO_ONE * instrument->tick.units;
    i128 ticks = i128_divide(moved, step, buy ? ROUND_CEILING : ROUND_FLOOR);
    if (ticks < 1)
        ticks = 1;
    return (struct price){(int64_t)(ticks * instrument->tick.units)};
}

static void execute(struct bar_venue *venue, struct venue_order *order, struct price price,
                    enum liquidity liquidity, int64_t time_ns)
{
    const struct instrument *instrument = &venue->config.instruments[order->instrument];
    struct quantity quantity = {order->quantity.units - order->filled.units};
    struct amount notional = instrument_notional(instrument, price, quantity);
    struct amount fee = fee_schedule_charge(venue->fees, instrument, notional,
                                            liquidity == LIQUIDITY_MAKER, time_ns);
    order->filled = order->quantity;
    struct input *input = report(venue, INPUT_VENUE_FILL, order->id, order->instrument, time_ns);
    input->fill = (struct venue_fill){
        .trade_id_low = venue->trade_id_next++,
        .price = price,
        .quantity = quantity,
        .fee = amount_to_bytes(fee),
        .fee_value = amount_to_bytes(fee),
        .fee_asset = instrument->quote_asset,
        .liquidity = (uint32_t)liquidity,
    };
    order_close(venue, order);
}

static void take_at(struct bar_venue *venue, struct venue_order *order, struct price price,
                    int64_t time_ns)
{
    execute(venue, order, taking_price(venue, order, price), LIQUIDITY_TAKER, time_ns);
}

static bool is_limit(const struct venue_order *order)
{
    return order->type == ORDER_LIMIT || order->type == ORDER_STOP_LIMIT;
}

static bool is_waiting_stop(const struct venue_order *order)
{
    return (order->type == ORDER_STOP || order->type == ORDER_STOP_LIMIT) && !order->triggered;
}

/* A price strictly better than the order's limit: it would be traded through. */
static bool better_than_limit(const struct venue_order *order, struct price price)
{
    return order->side == SIDE_BUY ? price.units < order->price.units
                                   : price.units > order->price.units;
}

static bool reaches_stop(const struct venue_order *order, struct price price)
{
    return order->side == SIDE_BUY ? price.units >= order->stop_price.units
                                   : price.units <= order->stop_price.units;
}

/* The taking price of a limit order never leaves its limit: the part of the slippage that would is
 * not ours to pay, the order would rest instead. */
static bool taking_within_limit(const struct bar_venue *venue, const struct venue_order *order,
                                struct price price)
{
    struct price taken = taking_price(venue, order, price);
    return order->side == SIDE_BUY ? taken.units <= order->price.units
                                   : taken.units >= order->price.units;
}

/* A post-only order may not even touch: whoever meets the market at its own price takes. */
static bool would_take(uint8_t side, struct price limit, struct price price)
{
    return side == SIDE_BUY ? limit.units >= price.units : limit.units <= price.units;
}

/* A stop-limit has become a limit order at this price; a post-only one that would take there ends,
 * as it would have been refused had it come then. False: it is no more. */
static bool trigger(struct bar_venue *venue, struct venue_order *order, struct price price,
                    int64_t time_ns)
{
    order->triggered = 1;
    if ((order->flags & ORDER_FLAG_POST_ONLY) == 0 || !is_limit(order) ||
        !would_take(order->side, order->price, price))
        return true;
    report_reason(venue, INPUT_VENUE_CANCELED, order->id, order->instrument, REASON_VENUE_POST_ONLY,
                  time_ns);
    order_close(venue, order);
    return false;
}

/* One price of the market, at its time: an opening or, in this_close, a close. */
static void meet_price(struct bar_venue *venue, struct venue_order *order, struct price price,
                       int64_t time_ns)
{
    if (is_waiting_stop(order)) {
        if (!reaches_stop(order, price) || !trigger(venue, order, price, time_ns))
            return;
    }
    if (!is_limit(order)) {
        take_at(venue, order, price, time_ns);
        return;
    }
    bool first = !order->rested;
    order->rested = 1;
    bool immediate = order->tif == TIF_IOC || order->tif == TIF_FOK;
    if (better_than_limit(order, price)) {
        bool passive = !first || (order->flags & ORDER_FLAG_POST_ONLY) != 0;
        if (passive) {
            execute(venue, order, order->price, LIQUIDITY_MAKER, time_ns);
            return;
        }
        if (taking_within_limit(venue, order, price)) {
            take_at(venue, order, price, time_ns);
            return;
        }
    }
    if (immediate) {
        report_reason(venue, INPUT_VENUE_CANCELED, order->id, order->instrument,
                      REASON_VENUE_UNFILLABLE, time_ns);
        order_close(venue, order);
    }
}

/* Ends orders whose time is over at or before now. */
static bool expire(struct bar_venue *venue, struct venue_order *order, int64_t time_ns)
{
    if (order->tif != TIF_GTD || order->expire_ns > time_ns)
        return false;
    report_reason(venue, INPUT_VENUE_EXPIRED, order->id, order->instrument, REASON_VENUE_EXPIRED,
                  time_ns);
    order_close(venue, order);
    return true;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static enum reason placing_problem(const struct bar_venue *venue, const struct order *order,
                                   struct price last)
{
    if (order->instrument >= venue->config.instruments_count)
        return REASON_VENUE_INSTRUMENT;
    const struct instrument *instrument = &venue->config.instruments[order->instrument];
    if (!instrument->tradable)
        return REASON_VENUE_INSTRUMENT;
    if (order->quantity.units <= 0 || order->quantity.units % instrument->lot.units != 0 ||
        order->price.units < 0 || order->price.units % instrument->tick.units != 0 ||
        order->stop_price.units < 0 || order->stop_price.units % instrument->tick.units != 0) {
        return REASON_VENUE_GRID;
    }
    struct price counted = order->price.units > 0 ? order->price : last;
    struct amount notional = instrument_notional(instrument, counted, order->quantity);
    if (order->quantity.units < instrument->quantity_min.units)
        return REASON_VENUE_BELOW_MINIMUM;
    if (counted.units > 0 && notional.units < instrument->notional_min.units) {
        return REASON_VENUE_BELOW_MINIMUM;
    }
    /* A stop-limit is no limit order yet: its trigger judges it. */
    if ((order->flags & ORDER_FLAG_POST_ONLY) && order->type == ORDER_LIMIT && last.units > 0 &&
        would_take(order->side, order->price, last))
        return REASON_VENUE_POST_ONLY;
    if (venue->orders[order->id & venue->mask].live)
        return REASON_VENUE_FULL;
    return REASON_NONE;
}

void bar_venue_place(struct bar_venue *venue, const struct order *order, struct price last,
                     int64_t time_ns)
{
    enum reason problem = placing_problem(venue, order, last);
    if (problem != REASON_NONE) {
        report_reason(venue, INPUT_VENUE_REJECTED, order->id, order->instrument, problem, time_ns);
        return;
    }
    if (last.units > 0)
        venue->prices[order->instrument] = last;
    struct venue_order *placed = &venue->orders[order->id & venue->mask];
    *placed = (struct venue_order){
        .id = order->id,
        .price = order->price,
        .stop_price = order->stop_price,
        .quantity = order->quantity,
        .expire_ns = order->expire_ns,
        .instrument = order->instrument,
        .side = order->side,
        .type = order->type,
        .tif = order->tif,
        .flags = order->flags,
        .live = 1,
    };
    list_add(venue, placed);
    venue->live_count++;
    struct input *input = report(venue, INPUT_VENUE_ACCEPTED, order->id, order->instrument,
                                 time_ns);
    input->report.venue_id_low = venue->order_id_next++;
    if (venue->config.fill == BAR_FILL_THIS_CLOSE && last.units > 0) {
        meet_price(venue, placed, last, time_ns);
    }
}

void bar_venue_cancel(struct bar_venue *venue, uint64_t id, int64_t time_ns)
{
    struct venue_order *order = order_of(venue, id);
    if (order == NULL) {
        report_reason(venue, INPUT_VENUE_CANCEL_REJECTED, id, 0, REASON_VENUE_UNKNOWN_ORDER,
                      time_ns);
        return;
    }
    /* It has been executed in all but name: only its price is still to come. */
    if (!is_limit(order) && !is_waiting_stop(order)) {
        report_reason(venue, INPUT_VENUE_CANCEL_REJECTED, id, order->instrument, REASON_VENUE_SAID,
                      time_ns);
        return;
    }
    report_reason(venue, INPUT_VENUE_CANCELED, id, order->instrument, REASON_NONE, time_ns);
    order_close(venue, order);
}

static enum reason amending_problem(const struct bar_venue *venue, const struct venue_order *order,
                                    struct price price, struct quantity quantity)
{
    if (order == NULL)
        return REASON_VENUE_UNKNOWN_ORDER;
    const struct instrument *instrument = &venue->config.instruments[order->instrument];
    struct price last = venue->prices[order->instrument];
    if (is_limit(order) != (price.units > 0) || price.units % instrument->tick.units != 0 ||
        quantity.units <= order->filled.units || quantity.units % instrument->lot.units != 0)
        return REASON_VENUE_GRID;
    if (quantity.units < instrument->quantity_min.units)
        return REASON_VENUE_BELOW_MINIMUM;
    /* At its own price it was not refused, and is as good as it was. */
    if ((order->flags & ORDER_FLAG_POST_ONLY) != 0 && is_limit(order) && !is_waiting_stop(order) &&
        price.units != order->price.units && last.units > 0 && would_take(order->side, price, last))
        return REASON_VENUE_POST_ONLY;
    return REASON_NONE;
}

/* An amended order loses its place: it goes to the end and meets the market anew. */
void bar_venue_amend(struct bar_venue *venue, uint64_t id, struct price price,
                     struct quantity quantity, int64_t time_ns)
{
    struct venue_order *order = order_of(venue, id);
    enum reason problem = amending_problem(venue, order, price, quantity);
    if (problem != REASON_NONE) {
        report_reason(venue, INPUT_VENUE_AMEND_REJECTED, id, 0, problem, time_ns);
        return;
    }
    list_remove(venue, order);
    order->price = price;
    order->quantity = quantity;
    order->rested = 0;
    list_add(venue, order);
    struct input *input = report(venue, INPUT_VENUE_AMENDED, id, order->instrument, time_ns);
    input->report.price = price;
    input->report.quantity = quantity;
}

bool bar_venue_open(struct bar_venue *venue, uint32_t instrument, struct price open,
                    int64_t time_ns)
{
    uint32_t at = venue->first[instrument];
    venue->prices[instrument] = open;
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->next;
        if (expire(venue, order, time_ns))
            continue;
        if (venue->config.fill != BAR_FILL_THIS_CLOSE)
            meet_price(venue, order, open, time_ns);
    }
    return venue->reports_count > 0;
}

static void range_stops(struct bar_venue *venue, uint32_t instrument, const struct bar *bar,
                        int64_t time_ns)
{
    uint32_t at = venue->first[instrument];
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->next;
        if (!is_waiting_stop(order))
            continue;
        struct price extreme = order->side == SIDE_BUY ? bar->high : bar->low;
        if (!reaches_stop(order, extreme))
            continue;
        if (trigger(venue, order, order->stop_price, time_ns) && !is_limit(order))
            take_at(venue, order, order->stop_price, time_ns);
    }
}

static void range_limits(struct bar_venue *venue, uint32_t instrument, const struct bar *bar,
                         int64_t time_ns)
{
    uint32_t at = venue->first[instrument];
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->next;
        if (!is_limit(order) || !order->rested)
            continue;
        if (is_waiting_stop(order))
            continue;
        struct price extreme = order->side == SIDE_BUY ? bar->low : bar->high;
        if (better_than_limit(order, extreme)) {
            execute(venue, order, order->price, LIQUIDITY_MAKER, time_ns);
        }
    }
}

static void expire_all(struct bar_venue *venue, uint32_t instrument, int64_t time_ns)
{
    uint32_t at = venue->first[instrument];
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->next;
        (void)expire(venue, order, time_ns);
    }
}

bool bar_venue_close(struct bar_venue *venue, uint32_t instrument, const struct bar *bar,
                     int64_t time_ns)
{
    venue->prices[instrument] = bar->close;
    if (venue->first[instrument] == 0)
        return venue->reports_count > 0;
    if (venue->config.fill == BAR_FILL_RANGE) {
        /* Over before the bar was: it may have been gone when the price came. */
        expire_all(venue, instrument, time_ns - 1);
        range_stops(venue, instrument, bar, time_ns);
        range_limits(venue, instrument, bar, time_ns);
    }
    uint32_t at = venue->first[instrument];
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->next;
        if (expire(venue, order, time_ns))
            continue;
        if (venue->config.fill == BAR_FILL_THIS_CLOSE)
            meet_price(venue, order, bar->close, time_ns);
    }
    return venue->reports_count > 0;
}
