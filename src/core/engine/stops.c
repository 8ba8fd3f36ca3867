/* Stops that people set, states that limits set, and what both do to orders.
 *
 *     stop      entries   resting entries   protective orders          positions
 *     pause     refused   stay              stay                       stay
 *     reduce    refused   cancelled         stay                       only shrink
 *     cancel    refused   cancelled         cancelled last, if asked   stay
 *     flatten   refused   cancelled         cancelled                  closed at market
 */
#include "core/engine/state.h"

#define BREACHES_MAX 64u
#define FLATTEN_SLIP_PPM INT64_C(50000) /* IOC limit 5 % through the mark where market is refused */

/* Whether an order can only shrink its book's position as it is now. */
static bool shrinks(const struct engine *engine, const struct order *order)
{
    if (order->flags & (ORDER_FLAG_PROTECTIVE | ORDER_FLAG_REDUCE_ONLY))
        return true;
    int64_t position = ledger_position(&engine->ledger, order->book, order->instrument)->quantity;
    return order->side == SIDE_SELL ? position > 0 : position < 0;
}

void cancel_entries(struct engine *engine, uint32_t instrument, uint32_t book, enum reason reason)
{
    uint32_t at = engine->header->live_first;
    while (at != 0) {
        struct order *order = &engine->orders[at - 1];
        at = order->live_next;
        if (instrument != NONE_INDEX && order->instrument != instrument)
            continue;
        if (book != NONE_INDEX && order->book != book && order->cash_book != book)
            continue;
        if (!shrinks(engine, order))
            cancel_request(engine, order, reason);
    }
}

static void cancel_shrinking(struct engine *engine, enum reason reason)
{
    uint32_t at = engine->header->live_first;
    while (at != 0) {
        struct order *order = &engine->orders[at - 1];
        at = order->live_next;
        if (order->purpose != PURPOSE_FLATTEN)
            cancel_request(engine, order, reason);
    }
}

static void stop_set(struct engine *engine, enum stop_kind stop, bool protective)
{
    uint8_t detail = (uint8_t)((uint32_t)stop | (protective ? 128u : 0u));
    struct fact_stop_set *fact = FRAME_TAKE(&engine->writer, STOP_SET, stop_set, detail);
    fact->book = NONE_INDEX;
    fact->reason = REASON_PERSON;
    EMIT(engine, fact);
}

void state_set(struct engine *engine, enum state_scope scope, uint32_t index,
               enum trading_state state, enum reason reason)
{
    struct fact_state_changed *fact = FRAME_TAKE(&engine->writer, STATE_CHANGED, state_changed,
                                                 (uint8_t)state);
    fact->scope = (uint32_t)scope;
    fact->index = index;
    fact->reason = (uint32_t)reason;
    fact->reserved = 0;
    fact->order = engine->order_fill;
    fact->fact_seq = engine->fact_seq_fill;
    EMIT(engine, fact);
}

