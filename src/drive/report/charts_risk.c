/* How returns spread and change over time. */
#include "drive/report/charts.h"

#include "base/math.h"
#include "base/time.h"
#include "drive/result/readable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINS_MAX 40u
#define WINDOW_MAX 90u
#define WINDOW_MIN 10u
#define EXPOSURE_COLUMNS 240u

/* ---- distributions --------------------------------------------------------------------------- */

struct histogram {
    double first, width; /* left end of bin 0 */
    uint32_t counts[BINS_MAX];
    uint32_t bins;
};

/* Bins of a round width, 0 being a border; the outermost take what lies beyond one in a hundred. */
static void histogram_make(struct histogram *histogram, const double *sorted, size_t count)
{
    static const double factors[] = {1, 2, 5, 10};
    double low = quantile_of_sorted(sorted, count, 0.01);
    double high = quantile_of_sorted(sorted, count, 0.99);
    low = low < 0 ? low : 0;
    high = high > 0 ? high : 0;
    double span = high - low > 1e-12 ? high - low : 1e-12, width = 1e-15;
    while (width * 10 <= span / 30)
        width *= 10;
    size_t factor = 0;
    while (factor + 1 < ARRAY_COUNT(factors) && width * factors[factor] < span / 30)
        factor++;
    *histogram = (struct histogram){.width = width * factors[factor]};
    int64_t first = (int64_t)(low / histogram->width) - 1;
    int64_t last = (int64_t)(high / histogram->width) + 1;
    histogram->first = (double)first * histogram->width;
    histogram->bins = (uint32_t)i64_min(last - first, BINS_MAX);
    for (size_t i = 0; i < count; i++) {
        double place = (sorted[i] - histogram->first) / histogram->width;
        uint32_t bin = place < 0                          ? 0
                       : place >= (double)histogram->bins ? histogram->bins - 1
                                                          : (uint32_t)place;
        histogram->counts[bin]++;
    }
}

static void histogram_table(const struct report *report, const struct histogram *histogram)
{
    static const struct heading headings[] = {{"from", true}, {"to", false}, {"count", false}};
    details_open(report);
    table_open(report, "Distribution in numbers", headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < histogram->bins; i++) {
        if (histogram->counts[i] == 0)
            continue;
        char from[READABLE_SIZE], to[READABLE_SIZE];
        percent_format(from, histogram->first + i * histogram->width, true);
        percent_format(to, histogram->first + (i + 1) * histogram->width, true);
        plain(report, "<tr>");
        cell(report, "left", i == 0 ? "below" : from);
        cell(report, "", i + 1 == histogram->bins ? "above" : to);
        cell_count(report, histogram->counts[i]);
        plain(report, "</tr>\n");
    }
    table_close(report);
    details_close(report);
}

static void histogram_picture(const struct report *report, const struct histogram *histogram,
                              const char *caption)
{
    struct plot plot = {.out = report->out,
                        .width = PLOT_HALF,
                        .height = 200,
                        .unit = PLOT_COUNT,
                        .left = 40,
                        .x_low = histogram->first,
                        .ranged_x = true,
                        .x_high = histogram->first + histogram->bins * histogram->width};
    plot_range_y(&plot, 0);
    for (uint32_t i = 0; i < histogram->bins; i++)
        plot_range_y(&plot, histogram->counts[i]);
    figure_open(report, caption);
    plot_open(&plot, "half", caption);
    plot_axis_y(&plot);
    for (uint32_t i = 0; i < histogram->bins; i++) {
        double from = histogram->first + i * histogram->width;
        if (histogram->counts[i] == 0)
            continue;
        char title[READABLE_SIZE * 3], left[READABLE_SIZE], right[READABLE_SIZE];
        percent_format(left, from, true);
        percent_format(right, from + histogram->width, true);
        (void)snprintf(title, sizeof title, "%s to %s: %u", left, right, histogram->counts[i]);
        /* The middle of a bin: a border that is not quite 0 takes no side. */
        plot_bar(&plot, from + histogram->width / 2 < 0 ? "bar down" : "bar up", from,
                 from + histogram->width, histogram->counts[i], title);
    }
    /* Zero is a border of bins, and the border that people look for. */
    uint32_t step = histogram->bins / 5 + 1;
    uint32_t zero = (uint32_t)(-histogram->first / histogram->width + 0.5);
    for (uint32_t i = zero % step; i <= histogram->bins; i += step) {
        double x = i == zero ? 0 : histogram->first + histogram->width * i;
        char text[READABLE_SIZE];
        plot_value(text, PLOT_PERCENT, x, histogram->bins * histogram->width);
        plot_label_x(&plot, x, text);
    }
    plot_close(&plot);
    figure_close(report);
    histogram_table(report, histogram);
}

