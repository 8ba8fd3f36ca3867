/* JSON documents of bars read as CSV. */
#ifndef TERN_WORLD_IMPORT_JSON_ROWS_H
#define TERN_WORLD_IMPORT_JSON_ROWS_H

#include "world/import/byte_source.h"
#include "world/import/form.h"

/* Longer documents are refused; they are held in memory as a whole. */
#define JSON_ROWS_SIZE_MAX ((size_t)1 << 31)

struct json_shape {
    bool is_json;       /* else the source gives its bytes as they are */
    enum bar_form form; /* of the rows */
    bool has_header;    /* a first line with names, which no row of the document stands for */
};

/* The content of `inner`: where it begins with `[` or `{` (behind white space), the rows of the
 * first array in the document whose elements are arrays or objects, each as one line of CSV; any
 * other content as it is. Rows of numbers have a header only where the members around them tell
 * what they are (Kraken); rows with names have one. Numbers and texts pass as they are written.
 *
 * STATUS_DATA_INVALID: no JSON as RFC 8259 has it, cut off, too deep, no such array or more than
 * one, rows that hold arrays or objects, names that differ from row to row. Owns `inner` from here
 * on: it is closed with *out, or at once on failure. */
MUST_USE enum status byte_source_open_rows(struct byte_source *inner, struct byte_source **out,
                                           struct json_shape *shape, struct problem *problem);

#endif
