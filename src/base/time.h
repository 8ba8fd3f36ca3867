/* Civil time and durations. All instants are int64 nanoseconds since 1970-01-01T00:00:00Z. */
#ifndef TERN_BASE_TIME_H
#define TERN_BASE_TIME_H

#include "base/text.h"

#define TIME_TEXT_SIZE 40
#define DURATION_TEXT_SIZE 40

struct civil_time {
    int32_t year;
    uint8_t month, day, hour, minute, second;
    uint32_t nanosecond;
};

struct civil_time civil_from_ns(int64_t time_ns);
/* false where the fields are no valid date and time or the instant does not fit. */
MUST_USE bool civil_to_ns(struct civil_time civil, int64_t *out);
/* Days since 1970-01-01, rounded toward minus infinity. */
int64_t day_of_ns(int64_t time_ns);
/* RFC 3339 in UTC; a fraction only where it is not zero, in groups of three digits:
 * 2024-01-01T00:00:00Z, 2024-01-01T00:00:00.250Z. Returns the length. */
size_t time_format(char out[TIME_TEXT_SIZE], int64_t time_ns);
/* Accepts RFC 3339 (any offset, `T` or a space in the middle), a date alone (midnight UTC) and
 * `YYYY-MM-DD HH:MM[:SS[.fraction]]` as UTC. STATUS_SYNTAX, STATUS_RANGE (no such date or time, or
 * outside 1677-09-21 to 2262-04-11) or STATUS_TOO_FINE (digits below the nanosecond that are not
 * zero), in this order. There is no leap second :60. *out is written on success alone. */
MUST_USE enum status time_parse(struct text text, int64_t *out);
/* `250ms`, `5s`, `15m`, `1h`, `4h`, `1d`, `1w`, also sums without spaces (`1h30m`), units w d h m s
 * ms us ns, each once and the longer ones first; a bare 0. Whole numbers, never negative.
 * STATUS_SYNTAX or STATUS_RANGE (292 years and more). *out_ns is written on success alone. */
MUST_USE enum status duration_parse(struct text text, int64_t *out_ns);
/* The same form, no unit that is zero: 3600e9 -> `1h`, 5400e9 -> `1h30m`. Weeks only where nothing
 * is left: 7 days -> `1w`, 10 days -> `10d`. A negative one, which duration_parse does not read,
 * has a `-` in front. Returns the length. */
size_t duration_format(char out[DURATION_TEXT_SIZE], int64_t duration_ns);

#endif
