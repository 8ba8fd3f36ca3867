/* The proleptic Gregorian calendar, RFC 3339 and durations. */
#include "base/time.h"

#include <stdio.h>

#define DAYS_PER_400_YEARS 146097
#define SECONDS_PER_DAY INT64_C(86400)
/* From 0000-03-01 to 1970-01-01. */
#define DAYS_BEFORE_1970 719468

/* Years counted from March keep the leap day at their end, where it moves no other month. Months
 * from March have 31 30 31 30 31 | 31 30 31 30 31 | 31 28: five months make 153 days, and
 * (153 m + 2) / 5 is the first day of month m. */
static int64_t days_before_march_month(int64_t month_from_march)
{
    return (153 * month_from_march + 2) / 5;
}

static int64_t floor_divide(int64_t numerator, int64_t denominator)
{
    int64_t quotient = numerator / denominator;
    return numerator % denominator < 0 ? quotient - 1 : quotient;
}

static int64_t days_of_date(int64_t year, unsigned month, unsigned day)
{
    int64_t march_year = month >= 3 ? year : year - 1;
    int64_t march_month = month >= 3 ? month - 3 : month + 9;
    int64_t leap_days = floor_divide(march_year, 4) - floor_divide(march_year, 100) +
                        floor_divide(march_year, 400);
    return march_year * 365 + leap_days + days_before_march_month(march_month) + (day - 1) -
           DAYS_BEFORE_1970;
}

static void date_of_days(int64_t days, struct civil_time *civil)
{
    int64_t shifted = days + DAYS_BEFORE_1970;
    int64_t cycle = floor_divide(shifted, DAYS_PER_400_YEARS);
    int64_t day_of_cycle = shifted - cycle * DAYS_PER_400_YEARS;
    /* Taking out the leap days passed makes every year 365 days long; the last day of the cycle and
     * of each four years is itself a leap day and belongs to the year it ends. */
    int64_t year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 -
                             day_of_cycle / (DAYS_PER_400_YEARS - 1)) /
                            365;
    int64_t day_of_year = day_of_cycle -
                          (year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    civil->day = (uint8_t)(day_of_year - days_before_march_month(march_month) + 1);
    civil->month = (uint8_t)(march_month < 10 ? march_month + 3 : march_month - 9);
    civil->year = (int32_t)(cycle * 400 + year_of_cycle + (civil->month <= 2 ? 1 : 0));
}

int64_t day_of_ns(int64_t time_ns)
{
    return floor_divide(time_ns, NANOSECONDS_PER_DAY);
}

struct civil_time civil_from_ns(int64_t time_ns)
{
    struct civil_time civil;
    int64_t days = day_of_ns(time_ns);
    /* Not time_ns - days * NANOSECONDS_PER_DAY: the first day begins before the first instant. */
    int64_t rest = time_ns % NANOSECONDS_PER_DAY;
    if (rest < 0)
        rest += NANOSECONDS_PER_DAY;
    date_of_days(days, &civil);
    int64_t second = rest / NANOSECONDS_PER_SECOND;
    civil.nanosecond = (uint32_t)(rest % NANOSECONDS_PER_SECOND);
    civil.second = (uint8_t)(second % 60);
    civil.minute = (uint8_t)(second / 60 % 60);
    civil.hour = (uint8_t)(second / 3600);
    return civil;
}

