/* macd: long while the MACD line lies above its signal, flat otherwise. */
#include "core/signal/macd.h"
#include "core/strategy/strategy.h"

struct macd_cross {
    struct macd macd;
    uint64_t ready;
};

static size_t macd_cross_size(const double *params)
{
    (void)params;
    return sizeof(struct macd_cross);
}

static void macd_cross_init(void *block, const double *params)
{
    struct macd_cross *state = block;
    *state = (struct macd_cross){0};
    macd_init(&state->macd, (uint32_t)params[MACD_CROSS_FAST], (uint32_t)params[MACD_CROSS_SLOW],
              (uint32_t)params[MACD_CROSS_SIGNAL],
              (enum indicator_convention)params[MACD_CROSS_CONVENTION]);
}

static uint32_t macd_cross_warmup(const double *params)
{
    return 1 + macd_lead((uint32_t)params[MACD_CROSS_FAST], (uint32_t)params[MACD_CROSS_SLOW],
                         (uint32_t)params[MACD_CROSS_SIGNAL],
                         (enum indicator_convention)params[MACD_CROSS_CONVENTION]);
}

static void macd_cross_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    struct macd_cross *state = block;
    (void)params;
    state->ready = macd_update(&state->macd, (double)bar->close.units / scale) ? 1 : 0;
}

static enum stance macd_cross_decide(const void *block, const double *params,
                                     struct decision *decision, bool *ready)
{
    const struct macd_cross *state = block;
    (void)params;
    *ready = state->ready != 0;
    if (!*ready)
        return STANCE_NONE;
    decision->parts[0] = state->macd.line;
    decision->parts[1] = state->macd.signal.value;
    return state->macd.line > state->macd.signal.value ? STANCE_LONG : STANCE_FLAT;
}

const struct strategy_class strategy_macd = {
    .name = "macd",
    .summary = "long while the MACD line is above its signal",
    .parts = {"line", "signal"},
    .parameter_count = 4,
    .parameters =
        {
            {"fast", "bars", 12, 1, INDICATOR_PERIOD_MAX, true},
            {"slow", "bars", 26, 2, INDICATOR_PERIOD_MAX, true},
            {"signal", "bars", 9, 1, INDICATOR_PERIOD_MAX, true},
            STRATEGY_CONVENTION,
        },
    .state_size = macd_cross_size,
    .init = macd_cross_init,
    .warmup = macd_cross_warmup,
    .bar = macd_cross_bar,
    .decide = macd_cross_decide,
};
