/* Keltner channel: an EMA of the closes and some average true ranges above and below it. */
#include "core/signal/atr.h"
#include "core/signal/class.h"

struct keltner {
    struct ema middle;
    struct atr range;
    double width; /* in average true ranges */
};

SIGNAL_FIXED_STATE(keltner, struct keltner)

static uint32_t keltner_warmup(const struct indicator_params *params)
{
    uint32_t middle = ema_lead(signal_period(params, 0), signal_convention(params));
    uint32_t range = atr_lead(signal_period(params, 1), signal_convention(params));
    return middle > range ? middle : range;
}

static void keltner_start(void *state, const struct indicator_params *params)
{
    struct keltner *keltner = state;
    keltner->width = params->values[2];
    ema_init_as(&keltner->middle, signal_period(params, 0), signal_convention(params));
    atr_init(&keltner->range, signal_period(params, 1), signal_convention(params));
}

ALWAYS_INLINE bool keltner_step(struct keltner *keltner, const struct indicator_bar *bar,
                                double *out)
{
    bool centred = ema_update(&keltner->middle, bar->close);
    bool ranged = atr_update(&keltner->range, bar->high, bar->low, bar->close);
    bool ready = centred && ranged;
    double middle = keltner->middle.value;
    double reach = keltner->width * keltner->range.mean.value;
    out[0] = ready ? middle - reach : SIGNAL_NAN;
    out[1] = centred ? middle : SIGNAL_NAN;
    out[2] = ready ? middle + reach : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void keltner_steady(struct keltner *keltner)
{
    keltner->middle.missing = 0;
    keltner->range.seen = 1;
    keltner->range.mean.missing = 0;
}

SIGNAL_STREAM_SMALL(keltner, struct keltner, INDICATOR_HLC, 3)

const struct indicator_class indicator_keltner = {
    .name = "keltner",
    .summary = "bands of average true ranges around the EMA of the closes",
    .source = "C. Keltner, How to Make Money in Commodities (1960), in L. Raschke's form",
    .conventions = "tulip: seeds of its EMA and ATR",
    .checked = "talib: golden vector",
    .inputs = INDICATOR_HLC,
    .parameter_count = 3,
    .parameters = {SIGNAL_PERIOD("period", "bars of the EMA", 20),
                   SIGNAL_PERIOD("range", "bars of the ATR", 10),
                   {.name = "width", .summary = "average true ranges", .fallback = 2, .min = 0,
                    .max = 100}},
    .output_count = 3,
    .outputs = {"lower", "middle", "upper"},
    SIGNAL_STREAM_ROW(keltner),
};
