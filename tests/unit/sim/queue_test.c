/* Queue position: the published values, the order of the models, and our own orders in a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "sim/book/queue.h"

#define EVENTS_COUNT 200000u

static const struct queue_model models[] = {
    {QUEUE_MODEL_TOUCH, 0},  {QUEUE_MODEL_RISK_AVERSE, 0}, {QUEUE_MODEL_POWER, 1},
    {QUEUE_MODEL_POWER, 2},  {QUEUE_MODEL_POWER, 3},       {QUEUE_MODEL_POWER, 1.5},
    {QUEUE_MODEL_LOG, 0},    {QUEUE_MODEL_POWER2, 1},      {QUEUE_MODEL_POWER2, 2},
    {QUEUE_MODEL_POWER2, 3}, {QUEUE_MODEL_LOG2, 0},        {QUEUE_MODEL_POWER3, 1},
    {QUEUE_MODEL_POWER3, 2}, {QUEUE_MODEL_POWER3, 3},
};

/* F = 60 where 100 are displayed, then 90. */
static double after_cancel(enum queue_model_kind kind, double power)
{
    struct queue_position position = {.ahead = 60};
    queue_position_depth(&position, &(struct queue_model){kind, power}, 100, 90);
    return position.ahead;
}

static void assert_near(double found, double expected)
{
    if (fabs(found - expected) > 5e-7)
        fail_msg("%.9f, not %.9f", found, expected);
}

static void test_values(void **state)
{
    (void)state;
    assert_near(after_cancel(QUEUE_MODEL_POWER, 1), 54.0);
    assert_near(after_cancel(QUEUE_MODEL_POWER, 2), 53.076923);
    assert_near(after_cancel(QUEUE_MODEL_POWER, 3), 52.285714);
    assert_near(after_cancel(QUEUE_MODEL_LOG, 0), 54.746115);
    assert_near(after_cancel(QUEUE_MODEL_POWER3, 2), 56.4);
    assert_near(after_cancel(QUEUE_MODEL_RISK_AVERSE, 0), 60);
    /* By hand: p = 0.4^2; p = ln 41 / ln 101. */
    assert_near(after_cancel(QUEUE_MODEL_POWER2, 2), 60 - 0.84 * 10);
    assert_near(after_cancel(QUEUE_MODEL_LOG2, 0), 60 - (1 - log(41) / log(101)) * 10);

    struct queue_position position = {.ahead = 60};
    queue_position_trade(&position, 15);
    queue_position_depth(&position, &(struct queue_model){QUEUE_MODEL_POWER, 1}, 100, 80);
    assert_near(position.ahead, 42.75);
}

static void test_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(models); i++) {
        struct queue_position position;
        queue_position_enter(&position, &models[i], 60);
        queue_position_depth(&position, &models[i], 60, 100); /* grew: all of it behind */
        assert_near(position.ahead, models[i].kind == QUEUE_MODEL_TOUCH ? 0 : 60);
        queue_position_depth(&position, &models[i], 100, 20); /* less than was ahead */
        assert_true(position.ahead <= 20);
        queue_position_depth(&position, &models[i], 20, 0);
        assert_true(position.ahead <= 0);
        assert_int_equal(queue_position_fill(&position), 0);
        queue_position_trade(&position, 7);
        assert_int_equal(queue_position_fill(&position), 7);
    }
}

static struct queue_line line_of(const struct queue_model *model, enum side side)
{
    struct queue_line line;
    queue_line_init(&line, model, side, (struct price){1000}, (struct quantity){10});
    return line;
}

static void test_line(void **state)
{
    (void)state;
    struct queue_fill fills[QUEUE_LINE_MAX];
    struct queue_line line = line_of(&models[2], SIDE_BUY);
    assert_int_equal(queue_line_add(&line, 1, (struct quantity){30}, (struct quantity){50}), 0);
    assert_int_equal(queue_line_add(&line, 2, (struct quantity){40}, (struct quantity){70}), 0);
    assert_int_equal(queue_line_add(&line, 2, (struct quantity){40}, (struct quantity){70}),
                     STATUS_EXISTS);
    struct trade trade = {{1000}, {60}, SIDE_BUY, 0};
    assert_int_equal(queue_line_trade(&line, &trade, fills), 0); /* a taker of our side */
    trade.taker = SIDE_SELL;
    assert_int_equal(queue_line_trade(&line, &trade, fills), 1); /* 5 lots ahead, 1 for us */
    assert_int_equal(fills[0].id, 1);
    assert_int_equal(fills[0].quantity.units, 10);
    assert_false(fills[0].whole);
    trade.taker = 0;
    assert_int_equal(queue_line_trade(&line, &trade, fills), 2); /* 2 lots end the first */
    assert_true(fills[0].whole);
    assert_int_equal(fills[1].quantity.units, 20); /* 2 lots ahead were left by the first trade */
    trade.price.units = 1001;
    assert_int_equal(queue_line_trade(&line, &trade, fills), 0);
    trade.price.units = 999;
    trade.quantity.units = 10;
    assert_int_equal(queue_line_trade(&line, &trade, fills), 1); /* printed through */
    assert_int_equal(fills[0].quantity.units, 20);
    assert_int_equal(line.count, 0);

    line = line_of(&models[1], SIDE_SELL);
    for (uint64_t id = 1; id <= QUEUE_LINE_MAX; id++)
        assert_int_equal(queue_line_add(&line, id, (struct quantity){10}, (struct quantity){0}), 0);
    assert_int_equal(queue_line_add(&line, 99, (struct quantity){10}, (struct quantity){0}),
                     STATUS_FULL);
    assert_true(queue_line_remove(&line, 7));
    assert_false(queue_line_remove(&line, 7));
    assert_int_equal(queue_line_opposite(&line, (struct price){0}, fills), 0);
    assert_int_equal(queue_line_opposite(&line, (struct price){999}, fills), 0);
    assert_int_equal(queue_line_opposite(&line, (struct price){1000}, fills), QUEUE_LINE_MAX - 1);
}

