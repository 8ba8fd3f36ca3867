#include "drive/live/demo_keep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/live/demo_market.h"
#include "drive/result/warnings.h"

#define EQUITY_EVERY_NS (60 * NANOSECONDS_PER_SECOND)

/* ---- beginning ------------------------------------------------------------------------------ */

/* Where the prices came from: with the build all that is needed to make them again. */
static void describe(const struct demo_options *options, struct text_buffer *out)
{
    char start[TIME_TEXT_SIZE];
    (void)time_format(start, DEMO_START_NS);
    text_buffer_print(out, "generator seed %llu scenario %s start %s\n",
                      (unsigned long long)options->seed, scenario_name(options->scenario), start);
    if (options->commands == NULL)
        return;
    char hash[HASH_TEXT_SIZE];
    hash128_format(hash, hash128_of(options->script.data, options->script.size));
    text_buffer_print(out, "commands %s\n", hash);
}

static enum status journal_begin(struct demo_keep *keep, struct text data,
                                 const struct demo_ports *ports, const struct config *config,
                                 struct problem *problem)
{
    struct text_buffer canonical;
    struct text_buffer session;
    char path[OUTPUT_PATH_SIZE + 16];
    text_buffer_init(&canonical, (size_t)4 << 20);
    text_buffer_init(&session, 4096);
    config_canonical(config, &canonical);
    text_buffer_print(&session, "tern %s demo\n", ports->version);
    (void)snprintf(path, sizeof path, "%s/journal", keep->output.partial);
    enum status status = STATUS_NO_MEMORY;
    if (canonical.status == STATUS_OK && session.status == STATUS_OK)
        status = keep->port->create(path, (struct text){session.data, session.size},
                                    (struct text){canonical.data, canonical.size}, data,
                                    &keep->journal, problem);
    else
        problem_set(problem, status, "journal", "not enough memory");
    text_buffer_release(&canonical);
    text_buffer_release(&session);
    return status;
}

static enum status result_begin(struct demo_keep *keep, const struct demo_options *options)
{
    struct backtest_result *result = &keep->result;
    const struct config *config = keep->view.config;
    const struct assembly *assembly = &keep->view.assembly;
    (void)text_copy(result->name, sizeof result->name, TEXT("demo"));
    (void)text_copy(result->kind, sizeof result->kind, TEXT("demo"));
    (void)text_copy(result->currency, sizeof result->currency, text_of(config->currency));
    result->seed = options->seed;
    result->bar_ns = DEMO_BAR_NS;
    result->config_hash = assembly->engine.config_hash;
    result->data_hash = keep->view.data_hash;
    result->from_ns = DEMO_START_NS;
    result->to_ns = DEMO_START_NS;
    keep->seconds = calloc((size_t)config->instruments_count + 1, sizeof *keep->seconds);
    enum status status = keep->seconds == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    for (uint32_t i = 0; i < config->instruments_count && status == STATUS_OK; i++) {
        const struct instrument *instrument = &assembly->instruments[i];
        struct result_instrument row = {.price_decimals = (uint8_t)instrument->price_decimals,
                                        .quantity_decimals = (uint8_t)instrument->quantity_decimals,
                                        .bar_ns = DEMO_BAR_NS};
        (void)text_copy(row.name, sizeof row.name, text_of(instrument->name));
        status = backtest_result_add_instrument(result, &row);
    }
    for (uint32_t i = 0; i < config->bots_count && status == STATUS_OK; i++) {
        struct result_bot row = {.open_at_end = false};
        (void)text_copy(row.name, sizeof row.name, text_of(config->bots[i].name));
        (void)text_copy(row.kind, sizeof row.kind,
                        text_of(config_bot_kind_name(config->bots[i].kind)));
        status = backtest_result_add_bot(result, &row);
    }
    struct result_bot desk = {.name = "desk", .kind = "by hand"};
    if (status == STATUS_OK && options->commands != NULL)
        status = backtest_result_add_bot(result, &desk);
    if (status == STATUS_OK)
        status = collector_init(&keep->collector, &keep->view, result, true);
    if (options->commands != NULL)
        keep->collector.desk_row = config->bots_count;
    return status;
}

enum status demo_keep_begin(struct demo_keep *keep, const struct demo_options *options,
                            const struct demo_ports *ports, const struct config *config,
                            const struct assembly *assembly, struct engine *engine,
                            struct problem *problem)
{
    struct text_buffer data;
    *keep = (struct demo_keep){.view = {.config = config, .assembly = *assembly, .engine = engine},
                               .port = ports->journal,
                               .equity_ns = INT64_MIN / 2};
    backtest_result_init(&keep->result);
    text_buffer_init(&data, 4096);
    describe(options, &data);
    enum status status = data.status;
    if (status == STATUS_OK) {
        keep->view.data_hash = hash128_of(data.data, data.size);
        status = result_begin(keep, options);
    }
    if (status != STATUS_OK)
        problem_set(problem, status, "demo", "not enough memory");
    if (status == STATUS_OK)
        status = result_output_begin(&keep->output, &output_disk_posix, options->keep, problem);
    if (status == STATUS_EXISTS) {
        problem->next[0] = '\0';
        problem_next(problem, "name another directory with --keep");
    }
    if (status == STATUS_OK) {
        keep->begun = true;
        status = journal_begin(keep, (struct text){data.data, data.size}, ports, config, problem);
    }
    text_buffer_release(&data);
    return status;
}

