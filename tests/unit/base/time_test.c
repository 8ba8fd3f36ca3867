/* The calendar against one that counts day by day, times and durations against their grammar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

#define SECOND NANOSECONDS_PER_SECOND
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY NANOSECONDS_PER_DAY

static const int month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static int naive_month_days(int year, int month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month_days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* From 1600 to 2500; 1600-01-01 lies 135,140 days before 1970-01-01. What the 64 bits do not reach
 * must be refused. */
static void every_day_of_nine_centuries(void **state)
{
    (void)state;
    int year = 1600, month = 1, day = 1;
    for (int64_t days = -135140; year <= 2500; days++) {
        struct civil_time civil = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
        int64_t time_ns = 1;
        i128 wanted = (i128)days * DAY;
        bool fits = wanted >= INT64_MIN && wanted <= INT64_MAX;
        if (civil_to_ns(civil, &time_ns) != fits || (fits && time_ns != wanted))
            fail_msg("%04d-%02d-%02d to ns", year, month, day);
        if (fits) {
            /* The first, one in the middle and the last nanosecond belong to this day. */
            const int64_t within[] = {0, 45296123456789, DAY - 1};
            for (size_t i = 0; i < ARRAY_COUNT(within) && time_ns <= INT64_MAX - within[i]; i++) {
                struct civil_time back = civil_from_ns(time_ns + within[i]);
                if (back.year != year || back.month != month || back.day != day ||
                    day_of_ns(time_ns + within[i]) != days)
                    fail_msg("%04d-%02d-%02d from ns", year, month, day);
            }
            char text[TIME_TEXT_SIZE], expected[64];
            snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00:00Z", year, month, day);
            assert_int_equal(time_format(text, time_ns), 20);
            assert_string_equal(text, expected);
        }
        if (++day > naive_month_days(year, month)) {
            struct civil_time beyond = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
            assert_false(civil_to_ns(beyond, &time_ns));
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
}

static void limits_of_the_instant(void **state)
{
    (void)state;
    char text[TIME_TEXT_SIZE];
    int64_t time_ns = 0;
    time_format(text, INT64_MAX);
    assert_string_equal(text, "2262-04-11T23:47:16.854775807Z");
    assert_int_equal(time_parse(text_of(text), &time_ns), STATUS_OK);
    assert_true(time_ns == INT64_MAX);
    time_format(text, INT64_MIN);
    assert_string_equal(text, "1677-09-21T00:12:43.145224192Z");
    assert_int_equal(time_parse(text_of(text), &time_ns), STATUS_OK);
    assert_true(time_ns == INT64_MIN);
    assert_int_equal(time_parse(TEXT("2262-04-11T23:47:16.854775808Z"), &time_ns), STATUS_RANGE);
    assert_int_equal(time_parse(TEXT("1677-09-21T00:12:43.145224191Z"), &time_ns), STATUS_RANGE);
    assert_int_equal(time_parse(TEXT("9999-12-31"), &time_ns), STATUS_RANGE);
    assert_int_equal(time_parse(TEXT("0000-01-01"), &time_ns), STATUS_RANGE);
    /* Outside in its own words, inside in UTC, and the other way round. */
    assert_int_equal(time_parse(TEXT("2262-04-12T00:47:16+01:00"), &time_ns), STATUS_OK);
    assert_int_equal(time_parse(TEXT("2262-04-11T23:30:00-01:00"), &time_ns), STATUS_RANGE);
    const int32_t years[] = {INT32_MIN, -1, 0, 1600, 2263, INT32_MAX};
    for (size_t i = 0; i < ARRAY_COUNT(years); i++)
        assert_false(
            civil_to_ns((struct civil_time){.year = years[i], .month = 1, .day = 1}, &time_ns));
    assert_true(day_of_ns(-1) == -1 && day_of_ns(0) == 0 && day_of_ns(DAY - 1) == 0 &&
                day_of_ns(-DAY) == -1 && day_of_ns(-DAY - 1) == -2);
}

static void fields_out_of_range_are_refused(void **state)
{
    (void)state;
    const struct civil_time good = {2024, 2, 29, 23, 59, 59, 999999999};
    const struct civil_time bad[] = {
        {2023, 2, 29, 0, 0, 0, 0}, {2024, 0, 1, 0, 0, 0, 0},  {2024, 13, 1, 0, 0, 0, 0},
        {2024, 1, 0, 0, 0, 0, 0},  {2024, 4, 31, 0, 0, 0, 0}, {2024, 1, 1, 24, 0, 0, 0},
        {2024, 1, 1, 0, 60, 0, 0}, {2024, 1, 1, 0, 0, 60, 0}, {2024, 1, 1, 0, 0, 0, 1000000000},
        {2100, 2, 29, 0, 0, 0, 0},
    };
    int64_t time_ns = 5;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(civil_to_ns(bad[i], &time_ns));
    assert_true(time_ns == 5);
    assert_true(civil_to_ns(good, &time_ns));
    assert_true(time_ns == INT64_C(1709251199999999999));
}

static void random_times_come_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 11, 0);
    for (int round = 0; round < 300000; round++) {
        static const int64_t coarse[] = {1, 1000, 1000000, SECOND, MINUTE, DAY};
        int64_t time_ns = (int64_t)random_u64(&random) >> random_below(&random, 20);
        time_ns -= time_ns % coarse[random_below(&random, ARRAY_COUNT(coarse))];
        struct civil_time civil = civil_from_ns(time_ns);
        int64_t back = 1;
        assert_true(civil_to_ns(civil, &back) && back == time_ns);

        char text[TIME_TEXT_SIZE], expected[64], fraction[16] = "";
        snprintf(fraction, sizeof fraction, ".%09u", (unsigned)civil.nanosecond);
        for (int group = 0; group < 3; group++) {
            size_t size = strlen(fraction);
            if (size > 3 && strcmp(fraction + size - 3, "000") == 0)
                fraction[size - 3] = '\0';
        }
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", (int)civil.year,
                 civil.month, civil.day, civil.hour, civil.minute, civil.second,
                 fraction[1] == '\0' ? "" : fraction);
        size_t size = time_format(text, time_ns);
        assert_int_equal(size, strlen(expected));
        assert_string_equal(text, expected);
        assert_int_equal(time_parse((struct text){text, size}, &back), STATUS_OK);
        assert_true(back == time_ns);
    }
}

