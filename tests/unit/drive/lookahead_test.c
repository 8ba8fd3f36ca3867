/* The look-ahead check: it is silent for every kind of bot and finds one that was planted. */
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
#include "drive/doubt/lookahead.h"

#define BARS 1200u
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)

static char folder[] = "/tmp/tern-ahead-XXXXXX";
static char config_path[64];

/* BTC-USD has bars of an hour, ETH-USD of four, and begins a day later. */
static struct bar *bars_make(bool btc, size_t *count)
{
    struct random random;
    int64_t bar_ns = btc ? HOUR_NS : 4 * HOUR_NS;
    int64_t price = btc ? INT64_C(4000000000000) : INT64_C(200000000000);
    *count = btc ? BARS : BARS / 4 - 6;
    struct bar *bars = calloc(*count, sizeof *bars);
    assert_non_null(bars);
    random_init(&random, btc ? 31 : 32, 0);
    for (size_t i = 0; i < *count; i++) {
        int64_t part = price / 200;
        bars[i].open_time_ns = START_NS + (btc ? 0 : 24 * HOUR_NS) + (int64_t)i * bar_ns;
        bars[i].open.units = price;
        price += (int64_t)random_below(&random, (uint64_t)(2 * part + 1)) - part;
        price -= price % 1000000;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price) + part / 2;
        bars[i].low.units = i64_min(bars[i].open.units, price) - part / 2;
        bars[i].volume = 1;
    }
    return bars;
}

/* What the reader of files does with the bars it may see. */
enum peek {
    HONEST,
    NEXT_CLOSE,   /* a close is the mean of itself and the next: a centred average */
    WHOLE_MEAN,   /* prices are moved by a share of the mean of the file, as by normalising */
};

static enum status load(const struct bar_request *request, struct bar_data *out, enum peek peek)
{
    bool btc = strcmp(request->instrument, "BTC-USD") == 0;
    size_t count = 0;
    struct bar *bars = bars_make(btc, &count);
    while (count > 0 && bars[count - 1].open_time_ns >= request->to_ns)
        count--;
    int64_t mean = 0;
    for (size_t i = 0; i < count; i++)
        mean += bars[i].close.units / (int64_t)count;
    for (size_t i = 0; i < count; i++) {
        int64_t next = i + 1 < count ? bars[i + 1].close.units : bars[i].close.units;
        if (peek == NEXT_CLOSE)
            bars[i].close.units = (bars[i].close.units + next) / 2;
        if (peek == WHOLE_MEAN) {
            int64_t part = mean / 1000 * (int64_t)(i % 3);
            bars[i].open.units += part;
            bars[i].high.units += part;
            bars[i].low.units += part;
            bars[i].close.units += part;
        }
        bars[i].high.units = i64_max(bars[i].high.units, bars[i].close.units);
        bars[i].low.units = i64_min(bars[i].low.units, bars[i].close.units);
    }
    *out = (struct bar_data){.bars = bars,
                             .count = count,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = btc ? HOUR_NS : 4 * HOUR_NS,
                             .content_hash = hash128_of(bars, count * sizeof *bars)};
    return STATUS_OK;
}

#define LOADER(name, peek)                                                           \
    static enum status name(const struct bar_request *request, struct bar_data *out, \
                            struct problem *problem)                                 \
    {                                                                                \
        (void)problem;                                                               \
        return load(request, out, peek);                                             \
    }
LOADER(load_honest, HONEST)
LOADER(load_next_close, NEXT_CLOSE)
LOADER(load_whole_mean, WHOLE_MEAN)

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port readers[] = {
    {load_honest, bars_release}, {load_next_close, bars_release}, {load_whole_mean, bars_release}};

static void config_write(const char *bots, const char *more)
{
    FILE *file = fopen(config_path, "w");
    assert_non_null(file);
    (void)fprintf(file,
                  "tern: 1\ncurrency: USD\n"
                  "instruments:\n  - {name: BTC-USD, price_increment: \"0.01\"}\n"
                  "  - {name: ETH-USD, price_increment: \"0.01\"}\n"
                  "account: {USD: \"100000\"}\nfees: {maker_bps: 5, taker_bps: 10}\n"
                  "data:\n  - {file: a, kind: bars, instrument: BTC-USD, bar: 1h}\n"
                  "  - {file: b, kind: bars, instrument: ETH-USD, bar: 4h}\n%sbots:\n%s",
                  more, bots);
    assert_int_equal(fclose(file), 0);
}

