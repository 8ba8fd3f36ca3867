/* The two pictures of the report, as inline SVG. Lines are thinned to the lowest and highest value
 * of each column of the picture, so that no spike is lost however long the series. */
#include "drive/research/report_html.h"

#include "base/time.h"
#include "drive/research/readable.h"

#include <stdio.h>
#include <string.h>

#define PICTURE_WIDTH 960
#define MARGIN_LEFT 84
#define MARGIN_RIGHT 12
#define MARGIN_TOP 10
#define MARGIN_BOTTOM 24
#define COLUMNS 480
#define TIME_TICKS 6

struct picture {
    const struct backtest_result *result;
    struct text_buffer *out;
    int height;
    bool drawdown; /* what is drawn: drawdown downward, else equity */
    int64_t first_ns, last_ns;
    double low, high;
};

static double value_at(const struct picture *picture, uint32_t index)
{
    const struct result_equity *point = &picture->result->equity.items[index];
    return picture->drawdown ? -point->drawdown : (double)point->equity.units / 1e18;
}

static double x_of(const struct picture *picture, int64_t time_ns)
{
    double width = PICTURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT;
    double span = (double)(picture->last_ns - picture->first_ns);
    double share = span > 0 ? (double)(time_ns - picture->first_ns) / span : 0;
    return MARGIN_LEFT + share * width;
}

static double y_of(const struct picture *picture, double value)
{
    double height = picture->height - MARGIN_TOP - MARGIN_BOTTOM;
    return MARGIN_TOP + (picture->high - value) / (picture->high - picture->low) * height;
}

static void range_find(struct picture *picture)
{
    const struct result_equities *equity = &picture->result->equity;
    picture->first_ns = picture->result->from_ns < equity->items[0].time_ns
                            ? picture->result->from_ns
                            : equity->items[0].time_ns;
    picture->last_ns = equity->items[equity->count - 1].time_ns;
    double start = picture->drawdown ? 0 : (double)picture->result->start_equity.units / 1e18;
    picture->low = picture->high = start;
    for (uint32_t i = 0; i < equity->count; i++) {
        double value = value_at(picture, i);
        picture->low = value < picture->low ? value : picture->low;
        picture->high = value > picture->high ? value : picture->high;
    }
    /* A flat line lies in the middle. */
    if (!(picture->high > picture->low)) {
        double magnitude = picture->high < 0 ? -picture->high : picture->high;
        double around = magnitude > 0 ? magnitude * 0.01 : 0.01;
        picture->low -= around;
        picture->high += picture->drawdown ? 0 : around;
    }
}

/* 1, 2 or 5 times a power of ten, so that three to six lines fit. */
static double tick_step(double span)
{
    static const double factors[] = {1, 2, 5, 10};
    double power = 1;
    while (power * 10 <= span / 3)
        power *= 10;
    while (power > span / 3)
        power /= 10;
    for (size_t i = ARRAY_COUNT(factors); i-- > 0;) {
        if (factors[i] * power <= span / 3)
            return factors[i] * power;
    }
    return power;
}

static void y_label(const struct picture *picture, double value, char text[READABLE_SIZE])
{
    double span = picture->high - picture->low;
    if (picture->drawdown) {
        (void)snprintf(text, READABLE_SIZE, span < 0.05 ? "%.1f %%" : "%.0f %%", value * 100);
        return;
    }
    /* Through an integer, so that the digits are grouped like all money. */
    if (value < 1e15 && value > -1e15) {
        struct amount amount = {(i128)(value * 1e6) * power_of_ten(12)};
        money_format(text, amount, span < 1 ? 6 : span < 30 ? 2 : 0, false);
    } else {
        (void)snprintf(text, READABLE_SIZE, "%.3e", value);
    }
}

