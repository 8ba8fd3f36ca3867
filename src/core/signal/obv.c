/* On-balance volume: the running sum of volume, with the sign of the close's change. */
#include "core/signal/class.h"

struct obv {
    double value;
    double last;    /* close of the last bar */
    uint32_t seen;
    uint32_t from_zero;
};

SIGNAL_FIXED_STATE(obv, struct obv)
SIGNAL_WARMUP(obv, 0)

static void obv_start(void *state, const struct indicator_params *params)
{
    *(struct obv *)state = (struct obv){.from_zero = params->convention != INDICATOR_TALIB};
}

ALWAYS_INLINE bool obv_step(struct obv *obv, const struct indicator_bar *bar, double *out)
{
    double rise = bar->close > obv->last ? bar->volume : 0.0;
    double fall = bar->close < obv->last ? bar->volume : 0.0;
    if (UNLIKELY(obv->seen == 0)) {
        rise = obv->from_zero ? 0.0 : bar->volume;
        fall = 0.0;
        obv->seen = 1;
    }
    obv->last = bar->close;
    obv->value += rise - fall;
    out[0] = obv->value;
    return true;
}

SIGNAL_STREAM(obv, struct obv, INDICATOR_CLOSE | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_obv = {
    .name = "obv",
    .summary = "on-balance volume, in base asset",
    .source = "J. Granville, Granville's New Key to Stock Market Profits (1963); TA-Lib ta_OBV.c",
    .conventions = "talib starts at the first volume, tulip and classic at zero",
    .inputs = INDICATOR_CLOSE | INDICATOR_VOLUME,
    .output_count = 1,
    .outputs = {"obv"},
    SIGNAL_STREAM_ROW(obv),
};