static void check(enum peek peek, uint32_t cuts, uint64_t seed, struct lookahead *out)
{
    struct workbench bench;
    struct problem problem;
    struct execute_ports ports = {.bars = &readers[peek], .version = "test"};
    struct execute_request request = {.config_path = config_path};
    problem_init(&problem);
    if (workbench_open(&bench, &ports, &request, &problem) != STATUS_OK ||
        lookahead_check(&bench, cuts, seed, NULL, out, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    workbench_close(&bench);
}

#define SIZE "size: {method: fixed, quantity: \"0.1\"}}\n"

static const char *const kinds[] = {
    "  - {name: a, kind: score, instrument: BTC-USD, bar: 1h, " SIZE,
    "  - {name: a, kind: ma_cross, instrument: BTC-USD, bar: 2h, params: {fast: 2, slow: 5}, " SIZE,
    "  - {name: a, kind: rsi, instrument: BTC-USD, bar: 1h, params: {period: 5, oversold: 45,"
    " overbought: 55}, " SIZE,
    "  - {name: a, kind: macd, instrument: BTC-USD, bar: 1h, params: {fast: 3, slow: 6, signal: "
    "3}, " SIZE,
    "  - {name: a, kind: bollinger, instrument: ETH-USD, bar: 4h, params: {period: 8,"
    " deviations: 1}, " SIZE,
    "  - {name: a, kind: donchian, instrument: BTC-USD, bar: 1h, params: {entry: 5, exit: "
    "3}, " SIZE,
    "  - {name: a, kind: dca, instrument: BTC-USD, bar: 1h, params: {every: 12h, amount: 500,"
    " dip: 0.01, max: 50000}}\n",
    "  - {name: a, kind: grid, instrument: BTC-USD, bar: 1h, params: {low: 30000, high: 50000,"
    " levels: 21}, " SIZE,
    "  - {name: a, kind: rebalance, bar: 4h, params: {instruments: [BTC-USD, ETH-USD],"
    " weights: [0.4, 0.4], band: 0.01}}\n",
};

/* Every kind that decides on bars decides something in these data, and the same whatever comes
 * later. */
static void no_kind_looks_ahead(void **state)
{
    (void)state;
    static const char *const fills[] = {"", "simulation: {fill: range, slippage_bps: 3}\n",
                                        "simulation: {fill: this_close}\n"};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        for (size_t fill = 0; fill < ARRAY_COUNT(fills); fill++) {
            struct lookahead out;
            config_write(kinds[i], fills[fill]);
            check(HONEST, 6, 5 + i, &out);
            assert_int_equal(out.count, 6);
            for (uint32_t cut = 0; cut < out.count; cut++) {
                if (!out.cuts[cut].same)
                    fail_msg("%s: %s %s", kinds[i], out.cuts[cut].cause, out.cuts[cut].how);
            }
            assert_int_equal(out.differ, 0);
            /* Frames of the start alone would prove nothing. */
            if (out.frames < 12 || out.cuts[5].frames < 6)
                fail_msg("%s: only %llu frames", kinds[i], (unsigned long long)out.frames);
            lookahead_release(&out);
        }
    }
}

static void nine_together(void **state)
{
    (void)state;
    static char all[8192];
    size_t used = 0;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const char *rest = strstr(kinds[i], "a, kind");
        used += (size_t)snprintf(all + used, sizeof all - used, "  - {name: %c, budget: \"9000\"%s",
                                 (char)('a' + i), rest + 1);
    }
    struct lookahead out;
    config_write(all, "");
    check(HONEST, 12, 3, &out);
    assert_int_equal(out.count, 12);
    assert_int_equal(out.differ, 0);
    lookahead_release(&out);
}

