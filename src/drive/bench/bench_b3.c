/* B-3: a sweep of 32 x 32 pairs of exponential averages over a million one-minute bars: orders at
 * the next opening, exact fees, closing equity and the Sharpe ratio of daily returns of all 1,024.
 * The plain loop only compares: for each pair and bar two doubles that lie in the first cache, a
 * count of how often the fast one was above; no averages, no orders, no money. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "drive/bench/bench.h"
#include "drive/sweep/evaluator.h"
#include "drive/sweep/evaluator_masks.h"

#define BARS_COUNT 1000000u
#define SIDE_COUNT 32u
#define PAIRS_COUNT (SIDE_COUNT * SIDE_COUNT)
#define FAST_STEP 5u /* 5, 10, ... 160 */
#define SLOW_FIRST 170u
#define SLOW_STEP 10u /* 170, 180, ... 480 */
#define MINUTE_NS (INT64_C(60) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1577836800) * NANOSECONDS_PER_SECOND) /* 2020-01-01 */
#define CENT INT64_C(1000000)                                   /* in 8 price decimals */

struct b3 {
    struct bar *bars;
    struct config config;
    struct backtest backtest;
    struct evaluator_pair pairs[PAIRS_COUNT];
    struct evaluator_outcome outcomes[PAIRS_COUNT];
    bool begun;
};

static const char config_text[] =
    "tern: 1\ncurrency: USD\ninstruments:\n  - {name: BTC-USD, price_increment: \"0.01\", "
    "quantity_increment: \"0.0001\", quote_decimals: 8}\naccount: {USD: \"1000000\"}\n"
    "fees: {maker_bps: 10, taker_bps: 10}\n"
    "data:\n  - {file: b3.csv, kind: bars, instrument: BTC-USD, bar: 1m}\n"
    "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1m, "
    "params: {average: ema, fast: 10, slow: 30}, size: {method: fixed, quantity: \"1\"}}\n";

/* A random walk in cents, reflected at 50 and 200, that never repeats. */
static void walk(struct bar *bars)
{
    uint64_t state = 3;
    int64_t price = 10000;
    for (size_t i = 0; i < BARS_COUNT; i++) {
        int64_t open = price;
        int64_t step = (int64_t)(splitmix64_next(&state) % 21) - 10;
        if (price + step < 5000 || price + step > 20000)
            step = -step;
        price += step;
        bars[i] = (struct bar){
            START_NS + (int64_t)i * MINUTE_NS, {open * CENT},  {i64_max(open, price) * CENT},
            {i64_min(open, price) * CENT},     {price * CENT}, 1};
    }
}

static void b3_teardown(void *context)
{
    struct b3 *b3 = context;
    if (b3->begun)
        backtest_release(&b3->backtest);
    config_release(&b3->config);
    free(b3->bars);
    free(b3);
}

static enum status b3_setup(void **context, struct problem *problem)
{
    struct b3 *b3 = calloc(1, sizeof *b3);
    if (b3 == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "B-3", "not enough memory");
    b3->bars = malloc(BARS_COUNT * sizeof *b3->bars);
    enum status status = config_read_text("b3.yaml", text_of(config_text), NULL, CONFIG_BACKTEST,
                                          &b3->config, problem);
    if (status == STATUS_OK && b3->bars == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, "B-3", "not enough memory");
    if (status == STATUS_OK) {
        walk(b3->bars);
        struct backtest_series series = {
            .bars = b3->bars, .count = BARS_COUNT, .bar_ns = MINUTE_NS, .price_decimals = 8};
        status = backtest_init(&b3->backtest, &b3->config, &series, 1, problem);
    }
    if (status != STATUS_OK) {
        b3_teardown(b3);
        return status;
    }
    b3->begun = true;
    for (uint32_t i = 0; i < PAIRS_COUNT; i++)
        b3->pairs[i] = (struct evaluator_pair){(i / SIDE_COUNT + 1) * FAST_STEP,
                                               SLOW_FIRST + i % SIDE_COUNT * SLOW_STEP};
    *context = b3;
    return STATUS_OK;
}

static double b3_run(void *context)
{
    struct b3 *b3 = context;
    struct evaluator evaluator;
    double start = bench_seconds();
    enum status status = evaluator_init(&evaluator, &b3->backtest);
    ASSERT(status == STATUS_OK);
    status = evaluator_run(&evaluator, b3->pairs, PAIRS_COUNT, b3->outcomes, NULL, NULL, NULL);
    ASSERT(status == STATUS_OK);
    evaluator_release(&evaluator);
    return (double)PAIRS_COUNT * BARS_COUNT / (bench_seconds() - start);
}

