/* Bots decide, in their order, at the end of each instant at which their bars closed. */
#include "core/engine/state.h"
#include "core/strategy/measure.h"

struct amount engine_purse_equity(const struct engine *engine, uint32_t cash_book)
{
    const struct engine_config *config = engine->config;
    const struct ledger *ledger = &engine->ledger;
    uint32_t currency = config->currency_asset;
    i128 equity = ledger_available(ledger, cash_book, currency).units +
                  ledger_held(ledger, cash_book, currency).units;
    for (uint32_t book = 0; book < config->books_count; book++) {
        uint32_t payer = book == DESK_BOOK ? DESK_BOOK : config->bots[book - 1].cash_book;
        if (payer != cash_book)
            continue;
        for (uint32_t i = 0; i < config->instruments_count; i++) {
            int64_t quantity = ledger_position(ledger, book, i)->quantity;
            if (quantity == 0)
                continue;
            const struct instrument *instrument = &config->instruments[i];
            equity += (i128)engine->risk.states[i].close.units * quantity *
                      instrument->amount_factor;
        }
    }
    return (struct amount){equity};
}

/* Whether the close is at or beyond the stop or the target of what the position cost. */
static enum order_purpose protection(const struct engine *engine, const struct bot_config *config,
                                     const struct position *position)
{
    const struct instrument *instrument = &engine->config->instruments[config->instrument];
    if (position->quantity <= 0)
        return 0;
    if (config->stop_loss.ppm == 0 && config->take_profit.ppm == 0)
        return 0;
    i128 close = engine->risk.states[config->instrument].close.units;
    i128 value = close * position->quantity * instrument->amount_factor;
    i128 bound = 0;
    if (config->stop_loss.ppm > 0 &&
        i128_multiply_divide(position->cost, RATIO_ONE - config->stop_loss.ppm, RATIO_ONE,
                             ROUND_FLOOR, &bound) &&
        value <= bound) {
        return PURPOSE_STOP_LOSS;
    }
    if (config->take_profit.ppm > 0 &&
        i128_multiply_divide(position->cost, RATIO_ONE + config->take_profit.ppm, RATIO_ONE,
                             ROUND_CEILING, &bound) &&
        value >= bound) {
        return PURPOSE_TAKE_PROFIT;
    }
    return 0;
}

struct amount bot_spendable(const struct engine *engine, uint32_t bot)
{
    const struct bot_config *config = &engine->config->bots[bot];
    uint32_t currency = engine->config->instruments[config->instrument].quote_asset;
    i128 cash = ledger_available(&engine->ledger, config->cash_book, currency).units;
    return (struct amount){cash - config->reserve.units};
}

double bot_measure(const struct engine *engine, uint32_t bot)
{
    const struct bot_config *config = &engine->config->bots[bot];
    return measure_value(engine->bot_rows[bot].measure, config->size.method,
                         engine->config->series[config->series].bar_ns);
}

static struct intent intent_of(const struct engine *engine, uint32_t bot,
                               enum order_purpose purpose, double measure)
{
    const struct bot_config *config = &engine->config->bots[bot];
    const struct position *position = ledger_position(&engine->ledger, config->book,
                                                      config->instrument);
    struct intent intent = {
        .book = config->book,
        .bot = bot,
        .instrument = config->instrument,
        .side = purpose == PURPOSE_ENTER ? SIDE_BUY : SIDE_SELL,
        .type = ORDER_MARKET,
        .tif = TIF_GTC,
        .origin = ORIGIN_BOT,
        .purpose = (uint8_t)purpose,
    };
    const struct instrument *instrument = &engine->config->instruments[config->instrument];
    if (purpose != PURPOSE_ENTER) {
        struct quantity held = {position->quantity};
        intent.quantity = quantity_round_down(instrument, held);
        if (purpose != PURPOSE_EXIT)
            intent.flags = ORDER_FLAG_PROTECTIVE;
        return intent;
    }
    struct amount equity = {0};
    if (config->size.method >= SIZE_EQUITY)
        equity = engine_purse_equity(engine, config->cash_book);
    intent.quantity = risk_size(instrument, &config->size, equity, bot_spendable(engine, bot),
                                engine->risk.states[config->instrument].close,
                                engine->risk.fee_taker, measure);
    return intent;
}

