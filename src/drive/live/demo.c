/* The loop of the demo: seconds of the market through the engine, at the clock's pace. */
#include "drive/live/demo.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/live/demo_state.h"

#define ORDERS_CAPACITY 4096u
#define LOTS_CAPACITY 4096u
#define LEVELS_CAPACITY 64u /* of each side; the generator shows twelve */
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
    struct text text = demo_configuration();
    struct text_buffer written;
    char seed[DECIMAL_TEXT_SIZE];
    enum status status = STATUS_OK;
    text_buffer_init(&written, OUT_SIZE_MAX);
    if (demo->options->tape != NULL) {
        status = demo_tape_read(&demo->tape, demo->options->tape, demo->problem);
        if (status != STATUS_OK)
            return status;
        demo_tape_configuration(&demo->tape, &written);
        text = (struct text){written.data, written.size};
    } else if (demo->options->commands != NULL) {
        demo_configuration_with_room(&written);
        text = (struct text){written.data, written.size};
    }
    (void)decimal_format_i64(seed, (int64_t)demo->options->seed, 0);
    const struct config_layer layers[] = {
        {.name = "demo", .text = text},
        {.name = "--seed", .key = "seed", .text = text_of(seed)},
    };
    status = config_read_layers(layers, ARRAY_COUNT(layers), CONFIG_LIVE, &demo->config,
                                demo->problem);
    text_buffer_release(&written);
    if (status == STATUS_OK && demo->options->commands != NULL)
        status = demo_script_read(demo->options->script, demo->options->commands,
                                  demo->config.currency, &demo->script, demo->problem);
    return status;
}

static enum status build_venue(struct demo *demo)
{
    const struct config *config = &demo->config;
    const struct config_simulation *simulation = &config->simulation;
    enum book_sequence sequences[DEMO_TAPE_INSTRUMENTS_MAX];
    struct book_venue_config venue = {
        .instruments = demo->assembly.instruments,
        .instruments_count = config->instruments_count,
        .orders_capacity = ORDERS_CAPACITY,
        .levels_capacity = LEVELS_CAPACITY,
        .sequence = BOOK_SEQUENCE_NONE,
        .queue = {simulation->queue_kind, simulation->queue_power},
        .latency = {.kind = simulation->latency_sigma > 0 ? LATENCY_LOG_NORMAL : LATENCY_CONSTANT,
                    .entry_ns = simulation->latency_ns,
                    .response_ns = simulation->latency_ns,
                    .sigma = simulation->latency_sigma,
                    .congestion_share = simulation->congestion_share,
                    .congestion_fade_ns = simulation->congestion_fade_ns},
        .seed = demo->options->seed,
        .tiers_count = config->fees.tiers_count,
    };
    if (demo->options->tape != NULL) {
        demo_tape_sequences(&demo->tape, sequences);
        venue.levels_capacity = demo_tape_levels(&demo->tape);
        venue.sequences = sequences;
    }
    for (uint32_t i = 0; i < config->fees.tiers_count; i++) {
        const struct config_fee_tier *tier = &config->fees.tiers[i];
        venue.tiers[i] = (struct fee_tier){tier->volume, tier->maker, tier->taker};
    }
    return book_venue_create(&venue, &demo->venue);
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
    for (uint32_t i = 0; demo->options->tape != NULL && i < demo->tape.instruments_count; i++)
        markets[i].price_decimals = DEMO_TAPE_DECIMALS;
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
    demo->invalid_ns = calloc((size_t)instruments + 1, sizeof *demo->invalid_ns);
    demo->silent = calloc((size_t)instruments + 1, sizeof *demo->silent);
    demo->bars = calloc((size_t)instruments + 1, sizeof *demo->bars);
    demo->closed = calloc((size_t)instruments + 1, sizeof *demo->closed);
    demo->halted = calloc((size_t)instruments + 1, sizeof *demo->halted);
    demo->listed = calloc((size_t)instruments + 1, sizeof *demo->listed);
    if (demo->bots == NULL || demo->seen_ns == NULL || demo->silent == NULL || demo->bars == NULL ||
        demo->closed == NULL || demo->halted == NULL || demo->listed == NULL ||
        demo->invalid_ns == NULL)
        return problem_set(demo->problem, STATUS_NO_MEMORY, "demo", "not enough memory");
    uint32_t listed = 0;
    for (; listed < instruments && demo->config.instruments[listed].listed; listed++)
        demo->listed[listed] = true;
    bool recorded = demo->options->tape != NULL;
    demo->history_ns = recorded ? NANOSECONDS_PER_SECOND : history_of(demo);
    demo->start_ns = recorded ? demo_tape_start_ns(&demo->tape) : DEMO_START_NS;
    demo->end_ns = recorded ? demo_tape_end_ns(&demo->tape) : INT64_MAX;
    demo->now_ns = demo->start_ns - demo->history_ns;
    demo->day = day_of_ns(demo->start_ns);
    for (uint32_t i = 0; i < instruments; i++)
        demo->seen_ns[i] = demo->now_ns;
    if (recorded) {
        status = demo_tape_begin(&demo->tape, &demo->assembly, &demo->config);
        return status == STATUS_OK
                   ? status
                   : problem_set(demo->problem, status, "demo: --tape", "not enough memory");
    }
    return demo_market_init(&demo->market, demo->options->seed, demo->assembly.instruments, listed,
                            instruments, demo->now_ns, demo->problem);
}

