/* Decimal text and scaled integers. */
#include "base/decimal.h"

#include <string.h>

#define U64_DIGITS 19 /* any number of so many digits fits 64 bits */
#define TEN_TO_18 UINT64_C(1000000000000000000)
#define TEN_TO_19 UINT64_C(10000000000000000000)
#define I128_MAX_MAGNITUDE (((u128)1 << 127) - 1)

static const int64_t powers_of_ten[19] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

int64_t power_of_ten(unsigned exponent)
{
    ASSERT(exponent < ARRAY_COUNT(powers_of_ten));
    return powers_of_ten[exponent];
}

/* A well-formed decimal in its parts; leading zeros of the integer part are gone. */
struct parts {
    const char *integer, *fraction;
    size_t integer_size, fraction_size;
    bool negative;
};

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') <= 9;
}

static enum status parts_of(struct text text, struct parts *parts)
{
    const char *at = text.data;
    const char *end = text.data + text.size;
    parts->negative = false;
    if (at < end && (*at == '-' || *at == '+')) {
        parts->negative = *at == '-';
        at++;
    }
    parts->integer = at;
    while (at < end && is_digit(*at))
        at++;
    parts->integer_size = (size_t)(at - parts->integer);
    parts->fraction = at;
    parts->fraction_size = 0;
    if (at < end && *at == '.') {
        at++;
        parts->fraction = at;
        while (at < end && is_digit(*at))
            at++;
        parts->fraction_size = (size_t)(at - parts->fraction);
        if (parts->fraction_size == 0)
            return STATUS_SYNTAX;
    }
    if (at != end || parts->integer_size + parts->fraction_size == 0)
        return STATUS_SYNTAX;
    while (parts->integer_size > 0 && parts->integer[0] == '0') {
        parts->integer++;
        parts->integer_size--;
    }
    return STATUS_OK;
}

/* Appends digits to *value; false where it leaves 128 bits. */
static bool append_digits(u128 *value, const char *digits, size_t size)
{
    size_t i = 0;
    while (i < size) {
        uint64_t chunk = 0;
        size_t chunk_end = size - i > 18 ? i + 18 : size;
        uint64_t scale = (uint64_t)powers_of_ten[chunk_end - i];
        for (; i < chunk_end; i++)
            chunk = chunk * 10 + (uint64_t)(digits[i] - '0');
        if (*value > (~(u128)0 - chunk) / scale)
            return false;
        *value = *value * scale + chunk;
    }
    return true;
}

/* The general way for both widths: magnitude of text in 10^-decimals, at most positive_max (one
 * more where it is negative). */
static enum status parse_magnitude(struct text text, unsigned decimals, u128 positive_max,
                                   u128 *magnitude, bool *negative)
{
    ASSERT(decimals <= DECIMALS_MAX);
    struct parts parts;
    enum status status = parts_of(text, &parts);
    if (status != STATUS_OK)
        return status;
    size_t kept = parts.fraction_size < decimals ? parts.fraction_size : decimals;
    u128 value = 0;
    if (!append_digits(&value, parts.integer, parts.integer_size) ||
        !append_digits(&value, parts.fraction, kept))
        return STATUS_RANGE;
    for (size_t missing = decimals - kept; missing > 0 && value > 0;) {
        size_t step = missing < 18 ? missing : 18;
        uint64_t scale = (uint64_t)powers_of_ten[step];
        if (value > ~(u128)0 / scale)
            return STATUS_RANGE;
        value *= scale;
        missing -= step;
    }
    if (value > positive_max + (parts.negative ? 1 : 0))
        return STATUS_RANGE;
    for (size_t i = kept; i < parts.fraction_size; i++) {
        if (parts.fraction[i] != '0')
            return STATUS_TOO_FINE;
    }
    *magnitude = value;
    *negative = parts.negative;
    return STATUS_OK;
}

enum status decimal_parse_i64(struct text text, unsigned decimals, int64_t *out)
{
    u128 magnitude;
    bool negative;
    enum status status = parse_magnitude(text, decimals, INT64_MAX, &magnitude, &negative);
    if (status != STATUS_OK)
        return status;
    uint64_t bits = (uint64_t)magnitude;
    *out = (int64_t)(negative ? 0 - bits : bits);
    return STATUS_OK;
}

enum status decimal_parse_i128(struct text text, unsigned decimals, i128 *out)
{
    u128 magnitude;
    bool negative;
    enum status status = parse_magnitude(text, decimals, I128_MAX_MAGNITUDE, &magnitude, &negative);
    if (status != STATUS_OK)
        return status;
    *out = (i128)(negative ? 0 - magnitude : magnitude);
    return STATUS_OK;
}

