/* The crossing of averages against a naive one in exact integers: ties, long windows, prices as
 * large as they get. */
#include "indicator_data.h"

#include <stdlib.h>
#include <string.h>

#include "core/strategy/strategy.h"

struct run {
    double params[STRATEGY_PARAMS_MAX];
    void *block;
    size_t block_size;
    int64_t *closes;
    uint32_t count;
};

static void run_begin(struct run *run, uint32_t average, uint32_t fast, uint32_t slow,
                      uint32_t capacity)
{
    *run = (struct run){.params = {average, fast, slow}};
    run->block_size = strategy_ma_cross.state_size(run->params);
    assert_int_equal(run->block_size % 8, 0);
    /* Eight bytes beside a multiple of sixteen: blocks may lie there. */
    run->block = (uint8_t *)malloc(run->block_size + 8) + 8;
    run->closes = calloc(capacity, sizeof(int64_t));
    memset(run->block, 0xa5, run->block_size);
    strategy_ma_cross.init(run->block, run->params);
}

static void run_end(struct run *run)
{
    free((uint8_t *)run->block - 8);
    free(run->closes);
}

/* One close; what the strategy says must be what sums over the whole window say. */
static enum stance run_close(struct run *run, int64_t close, double scale)
{
    struct bar bar = {.open = {close}, .high = {close}, .low = {close}, .close = {close}};
    run->closes[run->count++] = close;
    strategy_ma_cross.bar(run->block, run->params, &bar, scale);
    struct decision decision = {0};
    bool ready = true;
    enum stance stance = strategy_ma_cross.decide(run->block, run->params, &decision, &ready);
    uint32_t fast = (uint32_t)run->params[MA_CROSS_FAST];
    uint32_t slow = (uint32_t)run->params[MA_CROSS_SLOW];
    assert_int_equal(ready, run->count >= slow);
    if (!ready) {
        assert_int_equal(stance, STANCE_NONE);
        return stance;
    }
    i128 sum_fast = 0, sum_slow = 0;
    for (uint32_t i = 1; i <= slow; i++) {
        sum_slow += run->closes[run->count - i];
        sum_fast += i <= fast ? run->closes[run->count - i] : 0;
    }
    bool above = sum_fast * slow > sum_slow * fast;
    assert_int_equal(stance, above ? STANCE_LONG : STANCE_FLAT);
    assert_near(decision.parts[0], (double)sum_fast / (fast * scale), 1e-15, "fast", run->count);
    assert_near(decision.parts[1], (double)sum_slow / (slow * scale), 1e-15, "slow", run->count);
    return stance;
}

static void random_closes(void **state)
{
    (void)state;
    const uint32_t periods[][2] = {{1, 2}, {2, 3}, {5, 10}, {7, 30}, {20, 200}, {29, 30}};
    uint64_t seed = 11;
    for (size_t i = 0; i < ARRAY_COUNT(periods); i++) {
        /* A grid of few prices makes averages meet often; the last one is as wide as prices go. */
        const int64_t widths[] = {2, 9, 1000, INT64_MAX / 2};
        for (size_t j = 0; j < ARRAY_COUNT(widths); j++) {
            struct run run;
            run_begin(&run, 0, periods[i][0], periods[i][1], 1500);
            for (int k = 0; k < 1500; k++)
                run_close(&run, 1 + (int64_t)(golden_draw(&seed) % (uint64_t)widths[j]), 100);
            run_end(&run);
        }
    }
}

/* The mean of two closes equals that of twenty although no division shows it: not above. */
static void equal_averages_are_not_above(void **state)
{
    (void)state;
    struct run run;
    run_begin(&run, 0, 2, 20, 2000);
    uint32_t ties = 0;
    for (int k = 0; k < 2000; k++) {
        int64_t close = 41239050000 + (k * 7 % 5 - 2) * 10000;
        enum stance stance = run_close(&run, close, 1e8);
        /* Five closes in turn: twenty of them always have the middle as their mean. */
        if (k >= 20 && run.closes[k] + run.closes[k - 1] == 2 * INT64_C(41239050000)) {
            assert_int_equal(stance, STANCE_FLAT);
            ties++;
        }
    }
    assert_true(ties > 300);
    run_end(&run);
}

static void exponential_averages(void **state)
{
    (void)state;
    struct run run;
    double params[STRATEGY_PARAMS_MAX] = {1, 3, 8};
    run_begin(&run, 1, 3, 8, 8);
    uint64_t seed = 3;
    double fast = 0, slow = 0;
    for (int k = 0; k < 500; k++) {
        int64_t close = 10000 + (int64_t)(golden_draw(&seed) % 200);
        double x = (double)close / 100;
        struct bar bar = {.open = {close}, .high = {close}, .low = {close}, .close = {close}};
        strategy_ma_cross.bar(run.block, params, &bar, 100);
        fast = k < 3 ? fast + x / 3 : fast + (x - fast) * 2 / 4;
        slow = k < 8 ? slow + x / 8 : slow + (x - slow) * 2 / 9;
        struct decision decision = {0};
        bool ready;
        enum stance stance = strategy_ma_cross.decide(run.block, params, &decision, &ready);
        assert_int_equal(ready, k >= 7);
        if (k < 7)
            continue;
        assert_near(decision.parts[0], fast, 1e-12, "fast", (size_t)k);
        assert_near(decision.parts[1], slow, 1e-12, "slow", (size_t)k);
        if (fast - slow > 1e-9 || slow - fast > 1e-9)
            assert_int_equal(stance, fast > slow ? STANCE_LONG : STANCE_FLAT);
    }
    run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_closes),
        cmocka_unit_test(equal_averages_are_not_above),
        cmocka_unit_test(exponential_averages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
