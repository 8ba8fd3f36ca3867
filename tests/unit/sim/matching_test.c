/* Matching: each rule by a small book, then millions of requests against the plain engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "matching_naive.h"

#define REQUESTS_COUNT 1500000u

static struct matching *create(uint32_t capacity)
{
    struct matching *matching = NULL;
    assert_int_equal(matching_create(&(struct matching_config){capacity}, &matching), STATUS_OK);
    return matching;
}

static void place(struct matching *matching, uint64_t id, enum side side, int64_t tick,
                  int64_t quantity, enum time_in_force tif)
{
    matching_place(matching, &(struct match_order){.id = id,
                                                   .tick = tick,
                                                   .quantity = {quantity},
                                                   .owner = (uint32_t)(id / 100),
                                                   .side = (uint8_t)side,
                                                   .tif = (uint8_t)tif,
                                                   .self_trade = SELF_TRADE_CANCEL_NEWEST});
}

static void assert_event(const struct matching *matching, uint32_t at, enum match_event_kind kind,
                         uint64_t order, uint64_t maker, int64_t tick, int64_t quantity,
                         enum match_reason reason)
{
    uint32_t count;
    const struct match_event *event = &matching_events(matching, &count)[at];
    assert_true(at < count);
    assert_int_equal(event->kind, kind);
    assert_int_equal(event->order, order);
    assert_int_equal(event->maker, maker);
    assert_int_equal(event->tick, tick);
    assert_int_equal(event->quantity.units, quantity);
    assert_int_equal(event->reason, reason);
}

static void assert_events(const struct matching *matching, uint32_t expected)
{
    uint32_t count;
    (void)matching_events(matching, &count);
    assert_int_equal(count, expected);
}

/* Three sells: 100 @ 101 (id 101), 50 @ 101 (201), 70 @ 103 (301). */
static struct matching *asked(void)
{
    struct matching *matching = create(16);
    place(matching, 101, SIDE_SELL, 101, 100, TIF_GTC);
    assert_event(matching, 0, MATCH_RESTING, 101, 0, 101, 0, MATCH_REASON_NONE);
    place(matching, 201, SIDE_SELL, 101, 50, TIF_GTC);
    place(matching, 301, SIDE_SELL, 103, 70, TIF_GTC);
    return matching;
}

static void test_price_and_time(void **state)
{
    (void)state;
    struct matching *matching = asked();
    struct match_level_view best;
    i128 ahead = 0;
    assert_true(matching_find(matching, 201, NULL, &ahead));
    assert_int_equal((int64_t)ahead, 100);
    place(matching, 401, SIDE_BUY, 102, 120, TIF_GTC);
    assert_events(matching, 2);
    assert_event(matching, 0, MATCH_FILL, 401, 101, 101, 100, MATCH_REASON_NONE);
    assert_event(matching, 1, MATCH_FILL, 401, 201, 101, 20, MATCH_REASON_NONE);
    assert_true(matching_best(matching, SIDE_SELL, &best));
    assert_int_equal(best.tick, 101);
    assert_int_equal((int64_t)best.total, 30);
    assert_int_equal(best.orders_count, 1);
    place(matching, 402, SIDE_BUY, 102, 40, TIF_GTC);
    assert_events(matching, 2);
    assert_event(matching, 1, MATCH_RESTING, 402, 0, 102, 0, MATCH_REASON_NONE);
    assert_true(matching_best(matching, SIDE_BUY, &best));
    assert_int_equal((int64_t)best.total, 10);
    matching_free(matching);
}