static double b3_limit(void *context)
{
    static const size_t rounds = BARS_COUNT / MASKS_BARS;
    double rows[2][MASKS_BARS];
    const struct b3 *b3 = context;
    for (size_t i = 0; i < MASKS_BARS; i++) {
        rows[0][i] = (double)b3->bars[i].close.units;
        rows[1][i] = (double)b3->bars[i + 1].close.units;
    }
    double start = bench_seconds();
    uint64_t above = 0;
    for (size_t i = 0; i < rounds * PAIRS_COUNT; i++) {
        uint64_t words[MASKS_WORDS];
        masks_above(masks_level_best(), rows[0], rows[1], words);
        for (size_t word = 0; word < MASKS_WORDS; word++)
            above += (uint64_t)__builtin_popcountll(words[word]);
    }
    double seconds = bench_seconds() - start;
    ASSERT(above > 0);
    return (double)(rounds * MASKS_BARS) * PAIRS_COUNT / seconds;
}

/* The sum of fills, then fees and closing equity of all pairs, as evaluated one by one. */
static void b3_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b3 *b3 = context;
    struct hash128 hash = {0};
    for (uint32_t i = 0; i < PAIRS_COUNT; i++) {
        const struct evaluator_outcome *outcome = &b3->outcomes[i];
        struct amount_bytes equity = amount_to_bytes(outcome->end_equity);
        struct amount_bytes fees = amount_to_bytes(outcome->fees);
        uint64_t row[7] = {0, 0, equity.low, (uint64_t)equity.high, fees.low, outcome->fills, 0};
        memcpy(row, &hash, sizeof hash);
        memcpy(&row[6], &outcome->sharpe, sizeof outcome->sharpe);
        hash = hash128_of(row, sizeof row);
    }
    hash128_format(out, hash);
}

/* The first, a middle and the last pair by the engine: a run whose figures differ is void. */
static void b3_note(void *context, char out[BENCH_NOTE_SIZE])
{
    struct b3 *b3 = context;
    static const uint32_t samples[] = {0, PAIRS_COUNT / 2, PAIRS_COUNT - 1};
    uint64_t fills = 0;
    uint32_t equal = 0;
    for (uint32_t i = 0; i < PAIRS_COUNT; i++)
        fills += b3->outcomes[i].fills;
    for (size_t i = 0; i < ARRAY_COUNT(samples); i++) {
        const struct evaluator_pair *pair = &b3->pairs[samples[i]];
        const struct evaluator_outcome *outcome = &b3->outcomes[samples[i]];
        struct backtest backtest;
        struct backtest_result result;
        struct backtest_options options = {.collect_rows = false};
        struct problem problem;
        struct backtest_series series = {
            .bars = b3->bars, .count = BARS_COUNT, .bar_ns = MINUTE_NS, .price_decimals = 8};
        struct config_param *params = b3->config.bots[0].params;
        params[CONFIG_MA_CROSS_FAST].value.integer = pair->fast;
        params[CONFIG_MA_CROSS_SLOW].value.integer = pair->slow;
        problem_init(&problem);
        backtest_result_init(&result);
        if (backtest_init(&backtest, &b3->config, &series, 1, &problem) != STATUS_OK)
            continue;
        if (backtest_run(&backtest, NULL, &options, &result, &problem) == STATUS_OK)
            equal += result.end_equity.units == outcome->end_equity.units &&
                     result.fees.units == outcome->fees.units &&
                     result.fills_count == outcome->fills;
        backtest_result_release(&result);
        backtest_release(&backtest);
    }
    (void)snprintf(out, BENCH_NOTE_SIZE, "%llu fills; %u of %zu sampled pairs equal the engine",
                   (unsigned long long)fills, equal, ARRAY_COUNT(samples));
}

const struct bench_class bench_b3 = {
    .id = "B-3",
    .name = "sweep of 1,024 average pairs",
    .unit = "bar-params/s",
    .limit_name = "plain comparisons",
    .setup = b3_setup,
    .run = b3_run,
    .limit = b3_limit,
    .check = b3_check,
    .note = b3_note,
    .teardown = b3_teardown,
};
