#include "drive/sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "drive/sweep/sweep_run.h"

#define CHECKS_COUNT 3u

void sweep_file_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                     const struct sweep_space *space, const struct sweep_plan *plan)
{
    struct text_buffer identity;
    char name[EXECUTE_NAME_SIZE];
    text_buffer_init(&identity, 16u << 20);
    sweep_space_identity(space, plan, &identity);
    struct hash128 hash = hash128_of(identity.data == NULL ? "" : identity.data, identity.size);
    text_buffer_release(&identity);
    execute_directory_name(name, config_path, hash, hash);
    /* Of `name-12345678-12345678` the second number says nothing new. */
    char *dash = strrchr(name, '-');
    if (dash != NULL)
        *dash = '\0';
    (void)snprintf(out, EXECUTE_NAME_SIZE, "%s.db", name);
}

/* ---- rungs ----------------------------------------------------------------------------------- */

static int64_t close_ns(const struct backtest_series *series, size_t bar)
{
    return series->bars[bar].open_time_ns + series->bar_ns;
}

/* UTC days as metrics cut them: a bar that closes at 00:00 closes the day before. */
static void days_find(const struct sweep_run *run, int64_t *first, uint32_t *count)
{
    int64_t last = INT64_MIN;
    *first = INT64_MAX;
    for (uint32_t i = 0; i < run->data.count; i++) {
        const struct backtest_series *series = &run->data.series[i];
        *first = i64_min(*first, day_of_ns(close_ns(series, 0) - 1));
        last = i64_max(last, day_of_ns(close_ns(series, series->count - 1) - 1));
    }
    int64_t days = last - *first + 1;
    *count = days > UINT32_MAX ? UINT32_MAX : (uint32_t)days;
}

