/* The bytes of one member: its local header judged, stored or deflated, CRC and size checked. */
#include "world/import/zip_parts.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FLAG_ENCRYPTED 1u
#define METHOD_STORED 0u
#define METHOD_DEFLATED 8u

struct member_source {
    struct byte_source base;
    struct zip_archive *archive; /* borrowed */
    uint64_t at, packed_left;    /* of the packed bytes */
    uint64_t left;               /* unpacked bytes that are still due */
    uint32_t crc, crc_expected;
    bool deflated;
    bool has_stream; /* the stream below is initialised */
    bool ended;      /* all bytes came and were checked */
    z_stream stream;
    unsigned char *input; /* owned; BYTE_SOURCE_BLOCK_SIZE bytes */
};

static enum status damaged(const struct member_source *self, struct problem *problem,
                           const char *found)
{
    problem_set(problem, STATUS_DATA_INVALID, self->base.name, "%s", found);
    problem_allowed(problem, "whole zip data");
    problem_next(problem, "fetch or pack the archive again; unzip -t tests it");
    return STATUS_DATA_INVALID;
}

/* Both the size and the CRC of the directory, before the reader sees the end. */
static enum status check_end(struct member_source *self, struct problem *problem)
{
    if (self->left > 0 || self->packed_left > 0 || self->stream.avail_in > 0)
        return damaged(self, problem, "the zip data have another size than the archive says");
    if (self->crc != self->crc_expected)
        return damaged(self, problem, "the zip data do not match their check sum");
    self->ended = true;
    return STATUS_OK;
}

static enum status take(struct member_source *self, const void *bytes, size_t size,
                        struct problem *problem)
{
    if (size > self->left)
        return damaged(self, problem, "the zip data unpack to more than the archive says");
    self->left -= size;
    self->crc = (uint32_t)crc32(self->crc, bytes, (unsigned)size);
    return STATUS_OK;
}

static enum status refill(struct member_source *self, struct problem *problem)
{
    size_t size = self->packed_left < BYTE_SOURCE_BLOCK_SIZE ? (size_t)self->packed_left
                                                             : BYTE_SOURCE_BLOCK_SIZE;
    enum status status = zip_read_at(self->archive, self->at, self->input, size, problem);
    self->at += size;
    self->packed_left -= size;
    self->stream.next_in = self->input;
    self->stream.avail_in = (unsigned)size;
    return status;
}

