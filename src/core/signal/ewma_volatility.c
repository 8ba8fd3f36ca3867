/* Exponentially weighted volatility of log returns, as RiskMetrics has it:
 *
 *     v = lambda v + (1 - lambda) r^2, seeded with the square of the first return */
#include "base/math.h"
#include "core/signal/class.h"

struct ewma_volatility {
    double variance;
    double last;   /* close of the last bar */
    double keep;   /* lambda */
    double annual; /* bars a year */
    uint64_t seen; /* bars, up to 2 */
};

SIGNAL_FIXED_STATE(ewma_volatility, struct ewma_volatility)
SIGNAL_WARMUP(ewma_volatility, 1)

static void ewma_volatility_start(void *state, const struct indicator_params *params)
{
    *(struct ewma_volatility *)state = (struct ewma_volatility){.keep = params->values[0],
                                                                .annual = params->values[1]};
}

ALWAYS_INLINE bool ewma_volatility_step(struct ewma_volatility *ewma,
                                        const struct indicator_bar *bar, double *out)
{
    double last = ewma->last;
    ewma->last = bar->close;
    out[0] = SIGNAL_NAN;
    if (UNLIKELY(ewma->seen == 0)) {
        ewma->seen = 1;
        return false;
    }
    double change = math_log(bar->close / last);
    double square = change * change;
    if (UNLIKELY(ewma->seen == 1))
        ewma->variance = square;
    else
        ewma->variance = __builtin_fma(ewma->variance, ewma->keep, square * (1.0 - ewma->keep));
    ewma->seen = 2;
    out[0] = __builtin_sqrt(ewma->variance * ewma->annual);
    return true;
}

ALWAYS_INLINE void ewma_volatility_steady(struct ewma_volatility *ewma)
{
    ewma->seen = 2;
}

SIGNAL_STREAM_SMALL(ewma_volatility, struct ewma_volatility, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_ewma_volatility = {
    .name = "ewma_volatility",
    .summary = "exponentially weighted volatility of the closes, a fraction a year",
    .source = "J. P. Morgan, RiskMetrics Technical Document (1996)",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 2,
    .parameters = {{.name = "lambda", .summary = "share kept from bar to bar", .fallback = 0.94,
                    .min = 0, .max = 0.9999},
                   SIGNAL_ANNUAL},
    .output_count = 1,
    .outputs = {"volatility"},
    SIGNAL_STREAM_ROW(ewma_volatility),
};
