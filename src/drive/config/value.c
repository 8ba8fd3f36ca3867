/* One scalar: its characters to a C value and back. */
#include "drive/config/option.h"

#include "base/time.h"
#include "core/model/instrument.h"
#include "core/model/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE_MAX 4096
#define METRIC_SIZE_MAX 64
#define NUMBER_SIZE_MAX 64

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_lower(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Spaces are fine, but nothing that could draw on a terminal or end a string early. */
static bool is_printable(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < 0x20 || byte == 0x7F)
            return false;
    }
    return text.size > 0 && text.size < TEXT_SIZE_MAX;
}

static bool is_name(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool letter = is_digit(byte) || is_upper(byte) || is_lower(byte);
        bool mark = byte == '_' || byte == '-' || byte == '.';
        if (!letter && !(mark && i > 0))
            return false;
    }
    return text.size > 0 && text.size < CONFIG_NAME_SIZE;
}

static bool is_metric(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (!is_lower(byte) && byte != '_' && !(is_digit(byte) && i > 0))
            return false;
    }
    return text.size > 0 && text.size < METRIC_SIZE_MAX;
}

static bool is_asset(struct text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_upper(text.data[i]) && !is_digit(text.data[i]))
            return false;
    }
    return text.size > 0 && text.size < ASSET_NAME_SIZE;
}

static bool is_instrument(struct text text)
{
    struct text rest = text;
    struct text base = text_split(&rest, '-');
    return text.size < INSTRUMENT_NAME_SIZE && is_asset(base) && rest.data != NULL &&
           is_asset(rest) && !text_equal(base, rest);
}

/* `host:port`, `[::1]:port`. */
static bool is_address(struct text text)
{
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return false;
    struct text host = {text.data, colon - 1};
    struct text port = {text.data + colon, text.size - colon};
    int64_t number;
    if (port.size == 0 || port.size > 5 || decimal_parse_i64(port, 0, &number) != STATUS_OK ||
        !is_digit(port.data[0]) || number > 65535)
        return false;
    bool bracketed = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
    for (size_t i = 0; i < host.size; i++) {
        char byte = host.data[i];
        bool letter = is_digit(byte) || is_upper(byte) || is_lower(byte);
        bool inside = bracketed && (byte == ':' || byte == '[' || byte == ']');
        if (!letter && byte != '.' && byte != '-' && !inside)
            return false;
    }
    return is_printable(host);
}

static bool is_url(struct text text)
{
    bool secure = text_starts_with(text, TEXT("https://")) && text.size > 8;
    bool plain = text_starts_with(text, TEXT("http://")) && text.size > 7;
    return (secure || plain) && is_printable(text) && memchr(text.data, ' ', text.size) == NULL;
}

static bool text_fits(const struct option *option, struct text text)
{
    enum option_type type = option->type;
    return type == OPTION_NAME         ? is_name(text)
           : type == OPTION_METRIC     ? is_metric(text)
           : type == OPTION_ASSET      ? is_asset(text)
           : type == OPTION_INSTRUMENT ? is_instrument(text)
           : type == OPTION_ADDRESS    ? is_address(text)
           : type == OPTION_URL        ? is_url(text)
                                       : is_printable(text);
}

/* [+-] digits [. digits] [e [+-] digits], finite. */
static enum status double_parse(struct text text, double *out)
{
    char copy[NUMBER_SIZE_MAX + 1];
    if (text.size == 0 || text.size > NUMBER_SIZE_MAX)
        return STATUS_SYNTAX;
    bool digits = false, exponent = false;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool sign = byte == '+' || byte == '-';
        bool after_exponent = i > 0 && (text.data[i - 1] == 'e' || text.data[i - 1] == 'E');
        if (is_digit(byte))
            digits = true;
        else if ((byte == 'e' || byte == 'E') && digits && !exponent)
            exponent = true;
        else if (!(sign && (i == 0 || after_exponent)) && !(byte == '.' && !exponent))
            return STATUS_SYNTAX;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    char *end;
    double value = strtod(copy, &end);
    if (!digits || end != copy + text.size)
        return STATUS_SYNTAX;
    if (!isfinite(value))
        return STATUS_RANGE;
    *out = value == 0 ? 0 : value; /* no negative zero */
    return STATUS_OK;
}

