/* MACD as an indicator: see macd.h. */
#include "core/signal/macd.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(macd, struct macd)

SIGNAL_WARMUP(macd, macd_lead(signal_period(params, 0), signal_period(params, 1),
                              signal_period(params, 2), signal_convention(params)))

static void macd_start(void *state, const struct indicator_params *params)
{
    macd_init(state, signal_period(params, 0), signal_period(params, 1), signal_period(params, 2),
              signal_convention(params));
}

ALWAYS_INLINE bool macd_step(struct macd *macd, const struct indicator_bar *bar, double *out)
{
    bool ready = macd_update(macd, bar->close);
    bool shown = ema_ready(&macd->slow) && macd->signal.missing < macd->signal.seed;
    out[0] = shown ? macd->line : SIGNAL_NAN;
    out[1] = ready ? macd->signal.value : SIGNAL_NAN;
    out[2] = ready ? macd->histogram : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void macd_steady(struct macd *macd)
{
    macd->fast.missing = 0;
    macd->slow.missing = 0;
    macd->signal.missing = 0;
}

SIGNAL_SMALL(macd, struct macd, INDICATOR_CLOSE, 3)
SIGNAL_BATCH_SEGMENTS(macd)

const struct indicator_class indicator_macd = {
    .name = "macd",
    .summary = "moving average convergence and divergence of the closes, in price",
    .source = "G. Appel, The MACD Method (1979); seeding: TA-Lib ta_MACD.c",
    .conventions = "talib: both seeds end on bar slow - 1; classic: the fast one on bar fast - 1; "
                   "tulip: the first close seeds both, k = 0.15 and 0.075 for 12 and 26",
    .checked = "talib: golden vector; tulip: Tulip; classic: golden vector, "
               "Stock.Indicators, Lean spy_with_indicators, Lean spy_with_macd",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 3,
    .parameters = {SIGNAL_PERIOD("fast", "bars", 12), SIGNAL_PERIOD("slow", "bars", 26),
                   SIGNAL_PERIOD("signal", "bars of the line", 9)},
    .output_count = 3,
    .outputs = {"macd", "signal", "histogram"},
    SIGNAL_SEGMENTS_ROW(macd),
    SIGNAL_LANES_ROW(macd),
};
