#include "drive/research/sweep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drive/research/evaluator.h"
#include "drive/research/statistics.h"
#include "drive/research/sweep_run.h"
#include "drive/research/trials.h"

#define THREADS_MAX 64u
#define WATCH_NS 20000000L
#define COMMIT_NS (NANOSECONDS_PER_SECOND / 2)
#define EVALUATED_AT_ONCE 128u
#define CHECKS_COUNT 3u

/* ---- what the sweep is ----------------------------------------------------------------------- */

void sweep_identity(const struct sweep_space *space, enum sweep_method method, uint64_t seed,
                    struct text_buffer *out)
{
    text_buffer_print(out, "%s", sweep_method_name(method));
    if (method != SWEEP_GRID)
        text_buffer_print(out, " %u seed %llu", space->trials, (unsigned long long)seed);
    for (uint32_t i = 0; i < space->axes_count; i++) {
        const struct sweep_axis *axis = &space->axes[i];
        text_buffer_print(out, " %s=", axis->written);
        for (uint32_t j = 0; j < axis->count; j++)
            text_buffer_print(out, "%s%s", j > 0 ? "," : "", axis->values[j]);
    }
}

void sweep_file_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                     const struct sweep_space *space, enum sweep_method method, uint64_t seed)
{
    struct text_buffer identity;
    char name[EXECUTE_NAME_SIZE];
    text_buffer_init(&identity, 16u << 20);
    sweep_identity(space, method, seed, &identity);
    struct hash128 hash = hash128_of(identity.data == NULL ? "" : identity.data, identity.size);
    text_buffer_release(&identity);
    execute_directory_name(name, config_path, hash, hash);
    /* Of `name-12345678-12345678` the second number says nothing new. */
    char *dash = strrchr(name, '-');
    if (dash != NULL)
        *dash = '\0';
    (void)snprintf(out, EXECUTE_NAME_SIZE, "%s.db", name);
}

/* Sets what is not there yet, else compares. */
static enum status meta_match(struct sweep_store *store, const char *key, const char *value,
                              const char *what, const char *path, struct problem *problem)
{
    struct text_buffer kept;
    text_buffer_init(&kept, 16u << 20);
    enum status status = STATUS_OK;
    if (!sweep_store_get(store, key, &kept)) {
        status = sweep_store_set(store, key, value, problem);
    } else if (kept.data == NULL || strcmp(kept.data, value) != 0) {
        status = problem_set(problem, STATUS_CONFIG_INVALID, path,
                             "%s changed since this sweep began (%.40s, now %.40s)", what,
                             kept.data == NULL ? "" : kept.data, value);
        problem_next(problem, "put it back to go on, or begin anew: --out FILE, or remove it");
    }
    text_buffer_release(&kept);
    return status;
}

static enum status identity_match(struct sweep_run *run, struct problem *problem)
{
    const struct sweep_request *request = run->request;
    char config[HASH_TEXT_SIZE];
    char data[HASH_TEXT_SIZE];
    struct hash128 hash;
    struct text_buffer identity;
    if (config_hash(&run->config, &hash) != STATUS_OK)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    hash128_format(config, hash);
    hash128_format(data, run->base.data_hash);
    text_buffer_init(&identity, 16u << 20);
    sweep_identity(request->space, request->method, request->seed, &identity);
    if (identity.status != STATUS_OK || identity.data == NULL) {
        text_buffer_release(&identity);
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    }
    run->identity = hash128_of(identity.data, identity.size);
    const char *path = request->store_path;
    enum status status = meta_match(run->store, "schema", "tern.sweep/1", "the form of the file",
                                    path, problem);
    if (status == STATUS_OK)
        status = meta_match(run->store, "config_hash", config, "the configuration", path, problem);
    if (status == STATUS_OK)
        status = meta_match(run->store, "data_hash", data, "the data", path, problem);
    if (status == STATUS_OK)
        status = meta_match(run->store, "space", identity.data, "the space", path, problem);
    text_buffer_release(&identity);
    return status;
}

static enum status facts_set(struct sweep_run *run, struct problem *problem)
{
    char number[64];
    char equity[DECIMAL_TEXT_SIZE];
    (void)snprintf(number, sizeof number, "%u", run->request->space->trials);
    i128 start = 0;
    for (uint32_t i = 0; i < run->base.assembly.engine.balances_count; i++) {
        const struct opening_balance *balance = &run->base.assembly.engine.balances[i];
        start += balance->asset == run->base.assembly.engine.currency_asset ? balance->amount.units
                                                                            : balance->cost.units;
    }
    (void)decimal_format_i128(equity, start, AMOUNT_DECIMALS);
    char text[1] = "";
    const char *layer = run->layer.text.data == NULL ? text : run->layer.text.data;
    struct text_buffer copy;
    text_buffer_init(&copy, 16u << 20);
    text_buffer_append(&copy, (struct text){layer, run->layer.text.size});
    enum status status = sweep_store_set(run->store, "trials", number, problem);
    if (status == STATUS_OK)
        status = sweep_store_set(run->store, "start_equity", equity, problem);
    if (status == STATUS_OK)
        status = sweep_store_set(run->store, "config_name", run->request->config_path, problem);
    if (status == STATUS_OK && copy.data != NULL)
        status = sweep_store_set(run->store, "config", copy.data, problem);
    text_buffer_release(&copy);
    return status;
}

