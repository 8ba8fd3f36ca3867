#include "drive/doubt/doubt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/random.h"
#include "drive/report/output.h"
#include "drive/doubt/shuffle.h"
#include "drive/result/warnings.h"

#define SHUFFLES_DEFAULT 200u
#define CUTS_DEFAULT 8u
#define TOGETHER 32u
#define PATHS 2000u
#define SLIPPAGE_BPS 10
#define STREAM_SHUFFLE 1000u
#define STREAM_BOOTSTRAP 1u
#define STREAM_TRIPS 2u

/* ---- runs ------------------------------------------------------------------------------------ */

static struct doubt_result run_of(const struct outcome *outcome)
{
    const struct backtest_result *result = &outcome->result;
    const struct metric_value *drawdown = &outcome->metrics.values[METRIC_MAX_DRAWDOWN];
    struct doubt_result run = {.ran = outcome->ran, .sharpe = double_nan()};
    (void)text_copy(run.why, sizeof run.why, text_of(outcome->why));
    if (!outcome->ran)
        return run;
    run.start_equity = result->start_equity;
    run.end_equity = result->end_equity;
    run.fees = result->fees;
    run.gain = (double)(result->end_equity.units - result->start_equity.units) /
               (double)result->start_equity.units;
    run.sharpe = outcome->metrics.sharpe_period;
    run.max_drawdown = drawdown->present ? drawdown->number : 0;
    run.trips = result->trips_count;
    return run;
}

struct doubting {
    const struct doubt_request *request;
    struct workbench bench;
    struct execute_request progress; /* as the parts want it */
    struct doubt *out;
    struct outcome base;
    /* Of the part at hand, one a task. */
    struct problem *problems;
    double *gains, *ratios;
    bool *ran;
};

static enum status base_run(struct doubting *work, struct problem *problem)
{
    struct doubt *out = work->out;
    struct variation variation = {0};
    enum status status = variation_run(&work->bench, &variation, &work->base, problem);
    if (status != STATUS_OK)
        return status;
    struct backtest_result *result = &work->base.result;
    if (!work->base.ran) {
        problem_set(problem, STATUS_DATA_INVALID, work->bench.path, "%s", work->base.why);
        return STATUS_DATA_INVALID;
    }
    status = backtest_result_conclude(result, work->request->trials_path, &work->base.metrics);
    if (status != STATUS_OK)
        return problem_set(problem, status, "result", "cannot be concluded");
    const struct metrics *metrics = &work->base.metrics;
    out->base = run_of(&work->base);
    (void)text_copy(out->name, sizeof out->name, text_of(result->name));
    (void)text_copy(out->currency, sizeof out->currency, text_of(result->currency));
    out->config_hash = result->config_hash;
    out->data_hash = result->data_hash;
    out->journal_hash = result->journal_hash;
    out->from_ns = result->from_ns;
    out->to_ns = result->to_ns;
    out->period_ns = work->base.period_ns;
    out->returns_count = work->base.returns_count;
    out->trials = result->trials_count;
    const struct metric_value *values = metrics->values;
    out->probabilistic = values[METRIC_PROBABILISTIC_SHARPE].present
                             ? values[METRIC_PROBABILISTIC_SHARPE].number
                             : double_nan();
    out->deflated = values[METRIC_DEFLATED_SHARPE].present ? values[METRIC_DEFLATED_SHARPE].number
                                                           : double_nan();
    out->track_record = values[METRIC_MINIMUM_TRACK_RECORD].present
                            ? values[METRIC_MINIMUM_TRACK_RECORD].number
                            : double_nan();
    out->warnings = calloc((size_t)result->warnings.count + 1, sizeof *out->warnings);
    if (out->warnings == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "doubt", "not enough memory");
    for (uint32_t i = 0; i < result->warnings.count; i++)
        (void)text_copy(out->warnings[out->warnings_count++], RESULT_WARNING_SIZE,
                        text_of(result->warnings.items[i].text));
    return STATUS_OK;
}

/* ---- stress ---------------------------------------------------------------------------------- */

