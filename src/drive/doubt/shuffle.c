#include "drive/doubt/shuffle.h"

#include <stdlib.h>
#include <string.h>

#include "core/model/limits.h"

#define CELLS_MAX ((int64_t)1 << 28)

/* ---- the order of cells ---------------------------------------------------------------------- */

struct cells {
    int64_t from_ns, step_ns;
    uint32_t count;
    uint32_t *order; /* owned: the cell that stands at each place */
};

/* Cuts the cells into blocks of geometric length and deals these in random order. */
static enum status order_draw(struct cells *cells, double block_mean, struct random *random)
{
    uint32_t *starts = malloc(((size_t)cells->count + 1) * sizeof *starts);
    uint32_t *deal = malloc(((size_t)cells->count + 1) * sizeof *deal);
    cells->order = malloc((size_t)cells->count * sizeof *cells->order);
    enum status status = STATUS_NO_MEMORY;
    if (starts != NULL && deal != NULL && cells->order != NULL) {
        uint32_t blocks = 0;
        for (uint32_t i = 0; i < cells->count; i++) {
            if (i == 0 || random_unit(random) < 1 / block_mean)
                starts[blocks++] = i;
        }
        starts[blocks] = cells->count;
        for (uint32_t i = 0; i < blocks; i++)
            deal[i] = i;
        for (uint32_t i = blocks; i > 1; i--) {
            uint32_t other = (uint32_t)random_below(random, i);
            uint32_t held = deal[i - 1];
            deal[i - 1] = deal[other];
            deal[other] = held;
        }
        uint32_t place = 0;
        for (uint32_t i = 0; i < blocks; i++) {
            for (uint32_t cell = starts[deal[i]]; cell < starts[deal[i] + 1]; cell++)
                cells->order[place++] = cell;
        }
        status = STATUS_OK;
    }
    free(starts);
    free(deal);
    return status;
}

/* ---- one series ------------------------------------------------------------------------------ */

struct walk {
    const struct backtest_series *from;
    struct bar *out;
    size_t count;  /* of out */
    double close;  /* the last one written, unrounded */
    bool in_range; /* no price left its bounds */
};

static int64_t price_of(struct walk *walk, double value)
{
    if (!(value < (double)PRICE_UNITS_MAX)) {
        walk->in_range = false;
        return 1;
    }
    int64_t units = (int64_t)(value + 0.5);
    return units < 1 ? 1 : units;
}

/* Bar `index` as the next one, opening at open_ns. */
static void bar_put(struct walk *walk, size_t index, int64_t open_ns)
{
    const struct bar *bar = &walk->from->bars[index];
    int64_t before = index == 0 ? bar->open.units : walk->from->bars[index - 1].close.units;
    double factor = walk->close / (double)before;
    struct bar *out = &walk->out[walk->count++];
    *out = *bar;
    out->open_time_ns = open_ns;
    out->open.units = price_of(walk, (double)bar->open.units * factor);
    out->high.units = price_of(walk, (double)bar->high.units * factor);
    out->low.units = price_of(walk, (double)bar->low.units * factor);
    out->close.units = price_of(walk, (double)bar->close.units * factor);
    walk->close = (double)bar->close.units * factor;
}

/* The first bar that opens at or after time_ns. */
static size_t bar_find(const struct backtest_series *series, int64_t time_ns)
{
    size_t low = 0;
    size_t high = series->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (series->bars[middle].open_time_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool series_deal(const struct cells *cells, const struct backtest_series *series,
                        struct bar *out)
{
    struct walk walk = {
        .from = series, .out = out, .close = (double)series->bars[0].open.units, .in_range = true};
    size_t first = bar_find(series, cells->from_ns);
    size_t end = bar_find(series, cells->from_ns + cells->step_ns * (int64_t)cells->count);
    for (size_t i = 0; i < first; i++)
        bar_put(&walk, i, series->bars[i].open_time_ns);
    for (uint32_t place = 0; place < cells->count; place++) {
        int64_t source_ns = cells->from_ns + cells->step_ns * (int64_t)cells->order[place];
        int64_t shift = cells->step_ns * ((int64_t)place - (int64_t)cells->order[place]);
        for (size_t i = bar_find(series, source_ns);
             i < series->count && series->bars[i].open_time_ns < source_ns + cells->step_ns; i++)
            bar_put(&walk, i, series->bars[i].open_time_ns + shift);
    }
    for (size_t i = end; i < series->count; i++)
        bar_put(&walk, i, series->bars[i].open_time_ns);
    ASSERT(walk.count == series->count);
    return walk.in_range;
}

/* ---- all ------------------------------------------------------------------------------------- */

/* From where to where all series have bars, in whole steps. */
static enum status cells_lay(const struct backtest_series *series, uint32_t count, int64_t step_ns,
                             struct cells *out)
{
    int64_t from = INT64_MIN;
    int64_t to = INT64_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const struct bar *last = &series[i].bars[series[i].count - 1];
        from = i64_max(from, series[i].bars[0].open_time_ns);
        to = i64_min(to, last->open_time_ns + series[i].bar_ns);
    }
    int64_t rest = from % step_ns;
    from += rest == 0 ? 0 : rest < 0 ? -rest : step_ns - rest;
    if (count == 0 || to - from < 2 * step_ns || (to - from) / step_ns > CELLS_MAX)
        return STATUS_RANGE;
    *out = (struct cells){
        .from_ns = from, .step_ns = step_ns, .count = (uint32_t)((to - from) / step_ns)};
    return STATUS_OK;
}

enum status shuffle_make(const struct backtest_series *series, uint32_t count, int64_t step_ns,
                         double block_mean, struct random *random, struct shuffle *out)
{
    struct cells cells;
    *out = (struct shuffle){0};
    ASSERT(block_mean >= 1);
    enum status status = cells_lay(series, count, step_ns, &cells);
    if (status == STATUS_OK)
        status = order_draw(&cells, block_mean, random);
    else
        return status;
    if (status == STATUS_OK)
        out->series = calloc(count, sizeof *out->series);
    if (out->series == NULL)
        status = STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++) {
        struct bar *bars = malloc(series[i].count * sizeof *bars);
        if (bars == NULL) {
            status = STATUS_NO_MEMORY;
            break;
        }
        out->series[i] = series[i];
        out->series[i].bars = bars;
        out->count++;
        if (!series_deal(&cells, &series[i], bars))
            status = STATUS_RANGE;
        out->series[i].content_hash = hash128_of(bars, series[i].count * sizeof *bars);
    }
    free(cells.order);
    if (status != STATUS_OK)
        shuffle_release(out);
    return status;
}

void shuffle_release(struct shuffle *shuffle)
{
    for (uint32_t i = 0; i < shuffle->count; i++)
        free((void *)(uintptr_t)shuffle->series[i].bars);
    free(shuffle->series);
    *shuffle = (struct shuffle){0};
}
