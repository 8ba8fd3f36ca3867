/* The directory of a zip archive; zip_member.c unpacks what it lists. */
#include "world/import/zip_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_SIZE 22u     /* end of directory: … comment size u16 at 20, the comment behind */
#define END64_SIZE 56u   /* the same of zip64 */
#define LOCATOR_SIZE 20u /* where that one is, right before the plain end */
#define CENTRAL_SIZE 46u /* one member, then name, extra fields, comment */
#define COMMENT_SIZE 65535u

bool zip_begins(const void *bytes, size_t size)
{
    return size >= 4 &&
           (memcmp(bytes, "PK\003\004", 4) == 0 || memcmp(bytes, "PK\005\006", 4) == 0);
}

enum status zip_damaged(const struct zip_archive *archive, struct problem *problem,
                        const char *found)
{
    problem_set(problem, STATUS_DATA_INVALID, archive->name, "%s", found);
    problem_allowed(problem, "a whole zip archive");
    problem_next(problem, "fetch or pack the file again; unzip -t tests it");
    return STATUS_DATA_INVALID;
}

enum status zip_read_at(struct zip_archive *archive, uint64_t offset, void *out, size_t size,
                        struct problem *problem)
{
    if (offset > archive->size || size > archive->size - offset)
        return zip_damaged(archive, problem, "the archive ends too early");
    if (archive->memory != NULL) {
        memcpy(out, archive->memory + offset, size);
        return STATUS_OK;
    }
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(archive->descriptor, (unsigned char *)out + done, size - done,
                            (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem_set(problem, STATUS_IO, archive->name, "reading failed: %s",
                               strerror(errno));
        if (got == 0)
            return zip_damaged(archive, problem, "the archive became shorter while it was read");
        done += (size_t)got;
    }
    return STATUS_OK;
}

/* ---- the end --------------------------------------------------------------------------------- */

struct directory_place {
    uint64_t offset, size, count, end; /* end: nothing of the directory lies from here on */
};

/* Where the numbers of the plain end do not suffice, those of zip64 stand before it. */
static enum status read_end64(struct zip_archive *archive, uint64_t end_offset,
                              struct directory_place *place, struct problem *problem)
{
    unsigned char locator[LOCATOR_SIZE], end[END64_SIZE];
    if (end_offset < LOCATOR_SIZE)
        return zip_damaged(archive, problem, "the zip64 end of the directory is missing");
    enum status status = zip_read_at(archive, end_offset - LOCATOR_SIZE, locator, sizeof locator,
                                     problem);
    if (status != STATUS_OK)
        return status;
    if (memcmp(locator, "PK\006\007", 4) != 0)
        return zip_damaged(archive, problem, "the zip64 end of the directory is missing");
    place->end = zip_u64(locator + 8);
    if (place->end > end_offset - LOCATOR_SIZE || zip_u32(locator + 4) != 0 ||
        zip_u32(locator + 16) > 1)
        return zip_damaged(archive, problem, "the zip64 end of the directory lies elsewhere");
    status = zip_read_at(archive, place->end, end, sizeof end, problem);
    if (status != STATUS_OK)
        return status;
    if (memcmp(end, "PK\006\006", 4) != 0 || zip_u32(end + 16) != 0 || zip_u32(end + 20) != 0 ||
        zip_u64(end + 24) != zip_u64(end + 32))
        return zip_damaged(archive, problem, "the zip64 end of the directory is damaged");
    place->count = zip_u64(end + 32);
    place->size = zip_u64(end + 40);
    place->offset = zip_u64(end + 48);
    return STATUS_OK;
}

static enum status find_directory(struct zip_archive *archive, struct directory_place *place,
                                  struct problem *problem)
{
    size_t size = archive->size < END_SIZE + COMMENT_SIZE ? (size_t)archive->size
                                                          : END_SIZE + COMMENT_SIZE;
    unsigned char *tail = malloc(size + 1);
    if (tail == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, archive->name, "no memory for reading");
    uint64_t tail_offset = archive->size - size;
    enum status status = zip_read_at(archive, tail_offset, tail, size, problem);
    unsigned char end[END_SIZE] = {0};
    bool found = false;
    /* The comment behind may be any bytes, so the size it is said to have must fit. */
    for (size_t at = size; status == STATUS_OK && !found && at-- > 0;) {
        found = size - at >= END_SIZE && memcmp(tail + at, "PK\005\006", 4) == 0 &&
                zip_u16(tail + at + 20) == size - at - END_SIZE;
        if (found) {
            memcpy(end, tail + at, END_SIZE);
            place->end = tail_offset + at;
        }
    }
    free(tail);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return zip_damaged(archive, problem,
                           "the zip archive is cut off: its directory, which "
                           "stands at the end, is missing");
    uint16_t disk = zip_u16(end + 4);
    place->count = zip_u16(end + 10);
    place->size = zip_u32(end + 12);
    place->offset = zip_u32(end + 16);
    bool large = place->count == 0xffff || place->size == 0xffffffff ||
                 place->offset == 0xffffffff || disk == 0xffff;
    if (!large && (disk != 0 || zip_u16(end + 6) != 0 || zip_u16(end + 8) != place->count))
        return zip_damaged(archive, problem, "a zip archive in several files");
    if (large)
        status = read_end64(archive, place->end, place, problem);
    if (status != STATUS_OK)
        return status;
    if (place->offset > place->end || place->size > place->end - place->offset)
        return zip_damaged(archive, problem, "the directory of the archive lies outside of it");
    if (place->size > ZIP_DIRECTORY_SIZE_MAX || place->count > ZIP_MEMBERS_MAX ||
        place->count * CENTRAL_SIZE > place->size)
        return zip_damaged(archive, problem,
                           place->count > ZIP_MEMBERS_MAX
                               ? "more members than can be read"
                               : "the directory of the archive is damaged");
    return STATUS_OK;
}

/* ---- members --------------------------------------------------------------------------------- */

/* Sizes that do not fit in 32 bits stand in the extra field 1, in this order. */
static bool read_extra64(struct zip_member *member, const unsigned char *extra, size_t size)
{
    bool wants_size = member->size == 0xffffffff;
    bool wants_packed = member->packed_size == 0xffffffff;
    bool wants_offset = member->offset == 0xffffffff;
    if (!wants_size && !wants_packed && !wants_offset)
        return true;
    while (size >= 4) {
        size_t field = zip_u16(extra + 2);
        if (field > size - 4)
            return false;
        if (zip_u16(extra) != 1) {
            extra += 4 + field;
            size -= 4 + field;
            continue;
        }
        const unsigned char *at = extra + 4;
        uint64_t *const numbers[] = {wants_size ? &member->size : NULL,
                                     wants_packed ? &member->packed_size : NULL,
                                     wants_offset ? &member->offset : NULL};
        for (unsigned i = 0; i < ARRAY_COUNT(numbers); i++) {
            if (numbers[i] == NULL)
                continue;
            if (field < 8)
                return false;
            *numbers[i] = zip_u64(at);
            at += 8;
            field -= 8;
        }
        return true;
    }
    return false;
}

static enum status read_member(struct zip_archive *archive, const unsigned char *at, size_t rest,
                               size_t *used, struct problem *problem)
{
    if (rest < CENTRAL_SIZE || memcmp(at, "PK\001\002", 4) != 0)
        return zip_damaged(archive, problem, "the directory of the archive is damaged");
    size_t name_size = zip_u16(at + 28), extra = zip_u16(at + 30), comment = zip_u16(at + 32);
    *used = CENTRAL_SIZE + name_size + extra + comment;
    if (*used > rest || name_size == 0 || name_size > ZIP_NAME_SIZE_MAX)
        return zip_damaged(archive, problem,
                           name_size > ZIP_NAME_SIZE_MAX
                               ? "a member's name is too long"
                               : "the directory of the archive is damaged");
    struct zip_member *member = &archive->members[archive->count];
    *member = (struct zip_member){
        .name = malloc(3 * name_size + 1),
        .name_size = name_size,
        .size = zip_u32(at + 24),
        .packed_size = zip_u32(at + 20),
        .offset = zip_u32(at + 42),
        .crc = zip_u32(at + 16),
        .method = zip_u16(at + 10),
        .flags = zip_u16(at + 8),
        .folder = at[CENTRAL_SIZE + name_size - 1] == '/',
    };
    if (member->name == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, archive->name, "no memory for the directory");
    archive->count++;
    (void)text_copy_clean(member->name, 3 * name_size + 1,
                          (struct text){(const char *)at + CENTRAL_SIZE, name_size});
    if (!read_extra64(member, at + CENTRAL_SIZE + name_size, extra))
        return zip_damaged(archive, problem, "the zip64 sizes of a member are missing");
    return STATUS_OK;
}

static int by_offset(const void *a, const void *b)
{
    const struct zip_member *left = a, *right = b;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static int by_name(const void *a, const void *b)
{
    const struct zip_member *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order != 0 ? order : by_offset(a, b);
}

/* Members that share bytes would unpack to far more than the archive can hold. */
static enum status judge_places(struct zip_archive *archive, uint64_t directory,
                                struct problem *problem)
{
    qsort(archive->members, archive->count, sizeof *archive->members, by_offset);
    for (size_t i = 0; i < archive->count; i++) {
        const struct zip_member *member = &archive->members[i];
        uint64_t limit = i + 1 < archive->count ? archive->members[i + 1].offset : directory;
        uint64_t head = ZIP_LOCAL_SIZE + member->name_size;
        if (member->offset > limit || limit - member->offset < head ||
            member->packed_size > limit - member->offset - head)
            return zip_damaged(archive, problem, "members of the archive overlap");
    }
    qsort(archive->members, archive->count, sizeof *archive->members, by_name);
    return STATUS_OK;
}

static enum status read_directory(struct zip_archive *archive, struct problem *problem)
{
    struct directory_place place = {0};
    enum status status = find_directory(archive, &place, problem);
    if (status != STATUS_OK)
        return status;
    archive->directory = place.offset;
    unsigned char *directory = malloc((size_t)place.size + 1);
    archive->members = calloc((size_t)place.count + 1, sizeof *archive->members);
    if (directory == NULL || archive->members == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, archive->name, "no memory for reading");
    if (status == STATUS_OK)
        status = zip_read_at(archive, place.offset, directory, (size_t)place.size, problem);
    size_t at = 0;
    for (uint64_t i = 0; status == STATUS_OK && i < place.count; i++) {
        size_t used = 0;
        status = read_member(archive, directory + at, (size_t)place.size - at, &used, problem);
        at += used;
    }
    free(directory);
    return status == STATUS_OK ? judge_places(archive, place.offset, problem) : status;
}

/* ---- opening --------------------------------------------------------------------------------- */

static enum status open_archive(struct zip_archive *archive, struct zip_archive **out,
                                struct problem *problem)
{
    enum status status = read_directory(archive, problem);
    if (status != STATUS_OK) {
        zip_archive_close(archive);
        return status;
    }
    *out = archive;
    return STATUS_OK;
}

enum status zip_archive_open(const char *path, struct zip_archive **out, struct problem *problem)
{
    *out = NULL;
    size_t path_size = strlen(path) + 1;
    struct zip_archive *archive = calloc(1, sizeof *archive + path_size);
    if (archive == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "no memory for reading");
    memcpy(archive->path, path, path_size);
    archive->name = archive->path;
    archive->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat seen;
    if (archive->descriptor < 0 || fstat(archive->descriptor, &seen) != 0) {
        int error = errno;
        problem_set(problem, error == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, path,
                    "the file cannot be opened: %s", strerror(error));
        zip_archive_close(archive);
        return problem->status;
    }
    if (!S_ISREG(seen.st_mode)) {
        zip_archive_close(archive);
        problem_set(problem, STATUS_DATA_INVALID, path, "no regular file");
        problem_allowed(problem, "a zip archive");
        return STATUS_DATA_INVALID;
    }
    archive->size = (uint64_t)seen.st_size;
    return open_archive(archive, out, problem);
}

enum status zip_archive_open_memory(const char *name, const void *data, size_t size,
                                    struct zip_archive **out, struct problem *problem)
{
    *out = NULL;
    struct zip_archive *archive = calloc(1, sizeof *archive + 1);
    if (archive == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for reading");
    archive->name = name;
    archive->descriptor = -1;
    archive->memory = size > 0 ? data : (const void *)"";
    archive->size = size;
    return open_archive(archive, out, problem);
}

size_t zip_archive_count(const struct zip_archive *archive)
{
    return archive->count;
}

const struct zip_member *zip_archive_member(const struct zip_archive *archive, size_t index)
{
    ASSERT(index < archive->count);
    return &archive->members[index];
}

void zip_archive_close(struct zip_archive *archive)
{
    if (archive == NULL)
        return;
    if (archive->descriptor >= 0)
        (void)close(archive->descriptor);
    for (size_t i = 0; i < archive->count; i++)
        free(archive->members[i].name);
    free(archive->members);
    free(archive);
}