static void stresses_lay(const struct doubting *work, struct variation variations[DOUBT_STRESSES],
                         struct doubt *out)
{
    struct doubt_stress *rows = out->stresses;
    rows[0] = (struct doubt_stress){.name = "costs_x2", .what = "fees and slippage x2"};
    variations[0] = (struct variation){.cost_factor = 2};
    if (work->bench.is_session) {
        /* Whoever takes from an order book pays what it shows: slippage is in it. */
        rows[1] = (struct doubt_stress){.name = "latency_x10", .what = "latency x10"};
        variations[1] = (struct variation){.latency_factor = 10};
        rows[2] = (struct doubt_stress){.name = "all", .what = "both of these"};
        variations[2] = (struct variation){.cost_factor = 2, .latency_factor = 10};
        out->stresses_count = 3;
        return;
    }
    rows[1] = (struct doubt_stress){.name = "slippage", .what = "slippage +10 bps"};
    variations[1] = (struct variation){.slippage_bps = SLIPPAGE_BPS};
    rows[2] = (struct doubt_stress){.name = "delay", .what = "orders one bar later"};
    variations[2] = (struct variation){.delay_bars = 1};
    rows[3] = (struct doubt_stress){.name = "all", .what = "all of these"};
    variations[3] = (struct variation){
        .cost_factor = 2, .slippage_bps = SLIPPAGE_BPS, .delay_bars = 1};
    out->stresses_count = DOUBT_STRESSES;
}

static enum status stress_one(void *context, uint32_t index)
{
    struct doubting *work = context;
    struct variation variations[DOUBT_STRESSES];
    struct doubt laid;
    struct outcome outcome;
    stresses_lay(work, variations, &laid);
    enum status status = variation_run(&work->bench, &variations[index], &outcome,
                                       &work->problems[index]);
    if (status != STATUS_OK)
        return status;
    work->out->stresses[index].run = run_of(&outcome);
    outcome_release(&outcome);
    return STATUS_OK;
}

/* ---- shuffled markets ------------------------------------------------------------------------ */