const struct journal_sink *demo_keep_sink(const struct demo_keep *keep)
{
    return keep->port->sink(keep->journal);
}

/* ---- while it runs -------------------------------------------------------------------------- */

void demo_keep_frame(struct demo_keep *keep, const uint8_t *frame, uint32_t size)
{
    collector_frame(&keep->collector, frame, size);
}

void demo_keep_bar(struct demo_keep *keep, uint32_t instrument, const struct bar *bar)
{
    struct result_instrument *row = &keep->result.instruments.items[instrument];
    if (!row->has_prices)
        row->first_close = bar->close;
    row->has_prices = true;
    row->last_close = bar->close;
    row->bars_count++;
    keep->result.bars_count++;
}

void demo_keep_listed(struct demo_keep *keep, uint32_t instrument, const char *name)
{
    struct result_instrument *row = &keep->result.instruments.items[instrument];
    (void)text_copy(row->name, sizeof row->name, text_of(name));
}

void demo_keep_instant(struct demo_keep *keep, int64_t time_ns, const bool *listed)
{
    for (uint32_t i = 0; time_ns > keep->result.from_ns && i < keep->result.instruments.count; i++)
        keep->seconds[i] += listed[i];
    keep->result.to_ns = time_ns;
    if (time_ns - keep->equity_ns < EQUITY_EVERY_NS)
        return;
    keep->equity_ns = time_ns;
    collector_equity(&keep->collector, time_ns);
}

/* ---- ending --------------------------------------------------------------------------------- */

static void count_missing(struct demo_keep *keep)
{
    struct backtest_result *result = &keep->result;
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        struct result_instrument *row = &result->instruments.items[i];
        uint64_t seconds = keep->seconds[i];
        row->bars_missing = seconds > row->bars_count ? seconds - row->bars_count : 0;
    }
}

/* Places where nothing ever came are not part of a result; they are the last ones. */
static void drop_empty(struct backtest_result *result, const struct config *config)
{
    while (result->instruments.count > 0) {
        uint32_t last = result->instruments.count - 1;
        if (config->instruments[last].listed ||
            strcmp(result->instruments.items[last].name, config->instruments[last].name) != 0)
            return;
        result->instruments.count--;
    }
}

static enum status conclude(struct demo_keep *keep, const struct demo_outcome *outcome,
                            const struct demo_ports *ports, struct metrics *metrics)
{
    struct backtest_result *result = &keep->result;
    if (keep->equity_ns != result->to_ns)
        collector_equity(&keep->collector, result->to_ns);
    collector_finish(&keep->collector);
    if (keep->collector.status != STATUS_OK)
        return keep->collector.status;
    drop_empty(result, keep->view.config);
    count_missing(keep);
    result->inputs_count = outcome->inputs_count;
    result->journal_hash = outcome->journal_hash;
    result->start_equity = outcome->start_equity;
    result->end_equity = outcome->end_equity;
    (void)text_copy(result->version, sizeof result->version, text_of(ports->version));
    enum status status = backtest_result_add_warning(
        result, TEXT("a demo: prices are simulated and say nothing about any market"));
    if (status == STATUS_OK)
        status = backtest_result_finish(result);
    return status == STATUS_OK ? backtest_result_conclude(result, NULL, metrics) : status;
}

enum status demo_keep_end(struct demo_keep *keep, const struct demo_outcome *outcome,
                          const struct demo_ports *ports, struct problem *problem)
{
    struct metrics metrics;
    struct journal_handle *journal = keep->journal;
    keep->journal = NULL;
    enum status status = keep->port->close(journal, problem);
    if (status != STATUS_OK)
        return status;
    status = conclude(keep, outcome, ports, &metrics);
    if (status != STATUS_OK)
        return problem_set(problem, status, "result", "cannot be concluded");
    status = result_output_write(&keep->output, &keep->result, &metrics, problem);
    if (status == STATUS_OK)
        status = result_output_commit(&keep->output, problem);
    keep->begun = false;
    return status;
}

void demo_keep_abort(struct demo_keep *keep)
{
    if (keep->journal != NULL)
        keep->port->abort(keep->journal);
    keep->journal = NULL;
    if (keep->begun)
        result_output_abort(&keep->output);
    keep->begun = false;
    collector_release(&keep->collector);
    backtest_result_release(&keep->result);
    free(keep->seconds);
    keep->seconds = NULL;
}
