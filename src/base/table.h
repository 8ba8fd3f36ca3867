/* Tables for people: aligned, width-aware, in Unicode or ASCII, with or without colour; and the
 * same rows tab-separated for programs.
 *
 *     struct table table;
 *     table_init(&table, "bots", "BOTS");
 *     table_column(&table, "bot", TABLE_LEFT, 0);
 *     table_column(&table, "net", TABLE_RIGHT, 0);
 *     table_cell(&table, text_of("score-btc"));
 *     table_cell_print(&table, "%s", "+12.50");
 *     table_write(&table, &style, &buffer);
 *     table_release(&table);
 *
 *      BOTS
 *      bot            net
 *      ───────────────────
 *      score-btc   +12.50
 *
 * Plain form, one line a row, first the table's key so that `grep ^bots` finds it:
 *
 *     #bots<tab>bot<tab>net
 *     bots<tab>score-btc<tab>+12.50
 *
 * Where a table is wider than the style allows, its columns with the highest rank go first, then
 * left-aligned cells are cut; a line below says what is not shown. Control characters in cells are
 * replaced by `?`, so no name can draw on a terminal. Colour is never the only signal. */
#ifndef TERN_BASE_TABLE_H
#define TERN_BASE_TABLE_H

#include "base/text.h"

#define TABLE_COLUMNS_MAX 24
#define TABLE_CELLS_MAX (1u << 20)
#define TABLE_WIDTH_MIN 80

enum table_align { TABLE_LEFT, TABLE_RIGHT };
enum table_tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_WARN, TONE_DIM, TONE_STRONG };

/* How to draw; the caller's choice, or the terminal's by table_style_of_descriptor. */
struct table_style {
    unsigned
        width;  /* columns of the screen; less than TABLE_WIDTH_MIN counts as that, 0: no bound */
    bool plain; /* tab-separated */
    bool ascii; /* no character beyond ASCII of our own */
    bool color; /* ANSI escapes */
};

struct table_cell {
    size_t offset;
    uint32_t size;
    uint32_t width;
    enum table_tone tone;
};

struct table {
    const char *key;   /* of the plain form; borrowed */
    const char *title; /* borrowed; NULL: none */
    unsigned columns_count;
    struct {
        const char *heading;
        enum table_align align;
        unsigned rank;
    } columns[TABLE_COLUMNS_MAX];
    struct text_buffer text;  /* bytes of all cells */
    struct table_cell *cells; /* row by row */
    uint32_t cells_count, cells_capacity;
    uint32_t rule_rows[8]; /* a line is drawn above these rows */
    unsigned rules_count;
    enum status status;
};

void table_init(struct table *table, const char *key, const char *title);
void table_release(struct table *table);
/* heading is borrowed. rank 0: never left out; the highest rank is left out first. */
void table_column(struct table *table, const char *heading, enum table_align align, unsigned rank);

/* Cells go from left to right, row after row. */
void table_cell(struct table *table, struct text text);
void table_cell_tone(struct table *table, enum table_tone tone, struct text text);
void table_cell_print(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);
/* A line above the next row, before a row of totals. */
void table_rule(struct table *table);

/* Appends the table to out. The last row must be complete. STATUS_NO_MEMORY or STATUS_FULL where
 * cells or out had no room. */
MUST_USE enum status table_write(const struct table *table, const struct table_style *style,
                                 struct text_buffer *out);

/* Not a terminal: plain, no colour. A terminal: its width (COLUMNS first), colour unless NO_COLOR
 * is set and not empty or TERM is dumb, ASCII where LC_ALL, LC_CTYPE, LANG do not say UTF-8. */
struct table_style table_style_of_descriptor(int descriptor);

/* Escape sequences of a tone; empty without colour. */
struct text tone_begin(const struct table_style *style, enum table_tone tone);
struct text tone_end(const struct table_style *style, enum table_tone tone);

/* Appends text with control characters, overrides of direction and broken bytes replaced by `?`. */
void text_append_printable(struct text_buffer *out, struct text text);

/* Columns of a screen that text takes: combining marks 0, wide East Asian and pictures 2. */
unsigned text_display_width(struct text text);

/* One character a value, in eight heights (`▁▂▃▄▅▆▇█`, in ASCII `_.:-=+*#`); the values are thinned
 * or stretched to `width` characters. What is not finite is drawn as a space. */
void sparkline_append(struct text_buffer *out, const double *values, size_t count, unsigned width,
                      bool ascii);

#endif
