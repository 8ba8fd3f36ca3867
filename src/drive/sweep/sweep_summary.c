/* What a sweep found, read from its store: the trials, the best first, and how much of the best is
 * luck. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/result/statistics.h"
#include "drive/sweep/sweep_run.h"

#define MATRIX_CELLS_MAX (UINT64_C(1) << 26) /* of PBO: half a gigabyte */
#define OVERFIT_BLOCKS 16u                   /* as the paper has it, where there are rows enough */

/* ---- reading --------------------------------------------------------------------------------- */

static enum status params_check(const struct sweep_summary *summary, const struct sweep_row *row,
                                const char *params)
{
    struct text_buffer own;
    if (summary->space.trials == 0)
        return STATUS_OK;
    if (row->id / summary->space.trials != row->rung)
        return STATUS_CORRUPT;
    text_buffer_init(&own, 4096);
    sweep_space_describe(&summary->space, row->id % summary->space.trials, &own);
    enum status status = own.data == NULL                ? STATUS_NO_MEMORY
                         : strcmp(own.data, params) == 0 ? STATUS_OK
                                                         : STATUS_CORRUPT;
    text_buffer_release(&own);
    return status;
}

static enum status trial_add(struct sweep_summary *summary, const struct sweep_row *row,
                             const char *params, const double *returns, size_t count)
{
    if (summary->count == SWEEP_TRIALS_MAX * 2)
        return STATUS_FULL;
    if ((summary->count & (summary->count - 1)) == 0) {
        size_t capacity = summary->count == 0 ? 1 : (size_t)summary->count * 2;
        void *more = realloc(summary->trials, capacity * sizeof *summary->trials);
        if (more == NULL)
            return STATUS_NO_MEMORY;
        summary->trials = more;
    }
    struct sweep_trial *trial = &summary->trials[summary->count];
    *trial = (struct sweep_trial){.row = *row, .params = strdup(params), .periods = count};
    summary->count++;
    if (trial->params == NULL)
        return STATUS_NO_MEMORY;
    if (count == 0)
        return STATUS_OK;
    trial->returns = malloc(count * sizeof *trial->returns);
    if (trial->returns == NULL)
        return STATUS_NO_MEMORY;
    memcpy(trial->returns, returns, count * sizeof *returns);
    return STATUS_OK;
}

static enum status trial_take(void *context, const struct sweep_row *row, const char *params,
                              const double *returns, size_t count)
{
    struct sweep_summary *summary = context;
    if (row->rung >= SWEEP_RUNGS_MAX)
        return STATUS_CORRUPT;
    struct sweep_rung *rung = &summary->rungs[row->rung];
    enum status status = params_check(summary, row, params);
    if (status != STATUS_OK)
        return status;
    if (row->rung >= summary->rungs_count)
        summary->rungs_count = row->rung + 1;
    if (row->state != SWEEP_DONE) {
        rung->invalid++;
        summary->invalid++;
        return STATUS_OK;
    }
    rung->ran++;
    if (count > 0 && rung->periods == 0)
        rung->periods = count;
    if (count > 0 && rung->periods != count)
        return STATUS_CORRUPT;
    return trial_add(summary, row, params, returns, count);
}

/* Those of the last rung first, of a rung the best; those without a ratio last, then by number, so
 * that the order is one. */
static int by_sharpe(const void *a, const void *b)
{
    const struct sweep_trial *left = a;
    const struct sweep_trial *right = b;
    double mine = double_is_finite(left->row.sharpe) ? left->row.sharpe : -1e300;
    double other = double_is_finite(right->row.sharpe) ? right->row.sharpe : -1e300;
    if (left->row.rung != right->row.rung)
        return left->row.rung > right->row.rung ? -1 : 1;
    if (mine > other || mine < other)
        return mine > other ? -1 : 1;
    return (left->row.id > right->row.id) - (left->row.id < right->row.id);
}

void sweep_summary_release(struct sweep_summary *summary)
{
    for (uint32_t i = 0; i < summary->count; i++) {
        free(summary->trials[i].params);
        free(summary->trials[i].returns);
    }
    free(summary->trials);
    sweep_space_release(&summary->space);
    *summary = (struct sweep_summary){0};
}

