/* Rows and fields against a splitting by hand, over all ways the blocks may fall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_support.h"
#include "world/import/csv.h"

#include <stdio.h>

static void open_reader(struct csv_reader *reader, struct blob blob, size_t piece_max,
                        struct byte_source **bytes, enum status expected, struct problem *problem)
{
    static unsigned long reads;
    problem_init(problem);
    assert_int_equal(byte_source_open_memory("x.csv", blob.data, blob.size, bytes, problem),
                     STATUS_OK);
    *bytes = fault_source_new(*bytes, piece_max, 0, &reads);
    assert_int_equal(csv_reader_init(reader, *bytes, problem), expected);
}

/* ---- a reading by hand ---- */

struct naive {
    const char *at, *end;
    uint64_t line;
    size_t field_count;
    struct text fields[CSV_FIELDS_MAX];
};

/* The next line that is not empty, cut at each comma. */
static bool naive_next(struct naive *naive)
{
    while (naive->at < naive->end) {
        const char *begin = naive->at;
        const char *p = begin;
        while (p < naive->end && *p != '\n')
            p++;
        naive->at = p < naive->end ? p + 1 : p;
        naive->line++;
        if (p > begin && p[-1] == '\r')
            p--;
        if (p == begin)
            continue;
        naive->field_count = 0;
        const char *field = begin;
        for (const char *c = begin; c <= p; c++) {
            if (c == p || *c == ',') {
                naive->fields[naive->field_count++] = (struct text){field, (size_t)(c - field)};
                field = c + 1;
            }
        }
        return true;
    }
    return false;
}

static void check_same(struct blob blob, size_t piece_max)
{
    struct csv_reader reader;
    struct byte_source *bytes;
    struct problem problem;
    open_reader(&reader, blob, piece_max, &bytes, STATUS_OK, &problem);
    struct naive naive = {.at = (char *)blob.data, .end = (char *)blob.data + blob.size};
    while (naive_next(&naive)) {
        if (csv_reader_next(&reader, &problem) != STATUS_OK)
            fail_msg("line %llu: %s", (unsigned long long)naive.line, problem.found);
        assert_int_equal(reader.line, naive.line);
        assert_int_equal(reader.field_count, naive.field_count);
        for (size_t i = 0; i < naive.field_count; i++)
            assert_true(text_equal(reader.fields[i], naive.fields[i]));
    }
    assert_int_equal(csv_reader_next(&reader, &problem), STATUS_END);
    assert_int_equal(csv_reader_next(&reader, &problem), STATUS_END);
    assert_int_equal(problem.status, STATUS_OK);
    csv_reader_release(&reader);
    byte_source_close(bytes);
}

static void short_texts_in_all_pieces(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "\n",
        "\r\n",
        "a",
        "a\n",
        "a\r\n",
        "a\r",
        "a,b",
        ",",
        ",\n,",
        "\n\n\na,b\n\nc,\n\n",
        "a,b,c\r\n1,2,3\r\n4,5,6\r\n",
        "a,b,c\n1,2,3\n4,5,6",
        "a,\r,b\n",
        "1\n2\n3\n",
        "é,ü\nñ,ø\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct blob blob = blob_of(texts[i], strlen(texts[i]));
        for (size_t piece = 0; piece < 12; piece++)
            check_same(blob, piece);
        free(blob.data);
    }
}

static void random_texts(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7, 0);
    static const char alphabet[] = "1234567890.,,,\n\rab";
    for (unsigned round = 0; round < 3000; round++) {
        size_t size = random_below(&random, 800);
        struct blob blob = {malloc(size + 1), size};
        assert_non_null(blob.data);
        size_t commas = 0;
        for (size_t i = 0; i < size; i++) {
            char c = alphabet[random_below(&random, sizeof alphabet - 1)];
            commas = c == '\n' ? 0 : commas + (c == ',');
            blob.data[i] = (unsigned char)(commas >= CSV_FIELDS_MAX ? 'x' : c);
        }
        /* The first row decides the separator, so it has a comma. */
        if (size > 1)
            memcpy(blob.data, ",", 1);
        check_same(blob, random_below(&random, 64));
        free(blob.data);
    }
}

