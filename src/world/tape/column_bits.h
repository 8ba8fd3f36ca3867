/* Bits one behind the other, lowest first. Internal to world/tape. */
#ifndef TERN_WORLD_TAPE_COLUMN_BITS_H
#define TERN_WORLD_TAPE_COLUMN_BITS_H

#include <string.h>

#include "base/base.h"

#define WIDTH_PACKED_MAX 56u
#define WIDTH_WHOLE 64u

/* 0 to 56, or 64: what one unaligned load of eight bytes brings at any bit of a byte. */
static inline unsigned bits_width(uint64_t largest)
{
    unsigned width = largest == 0 ? 0 : 64 - (unsigned)__builtin_clzll(largest);
    return width > WIDTH_PACKED_MAX ? WIDTH_WHOLE : width;
}

static inline bool bits_width_is_valid(unsigned width)
{
    return width <= WIDTH_PACKED_MAX || width == WIDTH_WHOLE;
}

static inline size_t bits_size(size_t rows, unsigned width)
{
    return (rows * width + 7) / 8;
}

/* Zeroes and fills bits_size bytes; eight more are zeroed. Bits above width are left out. */
static inline size_t bits_put(const uint64_t *values, size_t rows, unsigned width, uint8_t *out)
{
    size_t size = bits_size(rows, width);
    memset(out, 0, size + 8);
    if (width == 0)
        return 0;
    uint64_t mask = UINT64_MAX >> (64 - width);
    size_t bit = 0;
    for (size_t i = 0; i < rows; i++, bit += width) {
        uint64_t word;
        memcpy(&word, out + (bit >> 3), sizeof word);
        word |= (values[i] & mask) << (bit & 7);
        memcpy(out + (bit >> 3), &word, sizeof word);
    }
    return size;
}

/* out[i] = row i + least, modulo 2^64. Eight bytes behind the packed ones are read too. */
void bits_get(const uint8_t *packed, size_t rows, unsigned width, uint64_t least, uint64_t *out);

#endif
