#include "drive/report/charts.h"

#include "base/time.h"
#include "drive/result/breakdown.h"
#include "drive/result/market.h"
#include "drive/result/readable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_ROWS 24u

static double seconds_of(int64_t time_ns, int64_t origin_ns)
{
    return (double)(time_ns - origin_ns) / 1e9;
}

static int64_t origin_of(const struct backtest_result *result)
{
    return i64_min(result->from_ns, result->equity.items[0].time_ns);
}

/* ---- equity ---------------------------------------------------------------------------------- */

enum status equity_points(const struct backtest_result *result, int64_t origin_ns,
                          struct plot_point **points, size_t *count)
{
    const struct result_equities *equity = &result->equity;
    *points = malloc(((size_t)equity->count + 1) * sizeof(**points));
    if (*points == NULL)
        return STATUS_NO_MEMORY;
    (*points)[0] = (struct plot_point){seconds_of(result->from_ns, origin_ns),
                                       (double)result->start_equity.units / 1e18};
    *count = result->from_ns < equity->items[0].time_ns ? 1 : 0;
    for (uint32_t i = 0; i < equity->count; i++)
        (*points)[(*count)++] = (struct plot_point){seconds_of(equity->items[i].time_ns, origin_ns),
                                                    (double)equity->items[i].equity.units / 1e18};
    *count = plot_thin(*points, *count);
    return STATUS_OK;
}

static size_t hold_points(const struct report *report, int64_t origin_ns, struct plot_point *points)
{
    const struct result_market *market = report->result->market;
    double start = (double)report->result->start_equity.units / 1e18;
    if (market == NULL || market->curve_count == 0)
        return 0;
    points[0] = (struct plot_point){seconds_of(report->result->from_ns, origin_ns), start};
    for (uint32_t i = 0; i < market->curve_count; i++)
        points[i + 1] = (struct plot_point){seconds_of(market->curve[i].time_ns, origin_ns),
                                            market->curve[i].growth * start};
    return market->curve_count + 1u;
}

static void equity_picture(const struct report *report, const struct plot_point *points,
                           size_t count, int64_t origin_ns)
{
    struct plot_point hold[MARKET_CURVE_MAX + 1];
    size_t held = hold_points(report, origin_ns, hold);
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 300,
                        .unit = PLOT_MONEY,
                        .timed = true,
                        .origin_ns = origin_ns};
    plot_range(&plot, points, count);
    plot_range(&plot, hold, held);
    figure_open(report, held > 0 ? "<i class=\"key k1\"></i>equity &ensp;<i class=\"key k2\"></i>"
                                   "buying and holding, without costs"
                                 : "<i class=\"key k1\"></i>equity");
    plot_open(&plot, "wide", "Equity at each bar's close");
    plot_area(&plot, "area a1", points, count, plot.y_low);
    plot_axis_y(&plot);
    plot_axis_time(&plot);
    plot_line(&plot, "line l2", hold, held);
    plot_line(&plot, "line l1", points, count);
    plot_close(&plot);
    figure_close(report);
}

static void drawdown_picture(const struct report *report, struct plot_point *points,
                             int64_t origin_ns)
{
    const struct result_equities *equity = &report->result->equity;
    for (uint32_t i = 0; i < equity->count; i++)
        points[i] = (struct plot_point){seconds_of(equity->items[i].time_ns, origin_ns),
                                        -equity->items[i].drawdown};
    size_t count = plot_thin(points, equity->count);
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 140,
                        .unit = PLOT_PERCENT,
                        .timed = true,
                        .origin_ns = origin_ns};
    plot_range(&plot, &(struct plot_point){seconds_of(report->result->from_ns, origin_ns), 0}, 1);
    plot_range(&plot, points, count);
    figure_open(report, "<i class=\"key k3\"></i>drawdown: share of the highest equity so far");
    plot_open(&plot, "wide", "Drawdown from the highest equity so far");
    plot_area(&plot, "area a3", points, count, 0);
    plot_axis_y(&plot);
    plot_axis_time(&plot);
    plot_line(&plot, "line l3", points, count);
    plot_close(&plot);
    figure_close(report);
}

