/* Volume-weighted moving average: sum of close times volume over sum of volume, of the last n bars.
 * A window without volume gives its last close. */
#include "core/signal/class.h"
#include "core/signal/window.h"

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
    double value = volume > 0.0 ? traded / volume : bar->close;
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(vwma, struct vwma, INDICATOR_CLOSE | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_vwma = {
    .name = "vwma",
    .summary = "moving average of the closes, weighted by volume",
    .source = "sum of close times volume / sum of volume, of the last n bars",
    .inputs = INDICATOR_CLOSE | INDICATOR_VOLUME,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"vwma"},
    SIGNAL_STREAM_ROW(vwma),
};
