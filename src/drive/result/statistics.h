/* Statistics of a series of returns: how good, how sure, how overfitted, how dangerous.
 *
 *     Ten returns .01 -.02 .015 -.005 .03 0 -.01 .02 .005 -.015: mean .003, standard deviation
 *     .0160208198, Sharpe .1872563 a period (x sqrt(365) = 3.5775273), PSR(0) = .7151093.
 *
 * Everything here is per period: nothing is annualised, and the caller multiplies by the root of
 * the periods a year. Only base/math is used, and sums run in the order of the series, so results
 * have the same bits on every machine. What is not defined (too few values, no variance) is NaN;
 * writers turn that into null. */
#ifndef TERN_DRIVE_RESULT_STATISTICS_H
#define TERN_DRIVE_RESULT_STATISTICS_H

#include "base/status.h"

/* False for NaN and infinities. */
static inline bool double_is_finite(double value)
{
    return value - value == 0.0;
}

double double_nan(void);

struct moments {
    size_t count;
    double mean;
    double deviation; /* standard deviation with n - 1; NaN below two values */
    double skewness;  /* population form m3 / m2^(3/2); NaN without variance */
    double kurtosis;  /* raw: m4 / m2^2, 3 for a normal distribution; NaN without variance */
};

struct moments moments_of(const double *values, size_t count);

/* Variance counts as none where the deviation is below 1e-12 of the largest magnitude: a series
 * that grows by the same share each day has only rounding noise. */
bool moments_without_variance(const double *values, size_t count, const struct moments *moments);

/* Mean over standard deviation (n - 1). */
double sharpe_ratio(const double *values, size_t count);
/* (mean - target) over the root of the mean over ALL n of min(value - target, 0)^2. */
double sortino_ratio(const double *values, size_t count, double target);
/* Root of that mean. */
double downside_deviation(const double *values, size_t count, double target);

/* Quantile at share in [0, 1] of values sorted upward, linear between order statistics
 * (h = (n - 1) share). */
double quantile_of_sorted(const double *sorted, size_t count, double share);
/* Sorts upward in place; NaN is not allowed in. */
void doubles_sort(double *values, size_t count);

/* Probability that the true Sharpe ratio is above benchmark, given one of sharpe over count
 * returns with these moments. Bailey and Lopez de Prado, "The Sharpe Ratio Efficient Frontier"
 * (2012), eq. 11. */
double probabilistic_sharpe(double sharpe, double benchmark, double count, double skewness,
                            double kurtosis);
/* Expected largest of `trials` independent standard normal draws, by the approximation
 * (1 - g) Z(1 - 1/N) + g Z(1 - 1/(N e)), g the Euler-Mascheroni constant; 0 for one trial. */
double expected_maximum_normal(double trials);
/* Probabilistic Sharpe ratio against what the best of `trials` without skill would show:
 * sqrt(variance of the trials' Sharpe ratios) x expected_maximum_normal(trials). Bailey and Lopez
 * de Prado, "The Deflated Sharpe Ratio" (2014), eq. 9. */
double deflated_sharpe(double sharpe, double count, double skewness, double kurtosis, double trials,
                       double trials_variance);
/* Number of returns after which sharpe is above benchmark with that confidence (2012, eq. 13). */
double minimum_track_record(double sharpe, double benchmark, double skewness, double kurtosis,
                            double confidence);
/* Years a back-test must span so that the best of `trials` without skill shows an annual Sharpe
 * ratio of at most `sharpe_annual`. Bailey, Borwein, Lopez de Prado and Zhu, "Pseudo-Mathematics
 * and Financial Charlatanism" (2014), theorem 1 solved for the length. */
double minimum_backtest_years(double trials, double sharpe_annual);

/* Value at risk and expected shortfall as losses: positive numbers are losses. Confidence in basis
 * points (9500 = 95 %), 1 to 9999, so that counts are computed in integers. */
struct tail_risk {
    double value_at_risk, expected_shortfall;
};

/* The k-th worst and the mean of the k worst, k = ceil((1 - confidence) n); sorted upward. */
struct tail_risk tail_historical(const double *sorted, size_t count, unsigned confidence_bps);
struct tail_risk tail_normal(double mean, double deviation, unsigned confidence_bps);
/* Student's t with freedom > 2 degrees, scaled so that its standard deviation is deviation. */
struct tail_risk tail_student(double mean, double deviation, double freedom,
                              unsigned confidence_bps);
/* Cornish-Fisher with skewness and excess kurtosis. NaN where the expansion is not monotone: use
 * the historical form there. */
struct tail_risk tail_cornish_fisher(double mean, double deviation, double skewness,
                                     double excess_kurtosis, unsigned confidence_bps);
bool cornish_fisher_is_monotone(double skewness, double excess_kurtosis);
/* Kupiec's likelihood ratio of `exceptions` in `count` days; above 3.8415 the model is rejected at
 * 95 %. */
double kupiec_ratio(unsigned exceptions, unsigned count, unsigned confidence_bps);

double student_cdf(double t, double freedom);
double student_quantile(double share, double freedom);

#endif
