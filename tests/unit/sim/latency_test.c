/* Latency: each model by hand, and what holds of every line at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/math.h"
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

/* ---- congestion ------------------------------------------------------------------------------ */

/* The intensities of a Hawkes process with mu = 0.5, alpha = 0.8, beta = 1.2 before arrivals at 0,
 * 0.3, 0.5 and 2 s: 0.5, 1.058141, 1.568352, 0.808836. Latency is to grow as they do. */
static void test_congestion_is_hawkes(void **state)
{
    (void)state;
    static const int64_t at_ns[] = {0, 300000000, 500000000, 2000000000};
    static const double intensities[] = {0.5, 1.058141, 1.568352, 0.808836};
    struct latency_line line;
    struct latency_model model = {.kind = LATENCY_CONSTANT,
                                  .entry_ns = 1000000,
                                  .response_ns = 2000000,
                                  .congestion_share = 0.8 / 0.5,
                                  .congestion_fade_ns = 833333333};
    assert_int_equal(latency_model_check(&model), STATUS_OK);
    latency_line_init(&line, &model, 1);
    for (size_t i = 0; i < ARRAY_COUNT(at_ns); i++) {
        struct latency_times times = latency_line_send(&line, at_ns[i]);
        int64_t entry = times.exchange_ns - at_ns[i];
        int64_t response = times.answer_ns - times.exchange_ns;
        double slower = intensities[i] / 0.5;
        assert_in_range(entry, (int64_t)(1e6 * slower) - 3, (int64_t)(1e6 * slower) + 3);
        assert_in_range(response, (int64_t)(2e6 * slower) - 6, (int64_t)(2e6 * slower) + 6);
    }
}

/* The sum over every request there was, term by term. */
static double crowd_naive(const int64_t *requests, uint32_t count, int64_t time_ns, double fade_ns)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t passed = time_ns - requests[i];
        int64_t last = time_ns - requests[count - 1];
        sum += math_exp(-(double)(last < 0 ? passed - last : passed) / fade_ns);
    }
    return sum;
}

#define REQUESTS 2000

static void test_congestion_is_the_naive_sum(void **state)
{
    (void)state;
    static int64_t requests[REQUESTS];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct random random;
        struct latency_line line;
        random_init(&random, seed, 0);
        struct latency_model model = {
            .kind = LATENCY_CONSTANT,
            .entry_ns = 50000000,
            .response_ns = 30000000,
            .congestion_share = (double)(seed % 5) * 0.25,
            .congestion_fade_ns = (int64_t)(1 + random_u64(&random) % 2000000000)};
        assert_int_equal(latency_model_check(&model), STATUS_OK);
        latency_line_init(&line, &model, seed);
        int64_t now = 0, exchange = INT64_MIN, answer = INT64_MIN;
        double fade = (double)model.congestion_fade_ns;
        for (uint32_t i = 0; i < REQUESTS; i++) {
            now += (int64_t)(random_u64(&random) % (i % 100 < 60 ? 1000000 : 1000000000));
            double crowd = i == 0 ? 0 : crowd_naive(requests, i, now, fade);
            double slower = 1 + model.congestion_share * crowd;
            exchange = i64_max(exchange, now + (int64_t)(50e6 * slower));
            answer = i64_max(answer, now + (int64_t)(50e6 * slower) + (int64_t)(30e6 * slower));
            answer = i64_max(answer, exchange);
            struct latency_times times = latency_line_send(&line, now);
            assert_in_range(times.exchange_ns, exchange - 2, exchange + 2);
            assert_in_range(times.answer_ns, answer - 4, answer + 4);
            requests[i] = now;
            /* Unasked for answers, also of an exchange whose clock is behind ours. */
            int64_t happened = now - 1000000 + (int64_t)(random_u64(&random) % 3000000);
            crowd = crowd_naive(requests, i + 1, happened, fade);
            int64_t told = happened + (int64_t)(30e6 * (1 + model.congestion_share * crowd));
            assert_in_range(latency_line_answer(&line, happened), told - 2, told + 2);
        }
    }
}

/* The draws of a log-normal line stay what they are: what comes alone is not slowed. */
static void test_congestion_fades(void **state)
{
    (void)state;
    struct latency_line plain, crowded;
    int64_t plain_ns = 0, crowded_ns = 0;
    struct latency_model model = {
        .kind = LATENCY_LOG_NORMAL, .entry_ns = 1000000, .response_ns = 1000000, .sigma = 0.3};
    latency_line_init(&plain, &model, 9);
    model.congestion_share = 2;
    model.congestion_fade_ns = 1000000;
    latency_line_init(&crowded, &model, 9);
    for (int64_t i = 0; i < 1000; i++) {
        int64_t alone = i * 1000000000;
        struct latency_times a = latency_line_send(&plain, alone);
        struct latency_times b = latency_line_send(&crowded, alone);
        assert_int_equal(a.exchange_ns, b.exchange_ns);
        assert_int_equal(a.answer_ns, b.answer_ns);
        a = latency_line_send(&plain, alone + 10000);
        b = latency_line_send(&crowded, alone + 10000);
        assert_true(b.exchange_ns >= a.exchange_ns);
        plain_ns += a.exchange_ns - alone;
        crowded_ns += b.exchange_ns - alone;
    }
    assert_true(crowded_ns > 2 * plain_ns);
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
    static const double shares[] = {-0.1, 100.1, __builtin_nan(""), __builtin_inf()};
    for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
        model = (struct latency_model){.congestion_share = shares[i], .congestion_fade_ns = 1};
        assert_int_equal(latency_model_check(&model), STATUS_RANGE);
    }
    model = (struct latency_model){.congestion_share = 1};
    assert_int_equal(latency_model_check(&model), STATUS_RANGE);
    model = rows_model();
    model.congestion_share = 1;
    model.congestion_fade_ns = 1;
    assert_int_equal(latency_model_check(&model), STATUS_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant),         cmocka_unit_test(test_interpolated),
        cmocka_unit_test(test_line_keeps_order), cmocka_unit_test(test_log_normal),
        cmocka_unit_test(test_congestion_is_hawkes),
        cmocka_unit_test(test_congestion_is_the_naive_sum),
        cmocka_unit_test(test_congestion_fades), cmocka_unit_test(test_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
