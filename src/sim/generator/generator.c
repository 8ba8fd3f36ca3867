#include "sim/generator/generator.h"

#define GENERATOR_DECIMALS_MAX 12

void generator_config_default(struct generator_config *config)
{
    *config = (struct generator_config){
        .seed = 42,
        .instruments_capacity = GENERATOR_INSTRUMENTS_MAX,
        .features = {.clustering = true, .jumps = true},
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

static void slot_write(struct generator_slot *slot, const struct generator_instrument *instrument)
{
    *slot = (struct generator_slot){
        .price_decimals = instrument->price_decimals,
        .quantity_decimals = instrument->quantity_decimals,
        .price_scale = power_of_ten(instrument->price_decimals),
        .quantity_scale = power_of_ten(instrument->quantity_decimals),
        .tick = instrument->tick.units,
        .lot = instrument->lot.units,
    };
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
    return STATUS_OK;
}

enum status generator_init(struct generator *generator, const struct generator_config *config,
                           struct arena *arena, struct problem *problem)
{
    enum status status = config_check(config, problem);
    if (status != STATUS_OK) {
        return status;
    }
    *generator = (struct generator){0};
    size_t capacity = config->instruments_capacity;
    generator->slots = ARENA_TAKE(arena, struct generator_slot, capacity);
    path_init(&generator->path, config->seed, &config->features, capacity, arena);
    if (generator->slots == NULL) {
        return STATUS_OK;
    }
    struct path_instrument instruments[GENERATOR_INSTRUMENTS_MAX];
    for (size_t i = 0; i < config->instruments_count; i++) {
        slot_write(&generator->slots[i], &config->instruments[i]);
        instruments[i] = (struct path_instrument){.name = config->instruments[i].name,
                                                  .model = config->instruments[i].model};
    }
    status = path_start(&generator->path, instruments, config->instruments_count,
                        config->correlation);
    if (status != STATUS_OK) {
        problem_of_path(problem, status, config->instruments[generator->path.count].name);
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}

struct price generator_price(const struct generator *generator, size_t slot)
{
    const struct generator_slot *of = &generator->slots[slot];
    return (struct price){
        price_units_round(generator->path.prices[slot], of->price_scale, of->tick)};
}

void generator_step(struct generator *generator, int64_t step_ns, struct price *prices)
{
    ASSERT(step_ns > 0);
    struct path_pressure pressure = path_pressure_none();
    path_step(&generator->path, (double)step_ns * 1e-9, &pressure);
    for (size_t i = 0; i < generator->path.count; i++) {
        prices[i] = generator_price(generator, i);
    }
}

enum status generator_add(struct generator *generator,
                          const struct generator_instrument *instrument, size_t *slot,
                          struct problem *problem)
{
    enum status status = slot_check(instrument, problem);
    if (status != STATUS_OK) {
        return status;
    }
    struct path_instrument path_instrument = {.name = instrument->name, .model = instrument->model};
    status = path_add(&generator->path, &path_instrument, NULL, slot);
    if (status != STATUS_OK) {
        problem_of_path(problem, status, instrument->name);
        return status;
    }
    slot_write(&generator->slots[*slot], instrument);
    return STATUS_OK;
}

enum status generator_remove(struct generator *generator, struct text name)
{
    return path_remove(&generator->path, name);
}
