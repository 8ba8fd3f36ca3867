/* Holidays and time zones by rule. */
#include "world/import/calendar.h"

#define HOUR_S 3600

/* ---- days ------------------------------------------------------------------------------------ */

unsigned weekday_of_day(int64_t day)
{
    return (unsigned)(((day + 3) % 7 + 7) % 7);
}

int64_t day_of_date(int year, unsigned month, unsigned day)
{
    struct civil_time civil = {.year = year, .month = (uint8_t)month, .day = (uint8_t)day};
    int64_t ns = 0;
    return civil_to_ns(civil, &ns) ? day_of_ns(ns) : INT64_MIN;
}

int64_t nth_weekday(int year, unsigned month, unsigned weekday, unsigned n)
{
    int64_t first = day_of_date(year, month, 1);
    return first + (7 + weekday - weekday_of_day(first)) % 7 + 7 * (int64_t)(n - 1);
}

static int64_t last_sunday(int year, unsigned month)
{
    ASSERT(month < 12);
    return nth_weekday(year, month + 1, 6, 1) - 7;
}

/* Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876). */
static int64_t easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    int f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451, month = (h + l - 7 * m + 114) / 31;
    return day_of_date(year, (unsigned)month, (unsigned)((h + l - 7 * m + 114) % 31 + 1));
}

/* A fixed holiday is kept on Friday or Monday where it falls on Saturday or Sunday. */
static bool observed(int64_t day, int64_t holiday, bool saturday)
{
    unsigned weekday = weekday_of_day(holiday);
    if (weekday == 5)
        return saturday && day == holiday - 1;
    return day == holiday + (weekday == 6 ? 1 : 0);
}

bool new_york_is_holiday(int64_t day)
{
    int year = civil_from_ns(day * NANOSECONDS_PER_DAY).year;
    return observed(day, day_of_date(year, 1, 1), false) ||
           (year >= 1998 && day == nth_weekday(year, 1, 0, 3)) ||
           day == nth_weekday(year, 2, 0, 3) || day == easter(year) - 2 ||
           day == nth_weekday(year, 6, 0, 1) - 7 ||
           (year >= 2022 && observed(day, day_of_date(year, 6, 19), true)) ||
           observed(day, day_of_date(year, 7, 4), true) || day == nth_weekday(year, 9, 0, 1) ||
           day == nth_weekday(year, 11, 3, 4) || observed(day, day_of_date(year, 12, 25), true);
}

bool new_york_is_half_day(int64_t day)
{
    struct civil_time civil = civil_from_ns(day * NANOSECONDS_PER_DAY);
    unsigned weekday = weekday_of_day(day);
    bool eve = (civil.month == 7 && civil.day == 3) || (civil.month == 12 && civil.day == 24);
    return (eve && weekday < 4) || day == nth_weekday(civil.year, 11, 3, 4) + 1;
}

/* ---- zones ----------------------------------------------------------------------------------- */

/* Known from the year on in which the rule of today, or one that is written below, began to hold
 * without exceptions. */
