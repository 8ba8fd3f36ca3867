/* Weighted moving average: the newest of n closes weighs n, the oldest 1. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct wma {
    struct window_weighted window;
    double slots[];
};

SIGNAL_WARMUP(wma, signal_period(params, 0) - 1)

static size_t wma_state_size(const struct indicator_params *params)
{
    return sizeof(struct wma) + window_weighted_slots(signal_period(params, 0)) * sizeof(double);
}

static void wma_start(void *state, const struct indicator_params *params)
{
    struct wma *wma = state;
    window_weighted_init(&wma->window, wma->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool wma_step(struct wma *wma, const struct indicator_bar *bar, double *out)
{
    double mean;
    bool ready = window_weighted_update(&wma->window, wma->slots, bar->close, &mean);
    out[0] = ready ? mean : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(wma, struct wma, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_wma = {
    .name = "wma",
    .summary = "moving average of the closes, weighted by recency",
    .source = "sum of k x_k / (n (n + 1) / 2), k = 1 for the oldest; TA-Lib ta_WMA.c",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"wma"},
    SIGNAL_STREAM_ROW(wma),
};
