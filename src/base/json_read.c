#include "base/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"

void json_read_init(struct json_reader *reader, char *data, size_t size)
{
    *reader = (struct json_reader){
        .data = data, .size = size, .line = 1, .expect = JSON_EXPECT_VALUE};
}

static enum json_token refuse(struct json_reader *reader, enum status status)
{
    if (reader->status == STATUS_OK)
        reader->status = status;
    return JSON_BAD;
}

/* The data end where more was due: cut off, rather than wrong. */
static enum json_token refuse_here(struct json_reader *reader)
{
    return refuse(reader, reader->at >= reader->size ? STATUS_TRUNCATED : STATUS_SYNTAX);
}

static void skip_blanks(struct json_reader *reader)
{
    while (reader->at < reader->size) {
        char c = reader->data[reader->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return;
        reader->line += c == '\n';
        reader->at++;
    }
}

/* ---- strings --------------------------------------------------------------------------------- */

/* Where the data end within what is read, reader->at goes there, which says that they were cut. */
static bool cut_off(struct json_reader *reader)
{
    reader->at = reader->size;
    return false;
}

static bool hex4(struct json_reader *reader, size_t at, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        if (i >= reader->size)
            return cut_off(reader);
        char c = reader->data[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A') + 10;
        else
            return false;
        value = value << 4 | digit;
    }
    *out = value;
    return true;
}

static size_t utf8_put(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* \uXXXX, or two of them; reader->at is behind the `u`. */
static bool read_unicode(struct json_reader *reader, size_t *put)
{
    uint32_t code = 0, low = 0;
    if (!hex4(reader, reader->at, &code))
        return false;
    reader->at += 4;
    if (code >= 0xDC00 && code <= 0xDFFF)
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        struct text rest = {reader->data + reader->at, reader->size - reader->at};
        if (rest.size < 2 && text_starts_with(TEXT("\\u"), rest))
            return cut_off(reader);
        if (!text_starts_with(rest, TEXT("\\u")) || !hex4(reader, reader->at + 2, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return false;
        reader->at += 6;
        code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
    }
    *put += utf8_put(reader->data + *put, code);
    return true;
}

static bool read_escape(struct json_reader *reader, size_t *put)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (reader->at >= reader->size)
        return false;
    char c = reader->data[reader->at++];
    if (c == 'u')
        return read_unicode(reader, put);
    const char *name = c == '\0' ? NULL : strchr(names, c);
    if (name == NULL)
        return false;
    reader->data[(*put)++] = bytes[name - names];
    return true;
}

/* Bytes of the sequence that this one begins. */
static size_t utf8_due(unsigned char byte)
{
    return byte < 0xC2 || byte > 0xF4 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/* What is decoded is never longer than what it was, so it is written over it. */
static bool read_string(struct json_reader *reader)
{
    size_t begin = ++reader->at, put = begin;
    while (reader->at < reader->size) {
        char *at = reader->data + reader->at;
        if (*at == '"') {
            reader->value = (struct text){reader->data + begin, put - begin};
            reader->at++;
            return true;
        }
        if ((unsigned char)*at < 0x20)
            return false;
        if (*at == '\\') {
            reader->at++;
            if (!read_escape(reader, &put))
                return false;
            continue;
        }
        size_t left = reader->size - reader->at;
        size_t size = text_utf8_size((struct text){at, left});
        if (size == 0)
            return left < utf8_due((unsigned char)*at) ? cut_off(reader) : false;
        memmove(reader->data + put, at, size);
        put += size;
        reader->at += size;
    }
    return false;
}

/* ---- numbers and words ----------------------------------------------------------------------- */

static size_t digits(const struct json_reader *reader, size_t at)
{
    size_t count = 0;
    while (at + count < reader->size && reader->data[at + count] >= '0' &&
           reader->data[at + count] <= '9')
        count++;
    return count;
}

static bool at_is(const struct json_reader *reader, size_t at, char a, char b)
{
    return at < reader->size && (reader->data[at] == a || reader->data[at] == b);
}

/* reader->at goes to where it stopped making sense. */
static bool read_number(struct json_reader *reader)
{
    size_t begin = reader->at, at = begin;
    at += at_is(reader, at, '-', '-');
    size_t whole = digits(reader, at);
    if (whole > 1 && reader->data[at] == '0')
        whole = 1; /* what follows is then no number's business */
    bool good = whole > 0;
    at += whole;
    if (good && at_is(reader, at, '.', '.')) {
        size_t places = digits(reader, at + 1);
        good = places > 0;
        at += 1 + places;
    }
    if (good && at_is(reader, at, 'e', 'E')) {
        at++;
        at += at_is(reader, at, '+', '-');
        size_t exponent = digits(reader, at);
        good = exponent > 0;
        at += exponent;
    }
    reader->at = at;
    reader->value = (struct text){reader->data + begin, at - begin};
    return good;
}

static enum json_token read_word(struct json_reader *reader, struct text word,
                                 enum json_token token)
{
    struct text rest = {reader->data + reader->at, reader->size - reader->at};
    if (text_starts_with(rest, word)) {
        reader->at += word.size;
        return token;
    }
    if (text_starts_with(word, rest))
        reader->at = reader->size;
    return refuse_here(reader);
}

/* ---- structure ------------------------------------------------------------------------------- */

static enum json_token open_level(struct json_reader *reader, bool object)
{
    if (reader->depth == JSON_READ_DEPTH_MAX)
        return refuse(reader, STATUS_FULL);
    reader->objects[reader->depth++] = object;
    reader->at++;
    reader->key_read = false;
    reader->expect = JSON_EXPECT_FIRST;
    return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

static void value_ended(struct json_reader *reader)
{
    reader->key_read = false;
    reader->expect = reader->depth == 0 ? JSON_EXPECT_NOTHING : JSON_EXPECT_NEXT;
}

static enum json_token close_level(struct json_reader *reader, bool object)
{
    reader->at++;
    reader->depth--;
    value_ended(reader);
    return object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static enum json_token read_value(struct json_reader *reader)
{
    enum json_token token = JSON_BAD;
    if (reader->at >= reader->size)
        return refuse_here(reader);
    switch (reader->data[reader->at]) {
    case '{': return open_level(reader, true);
    case '[': return open_level(reader, false);
    case '"': token = read_string(reader) ? JSON_STRING : JSON_BAD; break;
    case 't': token = read_word(reader, TEXT("true"), JSON_TRUE); break;
    case 'f': token = read_word(reader, TEXT("false"), JSON_FALSE); break;
    case 'n': token = read_word(reader, TEXT("null"), JSON_NULL); break;
    default: token = read_number(reader) ? JSON_NUMBER : JSON_BAD; break;
    }
    if (token == JSON_BAD)
        return refuse_here(reader);
    value_ended(reader);
    return token;
}

static enum json_token read_key(struct json_reader *reader)
{
    if (!at_is(reader, reader->at, '"', '"') || !read_string(reader))
        return refuse_here(reader);
    skip_blanks(reader);
    if (!at_is(reader, reader->at, ':', ':'))
        return refuse_here(reader);
    reader->at++;
    reader->key_read = true;
    return JSON_KEY;
}

enum json_token json_next(struct json_reader *reader)
{
    if (reader->status != STATUS_OK)
        return JSON_BAD;
    reader->value = (struct text){0};
    skip_blanks(reader);
    if (reader->expect == JSON_EXPECT_NOTHING)
        return reader->at == reader->size ? JSON_END : refuse(reader, STATUS_SYNTAX);
    if (reader->depth == 0 || reader->key_read)
        return read_value(reader);
    bool object = reader->objects[reader->depth - 1];
    if (at_is(reader, reader->at, object ? '}' : ']', object ? '}' : ']'))
        return close_level(reader, object);
    if (reader->expect == JSON_EXPECT_NEXT) {
        if (!at_is(reader, reader->at, ',', ','))
            return refuse_here(reader);
        reader->at++;
        skip_blanks(reader);
    }
    return object ? read_key(reader) : read_value(reader);
}

/* ---- trees ----------------------------------------------------------------------------------- */

/* While the array of values grows, links are indexes + 1; they become pointers at the end. */
struct tree {
    struct json_value *values;
    uint32_t *firsts, *nexts;
    uint32_t count, capacity;
    uint32_t parents[JSON_READ_DEPTH_MAX + 1]; /* open values */
    uint32_t lasts[JSON_READ_DEPTH_MAX + 1];   /* the last child of each, + 1 */
    unsigned depth;
};

static enum status tree_grow(struct tree *tree)
{
    if (tree->count < tree->capacity)
        return STATUS_OK;
    if (tree->capacity == JSON_READ_VALUES_MAX)
        return STATUS_FULL;
    uint32_t capacity = tree->capacity == 0 ? 64 : tree->capacity * 2;
    struct json_value *values = realloc(tree->values, capacity * sizeof *values);
    if (values != NULL)
        tree->values = values;
    uint32_t *firsts = realloc(tree->firsts, capacity * sizeof *firsts);
    if (firsts != NULL)
        tree->firsts = firsts;
    uint32_t *nexts = realloc(tree->nexts, capacity * sizeof *nexts);
    if (nexts != NULL)
        tree->nexts = nexts;
    if (values == NULL || firsts == NULL || nexts == NULL)
        return STATUS_NO_MEMORY;
    tree->capacity = capacity;
    return STATUS_OK;
}

static enum status tree_add(struct tree *tree, enum json_token token, struct text key,
                            struct text text)
{
    enum status status = tree_grow(tree);
    if (status != STATUS_OK)
        return status;
    uint32_t index = tree->count++;
    tree->values[index] = (struct json_value){.type = token, .key = key, .text = text};
    tree->firsts[index] = tree->nexts[index] = 0;
    if (tree->depth > 0) {
        uint32_t parent = tree->parents[tree->depth];
        uint32_t *last = &tree->lasts[tree->depth];
        if (*last == 0)
            tree->firsts[parent] = index + 1;
        else
            tree->nexts[*last - 1] = index + 1;
        *last = index + 1;
        tree->values[parent].count++;
    }
    if (token == JSON_OBJECT_BEGIN || token == JSON_ARRAY_BEGIN) {
        tree->depth++;
        tree->parents[tree->depth] = index;
        tree->lasts[tree->depth] = 0;
    }
    return STATUS_OK;
}

static enum status tree_read(struct tree *tree, struct json_reader *reader)
{
    struct text key = {0};
    for (;;) {
        enum json_token token = json_next(reader);
        if (token == JSON_END)
            return STATUS_OK;
        if (token == JSON_BAD)
            return reader->status;
        if (token == JSON_KEY) {
            key = reader->value;
            continue;
        }
        if (token == JSON_OBJECT_END || token == JSON_ARRAY_END) {
            tree->depth--;
            continue;
        }
        enum status status = tree_add(tree, token, key, reader->value);
        if (status != STATUS_OK)
            return status;
        key = (struct text){0};
    }
}

enum status json_document_read(struct json_document *document, char *data, size_t size,
                               uint32_t *line)
{
    struct tree tree = {0};
    struct json_reader reader;
    json_read_init(&reader, data, size);
    enum status status = tree_read(&tree, &reader);
    for (uint32_t i = 0; status == STATUS_OK && i < tree.count; i++) {
        struct json_value *value = &tree.values[i];
        value->first = tree.firsts[i] == 0 ? NULL : &tree.values[tree.firsts[i] - 1];
        value->next = tree.nexts[i] == 0 ? NULL : &tree.values[tree.nexts[i] - 1];
    }
    free(tree.firsts);
    free(tree.nexts);
    if (status != STATUS_OK) {
        *line = reader.line;
        free(tree.values);
        return status;
    }
    *document = (struct json_document){tree.values, tree.values};
    return STATUS_OK;
}

void json_document_release(struct json_document *document)
{
    free(document->values);
    *document = (struct json_document){0};
}

const struct json_value *json_member(const struct json_value *value, const char *name)
{
    if (value == NULL || value->type != JSON_OBJECT_BEGIN)
        return NULL;
    for (const struct json_value *at = value->first; at != NULL; at = at->next) {
        if (text_equal(at->key, text_of(name)))
            return at;
    }
    return NULL;
}

bool json_read_text(const struct json_value *value, struct text *out)
{
    if (value == NULL || value->type != JSON_STRING)
        return false;
    *out = value->text;
    return true;
}

bool json_read_i64(const struct json_value *value, int64_t *out)
{
    return value != NULL && value->type == JSON_NUMBER &&
           memchr(value->text.data, '.', value->text.size) == NULL &&
           decimal_parse_i64(value->text, 0, out) == STATUS_OK;
}

bool json_read_u64(const struct json_value *value, uint64_t *out)
{
    i128 number = 0;
    if (value == NULL || value->type != JSON_NUMBER ||
        memchr(value->text.data, '.', value->text.size) != NULL ||
        decimal_parse_i128(value->text, 0, &number) != STATUS_OK || number < 0 ||
        number > (i128)UINT64_MAX)
        return false;
    *out = (uint64_t)number;
    return true;
}

bool json_read_double(const struct json_value *value, double *out)
{
    char text[400];
    if (value == NULL || value->type != JSON_NUMBER || !text_copy(text, sizeof text, value->text))
        return false;
    double number = strtod(text, NULL);
    if (!isfinite(number))
        return false;
    *out = number;
    return true;
}

bool json_read_bool(const struct json_value *value, bool *out)
{
    if (value == NULL || (value->type != JSON_TRUE && value->type != JSON_FALSE))
        return false;
    *out = value->type == JSON_TRUE;
    return true;
}

bool json_read_decimal(const struct json_value *value, unsigned decimals, i128 *out)
{
    return value != NULL && value->type == JSON_STRING &&
           decimal_parse_i128(value->text, decimals, out) == STATUS_OK;
}