static const struct {
    const char *name;
    struct zone zone;
} zones[] = {
    {"America/New_York", {-5 * HOUR_S, ZONE_US, 1976}},
    {"America/Toronto", {-5 * HOUR_S, ZONE_US, 1987}},
    {"America/Chicago", {-6 * HOUR_S, ZONE_US, 1976}},
    {"America/Denver", {-7 * HOUR_S, ZONE_US, 1976}},
    {"America/Los_Angeles", {-8 * HOUR_S, ZONE_US, 1976}},
    {"Europe/London", {0, ZONE_EU, 1996}},
    {"Europe/Berlin", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Paris", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Amsterdam", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Zurich", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Madrid", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Rome", {HOUR_S, ZONE_EU, 1996}},
    {"Europe/Athens", {2 * HOUR_S, ZONE_EU, 1996}},
    {"Europe/Helsinki", {2 * HOUR_S, ZONE_EU, 1996}},
    {"Europe/Istanbul", {2 * HOUR_S, ZONE_TURKEY, 2008}},
    {"Asia/Dubai", {4 * HOUR_S, ZONE_FIXED, 1992}},
    {"Asia/Kolkata", {5 * HOUR_S + 1800, ZONE_FIXED, 1992}},
    {"Asia/Singapore", {8 * HOUR_S, ZONE_FIXED, 1992}},
    {"Asia/Hong_Kong", {8 * HOUR_S, ZONE_FIXED, 1992}},
    {"Asia/Shanghai", {8 * HOUR_S, ZONE_FIXED, 1992}},
    {"Asia/Tokyo", {9 * HOUR_S, ZONE_FIXED, 1992}},
    {"Asia/Seoul", {9 * HOUR_S, ZONE_FIXED, 1992}},
};

const char *zone_name(size_t index)
{
    return index < ARRAY_COUNT(zones) ? zones[index].name : NULL;
}

/* Two digits; -1 where there are none. */
static int two_digits(const char *at)
{
    bool digits = at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
    return digits ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

bool zone_parse(struct text text, struct zone *out)
{
    static const char *const names[] = {"UTC", "GMT", "Z"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (text_equal_ignore_case(text, text_of(names[i]))) {
            *out = (struct zone){0, ZONE_FIXED, INT32_MIN};
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(zones); i++) {
        if (text_equal_ignore_case(text, text_of(zones[i].name))) {
            *out = zones[i].zone;
            return true;
        }
    }
    if (text.size != 6 || (text.data[0] != '+' && text.data[0] != '-') || text.data[3] != ':')
        return false;
    int hours = two_digits(text.data + 1), minutes = two_digits(text.data + 4);
    if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
        return false;
    int32_t offset = hours * HOUR_S + minutes * 60;
    *out = (struct zone){text.data[0] == '-' ? -offset : offset, ZONE_FIXED, INT32_MIN};
    return true;
}

bool zone_is_utc(struct zone zone)
{
    return zone.rule == ZONE_FIXED && zone.offset_s == 0;
}

/* Seconds since 1970 in UTC at which summer time begins and ends in a year. */
static void summer_of(struct zone zone, int year, int64_t *begin, int64_t *end)
{
    int64_t first, last;
    if (zone.rule == ZONE_US) {
        first = year >= 2007   ? nth_weekday(year, 3, 6, 2)
                : year >= 1987 ? nth_weekday(year, 4, 6, 1)
                               : last_sunday(year, 4);
        last = year >= 2007 ? nth_weekday(year, 11, 6, 1) : last_sunday(year, 10);
        /* At two o'clock, which is one hour earlier in UTC when summer ends. */
        *begin = first * 86400 + 2 * HOUR_S - zone.offset_s;
        *end = last * 86400 + HOUR_S - zone.offset_s;
        return;
    }
    first = last_sunday(year, 3);
    last = last_sunday(year, 10);
    if (zone.rule == ZONE_TURKEY) {
        /* Moved for examinations and elections; in 2016 summer time did not end any more. */
        first += year == 2011 || year == 2014 ? 1 : 0;
        last += year == 2011 ? 0 : year == 2015 ? 14 : 0;
    }
    *begin = first * 86400 + HOUR_S;
    *end = zone.rule == ZONE_TURKEY && year == 2016 ? INT64_MAX : last * 86400 + HOUR_S;
}

int32_t zone_offset_s(struct zone zone, int64_t utc_ns)
{
    if (zone.rule == ZONE_FIXED)
        return zone.offset_s;
    int64_t seconds = day_of_ns(utc_ns) * 86400 +
                      (utc_ns - day_of_ns(utc_ns) * NANOSECONDS_PER_DAY) / NANOSECONDS_PER_SECOND;
    int64_t begin, end;
    int year = civil_from_ns(utc_ns).year;
    if (zone.rule == ZONE_TURKEY && year > 2016)
        return zone.offset_s + HOUR_S;
    summer_of(zone, year, &begin, &end);
    return zone.offset_s + (seconds >= begin && seconds < end ? HOUR_S : 0);
}

bool zone_to_utc(struct zone zone, int64_t local_ns, int64_t after_ns, int64_t *out_ns)
{
    /* Summer time comes first: of two instants with the same clocks it is the earlier. */
    bool found = false;
    for (int summer = 1; summer >= 0 && !found; summer--) {
        int32_t offset = zone.offset_s + (summer == 1 ? HOUR_S : 0);
        int64_t utc;
        if ((summer == 1 && zone.rule == ZONE_FIXED) ||
            __builtin_sub_overflow(local_ns, offset * NANOSECONDS_PER_SECOND, &utc) ||
            civil_from_ns(utc).year < zone.year_min || zone_offset_s(zone, utc) != offset)
            continue;
        int64_t later = INT64_MIN;
        bool twice = summer == 1 &&
                     !__builtin_add_overflow(utc, HOUR_S * NANOSECONDS_PER_SECOND, &later) &&
                     zone_offset_s(zone, later) == zone.offset_s;
        *out_ns = twice && utc <= after_ns ? later : utc;
        found = true;
    }
    return found;
}
