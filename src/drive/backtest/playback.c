#include "drive/backtest/playback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/backtest/playback_troubles.h"
#include "drive/backtest/run.h"

#define PROGRESS_EVERY 16384u
#define BAR_DEFAULT_NS (60 * NANOSECONDS_PER_SECOND)

/* ---- building -------------------------------------------------------------------------------- */

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The recorded bars of an instrument; NULL where it has none. */
static const struct backtest_series *series_of(const struct backtest *backtest, uint32_t instrument)
{
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        if (backtest->series[i].instrument == instrument)
            return &backtest->series[i];
    }
    return NULL;
}

/* Bars of a length that every bar of the instrument's bots is a multiple of; those recorded have
 * theirs. */
static void bars_choose(const struct backtest *backtest, const struct config *config)
{
    struct playback *playback = backtest->playback;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        uint32_t instrument = config->bots[i].instrument_index;
        /* A bot of several instruments looks at all of them. */
        for (uint32_t j = 0; j < config->instruments_count; j++) {
            if (instrument == j || instrument >= config->instruments_count)
                playback->bars_ns[j] = common_divisor(config->bots[i].bar_ns, playback->bars_ns[j]);
        }
    }
    playback->finest_ns = INT64_MAX;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct backtest_series *series = series_of(backtest, i);
        if (series != NULL)
            playback->bars_ns[i] = series->bar_ns;
        if (playback->bars_ns[i] == 0)
            playback->bars_ns[i] = BAR_DEFAULT_NS;
        playback->finest_ns = i64_min(playback->finest_ns, playback->bars_ns[i]);
    }
}

/* What the session traded, at its pace for a whole day; at least one lot, so that there is a volume
 * to measure impact by. */
static void volumes_measure(struct playback *playback, const struct instrument *instruments,
                            uint32_t count)
{
    const struct session *session = playback->session;
    int64_t length = i64_max(session_to_ns(session) - session_from_ns(session), 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct session_file *file = session_find(session, i, DEPTH_TRADE);
        i128 sum = 0;
        for (size_t j = 0; file != NULL && j < file->data.count; j++)
            sum += file->data.trades[file->data.records[j].at].quantity.units;
        i128 day = 0;
        if (!i128_multiply_divide(sum, NANOSECONDS_PER_DAY, length, ROUND_FLOOR, &day) ||
            day > QUANTITY_UNITS_MAX)
            day = QUANTITY_UNITS_MAX;
        playback->daily_volumes[i].units = i64_max((int64_t)day, instruments[i].lot.units);
    }
}

/* What the numbers of each instrument's messages promise: recordings of several venues differ. */
static void sequences_find(const struct session *session, enum book_sequence *sequences)
{
    for (uint32_t i = 0; i < session->count; i++) {
        const struct session_file *file = &session->files[i];
        if (file->data.kind == DEPTH_LEVELS)
            sequences[file->instrument] = file->sequence;
    }
}

static uint32_t levels_capacity(const struct session *session)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < session->count; i++) {
        uint32_t wanted = session_levels_capacity(&session->files[i].data);
        most = wanted > most ? wanted : most;
    }
    return most;
}

static enum status venue_create(struct backtest *backtest)
{
    const struct config *config = backtest->config;
    const struct config_simulation *simulation = &config->simulation;
    struct playback *playback = backtest->playback;
    enum book_sequence sequences[CONFIG_INSTRUMENTS_MAX] = {0};
    sequences_find(playback->session, sequences);
    struct book_venue_config venue = {
        .instruments = backtest->assembly.instruments,
        .instruments_count = config->instruments_count,
        .orders_capacity = backtest->assembly.engine.orders_capacity,
        .levels_capacity = levels_capacity(playback->session),
        .sequences = sequences,
        .book_age_max_ns = simulation->book_age_max_ns,
        .queue = {simulation->queue_kind, simulation->queue_power},
        .latency = {.kind = simulation->latency_sigma > 0 ? LATENCY_LOG_NORMAL : LATENCY_CONSTANT,
                    .entry_ns = simulation->latency_ns,
                    .response_ns = simulation->latency_ns,
                    .feed_ns = simulation->feed_latency_ns,
                    .sigma = simulation->latency_sigma,
                    .congestion_share = simulation->congestion_share,
                    .congestion_fade_ns = simulation->congestion_fade_ns},
        .seed = (uint64_t)config->seed,
        .impact = {.eta = simulation->impact_temporary,
                   .gamma = simulation->impact_permanent,
                   .kappa = simulation->impact_transient,
                   .tau_ns = simulation->impact_decay_ns,
                   .daily_volumes = playback->daily_volumes},
        .fees = &playback->fees,
    };
    struct fee_tier tiers[FEE_TIERS_MAX];
    for (uint32_t i = 0; i < config->fees.tiers_count; i++) {
        const struct config_fee_tier *tier = &config->fees.tiers[i];
        tiers[i] = (struct fee_tier){tier->volume, tier->maker, tier->taker};
    }
    fee_schedule_init(&playback->fees, tiers, config->fees.tiers_count);
    if (backtest->series_count > 0) {
        enum status status = run_bar_venue_create(backtest, &playback->fees);
        if (status != STATUS_OK)
            return status;
    }
    return book_venue_create(&venue, &playback->venue);
}

