/* The zero-intelligence order book against a plain list of levels, by properties and random
 * runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/generator/order_flow.h"

/* The same book as whoever reads the changes keeps it. */
#define MIRROR_MAX 256
struct mirror {
    struct flow_change levels[MIRROR_MAX];
    size_t count;
};

static void mirror_apply(struct mirror *mirror, const struct flow_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct flow_change *change = &changes->items[i];
        size_t k = 0;
        while (k < mirror->count && (mirror->levels[k].side != change->side ||
                                     mirror->levels[k].ticks != change->ticks)) {
            k++;
        }
        if (change->lots == 0) {
            assert_true(k < mirror->count);
            mirror->levels[k] = mirror->levels[--mirror->count];
        } else {
            assert_true(k < MIRROR_MAX);
            mirror->count += k == mirror->count;
            mirror->levels[k] = *change;
        }
    }
}

static int64_t mirror_lots(const struct mirror *mirror, enum flow_side side, int64_t ticks)
{
    for (size_t i = 0; i < mirror->count; i++) {
        if (mirror->levels[i].side == side && mirror->levels[i].ticks == ticks) {
            return mirror->levels[i].lots;
        }
    }
    return 0;
}

static int64_t side_lots(const struct order_flow *flow, enum flow_side side)
{
    int64_t sum = 0;
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        sum += flow->lots[side][level];
    }
    return sum;
}

static void assert_agree(const struct order_flow *flow, const struct mirror *mirror)
{
    size_t filled = 0;
    for (unsigned side = FLOW_BID; side <= FLOW_ASK; side++) {
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            int64_t lots = flow->lots[side][level];
            assert_true(lots >= 0);
            filled += lots > 0;
            if (lots > 0) {
                int64_t ticks = order_flow_ticks(flow, (enum flow_side)side, level);
                assert_true(ticks >= 1);
                assert_int_equal(mirror_lots(mirror, (enum flow_side)side, ticks), lots);
            }
        }
        assert_true(side_lots(flow, (enum flow_side)side) > 0);
    }
    assert_int_equal(filled, mirror->count);
}

/* Prices of a side go away from the reference, one in each cell, and the front is the nearest
 * possible: the price one cell nearer lies on the wrong side of the spread. */
static void assert_cells(const struct order_flow *flow, double reference, double spread)
{
    for (size_t level = 0; level + 1 < FLOW_DEPTH; level++) {
        assert_true(order_flow_ticks(flow, FLOW_BID, level) >
                    order_flow_ticks(flow, FLOW_BID, level + 1));
        assert_true(order_flow_ticks(flow, FLOW_ASK, level) <
                    order_flow_ticks(flow, FLOW_ASK, level + 1));
    }
    struct order_flow nearer = *flow;
    nearer.front[FLOW_BID]++;
    nearer.front[FLOW_ASK]--;
    double low = reference - 0.5 * spread, high = reference + 0.5 * spread;
    assert_true((double)order_flow_ticks(flow, FLOW_BID, 0) <= low);
    assert_true((double)order_flow_ticks(&nearer, FLOW_BID, 0) > low);
    assert_true((double)order_flow_ticks(flow, FLOW_ASK, 0) >= high);
    assert_true((double)order_flow_ticks(&nearer, FLOW_ASK, 0) < high);
}

static void test_random_runs(void **state)
{
    (void)state;
    const int64_t spacings[] = {1, 2, 7, 250};
    for (size_t i = 0; i < ARRAY_COUNT(spacings); i++) {
        struct random random;
        random_init(&random, 5, i);
        struct order_flow flow;
        struct mirror mirror = {.count = 0};
        struct flow_changes changes = {0};
        order_flow_init(&flow, spacings[i], i == 0 ? 1.0 : 300.0, 17, 18 + i);
        double step = (double)spacings[i];
        double reference = 50.0 * step, spread = 2.0 * step;
        order_flow_fill(&flow, reference, spread);
        order_flow_levels(&flow, &changes);
        mirror_apply(&mirror, &changes);
        for (unsigned round = 0; round < 20000; round++) {
            struct order_flow before = flow;
            changes.count = 0;
            switch (random_below(&random, 4)) {
            case 0: {
                /* Small moves, and now and then one of many cells. */
                double size = random_below(&random, 20) == 0 ? 30.0 : 1.0;
                reference += size * step * (2.0 * random_unit(&random) - 1.0);
                reference = fmax(reference, 25.0 * step);
                spread = step * (0.5 + 3.0 * random_unit(&random));
                order_flow_snap(&flow, reference, spread, &changes);
                assert_cells(&flow, reference, spread);
                /* What is a level before and after keeps its orders. */
                for (size_t level = 0; level < FLOW_DEPTH; level++) {
                    int64_t old = (int64_t)level + flow.front[FLOW_ASK] - before.front[FLOW_ASK];
                    if (old >= 0 && old < FLOW_DEPTH && side_lots(&before, FLOW_ASK) > 0 &&
                        before.lots[FLOW_ASK][old] > 0) {
                        assert_int_equal(flow.lots[FLOW_ASK][level], before.lots[FLOW_ASK][old]);
                    }
                }
                break;
            }
            case 1: {
                enum flow_side from = random_below(&random, 2) == 0 ? FLOW_BID : FLOW_ASK;
                int64_t lots = 1 + (int64_t)random_below(&random, round % 50 == 0 ? 100000 : 500);
                struct flow_fill fills[FLOW_DEPTH];
                size_t count = order_flow_take(&flow, from, lots, fills, &changes);
                int64_t taken = 0;
                for (size_t k = 0; k < count; k++) {
                    assert_true(fills[k].lots > 0);
                    assert_true(k == 0 || (from == FLOW_BID ? fills[k].ticks < fills[k - 1].ticks
                                                            : fills[k].ticks > fills[k - 1].ticks));
                    taken += fills[k].lots;
                }
                int64_t there = side_lots(&before, from);
                assert_int_equal(taken, i64_min(lots, there - 1));
                assert_int_equal(side_lots(&flow, from), there - taken);
                break;
            }
            default:
                order_flow_act(&flow, &changes);
                assert_true(changes.count <= 1);
                break;
            }
            mirror_apply(&mirror, &changes);
            assert_agree(&flow, &mirror);
        }
    }
}

