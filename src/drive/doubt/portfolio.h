/* Several series of returns together: how alike they are, and who carries the risk.
 *
 *     weights .5 .5, deviations .6 .8, correlation .8: deviation of both .66483081, contributions
 *     .27977043 and .38506038, which add up to it; diversification ratio 1.0528995
 *
 * Matrices are square, row by row, symmetric. A covariance of few returns is shrunk towards
 * something simple, because its extremes are mostly noise and everything that is inverted or
 * compared takes them for the truth. Only base/math is used; sums run in the order of the data. */
#ifndef TERN_DRIVE_DOUBT_PORTFOLIO_H
#define TERN_DRIVE_DOUBT_PORTFOLIO_H

#include "base/status.h"

#define PORTFOLIO_ASSETS_MAX 256u

/* Correlation with weights that fall by `decay` a step back (RiskMetrics, 1996: .94), the first
 * pair as the seed; the same decay above and below, so it never leaves -1 to 1. NaN without
 * variance. */
double correlation_ewma(const double *x, const double *y, size_t count, double decay);

/* Sample covariance with n below, of returns[row * assets + asset]; out has assets^2 places. */
void covariance_sample(const double *returns, size_t rows, size_t assets, double *out);

/* That covariance, shrunk towards its mean variance times the identity: its trace stays. Returns
 * the weight of the target, 0 to 1. Ledoit and Wolf, "A well-conditioned estimator for
 * large-dimensional covariance matrices" (2004). rows >= 2, assets >= 1. */
double covariance_shrink(const double *returns, size_t rows, size_t assets, double *out);
/* Towards its own variances with one correlation for all pairs, the mean of them; *mean gets it.
 * Ledoit and Wolf, "Honey, I shrunk the sample covariance matrix" (2003). STATUS_NO_MEMORY,
 * STATUS_RANGE where an asset has no variance. */
MUST_USE enum status covariance_shrink_constant(const double *returns, size_t rows, size_t assets,
                                                double *out, double *mean, double *weight);

/* Deviation of a portfolio. contributions, NULL: not wanted, get what each asset adds to it; they
 * add up to it. */
double portfolio_deviation(const double *weights, const double *covariance, size_t assets,
                           double *contributions);
/* Weighted mean of the deviations over the deviation of the whole: 1 where all is one. */
double diversification_ratio(const double *weights, const double *covariance, size_t assets);
/* Weights in proportion to one over each deviation, adding up to 1. */
void weights_inverse_volatility(const double *deviations, size_t assets, double *out);
/* One over the sum of squared shares (Herfindahl and Hirschman): as many equal ones would be as
 * concentrated. Shares of any sum; NaN where all are 0. */
double effective_number(const double *shares, size_t count);

#endif
