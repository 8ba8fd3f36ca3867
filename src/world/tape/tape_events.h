/* Quotes, trades and order books to a tape and back: what comes back equals what went in.
 *
 *     tape_events_create ─► tape_events_put … ─► tape_events_finish       an import
 *     tape_events_resume ─► tape_events_put … tape_events_flush …         a recording
 *
 *     tape_events_open ─► tape_events_next … STATUS_END ─► tape_events_close
 *     tape_events_read(&source, DEPTH_LEVELS, &data, &problem);       as depth_data_read of a CSV
 *
 * A back-test that reads the tape has the data hash, and so the journal hash, of one that reads the
 * file the tape was made from. */
#ifndef TERN_WORLD_TAPE_TAPE_EVENTS_H
#define TERN_WORLD_TAPE_TAPE_EVENTS_H

#include "world/import/depth_data.h"
#include "world/tape/tape.h"

enum tape_kind tape_kind_of(enum depth_kind kind);
/* Of a tape that is not of bars. */
enum depth_kind tape_depth_kind(enum tape_kind kind);

/* ---- writing --------------------------------------------------------------------------------- */

struct tape_events_writer;

/* What a writer has so far, those found by tape_events_resume included. */
struct tape_events_state {
    uint64_t rows, events;       /* a message of depth is one event */
    int64_t last_ns;             /* the last time of receipt; INT64_MIN: none */
    uint64_t last_seq;           /* of the last event; 0: none */
    struct hash128 content_hash; /* of all events; depth_data_read has the same */
};

/* As tape_writer_create and tape_writer_resume; facts->kind is not TAPE_BARS. */
MUST_USE enum status tape_events_create(const char *path, const struct tape_facts *facts,
                                        struct tape_events_writer **out, struct problem *problem);
MUST_USE enum status tape_events_resume(const char *path, const struct tape_facts *facts,
                                        struct tape_events_writer **out, struct problem *problem);
/* Takes an event of the writer's kind; a block is written when it is full. STATUS_DATA_INVALID
 * where it was received before the last one or has impossible values, and then nothing is taken;
 * others as tape_writer_block, which stay with the writer. */
MUST_USE enum status tape_events_put(struct tape_events_writer *writer,
                                     const struct depth_event *event, struct problem *problem);
/* Writes what was taken as a block, also a small one, and has it on the disk when it returns. */
MUST_USE enum status tape_events_flush(struct tape_events_writer *writer);
/* Events that were taken and are not in the file yet. */
bool tape_events_pending(const struct tape_events_writer *writer);
struct tape_events_state tape_events_state(const struct tape_events_writer *writer);
/* Ends the tape with index, content hash and end, and frees the writer: as tape_writer_finish. */
MUST_USE enum status tape_events_finish(struct tape_events_writer *writer, bool replace,
                                        struct problem *problem);
/* Gives up: a created tape leaves nothing, a resumed one keeps its whole blocks. NULL: nothing. */
void tape_events_abort(struct tape_events_writer *writer);

/* ---- reading --------------------------------------------------------------------------------- */

struct tape_events;

/* Begins before the first block that has something received at or after from_ns. The reader is
 * borrowed. `cut` takes also what is whole of a tape that was cut, which is STATUS_TRUNCATED
 * without. STATUS_DATA_INVALID: a tape of bars. STATUS_NO_MEMORY. The caller closes *out, NULL on
 * failure. */
MUST_USE enum status tape_events_open(struct tape_reader *reader, const char *name, int64_t from_ns,
                                      bool cut, struct tape_events **out, struct problem *problem);
/* The next event in the decimals of the tape; STATUS_END (without a problem) behind the last.
 * STATUS_CORRUPT. */
MUST_USE enum status tape_events_next(struct tape_events *events, struct depth_event *out,
                                      struct problem *problem);
/* Messages so far whose last rows are not there: recording was cut within them. */
uint64_t tape_events_cut(const struct tape_events *events);
void tape_events_close(struct tape_events *events); /* NULL is nothing to do */

/* Reads a whole tape into memory, in the decimals of the source; statuses are those of
 * depth_data_read, and STATUS_TRUNCATED, STATUS_CORRUPT. */
MUST_USE enum status tape_events_read(const struct depth_source *source, enum depth_kind kind,
                                      struct depth_data *out, struct problem *problem);

#endif
