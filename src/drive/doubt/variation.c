#include "drive/doubt/variation.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drive/backtest/run.h"

#define STEP_NS_MAX (INT64_C(28) * NANOSECONDS_PER_DAY)
#define THREADS_MAX 64u
#define WATCH_NS 20000000L

/* ---- the workbench --------------------------------------------------------------------------- */

static int64_t common_multiple(int64_t a, int64_t b)
{
    int64_t x = a;
    int64_t y = b;
    while (y != 0) {
        int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* From the series to what all of them share. */
static enum status span_find(struct workbench *bench, struct problem *problem)
{
    bench->is_session = bench->data.session.count > 0;
    if (bench->is_session) {
        bench->from_ns = session_from_ns(&bench->data.session);
        bench->to_ns = session_to_ns(&bench->data.session);
        return STATUS_OK;
    }
    bench->from_ns = bench->bar_ns = INT64_MAX;
    bench->to_ns = INT64_MIN;
    bench->step_ns = 1;
    for (uint32_t i = 0; i < bench->data.count; i++) {
        const struct backtest_series *series = &bench->data.series[i];
        const struct bar *last = &series->bars[series->count - 1];
        bench->from_ns = i64_min(bench->from_ns, series->bars[0].open_time_ns);
        bench->to_ns = i64_max(bench->to_ns, last->open_time_ns + series->bar_ns);
        bench->bar_ns = i64_min(bench->bar_ns, series->bar_ns);
        if (series->bar_ns > STEP_NS_MAX)
            return problem_set(problem, STATUS_CONFIG_INVALID, "data",
                               "bars longer than four weeks cannot be cut");
        bench->step_ns = common_multiple(bench->step_ns, series->bar_ns);
        if (bench->step_ns > STEP_NS_MAX)
            return problem_set(problem, STATUS_CONFIG_INVALID, "data",
                               "bars whose ends do not meet within four weeks cannot be cut");
    }
    return STATUS_OK;
}

static enum status describe(struct workbench *bench, struct problem *problem)
{
    struct backtest backtest;
    struct backtest_result result;
    enum status status = backtest_open(&backtest, &bench->config, &bench->data, problem);
    if (status != STATUS_OK)
        return status;
    backtest_result_init(&result);
    status = run_result_begin(&backtest, &result);
    if (status == STATUS_OK) {
        bench->data_hash = result.data_hash;
        bench->config_hash = result.config_hash;
        (void)text_copy(bench->kind, sizeof bench->kind, text_of(result.kind));
    } else {
        problem_set(problem, status, "back-test", "not enough memory");
    }
    backtest_result_release(&result);
    backtest_release(&backtest);
    return status;
}

enum status workbench_open(struct workbench *bench, const struct execute_ports *ports,
                           const struct execute_request *request, struct problem *problem)
{
    *bench = (struct workbench){.ports = ports, .path = request->config_path};
    enum status status = config_layer_load(request->config_path, &bench->layer, problem);
    if (status != STATUS_OK)
        return status;
    status = config_read_layers(&bench->layer, 1, CONFIG_BACKTEST, &bench->config, problem);
    if (status == STATUS_OK)
        status = data_load(ports, &bench->config, request, &bench->data, problem);
    if (status == STATUS_OK)
        status = describe(bench, problem);
    if (status == STATUS_OK)
        status = span_find(bench, problem);
    if (status != STATUS_OK)
        workbench_close(bench);
    return status;
}

void workbench_close(struct workbench *bench)
{
    if (bench->ports != NULL)
        data_release(bench->ports, &bench->data);
    config_release(&bench->config);
    config_layer_release(&bench->layer);
    *bench = (struct workbench){0};
}

enum status workbench_need_bars(const struct workbench *bench, struct problem *problem)
{
    char where[CONFIG_WHERE_SIZE];
    if (!bench->is_session)
        return STATUS_OK;
    config_locate(&bench->config, "data", where);
    problem_set(problem, STATUS_CONFIG_INVALID, where, "recorded order books");
    problem_allowed(problem, "bars: windows of a session would each need its book");
    return STATUS_CONFIG_INVALID;
}

/* ---- one variation --------------------------------------------------------------------------- */

static void ratio_times(struct ratio *ratio, uint32_t factor)
{
    if (ratio->ppm < INT64_MAX / 4 / (int64_t)factor)
        ratio->ppm *= (int64_t)factor;
}

/* Rebates are not doubled: what is given may not be counted on. */
static void costs_change(struct config *config, const struct variation *variation)
{
    uint32_t factor = variation->cost_factor == 0 ? 1 : variation->cost_factor;
    for (uint32_t i = 0; i < config->fees.tiers_count; i++) {
        struct config_fee_tier *tier = &config->fees.tiers[i];
        if (tier->maker.ppm > 0)
            ratio_times(&tier->maker, factor);
        if (tier->taker.ppm > 0)
            ratio_times(&tier->taker, factor);
    }
    if (config->fees.maker_option.set && config->fees.maker_option.value.ppm > 0)
        ratio_times(&config->fees.maker_option.value, factor);
    if (config->fees.taker_option.set && config->fees.taker_option.value.ppm > 0)
        ratio_times(&config->fees.taker_option.value, factor);
    ratio_times(&config->simulation.slippage, factor);
    config->simulation.slippage.ppm += variation->slippage_bps * RATIO_PER_BPS;
    if (variation->latency_factor > 1)
        config->simulation.latency_ns *= (int64_t)variation->latency_factor;
}

/* How many bars of a series close by then. */
static size_t count_until(const struct backtest_series *series, int64_t end_ns)
{
    size_t low = 0;
    size_t high = series->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->bars[middle].open_time_ns + series->bar_ns <= end_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A copy of the series, cut at end_ns; series without a bar before it are left out. */
static struct backtest_series *series_cut(const struct workbench *bench,
                                          const struct variation *variation, uint32_t *count)
{
    const struct backtest_series *from = variation->series != NULL ? variation->series
                                                                   : bench->data.series;
    struct backtest_series *series = calloc((size_t)bench->data.count + 1, sizeof *series);
    *count = 0;
    for (uint32_t i = 0; series != NULL && i < bench->data.count; i++) {
        struct backtest_series *row = &series[*count];
        *row = from[i];
        if (variation->end_ns != 0) {
            int64_t words[2] = {variation->end_ns, 0};
            struct hash128 both[2] = {row->content_hash, hash128_of(words, sizeof words)};
            row->count = count_until(row, variation->end_ns);
            row->content_hash = hash128_of(both, sizeof both);
        }
        *count += row->count > 0;
    }
    return series;
}

static enum status judge(struct outcome *out)
{
    enum status status = backtest_result_finish(&out->result);
    if (status == STATUS_OK)
        status = metrics_compute(&out->result, &out->metrics);
    if (status == STATUS_OK)
        status = metrics_returns(&out->result, &out->returns, &out->returns_count, &out->period_ns);
    return status;
}

static enum status run_it(const struct workbench *bench, const struct variation *variation,
                          const struct config *config, struct outcome *out, struct problem *problem)
{
    struct backtest backtest;
    struct backtest_options options = {.collect_rows = true,
                                       .delay_bars = variation->delay_bars,
                                       .decide_from_ns = variation->decide_from_ns};
    uint32_t count = 0;
    struct backtest_series *series = NULL;
    enum status status = STATUS_OK;
    if (bench->is_session) {
        status = backtest_open(&backtest, config, &bench->data, problem);
    } else {
        series = series_cut(bench, variation, &count);
        if (series == NULL)
            return problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
        status = backtest_init(&backtest, config, series, count, problem);
    }
    if (status == STATUS_OK) {
        status = backtest_run(&backtest, variation->sink, &options, &out->result, problem);
        backtest_release(&backtest);
    }
    free(series);
    if (status == STATUS_OK && judge(out) != STATUS_OK)
        status = problem_set(problem, STATUS_NO_MEMORY, "back-test", "not enough memory");
    return status;
}

enum status variation_run(const struct workbench *bench, const struct variation *variation,
                          struct outcome *out, struct problem *problem)
{
    struct config_layer layers[VARIATION_CHANGES_MAX + 1];
    struct config config = {0};
    struct problem own;
    ASSERT(variation->changes_count <= VARIATION_CHANGES_MAX);
    *out = (struct outcome){0};
    backtest_result_init(&out->result);
    problem_init(&own);
    layers[0] = bench->layer;
    for (size_t i = 0; i < variation->changes_count; i++)
        layers[i + 1] = variation->changes[i];
    enum status status = config_read_layers(layers, variation->changes_count + 1, CONFIG_BACKTEST,
                                            &config, &own);
    if (status == STATUS_OK) {
        costs_change(&config, variation);
        status = run_it(bench, variation, &config, out, &own);
    }
    config_release(&config);
    if (status == STATUS_OK) {
        out->ran = true;
        return STATUS_OK;
    }
    outcome_release(out);
    if (status != STATUS_CONFIG_INVALID && status != STATUS_DATA_INVALID && status != STATUS_RANGE)
        return problem_set(problem, status, own.where[0] == '\0' ? "back-test" : own.where, "%s",
                           own.found);
    (void)snprintf(out->why, sizeof out->why, "%.120s: %.70s", own.where, own.found);
    return STATUS_OK;
}

void outcome_release(struct outcome *outcome)
{
    backtest_result_release(&outcome->result);
    free(outcome->returns);
    *outcome = (struct outcome){0};
}

/* ---- several at once ------------------------------------------------------------------------- */

struct crew_state {
    const struct crew *crew;
    _Atomic uint32_t next, done, working;
    _Atomic int status; /* enum status of the first failure */
    _Atomic bool stop;
};

static void *crew_work(void *context)
{
    struct crew_state *state = context;
    for (;;) {
        uint32_t index = atomic_fetch_add(&state->next, 1);
        if (index >= state->crew->count || atomic_load(&state->stop))
            break;
        enum status status = state->crew->task(state->crew->context, index);
        if (status != STATUS_OK) {
            int none = STATUS_OK;
            (void)atomic_compare_exchange_strong(&state->status, &none, (int)status);
            atomic_store(&state->stop, true);
        }
        (void)atomic_fetch_add(&state->done, 1);
    }
    (void)atomic_fetch_sub(&state->working, 1);
    return NULL;
}

static bool crew_tell(struct crew_state *state)
{
    const struct crew *crew = state->crew;
    return crew->progress == NULL || crew->progress(crew->progress_context, crew->stage,
                                                    atomic_load(&state->done), crew->count);
}

enum status crew_run(const struct crew *crew)
{
    struct crew_state state = {.crew = crew, .status = STATUS_OK};
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = cores < 1 ? 1 : cores > (long)THREADS_MAX ? THREADS_MAX : (uint32_t)cores;
    uint32_t started = 0;
    /* Asked before anything is done, too: work may be over before the first look at it. */
    if (!crew_tell(&state))
        return STATUS_INTERRUPTED;
    atomic_store(&state.working, wanted);
    while (started < wanted && started < crew->count &&
           pthread_create(&threads[started], NULL, crew_work, &state) == 0)
        started++;
    (void)atomic_fetch_sub(&state.working, wanted - started);
    if (started == 0) {
        (void)atomic_fetch_add(&state.working, 1);
        (void)crew_work(&state);
    }
    bool go_on = true;
    while (atomic_load(&state.working) > 0) {
        go_on = go_on && crew_tell(&state);
        if (!go_on)
            atomic_store(&state.stop, true);
        (void)nanosleep(&(struct timespec){0, WATCH_NS}, NULL);
    }
    for (uint32_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    enum status status = (enum status)atomic_load(&state.status);
    return status != STATUS_OK ? status : go_on ? STATUS_OK : STATUS_INTERRUPTED;
}
