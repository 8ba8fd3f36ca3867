/* The market generator: seeded synthetic prices, quotes, trades, order books and bars.
 *
 * Pure: no clock, no I/O, no threads; the same seed and the same calls give the same bytes on every
 * build. docs/concepts/generator.md says what the market is and is not.
 *
 *     struct generator_instrument instruments[] = {
 *         {.name = TEXT("BTC-USD"), .price_decimals = 2, .tick = {1},
 *          .quantity_decimals = 8, .lot = {1}},
 *     };
 *     struct generator_config config;
 *     generator_config_default(&config);
 *     config.seed = 42;
 *     config.instruments = instruments;
 *     config.instruments_count = 1;
 *     struct generator generator;
 *     struct problem problem;
 *     problem_init(&problem);
 *     status = generator_init(&generator, &config, &arena, &problem);
 *     struct price prices[1];
 *     generator_step(&generator, 5 * NANOSECONDS_PER_SECOND, prices);
 *
 * Slots: instruments are numbered in the order in which they first came; prices, quotes and events
 * use that number. A removed instrument keeps its slot, so numbers never move. */
#ifndef TERN_SIM_GENERATOR_GENERATOR_H
#define TERN_SIM_GENERATOR_GENERATOR_H

#include "base/arena.h"
#include "base/problem.h"
#include "core/model/instrument.h"
#include "sim/generator/path.h"

#define GENERATOR_INSTRUMENTS_MAX PATH_INSTRUMENTS_MAX

struct generator_instrument {
    struct text name;                     /* BTC-USD; 1 .. INSTRUMENT_NAME_SIZE - 1 bytes; copied */
    uint32_t price_decimals;              /* <= 12 */
    uint32_t quantity_decimals;           /* <= 12 */
    struct price tick;                    /* prices lie on it; > 0, in units of price_decimals */
    struct quantity lot;                  /* trades and levels lie on it; > 0 */
    const struct instrument_model *model; /* NULL: what model_table.h knows of the name; copied */
};

struct generator_config {
    uint64_t seed;
    const struct generator_instrument *instruments; /* borrowed during generator_init */
    size_t instruments_count;                       /* 1 .. instruments_capacity */
    size_t instruments_capacity; /* room for later ones; <= GENERATOR_INSTRUMENTS_MAX */
    const double *correlation;   /* count x count, row-major, or NULL for the table's; borrowed */
    struct path_features features;
};

struct generator_slot {
    uint32_t price_decimals, quantity_decimals;
    int64_t price_scale, quantity_scale;
    int64_t tick, lot;
};

/* Owned by the caller; its arrays belong to the arena given to generator_init. */
struct generator {
    struct path path;
    struct generator_slot *slots; /* capacity */
};

/* Seed 42, clustering and jumps on, shocks off, room for GENERATOR_INSTRUMENTS_MAX. */
void generator_config_default(struct generator_config *config);
/* The workstation's market: plain Brownian motion with its shocks, which come to one in a thousand
 * a half-second step and instrument, 2 to 5 % either way. */
struct path_features generator_features_workstation(void);

/* Takes the memory from the arena (a measuring arena only counts; the generator is then not usable)
 * and puts the instruments in. STATUS_CONFIG_INVALID, with the problem filled in, where the
 * configuration cannot be used. `generator->path.correlation_repaired` tells afterwards whether the
 * correlations had to be changed, and by how much at most. */
MUST_USE enum status generator_init(struct generator *generator,
                                    const struct generator_config *config, struct arena *arena,
                                    struct problem *problem);

/* One step of all paths by step_ns > 0, without order books or trades. prices has room for
 * path.count and gets each slot's price on its tick. */
void generator_step(struct generator *generator, int64_t step_ns, struct price *prices);
/* The present reference price of a slot, on its tick. */
struct price generator_price(const struct generator *generator, size_t slot);

/* See path_add and path_remove: no other path changes. */
MUST_USE enum status generator_add(struct generator *generator,
                                   const struct generator_instrument *instrument, size_t *slot,
                                   struct problem *problem);
MUST_USE enum status generator_remove(struct generator *generator, struct text name);

#endif
