/* B-1: ten million one-minute bars of ten instruments through the full engine: facts, ledger,
 * structural controls and the chain, with one EMA(10, 30) cross bot an instrument. The plain loop
 * does the same crosses, fees and drawdown in doubles and keeps no books. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/random.h"
#include "base/time.h"
#include "core/signal/ema.h"
#include "drive/bench/bench.h"
#include "drive/backtest/backtest.h"

#define SERIES_COUNT 10u
#define BARS_COUNT 1000000u
#define MINUTE_NS (INT64_C(60) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1577836800) * NANOSECONDS_PER_SECOND) /* 2020-01-01 */
#define CENT INT64_C(1000000)                                   /* in 8 price decimals */

struct b1 {
    struct bar *bars[SERIES_COUNT];
    struct text_buffer yaml;
    struct config config;
    struct hash128 journal_hash;
};

/* A random walk in cents, reflected at 50 and 200, that never repeats. */
static void walk(struct bar *bars, uint64_t seed)
{
    uint64_t state = seed;
    int64_t price = 10000;
    for (size_t i = 0; i < BARS_COUNT; i++) {
        uint64_t draw = splitmix64_next(&state);
        int64_t open = price;
        int64_t step = (int64_t)(draw % 21) - 10;
        if (price + step < 5000 || price + step > 20000)
            step = -step;
        price += step;
        int64_t high = i64_max(open, price) + (int64_t)(draw >> 32) % 5;
        int64_t low = i64_min(open, price) - (int64_t)(draw >> 40) % 5;
        bars[i] = (struct bar){START_NS + (int64_t)i * MINUTE_NS,
                               {open * CENT},
                               {high * CENT},
                               {low * CENT},
                               {price * CENT},
                               1};
    }
}

static void yaml_write(struct text_buffer *out)
{
    text_buffer_print(out, "tern: 1\ncurrency: USD\ninstruments:\n");
    for (unsigned i = 0; i < SERIES_COUNT; i++) {
        text_buffer_print(out,
                          "  - {name: S%u-USD, price_increment: \"0.01\", "
                          "quantity_increment: \"0.0001\", quote_decimals: 8}\n",
                          i);
    }
    text_buffer_print(out, "account: {USD: \"1000000\"}\n"
                           "fees: {maker_bps: 10, taker_bps: 10}\ndata:\n");
    for (unsigned i = 0; i < SERIES_COUNT; i++) {
        text_buffer_print(out, "  - {file: s%u.csv, kind: bars, instrument: S%u-USD, bar: 1m}\n", i,
                          i);
    }
    text_buffer_print(out, "bots:\n");
    for (unsigned i = 0; i < SERIES_COUNT; i++) {
        text_buffer_print(out,
                          "  - {name: cross-%u, kind: ma_cross, instrument: S%u-USD, bar: 1m, "
                          "params: {average: ema, fast: 10, slow: 30}, "
                          "size: {method: fixed, quantity: \"1\"}}\n",
                          i, i);
    }
}

static void b1_teardown(void *context)
{
    struct b1 *b1 = context;
    for (unsigned i = 0; i < SERIES_COUNT; i++)
        free(b1->bars[i]);
    text_buffer_release(&b1->yaml);
    config_release(&b1->config);
    free(b1);
}

static enum status b1_setup(void **context, struct problem *problem)
{
    struct b1 *b1 = calloc(1, sizeof *b1);
    if (b1 == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "B-1", "not enough memory");
    text_buffer_init(&b1->yaml, 65536);
    yaml_write(&b1->yaml);
    enum status status = config_read_text("b1.yaml", (struct text){b1->yaml.data, b1->yaml.size},
                                          NULL, CONFIG_BACKTEST, &b1->config, problem);
    for (unsigned i = 0; status == STATUS_OK && i < SERIES_COUNT; i++) {
        b1->bars[i] = malloc(BARS_COUNT * sizeof(struct bar));
        if (b1->bars[i] == NULL)
            status = problem_set(problem, STATUS_NO_MEMORY, "B-1", "not enough memory");
        else
            walk(b1->bars[i], i + 1);
    }
    if (status != STATUS_OK) {
        b1_teardown(b1);
        return status;
    }
    *context = b1;
    return STATUS_OK;
}

