/* Decimal text of market data: the fast ways against the slow ones and against strtod. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "world/import/digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One way to see it: the texts that the plain form allows, character by character. */
static bool naive_read(struct text text, struct digits *out)
{
    size_t digits = 0, points = 0, behind = 0;
    uint64_t mantissa = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.') {
            points++;
        } else if (c >= '0' && c <= '9') {
            if (digits == 19)
                return false;
            mantissa = mantissa * 10 + (uint64_t)(c - '0');
            digits++;
            behind += points;
        } else {
            return false;
        }
    }
    if (digits == 0 || points > 1 || (points == 1 && behind == 0) || behind > 18)
        return false;
    *out = (struct digits){mantissa, (unsigned)behind};
    return true;
}

static void check_read(struct text text)
{
    struct digits expected = {77, 7}, slow = {77, 7}, fast = {77, 7};
    bool good = naive_read(text, &expected);
    if (digits_read(text, &slow) != good || slow.mantissa != expected.mantissa ||
        slow.decimals != expected.decimals)
        fail_msg("digits_read \"%.*s\"", (int)text.size, text.data);
    if (digits_read_padded(text, &fast) != good || fast.mantissa != expected.mantissa ||
        fast.decimals != expected.decimals)
        fail_msg("digits_read_padded \"%.*s\"", (int)text.size, text.data);
}

/* All texts of a few characters up to a size, with rubbish behind them. */
static void read_all_short_texts(void **state)
{
    (void)state;
    static const char alphabet[] = {'0', '1', '9', '.', '/', ':', '\xae', '\xb0', ' '};
    size_t count = 1;
    for (size_t size = 0; size <= 6; size++, count *= sizeof alphabet) {
        for (size_t number = 0; number < count; number++) {
            char text[8 + DIGITS_PADDING];
            memset(text, '5', sizeof text);
            size_t rest = number;
            for (size_t i = 0; i < size; i++, rest /= sizeof alphabet)
                text[i] = alphabet[rest % sizeof alphabet];
            check_read((struct text){text, size});
        }
    }
}

static void read_random_texts(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1, 0);
    for (unsigned round = 0; round < 2000000; round++) {
        char text[24 + DIGITS_PADDING];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)('0' + random_below(&random, 10));
        size_t size = random_below(&random, 24);
        if (size > 0 && random_below(&random, 4) != 0)
            text[random_below(&random, size)] = '.';
        if (size > 0 && random_below(&random, 8) == 0)
            text[random_below(&random, size)] = (char)random_below(&random, 256);
        check_read((struct text){text, size});
    }
}

static void check_double(const char *text)
{
    double value = -1;
    double expected = strtod(text, NULL);
    if (digits_parse_double(text_of(text), &value) != STATUS_OK ||
        memcmp(&value, &expected, sizeof value) != 0)
        fail_msg("\"%s\" gives %.17g, not %.17g", text, value, expected);
}

/* strtod of glibc rounds correctly for any number of digits. */
static void doubles_are_nearest(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "0.0",
        ".5",
        "1",
        "9007199254740992",
        "9007199254740993",
        "9007199254740995",
        "9223372036854775807",
        "9999999999999999999",
        "1.797693134862315708",
        "0.1",
        "0.3",
        "8.880099999999999",
        "0.000000000000000001",
        "4.9999999999999995",
        "9007199254740993.0",
        "900719925474099.30",
        "90071992547409930000000.000000",
        "00000000000000000000000.1",
        "123456789012345678901234567890.123456789012345678901234567890",
        "+1.5",
        "2.2250738585072011",
        "18014398509481985",
        "18014398509481983",
        "1801439850948198.5",
        "0.500000000000000166533453693773481063544750213623046875",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        check_double(texts[i]);
    struct random random;
    random_init(&random, 2, 0);
    for (unsigned round = 0; round < 1000000; round++) {
        char text[48];
        size_t size = 1 + random_below(&random, round % 16 == 0 ? 40 : 20);
        size_t point = random_below(&random, size + 1);
        size_t count = 0;
        for (size_t i = 0; i < size; i++) {
            if (i == point)
                text[count++] = '.';
            text[count++] = (char)('0' + random_below(&random, 10));
        }
        text[count] = '\0';
        check_double(text);
    }
    /* Mantissas half way between two doubles, and their neighbours. */
    for (unsigned round = 0; round < 200000; round++) {
        uint64_t mantissa = (random_u64(&random) >> 10) | (UINT64_C(1) << 53);
        for (uint64_t near = mantissa - 1; near <= mantissa + 1; near++) {
            char text[48];
            snprintf(text, sizeof text, "%llu", (unsigned long long)near);
            check_double(text);
            size_t size = strlen(text);
            size_t point = 1 + random_below(&random, size - 1);
            memmove(text + point + 1, text + point, size - point + 1);
            text[point] = '.';
            check_double(text);
        }
    }
}

