/* Observed inputs: the ladder against a whole book kept naively, the top, the mark, the sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "core/engine/state.h"
#include "engine_world.h"

static struct market_state *market_of(struct engine_world *world)
{
    return &world->engine->risk.markets[0];
}

static void begin(struct engine_world *world)
{
    world_init(world);
    world_start(world);
}

static void delta(struct engine_world *world, enum side side, int64_t price, int64_t quantity,
                  uint32_t flags)
{
    struct input *input = world_input(world, INPUT_DELTA);
    input->delta = (struct delta){{price}, {quantity}, side, flags};
    world_step(world);
}

static void quote(struct engine_world *world, int64_t bid, int64_t ask)
{
    struct input *input = world_input(world, INPUT_QUOTE);
    input->quote = (struct quote){{bid}, {ask}, {5}, {7}};
    world_step(world);
}

static void trade(struct engine_world *world, int64_t price)
{
    struct input *input = world_input(world, INPUT_TRADE);
    input->trade = (struct trade){{price}, {1}, SIDE_BUY, 0};
    world_step(world);
}

#define PRICES 40

/* Every price has a quantity or 0: a book of at most 32 levels a side is never cut, so that the
 * ladder must be that book. */
static void test_ladder_is_the_book(void **state)
{
    (void)state;
    struct engine_world world;
    struct random random;
    int64_t book[2][PRICES] = {{0}};
    begin(&world);
    random_init(&random, 7, 1);
    delta(&world, SIDE_BUY, 0, 0, DELTA_CLEAR);
    for (uint32_t step = 0; step < 20000; step++) {
        uint32_t at = (uint32_t)random_below(&random, 2);
        uint32_t price = (uint32_t)random_below(&random, PRICES);
        int64_t quantity = (int64_t)random_below(&random, 3);
        uint32_t count = 0;
        for (uint32_t i = 0; i < PRICES; i++)
            count += book[at][i] > 0;
        if (count == DEPTH_LEVELS_MAX && book[at][price] == 0)
            quantity = 0;
        book[at][price] = quantity;
        delta(&world, at == 0 ? SIDE_BUY : SIDE_SELL, price + 1, quantity, 0);
        const struct depth_side *ladder = at == 0 ? &market_of(&world)->bids
                                                  : &market_of(&world)->asks;
        uint32_t found = 0;
        for (uint32_t i = 0; i < PRICES; i++) {
            uint32_t index = at == 0 ? PRICES - 1 - i : i;
            if (book[at][index] == 0)
                continue;
            assert_int_equal(ladder->prices[found].units, index + 1);
            assert_int_equal(ladder->quantities[found].units, book[at][index]);
            found++;
        }
        assert_int_equal(ladder->count, found);
    }
    engine_free(world.engine);
}

static void test_ladder_drops_the_worst(void **state)
{
    (void)state;
    struct engine_world world;
    begin(&world);
    for (int64_t i = 0; i < DEPTH_LEVELS_MAX; i++)
        delta(&world, SIDE_SELL, 100 + i, 1, i == 0 ? DELTA_CLEAR : 0);
    delta(&world, SIDE_SELL, 200, 9, 0); /* behind the last place */
    assert_int_equal(market_of(&world)->asks.prices[DEPTH_LEVELS_MAX - 1].units, 131);
    delta(&world, SIDE_SELL, 99, 2, 0); /* before all: the worst goes */
    assert_int_equal(market_of(&world)->asks.count, DEPTH_LEVELS_MAX);
    assert_int_equal(market_of(&world)->asks.prices[0].units, 99);
    assert_int_equal(market_of(&world)->asks.prices[DEPTH_LEVELS_MAX - 1].units, 130);
    delta(&world, SIDE_SELL, 98, 1, DELTA_CLEAR);
    assert_int_equal(market_of(&world)->asks.count, 1);
    engine_free(world.engine);
}

static void test_mark_is_the_middle(void **state)
{
    (void)state;
    struct engine_world world;
    begin(&world);
    trade(&world, 120);
    assert_int_equal(market_of(&world)->mark.units, 120);
    quote(&world, 100, 104);
    assert_int_equal(market_of(&world)->mark.units, 102);
    assert_int_equal(market_of(&world)->asks.quantities[0].units, 7);
    trade(&world, 90);
    assert_int_equal(market_of(&world)->mark.units, 102);
    int64_t seen_ns = market_of(&world)->mark_time_ns;
    world.time_ns += WORLD_MINUTE;
    world_price(&world, 0, 5000, false);
    assert_int_equal(market_of(&world)->mark.units, 102);
    assert_int_equal(market_of(&world)->mark_time_ns, seen_ns);
    quote(&world, 104, 104); /* locked: no market */
    assert_false(market_of(&world)->book_valid);
    quote(&world, 0, 104);
    assert_false(market_of(&world)->book_valid);
    engine_free(world.engine);
}

static void test_quote_leaves_the_ladder(void **state)
{
    (void)state;
    struct engine_world world;
    begin(&world);
    delta(&world, SIDE_BUY, 100, 3, DELTA_CLEAR);
    delta(&world, SIDE_BUY, 99, 4, 0);
    quote(&world, 100, 104);
    assert_int_equal(market_of(&world)->bids.count, 2);
    assert_int_equal(market_of(&world)->bids.quantities[0].units, 3);
    assert_int_equal(market_of(&world)->asks.count, 0);
    engine_free(world.engine);
}

/* The checksum tells two markets apart, and a fold of the same inputs gives the same state. */
static void test_checksum(void **state)
{
    (void)state;
    struct engine_world left, right;
    begin(&left);
    begin(&right);
    quote(&left, 100, 104);
    quote(&right, 100, 105);
    struct hash128 one = engine_state_hash(left.engine);
    assert_false(hash128_equal(one, engine_state_hash(right.engine)));
    engine_free(right.engine);
    begin(&right);
    struct input *input = world_input(&right, INPUT_QUOTE);
    input->quote = (struct quote){{100}, {104}, {5}, {7}};
    engine_fold_input(right.engine, input);
    assert_true(hash128_equal(one, engine_state_hash(right.engine)));
    engine_free(right.engine);
    engine_free(left.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ladder_is_the_book),
        cmocka_unit_test(test_ladder_drops_the_worst),
        cmocka_unit_test(test_mark_is_the_middle),
        cmocka_unit_test(test_quote_leaves_the_ladder),
        cmocka_unit_test(test_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
