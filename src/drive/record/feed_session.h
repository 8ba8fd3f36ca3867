/* Recordings as a feed: tapes and CSV files of order books, quotes and trades, merged by the time
 * at which they were received; of one time in the order of the files. */
#ifndef TERN_DRIVE_RECORD_FEED_SESSION_H
#define TERN_DRIVE_RECORD_FEED_SESSION_H

#include "base/text.h"
#include "world/port/feed_port.h"

#define FEED_SESSION_FILES_MAX 16u

/* `files` are paths with commas between them, one a kind and instrument. A tape says its
 * instrument; of another file it is what stands in its name before the first `.`, in capitals.
 * STATUS_USAGE, and as recording_open; the caller closes *out, NULL on failure. */
MUST_USE enum status feed_session_open(const char *files, struct feed **out,
                                       struct problem *problem);

#endif
