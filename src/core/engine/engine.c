/* The turning of the crank: memory, one step, reading. */
#include "core/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/engine/bars.h"
#include "core/strategy/measure.h"

/* ---- memory ---------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct bot_state) == 32, "no padding in durable state");
_Static_assert(sizeof(struct recent_intent) == 48, "no padding in durable state");
_Static_assert(sizeof(struct recent_fill) == 24, "no padding in durable state");

static struct capacities capacities_of(const struct engine_config *config)
{
    return (struct capacities){
        .assets_count = config->assets_count,
        .instruments_count = config->instruments_count,
        .books_count = config->books_count,
        .bots_count = config->bots_count,
        .series_count = config->series_count,
        .orders_capacity = config->orders_capacity ? config->orders_capacity
                                                   : ORDERS_CAPACITY_DEFAULT,
        .lots_capacity = config->lots_capacity ? config->lots_capacity : LOTS_CAPACITY_DEFAULT,
    };
}

/* Takes everything durable from the arena, in the order of the block; measuring works too. */
static void durable_take(struct engine *engine, struct arena *arena, const struct capacities *caps)
{
    const struct engine_config *config = engine->config;
    struct risk *risk = &engine->risk;
    size_t pairs = (size_t)caps->books_count * caps->instruments_count;
    engine->header = ARENA_TAKE(arena, struct engine_header, 1);
    ledger_init(&engine->ledger, arena, caps, config->instruments);
    engine->orders = ARENA_TAKE(arena, struct order, caps->orders_capacity);
    engine->bots = ARENA_TAKE(arena, struct bot_state, caps->bots_count);
    engine->series = ARENA_TAKE(arena, struct series_state, caps->series_count);
    risk->account = ARENA_TAKE(arena, struct account_risk, 1);
    risk->states = ARENA_TAKE(arena, struct instrument_risk, caps->instruments_count);
    risk->books = ARENA_TAKE(arena, struct book_risk, caps->books_count);
    risk->exposures = ARENA_TAKE(arena, struct book_exposure, pairs);
    risk->intents = ARENA_TAKE(arena, struct recent_intent, RISK_RECENT_MAX);
    risk->fills = ARENA_TAKE(arena, struct recent_fill, RISK_RECENT_MAX);
    engine->seen_ring = ARENA_TAKE(arena, uint64_t, TRADES_SEEN_CAPACITY);
    engine->timers = ARENA_TAKE(arena, struct timer_entry, TIMERS_CAPACITY);
    size_t signals = 0;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        signals += config->bots[i].class->state_size(config->bots[i].params);
        signals += measure_size(config->bots[i].size.method);
    }
    engine->signals = arena_take(arena, signals, 1, 64);
}

/* The largest frame: a start, or a stop that cancels every live order and disposes of every lot. */
static uint32_t frame_capacity(const struct capacities *caps)
{
    size_t size = (size_t)1 << 20;
    size += (size_t)caps->orders_capacity * 48;
    size += (size_t)caps->lots_capacity * 112;
    size += (size_t)caps->books_count * 1024 + (size_t)caps->instruments_count * 1024;
    ASSERT(size < (size_t)1 << 30);
    return (uint32_t)size;
}

static void observed_take(struct engine *engine, struct arena *arena, const struct capacities *caps)
{
    struct risk *risk = &engine->risk;
    risk->markets = ARENA_TAKE(arena, struct market_state, caps->instruments_count);
    map_init(&engine->seen, arena, TRADES_SEEN_CAPACITY);
    engine->instrument_rows = ARENA_TAKE(arena, struct instrument_row, caps->instruments_count);
    engine->bot_rows = ARENA_TAKE(arena, struct bot_row, caps->bots_count);
    engine->decisions = arena_take(arena, (size_t)caps->bots_count * DECISIONS_KEPT,
                                   sizeof(struct decision), 64);
    engine->signal_offsets = ARENA_TAKE(arena, size_t, caps->bots_count);
    engine->series_first = ARENA_TAKE(arena, uint32_t, (size_t)caps->instruments_count + 1);
    engine->series_bots = ARENA_TAKE(arena, uint32_t, caps->bots_count);
    engine->series_rows = ARENA_TAKE(arena, struct series_row, caps->series_count);
    engine->commands_capacity = caps->orders_capacity + caps->bots_count + caps->books_count + 64;
    engine->commands = ARENA_TAKE(arena, struct command, engine->commands_capacity);
    uint32_t frame_size = frame_capacity(caps);
    uint8_t *frame = arena_take(arena, frame_size, 1, 64);
    engine->wanted = ARENA_TAKE(arena, struct plan_order, PLAN_ORDERS_MAX);
    engine->own = ARENA_TAKE(arena, const struct order *, OWN_ORDERS_MAX);
    if (frame != NULL)
        frame_writer_init(&engine->writer, frame, frame_size);
}

