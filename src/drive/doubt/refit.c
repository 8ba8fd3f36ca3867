#include "drive/doubt/refit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/report/output.h"
#include "drive/result/trials.h"

#define TRAIN_SHARE 40 /* in per cent of the data */
#define TEST_SHARE 10

/* ---- windows --------------------------------------------------------------------------------- */

uint32_t refit_windows_count(int64_t span_ns, int64_t train_ns, int64_t test_ns, int64_t gap_ns)
{
    if (train_ns <= 0 || test_ns <= 0 || gap_ns < 0 || train_ns > span_ns || test_ns > span_ns ||
        gap_ns > span_ns)
        return 0;
    int64_t first = train_ns + gap_ns + test_ns;
    if (first > span_ns)
        return 0;
    int64_t count = (span_ns - first) / test_ns + 1;
    return count > REFIT_WINDOWS_MAX ? REFIT_WINDOWS_MAX + 1 : (uint32_t)count;
}

static const char *const metric_names[] = {"sharpe", "sortino", "return"};

const char *refit_metric_name(enum refit_metric metric)
{
    return metric_names[metric];
}

bool refit_metric_find(struct text name, enum refit_metric *out)
{
    for (size_t i = 0; i < ARRAY_COUNT(metric_names); i++) {
        if (text_equal(name, text_of(metric_names[i]))) {
            *out = (enum refit_metric)i;
            return true;
        }
    }
    return false;
}

static int64_t round_up(int64_t value, int64_t unit)
{
    int64_t rest = value % unit;
    return rest == 0 ? value : rest < 0 ? value - rest : value + (unit - rest);
}

/* Where every series has bars: the windows lie between these two. */
static void common_span(const struct workbench *bench, int64_t unit, int64_t *from, int64_t *to)
{
    *from = INT64_MIN;
    *to = INT64_MAX;
    for (uint32_t i = 0; i < bench->data.count; i++) {
        const struct backtest_series *series = &bench->data.series[i];
        const struct bar *last = &series->bars[series->count - 1];
        *from = i64_max(*from, series->bars[0].open_time_ns);
        *to = i64_min(*to, last->open_time_ns + series->bar_ns);
    }
    *from = round_up(*from, unit);
}

static enum status plan_complete(const struct workbench *bench, struct refit *out, int64_t *from,
                                 struct problem *problem)
{
    struct refit_plan *plan = &out->plan;
    bool days = plan->train_ns % NANOSECONDS_PER_DAY == 0 &&
                plan->test_ns % NANOSECONDS_PER_DAY == 0;
    int64_t unit = days && NANOSECONDS_PER_DAY % bench->step_ns == 0 ? NANOSECONDS_PER_DAY
                                                                     : bench->step_ns;
    int64_t to = 0;
    common_span(bench, unit, from, &to);
    int64_t span = i64_max(to - *from, 0);
    int64_t bars = span / bench->bar_ns;
    if (plan->train_ns == 0)
        plan->train_ns = span / 100 * TRAIN_SHARE / unit * unit;
    if (plan->test_ns == 0)
        plan->test_ns = span / 100 * TEST_SHARE / unit * unit;
    if (plan->embargo_bars == REFIT_NONE)
        plan->embargo_bars = (uint32_t)i64_min((bars + 99) / 100, REFIT_NONE - 1);
    plan->train_ns = round_up(plan->train_ns, unit);
    plan->test_ns = round_up(plan->test_ns, unit);
    int64_t gap_bars = (int64_t)plan->purge_bars + plan->embargo_bars;
    out->gap_ns = gap_bars > bars ? INT64_MAX / 2 : round_up(gap_bars * bench->bar_ns, unit);
    out->count = refit_windows_count(span, plan->train_ns, plan->test_ns, out->gap_ns);
    if (out->count > 0 && out->count <= REFIT_WINDOWS_MAX)
        return STATUS_OK;
    char train[DURATION_TEXT_SIZE], test[DURATION_TEXT_SIZE], whole[DURATION_TEXT_SIZE];
    duration_format(train, plan->train_ns);
    duration_format(test, plan->test_ns);
    duration_format(whole, span);
    problem_set(problem, STATUS_USAGE, "walk-forward",
                "%s of windows with train %s, test %s and %lld bars between in %s of data",
                out->count == 0 ? "none" : "too many", train, test, (long long)gap_bars, whole);
    problem_allowed(problem, "1 to %u windows, each within the data", REFIT_WINDOWS_MAX);
    problem_next(problem, "--train, --test and --embargo say how long each is");
    return STATUS_USAGE;
}

