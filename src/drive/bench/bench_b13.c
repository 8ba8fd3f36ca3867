/* B-13: Monte Carlo. Ten million steps of ten correlated instruments by plain Brownian motion, as
 * the generator makes them in bulk; the plain loop turns as many ready uniforms into normals and
 * exponentials, without streams, correlations or prices. Before it measures, the benchmark lets
 * the generator go step by step and wants the same bits.
 *
 * B-13b: a hundred thousand stationary bootstraps of one year of daily returns, mean block ten
 * days; the plain loop draws each day on its own and knows no blocks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/math.h"
#include "base/random.h"
#include "drive/bench/bench.h"
#include "drive/result/resample.h"
#include "sim/generator/generator.h"

#define ASSETS 10u
#define CHUNK_STEPS 1024u /* what is written stays in the second-level cache */
#define CHUNKS 9766u      /* ten million steps */
#define COMPARED_STEPS (8u * CHUNK_STEPS)
#define STEP_NS (NANOSECONDS_PER_SECOND / 2)
#define CORRELATION 0.4

#define DAYS 365u
#define PATHS 100000u
#define BLOCK_MEAN 10.0

struct b13 {
    struct arena arena;
    double *scratch;  /* BULK_SCRATCH(ASSETS) */
    double *prices;   /* [asset][CHUNK_STEPS] */
    double *uniforms; /* [ASSETS * CHUNK_STEPS], for the plain loop */
    double last[ASSETS];
};

static enum status market_start(struct b13 *b13, struct generator *generator,
                                struct problem *problem)
{
    static const char names[ASSETS][4] = {"A0", "A1", "A2", "A3", "A4",
                                          "A5", "A6", "A7", "A8", "A9"};
    struct generator_instrument instruments[ASSETS];
    double correlation[ASSETS * ASSETS];
    for (size_t i = 0; i < ASSETS; i++) {
        instruments[i] = (struct generator_instrument){
            .name = text_of(names[i]), .price_decimals = 2, .tick = {1}, .lot = {1}};
        for (size_t k = 0; k < ASSETS; k++)
            correlation[i * ASSETS + k] = i == k ? 1.0 : CORRELATION;
    }
    struct generator_config config;
    generator_config_default(&config);
    config.seed = 13;
    config.features = (struct path_features){0};
    config.instruments = instruments;
    config.instruments_count = config.instruments_capacity = ASSETS;
    config.correlation = correlation;
    struct arena measure;
    arena_measure_init(&measure);
    enum status status = generator_init(generator, &config, &measure, problem);
    if (b13->arena.capacity != 0)
        arena_release(&b13->arena);
    b13->arena = (struct arena){0};
    if (status == STATUS_OK)
        status = arena_init(&b13->arena, measure.used);
    if (status != STATUS_OK)
        return status;
    return generator_init(generator, &config, &b13->arena, problem);
}

/* The bulk form against single steps. */
static enum status compare(struct b13 *b13, struct problem *problem)
{
    struct generator bulk, single;
    struct price ticks[ASSETS];
    enum status status = market_start(b13, &bulk, problem);
    for (size_t done = 0; status == STATUS_OK && done < COMPARED_STEPS; done += CHUNK_STEPS)
        status = generator_bulk(&bulk, STEP_NS, CHUNK_STEPS, b13->scratch, b13->prices,
                                CHUNK_STEPS);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < ASSETS; i++)
        b13->last[i] = bulk.path.prices[i];
    status = market_start(b13, &single, problem);
    for (size_t step = 0; status == STATUS_OK && step < COMPARED_STEPS; step++)
        generator_step(&single, STEP_NS, ticks);
    if (status == STATUS_OK && memcmp(b13->last, single.path.prices, sizeof b13->last) != 0)
        status = problem_set(problem, STATUS_INTERNAL, "B-13",
                             "steps in bulk are not the steps taken one by one");
    return status;
}

static void b13_teardown(void *context)
{
    struct b13 *b13 = context;
    free(b13->scratch);
    free(b13->prices);
    free(b13->uniforms);
    if (b13->arena.capacity != 0)
        arena_release(&b13->arena);
    free(b13);
}

static enum status b13_setup(void **context, struct problem *problem)
{
    struct b13 *b13 = calloc(1, sizeof *b13);
    if (b13 == NULL)
        return STATUS_NO_MEMORY;
    size_t values = (size_t)ASSETS * CHUNK_STEPS * sizeof(double);
    b13->scratch = aligned_alloc(64, BULK_SCRATCH(ASSETS) * sizeof(double));
    b13->prices = aligned_alloc(64, values);
    b13->uniforms = aligned_alloc(64, values);
    enum status status = STATUS_NO_MEMORY;
    if (b13->scratch != NULL && b13->prices != NULL && b13->uniforms != NULL)
        status = compare(b13, problem);
    if (status != STATUS_OK) {
        b13_teardown(b13);
        return status;
    }
    struct random random;
    random_init(&random, 13, 1);
    for (size_t i = 0; i < (size_t)ASSETS * CHUNK_STEPS; i++)
        b13->uniforms[i] = unit_open(random_u64(&random));
    *context = b13;
    return STATUS_OK;
}

