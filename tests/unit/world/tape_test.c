/* Tapes: what went in comes out, at any cut, with any byte changed, and from the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "world/import/bar_builder.h"
#include "world/tape/column.h"
#include "world/tape/tape_bars.h"

#define MINUTE (60 * NANOSECONDS_PER_SECOND)
#define START (INT64_C(1700000040) * NANOSECONDS_PER_SECOND)

static char directory[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/tern-tape-XXXXXX");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(directory);
}

static const char *at(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* ---- columns --------------------------------------------------------------------------------- */

static void check_column(const int64_t *values, size_t rows, enum column_transform transform)
{
    uint8_t *bytes = calloc(1, column_size_max(rows) + 16);
    int64_t *copy = malloc(rows * sizeof *copy);
    assert_non_null(bytes);
    assert_non_null(copy);
    memcpy(copy, values, rows * sizeof *copy);
    memset(bytes + column_size_max(rows), 0x5a, 16);
    struct column_note note = {7, -5};
    size_t size = column_pack(copy, rows, transform, note, bytes);
    assert_true(size + COLUMN_PADDING <= column_size_max(rows));
    assert_int_equal(bytes[column_size_max(rows)], 0x5a);
    struct column_reader reader;
    const uint8_t *begin = bytes;
    assert_int_equal(column_open(&reader, &begin, bytes + size), STATUS_OK);
    assert_ptr_equal(begin, bytes + size);
    assert_int_equal(reader.note.decimals, 7);
    assert_true(reader.note.base == (transform == COLUMN_PLAIN ? -5 : values[0]));
    int64_t out[COLUMN_GROUP];
    for (size_t i = 0; i < rows; i += COLUMN_GROUP) {
        size_t part = rows - i < COLUMN_GROUP ? rows - i : COLUMN_GROUP;
        assert_int_equal(column_next(&reader, out, part), STATUS_OK);
        assert_memory_equal(out, values + i, part * sizeof *out);
    }
    assert_true(column_is_done(&reader));
    assert_int_equal(column_next(&reader, out, 1), STATUS_CORRUPT);
    begin = bytes;
    assert_int_equal(column_open(&reader, &begin, bytes + size - 1), STATUS_CORRUPT);
    free(bytes);
    free(copy);
}

static void columns_come_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 11, 0);
    static int64_t values[1000];
    static const size_t counts[] = {1, 2, 127, 128, 129, 256, 1000};
    for (unsigned round = 0; round < 700; round++) {
        unsigned bits = round % 65;
        int64_t factor = round % 3 == 0 ? 1000 : round % 3 == 1 ? 1 : 60000000000;
        size_t count = counts[round % ARRAY_COUNT(counts)];
        for (size_t i = 0; i < count; i++) {
            uint64_t value = bits == 0 ? 42 : random_u64(&random) >> (64 - bits);
            values[i] = (int64_t)(value * (bits < 28 ? (uint64_t)factor : 1));
        }
        check_column(values, count, COLUMN_PLAIN);
        check_column(values, count, COLUMN_DELTA);
    }
    static const int64_t edges[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN, INT64_MIN + 1};
    check_column(edges, ARRAY_COUNT(edges), COLUMN_PLAIN);
    check_column(edges, ARRAY_COUNT(edges), COLUMN_DELTA);
    check_column(edges, 1, COLUMN_DELTA);
}

/* ---- bars ------------------------------------------------------------------------------------ */

static struct bar_series make_series(size_t count, uint64_t seed, bool plain_volumes)
{
    struct bar_series series = {
        .bars = calloc(count, sizeof(struct bar)), .price_decimals = 8, .bar_ns = MINUTE};
    assert_non_null(series.bars);
    struct random random;
    random_init(&random, seed, 0);
    int64_t price = 4325123, index = 0;
    for (size_t i = 0; i < count; i++) {
        struct bar *bar = &series.bars[i];
        int64_t close = price + (int64_t)(random_u64(&random) % 2001) - 1000;
        int64_t up = (int64_t)(random_u64(&random) % 500);
        int64_t down = (int64_t)(random_u64(&random) % 500);
        bar->open_time_ns = START + index * MINUTE;
        bar->open.units = price * 1000000;
        bar->close.units = close * 1000000;
        bar->high.units = (i64_max(price, close) + up) * 1000000;
        bar->low.units = (i64_min(price, close) - down) * 1000000;
        bar->volume = plain_volumes ? (double)(random_u64(&random) % 9000000) / 1e5
                                    : random_unit(&random) * 77;
        price = i64_max(close, 100000);
        index += 1 + (random_u64(&random) % 50 == 0 ? (int64_t)(random_u64(&random) % 9) : 0);
    }
    series.count = count;
    assert_int_equal(bar_series_summarise(&series), STATUS_OK);
    return series;
}

