/* Writes a year of one-minute bars of fifty made instruments as tapes, and a configuration with
 * thirty-nine bots over them, for tests/long/test_year.py:
 *
 *     year DIR [BARS]
 *
 * Prices are the generator's, four steps a minute; volumes are drawn. BARS is 525,600. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/generator/generator.h"
#include "world/tape/tape_bars.h"

#define NAMES 50u
#define BOTS 39u
#define MINUTE (60 * NANOSECONDS_PER_SECOND)
#define STEPS 4
#define START (INT64_C(1735689600) * NANOSECONDS_PER_SECOND) /* 2025-01-01 */

static const char *const known[] = {"BTC",  "ETH", "SOL",  "XRP",  "LTC", "ADA",
                                    "AVAX", "BNB", "DOGE", "LINK", "DOT", "TRX"};

struct made {
    char name[16];
    struct tape_writer *tape;
    struct bar bars[TAPE_BLOCK_ROWS];
};

static void fail(const char *what)
{
    (void)fprintf(stderr, "year: %s\n", what);
    exit(EXIT_FAILURE);
}

static void open_tapes(struct made *made, const char *directory)
{
    for (unsigned i = 0; i < NAMES; i++) {
        struct tape_facts facts = {.kind = TAPE_BARS, .price_decimals = 8, .bar_ns = MINUTE};
        struct problem problem;
        char path[512];
        problem_init(&problem);
        if (i < ARRAY_COUNT(known))
            (void)snprintf(made[i].name, sizeof made[i].name, "%s-USD", known[i]);
        else
            (void)snprintf(made[i].name, sizeof made[i].name, "MADE%u-USD", i);
        (void)text_copy(facts.instrument, sizeof facts.instrument, text_of(made[i].name));
        (void)snprintf(path, sizeof path, "%s/%u.tape", directory, i);
        if (tape_writer_create(path, &facts, &made[i].tape, &problem) != STATUS_OK)
            fail(problem.found);
    }
}

static void put_bars(struct made *made, size_t rows)
{
    for (unsigned i = 0; i < NAMES; i++) {
        if (tape_writer_bars(made[i].tape, made[i].bars, rows) != STATUS_OK)
            fail("a tape cannot be written");
    }
}

static void close_tapes(struct made *made)
{
    for (unsigned i = 0; i < NAMES; i++) {
        struct problem problem;
        problem_init(&problem);
        /* The bars are not kept, so their hash is not known; whoever reads them takes it. */
        if (tape_writer_finish(made[i].tape, (struct hash128){0}, true, &problem) != STATUS_OK)
            fail(problem.found);
    }
}

static void make_market(struct generator *generator, const struct made *made)
{
    struct generator_instrument instruments[NAMES];
    struct generator_config config;
    struct arena measure, *memory = calloc(1, sizeof *memory);
    struct problem problem;
    problem_init(&problem);
    generator_config_default(&config);
    for (unsigned i = 0; i < NAMES; i++)
        instruments[i] = (struct generator_instrument){.name = text_of(made[i].name),
                                                       .price_decimals = 8,
                                                       .tick = {10000},
                                                       .quantity_decimals = 8,
                                                       .lot = {1}};
    config.instruments = instruments;
    config.instruments_count = config.instruments_capacity = NAMES;
    arena_measure_init(&measure);
    if (memory == NULL || generator_init(generator, &config, &measure, &problem) != STATUS_OK ||
        arena_init(memory, measure.used) != STATUS_OK ||
        generator_init(generator, &config, memory, &problem) != STATUS_OK)
        fail(problem.found);
}

static void make_minute(struct generator *generator, struct made *made, size_t row, size_t minute,
                        struct random *random)
{
    struct price prices[NAMES];
    for (int step = 0; step < STEPS; step++) {
        generator_step(generator, MINUTE / STEPS, prices);
        for (unsigned i = 0; i < NAMES; i++) {
            struct bar *bar = &made[i].bars[row];
            struct price price = prices[i];
            if (step == 0)
                *bar = (struct bar){
                    START + (int64_t)minute * MINUTE,           price, price, price, price,
                    (double)random_below(random, 1000000) / 1e3};
            bar->high.units = i64_max(bar->high.units, price.units);
            bar->low.units = i64_min(bar->low.units, price.units);
            bar->close = price;
        }
    }
}

static void write_configuration(const struct made *made, const char *directory)
{
    static const char *const lengths[] = {"5m", "15m", "1h"};
    char path[512];
    (void)snprintf(path, sizeof path, "%s/year.yaml", directory);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail("the configuration cannot be written");
    (void)fprintf(file, "tern: 1\ncurrency: USD\naccount: {USD: \"1000000\"}\n"
                        "fees: {maker_bps: 10, taker_bps: 10}\ninstruments:\n");
    for (unsigned i = 0; i < NAMES; i++)
        (void)fprintf(file,
                      "  - {name: %s, price_increment: \"0.0001\", quantity_increment: "
                      "\"0.00001\"}\n",
                      made[i].name);
    (void)fprintf(file, "data:\n");
    for (unsigned i = 0; i < NAMES; i++)
        (void)fprintf(file, "  - {file: %u.tape, instrument: %s, bar: 1m}\n", i, made[i].name);
    (void)fprintf(file, "bots:\n");
    for (unsigned i = 0; i < BOTS; i++)
        (void)fprintf(file,
                      i % 2 == 0 ? "  - {name: bot-%u, kind: score, instrument: %s, bar: %s, "
                                   "budget: \"25000\", size: {method: equity, fraction: 0.5}}\n"
                                 : "  - {name: bot-%u, kind: ma_cross, instrument: %s, bar: %s, "
                                   "budget: \"25000\", params: {average: ema, fast: 20, slow: 60}, "
                                   "size: {method: equity, fraction: 0.5}}\n",
                      i, made[i].name, lengths[i % ARRAY_COUNT(lengths)]);
    if (fclose(file) != 0)
        fail("the configuration cannot be written");
}

int main(int argc, char **argv)
{
    struct generator generator;
    struct random random;
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 525600;
    struct made *made = calloc(NAMES, sizeof *made);
    if (argc < 2 || count == 0 || made == NULL)
        fail("give a directory, and how many bars");
    random_init(&random, 1, 0);
    open_tapes(made, argv[1]);
    make_market(&generator, made);
    for (size_t minute = 0; minute < count; minute++) {
        size_t row = minute % TAPE_BLOCK_ROWS;
        make_minute(&generator, made, row, minute, &random);
        if (row + 1 == TAPE_BLOCK_ROWS || minute + 1 == count)
            put_bars(made, row + 1);
    }
    close_tapes(made);
    write_configuration(made, argv[1]);
    free(made);
    return EXIT_SUCCESS;
}