/* ---- properties on one stream ---------------------------------------------------------------- */

struct feed {
    struct random random;
    int64_t displayed;
};

/* A trade of *traded lots (0: none), then the level as it is displayed after it. */
static void feed_next(struct feed *feed, int64_t *traded, int64_t *after)
{
    *traded = 0;
    if (feed->displayed > 0 && random_below(&feed->random, 3) == 0)
        *traded = 1 + (int64_t)random_below(&feed->random, (uint64_t)feed->displayed);
    int64_t rest = feed->displayed - *traded;
    int64_t canceled = random_below(&feed->random, 2) == 0
                           ? 0
                           : (int64_t)random_below(&feed->random, (uint64_t)rest + 1);
    int64_t joined = (int64_t)random_below(&feed->random, 30);
    *after = rest - canceled + (random_below(&feed->random, 2) == 0 ? joined : 0);
}

#define OWN 3

struct run {
    struct queue_line line;
    int64_t filled[OWN + 1];
};

static void run_trade(struct run *run, int64_t lots)
{
    struct queue_fill fills[QUEUE_LINE_MAX];
    struct trade trade = {run->line.price, {lots * run->line.lot.units}, 0, 0};
    int64_t taken = 0;
    uint32_t count = queue_line_trade(&run->line, &trade, fills);
    for (uint32_t i = 0; i < count; i++) {
        run->filled[fills[i].id] += fills[i].quantity.units;
        taken += fills[i].quantity.units;
        assert_true(i == 0 || fills[i - 1].id < fills[i].id);
        assert_true(i == 0 || fills[i - 1].whole); /* none overtakes */
    }
    assert_true(taken <= trade.quantity.units);
    for (uint32_t i = 1; i < run->line.count; i++) {
        assert_true(run->line.orders[i].id > run->line.orders[i - 1].id);
        assert_true(run->line.orders[i].position.ahead >= run->line.orders[i - 1].position.ahead);
    }
}

static int64_t run_total(const struct run *run)
{
    int64_t sum = 0;
    for (int id = 1; id <= OWN; id++)
        sum += run->filled[id];
    return sum;
}

/* Risk averse fills no more than any guess, and any guess no more than touching does, at any time,
 * on the same stream; and no order of ours fills while an older one waits. */
static void test_models_ordered(void **state)
{
    (void)state;
    struct feed feed;
    random_init(&feed.random, 11, 0);
    uint64_t strictly = 0;
    for (uint32_t round = 0; round < EVENTS_COUNT / 40; round++) {
        struct run runs[ARRAY_COUNT(models)] = {0};
        feed.displayed = (int64_t)random_below(&feed.random, 200);
        for (size_t m = 0; m < ARRAY_COUNT(models); m++)
            runs[m].line = line_of(&models[m], SIDE_BUY);
        for (uint32_t i = 0; i < 40; i++) {
            if (i % 8 == 0 && i / 8 < OWN) {
                int64_t lots = 1 + (int64_t)random_below(&feed.random, 40);
                for (size_t m = 0; m < ARRAY_COUNT(models); m++) {
                    assert_int_equal(queue_line_add(&runs[m].line, 1 + i / 8,
                                                    (struct quantity){lots * 10},
                                                    (struct quantity){feed.displayed * 10}),
                                     STATUS_OK);
                }
            }
            int64_t traded;
            int64_t after;
            feed_next(&feed, &traded, &after);
            for (size_t m = 0; m < ARRAY_COUNT(models); m++) {
                if (traded > 0)
                    run_trade(&runs[m], traded);
                queue_line_depth(&runs[m].line, (struct quantity){feed.displayed * 10},
                                 (struct quantity){after * 10});
                int64_t total = run_total(&runs[m]);
                assert_true(total <= run_total(&runs[0]));
                assert_true(m == 0 || total >= run_total(&runs[1]));
                strictly += total < run_total(&runs[0]);
            }
            feed.displayed = after;
        }
    }
    assert_true(strictly > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_models_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
