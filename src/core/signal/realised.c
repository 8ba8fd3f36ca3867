/* Realised volatility: the sample standard deviation of the last n log returns, made yearly. */
#include "base/math.h"
#include "core/signal/class.h"
#include "core/signal/window.h"

struct realised {
    struct window_moments window;
    double last;  /* logarithm of the last close */
    double scale; /* n / (n - 1) times bars a year */
    uint64_t seen;
    double slots[];
};

SIGNAL_WARMUP(realised, signal_period(params, 0))

static size_t realised_state_size(const struct indicator_params *params)
{
    return sizeof(struct realised) +
           window_moments_slots(signal_period(params, 0)) * sizeof(double);
}

static void realised_start(void *state, const struct indicator_params *params)
{
    struct realised *realised = state;
    double n = params->values[0];
    *realised = (struct realised){.scale = params->values[1] * n / (n - 1.0)};
    window_moments_init(&realised->window, realised->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool realised_step(struct realised *realised, const struct indicator_bar *bar,
                                 double *out)
{
    double level = math_log(bar->close);
    double change = level - realised->last;
    realised->last = level;
    out[0] = SIGNAL_NAN;
    if (realised->seen == 0) {
        realised->seen = 1;
        return false;
    }
    double mean, variance;
    bool ready = window_moments_update(&realised->window, realised->slots, change, &mean,
                                       &variance);
    if (ready)
        out[0] = __builtin_sqrt(variance * realised->scale);
    return ready;
}

SIGNAL_STREAM(realised, struct realised, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_realised = {
    .name = "realised",
    .summary = "realised volatility of the closes, a fraction a year",
    .source = "square root of bars a year times the sample variance of n log returns",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 2,
    .parameters = {{.name = "period",
                    .summary = "returns",
                    .fallback = 20,
                    .min = 2,
                    .max = INDICATOR_PERIOD_MAX,
                    .integer = true},
                   SIGNAL_ANNUAL},
    .output_count = 1,
    .outputs = {"volatility"},
    SIGNAL_STREAM_ROW(realised),
};