static void confirm_set(struct engine *engine, uint32_t bot, uint32_t count, uint32_t action)
{
    struct bot_state *state = &engine->bots[bot];
    if (state->confirm_count == count && state->confirm_action == action)
        return;
    struct fact_bot_signal *fact = FRAME_TAKE(&engine->writer, BOT_SIGNAL, bot_signal, 0);
    fact->bot = bot;
    fact->confirm_count = count;
    fact->confirm_action = action;
    fact->reserved = 0;
    EMIT(engine, fact);
}

/* An action must persist `confirm` further bars; any other wish starts again. */
static bool confirmed(struct engine *engine, uint32_t bot, enum order_purpose purpose)
{
    const struct bot_config *config = &engine->config->bots[bot];
    struct bot_state *state = &engine->bots[bot];
    if (config->confirm == 0)
        return true;
    uint32_t count = state->confirm_action == (uint32_t)purpose ? state->confirm_count + 1 : 0;
    if (count >= config->confirm)
        return true;
    confirm_set(engine, bot, count, (uint32_t)purpose);
    return false;
}

static bool cooling(const struct engine *engine, uint32_t bot)
{
    const struct bot_config *config = &engine->config->bots[bot];
    int64_t last = engine->bots[bot].last_fill_ns;
    if (config->cooldown_ns == 0 || last == INT64_MIN)
        return false;
    return engine->header->time_ns - last < config->cooldown_ns;
}

/* What the bot wants to do now, 0 for nothing. */
static enum order_purpose wanted(const struct engine *engine, uint32_t bot,
                                 struct decision *decision, bool *ready)
{
    const struct bot_row *row = &engine->bot_rows[bot];
    enum stance stance = row->decide(row->signals, row->params, decision, ready);
    int64_t quantity = row->position->quantity;
    decision->stance = (uint8_t)stance;
    /* What is less than a lot cannot be sold: it is dust, not a position. */
    bool holds = quantity >= row->lot;
    if (row->protects != 0 && holds) {
        enum order_purpose guard = protection(engine, row->config, row->position);
        if (guard != 0)
            return guard;
    }
    /* Masks, no branches: which of the two it is the CPU could only guess. */
    unsigned exits = holds & (stance == STANCE_FLAT);
    unsigned enters = !holds & (quantity >= 0) & (stance == STANCE_LONG);
    return (enum order_purpose)(exits * PURPOSE_EXIT + enters * PURPOSE_ENTER);
}

__attribute__((noinline)) static void act(struct engine *engine, uint32_t bot,
                                          enum order_purpose purpose, struct decision *decision)
{
    bool protective = purpose == PURPOSE_STOP_LOSS || purpose == PURPOSE_TAKE_PROFIT;
    decision->purpose = (uint8_t)purpose;
    if (engine->bots[bot].open_orders > 0) {
        decision->action = ACTION_IN_FLIGHT;
        return;
    }
    if (!protective && cooling(engine, bot)) {
        decision->action = ACTION_COOLING;
        return;
    }
    if (!protective && !confirmed(engine, bot, purpose)) {
        decision->action = ACTION_CONFIRMING;
        return;
    }
    enum size_method method = engine->config->bots[bot].size.method;
    double measure = -1;
    if (purpose == PURPOSE_ENTER && method >= SIZE_VOLATILITY) {
        measure = bot_measure(engine, bot);
        if (measure == 0 || (measure < 0 && method == SIZE_VOLATILITY)) {
            decision->action = ACTION_NO_SIZE;
            return;
        }
    }
    decision->action = purpose == PURPOSE_ENTER ? ACTION_ENTER : ACTION_EXIT;
    if (engine->config->observe)
        return;
    struct intent intent = intent_of(engine, bot, purpose, measure);
    enum reason reason = REASON_NONE;
    if (intent.quantity.units == 0) {
        /* Not one lot can be paid for. */
        reason = REASON_BALANCE;
        intent_deny(engine, &intent, reason);
    } else {
        (void)intent_take(engine, &intent, &reason);
    }
    if (reason != REASON_NONE) {
        decision->action = ACTION_DENIED;
        decision->reason = (uint8_t)reason;
    }
    confirm_set(engine, bot, 0, 0);
}