static void windows_lay(struct refit *refit, int64_t from)
{
    const struct refit_plan *plan = &refit->plan;
    for (uint32_t i = 0; i < refit->count; i++) {
        struct refit_window *window = &refit->windows[i];
        int64_t shift = plan->test_ns * (int64_t)i;
        window->train_from_ns = plan->anchored ? from : from + shift;
        window->train_to_ns = from + plan->train_ns + shift;
        window->test_from_ns = window->train_to_ns + refit->gap_ns;
        window->test_to_ns = window->test_from_ns + plan->test_ns;
        window->chosen = REFIT_NONE;
        window->train_sharpe = window->test_sharpe = double_nan();
    }
}

/* ---- a train --------------------------------------------------------------------------------- */

struct refitting {
    const struct refit_request *request;
    struct workbench bench;
    struct refit *out;
    uint32_t window; /* being worked on */
};

static bool progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct refitting *work = context;
    if (work->request->progress == NULL)
        return true;
    /* All windows are one piece of work; whoever shows it keeps the name. */
    if (strcmp(what, "sweep") == 0) {
        what = "walk-forward";
        done += total * work->window;
        total *= work->out->count;
    }
    return work->request->progress(work->request->progress_context, what, done, total);
}

static enum status file_write(const char *path, const struct text_buffer *text,
                              struct problem *problem)
{
    FILE *file = fopen(path, "w");
    bool ok = file != NULL && fwrite(text->data, 1, text->size, file) == text->size;
    if (file != NULL && fclose(file) != 0)
        ok = false;
    return ok ? STATUS_OK : problem_set(problem, STATUS_IO, path, "cannot be written");
}

/* The configuration of the file over the data of the train alone. */
static enum status train_config_write(const struct refitting *work, const char *path,
                                      struct problem *problem)
{
    const struct refit_window *window = &work->out->windows[work->window];
    struct config config = {0};
    struct text_buffer text;
    enum status status = config_read_layers(&work->bench.layer, 1, CONFIG_BACKTEST, &config,
                                            problem);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < config.data_count; i++) {
        config.data[i].from = (struct config_time){true, window->train_from_ns};
        config.data[i].to = (struct config_time){true, window->train_to_ns};
    }
    text_buffer_init(&text, CONFIG_TEXT_SIZE_MAX);
    config_canonical(&config, &text);
    status = text.status == STATUS_OK
                 ? file_write(path, &text, problem)
                 : problem_set(problem, STATUS_NO_MEMORY, "walk-forward", "not enough memory");
    text_buffer_release(&text);
    config_release(&config);
    return status;
}

static double compounded(const double *values, size_t count)
{
    double value = 1;
    for (size_t i = 0; i < count; i++)
        value *= 1 + values[i];
    return value - 1;
}

static double value_of(const struct sweep_trial *trial, enum refit_metric metric)
{
    switch (metric) {
    case REFIT_SHARPE: return trial->row.sharpe;
    case REFIT_SORTINO:
        return trial->returns == NULL ? double_nan()
                                      : sortino_ratio(trial->returns, trial->periods, 0);
    case REFIT_RETURN:
        return trial->returns == NULL ? double_nan() : compounded(trial->returns, trial->periods);
    }
    return double_nan();
}

/* The first of the best by number, of those that ran over the whole train; trials without a value
 * are not chosen. */
static const struct sweep_trial *choose(const struct sweep_summary *summary,
                                        enum refit_metric metric)
{
    const struct sweep_trial *best = NULL;
    double best_value = 0;
    for (uint32_t i = 0; i < summary->full; i++) {
        const struct sweep_trial *trial = &summary->trials[i];
        double value = value_of(trial, metric);
        if (!double_is_finite(value))
            continue;
        bool equal = best != NULL && !(value > best_value) && !(value < best_value);
        if (best == NULL || value > best_value || (equal && trial->row.id < best->row.id)) {
            best = trial;
            best_value = value;
        }
    }
    return best;
}

/* Trials of all windows are of one piece of data: the whole. They count, but say nothing of how far
 * ratios of trials over the whole lie apart: those of a shorter time spread wider by themselves,
 * and between windows by what the market did. */
static void trials_count(struct refitting *work, const struct sweep_summary *summary)
{
    const struct refit_request *request = work->request;
    const struct refit_window *window = &work->out->windows[work->window];
    char name[EXECUTE_NAME_SIZE];
    sweep_file_name(name, request->config_path, request->space, request->sweep);
    int64_t bounds[2] = {window->train_from_ns, window->train_to_ns};
    struct hash128 both[3] = {work->bench.config_hash, hash128_of(name, strlen(name)),
                              hash128_of(bounds, sizeof bounds)};
    struct trial trial = {.data_hash = work->bench.data_hash,
                          .config_hash = hash128_of(both, sizeof both),
                          .kind = work->bench.kind,
                          .count = summary->count,
                          .sharpe_mean = double_nan()};
    struct trials trials;
    struct problem problem;
    problem_init(&problem);
    if (request->trials_path == NULL || summary->count == 0)
        return;
    if (trials_record(request->trials_path, &trial, &trials, &problem) == STATUS_OK) {
        work->out->counted = trials.count;
    } else {
        work->out->trials_uncounted = true;
        work->out->trials_problem = problem;
    }
}