static struct hash128 data_hash_of(const struct config *config, const struct session *session)
{
    struct hash128 hash = run_data_hash_begin();
    for (uint32_t i = 0; i < session->count; i++) {
        const struct session_file *file = &session->files[i];
        char name[INSTRUMENT_NAME_SIZE + 16];
        (void)snprintf(name, sizeof name, "%s %u", config->instruments[file->instrument].name,
                       (unsigned)file->data.kind);
        hash = run_data_hash(hash, name, file->data.content_hash);
    }
    return hash;
}

static bool take(struct playback *playback, uint32_t instruments_count)
{
    size_t count = (size_t)instruments_count + 1;
    playback->bars_ns = calloc(count, sizeof *playback->bars_ns);
    playback->marks = calloc(count, sizeof *playback->marks);
    playback->daily_volumes = calloc(count, sizeof *playback->daily_volumes);
    return playback->bars_ns != NULL && playback->marks != NULL && playback->daily_volumes != NULL;
}

static enum status assemble(struct backtest *backtest, struct problem *problem)
{
    const struct config *config = backtest->config;
    struct assemble_market *markets = calloc((size_t)config->instruments_count + 1,
                                             sizeof *markets);
    if (markets == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct backtest_series *series = series_of(backtest, i);
        markets[i] = (struct assemble_market){config->instruments[i].price_decimals,
                                              session_first_price(backtest->playback->session, i)};
        if (series != NULL)
            markets[i] = (struct assemble_market){series->price_decimals, series->bars[0].open};
    }
    enum status status = assembly_init(&backtest->assembly, config, markets, problem);
    free(markets);
    return status;
}

static enum status feed_create(struct backtest *backtest)
{
    const struct config *config = backtest->config;
    struct playback *playback = backtest->playback;
    enum status status = session_feed_init(
        &playback->feed, playback->session, backtest->assembly.instruments,
        config->instruments_count, playback->bars_ns, config->cycle_ns);
    if (status != STATUS_OK)
        return status;
    session_feed_set_age(&playback->feed, config->simulation.book_age_max_ns);
    return session_feed_add_bars(&playback->feed, backtest->series, backtest->series_count);
}

static enum status build(struct backtest *backtest, struct problem *problem)
{
    const struct config *config = backtest->config;
    enum status status = assemble(backtest, problem);
    if (status != STATUS_OK)
        return status;
    bars_choose(backtest, config);
    volumes_measure(backtest->playback, backtest->assembly.instruments, config->instruments_count);
    backtest->assembly.engine.orders_capacity = run_orders_capacity(config);
    status = engine_create(&backtest->assembly.engine, &backtest->engine);
    if (status == STATUS_OK)
        status = venue_create(backtest);
    if (status == STATUS_OK)
        status = feed_create(backtest);
    if (status != STATUS_OK)
        problem_set(problem, status, "engine", "cannot be built");
    return status;
}

enum status backtest_init_session(struct backtest *backtest, const struct config *config,
                                  const struct session *session,
                                  const struct backtest_series *series, uint32_t series_count,
                                  struct problem *problem)
{
    ASSERT(session->count > 0);
    *backtest = (struct backtest){.config = config};
    backtest->data_hash = data_hash_of(config, session);
    backtest->playback = calloc(1, sizeof *backtest->playback);
    if (backtest->playback == NULL || !take(backtest->playback, config->instruments_count)) {
        backtest_release(backtest);
        return problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
    }
    backtest->playback->session = session;
    enum status status = run_series_take(backtest, series, series_count, session, problem);
    if (status == STATUS_OK)
        status = build(backtest, problem);
    if (status != STATUS_OK)
        backtest_release(backtest);
    return status;
}

void playback_free(struct playback *playback)
{
    if (playback == NULL)
        return;
    session_feed_release(&playback->feed);
    book_venue_free(playback->venue);
    free(playback->bars_ns);
    free(playback->marks);
    free(playback->daily_volumes);
    free(playback);
}

