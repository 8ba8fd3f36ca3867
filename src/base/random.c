/* splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014) and
 * xoshiro256** (Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2018). */
#include "base/random.h"

#include "base/math.h"

#define GOLDEN_GAMMA UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio, odd */

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}

uint64_t splitmix64_next(uint64_t *state)
{
    *state += GOLDEN_GAMMA;
    return mix(*state);
}

void random_init(struct random *random, uint64_t seed, uint64_t stream)
{
    /* mix is a bijection that keeps 0, so stream 0 is the plain seeding and any two streams of a
     * seed begin at different, unrelated points. Four draws of splitmix64 are never all zero, the
     * one state xoshiro must not have. */
    uint64_t state = seed ^ mix(stream);
    for (size_t i = 0; i < ARRAY_COUNT(random->state); i++)
        random->state[i] = splitmix64_next(&state);
}

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

uint64_t random_u64(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t drawn = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return drawn;
}

double random_unit(struct random *random)
{
    return (double)(random_u64(random) >> 11) * 0x1p-53;
}

/* Lemire, "Fast random integer generation in an interval" (2019): the upper half of draw * bound is
 * the number; the 2^64 mod bound draws whose lower half is too small would be one too many. */
uint64_t random_below(struct random *random, uint64_t bound)
{
    ASSERT(bound > 0);
    u128 product = (u128)random_u64(random) * bound;
    if ((uint64_t)product < bound) {
        uint64_t surplus = (0 - bound) % bound;
        while ((uint64_t)product < surplus)
            product = (u128)random_u64(random) * bound;
    }
    return (uint64_t)(product >> 64);
}

/* The middle of one of 2^52 equal steps: never 0, never 1, and symmetric about a half. */
static double open_unit(struct random *random)
{
    return ((double)(random_u64(random) >> 12) + 0.5) * 0x1p-52;
}

double random_normal(struct random *random)
{
    return math_normal_quantile(open_unit(random));
}

double random_exponential(struct random *random)
{
    return -math_log(open_unit(random));
}
