/* How far a long command is, on stderr: a line that is drawn over and over, on a terminal only and
 * only after half a second, and is gone at the end. It also looks whether someone wants to stop. */
#ifndef TERN_FACE_CLI_PROGRESS_H
#define TERN_FACE_CLI_PROGRESS_H

#include <signal.h>

#include "base/text.h"

#define PROGRESS_DELAY_NS (NANOSECONDS_PER_SECOND / 2)
#define PROGRESS_EVERY_NS (NANOSECONDS_PER_SECOND / 10)
#define PROGRESS_LINE_SIZE 256u

struct progress {
    bool enabled;
    int64_t start_ns;  /* of the whole, on the monotonic clock */
    int64_t stage_ns;  /* of this stage */
    int64_t drawn_ns;  /* 0: never */
    const char *stage; /* borrowed */
    unsigned width;    /* of the line on the screen now */
    bool interrupted;
    sigset_t signals, before;
};

/* From here to progress_end SIGINT, SIGTERM and SIGHUP do not end the process but make
 * progress_step say no. enabled: whether lines may be drawn at all. */
void progress_begin(struct progress *progress, bool enabled);
void progress_end(struct progress *progress);
/* Whether a line belongs on stderr: a terminal that can go back to the beginning of a line. */
bool progress_wanted(void);

/* `context` is the struct progress; the form of struct execute_request. */
bool progress_step(void *context, const char *stage, uint64_t done, uint64_t total);

/* The line itself: `run  [######------]  52 %  12.3 M/s  4 s left`, into out; returns its length.
 * elapsed_ns is that of the stage. */
size_t progress_line(char out[PROGRESS_LINE_SIZE], const char *stage, uint64_t done, uint64_t total,
                     int64_t elapsed_ns, unsigned width);

#endif
