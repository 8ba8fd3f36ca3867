/* Reads a result back from the files that result_output_write wrote, so that it can be shown,
 * listed and compared without running again.
 *
 *     result.json     everything but the rows, and the metrics as they were computed
 *     fills.csv, equity.csv, trips.csv     the rows; orders.csv is not needed for any table
 *
 * What result_print prints of a result read back is, byte for byte, what it printed of the result
 * itself. Files are data from outside: whatever does not fit is STATUS_DATA_INVALID with file and
 * line. */
#ifndef TERN_DRIVE_REPORT_RESULT_READ_H
#define TERN_DRIVE_REPORT_RESULT_READ_H

#include "base/problem.h"
#include "drive/result/metrics.h"

#define RESULT_JSON_SIZE_MAX (64u << 20)

/* directory/result.json. On success the caller releases *result, which has no rows. Fails with
 * STATUS_NOT_FOUND, STATUS_IO, STATUS_DATA_INVALID, STATUS_NO_MEMORY. */
MUST_USE enum status result_summary_read(const char *directory, struct backtest_result *result,
                                         struct metrics *metrics, struct problem *problem);
/* The same with its fills, equity points and trips. */
MUST_USE enum status result_read(const char *directory, struct backtest_result *result,
                                 struct metrics *metrics, struct problem *problem);
/* The bytes of directory/name as they are, such as result.json; appended to out. */
MUST_USE enum status result_file_load(const char *directory, const char *name,
                                      struct text_buffer *out, struct problem *problem);

#endif
