/* SMA as an indicator: see sma.h. */
#include "core/signal/sma.h"

#include "core/signal/class.h"
#include "core/signal/column.h"
#include "core/signal/lanes.h"

SIGNAL_WARMUP(sma, signal_period(params, 0) - 1)

static size_t sma_state_size(const struct indicator_params *params)
{
    return sma_size(signal_period(params, 0));
}

static void sma_start(void *state, const struct indicator_params *params)
{
    sma_init(state, signal_period(params, 0));
}

ALWAYS_INLINE bool sma_step(struct sma *sma, const struct indicator_bar *bar, double *out)
{
    bool ready = sma_update(sma, bar->close);
    out[0] = ready ? sma->value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void sma_kernel(SIGNAL_BATCH_ARGS)
{
    column_mean(columns->close, count, signal_period(params, 0), out[0]);
}

SIGNAL_UPDATE(sma, struct sma)
SIGNAL_BATCH(sma)

const struct indicator_class indicator_sma = {
    .name = "sma",
    .summary = "simple moving average of the closes",
    .source = "mean of the last n closes, the current one included",
    .checked = "talib: golden vector, Stock.Indicators, Lean spy_with_indicators, Lean "
               "spy_with_rma; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"sma"},
    SIGNAL_STREAM_ROW(sma),
    SIGNAL_LANES_ROW(sma),
};
