/* Weighted moving average: the newest of n closes weighs n, the oldest 1. */
#include "core/signal/column.h"
#include "core/signal/lanes.h"

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

/* Four blocks at once: the sums of window_weighted. */
ALWAYS_INLINE void wma_four(const double *x, size_t n, quad *ranks, double *out)
{
    double whole = (double)n;
    quad inverse = quad_of(2.0 / (whole * (whole + 1.0)));
    quad pivot = quad_gather(x - 1, n);
    quad sum = quad_of(0.0);
    quad ranked = quad_of(0.0);
    ranks[n - 1] = sum;
    for (size_t k = n - 1; k > 0; k--) {
        sum += quad_gather(x - n + k, n) - pivot;
        ranks[k - 1] = ranked += sum;
    }
    sum = ranked = quad_of(0.0);
    for (size_t k = 0; k < n; k++) {
        quad distance = quad_gather(x + k, n) - pivot;
        sum += distance;
        ranked += distance * quad_of((double)k);
        quad recent = quad_of((double)(n - k)) * sum;
        QUAD_SCATTER(out + k, n, pivot + (ranks[k] + (recent + ranked)) * inverse);
    }
}

ALWAYS_INLINE size_t wma_quads(const struct indicator_params *params,
                               const struct indicator_columns *columns, size_t from, size_t end,
                               double *const *out)
{
    quad ranks[INDICATOR_PERIOD_MAX];
    size_t n = signal_period(params, 0);
    for (size_t i = from; i < end; i += QUAD_BLOCKS * n)
        wma_four(columns->close + i, n, ranks, out[0] + i);
    return end;
}

SIGNAL_STREAM_QUADS(wma, struct wma, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_wma = {
    .name = "wma",
    .summary = "moving average of the closes, weighted by recency",
    .source = "sum of k x_k / (n (n + 1) / 2), k = 1 for the oldest; TA-Lib ta_WMA.c",
    .checked = "talib: Stock.Indicators; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"wma"},
    SIGNAL_STREAM_ROW(wma),
    SIGNAL_LANES_ROW(wma),
};
