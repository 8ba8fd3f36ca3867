#include "base/table.h"

#include "base/json_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMN_GAP 2
#define COLUMN_CUT_MIN 8 /* a cut column keeps at least this many characters */
#define TABLE_TEXT_MAX (UINT32_C(1) << 28)

struct range {
    uint32_t first, last;
};

/* Unicode 15: the combining marks and the wide blocks that names and texts are likely to hold. */
static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};
static const struct range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
    {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    }
    return false;
}

static unsigned character_width(uint32_t character)
{
    if (character < 0x300)
        return 1;
    if (in_ranges(zero_width, ARRAY_COUNT(zero_width), character))
        return 0;
    return in_ranges(double_width, ARRAY_COUNT(double_width), character) ? 2 : 1;
}

unsigned text_display_width(struct text text)
{
    unsigned width = 0;
    while (text.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(text, &character);
        width += character_width(character);
        text.data += size;
        text.size -= size;
    }
    return width;
}

/* Control characters (also those of two bytes, the bidirectional overrides) and broken bytes. */
static bool character_forbidden(uint32_t character, size_t size)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069) || (character == 0xFFFD && size == 1);
}

void text_append_printable(struct text_buffer *out, struct text text)
{
    while (text.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(text, &character);
        if (character_forbidden(character, size))
            text_buffer_append(out, TEXT("?"));
        else
            text_buffer_append(out, (struct text){text.data, size});
        text.data += size;
        text.size -= size;
    }
}

void table_init(struct table *table, const char *key, const char *title)
{
    memset(table, 0, sizeof(*table));
    table->key = key;
    table->title = title;
    text_buffer_init(&table->text, TABLE_TEXT_MAX);
}

void table_release(struct table *table)
{
    text_buffer_release(&table->text);
    free(table->cells);
    memset(table, 0, sizeof(*table));
}

void table_column(struct table *table, const char *heading, enum table_align align, unsigned rank)
{
    ASSERT(table->cells_count == 0 && table->columns_count < TABLE_COLUMNS_MAX);
    table->columns[table->columns_count].heading = heading;
    table->columns[table->columns_count].align = align;
    table->columns[table->columns_count].rank = rank;
    table->columns_count++;
}

void table_cell_tone(struct table *table, enum table_tone tone, struct text text)
{
    ASSERT(table->columns_count > 0);
    if (table->status != STATUS_OK)
        return;
    if (table->cells_count == table->cells_capacity) {
        uint32_t capacity = table->cells_capacity == 0 ? 64 : table->cells_capacity * 2;
        if (capacity > TABLE_CELLS_MAX) {
            table->status = STATUS_FULL;
            return;
        }
        struct table_cell *cells = realloc(table->cells, capacity * sizeof(*cells));
        if (cells == NULL) {
            table->status = STATUS_NO_MEMORY;
            return;
        }
        table->cells = cells;
        table->cells_capacity = capacity;
    }
    struct table_cell *cell = &table->cells[table->cells_count];
    cell->offset = table->text.size;
    text_append_printable(&table->text, text);
    if (table->text.status != STATUS_OK) {
        table->status = table->text.status;
        return;
    }
    cell->size = (uint32_t)(table->text.size - cell->offset);
    cell->tone = tone;
    cell->width = cell->size == 0 ? 0
                                  : text_display_width(
                                        (struct text){table->text.data + cell->offset, cell->size});
    table->cells_count++;
}

void table_cell(struct table *table, struct text text)
{
    table_cell_tone(table, TONE_PLAIN, text);
}

void table_cell_print(struct table *table, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    ASSERT(size >= 0);
    table_cell(table, text_of(text));
}

void table_rule(struct table *table)
{
    if (table->columns_count == 0 || table->rules_count == ARRAY_COUNT(table->rule_rows))
        return;
    table->rule_rows[table->rules_count++] = table->cells_count / table->columns_count;
}

/* What table_write decides before it draws. */
struct layout {
    unsigned widths[TABLE_COLUMNS_MAX]; /* 0: left out */
    bool hidden[TABLE_COLUMNS_MAX];
    unsigned hidden_count;
    unsigned total;
};

static unsigned layout_total(const struct table *table, const struct layout *layout)
{
    unsigned total = 1, shown = 0;
    for (unsigned c = 0; c < table->columns_count; c++) {
        if (layout->hidden[c])
            continue;
        total += layout->widths[c] + (shown > 0 ? COLUMN_GAP : 0);
        shown++;
    }
    return total;
}

static bool layout_hide_one(const struct table *table, struct layout *layout)
{
    unsigned worst = TABLE_COLUMNS_MAX, rank = 0;
    for (unsigned c = 0; c < table->columns_count; c++) {
        if (!layout->hidden[c] && table->columns[c].rank > rank) {
            rank = table->columns[c].rank;
            worst = c;
        }
    }
    if (worst == TABLE_COLUMNS_MAX)
        return false;
    layout->hidden[worst] = true;
    layout->hidden_count++;
    return true;
}