static void test_time_in_force(void **state)
{
    (void)state;
    struct matching *matching = asked();
    place(matching, 401, SIDE_BUY, 102, 151, TIF_FOK);
    assert_events(matching, 1);
    assert_event(matching, 0, MATCH_CANCELED, 401, 0, 0, 151, MATCH_REASON_NOT_WHOLE);
    place(matching, 401, SIDE_BUY, 102, 151, TIF_IOC);
    assert_events(matching, 3);
    assert_event(matching, 2, MATCH_CANCELED, 401, 0, 0, 1, MATCH_REASON_UNFILLABLE);
    place(matching, 401, SIDE_BUY, 0, 71, TIF_FOK);
    assert_event(matching, 0, MATCH_CANCELED, 401, 0, 0, 71, MATCH_REASON_NOT_WHOLE);
    place(matching, 401, SIDE_BUY, 0, 70, TIF_FOK);
    assert_event(matching, 0, MATCH_FILL, 401, 301, 103, 70, MATCH_REASON_NONE);
    place(matching, 401, SIDE_SELL, 0, 1, TIF_IOC);
    assert_event(matching, 0, MATCH_CANCELED, 401, 0, 0, 1, MATCH_REASON_UNFILLABLE);
    place(matching, 401, SIDE_BUY, 0, 1, TIF_GTC);
    assert_event(matching, 0, MATCH_REFUSED, 401, 0, 0, 0, MATCH_REASON_FORM);
    assert_int_equal(matching_resting_count(matching), 0);
    matching_free(matching);
}

static void test_post_only(void **state)
{
    (void)state;
    struct matching *matching = asked();
    struct match_order order = {.id = 401,
                                .tick = 101,
                                .quantity = {5},
                                .owner = 4,
                                .side = SIDE_BUY,
                                .tif = TIF_GTC,
                                .post_only = 1};
    matching_place(matching, &order);
    assert_event(matching, 0, MATCH_REFUSED, 401, 0, 0, 0, MATCH_REASON_POST_ONLY);
    order.tick = 100;
    matching_place(matching, &order);
    assert_event(matching, 0, MATCH_RESTING, 401, 0, 100, 0, MATCH_REASON_NONE);
    matching_amend(matching, 401, 4, 101, (struct quantity){5});
    assert_event(matching, 0, MATCH_REFUSED, 401, 0, 0, 0, MATCH_REASON_POST_ONLY);
    struct match_level_view best;
    assert_true(matching_best(matching, SIDE_BUY, &best));
    assert_int_equal(best.tick, 100);
    matching_free(matching);
}

static void test_amend_and_cancel(void **state)
{
    (void)state;
    struct matching *matching = asked();
    i128 ahead = 0;
    struct quantity left = {0};
    matching_amend(matching, 101, 1, 101, (struct quantity){60});
    assert_true(matching_find(matching, 201, &left, &ahead));
    assert_int_equal((int64_t)ahead, 60); /* less at the same price keeps its place */
    matching_amend(matching, 101, 1, 101, (struct quantity){61});
    assert_true(matching_find(matching, 101, &left, &ahead));
    assert_int_equal((int64_t)ahead, 50); /* more does not */
    assert_int_equal(left.units, 61);
    place(matching, 401, SIDE_BUY, 101, 80, TIF_IOC);
    matching_amend(matching, 101, 1, 101, (struct quantity){30});
    assert_event(matching, 0, MATCH_REFUSED, 101, 0, 0, 0, MATCH_REASON_FILLED);
    place(matching, 402, SIDE_BUY, 100, 8, TIF_GTC);
    matching_amend(matching, 101, 1, 100, (struct quantity){61});
    assert_events(matching, 2);
    assert_event(matching, 0, MATCH_AMENDED, 101, 0, 100, 61, MATCH_REASON_NONE);
    assert_event(matching, 1, MATCH_FILL, 101, 402, 100, 8, MATCH_REASON_NONE);
    matching_cancel(matching, 101, 2);
    assert_event(matching, 0, MATCH_REFUSED, 101, 0, 0, 0, MATCH_REASON_UNKNOWN_ORDER);
    matching_cancel(matching, 101, 1);
    assert_event(matching, 0, MATCH_CANCELED, 101, 0, 100, 23, MATCH_REASON_ASKED);
    assert_false(matching_find(matching, 101, NULL, NULL));
    matching_free(matching);
}

