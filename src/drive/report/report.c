#include "drive/report/report.h"

#include "drive/report/charts.h"
#include "drive/report/data.h"
#include "drive/report/markup.h"
#include "drive/report/tables.h"
#include "drive/result/market.h"
#include "drive/result/readable.h"

static void banner(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char from[READABLE_SIZE], to[READABLE_SIZE];
    moment_format(from, result->from_ns);
    moment_format(to, result->to_ns);
    plain(report, "<header><div><p class=\"brand\">tern back-test</p><h1>");
    escaped(report, result->name);
    text_buffer_print(report->out,
                      "</h1><p class=\"muted\">%.10s to %.10s &middot; %u bot%s on %u "
                      "instrument%s &middot; ",
                      from, to, result->bots.count, result->bots.count == 1 ? "" : "s",
                      result->instruments.count, result->instruments.count == 1 ? "" : "s");
    escaped(report, result->currency);
    plain(report, "</p></div><div class=\"tools\" id=\"tools\"></div></header>\n<main>\n");
}

static void contents(const struct report *report)
{
    const struct backtest_result *result = report->result;
    plain(report, "<nav aria-label=\"Parts of the report\"><a href=\"#figures\">Figures</a>");
    if (result->equity.count > 0)
        plain(report, "<a href=\"#equity\">Equity</a><a href=\"#months\">Months</a>");
    if (result->fills_count > 0)
        plain(report, "<a href=\"#costs\">Costs</a>");
    if (result->equity.count > 0)
        plain(report, "<a href=\"#risk\">Risk</a>");
    if (result->market != NULL && result->market->count > 0)
        plain(report, "<a href=\"#candles\">Prices and fills</a>");
    if (result->trips.count > 0)
        plain(report, "<a href=\"#trips\">Trips</a>");
    if (result->bots.count > 0)
        plain(report, "<a href=\"#bots\">Bots</a>");
    plain(report, "<a href=\"#metrics\">Metrics</a></nav>\n");
}

/* The frame that the script fills. */
static void candles_frame(const struct report *report)
{
    const struct result_market *market = report->result->market;
    if (market == NULL || market->count == 0)
        return;
    section_open(report, "candles", "Prices and fills", NULL);
    if (market->count < market->of)
        text_buffer_print(report->out,
                          "<p class=\"note\">The %u of %u instruments with the most fills.</p>\n",
                          market->count, market->of);
    plain(report, "<div id=\"candles-view\"><p class=\"note\">Candles are drawn by the script of "
                  "this file, which is not allowed to run here. The trips below and fills.csv hold "
                  "the same fills.</p></div>\n");
    section_close(report);
}

void report_html_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out)
{
    struct report report = {result, metrics, out, money_places(result->start_equity)};
    char title[RESULT_NAME_SIZE + 16] = "Back-test ";
    (void)text_copy(title + 10, sizeof title - 10, text_of(result->name));
    page_head(&report, title);
    banner(&report);
    tables_warnings(&report);
    tables_run(&report);
    contents(&report);
    tables_figures(&report);
    charts_equity(&report);
    charts_calendar(&report);
    charts_costs(&report);
    charts_risk(&report);
    candles_frame(&report);
    tables_trips(&report);
    tables_breakdowns(&report);
    tables_metrics(&report);
    report_data_append(&report);
    page_foot(&report);
}
