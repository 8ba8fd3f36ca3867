/* A configuration back to text: canonical YAML, its hash, and the flat list with origins. */
#include "drive/config/option.h"

#include <stdio.h>
#include <string.h>

#define TEXT_SIZE_MAX ((size_t)64 * 1024 * 1024)

struct writer {
    struct text_buffer *out;
    const struct config *config;
    bool hashed; /* leave out what is not part of the hash */
    bool given;  /* show whether a value is the default, not where it was written */
};

/* In double quotes, with the escapes that YAML and JSON share. */
static void write_quoted(struct text_buffer *out, const char *text)
{
    text_buffer_append(out, TEXT("\""));
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            text_buffer_append(out, TEXT("\\"));
        text_buffer_append(out, (struct text){at, 1});
    }
    text_buffer_append(out, TEXT("\""));
}

static void write_indent(struct text_buffer *out, unsigned indent)
{
    text_buffer_print(out, "%*s", (int)indent, "");
}

/* Text and amounts in quotes, everything else as it is. */
static void write_value(struct writer *writer, const struct option *option, const uint8_t *record)
{
    const void *at = record + option->offset;
    struct text_buffer *out = writer->out;
    if (!option_is_set(option, record)) {
        text_buffer_append(out, (option->flags & OPTION_LIMIT) != 0 ? TEXT("off") : TEXT("null"));
    } else if (option_is_text(option)) {
        write_quoted(out, *(const char *const *)at);
    } else if (option->type == OPTION_FEED && *(const uint32_t *)at == CONFIG_FEED_TAPE) {
        struct text_buffer feed;
        text_buffer_init(&feed, TEXT_SIZE_MAX);
        text_buffer_print(&feed, "tape %s", writer->hashed ? "" : writer->config->feed_file);
        if (feed.status == STATUS_OK)
            write_quoted(out, feed.data);
        else
            out->status = feed.status;
        text_buffer_release(&feed);
    } else if (option->type == OPTION_AMOUNT) {
        text_buffer_append(out, TEXT("\""));
        value_format(option, at, out);
        text_buffer_append(out, TEXT("\""));
    } else {
        value_format(option, at, out);
    }
}

/* [mon, tue], ["BTC-USD", "ETH-USD"], [0.5, 0.25]. */
static void write_values(struct writer *writer, const struct option *option, const uint8_t *record)
{
    static const struct option share = {.type = OPTION_RATIO};
    const void *at = record + option->offset;
    struct text_buffer *out = writer->out;
    const char *between = "";
    text_buffer_append(out, TEXT("["));
    if (option->type == OPTION_DAYS) {
        for (uint32_t i = 0; i < 7; i++) {
            if ((*(const uint32_t *)at >> i & 1) == 0)
                continue;
            text_buffer_print(out, "%s%s", between, option->choices[i]);
            between = ", ";
        }
    } else if (option->type == OPTION_NAMES) {
        const struct config_names *names = at;
        for (uint32_t i = 0; i < names->count; i++) {
            text_buffer_append(out, i > 0 ? TEXT(", ") : TEXT(""));
            write_quoted(out, names->items[i]);
        }
    } else {
        const struct config_ratios *ratios = at;
        for (uint32_t i = 0; i < ratios->count; i++) {
            text_buffer_append(out, i > 0 ? TEXT(", ") : TEXT(""));
            value_format(&share, &ratios->items[i], out);
        }
    }
    text_buffer_append(out, TEXT("]"));
}

static void write_section(struct writer *writer, const struct section *section,
                          const uint8_t *record, uint32_t from, unsigned indent, bool inline_first);

static bool came_later(const struct section *section, const struct option *option,
                       const uint8_t *record)
{
    if ((option->flags & OPTION_LATER) != 0 || option->later == 0)
        return (option->flags & OPTION_LATER) != 0;
    uint32_t value;
    memcpy(&value, record + section_selector(section)->offset, sizeof value);
    return (option->later >> value & 1) != 0;
}

