/* The threads of a sweep: each takes the next candidates that are open, runs them by the evaluator
 * or by an engine of its own, and keeps what came out. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drive/result/statistics.h"
#include "drive/sweep/sweep_run.h"

#define THREADS_MAX 64u
#define WATCH_NS_MIN 50000L /* rising to the longest, so that a short sweep does not wait for us */
#define WATCH_NS_MAX 20000000L
#define COMMIT_NS (NANOSECONDS_PER_SECOND / 2)
#define EVALUATED_AT_ONCE 128u

int64_t sweep_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

/* ---- one trial by the engine ----------------------------------------------------------------- */

static bool is_refusal(enum status status)
{
    return status == STATUS_CONFIG_INVALID || status == STATUS_DATA_INVALID ||
           status == STATUS_RANGE;
}

enum status sweep_config_of(const struct config_layer *file, const struct sweep_space *space,
                            uint32_t candidate, struct config *config, struct problem *problem)
{
    struct config_layer layers[SWEEP_AXES_MAX + 1];
    layers[0] = *file;
    for (uint32_t i = 0; i < space->axes_count; i++) {
        layers[i + 1] = (struct config_layer){
            .name = "--grid",
            .key = space->axes[i].key,
            .text = text_of(sweep_space_value(space, candidate, i))};
    }
    return config_read_layers(layers, space->axes_count + 1, CONFIG_BACKTEST, config, problem);
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

static enum status engine_run(struct sweep_run *run, const struct config *config,
                              struct sweep_row *row, double **returns, size_t *count,
                              struct problem *problem)
{
    struct backtest backtest;
    struct backtest_result result;
    struct backtest_options options = {.collect_rows = true};
    enum status status = backtest_init(&backtest, config, run->series, run->data.count, problem);
    if (status != STATUS_OK)
        return status;
    backtest_result_init(&result);
    status = backtest_run(&backtest, NULL, &options, &result, problem);
    if (status == STATUS_OK)
        status = judge_result(&result, row, returns, count);
    if (status == STATUS_OK) {
        (void)pthread_mutex_lock(&run->lock);
        (void)text_copy(run->kind, sizeof run->kind, text_of(result.kind));
        (void)pthread_mutex_unlock(&run->lock);
    }
    backtest_result_release(&result);
    backtest_release(&backtest);
    return status;
}

enum status sweep_engine_trial(struct sweep_run *run, uint32_t candidate, struct sweep_row *row,
                               double **returns, size_t *count, struct problem *problem)
{
    struct config config;
    struct problem own;
    *row = (struct sweep_row){.id = sweep_id_of(run, candidate),
                              .rung = run->rung,
                              .state = SWEEP_INVALID,
                              .sharpe = double_nan()};
    *returns = NULL;
    *count = 0;
    problem_init(&own);
    enum status status = sweep_config_of(&run->layer, run->request->space, candidate, &config,
                                         &own);
    if (status == STATUS_OK) {
        status = engine_run(run, &config, row, returns, count, &own);
        config_release(&config);
    }
    if (status == STATUS_OK || is_refusal(status))
        return STATUS_OK;
    return problem_set(problem, status, own.where[0] == '\0' ? "sweep" : own.where, "%s",
                       own.found);
}

/* ---- keeping --------------------------------------------------------------------------------- */

static void run_stop(struct sweep_run *run, enum status status)
{
    if (status != STATUS_OK && run->status == STATUS_OK)
        run->status = status;
    atomic_store(&run->stop, true);
}

enum status sweep_note(struct sweep_run *run, const struct sweep_row *row)
{
    if (run->standings_count == run->standings_capacity) {
        uint32_t capacity = run->standings_capacity == 0 ? 256 : run->standings_capacity * 2;
        void *more = realloc(run->standings, capacity * sizeof *run->standings);
        if (more == NULL)
            return STATUS_NO_MEMORY;
        run->standings = more;
        run->standings_capacity = capacity;
    }
    run->standings[run->standings_count++] = (struct sweep_standing){row->id, row->state,
                                                                     row->sharpe};
    return STATUS_OK;
}

/* One finished trial into the store; what has been kept for half a second is made durable. */
static void keep(struct sweep_run *run, uint32_t candidate, const struct sweep_row *row,
                 const double *returns, size_t count)
{
    struct text_buffer params;
    text_buffer_init(&params, 4096);
    sweep_space_describe(run->request->space, candidate, &params);
    (void)pthread_mutex_lock(&run->lock);
    /* What was finished when someone asked to stop is kept too. */
    enum status status = run->status == STATUS_INTERRUPTED ? STATUS_OK : run->status;
    if (status == STATUS_OK) {
        status = sweep_store_add(run->store, row, params.data == NULL ? "" : params.data, returns,
                                 count, &run->problem);
    }
    if (status == STATUS_OK)
        status = sweep_note(run, row);
    if (status == STATUS_OK && sweep_now_ns() - run->commit_ns > COMMIT_NS) {
        status = sweep_store_commit(run->store, &run->problem);
        if (status == STATUS_OK)
            status = sweep_store_begin(run->store, &run->problem);
        run->commit_ns = sweep_now_ns();
    }
    if (status != STATUS_OK)
        run_stop(run, status);
    (void)pthread_mutex_unlock(&run->lock);
    text_buffer_release(&params);
    (void)atomic_fetch_add(&run->bars_done, run->bars);
    (void)atomic_fetch_add(&run->finished, 1);
}

/* ---- threads --------------------------------------------------------------------------------- */

static bool stop_asked(void *context)
{
    struct sweep_run *run = context;
    return atomic_load(&run->stop);
}

/* Open candidates first to end - 1, by the evaluator. */
static enum status evaluate_some(struct sweep_run *run, uint32_t first, uint32_t end)
{
    struct evaluator_pair pairs[EVALUATED_AT_ONCE] = {{0}};
    struct evaluator_outcome outcomes[EVALUATED_AT_ONCE];
    uint32_t candidates[EVALUATED_AT_ONCE];
    uint32_t count = 0;
    size_t days = run->evaluator.days_count;
    struct sweep_row row = {.rung = run->rung};
    for (uint32_t place = first; place < end; place++) {
        struct evaluator_pair pair = sweep_pair_of(run, run->open[place]);
        if (pair.fast < 1 || pair.fast >= pair.slow || pair.slow > INDICATOR_PERIOD_MAX ||
            pair.slow > run->evaluator.count) {
            row.id = sweep_id_of(run, run->open[place]);
            row.state = SWEEP_INVALID;
            row.sharpe = double_nan();
            keep(run, run->open[place], &row, NULL, 0);
            continue;
        }
        pairs[count] = pair;
        candidates[count++] = run->open[place];
    }
    double *returns = malloc((count * days + 1) * sizeof *returns);
    if (returns == NULL)
        return STATUS_NO_MEMORY;
    enum status status = evaluator_run(&run->evaluator, pairs, count, outcomes, returns, stop_asked,
                                       run);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        row.id = sweep_id_of(run, candidates[i]);
        row.state = SWEEP_DONE;
        row.sharpe = outcomes[i].sharpe;
        row.end_equity = outcomes[i].end_equity;
        row.fees = outcomes[i].fees;
        row.fills = outcomes[i].fills;
        keep(run, candidates[i], &row, returns + i * days, days);
    }
    free(returns);
    return status;
}

