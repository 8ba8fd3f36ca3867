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

/* Bytes that must be readable behind a text given to digits_read_padded. */
#define DIGITS_PADDING 16
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "texts are loaded first byte lowest");

#define DIGITS_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight characters as digit values, the first in the lowest byte. */
static inline uint64_t digits_load(const char *at)
{
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word ^ DIGITS_EACH_BYTE('0');
}

/* The highest bit of each byte that is no digit value. */
static inline uint64_t digits_others(uint64_t word)
{
    return (((word & DIGITS_EACH_BYTE(0x7f)) + DIGITS_EACH_BYTE(0x80 - 10)) | word) &
           DIGITS_EACH_BYTE(0x80);
}

/* The number that eight digit values stand for: neighbours join to two, four and eight digits. */
static inline uint64_t digits_join(uint64_t word)
{
    word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (word * 10000 + (word >> 32)) & UINT64_C(0xffffffff);
}

/* Takes the point out of a word whose only other byte is marked in `others`: the bytes before it
 * move up by one and `before` comes in below. False where it is no point. */
static inline bool digits_close_point(uint64_t *word, uint64_t others, uint64_t before,
                                      unsigned *digits_behind)
{
    unsigned at = (unsigned)__builtin_ctzll(others) - 7;
    uint64_t below = (UINT64_C(1) << at) - 1;
    if ((others & (others - 1)) != 0 || (*word >> at & 0xff) != ('.' ^ '0'))
        return false;
    *digits_behind = (56 - at) / 8;
    *word = (*word & ~(below << 8 | 0xff)) | (*word & below) << 8 | before;
    return true;
}

/* The same as digits_read, eight characters at a time, for a text with DIGITS_PADDING readable
 * bytes behind it (any bytes). */
static inline bool digits_read_padded(struct text text, struct digits *out)
{
    size_t size = text.size;
    unsigned decimals = 0;
    if (size - 1 < 8) {
        /* The text goes to the top of the word; below it stand zeros. */
        uint64_t word = digits_load(text.data) << (64 - 8 * size);
        uint64_t others = digits_others(word);
        if (others != 0 && (!digits_close_point(&word, others, 0, &decimals) || decimals == 0))
            return false;
        *out = (struct digits){digits_join(word), decimals};
        return true;
    }
    if (size - 1 >= 16)
        return digits_read(text, out);
    uint64_t first = digits_load(text.data);
    unsigned shift = (unsigned)(128 - 8 * size);
    uint64_t high = digits_load(text.data + 8) << shift | first >> 1 >> (63 - shift);
    uint64_t low = first << shift;
    uint64_t others_high = digits_others(high);
    uint64_t others_low = digits_others(low);
    if ((others_high | others_low) != 0) {
        if (others_low == 0) {
            if (!digits_close_point(&high, others_high, low >> 56, &decimals) || decimals == 0)
                return false;
            low <<= 8;
        } else {
            if (others_high != 0 || !digits_close_point(&low, others_low, 0, &decimals))
                return false;
            decimals += 8;
        }
    }
    *out = (struct digits){digits_join(low) * 100000000 + digits_join(high), decimals};
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