/* Cheaper than the book is deep: levels below one tick do not exist, but there is a bid. */
static void test_near_zero(void **state)
{
    (void)state;
    struct order_flow flow;
    struct mirror mirror = {.count = 0};
    struct flow_changes changes = {0};
    order_flow_init(&flow, 1, 10.0, 1, 2);
    order_flow_fill(&flow, 20.0, 1.0);
    order_flow_levels(&flow, &changes);
    mirror_apply(&mirror, &changes);
    for (double reference = 20.0; reference > 0.01; reference *= 0.9) {
        changes.count = 0;
        order_flow_snap(&flow, reference, 1.0, &changes);
        mirror_apply(&mirror, &changes);
        for (unsigned i = 0; i < 50; i++) {
            changes.count = 0;
            order_flow_act(&flow, &changes);
            mirror_apply(&mirror, &changes);
        }
        assert_agree(&flow, &mirror);
    }
}

/* The best bid is passed, all others are empty and no cell is free below: a new bid comes. */
static void test_a_side_never_stays_empty(void **state)
{
    (void)state;
    struct order_flow flow;
    order_flow_init(&flow, 1, 10.0, 1, 2);
    order_flow_fill(&flow, 7.0, 1.0);
    int64_t front = order_flow_ticks(&flow, FLOW_BID, 0);
    for (size_t level = 1; level < FLOW_DEPTH; level++) {
        flow.lots[FLOW_BID][level] = 0;
    }
    struct flow_changes changes = {0};
    order_flow_snap(&flow, 6.0, 1.0, &changes);
    int64_t ticks, lots;
    assert_true(order_flow_best(&flow, FLOW_BID, &ticks, &lots));
    assert_int_equal(ticks, front - 1);
    assert_true(lots > 0);
    assert_int_equal(changes.items[0].ticks, front);
    assert_int_equal(changes.items[0].lots, 0);
}

/* Where nothing but the rates act, a level holds about limit rate over cancel rate average orders:
 * the front more than the back. */
static void test_rates(void **state)
{
    (void)state;
    enum { ROUNDS = 400000 };
    struct order_flow flow;
    order_flow_init(&flow, 10, 1000.0, 3, 4);
    order_flow_fill(&flow, 5000.0, 20.0);
    double sums[FLOW_DEPTH] = {0};
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct flow_changes changes = {0};
        order_flow_act(&flow, &changes);
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            sums[level] += (double)(flow.lots[FLOW_BID][level] + flow.lots[FLOW_ASK][level]);
        }
    }
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        double orders = sums[level] / ROUNDS / 2.0 / 1000.0;
        double limit = FLOW_LIMIT_RATE / pow((double)(level + 1), FLOW_LIMIT_POWER);
        assert_true(fabs(flow.limit_rates[level] - limit) < 1e-12);
        /* A cancel takes at most what rests, so a little more than the ratio stays. */
        assert_true(orders > 0.9 * limit / FLOW_CANCEL_RATE);
        assert_true(orders < 1.8 * limit / FLOW_CANCEL_RATE);
    }
    assert_true(sums[0] > 1.5 * sums[FLOW_DEPTH - 1]);
}

static void test_order_sizes(void **state)
{
    (void)state;
    struct order_flow flow;
    order_flow_init(&flow, 1, 1.0, 0, 1);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(order_flow_draw_lots(&flow), 1);
    }
    order_flow_init(&flow, 1, 500.0, 0, 1);
    double sum = 0.0;
    for (unsigned i = 0; i < 100000; i++) {
        int64_t lots = order_flow_draw_lots(&flow);
        assert_true(lots >= 1);
        sum += (double)lots;
    }
    assert_true(sum / 100000 > 490.0 && sum / 100000 < 510.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_runs),
        cmocka_unit_test(test_near_zero),
        cmocka_unit_test(test_a_side_never_stays_empty),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_order_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
