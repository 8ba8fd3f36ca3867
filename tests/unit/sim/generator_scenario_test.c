/* The scenarios: each does what its sentence says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "generator_bench.h"

/* Prices of BTC-USD each minute of a scenario. */
static void minutes_of(enum scenario scenario, uint64_t seed, double *out, size_t count)
{
    struct bench bench;
    struct generator_config config;
    config_of(&config, seed);
    config.scenario = scenario;
    bench_start(&bench, &config);
    for (size_t i = 0; i < count * 60; i++) {
        struct price prices[8];
        generator_step(&bench.generator, SECOND, prices);
        if (i % 60 == 59) {
            out[i / 60] = (double)prices[0].units * 0.01;
        }
    }
    arena_release(&bench.arena);
}

static double volatility_of(const double *prices, size_t count)
{
    double squares = 0.0;
    for (size_t i = 1; i < count; i++) {
        double r = log(prices[i] / prices[i - 1]);
        squares += r * r;
    }
    return sqrt(squares / (double)(count - 1));
}

static void test_scenarios_do_what_they_say(void **state)
{
    (void)state;
    enum { MINUTES = 420 };
    static double normal[MINUTES], calm[MINUTES], trend[MINUTES], crash[MINUTES], chop[MINUTES];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        minutes_of(SCENARIO_NORMAL, seed, normal, MINUTES);
        minutes_of(SCENARIO_CALM, seed, calm, MINUTES);
        minutes_of(SCENARIO_TREND, seed, trend, MINUTES);
        minutes_of(SCENARIO_CRASH, seed, crash, MINUTES);
        minutes_of(SCENARIO_CHOP, seed, chop, MINUTES);
        double ordinary = volatility_of(normal, MINUTES);
        assert_true(volatility_of(calm, MINUTES) < 0.75 * ordinary);
        /* Up for three hours, and most of the way back by the end of the next three and a half. */
        assert_true(trend[179] > 1.04 * trend[0]);
        assert_true(trend[389] < 0.96 * trend[209]);
        /* Ordinary for two minutes, a fifth lower after five, then half recovered. */
        assert_true(fabs(crash[1] / crash[0] - 1.0) < 0.01);
        assert_true(crash[4] < 0.88 * crash[1] && crash[4] > 0.70 * crash[1]);
        assert_true(volatility_of(crash + 5, 10) > 2.0 * volatility_of(normal + 5, 10));
        /* Lively, but within a band around its start. */
        for (size_t i = 0; i < MINUTES; i++) {
            assert_true(fabs(log(chop[i] / 106794.53)) < 0.04);
        }
        assert_true(volatility_of(chop, MINUTES) > 1.1 * ordinary);
    }
}

/* The feed is silent from 2:00 to 2:45; bars resume at the next whole interval, the book anew. */
static void test_outage(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 5);
    config.scenario = SCENARIO_OUTAGE;
    bench_start(&bench, &config);
    struct market_event event;
    int64_t down = START + 120 * SECOND, up = START + 165 * SECOND;
    unsigned clears = 0;
    int64_t before = 0, after = 0;
    assert_false(generator_feed_down(&bench.generator));
    while (generator_next_before(&bench.generator, START + 290 * SECOND, &event)) {
        assert_true(event.time_ns < down || event.time_ns >= up);
        clears += begins_snapshot(&event);
        if (event.kind == MARKET_EVENT_BAR && event.time_ns >= up) {
            assert_true(event.bar.bar.open_time_ns >= up);
        }
        before += event.time_ns < down;
        after += event.time_ns >= up;
    }
    assert_int_equal(clears, 2 * INSTRUMENTS_COUNT);
    assert_true(before > 10000 && after > 10000);
    arena_release(&bench.arena);

    config_of(&config, 5);
    config.scenario = SCENARIO_OUTAGE;
    bench_start(&bench, &config);
    while (generator_next_before(&bench.generator, START + 150 * SECOND, &event)) {
    }
    assert_true(generator_feed_down(&bench.generator));
    assert_true(generator_next(&bench.generator, &event));
    assert_int_equal(event.time_ns, up);
    arena_release(&bench.arena);
}

static void test_scenario_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SCENARIO_COUNT; i++) {
        enum scenario found;
        assert_true(scenario_parse(text_of(scenario_name((enum scenario)i)), &found));
        assert_int_equal(found, i);
        assert_true(strlen(scenario_sentence((enum scenario)i)) > 10);
        assert_true(scenario_phase_at((enum scenario)i, 0.0)->seconds > 0.0);
        assert_true(scenario_phase_at((enum scenario)i, 1e7) != NULL);
    }
    enum scenario found;
    assert_false(scenario_parse(TEXT("panic"), &found));
    /* Phases begin where the ones before end, and the cycle repeats: six hours and a quarter. */
    assert_false(scenario_phase_at(SCENARIO_CRASH, 119.9)->spread_factor > 1.0);
    assert_true(scenario_phase_at(SCENARIO_CRASH, 120.0)->spread_factor > 5.0);
    double cycle = 2 * 60 + 3 * 60 + 600 + 3600 + 5 * 3600;
    assert_true(scenario_phase_at(SCENARIO_CRASH, cycle + 130.0) ==
                scenario_phase_at(SCENARIO_CRASH, 130.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenarios_do_what_they_say),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_scenario_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
