/* The loop of the demo: seconds of the market through the engine, at the clock's pace. */
#include "drive/live/demo.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/live/demo_state.h"

#define ORDERS_CAPACITY 4096u
#define LOTS_CAPACITY 4096u
#define OUT_SIZE_MAX ((size_t)1 << 20)
#define MINUTE_NS (60 * NANOSECONDS_PER_SECOND)

void demo_fail(struct demo *demo, enum status status, const char *where, const char *what)
{
    if (demo->status == STATUS_OK)
        demo->status = problem_set(demo->problem, status, where, "%s", what);
}

/* ---- building ------------------------------------------------------------------------------- */

static enum status read_config(struct demo *demo)
{
    char seed[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i64(seed, (int64_t)demo->options->seed, 0);
    const struct config_layer layers[] = {
        {.name = "demo", .text = demo_configuration()},
        {.name = "--seed", .key = "seed", .text = text_of(seed)},
    };
    return config_read_layers(layers, ARRAY_COUNT(layers), CONFIG_LIVE, &demo->config,
                              demo->problem);
}

static enum status build_venue(struct demo *demo)
{
    const struct config *config = &demo->config;
    struct bar_venue_config venue = {
        .instruments = demo->assembly.instruments,
        .instruments_count = config->instruments_count,
        .orders_capacity = ORDERS_CAPACITY,
        .fill = BAR_FILL_NEXT_OPEN,
        .slippage = config->simulation.slippage,
        .tiers_count = config->fees.tiers_count,
    };
    ASSERT(config->simulation.fill == CONFIG_FILL_NEXT_OPEN);
    for (uint32_t i = 0; i < config->fees.tiers_count; i++) {
        const struct config_fee_tier *tier = &config->fees.tiers[i];
        venue.tiers[i] = (struct fee_tier){tier->volume, tier->maker, tier->taker};
    }
    return bar_venue_create(&venue, &demo->venue);
}

/* As long as the slowest bot needs, in whole minutes, and one more. */
static int64_t history_of(const struct demo *demo)
{
    const struct engine_config *config = &demo->assembly.engine;
    int64_t longest = 0;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct bot_config *bot = &config->bots[i];
        int64_t bars = bot->class->warmup(bot->params);
        longest = i64_max(longest, bars * config->series[bot->series].bar_ns);
    }
    return (longest / MINUTE_NS + 2) * MINUTE_NS;
}

static enum status build_engine(struct demo *demo)
{
    struct assemble_market *markets = calloc((size_t)demo->config.instruments_count + 1,
                                             sizeof *markets);
    if (markets == NULL)
        return problem_set(demo->problem, STATUS_NO_MEMORY, "demo", "not enough memory");
    enum status status = assembly_init(&demo->assembly, &demo->config, markets, demo->problem);
    free(markets);
    if (status != STATUS_OK)
        return status;
    demo->assembly.engine.orders_capacity = ORDERS_CAPACITY;
    demo->assembly.engine.lots_capacity = LOTS_CAPACITY;
    status = engine_create(&demo->assembly.engine, &demo->engine);
    if (status == STATUS_OK)
        status = build_venue(demo);
    if (status != STATUS_OK)
        return problem_set(demo->problem, status, "engine", "cannot be built");
    return STATUS_OK;
}

static enum status build(struct demo *demo)
{
    enum status status = read_config(demo);
    if (status == STATUS_OK)
        status = build_engine(demo);
    if (status != STATUS_OK)
        return status;
    uint32_t instruments = demo->config.instruments_count;
    demo->bots = calloc((size_t)demo->config.bots_count + 1, sizeof *demo->bots);
    demo->seen_ns = calloc((size_t)instruments + 1, sizeof *demo->seen_ns);
    demo->silent = calloc((size_t)instruments + 1, sizeof *demo->silent);
    if (demo->bots == NULL || demo->seen_ns == NULL || demo->silent == NULL)
        return problem_set(demo->problem, STATUS_NO_MEMORY, "demo", "not enough memory");
    demo->history_ns = history_of(demo);
    demo->now_ns = DEMO_START_NS - demo->history_ns;
    demo->day = day_of_ns(DEMO_START_NS);
    for (uint32_t i = 0; i < instruments; i++)
        demo->seen_ns[i] = demo->now_ns;
    return demo_market_init(&demo->market, demo->options->seed, demo->assembly.instruments,
                            instruments, demo->now_ns, demo->problem);
}

static void release(struct demo *demo)
{
    demo_keep_abort(&demo->keep);
    demo_market_release(&demo->market);
    engine_free(demo->engine);
    bar_venue_free(demo->venue);
    assembly_release(&demo->assembly);
    config_release(&demo->config);
    free(demo->bots);
    free(demo->seen_ns);
    free(demo->silent);
    text_buffer_release(&demo->out);
}

