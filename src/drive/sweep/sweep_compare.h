/* Sweeps side by side: how their trials are spread, which parameters they have in common, and
 * whether those that did well in one did well in the other.
 *
 * Trials are those that ran over all days (of a halved sweep the last rung). Two trials are the
 * same parameters where they have the same values under the same keys, 0.10 and 0.1 being one
 * value.
 *
 *     rank correlation   Spearman's, over the parameters in common, ties with their mean rank:
 *     near 1
 *                        what is good in one is good in the other, near 0 one says nothing of the
 *                        other
 *     top tenth          share of the best tenth of A, at least one, that is in the best tenth of
 *     B,
 *                        of the parameters in common; 0.1 is what chance gives
 *
 * A parameter that is good on other data or with other costs is worth more than one that is best
 * once. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_COMPARE_H
#define TERN_DRIVE_SWEEP_SWEEP_COMPARE_H

#include "drive/config/differ.h"
#include "drive/sweep/sweep_view.h"

#define COMPARE_BINS 16u

/* Of the Sharpe ratios a year; NaN where there is none. Quartiles between two values lie between
 * them in proportion (R's type 7). */
struct sweep_spread {
    uint32_t trials; /* that have a ratio */
    double best, upper, median, lower, worst, mean;
    double earned; /* share of trials above zero */
};

struct sweep_overlap {
    uint32_t common;         /* parameters in both */
    double rank_correlation; /* NaN below three, or where one has the same everywhere */
    double top_tenth;        /* NaN of none */
    uint32_t best_there;     /* place of A's best in B, 1 the best; 0: not there */
    uint32_t best_here;      /* place of B's best in A */
};

/* STATUS_NO_MEMORY. */
MUST_USE enum status sweep_spread_of(const struct sweep_summary *summary, struct sweep_spread *out);
/* How many Sharpe ratios a year lie in each part of low to high. */
void sweep_bins_of(const struct sweep_summary *summary, double low, double high,
                   double bins[COMPARE_BINS]);
MUST_USE enum status sweep_overlap_of(const struct sweep_summary *a, const struct sweep_summary *b,
                                      struct sweep_overlap *out);
/* Spearman's rank correlation of two lists; NaN as above. Exposed to be tested by itself.
 * STATUS_NO_MEMORY. */
MUST_USE enum status rank_correlation(const double *a, const double *b, size_t count, double *out);

/* What a sweep is, as lists that config_differ takes. */
struct sweep_lists {
    struct text_buffer config, data, space; /* owned */
};
MUST_USE enum status sweep_lists_read(const char *store_path, struct sweep_lists *out,
                                      struct problem *problem);
void sweep_lists_release(struct sweep_lists *lists);

#endif