static void parse_takes_the_rest(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum status status;
        uint64_t mantissa;
        unsigned decimals;
    } rows[] = {
        {"+1.50", STATUS_OK, 15, 1},
        {"1.50000000000000000000000000", STATUS_OK, 15, 1},
        {"00000000000000000000000001.5", STATUS_OK, 15, 1},
        {"9223372036854775807", STATUS_OK, INT64_MAX, 0},
        {"9223372036854775808", STATUS_RANGE, 0, 0},
        {"0.0000000000000000001", STATUS_TOO_FINE, 0, 0},
        {"-1", STATUS_SYNTAX, 0, 0},
        {"1e5", STATUS_SYNTAX, 0, 0},
        {"", STATUS_SYNTAX, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct digits value = {0, 0};
        enum status status = digits_parse(text_of(rows[i].text), &value);
        if (status != rows[i].status || value.mantissa != rows[i].mantissa ||
            value.decimals != rows[i].decimals)
            fail_msg("\"%s\": %s", rows[i].text, status_name(status));
    }
    double value = 0;
    assert_int_equal(digits_parse_double(text_of("-1"), &value), STATUS_SYNTAX);
    assert_int_equal(digits_parse_double(text_of("1e5"), &value), STATUS_SYNTAX);
    assert_int_equal(digits_parse_double(text_of("0x10"), &value), STATUS_SYNTAX);
    char large[600];
    memset(large, '9', sizeof large);
    assert_int_equal(digits_parse_double((struct text){large, 400}, &value), STATUS_RANGE);
    assert_int_equal(digits_parse_double((struct text){large, 600}, &value), STATUS_RANGE);
}

static void faults_have_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"", "nothing"},
        {"  ", "nothing"},
        {" 1", "spaces around a number"},
        {"NaN", "no number (NaN)"},
        {"-nan", "no number (NaN)"},
        {"null", "no number (NaN)"},
        {"inf", "infinity"},
        {"-Infinity", "infinity"},
        {"-1.5", "a negative number"},
        {"1e5", "an exponent form"},
        {"7.41E-05", "an exponent form"},
        {"-1e5", "an exponent form"},
        {"abc", "no decimal number"},
        {"1,5", "no decimal number"},
        {"1.2.3", "no decimal number"},
        {"0x10", "no decimal number"},
        {"1.", "no decimal number"},
        {"-", "no decimal number"},
        {".", "no decimal number"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const char *fault = digits_fault(text_of(rows[i].text));
        assert_non_null(fault);
        assert_string_equal(fault, rows[i].fault);
    }
    assert_null(digits_fault(text_of("1.5")));
    assert_null(digits_fault(text_of("99999999999999999999999999")));
}

static void trimming_keeps_the_value(void **state)
{
    (void)state;
    struct digits value = {15000, 4};
    digits_trim(&value, 2);
    assert_true(value.mantissa == 150 && value.decimals == 2);
    digits_trim(&value, 0);
    assert_true(value.mantissa == 15 && value.decimals == 1);
    value = (struct digits){0, 18};
    digits_trim(&value, 0);
    assert_true(value.mantissa == 0 && value.decimals == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_all_short_texts), cmocka_unit_test(read_random_texts),
        cmocka_unit_test(doubles_are_nearest),  cmocka_unit_test(parse_takes_the_rest),
        cmocka_unit_test(faults_have_words),    cmocka_unit_test(trimming_keeps_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
