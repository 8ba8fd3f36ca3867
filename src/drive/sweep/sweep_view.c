#include "drive/sweep/sweep_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/math.h"
#include "drive/result/statistics.h"

#define DAYS_A_YEAR 365.0

/* ---- metrics --------------------------------------------------------------------------------- */

static const struct {
    const char *name, *title, *unit;
    bool falls;
} metrics_table[VIEW_METRICS] = {
    [VIEW_SHARPE] = {"sharpe", "Sharpe ratio a year", "", false},
    [VIEW_RETURN] = {"return", "Return", "%", false},
    [VIEW_DRAWDOWN] = {"drawdown", "Deepest drawdown of daily equity", "%", true},
    [VIEW_FEES] = {"fees", "Fees over start equity", "%", true},
};

const char *view_metric_name(enum view_metric metric)
{
    return metrics_table[metric].name;
}

const char *view_metric_title(enum view_metric metric)
{
    return metrics_table[metric].title;
}

const char *view_metric_unit(enum view_metric metric)
{
    return metrics_table[metric].unit;
}

bool view_metric_falls(enum view_metric metric)
{
    return metrics_table[metric].falls;
}

bool view_metric_find(struct text name, enum view_metric *out)
{
    for (enum view_metric metric = VIEW_SHARPE; metric < VIEW_METRICS; metric++) {
        if (text_equal(name, text_of(metrics_table[metric].name))) {
            *out = metric;
            return true;
        }
    }
    return false;
}

static double drawdown_of(const struct sweep_trial *trial)
{
    double equity = 1, peak = 1, deepest = 0;
    if (trial->returns == NULL)
        return double_nan();
    for (size_t i = 0; i < trial->periods; i++) {
        equity *= 1 + trial->returns[i];
        peak = equity > peak ? equity : peak;
        double fall = (peak - equity) / peak;
        deepest = fall > deepest ? fall : deepest;
    }
    return deepest;
}

static double value_of(const struct sweep_summary *summary, const struct sweep_trial *trial,
                       enum view_metric metric)
{
    double start = (double)summary->start_equity.units;
    switch (metric) {
    case VIEW_SHARPE:
        return double_is_finite(trial->row.sharpe) ? trial->row.sharpe * math_sqrt(DAYS_A_YEAR)
                                                   : double_nan();
    case VIEW_RETURN:
        return start > 0 ? ((double)trial->row.end_equity.units - start) / start * 100
                         : double_nan();
    case VIEW_DRAWDOWN: return drawdown_of(trial) * 100;
    case VIEW_FEES: return start > 0 ? (double)trial->row.fees.units / start * 100 : double_nan();
    }
    return double_nan();
}

/* ---- the view -------------------------------------------------------------------------------- */

static bool axis_rises(const struct sweep_axis *axis)
{
    int64_t before = 0;
    for (uint32_t i = 0; i < axis->count; i++) {
        int64_t number = 0;
        if (decimal_parse_i64(text_of(axis->values[i]), 12, &number) != STATUS_OK)
            return false;
        if (i > 0 && number <= before)
            return false;
        before = number;
    }
    return true;
}

static bool are_neighbours(const struct sweep_view *view, uint32_t one, uint32_t other)
{
    const uint16_t *left = view->levels + (size_t)one * view->axes;
    const uint16_t *right = view->levels + (size_t)other * view->axes;
    for (uint32_t axis = 0; axis < view->axes; axis++) {
        uint32_t apart = left[axis] > right[axis] ? (uint32_t)(left[axis] - right[axis])
                                                  : (uint32_t)(right[axis] - left[axis]);
        if (apart > view->steps[axis])
            return false;
    }
    return true;
}

void sweep_view_around(const struct sweep_view *view, uint32_t trial, struct view_around *out)
{
    bool falls = view_metric_falls(view->metric);
    double sum = 0;
    uint32_t better = 0;
    *out = (struct view_around){.value = view->values[trial],
                                .mean = double_nan(),
                                .worst = double_nan(),
                                .better = double_nan(),
                                .plateau = double_nan()};
    for (uint32_t i = 0; i < view->trials; i++) {
        double value = view->values[i];
        if (i == trial || !double_is_finite(value) || !are_neighbours(view, trial, i))
            continue;
        if (out->neighbours == 0 || (falls ? value > out->worst : value < out->worst))
            out->worst = value;
        better += falls ? value < out->value : value > out->value;
        sum += value;
        out->neighbours++;
    }
    if (out->neighbours == 0)
        return;
    out->mean = sum / out->neighbours;
    out->better = (double)better / out->neighbours;
    if (!falls && out->value > 0)
        out->plateau = out->mean / out->value;
}

