#include "sim/book_venue.h"

#include <stdlib.h>

#include "sim/book/venue_parts.h"

/* ---- memory ---------------------------------------------------------------------------------- */

static uint32_t power_of_two(uint64_t least)
{
    uint64_t power = 1;
    while (power < least)
        power *= 2;
    ASSERT(power <= UINT32_C(1) << 30);
    return (uint32_t)power;
}

static void take_memory(struct book_venue *venue, struct arena *arena)
{
    const struct book_venue_config *config = &venue->config;
    uint32_t orders = config->orders_capacity;
    uint64_t levels = 2 * (uint64_t)config->instruments_count * config->levels_capacity;
    uint32_t requests = power_of_two(4 * (uint64_t)orders);
    uint32_t reports = power_of_two(16 * (uint64_t)orders + 4 * config->levels_capacity + 256);
    ASSERT(levels + orders + 2 <= UINT32_MAX);
    venue->levels_capacity = (uint32_t)levels + orders + 2;
    venue->requests_mask = requests - 1;
    venue->reports_mask = reports - 1;
    venue->markets = ARENA_TAKE(arena, struct venue_market, config->instruments_count);
    venue->levels = ARENA_TAKE(arena, struct venue_level, venue->levels_capacity);
    venue->lines = ARENA_TAKE(arena, struct queue_line, (size_t)orders + 1);
    venue->lines_free = ARENA_TAKE(arena, uint32_t, orders);
    venue->orders = ARENA_TAKE(arena, struct venue_order, orders);
    venue->requests = ARENA_TAKE(arena, struct venue_request, requests);
    venue->reports = ARENA_TAKE(arena, struct input, reports);
}

static enum status markets_create(struct book_venue *venue)
{
    const struct book_venue_config *config = &venue->config;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        struct venue_market *market = &venue->markets[i];
        market->instrument = &config->instruments[i];
        market->own_bid = market->stop_below = INT64_MIN;
        market->own_ask = market->stop_above = INT64_MAX;
        struct order_book_config book = {
            .tick = market->instrument->tick,
            .levels_capacity = config->levels_capacity,
            .sequence = config->sequences != NULL ? config->sequences[i] : config->sequence,
        };
        enum status status = order_book_create(&book, &market->book);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static bool impact_makes_sense(const struct book_venue_config *config)
{
    const struct impact_model *impact = &config->impact;
    if (!(impact->eta >= 0 && impact->gamma >= 0 && impact->kappa >= 0))
        return false;
    if (!impact_is_on(impact))
        return impact->eta == 0 && impact->gamma == 0 && impact->kappa == 0;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (impact->daily_volumes[i].units <= 0)
            return false;
    }
    return impact->kappa == 0 || impact->tau_ns > 0;
}

enum status book_venue_create(const struct book_venue_config *config, struct book_venue **out)
{
    *out = NULL;
    ASSERT(config->orders_capacity > 0 && config->instruments_count > 0 &&
           (config->orders_capacity & (config->orders_capacity - 1)) == 0);
    if (latency_model_check(&config->latency) != STATUS_OK || !impact_makes_sense(config))
        return STATUS_RANGE;
    struct book_venue *venue = calloc(1, sizeof *venue);
    if (venue == NULL)
        return STATUS_NO_MEMORY;
    venue->config = *config;
    venue->mask = config->orders_capacity - 1;
    venue->impact = impact_is_on(&config->impact);
    venue->trade_id_next = venue->order_id_next = 1;
    venue->now_ns = venue->answer_ns = venue->answer_last_ns = INT64_MIN;
    venue->due_ns = INT64_MAX;
    latency_line_init(&venue->latency, &config->latency, config->seed);
    venue->fees = config->fees;
    if (config->fees == NULL) {
        fee_schedule_init(&venue->own_fees, config->tiers, config->tiers_count);
        venue->fees = &venue->own_fees;
    }
    struct arena measure;
    arena_measure_init(&measure);
    take_memory(venue, &measure);
    enum status status = arena_init(&venue->memory, measure.used);
    if (status != STATUS_OK) {
        free(venue);
        return status;
    }
    take_memory(venue, &venue->memory);
    for (uint32_t i = 0; i < config->orders_capacity; i++)
        venue->lines_free[venue->lines_free_count++] = config->orders_capacity - i;
    status = markets_create(venue);
    venue->config.sequences = NULL;
    if (status != STATUS_OK) {
        book_venue_free(venue);
        return status;
    }
    *out = venue;
    return STATUS_OK;
}

