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
 *     struct market_event event;
 *     while (generator_next_before(&generator, now_ns, &event)) { ... }
 *
 * Or prices alone, in steps of any length: generator_step. Both move the same paths.
 *
 * Slots: instruments are numbered in the order in which they first came; prices, quotes and events
 * use that number. A removed instrument keeps its slot, so numbers never move. */
#ifndef TERN_SIM_GENERATOR_GENERATOR_H
#define TERN_SIM_GENERATOR_GENERATOR_H

#include "base/arena.h"
#include "base/problem.h"
#include "core/model/instrument.h"
#include "sim/generator/bar_builder.h"
#include "sim/generator/bulk.h"
#include "sim/generator/market_event.h"
#include "sim/generator/order_flow.h"
#include "sim/generator/path.h"
#include "sim/generator/scenario.h"

#define GENERATOR_INSTRUMENTS_MAX PATH_INSTRUMENTS_MAX
#define GENERATOR_BAR_LENGTHS_MAX 4
#define GENERATOR_UPDATE_INTERVAL_DEFAULT_NS (NANOSECONDS_PER_SECOND / 40)

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
    enum scenario scenario;
    int64_t start_time_ns; /* >= 0; simulated time at the start */
    /* Paths and order books move once in this time: 1 ms to 1 s; 25 ms is 40 book updates a second.
     * An order book acts at an offset of its own within it, trades come at any time. */
    int64_t update_interval_ns;
    uint32_t kinds;                                    /* MARKET_EVENT_BIT of each kind to yield */
    int64_t bar_lengths_ns[GENERATOR_BAR_LENGTHS_MAX]; /* >= 1 s each; 0 = unused */
    struct hawkes_process arrivals; /* of trades, per second and instrument; jump < decay */
};

/* One instrument's market around its path. */
struct generator_slot {
    uint32_t price_decimals, quantity_decimals;
    int64_t price_scale, quantity_scale;
    int64_t tick, lot; /* in units */
    int64_t offset_ns; /* of book updates within the update interval */
    double reference;  /* last reference price in ticks */
    bool started;      /* book and bars run; false: begin anew at the next chance */
    struct order_flow flow;
    struct hawkes_state arrivals; /* time within the update interval, seconds */
    struct random arrival_random;
    struct quote quote; /* the last one yielded */
    uint64_t trade_count;
    struct bar_builder bars[GENERATOR_BAR_LENGTHS_MAX];
};

/* Owned by the caller; its arrays belong to the arena given to generator_init. */
struct generator {
    struct path path;
    struct generator_slot *slots; /* capacity */
    enum scenario scenario;
    int64_t start_time_ns, now_ns; /* now: end of what was generated */
    int64_t update_interval_ns;
    uint32_t kinds;
    int64_t bar_lengths_ns[GENERATOR_BAR_LENGTHS_MAX];
    struct hawkes_process arrivals;
    struct market_event *events;     /* of the present update interval, in slot order */
    uint32_t *order, *order_scratch; /* indices of events by time */
    size_t event_count, event_capacity, cursor;
};

/* Seed 42, scenario normal, clustering and jumps on, shocks off, room for
 * GENERATOR_INSTRUMENTS_MAX, 2025-01-01, 40 updates a second, all kinds, bars of 1 s and 1 m. */
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

/* The next event in order of (time, slot). False where no instrument is left. During an outage of
 * the scenario time passes without events; the next one is behind it. */
MUST_USE bool generator_next(struct generator *generator, struct market_event *event);
/* The next event with time < time_ns; false where there is none, and nothing beyond is generated.
 * Whoever plays the market in real time calls this with the present simulated time. */
MUST_USE bool generator_next_before(struct generator *generator, int64_t time_ns,
                                    struct market_event *event);
/* Whether the scenario has the feed down now. */
bool generator_feed_down(const struct generator *generator);

/* One step of all paths by step_ns > 0, without order books or trades. prices has room for
 * path.count and gets each slot's price on its tick. The scenario's phase at the beginning rules
 * the whole step. Events not yet taken are dropped; order books and bars begin anew afterwards. */
void generator_step(struct generator *generator, int64_t step_ns, struct price *prices);
/* `steps` steps of step_ns each of plain Brownian motion, unrounded, as path_bulk; bit for bit what
 * as many calls of generator_step leave in path.prices. STATUS_UNSUPPORTED where a feature is on or
 * the scenario is not normal. */
MUST_USE enum status generator_bulk(struct generator *generator, int64_t step_ns, size_t steps,
                                    double *scratch, double *prices, size_t stride);
/* The present reference price of a slot, on its tick. */
struct price generator_price(const struct generator *generator, size_t slot);

/* See path_add and path_remove: nothing of any other instrument changes. An added instrument
 * appears with the next update interval; events of a removed one stop at once. */
MUST_USE enum status generator_add(struct generator *generator,
                                   const struct generator_instrument *instrument, size_t *slot,
                                   struct problem *problem);
MUST_USE enum status generator_remove(struct generator *generator, struct text name);

#endif
