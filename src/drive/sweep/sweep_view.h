/* A sweep as a landscape: one metric over the space, cut into maps of two parameters, and what lies
 * around the point that was chosen.
 *
 *     slow    . . 0.4 0.6                    the chosen point and the neighbours whose every
 *             . 0.2[0.5 0.7 0.4]             parameter is at most a step away
 *             . 0.1[0.6 0.9 0.5]
 *             . 0.3[0.4 0.8 0.6]
 *              fast
 *
 * A rule that holds is good on a plateau: its neighbours are about as good. One that fits the past
 * by chance stands on a spike. The plateau score is the mean of the neighbours over the value of
 * the point: near 1 a plateau, near 0 or below a spike; it is not defined where the point itself
 * is not above zero. In a grid a step is one value; where trials were drawn, it is a tenth of the
 * values, for hardly any has a neighbour one value away. Values that are no rising numbers (`sma`,
 * `ema`) have no neighbours but themselves.
 *
 * The most stable point is the one whose neighbourhood, itself included, has the highest mean,
 * among those with at least three quarters of the neighbours that the one with most has. Of a
 * halved sweep the view is that of the first rung, where all candidates ran. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_VIEW_H
#define TERN_DRIVE_SWEEP_SWEEP_VIEW_H

#include "drive/sweep/sweep.h"
#include "drive/sweep/sweep_importance.h"

#define VIEW_NONE UINT32_MAX
/* Above so many trials the most stable point is not looked for: that takes their square. */
#define VIEW_STABLE_TRIALS_MAX 16384u

enum view_metric { VIEW_SHARPE, VIEW_RETURN, VIEW_DRAWDOWN, VIEW_FEES };
#define VIEW_METRICS 4u

/* What it is called, `sharpe`; for people, `Sharpe ratio a year`; `%` or "". */
const char *view_metric_name(enum view_metric metric);
const char *view_metric_title(enum view_metric metric);
const char *view_metric_unit(enum view_metric metric);
/* Whether less of it is better. */
bool view_metric_falls(enum view_metric metric);
/* False where there is none of that name. */
bool view_metric_find(struct text name, enum view_metric *out);

struct view_around {
    uint32_t neighbours; /* that have a value */
    double value;        /* of the point */
    double mean, worst,
        better;     /* of the neighbours; share of them that are better than the point */
    double plateau; /* NaN where it is not defined */
};

struct sweep_view {
    const struct sweep_summary *summary; /* borrowed */
    enum view_metric metric;
    uint32_t axes, trials;
    uint32_t counts[SWEEP_AXES_MAX];
    uint32_t steps[SWEEP_AXES_MAX]; /* how far neighbours are, in values */
    uint16_t *levels;               /* owned, [trial][axis] */
    uint32_t *candidates;           /* owned, [trial] */
    double *values;                 /* owned, [trial]; NaN: none */
    uint32_t chosen, stable;        /* trials; VIEW_NONE */
    struct view_around around_chosen, around_stable;
    struct importance importance;
    uint32_t ranked[SWEEP_AXES_MAX]; /* axes, the most important first */
};

/* Needs a summary with a space. STATUS_NOT_FOUND where it has none or nothing ran,
 * STATUS_NO_MEMORY. */
MUST_USE enum status sweep_view_make(const struct sweep_summary *summary, enum view_metric metric,
                                     struct sweep_view *out);
void sweep_view_release(struct sweep_view *view);
/* Of a trial of the view. */
void sweep_view_around(const struct sweep_view *view, uint32_t trial, struct view_around *out);

/* ---- maps ------------------------------------------------------------------------------------ */

struct map_cell {
    double mean, best; /* over all other parameters; NaN where nothing ran */
    uint32_t trials;
};

/* Neighbouring values are put together where there are more than fit. */
struct sweep_map {
    uint32_t x, y;          /* axes; y VIEW_NONE: one row */
    uint32_t columns, rows; /* groups of values */
    struct map_cell *cells; /* owned, [row][column] */
    double low, high;       /* of the means; of no cell 0 */
    double best_low, best_high;
    uint32_t chosen_column, chosen_row, stable_column, stable_row; /* VIEW_NONE: none */
    bool several; /* some cell has more than one trial, so that mean and best differ */
};

MUST_USE enum status sweep_map_make(const struct sweep_view *view, uint32_t x, uint32_t y,
                                    uint32_t columns_max, uint32_t rows_max, struct sweep_map *out);
void sweep_map_release(struct sweep_map *map);
/* What a cell is the mean of: "", or `, mean over …` for a title. */
const char *sweep_map_mean_of(const struct sweep_view *view, const struct sweep_map *map);
/* Whether the chosen point has the first or last of at least three rising values of the axis: what
 * lies beyond was not tried. */
bool sweep_view_at_edge(const struct sweep_view *view, uint32_t axis);
/* First value of a group of an axis that has `groups` of them. */
const char *sweep_map_value(const struct sweep_view *view, uint32_t axis, uint32_t groups,
                            uint32_t group);

#endif
