/* The evaluator against the engine: every pair of a grid, on random bars, to the last digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/sweep/evaluator.h"
#include "drive/sweep/evaluator_masks.h"
#include "drive/result/metrics.h"

#define MINUTE_NS (INT64_C(60) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)

/* A random walk in units of 10^-8 with gaps between bars, and days without any. */
static struct bar *bars_make(size_t count, int64_t bar_ns, uint64_t seed, int64_t price,
                             int64_t step, bool holes)
{
    struct random random;
    random_init(&random, seed, 0);
    struct bar *bars = calloc(count, sizeof *bars);
    assert_non_null(bars);
    int64_t time = START_NS, low = price / 8;
    for (size_t i = 0; i < count; i++) {
        int64_t open = price + (int64_t)random_below(&random, (uint64_t)step) - step / 2;
        int64_t close = open + (int64_t)random_below(&random, (uint64_t)step * 2) - step;
        open = i64_max(open, low);
        close = i64_max(close, low);
        if (random_below(&random, 20) == 0)
            close = open = price;
        bars[i] = (struct bar){time,    {open}, {i64_max(open, close)}, {i64_min(open, close)},
                               {close}, 1};
        price = close;
        time += bar_ns;
        if (holes && random_below(&random, 100) == 0)
            time += bar_ns * (int64_t)random_below(&random, 400);
    }
    return bars;
}

struct stage {
    const char *average, *size, *account, *instrument, *costs, *bot;
    size_t bars;
    int64_t bar_ns;
    const char *bar;
    int64_t price, step;
    bool holes;
    uint32_t fasts[4], slows[4];
};

static void config_make(const struct stage *stage, struct evaluator_pair pair,
                        struct config *config)
{
    char text[2048];
    struct problem problem;
    problem_init(&problem);
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\ninstruments:\n  - {name: BTC-USD%s}\n"
                   "account: {USD: \"%s\"}\n%s\n"
                   "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: %s}\n"
                   "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: %s,\n"
                   "     params: {average: %s, fast: %u, slow: %u}, size: %s%s}\n",
                   stage->instrument, stage->account, stage->costs, stage->bar, stage->bar,
                   stage->average, pair.fast, pair.slow, stage->size, stage->bot);
    enum status status = config_read_text("t.yaml", text_of(text), NULL, CONFIG_BACKTEST, config,
                                          &problem);
    if (status != STATUS_OK)
        print_message("%s: %s\n%s\n", problem.where, problem.found, text);
    assert_int_equal(status, STATUS_OK);
}

static void backtest_make(const struct config *config, const struct stage *stage,
                          const struct bar *bars, struct backtest *backtest)
{
    struct problem problem;
    problem_init(&problem);
    struct backtest_series series = {.instrument = 0,
                                     .bars = bars,
                                     .count = stage->bars,
                                     .bar_ns = stage->bar_ns,
                                     .price_decimals = 8};
    assert_int_equal(backtest_init(backtest, config, &series, 1, &problem), STATUS_OK);
}

/* What the engine says of one pair. */
static void engine_judge(const struct stage *stage, const struct bar *bars,
                         struct evaluator_pair pair, struct evaluator_outcome *out,
                         double **returns, size_t *returns_count)
{
    struct config config;
    struct backtest backtest;
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    struct backtest_options options = {.collect_rows = true};
    int64_t period_ns = 0;
    problem_init(&problem);
    config_make(stage, pair, &config);
    backtest_make(&config, stage, bars, &backtest);
    backtest_result_init(&result);
    assert_int_equal(backtest_run(&backtest, NULL, &options, &result, &problem), STATUS_OK);
    assert_int_equal(backtest_result_finish(&result), STATUS_OK);
    assert_int_equal(metrics_compute(&result, &metrics), STATUS_OK);
    assert_int_equal(metrics_returns(&result, returns, returns_count, &period_ns), STATUS_OK);
    *out = (struct evaluator_outcome){.end_equity = result.end_equity,
                                      .fees = result.fees,
                                      .fills = result.fills_count,
                                      .sharpe = metrics.sharpe_period};
    backtest_result_release(&result);
    backtest_release(&backtest);
    config_release(&config);
}

