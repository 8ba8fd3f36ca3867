/* Tapes: market data in a file of our own, in columns, packed, readable from the middle.
 *
 *     file    | head | block | block | … | index | end |
 *     head    | "TERNTAP1" | version u32, 1 or 2 | kind u32 | price_decimals u32
 *             | quantity_decimals u32 | bar_ns i64 | instrument, 64 bytes, zeros behind
 *             | checksum u64 |
 *     block   | "TBLK" | rows u32 | size u32 | columns u32 | first_ns i64 | last_ns i64
 *             | checksum u64 | columns one behind the other (column.h), size bytes | zeros to 8 |
 *     index   | "TIDX" | blocks u32 | size u32 | 0 u32 | rows u64 | 0 u64 | checksum u64 |
 *             | of each block: offset u64 | rows before it u64 | first_ns i64 | last_ns i64 |
 *     end     | "TERNEND1" | offset of the index u64 | rows u64 | content hash, low u64, high u64
 *             | checksum u64 |
 *
 * All numbers are little-endian. A checksum is XXH3-64 over what stands before it in its own part;
 * of block and index over the 40 bytes from their name on, with XXH3-64 of the size bytes behind in
 * the checksum's place. A block has 1 to TAPE_BLOCK_ROWS rows and is
 * read without any other. first_ns and last_ns are the times of its first and last row, by which
 * the index is searched: of a bar its opening, of an event its receive time.
 *
 *     kind       columns
 *     1 bars     open_time_ns; open - close before; close - open; high - max(open, close);
 *                min(open, close) - low; volume
 *     2 quotes   receive_ns event_ns span seq bid spread bid_quantity ask_quantity
 *     3 trades   receive_ns event_ns first_seq seq price quantity taker
 *     4 depth    receive_ns event_ns span seq price quantity side flags
 *
 * Prices and quantities are whole numbers of 10^-decimals, times nanoseconds since 1970 in UTC, 0
 * where there is none. Bars have version 1, columns of the forms 0 and 1 (column.h), and these
 * rules: the base of the second column is the block's first open. Volumes are m / 10^d with the d
 * in the column's `decimals` (at most 15, m < 2^53), which is the very double that was written, or
 * the bits of the double where d is 255. The other kinds have version 2 and columns of any form
 * (column_forms.h), and where `decimals` of the second is TAPE_ONE_CLOCK it has how much later than
 * receive_ns each event_ns is. seq is the last of the venue's numbers and span how much the first
 * is less; spread is ask - bid. A row of depth is one delta: the first of a message has TAPE_FIRST
 * among its flags, the last TAPE_LAST, and a message without deltas is one row with both and
 * TAPE_NOTHING. A message whose last row is not there was cut and does not count.
 *
 * While a tape is being written it has neither index nor end. Where they are absent or damaged the
 * reader walks over the blocks and takes those that are whole: a tape cut anywhere loses what stood
 * behind its last whole block, and says so. Writing goes on behind that block. */
#ifndef TERN_WORLD_TAPE_TAPE_H
#define TERN_WORLD_TAPE_TAPE_H

#include "base/hash.h"
#include "base/problem.h"
#include "world/tape/column.h"

#define TAPE_BLOCK_ROWS 4096u
#define TAPE_COLUMNS_MAX 8u
#define TAPE_INSTRUMENT_SIZE 64u
#define TAPE_MAGIC "TERNTAP1"
#define TAPE_MAGIC_SIZE 8u
#define TAPE_VERSION 2u
/* In the flags of a row of depth, above those of enum delta_flag. */
#define TAPE_FIRST UINT32_C(256)
#define TAPE_LAST UINT32_C(512)
#define TAPE_NOTHING UINT32_C(1024)
#define TAPE_ONE_CLOCK 1u

enum tape_kind { TAPE_BARS = 1, TAPE_QUOTES = 2, TAPE_TRADES = 3, TAPE_LEVELS = 4 };

/* What all rows of a tape have in common. */
struct tape_facts {
    enum tape_kind kind;
    unsigned price_decimals, quantity_decimals; /* of bars the second is 0 */
    int64_t bar_ns;                             /* of bars, else 0 */
    char instrument[TAPE_INSTRUMENT_SIZE];      /* may be empty */
};

/* `bars`, `quotes`, `trades`, `depth`: the words of a configuration. */
const char *tape_kind_name(enum tape_kind kind);
unsigned tape_kind_columns(enum tape_kind kind);

/* ---- writing --------------------------------------------------------------------------------- */

