/* Division, addition and multiplication of 128-bit numbers against counting and against long
 * arithmetic bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/random.h"

#include <string.h>

#define I128_MAX ((i128)(((u128)1 << 127) - 1))
#define I128_MIN (-I128_MAX - 1)

static const enum rounding roundings[] = {ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEILING,
                                          ROUND_HALF_EVEN};

/* Of the two whole numbers around numerator / denominator, found by counting, the one the rounding
 * is defined to take. */
static int64_t counted_divide(int64_t numerator, int64_t denominator, enum rounding rounding)
{
    int64_t below = 0;
    while (below * denominator > numerator)
        below--;
    while ((below + 1) * denominator <= numerator)
        below++;
    int64_t over = numerator - below * denominator;
    if (over == 0)
        return below;
    switch (rounding) {
    case ROUND_DOWN: return numerator > 0 ? below : below + 1;
    case ROUND_UP: return numerator > 0 ? below + 1 : below;
    case ROUND_FLOOR: return below;
    case ROUND_CEILING: return below + 1;
    case ROUND_HALF_EVEN: break;
    }
    if (2 * over != denominator)
        return 2 * over < denominator ? below : below + 1;
    return below % 2 == 0 ? below : below + 1;
}

static void divide_all_small(void **state)
{
    (void)state;
    for (int64_t denominator = 1; denominator <= 24; denominator++) {
        for (int64_t numerator = -200; numerator <= 200; numerator++) {
            for (size_t i = 0; i < ARRAY_COUNT(roundings); i++) {
                i128 quotient = i128_divide(numerator, denominator, roundings[i]);
                if (quotient != counted_divide(numerator, denominator, roundings[i]))
                    fail_msg("%lld / %lld, rounding %d", (long long)numerator,
                             (long long)denominator, (int)roundings[i]);
            }
        }
    }
}

/* A magnitude of 256 bits, one bit a byte, lowest first: nothing in here is clever. */
struct bits {
    uint8_t bit[256];
};

static struct bits bits_of(u128 value)
{
    struct bits bits = {{0}};
    for (int i = 0; i < 128; i++)
        bits.bit[i] = (uint8_t)((value >> i) & 1);
    return bits;
}

static void bits_add(struct bits *sum, const struct bits *other, int shift)
{
    unsigned carry = 0;
    for (int i = shift; i < 256; i++) {
        unsigned digit = sum->bit[i] + (unsigned)other->bit[i - shift] + carry;
        sum->bit[i] = (uint8_t)(digit & 1);
        carry = digit >> 1;
    }
}

static int bits_compare(const struct bits *a, const struct bits *b)
{
    for (int i = 255; i >= 0; i--) {
        if (a->bit[i] != b->bit[i])
            return a->bit[i] > b->bit[i] ? 1 : -1;
    }
    return 0;
}

static void bits_subtract(struct bits *from, const struct bits *other)
{
    unsigned borrow = 0;
    for (int i = 0; i < 256; i++) {
        unsigned taken = (unsigned)other->bit[i] + borrow;
        borrow = from->bit[i] < taken ? 1 : 0;
        from->bit[i] = (uint8_t)((from->bit[i] + 2u - taken) & 1);
    }
}

static bool bits_are_zero(const struct bits *bits)
{
    const struct bits zero = {{0}};
    return bits_compare(bits, &zero) == 0;
}

static struct bits bits_multiply(u128 a, u128 b)
{
    struct bits product = {{0}};
    const struct bits addend = bits_of(b);
    for (int i = 0; i < 128; i++) {
        if (((a >> i) & 1) != 0)
            bits_add(&product, &addend, i);
    }
    return product;
}

static u128 magnitude(i128 value)
{
    return value < 0 ? 0 - (u128)value : (u128)value;
}

/* The number with this sign, where it fits. */
static bool bits_value(const struct bits *bits, bool negative, i128 *out)
{
    struct bits limit = bits_of(((u128)1 << 127) - (negative ? 0 : 1));
    if (bits_compare(bits, &limit) > 0)
        return false;
    u128 value = 0;
    for (int i = 0; i < 128; i++)
        value |= (u128)bits->bit[i] << i;
    *out = (i128)(negative ? 0 - value : value);
    return true;
}

/* Long division, bit by bit. */
static void bits_divide(const struct bits *numerator, const struct bits *divisor,
                        struct bits *quotient, struct bits *rest)
{
    *quotient = (struct bits){{0}};
    *rest = (struct bits){{0}};
    for (int i = 255; i >= 0; i--) {
        memmove(rest->bit + 1, rest->bit, 255);
        rest->bit[0] = numerator->bit[i];
        if (bits_compare(rest, divisor) >= 0) {
            bits_subtract(rest, divisor);
            quotient->bit[i] = 1;
        }
    }
}

static bool rounded_up(const struct bits *quotient, const struct bits *rest,
                       const struct bits *divisor, bool negative, enum rounding rounding)
{
    struct bits twice = *rest;
    bits_add(&twice, rest, 0);
    int half = bits_compare(&twice, divisor);
    if (bits_are_zero(rest))
        return false;
    return rounding == ROUND_UP || (rounding == ROUND_FLOOR && negative) ||
           (rounding == ROUND_CEILING && !negative) ||
           (rounding == ROUND_HALF_EVEN && (half > 0 || (half == 0 && quotient->bit[0] == 1)));
}

