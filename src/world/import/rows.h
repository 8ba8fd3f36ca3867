/* The rows of a file of bars, whatever it is packed in and however it is written:
 *
 *     file or folder ──► parts ──► unpacked ──► JSON to CSV ──► fields ──► which column is which
 *
 *     struct row_reader *rows;
 *     row_reader_open(&source, &rows, &problem);
 *     while ((status = row_reader_next(rows, &problem)) == STATUS_OK)
 *         row_reader_time(rows, &time_ns); row_field(rows, COLUMN_OPEN) …
 *     row_reader_close(rows);
 *
 * A part is a file, a member of a zip archive, or each of these in a folder, in the order of their
 * names. All parts have rows of the same kind; each may begin with a header of its own. */
#ifndef TERN_WORLD_IMPORT_ROWS_H
#define TERN_WORLD_IMPORT_ROWS_H

#include "world/import/bars.h"
#include "world/import/columns.h"

struct row_reader {
    const struct bar_source *source; /* borrowed */
    struct csv_reader csv;           /* of the part that is open: fields of the row */
    struct column_layout layout;     /* of that part */
    enum bar_form form;              /* of the first part */
    uint64_t part;                   /* number of the part, from 1 */
    unsigned price_scale;    /* prices are to be taken as 10^-price_scale of what they say */
    bool plain_time;         /* the time column is read without zone and day */
    struct row_parts *parts; /* owned: what is to be read, rows.c */
};

/* STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY, STATUS_DATA_INVALID (packing, archive, no parts),
 * STATUS_USAGE (source->columns). The caller closes *out, NULL on failure. */
MUST_USE enum status row_reader_open(const struct bar_source *source, struct row_reader **out,
                                     struct problem *problem);
/* The same of bytes that are already decoded, which stay the caller's. */
MUST_USE enum status row_reader_open_bytes(const struct bar_source *source,
                                           struct byte_source *bytes, struct row_reader **out,
                                           struct problem *problem);
/* The next row, its fields in rows->csv; their number is not judged. STATUS_END (without a problem)
 * behind the last one. A part without any row is STATUS_DATA_INVALID. */
MUST_USE enum status row_reader_next(struct row_reader *rows, struct problem *problem);
/* The name of the part that is open, for messages: `a.zip:b.csv`. */
const char *row_reader_place(const struct row_reader *rows);
void row_reader_close(struct row_reader *rows);

static inline struct text row_field(const struct row_reader *rows, enum column column)
{
    return rows->csv.fields[rows->layout.index[column]];
}

/* The time of the row in UTC: the form, the day of the part and the zone applied; `after_ns` is the
 * row before, INT64_MIN where there is none. false where it is none. */
MUST_USE bool row_time_slow(const struct row_reader *rows, int64_t after_ns, int64_t *out_ns);

static inline bool row_time(const struct row_reader *rows, int64_t after_ns, int64_t *out_ns)
{
    if (LIKELY(rows->plain_time))
        return column_time_read(row_field(rows, COLUMN_TIME), rows->layout.time_form, out_ns);
    return row_time_slow(rows, after_ns, out_ns);
}

/* LEAN leaves the prices of a side empty that had no quote in the bar: such a row is no bar. */
bool row_is_one_sided(const struct row_reader *rows);

/* ---- looking into a file --------------------------------------------------------------------- */

#define ROW_PEEK_ROWS 5u
#define ROW_PEEK_FIELDS 16u
#define ROW_PEEK_TEXT 32u

/* The first rows as they stand there, for a question. */
struct row_peek {
    size_t rows, fields; /* of the first row, at most ROW_PEEK_FIELDS */
    char text[ROW_PEEK_ROWS][ROW_PEEK_FIELDS][ROW_PEEK_TEXT];
};

/* Failures as of row_reader_open and row_reader_next, but for what the columns mean. */
MUST_USE enum status row_peek_read(const struct bar_source *source, struct row_peek *out,
                                   struct problem *problem);

#endif
