/* What else could have happened: bootstraps of returns and shuffles of trips, seeded.
 *
 * The stationary bootstrap draws blocks of geometric length (mean L) from the series wrapped to a
 * circle, so that runs of good and bad days survive the drawing. Politis and Romano, "The
 * Stationary Bootstrap" (1994); L by Politis and White (2004) as corrected by Patton, Politis and
 * White (2009). */
#ifndef TERN_DRIVE_RESULT_RESAMPLE_H
#define TERN_DRIVE_RESULT_RESAMPLE_H

#include "base/random.h"
#include "base/status.h"

#define RESAMPLE_PATHS_MAX 1000000u

/* What many paths showed of one statistic; paths on which it was undefined are left out. */
struct resample_summary {
    size_t count; /* paths that had a value */
    double mean;
    double quantile_05, median, quantile_95;
};

/* One drawing of count values out of count; block_mean >= 1 (1: plain bootstrap). out must not
 * overlap values. */
void stationary_bootstrap(const double *values, size_t count, double block_mean,
                          struct random *random, double *out);

/* Block length that minimises the error of the mean's bootstrap variance, at least 1, at most
 * ceil(min(3 sqrt(n), n / 3)). 1 where the series is too short (below 10) or has no variance. */
MUST_USE enum status block_length(const double *values, size_t count, double *out);

/* Any statistic of a series, for example sharpe_ratio. */
typedef double statistic_function(const double *values, size_t count);

/* The statistic over `paths` stationary bootstraps. STATUS_RANGE for no values, no paths or more
 * than RESAMPLE_PATHS_MAX; STATUS_NO_MEMORY. */
MUST_USE enum status bootstrap_statistic(const double *values, size_t count, double block_mean,
                                         size_t paths, struct random *random,
                                         statistic_function *statistic,
                                         struct resample_summary *out);

/* The same trips in another order (replace: false), or drawn with replacement: largest drawdown
 * and end of the equity that begins at start_equity and adds one trip's net at a time. A path
 * whose equity falls to zero or below has drawdown 1 and stays ruined from there. */
struct trip_paths {
    struct resample_summary drawdown, end_equity;
    double ruin_share;
};

MUST_USE enum status trips_resample(const double *nets, size_t count, double start_equity,
                                    bool replace, size_t paths, struct random *random,
                                    struct trip_paths *out);
/* The same of trips as shares of the equity they met: each multiplies it by 1 + share, as where
 * sizes follow equity. Money of a late trip would be far too much for an early one. */
MUST_USE enum status trip_shares_resample(const double *shares, size_t count, double start_equity,
                                          bool replace, size_t paths, struct random *random,
                                          struct trip_paths *out);

#endif