static enum status shuffle_one(void *context, uint32_t index)
{
    struct doubting *work = context;
    const struct workbench *bench = &work->bench;
    struct random random;
    struct shuffle shuffle;
    struct outcome outcome;
    random_init(&random, work->request->seed, STREAM_SHUFFLE + index);
    enum status status = shuffle_make(bench->data.series, bench->data.count, bench->step_ns,
                                      work->out->shuffle.block_mean, &random, &shuffle);
    if (status == STATUS_RANGE)
        return STATUS_OK; /* prices beyond what a price can be: one market less */
    if (status != STATUS_OK)
        return status;
    struct variation variation = {.series = shuffle.series};
    status = variation_run(bench, &variation, &outcome, &work->problems[index]);
    if (status == STATUS_OK && outcome.ran) {
        struct doubt_result run = run_of(&outcome);
        work->ran[index] = true;
        work->gains[index] = run.gain;
        /* A market in which nothing was bought has shown no skill. */
        work->ratios[index] = double_is_finite(run.sharpe) ? run.sharpe : 0;
        outcome_release(&outcome);
    }
    shuffle_release(&shuffle);
    return status;
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

static void shuffles_judge(struct doubting *work)
{
    struct doubt_shuffle *out = &work->out->shuffle;
    const struct doubt_result *base = &work->out->base;
    uint32_t as_good = 0, as_much = 0;
    double ratio = double_is_finite(base->sharpe) ? base->sharpe : 0;
    for (uint32_t i = 0; i < out->count; i++) {
        if (!work->ran[i])
            continue;
        as_good += work->ratios[i] >= ratio;
        as_much += work->gains[i] >= base->gain;
        work->gains[out->ran] = work->gains[i];
        work->ratios[out->ran++] = work->ratios[i];
    }
    out->p_value = out->p_value_gain = double_nan();
    if (out->ran == 0)
        return;
    out->p_value = (double)(as_good + 1) / (double)(out->ran + 1);
    out->p_value_gain = (double)(as_much + 1) / (double)(out->ran + 1);
    out->gain = summary_of(work->gains, out->ran);
    out->sharpe = summary_of(work->ratios, out->ran);
}

/* Blocks as long as the returns of the market remember, in steps: of the first series. */
static enum status market_block(const struct workbench *bench, double *out)
{
    const struct backtest_series *series = &bench->data.series[0];
    double *returns = malloc((series->count + 1) * sizeof *returns);
    size_t count = 0;
    int64_t before = 0, cell = INT64_MIN;
    if (returns == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < series->count; i++) {
        int64_t at = (series->bars[i].open_time_ns + series->bar_ns - 1) / bench->step_ns;
        bool closes = i + 1 == series->count ||
                      (series->bars[i + 1].open_time_ns + series->bar_ns - 1) / bench->step_ns !=
                          at;
        if (!closes || at == cell)
            continue;
        if (before > 0)
            returns[count++] = (double)(series->bars[i].close.units - before) / (double)before;
        before = series->bars[i].close.units;
        cell = at;
    }
    enum status status = block_length(returns, count, out);
    free(returns);
    return status;
}

/* ---- several at once ------------------------------------------------------------------------- */

static enum status part_run(struct doubting *work, const char *stage, uint32_t count,
                            enum status (*task)(void *, uint32_t), struct problem *problem)
{
    size_t places = (size_t)count + 1;
    work->problems = calloc(places, sizeof *work->problems);
    work->gains = calloc(places, sizeof *work->gains);
    work->ratios = calloc(places, sizeof *work->ratios);
    work->ran = calloc(places, sizeof *work->ran);
    struct crew crew = {.task = task,
                        .context = work,
                        .count = count,
                        .stage = stage,
                        .progress = work->request->progress,
                        .progress_context = work->request->progress_context};
    if (work->problems == NULL || work->gains == NULL || work->ratios == NULL || work->ran == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "doubt", "not enough memory");
    enum status status = crew_run(&crew);
    for (uint32_t i = 0; status != STATUS_OK && i < count; i++) {
        if (work->problems[i].status != STATUS_OK && problem->status == STATUS_OK)
            *problem = work->problems[i];
    }
    if (status != STATUS_OK && problem->status == STATUS_OK)
        problem_set(problem, status, "doubt", "%s", status_sentence(status));
    return status;
}

static void part_end(struct doubting *work)
{
    free(work->problems);
    free(work->gains);
    free(work->ratios);
    free(work->ran);
    work->problems = NULL;
    work->gains = work->ratios = NULL;
    work->ran = NULL;
}

/* ---- luck ------------------------------------------------------------------------------------ */

static double is_above_zero(const double *values, size_t count)
{
    double ratio = sharpe_ratio(values, count);
    return double_is_finite(ratio) ? (ratio > 0 ? 1 : 0) : ratio;
}

static enum status luck(struct doubting *work, struct problem *problem)
{
    struct doubt *out = work->out;
    const struct backtest_result *result = &work->base.result;
    struct random random;
    struct resample_summary above = {0};
    size_t count = work->base.returns_count;
    out->bootstrap_above_zero = double_nan();
    enum status status = block_length(work->base.returns, count, &out->block_length);
    if (status == STATUS_OK && count > 0) {
        random_init(&random, work->request->seed, STREAM_BOOTSTRAP);
        status = bootstrap_statistic(work->base.returns, count, out->block_length, PATHS, &random,
                                     sharpe_ratio, &out->bootstrap);
    }
    if (status == STATUS_OK && count > 0) {
        random_init(&random, work->request->seed, STREAM_BOOTSTRAP);
        status = bootstrap_statistic(work->base.returns, count, out->block_length, PATHS, &random,
                                     is_above_zero, &above);
        if (above.count > 0)
            out->bootstrap_above_zero = above.mean;
    }
    double *shares = malloc(((size_t)result->trips.count + 1) * sizeof *shares);
    double start = (double)result->start_equity.units, equity = start, peak = start;
    if (shares == NULL)
        status = STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < result->trips.count; i++) {
        double net = (double)result->trips.items[i].net.units;
        shares[i] = equity > 0 ? net / equity : 0;
        equity += net;
        peak = equity > peak ? equity : peak;
        double fall = peak > 0 ? (peak - equity) / peak : 0;
        out->trips_drawdown = fall > out->trips_drawdown ? fall : out->trips_drawdown;
    }
    if (status == STATUS_OK && result->trips.count > 0 && start > 0) {
        random_init(&random, work->request->seed, STREAM_TRIPS);
        status = trip_shares_resample(shares, result->trips.count, start / 1e18, false, PATHS,
                                      &random, &out->trips_shuffled);
        if (status == STATUS_OK)
            status = trip_shares_resample(shares, result->trips.count, start / 1e18, true, PATHS,
                                          &random, &out->trips_drawn);
    }
    free(shares);
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(problem, status, "doubt", "not enough memory");
}

