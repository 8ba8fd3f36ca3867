/* Candles and the curve of holding against ones made the slow way, and their limits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/result/market.h"
#include "result_fixture.h"

#define MINUTE (INT64_C(60) * NANOSECONDS_PER_SECOND)

/* A walk of bars with gaps; the caller frees. */
static struct bar *bars_make(uint64_t seed, size_t count, int gap_percent)
{
    struct random random;
    struct bar *bars = calloc(count, sizeof *bars);
    assert_non_null(bars);
    random_init(&random, seed, 1);
    int64_t time_ns = FIXTURE_FROM_NS, price = 1000000;
    for (size_t i = 0; i < count; i++) {
        int64_t open = price, close = open + (int64_t)random_below(&random, 201) - 100;
        close = close < 1000 ? 1000 : close;
        bars[i] = (struct bar){time_ns,
                               {open},
                               {i64_max(open, close) + (int64_t)random_below(&random, 50)},
                               {i64_min(open, close) - (int64_t)random_below(&random, 50)},
                               {close},
                               1};
        price = close;
        time_ns += MINUTE * (random_below(&random, 100) < (uint64_t)gap_percent
                                 ? 1 + (int64_t)random_below(&random, 30)
                                 : 1);
    }
    return bars;
}

static void result_make(struct backtest_result *result, uint32_t instruments)
{
    backtest_result_init(result);
    result->start_equity = fixture_money("10000");
    result->from_ns = FIXTURE_FROM_NS;
    for (uint32_t i = 0; i < instruments; i++) {
        struct result_instrument row = {
            .price_decimals = 2, .quantity_decimals = 2, .has_prices = true, .bar_ns = MINUTE};
        (void)snprintf(row.name, sizeof row.name, "I%u", i);
        row.first_close.units = row.last_close.units = 1000000;
        fixture_expect(backtest_result_add_instrument(result, &row));
    }
    struct result_bot bot = {.name = "bot", .kind = "score"};
    fixture_expect(backtest_result_add_bot(result, &bot));
}

static void fill_add(struct backtest_result *result, uint32_t instrument, int64_t time_ns)
{
    struct result_fill fill = {.time_ns = time_ns,
                               .instrument = instrument,
                               .side = SIDE_BUY,
                               .quantity = {1},
                               .price = {1000000}};
    fixture_expect(backtest_result_add_fill(result, &fill));
}

static struct market_source source_of(uint32_t instrument, const struct bar *bars, size_t count)
{
    return (struct market_source){.instrument = instrument,
                                  .price_decimals = 2,
                                  .bars = bars,
                                  .count = count,
                                  .bar_ns = MINUTE};
}

/* Every bar looked at for every candle. */
static void candles_check(const struct market_candles *candles, const struct bar *bars,
                          size_t count)
{
    size_t covered = 0;
    for (uint32_t i = 0; i < candles->count; i++) {
        const struct market_candle *candle = &candles->items[i];
        int64_t high = 0, low = INT64_MAX, open = 0, close = 0;
        assert_true(i == 0 || candle->time_ns > candles->items[i - 1].time_ns);
        for (size_t j = 0; j < count; j++) {
            int64_t time_ns = bars[j].open_time_ns;
            if (time_ns < candle->time_ns || time_ns >= candle->time_ns + candles->length_ns)
                continue;
            open = open == 0 ? bars[j].open.units : open;
            close = bars[j].close.units;
            high = i64_max(high, bars[j].high.units);
            low = i64_min(low, bars[j].low.units);
            covered++;
        }
        assert_int_equal(candle->open, open);
        assert_int_equal(candle->high, high);
        assert_int_equal(candle->low, low);
        assert_int_equal(candle->close, close);
    }
    assert_int_equal(covered, count);
}

static void candles_as_bars(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct backtest_result result;
        size_t count = seed == 1 ? 1 : (size_t)seed * 100;
        struct bar *bars = bars_make(seed, count, (int)(seed % 4) * 10);
        struct market_source source = source_of(0, bars, count);
        result_make(&result, 1);
        fixture_expect(market_gather(&result, &source, 1));
        assert_int_equal(result.market->count, 1);
        assert_int_equal(result.market->instruments[0].all.length_ns, MINUTE);
        assert_int_equal(result.market->instruments[0].near.count, 0);
        candles_check(&result.market->instruments[0].all, bars, count);
        backtest_result_release(&result);
        free(bars);
    }
}

/* More bars than candles: joined ones, and single bars around fills. */
static void joined_and_near(void **state)
{
    (void)state;
    struct backtest_result result;
    size_t count = MARKET_CANDLES_MAX * 3 / 2;
    struct bar *bars = bars_make(5, count, 5);
    struct market_source source = source_of(0, bars, count);
    result_make(&result, 1);
    size_t places[] = {0, 10, 40, 70000, 70001, count - 1};
    for (size_t i = 0; i < ARRAY_COUNT(places); i++)
        fill_add(&result, 0, bars[places[i]].open_time_ns);
    fixture_expect(market_gather(&result, &source, 1));
    const struct market_instrument *shown = &result.market->instruments[0];
    assert_int_equal(shown->all.length_ns, 2 * MINUTE);
    assert_true(shown->all.count < MARKET_CANDLES_MAX);
    for (uint32_t i = 0, at = 0; i < shown->all.count; i++) {
        const struct market_candle *candle = &shown->all.items[i];
        assert_int_equal(candle->time_ns % (2 * MINUTE), 0);
        assert_int_equal(candle->open, bars[at].open.units);
        while (at < count && bars[at].open_time_ns < candle->time_ns + 2 * MINUTE)
            at++;
        assert_int_equal(candle->close, bars[at - 1].close.units);
        assert_true(i + 1 < shown->all.count || at == count);
    }
    /* A bar is there exactly where a fill is at most that many bars away, and once. */
    uint32_t kept = 0;
    for (size_t j = 0; j < count; j++) {
        bool wanted = false;
        for (size_t i = 0; i < ARRAY_COUNT(places); i++)
            wanted = wanted ||
                     (j + MARKET_NEAR_BARS > places[i] && j < places[i] + 1 + MARKET_NEAR_BARS);
        if (!wanted)
            continue;
        assert_true(kept < shown->near.count);
        assert_int_equal(shown->near.items[kept].time_ns, bars[j].open_time_ns);
        assert_int_equal(shown->near.items[kept++].close, bars[j].close.units);
    }
    assert_int_equal(shown->near.count, kept);
    backtest_result_release(&result);
    free(bars);
}

