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
        cmocka_unit_test(shared_faults_are_found),
        cmocka_unit_test(new_york_keeps_its_holidays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