/* ---- running --------------------------------------------------------------------------------- */

/* To the exchange of its instrument. A live order is in the engine's table. */
static void send(struct backtest *backtest, const struct command *command, int64_t time_ns)
{
    struct book_venue *venue = backtest->playback->venue;
    const struct order *order = engine_order(backtest->engine, command->order);
    ASSERT(order != NULL);
    if (backtest->playback->feed.views[order->instrument].series != NONE_INDEX) {
        run_bar_venue_send(backtest, command, time_ns);
        return;
    }
    switch ((enum command_kind)command->kind) {
    case COMMAND_PLACE: book_venue_place(venue, order, time_ns); return;
    case COMMAND_CANCEL: book_venue_cancel(venue, command->order, time_ns); return;
    case COMMAND_AMEND:
        book_venue_amend(venue, command->order, command->price, command->quantity, time_ns);
        return;
    }
}

static void marks_take(struct playback *playback)
{
    for (uint32_t i = 0; i < playback->feed.instruments_count; i++)
        playback->marks[i] = playback->feed.views[i].middle;
}

/* The exchange on bars sees what the engine has seen. */
static void bar_happens(struct run *run, const struct input *input, int64_t now)
{
    struct bar_venue *venue = run->backtest->venue;
    if (input->kind == INPUT_BAR_OPEN)
        (void)bar_venue_open(venue, input->instrument, input->bar.bar.open, now);
    else
        (void)bar_venue_close(venue, input->instrument, &input->bar.bar, now);
    run_bar_venue_take(run, now);
}

/* One step of the feed: a record, or an instant at which bars end and bots decide, or openings. */
static void step(struct run *run, int64_t now)
{
    struct playback *playback = run->backtest->playback;
    uint32_t closed = 0;
    session_feed_step(&playback->feed);
    for (struct input *input = session_feed_next(&playback->feed);
         input != NULL && run->status == STATUS_OK; input = session_feed_next(&playback->feed)) {
        if (input->kind != INPUT_BAR_CLOSE && input->kind != INPUT_BAR_OPEN)
            run_timers(run, now);
        closed += input->kind == INPUT_BAR_CLOSE;
        input->seq = ++run->seq;
        if (input->kind == INPUT_HEALTH)
            run_journal(run, input);
        run_feed(run, input);
        bool is_bar = input->kind == INPUT_BAR_CLOSE || input->kind == INPUT_BAR_OPEN;
        if (is_bar && playback->feed.views[input->instrument].series != NONE_INDEX)
            bar_happens(run, input, now);
        else if (run->backtest->venue != NULL)
            run_bar_venue_take(run, now);
    }
    if (closed > 0 && now % playback->finest_ns == 0) {
        marks_take(playback);
        collector_equity(&run->collector, now);
    }
}

static void answer(struct run *run, int64_t now)
{
    struct input input;
    bool found = book_venue_report_next(run->backtest->playback->venue, now, &input);
    ASSERT(found);
    run_timers(run, now);
    input.seq = ++run->seq;
    input.time_ns = now;
    run_journal(run, &input);
    run_feed(run, &input);
}

static int64_t command_ns(const struct run *run)
{
    const struct backtest_options *options = run->options;
    if (run->commands_at == options->commands_count)
        return INT64_MAX;
    return options->commands[run->commands_at].time_ns;
}

static void command(struct run *run, int64_t now)
{
    struct input input = run->options->commands[run->commands_at++];
    run_timers(run, now);
    input.seq = ++run->seq;
    run_journal(run, &input);
    run_feed(run, &input);
}

/* What is next, in the order of playback.h; false behind the end. */
static bool advance(struct run *run, struct session_cursor *happened)
{
    struct playback *playback = run->backtest->playback;
    struct book_venue *venue = playback->venue;
    int64_t market = happened->next_ns;
    int64_t due = book_venue_next_ns(venue);
    int64_t told = session_feed_ns(&playback->feed);
    int64_t answered = book_venue_answer_ns(venue);
    int64_t asked = command_ns(run);
    int64_t now = i64_min(i64_min(i64_min(market, due), i64_min(told, answered)), asked);
    uint64_t timer = 0;
    int64_t deadline = 0;
    if (now > playback->feed.to_ns)
        return false;
    if (engine_timer_due(run->backtest->engine, now - 1, &timer, &deadline))
        run_timers(run, deadline);
    else if (market == now)
        session_happen(happened, playback->venue);
    else if (due == now)
        book_venue_advance(venue, now);
    else if (told == now && session_feed_at_instant(&playback->feed, now))
        step(run, now);
    else if (asked == now)
        command(run, now);
    else if (answered == now)
        answer(run, now);
    else
        step(run, now);
    /* Whatever it was may have sent orders that the exchange on bars answers at once. */
    if (run->backtest->venue != NULL)
        run_bar_venue_take(run, engine_time(run->backtest->engine));
    return true;
}