static void pair_compare(const struct stage *stage, const struct bar *bars,
                         struct evaluator_pair pair, const struct evaluator_outcome *found,
                         const double *returns, size_t days)
{
    struct evaluator_outcome wanted;
    double *truth = NULL;
    size_t count = 0;
    engine_judge(stage, bars, pair, &wanted, &truth, &count);
    if (found->fills != wanted.fills)
        print_message("%u/%u: fills %llu, engine %llu\n", pair.fast, pair.slow,
                      (unsigned long long)found->fills, (unsigned long long)wanted.fills);
    assert_true(found->fills == wanted.fills);
    assert_true(found->fees.units == wanted.fees.units);
    assert_true(found->end_equity.units == wanted.end_equity.units);
    if (count > 0) {
        assert_int_equal(count, days);
        assert_memory_equal(returns, truth, count * sizeof *truth);
        assert_true(memcmp(&found->sharpe, &wanted.sharpe, sizeof(double)) == 0 ||
                    (found->sharpe != found->sharpe && wanted.sharpe != wanted.sharpe));
    } else {
        assert_true(found->sharpe != found->sharpe);
    }
    free(truth);
}

static uint64_t stage_run(const struct stage *stage, uint64_t seed)
{
    struct config config;
    struct backtest backtest;
    struct evaluator evaluator;
    struct evaluator_pair pairs[16];
    struct evaluator_outcome found[16];
    const char *why = NULL;
    size_t count = 0;
    uint64_t fills = 0;
    for (size_t i = 0; i < 16; i++) {
        struct evaluator_pair pair = {stage->fasts[i / 4], stage->slows[i % 4]};
        if (pair.fast > 0 && pair.fast < pair.slow)
            pairs[count++] = pair;
    }
    struct bar *bars = bars_make(stage->bars, stage->bar_ns, seed, stage->price, stage->step,
                                 stage->holes);
    config_make(stage, pairs[0], &config);
    backtest_make(&config, stage, bars, &backtest);
    if (!evaluator_suits(&backtest, &why))
        print_message("%s\n", why);
    assert_null(why);
    assert_int_equal(evaluator_init(&evaluator, &backtest), STATUS_OK);
    double *returns = calloc(count * evaluator.days_count, sizeof *returns);
    assert_int_equal(evaluator_run(&evaluator, pairs, count, found, returns, NULL, NULL),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        pair_compare(stage, bars, pairs[i], &found[i], returns + i * evaluator.days_count,
                     evaluator.days_count);
        fills += found[i].fills;
    }
    free(returns);
    evaluator_release(&evaluator);
    backtest_release(&backtest);
    config_release(&config);
    free(bars);
    return fills;
}

#define COSTS "fees: {maker_bps: 5, taker_bps: 10}"
#define SLIPS "fees: {maker_bps: 20, taker_bps: 7}\nsimulation: {slippage_bps: 3}"
#define FINE ", price_increment: \"0.01\", quantity_increment: \"0.0001\", quote_decimals: 8"
#define COARSE                                                                      \
    ", price_increment: \"0.5\", quantity_increment: \"0.01\", quote_decimals: 2, " \
    "minimum_notional: \"40\""
#define FIXED "{method: fixed, quantity: \"1\"}"

static const struct stage stages[] = {
    {"ema", FIXED, "1000000", FINE, COSTS, "", 5000, MINUTE_NS, "1m", 10000000000, 30000000, false,
     {2, 5, 10, 20}, {3, 12, 30, 90}},
    {"sma", FIXED, "1000000", FINE, COSTS, "", 5000, MINUTE_NS, "1m", 10000000000, 30000000, false,
     {1, 5, 10, 20}, {3, 12, 30, 90}},
    {"ema", FIXED, "1000000", FINE, SLIPS, "", 3001, 60 * MINUTE_NS, "1h", 10000000000, 300000000,
     true, {2, 5, 10, 20}, {3, 12, 30, 500}},
    /* So little money that what can be had shrinks, then entries are denied. */
    {"ema", FIXED, "100.5", COARSE, SLIPS, "", 3000, 60 * MINUTE_NS, "1h", 10000000000, 900000000,
     true, {2, 3, 5, 8}, {4, 9, 13, 40}},
    {"sma", "{method: equity, fraction: 0.9}", "1000", COARSE, SLIPS, "", 3000, 60 * MINUTE_NS,
     "1h", 10000000000, 900000000, true, {2, 3, 5, 8}, {4, 9, 13, 40}},
    {"ema", "{method: equity, fraction: 1}", "1000", FINE, COSTS, "", 2000, 1440 * MINUTE_NS, "1d",
     10000000000, 900000000, false, {2, 3, 5, 8}, {4, 9, 13, 40}},
    {"ema", "{method: notional, amount: \"300\"}", "5000", FINE, SLIPS, ", budget: \"1000\"", 3000,
     60 * MINUTE_NS, "1h", 10000000000, 900000000, true, {2, 3, 5, 8}, {4, 9, 13, 40}},
    {"ema", FIXED, "150", FINE, SLIPS, ", budget: \"120\"", 3000, 60 * MINUTE_NS, "1h", 10000000000,
     2900000000, true, {2, 3, 5, 8}, {4, 9, 13, 40}},
    {"sma", "{method: fixed, quantity: \"0.5\"}", "70", COARSE, SLIPS, "", 700, 240 * MINUTE_NS,
     "4h", 10000000000, 2900000000, true, {1, 3, 5, 8}, {4, 9, 13, 500}},
    {"ema", FIXED, "1000000", FINE, SLIPS "\nconvention: tulip", "", 3000, 60 * MINUTE_NS, "1h",
     10000000000, 300000000, true, {2, 5, 10, 20}, {3, 12, 30, 500}},
};

