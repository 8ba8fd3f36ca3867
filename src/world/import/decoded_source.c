/* The plain content of another source: gzip unpacked, other text as it is (RFC 1952). */
#include "world/import/byte_source.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct decoded_source {
    struct byte_source base;
    struct byte_source *inner; /* owned */
    unsigned char *input;      /* owned; BYTE_SOURCE_BLOCK_SIZE bytes */
    size_t begin, end;         /* bytes of the input not used yet */
    uint64_t offset;           /* of input[end] in the inner source */
    bool inner_ended;
    bool packed;
    bool in_member;  /* inside a gzip member */
    bool has_stream; /* the stream below is initialised */
    z_stream stream;
};

/* Formats that a person may take for CSV, by their first bytes. */
static const struct magic {
    const char *bytes;
    size_t size;
    const char *name;
    const char *next;
} magics[] = {
    {"PK\003\004", 4, "a zip archive", "unpack it first: unzip"},
    {"PK\005\006", 4, "an empty zip archive", "name the CSV file itself"},
    {"\x28\xb5\x2f\xfd", 4, "zstd-packed data", "unpack it first: zstd -d"},
    {"BZh", 3, "bzip2-packed data", "unpack it first: bunzip2"},
    {"\xfd"
     "7zXZ",
     5, "xz-packed data", "unpack it first: unxz"},
    {"\x04\x22\x4d\x18", 4, "lz4-packed data", "unpack it first: lz4 -d"},
    {"7z\xbc\xaf", 4, "a 7z archive", "unpack it first: 7z x"},
    {"\x1f\x9d", 2, "compress-packed data", "unpack it first: gunzip"},
    {"ARROW1", 6, "a feather (Arrow) file", "write it out as CSV first"},
    {"PAR1", 4, "a parquet file", "write it out as CSV first"},
    {"\x89HDF", 4, "an HDF5 file", "write it out as CSV first"},
    {"SQLite format 3", 15, "an SQLite database", "write the table out as CSV first"},
    {"%PDF", 4, "a PDF document", "name a CSV file"},
    {"{\\rtf", 5, "an RTF document", "save it as plain text"},
};

static enum status damaged(const struct decoded_source *self, struct problem *problem,
                           const char *found)
{
    problem_set(problem, STATUS_DATA_INVALID, self->base.name, "%s, near packed byte %llu", found,
                (unsigned long long)(self->offset - (self->end - self->begin)));
    problem_allowed(problem, "whole gzip data");
    problem_next(problem, "fetch or pack the file again; gzip -t tests it");
    return STATUS_DATA_INVALID;
}

/* Takes the next block where the last one is used up. */
static enum status refill(struct decoded_source *self, struct problem *problem)
{
    if (self->begin < self->end || self->inner_ended)
        return STATUS_OK;
    size_t got = 0;
    enum status status = self->inner->class->read(self->inner, self->input, BYTE_SOURCE_BLOCK_SIZE,
                                                  &got, problem);
    if (status != STATUS_OK)
        return status;
    ASSERT(got <= BYTE_SOURCE_BLOCK_SIZE);
    self->begin = 0;
    self->end = got;
    self->offset += got;
    self->inner_ended = got == 0;
    return STATUS_OK;
}

/* Between two members: begins the next one where there is one. Zero bytes are padding that tape
 * tools leave behind the last one. */
static enum status begin_member(struct decoded_source *self, bool *ended, struct problem *problem)
{
    bool padded = false;
    for (;;) {
        enum status status = refill(self, problem);
        if (status != STATUS_OK)
            return status;
        if (self->inner_ended) {
            *ended = true;
            return STATUS_OK;
        }
        if (self->input[self->begin] != 0)
            break;
        padded = true;
        self->begin++;
    }
    if (padded || self->input[self->begin] != 0x1f)
        return damaged(self, problem, "bytes that are no gzip data follow the end of the data");
    if (inflateReset(&self->stream) != Z_OK)
        return problem_set(problem, STATUS_INTERNAL, self->base.name, "zlib cannot be reset");
    self->in_member = true;
    *ended = false;
    return STATUS_OK;
}

/* zlib tells a failed check at the end of a member from other damage by its message alone. */
static const char *data_fault(const char *message)
{
    bool of_end = message != NULL && (strstr(message, "data check") != NULL ||
                                      strstr(message, "length check") != NULL);
    return of_end ? "the gzip data do not match their check sum" : "the gzip data are damaged";
}

