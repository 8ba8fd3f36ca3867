/* Log lines: read back by a small strict JSON reader of the test, whole, escaped and cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/random.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct pipe_log {
    struct log log;
    int reading;
};

static struct pipe_log pipe_open(enum log_level level_min)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    return (struct pipe_log){.log = {ends[1], level_min}, .reading = ends[0]};
}

static void pipe_close(struct pipe_log *pipe_log)
{
    close(pipe_log->log.descriptor);
    close(pipe_log->reading);
}

/* What was written since, NUL-terminated; "" where nothing was. */
static size_t pipe_read(struct pipe_log *pipe_log, char out[8192])
{
    ssize_t size = read(pipe_log->reading, out, 8191);
    out[size > 0 ? size : 0] = '\0';
    return size > 0 ? (size_t)size : 0;
}

static void a_line_as_promised(void **state)
{
    (void)state;
    struct pipe_log pipe_log = pipe_open(LOG_INFO);
    struct log_line line;
    char out[8192];
    log_begin(&line, &pipe_log.log, LOG_WARN, LOG_EVENT_RISK_DENY, INT64_C(1704067200250000000));
    log_text(&line, "instrument", TEXT("BTC-USD"));
    log_i64(&line, "seq", INT64_MIN);
    log_i64(&line, "count", 0);
    assert_int_equal(pipe_read(&pipe_log, out), 0);
    log_end(&line);
    pipe_read(&pipe_log, out);
    assert_string_equal(out, "{\"ts\":\"2024-01-01T00:00:00.250Z\",\"level\":\"warn\","
                             "\"service\":\"tern\",\"event\":\"risk.deny\","
                             "\"instrument\":\"BTC-USD\",\"seq\":-9223372036854775808,"
                             "\"count\":0}\n");
    pipe_close(&pipe_log);
}

static void every_event_and_level(void **state)
{
    (void)state;
    static const char *const events[] = {
#define NAME(name, text) text,
        LOG_EVENT_TABLE(NAME)
#undef NAME
    };
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    struct pipe_log pipe_log = pipe_open(LOG_DEBUG);
    char out[8192];
    for (size_t event = 0; event < ARRAY_COUNT(events); event++) {
        for (size_t level = 0; level < ARRAY_COUNT(levels); level++) {
            struct log_line line;
            char expected[256] = "\"level\":\"";
            strcat(expected, levels[level]);
            strcat(expected, "\",\"service\":\"tern\",\"event\":\"");
            strcat(expected, events[event]);
            strcat(expected, "\"}\n");
            log_begin(&line, &pipe_log.log, (enum log_level)level, (enum log_event)event, 0);
            log_end(&line);
            pipe_read(&pipe_log, out);
            assert_non_null(strstr(out, expected));
        }
    }
    pipe_close(&pipe_log);
}

static void below_the_level_nothing_is_written(void **state)
{
    (void)state;
    struct pipe_log pipe_log = pipe_open(LOG_ERROR);
    struct log_line line;
    char out[8192];
    log_begin(&line, &pipe_log.log, LOG_WARN, LOG_EVENT_START, 0);
    log_text(&line, "key", TEXT("value"));
    log_i64(&line, "number", 1);
    log_end(&line);
    assert_int_equal(pipe_read(&pipe_log, out), 0);
    log_begin(&line, &pipe_log.log, LOG_ERROR, LOG_EVENT_START, 0);
    log_end(&line);
    assert_true(pipe_read(&pipe_log, out) > 0);
    pipe_close(&pipe_log);
}

static void a_log_nobody_reads_does_not_hurt(void **state)
{
    (void)state;
    struct log log = {-1, LOG_INFO};
    struct log_line line;
    log_begin(&line, &log, LOG_INFO, LOG_EVENT_STOP, 0);
    log_end(&line);
    struct pipe_log pipe_log = pipe_open(LOG_INFO);
    for (int i = 0; i < 10000; i++) {
        log_begin(&line, &pipe_log.log, LOG_INFO, LOG_EVENT_STOP, 0);
        log_end(&line);
    }
    pipe_close(&pipe_log);
}

