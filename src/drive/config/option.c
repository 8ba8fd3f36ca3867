/* Questions about rows of the option table. */
#include "drive/config/option.h"

#include <stdio.h>
#include <string.h>

const struct section *option_section(const struct option *option, const void *record)
{
    if (option->type != OPTION_PARAMS)
        return option->section;
    const struct config_bot *bot = record;
    return config_section_params(bot->kind);
}

const struct option *section_find(const struct section *section, struct text name)
{
    for (uint32_t i = 0; i < section->options_count; i++) {
        if (text_equal(name, text_of(section->options[i].name)))
            return &section->options[i];
    }
    return NULL;
}

const struct option *section_selector(const struct section *section)
{
    for (uint32_t i = 0; i < section->options_count; i++) {
        if ((section->options[i].flags & OPTION_SELECTOR) != 0)
            return &section->options[i];
    }
    return NULL;
}

bool option_applies(const struct section *section, const struct option *option, const void *record)
{
    if (option->when == 0)
        return true;
    const struct option *selector = section_selector(section);
    ASSERT(selector != NULL && selector->type == OPTION_CHOICE);
    uint32_t value;
    memcpy(&value, (const uint8_t *)record + selector->offset, sizeof value);
    return (option->when >> value & 1) != 0;
}

const char *option_fallback(const struct option *option, enum config_mode mode)
{
    if (mode == CONFIG_BACKTEST && (option->flags & OPTION_LIMIT) != 0)
        return NULL;
    if (mode == CONFIG_BACKTEST && option->backtest != NULL)
        return option->backtest;
    return option->fallback;
}

bool option_is_default(const struct option *option, const void *record, enum config_mode mode)
{
    const char *fallback = option_fallback(option, mode);
    ASSERT(option_is_scalar(option));
    if (fallback == NULL || !option_is_set(option, record))
        return (fallback == NULL) == !option_is_set(option, record);
    struct text_buffer buffer;
    text_buffer_init(&buffer, 256);
    value_format(option, (const uint8_t *)record + option->offset, &buffer);
    bool same = buffer.status == STATUS_OK &&
                text_equal((struct text){buffer.data, buffer.size}, text_of(fallback));
    text_buffer_release(&buffer);
    return same;
}

bool option_is_text(const struct option *option)
{
    return option->type <= OPTION_URL;
}

bool option_is_scalar(const struct option *option)
{
    return option->type <= OPTION_FEED;
}

bool option_is_set(const struct option *option, const void *record)
{
    const uint8_t *bytes = record;
    if ((option->flags & OPTION_MARK) != 0)
        return *(const bool *)(bytes + option->set_offset);
    if (option_is_text(option))
        return *(const char *const *)(const void *)(bytes + option->offset) != NULL;
    return true;
}

/* "a, b or c", without what is not supported yet. */
static void list_choices(const struct option *option, char *out, size_t out_size)
{
    uint32_t last = 0;
    for (uint32_t i = 0; option->choices[i] != NULL; i++) {
        if ((option->refused >> i & 1) == 0)
            last = i;
    }
    size_t used = 0;
    for (uint32_t i = 0; i <= last; i++) {
        if ((option->refused >> i & 1) != 0)
            continue;
        const char *between = used == 0 ? "" : i == last ? " or " : ", ";
        bool file = option->type == OPTION_FEED && i == CONFIG_FEED_TAPE;
        int size = snprintf(out + used, out_size - used, "%s%s%s", between, option->choices[i],
                            file ? " FILE" : "");
        ASSERT(size > 0 && (size_t)size < out_size - used);
        used += (size_t)size;
    }
}

static const char *words_of(const struct option *option)
{
    switch (option->type) {
    case OPTION_TEXT: return "printable text";
    case OPTION_NAME: return "letters, digits, _, - and ., at most 31, first a letter or digit";
    case OPTION_METRIC: return "lower-case letters, digits and _, at most 63";
    case OPTION_ASSET: return "an asset in capital letters and digits, such as USD";
    case OPTION_INSTRUMENT: return "BASE-QUOTE in capital letters and digits, such as BTC-USD";
    case OPTION_PATH: return "the path of a file";
    case OPTION_ADDRESS: return "host:port, such as 127.0.0.1:8080";
    case OPTION_SOCKET: return "auto or a path";
    case OPTION_URL: return "an address that begins with http:// or https://";
    case OPTION_INTEGER: return "a whole number";
    case OPTION_BOOLEAN: return option->refused != 0 ? "true" : "true or false";
    case OPTION_AMOUNT: return "a decimal number";
    case OPTION_RATIO: return "a ratio with at most 6 decimals";
    case OPTION_BPS: return "basis points with at most 2 decimals";
    case OPTION_DOUBLE: return "a number";
    case OPTION_DURATION: return "a duration";
    case OPTION_CLOCK: return "a time of day";
    case OPTION_TIME: return "a date or time such as 2024-01-31 or 2024-01-31T12:00:00Z";
    case OPTION_SIZE: return "a size";
    case OPTION_DAYS: return "a list of days: mon, tue, wed, thu, fri, sat, sun";
    case OPTION_NAMES: return "a list of instruments";
    case OPTION_RATIOS: return "a list of ratios with at most 6 decimals each";
    case OPTION_RECORD:
    case OPTION_PARAMS: return "a mapping of keys to values";
    case OPTION_MAP: return "a mapping of names to values";
    case OPTION_LIST: return "a list";
    case OPTION_CHOICE:
    case OPTION_FEED:
    default: return "";
    }
}

static const char *example_of(const struct option *option)
{
    return option->type == OPTION_DURATION ? ", such as 250ms, 5s, 15m or 1h30m"
           : option->type == OPTION_CLOCK  ? ", such as 09:30"
           : option->type == OPTION_SIZE   ? ", such as 64MiB"
                                           : "";
}

void option_allowed(const struct option *option, char out[OPTION_ALLOWED_SIZE])
{
    char what[OPTION_ALLOWED_SIZE - 160], range[100] = "";
    bool positive = (option->flags & OPTION_POSITIVE) != 0;
    if (option->type == OPTION_CHOICE || option->type == OPTION_FEED)
        list_choices(option, what, sizeof what);
    else
        (void)snprintf(what, sizeof what, "%s", words_of(option));
    const char *minimum = option->type == OPTION_AMOUNT ? "0" : option->minimum;
    const char *maximum = option->type == OPTION_AMOUNT ? "100000000000000" : option->maximum;
    if (positive && maximum != NULL)
        (void)snprintf(range, sizeof range, ", greater than 0, at most %s", maximum);
    else if (minimum != NULL && maximum != NULL && strcmp(minimum, maximum) == 0)
        (void)snprintf(what, sizeof what, "%s", minimum);
    else if (minimum != NULL && maximum != NULL)
        (void)snprintf(range, sizeof range, " from %s to %s", minimum, maximum);
    const char *absent = (option->flags & OPTION_LIMIT) != 0      ? ", or off"
                         : (option->flags & OPTION_OPTIONAL) != 0 ? ", or null"
                                                                  : "";
    (void)snprintf(out, OPTION_ALLOWED_SIZE, "%s%s%s%s", what, range, example_of(option), absent);
}
