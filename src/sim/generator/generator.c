#include "sim/generator/generator.h"

#include "sim/generator/window.h"

#define GENERATOR_DECIMALS_MAX 12
#define UPDATE_INTERVAL_MIN_NS (NANOSECONDS_PER_SECOND / 1000)
#define UPDATE_INTERVAL_MAX_NS NANOSECONDS_PER_SECOND
#define START_TIME_DEFAULT_NS (INT64_C(1735689600) * NANOSECONDS_PER_SECOND) /* 2025-01-01 */

void generator_config_default(struct generator_config *config)
{
    *config = (struct generator_config){
        .seed = 42,
        .instruments_capacity = GENERATOR_INSTRUMENTS_MAX,
        .features = {.clustering = true, .jumps = true},
        .start_time_ns = START_TIME_DEFAULT_NS,
        .update_interval_ns = GENERATOR_UPDATE_INTERVAL_DEFAULT_NS,
        .kinds = MARKET_EVENTS_ALL,
        .bar_lengths_ns = {NANOSECONDS_PER_SECOND, 60 * NANOSECONDS_PER_SECOND},
        .arrivals = {.base = 0.5, .jump = 0.8, .decay = 1.2},
    };
}

struct path_features generator_features_workstation(void)
{
    return (struct path_features){.shocks_per_second = 0.002, .shock_min = 0.02, .shock_max = 0.05};
}

static void problem_of_path(struct problem *problem, enum status status, struct text name)
{
    int size = (int)(name.size < INSTRUMENT_NAME_SIZE ? name.size : INSTRUMENT_NAME_SIZE);
    problem_set(problem, STATUS_CONFIG_INVALID, "generator", "instrument \"%.*s\": %s", size,
                name.data, status_sentence(status));
}

static enum status slot_check(const struct generator_instrument *instrument,
                              struct problem *problem)
{
    if (instrument->price_decimals <= GENERATOR_DECIMALS_MAX &&
        instrument->quantity_decimals <= GENERATOR_DECIMALS_MAX && instrument->tick.units > 0 &&
        instrument->tick.units <= PRICE_UNITS_LIMIT && instrument->lot.units > 0) {
        return STATUS_OK;
    }
    problem_of_path(problem, STATUS_RANGE, instrument->name);
    problem_allowed(problem, "decimals to %d, tick and lot above 0", GENERATOR_DECIMALS_MAX);
    return STATUS_CONFIG_INVALID;
}

/* For the instrument that the path has just put into the slot. */
static void slot_write(struct generator *generator, size_t slot,
                       const struct generator_instrument *instrument)
{
    generator->slots[slot] = (struct generator_slot){
        .price_decimals = instrument->price_decimals,
        .quantity_decimals = instrument->quantity_decimals,
        .price_scale = power_of_ten(instrument->price_decimals),
        .quantity_scale = power_of_ten(instrument->quantity_decimals),
        .tick = instrument->tick.units,
        .lot = instrument->lot.units,
    };
    window_slot_init(generator, slot);
}

static enum status times_check(const struct generator_config *config, struct problem *problem)
{
    if (config->update_interval_ns < UPDATE_INTERVAL_MIN_NS ||
        config->update_interval_ns > UPDATE_INTERVAL_MAX_NS) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator", "an update interval of %lld ns",
                    (long long)config->update_interval_ns);
        problem_allowed(problem, "1 ms to 1 s");
        return STATUS_CONFIG_INVALID;
    }
    bool any_length = false;
    for (size_t i = 0; i < GENERATOR_BAR_LENGTHS_MAX; i++) {
        int64_t length_ns = config->bar_lengths_ns[i];
        any_length = any_length || length_ns > 0;
        if (length_ns != 0 && length_ns < NANOSECONDS_PER_SECOND) {
            problem_set(problem, STATUS_CONFIG_INVALID, "generator", "bars of %lld ns",
                        (long long)length_ns);
            problem_allowed(problem, "0 or at least 1 s");
            return STATUS_CONFIG_INVALID;
        }
    }
    const struct hawkes_process *arrivals = &config->arrivals;
    if (!(arrivals->base >= 1e-3 && arrivals->base <= 1e4 && arrivals->jump >= 0.0 &&
          arrivals->decay <= 1e6 && arrivals->jump < arrivals->decay)) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator",
                    "arrivals with base %g, jump %g, decay %g", arrivals->base, arrivals->jump,
                    arrivals->decay);
        problem_allowed(problem, "base 0.001 to 10000 a second, 0 <= jump < decay");
        return STATUS_CONFIG_INVALID;
    }
    bool bars_alone = config->kinds == MARKET_EVENT_BIT(MARKET_EVENT_BAR);
    if ((config->kinds & MARKET_EVENTS_ALL) == 0 || (bars_alone && !any_length)) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator", "no kind of event to yield");
        return STATUS_CONFIG_INVALID;
    }
    if (config->start_time_ns < 0 || config->start_time_ns > INT64_MAX / 2) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator", "a start at %lld ns",
                    (long long)config->start_time_ns);
        problem_allowed(problem, "1970 to 2116");
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}