enum status decimal_count(struct text text, unsigned *out)
{
    struct parts parts;
    enum status status = parts_of(text, &parts);
    if (status != STATUS_OK)
        return status;
    size_t count = parts.fraction_size;
    while (count > 0 && parts.fraction[count - 1] == '0')
        count--;
    if (count > UINT32_MAX)
        return STATUS_RANGE;
    *out = (unsigned)count;
    return STATUS_OK;
}

/* Writes value backwards from end and returns its first digit; nothing for 0. */
static char *digits_before(char *end, uint64_t value)
{
    while (value > 0) {
        *--end = (char)('0' + value % 10);
        value /= 10;
    }
    return end;
}

/* As above, with zeros in front up to count digits. */
static char *digits_padded_before(char *end, uint64_t value, unsigned count)
{
    char *first = end - count;
    for (char *at = digits_before(end, value); at > first;)
        *--at = '0';
    return first;
}

static char *magnitude_before(char *end, u128 magnitude)
{
    while (magnitude >= TEN_TO_19) {
        u128 rest = magnitude / TEN_TO_19;
        end = digits_padded_before(end, (uint64_t)(magnitude - rest * TEN_TO_19), U64_DIGITS);
        magnitude = rest;
    }
    return digits_before(end, (uint64_t)magnitude);
}

/* Sign, integer digits, point, `places` digits of the fraction (at most decimals are there, zeros
 * follow). */
static size_t write_decimal(char *out, u128 magnitude, bool negative, unsigned decimals,
                            unsigned places)
{
    char digits[2 * DECIMAL_TEXT_SIZE];
    char *end = digits + sizeof digits;
    char *first = magnitude_before(end, magnitude);
    while ((size_t)(end - first) < decimals + 1)
        *--first = '0';
    size_t integer_size = (size_t)(end - first) - decimals;
    unsigned present = places < decimals ? places : decimals;
    ASSERT(1 + integer_size + 1 + places < DECIMAL_TEXT_SIZE);
    size_t size = 0;
    if (negative)
        out[size++] = '-';
    memcpy(out + size, first, integer_size);
    size += integer_size;
    if (places > 0) {
        out[size++] = '.';
        memcpy(out + size, first + integer_size, present);
        memset(out + size + present, '0', places - present);
        size += places;
    }
    out[size] = '\0';
    return size;
}

static u128 magnitude_of(i128 value)
{
    return value < 0 ? 0 - (u128)value : (u128)value;
}

size_t decimal_format_i128(char out[DECIMAL_TEXT_SIZE], i128 value, unsigned decimals)
{
    ASSERT(decimals <= DECIMALS_MAX);
    size_t size = write_decimal(out, magnitude_of(value), value < 0, decimals, decimals);
    if (decimals > 0) {
        while (out[size - 1] == '0')
            size--;
        if (out[size - 1] == '.')
            size--;
        out[size] = '\0';
    }
    return size;
}

size_t decimal_format_i64(char out[DECIMAL_TEXT_SIZE], int64_t value, unsigned decimals)
{
    return decimal_format_i128(out, value, decimals);
}

static u128 power_of_ten_u128(unsigned exponent)
{
    u128 power = 1;
    for (; exponent > 18; exponent -= 18)
        power *= TEN_TO_18;
    return power * (uint64_t)powers_of_ten[exponent];
}

size_t decimal_format_fixed(char out[DECIMAL_TEXT_SIZE], i128 value, unsigned decimals,
                            unsigned places)
{
    ASSERT(decimals <= DECIMALS_MAX && places <= DECIMAL_PLACES_MAX);
    if (places < decimals) {
        value = i128_divide(value, (i128)power_of_ten_u128(decimals - places), ROUND_HALF_EVEN);
        decimals = places;
    }
    return write_decimal(out, magnitude_of(value), value < 0, decimals, places);
}

/* Whether the magnitude of a quotient goes one up, away from zero. */
static bool rounds_up(u128 quotient, u128 remainder, u128 denominator, bool negative,
                      enum rounding rounding)
{
    if (remainder == 0)
        return false;
    switch (rounding) {
    case ROUND_DOWN:
        return false;
    case ROUND_UP:
        return true;
    case ROUND_FLOOR:
        return negative;
    case ROUND_CEILING:
        return !negative;
    case ROUND_HALF_EVEN: {
        u128 to_next = denominator - remainder;
        return remainder > to_next || (remainder == to_next && (quotient & 1) != 0);
    }
    }
    ASSERT(!"a rounding of the list");
    return false;
}

