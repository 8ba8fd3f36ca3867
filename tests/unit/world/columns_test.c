/* Times in all their forms, and names of columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_naive.h"
#include "world/import/columns.h"
#include "world/import/digits.h"

static bool read_time(const char *text, enum time_form form, int64_t *out)
{
    char padded[64 + DIGITS_PADDING];
    memset(padded, '9', sizeof padded);
    size_t size = strlen(text);
    assert_true(size <= 64);
    memcpy(padded, text, size);
    return column_time_read((struct text){padded, size}, form, out);
}

#define SECOND NANOSECONDS_PER_SECOND

static void times_in_all_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum time_form form;
        int64_t time_ns;
    } rows[] = {
        /* by size: the least and the greatest of each unit */
        {"100000000", TIME_FORM_ANY, 100000000 * SECOND},
        {"1577836800", TIME_FORM_ANY, 1577836800 * SECOND},
        {"9223372036", TIME_FORM_ANY, 9223372036 * SECOND},
        {"100000000000", TIME_FORM_ANY, 100000000 * SECOND},
        {"1577836800123", TIME_FORM_ANY, 1577836800 * SECOND + 123000000},
        {"9223372036854", TIME_FORM_ANY, INT64_C(9223372036854000000)},
        {"100000000000000", TIME_FORM_ANY, 100000000 * SECOND},
        {"1577836800123456", TIME_FORM_ANY, 1577836800 * SECOND + 123456000},
        {"9223372036854775", TIME_FORM_ANY, INT64_C(9223372036854775000)},
        {"100000000000000000", TIME_FORM_ANY, 100000000 * SECOND},
        {"1577836800123456789", TIME_FORM_ANY, 1577836800 * SECOND + 123456789},
        {"9223372036854775807", TIME_FORM_ANY, INT64_MAX},
        /* by name, any size */
        {"5", TIME_FORM_SECONDS, 5 * SECOND},
        {"0", TIME_FORM_SECONDS, 0},
        {"20200101", TIME_FORM_SECONDS, 20200101 * SECOND},
        {"20200101", TIME_FORM_MILLISECONDS, INT64_C(20200101000000)},
        {"20200101", TIME_FORM_MICROSECONDS, INT64_C(20200101000)},
        {"20200101", TIME_FORM_NANOSECONDS, 20200101},
        /* with a fraction, as far as nanoseconds go */
        {"1577836800.0", TIME_FORM_ANY, 1577836800 * SECOND},
        {"1577836800.123456789", TIME_FORM_ANY, 1577836800 * SECOND + 123456789},
        {"1577836800.5", TIME_FORM_SECONDS, 1577836800 * SECOND + 500000000},
        {"1577836800123.25", TIME_FORM_MILLISECONDS, 1577836800 * SECOND + 123250000},
        {"1577836800123456789.0", TIME_FORM_NANOSECONDS, 0},
        /* dates */
        {"20200101", TIME_FORM_ANY, 1577836800 * SECOND},
        {"19000101", TIME_FORM_ANY, -2208988800 * SECOND},
        {"2020-01-01", TIME_FORM_ANY, 1577836800 * SECOND},
        {"2020-01-01 00:00", TIME_FORM_ANY, 1577836800 * SECOND},
        {"2020-01-01 00:00:07", TIME_FORM_ANY, 1577836807 * SECOND},
        {"2020-01-01T02:00:00+02:00", TIME_FORM_ANY, 1577836800 * SECOND},
        {"1969-12-31", TIME_FORM_ANY, -86400 * SECOND},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t time_ns = 7;
        /* Twenty digits are more than the fast way takes; such a time is refused, not misread. */
        bool expected = rows[i].time_ns != 0 || strlen(rows[i].text) == 1;
        bool good = read_time(rows[i].text, rows[i].form, &time_ns);
        if (good != expected || (good && time_ns != rows[i].time_ns))
            fail_msg("%s: %d, %lld", rows[i].text, good, (long long)time_ns);
    }
}

