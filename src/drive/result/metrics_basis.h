/* What many metrics share, gathered in one pass over equity and one over trips. Inner header of
 * metrics: nobody else includes it. */
#ifndef TERN_DRIVE_RESULT_METRICS_BASIS_H
#define TERN_DRIVE_RESULT_METRICS_BASIS_H

#include "drive/result/metrics.h"

struct basis_drawdown {
    double depth;         /* deepest, as a share of its peak */
    struct amount amount; /* deepest in money */
    int64_t start_ns, end_ns;
    int64_t longest_ns;
    double squares_sum; /* of every point's drawdown */
};

struct basis_trips {
    uint64_t count, wins, losses, longs, shorts;
    uint64_t wins_in_row, losses_in_row;
    struct amount net, gross_profit, gross_loss, best, worst;
    i128 duration_ns, win_duration_ns, loss_duration_ns;
    double sqn; /* NaN where undefined */
};

struct metrics_basis {
    const struct backtest_result *result;
    double *returns; /* owned; in order of time */
    double *sorted;  /* owned; the same upward */
    size_t returns_count;
    int64_t period_ns;
    double periods_per_year;
    double years; /* of 365 days from from_ns to to_ns; 0 or less: unknown */
    struct moments moments;
    bool has_variance;
    struct basis_drawdown drawdown;
    struct basis_trips trips;
    double autocorrelation_penalty;   /* A of smart_sharpe; NaN where undefined */
    double period_ulcer, period_tail; /* u and E of serenity_index, of the closes of periods */
    uint64_t points_exposed, points_under_water;
    double exposure_mean; /* NaN where no point has positive equity */
    double equity_mean;   /* NaN without points */
    struct amount turnover;
};

/* Allocates; metrics_basis_release frees, also after a failure. */
MUST_USE enum status metrics_basis_init(struct metrics_basis *basis,
                                        const struct backtest_result *result);
void metrics_basis_release(struct metrics_basis *basis);

/* The nearest double to units / 10^18. */
static inline double amount_to_double(struct amount amount)
{
    return (double)amount.units / 1e18;
}

#endif
