/* EMA as an indicator: see ema.h. */
#include "core/signal/ema.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(ema, struct ema)
SIGNAL_WARMUP(ema, ema_lead(signal_period(params, 0), signal_convention(params)))

static void ema_start(void *state, const struct indicator_params *params)
{
    ema_init_as(state, signal_period(params, 0), signal_convention(params));
}

ALWAYS_INLINE bool ema_step(struct ema *ema, const struct indicator_bar *bar, double *out)
{
    bool ready = ema_update(ema, bar->close);
    out[0] = ready ? ema->value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void ema_steady(struct ema *ema)
{
    ema->missing = 0;
}

SIGNAL_SMALL(ema, struct ema, INDICATOR_CLOSE, 1)
SIGNAL_BATCH_SEGMENTS(ema)

const struct indicator_class indicator_ema = {
    .name = "ema",
    .summary = "exponential moving average of the closes",
    .source = "v = v (1 - k) + x k, k = 2 / (n + 1); seeding: TA-Lib ta_EMA.c",
    .conventions = "tulip: the first close is the first value",
    .checked = "talib: golden vector, Stock.Indicators, Lean spy_ema, Lean "
               "spy_with_indicators; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"ema"},
    SIGNAL_SEGMENTS_ROW(ema),
    SIGNAL_LANES_ROW(ema),
};
