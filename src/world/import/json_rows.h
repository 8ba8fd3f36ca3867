/* JSON arrays of rows read as CSV. */
#ifndef TERN_WORLD_IMPORT_JSON_ROWS_H
#define TERN_WORLD_IMPORT_JSON_ROWS_H

#include "world/import/byte_source.h"

/* The content of `inner`: where it begins with `[` (behind white space), an array of arrays of
 * numbers, as one line of CSV without a header a row; any other content as it is. Anything else in
 * the array, and an array that is cut off, is STATUS_DATA_INVALID. Owns `inner` from here on: it is
 * closed with *out, or at once on failure. */
MUST_USE enum status byte_source_open_rows(struct byte_source *inner, struct byte_source **out,
                                           struct problem *problem);

#endif
