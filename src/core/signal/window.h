/* Sums over the last n values in constant time per value and without drift, for indicators whose
 * windows hold more than a plain mean. The method is that of sma.h: a window is a suffix of the
 * last block plus a prefix of the current one. Slots lie in the indicator's state, behind its
 * struct; init writes all of them.
 *
 *     struct window_sum        sum of the last n values
 *     struct window_moments    mean and population variance of the last n values
 *     struct window_weighted   mean of the last n values, the newest weighing n, the oldest 1
 *     struct window_extreme    greatest of the last n values (of -x: minus the least)
 *     struct window_lag        the value n values ago */
#ifndef TERN_CORE_SIGNAL_WINDOW_H
#define TERN_CORE_SIGNAL_WINDOW_H

#include "base/base.h"

/* Sum of values that are mostly of one sign, such as volumes and flows. */
struct window_sum {
    double prefix;
    uint32_t period;
    uint32_t index;  /* position in the block */
    uint64_t blocks; /* 1 once a block has been completed */
};

static inline size_t window_sum_slots(uint32_t period)
{
    return (size_t)period + 1;
}

static inline void window_sum_init(struct window_sum *window, double *slots, uint32_t period)
{
    *window = (struct window_sum){.period = period};
    for (uint32_t i = 0; i <= period; i++)
        slots[i] = 0.0;
}

/* True once *sum is over n values; before that it is over all there are. */
static inline bool window_sum_update(struct window_sum *window, double *slots, double x,
                                     double *sum)
{
    window->prefix += x;
    *sum = window->prefix + slots[window->index + 1];
    slots[window->index] = x;
    window->index++;
    if (window->index < window->period)
        return window->blocks != 0;
    double suffix = 0.0;
    for (uint32_t i = window->period - 1; i > 0; i--)
        slots[i] = suffix = suffix + slots[i];
    window->prefix = 0.0;
    window->index = 0;
    window->blocks = 1;
    return true;
}

/* Mean and variance from sums of distances to a pivot and of their squares. The pivot is the last
 * value of the last block, at most 2n values away, so the subtraction in the variance loses no more
 * digits than the window's own movement, whatever the price. Flat windows have variance 0. */
struct window_moments {
    double pivot;
    double prefix; /* sum of distances in the current block */
    double prefix_squares;
    double inverse; /* 1 / period */
    uint32_t period;
    uint32_t index;
    uint64_t blocks; /* 1 once a block has been completed */
};

static inline size_t window_moments_slots(uint32_t period)
{
    return 2 * ((size_t)period + 1);
}

static inline void window_moments_init(struct window_moments *window, double *slots,
                                       uint32_t period)
{
    *window = (struct window_moments){.inverse = 1.0 / (double)period, .period = period};
    for (size_t i = 0; i < window_moments_slots(period); i++)
        slots[i] = 0.0;
}

static inline void window_moments_roll(struct window_moments *window, double *slots, double last)
{
    double *squares = slots + window->period + 1;
    double suffix = 0.0;
    double suffix_squares = 0.0;
    for (uint32_t i = window->period - 1; i > 0; i--) {
        double distance = slots[i] - last;
        suffix += distance;
        suffix_squares += distance * distance;
        slots[i] = suffix;
        squares[i] = suffix_squares;
    }
    window->pivot = last;
    window->prefix = 0.0;
    window->prefix_squares = 0.0;
    window->index = 0;
    window->blocks = 1;
}

/* True once *mean and *variance (of the population) are those of the last n values. */
static inline bool window_moments_update(struct window_moments *window, double *slots, double x,
                                         double *mean, double *variance)
{
    const double *squares = slots + window->period + 1;
    if (UNLIKELY(window->index == 0 && window->blocks == 0))
        window->pivot = x;
    double distance = x - window->pivot;
    window->prefix += distance;
    window->prefix_squares += distance * distance;
    double sum = window->prefix + slots[window->index + 1];
    double sum_squares = window->prefix_squares + squares[window->index + 1];
    slots[window->index] = x;
    double offset = sum * window->inverse;
    double spread = (sum_squares - sum * offset) * window->inverse;
    *mean = window->pivot + offset;
    *variance = spread > 0.0 ? spread : 0.0;
    window->index++;
    if (window->index < window->period)
        return window->blocks != 0;
    window_moments_roll(window, slots, x);
    return true;
}

