/* A back-test on small bars in memory, and its journal in memory. */
#ifndef TERN_TESTS_UNIT_DRIVE_BACKTEST_FIXTURE_H
#define TERN_TESTS_UNIT_DRIVE_BACKTEST_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "drive/backtest/replay.h"
#include "world/store/journal.h"

#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)
#define DATA_START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)

/* Bots of both instruments, in another order than the instruments are; short averages, so that
 * sixty bars are enough for some trades. */
static const char desk_text[] =
    "tern: 1\ncurrency: USD\ninstruments: [BTC-USD, ETH-USD]\naccount: {USD: \"100000\"}\n"
    "fees: {maker_bps: 10, taker_bps: 20}\n"
    "data:\n  - {file: a, kind: bars, instrument: BTC-USD, bar: 1h}\n"
    "  - {file: b, kind: bars, instrument: ETH-USD, bar: 1h}\n"
    "bots:\n  - {name: z, kind: ma_cross, instrument: ETH-USD, bar: 1h,\n"
    "     params: {fast: 1, slow: 2}, size: {method: fixed, quantity: \"1\"}}\n"
    "  - {name: y, kind: ma_cross, instrument: BTC-USD, bar: 1h, budget: \"50000\",\n"
    "     params: {fast: 2, slow: 5}, size: {method: fixed, quantity: \"0.1\"}}\n"
    "  - {name: x, kind: ma_cross, instrument: ETH-USD, bar: 1h,\n"
    "     params: {fast: 1, slow: 2}, size: {method: fixed, quantity: \"2\"}}\n";

/* ---- bars ------------------------------------------------------------------------------------ */

/* How many bars bars_load makes of each file; tests set it before they load. */
struct bars_made {
    size_t count;
    uint64_t seed;
};

static inline struct bar *bars_make(size_t count, uint64_t seed, int64_t price)
{
    struct random random;
    struct bar *bars = calloc(count, sizeof *bars);
    assert_non_null(bars);
    random_init(&random, seed, 0);
    for (size_t i = 0; i < count; i++) {
        uint64_t width = (uint64_t)price / 50;
        bars[i].open_time_ns = DATA_START_NS + (int64_t)i * HOUR_NS;
        bars[i].open.units = price;
        price += (int64_t)random_below(&random, width * 2 + 1) - (int64_t)width;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price);
        bars[i].low.units = i64_min(bars[i].open.units, price);
        bars[i].volume = 1;
    }
    return bars;
}

/* ---- a back-test ----------------------------------------------------------------------------- */

struct stage {
    struct config config;
    struct bar *bars[2];
    struct backtest_series series[2];
    uint32_t series_count;
    struct backtest backtest;
};

/* Of two series the second begins two bars late. The caller ends it. */
static inline void stage_begin(struct stage *stage, const char *text, size_t count, uint64_t seed)
{
    struct problem problem;
    problem_init(&problem);
    *stage = (struct stage){0};
    assert_int_equal(
        config_read_text("t.yaml", text_of(text), NULL, CONFIG_BACKTEST, &stage->config, &problem),
        STATUS_OK);
    stage->series_count = stage->config.data_count;
    for (uint32_t i = 0; i < stage->series_count; i++) {
        const struct config_data *source = &stage->config.data[i];
        size_t late = i == 0 ? 0 : 2;
        stage->bars[i] = bars_make(count, seed + i, i == 0 ? 4000000 : 200000);
        stage->series[i] = (struct backtest_series){
            .instrument = source->instrument_index,
            .bars = stage->bars[i] + late,
            .count = count - late,
            .bar_ns = HOUR_NS,
            .price_decimals = stage->config.instruments[source->instrument_index].price_decimals,
            .content_hash = hash128_of(stage->bars[i] + late, (count - late) * sizeof(struct bar)),
        };
    }
    assert_int_equal(backtest_init(&stage->backtest, &stage->config, stage->series,
                                   stage->series_count, &problem),
                     STATUS_OK);
}

/* A fresh engine and exchange for the same run. */
static inline void stage_again(struct stage *stage)
{
    struct problem problem;
    problem_init(&problem);
    backtest_release(&stage->backtest);
    assert_int_equal(backtest_init(&stage->backtest, &stage->config, stage->series,
                                   stage->series_count, &problem),
                     STATUS_OK);
}

static inline void stage_end(struct stage *stage)
{
    backtest_release(&stage->backtest);
    for (uint32_t i = 0; i < stage->series_count; i++)
        free(stage->bars[i]);
    config_release(&stage->config);
}

/* ---- a journal in memory --------------------------------------------------------------------- */

#define RECORDS_MAX 4096u

struct tape {
    struct journal_sink sink;
    struct {
        uint8_t *bytes; /* owned */
        size_t size;
        bool is_input;
    } records[RECORDS_MAX];
    uint32_t count;   /* calls, the failing one and what should not have come after it included */
    uint32_t fail_at; /* from 1; 0: never */
    uint32_t next;    /* to be read */
    struct input input;
};

static inline enum status tape_put(struct tape *tape, const void *bytes, size_t size, bool input)
{
    assert_true(tape->count < RECORDS_MAX);
    uint32_t at = tape->count++;
    if (tape->count == tape->fail_at)
        return STATUS_IO;
    tape->records[at].bytes = malloc(size);
    assert_non_null(tape->records[at].bytes);
    memcpy(tape->records[at].bytes, bytes, size);
    tape->records[at].size = size;
    tape->records[at].is_input = input;
    return STATUS_OK;
}

static inline enum status tape_input(void *context, const struct input *input)
{
    return tape_put(context, input, sizeof *input, true);
}

static inline enum status tape_frame(void *context, const uint8_t *data, uint32_t size)
{
    return tape_put(context, data, size, false);
}

static inline void tape_begin(struct tape *tape, uint32_t fail_at)
{
    *tape = (struct tape){.sink = {tape, tape_input, tape_frame}, .fail_at = fail_at};
}

static inline void tape_end(struct tape *tape)
{
    for (uint32_t i = 0; i < tape->count; i++)
        free(tape->records[i].bytes);
}

/* For backtest_fold. */
static inline enum status tape_next(void *context, struct journal_record *record)
{
    struct tape *tape = context;
    if (tape->next == tape->count)
        return STATUS_END;
    uint32_t at = tape->next++;
    *record = (struct journal_record){0};
    if (tape->records[at].is_input) {
        memcpy(&tape->input, tape->records[at].bytes, sizeof tape->input);
        record->input = &tape->input;
    } else {
        record->frame = tape->records[at].bytes;
        record->frame_size = tape->records[at].size;
    }
    return STATUS_OK;
}

#endif
