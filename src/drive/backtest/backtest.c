#include "drive/backtest/backtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/backtest/outbox.h"
#include "drive/backtest/playback.h"
#include "drive/backtest/run.h"
#include "drive/backtest/timeline.h"

#define PROGRESS_EVERY 16384u

/* ---- building -------------------------------------------------------------------------------- */

static int by_instrument(const void *a, const void *b)
{
    const struct backtest_series *left = a;
    const struct backtest_series *right = b;
    return (left->instrument > right->instrument) - (left->instrument < right->instrument);
}

enum status run_bar_venue_create(struct backtest *backtest, struct fee_schedule *fees)
{
    const struct config *config = backtest->config;
    struct bar_venue_config venue = {
        .instruments = backtest->assembly.instruments,
        .instruments_count = config->instruments_count,
        .orders_capacity = backtest->assembly.engine.orders_capacity,
        .slippage = config->simulation.slippage,
        .tiers_count = config->fees.tiers_count,
        .fees = fees,
    };
    _Static_assert(CONFIG_FEE_TIERS_MAX <= FEE_TIERS_MAX, "every configured tier fits");
    switch (config->simulation.fill) {
    case CONFIG_FILL_NEXT_OPEN: venue.fill = BAR_FILL_NEXT_OPEN; break;
    case CONFIG_FILL_THIS_CLOSE: venue.fill = BAR_FILL_THIS_CLOSE; break;
    case CONFIG_FILL_RANGE: venue.fill = BAR_FILL_RANGE; break;
    }
    for (uint32_t i = 0; i < config->fees.tiers_count; i++) {
        const struct config_fee_tier *tier = &config->fees.tiers[i];
        venue.tiers[i] = (struct fee_tier){tier->volume, tier->maker, tier->taker};
    }
    return bar_venue_create(&venue, &backtest->venue);
}

/* Every bot needs data, of a length that its own bars are a multiple of. */
static enum status check_series(const struct config *config, const struct backtest_series *series,
                                uint32_t count, const struct session *session,
                                struct problem *problem)
{
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (series[i].instrument == series[i + 1].instrument) {
            char where[CONFIG_WHERE_SIZE];
            config_locate(config, "data", where);
            return problem_set(problem, STATUS_CONFIG_INVALID, where, "two series for %s",
                               config->instruments[series[i].instrument].name);
        }
    }
    for (uint32_t bot = 0; bot < config->bots_count; bot++) {
        const struct config_bot *source = &config->bots[bot];
        const struct backtest_series *own = NULL;
        for (uint32_t i = 0; i < count; i++) {
            if (series[i].instrument == source->instrument_index)
                own = &series[i];
        }
        char where[CONFIG_WHERE_SIZE];
        if (own == NULL && session != NULL)
            continue; /* the configuration was checked: its data are there */
        if (own == NULL) {
            config_locate_bot(config, source, "instrument", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where, "no data for %s",
                        source->instrument);
            problem_next(problem, "add its file under `data:`");
            return STATUS_CONFIG_INVALID;
        }
        if (source->bar_ns % own->bar_ns != 0) {
            char bar[DURATION_TEXT_SIZE];
            char data[DURATION_TEXT_SIZE];
            duration_format(bar, source->bar_ns);
            duration_format(data, own->bar_ns);
            config_locate_bot(config, source, "bar", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where, "%s of data with bars of %s", bar,
                        data);
            problem_allowed(problem, "a multiple of %s", data);
            return STATUS_CONFIG_INVALID;
        }
    }
    return STATUS_OK;
}

/* Bars come in the decimals of their file; the engine's may be finer. */
static enum status rescale(struct backtest_series *series, unsigned decimals, struct bar **owned)
{
    int64_t factor = power_of_ten(decimals - series->price_decimals);
    struct bar *bars = malloc(series->count * sizeof *bars);
    if (bars == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < series->count; i++) {
        bars[i] = series->bars[i];
        if (bars[i].high.units > PRICE_UNITS_MAX / factor) {
            free(bars);
            return STATUS_RANGE;
        }
        bars[i].open.units *= factor;
        bars[i].high.units *= factor;
        bars[i].low.units *= factor;
        bars[i].close.units *= factor;
    }
    *owned = bars;
    series->bars = bars;
    series->price_decimals = decimals;
    return STATUS_OK;
}

static enum status rescale_all(struct backtest *backtest, struct problem *problem)
{
    const struct config *config = backtest->config;
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        struct backtest_series *series = &backtest->series[i];
        unsigned decimals = config->instruments[series->instrument].price_decimals;
        if (decimals <= series->price_decimals)
            continue;
        enum status status = rescale(series, decimals, &backtest->rescaled[i]);
        if (status != STATUS_OK) {
            return problem_set(problem, status, "data", "prices of %s do not fit %u decimals",
                               config->instruments[series->instrument].name, decimals);
        }
    }
    return STATUS_OK;
}

