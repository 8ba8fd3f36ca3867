#include "world/tape/column_bits.h"

static inline void get_rows(const uint8_t *packed, size_t begin, size_t rows, unsigned width,
                            uint64_t least, uint64_t *out)
{
    uint64_t mask = UINT64_MAX >> (64 - width);
    size_t bit = begin * width;
    for (size_t i = begin; i < rows; i++, bit += width) {
        uint64_t word;
        memcpy(&word, packed + (bit >> 3), sizeof word);
        out[i] = (word >> (bit & 7) & mask) + least;
    }
}

/* Eight rows of w bits are w bytes, so that of a width that the compiler knows every place and
 * shift is a constant. */
static inline __attribute__((always_inline)) void get_fixed(const uint8_t *packed, size_t rows,
                                                            unsigned width, uint64_t least,
                                                            uint64_t *out)
{
    uint64_t mask = UINT64_MAX >> (64 - width);
    const uint8_t *at = packed;
    size_t whole = rows & ~(size_t)7;
    for (size_t i = 0; i < whole; i += 8, at += width) {
#pragma GCC unroll 8
        for (unsigned j = 0; j < 8; j++) {
            uint64_t word;
            memcpy(&word, at + j * width / 8, sizeof word);
            out[i + j] = (word >> (j * width % 8) & mask) + least;
        }
    }
    get_rows(packed, whole, rows, width, least, out);
}

#define WIDTHS_8(X, n) \
    X(n)               \
    X(n + 1)           \
    X(n + 2)           \
    X(n + 3)           \
    X(n + 4)           \
    X(n + 5)           \
    X(n + 6)           \
    X(n + 7)

void bits_get(const uint8_t *packed, size_t rows, unsigned width, uint64_t least, uint64_t *out)
{
    switch (width) {
    case 0:
        for (size_t i = 0; i < rows; i++)
            out[i] = least;
        return;
#define WIDTH_CASE(n) \
    case n: get_fixed(packed, rows, n, least, out); return;
        WIDTHS_8(WIDTH_CASE, 1)
        WIDTHS_8(WIDTH_CASE, 9)
        WIDTHS_8(WIDTH_CASE, 17)
        WIDTHS_8(WIDTH_CASE, 25)
#undef WIDTH_CASE
    default: get_rows(packed, 0, rows, width, least, out); return;
    }
}