/* ---- one input ------------------------------------------------------------------------------ */

static void journal_input(struct demo *demo, const struct input *input)
{
    for (size_t i = 0; i < ARRAY_COUNT(demo->sinks) && demo->status == STATUS_OK; i++) {
        const struct journal_sink *sink = demo->sinks[i];
        if (sink != NULL && sink->input(sink->context, input) != STATUS_OK)
            demo_fail(demo, STATUS_IO, "journal", "cannot be written");
    }
}

static void journal_frame(struct demo *demo, const uint8_t *frame, uint32_t size)
{
    for (size_t i = 0; i < ARRAY_COUNT(demo->sinks) && demo->status == STATUS_OK; i++) {
        const struct journal_sink *sink = demo->sinks[i];
        if (sink != NULL && sink->frame(sink->context, frame, size) != STATUS_OK)
            demo_fail(demo, STATUS_IO, "journal", "cannot be written");
    }
}

static void send_commands(struct demo *demo)
{
    uint32_t count = 0;
    const struct command *commands = engine_commands(demo->engine, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct command *command = &commands[i];
        switch ((enum command_kind)command->kind) {
        case COMMAND_PLACE: {
            const struct order *order = engine_order(demo->engine, command->order);
            struct price last = risk_mark(engine_risk(demo->engine), order->instrument);
            bar_venue_place(demo->venue, order, last, demo->now_ns);
            break;
        }
        case COMMAND_CANCEL: bar_venue_cancel(demo->venue, command->order, demo->now_ns); break;
        case COMMAND_AMEND:
            bar_venue_amend(demo->venue, command->order, command->price, command->quantity,
                            demo->now_ns);
            break;
        }
    }
}

/* Numbers the input, journals it, lets the engine handle it, journals what came of it, and only
 * then sends orders and tells people. */
static void feed(struct demo *demo, struct input *input)
{
    if (demo->status != STATUS_OK)
        return;
    input->seq = ++demo->seq;
    journal_input(demo, input);
    engine_step(demo->engine, input);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(demo->engine, &size);
    if (frame == NULL)
        return;
    journal_frame(demo, frame, size);
    if (demo->options->keep != NULL)
        demo_keep_frame(&demo->keep, frame, size);
    if (demo->options->audit) {
        uint64_t detail = 0;
        const char *broken = engine_audit(demo->engine, &detail);
        if (broken != NULL)
            demo_fail(demo, STATUS_INTERNAL, "audit", broken);
    }
    if (demo->status != STATUS_OK)
        return;
    send_commands(demo);
    demo_tell_frame(demo, frame, size);
}

/* The venue's reports, in order; what the engine answers may make more. */
static void take_reports(struct demo *demo)
{
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(demo->venue, &count);
    for (uint32_t i = 0; i < count && demo->status == STATUS_OK; i++) {
        struct input input = reports[i];
        input.time_ns = demo->now_ns;
        feed(demo, &input);
        reports = bar_venue_reports(demo->venue, &count);
    }
    bar_venue_clear(demo->venue);
}

static void feed_timers(struct demo *demo, int64_t time_ns)
{
    uint64_t timer = 0;
    int64_t deadline_ns = 0;
    while (demo->status == STATUS_OK &&
           engine_timer_due(demo->engine, time_ns, &timer, &deadline_ns)) {
        struct input input = {.time_ns = deadline_ns, .kind = INPUT_TIMER};
        input.timer.timer = timer;
        feed(demo, &input);
    }
}

/* ---- one second ----------------------------------------------------------------------------- */

static uint16_t flags_of(const struct demo *demo)
{
    return demo->live ? 0 : INPUT_FLAG_HISTORY;
}

static void feed_closes(struct demo *demo, uint32_t *closed)
{
    const uint32_t *waiting = bar_venue_waiting(demo->venue);
    for (uint32_t i = 0; i < demo->market.count; i++) {
        if (!demo->market.closing_present[i])
            continue;
        const struct bar *bar = &demo->market.closing[i];
        demo->input = (struct input){.time_ns = demo->now_ns,
                                     .kind = INPUT_BAR_CLOSE,
                                     .flags = flags_of(demo),
                                     .instrument = i};
        demo->input.bar.bar_ns = DEMO_BAR_NS;
        demo->input.bar.bar = *bar;
        feed(demo, &demo->input);
        if (waiting[i] != 0 && bar_venue_close(demo->venue, i, bar, demo->now_ns))
            take_reports(demo);
        if (demo->options->keep != NULL && demo->live && bar->open_time_ns >= DEMO_START_NS)
            demo_keep_bar(&demo->keep, i, bar);
        demo->seen_ns[i] = demo->now_ns;
        (*closed)++;
    }
}

