/* rsi: buys when RSI crosses up through oversold, sells when it crosses down through overbought.
 * A cross is a change of side from one bar to the next; touching the level from below is on the
 * upper side already, as charts draw it. */
#include "core/signal/rsi.h"
#include "core/strategy/strategy.h"

struct rsi_cross {
    struct rsi rsi;
    double previous; /* of the bar before, once seen is 2 */
    uint64_t seen;   /* values so far, counted to 2 */
};

static size_t rsi_cross_size(const double *params)
{
    (void)params;
    return sizeof(struct rsi_cross);
}

static void rsi_cross_init(void *block, const double *params)
{
    struct rsi_cross *state = block;
    *state = (struct rsi_cross){0};
    rsi_init(&state->rsi, (uint32_t)params[RSI_CROSS_PERIOD],
             (enum indicator_convention)params[RSI_CROSS_CONVENTION]);
}

static uint32_t rsi_cross_warmup(const double *params)
{
    return (uint32_t)params[RSI_CROSS_PERIOD] + 2;
}

static void rsi_cross_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    struct rsi_cross *state = block;
    (void)params;
    state->previous = state->rsi.value;
    if (rsi_update(&state->rsi, (double)bar->close.units / scale) && state->seen < 2)
        state->seen++;
}

static enum stance rsi_cross_decide(const void *block, const double *params,
                                    struct decision *decision, bool *ready)
{
    const struct rsi_cross *state = block;
    double low = params[RSI_CROSS_OVERSOLD];
    double high = params[RSI_CROSS_OVERBOUGHT];
    *ready = state->seen == 2;
    if (!*ready)
        return STANCE_NONE;
    decision->parts[0] = state->rsi.value;
    decision->parts[1] = state->previous;
    if (state->previous < low && state->rsi.value >= low)
        return STANCE_LONG;
    if (state->previous > high && state->rsi.value <= high)
        return STANCE_FLAT;
    return STANCE_NONE;
}

const struct strategy_class strategy_rsi = {
    .name = "rsi",
    .summary = "buys when RSI crosses up through oversold, sells when it crosses down through "
               "overbought",
    .parts = {"rsi", "before"},
    .parameter_count = 4,
    .parameters =
        {
            {"period", "bars", 14, 1, INDICATOR_PERIOD_MAX, true},
            {"oversold", "level to cross upwards", 30, 0, 100, false},
            {"overbought", "level to cross downwards", 70, 0, 100, false},
            STRATEGY_CONVENTION,
        },
    .state_size = rsi_cross_size,
    .init = rsi_cross_init,
    .warmup = rsi_cross_warmup,
    .bar = rsi_cross_bar,
    .decide = rsi_cross_decide,
};
