#include "drive/backtest/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep(struct collector *collector, enum status status)
{
    if (collector->status == STATUS_OK)
        collector->status = status;
}

enum status collector_init(struct collector *collector, const struct backtest *backtest,
                           struct backtest_result *result, bool rows)
{
    const struct engine_config *config = &backtest->assembly.engine;
    *collector = (struct collector){.backtest = backtest,
                                    .result = result,
                                    .rows = rows,
                                    .disposed_book = NONE_INDEX,
                                    .desk_row = NONE_INDEX};
    size_t pairs = (size_t)config->books_count * config->instruments_count;
    collector->trips = calloc(pairs + 1, sizeof *collector->trips);
    return collector->trips == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void collector_release(struct collector *collector)
{
    free(collector->trips);
    collector->trips = NULL;
}

/* Whose row a bot is in the result, NONE_INDEX being the desk; of a book the same. */
static uint32_t row_of_bot(const struct collector *collector, uint32_t bot)
{
    return bot == NONE_INDEX ? collector->desk_row : bot;
}

static uint32_t row_of_book(const struct collector *collector, uint32_t book)
{
    return book == DESK_BOOK ? collector->desk_row : book - 1;
}

/* ---- trips ----------------------------------------------------------------------------------- */

static struct amount average(i128 notional, int64_t quantity, const struct instrument *instrument)
{
    i128 price = 0;
    if (quantity == 0)
        return (struct amount){0};
    if (!i128_multiply_divide(notional, instrument->quantity_scale, quantity, ROUND_HALF_EVEN,
                              &price)) {
        price = 0;
    }
    return (struct amount){price};
}

static const char *exit_reason(uint32_t purpose)
{
    return purpose == PURPOSE_EXIT ? "signal" : order_purpose_name((enum order_purpose)purpose);
}

static void trip_close(struct collector *collector, uint32_t book, uint32_t index,
                       struct open_trip *trip, int64_t time_ns)
{
    const struct engine_config *config = &collector->backtest->assembly.engine;
    const struct instrument *instrument = &config->instruments[index];
    collector->trips_count++;
    uint32_t own = row_of_book(collector, book);
    if (collector->rows && own != NONE_INDEX) {
        int64_t bar_ns = book == DESK_BOOK ? collector->result->bar_ns
                                           : config->series[config->bots[book - 1].series].bar_ns;
        struct result_trip row = {
            .open_time_ns = trip->open_time_ns,
            .close_time_ns = time_ns,
            .bot = own,
            .instrument = index,
            .side = SIDE_BUY,
            .quantity = {trip->quantity_max},
            .entry_price = average(trip->entry_notional, trip->entry_quantity, instrument),
            .exit_price = average(trip->exit_notional, trip->exit_quantity, instrument),
            .realized = {trip->realized},
            .fees = {trip->fees},
            .net = {trip->realized - trip->fees},
            .bars_held = (uint64_t)((time_ns - trip->open_time_ns) / bar_ns),
            .exit_reason = exit_reason(trip->purpose),
        };
        keep(collector, backtest_result_add_trip(collector->result, &row));
    }
    if (own != NONE_INDEX)
        collector->result->bots.items[own].trips_count++;
    *trip = (struct open_trip){0};
}

static void trip_fill(struct collector *collector, const struct order *order,
                      const struct fact_order_filled *fact, int64_t time_ns)
{
    const struct engine_config *config = &collector->backtest->assembly.engine;
    size_t at = (size_t)order->book * config->instruments_count + order->instrument;
    struct open_trip *trip = &collector->trips[at];
    int64_t quantity = fact->quantity.units;
    i128 notional = amount_from_bytes(fact->notional).units;
    trip->fees += amount_from_bytes(fact->fee_value).units;
    if (order->side == SIDE_BUY) {
        if (trip->quantity == 0)
            trip->open_time_ns = time_ns;
        trip->quantity += quantity;
        trip->entry_notional += notional;
        trip->entry_quantity += quantity;
        trip->quantity_max = i64_max(trip->quantity_max, trip->quantity);
    } else {
        trip->quantity -= quantity;
        trip->exit_notional += notional;
        trip->exit_quantity += quantity;
        trip->purpose = order->purpose;
    }
}

/* ---- facts ----------------------------------------------------------------------------------- */

static void fill_row(struct collector *collector, const struct order *order,
                     const struct fact_order_filled *fact, int64_t time_ns)
{
    struct result_fill row = {
        .time_ns = time_ns,
        .bot = row_of_bot(collector, order->bot),
        .instrument = order->instrument,
        .side = (enum side)order->side,
        .liquidity = (enum liquidity)(fact->header.detail & 127),
        .quantity = fact->quantity,
        .price = fact->price,
        .notional = amount_from_bytes(fact->notional),
        .fee = amount_from_bytes(fact->fee),
    };
    const char *asset = assembly_asset(&collector->backtest->assembly, fact->fee_asset);
    (void)text_copy(row.fee_asset, sizeof row.fee_asset, text_of(asset));
    client_order_id_format(row.client_order_id, order->client_id_low, order->client_id_high);
    (void)snprintf(row.venue_trade_id, sizeof row.venue_trade_id, "%llu",
                   (unsigned long long)fact->venue_trade_id.low);
    keep(collector, backtest_result_add_fill(collector->result, &row));
}

static void order_row(struct collector *collector, const struct order *order, int64_t end_ns)
{
    const struct instrument *instrument = &collector->backtest->assembly.engine
                                               .instruments[order->instrument];
    struct price price = order->price.units > 0 ? order->price : order->stop_price;
    const char *reason = order->end_reason == REASON_NONE
                             ? ""
                             : reason_name((enum reason)order->end_reason);
    struct result_order row = {
        .time_ns = order->planned_ns,
        .end_time_ns = end_ns,
        .bot = row_of_bot(collector, order->bot),
        .instrument = order->instrument,
        .side = (enum side)order->side,
        .has_price = price.units > 0,
        .quantity = order->quantity,
        .price = price,
        .filled = order->filled,
        .average_price = average(amount_from_bytes(order->notional).units, order->filled.units,
                                 instrument),
        .type = order_type_name((enum order_type)order->type),
        .state = order_state_name((enum order_state)order->state),
        .reason = reason,
    };
    client_order_id_format(row.client_order_id, order->client_id_low, order->client_id_high);
    keep(collector, backtest_result_add_order(collector->result, &row));
}

static void denied_row(struct collector *collector, const struct fact_order_denied *fact,
                       int64_t time_ns)
{
    uint32_t reason = fact->header.detail;
    if (collector->denied[reason]++ == 0) {
        collector->denied_first[reason] = ++collector->denied_kinds;
    }
    if (!collector->rows || row_of_bot(collector, fact->bot) == NONE_INDEX)
        return;
    struct result_order row = {
        .time_ns = time_ns,
        .end_time_ns = time_ns,
        .bot = row_of_bot(collector, fact->bot),
        .instrument = fact->instrument,
        .side = (enum side)fact->side,
        .has_price = fact->price.units > 0,
        .quantity = fact->quantity,
        .price = fact->price,
        .type = order_type_name((enum order_type)fact->type),
        .state = order_state_name(ORDER_DENIED),
        .reason = reason_name((enum reason)reason),
    };
    keep(collector, backtest_result_add_order(collector->result, &row));
}

static void fact_take(struct collector *collector, const struct fact_header *fact, int64_t time_ns)
{
    const void *data = fact;
    const struct engine *engine = collector->backtest->engine;
    switch (fact->kind) {
    case FACT_ORDER_PLANNED: collector->orders++; return;
    case FACT_ORDER_FILLED: {
        const struct fact_order_filled *filled = data;
        const struct order *order = engine_order(engine, filled->order);
        collector->fills++;
        trip_fill(collector, order, filled, time_ns);
        if (collector->rows && row_of_bot(collector, order->bot) != NONE_INDEX)
            fill_row(collector, order, filled, time_ns);
        return;
    }
    case FACT_LOT_DISPOSED: {
        const struct fact_lot_disposed *disposed = data;
        const struct engine_config *config = &collector->backtest->assembly.engine;
        size_t at = (size_t)disposed->book * config->instruments_count + disposed->instrument;
        struct open_trip *trip = &collector->trips[at];
        trip->realized += amount_from_bytes(disposed->realized).units;
        collector->disposed_book = disposed->book;
        collector->disposed_instrument = disposed->instrument;
        return;
    }
    case FACT_ORDER_DENIED: denied_row(collector, data, time_ns); return;
    case FACT_ORDER_ENDED: {
        const struct fact_order_ended *ended = data;
        const struct order *order = engine_order(engine, ended->order);
        if (collector->rows && row_of_bot(collector, order->bot) != NONE_INDEX)
            order_row(collector, order, time_ns);
        return;
    }
    case FACT_OVERDRAWN: {
        const struct fact_overdrawn *overdrawn = data;
        uint32_t own = row_of_book(collector, overdrawn->book);
        if (own != NONE_INDEX)
            collector->result->bots.items[own].overdrawn = true;
        return;
    }
    default: return;
    }
}

/* A trip ends with the frame whose fill sold the last of it, and a fill may sell several lots: each
 * has its own fact, and the ledger has seen them all by now. */
static void trip_look(struct collector *collector, int64_t time_ns)
{
    const struct engine *engine = collector->backtest->engine;
    uint32_t book = collector->disposed_book;
    uint32_t instrument = collector->disposed_instrument;
    if (book == NONE_INDEX)
        return;
    collector->disposed_book = NONE_INDEX;
    struct open_trip *trip =
        &collector
             ->trips[(size_t)book * engine_configuration(engine)->instruments_count + instrument];
    if (trip->quantity == 0 &&
        ledger_position(engine_ledger(engine), book, instrument)->quantity == 0)
        trip_close(collector, book, instrument, trip, time_ns);
}

void collector_frame(struct collector *collector, const uint8_t *frame, uint32_t size)
{
    struct frame_header header;
    memcpy(&header, frame, sizeof header);
    const uint8_t *at = frame + FRAME_HEADER_SIZE;
    const uint8_t *end = frame + size - FRAME_CHAIN_SIZE;
    while (at < end) {
        const struct fact_header *fact = (const struct fact_header *)(const void *)at;
        fact_take(collector, fact, header.time_ns);
        at += fact->size;
    }
    trip_look(collector, header.time_ns);
}

/* ---- sums ------------------------------------------------------------------------------------ */

static int64_t mark_of(const struct collector *collector, uint32_t instrument)
{
    int64_t close = engine_risk(collector->backtest->engine)->states[instrument].close.units;
    if (collector->marks == NULL || collector->marks[instrument].units == 0)
        return close;
    return collector->marks[instrument].units;
}

static i128 positions_value(const struct collector *collector)
{
    const struct risk *risk = engine_risk(collector->backtest->engine);
    if (collector->marks == NULL)
        return risk->account->market_value;
    i128 value = 0;
    for (uint32_t i = 0; i < risk->instruments_count; i++)
        value += (i128)mark_of(collector, i) * risk->ledger->instrument_totals[i] *
                 risk->instruments[i].amount_factor;
    return value;
}

struct amount collector_value(const struct collector *collector)
{
    const struct risk *risk = engine_risk(collector->backtest->engine);
    return (struct amount){ledger_account_total(risk->ledger, risk->currency_asset).units +
                           positions_value(collector)};
}

void collector_equity(struct collector *collector, int64_t time_ns)
{
    if (!collector->rows)
        return;
    const struct risk *risk = engine_risk(collector->backtest->engine);
    i128 cash = ledger_account_total(risk->ledger, risk->currency_asset).units;
    i128 value = positions_value(collector);
    struct result_equity point = {
        .time_ns = time_ns,
        .equity = {cash + value},
        .cash = {cash},
        .exposure = {value},
    };
    keep(collector, backtest_result_add_equity(collector->result, &point));
}

static void finish_bots(struct collector *collector)
{
    const struct engine *engine = collector->backtest->engine;
    const struct engine_config *config = &collector->backtest->assembly.engine;
    const struct ledger *ledger = engine_ledger(engine);
    struct backtest_result *result = collector->result;
    for (uint32_t book = 0; book < config->books_count; book++) {
        uint32_t own = row_of_book(collector, book);
        struct result_bot *row = own == NONE_INDEX ? NULL : &result->bots.items[own];
        for (uint32_t i = 0; i < config->instruments_count; i++) {
            const struct position *position = ledger_position(ledger, book, i);
            i128 value = (i128)mark_of(collector, i) * position->quantity *
                         config->instruments[i].amount_factor;
            i128 unrealized = value - position->cost;
            result->realized.units += position->realized;
            result->unrealized.units += unrealized;
            result->fees.units += position->fees;
            result->funding.units += position->funding;
            if (row == NULL)
                continue;
            row->realized.units += position->realized;
            row->unrealized.units += unrealized;
            row->fees.units += position->fees;
            row->funding.units += position->funding;
            if (position->quantity != 0)
                row->open_at_end = true;
        }
    }
}

static void finish_orders(struct collector *collector)
{
    const struct engine *engine = collector->backtest->engine;
    for (uint64_t id = engine_order_next_live(engine, 0); id != 0;
         id = engine_order_next_live(engine, id)) {
        const struct order *order = engine_order(engine, id);
        if (collector->rows && row_of_bot(collector, order->bot) != NONE_INDEX)
            order_row(collector, order, 0);
    }
}

void collector_finish(struct collector *collector)
{
    struct backtest_result *result = collector->result;
    finish_bots(collector);
    finish_orders(collector);
    for (uint64_t rank = 1; rank <= collector->denied_kinds; rank++) {
        for (uint32_t reason = 0; reason < REASON_COUNT; reason++) {
            if (collector->denied_first[reason] != rank)
                continue;
            for (uint64_t i = 0; i < collector->denied[reason]; i++) {
                const char *name = reason_name((enum reason)reason);
                keep(collector, backtest_result_add_denial(result, text_of(name)));
            }
        }
    }
    result->orders_count = collector->orders;
    result->fills_count = collector->fills;
    result->trips_count = collector->trips_count;
}
