/* The demo: one seed is one journal at any pace, books balance in every scenario, the exchange is
 * the one on order books, what is kept folds, and words of the command line are read or refused.
 * Recordings: demo_tape_test.c; commands: demo_commands_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "drive/config/assemble.h"
#include "demo_fixture.h"

/* ---- tests --------------------------------------------------------------------------------- */

/* Whatever the pace, and whoever looks on. */
static void test_one_seed_is_one_journal(void **state)
{
    static const int64_t speeds[] = {0, 1, DEMO_SPEED_ONE, 37 * DEMO_SPEED_ONE, DEMO_SPEED_MAX};
    struct demo_outcome first = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(speeds); i++) {
        struct bench bench;
        bench_init(&bench);
        bench.tick_ns = (int64_t)i * 100 * NANOSECONDS_PER_SECOND / 1000;
        struct demo_options options = options_of(11, SCENARIO_NORMAL, 2 * MINUTE_NS);
        options.speed = speeds[i];
        options.quiet = i % 2 == 1;
        struct demo_outcome outcome = run(&bench, &options);
        if (i == 0)
            first = outcome;
        assert_true(hash128_equal(first.journal_hash, outcome.journal_hash));
        assert_true(hash128_equal(first.state_hash, outcome.state_hash));
        assert_int_equal(first.inputs_count, outcome.inputs_count);
        bench_release(&bench);
    }
    struct bench bench;
    bench_init(&bench);
    struct demo_options other = options_of(12, SCENARIO_NORMAL, 2 * MINUTE_NS);
    assert_false(hash128_equal(first.journal_hash, run(&bench, &other).journal_hash));
    bench_release(&bench);
}

/* demo_run fails where engine_audit finds anything after any frame, where an order is left, or
 * where the account does not add up. */
static void test_books_balance_in_every_scenario(void **state)
{
    (void)state;
    for (int i = 0; i < SCENARIO_COUNT; i++) {
        struct bench bench;
        bench_init(&bench);
        struct demo_options options = options_of(5, (enum scenario)i, 8 * MINUTE_NS);
        options.audit = true;
        struct demo_outcome outcome = run(&bench, &options);
        assert_true(outcome.fills_count > 0);
        assert_int_equal(outcome.fills_count, outcome.maker_fills + outcome.taker_fills);
        assert_int_equal(outcome.simulated_ns, 8 * MINUTE_NS);
        assert_true(said(&bench, "to the last digit: ok"));
        bench_release(&bench);
    }
}

/* Ten instruments at forty updates a second: some four hundred levels and quotes a second. */
static void test_order_books_live(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench);
    struct demo_options options = options_of(42, SCENARIO_NORMAL, 10 * MINUTE_NS);
    struct demo_outcome outcome = run(&bench, &options);
    assert_true(outcome.inputs_count > 10 * 60 * 10 * 40);
    assert_true(outcome.maker_fills > 0);
    assert_true(outcome.taker_fills > 0);
    assert_int_equal(bench.observed_count, 0);
    assert_true(said(&bench, " maker-xrp "));
    assert_true(said(&bench, " grid-link "));
    assert_true(bench.statuses > 0);
    assert_non_null(strstr(bench.status, "equity "));
    assert_non_null(strstr(bench.status, "BTC-USD "));
    assert_non_null(strstr(bench.status, " bps"));
    bench_release(&bench);
}

/* While nothing is published nothing fills: the feed of the scenario is down from 2:00 to 2:45. */
static void test_outage_halts(void **state)
{
    struct bench bench;
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        bench_init(&bench);
        struct demo_options options = options_of(seed, SCENARIO_OUTAGE, 4 * MINUTE_NS);
        (void)run(&bench, &options);
        size_t at = 0;
        while (at < bench.used) {
            struct input input;
            uint32_t head[2];
            memcpy(head, bench.bytes + at, sizeof head);
            if (head[0] == 1) {
                memcpy(&input, bench.bytes + at + 8, sizeof input);
                int64_t since = input.time_ns - DEMO_START_NS;
                /* What filled just before is answered 50 ms later. */
                if (input.kind == INPUT_VENUE_FILL || input.kind == INPUT_BAR_CLOSE)
                    assert_false(since > 120 * NANOSECONDS_PER_SECOND + 50000000 &&
                                 since < 165 * NANOSECONDS_PER_SECOND);
            }
            at += 8 + head[1];
        }
        assert_true(said(&bench, "silent for more than"));
        assert_true(said(&bench, "back, 10 of 10"));
        bench_release(&bench);
    }
}