/* The point whose neighbourhood is best on average. */
static void stable_find(struct sweep_view *view)
{
    bool falls = view_metric_falls(view->metric);
    uint32_t most = 0;
    double best = double_nan();
    view->stable = VIEW_NONE;
    if (view->trials > VIEW_STABLE_TRIALS_MAX)
        return;
    struct view_around *all = calloc((size_t)view->trials + 1, sizeof *all);
    if (all == NULL)
        return; /* no more than not knowing */
    for (uint32_t i = 0; i < view->trials; i++) {
        if (!double_is_finite(view->values[i]))
            continue;
        sweep_view_around(view, i, &all[i]);
        most = all[i].neighbours > most ? all[i].neighbours : most;
    }
    for (uint32_t i = 0; most > 0 && i < view->trials; i++) {
        if (!double_is_finite(view->values[i]) || all[i].neighbours == 0 ||
            all[i].neighbours * 4 < most * 3)
            continue;
        double mean = (all[i].mean * all[i].neighbours + all[i].value) / (all[i].neighbours + 1);
        if (view->stable == VIEW_NONE || (falls ? mean < best : mean > best)) {
            view->stable = i;
            view->around_stable = all[i];
            best = mean;
        }
    }
    free(all);
}

static enum status view_allocate(struct sweep_view *view, uint32_t trials)
{
    view->levels = calloc((size_t)trials * view->axes, sizeof *view->levels);
    view->candidates = calloc(trials, sizeof *view->candidates);
    view->values = calloc(trials, sizeof *view->values);
    if (view->levels != NULL && view->candidates != NULL && view->values != NULL)
        return STATUS_OK;
    sweep_view_release(view);
    return STATUS_NO_MEMORY;
}

static void view_fill(struct sweep_view *view)
{
    const struct sweep_summary *summary = view->summary;
    const struct sweep_rung *rung = &summary->rungs[0];
    uint32_t best = sweep_candidate(summary, &summary->trials[0]);
    view->chosen = VIEW_NONE;
    for (uint32_t i = 0; i < rung->ran; i++) {
        const struct sweep_trial *trial = &summary->trials[rung->first + i];
        uint32_t candidate = sweep_candidate(summary, trial);
        memcpy(view->levels + (size_t)i * view->axes,
               summary->space.rows + (size_t)candidate * view->axes,
               view->axes * sizeof *view->levels);
        view->candidates[i] = candidate;
        view->values[i] = value_of(summary, trial, view->metric);
        if (candidate == best)
            view->chosen = i;
    }
    view->trials = rung->ran;
}

static void steps_find(struct sweep_view *view)
{
    bool drawn = view->summary->plan.method != SWEEP_GRID;
    for (uint32_t axis = 0; axis < view->axes; axis++) {
        const struct sweep_axis *of = &view->summary->space.axes[axis];
        view->counts[axis] = of->count;
        view->steps[axis] = !axis_rises(of) ? 0 : drawn ? (of->count + 9) / 10 : 1;
    }
}

static void rank_axes(struct sweep_view *view)
{
    for (uint32_t i = 0; i < view->axes; i++) {
        double share = view->importance.shares[i];
        uint32_t place = i;
        while (place > 0 && share > view->importance.shares[view->ranked[place - 1]]) {
            view->ranked[place] = view->ranked[place - 1];
            place--;
        }
        view->ranked[place] = i;
    }
}

enum status sweep_view_make(const struct sweep_summary *summary, enum view_metric metric,
                            struct sweep_view *out)
{
    *out = (struct sweep_view){.summary = summary, .metric = metric};
    if (summary->space.axes_count == 0 || summary->rungs[0].ran == 0)
        return STATUS_NOT_FOUND;
    out->axes = summary->space.axes_count;
    enum status status = view_allocate(out, summary->rungs[0].ran);
    if (status != STATUS_OK)
        return status;
    steps_find(out);
    view_fill(out);
    struct importance_input input = {.levels = out->levels,
                                     .counts = out->counts,
                                     .axes = out->axes,
                                     .values = out->values,
                                     .trials = out->trials,
                                     .drawn = summary->plan.method != SWEEP_GRID};
    status = importance_compute(&input, &out->importance);
    if (status != STATUS_OK) {
        sweep_view_release(out);
        return status;
    }
    rank_axes(out);
    if (out->chosen != VIEW_NONE)
        sweep_view_around(out, out->chosen, &out->around_chosen);
    stable_find(out);
    return STATUS_OK;
}

