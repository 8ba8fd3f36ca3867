/* The bulk path against the plain one: the same bits in every vector width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "sim/generator/generator.h"

#define SECOND NANOSECONDS_PER_SECOND
#define NAMES_MAX 40
#define STEPS_MAX 1100

struct bench {
    struct arena arena;
    struct generator generator;
};

static char names[NAMES_MAX][8];

static void bench_start(struct bench *bench, size_t count, struct path_features features,
                        enum scenario scenario)
{
    struct generator_instrument instruments[NAMES_MAX];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof names[i], "N%u", (unsigned)(i % NAMES_MAX));
        instruments[i] = (struct generator_instrument){
            .name = text_of(names[i]), .price_decimals = 2, .tick = {1}, .lot = {1}};
    }
    struct generator_config config;
    generator_config_default(&config);
    config.seed = 31 + count;
    config.instruments = instruments;
    config.instruments_count = count;
    config.instruments_capacity = count + 1;
    config.features = features;
    config.scenario = scenario;
    struct problem problem;
    problem_init(&problem);
    struct arena measure;
    arena_measure_init(&measure);
    assert_int_equal(generator_init(&bench->generator, &config, &measure, &problem), STATUS_OK);
    assert_int_equal(arena_init(&bench->arena, measure.used), STATUS_OK);
    assert_int_equal(generator_init(&bench->generator, &config, &bench->arena, &problem),
                     STATUS_OK);
}

static void test_same_bits_in_every_width(void **state)
{
    (void)state;
    const size_t counts[] = {1, 2, 3, 5, 8, 9, 10, 17, NAMES_MAX};
    const size_t pieces[] = {1, 255, 256, 257, 0, 331};
    struct path_features plain = {0};
    double *scratch = aligned_alloc(64, sizeof(double) * BULK_SCRATCH(NAMES_MAX));
    double *prices = malloc(sizeof(double) * NAMES_MAX * STEPS_MAX);
    double *expected = malloc(sizeof(double) * NAMES_MAX * STEPS_MAX);
    assert_true(scratch != NULL && prices != NULL && expected != NULL);
    for (size_t c = 0; c < ARRAY_COUNT(counts); c++) {
        size_t count = counts[c];
        struct bench bench;
        bench_start(&bench, count, plain, SCENARIO_NORMAL);
        size_t slot = 0;
        struct price ticks[NAMES_MAX + 1];
        /* A removed instrument's path goes on in both. */
        assert_int_equal(generator_remove(&bench.generator, TEXT("N0")), STATUS_OK);
        for (size_t step = 0; step < STEPS_MAX; step++) {
            generator_step(&bench.generator, SECOND / 2, ticks);
            for (slot = 0; slot < count; slot++) {
                expected[slot * STEPS_MAX + step] = bench.generator.path.prices[slot];
            }
        }
        uint64_t common = bench.generator.path.common_state;
        arena_release(&bench.arena);
        for (unsigned width = 0; width < BULK_WIDTH_COUNT; width++) {
            if (!bulk_width_usable((enum bulk_width)width)) {
                print_message("width %u: not on this machine\n", width);
                continue;
            }
            bench_start(&bench, count, plain, SCENARIO_NORMAL);
            size_t done = 0;
            for (size_t piece = 0; piece < ARRAY_COUNT(pieces); piece++) {
                assert_int_equal(path_bulk_width(&bench.generator.path, 0.5, pieces[piece], scratch,
                                                 prices + done, STEPS_MAX, (enum bulk_width)width),
                                 STATUS_OK);
                done += pieces[piece];
            }
            assert_true(done == STEPS_MAX);
            for (slot = 0; slot < count; slot++) {
                assert_memory_equal(prices + slot * STEPS_MAX, expected + slot * STEPS_MAX,
                                    STEPS_MAX * sizeof(double));
                assert_true(bench.generator.path.prices[slot] ==
                            expected[slot * STEPS_MAX + STEPS_MAX - 1]);
            }
            assert_true(bench.generator.path.common_state == common);
            arena_release(&bench.arena);
        }
    }
    free(expected);
    free(prices);
    free(scratch);
}

/* The face of the same: time moves on, single steps go on where the bulk ended. */
static void test_generator_bulk(void **state)
{
    (void)state;
    enum { STEPS = 300 };
    static double prices[3 * STEPS] __attribute__((aligned(64)));
    static double scratch[BULK_SCRATCH(3)] __attribute__((aligned(64)));
    struct path_features plain = {0};
    struct bench a, b;
    bench_start(&a, 3, plain, SCENARIO_NORMAL);
    bench_start(&b, 3, plain, SCENARIO_NORMAL);
    struct price of_a[4], of_b[4];
    for (unsigned i = 0; i < STEPS + 1; i++) {
        generator_step(&a.generator, SECOND, of_a);
    }
    assert_int_equal(generator_bulk(&b.generator, SECOND, STEPS, scratch, prices, STEPS),
                     STATUS_OK);
    generator_step(&b.generator, SECOND, of_b);
    assert_true(a.generator.now_ns == b.generator.now_ns);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(of_a[i].units, of_b[i].units);
    }
    arena_release(&a.arena);
    arena_release(&b.arena);
}

static void test_what_bulk_does_not_do(void **state)
{
    (void)state;
    static double prices[4] __attribute__((aligned(64)));
    static double scratch[BULK_SCRATCH(1)] __attribute__((aligned(64)));
    const struct path_features features[] = {
        {.clustering = true}, {.jumps = true}, {.shocks_per_second = 0.1, .shock_max = 0.1}};
    struct bench bench;
    for (size_t i = 0; i < ARRAY_COUNT(features); i++) {
        bench_start(&bench, 1, features[i], SCENARIO_NORMAL);
        assert_int_equal(generator_bulk(&bench.generator, SECOND, 4, scratch, prices, 4),
                         STATUS_UNSUPPORTED);
        arena_release(&bench.arena);
    }
    bench_start(&bench, 1, (struct path_features){0}, SCENARIO_CHOP);
    assert_int_equal(generator_bulk(&bench.generator, SECOND, 4, scratch, prices, 4),
                     STATUS_UNSUPPORTED);
    arena_release(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_in_every_width),
        cmocka_unit_test(test_generator_bulk),
        cmocka_unit_test(test_what_bulk_does_not_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
