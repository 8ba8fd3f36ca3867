#include "sim/book/venue_parts.h"

/* ---- reports --------------------------------------------------------------------------------- */

struct input *venue_report(struct book_venue *venue, enum input_kind kind, uint64_t order,
                           uint32_t instrument)
{
    ASSERT(venue->reports_tail - venue->reports_head <= venue->reports_mask);
    if (venue->answer_ns == INT64_MIN) {
        int64_t answer_ns = latency_line_answer(&venue->latency, venue->now_ns);
        venue->answer_ns = i64_max(answer_ns, venue->answer_last_ns);
        venue->answer_last_ns = venue->answer_ns;
    }
    struct input *input = &venue->reports[venue->reports_tail++ & venue->reports_mask];
    *input = (struct input){.kind = (uint16_t)kind,
                            .instrument = instrument,
                            .order = order,
                            .time_ns = venue->answer_ns};
    return input;
}

void venue_report_reason(struct book_venue *venue, enum input_kind kind, uint64_t order,
                         uint32_t instrument, enum reason reason)
{
    venue_report(venue, kind, order, instrument)->report.reason = (uint32_t)reason;
}

/* What must have room: two reports for each request under way and two for each live order, its
 * last fill and its end. */
bool venue_has_room(const struct book_venue *venue)
{
    uint64_t kept = 2 * (venue->requests_tail - venue->requests_head) + 2 * venue->live_count + 8;
    return venue->reports_tail - venue->reports_head + kept < venue->reports_mask;
}

/* ---- the life of an order -------------------------------------------------------------------- */

bool venue_is_limit(const struct venue_order *order)
{
    return order->type == ORDER_LIMIT || order->type == ORDER_STOP_LIMIT;
}

struct venue_order *venue_order_of(struct book_venue *venue, uint64_t id)
{
    struct venue_order *order = &venue->orders[id & venue->mask];
    return order->live && order->id == id ? order : NULL;
}

static uint32_t slot_of(const struct book_venue *venue, const struct venue_order *order)
{
    return (uint32_t)(order - venue->orders) + 1;
}

/* In order of time, later arrivals behind equal ones; looked for from the latest, where most
 * belong. */
static void expiry_add(struct book_venue *venue, struct venue_order *order)
{
    uint32_t slot = slot_of(venue, order);
    uint32_t before = venue->expiry_last;
    uint32_t after = 0;
    while (before != 0 && venue->orders[before - 1].expire_ns > order->expire_ns) {
        after = before;
        before = venue->orders[before - 1].expiry_previous;
    }
    order->expiry_previous = before;
    order->expiry_next = after;
    *(before != 0 ? &venue->orders[before - 1].expiry_next : &venue->expiry_first) = slot;
    *(after != 0 ? &venue->orders[after - 1].expiry_previous : &venue->expiry_last) = slot;
}

static void expiry_remove(struct book_venue *venue, struct venue_order *order)
{
    uint32_t before = order->expiry_previous;
    uint32_t after = order->expiry_next;
    *(before != 0 ? &venue->orders[before - 1].expiry_next : &venue->expiry_first) = after;
    *(after != 0 ? &venue->orders[after - 1].expiry_previous : &venue->expiry_last) = before;
}

/* The nearest stops, so that most trades need not look at any. */
static void stops_measure(const struct book_venue *venue, struct venue_market *market)
{
    market->stop_above = INT64_MAX;
    market->stop_below = INT64_MIN;
    for (uint32_t at = market->stop_first; at != 0; at = venue->orders[at - 1].stop_next) {
        const struct venue_order *order = &venue->orders[at - 1];
        if (order->side == SIDE_BUY)
            market->stop_above = i64_min(market->stop_above, order->stop_price.units);
        else
            market->stop_below = i64_max(market->stop_below, order->stop_price.units);
    }
}

static void stop_add(struct book_venue *venue, struct venue_order *order)
{
    struct venue_market *market = &venue->markets[order->instrument];
    uint32_t slot = slot_of(venue, order);
    order->stopped = 1;
    order->stop_previous = market->stop_last;
    order->stop_next = 0;
    if (market->stop_last != 0)
        venue->orders[market->stop_last - 1].stop_next = slot;
    else
        market->stop_first = slot;
    market->stop_last = slot;
    stops_measure(venue, market);
}

