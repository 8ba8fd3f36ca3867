/* Simple moving average in constant time per bar, without drift.
 *
 * Bars are cut into blocks as long as the window. A window is the end of the last block and the
 * beginning of the current one, so its sum is one suffix sum plus one prefix sum, neither of which
 * ever subtracts what it added before:
 *
 *     last block            current block
 *     x0 x1 x2 | x3 x4      y0 y1 y2 . .      window of 5 at y2 = suffix(x3 x4) + prefix(y0..y2)
 *
 * When a block is full its values are turned into suffix sums in place, once every n bars. All sums
 * are of distances to a pivot (the last value of the last block), which makes the mean the nearest
 * double or its neighbour, and exactly the price where the window is flat. */
#ifndef TERN_CORE_SIGNAL_SMA_H
#define TERN_CORE_SIGNAL_SMA_H

#include "base/base.h"

struct sma {
    double value; /* the average, once ready */
    double pivot;
    double prefix;  /* of the current block, as distances to pivot */
    double inverse; /* 1 / period */
    uint32_t period;
    uint32_t index;  /* position in the block */
    uint32_t blocks; /* 1 once a block has been completed */
    uint32_t unused; /* zero */
    double slots[];  /* period + 1: values up to index, suffix sums beyond; the last is zero */
};

static inline size_t sma_size(uint32_t period)
{
    return sizeof(struct sma) + (period + 1) * sizeof(double);
}

/* Writes all sma_size(period) bytes. period >= 1. */
static inline void sma_init(struct sma *sma, uint32_t period)
{
    *sma = (struct sma){.inverse = 1.0 / (double)period, .period = period};
    for (uint32_t i = 0; i <= period; i++)
        sma->slots[i] = 0.0;
}

static inline void sma_roll(struct sma *sma, double last)
{
    double suffix = 0.0;
    for (uint32_t i = sma->period - 1; i > 0; i--) {
        suffix += sma->slots[i] - last;
        sma->slots[i] = suffix;
    }
    sma->pivot = last;
    sma->prefix = 0.0;
    sma->index = 0;
    sma->blocks = 1;
}

/* True once value is the mean of the last period inputs. */
static inline bool sma_update(struct sma *sma, double x)
{
    if (UNLIKELY(sma->index == 0 && sma->blocks == 0))
        sma->pivot = x;
    sma->prefix += x - sma->pivot;
    double sum = sma->prefix + sma->slots[sma->index + 1];
    sma->slots[sma->index] = x;
    sma->value = sma->pivot + sum * sma->inverse;
    sma->index++;
    if (sma->index == sma->period) {
        sma_roll(sma, x);
        return true;
    }
    return sma->blocks != 0;
}

#endif
