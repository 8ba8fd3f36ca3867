/* What the venue says, and what follows. Evidence always posts. */
#include "core/engine/state.h"

/* ---- fills ----------------------------------------------------------------------------------- */

static uint32_t fee_instrument_of(const struct engine *engine, uint32_t instrument, uint32_t asset)
{
    uint32_t quote = engine->config->instruments[instrument].quote_asset;
    for (uint32_t i = 0; i < engine->config->instruments_count; i++) {
        const struct instrument *listed = &engine->config->instruments[i];
        if (listed->base_asset == asset && listed->quote_asset == quote)
            return i;
    }
    return NONE_INDEX;
}

static void emit_filled(struct engine *engine, const struct order *order,
                        const struct venue_fill *fill, struct quantity quantity,
                        struct amount notional, bool provisional)
{
    uint8_t detail = (uint8_t)(fill->liquidity | (provisional ? 128u : 0u));
    engine->fact_seq_fill = engine->writer.fact_seq_next;
    engine->order_fill = order->id;
    struct fact_order_filled *fact = FRAME_TAKE(&engine->writer, ORDER_FILLED, order_filled,
                                                detail);
    fact->order = order->id;
    fact->venue_trade_id = (struct hash128){fill->trade_id_low, fill->trade_id_high};
    fact->price = fill->price;
    fact->quantity = quantity;
    fact->notional = amount_to_bytes(notional);
    fact->fee = fill->fee;
    fact->fee_value = fill->fee_value;
    fact->fee_asset = fill->fee_asset;
    fact->reserved = 0;
    EMIT(engine, fact);
}

static void post_fill(struct engine *engine, struct order *order, const struct venue_fill *fill,
                      struct quantity quantity, struct amount notional)
{
    struct fill_posting posting = {
        .order = order->id,
        .book = order->book,
        .cash_book = order->cash_book,
        .instrument = order->instrument,
        .side = (enum side)order->side,
        .quantity = quantity,
        .notional = notional,
        .fee = amount_from_bytes(fill->fee),
        .fee_value = amount_from_bytes(fill->fee_value),
        .fee_asset = fill->fee_asset,
        .fee_instrument = NONE_INDEX,
        .time_ns = engine->header->time_ns,
        .hold = amount_from_bytes(order->hold),
    };
    uint32_t fee_instrument = order->instrument;
    if (fill->fee_asset != engine->config->instruments[order->instrument].quote_asset) {
        posting.fee_instrument = fee_instrument_of(engine, order->instrument, fill->fee_asset);
        if (posting.fee_instrument == NONE_INDEX)
            posting.fee_value.units = 0;
        else
            fee_instrument = posting.fee_instrument;
    }
    int64_t before = engine->ledger.instrument_totals[order->instrument];
    int64_t fee_before = engine->ledger.instrument_totals[fee_instrument];
    ledger_post_fill(&engine->ledger, &engine->writer, &posting);
    order->hold = amount_to_bytes(posting.hold);
    market_value_move(engine, order->instrument, before);
    if (fee_instrument != order->instrument)
        market_value_move(engine, fee_instrument, fee_before);
}

static void correct(struct engine *engine, const struct order *order, int64_t quantity_change,
                    i128 notional_change, i128 fee_change)
{
    struct fill_correction correction = {
        .order = order->id,
        .book = order->book,
        .cash_book = order->cash_book,
        .instrument = order->instrument,
        .side = (enum side)order->side,
        .quantity_change = quantity_change,
        .notional_change = notional_change,
        .fee_change = fee_change,
        .time_ns = engine->header->time_ns,
    };
    int64_t before = engine->ledger.instrument_totals[order->instrument];
    ledger_correct_fill(&engine->ledger, &engine->writer, &correction);
    market_value_move(engine, order->instrument, before);
}

/* The share of a provisional sum that belongs to `part` of its quantity; all of it for the
 * whole. */
static i128 share(i128 sum, int64_t part, int64_t whole)
{
    i128 result = 0;
    if (part == whole)
        return sum;
    bool fits = i128_multiply_divide(sum, part, whole, ROUND_FLOOR, &result);
    ASSERT(fits);
    return result;
}

