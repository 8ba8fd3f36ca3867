/* How times are written in files. */
#include "world/import/columns.h"

#include "base/time.h"
#include "world/import/digits.h"

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

bool column_time_read(struct text field, enum time_form form, int64_t *out_ns)
{
    struct digits value;
    if (!digits_read_padded(field, &value))
        return form == TIME_FORM_ANY &&
               (time_parse(field, out_ns) == STATUS_OK || read_compact_time(field, out_ns));
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
