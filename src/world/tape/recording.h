/* A recording of an order book, quotes or trades, in whichever file it is: a tape, or the CSV that
 * depth.h reads.
 *
 *     recording_open ─► recording_next … STATUS_END ─► recording_close */
#ifndef TERN_WORLD_TAPE_RECORDING_H
#define TERN_WORLD_TAPE_RECORDING_H

#include "world/tape/tape_events.h"

struct recording {
    const char *path; /* borrowed */
    enum depth_kind kind;
    unsigned price_decimals, quantity_decimals;
    char instrument[TAPE_INSTRUMENT_SIZE]; /* of a tape; else "" */
    bool is_tape;
    bool complete;              /* of a tape: it has its end */
    uint64_t size_lost;         /* of a tape: bytes behind its last whole block */
    struct hash128 told;        /* of a tape: the content hash at its end; zero: none */
    struct tape_reader *reader; /* internal, like all below */
    struct tape_events *events;
    struct depth_reader *rows;
};

/* Whether the file is a tape that is not of bars, or has the columns of a recording. */
bool recording_is(const char *path);
/* In the least decimals that hold all of a CSV, and in those of a tape. A tape that was cut is read
 * as far as it is whole. `faults` may be NULL (depth.h) and is of a CSV. The caller closes the
 * recording, also after a failure. */
MUST_USE enum status recording_open(struct recording *recording, const char *path,
                                    const struct depth_faults *faults, struct problem *problem);
MUST_USE enum status recording_next(struct recording *recording, struct depth_event *out,
                                    struct problem *problem);
/* The line behind the last event, 0 of a tape. */
uint64_t recording_line(const struct recording *recording);
void recording_close(struct recording *recording);

/* Reads all of it, as depth_data_read and tape_events_read do. */
MUST_USE enum status recording_read(const struct depth_source *source, enum depth_kind kind,
                                    struct depth_data *out, struct problem *problem);
/* Of what kind it is; as depth_reader_open and tape_reader_open. */
MUST_USE enum status recording_kind(const struct depth_source *source, enum depth_kind *out,
                                    struct problem *problem);

#endif
