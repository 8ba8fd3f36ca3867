/* Correlation of two series over the last n pairs (Pearson), in constant time per pair and without
 * drift: the method of sma.h, with sums of distances to a pivot in each series.
 *
 *     r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2)    0 where one is flat */
#ifndef TERN_CORE_SIGNAL_CORRELATION_H
#define TERN_CORE_SIGNAL_CORRELATION_H

#include "base/base.h"

#define CORRELATION_SUMS 5

struct correlation {
    double value; /* -1 to 1, once ready */
    double pivot_x, pivot_y;
    double prefix[CORRELATION_SUMS]; /* of x, y, x x, y y, x y in the current block */
    uint32_t period;
    uint32_t index;
    uint64_t blocks; /* 1 once a block has been completed */
    double slots[];  /* CORRELATION_SUMS rows of period + 1 */
};

static inline size_t correlation_size(uint32_t period)
{
    return sizeof(struct correlation) + CORRELATION_SUMS * ((size_t)period + 1) * sizeof(double);
}

/* Writes all correlation_size(period) bytes. period >= 2. */
static inline void correlation_init(struct correlation *correlation, uint32_t period)
{
    *correlation = (struct correlation){.period = period};
    for (size_t i = 0; i < CORRELATION_SUMS * ((size_t)period + 1); i++)
        correlation->slots[i] = 0.0;
}

static inline void correlation_add(double sums[CORRELATION_SUMS], double x, double y)
{
    sums[0] += x;
    sums[1] += y;
    sums[2] += x * x;
    sums[3] += y * y;
    sums[4] += x * y;
}

static inline void correlation_roll(struct correlation *correlation, double x, double y)
{
    size_t width = (size_t)correlation->period + 1;
    double *slots = correlation->slots;
    double suffix[CORRELATION_SUMS] = {0};
    for (uint32_t i = correlation->period - 1; i > 0; i--) {
        correlation_add(suffix, slots[i] - x, slots[width + i] - y);
        for (size_t k = 0; k < CORRELATION_SUMS; k++)
            slots[k * width + i] = suffix[k];
    }
    correlation->pivot_x = x;
    correlation->pivot_y = y;
    for (size_t k = 0; k < CORRELATION_SUMS; k++)
        correlation->prefix[k] = 0.0;
    correlation->index = 0;
    correlation->blocks = 1;
}

/* True once value is over n pairs. */
static inline bool correlation_update(struct correlation *correlation, double x, double y)
{
    size_t width = (size_t)correlation->period + 1;
    double *slots = correlation->slots;
    if (UNLIKELY(correlation->index == 0 && correlation->blocks == 0)) {
        correlation->pivot_x = x;
        correlation->pivot_y = y;
    }
    correlation_add(correlation->prefix, x - correlation->pivot_x, y - correlation->pivot_y);
    double sum[CORRELATION_SUMS];
    for (size_t k = 0; k < CORRELATION_SUMS; k++)
        sum[k] = correlation->prefix[k] + slots[k * width + correlation->index + 1];
    slots[correlation->index] = x;
    slots[width + correlation->index] = y;
    double n = (double)correlation->period;
    double spread_x = sum[2] - sum[0] * sum[0] / n;
    double spread_y = sum[3] - sum[1] * sum[1] / n;
    double shared = sum[4] - sum[0] * sum[1] / n;
    double value = 0.0;
    if (spread_x > 0.0 && spread_y > 0.0)
        value = shared / (__builtin_sqrt(spread_x) * __builtin_sqrt(spread_y));
    correlation->value = value > 1.0 ? 1.0 : value < -1.0 ? -1.0 : value;
    correlation->index++;
    if (correlation->index < correlation->period)
        return correlation->blocks != 0;
    correlation_roll(correlation, x, y);
    return true;
}

#endif