/* Long enough for many blocks, with lines of all sizes up to the largest. */
static void many_blocks(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 8, 0);
    size_t capacity = 4 * BYTE_SOURCE_BLOCK_SIZE;
    struct blob blob = {malloc(capacity), 0};
    assert_non_null(blob.data);
    memcpy(blob.data, "a,b\n", 4);
    blob.size = 4;
    for (size_t line = 0;; line++) {
        size_t size = random_below(&random, line % 8 == 0 ? CSV_LINE_SIZE_MAX + 1 : 100);
        if (line % 64 == 0)
            size = CSV_LINE_SIZE_MAX;
        if (blob.size + size + 2 > capacity)
            break;
        for (size_t i = 0; i < size; i++)
            blob.data[blob.size++] = (unsigned char)(i % 70 == 69 ? ',' : '0' + i % 10);
        if (line % 3 == 0)
            blob.data[blob.size++] = '\r';
        blob.data[blob.size++] = '\n';
    }
    check_same(blob, 0);
    check_same(blob, 1000);
    check_same(blob, 65537);
    free(blob.data);
}

/* ---- what is refused, and special beginnings ---- */

static void check_fault(const char *text, size_t size, const char *where, const char *found)
{
    for (size_t piece = 0; piece < 6; piece++) {
        struct blob blob = blob_of(text, size);
        struct csv_reader reader;
        struct byte_source *bytes = NULL;
        struct problem problem;
        unsigned long reads = 0;
        problem_init(&problem);
        assert_int_equal(byte_source_open_memory("x.csv", blob.data, blob.size, &bytes, &problem),
                         STATUS_OK);
        bytes = fault_source_new(bytes, piece, 0, &reads);
        enum status status = csv_reader_init(&reader, bytes, &problem);
        if (status == STATUS_OK) {
            while (status == STATUS_OK)
                status = csv_reader_next(&reader, &problem);
            csv_reader_release(&reader);
        }
        assert_int_equal(status, STATUS_DATA_INVALID);
        assert_int_equal(problem.status, STATUS_DATA_INVALID);
        assert_string_equal(problem.where, where);
        assert_string_equal(problem.found, found);
        byte_source_close(bytes);
        free(blob.data);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    (void)state;
    check_fault("a,b\n1,2\n1,\0\n", 12, "x.csv:3", "a NUL byte");
    check_fault("abc\0", 4, "x.csv:1", "a NUL byte");
}

static void utf16_is_refused(void **state)
{
    (void)state;
    check_fault("\xff\xfe"
                "a\0,\0",
                6, "x.csv:1", "the text is UTF-16");
    check_fault("\xfe\xff\0a\0,", 6, "x.csv:1", "the text is UTF-16");
    check_fault("a\0,\0", 4, "x.csv:1", "the text is UTF-16");
    check_fault("\0a\0,", 4, "x.csv:1", "the text is UTF-16");
}

static void a_long_line_is_refused(void **state)
{
    (void)state;
    static char text[3 * CSV_LINE_SIZE_MAX];
    memset(text, 'x', sizeof text);
    memcpy(text, "a,b\n", 4);
    check_fault(text, sizeof text, "x.csv:2", "the line is longer than 4096 bytes");
    check_fault(text, 4 + CSV_LINE_SIZE_MAX + 1, "x.csv:2", "the line is longer than 4096 bytes");
    text[4 + CSV_LINE_SIZE_MAX + 1] = '\n';
    check_fault(text, sizeof text, "x.csv:2", "the line is longer than 4096 bytes");
    /* One byte less is a line like any other, also with CRLF. */
    text[4 + CSV_LINE_SIZE_MAX] = '\r';
    struct blob longest = {(unsigned char *)text, 4 + CSV_LINE_SIZE_MAX + 2};
    check_same(longest, 0);
    check_same(longest, 1);
    longest.size--;
    check_same(longest, 1);
}

static void too_many_fields_are_refused(void **state)
{
    (void)state;
    char text[CSV_FIELDS_MAX];
    memset(text, ',', sizeof text);
    check_fault(text, CSV_FIELDS_MAX, "x.csv:1", "more than 64 fields");
    check_same((struct blob){(unsigned char *)text, CSV_FIELDS_MAX - 1}, 0);
}

static void quotes_inside_a_field_are_refused(void **state)
{
    (void)state;
    check_fault("a,b\n1,\"2\"3\n", 12, "x.csv:2", "a double quote inside field 2");
    check_fault("a,b\n\"1,2\n", 9, "x.csv:2", "a double quote inside field 1");
    check_fault("a,b\n1,\"2\"\"3\"\n", 14, "x.csv:2", "a double quote inside field 2");
    check_fault("a,b\n1,\"\n", 8, "x.csv:2", "a double quote inside field 2");
}

static void check_second_row(const char *text, const char *first, const char *second)
{
    struct blob blob = blob_of(text, strlen(text));
    for (size_t piece = 0; piece < 6; piece++) {
        struct csv_reader reader;
        struct byte_source *bytes;
        struct problem problem;
        open_reader(&reader, blob, piece, &bytes, STATUS_OK, &problem);
        assert_int_equal(csv_reader_next(&reader, &problem), STATUS_OK);
        assert_true(text_equal(reader.fields[0], text_of("a")));
        assert_int_equal(csv_reader_next(&reader, &problem), STATUS_OK);
        assert_int_equal(reader.field_count, 2);
        assert_true(text_equal(reader.fields[0], text_of(first)));
        assert_true(text_equal(reader.fields[1], text_of(second)));
        assert_int_equal(csv_reader_next(&reader, &problem), STATUS_END);
        csv_reader_release(&reader);
        byte_source_close(bytes);
    }
    free(blob.data);
}

static void other_separators_quotes_and_a_mark(void **state)
{
    (void)state;
    check_second_row("a,b\n1,2\n", "1", "2");
    check_second_row("a\tb\n1\t2\n", "1", "2");
    check_second_row("a;b\r\n1;2\r\n", "1", "2");
    check_second_row("\"a\",\"b\"\n\"1\",\"\"\n", "1", "");
    check_second_row("\xef\xbb\xbf"
                     "a,b\n1,2",
                     "1", "2");
    /* The first of comma, tab and semicolon counts. */
    check_second_row("a,b;c\n1,2;3\n", "1", "2;3");
}

static void a_long_path_keeps_its_line(void **state)
{
    (void)state;
    char path[400];
    memset(path, 'd', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    struct problem problem;
    problem_init(&problem);
    struct byte_source *bytes = NULL;
    struct csv_reader reader;
    assert_int_equal(byte_source_open_memory(path, "a\n", 2, &bytes, &problem), STATUS_OK);
    assert_int_equal(csv_reader_init(&reader, bytes, &problem), STATUS_OK);
    assert_int_equal(csv_reader_next(&reader, &problem), STATUS_OK);
    csv_problem(&reader, &problem, "open", "found %d", 5);
    assert_int_equal(strlen(problem.where), 3 + 160 + strlen(":1: open"));
    assert_string_equal(problem.where + 3 + 160, ":1: open");
    assert_string_equal(problem.found, "found 5");
    csv_reader_release(&reader);
    byte_source_close(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_texts_in_all_pieces),
        cmocka_unit_test(random_texts),
        cmocka_unit_test(many_blocks),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(utf16_is_refused),
        cmocka_unit_test(a_long_line_is_refused),
        cmocka_unit_test(too_many_fields_are_refused),
        cmocka_unit_test(quotes_inside_a_field_are_refused),
        cmocka_unit_test(other_separators_quotes_and_a_mark),
        cmocka_unit_test(a_long_path_keeps_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
