/* The reference page of all keys, out of the option table. */
#include "drive/config/option.h"

#include <string.h>

static const char introduction[] =
    "# Configuration reference\n"
    "\n"
    "<!-- Written by config_document() from the option table. To change it, change\n"
    "src/drive/config/table_*.c and run the test config_text_test with TERN_WRITE_DOCS=1. -->\n"
    "\n"
    "A configuration is one YAML file of at most 1 MiB that begins with `tern: 1`. The command\n"
    "`tern config validate` checks one, `tern config show --origin` prints every value with where\n"
    "it came from.\n"
    "\n"
    "- Numbers that scale money are read exactly as they are written, with or without quotes:\n"
    "  `\"0.1\"` and `0.1` are the same tenth. There are no exponents and no separators in them.\n"
    "- Durations are written `250ms`, `5s`, `15m`, `4h`, `1d`, `1w` or a sum such as `1h30m`,\n"
    "  sizes `64KiB`, `64MiB`, `1GiB`, times `2024-01-31` or `2024-01-31T12:00:00Z`.\n"
    "- `null` says that an optional key is absent, `off` that a limit or a signal is off.\n"
    "- Relative paths begin at the folder of the file.\n"
    "- An unknown key, a key that is there twice, a wrong type or a value out of range is an\n"
    "  error. So are anchors, aliases, merge keys, tags and second documents.\n"
    "- **Reload** says whether a change takes effect in a running engine (`live`) or after a\n"
    "  restart. Keys marked † cannot change a result and are not part of `config_hash`.\n";

static const char *type_name(const struct option *option)
{
    static const char *const names[] = {
        [OPTION_TEXT] = "text", [OPTION_NAME] = "name", [OPTION_METRIC] = "name",
        [OPTION_ASSET] = "asset", [OPTION_INSTRUMENT] = "instrument", [OPTION_PATH] = "path",
        [OPTION_ADDRESS] = "host:port", [OPTION_SOCKET] = "auto or path", [OPTION_URL] = "URL",
        [OPTION_INTEGER] = "whole number", [OPTION_BOOLEAN] = "boolean",
        [OPTION_AMOUNT] = "decimal", [OPTION_RATIO] = "ratio, 6 decimals",
        [OPTION_BPS] = "basis points, 2 decimals", [OPTION_DOUBLE] = "number",
        [OPTION_DURATION] = "duration", [OPTION_CLOCK] = "time of day", [OPTION_TIME] = "time",
        [OPTION_SIZE] = "size", [OPTION_DAYS] = "list of days",
        [OPTION_NAMES] = "list of instruments", [OPTION_RATIOS] = "list of ratios",
        [OPTION_RECORD] = "mapping", [OPTION_PARAMS] = "mapping", [OPTION_LIST] = "list",
        [OPTION_MAP] = "mapping",
    };
    return names[option->type];
}

static void print_type(struct text_buffer *out, const struct option *option)
{
    if (option->type == OPTION_CHOICE || option->type == OPTION_FEED) {
        for (uint32_t i = 0; option->choices[i] != NULL; i++)
            text_buffer_print(out, "%s`%s%s`%s", i > 0 ? " " : "", option->choices[i],
                              option->type == OPTION_FEED && i == CONFIG_FEED_TAPE ? " FILE" : "",
                              (option->refused >> i & 1) != 0 ? " (not yet)" : "");
        return;
    }
    text_buffer_print(out, "%s", type_name(option));
    if (option->type == OPTION_BOOLEAN)
        text_buffer_print(out, ", %s", option->refused != 0 ? "true" : "true or false");
    else if ((option->flags & OPTION_POSITIVE) != 0 && option->maximum != NULL)
        text_buffer_print(out, ", above 0 to %s", option->maximum);
    else if ((option->flags & OPTION_POSITIVE) != 0)
        text_buffer_print(out, ", above 0");
    else if (option->minimum != NULL && option->maximum != NULL &&
             strcmp(option->minimum, option->maximum) == 0)
        text_buffer_print(out, ", %s", option->minimum);
    else if (option->minimum != NULL && option->maximum != NULL)
        text_buffer_print(out, ", %s to %s", option->minimum, option->maximum);
    else if (option->type == OPTION_AMOUNT)
        text_buffer_print(out, ", at least 0");
    if (option->unit != NULL)
        text_buffer_print(out, " (%s)", option->unit);
    if (option->type == OPTION_LIST || option->type == OPTION_MAP)
        text_buffer_print(out, ", at most %u", option->count_max);
}

