/* Decimal text: everything short, random texts and the limits, against the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "decimal_naive.h"

#include <stdio.h>
#include <stdlib.h>

#define I128_MAX ((i128)(((u128)1 << 127) - 1))
#define I128_MIN (-I128_MAX - 1)

/* The text stands at the end of a block of its own, so that a sanitizer sees a read behind it. */
static void check_parse(struct text text, unsigned decimals)
{
    char *exact = malloc(text.size + 1);
    assert_non_null(exact);
    memcpy(exact, text.data, text.size);
    exact = realloc(exact, text.size > 0 ? text.size : 1);
    assert_non_null(exact);
    struct text copy = {exact, text.size};

    i128 expected = 77;
    int64_t narrow = 77;
    enum status expected_status = naive_parse(text, decimals, NAIVE_I64_POSITIVE,
                                              NAIVE_I64_NEGATIVE, &expected);
    enum status status = decimal_parse_i64(copy, decimals, &narrow);
    if (status != expected_status || narrow != (int64_t)expected)
        fail_msg("\"%.*s\" at %u: %s %lld, expected %s", (int)text.size, text.data, decimals,
                 status_name(status), (long long)narrow, status_name(expected_status));

    i128 wide = 77;
    expected = 77;
    expected_status = naive_parse(text, decimals, NAIVE_I128_POSITIVE, NAIVE_I128_NEGATIVE,
                                  &expected);
    status = decimal_parse_i128(copy, decimals, &wide);
    if (status != expected_status || wide != expected)
        fail_msg("\"%.*s\" at %u in 128 bits: %s, expected %s", (int)text.size, text.data, decimals,
                 status_name(status), status_name(expected_status));
    free(exact);
}

static void parse_all_short_texts(void **state)
{
    (void)state;
    static const char alphabet[] = {'0', '1', '9', '.', '-', '+', '/', ':'};
    const size_t base = sizeof alphabet;
    size_t count = 1;
    for (size_t size = 0; size <= 6; size++) {
        for (size_t number = 0; number < count; number++) {
            char text[8];
            size_t rest = number;
            for (size_t i = 0; i < size; i++) {
                text[i] = alphabet[rest % base];
                rest /= base;
            }
            check_parse((struct text){text, size}, (unsigned)(number % 5));
        }
        count *= base;
    }
}

/* Each byte value at each place of a text that is otherwise plain. */
static void parse_refuses_every_other_byte(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 20; size++) {
        for (size_t place = 0; place < size; place++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                char text[32];
                memset(text, '7', sizeof text);
                text[place] = (char)byte;
                check_parse((struct text){text, size}, 9);
                if (size > 3) {
                    text[size / 2] = '.';
                    check_parse((struct text){text, size}, 9);
                }
            }
        }
    }
}

static void parse_random_texts(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1, 0);
    for (int round = 0; round < 1000000; round++) {
        char text[64];
        size_t size = 0;
        unsigned decimals = (unsigned)random_below(&random, DECIMALS_MAX + 1);
        size_t integer_size = random_below(&random, random_below(&random, 2) == 0 ? 8 : 24);
        size_t fraction_size = random_below(&random, random_below(&random, 2) == 0 ? 8 : 30);
        if (random_below(&random, 4) == 0)
            text[size++] = random_below(&random, 3) == 0 ? '+' : '-';
        uint64_t zeros = random_below(&random, 3);
        for (size_t i = 0; i < integer_size; i++)
            text[size++] = (char)('0' + (zeros == 0 ? 0 : random_below(&random, 10)));
        if (random_below(&random, 3) != 0) {
            text[size++] = '.';
            zeros = random_below(&random, 3);
            for (size_t i = 0; i < fraction_size; i++) {
                bool zero = zeros == 0 || (zeros == 1 && i >= decimals);
                text[size++] = (char)('0' + (zero ? 0 : random_below(&random, 10)));
            }
        }
        if (size > 0 && random_below(&random, 16) == 0)
            text[random_below(&random, size)] = (char)random_below(&random, 256);
        check_parse((struct text){text, size}, decimals);
    }
}

