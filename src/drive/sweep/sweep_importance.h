/* Which parameter of a sweep mattered: the share of the variance of a metric that the value of one
 * parameter alone explains.
 *
 *     S_a = V(E(y | a)) / V(y) = sum over its values g of n_g (mean_g - mean)^2 / sum (y - mean)^2
 *
 * the first-order term of the functional analysis of variance (Sobol', "Sensitivity estimates for
 * nonlinear mathematical models", 1993; for settings of programs Hutter, Hoos and Leyton-Brown, "An
 * Efficient Approach for Assessing Hyperparameter Importance", 2014). Over a whole grid it is
 * exact, and what the shares leave to 1 is interaction. Where combinations are missing (fast >=
 * slow), it is that of the combinations that ran, and parameters that hang together share what
 * they explain: the sum may pass 1.
 *
 * Of trials that were drawn, means of groups differ by chance even where nothing matters; G groups
 * of n trials by (G - 1) / (n - G) of what is within them. That is taken off (epsilon squared;
 * Kelley, "An Unbiased Correlation Ratio Measure", 1935), what is below zero is zero, and values
 * are put together into at most sqrt(n) groups of neighbours. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_IMPORTANCE_H
#define TERN_DRIVE_SWEEP_SWEEP_IMPORTANCE_H

#include "base/status.h"
#include "drive/sweep/sweep_space.h"

struct importance_input {
    const uint16_t *levels; /* [trial][axis]: index of the value */
    const uint32_t *counts; /* [axis]: how many values it has */
    uint32_t axes;
    const double *values; /* [trial]; one that is not finite is left out */
    size_t trials;
    bool drawn; /* not a grid */
};

struct importance {
    double shares[SWEEP_AXES_MAX];   /* NaN where nothing varies */
    uint32_t groups[SWEEP_AXES_MAX]; /* of values, with at least one trial */
    double rest;                     /* 1 less all shares, at least 0; NaN as above */
    double deviation;                /* of the metric over all trials, population form */
    size_t trials;                   /* that counted */
};

/* STATUS_NO_MEMORY. */
MUST_USE enum status importance_compute(const struct importance_input *input,
                                        struct importance *out);

#endif
