#include "drive/report/plot.h"

#include "base/time.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 480
#define TICKS_TIME_MAX 8
#define TICK_DISTANCE 34.0
#define LINES_MAX 6.0

static double x_of(const struct plot *plot, double x)
{
    double share = (x - plot->x_low) / (plot->x_high - plot->x_low);
    return plot->left + share * (plot->width - plot->left);
}

static double y_of(const struct plot *plot, double y)
{
    double height = plot->height - PLOT_HEAD - PLOT_FOOT;
    return PLOT_HEAD + (plot->y_high - y) / (plot->y_high - plot->y_low) * height;
}

void plot_range_y(struct plot *plot, double y)
{
    if (!plot->ranged_y) {
        plot->ranged_y = true;
        plot->y_low = plot->y_high = y;
    }
    plot->y_low = y < plot->y_low ? y : plot->y_low;
    plot->y_high = y > plot->y_high ? y : plot->y_high;
}

void plot_range(struct plot *plot, const struct plot_point *points, size_t count)
{
    if (count > 0 && !plot->ranged_x) {
        plot->ranged_x = true;
        plot->x_low = plot->x_high = points[0].x;
    }
    for (size_t i = 0; i < count; i++) {
        plot->x_low = points[i].x < plot->x_low ? points[i].x : plot->x_low;
        plot->x_high = points[i].x > plot->x_high ? points[i].x : plot->x_high;
        plot_range_y(plot, points[i].y);
    }
}

void plot_open(struct plot *plot, const char *class_name, const char *title)
{
    if (!(plot->x_high > plot->x_low))
        plot->x_high = plot->x_low + 1;
    /* A flat line lies in the middle. */
    if (!(plot->y_high > plot->y_low)) {
        double magnitude = plot->y_high < 0 ? -plot->y_high : plot->y_high;
        double around = magnitude > 0 ? magnitude * 0.01 : plot->unit == PLOT_PERCENT ? 0.01 : 1;
        plot->y_low -= around;
        plot->y_high += around;
    }
    text_buffer_print(plot->out,
                      "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"",
                      class_name, plot->width, plot->height, title);
    /* For the script that shows values under the pointer: milliseconds at both ends. */
    if (plot->timed)
        text_buffer_print(plot->out, " data-from=\"%" PRId64 "\" data-to=\"%" PRId64 "\"",
                          plot->origin_ns / 1000000 + (int64_t)(plot->x_low * 1e3),
                          plot->origin_ns / 1000000 + (int64_t)(plot->x_high * 1e3));
    text_buffer_append(plot->out, TEXT(">\n"));
}

void plot_close(const struct plot *plot)
{
    text_buffer_append(plot->out, TEXT("</svg>\n"));
}

/* ---- axes ------------------------------------------------------------------------------------ */

/* 1, 2 or 5 times a power of ten, so that lines are no closer than their labels are high. */
static double tick_step(const struct plot *plot)
{
    static const double factors[] = {1, 2, 5, 10};
    double lines = (plot->height - PLOT_HEAD - PLOT_FOOT) / TICK_DISTANCE, power = 1;
    double least = (plot->y_high - plot->y_low) / (lines > LINES_MAX ? LINES_MAX : lines);
    while (power * 10 <= least)
        power *= 10;
    while (power > least)
        power /= 10;
    size_t i = 0;
    while (i + 1 < ARRAY_COUNT(factors) && power * factors[i] < least)
        i++;
    double step = power * factors[i];
    return plot->unit == PLOT_COUNT && step < 1 ? 1 : step;
}

void plot_value(char out[READABLE_SIZE], enum plot_unit unit, double value, double span)
{
    switch (unit) {
    case PLOT_PERCENT:
        (void)snprintf(out, READABLE_SIZE, span < 0.05 ? "%.1f %%" : "%.0f %%", value * 100);
        return;
    case PLOT_NUMBER: (void)snprintf(out, READABLE_SIZE, span < 5 ? "%.1f" : "%.0f", value); return;
    case PLOT_COUNT: (void)snprintf(out, READABLE_SIZE, "%.0f", value); return;
    case PLOT_MONEY: break;
    }
    /* Through an integer, so that the digits are grouped like all money. */
    if (value < 1e15 && value > -1e15) {
        struct amount amount = {(i128)(value * 1e6) * power_of_ten(12)};
        money_format(out, amount, span < 1 ? 6 : span < 30 ? 2 : 0, false);
    } else {
        (void)snprintf(out, READABLE_SIZE, "%.3e", value);
    }
}

