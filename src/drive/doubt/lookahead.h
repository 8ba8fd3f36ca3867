/* Does anything look ahead? The data are cut at some instants and read and run again from the files
 * on; up to the cut every frame of facts must be the same, byte for byte, as with the data that
 * come later.
 *
 *     all data       ──f──f───f──────f──f────f───f──
 *     until cut 1    ──f──f───f──|                      the same three frames, and no other
 *     until cut 2    ──f──f───f──────f──f──|
 *
 * A decision that knew something of what came behind the cut differs: it is not there, is another
 * one, or has another price. What it cannot see is a rule that was chosen by looking at the data,
 * and a fill at the very close it was decided on (`fill: this_close`), which no later data change.
 *
 * Cuts are drawn from the seed. On bars they lie where bars of every series end, and all that both
 * runs were told is compared; of a recorded session, whose inputs come at any time, all frames of
 * times before the cut. */
#ifndef TERN_DRIVE_DOUBT_LOOKAHEAD_H
#define TERN_DRIVE_DOUBT_LOOKAHEAD_H

#include "drive/doubt/variation.h"

#define LOOKAHEAD_CUTS_MAX 256u

struct lookahead_cut {
    int64_t time_ns;
    uint64_t frames; /* compared */
    bool same;
    int64_t differs_ns;   /* of the first frame that differs */
    uint64_t differs_seq; /* number of the input that caused it */
    const char *cause;    /* static text: CYCLE, VENUE_FILL, … */
    const char *how;      /* static text: what is different */
};

struct lookahead {
    struct lookahead_cut *cuts; /* owned, in order of time */
    uint32_t count;             /* 0: the data are too short to be cut */
    uint32_t differ;
    uint64_t frames; /* of the run with all data */
};

/* Bars are loaded anew for each cut by the workbench's port. Whatever loading or a back-test fails
 * with, and STATUS_INTERRUPTED. On success the caller releases *out. */
MUST_USE enum status lookahead_check(const struct workbench *bench, uint32_t cuts, uint64_t seed,
                                     const struct execute_request *progress, struct lookahead *out,
                                     struct problem *problem);
void lookahead_release(struct lookahead *lookahead);

#endif
