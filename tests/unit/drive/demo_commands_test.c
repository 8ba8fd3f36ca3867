/* Commands while the demo runs: who comes and goes moves nobody else, a script is one run, what was
 * typed is a script, what is removed is not traded, an outage halts the exchange and nothing else
 * does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "../json_check.h"
#include "demo_fixture.h"
#include "base/decimal.h"
#include "drive/config/assemble.h"
#include "drive/live/demo_script.h"

#define XRP 3u
#define NVDA 10u /* the first place */
#define LISTED 10u

static struct demo_options scripted(uint64_t seed, enum scenario scenario, int64_t duration_ns,
                                    const char *script)
{
    struct demo_options options = options_of(seed, scenario, duration_ns);
    options.commands = "script";
    options.script = text_of(script);
    options.quiet = true;
    options.audit = true;
    return options;
}

/* The input at *at of what was journaled, NULL for a frame; moves *at on. */
static bool next_input(const struct bench *bench, size_t *at, struct input *input, bool *is_input)
{
    uint32_t head[2];
    if (*at >= bench->used)
        return false;
    memcpy(head, bench->bytes + *at, sizeof head);
    *is_input = head[0] == 1;
    if (*is_input)
        memcpy(input, bench->bytes + *at + 8, sizeof *input);
    *at += 8 + head[1];
    return true;
}

/* How many inputs of a kind (and instrument, or NONE_INDEX) came in [from, to) since the start. */
static uint32_t inputs_of(const struct bench *bench, enum input_kind kind, uint32_t instrument,
                          int64_t from_ns, int64_t to_ns)
{
    struct input input;
    uint32_t count = 0;
    bool is_input = false;
    for (size_t at = 0; next_input(bench, &at, &input, &is_input);) {
        int64_t since = input.time_ns - DEMO_START_NS;
        count += is_input && input.kind == kind && since >= from_ns && since < to_ns &&
                 (instrument == NONE_INDEX || input.instrument == instrument);
    }
    return count;
}

/* Every bar of an instrument since the start, one after another. */
static size_t bars_of(const struct bench *bench, uint32_t instrument, struct bar *out, size_t room)
{
    struct input input;
    size_t count = 0;
    bool is_input = false;
    for (size_t at = 0; next_input(bench, &at, &input, &is_input);) {
        if (!is_input || input.kind != INPUT_BAR_CLOSE || input.instrument != instrument ||
            input.time_ns <= DEMO_START_NS)
            continue;
        assert_true(count < room);
        out[count++] = input.bar.bar;
    }
    return count;
}

static void test_who_comes_and_goes_moves_nobody(void **state)
{
    static struct bar plain[600], busy[600];
    struct bench without, with;
    (void)state;
    bench_init(&without);
    bench_init(&with);
    struct demo_options options = scripted(7, SCENARIO_NORMAL, 3 * MINUTE_NS, "");
    options.commands = NULL;
    (void)run(&without, &options);
    options = scripted(7, SCENARIO_NORMAL, 3 * MINUTE_NS,
                       "add NVDA\nat 20s250ms add FOO\nat 31s remove XRP\nat 40s add AAPL\n"
                       "at 50s remove NVDA\nat 1m10s add XRP\nat 1m30s add NVDA\nat 2m add DOT\n");
    (void)run(&with, &options);
    for (uint32_t i = 0; i < LISTED; i++) {
        size_t count = bars_of(&without, i, plain, ARRAY_COUNT(plain));
        assert_int_equal(count, 180);
        if (i == XRP)
            continue;
        assert_int_equal(bars_of(&with, i, busy, ARRAY_COUNT(busy)), count);
        assert_memory_equal(plain, busy, count * sizeof *plain);
    }
    /* It is not there for 39 s, and its last bar before and first one after are not whole. */
    assert_in_range(bars_of(&with, XRP, busy, ARRAY_COUNT(busy)), 180 - 41, 180 - 39);
    assert_int_equal(inputs_of(&with, INPUT_BAR_CLOSE, XRP, 31 * NANOSECONDS_PER_SECOND + 1,
                               70 * NANOSECONDS_PER_SECOND),
                     0);
    assert_in_range(bars_of(&with, NVDA, busy, ARRAY_COUNT(busy)), 137, 141);
    bench_release(&without);
    bench_release(&with);
}

