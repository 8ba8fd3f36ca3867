/* What the tests of the generator share: a market of five instruments and its set-up. */
#ifndef TERN_TESTS_UNIT_SIM_GENERATOR_BENCH_H
#define TERN_TESTS_UNIT_SIM_GENERATOR_BENCH_H

#include "sim/generator/generator.h"

#define SECOND NANOSECONDS_PER_SECOND
#define START (INT64_C(1735689600) * SECOND)

static const struct generator_instrument instruments[] = {
    {.name = {"BTC-USD", 7}, .price_decimals = 2, .quantity_decimals = 8, .tick = {1}, .lot = {1}},
    {.name = {"ETH-USD", 7},
     .price_decimals = 8,
     .quantity_decimals = 8,
     .tick = {1000000},
     .lot = {10000}},
    {.name = {"DOGE-USD", 8}, .price_decimals = 5, .quantity_decimals = 1, .tick = {1}, .lot = {1}},
    {.name = {"AAPL", 4}, .price_decimals = 2, .quantity_decimals = 0, .tick = {1}, .lot = {1}},
    /* Cheaper than its order book is deep: a tick is half a dollar, a cell too. */
    {.name = {"PENNY", 5},
     .price_decimals = 2,
     .quantity_decimals = 0,
     .tick = {5000},
     .lot = {100}},
};
#define INSTRUMENTS_COUNT 5

struct bench {
    struct arena arena;
    struct generator generator;
};

static inline void config_of(struct generator_config *config, uint64_t seed)
{
    generator_config_default(config);
    config->seed = seed;
    config->start_time_ns = START;
    config->instruments = instruments;
    config->instruments_count = INSTRUMENTS_COUNT;
    config->instruments_capacity = 8;
}

static inline void bench_start(struct bench *bench, const struct generator_config *config)
{
    struct arena measure;
    struct problem problem;
    problem_init(&problem);
    arena_measure_init(&measure);
    assert_int_equal(generator_init(&bench->generator, config, &measure, &problem), STATUS_OK);
    assert_int_equal(arena_init(&bench->arena, measure.used), STATUS_OK);
    assert_int_equal(generator_init(&bench->generator, config, &bench->arena, &problem), STATUS_OK);
    assert_true(bench->arena.used == measure.used);
}

static inline bool begins_snapshot(const struct market_event *event)
{
    return event->kind == MARKET_EVENT_DELTA && (event->delta.flags & DELTA_CLEAR) != 0;
}

#endif