static void assert_same(const struct bar_series *a, const struct bar_series *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->price_decimals, b->price_decimals);
    assert_memory_equal(a->bars, b->bars, a->count * sizeof *a->bars);
    assert_true(hash128_equal(a->content_hash, b->content_hash));
    assert_int_equal(a->gap_bars_missing, b->gap_bars_missing);
}

static void bars_come_back(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 127, 128, 129, 4095, 4096, 4097, 20000};
    for (unsigned i = 0; i < 2 * ARRAY_COUNT(counts); i++) {
        struct problem problem;
        problem_init(&problem);
        struct bar_series series = make_series(counts[i / 2], i, i % 2 == 0), back;
        const char *path = at("a.tape");
        assert_int_equal(tape_write_bars(path, "BTC-USD", &series, false, &problem), STATUS_OK);
        assert_true(tape_is_tape(path));
        struct bar_source source;
        bar_source_init(&source, path);
        assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_OK);
        assert_same(&series, &back);
        bar_series_release(&back);
        /* Taken, unless it may be replaced. */
        assert_int_equal(tape_write_bars(path, "", &series, false, &problem), STATUS_EXISTS);
        problem_init(&problem);
        assert_int_equal(tape_write_bars(path, "", &series, true, &problem), STATUS_OK);
        assert_int_equal(unlink(path), 0);
        bar_series_release(&series);
    }
}

static void windows_are_cut_out(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    struct bar_series series = make_series(12000, 3, true), back;
    const char *path = at("w.tape");
    assert_int_equal(tape_write_bars(path, "", &series, false, &problem), STATUS_OK);
    struct random random;
    random_init(&random, 5, 0);
    for (unsigned round = 0; round < 200; round++) {
        struct bar_source source;
        bar_source_init(&source, path);
        size_t a = random_u64(&random) % series.count, b = random_u64(&random) % series.count;
        size_t begin = a < b ? a : b, end = a < b ? b : a;
        source.from_ns = series.bars[begin].open_time_ns - (int64_t)(round % 2);
        source.to_ns = series.bars[end].open_time_ns + (int64_t)(round % 3 == 0);
        size_t count = end - begin + (round % 3 == 0 ? 1 : 0);
        problem_init(&problem);
        enum status status = tape_read_bars(&source, &back, &problem);
        assert_int_equal(status, count == 0 ? STATUS_DATA_INVALID : STATUS_OK);
        if (count == 0)
            continue;
        assert_int_equal(back.count, count);
        assert_memory_equal(back.bars, series.bars + begin, count * sizeof *back.bars);
        bar_series_release(&back);
    }
    assert_int_equal(unlink(path), 0);
    bar_series_release(&series);
}

/* Prices kept in more or fewer decimals than are asked for. */
static void decimals_follow_the_request(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    struct bar_series series = make_series(500, 9, true), back;
    const char *path = at("d.tape");
    /* Units are multiples of a million: two decimals would do, and the last bar needs three. */
    series.bars[499].high.units += 100000;
    assert_int_equal(bar_series_summarise(&series), STATUS_OK);
    assert_int_equal(tape_write_bars(path, "", &series, false, &problem), STATUS_OK);
    struct bar_source source;
    bar_source_init(&source, path);
    source.price_decimals_min = 10;
    assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_OK);
    assert_int_equal(back.price_decimals, 10);
    assert_true(back.bars[7].open.units == series.bars[7].open.units * 100);
    bar_series_release(&back);
    source.price_decimals_min = 0;
    source.to_ns = series.bars[499].open_time_ns;
    assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_OK);
    assert_int_equal(back.price_decimals, 2);
    bar_series_release(&back);
    source.from_ns = series.bars[499].open_time_ns;
    source.to_ns = INT64_MAX;
    assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_OK);
    assert_int_equal(back.price_decimals, 3);
    bar_series_release(&back);
    source.bar_ns = 2 * MINUTE;
    assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_DATA_INVALID);
    assert_int_equal(unlink(path), 0);
    bar_series_release(&series);
}