static const char busy_script[] = "add NVDA\n"
                                  "buy NVDA 2\n"
                                  "at 10s add FOO\n"
                                  "at 12s buy FOO 3.5\n"
                                  "at 20s remove NVDA\n"
                                  "at 25s sell NVDA 1\n"
                                  "at 30s remove XRP-USD\n"
                                  "prices\norders\naccount\nhelp\n"
                                  "at 50s add XRP-USD\n"
                                  "at 55s add NVDA\n"
                                  "at 1m sell NVDA 2\n"
                                  "at 1m1s scenario crash\n"
                                  "at 1m30s bot maker-xrp pause\n"
                                  "at 1m31s stop reduce\n"
                                  "at 1m35s resume\n"
                                  "at 1m36s stop flatten\n"
                                  "at 2m resume\n";

static void test_a_script_is_one_run(void **state)
{
    static const int64_t speeds[] = {0, DEMO_SPEED_ONE, 30 * DEMO_SPEED_ONE};
    struct bench first;
    struct demo_outcome outcome;
    (void)state;
    bench_init(&first);
    struct demo_options options = scripted(3, SCENARIO_NORMAL, 150 * NANOSECONDS_PER_SECOND,
                                           busy_script);
    outcome = run(&first, &options);
    assert_true(said(&first, "ADD    NVDA-USD at 8"));
    assert_true(said(&first, "FOO-USD at "));
    assert_true(said(&first, "an unknown name"));
    assert_true(said(&first, "volatility 25 %, drift 5 %"));
    assert_true(said(&first, "2 are held and stay, valued at the last close"));
    assert_true(said(&first, "NVDA-USD is not listed"));
    assert_true(said(&first, "where its price has moved unseen"));
    assert_true(said(&first, "scenario crash"));
    for (size_t i = 0; i < ARRAY_COUNT(speeds); i++) {
        struct bench bench;
        bench_init(&bench);
        bench.tick_ns = (int64_t)i * 77777777;
        options.speed = speeds[i];
        struct demo_outcome again = run(&bench, &options);
        assert_true(hash128_equal(outcome.journal_hash, again.journal_hash));
        assert_true(hash128_equal(outcome.state_hash, again.state_hash));
        assert_int_equal(first.said.size, bench.said.size);
        assert_memory_equal(first.said.data, bench.said.data, bench.said.size);
        assert_int_equal(first.used, bench.used);
        assert_memory_equal(first.bytes, bench.bytes, bench.used);
        bench_release(&bench);
    }
    bench_release(&first);
}

/* Whoever listens changes nothing; what programs are told is JSON, a line an object. */
static void test_forms(void **state)
{
    struct hash128 hash = {0};
    (void)state;
    for (int form = DEMO_TEXT; form <= DEMO_NDJSON; form++) {
        struct bench bench;
        bench_init(&bench);
        bench.form = (enum demo_form)form;
        struct demo_options options = scripted(3, SCENARIO_NORMAL, 150 * NANOSECONDS_PER_SECOND,
                                               busy_script);
        options.quiet = form == DEMO_NDJSON;
        struct demo_outcome outcome = run(&bench, &options);
        if (form == DEMO_TEXT)
            hash = outcome.journal_hash;
        assert_true(hash128_equal(hash, outcome.journal_hash));
        struct text rest = {bench.said.data, bench.said.size};
        size_t lines = 0;
        if (form == DEMO_JSON)
            assert_true(json_is_valid(rest));
        for (; form == DEMO_NDJSON && rest.size > 0; lines++) {
            struct text line = text_split(&rest, '\n');
            assert_true(json_is_valid(line));
            assert_true(text_starts_with(line, lines == 0 ? TEXT("{\"event\":\"start\"")
                                                          : TEXT("{\"event\":\"")));
        }
        bench_release(&bench);
    }
}

/* On a screen no line about what happened is wider than it, and no word is lost. */
static void test_narrow_screens(void **state)
{
    static const unsigned widths[] = {40, 60, 80, 81, 82, 92, 93, 100, 103, 104, 200};
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(widths); i++) {
        struct bench bench;
        bench_init(&bench);
        bench.width = widths[i];
        struct demo_options options = scripted(3, SCENARIO_NORMAL, 150 * NANOSECONDS_PER_SECOND,
                                               busy_script);
        (void)run(&bench, &options);
        struct text rest = {bench.said.data, bench.said.size};
        size_t dated = 0;
        while (rest.size > 0) {
            struct text line = text_split(&rest, '\n');
            if (line.size < 9 || line.data[2] != ':' || line.data[5] != ':')
                continue;
            dated++;
            assert_true(line.size <= widths[i]);
        }
        assert_true(dated > 20);
        assert_true(said(&bench, widths[i] < 100 ? "NVDA-USD at" : "volatility 40 %, drift 8 %"));
        assert_int_equal(said(&bench, " equity 9"), widths[i] >= 82);
        assert_int_equal(said(&bench, " fee "), widths[i] < 82 || widths[i] >= 104);
        bench_release(&bench);
    }
}

