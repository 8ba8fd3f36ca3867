/* Writes one JSON document piece by piece into a text buffer: commas, quotes, escapes and nesting
 * are handled here, so what comes out is always valid JSON.
 *
 *     struct json_writer json;
 *     json_write_init(&json, &buffer, 2);
 *     json_object_begin(&json);
 *     json_key(&json, "fills");
 *     json_u64(&json, 10);
 *     json_object_end(&json);
 *     status = json_write_finish(&json);    {"fills":10}, on lines of its own
 *
 * A value where a key is due, a key in an array or an end that does not match its beginning is our
 * own mistake and asserts. Memory is the buffer's: its status says when it ran out. */
#ifndef TERN_BASE_JSON_WRITE_H
#define TERN_BASE_JSON_WRITE_H

#include "base/text.h"

#define JSON_WRITE_DEPTH_MAX 32
#define DOUBLE_TEXT_SIZE 360 /* the longest plain form of a double, with its NUL */

struct json_writer {
    struct text_buffer *out; /* borrowed until json_write_finish */
    unsigned indent;         /* spaces a level; 0: everything on one line */
    unsigned depth;
    bool key_written; /* inside an object: the value is due */
    bool done;        /* the one value of the document is complete */
    struct {
        bool object, used;
    } levels[JSON_WRITE_DEPTH_MAX];
};

void json_write_init(struct json_writer *json, struct text_buffer *out, unsigned indent);
/* Ends the document with a newline; the buffer's status. */
MUST_USE enum status json_write_finish(struct json_writer *json);

void json_object_begin(struct json_writer *json);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json);
void json_array_end(struct json_writer *json);
void json_key(struct json_writer *json, const char *key);
void json_key_text(struct json_writer *json, struct text key);

/* Bytes that are not UTF-8 become U+FFFD. */
void json_text(struct json_writer *json, struct text text);
void json_string(struct json_writer *json, const char *nul_terminated);
void json_i64(struct json_writer *json, int64_t value);
void json_u64(struct json_writer *json, uint64_t value);
/* By double_format; null for NaN and infinities. */
void json_double(struct json_writer *json, double value);
/* value / 10^decimals as a string, exact and never with an exponent: "10234.5". */
void json_decimal(struct json_writer *json, i128 value, unsigned decimals);
void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);

/* The value rounded to as few digits (at most 17) as still read back as the same double: 0.1,
 * 1e-07, 3. NaN and infinities: "nan", "inf", "-inf". Returns the length. */
size_t double_format(char out[DOUBLE_TEXT_SIZE], double value);
/* The same digits without an exponent: 0.0000001. */
size_t double_format_plain(char out[DOUBLE_TEXT_SIZE], double value);

/* Decodes the first character of text (size > 0): its length in bytes, *code_point set; a byte that
 * does not begin a valid UTF-8 character has length 1 and code point 0xFFFD. */
size_t utf8_decode(struct text text, uint32_t *code_point);

#endif