/* Whether the hash leaves it out: what cannot change a result, and defaults of rows that came
 * later, also a record of nothing else. */
static bool is_unhashed(const struct writer *writer, const struct section *section,
                        const struct option *option, const uint8_t *record)
{
    if ((option->flags & OPTION_UNHASHED) != 0)
        return true;
    if (came_later(section, option, record))
        return option_is_default(option, record, writer->config->mode);
    if (option->type != OPTION_RECORD || !option_is_set(option, record))
        return false;
    const struct section *inner = option_section(option, record);
    for (uint32_t i = 0; i < inner->options_count; i++) {
        const struct option *row = &inner->options[i];
        if ((row->flags & OPTION_LATER) == 0)
            return false;
        if (option_applies(inner, row, record + option->offset) &&
            !option_is_default(row, record + option->offset, writer->config->mode))
            return false;
    }
    return true;
}

static bool is_written(const struct writer *writer, const struct section *section,
                       const struct option *option, const uint8_t *record)
{
    return (option->flags & OPTION_BRIEF) == 0 && option_applies(section, option, record) &&
           !(writer->hashed && is_unhashed(writer, section, option, record));
}

static void write_items(struct writer *writer, const struct option *option, const uint8_t *record,
                        unsigned indent)
{
    const struct section *section = option->section;
    const uint8_t *items = *(const uint8_t *const *)(const void *)(record + option->offset);
    uint32_t count = *(const uint32_t *)(const void *)(record + option->count_offset);
    bool map = option->type == OPTION_MAP;
    text_buffer_print(writer->out, count > 0 ? ":\n" : map ? ": {}\n" : ": []\n");
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *item = items + i * section->record_size;
        write_indent(writer->out, indent + 2);
        if (!map) {
            text_buffer_append(writer->out, TEXT("- "));
            write_section(writer, section, item, 0, indent + 4, true);
            continue;
        }
        write_value(writer, &section->options[0], item);
        text_buffer_append(writer->out, TEXT(":"));
        if (section->options_count == 2) {
            text_buffer_append(writer->out, TEXT(" "));
            write_value(writer, &section->options[1], item);
            text_buffer_append(writer->out, TEXT("\n"));
        } else {
            text_buffer_append(writer->out, TEXT("\n"));
            write_section(writer, section, item, 1, indent + 4, false);
        }
    }
}

/* inline_first: the first row follows what stands in the line already. */
static void write_section(struct writer *writer, const struct section *section,
                          const uint8_t *record, uint32_t from, unsigned indent, bool inline_first)
{
    struct text_buffer *out = writer->out;
    for (uint32_t i = from; i < section->options_count; i++) {
        const struct option *option = &section->options[i];
        if (!is_written(writer, section, option, record))
            continue;
        if (!inline_first)
            write_indent(out, indent);
        inline_first = false;
        text_buffer_append(out, text_of(option->name));
        const struct section *inner = option_section(option, record);
        if (option->type == OPTION_LIST || option->type == OPTION_MAP) {
            write_items(writer, option, record, indent);
        } else if (option->type == OPTION_RECORD || option->type == OPTION_PARAMS) {
            if (!option_is_set(option, record)) {
                text_buffer_append(out, TEXT(": off\n"));
                continue;
            }
            text_buffer_append(out, TEXT(":\n"));
            write_section(writer, inner, record + option->offset, 0, indent + 2, false);
        } else {
            text_buffer_append(out, TEXT(": "));
            if (option_is_scalar(option))
                write_value(writer, option, record);
            else
                write_values(writer, option, record);
            text_buffer_append(out, TEXT("\n"));
        }
    }
}

void config_canonical(const struct config *config, struct text_buffer *out)
{
    struct writer writer = {.out = out, .config = config};
    write_section(&writer, &config_section_root, (const uint8_t *)config, 0, 0, false);
}

