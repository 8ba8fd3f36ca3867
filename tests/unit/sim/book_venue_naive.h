/* The exchange on order books once more, written to be read: arrays over all ticks and all orders,
 * everything looked for by looking at everything. Queues, latency, fees and impact are those of
 * src/sim, which have tests of their own. */
#ifndef TERN_TESTS_UNIT_SIM_BOOK_VENUE_NAIVE_H
#define TERN_TESTS_UNIT_SIM_BOOK_VENUE_NAIVE_H

#include <string.h>

#include "sim/book_venue.h"

#define NAIVE_TICKS 64
#define NAIVE_MARKETS 2
#define NAIVE_ORDERS 64
#define NAIVE_REQUESTS 4096
#define NAIVE_REPORTS 4096

struct naive_order {
    struct order order;
    uint64_t arrival;
    bool live, resting, triggered, waiting; /* waiting: a stop that has not acted */
};

struct naive_request {
    int64_t exchange_ns, answer_ns;
    struct order order;
    char kind; /* 'p', 'c', 'a' */
    bool refused;
};

struct naive_market {
    int64_t depth[2][NAIVE_TICKS], shown[2][NAIVE_TICKS], taken[2][NAIVE_TICKS];
    struct queue_line lines[2][NAIVE_TICKS];
    bool valid, halted;
    int64_t last, told;
    struct impact impact;
};

struct naive {
    struct book_venue_config config;
    struct naive_market markets[NAIVE_MARKETS];
    struct naive_order orders[NAIVE_ORDERS];
    struct naive_request requests[NAIVE_REQUESTS];
    struct input reports[NAIVE_REPORTS];
    uint32_t requests_count, reports_count;
    int64_t now, answer, answer_last;
    uint64_t arrivals, trades, ids;
    struct latency_line latency;
    struct fee_schedule fees;
};

static void naive_init(struct naive *n, const struct book_venue_config *config)
{
    memset(n, 0, sizeof *n);
    n->config = *config;
    n->now = n->answer = n->answer_last = INT64_MIN;
    latency_line_init(&n->latency, &config->latency, config->seed);
    fee_schedule_init(&n->fees, config->tiers, config->tiers_count);
    for (uint32_t i = 0; i < NAIVE_MARKETS; i++) {
        const struct instrument *instrument = &config->instruments[i];
        for (int side = 0; side < 2; side++) {
            for (int64_t tick = 0; tick < NAIVE_TICKS; tick++)
                queue_line_init(&n->markets[i].lines[side][tick], &config->queue,
                                side == 0 ? SIDE_BUY : SIDE_SELL,
                                (struct price){tick * instrument->tick.units}, instrument->lot);
        }
    }
}

static bool naive_holds(const struct naive *n, const struct naive_market *m)
{
    bool old = n->config.book_age_max_ns > 0 && n->now > m->told + n->config.book_age_max_ns;
    return m->valid && !old;
}

static struct input *naive_report(struct naive *n, enum input_kind kind, uint64_t id,
                                  uint32_t instrument, enum reason reason)
{
    if (n->answer == INT64_MIN) {
        n->answer = i64_max(latency_line_answer(&n->latency, n->now), n->answer_last);
        n->answer_last = n->answer;
    }
    ASSERT(n->reports_count < NAIVE_REPORTS);
    struct input *input = &n->reports[n->reports_count++];
    memset(input, 0, sizeof *input);
    input->kind = (uint16_t)kind;
    input->instrument = instrument;
    input->order = id;
    input->time_ns = n->answer;
    input->report.reason = (uint32_t)reason;
    return input;
}

static bool naive_is_limit(const struct order *order)
{
    return order->type == ORDER_LIMIT || order->type == ORDER_STOP_LIMIT;
}

static bool naive_is_stop(const struct order *order)
{
    return order->type == ORDER_STOP || order->type == ORDER_STOP_LIMIT;
}

