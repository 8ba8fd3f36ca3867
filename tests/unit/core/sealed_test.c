/* Nothing is allocated between engine_create and engine_free: the linker puts our own malloc,
 * calloc and realloc in front of the C library's, and they count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine_world.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *data, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *data, size_t size);

/* A test's own counter; the product has no such thing. */
static unsigned long calls;

void *__wrap_malloc(size_t size)
{
    calls++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    calls++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *data, size_t size)
{
    calls++;
    return __real_realloc(data, size);
}

static void trade(struct engine_world *world, struct random *random, unsigned rounds)
{
    uint64_t trade_id = 0;
    for (unsigned i = 0; i < rounds; i++) {
        world->time_ns += WORLD_MINUTE;
        for (uint32_t k = 0; k < WORLD_INSTRUMENTS; k++) {
            int64_t price = 10000 + (int64_t)random_below(random, 4000);
            world_price(world, k, price, k == WORLD_INSTRUMENTS - 1);
        }
        enum side side = random_below(random, 2) ? SIDE_BUY : SIDE_SELL;
        enum reason reason = REASON_NONE;
        uint32_t instrument = (uint32_t)random_below(random, WORLD_INSTRUMENTS);
        struct intent intent = market_intent(instrument, side,
                                             1 + (int64_t)(random_below(random, 900)));
        uint64_t order = world_order(world, intent, &reason);
        if (order == 0)
            continue;
        world_report(world, INPUT_VENUE_ACCEPTED, order);
        world_fill(world, order, instrument, ++trade_id, intent.quantity.units, 12000, 5);
    }
}

static void test_no_allocation(void **state)
{
    (void)state;
    struct engine_world world;
    struct random random;
    random_init(&random, 3, 0);
    world_init(&world);
    unsigned long before = calls;
    world_start(&world);
    assert_true(calls > before); /* the counter counts */
    before = calls;
    trade(&world, &random, 5000);
    unsigned long during = calls - before;
    assert_int_equal(during, 0);
    assert_true(engine_fact_seq(world.engine) > 10000);
    engine_free(world.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