/* The tenth kind needs an order book: the session of the examples, with the bot on bars beside. */
static void nor_does_a_maker(void **state)
{
    (void)state;
    static const char path[] = TERN_SOURCE_ROOT "/examples/session.yaml";
    struct workbench bench;
    struct problem problem;
    struct lookahead out;
    struct execute_ports ports = {.bars = &readers[HONEST], .version = "test"};
    struct execute_request request = {.config_path = path};
    problem_init(&problem);
    if (workbench_open(&bench, &ports, &request, &problem) != STATUS_OK ||
        lookahead_check(&bench, 5, 4, NULL, &out, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    assert_true(bench.is_session);
    assert_int_equal(workbench_need_bars(&bench, &problem), STATUS_CONFIG_INVALID);
    assert_int_equal(out.count, 5);
    for (uint32_t i = 0; i < out.count; i++) {
        if (!out.cuts[i].same)
            fail_msg("%s %s", out.cuts[i].cause, out.cuts[i].how);
    }
    assert_true(out.cuts[4].frames > 20);
    lookahead_release(&out);
    workbench_close(&bench);
}

static void a_planted_look_ahead_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct lookahead out;
        config_write(kinds[i], "");
        check(WHOLE_MEAN, 8, 1, &out);
        if (out.differ == 0)
            fail_msg("not found: %s", kinds[i]);
        lookahead_release(&out);
    }
    /* A close that knows its next one moves the decision on the last bar before a cut, where there
     * is one: over many cuts it shows, at the cut and nowhere before. */
    struct lookahead out;
    config_write(kinds[1], "");
    check(NEXT_CLOSE, 200, 1, &out);
    assert_true(out.differ > 0);
    for (uint32_t i = 0; i < out.count; i++) {
        const struct lookahead_cut *cut = &out.cuts[i];
        assert_true(cut->same || cut->differs_ns >= cut->time_ns - 4 * HOUR_NS);
        assert_true(cut->same || strcmp(cut->cause, "CYCLE") == 0);
    }
    lookahead_release(&out);
    check(HONEST, 200, 1, &out);
    assert_int_equal(out.differ, 0);
    lookahead_release(&out);
}

static void cuts_are_drawn_from_the_seed(void **state)
{
    (void)state;
    struct lookahead one, same, other;
    config_write(kinds[1], "");
    check(HONEST, 7, 9, &one);
    check(HONEST, 7, 9, &same);
    check(HONEST, 7, 10, &other);
    uint32_t equal = 0;
    for (uint32_t i = 0; i < 7; i++) {
        assert_true(one.cuts[i].time_ns == same.cuts[i].time_ns);
        assert_true(i == 0 || one.cuts[i].time_ns > one.cuts[i - 1].time_ns);
        assert_true((one.cuts[i].time_ns - START_NS) % (4 * HOUR_NS) == 0);
        equal += one.cuts[i].time_ns == other.cuts[i].time_ns;
    }
    assert_true(equal < 7);
    lookahead_release(&one);
    lookahead_release(&same);
    lookahead_release(&other);
    check(HONEST, 0, 9, &one);
    assert_int_equal(one.count, 0);
    lookahead_release(&one);
}

static bool refuse(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return strcmp(what, "look-ahead") != 0;
}

static void can_be_interrupted(void **state)
{
    (void)state;
    struct workbench bench;
    struct problem problem;
    struct lookahead out;
    struct execute_ports ports = {.bars = &readers[HONEST], .version = "test"};
    struct execute_request request = {.config_path = config_path, .progress = refuse};
    config_write(kinds[0], "");
    problem_init(&problem);
    assert_int_equal(workbench_open(&bench, &ports, &request, &problem), STATUS_OK);
    assert_int_equal(lookahead_check(&bench, 256, 1, &request, &out, &problem), STATUS_INTERRUPTED);
    workbench_close(&bench);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(config_path, sizeof config_path, "%s/a.yaml", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(config_path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_kind_looks_ahead),
        cmocka_unit_test(nine_together),
        cmocka_unit_test(nor_does_a_maker),
        cmocka_unit_test(a_planted_look_ahead_is_found),
        cmocka_unit_test(cuts_are_drawn_from_the_seed),
        cmocka_unit_test(can_be_interrupted),
    };
    return cmocka_run_group_tests_name("lookahead", tests, setup, teardown);
}