static void release(struct demo *demo)
{
    demo_keep_abort(&demo->keep);
    demo_market_release(&demo->market);
    demo_tape_release(&demo->tape);
    engine_free(demo->engine);
    book_venue_free(demo->venue);
    assembly_release(&demo->assembly);
    config_release(&demo->config);
    free(demo->bots);
    free(demo->seen_ns);
    free(demo->silent);
    free(demo->invalid_ns);
    free(demo->bars);
    free(demo->closed);
    free(demo->halted);
    free(demo->listed);
    demo_script_release(&demo->script);
    text_buffer_release(&demo->given);
    text_buffer_release(&demo->out);
}

/* ---- from start to end ---------------------------------------------------------------------- */

static bool wait_for(struct demo *demo, int64_t time_ns)
{
    const struct demo_clock *clock = &demo->ports->clock;
    int64_t due_ns = INT64_MIN;
    if (demo->options->speed > 0) {
        i128 passed = (i128)(time_ns - demo->start_ns) * DEMO_SPEED_ONE / demo->options->speed;
        due_ns = demo->wall_start_ns + (int64_t)passed;
    }
    return clock->wait(clock->context, due_ns);
}

static void run_history(struct demo *demo)
{
    const struct demo_clock *clock = &demo->ports->clock;
    struct input start = {.time_ns = demo->now_ns, .kind = INPUT_START};
    demo_feed(demo, &start);
    if (demo->options->tape != NULL)
        demo_feed_first_prices(demo);
    for (int64_t time_ns = demo->now_ns; time_ns < demo->start_ns; time_ns += DEMO_BAR_NS) {
        if (demo->status != STATUS_OK || demo->stopping)
            return;
        if (!clock->wait(clock->context, INT64_MIN)) {
            demo->outcome->interrupted = true;
            demo->stopping = true;
            return;
        }
        demo_play(demo, time_ns);
        demo_second(demo, time_ns);
    }
}

/* Plays the second that ends at time_ns at the pace of the clock; false where it failed. Whoever
 * interrupts has the rest of the second at once: the demo ends with whole seconds, so that it can
 * be had again with --duration. */
static bool run_second(struct demo *demo, int64_t time_ns)
{
    for (int64_t at_ns = time_ns - NANOSECONDS_PER_SECOND + DEMO_SLICE_NS; at_ns <= time_ns;
         at_ns += DEMO_SLICE_NS) {
        if (!demo->outcome->interrupted && !demo->stopping && !wait_for(demo, at_ns))
            demo->outcome->interrupted = true;
        demo_play(demo, at_ns);
        if (at_ns < time_ns)
            demo_take_commands(demo, at_ns);
        demo_say(demo);
        if (demo->status != STATUS_OK)
            return false;
    }
    demo_second(demo, time_ns);
    return true;
}

/* The order books open in the last second before the start. */
static void run_live(struct demo *demo)
{
    const struct demo_options *options = demo->options;
    demo->live = true;
    demo->status_second = -1;
    demo->wall_start_ns = demo->ports->clock.now_ns(demo->ports->clock.context);
    if (options->tape == NULL)
        demo_feed_books(demo);
    for (int64_t time_ns = demo->start_ns; demo->status == STATUS_OK && !demo->stopping;
         time_ns += NANOSECONDS_PER_SECOND) {
        if (time_ns > demo->end_ns ||
            (options->duration_ns > 0 && time_ns > demo->start_ns + options->duration_ns))
            return;
        if (!run_second(demo, time_ns))
            return;
        if (time_ns == DEMO_START_NS && options->tape == NULL)
            demo_market_scenario(&demo->market, options->scenario, DEMO_START_NS);
        demo->outcome->simulated_ns = time_ns - demo->start_ns;
        demo_take_commands(demo, time_ns);
        demo_say(demo);
        demo->stopping = demo->stopping || demo->quitting || demo->outcome->interrupted;
        demo_tell_status(demo);
    }
}

/* Nothing can be left after demo_settle but an order whose cancel was refused: the simulated market
 * ends with the demo, which is the venue's word that the order has expired. */
static uint32_t expire_rest(struct demo *demo)
{
    uint32_t live = engine_orders_live(demo->engine);
    for (uint32_t i = 0; i < live && demo->status == STATUS_OK; i++) {
        uint64_t id = engine_order_next_live(demo->engine, 0);
        struct input input = {.time_ns = demo->now_ns, .kind = INPUT_VENUE_EXPIRED, .order = id};
        input.instrument = engine_order(demo->engine, id)->instrument;
        input.report.reason = REASON_DATA_END;
        demo_feed(demo, &input);
    }
    return live;
}

/* Nothing new is taken, what rests is cancelled; the exchange has the time it needs to answer. */
static void stop(struct demo *demo)
{
    uint32_t live = engine_orders_live(demo->engine);
    demo_tell_stop(demo);
    struct input input = {
        .time_ns = demo->now_ns, .kind = INPUT_COMMAND_STOP, .flags = INPUT_FLAG_PROTECTIVE};
    input.stop.stop = STOP_CANCEL;
    input.stop.book = NONE_INDEX;
    demo_feed(demo, &input);
    demo_settle(demo);
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
    struct book_venue_counters counters = book_venue_counters(demo->venue);
    outcome->maker_fills = counters.maker_fills;
    outcome->taker_fills = counters.taker_fills;
    demo_tell_end(demo, broken);
    if (broken != NULL)
        demo_fail(demo, STATUS_INTERNAL, "audit", broken);
    if (demo->options->keep != NULL && demo->status == STATUS_OK) {
        demo->status = demo_keep_end(&demo->keep, outcome, demo->ports, demo->problem);
        if (demo->status == STATUS_OK)
            demo_tell_kept(demo);
    }
    if (demo->status == STATUS_OK && !demo_is_text(demo)) {
        demo_json_summary(demo);
        demo_say(demo);
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
    text_buffer_init(&demo.given, OUT_SIZE_MAX);
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
