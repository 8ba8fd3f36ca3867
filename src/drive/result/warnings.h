/* What makes a result doubtful, as one table; the warnings stand first in every output.
 *
 *     X(NAME, "text")     the text as it stands in result.json; %s is the detail of this run */
#ifndef TERN_DRIVE_RESULT_WARNINGS_H
#define TERN_DRIVE_RESULT_WARNINGS_H

#include "base/problem.h"
#include "drive/result/metrics.h"

#define WARNING_TABLE(X)                                                                          \
    X(THIS_CLOSE, "look-ahead suspicion: orders fill at the close they were decided on")          \
    X(OVERDRAWN, "overdrawn: cash of a book was below zero: %s")                                  \
    X(NO_TRIPS, "no round trips")                                                                 \
    X(FEW_TRIPS, "fewer than 30 round trips")                                                     \
    X(ZERO_COST, "zero cost: fills without any fee")                                              \
    X(PROFIT_FACTOR, "profit factor over 5")                                                      \
    X(SHARPE, "Sharpe ratio over 5")                                                              \
    X(WIN_RATE, "look-ahead suspicion: more than nine in ten of the trips won")                   \
    X(GROWTH, "return over 1,000 % a year")                                                       \
    X(MANY_TRIALS, "deflated Sharpe ratio below 0.5: the best of %s trials without skill looks "  \
                   "as good")                                                                     \
    X(DATA_GAPS, "data gaps: more than 1 % of the bars are missing: %s")                          \
    X(OPEN_POSITION, "a position was still open at the end: %s")                                  \
    X(STALE_PRICE, "a position was valued at a stale price: %s")                                  \
    X(TRIALS_UNKNOWN, "trials could not be counted; the deflated Sharpe ratio takes this run as " \
                      "the only one: %s")

enum warning {
#define WARNING_ENUM(NAME, text) WARNING_##NAME,
    WARNING_TABLE(WARNING_ENUM) WARNING_COUNT
#undef WARNING_ENUM
};

/* Adds the warnings that hold for result to result->warnings, in the order of the table. */
MUST_USE enum status warnings_find(struct backtest_result *result, const struct metrics *metrics);

/* Everything between the loop and the outputs: finishes the result, computes the metrics, counts
 * the trial in the file at trials_path (NULL: the result's own trials_count stands) and finds the
 * warnings. A trials file that cannot be used is a warning, not a failure. */
MUST_USE enum status backtest_result_conclude(struct backtest_result *result,
                                              const char *trials_path, struct metrics *metrics);

#endif
