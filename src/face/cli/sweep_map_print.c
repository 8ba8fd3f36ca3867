/* The map of a sweep and what mattered, on a terminal and as JSON. */
#include "face/cli/sweep_face.h"

#include <stdio.h>
#include <string.h>

#include "drive/result/statistics.h"
#include "drive/sweep/sweep_heat.h"
#include "drive/sweep/sweep_page.h"

#define MAP_COLUMNS 24u
#define MAP_ROWS 24u

/* ---- which map ------------------------------------------------------------------------------- */

static uint32_t axis_find(const struct sweep_view *view, struct text name)
{
    for (uint32_t axis = 0; axis < view->axes; axis++) {
        const struct sweep_axis *of = &view->summary->space.axes[axis];
        if (text_equal(name, text_of(of->name)) || text_equal(name, text_of(of->written)))
            return axis;
    }
    return VIEW_NONE;
}

static enum status axes_of(struct cli *cli, const struct sweep_view *view, uint32_t *x, uint32_t *y)
{
    *x = view->ranked[0];
    *y = view->axes > 1 ? view->ranked[1] : VIEW_NONE;
    if (!cli_have(cli, CLI_OPTION_AXES))
        return STATUS_OK;
    struct text rest = text_of(cli->arguments.values[CLI_OPTION_AXES]);
    struct text first = text_split(&rest, ',');
    *x = axis_find(view, first);
    *y = rest.data == NULL ? VIEW_NONE : axis_find(view, rest);
    if (*x != VIEW_NONE && (rest.data == NULL || (*y != VIEW_NONE && *y != *x)))
        return STATUS_OK;
    char names[200] = "";
    size_t used = 0;
    for (uint32_t axis = 0; axis < view->axes && used < sizeof names; axis++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", axis > 0 ? " " : "",
                                 view->summary->space.axes[axis].name);
    problem_set(&cli->problem, STATUS_USAGE, "--axes", "\"%s\"",
                cli->arguments.values[CLI_OPTION_AXES]);
    problem_allowed(&cli->problem, "one or two of %s, a comma between them", names);
    return STATUS_USAGE;
}

static enum status metric_of(struct cli *cli, enum view_metric *metric)
{
    *metric = VIEW_SHARPE;
    if (!cli_have(cli, CLI_OPTION_METRIC) ||
        view_metric_find(text_of(cli->arguments.values[CLI_OPTION_METRIC]), metric))
        return STATUS_OK;
    problem_set(&cli->problem, STATUS_USAGE, "--metric", "\"%s\"",
                cli->arguments.values[CLI_OPTION_METRIC]);
    problem_allowed(&cli->problem, "sharpe, return, drawdown or fees");
    return STATUS_USAGE;
}

enum status sweep_view_of(struct cli *cli, const struct sweep_summary *summary,
                          struct sweep_view *view, uint32_t *x, uint32_t *y)
{
    enum view_metric metric;
    enum status status = metric_of(cli, &metric);
    if (status != STATUS_OK)
        return status;
    status = sweep_view_make(summary, metric, view);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "sweep", "%s",
                           status == STATUS_NOT_FOUND ? "has no trial that ran"
                                                      : "not enough memory");
    status = axes_of(cli, view, x, y);
    if (status != STATUS_OK)
        sweep_view_release(view);
    return status;
}

/* ---- what mattered --------------------------------------------------------------------------- */

