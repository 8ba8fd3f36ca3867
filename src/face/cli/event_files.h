/* Recordings of order books, quotes and trades as the data commands name them: tapes, or CSV files
 * that depth.h reads. Internal to face/cli. */
#ifndef TERN_FACE_CLI_EVENT_FILES_H
#define TERN_FACE_CLI_EVENT_FILES_H

#include "face/cli/catalogue.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"
#include "world/tape/recording.h"

/* What an import of one file has done. */
struct event_import {
    char path[CATALOGUE_PATH_SIZE]; /* of the tape */
    bool is_tape;                   /* the source is a tape itself */
    bool written;                   /* false: a tape with this content was there */
    enum depth_kind kind;
    uint64_t rows, left_out; /* left out: known to a snapshot, told twice, or a message cut off */
    int64_t from_ns, to_ns;
    struct hash128 content_hash;
};

/* Makes a tape of a recording in `directory`, whole or not at all; a tape there with the same
 * content stays as it is. `done` and `total` are for the progress. */
MUST_USE enum status event_file_import(struct cli *cli, const char *file, const char *directory,
                                       struct progress *progress, unsigned done, unsigned total,
                                       struct event_import *out);
/* Prints it as CSV that imports to the same content, or with --ndjson an object a line. */
MUST_USE enum status event_file_export(struct cli *cli, const char *file);
/* Rows of what is wrong, in the columns of `data verify`, or with --json an object; adds to *errors
 * what makes it unusable. */
MUST_USE enum status event_file_verify(struct cli *cli, const char *file, struct table *table,
                                       struct json_writer *json, uint64_t *errors);

#endif
