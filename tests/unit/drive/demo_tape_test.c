/* Recordings in the demo: any pace is one journal, a tape is what its CSV is, instruments and steps
 * are found, what is wrong with an order book is said, commands go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "demo_fixture.h"
#include "drive/live/demo_tape.h"
#include "world/tape/recording.h"

static void file_write(char path[64], const char *name, const char *text)
{
    (void)snprintf(path, 64, "/tmp/tern_demo_%d_%s", (int)getpid(), name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const no_commands = NULL;

static enum status run_tape(struct bench *bench, const char *files, const char *commands,
                            int64_t speed, struct demo_outcome *outcome, struct problem *problem)
{
    struct demo_ports ports = {
        .clock = {bench, clock_now, clock_wait},
        .output = {.context = bench,
                   .form = bench->form,
                   .write = write_lines,
                   .status = write_status_line,
                   .style = {.plain = true, .ascii = true}},
        .sink = &bench->sink,
        .version = "test",
    };
    struct demo_options options = options_of(1, SCENARIO_NORMAL, 0);
    options.tape = files;
    options.commands = commands;
    options.script = text_of(commands);
    options.speed = speed;
    options.audit = true;
    problem_init(problem);
    return demo_run(&options, &ports, outcome, problem);
}

/* Quotes of four minutes that swing by less than a hundredth, and a trade a second at the top:
 * whoever rests beside the middle is reached before a second is over. */
static void swing_write(struct text_buffer *quotes, struct text_buffer *trades)
{
    text_buffer_append(quotes, TEXT("recv_ns,exch_ns,bid,bid_size,ask,ask_size\n"));
    text_buffer_append(trades, TEXT("recv_ns,trade_ns,trade_id,price,size,taker_side\n"));
    for (int i = 0; i < 240; i++) {
        int64_t time_ns = DEMO_START_NS + (int64_t)i * NANOSECONDS_PER_SECOND;
        int middle = 50000 + (i % 40 < 20 ? i % 40 : 40 - i % 40) * 20;
        text_buffer_print(quotes, "%lld,%lld,%d,2,%d,2\n", (long long)time_ns + 10000000,
                          (long long)time_ns, middle - 1, middle + 1);
        text_buffer_print(trades, "%lld,%lld,%d,%d,0.5,%s\n", (long long)time_ns + 510000000,
                          (long long)time_ns + 500000000, i + 1,
                          i % 2 == 0 ? middle + 1 : middle - 1, i % 2 == 0 ? "buy" : "sell");
    }
}

static void test_recording(void **state)
{
    static const int64_t speeds[] = {0, DEMO_SPEED_ONE, 50 * DEMO_SPEED_ONE};
    struct text_buffer quotes, trades;
    char quotes_path[64], trades_path[64], files[160];
    struct demo_outcome first = {0};
    (void)state;
    text_buffer_init(&quotes, (size_t)1 << 20);
    text_buffer_init(&trades, (size_t)1 << 20);
    swing_write(&quotes, &trades);
    file_write(quotes_path, "btc_quotes.csv", quotes.data);
    file_write(trades_path, "BTC_trades.csv", trades.data);
    (void)snprintf(files, sizeof files, "%s,%s", quotes_path, trades_path);
    for (size_t i = 0; i < ARRAY_COUNT(speeds); i++) {
        struct bench bench;
        struct demo_outcome outcome;
        struct problem problem;
        bench_init(&bench);
        assert_int_equal(run_tape(&bench, files, no_commands, speeds[i], &outcome, &problem),
                         STATUS_OK);
        if (i == 0)
            first = outcome;
        assert_true(hash128_equal(first.journal_hash, outcome.journal_hash));
        assert_int_equal(outcome.simulated_ns, 240 * NANOSECONDS_PER_SECOND);
        assert_true(outcome.maker_fills > 0);
        assert_true(outcome.taker_fills > 0);
        assert_true(said(&bench, "recorded prices"));
        assert_true(said(&bench, "--tape "));
        bench_release(&bench);
    }
    (void)remove(quotes_path);
    (void)remove(trades_path);
    text_buffer_release(&quotes);
    text_buffer_release(&trades);
}