enum status run_series_take(struct backtest *backtest, const struct backtest_series *series,
                            uint32_t count, const struct session *session, struct problem *problem)
{
    backtest->series_count = count;
    backtest->series = malloc((count + 1) * sizeof *backtest->series);
    backtest->rescaled = calloc(count + 1, sizeof *backtest->rescaled);
    if (backtest->series == NULL || backtest->rescaled == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
    if (count > 0)
        memcpy(backtest->series, series, count * sizeof *series);
    qsort(backtest->series, count, sizeof *series, by_instrument);
    enum status status = check_series(backtest->config, backtest->series, count, session, problem);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < count; i++)
        backtest->data_hash = run_data_hash(
            backtest->data_hash, backtest->config->instruments[backtest->series[i].instrument].name,
            backtest->series[i].content_hash);
    return rescale_all(backtest, problem);
}

static enum status build(struct backtest *backtest, struct problem *problem)
{
    const struct config *config = backtest->config;
    struct assemble_market *markets = calloc((size_t)config->instruments_count + 1,
                                             sizeof *markets);
    if (markets == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        const struct backtest_series *series = &backtest->series[i];
        markets[series->instrument] = (struct assemble_market){series->price_decimals,
                                                               series->bars[0].open};
    }
    enum status status = assembly_init(&backtest->assembly, config, markets, problem);
    free(markets);
    if (status != STATUS_OK)
        return status;
    backtest->assembly.engine.orders_capacity = run_orders_capacity(config);
    status = engine_create(&backtest->assembly.engine, &backtest->engine);
    if (status == STATUS_OK)
        status = run_bar_venue_create(backtest, NULL);
    if (status != STATUS_OK)
        return problem_set(problem, status, "engine", "cannot be built");
    return STATUS_OK;
}

enum status backtest_init(struct backtest *backtest, const struct config *config,
                          const struct backtest_series *series, uint32_t series_count,
                          struct problem *problem)
{
    *backtest = (struct backtest){.config = config};
    if (series_count == 0) {
        char where[CONFIG_WHERE_SIZE];
        config_locate(config, "data", where);
        problem_set(problem, STATUS_CONFIG_INVALID, where, "nothing");
        problem_next(problem, "name at least one file of bars under `data:`");
        return STATUS_CONFIG_INVALID;
    }
    backtest->data_hash = run_data_hash_begin();
    enum status status = run_series_take(backtest, series, series_count, NULL, problem);
    if (status == STATUS_OK)
        status = build(backtest, problem);
    if (status != STATUS_OK)
        backtest_release(backtest);
    return status;
}

void backtest_release(struct backtest *backtest)
{
    engine_free(backtest->engine);
    bar_venue_free(backtest->venue);
    outbox_free(backtest->outbox);
    playback_free(backtest->playback);
    assembly_release(&backtest->assembly);
    for (uint32_t i = 0; backtest->rescaled != NULL && i < backtest->series_count; i++) {
        free(backtest->rescaled[i]);
    }
    free(backtest->rescaled);
    free(backtest->series);
    *backtest = (struct backtest){0};
}

/* ---- running --------------------------------------------------------------------------------- */

static void venue_take(struct run *run, int64_t time_ns)
{
    struct bar_venue *venue = run->backtest->venue;
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(venue, &count);
    for (uint32_t i = 0; i < count && run->status == STATUS_OK; i++) {
        struct input input = reports[i];
        input.seq = ++run->seq;
        input.time_ns = time_ns;
        run_journal(run, &input);
        run_feed(run, &input);
        reports = bar_venue_reports(venue, &count);
    }
    bar_venue_clear(venue);
}

void run_bar_venue_take(struct run *run, int64_t time_ns)
{
    venue_take(run, time_ns);
}

static void run_closes(struct run *run, struct timeline *timeline, uint32_t *closed)
{
    struct engine *engine = run->backtest->engine;
    const uint32_t *waiting = run->waiting;
    int64_t now = timeline->now_ns;
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct timeline_cursor *cursor = &timeline->cursors[i];
        if (!timeline_closes(timeline, cursor))
            continue;
        const struct bar *bar = &cursor->bars[cursor->index];
        engine_bar_close(engine, ++run->seq, now, cursor->instrument, bar, cursor->bar_ns);
        if (waiting[cursor->instrument] != 0 &&
            bar_venue_close(run->backtest->venue, cursor->instrument, bar, now)) {
            venue_take(run, now);
        }
        timeline_close(cursor);
        (*closed)++;
    }
}