/* A real fill takes the place of as much provisional quantity; the difference is corrected. */
static void replace_provisional(struct engine *engine, struct order *order,
                                const struct venue_fill *fill)
{
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    int64_t provisional = order->provisional.units;
    int64_t taken = fill->quantity.units < provisional ? fill->quantity.units : provisional;
    i128 notional_old = share(amount_from_bytes(order->provisional_notional).units, taken,
                              provisional);
    i128 fee_old = share(amount_from_bytes(order->provisional_fees).units, taken, provisional);
    struct fact_fill_reversed *reversed = FRAME_TAKE(&engine->writer, FILL_REVERSED, fill_reversed,
                                                     1);
    reversed->order = order->id;
    reversed->venue_trade_id = (struct hash128){0, 0};
    reversed->quantity = (struct quantity){taken};
    reversed->notional = amount_to_bytes((struct amount){notional_old});
    reversed->fee_value = amount_to_bytes((struct amount){fee_old});
    EMIT(engine, reversed);
    struct amount notional = instrument_notional(instrument, fill->price, fill->quantity);
    emit_filled(engine, order, fill, fill->quantity, notional, false);
    struct quantity rest = {fill->quantity.units - taken};
    struct amount notional_taken = instrument_notional(instrument, fill->price,
                                                       (struct quantity){taken});
    i128 fee_new = amount_from_bytes(fill->fee_value).units;
    if (rest.units == 0) {
        correct(engine, order, 0, notional_taken.units - notional_old, fee_new - fee_old);
        return;
    }
    correct(engine, order, 0, notional_taken.units - notional_old, -fee_old);
    post_fill(engine, order, fill, rest, (struct amount){notional.units - notional_taken.units});
}

/* An order judged absent is there after all: it is live again and reserves what is left of it. */
static void reopen(struct engine *engine, struct order *order)
{
    struct fact_order_reopened *fact = FRAME_TAKE(&engine->writer, ORDER_REOPENED, order_reopened,
                                                  ORDER_OPEN);
    fact->order = order->id;
    EMIT(engine, fact);
    order_reserve(engine, order, order->quantity, order->price);
}

/* What comes after any fill: the end of the order, overdrafts, limits. */
static void after_fill(struct engine *engine, struct order *order, uint32_t fee_asset)
{
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    enum order_state state = (enum order_state)order->state;
    bool whole = order->filled.units >= order->quantity.units && order->provisional.units == 0;
    if (whole && !order_state_is_end(state)) {
        order_end(engine, order, ORDER_FILLED, REASON_NONE);
    } else if (whole && state != ORDER_FILLED) {
        struct fact_order_reopened *fact = FRAME_TAKE(&engine->writer, ORDER_REOPENED,
                                                      order_reopened, ORDER_FILLED);
        fact->order = order->id;
        EMIT(engine, fact);
    } else if (state == ORDER_ABSENT && order_remaining(order).units > 0) {
        reopen(engine, order);
    }
    overdrawn_check(engine, order->cash_book, instrument->quote_asset, order->id);
    overdrawn_check(engine, order->book, instrument->base_asset, order->id);
    if (fee_asset != instrument->quote_asset) {
        overdrawn_check(engine, order->book, fee_asset, order->id);
        overdrawn_check(engine, DESK_BOOK, fee_asset, order->id);
    }
    if (engine->checks_after)
        check_after(engine, order->instrument);
    if (order->bot != NONE_INDEX)
        plan_after_fill(engine, order);
}

/* A fill of an order we do not know: what no state explains goes to suspense, which is an alarm.
 * The fact of the fill is kept, so that it too is counted once. */
