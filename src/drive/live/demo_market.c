#include "drive/live/demo_market.h"

#include <string.h>

static struct generator_instrument source_of(const struct instrument *instrument)
{
    return (struct generator_instrument){
        .name = text_of(instrument->name),
        .price_decimals = instrument->price_decimals,
        .quantity_decimals = instrument->quantity_decimals,
        .tick = instrument->tick,
        .lot = instrument->lot,
    };
}

enum status demo_market_init(struct demo_market *market, uint64_t seed,
                             const struct instrument *instruments, uint32_t count,
                             uint32_t capacity, int64_t start_ns, struct problem *problem)
{
    struct generator_instrument sources[GENERATOR_INSTRUMENTS_MAX];
    ASSERT(count > 0 && count <= capacity && capacity <= GENERATOR_INSTRUMENTS_MAX &&
           start_ns % DEMO_BAR_NS == 0);
    for (uint32_t i = 0; i < count; i++)
        sources[i] = source_of(&instruments[i]);
    struct generator_config config;
    generator_config_default(&config);
    config.seed = seed;
    config.instruments = sources;
    config.instruments_count = count;
    config.instruments_capacity = capacity;
    config.start_time_ns = start_ns;
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR);
    memset(config.bar_lengths_ns, 0, sizeof config.bar_lengths_ns);
    config.bar_lengths_ns[0] = DEMO_BAR_NS;
    *market = (struct demo_market){.instruments = instruments, .count = count};
    struct arena measure;
    arena_measure_init(&measure);
    enum status status = generator_init(&market->generator, &config, &measure, problem);
    if (status != STATUS_OK)
        return status;
    status = arena_init(&market->memory, measure.used);
    if (status != STATUS_OK)
        return problem_set(problem, status, "generator", "not enough memory");
    status = generator_init(&market->generator, &config, &market->memory, problem);
    if (status != STATUS_OK)
        demo_market_release(market);
    return status;
}

void demo_market_release(struct demo_market *market)
{
    arena_release(&market->memory);
    *market = (struct demo_market){0};
}

int64_t demo_market_books(struct demo_market *market)
{
    market->generator.kinds = MARKET_EVENTS_ALL;
    return market->generator.now_ns;
}

uint32_t demo_market_levels(const struct demo_market *market, uint32_t instrument,
                            struct delta out[2 * FLOW_DEPTH])
{
    const struct instrument *listed = &market->instruments[instrument];
    struct flow_changes levels = {0};
    order_flow_levels(&market->generator.slots[instrument].flow, &levels);
    ASSERT(levels.count > 0 && levels.count <= 2 * FLOW_DEPTH);
    for (size_t i = 0; i < levels.count; i++) {
        const struct flow_change *level = &levels.items[i];
        out[i] = (struct delta){
            .price = {level->ticks * listed->tick.units},
            .quantity = {level->lots * listed->lot.units},
            .side = level->side == FLOW_BID ? SIDE_BUY : SIDE_SELL,
        };
    }
    out[0].flags |= DELTA_CLEAR;
    out[levels.count - 1].flags |= DELTA_LAST;
    return (uint32_t)levels.count;
}

void demo_market_scenario(struct demo_market *market, enum scenario scenario, int64_t start_ns)
{
    ASSERT(start_ns <= market->generator.now_ns);
    market->generator.scenario = scenario;
    market->generator.start_time_ns = start_ns;
}

bool demo_market_next(struct demo_market *market, int64_t time_ns, struct market_event *event)
{
    return generator_next_before(&market->generator, time_ns + 1, event);
}

enum status demo_market_add(struct demo_market *market, uint32_t instrument,
                            struct problem *problem)
{
    struct generator_instrument source = source_of(&market->instruments[instrument]);
    size_t slot = 0;
    enum status status = generator_add(&market->generator, &source, &slot, problem);
    if (status != STATUS_OK)
        return status;
    ASSERT(slot == instrument);
    market->count = (uint32_t)market->generator.path.count;
    return STATUS_OK;
}

void demo_market_remove(struct demo_market *market, uint32_t instrument)
{
    enum status status = generator_remove(&market->generator,
                                          text_of(market->instruments[instrument].name));
    ASSERT(status == STATUS_OK);
}

const struct instrument_model *demo_market_model(const struct demo_market *market,
                                                 uint32_t instrument)
{
    return &market->generator.path.slots[instrument].model;
}

bool demo_market_is_silent(const struct demo_market *market)
{
    return generator_feed_down(&market->generator);
}
