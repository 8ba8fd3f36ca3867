/* How times are written in files. */
#include "world/import/columns.h"

#include "base/time.h"
#include "world/import/digits.h"

#include <stdio.h>
#include <string.h>

/* Integers of these sizes are times between 1973 and 5138 in the unit given. */
static bool guess_unit(uint64_t value, unsigned *exponent)
{
    if (value < UINT64_C(100000000))
        return false;
    *exponent = value < UINT64_C(100000000000)         ? 9
                : value < UINT64_C(100000000000000)    ? 6
                : value < UINT64_C(100000000000000000) ? 3
                                                       : 0;
    return true;
}

/* YYYYMMDD. */
static bool read_compact_date(uint64_t value, int64_t *out_ns)
{
    struct civil_time civil = {.year = (int32_t)(value / 10000),
                               .month = (uint8_t)(value / 100 % 100),
                               .day = (uint8_t)(value % 100)};
    return civil.year >= 1900 && civil_to_ns(civil, out_ns);
}

/* `20131001 09:30`, with seconds or without, as LEAN writes it. */
static bool read_compact_time(struct text field, int64_t *out_ns)
{
    struct digits day;
    int64_t day_ns, clock_ns;
    char clock[32] = "1970-01-01 ";
    if (field.size < 14 || field.size > 20 || field.data[8] != ' ' ||
        !digits_read((struct text){field.data, 8}, &day) || day.decimals != 0 ||
        !read_compact_date(day.mantissa, &day_ns))
        return false;
    memcpy(clock + 11, field.data + 9, field.size - 9);
    return time_parse((struct text){clock, field.size + 2}, &clock_ns) == STATUS_OK &&
           !__builtin_add_overflow(day_ns, clock_ns, out_ns);
}

/* Of the whole milliseconds of a day. */
static bool read_day_part(struct digits value, int64_t *out_ns)
{
    if (value.decimals > 6 ||
        value.mantissa >= UINT64_C(86400000) * (uint64_t)power_of_ten(value.decimals))
        return false;
    *out_ns = (int64_t)value.mantissa * power_of_ten(6 - value.decimals);
    return true;
}

static bool is_date_separator(char c)
{
    return c == '/' || c == '.' || c == '-';
}

/* The year first and hyphens, as time_parse wants it; what stands behind the date stays. */
static bool read_date(struct text year, struct text month, struct text day, struct text rest,
                      int64_t *out_ns)
{
    char text[48];
    if (year.size != 4 || month.size < 1 || month.size > 2 || day.size < 1 || day.size > 2 ||
        rest.size > 32)
        return false;
    int size = snprintf(text, sizeof text, "%.4s-%s%.*s-%s%.*s%.*s", year.data,
                        month.size == 1 ? "0" : "", (int)month.size, month.data,
                        day.size == 1 ? "0" : "", (int)day.size, day.data, (int)rest.size,
                        rest.data);
    return size > 0 && (size_t)size < sizeof text &&
           time_parse((struct text){text, (size_t)size}, out_ns) == STATUS_OK;
}

/* Three numbers with two separators of one kind, in the order that the form says: year first where
 * it does not say. */
static bool read_ordered_date(struct text field, enum time_form form, int64_t *out_ns)
{
    size_t first = 0, second = 0, end = 0;
    while (first < field.size && field.data[first] >= '0' && field.data[first] <= '9')
        first++;
    second = first + 1;
    while (second < field.size && field.data[second] >= '0' && field.data[second] <= '9')
        second++;
    if (second >= field.size || !is_date_separator(field.data[first]) ||
        field.data[second] != field.data[first])
        return false;
    end = second + 1;
    while (end < field.size && field.data[end] >= '0' && field.data[end] <= '9')
        end++;
    struct text a = {field.data, first};
    struct text b = {field.data + first + 1, second - first - 1};
    struct text c = {field.data + second + 1, end - second - 1};
    struct text rest = {field.data + end, field.size - end};
    if (form == TIME_FORM_MONTH_FIRST)
        return read_date(c, a, b, rest, out_ns);
    if (form == TIME_FORM_DAY_FIRST)
        return read_date(c, b, a, rest, out_ns);
    return read_date(a, b, c, rest, out_ns);
}

bool column_time_read(struct text field, enum time_form form, int64_t *out_ns)
{
    struct digits value;
    if (UNLIKELY(form > TIME_FORM_DAY_MILLISECONDS))
        return read_ordered_date(field, form, out_ns);
    if (!digits_read_padded(field, &value))
        return form == TIME_FORM_ANY &&
               (time_parse(field, out_ns) == STATUS_OK || read_compact_time(field, out_ns) ||
                read_ordered_date(field, form, out_ns));
    if (UNLIKELY(form == TIME_FORM_DAY_MILLISECONDS))
        return read_day_part(value, out_ns);
    unsigned exponent = 3 * (4 - (unsigned)form);
    if (form == TIME_FORM_ANY) {
        if (field.size == 8 && value.decimals == 0)
            return read_compact_date(value.mantissa, out_ns);
        uint64_t whole = value.mantissa / (uint64_t)power_of_ten(value.decimals);
        if (!guess_unit(whole, &exponent))
            return false;
    }
    /* Seconds with a fraction are exact while it has no digits beyond nanoseconds. */
    digits_trim(&value, exponent);
    if (value.decimals > exponent || value.mantissa > INT64_MAX)
        return false;
    return !__builtin_mul_overflow((int64_t)value.mantissa, power_of_ten(exponent - value.decimals),
                                   out_ns);
}

bool column_time_is_absolute(struct text field)
{
    struct digits value;
    if (digits_read(field, &value))
        return field.size == 8; /* YYYYMMDD; other numbers are clocks */
    if (field.size <= 10)
        return true;
    char last = field.data[field.size - 1];
    bool offset = false;
    for (size_t i = 11; i < field.size; i++)
        offset = offset || field.data[i] == '+' || field.data[i] == '-';
    return last == 'Z' || last == 'z' || offset;
}
