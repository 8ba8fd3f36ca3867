/* Zip archives made by hand, byte by byte as APPNOTE 6.3.10 draws them, with every fault one may
 * want. */
#ifndef TERN_TESTS_UNIT_WORLD_ZIP_MAKE_H
#define TERN_TESTS_UNIT_WORLD_ZIP_MAKE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ZIP_MAKE_MEMBERS_MAX 64

struct zip_make_member {
    const char *name;
    const void *data;
    size_t size;
    bool stored; /* else deflated */
    bool zip64;  /* its sizes and place stand in the extra field */
    bool behind; /* sizes and CRC of the local header are 0 and stand behind the data */
    /* What is told in place of the truth, where it is not 0. */
    uint16_t flags, method;
    uint32_t crc, size_told;
    uint32_t packed_told;
    const char *local_name; /* of the same length */
    uint64_t offset_told;
};

struct zip_made {
    unsigned char *data;
    size_t size, directory, end;
    size_t offsets[ZIP_MAKE_MEMBERS_MAX]; /* of the local headers */
};

static inline void zip_put(struct zip_made *made, const void *bytes, size_t size)
{
    unsigned char *data = realloc(made->data, made->size + size + 1);
    if (data == NULL)
        abort();
    made->data = data;
    if (size > 0)
        memcpy(data + made->size, bytes, size);
    made->size += size;
}

static inline void zip_put_number(struct zip_made *made, uint64_t value, unsigned size)
{
    unsigned char bytes[8];
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    zip_put(made, bytes, size);
}

static inline unsigned char *zip_deflate(const void *data, size_t size, size_t *out_size)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t bound = deflateBound(&stream, size) + 16;
    unsigned char *out = malloc(bound);
    if (out == NULL)
        abort();
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = out;
    stream.avail_out = (unsigned)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    *out_size = stream.total_out;
    deflateEnd(&stream);
    return out;
}

struct zip_numbers {
    uint32_t crc;
    uint64_t size, packed;
    uint16_t flags, method;
};

static inline struct zip_numbers zip_make_local(struct zip_made *made,
                                                const struct zip_make_member *member)
{
    struct zip_numbers numbers = {
        .crc = (uint32_t)crc32(0, member->data, (unsigned)member->size),
        .size = member->size,
        .flags = (uint16_t)(member->flags | (member->behind ? 8u : 0u)),
        .method = member->method != 0 ? member->method : member->stored ? 0 : 8,
    };
    size_t packed_size = member->size;
    unsigned char *packed = NULL;
    if (!member->stored)
        packed = zip_deflate(member->data, member->size, &packed_size);
    numbers.packed = packed_size;
    const char *name = member->local_name != NULL ? member->local_name : member->name;
    zip_put(made, "PK\003\004", 4);
    zip_put_number(made, member->zip64 ? 45 : 20, 2);
    zip_put_number(made, numbers.flags, 2);
    zip_put_number(made, numbers.method, 2);
    zip_put_number(made, 0, 4); /* time and date */
    zip_put_number(made, member->behind ? 0 : numbers.crc, 4);
    zip_put_number(made, member->behind ? 0 : numbers.packed, 4);
    zip_put_number(made, member->behind ? 0 : numbers.size, 4);
    zip_put_number(made, strlen(name), 2);
    zip_put_number(made, 0, 2);
    zip_put(made, name, strlen(name));
    zip_put(made, packed != NULL ? packed : member->data, packed_size);
    if (member->behind) {
        zip_put(made, "PK\007\010", 4);
        zip_put_number(made, numbers.crc, 4);
        zip_put_number(made, numbers.packed, 4);
        zip_put_number(made, numbers.size, 4);
    }
    free(packed);
    return numbers;
}

static inline void zip_make_central(struct zip_made *made, const struct zip_make_member *member,
                                    const struct zip_numbers *numbers, uint64_t offset)
{
    uint64_t size = member->size_told != 0 ? member->size_told : numbers->size;
    uint64_t packed = member->packed_told != 0 ? member->packed_told : numbers->packed;
    if (member->offset_told != 0)
        offset = member->offset_told;
    zip_put(made, "PK\001\002", 4);
    zip_put_number(made, 20, 2);
    zip_put_number(made, member->zip64 ? 45 : 20, 2);
    zip_put_number(made, numbers->flags, 2);
    zip_put_number(made, numbers->method, 2);
    zip_put_number(made, 0, 4);
    zip_put_number(made, member->crc != 0 ? member->crc : numbers->crc, 4);
    zip_put_number(made, member->zip64 ? 0xffffffff : packed, 4);
    zip_put_number(made, member->zip64 ? 0xffffffff : size, 4);
    zip_put_number(made, strlen(member->name), 2);
    zip_put_number(made, member->zip64 ? 4 + 5 + 4 + 24 : 0, 2);
    zip_put_number(made, 0, 2); /* comment */
    zip_put_number(made, 0, 2); /* disk */
    zip_put_number(made, 0, 6);
    zip_put_number(made, member->zip64 ? 0xffffffff : offset, 4);
    zip_put(made, member->name, strlen(member->name));
    if (!member->zip64)
        return;
    zip_put(made, "\x55\x54\x05\x00HELLO", 9); /* another extra field before */
    zip_put_number(made, 1, 2);
    zip_put_number(made, 24, 2);
    zip_put_number(made, size, 8);
    zip_put_number(made, packed, 8);
    zip_put_number(made, offset, 8);
}

/* `zip64`: the end is told in the large form as well. The caller frees data. */
static inline struct zip_made zip_make(const struct zip_make_member *members, size_t count,
                                       bool zip64, const char *comment)
{
    struct zip_made made = {0};
    struct zip_numbers numbers[ZIP_MAKE_MEMBERS_MAX];
    if (count > ZIP_MAKE_MEMBERS_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        made.offsets[i] = made.size;
        numbers[i] = zip_make_local(&made, &members[i]);
    }
    made.directory = made.size;
    for (size_t i = 0; i < count; i++)
        zip_make_central(&made, &members[i], &numbers[i], made.offsets[i]);
    size_t size = made.size - made.directory, end64 = made.size;
    if (zip64) {
        zip_put(&made, "PK\006\006", 4);
        zip_put_number(&made, 44, 8);
        zip_put_number(&made, 45, 2);
        zip_put_number(&made, 45, 2);
        zip_put_number(&made, 0, 8);
        zip_put_number(&made, count, 8);
        zip_put_number(&made, count, 8);
        zip_put_number(&made, size, 8);
        zip_put_number(&made, made.directory, 8);
        zip_put(&made, "PK\006\007", 4);
        zip_put_number(&made, 0, 4);
        zip_put_number(&made, end64, 8);
        zip_put_number(&made, 1, 4);
    }
    made.end = made.size;
    zip_put(&made, "PK\005\006", 4);
    zip_put_number(&made, 0, 4);
    zip_put_number(&made, zip64 ? 0xffff : count, 2);
    zip_put_number(&made, zip64 ? 0xffff : count, 2);
    zip_put_number(&made, zip64 ? 0xffffffff : size, 4);
    zip_put_number(&made, zip64 ? 0xffffffff : made.directory, 4);
    zip_put_number(&made, strlen(comment), 2);
    zip_put(&made, comment, strlen(comment));
    return made;
}

#endif