static void naive_end(struct naive *n, struct naive_order *o, enum input_kind kind,
                      enum reason reason)
{
    if (kind != 0)
        naive_report(n, kind, o->order.id, o->order.instrument, reason);
    for (int side = 0; side < 2; side++) {
        for (int tick = 0; tick < NAIVE_TICKS; tick++)
            (void)queue_line_remove(&n->markets[o->order.instrument].lines[side][tick],
                                    o->order.id);
    }
    o->live = false;
}

static void naive_fill(struct naive *n, struct naive_order *o, struct price price, int64_t quantity,
                       enum liquidity liquidity)
{
    const struct instrument *instrument = &n->config.instruments[o->order.instrument];
    struct amount notional = instrument_notional(instrument, price, (struct quantity){quantity});
    struct amount fee = fee_schedule_charge(&n->fees, instrument, notional,
                                            liquidity == LIQUIDITY_MAKER, n->now);
    struct input *input = naive_report(n, INPUT_VENUE_FILL, o->order.id, o->order.instrument, 0);
    input->fill = (struct venue_fill){.trade_id_low = ++n->trades,
                                      .price = price,
                                      .quantity = {quantity},
                                      .fee = amount_to_bytes(fee),
                                      .fee_value = amount_to_bytes(fee),
                                      .fee_asset = instrument->quote_asset,
                                      .liquidity = (uint32_t)liquidity};
    o->order.filled.units += quantity;
    if (o->order.filled.units == o->order.quantity.units)
        naive_end(n, o, 0, 0);
}

/* What can be taken, in whole lots. */
static int64_t naive_available(const struct naive *n, uint32_t instrument, int side, int64_t tick)
{
    const struct naive_market *m = &n->markets[instrument];
    int64_t left = m->depth[side][tick] - m->taken[side][tick];
    int64_t lot = n->config.instruments[instrument].lot.units;
    return left < lot ? 0 : left - left % lot;
}

/* The nth tick of a side from its best possible one. */
static int64_t naive_nth(int side, int64_t nth)
{
    return side == 0 ? NAIVE_TICKS - 1 - nth : nth;
}

static bool naive_within(const struct naive *n, const struct order *order, int64_t price)
{
    (void)n;
    if (!naive_is_limit(order))
        return true;
    return order->side == SIDE_BUY ? price <= order->price.units : price >= order->price.units;
}

static bool naive_would_take(const struct naive *n, const struct order *order)
{
    int other = order->side == SIDE_BUY ? 1 : 0;
    int64_t step = n->config.instruments[order->instrument].tick.units;
    for (int64_t tick = 1; tick < NAIVE_TICKS; tick++) {
        if (naive_within(n, order, tick * step) &&
            (naive_available(n, order->instrument, other, tick) > 0 ||
             n->markets[order->instrument].lines[other][tick].count > 0))
            return true;
    }
    return false;
}

/* Takes, or with dry only says what would be taken; *own: stopped before an order of ours. */
static int64_t naive_take(struct naive *n, struct naive_order *o, bool dry, double shift, bool *own)
{
    struct naive_market *m = &n->markets[o->order.instrument];
    const struct instrument *instrument = &n->config.instruments[o->order.instrument];
    enum side side = (enum side)o->order.side;
    int other = side == SIDE_BUY ? 1 : 0;
    int64_t left = o->order.quantity.units - o->order.filled.units;
    int64_t taken = 0;
    *own = false;
    for (int64_t nth = 0; nth < NAIVE_TICKS && left > 0; nth++) {
        int64_t tick = naive_nth(other, nth);
        struct price price = {tick * instrument->tick.units};
        if (tick == 0 || !naive_within(n, &o->order, price.units))
            continue;
        if (m->lines[other][tick].count > 0) {
            *own = true;
            break;
        }
        int64_t part = i64_min(left, naive_available(n, o->order.instrument, other, tick));
        if (part == 0)
            continue;
        left -= part;
        taken += part;
        if (dry)
            continue;
        m->taken[other][tick] += part;
        if (shift > 0) {
            struct price moved = impact_price(instrument, price, side, shift);
            price = naive_within(n, &o->order, moved.units) ? moved : o->order.price;
        }
        naive_fill(n, o, price, part, LIQUIDITY_TAKER);
    }
    return taken;
}