void plot_axis_y(const struct plot *plot)
{
    double span = plot->y_high - plot->y_low, step = tick_step(plot);
    double first = (double)(int64_t)(plot->y_low / step) * step;
    for (int i = -1; i < 14; i++) {
        double value = first + i * step;
        if (value < plot->y_low || value > plot->y_high)
            continue;
        char text[READABLE_SIZE];
        /* A zero that rounding left a little beside zero. */
        value = value < step * 1e-9 && value > -step * 1e-9 ? 0 : value;
        plot_value(text, plot->unit, value, span);
        double y = y_of(plot, value);
        text_buffer_print(plot->out,
                          "<line class=\"grid%s\" x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                          "<text class=\"tick\" x=\"2\" y=\"%.1f\">%s</text>\n",
                          value == 0 ? " zero" : "", plot->width, y, y, y < 16 ? y + 12 : y - 3,
                          text);
    }
}

/* Steps of time: in months where months > 0, else in seconds. */
struct time_step {
    int64_t seconds;
    int months;
};

static const struct time_step time_steps[] = {
    {1, 0},     {5, 0},     {15, 0},     {60, 0},     {300, 0},    {900, 0},    {1800, 0},
    {3600, 0},  {7200, 0},  {14400, 0},  {43200, 0},  {86400, 0},  {172800, 0}, {432000, 0},
    {864000, 0}, {0, 1},    {0, 3},      {0, 6},      {0, 12},     {0, 24},     {0, 60},
};

static int64_t step_seconds(const struct time_step *step)
{
    return step->months > 0 ? step->months * INT64_C(2629800) : step->seconds;
}

/* The first round time at or behind time_ns; false where there is none that fits. */
static bool step_begin(const struct time_step *step, int64_t time_ns, int64_t *out)
{
    if (step->months == 0) {
        int64_t length = step->seconds * NANOSECONDS_PER_SECOND;
        int64_t rest = time_ns % length;
        rest = rest < 0 ? rest + length : rest;
        *out = rest == 0 ? time_ns : time_ns - rest + length;
        return true;
    }
    struct civil_time civil = civil_from_ns(time_ns);
    int months = civil.year * 12 + civil.month - 1;
    for (months = months / step->months * step->months;; months += step->months) {
        struct civil_time begin = {
            .year = months / 12, .month = (uint8_t)(months % 12 + 1), .day = 1};
        if (!civil_to_ns(begin, out))
            return false;
        if (*out >= time_ns)
            return true;
    }
}

static void time_label(char out[READABLE_SIZE], const struct time_step *step, int64_t time_ns)
{
    struct civil_time civil = civil_from_ns(time_ns);
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (step->months >= 12 || (step->months > 0 && civil.month == 1))
        (void)snprintf(out, READABLE_SIZE, "%d", (int)civil.year);
    else if (step->months > 0)
        (void)snprintf(out, READABLE_SIZE, "%s", months[civil.month - 1]);
    else if (step->seconds >= 86400 || (civil.hour == 0 && civil.minute == 0 && civil.second == 0))
        (void)snprintf(out, READABLE_SIZE, "%d %s", civil.day, months[civil.month - 1]);
    else if (step->seconds >= 60)
        (void)snprintf(out, READABLE_SIZE, "%02d:%02d", civil.hour, civil.minute);
    else
        (void)snprintf(out, READABLE_SIZE, "%02d:%02d:%02d", civil.hour, civil.minute,
                       civil.second);
}