/* Takes one character from the widest text column; numbers are never cut. */
static bool layout_narrow_one(const struct table *table, struct layout *layout)
{
    unsigned widest = TABLE_COLUMNS_MAX, width = COLUMN_CUT_MIN;
    for (unsigned c = 0; c < table->columns_count; c++) {
        if (!layout->hidden[c] && table->columns[c].align == TABLE_LEFT &&
            layout->widths[c] > width) {
            width = layout->widths[c];
            widest = c;
        }
    }
    if (widest == TABLE_COLUMNS_MAX)
        return false;
    layout->widths[widest]--;
    return true;
}

static void layout_make(const struct table *table, const struct table_style *style,
                        struct layout *layout)
{
    memset(layout, 0, sizeof(*layout));
    unsigned columns = table->columns_count;
    for (unsigned c = 0; c < columns; c++)
        layout->widths[c] = text_display_width(text_of(table->columns[c].heading));
    for (uint32_t i = 0; i < table->cells_count; i++) {
        unsigned *width = &layout->widths[i % columns];
        if (table->cells[i].width > *width)
            *width = table->cells[i].width;
    }
    layout->total = layout_total(table, layout);
    if (style->width == 0)
        return;
    unsigned bound = style->width < TABLE_WIDTH_MIN ? TABLE_WIDTH_MIN : style->width;
    while (layout->total > bound &&
           (layout_hide_one(table, layout) || layout_narrow_one(table, layout)))
        layout->total = layout_total(table, layout);
}

static void spaces_append(struct text_buffer *out, unsigned count)
{
    for (; count > 0; count--)
        text_buffer_append(out, TEXT(" "));
}

static void rule_append(const struct table_style *style, unsigned width, struct text_buffer *out)
{
    struct text line = style->ascii ? TEXT("-") : TEXT("─");
    text_buffer_append(out, tone_begin(style, TONE_DIM));
    text_buffer_append(out, TEXT(" "));
    for (unsigned i = 1; i < width; i++)
        text_buffer_append(out, line);
    text_buffer_append(out, tone_end(style, TONE_DIM));
    text_buffer_append(out, TEXT("\n"));
}

/* The longest beginning of text that is at most width columns wide. */
static struct text text_cut(struct text text, unsigned width, unsigned *cut_width)
{
    struct text rest = text;
    *cut_width = 0;
    while (rest.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(rest, &character);
        unsigned next = character_width(character);
        if (*cut_width + next > width)
            break;
        *cut_width += next;
        rest.data += size;
        rest.size -= size;
    }
    return (struct text){text.data, text.size - rest.size};
}

static void cell_append(const struct table_style *style, struct text text, unsigned text_width,
                        unsigned width, enum table_align align, enum table_tone tone, bool last,
                        struct text_buffer *out)
{
    struct text mark = {0};
    if (text_width > width) {
        mark = style->ascii ? TEXT("~") : TEXT("…");
        text = text_cut(text, width > 0 ? width - 1 : 0, &text_width);
        text_width++;
    }
    if (last && text.size == 0)
        return;
    unsigned padding = width > text_width ? width - text_width : 0;
    if (align == TABLE_RIGHT)
        spaces_append(out, padding);
    text_buffer_append(out, tone_begin(style, tone));
    text_buffer_append(out, text);
    text_buffer_append(out, mark);
    text_buffer_append(out, tone_end(style, tone));
    if (align == TABLE_LEFT && !last)
        spaces_append(out, padding);
}

/* One line; row UINT32_MAX is the headings. */
static void row_append(const struct table *table, const struct table_style *style,
                       const struct layout *layout, uint32_t row, struct text_buffer *out)
{
    /* Nothing is padded behind the last cell that has text. */
    unsigned last = 0;
    for (unsigned c = 0; c < table->columns_count; c++) {
        bool empty = row != UINT32_MAX && table->cells[row * table->columns_count + c].size == 0;
        if (!layout->hidden[c] && !empty)
            last = c;
    }
    bool first = true;
    text_buffer_append(out, TEXT(" "));
    for (unsigned c = 0; c <= last; c++) {
        if (layout->hidden[c])
            continue;
        if (!first)
            spaces_append(out, COLUMN_GAP);
        first = false;
        struct text text = text_of(table->columns[c].heading);
        unsigned width = text_display_width(text);
        enum table_tone tone = TONE_STRONG;
        if (row != UINT32_MAX) {
            const struct table_cell *cell = &table->cells[row * table->columns_count + c];
            text = (struct text){table->text.data + cell->offset, cell->size};
            width = cell->width;
            tone = cell->tone;
        }
        cell_append(style, text, width, layout->widths[c], table->columns[c].align, tone, c == last,
                    out);
    }
    text_buffer_append(out, TEXT("\n"));
}

