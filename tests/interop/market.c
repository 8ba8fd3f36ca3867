/* Prints the demo market's reference prices as CSV, for test_pictures.py:
 *
 *     market full|plain SEED STEP_SECONDS STEPS NAME…
 *
 * The first row is the table's volatilities a year, then comes one row a name of its correlations,
 * then one row of prices a step. full is the market as the demo has it, plain its Brownian motion
 * alone, made in bulk. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/generator/generator.h"

#define NAMES_MAX 16
#define STEPS_MAX 2000000

static int fail(const char *message)
{
    (void)fprintf(stderr, "market: %s\n", message);
    return EXIT_FAILURE;
}

static void row_print(const double *values, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        (void)printf("%s%.10g", i == 0 ? "" : ",", values[i * stride]);
    (void)putchar('\n');
}

static void table_print(const struct generator *generator)
{
    const struct path *path = &generator->path;
    double row[NAMES_MAX];
    for (size_t i = 0; i < path->count; i++)
        row[i] = path->slots[i].model.volatility;
    row_print(row, path->count, 1);
    for (size_t i = 0; i < path->count; i++) {
        for (size_t k = 0; k < path->count; k++)
            row[k] = instrument_model_correlation(text_of(path->slots[i].name),
                                                  text_of(path->slots[k].name));
        row_print(row, path->count, 1);
    }
}

static enum status steps_print(struct generator *generator, bool plain, int64_t step_ns,
                               size_t steps)
{
    static double prices[NAMES_MAX * BULK_BLOCK];
    static double scratch[BULK_SCRATCH(NAMES_MAX)];
    struct price ticks[NAMES_MAX];
    size_t count = generator->path.count;
    enum status status = STATUS_OK;
    for (size_t done = 0; !plain && done < steps; done++) {
        generator_step(generator, step_ns, ticks);
        row_print(generator->path.prices, count, 1);
    }
    for (size_t done = 0; plain && status == STATUS_OK && done < steps;) {
        size_t now = steps - done < BULK_BLOCK ? steps - done : BULK_BLOCK;
        status = generator_bulk(generator, step_ns, now, scratch, prices, BULK_BLOCK);
        for (size_t i = 0; status == STATUS_OK && i < now; i++)
            row_print(prices + i, count, BULK_BLOCK);
        done += now;
    }
    return status;
}

int main(int argument_count, char **arguments)
{
    if (argument_count < 6 || argument_count > 5 + NAMES_MAX)
        return fail("usage: market full|plain SEED STEP_SECONDS STEPS NAME...");
    bool plain = text_equal(text_of(arguments[1]), TEXT("plain"));
    long step_seconds = strtol(arguments[3], NULL, 10);
    long steps = strtol(arguments[4], NULL, 10);
    if (step_seconds < 1 || steps < 1 || steps > STEPS_MAX)
        return fail("steps of one second or more, at most two million of them");
    struct generator_instrument instruments[NAMES_MAX];
    struct generator_config config;
    generator_config_default(&config);
    config.seed = strtoull(arguments[2], NULL, 10);
    config.instruments = instruments;
    config.instruments_count = config.instruments_capacity = (size_t)argument_count - 5;
    if (plain)
        config.features = (struct path_features){0};
    for (size_t i = 0; i < config.instruments_count; i++)
        instruments[i] = (struct generator_instrument){
            .name = text_of(arguments[5 + i]), .price_decimals = 6, .tick = {1}, .lot = {1}};
    struct arena measure, arena;
    struct generator generator;
    struct problem problem;
    problem_init(&problem);
    arena_measure_init(&measure);
    if (generator_init(&generator, &config, &measure, &problem) != STATUS_OK ||
        arena_init(&arena, measure.used) != STATUS_OK ||
        generator_init(&generator, &config, &arena, &problem) != STATUS_OK)
        return fail("the generator cannot be started");
    table_print(&generator);
    enum status status = steps_print(&generator, plain, step_seconds * NANOSECONDS_PER_SECOND,
                                     (size_t)steps);
    arena_release(&arena);
    return status == STATUS_OK && fflush(stdout) == 0 ? EXIT_SUCCESS : fail("not all was printed");
}
