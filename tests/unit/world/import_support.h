/* What the tests of world/import share: sources that fail, gzip in memory, reading a text as
 * bars. */
#ifndef TERN_TESTS_IMPORT_SUPPORT_H
#define TERN_TESTS_IMPORT_SUPPORT_H

#include "world/import/bars.h"
#include "world/import/byte_source.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define HOUR_NS (3600 * NANOSECONDS_PER_SECOND)
#define MINUTE_NS (60 * NANOSECONDS_PER_SECOND)

/* ---- a source between two others that gives small pieces or fails ---- */

struct fault_source {
    struct byte_source base;
    struct byte_source *inner; /* owned */
    size_t piece_max;          /* at most so many bytes a read; 0 = as asked */
    unsigned long fail_at;     /* the read, from 1, that fails; 0 = none */
    unsigned long *read_count; /* of the test; counts up */
};

static inline enum status fault_read(struct byte_source *self, void *out, size_t size,
                                     size_t *out_size, struct problem *problem)
{
    struct fault_source *fault = (struct fault_source *)self;
    if (++*fault->read_count == fault->fail_at)
        return problem_set(problem, STATUS_IO, self->name, "read %lu fails", fault->fail_at);
    if (fault->piece_max > 0 && size > fault->piece_max)
        size = fault->piece_max;
    return fault->inner->class->read(fault->inner, out, size, out_size, problem);
}

static inline void fault_close(struct byte_source *self)
{
    byte_source_close(((struct fault_source *)self)->inner);
    free(self);
}

static const struct byte_source_class fault_class = {"fault", fault_read, fault_close};

static inline struct byte_source *fault_source_new(struct byte_source *inner, size_t piece_max,
                                                   unsigned long fail_at, unsigned long *read_count)
{
    struct fault_source *fault = malloc(sizeof *fault);
    if (fault == NULL)
        abort();
    *fault = (struct fault_source){
        {&fault_class, inner->name}, inner, piece_max, fail_at, read_count};
    return &fault->base;
}

/* ---- bytes ---- */

struct blob {
    unsigned char *data; /* owned; of exactly this size, so that a sanitizer sees its end */
    size_t size;
};

static inline struct blob blob_of(const void *data, size_t size)
{
    struct blob blob = {malloc(size > 0 ? size : 1), size};
    if (blob.data == NULL)
        abort();
    if (size > 0)
        memcpy(blob.data, data, size);
    return blob;
}

/* Owns and frees both parts. */
static inline struct blob blob_join(struct blob first, struct blob second)
{
    struct blob blob = {malloc(first.size + second.size + 1), first.size + second.size};
    if (blob.data == NULL)
        abort();
    memcpy(blob.data, first.data, first.size);
    memcpy(blob.data + first.size, second.data, second.size);
    free(first.data);
    free(second.data);
    return blob;
}

static inline struct blob blob_gzip(const void *data, size_t size, int level)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t bound = deflateBound(&stream, size);
    unsigned char *out = malloc(bound);
    if (out == NULL)
        abort();
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = out;
    stream.avail_out = (unsigned)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    struct blob blob = blob_of(out, stream.total_out);
    free(out);
    deflateEnd(&stream);
    return blob;
}

/* ---- bars of bytes, through the decoder ---- */

static inline enum status read_blob(const struct bar_source *source, struct blob blob,
                                    size_t piece_max, struct bar_series *out,
                                    struct problem *problem)
{
    struct byte_source *bytes = NULL;
    unsigned long reads = 0;
    problem_init(problem);
    *out = (struct bar_series){0};
    enum status status = byte_source_open_memory(source->path, blob.data, blob.size, &bytes,
                                                 problem);
    if (status != STATUS_OK)
        return status;
    bytes = fault_source_new(bytes, piece_max, 0, &reads);
    status = byte_source_open_decoded(bytes, &bytes, problem);
    if (status == STATUS_OK)
        status = bar_series_read_bytes(source, bytes, out, problem);
    byte_source_close(bytes);
    return status;
}

static inline enum status read_text(const struct bar_source *source, const char *text,
                                    struct bar_series *out, struct problem *problem)
{
    struct blob blob = blob_of(text, strlen(text));
    enum status status = read_blob(source, blob, 0, out, problem);
    free(blob.data);
    return status;
}

#endif
