#include "drive/report/markup.h"

#include "base/json_write.h"
#include "drive/report/assets.h"
#include "drive/result/readable.h"

#include <string.h>

static bool is_unprintable(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
           (character >= 0x2028 && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xFFFD;
}

void html_append(struct text_buffer *out, struct text text)
{
    while (text.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(text, &character);
        switch (character) {
        case '&': text_buffer_append(out, TEXT("&amp;")); break;
        case '<': text_buffer_append(out, TEXT("&lt;")); break;
        case '>': text_buffer_append(out, TEXT("&gt;")); break;
        case '"': text_buffer_append(out, TEXT("&quot;")); break;
        case '\'': text_buffer_append(out, TEXT("&#39;")); break;
        default:
            if (is_unprintable(character))
                text_buffer_append(out, TEXT("\xEF\xBF\xBD"));
            else
                text_buffer_append(out, (struct text){text.data, size});
            break;
        }
        text.data += size;
        text.size -= size;
    }
}

void plain(const struct report *report, const char *markup)
{
    text_buffer_append(report->out, text_of(markup));
}

void escaped(const struct report *report, const char *text)
{
    html_append(report->out, text_of(text));
}

/* ---- cells of a table ------------------------------------------------------------------------ */

void cell(const struct report *report, const char *class_name, const char *text)
{
    plain(report, "<td");
    if (class_name[0] != '\0')
        text_buffer_print(report->out, " class=\"%s\"", class_name);
    plain(report, ">");
    escaped(report, text);
    plain(report, "</td>");
}

void cell_money(const struct report *report, struct amount amount, bool sign)
{
    char text[READABLE_SIZE];
    money_format(text, amount, report->places, sign);
    cell(report, !sign || amount.units == 0 ? "" : amount.units > 0 ? "up" : "down", text);
}

void cell_percent(const struct report *report, double ratio, bool sign)
{
    char text[READABLE_SIZE];
    percent_format(text, ratio, sign);
    cell(report, !sign ? "" : ratio > 0 ? "up" : ratio < 0 ? "down" : "", text);
}

void cell_count(const struct report *report, uint64_t count)
{
    char text[READABLE_SIZE];
    count_format(text, count);
    cell(report, "", text);
}

void price_format(char out[DECIMAL_TEXT_SIZE], struct amount price, unsigned decimals)
{
    size_t size = decimal_format_fixed(out, price.units, AMOUNT_DECIMALS, decimals);
    const char *dot = strchr(out, '.');
    size_t least = dot == NULL ? size : (size_t)(dot - out) + 3;
    while (size > least && out[size - 1] == '0')
        out[--size] = '\0';
}

void table_open(const struct report *report, const char *caption, const struct heading *headings,
                size_t count)
{
    text_buffer_print(report->out,
                      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
                      "<table><thead><tr>",
                      caption);
    for (size_t i = 0; i < count; i++)
        text_buffer_print(report->out, "<th scope=\"col\"%s>%s</th>",
                          headings[i].left ? " class=\"left\"" : "", headings[i].text);
    plain(report, "</tr></thead><tbody>\n");
}

void table_close(const struct report *report)
{
    plain(report, "</tbody></table></div>\n");
}

/* ---- parts of the page ----------------------------------------------------------------------- */

void section_open(const struct report *report, const char *id, const char *title, const char *note)
{
    text_buffer_print(report->out, "<section id=\"%s\" class=\"panel\"><h2>%s</h2>\n", id, title);
    if (note != NULL)
        text_buffer_print(report->out, "<p class=\"note\">%s</p>\n", note);
}

void section_close(const struct report *report)
{
    plain(report, "</section>\n");
}

void figure_open(const struct report *report, const char *caption)
{
    text_buffer_print(report->out,
                      "<figure><figcaption><span>%s</span><output></output></figcaption>\n",
                      caption);
}

void figure_close(const struct report *report)
{
    plain(report, "</figure>\n");
}

void details_open(const struct report *report)
{
    plain(report, "<details><summary>As a table</summary>\n");
}

void details_close(const struct report *report)
{
    plain(report, "</details>\n");
}

void page_head(const struct report *report, const char *title)
{
    struct text_buffer *out = report->out;
    text_buffer_print(out,
                      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                      "<meta name=\"color-scheme\" content=\"dark light\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                      "style-src '%s';script-src '%s';base-uri 'none';form-action 'none'\">\n"
                      "<title>",
                      report_style.integrity, report_script.integrity);
    html_append(out, text_of(title));
    plain(report, "</title>\n<style>");
    text_buffer_append(out, (struct text){report_style.data, report_style.size});
    plain(report, "</style></head>\n<body>\n");
}

/* The script last: what it needs is there by then. */
void page_foot(const struct report *report)
{
    plain(report, "<footer><p>A back-test says what would have happened to rules applied to the "
                  "past. It promises nothing.</p></footer>\n</main>\n<script>");
    text_buffer_append(report->out, (struct text){report_script.data, report_script.size});
    plain(report, "</script>\n</body></html>\n");
}
