/* Replay: a journal of ours is confirmed, one that was changed with all checksums right is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/backtest/replay.h"
#include "world/store/journal.h"

#define BARS 300u
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)

static const char config_text[] =
    "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"10000\"}\n"
    "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: 1h}\n"
    "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1h,\n"
    "     params: {fast: 3, slow: 8}, size: {method: fixed, quantity: \"0.1\"}}\n";

/* ---- ports ----------------------------------------------------------------------------------- */

static unsigned bars_count = BARS;

static enum status bars_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    struct random random;
    (void)problem;
    random_init(&random, 42, 0);
    struct bar *bars = calloc(bars_count, sizeof *bars);
    assert_non_null(bars);
    int64_t price = 400000000, start = INT64_C(1704067200) * NANOSECONDS_PER_SECOND;
    for (unsigned i = 0; i < bars_count; i++) {
        bars[i].open_time_ns = start + i * HOUR_NS;
        bars[i].open.units = price;
        price += (int64_t)random_below(&random, 8000001) - 4000000;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price);
        bars[i].low.units = i64_min(bars[i].open.units, price);
        bars[i].volume = 1;
    }
    *out = (struct bar_data){.bars = bars,
                             .count = bars_count,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS,
                             .content_hash = hash128_of(bars, bars_count * sizeof *bars)};
    return STATUS_OK;
}

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port bars = {bars_load, bars_release};
static const struct execute_ports ports = {.bars = &bars, .version = "test"};

/* ---- a journal by hand ----------------------------------------------------------------------- */

static void journal_make(const char *path)
{
    struct config config;
    struct problem problem;
    struct loaded_data data;
    struct backtest backtest;
    struct backtest_result result;
    struct journal_writer writer;
    struct execute_request request = {0};
    struct backtest_options options = {0};
    problem_init(&problem);
    assert_int_equal(config_read_text("test.yaml", text_of(config_text), NULL, CONFIG_BACKTEST,
                                      &config, &problem),
                     STATUS_OK);
    assert_int_equal(data_load(&ports, &config, &request, &data, &problem), STATUS_OK);
    assert_int_equal(backtest_init(&backtest, &config, data.series, data.count, &problem),
                     STATUS_OK);
    struct text_buffer canonical, lines;
    text_buffer_init(&canonical, 1 << 20);
    text_buffer_init(&lines, 1 << 16);
    config_canonical(&config, &canonical);
    data_describe(&config, &data, &lines);
    assert_int_equal(journal_writer_open(&writer, path, &problem), STATUS_OK);
    (void)journal_write(&writer, JOURNAL_SESSION, "test\n", 5);
    (void)journal_write(&writer, JOURNAL_CONFIG, canonical.data, canonical.size);
    (void)journal_write(&writer, JOURNAL_DATA, lines.data, lines.size);
    backtest_result_init(&result);
    assert_int_equal(backtest_run(&backtest, &writer.sink, &options, &result, &problem), STATUS_OK);
    assert_true(result.fills_count > bars_count / 30);
    assert_int_equal(journal_writer_close(&writer, &problem), STATUS_OK);
    backtest_result_release(&result);
    text_buffer_release(&canonical);
    text_buffer_release(&lines);
    backtest_release(&backtest);
    data_release(&ports, &data);
    config_release(&config);
}

enum change { CHANGE_NONE, CHANGE_FRAME, CHANGE_DROP, CHANGE_INPUT, CHANGE_KIND, CHANGE_MORE };

/* The last record of a type, by its number; UINT32_MAX: none. */
static uint32_t last_of(const char *path, enum journal_type type)
{
    struct journal_reader reader;
    struct journal_entry entry;
    struct problem problem;
    uint32_t last = UINT32_MAX, number = 0;
    problem_init(&problem);
    assert_int_equal(journal_reader_open(&reader, path, &problem), STATUS_OK);
    for (; journal_next(&reader, &entry) == STATUS_OK; number++) {
        if (entry.type == type)
            last = number;
    }
    journal_reader_close(&reader);
    return last;
}