static void equity_table(const struct report *report)
{
    static const struct heading headings[] = {{"time", true},
                                              {"equity", false},
                                              {"cash", false},
                                              {"exposure", false},
                                              {"drawdown", false}};
    const struct result_equities *equity = &report->result->equity;
    details_open(report);
    table_open(report, "Equity in numbers", headings, ARRAY_COUNT(headings));
    uint32_t rows = equity->count < TABLE_ROWS ? equity->count : TABLE_ROWS;
    for (uint32_t i = 0; i < rows; i++) {
        const struct result_equity
            *point = &equity->items[(uint64_t)(i + 1) * equity->count / rows - 1];
        char time[READABLE_SIZE];
        moment_format(time, point->time_ns);
        plain(report, "<tr>");
        cell(report, "left", time);
        cell_money(report, point->equity, false);
        cell_money(report, point->cash, false);
        cell_money(report, point->exposure, false);
        cell_percent(report, point->drawdown, false);
        plain(report, "</tr>\n");
    }
    table_close(report);
    details_close(report);
}

void charts_equity(const struct report *report)
{
    const struct backtest_result *result = report->result;
    if (result->equity.count == 0)
        return;
    int64_t origin_ns = origin_of(result);
    struct plot_point *points;
    size_t count;
    if (equity_points(result, origin_ns, &points, &count) != STATUS_OK) {
        report->out->status = STATUS_NO_MEMORY;
        return;
    }
    section_open(report, "equity", "Equity", NULL);
    equity_picture(report, points, count, origin_ns);
    drawdown_picture(report, points, origin_ns);
    equity_table(report);
    section_close(report);
    free(points);
}

/* ---- months and years ------------------------------------------------------------------------ */

/* Depth of a month's tint, 1 to 5: a tenth of a return is the full tint. */
static unsigned tint_of(double value)
{
    double magnitude = value < 0 ? -value : value;
    return magnitude >= 0.1 ? 5 : 1 + (unsigned)(magnitude * 40);
}

static void month_cell(const struct report *report, double value, bool known)
{
    if (!known || !double_is_finite(value)) {
        plain(report, "<td></td>");
        return;
    }
    char text[READABLE_SIZE];
    percent_format(text, value, true);
    size_t size = strlen(text);
    /* The unit stands in the heading. */
    if (size > 2 && strcmp(text + size - 2, " %") == 0)
        text[size - 2] = '\0';
    if (value == 0)
        text_buffer_print(report->out, "<td>%s</td>", text);
    else
        text_buffer_print(report->out, "<td class=\"%s%u\">%s</td>", value < 0 ? "f" : "g",
                          tint_of(value), text);
}

struct year_return {
    int32_t year;
    double value;
};

/* One row a year; fills years and returns how many. */
static size_t months_table(const struct report *report, const struct month_return *months,
                           size_t count, struct year_return *years)
{
    static const struct heading headings[] = {
        {"%", true},    {"Jan", false}, {"Feb", false}, {"Mar", false}, {"Apr", false},
        {"May", false}, {"Jun", false}, {"Jul", false}, {"Aug", false}, {"Sep", false},
        {"Oct", false}, {"Nov", false}, {"Dec", false}, {"year", false}};
    size_t years_count = 0;
    table_open(report, "Returns by month", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < count;) {
        int32_t year = months[i].year;
        text_buffer_print(report->out, "<tr><th scope=\"row\">%d</th>", (int)year);
        double growth = 1;
        for (uint8_t month = 1; month <= 12; month++) {
            bool known = i < count && months[i].year == year && months[i].month == month;
            month_cell(report, known ? months[i].value : 0, known);
            if (known)
                growth *= 1 + months[i++].value;
        }
        month_cell(report, growth - 1, true);
        plain(report, "</tr>\n");
        years[years_count++] = (struct year_return){year, growth - 1};
    }
    table_close(report);
    return years_count;
}

static void years_picture(const struct report *report, const struct year_return *years,
                          size_t count)
{
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 180,
                        .unit = PLOT_PERCENT,
                        .left = 64,
                        .x_high = (double)count,
                        .ranged_x = true};
    plot_range_y(&plot, 0);
    for (size_t i = 0; i < count; i++) {
        if (double_is_finite(years[i].value))
            plot_range_y(&plot, years[i].value);
    }
    figure_open(report, "Return of each year");
    plot_open(&plot, "wide", "Return of each year");
    plot_axis_y(&plot);
    for (size_t i = 0; i < count; i++) {
        char title[READABLE_SIZE * 2], value[READABLE_SIZE];
        double value_y = double_is_finite(years[i].value) ? years[i].value : 0;
        percent_format(value, years[i].value, true);
        (void)snprintf(title, sizeof title, "%d: %s", (int)years[i].year, value);
        double room = count > 3 ? 0.15 : 0.35;
        plot_bar(&plot, value_y < 0 ? "bar down" : "bar up", (double)i + room, (double)i + 1 - room,
                 value_y, title);
        (void)snprintf(title, sizeof title, "%d", (int)years[i].year);
        if (count <= 16 || i % (count / 8) == 0)
            plot_label_x(&plot, (double)i + 0.5, title);
    }
    plot_close(&plot);
    figure_close(report);
}