/* One closing order for what of a position is free to be sold. */
static void flatten_position(struct engine *engine, uint32_t book, uint32_t instrument)
{
    int64_t quantity = ledger_position(&engine->ledger, book, instrument)->quantity;
    size_t at = (size_t)book * engine->config->instruments_count + instrument;
    if (quantity <= 0 || engine->risk.exposures[at].open_sell != 0 ||
        !instrument_is_listed(engine, instrument))
        return;
    const struct instrument *listed = &engine->config->instruments[instrument];
    struct price mark = risk_mark(&engine->risk, instrument);
    struct intent intent = {
        .book = book,
        .bot = book == DESK_BOOK ? NONE_INDEX : book - 1,
        .instrument = instrument,
        .side = SIDE_SELL,
        .type = ORDER_MARKET,
        .tif = TIF_GTC,
        .flags = ORDER_FLAG_PROTECTIVE,
        .origin = ORIGIN_ENGINE,
        .purpose = PURPOSE_FLATTEN,
        .quantity = quantity_round_down(listed, (struct quantity){quantity}),
    };
    if (listed->quantity_max.units > 0 && intent.quantity.units > listed->quantity_max.units)
        intent.quantity = quantity_round_down(listed, listed->quantity_max);
    /* Dust cannot be sold; it stays and is shown. A closing order that is refused twice would be
     * refused for ever, so tries alternate between market and a limit that takes at once. */
    if (intent.quantity.units == 0 || mark.units == 0)
        return;
    if (instrument_notional(listed, mark, intent.quantity).units < listed->notional_min.units ||
        intent.quantity.units < listed->quantity_min.units) {
        return;
    }
    if (engine->risk.account->flatten_tries % 2 == 1) {
        intent.type = ORDER_LIMIT;
        intent.tif = TIF_IOC;
        i128 price = (i128)mark.units * (RATIO_ONE - FLATTEN_SLIP_PPM) / RATIO_ONE;
        intent.price = price_round_against(listed, (struct price){(int64_t)price}, SIDE_SELL);
        if (intent.price.units <= 0)
            intent.price = listed->tick;
    }
    enum reason reason = REASON_NONE;
    (void)intent_take(engine, &intent, &reason);
}

void flatten_pass(struct engine *engine)
{
    for (uint32_t book = 0; book < engine->config->books_count; book++) {
        for (uint32_t i = 0; i < engine->config->instruments_count; i++) {
            flatten_position(engine, book, i);
        }
    }
}

void decide_stop(struct engine *engine, const struct input *input)
{
    uint32_t stop = input->stop.stop;
    /* A milder stop does not soften a stricter one: only a person's resume lifts it. */
    if (stop < STOP_PAUSE || stop > STOP_FLATTEN || stop < engine->risk.account->stop)
        return;
    bool protective = (input->flags & INPUT_FLAG_PROTECTIVE) != 0 || stop == STOP_FLATTEN;
    if (stop != engine->risk.account->stop)
        stop_set(engine, (enum stop_kind)stop, protective);
    if (stop >= STOP_REDUCE)
        cancel_entries(engine, NONE_INDEX, NONE_INDEX, REASON_PERSON);
    if (stop == STOP_CANCEL && protective)
        cancel_shrinking(engine, REASON_PERSON);
    if (stop == STOP_FLATTEN) {
        cancel_shrinking(engine, REASON_PERSON);
        flatten_pass(engine);
    }
}

void decide_resume(struct engine *engine, const struct input *input)
{
    (void)input;
    const struct account_risk *account = engine->risk.account;
    if (account->stop != STOP_NONE)
        stop_set(engine, STOP_NONE, false);
    if (account->state != TRADING_ACTIVE) {
        state_set(engine, SCOPE_ACCOUNT, 0, TRADING_ACTIVE, REASON_PERSON);
    }
    for (uint32_t i = 0; i < engine->config->instruments_count; i++) {
        if (engine->risk.states[i].state == TRADING_ACTIVE || !instrument_is_listed(engine, i))
            continue;
        state_set(engine, SCOPE_INSTRUMENT, i, TRADING_ACTIVE, REASON_PERSON);
    }
}

/* ---- what limits do -------------------------------------------------------------------------- */

/* A breach that ends by itself once the figure is back inside; the others wait for a person or for
 * the next day. */
static bool lifts_itself(uint32_t reason)
{
    return reason == REASON_POSITION_QUANTITY || reason == REASON_POSITION_NOTIONAL ||
           reason == REASON_EQUITY_SHARE || reason == REASON_CONCENTRATION ||
           reason == REASON_GROSS_EXPOSURE || reason == REASON_NET_EXPOSURE ||
           reason == REASON_DAILY_LOSS;
}

