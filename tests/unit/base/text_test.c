/* Slices, typing mistakes, UTF-8 and the growing buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void slices(void **state)
{
    (void)state;
    assert_true(text_equal(text_of("abc"), TEXT("abc")));
    assert_false(text_equal(text_of("abc"), TEXT("abd")));
    assert_false(text_equal(text_of("abc"), TEXT("ab")));
    assert_true(text_equal(text_of(NULL), TEXT("")));
    assert_true(text_equal_ignore_case(TEXT("BTC-usd"), TEXT("btc-USD")));
    assert_false(text_equal_ignore_case(TEXT("["), TEXT("{")));
    assert_false(text_equal_ignore_case(TEXT("@"), TEXT("`")));
    assert_false(text_equal_ignore_case(TEXT("a"), TEXT("ab")));
    assert_true(text_starts_with(TEXT("backtest"), TEXT("back")));
    assert_true(text_starts_with(TEXT("a"), TEXT("")));
    assert_false(text_starts_with(TEXT("back"), TEXT("backtest")));
    assert_true(text_equal(text_trim(TEXT(" \t\r\na b\n ")), TEXT("a b")));
    assert_true(text_equal(text_trim(TEXT(" \n")), TEXT("")));
}

static void split_gives_every_part(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t count;
        const char *parts[4];
    } cases[] = {
        {"a,b,c", 3, {"a", "b", "c"}}, {"a,", 2, {"a", ""}}, {",", 2, {"", ""}}, {"", 1, {""}},
        {",,x", 3, {"", "", "x"}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct text rest = text_of(cases[i].line);
        size_t count = 0;
        while (rest.data != NULL) {
            struct text part = text_split(&rest, ',');
            assert_true(count < cases[i].count);
            assert_true(text_equal(part, text_of(cases[i].parts[count])));
            count++;
        }
        assert_int_equal(count, cases[i].count);
        assert_int_equal(text_split(&rest, ',').size, 0);
    }
}

/* The definition itself, without a table. */
static unsigned naive_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    if (a_size == 0 || b_size == 0)
        return (unsigned)(a_size + b_size);
    unsigned change = a[a_size - 1] == b[b_size - 1] ? 0 : 1;
    unsigned best = naive_distance(a, a_size - 1, b, b_size - 1) + change;
    unsigned other = naive_distance(a, a_size - 1, b, b_size) + 1;
    best = other < best ? other : best;
    other = naive_distance(a, a_size, b, b_size - 1) + 1;
    best = other < best ? other : best;
    if (a_size > 1 && b_size > 1 && a[a_size - 1] == b[b_size - 2] &&
        a[a_size - 2] == b[b_size - 1]) {
        other = naive_distance(a, a_size - 2, b, b_size - 2) + 1;
        best = other < best ? other : best;
    }
    return best;
}

static void distance_of_all_short_words(void **state)
{
    (void)state;
    char words[121][5];
    size_t sizes[121], count = 0;
    for (size_t size = 0; size <= 4; size++) {
        size_t total = size == 0 ? 1 : size == 1 ? 3 : size == 2 ? 9 : size == 3 ? 27 : 81;
        for (size_t number = 0; number < total; number++) {
            size_t rest = number;
            for (size_t i = 0; i < size; i++) {
                words[count][i] = (char)('a' + rest % 3);
                rest /= 3;
            }
            sizes[count++] = size;
        }
    }
    assert_int_equal(count, 121);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            assert_int_equal(
                text_distance((struct text){words[i], sizes[i]}, (struct text){words[j], sizes[j]}),
                naive_distance(words[i], sizes[i], words[j], sizes[j]));
    }
}

static void distance_of_long_words(void **state)
{
    (void)state;
    char a[200], b[200];
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    memset(b + 64, 'b', sizeof b - 64);
    assert_int_equal(text_distance((struct text){a, 200}, (struct text){b, 200}), 0);
    assert_int_equal(text_distance((struct text){a, 64}, TEXT("")), 64);
    assert_int_equal(text_distance(TEXT(""), (struct text){a, 200}), 64);
    memset(b, 'b', sizeof b);
    assert_int_equal(text_distance((struct text){a, 200}, (struct text){b, 200}), 64);
}

