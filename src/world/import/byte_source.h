/* A stream of bytes from somewhere: a file, memory, or the plain content of another stream.
 *
 *     file  ──►  decoded (gzip by its first bytes, else as it is)  ──►  csv.h  ──►  bars.h
 *
 * Each source is a const struct of functions; the object embeds a struct byte_source first. Sources
 * stack to any depth, so a test puts one of its own in between that fails at the k-th read. */
#ifndef TERN_WORLD_IMPORT_BYTE_SOURCE_H
#define TERN_WORLD_IMPORT_BYTE_SOURCE_H

#include "base/problem.h"

/* What readers ask for at a time. */
#define BYTE_SOURCE_BLOCK_SIZE ((size_t)256 * 1024)

struct byte_source;

struct byte_source_class {
    const char *name;
    /* Writes at most `size` (> 0) bytes to `out` and their number to *out_size; fewer than asked is
     * no sign of the end, 0 is. On failure sets *problem and returns its status; the source may
     * then only be closed. */
    enum status (*read)(struct byte_source *self, void *out, size_t size, size_t *out_size,
                        struct problem *problem);
    /* Frees the source and the sources it owns. */
    void (*close)(struct byte_source *self);
};

struct byte_source {
    const struct byte_source_class *class;
    const char *name; /* for messages: the path of a file; lives as long as the source */
};

/* Reads until `out` is full or the source ends; *out_size tells how many bytes came. */
MUST_USE enum status byte_source_fill(struct byte_source *source, void *out, size_t size,
                                      size_t *out_size, struct problem *problem);
/* Closes and frees; NULL is nothing to do. */
void byte_source_close(struct byte_source *source);

/* The bytes of a regular file. STATUS_NOT_FOUND where there is none, STATUS_IO where it cannot be
 * opened or read, STATUS_DATA_INVALID for a directory, a pipe, a socket or a device. Opening never
 * waits for another process. The caller closes *out. */
MUST_USE enum status byte_source_open_file(const char *path, struct byte_source **out,
                                           struct problem *problem);

/* Bytes in memory, borrowed with `name` until the source is closed. The caller closes *out. */
MUST_USE enum status byte_source_open_memory(const char *name, const void *data, size_t size,
                                             struct byte_source **out, struct problem *problem);

/* The content of `inner`: where its first bytes are those of gzip, the unpacked bytes of all its
 * members one after the other, each checked against its CRC and length (zero bytes may follow the
 * last one, nothing else); any other content as it is. A gzip stream that ends early or does not
 * match its check sum is STATUS_DATA_INVALID. Other packed or binary formats known by their first
 * bytes (zip, zstd, bzip2, xz, feather, parquet ...) are refused by name.
 * Owns `inner` from here on: it is closed with *out, or at once on failure. */
MUST_USE enum status byte_source_open_decoded(struct byte_source *inner, struct byte_source **out,
                                              struct problem *problem);

#endif