/* ---- buying and holding ---------------------------------------------------------------------- */

/* What one unit of money in each series is worth at time_ns; before its first close it is money. */
static double hold_value(const struct workbench *bench, size_t *at, int64_t time_ns, double fee)
{
    double sum = 0;
    for (uint32_t i = 0; i < bench->data.count; i++) {
        const struct backtest_series *series = &bench->data.series[i];
        while (at[i] < series->count &&
               series->bars[at[i]].open_time_ns + series->bar_ns <= time_ns)
            at[i]++;
        sum += at[i] == 0 ? 1
                          : (1 - fee) * (double)series->bars[at[i] - 1].close.units /
                                (double)series->bars[0].close.units;
    }
    return sum / (double)bench->data.count;
}

static enum status hold(struct doubting *work)
{
    const struct workbench *bench = &work->bench;
    struct doubt *out = work->out;
    size_t *at = calloc((size_t)bench->data.count + 1, sizeof *at);
    size_t periods = (size_t)((bench->to_ns - bench->from_ns) / out->period_ns) + 2;
    double *returns = calloc(periods, sizeof *returns);
    if (at == NULL || returns == NULL) {
        free(at);
        free(returns);
        return STATUS_NO_MEMORY;
    }
    double fee = (double)bench->config.fees.tiers[0].taker.ppm / 1e6;
    double value = 1, before = 1, peak = 1;
    size_t count = 0;
    int64_t time_ns = bench->from_ns - bench->from_ns % out->period_ns;
    while (time_ns < bench->to_ns && count < periods) {
        time_ns += out->period_ns;
        value = hold_value(bench, at, i64_min(time_ns, bench->to_ns), fee);
        returns[count++] = value / before - 1;
        before = value;
        peak = value > peak ? value : peak;
        double fall = (peak - value) / peak;
        out->hold.max_drawdown = fall > out->hold.max_drawdown ? fall : out->hold.max_drawdown;
    }
    out->hold.ran = out->has_hold = true;
    out->hold.gain = value - 1;
    out->hold.sharpe = sharpe_ratio(returns, count);
    free(at);
    free(returns);
    return STATUS_OK;
}

/* ---- all ------------------------------------------------------------------------------------- */

static enum status market_doubts(struct doubting *work, struct problem *problem)
{
    struct doubt *out = work->out;
    uint32_t count = work->request->shuffles == 0 ? SHUFFLES_DEFAULT : work->request->shuffles;
    enum status status = hold(work);
    out->shuffle = (struct doubt_shuffle){.count = count, .step_ns = work->bench.step_ns};
    if (status == STATUS_OK)
        status = market_block(&work->bench, &out->shuffle.block_mean);
    if (status != STATUS_OK)
        return problem_set(problem, status, "doubt", "not enough memory");
    status = part_run(work, "shuffled markets", count, shuffle_one, problem);
    if (status == STATUS_OK)
        shuffles_judge(work);
    part_end(work);
    return status;
}