static void check_multiply_divide(i128 a, i128 b, i128 c)
{
    bool negative = (a < 0) != (b < 0);
    const struct bits divisor = bits_of((u128)c), one = bits_of(1);
    struct bits product = bits_multiply(magnitude(a), magnitude(b)), down, rest;
    bits_divide(&product, &divisor, &down, &rest);
    for (size_t i = 0; i < ARRAY_COUNT(roundings); i++) {
        i128 expected = 5, found = 5;
        struct bits quotient = down;
        if (rounded_up(&down, &rest, &divisor, negative, roundings[i]))
            bits_add(&quotient, &one, 0);
        bool fits = bits_value(&quotient, negative, &expected);
        if (i128_multiply_divide(a, b, c, roundings[i], &found) != fits || found != expected) {
            char text[3][DECIMAL_TEXT_SIZE];
            decimal_format_i128(text[0], a, 0);
            decimal_format_i128(text[1], b, 0);
            decimal_format_i128(text[2], c, 0);
            fail_msg("%s * %s / %s, rounding %d", text[0], text[1], text[2], (int)roundings[i]);
        }
        if (b == 1 && fits && i128_divide(a, c, roundings[i]) != expected)
            fail_msg("i128_divide, rounding %d", (int)roundings[i]);
    }
    i128 whole = 5, expected = 5;
    bool fits = bits_value(&product, negative, &expected);
    if (i128_multiply(a, b, &whole) != fits || whole != expected)
        fail_msg("i128_multiply");
}

/* Random width, and now and then runs of equal bits, where digits of a long division are guessed
 * wrong. */
static i128 random_value(struct random *random)
{
    u128 bits = (u128)random_u64(random) << 64 | random_u64(random);
    uint64_t kind = random_below(random, 6);
    if (kind == 0)
        bits = ~(u128)0 << random_below(random, 128);
    else if (kind == 1)
        bits = (~(u128)0 >> random_below(random, 128)) << random_below(random, 64);
    else if (kind == 2)
        bits = ((u128)1 << random_below(random, 128)) + random_below(random, 3) - 1;
    return (i128)bits >> random_below(random, 128);
}

static i128 random_divisor(struct random *random)
{
    for (;;) {
        i128 value = random_value(random);
        if (value != 0)
            return value == I128_MIN ? I128_MAX : value < 0 ? -value : value;
    }
}

static void multiply_divide_random(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7, 0);
    for (int round = 0; round < 4000; round++) {
        i128 c = random_divisor(&random);
        check_multiply_divide(random_value(&random), random_value(&random), c);
        check_multiply_divide(random_value(&random), 1, c);
        /* A quotient near the limits: a * b / c with b near c. */
        i128 near_c = c;
        if (i128_add(c, (i128)random_below(&random, 5) - 2, &near_c))
            check_multiply_divide(random_value(&random), near_c, c);
        /* The upper half of the product is c or next to it. */
        i128 quarter = (i128)((u128)c >> 4);
        if (quarter > 0)
            check_multiply_divide((i128)1 << 126, 4 * quarter + (i128)random_below(&random, 3) - 1,
                                  quarter);
        /* Exact halves, where half-even decides. */
        i128 odd = random_value(&random) | 1;
        check_multiply_divide(odd, (i128)1 << random_below(&random, 60),
                              (i128)2 << random_below(&random, 60));
    }
}

static void multiply_divide_limits(void **state)
{
    (void)state;
    const i128 values[] = {I128_MIN,
                           I128_MIN + 1,
                           (i128)INT64_MIN - 1,
                           INT64_MIN,
                           -3,
                           -2,
                           -1,
                           0,
                           1,
                           2,
                           3,
                           INT64_MAX,
                           (i128)INT64_MAX + 1,
                           UINT64_MAX,
                           (i128)UINT64_MAX + 1,
                           (i128)1 << 126,
                           I128_MAX - 1,
                           I128_MAX};
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(values); j++) {
            for (size_t k = 0; k < ARRAY_COUNT(values); k++) {
                if (values[k] > 0)
                    check_multiply_divide(values[i], values[j], values[k]);
            }
        }
    }
}

/* A digit of the long division that is guessed two too large is rare among random numbers. This
 * shape provokes it: a divisor whose upper half is just above a power of two and whose lower half
 * is as large as can be. */
static void multiply_divide_guesses(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 8, 0);
    for (int round = 0; round < 2000; round++) {
        u128 upper = ((u128)1 << 62) + random_below(&random, 4);
        u128 lower = UINT64_MAX - random_below(&random, 4);
        i128 c = (i128)(upper << 64 | lower);
        i128 a = (i128)((upper << 64) - random_below(&random, 4));
        i128 b = (i128)(((u128)random_u64(&random) >> random_below(&random, 60)) << 62 |
                        random_u64(&random) >> 3);
        check_multiply_divide(a, b, c);
        check_multiply_divide(c - (i128)random_below(&random, 4), b, c);
    }
}

static void add_says_when_it_does_not_fit(void **state)
{
    (void)state;
    i128 sum = 5;
    assert_true(i128_add(I128_MAX, 0, &sum) && sum == I128_MAX);
    assert_true(i128_add(I128_MAX, I128_MIN, &sum) && sum == -1);
    sum = 5;
    assert_false(i128_add(I128_MAX, 1, &sum));
    assert_false(i128_add(I128_MIN, -1, &sum));
    assert_false(i128_add(I128_MIN, I128_MIN, &sum));
    assert_true(sum == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divide_all_small),
        cmocka_unit_test(multiply_divide_random),
        cmocka_unit_test(multiply_divide_limits),
        cmocka_unit_test(multiply_divide_guesses),
        cmocka_unit_test(add_says_when_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