/* `HH:MM` or `HH:MM:SS`, up to 24:00. */
static enum status clock_parse(struct text text, int64_t *out)
{
    static const int64_t unit_ns[] = {3600 * NANOSECONDS_PER_SECOND, 60 * NANOSECONDS_PER_SECOND,
                                      NANOSECONDS_PER_SECOND};
    if (text.size != 5 && text.size != 8)
        return STATUS_SYNTAX;
    int64_t total = 0;
    for (size_t i = 0; i * 3 < text.size; i++) {
        const char *part = text.data + i * 3;
        if (!is_digit(part[0]) || !is_digit(part[1]) || (i > 0 && part[-1] != ':'))
            return STATUS_SYNTAX;
        int64_t number = (part[0] - '0') * 10 + (part[1] - '0');
        if (number > (i == 0 ? 24 : 59))
            return STATUS_RANGE;
        total += number * unit_ns[i];
    }
    *out = total;
    return total <= NANOSECONDS_PER_DAY ? STATUS_OK : STATUS_RANGE;
}

static const struct {
    const char *name;
    int64_t bytes;
} size_units[] = {
    {"GiB", INT64_C(1) << 30},
    {"MiB", 1 << 20},
    {"KiB", 1 << 10},
    {"B", 1},
};

static enum status size_parse(struct text text, int64_t *out)
{
    size_t digits = 0;
    while (digits < text.size && is_digit(text.data[digits]))
        digits++;
    struct text unit = {text.data + digits, text.size - digits};
    int64_t number, bytes = unit.size == 0 ? 1 : 0;
    for (size_t i = 0; i < ARRAY_COUNT(size_units); i++) {
        if (text_equal(unit, text_of(size_units[i].name)))
            bytes = size_units[i].bytes;
    }
    if (digits == 0 || bytes == 0)
        return STATUS_SYNTAX;
    enum status status = decimal_parse_i64((struct text){text.data, digits}, 0, &number);
    if (status != STATUS_OK)
        return status;
    return __builtin_mul_overflow(number, bytes, out) ? STATUS_RANGE : STATUS_OK;
}

static enum status choice_parse(const struct option *option, struct text text, uint32_t *out)
{
    for (uint32_t i = 0; option->choices[i] != NULL; i++) {
        if (!text_equal(text, text_of(option->choices[i])))
            continue;
        *out = i;
        return (option->refused >> i & 1) != 0 ? STATUS_UNSUPPORTED : STATUS_OK;
    }
    return STATUS_SYNTAX;
}

/* The types that are one int64. */
static enum status integer_parse(const struct option *option, struct text text, int64_t *out)
{
    enum option_type type = option->type;
    if (text.size == 0)
        return STATUS_SYNTAX;
    return type == OPTION_INTEGER    ? decimal_parse_i64(text, 0, out)
           : type == OPTION_RATIO    ? decimal_parse_i64(text, RATIO_DECIMALS, out)
           : type == OPTION_BPS      ? decimal_parse_i64(text, RATIO_DECIMALS - 4, out)
           : type == OPTION_DURATION ? duration_parse(text, out)
           : type == OPTION_CLOCK    ? clock_parse(text, out)
           : type == OPTION_TIME     ? time_parse(text, out)
                                     : size_parse(text, out);
}

static enum status integer_read(const struct option *option, struct text text, int64_t *at)
{
    int64_t value = 0, minimum = 0, maximum = 0;
    enum status status = integer_parse(option, text, &value);
    if (status != STATUS_OK)
        return status;
    if (option->minimum != NULL) {
        status = integer_parse(option, text_of(option->minimum), &minimum);
        ASSERT(status == STATUS_OK);
        if (value < minimum)
            return STATUS_RANGE;
    }
    if (option->maximum != NULL) {
        status = integer_parse(option, text_of(option->maximum), &maximum);
        ASSERT(status == STATUS_OK);
        if (value > maximum)
            return STATUS_RANGE;
    }
    if ((option->flags & OPTION_POSITIVE) != 0 && value <= 0)
        return STATUS_RANGE;
    *at = value;
    return STATUS_OK;
}

static enum status double_read(const struct option *option, struct text text, double *at)
{
    double value = 0, minimum = 0, maximum = 0;
    enum status status = double_parse(text, &value);
    if (status != STATUS_OK)
        return status;
    status = double_parse(text_of(option->minimum), &minimum);
    ASSERT(status == STATUS_OK);
    status = double_parse(text_of(option->maximum), &maximum);
    ASSERT(status == STATUS_OK);
    if (value < minimum || value > maximum ||
        ((option->flags & OPTION_POSITIVE) != 0 && value <= 0))
        return STATUS_RANGE;
    *at = value;
    return STATUS_OK;
}

