#include "drive/report/compare_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/report/charts.h"
#include "drive/result/readable.h"

static const char *label_of(const struct compare_side *side)
{
    const char *slash = strrchr(side->directory, '/');
    return slash == NULL || slash[1] == '\0' ? side->directory : slash + 1;
}

static void banner(const struct report *report, const struct compare_side *a,
                   const struct compare_side *b, const struct comparison *comparison)
{
    plain(report, "<header><div><p class=\"brand\">tern compare</p><h1>");
    escaped(report, label_of(a));
    plain(report, " and ");
    escaped(report, label_of(b));
    text_buffer_print(report->out,
                      "</h1><p class=\"muted\">%u of %u rows differ</p></div>"
                      "<div class=\"tools\" id=\"tools\"></div></header>\n<main>\n",
                      comparison->differ, comparison->count);
}

/* Doubts come first, whose ever they are. */
static void warnings(const struct report *report, const struct compare_side *a,
                     const struct compare_side *b)
{
    const struct compare_side *sides[] = {a, b};
    if (a->result.warnings.count + b->result.warnings.count == 0)
        return;
    plain(report, "<section id=\"warnings\" class=\"panel warnings\">"
                  "<h2>Doubts about these results</h2><ul>\n");
    for (size_t i = 0; i < ARRAY_COUNT(sides); i++) {
        for (uint32_t j = 0; j < sides[i]->result.warnings.count; j++) {
            text_buffer_print(report->out, "<li>%s: ", i == 0 ? "A" : "B");
            escaped(report, sides[i]->result.warnings.items[j].text);
            plain(report, "</li>\n");
        }
    }
    plain(report, "</ul></section>\n");
}

static size_t drawdown_points(const struct backtest_result *result, int64_t origin_ns,
                              struct plot_point *points)
{
    for (uint32_t i = 0; i < result->equity.count; i++)
        points[i] = (struct plot_point){(double)(result->equity.items[i].time_ns - origin_ns) / 1e9,
                                        -result->equity.items[i].drawdown};
    return plot_thin(points, result->equity.count);
}

static void caption_open(const struct report *report, const char *what,
                         const struct compare_side *a, const struct compare_side *b)
{
    text_buffer_print(report->out,
                      "<figure><figcaption><span>%s &ensp;<i class=\"key k1\"></i>A: ", what);
    escaped(report, label_of(a));
    plain(report, " &ensp;<i class=\"key k2\"></i>B: ");
    escaped(report, label_of(b));
    plain(report, "</span></figcaption>\n");
}

struct curve {
    struct plot_point *points;
    size_t count;
};

static void picture(const struct report *report, struct plot *plot, const char *title,
                    const struct curve curves[2])
{
    plot_range(plot, curves[0].points, curves[0].count);
    plot_range(plot, curves[1].points, curves[1].count);
    plot_open(plot, "wide", title);
    plot_axis_y(plot);
    plot_axis_time(plot);
    plot_line(plot, "line l2", curves[1].points, curves[1].count);
    plot_line(plot, "line l1", curves[0].points, curves[0].count);
    plot_close(plot);
    figure_close(report);
}

static void curves(const struct report *report, const struct compare_side *a,
                   const struct compare_side *b)
{
    const struct backtest_result *left = &a->result, *right = &b->result;
    struct curve both[2] = {0};
    if (left->equity.count == 0 || right->equity.count == 0)
        return;
    int64_t origin_ns = i64_min(left->from_ns, right->from_ns);
    enum status status = equity_points(left, origin_ns, &both[0].points, &both[0].count);
    if (status == STATUS_OK)
        status = equity_points(right, origin_ns, &both[1].points, &both[1].count);
    if (status != STATUS_OK) {
        report->out->status = status;
        free(both[0].points);
        return;
    }
    struct plot plot = {.out = report->out,
                        .width = PLOT_WIDE,
                        .height = 300,
                        .unit = PLOT_MONEY,
                        .timed = true,
                        .origin_ns = origin_ns};
    section_open(report, "equity", "Equity", NULL);
    caption_open(report, "equity", a, b);
    picture(report, &plot, "Equity of both", both);
    both[0].count = drawdown_points(left, origin_ns, both[0].points);
    both[1].count = drawdown_points(right, origin_ns, both[1].points);
    plot = (struct plot){.out = report->out,
                         .width = PLOT_WIDE,
                         .height = 150,
                         .unit = PLOT_PERCENT,
                         .timed = true,
                         .origin_ns = origin_ns};
    plot_range_y(&plot, 0);
    caption_open(report, "drawdown", a, b);
    picture(report, &plot, "Drawdown of both", both);
    section_close(report);
    free(both[0].points);
    free(both[1].points);
}

/* A value; what differs is bold, and a setting's default is named. */
static void value_cell(const struct report *report, const struct compare_row *row, bool second)
{
    plain(report, row->differs ? "<td class=\"left wrap changed\">" : "<td class=\"left wrap\">");
    escaped(report, second ? row->b : row->a);
    if (second ? row->b_default : row->a_default)
        plain(report, " <span class=\"muted\">(default)</span>");
    plain(report, "</td>");
}

static void group(const struct report *report, const struct comparison *comparison,
                  const char *name, const char *title, const char *note)
{
    static const struct heading headings[] = {{"", true}, {"A", true}, {"B", true}, {"", true}};
    bool any = false;
    for (uint32_t i = 0; i < comparison->count; i++)
        any = any || strcmp(comparison->rows[i].group, name) == 0;
    if (!any)
        return;
    section_open(report, name, title, note);
    table_open(report, title, headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < comparison->count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        if (strcmp(row->group, name) != 0)
            continue;
        plain(report, "<tr>");
        cell(report, "left", row->name);
        value_cell(report, row, false);
        value_cell(report, row, true);
        cell(report, "left muted", row->differs ? "differs" : "");
        plain(report, "</tr>\n");
    }
    table_close(report);
    section_close(report);
}

void compare_html_print(const struct compare_side *a, const struct compare_side *b,
                        const struct comparison *comparison, struct text_buffer *out)
{
    struct report report = {&a->result, &a->metrics, out, money_places(a->result.start_equity)};
    page_head(&report, "Comparison of two back-tests");
    banner(&report, a, b, comparison);
    warnings(&report, a, b);
    group(&report, comparison, "settings", "Settings",
          a->settings.size > 0 && b->settings.size > 0
              ? NULL
              : "A journal is missing, so that keys cannot be compared.");
    curves(&report, a, b);
    group(&report, comparison, "parting", "Where they part",
          "The first order and the first fill that are not the same.");
    group(&report, comparison, "result", "Books", NULL);
    group(&report, comparison, "bots", "Bots", NULL);
    group(&report, comparison, "metrics", "Metrics", NULL);
    group(&report, comparison, "data", "Data", NULL);
    page_foot(&report);
}
