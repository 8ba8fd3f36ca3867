/* The text of a scenario: lines, words, numbers, names. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "scenario.h"

#define FILE_SIZE_MAX ((size_t)1 << 20)

/* ---- lines ----------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void line_cut(struct line *line, struct text text)
{
    line->indented = text.size > 0 && is_blank(text.data[0]);
    for (size_t i = 0; i + 1 < text.size; i++) {
        if (text.data[i] == '-' && text.data[i + 1] == '>') {
            line->expected = text_trim((struct text){text.data + i + 2, text.size - i - 2});
            text.size = i;
            break;
        }
    }
    size_t at = 0;
    while (at < text.size && line->words_count < WORDS_MAX) {
        while (at < text.size && is_blank(text.data[at]))
            at++;
        size_t first = at;
        while (at < text.size && !is_blank(text.data[at]))
            at++;
        if (at > first)
            line->words[line->words_count++] = (struct text){text.data + first, at - first};
    }
}

static char *file_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = malloc(FILE_SIZE_MAX);
    *size = text == NULL ? 0 : fread(text, 1, FILE_SIZE_MAX, file);
    (void)fclose(file);
    return text;
}

bool scenario_read(struct scenario *scenario, const char *path)
{
    *scenario = (struct scenario){.path = path};
    text_buffer_init(&scenario->events, EVENTS_SIZE_MAX);
    text_buffer_init(&scenario->report, EVENTS_SIZE_MAX);
    size_t size = 0;
    scenario->text = file_text(path, &size);
    scenario->lines = calloc(size + 1, sizeof *scenario->lines);
    if (scenario->text == NULL || scenario->lines == NULL || size == 0 || size == FILE_SIZE_MAX)
        return false;
    struct text rest = {scenario->text, size};
    for (unsigned number = 1; rest.size > 0; number++) {
        struct text one = text_split(&rest, '\n');
        struct text trimmed = text_trim(one);
        if (trimmed.size == 0 || trimmed.data[0] == '#')
            continue;
        if (scenario->title[0] == '\0') {
            (void)text_copy(scenario->title, sizeof scenario->title, trimmed);
            continue;
        }
        struct line *line = &scenario->lines[scenario->lines_count++];
        line->number = number;
        line_cut(line, one);
    }
    return true;
}

void scenario_forget(struct scenario *scenario)
{
    engine_free(scenario->engine);
    free(scenario->journal);
    free(scenario->lines);
    free(scenario->text);
    text_buffer_release(&scenario->events);
    text_buffer_release(&scenario->report);
}

void fail(struct scenario *scenario, const struct line *line, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text_buffer_print(&scenario->report, "%s:%u: %s\n", scenario->path,
                      line == NULL ? 0 : line->number, text);
    scenario->failures++;
}

/* ---- words ----------------------------------------------------------------------------------- */

bool word_is(struct text word, const char *name)
{
    return text_equal(word, text_of(name));
}

static void unreadable(struct scenario *scenario, const struct line *line, const char *what,
                       struct text word)
{
    fail(scenario, line, "`%.*s` is no %s", (int)word.size, word.data, what);
}

int64_t units_read(struct scenario *scenario, const struct line *line, struct text word,
                   unsigned decimals)
{
    int64_t units = 0;
    if (decimal_parse_i64(word, decimals, &units) != STATUS_OK)
        unreadable(scenario, line, "number here", word);
    return units;
}

struct amount amount_read(struct scenario *scenario, const struct line *line, struct text word)
{
    i128 units = 0;
    if (decimal_parse_i128(word, AMOUNT_DECIMALS, &units) != STATUS_OK)
        unreadable(scenario, line, "amount", word);
    return (struct amount){units};
}

/* 0.25, 25% and 2500bps are one. */
struct ratio ratio_read(struct scenario *scenario, const struct line *line, struct text word)
{
    int64_t units = 0;
    unsigned decimals = RATIO_DECIMALS;
    struct text number = word;
    if (number.size > 3 && memcmp(number.data + number.size - 3, "bps", 3) == 0) {
        decimals = 2;
        number.size -= 3;
    } else if (number.size > 1 && number.data[number.size - 1] == '%') {
        decimals = 4;
        number.size -= 1;
    }
    if (decimal_parse_i64(number, decimals, &units) != STATUS_OK)
        unreadable(scenario, line, "ratio", word);
    return (struct ratio){units};
}

int64_t duration_read(struct scenario *scenario, const struct line *line, struct text word)
{
    int64_t duration = 0;
    if (duration_parse(word, &duration) != STATUS_OK)
        unreadable(scenario, line, "duration", word);
    return duration;
}

int64_t clock_read(struct scenario *scenario, const struct line *line, struct text word)
{
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    char text[16];
    bool fits = text_copy(text, sizeof text, word);
    int count = sscanf(text, "%2u:%2u:%2u", &hour, &minute, &second);
    if (!fits || count < 2 || hour > 24 || minute > 59 || second > 59) {
        unreadable(scenario, line, "time of day", word);
        return 0;
    }
    return (int64_t)(hour * 3600 + minute * 60 + second) * NANOSECONDS_PER_SECOND;
}

/* ---- names ----------------------------------------------------------------------------------- */

uint32_t asset_find(const struct scenario *scenario, struct text name)
{
    for (uint32_t i = 0; i < scenario->config.assets_count; i++) {
        if (word_is(name, scenario->asset_names[i]))
            return i;
    }
    return NONE_INDEX;
}

uint32_t instrument_find(const struct scenario *scenario, struct text name)
{
    for (uint32_t i = 0; i < scenario->config.instruments_count; i++) {
        if (word_is(name, scenario->instruments[i].name))
            return i;
    }
    return NONE_INDEX;
}

uint32_t book_find(const struct scenario *scenario, struct text name)
{
    if (word_is(name, "desk"))
        return DESK_BOOK;
    for (uint32_t i = 0; i < scenario->config.bots_count; i++) {
        if (word_is(name, scenario->bots[i].name))
            return i + 1;
    }
    return NONE_INDEX;
}

static uint32_t found(struct scenario *scenario, const struct line *line, const char *what,
                      struct text word, uint32_t index)
{
    if (index != NONE_INDEX)
        return index;
    unreadable(scenario, line, what, word);
    return 0;
}

uint32_t asset_read(struct scenario *scenario, const struct line *line, struct text word)
{
    return found(scenario, line, "asset", word, asset_find(scenario, word));
}

uint32_t instrument_read(struct scenario *scenario, const struct line *line, struct text word)
{
    return found(scenario, line, "instrument", word, instrument_find(scenario, word));
}

uint32_t book_read(struct scenario *scenario, const struct line *line, struct text word)
{
    return found(scenario, line, "book", word, book_find(scenario, word));
}

uint64_t order_read(struct scenario *scenario, const struct line *line, struct text word)
{
    int64_t id = 0;
    if (decimal_parse_i64(word, 0, &id) != STATUS_OK || id < 0)
        unreadable(scenario, line, "order number", word);
    return (uint64_t)id;
}

const char *book_name(const struct scenario *scenario, uint32_t book)
{
    return book == DESK_BOOK ? "desk" : scenario->bots[book - 1].name;
}

struct text cell_of(const struct line *head, unsigned first, const struct line *row,
                    const char *name)
{
    for (unsigned i = first; i < head->words_count; i++) {
        if (word_is(head->words[i], name) && i - first < row->words_count)
            return row->words[i - first];
    }
    return (struct text){"", 0};
}
