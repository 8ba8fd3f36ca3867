#include "drive/live/demo_market.h"

#include <string.h>

/* Trades come at any time; the order book behind them moves four times a second, which bars of one
 * second cannot tell from more. */
#define UPDATE_INTERVAL_NS (NANOSECONDS_PER_SECOND / 4)

static void take(struct demo_market *market, struct arena *arena)
{
    market->closing = ARENA_TAKE(arena, struct bar, market->count);
    market->opening = ARENA_TAKE(arena, struct bar, market->count);
    market->closing_present = ARENA_TAKE(arena, bool, market->count);
    market->opening_present = ARENA_TAKE(arena, bool, market->count);
}

enum status demo_market_init(struct demo_market *market, uint64_t seed,
                             const struct instrument *instruments, uint32_t count, int64_t start_ns,
                             struct problem *problem)
{
    struct generator_instrument sources[GENERATOR_INSTRUMENTS_MAX];
    ASSERT(count > 0 && count <= GENERATOR_INSTRUMENTS_MAX && start_ns % DEMO_BAR_NS == 0);
    for (uint32_t i = 0; i < count; i++) {
        sources[i] = (struct generator_instrument){
            .name = text_of(instruments[i].name),
            .price_decimals = instruments[i].price_decimals,
            .quantity_decimals = instruments[i].quantity_decimals,
            .tick = instruments[i].tick,
            .lot = instruments[i].lot,
        };
    }
    struct generator_config config;
    generator_config_default(&config);
    config.seed = seed;
    config.instruments = sources;
    config.instruments_count = count;
    config.instruments_capacity = count;
    config.start_time_ns = start_ns;
    config.update_interval_ns = UPDATE_INTERVAL_NS;
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR);
    memset(config.bar_lengths_ns, 0, sizeof config.bar_lengths_ns);
    config.bar_lengths_ns[0] = DEMO_BAR_NS;
    *market = (struct demo_market){.ready_ns = start_ns, .count = count};
    struct arena measure;
    arena_measure_init(&measure);
    enum status status = generator_init(&market->generator, &config, &measure, problem);
    if (status != STATUS_OK)
        return status;
    take(market, &measure);
    status = arena_init(&market->memory, measure.used);
    if (status != STATUS_OK)
        return problem_set(problem, status, "generator", "not enough memory");
    status = generator_init(&market->generator, &config, &market->memory, problem);
    take(market, &market->memory);
    if (status != STATUS_OK)
        demo_market_release(market);
    return status;
}

void demo_market_release(struct demo_market *market)
{
    arena_release(&market->memory);
    *market = (struct demo_market){0};
}

void demo_market_scenario(struct demo_market *market, enum scenario scenario)
{
    /* Phases count from the start, which is set to now. */
    market->generator.scenario = scenario;
    market->generator.start_time_ns = market->generator.now_ns;
}

void demo_market_second(struct demo_market *market)
{
    struct bar *bars = market->closing;
    bool *present = market->closing_present;
    market->closing = market->opening;
    market->closing_present = market->opening_present;
    market->opening = bars;
    market->opening_present = present;
    memset(present, 0, market->count * sizeof *present);
    int64_t open_ns = market->ready_ns;
    market->ready_ns += DEMO_BAR_NS;
    /* A bar is yielded at its end, so the generator is asked for all before the instant after. */
    struct market_event event;
    while (generator_next_before(&market->generator, market->ready_ns + 1, &event)) {
        ASSERT(event.kind == MARKET_EVENT_BAR && event.slot < market->count);
        ASSERT(event.bar.bar.open_time_ns == open_ns);
        bars[event.slot] = event.bar.bar;
        present[event.slot] = true;
    }
}

struct price demo_market_price(const struct demo_market *market, uint32_t instrument)
{
    return generator_price(&market->generator, instrument);
}

double demo_market_volatility(const struct demo_market *market, uint32_t instrument)
{
    return market->generator.path.slots[instrument].model.volatility;
}