/* ---- damage ---------------------------------------------------------------------------------- */

static uint8_t *load(const char *path, size_t *size)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &info), 0);
    *size = (size_t)info.st_size;
    uint8_t *data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    (void)fclose(file);
    return data;
}

static void store(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void cuts_lose_no_whole_block(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    struct bar_series series = make_series(9000, 21, true), back;
    struct tape_reader *reader;
    const char *path = at("c.tape");
    assert_int_equal(tape_write_bars(path, "X", &series, false, &problem), STATUS_OK);
    size_t size;
    uint8_t *data = load(path, &size);
    struct bar_source source;
    bar_source_init(&source, "cut");
    assert_int_equal(tape_reader_open_memory("cut", data, size, &reader, &problem), STATUS_OK);
    struct tape_block blocks[3];
    assert_int_equal(tape_reader_summary(reader)->blocks_count, 3);
    memcpy(blocks, tape_reader_summary(reader)->blocks, sizeof blocks);
    tape_reader_close(reader);
    for (size_t cut = 0; cut < size; cut += cut < 400 || cut > size - 300 ? 1 : 97) {
        problem_init(&problem);
        enum status status = tape_reader_open_memory("cut", data, cut, &reader, &problem);
        if (cut < 104) {
            assert_int_equal(status, STATUS_DATA_INVALID);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        const struct tape_summary *summary = tape_reader_summary(reader);
        assert_false(summary->complete);
        uint64_t rows = cut < blocks[1].offset ? 0 : cut < blocks[2].offset ? 4096 : 8192;
        if (summary->rows != 9000)
            assert_int_equal(summary->rows, rows);
        status = tape_reader_bars(reader, &source, false, &back, &problem);
        assert_int_equal(status, STATUS_TRUNCATED);
        problem_init(&problem);
        status = tape_reader_bars(reader, &source, true, &back, &problem);
        assert_int_equal(status, summary->rows > 0 ? STATUS_OK : STATUS_DATA_INVALID);
        if (status == STATUS_OK)
            assert_memory_equal(back.bars, series.bars, back.count * sizeof *back.bars);
        bar_series_release(&back);
        tape_reader_close(reader);
    }
    free(data);
    assert_int_equal(unlink(path), 0);
    bar_series_release(&series);
}

static void changed_bytes_are_found(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    struct bar_series series = make_series(4200, 22, false), back;
    const char *path = at("b.tape");
    assert_int_equal(tape_write_bars(path, "X", &series, false, &problem), STATUS_OK);
    size_t size;
    uint8_t *data = load(path, &size);
    struct bar_source source;
    bar_source_init(&source, "bytes");
    for (size_t i = 0; i < size; i += i < 300 || i > size - 300 ? 1 : 61) {
        struct tape_reader *reader;
        data[i] ^= (uint8_t)(1 << i % 8);
        problem_init(&problem);
        enum status status = tape_reader_open_memory("bytes", data, size, &reader, &problem);
        if (status == STATUS_OK) {
            status = tape_reader_bars(reader, &source, false, &back, &problem);
            /* Zeros that fill up to eight bytes are in no checksum and mean nothing. */
            if (status == STATUS_OK)
                assert_same(&series, &back);
            bar_series_release(&back);
            tape_reader_close(reader);
        }
        data[i] ^= (uint8_t)(1 << i % 8);
    }
    free(data);
    assert_int_equal(unlink(path), 0);
    bar_series_release(&series);
}

static void recording_goes_on_behind_a_cut(void **state)
{
    (void)state;
    struct problem problem;
    struct bar_series series = make_series(9000, 23, true), back;
    const char *path = at("r.tape");
    struct tape_facts facts = {
        .kind = TAPE_BARS, .price_decimals = 8, .bar_ns = MINUTE, .instrument = "BTC-USD"};
    struct tape_writer *writer, *other;
    for (size_t lost = 0; lost < 400; lost += 13) {
        problem_init(&problem);
        assert_int_equal(tape_writer_resume(path, &facts, &writer, &problem), STATUS_OK);
        assert_int_equal(tape_writer_bars(writer, series.bars, 1000), STATUS_OK);
        assert_int_equal(tape_writer_bars(writer, series.bars + 1000, 700), STATUS_OK);
        assert_int_equal(tape_writer_sync(writer), STATUS_OK);
        assert_int_equal(tape_writer_resume(path, &facts, &other, &problem), STATUS_EXISTS);
        assert_null(other);
        problem_init(&problem);
        if (lost % 2 == 0)
            tape_writer_abort(writer);
        else
            assert_int_equal(tape_writer_finish(writer, (struct hash128){0, 0}, false, &problem),
                             STATUS_OK);
        size_t size;
        uint8_t *data = load(path, &size);
        store(path, data, size - lost);
        free(data);
        assert_int_equal(tape_writer_resume(path, &facts, &writer, &problem), STATUS_OK);
        uint64_t rows = tape_writer_rows(writer);
        assert_true(rows == 1700 || rows == 1000);
        assert_int_equal(tape_writer_bars(writer, series.bars + rows, series.count - rows),
                         STATUS_OK);
        assert_int_equal(tape_writer_finish(writer, series.content_hash, false, &problem),
                         STATUS_OK);
        struct bar_source source;
        bar_source_init(&source, path);
        assert_int_equal(tape_read_bars(&source, &back, &problem), STATUS_OK);
        assert_same(&series, &back);
        bar_series_release(&back);
        /* Nothing of what was cut stays between the blocks: the walk without an index finds all. */
        struct tape_reader *reader;
        data = load(path, &size);
        assert_int_equal(tape_reader_open_memory("walk", data, size - 1, &reader, &problem),
                         STATUS_OK);
        assert_int_equal(tape_reader_summary(reader)->rows, series.count);
        tape_reader_close(reader);
        free(data);
        assert_int_equal(unlink(path), 0);
    }
    store(path, (const uint8_t *)"ts,open\n", 8);
    assert_int_equal(tape_writer_resume(path, &facts, &writer, &problem), STATUS_DATA_INVALID);
    problem_init(&problem);
    store(path, (const uint8_t *)"TERNTAP1....", 12);
    assert_int_equal(tape_writer_resume(path, &facts, &writer, &problem), STATUS_OK);
    tape_writer_abort(writer);
    assert_int_equal(unlink(path), 0);
    bar_series_release(&series);
}

static void full_disk_leaves_nothing(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    struct bar_series series = make_series(10, 23, true);
    assert_int_equal(tape_write_bars(at("none/a.tape"), "", &series, false, &problem),
                     STATUS_NOT_FOUND);
    problem_init(&problem);
    assert_int_equal(tape_write_bars("/proc/a.tape", "", &series, false, &problem),
                     access("/proc/a.tape", F_OK) == 0 ? STATUS_OK : STATUS_NOT_FOUND);
    bar_series_release(&series);
    struct tape_writer *writer;
    struct tape_facts facts = {.kind = TAPE_TRADES, .price_decimals = 8, .quantity_decimals = 8};
    problem_init(&problem);
    assert_int_equal(tape_writer_create(at("gone.tape"), &facts, &writer, &problem), STATUS_OK);
    tape_writer_abort(writer);
    assert_int_not_equal(access(at("gone.tape"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_back),
        cmocka_unit_test(bars_come_back),
        cmocka_unit_test(windows_are_cut_out),
        cmocka_unit_test(decimals_follow_the_request),
        cmocka_unit_test(cuts_lose_no_whole_block),
        cmocka_unit_test(changed_bytes_are_found),
        cmocka_unit_test(recording_goes_on_behind_a_cut),
        cmocka_unit_test(full_disk_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