/* Without those that are zero: periods without a position would hide all others. */
static void distribution(const struct report *report, double *values, size_t count,
                         const char *what)
{
    char caption[160];
    size_t zeros = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] != 0)
            values[kept++] = values[i];
        else
            zeros++;
    }
    count = kept;
    (void)snprintf(caption, sizeof caption, zeros == 0 ? "%s" : "%s, without %zu that are zero",
                   what, zeros);
    plain(report, "<div>\n");
    if (count >= 2) {
        struct histogram histogram;
        doubles_sort(values, count);
        histogram_make(&histogram, values, count);
        histogram_picture(report, &histogram, caption);
    } else {
        text_buffer_print(report->out, "<p class=\"note\">%s: too few to draw.</p>\n", caption);
    }
    plain(report, "</div>\n");
}

/* Net of each trip as a share of what its entry cost. */
static size_t trip_returns(const struct backtest_result *result, double *out)
{
    size_t count = 0;
    for (uint32_t i = 0; i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        const struct result_instrument *instrument = &result->instruments.items[trip->instrument];
        double quantity = (double)trip->quantity.units /
                          (double)power_of_ten(instrument->quantity_decimals);
        double cost = (double)trip->entry_price.units * quantity;
        if (cost > 0)
            out[count++] = (double)trip->net.units / cost;
    }
    return count;
}

/* ---- over time ------------------------------------------------------------------------------- */

/* Sharpe ratio of the last `window` returns, annualised; a window without variance keeps the value
 * before. Points at the ends of periods. */
static size_t rolling_sharpe(const double *returns, size_t count, size_t window, double per_year,
                             double period_seconds, struct plot_point *out)
{
    size_t kept = 0;
    for (size_t end = window; end <= count; end++) {
        double sum = 0, squares = 0;
        for (size_t i = end - window; i < end; i++)
            sum += returns[i];
        double mean = sum / (double)window;
        for (size_t i = end - window; i < end; i++)
            squares += (returns[i] - mean) * (returns[i] - mean);
        double deviation = math_sqrt(squares / (double)(window - 1));
        double before = kept > 0 ? out[kept - 1].y : 0;
        double value = deviation > 1e-12 ? mean / deviation * math_sqrt(per_year) : before;
        out[kept++] = (struct plot_point){(double)end * period_seconds, value};
    }
    return kept;
}

#define ROLLING_ROWS 12u

static void rolling_table(const struct report *report, const struct plot_point *points,
                          size_t count, int64_t origin_ns)
{
    static const struct heading headings[] = {{"day", true}, {"Sharpe ratio", false}};
    details_open(report);
    table_open(report, "Rolling Sharpe ratio in numbers", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < count; i++) {
        const struct plot_point *point = &points[i];
        char day[READABLE_SIZE], value[READABLE_SIZE];
        moment_format(day, origin_ns + (int64_t)(point->x * 1e9));
        day[10] = '\0';
        number_format(value, point->y, 2);
        plain(report, "<tr>");
        cell(report, "left", day);
        cell(report, "", value);
        plain(report, "</tr>\n");
    }
    table_close(report);
    details_close(report);
}