static void what_is_no_time(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum time_form form;
    } rows[] = {
        {"", TIME_FORM_ANY},
        {"99999999", TIME_FORM_ANY}, /* no such day */
        {"18991231", TIME_FORM_ANY}, /* before dates of this form are taken */
        {"20200230", TIME_FORM_ANY},
        {"9999999", TIME_FORM_ANY},    /* too small to tell its unit */
        {"9223372037", TIME_FORM_ANY}, /* beyond 2262 */
        {"99999999999", TIME_FORM_ANY},
        {"9223372036855", TIME_FORM_ANY},
        {"99999999999999", TIME_FORM_ANY},
        {"99999999999999999", TIME_FORM_ANY},
        {"9223372036854776", TIME_FORM_ANY},
        {"9223372036854775808", TIME_FORM_ANY},
        {"1577836800.1234567891", TIME_FORM_ANY}, /* finer than nanoseconds */
        {"1577836800123456789.5", TIME_FORM_ANY},
        {"0.5", TIME_FORM_NANOSECONDS},
        {"-1", TIME_FORM_ANY},
        {"1577836800 ", TIME_FORM_ANY},
        {"1.577e9", TIME_FORM_ANY},
        {"2020-01-01", TIME_FORM_SECONDS},
        {"2020-13-01", TIME_FORM_ANY},
        {"01/02/2020", TIME_FORM_ANY},
        {"tomorrow", TIME_FORM_ANY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t time_ns = 7;
        if (read_time(rows[i].text, rows[i].form, &time_ns))
            fail_msg("%s gives %lld", rows[i].text, (long long)time_ns);
    }
}

/* Every day of two centuries, both ways of writing it. */
static void every_day(void **state)
{
    (void)state;
    for (int year = 1900; year < 2100; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= 28; day++) {
                char text[32], compact[32];
                int64_t with_dashes = 0, without = 0;
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                snprintf(compact, sizeof compact, "%04d%02d%02d", year, month, day);
                assert_true(read_time(text, TIME_FORM_ANY, &with_dashes));
                assert_true(read_time(compact, TIME_FORM_ANY, &without));
                assert_int_equal(with_dashes, without);
                if (year >= 1970)
                    assert_int_equal(with_dashes, naive_time(text));
            }
        }
    }
}

static enum status read_header(const char *text, const char *base_asset,
                               struct column_layout *layout, struct problem *problem)
{
    struct byte_source *bytes = NULL;
    struct csv_reader reader;
    problem_init(problem);
    assert_int_equal(byte_source_open_memory("x.csv", text, strlen(text), &bytes, problem),
                     STATUS_OK);
    assert_int_equal(csv_reader_init(&reader, bytes, problem), STATUS_OK);
    assert_int_equal(csv_reader_next(&reader, problem), STATUS_OK);
    enum status status = column_layout_read(&reader, text_of(base_asset), layout, problem);
    csv_reader_release(&reader);
    byte_source_close(bytes);
    return status;
}

static void names_find_their_columns(void **state)
{
    (void)state;
    struct column_layout layout;
    struct problem problem;
    assert_int_equal(read_header("Close Price,SYMBOL,[v],<Low>,open-price,Date.Time,high\n", "",
                                 &layout, &problem),
                     STATUS_OK);
    assert_int_equal(layout.index[COLUMN_CLOSE], 0);
    assert_int_equal(layout.index[COLUMN_SYMBOL], 1);
    assert_int_equal(layout.index[COLUMN_VOLUME], 2);
    assert_int_equal(layout.index[COLUMN_LOW], 3);
    assert_int_equal(layout.index[COLUMN_OPEN], 4);
    assert_int_equal(layout.index[COLUMN_TIME], 5);
    assert_int_equal(layout.index[COLUMN_HIGH], 6);
    assert_true(layout.has_header && layout.has_symbol && !layout.has_quotes);
    assert_string_equal(layout.names[COLUMN_CLOSE], "Close Price");
    assert_int_equal(layout.field_count, 7);

    assert_int_equal(read_header("ts_us,o,h,l,c,vol_eth,vol_usd\n", "ETH", &layout, &problem),
                     STATUS_OK);
    assert_int_equal(layout.time_form, TIME_FORM_MICROSECONDS);
    assert_int_equal(layout.index[COLUMN_VOLUME], 5);
}

/* A file without a header, by its number of columns. */
static void without_a_header(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 14; count++) {
        char text[64] = "1577836800";
        for (size_t i = 1; i < count; i++)
            memcpy(text + strlen(text), ",1", 3);
        struct column_layout layout;
        struct problem problem;
        enum status status = read_header(text, "", &layout, &problem);
        bool good = count == 6 || count == 7 || count == 12;
        assert_int_equal(status, good ? STATUS_OK : STATUS_DATA_INVALID);
        if (!good) {
            char found[64];
            snprintf(found, sizeof found, "no header, and %zu columns", count);
            assert_string_equal(problem.found, found);
        }
        assert_false(layout.has_header);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_in_all_forms), cmocka_unit_test(what_is_no_time),
        cmocka_unit_test(every_day),          cmocka_unit_test(names_find_their_columns),
        cmocka_unit_test(without_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