static void unexplained_fill(struct engine *engine, const struct input *input)
{
    const struct venue_fill *fill = &input->fill;
    struct order stranger = {.id = input->order, .instrument = input->instrument};
    if (fill_is_known(engine, input->order, fill->trade_id_low, fill->trade_id_high))
        return;
    const struct instrument *instrument = &engine->config->instruments[input->instrument];
    struct amount notional = instrument_notional(instrument, fill->price, fill->quantity);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    struct account_ref clearing = {ACCOUNT_CLEARING, 0};
    struct account_ref suspense = {ACCOUNT_SUSPENSE, 0};
    emit_filled(engine, &stranger, fill, fill->quantity, notional, false);
    ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_SUSPENSE, instrument->base_asset,
                    clearing, suspense, (struct amount){fill->quantity.units * unit}, input->order);
    ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_SUSPENSE, instrument->quote_asset,
                    suspense, clearing, notional, input->order);
    struct fact_state_changed *fact = FRAME_TAKE(&engine->writer, STATE_CHANGED, state_changed,
                                                 TRADING_REDUCING);
    fact->scope = SCOPE_INSTRUMENT;
    fact->index = input->instrument;
    fact->reason = REASON_VENUE_UNKNOWN_ORDER;
    fact->reserved = 0;
    fact->order = input->order;
    fact->fact_seq = engine->fact_seq_fill;
    EMIT(engine, fact);
}

static bool is_within(i128 value, i128 limit)
{
    return value >= -limit && value <= limit;
}

/* A price and a quantity that can be counted with: positive, and their product no more than there
 * is. */
static bool execution_is_sane(const struct instrument *instrument, struct price price,
                              struct quantity quantity)
{
    if (price.units <= 0 || price.units > PRICE_UNITS_MAX)
        return false;
    if (quantity.units <= 0 || quantity.units > QUANTITY_UNITS_MAX)
        return false;
    return (i128)price.units * quantity.units <= NOTIONAL_MAX / instrument->amount_factor;
}

/* A fee has a value of its own sign, and is no more than there is. */
static bool fee_is_sane(const struct venue_fill *fill)
{
    i128 fee = amount_from_bytes(fill->fee).units;
    i128 value = amount_from_bytes(fill->fee_value).units;
    if (!is_within(fee, NOTIONAL_MAX) || !is_within(value, NOTIONAL_MAX))
        return false;
    return fee < 0 ? value <= 0 : fee > 0 ? value >= 0 : value == 0;
}

static bool fill_is_sane(const struct engine *engine, uint32_t instrument,
                         const struct venue_fill *fill)
{
    if (instrument >= engine->config->instruments_count ||
        fill->fee_asset >= engine->config->assets_count)
        return false;
    if (fill->liquidity != LIQUIDITY_MAKER && fill->liquidity != LIQUIDITY_TAKER)
        return false;
    const struct instrument *listed = &engine->config->instruments[instrument];
    uint32_t lots = fee_instrument_of(engine, instrument, fill->fee_asset);
    if (lots != NONE_INDEX) {
        /* A fee in lots has to be a number of them. */
        unsigned decimals = engine->config->instruments[lots].quantity_decimals;
        i128 most = (i128)QUANTITY_UNITS_MAX * power_of_ten(AMOUNT_DECIMALS - decimals);
        if (!is_within(amount_from_bytes(fill->fee).units, most))
            return false;
    }
    return execution_is_sane(listed, fill->price, fill->quantity) && fee_is_sane(fill);
}

static void report_fill(struct engine *engine, struct order *order, const struct input *input)
{
    const struct venue_fill *fill = &input->fill;
    if (!fill_is_sane(engine, order == NULL ? input->instrument : order->instrument, fill))
        return;
    if (order == NULL) {
        unexplained_fill(engine, input);
        return;
    }
    if (trade_seen(engine, order, fill->trade_id_low, fill->trade_id_high))
        return;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    if (order->provisional.units > 0) {
        replace_provisional(engine, order, fill);
    } else {
        struct amount notional = instrument_notional(instrument, fill->price, fill->quantity);
        emit_filled(engine, order, fill, fill->quantity, notional, false);
        post_fill(engine, order, fill, fill->quantity, notional);
    }
    after_fill(engine, order, fill->fee_asset);
}

