/* The JSON reader against a checker of a few lines, against the writer, and on its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/random.h"
#include "../json_check.h"

/* A copy of exactly its size, so that a sanitizer sees every step beyond it. */
static char *copy_of(struct text text)
{
    char *data = malloc(text.size + (text.size == 0));
    assert_non_null(data);
    if (text.size > 0)
        memcpy(data, text.data, text.size);
    return data;
}

static enum status verdict(struct text text)
{
    char *data = copy_of(text);
    struct json_document document;
    uint32_t line = 0;
    enum status status = json_document_read(&document, data, text.size, &line);
    if (status == STATUS_OK)
        json_document_release(&document);
    else
        assert_true(line >= 1);
    free(data);
    return status;
}

static void good_and_bad(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0", "-0", "-0.5e+10", "\"\\u00e9\\n\"", "{}", "[ ]", "[1,2]", "{\"a\":[{\"b\":null}]}",
        " true ", "\"\xc3\xa9\"", "1E5", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "[[],{},\"\"]",
    };
    static const struct {
        const char *text;
        enum status status;
    } bad[] = {
        {"", STATUS_TRUNCATED},
        {" ", STATUS_TRUNCATED},
        {"01", STATUS_SYNTAX},
        {"1.", STATUS_TRUNCATED},
        {".5", STATUS_SYNTAX},
        {"+1", STATUS_SYNTAX},
        {"-", STATUS_TRUNCATED},
        {"nan", STATUS_SYNTAX},
        {"NaN", STATUS_SYNTAX},
        {"[1,]", STATUS_SYNTAX},
        {"[,1]", STATUS_SYNTAX},
        {"{\"a\"}", STATUS_SYNTAX},
        {"{a:1}", STATUS_SYNTAX},
        {"\"\n\"", STATUS_SYNTAX},
        {"\"\\x\"", STATUS_SYNTAX},
        {"\"\xff\"", STATUS_SYNTAX},
        {"1 2", STATUS_SYNTAX},
        {"[1", STATUS_TRUNCATED},
        {"{\"a\":1,}", STATUS_SYNTAX},
        {"\"a", STATUS_TRUNCATED},
        {"tru", STATUS_TRUNCATED},
        {"trux", STATUS_SYNTAX},
        {"]", STATUS_SYNTAX},
        {"[}", STATUS_SYNTAX},
        {"{]", STATUS_SYNTAX},
        {"[1 2]", STATUS_SYNTAX},
        {"{\"a\" 1}", STATUS_SYNTAX},
        {"\"\\ud83d\"", STATUS_SYNTAX},
        {"\"\\ude00\"", STATUS_SYNTAX},
        {"\"\\ud83d\\u0041\"", STATUS_SYNTAX},
        {"\xef\xbb\xbf{}", STATUS_SYNTAX},
        {"// a\n1", STATUS_SYNTAX},
        {"{}x", STATUS_SYNTAX},
        {"\"\xed\xa0\x80\"", STATUS_SYNTAX},
    };
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        assert_int_equal(verdict(text_of(good[i])), STATUS_OK);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (verdict(text_of(bad[i].text)) != bad[i].status)
            print_message("%s\n", bad[i].text);
        assert_int_equal(verdict(text_of(bad[i].text)), bad[i].status);
    }
}