static enum status train(struct refitting *work, struct problem *problem)
{
    const struct refit_request *request = work->request;
    struct refit_window *window = &work->out->windows[work->window];
    char config_path[OUTPUT_PATH_SIZE], store_path[OUTPUT_PATH_SIZE];
    struct sweep_summary summary;
    struct sweep_progress how;
    unsigned number = work->window + 1;
    int a = snprintf(config_path, sizeof config_path, "%s/window-%03u.yaml", request->folder,
                     number);
    int b = snprintf(store_path, sizeof store_path, "%s/window-%03u.db", request->folder, number);
    if (a < 0 || b < 0 || (size_t)a >= sizeof config_path || (size_t)b >= sizeof store_path)
        return problem_set(problem, STATUS_RANGE, request->folder, "the path is too long");
    enum status status = train_config_write(work, config_path, problem);
    struct sweep_request sweep = {.ports = request->ports,
                                  .config_path = config_path,
                                  .space = request->space,
                                  .plan = request->sweep,
                                  .store_path = store_path,
                                  .progress = progress,
                                  .progress_context = work};
    if (status == STATUS_OK)
        status = sweep_run(&sweep, &how, problem);
    if (status == STATUS_OK)
        status = sweep_summarize(store_path, &summary, problem);
    if (status != STATUS_OK)
        return status;
    window->trials = summary.count;
    window->invalid = summary.invalid;
    work->out->trials += summary.count;
    trials_count(work, &summary);
    const struct sweep_trial *best = choose(&summary, request->metric);
    window->params = strdup(best == NULL ? "" : best->params);
    if (best != NULL) {
        window->chosen = sweep_candidate(&summary, best);
        window->train_sharpe = best->row.sharpe;
        if (best->returns != NULL) {
            window->train_mean = moments_of(best->returns, best->periods).mean;
            window->train_return = compounded(best->returns, best->periods);
        }
    }
    sweep_summary_release(&summary);
    return window->params == NULL
               ? problem_set(problem, STATUS_NO_MEMORY, "walk-forward", "not enough memory")
               : STATUS_OK;
}

/* ---- a test ---------------------------------------------------------------------------------- */

/* One more test behind those that there are: its equity begins where the last one ended. A test
 * that holds nothing is as many periods without a return. */
static enum status join(struct refit *out, const struct refit_window *window,
                        const struct outcome *outcome, double *equity)
{
    const struct result_equities *rows = &outcome->result.equity;
    size_t points = outcome->ran ? rows->count : 1;
    size_t periods = outcome->ran ? outcome->returns_count
                                  : (size_t)(out->plan.test_ns / out->period_ns);
    struct refit_point *more = realloc(out->points,
                                       (out->points_count + points + 1) * sizeof *more);
    if (more == NULL)
        return STATUS_NO_MEMORY;
    out->points = more;
    double *longer = realloc(out->returns, (out->returns_count + periods + 1) * sizeof *longer);
    if (longer == NULL)
        return STATUS_NO_MEMORY;
    out->returns = longer;
    double start = *equity;
    double began = (double)outcome->result.start_equity.units;
    if (out->points_count == 0)
        out->points[out->points_count++] = (struct refit_point){window->test_from_ns, start};
    for (size_t i = 0; i < points; i++) {
        if (outcome->ran)
            *equity = start * ((double)rows->items[i].equity.units / began);
        out->points[out->points_count++] = (struct refit_point){
            outcome->ran ? rows->items[i].time_ns : window->test_to_ns, *equity};
    }
    for (size_t i = 0; i < periods; i++)
        longer[out->returns_count + i] = outcome->ran ? outcome->returns[i] : 0;
    out->returns_count += periods;
    return STATUS_OK;
}

static void test_judge(struct refit_window *window, const struct outcome *outcome)
{
    const struct backtest_result *result = &outcome->result;
    struct moments moments = moments_of(outcome->returns, outcome->returns_count);
    if (!moments_without_variance(outcome->returns, outcome->returns_count, &moments))
        window->test_sharpe = moments.mean / moments.deviation;
    window->test_mean = outcome->returns_count > 0 ? moments.mean : 0;
    window->test_return = (double)(result->end_equity.units - result->start_equity.units) /
                          (double)result->start_equity.units;
    window->trips = result->trips_count;
    window->fills = result->fills_count;
    window->fees = result->fees;
    for (uint32_t i = 0; i < result->bots.count; i++)
        window->open_at_end |= result->bots.items[i].open_at_end;
}

