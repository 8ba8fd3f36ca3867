#include "base/json_write.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_write_init(struct json_writer *json, struct text_buffer *out, unsigned indent)
{
    memset(json, 0, sizeof(*json));
    json->out = out;
    json->indent = indent;
}

enum status json_write_finish(struct json_writer *json)
{
    ASSERT(json->depth == 0 && json->done);
    text_buffer_append(json->out, TEXT("\n"));
    return json->out->status;
}

static void line_begin(struct json_writer *json)
{
    static const char spaces[] = "                ";
    if (json->indent == 0)
        return;
    text_buffer_append(json->out, TEXT("\n"));
    size_t left = (size_t)json->indent * json->depth;
    while (left > 0) {
        size_t part = left < sizeof(spaces) - 1 ? left : sizeof(spaces) - 1;
        text_buffer_append(json->out, (struct text){spaces, part});
        left -= part;
    }
}

/* Everything that stands before a value: its comma in an array, nothing behind a key. */
static void value_begin(struct json_writer *json)
{
    if (json->depth == 0) {
        ASSERT(!json->done);
        json->done = true;
        return;
    }
    unsigned top = json->depth - 1;
    if (json->levels[top].object) {
        ASSERT(json->key_written);
        json->key_written = false;
        return;
    }
    if (json->levels[top].used)
        text_buffer_append(json->out, TEXT(","));
    json->levels[top].used = true;
    line_begin(json);
}

static void level_begin(struct json_writer *json, bool object)
{
    value_begin(json);
    ASSERT(json->depth < JSON_WRITE_DEPTH_MAX);
    json->levels[json->depth].object = object;
    json->levels[json->depth].used = false;
    json->depth++;
    text_buffer_append(json->out, object ? TEXT("{") : TEXT("["));
}

static void level_end(struct json_writer *json, bool object)
{
    ASSERT(json->depth > 0 && !json->key_written);
    json->depth--;
    ASSERT(json->levels[json->depth].object == object);
    if (json->levels[json->depth].used)
        line_begin(json);
    text_buffer_append(json->out, object ? TEXT("}") : TEXT("]"));
}

void json_object_begin(struct json_writer *json)
{
    level_begin(json, true);
}

void json_object_end(struct json_writer *json)
{
    level_end(json, true);
}

void json_array_begin(struct json_writer *json)
{
    level_begin(json, false);
}

void json_array_end(struct json_writer *json)
{
    level_end(json, false);
}

size_t utf8_decode(struct text text, uint32_t *code_point)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    ASSERT(text.size > 0);
    const unsigned char *bytes = (const unsigned char *)text.data;
    *code_point = bytes[0];
    if (bytes[0] < 0x80)
        return 1;
    size_t size = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    uint32_t value = bytes[0] & (0xFFu >> (size + 1));
    bool valid = bytes[0] >= 0xC2 && bytes[0] <= 0xF4 && size <= text.size;
    for (size_t i = 1; valid && i < size; i++) {
        valid = (bytes[i] & 0xC0) == 0x80;
        value = (value << 6) | (bytes[i] & 0x3Fu);
    }
    /* Overlong forms, surrogates and what lies beyond Unicode are no characters. */
    if (!valid || value < smallest[size] || value > 0x10FFFF ||
        (value >= 0xD800 && value <= 0xDFFF)) {
        *code_point = 0xFFFD;
        return 1;
    }
    *code_point = value;
    return size;
}

static void escaped_append(struct text_buffer *out, uint32_t character)
{
    switch (character) {
    case '"': text_buffer_append(out, TEXT("\\\"")); break;
    case '\\': text_buffer_append(out, TEXT("\\\\")); break;
    case '\n': text_buffer_append(out, TEXT("\\n")); break;
    case '\r': text_buffer_append(out, TEXT("\\r")); break;
    case '\t': text_buffer_append(out, TEXT("\\t")); break;
    case 0xFFFD: text_buffer_append(out, TEXT("\xEF\xBF\xBD")); break;
    default: text_buffer_print(out, "\\u%04" PRIx32, character); break;
    }
}

