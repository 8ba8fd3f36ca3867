#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"
#include "world/tape/tape_parts.h"

struct tape_reader {
    char *name;
    int descriptor;      /* -1: in memory */
    const uint8_t *data; /* borrowed; NULL: in a file */
    struct tape_summary summary;
    struct tape_block *blocks;
    size_t blocks_capacity;
    uint8_t *payload; /* TAPE_PAYLOAD_MAX and the head of a block before it */
};

const char *tape_kind_name(enum tape_kind kind)
{
    static const char *const names[] = {"", "bars", "quotes", "trades", "depth"};
    return names[kind];
}

unsigned tape_kind_columns(enum tape_kind kind)
{
    static const uint8_t columns[] = {0, 6, 8, 7, 8};
    return columns[kind];
}

/* Exactly `size` bytes from `offset`: STATUS_TRUNCATED where the file ends before. */
static enum status read_at(const struct tape_reader *reader, uint64_t offset, void *out,
                           size_t size)
{
    if (offset > reader->summary.size || reader->summary.size - offset < size)
        return STATUS_TRUNCATED;
    if (reader->data != NULL) {
        memcpy(out, reader->data + offset, size);
        return STATUS_OK;
    }
    size_t done = 0;
    while (done < size) {
        ssize_t count = pread(reader->descriptor, (uint8_t *)out + done, size - done,
                              (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return STATUS_IO;
        if (count == 0)
            return STATUS_TRUNCATED;
        done += (size_t)count;
    }
    return STATUS_OK;
}

static enum status judge_head(struct tape_reader *reader, struct problem *problem)
{
    struct tape_head head;
    enum status status = read_at(reader, 0, &head, sizeof head);
    if (status == STATUS_IO)
        return problem_set(problem, STATUS_IO, reader->name, "cannot be read");
    if (status != STATUS_OK || memcmp(head.magic, TAPE_MAGIC, TAPE_MAGIC_SIZE) != 0) {
        problem_set(problem, STATUS_DATA_INVALID, reader->name, "it is no tape");
        problem_allowed(problem, "a file that `tern data import` has written");
        return STATUS_DATA_INVALID;
    }
    if (head.checksum != tape_head_checksum(&head))
        return problem_set(problem, STATUS_CORRUPT, reader->name,
                           "the head of the tape does not match its checksum");
    if (head.version > TAPE_VERSION)
        return problem_set(problem, STATUS_UNSUPPORTED, reader->name,
                           "a tape of version %u; this program reads %u", (unsigned)head.version,
                           TAPE_VERSION);
    bool is_bars = head.kind == TAPE_BARS;
    if (head.kind < TAPE_BARS || head.kind > TAPE_LEVELS ||
        head.version != tape_version_of((enum tape_kind)head.kind) || head.price_decimals > 18 ||
        head.quantity_decimals > 18 - head.price_decimals || (head.bar_ns > 0) != is_bars ||
        head.instrument[TAPE_INSTRUMENT_SIZE - 1] != '\0')
        return problem_set(problem, STATUS_CORRUPT, reader->name,
                           "the head of the tape has impossible values");
    struct tape_facts *facts = &reader->summary.facts;
    facts->kind = (enum tape_kind)head.kind;
    facts->price_decimals = head.price_decimals;
    facts->quantity_decimals = head.quantity_decimals;
    facts->bar_ns = head.bar_ns;
    (void)text_copy_clean(facts->instrument, sizeof facts->instrument, text_of(head.instrument));
    return STATUS_OK;
}

/* Index and end; false where they are absent or do not hold. */
static bool read_index(struct tape_reader *reader)
{
    struct tape_end end;
    struct tape_block_head head;
    uint64_t size = reader->summary.size;
    if (size < sizeof(struct tape_head) + sizeof head + sizeof end ||
        read_at(reader, size - sizeof end, &end, sizeof end) != STATUS_OK ||
        memcmp(end.magic, TAPE_END_MAGIC, TAPE_MAGIC_SIZE) != 0 ||
        end.checksum != tape_end_checksum(&end) ||
        read_at(reader, end.index_offset, &head, sizeof head) != STATUS_OK ||
        head.magic != TAPE_INDEX_MAGIC || head.rows > TAPE_BLOCKS_MAX ||
        head.size != head.rows * sizeof(struct tape_block) ||
        end.index_offset + sizeof head + head.size + sizeof end != size ||
        (uint64_t)head.first_ns != end.rows)
        return false;
    struct tape_block *blocks = malloc((size_t)head.size + 1);
    if (blocks == NULL)
        return false;
    if (read_at(reader, end.index_offset + sizeof head, blocks, head.size) != STATUS_OK ||
        head.checksum != tape_block_checksum(head, blocks)) {
        free(blocks);
        return false;
    }
    uint64_t rows = 0, offset = sizeof(struct tape_head);
    bool good = true;
    for (uint32_t i = 0; i < head.rows && good; i++) {
        uint64_t next = i + 1 < head.rows ? blocks[i + 1].rows_before : end.rows;
        good = blocks[i].offset >= offset && blocks[i].rows_before == rows && next > rows &&
               next - rows <= TAPE_BLOCK_ROWS && blocks[i].first_ns <= blocks[i].last_ns &&
               (i == 0 || blocks[i].first_ns >= blocks[i - 1].last_ns);
        offset = blocks[i].offset + sizeof head;
        rows = next;
    }
    if (!good || rows != end.rows || offset > end.index_offset) {
        free(blocks);
        return false;
    }
    free(reader->blocks);
    reader->blocks = blocks;
    reader->summary.blocks_count = head.rows;
    reader->summary.rows = end.rows;
    reader->summary.content_hash = end.content_hash;
    reader->summary.complete = true;
    return true;
}

/* Reads one block at an offset into reader->payload and judges it. */
static enum status read_block(struct tape_reader *reader, uint64_t offset,
                              struct tape_block_head *head)
{
    enum status status = read_at(reader, offset, head, sizeof *head);
    if (status != STATUS_OK)
        return status;
    if (head->magic != TAPE_BLOCK_MAGIC || head->rows == 0 || head->rows > TAPE_BLOCK_ROWS ||
        head->size > TAPE_PAYLOAD_MAX - COLUMN_PADDING || head->first_ns > head->last_ns ||
        head->columns != tape_kind_columns(reader->summary.facts.kind))
        return STATUS_CORRUPT;
    status = read_at(reader, offset + sizeof *head, reader->payload, tape_padded(head->size));
    if (status != STATUS_OK)
        return status;
    memset(reader->payload + head->size, 0, COLUMN_PADDING);
    return head->checksum == tape_block_checksum(*head, reader->payload) ? STATUS_OK
                                                                         : STATUS_CORRUPT;
}

/* Walks over the blocks of a tape without an end, up to the first that is not whole. */
static enum status recover(struct tape_reader *reader, struct problem *problem)
{
    struct tape_summary *summary = &reader->summary;
    uint64_t offset = sizeof(struct tape_head);
    int64_t last_ns = INT64_MIN;
    struct tape_block_head head;
    while (read_block(reader, offset, &head) == STATUS_OK && head.first_ns >= last_ns) {
        if (summary->blocks_count == reader->blocks_capacity) {
            size_t capacity = reader->blocks_capacity == 0 ? 64 : reader->blocks_capacity * 2;
            struct tape_block *blocks = realloc(reader->blocks, capacity * sizeof *blocks);
            if (blocks == NULL)
                return problem_set(problem, STATUS_NO_MEMORY, reader->name, "not enough memory");
            reader->blocks = blocks;
            reader->blocks_capacity = capacity;
        }
        reader->blocks[summary->blocks_count++] = (struct tape_block){offset, summary->rows,
                                                                      head.first_ns, head.last_ns};
        summary->rows += head.rows;
        last_ns = head.last_ns;
        offset += sizeof head + tape_padded(head.size);
    }
    summary->size_lost = summary->size - offset;
    return STATUS_OK;
}

static enum status reader_new(const char *name, struct tape_reader **out, struct problem *problem)
{
    struct tape_reader *reader = calloc(1, sizeof *reader);
    *out = NULL;
    if (reader != NULL) {
        reader->descriptor = -1;
        reader->name = strdup(name);
        reader->payload = malloc(TAPE_PAYLOAD_MAX + COLUMN_PADDING);
    }
    if (reader == NULL || reader->name == NULL || reader->payload == NULL) {
        tape_reader_close(reader);
        return problem_set(problem, STATUS_NO_MEMORY, name, "not enough memory");
    }
    *out = reader;
    return STATUS_OK;
}

static enum status examine(struct tape_reader **out, struct problem *problem)
{
    struct tape_reader *reader = *out;
    enum status status = judge_head(reader, problem);
    if (status == STATUS_OK && !read_index(reader))
        status = recover(reader, problem);
    reader->summary.blocks = reader->blocks;
    if (status != STATUS_OK) {
        tape_reader_close(reader);
        *out = NULL;
    }
    return status;
}

enum status tape_reader_open(const char *path, struct tape_reader **out, struct problem *problem)
{
    struct tape_reader *reader;
    enum status status = reader_new(path, out, problem);
    if (status != STATUS_OK)
        return status;
    reader = *out;
    struct stat info;
    reader->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->descriptor < 0)
        status = problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, path, "%s",
                             errno == ENOENT ? "there is no such file" : strerror(errno));
    else if (fstat(reader->descriptor, &info) != 0)
        status = problem_set(problem, STATUS_IO, path, "%s", strerror(errno));
    else if (!S_ISREG(info.st_mode))
        status = problem_set(problem, STATUS_DATA_INVALID, path, "not a regular file");
    if (status != STATUS_OK) {
        tape_reader_close(reader);
        *out = NULL;
        return status;
    }
    reader->summary.size = (uint64_t)info.st_size;
    return examine(out, problem);
}

