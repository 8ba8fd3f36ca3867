/* Two simple averages of closes, a fast and a slow one, from one window of integers.
 *
 *     window    x0 x1 x2 x3 x4 x5 x6 x7 x8 x9      slow = (x0 + ... + x9) / 10
 *                                 ^  fast = 3      fast = (x7 + x8 + x9) / 3
 *
 * Sums of integers are exact for ever, however many closes came and went, and averages that are
 * equal compare as equal and have the same double: over 20 and over 200 bars both 412.3905, say.
 * Averages of rounded prices are equal more often than one thinks, and a rule that says "above"
 * must not hang on the last bit of a sum. */
#ifndef TERN_CORE_STRATEGY_CLOSES_H
#define TERN_CORE_STRATEGY_CLOSES_H

#include <string.h>

#include "base/base.h"

struct closes {
    /* Blocks of strategies lie on multiples of eight bytes, not of sixteen. */
    __attribute__((packed, aligned(8))) i128 sum_fast, sum_slow;
    uint32_t fast, slow;
    uint32_t index;   /* of the oldest close */
    uint32_t count;   /* closes so far, at most slow */
    int64_t window[]; /* slow of them */
};

_Static_assert(sizeof(struct closes) == 48, "closes have no padding");

static inline size_t closes_size(uint32_t slow)
{
    return sizeof(struct closes) + slow * sizeof(int64_t);
}

/* Writes all closes_size(slow) bytes. 1 <= fast <= slow. The window begins with zeros, so that what
 * leaves it while it fills changes no sum. */
static inline void closes_init(struct closes *closes, uint32_t fast, uint32_t slow)
{
    ASSERT(fast >= 1 && fast <= slow);
    memset(closes, 0, closes_size(slow));
    closes->fast = fast;
    closes->slow = slow;
}

/* True once both averages are there. */
static inline bool closes_add(struct closes *closes, int64_t close)
{
    uint32_t index = closes->index, fast = closes->fast, slow = closes->slow;
    uint32_t leaving = index >= fast ? index - fast : index + slow - fast;
    closes->sum_fast += (i128)close - closes->window[leaving];
    closes->sum_slow += (i128)close - closes->window[index];
    closes->window[index] = close;
    closes->index = index + 1 == slow ? 0 : index + 1;
    closes->count += closes->count < slow;
    return closes->count == slow;
}

/* Whether the fast average is above the slow one, exactly. */
static inline bool closes_fast_above(const struct closes *closes)
{
    return closes->sum_fast * closes->slow > closes->sum_slow * closes->fast;
}

/* Sums beyond 2^63 need periods and prices that hardly ever meet; both ways are the same. */
static inline double closes_mean(i128 sum, uint32_t count, double scale)
{
    double total = sum == (int64_t)sum ? (double)(int64_t)sum : (double)sum;
    return total / ((double)count * scale);
}

static inline double closes_mean_fast(const struct closes *closes, double scale)
{
    return closes_mean(closes->sum_fast, closes->fast, scale);
}

static inline double closes_mean_slow(const struct closes *closes, double scale)
{
    return closes_mean(closes->sum_slow, closes->slow, scale);
}

#endif