static void stop_remove(struct book_venue *venue, struct venue_order *order)
{
    struct venue_market *market = &venue->markets[order->instrument];
    uint32_t before = order->stop_previous;
    uint32_t after = order->stop_next;
    *(before != 0 ? &venue->orders[before - 1].stop_next : &market->stop_first) = after;
    *(after != 0 ? &venue->orders[after - 1].stop_previous : &market->stop_last) = before;
    order->stopped = 0;
    stops_measure(venue, market);
}

struct venue_order *venue_order_open(struct book_venue *venue, const struct venue_order *order)
{
    struct venue_order *opened = &venue->orders[order->id & venue->mask];
    *opened = *order;
    opened->live = 1;
    venue->live_count++;
    if (opened->tif == TIF_GTD)
        expiry_add(venue, opened);
    if (opened->type == ORDER_STOP || opened->type == ORDER_STOP_LIMIT)
        stop_add(venue, opened);
    return opened;
}

void venue_order_close(struct book_venue *venue, struct venue_order *order)
{
    if (order->level != 0)
        venue_line_leave(venue, &venue->markets[order->instrument], order);
    if (order->stopped)
        stop_remove(venue, order);
    if (order->tif == TIF_GTD)
        expiry_remove(venue, order);
    order->live = 0;
    venue->live_count--;
}

void venue_order_end(struct book_venue *venue, struct venue_order *order, enum input_kind kind,
                     enum reason reason)
{
    venue_report_reason(venue, kind, order->id, order->instrument, reason);
    if (kind == INPUT_VENUE_EXPIRED)
        venue->counters.expired++;
    else
        venue->counters.canceled++;
    venue_order_close(venue, order);
}

static void execute(struct book_venue *venue, struct venue_order *order, struct price price,
                    struct quantity quantity, enum liquidity liquidity)
{
    const struct instrument *instrument = venue->markets[order->instrument].instrument;
    bool maker = liquidity == LIQUIDITY_MAKER;
    struct amount notional = instrument_notional(instrument, price, quantity);
    struct amount fee = fee_schedule_charge(venue->fees, instrument, notional, maker,
                                            venue->now_ns);
    order->filled.units += quantity.units;
    ASSERT(order->filled.units <= order->quantity.units);
    struct input *input = venue_report(venue, INPUT_VENUE_FILL, order->id, order->instrument);
    input->fill = (struct venue_fill){
        .trade_id_low = venue->trade_id_next++,
        .price = price,
        .quantity = quantity,
        .fee = amount_to_bytes(fee),
        .fee_value = amount_to_bytes(fee),
        .fee_asset = instrument->quote_asset,
        .liquidity = (uint32_t)liquidity,
    };
    venue->counters.maker_fills += maker;
    venue->counters.taker_fills += !maker;
    if (order->filled.units == order->quantity.units)
        venue_order_close(venue, order);
}

/* ---- taking ---------------------------------------------------------------------------------- */

static int64_t left_of(const struct venue_order *order)
{
    return order->quantity.units - order->filled.units;
}

/* Our best resting price on a side; false where nothing of ours rests. */
static bool own_best(const struct venue_market *market, enum side side, int64_t *price)
{
    *price = side == SIDE_BUY ? market->own_bid : market->own_ask;
    return *price != (side == SIDE_BUY ? INT64_MIN : INT64_MAX);
}

bool venue_would_take(struct book_venue *venue, struct venue_market *market, enum side side,
                      int64_t price)
{
    struct book_level level;
    int64_t own;
    return (own_best(market, side_opposite(side), &own) && venue_reaches(side, price, own)) ||
           venue_available(venue, market, side_opposite(side), price, 0, &level);
}

/* A taker's way through the other side. */
struct taking {
    enum side from;   /* the side it takes from */
    int64_t limit;    /* 0: any price */
    int64_t own;      /* price of ours on that side, if it has one */
    bool own_reached; /* it may not go on since it would meet us */
    bool has_own;
    struct book_level level;
};

