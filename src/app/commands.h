/* Where the demo's commands come from: a file that is read before the start, or lines that are
 * typed (or piped) while it runs. */
#ifndef TERN_APP_COMMANDS_H
#define TERN_APP_COMMANDS_H

#include "drive/live/demo.h"

/* Lines of a descriptor, read without ever waiting. */
struct typed {
    int descriptor;
    bool ended;
    size_t used;
    char buffer[4096];
};

/* Reads the whole file into *script, which the caller releases in any case. STATUS_NOT_FOUND,
 * STATUS_IO, STATUS_CONFIG_INVALID where it is too long. */
MUST_USE enum status commands_read_file(const char *path, struct text_buffer *script,
                                        struct problem *problem);
/* struct demo_lines of a struct typed: the next line that is whole, or the last one of all. A line
 * longer than the buffer comes in pieces. */
bool commands_next(void *context, char *line, size_t size);

#endif
