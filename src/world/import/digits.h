/* Decimal text of market data to exact integers and to the nearest double, fast.
 *
 *     "43251.230"  ->  mantissa 43251230, decimals 3
 *
 * The plain case (digits with at most one point, at most 19 of them) is read here in one pass; all
 * other text is left to base/decimal.h and to digits_fault, which says what is wrong with it. */
#ifndef TERN_WORLD_IMPORT_DIGITS_H
#define TERN_WORLD_IMPORT_DIGITS_H

#include "base/decimal.h"

/* The value mantissa / 10^decimals. */
struct digits {
    uint64_t mantissa;
    unsigned decimals; /* <= 18 */
};

/* Reads digits [. digits] | . digits of at most 19 digits; false for any other text. */
static inline bool digits_read(struct text text, struct digits *out)
{
    const char *p = text.data;
    const char *end = text.data + text.size;
    if (text.size == 0 || text.size > 20)
        return false;
    uint64_t mantissa = 0;
    for (; p < end; p++) {
        unsigned digit = (unsigned)(unsigned char)*p - '0';
        if (digit > 9)
            break;
        mantissa = mantissa * 10 + digit;
    }
    unsigned decimals = 0;
    if (p < end) {
        if (*p != '.')
            return false;
        const char *fraction = ++p;
        for (; p < end; p++) {
            unsigned digit = (unsigned)(unsigned char)*p - '0';
            if (digit > 9)
                return false;
            mantissa = mantissa * 10 + digit;
        }
        decimals = (unsigned)(end - fraction);
        if (decimals == 0 || decimals > 18)
            return false;
    } else if (text.size == 20) {
        return false; /* twenty digits, which may have wrapped */
    }
    *out = (struct digits){mantissa, decimals};
    return true;
}

/* Any decimal of base/decimal.h that is not negative, in the fewest decimals that hold it:
 * STATUS_SYNTAX, STATUS_RANGE (beyond int64 in those decimals), STATUS_TOO_FINE (more than 18). */
MUST_USE enum status digits_parse(struct text text, struct digits *out);

/* Takes zeros off the end while there are more than `decimals` of them. */
static inline void digits_trim(struct digits *value, unsigned decimals)
{
    while (value->decimals > decimals && value->mantissa % 10 == 0) {
        value->mantissa /= 10;
        value->decimals--;
    }
}

/* The double nearest to the value, ties to even: the same as a correctly rounding strtod. */
double digits_to_double(struct digits value);
/* The same of any decimal text that is not negative, of any length; STATUS_SYNTAX, STATUS_RANGE. */
MUST_USE enum status digits_parse_double(struct text text, double *out);

/* What is wrong with a text that should be a positive decimal, in words: `empty`, `an exponent
 * form`, `not a number (NaN)`, `a negative number` ...; NULL where it has the form of one. */
const char *digits_fault(struct text text);

#endif