static void run_all(struct run *run, struct session_cursor *happened)
{
    struct playback *playback = run->backtest->playback;
    uint64_t total = playback->session->events * 2;
    for (uint32_t i = 0; i < run->backtest->series_count; i++)
        total += run->backtest->series[i].count;
    for (uint64_t steps = 1; run->status == STATUS_OK && advance(run, happened); steps++) {
        if (run->collector.status != STATUS_OK)
            run_fail(run, run->collector.status, "result", "too many rows to keep");
        if (steps % PROGRESS_EVERY != 0 || run->options->progress == NULL)
            continue;
        if (!run->options->progress(run->options->progress_context, u64_min(steps, total), total))
            run_fail(run, STATUS_INTERRUPTED, "back-test", "interrupted");
    }
    marks_take(playback);
    if (run->status == STATUS_OK)
        collector_equity(&run->collector, playback->feed.to_ns);
}

/* ---- the result ------------------------------------------------------------------------------ */

static enum status result_begin(const struct backtest *backtest, struct backtest_result *result)
{
    const struct playback *playback = backtest->playback;
    const struct assembly *assembly = &backtest->assembly;
    enum status status = run_result_begin(backtest, result);
    result->bar_ns = playback->finest_ns;
    result->from_ns = playback->feed.from_ns;
    result->to_ns = playback->feed.to_ns;
    result->fills_at_this_close = backtest->series_count > 0 &&
                                  backtest->config->simulation.fill == CONFIG_FILL_THIS_CLOSE;
    for (uint32_t i = 0; status == STATUS_OK && i < backtest->config->instruments_count; i++) {
        struct result_instrument row = {
            .price_decimals = (uint8_t)assembly->instruments[i].price_decimals,
            .quantity_decimals = (uint8_t)assembly->instruments[i].quantity_decimals,
            .bar_ns = playback->bars_ns[i],
            .first_close = session_first_price(playback->session, i)};
        row.has_prices = row.first_close.units > 0;
        (void)text_copy(row.name, sizeof row.name, text_of(assembly->instruments[i].name));
        const struct backtest_series *series = series_of(backtest, i);
        if (series != NULL)
            run_series_row(series, result->to_ns, &row);
        status = backtest_result_add_instrument(result, &row);
    }
    return status;
}

static enum status result_end(struct run *run, struct backtest_result *result,
                              struct problem *problem)
{
    const struct playback *playback = run->backtest->playback;
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        const struct session_view *view = &playback->feed.views[i];
        struct result_instrument *row = &result->instruments.items[i];
        result->bars_count += view->bars_count;
        if (view->series != NONE_INDEX)
            continue;
        row->bars_count = view->bars_count;
        row->stale_at_end = view->is_old;
        row->last_close = view->middle.units > 0 ? view->middle : view->close;
    }
    enum status status = run_finish(run, result, problem);
    run_mark_stale(run->backtest, result);
    if (status != STATUS_OK)
        return status;
    status = playback_troubles(run->backtest, result);
    if (status != STATUS_OK)
        problem_set(problem, status, "result", "cannot be completed");
    return status;
}

enum status playback_run(struct backtest *backtest, const struct journal_sink *sink,
                         const struct backtest_options *options, struct backtest_result *result,
                         struct problem *problem)
{
    struct session_cursor happened;
    struct run run = {
        .backtest = backtest, .sink = sink, .options = options, .send = send, .problem = problem};
    enum status status = result_begin(backtest, result);
    if (status == STATUS_OK)
        status = session_cursor_init(&happened, backtest->playback->session, SESSION_HAPPENED);
    if (status != STATUS_OK)
        return problem_set(problem, status, "back-test", "not enough memory");
    status = collector_init(&run.collector, backtest, result, options->collect_rows);
    if (status == STATUS_OK) {
        run.collector.marks = backtest->playback->marks;
        run_start(&run, result->from_ns);
        run_all(&run, &happened);
        status = run.status;
        if (status == STATUS_OK)
            status = result_end(&run, result, problem);
    } else {
        problem_set(problem, status, "back-test", "not enough memory");
    }
    collector_release(&run.collector);
    session_cursor_release(&happened);
    return status;
}
