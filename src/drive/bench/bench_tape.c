/* Tapes: four years of one-minute bars to a file and back.
 *
 * tape-read opens the tape, unpacks every column, judges every bar and takes the content hash, as a
 * back-test does. tape-write packs, sums and writes all, with its rename and sync. The plain loop
 * moves the same bars as they lie in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "drive/bench/bench.h"
#include "world/tape/tape_bars.h"

#define BARS_COUNT ((size_t)4 * 365 * 1440 + 1440)
#define MINUTE (60 * NANOSECONDS_PER_SECOND)
#define START (INT64_C(1577836800) * NANOSECONDS_PER_SECOND) /* 2020-01-01 */

struct bench_tape {
    char path[64];
    struct bar_series series;
    struct bar *copy;
    uint64_t size;
    struct hash128 hash; /* of what was read last */
};

/* A price in cents that wanders, volumes of five decimals, a gap now and then. */
static void draw_bars(struct bar *bars)
{
    struct random random;
    int64_t price = 4000000, minute = 0;
    random_init(&random, 99, 0);
    for (size_t i = 0; i < BARS_COUNT; i++) {
        int64_t close = price + (int64_t)random_below(&random, 4001) - 2000;
        close = close < 100000 ? 200000 - close : close;
        int64_t high = i64_max(price, close) + (int64_t)random_below(&random, 1000);
        int64_t low = i64_min(price, close) - (int64_t)random_below(&random, 1000);
        bars[i] = (struct bar){
            START + minute * MINUTE, {price * 1000000},
            {high * 1000000},        {low * 1000000},
            {close * 1000000},       (double)random_below(&random, 10000000) / 1e5};
        price = close;
        minute += random_below(&random, 10000) == 0 ? 31 : 1;
    }
}

static void bench_tape_teardown(void *context)
{
    struct bench_tape *tape = context;
    (void)unlink(tape->path);
    free(tape->series.bars);
    free(tape->copy);
    free(tape);
}

static double write_run(void *context)
{
    struct bench_tape *tape = context;
    struct problem problem;
    problem_init(&problem);
    double start = bench_seconds();
    if (tape_write_bars(tape->path, "BTC-USD", &tape->series, true, &problem) != STATUS_OK)
        return 0;
    return (double)BARS_COUNT / (bench_seconds() - start);
}

static double read_run(void *context)
{
    struct bench_tape *tape = context;
    struct bar_source source;
    struct bar_series back;
    struct problem problem;
    problem_init(&problem);
    bar_source_init(&source, tape->path);
    double start = bench_seconds();
    if (tape_read_bars(&source, &back, &problem) != STATUS_OK)
        return 0;
    double rate = (double)BARS_COUNT / (bench_seconds() - start);
    tape->hash = back.content_hash;
    bar_series_release(&back);
    return rate;
}

static enum status bench_tape_setup(void **context, struct problem *problem)
{
    struct bench_tape *tape = calloc(1, sizeof *tape);
    if (tape == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "tape", "not enough memory");
    (void)text_copy(tape->path, sizeof tape->path, TEXT("/tmp/tern-bench-XXXXXX"));
    int descriptor = mkstemp(tape->path);
    tape->series.bars = malloc(BARS_COUNT * sizeof *tape->series.bars);
    tape->copy = malloc(BARS_COUNT * sizeof *tape->copy);
    if (descriptor < 0 || tape->series.bars == NULL || tape->copy == NULL) {
        bench_tape_teardown(tape);
        return problem_set(problem, STATUS_IO, "tape", "no file or no memory to measure with");
    }
    (void)close(descriptor);
    draw_bars(tape->series.bars);
    tape->series.count = BARS_COUNT;
    tape->series.bar_ns = MINUTE;
    tape->series.price_decimals = 8;
    enum status status = tape_write_bars(tape->path, "BTC-USD", &tape->series, true, problem);
    struct tape_reader *reader = NULL;
    if (status == STATUS_OK)
        status = tape_reader_open(tape->path, &reader, problem);
    if (status != STATUS_OK) {
        bench_tape_teardown(tape);
        return status;
    }
    tape->size = tape_reader_summary(reader)->size;
    tape_reader_close(reader);
    *context = tape;
    return STATUS_OK;
}

static double bench_tape_limit(void *context)
{
    struct bench_tape *tape = context;
    double start = bench_seconds();
    memcpy(tape->copy, tape->series.bars, BARS_COUNT * sizeof *tape->copy);
    __asm__ volatile("" : : "r"(tape->copy) : "memory");
    return (double)BARS_COUNT / (bench_seconds() - start);
}

static void bench_tape_check(void *context, char out[BENCH_CHECK_SIZE])
{
    struct bench_tape *tape = context;
    if ((tape->hash.low | tape->hash.high) == 0)
        (void)read_run(tape);
    (void)hash128_format(out, tape->hash);
}

static void bench_tape_note(void *context, char out[BENCH_NOTE_SIZE])
{
    const struct bench_tape *tape = context;
    (void)snprintf(out, BENCH_NOTE_SIZE, "%zu bars in %llu bytes: %.2f bytes a bar", BARS_COUNT,
                   (unsigned long long)tape->size, (double)tape->size / (double)BARS_COUNT);
}

extern const struct bench_class bench_tape_read, bench_tape_write;

const struct bench_class bench_tape_read = {
    .id = "tape-read",
    .name = "tape to bars",
    .unit = "bars/s",
    .limit_name = "copy in memory",
    .setup = bench_tape_setup,
    .run = read_run,
    .limit = bench_tape_limit,
    .check = bench_tape_check,
    .note = bench_tape_note,
    .teardown = bench_tape_teardown,
};

const struct bench_class bench_tape_write = {
    .id = "tape-write",
    .name = "bars to tape",
    .unit = "bars/s",
    .limit_name = "copy in memory",
    .setup = bench_tape_setup,
    .run = write_run,
    .limit = bench_tape_limit,
    .check = bench_tape_check,
    .note = bench_tape_note,
    .teardown = bench_tape_teardown,
};
