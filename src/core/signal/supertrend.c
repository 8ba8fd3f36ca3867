/* Supertrend: a band of average true ranges that may only tighten, below the price while it rises
 * and above it while it falls.
 *
 *     u = middle + m ATR, d = middle - m ATR                        middle = (high + low) / 2
 *     U = u if u < U or last close > U, else U;  L = d if d > L or last close < L, else L
 *     side: at first up where close >= middle; up turns down where close <= L, down turns up where
 *     close > U */
#include "core/signal/atr.h"
#include "core/signal/class.h"

struct supertrend {
    struct atr range;
    double width;        /* m */
    double upper, lower; /* U, L */
    double last;         /* close of the last bar */
    uint64_t side;       /* 0: none yet, 1: up, 2: down */
};

SIGNAL_FIXED_STATE(supertrend, struct supertrend)
SIGNAL_WARMUP(supertrend, atr_lead(signal_period(params, 0), signal_convention(params)))

static void supertrend_start(void *state, const struct indicator_params *params)
{
    struct supertrend *trend = state;
    *trend = (struct supertrend){.width = params->values[1]};
    atr_init(&trend->range, signal_period(params, 0), signal_convention(params));
}

ALWAYS_INLINE bool supertrend_step(struct supertrend *trend, const struct indicator_bar *bar,
                                   double *out)
{
    double last = trend->last;
    double close = bar->close;
    trend->last = close;
    out[0] = out[1] = SIGNAL_NAN;
    if (!atr_update(&trend->range, bar->high, bar->low, close))
        return false;
    double middle = (bar->high + bar->low) * 0.5;
    double reach = trend->width * trend->range.mean.value;
    double upper = middle + reach;
    double lower = middle - reach;
    bool first = trend->side == 0;
    trend->upper = first || upper < trend->upper || last > trend->upper ? upper : trend->upper;
    trend->lower = first || lower > trend->lower || last < trend->lower ? lower : trend->lower;
    bool up = first ? close >= middle : trend->side == 1;
    up = up ? close > trend->lower : close > trend->upper;
    trend->side = up ? 1 : 2;
    out[0] = up ? trend->lower : trend->upper;
    out[1] = up ? 1.0 : -1.0;
    return true;
}

ALWAYS_INLINE void supertrend_steady(struct supertrend *trend)
{
    trend->range.seen = 1;
    trend->range.mean.missing = 0;
}

SIGNAL_STREAM_SMALL(supertrend, struct supertrend, INDICATOR_HLC, 2)

const struct indicator_class indicator_supertrend = {
    .name = "supertrend",
    .summary = "trailing band of average true ranges, in price, and the side it is on (1, -1)",
    .source = "O. Seban's SuperTrend; flips as charting programs do, on the close",
    .conventions = "tulip: seed of its ATR",
    .checked = "talib: golden vector",
    .inputs = INDICATOR_HLC,
    .parameter_count = 2,
    .parameters = {SIGNAL_PERIOD("period", "bars of the ATR", 10),
                   {.name = "width", .summary = "average true ranges", .fallback = 3, .min = 0,
                    .max = 100}},
    .output_count = 2,
    .outputs = {"supertrend", "side"},
    SIGNAL_STREAM_ROW(supertrend),
};