static void breach_apply(struct engine *engine, const struct risk_breach *breach)
{
    bool account = breach->instrument == NONE_INDEX;
    uint32_t state = engine->risk.account->state;
    uint32_t reason = engine->risk.account->state_reason;
    if (!account) {
        state = engine->risk.states[breach->instrument].state;
        reason = engine->risk.states[breach->instrument].state_reason;
    }
    /* One that waits for a person takes the place of one that would lift itself. */
    bool latches = lifts_itself(reason) && !lifts_itself((uint32_t)breach->reason);
    if (state >= TRADING_REDUCING && !latches)
        return;
    struct fact_limit_breached *fact = FRAME_TAKE(&engine->writer, LIMIT_BREACHED, limit_breached,
                                                  0);
    fact->reason = (uint32_t)breach->reason;
    fact->instrument = breach->instrument;
    fact->value = amount_to_bytes(breach->value);
    fact->limit = amount_to_bytes(breach->limit);
    fact->order = engine->order_fill;
    fact->fact_seq = engine->fact_seq_fill;
    EMIT(engine, fact);
    state_set(engine, account ? SCOPE_ACCOUNT : SCOPE_INSTRUMENT, account ? 0 : breach->instrument,
              TRADING_REDUCING, breach->reason);
    cancel_entries(engine, breach->instrument, NONE_INDEX, breach->reason);
}

static bool still_breached(const struct risk_breach *breaches, uint32_t count, uint32_t instrument)
{
    for (uint32_t i = 0; i < count; i++) {
        if (breaches[i].instrument == instrument)
            return true;
    }
    return false;
}

void check_after(struct engine *engine, uint32_t instrument)
{
    struct risk_breach breaches[BREACHES_MAX];
    uint32_t count = risk_check_after(&engine->risk, instrument, breaches, BREACHES_MAX);
    for (uint32_t i = 0; i < count; i++)
        breach_apply(engine, &breaches[i]);
    if (instrument != NONE_INDEX || count == BREACHES_MAX)
        return;
    const struct account_risk *account = engine->risk.account;
    if (account->state != TRADING_ACTIVE && lifts_itself(account->state_reason) &&
        !still_breached(breaches, count, NONE_INDEX)) {
        state_set(engine, SCOPE_ACCOUNT, 0, TRADING_ACTIVE, (enum reason)account->state_reason);
    }
    for (uint32_t i = 0; i < engine->config->instruments_count; i++) {
        const struct instrument_risk *state = &engine->risk.states[i];
        if (state->state == TRADING_ACTIVE || !lifts_itself(state->state_reason))
            continue;
        if (still_breached(breaches, count, i))
            continue;
        state_set(engine, SCOPE_INSTRUMENT, i, TRADING_ACTIVE, (enum reason)state->state_reason);
    }
}

/* A balance below zero is evidence, not an error of ours: the book may only reduce until it is back
 * at zero. */
void overdrawn_check(struct engine *engine, uint32_t book, uint32_t asset, uint64_t order)
{
    struct amount balance = ledger_available(&engine->ledger, book, asset);
    const struct book_risk *state = &engine->risk.books[book];
    if (balance.units < 0 && !state->overdrawn) {
        struct fact_overdrawn *fact = FRAME_TAKE(&engine->writer, OVERDRAWN, overdrawn, 0);
        fact->book = book;
        fact->asset = asset;
        fact->balance = amount_to_bytes(balance);
        fact->order = order;
        EMIT(engine, fact);
        state_set(engine, SCOPE_BOOK, book, TRADING_REDUCING, REASON_OVERDRAWN);
        cancel_entries(engine, NONE_INDEX, book, REASON_OVERDRAWN);
        return;
    }
    if (!state->overdrawn || state->state_reason != REASON_OVERDRAWN)
        return;
    for (uint32_t i = 0; i < engine->config->assets_count; i++) {
        if (ledger_available(&engine->ledger, book, i).units < 0)
            return;
    }
    state_set(engine, SCOPE_BOOK, book, TRADING_ACTIVE, REASON_OVERDRAWN_CLEARED);
}
