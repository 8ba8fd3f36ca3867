/* report.html: one self-contained file for people. It loads nothing, runs no script, follows the
 * reader's light or dark theme and prints on paper. Every name in it is escaped. */
#ifndef TERN_DRIVE_RESEARCH_REPORT_HTML_H
#define TERN_DRIVE_RESEARCH_REPORT_HTML_H

#include "drive/research/metrics.h"

#define REPORT_TRIPS_MAX 500u

/* Failures show in out->status. */
void report_html_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out);

/* Text between tags or in a quoted attribute: & < > " ' as entities; control characters, overrides
 * of direction and broken bytes as U+FFFD. */
void html_append(struct text_buffer *out, struct text text);

/* Equity and drawdown as inline SVG pictures with axes and a title; nothing without points. */
void report_charts_append(const struct backtest_result *result, struct text_buffer *out);

#endif
