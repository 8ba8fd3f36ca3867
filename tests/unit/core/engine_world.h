/* A small engine for tests: three instruments, a desk and three bots, one of them with a budget. */
#ifndef TERN_TESTS_UNIT_CORE_ENGINE_WORLD_H
#define TERN_TESTS_UNIT_CORE_ENGINE_WORLD_H

#include <string.h>

#include "core/engine/engine.h"

#define WORLD_INSTRUMENTS 3u
#define WORLD_BOTS 3u
#define WORLD_MINUTE (INT64_C(60) * NANOSECONDS_PER_SECOND)
#define WORLD_START_NS (INT64_C(1700000000) * NANOSECONDS_PER_SECOND)

struct engine_world {
    struct engine_config config;
    struct instrument instruments[WORLD_INSTRUMENTS];
    struct instrument_limits limits[WORLD_INSTRUMENTS];
    struct bot_config bots[WORLD_BOTS];
    struct series_config series[WORLD_INSTRUMENTS];
    struct opening_balance balances[2];
    struct amount reserves[WORLD_BOTS + 1];
    const char *assets[WORLD_INSTRUMENTS + 1];
    struct engine *engine;
    struct input input;
    uint64_t seq;
    int64_t time_ns;
};

static inline struct amount whole(int64_t units)
{
    return (struct amount){(i128)units * power_of_ten(AMOUNT_DECIMALS)};
}

/* Fills the configuration; a test changes what it likes before world_start. */
static inline void world_init(struct engine_world *world)
{
    static const char *const names[] = {"BTC-USD", "ETH-USD", "SOL-USD"};
    static const char *const bots[] = {"one", "two", "three"};
    *world = (struct engine_world){0};
    world->assets[0] = "USD";
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++) {
        struct instrument *instrument = &world->instruments[i];
        memcpy(instrument->name, names[i], strlen(names[i]));
        world->assets[i + 1] = i == 0 ? "BTC" : i == 1 ? "ETH" : "SOL";
        instrument->base_asset = i + 1;
        instrument->price_decimals = 2;
        instrument->quantity_decimals = 4;
        instrument->quote_decimals = 2;
        instrument->tradable = 1;
        instrument->tick.units = 1;
        instrument->lot.units = 1;
        ASSERT(instrument_derive(instrument) == STATUS_OK);
        world->series[i] = (struct series_config){i, 0, WORLD_MINUTE};
        struct bot_config *bot = &world->bots[i];
        memcpy(bot->name, bots[i], strlen(bots[i]));
        bot->class = &strategy_ma_cross;
        bot->params[MA_CROSS_AVERAGE] = 1;
        bot->params[MA_CROSS_FAST] = 2;
        bot->params[MA_CROSS_SLOW] = 4;
        bot->instrument = i;
        bot->series = i;
        bot->book = i + 1;
        bot->cash_book = i == 2 ? bot->book : DESK_BOOK;
        bot->budget = i == 2 ? whole(20000) : (struct amount){0};
        bot->size = (struct size_rule){.method = SIZE_FIXED, .quantity = {10000}};
    }
    world->balances[0] = (struct opening_balance){
        .asset = 0, .instrument = NONE_INDEX, .amount = whole(100000)};
    world->config = (struct engine_config){
        .currency_asset = 0,
        .asset_names = world->assets,
        .assets_count = WORLD_INSTRUMENTS + 1,
        .instruments_count = WORLD_INSTRUMENTS,
        .instruments = world->instruments,
        .bots_count = WORLD_BOTS,
        .bots = world->bots,
        .books_count = WORLD_BOTS + 1,
        .series_count = WORLD_INSTRUMENTS,
        .series = world->series,
        .balances = world->balances,
        .balances_count = 1,
        .orders_capacity = 1024,
        .lots_capacity = 16384,
        .fee_maker = {1000},
        .fee_taker = {2000},
        .limits = {.instruments = world->limits, .book_reserves = world->reserves},
    };
    world->time_ns = WORLD_START_NS;
}