/* Which series an instrument has and which bots look at each: two indices, filled once. */
static void index_series(struct engine *engine)
{
    const struct engine_config *config = engine->config;
    uint32_t at = 0;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        engine->series_first[i] = at;
        while (at < config->series_count && config->series[at].instrument == i)
            at++;
    }
    engine->series_first[config->instruments_count] = at;
    ASSERT(at == config->series_count);
    uint32_t filled = 0;
    for (uint32_t series = 0; series < config->series_count; series++) {
        struct series_row *row = &engine->series_rows[series];
        *row = (struct series_row){config->series[series].bar_ns, filled, filled};
        for (uint32_t bot = 0; bot < config->bots_count; bot++) {
            if (config->bots[bot].series == series)
                engine->series_bots[filled++] = bot;
        }
        row->bots_end = filled;
    }
}

static void state_init(struct engine *engine)
{
    const struct engine_config *config = engine->config;
    engine->header->fact_seq_next = 1;
    engine->header->order_id_next = 1;
    engine->header->time_ns = INT64_MIN;
    engine->header->chain = engine->writer.chain;
    engine->header->epoch = config->epoch;
    engine->risk.account->day_start_ns = INT64_MIN;
    engine->risk.account->message_time_ns = INT64_MIN / 2;
    size_t offset = 0;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct bot_config *bot = &config->bots[i];
        engine->bots[i].last_fill_ns = INT64_MIN;
        engine->signal_offsets[i] = offset;
        bot->class->init(engine->signals + offset, bot->params);
        if (bot->class->plan != NULL && bot->class->plan->begin != NULL)
            bot->class->plan->begin(engine->signals + offset, bot,
                                    &config->instruments[bot->instrument]);
        offset += bot->class->state_size(bot->params);
        measure_init(engine->signals + offset, bot->size.method);
        offset += measure_size(bot->size.method);
        engine->quoters += bot->class->plan != NULL && bot->class->plan->on_quote;
    }
}

/* Whether the CPU has fused multiply-add, which gives the bits of fma() in one instruction. */
static bool cpu_has_fma(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("fma") != 0;
#else
    return false;
#endif
}

static void rows_fill_only(struct engine *engine, struct instrument_row *row)
{
    if (row->series_end - row->series_first != 1)
        return;
    const struct series_row *series = &engine->series_rows[row->series_first];
    if (series->bots_end - series->bots_first != 1)
        return;
    row->only = &engine->bot_rows[engine->series_bots[series->bots_first]];
    row->only_ns = series->bar_ns;
}

/* What orders and fills, not bars, ask of a bot. */
static void row_fill_plan(const struct engine *engine, struct bot_row *row,
                          const struct bot_config *bot)
{
    const struct plan_class *plan = bot->class->plan;
    size_t offset = engine->signal_offsets[bot->book - 1] + bot->class->state_size(bot->params);
    row->measure = engine->signals + offset;
    row->keeps_closes = bot->size.method == SIZE_VOLATILITY;
    row->keeps_fills = bot->size.method == SIZE_KELLY || (plan != NULL && plan->fill != NULL);
    row->every_cycle = plan != NULL && plan->every_cycle;
}