enum status config_hash(const struct config *config, struct hash128 *out)
{
    struct text_buffer text;
    text_buffer_init(&text, TEXT_SIZE_MAX);
    struct writer writer = {.out = &text, .config = config, .hashed = true};
    write_section(&writer, &config_section_root, (const uint8_t *)config, 0, 0, false);
    enum status status = text.status;
    if (status == STATUS_OK)
        *out = hash128_of(text.data, text.size);
    text_buffer_release(&text);
    return status;
}

#define PATH_SIZE 256

static void show_section(struct writer *writer, const struct section *section,
                         const uint8_t *record, uint32_t from, char path[PATH_SIZE]);

static size_t path_push(char path[PATH_SIZE], const char *key, uint32_t index)
{
    size_t size = strlen(path);
    if (key != NULL)
        (void)snprintf(path + size, PATH_SIZE - size, "%s%s", size > 0 ? "." : "", key);
    else
        (void)snprintf(path + size, PATH_SIZE - size, "[%u]", index);
    return size;
}

static void show_value(struct writer *writer, const struct option *option, const uint8_t *record,
                       const char *path)
{
    const char *source;
    uint32_t line = config_origin(writer->config, path, &source);
    text_buffer_print(writer->out, "%s\t", path);
    if (!option_is_set(option, record))
        text_buffer_append(writer->out,
                           (option->flags & OPTION_LIMIT) != 0 ? TEXT("off") : TEXT("null"));
    else if (!option_is_scalar(option))
        write_values(writer, option, record);
    else if (option_is_text(option) || option->type == OPTION_AMOUNT)
        value_format(option, record + option->offset, writer->out);
    else
        write_value(writer, option, record);
    if (writer->given)
        text_buffer_print(writer->out, "\t%s\n",
                          option_is_scalar(option) &&
                                  option_is_default(option, record, writer->config->mode)
                              ? "default"
                              : "given");
    else if (line > 0)
        text_buffer_print(writer->out, "\t%s:%u\n", source, line);
    else
        text_buffer_print(writer->out, "\t%s\n", source);
}

static void show_items(struct writer *writer, const struct option *option, const uint8_t *record,
                       char path[PATH_SIZE])
{
    const struct section *section = option->section;
    const uint8_t *items = *(const uint8_t *const *)(const void *)(record + option->offset);
    uint32_t count = *(const uint32_t *)(const void *)(record + option->count_offset);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *item = items + i * section->record_size;
        bool map = option->type == OPTION_MAP;
        const char *key = map ? *(const char *const *)(const void *)(item +
                                                                     section->options[0].offset)
                              : NULL;
        size_t before = path_push(path, key, i);
        if (map && section->options_count == 2)
            show_value(writer, &section->options[1], item, path);
        else
            show_section(writer, section, item, map ? 1 : 0, path);
        path[before] = '\0';
    }
}

static void show_section(struct writer *writer, const struct section *section,
                         const uint8_t *record, uint32_t from, char path[PATH_SIZE])
{
    for (uint32_t i = from; i < section->options_count; i++) {
        const struct option *option = &section->options[i];
        if (!is_written(writer, section, option, record))
            continue;
        size_t before = path_push(path, option->name, 0);
        bool nested = option->type == OPTION_RECORD || option->type == OPTION_PARAMS;
        if (option->type == OPTION_LIST || option->type == OPTION_MAP)
            show_items(writer, option, record, path);
        else if (nested && option_is_set(option, record))
            show_section(writer, option_section(option, record), record + option->offset, 0, path);
        else
            show_value(writer, option, record, path);
        path[before] = '\0';
    }
}

void config_show(const struct config *config, struct text_buffer *out)
{
    char path[PATH_SIZE] = "";
    struct writer writer = {.out = out, .config = config};
    show_section(&writer, &config_section_root, (const uint8_t *)config, 0, path);
}

void config_show_given(const struct config *config, struct text_buffer *out)
{
    char path[PATH_SIZE] = "";
    struct writer writer = {.out = out, .config = config, .given = true};
    show_section(&writer, &config_section_root, (const uint8_t *)config, 0, path);
}
