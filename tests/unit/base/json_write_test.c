/* What the JSON writer writes is always JSON, whatever it is given. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json_write.h"
#include "base/random.h"
#include "../json_check.h"

static void the_checker_checks(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0",      "-0.5e+10",    "\"\\u00e9\\n\"", "{}", "[ ]", "[1,2]", "{\"a\":[{\"b\":null}]}",
        " true ", "\"\xc3\xa9\""};
    static const char *const bad[] = {
        "",       "01",      "1.",       ".5",  "+1", "nan",       "[1,]",       "{\"a\"}", "{a:1}",
        "\"\n\"", "\"\\x\"", "\"\xff\"", "1 2", "[1", "\"\\u12\"", "{\"a\":1,}", "1e",      "\"a"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        assert_true(json_is_valid(text_of(good[i])));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(json_is_valid(text_of(bad[i])));
}

static void all_kinds(void **state)
{
    (void)state;
    struct text_buffer out;
    struct json_writer json;
    text_buffer_init(&out, 4096);
    json_write_init(&json, &out, 0);
    json_object_begin(&json);
    json_key(&json, "text");
    json_text(&json, TEXT("a\"b\\c\n\t\r\x01\x7f/\xc3\xa9\xff\xed\xa0\x80"));
    json_key(&json, "low");
    json_i64(&json, INT64_MIN);
    json_key(&json, "high");
    json_u64(&json, UINT64_MAX);
    json_key(&json, "tenth");
    json_double(&json, 0.1);
    json_key(&json, "nan");
    json_double(&json, (double)NAN);
    json_key(&json, "infinite");
    json_double(&json, -(double)INFINITY);
    json_key(&json, "money");
    json_decimal(&json, -123450, 3);
    json_key(&json, "list");
    json_array_begin(&json);
    json_bool(&json, true);
    json_bool(&json, false);
    json_null(&json);
    json_array_begin(&json);
    json_array_end(&json);
    json_object_begin(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
    assert_int_equal(json_write_finish(&json), STATUS_OK);
    assert_string_equal(out.data,
                        "{\"text\":\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/\xc3\xa9"
                        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
                        "\"low\":-9223372036854775808,\"high\":18446744073709551615,"
                        "\"tenth\":0.1,\"nan\":null,\"infinite\":null,\"money\":\"-123.45\","
                        "\"list\":[true,false,null,[],{}]}\n");
    assert_true(json_is_valid((struct text){out.data, out.size}));
    text_buffer_release(&out);
}

static void indented(void **state)
{
    (void)state;
    struct text_buffer out;
    struct json_writer json;
    text_buffer_init(&out, 4096);
    json_write_init(&json, &out, 2);
    json_object_begin(&json);
    json_key(&json, "a");
    json_array_begin(&json);
    json_i64(&json, 1);
    json_i64(&json, 2);
    json_array_end(&json);
    json_key_text(&json, TEXT("b\""));
    json_object_begin(&json);
    json_object_end(&json);
    json_object_end(&json);
    assert_int_equal(json_write_finish(&json), STATUS_OK);
    assert_string_equal(out.data, "{\n  \"a\":[\n    1,\n    2\n  ],\n  \"b\\\"\":{}\n}\n");
    text_buffer_release(&out);
}

/* Random bytes as texts and keys, random nesting: always valid. */
static void random_documents(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1, 0);
    for (int round = 0; round < 2000; round++) {
        struct text_buffer out;
        struct json_writer json;
        text_buffer_init(&out, 1 << 20);
        json_write_init(&json, &out, (unsigned)random_below(&random, 3));
        json_array_begin(&json);
        bool object[JSON_WRITE_DEPTH_MAX] = {false};
        unsigned depth = 1;
        for (int i = 0; i < 60; i++) {
            char bytes[12];
            size_t size = random_below(&random, sizeof(bytes));
            for (size_t k = 0; k < size; k++)
                bytes[k] = (char)random_u64(&random);
            uint64_t kind = random_below(&random, 6);
            if (kind == 0 && depth > 1) {
                depth--;
                if (object[depth])
                    json_object_end(&json);
                else
                    json_array_end(&json);
                continue;
            }
            if (object[depth - 1])
                json_key_text(&json, (struct text){bytes, size});
            if (kind == 1 && depth < JSON_WRITE_DEPTH_MAX) {
                object[depth] = random_below(&random, 2) == 0;
                if (object[depth++])
                    json_object_begin(&json);
                else
                    json_array_begin(&json);
            } else if (kind == 2) {
                uint64_t bits = random_u64(&random);
                double value;
                memcpy(&value, &bits, sizeof(value));
                json_double(&json, value);
            } else {
                json_text(&json, (struct text){bytes, size});
            }
        }
        while (depth > 1) {
            depth--;
            if (object[depth])
                json_object_end(&json);
            else
                json_array_end(&json);
        }
        json_array_end(&json);
        assert_int_equal(json_write_finish(&json), STATUS_OK);
        if (!json_is_valid((struct text){out.data, out.size}))
            fail_msg("not JSON: %s", out.data);
        text_buffer_release(&out);
    }
}