/* The data as far as the rung sees them: bars that close in its days. */
static enum status series_cut(struct sweep_run *run, struct problem *problem)
{
    int64_t first = 0;
    uint32_t days = 0;
    free(run->series);
    run->series = calloc(run->data.count, sizeof *run->series);
    if (run->series == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    days_find(run, &first, &days);
    for (uint32_t i = 0; i < run->data.count; i++) {
        struct backtest_series *series = &run->series[i];
        *series = run->data.series[i];
        if (run->rung + 1 == run->rungs.count)
            continue;
        int64_t end = first + run->rungs.days[run->rung];
        size_t low = 0, high = series->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (day_of_ns(close_ns(series, middle) - 1) < end)
                low = middle + 1;
            else
                high = middle;
        }
        series->count = low;
        if (low > 0)
            continue;
        problem_set(problem, STATUS_DATA_INVALID, "--halving",
                    "the first %u days have no bar of %s", run->rungs.days[run->rung],
                    run->config.instruments[series->instrument].name);
        problem_next(problem, "fewer --rungs begin with more days");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

static void rung_release(struct sweep_run *run)
{
    if (run->evaluated)
        evaluator_release(&run->evaluator);
    if (run->has_cut)
        backtest_release(&run->cut);
    run->evaluated = run->has_cut = false;
}

/* The market of a rung; where the rule allows it, for the evaluator. */
static enum status rung_open(struct sweep_run *run, uint32_t rung, struct problem *problem)
{
    rung_release(run);
    run->rung = rung;
    enum status status = series_cut(run, problem);
    if (status != STATUS_OK || run->request->engine_only || !sweep_pairs_find(run))
        return status;
    const struct backtest *market = &run->base;
    if (rung + 1 < run->rungs.count) {
        status = backtest_init(&run->cut, &run->config, run->series, run->data.count, problem);
        if (status != STATUS_OK)
            return status;
        run->has_cut = true;
        market = &run->cut;
    }
    run->evaluated = evaluator_init(&run->evaluator, market) == STATUS_OK;
    return STATUS_OK;
}

/* Of the candidates of the rung, those that are not in the store. `here` has a place for each
 * candidate of the space. STATUS_CORRUPT where the store has one that should not be there. */
static enum status open_find(struct sweep_run *run, const uint32_t *candidates, uint32_t count,
                             bool *here, struct problem *problem)
{
    uint32_t trials = run->request->space->trials;
    uint32_t there = 0, known = 0;
    memset(here, 0, trials * sizeof *here);
    for (uint32_t i = 0; i < run->standings_count; i++) {
        if (run->standings[i].id / trials != run->rung)
            continue;
        here[run->standings[i].id % trials] = true;
        there++;
    }
    run->open_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        known += here[candidates[i]];
        if (!here[candidates[i]])
            run->open[run->open_count++] = candidates[i];
    }
    if (known == there)
        return STATUS_OK;
    problem_set(problem, STATUS_CORRUPT, run->request->store_path,
                "rung %u has trials that did not come so far", run->rung + 1);
    problem_next(problem, "remove it to begin anew");
    return STATUS_CORRUPT;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *left = a;
    const uint32_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* Puts those that go on in place of the candidates of the rung; returns how many. */
static enum status promote(struct sweep_run *run, uint32_t *candidates, uint32_t *count,
                           struct problem *problem)
{
    uint32_t trials = run->request->space->trials;
    struct sweep_standing *rung = calloc((size_t)*count + 1, sizeof *rung);
    uint32_t found = 0;
    if (rung == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    for (uint32_t i = 0; i < run->standings_count && found < *count; i++) {
        if (run->standings[i].id / trials == run->rung)
            rung[found++] = run->standings[i];
    }
    uint32_t ran = sweep_rank(rung, found);
    *count = sweep_survivors(ran, run->request->plan->eta);
    for (uint32_t i = 0; i < *count; i++)
        candidates[i] = rung[i].id % trials;
    if (*count > 0)
        qsort(candidates, *count, sizeof *candidates, by_number);
    free(rung);
    if (*count > 0)
        return STATUS_OK;
    problem_set(problem, STATUS_DATA_INVALID, "sweep", "no trial can run on the first %u days",
                run->rungs.days[run->rung]);
    problem_next(problem, "fewer --rungs begin with more days");
    return STATUS_DATA_INVALID;
}

/* How many runs there are in all, now that so many are in the rung; in *bars what they are to see
 * from here on and have seen. */
static enum status planned_set(struct sweep_run *run, uint32_t count, uint64_t *bars,
                               struct problem *problem)
{
    char number[32];
    const uint32_t *days = run->rungs.days;
    uint64_t all = 0;
    uint64_t runs = sweep_runs_from(&run->rungs, run->rung, count, run->request->plan->eta);
    for (uint32_t i = 0; i < run->standings_count; i++)
        runs += run->standings[i].id / run->request->space->trials < run->rung;
    run->bars = 0;
    for (uint32_t i = 0; i < run->data.count; i++) {
        run->bars += run->series[i].count;
        all += run->data.series[i].count;
    }
    *bars = atomic_load(&run->bars_done) + run->open_count * run->bars;
    for (uint32_t rung = run->rung + 1; rung < run->rungs.count; rung++) {
        count = sweep_survivors(count, run->request->plan->eta);
        *bars += (uint64_t)((double)all * days[rung] / days[run->rungs.count - 1]) * count;
    }
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)runs);
    return sweep_store_set(run->store, "trials", number, problem);
}

static enum status rungs_run(struct sweep_run *run, struct problem *problem)
{
    uint32_t count = run->request->space->trials;
    uint32_t *candidates = calloc(count, sizeof *candidates);
    bool *here = calloc(count, sizeof *here);
    run->open = calloc(count, sizeof *run->open);
    enum status status = STATUS_OK;
    if (candidates == NULL || here == NULL || run->open == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        candidates[i] = i;
    for (uint32_t rung = 0; status == STATUS_OK && rung < run->rungs.count; rung++) {
        uint64_t bars = 0;
        status = rung_open(run, rung, problem);
        if (status == STATUS_OK)
            status = open_find(run, candidates, count, here, problem);
        if (status == STATUS_OK)
            status = planned_set(run, count, &bars, problem);
        if (status == STATUS_OK)
            status = sweep_work(run, bars, problem);
        if (status == STATUS_OK && run->evaluated)
            status = sweep_check(run, CHECKS_COUNT, problem);
        if (status == STATUS_OK && rung + 1 < run->rungs.count)
            status = promote(run, candidates, &count, problem);
    }
    free(candidates);
    free(here);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum status note_done(void *context, const struct sweep_row *row, const char *params,
                             const double *returns, size_t count)
{
    struct sweep_run *run = context;
    uint32_t trials = run->request->space->trials;
    (void)params;
    (void)returns;
    (void)count;
    if (row->id / trials != row->rung || row->rung >= run->rungs.count)
        return STATUS_CORRUPT;
    run->resumed++;
    return sweep_note(run, row);
}

/* Combinations may be none, as a fast average that is the slow one; where all are, the first says
 * why. */
static enum status some_trial_is_valid(const struct sweep_run *run, struct problem *problem)
{
    for (uint32_t trial = 0; trial < run->request->space->trials; trial++) {
        struct config config;
        struct problem own;
        problem_init(&own);
        enum status status = sweep_config_of(&run->layer, run->request->space, trial, &config,
                                             &own);
        if (status == STATUS_OK) {
            config_release(&config);
            return STATUS_OK;
        }
        if (trial == 0)
            *problem = own;
    }
    return problem->status;
}

static enum status data_open(struct sweep_run *run, struct problem *problem)
{
    const struct sweep_request *request = run->request;
    enum status status = config_layer_load(request->config_path, &run->layer, problem);
    if (status != STATUS_OK)
        return status;
    run->has_layer = true;
    status = config_read_layers(&run->layer, 1, CONFIG_BACKTEST, &run->config, problem);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < run->config.data_count; i++) {
        if (config_data_is_session(&run->config.data[i]))
            return problem_set(problem, STATUS_CONFIG_INVALID, "data",
                               "a sweep runs on bars alone");
    }
    status = sweep_keys_check(run, problem);
    if (status == STATUS_OK)
        status = some_trial_is_valid(run, problem);
    if (status != STATUS_OK)
        return status;
    struct execute_request loading = {.config_path = request->config_path,
                                      .progress = request->progress,
                                      .progress_context = request->progress_context};
    status = data_load(request->ports, &run->config, &loading, &run->data, problem);
    if (status == STATUS_OK)
        status = backtest_init(&run->base, &run->config, run->data.series, run->data.count,
                               problem);
    run->has_base = status == STATUS_OK;
    return status;
}

static enum status store_open(struct sweep_run *run, struct problem *problem)
{
    const struct sweep_request *request = run->request;
    int64_t first = 0;
    uint32_t days = 0;
    days_find(run, &first, &days);
    enum status status = sweep_rungs_make(request->plan, request->space->trials, days, &run->rungs,
                                          problem);
    if (status == STATUS_OK)
        status = sweep_store_open(request->store_path, true, &run->store, problem);
    if (status == STATUS_OK)
        status = sweep_store_begin(run->store, problem);
    if (status == STATUS_OK)
        status = sweep_match(run, problem);
    struct sweep_reader reader = {run, note_done};
    if (status == STATUS_OK)
        status = sweep_store_read(run->store, &reader, problem);
    if (status == STATUS_OK && run->fresh && run->resumed > 0) {
        run->fresh = false; /* it is not ours to remove */
        status = problem_set(problem, STATUS_CORRUPT, request->store_path,
                             "has trials and does not say of what");
        problem_next(problem, "remove it to begin anew, or --out another file");
    }
    if (status != STATUS_OK)
        return problem_set(problem, status, request->store_path, "is not of this sweep");
    return STATUS_OK;
}

/* What is done is made durable, whatever went wrong. */
static enum status run_all(struct sweep_run *run, struct problem *problem)
{
    run->commit_ns = sweep_now_ns();
    enum status ran = rungs_run(run, problem);
    struct problem later;
    problem_init(&later);
    enum status status = sweep_store_commit(run->store, &later);
    if (ran != STATUS_OK && ran != STATUS_INTERRUPTED)
        return ran;
    if (status != STATUS_OK) {
        problem_init(problem);
        *problem = later;
        return status;
    }
    sweep_count(run);
    return ran;
}

static void release(struct sweep_run *run)
{
    rung_release(run);
    sweep_store_close(run->store);
    if (run->has_base)
        backtest_release(&run->base);
    data_release(run->request->ports, &run->data);
    config_release(&run->config);
    if (run->has_layer)
        config_layer_release(&run->layer);
    free(run->series);
    free(run->open);
    free(run->standings);
    (void)pthread_mutex_destroy(&run->lock);
}

static void progress_tell(const struct sweep_run *run, double seconds, struct sweep_progress *out)
{
    out->seconds = seconds;
    out->resumed = run->resumed;
    out->run = (uint32_t)atomic_load(&run->finished);
    out->checked = run->checked;
    out->evaluated = run->evaluated;
    out->rungs = run->rungs.count;
    for (uint32_t i = 0; i < run->data.count; i++)
        out->bars += run->data.series[i].count;
}

enum status sweep_run(const struct sweep_request *request, struct sweep_progress *out,
                      struct problem *problem)
{
    struct sweep_run *run = calloc(1, sizeof *run);
    *out = (struct sweep_progress){0};
    if (run == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    run->request = request;
    problem_init(&run->problem);
    (void)pthread_mutex_init(&run->lock, NULL);
    enum status status = data_open(run, problem);
    if (status == STATUS_OK)
        status = store_open(run, problem);
    if (status == STATUS_OK) {
        int64_t start = sweep_now_ns();
        status = run_all(run, problem);
        progress_tell(run, (double)(sweep_now_ns() - start) * 1e-9, out);
    }
    /* A sweep that was refused leaves nothing behind. */
    if (status != STATUS_OK && run->fresh && atomic_load(&run->finished) == 0)
        (void)unlink(request->store_path);
    release(run);
    free(run);
    return status;
}