static void naive_meet(struct naive *n, struct naive_order *o)
{
    struct naive_market *m = &n->markets[o->order.instrument];
    const struct order *order = &o->order;
    if ((order->flags & ORDER_FLAG_POST_ONLY) && naive_is_limit(order) &&
        naive_would_take(n, order)) {
        naive_end(n, o, INPUT_VENUE_CANCELED, REASON_VENUE_POST_ONLY);
        return;
    }
    int64_t left = order->quantity.units - order->filled.units;
    bool own;
    if (order->tif == TIF_FOK && naive_take(n, o, true, 0, &own) < left) {
        naive_end(n, o, INPUT_VENUE_CANCELED,
                  own ? REASON_VENUE_SELF_TRADE : REASON_VENUE_UNFILLABLE);
        return;
    }
    const struct impact_model *model = &n->config.impact;
    struct quantity volume = {0};
    double shift = 0;
    if (impact_is_on(model)) {
        volume = model->daily_volumes[order->instrument];
        shift = impact_shift(model, &m->impact, volume, (enum side)order->side,
                             (struct quantity){left}, n->now);
    }
    int64_t taken = naive_take(n, o, false, shift, &own);
    if (impact_is_on(model) && taken > 0)
        impact_taken(model, &m->impact, volume, (enum side)order->side, (struct quantity){taken},
                     n->now);
    left -= taken;
    if (left == 0)
        return;
    if (own) {
        naive_end(n, o, INPUT_VENUE_CANCELED, REASON_VENUE_SELF_TRADE);
        return;
    }
    if (!naive_is_limit(order) || order->tif == TIF_IOC || order->tif == TIF_FOK) {
        naive_end(n, o, INPUT_VENUE_CANCELED, REASON_VENUE_UNFILLABLE);
        return;
    }
    int side = order->side == SIDE_BUY ? 0 : 1;
    int64_t tick = order->price.units / n->config.instruments[order->instrument].tick.units;
    if (queue_line_add(&m->lines[side][tick], order->id, (struct quantity){left},
                       (struct quantity){m->depth[side][tick]}) != STATUS_OK)
        naive_end(n, o, INPUT_VENUE_CANCELED, REASON_VENUE_FULL);
    else
        o->resting = true;
}

static void naive_fills(struct naive *n, uint32_t instrument, int side, int64_t tick,
                        const struct queue_fill *fills, uint32_t count)
{
    struct price price = {tick * n->config.instruments[instrument].tick.units};
    (void)side;
    for (uint32_t i = 0; i < count; i++)
        naive_fill(n, &n->orders[fills[i].id % NAIVE_ORDERS], price, fills[i].quantity.units,
                   LIQUIDITY_MAKER);
}

static void naive_reached(struct naive *n, uint32_t instrument)
{
    struct naive_market *m = &n->markets[instrument];
    int64_t step = n->config.instruments[instrument].tick.units;
    struct queue_fill fills[QUEUE_LINE_MAX];
    for (int side = 0; side < 2; side++) {
        for (int64_t nth = 0; nth < NAIVE_TICKS; nth++) {
            int64_t tick = naive_nth(side, nth);
            int64_t best = 0;
            for (int64_t other = NAIVE_TICKS - 1; other >= 0; other--) {
                int64_t at = naive_nth(1 - side, other);
                if (at > 0 && naive_available(n, instrument, 1 - side, at) > 0)
                    best = at;
            }
            uint32_t count = queue_line_opposite(&m->lines[side][tick], (struct price){best * step},
                                                 fills);
            int64_t sum = 0;
            for (uint32_t i = 0; i < count; i++)
                sum += fills[i].quantity.units;
            naive_fills(n, instrument, side, tick, fills, count);
            for (int64_t other = 0; other < NAIVE_TICKS && sum > 0; other++) {
                int64_t at = naive_nth(1 - side, other);
                if (at == 0 || (side == 0 ? at > tick : at < tick))
                    continue;
                int64_t part = i64_min(sum, naive_available(n, instrument, 1 - side, at));
                m->taken[1 - side][at] += part;
                sum -= part;
            }
        }
    }
}

