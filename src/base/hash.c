/* XXH3 from the header of libxxhash alone: the values are the same with every vector width, and
 * nothing has to be linked, so cross builds need the header only. */
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#if XXH_VERSION_NUMBER < 800
#error "XXH3 gives its final values from version 0.8.0 on"
#endif

struct hash_stream {
    XXH3_state_t state;
};

static struct hash128 from_library(XXH128_hash_t hash)
{
    return (struct hash128){.low = hash.low64, .high = hash.high64};
}

struct hash128 hash128_of(const void *data, size_t size)
{
    return from_library(XXH3_128bits(data, size));
}

bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static void format_half(char *out, uint64_t half)
{
    for (int i = 0; i < 16; i++)
        out[i] = "0123456789abcdef"[(half >> (60 - 4 * i)) & 15];
}

size_t hash128_format(char out[HASH_TEXT_SIZE], struct hash128 hash)
{
    format_half(out, hash.high);
    format_half(out + 16, hash.low);
    out[HASH_TEXT_SIZE - 1] = '\0';
    return HASH_TEXT_SIZE - 1;
}

static bool parse_half(const char *digits, uint64_t *half)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 16; i++) {
        char digit = digits[i];
        if (digit >= '0' && digit <= '9')
            value = value << 4 | (uint64_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            value = value << 4 | (uint64_t)(digit - 'a' + 10);
        else
            return false;
    }
    *half = value;
    return true;
}

enum status hash128_parse(struct text text, struct hash128 *out)
{
    struct hash128 hash;
    if (text.size != HASH_TEXT_SIZE - 1 || !parse_half(text.data, &hash.high) ||
        !parse_half(text.data + 16, &hash.low))
        return STATUS_SYNTAX;
    *out = hash;
    return STATUS_OK;
}

uint64_t hash64_of(const void *data, size_t size)
{
    return XXH3_64bits(data, size);
}

struct hash_stream *hash_stream_new(void)
{
    /* The state asks for more alignment than malloc gives. */
    struct hash_stream *stream = aligned_alloc(_Alignof(struct hash_stream), sizeof *stream);
    if (stream == NULL)
        return NULL;
    memset(stream, 0, sizeof *stream);
    XXH_errorcode code = XXH3_128bits_reset(&stream->state);
    ASSERT(code == XXH_OK);
    return stream;
}

void hash_stream_append(struct hash_stream *stream, const void *data, size_t size)
{
    if (size == 0)
        return;
    XXH_errorcode code = XXH3_128bits_update(&stream->state, data, size);
    ASSERT(code == XXH_OK);
}

struct hash128 hash_stream_value(const struct hash_stream *stream)
{
    return from_library(XXH3_128bits_digest(&stream->state));
}

void hash_stream_free(struct hash_stream *stream)
{
    free(stream);
}