/* Every amount is at least 0 and at most 10^14 whole units. */
static enum status amount_read(const struct option *option, struct text text, struct amount *at)
{
    i128 value = 0;
    enum status status = decimal_parse_i128(text, AMOUNT_DECIMALS, &value);
    if (status != STATUS_OK)
        return text.size == 0 ? STATUS_SYNTAX : status;
    i128 maximum = (i128)NOTIONAL_WHOLE_MAX * power_of_ten(AMOUNT_DECIMALS);
    bool positive = (option->flags & OPTION_POSITIVE) != 0;
    if (value < (positive ? 1 : 0) || value > maximum)
        return STATUS_RANGE;
    at->units = value;
    return STATUS_OK;
}

enum status value_read(const struct option *option, struct text text, void *at,
                       struct config_memory *memory)
{
    if (option_is_text(option)) {
        if (!text_fits(option, text))
            return STATUS_SYNTAX;
        const char *copy = memory_text(memory, text);
        *(const char **)at = copy;
        return copy != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (option->type == OPTION_BOOLEAN) {
        bool value = text_equal(text, TEXT("true"));
        if (!value && !text_equal(text, TEXT("false")))
            return STATUS_SYNTAX;
        *(bool *)at = value;
        return (option->refused >> value & 1) != 0 ? STATUS_UNSUPPORTED : STATUS_OK;
    }
    if (option->type == OPTION_CHOICE || option->type == OPTION_FEED)
        return choice_parse(option, text, at);
    if (option->type == OPTION_DOUBLE)
        return double_read(option, text, at);
    if (option->type == OPTION_AMOUNT)
        return amount_read(option, text, at);
    return integer_read(option, text, at);
}

/* The shortest form of 15, 16 or 17 digits that reads back to the same double. */
static void double_format(double value, struct text_buffer *out)
{
    char text[NUMBER_SIZE_MAX];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    text_buffer_append(out, text_of(text));
}

static void size_format(int64_t value, struct text_buffer *out)
{
    for (size_t i = 0; i < ARRAY_COUNT(size_units); i++) {
        if (value % size_units[i].bytes == 0) {
            text_buffer_print(out, "%lld%s", (long long)(value / size_units[i].bytes),
                              size_units[i].name);
            return;
        }
    }
}

static void clock_format(int64_t value, struct text_buffer *out)
{
    int64_t seconds = value / NANOSECONDS_PER_SECOND;
    text_buffer_print(out, "%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (seconds % 60 != 0)
        text_buffer_print(out, ":%02d", (int)(seconds % 60));
}

static void integer_format(const struct option *option, int64_t value, struct text_buffer *out)
{
    char text[DECIMAL_TEXT_SIZE];
    _Static_assert(sizeof text >= TIME_TEXT_SIZE && sizeof text >= DURATION_TEXT_SIZE, "fits");
    size_t size;
    if (option->type == OPTION_CLOCK) {
        clock_format(value, out);
        return;
    }
    if (option->type == OPTION_SIZE) {
        size_format(value, out);
        return;
    }
    if (option->type == OPTION_DURATION)
        size = duration_format(text, value);
    else if (option->type == OPTION_TIME)
        size = time_format(text, value);
    else
        size = decimal_format_i64(text, value,
                                  option->type == OPTION_RATIO ? RATIO_DECIMALS
                                  : option->type == OPTION_BPS ? RATIO_DECIMALS - 4
                                                               : 0);
    text_buffer_append(out, (struct text){text, size});
}

void value_format(const struct option *option, const void *at, struct text_buffer *out)
{
    if (option_is_text(option)) {
        text_buffer_append(out, text_of(*(const char *const *)at));
    } else if (option->type == OPTION_BOOLEAN) {
        text_buffer_append(out, text_of(*(const bool *)at ? "true" : "false"));
    } else if (option->type == OPTION_CHOICE || option->type == OPTION_FEED) {
        text_buffer_append(out, text_of(option->choices[*(const uint32_t *)at]));
    } else if (option->type == OPTION_DOUBLE) {
        double_format(*(const double *)at, out);
    } else if (option->type == OPTION_AMOUNT) {
        char text[DECIMAL_TEXT_SIZE];
        size_t size = decimal_format_i128(text, ((const struct amount *)at)->units,
                                          AMOUNT_DECIMALS);
        text_buffer_append(out, (struct text){text, size});
    } else {
        integer_format(option, *(const int64_t *)at, out);
    }
}
