/* JSON documents to lines of CSV, and columns that a person chose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_support.h"
#include "world/import/columns.h"
#include "world/import/json_rows.h"

#include <stdio.h>

/* What a document becomes; NULL where it is refused. The caller frees it. */
static char *convert(const char *text, size_t size, size_t piece_max, unsigned long fail_at,
                     struct json_shape *shape, struct problem *problem)
{
    struct byte_source *bytes = NULL;
    unsigned long reads = 0;
    problem_init(problem);
    assert_int_equal(byte_source_open_memory("x.json", text, size, &bytes, problem), STATUS_OK);
    bytes = fault_source_new(bytes, piece_max, fail_at, &reads);
    if (byte_source_open_rows(bytes, &bytes, shape, problem) != STATUS_OK) {
        assert_null(bytes);
        return NULL;
    }
    char *out = calloc(1, (size_t)1 << 20);
    assert_non_null(out);
    size_t used = 0;
    for (;;) {
        size_t got = 0, room = 1 + used % 97;
        enum status status = bytes->class->read(bytes, out + used, room, &got, problem);
        if (status != STATUS_OK) {
            free(out);
            out = NULL;
            break;
        }
        if (got == 0)
            break;
        used += got;
        assert_true(used < (size_t)1 << 20);
    }
    byte_source_close(bytes);
    return out;
}

static const struct {
    const char *text, *rows;
    enum bar_form form;
    bool has_header;
} documents[] = {
    {"[[1,2.50,3],[4,5,6]]", "1,2.50,3\n4,5,6\n", BAR_FORM_JSON_ROWS, false},
    {" [ [ \"1\" , \"2\" ] ,\n[true,null]]\n", "1,2\ntrue,null\n", BAR_FORM_JSON_ROWS, false},
    {"\xef\xbb\xbf[[1]]", "1\n", BAR_FORM_JSON_ROWS, false},
    {"[{\"t\":1,\"o\":\"2\"},{\"o\":4,\"t\":3}]", "t,o\n1,2\n3,4\n", BAR_FORM_JSON_OBJECTS, true},
    {"{\"a\":[],\"b\":[1,2],\"c\":{\"d\":[[7]]},\"e\":{}}", "7\n", BAR_FORM_JSON_ROWS, false},
    {"{\"error\":[],\"result\":{\"X\":[[1,\"2\"]],\"last\":3}}",
     "time,open,high,low,close,vwap,volume,count\n1,2\n", BAR_FORM_KRAKEN_JSON, true},
    {"{\"data\":{\"ohlc\":[{\"high\":\"1\"}],\"pair\":\"BTC/USD\"}}", "high\n1\n",
     BAR_FORM_BITSTAMP_JSON, true},
    {"{\"result\":[[1]]}", "1\n", BAR_FORM_JSON_ROWS, false},
    {"[{\"a\":\"x\\u0041\\/y\"}]", "a\nxA/y\n", BAR_FORM_JSON_OBJECTS, true},
    {"1,2,3\n", "1,2,3\n", BAR_FORM_NAMED, false}, /* no JSON at all */
    {"", "", BAR_FORM_NAMED, false},
};

static void documents_become_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(documents); i++) {
        size_t size = strlen(documents[i].text);
        for (size_t piece = 0; piece < 5; piece++) {
            struct json_shape shape;
            struct problem problem;
            char *rows = convert(documents[i].text, size, piece, 0, &shape, &problem);
            if (rows == NULL)
                fail_msg("%s: %s", documents[i].text, problem.found);
            assert_string_equal(rows, documents[i].rows);
            assert_int_equal(shape.form, documents[i].form);
            assert_int_equal(shape.has_header, documents[i].has_header);
            free(rows);
        }
    }
}

