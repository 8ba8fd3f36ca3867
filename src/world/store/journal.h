/* The journal file of a run: records one behind the other, each with its own checksum.
 *
 *     file      | "TERNJRN1" | record | record | …
 *     record    | type u32 | size u32 | checksum u64 | payload, size bytes | zeros to 8 |
 *
 *     type          payload
 *     1 session     text: build, host and wall clock; outside the chain
 *     2 config      the canonical configuration, YAML
 *     3 data        text, one line a series: instrument, content hash, bars, bar length
 *     4 input       struct input as it lies in memory: a durable input that is not a bar
 *     5 frame       a frame as core/model/fact.h draws it; the chain runs over these
 *
 * All numbers are little-endian. checksum = XXH3-64 over type, size and payload. A file cut
 * anywhere reads as far as its last whole record and then says STATUS_TRUNCATED. */
#ifndef TERN_WORLD_STORE_JOURNAL_H
#define TERN_WORLD_STORE_JOURNAL_H

#include "base/problem.h"
#include "world/port/journal_sink.h"

enum journal_type {
    JOURNAL_SESSION = 1, JOURNAL_CONFIG = 2, JOURNAL_DATA = 3, JOURNAL_INPUT = 4, JOURNAL_FRAME = 5
};

#define JOURNAL_RECORD_SIZE_MAX (1u << 30)

/* ---- writing ---- */

struct journal_writer {
    int descriptor;  /* owned; -1 = closed */
    uint8_t *buffer; /* owned */
    size_t used;
    uint64_t written;         /* bytes, buffer included */
    enum status status;       /* the first failure stays */
    int error;                /* its errno */
    struct journal_sink sink; /* of this writer, for whoever runs */
};

/* Creates the file (it must not exist). */
MUST_USE enum status journal_writer_open(struct journal_writer *writer, const char *path,
                                         struct problem *problem);
enum status journal_write(struct journal_writer *writer, enum journal_type type,
                          const void *payload, size_t size);
/* Flushes, syncs and closes; returns the first failure. */
MUST_USE enum status journal_writer_close(struct journal_writer *writer, struct problem *problem);
/* Closes without caring: for a run that is given up. */
void journal_writer_abort(struct journal_writer *writer);

/* ---- reading ---- */

struct journal_reader {
    uint8_t *data; /* owned: the whole file */
    size_t size, at;
    _Alignas(16) struct input input; /* the last input read */
};

struct journal_entry {
    enum journal_type type;
    const uint8_t *payload; /* borrowed until the reader is closed; not aligned */
    size_t size;
};

MUST_USE enum status journal_reader_open(struct journal_reader *reader, const char *path,
                                         struct problem *problem);
/* Reads bytes that are already in memory; takes ownership of data (malloc). */
void journal_reader_of(struct journal_reader *reader, uint8_t *data, size_t size);
/* STATUS_END behind the last record, STATUS_TRUNCATED, STATUS_CORRUPT. */
MUST_USE enum status journal_next(struct journal_reader *reader, struct journal_entry *entry);
void journal_reader_close(struct journal_reader *reader);

#endif
