/* The exchange on bars: prices that fill, against the table at its head; what no cancel undoes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/bar_venue.h"

struct world {
    struct instrument instrument;
    struct bar_venue *venue;
};

static void world_begin(struct world *world, enum bar_fill fill, int64_t slippage_ppm)
{
    *world = (struct world){.instrument = {.name = "BTC-USD",
                                           .quote_asset = 1,
                                           .price_decimals = 2,
                                           .quantity_decimals = 4,
                                           .quote_decimals = 2,
                                           .tradable = 1,
                                           .tick = {5},
                                           .lot = {10}}};
    assert_int_equal(instrument_derive(&world->instrument), STATUS_OK);
    struct bar_venue_config config = {.instruments = &world->instrument,
                                      .instruments_count = 1,
                                      .orders_capacity = 16,
                                      .fill = fill,
                                      .slippage = {slippage_ppm},
                                      .tiers = {{{0}, {1000}, {2000}}},
                                      .tiers_count = 1};
    assert_int_equal(bar_venue_create(&config, &world->venue), STATUS_OK);
}

static void place(struct world *world, uint64_t id, enum side side, enum order_type type,
                  int64_t price, int64_t last)
{
    struct order order = {.id = id,
                          .side = (uint8_t)side,
                          .type = (uint8_t)type,
                          .tif = TIF_GTC,
                          .quantity = {10000}};
    if (type == ORDER_STOP) {
        order.stop_price.units = price;
    } else {
        order.price.units = price;
    }
    bar_venue_place(world->venue, &order, (struct price){last}, 1);
}

/* The only report since the last look, of this kind; an acceptance before it is passed over. */
static const struct input *only(struct world *world, enum input_kind kind)
{
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(world->venue, &count);
    while (count > 1 && reports->kind == INPUT_VENUE_ACCEPTED) {
        reports++;
        count--;
    }
    assert_int_equal(count, 1);
    assert_int_equal(reports->kind, kind);
    bar_venue_clear(world->venue);
    return reports;
}

static void market_orders_take_the_next_opening(void **state)
{
    (void)state;
    static const struct {
        enum side side;
        int64_t slippage_ppm, open, expected;
    } cases[] = {
        {SIDE_BUY, 0, 10000, 10000},   {SIDE_SELL, 0, 10000, 10000}, /* on the tick: as it is */
        {SIDE_BUY, 0, 10001, 10005},   {SIDE_SELL, 0, 10004, 10000}, /* off it: against us */
        {SIDE_BUY, 100, 10000, 10005}, {SIDE_SELL, 100, 10000, 9995}, /* moved, then rounded once */
        {SIDE_BUY, 500, 10000, 10005}, {SIDE_BUY, 501, 10000, 10010},
        {SIDE_SELL, 0, 3, 5}, /* never for nothing */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct world world;
        world_begin(&world, BAR_FILL_NEXT_OPEN, cases[i].slippage_ppm);
        place(&world, 1, cases[i].side, ORDER_MARKET, 0, 9000);
        only(&world, INPUT_VENUE_ACCEPTED);
        assert_true(bar_venue_open(world.venue, 0, (struct price){cases[i].open}, 7));
        const struct input *fill = only(&world, INPUT_VENUE_FILL);
        assert_int_equal(fill->fill.price.units, cases[i].expected);
        assert_int_equal(fill->fill.quantity.units, 10000);
        assert_int_equal(fill->time_ns, 7);
        assert_int_equal(bar_venue_live(world.venue), 0);
        bar_venue_free(world.venue);
    }
}

static void this_close_fills_at_once(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world, BAR_FILL_THIS_CLOSE, 0);
    place(&world, 1, SIDE_BUY, ORDER_MARKET, 0, 9003);
    assert_int_equal(only(&world, INPUT_VENUE_FILL)->fill.price.units, 9005);
    bar_venue_free(world.venue);
}

/* An exchange would have executed it; one that still may or may not fill is another thing. */
static void no_cancel_overtakes_a_market_order(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world, BAR_FILL_NEXT_OPEN, 0);
    place(&world, 1, SIDE_BUY, ORDER_MARKET, 0, 9000);
    only(&world, INPUT_VENUE_ACCEPTED);
    bar_venue_cancel(world.venue, 1, 2);
    assert_int_equal(only(&world, INPUT_VENUE_CANCEL_REJECTED)->order, 1);
    assert_true(bar_venue_open(world.venue, 0, (struct price){9100}, 3));
    assert_int_equal(only(&world, INPUT_VENUE_FILL)->fill.price.units, 9100);
    bar_venue_cancel(world.venue, 1, 4);
    only(&world, INPUT_VENUE_CANCEL_REJECTED);

    static const enum order_type resting[] = {ORDER_LIMIT, ORDER_STOP};
    for (uint64_t i = 0; i < ARRAY_COUNT(resting); i++) {
        place(&world, 2 + i, SIDE_SELL, resting[i], i == 0 ? 12000 : 6000, 9000);
        only(&world, INPUT_VENUE_ACCEPTED);
        bar_venue_cancel(world.venue, 2 + i, 5);
        only(&world, INPUT_VENUE_CANCELED);
        assert_int_equal(bar_venue_live(world.venue), 0);
    }
    bar_venue_free(world.venue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(market_orders_take_the_next_opening),
        cmocka_unit_test(this_close_fills_at_once),
        cmocka_unit_test(no_cancel_overtakes_a_market_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
