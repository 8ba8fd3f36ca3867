/* Standard deviation, variance and z-score of the closes, of the population of the last n. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct stddev {
    struct window_moments window;
    double slots[];
};

SIGNAL_WARMUP(stddev, signal_period(params, 0) - 1)

static size_t stddev_state_size(const struct indicator_params *params)
{
    return sizeof(struct stddev) + window_moments_slots(signal_period(params, 0)) * sizeof(double);
}

static void stddev_start(void *state, const struct indicator_params *params)
{
    struct stddev *stddev = state;
    window_moments_init(&stddev->window, stddev->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool stddev_step(struct stddev *stddev, const struct indicator_bar *bar, double *out)
{
    double mean, variance;
    bool ready = window_moments_update(&stddev->window, stddev->slots, bar->close, &mean,
                                       &variance);
    out[0] = ready ? __builtin_sqrt(variance) : SIGNAL_NAN;
    out[1] = ready ? variance : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(stddev, struct stddev, INDICATOR_CLOSE, 2)

const struct indicator_class indicator_stddev = {
    .name = "stddev",
    .summary = "standard deviation (in price) and variance of the closes",
    .source = "population deviation of the last n; TA-Lib ta_STDDEV.c",
    .checked = "talib: Stock.Indicators, Lean spy_var; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 2,
    .outputs = {"stddev", "variance"},
    SIGNAL_STREAM_ROW(stddev),
};

ALWAYS_INLINE bool zscore_step(struct stddev *stddev, const struct indicator_bar *bar, double *out)
{
    double mean, variance;
    bool ready = window_moments_update(&stddev->window, stddev->slots, bar->close, &mean,
                                       &variance);
    double value = ratio_of(bar->close - mean, __builtin_sqrt(variance));
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

#define zscore_start stddev_start
#define zscore_warmup stddev_warmup
#define zscore_state_size stddev_state_size
SIGNAL_STREAM(zscore, struct stddev, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_zscore = {
    .name = "zscore",
    .summary = "distance of the close from its mean, in standard deviations; 0 where flat",
    .source = "(x - mean) / population deviation, of the last n",
    .checked = "talib: Stock.Indicators",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"zscore"},
    SIGNAL_STREAM_ROW(zscore),
};