static void parse_named_cases(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned decimals;
        enum status status;
        int64_t value;
    } cases[] = {
        {"43251.23", 8, STATUS_OK, INT64_C(4325123000000)},
        {"0", 0, STATUS_OK, 0},
        {"-0", 0, STATUS_OK, 0},
        {"-0.00", 2, STATUS_OK, 0},
        {"+1", 0, STATUS_OK, 1},
        {".5", 1, STATUS_OK, 5},
        {"-.5", 1, STATUS_OK, -5},
        {"1.", 1, STATUS_SYNTAX, 0},
        {".", 1, STATUS_SYNTAX, 0},
        {"", 1, STATUS_SYNTAX, 0},
        {"-", 1, STATUS_SYNTAX, 0},
        {"+-1", 1, STATUS_SYNTAX, 0},
        {"1.2.3", 4, STATUS_SYNTAX, 0},
        {" 1", 4, STATUS_SYNTAX, 0},
        {"1 ", 4, STATUS_SYNTAX, 0},
        {"1e5", 4, STATUS_SYNTAX, 0},
        {"1,000", 4, STATUS_SYNTAX, 0},
        {"nan", 4, STATUS_SYNTAX, 0},
        {"1.50", 1, STATUS_OK, 15},
        {"1.51", 1, STATUS_TOO_FINE, 0},
        {"1.500000000000000000000000000000000000000000000000000", 1, STATUS_OK, 15},
        {"1.500000000000000000000000000000000000000000000000001", 1, STATUS_TOO_FINE, 0},
        {"000000000000000000000000000000000000000000000000000001", 0, STATUS_OK, 1},
        {"9223372036854775807", 0, STATUS_OK, INT64_MAX},
        {"9223372036854775808", 0, STATUS_RANGE, 0},
        {"-9223372036854775808", 0, STATUS_OK, INT64_MIN},
        {"-9223372036854775809", 0, STATUS_RANGE, 0},
        {"92233720368.54775807", 8, STATUS_OK, INT64_MAX},
        {"92233720368.54775808", 8, STATUS_RANGE, 0},
        {"-92233720368.54775808", 8, STATUS_OK, INT64_MIN},
        {"9223372036.854775808", 9, STATUS_RANGE, 0},
        {"99999999999999999999999999999999999999999999999999.1", 0, STATUS_RANGE, 0},
        {"99999999999999999999999999999999999999999999999999x", 0, STATUS_SYNTAX, 0},
        {"0.00000000000000000000000000000000000001", 38, STATUS_OK, 1},
        {"0", 38, STATUS_OK, 0},
        {"1", 38, STATUS_RANGE, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t value = 0;
        assert_int_equal(decimal_parse_i64(text_of(cases[i].text), cases[i].decimals, &value),
                         cases[i].status);
        assert_true(value == cases[i].value);
        check_parse(text_of(cases[i].text), cases[i].decimals);
    }
}

static void check_value(i128 value, unsigned decimals)
{
    char text[DECIMAL_TEXT_SIZE], expected[2 * DECIMAL_TEXT_SIZE];
    size_t expected_size = naive_format(expected, value, decimals, true);
    size_t size = decimal_format_i128(text, value, decimals);
    if (size != expected_size || strcmp(text, expected) != 0)
        fail_msg("formatted \"%s\", expected \"%s\"", text, expected);
    i128 back = 0;
    if (decimal_parse_i128((struct text){text, size}, decimals, &back) != STATUS_OK ||
        back != value)
        fail_msg("\"%s\" at %u does not come back", text, decimals);
    if (value < INT64_MIN || value > INT64_MAX)
        return;
    int64_t narrow = 0;
    size = decimal_format_i64(text, (int64_t)value, decimals);
    if (size != expected_size || strcmp(text, expected) != 0)
        fail_msg("formatted \"%s\" of 64 bits, expected \"%s\"", text, expected);
    if (decimal_parse_i64((struct text){text, size}, decimals, &narrow) != STATUS_OK ||
        narrow != value)
        fail_msg("\"%s\" at %u does not come back in 64 bits", text, decimals);
}

static void all_small_values_come_back(void **state)
{
    (void)state;
    for (int64_t value = -100000; value <= 100000; value++) {
        for (unsigned decimals = 0; decimals <= 8; decimals++)
            check_value(value, decimals);
    }
}

static i128 random_value(struct random *random)
{
    u128 bits = (u128)random_u64(random) << 64 | random_u64(random);
    return (i128)bits >> random_below(random, 128);
}

static void random_values_come_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 2, 0);
    for (int round = 0; round < 500000; round++)
        check_value(random_value(&random), (unsigned)random_below(&random, DECIMALS_MAX + 1));
}