static void suggestions(void **state)
{
    (void)state;
    static const char *const commands[] = {"backtest", "sweep", "run", "report", "doctor", "rsi"};
    static const struct {
        const char *typed, *meant;
    } cases[] = {
        {"bactest", "backtest"},
        {"backtset", "backtest"},
        {"swep", "sweep"},
        {"rnu", "run"},
        {"reprot", "report"},
        {"RSI", "rsi"},
        {"Doctor", "doctor"},
        {"docter", "doctor"},
        {"sweep", "sweep"},
        {"x", NULL},
        {"", NULL},
        {"walk", NULL},
        {"ruin", "run"},
        {"zzzzzzzz", NULL},
        {"r", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *found = text_suggest(text_of(cases[i].typed), commands, ARRAY_COUNT(commands));
        if (cases[i].meant == NULL)
            assert_null(found);
        else if (found == NULL)
            fail_msg("no suggestion for %s", cases[i].typed);
        else
            assert_string_equal(found, cases[i].meant);
    }
    assert_null(text_suggest(TEXT("run"), NULL, 0));
    static const char *const equal[] = {"cat", "bat"};
    assert_string_equal(text_suggest(TEXT("rat"), equal, 2), "cat");
    static const char *const letters[] = {"b"};
    assert_null(text_suggest(TEXT("a"), letters, 1));
}

/* The definition by code points: what a decoder yields must encode to the same bytes. */
static size_t naive_utf8_size(const unsigned char *bytes, size_t available)
{
    uint32_t point;
    size_t size;
    if (available == 0)
        return 0;
    if (bytes[0] < 0x80) {
        size = 1;
        point = bytes[0];
    } else if ((bytes[0] & 0xE0) == 0xC0) {
        size = 2;
        point = bytes[0] & 0x1Fu;
    } else if ((bytes[0] & 0xF0) == 0xE0) {
        size = 3;
        point = bytes[0] & 0x0Fu;
    } else if ((bytes[0] & 0xF8) == 0xF0) {
        size = 4;
        point = bytes[0] & 0x07u;
    } else {
        return 0;
    }
    if (available < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (bytes[i] & 0x3Fu);
    }
    size_t shortest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return shortest == size && !surrogate && point <= 0x10FFFF ? size : 0;
}

static void check_utf8(const unsigned char *bytes, size_t available)
{
    size_t found = text_utf8_size((struct text){(const char *)bytes, available});
    if (found != naive_utf8_size(bytes, available))
        fail_msg("%02x %02x %02x %02x of %zu", bytes[0], bytes[1], bytes[2], bytes[3], available);
}

static void utf8_of_every_first_bytes(void **state)
{
    (void)state;
    static const unsigned char last[] = {0x00, 0x7F, 0x80, 0xA5, 0xBF, 0xC0, 0xFF};
    for (uint32_t number = 0; number < 1u << 24; number++) {
        unsigned char bytes[4] = {(unsigned char)(number >> 16), (unsigned char)(number >> 8),
                                  (unsigned char)number, 0x80};
        check_utf8(bytes, 4);
        if ((number & 0x3F) == 0 || (number & 0xFF) == 0xBF) {
            for (size_t available = 0; available <= 3; available++)
                check_utf8(bytes, available);
            for (size_t i = 0; i < sizeof last; i++) {
                bytes[3] = last[i];
                check_utf8(bytes, 4);
            }
        }
    }
}

static void drawing_by_code_point(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x3000; point++) {
        char bytes[3];
        size_t size = 1;
        if (point < 0x80) {
            bytes[0] = (char)point;
        } else if (point < 0x800) {
            size = 2;
            bytes[0] = (char)(0xC0 | point >> 6);
            bytes[1] = (char)(0x80 | (point & 0x3F));
        } else {
            size = 3;
            bytes[0] = (char)(0xE0 | point >> 12);
            bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
            bytes[2] = (char)(0x80 | (point & 0x3F));
        }
        bool expected = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E ||
                        point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
                        (point >= 0x2066 && point <= 0x2069);
        assert_int_equal(text_utf8_is_drawing((struct text){bytes, size}), expected);
    }
}

