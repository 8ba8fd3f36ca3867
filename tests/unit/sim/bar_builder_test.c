/* Bars out of trades, as tables of what goes in and what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/generator/bar_builder.h"

static void assert_bar(const struct bar *bar, int64_t open_time_ns, int64_t open, int64_t high,
                       int64_t low, int64_t close, double volume)
{
    assert_int_equal(bar->open_time_ns, open_time_ns);
    assert_int_equal(bar->open.units, open);
    assert_int_equal(bar->high.units, high);
    assert_int_equal(bar->low.units, low);
    assert_int_equal(bar->close.units, close);
    assert_true(bar->volume == volume);
}

static void test_bars(void **state)
{
    (void)state;
    struct bar_builder builder;
    struct bar bar;
    bar_builder_start(&builder, 10, 20, 100); /* on the boundary: the first bar is 20 to 30 */
    assert_false(bar_builder_close(&builder, 29, &bar));
    bar_builder_trade(&builder, 20, 101, 0.5);
    bar_builder_trade(&builder, 24, 99, 1.0);
    bar_builder_trade(&builder, 24, 105, 0.25);
    bar_builder_trade(&builder, 29, 103, 2.0);
    assert_false(bar_builder_close(&builder, 29, &bar));
    assert_true(bar_builder_close(&builder, 30, &bar));
    assert_bar(&bar, 20, 101, 105, 99, 103, 3.75);
    assert_false(bar_builder_close(&builder, 30, &bar));
    /* Two quiet intervals, then one with a single trade. */
    assert_true(bar_builder_close(&builder, 55, &bar));
    assert_bar(&bar, 30, 103, 103, 103, 103, 0.0);
    assert_true(bar_builder_close(&builder, 55, &bar));
    assert_bar(&bar, 40, 103, 103, 103, 103, 0.0);
    assert_false(bar_builder_close(&builder, 55, &bar));
    bar_builder_trade(&builder, 55, 110, 1.0);
    assert_true(bar_builder_close(&builder, 60, &bar));
    assert_bar(&bar, 50, 110, 110, 110, 110, 1.0);
}

static void test_first_whole_interval(void **state)
{
    (void)state;
    struct bar_builder builder;
    struct bar bar;
    bar_builder_start(&builder, 10, 21, 100);
    bar_builder_trade(&builder, 25, 90, 1.0); /* before the first whole interval: only the price */
    assert_false(bar_builder_close(&builder, 39, &bar));
    assert_true(bar_builder_close(&builder, 40, &bar));
    assert_bar(&bar, 30, 90, 90, 90, 90, 0.0);
    /* A gap: what was begun is forgotten. */
    bar_builder_trade(&builder, 41, 95, 1.0);
    bar_builder_start(&builder, 10, 47, 80);
    assert_true(bar_builder_close(&builder, 61, &bar));
    assert_bar(&bar, 50, 80, 80, 80, 80, 0.0);
    bar_builder_start(&builder, 10, 0, 80);
    assert_true(bar_builder_close(&builder, 10, &bar));
    assert_bar(&bar, 0, 80, 80, 80, 80, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_first_whole_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
