/* Probability of back-test overfitting (PBO) by combinatorially symmetric cross-validation.
 * Bailey, Borwein, Lopez de Prado and Zhu, "The Probability of Backtest Overfitting" (2015).
 *
 * T returns of N strategies are cut into S even blocks of rows. For every choice of S/2 blocks the
 * strategy with the best Sharpe ratio on them is ranked by its Sharpe ratio on the others:
 *
 *     w = rank / (N + 1), rank 1 the worst         logit = ln(w / (1 - w))
 *
 * PBO is the share of choices whose logit is at or below zero: the chosen best was no better than
 * the median where it had not been chosen. Near .5 the choice was luck, near 0 there was skill.
 * Where T is no multiple of S the oldest rows are left out. A strategy without variance has ratio
 * 0; equal ratios share their mean rank. */
#ifndef TERN_DRIVE_RESULT_OVERFIT_H
#define TERN_DRIVE_RESULT_OVERFIT_H

#include "base/status.h"

#define OVERFIT_BLOCKS_MAX 20u /* C(20, 10) = 184,756 choices */

struct overfit {
    double probability;      /* PBO */
    double loss_probability; /* share of choices whose best had a Sharpe ratio < 0 outside */
    double logit_median;
    double sharpe_inside_mean; /* of the chosen best, a period: inside and outside */
    double sharpe_outside_mean;
    uint32_t choices;
};

/* returns[row * strategies + strategy], row 0 the oldest. STATUS_RANGE where blocks is odd, below 2
 * or above OVERFIT_BLOCKS_MAX, a block would have fewer than 2 rows, or strategies < 2. */
MUST_USE enum status overfit_probability(const double *returns, size_t rows, size_t strategies,
                                         unsigned blocks, struct overfit *out);

#endif
