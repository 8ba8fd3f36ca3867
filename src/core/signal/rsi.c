/* RSI as an indicator: see rsi.h. */
#include "core/signal/rsi.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(rsi, struct rsi)
SIGNAL_WARMUP(rsi, signal_period(params, 0))

static void rsi_start(void *state, const struct indicator_params *params)
{
    rsi_init(state, signal_period(params, 0), signal_convention(params));
}

ALWAYS_INLINE bool rsi_step(struct rsi *rsi, const struct indicator_bar *bar, double *out)
{
    bool ready = rsi_update(rsi, bar->close);
    out[0] = ready ? rsi->value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void rsi_steady(struct rsi *rsi)
{
    rsi->seen = 1;
    rsi->gain.missing = 0;
    rsi->loss.missing = 0;
}

SIGNAL_SMALL(rsi, struct rsi, INDICATOR_CLOSE, 1)
SIGNAL_BATCH_SEGMENTS(rsi)

const struct indicator_class indicator_rsi = {
    .name = "rsi",
    .summary = "relative strength index of the closes, 0 to 100",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_RSI.c",
    .conventions = "where no close has moved: 0 in talib and tulip, 50 in classic",
    .checked = "talib: golden vector, Stock.Indicators, Lean spy_with_indicators; tulip: "
               "Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 1,
    .outputs = {"rsi"},
    SIGNAL_SEGMENTS_ROW(rsi),
    SIGNAL_LANES_ROW(rsi),
};
