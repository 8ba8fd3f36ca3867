/* Hull moving average: WMA over the root of n of 2 WMA(n / 2) - WMA(n). */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct hma {
    struct window_weighted half, whole, root;
    double slots[]; /* of half, whole, root in this order */
};

static uint32_t hma_half(uint32_t period)
{
    return period > 1 ? period / 2 : 1;
}

static uint32_t hma_root(uint32_t period)
{
    return (uint32_t)__builtin_sqrt((double)period);
}

SIGNAL_WARMUP(hma, signal_period(params, 0) - 1 + hma_root(signal_period(params, 0)) - 1)

static size_t hma_state_size(const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    size_t slots = window_weighted_slots(hma_half(period)) + window_weighted_slots(period) +
                   window_weighted_slots(hma_root(period));
    return sizeof(struct hma) + slots * sizeof(double);
}

static void hma_start(void *state, const struct indicator_params *params)
{
    struct hma *hma = state;
    uint32_t period = signal_period(params, 0);
    uint32_t half = hma_half(period);
    double *whole_slots = hma->slots + window_weighted_slots(half);
    window_weighted_init(&hma->half, hma->slots, half);
    window_weighted_init(&hma->whole, whole_slots, period);
    window_weighted_init(&hma->root, whole_slots + window_weighted_slots(period), hma_root(period));
}

ALWAYS_INLINE bool hma_step(struct hma *hma, const struct indicator_bar *bar, double *out)
{
    double *whole_slots = hma->slots + window_weighted_slots(hma->half.period);
    double *root_slots = whole_slots + window_weighted_slots(hma->whole.period);
    double half, whole, mean;
    bool ready = false;
    window_weighted_update(&hma->half, hma->slots, bar->close, &half);
    if (window_weighted_update(&hma->whole, whole_slots, bar->close, &whole))
        ready = window_weighted_update(&hma->root, root_slots, 2.0 * half - whole, &mean);
    out[0] = ready ? mean : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(hma, struct hma, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_hma = {
    .name = "hma",
    .summary = "Hull moving average of the closes",
    .source = "A. Hull, hull moving average (2005); n / 2 and the root of n rounded down",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"hma"},
    SIGNAL_STREAM_ROW(hma),
};