/* A document that is cut is no document, and one whose source fails is none either. */
static void cuts_and_faults_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i + 2 < ARRAY_COUNT(documents); i++) {
        size_t size = strlen(documents[i].text);
        while (size > 0 && documents[i].text[size - 1] == '\n')
            size--;
        struct json_shape shape;
        struct problem problem;
        for (size_t cut = 4; cut < size; cut++) {
            char *rows = convert(documents[i].text, cut, 0, 0, &shape, &problem);
            if (rows != NULL)
                fail_msg("%.*s became %s", (int)cut, documents[i].text, rows);
            assert_int_equal(problem.status, STATUS_DATA_INVALID);
        }
        for (unsigned long fail = 1; fail <= size; fail++) {
            char *rows = convert(documents[i].text, size, 1, fail, &shape, &problem);
            assert_null(rows);
            assert_int_equal(problem.status, STATUS_IO);
        }
    }
}

/* Rows of any numbers, in any spacing: the text of each number comes through as it is. */
static void random_rows(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 23, 0);
    static const char *const blanks[] = {"", " ", "\n", "\t \r\n"};
    for (unsigned round = 0; round < 200; round++) {
        char text[20000] = "[", expected[20000] = "";
        size_t used = 1, line = 0;
        unsigned rows = 1 + (unsigned)random_below(&random, 40);
        unsigned columns = 1 + (unsigned)random_below(&random, 12);
        for (unsigned i = 0; i < rows; i++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s[", i > 0 ? "," : "",
                                     blanks[random_below(&random, 4)]);
            for (unsigned k = 0; k < columns; k++) {
                char number[32];
                (void)snprintf(number, sizeof number, "%s%llu.%03llu",
                               random_below(&random, 5) == 0 ? "-" : "",
                               (unsigned long long)random_below(&random, 100000),
                               (unsigned long long)random_below(&random, 1000));
                const char *quote = random_below(&random, 2) == 0 ? "\"" : "";
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s%s",
                                         k > 0 ? "," : "", blanks[random_below(&random, 4)], quote,
                                         number, quote);
                line += (size_t)snprintf(expected + line, sizeof expected - line, "%s%s",
                                         k > 0 ? "," : "", number);
            }
            used += (size_t)snprintf(text + used, sizeof text - used, "]");
            line += (size_t)snprintf(expected + line, sizeof expected - line, "\n");
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "]");
        struct json_shape shape;
        struct problem problem;
        char *out = convert(text, used, random_below(&random, 50), 0, &shape, &problem);
        if (out == NULL)
            fail_msg("%s", problem.found);
        assert_string_equal(out, expected);
        free(out);
    }
}

/* ---- columns --------------------------------------------------------------------------------- */

