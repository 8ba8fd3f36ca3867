/* Reads one JSON document, strictly as RFC 8259 has it, with bounds on everything.
 *
 *     struct json_reader reader;
 *     json_read_init(&reader, bytes, size);
 *     while ((token = json_next(&reader)) != JSON_END)
 *         if (token == JSON_BAD) return reader.status;
 *         else if (token == JSON_KEY && text_equal(reader.value, TEXT("fills"))) …
 *
 * or as a tree, where documents are small and looked at by name:
 *
 *     struct json_document document;
 *     if (json_document_read(&document, bytes, size, &line) == STATUS_OK)
 *         const struct json_value *fills = json_member(document.root, "fills");
 *     json_document_release(&document);
 *
 * 1. The bytes are the caller's, live as long as what was read is used, and are changed: strings
 *    are decoded where they stand. Nothing else is allocated by the reader.
 * 2. Refused: a byte order mark, bytes that are not UTF-8, control characters in strings, half
 *    surrogates, numbers such as 01, +1, .5, 1. and NaN, trailing commas, comments, anything behind
 *    the document, more than JSON_READ_DEPTH_MAX levels.
 * 3. Members are kept in order, also those of one name: json_member gives the first. Numbers stay
 *    text until they are asked for, so decimals lose nothing. */
#ifndef TERN_BASE_JSON_READ_H
#define TERN_BASE_JSON_READ_H

#include "base/text.h"

#define JSON_READ_DEPTH_MAX 64u
#define JSON_READ_VALUES_MAX (1u << 20) /* of one tree */

enum json_token {
    JSON_BAD, /* and reader->status says why; it stays so */
    JSON_END, /* behind the document */
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_KEY,    /* value: the decoded key; its value follows */
    JSON_STRING, /* value: the decoded text, which may hold a NUL */
    JSON_NUMBER, /* value: its characters */
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json_reader {
    char *data; /* borrowed, changed */
    size_t size, at;
    struct text value;
    enum status status; /* STATUS_SYNTAX, STATUS_TRUNCATED, STATUS_FULL (too deep) */
    uint32_t line;      /* where it stands, from 1 */
    unsigned depth;
    bool objects[JSON_READ_DEPTH_MAX]; /* what each open level is */
    enum { JSON_EXPECT_VALUE, JSON_EXPECT_FIRST, JSON_EXPECT_NEXT, JSON_EXPECT_NOTHING } expect;
    bool key_read; /* the value of a key is due */
};

void json_read_init(struct json_reader *reader, char *data, size_t size);
enum json_token json_next(struct json_reader *reader);

struct json_value {
    enum json_token type; /* OBJECT_BEGIN, ARRAY_BEGIN, STRING, NUMBER, TRUE, FALSE, NULL */
    struct text key;      /* of a member */
    struct text text;     /* of a string or a number */
    uint32_t count;       /* members or elements */
    const struct json_value *first, *next; /* NULL: none */
};

struct json_document {
    struct json_value *values; /* owned */
    const struct json_value *root;
};

/* STATUS_SYNTAX, STATUS_TRUNCATED, STATUS_FULL (too deep or too many values) with *line set, or
 * STATUS_NO_MEMORY; nothing to release then. */
MUST_USE enum status json_document_read(struct json_document *document, char *data, size_t size,
                                        uint32_t *line);
void json_document_release(struct json_document *document);

/* The first member of that name; NULL where there is none or value is NULL or no object. */
const struct json_value *json_member(const struct json_value *value, const char *name);
/* Each false, with *out untouched, where value is NULL or of another type or does not fit. */
MUST_USE bool json_read_text(const struct json_value *value, struct text *out);
MUST_USE bool json_read_u64(const struct json_value *value, uint64_t *out); /* no point, no e */
MUST_USE bool json_read_i64(const struct json_value *value, int64_t *out);
MUST_USE bool json_read_double(const struct json_value *value, double *out);
MUST_USE bool json_read_bool(const struct json_value *value, bool *out);
/* A string with a decimal number, scaled: "1.5" at 2 decimals is 150. */
MUST_USE bool json_read_decimal(const struct json_value *value, unsigned decimals, i128 *out);

#endif
