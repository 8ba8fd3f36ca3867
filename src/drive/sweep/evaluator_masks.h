/* The two hot loops of the evaluator, each in the widest form the CPU has; every form does the same
 * operations on every element. Inner header of the evaluator. */
#ifndef TERN_DRIVE_SWEEP_EVALUATOR_MASKS_H
#define TERN_DRIVE_SWEEP_EVALUATOR_MASKS_H

#include "base/base.h"

#define MASKS_BARS 512u /* of a block: what 64 averages of it take stays in the second cache */
#define MASKS_WORDS (MASKS_BARS / 64)
#define MASKS_LANES 32u /* averages are moved on so many at a time */

enum masks_level { MASKS_BASE, MASKS_AVX2, MASKS_AVX512 };

/* The widest form this CPU has. */
enum masks_level masks_level_best(void);

/* Moves MASKS_LANES exponential averages over count <= MASKS_BARS closes: value = fma(value, keep,
 * close * take), each step of lane l written to rows[l * MASKS_BARS + bar]. */
void masks_averages(enum masks_level level, const double *closes, size_t count, const double *keep,
                    const double *take, double *values, double *rows);
/* Bit b of the words: fast[b] > slow[b], of MASKS_BARS bars. */
void masks_above(enum masks_level level, const double *fast, const double *slow,
                 uint64_t words[MASKS_WORDS]);
/* The same of sums of windows: fast / fast_count > slow / slow_count, exactly. */
void masks_above_sums(const int64_t *fast, const int64_t *slow, uint32_t fast_count,
                      uint32_t slow_count, uint64_t words[MASKS_WORDS]);

#endif
