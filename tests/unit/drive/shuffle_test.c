/* Shuffled markets: what stays, what goes; and variations of one configuration beside back-tests
 * that were written out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backtest_fixture.h"
#include "drive/doubt/shuffle.h"
#include "drive/result/statistics.h"

#define DAY_BARS 24u

static void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

/* Prices of 8 decimals, so that rounding is far below what is compared. */
static struct backtest_series series_make(size_t count, uint64_t seed, int64_t late_ns,
                                          int64_t bar_ns)
{
    struct bar *bars = bars_make(count, seed, INT64_C(4000000000000));
    for (size_t i = 0; i < count; i++) {
        bars[i].open_time_ns = DATA_START_NS + late_ns + (int64_t)i * bar_ns;
        bars[i].high.units += 5000000000;
        bars[i].low.units -= 3000000000;
        bars[i].volume = (double)i;
    }
    return (struct backtest_series){
        .bars = bars, .count = count, .bar_ns = bar_ns, .price_decimals = 8};
}

static void series_free(struct backtest_series *series)
{
    free((void *)(uintptr_t)series->bars);
}

/* Volumes are numbers of bars, so each tells where it came from. */
static void same_moves_other_order(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    struct backtest_series series = series_make(COUNT, 3, 0, HOUR_NS);
    struct shuffle out;
    struct random random;
    random_init(&random, 1, 0);
    assert_int_equal(shuffle_make(&series, 1, HOUR_NS, 5, &random, &out), STATUS_OK);
    bool seen[COUNT] = {false};
    size_t moved = 0, breaks = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const struct bar *bar = &out.series[0].bars[i];
        size_t source = (size_t)bar->volume;
        const struct bar *old = &series.bars[source];
        double before = i == 0 ? (double)series.bars[0].open.units
                               : (double)out.series[0].bars[i - 1].close.units;
        double then = source == 0 ? (double)old->open.units
                                  : (double)series.bars[source - 1].close.units;
        assert_false(seen[source]);
        seen[source] = true;
        assert_true(bar->open_time_ns == DATA_START_NS + (int64_t)i * HOUR_NS);
        near((double)bar->close.units / before, (double)old->close.units / then, 1e-11);
        near((double)bar->open.units / before, (double)old->open.units / then, 1e-11);
        near((double)bar->high.units / before, (double)old->high.units / then, 1e-11);
        near((double)bar->low.units / before, (double)old->low.units / then, 1e-11);
        moved += source != i;
        breaks += i > 0 && source != (size_t)out.series[0].bars[i - 1].volume + 1;
    }
    /* Holding earns the same. */
    near((double)out.series[0].bars[COUNT - 1].close.units,
         (double)series.bars[COUNT - 1].close.units, 2);
    assert_true(moved > COUNT / 2);
    /* Blocks of 5 on average: some 120 of them. */
    assert_true(breaks > 80 && breaks < 170);
    shuffle_release(&out);
    series_free(&series);
}

/* Two instruments move together after as before; what lies outside the common time stays. */
static void instruments_stay_together(void **state)
{
    (void)state;
    enum { HOURS = 480, DAYS = 25 };
    struct backtest_series series[2] = {series_make(HOURS, 3, 0, HOUR_NS),
                                        series_make(DAYS, 4, 2 * 24 * HOUR_NS, 24 * HOUR_NS)};
    struct shuffle out;
    struct random random;
    random_init(&random, 8, 0);
    assert_int_equal(shuffle_make(series, 2, 24 * HOUR_NS, 1, &random, &out), STATUS_OK);
    assert_int_equal(out.count, 2);
    for (size_t i = 0; i < HOURS; i++) {
        size_t source = (size_t)out.series[0].bars[i].volume;
        if (i < 48) {
            assert_int_equal(source, i); /* before ETH-USD begins */
            assert_true(out.series[0].bars[i].close.units == series[0].bars[i].close.units);
            continue;
        }
        assert_int_equal(source % DAY_BARS, i % DAY_BARS);
        size_t day = i / DAY_BARS - 2;
        assert_int_equal((size_t)out.series[1].bars[day].volume, source / DAY_BARS - 2);
    }
    for (size_t day = 18; day < DAYS; day++) /* behind the end of BTC-USD */
        assert_int_equal((size_t)out.series[1].bars[day].volume, day);
    shuffle_release(&out);
    series_free(&series[0]);
    series_free(&series[1]);
}

static void gaps_and_seeds(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    struct backtest_series series = series_make(COUNT, 3, 0, HOUR_NS);
    struct bar *bars = (void *)(uintptr_t)series.bars;
    /* Thirty hours are missing behind the hundredth bar. */
    for (size_t i = 100; i < COUNT; i++)
        bars[i].open_time_ns += 30 * HOUR_NS;
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct shuffle out, same;
        struct random random;
        random_init(&random, seed, 0);
        assert_int_equal(shuffle_make(&series, 1, HOUR_NS, 3, &random, &out), STATUS_OK);
        random_init(&random, seed, 0);
        assert_int_equal(shuffle_make(&series, 1, HOUR_NS, 3, &random, &same), STATUS_OK);
        assert_memory_equal(out.series[0].bars, same.series[0].bars, COUNT * sizeof(struct bar));
        assert_true(hash128_equal(out.series[0].content_hash, same.series[0].content_hash));
        for (size_t i = 1; i < COUNT; i++)
            assert_true(out.series[0].bars[i].open_time_ns >
                        out.series[0].bars[i - 1].open_time_ns);
        shuffle_release(&out);
        shuffle_release(&same);
    }
    struct shuffle out;
    struct random random;
    random_init(&random, 1, 0);
    assert_int_equal(shuffle_make(&series, 1, 1000 * HOUR_NS, 1, &random, &out), STATUS_RANGE);
    assert_int_equal(shuffle_make(&series, 0, HOUR_NS, 1, &random, &out), STATUS_RANGE);
    series_free(&series);
}

/* A price that would leave its bounds is an error, not another price. */
static void prices_have_bounds(void **state)
{
    (void)state;
    struct bar bars[64] = {{0}};
    int64_t price = 1000;
    for (size_t i = 0; i < 64; i++) {
        bars[i].open_time_ns = DATA_START_NS + (int64_t)i * HOUR_NS;
        bars[i].open.units = price;
        /* Thirty rises by half, thirty falls back: in another order far higher. */
        price = i < 32 ? price * 3 : price / 3;
        if (i < 32 && price > INT64_C(900000000000000000))
            price /= 729;
        price = price < 1 ? 1 : price;
        bars[i].close.units = bars[i].high.units = bars[i].low.units = price;
    }
    struct backtest_series series = {.bars = bars, .count = 64, .bar_ns = HOUR_NS};
    unsigned refused = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct shuffle out;
        struct random random;
        random_init(&random, seed, 0);
        enum status status = shuffle_make(&series, 1, HOUR_NS, 1, &random, &out);
        assert_true(status == STATUS_OK || status == STATUS_RANGE);
        refused += status == STATUS_RANGE;
        for (size_t i = 0; status == STATUS_OK && i < 64; i++)
            assert_true(out.series[0].bars[i].close.units >= 1);
        shuffle_release(&out);
    }
    print_message("%u of 50 refused\n", refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_moves_other_order),
        cmocka_unit_test(instruments_stay_together),
        cmocka_unit_test(gaps_and_seeds),
        cmocka_unit_test(prices_have_bounds),
    };
    return cmocka_run_group_tests_name("shuffle", tests, NULL, NULL);
}
