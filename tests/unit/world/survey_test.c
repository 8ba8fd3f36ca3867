/* Planted faults are found where they are, and the faults of the shared files too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/time.h"
#include "world/import/survey.h"

#define HOUR (3600 * NANOSECONDS_PER_SECOND)
#define ROWS 400u
#define START INT64_C(1704067200) /* 2024-01-01, a Monday */

struct csv_row {
    int64_t time_s;
    double open, high, low, close, volume;
};

static void make_rows(struct csv_row rows[ROWS], int64_t start_s)
{
    struct random random;
    double price = 40000;
    random_init(&random, 3, 0);
    for (unsigned i = 0; i < ROWS; i++) {
        double close = price * (1 + 0.01 * (random_unit(&random) - 0.5));
        rows[i] = (struct csv_row){
            start_s + 3600 * (int64_t)i,         price, (price > close ? price : close) + 5,
            (price < close ? price : close) - 5, close, 1 + random_unit(&random)};
        price = close;
    }
}

/* Writes, reads and judges; `extra` is a line put behind row 10. */
static struct survey_series *survey_rows(const struct csv_row *rows, const char *extra,
                                         struct survey *survey)
{
    char path[] = "/tmp/tern-survey-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "time_s,open,high,low,close,volume\n") > 0);
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].time_s != 0)
            (void)fprintf(file, "%lld,%.2f,%.2f,%.2f,%.2f,%.4f\n", (long long)rows[i].time_s,
                          rows[i].open, rows[i].high, rows[i].low, rows[i].close, rows[i].volume);
        if (i == 10 && extra != NULL)
            (void)fprintf(file, "%s\n", extra);
    }
    assert_int_equal(fclose(file), 0);
    struct problem problem;
    problem_init(&problem);
    struct bar_source source;
    bar_source_init(&source, path);
    assert_int_equal(survey_read(&source, survey, &problem), STATUS_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(survey->count, 1);
    survey_judge(survey->series, 0);
    assert_true(survey->series->bar_ns == HOUR);
    return survey->series;
}

static void expect(const struct survey_series *series, enum survey_kind kind, uint64_t count,
                   uint64_t line)
{
    for (unsigned i = 0; i < SURVEY_KIND_COUNT; i++) {
        if (series->counts[i] != (i == kind ? count : 0))
            fail_msg("%s: %llu", survey_kinds[i].name, (unsigned long long)series->counts[i]);
    }
    if (count > 0)
        assert_int_equal(series->places[kind][0].line.line, line);
}

static void planted_faults_are_found(void **state)
{
    (void)state;
    struct csv_row rows[ROWS];
    struct survey survey;
    make_rows(rows, START);
    expect(survey_rows(rows, NULL, &survey), SURVEY_GAP, 0, 0);
    survey_release(&survey);

    expect(survey_rows(rows, "soon,1,2,3,4,5", &survey), SURVEY_ROW, 1, 13);
    survey_release(&survey);
    expect(survey_rows(rows, "1704103200,1,2", &survey), SURVEY_ROW, 1, 13);
    survey_release(&survey);
    expect(survey_rows(rows, "1704103200,1,NaN,3,4,5", &survey), SURVEY_ROW, 1, 13);
    survey_release(&survey);
    expect(survey_rows(rows, "1704103200,40000,40000,40000,40000,1", &survey), SURVEY_DUPLICATE, 1,
           13);
    survey_release(&survey);

    rows[100].time_s = rows[101].time_s = 0;
    expect(survey_rows(rows, NULL, &survey), SURVEY_GAP, 1, 101);
    assert_int_equal(survey.series->bars_missing, 2);
    survey_release(&survey);

    make_rows(rows, START);
    struct csv_row row = rows[50];
    rows[50] = rows[51];
    rows[51] = row;
    expect(survey_rows(rows, NULL, &survey), SURVEY_DISORDER, 1, 53);
    survey_release(&survey);

    make_rows(rows, START);
    rows[60].high = rows[60].low - 1;
    expect(survey_rows(rows, NULL, &survey), SURVEY_IMPOSSIBLE, 1, 62);
    assert_int_equal(survey_errors(survey.series), 1);
    survey_release(&survey);

    make_rows(rows, START);
    rows[70].low = 0.06;
    expect(survey_rows(rows, NULL, &survey), SURVEY_OUTLIER, 1, 72);
    survey_release(&survey);

    make_rows(rows, START);
    rows[80].volume = 0;
    expect(survey_rows(rows, NULL, &survey), SURVEY_VOLUME_ZERO, 1, 82);
    survey_release(&survey);

    make_rows(rows, START);
    for (unsigned i = 192; i < ROWS; i++)
        rows[i].volume *= rows[i].close;
    expect(survey_rows(rows, NULL, &survey), SURVEY_VOLUME_SWAPPED, 1, 194);
    survey_release(&survey);

    make_rows(rows, START);
    rows[90].time_s += 7;
    struct survey_series *series = survey_rows(rows, NULL, &survey);
    assert_int_equal(series->counts[SURVEY_OFF_GRID], 1);
    assert_int_equal(series->places[SURVEY_OFF_GRID][0].line.line, 92);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 0);
    survey_release(&survey);

    make_rows(rows, START + 1800);
    series = survey_rows(rows, NULL, &survey);
    assert_int_equal(series->counts[SURVEY_OFF_GRID], ROWS);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 1);
    survey_release(&survey);
}