static void print_default(struct text_buffer *out, const struct option *option)
{
    bool limit = (option->flags & OPTION_LIMIT) != 0;
    if ((option->flags & OPTION_REQUIRED) != 0)
        text_buffer_print(out, "**required**");
    else if (option->fallback_note != NULL)
        text_buffer_print(out, "%s", option->fallback_note);
    else if (limit && option->fallback != NULL)
        text_buffer_print(out, "`%s`; back-test: off", option->fallback);
    else if (option->backtest != NULL)
        text_buffer_print(out, "`%s`; back-test: `%s`", option->fallback, option->backtest);
    else if (option->fallback != NULL && option->type != OPTION_RECORD)
        text_buffer_print(out, "`%s`", option->fallback);
    else if (limit)
        text_buffer_print(out, "off");
    else if (option->type == OPTION_RECORD || option->type == OPTION_PARAMS)
        text_buffer_print(out, "those of its keys");
    else
        text_buffer_print(out, "%s", (option->flags & OPTION_OPTIONAL) != 0 ? "absent" : "none");
}

static void print_when(struct text_buffer *out, const struct section *section,
                       const struct option *option)
{
    if (option->when == 0)
        return;
    const struct option *selector = section->options;
    while ((selector->flags & OPTION_SELECTOR) == 0)
        selector++;
    uint32_t count = 0, applies = 0;
    for (; selector->choices[count] != NULL; count++)
        applies += option->when >> count & 1;
    bool except = applies > count / 2;
    const char *between = except ? " Not with " : " Only with ";
    for (uint32_t i = 0; i < count; i++) {
        if (((option->when >> i & 1) != 0) == except)
            continue;
        text_buffer_print(out, "%s`%s: %s`", between, selector->name, selector->choices[i]);
        between = ", ";
    }
    text_buffer_print(out, ".");
}

static void print_section(struct text_buffer *out, const struct section *section)
{
    if (section->title != NULL)
        text_buffer_print(out, "\n## %s\n\n", section->title);
    text_buffer_print(out, "| key | type and range | default | reload | meaning |\n"
                           "|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < section->options_count; i++) {
        const struct option *option = &section->options[i];
        text_buffer_print(out, "| `%s`%s | ", option->name,
                          (option->flags & OPTION_UNHASHED) != 0 ? " †" : "");
        print_type(out, option);
        text_buffer_print(out, " | ");
        print_default(out, option);
        text_buffer_print(out, " | %s | %s",
                          (option->flags & OPTION_LIVE) != 0 ? "live" : "restart",
                          option->sentence);
        print_when(out, section, option);
        text_buffer_print(out, " |\n");
    }
    for (uint32_t i = 0; i < section->options_count; i++) {
        const struct option *option = &section->options[i];
        if (option->section != NULL && option->section->title != NULL)
            print_section(out, option->section);
        if (option->type != OPTION_PARAMS)
            continue;
        for (uint32_t kind = CONFIG_BOT_SCORE; kind <= CONFIG_BOT_PLUGIN; kind++) {
            const struct section *params = config_section_params((enum config_bot_kind)kind);
            if (params != NULL)
                print_section(out, params);
        }
    }
}

void config_document(struct text_buffer *out)
{
    text_buffer_append(out, text_of(introduction));
    print_section(out, &config_section_root);
}