static void rows_fill(struct engine *engine)
{
    bool fma = cpu_has_fma();
    const struct engine_config *config = engine->config;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct instrument *instrument = &config->instruments[i];
        engine->instrument_rows[i] = (struct instrument_row){
            .state = &engine->risk.states[i],
            .market = &engine->risk.markets[i],
            .total = &engine->ledger.instrument_totals[i],
            .amount_factor = instrument->amount_factor,
            .scale = (double)instrument->price_scale,
            .series_first = engine->series_first[i],
            .series_end = engine->series_first[i + 1],
            .remembers = config->limits.instruments[i].on & (LIMIT_FAT_FINGER | LIMIT_ADV_SHARE),
        };
        rows_fill_only(engine, &engine->instrument_rows[i]);
    }
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct bot_config *bot = &config->bots[i];
        engine->bot_rows[i] = (struct bot_row){
            .bar = fma && bot->class->bar_fma != NULL ? bot->class->bar_fma : bot->class->bar,
            .decide = bot->class->decide,
            .signals = engine->signals + engine->signal_offsets[i],
            .params = bot->params,
            .position = ledger_position(&engine->ledger, bot->book, bot->instrument),
            .close = &engine->risk.states[bot->instrument].close,
            .state = &engine->bots[i],
            .config = bot,
            .lot = config->instruments[bot->instrument].lot.units,
            .protects = bot->stop_loss.ppm > 0 || bot->take_profit.ppm > 0,
            .quoted_ns = INT64_MIN,
        };
        row_fill_plan(engine, &engine->bot_rows[i], bot);
    }
}

static uint32_t checks_wanted(const struct engine_config *config)
{
    uint32_t account = LIMIT_GROSS_EXPOSURE | LIMIT_NET_EXPOSURE | LIMIT_CONCENTRATION |
                       LIMIT_DAILY_LOSS | LIMIT_DRAWDOWN | LIMIT_LOSSES;
    uint32_t instrument = LIMIT_POSITION_NOTIONAL | LIMIT_POSITION_QUANTITY | LIMIT_EQUITY_SHARE;
    if (config->limits.account.on & account)
        return 1;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (config->limits.instruments[i].on & instrument)
            return 1;
    }
    return 0;
}

static void risk_bind(struct engine *engine, const struct capacities *caps)
{
    const struct engine_config *config = engine->config;
    struct risk *risk = &engine->risk;
    risk->limits = config->limits;
    risk->instruments = config->instruments;
    risk->ledger = &engine->ledger;
    risk->orders = engine->orders;
    risk->orders_mask = caps->orders_capacity - 1;
    risk->live_first = &engine->header->live_first;
    risk->instruments_count = caps->instruments_count;
    risk->books_count = caps->books_count;
    risk->currency_asset = config->currency_asset;
    risk->fee_maker = config->fee_maker;
    risk->fee_taker = config->fee_taker;
    engine->orders_mask = caps->orders_capacity - 1;
    engine->checks_after = checks_wanted(config);
    risk_controls_select(risk);
}

enum status engine_create(const struct engine_config *config, struct engine **out)
{
    struct capacities caps = capacities_of(config);
    *out = NULL;
    if (caps.orders_capacity == 0 || (caps.orders_capacity & (caps.orders_capacity - 1)) != 0) {
        return STATUS_RANGE;
    }
    if (config->books_count != config->bots_count + 1 || config->assets_count > UINT16_MAX) {
        return STATUS_RANGE;
    }
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return STATUS_NO_MEMORY;
    engine->config = config;
    struct arena measure;
    arena_measure_init(&measure);
    durable_take(engine, &measure, &caps);
    enum status status = arena_init(&engine->durable, measure.used);
    if (status == STATUS_OK) {
        arena_measure_init(&measure);
        observed_take(engine, &measure, &caps);
        status = arena_init(&engine->observed, measure.used);
    }
    if (status != STATUS_OK) {
        engine_free(engine);
        return status;
    }
    durable_take(engine, &engine->durable, &caps);
    observed_take(engine, &engine->observed, &caps);
    risk_bind(engine, &caps);
    index_series(engine);
    state_init(engine);
    rows_fill(engine);
    *out = engine;
    return STATUS_OK;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    arena_release(&engine->durable);
    arena_release(&engine->observed);
    free(engine);
}

