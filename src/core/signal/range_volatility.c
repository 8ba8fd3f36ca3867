/* Volatility from the range of bars, which sees more of a day than its close does. Each estimates a
 * bar's variance from logarithms of its prices, takes the mean of n bars and makes it yearly.
 *
 *     Parkinson         ln(H/L)^2 / (4 ln 2)                                  no drift, no gaps
 *     Garman-Klass      ln(H/L)^2 / 2 - (2 ln 2 - 1) ln(C/O)^2                no drift, no gaps
 *     Rogers-Satchell   ln(H/C) ln(H/O) + ln(L/C) ln(L/O)                     any drift
 *
 * Bar O 100, H 102, L 99, C 101, not made yearly: .01792853, .02018299, .01990263. */
#include "base/math.h"
#include "core/signal/class.h"
#include "core/signal/window.h"

#define LN_2 0.693147180559945309417

struct range_volatility {
    struct window_sum window;
    double scale; /* bars a year / n, with the estimator's constant */
    double slots[];
};

SIGNAL_WARMUP(parkinson, signal_period(params, 0) - 1)

static size_t parkinson_state_size(const struct indicator_params *params)
{
    return sizeof(struct range_volatility) +
           window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void parkinson_start(void *state, const struct indicator_params *params)
{
    struct range_volatility *range = state;
    range->scale = params->values[1] / params->values[0];
    window_sum_init(&range->window, range->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool range_volatility_add(struct range_volatility *range, double variance,
                                        double *out)
{
    double sum;
    bool ready = window_sum_update(&range->window, range->slots, variance, &sum);
    out[0] = ready ? __builtin_sqrt(signal_max(sum, 0.0) * range->scale) : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE bool parkinson_step(struct range_volatility *range, const struct indicator_bar *bar,
                                  double *out)
{
    double height = math_log(bar->high / bar->low);
    return range_volatility_add(range, height * height * (0.25 / LN_2), out);
}

SIGNAL_STREAM(parkinson, struct range_volatility, INDICATOR_HIGH | INDICATOR_LOW, 1)

ALWAYS_INLINE bool garman_klass_step(struct range_volatility *range,
                                     const struct indicator_bar *bar, double *out)
{
    double height = math_log(bar->high / bar->low);
    double body = math_log(bar->close / bar->open);
    double variance = 0.5 * height * height - (2.0 * LN_2 - 1.0) * body * body;
    return range_volatility_add(range, variance, out);
}

#define garman_klass_start parkinson_start
#define garman_klass_warmup parkinson_warmup
#define garman_klass_state_size parkinson_state_size
SIGNAL_STREAM(garman_klass, struct range_volatility, INDICATOR_OHLC, 1)

ALWAYS_INLINE bool rogers_satchell_step(struct range_volatility *range,
                                        const struct indicator_bar *bar, double *out)
{
    double high_close = math_log(bar->high / bar->close);
    double high_open = math_log(bar->high / bar->open);
    double low_close = math_log(bar->low / bar->close);
    double low_open = math_log(bar->low / bar->open);
    return range_volatility_add(range, high_close * high_open + low_close * low_open, out);
}

#define rogers_satchell_start parkinson_start
#define rogers_satchell_warmup parkinson_warmup
#define rogers_satchell_state_size parkinson_state_size
SIGNAL_STREAM(rogers_satchell, struct range_volatility, INDICATOR_OHLC, 1)

#define RANGE_PARAMETERS                                                                      \
    .parameter_count = 2, .parameters = {SIGNAL_PERIOD("period", "bars", 20), SIGNAL_ANNUAL}, \
    .output_count = 1, .outputs = {"volatility"}

const struct indicator_class indicator_parkinson = {
    .name = "parkinson",
    .summary = "Parkinson's volatility from highs and lows, a fraction a year",
    .source = "M. Parkinson, Journal of Business 53:1 (1980)",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    RANGE_PARAMETERS,
    SIGNAL_STREAM_ROW(parkinson),
};

const struct indicator_class indicator_garman_klass = {
    .name = "garman_klass",
    .summary = "Garman and Klass's volatility from whole bars, a fraction a year",
    .source = "M. Garman and M. Klass, Journal of Business 53:1 (1980)",
    .inputs = INDICATOR_OHLC,
    RANGE_PARAMETERS,
    SIGNAL_STREAM_ROW(garman_klass),
};

const struct indicator_class indicator_rogers_satchell = {
    .name = "rogers_satchell",
    .summary = "Rogers and Satchell's volatility from whole bars, a fraction a year",
    .source = "L. Rogers and S. Satchell, Annals of Applied Probability 1:4 (1991)",
    .inputs = INDICATOR_OHLC,
    RANGE_PARAMETERS,
    SIGNAL_STREAM_ROW(rogers_satchell),
};