i128 i128_divide(i128 numerator, i128 denominator, enum rounding rounding)
{
    ASSERT(denominator > 0);
    bool negative = numerator < 0;
    u128 magnitude = magnitude_of(numerator);
    u128 divisor = (u128)denominator;
    u128 quotient, remainder;
    if (((magnitude | divisor) >> 64) == 0) {
        quotient = (uint64_t)magnitude / (uint64_t)divisor;
        remainder = (uint64_t)magnitude % (uint64_t)divisor;
    } else {
        quotient = magnitude / divisor;
        remainder = magnitude - quotient * divisor;
    }
    if (rounds_up(quotient, remainder, divisor, negative, rounding))
        quotient++;
    return (i128)(negative ? 0 - quotient : quotient);
}

bool i128_add(i128 a, i128 b, i128 *out)
{
    i128 sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

static bool with_sign(u128 magnitude, bool negative, i128 *out)
{
    if (magnitude > I128_MAX_MAGNITUDE + (negative ? 1 : 0))
        return false;
    *out = (i128)(negative ? 0 - magnitude : magnitude);
    return true;
}

/* The whole product of two 128-bit numbers, by the four products of their halves. */
static void multiply_whole(u128 a, u128 b, u128 *high, u128 *low)
{
    uint64_t a_low = (uint64_t)a, a_high = (uint64_t)(a >> 64);
    uint64_t b_low = (uint64_t)b, b_high = (uint64_t)(b >> 64);
    u128 low_low = (u128)a_low * b_low;
    u128 low_high = (u128)a_low * b_high;
    u128 high_low = (u128)a_high * b_low;
    /* Three numbers below 2^64: their sum stays far below 2^128. */
    u128 middle = (low_low >> 64) + (uint64_t)low_high + (uint64_t)high_low;
    *low = (middle << 64) | (uint64_t)low_low;
    *high = (u128)a_high * b_high + (low_high >> 64) + (high_low >> 64) + (middle >> 64);
}

bool i128_multiply(i128 a, i128 b, i128 *out)
{
    u128 high, low;
    multiply_whole(magnitude_of(a), magnitude_of(b), &high, &low);
    return high == 0 && with_sign(low, (a < 0) != (b < 0), out);
}

/* One 64-bit digit of a long division in base 2^64 (Knuth, The Art of Computer Programming 2,
 * 4.3.1, algorithm D): *rest * 2^64 + next by a divisor whose top bit is set, *rest < divisor.
 * The digit guessed from the divisor's upper half is at most two too large. */
static uint64_t divide_step(u128 *rest, uint64_t next, u128 divisor)
{
    uint64_t upper = (uint64_t)(divisor >> 64), lower = (uint64_t)divisor;
    u128 digit = *rest / upper;
    if (digit >> 64 != 0)
        digit = UINT64_MAX;
    u128 guess_rest = *rest - digit * upper;
    while (guess_rest >> 64 == 0 && digit * lower > ((guess_rest << 64) | next)) {
        digit--;
        guess_rest += upper;
    }
    /* Modulo 2^128, as the true rest is below the divisor. */
    *rest = ((guess_rest << 64) | next) - digit * lower;
    return (uint64_t)digit;
}

/* high * 2^128 + low by divisor; high < divisor, so the quotient fits. */
static u128 divide_whole(u128 high, u128 low, u128 divisor, u128 *remainder)
{
    if (high == 0) {
        u128 quotient = low / divisor;
        *remainder = low - quotient * divisor;
        return quotient;
    }
    uint64_t divisor_high = (uint64_t)(divisor >> 64);
    int shift = divisor_high != 0 ? __builtin_clzll(divisor_high)
                                  : 64 + __builtin_clzll((uint64_t)divisor);
    divisor <<= shift;
    u128 rest = high;
    if (shift > 0) {
        rest = (high << shift) | (low >> (128 - shift));
        low <<= shift;
    }
    u128 upper = divide_step(&rest, (uint64_t)(low >> 64), divisor);
    u128 lower = divide_step(&rest, (uint64_t)low, divisor);
    *remainder = rest >> shift;
    return (upper << 64) | lower;
}

bool i128_multiply_divide(i128 a, i128 b, i128 c, enum rounding rounding, i128 *out)
{
    ASSERT(c > 0);
    bool negative = (a < 0) != (b < 0);
    u128 high, low, remainder;
    multiply_whole(magnitude_of(a), magnitude_of(b), &high, &low);
    if (high >= (u128)c)
        return false;
    u128 quotient = divide_whole(high, low, (u128)c, &remainder);
    if (quotient > I128_MAX_MAGNITUDE + 1)
        return false;
    if (rounds_up(quotient, remainder, (u128)c, negative, rounding))
        quotient++;
    return with_sign(quotient, negative, out);
}