static struct taking taking_begin(const struct venue_market *market,
                                  const struct venue_order *order)
{
    struct taking taking = {.from = side_opposite((enum side)order->side),
                            .limit = venue_is_limit(order) ? order->price.units : 0};
    taking.has_own = own_best(market, taking.from, &taking.own);
    return taking;
}

/* The next level that may be taken; false at the end. */
static bool taking_next(const struct book_venue *venue, const struct venue_market *market,
                        struct taking *taking)
{
    bool found = venue_available(venue, market, taking->from, taking->limit,
                                 taking->level.price.units, &taking->level);
    enum side side = side_opposite(taking->from);
    if (taking->has_own && venue_reaches(side, taking->limit, taking->own) &&
        (!found || venue_reaches(side, taking->level.price.units, taking->own))) {
        taking->own_reached = true;
        return false;
    }
    return found;
}

/* Whether an FOK order would fill whole. */
static bool fills_whole(const struct book_venue *venue, const struct venue_market *market,
                        const struct venue_order *order, bool *own_reached)
{
    struct taking taking = taking_begin(market, order);
    int64_t left = left_of(order);
    while (left > 0 && taking_next(venue, market, &taking))
        left -= i64_min(left, taking.level.quantity.units);
    *own_reached = left > 0 && taking.own_reached;
    return left <= 0;
}

static struct price paid(const struct venue_market *market, const struct venue_order *order,
                         struct price price, double shift)
{
    if (shift == 0)
        return price;
    struct price moved = impact_price(market->instrument, price, (enum side)order->side, shift);
    if (venue_is_limit(order) &&
        !venue_reaches((enum side)order->side, order->price.units, moved.units))
        return order->price;
    return moved;
}

/* Takes what it may; the order may be filled and closed. Returns why it stopped with something
 * left. */
static enum reason take(struct book_venue *venue, struct venue_market *market,
                        struct venue_order *order)
{
    struct taking taking = taking_begin(market, order);
    struct impact_model *model = &venue->config.impact;
    enum side side = (enum side)order->side;
    struct quantity volume = {0};
    double shift = 0;
    if (order->tif == TIF_FOK) {
        bool own_reached;
        if (!fills_whole(venue, market, order, &own_reached))
            return own_reached ? REASON_VENUE_SELF_TRADE : REASON_VENUE_UNFILLABLE;
    }
    if (venue->impact) {
        volume = model->daily_volumes[order->instrument];
        shift = impact_shift(model, &market->impact, volume, side,
                             (struct quantity){left_of(order)}, venue->now_ns);
    }
    int64_t left = left_of(order);
    struct quantity taken = {0};
    while (left > 0 && taking_next(venue, market, &taking)) {
        if (!venue_has_room(venue))
            return REASON_VENUE_FULL;
        struct quantity part = {i64_min(left, taking.level.quantity.units)};
        venue_level_take(venue, market, taking.from, taking.level.price.units, part.units);
        execute(venue, order, paid(market, order, taking.level.price, shift), part,
                LIQUIDITY_TAKER);
        left -= part.units;
        taken.units += part.units;
    }
    if (venue->impact && taken.units > 0)
        impact_taken(model, &market->impact, volume, side, taken, venue->now_ns);
    return taking.own_reached && left > 0 ? REASON_VENUE_SELF_TRADE : REASON_VENUE_UNFILLABLE;
}

void venue_order_meet(struct book_venue *venue, struct venue_order *order)
{
    struct venue_market *market = &venue->markets[order->instrument];
    enum side side = (enum side)order->side;
    if ((order->flags & ORDER_FLAG_POST_ONLY) && venue_is_limit(order) &&
        venue_would_take(venue, market, side, order->price.units)) {
        venue_order_end(venue, order, INPUT_VENUE_CANCELED, REASON_VENUE_POST_ONLY);
        return;
    }
    enum reason reason = take(venue, market, order);
    if (left_of(order) == 0)
        return;
    venue->counters.self_trades += reason == REASON_VENUE_SELF_TRADE;
    bool rests = venue_is_limit(order) && (order->tif == TIF_GTC || order->tif == TIF_GTD);
    if (!rests || reason != REASON_VENUE_UNFILLABLE) {
        venue_order_end(venue, order, INPUT_VENUE_CANCELED, reason);
        return;
    }
    if (!venue_line_join(venue, market, order, (struct quantity){left_of(order)}))
        venue_order_end(venue, order, INPUT_VENUE_CANCELED, REASON_VENUE_FULL);
}