/* Mean weighted by recency. In the current block the weights are n - j + i for value i at position
 * j, in the last block i - j: sums of prefixes and sums of suffixes, nothing subtracted. */
struct window_weighted {
    double pivot;
    double prefix;        /* sum of distances in the current block */
    double prefix_ranked; /* sum of distances times their position */
    double inverse;       /* 2 / (n (n + 1)) */
    uint32_t period;
    uint32_t index;
    uint64_t blocks; /* 1 once a block has been completed */
};

static inline size_t window_weighted_slots(uint32_t period)
{
    return (size_t)period + 1;
}

static inline void window_weighted_init(struct window_weighted *window, double *slots,
                                        uint32_t period)
{
    double n = (double)period;
    *window = (struct window_weighted){.inverse = 2.0 / (n * (n + 1.0)), .period = period};
    for (uint32_t i = 0; i <= period; i++)
        slots[i] = 0.0;
}

static inline void window_weighted_roll(struct window_weighted *window, double *slots, double last)
{
    double suffix = 0.0;
    double ranked = 0.0;
    for (uint32_t i = window->period - 1; i > 0; i--) {
        suffix += slots[i] - last;
        ranked += suffix;
        slots[i] = ranked;
    }
    window->pivot = last;
    window->prefix = 0.0;
    window->prefix_ranked = 0.0;
    window->index = 0;
    window->blocks = 1;
}

/* True once *mean is over n values. */
static inline bool window_weighted_update(struct window_weighted *window, double *slots, double x,
                                          double *mean)
{
    if (UNLIKELY(window->index == 0 && window->blocks == 0))
        window->pivot = x;
    double distance = x - window->pivot;
    window->prefix += distance;
    window->prefix_ranked += distance * (double)window->index;
    double recent = (double)(window->period - window->index) * window->prefix;
    double sum = slots[window->index + 1] + (recent + window->prefix_ranked);
    slots[window->index] = x;
    *mean = window->pivot + sum * window->inverse;
    window->index++;
    if (window->index < window->period)
        return window->blocks != 0;
    window_weighted_roll(window, slots, x);
    return true;
}

/* The value n values ago. */
struct window_lag {
    uint32_t period;
    uint32_t index;
    uint64_t full; /* 1 once n values have been seen */
};

static inline size_t window_lag_slots(uint32_t period)
{
    return period;
}

static inline void window_lag_init(struct window_lag *window, double *slots, uint32_t period)
{
    *window = (struct window_lag){.period = period};
    for (uint32_t i = 0; i < period; i++)
        slots[i] = 0.0;
}

/* True once *last is the value n values before x. */
static inline bool window_lag_update(struct window_lag *window, double *slots, double x,
                                     double *last)
{
    bool ready = window->full != 0;
    *last = slots[window->index];
    slots[window->index] = x;
    window->index++;
    if (window->index == window->period) {
        window->index = 0;
        window->full = 1;
    }
    return ready;
}

/* The greatest of the last n values, exactly; values are finite. */
struct window_extreme {
    double prefix; /* greatest in the current block */
    uint32_t period;
    uint32_t index;
    uint64_t blocks; /* 1 once a block has been completed */
};

#define WINDOW_NOTHING (-1.7976931348623157e308)

static inline size_t window_extreme_slots(uint32_t period)
{
    return (size_t)period + 1;
}

static inline void window_extreme_init(struct window_extreme *window, double *slots,
                                       uint32_t period)
{
    *window = (struct window_extreme){.prefix = WINDOW_NOTHING, .period = period};
    for (uint32_t i = 0; i <= period; i++)
        slots[i] = WINDOW_NOTHING;
}

/* True once *greatest is over n values. */
static inline bool window_extreme_update(struct window_extreme *window, double *slots, double x,
                                         double *greatest)
{
    double suffix = slots[window->index + 1];
    window->prefix = x > window->prefix ? x : window->prefix;
    *greatest = suffix > window->prefix ? suffix : window->prefix;
    slots[window->index] = x;
    window->index++;
    if (window->index < window->period)
        return window->blocks != 0;
    suffix = WINDOW_NOTHING;
    for (uint32_t i = window->period - 1; i > 0; i--)
        slots[i] = suffix = suffix > slots[i] ? suffix : slots[i];
    window->prefix = WINDOW_NOTHING;
    window->index = 0;
    window->blocks = 1;
    return true;
}

#endif