static enum status inflate_some(struct member_source *self, void *out, unsigned room,
                                size_t *out_size, struct problem *problem)
{
    z_stream *stream = &self->stream;
    while (*out_size == 0 && !self->ended) {
        if (stream->avail_in == 0 && self->packed_left > 0) {
            enum status status = refill(self, problem);
            if (status != STATUS_OK)
                return status;
        }
        stream->next_out = out;
        stream->avail_out = room;
        int result = inflate(stream, Z_NO_FLUSH);
        *out_size = room - stream->avail_out;
        if (result == Z_MEM_ERROR)
            return problem_set(problem, STATUS_NO_MEMORY, self->base.name,
                               "no memory for unpacking");
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return damaged(self, problem, "the zip data are damaged");
        if (result != Z_STREAM_END && *out_size == 0 && stream->avail_in == 0 &&
            self->packed_left == 0)
            return damaged(self, problem, "the zip data end too early");
        enum status status = take(self, out, *out_size, problem);
        if (status == STATUS_OK && result == Z_STREAM_END)
            status = check_end(self, problem);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status member_read(struct byte_source *source, void *out, size_t size, size_t *out_size,
                               struct problem *problem)
{
    struct member_source *self = (struct member_source *)source;
    *out_size = 0;
    if (self->ended)
        return STATUS_OK;
    unsigned room = (unsigned)(size < BYTE_SOURCE_BLOCK_SIZE ? size : BYTE_SOURCE_BLOCK_SIZE);
    if (self->deflated)
        return inflate_some(self, out, room, out_size, problem);
    if (room > self->packed_left)
        room = (unsigned)self->packed_left;
    enum status status = zip_read_at(self->archive, self->at, out, room, problem);
    if (status != STATUS_OK)
        return status;
    self->at += room;
    self->packed_left -= room;
    *out_size = room;
    status = take(self, out, room, problem);
    return status == STATUS_OK && self->packed_left == 0 ? check_end(self, problem) : status;
}

static void member_close(struct byte_source *source)
{
    struct member_source *self = (struct member_source *)source;
    if (self->has_stream)
        inflateEnd(&self->stream);
    free(self->input);
    free(self);
}

static const struct byte_source_class member_class = {"zip member", member_read, member_close};

/* ---- opening --------------------------------------------------------------------------------- */

static const char *method_name(unsigned method)
{
    static const struct {
        unsigned method;
        const char *name;
    } names[] = {{9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"}, {93, "zstd"},
                 {95, "xz"},       {98, "PPMd"},  {99, "AES"}};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (names[i].method == method)
            return names[i].name;
    return "an unknown packing";
}

static enum status judge_member(const struct zip_member *member, const char *name,
                                struct problem *problem)
{
    if ((member->flags & FLAG_ENCRYPTED) != 0 || member->method == 99) {
        problem_set(problem, STATUS_DATA_INVALID, name, "the member is encrypted");
        problem_allowed(problem, "members without a password");
        problem_next(problem, "unpack it first: unzip -P");
        return STATUS_DATA_INVALID;
    }
    if (member->method != METHOD_STORED && member->method != METHOD_DEFLATED) {
        problem_set(problem, STATUS_DATA_INVALID, name, "the member is packed with %s (%u)",
                    method_name(member->method), member->method);
        problem_allowed(problem, "stored or deflated members");
        problem_next(problem, "unpack it first: unzip or 7z x");
        return STATUS_DATA_INVALID;
    }
    if (member->size > ZIP_BOMB_SIZE && member->size / ZIP_RATIO_MAX > member->packed_size) {
        problem_set(problem, STATUS_DATA_INVALID, name, "%llu bytes would unpack to %llu",
                    (unsigned long long)member->packed_size, (unsigned long long)member->size);
        problem_allowed(problem, "at most %u times as much", ZIP_RATIO_MAX);
        problem_next(problem, "unpack it first, if it is what it says");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

/* Where the packed bytes begin; the local header must be that of the member. */
static enum status judge_local(struct zip_archive *archive, const struct zip_member *member,
                               uint64_t *data, struct problem *problem)
{
    unsigned char local[ZIP_LOCAL_SIZE];
    enum status status = zip_read_at(archive, member->offset, local, sizeof local, problem);
    if (status != STATUS_OK)
        return status;
    if (memcmp(local, "PK\003\004", 4) != 0 || zip_u16(local + 26) != member->name_size ||
        zip_u16(local + 8) != member->method ||
        (zip_u16(local + 6) & FLAG_ENCRYPTED) != (member->flags & FLAG_ENCRYPTED))
        return zip_damaged(archive, problem, "a member's header differs from the directory");
    *data = member->offset + ZIP_LOCAL_SIZE + member->name_size + zip_u16(local + 28);
    if (*data > archive->directory || member->packed_size > archive->directory - *data)
        return zip_damaged(archive, problem, "members of the archive overlap");
    return STATUS_OK;
}

enum status zip_archive_read(struct zip_archive *archive, size_t index, const char *name,
                             struct byte_source **out, struct problem *problem)
{
    *out = NULL;
    const struct zip_member *member = zip_archive_member(archive, index);
    uint64_t data = 0;
    enum status status = judge_member(member, name, problem);
    if (status == STATUS_OK)
        status = judge_local(archive, member, &data, problem);
    if (status != STATUS_OK)
        return status;
    struct member_source *self = calloc(1, sizeof *self);
    if (self == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for reading");
    *self = (struct member_source){
        .base = {&member_class, name},
        .archive = archive,
        .at = data,
        .packed_left = member->packed_size,
        .left = member->size,
        .crc = (uint32_t)crc32(0, NULL, 0),
        .crc_expected = member->crc,
        .deflated = member->method == METHOD_DEFLATED,
        .input = malloc(BYTE_SOURCE_BLOCK_SIZE),
    };
    if (self->input == NULL || (self->deflated && inflateInit2(&self->stream, -15) != Z_OK)) {
        member_close(&self->base);
        return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for unpacking");
    }
    self->has_stream = self->deflated;
    *out = &self->base;
    return STATUS_OK;
}