void book_venue_free(struct book_venue *venue)
{
    if (venue == NULL)
        return;
    for (uint32_t i = 0; i < venue->config.instruments_count; i++)
        order_book_free(venue->markets[i].book);
    arena_release(&venue->memory);
    free(venue);
}

/* ---- judging requests ------------------------------------------------------------------------ */

/* What the counted price is where an order names none. */
static struct price reference_price(struct venue_market *market, const struct venue_order *order)
{
    struct book_level level;
    if (order->price.units > 0)
        return order->price;
    if (market->last.units > 0)
        return market->last;
    (void)order_book_best(market->book, side_opposite((enum side)order->side), &level);
    return level.price;
}

static enum reason placing_problem(struct book_venue *venue, const struct venue_order *order)
{
    if (order->instrument >= venue->config.instruments_count)
        return REASON_VENUE_INSTRUMENT;
    struct venue_market *market = &venue->markets[order->instrument];
    const struct instrument *instrument = market->instrument;
    if (!instrument->tradable)
        return REASON_VENUE_INSTRUMENT;
    if (order->quantity.units <= 0 || order->quantity.units % instrument->lot.units != 0 ||
        order->price.units < 0 || order->price.units % instrument->tick.units != 0 ||
        order->stop_price.units < 0 || order->stop_price.units % instrument->tick.units != 0 ||
        venue_is_limit(order) != (order->price.units > 0))
        return REASON_VENUE_GRID;
    struct price counted = reference_price(market, order);
    struct amount notional = instrument_notional(instrument, counted, order->quantity);
    if (order->quantity.units < instrument->quantity_min.units)
        return REASON_VENUE_BELOW_MINIMUM;
    if (counted.units > 0 && notional.units < instrument->notional_min.units)
        return REASON_VENUE_BELOW_MINIMUM;
    if (market->halted)
        return REASON_VENUE_HALTED;
    if (venue->orders[order->id & venue->mask].live)
        return REASON_VENUE_FULL;
    if (order->type == ORDER_STOP || order->type == ORDER_STOP_LIMIT)
        return REASON_NONE;
    if (!venue_book_holds(venue, market))
        return REASON_BOOK_INVALID;
    if ((order->flags & ORDER_FLAG_POST_ONLY) && venue_is_limit(order) &&
        venue_would_take(venue, market, (enum side)order->side, order->price.units))
        return REASON_VENUE_POST_ONLY;
    if (venue_is_limit(order) &&
        venue_line_is_full(venue, market, (enum side)order->side, order->price.units))
        return REASON_VENUE_FULL;
    return REASON_NONE;
}

static void judge_place(struct book_venue *venue, const struct venue_order *asked)
{
    enum reason problem = placing_problem(venue, asked);
    if (problem != REASON_NONE) {
        venue->counters.refused++;
        venue_report_reason(venue, INPUT_VENUE_REJECTED, asked->id, asked->instrument, problem);
        return;
    }
    struct venue_order *order = venue_order_open(venue, asked);
    venue->counters.placed++;
    venue_report(venue, INPUT_VENUE_ACCEPTED, order->id, order->instrument)
        ->report.venue_id_low = venue->order_id_next++;
    if (order->tif == TIF_GTD && order->expire_ns <= venue->now_ns)
        venue_order_end(venue, order, INPUT_VENUE_EXPIRED, REASON_VENUE_EXPIRED);
    else if (order->stopped)
        venue_stops(venue, &venue->markets[order->instrument]);
    else
        venue_order_meet(venue, order);
}

