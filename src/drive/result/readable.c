#include "drive/result/readable.h"

#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

unsigned money_places(struct amount start_equity)
{
    i128 bound = (i128)100 * power_of_ten(AMOUNT_DECIMALS);
    return start_equity.units >= bound || start_equity.units <= 0 ? 2 : 6;
}

/* Writes sign and digits of a plain decimal with a comma before every third whole digit. */
static void grouped_copy(char out[READABLE_SIZE], const char *sign, const char *digits)
{
    size_t whole = strcspn(digits, "."), used = 0;
    used += (size_t)snprintf(out, READABLE_SIZE, "%s", sign);
    for (size_t i = 0; digits[i] != '\0' && used + 2 < READABLE_SIZE; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
}

/* A value that rounds to zero has no sign. */
static bool is_zero_text(const char *digits)
{
    return digits[strspn(digits, "0.")] == '\0';
}

void money_format(char out[READABLE_SIZE], struct amount amount, unsigned places, bool sign)
{
    char text[DECIMAL_TEXT_SIZE];
    (void)decimal_format_fixed(text, amount.units, AMOUNT_DECIMALS, places);
    const char *digits = text[0] == '-' ? text + 1 : text;
    const char *mark = is_zero_text(digits) ? "" : text[0] == '-' ? "-" : sign ? "+" : "";
    grouped_copy(out, mark, digits);
}

void percent_format(char out[READABLE_SIZE], double ratio, bool sign)
{
    if (!(ratio - ratio == 0.0)) {
        (void)snprintf(out, READABLE_SIZE, "-");
        return;
    }
    double percent = ratio * 100;
    /* Beyond a million percent the digits say nothing. */
    if (percent > 1e6 || percent < -1e6) {
        (void)snprintf(out, READABLE_SIZE, sign ? "%+.2e %%" : "%.2e %%", percent);
        return;
    }
    char text[READABLE_SIZE / 2];
    (void)snprintf(text, sizeof(text), "%.2f", percent);
    const char *digits = text[0] == '-' ? text + 1 : text;
    const char *mark = is_zero_text(digits) ? "" : text[0] == '-' ? "-" : sign ? "+" : "";
    (void)snprintf(out, READABLE_SIZE, "%s%s %%", mark, digits);
}

void number_format(char out[READABLE_SIZE], double value, unsigned places)
{
    if (!(value - value == 0.0))
        (void)snprintf(out, READABLE_SIZE, "-");
    else if (value >= 1e9 || value <= -1e9)
        (void)snprintf(out, READABLE_SIZE, "%.3e", value);
    else
        (void)snprintf(out, READABLE_SIZE, "%.*f", (int)places, value);
}

void span_format(char out[READABLE_SIZE], int64_t duration_ns)
{
    const int64_t minute = 60 * NANOSECONDS_PER_SECOND;
    int64_t unit = duration_ns >= 60 * minute ? minute
                   : duration_ns >= minute    ? NANOSECONDS_PER_SECOND
                                              : 1;
    int64_t rest = duration_ns % unit;
    int64_t rounded = duration_ns - rest;
    if (rest * 2 >= unit && rounded <= INT64_MAX - unit)
        rounded += unit;
    char text[DURATION_TEXT_SIZE];
    (void)duration_format(text, rounded < 0 ? 0 : rounded);
    (void)snprintf(out, READABLE_SIZE, "%s", text);
}

void moment_format(char out[READABLE_SIZE], int64_t time_ns)
{
    struct civil_time civil = civil_from_ns(time_ns);
    int size = snprintf(out, READABLE_SIZE, "%04d-%02u-%02u %02u:%02u", (int)civil.year,
                        (unsigned)civil.month, (unsigned)civil.day, (unsigned)civil.hour,
                        (unsigned)civil.minute);
    if (civil.second != 0 && size > 0 && size < READABLE_SIZE)
        (void)snprintf(out + size, READABLE_SIZE - (size_t)size, ":%02u", (unsigned)civil.second);
}

void count_format(char out[READABLE_SIZE], uint64_t count)
{
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%" PRIu64, count);
    grouped_copy(out, "", digits);
}