static enum status test(struct refitting *work, double *equity, struct problem *problem)
{
    const struct sweep_space *space = work->request->space;
    struct refit_window *window = &work->out->windows[work->window];
    struct config_layer changes[SWEEP_AXES_MAX];
    struct outcome outcome = {0};
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < space->axes_count && window->chosen != REFIT_NONE; i++) {
        const char *value = sweep_space_value(space, window->chosen, i);
        changes[i] = (struct config_layer){
            .name = "--grid", .key = space->axes[i].key, .text = text_of(value)};
    }
    struct variation variation = {.changes = changes,
                                  .changes_count = space->axes_count,
                                  .decide_from_ns = window->test_from_ns,
                                  .end_ns = window->test_to_ns};
    if (window->chosen != REFIT_NONE) {
        status = variation_run(&work->bench, &variation, &outcome, problem);
        if (status == STATUS_OK && !outcome.ran)
            status = problem_set(problem, STATUS_DATA_INVALID, "walk-forward", "%s", outcome.why);
    }
    if (status == STATUS_OK && outcome.ran)
        test_judge(window, &outcome);
    if (status == STATUS_OK && join(work->out, window, &outcome, equity) != STATUS_OK)
        status = problem_set(problem, STATUS_NO_MEMORY, "walk-forward", "not enough memory");
    outcome_release(&outcome);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------- */

static void conclude(struct refit *out)
{
    double train_sum = 0, test_sum = 0, peak = 1;
    for (uint32_t i = 0; i < out->count; i++) {
        train_sum += out->windows[i].train_mean;
        test_sum += out->windows[i].test_mean;
        out->positive += out->windows[i].test_return > 0;
    }
    out->efficiency = train_sum > 0 ? test_sum / train_sum : double_nan();
    out->moments = moments_of(out->returns, out->returns_count);
    out->test_sharpe = out->probabilistic = double_nan();
    if (!moments_without_variance(out->returns, out->returns_count, &out->moments)) {
        out->test_sharpe = out->moments.mean / out->moments.deviation;
        out->probabilistic = probabilistic_sharpe(out->test_sharpe, 0, (double)out->returns_count,
                                                  out->moments.skewness, out->moments.kurtosis);
    }
    for (size_t i = 0; i < out->points_count; i++) {
        double equity = out->points[i].equity;
        peak = equity > peak ? equity : peak;
        double fall = peak > 0 ? (peak - equity) / peak : 0;
        out->max_drawdown = fall > out->max_drawdown ? fall : out->max_drawdown;
    }
    out->test_return = out->points_count > 0 ? out->points[out->points_count - 1].equity - 1 : 0;
}

static enum status run_all(struct refitting *work, struct problem *problem)
{
    struct refit *out = work->out;
    int64_t from = 0;
    double equity = 1;
    enum status status = plan_complete(&work->bench, out, &from, problem);
    if (status != STATUS_OK) {
        out->count = 0;
        return status;
    }
    out->windows = calloc(out->count, sizeof *out->windows);
    if (out->windows == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "walk-forward", "not enough memory");
    windows_lay(out, from);
    out->period_ns = i64_max(work->bench.bar_ns, NANOSECONDS_PER_DAY);
    for (; status == STATUS_OK && work->window < out->count; work->window++) {
        status = train(work, problem);
        if (status == STATUS_OK)
            status = test(work, &equity, problem);
    }
    if (status == STATUS_OK)
        conclude(out);
    return status;
}

enum status refit_run(const struct refit_request *request, struct refit *out,
                      struct problem *problem)
{
    struct refitting work = {.request = request, .out = out};
    struct execute_request loading = {.config_path = request->config_path,
                                      .progress = request->progress,
                                      .progress_context = request->progress_context};
    *out = (struct refit){.plan = request->plan};
    enum status status = workbench_open(&work.bench, request->ports, &loading, problem);
    if (status == STATUS_OK) {
        status = workbench_need_bars(&work.bench, problem);
        if (status == STATUS_OK)
            status = run_all(&work, problem);
        workbench_close(&work.bench);
    }
    if (status != STATUS_OK)
        refit_release(out);
    return status;
}

void refit_release(struct refit *refit)
{
    for (uint32_t i = 0; refit->windows != NULL && i < refit->count; i++)
        free(refit->windows[i].params);
    free(refit->windows);
    free(refit->returns);
    free(refit->points);
    *refit = (struct refit){0};
}