/* Decision `number` of a bot. What bots decide at one instant lies side by side, so that writing it
 * is one walk through memory. */
static struct decision *decision_at(const struct engine *engine, uint32_t bot, uint64_t number)
{
    size_t row = (size_t)(number % DECISIONS_KEPT) * engine->config->bots_count;
    return &engine->decisions[row + bot];
}

struct decision *decision_begin(struct engine *engine, uint32_t bot)
{
    struct bot_row *row = &engine->bot_rows[bot];
    struct decision *decision = decision_at(engine, bot, row->decisions_count++);
    *decision = (struct decision){
        .time_ns = engine->header->time_ns,
        .close = *row->close,
        .action = ACTION_HOLD,
    };
    return decision;
}

static void decide_bot(struct engine *engine, uint32_t bot)
{
    const struct bot_row *row = &engine->bot_rows[bot];
    struct decision *decision = decision_begin(engine, bot);
    bool ready = false;
    enum order_purpose purpose = wanted(engine, bot, decision, &ready);
    bool protects = purpose == PURPOSE_STOP_LOSS || purpose == PURPOSE_TAKE_PROFIT;
    uint32_t run = row->state->state;
    if (run == BOT_STOPPED || (run == BOT_PAUSED && !protects)) {
        decision->action = ACTION_PAUSED;
    } else if (purpose != 0) {
        act(engine, bot, purpose, decision);
    } else {
        if (!ready)
            decision->action = ACTION_WARMING;
        if (row->config->confirm > 0)
            confirm_set(engine, bot, 0, 0);
    }
}

void decide_bots(struct engine *engine)
{
    for (uint32_t bot = 0; bot < engine->config->bots_count; bot++) {
        struct bot_row *row = &engine->bot_rows[bot];
        if (row->fresh == 0 && LIKELY(row->every_cycle == 0))
            continue;
        enum plan_cause cause = row->fresh ? PLAN_BAR : PLAN_CYCLE;
        row->fresh = 0;
        if (LIKELY(row->decide != NULL))
            decide_bot(engine, bot);
        else
            (void)plan_bot(engine, bot, cause, NULL);
    }
}

void decide_bot_command(struct engine *engine, const struct input *input)
{
    if (input->bot.bot >= engine->config->bots_count || input->bot.action > 2)
        return;
    if (engine->bots[input->bot.bot].state == input->bot.action)
        return;
    struct fact_bot_state *fact = FRAME_TAKE(&engine->writer, BOT_STATE, bot_state,
                                             (uint8_t)input->bot.action);
    fact->bot = input->bot.bot;
    fact->reason = REASON_PERSON;
    EMIT(engine, fact);
}

uint32_t engine_decisions(const struct engine *engine, uint32_t bot, struct decision *out,
                          uint32_t capacity)
{
    uint64_t ever = engine->bot_rows[bot].decisions_count;
    uint64_t kept = u64_min(ever, DECISIONS_KEPT);
    uint32_t count = 0;
    for (; count < capacity && count < kept; count++) {
        out[count] = *decision_at(engine, bot, ever - 1 - count);
    }
    return count;
}

uint64_t engine_bot_bars(const struct engine *engine, uint32_t bot)
{
    return engine->bots[bot].bars_seen;
}