static void rolling_picture(const struct report *report, const double *returns, size_t count,
                            int64_t period_ns)
{
    const struct backtest_result *result = report->result;
    size_t window = count / 3 < WINDOW_MAX ? count / 3 : WINDOW_MAX;
    struct plot_point rows[ROLLING_ROWS], *points;
    if (window < WINDOW_MIN)
        return;
    points = malloc((count + 1) * sizeof *points);
    if (points == NULL) {
        report->out->status = STATUS_NO_MEMORY;
        return;
    }
    double per_year = 365.0 * (double)NANOSECONDS_PER_DAY / (double)period_ns;
    size_t kept = rolling_sharpe(returns, count, window, per_year, (double)period_ns / 1e9, points);
    size_t rows_count = kept < ROLLING_ROWS ? kept : ROLLING_ROWS;
    for (size_t i = 0; i < rows_count; i++)
        rows[i] = points[(i + 1) * kept / rows_count - 1];
    kept = plot_thin(points, kept);
    /* Where the first period begins: a bar that closes at 00:00 closes the day before. */
    int64_t first_ns = result->equity.items[0].time_ns;
    int64_t origin_ns = period_ns == NANOSECONDS_PER_DAY
                            ? day_of_ns(first_ns - 1) * NANOSECONDS_PER_DAY
                            : first_ns - period_ns;
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 180,
                        .unit = PLOT_NUMBER,
                        .timed = true,
                        .origin_ns = origin_ns};
    plot_range_y(&plot, 0);
    plot_range(&plot, points, kept);
    plot_range(&plot, &(struct plot_point){0, points[0].y}, 1);
    char caption[160], span[READABLE_SIZE];
    span_format(span, (int64_t)window * period_ns);
    (void)snprintf(caption, sizeof caption,
                   "<i class=\"key k1\"></i>Sharpe ratio of the last %s, annualised", span);
    figure_open(report, caption);
    plot_open(&plot, "wide", "Rolling Sharpe ratio");
    plot_axis_y(&plot);
    plot_axis_time(&plot);
    plot_line(&plot, "line l1", points, kept);
    plot_close(&plot);
    figure_close(report);
    rolling_table(report, rows, rows_count, origin_ns);
    free(points);
}

/* Mean of each stretch of time: single bars would be a black band. */
static void exposure_picture(const struct report *report)
{
    const struct result_equities *equity = &report->result->equity;
    struct plot_point points[EXPOSURE_COLUMNS * 2];
    size_t count = 0;
    int64_t first_ns = equity->items[0].time_ns;
    uint32_t columns = equity->count < EXPOSURE_COLUMNS ? equity->count : EXPOSURE_COLUMNS;
    for (uint32_t column = 0; column < columns; column++) {
        uint32_t from = (uint32_t)((uint64_t)column * equity->count / columns);
        uint32_t to = (uint32_t)((uint64_t)(column + 1) * equity->count / columns);
        double sum = 0;
        uint32_t positive = 0;
        for (uint32_t i = from; i < to; i++) {
            if (equity->items[i].equity.units <= 0)
                continue;
            sum += (double)equity->items[i].exposure.units / (double)equity->items[i].equity.units;
            positive++;
        }
        double mean = positive > 0 ? sum / positive : 0;
        points[count++] = (struct plot_point){
            (double)(equity->items[from].time_ns - first_ns) / 1e9, mean};
        points[count++] = (struct plot_point){
            (double)(equity->items[to - 1].time_ns - first_ns) / 1e9, mean};
    }
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 140,
                        .unit = PLOT_PERCENT,
                        .timed = true,
                        .origin_ns = first_ns};
    plot_range_y(&plot, 0);
    plot_range(&plot, points, count);
    figure_open(report, "<i class=\"key k2\"></i>exposure: value of positions as a share of "
                        "equity, means of short stretches");
    plot_open(&plot, "wide", "Exposure over time");
    plot_area(&plot, "area a2", points, count, 0);
    plot_axis_y(&plot);
    plot_axis_time(&plot);
    plot_line(&plot, "line l2", points, count);
    plot_close(&plot);
    figure_close(report);
}

void charts_risk(const struct report *report)
{
    const struct backtest_result *result = report->result;
    double *returns = NULL, *trips = NULL, *sorted = NULL;
    size_t count = 0;
    int64_t period_ns = 0;
    if (result->equity.count == 0)
        return;
    enum status status = metrics_returns(result, &returns, &count, &period_ns);
    sorted = malloc((count + 1) * sizeof *sorted);
    trips = malloc(((size_t)result->trips.count + 1) * sizeof *trips);
    if (status != STATUS_OK || sorted == NULL || trips == NULL) {
        report->out->status = status != STATUS_OK ? status : STATUS_NO_MEMORY;
    } else {
        memcpy(sorted, returns == NULL ? sorted : returns, count * sizeof *sorted);
        section_open(report, "risk", "Risk", NULL);
        plain(report, "<div class=\"pair\">\n");
        distribution(report, sorted, count,
                     period_ns == NANOSECONDS_PER_DAY ? "Daily returns" : "Returns of each period");
        distribution(report, trips, trip_returns(result, trips), "Trips: net of entry value");
        plain(report, "</div>\n");
        rolling_picture(report, returns, count, period_ns);
        exposure_picture(report);
        section_close(report);
    }
    free(returns);
    free(sorted);
    free(trips);
}