uint64_t sweep_meta_number(struct sweep_store *store, const char *key)
{
    struct text_buffer text;
    text_buffer_init(&text, 64);
    int64_t value = 0;
    if (!sweep_store_get(store, key, &text) ||
        decimal_parse_i64((struct text){text.data, text.size}, 0, &value) != STATUS_OK || value < 0)
        value = 0;
    text_buffer_release(&text);
    return (uint64_t)value;
}

double sweep_meta_double(struct sweep_store *store, const char *key)
{
    struct text_buffer text;
    text_buffer_init(&text, 64);
    double value = 0;
    if (sweep_store_get(store, key, &text) && text.data != NULL)
        value = strtod(text.data, NULL);
    text_buffer_release(&text);
    return double_is_finite(value) ? value : 0;
}

static void meta_copy(struct sweep_store *store, const char *key, char *out, size_t out_size)
{
    struct text_buffer text;
    text_buffer_init(&text, 16u << 20);
    if (sweep_store_get(store, key, &text) && text.data != NULL)
        (void)text_copy(out, out_size, (struct text){text.data, text.size});
    text_buffer_release(&text);
}

/* The space and what identifies the sweep; one without them was not made by sweep_run. */
static enum status head_read(struct sweep_store *store, struct sweep_summary *out,
                             struct problem *problem)
{
    struct text_buffer space;
    char path[4096] = "", equity[DECIMAL_TEXT_SIZE] = "", days[256] = "";
    text_buffer_init(&space, 16u << 20);
    meta_copy(store, "sweep_id", out->id, sizeof out->id);
    meta_copy(store, "config_hash", out->config_hash, sizeof out->config_hash);
    meta_copy(store, "data_hash", out->data_hash, sizeof out->data_hash);
    meta_copy(store, "config_name", path, sizeof path);
    meta_copy(store, "rungs", days, sizeof days);
    meta_copy(store, "start_equity", equity, sizeof equity);
    const char *slash = strrchr(path, '/');
    (void)text_copy_clean(out->config_name, sizeof out->config_name,
                          text_of(slash == NULL ? path : slash + 1));
    (void)!decimal_parse_i128(text_of(equity), AMOUNT_DECIMALS, &out->start_equity.units);
    enum status status = STATUS_OK;
    if (sweep_store_get(store, "space", &space)) {
        struct text text = {space.data, space.size};
        struct text rest = text_of(days);
        char id[HASH_TEXT_SIZE];
        hash128_format(id, sweep_id_make(text_of(out->config_hash), text_of(out->data_hash), text));
        status = sweep_space_read(text, &out->plan, &out->space, problem);
        if (status == STATUS_OK && strcmp(id, out->id) != 0)
            status = problem_set(problem, STATUS_CORRUPT, "sweep",
                                 "what its store says of it does not fit together");
        for (uint32_t i = 0; i < SWEEP_RUNGS_MAX && rest.data != NULL; i++) {
            int64_t number = 0;
            if (decimal_parse_i64(text_split(&rest, ' '), 0, &number) == STATUS_OK && number > 0)
                out->rungs[i].days = (uint32_t)number;
        }
    }
    text_buffer_release(&space);
    return status;
}

static void places_find(struct sweep_summary *summary)
{
    summary->full = 0;
    for (uint32_t i = summary->count; i-- > 0;)
        summary->rungs[summary->trials[i].row.rung].first = i;
    if (summary->count > 0) {
        const struct sweep_rung *last = &summary->rungs[summary->trials[0].row.rung];
        summary->full = last->ran;
        summary->periods = last->periods;
    }
}

enum status sweep_summary_read(struct sweep_store *store, struct sweep_summary *out,
                               struct problem *problem)
{
    struct sweep_reader reader = {out, trial_take};
    *out = (struct sweep_summary){.wanted = (uint32_t)sweep_meta_number(store, "trials"),
                                  .counted = sweep_meta_number(store, "trials_counted"),
                                  .sharpe_variance = sweep_meta_double(store, "trials_variance")};
    enum status status = head_read(store, out, problem);
    if (status == STATUS_OK)
        status = sweep_store_read(store, &reader, problem);
    if (status == STATUS_OK && out->count > 0)
        qsort(out->trials, out->count, sizeof *out->trials, by_sharpe);
    if (status != STATUS_OK) {
        sweep_summary_release(out);
        problem_set(problem, status, "sweep", "its trials do not fit its space");
        problem_next(problem, "remove the file to begin anew");
        return status;
    }
    places_find(out);
    return STATUS_OK;
}