static enum status importance_table(struct cli *cli, const struct sweep_view *view)
{
    struct table table;
    table_init(&table, "importance",
               view->summary->plan.eta > 0 ? "WHAT MATTERED IN THE FIRST RUNG" : "WHAT MATTERED");
    table_column(&table, "parameter", TABLE_LEFT, 0);
    table_column(&table, "share", TABLE_RIGHT, 0);
    table_column(&table, "", TABLE_LEFT, 1);
    table_column(&table, "values", TABLE_RIGHT, 1);
    for (uint32_t i = 0; i < view->axes; i++) {
        uint32_t axis = view->ranked[i];
        double share = view->importance.shares[axis];
        char bar[80] = "";
        unsigned length = double_is_finite(share) ? (unsigned)(share * 24 + 0.5) : 0;
        size_t used = 0;
        for (unsigned k = 0; k < length && k < 24; k++)
            used += (size_t)snprintf(bar + used, sizeof bar - used, "%s",
                                     cli->style.ascii ? "#" : "█");
        table_cell(&table, text_of(view->summary->space.axes[axis].name));
        cell_double(&table, share, 1, " %", 100);
        table_cell(&table, text_of(cli->style.plain ? "" : bar));
        table_cell_print(&table, "%u", view->counts[axis]);
    }
    if (double_is_finite(view->importance.rest)) {
        table_cell(&table, TEXT("(together only)"));
        cell_double(&table, view->importance.rest, 1, " %", 100);
        table_cell(&table, TEXT(""));
        table_cell(&table, TEXT(""));
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

static void around_cells(struct table *table, const struct sweep_view *view, const char *name,
                         uint32_t trial, const struct view_around *around)
{
    struct text_buffer params;
    const double values[] = {around->value, around->mean, around->worst};
    if (trial == VIEW_NONE)
        return;
    text_buffer_init(&params, 4096);
    sweep_space_describe(&view->summary->space, view->candidates[trial], &params);
    table_cell(table, text_of(name));
    table_cell_print(table, "%u", view->candidates[trial]);
    table_cell(table, (struct text){params.data, params.size});
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        char text[HEAT_VALUE_SIZE];
        heat_value(view, values[i], text);
        table_cell(table, text_of(double_is_finite(values[i]) ? text : "-"));
    }
    table_cell_print(table, "%u", around->neighbours);
    cell_double(table, around->plateau, 2, "", 1);
    text_buffer_release(&params);
}

static enum status around_table(struct cli *cli, const struct sweep_view *view)
{
    struct table table;
    table_init(&table, "neighbourhood",
               view->summary->plan.eta > 0 ? "WHAT LIES AROUND IT IN THE FIRST RUNG"
                                           : "WHAT LIES AROUND IT");
    table_column(&table, "point", TABLE_LEFT, 0);
    table_column(&table, "trial", TABLE_RIGHT, 0);
    table_column(&table, "parameters", TABLE_LEFT, 0);
    table_column(&table, view_metric_name(view->metric), TABLE_RIGHT, 0);
    table_column(&table, "mean around", TABLE_RIGHT, 0);
    table_column(&table, "worst around", TABLE_RIGHT, 0);
    table_column(&table, "neighbours", TABLE_RIGHT, 1);
    table_column(&table, "plateau", TABLE_RIGHT, 0);
    around_cells(&table, view, "best", view->chosen, &view->around_chosen);
    around_cells(&table, view, "most stable", view->stable, &view->around_stable);
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

enum status sweep_mattered_print(struct cli *cli, const struct sweep_summary *summary,
                                 uint32_t *edges)
{
    *edges = 0;
    struct sweep_view view;
    enum status status = sweep_view_make(summary, VIEW_SHARPE, &view);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK; /* nothing ran, so nothing mattered */
    if (status != STATUS_OK)
        return status;
    status = importance_table(cli, &view);
    if (status == STATUS_OK)
        status = around_table(cli, &view);
    for (uint32_t axis = 0; axis < view.axes; axis++) {
        if (sweep_view_at_edge(&view, axis))
            *edges |= 1u << axis;
    }
    sweep_view_release(&view);
    return status;
}

/* ---- the map --------------------------------------------------------------------------------- */

/* A digit from 0, the lowest, to 9, the highest, so that no color is needed; where there is color,
 * the ground has that of the page: orange below zero, blue above, both brighter the further. */
static void cell_append(struct cli *cli, const struct sweep_view *view, const struct sweep_map *map,
                        double value)
{
    static const unsigned char above[] = {236, 236, 17, 18, 25, 25, 32, 39, 45};
    static const unsigned char below[] = {236, 236, 52, 94, 94, 130, 172, 208, 214};
    double share = map->high > map->low ? (value - map->low) / (map->high - map->low) : 0;
    int digit = share < 1 ? (int)(share * 10) : 9;
    int step = heat_step(value, map->low, map->high, view_metric_falls(view->metric));
    if (cli->style.color)
        text_buffer_print(&cli->out, "\x1b[48;5;%um\x1b[38;5;%um %d\x1b[0m",
                          step < 0 ? below[-step] : above[step], step > 5 || step < -5 ? 16 : 231,
                          digit);
    else
        text_buffer_print(&cli->out, " %d", digit);
}

static void value_right(struct text_buffer *out, const char *text, size_t width)
{
    text_buffer_print(out, "%*s", (int)width, text);
}

static size_t label_width(const struct sweep_view *view, uint32_t axis, uint32_t groups)
{
    size_t width = 1;
    for (uint32_t i = 0; axis != VIEW_NONE && i < groups; i++) {
        size_t size = strlen(sweep_map_value(view, axis, groups, i));
        width = size > width ? size : width;
    }
    return width;
}

/* Each cell is two columns of the screen and a blank, or a bracket around it: [best], (stable). */
static void map_row(struct cli *cli, const struct sweep_view *view, const struct sweep_map *map,
                    uint32_t row, size_t margin)
{
    struct text_buffer *out = &cli->out;
    bool before = false;
    text_buffer_append(out, TEXT(" "));
    value_right(out, map->y == VIEW_NONE ? "" : sweep_map_value(view, map->y, map->rows, row),
                margin);
    text_buffer_append(out, TEXT(" "));
    for (uint32_t column = 0; column < map->columns; column++) {
        const struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
        bool chosen = column == map->chosen_column && row == map->chosen_row;
        bool stable = !chosen && column == map->stable_column && row == map->stable_row;
        if (chosen || stable)
            text_buffer_append(out, text_of(chosen ? "[" : "("));
        else if (!before)
            text_buffer_append(out, TEXT(" "));
        if (cell->trials == 0)
            text_buffer_append(out, TEXT(" ."));
        else
            cell_append(cli, view, map, cell->mean);
        before = chosen || stable;
        if (before)
            text_buffer_append(out, text_of(chosen ? "]" : ")"));
    }
    text_buffer_append(out, TEXT("\n"));
}

static void map_foot(struct cli *cli, const struct sweep_view *view, const struct sweep_map *map,
                     size_t margin)
{
    struct text_buffer *out = &cli->out;
    size_t wide = label_width(view, map->x, map->columns);
    uint32_t every = (uint32_t)(wide / 3) + 1;
    text_buffer_print(out, " %*s ", (int)margin, "");
    for (uint32_t i = 0; i < map->columns; i += every)
        text_buffer_print(out, " %-*s", (int)(every * 3 - 1),
                          sweep_map_value(view, map->x, map->columns, i));
    text_buffer_append(out, TEXT("\n"));
    char low[HEAT_VALUE_SIZE], high[HEAT_VALUE_SIZE];
    heat_value(view, map->low, low);
    heat_value(view, map->high, high);
    text_buffer_print(out,
                      " %*s  %s to the right%s%s\n"
                      " %*s  0: %s   9: %s   .: did not run   [ ] best   ( ) most stable\n\n",
                      (int)margin, "", view->summary->space.axes[map->x].name,
                      map->y == VIEW_NONE ? "" : ", upward ",
                      map->y == VIEW_NONE ? "" : view->summary->space.axes[map->y].name,
                      (int)margin, "", low, high);
}

/* As text for programs: one line a cell. */
static enum status map_plain(struct cli *cli, const struct sweep_view *view,
                             const struct sweep_map *map)
{
    struct table table;
    const struct sweep_space *space = &view->summary->space;
    table_init(&table, "map", "MAP");
    table_column(&table, space->axes[map->x].name, TABLE_RIGHT, 0);
    table_column(&table, map->y == VIEW_NONE ? "-" : space->axes[map->y].name, TABLE_RIGHT, 0);
    table_column(&table, "mean", TABLE_RIGHT, 0);
    table_column(&table, "best", TABLE_RIGHT, 0);
    table_column(&table, "trials", TABLE_RIGHT, 0);
    for (uint32_t row = 0; row < map->rows; row++) {
        for (uint32_t column = 0; column < map->columns; column++) {
            const struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
            table_cell(&table, text_of(sweep_map_value(view, map->x, map->columns, column)));
            table_cell(
                &table,
                text_of(map->y == VIEW_NONE ? "-" : sweep_map_value(view, map->y, map->rows, row)));
            cell_double(&table, cell->mean, 4, "", 1);
            cell_double(&table, cell->best, 4, "", 1);
            table_cell_print(&table, "%u", cell->trials);
        }
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

enum status sweep_map_print(struct cli *cli, const struct sweep_summary *summary)
{
    struct sweep_view view;
    struct sweep_map map;
    uint32_t x = 0, y = 0;
    enum status status = sweep_view_of(cli, summary, &view, &x, &y);
    if (status != STATUS_OK)
        return status;
    size_t margin = label_width(&view, y, y == VIEW_NONE ? 0 : view.counts[y]);
    uint32_t most = cli->style.width > margin + 8 ? (cli->style.width - (uint32_t)margin - 4) / 3
                                                  : MAP_COLUMNS;
    if (cli->style.plain)
        most = SWEEP_VALUES_MAX;
    status = sweep_map_make(&view, x, y,
                            most < MAP_COLUMNS || cli->style.plain ? most : MAP_COLUMNS,
                            cli->style.plain ? SWEEP_VALUES_MAX : MAP_ROWS, &map);
    if (status == STATUS_OK && cli->style.plain) {
        status = map_plain(cli, &view, &map);
    } else if (status == STATUS_OK) {
        text_buffer_print(&cli->out, "\n MAP\n %s%s%s\n\n", view_metric_title(view.metric),
                          sweep_map_mean_of(&view, &map),
                          summary->plan.eta > 0 ? ", first rung" : "");
        for (uint32_t row = map.rows; row-- > 0;)
            map_row(cli, &view, &map, row, margin);
        map_foot(cli, &view, &map, margin);
    }
    sweep_map_release(&map);
    sweep_view_release(&view);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "output", "not enough memory");
    return STATUS_OK;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void around_json(struct json_writer *json, const struct sweep_view *view, const char *name,
                        uint32_t trial, const struct view_around *around)
{
    json_key(json, name);
    if (trial == VIEW_NONE) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    key_count(json, "trial", view->candidates[trial]);
    key_number(json, "value", around->value);
    key_count(json, "neighbours", around->neighbours);
    key_number(json, "mean", around->mean);
    key_number(json, "worst", around->worst);
    key_number(json, "better", around->better);
    key_number(json, "plateau", around->plateau);
    json_object_end(json);
}

static void map_json(struct json_writer *json, const struct sweep_view *view,
                     const struct sweep_map *map)
{
    const struct sweep_space *space = &view->summary->space;
    json_key(json, "map");
    json_object_begin(json);
    key_text(json, "x", space->axes[map->x].written);
    json_key(json, "y");
    if (map->y == VIEW_NONE)
        json_null(json);
    else
        json_string(json, space->axes[map->y].written);
    json_key(json, "cells");
    json_array_begin(json);
    for (uint32_t row = 0; row < map->rows; row++) {
        for (uint32_t column = 0; column < map->columns; column++) {
            const struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
            json_object_begin(json);
            key_text(json, "x", sweep_map_value(view, map->x, map->columns, column));
            if (map->y != VIEW_NONE)
                key_text(json, "y", sweep_map_value(view, map->y, map->rows, row));
            key_number(json, "mean", cell->mean);
            key_number(json, "best", cell->best);
            key_count(json, "trials", cell->trials);
            json_object_end(json);
        }
    }
    json_array_end(json);
    json_object_end(json);
}

enum status sweep_view_json(struct cli *cli, const struct sweep_summary *summary, bool with_map,
                            struct json_writer *json)
{
    struct sweep_view view;
    uint32_t x = 0, y = 0;
    if (summary->space.axes_count == 0 || summary->rungs[0].ran == 0)
        return STATUS_OK;
    enum status status = sweep_view_of(cli, summary, &view, &x, &y);
    if (status != STATUS_OK)
        return status;
    key_text(json, "metric", view_metric_name(view.metric));
    json_key(json, "importance");
    json_array_begin(json);
    for (uint32_t i = 0; i < view.axes; i++) {
        uint32_t axis = view.ranked[i];
        json_object_begin(json);
        key_text(json, "key", view.summary->space.axes[axis].written);
        key_number(json, "share", view.importance.shares[axis]);
        json_object_end(json);
    }
    json_array_end(json);
    around_json(json, &view, "around_best", view.chosen, &view.around_chosen);
    around_json(json, &view, "most_stable", view.stable, &view.around_stable);
    struct sweep_map map = {0};
    if (with_map)
        status = sweep_map_make(&view, x, y, SWEEP_VALUES_MAX, SWEEP_VALUES_MAX, &map);
    if (with_map && status == STATUS_OK)
        map_json(json, &view, &map);
    sweep_map_release(&map);
    sweep_view_release(&view);
    return status;
}

enum status sweep_html_print(struct cli *cli, const struct sweep_summary *summary)
{
    struct sweep_view view;
    uint32_t x = 0, y = 0;
    enum status status = sweep_view_of(cli, summary, &view, &x, &y);
    if (status != STATUS_OK)
        return status;
    status = sweep_page_append(&view, x, y, &cli->out);
    sweep_view_release(&view);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "output", "not enough memory");
    return STATUS_OK;
}
