/* Seedable generators: splitmix64 to seed, xoshiro256** to draw.
 *
 * Vector: splitmix64 from seed 42 draws 13679457532755275413, 2949826092126892291,
 * 5139283748462763858. */
#ifndef TERN_BASE_RANDOM_H
#define TERN_BASE_RANDOM_H

#include "base/base.h"

struct random {
    uint64_t state[4];
};

uint64_t splitmix64_next(uint64_t *state);
/* Streams of one seed are independent; stream 0 is seeded by four draws of splitmix64 from seed. */
void random_init(struct random *random, uint64_t seed, uint64_t stream);
uint64_t random_u64(struct random *random);
/* Uniform in [0, 1): (x >> 11) * 2^-53. */
double random_unit(struct random *random);
/* Unbiased in [0, bound); bound > 0. */
uint64_t random_below(struct random *random, uint64_t bound);
/* Standard normal by inversion of the distribution: one draw a number, so streams stay aligned. */
double random_normal(struct random *random);
/* Mean 1, by inversion too, above 0. */
double random_exponential(struct random *random);

#endif