static void copies(void **state)
{
    (void)state;
    char out[8];
    assert_true(text_copy(out, sizeof out, TEXT("1234567")));
    assert_string_equal(out, "1234567");
    assert_false(text_copy(out, sizeof out, TEXT("12345678")));
    assert_string_equal(out, "1234567");
    assert_false(text_copy(out, sizeof out, TEXT("12345\xE2\x82\xAC")));
    assert_string_equal(out, "12345");
    assert_false(text_copy(out, sizeof out, TEXT("123456\xC3\xA9")));
    assert_string_equal(out, "123456");
    assert_false(text_copy(out, sizeof out, TEXT("1234\xC3\xA9\xC3\xA9")));
    assert_string_equal(out, "1234\xC3\xA9");
    assert_false(text_copy(out, 1, TEXT("x")));
    assert_string_equal(out, "");
    assert_true(text_copy(out, 1, text_of(NULL)));
    assert_string_equal(out, "");
    assert_int_equal(text_copy_clean(out, sizeof out, TEXT("a\nb\xFF\xC3\xA9zz")), 7);
    assert_string_equal(out, "a?b?\xC3\xA9z");
}

static void buffer_against_one_long_string(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 5, 0);
    for (int round = 0; round < 300; round++) {
        size_t size_max = random_below(&random, 3000);
        char expected[4096];
        size_t size = 0;
        bool full = false;
        struct text_buffer buffer;
        text_buffer_init(&buffer, size_max);
        for (int i = 0; i < 100; i++) {
            char piece[128];
            size_t piece_size = random_below(&random, 100);
            for (size_t j = 0; j < piece_size; j++)
                piece[j] = (char)('a' + random_below(&random, 26));
            piece[piece_size] = '\0';
            full = full || size + piece_size > size_max;
            if (!full) {
                memcpy(expected + size, piece, piece_size);
                size += piece_size;
            }
            if (random_below(&random, 2) == 0)
                text_buffer_append(&buffer, (struct text){piece, piece_size});
            else
                text_buffer_print(&buffer, "%s", piece);
            assert_int_equal(buffer.size, size);
            assert_int_equal(buffer.status, full ? STATUS_FULL : STATUS_OK);
            if (size > 0) {
                assert_memory_equal(buffer.data, expected, size);
                assert_int_equal(buffer.data[size], '\0');
            }
        }
        text_buffer_reset(&buffer);
        assert_int_equal(buffer.status, STATUS_OK);
        assert_int_equal(buffer.size, 0);
        text_buffer_release(&buffer);
        text_buffer_release(&buffer);
    }
}

static void buffer_that_cannot_grow(void **state)
{
    (void)state;
    struct text_buffer buffer;
    text_buffer_init(&buffer, SIZE_MAX);
    text_buffer_append(&buffer, TEXT("a"));
    text_buffer_append(&buffer, (struct text){buffer.data, SIZE_MAX - 1});
    assert_int_equal(buffer.status, STATUS_FULL);
    assert_string_equal(buffer.data, "a");
    text_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices),
        cmocka_unit_test(split_gives_every_part),
        cmocka_unit_test(distance_of_all_short_words),
        cmocka_unit_test(distance_of_long_words),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(utf8_of_every_first_bytes),
        cmocka_unit_test(drawing_by_code_point),
        cmocka_unit_test(copies),
        cmocka_unit_test(buffer_against_one_long_string),
        cmocka_unit_test(buffer_that_cannot_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