/* A sweep over all the data, kept beside those of the windows. */
static enum status sweep_all(struct doubting *work, struct problem *problem)
{
    const struct refit_request *refit = work->request->refit;
    char path[OUTPUT_PATH_SIZE];
    struct sweep_progress how;
    struct sweep_summary summary;
    int size = snprintf(path, sizeof path, "%s/all.db", refit->folder);
    if (size < 0 || (size_t)size >= sizeof path)
        return problem_set(problem, STATUS_RANGE, refit->folder, "the path is too long");
    struct sweep_request sweep = {.ports = work->request->ports,
                                  .config_path = work->request->config_path,
                                  .space = refit->space,
                                  .plan = refit->sweep,
                                  .store_path = path,
                                  .trials_path = work->request->trials_path,
                                  .progress = work->request->progress,
                                  .progress_context = work->request->progress_context};
    enum status status = sweep_run(&sweep, &how, problem);
    if (status == STATUS_OK)
        status = sweep_summarize(path, &summary, problem);
    if (status != STATUS_OK)
        return status;
    work->out->sweep_trials = summary.count;
    work->out->overfit = summary.has_overfit ? summary.overfit.probability : double_nan();
    sweep_summary_release(&summary);
    return STATUS_OK;
}

static enum status walk(struct doubting *work, struct problem *problem)
{
    const struct doubt_request *request = work->request;
    struct refit_request refit = *request->refit;
    refit.ports = request->ports;
    refit.config_path = request->config_path;
    refit.trials_path = request->trials_path;
    refit.progress = request->progress;
    refit.progress_context = request->progress_context;
    enum status status = workbench_need_bars(&work->bench, problem);
    if (status == STATUS_OK)
        status = sweep_all(work, problem);
    if (status == STATUS_OK)
        status = refit_run(&refit, &work->out->refit, problem);
    work->out->has_refit = status == STATUS_OK;
    work->out->refit_metric = refit.metric;
    return status;
}

static enum status doubt_all(struct doubting *work, struct problem *problem)
{
    const struct doubt_request *request = work->request;
    struct doubt *out = work->out;
    struct variation variations[DOUBT_STRESSES];
    out->is_session = work->bench.is_session;
    /* Trials of the walk-forward first: the back-test is judged by all that were made. */
    enum status status = request->refit == NULL ? STATUS_OK : walk(work, problem);
    if (status == STATUS_OK)
        status = base_run(work, problem);
    if (status == STATUS_OK) {
        stresses_lay(work, variations, out);
        status = part_run(work, "stress", out->stresses_count, stress_one, problem);
        part_end(work);
    }
    if (status == STATUS_OK)
        status = lookahead_check(&work->bench, request->cuts == 0 ? CUTS_DEFAULT : request->cuts,
                                 request->seed, &work->progress, &out->lookahead, problem);
    if (status == STATUS_OK)
        status = jitter_run(&work->bench, TOGETHER, request->seed, &work->progress, &out->jitter,
                            problem);
    if (status == STATUS_OK && !work->bench.is_session)
        status = market_doubts(work, problem);
    if (status == STATUS_OK)
        status = luck(work, problem);
    if (status == STATUS_OK && doubt_bots(&work->base.result, out) != STATUS_OK)
        status = problem_set(problem, STATUS_NO_MEMORY, "doubt", "not enough memory");
    if (status == STATUS_OK)
        doubt_judge(out);
    return status;
}

enum status doubt_run(const struct doubt_request *request, struct doubt *out,
                      struct problem *problem)
{
    struct doubting work = {.request = request,
                            .out = out,
                            .progress = {.config_path = request->config_path,
                                         .progress = request->progress,
                                         .progress_context = request->progress_context}};
    *out = (struct doubt){.seed = request->seed};
    enum status status = workbench_open(&work.bench, request->ports, &work.progress, problem);
    if (status == STATUS_OK) {
        status = doubt_all(&work, problem);
        outcome_release(&work.base);
        workbench_close(&work.bench);
    }
    if (status != STATUS_OK)
        doubt_release(out);
    return status;
}

void doubt_release(struct doubt *doubt)
{
    free(doubt->warnings);
    free(doubt->bots);
    jitter_release(&doubt->jitter);
    lookahead_release(&doubt->lookahead);
    refit_release(&doubt->refit);
    *doubt = (struct doubt){0};
}
