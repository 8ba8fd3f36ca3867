/* The pictures of the report, each a section of its own with its numbers as a table. Internal to
 * drive/report. What cannot be drawn (no equity, too few returns) is left out. */
#ifndef TERN_DRIVE_REPORT_CHARTS_H
#define TERN_DRIVE_REPORT_CHARTS_H

#include "drive/report/markup.h"
#include "drive/report/plot.h"

/* Equity beside buying and holding, and the drawdown below. */
void charts_equity(const struct report *report);
/* Months as a heat map, years as bars. */
void charts_calendar(const struct report *report);
/* From what the prices gave to what was left of it. */
void charts_costs(const struct report *report);
/* Returns and trips by size, the rolling Sharpe ratio, exposure over time. */
void charts_risk(const struct report *report);

/* Slippage in the prices of all fills that took, by the configured rate, to the rounding of a
 * tick: notional * rate / (1 + rate) of purchases, / (1 - rate) of sales. */
struct amount slippage_sum(const struct backtest_result *result);

/* Equity of a result as points, its start equity first; *points is the caller's to free. */
MUST_USE enum status equity_points(const struct backtest_result *result, int64_t origin_ns,
                                   struct plot_point **points, size_t *count);

#endif
