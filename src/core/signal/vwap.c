/* Volume-weighted average price of the session so far: sum of typical price times volume over sum
 * of volume, from the session's first bar on. Until something trades it is the typical price. */
#include "core/signal/class.h"

struct vwap {
    double traded, volume;
    int64_t session;   /* number of the session of the last bar */
    int64_t length_ns; /* of a session; 0: one session for ever */
    int64_t start_ns;  /* after midnight UTC */
    uint64_t seen;
};

#define NANOSECONDS_PER_MINUTE INT64_C(60000000000)

SIGNAL_FIXED_STATE(vwap, struct vwap)
SIGNAL_WARMUP(vwap, 0)

static void vwap_start(void *state, const struct indicator_params *params)
{
    *(struct vwap *)state = (struct vwap){
        .length_ns = (int64_t)params->values[0] * NANOSECONDS_PER_DAY,
        .start_ns = (int64_t)params->values[1] * NANOSECONDS_PER_MINUTE,
    };
}

/* Rounds toward minus infinity, so that sessions before 1970 are as long as others. */
ALWAYS_INLINE int64_t session_of(int64_t time_ns, int64_t start_ns, int64_t length_ns)
{
    int64_t number = time_ns / length_ns;
    int64_t rest = time_ns % length_ns - start_ns;
    /* rest is above -2 length_ns, since start_ns is below one day. */
    return rest >= 0 ? number : rest >= -length_ns ? number - 1 : number - 2;
}

ALWAYS_INLINE bool vwap_step(struct vwap *vwap, const struct indicator_bar *bar, double *out)
{
    double typical = signal_typical(bar);
    int64_t session = 0;
    if (vwap->length_ns > 0)
        session = session_of(bar->open_time_ns, vwap->start_ns, vwap->length_ns);
    if (UNLIKELY(vwap->seen == 0 || session != vwap->session)) {
        vwap->seen = 1;
        vwap->session = session;
        vwap->traded = vwap->volume = 0.0;
    }
    vwap->traded += typical * bar->volume;
    vwap->volume += bar->volume;
    out[0] = ratio_of(vwap->traded, vwap->volume) + (vwap->volume > 0.0 ? 0.0 : typical);
    return true;
}

ALWAYS_INLINE void vwap_steady(struct vwap *vwap)
{
    vwap->seen = 1;
}

SIGNAL_STREAM_SMALL(vwap, struct vwap, INDICATOR_HLC | INDICATOR_VOLUME | INDICATOR_TIME, 1)

const struct indicator_class indicator_vwap = {
    .name = "vwap",
    .summary = "volume-weighted average price of the session so far",
    .source = "sum of typical price times volume / sum of volume, anchored to the session's start",
    .checked = "talib: golden vector, Stock.Indicators",
    .inputs = INDICATOR_HLC | INDICATOR_VOLUME | INDICATOR_TIME,
    .parameter_count = 2,
    .parameters = {{.name = "days", .summary = "days a session lasts; 0: it never ends",
                    .fallback = 1, .min = 0, .max = 366, .integer = true},
                   {.name = "start", .summary = "start of a session, minutes after midnight UTC",
                    .fallback = 0, .min = 0, .max = 1439, .integer = true}},
    .output_count = 1,
    .outputs = {"vwap"},
    SIGNAL_STREAM_ROW(vwap),
};
