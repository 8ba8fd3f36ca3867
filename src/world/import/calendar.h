/* Days and time zones of market data, by rules that are written here: the same on every machine,
 * whatever its own time zone data are.
 *
 *     struct zone zone;
 *     zone_parse(TEXT("America/New_York"), &zone);
 *     zone_to_utc(zone, local_ns, INT64_MIN, &utc_ns);      09:30 in June: 13:30 UTC
 */
#ifndef TERN_WORLD_IMPORT_CALENDAR_H
#define TERN_WORLD_IMPORT_CALENDAR_H

#include "base/text.h"
#include "base/time.h"

/* ---- days: numbers since 1970-01-01, weekdays 0 (Monday) to 6 (Sunday) ----------------------- */

unsigned weekday_of_day(int64_t day);
/* INT64_MIN where there is no such date. */
int64_t day_of_date(int year, unsigned month, unsigned day);
/* The n-th such weekday of a month, n from 1; the last one is n = 1 of the next month less 7. */
int64_t nth_weekday(int year, unsigned month, unsigned weekday, unsigned n);

/* Whole days on which the New York Stock Exchange keeps its doors shut by rule: weekends apart, the
 * ten holidays of its calendar since 1971. Days of mourning and storms are not known. */
bool new_york_is_holiday(int64_t day);
/* Days that end at 13:00 by rule: before Independence Day, after Thanksgiving, before Christmas. */
bool new_york_is_half_day(int64_t day);

/* ---- time zones ------------------------------------------------------------------------------ */

enum zone_rule { ZONE_FIXED, ZONE_US, ZONE_EU, ZONE_TURKEY };

struct zone {
    int32_t offset_s; /* of standard time, east of Greenwich */
    enum zone_rule rule;
    int32_t year_min; /* times before it are not known by these rules */
};

/* UTC, an offset `+03:00`, or one of the names that zone_names lists (`America/New_York`), without
 * case. false where it is none. */
MUST_USE bool zone_parse(struct text text, struct zone *out);
/* Whether its times are those of UTC. */
bool zone_is_utc(struct zone zone);
/* Of the named zones; NULL behind the last. */
const char *zone_name(size_t index);

/* A time on the clocks of the zone in UTC. The hour that comes twice in autumn is the earlier one,
 * unless that is not after `after_ns`, the row before. false for the hour that spring leaves out,
 * for years before the rules, and where it does not fit. */
MUST_USE bool zone_to_utc(struct zone zone, int64_t local_ns, int64_t after_ns, int64_t *out_ns);
/* Seconds east of Greenwich at an instant. */
int32_t zone_offset_s(struct zone zone, int64_t utc_ns);

#endif