/* ---- luck ------------------------------------------------------------------------------------ */

/* Days of a rung over all days: without halving, or where the store does not say, 1. */
static double share_of(const struct sweep_summary *summary, uint32_t rung)
{
    uint32_t all = 0;
    for (uint32_t i = 0; i < SWEEP_RUNGS_MAX && summary->rungs[i].days > 0; i++)
        all = summary->rungs[i].days;
    return all == 0 ? 1 : (double)summary->rungs[rung].days / all;
}

void sweep_variance(const struct sweep_summary *summary, double *mean, double *squares,
                    uint32_t *count)
{
    double sum = 0, rung_sum[SWEEP_RUNGS_MAX] = {0};
    uint32_t rung_count[SWEEP_RUNGS_MAX] = {0};
    *count = 0;
    *squares = 0;
    for (uint32_t i = 0; i < summary->count; i++) {
        const struct sweep_row *row = &summary->trials[i].row;
        if (!double_is_finite(row->sharpe))
            continue;
        rung_sum[row->rung] += row->sharpe;
        rung_count[row->rung]++;
        sum += row->sharpe;
        ++*count;
    }
    *mean = *count > 0 ? sum / *count : double_nan();
    for (uint32_t i = 0; i < summary->count; i++) {
        const struct sweep_row *row = &summary->trials[i].row;
        double difference = row->sharpe - rung_sum[row->rung] / rung_count[row->rung];
        if (double_is_finite(difference))
            *squares += difference * difference * share_of(summary, row->rung);
    }
}

static void deflate(struct sweep_summary *summary)
{
    double mean = 0, squares = 0;
    uint32_t count = 0;
    summary->deflated = double_nan();
    sweep_variance(summary, &mean, &squares, &count);
    /* An older count may not know all of these trials; there were at least as many as there are. */
    if (summary->counted < summary->count || !(summary->sharpe_variance > 0)) {
        summary->counted = summary->count;
        summary->sharpe_variance = count >= 2 ? squares / (count - 1) : 0;
    }
    if (summary->count == 0 || summary->trials[0].returns == NULL)
        return;
    const struct sweep_trial *best = &summary->trials[0];
    struct moments moments = moments_of(best->returns, best->periods);
    if (moments_without_variance(best->returns, best->periods, &moments))
        return;
    summary->deflated = deflated_sharpe(moments.mean / moments.deviation, (double)moments.count,
                                        moments.skewness, moments.kurtosis,
                                        (double)summary->counted, summary->sharpe_variance);
}

static enum status overfit_judge(struct sweep_summary *summary)
{
    unsigned blocks = OVERFIT_BLOCKS;
    const struct sweep_rung *rung = &summary->rungs[0];
    while (blocks > 4 && rung->periods / blocks < 4)
        blocks -= 2;
    uint64_t cells = (uint64_t)rung->periods * rung->ran;
    if (rung->ran < 2 || rung->periods / blocks < 2 || cells > MATRIX_CELLS_MAX)
        return STATUS_OK;
    double *matrix = calloc(cells, sizeof *matrix);
    if (matrix == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t place = 0; place < rung->ran; place++) {
        const struct sweep_trial *trial = &summary->trials[rung->first + place];
        for (size_t period = 0; period < trial->periods; period++)
            matrix[period * rung->ran + place] = trial->returns[period];
    }
    enum status status = overfit_probability(matrix, rung->periods, rung->ran, blocks,
                                             &summary->overfit);
    summary->has_overfit = status == STATUS_OK;
    summary->overfit_blocks = blocks;
    free(matrix);
    return status == STATUS_RANGE ? STATUS_OK : status;
}

enum status sweep_summarize(const char *store_path, struct sweep_summary *out,
                            struct problem *problem)
{
    struct sweep_store *store = NULL;
    *out = (struct sweep_summary){0};
    enum status status = sweep_store_open(store_path, false, &store, problem);
    if (status != STATUS_OK)
        return status;
    status = sweep_summary_read(store, out, problem);
    sweep_store_close(store);
    if (status != STATUS_OK)
        return status;
    deflate(out);
    status = overfit_judge(out);
    if (status != STATUS_OK) {
        sweep_summary_release(out);
        return problem_set(problem, status, "sweep", "not enough memory");
    }
    return STATUS_OK;
}