static enum status engine_one(struct sweep_run *run, uint32_t candidate)
{
    struct sweep_row row;
    struct problem problem;
    double *returns = NULL;
    size_t count = 0;
    problem_init(&problem);
    enum status status = sweep_engine_trial(run, candidate, &row, &returns, &count, &problem);
    if (status == STATUS_OK) {
        keep(run, candidate, &row, returns, count);
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
    for (;;) {
        uint32_t first = atomic_fetch_add(&run->next, run->at_once);
        if (first >= run->open_count || atomic_load(&run->stop))
            return NULL;
        uint32_t left = run->open_count - first;
        uint32_t end = left < run->at_once ? run->open_count : first + run->at_once;
        enum status status = run->evaluated ? evaluate_some(run, first, end)
                                            : engine_one(run, run->open[first]);
        if (status != STATUS_OK) {
            (void)pthread_mutex_lock(&run->lock);
            run_stop(run, status);
            (void)pthread_mutex_unlock(&run->lock);
        }
    }
}

static uint32_t threads_wanted(const struct sweep_run *run)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = run->request->threads;
    if (wanted == 0)
        wanted = cores < 1 ? 1 : (uint32_t)cores;
    return wanted < THREADS_MAX ? wanted : THREADS_MAX;
}

/* So many candidates at once that no thread stands idle while another has several lots left. */
static uint32_t lot_of(const struct sweep_run *run, uint32_t threads)
{
    if (!run->evaluated)
        return 1;
    uint32_t each = (run->open_count + threads - 1) / threads;
    return each < 1 ? 1 : each < EVALUATED_AT_ONCE ? each : EVALUATED_AT_ONCE;
}

/* Looks now and then whether someone wants to stop, until the threads are done. */
static void watch(struct sweep_run *run, uint32_t target, uint64_t bars)
{
    const struct sweep_request *request = run->request;
    long wait_ns = WATCH_NS_MIN;
    while (atomic_load(&run->finished) < target && !atomic_load(&run->stop)) {
        bool go_on = request->progress == NULL ||
                     request->progress(request->progress_context, "sweep",
                                       atomic_load(&run->bars_done), bars);
        if (!go_on) {
            (void)pthread_mutex_lock(&run->lock);
            run_stop(run, STATUS_INTERRUPTED);
            (void)pthread_mutex_unlock(&run->lock);
        }
        (void)nanosleep(&(struct timespec){0, wait_ns}, NULL);
        wait_ns = wait_ns * 2 < WATCH_NS_MAX ? wait_ns * 2 : WATCH_NS_MAX;
    }
}

enum status sweep_work(struct sweep_run *run, uint64_t bars, struct problem *problem)
{
    pthread_t threads[THREADS_MAX];
    uint32_t started = 0;
    if (run->open_count == 0)
        return STATUS_OK;
    uint32_t wanted = threads_wanted(run);
    uint32_t target = atomic_load(&run->finished) + run->open_count;
    run->at_once = lot_of(run, wanted);
    atomic_store(&run->next, 0);
    while (started < wanted && started < run->open_count &&
           pthread_create(&threads[started], NULL, work, run) == 0)
        started++;
    if (started == 0)
        (void)work(run);
    else
        watch(run, target, bars);
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
