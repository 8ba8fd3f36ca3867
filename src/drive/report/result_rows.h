/* The rows of a stored result: fills.csv, equity.csv and trips.csv back into a struct. Internal to
 * result_read. */
#ifndef TERN_DRIVE_REPORT_RESULT_ROWS_H
#define TERN_DRIVE_REPORT_RESULT_ROWS_H

#include "base/problem.h"
#include "drive/result/result.h"

/* result has its bots and instruments, and the counts of result.json, which the rows must match.
 * Its arrays are filled, its counts stay. */
MUST_USE enum status result_rows_read(const char *directory, struct backtest_result *result,
                                      struct problem *problem);

#endif