static void test_recordings_refused(void **state)
{
    static const struct {
        const char *name, *text;
        enum status status;
        const char *found;
    } rows[] = {
        {"abc.csv", "recv_ns,exch_ns,bid,bid_size,ask,ask_size\n1,1,1,1,2,1\n", STATUS_USAGE,
         "no instrument"},
        {"btc_t.csv", "recv_ns,trade_ns,trade_id,price,size,taker_side\n1,1,1,1,1,buy\n",
         STATUS_USAGE, "neither levels nor quotes of BTC-USD"},
        {"eth_bad.csv", "recv_ns,exch_ns,bid,bid_size,ask,ask_size\n1,1,x,1,2,1\n",
         STATUS_DATA_INVALID, ""},
        {"eth_none.csv", "", STATUS_DATA_INVALID, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows) + 3; i++) {
        static const char *const words[] = {"/nowhere/btc.csv", "", ","};
        char path[64] = "";
        struct bench bench;
        struct demo_outcome outcome;
        struct problem problem;
        bool written = i < ARRAY_COUNT(rows);
        bench_init(&bench);
        if (written)
            file_write(path, rows[i].name, rows[i].text);
        enum status status = run_tape(&bench, written ? path : words[i - ARRAY_COUNT(rows)],
                                      no_commands, 0, &outcome, &problem);
        if (written) {
            assert_int_equal(status, rows[i].status);
            assert_non_null(strstr(problem.found, rows[i].found));
            (void)remove(path);
        } else {
            assert_int_equal(status, i == ARRAY_COUNT(rows) ? STATUS_NOT_FOUND : STATUS_USAGE);
        }
        assert_int_equal(bench.said.size, 0);
        bench_release(&bench);
    }
}

/* ---- instruments and steps ------------------------------------------------------------------- */

/* Reads one file of quotes under a name, or after NAME=; base is "" where it is refused. */
static void read_one(const char *prefix, const char *name, const char *rows, char base[16],
                     int64_t *tick, int64_t *lot)
{
    char path[64], files[128];
    struct demo_tape tape;
    struct problem problem;
    struct text_buffer text;
    text_buffer_init(&text, 4096);
    text_buffer_print(&text, "recv_ns,exch_ns,bid,bid_size,ask,ask_size\n%s", rows);
    file_write(path, name, text.data);
    (void)snprintf(files, sizeof files, "%s%s", prefix, path);
    problem_init(&problem);
    base[0] = '\0';
    if (demo_tape_read(&tape, files, &problem) == STATUS_OK) {
        assert_int_equal(tape.instruments_count, 1);
        (void)text_copy(base, 16, text_of(tape.instruments[0].base));
        *tick = tape.instruments[0].tick;
        *lot = tape.instruments[0].lot;
    } else {
        assert_non_null(strstr(problem.allowed, "NAME=FILE"));
    }
    demo_tape_release(&tape);
    (void)remove(path);
    text_buffer_release(&text);
}

