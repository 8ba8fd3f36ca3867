/* Volume-weighted moving average: sum of close times volume over sum of volume, of the last n bars.
 * A window without volume gives its last close. */
#include "core/signal/column.h"
#include "core/signal/lanes.h"

struct vwma {
    struct window_sum traded; /* of close times volume */
    struct window_sum volume;
    double slots[]; /* of traded, then of volume */
};

SIGNAL_WARMUP(vwma, signal_period(params, 0) - 1)

static size_t vwma_state_size(const struct indicator_params *params)
{
    return sizeof(struct vwma) + 2 * window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void vwma_start(void *state, const struct indicator_params *params)
{
    struct vwma *vwma = state;
    uint32_t period = signal_period(params, 0);
    window_sum_init(&vwma->traded, vwma->slots, period);
    window_sum_init(&vwma->volume, vwma->slots + window_sum_slots(period), period);
}

ALWAYS_INLINE bool vwma_step(struct vwma *vwma, const struct indicator_bar *bar, double *out)
{
    double *volume_slots = vwma->slots + window_sum_slots(vwma->volume.period);
    double traded, volume;
    bool ready = window_sum_update(&vwma->traded, vwma->slots, bar->close * bar->volume, &traded);
    window_sum_update(&vwma->volume, volume_slots, bar->volume, &volume);
    double value = ratio_of(traded, volume) + (volume > 0.0 ? 0.0 : bar->close);
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

/* Four blocks at once: the sums of the two windows. */
ALWAYS_INLINE void vwma_four(const double *close, const double *volume, size_t n, quad *traded,
                             quad *volumes, double *out)
{
    quad money = quad_of(0.0);
    quad amount = quad_of(0.0);
    traded[n - 1] = volumes[n - 1] = money;
    for (size_t k = n - 1; k > 0; k--) {
        quad v = quad_gather(volume - n + k, n);
        traded[k - 1] = money += quad_gather(close - n + k, n) * v;
        volumes[k - 1] = amount += v;
    }
    money = amount = quad_of(0.0);
    for (size_t k = 0; k < n; k++) {
        quad v = quad_gather(volume + k, n);
        quad x = quad_gather(close + k, n);
        money += x * v;
        amount += v;
        quad whole = amount + volumes[k];
        quad last, divisor;
        for (int lane = 0; lane < QUAD_BLOCKS; lane++) {
            last[lane] = whole[lane] > 0.0 ? 0.0 : x[lane];
            divisor[lane] = signal_max(whole[lane], RATIO_LEAST);
        }
        QUAD_SCATTER(out + k, n, (money + traded[k]) / divisor + last);
    }
}

ALWAYS_INLINE size_t vwma_quads(const struct indicator_params *params,
                                const struct indicator_columns *columns, size_t from, size_t end,
                                double *const *out)
{
    quad traded[INDICATOR_PERIOD_MAX], volumes[INDICATOR_PERIOD_MAX];
    size_t n = signal_period(params, 0);
    for (size_t i = from; i < end; i += QUAD_BLOCKS * n)
        vwma_four(columns->close + i, columns->volume + i, n, traded, volumes, out[0] + i);
    return end;
}

SIGNAL_STREAM_QUADS(vwma, struct vwma, INDICATOR_CLOSE | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_vwma = {
    .name = "vwma",
    .summary = "moving average of the closes, weighted by volume",
    .source = "sum of close times volume / sum of volume, of the last n bars",
    .checked = "talib: Lean spy_with_vwap; tulip: Tulip",
    .inputs = INDICATOR_CLOSE | INDICATOR_VOLUME,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"vwma"},
    SIGNAL_STREAM_ROW(vwma),
    SIGNAL_LANES_ROW(vwma),
};
