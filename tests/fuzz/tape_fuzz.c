/* Any bytes as a tape: opened, walked over, read as bars or as events; what is read obeys the rules
 * of its kind and comes back the same from a tape that is written of it.
 *
 * The first byte chooses. Even: the rest is the file. Odd: the rest is a list of blocks, each a
 * count of rows (two bytes), a size (two bytes) and that many bytes, which are given a right head
 * of the kind that the next bits say, right block heads and right checksums, so that the columns
 * themselves are reached. */
#include "world/tape/tape_bars.h"
#include "world/tape/column_forms.h"
#include "world/tape/tape_events.h"
#include "world/tape/tape_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world/import/bar_builder.h"

#define MINUTE (60 * NANOSECONDS_PER_SECOND)
#define BLOCKS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes of the first column say what the times are, as the heads must. */
static void set_times(struct tape_block_head *head, const uint8_t *payload)
{
    struct column_reader column;
    const uint8_t *at = payload;
    static int64_t values[TAPE_BLOCK_ROWS], scratch[COLUMN_SCRATCH_SIZE / 8];
    if (column_open(&column, &at, payload + head->size) != STATUS_OK ||
        column_read(&column, values, head->rows, scratch) != STATUS_OK)
        return;
    head->first_ns = values[0];
    head->last_ns = values[head->rows - 1];
}

static uint8_t *build(const uint8_t *data, size_t size, enum tape_kind kind, size_t *out_size)
{
    uint8_t *file = calloc(1, size + 1024 + BLOCKS_MAX * 64);
    ASSERT(file != NULL);
    struct tape_head head = {.version = tape_version_of(kind),
                             .kind = kind,
                             .price_decimals = 8,
                             .bar_ns = kind == TAPE_BARS ? MINUTE : 0};
    memcpy(head.magic, TAPE_MAGIC, TAPE_MAGIC_SIZE);
    head.checksum = tape_head_checksum(&head);
    memcpy(file, &head, sizeof head);
    size_t used = sizeof head, at = 0;
    for (unsigned i = 0; i < BLOCKS_MAX && size - at >= 4; i++) {
        struct tape_block_head block = {.magic = TAPE_BLOCK_MAGIC,
                                        .columns = tape_kind_columns(kind)};
        block.rows = (uint32_t)(data[at] | data[at + 1] << 8) % TAPE_BLOCK_ROWS + 1;
        block.size = (uint32_t)(data[at + 2] | data[at + 3] << 8);
        at += 4;
        if (block.size > size - at)
            block.size = (uint32_t)(size - at);
        uint8_t *payload = file + used + sizeof block;
        memcpy(payload, data + at, block.size);
        set_times(&block, payload);
        block.checksum = tape_block_checksum(block, payload);
        memcpy(file + used, &block, sizeof block);
        used += sizeof block + tape_padded(block.size);
        at += block.size;
    }
    *out_size = used;
    return file;
}

static void check_series(const struct bar_series *series)
{
    ASSERT(series->count > 0 && series->bar_ns > 0 && series->price_decimals <= 18);
    for (size_t i = 0; i < series->count; i++) {
        const struct bar *bar = &series->bars[i];
        ASSERT(bar->low.units > 0 && bar->low.units <= bar->open.units);
        ASSERT(bar->low.units <= bar->close.units && bar->close.units <= bar->high.units);
        ASSERT(bar->open.units <= bar->high.units);
        ASSERT(isfinite(bar->volume) && bar->volume >= 0);
        ASSERT(bar_time_is_aligned(bar->open_time_ns, series->bar_ns));
        ASSERT(i == 0 || bar->open_time_ns > series->bars[i - 1].open_time_ns);
    }
}

static void check_written(const struct bar_series *series)
{
    struct problem problem;
    struct bar_source source;
    struct bar_series back;
    char path[] = "/tmp/tern-tape-fuzz-XXXXXX";
    int descriptor = mkstemp(path);
    ASSERT(descriptor >= 0);
    (void)close(descriptor);
    problem_init(&problem);
    ASSERT(tape_write_bars(path, "", series, true, &problem) == STATUS_OK);
    bar_source_init(&source, path);
    source.price_decimals_min = series->price_decimals;
    source.price_decimals_max = 18;
    ASSERT(tape_read_bars(&source, &back, &problem) == STATUS_OK);
    ASSERT(hash128_equal(back.content_hash, series->content_hash));
    bar_series_release(&back);
    (void)unlink(path);
}