struct tape_writer;

/* A tape that appears whole or not at all: it is written in the folder of `path`, without a name
 * where the file system can have such files (a process that is killed leaves nothing then), else
 * under a name of its own beside it, and takes its place in tape_writer_finish. Two writers of one
 * path do not disturb each other. The caller ends it with tape_writer_finish or tape_writer_abort;
 * *out is NULL on failure. STATUS_IO, STATUS_NO_SPACE, STATUS_NO_MEMORY, STATUS_NOT_FOUND (no such
 * directory). */
MUST_USE enum status tape_writer_create(const char *path, const struct tape_facts *facts,
                                        struct tape_writer **out, struct problem *problem);
/* A tape that is recorded in its place: begins it where there is none or a cut head, goes on behind
 * its last whole block where there is one of the same facts. Besides STATUS_EXISTS where another
 * writer has it open and STATUS_DATA_INVALID where it is something else. */
MUST_USE enum status tape_writer_resume(const char *path, const struct tape_facts *facts,
                                        struct tape_writer **out, struct problem *problem);
/* Rows so far, those found by tape_writer_resume included. */
uint64_t tape_writer_rows(const struct tape_writer *writer);
/* The time of the last row; INT64_MIN where there is none. */
int64_t tape_writer_last_ns(const struct tape_writer *writer);

/* One block of rows, 1 to TAPE_BLOCK_ROWS, from columns of the kind. Of bars all
 * but the times are plain and the columns are overwritten; of the other kinds each takes its best
 * form and of the notes only `decimals` counts. Times must not go back. A failure stays with the
 * writer and comes again from tape_writer_finish. */
MUST_USE enum status tape_writer_block(struct tape_writer *writer, int64_t *const columns[],
                                       size_t rows, const struct column_note *notes);
/* What was written is on the disk when it returns. */
MUST_USE enum status tape_writer_sync(struct tape_writer *writer);
/* Writes index and end, syncs, puts the file in its place and frees the writer, whatever happens.
 * content_hash is the owner's, of the rows; zero where it is not known. Where the place is taken by
 * another file and `replace` is false: STATUS_EXISTS. After a failure the place is as it was. */
MUST_USE enum status tape_writer_finish(struct tape_writer *writer, struct hash128 content_hash,
                                        bool replace, struct problem *problem);
/* Gives up: a created tape leaves nothing, a resumed one keeps its whole blocks. NULL: nothing. */
void tape_writer_abort(struct tape_writer *writer);

/* ---- reading --------------------------------------------------------------------------------- */

struct tape_reader;

struct tape_block {
    uint64_t offset, rows_before;
    int64_t first_ns, last_ns;
};

struct tape_summary {
    struct tape_facts facts;
    uint64_t size; /* of the file */
    uint64_t rows;
    size_t blocks_count;
    const struct tape_block *blocks; /* borrowed from the reader */
    struct hash128 content_hash;     /* zero: not known */
    bool complete;                   /* it has its end */
    uint64_t size_lost;              /* bytes behind the last whole block of one that has not */
};

/* Whether the file begins as a tape does; false where it cannot be read. */
bool tape_is_tape(const char *path);
/* The caller closes *out, NULL on failure. STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY,
 * STATUS_DATA_INVALID (no tape), STATUS_UNSUPPORTED (a later version), STATUS_CORRUPT (head). */
MUST_USE enum status tape_reader_open(const char *path, struct tape_reader **out,
                                      struct problem *problem);
/* The same from bytes in memory, borrowed with `name`. */
MUST_USE enum status tape_reader_open_memory(const char *name, const void *data, size_t size,
                                             struct tape_reader **out, struct problem *problem);
const struct tape_summary *tape_reader_summary(const struct tape_reader *reader);
/* The first block with last_ns >= time_ns; blocks_count where there is none. */
size_t tape_reader_find(const struct tape_reader *reader, int64_t time_ns);
/* Loads a block and opens its columns, which are read group by group until the next call.
 * STATUS_CORRUPT names block, offset and times. */
MUST_USE enum status tape_reader_block(struct tape_reader *reader, size_t index, size_t *rows,
                                       struct column_reader columns[TAPE_COLUMNS_MAX],
                                       struct problem *problem);
/* STATUS_CORRUPT with the place of the block and what is wrong with it. */
enum status tape_reader_fault(const struct tape_reader *reader, size_t index, const char *what,
                              struct problem *problem);
/* NULL is nothing to do. */
void tape_reader_close(struct tape_reader *reader);

#endif
