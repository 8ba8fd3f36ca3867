/* What other programs call the metrics, how theirs differ, and where a formula comes from.
 *
 *     metric_notes[METRIC_SHARPE].jesse                  "sharpe_ratio"
 *     metric_find(TEXT("conditional_value_at_risk"))     METRIC_EXPECTED_SHORTFALL
 *
 * Names are the keys of freqtrade's and Jesse's results and the functions of QuantStats. A new
 * metric is one row more. */
#ifndef TERN_DRIVE_RESULT_METRICS_NAMES_H
#define TERN_DRIVE_RESULT_METRICS_NAMES_H

#include "drive/result/metrics.h"

struct metric_note {
    const char *freqtrade, *jesse, *quantstats; /* several with commas between; NULL: has none */
    const char *differs; /* how their figure is another one; NULL: it is not */
    const char *source;  /* of the formula; NULL: it is arithmetic */
};
extern const struct metric_note metric_notes[METRIC_COUNT];

/* The ten that people who come from those programs look for first, in this order. */
extern const enum metric metric_first_ten[10];

/* What they have and we have not, and why. */
struct metric_missing {
    const char *program, *name, *why;
};
const struct metric_missing *metrics_missing(size_t *count);

/* By our name or one of theirs; METRIC_COUNT where there is none. */
enum metric metric_find(struct text name);

/* One metric in full: what it says, formula, names elsewhere, source. Where result is not NULL its
 * numbers stand in the formula; it must have its rows. STATUS_NO_MEMORY. */
MUST_USE enum status metric_explain(enum metric metric, const struct backtest_result *result,
                                    const struct metrics *metrics, bool json,
                                    struct text_buffer *out);

#endif
