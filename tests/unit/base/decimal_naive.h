/* Decimals the slow way, one digit after the other, as a truth for the tests and the fuzzer. */
#ifndef TERN_TESTS_DECIMAL_NAIVE_H
#define TERN_TESTS_DECIMAL_NAIVE_H

#include "base/decimal.h"

#include <string.h>

#define NAIVE_DIGITS_MAX 4096

/* Largest magnitudes as digits. */
#define NAIVE_I64_POSITIVE "9223372036854775807"
#define NAIVE_I64_NEGATIVE "9223372036854775808"
#define NAIVE_I128_POSITIVE "170141183460469231731687303715884105727"
#define NAIVE_I128_NEGATIVE "170141183460469231731687303715884105728"

/* Whether the digits, which have no leading zero, name a number above the other's. */
static inline bool naive_is_above(const char *digits, size_t size, const char *limit)
{
    size_t limit_size = strlen(limit);
    if (size != limit_size)
        return size > limit_size;
    return memcmp(digits, limit, size) > 0;
}

/* Reads text by a small automaton, writes the digits of the scaled number in a row, compares them
 * with the limit's as text and only then makes a number of them. */
static inline enum status naive_parse(struct text text, unsigned decimals, const char *positive_max,
                                      const char *negative_max, i128 *out)
{
    static char digits[NAIVE_DIGITS_MAX + 64];
    size_t size = 0, integer_count = 0, fraction_count = 0;
    bool negative = false, in_fraction = false, too_fine = false;
    ASSERT(text.size < NAIVE_DIGITS_MAX);
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (i == 0 && (byte == '+' || byte == '-')) {
            negative = byte == '-';
        } else if (byte == '.' && !in_fraction) {
            in_fraction = true;
        } else if (byte >= '0' && byte <= '9') {
            if (in_fraction && fraction_count >= decimals)
                too_fine = too_fine || byte != '0';
            else if (size > 0 || byte != '0')
                digits[size++] = byte;
            if (in_fraction)
                fraction_count++;
            else
                integer_count++;
        } else {
            return STATUS_SYNTAX;
        }
    }
    if (integer_count + fraction_count == 0 || (in_fraction && fraction_count == 0))
        return STATUS_SYNTAX;
    for (size_t i = fraction_count; i < decimals && size > 0; i++)
        digits[size++] = '0';
    if (naive_is_above(digits, size, negative ? negative_max : positive_max))
        return STATUS_RANGE;
    if (too_fine)
        return STATUS_TOO_FINE;
    u128 value = 0;
    for (size_t i = 0; i < size; i++)
        value = value * 10 + (unsigned)(digits[i] - '0');
    *out = (i128)(negative ? 0 - value : value);
    return STATUS_OK;
}

/* Exactly `decimals` digits behind the point; then, where asked, without the zeros at the end. */
static inline size_t naive_format(char out[2 * DECIMAL_TEXT_SIZE], i128 value, unsigned decimals,
                                  bool shortest)
{
    char backwards[DECIMAL_TEXT_SIZE];
    size_t count = 0, size = 0;
    u128 rest = value < 0 ? 0 - (u128)value : (u128)value;
    while (rest > 0 || count < decimals + 1) {
        backwards[count++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    if (value < 0)
        out[size++] = '-';
    while (count > 0) {
        if (count == decimals)
            out[size++] = '.';
        out[size++] = backwards[--count];
    }
    if (shortest && decimals > 0) {
        while (out[size - 1] == '0')
            size--;
        if (out[size - 1] == '.')
            size--;
    }
    out[size] = '\0';
    return size;
}

#endif