static void escapes(void **state)
{
    (void)state;
    static const struct {
        struct text value;
        const char *escaped;
    } cases[] = {
        {{"a\"b\\c", 5}, "a\\\"b\\\\c"},
        {{"\n\t\r\b\0", 5}, "\\u000a\\u0009\\u000d\\u0008\\u0000"},
        {{"\x1b[31m\x7f", 6}, "\\u001b[31m\\u007f"},
        {{"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\x88", 9}, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x93\x88"},
        {{"\xC2\x9B", 2}, "\\u009b"},
        {{"\xE2\x80\xAE\xE2\x80\xA8", 6}, "\\u202e\\u2028"},
        {{"a\xFF\xC3", 3}, "a\\ufffd\\ufffd"},
        {{"\xED\xA0\x80", 3}, "\\ufffd\\ufffd\\ufffd"},
        {{"/<>&'", 5}, "/<>&'"},
        {{NULL, 0}, ""},
    };
    struct pipe_log pipe_log = pipe_open(LOG_INFO);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct log_line line;
        char out[8192], expected[256] = ",\"key\":\"";
        strcat(expected, cases[i].escaped);
        strcat(expected, "\"}\n");
        log_begin(&line, &pipe_log.log, LOG_INFO, LOG_EVENT_START, 0);
        log_text(&line, "key", cases[i].value);
        log_end(&line);
        pipe_read(&pipe_log, out);
        const char *found = strstr(out, ",\"key\"");
        assert_non_null(found);
        assert_string_equal(found, expected);
    }
    pipe_close(&pipe_log);
}

/* Reads one JSON string at *at, decodes it into out and returns its size; fails the test on
 * anything that RFC 8259 does not allow. */
static size_t read_string(const char **at, char *out)
{
    size_t size = 0;
    assert_int_equal(*(*at)++, '"');
    while (**at != '"') {
        unsigned char byte = (unsigned char)*(*at)++;
        assert_true(byte >= 0x20 && byte != 0x7F);
        if (byte != '\\') {
            out[size++] = (char)byte;
            continue;
        }
        char kind = *(*at)++;
        if (kind == '"' || kind == '\\') {
            out[size++] = kind;
            continue;
        }
        assert_int_equal(kind, 'u');
        unsigned point = 0;
        for (int i = 0; i < 4; i++) {
            const char *digits = "0123456789abcdef", *digit = strchr(digits, *(*at)++);
            assert_true(digit != NULL && *digit != '\0');
            point = point * 16 + (unsigned)(digit - digits);
        }
        if (point < 0x80) {
            out[size++] = (char)point;
        } else if (point < 0x800) {
            out[size++] = (char)(0xC0 | point >> 6);
            out[size++] = (char)(0x80 | (point & 0x3F));
        } else {
            out[size++] = (char)(0xE0 | point >> 12);
            out[size++] = (char)(0x80 | (point >> 6 & 0x3F));
            out[size++] = (char)(0x80 | (point & 0x3F));
        }
    }
    (*at)++;
    return size;
}

#define ELLIPSIS "\xE2\x80\xA6"

/* Values of random bytes and sizes around the size of the line: whatever is written is one object
 * on one line of at most the buffer's size; what is whole comes back, what is cut is a beginning.
 * */
