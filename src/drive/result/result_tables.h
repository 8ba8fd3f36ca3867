/* A result as people read it on a terminal: warnings first, then equity, bots, instruments, reasons
 * of exit, denied intents and the metrics. */
#ifndef TERN_DRIVE_RESULT_RESULT_TABLES_H
#define TERN_DRIVE_RESULT_RESULT_TABLES_H

#include "base/table.h"
#include "drive/result/metrics.h"

/* Plain style: exact values, tab-separated, each line begins with the name of its table (`grep
 * ^bots`). Otherwise money is rounded to the currency's places and the tables fit the width.
 * Fails for lack of memory only. */
MUST_USE enum status result_print(const struct backtest_result *result,
                                  const struct metrics *metrics, const struct table_style *style,
                                  struct text_buffer *out);

#endif
