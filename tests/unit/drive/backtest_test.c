/* Back-tests on small bars in memory: the order of one instant, the journal folded, writers that
 * fail, runs that are interrupted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "backtest_fixture.h"

#define BARS 60u

/* ---- folding --------------------------------------------------------------------------------- */

static void run_well(struct stage *stage, struct tape *tape, struct backtest_result *result)
{
    struct problem problem;
    struct backtest_options options = {.collect_rows = true, .audit = true};
    problem_init(&problem);
    backtest_result_init(result);
    assert_int_equal(backtest_run(&stage->backtest, tape == NULL ? NULL : &tape->sink, &options,
                                  result, &problem),
                     STATUS_OK);
}

static void the_journal_folds_to_the_state_of_the_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct stage stage;
        struct tape tape;
        struct backtest_result result;
        struct problem problem;
        problem_init(&problem);
        stage_begin(&stage, desk_text, BARS + seed * 5, seed);
        tape_begin(&tape, 0);
        run_well(&stage, &tape, &result);
        assert_true(result.fills_count > 10);
        struct hash128 run = engine_state_hash(stage.backtest.engine);
        struct hash128 chain = engine_chain(stage.backtest.engine);
        assert_true(hash128_equal(chain, result.journal_hash));

        struct journal_records records = {&tape, tape_next};
        stage_again(&stage);
        assert_int_equal(backtest_fold(&stage.backtest, &records, &problem), STATUS_OK);
        assert_true(hash128_equal(engine_state_hash(stage.backtest.engine), run));
        assert_true(hash128_equal(engine_chain(stage.backtest.engine), chain));
        uint64_t detail = 0;
        assert_null(engine_audit(stage.backtest.engine, &detail));

        /* Whether somebody writes changes nothing, and twice is the same. */
        struct backtest_result again;
        stage_again(&stage);
        run_well(&stage, NULL, &again);
        assert_true(hash128_equal(engine_state_hash(stage.backtest.engine), run));
        assert_true(hash128_equal(again.journal_hash, chain));
        backtest_result_release(&again);
        backtest_result_release(&result);
        tape_end(&tape);
        stage_end(&stage);
    }
}

/* Records that are lost, doubled, swapped or foreign: refused, or the very same state. */
static void a_changed_journal_never_folds_to_another_state(void **state)
{
    (void)state;
    enum { LOST, DOUBLED, SWAPPED, WAYS };
    struct stage stage;
    struct tape tape;
    struct backtest_result result;
    stage_begin(&stage, desk_text, BARS, 3);
    tape_begin(&tape, 0);
    run_well(&stage, &tape, &result);
    struct hash128 chain = engine_chain(stage.backtest.engine);
    uint32_t refused = 0, shorter = 0;
    for (uint32_t at = 0; at + 1 < tape.count; at++) {
        for (int way = 0; way < WAYS; way++) {
            struct tape changed = tape;
            struct problem problem;
            problem_init(&problem);
            changed.next = 0;
            size_t tail = tape.count - at - 1;
            if (way == LOST) {
                memmove(&changed.records[at], &tape.records[at + 1], tail * sizeof tape.records[0]);
                changed.count--;
            } else if (way == DOUBLED) {
                memmove(&changed.records[at + 1], &tape.records[at],
                        (tail + 1) * sizeof tape.records[0]);
                changed.count++;
            } else {
                changed.records[at] = tape.records[at + 1];
                changed.records[at + 1] = tape.records[at];
            }
            stage_again(&stage);
            struct journal_records records = {&changed, tape_next};
            enum status status = backtest_fold(&stage.backtest, &records, &problem);
            if (status != STATUS_OK) {
                assert_int_equal(problem.status, status);
                assert_string_equal(problem.where, "journal");
                refused++;
            } else {
                /* Only an input whose loss shows in no frame can be missing. */
                shorter += !hash128_equal(engine_chain(stage.backtest.engine), chain);
            }
        }
    }
    assert_int_equal(shorter, 0);
    assert_true(refused > tape.count * 2);
    backtest_result_release(&result);
    tape_end(&tape);
    stage_end(&stage);
}

/* ---- writers that fail ----------------------------------------------------------------------- */

