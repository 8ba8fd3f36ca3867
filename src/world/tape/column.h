/* A column of whole numbers, packed: differences, a common divisor, and as few bits as each group
 * needs.
 *
 *     values      4325100 4325300 4325000 …        a column of one block
 *     steps           +200    -300 …               PLAIN: the values, DELTA: steps between them
 *     over divisor      +2      -3 …               the greatest common divisor of all steps
 *     over minimum       5       0 …               of each group of 128
 *     bits             101     000 …               as many as the largest of the group needs
 *
 * Bytes, little-endian:
 *
 *     column | size u32 | transform u8 | decimals u8 | zero u16 | base i64 | divisor u64 | groups |
 *     group  | minimum i64 | width u8 | packed, (rows * width + 7) / 8 bytes |
 *
 * size counts the bytes of the groups; a group has 128 rows, the last of a column fewer. Width is 0
 * to 56, or 64. All arithmetic is modulo 2^64, so any int64 comes back. base is the value before
 * the first row with DELTA, and free for the owner with PLAIN; decimals is free too. */
#ifndef TERN_WORLD_TAPE_COLUMN_H
#define TERN_WORLD_TAPE_COLUMN_H

#include "base/status.h"

#define COLUMN_GROUP 128u
#define COLUMN_HEAD_SIZE 24u
/* The reader loads whole words: so many bytes behind the last column must be readable. */
#define COLUMN_PADDING 8u

/* The first two come group by group, for bars; the others are read whole (column_forms.h). */
enum column_transform {
    COLUMN_PLAIN = 0,
    COLUMN_DELTA = 1,
    COLUMN_NEAR = 2,
    COLUMN_STEPS = 3,
    COLUMN_RUNS = 4,
    COLUMN_LISTED = 5,
};

/* Bytes that a column of `rows` may take at most, padding included. */
static inline size_t column_size_max(size_t rows)
{
    return COLUMN_HEAD_SIZE + (rows / COLUMN_GROUP + 1) * 9 + rows * 8 + COLUMN_PADDING;
}

struct column_note {
    uint8_t decimals; /* free for the owner */
    int64_t base;     /* the same where the transform is PLAIN; ignored with DELTA */
};

/* Packs rows > 0 values into `out`, which has column_size_max(rows) bytes; returns the bytes used,
 * without the padding. Overwrites `values`. */
size_t column_pack(int64_t *values, size_t rows, enum column_transform transform,
                   struct column_note note, uint8_t *out);

struct column_reader {
    const uint8_t *at, *end; /* borrowed */
    enum column_transform transform;
    struct column_note note;
    uint64_t value; /* DELTA: the last one */
    uint64_t divisor;
};

/* Opens the column at *at, which ends by `end` and has COLUMN_PADDING readable bytes behind; moves
 * *at behind it. STATUS_CORRUPT. */
MUST_USE enum status column_open(struct column_reader *reader, const uint8_t **at,
                                 const uint8_t *end);
/* Unpacks the next group of a PLAIN or DELTA column, rows <= COLUMN_GROUP values. STATUS_CORRUPT,
 * also where the column has another form. */
MUST_USE enum status column_next(struct column_reader *reader, int64_t *out, size_t rows);
/* Whether all bytes were used; a column that has more is corrupt. */
static inline bool column_is_done(const struct column_reader *reader)
{
    return reader->at == reader->end;
}

#endif
