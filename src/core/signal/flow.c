/* Accumulation and distribution and Chaikin's money flow: volume, weighed by where in its bar the
 * close lies.
 *
 *     multiplier = ((close - low) - (high - close)) / (high - low)     0 without a range */
#include "core/signal/class.h"
#include "core/signal/window.h"

ALWAYS_INLINE double flow_of(const struct indicator_bar *bar)
{
    double range = bar->high - bar->low;
    double lean = (bar->close - bar->low) - (bar->high - bar->close);
    return ratio_of(lean, range) * bar->volume;
}

struct ad {
    double value;
};

SIGNAL_FIXED_STATE(ad, struct ad)
SIGNAL_WARMUP(ad, 0)

static void ad_start(void *state, const struct indicator_params *params)
{
    (void)params;
    *(struct ad *)state = (struct ad){0};
}

ALWAYS_INLINE bool ad_step(struct ad *ad, const struct indicator_bar *bar, double *out)
{
    ad->value += flow_of(bar);
    out[0] = ad->value;
    return true;
}

ALWAYS_INLINE void ad_steady(struct ad *ad)
{
    (void)ad;
}

SIGNAL_STREAM_SMALL(ad, struct ad, INDICATOR_HLC | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_ad = {
    .name = "ad",
    .summary = "accumulation and distribution line, in base asset",
    .source = "M. Chaikin's line; TA-Lib ta_AD.c",
    .checked = "talib: Stock.Indicators; tulip: Tulip",
    .inputs = INDICATOR_HLC | INDICATOR_VOLUME,
    .output_count = 1,
    .outputs = {"ad"},
    SIGNAL_STREAM_ROW(ad),
};

struct cmf {
    struct window_sum flow, volume;
    double slots[]; /* of flow, then of volume */
};

SIGNAL_WARMUP(cmf, signal_period(params, 0) - 1)

static size_t cmf_state_size(const struct indicator_params *params)
{
    return sizeof(struct cmf) + 2 * window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void cmf_start(void *state, const struct indicator_params *params)
{
    struct cmf *cmf = state;
    uint32_t period = signal_period(params, 0);
    window_sum_init(&cmf->flow, cmf->slots, period);
    window_sum_init(&cmf->volume, cmf->slots + window_sum_slots(period), period);
}

ALWAYS_INLINE bool cmf_step(struct cmf *cmf, const struct indicator_bar *bar, double *out)
{
    double *volume_slots = cmf->slots + window_sum_slots(cmf->volume.period);
    double flow, volume;
    bool ready = window_sum_update(&cmf->flow, cmf->slots, flow_of(bar), &flow);
    window_sum_update(&cmf->volume, volume_slots, bar->volume, &volume);
    out[0] = ready ? ratio_of(flow, volume) : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(cmf, struct cmf, INDICATOR_HLC | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_cmf = {
    .name = "cmf",
    .summary = "Chaikin money flow, -1 to 1; 0 where nothing trades",
    .source = "M. Chaikin: sum of flow / sum of volume, of the last n bars",
    .checked = "talib: Stock.Indicators",
    .inputs = INDICATOR_HLC | INDICATOR_VOLUME,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"cmf"},
    SIGNAL_STREAM_ROW(cmf),
};