static void a_writer_that_fails_ends_the_run(void **state)
{
    (void)state;
    struct stage stage;
    struct tape tape;
    struct backtest_result result;
    stage_begin(&stage, desk_text, BARS, 5);
    tape_begin(&tape, 0);
    run_well(&stage, &tape, &result);
    uint32_t total = tape.count;
    assert_true(total > 50);
    backtest_result_release(&result);
    tape_end(&tape);
    for (uint32_t at = 1; at <= total + 1; at++) {
        struct problem problem;
        struct backtest_options options = {.collect_rows = true};
        problem_init(&problem);
        backtest_result_init(&result);
        stage_again(&stage);
        tape_begin(&tape, at);
        enum status status = backtest_run(&stage.backtest, &tape.sink, &options, &result, &problem);
        assert_int_equal(status, at > total ? STATUS_OK : STATUS_IO);
        if (at <= total) {
            assert_string_equal(problem.where, "journal");
            assert_int_equal(tape.count, at); /* and is not asked again */
        }
        backtest_result_release(&result);
        tape_end(&tape);
    }
    stage_end(&stage);
}

/* A journal file that cannot be created, written at its k-th record, or closed: the result's folder
 * is not there afterwards, nor anything else. */

struct journal_handle {
    struct tape tape;
    bool open;
};

struct disk {
    struct journal_handle handle;
    uint32_t fail_at;
    bool fail_create, fail_close;
};

/* The port has no context of its own. */
static struct disk disk;

static enum status disk_create(const char *path, struct text session, struct text config,
                               struct text data, struct journal_handle **out,
                               struct problem *problem)
{
    assert_true(session.size > 0 && config.size > 0 && data.size > 0);
    if (disk.fail_create)
        return problem_set(problem, STATUS_IO, path, "no space left");
    tape_begin(&disk.handle.tape, disk.fail_at);
    disk.handle.open = true;
    *out = &disk.handle;
    return STATUS_OK;
}

static const struct journal_sink *disk_sink(struct journal_handle *handle)
{
    return &handle->tape.sink;
}

static void disk_abort(struct journal_handle *handle)
{
    assert_true(handle->open);
    tape_end(&handle->tape);
    handle->open = false;
}

static enum status disk_close(struct journal_handle *handle, struct problem *problem)
{
    bool failed = disk.fail_close ||
                  (handle->tape.fail_at != 0 && handle->tape.count >= handle->tape.fail_at);
    disk_abort(handle);
    return failed ? problem_set(problem, STATUS_IO, "journal", "no space left") : STATUS_OK;
}

static enum status made_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    (void)problem;
    bool first = strcmp(request->instrument, "BTC-USD") == 0;
    *out = (struct bar_data){.bars = bars_make(BARS, first ? 1 : 2, first ? 4000000 : 200000),
                             .count = BARS,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS};
    out->content_hash = hash128_of(out->bars, BARS * sizeof *out->bars);
    return STATUS_OK;
}

static void made_release(struct bar_data *data)
{
    free(data->bars);
}

