#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world/tape/column_forms.h"
#include "world/tape/tape_parts.h"

#define WRITE_SIZE ((size_t)256 * 1024)
#define PATH_SIZE 4096

struct tape_writer {
    char path[PATH_SIZE], partial[PATH_SIZE]; /* partial is "" of one written in its place */
    bool unnamed; /* nothing has the partial's name yet: it is gone by itself with the process */
    struct tape_facts facts;
    int descriptor;
    uint8_t *buffer; /* WRITE_SIZE and one block */
    void *scratch;   /* COLUMN_SCRATCH_SIZE; NULL of bars */
    size_t used;
    uint64_t offset; /* of the buffer's begin in the file */
    uint64_t rows;
    int64_t last_ns;
    struct tape_block *blocks;
    size_t blocks_count, blocks_capacity;
    int error; /* errno of the first failure; 0 none */
};

static enum status status_of_error(int error)
{
    return error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE
           : error == ENOMEM                  ? STATUS_NO_MEMORY
           : error == ENOENT                  ? STATUS_NOT_FOUND
                                              : STATUS_IO;
}

static enum status fail(const char *path, int error, const char *what, struct problem *problem)
{
    enum status status = status_of_error(error);
    problem_set(problem, status, path, "%s: %s", what, strerror(error));
    if (status == STATUS_NO_SPACE)
        problem_next(problem, "free some space and run it again; nothing was left behind");
    return status;
}

static void writer_free(struct tape_writer *writer)
{
    if (writer->descriptor >= 0)
        (void)close(writer->descriptor);
    free(writer->buffer);
    free(writer->scratch);
    free(writer->blocks);
    free(writer);
}

static enum status writer_new(const char *path, const struct tape_facts *facts,
                              struct tape_writer **out, struct problem *problem)
{
    ASSERT(facts->kind >= TAPE_BARS && facts->kind <= TAPE_LEVELS);
    ASSERT((facts->kind == TAPE_BARS) == (facts->bar_ns > 0));
    *out = NULL;
    struct tape_writer *writer = calloc(1, sizeof *writer);
    uint8_t *buffer = malloc(WRITE_SIZE + sizeof(struct tape_block_head) + TAPE_PAYLOAD_MAX);
    void *scratch = facts->kind == TAPE_BARS ? NULL : malloc(COLUMN_SCRATCH_SIZE);
    if (writer == NULL || buffer == NULL || (scratch == NULL && facts->kind != TAPE_BARS) ||
        !text_copy(writer->path, sizeof writer->path - 64, text_of(path))) {
        free(buffer);
        free(scratch);
        if (writer != NULL)
            free(writer);
        return problem_set(problem, STATUS_NO_MEMORY, path,
                           "not enough memory, or the path is too long");
    }
    writer->descriptor = -1;
    writer->buffer = buffer;
    writer->scratch = scratch;
    writer->facts = *facts;
    writer->last_ns = INT64_MIN;
    *out = writer;
    return STATUS_OK;
}

