/* One reference page in three forms: text for a terminal, Markdown, one JSON document.
 *
 *     static const char *const columns[] = {"name", "exit code", "meaning"};
 *     page_begin(&page, PAGE_TEXT, &out, "Errors", NULL);
 *     page_paragraph(&page, "Every error has a code …");
 *     page_list_begin(&page, "errors", "Codes", columns, 3);
 *     page_cell(&page, "not_found"); page_cell(&page, "3"); page_cell(&page, "not found");
 *     page_list_end(&page);
 *     status = page_end(&page);
 *
 *     text        not_found (exit code: 3)          Markdown   | `not_found` | 3 | not found |
 *                     not found                     JSON       "errors":[{"name":"not_found",…}]
 *
 * Cells go from left to right, row after row; the last column is a sentence. Failures show in the
 * buffer's status. */
#ifndef TERN_DRIVE_REFERENCE_PAGE_H
#define TERN_DRIVE_REFERENCE_PAGE_H

#include "base/json_write.h"

enum page_form { PAGE_TEXT, PAGE_MARKDOWN, PAGE_JSON };

#define PAGE_COLUMNS_MAX 8u
#define PAGE_WIDTH 78u

struct page {
    enum page_form form;
    struct text_buffer *out; /* borrowed until page_end */
    struct json_writer json;
    const char *const *columns;
    unsigned columns_count, column;
    bool head_written;   /* text: the cells between the first and the last */
    unsigned head_width; /* text: columns of the first cell */
    bool texts_open;     /* JSON: the list of paragraphs */
    bool in_list;
};

/* `command` is what prints the page as Markdown, for its note; NULL: no note. */
void page_begin(struct page *page, enum page_form form, struct text_buffer *out, const char *title,
                const char *command);
/* In JSON paragraphs stand before the first list, and those behind it are left out. */
void page_paragraph(struct page *page, const char *text);
/* key names the list in JSON, title stands above it elsewhere (NULL: nothing). Both are borrowed
 * until page_list_end, as the columns are. */
void page_list_begin(struct page *page, const char *key, const char *title,
                     const char *const *columns, unsigned columns_count);
void page_cell(struct page *page, const char *text);
void page_cell_print(struct page *page, const char *format, ...) PRINTF_LIKE(2, 3);
void page_list_end(struct page *page);
MUST_USE enum status page_end(struct page *page);

/* Words of text in lines of at most PAGE_WIDTH columns, each behind `indent` spaces. */
void wrapped_append(struct text_buffer *out, unsigned indent, struct text text);

#endif