static void judge_cancel(struct book_venue *venue, uint64_t id)
{
    struct venue_order *order = venue_order_of(venue, id);
    if (order == NULL) {
        venue_report_reason(venue, INPUT_VENUE_CANCEL_REJECTED, id, 0, REASON_VENUE_UNKNOWN_ORDER);
        return;
    }
    venue_order_end(venue, order, INPUT_VENUE_CANCELED, REASON_NONE);
}

/* Whether the amend leaves the order where it stands in its queue. */
static bool keeps_place(const struct venue_order *order, const struct venue_order *asked)
{
    return asked->price.units == order->price.units &&
           asked->quantity.units <= order->quantity.units;
}

static enum reason amending_problem(struct book_venue *venue, struct venue_order *order,
                                    const struct venue_order *asked)
{
    if (order == NULL)
        return REASON_VENUE_UNKNOWN_ORDER;
    struct venue_market *market = &venue->markets[order->instrument];
    const struct instrument *instrument = market->instrument;
    enum side side = (enum side)order->side;
    int64_t price = asked->price.units;
    if (venue_is_limit(order) != (price > 0) || price % instrument->tick.units != 0 ||
        asked->quantity.units <= order->filled.units ||
        asked->quantity.units % instrument->lot.units != 0)
        return REASON_VENUE_GRID;
    if (asked->quantity.units < instrument->quantity_min.units)
        return REASON_VENUE_BELOW_MINIMUM;
    if (order->level == 0 || keeps_place(order, asked))
        return REASON_NONE;
    if (market->halted)
        return REASON_VENUE_HALTED;
    if (!venue_book_holds(venue, market))
        return REASON_BOOK_INVALID;
    if ((order->flags & ORDER_FLAG_POST_ONLY) && venue_would_take(venue, market, side, price))
        return REASON_VENUE_POST_ONLY;
    if (price != order->price.units && venue_line_is_full(venue, market, side, price))
        return REASON_VENUE_FULL;
    return REASON_NONE;
}

static void judge_amend(struct book_venue *venue, const struct venue_order *asked)
{
    struct venue_order *order = venue_order_of(venue, asked->id);
    enum reason problem = amending_problem(venue, order, asked);
    if (problem != REASON_NONE) {
        venue_report_reason(venue, INPUT_VENUE_AMEND_REJECTED, asked->id,
                            order != NULL ? order->instrument : 0, problem);
        return;
    }
    struct venue_market *market = &venue->markets[order->instrument];
    bool rests = order->level != 0;
    bool moves = rests && !keeps_place(order, asked);
    if (moves)
        venue_line_leave(venue, market, order);
    order->price = asked->price;
    order->quantity = asked->quantity;
    venue->counters.amended++;
    struct input *input = venue_report(venue, INPUT_VENUE_AMENDED, order->id, order->instrument);
    input->report.price = order->price;
    input->report.quantity = order->quantity;
    if (moves) {
        venue_order_meet(venue, order);
    } else if (rests) {
        struct quantity left = {order->quantity.units - order->filled.units};
        bool found = queue_line_reduce(&venue->lines[venue->levels[order->level].line], order->id,
                                       left);
        ASSERT(found);
    }
}

/* ---- time ------------------------------------------------------------------------------------ */

static int64_t expiry_ns(const struct book_venue *venue)
{
    return venue->expiry_first != 0 ? venue->orders[venue->expiry_first - 1].expire_ns : INT64_MAX;
}

static int64_t request_ns(const struct book_venue *venue)
{
    return venue->requests_head != venue->requests_tail
               ? venue->requests[venue->requests_head & venue->requests_mask].exchange_ns
               : INT64_MAX;
}

static void due_update(struct book_venue *venue)
{
    venue->due_ns = i64_min(expiry_ns(venue), request_ns(venue));
}