/* What was typed, whenever that was, is printed as a script, which makes the same run. */
static void test_what_was_typed_is_a_script(void **state)
{
    static const char *const typed[] = {"add NVDA",       "nonsense",      "at 5s add FOO",
                                        "buy NVDA 1.5",   "add foo",       "remove XRP-USD",
                                        "prices",         "sell NVDA 1.5", "scenario outage",
                                        "buy FOO 1 at 1", "add XRP",       "quit"};
    struct bench live, again;
    (void)state;
    bench_init(&live);
    bench_init(&again);
    live.lines = typed;
    live.lines_count = ARRAY_COUNT(typed);
    live.lines_due = 1400; /* the looks at the clock before are those of the history */
    struct demo_options options = scripted(8, SCENARIO_NORMAL, 0, "");
    struct demo_outcome outcome = run(&live, &options);
    assert_false(outcome.interrupted);
    assert_true(said(&live, "ERROR  \"nonsense\"; allowed: add, remove"));
    assert_true(said(&live, "times are for --commands FILE"));
    assert_true(said(&live, "stopping: a command said so"));
    const char *script = strstr(live.said.data, "these lines:\n");
    assert_non_null(script);
    script += strlen("these lines:\n");
    assert_non_null(strstr(script, "add FOO-USD\n"));
    assert_null(strstr(script, "prices"));
    options = scripted(8, SCENARIO_NORMAL, 0, script);
    options.duration_ns = outcome.simulated_ns;
    struct demo_outcome repeated = run(&again, &options);
    assert_true(hash128_equal(outcome.journal_hash, repeated.journal_hash));
    assert_int_equal(outcome.simulated_ns, repeated.simulated_ns);
    bench_release(&live);
    bench_release(&again);
}

/* ---- what is removed ------------------------------------------------------------------------ */

static void test_removed_is_not_traded(void **state)
{
    static const int64_t gone_ns = 60 * NANOSECONDS_PER_SECOND;
    static const int64_t back_ns = 120 * NANOSECONDS_PER_SECOND;
    static const int64_t answered_ns = NANOSECONDS_PER_SECOND / 10;
    uint32_t canceled = 0, fills_before = 0, fills_after = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct bench bench;
        bench_init(&bench);
        struct demo_options options = scripted(seed, SCENARIO_CHOP, 6 * MINUTE_NS,
                                               "at 1m remove XRP\nat 2m add XRP\n");
        (void)run(&bench, &options);
        canceled += inputs_of(&bench, INPUT_VENUE_CANCELED, XRP, gone_ns,
                              gone_ns + answered_ns + 1);
        fills_before += inputs_of(&bench, INPUT_VENUE_FILL, XRP, 0, gone_ns);
        fills_after += inputs_of(&bench, INPUT_VENUE_FILL, XRP, back_ns, INT64_MAX);
        /* What filled just before is answered 50 ms later; then there is silence. */
        assert_int_equal(inputs_of(&bench, INPUT_VENUE_FILL, XRP, gone_ns + answered_ns, back_ns),
                         0);
        assert_int_equal(
            inputs_of(&bench, INPUT_VENUE_ACCEPTED, XRP, gone_ns + answered_ns, back_ns), 0);
        assert_true(inputs_of(&bench, INPUT_VENUE_ACCEPTED, XRP, back_ns, INT64_MAX) > 0);
        bench_release(&bench);
    }
    assert_true(canceled > 0 && fills_after > 0);
    (void)fills_before;
}

static void test_room_is_bounded(void **state)
{
    struct bench bench;
    struct text_buffer script;
    (void)state;
    bench_init(&bench);
    text_buffer_init(&script, 4096);
    for (int i = 0; i < DEMO_ROOM + 2; i++)
        text_buffer_print(&script, "add NEW%d\n", i);
    text_buffer_append(&script, TEXT("remove NEW0\nadd NEW0\nadd NEW1\nremove NEVER\n"
                                     "add ROOM3\nremove ROOM3\n"));
    struct demo_options options = scripted(2, SCENARIO_NORMAL, MINUTE_NS / 6, script.data);
    (void)run(&bench, &options);
    assert_true(said(&bench, "NEW7-USD at"));
    assert_true(said(&bench, "no place for NEW8-USD: 8 have been added already"));
    assert_true(said(&bench, "no place for NEW9-USD"));
    assert_true(said(&bench, "NEW0-USD at"));
    assert_true(said(&bench, "NEW1-USD is listed already"));
    assert_true(said(&bench, "NEVER-USD is not listed"));
    assert_true(said(&bench, "no place for ROOM3-USD"));
    assert_true(said(&bench, "ROOM3-USD is not listed"));
    text_buffer_release(&script);
    bench_release(&bench);
}