/* The oldest live order of an instrument that came after `after`; NULL: none. */
static struct naive_order *naive_after(struct naive *n, uint32_t instrument, uint64_t after)
{
    struct naive_order *found = NULL;
    for (uint32_t i = 0; i < NAIVE_ORDERS; i++) {
        struct naive_order *o = &n->orders[i];
        if (o->live && o->order.instrument == instrument && o->arrival > after &&
            (found == NULL || o->arrival < found->arrival))
            found = o;
    }
    return found;
}

static void naive_stops(struct naive *n, uint32_t instrument)
{
    struct naive_market *m = &n->markets[instrument];
    for (struct naive_order *o = naive_after(n, instrument, 0); o != NULL;
         o = naive_after(n, instrument, o->arrival)) {
        if (!o->waiting)
            continue;
        if (m->last > 0 && (o->order.side == SIDE_BUY ? m->last >= o->order.stop_price.units
                                                      : m->last <= o->order.stop_price.units))
            o->triggered = true;
        if (o->triggered && naive_holds(n, m) && !m->halted) {
            o->waiting = false;
            naive_meet(n, o);
        }
    }
}

/* ---- requests ---- */

static enum reason naive_placing(struct naive *n, const struct order *order)
{
    struct naive_market *m = &n->markets[order->instrument];
    const struct instrument *instrument = &n->config.instruments[order->instrument];
    int64_t counted = order->price.units > 0 ? order->price.units : m->last;
    int other = order->side == SIDE_BUY ? 1 : 0;
    for (int64_t nth = 0; counted == 0 && m->valid && nth < NAIVE_TICKS; nth++) {
        if (m->depth[other][naive_nth(other, nth)] > 0)
            counted = naive_nth(other, nth) * instrument->tick.units;
    }
    if (!instrument->tradable)
        return REASON_VENUE_INSTRUMENT;
    if (order->quantity.units <= 0 || order->quantity.units % instrument->lot.units != 0 ||
        order->price.units % instrument->tick.units != 0 ||
        order->stop_price.units % instrument->tick.units != 0 ||
        naive_is_limit(order) != (order->price.units > 0))
        return REASON_VENUE_GRID;
    if (order->quantity.units < instrument->quantity_min.units ||
        (counted > 0 &&
         instrument_notional(instrument, (struct price){counted}, order->quantity).units <
             instrument->notional_min.units))
        return REASON_VENUE_BELOW_MINIMUM;
    if (m->halted)
        return REASON_VENUE_HALTED;
    if (n->orders[order->id % NAIVE_ORDERS].live)
        return REASON_VENUE_FULL;
    if (naive_is_stop(order))
        return REASON_NONE;
    if (!naive_holds(n, m))
        return REASON_BOOK_INVALID;
    if (!naive_is_limit(order))
        return REASON_NONE;
    if ((order->flags & ORDER_FLAG_POST_ONLY) && naive_would_take(n, order))
        return REASON_VENUE_POST_ONLY;
    int64_t tick = order->price.units / instrument->tick.units;
    return m->lines[1 - other][tick].count == QUEUE_LINE_MAX ? REASON_VENUE_FULL : REASON_NONE;
}

static void naive_judge_place(struct naive *n, const struct order *order)
{
    enum reason problem = naive_placing(n, order);
    if (problem != REASON_NONE) {
        naive_report(n, INPUT_VENUE_REJECTED, order->id, order->instrument, problem);
        return;
    }
    struct naive_order *o = &n->orders[order->id % NAIVE_ORDERS];
    *o = (struct naive_order){
        .order = *order, .live = true, .arrival = ++n->arrivals, .waiting = naive_is_stop(order)};
    naive_report(n, INPUT_VENUE_ACCEPTED, order->id, order->instrument, 0)
        ->report.venue_id_low = ++n->ids;
    if (order->tif == TIF_GTD && order->expire_ns <= n->now)
        naive_end(n, o, INPUT_VENUE_EXPIRED, REASON_VENUE_EXPIRED);
    else if (o->waiting)
        naive_stops(n, order->instrument);
    else
        naive_meet(n, o);
}

