/* A feed into tapes while it runs: one tape an instrument and kind, in one folder.
 *
 *     recorder_open ─► recorder_run ─► recorder_finish
 *                                   └► recorder_abort     what is whole stays
 *
 * README.md says what holds of a recording whatever ends it. */
#ifndef TERN_DRIVE_RECORD_RECORDER_H
#define TERN_DRIVE_RECORD_RECORDER_H

#include "world/port/feed_port.h"
#include "world/tape/tape_events.h"

/* A row is in its file and on the disk after at most so long. */
#define RECORD_FLUSH_NS (5 * NANOSECONDS_PER_SECOND)
#define RECORD_SPEED_ONE 1000 /* speeds are thousandths */
#define RECORD_PATH_SIZE 4096u

/* The machine's clock, monotonic. wait returns at due_ns, or at once where that is past; false
 * where somebody wants the recording to stop. It also may tell how far it is. */
struct record_clock {
    void *context;
    int64_t (*now)(void *context);
    bool (*wait)(void *context, int64_t due_ns, uint64_t events, int64_t market_ns);
};

struct recorder_options {
    const char *directory; /* there already */
    uint32_t kinds;        /* bit 1 << enum depth_kind; 0: all that the feed has */
    int64_t duration_ns;   /* of the market; 0: until the feed ends or somebody stops it */
    int64_t speed;         /* of a feed that is not live: thousandths; 0: as fast as it goes */
};

struct recorded_tape {
    char path[RECORD_PATH_SIZE];
    uint32_t instrument;
    enum depth_kind kind;
    struct tape_events_writer *writer; /* owned; NULL: ended */
    struct tape_events_state there;    /* when the recording began */
    struct tape_events_state now;      /* when it ended */
    uint64_t skipped;                  /* events of a repeated feed that were there */
    struct tape_reader *reader;        /* of those; owned, NULL without them */
    struct tape_events *known;
};

struct recorder {
    struct feed *feed; /* borrowed */
    const struct record_clock *clock;
    struct recorder_options options;
    struct recorded_tape *tapes; /* owned */
    uint32_t tapes_count;
    uint64_t events;                    /* taken by this recording */
    uint64_t moved_up;                  /* times of receipt that went back */
    int64_t from_ns, to_ns;             /* of what was received; 0 before the first */
    int64_t flushed_ns;                 /* by the clock */
    int64_t paced_from_ns, paced_at_ns; /* where market and clock were when the pace began */
    bool stopped;                       /* somebody wanted it */
    struct problem *problem;
};

/* Makes or goes on with the tapes NAME-KIND.tape in the folder. STATUS_EXISTS where another process
 * records one of them, STATUS_DATA_INVALID where one is something else; and as tape_events_resume.
 * Nothing is to be released after a failure. Feed and clock are borrowed. */
MUST_USE enum status recorder_open(struct recorder *recorder, struct feed *feed,
                                   const struct record_clock *clock,
                                   const struct recorder_options *options, struct problem *problem);
/* Until the feed ends, the duration is over or the clock says so; all three are STATUS_OK. Else
 * what the feed or a tape said; of a disk that is full the problem tells what was kept. */
MUST_USE enum status recorder_run(struct recorder *recorder, struct problem *problem);
/* Ends every tape, and frees all but the array of tapes. */
MUST_USE enum status recorder_finish(struct recorder *recorder, struct problem *problem);
/* Leaves the tapes as they are, without an end. */
void recorder_abort(struct recorder *recorder);
void recorder_release(struct recorder *recorder);

#endif
