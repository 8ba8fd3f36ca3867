/* Exponential average, as every average of that family here uses it: EMA, Wilder's smoothing,
 * MACD, TRIX, Keltner.
 *
 *     v = v * (1 - k) + x * k      as fma(v, 1 - k, x * k)
 *
 * with k = 2 / (n + 1), or 1 / n for Wilder. k is kept as 1 - (1 - k), so that the two weights sum
 * to one exactly and a flat market leaves the average at the price to the last bit. The first value
 * is the mean of the first `seed` inputs, taken after `skip` inputs have passed. */
#ifndef TERN_CORE_SIGNAL_EMA_H
#define TERN_CORE_SIGNAL_EMA_H

#include "base/base.h"
#include "core/signal/convention.h"

struct ema {
    double value; /* the average; while seeding, the mean so far */
    double keep;  /* 1 - k */
    double take;  /* k */
    uint32_t period;
    uint32_t seed;    /* inputs the first value is the mean of */
    uint32_t missing; /* inputs to come before there is a value */
    uint32_t unused;  /* zero; keeps the size a multiple of eight without padding */
};

_Static_assert(sizeof(struct ema) == 40, "an ema has no padding");

static inline void ema_init_weights(struct ema *ema, double keep, uint32_t period, uint32_t seed,
                                    uint32_t skip)
{
    *ema = (struct ema){
        .keep = keep, .take = 1.0 - keep, .period = period, .seed = seed, .missing = seed + skip};
}

/* period >= 1; the first value comes with input number period. */
static inline void ema_init(struct ema *ema, uint32_t period)
{
    ema_init_weights(ema, 1.0 - 2.0 / ((double)period + 1.0), period, period, 0);
}

/* The same by a convention: Tulip takes the first input as the first value. */
static inline void ema_init_as(struct ema *ema, uint32_t period,
                               enum indicator_convention convention)
{
    ema_init(ema, period);
    if (convention == INDICATOR_TULIP)
        ema->seed = ema->missing = 1;
}

/* Inputs that pass before the one that makes the first value. */
static inline uint32_t ema_lead(uint32_t period, enum indicator_convention convention)
{
    return convention == INDICATOR_TULIP ? 0 : period - 1;
}

/* Wilder's smoothing: k = 1 / period. */
static inline void ema_init_wilder(struct ema *ema, uint32_t period)
{
    ema_init_weights(ema, 1.0 - 1.0 / (double)period, period, period, 0);
}

static inline bool ema_ready(const struct ema *ema)
{
    return ema->missing == 0;
}

/* One input before there is a value; true with the one that makes it. A mean kept as it grows is
 * exact on equal inputs, which a sum divided at the end is not. */
static inline bool ema_update_seed(struct ema *ema, double x)
{
    if (ema->missing > ema->seed) {
        ema->missing--;
        return false;
    }
    uint32_t count = ema->seed - ema->missing + 1;
    ema->value += (x - ema->value) / (double)count;
    ema->missing--;
    return ema->missing == 0;
}

/* True once value is the average. */
static inline bool ema_update(struct ema *ema, double x)
{
    if (UNLIKELY(ema->missing != 0))
        return ema_update_seed(ema, x);
    ema->value = __builtin_fma(ema->value, ema->keep, x * ema->take);
    return true;
}

#endif
