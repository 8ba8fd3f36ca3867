#include "drive/doubt/lookahead.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "core/model/fact.h"

/* ---- frames ---------------------------------------------------------------------------------- */

/* What is kept of a frame; its hash is of all its bytes. */
struct seen {
    struct hash128 hash;
    int64_t time_ns;
    uint64_t input_seq;
    uint32_t cause;
};

struct recording {
    struct seen *items; /* owned */
    size_t count, capacity;
};

static enum status ignore_input(void *context, const struct input *input)
{
    (void)context;
    (void)input;
    return STATUS_OK;
}

static enum status record_frame(void *context, const uint8_t *data, uint32_t size)
{
    struct recording *recording = context;
    struct frame_header header;
    if (recording->count == recording->capacity) {
        size_t capacity = recording->capacity == 0 ? 1024 : recording->capacity * 2;
        struct seen *more = realloc(recording->items, capacity * sizeof *more);
        if (more == NULL)
            return STATUS_NO_MEMORY;
        recording->items = more;
        recording->capacity = capacity;
    }
    memcpy(&header, data, sizeof header);
    recording->items[recording->count++] = (struct seen){.hash = hash128_of(data, size),
                                                         .time_ns = header.time_ns,
                                                         .input_seq = header.input_seq,
                                                         .cause = header.cause};
    return STATUS_OK;
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* Runs on these data; *last_seq is the number of the last input. Data that end before a bot's
 * warm-up are no failure here: what was decided until then is compared all the same. */
static enum status run_recorded(const struct config *config, const struct loaded_data *data,
                                struct recording *recording, uint64_t *last_seq,
                                struct problem *problem)
{
    struct backtest backtest;
    struct backtest_result result;
    struct backtest_options options = {0};
    struct journal_sink sink = {recording, ignore_input, record_frame};
    struct problem own;
    problem_init(&own);
    enum status status = data->session.count > 0
                             ? backtest_open(&backtest, config, data, &own)
                             : backtest_init(&backtest, config, data->series, data->count, &own);
    if (status == STATUS_OK) {
        backtest_result_init(&result);
        status = backtest_run(&backtest, &sink, &options, &result, &own);
        *last_seq = engine_input_seq(backtest.engine);
        backtest_result_release(&result);
        backtest_release(&backtest);
    }
    if (status == STATUS_OK || status == STATUS_DATA_INVALID)
        return STATUS_OK;
    *problem = own;
    return status;
}

/* The data as they would have been had the files ended at the cut. */
static enum status load_until(const struct workbench *bench, uint32_t index, int64_t cut_ns,
                              struct bar_data *out, struct problem *problem)
{
    const struct config_data *source = &bench->config.data[index];
    const struct config_instrument *instrument = &bench->config
                                                      .instruments[source->instrument_index];
    int64_t to_ns = source->to.set ? source->to.value : INT64_MAX;
    struct bar_request request = {
        .path = source->file,
        .instrument = source->instrument,
        .symbol = source->symbol,
        .bar_ns = source->bar_ns,
        /* Bytes can only be compared in one unit; that the file is as fine later is no secret of
         * the market. */
        .price_decimals_min = bench->data.series[index].price_decimals,
        .price_decimals_max = AMOUNT_DECIMALS - instrument->quantity_decimals,
        .from_ns = source->from.set ? source->from.value : INT64_MIN,
        .to_ns = i64_min(to_ns, cut_ns),
    };
    return bench->ports->bars->load(&request, out, problem);
}

struct checking {
    const struct workbench *bench;
    const struct recording *full;
    struct lookahead *out;
    struct problem *problems; /* one a cut */
};

static void differ(struct lookahead_cut *cut, const struct seen *at, const char *how)
{
    const char *cause = input_kind_name((enum input_kind)at->cause);
    cut->same = false;
    cut->differs_ns = at->time_ns;
    cut->differs_seq = at->input_seq;
    cut->cause = cause == NULL ? "" : cause;
    cut->how = how;
}

/* All frames of the cut run, in order, and of the whole run those caused by inputs that both had.
 */
static void compare(const struct recording *full, const struct recording *part, uint64_t last_seq,
                    struct lookahead_cut *cut)
{
    cut->same = true;
    cut->frames = part->count;
    for (size_t i = 0; i < part->count && cut->same; i++) {
        const struct seen *mine = &part->items[i];
        const struct seen *whole = i < full->count ? &full->items[i] : NULL;
        if (whole == NULL || whole->input_seq > mine->input_seq)
            differ(cut, mine, "is there only without the data behind the cut");
        else if (whole->input_seq < mine->input_seq)
            differ(cut, whole, "is there only with the data behind the cut");
        else if (!hash128_equal(whole->hash, mine->hash))
            differ(cut, whole, "is another one with the data behind the cut");
    }
    if (cut->same && part->count < full->count && full->items[part->count].input_seq <= last_seq)
        differ(cut, &full->items[part->count], "is there only with the data behind the cut");
}

static size_t count_before(const struct recording *recording, int64_t time_ns)
{
    size_t count = 0;
    while (count < recording->count && recording->items[count].time_ns < time_ns)
        count++;
    return count;
}

/* All frames of times before the cut, of both. */
static void compare_before(const struct recording *full, const struct recording *part,
                           struct lookahead_cut *cut)
{
    size_t wholes = count_before(full, cut->time_ns);
    size_t mine = count_before(part, cut->time_ns);
    size_t i = 0;
    while (i < wholes && i < mine && hash128_equal(full->items[i].hash, part->items[i].hash))
        i++;
    cut->same = i == wholes && i == mine;
    cut->frames = i;
    if (i < wholes && i < mine)
        differ(cut, &full->items[i], "is another one with the data behind the cut");
    else if (i < wholes)
        differ(cut, &full->items[i], "is there only with the data behind the cut");
    else if (i < mine)
        differ(cut, &part->items[i], "is there only without the data behind the cut");
}

/* The bars that the files would have had, had they ended at the cut; series that begin later are
 * not there. */
static enum status bars_until(const struct workbench *bench, int64_t cut_ns,
                              struct loaded_data *data, struct problem *problem)
{
    data->items = calloc((size_t)bench->data.count + 1, sizeof *data->items);
    data->series = calloc((size_t)bench->data.count + 1, sizeof *data->series);
    if (data->items == NULL || data->series == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < bench->data.count; i++) {
        const struct backtest_series *whole = &bench->data.series[i];
        struct bar_data *item = &data->items[data->count];
        if (whole->bars[0].open_time_ns >= cut_ns)
            continue;
        enum status status = load_until(bench, i, cut_ns, item, problem);
        if (status != STATUS_OK) {
            item->bars = NULL;
            return status;
        }
        data->series[data->count] = (struct backtest_series){.instrument = whole->instrument,
                                                             .bars = item->bars,
                                                             .count = item->count,
                                                             .bar_ns = item->bar_ns,
                                                             .price_decimals = item->price_decimals,
                                                             .content_hash = item->content_hash,
                                                             .bars_missing = item->bars_missing};
        data->count++;
    }
    return STATUS_OK;
}

static enum status check_cut(void *context, uint32_t index)
{
    struct checking *work = context;
    const struct workbench *bench = work->bench;
    struct lookahead_cut *cut = &work->out->cuts[index];
    struct problem *problem = &work->problems[index];
    struct recording part = {0};
    struct loaded_data data = {0};
    struct config config = {0};
    uint64_t last_seq = 0;
    enum status status = config_read_layers(&bench->layer, 1, CONFIG_BACKTEST, &config, problem);
    if (status == STATUS_OK && bench->is_session) {
        struct execute_request request = {.config_path = bench->path};
        for (uint32_t i = 0; i < config.data_count; i++) {
            struct config_time *to = &config.data[i].to;
            *to = (struct config_time){true,
                                       to->set ? i64_min(to->value, cut->time_ns) : cut->time_ns};
        }
        status = data_load(bench->ports, &config, &request, &data, problem);
    } else if (status == STATUS_OK) {
        status = bars_until(bench, cut->time_ns, &data, problem);
    }
    if (status == STATUS_OK)
        status = run_recorded(&bench->config, &data, &part, &last_seq, problem);
    if (status == STATUS_OK && bench->is_session)
        compare_before(work->full, &part, cut);
    else if (status == STATUS_OK)
        compare(work->full, &part, last_seq, cut);
    data_release(bench->ports, &data);
    config_release(&config);
    free(part.items);
    return status;
}

/* ---- cuts ------------------------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
    const struct lookahead_cut *left = a;
    const struct lookahead_cut *right = b;
    return (left->time_ns > right->time_ns) - (left->time_ns < right->time_ns);
}

/* Behind the first tenth of what every series has, before the end, each once. */
static void cuts_draw(const struct workbench *bench, uint32_t wanted, uint64_t seed,
                      struct lookahead *out)
{
    struct random random;
    int64_t first = bench->from_ns;
    /* Of a session any instant may be one: a thousand places to choose from are enough. */
    int64_t step_ns = bench->is_session ? i64_max((bench->to_ns - first) / 1000, 1)
                                        : bench->step_ns;
    for (uint32_t i = 0; i < bench->data.count && !bench->is_session; i++)
        first = i64_max(first, bench->data.series[i].bars[0].open_time_ns);
    int64_t rest = first % step_ns;
    if (!bench->is_session)
        first += rest == 0 ? 0 : rest < 0 ? -rest : step_ns - rest;
    int64_t steps = (bench->to_ns - first - 1) / step_ns;
    int64_t low = steps / 10 + 1;
    random_init(&random, seed, 77);
    for (uint32_t tries = 0; out->count < wanted && tries < wanted * 8 && low <= steps; tries++) {
        int64_t step = low + (int64_t)random_below(&random, (uint64_t)(steps - low + 1));
        int64_t time_ns = first + step * step_ns;
        bool taken = false;
        for (uint32_t i = 0; i < out->count; i++)
            taken = taken || out->cuts[i].time_ns == time_ns;
        if (!taken)
            out->cuts[out->count++].time_ns = time_ns;
    }
    qsort(out->cuts, out->count, sizeof *out->cuts, by_time);
}

enum status lookahead_check(const struct workbench *bench, uint32_t cuts, uint64_t seed,
                            const struct execute_request *progress, struct lookahead *out,
                            struct problem *problem)
{
    struct recording full = {0};
    uint64_t last_seq = 0;
    *out = (struct lookahead){0};
    cuts = cuts > LOOKAHEAD_CUTS_MAX ? LOOKAHEAD_CUTS_MAX : cuts;
    out->cuts = calloc((size_t)cuts + 1, sizeof *out->cuts);
    struct checking work = {.bench = bench, .full = &full, .out = out};
    work.problems = calloc((size_t)cuts + 1, sizeof *work.problems);
    enum status status = STATUS_NO_MEMORY;
    if (out->cuts != NULL && work.problems != NULL) {
        cuts_draw(bench, cuts, seed, out);
        status = run_recorded(&bench->config, &bench->data, &full, &last_seq, problem);
    }
    for (uint32_t i = 0; status == STATUS_OK && i < out->count; i++)
        problem_init(&work.problems[i]);
    struct crew crew = {.task = check_cut,
                        .context = &work,
                        .count = out->count,
                        .stage = "look-ahead",
                        .progress = progress == NULL ? NULL : progress->progress,
                        .progress_context = progress == NULL ? NULL : progress->progress_context};
    if (status == STATUS_OK)
        status = crew_run(&crew);
    for (uint32_t i = 0; status != STATUS_OK && work.problems != NULL && i < out->count; i++) {
        if (work.problems[i].status != STATUS_OK && problem->status == STATUS_OK)
            *problem = work.problems[i];
    }
    for (uint32_t i = 0; status == STATUS_OK && i < out->count; i++)
        out->differ += !out->cuts[i].same;
    out->frames = full.count;
    free(full.items);
    free(work.problems);
    if (status == STATUS_OK)
        return STATUS_OK;
    lookahead_release(out);
    if (problem->status == STATUS_OK)
        problem_set(problem, status, "look-ahead check", "%s", status_sentence(status));
    return status;
}

void lookahead_release(struct lookahead *lookahead)
{
    free(lookahead->cuts);
    *lookahead = (struct lookahead){0};
}
