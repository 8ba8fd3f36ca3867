#include "drive/result/resample.h"

#include "base/math.h"
#include "drive/result/statistics.h"

#include <stdlib.h>
#include <string.h>

void stationary_bootstrap(const double *values, size_t count, double block_mean,
                          struct random *random, double *out)
{
    ASSERT(block_mean >= 1);
    double fresh_share = 1 / block_mean;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        /* Both draws are always taken, so that streams stay aligned whatever the block length. */
        bool fresh = random_unit(random) < fresh_share;
        size_t start = (size_t)random_below(random, count);
        if (i == 0 || fresh)
            at = start;
        else
            at = at + 1 == count ? 0 : at + 1;
        out[i] = values[at];
    }
}

static double autocovariance(const double *values, size_t count, double mean, size_t lag)
{
    double sum = 0;
    for (size_t i = lag; i < count; i++)
        sum += (values[i] - mean) * (values[i - lag] - mean);
    return sum / (double)count;
}

/* Smallest lag behind which `run` autocorrelations in a row are within the band; where there is no
 * such run, the last lag outside it. */
static size_t last_significant_lag(const double *covariances, size_t lag_max, size_t run,
                                   double band)
{
    size_t quiet = 0, last = 0;
    for (size_t lag = 1; lag <= lag_max; lag++) {
        double correlation = covariances[lag] / covariances[0];
        if (correlation < band && correlation > -band) {
            if (++quiet == run)
                return lag - run;
        } else {
            quiet = 0;
            last = lag;
        }
    }
    return last;
}

/* The smallest whole number >= value, for 0 <= value < 2^52. */
static double round_up(double value)
{
    double whole = (double)(int64_t)value;
    return whole < value ? whole + 1 : whole;
}

enum status block_length(const double *values, size_t count, double *out)
{
    *out = 1;
    struct moments moments = moments_of(values, count);
    if (count < 10 || moments_without_variance(values, count, &moments))
        return STATUS_OK;
    double n = (double)count, root = math_sqrt(n);
    double decades = math_log(n) / math_log(10.0);
    size_t run = (size_t)round_up(math_sqrt(decades));
    run = run < 5 ? 5 : run;
    size_t lag_max = (size_t)round_up(root) + run;
    lag_max = lag_max < count ? lag_max : count - 1;
    double *covariances = malloc((lag_max + 1) * sizeof(*covariances));
    if (covariances == NULL)
        return STATUS_NO_MEMORY;
    for (size_t lag = 0; lag <= lag_max; lag++)
        covariances[lag] = autocovariance(values, count, moments.mean, lag);

    size_t lag = last_significant_lag(covariances, lag_max, run, 2 * math_sqrt(decades / n));
    size_t width = 2 * (lag > 0 ? lag : 1);
    width = width > lag_max ? lag_max : width;
    /* The flat-top window: 1 up to half the width, then straight down to 0. */
    double slope = 0, long_run = covariances[0];
    for (size_t k = 1; k <= width; k++) {
        double share = (double)k / (double)width;
        double weight = share <= 0.5 ? 1 : 2 * (1 - share);
        slope += 2 * weight * (double)k * covariances[k];
        long_run += 2 * weight * covariances[k];
    }
    free(covariances);
    double best = 1;
    if (long_run > 0 || long_run < 0)
        best = math_pow(slope * slope / (long_run * long_run) * n, 1.0 / 3.0);
    double bound = round_up(3 * root < n / 3 ? 3 * root : n / 3);
    *out = best < 1 ? 1 : best > bound ? bound : best;
    return STATUS_OK;
}

static struct resample_summary summary_of(double *values, size_t count)
{
    struct resample_summary summary = {.count = count};
    doubles_sort(values, count);
    summary.mean = moments_of(values, count).mean;
    summary.quantile_05 = quantile_of_sorted(values, count, 0.05);
    summary.median = quantile_of_sorted(values, count, 0.5);
    summary.quantile_95 = quantile_of_sorted(values, count, 0.95);
    return summary;
}

enum status bootstrap_statistic(const double *values, size_t count, double block_mean, size_t paths,
                                struct random *random, statistic_function *statistic,
                                struct resample_summary *out)
{
    memset(out, 0, sizeof(*out));
    if (count == 0 || paths == 0 || paths > RESAMPLE_PATHS_MAX || !(block_mean >= 1))
        return STATUS_RANGE;
    double *drawn = malloc(count * sizeof(*drawn));
    double *found = malloc(paths * sizeof(*found));
    enum status status = drawn != NULL && found != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    size_t found_count = 0;
    for (size_t path = 0; status == STATUS_OK && path < paths; path++) {
        stationary_bootstrap(values, count, block_mean, random, drawn);
        double value = statistic(drawn, count);
        if (double_is_finite(value))
            found[found_count++] = value;
    }
    if (status == STATUS_OK)
        *out = summary_of(found, found_count);
    free(drawn);
    free(found);
    return status;
}

static void path_draw(const double *nets, size_t count, bool replace, struct random *random,
                      double *order)
{
    if (replace) {
        for (size_t i = 0; i < count; i++)
            order[i] = nets[random_below(random, count)];
        return;
    }
    memcpy(order, nets, count * sizeof(*order));
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)random_below(random, i);
        double held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

/* Returns whether the path was ruined. shares: of the equity at that point, else money. */
static bool path_walk(const double *nets, size_t count, bool shares, double start_equity,
                      double *drawdown, double *end_equity)
{
    double equity = start_equity, peak = start_equity;
    *drawdown = 0;
    for (size_t i = 0; i < count; i++) {
        equity += shares ? equity * nets[i] : nets[i];
        if (equity <= 0) {
            *drawdown = 1;
            *end_equity = equity;
            return true;
        }
        peak = equity > peak ? equity : peak;
        double fall = (peak - equity) / peak;
        *drawdown = fall > *drawdown ? fall : *drawdown;
    }
    *end_equity = equity;
    return false;
}

static enum status resample(const double *nets, size_t count, bool shares, double start_equity,
                            bool replace, size_t paths, struct random *random,
                            struct trip_paths *out)
{
    memset(out, 0, sizeof(*out));
    if (count == 0 || paths == 0 || paths > RESAMPLE_PATHS_MAX || !(start_equity > 0))
        return STATUS_RANGE;
    double *order = malloc(count * sizeof(*order));
    double *drawdowns = malloc(paths * sizeof(*drawdowns));
    double *ends = malloc(paths * sizeof(*ends));
    enum status status = STATUS_NO_MEMORY;
    if (order != NULL && drawdowns != NULL && ends != NULL) {
        size_t ruined = 0;
        for (size_t path = 0; path < paths; path++) {
            path_draw(nets, count, replace, random, order);
            ruined += path_walk(order, count, shares, start_equity, &drawdowns[path], &ends[path]);
        }
        out->drawdown = summary_of(drawdowns, paths);
        out->end_equity = summary_of(ends, paths);
        out->ruin_share = (double)ruined / (double)paths;
        status = STATUS_OK;
    }
    free(order);
    free(drawdowns);
    free(ends);
    return status;
}

enum status trips_resample(const double *nets, size_t count, double start_equity, bool replace,
                           size_t paths, struct random *random, struct trip_paths *out)
{
    return resample(nets, count, false, start_equity, replace, paths, random, out);
}

enum status trip_shares_resample(const double *shares, size_t count, double start_equity,
                                 bool replace, size_t paths, struct random *random,
                                 struct trip_paths *out)
{
    return resample(shares, count, true, start_equity, replace, paths, random, out);
}
