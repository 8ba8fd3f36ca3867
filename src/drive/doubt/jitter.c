#include "drive/doubt/jitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

/* ---- keys ------------------------------------------------------------------------------------ */

static bool begins(struct text text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && memcmp(text.data, with, size) == 0;
}

/* Of `bots[3].params.fast` the part behind the bot, and which bot; NULL where it is no such key. */
static bool key_of_rule(struct text key, uint32_t *bot, struct text *rest)
{
    if (!begins(key, "bots["))
        return false;
    struct text tail = key;
    struct text head = text_split(&tail, ']');
    int64_t index = 0;
    head.data += 5;
    head.size -= 5;
    if (tail.data == NULL || tail.size < 2 || decimal_parse_i64(head, 0, &index) != STATUS_OK)
        return false;
    *bot = (uint32_t)index;
    *rest = (struct text){tail.data + 1, tail.size - 1};
    return begins(*rest, "params.") || begins(*rest, "signals.") ||
           text_equal(*rest, TEXT("enter")) || text_equal(*rest, TEXT("exit")) ||
           text_equal(*rest, TEXT("stop_loss")) || text_equal(*rest, TEXT("take_profit"));
}

static bool is_allowed(const struct workbench *bench, const char *key, const char *value)
{
    struct config_layer layers[2] = {bench->layer,
                                     {.name = "jitter", .key = key, .text = text_of(value)}};
    struct config config;
    struct problem problem;
    problem_init(&problem);
    if (config_read_layers(layers, 2, CONFIG_BACKTEST, &config, &problem) != STATUS_OK)
        return false;
    config_release(&config);
    return true;
}

/* value + steps tenths of it, in one decimal more than it has; for what must be a whole number in
 * steps of at least 1. */
