/* Longer bars from complete shorter ones. */
#include "world/import/resample.h"

#include "base/time.h"
#include "world/import/bar_builder.h"

#include <stdlib.h>

#define VOLUME_DECIMALS_MAX 10

/* The volumes as whole numbers of 10^-decimals; false where one is no such number: where it is not
 * the double nearest to one below 2^53, which is where doubles still tell them apart. */
static bool add_decimals(const struct bar *bars, size_t count, unsigned decimals, int64_t *sum)
{
    double scale = (double)power_of_ten(decimals);
    *sum = 0;
    for (size_t i = 0; i < count; i++) {
        double scaled = bars[i].volume * scale;
        if (!(scaled < 0x1p53))
            return false;
        int64_t units = (int64_t)(scaled + 0.5);
        if ((double)units / scale != bars[i].volume || __builtin_add_overflow(*sum, units, sum))
            return false;
    }
    return true;
}

static double add_volumes(const struct bar *bars, size_t count)
{
    int64_t units;
    for (unsigned decimals = 0; decimals <= VOLUME_DECIMALS_MAX; decimals++)
        if (add_decimals(bars, count, decimals, &units))
            return digits_to_double((struct digits){(uint64_t)units, decimals});
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += bars[i].volume;
    return sum;
}

/* One longer bar from `count` adjacent ones. */
static struct bar join_bars(const struct bar *bars, size_t count)
{
    struct bar joined = bars[0];
    for (size_t i = 1; i < count; i++) {
        joined.high.units = i64_max(joined.high.units, bars[i].high.units);
        joined.low.units = i64_min(joined.low.units, bars[i].low.units);
    }
    joined.close = bars[count - 1].close;
    joined.volume = add_volumes(bars, count);
    return joined;
}

/* Open times rise by multiples of the bar length, so n bars from a boundary are adjacent exactly
 * when the last of them lies n - 1 lengths behind the first. */
static bool is_complete(const struct bar_series *series, size_t begin, size_t count, int64_t bar_ns)
{
    const struct bar *bars = series->bars + begin;
    int64_t span;
    return series->count - begin >= count &&
           !__builtin_sub_overflow(bars[count - 1].open_time_ns, bars[0].open_time_ns, &span) &&
           span == bar_ns - series->bar_ns && bar_time_is_aligned(bars[0].open_time_ns, bar_ns);
}

enum status bar_series_resample(const struct bar_series *series, int64_t bar_ns, const char *name,
                                struct bar_series *out, struct problem *problem)
{
    *out = (struct bar_series){0};
    char from[DURATION_TEXT_SIZE], to[DURATION_TEXT_SIZE];
    if (bar_ns <= 0 || bar_ns % series->bar_ns != 0) {
        duration_format(from, series->bar_ns);
        duration_format(to, bar_ns > 0 ? bar_ns : 0);
        problem_set(problem, STATUS_DATA_INVALID, name, "bars of %s cannot be made of bars of %s",
                    to, from);
        problem_allowed(problem, "whole multiples of %s", from);
        return STATUS_DATA_INVALID;
    }
    uint64_t ratio = (uint64_t)(bar_ns / series->bar_ns);
    size_t capacity = ratio <= series->count ? series->count / (size_t)ratio : 0;
    struct bar_series result = {.price_decimals = series->price_decimals, .bar_ns = bar_ns};
    if (capacity > 0) {
        result.bars = malloc(capacity * sizeof *result.bars);
        if (result.bars == NULL)
            return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for resampling");
    }
    size_t count = capacity > 0 ? (size_t)ratio : 0;
    for (size_t i = 0; count > 0 && i < series->count;) {
        if (!is_complete(series, i, count, bar_ns)) {
            i++;
            continue;
        }
        ASSERT(result.count < capacity);
        result.bars[result.count++] = join_bars(series->bars + i, count);
        i += count;
    }
    if (result.count == 0) {
        duration_format(to, bar_ns);
        free(result.bars);
        problem_set(problem, STATUS_DATA_INVALID, name, "no bar of %s is complete", to);
        problem_next(problem, "take a shorter bar or more data");
        return STATUS_DATA_INVALID;
    }
    if (bar_series_summarise(&result) != STATUS_OK) {
        free(result.bars);
        return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for the content hash");
    }
    *out = result;
    return STATUS_OK;
}