/* A cumulative quantity that runs ahead of its fills makes a provisional one of the difference. */
static void report_cumulative(struct engine *engine, struct order *order, const struct input *input)
{
    if (order == NULL)
        return;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    int64_t missing = input->report.quantity.units - order->filled.units;
    i128 notional = amount_from_bytes(input->report.notional).units;
    if (missing <= 0 || input->report.quantity.units > QUANTITY_UNITS_MAX)
        return;
    if (!is_within(notional, NOTIONAL_MAX))
        return;
    notional -= amount_from_bytes(order->notional).units;
    struct price price = order->price.units > 0 ? order->price
                                                : risk_mark(&engine->risk, order->instrument);
    struct quantity quantity = {missing};
    if (notional <= 0 && !execution_is_sane(instrument, price, quantity))
        return;
    if (notional <= 0)
        notional = instrument_notional(instrument, price, quantity).units;
    i128 average = i128_divide(notional, (i128)missing * instrument->amount_factor,
                               ROUND_HALF_EVEN);
    if (average > PRICE_UNITS_MAX)
        return;
    price.units = (int64_t)average;
    struct amount fee = instrument_fee(instrument, (struct amount){notional},
                                       engine->risk.fee_taker);
    struct venue_fill fill = {
        .trade_id_low = order->id,
        .trade_id_high = (uint64_t)input->report.quantity.units,
        .price = price,
        .quantity = quantity,
        .fee = amount_to_bytes(fee),
        .fee_value = amount_to_bytes(fee),
        .fee_asset = instrument->quote_asset,
        .liquidity = LIQUIDITY_TAKER,
    };
    emit_filled(engine, order, &fill, quantity, (struct amount){notional}, true);
    post_fill(engine, order, &fill, quantity, (struct amount){notional});
    after_fill(engine, order, fill.fee_asset);
}

static void report_bust(struct engine *engine, struct order *order, const struct input *input)
{
    const struct venue_fill *fill = &input->fill;
    if (order == NULL)
        return;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    if (!execution_is_sane(instrument, fill->price, fill->quantity) || !fee_is_sane(fill))
        return;
    if (!trade_seen(engine, order, fill->trade_id_low, fill->trade_id_high))
        return;
    /* A fill is taken back once, and no more than there is of real ones. */
    if (bust_seen(engine, order, fill->trade_id_low, fill->trade_id_high) ||
        fill->quantity.units > order->filled.units - order->provisional.units)
        return;
    struct amount notional = instrument_notional(instrument, fill->price, fill->quantity);
    struct fact_fill_reversed *fact = FRAME_TAKE(&engine->writer, FILL_REVERSED, fill_reversed, 2);
    fact->order = order->id;
    fact->venue_trade_id = (struct hash128){fill->trade_id_low, fill->trade_id_high};
    fact->quantity = fill->quantity;
    fact->notional = amount_to_bytes(notional);
    fact->fee_value = fill->fee_value;
    EMIT(engine, fact);
    correct(engine, order, -fill->quantity.units, -notional.units,
            -amount_from_bytes(fill->fee_value).units);
    if (order->state == ORDER_FILLED) {
        struct fact_order_reopened *reopened = FRAME_TAKE(&engine->writer, ORDER_REOPENED,
                                                          order_reopened, ORDER_CANCELED);
        reopened->order = order->id;
        EMIT(engine, reopened);
    }
    overdrawn_check(engine, order->cash_book, instrument->quote_asset, order->id);
    overdrawn_check(engine, order->book, instrument->base_asset, order->id);
}

/* ---- the order's life ------------------------------------------------------------------------ */

static void report_accepted(struct engine *engine, struct order *order, const struct input *input)
{
    if (order->state == ORDER_ABSENT)
        reopen(engine, order);
    else if (order->state != ORDER_SUBMITTED)
        return;
    struct fact_order_accepted *fact = FRAME_TAKE(&engine->writer, ORDER_ACCEPTED, order_accepted,
                                                  0);
    fact->order = order->id;
    fact->venue_order_id = (struct hash128){input->report.venue_id_low,
                                            input->report.venue_id_high};
    EMIT(engine, fact);
}