/* ---- calendars and clocks, from texts -------------------------------------------------------- */

static struct survey_series *survey_text(const char *text, size_t size, struct survey *survey)
{
    char path[] = "/tmp/tern-survey-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, size), size);
    assert_int_equal(close(descriptor), 0);
    struct problem problem;
    struct bar_source source;
    problem_init(&problem);
    bar_source_init(&source, path);
    assert_int_equal(survey_read(&source, survey, &problem), STATUS_OK);
    assert_int_equal(unlink(path), 0);
    survey_judge(survey->series, 0);
    return survey->series;
}

static int64_t seconds_of(const char *time)
{
    int64_t ns = 0;
    assert_int_equal(time_parse(text_of(time), &ns), STATUS_OK);
    return ns / NANOSECONDS_PER_SECOND;
}

struct range {
    const char *from, *to; /* bars of `step` seconds from the one to before the other */
};

/* Rows of these ranges but for those from skip_from to before skip_to. */
static struct survey_series *survey_ranges(const struct range *ranges, size_t count, int64_t step,
                                           struct range skip, struct survey *survey)
{
    struct text_buffer text;
    text_buffer_init(&text, (size_t)1 << 24);
    text_buffer_print(&text, "time_s,open,high,low,close,volume\n");
    int64_t skip_from = skip.from != NULL ? seconds_of(skip.from) : INT64_MAX;
    int64_t skip_to = skip.to != NULL ? seconds_of(skip.to) : INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        for (int64_t time = seconds_of(ranges[i].from); time < seconds_of(ranges[i].to);
             time += step) {
            if (time < skip_from || time >= skip_to)
                text_buffer_print(&text, "%lld,100,101,99,100,1\n", (long long)time);
        }
    }
    struct survey_series *series = survey_text(text.data, text.size, survey);
    text_buffer_release(&text);
    return series;
}

/* Two weeks around Thanksgiving 2024, a holiday on Thursday and a half day on Friday. */
static const struct range thanksgiving[] = {
    {"2024-11-21 14:30", "2024-11-21 21:00"}, {"2024-11-22 14:30", "2024-11-22 21:00"},
    {"2024-11-25 14:30", "2024-11-25 21:00"}, {"2024-11-26 14:30", "2024-11-26 21:00"},
    {"2024-11-27 14:30", "2024-11-27 21:00"}, {"2024-11-29 14:30", "2024-11-29 18:00"},
    {"2024-12-02 14:30", "2024-12-02 21:00"}, {"2024-12-03 14:30", "2024-12-03 21:00"},
};