/* Changes a byte of the frame's `observed` and hashes it anew. */
static void frame_change(uint8_t *frame, size_t size, const uint8_t *previous)
{
    uint8_t bytes[4096];
    assert_true(size <= sizeof bytes - FRAME_CHAIN_SIZE);
    frame[40] ^= 1;
    memcpy(bytes, previous, FRAME_CHAIN_SIZE);
    memcpy(bytes + FRAME_CHAIN_SIZE, frame, size - FRAME_CHAIN_SIZE);
    struct hash128 chain = hash128_of(bytes, size);
    memcpy(frame + size - FRAME_CHAIN_SIZE, &chain, FRAME_CHAIN_SIZE);
}

/* A copy with one change; every checksum is right. */
static void journal_copy(const char *from, const char *to, enum change change)
{
    struct journal_reader reader;
    struct journal_writer writer;
    struct journal_entry entry;
    struct problem problem;
    uint8_t chain[FRAME_CHAIN_SIZE] = {0};
    problem_init(&problem);
    uint32_t target = last_of(
        from, change == CHANGE_INPUT || change == CHANGE_KIND ? JOURNAL_INPUT : JOURNAL_FRAME);
    (void)unlink(to);
    assert_int_equal(journal_reader_open(&reader, from, &problem), STATUS_OK);
    assert_int_equal(journal_writer_open(&writer, to, &problem), STATUS_OK);
    for (uint32_t number = 0; journal_next(&reader, &entry) == STATUS_OK; number++) {
        uint8_t *bytes = malloc(entry.size);
        assert_non_null(bytes);
        memcpy(bytes, entry.payload, entry.size);
        struct input input;
        bool drop = change == CHANGE_DROP && number == target;
        if (number == target && change == CHANGE_FRAME)
            frame_change(bytes, entry.size, chain);
        if (number == target && (change == CHANGE_INPUT || change == CHANGE_KIND)) {
            memcpy(&input, bytes, sizeof input);
            if (change == CHANGE_KIND)
                input.kind = INPUT_BAR_CLOSE;
            else
                input.fill.price.units++;
            memcpy(bytes, &input, sizeof input);
        }
        if (entry.type == JOURNAL_FRAME)
            memcpy(chain, bytes + entry.size - FRAME_CHAIN_SIZE, FRAME_CHAIN_SIZE);
        if (!drop)
            (void)journal_write(&writer, entry.type, bytes, entry.size);
        free(bytes);
    }
    if (change == CHANGE_MORE) {
        struct input input = {.seq = 1000000, .time_ns = INT64_MAX, .kind = INPUT_HEALTH};
        (void)journal_write(&writer, JOURNAL_INPUT, &input, sizeof input);
    }
    assert_int_equal(journal_writer_close(&writer, &problem), STATUS_OK);
    journal_reader_close(&reader);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void confirmed_and_contradicted(void **state)
{
    (void)state;
    static const struct {
        enum change change;
        enum status status;
        bool good;
        const char *what;
    } rows[] = {
        {CHANGE_NONE,  STATUS_OK,      true,  ""},
        {CHANGE_FRAME, STATUS_OK,      false, "the run has another frame"},
        {CHANGE_DROP,  STATUS_OK,      false, "the journal ends before a frame of the run"},
        {CHANGE_INPUT, STATUS_OK,      false, "the run has another input"},
        {CHANGE_KIND,  STATUS_CORRUPT, false, ""},
        {CHANGE_MORE,  STATUS_CORRUPT, false, ""},
    };
    char folder[] = "/tmp/tern-replay-XXXXXX", path[64], changed[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a", folder);
    (void)snprintf(changed, sizeof changed, "%s/b", folder);
    journal_make(path);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct replay_request request = {.journal_path = changed};
        struct replay_report report;
        struct problem problem;
        problem_init(&problem);
        journal_copy(path, changed, rows[i].change);
        enum status status = replay_journal(&ports, &request, &report, &problem);
        if (status != rows[i].status)
            print_message("%zu: %s: %s\n", i, problem.where, problem.found);
        assert_int_equal(status, rows[i].status);
        if (status != STATUS_OK)
            continue;
        assert_int_equal(replay_is_good(&request, &report), rows[i].good);
        assert_string_equal(report.differs_what, rows[i].what);
        assert_null(report.audit);
        assert_true(report.frames > 10 && report.inputs > 10);
        if (rows[i].good)
            assert_true(hash128_equal(report.state_folded, report.state_run));
    }
    (void)unlink(path);
    (void)unlink(changed);
    assert_int_equal(rmdir(folder), 0);
}

/* ---- damage ---------------------------------------------------------------------------------- */

static uint8_t *file_load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(1 << 20);
    assert_non_null(file);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 1 << 20, file);
    assert_int_equal(fclose(file), 0);
    return bytes;
}

