/* Pictures of the report as inline SVG: no script and no style but classes, so that they print, and
 * follow the theme. Internal to drive/report.
 *
 *     struct plot plot = {.out = out, .width = PLOT_WIDE, .height = 280, .unit = PLOT_MONEY,
 *                         .timed = true, .origin_ns = from_ns};
 *     plot_range(&plot, points, count);              as often as there are lines
 *     plot_open(&plot, "equity", "Equity at each bar's close");
 *     plot_axis_time(&plot);
 *     plot_line(&plot, "line", points, count);
 *     plot_close(&plot);
 *
 * Labels stand inside the picture, so that it may be as narrow as a telephone. */
#ifndef TERN_DRIVE_REPORT_PLOT_H
#define TERN_DRIVE_REPORT_PLOT_H

#include "base/text.h"

#define PLOT_WIDE 960
#define PLOT_HALF 470
#define PLOT_FOOT 20 /* for the labels below */
#define PLOT_HEAD 8

enum plot_unit { PLOT_MONEY, PLOT_PERCENT, PLOT_NUMBER, PLOT_COUNT };

struct plot_point {
    double x, y; /* x of a time: seconds behind the picture's origin */
};

struct plot {
    struct text_buffer *out;
    int width, height;
    int left;            /* room before the first x, for labels that bars would hide */
    enum plot_unit unit; /* of y */
    bool timed;          /* x are times; origin_ns is where x = 0 */
    int64_t origin_ns;
    bool ranged_x, ranged_y;
    double x_low, x_high, y_low, y_high;
};

/* Widens the ranges to hold these. */
void plot_range(struct plot *plot, const struct plot_point *points, size_t count);
/* The same for one value of y. */
void plot_range_y(struct plot *plot, double y);
/* Opens figure and picture; ranges are final then and never empty. Title and class are ours. */
void plot_open(struct plot *plot, const char *class_name, const char *title);
/* Lines at round values of y, with their labels. */
void plot_axis_y(const struct plot *plot);
/* Labels at round times. */
void plot_axis_time(const struct plot *plot);
void plot_line(const struct plot *plot, const char *class_name, const struct plot_point *points,
               size_t count);
/* Between the line and that value. */
void plot_area(const struct plot *plot, const char *class_name, const struct plot_point *points,
               size_t count, double base);
/* A bar from x_from to x_to and from 0 to y; the title is shown by the pointer and read aloud. */
void plot_bar(const struct plot *plot, const char *class_name, double x_from, double x_to, double y,
              const char *title);
void plot_label_x(const struct plot *plot, double x, const char *text);
void plot_close(const struct plot *plot);

/* Keeps of each column of a picture the first, lowest, highest and last point, in their order, so
 * that no spike is lost however long the series; in place, points rising in x. */
size_t plot_thin(struct plot_point *points, size_t count);

/* A value of y as the axis shows it. */
void plot_value(char out[96], enum plot_unit unit, double value, double span);

#endif