static void flush(struct tape_writer *writer)
{
    size_t done = 0;
    while (done < writer->used && writer->error == 0) {
        ssize_t count = write(writer->descriptor, writer->buffer + done, writer->used - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            writer->error = errno;
        else
            done += (size_t)count;
    }
    writer->offset += writer->used;
    writer->used = 0;
}

static void put(struct tape_writer *writer, const void *data, size_t size)
{
    const uint8_t *from = data;
    while (size > 0) {
        size_t room = WRITE_SIZE - writer->used;
        size_t part = size < room ? size : room;
        memcpy(writer->buffer + writer->used, from, part);
        writer->used += part;
        from += part;
        size -= part;
        if (writer->used == WRITE_SIZE)
            flush(writer);
    }
}

static void put_head(struct tape_writer *writer)
{
    struct tape_head head = {
        .version = tape_version_of(writer->facts.kind),
        .kind = (uint32_t)writer->facts.kind,
        .price_decimals = writer->facts.price_decimals,
        .quantity_decimals = writer->facts.quantity_decimals,
        .bar_ns = writer->facts.bar_ns,
    };
    memcpy(head.magic, TAPE_MAGIC, TAPE_MAGIC_SIZE);
    size_t length = strnlen(writer->facts.instrument, TAPE_INSTRUMENT_SIZE - 1);
    memcpy(head.instrument, writer->facts.instrument, length);
    head.checksum = tape_head_checksum(&head);
    put(writer, &head, sizeof head);
}

static void directory_of(const char *path, char out[PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    if (slash == NULL)
        (void)text_copy(out, PATH_SIZE, TEXT("."));
    else
        (void)text_copy(out, PATH_SIZE, (struct text){path, length == 0 ? 1 : length});
}

/* A file without a name where the file system can have one, so that a process that is killed leaves
 * nothing; else one beside the place. descriptor is -1 and errno says why where neither works. */
static void open_partial(struct tape_writer *writer)
{
    char directory[PATH_SIZE];
    directory_of(writer->path, directory);
    if (access("/proc/self/fd", F_OK) == 0)
        writer->descriptor = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (writer->descriptor >= 0) {
        writer->unnamed = true;
        (void)snprintf(writer->partial, sizeof writer->partial, "%s.partial-%ld", writer->path,
                       (long)getpid());
        return;
    }
    (void)snprintf(writer->partial, sizeof writer->partial, "%s.partial-XXXXXX", writer->path);
    writer->descriptor = mkostemp(writer->partial, O_CLOEXEC);
    if (writer->descriptor < 0)
        return;
    /* mkostemp makes it for the owner alone; a tape is read like any other file. */
    mode_t mask = umask(022);
    (void)umask(mask);
    (void)fchmod(writer->descriptor, 0666 & ~mask);
}

enum status tape_writer_create(const char *path, const struct tape_facts *facts,
                               struct tape_writer **out, struct problem *problem)
{
    struct tape_writer *writer;
    enum status status = writer_new(path, facts, &writer, problem);
    if (status != STATUS_OK) {
        *out = NULL;
        return status;
    }
    open_partial(writer);
    if (writer->descriptor < 0) {
        status = fail(path, errno, "a tape cannot be written here", problem);
        writer_free(writer);
        *out = NULL;
        return status;
    }
    put_head(writer);
    *out = writer;
    return STATUS_OK;
}

static bool add_block(struct tape_writer *writer, const struct tape_block *block)
{
    if (writer->blocks_count == writer->blocks_capacity) {
        size_t capacity = writer->blocks_capacity == 0 ? 64 : writer->blocks_capacity * 2;
        struct tape_block *blocks = realloc(writer->blocks, capacity * sizeof *blocks);
        if (blocks == NULL || capacity > TAPE_BLOCKS_MAX) {
            if (blocks != NULL)
                writer->blocks = blocks;
            return false;
        }
        writer->blocks = blocks;
        writer->blocks_capacity = capacity;
    }
    writer->blocks[writer->blocks_count++] = *block;
    return true;
}

/* Takes over what a tape in this place has; *out_end is where writing goes on, 0 where it must
 * begin anew. */
static enum status take_over(struct tape_writer *writer, uint64_t *out_end, struct problem *problem)
{
    struct stat info;
    *out_end = 0;
    if (fstat(writer->descriptor, &info) != 0)
        return fail(writer->path, errno, "cannot be examined", problem);
    if (info.st_size < (off_t)sizeof(struct tape_head)) {
        /* A head that was cut; anything else that is short belongs to somebody. */
        char magic[TAPE_MAGIC_SIZE];
        ssize_t size = pread(writer->descriptor, magic, sizeof magic, 0);
        if (size >= 0 && memcmp(magic, TAPE_MAGIC, (size_t)size) == 0)
            return STATUS_OK;
        return problem_set(problem, STATUS_DATA_INVALID, writer->path, "it is no tape");
    }
    struct tape_reader *reader;
    enum status status = tape_reader_open(writer->path, &reader, problem);
    if (status != STATUS_OK)
        return status;
    const struct tape_summary *summary = tape_reader_summary(reader);
    const struct tape_facts *facts = &summary->facts;
    if (facts->kind != writer->facts.kind || facts->bar_ns != writer->facts.bar_ns ||
        facts->price_decimals != writer->facts.price_decimals ||
        facts->quantity_decimals != writer->facts.quantity_decimals ||
        strcmp(facts->instrument, writer->facts.instrument) != 0) {
        tape_reader_close(reader);
        problem_set(problem, STATUS_DATA_INVALID, writer->path,
                    "a tape of other data: other kind, instrument, bar length or decimals");
        problem_next(problem, "record to another file");
        return STATUS_DATA_INVALID;
    }
    bool fits = true;
    for (size_t i = 0; i < summary->blocks_count && fits; i++)
        fits = add_block(writer, &summary->blocks[i]);
    writer->rows = summary->rows;
    if (summary->blocks_count > 0)
        writer->last_ns = summary->blocks[summary->blocks_count - 1].last_ns;
    uint64_t behind = summary->size_lost;
    if (summary->complete) {
        behind = sizeof(struct tape_end) + sizeof(struct tape_block_head) +
                 summary->blocks_count * sizeof(struct tape_block);
    }
    *out_end = summary->size - behind;
    tape_reader_close(reader);
    return fits ? STATUS_OK
                : problem_set(problem, STATUS_NO_MEMORY, writer->path, "not enough memory");
}

enum status tape_writer_resume(const char *path, const struct tape_facts *facts,
                               struct tape_writer **out, struct problem *problem)
{
    struct tape_writer *writer;
    *out = NULL;
    enum status status = writer_new(path, facts, &writer, problem);
    if (status != STATUS_OK)
        return status;
    uint64_t end = 0;
    writer->descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (writer->descriptor < 0)
        status = fail(path, errno, "a tape cannot be written here", problem);
    else if (flock(writer->descriptor, LOCK_EX | LOCK_NB) != 0)
        status = problem_set(problem, STATUS_EXISTS, path, "another process is writing this tape");
    else
        status = take_over(writer, &end, problem);
    if (status == STATUS_OK && (ftruncate(writer->descriptor, (off_t)end) != 0 ||
                                lseek(writer->descriptor, (off_t)end, SEEK_SET) < 0))
        status = fail(path, errno, "cannot be cut behind its last whole block", problem);
    if (status != STATUS_OK) {
        writer_free(writer);
        return status;
    }
    writer->offset = end;
    if (end == 0)
        put_head(writer);
    *out = writer;
    return STATUS_OK;
}

uint64_t tape_writer_rows(const struct tape_writer *writer)
{
    return writer->rows;
}

int64_t tape_writer_last_ns(const struct tape_writer *writer)
{
    return writer->last_ns;
}

enum status tape_writer_block(struct tape_writer *writer, int64_t *const columns[], size_t rows,
                              const struct column_note *notes)
{
    ASSERT(rows > 0 && rows <= TAPE_BLOCK_ROWS);
    ASSERT(columns[0][0] >= writer->last_ns && columns[0][rows - 1] >= columns[0][0]);
    unsigned count = tape_kind_columns(writer->facts.kind);
    struct tape_block block = {writer->offset + writer->used, writer->rows, columns[0][0],
                               columns[0][rows - 1]};
    struct tape_block_head head = {
        .magic = TAPE_BLOCK_MAGIC,
        .rows = (uint32_t)rows,
        .columns = count,
        .first_ns = block.first_ns,
        .last_ns = block.last_ns,
    };
    if (writer->error == 0 && !add_block(writer, &block))
        writer->error = ENOMEM;
    if (writer->error != 0)
        return status_of_error(writer->error);
    uint8_t *payload = writer->buffer + writer->used + sizeof head;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) {
        size += writer->facts.kind == TAPE_BARS
                    ? column_pack(columns[i], rows, i == 0 ? COLUMN_DELTA : COLUMN_PLAIN, notes[i],
                                  payload + size)
                    : column_write(columns[i], rows, notes[i].decimals, payload + size,
                                   writer->scratch);
    }
    memset(payload + size, 0, COLUMN_PADDING);
    head.size = (uint32_t)size;
    head.checksum = tape_block_checksum(head, payload);
    memcpy(payload - sizeof head, &head, sizeof head);
    writer->used += sizeof head + tape_padded(size);
    writer->rows += rows;
    writer->last_ns = block.last_ns;
    if (writer->used >= WRITE_SIZE)
        flush(writer);
    return writer->error == 0 ? STATUS_OK : status_of_error(writer->error);
}

enum status tape_writer_sync(struct tape_writer *writer)
{
    flush(writer);
    if (writer->error == 0 && fdatasync(writer->descriptor) != 0)
        writer->error = errno;
    return writer->error == 0 ? STATUS_OK : status_of_error(writer->error);
}

static void put_end(struct tape_writer *writer, struct hash128 content_hash)
{
    struct tape_block_head head = {
        .magic = TAPE_INDEX_MAGIC,
        .rows = (uint32_t)writer->blocks_count,
        .size = (uint32_t)(writer->blocks_count * sizeof *writer->blocks),
        .first_ns = (int64_t)writer->rows,
    };
    struct tape_end end = {
        .index_offset = writer->offset + writer->used,
        .rows = writer->rows,
        .content_hash = content_hash,
    };
    head.checksum = tape_block_checksum(head, writer->blocks);
    memcpy(end.magic, TAPE_END_MAGIC, TAPE_MAGIC_SIZE);
    end.checksum = tape_end_checksum(&end);
    put(writer, &head, sizeof head);
    put(writer, writer->blocks, head.size);
    put(writer, &end, sizeof end);
}

/* The directory is synced too, so that the name survives a power cut. */
static void sync_directory(const char *path)
{
    char directory[PATH_SIZE];
    directory_of(path, directory);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    (void)fsync(descriptor);
    (void)close(descriptor);
}

static int place(const char *partial, const char *path, bool replace)
{
    if (replace)
        return rename(partial, path) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, partial, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    /* A file system without it: a hard link fails as well where the name is taken. */
    if (link(partial, path) != 0)
        return errno;
    return unlink(partial) == 0 ? 0 : errno;
}

/* Gives a file without a name that of its place, or, where another file is to be replaced there,
 * one beside it first: a rename can replace, a link cannot. */
static int place_unnamed(struct tape_writer *writer, bool replace)
{
    char self[64];
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", writer->descriptor);
    if (linkat(AT_FDCWD, self, AT_FDCWD, writer->path, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno != EEXIST || !replace)
        return errno;
    (void)unlink(writer->partial);
    if (linkat(AT_FDCWD, self, AT_FDCWD, writer->partial, AT_SYMLINK_FOLLOW) != 0)
        return errno;
    writer->unnamed = false;
    return place(writer->partial, writer->path, true);
}

enum status tape_writer_finish(struct tape_writer *writer, struct hash128 content_hash,
                               bool replace, struct problem *problem)
{
    enum status status = STATUS_OK;
    put_end(writer, content_hash);
    flush(writer);
    if (writer->error == 0 && fsync(writer->descriptor) != 0)
        writer->error = errno;
    bool unnamed = writer->unnamed;
    if (writer->error == 0 && unnamed)
        writer->error = place_unnamed(writer, replace);
    if (close(writer->descriptor) != 0 && writer->error == 0)
        writer->error = errno;
    writer->descriptor = -1;
    if (writer->error == 0 && writer->partial[0] != '\0' && !unnamed)
        writer->error = place(writer->partial, writer->path, replace);
    if (writer->error == EEXIST) {
        status = problem_set(problem, STATUS_EXISTS, writer->path, "there is such a file already");
        problem_next(problem, "give --replace, or another name");
    } else if (writer->error != 0) {
        status = fail(writer->path, writer->error, "the tape cannot be written", problem);
    } else {
        sync_directory(writer->path);
    }
    if (status != STATUS_OK && writer->partial[0] != '\0' && !writer->unnamed)
        (void)unlink(writer->partial);
    writer_free(writer);
    return status;
}

void tape_writer_abort(struct tape_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->partial[0] == '\0')
        flush(writer);
    else if (!writer->unnamed)
        (void)unlink(writer->partial);
    writer_free(writer);
}
