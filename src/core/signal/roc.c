/* Rate of change and momentum: the close against the close n bars ago. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct roc {
    struct window_lag lag;
    double scale; /* 100 for percent, 1 for a fraction */
    double slots[];
};

SIGNAL_WARMUP(roc, signal_period(params, 0))

static size_t roc_state_size(const struct indicator_params *params)
{
    return sizeof(struct roc) + window_lag_slots(signal_period(params, 0)) * sizeof(double);
}

static void roc_start(void *state, const struct indicator_params *params)
{
    struct roc *roc = state;
    roc->scale = params->convention == INDICATOR_TULIP ? 1.0 : 100.0;
    window_lag_init(&roc->lag, roc->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool roc_step(struct roc *roc, const struct indicator_bar *bar, double *out)
{
    double ago;
    bool ready = window_lag_update(&roc->lag, roc->slots, bar->close, &ago);
    out[0] = ready ? roc->scale * (bar->close - ago) / ago : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(roc, struct roc, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_roc = {
    .name = "roc",
    .summary = "rate of change of the close over n bars, in percent",
    .source = "100 (x - x n bars ago) / x n bars ago; TA-Lib ta_ROC.c",
    .conventions = "tulip: a fraction, not percent",
    .checked = "talib: Stock.Indicators; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 10)},
    .output_count = 1,
    .outputs = {"roc"},
    SIGNAL_STREAM_ROW(roc),
};

ALWAYS_INLINE bool momentum_step(struct roc *roc, const struct indicator_bar *bar, double *out)
{
    double ago;
    bool ready = window_lag_update(&roc->lag, roc->slots, bar->close, &ago);
    out[0] = ready ? bar->close - ago : SIGNAL_NAN;
    return ready;
}

#define momentum_start roc_start
#define momentum_warmup roc_warmup
#define momentum_state_size roc_state_size
SIGNAL_STREAM(momentum, struct roc, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_momentum = {
    .name = "momentum",
    .summary = "change of the close over n bars, in price",
    .source = "x - x n bars ago; TA-Lib ta_MOM.c",
    .checked = "talib: Stock.Indicators, Lean spy_with_roc50; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 10)},
    .output_count = 1,
    .outputs = {"momentum"},
    SIGNAL_STREAM_ROW(momentum),
};