void charts_calendar(const struct report *report)
{
    struct month_return *months;
    size_t count;
    enum status status = months_make(report->result, &months, &count);
    struct year_return *years = malloc((count + 1) * sizeof *years);
    if (status != STATUS_OK || years == NULL)
        report->out->status = status != STATUS_OK ? status : STATUS_NO_MEMORY;
    if (report->out->status == STATUS_OK && count > 0) {
        section_open(report, "months", "Months and years", NULL);
        size_t years_count = months_table(report, months, count, years);
        if (years_count > 1)
            years_picture(report, years, years_count);
        section_close(report);
    }
    free(years);
    free(months);
}

/* ---- costs ----------------------------------------------------------------------------------- */

struct amount slippage_sum(const struct backtest_result *result)
{
    int64_t ppm = result->slippage.ppm;
    struct amount sum = {0};
    for (uint32_t i = 0; ppm > 0 && i < result->fills.count; i++) {
        const struct result_fill *fill = &result->fills.items[i];
        i128 part = 0;
        int64_t moved = RATIO_ONE + (fill->side == SIDE_BUY ? ppm : -ppm);
        if (fill->liquidity == LIQUIDITY_TAKER && moved > 0 &&
            i128_multiply_divide(fill->notional.units, ppm, moved, ROUND_HALF_EVEN, &part))
            sum.units += part;
    }
    return sum;
}

struct cost_row {
    const char *name, *meaning;
    struct amount amount;
    bool total;
};

static void costs_table(const struct report *report, const struct cost_row *rows, size_t count)
{
    static const struct heading headings[] = {
        {"", true}, {"amount", false}, {"of start equity", false}, {"", true}};
    table_open(report, "From gross to net", headings, ARRAY_COUNT(headings));
    double start = (double)report->result->start_equity.units;
    for (size_t i = 0; i < count; i++) {
        plain(report, rows[i].total ? "<tr class=\"total\">" : "<tr>");
        cell(report, "left", rows[i].name);
        cell_money(report, rows[i].amount, true);
        cell_percent(report, (double)rows[i].amount.units / start, true);
        cell(report, "left wrap muted", rows[i].meaning);
        plain(report, "</tr>\n");
    }
    table_close(report);
}

static void costs_picture(const struct report *report, const struct cost_row *rows, size_t count)
{
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 190,
                        .unit = PLOT_MONEY,
                        .left = 64,
                        .x_high = (double)count,
                        .ranged_x = true};
    plot_range_y(&plot, 0);
    for (size_t i = 0; i < count; i++)
        plot_range_y(&plot, (double)rows[i].amount.units / 1e18);
    figure_open(report, "Gross result, what it cost, and what was left");
    plot_open(&plot, "wide", "Gross result, costs and net result");
    plot_axis_y(&plot);
    for (size_t i = 0; i < count; i++) {
        char title[READABLE_SIZE * 2], money[READABLE_SIZE];
        money_format(money, rows[i].amount, report->places, true);
        (void)snprintf(title, sizeof title, "%s: %s", rows[i].name, money);
        plot_bar(&plot, rows[i].amount.units < 0 ? "bar down" : "bar up", (double)i + 0.2,
                 (double)i + 0.8, (double)rows[i].amount.units / 1e18, title);
        plot_label_x(&plot, (double)i + 0.5, rows[i].name);
    }
    plot_close(&plot);
    figure_close(report);
}

void charts_costs(const struct report *report)
{
    const struct backtest_result *result = report->result;
    if (result->fills_count == 0 || result->start_equity.units <= 0)
        return;
    struct amount slippage = slippage_sum(result);
    struct amount net = {result->end_equity.units - result->start_equity.units};
    const struct cost_row rows[] = {
        {"gross", "what the prices gave: realized and unrealized, before all costs",
         {net.units + result->fees.units + slippage.units - result->funding.units}, false},
        {"fees", "paid to the venue", {-result->fees.units}, false},
        {"slippage",
         result->slippage.ppm > 0
             ? "in the prices of fills that took, by the configured rate, to a tick"
             : "none configured; on order books it is in the prices that were there",
         {-slippage.units}, false},
        {"funding", "received, or paid where negative", result->funding, false},
        {"net", "end equity less start equity", net, true},
    };
    section_open(report, "costs", "Costs", NULL);
    costs_picture(report, rows, ARRAY_COUNT(rows));
    costs_table(report, rows, ARRAY_COUNT(rows));
    section_close(report);
}