static void value_move(const char *value, int steps, bool whole, char out[JITTER_VALUE_SIZE])
{
    int64_t units = 0;
    unsigned decimals = 0;
    out[0] = '\0';
    if (decimal_count(text_of(value), &decimals) != STATUS_OK || decimals > 10)
        return;
    decimals = whole ? 0 : decimals + 1;
    if (decimal_parse_i64(text_of(value), decimals, &units) != STATUS_OK || units == 0)
        return;
    int64_t tenth = units / 10;
    if (whole) {
        int64_t size = units < 0 ? -units : units;
        tenth = i64_max((size + 5) / 10, 1) * (units < 0 ? -1 : 1);
    }
    char text[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i64(text, units + tenth * steps, decimals);
    (void)text_copy(out, JITTER_VALUE_SIZE, text_of(text));
}

static void key_add(const struct workbench *bench, struct text key, struct text value,
                    struct jitter *out)
{
    uint32_t bot = 0;
    struct text rest = {0};
    unsigned decimals = 0;
    if (!key_of_rule(key, &bot, &rest) || bot >= bench->config.bots_count || value.size == 0 ||
        decimal_count(value, &decimals) != STATUS_OK)
        return;
    if (out->keys_count == JITTER_KEYS_MAX) {
        out->keys_left++;
        return;
    }
    struct jitter_key *row = &out->keys[out->keys_count];
    const char *dot = memrchr(rest.data, '.', rest.size);
    struct text last = dot == NULL
                           ? rest
                           : (struct text){dot + 1, (size_t)(rest.data + rest.size - dot - 1)};
    *row = (struct jitter_key){0};
    if (!text_copy(row->key, sizeof row->key, key) ||
        !text_copy(row->value, sizeof row->value, value))
        return;
    if (begins(rest, "signals."))
        last = (struct text){rest.data + 8, rest.size - 8};
    (void)snprintf(row->shown, sizeof row->shown, "%s.%.*s", bench->config.bots[bot].name,
                   (int)last.size, last.data);
    /* A whole number is one that does not take a fraction. */
    bool whole = false;
    if (decimals == 0) {
        char probe[JITTER_VALUE_SIZE];
        (void)snprintf(probe, sizeof probe, "%.*s.5", (int)value.size, value.data);
        whole = !is_allowed(bench, row->key, probe);
    }
    bool any = false;
    for (int step = -JITTER_STEPS; step <= JITTER_STEPS; step++) {
        char *moved = row->moved[step + JITTER_STEPS];
        value_move(row->value, step, whole, moved);
        if (moved[0] != '\0' && step != 0 && !is_allowed(bench, row->key, moved))
            moved[0] = '\0';
        any = any || (moved[0] != '\0' && step != 0);
    }
    out->keys_count += any;
}

/* Every value of the configuration as a line `key<TAB>value<TAB>origin`. */
static enum status keys_find(const struct workbench *bench, struct jitter *out)
{
    struct text_buffer shown;
    text_buffer_init(&shown, CONFIG_TEXT_SIZE_MAX);
    config_show(&bench->config, &shown);
    enum status status = shown.status;
    out->keys = calloc(JITTER_KEYS_MAX, sizeof *out->keys);
    if (out->keys == NULL)
        status = STATUS_NO_MEMORY;
    struct text lines = {shown.data, shown.size};
    while (status == STATUS_OK && lines.data != NULL) {
        struct text line = text_split(&lines, '\n');
        struct text key = text_split(&line, '\t');
        struct text value = text_split(&line, '\t');
        if (key.size > 0)
            key_add(bench, key, value, out);
    }
    text_buffer_release(&shown);
    return status;
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* Where the runs with all keys moved get their steps from: a stream a run, so that no order of
 * threads changes them. */
static int step_of(uint64_t seed, uint32_t run, uint32_t key)
{
    struct random random;
    random_init(&random, seed, ((uint64_t)run << 32) + key + 1);
    return (int)random_below(&random, 2 * JITTER_STEPS + 1) - JITTER_STEPS;
}

struct jittering {
    const struct workbench *bench;
    struct jitter *out;
    uint64_t seed;
    struct problem *problems; /* one a run */
};

static enum status run_one(void *context, uint32_t index)
{
    struct jittering *work = context;
    struct jitter *out = work->out;
    struct jitter_run *run = &out->runs[index];
    struct config_layer changes[VARIATION_CHANGES_MAX];
    struct outcome outcome;
    size_t count = 0;
    for (uint32_t i = 0; i < out->keys_count && count < VARIATION_CHANGES_MAX; i++) {
        bool all = run->key == UINT32_MAX;
        int step = all ? step_of(work->seed, index, i) : i == run->key ? run->step : 0;
        const char *value = out->keys[i].moved[step + JITTER_STEPS];
        if (step == 0 || value[0] == '\0')
            continue;
        changes[count++] = (struct config_layer){
            .name = "jitter", .key = out->keys[i].key, .text = text_of(value)};
    }
    struct variation variation = {.changes = changes, .changes_count = count};
    enum status status = variation_run(work->bench, &variation, &outcome, &work->problems[index]);
    if (status != STATUS_OK || !outcome.ran)
        return status;
    run->ran = true;
    run->sharpe = outcome.metrics.sharpe_period;
    run->gain = (double)(outcome.result.end_equity.units - outcome.result.start_equity.units) /
                (double)outcome.result.start_equity.units;
    outcome_release(&outcome);
    return STATUS_OK;
}

static struct resample_summary summary_of(double *values, size_t count)
{
    struct resample_summary out = {.count = count};
    doubles_sort(values, count);
    out.mean = moments_of(values, count).mean;
    out.quantile_05 = quantile_of_sorted(values, count, 0.05);
    out.median = quantile_of_sorted(values, count, 0.5);
    out.quantile_95 = quantile_of_sorted(values, count, 0.95);
    return out;
}

static enum status judge(struct jitter *out)
{
    double *gains = malloc(((size_t)out->count + 1) * sizeof *gains);
    double *ratios = malloc(((size_t)out->count + 1) * sizeof *ratios);
    size_t with_ratio = 0;
    uint32_t earned = 0;
    enum status status = gains == NULL || ratios == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    out->worst = UINT32_MAX;
    for (uint32_t i = 0; status == STATUS_OK && i < out->count; i++) {
        const struct jitter_run *run = &out->runs[i];
        if (!run->ran)
            continue;
        gains[out->ran++] = run->gain;
        earned += run->gain > 0;
        if (double_is_finite(run->sharpe))
            ratios[with_ratio++] = run->sharpe;
        if (i < out->alone && (out->worst == UINT32_MAX || run->gain < out->runs[out->worst].gain))
            out->worst = i;
    }
    if (status == STATUS_OK) {
        out->profitable = out->ran > 0 ? (double)earned / out->ran : double_nan();
        out->gain = summary_of(gains, out->ran);
        out->sharpe = summary_of(ratios, with_ratio);
    }
    free(gains);
    free(ratios);
    return status;
}

/* One at a time, as many keys as there is room for; then all at once. */
static enum status runs_lay(struct jitter *out, uint32_t together)
{
    out->runs = calloc(JITTER_RUNS_MAX + together, sizeof *out->runs);
    if (out->runs == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t key = 0; key < out->keys_count; key++) {
        if (out->count + 2 * JITTER_STEPS > JITTER_RUNS_MAX) {
            out->keys_left += out->keys_count - key;
            break;
        }
        for (int step = -JITTER_STEPS; step <= JITTER_STEPS; step++) {
            if (step != 0 && out->keys[key].moved[step + JITTER_STEPS][0] != '\0')
                out->runs[out->count++] = (struct jitter_run){.key = key, .step = step};
        }
    }
    out->alone = out->count;
    for (uint32_t i = 0; i < together && out->keys_count > 1; i++)
        out->runs[out->count++] = (struct jitter_run){.key = UINT32_MAX};
    return STATUS_OK;
}

enum status jitter_run(const struct workbench *bench, uint32_t together, uint64_t seed,
                       const struct execute_request *progress, struct jitter *out,
                       struct problem *problem)
{
    *out = (struct jitter){0};
    struct jittering work = {.bench = bench, .out = out, .seed = seed};
    enum status status = keys_find(bench, out);
    if (status == STATUS_OK)
        status = runs_lay(out, together);
    if (status == STATUS_OK) {
        work.problems = calloc((size_t)out->count + 1, sizeof *work.problems);
        status = work.problems == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    }
    struct crew crew = {.task = run_one,
                        .context = &work,
                        .count = out->count,
                        .stage = "jitter",
                        .progress = progress == NULL ? NULL : progress->progress,
                        .progress_context = progress == NULL ? NULL : progress->progress_context};
    if (status == STATUS_OK)
        status = crew_run(&crew);
    for (uint32_t i = 0; status != STATUS_OK && work.problems != NULL && i < out->count; i++) {
        if (work.problems[i].status != STATUS_OK && problem->status == STATUS_OK)
            *problem = work.problems[i];
    }
    free(work.problems);
    if (status == STATUS_OK)
        status = judge(out);
    if (status == STATUS_OK)
        return STATUS_OK;
    jitter_release(out);
    if (problem->status == STATUS_OK)
        problem_set(problem, status, "jitter", "%s", status_sentence(status));
    return status;
}

void jitter_release(struct jitter *jitter)
{
    free(jitter->keys);
    free(jitter->runs);
    *jitter = (struct jitter){0};
}