/* ---- one step -------------------------------------------------------------------------------- */

static void decide_order_command(struct engine *engine, const struct input *input)
{
    enum reason reason = REASON_NONE;
    struct order *order = NULL;
    switch (input->kind) {
    case INPUT_COMMAND_ORDER:
        if (!engine->config->observe)
            (void)intent_take(engine, &input->intent, &reason);
        return;
    case INPUT_COMMAND_CANCEL:
        order = order_find(engine, input->order);
        if (order != NULL && !order_state_is_end((enum order_state)order->state)) {
            cancel_request(engine, order, REASON_PERSON);
        }
        return;
    case INPUT_COMMAND_AMEND:
        order = order_find(engine, input->order);
        if (order == NULL || order_state_is_end((enum order_state)order->state))
            return;
        if (order->flags & (ORDER_FLAG_AMEND_PENDING | ORDER_FLAG_CANCEL_PENDING))
            return;
        amend_take(engine, order, input->amend.quantity, input->amend.price);
        return;
    default: ASSERT(!"a command about an order");
    }
}

static void decide_health(struct engine *engine, const struct input *input)
{
    if (input->instrument != NONE_INDEX) {
        if (input->instrument >= engine->config->instruments_count)
            return;
        engine->risk.markets[input->instrument].book_valid = input->health.book_valid;
    } else if (engine->risk.account->clock_skew_ns == input->health.clock_skew_ns) {
        return;
    }
    struct fact_health_changed *fact = FRAME_TAKE(&engine->writer, HEALTH_CHANGED, health_changed,
                                                  0);
    fact->clock_skew = input->health.clock_skew_ns;
    fact->instrument = input->instrument;
    fact->valid = (input->health.book_valid ? 1u : 0u) | (input->health.feed_up ? 2u : 0u);
    EMIT(engine, fact);
}

/* The end of a good-till order: what the venue has not ended by now is cancelled. */
static void decide_timer(struct engine *engine, const struct input *input)
{
    uint64_t timer = input->timer.timer;
    if (!timer_clear(engine, timer))
        return;
    struct order *order = order_find(engine, timer);
    if (order != NULL && !order_state_is_end((enum order_state)order->state))
        cancel_request(engine, order, REASON_VENUE_EXPIRED);
}

static void decide(struct engine *engine, const struct input *input)
{
    switch ((enum input_kind)input->kind) {
    case INPUT_BAR_CLOSE:
    case INPUT_BAR_OPEN: return;
    case INPUT_CYCLE:
        if (engine->checks_after)
            check_after(engine, NONE_INDEX);
        if (!(input->flags & INPUT_FLAG_HISTORY))
            decide_bots(engine);
        return;
    case INPUT_QUOTE:
    case INPUT_TRADE:
    case INPUT_DELTA: decide_observed(engine, input); return;
    case INPUT_START: decide_start(engine); return;
    case INPUT_COMMAND_ORDER:
    case INPUT_COMMAND_CANCEL:
    case INPUT_COMMAND_AMEND: decide_order_command(engine, input); return;
    case INPUT_COMMAND_STOP: decide_stop(engine, input); return;
    case INPUT_COMMAND_RESUME: decide_resume(engine, input); return;
    case INPUT_COMMAND_DEPOSIT: decide_deposit(engine, input); return;
    case INPUT_COMMAND_BOT: decide_bot_command(engine, input); return;
    case INPUT_COMMAND_LIST: decide_list(engine, input); return;
    case INPUT_COMMAND_DELIST: decide_delist(engine, input); return;
    case INPUT_TIMER: decide_timer(engine, input); return;
    case INPUT_HEALTH: decide_health(engine, input); return;
    case INPUT_VENUE_ACCEPTED:
    case INPUT_VENUE_REJECTED:
    case INPUT_VENUE_FILL:
    case INPUT_VENUE_CANCELED:
    case INPUT_VENUE_EXPIRED:
    case INPUT_VENUE_AMENDED:
    case INPUT_VENUE_CANCEL_REJECTED:
    case INPUT_VENUE_AMEND_REJECTED:
    case INPUT_VENUE_CUMULATIVE:
    case INPUT_VENUE_BUST:
    case INPUT_VENUE_ABSENT:
    case INPUT_DELIVERY: decide_report(engine, input); return;
    }
    ASSERT(!"an input of the table");
}