/* ---- one trial by the engine ----------------------------------------------------------------- */

static bool is_refusal(enum status status)
{
    return status == STATUS_CONFIG_INVALID || status == STATUS_DATA_INVALID ||
           status == STATUS_RANGE;
}

static enum status config_of_trial(const struct sweep_run *run, uint32_t trial,
                                   struct config *config, struct problem *problem)
{
    const struct sweep_space *space = run->request->space;
    struct config_layer layers[SWEEP_AXES_MAX + 1];
    layers[0] = run->layer;
    for (uint32_t i = 0; i < space->axes_count; i++) {
        layers[i + 1] = (struct config_layer){.name = "--grid",
                                              .key = space->axes[i].key,
                                              .text = text_of(sweep_space_value(space, trial, i))};
    }
    return config_read_layers(layers, space->axes_count + 1, CONFIG_BACKTEST, config, problem);
}

/* Combinations may be none, as a fast average that is the slow one; where all are, the first says
 * why. */
static enum status some_trial_is_valid(const struct sweep_run *run, struct problem *problem)
{
    for (uint32_t trial = 0; trial < run->request->space->trials; trial++) {
        struct config config;
        struct problem own;
        problem_init(&own);
        enum status status = config_of_trial(run, trial, &config, &own);
        if (status == STATUS_OK) {
            config_release(&config);
            return STATUS_OK;
        }
        if (trial == 0)
            *problem = own;
    }
    return problem->status;
}

static enum status judge_result(struct backtest_result *result, struct sweep_row *row,
                                double **returns, size_t *count)
{
    struct metrics metrics;
    int64_t period_ns = 0;
    enum status status = backtest_result_finish(result);
    if (status == STATUS_OK)
        status = metrics_compute(result, &metrics);
    if (status == STATUS_OK)
        status = metrics_returns(result, returns, count, &period_ns);
    if (status != STATUS_OK)
        return status;
    row->state = SWEEP_DONE;
    row->sharpe = metrics.sharpe_period;
    row->end_equity = result->end_equity;
    row->fees = result->fees;
    row->fills = result->fills_count;
    return STATUS_OK;
}

enum status sweep_engine_trial(struct sweep_run *run, uint32_t trial, struct sweep_row *row,
                               double **returns, size_t *count, struct problem *problem)
{
    struct config config;
    struct backtest backtest;
    struct backtest_result result;
    struct backtest_options options = {.collect_rows = true};
    struct problem own;
    *row = (struct sweep_row){.id = trial, .state = SWEEP_INVALID, .sharpe = double_nan()};
    *returns = NULL;
    *count = 0;
    problem_init(&own);
    enum status status = config_of_trial(run, trial, &config, &own);
    if (status == STATUS_OK) {
        status = backtest_init(&backtest, &config, run->data.series, run->data.count, &own);
        if (status == STATUS_OK) {
            backtest_result_init(&result);
            status = backtest_run(&backtest, NULL, &options, &result, &own);
            if (status == STATUS_OK)
                status = judge_result(&result, row, returns, count);
            if (status == STATUS_OK) {
                (void)pthread_mutex_lock(&run->lock);
                (void)text_copy(run->kind, sizeof run->kind, text_of(result.kind));
                (void)pthread_mutex_unlock(&run->lock);
            }
            backtest_result_release(&result);
            backtest_release(&backtest);
        }
        config_release(&config);
    }
    if (status == STATUS_OK || is_refusal(status)) {
        return STATUS_OK;
    }
    return problem_set(problem, status, own.where[0] == '\0' ? "sweep" : own.where, "%s",
                       own.found);
}