static void random_lines(void **state)
{
    (void)state;
    struct pipe_log pipe_log = pipe_open(LOG_INFO);
    struct random random;
    random_init(&random, 15, 0);
    int cut_count = 0;
    for (int round = 0; round < 6000; round++) {
        static char values[4][3000];
        size_t sizes[4];
        struct log_line line;
        char out[8192];
        log_begin(&line, &pipe_log.log, LOG_INFO, LOG_EVENT_START, 0);
        for (size_t i = 0; i < 4; i++) {
            uint64_t kind = random_below(&random, 3);
            sizes[i] = random_below(&random, random_below(&random, 3) == 0 ? 2500 : 200);
            for (size_t j = 0; j < sizes[i]; j++)
                values[i][j] = (char)(kind == 0 ? 'a' + random_below(&random, 26)
                                                : random_below(&random, kind == 1 ? 128 : 256));
            log_text(&line, "key", (struct text){values[i], sizes[i]});
        }
        log_i64(&line, "last", 1);
        log_end(&line);
        size_t size = pipe_read(&pipe_log, out);
        assert_in_range(size, 60, sizeof line.data);
        assert_ptr_equal(strchr(out, '\n'), out + size - 1);
        const char *at = strstr(out, "\"start\"");
        assert_non_null(at);
        at += strlen("\"start\"");
        bool cut = strstr(at, ",\"cut\":true}\n") != NULL;
        bool whole = true;
        for (size_t i = 0; i < 4 && strncmp(at, ",\"key\":", 7) == 0; i++) {
            char value[8192];
            at += 7;
            size_t value_size = read_string(&at, value);
            assert_true(whole);
            size_t bytes_same = 0;
            while (bytes_same < value_size && bytes_same < sizes[i] &&
                   value[bytes_same] == values[i][bytes_same])
                bytes_same++;
            if (bytes_same == sizes[i] && value_size == sizes[i])
                continue;
            /* Not the same: it holds bytes that are no UTF-8, or it was cut. */
            whole = !(value_size >= 3 && memcmp(value + value_size - 3, ELLIPSIS, 3) == 0);
        }
        if (strncmp(at, ",\"last\":1", 9) == 0)
            at += 9;
        else
            assert_true(cut);
        assert_string_equal(at, cut ? ",\"cut\":true}\n" : "}\n");
        cut_count += cut;
    }
    assert_in_range(cut_count, 1000, 5000);
    pipe_close(&pipe_log);
}

/* Each length around the end of the buffer, so that the cut falls on every place. */
static void cut_at_every_place(void **state)
{
    (void)state;
    static const char *const units[] = {"x", "\"", "\xE2\x82\xAC", "\n", "\xFF"};
    struct pipe_log pipe_log = pipe_open(LOG_INFO);
    for (size_t unit = 0; unit < ARRAY_COUNT(units); unit++) {
        size_t unit_size = strlen(units[unit]);
        for (size_t offset = 0; offset < 8; offset++) {
            for (size_t count = 250; count < 2100; count += 3) {
                static char value[8192];
                struct log_line line;
                char out[8192];
                memset(value, '.', offset);
                size_t size = offset;
                for (size_t i = 0; i < count; i++, size += unit_size)
                    memcpy(value + size, units[unit], unit_size);
                log_begin(&line, &pipe_log.log, LOG_INFO, LOG_EVENT_START, 0);
                log_text(&line, "key", (struct text){value, size});
                log_text(&line, "after", TEXT("x"));
                log_i64(&line, "after", 77777777);
                log_end(&line);
                size_t written = pipe_read(&pipe_log, out);
                assert_in_range(written, 1, sizeof line.data);
                const char *end = out + written;
                if (line.cut)
                    assert_true(memcmp(end - 13, ",\"cut\":true}\n", 13) == 0);
                else
                    assert_true(memcmp(end - 19, ",\"after\":77777777}\n", 19) == 0);
                if (strstr(out, "\"after\":\"x\"") == NULL && strstr(out, ELLIPSIS) == NULL)
                    assert_true(line.cut);
            }
        }
    }
    pipe_close(&pipe_log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_as_promised),
        cmocka_unit_test(every_event_and_level),
        cmocka_unit_test(below_the_level_nothing_is_written),
        cmocka_unit_test(a_log_nobody_reads_does_not_hurt),
        cmocka_unit_test(escapes),
        cmocka_unit_test(random_lines),
        cmocka_unit_test(cut_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