/* Bars cause no facts: what follows from them is decided by the cycle at the end of the instant. */
static void no_frame(struct engine *engine)
{
    engine->commands_count = 0;
    engine->frame_size = 0;
    engine->frame = NULL;
}

void engine_bar_open(struct engine *engine, uint64_t seq, int64_t time_ns, uint32_t instrument,
                     struct price open)
{
    input_mark(engine, seq, time_ns);
    no_frame(engine);
    bars_open(engine, instrument, open, time_ns);
}

void engine_bar_close(struct engine *engine, uint64_t seq, int64_t time_ns, uint32_t instrument,
                      const struct bar *bar, int64_t bar_ns)
{
    input_mark(engine, seq, time_ns);
    no_frame(engine);
    bars_close(engine, instrument, bar, bar_ns, time_ns);
}

void engine_step(struct engine *engine, const struct input *input)
{
    ASSERT(input->seq == engine->header->input_seq + 1);
    if (input->kind == INPUT_BAR_CLOSE || input->kind == INPUT_BAR_OPEN) {
        evolve_input(engine, input);
        no_frame(engine);
        return;
    }
    engine->commands_count = 0;
    evolve_input(engine, input);
    engine->fact_seq_fill = 0;
    engine->order_fill = 0;
    decide(engine, input);
    if (engine->risk.account->stop == STOP_FLATTEN && input->kind != INPUT_COMMAND_STOP &&
        input->kind != INPUT_START) {
        /* What was refused at market and as a limit is tried again at the next cycle. */
        if (engine->risk.account->flatten_tries < 2 || input->kind == INPUT_CYCLE)
            flatten_pass(engine);
    }
    engine->frame = frame_seal(&engine->writer, input->seq, input->time_ns,
                               (enum input_kind)input->kind, engine->header->observed,
                               &engine->frame_size);
    engine->header->fact_seq_next = engine->writer.fact_seq_next;
    engine->header->chain = engine->writer.chain;
}

const uint8_t *engine_frame(const struct engine *engine, uint32_t *size)
{
    *size = engine->frame_size;
    return engine->frame;
}

const struct command *engine_commands(const struct engine *engine, uint32_t *count)
{
    *count = engine->commands_count;
    return engine->commands;
}

bool engine_timer_due(const struct engine *engine, int64_t time_ns, uint64_t *timer,
                      int64_t *deadline_ns)
{
    if (engine->header->timers_count == 0 || engine->timers[0].deadline_ns > time_ns)
        return false;
    *timer = engine->timers[0].id;
    *deadline_ns = i64_max(engine->timers[0].deadline_ns, engine->header->time_ns);
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

uint64_t engine_input_seq(const struct engine *engine)
{
    return engine->header->input_seq;
}

int64_t engine_time(const struct engine *engine)
{
    return engine->header->time_ns;
}

struct hash128 engine_chain(const struct engine *engine)
{
    return engine->header->chain;
}

uint64_t engine_fact_seq(const struct engine *engine)
{
    return engine->header->fact_seq_next - 1;
}

const struct order *engine_order(const struct engine *engine, uint64_t order)
{
    return order_find(engine, order);
}

uint64_t engine_order_next_live(const struct engine *engine, uint64_t after)
{
    uint32_t at = engine->header->live_first;
    if (after != 0) {
        const struct order *order = order_find(engine, after);
        at = order == NULL ? 0 : order->live_next;
    }
    return at == 0 ? 0 : engine->orders[at - 1].id;
}

uint32_t engine_orders_live(const struct engine *engine)
{
    return engine->header->live_count;
}

const struct ledger *engine_ledger(const struct engine *engine)
{
    return &engine->ledger;
}

const struct risk *engine_risk(const struct engine *engine)
{
    return &engine->risk;
}

const struct engine_config *engine_configuration(const struct engine *engine)
{
    return engine->config;
}
