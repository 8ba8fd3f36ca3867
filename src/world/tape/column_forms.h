/* Columns that are written and read whole, in the form that takes the fewest bytes: what tapes of
 * quotes, trades and levels are made of. The head is that of column.h; its transform says the form.
 *
 *     2 near    offset from `base`, the least value          sizes: most are small, some are not
 *     3 steps   step from the row before, its sign turned in times, numbers, prices
 *     4 runs    two columns: each value that is not the one before, and how often it stands
 *     5 listed  two columns: the different values, rising, and which of them each row is
 *
 * NEAR and STEPS divide by the common divisor and come in groups of 128 rows:
 *
 *     group   | width u8 | exceptions u8 | more u8
 *             | low bits, (rows * width + 7) / 8 bytes
 *             | places u8, one an exception | high bits, (exceptions * more + 7) / 8 bytes |
 *
 * so that a row too large for `width` costs itself alone: its place in the group, and its bits
 * above `width` in `more` bits. Width is 0 to 56 or 64, more 0 to 56 or 64. NEAR: row = base +
 * packed * divisor. STEPS: u = packed; step = (u >> 1) ^ -(u & 1); row = row before + step *
 * divisor; base is the value before the first row. All arithmetic is modulo 2^64.
 *
 * RUNS and LISTED hold two whole columns of form 0 to 3 behind their head, each with a head of its
 * own; base is the rows of the first, which is less than 2^16. */
#ifndef TERN_WORLD_TAPE_COLUMN_FORMS_H
#define TERN_WORLD_TAPE_COLUMN_FORMS_H

#include "world/tape/column.h"

#define COLUMN_ROWS_MAX 4096u

/* Packs 1 to COLUMN_ROWS_MAX rows in the best form into `out`, which has column_size_max(rows)
 * bytes; returns the bytes used, without the padding. decimals is free for the owner. `scratch` has
 * COLUMN_SCRATCH_SIZE bytes. */
#define COLUMN_SCRATCH_SIZE (8 * COLUMN_ROWS_MAX * sizeof(int64_t) + 4096)
size_t column_write(const int64_t *values, size_t rows, uint8_t decimals, uint8_t *out,
                    void *scratch);
/* Reads all rows of a column that column_open has opened, of any form; `scratch` as above. The
 * column must end with the last row: STATUS_CORRUPT. */
MUST_USE enum status column_read(struct column_reader *reader, int64_t *out, size_t rows,
                                 void *scratch);

#endif
