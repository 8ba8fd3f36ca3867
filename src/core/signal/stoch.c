/* Stochastic oscillator: where the close lies in the range of the last n bars, 0 to 100, smoothed
 * once (%K) and once more (%D) by plain means; 0 where there is no range. */
#include "core/signal/class.h"
#include "core/signal/column.h"
#include "core/signal/lanes.h"
#include "core/signal/sma.h"
#include "core/signal/window.h"

struct stoch {
    struct window_extreme highest, lowest; /* the second of minus the low */
    uint32_t period, smooth_k, smooth_d;
    uint32_t unused;
    double slots[]; /* of highest, of lowest, then the two means */
};

SIGNAL_WARMUP(stoch,
              signal_period(params, 0) + signal_period(params, 1) + signal_period(params, 2) - 3)

static size_t stoch_state_size(const struct indicator_params *params)
{
    return sizeof(struct stoch) +
           2 * window_extreme_slots(signal_period(params, 0)) * sizeof(double) +
           sma_size(signal_period(params, 1)) + sma_size(signal_period(params, 2));
}

static double *stoch_lowest_slots(struct stoch *stoch)
{
    return stoch->slots + window_extreme_slots(stoch->period);
}

static struct sma *stoch_k(struct stoch *stoch)
{
    return (struct sma *)(void *)(stoch->slots + 2 * window_extreme_slots(stoch->period));
}

static struct sma *stoch_d(struct stoch *stoch)
{
    return (struct sma *)(void *)((char *)stoch_k(stoch) + sma_size(stoch->smooth_k));
}

static void stoch_start(void *state, const struct indicator_params *params)
{
    struct stoch *stoch = state;
    *stoch = (struct stoch){.period = signal_period(params, 0),
                            .smooth_k = signal_period(params, 1),
                            .smooth_d = signal_period(params, 2)};
    window_extreme_init(&stoch->highest, stoch->slots, stoch->period);
    window_extreme_init(&stoch->lowest, stoch_lowest_slots(stoch), stoch->period);
    sma_init(stoch_k(stoch), stoch->smooth_k);
    sma_init(stoch_d(stoch), stoch->smooth_d);
}

ALWAYS_INLINE bool stoch_step(struct stoch *stoch, const struct indicator_bar *bar, double *out)
{
    double highest, lowest;
    struct sma *k = stoch_k(stoch);
    struct sma *d = stoch_d(stoch);
    bool ranged = window_extreme_update(&stoch->highest, stoch->slots, bar->high, &highest);
    window_extreme_update(&stoch->lowest, stoch_lowest_slots(stoch), -bar->low, &lowest);
    double range = highest + lowest;
    double raw = ratio_of(100.0 * (bar->close + lowest), range);
    bool smoothed = ranged && sma_update(k, raw);
    bool ready = smoothed && sma_update(d, k->value);
    out[0] = smoothed ? k->value : SIGNAL_NAN;
    out[1] = ready ? d->value : SIGNAL_NAN;
    return ready;
}

/* The raw oscillator goes through the second output column to the first and back. */
ALWAYS_INLINE void stoch_kernel(SIGNAL_BATCH_ARGS)
{
    double highest[COLUMN_SPARE], lowest[COLUMN_SPARE], spare[COLUMN_SPARE],
        spare_low[COLUMN_SPARE];
    size_t n = signal_period(params, 0);
    size_t first = n - 1 < count ? n - 1 : count;
    size_t first_k = first + signal_period(params, 1) - 1;
    first_k = first_k < count ? first_k : count;
    for (size_t from = first; from < count; from += COLUMN_CHUNK) {
        size_t length = count - from < COLUMN_CHUNK ? count - from : COLUMN_CHUNK;
        const double *high = column_highest(columns->high + from - first, n, length, highest,
                                            spare);
        const double *low = column_lowest(columns->low + from - first, n, length, lowest,
                                          spare_low);
        const double *close = columns->close + from;
        double *raw = out[1] + from;
        for (size_t i = 0; i < length; i++)
            raw[i] = ratio_of(100.0 * (close[i] - low[i]), high[i] - low[i]);
    }
    column_fill(out[0], first);
    column_mean(out[1] + first, count - first, signal_period(params, 1), out[0] + first);
    column_fill(out[1], first_k);
    column_mean(out[0] + first_k, count - first_k, signal_period(params, 2), out[1] + first_k);
}

SIGNAL_UPDATE(stoch, struct stoch)
SIGNAL_BATCH_SEGMENTS(stoch)

const struct indicator_class indicator_stoch = {
    .name = "stoch",
    .summary = "stochastic oscillator %K and %D, 0 to 100",
    .source = "G. Lane, Stocks & Commodities 2:3 (1984); TA-Lib ta_STOCH.c with plain means",
    .checked = "talib: golden vector, Stock.Indicators, Lean spy_with_stoch12k3; tulip: "
               "Tulip",
    .inputs = INDICATOR_HLC,
    .parameter_count = 3,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14), SIGNAL_PERIOD("k", "bars of %K's mean", 3),
                   SIGNAL_PERIOD("d", "bars of %D's mean", 3)},
    .output_count = 2,
    .outputs = {"k", "d"},
    SIGNAL_SEGMENTS_ROW(stoch),
    SIGNAL_LANES_ROW(stoch),
};
