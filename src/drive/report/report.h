/* report.html: one self-contained file for people. It loads nothing; its own style and script are
 * the only ones that its policy lets run; without the script all pictures and tables are there, but
 * candles. It follows the reader's theme and prints on paper. Every name in it is escaped. */
#ifndef TERN_DRIVE_REPORT_REPORT_H
#define TERN_DRIVE_REPORT_REPORT_H

#include "drive/result/metrics.h"

/* Bounds of what a report holds, the latest first; the CSV files hold everything. */
#define REPORT_TRIPS_MAX 10000u
#define REPORT_FILLS_MAX 20000u /* of all instruments with candles */
#define REPORT_STOPS_MAX 10000u

/* The same bytes for the same result. Failures show in out->status. */
void report_html_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out);
/* report.md: the same words and tables without pictures, as Markdown (GFM), for terminals, tickets
 * and programs that read. */
void report_markdown_print(const struct backtest_result *result, const struct metrics *metrics,
                           struct text_buffer *out);

#endif
