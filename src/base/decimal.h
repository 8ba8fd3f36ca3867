/* Decimal text to scaled integers and back, directly: no double is ever in between.
 *
 *     "43251.23" at 8 decimals  <->  4325123000000
 *
 * Grammar of what is read: [+-]? digits [. digits] | [+-]? . digits. No exponent, no spaces, no
 * thousands separators, no NaN. Zeros behind the last kept decimal are no loss and are accepted;
 * any other digit there is STATUS_TOO_FINE. Overflow is STATUS_RANGE, never a wrap. Where several
 * hold, STATUS_SYNTAX comes first, then STATUS_RANGE. *out is written on success alone. */
#ifndef TERN_BASE_DECIMAL_H
#define TERN_BASE_DECIMAL_H

#include "base/text.h"

#define DECIMAL_TEXT_SIZE 64 /* enough for any formatted value, with its NUL */
#define DECIMALS_MAX 38      /* of any scale passed to these functions; 10^38 < 2^127 */
#define DECIMAL_PLACES_MAX 22

enum rounding { ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_EVEN };
/* ROUND_DOWN is toward zero, ROUND_UP away from zero. */

MUST_USE enum status decimal_parse_i64(struct text text, unsigned decimals, int64_t *out);
MUST_USE enum status decimal_parse_i128(struct text text, unsigned decimals, i128 *out);
/* Number of significant decimals of a well-formed decimal ("1.50" -> 1); 0 where there are none. */
MUST_USE enum status decimal_count(struct text text, unsigned *out);

/* Shortest exact form, never an exponent: 150 at 2 decimals -> "1.5", 0 -> "0". Returns the
 * length. */
size_t decimal_format_i64(char out[DECIMAL_TEXT_SIZE], int64_t value, unsigned decimals);
size_t decimal_format_i128(char out[DECIMAL_TEXT_SIZE], i128 value, unsigned decimals);
/* Exactly `places` digits behind the point, rounded half-even; for tables that people read.
 * places <= DECIMAL_PLACES_MAX. What rounds to zero has no sign. */
size_t decimal_format_fixed(char out[DECIMAL_TEXT_SIZE], i128 value, unsigned decimals,
                            unsigned places);

/* 10^exponent; exponent <= 18. */
int64_t power_of_ten(unsigned exponent);
/* numerator / denominator, rounded as named; denominator > 0. */
i128 i128_divide(i128 numerator, i128 denominator, enum rounding rounding);
/* Exact arithmetic that says when the result does not fit: false and *out untouched. */
MUST_USE bool i128_add(i128 a, i128 b, i128 *out);
MUST_USE bool i128_multiply(i128 a, i128 b, i128 *out);
/* a * b / c with an exact 256-bit product; c > 0; false where the result does not fit. */
MUST_USE bool i128_multiply_divide(i128 a, i128 b, i128 c, enum rounding rounding, i128 *out);

#endif
