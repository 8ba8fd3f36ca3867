/* Wilder's smoothing on its own: an EMA with k = 1 / n. */
#include "core/signal/class.h"
#include "core/signal/ema.h"

SIGNAL_FIXED_STATE(rma, struct ema)
SIGNAL_WARMUP(rma, signal_period(params, 0) - 1)

static void rma_start(void *state, const struct indicator_params *params)
{
    ema_init_wilder(state, signal_period(params, 0));
}

ALWAYS_INLINE bool rma_step(struct ema *ema, const struct indicator_bar *bar, double *out)
{
    bool ready = ema_update(ema, bar->close);
    out[0] = ready ? ema->value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void rma_steady(struct ema *ema)
{
    ema->missing = 0;
}

SIGNAL_STREAM_SMALL(rma, struct ema, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_rma = {
    .name = "rma",
    .summary = "Wilder's moving average of the closes",
    .source = "v = (v (n - 1) + x) / n, seeded with the mean of the first n; Wilder (1978)",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 1,
    .outputs = {"rma"},
    SIGNAL_STREAM_ROW(rma),
};
