/* Any bytes as a zip archive: its directory, and every member read to its end in pieces whose size
 * the first byte says. What a member gives has the size that the archive announces. */
#include <stdlib.h>

#include "world/import/zip_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READ_MAX ((size_t)16 << 20) /* of all members together */

static size_t read_member(struct zip_archive *archive, size_t index, size_t piece)
{
    static const size_t sizes[] = {1, 3, 64, 4096, (size_t)1 << 18};
    struct problem problem;
    struct byte_source *bytes = NULL;
    problem_init(&problem);
    size_t room = sizes[piece % ARRAY_COUNT(sizes)], total = 0;
    unsigned char *out = malloc(room);
    if (out == NULL)
        abort();
    enum status status = zip_archive_read(archive, index, "fuzz.zip:member", &bytes, &problem);
    bool ended = false;
    while (status == STATUS_OK && !ended && total < READ_MAX) {
        size_t got = 0;
        status = bytes->class->read(bytes, out, room, &got, &problem);
        ASSERT(got <= room);
        total += status == STATUS_OK ? got : 0;
        ended = status == STATUS_OK && got == 0;
    }
    ASSERT(status == problem.status);
    ASSERT(!ended || total == zip_archive_member(archive, index)->size);
    byte_source_close(bytes);
    free(out);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct zip_archive *archive;
    struct problem problem;
    problem_init(&problem);
    enum status status = zip_archive_open_memory("fuzz.zip", data + 1, size - 1, &archive,
                                                 &problem);
    ASSERT(status == problem.status);
    if (status != STATUS_OK) {
        ASSERT(archive == NULL && problem.found[0] != '\0');
        return 0;
    }
    size_t count = zip_archive_count(archive), total = 0;
    for (size_t i = 0; i < count && total < READ_MAX; i++) {
        const struct zip_member *member = zip_archive_member(archive, i);
        ASSERT(member->name[0] != '\0');
        total += 1 + read_member(archive, i, data[0]);
    }
    zip_archive_close(archive);
    return 0;
}