/* Those with the most fills first, as many as the limits allow. */
static void instruments_chosen(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    struct backtest_result result;
    struct market_source sources[COUNT];
    struct bar *bars = bars_make(9, 500, 0);
    result_make(&result, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        sources[i] = source_of(i, bars, i == 3 ? 0 : 500);
        for (uint32_t j = 0; j < i * 7 % COUNT; j++)
            fill_add(&result, i, bars[j].open_time_ns);
    }
    fixture_expect(market_gather(&result, sources, COUNT));
    assert_int_equal(result.market->count, MARKET_INSTRUMENTS_MAX);
    assert_int_equal(result.market->of, COUNT - 1);
    for (uint32_t i = 1; i < result.market->count; i++)
        assert_true(result.market->instruments[i - 1].instrument * 7 % COUNT >
                    result.market->instruments[i].instrument * 7 % COUNT);
    /* Gathered anew, the old one is released. */
    fixture_expect(market_gather(&result, sources, 2));
    assert_int_equal(result.market->of, 2);
    backtest_result_release(&result);
    free(bars);
}

/* Growth at each sampled point: the last close known then, by looking at all bars. */
static void curve_of_holding(void **state)
{
    (void)state;
    struct backtest_result result;
    struct bar *bars[] = {bars_make(3, 3000, 20), bars_make(4, 2500, 0)};
    size_t counts[] = {3000, 2500};
    struct market_source sources[2];
    result_make(&result, 2);
    for (uint32_t i = 0; i < 2; i++) {
        sources[i] = source_of(i, bars[i], counts[i]);
        result.instruments.items[i].first_close = bars[i][0].close;
    }
    for (int i = 1; i <= 5000; i++) {
        struct result_equity point = {.time_ns = FIXTURE_FROM_NS + i * MINUTE,
                                      .equity = result.start_equity};
        fixture_expect(backtest_result_add_equity(&result, &point));
    }
    fixture_expect(market_gather(&result, sources, 2));
    const struct result_market *market = result.market;
    assert_int_equal(market->curve_count, MARKET_CURVE_MAX);
    assert_int_equal(market->curve[MARKET_CURVE_MAX - 1].time_ns, FIXTURE_FROM_NS + 5000 * MINUTE);
    for (uint32_t i = 0; i < market->curve_count; i++) {
        double sum = 0;
        for (uint32_t k = 0; k < 2; k++) {
            double growth = 1;
            for (size_t j = 0; j < counts[k]; j++) {
                if (bars[k][j].open_time_ns + MINUTE <= market->curve[i].time_ns)
                    growth = (double)bars[k][j].close.units / (double)bars[k][0].close.units;
            }
            sum += growth / 2;
        }
        assert_true(fabs(market->curve[i].growth - sum) < 1e-12);
    }
    backtest_result_release(&result);
    free(bars[0]);
    free(bars[1]);
}

/* Trades of a session become candles of whole seconds. */
static void ticks(void **state)
{
    (void)state;
    struct backtest_result result;
    struct market_tick list[] = {{FIXTURE_FROM_NS + 5, 100},
                                 {FIXTURE_FROM_NS + 400000000, 130},
                                 {FIXTURE_FROM_NS + 900000000, 90},
                                 {FIXTURE_FROM_NS + 1500000000, 95}};
    struct market_source source = {.instrument = 0, .price_decimals = 2, .ticks = list, .count = 4};
    result_make(&result, 1);
    result.instruments.items[0].first_close.units = 100;
    struct result_equity point = {.time_ns = FIXTURE_FROM_NS + 450000000};
    fixture_expect(backtest_result_add_equity(&result, &point));
    fixture_expect(market_gather(&result, &source, 1));
    const struct market_candles *all = &result.market->instruments[0].all;
    assert_int_equal(all->length_ns, NANOSECONDS_PER_SECOND);
    assert_int_equal(all->count, 2);
    assert_int_equal(all->items[0].time_ns, FIXTURE_FROM_NS);
    assert_int_equal(all->items[0].open, 100);
    assert_int_equal(all->items[0].high, 130);
    assert_int_equal(all->items[0].low, 90);
    assert_int_equal(all->items[0].close, 90);
    assert_int_equal(all->items[1].open, 95);
    assert_true(fabs(result.market->curve[0].growth - 1.3) < 1e-15);
    backtest_result_release(&result);
}

static void nothing(void **state)
{
    (void)state;
    struct backtest_result result;
    backtest_result_init(&result);
    fixture_expect(market_gather(&result, NULL, 0));
    assert_int_equal(result.market->count, 0);
    assert_int_equal(result.market->curve_count, 0);
    backtest_result_release(&result);
    market_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candles_as_bars),    cmocka_unit_test(joined_and_near),
        cmocka_unit_test(instruments_chosen), cmocka_unit_test(curve_of_holding),
        cmocka_unit_test(ticks),              cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
