/* Williams %R: where the close lies in the range of the last n bars, -100 at the bottom, 0 at the
 * top; 0 where there is no range. */
#include "core/signal/class.h"
#include "core/signal/column.h"
#include "core/signal/window.h"

struct willr {
    struct window_extreme highest, lowest; /* the second of minus the low */
    double slots[];                        /* of highest, then of lowest */
};

SIGNAL_WARMUP(willr, signal_period(params, 0) - 1)

static size_t willr_state_size(const struct indicator_params *params)
{
    return sizeof(struct willr) +
           2 * window_extreme_slots(signal_period(params, 0)) * sizeof(double);
}

static void willr_start(void *state, const struct indicator_params *params)
{
    struct willr *willr = state;
    uint32_t period = signal_period(params, 0);
    window_extreme_init(&willr->highest, willr->slots, period);
    window_extreme_init(&willr->lowest, willr->slots + window_extreme_slots(period), period);
}

ALWAYS_INLINE bool willr_step(struct willr *willr, const struct indicator_bar *bar, double *out)
{
    double *lowest_slots = willr->slots + window_extreme_slots(willr->lowest.period);
    double highest, lowest;
    bool ready = window_extreme_update(&willr->highest, willr->slots, bar->high, &highest);
    window_extreme_update(&willr->lowest, lowest_slots, -bar->low, &lowest);
    double range = highest + lowest;
    double value = ratio_of(-100.0 * (highest - bar->close), range);
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void willr_kernel(SIGNAL_BATCH_ARGS)
{
    double highest[COLUMN_SPARE], lowest[COLUMN_SPARE], spare[COLUMN_SPARE],
        spare_low[COLUMN_SPARE];
    size_t n = signal_period(params, 0);
    size_t first = n - 1;
    column_fill(out[0], count < first ? count : first);
    for (size_t from = first; from < count; from += COLUMN_CHUNK) {
        size_t length = count - from < COLUMN_CHUNK ? count - from : COLUMN_CHUNK;
        const double *high = column_highest(columns->high + from - first, n, length, highest,
                                            spare);
        const double *low = column_lowest(columns->low + from - first, n, length, lowest,
                                          spare_low);
        const double *close = columns->close + from;
        double *result = out[0] + from;
        for (size_t i = 0; i < length; i++)
            result[i] = ratio_of(-100.0 * (high[i] - close[i]), high[i] - low[i]);
    }
}

SIGNAL_UPDATE(willr, struct willr)
SIGNAL_BATCH(willr)

const struct indicator_class indicator_willr = {
    .name = "willr",
    .summary = "Williams %R, -100 to 0",
    .source = "L. Williams, How I Made One Million Dollars (1973); TA-Lib ta_WILLR.c",
    .checked = "talib: Stock.Indicators, Lean spy_with_williamsR14; tulip: Tulip",
    .inputs = INDICATOR_HLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 1,
    .outputs = {"willr"},
    SIGNAL_STREAM_ROW(willr),
};
