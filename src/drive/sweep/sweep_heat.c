#include "drive/sweep/sweep_heat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "drive/report/markup.h"
#include "drive/result/statistics.h"

#define FONT_WIDTH 6.6 /* of a digit in a picture's small print, about */
#define BINS 24u

/* ---- numbers --------------------------------------------------------------------------------- */

void heat_value(const struct sweep_view *view, double value, char out[HEAT_VALUE_SIZE])
{
    const char *unit = view_metric_unit(view->metric);
    double size = value < 0 ? -value : value;
    if (!double_is_finite(value))
        (void)snprintf(out, HEAT_VALUE_SIZE, "–");
    else if (unit[0] == '\0')
        (void)snprintf(out, HEAT_VALUE_SIZE, "%.2f", value);
    else
        (void)snprintf(out, HEAT_VALUE_SIZE, "%.*f %s", size < 10 ? 2 : 1, value, unit);
    /* No minus before what is rounded to nothing. */
    if (out[0] == '-' && strspn(out + 1, "0.") == strcspn(out + 1, " "))
        memmove(out, out + 1, strlen(out));
}

int heat_step(double value, double low, double high, bool falls)
{
    double share = 0;
    if (!double_is_finite(value) || !(high > low))
        return 0;
    if (falls)
        share = -(value - low) / (high - low);
    else if (low < 0 && high > 0)
        share = value / (-low > high ? -low : high);
    else if (low >= 0)
        share = (value - low) / (high - low);
    else
        share = (value - high) / (high - low);
    double scaled = share * HEAT_STEPS;
    return (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

static const char *step_class(int step, char out[16])
{
    (void)snprintf(out, 16, "%c%d", step < 0 ? 'n' : 'p', step < 0 ? -step : step);
    return out;
}

static void svg_text(struct text_buffer *out, const char *text)
{
    html_append(out, text_of(text));
}

/* ---- heat maps ------------------------------------------------------------------------------- */

struct heat {
    const struct sweep_view *view;
    const struct sweep_map *map;
    const struct heat_form *form;
    struct text_buffer *out;
    double left, top, right, bottom; /* of the cells */
    double cell_width, cell_height;
    double low, high; /* of what is drawn */
    bool values;      /* every value has room in its cell: all are written, or none */
};

static double cell_x(const struct heat *heat, uint32_t column)
{
    return heat->left + column * heat->cell_width;
}

/* The first value of y is at the bottom. */
static double cell_y(const struct heat *heat, uint32_t row)
{
    return heat->bottom - (row + 1) * heat->cell_height;
}

static uint32_t longest_value(const struct heat *heat, uint32_t axis, uint32_t groups)
{
    size_t longest = 1;
    for (uint32_t i = 0; axis != VIEW_NONE && i < groups; i++) {
        size_t size = strlen(sweep_map_value(heat->view, axis, groups, i));
        longest = size > longest ? size : longest;
    }
    return (uint32_t)longest;
}

static void heat_layout(struct heat *heat)
{
    const struct sweep_map *map = heat->map;
    bool large = heat->form->large;
    double labels = longest_value(heat, map->y, map->rows) * FONT_WIDTH;
    heat->left = map->y == VIEW_NONE ? 12 : labels + 34;
    heat->right = heat->form->width - (large ? 96 : 10);
    heat->top = 8;
    heat->cell_width = (heat->right - heat->left) / map->columns;
    double most = large ? 44 : 24, least = large ? 16 : 9;
    double height = heat->cell_width * (large ? 0.62 : 0.75);
    heat->cell_height = height > most ? most : height < least ? least : height;
    if (map->rows == 1)
        heat->cell_height = large ? 64 : 36;
    heat->bottom = heat->top + heat->cell_height * map->rows;
}

static void cell_title(const struct heat *heat, uint32_t column, uint32_t row)
{
    const struct sweep_map *map = heat->map;
    const struct sweep_space *space = &heat->view->summary->space;
    const struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
    char mean[HEAT_VALUE_SIZE], best[HEAT_VALUE_SIZE];
    heat_value(heat->view, cell->mean, mean);
    heat_value(heat->view, cell->best, best);
    text_buffer_append(heat->out, TEXT("<title>"));
    svg_text(heat->out, space->axes[map->x].name);
    text_buffer_append(heat->out, TEXT(" "));
    svg_text(heat->out, sweep_map_value(heat->view, map->x, map->columns, column));
    if (map->y != VIEW_NONE) {
        text_buffer_append(heat->out, TEXT(", "));
        svg_text(heat->out, space->axes[map->y].name);
        text_buffer_append(heat->out, TEXT(" "));
        svg_text(heat->out, sweep_map_value(heat->view, map->y, map->rows, row));
    }
    if (cell->trials == 0)
        text_buffer_append(heat->out, TEXT(": did not run"));
    else if (cell->trials == 1)
        text_buffer_print(heat->out, ": %s", mean);
    else
        text_buffer_print(heat->out, ": mean %s, best %s of %u trials", mean, best, cell->trials);
    text_buffer_append(heat->out, TEXT("</title>"));
}

static void cell_draw(const struct heat *heat, uint32_t column, uint32_t row)
{
    const struct sweep_map *map = heat->map;
    const struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
    double value = heat->form->best ? cell->best : cell->mean;
    double gap = heat->cell_width > 12 ? 1 : 0.4;
    int step = heat_step(value, heat->low, heat->high, view_metric_falls(heat->view->metric));
    char name[16], text[HEAT_VALUE_SIZE];
    text_buffer_print(heat->out,
                      "<g><rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
                      "rx=\"%s\">",
                      cell->trials == 0 ? "no" : step_class(step, name), cell_x(heat, column),
                      cell_y(heat, row), heat->cell_width - gap, heat->cell_height - gap,
                      heat->cell_width > 20 ? "2" : "0");
    cell_title(heat, column, row);
    text_buffer_append(heat->out, TEXT("</rect>"));
    heat_value(heat->view, value, text);
    if (heat->values && cell->trials > 0) {
        text_buffer_print(
            heat->out, "<text class=\"v%s\" x=\"%.1f\" y=\"%.1f\">%.*s</text>",
            step > 4 || step < -4 ? " on" : "", cell_x(heat, column) + heat->cell_width / 2,
            cell_y(heat, row) + heat->cell_height / 2 + 4, (int)strcspn(text, " "), text);
    }
    text_buffer_append(heat->out, TEXT("</g>\n"));
}

/* The sign and the digits, without the unit. */
static bool values_fit(const struct heat *heat)
{
    const struct sweep_map *map = heat->map;
    size_t longest = 0;
    for (size_t i = 0; i < (size_t)map->rows * map->columns; i++) {
        char text[HEAT_VALUE_SIZE];
        const struct map_cell *cell = &map->cells[i];
        heat_value(heat->view, heat->form->best ? cell->best : cell->mean, text);
        size_t size = cell->trials > 0 ? strcspn(text, " ") : 0;
        longest = size > longest ? size : longest;
    }
    return heat->form->large && heat->cell_height >= 15 &&
           (double)longest * FONT_WIDTH + 4 < heat->cell_width;
}

/* As many labels as have room; the first value always has one. */
static void labels_draw(const struct heat *heat)
{
    const struct sweep_map *map = heat->map;
    const struct sweep_space *space = &heat->view->summary->space;
    double room = longest_value(heat, map->x, map->columns) * FONT_WIDTH + 8;
    uint32_t every = (uint32_t)(room / heat->cell_width) + 1;
    for (uint32_t i = 0; i < map->columns; i += every) {
        text_buffer_print(heat->out, "<text class=\"t m\" x=\"%.1f\" y=\"%.1f\">",
                          cell_x(heat, i) + heat->cell_width / 2, heat->bottom + 15);
        svg_text(heat->out, sweep_map_value(heat->view, map->x, map->columns, i));
        text_buffer_append(heat->out, TEXT("</text>"));
    }
    text_buffer_print(heat->out, "<text class=\"a m\" x=\"%.1f\" y=\"%.1f\">",
                      (heat->left + heat->right) / 2, heat->bottom + 34);
    svg_text(heat->out, space->axes[map->x].name);
    text_buffer_append(heat->out, TEXT("</text>\n"));
    if (map->y == VIEW_NONE)
        return;
    every = (uint32_t)(14 / heat->cell_height) + 1;
    for (uint32_t i = 0; i < map->rows; i += every) {
        text_buffer_print(heat->out, "<text class=\"t e\" x=\"%.1f\" y=\"%.1f\">", heat->left - 6,
                          cell_y(heat, i) + heat->cell_height / 2 + 4);
        svg_text(heat->out, sweep_map_value(heat->view, map->y, map->rows, i));
        text_buffer_append(heat->out, TEXT("</text>"));
    }
    text_buffer_print(heat->out,
                      "<text class=\"a m\" transform=\"translate(14 %.1f) rotate(-90)\">",
                      (heat->top + heat->bottom) / 2);
    svg_text(heat->out, space->axes[map->y].name);
    text_buffer_append(heat->out, TEXT("</text>\n"));
}

static void scale_draw(const struct heat *heat)
{
    double x = heat->right + 16, height = heat->bottom - heat->top;
    bool falls = view_metric_falls(heat->view->metric);
    unsigned parts = 34;
    for (unsigned i = 0; i < parts; i++) {
        char name[16];
        double value = heat->high - (heat->high - heat->low) * (i + 0.5) / parts;
        text_buffer_print(heat->out,
                          "<rect class=\"%s\" x=\"%.1f\" y=\"%.2f\" width=\"14\" height=\"%.2f\"/>",
                          step_class(heat_step(value, heat->low, heat->high, falls), name), x,
                          heat->top + height * i / parts, height / parts + 0.3);
    }
    const double marks[] = {heat->high, heat->low, 0};
    for (size_t i = 0; i < ARRAY_COUNT(marks); i++) {
        char text[HEAT_VALUE_SIZE];
        double share = heat->high > heat->low ? (heat->high - marks[i]) / (heat->high - heat->low)
                                              : (double)i;
        /* Zero only where it does not stand on the others. */
        if (i == 2 && (share * height < 14 || (1 - share) * height < 14 || !(heat->low < 0)))
            continue;
        heat_value(heat->view, marks[i], text);
        text_buffer_print(heat->out, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 19,
                          heat->top + share * height +
                              (share < 0.05   ? 9
                               : share > 0.95 ? 0
                                              : 4),
                          i == 2 ? "0" : text);
    }
}

/* The neighbourhood only where a cell is a value. */
static void marks_draw(const struct heat *heat)
{
    const struct sweep_map *map = heat->map;
    const struct sweep_view *view = heat->view;
    double gap = heat->cell_width > 12 ? 1 : 0.4;
    bool whole = map->columns == view->counts[map->x] &&
                 (map->y == VIEW_NONE || map->rows == view->counts[map->y]);
    if (map->chosen_column != VIEW_NONE && whole && heat->form->large) {
        uint32_t wide = view->steps[map->x];
        uint32_t high = map->y == VIEW_NONE ? 0 : view->steps[map->y];
        uint32_t west = map->chosen_column > wide ? map->chosen_column - wide : 0;
        uint32_t east = map->chosen_column + wide < map->columns ? map->chosen_column + wide
                                                                 : map->columns - 1;
        uint32_t south = map->chosen_row > high ? map->chosen_row - high : 0;
        uint32_t north = map->chosen_row + high < map->rows ? map->chosen_row + high
                                                            : map->rows - 1;
        text_buffer_print(heat->out,
                          "<rect class=\"around\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                          "height=\"%.1f\"/>\n",
                          cell_x(heat, west) - 1, cell_y(heat, north) - 1,
                          (east - west + 1) * heat->cell_width - gap + 2,
                          (north - south + 1) * heat->cell_height - gap + 2);
    }
    /* On a light line, so that they are seen on any color. */
    static const char *const circles[] = {"halo", "stable"};
    static const char *const boxes[] = {"halo", "chosen"};
    double smaller = heat->cell_height < heat->cell_width ? heat->cell_height : heat->cell_width;
    for (size_t i = 0; map->stable_column != VIEW_NONE && i < ARRAY_COUNT(circles); i++) {
        text_buffer_print(
            heat->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n", circles[i],
            cell_x(heat, map->stable_column) + (heat->cell_width - gap) / 2,
            cell_y(heat, map->stable_row) + (heat->cell_height - gap) / 2, smaller / 2 - gap);
    }
    for (size_t i = 0; map->chosen_column != VIEW_NONE && i < ARRAY_COUNT(boxes); i++) {
        text_buffer_print(heat->out,
                          "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                          "height=\"%.1f\"/>\n",
                          boxes[i], cell_x(heat, map->chosen_column), cell_y(heat, map->chosen_row),
                          heat->cell_width - gap, heat->cell_height - gap);
    }
}

void heat_append(const struct sweep_view *view, const struct sweep_map *map,
                 const struct heat_form *form, struct text_buffer *out)
{
    struct heat heat = {.view = view, .map = map, .form = form, .out = out};
    heat.low = form->best ? map->best_low : map->low;
    heat.high = form->best ? map->best_high : map->high;
    heat_layout(&heat);
    heat.values = values_fit(&heat);
    const struct sweep_space *space = &view->summary->space;
    text_buffer_print(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", form->width,
                      heat.bottom + 44);
    svg_text(out, view_metric_title(view->metric));
    text_buffer_append(out, TEXT(" by "));
    svg_text(out, space->axes[map->x].name);
    if (map->y != VIEW_NONE) {
        text_buffer_append(out, TEXT(" and "));
        svg_text(out, space->axes[map->y].name);
    }
    text_buffer_append(out, TEXT("\">\n"));
    for (uint32_t row = 0; row < map->rows; row++) {
        for (uint32_t column = 0; column < map->columns; column++)
            cell_draw(&heat, column, row);
    }
    labels_draw(&heat);
    if (form->large)
        scale_draw(&heat);
    marks_draw(&heat);
    text_buffer_append(out, TEXT("</svg>\n"));
}

/* ---- curves ---------------------------------------------------------------------------------- */

#define CURVE_WIDTH 330.0
#define CURVE_HEIGHT 176.0
#define CURVE_LEFT 50.0
#define CURVE_RIGHT 10.0
#define CURVE_TOP 10.0
#define CURVE_BOTTOM 40.0
#define CURVE_GROUPS 40u

struct curve {
    double mean[CURVE_GROUPS], best[CURVE_GROUPS], worst[CURVE_GROUPS];
    uint32_t groups, counts[CURVE_GROUPS];
    double low, high;
};

static void curve_fill(const struct sweep_view *view, uint32_t axis, struct curve *curve)
{
    *curve = (struct curve){.groups = view->counts[axis] < CURVE_GROUPS ? view->counts[axis]
                                                                        : CURVE_GROUPS,
                            .low = double_nan(),
                            .high = double_nan()};
    for (uint32_t i = 0; i < view->trials; i++) {
        double value = view->values[i];
        uint64_t level = view->levels[(size_t)i * view->axes + axis];
        uint32_t group = (uint32_t)(level * curve->groups / view->counts[axis]);
        if (!double_is_finite(value))
            continue;
        if (curve->counts[group] == 0 || value > curve->best[group])
            curve->best[group] = value;
        if (curve->counts[group] == 0 || value < curve->worst[group])
            curve->worst[group] = value;
        curve->mean[group] += value;
        curve->counts[group]++;
        curve->low = !(value >= curve->low) ? value : curve->low;
        curve->high = !(value <= curve->high) ? value : curve->high;
    }
    for (uint32_t i = 0; i < curve->groups; i++)
        curve->mean[i] = curve->counts[i] > 0 ? curve->mean[i] / curve->counts[i] : 0;
}

static double curve_x(const struct curve *curve, uint32_t group)
{
    double width = CURVE_WIDTH - CURVE_LEFT - CURVE_RIGHT;
    return CURVE_LEFT + width * (group + 0.5) / curve->groups;
}

static double curve_y(const struct curve *curve, double value)
{
    double height = CURVE_HEIGHT - CURVE_TOP - CURVE_BOTTOM;
    double span = curve->high - curve->low;
    return CURVE_TOP + (span > 0 ? (curve->high - value) / span : 0.5) * height;
}

static void curve_line(const struct curve *curve, const double *values, const char *name,
                       struct text_buffer *out)
{
    bool first = true;
    text_buffer_print(out, "<path class=\"%s\" d=\"", name);
    for (uint32_t i = 0; i < curve->groups; i++) {
        if (curve->counts[i] == 0)
            continue;
        text_buffer_print(out, "%c%.1f %.1f", first ? 'M' : 'L', curve_x(curve, i),
                          curve_y(curve, values[i]));
        first = false;
    }
    text_buffer_append(out, TEXT("\"/>"));
}

static void curve_band(const struct curve *curve, struct text_buffer *out)
{
    bool first = true;
    text_buffer_append(out, TEXT("<path class=\"band\" d=\""));
    for (uint32_t i = 0; i < curve->groups; i++) {
        if (curve->counts[i] == 0)
            continue;
        text_buffer_print(out, "%c%.1f %.1f", first ? 'M' : 'L', curve_x(curve, i),
                          curve_y(curve, curve->best[i]));
        first = false;
    }
    for (uint32_t i = curve->groups; i-- > 0;) {
        if (curve->counts[i] > 0)
            text_buffer_print(out, "L%.1f %.1f", curve_x(curve, i),
                              curve_y(curve, curve->worst[i]));
    }
    text_buffer_append(out, TEXT("Z\"/>"));
}

static void level_line(const struct sweep_view *view, const struct curve *curve, double value,
                       const char *name, struct text_buffer *out)
{
    char text[HEAT_VALUE_SIZE];
    heat_value(view, value, text);
    text_buffer_print(out,
                      "<line class=\"%s\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                      "<text class=\"t e\" x=\"%.0f\" y=\"%.1f\">%s</text>\n",
                      name, CURVE_LEFT, CURVE_WIDTH - CURVE_RIGHT, curve_y(curve, value),
                      curve_y(curve, value), CURVE_LEFT - 6, curve_y(curve, value) + 4,
                      value == 0 ? "0" : text);
}

void curve_append(const struct sweep_view *view, uint32_t axis, struct text_buffer *out)
{
    struct curve *curve = malloc(sizeof *curve);
    if (curve == NULL) {
        out->status = STATUS_NO_MEMORY;
        return;
    }
    curve_fill(view, axis, curve);
    const struct sweep_axis *of = &view->summary->space.axes[axis];
    text_buffer_print(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", CURVE_WIDTH,
                      CURVE_HEIGHT);
    svg_text(out, view_metric_title(view->metric));
    text_buffer_append(out, TEXT(" by "));
    svg_text(out, of->name);
    text_buffer_append(out, TEXT("\">\n"));
    if (double_is_finite(curve->low)) {
        level_line(view, curve, curve->high, "grid", out);
        level_line(view, curve, curve->low, "grid", out);
        double span = curve->high - curve->low;
        if (curve->low < -span * 0.12 && curve->high > span * 0.12)
            level_line(view, curve, 0, "zero", out);
        curve_band(curve, out);
        curve_line(curve, curve->mean, "line", out);
        for (uint32_t i = 0; curve->groups <= 24 && i < curve->groups; i++) {
            if (curve->counts[i] > 0)
                text_buffer_print(out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>",
                                  curve_x(curve, i), curve_y(curve, curve->mean[i]));
        }
    }
    size_t longest = 1;
    for (uint32_t i = 0; i < curve->groups; i++) {
        size_t size = strlen(sweep_map_value(view, axis, curve->groups, i));
        longest = size > longest ? size : longest;
    }
    double room = (double)longest * FONT_WIDTH + 8;
    uint32_t every = (uint32_t)(room * curve->groups / (CURVE_WIDTH - CURVE_LEFT - CURVE_RIGHT)) +
                     1;
    for (uint32_t i = 0; i < curve->groups; i += every) {
        text_buffer_print(out, "<text class=\"t m\" x=\"%.1f\" y=\"%.0f\">", curve_x(curve, i),
                          CURVE_HEIGHT - CURVE_BOTTOM + 16);
        svg_text(out, sweep_map_value(view, axis, curve->groups, i));
        text_buffer_append(out, TEXT("</text>"));
    }
    text_buffer_print(out, "<text class=\"a m\" x=\"%.1f\" y=\"%.0f\">",
                      (CURVE_LEFT + CURVE_WIDTH - CURVE_RIGHT) / 2, CURVE_HEIGHT - 6);
    svg_text(out, of->name);
    text_buffer_append(out, TEXT("</text></svg>\n"));
    free(curve);
}

/* ---- distribution ---------------------------------------------------------------------------- */

void spread_append(const struct sweep_view *view, struct text_buffer *out)
{
    double low = double_nan(), high = double_nan();
    uint32_t bins[BINS] = {0}, most = 1;
    for (uint32_t i = 0; i < view->trials; i++) {
        double value = view->values[i];
        if (!double_is_finite(value))
            continue;
        low = !(value >= low) ? value : low;
        high = !(value <= high) ? value : high;
    }
    double span = high - low;
    if (!(span > 0))
        return;
    for (uint32_t i = 0; i < view->trials; i++) {
        if (!double_is_finite(view->values[i]))
            continue;
        uint32_t bin = (uint32_t)((view->values[i] - low) / span * BINS);
        bin = bin < BINS ? bin : BINS - 1;
        bins[bin]++;
        most = bins[bin] > most ? bins[bin] : most;
    }
    double width = 980, left = 6, height = 130, step = (width - 2 * left) / BINS;
    bool falls = view_metric_falls(view->metric);
    text_buffer_print(
        out,
        "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Distribution of all "
        "trials\">\n",
        width, height + 24);
    for (uint32_t i = 0; i < BINS; i++) {
        char name[16];
        double value = low + span * (i + 0.5) / BINS;
        double tall = (height - 12) * bins[i] / most;
        int color = heat_step(value, low, high, falls);
        text_buffer_print(out,
                          "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                          "rx=\"1.5\"><title>%u trials</title></rect>",
                          step_class(color == 0 ? 1 : color, name), left + i * step + 1,
                          height - tall, step - 2, tall, bins[i]);
    }
    text_buffer_print(out,
                      "<line class=\"base\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                      left, width - left, height + 0.5, height + 0.5);
    char text[HEAT_VALUE_SIZE];
    heat_value(view, low, text);
    text_buffer_print(out, "<text class=\"t\" x=\"%.0f\" y=\"%.0f\">%s</text>", left, height + 18,
                      text);
    heat_value(view, high, text);
    text_buffer_print(out, "<text class=\"t e\" x=\"%.0f\" y=\"%.0f\">%s</text>\n", width - left,
                      height + 18, text);
    double zero = left + (width - 2 * left) * (0 - low) / span;
    if (zero > left + 60 && zero < width - left - 60)
        text_buffer_print(
            out,
            "<line class=\"zero\" x1=\"%.1f\" x2=\"%.1f\" y1=\"4\" y2=\"%.0f\"/><text "
            "class=\"t m\" x=\"%.1f\" y=\"%.0f\">0</text>\n",
            zero, zero, height, zero, height + 18);
    text_buffer_append(out, TEXT("</svg>\n"));
}