static void tree_of_a_document(void **state)
{
    (void)state;
    static const char whole[] =
        "{\"n\": -12, \"d\":\"1.50\",\n \"x\": 0.1, \"deep\":[1,[2,{\"k\":"
        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\"}],true,"
        "false,null], \"n\":5, \"big\":18446744073709551615}";
    char *data = copy_of(text_of(whole));
    struct json_document document;
    uint32_t line = 0;
    assert_int_equal(json_document_read(&document, data, strlen(whole), &line), STATUS_OK);
    int64_t number = 0;
    uint64_t big = 0;
    i128 decimal = 0;
    double real = 0;
    bool yes = false;
    struct text text;
    const struct json_value *root = document.root;
    assert_int_equal(root->count, 6);
    assert_true(json_read_i64(json_member(root, "n"), &number));
    assert_int_equal(number, -12);
    assert_false(json_read_u64(json_member(root, "n"), &big));
    assert_true(json_read_u64(json_member(root, "big"), &big));
    assert_true(big == UINT64_MAX);
    assert_false(json_read_i64(json_member(root, "big"), &number));
    assert_true(json_read_decimal(json_member(root, "d"), 2, &decimal));
    assert_int_equal((int64_t)decimal, 150);
    assert_false(json_read_decimal(json_member(root, "n"), 2, &decimal));
    assert_true(json_read_double(json_member(root, "x"), &real));
    assert_true(real == 0.1);
    assert_false(json_read_i64(json_member(root, "x"), &number));
    const struct json_value *deep = json_member(root, "deep");
    assert_int_equal(deep->count, 5);
    const struct json_value *pair = deep->first->next;
    assert_true(json_read_text(json_member(pair->first->next, "k"), &text));
    assert_true(text_equal(text, TEXT("a\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_true(json_read_bool(pair->next, &yes) && yes);
    assert_true(json_read_bool(pair->next->next, &yes) && !yes);
    assert_int_equal(pair->next->next->next->type, JSON_NULL);
    assert_null(pair->next->next->next->next);
    assert_null(json_member(root, "none"));
    assert_null(json_member(NULL, "n"));
    assert_null(json_member(deep, "n"));
    assert_false(json_read_text(NULL, &text) || json_read_bool(NULL, &yes));
    json_document_release(&document);
    free(data);
}

static void depth_and_lines(void **state)
{
    (void)state;
    char text[2 * JSON_READ_DEPTH_MAX + 4];
    for (unsigned depth = JSON_READ_DEPTH_MAX - 1; depth <= JSON_READ_DEPTH_MAX + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        enum status expected = depth <= JSON_READ_DEPTH_MAX ? STATUS_OK : STATUS_FULL;
        assert_int_equal(verdict((struct text){text, (size_t)2 * depth}), expected);
    }
    struct text lines = TEXT("{\n\"a\\n\\n\": 1,\n\"b\": x}");
    char *data = copy_of(lines);
    struct json_document document;
    uint32_t line = 0;
    assert_int_equal(json_document_read(&document, data, lines.size, &line), STATUS_SYNTAX);
    assert_int_equal(line, 3);
    free(data);
}

static void numbers_beyond(void **state)
{
    (void)state;
    static const char *const texts[] = {"1e999", "-1e999"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        char *data = copy_of(text_of(texts[i]));
        struct json_document document;
        uint32_t line;
        double value = 7;
        assert_int_equal(json_document_read(&document, data, strlen(texts[i]), &line), STATUS_OK);
        assert_false(json_read_double(document.root, &value));
        assert_true(value == 7);
        json_document_release(&document);
        free(data);
    }
}

/* Half a surrogate is the one thing that the checker lets pass. */
static bool has_surrogate(struct text text)
{
    for (size_t i = 0; i + 2 < text.size; i++) {
        if (text.data[i] == 'u' && (text.data[i + 1] | 0x20) == 'd')
            return true;
    }
    return false;
}

static void random_against_the_checker(void **state)
{
    (void)state;
    static const char pieces[][8] = {
        "{",   "}",    "[",    "]", ",",  ":", "\"a\"", "\"\\u00", "\"",    "\\n", "1",    "-0.5",
        "e+2", "true", "null", " ", "\n", "0", "\\u",   "é",       "false", ".",   "\\\"", "\xff"};
    struct random random;
    random_init(&random, 20260101, 0);
    unsigned valid = 0;
    for (unsigned round = 0; round < 200000; round++) {
        char text[128];
        size_t size = 0, count = 1 + random_below(&random, 9);
        for (size_t i = 0; i < count; i++) {
            const char *piece = pieces[random_below(&random, ARRAY_COUNT(pieces))];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        struct text whole = {text, size};
        if (has_surrogate(whole))
            continue;
        bool expected = json_is_valid(whole);
        valid += expected;
        if ((verdict(whole) == STATUS_OK) != expected)
            print_message("%.*s\n", (int)size, text);
        assert_int_equal(verdict(whole) == STATUS_OK, expected);
    }
    assert_true(valid > 1000);
}

/* What the writer writes the reader reads; cut anywhere it is not whole. */
static void writer_and_back(void **state)
{
    (void)state;
    struct text_buffer out;
    struct json_writer json;
    text_buffer_init(&out, 4096);
    json_write_init(&json, &out, 1);
    json_object_begin(&json);
    json_key(&json, "a\"b");
    json_text(&json, TEXT("x\x01\x7f\xe2\x82\xac"));
    json_key(&json, "list");
    json_array_begin(&json);
    json_double(&json, 1e-7);
    json_decimal(&json, -15, 1);
    json_u64(&json, 7);
    json_array_end(&json);
    json_object_end(&json);
    assert_int_equal(json_write_finish(&json), STATUS_OK);
    for (size_t size = 0; size + 1 < out.size; size++)
        assert_int_equal(verdict((struct text){out.data, size}), STATUS_TRUNCATED);
    struct json_document document;
    uint32_t line;
    assert_int_equal(json_document_read(&document, out.data, out.size, &line), STATUS_OK);
    const struct json_value *list = json_member(document.root, "list");
    double small = 0;
    i128 decimal = 0;
    assert_true(json_read_double(list->first, &small) && small == 1e-7);
    assert_true(json_read_decimal(list->first->next, 1, &decimal) && decimal == -15);
    struct text text;
    assert_true(json_read_text(json_member(document.root, "a\"b"), &text));
    assert_true(text_equal(text, TEXT("x\x01\x7f\xe2\x82\xac")));
    json_document_release(&document);
    text_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bad),
        cmocka_unit_test(tree_of_a_document),
        cmocka_unit_test(depth_and_lines),
        cmocka_unit_test(numbers_beyond),
        cmocka_unit_test(random_against_the_checker),
        cmocka_unit_test(writer_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
