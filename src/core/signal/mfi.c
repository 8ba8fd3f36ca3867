/* Money flow index: the RSI's idea with typical price times volume, over plain sums of n bars. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct mfi {
    struct window_sum rising, falling;
    double last; /* typical price of the last bar */
    double flat; /* the value where no money has flowed */
    uint64_t seen;
    double slots[]; /* of rising, then of falling */
};

SIGNAL_WARMUP(mfi, signal_period(params, 0))

static size_t mfi_state_size(const struct indicator_params *params)
{
    return sizeof(struct mfi) + 2 * window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void mfi_start(void *state, const struct indicator_params *params)
{
    struct mfi *mfi = state;
    uint32_t period = signal_period(params, 0);
    *mfi = (struct mfi){.flat = params->convention == INDICATOR_CLASSIC ? 50.0 : 0.0};
    window_sum_init(&mfi->rising, mfi->slots, period);
    window_sum_init(&mfi->falling, mfi->slots + window_sum_slots(period), period);
}

ALWAYS_INLINE bool mfi_step(struct mfi *mfi, const struct indicator_bar *bar, double *out)
{
    double typical = signal_typical(bar);
    double last = mfi->last;
    mfi->last = typical;
    out[0] = SIGNAL_NAN;
    if (mfi->seen == 0) {
        mfi->seen = 1;
        return false;
    }
    double flow = typical * bar->volume;
    double *falling_slots = mfi->slots + window_sum_slots(mfi->falling.period);
    double rising, falling;
    bool ready = window_sum_update(&mfi->rising, mfi->slots, typical > last ? flow : 0.0, &rising);
    window_sum_update(&mfi->falling, falling_slots, typical < last ? flow : 0.0, &falling);
    double sum = rising + falling;
    double value = ratio_of(100.0 * rising, sum) + (sum > 0.0 ? 0.0 : mfi->flat);
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(mfi, struct mfi, INDICATOR_HLC | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_mfi = {
    .name = "mfi",
    .summary = "money flow index, 0 to 100",
    .source = "G. Quong and A. Soudack, Stocks & Commodities 7:3 (1989); TA-Lib ta_MFI.c without "
              "its rule that a flow below one unit of money is none",
    .conventions = "where no money has flowed: 0 in talib and tulip, 50 in classic",
    .checked = "talib: Stock.Indicators, Lean spy_mfi; tulip: Tulip",
    .inputs = INDICATOR_HLC | INDICATOR_VOLUME,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 1,
    .outputs = {"mfi"},
    SIGNAL_STREAM_ROW(mfi),
};
