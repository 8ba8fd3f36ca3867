/* Shared by zip_archive.c and zip_member.c. */
#ifndef TERN_WORLD_IMPORT_ZIP_PARTS_H
#define TERN_WORLD_IMPORT_ZIP_PARTS_H

#include "world/import/zip_archive.h"

#define ZIP_LOCAL_SIZE 30u /* local header, then name and extra fields */

struct zip_archive {
    const char *name;
    int descriptor;              /* -1: none */
    const unsigned char *memory; /* borrowed; NULL where it is a file */
    uint64_t size, directory;    /* of the archive; where its directory begins */
    struct zip_member *members;  /* owned */
    size_t count;
    char path[]; /* of a file: a copy, which is its name */
};

static inline uint16_t zip_u16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t zip_u32(const unsigned char *at)
{
    return (uint32_t)zip_u16(at) | (uint32_t)zip_u16(at + 2) << 16;
}

static inline uint64_t zip_u64(const unsigned char *at)
{
    return (uint64_t)zip_u32(at) | (uint64_t)zip_u32(at + 4) << 32;
}

/* Exactly `size` bytes from `offset`, or an error. */
MUST_USE enum status zip_read_at(struct zip_archive *archive, uint64_t offset, void *out,
                                 size_t size, struct problem *problem);
enum status zip_damaged(const struct zip_archive *archive, struct problem *problem,
                        const char *found);

#endif