static void run_opens(struct run *run, struct timeline *timeline)
{
    struct engine *engine = run->backtest->engine;
    const uint32_t *waiting = run->waiting;
    int64_t now = timeline->now_ns;
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct timeline_cursor *cursor = &timeline->cursors[i];
        if (!timeline_opens(timeline, cursor))
            continue;
        const struct bar *bar = &cursor->bars[cursor->index];
        engine_bar_open(engine, ++run->seq, now, cursor->instrument, bar->open);
        if (waiting[cursor->instrument] != 0 &&
            bar_venue_open(run->backtest->venue, cursor->instrument, bar->open, now)) {
            venue_take(run, now);
        }
        __builtin_prefetch(bar + 24);
    }
}

static void run_cycle(struct run *run, int64_t time_ns)
{
    struct input input = {.seq = ++run->seq, .time_ns = time_ns, .kind = INPUT_CYCLE};
    if (time_ns < run->options->decide_from_ns)
        input.flags = INPUT_FLAG_HISTORY;
    run_feed(run, &input);
    venue_take(run, time_ns);
}

static void deliver(struct backtest *backtest, const struct command *command, int64_t time_ns);

/* What was decided some bars ago arrives. */
static void run_outbox(struct run *run, int64_t time_ns)
{
    struct command command;
    while (outbox_take(run->backtest->outbox, time_ns, &command)) {
        deliver(run->backtest, &command, time_ns);
        venue_take(run, time_ns);
    }
}

static bool finest_closed(const struct timeline *timeline, int64_t finest_ns, int64_t time_ns)
{
    for (uint32_t i = 0; i < timeline->count; i++) {
        const struct timeline_cursor *cursor = &timeline->cursors[i];
        if (cursor->bar_ns != finest_ns || cursor->index == 0)
            continue;
        const struct bar *last = &cursor->bars[cursor->index - 1];
        if (last->open_time_ns + cursor->bar_ns == time_ns)
            return true;
    }
    return false;
}

static uint64_t bars_total(const struct backtest *backtest)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < backtest->series_count; i++)
        total += backtest->series[i].count;
    return total;
}

static int64_t finest_of(const struct backtest *backtest)
{
    int64_t finest = INT64_MAX;
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        finest = i64_min(finest, backtest->series[i].bar_ns);
    }
    return finest;
}

static void run_all(struct run *run, struct timeline *timeline)
{
    int64_t finest_ns = finest_of(run->backtest);
    uint64_t total = bars_total(run->backtest);
    uint64_t done = 0;
    uint64_t shown = 0;
    const bool delayed = run->backtest->outbox != NULL;
    while (run->status == STATUS_OK && timeline_advance(timeline)) {
        int64_t now = timeline->now_ns;
        uint32_t closed = 0;
        run_timers(run, now - 1);
        run_closes(run, timeline, &closed);
        run_timers(run, now);
        if (closed > 0)
            run_cycle(run, now);
        if (delayed)
            run_outbox(run, now);
        run_opens(run, timeline);
        if (closed > 0 && run->options->collect_rows && now > run->options->decide_from_ns &&
            finest_closed(timeline, finest_ns, now)) {
            collector_equity(&run->collector, now);
        }
        if (run->collector.status != STATUS_OK) {
            run_fail(run, run->collector.status, "result", "too many rows to keep");
        }
        done += closed;
        if (run->options->progress != NULL && done - shown >= PROGRESS_EVERY) {
            shown = done;
            if (!run->options->progress(run->options->progress_context, done, total)) {
                run_fail(run, STATUS_INTERRUPTED, "back-test", "interrupted");
            }
        }
    }
}

static void deliver(struct backtest *backtest, const struct command *command, int64_t time_ns)
{
    switch ((enum command_kind)command->kind) {
    case COMMAND_PLACE: {
        const struct order *order = engine_order(backtest->engine, command->order);
        struct price last = risk_mark(engine_risk(backtest->engine), order->instrument);
        bar_venue_place(backtest->venue, order, last, time_ns);
        return;
    }
    case COMMAND_CANCEL: bar_venue_cancel(backtest->venue, command->order, time_ns); return;
    case COMMAND_AMEND:
        bar_venue_amend(backtest->venue, command->order, command->price, command->quantity,
                        time_ns);
        return;
    }
}

void run_bar_venue_send(struct backtest *backtest, const struct command *command, int64_t time_ns)
{
    if (backtest->outbox == NULL) {
        deliver(backtest, command, time_ns);
        return;
    }
    const struct engine_config *config = &backtest->assembly.engine;
    const struct order *order = engine_order(backtest->engine, command->order);
    outbox_put(backtest->outbox, command, time_ns,
               config->series[config->bots[order->bot].series].bar_ns);
}

