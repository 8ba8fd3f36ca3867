/* Where a journal's bytes go: a file, memory, or nowhere. The format is drawn in
 * world/store/journal.h. */
#ifndef TERN_WORLD_PORT_JOURNAL_SINK_H
#define TERN_WORLD_PORT_JOURNAL_SINK_H

#include "core/model/input.h"

/* Calls come from one thread, in order. A failure stops the run that writes. */
struct journal_sink {
    void *context;
    /* A durable input that is not a bar: before the frame it causes. */
    enum status (*input)(void *context, const struct input *input);
    /* A sealed frame. */
    enum status (*frame)(void *context, const uint8_t *data, uint32_t size);
};

#endif