/* ---- resting --------------------------------------------------------------------------------- */

/* What a line's queue says was executed; returns how much in all. */
static int64_t line_filled(struct book_venue *venue, struct venue_market *market, uint32_t at,
                           uint32_t count)
{
    struct price price = {venue->levels[at].price};
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct venue_order *order = venue_order_of(venue, venue->fills[i].id);
        ASSERT(order != NULL && order->level == at);
        if (venue->fills[i].whole)
            order->level = 0; /* it has left the line */
        sum += venue->fills[i].quantity.units;
        execute(venue, order, price, venue->fills[i].quantity, LIQUIDITY_MAKER);
    }
    venue_line_tidy(venue, market, at);
    return sum;
}

/* What filled orders that were reached is not there any more. */
static void consume(struct book_venue *venue, struct venue_market *market, enum side from,
                    int64_t limit, int64_t quantity)
{
    struct book_level level;
    while (quantity > 0 && venue_available(venue, market, from, limit, 0, &level)) {
        int64_t part = i64_min(quantity, level.quantity.units);
        venue_level_take(venue, market, from, level.price.units, part);
        quantity -= part;
    }
}

static void side_reached(struct book_venue *venue, struct venue_market *market, enum side side)
{
    enum side other = side_opposite(side);
    struct venue_side *own = venue_side_of(market, side);
    while (own->best != 0) {
        uint32_t at = own->best;
        int64_t price = venue->levels[at].price;
        struct book_level level;
        if (!venue_available(venue, market, other, price, 0, &level))
            return;
        uint32_t count = queue_line_opposite(&venue->lines[venue->levels[at].line], level.price,
                                             venue->fills);
        int64_t sum = line_filled(venue, market, at, count);
        consume(venue, market, other, price, sum);
    }
}

void venue_reached(struct book_venue *venue, struct venue_market *market)
{
    side_reached(venue, market, SIDE_BUY);
    side_reached(venue, market, SIDE_SELL);
}

static void side_traded(struct book_venue *venue, struct venue_market *market, enum side side,
                        const struct trade *trade)
{
    uint32_t at = venue_side_of(market, side)->best;
    while (at != 0 && venue_reaches(side, venue->levels[at].price, trade->price.units)) {
        uint32_t worse = venue->levels[at].worse;
        if (!venue_has_room(venue)) {
            venue->counters.trades_held++;
            return;
        }
        uint32_t count = queue_line_trade(&venue->lines[venue->levels[at].line], trade,
                                          venue->fills);
        (void)line_filled(venue, market, at, count);
        at = worse;
    }
}

void venue_traded(struct book_venue *venue, struct venue_market *market, const struct trade *trade)
{
    side_traded(venue, market, SIDE_BUY, trade);
    side_traded(venue, market, SIDE_SELL, trade);
}

/* ---- stops ----------------------------------------------------------------------------------- */

static bool stop_reached(const struct venue_market *market, const struct venue_order *order)
{
    if (market->last.units == 0)
        return false;
    return order->side == SIDE_BUY ? market->last.units >= order->stop_price.units
                                   : market->last.units <= order->stop_price.units;
}

void venue_stops(struct book_venue *venue, struct venue_market *market)
{
    uint32_t at = market->stop_first;
    while (at != 0) {
        struct venue_order *order = &venue->orders[at - 1];
        at = order->stop_next;
        if (!order->triggered && stop_reached(market, order)) {
            order->triggered = 1;
            venue->counters.triggered++;
        }
        if (order->triggered && venue_is_open(venue, market)) {
            stop_remove(venue, order);
            venue_order_meet(venue, order);
        }
    }
}
