/* How the demo writes: lines that fit the screen, money, prices, tones. */
#include <string.h>

#include "drive/live/demo_state.h"

#define WRAP_INDENT 17 /* of what follows a time and a word */

/* Columns of a screen that the text up to `size` takes; colours take none. */
static size_t columns_of(struct text text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\x1b') {
            while (i < text.size && text.data[i] != 'm')
                i++;
            continue;
        }
        columns += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    }
    return columns;
}

/* A line about what happened that is wider than the screen goes on below, behind its time. */
static void wrap(const struct demo *demo, struct text line, struct text_buffer *out)
{
    size_t width = demo->ports->output.style.width;
    bool dated = line.size > WRAP_INDENT && line.data[2] == ':' && line.data[5] == ':';
    while (dated && width > 2 * WRAP_INDENT && columns_of(line) > width) {
        size_t at = line.size, space = 0;
        for (at = WRAP_INDENT; at < line.size; at++) {
            if (columns_of((struct text){line.data, at}) > width)
                break;
            if (line.data[at] == ' ')
                space = at;
        }
        if (space <= WRAP_INDENT)
            break;
        text_buffer_append(out, (struct text){line.data, space});
        text_buffer_print(out, "\n%*s", WRAP_INDENT, "");
        line = (struct text){line.data + space + 1, line.size - space - 1};
        width = demo->ports->output.style.width - WRAP_INDENT;
    }
    text_buffer_append(out, line);
}

static void wrap_all(struct demo *demo, struct text_buffer *out)
{
    struct text rest = {demo->out.data, demo->out.size};
    while (rest.size > 0) {
        bool ends = memchr(rest.data, '\n', rest.size) != NULL;
        wrap(demo, text_split(&rest, '\n'), out);
        text_buffer_append(out, ends ? TEXT("\n") : TEXT(""));
    }
}

void demo_say(struct demo *demo)
{
    const struct demo_output *output = &demo->ports->output;
    if (demo->out.status != STATUS_OK)
        demo_fail(demo, demo->out.status, "output", "not enough memory");
    if (demo->out.size > 0 && !demo->unread && demo->out.status == STATUS_OK) {
        struct text_buffer wrapped;
        text_buffer_init(&wrapped, 2 * demo->out.size_max);
        bool wraps = output->style.width > 0 && !output->style.plain && demo_is_text(demo);
        if (wraps)
            wrap_all(demo, &wrapped);
        const struct text_buffer *said = wraps ? &wrapped : &demo->out;
        enum status status = output->write(output->context, (struct text){said->data, said->size});
        text_buffer_release(&wrapped);
        if (status == STATUS_END) {
            demo->unread = true;
            demo->stopping = true;
        } else if (status != STATUS_OK) {
            demo_fail(demo, status, "standard output", "cannot be written");
        }
    }
    text_buffer_reset(&demo->out);
}

void demo_money(char out[DEMO_MONEY_SIZE], i128 amount, bool sign)
{
    char digits[DECIMAL_TEXT_SIZE];
    size_t size = decimal_format_fixed(digits, amount, AMOUNT_DECIMALS, 2);
    size_t at = 0;
    size_t begin = digits[0] == '-' ? 1 : 0;
    if (begin == 1)
        out[at++] = '-';
    else if (sign)
        out[at++] = '+';
    size_t whole = size - 3; /* behind the last digit before the point */
    for (size_t i = begin; i < size; i++) {
        if (i > begin && i < whole && (whole - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

void demo_money_append(struct demo *demo, i128 amount, bool sign)
{
    char text[DEMO_MONEY_SIZE];
    demo_money(text, amount, sign);
    text_buffer_append(&demo->out, text_of(text));
}

void demo_toned(struct demo *demo, enum table_tone tone, const char *text, int width)
{
    const struct table_style *style = &demo->ports->output.style;
    text_buffer_append(&demo->out, tone_begin(style, tone));
    text_buffer_print(&demo->out, "%-*s", width, text);
    text_buffer_append(&demo->out, tone_end(style, tone));
}

void demo_price(char out[DECIMAL_TEXT_SIZE], const struct instrument *instrument,
                struct price price)
{
    unsigned places = instrument->price_decimals;
    int64_t tick = instrument->tick.units;
    while (places > 0 && tick % 10 == 0) {
        tick /= 10;
        places--;
    }
    (void)decimal_format_fixed(out, price.units, instrument->price_decimals, places);
}

const char *demo_dot(const struct demo *demo)
{
    return demo->ports->output.style.ascii ? "-" : "\u00b7";
}

void demo_table_put(struct demo *demo, struct table *table)
{
    if (table_write(table, &demo->ports->output.style, &demo->out) != STATUS_OK)
        demo_fail(demo, STATUS_NO_MEMORY, "output", "not enough memory");
    table_release(table);
}