static void report_end(struct engine *engine, struct order *order, enum order_state state,
                       const struct input *input)
{
    if (order_state_is_end((enum order_state)order->state))
        return;
    if (!order_state_allows((enum order_state)order->state, state))
        return;
    uint32_t reason = input->report.reason;
    order_end(engine, order, state,
              reason < REASON_COUNT ? (enum reason)reason : REASON_VENUE_SAID);
}

/* The reservation follows the order: what a larger one needs is taken, what a smaller one frees is
 * given back. Evidence posts even where the book has not enough. */
static void report_amended(struct engine *engine, struct order *order, const struct input *input)
{
    struct quantity quantity = input->report.quantity;
    struct price price = input->report.price;
    if (order_state_is_end((enum order_state)order->state))
        return;
    if (quantity.units <= 0 || quantity.units < order->filled.units ||
        (price.units > 0) != (order->price.units > 0))
        return;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    struct price counted = price.units > 0 ? price : risk_mark(&engine->risk, order->instrument);
    if (counted.units > 0 && !execution_is_sane(instrument, counted, quantity))
        return;
    order_reserve(engine, order, quantity, price);
    if (order->filled.units >= order->quantity.units && order->provisional.units == 0)
        order_end(engine, order, ORDER_FILLED, REASON_NONE);
}

static void report_refused(struct engine *engine, struct order *order, const struct input *input)
{
    uint8_t reason = (uint8_t)(input->report.reason < REASON_COUNT ? input->report.reason
                                                                   : (uint32_t)REASON_VENUE_SAID);
    if (input->kind == INPUT_VENUE_CANCEL_REJECTED) {
        struct fact_cancel_refused *fact = FRAME_TAKE(&engine->writer, CANCEL_REFUSED,
                                                      cancel_refused, reason);
        fact->order = order->id;
        EMIT(engine, fact);
        return;
    }
    struct fact_amend_refused *fact = FRAME_TAKE(&engine->writer, AMEND_REFUSED, amend_refused,
                                                 reason);
    fact->order = order->id;
    EMIT(engine, fact);
}

static void report_delivery(struct engine *engine, struct order *order, const struct input *input)
{
    uint32_t delivery = input->delivery.delivery;
    if (order_state_is_end((enum order_state)order->state) || order->delivery == delivery)
        return;
    /* That it was sent says nothing new about an order that was answered or is unknown. */
    bool says_more = delivery == DELIVERY_ANSWERED || delivery == DELIVERY_UNKNOWN ||
                     (delivery == DELIVERY_SENT && order->delivery == DELIVERY_QUEUED);
    if (!says_more)
        return;
    struct fact_order_delivery *fact = FRAME_TAKE(&engine->writer, ORDER_DELIVERY, order_delivery,
                                                  (uint8_t)delivery);
    fact->order = order->id;
    EMIT(engine, fact);
}

void decide_report(struct engine *engine, const struct input *input)
{
    struct order *order = order_find(engine, input->order);
    switch (input->kind) {
    case INPUT_VENUE_FILL: report_fill(engine, order, input); return;
    case INPUT_VENUE_CUMULATIVE: report_cumulative(engine, order, input); return;
    case INPUT_VENUE_BUST: report_bust(engine, order, input); return;
    default: break;
    }
    if (order == NULL)
        return;
    switch (input->kind) {
    case INPUT_VENUE_ACCEPTED: report_accepted(engine, order, input); return;
    case INPUT_VENUE_REJECTED: report_end(engine, order, ORDER_REJECTED, input); return;
    case INPUT_VENUE_CANCELED: report_end(engine, order, ORDER_CANCELED, input); return;
    case INPUT_VENUE_EXPIRED: report_end(engine, order, ORDER_EXPIRED, input); return;
    case INPUT_VENUE_ABSENT: report_end(engine, order, ORDER_ABSENT, input); return;
    case INPUT_VENUE_AMENDED: report_amended(engine, order, input); return;
    case INPUT_VENUE_CANCEL_REJECTED:
    case INPUT_VENUE_AMEND_REJECTED: report_refused(engine, order, input); return;
    case INPUT_DELIVERY: report_delivery(engine, order, input); return;
    default: ASSERT(!"a report");
    }
}