static void times_that_are_read(void **state)
{
    (void)state;
    const int64_t noon = INT64_C(1709208000) * SECOND; /* 2024-02-29T12:00:00Z */
    static const struct {
        const char *text;
        enum status status;
        int64_t after_noon_ns;
    } cases[] = {
        {"2024-02-29T12:00:00Z", STATUS_OK, 0},
        {"2024-02-29t12:00:00z", STATUS_OK, 0},
        {"2024-02-29 12:00:00Z", STATUS_OK, 0},
        {"2024-02-29 12:00:00", STATUS_OK, 0},
        {"2024-02-29 12:00", STATUS_OK, 0},
        {"2024-02-29T12:00", STATUS_OK, 0},
        {"2024-02-29T12:00Z", STATUS_OK, 0},
        {"2024-02-29", STATUS_OK, -12 * HOUR},
        {"2024-02-29T12:00:00+02:30", STATUS_OK, -150 * MINUTE},
        {"2024-02-29T12:00:00-02:30", STATUS_OK, 150 * MINUTE},
        {"2024-02-29T12:00:00-00:00", STATUS_OK, 0},
        {"2024-02-29T12:00:00.5Z", STATUS_OK, SECOND / 2},
        {"2024-02-29T12:00:00.000000001Z", STATUS_OK, 1},
        {"2024-02-29T12:00:00.000000001000Z", STATUS_OK, 1},
        {"2024-02-29 12:00:00.25", STATUS_OK, SECOND / 4},
        {"2024-02-29T12:00:00.0000000001Z", STATUS_TOO_FINE, 0},
        {"2024-02-29T24:00:00Z", STATUS_RANGE, 0},
        {"2024-02-29T12:60:00Z", STATUS_RANGE, 0},
        {"2024-02-29T12:00:60Z", STATUS_RANGE, 0},
        {"2024-02-29T12:00:00+24:00", STATUS_RANGE, 0},
        {"2024-02-29T12:00:00+00:60", STATUS_RANGE, 0},
        {"2023-02-29", STATUS_RANGE, 0},
        {"2024-13-01", STATUS_RANGE, 0},
        {"2024-00-01", STATUS_RANGE, 0},
        {"2024-02-29T12:00:00.0000000001+99:00", STATUS_RANGE, 0},
        {"", STATUS_SYNTAX, 0},
        {"2024", STATUS_SYNTAX, 0},
        {"2024-2-29", STATUS_SYNTAX, 0},
        {"24-02-29", STATUS_SYNTAX, 0},
        {"2024/02/29", STATUS_SYNTAX, 0},
        {"2024-02-29T", STATUS_SYNTAX, 0},
        {"2024-02-29Z", STATUS_SYNTAX, 0},
        {"2024-02-29T12", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:0", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00.", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00.Z", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00,5Z", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00ZZ", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00+0200", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00+02", STATUS_SYNTAX, 0},
        {"2024-02-29T12:00:00+99:00x", STATUS_SYNTAX, 0},
        {" 2024-02-29", STATUS_SYNTAX, 0},
        {"2024-02-29 ", STATUS_SYNTAX, 0},
        {"-024-02-29", STATUS_SYNTAX, 0},
        {"1709208000", STATUS_SYNTAX, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t time_ns = 5;
        enum status status = time_parse(text_of(cases[i].text), &time_ns);
        if (status != cases[i].status)
            fail_msg("\"%s\": %s", cases[i].text, status_name(status));
        assert_true(time_ns == (status == STATUS_OK ? noon + cases[i].after_noon_ns : 5));
    }
}

static void durations_that_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum status status;
        int64_t duration_ns;
        const char *formatted; /* NULL: as read */
    } cases[] = {
        {"250ms", STATUS_OK, 250000000, NULL},
        {"5s", STATUS_OK, 5 * SECOND, NULL},
        {"15m", STATUS_OK, 15 * MINUTE, NULL},
        {"1h", STATUS_OK, HOUR, NULL},
        {"4h", STATUS_OK, 4 * HOUR, NULL},
        {"1d", STATUS_OK, DAY, NULL},
        {"1w", STATUS_OK, 7 * DAY, NULL},
        {"1h30m", STATUS_OK, 90 * MINUTE, NULL},
        {"90m", STATUS_OK, 90 * MINUTE, "1h30m"},
        {"7d", STATUS_OK, 7 * DAY, "1w"},
        {"10d", STATUS_OK, 10 * DAY, NULL},
        {"1w3d", STATUS_OK, 10 * DAY, "10d"},
        {"52w", STATUS_OK, 364 * DAY, NULL},
        {"1d2h3m4s5ms6us7ns", STATUS_OK, DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5006007, NULL},
        {"0", STATUS_OK, 0, NULL},
        {"0s", STATUS_OK, 0, "0"},
        {"0h0m", STATUS_OK, 0, "0"},
        {"007s", STATUS_OK, 7 * SECOND, "7s"},
        {"1m1ms", STATUS_OK, MINUTE + 1000000, NULL},
        {"9223372036854775807ns", STATUS_OK, INT64_MAX, "106751d23h47m16s854ms775us807ns"},
        {"9223372036854775808ns", STATUS_RANGE, 0, NULL},
        {"106752d", STATUS_RANGE, 0, NULL},
        {"106751d24h", STATUS_RANGE, 0, NULL},
        {"99999999999999999999999w", STATUS_RANGE, 0, NULL},
        {"99999999999999999999999w1x", STATUS_SYNTAX, 0, NULL},
        {"", STATUS_SYNTAX, 0, NULL},
        {"1", STATUS_SYNTAX, 0, NULL},
        {"00", STATUS_SYNTAX, 0, NULL},
        {"h", STATUS_SYNTAX, 0, NULL},
        {"1H", STATUS_SYNTAX, 0, NULL},
        {"1x", STATUS_SYNTAX, 0, NULL},
        {"1hm", STATUS_SYNTAX, 0, NULL},
        {"-1h", STATUS_SYNTAX, 0, NULL},
        {"+1h", STATUS_SYNTAX, 0, NULL},
        {"1.5h", STATUS_SYNTAX, 0, NULL},
        {"1h 30m", STATUS_SYNTAX, 0, NULL},
        {"30m1h", STATUS_SYNTAX, 0, NULL},
        {"1h1h", STATUS_SYNTAX, 0, NULL},
        {"1h30", STATUS_SYNTAX, 0, NULL},
        {"1min", STATUS_SYNTAX, 0, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t duration_ns = 5;
        enum status status = duration_parse(text_of(cases[i].text), &duration_ns);
        if (status != cases[i].status)
            fail_msg("\"%s\": %s", cases[i].text, status_name(status));
        assert_true(duration_ns == (status == STATUS_OK ? cases[i].duration_ns : 5));
        if (status != STATUS_OK)
            continue;
        char text[DURATION_TEXT_SIZE];
        size_t size = duration_format(text, duration_ns);
        assert_int_equal(size, strlen(text));
        assert_string_equal(text, cases[i].formatted == NULL ? cases[i].text : cases[i].formatted);
    }
}

static void random_durations_come_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 12, 0);
    char text[DURATION_TEXT_SIZE];
    for (int round = 0; round < 200000; round++) {
        int64_t duration_ns = (int64_t)(random_u64(&random) >> (1 + random_below(&random, 63)));
        size_t size = duration_format(text, duration_ns);
        int64_t back = -1;
        assert_int_equal(duration_parse((struct text){text, size}, &back), STATUS_OK);
        assert_true(back == duration_ns);
    }
    duration_format(text, -90 * MINUTE);
    assert_string_equal(text, "-1h30m");
    duration_format(text, INT64_MIN);
    assert_string_equal(text, "-106751d23h47m16s854ms775us808ns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_nine_centuries),
        cmocka_unit_test(limits_of_the_instant),
        cmocka_unit_test(fields_out_of_range_are_refused),
        cmocka_unit_test(random_times_come_back),
        cmocka_unit_test(times_that_are_read),
        cmocka_unit_test(durations_that_are_read),
        cmocka_unit_test(random_durations_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
