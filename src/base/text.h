/* Text: borrowed slices and a bounded growing buffer. */
#ifndef TERN_BASE_TEXT_H
#define TERN_BASE_TEXT_H

#include "base/status.h"

/* A slice of bytes that someone else owns; not NUL-terminated. */
struct text {
    const char *data;
    size_t size;
};

#define TEXT(literal) ((struct text){("" literal), sizeof(literal) - 1})

/* NULL gives the empty text. */
struct text text_of(const char *nul_terminated);
bool text_equal(struct text a, struct text b);
bool text_equal_ignore_case(struct text a, struct text b);
bool text_starts_with(struct text text, struct text prefix);
/* Without spaces, tabs, \r and \n at both ends. */
struct text text_trim(struct text text);
/* Cuts text at the first separator: returns the part before it and leaves the rest in *text.
 * Where there is no separator returns all of it and leaves *text empty with data NULL. */
struct text text_split(struct text *text, char separator);
/* Damerau-Levenshtein distance (insert, delete, replace, swap two neighbours; no piece is edited
 * twice), for suggestions; at most 64 bytes of each are compared. */
unsigned text_distance(struct text a, struct text b);
/* The candidate nearest to text, or NULL where none is near enough to be a typing mistake: at most
 * a third of the longer word, at least one letter, may be wrong. Upper and lower case are one. Of
 * equally near ones the first. */
const char *text_suggest(struct text text, const char *const *candidates, size_t candidate_count);
/* Copies into out (out_size > 0), NUL-terminates; what does not fit is cut, never inside a UTF-8
 * sequence. Returns whether all fit. */
bool text_copy(char *out, size_t out_size, struct text text);
/* Size of the well-formed UTF-8 sequence that text begins with, 1 to 4 (RFC 3629: no surrogates, no
 * overlong forms); 0 where text is empty or begins with something else. */
size_t text_utf8_size(struct text text);
/* Whether one well-formed UTF-8 sequence (as text_utf8_size measures it) is a control character, a
 * line separator or a mark that changes the writing direction. */
bool text_utf8_is_drawing(struct text sequence);
/* Like text_copy, but what is drawing and bytes that are not UTF-8 become `?` each, so that no
 * input can draw on a terminal. Returns the length. */
size_t text_copy_clean(char *out, size_t out_size, struct text text);

/* A growing buffer with a maximum. An append that does not fit (STATUS_FULL, STATUS_NO_MEMORY) adds
 * nothing at all; `status` stays set and further appends do nothing, so that a writer checks once
 * at the end. */
struct text_buffer {
    char *data;  /* owned; NUL-terminated when size > 0 */
    size_t size; /* without the NUL */
    size_t capacity;
    size_t size_max; /* without the NUL */
    enum status status;
};

void text_buffer_init(struct text_buffer *buffer, size_t size_max);
void text_buffer_release(struct text_buffer *buffer);
/* Empty again and without an error; keeps its memory. */
void text_buffer_reset(struct text_buffer *buffer);
void text_buffer_append(struct text_buffer *buffer, struct text text);
void text_buffer_print(struct text_buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