static void hidden_append(const struct table *table, const struct table_style *style,
                          const struct layout *layout, struct text_buffer *out)
{
    text_buffer_append(out, tone_begin(style, TONE_DIM));
    text_buffer_append(out, TEXT(" not shown for lack of width: "));
    bool first = true;
    for (unsigned c = 0; c < table->columns_count; c++) {
        if (!layout->hidden[c])
            continue;
        text_buffer_append(out, first ? TEXT("") : TEXT(", "));
        text_buffer_append(out, text_of(table->columns[c].heading));
        first = false;
    }
    text_buffer_append(out, tone_end(style, TONE_DIM));
    text_buffer_append(out, TEXT("\n"));
}

static void plain_append(const struct table *table, struct text_buffer *out)
{
    text_buffer_append(out, TEXT("#"));
    text_buffer_append(out, text_of(table->key));
    for (unsigned c = 0; c < table->columns_count; c++) {
        text_buffer_append(out, TEXT("\t"));
        text_buffer_append(out, text_of(table->columns[c].heading));
    }
    for (uint32_t i = 0; i < table->cells_count; i++) {
        if (i % table->columns_count == 0) {
            text_buffer_append(out, TEXT("\n"));
            text_buffer_append(out, text_of(table->key));
        }
        text_buffer_append(out, TEXT("\t"));
        if (table->cells[i].size > 0)
            text_buffer_append(out, (struct text){table->text.data + table->cells[i].offset,
                                                  table->cells[i].size});
    }
    text_buffer_append(out, TEXT("\n"));
}

enum status table_write(const struct table *table, const struct table_style *style,
                        struct text_buffer *out)
{
    if (table->status != STATUS_OK)
        return table->status;
    ASSERT(table->columns_count > 0 && table->cells_count % table->columns_count == 0);
    if (style->plain) {
        plain_append(table, out);
        return out->status;
    }
    struct layout layout;
    layout_make(table, style, &layout);
    if (table->title != NULL) {
        text_buffer_append(out, TEXT(" "));
        text_buffer_append(out, tone_begin(style, TONE_STRONG));
        text_buffer_append(out, text_of(table->title));
        text_buffer_append(out, tone_end(style, TONE_STRONG));
        text_buffer_append(out, TEXT("\n"));
    }
    row_append(table, style, &layout, UINT32_MAX, out);
    rule_append(style, layout.total, out);
    for (uint32_t row = 0; row < table->cells_count / table->columns_count; row++) {
        for (unsigned i = 0; i < table->rules_count; i++) {
            if (table->rule_rows[i] == row && row > 0)
                rule_append(style, layout.total, out);
        }
        row_append(table, style, &layout, row, out);
    }
    if (layout.hidden_count > 0)
        hidden_append(table, style, &layout, out);
    return out->status;
}

static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

struct table_style table_style_of_descriptor(int descriptor)
{
    struct table_style style = {.plain = true, .ascii = !locale_is_utf8()};
    if (!isatty(descriptor))
        return style;
    style.plain = false;
    const char *columns = getenv("COLUMNS");
    long asked = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize size = {0};
    if (asked > 0 && asked < 10000)
        style.width = (unsigned)asked;
    else if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = size.ws_col;
    else
        style.width = TABLE_WIDTH_MIN;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    style.color = (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
                  strcmp(terminal, "dumb") != 0;
    return style;
}

struct text tone_begin(const struct table_style *style, enum table_tone tone)
{
    if (!style->color)
        return TEXT("");
    switch (tone) {
    case TONE_GOOD: return TEXT("\033[32m");
    case TONE_BAD: return TEXT("\033[31m");
    case TONE_WARN: return TEXT("\033[33m");
    case TONE_DIM: return TEXT("\033[2m");
    case TONE_STRONG: return TEXT("\033[1m");
    case TONE_PLAIN: break;
    }
    return TEXT("");
}

struct text tone_end(const struct table_style *style, enum table_tone tone)
{
    return style->color && tone != TONE_PLAIN ? TEXT("\033[0m") : TEXT("");
}

void sparkline_append(struct text_buffer *out, const double *values, size_t count, unsigned width,
                      bool ascii)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const letters[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    double low = 0, high = 0;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!(values[i] - values[i] == 0.0))
            continue;
        low = !any || values[i] < low ? values[i] : low;
        high = !any || values[i] > high ? values[i] : high;
        any = true;
    }
    for (unsigned c = 0; any && c < width; c++) {
        double value = values[(size_t)c * (count - 1) / (width > 1 ? width - 1 : 1)];
        if (!(value - value == 0.0)) {
            text_buffer_append(out, TEXT(" "));
            continue;
        }
        /* A flat line is drawn in the middle. */
        double share = high > low ? (value - low) / (high - low) : 0.5;
        unsigned height = (unsigned)(share * 7.999);
        text_buffer_append(out, text_of(ascii ? letters[height] : blocks[height]));
    }
}
