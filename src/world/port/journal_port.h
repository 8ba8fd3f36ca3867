/* Where a run's journal is written and read: one file a run. */
#ifndef TERN_WORLD_PORT_JOURNAL_PORT_H
#define TERN_WORLD_PORT_JOURNAL_PORT_H

#include "base/problem.h"
#include "world/port/journal_sink.h"

struct journal_handle; /* one file being written */

struct journal_port {
    /* Creates the file and writes its first records: session, configuration and data, as text. */
    enum status (*create)(const char *path, struct text session, struct text config,
                          struct text data, struct journal_handle **out, struct problem *problem);
    const struct journal_sink *(*sink)(struct journal_handle *handle);
    /* Flushes, syncs, closes; the handle is gone in any case. */
    enum status (*close)(struct journal_handle *handle, struct problem *problem);
    /* Gives the file up. */
    void (*abort)(struct journal_handle *handle);
};

#endif
