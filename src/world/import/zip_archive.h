/* Zip archives: what lies in them, and the bytes of one member as a stream (APPNOTE 6.3.10).
 *
 *     local header │ packed bytes │ local header │ packed bytes │ … │ directory │ end of directory
 *
 * The directory at the end is what counts; a local header must say the same. Stored and deflated
 * members are read, also where sizes need zip64. zlib unpacks; everything around it is read here,
 * each number against the size of the file before it is used:
 *
 *   1. no two members share bytes, none reaches into the directory (so an archive cannot unpack to
 *      more than its bytes can hold);
 *   2. a member gives exactly the bytes that the directory announces, with their CRC, or it is an
 *      error; the reader sees the end only after both were checked;
 *   3. one that would unpack to more than ZIP_RATIO_MAX times its size and ZIP_BOMB_SIZE is
 *      refused, and so are encrypted members, other packings, archives in several files;
 *   4. names are for messages and for choosing: nothing is ever written by them. */
#ifndef TERN_WORLD_IMPORT_ZIP_ARCHIVE_H
#define TERN_WORLD_IMPORT_ZIP_ARCHIVE_H

#include "base/text.h"
#include "world/import/byte_source.h"

#define ZIP_MEMBERS_MAX 262144u
#define ZIP_DIRECTORY_SIZE_MAX ((uint64_t)64 << 20)
#define ZIP_NAME_SIZE_MAX 1024u
#define ZIP_RATIO_MAX 200u /* rows of bars pack to a tenth, never to a two-hundredth */
#define ZIP_BOMB_SIZE ((uint64_t)256 << 20)

struct zip_member {
    char *name;       /* owned by the archive; control characters made `?` */
    size_t name_size; /* as it stands in the file */
    uint64_t size, packed_size, offset;
    uint32_t crc;
    uint16_t method, flags;
    bool folder;
};

struct zip_archive;

/* Whether bytes from the beginning of a file are those of a zip archive. */
bool zip_begins(const void *bytes, size_t size);

/* Reads the directory. STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY, STATUS_DATA_INVALID with what
 * is wrong. The caller closes *out, NULL on failure. */
MUST_USE enum status zip_archive_open(const char *path, struct zip_archive **out,
                                      struct problem *problem);
/* The same of bytes in memory, borrowed with `name`. */
MUST_USE enum status zip_archive_open_memory(const char *name, const void *data, size_t size,
                                             struct zip_archive **out, struct problem *problem);
/* In the order of their names, bytewise. */
size_t zip_archive_count(const struct zip_archive *archive);
const struct zip_member *zip_archive_member(const struct zip_archive *archive, size_t index);
/* The unpacked bytes of a member, named `name` (borrowed) in messages. The archive must outlive the
 * source, and one source of an archive is read at a time from one thread. */
MUST_USE enum status zip_archive_read(struct zip_archive *archive, size_t index, const char *name,
                                      struct byte_source **out, struct problem *problem);
/* NULL is nothing to do. */
void zip_archive_close(struct zip_archive *archive);

#endif
