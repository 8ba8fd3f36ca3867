/* The exchange on order books on long streams: models of the queue in their order, our orders among
 * themselves, recorded sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/random.h"
#include "book_venue_rig.h"

/* ---- properties ------------------------------------------------------------------------------ */

#define ORDERS_COUNT 3000u
#define LIVE_COUNT 12u

struct passive {
    int64_t tick, quantity, filled;
    bool live, ended;
};

/* Bids of ours at 95 to 99 under asks that never come down: what a queue model fills of each. The
 * stream is the same whatever is filled. */
static void passive_run(uint64_t seed, struct queue_model model, struct passive *orders)
{
    struct rig rig;
    struct random random;
    struct input report;
    random_init(&random, seed, 0);
    rig_open_as(&rig, (struct book_venue_config){.queue = model});
    snapshot(&rig);
    uint64_t id = 0;
    while (id < ORDERS_COUNT) {
        rig.now += 10;
        int64_t tick = 95 + (int64_t)random_below(&random, 5);
        int64_t lots = 1 + (int64_t)random_below(&random, 30);
        switch (random_below(&random, 8)) {
        case 0: {
            /* The one that had the slot ends first. */
            if (id >= LIVE_COUNT)
                cancel(&rig, id - LIVE_COUNT + 1);
            orders[++id] = (struct passive){.tick = tick, .quantity = lots};
            buy(&rig, id, lots, tick);
            break;
        }
        case 1:
        case 2:
        case 3:
            /* Most at the best bid: a trade through our price fills all alike. */
            tick = random_below(&random, 30) ? 99 : tick;
            trade(&rig, random_below(&random, 3) ? SIDE_SELL : 0, tick, (lots + 1) / 2);
            break;
        default: level(&rig, SIDE_BUY, tick, lots * (int64_t)random_below(&random, 4)); break;
        }
        while (book_venue_report_next(rig.venue, INT64_MAX, &report)) {
            struct passive *order = &orders[report.order];
            if (report.kind == INPUT_VENUE_ACCEPTED)
                order->live = true;
            if (report.kind == INPUT_VENUE_CANCELED || report.kind == INPUT_VENUE_REJECTED)
                order->ended = true;
            if (report.kind != INPUT_VENUE_FILL)
                continue;
            assert_true(order->live && !order->ended);
            assert_int_equal(report.fill.price.units, order->tick * TICK);
            order->filled += report.fill.quantity.units / LOT;
            assert_true(order->filled <= order->quantity);
            for (uint64_t older = report.order - 1; older > 0 && older + LIVE_COUNT > id; older--) {
                if (orders[older].tick == order->tick && orders[older].live && !orders[older].ended)
                    assert_int_equal(orders[older].filled, orders[older].quantity);
            }
        }
    }
    book_venue_free(rig.venue);
}

static void test_models_in_order(void **state)
{
    (void)state;
    static const struct queue_model models[] = {
        {QUEUE_MODEL_RISK_AVERSE, 0}, {QUEUE_MODEL_POWER, 3}, {QUEUE_MODEL_TOUCH, 0}};
    struct passive *orders[3];
    for (size_t i = 0; i < 3; i++) {
        orders[i] = calloc(ORDERS_COUNT + 1, sizeof *orders[i]);
        assert_non_null(orders[i]);
    }
    for (uint64_t seed = 0; seed < 5; seed++) {
        int64_t sums[3] = {0};
        for (size_t i = 0; i < 3; i++)
            passive_run(seed, models[i], orders[i]);
        for (uint64_t id = 1; id <= ORDERS_COUNT; id++) {
            for (size_t i = 0; i < 3; i++)
                sums[i] += orders[i][id].filled;
            assert_true(orders[0][id].filled <= orders[1][id].filled);
            assert_true(orders[1][id].filled <= orders[2][id].filled);
        }
        assert_true(0 < sums[0] && sums[0] < sums[1] && sums[1] < sums[2]);
    }
    for (size_t i = 0; i < 3; i++)
        free(orders[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