static double b13_run(void *context)
{
    struct b13 *b13 = context;
    struct generator generator;
    struct problem problem;
    problem_init(&problem);
    enum status status = market_start(b13, &generator, &problem);
    double start = bench_seconds();
    for (uint32_t chunk = 0; status == STATUS_OK && chunk < CHUNKS; chunk++)
        status = generator_bulk(&generator, STEP_NS, CHUNK_STEPS, b13->scratch, b13->prices,
                                CHUNK_STEPS);
    double seconds = bench_seconds() - start;
    ASSERT(status == STATUS_OK);
    for (size_t i = 0; i < ASSETS; i++)
        b13->last[i] = generator.path.prices[i];
    return (double)ASSETS * CHUNK_STEPS * CHUNKS / seconds;
}

static double b13_limit(void *context)
{
    struct b13 *b13 = context;
    double start = bench_seconds();
    for (uint32_t chunk = 0; chunk < CHUNKS; chunk++) {
        for (size_t i = 0; i < ASSETS; i++) {
            double *out = b13->prices + i * CHUNK_STEPS;
            math_normal_quantile_batch(b13->uniforms + i * CHUNK_STEPS, out, CHUNK_STEPS);
            math_exp_batch(out, out, CHUNK_STEPS);
        }
    }
    return (double)ASSETS * CHUNK_STEPS * CHUNKS / (bench_seconds() - start);
}

static void b13_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b13 *b13 = context;
    hash128_format(out, hash128_of(b13->last, sizeof b13->last));
}

const struct bench_class bench_b13 = {
    .id = "B-13",
    .name = "correlated Brownian motion",
    .unit = "asset-steps/s",
    .limit_name = "normals and exp alone",
    .setup = b13_setup,
    .run = b13_run,
    .limit = b13_limit,
    .check = b13_check,
    .teardown = b13_teardown,
};

/* ---- stationary bootstrap -------------------------------------------------------------------- */

struct b13b {
    double returns[DAYS], path[DAYS];
    double sum;
};

static enum status b13b_setup(void **context, struct problem *problem)
{
    (void)problem;
    struct b13b *b13b = calloc(1, sizeof *b13b);
    if (b13b == NULL)
        return STATUS_NO_MEMORY;
    struct random random;
    random_init(&random, 13, 2);
    for (size_t i = 0; i < DAYS; i++)
        b13b->returns[i] = 0.02 * random_normal(&random);
    *context = b13b;
    return STATUS_OK;
}

static double total(const double *values)
{
    double sums[4] = {0};
    for (size_t i = 0; i < DAYS; i++)
        sums[i % 4] += values[i];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static double b13b_run(void *context)
{
    struct b13b *b13b = context;
    struct random random;
    random_init(&random, 13, 3);
    b13b->sum = 0.0;
    double start = bench_seconds();
    for (uint32_t path = 0; path < PATHS; path++) {
        stationary_bootstrap(b13b->returns, DAYS, BLOCK_MEAN, &random, b13b->path);
        b13b->sum += total(b13b->path);
    }
    return (double)PATHS * DAYS / (bench_seconds() - start);
}

static double b13b_limit(void *context)
{
    struct b13b *b13b = context;
    struct random random;
    random_init(&random, 13, 3);
    double sum = 0.0;
    double start = bench_seconds();
    for (uint32_t path = 0; path < PATHS; path++) {
        for (size_t i = 0; i < DAYS; i++)
            b13b->path[i] = b13b->returns[(random_u64(&random) >> 32) * DAYS >> 32];
        sum += total(b13b->path);
    }
    double seconds = bench_seconds() - start;
    ASSERT(sum == sum);
    return (double)PATHS * DAYS / seconds;
}

static void b13b_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b13b *b13b = context;
    hash128_format(out, hash128_of(&b13b->sum, sizeof b13b->sum));
}

const struct bench_class bench_b13b = {
    .id = "B-13b",
    .name = "stationary bootstrap",
    .unit = "values/s",
    .limit_name = "single days",
    .setup = b13b_setup,
    .run = b13b_run,
    .limit = b13b_limit,
    .check = b13b_check,
    .teardown = free,
};
