/* Parabolic stop and reverse: a stop that trails the trend and quickens with every new extreme.
 *
 *     next stop = stop + a (extreme - stop), never inside the last two bars' range
 *
 * a starts at `step`, grows by it with each new extreme and stays at `max`. When the price crosses
 * the stop the side changes: the extreme becomes the stop and a starts again.
 *
 * TA-Lib begins short where the second bar moved further down than up, long otherwise, and takes
 * its extreme from that bar; Tulip begins by the bars' middles and takes the extreme of the first. */
#include "core/signal/class.h"

struct psar {
    double stop;
    double extreme;
    double speed;              /* a */
    double step, max;
    double high, low;          /* of the last bar */
    double high_ago, low_ago;  /* of the bar before it (Tulip) */
    uint64_t rising;           /* 1: the stop lies below */
    uint32_t seen;             /* bars, up to 2 */
    uint32_t tulip;
};

SIGNAL_FIXED_STATE(psar, struct psar)
SIGNAL_WARMUP(psar, 1)

static void psar_start(void *state, const struct indicator_params *params)
{
    struct psar *psar = state;
    double max = params->values[1];
    *psar = (struct psar){.step = signal_min(params->values[0], max), .max = max,
                          .tulip = params->convention == INDICATOR_TULIP};
    psar->speed = psar->step;
}

static void psar_begin(struct psar *psar, double high, double low)
{
    double up = high - psar->high;
    double down = psar->low - low;
    bool rising = !(down > up && down > 0.0);
    if (psar->tulip)
        rising = psar->high + psar->low <= high + low;
    psar->rising = rising;
    psar->stop = rising ? psar->low : psar->high;
    if (psar->tulip) {
        psar->extreme = rising ? psar->high : psar->low;
        psar->high_ago = psar->high;
        psar->low_ago = psar->low;
    } else {
        psar->extreme = rising ? high : low;
        /* The first stop may lie inside the first bar's range: only the second bar binds it. */
        psar->high = high;
        psar->low = low;
    }
}

/* A falling side is a rising one with every price negated: one set of rules serves both. high and
 * low are those of the current bar as the side sees them, *_last of the bar before. Returns the
 * stop to show; the stop for the next bar is left in the state. */
ALWAYS_INLINE double psar_talib(struct psar *psar, double high, double low, double last_high,
                                double last_low)
{
    double sign = psar->rising ? 1.0 : -1.0;
    double top = psar->rising ? high : -low;
    double bottom = psar->rising ? low : -high;
    double bottom_last = psar->rising ? last_low : -last_high;
    double top_last = psar->rising ? last_high : -last_low;
    double stop = sign * psar->stop;
    double extreme = sign * psar->extreme;
    if (UNLIKELY(bottom <= stop)) {
        double shown = signal_max(signal_max(extreme, top_last), top);
        psar->rising = !psar->rising;
        psar->speed = psar->step;
        psar->extreme = sign * bottom;
        double next = shown + psar->speed * (bottom - shown);
        psar->stop = sign * signal_max(signal_max(next, top_last), top);
        return sign * shown;
    }
    if (top > extreme) {
        extreme = top;
        psar->extreme = sign * top;
        psar->speed = signal_min(psar->speed + psar->step, psar->max);
    }
    double next = stop + psar->speed * (extreme - stop);
    psar->stop = sign * signal_min(signal_min(next, bottom_last), bottom);
    return sign * stop;
}

ALWAYS_INLINE double psar_tulip(struct psar *psar, double high, double low)
{
    double sign = psar->rising ? 1.0 : -1.0;
    double top = psar->rising ? high : -low;
    double bottom = psar->rising ? low : -high;
    double bottom_last = psar->rising ? psar->low : -psar->high;
    double bottom_ago = psar->rising ? psar->low_ago : -psar->high_ago;
    double extreme = sign * psar->extreme;
    double stop = sign * psar->stop;
    stop += psar->speed * (extreme - stop);
    stop = signal_min(signal_min(stop, bottom_ago), bottom_last);
    if (top > extreme) {
        extreme = top;
        psar->speed = signal_min(psar->speed + psar->step, psar->max);
    }
    if (bottom < stop) {
        psar->speed = psar->step;
        psar->rising = !psar->rising;
        stop = extreme;
        extreme = bottom;
    }
    psar->extreme = sign * extreme;
    psar->stop = sign * stop;
    return psar->stop;
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
        out[0] = psar->tulip ? psar_tulip(psar, high, low)
                             : psar_talib(psar, high, low, psar->high, psar->low);
    psar->high_ago = psar->high;
    psar->low_ago = psar->low;
    psar->high = high;
    psar->low = low;
    return ready;
}

SIGNAL_STREAM(psar, struct psar, INDICATOR_HIGH | INDICATOR_LOW, 1)

const struct indicator_class indicator_psar = {
    .name = "psar",
    .summary = "parabolic stop and reverse, in price",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_SAR.c",
    .conventions = "tulip: side by the bars' middles, extreme of the first bar",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    .parameter_count = 2,
    .parameters = {{.name = "step", .summary = "first acceleration and its growth",
                    .fallback = 0.02, .min = 0, .max = 10},
                   {.name = "max", .summary = "greatest acceleration", .fallback = 0.2, .min = 0,
                    .max = 10}},
    .output_count = 1,
    .outputs = {"psar"},
    SIGNAL_STREAM_ROW(psar),
};