/* Runs of plain characters are appended in one piece. */
static void quoted_append(struct text_buffer *out, struct text text)
{
    text_buffer_append(out, TEXT("\""));
    size_t run = 0;
    while (run < text.size) {
        uint32_t character;
        struct text rest = {text.data + run, text.size - run};
        size_t size = utf8_decode(rest, &character);
        bool replaced = character == 0xFFFD && size == 1;
        if (character >= 0x20 && character != '"' && character != '\\' && character != 0x7F &&
            !replaced) {
            run += size;
            continue;
        }
        text_buffer_append(out, (struct text){text.data, run});
        escaped_append(out, character);
        text.data += run + size;
        text.size -= run + size;
        run = 0;
    }
    text_buffer_append(out, text);
    text_buffer_append(out, TEXT("\""));
}

void json_key_text(struct json_writer *json, struct text key)
{
    ASSERT(json->depth > 0 && json->levels[json->depth - 1].object && !json->key_written);
    unsigned top = json->depth - 1;
    if (json->levels[top].used)
        text_buffer_append(json->out, TEXT(","));
    json->levels[top].used = true;
    json->key_written = true;
    line_begin(json);
    quoted_append(json->out, key);
    text_buffer_append(json->out, TEXT(":"));
}

void json_key(struct json_writer *json, const char *key)
{
    json_key_text(json, text_of(key));
}

void json_text(struct json_writer *json, struct text text)
{
    value_begin(json);
    quoted_append(json->out, text);
}

void json_string(struct json_writer *json, const char *nul_terminated)
{
    json_text(json, text_of(nul_terminated));
}

void json_i64(struct json_writer *json, int64_t value)
{
    value_begin(json);
    text_buffer_print(json->out, "%" PRId64, value);
}

void json_u64(struct json_writer *json, uint64_t value)
{
    value_begin(json);
    text_buffer_print(json->out, "%" PRIu64, value);
}

void json_double(struct json_writer *json, double value)
{
    if (!(value - value == 0.0)) {
        json_null(json);
        return;
    }
    char text[DOUBLE_TEXT_SIZE];
    size_t size = double_format(text, value);
    value_begin(json);
    text_buffer_append(json->out, (struct text){text, size});
}

void json_decimal(struct json_writer *json, i128 value, unsigned decimals)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t size = decimal_format_i128(text, value, decimals);
    json_text(json, (struct text){text, size});
}

void json_bool(struct json_writer *json, bool value)
{
    value_begin(json);
    text_buffer_append(json->out, value ? TEXT("true") : TEXT("false"));
}

void json_null(struct json_writer *json)
{
    value_begin(json);
    text_buffer_append(json->out, TEXT("null"));
}

static size_t double_print(char out[DOUBLE_TEXT_SIZE], int digits, double value)
{
    return (size_t)snprintf(out, DOUBLE_TEXT_SIZE, "%.*g", digits, value);
}

size_t double_format(char out[DOUBLE_TEXT_SIZE], double value)
{
    if (!(value - value == 0.0))
        return (size_t)snprintf(out, DOUBLE_TEXT_SIZE, "%s",
                                value > 0   ? "inf"
                                : value < 0 ? "-inf"
                                            : "nan");
    /* A number that 15 digits or fewer determine prints as itself with 15, since %g drops trailing
     * zeros; only denormals carry fewer digits and are searched from one. */
    bool denormal = value > -2.2250738585072014e-308 && value < 2.2250738585072014e-308;
    for (int digits = denormal ? 1 : 15; digits < 17; digits++) {
        size_t size = double_print(out, digits, value);
        if (strtod(out, NULL) == value)
            return size;
    }
    return double_print(out, 17, value);
}

size_t double_format_plain(char out[DOUBLE_TEXT_SIZE], double value)
{
    size_t size = double_format(out, value);
    char *exponent_mark = memchr(out, 'e', size);
    if (exponent_mark == NULL)
        return size;
    int exponent = (int)strtol(exponent_mark + 1, NULL, 10);
    int digits = 0; /* behind the point of the mantissa */
    const char *point = memchr(out, '.', (size_t)(exponent_mark - out));
    if (point != NULL)
        digits = (int)(exponent_mark - point) - 1;
    int places = digits - exponent;
    /* Above 2^53 the digits of %f are the exact value's, which reads back as well. */
    return (size_t)snprintf(out, DOUBLE_TEXT_SIZE, "%.*f", places > 0 ? places : 0, value);
}
