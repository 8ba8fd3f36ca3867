/* ATR as an indicator: see atr.h. */
#include "core/signal/atr.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(atr, struct atr)
SIGNAL_WARMUP(atr, atr_lead(signal_period(params, 0), signal_convention(params)))

static void atr_start(void *state, const struct indicator_params *params)
{
    atr_init(state, signal_period(params, 0), signal_convention(params));
}

ALWAYS_INLINE bool atr_step(struct atr *atr, const struct indicator_bar *bar, double *out)
{
    bool ready = atr_update(atr, bar->high, bar->low, bar->close);
    out[0] = ready ? atr->mean.value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void atr_steady(struct atr *atr)
{
    atr->seen = 1;
    atr->mean.missing = 0;
}

SIGNAL_SMALL(atr, struct atr, INDICATOR_HLC, 1)
SIGNAL_BATCH_SEGMENTS(atr)

const struct indicator_class indicator_atr = {
    .name = "atr",
    .summary = "average true range, in price",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_ATR.c",
    .conventions = "tulip: the first bar counts with high - low",
    .checked = "talib: golden vector, Stock.Indicators; tulip: Lean spy_atr_wilder, Tulip, "
               "Lean spy_atr",
    .inputs = INDICATOR_HLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 1,
    .outputs = {"atr"},
    SIGNAL_SEGMENTS_ROW(atr),
    SIGNAL_LANES_ROW(atr),
};
