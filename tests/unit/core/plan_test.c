/* What planning classes and sizes compute, beside what it means in plain words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "core/strategy/measure.h"

/* ---- levels of a grid ------------------------------------------------------------------------ */

static int64_t level(int64_t low, int64_t high, uint32_t levels, uint32_t geometric, int64_t tick,
                     uint32_t index)
{
    struct plan_params plan = {
        .low = {low}, .high = {high}, .levels = levels, .geometric = geometric};
    return grid_level(&plan, (struct price){tick}, index).units;
}

static void test_levels(void **state)
{
    (void)state;
    static const int64_t arithmetic[] = {100, 103, 107, 110}; /* of 100, 103.33, 106.67, 110 */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(level(100, 110, 4, 0, 1, i), arithmetic[i]);
    assert_int_equal(level(100, 105, 3, 0, 1, 1), 103); /* 102.5: halves up */
    assert_int_equal(level(100, 110, 3, 0, 10, 1), 110);
    static const int64_t geometric[] = {100, 200, 400, 800, 1600};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(level(100, 1600, 5, 1, 1, i), geometric[i]);
    assert_int_equal(level(100, 121, 3, 1, 1, 1), 110);
    /* Where the product of price and count leaves 64 bits. */
    int64_t most = PRICE_UNITS_MAX;
    assert_int_equal(level(2, most, 3, 0, 1, 1), most / 2 + 1);
}

static void test_levels_at_random(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 5, 1);
    for (int n = 0; n < 20000; n++) {
        int64_t tick = 1 + (int64_t)random_below(&random, 50);
        uint32_t levels = 2 + (uint32_t)random_below(&random, GRID_LEVELS_MAX - 1);
        int64_t low = tick * (1 + (int64_t)random_below(&random, 100000));
        int64_t high = low + tick * (int64_t)(levels + random_below(&random, 1000000));
        uint32_t geometric = (uint32_t)random_below(&random, 2);
        uint32_t i = (uint32_t)random_below(&random, levels);
        long double part = (long double)i / (long double)(levels - 1);
        long double exact = geometric ? (long double)low * powl((long double)high / low, part)
                                      : (long double)low + (long double)(high - low) * part;
        int64_t found = level(low, high, levels, geometric, tick, i);
        assert_int_equal(found % tick, 0);
        assert_true(fabsl((long double)found - exact) <= (long double)tick * 0.5000001L);
    }
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static struct amount whole(int64_t units)
{
    return (struct amount){(i128)units * power_of_ten(AMOUNT_DECIMALS)};
}

static void test_volatility(void **state)
{
    (void)state;
    uint64_t block[64];
    assert_true(measure_size(SIZE_VOLATILITY) <= sizeof block);
    measure_init(block, SIZE_VOLATILITY);
    int64_t day = 24 * 3600 * NANOSECONDS_PER_SECOND;
    struct random random;
    random_init(&random, 9, 1);
    int64_t closes[200];
    for (int n = 0; n < 200; n++) {
        closes[n] = 5000 + (int64_t)random_below(&random, 5000);
        measure_bar(block, (struct price){closes[n]});
        double found = measure_value(block, SIZE_VOLATILITY, day);
        if (n < MEASURE_RETURNS) {
            assert_true(found < 0);
            continue;
        }
        long double sum = 0, squares = 0;
        for (int i = n - MEASURE_RETURNS; i < n; i++)
            sum += logl((long double)closes[i + 1] / (long double)closes[i]);
        for (int i = n - MEASURE_RETURNS; i < n; i++) {
            long double change = logl((long double)closes[i + 1] / (long double)closes[i]) -
                                 sum / MEASURE_RETURNS;
            squares += change * change;
        }
        long double exact = sqrtl(squares / (MEASURE_RETURNS - 1) * 365);
        assert_true(fabsl((long double)found - exact) < 1e-12L * exact);
    }
}