static void limits_come_back(void **state)
{
    (void)state;
    const i128 limits[] = {I128_MIN,  I128_MIN + 1, INT64_MIN,    0,
                           INT64_MAX, UINT64_MAX,   I128_MAX - 1, I128_MAX};
    for (size_t i = 0; i < ARRAY_COUNT(limits); i++) {
        for (unsigned decimals = 0; decimals <= DECIMALS_MAX; decimals++) {
            for (int step = -2; step <= 2; step++) {
                i128 value;
                if (i128_add(limits[i], step, &value))
                    check_value(value, decimals);
            }
        }
    }
    i128 power = 1;
    for (unsigned exponent = 0; exponent <= 38; exponent++) {
        for (int step = -1; step <= 1; step++) {
            check_value(power + step, exponent);
            check_value(-power + step, exponent / 2);
        }
        if (exponent <= 18)
            assert_true(power_of_ten(exponent) == power);
        if (exponent < 38)
            power *= 10;
    }
}

/* The naive text at full length, then as many zeros or as few digits as asked; where digits go, by
 * the definition of half-even on the text. */
static void check_fixed(i128 value, unsigned decimals, unsigned places)
{
    char text[DECIMAL_TEXT_SIZE], expected[2 * DECIMAL_TEXT_SIZE];
    if (places >= decimals) {
        size_t size = naive_format(expected, value, decimals, false);
        if (places > 0 && decimals == 0)
            expected[size++] = '.';
        memset(expected + size, '0', places - decimals);
        expected[size + places - decimals] = '\0';
    } else {
        i128 scale = 1;
        for (unsigned i = places; i < decimals; i++)
            scale *= 10;
        i128 down = value / scale, rest = value % scale;
        u128 twice = 2 * (u128)(rest < 0 ? -rest : rest);
        if (twice > (u128)scale || (twice == (u128)scale && down % 2 != 0))
            down += value < 0 ? -1 : 1;
        naive_format(expected, down, places, false);
    }
    size_t size = decimal_format_fixed(text, value, decimals, places);
    if (size != strlen(text) || strcmp(text, expected) != 0)
        fail_msg("fixed \"%s\", expected \"%s\"", text, expected);
}

static void fixed_places(void **state)
{
    (void)state;
    for (int64_t value = -20000; value <= 20000; value++) {
        for (unsigned places = 0; places <= 5; places++)
            check_fixed(value, 3, places);
    }
    struct random random;
    random_init(&random, 3, 0);
    for (int round = 0; round < 200000; round++)
        check_fixed(random_value(&random), (unsigned)random_below(&random, DECIMALS_MAX + 1),
                    (unsigned)random_below(&random, DECIMAL_PLACES_MAX + 1));
    check_fixed(I128_MIN, 0, DECIMAL_PLACES_MAX);
    check_fixed(I128_MIN, 1, DECIMAL_PLACES_MAX);
    check_fixed(I128_MIN, 38, 0);
    char text[DECIMAL_TEXT_SIZE];
    decimal_format_fixed(text, -4, 3, 2);
    assert_string_equal(text, "0.00");
    decimal_format_fixed(text, -5, 3, 2);
    assert_string_equal(text, "0.00");
    decimal_format_fixed(text, -6, 3, 2);
    assert_string_equal(text, "-0.01");
    decimal_format_fixed(text, 15, 3, 2);
    assert_string_equal(text, "0.02");
    decimal_format_fixed(text, 25, 3, 2);
    assert_string_equal(text, "0.02");
}

static void significant_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum status status;
        unsigned count;
    } cases[] = {
        {"1.50", STATUS_OK, 1},       {"1", STATUS_OK, 0},    {"1.00", STATUS_OK, 0},
        {"0.00000001", STATUS_OK, 8}, {".10", STATUS_OK, 1},  {"-3.0250", STATUS_OK, 3},
        {"1.", STATUS_SYNTAX, 9},     {"", STATUS_SYNTAX, 9}, {"1e3", STATUS_SYNTAX, 9},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        unsigned count = 9;
        assert_int_equal(decimal_count(text_of(cases[i].text), &count), cases[i].status);
        assert_int_equal(count, cases[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_all_short_texts),
        cmocka_unit_test(parse_refuses_every_other_byte),
        cmocka_unit_test(parse_random_texts),
        cmocka_unit_test(parse_named_cases),
        cmocka_unit_test(all_small_values_come_back),
        cmocka_unit_test(random_values_come_back),
        cmocka_unit_test(limits_come_back),
        cmocka_unit_test(fixed_places),
        cmocka_unit_test(significant_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
