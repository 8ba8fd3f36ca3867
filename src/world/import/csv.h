/* Rows and fields of a CSV text, streamed in blocks; the text is never held as a whole.
 *
 * A row ends with LF or CRLF; the last one may end with the text. Empty lines are passed over. The
 * separator is the one found in the first row: comma, else tab, else semicolon. A field may stand
 * in double quotes, but quotes, separators and line ends inside a field are refused. A UTF-8 byte
 * order mark is passed over. UTF-16, NUL bytes and lines over CSV_LINE_SIZE_MAX are errors. */
#ifndef TERN_WORLD_IMPORT_CSV_H
#define TERN_WORLD_IMPORT_CSV_H

#include "base/text.h"
#include "world/import/byte_source.h"

#define CSV_LINE_SIZE_MAX 4096 /* bytes of a line without its end */
#define CSV_FIELDS_MAX 64
/* So many bytes behind each field may be read; what they hold is not said. */
#define CSV_FIELD_PADDING 16

struct csv_reader {
    struct byte_source *bytes; /* borrowed */
    unsigned char *buffer;     /* owned: unread text from `begin` to `end` */
    size_t begin, end;
    bool ended;         /* the source has no more */
    bool has_nul;       /* the buffer may hold a NUL byte */
    bool has_quote;     /* the same of double quotes */
    char separator;     /* 0 before the first row: found there */
    const char *unit;   /* what messages put before a line's number; NULL: nothing */
    uint64_t line;      /* number of the last line taken, from 1 */
    size_t field_count; /* of the last row */
    struct text fields[CSV_FIELDS_MAX]; /* of the last row; borrowed until the next call */
};

/* Borrows `bytes` until the release. */
MUST_USE enum status csv_reader_init(struct csv_reader *reader, struct byte_source *bytes,
                                     struct problem *problem);
/* Takes the next row into reader->fields; STATUS_END (without a problem) when there is none. */
MUST_USE enum status csv_reader_next(struct csv_reader *reader, struct problem *problem);
void csv_reader_release(struct csv_reader *reader);

/* Sets a problem of the last row: `name:line: column`, without the column where it is NULL, without
 * the line where it is 0. */
enum status csv_problem(const struct csv_reader *reader, struct problem *problem,
                        const char *column, const char *found_format, ...) PRINTF_LIKE(4, 5);

#endif
