/* ma_cross: long while the fast average of closes lies above the slow one, flat otherwise. Simple
 * averages are compared exactly; their doubles only explain. */
#include "core/signal/ema.h"
#include "core/strategy/closes.h"
#include "core/strategy/strategy.h"

/* One block for either kind of average. */
struct ma_cross {
    double fast, slow; /* simple averages */
    uint64_t ready;
    struct ema ema_fast, ema_slow;
    /* struct closes follows when the average is simple */
};

static struct closes *closes_of(struct ma_cross *state)
{
    return (struct closes *)(void *)(state + 1);
}

static size_t ma_cross_size(const double *params)
{
    if (params[MA_CROSS_AVERAGE] != 0)
        return sizeof(struct ma_cross);
    return sizeof(struct ma_cross) + closes_size((uint32_t)params[MA_CROSS_SLOW]);
}

static void ma_cross_init(void *block, const double *params)
{
    struct ma_cross *state = block;
    uint32_t fast = (uint32_t)params[MA_CROSS_FAST];
    uint32_t slow = (uint32_t)params[MA_CROSS_SLOW];
    enum indicator_convention convention = (enum indicator_convention)params[MA_CROSS_CONVENTION];
    *state = (struct ma_cross){0};
    ema_init_as(&state->ema_fast, fast, convention);
    ema_init_as(&state->ema_slow, slow, convention);
    if (params[MA_CROSS_AVERAGE] == 0)
        closes_init(closes_of(state), fast, slow);
}

static uint32_t ma_cross_warmup(const double *params)
{
    uint32_t slow = (uint32_t)params[MA_CROSS_SLOW];
    if (params[MA_CROSS_AVERAGE] == 0)
        return slow;
    return 1 + ema_lead(slow, (enum indicator_convention)params[MA_CROSS_CONVENTION]);
}

static inline __attribute__((always_inline)) void ma_cross_take(void *block, const double *params,
                                                                const struct bar *bar, double scale)
{
    struct ma_cross *state = block;
    if (params[MA_CROSS_AVERAGE] != 0) {
        double close = (double)bar->close.units / scale;
        ema_update(&state->ema_fast, close);
        state->ready = ema_update(&state->ema_slow, close) ? 1 : 0;
        return;
    }
    struct closes *closes = closes_of(state);
    state->ready = closes_add(closes, bar->close.units) ? 1 : 0;
    state->fast = closes_mean_fast(closes, scale);
    state->slow = closes_mean_slow(closes, scale);
}

static void ma_cross_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    ma_cross_take(block, params, bar, scale);
}

#ifdef STRATEGY_FMA
STRATEGY_FMA static void ma_cross_bar_fma(void *block, const double *params, const struct bar *bar,
                                          double scale)
{
    ma_cross_take(block, params, bar, scale);
}
#else
#define ma_cross_bar_fma NULL
#endif

static enum stance ma_cross_decide(const void *block, const double *params,
                                   struct decision *decision, bool *ready)
{
    const struct ma_cross *state = block;
    *ready = state->ready != 0;
    if (!*ready)
        return STANCE_NONE;
    if (params[MA_CROSS_AVERAGE] != 0) {
        decision->parts[0] = state->ema_fast.value;
        decision->parts[1] = state->ema_slow.value;
        return stance_of(state->ema_fast.value > state->ema_slow.value);
    }
    decision->parts[0] = state->fast;
    decision->parts[1] = state->slow;
    const struct closes *closes = (const struct closes *)(const void *)(state + 1);
    return stance_of(closes_fast_above(closes));
}

const struct strategy_class strategy_ma_cross = {
    .name = "ma_cross",
    .summary = "long while the fast average is above the slow one at a bar's close",
    .parts = {"fast", "slow"},
    .parameter_count = 4,
    .parameters =
        {
            {"average", "0 simple, 1 exponential", 1, 0, 1, true},
            {"fast", "bars of the fast average", 10, 1, INDICATOR_PERIOD_MAX, true},
            {"slow", "bars of the slow average", 30, 2, INDICATOR_PERIOD_MAX, true},
            STRATEGY_CONVENTION,
        },
    .state_size = ma_cross_size,
    .init = ma_cross_init,
    .warmup = ma_cross_warmup,
    .bar = ma_cross_bar,
    .bar_fma = ma_cross_bar_fma,
    .decide = ma_cross_decide,
};