static enum status config_check(const struct generator_config *config, struct problem *problem)
{
    if (config->instruments_capacity == 0 ||
        config->instruments_capacity > GENERATOR_INSTRUMENTS_MAX) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator", "room for %zu instruments",
                    config->instruments_capacity);
        problem_allowed(problem, "1 to %d", GENERATOR_INSTRUMENTS_MAX);
        return STATUS_CONFIG_INVALID;
    }
    if (config->instruments_count == 0 ||
        config->instruments_count > config->instruments_capacity) {
        problem_set(problem, STATUS_CONFIG_INVALID, "generator", "%zu instruments",
                    config->instruments_count);
        problem_allowed(problem, "1 to %zu", config->instruments_capacity);
        return STATUS_CONFIG_INVALID;
    }
    for (size_t i = 0; i < config->instruments_count; i++) {
        enum status status = slot_check(&config->instruments[i], problem);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return times_check(config, problem);
}

enum status generator_init(struct generator *generator, const struct generator_config *config,
                           struct arena *arena, struct problem *problem)
{
    enum status status = config_check(config, problem);
    if (status != STATUS_OK) {
        return status;
    }
    *generator = (struct generator){
        .scenario = config->scenario,
        .start_time_ns = config->start_time_ns,
        .now_ns = config->start_time_ns,
        .update_interval_ns = config->update_interval_ns,
        .kinds = config->kinds,
        .arrivals = config->arrivals,
        .event_capacity = config->instruments_capacity * WINDOW_SLOT_EVENTS_MAX,
    };
    for (size_t i = 0; i < GENERATOR_BAR_LENGTHS_MAX; i++) {
        generator->bar_lengths_ns[i] = config->bar_lengths_ns[i];
    }
    size_t capacity = config->instruments_capacity;
    size_t event_capacity = generator->event_capacity;
    generator->slots = ARENA_TAKE(arena, struct generator_slot, capacity);
    generator->events = ARENA_TAKE(arena, struct market_event, event_capacity);
    generator->order = ARENA_TAKE(arena, uint32_t, event_capacity);
    generator->order_scratch = ARENA_TAKE(arena, uint32_t, event_capacity);
    path_init(&generator->path, config->seed, &config->features, capacity, arena);
    if (generator->slots == NULL) {
        return STATUS_OK;
    }
    struct path_instrument instruments[GENERATOR_INSTRUMENTS_MAX];
    for (size_t i = 0; i < config->instruments_count; i++) {
        instruments[i] = (struct path_instrument){.name = config->instruments[i].name,
                                                  .model = config->instruments[i].model};
    }
    status = path_start(&generator->path, instruments, config->instruments_count,
                        config->correlation);
    if (status != STATUS_OK) {
        problem_of_path(problem, status, config->instruments[generator->path.count].name);
        return STATUS_CONFIG_INVALID;
    }
    for (size_t i = 0; i < config->instruments_count; i++) {
        slot_write(generator, i, &config->instruments[i]);
    }
    return STATUS_OK;
}

struct price generator_price(const struct generator *generator, size_t slot)
{
    const struct generator_slot *of = &generator->slots[slot];
    return (struct price){
        price_units_round(generator->path.prices[slot], of->price_scale, of->tick)};
}

static const struct scenario_phase *phase_now(const struct generator *generator)
{
    double since_start = (double)(generator->now_ns - generator->start_time_ns) * 1e-9;
    return scenario_phase_at(generator->scenario, since_start);
}

bool generator_feed_down(const struct generator *generator)
{
    return phase_now(generator)->feed_down;
}