static void test_names(void **state)
{
    static const struct {
        const char *prefix, *file, *base;
    } rows[] = {
        {"", "btc.csv", "BTC"},
        {"", "ETH-USD_book.csv", "ETH"},
        {"", "binance_usdm_ethusdt_20240808.csv", "ETH"},
        {"", "SOLUSDC.csv", "SOL"},
        {"", "link_btc.csv", "LINK"},
        {"", "dogeusd.csv", "DOGE"},
        {"", "method_adapter.csv", ""},
        {"", "btceur.csv", ""},
        {"", "nvda.csv", ""}, /* a share is no coin: say so */
        {"", "usd.csv", ""},
        {"NVDA=", "x.csv", "NVDA"},
        {"abc-usdt=", "x.csv", "ABC"},
        {"BTC-USD=", "eth.csv", "BTC"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char base[16];
        int64_t tick = 0, lot = 0;
        read_one(rows[i].prefix, rows[i].file, "1,1,1,1,2,1\n", base, &tick, &lot);
        if (strcmp(base, rows[i].base) != 0)
            fail_msg("%s%s: %s", rows[i].prefix, rows[i].file, base);
    }
}

static void test_steps(void **state)
{
    static const struct {
        const char *rows;
        int64_t tick, lot; /* of 10^-8 */
    } rows[] = {
        {"1,1,10.10,2,10.20,3\n", 10000000, 100000000},
        {"1,1,100.10,2,100.20,3\n", 10000000, 50000000}, /* one would be worth more than 100 */
        {"1,1,100.25,0.5,100.30,0.125\n", 5000000, 500000},
        {"1,1,100.01,0.001,100.03,0.002\n2,2,100.02,1,100.04,1\n", 1000000, 100000},
        {"1,1,5000,10,5010,20\n", 100000000, 1000000},
        {"1,1,0.12345678,0.00000001,0.12345679,1\n", 1, 1},
        {"1,1,0.2,0.4,0.4,0.6\n", 20000000, 20000000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char base[16];
        int64_t tick = 0, lot = 0;
        read_one("", "btc.csv", rows[i].rows, base, &tick, &lot);
        assert_string_equal(base, "BTC");
        assert_int_equal(tick, rows[i].tick);
        assert_int_equal(lot, rows[i].lot);
    }
}

/* ---- troubles -------------------------------------------------------------------------------- */

/* A message a second of levels around 50000: a snapshot, then updates of consecutive numbers; one
 * number is missing at 20 s, the snapshot at 30 s ends that. */
static void levels_write(struct text_buffer *out)
{
    text_buffer_append(out, TEXT("recv_ns,exch_ns,event_ns,seq,kind,side,price,size\n"));
    for (int i = 0; i < 60; i++) {
        long long time_ns = (long long)(DEMO_START_NS + (int64_t)i * NANOSECONDS_PER_SECOND);
        bool whole = i == 0 || i == 30;
        int number = i + 1 + (i >= 20);
        for (int level = 0; level < (whole ? 6 : 2); level++) {
            int away = 1 + level / 2 + (whole ? 0 : i % 3);
            text_buffer_print(out, "%lld,%lld,%lld,%d,%s,%s,%d.5,%d\n", time_ns + 1000000, time_ns,
                              time_ns, number, whole ? "snapshot" : "update",
                              level % 2 == 0 ? "bid" : "ask",
                              level % 2 == 0 ? 50000 - away : 50000 + away, 1 + (i + level) % 5);
        }
    }
}

static void test_troubles_are_said(void **state)
{
    (void)state;
    for (int form = DEMO_TEXT; form <= DEMO_NDJSON; form++) {
        struct text_buffer levels;
        struct bench bench;
        struct demo_outcome outcome;
        struct problem problem;
        char path[64];
        text_buffer_init(&levels, (size_t)1 << 20);
        levels_write(&levels);
        file_write(path, "btc_levels.csv", levels.data);
        bench_init(&bench);
        bench.form = (enum demo_form)form;
        enum status status = run_tape(&bench, path, "at 22s buy BTC 0.01\nat 40s buy BTC 0.01\n", 0,
                                      &outcome, &problem);
        if (status != STATUS_OK)
            fail_msg("%s: %s", problem.where, problem.found);
        if (form == DEMO_TEXT) {
            assert_true(
                said(&bench, "09:00:20  BOOK   BTC-USD is not valid (so far: unready 2, gap 1): "));
            assert_true(said(&bench, "09:00:30  BOOK   BTC-USD is valid again after 10.000 s"));
            assert_true(
                said(&bench, "order book of BTC-USD: unready 20, gap 1; not valid for 10.0"));
            assert_true(said(&bench, "btc_levels.csv: 60 order book messages of BTC-USD"));
            assert_true(said(&bench, "the instrument's order book is not valid (book_invalid)"));
            assert_true(said(&bench, "desk, by hand\t1\t"));
        } else {
            assert_true(said(&bench, "\"troubles_count\":21"));
            assert_int_equal(said(&bench, "{\"event\":\"book\",\"time\":\"2026-01-05T09:00:20."),
                             form == DEMO_NDJSON);
        }
        (void)remove(path);
        bench_release(&bench);
        text_buffer_release(&levels);
    }
}

/* ---- tapes ----------------------------------------------------------------------------------- */

/* The same events as a tape that says which instrument it is of. */
static void tape_write(const char *from, const char *to, const char *instrument)
{
    struct recording recording;
    struct tape_events_writer *writer = NULL;
    struct depth_event event;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(recording_open(&recording, from, NULL, &problem), STATUS_OK);
    struct tape_facts facts = {.kind = tape_kind_of(recording.kind),
                               .price_decimals = recording.price_decimals,
                               .quantity_decimals = recording.quantity_decimals};
    (void)text_copy(facts.instrument, sizeof facts.instrument, text_of(instrument));
    assert_int_equal(tape_events_create(to, &facts, &writer, &problem), STATUS_OK);
    while (recording_next(&recording, &event, &problem) == STATUS_OK)
        assert_int_equal(tape_events_put(writer, &event, &problem), STATUS_OK);
    assert_int_equal(tape_events_finish(writer, true, &problem), STATUS_OK);
    recording_close(&recording);
}

static void test_a_tape_is_its_csv(void **state)
{
    struct text_buffer quotes, trades, levels;
    char quotes_path[64], trades_path[64], levels_path[64], one[64], two[64], three[64];
    char files[400];
    struct demo_outcome of_csv, of_tapes;
    struct problem problem;
    struct bench bench;
    (void)state;
    text_buffer_init(&quotes, (size_t)1 << 20);
    text_buffer_init(&trades, (size_t)1 << 20);
    text_buffer_init(&levels, (size_t)1 << 20);
    swing_write(&quotes, &trades);
    levels_write(&levels);
    file_write(quotes_path, "btc_quotes.csv", quotes.data);
    file_write(trades_path, "btc_trades.csv", trades.data);
    file_write(levels_path, "eth_levels.csv", levels.data);
    (void)snprintf(files, sizeof files, "%s,%s,%s", quotes_path, trades_path, levels_path);
    bench_init(&bench);
    assert_int_equal(run_tape(&bench, files, no_commands, 0, &of_csv, &problem), STATUS_OK);
    bench_release(&bench);
    file_write(one, "one.tape", "");
    file_write(two, "two.tape", "");
    file_write(three, "three.tape", "");
    tape_write(quotes_path, one, "BTC-USDT");
    tape_write(trades_path, two, "BTC-USDT");
    tape_write(levels_path, three, "ETH-USD");
    (void)snprintf(files, sizeof files, "%s,%s,%s", one, two, three);
    bench_init(&bench);
    enum status status = run_tape(&bench, files, no_commands, 0, &of_tapes, &problem);
    if (status != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    assert_true(hash128_equal(of_csv.journal_hash, of_tapes.journal_hash));
    assert_true(of_tapes.fills_count > 0);
    bench_release(&bench);
    const char *const all[] = {quotes_path, trades_path, levels_path, one, two, three};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        (void)remove(all[i]);
    text_buffer_release(&quotes);
    text_buffer_release(&trades);
    text_buffer_release(&levels);
}

/* Eight instruments run together, a ninth is refused, and so are two accounts of one thing. */
static void test_many_instruments(void **state)
{
    static const char *const coins[] = {"BTC", "ETH", "SOL", "XRP", "LTC",
                                        "ADA", "BNB", "DOT", "TRX"};
    struct text_buffer quotes, trades, files;
    char path[64];
    struct demo_outcome outcome;
    struct problem problem;
    (void)state;
    text_buffer_init(&quotes, (size_t)1 << 20);
    text_buffer_init(&trades, (size_t)1 << 20);
    swing_write(&quotes, &trades);
    file_write(path, "quotes.csv", quotes.data);
    for (size_t count = 8; count <= 10; count++) {
        struct bench bench;
        bench_init(&bench);
        text_buffer_init(&files, 4096);
        for (size_t i = 0; i < count; i++)
            text_buffer_print(&files, "%s%s=%s", i == 0 ? "" : ",", coins[count == 10 ? 0 : i],
                              path);
        enum status status = run_tape(&bench, files.data, no_commands, 0, &outcome, &problem);
        assert_int_equal(status, count == 8 ? STATUS_OK : STATUS_USAGE);
        if (count == 8)
            assert_true(said(&bench, "saver-dot"));
        else
            assert_non_null(strstr(problem.found, count == 9 ? "more than 8 instruments"
                                                             : "two files with quotes"));
        text_buffer_release(&files);
        bench_release(&bench);
    }
    (void)remove(path);
    text_buffer_release(&quotes);
    text_buffer_release(&trades);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recording),        cmocka_unit_test(test_recordings_refused),
        cmocka_unit_test(test_names),            cmocka_unit_test(test_steps),
        cmocka_unit_test(test_troubles_are_said), cmocka_unit_test(test_a_tape_is_its_csv),
        cmocka_unit_test(test_many_instruments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
