/* On-balance volume: the running sum of volume, with the sign of the close's change. */
#include "core/signal/column.h"
#include "core/signal/lanes.h"

/* value and last lie apart so that they are not stored as one: last is known early, and the next
 * bar need not wait for value to compare with it. */
struct obv {
    double value;
    uint32_t seen;
    uint32_t from_zero;
    double last; /* close of the last bar */
};

SIGNAL_FIXED_STATE(obv, struct obv)
SIGNAL_WARMUP(obv, 0)

static void obv_start(void *state, const struct indicator_params *params)
{
    *(struct obv *)state = (struct obv){.from_zero = params->convention != INDICATOR_TALIB};
}

ALWAYS_INLINE bool obv_step(struct obv *obv, const struct indicator_bar *bar, double *out)
{
    int64_t rise = (int64_t)signal_below(obv->last, bar->close);
    int64_t fall = (int64_t)signal_below(bar->close, obv->last);
    double sign = (double)(rise - fall);
    if (UNLIKELY(obv->seen == 0))
        sign = obv->from_zero ? 0.0 : 1.0;
    obv->seen = 1;
    obv->last = bar->close;
    obv->value += sign * bar->volume;
    out[0] = obv->value;
    return true;
}

/* Signed volumes first, which are independent of each other, then their running sum. */
ALWAYS_INLINE void obv_kernel(SIGNAL_BATCH_ARGS)
{
    const double *close = columns->close;
    const double *volume = columns->volume;
    double *result = out[0];
    double value = 0.0;
    if (count == 0)
        return;
    result[0] = (params->convention != INDICATOR_TALIB ? 0.0 : 1.0) * volume[0];
    for (size_t from = 0; from < count; from += COLUMN_CHUNK) {
        size_t to = from + COLUMN_CHUNK < count ? from + COLUMN_CHUNK : count;
        for (size_t i = from > 0 ? from : 1; i < to; i++) {
            double up = close[i] > close[i - 1] ? 1.0 : 0.0;
            double down = close[i] < close[i - 1] ? 1.0 : 0.0;
            result[i] = (up - down) * volume[i];
        }
        for (size_t i = from; i < to; i++) {
            value += result[i];
            result[i] = value;
        }
    }
}

SIGNAL_UPDATE(obv, struct obv)
SIGNAL_BATCH(obv)

const struct indicator_class indicator_obv = {
    .name = "obv",
    .summary = "on-balance volume, in base asset",
    .source = "J. Granville, Granville's New Key to Stock Market Profits (1963); TA-Lib ta_OBV.c",
    .conventions = "talib starts at the first volume, tulip and classic at zero",
    .checked = "talib: golden vector, Lean spy_with_obv; tulip: golden vector, Tulip; "
               "classic: Stock.Indicators",
    .inputs = INDICATOR_CLOSE | INDICATOR_VOLUME,
    .output_count = 1,
    .outputs = {"obv"},
    SIGNAL_STREAM_ROW(obv),
    SIGNAL_LANES_ROW(obv),
};