static void file_save(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* What a damaged file says: an error, "not as the run says", or what the whole one says. */
enum answer { ANSWER_ERROR, ANSWER_DIFFERS, ANSWER_SAME };

static enum answer answer_of(const char *path, const struct replay_report *whole)
{
    struct replay_request request = {.journal_path = path};
    struct replay_report report;
    struct problem problem;
    problem_init(&problem);
    if (replay_journal(&ports, &request, &report, &problem) != STATUS_OK) {
        assert_int_not_equal(problem.status, STATUS_OK);
        assert_true(problem.found[0] != '\0' && problem.where[0] != '\0');
        return ANSWER_ERROR;
    }
    if (!replay_is_good(&request, &report))
        return ANSWER_DIFFERS;
    assert_true(hash128_equal(report.state_run, whole->state_run));
    assert_true(hash128_equal(report.state_folded, whole->state_folded));
    assert_true(hash128_equal(report.chain, whole->chain));
    assert_int_equal(report.frames, whole->frames);
    return ANSWER_SAME;
}

/* One bit of every byte, and every length: never another result that passes for good. */
static void damage_is_seen_wherever_it_is(void **state)
{
    (void)state;
    char folder[] = "/tmp/tern-damage-XXXXXX", path[64], damaged[64];
    struct replay_report whole;
    struct problem problem;
    problem_init(&problem);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a", folder);
    (void)snprintf(damaged, sizeof damaged, "%s/b", folder);
    bars_count = 24;
    journal_make(path);
    struct replay_request request = {.journal_path = path};
    assert_int_equal(replay_journal(&ports, &request, &whole, &problem), STATUS_OK);
    assert_true(replay_is_good(&request, &whole) && whole.frames > 5);
    size_t size = 0;
    uint8_t *bytes = file_load(path, &size);
    unsigned answers[3] = {0};
    for (size_t at = 0; at < size; at++) {
        uint8_t old = bytes[at];
        bytes[at] ^= (uint8_t)(1u << (at * 5 % 8));
        file_save(damaged, bytes, size);
        enum answer answer = answer_of(damaged, &whole);
        answers[answer]++;
        /* Zeros between records and the text about the session say nothing about the run. */
        if (answer == ANSWER_SAME)
            assert_true(old == 0);
        bytes[at] = old;
    }
    print_message("# %u bytes: %u errors, %u differ, %u say the same\n", (unsigned)size,
                  answers[ANSWER_ERROR], answers[ANSWER_DIFFERS], answers[ANSWER_SAME]);
    assert_int_equal(answers[ANSWER_DIFFERS], 0);
    assert_true(answers[ANSWER_SAME] < size / 50);
    for (size_t length = 0; length < size; length++) {
        file_save(damaged, bytes, length);
        assert_int_not_equal(answer_of(damaged, &whole), ANSWER_SAME);
    }
    bars_count = BARS;
    free(bytes);
    (void)unlink(path);
    (void)unlink(damaged);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confirmed_and_contradicted),
        cmocka_unit_test(damage_is_seen_wherever_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