void plot_axis_time(const struct plot *plot)
{
    int64_t origin_ns = plot->origin_ns;
    double span = plot->x_high - plot->x_low;
    int ticks_max = plot->width > 600 ? TICKS_TIME_MAX : TICKS_TIME_MAX / 2;
    size_t i = 0;
    while (i + 1 < ARRAY_COUNT(time_steps) &&
           span / (double)step_seconds(&time_steps[i]) > ticks_max)
        i++;
    const struct time_step *step = &time_steps[i];
    int64_t end_ns = origin_ns + (int64_t)(plot->x_high * 1e9);
    int64_t time_ns = origin_ns + (int64_t)(plot->x_low * 1e9);
    for (int tick = 0; tick <= ticks_max * 2 && step_begin(step, time_ns, &time_ns); tick++) {
        if (time_ns > end_ns)
            break;
        char text[READABLE_SIZE];
        time_label(text, step, time_ns);
        plot_label_x(plot, (double)(time_ns - origin_ns) / 1e9, text);
        time_ns++;
    }
}

/* Labels near an end are moved in, so that none is cut. */
void plot_label_x(const struct plot *plot, double x, const char *text)
{
    double at = x_of(plot, x);
    const char *anchor = at < 30 ? "start" : at > plot->width - 30 ? "end" : "middle";
    text_buffer_print(plot->out,
                      "<text class=\"tick x\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                      anchor, at, plot->height - 5, text);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static void points_append(const struct plot *plot, const struct plot_point *points, size_t count,
                          bool first)
{
    for (size_t i = 0; i < count; i++) {
        text_buffer_print(plot->out, "%s%.1f %.1f", first ? "" : "L", x_of(plot, points[i].x),
                          y_of(plot, points[i].y));
        first = false;
    }
}

void plot_line(const struct plot *plot, const char *class_name, const struct plot_point *points,
               size_t count)
{
    if (count == 0)
        return;
    text_buffer_print(plot->out, "<path class=\"%s\" d=\"M", class_name);
    points_append(plot, points, count, true);
    text_buffer_append(plot->out, TEXT("\"/>\n"));
}

void plot_area(const struct plot *plot, const char *class_name, const struct plot_point *points,
               size_t count, double base)
{
    if (count == 0)
        return;
    text_buffer_print(plot->out, "<path class=\"%s\" d=\"M%.1f %.1f", class_name,
                      x_of(plot, points[0].x), y_of(plot, base));
    points_append(plot, points, count, false);
    text_buffer_print(plot->out, "L%.1f %.1fZ\"/>\n", x_of(plot, points[count - 1].x),
                      y_of(plot, base));
}

void plot_bar(const struct plot *plot, const char *class_name, double x_from, double x_to, double y,
              const char *title)
{
    double zero = y_of(plot, 0 < plot->y_low ? plot->y_low : 0), top = y_of(plot, y);
    double upper = top < zero ? top : zero, height = top < zero ? zero - top : top - zero;
    double left = x_of(plot, x_from) + 1, width = x_of(plot, x_to) - x_of(plot, x_from) - 2;
    text_buffer_print(plot->out,
                      "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                      "<title>%s</title></rect>\n",
                      class_name, left, upper, width > 1 ? width : 1, height, title);
}

/* ---- thinning -------------------------------------------------------------------------------- */

size_t plot_thin(struct plot_point *points, size_t count)
{
    if (count <= 4 * COLUMNS)
        return count;
    double from = points[0].x, span = points[count - 1].x - from;
    size_t kept = 0, i = 0;
    while (i < count) {
        int column = (int)((points[i].x - from) / span * COLUMNS);
        size_t low = i, high = i, next = i;
        for (; next < count; next++) {
            if ((int)((points[next].x - from) / span * COLUMNS) != column)
                break;
            low = points[next].y < points[low].y ? next : low;
            high = points[next].y > points[high].y ? next : high;
        }
        size_t wanted[] = {i, low < high ? low : high, low < high ? high : low, next - 1};
        for (size_t j = 0; j < ARRAY_COUNT(wanted); j++) {
            if (j == 0 || wanted[j] > wanted[j - 1])
                points[kept++] = points[wanted[j]];
        }
        i = next;
    }
    return kept;
}
