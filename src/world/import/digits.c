/* The less plain decimals, and what may be wrong with a number. */
#include "world/import/digits.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum status digits_parse(struct text text, struct digits *out)
{
    if (text.size > 0 && text.data[0] == '-')
        return STATUS_SYNTAX;
    unsigned decimals = 0;
    enum status status = decimal_count(text, &decimals);
    if (status != STATUS_OK)
        return status;
    if (decimals > 18)
        return STATUS_TOO_FINE;
    int64_t units = 0;
    status = decimal_parse_i64(text, decimals, &units);
    if (status != STATUS_OK)
        return status;
    *out = (struct digits){(uint64_t)units, decimals};
    return STATUS_OK;
}

/* m / 10^d for 64-bit m: one integer division with more quotient bits than a double has, the
 * remainder kept as a sticky bit, so that the conversion at the end is the only rounding. */
static double divide_exactly(uint64_t mantissa, unsigned decimals)
{
    unsigned shift = (unsigned)__builtin_clzll(mantissa);
    uint64_t divisor = (uint64_t)power_of_ten(decimals);
    u128 numerator = (u128)(mantissa << shift) << 63; /* >= 2^126, the divisor is < 2^60 */
    u128 quotient = numerator / divisor;
    bool sticky = quotient * divisor != numerator;
    /* Down to 64 bits: at least 66 bits are there. */
    uint64_t high = (uint64_t)(quotient >> 64);
    unsigned drop = 64 - (unsigned)__builtin_clzll(high);
    sticky = sticky || (quotient & (((u128)1 << drop) - 1)) != 0;
    uint64_t top = (uint64_t)(quotient >> drop) | (sticky ? 1U : 0U);
    return ldexp((double)top, (int)drop - 63 - (int)shift);
}

double digits_to_double(struct digits value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    ASSERT(value.decimals < ARRAY_COUNT(powers));
    /* Both operands are exact, so the division rounds once (Clinger 1990, the fast path). */
    if (LIKELY(value.mantissa <= UINT64_C(1) << 53))
        return (double)value.mantissa / powers[value.decimals];
    return divide_exactly(value.mantissa, value.decimals);
}

enum status digits_parse_double(struct text text, double *out)
{
    struct digits value;
    if (digits_read(text, &value)) {
        *out = digits_to_double(value);
        return STATUS_OK;
    }
    unsigned decimals = 0;
    enum status status = decimal_count(text, &decimals);
    if (status != STATUS_OK)
        return status;
    /* For strtod the digits without their point and a power of ten behind them: a text that reads
     * the same under every locale. */
    char copy[512];
    size_t size = 0;
    size_t fraction = 0;
    bool behind = false;
    if (text.data[0] == '-')
        return STATUS_SYNTAX;
    if (text.size > sizeof copy - 32)
        return STATUS_RANGE;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.') {
            behind = true;
        } else if (c >= '0' && c <= '9') {
            copy[size++] = c;
            fraction += behind ? 1 : 0;
        }
    }
    copy[size++] = 'e';
    copy[size++] = '-';
    char digits[8];
    size_t digit_count = 0;
    do
        digits[digit_count++] = (char)('0' + fraction % 10);
    while ((fraction /= 10) != 0);
    while (digit_count > 0)
        copy[size++] = digits[--digit_count];
    copy[size] = '\0';
    double value_read = strtod(copy, NULL);
    if (!isfinite(value_read))
        return STATUS_RANGE;
    *out = value_read;
    return STATUS_OK;
}

static bool is_word(struct text text, const char *word)
{
    return text_equal_ignore_case(text, text_of(word));
}

const char *digits_fault(struct text text)
{
    if (text_trim(text).size == 0)
        return "nothing";
    if (text_trim(text).size != text.size)
        return "spaces around a number";
    struct text unsigned_text = text;
    bool negative = text.data[0] == '-';
    if (negative || text.data[0] == '+')
        unsigned_text = (struct text){text.data + 1, text.size - 1};
    if (is_word(unsigned_text, "nan") || is_word(unsigned_text, "null") ||
        is_word(unsigned_text, "none") || is_word(unsigned_text, "n/a"))
        return "no number (NaN)";
    if (is_word(unsigned_text, "inf") || is_word(unsigned_text, "infinity"))
        return "infinity";
    unsigned decimals = 0;
    if (decimal_count(text, &decimals) != STATUS_SYNTAX)
        return negative ? "a negative number" : NULL;
    /* digits, a point, digits, then e: a form that float printers choose for tiny numbers. */
    size_t i = 0;
    while (i < unsigned_text.size &&
           ((unsigned_text.data[i] >= '0' && unsigned_text.data[i] <= '9') ||
            unsigned_text.data[i] == '.'))
        i++;
    if (i > 0 && i < unsigned_text.size &&
        (unsigned_text.data[i] == 'e' || unsigned_text.data[i] == 'E'))
        return "an exponent form";
    return "no decimal number";
}