/* Time that passed without events: what waits is stale, books and bars begin anew. */
static void time_skip(struct generator *generator, int64_t skipped_ns)
{
    generator->now_ns += skipped_ns;
    generator->event_count = 0;
    generator->cursor = 0;
    for (size_t i = 0; i < generator->path.count; i++) {
        generator->slots[i].started = false;
    }
}

void generator_step(struct generator *generator, int64_t step_ns, struct price *prices)
{
    ASSERT(step_ns > 0);
    path_step(&generator->path, (double)step_ns * 1e-9, &phase_now(generator)->pressure);
    time_skip(generator, step_ns);
    for (size_t i = 0; i < generator->path.count; i++) {
        prices[i] = generator_price(generator, i);
    }
}

enum status generator_bulk(struct generator *generator, int64_t step_ns, size_t steps,
                           double *scratch, double *prices, size_t stride)
{
    ASSERT(step_ns > 0);
    if (generator->scenario != SCENARIO_NORMAL) {
        return STATUS_UNSUPPORTED;
    }
    double seconds = (double)step_ns * 1e-9;
    enum status status = path_bulk(&generator->path, seconds, steps, scratch, prices, stride);
    if (status == STATUS_OK) {
        time_skip(generator, step_ns * (int64_t)steps);
    }
    return status;
}

static bool any_active(const struct generator *generator)
{
    for (size_t i = 0; i < generator->path.count; i++) {
        if (generator->path.slots[i].active) {
            return true;
        }
    }
    return false;
}

bool generator_next(struct generator *generator, struct market_event *event)
{
    if (!any_active(generator)) {
        return false;
    }
    return generator_next_before(generator, INT64_MAX, event);
}

bool generator_next_before(struct generator *generator, int64_t time_ns, struct market_event *event)
{
    while (generator->cursor == generator->event_count) {
        if (generator->now_ns >= time_ns) {
            return false;
        }
        window_run(generator);
    }
    const struct market_event *next = &generator->events[generator->order[generator->cursor]];
    if (next->time_ns >= time_ns) {
        return false;
    }
    *event = *next;
    generator->cursor++;
    return true;
}

/* The slot in which a removed instrument of this name still has its path, or SIZE_MAX. */
static size_t former_slot(const struct generator *generator, struct text name)
{
    for (size_t i = 0; i < generator->path.count; i++) {
        const struct path_slot *slot = &generator->path.slots[i];
        if (!slot->active && text_equal(text_of(slot->name), name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A returning instrument may have another tick or lot, but goes on in its streams and trade ids. */
static void slot_return(struct generator *generator, size_t slot,
                        const struct generator_instrument *instrument)
{
    struct generator_slot former = generator->slots[slot];
    slot_write(generator, slot, instrument);
    struct generator_slot *of = &generator->slots[slot];
    of->flow.random = former.flow.random;
    of->arrivals = former.arrivals;
    of->arrival_random = former.arrival_random;
    of->trade_count = former.trade_count;
}

enum status generator_add(struct generator *generator,
                          const struct generator_instrument *instrument, size_t *slot,
                          struct problem *problem)
{
    enum status status = slot_check(instrument, problem);
    if (status != STATUS_OK) {
        return status;
    }
    size_t former = former_slot(generator, instrument->name);
    if (former != SIZE_MAX &&
        (generator->slots[former].price_decimals != instrument->price_decimals ||
         generator->slots[former].quantity_decimals != instrument->quantity_decimals)) {
        problem_of_path(problem, STATUS_EXISTS, instrument->name);
        problem_allowed(problem, "the decimals it had before");
        return STATUS_CONFIG_INVALID;
    }
    struct path_instrument path_instrument = {.name = instrument->name, .model = instrument->model};
    status = path_add(&generator->path, &path_instrument, NULL, slot);
    if (status != STATUS_OK) {
        problem_of_path(problem, status, instrument->name);
        return status;
    }
    if (former != SIZE_MAX) {
        slot_return(generator, *slot, instrument);
    } else {
        slot_write(generator, *slot, instrument);
    }
    return STATUS_OK;
}

enum status generator_remove(struct generator *generator, struct text name)
{
    size_t slot = path_find(&generator->path, name);
    if (slot == SIZE_MAX) {
        return STATUS_NOT_FOUND;
    }
    window_drop_slot(generator, slot);
    return path_remove(&generator->path, name);
}