static void naive_judge_amend(struct naive *n, const struct order *asked)
{
    struct naive_order *o = &n->orders[asked->id % NAIVE_ORDERS];
    if (!o->live || o->order.id != asked->id) {
        naive_report(n, INPUT_VENUE_AMEND_REJECTED, asked->id, 0, REASON_VENUE_UNKNOWN_ORDER);
        return;
    }
    struct naive_market *m = &n->markets[o->order.instrument];
    const struct instrument *instrument = &n->config.instruments[o->order.instrument];
    struct order changed = o->order;
    changed.price = asked->price;
    changed.quantity = asked->quantity;
    bool keeps = changed.price.units == o->order.price.units &&
                 changed.quantity.units <= o->order.quantity.units;
    int side = changed.side == SIDE_BUY ? 0 : 1;
    int64_t tick = changed.price.units / instrument->tick.units;
    enum reason problem = REASON_NONE;
    if (naive_is_limit(&changed) != (changed.price.units > 0) ||
        changed.price.units % instrument->tick.units != 0 ||
        changed.quantity.units % instrument->lot.units != 0 ||
        changed.quantity.units <= o->order.filled.units)
        problem = REASON_VENUE_GRID;
    else if (changed.quantity.units < instrument->quantity_min.units)
        problem = REASON_VENUE_BELOW_MINIMUM;
    else if (!o->resting || keeps)
        problem = REASON_NONE;
    else if (m->halted)
        problem = REASON_VENUE_HALTED;
    else if (!naive_holds(n, m))
        problem = REASON_BOOK_INVALID;
    else if ((changed.flags & ORDER_FLAG_POST_ONLY) && naive_would_take(n, &changed))
        problem = REASON_VENUE_POST_ONLY;
    else if (changed.price.units != o->order.price.units &&
             m->lines[side][tick].count == QUEUE_LINE_MAX)
        problem = REASON_VENUE_FULL;
    if (problem != REASON_NONE) {
        naive_report(n, INPUT_VENUE_AMEND_REJECTED, asked->id, changed.instrument, problem);
        return;
    }
    if (o->resting) {
        struct quantity left = {changed.quantity.units - changed.filled.units};
        if (keeps) {
            (void)queue_line_reduce(&m->lines[side][tick], changed.id, left);
        } else {
            int64_t old = o->order.price.units / instrument->tick.units;
            (void)queue_line_remove(&m->lines[side][old], changed.id);
        }
    }
    o->order = changed;
    struct input *input = naive_report(n, INPUT_VENUE_AMENDED, changed.id, changed.instrument, 0);
    input->report.price = changed.price;
    input->report.quantity = changed.quantity;
    if (o->resting && !keeps) {
        o->resting = false;
        naive_meet(n, o);
    }
}

static void naive_judge(struct naive *n)
{
    struct naive_request request = n->requests[0];
    n->requests_count--;
    memmove(&n->requests[0], &n->requests[1], n->requests_count * sizeof n->requests[0]);
    n->answer = n->answer_last = i64_max(n->answer_last, request.answer_ns);
    if (request.refused) {
        naive_report(n,
                     request.kind == 'p'   ? INPUT_VENUE_REJECTED
                     : request.kind == 'c' ? INPUT_VENUE_CANCEL_REJECTED
                                           : INPUT_VENUE_AMEND_REJECTED,
                     request.order.id, request.order.instrument, REASON_VENUE_SAID);
    } else if (request.kind == 'p') {
        naive_judge_place(n, &request.order);
    } else if (request.kind == 'a') {
        naive_judge_amend(n, &request.order);
    } else {
        struct naive_order *o = &n->orders[request.order.id % NAIVE_ORDERS];
        if (o->live && o->order.id == request.order.id)
            naive_end(n, o, INPUT_VENUE_CANCELED, REASON_NONE);
        else
            naive_report(n, INPUT_VENUE_CANCEL_REJECTED, request.order.id, 0,
                         REASON_VENUE_UNKNOWN_ORDER);
    }
}