static void trip(uint64_t *block, int64_t bought, int64_t sold, int64_t fee)
{
    struct plan_fill fill = {
        .side = SIDE_BUY, .quantity = 10, .notional = whole(bought).units, .fee = whole(fee).units};
    measure_fill(block, &fill, (struct quantity){1});
    fill.side = SIDE_SELL;
    fill.quantity = 4;
    fill.notional = whole(sold / 2).units;
    measure_fill(block, &fill, (struct quantity){1});
    fill.quantity = 6;
    fill.notional = whole(sold - sold / 2).units;
    fill.fee = 0;
    measure_fill(block, &fill, (struct quantity){1});
}

static void test_kelly(void **state)
{
    (void)state;
    uint64_t block[64];
    assert_true(measure_size(SIZE_KELLY) <= sizeof block);
    measure_init(block, SIZE_KELLY);
    /* Wins of 20 % less 2 % of fees, losses of 10 % and 2 %: b is 1.5. */
    for (int i = 0; i < 6; i++)
        trip(block, 100, 120, 1);
    for (int i = 0; i < 3; i++)
        trip(block, 100, 90, 1);
    assert_true(measure_value(block, SIZE_KELLY, 1) < 0);
    trip(block, 100, 90, 1);
    assert_true(fabs(measure_value(block, SIZE_KELLY, 1) - (0.6 - 0.4 / 1.5)) < 1e-12);
    /* A fill taken back is no trip, and the open one goes on. */
    struct plan_fill fill = {.side = SIDE_BUY, .quantity = 5, .notional = whole(50).units};
    measure_fill(block, &fill, (struct quantity){1});
    fill.quantity = -5;
    fill.notional = -fill.notional;
    measure_fill(block, &fill, (struct quantity){1});
    assert_true(fabs(measure_value(block, SIZE_KELLY, 1) - (0.6 - 0.4 / 1.5)) < 1e-12);
    /* Without a loss the ratio is 100 and the share 0.99; without a win there is no bet. */
    measure_init(block, SIZE_KELLY);
    for (int i = 0; i < 10; i++)
        trip(block, 100, 120, 1);
    assert_true(fabs(measure_value(block, SIZE_KELLY, 1) - (0.99 - 0.01 / 100)) < 1e-12);
    measure_init(block, SIZE_KELLY);
    for (int i = 0; i < 10; i++)
        trip(block, 100, 102, 1);
    assert_true(measure_value(block, SIZE_KELLY, 1) == 0);
}

/* The share of equity, in lots of 0.01 at a price of 10, of 1000. */
static int64_t sized(enum size_method method, int64_t target, int64_t fraction, int64_t cap,
                     double measure)
{
    struct instrument instrument = {
        .price_decimals = 2, .quantity_decimals = 2, .quote_decimals = 2, .tick = {1}, .lot = {1}};
    struct size_rule rule = {
        .method = method, .target = {target}, .fraction = {fraction}, .cap = {cap}};
    assert_int_equal(instrument_derive(&instrument), STATUS_OK);
    return risk_size(&instrument, &rule, whole(1000), whole(5000), (struct price){1000},
                     (struct ratio){0}, measure)
        .units;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(sized(SIZE_VOLATILITY, 200000, 0, 0, 0.8), 2500);
    assert_int_equal(sized(SIZE_VOLATILITY, 200000, 0, 0, 0.2), 10000);
    assert_int_equal(sized(SIZE_VOLATILITY, 200000, 0, 0, 0.1), 10000); /* never more than all */
    assert_int_equal(sized(SIZE_VOLATILITY, 200000, 0, 0, 0), 0);
    assert_int_equal(sized(SIZE_VOLATILITY, 200000, 0, 0, -1), 0);
    assert_int_equal(sized(SIZE_KELLY, 0, 500000, 400000, 0.5), 2500);
    assert_int_equal(sized(SIZE_KELLY, 0, 500000, 200000, 0.5), 2000);
    assert_int_equal(sized(SIZE_KELLY, 0, 500000, 400000, 0), 0);
    assert_int_equal(sized(SIZE_KELLY, 0, 500000, 400000, -1), 2000); /* half of cap */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels), cmocka_unit_test(test_levels_at_random),
        cmocka_unit_test(test_volatility), cmocka_unit_test(test_kelly),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