static inline struct input *world_input(struct engine_world *world, enum input_kind kind)
{
    world->input = (struct input){
        .seq = ++world->seq, .time_ns = world->time_ns, .kind = (uint16_t)kind};
    return &world->input;
}

static inline void world_step(struct engine_world *world)
{
    engine_step(world->engine, &world->input);
}

static inline void world_start(struct engine_world *world)
{
    ASSERT(engine_create(&world->config, &world->engine) == STATUS_OK);
    world_input(world, INPUT_START);
    world_step(world);
}

/* A bar of one price, opened and closed, and the cycle behind it when asked. */
static inline void world_price(struct engine_world *world, uint32_t instrument, int64_t cents,
                               bool cycle)
{
    struct input *input = world_input(world, INPUT_BAR_CLOSE);
    input->instrument = instrument;
    input->bar.bar_ns = WORLD_MINUTE;
    int64_t open_ns = world->time_ns - world->time_ns % WORLD_MINUTE - WORLD_MINUTE;
    input->bar.bar = (struct bar){open_ns, {cents}, {cents}, {cents}, {cents}, 10};
    world_step(world);
    if (!cycle)
        return;
    world_input(world, INPUT_CYCLE);
    world_step(world);
}

/* A person's order of the desk; returns its id, or 0 and *reason (of the order_denied fact). */
static inline uint64_t world_order(struct engine_world *world, struct intent intent,
                                   enum reason *reason)
{
    struct input *input = world_input(world, INPUT_COMMAND_ORDER);
    input->intent = intent;
    world_step(world);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(world->engine, &size);
    *reason = REASON_NONE;
    if (frame == NULL)
        return 0;
    const struct fact_header *fact = (const struct fact_header *)(const void *)(frame +
                                                                                FRAME_HEADER_SIZE);
    if (fact->kind == FACT_ORDER_DENIED) {
        *reason = (enum reason)fact->detail;
        return 0;
    }
    ASSERT(fact->kind == FACT_ORDER_PLANNED);
    return ((const struct fact_order_planned *)(const void *)fact)->order;
}

static inline struct intent market_intent(uint32_t instrument, enum side side, int64_t quantity)
{
    return (struct intent){
        .book = DESK_BOOK,
        .bot = NONE_INDEX,
        .instrument = instrument,
        .side = (uint8_t)side,
        .type = ORDER_MARKET,
        .tif = TIF_GTC,
        .origin = ORIGIN_PERSON,
        .purpose = PURPOSE_MANUAL,
        .quantity = {quantity},
    };
}

static inline struct intent limit_intent(uint32_t instrument, enum side side, int64_t quantity,
                                         int64_t price)
{
    struct intent intent = market_intent(instrument, side, quantity);
    intent.type = ORDER_LIMIT;
    intent.price.units = price;
    return intent;
}

static inline void world_report(struct engine_world *world, enum input_kind kind, uint64_t order)
{
    world_input(world, kind)->order = order;
    world_step(world);
}

/* One execution with a fee in cents of the quote. */
static inline void world_fill(struct engine_world *world, uint64_t order, uint32_t instrument,
                              uint64_t trade_id, int64_t quantity, int64_t price, int64_t fee_cents)
{
    struct input *input = world_input(world, INPUT_VENUE_FILL);
    struct amount fee = {(i128)fee_cents * power_of_ten(16)};
    input->order = order;
    input->instrument = instrument;
    input->fill = (struct venue_fill){
        .trade_id_low = trade_id,
        .price = {price},
        .quantity = {quantity},
        .fee = amount_to_bytes(fee),
        .fee_value = amount_to_bytes(fee),
        .liquidity = LIQUIDITY_TAKER,
    };
    world_step(world);
}

static inline const char *world_audit(const struct engine_world *world)
{
    uint64_t detail = 0;
    return engine_audit(world->engine, &detail);
}

#endif