static bool is_leap_year(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(int64_t year, unsigned month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/* offset_seconds is what the civil time is ahead of UTC. */
static bool civil_at_offset_to_ns(struct civil_time civil, int64_t offset_seconds, int64_t *out)
{
    if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        civil.day > days_of_month(civil.year, civil.month))
        return false;
    if (civil.hour > 23 || civil.minute > 59 || civil.second > 59 ||
        civil.nanosecond >= NANOSECONDS_PER_SECOND)
        return false;
    int64_t second = days_of_date(civil.year, civil.month, civil.day) * SECONDS_PER_DAY +
                     civil.hour * 3600 + civil.minute * 60 + civil.second - offset_seconds;
    i128 time_ns = (i128)second * NANOSECONDS_PER_SECOND + civil.nanosecond;
    if (time_ns < INT64_MIN || time_ns > INT64_MAX)
        return false;
    *out = (int64_t)time_ns;
    return true;
}

bool civil_to_ns(struct civil_time civil, int64_t *out)
{
    return civil_at_offset_to_ns(civil, 0, out);
}

static char *write_digits(char *at, uint32_t value, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        at[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

size_t time_format(char out[TIME_TEXT_SIZE], int64_t time_ns)
{
    struct civil_time civil = civil_from_ns(time_ns);
    char *at = out;
    at = write_digits(at, (uint32_t)civil.year, 4);
    *at++ = '-';
    at = write_digits(at, civil.month, 2);
    *at++ = '-';
    at = write_digits(at, civil.day, 2);
    *at++ = 'T';
    at = write_digits(at, civil.hour, 2);
    *at++ = ':';
    at = write_digits(at, civil.minute, 2);
    *at++ = ':';
    at = write_digits(at, civil.second, 2);
    if (civil.nanosecond != 0) {
        *at++ = '.';
        if (civil.nanosecond % 1000 != 0)
            at = write_digits(at, civil.nanosecond, 9);
        else if (civil.nanosecond % 1000000 != 0)
            at = write_digits(at, civil.nanosecond / 1000, 6);
        else
            at = write_digits(at, civil.nanosecond / 1000000, 3);
    }
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}

/* Reads exactly count digits off the front of text. */
static bool take_digits(struct text *text, unsigned count, unsigned *out)
{
    unsigned value = 0;
    if (text->size < count)
        return false;
    for (unsigned i = 0; i < count; i++) {
        char byte = text->data[i];
        if (byte < '0' || byte > '9')
            return false;
        value = value * 10 + (unsigned)(byte - '0');
    }
    text->data += count;
    text->size -= count;
    *out = value;
    return true;
}

static bool take_byte(struct text *text, char byte)
{
    if (text->size == 0 || text->data[0] != byte)
        return false;
    text->data++;
    text->size--;
    return true;
}

/* Digits behind the point; what is finer than a nanosecond must be zero. */
static enum status take_fraction(struct text *text, uint32_t *nanosecond)
{
    uint32_t value = 0;
    unsigned count = 0, digit;
    bool too_fine = false;
    while (take_digits(text, 1, &digit)) {
        if (count < 9)
            value = value * 10 + digit;
        else if (digit != 0)
            too_fine = true;
        count++;
    }
    if (count == 0)
        return STATUS_SYNTAX;
    for (; count < 9; count++)
        value *= 10;
    *nanosecond = value;
    return too_fine ? STATUS_TOO_FINE : STATUS_OK;
}

/* Nothing or Z is UTC; else +hh:mm or -hh:mm. */
static enum status take_offset(struct text *text, int64_t *offset_seconds)
{
    *offset_seconds = 0;
    if (text->size == 0 || take_byte(text, 'Z') || take_byte(text, 'z'))
        return STATUS_OK;
    unsigned hours, minutes;
    bool west = take_byte(text, '-');
    if (!west && !take_byte(text, '+'))
        return STATUS_SYNTAX;
    if (!take_digits(text, 2, &hours) || !take_byte(text, ':') || !take_digits(text, 2, &minutes))
        return STATUS_SYNTAX;
    if (hours > 23 || minutes > 59)
        return STATUS_RANGE;
    int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *offset_seconds = west ? -seconds : seconds;
    return STATUS_OK;
}

enum status time_parse(struct text text, int64_t *out)
{
    unsigned year, month, day, hour = 0, minute = 0, second = 0;
    uint32_t nanosecond = 0;
    int64_t offset_seconds = 0;
    enum status status = STATUS_OK, fraction_status = STATUS_OK;
    if (!take_digits(&text, 4, &year) || !take_byte(&text, '-') || !take_digits(&text, 2, &month) ||
        !take_byte(&text, '-') || !take_digits(&text, 2, &day))
        return STATUS_SYNTAX;
    if (text.size > 0) {
        if (!take_byte(&text, 'T') && !take_byte(&text, 't') && !take_byte(&text, ' '))
            return STATUS_SYNTAX;
        if (!take_digits(&text, 2, &hour) || !take_byte(&text, ':') ||
            !take_digits(&text, 2, &minute))
            return STATUS_SYNTAX;
        if (take_byte(&text, ':')) {
            if (!take_digits(&text, 2, &second))
                return STATUS_SYNTAX;
            if (take_byte(&text, '.'))
                fraction_status = take_fraction(&text, &nanosecond);
        }
        if (fraction_status == STATUS_SYNTAX)
            return STATUS_SYNTAX;
        status = take_offset(&text, &offset_seconds);
        if (status == STATUS_SYNTAX || text.size > 0)
            return STATUS_SYNTAX;
    }
    struct civil_time civil = {.year = (int32_t)year,
                               .month = (uint8_t)month,
                               .day = (uint8_t)day,
                               .hour = (uint8_t)hour,
                               .minute = (uint8_t)minute,
                               .second = (uint8_t)second,
                               .nanosecond = nanosecond};
    int64_t time_ns;
    if (status != STATUS_OK || !civil_at_offset_to_ns(civil, offset_seconds, &time_ns))
        return STATUS_RANGE;
    if (fraction_status == STATUS_OK)
        *out = time_ns;
    return fraction_status;
}

/* From the longest to the shortest, as they follow each other in a sum. */
static const struct duration_unit {
    char name[3];
    int64_t size_ns;
} duration_units[] = {
    {"w", 7 * NANOSECONDS_PER_DAY},
    {"d", NANOSECONDS_PER_DAY},
    {"h", 3600 * NANOSECONDS_PER_SECOND},
    {"m", 60 * NANOSECONDS_PER_SECOND},
    {"s", NANOSECONDS_PER_SECOND},
    {"ms", INT64_C(1000000)},
    {"us", INT64_C(1000)},
    {"ns", INT64_C(1)},
};

/* The unit whose name is the whole of text, at or behind `first`; the count of units if none. */
static size_t find_unit(struct text text, size_t first)
{
    size_t i = first;
    while (i < ARRAY_COUNT(duration_units) && !text_equal(text, text_of(duration_units[i].name)))
        i++;
    return i;
}

enum status duration_parse(struct text text, int64_t *out_ns)
{
    int64_t total = 0;
    size_t next_unit = 0;
    bool in_range = true;
    if (text_equal(text, TEXT("0"))) {
        *out_ns = 0;
        return STATUS_OK;
    }
    if (text.size == 0)
        return STATUS_SYNTAX;
    while (text.size > 0) {
        int64_t count = 0, part;
        unsigned digit;
        size_t digits_count = 0, name_size = 0;
        while (take_digits(&text, 1, &digit)) {
            digits_count++;
            in_range = in_range && !__builtin_mul_overflow(count, 10, &count) &&
                       !__builtin_add_overflow(count, digit, &count);
        }
        while (name_size < text.size && text.data[name_size] >= 'a' && text.data[name_size] <= 'z')
            name_size++;
        size_t unit = find_unit((struct text){text.data, name_size}, next_unit);
        if (digits_count == 0 || unit == ARRAY_COUNT(duration_units))
            return STATUS_SYNTAX;
        in_range = in_range &&
                   !__builtin_mul_overflow(count, duration_units[unit].size_ns, &part) &&
                   !__builtin_add_overflow(total, part, &total);
        text.data += name_size;
        text.size -= name_size;
        next_unit = unit + 1;
    }
    if (!in_range)
        return STATUS_RANGE;
    *out_ns = total;
    return STATUS_OK;
}

size_t duration_format(char out[DURATION_TEXT_SIZE], int64_t duration_ns)
{
    uint64_t rest = duration_ns < 0 ? 0 - (uint64_t)duration_ns : (uint64_t)duration_ns;
    size_t size = 0;
    if (rest == 0)
        return (size_t)snprintf(out, DURATION_TEXT_SIZE, "0");
    if (duration_ns < 0)
        out[size++] = '-';
    for (size_t i = 0; i < ARRAY_COUNT(duration_units); i++) {
        uint64_t unit_ns = (uint64_t)duration_units[i].size_ns;
        bool is_week = i == 0;
        if (rest < unit_ns || (is_week && rest % unit_ns != 0))
            continue;
        int written = snprintf(out + size, DURATION_TEXT_SIZE - size, "%llu%s",
                               (unsigned long long)(rest / unit_ns), duration_units[i].name);
        ASSERT(written > 0 && (size_t)written < DURATION_TEXT_SIZE - size);
        size += (size_t)written;
        rest %= unit_ns;
    }
    return size;
}
