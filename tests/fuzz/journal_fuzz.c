/* Any bytes as a journal file: read to its end or its first trouble, and what is read is written to
 * a new file and read back the same.
 *
 * The first byte chooses. Even: the rest is the file. Odd: the rest is a list of records, each a
 * type, a size and that many bytes, which are given right headers first; a last odd byte cuts the
 * file somewhere. */
#include "world/store/journal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

#define RECORDS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The header as the format draws it, by other means than the code under test. */
static size_t put_record(uint8_t *out, uint32_t type, const uint8_t *payload, uint32_t size)
{
    uint64_t words[2] = {hash64_of(payload, size), ((uint64_t)type << 32) | size};
    uint64_t checksum = hash64_of(words, sizeof words);
    memcpy(out, &type, 4);
    memcpy(out + 4, &size, 4);
    memcpy(out + 8, &checksum, 8);
    memcpy(out + 16, payload, size);
    size_t padded = ((size_t)size + 7) / 8 * 8;
    memset(out + 16 + size, 0, padded - size);
    return 16 + padded;
}

/* The file that the list of records makes; owned by the caller. */
static uint8_t *build(const uint8_t *data, size_t size, size_t *out_size)
{
    uint8_t *file = malloc(8 + size * 32 + 64);
    ASSERT(file != NULL);
    memcpy(file, "TERNJRN1", 8);
    size_t used = 8;
    size_t at = 0;
    for (unsigned i = 0; i < RECORDS_MAX && at + 2 <= size; i++) {
        uint32_t type = data[at] % 8u;
        size_t left = size - at - 2;
        uint32_t given = data[at + 1] < left ? data[at + 1] : (uint32_t)left;
        used += put_record(file + used, type, data + at + 2, given);
        at += 2 + (size_t)given;
    }
    if (at < size && data[at] % 2 == 1)
        used -= data[at] < used ? data[at] : used;
    *out_size = used;
    return file;
}

static void write_again(const struct journal_entry *entries, size_t count)
{
    char path[] = "/dev/shm/journal_fuzz_XXXXXX"; /* in memory: each file is synced */
    struct problem problem;
    struct journal_writer writer;
    problem_init(&problem);
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return;
    ASSERT(close(descriptor) == 0 && unlink(path) == 0);
    enum status status = journal_writer_open(&writer, path, &problem);
    ASSERT(status == STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        status = journal_write(&writer, entries[i].type, entries[i].payload, entries[i].size);
        ASSERT(status == STATUS_OK);
    }
    status = journal_writer_close(&writer, &problem);
    ASSERT(status == STATUS_OK);
    struct journal_reader reader;
    status = journal_reader_open(&reader, path, &problem);
    ASSERT(status == STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        struct journal_entry entry;
        status = journal_next(&reader, &entry);
        ASSERT(status == STATUS_OK && entry.type == entries[i].type);
        ASSERT(entry.size == entries[i].size);
        ASSERT(memcmp(entry.payload, entries[i].payload, entry.size) == 0);
    }
    struct journal_entry end;
    status = journal_next(&reader, &end);
    ASSERT(status == STATUS_END);
    journal_reader_close(&reader);
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t file_size = size - 1;
    uint8_t *file = NULL;
    if (data[0] % 2 == 1) {
        file = build(data + 1, size - 1, &file_size);
    } else {
        file = malloc(file_size + 1);
        ASSERT(file != NULL);
        memcpy(file, data + 1, file_size);
    }
    struct journal_reader reader;
    journal_reader_of(&reader, file, file_size);
    struct journal_entry entries[RECORDS_MAX];
    size_t count = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        struct journal_entry entry;
        status = journal_next(&reader, &entry);
        if (status != STATUS_OK)
            break;
        ASSERT(entry.type >= JOURNAL_SESSION && entry.type <= JOURNAL_FRAME);
        ASSERT(entry.payload >= file && entry.payload + entry.size <= file + file_size);
        if (count < RECORDS_MAX)
            entries[count++] = entry;
    }
    ASSERT(status == STATUS_END || status == STATUS_TRUNCATED || status == STATUS_CORRUPT);
    if (count > 0 && data[0] % 4 == 1)
        write_again(entries, count);
    journal_reader_close(&reader);
    return 0;
}