static void feed_opens(struct demo *demo)
{
    const uint32_t *waiting = bar_venue_waiting(demo->venue);
    for (uint32_t i = 0; i < demo->market.count; i++) {
        if (!demo->market.opening_present[i])
            continue;
        struct price open = demo->market.opening[i].open;
        demo->input = (struct input){.time_ns = demo->now_ns,
                                     .kind = INPUT_BAR_OPEN,
                                     .flags = flags_of(demo),
                                     .instrument = i};
        demo->input.bar.bar_ns = DEMO_BAR_NS;
        demo->input.bar.bar.open_time_ns = demo->now_ns;
        demo->input.bar.bar.open = open;
        feed(demo, &demo->input);
        if (waiting[i] != 0 && bar_venue_open(demo->venue, i, open, demo->now_ns))
            take_reports(demo);
    }
}

static void feed_cycle(struct demo *demo)
{
    demo->input = (struct input){
        .time_ns = demo->now_ns, .kind = INPUT_CYCLE, .flags = flags_of(demo)};
    feed(demo, &demo->input);
    take_reports(demo);
}

/* Silence longer than a price may be old is a fact of its own: the engine is told, and so are
 * people. */
static void feed_health(struct demo *demo)
{
    uint32_t silent_count = 0;
    uint32_t back_count = 0;
    if (!demo->config.risk.data_age_max.set)
        return;
    for (uint32_t i = 0; i < demo->market.count; i++) {
        bool silent = demo->now_ns - demo->seen_ns[i] > demo->config.risk.data_age_max.value;
        if (silent == demo->silent[i])
            continue;
        demo->silent[i] = silent;
        struct input input = {.time_ns = demo->now_ns, .kind = INPUT_HEALTH, .instrument = i};
        input.health.feed_up = !silent;
        input.health.book_valid = 0;
        feed(demo, &input);
        *(silent ? &silent_count : &back_count) += 1;
    }
    if (silent_count > 0)
        demo_tell_feed(demo, silent_count, true);
    if (back_count > 0)
        demo_tell_feed(demo, back_count, false);
}

static void run_second(struct demo *demo, int64_t time_ns)
{
    uint32_t closed = 0;
    demo_market_second(&demo->market);
    feed_timers(demo, time_ns - 1);
    demo->now_ns = time_ns;
    feed_closes(demo, &closed);
    feed_timers(demo, time_ns);
    feed_health(demo);
    if (closed > 0)
        feed_cycle(demo);
    feed_opens(demo);
    if (demo->options->keep != NULL && demo->live)
        demo_keep_instant(&demo->keep, time_ns);
    demo_say(demo);
}

/* ---- from start to end ---------------------------------------------------------------------- */

static bool wait_for(struct demo *demo, int64_t time_ns)
{
    const struct demo_clock *clock = &demo->ports->clock;
    int64_t due_ns = INT64_MIN;
    if (demo->options->speed > 0) {
        i128 passed = (i128)(time_ns - DEMO_START_NS) * DEMO_SPEED_ONE / demo->options->speed;
        due_ns = demo->wall_start_ns + (int64_t)passed;
    }
    return clock->wait(clock->context, due_ns);
}

static void run_history(struct demo *demo)
{
    const struct demo_clock *clock = &demo->ports->clock;
    struct input start = {.time_ns = demo->now_ns, .kind = INPUT_START};
    feed(demo, &start);
    for (int64_t time_ns = demo->now_ns; time_ns < DEMO_START_NS; time_ns += DEMO_BAR_NS) {
        if (demo->status != STATUS_OK || demo->stopping)
            return;
        if (!clock->wait(clock->context, INT64_MIN)) {
            demo->outcome->interrupted = true;
            demo->stopping = true;
            return;
        }
        run_second(demo, time_ns);
    }
    demo_market_scenario(&demo->market, demo->options->scenario);
}

static void run_live(struct demo *demo)
{
    const struct demo_options *options = demo->options;
    demo->live = true;
    demo->status_second = -1;
    demo->wall_start_ns = demo->ports->clock.now_ns(demo->ports->clock.context);
    for (int64_t time_ns = DEMO_START_NS; demo->status == STATUS_OK && !demo->stopping;
         time_ns += DEMO_BAR_NS) {
        if (options->duration_ns > 0 && time_ns > DEMO_START_NS + options->duration_ns)
            return;
        if (!wait_for(demo, time_ns)) {
            demo->outcome->interrupted = true;
            return;
        }
        run_second(demo, time_ns);
        demo->outcome->simulated_ns = time_ns - DEMO_START_NS;
        demo_tell_status(demo);
    }
}

/* A market order that waits for an opening cannot be cancelled, and there will be none: the
 * simulated market ends with the demo, which is the venue's word that the order has expired. */