static double b1_run(void *context)
{
    struct b1 *b1 = context;
    struct backtest_series series[SERIES_COUNT];
    for (uint32_t i = 0; i < SERIES_COUNT; i++) {
        series[i] = (struct backtest_series){.instrument = i,
                                             .bars = b1->bars[i],
                                             .count = BARS_COUNT,
                                             .bar_ns = MINUTE_NS,
                                             .price_decimals = 8};
    }
    struct problem problem;
    problem_init(&problem);
    struct backtest backtest;
    struct backtest_result result;
    struct backtest_options options = {.collect_rows = false};
    backtest_result_init(&result);
    enum status status = backtest_init(&backtest, &b1->config, series, SERIES_COUNT, &problem);
    ASSERT(status == STATUS_OK);
    double start = bench_seconds();
    status = backtest_run(&backtest, NULL, &options, &result, &problem);
    double seconds = bench_seconds() - start;
    ASSERT(status == STATUS_OK);
    b1->journal_hash = result.journal_hash;
    backtest_result_release(&result);
    backtest_release(&backtest);
    return (double)SERIES_COUNT * BARS_COUNT / seconds;
}

static double b1_limit(void *context)
{
    const struct b1 *b1 = context;
    double cash = 1000000;
    double peak = cash;
    double drawdown = 0;
    double held[SERIES_COUNT] = {0};
    bool buy[SERIES_COUNT] = {0};
    bool sell[SERIES_COUNT] = {0};
    struct ema fast[SERIES_COUNT];
    struct ema slow[SERIES_COUNT];
    for (unsigned s = 0; s < SERIES_COUNT; s++) {
        ema_init(&fast[s], 10);
        ema_init(&slow[s], 30);
    }
    double start = bench_seconds();
    for (size_t i = 0; i < BARS_COUNT; i++) {
        double value = 0;
        for (unsigned s = 0; s < SERIES_COUNT; s++) {
            const struct bar *bar = &b1->bars[s][i];
            double open = (double)bar->open.units / 1e8;
            double close = (double)bar->close.units / 1e8;
            if (buy[s]) {
                cash -= open * 1.001;
                held[s] = 1;
            } else if (sell[s]) {
                cash += open * 0.999;
                held[s] = 0;
            }
            (void)ema_update(&fast[s], close);
            bool ready = ema_update(&slow[s], close);
            bool above = fast[s].value > slow[s].value;
            buy[s] = ready && above && held[s] == 0;
            sell[s] = ready && !above && held[s] > 0;
            value += held[s] * close;
        }
        double equity = cash + value;
        if (equity > peak)
            peak = equity;
        if (peak - equity > drawdown)
            drawdown = peak - equity;
    }
    double seconds = bench_seconds() - start;
    ASSERT(drawdown >= 0);
    return (double)SERIES_COUNT * BARS_COUNT / seconds;
}

static void b1_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b1 *b1 = context;
    hash128_format(out, b1->journal_hash);
}

static enum status file_write(const char *path, const struct b1 *b1, const struct bar *bars,
                              struct problem *problem)
{
    FILE *file = fopen(path, "wx");
    if (file == NULL)
        return problem_set(problem, STATUS_IO, path, "%s", strerror(errno));
    if (bars == NULL) {
        (void)fwrite(b1->yaml.data, 1, b1->yaml.size, file);
    } else {
        (void)fputs("ts_ms,open,high,low,close,volume\n", file);
        for (size_t i = 0; i < BARS_COUNT; i++) {
            int64_t prices[4] = {bars[i].open.units, bars[i].high.units, bars[i].low.units,
                                 bars[i].close.units};
            (void)fprintf(file, "%lld", (long long)(bars[i].open_time_ns / 1000000));
            for (int p = 0; p < 4; p++) {
                int64_t cents = prices[p] / CENT;
                (void)fprintf(file, ",%lld.%02lld", (long long)(cents / 100),
                              (long long)(cents % 100));
            }
            (void)fputs(",1\n", file);
        }
    }
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0)
        failed = true;
    return failed ? problem_set(problem, STATUS_IO, path, "cannot be written") : STATUS_OK;
}

static enum status b1_keep(void *context, const char *directory, struct problem *problem)
{
    const struct b1 *b1 = context;
    char path[4096];
    if (mkdir(directory, 0755) != 0 && errno != EEXIST)
        return problem_set(problem, STATUS_IO, directory, "%s", strerror(errno));
    (void)snprintf(path, sizeof path, "%s/b1.yaml", directory);
    enum status status = file_write(path, b1, NULL, problem);
    for (unsigned i = 0; status == STATUS_OK && i < SERIES_COUNT; i++) {
        (void)snprintf(path, sizeof path, "%s/s%u.csv", directory, i);
        status = file_write(path, b1, b1->bars[i], problem);
    }
    return status;
}

const struct bench_class bench_b1 = {
    .id = "B-1",
    .name = "back-test, full engine",
    .unit = "bars/s",
    .limit_name = "plain loop",
    .setup = b1_setup,
    .run = b1_run,
    .limit = b1_limit,
    .check = b1_check,
    .keep = b1_keep,
    .teardown = b1_teardown,
};
