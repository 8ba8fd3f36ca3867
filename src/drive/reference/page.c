#include "drive/reference/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/table.h"

static void spaces(struct text_buffer *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        text_buffer_append(out, TEXT(" "));
}

/* The first `column` columns of the first line are taken. */
static void wrapped_from(struct text_buffer *out, unsigned column, unsigned indent,
                         struct text text)
{
    spaces(out, indent - column);
    for (bool first = true; text.size > 0; first = false) {
        struct text word = text_split(&text, ' ');
        unsigned width = text_display_width(word);
        if (first) {
            column = indent;
        } else if (column + 1 + width > PAGE_WIDTH) {
            text_buffer_append(out, TEXT("\n"));
            spaces(out, indent);
            column = indent;
        } else {
            text_buffer_append(out, TEXT(" "));
            column++;
        }
        text_buffer_append(out, word);
        column += width;
    }
    text_buffer_append(out, TEXT("\n"));
}

void wrapped_append(struct text_buffer *out, unsigned indent, struct text text)
{
    wrapped_from(out, 0, indent, text);
}

/* In a Markdown table a vertical bar ends the cell. */
static void markdown_append(struct text_buffer *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '|')
            text_buffer_append(out, TEXT("\\"));
        text_buffer_append(out, (struct text){at, 1});
    }
}

void page_begin(struct page *page, enum page_form form, struct text_buffer *out, const char *title,
                const char *command)
{
    *page = (struct page){.form = form, .out = out};
    switch (form) {
    case PAGE_TEXT: text_buffer_print(out, "%s\n", title); break;
    case PAGE_MARKDOWN:
        text_buffer_print(out, "# %s\n", title);
        if (command != NULL)
            text_buffer_print(out, "\n<!-- Printed by `%s`; do not edit. -->\n", command);
        break;
    case PAGE_JSON:
        json_write_init(&page->json, out, 1);
        json_object_begin(&page->json);
        json_key(&page->json, "title");
        json_string(&page->json, title);
        json_key(&page->json, "text");
        json_array_begin(&page->json);
        page->texts_open = true;
        break;
    }
}

void page_paragraph(struct page *page, const char *text)
{
    if (page->form == PAGE_JSON) {
        if (page->texts_open)
            json_string(&page->json, text);
        return;
    }
    text_buffer_append(page->out, TEXT("\n"));
    wrapped_append(page->out, 0, text_of(text));
}

static void texts_close(struct page *page)
{
    if (page->texts_open)
        json_array_end(&page->json);
    page->texts_open = false;
}

void page_list_begin(struct page *page, const char *key, const char *title,
                     const char *const *columns, unsigned columns_count)
{
    ASSERT(columns_count >= 2 && columns_count <= PAGE_COLUMNS_MAX && !page->in_list);
    page->columns = columns;
    page->columns_count = columns_count;
    page->column = 0;
    page->in_list = true;
    if (page->form == PAGE_JSON) {
        texts_close(page);
        json_key(&page->json, key);
        json_array_begin(&page->json);
        return;
    }
    text_buffer_append(page->out, TEXT("\n"));
    if (title != NULL)
        text_buffer_print(page->out, page->form == PAGE_TEXT ? "%s\n\n" : "## %s\n\n", title);
    if (page->form == PAGE_TEXT)
        return;
    for (unsigned i = 0; i < columns_count; i++)
        text_buffer_print(page->out, "| %s ", columns[i]);
    text_buffer_append(page->out, TEXT("|\n"));
    for (unsigned i = 0; i < columns_count; i++)
        text_buffer_append(page->out, TEXT("|---"));
    text_buffer_append(page->out, TEXT("|\n"));
}

#define SENTENCE_COLUMN 18u

/* `name (second: …; third: …)`, then the sentence below; an empty cell is left out. Where there are
 * a name and a sentence alone, they stand side by side. */
static void cell_text(struct page *page, const char *text)
{
    struct text_buffer *out = page->out;
    if (page->column == 0) {
        text_buffer_print(out, "  %s", text);
        page->head_written = false;
        page->head_width = 2 + text_display_width(text_of(text));
    } else if (page->columns_count == 2) {
        if (page->head_width + 2 > SENTENCE_COLUMN) {
            text_buffer_append(out, TEXT("\n"));
            page->head_width = 0;
        }
        wrapped_from(out, page->head_width, SENTENCE_COLUMN, text_of(text));
    } else if (page->column + 1 < page->columns_count) {
        if (*text != '\0') {
            text_buffer_print(out, "%s%s: %s", page->head_written ? "; " : " (",
                              page->columns[page->column], text);
            page->head_written = true;
        }
    } else {
        text_buffer_append(out, page->head_written ? TEXT(")\n") : TEXT("\n"));
        if (*text != '\0')
            wrapped_append(out, 6, text_of(text));
    }
}

static void cell_markdown(struct page *page, const char *text)
{
    bool name = page->column == 0;
    text_buffer_append(page->out, name ? TEXT("| `") : TEXT("| "));
    markdown_append(page->out, text);
    text_buffer_append(page->out, name ? TEXT("` ") : *text == '\0' ? TEXT("") : TEXT(" "));
    if (page->column + 1 == page->columns_count)
        text_buffer_append(page->out, TEXT("|\n"));
}

static void cell_json(struct page *page, const char *text)
{
    if (page->column == 0)
        json_object_begin(&page->json);
    json_key(&page->json, page->columns[page->column]);
    json_string(&page->json, text);
    if (page->column + 1 == page->columns_count)
        json_object_end(&page->json);
}

void page_cell(struct page *page, const char *text)
{
    ASSERT(page->in_list);
    switch (page->form) {
    case PAGE_TEXT: cell_text(page, text); break;
    case PAGE_MARKDOWN: cell_markdown(page, text); break;
    case PAGE_JSON: cell_json(page, text); break;
    }
    page->column = (page->column + 1) % page->columns_count;
}

void page_cell_print(struct page *page, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    page_cell(page, size < 0 ? "" : text);
}

void page_list_end(struct page *page)
{
    ASSERT(page->in_list && page->column == 0);
    page->in_list = false;
    if (page->form == PAGE_JSON)
        json_array_end(&page->json);
}

enum status page_end(struct page *page)
{
    ASSERT(!page->in_list);
    if (page->form != PAGE_JSON)
        return page->out->status;
    texts_close(page);
    json_object_end(&page->json);
    return json_write_finish(&page->json);
}