enum status tape_reader_open_memory(const char *name, const void *data, size_t size,
                                    struct tape_reader **out, struct problem *problem)
{
    static const uint8_t nothing;
    enum status status = reader_new(name, out, problem);
    if (status != STATUS_OK)
        return status;
    (*out)->data = size > 0 ? data : &nothing;
    (*out)->summary.size = size;
    return examine(out, problem);
}

const struct tape_summary *tape_reader_summary(const struct tape_reader *reader)
{
    return &reader->summary;
}

size_t tape_reader_find(const struct tape_reader *reader, int64_t time_ns)
{
    size_t low = 0, high = reader->summary.blocks_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reader->blocks[middle].last_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum status tape_reader_fault(const struct tape_reader *reader, size_t index, const char *what,
                              struct problem *problem)
{
    const struct tape_block *block = &reader->blocks[index];
    char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
    time_format(first, block->first_ns);
    time_format(last, block->last_ns);
    problem_set(problem, STATUS_CORRUPT, reader->name,
                "block %zu of %zu at byte %llu (%s to %s): %s", index + 1,
                reader->summary.blocks_count, (unsigned long long)block->offset, first, last, what);
    problem_next(problem, "import it again from its source");
    return STATUS_CORRUPT;
}

enum status tape_reader_block(struct tape_reader *reader, size_t index, size_t *rows,
                              struct column_reader columns[TAPE_COLUMNS_MAX],
                              struct problem *problem)
{
    ASSERT(index < reader->summary.blocks_count);
    const struct tape_block *block = &reader->blocks[index];
    uint64_t next = index + 1 < reader->summary.blocks_count ? block[1].rows_before
                                                             : reader->summary.rows;
    struct tape_block_head head;
    enum status status = read_block(reader, block->offset, &head);
    if (status == STATUS_IO)
        return problem_set(problem, STATUS_IO, reader->name, "cannot be read");
    if (status != STATUS_OK)
        return tape_reader_fault(reader, index, "does not match its checksum", problem);
    if (head.rows != next - block->rows_before || head.first_ns != block->first_ns ||
        head.last_ns != block->last_ns)
        return tape_reader_fault(reader, index, "is not the one of the index", problem);
    const uint8_t *at = reader->payload, *end = reader->payload + head.size;
    for (unsigned i = 0; i < head.columns; i++) {
        if (column_open(&columns[i], &at, end) != STATUS_OK)
            return tape_reader_fault(reader, index, "its columns do not fit", problem);
    }
    if (at != end)
        return tape_reader_fault(reader, index, "bytes are left behind its columns", problem);
    *rows = head.rows;
    return STATUS_OK;
}

bool tape_is_tape(const char *path)
{
    char magic[TAPE_MAGIC_SIZE];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    struct stat info;
    bool is = fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) &&
              read(descriptor, magic, sizeof magic) == (ssize_t)sizeof magic &&
              memcmp(magic, TAPE_MAGIC, sizeof magic) == 0;
    (void)close(descriptor);
    return is;
}

void tape_reader_close(struct tape_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->descriptor >= 0)
        (void)close(reader->descriptor);
    free(reader->name);
    free(reader->blocks);
    free(reader->payload);
    free(reader);
}