static void sessions_are_counted(void **state)
{
    (void)state;
    static const struct {
        struct range skip;
        uint64_t gaps, missing;
    } cases[] = {
        {{NULL, NULL}, 0, 0},
        {{"2024-11-26 15:00", "2024-11-26 15:30"}, 1, 6},
        {{"2024-11-26 14:30", "2024-11-26 15:00"}, 1, 6}, /* an opening */
        {{"2024-11-26 20:55", "2024-11-26 21:00"}, 1, 1}, /* a close */
        {{"2024-11-29 17:00", "2024-11-29 18:00"}, 1, 12}, /* of a half day */
        {{"2024-11-29 14:30", "2024-11-29 18:00"}, 1, 42}, /* all of it */
        {{"2024-11-26 14:30", "2024-11-26 21:00"}, 1, 78},
        {{"2024-11-25 20:00", "2024-11-27 15:30"}, 1, 12 + 78 + 12},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct survey survey;
        struct survey_series *series = survey_ranges(thanksgiving, ARRAY_COUNT(thanksgiving), 300,
                                                     cases[i].skip, &survey);
        assert_true(series->weekdays && series->sessions);
        if (series->counts[SURVEY_GAP] != cases[i].gaps || series->bars_missing != cases[i].missing)
            fail_msg("case %zu: %llu gaps, %llu missing", i,
                     (unsigned long long)series->counts[SURVEY_GAP],
                     (unsigned long long)series->bars_missing);
        assert_int_equal(survey_errors(series), 0);
        survey_release(&survey);
    }
}

/* Clocks of New York taken for UTC, and bars on weekends, which no exchange of shares has. */
static void clocks_are_doubted(void **state)
{
    (void)state;
    static const struct range local[] = {
        {"2024-11-21 09:30", "2024-11-21 16:00"}, {"2024-11-22 09:30", "2024-11-22 16:00"},
        {"2024-11-25 09:30", "2024-11-25 16:00"}, {"2024-11-26 09:30", "2024-11-26 16:00"},
        {"2024-11-27 09:30", "2024-11-27 16:00"}, {"2024-12-02 09:30", "2024-12-02 16:00"},
    };
    struct survey survey;
    struct survey_series *series = survey_ranges(local, ARRAY_COUNT(local), 300,
                                                 (struct range){NULL, NULL}, &survey);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 1);
    assert_false(series->sessions);
    survey_release(&survey);

    static const struct range always[] = {{"2024-03-01", "2024-03-31"}};
    series = survey_ranges(always, 1, 900, (struct range){NULL, NULL}, &survey);
    assert_false(series->weekdays);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 0);
    survey_release(&survey);
    /* The hour that spring leaves out in America; the same hour of another day is a gap alone. */
    series = survey_ranges(always, 1, 900, (struct range){"2024-03-10 02:00", "2024-03-10 03:00"},
                           &survey);
    assert_int_equal(series->counts[SURVEY_GAP], 1);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 1);
    survey_release(&survey);
    series = survey_ranges(always, 1, 900, (struct range){"2024-03-12 02:00", "2024-03-12 03:00"},
                           &survey);
    assert_int_equal(series->counts[SURVEY_GAP], 1);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 0);
    survey_release(&survey);
    /* The hour that comes twice in Europe. */
    static const struct range autumn[] = {{"2024-10-20", "2024-10-27 03:00"},
                                          {"2024-10-27 02:00", "2024-11-02"}};
    series = survey_ranges(autumn, 2, 900, (struct range){NULL, NULL}, &survey);
    assert_int_equal(series->counts[SURVEY_DUPLICATE], 4);
    assert_int_equal(series->counts[SURVEY_TIME_ZONE], 1);
    survey_release(&survey);
}

static void newest_first_is_an_order(void **state)
{
    (void)state;
    static const char text[] = "time_s,open,high,low,close,volume\n"
                               "1704078000,4,4,4,4,1\n1704074400,3,3,3,3,1\n"
                               "1704070800,2,2,2,2,1\n1704067200,1,1,1,1,1\n";
    struct survey survey;
    struct survey_series *series = survey_text(text, strlen(text), &survey);
    assert_int_equal(survey_errors(series), 0);
    assert_true(series->rows[0].open == 1 && series->rows[0].line.line == 5);
    survey_release(&survey);
}

static void sparse_seconds_have_their_length(void **state)
{
    (void)state;
    struct text_buffer text;
    struct survey survey;
    int64_t time = START;
    text_buffer_init(&text, (size_t)1 << 20);
    text_buffer_print(&text, "time_s,open,high,low,close,volume\n");
    for (unsigned i = 0; i < 300; i++) {
        text_buffer_print(&text, "%lld,1,1,1,1,1\n", (long long)time);
        time += i % 7 == 0 ? 1 : i % 5 == 0 ? 13 : 8;
    }
    struct survey_series *series = survey_text(text.data, text.size, &survey);
    assert_true(series->bar_ns == NANOSECONDS_PER_SECOND);
    assert_int_equal(series->counts[SURVEY_OFF_GRID], 0);
    survey_release(&survey);
    text_buffer_release(&text);
}