/* The result is of the window alone: it begins where bots begin to decide, and holding would have
 * bought at the last close before. */
static void result_begin_window(const struct backtest *backtest, int64_t from_ns,
                                struct backtest_result *result)
{
    result->from_ns = i64_max(result->from_ns, from_ns);
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        const struct backtest_series *series = &backtest->series[i];
        struct result_instrument *row = &result->instruments.items[series->instrument];
        for (size_t j = 0; j < series->count; j++) {
            if (series->bars[j].open_time_ns + series->bar_ns > from_ns)
                break;
            row->first_close = series->bars[j].close;
        }
    }
}

void run_series_row(const struct backtest_series *series, int64_t to_ns,
                    struct result_instrument *row)
{
    const struct bar *last = &series->bars[series->count - 1];
    row->has_prices = true;
    row->first_close = series->bars[0].close;
    row->last_close = last->close;
    row->bar_ns = series->bar_ns;
    row->bars_count = series->count;
    row->bars_missing = series->bars_missing;
    row->stale_at_end = last->open_time_ns + series->bar_ns < to_ns;
}

static enum status result_begin(const struct backtest *backtest, struct backtest_result *result)
{
    const struct config *config = backtest->config;
    const struct assembly *assembly = &backtest->assembly;
    enum status status = run_result_begin(backtest, result);
    if (status != STATUS_OK)
        return status;
    result->bar_ns = finest_of(backtest);
    result->bars_count = bars_total(backtest);
    result->fills_at_this_close = config->simulation.fill == CONFIG_FILL_THIS_CLOSE;
    result->slippage = config->simulation.slippage;
    result->from_ns = INT64_MAX;
    result->to_ns = INT64_MIN;
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        const struct backtest_series *series = &backtest->series[i];
        const struct bar *last = &series->bars[series->count - 1];
        result->from_ns = i64_min(result->from_ns, series->bars[0].open_time_ns);
        result->to_ns = i64_max(result->to_ns, last->open_time_ns + series->bar_ns);
    }
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        struct result_instrument row = {
            .price_decimals = (uint8_t)assembly->instruments[i].price_decimals,
            .quantity_decimals = (uint8_t)assembly->instruments[i].quantity_decimals};
        (void)text_copy(row.name, sizeof row.name, text_of(assembly->instruments[i].name));
        for (uint32_t j = 0; j < backtest->series_count; j++) {
            const struct backtest_series *series = &backtest->series[j];
            if (series->instrument != i)
                continue;
            run_series_row(series, result->to_ns, &row);
        }
        status = backtest_result_add_instrument(result, &row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

void run_mark_stale(const struct backtest *backtest, struct backtest_result *result)
{
    const struct ledger *ledger = engine_ledger(backtest->engine);
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        if (ledger->instrument_totals[i] == 0)
            result->instruments.items[i].stale_at_end = false;
    }
}

enum status backtest_run(struct backtest *backtest, const struct journal_sink *sink,
                         const struct backtest_options *options, struct backtest_result *result,
                         struct problem *problem)
{
    if (backtest->playback != NULL)
        return playback_run(backtest, sink, options, result, problem);
    struct timeline timeline;
    struct run run = {.backtest = backtest,
                      .sink = sink,
                      .options = options,
                      .waiting = bar_venue_waiting(backtest->venue),
                      .send = run_bar_venue_send,
                      .problem = problem};
    enum status status = result_begin(backtest, result);
    int64_t start_ns = result->from_ns;
    if (status == STATUS_OK && options->decide_from_ns != 0)
        result_begin_window(backtest, options->decide_from_ns, result);
    if (status == STATUS_OK && options->delay_bars > 0)
        status = outbox_create(options->delay_bars, &backtest->outbox);
    if (status == STATUS_OK)
        status = timeline_init(&timeline, backtest->series, backtest->series_count);
    if (status != STATUS_OK)
        return problem_set(problem, status, "back-test", "not enough memory");
    status = collector_init(&run.collector, backtest, result, options->collect_rows);
    if (status == STATUS_OK) {
        run_start(&run, start_ns);
        run_all(&run, &timeline);
        status = run.status;
        if (status == STATUS_OK && backtest->outbox != NULL)
            status = outbox_status(backtest->outbox);
        if (status == STATUS_OK)
            status = run_finish(&run, result, problem);
        run_mark_stale(backtest, result);
    } else {
        problem_set(problem, status, "back-test", "not enough memory");
    }
    collector_release(&run.collector);
    timeline_release(&timeline);
    return status;
}