/* It never reached the exchange, and we learn so. */
static void refuse(struct book_venue *venue, const struct venue_request *request)
{
    static const enum input_kind kinds[] = {[VENUE_PLACE] = INPUT_VENUE_REJECTED,
                                            [VENUE_CANCEL] = INPUT_VENUE_CANCEL_REJECTED,
                                            [VENUE_AMEND] = INPUT_VENUE_AMEND_REJECTED};
    venue->counters.refused += request->kind == VENUE_PLACE;
    venue_report_reason(venue, kinds[request->kind], request->order.id, request->order.instrument,
                        REASON_VENUE_SAID);
}

/* The oldest request is judged; its answer has a time already. */
static void judge(struct book_venue *venue)
{
    /* It stays where it is while it is judged: nothing is sent meanwhile. */
    struct venue_request *request = &venue->requests[venue->requests_head & venue->requests_mask];
    venue->answer_last_ns = i64_max(venue->answer_last_ns, request->answer_ns);
    venue->answer_ns = venue->answer_last_ns;
    venue->requests_head++;
    if (request->refused) {
        refuse(venue, request);
        return;
    }
    switch (request->kind) {
    case VENUE_PLACE: judge_place(venue, &request->order); break;
    case VENUE_CANCEL: judge_cancel(venue, request->order.id); break;
    case VENUE_AMEND: judge_amend(venue, &request->order); break;
    }
}

/* What is due before `until_ns`, expiries at it and, where asked for, requests at it. */
static void run_due(struct book_venue *venue, int64_t until_ns, bool requests_at)
{
    for (;;) {
        int64_t expiry = expiry_ns(venue);
        int64_t request = request_ns(venue);
        bool is_expiry = expiry <= request;
        int64_t due = is_expiry ? expiry : request;
        if (due > until_ns || (due == until_ns && !is_expiry && !requests_at) || due == INT64_MAX)
            break;
        venue->now_ns = i64_max(venue->now_ns, due);
        venue->answer_ns = INT64_MIN;
        if (is_expiry)
            venue_order_end(venue, &venue->orders[venue->expiry_first - 1], INPUT_VENUE_EXPIRED,
                            REASON_VENUE_EXPIRED);
        else
            judge(venue);
    }
    due_update(venue);
}

/* The market tells something of time_ns. */
static inline void begin(struct book_venue *venue, int64_t time_ns)
{
    if (UNLIKELY(venue->due_ns <= time_ns))
        run_due(venue, time_ns, false);
    venue->now_ns = i64_max(venue->now_ns, time_ns);
    venue->answer_ns = INT64_MIN;
}

void book_venue_advance(struct book_venue *venue, int64_t time_ns)
{
    if (venue->due_ns <= time_ns)
        run_due(venue, time_ns, true);
    venue->now_ns = i64_max(venue->now_ns, time_ns);
}

int64_t book_venue_next_ns(const struct book_venue *venue)
{
    return i64_min(expiry_ns(venue), request_ns(venue));
}

/* ---- our side -------------------------------------------------------------------------------- */

static void send(struct book_venue *venue, enum venue_request_kind kind,
                 const struct venue_order *order, int64_t time_ns)
{
    ASSERT(venue->requests_tail - venue->requests_head <= venue->requests_mask);
    struct latency_times times = latency_line_send(&venue->latency, time_ns);
    struct venue_request *request = &venue->requests[venue->requests_tail & venue->requests_mask];
    times.exchange_ns = i64_max(times.exchange_ns, venue->now_ns);
    /* One that never reaches the exchange still has its place among the answers. */
    if (times.refused && venue->requests_head != venue->requests_tail) {
        uint64_t last = (venue->requests_tail - 1) & venue->requests_mask;
        times.exchange_ns = i64_max(times.exchange_ns, venue->requests[last].exchange_ns);
    }
    *request = (struct venue_request){.exchange_ns = times.exchange_ns,
                                      .answer_ns = i64_max(times.answer_ns, times.exchange_ns),
                                      .order = *order,
                                      .kind = kind,
                                      .refused = times.refused};
    venue->requests_tail++;
    due_update(venue);
}