static struct survey_series *shared(const char *name, struct survey *survey)
{
    char path[512];
    struct problem problem;
    problem_init(&problem);
    (void)snprintf(path, sizeof path, "%s/../shared/data/%s", TERN_SOURCE_ROOT, name);
    if (access(path, F_OK) != 0) {
        print_message("# skipped: %s is not there\n", path);
        skip();
    }
    struct bar_source source;
    bar_source_init(&source, path);
    assert_int_equal(survey_read(&source, survey, &problem), STATUS_OK);
    survey_judge(survey->series, 0);
    return survey->series;
}

static bool has_place(const struct survey_series *series, enum survey_kind kind, const char *time)
{
    for (uint64_t i = 0; i < series->counts[kind] && i < SURVEY_PLACES_MAX; i++) {
        char text[TIME_TEXT_SIZE];
        time_format(text, series->places[kind][i].time_ns);
        if (strcmp(text, time) == 0)
            return true;
    }
    return false;
}

/* The oddities that the index of the shared data lists. */
static void shared_faults_are_found(void **state)
{
    (void)state;
    struct survey survey;
    struct survey_series *series = shared("candles/coinbase_4h_btc-usd_2016_2023.csv.gz", &survey);
    assert_int_equal(survey_errors(series), 0);
    assert_int_equal(series->counts[SURVEY_GAP], 2);
    assert_int_equal(series->bars_missing, 4);
    assert_true(has_place(series, SURVEY_GAP, "2018-08-10T00:00:00Z"));
    assert_true(has_place(series, SURVEY_OUTLIER, "2017-04-15T20:00:00Z"));
    assert_true(has_place(series, SURVEY_OUTLIER, "2018-04-03T20:00:00Z"));
    survey_release(&survey);

    series = shared("candles/coinbase_4h_eth-usd_2016_2023.csv.gz", &survey);
    assert_int_equal(series->counts[SURVEY_GAP], 8);
    assert_int_equal(series->bars_missing, 25);
    assert_true(has_place(series, SURVEY_GAP, "2016-05-20T20:00:00Z"));
    assert_true(has_place(series, SURVEY_OUTLIER, "2017-06-21T16:00:00Z"));
    survey_release(&survey);

    series = shared("btcturk/binance_btctry_1h_2019_2024.csv.gz", &survey);
    assert_int_equal(series->counts[SURVEY_GAP], 15);
    assert_int_equal(series->bars_missing, 31);
    assert_int_equal(series->counts[SURVEY_VOLUME_ZERO], 258);
    assert_true(has_place(series, SURVEY_GAP, "2020-02-19T11:00:00Z"));
    survey_release(&survey);

    series = shared("btcturk/btcturk_btctry_1d.csv.gz", &survey);
    assert_int_equal(series->counts[SURVEY_GAP], 17);
    survey_release(&survey);
}

/* Days on which New York was shut beyond the rules are all that is absent of 23 years. */
static void new_york_keeps_its_holidays(void **state)
{
    (void)state;
    struct survey survey;
    struct survey_series *series = shared("equities/lean_1d_aapl_1998_2021_raw.csv.gz", &survey);
    assert_true(series->weekdays);
    assert_int_equal(series->counts[SURVEY_GAP], 5);
    assert_int_equal(series->bars_missing, 9);
    assert_true(has_place(series, SURVEY_GAP, "2001-09-10T00:00:00Z"));
    assert_true(has_place(series, SURVEY_GAP, "2012-10-26T00:00:00Z"));
    survey_release(&survey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_faults_are_found),
        cmocka_unit_test(sessions_are_counted),
        cmocka_unit_test(clocks_are_doubted),
        cmocka_unit_test(newest_first_is_an_order),
        cmocka_unit_test(sparse_seconds_have_their_length),
        cmocka_unit_test(shared_faults_are_found),
        cmocka_unit_test(new_york_keeps_its_holidays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
