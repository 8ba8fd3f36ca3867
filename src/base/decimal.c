/* Decimal text and scaled integers. */
#include "base/decimal.h"

#include <string.h>

#define U64_DIGITS 19 /* any number of so many digits fits 64 bits */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "texts are loaded first byte lowest");

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

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t load_u64(const char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint64_t load_u32(const char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Eight digit values, the first in the lowest byte. */
static inline uint64_t join_digits(uint64_t digits)
{
    digits = (digits * 10 + (digits >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    digits = (digits * 100 + (digits >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (digits * 10000 + (digits >> 32)) & UINT64_C(0x00000000FFFFFFFF);
}

/* Appends digits to *value; false where it leaves 128 bits. */
static bool append_digits(u128 *value, const char *digits, size_t size)
{
    size_t i = 0;
    while (i < size) {
        uint64_t chunk = 0;
        size_t chunk_end = size - i > 18 ? i + 18 : size;
        uint64_t scale = (uint64_t)powers_of_ten[chunk_end - i];
        for (; chunk_end - i >= 8; i += 8)
            chunk = chunk * 100000000 + join_digits(load_u64(digits + i) ^ EACH_BYTE('0'));
        for (; i < chunk_end; i++)
            chunk = chunk * 10 + (uint64_t)(digits[i] - '0');
        /* The chunk and its scale are below 2^60, so 64 bits times the scale have room. */
        if (*value >> 64 != 0 && *value > (~(u128)0 - chunk) / scale)
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
        if (value >> 64 != 0 && value > ~(u128)0 / scale)
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

/*
 * The fast way: the characters of a short text are bytes of one number (two where there are more
 * than eight), the last character in the highest byte:
 *
 *     "43251.23"   lowest byte first: '4' '3' '2' '5' '1' '.' '2' '3'
 *
 * They are turned to values 0 to 9, the point is taken out (what stands before it moves up one
 * byte), and pairs, then fours, then eights of digits are joined in three multiplications. It
 * answers only where all is plain; anything else is left to the general way.
 */
#define FAST_SIZE_MAX 16
#define POINT_VALUE ('.' ^ '0')

/* The values of 1 to 8 characters at the upper end, zeros below. Loads that overlap put the same
 * bytes at the same places. */
static inline uint64_t load_digits(const char *data, size_t size)
{
    unsigned empty = 64 - 8 * (unsigned)size;
    uint64_t bytes;
    if (size == 8) {
        bytes = load_u64(data);
    } else if (size >= 4) {
        bytes = load_u32(data + size - 4) << 32 | load_u32(data) << empty;
    } else {
        uint64_t first = (unsigned char)data[0], middle = (unsigned char)data[size / 2];
        uint64_t last = (unsigned char)data[size - 1];
        bytes = first << empty | middle << (empty + 8 * (unsigned)(size / 2)) | last << 56;
    }
    return bytes ^ EACH_BYTE('0') << empty;
}

/* The top bit of the lowest byte that holds the value of a point; 0 where there is none. */
static inline uint64_t find_point(uint64_t digits)
{
    uint64_t zeros = digits ^ EACH_BYTE(POINT_VALUE);
    uint64_t found = (zeros - EACH_BYTE(1)) & ~zeros & EACH_BYTE(0x80);
    return found & (0 - found);
}

/* Without the byte whose top bit is `point`: what lies below it moves up, `below` comes in. */
static inline uint64_t close_gap(uint64_t digits, uint64_t point, uint64_t below)
{
    uint64_t before = (point >> 7) - 1;
    uint64_t after = 0 - (point << 1);
    return (digits & after) | (digits & before) << 8 | below;
}

/* Top bits where some byte is above 9. A carry only comes out of a byte that is itself above 9. */
static inline uint64_t not_digits(uint64_t digits)
{
    return (digits | (digits + EACH_BYTE(0x80 - 10))) & EACH_BYTE(0x80);
}

/* Digits and a point, 1 to 8 characters; false where there is anything else. */
static inline bool parse_one_word(const char *data, size_t size, uint64_t *value,
                                  unsigned *fraction_size)
{
    uint64_t digits = load_digits(data, size);
    uint64_t point = find_point(digits);
    *fraction_size = 0;
    if (point != 0) {
        *fraction_size = (unsigned)__builtin_clzll(point) / 8;
        digits = close_gap(digits, point, 0);
    }
    *value = join_digits(digits);
    return not_digits(digits) == 0;
}

/* The same for 9 to 16 characters: `high` has the last eight. */
static inline bool parse_two_words(const char *data, size_t size, uint64_t *value,
                                   unsigned *fraction_size)
{
    unsigned empty = 128 - 8 * (unsigned)size;
    uint64_t high = load_u64(data + size - 8) ^ EACH_BYTE('0');
    uint64_t low = (load_u64(data) ^ EACH_BYTE('0')) << empty;
    uint64_t point = find_point(high);
    *fraction_size = 0;
    if (point != 0) {
        *fraction_size = (unsigned)__builtin_clzll(point) / 8;
        high = close_gap(high, point, low >> 56);
        low <<= 8;
    } else if ((point = find_point(low)) != 0) {
        *fraction_size = 8 + (unsigned)__builtin_clzll(point) / 8;
        low = close_gap(low, point, 0);
    }
    *value = join_digits(low) * 100000000 + join_digits(high);
    return (not_digits(low) | not_digits(high)) == 0;
}

/* text is *digits (below 10^16, signed) * 10^-decimals * *scale; false where that is not plain. */
static inline bool parse_fast(struct text text, unsigned decimals, int64_t *digits, int64_t *scale)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    if (negative) {
        text.data++;
        text.size--;
    }
    if (text.size - 1 >= FAST_SIZE_MAX || text.data[text.size - 1] == '.')
        return false;
    uint64_t magnitude;
    unsigned fraction_size;
    bool plain = text.size <= 8 ? parse_one_word(text.data, text.size, &magnitude, &fraction_size)
                                : parse_two_words(text.data, text.size, &magnitude, &fraction_size);
    unsigned missing = decimals - fraction_size; /* wraps where there are too many decimals */
    if (!plain || missing >= ARRAY_COUNT(powers_of_ten))
        return false;
    *digits = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    *scale = powers_of_ten[missing];
    return true;
}

/* Apart, so that the fast way needs no stack frame. */
static __attribute__((noinline)) enum status parse_i64_slow(struct text text, unsigned decimals,
                                                            int64_t *out)
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

enum status decimal_parse_i64(struct text text, unsigned decimals, int64_t *out)
{
    int64_t digits, scale, value;
    if (LIKELY(parse_fast(text, decimals, &digits, &scale) &&
               !__builtin_mul_overflow(digits, scale, &value))) {
        *out = value;
        return STATUS_OK;
    }
    return parse_i64_slow(text, decimals, out);
}

static __attribute__((noinline)) enum status parse_i128_slow(struct text text, unsigned decimals,
                                                             i128 *out)
{
    u128 magnitude;
    bool negative;
    enum status status = parse_magnitude(text, decimals, I128_MAX_MAGNITUDE, &magnitude, &negative);
    if (status != STATUS_OK)
        return status;
    *out = (i128)(negative ? 0 - magnitude : magnitude);
    return STATUS_OK;
}

enum status decimal_parse_i128(struct text text, unsigned decimals, i128 *out)
{
    int64_t digits, scale;
    if (LIKELY(parse_fast(text, decimals, &digits, &scale))) {
        *out = (i128)digits * scale;
        return STATUS_OK;
    }
    return parse_i128_slow(text, decimals, out);
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

static const char digit_pairs[] = "00010203040506070809"
                                  "10111213141516171819"
                                  "20212223242526272829"
                                  "30313233343536373839"
                                  "40414243444546474849"
                                  "50515253545556575859"
                                  "60616263646566676869"
                                  "70717273747576777879"
                                  "80818283848586878889"
                                  "90919293949596979899";

/* Writes value backwards from end and returns its first digit; nothing for 0. */
static char *digits_before(char *end, uint64_t value)
{
    while (value >= 10) {
        uint64_t rest = value / 100;
        end -= 2;
        memcpy(end, digit_pairs + 2 * (value - rest * 100), 2);
        value = rest;
    }
    if (value > 0)
        *--end = (char)('0' + value);
    return end;
}

static char *magnitude_before(char *end, u128 magnitude)
{
    while (magnitude >> 64 != 0) {
        u128 rest = magnitude / TEN_TO_19;
        char *first = end - U64_DIGITS;
        end = digits_before(end, (uint64_t)(magnitude - rest * TEN_TO_19));
        while (end > first)
            *--end = '0';
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
    case ROUND_DOWN: return false;
    case ROUND_UP: return true;
    case ROUND_FLOOR: return negative;
    case ROUND_CEILING: return !negative;
    case ROUND_HALF_EVEN: {
        u128 to_next = denominator - remainder;
        return remainder > to_next || (remainder == to_next && (quotient & 1) != 0);
    }
    }
    ASSERT(rounding == ROUND_DOWN); /* none of the table */
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
 * The digit guessed from the divisor's upper half is at most two too large, and since the divisor
 * has no third half, the comparison with its lower half is exact. */
static uint64_t divide_step(u128 *rest, uint64_t next, u128 divisor)
{
    uint64_t upper = (uint64_t)(divisor >> 64), lower = (uint64_t)divisor;
    u128 digit = *rest / upper; /* may be 2^64 and one more, until it is corrected */
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