void book_venue_place(struct book_venue *venue, const struct order *order, int64_t time_ns)
{
    struct venue_order asked = {
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
    };
    send(venue, VENUE_PLACE, &asked, time_ns);
}

void book_venue_cancel(struct book_venue *venue, uint64_t order, int64_t time_ns)
{
    send(venue, VENUE_CANCEL, &(struct venue_order){.id = order}, time_ns);
}

void book_venue_amend(struct book_venue *venue, uint64_t order, struct price price,
                      struct quantity quantity, int64_t time_ns)
{
    struct venue_order asked = {.id = order, .price = price, .quantity = quantity};
    send(venue, VENUE_AMEND, &asked, time_ns);
}

/* ---- the market ------------------------------------------------------------------------------ */

/* Something that kept our orders waiting may be over. */
static void market_opened(struct book_venue *venue, struct venue_market *market)
{
    if (!venue_is_open(venue, market))
        return;
    venue_reached(venue, market);
    venue_stops(venue, market);
}

/* The book is another one: after a snapshot, or a trouble. */
static void market_changed(struct book_venue *venue, struct venue_market *market, bool valid)
{
    market->valid = valid;
    if (!valid)
        return;
    venue_levels_follow(venue, market);
    market_opened(venue, market);
}

void book_venue_book(struct book_venue *venue, uint32_t instrument,
                     const struct book_message *message, int64_t time_ns)
{
    ASSERT(instrument < venue->config.instruments_count);
    struct venue_market *market = &venue->markets[instrument];
    begin(venue, time_ns);
    bool was_old = !venue_book_holds(venue, market);
    market->told_ns = venue->now_ns;
    bool valid = order_book_apply(market->book, message);
    bool clears = message->count > 0 && (message->deltas[0].flags & DELTA_CLEAR) != 0;
    if (UNLIKELY(valid != market->valid || clears || was_old)) {
        market_changed(venue, market, valid);
        return;
    }
    if (market->levels_count == 0 || !valid)
        return;
    bool reached = false;
    for (uint32_t i = 0; i < message->count; i++) {
        const struct delta *delta = &message->deltas[i];
        int64_t price = delta->price.units;
        reached |= delta->side == SIDE_BUY ? price >= market->own_ask : price <= market->own_bid;
        if (LIKELY(market->buckets[venue_bucket(price, delta->side)] == 0))
            continue;
        uint32_t level = venue_level_find(venue, market, (enum side)delta->side, price);
        if (level != 0)
            venue_level_follow(venue, market, level);
    }
    if (UNLIKELY(reached) && !market->halted)
        venue_reached(venue, market);
}

/* The deltas that make the old side of a quote the new one. */
static uint32_t quote_side(struct delta *deltas, uint32_t count, enum side side,
                           const struct book_level *old, const struct book_level *new)
{
    if (old->price.units == new->price.units && old->quantity.units == new->quantity.units)
        return count;
    if (old->price.units > 0 && old->price.units != new->price.units)
        deltas[count++] = (struct delta){old->price, {0}, (uint32_t)side, 0};
    if (new->price.units > 0)
        deltas[count++] = (struct delta){new->price, new->quantity, (uint32_t)side, 0};
    return count;
}