void sweep_view_release(struct sweep_view *view)
{
    free(view->levels);
    free(view->candidates);
    free(view->values);
    *view = (struct sweep_view){0};
}

/* ---- maps ------------------------------------------------------------------------------------ */

static uint32_t group_of(const struct sweep_view *view, uint32_t trial, uint32_t axis,
                         uint32_t groups)
{
    uint64_t level = view->levels[(size_t)trial * view->axes + axis];
    return (uint32_t)(level * groups / view->counts[axis]);
}

const char *sweep_map_value(const struct sweep_view *view, uint32_t axis, uint32_t groups,
                            uint32_t group)
{
    /* The first level that group_of puts there. */
    uint64_t level = ((uint64_t)group * view->counts[axis] + groups - 1) / groups;
    return view->summary->space.axes[axis].values[level];
}

static uint32_t groups_of(const struct sweep_view *view, uint32_t axis, uint32_t most)
{
    uint32_t groups = view->counts[axis] < most ? view->counts[axis] : most;
    if (view->summary->plan.method != SWEEP_GRID) {
        /* As many as leave a trial or so to each cell. */
        uint32_t root = (uint32_t)math_sqrt((double)view->trials);
        root = root < 2 ? 2 : root;
        groups = groups < root ? groups : root;
    }
    return groups;
}

static void range_add(double value, double *low, double *high)
{
    if (!double_is_finite(value))
        return;
    *low = !double_is_finite(*low) || value < *low ? value : *low;
    *high = !double_is_finite(*high) || value > *high ? value : *high;
}

static void cells_fill(const struct sweep_view *view, struct sweep_map *map)
{
    bool falls = view_metric_falls(view->metric);
    for (uint32_t i = 0; i < view->trials; i++) {
        double value = view->values[i];
        uint32_t row = map->y == VIEW_NONE ? 0 : group_of(view, i, map->y, map->rows);
        uint32_t column = group_of(view, i, map->x, map->columns);
        struct map_cell *cell = &map->cells[(size_t)row * map->columns + column];
        if (i == view->chosen) {
            map->chosen_column = column;
            map->chosen_row = row;
        }
        if (i == view->stable) {
            map->stable_column = column;
            map->stable_row = row;
        }
        if (!double_is_finite(value))
            continue;
        if (cell->trials == 0 || (falls ? value < cell->best : value > cell->best))
            cell->best = value;
        cell->mean += value;
        cell->trials++;
    }
    map->low = map->high = map->best_low = map->best_high = double_nan();
    for (size_t i = 0; i < (size_t)map->rows * map->columns; i++) {
        struct map_cell *cell = &map->cells[i];
        map->several |= cell->trials > 1;
        cell->mean = cell->trials > 0 ? cell->mean / cell->trials : double_nan();
        cell->best = cell->trials > 0 ? cell->best : double_nan();
        range_add(cell->mean, &map->low, &map->high);
        range_add(cell->best, &map->best_low, &map->best_high);
    }
}

enum status sweep_map_make(const struct sweep_view *view, uint32_t x, uint32_t y,
                           uint32_t columns_max, uint32_t rows_max, struct sweep_map *out)
{
    *out = (struct sweep_map){.x = x,
                              .y = y,
                              .columns = groups_of(view, x, columns_max),
                              .rows = y == VIEW_NONE ? 1 : groups_of(view, y, rows_max),
                              .chosen_column = VIEW_NONE,
                              .chosen_row = VIEW_NONE,
                              .stable_column = VIEW_NONE,
                              .stable_row = VIEW_NONE};
    out->cells = calloc((size_t)out->columns * out->rows, sizeof *out->cells);
    if (out->cells == NULL)
        return STATUS_NO_MEMORY;
    cells_fill(view, out);
    return STATUS_OK;
}

void sweep_map_release(struct sweep_map *map)
{
    free(map->cells);
    *map = (struct sweep_map){0};
}

const char *sweep_map_mean_of(const struct sweep_view *view, const struct sweep_map *map)
{
    if (!map->several)
        return "";
    return view->axes > (map->y == VIEW_NONE ? 1u : 2u) ? ", mean over all other parameters"
                                                        : ", mean of neighbouring values";
}

bool sweep_view_at_edge(const struct sweep_view *view, uint32_t axis)
{
    if (view->chosen == VIEW_NONE || view->steps[axis] == 0 || view->counts[axis] < 3)
        return false;
    uint32_t level = view->levels[(size_t)view->chosen * view->axes + axis];
    return level == 0 || level + 1 == view->counts[axis];
}
