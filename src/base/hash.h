/* XXH3-128 as the house uses it: values, not bytes in some order. Not for secrets. */
#ifndef TERN_BASE_HASH_H
#define TERN_BASE_HASH_H

#include "base/text.h"

#define HASH_TEXT_SIZE 33

struct hash128 {
    uint64_t low, high;
};

struct hash128 hash128_of(const void *data, size_t size);
bool hash128_equal(struct hash128 a, struct hash128 b);
/* 32 lower-case hex digits, high half first. */
size_t hash128_format(char out[HASH_TEXT_SIZE], struct hash128 hash);
/* Exactly that form, else STATUS_SYNTAX and *out untouched. */
MUST_USE enum status hash128_parse(struct text text, struct hash128 *out);
/* 64-bit hash for tables in memory. */
uint64_t hash64_of(const void *data, size_t size);

/* Running hash over pieces, equal to hash128_of their concatenation. */
struct hash_stream;
struct hash_stream *hash_stream_new(void); /* NULL without memory */
void hash_stream_append(struct hash_stream *stream, const void *data, size_t size);
struct hash128 hash_stream_value(const struct hash_stream *stream);
void hash_stream_free(struct hash_stream *stream);

#endif