static enum status inflate_some(struct decoded_source *self, void *out, size_t size,
                                size_t *out_size, struct problem *problem)
{
    z_stream *stream = &self->stream;
    unsigned room = size > BYTE_SOURCE_BLOCK_SIZE ? (unsigned)BYTE_SOURCE_BLOCK_SIZE
                                                  : (unsigned)size;
    *out_size = 0;
    /* A block may unpack to nothing (a header alone), so this goes on until bytes come. */
    while (*out_size == 0) {
        bool ended = false;
        enum status status = self->in_member ? refill(self, problem)
                                             : begin_member(self, &ended, problem);
        if (status != STATUS_OK)
            return status;
        if (ended)
            return STATUS_OK;
        if (self->inner_ended)
            return damaged(self, problem, "the gzip data end too early");
        stream->next_in = self->input + self->begin;
        stream->avail_in = (unsigned)(self->end - self->begin);
        stream->next_out = out;
        stream->avail_out = room;
        int result = inflate(stream, Z_NO_FLUSH);
        self->begin = self->end - stream->avail_in;
        *out_size = room - stream->avail_out;
        if (result == Z_STREAM_END)
            self->in_member = false;
        else if (result == Z_DATA_ERROR)
            return damaged(self, problem, data_fault(stream->msg));
        else if (result == Z_MEM_ERROR)
            return problem_set(problem, STATUS_NO_MEMORY, self->base.name,
                               "no memory for unpacking");
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return damaged(self, problem, "the gzip data are damaged");
    }
    return STATUS_OK;
}

static enum status decoded_read(struct byte_source *source, void *out, size_t size,
                                size_t *out_size, struct problem *problem)
{
    struct decoded_source *self = (struct decoded_source *)source;
    if (self->packed)
        return inflate_some(self, out, size, out_size, problem);
    if (self->begin < self->end) {
        size_t got = self->end - self->begin < size ? self->end - self->begin : size;
        memcpy(out, self->input + self->begin, got);
        self->begin += got;
        *out_size = got;
        return STATUS_OK;
    }
    return self->inner->class->read(self->inner, out, size, out_size, problem);
}

static void decoded_close(struct byte_source *source)
{
    struct decoded_source *self = (struct decoded_source *)source;
    if (self->has_stream)
        inflateEnd(&self->stream);
    byte_source_close(self->inner);
    free(self->input);
    free(self);
}

static const struct byte_source_class decoded_class = {"decoded", decoded_read, decoded_close};

/* Takes the first block and decides by it. */
static enum status detect(struct decoded_source *self, struct problem *problem)
{
    enum status status = byte_source_fill(self->inner, self->input, BYTE_SOURCE_BLOCK_SIZE,
                                          &self->end, problem);
    if (status != STATUS_OK)
        return status;
    self->offset = self->end;
    for (size_t i = 0; i < ARRAY_COUNT(magics); i++) {
        if (self->end < magics[i].size || memcmp(self->input, magics[i].bytes, magics[i].size) != 0)
            continue;
        problem_set(problem, STATUS_DATA_INVALID, self->base.name, "found %s", magics[i].name);
        problem_allowed(problem, "CSV text, plain or gzipped");
        problem_next(problem, "%s", magics[i].next);
        return STATUS_DATA_INVALID;
    }
    /* One byte is enough to know it: no text begins with the control character 0x1f. */
    self->packed = self->end > 0 && self->input[0] == 0x1f;
    if (!self->packed)
        return STATUS_OK;
    self->in_member = true;
    if (inflateInit2(&self->stream, 15 + 16) != Z_OK)
        return problem_set(problem, STATUS_NO_MEMORY, self->base.name, "no memory for unpacking");
    self->has_stream = true;
    return STATUS_OK;
}

enum status byte_source_open_decoded(struct byte_source *inner, struct byte_source **out,
                                     struct problem *problem)
{
    *out = NULL;
    struct decoded_source *self = calloc(1, sizeof *self);
    unsigned char *input = malloc(BYTE_SOURCE_BLOCK_SIZE);
    if (self == NULL || input == NULL) {
        problem_set(problem, STATUS_NO_MEMORY, inner->name, "no memory for reading");
        free(self);
        free(input);
        byte_source_close(inner);
        return STATUS_NO_MEMORY;
    }
    self->base = (struct byte_source){&decoded_class, inner->name};
    self->inner = inner;
    self->input = input;
    enum status status = detect(self, problem);
    if (status != STATUS_OK) {
        decoded_close(&self->base);
        return status;
    }
    *out = &self->base;
    return STATUS_OK;
}