static void equals_engine(void **state)
{
    (void)state;
    uint64_t fills = 0;
    for (size_t i = 0; i < ARRAY_COUNT(stages); i++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            uint64_t some = stage_run(&stages[i], seed * 100 + i);
            assert_true(some > 0);
            fills += some;
        }
    }
    print_message("%llu fills compared\n", (unsigned long long)fills);
}

/* Every form does the same, on blocks that are cut anywhere. */
static void forms_agree(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7, 0);
    static double closes[MASKS_BARS], rows[2][MASKS_LANES * MASKS_BARS];
    double keep[MASKS_LANES], take[MASKS_LANES], values[2][MASKS_LANES];
    for (enum masks_level level = MASKS_AVX2; level <= masks_level_best(); level++) {
        for (unsigned turn = 0; turn < 40; turn++) {
            size_t count = 1 + random_below(&random, MASKS_BARS);
            for (size_t i = 0; i < count; i++)
                closes[i] = 100 + (double)random_below(&random, 1000) / 100;
            for (size_t i = 0; i < MASKS_LANES; i++) {
                take[i] = 2.0 / (double)(2 + random_below(&random, 200));
                keep[i] = 1 - take[i];
                values[0][i] = values[1][i] = 100 + (double)i / 8;
            }
            masks_averages(MASKS_BASE, closes, count, keep, take, values[0], rows[0]);
            masks_averages(level, closes, count, keep, take, values[1], rows[1]);
            assert_memory_equal(values[0], values[1], sizeof values[0]);
            assert_memory_equal(rows[0], rows[1], sizeof rows[0]);
            uint64_t words[2][MASKS_WORDS];
            const double *other = rows[0] + random_below(&random, MASKS_LANES) * MASKS_BARS;
            masks_above(MASKS_BASE, rows[0], other, words[0]);
            masks_above(level, rows[0], other, words[1]);
            assert_memory_equal(words[0], words[1], sizeof words[0]);
        }
    }
}

static void refuses_what_it_cannot(void **state)
{
    (void)state;
    static const struct {
        const char *costs, *bot, *word;
    } cases[] = {
        {COSTS, ", stop_loss: 0.05", "stop_loss"},
        {COSTS, ", confirm: 2", "confirm"},
        {"simulation: {fill: this_close}", "", "next opening"},
        {"risk: {drawdown_max: 0.1}", "", "limits"},
        {"risk: {order_notional_max: \"10\"}", "", "limits"},
        {"risk: {cash_reserve: \"10\"}", "", "reserve"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct stage stage = stages[0];
        struct config config;
        struct backtest backtest;
        const char *why = NULL;
        stage.bars = 200;
        stage.costs = cases[i].costs;
        stage.bot = cases[i].bot;
        struct bar *bars = bars_make(stage.bars, stage.bar_ns, 1, stage.price, stage.step, false);
        config_make(&stage, (struct evaluator_pair){2, 5}, &config);
        backtest_make(&config, &stage, bars, &backtest);
        assert_false(evaluator_suits(&backtest, &why));
        assert_non_null(why);
        if (strstr(why, cases[i].word) == NULL)
            print_message("%s: %s\n", cases[i].word, why);
        backtest_release(&backtest);
        config_release(&config);
        free(bars);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_engine),
        cmocka_unit_test(forms_agree),
        cmocka_unit_test(refuses_what_it_cannot),
    };
    return cmocka_run_group_tests_name("evaluator", tests, NULL, NULL);
}