/* ---- threads --------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static void run_stop(struct sweep_run *run, enum status status)
{
    if (status != STATUS_OK && run->status == STATUS_OK)
        run->status = status;
    atomic_store(&run->stop, true);
}

/* One finished trial into the store; what has been kept for half a second is made durable. */
static void keep(struct sweep_run *run, const struct sweep_row *row, const double *returns,
                 size_t count)
{
    struct text_buffer params;
    text_buffer_init(&params, 4096);
    sweep_space_describe(run->request->space, row->id, &params);
    (void)pthread_mutex_lock(&run->lock);
    /* What was finished when someone asked to stop is kept too. */
    enum status status = run->status == STATUS_INTERRUPTED ? STATUS_OK : run->status;
    if (status == STATUS_OK) {
        status = sweep_store_add(run->store, row, params.data == NULL ? "" : params.data, returns,
                                 count, &run->problem);
    }
    if (status == STATUS_OK && now_ns() - run->commit_ns > COMMIT_NS) {
        status = sweep_store_commit(run->store, &run->problem);
        if (status == STATUS_OK)
            status = sweep_store_begin(run->store, &run->problem);
        run->commit_ns = now_ns();
    }
    if (status != STATUS_OK)
        run_stop(run, status);
    (void)pthread_mutex_unlock(&run->lock);
    text_buffer_release(&params);
    (void)atomic_fetch_add(&run->finished, 1);
}

static bool stop_asked(void *context)
{
    struct sweep_run *run = context;
    return atomic_load(&run->stop);
}

/* Trials first to end - 1 that are open, by the evaluator. */
static enum status evaluate_some(struct sweep_run *run, uint32_t first, uint32_t end)
{
    struct evaluator_pair pairs[EVALUATED_AT_ONCE] = {{0}};
    struct evaluator_outcome outcomes[EVALUATED_AT_ONCE];
    uint32_t ids[EVALUATED_AT_ONCE];
    uint32_t count = 0;
    size_t days = run->evaluator.days_count;
    for (uint32_t trial = first; trial < end; trial++) {
        if (run->is_done[trial])
            continue;
        struct evaluator_pair pair = sweep_pair_of(run, trial);
        if (pair.fast < 1 || pair.fast >= pair.slow || pair.slow > INDICATOR_PERIOD_MAX ||
            pair.slow > run->evaluator.count) {
            keep(run,
                 &(struct sweep_row){.id = trial, .state = SWEEP_INVALID, .sharpe = double_nan()},
                 NULL, 0);
            continue;
        }
        pairs[count] = pair;
        ids[count++] = trial;
    }
    double *returns = malloc((count * days + 1) * sizeof *returns);
    if (returns == NULL)
        return STATUS_NO_MEMORY;
    enum status status = evaluator_run(&run->evaluator, pairs, count, outcomes, returns, stop_asked,
                                       run);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        struct sweep_row row = {.id = ids[i],
                                .state = SWEEP_DONE,
                                .sharpe = outcomes[i].sharpe,
                                .end_equity = outcomes[i].end_equity,
                                .fees = outcomes[i].fees,
                                .fills = outcomes[i].fills};
        keep(run, &row, returns + i * days, days);
    }
    free(returns);
    return status;
}

static enum status engine_one(struct sweep_run *run, uint32_t trial)
{
    struct sweep_row row;
    struct problem problem;
    double *returns = NULL;
    size_t count = 0;
    if (run->is_done[trial])
        return STATUS_OK;
    problem_init(&problem);
    enum status status = sweep_engine_trial(run, trial, &row, &returns, &count, &problem);
    if (status == STATUS_OK) {
        keep(run, &row, returns, count);
    } else {
        (void)pthread_mutex_lock(&run->lock);
        if (run->problem.status == STATUS_OK)
            run->problem = problem;
        (void)pthread_mutex_unlock(&run->lock);
    }
    free(returns);
    return status;
}

static void *work(void *context)
{
    struct sweep_run *run = context;
    uint32_t trials = run->request->space->trials;
    for (;;) {
        uint32_t first = atomic_fetch_add(&run->next, run->at_once);
        if (first >= trials || atomic_load(&run->stop))
            return NULL;
        uint32_t end = trials - first < run->at_once ? trials : first + run->at_once;
        enum status status = run->evaluated ? evaluate_some(run, first, end)
                                            : engine_one(run, first);
        if (status != STATUS_OK) {
            (void)pthread_mutex_lock(&run->lock);
            run_stop(run, status);
            (void)pthread_mutex_unlock(&run->lock);
        }
    }
}

static uint32_t threads_wanted(const struct sweep_request *request)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = request->threads;
    if (wanted == 0)
        wanted = cores < 1 ? 1 : (uint32_t)cores;
    return wanted < THREADS_MAX ? wanted : THREADS_MAX;
}