static struct naive_order *naive_expiring(struct naive *n)
{
    struct naive_order *found = NULL;
    for (uint32_t i = 0; i < NAIVE_ORDERS; i++) {
        struct naive_order *o = &n->orders[i];
        if (o->live && o->order.tif == TIF_GTD &&
            (found == NULL || o->order.expire_ns < found->order.expire_ns ||
             (o->order.expire_ns == found->order.expire_ns && o->arrival < found->arrival)))
            found = o;
    }
    return found;
}

static int64_t naive_due(struct naive *n)
{
    struct naive_order *expiring = naive_expiring(n);
    int64_t expiry = expiring != NULL ? expiring->order.expire_ns : INT64_MAX;
    return i64_min(expiry, n->requests_count > 0 ? n->requests[0].exchange_ns : INT64_MAX);
}

static void naive_advance(struct naive *n, int64_t time_ns, bool requests_at)
{
    for (;;) {
        struct naive_order *expiring = naive_expiring(n);
        int64_t due = naive_due(n);
        bool is_expiry = expiring != NULL && expiring->order.expire_ns == due;
        if (due == INT64_MAX || due > time_ns || (due == time_ns && !is_expiry && !requests_at))
            break;
        n->now = i64_max(n->now, due);
        n->answer = INT64_MIN;
        if (is_expiry)
            naive_end(n, expiring, INPUT_VENUE_EXPIRED, REASON_VENUE_EXPIRED);
        else
            naive_judge(n);
    }
    n->now = i64_max(n->now, time_ns);
    n->answer = INT64_MIN;
}

static void naive_send(struct naive *n, char kind, const struct order *order, int64_t time_ns)
{
    struct latency_times times = latency_line_send(&n->latency, time_ns);
    int64_t exchange_ns = i64_max(times.exchange_ns, n->now);
    if (n->requests_count > 0)
        exchange_ns = i64_max(exchange_ns, n->requests[n->requests_count - 1].exchange_ns);
    ASSERT(n->requests_count < NAIVE_REQUESTS);
    n->requests[n->requests_count++] = (struct naive_request){
        exchange_ns, i64_max(times.answer_ns, exchange_ns), *order, kind, times.refused};
}

/* ---- the market: depth has been set ---- */

static void naive_market_told(struct naive *n, uint32_t instrument)
{
    struct naive_market *m = &n->markets[instrument];
    if (!m->valid)
        return;
    for (int side = 0; side < 2; side++) {
        for (int tick = 0; tick < NAIVE_TICKS; tick++) {
            int64_t before = m->shown[side][tick];
            int64_t after = m->depth[side][tick];
            m->shown[side][tick] = after;
            m->taken[side][tick] = i64_min(m->taken[side][tick], after);
            if (before != after)
                queue_line_depth(&m->lines[side][tick], (struct quantity){before},
                                 (struct quantity){after});
        }
    }
    if (m->halted || !naive_holds(n, m))
        return;
    naive_reached(n, instrument);
    naive_stops(n, instrument);
}

static void naive_trade(struct naive *n, uint32_t instrument, const struct trade *trade)
{
    struct naive_market *m = &n->markets[instrument];
    struct queue_fill fills[QUEUE_LINE_MAX];
    if (m->halted)
        return;
    m->last = trade->price.units;
    for (int side = 0; m->valid && side < 2; side++) {
        for (int64_t nth = 0; nth < NAIVE_TICKS; nth++) {
            int64_t tick = naive_nth(side, nth);
            uint32_t count = queue_line_trade(&m->lines[side][tick], trade, fills);
            naive_fills(n, instrument, side, tick, fills, count);
        }
    }
    naive_stops(n, instrument);
}

#endif
