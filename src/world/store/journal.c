#include "world/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

#define BUFFER_SIZE ((size_t)1 << 20)
#define MAGIC "TERNJRN1"
#define MAGIC_SIZE 8u

struct record_header {
    uint32_t type, size;
    uint64_t checksum;
};

static uint64_t record_checksum(uint32_t type, uint32_t size, const void *payload)
{
    uint64_t words[2] = {hash64_of(payload, size), ((uint64_t)type << 32) | size};
    return hash64_of(words, sizeof words);
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum status status_of_errno(int error)
{
    return error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

static void flush(struct journal_writer *writer)
{
    size_t done = 0;
    while (writer->status == STATUS_OK && done < writer->used) {
        ssize_t count = write(writer->descriptor, writer->buffer + done, writer->used - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            writer->error = count < 0 ? errno : EIO;
            writer->status = status_of_errno(writer->error);
            return;
        }
        done += (size_t)count;
    }
    writer->used = 0;
}

static void put(struct journal_writer *writer, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    while (size > 0 && writer->status == STATUS_OK) {
        size_t room = BUFFER_SIZE - writer->used;
        size_t part = size < room ? size : room;
        memcpy(writer->buffer + writer->used, bytes, part);
        writer->used += part;
        writer->written += part;
        bytes += part;
        size -= part;
        if (writer->used == BUFFER_SIZE)
            flush(writer);
    }
}

enum status journal_write(struct journal_writer *writer, enum journal_type type,
                          const void *payload, size_t size)
{
    static const uint8_t zeros[8] = {0};
    ASSERT(size <= JOURNAL_RECORD_SIZE_MAX);
    struct record_header header = {(uint32_t)type, (uint32_t)size, 0};
    header.checksum = record_checksum(header.type, header.size, payload);
    put(writer, &header, sizeof header);
    put(writer, payload, size);
    put(writer, zeros, (8 - size % 8) % 8);
    return writer->status;
}

static enum status sink_input(void *context, const struct input *input)
{
    return journal_write(context, JOURNAL_INPUT, input, sizeof *input);
}

static enum status sink_frame(void *context, const uint8_t *data, uint32_t size)
{
    return journal_write(context, JOURNAL_FRAME, data, size);
}

enum status journal_writer_open(struct journal_writer *writer, const char *path,
                                struct problem *problem)
{
    *writer = (struct journal_writer){.descriptor = -1};
    writer->buffer = malloc(BUFFER_SIZE);
    if (writer->buffer == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "no memory");
    writer->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (writer->descriptor < 0) {
        enum status status = status_of_errno(errno);
        problem_set(problem, status, path, "%s", strerror(errno));
        journal_writer_abort(writer);
        return status;
    }
    writer->sink = (struct journal_sink){writer, sink_input, sink_frame};
    put(writer, MAGIC, MAGIC_SIZE);
    return STATUS_OK;
}

void journal_writer_abort(struct journal_writer *writer)
{
    if (writer->descriptor >= 0)
        (void)close(writer->descriptor);
    free(writer->buffer);
    writer->descriptor = -1;
    writer->buffer = NULL;
}

enum status journal_writer_close(struct journal_writer *writer, struct problem *problem)
{
    flush(writer);
    if (writer->status == STATUS_OK && fsync(writer->descriptor) != 0) {
        writer->error = errno;
        writer->status = status_of_errno(errno);
    }
    if (close(writer->descriptor) != 0 && writer->status == STATUS_OK) {
        writer->error = errno;
        writer->status = status_of_errno(errno);
    }
    writer->descriptor = -1;
    free(writer->buffer);
    writer->buffer = NULL;
    if (writer->status != STATUS_OK) {
        problem_set(problem, writer->status, "journal", "%s", strerror(writer->error));
    }
    return writer->status;
}

/* ---- reading --------------------------------------------------------------------------------- */

void journal_reader_of(struct journal_reader *reader, uint8_t *data, size_t size)
{
    *reader = (struct journal_reader){.data = data, .size = size};
}

static enum status read_all(int descriptor, uint8_t *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(descriptor, data + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return STATUS_IO;
        done += (size_t)count;
    }
    return STATUS_OK;
}

enum status journal_reader_open(struct journal_reader *reader, const char *path,
                                struct problem *problem)
{
    *reader = (struct journal_reader){0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        enum status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
        return problem_set(problem, status, path, "%s", strerror(errno));
    }
    struct stat info;
    enum status status = STATUS_OK;
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        status = problem_set(problem, STATUS_IO, path, "not a regular file");
    } else {
        reader->size = (size_t)info.st_size;
        reader->data = malloc(reader->size + 1);
        status = reader->data == NULL ? STATUS_NO_MEMORY
                                      : read_all(descriptor, reader->data, reader->size);
        if (status != STATUS_OK)
            problem_set(problem, status, path, "cannot be read");
    }
    (void)close(descriptor);
    if (status != STATUS_OK)
        journal_reader_close(reader);
    return status;
}

void journal_reader_close(struct journal_reader *reader)
{
    free(reader->data);
    *reader = (struct journal_reader){0};
}

enum status journal_next(struct journal_reader *reader, struct journal_entry *entry)
{
    if (reader->at == 0) {
        if (reader->size < MAGIC_SIZE)
            return STATUS_TRUNCATED;
        if (memcmp(reader->data, MAGIC, MAGIC_SIZE) != 0)
            return STATUS_CORRUPT;
        reader->at = MAGIC_SIZE;
    }
    size_t left = reader->size - reader->at;
    struct record_header header;
    if (left == 0)
        return STATUS_END;
    if (left < sizeof header)
        return STATUS_TRUNCATED;
    memcpy(&header, reader->data + reader->at, sizeof header);
    if (header.type < JOURNAL_SESSION || header.type > JOURNAL_FRAME ||
        header.size > JOURNAL_RECORD_SIZE_MAX) {
        return STATUS_CORRUPT;
    }
    size_t padded = (size_t)header.size + (8 - header.size % 8) % 8;
    if (left - sizeof header < padded)
        return STATUS_TRUNCATED;
    const uint8_t *payload = reader->data + reader->at + sizeof header;
    if (record_checksum(header.type, header.size, payload) != header.checksum)
        return STATUS_CORRUPT;
    *entry = (struct journal_entry){(enum journal_type)header.type, payload, header.size};
    reader->at += sizeof header + padded;
    return STATUS_OK;
}