static void read_bars(struct tape_reader *reader, uint8_t choice)
{
    struct problem problem;
    struct bar_source source;
    struct bar_series series;
    problem_init(&problem);
    bar_source_init(&source, "fuzz.tape");
    source.price_decimals_min = (choice >> 1) % 12;
    source.price_decimals_max = 18;
    enum status status = tape_reader_bars(reader, &source, true, &series, &problem);
    if (status == STATUS_OK) {
        check_series(&series);
        if (choice >= 224)
            check_written(&series);
    } else {
        ASSERT(series.bars == NULL && problem.found[0] != '\0');
    }
    bar_series_release(&series);
}

/* Every event that comes out can be put into a tape again; the writer judges it. */
static void read_events(struct tape_reader *reader, uint8_t choice)
{
    struct problem problem;
    struct tape_events *events;
    struct depth_event event;
    struct tape_events_writer *writer = NULL;
    struct depth_hash hash;
    char path[] = "/tmp/tern-tape-fuzz-XXXXXX";
    problem_init(&problem);
    enum status status = tape_events_open(reader, "fuzz.tape", INT64_MIN, true, &events, &problem);
    ASSERT((status == STATUS_OK) == (events != NULL));
    if (status != STATUS_OK)
        return;
    if (choice >= 192) {
        int descriptor = mkstemp(path);
        ASSERT(descriptor >= 0);
        (void)close(descriptor);
        ASSERT(tape_events_create(path, &tape_reader_summary(reader)->facts, &writer, &problem) ==
               STATUS_OK);
    }
    ASSERT(depth_hash_init(&hash) == STATUS_OK);
    while ((status = tape_events_next(events, &event, &problem)) == STATUS_OK) {
        depth_hash_add(&hash, &event);
        ASSERT(writer == NULL || tape_events_put(writer, &event, &problem) == STATUS_OK);
    }
    ASSERT(status == STATUS_END || problem.found[0] != '\0');
    if (writer != NULL) {
        struct problem other;
        problem_init(&other);
        struct tape_events_state state = tape_events_state(writer);
        ASSERT(hash128_equal(state.content_hash, depth_hash_value(&hash)));
        ASSERT(tape_events_finish(writer, true, &other) == STATUS_OK);
        struct depth_source source = {path, 8, 0, NULL};
        struct depth_data back;
        enum depth_kind kind = tape_depth_kind(tape_reader_summary(reader)->facts.kind);
        if (state.events > 0 && tape_reader_summary(reader)->facts.price_decimals == 8 &&
            tape_reader_summary(reader)->facts.quantity_decimals == 0) {
            ASSERT(tape_events_read(&source, kind, &back, &other) == STATUS_OK);
            ASSERT(hash128_equal(state.content_hash, back.content_hash));
            depth_data_release(&back);
        }
        (void)unlink(path);
    }
    depth_hash_release(&hash);
    tape_events_close(events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t *built = NULL;
    const uint8_t *file = data + 1;
    size_t file_size = size - 1;
    if ((data[0] & 1) != 0)
        file = built = build(data + 1, size - 1, (enum tape_kind)(1 + (data[0] >> 1 & 3)),
                             &file_size);
    struct problem problem;
    struct tape_reader *reader;
    problem_init(&problem);
    enum status status = tape_reader_open_memory("fuzz.tape", file, file_size, &reader, &problem);
    ASSERT((status == STATUS_OK) == (reader != NULL) && status == problem.status);
    if (status == STATUS_OK) {
        const struct tape_summary *summary = tape_reader_summary(reader);
        ASSERT(tape_reader_find(reader, INT64_MIN) == 0);
        ASSERT(tape_reader_find(reader, INT64_MAX) <= summary->blocks_count);
        if (summary->facts.kind == TAPE_BARS)
            read_bars(reader, data[0]);
        else
            read_events(reader, data[0]);
        tape_reader_close(reader);
    }
    free(built);
    return 0;
}
