/* Bollinger bands: the mean of the last n closes and as many population standard deviations above
 * and below it. */
#include "base/math.h"
#include "core/signal/class.h"
#include "core/signal/window.h"

struct bollinger {
    struct window_moments window;
    double width; /* in standard deviations */
    double slots[];
};

SIGNAL_WARMUP(bollinger, signal_period(params, 0) - 1)

static size_t bollinger_state_size(const struct indicator_params *params)
{
    return sizeof(struct bollinger) +
           window_moments_slots(signal_period(params, 0)) * sizeof(double);
}

static void bollinger_start(void *state, const struct indicator_params *params)
{
    struct bollinger *bollinger = state;
    bollinger->width = params->values[1];
    window_moments_init(&bollinger->window, bollinger->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool bollinger_step(struct bollinger *bollinger, const struct indicator_bar *bar,
                                  double *out)
{
    double mean, variance;
    bool ready = window_moments_update(&bollinger->window, bollinger->slots, bar->close, &mean,
                                       &variance);
    double reach = bollinger->width * __builtin_sqrt(variance);
    out[0] = ready ? mean - reach : SIGNAL_NAN;
    out[1] = ready ? mean : SIGNAL_NAN;
    out[2] = ready ? mean + reach : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(bollinger, struct bollinger, INDICATOR_CLOSE, 3)

const struct indicator_class indicator_bollinger = {
    .name = "bollinger",
    .summary = "bands of standard deviations around the mean of the closes",
    .source = "J. Bollinger, Bollinger on Bollinger Bands (2001); population deviation",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 2,
    .parameters =
        {SIGNAL_PERIOD("period", "bars", 20),
         {.name = "width", .summary = "standard deviations", .fallback = 2, .min = 0, .max = 100}},
    .output_count = 3,
    .outputs = {"lower", "middle", "upper"},
    SIGNAL_STREAM_ROW(bollinger),
};