static enum status disk_run(const char *folder)
{
    static const struct bar_port bars = {made_load, made_release};
    static const struct journal_port journal = {disk_create, disk_sink, disk_close, disk_abort};
    const struct execute_ports ports = {&bars, &journal, "test"};
    char config[80], directory[80], trials[80];
    (void)snprintf(config, sizeof config, "%s/c.yaml", folder);
    (void)snprintf(directory, sizeof directory, "%s/deep/result", folder);
    (void)snprintf(trials, sizeof trials, "%s/trials", folder);
    struct execute_request request = {
        .config_path = config, .directory = directory, .trials_path = trials};
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    problem_init(&problem);
    enum status status = execute_backtest(&ports, &request, &result, &metrics, &problem);
    assert_int_equal(problem.status, status);
    assert_false(disk.handle.open);
    if (status == STATUS_OK)
        backtest_result_release(&result);
    return status;
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    char folder[] = "/tmp/tern-backtest-XXXXXX", path[80], command[120];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/c.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(desk_text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    static const char *const left[] = {"deep", "trials"};
    enum status status = STATUS_IO;
    uint32_t at = 0;
    for (; status != STATUS_OK; at++) {
        disk = (struct disk){.fail_at = at < 2 ? 0 : at - 1};
        disk.fail_create = at == 0;
        disk.fail_close = at == 1;
        status = disk_run(folder); /* well once there is no such record any more */
        for (size_t i = 0; status != STATUS_OK && i < ARRAY_COUNT(left); i++) {
            (void)snprintf(path, sizeof path, "%s/%s", folder, left[i]);
            assert_int_equal(access(path, F_OK), -1);
        }
    }
    print_message("# %u ways to fail\n", at - 1);
    disk = (struct disk){0};
    assert_int_equal(disk_run(folder), STATUS_OK);
    (void)snprintf(path, sizeof path, "%s/deep/result/result.json", folder);
    assert_int_equal(access(path, F_OK), 0);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

/* ---- interrupted ----------------------------------------------------------------------------- */

static const char one_text[] =
    "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"10000\"}\n"
    "data:\n  - {file: a, kind: bars, instrument: BTC-USD, bar: 1h}\n"
    "bots:\n  - {name: y, kind: ma_cross, instrument: BTC-USD, bar: 1h,\n"
    "     params: {fast: 20, slow: 200}, size: {method: fixed, quantity: \"0.1\"}}\n";

struct patience {
    uint32_t calls, stop_at; /* from 1 */
    uint64_t done;
};

static bool be_patient(void *context, uint64_t done, uint64_t total)
{
    struct patience *patience = context;
    assert_true(done > patience->done && done <= total);
    patience->done = done;
    return ++patience->calls != patience->stop_at;
}

static void an_interrupted_run_says_so(void **state)
{
    (void)state;
    struct stage stage;
    stage_begin(&stage, one_text, 100000, 9);
    uint32_t calls = 0;
    for (uint32_t stop_at = 0; stop_at <= calls; stop_at++) {
        struct patience patience = {.stop_at = stop_at};
        struct backtest_options options = {.progress = be_patient, .progress_context = &patience};
        struct backtest_result result;
        struct problem problem;
        problem_init(&problem);
        backtest_result_init(&result);
        stage_again(&stage);
        enum status status = backtest_run(&stage.backtest, NULL, &options, &result, &problem);
        assert_int_equal(status, stop_at == 0 ? STATUS_OK : STATUS_INTERRUPTED);
        assert_int_equal(problem.status, status);
        if (stop_at == 0)
            calls = patience.calls;
        else
            assert_int_equal(patience.calls, stop_at); /* not asked again */
        backtest_result_release(&result);
    }
    assert_true(calls >= 4);
    stage_end(&stage);
}

/* ---- the order of one instant ---------------------------------------------------------------- */

/* Inputs and what became of orders, as the journal has them; seq counts the bars between too. */
static void describe(const struct tape *tape, struct text_buffer *out)
{
    for (uint32_t i = 0; i < tape->count; i++) {
        const uint8_t *bytes = tape->records[i].bytes;
        struct frame_header frame;
        struct fact_header fact;
        if (tape->records[i].is_input)
            continue;
        memcpy(&frame, bytes, sizeof frame);
        for (size_t at = FRAME_HEADER_SIZE; at < tape->records[i].size - FRAME_CHAIN_SIZE;) {
            memcpy(&fact, bytes + at, sizeof fact);
            unsigned hour = (unsigned)((frame.time_ns - DATA_START_NS) / HOUR_NS);
            if (fact.kind == FACT_ORDER_PLANNED) {
                struct fact_order_planned planned;
                memcpy(&planned, bytes + at, sizeof planned);
                text_buffer_print(out, "%u h, input %u: planned %u by bot %u\n", hour,
                                  (unsigned)frame.input_seq, (unsigned)planned.order, planned.bot);
            } else if (fact.kind == FACT_ORDER_ACCEPTED || fact.kind == FACT_ORDER_FILLED) {
                uint64_t order = 0;
                memcpy(&order, bytes + at + sizeof fact, sizeof order);
                text_buffer_print(out, "%u h, input %u: %s %u\n", hour, (unsigned)frame.input_seq,
                                  fact.kind == FACT_ORDER_FILLED ? "filled" : "accepted",
                                  (unsigned)order);
            }
            at += fact.size;
        }
    }
}

/* Both instruments fall and then rise at one bar. Hours 0 and 1: openings; from 1 on a close of
 * each comes before. The session's start is input 1.
 *
 *     hour  inputs
 *     0     2, 3: openings                        (BTC, ETH)
 *     1     4, 5: closes  6: cycle  7, 8: openings
 *     2     9, 10: closes  11: cycle, which decides */
static void instant_of(const char *fill, const char *expected)
{
    struct stage stage;
    struct tape tape;
    struct text_buffer text;
    struct backtest_result result;
    char config[2048];
    struct problem problem;
    problem_init(&problem);
    (void)snprintf(config, sizeof config, "%s", desk_text);
    char *slow = strstr(config, "fast: 2, slow: 5");
    assert_non_null(slow);
    memcpy(slow, "fast: 1, slow: 2", 16);
    (void)snprintf(config + strlen(config), sizeof config - strlen(config),
                   "simulation: {fill: %s}\n", fill);
    stage_begin(&stage, config, 8, 1);
    static const int64_t closes[] = {99, 102, 103, 104, 90, 89};
    for (uint32_t i = 0; i < 2; i++) {
        int64_t scale = i == 0 ? 40000 : 2000, open = 100 * scale;
        stage.series[i].bars = stage.bars[i];
        stage.series[i].count = ARRAY_COUNT(closes);
        for (size_t j = 0; j < ARRAY_COUNT(closes); j++) {
            struct bar *bar = &stage.bars[i][j];
            bar->open.units = open;
            bar->close.units = closes[j] * scale;
            bar->high.units = i64_max(open, bar->close.units);
            bar->low.units = i64_min(open, bar->close.units);
            open = bar->close.units;
        }
    }
    stage_again(&stage);
    tape_begin(&tape, 0);
    run_well(&stage, &tape, &result);
    text_buffer_init(&text, 1 << 16);
    describe(&tape, &text);
    assert_string_equal(text.data, expected);
    text_buffer_release(&text);
    backtest_result_release(&result);
    tape_end(&tape);
    stage_end(&stage);
}

static void the_order_of_one_instant(void **state)
{
    (void)state;
    /* 15 and 17 are the openings; each is followed by the fills of its instrument, in the order in
     * which the orders arrived. */
    instant_of("next_open", "2 h, input 11: planned 1 by bot 0\n"
                            "2 h, input 11: planned 2 by bot 1\n"
                            "2 h, input 11: planned 3 by bot 2\n"
                            "2 h, input 12: accepted 1\n"
                            "2 h, input 13: accepted 2\n"
                            "2 h, input 14: accepted 3\n"
                            "2 h, input 16: filled 2\n"
                            "2 h, input 18: filled 1\n"
                            "2 h, input 19: filled 3\n"
                            "5 h, input 32: planned 4 by bot 0\n"
                            "5 h, input 32: planned 5 by bot 1\n"
                            "5 h, input 32: planned 6 by bot 2\n"
                            "5 h, input 33: accepted 4\n"
                            "5 h, input 34: accepted 5\n"
                            "5 h, input 35: accepted 6\n"
                            "5 h, input 37: filled 5\n"
                            "5 h, input 39: filled 4\n"
                            "5 h, input 40: filled 6\n");
}

static void the_order_of_one_instant_at_this_close(void **state)
{
    (void)state;
    /* No opening is between: each order is executed as it arrives. */
    instant_of("this_close", "2 h, input 11: planned 1 by bot 0\n"
                             "2 h, input 11: planned 2 by bot 1\n"
                             "2 h, input 11: planned 3 by bot 2\n"
                             "2 h, input 12: accepted 1\n"
                             "2 h, input 13: filled 1\n"
                             "2 h, input 14: accepted 2\n"
                             "2 h, input 15: filled 2\n"
                             "2 h, input 16: accepted 3\n"
                             "2 h, input 17: filled 3\n"
                             "5 h, input 32: planned 4 by bot 0\n"
                             "5 h, input 32: planned 5 by bot 1\n"
                             "5 h, input 32: planned 6 by bot 2\n"
                             "5 h, input 33: accepted 4\n"
                             "5 h, input 34: filled 4\n"
                             "5 h, input 35: accepted 5\n"
                             "5 h, input 36: filled 5\n"
                             "5 h, input 37: accepted 6\n"
                             "5 h, input 38: filled 6\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_journal_folds_to_the_state_of_the_run),
        cmocka_unit_test(a_changed_journal_never_folds_to_another_state),
        cmocka_unit_test(a_writer_that_fails_ends_the_run),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(an_interrupted_run_says_so),
        cmocka_unit_test(the_order_of_one_instant),
        cmocka_unit_test(the_order_of_one_instant_at_this_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