static void no_room(void **state)
{
    (void)state;
    struct text_buffer out;
    struct json_writer json;
    text_buffer_init(&out, 8);
    json_write_init(&json, &out, 0);
    json_text(&json, TEXT("longer than eight"));
    assert_int_equal(json_write_finish(&json), STATUS_FULL);
    text_buffer_release(&out);
}

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void format_is_shortest(double value)
{
    char text[DOUBLE_TEXT_SIZE], plain[DOUBLE_TEXT_SIZE], shorter[DOUBLE_TEXT_SIZE];
    size_t size = double_format(text, value);
    assert_int_equal(size, strlen(text));
    assert_true(strtod(text, NULL) == value);
    size = double_format_plain(plain, value);
    assert_int_equal(size, strlen(plain));
    assert_true(strtod(plain, NULL) == value);
    assert_null(strpbrk(plain, "eE"));
    int digits = 0;
    bool leading = true;
    for (const char *at = text; *at != '\0' && *at != 'e'; at++) {
        leading = leading && (*at == '0' || *at == '.' || *at == '-');
        digits += *at >= '0' && *at <= '9' && !leading;
    }
    if (digits > 1 && strchr(text, '.') != NULL) {
        (void)snprintf(shorter, sizeof(shorter), "%.*g", digits - 1, value);
        assert_false(strtod(shorter, NULL) == value);
    }
}

static void doubles(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text, *plain;
    } rows[] = {
        {0, "0", "0"},
        {-0.0, "-0", "-0"},
        {1, "1", "1"},
        {0.1, "0.1", "0.1"},
        {1e-7, "1e-07", "0.0000001"},
        {-1.5e-7, "-1.5e-07", "-0.00000015"},
        {1.0 / 3, "0.3333333333333333", "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
        {1e15, "1e+15", "1000000000000000"},
        {123456789012345680, "1.2345678901234568e+17", "123456789012345680"},
        {5e-324, "5e-324", NULL},
        {1.7976931348623157e308, "1.7976931348623157e+308", NULL},
    };
    char text[DOUBLE_TEXT_SIZE];
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        (void)double_format(text, rows[i].value);
        assert_string_equal(text, rows[i].text);
        (void)double_format_plain(text, rows[i].value);
        if (rows[i].plain != NULL)
            assert_string_equal(text, rows[i].plain);
    }
    (void)double_format(text, (double)NAN);
    assert_string_equal(text, "nan");
    (void)double_format_plain(text, -(double)INFINITY);
    assert_string_equal(text, "-inf");
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double power = ldexp(1, exponent);
        format_is_shortest(power);
        format_is_shortest(nextafter(power, 0) + 0.0);
        format_is_shortest(-nextafter(power, (double)INFINITY));
    }
    struct random random;
    random_init(&random, 2, 0);
    for (int i = 0; i < 40000; i++) {
        double value = of_bits(random_u64(&random));
        if (isfinite(value))
            format_is_shortest(value);
        format_is_shortest((double)random_below(&random, 1000000) / 10000);
    }
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        uint32_t character;
    } rows[] = {
        {"a", 1, 'a'},
        {"\xc3\xa9", 2, 0xE9},
        {"\xe2\x82\xac", 3, 0x20AC},
        {"\xf0\x9f\x98\x80", 4, 0x1F600},
        {"\xef\xbf\xbd", 3, 0xFFFD},
        {"\xf4\x8f\xbf\xbf", 4, 0x10FFFF},
        {"\xf4\x90\x80\x80", 1, 0xFFFD}, /* beyond Unicode */
        {"\xc0\x80", 1, 0xFFFD},         /* overlong */
        {"\xe0\x80\x80", 1, 0xFFFD},
        {"\xed\xa0\x80", 1, 0xFFFD}, /* surrogate */
        {"\xe2\x82", 1, 0xFFFD},     /* cut */
        {"\x80", 1, 0xFFFD},
        {"\xff", 1, 0xFFFD},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t character;
        assert_int_equal(utf8_decode(text_of(rows[i].bytes), &character), rows[i].size);
        assert_int_equal(character, rows[i].character);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checker_checks),
        cmocka_unit_test(all_kinds),
        cmocka_unit_test(indented),
        cmocka_unit_test(random_documents),
        cmocka_unit_test(no_room),
        cmocka_unit_test(doubles),
        cmocka_unit_test(utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