static uint32_t expire_rest(struct demo *demo)
{
    uint32_t live = engine_orders_live(demo->engine);
    for (uint32_t i = 0; i < live && demo->status == STATUS_OK; i++) {
        uint64_t id = engine_order_next_live(demo->engine, 0);
        struct input input = {.time_ns = demo->now_ns, .kind = INPUT_VENUE_EXPIRED, .order = id};
        input.instrument = engine_order(demo->engine, id)->instrument;
        input.report.reason = REASON_DATA_END;
        feed(demo, &input);
    }
    return live;
}

/* Nothing new is taken, what rests is cancelled; the simulated venue answers at once. */
static void stop(struct demo *demo)
{
    uint32_t live = engine_orders_live(demo->engine);
    demo_tell_stop(demo);
    struct input input = {
        .time_ns = demo->now_ns, .kind = INPUT_COMMAND_STOP, .flags = INPUT_FLAG_PROTECTIVE};
    input.stop.stop = STOP_CANCEL;
    input.stop.book = NONE_INDEX;
    feed(demo, &input);
    take_reports(demo);
    uint32_t expired = expire_rest(demo);
    demo_tell_orders(demo, live - expired, expired);
}

struct demo_value demo_value_of(const struct demo *demo, uint32_t book)
{
    const struct engine_config *config = &demo->assembly.engine;
    const struct risk *risk = engine_risk(demo->engine);
    struct demo_value value = {0};
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct position *position = ledger_position(risk->ledger, book, i);
        i128 worth = (i128)risk->states[i].close.units * position->quantity *
                     config->instruments[i].amount_factor;
        value.realized += position->realized;
        value.unrealized += worth - position->cost;
        value.fees += position->fees;
        value.funding += position->funding;
        value.open = value.open || position->quantity != 0;
    }
    return value;
}

/* The books must balance, or nothing that was shown is to be believed. */
static const char *judge_books(struct demo *demo)
{
    uint64_t detail = 0;
    const char *broken = engine_audit(demo->engine, &detail);
    struct demo_outcome *outcome = demo->outcome;
    i128 expected = outcome->start_equity.units;
    for (uint32_t book = 0; book < demo->assembly.engine.books_count; book++) {
        struct demo_value value = demo_value_of(demo, book);
        expected += value.realized + value.unrealized - value.fees + value.funding;
    }
    outcome->end_equity = risk_equity(engine_risk(demo->engine));
    if (broken == NULL && engine_orders_live(demo->engine) > 0)
        broken = "orders still rest after the stop";
    if (broken == NULL && expected != outcome->end_equity.units)
        broken = "end equity is not start + realized + unrealized - fees + funding";
    return broken;
}

static void finish(struct demo *demo)
{
    struct demo_outcome *outcome = demo->outcome;
    stop(demo);
    const char *broken = judge_books(demo);
    outcome->journal_hash = engine_chain(demo->engine);
    outcome->state_hash = engine_state_hash(demo->engine);
    outcome->inputs_count = demo->seq;
    demo_tell_end(demo, broken);
    if (broken != NULL)
        demo_fail(demo, STATUS_INTERNAL, "audit", broken);
    if (demo->options->keep != NULL && demo->status == STATUS_OK) {
        demo->status = demo_keep_end(&demo->keep, outcome, demo->ports, demo->problem);
        if (demo->status == STATUS_OK)
            demo_tell_kept(demo);
    }
}

static enum status begin(struct demo *demo)
{
    enum status status = build(demo);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < demo->assembly.engine.balances_count; i++)
        demo->outcome->start_equity.units += demo->assembly.balances[i].amount.units;
    demo->sinks[0] = demo->ports->sink;
    if (demo->options->keep == NULL)
        return STATUS_OK;
    status = demo_keep_begin(&demo->keep, demo->options, demo->ports, &demo->config,
                             &demo->assembly, demo->engine, demo->problem);
    if (status == STATUS_OK)
        demo->sinks[1] = demo_keep_sink(&demo->keep);
    return status;
}

enum status demo_run(const struct demo_options *options, const struct demo_ports *ports,
                     struct demo_outcome *outcome, struct problem *problem)
{
    struct demo demo = {.options = options, .ports = ports, .outcome = outcome, .problem = problem};
    *outcome = (struct demo_outcome){.first_fill_ns = -1};
    text_buffer_init(&demo.out, OUT_SIZE_MAX);
    enum status status = begin(&demo);
    if (status == STATUS_OK) {
        demo_tell_start(&demo);
        run_history(&demo);
        if (!demo.stopping && demo.status == STATUS_OK) {
            demo_tell_ready(&demo);
            run_live(&demo);
        }
        if (demo.status == STATUS_OK)
            finish(&demo);
        status = demo.status;
    }
    release(&demo);
    return status;
}