static void axes_append(const struct picture *picture)
{
    double step = tick_step(picture->high - picture->low);
    double first = (double)(int64_t)(picture->low / step) * step;
    for (int i = -1; i < 12; i++) {
        double value = first + i * step;
        if (value < picture->low || value > picture->high)
            continue;
        char text[READABLE_SIZE];
        y_label(picture, value, text);
        text_buffer_print(
            picture->out,
            "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
            "<text class=\"tick\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
            MARGIN_LEFT, PICTURE_WIDTH - MARGIN_RIGHT, y_of(picture, value), y_of(picture, value),
            MARGIN_LEFT - 8, y_of(picture, value) + 4, text);
    }
    int64_t span = picture->last_ns - picture->first_ns;
    for (int i = 0; i < TIME_TICKS; i++) {
        int64_t time_ns = picture->first_ns + span / (TIME_TICKS - 1) * i;
        char text[READABLE_SIZE];
        moment_format(text, time_ns);
        if (span >= 5 * NANOSECONDS_PER_DAY)
            text[10] = '\0'; /* the date alone */
        const char *anchor = i == 0 ? "start" : i == TIME_TICKS - 1 ? "end" : "middle";
        text_buffer_print(picture->out,
                          "<text class=\"tick\" text-anchor=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                          anchor, x_of(picture, time_ns), picture->height - 6, text);
    }
}

static void point_append(const struct picture *picture, bool first, uint32_t index)
{
    text_buffer_print(picture->out, "%s%.1f %.1f", first ? "" : "L",
                      x_of(picture, picture->result->equity.items[index].time_ns),
                      y_of(picture, value_at(picture, index)));
}

/* The line's points behind `M`; each column gives its lowest and highest in the order of time. */
static void line_append(const struct picture *picture)
{
    const struct result_equities *equity = &picture->result->equity;
    double start = picture->drawdown ? 0 : (double)picture->result->start_equity.units / 1e18;
    text_buffer_print(picture->out, "%.1f %.1f", x_of(picture, picture->first_ns),
                      y_of(picture, start));
    double width = PICTURE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT;
    uint32_t i = 0;
    while (i < equity->count) {
        int column = (int)((x_of(picture, equity->items[i].time_ns) - MARGIN_LEFT) / width *
                           COLUMNS);
        uint32_t low = i, high = i, next = i;
        for (; next < equity->count; next++) {
            int its = (int)((x_of(picture, equity->items[next].time_ns) - MARGIN_LEFT) / width *
                            COLUMNS);
            if (its != column)
                break;
            low = value_at(picture, next) < value_at(picture, low) ? next : low;
            high = value_at(picture, next) > value_at(picture, high) ? next : high;
        }
        point_append(picture, false, low < high ? low : high);
        if (low != high)
            point_append(picture, false, low < high ? high : low);
        if (next - 1 > low && next - 1 > high)
            point_append(picture, false, next - 1);
        i = next;
    }
}

static void picture_append(struct picture *picture, const char *kind, const char *title)
{
    range_find(picture);
    struct text_buffer *out = picture->out;
    text_buffer_print(
        out,
        "<figure><figcaption>%s</figcaption>\n<svg class=\"%s\" viewBox=\"0 0 %d %d\" "
        "role=\"img\" aria-label=\"%s\">\n",
        title, kind, PICTURE_WIDTH, picture->height, title);
    axes_append(picture);
    double base = picture->drawdown ? y_of(picture, 0) : picture->height - MARGIN_BOTTOM;
    text_buffer_print(out, "<path class=\"area\" d=\"M%.1f %.1fL", x_of(picture, picture->first_ns),
                      base);
    line_append(picture);
    text_buffer_print(out, "L%.1f %.1fZ\"/>\n<path class=\"line\" d=\"M",
                      x_of(picture, picture->last_ns), base);
    line_append(picture);
    text_buffer_append(out, TEXT("\"/>\n</svg></figure>\n"));
}

void report_charts_append(const struct backtest_result *result, struct text_buffer *out)
{
    if (result->equity.count == 0)
        return;
    struct picture equity = {.result = result, .out = out, .height = 300};
    picture_append(&equity, "equity", "Equity at each bar's close");
    struct picture drawdown = {.result = result, .out = out, .height = 150, .drawdown = true};
    picture_append(&drawdown, "drawdown", "Drawdown from the peak");
}
