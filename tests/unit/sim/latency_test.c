/* Latency: each model by hand, and what holds of every line at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/book/latency.h"

static const struct latency_row rows[] = {
    {1000, 1010, 1030}, {2000, 2030, 2080}, {3000, 2990, 3040}, {4000, 4100, 4100},
};

static struct latency_model rows_model(void)
{
    return (struct latency_model){
        .kind = LATENCY_INTERPOLATED, .rows = rows, .rows_count = ARRAY_COUNT(rows)};
}

static void assert_times(struct latency_line *line, int64_t request, int64_t exchange,
                         int64_t answer, bool refused)
{
    struct latency_times times = latency_line_send(line, request);
    assert_int_equal(times.exchange_ns, exchange);
    assert_int_equal(times.answer_ns, answer);
    assert_int_equal(times.refused, refused);
}

static void test_constant(void **state)
{
    (void)state;
    struct latency_line line;
    struct latency_model model = {
        .kind = LATENCY_CONSTANT, .entry_ns = 10, .response_ns = 20, .feed_ns = 5};
    assert_int_equal(latency_model_check(&model), STATUS_OK);
    latency_line_init(&line, &model, 1);
    assert_times(&line, 100, 110, 130, false);
    assert_int_equal(latency_line_see(&line, 100), 105);
}

static void test_interpolated(void **state)
{
    (void)state;
    struct latency_line line;
    struct latency_model model = rows_model();
    assert_int_equal(latency_model_check(&model), STATUS_OK);
    latency_line_init(&line, &model, 1);
    assert_times(&line, 500, 510, 530, false); /* before the first: as the first */
    assert_times(&line, 1000, 1010, 1030, false);
    assert_times(&line, 1500, 1520, 1555, false); /* entry 20, total 55 */
    assert_times(&line, 2500, 2530, 2580, false); /* the next one is a refusal: no mixture */
    assert_times(&line, 3000, 3000, 3040, true);
    assert_times(&line, 3999, 3999, 4039, true);
    assert_times(&line, 9000, 9100, 9100, false);
}

static void test_line_keeps_order(void **state)
{
    (void)state;
    static const struct latency_row slow_then_fast[] = {{0, 500, 900}, {10, 20, 30}};
    struct latency_line line;
    struct latency_model model = {
        .kind = LATENCY_INTERPOLATED, .rows = slow_then_fast, .rows_count = 2};
    latency_line_init(&line, &model, 1);
    assert_times(&line, 0, 500, 900, false);
    assert_times(&line, 10, 500, 900, false);
    assert_times(&line, 600, 610, 900, false);
}

static void test_log_normal(void **state)
{
    (void)state;
    struct latency_line line;
    struct latency_line again;
    struct latency_model model = {.kind = LATENCY_LOG_NORMAL,
                                  .entry_ns = 1000000,
                                  .response_ns = 500000,
                                  .feed_ns = 200000,
                                  .sigma = 0.5};
    assert_int_equal(latency_model_check(&model), STATUS_OK);
    latency_line_init(&line, &model, 7);
    latency_line_init(&again, &model, 7);
    uint32_t below = 0;
    int64_t exchange_last = 0;
    int64_t answer_last = 0;
    int64_t seen_last = 0;
    for (int64_t i = 0; i < 100000; i++) {
        int64_t request = i * 100000000; /* far apart: none waits for another */
        struct latency_times times = latency_line_send(&line, request);
        struct latency_times same = latency_line_send(&again, request);
        assert_int_equal(times.exchange_ns, same.exchange_ns);
        assert_int_equal(times.answer_ns, same.answer_ns);
        assert_true(request <= times.exchange_ns && times.exchange_ns <= times.answer_ns);
        assert_true(times.exchange_ns >= exchange_last && times.answer_ns >= answer_last);
        exchange_last = times.exchange_ns;
        answer_last = times.answer_ns;
        below += times.exchange_ns - request < 1000000;
        int64_t seen = latency_line_see(&line, request / 1000);
        assert_true(seen >= request / 1000 && seen >= seen_last);
        (void)latency_line_see(&again, request / 1000);
        seen_last = seen;
    }
    assert_in_range(below, 49300, 50700); /* the median, within 4.4 deviations */
}

static void test_check(void **state)
{
    (void)state;
    struct latency_model model = rows_model();
    model.rows_count = 0;
    assert_int_equal(latency_model_check(&model), STATUS_RANGE);
    static const struct latency_row bad[][2] = {
        {{1000, 1010, 1030}, {1000, 1010, 1030}},               /* the same time twice */
        {{1000, 1010, 1005}, {2000, 2010, 2020}},               /* answered before it was judged */
        {{1000, 990, 990}, {2000, 2010, 2020}},                 /* answered before it was sent */
        {{INT64_MIN, 990, INT64_MAX}, {INT64_MAX, INT64_MIN, 0}}, /* no such duration */
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        model.rows = bad[i];
        model.rows_count = 2;
        assert_int_equal(latency_model_check(&model), STATUS_RANGE);
    }
    model = (struct latency_model){.kind = LATENCY_CONSTANT, .entry_ns = -1};
    assert_int_equal(latency_model_check(&model), STATUS_RANGE);
    model = (struct latency_model){.kind = LATENCY_LOG_NORMAL, .sigma = __builtin_nan("")};
    assert_int_equal(latency_model_check(&model), STATUS_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),         cmocka_unit_test(test_interpolated),
        cmocka_unit_test(test_line_keeps_order), cmocka_unit_test(test_log_normal),
        cmocka_unit_test(test_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