static void choices_are_read(void **state)
{
    (void)state;
    struct column_choice choice;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(
        column_choice_parse("time=When, OPEN=2 ,high=3,low=4,close=5,volume=-", &choice, &problem),
        STATUS_OK);
    assert_string_equal(choice.names[COLUMN_TIME], "When");
    assert_int_equal(choice.positions[COLUMN_TIME], 0);
    assert_int_equal(choice.positions[COLUMN_OPEN], 2);
    assert_true(choice.no_volume && !choice.chosen[COLUMN_VOLUME]);
    assert_int_equal(column_choice_parse("time=1,bid_open=2,bid_high=3,bid_low=4,bid_close=5,"
                                         "ask_open=6,ask_high=7,ask_low=8,ask_close=9,symbol=10",
                                         &choice, &problem),
                     STATUS_OK);
    static const struct {
        const char *text, *found;
    } bad[] = {
        {"", "found \"\""},
        {"time", "found \"time\""},
        {"time=", "found \"time=\""},
        {"tmie=1", "found \"tmie\""},
        {"time=1,,open=2", "found \"\""},
        {"time=1,open=2,high=3,low=4,close=5", "volume is missing"},
        {"open=2,high=3,low=4,close=5,volume=6", "time is missing"},
        {"time=1,open=2,high=3,low=4,close=5,volume=6,volume=7", "volume is given twice"},
        {"time=1,open=2,high=3,low=4,close=5,volume=-,volume=7", "volume is given twice"},
        {"time=1,open=2,high=3,low=4,close=5,volume=65", "found \"65\""},
        {"time=1,open=2,high=3,low=4,close=5,volume=6,ask_open=7", "quotes"},
        {"time=1,bid_open=2", "is missing"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        problem_init(&problem);
        assert_int_equal(column_choice_parse(bad[i].text, &choice, &problem), STATUS_USAGE);
        if (strstr(problem.found, bad[i].found) == NULL &&
            strstr(problem.found, "open beside quotes") == NULL)
            fail_msg("%s: %s", bad[i].text, problem.found);
        assert_true(problem.allowed[0] != '\0');
    }
}

static bool read_time(const char *text, enum time_form form, int64_t *out_ns)
{
    char padded[64 + CSV_FIELD_PADDING] = "";
    memcpy(padded, text, strlen(text));
    return column_time_read((struct text){padded, strlen(text)}, form, out_ns);
}

static void dates_in_every_order(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum time_form form;
        const char *time; /* NULL: none */
    } cases[] = {
        {"12/31/2024", TIME_FORM_MONTH_FIRST, "2024-12-31"},
        {"1/2/2024", TIME_FORM_MONTH_FIRST, "2024-01-02"},
        {"1/2/2024", TIME_FORM_DAY_FIRST, "2024-02-01"},
        {"31.12.2024 17:30", TIME_FORM_DAY_FIRST, "2024-12-31 17:30"},
        {"31-12-2024 17:30:15", TIME_FORM_DAY_FIRST, "2024-12-31 17:30:15"},
        {"2024/12/31", TIME_FORM_ANY, "2024-12-31"},
        {"2024.1.2 09:30", TIME_FORM_ANY, "2024-01-02 09:30"},
        {"20240102 09:30", TIME_FORM_ANY, "2024-01-02 09:30"},
        {"20240102 09:30:15", TIME_FORM_ANY, "2024-01-02 09:30:15"},
        {"31/12/2024", TIME_FORM_MONTH_FIRST, NULL},
        {"12/31/2024", TIME_FORM_DAY_FIRST, NULL},
        {"12/31/2024", TIME_FORM_ANY, NULL},
        {"12/31/24", TIME_FORM_MONTH_FIRST, NULL},
        {"12/31-2024", TIME_FORM_MONTH_FIRST, NULL},
        {"12/31/", TIME_FORM_MONTH_FIRST, NULL},
        {"//2024", TIME_FORM_MONTH_FIRST, NULL},
        {"2/30/2024", TIME_FORM_MONTH_FIRST, NULL},
        {"20240132 09:30", TIME_FORM_ANY, NULL},
        {"20240102 9:30", TIME_FORM_ANY, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t found = 0, expected = 0;
        bool read = read_time(cases[i].text, cases[i].form, &found);
        if (read != (cases[i].time != NULL))
            fail_msg("%s", cases[i].text);
        if (read) {
            assert_int_equal(time_parse(text_of(cases[i].time), &expected), STATUS_OK);
            assert_true(found == expected);
        }
    }
    int64_t ns = 0;
    assert_true(read_time("86399999", TIME_FORM_DAY_MILLISECONDS, &ns));
    assert_true(ns == INT64_C(86399999) * 1000000);
    assert_true(read_time("0", TIME_FORM_DAY_MILLISECONDS, &ns) && ns == 0);
    assert_false(read_time("86400000", TIME_FORM_DAY_MILLISECONDS, &ns));
    assert_false(read_time("2024-01-02", TIME_FORM_DAY_MILLISECONDS, &ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_lines),
        cmocka_unit_test(cuts_and_faults_are_refused),
        cmocka_unit_test(random_rows),
        cmocka_unit_test(choices_are_read),
        cmocka_unit_test(dates_in_every_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
