/* Aroon: how long ago, within the last n + 1 bars, the highest high and the lowest low were;
 * 100 just now, 0 n bars ago. Of equal extremes the latest counts. */
#include "core/signal/class.h"
#include "core/signal/window.h"

/* As window_extreme, which see, with the bar number beside each value. */
struct extreme_age {
    double prefix;
    uint64_t prefix_bar;
};

struct aroon {
    struct extreme_age highest, lowest; /* the second of minus the low */
    uint64_t bar;                       /* number of the current bar */
    double scale;                       /* 100 / n */
    uint32_t period;                    /* n */
    uint32_t index;                     /* position in the block of n + 1 */
    double slots[];                     /* 4 (n + 2): values and bars of highest, then of lowest */
};

SIGNAL_WARMUP(aroon, signal_period(params, 0))

static size_t aroon_state_size(const struct indicator_params *params)
{
    return sizeof(struct aroon) + 4 * ((size_t)signal_period(params, 0) + 2) * sizeof(double);
}

static void aroon_start(void *state, const struct indicator_params *params)
{
    struct aroon *aroon = state;
    uint32_t period = signal_period(params, 0);
    size_t width = (size_t)period + 2;
    *aroon = (struct aroon){.scale = 100.0 / (double)period, .period = period};
    aroon->highest.prefix = aroon->lowest.prefix = WINDOW_NOTHING;
    for (size_t i = 0; i < width; i++) {
        aroon->slots[i] = aroon->slots[2 * width + i] = WINDOW_NOTHING;
        aroon->slots[width + i] = aroon->slots[3 * width + i] = 0.0;
    }
}

/* Returns the number of the bar with the greatest value; slots holds values, then bars. */
ALWAYS_INLINE double extreme_age_update(struct extreme_age *age, double *slots, uint32_t period,
                                        uint32_t index, double x, uint64_t bar)
{
    double *bars = slots + period + 2;
    if (x >= age->prefix) {
        age->prefix = x;
        age->prefix_bar = bar;
    }
    double value = slots[index + 1];
    double found = value > age->prefix ? bars[index + 1] : (double)age->prefix_bar;
    slots[index] = x;
    bars[index] = (double)bar;
    if (index < period)
        return found;
    for (uint32_t i = period; i > 0; i--) {
        if (slots[i + 1] >= slots[i]) {
            slots[i] = slots[i + 1];
            bars[i] = bars[i + 1];
        }
    }
    age->prefix = WINDOW_NOTHING;
    age->prefix_bar = 0;
    return found;
}

ALWAYS_INLINE bool aroon_step(struct aroon *aroon, const struct indicator_bar *bar, double *out)
{
    uint32_t period = aroon->period;
    uint64_t number = aroon->bar;
    double *lowest_slots = aroon->slots + 2 * ((size_t)period + 2);
    double highest = extreme_age_update(&aroon->highest, aroon->slots, period, aroon->index,
                                        bar->high, number);
    double lowest = extreme_age_update(&aroon->lowest, lowest_slots, period, aroon->index,
                                       -bar->low, number);
    bool ready = number >= period;
    aroon->bar = number + 1;
    aroon->index = aroon->index == period ? 0 : aroon->index + 1;
    double first = (double)number - (double)period;
    double down = (lowest - first) * aroon->scale;
    double up = (highest - first) * aroon->scale;
    out[0] = ready ? down : SIGNAL_NAN;
    out[1] = ready ? up : SIGNAL_NAN;
    out[2] = ready ? up - down : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(aroon, struct aroon, INDICATOR_HIGH | INDICATOR_LOW, 3)

const struct indicator_class indicator_aroon = {
    .name = "aroon",
    .summary = "age of the last extremes, 0 to 100, and the oscillator up - down",
    .source = "T. Chande, Stocks & Commodities 13:9 (1995); TA-Lib ta_AROON.c",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 3,
    .outputs = {"down", "up", "oscillator"},
    SIGNAL_STREAM_ROW(aroon),
};
