/* Force index: Elder's EMA of the close's change times volume. */
#include "core/signal/class.h"
#include "core/signal/ema.h"

struct force {
    struct ema mean;
    double last; /* close of the last bar */
    uint64_t seen;
};

SIGNAL_FIXED_STATE(force, struct force)
SIGNAL_WARMUP(force, 1 + ema_lead(signal_period(params, 0), signal_convention(params)))

static void force_start(void *state, const struct indicator_params *params)
{
    struct force *force = state;
    *force = (struct force){0};
    ema_init_as(&force->mean, signal_period(params, 0), signal_convention(params));
}

ALWAYS_INLINE bool force_step(struct force *force, const struct indicator_bar *bar, double *out)
{
    double last = force->last;
    force->last = bar->close;
    bool ready = force->seen != 0 && ema_update(&force->mean, (bar->close - last) * bar->volume);
    force->seen = 1;
    out[0] = ready ? force->mean.value : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void force_steady(struct force *force)
{
    force->seen = 1;
    force->mean.missing = 0;
}

SIGNAL_STREAM_SMALL(force, struct force, INDICATOR_CLOSE | INDICATOR_VOLUME, 1)

const struct indicator_class indicator_force = {
    .name = "force",
    .summary = "force index: EMA of the close's change times volume",
    .source = "A. Elder, Trading for a Living (1993)",
    .conventions = "tulip: the first force seeds the average",
    .inputs = INDICATOR_CLOSE | INDICATOR_VOLUME,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 13)},
    .output_count = 1,
    .outputs = {"force"},
    SIGNAL_STREAM_ROW(force),
};
