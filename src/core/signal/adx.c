/* ADX, +DI and -DI as an indicator: see adx.h. */
#include "core/signal/adx.h"

#include "core/signal/class.h"

SIGNAL_FIXED_STATE(adx, struct adx)

static uint32_t adx_first(const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    return params->convention == INDICATOR_TULIP && period > 1 ? period - 1 : period;
}

SIGNAL_WARMUP(adx, adx_first(params) + signal_period(params, 0) - 1)

static void adx_start(void *state, const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    uint32_t sums = params->convention == INDICATOR_CLASSIC ? period : period - 1;
    adx_init(state, period, sums, adx_first(params));
}

ALWAYS_INLINE bool adx_step(struct adx *adx, const struct indicator_bar *bar, double *out)
{
    bool directed;
    bool ready = adx_update(adx, bar->high, bar->low, bar->close, &directed);
    out[0] = ready ? adx->mean.value : SIGNAL_NAN;
    out[1] = directed ? adx->plus_di : SIGNAL_NAN;
    out[2] = directed ? adx->minus_di : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(adx, struct adx, INDICATOR_HLC, 3)

const struct indicator_class indicator_adx = {
    .name = "adx",
    .summary = "average directional index with +DI and -DI, 0 to 100",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_ADX.c",
    .conventions =
        "talib sums n - 1 movements before decay, classic n; tulip shows the first index "
        "one bar earlier",
    .inputs = INDICATOR_HLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 3,
    .outputs = {"adx", "plus_di", "minus_di"},
    SIGNAL_STREAM_ROW(adx),
};
