/* ma_cross: long while the fast average of closes lies above the slow one, flat otherwise.
 *
 * Simple averages are compared as sums of integers, because averages of rounded closes are often
 * equal: over 20 and over 200 bars both 412.3905, say, which is not "above", whatever the last bit
 * of a division says. The doubles only explain. */
#include <string.h>

#include "core/signal/ema.h"
#include "core/strategy/strategy.h"

/* One block for either kind of average. */
struct ma_cross {
    double fast, slow; /* simple averages */
    uint64_t ready;
    struct ema ema_fast, ema_slow;
    /* struct closes follows when the average is simple */
};

/* The closes of the slow average, of which the fast one is the mean of the last. */
struct closes {
    /* Blocks lie on multiples of eight bytes, not of sixteen. */
    __attribute__((packed, aligned(8))) i128 sum_fast, sum_slow;
    uint32_t index; /* of the oldest close */
    uint32_t count; /* closes so far, at most the slow period */
    int64_t window[];
};

_Static_assert(sizeof(struct closes) == 40, "closes have no padding");

static struct closes *closes_of(struct ma_cross *state)
{
    return (struct closes *)(void *)(state + 1);
}

static const struct closes *closes_of_const(const struct ma_cross *state)
{
    return (const struct closes *)(const void *)(state + 1);
}

static size_t ma_cross_size(const double *params)
{
    size_t size = sizeof(struct ma_cross);
    if (params[MA_CROSS_AVERAGE] == 0)
        size += sizeof(struct closes) + (size_t)params[MA_CROSS_SLOW] * sizeof(int64_t);
    return size;
}

static void ma_cross_init(void *block, const double *params)
{
    struct ma_cross *state = block;
    uint32_t fast = (uint32_t)params[MA_CROSS_FAST];
    uint32_t slow = (uint32_t)params[MA_CROSS_SLOW];
    ASSERT(fast < slow);
    *state = (struct ma_cross){0};
    ema_init(&state->ema_fast, fast);
    ema_init(&state->ema_slow, slow);
    if (params[MA_CROSS_AVERAGE] == 0)
        memset(closes_of(state), 0, sizeof(struct closes) + slow * sizeof(int64_t));
}

static uint32_t ma_cross_warmup(const double *params)
{
    return (uint32_t)params[MA_CROSS_SLOW];
}

/* The window begins with zeros, so that what leaves it while it fills changes no sum. */
static inline void closes_add(struct closes *closes, int64_t close, uint32_t fast, uint32_t slow)
{
    uint32_t index = closes->index;
    uint32_t leaving = index >= fast ? index - fast : index + slow - fast;
    closes->sum_fast += (i128)close - closes->window[leaving];
    closes->sum_slow += (i128)close - closes->window[index];
    closes->window[index] = close;
    closes->index = index + 1 == slow ? 0 : index + 1;
    closes->count += closes->count < slow;
}

/* Sums beyond 2^63 need a period and prices that hardly ever meet; the short way is the same. */
static inline double mean_of(i128 sum, uint32_t count, double scale)
{
    double total = sum == (int64_t)sum ? (double)(int64_t)sum : (double)sum;
    return total / ((double)count * scale);
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
    uint32_t fast = (uint32_t)params[MA_CROSS_FAST];
    uint32_t slow = (uint32_t)params[MA_CROSS_SLOW];
    struct closes *closes = closes_of(state);
    closes_add(closes, bar->close.units, fast, slow);
    state->ready = closes->count == slow ? 1 : 0;
    state->fast = mean_of(closes->sum_fast, fast, scale);
    state->slow = mean_of(closes->sum_slow, slow, scale);
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
        return state->ema_fast.value > state->ema_slow.value ? STANCE_LONG : STANCE_FLAT;
    }
    decision->parts[0] = state->fast;
    decision->parts[1] = state->slow;
    const struct closes *closes = closes_of_const(state);
    i128 fast = closes->sum_fast * (int64_t)params[MA_CROSS_SLOW];
    i128 slow = closes->sum_slow * (int64_t)params[MA_CROSS_FAST];
    return fast > slow ? STANCE_LONG : STANCE_FLAT;
}

const struct strategy_class strategy_ma_cross = {
    .name = "ma_cross",
    .summary = "long while the fast average is above the slow one at a bar's close",
    .parts = {"fast", "slow"},
    .parameter_count = 3,
    .parameters =
        {
            {"average", "0 simple, 1 exponential", 1, 0, 1, true},
            {"fast", "bars of the fast average", 10, 1, INDICATOR_PERIOD_MAX, true},
            {"slow", "bars of the slow average", 30, 2, INDICATOR_PERIOD_MAX, true},
        },
    .state_size = ma_cross_size,
    .init = ma_cross_init,
    .warmup = ma_cross_warmup,
    .bar = ma_cross_bar,
    .bar_fma = ma_cross_bar_fma,
    .decide = ma_cross_decide,
};
