/* Pieces of the report's markup: escaped text, cells of tables, sections. Internal to drive/report,
 * but for html_append. */
#ifndef TERN_DRIVE_REPORT_MARKUP_H
#define TERN_DRIVE_REPORT_MARKUP_H

#include "drive/result/metrics.h"

struct report {
    const struct backtest_result *result;
    const struct metrics *metrics;
    struct text_buffer *out;
    unsigned places; /* of money */
};

/* Text between tags or in a quoted attribute: & < > " ' as entities; control characters, overrides
 * of direction and broken bytes as U+FFFD. */
void html_append(struct text_buffer *out, struct text text);

void plain(const struct report *report, const char *markup);
void escaped(const struct report *report, const char *text);

/* ---- cells of a table ------------------------------------------------------------------------ */

/* class_name "": none. Numbers carry their sign where `sign` is set, and a class by it. */
void cell(const struct report *report, const char *class_name, const char *text);
void cell_money(const struct report *report, struct amount amount, bool sign);
void cell_percent(const struct report *report, double ratio, bool sign);
void cell_count(const struct report *report, uint64_t count);

/* A price to that many decimals, without zeros behind the second one: 132.40 */
void price_format(char out[DECIMAL_TEXT_SIZE], struct amount price, unsigned decimals);

struct heading {
    const char *text;
    bool left; /* aligned like text */
};
/* A table in a box that scrolls by itself where it is wider than the screen. */
void table_open(const struct report *report, const char *caption, const struct heading *headings,
                size_t count);
void table_close(const struct report *report);

/* ---- parts of the page ----------------------------------------------------------------------- */

/* `note` may be NULL. Titles and notes are ours: they are not escaped. */
void section_open(const struct report *report, const char *id, const char *title, const char *note);
void section_close(const struct report *report);
/* A picture with its caption (markup of ours), beside which the script shows values. */
void figure_open(const struct report *report, const char *caption);
void figure_close(const struct report *report);
/* The numbers of a picture behind a line to open. */
void details_open(const struct report *report);
void details_close(const struct report *report);

/* What the page begins with, to the opening of <main>: its policy allows our style and script and
 * nothing else. */
void page_head(const struct report *report, const char *title);
void page_foot(const struct report *report);

#endif