/* Starts the threads and watches them while a person waits. */
static enum status run_threads(struct sweep_run *run, struct problem *problem)
{
    const struct sweep_request *request = run->request;
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0;
    uint32_t wanted = threads_wanted(request);
    uint32_t open = request->space->trials - run->resumed;
    while (started < wanted && pthread_create(&threads[started], NULL, work, run) == 0)
        started++;
    if (started == 0)
        (void)work(run);
    while (started > 0 && atomic_load(&run->finished) < open && !atomic_load(&run->stop)) {
        bool go_on = request->progress == NULL ||
                     request->progress(request->progress_context, "sweep",
                                       run->resumed + atomic_load(&run->finished),
                                       request->space->trials);
        if (!go_on) {
            (void)pthread_mutex_lock(&run->lock);
            run_stop(run, STATUS_INTERRUPTED);
            (void)pthread_mutex_unlock(&run->lock);
        }
        (void)nanosleep(&(struct timespec){0, WATCH_NS}, NULL);
    }
    for (uint32_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    if (run->problem.status != STATUS_OK)
        *problem = run->problem;
    if (run->status == STATUS_INTERRUPTED)
        return problem_set(problem, run->status, "sweep", "interrupted; what is done is kept");
    if (run->status != STATUS_OK)
        return problem_set(problem, run->status, "sweep", "%s", status_sentence(run->status));
    return STATUS_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static enum status note_done(void *context, const struct sweep_row *row, const char *params,
                             const double *returns, size_t count)
{
    struct sweep_run *run = context;
    (void)params;
    (void)returns;
    (void)count;
    if (row->id >= run->request->space->trials)
        return STATUS_CORRUPT;
    run->is_done[row->id] = true;
    run->resumed++;
    return STATUS_OK;
}

static enum status prepare(struct sweep_run *run, struct problem *problem)
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
    struct execute_request loading = {.config_path = request->config_path,
                                      .progress = request->progress,
                                      .progress_context = request->progress_context};
    status = data_load(request->ports, &run->config, &loading, &run->data, problem);
    if (status == STATUS_OK)
        status = backtest_init(&run->base, &run->config, run->data.series, run->data.count,
                               problem);
    if (status != STATUS_OK)
        return status;
    run->has_base = true;
    run->is_done = calloc(request->space->trials, sizeof *run->is_done);
    if (run->is_done == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    status = sweep_keys_check(run, problem);
    if (status == STATUS_OK)
        status = some_trial_is_valid(run, problem);
    if (status == STATUS_OK)
        status = sweep_store_open(request->store_path, true, &run->store, problem);
    if (status == STATUS_OK)
        status = identity_match(run, problem);
    if (status == STATUS_OK)
        status = facts_set(run, problem);
    struct sweep_reader reader = {run, note_done};
    if (status == STATUS_OK)
        status = sweep_store_read(run->store, &reader, problem);
    if (status != STATUS_OK)
        return problem_set(problem, status, request->store_path, "is not of this sweep");
    run->at_once = 1;
    if (!request->engine_only && sweep_pairs_find(run) &&
        evaluator_init(&run->evaluator, &run->base) == STATUS_OK) {
        run->evaluated = true;
        run->at_once = EVALUATED_AT_ONCE;
    }
    return STATUS_OK;
}

static enum status run_all(struct sweep_run *run, struct problem *problem)
{
    enum status status = sweep_store_begin(run->store, problem);
    if (status != STATUS_OK)
        return status;
    run->commit_ns = now_ns();
    enum status ran = run_threads(run, problem);
    struct problem later;
    problem_init(&later);
    status = sweep_store_commit(run->store, &later);
    if (ran != STATUS_OK && ran != STATUS_INTERRUPTED)
        return ran;
    if (status != STATUS_OK)
        return problem_set(problem, status, later.where, "%s", later.found);
    if (ran == STATUS_OK && run->evaluated)
        ran = sweep_check(run, CHECKS_COUNT, problem);
    if (ran == STATUS_OK || ran == STATUS_INTERRUPTED)
        sweep_count(run);
    return ran;
}

static void release(struct sweep_run *run)
{
    sweep_store_close(run->store);
    if (run->evaluated)
        evaluator_release(&run->evaluator);
    if (run->has_base)
        backtest_release(&run->base);
    data_release(run->request->ports, &run->data);
    config_release(&run->config);
    if (run->has_layer)
        config_layer_release(&run->layer);
    free(run->is_done);
    (void)pthread_mutex_destroy(&run->lock);
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
    int64_t start = 0;
    enum status status = prepare(run, problem);
    if (status == STATUS_OK) {
        start = now_ns();
        status = run_all(run, problem);
        out->seconds = (double)(now_ns() - start) * 1e-9;
        out->resumed = run->resumed;
        out->run = (uint32_t)atomic_load(&run->finished);
        out->checked = run->checked;
        out->evaluated = run->evaluated;
        for (uint32_t i = 0; i < run->data.count; i++)
            out->bars += run->data.series[i].count;
    }
    release(run);
    free(run);
    return status;
}