static void test_self_trade(void **state)
{
    (void)state;
    for (int rule = SELF_TRADE_ALLOW; rule <= SELF_TRADE_DECREMENT; rule++) {
        struct matching *matching = asked();
        matching_place(matching, &(struct match_order){.id = 199,
                                                       .tick = 101,
                                                       .quantity = {120},
                                                       .owner = 1,
                                                       .side = SIDE_BUY,
                                                       .tif = TIF_GTC,
                                                       .self_trade = (uint8_t)rule});
        static const int64_t expected[][3] = {
            /* asks left at 101, bids left, events */
            {30, 0, 2}, {150, 0, 1}, {0, 70, 3}, {50, 0, 2}, {30, 0, 2},
        };
        struct match_level_view ask;
        struct match_level_view bid;
        (void)matching_best(matching, SIDE_SELL, &ask);
        (void)matching_best(matching, SIDE_BUY, &bid);
        assert_int_equal(ask.tick == 101 ? (int64_t)ask.total : 0, expected[rule][0]);
        assert_int_equal((int64_t)bid.total, expected[rule][1]);
        assert_events(matching, (uint32_t)expected[rule][2]);
        matching_free(matching);
    }
}

static void test_full_and_duplicate(void **state)
{
    (void)state;
    struct matching *matching = create(2);
    place(matching, 101, SIDE_SELL, 101, 1, TIF_GTC);
    place(matching, 101, SIDE_BUY, 1, 1, TIF_GTC);
    assert_event(matching, 0, MATCH_REFUSED, 101, 0, 0, 0, MATCH_REASON_DUPLICATE);
    place(matching, 102, SIDE_SELL, TICK_MAX, QUANTITY_UNITS_MAX, TIF_GTC);
    place(matching, 201, SIDE_SELL, 102, 1, TIF_GTC);
    assert_event(matching, 0, MATCH_REFUSED, 201, 0, 0, 0, MATCH_REASON_FULL);
    place(matching, 201, SIDE_BUY, 0, QUANTITY_UNITS_MAX, TIF_IOC);
    assert_events(matching, 2);
    assert_event(matching, 1, MATCH_FILL, 201, 102, TICK_MAX, QUANTITY_UNITS_MAX - 1,
                 MATCH_REASON_NONE);
    matching_free(matching);
}

/* ---- against the plain engine ---------------------------------------------------------------- */

static void assert_same_events(const struct matching *matching, const struct plain_matching *plain)
{
    uint32_t count;
    const struct match_event *events = matching_events(matching, &count);
    assert_int_equal(count, plain->events_count);
    assert_int_equal(matching_resting_count(matching), plain->count);
    for (uint32_t i = 0; i < count; i++)
        assert_memory_equal(&events[i], &plain->events[i], sizeof events[i]);
}

/* The depth that the orders of the plain engine add up to. */
static void assert_same_depth(const struct matching *matching, const struct plain_matching *plain)
{
    static struct match_level_view levels[PLAIN_ORDERS_MAX];
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        uint32_t count = matching_levels(matching, (enum side)side, levels, PLAIN_ORDERS_MAX);
        uint32_t orders = 0;
        for (uint32_t i = 0; i < count; i++) {
            i128 total = 0;
            uint32_t here = 0;
            for (uint32_t k = 0; k < plain->count; k++) {
                const struct plain_order *order = &plain->orders[k];
                bool at = order->asked.side == side && order->asked.tick == levels[i].tick;
                total += at ? order->left : 0;
                here += at;
            }
            assert_true(total == levels[i].total);
            assert_int_equal(here, levels[i].orders_count);
            if (i > 0)
                assert_true(side == SIDE_BUY ? levels[i].tick < levels[i - 1].tick
                                             : levels[i].tick > levels[i - 1].tick);
            orders += here;
        }
        for (uint32_t k = 0; k < plain->count; k++)
            orders -= plain->orders[k].asked.side == side;
        assert_int_equal(orders, 0);
    }
}

