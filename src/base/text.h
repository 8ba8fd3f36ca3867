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

struct text text_of(const char *nul_terminated);
bool text_equal(struct text a, struct text b);
bool text_equal_ignore_case(struct text a, struct text b);
bool text_starts_with(struct text text, struct text prefix);
/* Without spaces, tabs, \r and \n at both ends. */
struct text text_trim(struct text text);
/* Cuts text at the first separator: returns the part before it and leaves the rest in *text.
 * Where there is no separator returns all of it and leaves *text empty with data NULL. */
struct text text_split(struct text *text, char separator);
/* Damerau-Levenshtein distance, for suggestions; at most 64 bytes of each are compared. */
unsigned text_distance(struct text a, struct text b);
/* The candidate nearest to text, or NULL where none is near enough to be a typing mistake. */
const char *text_suggest(struct text text, const char *const *candidates, size_t candidate_count);
/* Copies into out (out_size > 0), NUL-terminates, cuts what does not fit; returns whether all fit. */
bool text_copy(char *out, size_t out_size, struct text text);

/* A growing buffer with a maximum. After a failed append `status` stays set and further appends
 * do nothing, so that a writer checks once at the end. */
struct text_buffer {
    char *data;        /* owned; NUL-terminated when size > 0 */
    size_t size;
    size_t capacity;
    size_t size_max;
    enum status status;
};

void text_buffer_init(struct text_buffer *buffer, size_t size_max);
void text_buffer_release(struct text_buffer *buffer);
void text_buffer_reset(struct text_buffer *buffer);
void text_buffer_append(struct text_buffer *buffer, struct text text);
void text_buffer_print(struct text_buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