void book_venue_quote(struct book_venue *venue, uint32_t instrument, const struct quote *quote,
                      int64_t time_ns)
{
    ASSERT(instrument < venue->config.instruments_count);
    struct venue_market *market = &venue->markets[instrument];
    struct delta deltas[4];
    struct book_level bid = {quote->bid, quote->bid_quantity};
    struct book_level ask = {quote->ask, quote->ask_quantity};
    uint32_t count = 0;
    if (market->valid) {
        const struct quote *old = &market->quote;
        struct book_level old_bid = {old->bid, old->bid_quantity};
        struct book_level old_ask = {old->ask, old->ask_quantity};
        count = quote_side(deltas, count, SIDE_BUY, &old_bid, &bid);
        count = quote_side(deltas, count, SIDE_SELL, &old_ask, &ask);
    } else {
        /* A whole book; an empty side is the removal of a level that is not there. */
        struct price tick = market->instrument->tick;
        if (bid.price.units == 0)
            bid = (struct book_level){tick, {0}};
        if (ask.price.units == 0)
            ask = (struct book_level){tick, {0}};
        deltas[count++] = (struct delta){bid.price, bid.quantity, SIDE_BUY, DELTA_CLEAR};
        deltas[count++] = (struct delta){ask.price, ask.quantity, SIDE_SELL, DELTA_LAST};
    }
    market->quote = *quote;
    if (count == 0) {
        begin(venue, time_ns);
        bool was_old = !venue_book_holds(venue, market);
        market->told_ns = venue->now_ns;
        if (was_old)
            market_opened(venue, market);
        return;
    }
    struct book_message message = {
        .deltas = deltas, .count = count, .time_ns = i64_max(time_ns, venue->now_ns)};
    book_venue_book(venue, instrument, &message, time_ns);
}

void book_venue_trade(struct book_venue *venue, uint32_t instrument, const struct trade *trade,
                      int64_t time_ns)
{
    ASSERT(instrument < venue->config.instruments_count);
    struct venue_market *market = &venue->markets[instrument];
    begin(venue, time_ns);
    if (UNLIKELY(trade->price.units <= 0 || trade->quantity.units <= 0)) {
        venue->counters.trades_bad++;
        return;
    }
    if (UNLIKELY(market->halted))
        return;
    int64_t price = trade->price.units;
    market->last = trade->price;
    if (UNLIKELY(price <= market->own_bid || price >= market->own_ask) && market->valid)
        venue_traded(venue, market, trade);
    if (UNLIKELY(price >= market->stop_above || price <= market->stop_below))
        venue_stops(venue, market);
}

void book_venue_halt(struct book_venue *venue, uint32_t instrument, bool halted, int64_t time_ns)
{
    ASSERT(instrument < venue->config.instruments_count);
    struct venue_market *market = &venue->markets[instrument];
    begin(venue, time_ns);
    if (market->halted == halted)
        return;
    market->halted = halted;
    market_opened(venue, market);
}

/* ---- answers --------------------------------------------------------------------------------- */

bool book_venue_report_next(struct book_venue *venue, int64_t until_ns, struct input *out)
{
    if (book_venue_answer_ns(venue) > until_ns || venue->reports_head == venue->reports_tail)
        return false;
    *out = venue->reports[venue->reports_head++ & venue->reports_mask];
    return true;
}

int64_t book_venue_answer_ns(const struct book_venue *venue)
{
    return venue->reports_head != venue->reports_tail
               ? venue->reports[venue->reports_head & venue->reports_mask].time_ns
               : INT64_MAX;
}

uint32_t book_venue_live(const struct book_venue *venue)
{
    return venue->live_count;
}

const struct order_book *book_venue_order_book(const struct book_venue *venue, uint32_t instrument)
{
    ASSERT(instrument < venue->config.instruments_count);
    return venue->markets[instrument].book;
}

struct quantity book_venue_available(const struct book_venue *venue, uint32_t instrument,
                                     enum side side, struct price price)
{
    ASSERT(instrument < venue->config.instruments_count);
    const struct venue_market *market = &venue->markets[instrument];
    struct quantity shown = order_book_depth_at(market->book, side, price);
    uint32_t level = venue_level_find(venue, market, side, price.units);
    if (level != 0)
        shown.units = i64_max(0, shown.units - venue->levels[level].taken);
    return shown;
}

struct book_venue_counters book_venue_counters(const struct book_venue *venue)
{
    return venue->counters;
}