static struct match_order draw_order(struct random *random, uint64_t id, int64_t width)
{
    bool bid = random_below(random, 2) == 0;
    int64_t away = (int64_t)random_below(random, (uint64_t)width) - width / 8;
    struct match_order order = {
        .id = id,
        .tick = 100000 + (bid ? -away : away),
        .quantity = {1 + (int64_t)random_below(random, 100)},
        .owner = 1 + (uint32_t)random_below(random, 8),
        .side = bid ? SIDE_BUY : SIDE_SELL,
        .tif = TIF_GTC,
        .post_only = random_below(random, 8) == 0,
        .self_trade = (uint8_t)random_below(random, 5),
    };
    uint64_t kind = random_below(random, 20);
    if (kind < 5) {
        order.tif = kind < 3 ? TIF_IOC : TIF_FOK;
        order.post_only = 0;
        order.tick = kind == 0 || kind == 4 ? 0 : order.tick;
        order.quantity.units *= 3;
    } else if (random_below(random, 500) == 0) {
        order.tif = (uint8_t)random_below(random, 5);
        order.tick = (int64_t)random_below(random, 2) - (int64_t)random_below(random, 2);
        order.side = (uint8_t)random_below(random, 4);
        order.self_trade = (uint8_t)random_below(random, 7);
    }
    return order;
}

/* moves: requests of a hundred that amend; cancels: that cancel. */
static void run_random(uint64_t seed, uint32_t capacity, int64_t width, uint32_t moves,
                       uint32_t cancels)
{
    static struct plain_matching plain;
    struct random random;
    random_init(&random, seed, 0);
    plain = (struct plain_matching){.capacity = capacity};
    struct matching *matching = create(capacity);
    uint64_t kinds[MATCH_REFUSED + 1] = {0};
    uint64_t id_next = 1;
    for (uint32_t i = 0; i < REQUESTS_COUNT / 5; i++) {
        uint64_t kind = random_below(&random, 100);
        struct match_order order = draw_order(&random, id_next, width);
        uint64_t id = order.id;
        uint32_t owner = order.owner;
        if (plain.count > 0 && random_below(&random, 100) > 0) {
            const struct plain_order *any = &plain.orders[random_below(&random, plain.count)];
            id = any->asked.id;
            owner = random_below(&random, 100) > 0 ? any->asked.owner : owner;
            if (random_below(&random, 3) == 0)
                order.tick = any->asked.tick;
        }
        if (kind < moves) {
            matching_amend(matching, id, owner, order.tick, order.quantity);
            plain_amend(&plain, id, owner, order.tick, order.quantity);
        } else if (kind < moves + cancels) {
            matching_cancel(matching, id, owner);
            plain_cancel(&plain, id, owner);
        } else {
            order.id = random_below(&random, 100) == 0 ? id : id_next++;
            matching_place(matching, &order);
            plain_place(&plain, &order);
        }
        assert_same_events(matching, &plain);
        if (i % 512 == 0)
            assert_same_depth(matching, &plain);
        for (uint32_t k = 0; k < plain.events_count; k++)
            kinds[plain.events[k].kind]++;
    }
    for (int kind = MATCH_RESTING; kind <= MATCH_REFUSED; kind++)
        assert_true(kinds[kind] > 100);
    matching_free(matching);
}

static void test_random(void **state)
{
    (void)state;
    run_random(1, 256, 400, 82, 6); /* 9 % resting, 3 % taking, 6 % cancel, 82 % move */
    run_random(2, 1000, 4000, 20, 40);
    run_random(3, 64, 8, 40, 10); /* few levels, long queues */
    run_random(4, 16, 1000, 30, 20);
    run_random(5, 300, 90000, 50, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_price_and_time),   cmocka_unit_test(test_time_in_force),
        cmocka_unit_test(test_post_only),        cmocka_unit_test(test_amend_and_cancel),
        cmocka_unit_test(test_self_trade),       cmocka_unit_test(test_full_and_duplicate),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