/* The journal without quotes, trades and levels folds to the same state. */
static void test_journal_folds(void **state)
{
    struct bench bench;
    struct config config;
    struct assembly assembly;
    struct engine *engine = NULL;
    struct problem problem;
    struct assemble_market markets[16] = {0};
    const struct config_layer layers[] = {
        {.name = "demo", .text = demo_configuration()},
        {.name = "--seed", .key = "seed", .text = TEXT("9")},
    };
    (void)state;
    bench_init(&bench);
    problem_init(&problem);
    struct demo_options options = options_of(9, SCENARIO_CHOP, 5 * MINUTE_NS);
    struct demo_outcome outcome = run(&bench, &options);
    assert_int_equal(config_read_layers(layers, 2, CONFIG_LIVE, &config, &problem), STATUS_OK);
    assert_int_equal(config.instruments_count, 10);
    assert_int_equal(config.bots_count, 6);
    assert_int_equal(assembly_init(&assembly, &config, markets, &problem), STATUS_OK);
    assembly.engine.orders_capacity = 4096;
    assembly.engine.lots_capacity = 4096;
    assert_int_equal(engine_create(&assembly.engine, &engine), STATUS_OK);
    size_t at = 0;
    while (at < bench.used) {
        struct input input;
        uint32_t head[2], size = 0;
        memcpy(head, bench.bytes + at, sizeof head);
        const uint8_t *data = bench.bytes + at + 8;
        if (head[0] == 1) {
            memcpy(&input, data, sizeof input);
            engine_fold_input(engine, &input);
        } else {
            assert_int_equal(engine_fold_frame(engine, data, head[1], &size), STATUS_OK);
        }
        at += 8 + head[1];
    }
    assert_true(bench.frames_count > 0);
    assert_true(hash128_equal(engine_chain(engine), outcome.journal_hash));
    engine_free(engine);
    assembly_release(&assembly);
    config_release(&config);
    bench_release(&bench);
}

/* Stopped at any wait, the account is closed and the books balance. */
static void test_interruption_closes_the_account(void **state)
{
    (void)state;
    for (uint64_t waits = 1; waits < 2200; waits = waits * 2 + 1) {
        struct bench bench;
        bench_init(&bench);
        bench.waits_max = waits;
        struct demo_options options = options_of(3, SCENARIO_NORMAL, 0);
        struct demo_outcome outcome = run(&bench, &options);
        assert_true(outcome.interrupted);
        assert_true(said(&bench, "stopping: interrupted"));
        assert_true(said(&bench, "to the last digit: ok"));
        bench_release(&bench);
    }
}

static void test_nobody_reads(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench);
    bench.write_status = STATUS_END;
    struct demo_options options = options_of(3, SCENARIO_NORMAL, 0);
    struct demo_outcome outcome = run(&bench, &options);
    assert_false(outcome.interrupted);
    bench_release(&bench);
}

static void test_options(void **state)
{
    static const struct {
        const char *name, *value;
        bool taken;
    } rows[] = {
        {"seed", "0", true},
        {"seed", "9223372036854775807", true},
        {"seed", "9223372036854775808", false},
        {"seed", "-1", false},
        {"seed", "1.5", false},
        {"seed", "", false},
        {"speed", "max", true},
        {"speed", "0.001", true},
        {"speed", "100000", true},
        {"speed", "100000.001", false},
        {"speed", "0", false},
        {"speed", "0.0001", false},
        {"speed", "-1", false},
        {"speed", "fast", false},
        {"duration", "1s", true},
        {"duration", "365d", true},
        {"duration", "366d", false},
        {"duration", "0s", false},
        {"duration", "500ms", false},
        {"duration", "1500ms", false},
        {"duration", "ten", false},
        {"scenario", "normal", true},
        {"scenario", "calm", true},
        {"scenario", "trend", true},
        {"scenario", "crash", true},
        {"scenario", "chop", true},
        {"scenario", "outage", true},
        {"scenario", "Crash", false},
        {"scenario", "crush", false},
        {"scenario", "", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct demo_options options;
        struct problem problem;
        problem_init(&problem);
        demo_options_init(&options, 1);
        enum status status = demo_option(&options, rows[i].name, rows[i].value, &problem);
        if ((status == STATUS_OK) != rows[i].taken)
            fail_msg("--%s %s", rows[i].name, rows[i].value);
        if (!rows[i].taken) {
            assert_int_equal(status, STATUS_USAGE);
            assert_non_null(strstr(problem.where, rows[i].name));
            assert_true(problem.allowed[0] != '\0');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_seed_is_one_journal),
        cmocka_unit_test(test_books_balance_in_every_scenario),
        cmocka_unit_test(test_order_books_live),
        cmocka_unit_test(test_outage_halts),
        cmocka_unit_test(test_journal_folds),
        cmocka_unit_test(test_interruption_closes_the_account),
        cmocka_unit_test(test_nobody_reads),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