/* A denial says what would have been and what is allowed. */
static void test_denials_say_limits(void **state)
{
    (void)state;
    for (int form = DEMO_TEXT; form <= DEMO_NDJSON; form++) {
        struct bench bench;
        bench_init(&bench);
        bench.form = (enum demo_form)form;
        struct demo_options options = scripted(2, SCENARIO_NORMAL, MINUTE_NS / 6,
                                               "at 1s buy SOL 100\nsell SOL 5\n"
                                               "buy SOL 10 at 100\nbuy SOL 10000 at 151\n");
        (void)run(&bench, &options);
        if (form == DEMO_TEXT) {
            assert_true(said(&bench, "one order: 15,"));
            assert_true(said(&bench, ", limit 2,500.00 (order_notional_max)"));
            assert_true(said(&bench, "(price_collar)"));
            assert_true(said(&bench, "(no_short)"));
        } else {
            assert_int_equal(said(&bench, "\"limit\":\"2500\""), form == DEMO_NDJSON);
        }
        bench_release(&bench);
    }
}

/* ---- an outage ------------------------------------------------------------------------------ */

/* The feed of the scenario is down from 2:00 to 2:45. An order of before rests and waits, one that
 * comes is refused because the exchange has halted, a cancel is done, and what comes after fills at
 * once. Without the halt the second order would take what the last order book showed. */
static void test_outage_halts_the_exchange(void **state)
{
    static const int64_t second = NANOSECONDS_PER_SECOND;
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct bench bench;
        struct input input;
        bool is_input = false;
        uint32_t halted = 0, accepted = 0;
        bench_init(&bench);
        struct demo_options options = scripted(seed, SCENARIO_OUTAGE, 3 * MINUTE_NS,
                                               "at 1m58s buy ADA 100 at 0.62\n"
                                               "buy ADA 200 at 0.61\n"
                                               "at 2m1s buy BTC-USD 0.01\n"
                                               "at 2m2s buy ETH-USD 0.1 at 5000\n"
                                               "at 2m3s prices\n"
                                               "at 2m50s buy BTC-USD 0.01\n");
        (void)run(&bench, &options);
        for (size_t at = 0; next_input(&bench, &at, &input, &is_input);) {
            int64_t since = input.time_ns - DEMO_START_NS;
            if (!is_input || since <= 120 * second || since >= 165 * second)
                continue;
            halted += input.kind == INPUT_VENUE_REJECTED &&
                      input.report.reason == REASON_VENUE_HALTED;
            accepted += input.kind == INPUT_VENUE_ACCEPTED;
            /* What filled just before is answered 50 ms later. */
            assert_false(input.kind == INPUT_VENUE_FILL && since > 120 * second + second / 20);
            /* Both limits of before rest on. */
            assert_false(input.kind == INPUT_VENUE_CANCELED && input.instrument == 5);
        }
        assert_true(halted >= 1);
        assert_int_equal(accepted, 0);
        assert_true(said(&bench, "the venue has halted the instrument"));
        assert_int_equal(inputs_of(&bench, INPUT_VENUE_ACCEPTED, 5, 118 * second, 119 * second), 2);
        assert_true(inputs_of(&bench, INPUT_VENUE_FILL, 0, 170 * second, 171 * second) > 0);
        bench_release(&bench);
    }
}

/* ---- random --------------------------------------------------------------------------------- */

