/* Parabolic stop and reverse: a stop that trails the trend and quickens with every new extreme.
 *
 *     next stop = stop + a (extreme - stop), never inside the last two bars' range
 *
 * a starts at `step`, grows by it with each new extreme and stays at `max`. When the price crosses
 * the stop the side changes: the extreme becomes the stop and a starts again.
 *
 * TA-Lib begins short where the second bar moved further down than up, long otherwise, and takes
 * its extreme from that bar; Tulip begins by the bars' middles, with the extreme of the first. */
#include "core/signal/psar.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(psar, struct psar)
SIGNAL_WARMUP(psar, 1)

static void psar_start(void *state, const struct indicator_params *params)
{
    *(struct psar *)state = (struct psar){.steps = 1,
                                          .step = params->values[0],
                                          .max = params->values[1],
                                          .tulip = params->convention == INDICATOR_TULIP};
}

static void psar_begin(struct psar *psar, double high, double low)
{
    double up = high - psar->high;
    double down = psar->low - low;
    bool rising = !(down > up && down > 0.0);
    if (psar->tulip)
        rising = psar->high + psar->low <= high + low;
    psar->rising = rising;
    psar->stop = rising ? psar->low : -psar->high;
    if (psar->tulip) {
        psar->extreme = rising ? psar->high : -psar->low;
        psar->high_ago = psar->high;
        psar->low_ago = psar->low;
    } else {
        psar->extreme = rising ? high : -low;
        /* The first stop may lie inside the first bar's range: only the second bar binds it. */
        psar->high = high;
        psar->low = low;
    }
}

/* A falling side is a rising one with every price negated, so one set of rules serves both: top and
 * bottom are the bar's high and low as the side sees them. */
struct psar_side {
    double stop, extreme;
    uint64_t steps;
};

/* The stop after a bar: s (1 - a) + e a, one step of the chain from bar to bar. */
ALWAYS_INLINE double psar_next(const struct psar_side *side, double step, double max)
{
    double speed = signal_min((double)(int64_t)side->steps * step, max);
    return __builtin_fma(side->stop, 1.0 - speed, speed * side->extreme);
}

/* Gives the stop to show in *shown and leaves the next one in side. Returns whether the price
 * crossed the stop: then side is that of the other direction. */
ALWAYS_INLINE bool psar_side_update(struct psar_side *side, double step, double max, double top,
                                    double bottom, double top_last, double bottom_last,
                                    double *shown)
{
    if (UNLIKELY(bottom <= side->stop)) {
        double bound = signal_max(top_last, top);
        *shown = side->stop = signal_max(side->extreme, bound);
        side->extreme = bottom;
        side->steps = 1;
        side->stop = -signal_max(psar_next(side, step, max), bound);
        side->extreme = -bottom;
        return true;
    }
    *shown = side->stop;
    side->steps += signal_below(side->extreme, top);
    side->extreme = signal_max(top, side->extreme);
    side->stop = signal_min(psar_next(side, step, max), signal_min(bottom_last, bottom));
    return false;
}

ALWAYS_INLINE double psar_talib(struct psar *psar, double high, double low)
{
    double sign = psar->rising ? 1.0 : -1.0;
    struct psar_side side = {psar->stop, psar->extreme, psar->steps};
    double shown;
    bool crossed;
    if (psar->rising)
        crossed = psar_side_update(&side, psar->step, psar->max, high, low, psar->high, psar->low,
                                   &shown);
    else
        crossed = psar_side_update(&side, psar->step, psar->max, -low, -high, -psar->low,
                                   -psar->high, &shown);
    psar->stop = side.stop;
    psar->extreme = side.extreme;
    psar->steps = side.steps;
    psar->rising ^= crossed;
    return sign * shown;
}

ALWAYS_INLINE double psar_tulip(struct psar *psar, double high, double low)
{
    double sign = psar->rising ? 1.0 : -1.0;
    double top = psar->rising ? high : -low;
    double bottom = psar->rising ? low : -high;
    double bottom_last = psar->rising ? psar->low : -psar->high;
    double bottom_ago = psar->rising ? psar->low_ago : -psar->high_ago;
    struct psar_side side = {psar->stop, psar->extreme, psar->steps};
    double stop = signal_min(psar_next(&side, psar->step, psar->max),
                             signal_min(bottom_ago, bottom_last));
    psar->steps += signal_below(side.extreme, top);
    side.extreme = signal_max(top, side.extreme);
    psar->extreme = side.extreme;
    psar->stop = stop;
    if (bottom < stop) {
        psar->steps = 1;
        psar->rising = !psar->rising;
        stop = side.extreme;
        psar->stop = -stop;
        psar->extreme = -bottom;
    }
    return sign * stop;
}

ALWAYS_INLINE bool psar_step(struct psar *psar, const struct indicator_bar *bar, double *out)
{
    double high = bar->high;
    double low = bar->low;
    if (UNLIKELY(psar->seen < 2)) {
        psar->seen++;
        if (psar->seen == 2)
            psar_begin(psar, high, low);
    }
    bool ready = psar->seen == 2;
    out[0] = SIGNAL_NAN;
    if (ready)
        out[0] = psar->tulip ? psar_tulip(psar, high, low) : psar_talib(psar, high, low);
    psar->high_ago = psar->high;
    psar->low_ago = psar->low;
    psar->high = high;
    psar->low = low;
    return ready;
}

/* Rows of one direction, until the price crosses the stop or the rows end; sign is 1 rising, -1
 * falling. Returns the next row. */
ALWAYS_INLINE size_t psar_run(struct psar_side *side, const struct psar *psar, const double *top,
                              const double *bottom, double sign, size_t i, size_t count,
                              double *out)
{
    double step = psar->step;
    double max = psar->max;
    for (bool crossed = false; i < count && !crossed; i++) {
        double shown;
        crossed = psar_side_update(side, step, max, sign * top[i], sign * bottom[i],
                                   sign * top[i - 1], sign * bottom[i - 1], &shown);
        out[i] = sign * shown;
    }
    return i;
}

ALWAYS_INLINE void psar_kernel(SIGNAL_BATCH_ARGS)
{
    struct psar psar;
    const double *high = columns->high;
    const double *low = columns->low;
    size_t warm = params->convention == INDICATOR_TULIP ? count : 2;
    size_t i = 0;
    psar_start(&psar, params);
    for (; i < warm && i < count; i++) {
        struct indicator_bar bar = {.high = high[i], .low = low[i]};
        psar_step(&psar, &bar, &out[0][i]);
    }
    struct psar_side side = {psar.stop, psar.extreme, psar.steps};
    for (bool rising = psar.rising != 0; i < count; rising = !rising)
        i = rising ? psar_run(&side, &psar, high, low, 1.0, i, count, out[0])
                   : psar_run(&side, &psar, low, high, -1.0, i, count, out[0]);
}

SIGNAL_UPDATE(psar, struct psar)
SIGNAL_BATCH_SEGMENTS(psar)

const struct indicator_class indicator_psar = {
    .name = "psar",
    .summary = "parabolic stop and reverse, in price",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_SAR.c",
    .conventions = "tulip: side by the bars' middles, extreme of the first bar",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    .parameter_count = 2,
    .parameters = {{.name = "step", .summary = "first acceleration and its growth",
                    .fallback = 0.02, .min = 0, .max = 10},
                   {.name = "max", .summary = "greatest acceleration", .fallback = 0.2, .min = 0,
                    .max = 10}},
    .output_count = 1,
    .outputs = {"psar"},
    SIGNAL_SEGMENTS_ROW(psar),
    SIGNAL_LANES_ROW(psar),
};
