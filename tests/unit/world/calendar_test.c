/* Holidays and half days against lists of the exchange, zones against the system's own data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "world/import/calendar.h"

#define HOUR_NS (3600 * NANOSECONDS_PER_SECOND)

static int64_t day_of(const char *date)
{
    int64_t ns = 0;
    assert_int_equal(time_parse(text_of(date), &ns), STATUS_OK);
    return day_of_ns(ns);
}

static int64_t at(const char *time)
{
    int64_t ns = 0;
    assert_int_equal(time_parse(text_of(time), &ns), STATUS_OK);
    return ns;
}

static struct zone zone_of(const char *name)
{
    struct zone zone;
    if (!zone_parse(text_of(name), &zone))
        fail_msg("%s is no zone", name);
    return zone;
}

/* The exchange's own calendars of these years, weekends apart. */
static void holidays_of_new_york(void **state)
{
    (void)state;
    static const char *const holidays[] = {
        "2021-01-01", "2021-01-18", "2021-02-15", "2021-04-02", "2021-05-31", "2021-07-05",
        "2021-09-06", "2021-11-25", "2021-12-24", "2022-01-17", "2022-02-21", "2022-04-15",
        "2022-05-30", "2022-06-20", "2022-07-04", "2022-09-05", "2022-11-24", "2022-12-26",
        "2023-01-02", "2023-01-16", "2023-02-20", "2023-04-07", "2023-05-29", "2023-06-19",
        "2023-07-04", "2023-09-04", "2023-11-23", "2023-12-25", "2024-01-01", "2024-01-15",
        "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02",
        "2024-11-28", "2024-12-25",
    };
    static const char *const half_days[] = {"2021-11-26", "2022-11-25", "2023-07-03", "2023-11-24",
                                            "2024-07-03", "2024-11-29", "2024-12-24"};
    size_t found = 0, half = 0;
    for (int64_t day = day_of("2021-01-01"); day <= day_of("2024-12-31"); day++) {
        if (weekday_of_day(day) >= 5)
            continue;
        if (new_york_is_holiday(day)) {
            assert_true(found < ARRAY_COUNT(holidays));
            assert_int_equal(day, day_of(holidays[found++]));
        } else if (new_york_is_half_day(day)) {
            assert_true(half < ARRAY_COUNT(half_days));
            assert_int_equal(day, day_of(half_days[half++]));
        }
    }
    assert_int_equal(found, ARRAY_COUNT(holidays));
    assert_int_equal(half, ARRAY_COUNT(half_days));
}

static void zones_by_hand(void **state)
{
    (void)state;
    struct zone york = zone_of("america/new_york");
    int64_t utc = 0;
    assert_true(zone_to_utc(york, at("2024-06-03 09:30"), INT64_MIN, &utc));
    assert_true(utc == at("2024-06-03 13:30"));
    assert_true(zone_to_utc(york, at("2024-01-03 09:30"), INT64_MIN, &utc));
    assert_true(utc == at("2024-01-03 14:30"));
    /* The hour that is left out, and the one that comes twice. */
    assert_false(zone_to_utc(york, at("2024-03-10 02:30"), INT64_MIN, &utc));
    assert_true(zone_to_utc(york, at("2024-11-03 01:30"), INT64_MIN, &utc));
    assert_true(utc == at("2024-11-03 05:30"));
    assert_true(zone_to_utc(york, at("2024-11-03 01:30"), at("2024-11-03 05:30"), &utc));
    assert_true(utc == at("2024-11-03 06:30"));
    assert_true(zone_to_utc(york, at("2024-11-03 01:15"), at("2024-11-03 05:45"), &utc));
    assert_true(utc == at("2024-11-03 06:15"));
    /* Years before the rules are not guessed. */
    assert_false(zone_to_utc(york, at("1960-06-01 12:00"), INT64_MIN, &utc));
    assert_false(zone_to_utc(zone_of("Europe/Berlin"), at("1990-06-01 12:00"), INT64_MIN, &utc));
    assert_true(zone_to_utc(zone_of("+03:00"), at("1960-06-01 12:00"), INT64_MIN, &utc));
    assert_true(utc == at("1960-06-01 09:00"));
    assert_true(zone_to_utc(zone_of("-05:30"), at("2024-06-01 12:00"), INT64_MIN, &utc));
    assert_true(utc == at("2024-06-01 17:30"));
    assert_true(zone_is_utc(zone_of("utc")) && zone_is_utc(zone_of("+00:00")));
    assert_false(zone_is_utc(york) || zone_is_utc(zone_of("Europe/London")));
    assert_false(zone_to_utc(zone_of("+03:00"), INT64_MIN + 5, INT64_MIN, &utc));
    static const char *const none[] = {"",        "New_York", "+3",    "+03:60",
                                       "+99:00",  "+03:0x",   "03:00", "EST",
                                       "America", "+0300",    "UTC+3", "+03:000"};
    struct zone zone;
    for (size_t i = 0; i < ARRAY_COUNT(none); i++)
        if (zone_parse(text_of(none[i]), &zone))
            fail_msg("%s is a zone", none[i]);
}

/* Every third hour and instants between, from the zone's first year on. */
static void zones_as_the_system_has_them(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Europe/Istanbul", R_OK) != 0) {
        print_message("# skipped: no time zones on this machine\n");
        skip();
    }
    struct random random;
    random_init(&random, 5, 0);
    for (size_t i = 0; zone_name(i) != NULL; i++) {
        struct zone zone = zone_of(zone_name(i));
        assert_int_equal(setenv("TZ", zone_name(i), 1), 0);
        tzset();
        char first[16];
        (void)snprintf(first, sizeof first, "%d-01-02", (int)zone.year_min);
        for (int64_t now = at(first); now < at("2030-01-01"); now += 3 * HOUR_NS) {
            int64_t instant = now + (int64_t)random_below(&random, 2) *
                                        (int64_t)random_below(&random, 3 * (uint64_t)HOUR_NS);
            time_t seconds = (time_t)(instant / NANOSECONDS_PER_SECOND);
            struct tm local;
            assert_non_null(localtime_r(&seconds, &local));
            if (local.tm_gmtoff != zone_offset_s(zone, instant))
                fail_msg("%s at %lld: %d, not %ld", zone_name(i), (long long)seconds,
                         zone_offset_s(zone, instant), local.tm_gmtoff);
            /* Its clocks lead back, to the same instant or to its twin in autumn. */
            int64_t clocks = instant + zone_offset_s(zone, instant) * NANOSECONDS_PER_SECOND, back;
            assert_true(zone_to_utc(zone, clocks, instant - 1, &back));
            if (back != instant) {
                assert_true(back == instant - HOUR_NS || back == instant + HOUR_NS);
                assert_true(zone_to_utc(zone, clocks, instant - HOUR_NS, &back));
                assert_true(back == instant);
            }
        }
    }
    assert_int_equal(unsetenv("TZ"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holidays_of_new_york),
        cmocka_unit_test(zones_by_hand),
        cmocka_unit_test(zones_as_the_system_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