/* The journal, without the market, in a second engine that has the same places. */
static void assert_folds(const struct bench *bench, uint64_t seed, struct demo_outcome outcome)
{
    struct config config;
    struct assembly assembly;
    struct engine *engine = NULL;
    struct problem problem;
    struct assemble_market markets[LISTED + DEMO_ROOM] = {0};
    struct text_buffer text;
    char number[DECIMAL_TEXT_SIZE];
    text_buffer_init(&text, (size_t)1 << 16);
    demo_configuration_with_room(&text);
    (void)decimal_format_i64(number, (int64_t)seed, 0);
    const struct config_layer layers[] = {
        {.name = "demo", .text = {text.data, text.size}},
        {.name = "--seed", .key = "seed", .text = text_of(number)},
    };
    problem_init(&problem);
    assert_int_equal(config_read_layers(layers, 2, CONFIG_LIVE, &config, &problem), STATUS_OK);
    assert_int_equal(assembly_init(&assembly, &config, markets, &problem), STATUS_OK);
    assembly.engine.orders_capacity = 4096;
    assembly.engine.lots_capacity = 4096;
    assert_int_equal(engine_create(&assembly.engine, &engine), STATUS_OK);
    for (size_t at = 0; at < bench->used;) {
        struct input input;
        uint32_t head[2], size = 0;
        memcpy(head, bench->bytes + at, sizeof head);
        if (head[0] == 1) {
            memcpy(&input, bench->bytes + at + 8, sizeof input);
            engine_fold_input(engine, &input);
        } else {
            assert_int_equal(engine_fold_frame(engine, bench->bytes + at + 8, head[1], &size),
                             STATUS_OK);
        }
        at += 8 + head[1];
    }
    assert_true(hash128_equal(engine_chain(engine), outcome.journal_hash));
    engine_free(engine);
    assembly_release(&assembly);
    config_release(&config);
    text_buffer_release(&text);
}

/* Whatever is said, the books balance after every frame and the journal folds to the same state. */
static void test_random_scripts(void **state)
{
    static const char *const names[] = {"BTC", "XRP", "SOL", "NVDA", "FOO", "LINK", "AAPL"};
    static const char *const verbs[] = {"add",  "remove", "buy", "sell",  "scenario",
                                        "stop", "resume", "bot", "cancel"};
    static const char *const stops[] = {"pause", "reduce", "cancel", "flatten"};
    static const char *const scenarios[] = {"crash", "chop", "outage", "normal"};
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct random random;
        struct text_buffer script;
        struct bench bench;
        random_init(&random, seed, 7);
        text_buffer_init(&script, DEMO_SCRIPT_SIZE_MAX);
        bench_init(&bench);
        for (uint32_t quarter = 0; quarter < 480;
             quarter += 1 + (uint32_t)random_u64(&random) % 12) {
            const char *verb = verbs[random_u64(&random) % ARRAY_COUNT(verbs)];
            const char *name = names[random_u64(&random) % ARRAY_COUNT(names)];
            text_buffer_print(&script, "at %ums %s", quarter * 250, verb);
            if (strcmp(verb, "scenario") == 0)
                text_buffer_print(&script, " %s", scenarios[random_u64(&random) % 4]);
            else if (strcmp(verb, "stop") == 0)
                text_buffer_print(&script, " %s\nat %ums resume", stops[random_u64(&random) % 4],
                                  quarter * 250);
            else if (strcmp(verb, "bot") == 0)
                text_buffer_print(&script, " maker-xrp %s",
                                  random_u64(&random) % 2 ? "start" : "stop");
            else if (strcmp(verb, "cancel") == 0)
                text_buffer_print(&script, " %u", 1 + (uint32_t)random_u64(&random) % 60);
            else if (strcmp(verb, "resume") != 0)
                text_buffer_print(&script, " %s", name);
            if (verb[0] == 'b' && verb[1] == 'u')
                text_buffer_print(&script, " %u", 1 + (uint32_t)random_u64(&random) % 4);
            if (verb[0] == 's' && verb[1] == 'e')
                text_buffer_print(&script, " 0.%u", 1 + (uint32_t)random_u64(&random) % 9);
            text_buffer_append(&script, TEXT("\n"));
        }
        struct demo_options options = scripted(seed, SCENARIO_NORMAL, 2 * MINUTE_NS, script.data);
        struct demo_outcome outcome = run(&bench, &options);
        assert_true(said(&bench, "to the last digit: ok"));
        assert_folds(&bench, seed, outcome);
        text_buffer_release(&script);
        bench_release(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_comes_and_goes_moves_nobody),
        cmocka_unit_test(test_a_script_is_one_run),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_narrow_screens),
        cmocka_unit_test(test_what_was_typed_is_a_script),
        cmocka_unit_test(test_removed_is_not_traded),
        cmocka_unit_test(test_room_is_bounded),
        cmocka_unit_test(test_denials_say_limits),
        cmocka_unit_test(test_outage_halts_the_exchange),
        cmocka_unit_test(test_random_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
