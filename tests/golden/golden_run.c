#include "golden.h"

#include <string.h>

#include "base/math.h"
#include "base/random.h"
#include "core/engine/engine.h"
#include "sim/bar_venue.h"

#define INSTRUMENTS 2
#define RUN_BARS 5000
#define RUN_BAR_NS (300 * NANOSECONDS_PER_SECOND)
#define ORDERS_CAPACITY 4096

enum { USD, BTC, ETH, ASSETS };

struct world {
    struct engine_config config;
    struct instrument instruments[INSTRUMENTS];
    struct instrument_limits limits[INSTRUMENTS];
    struct series_config series[INSTRUMENTS];
    struct bot_config bots[3];
    struct amount reserves[4];
    struct opening_balance balances[1];
    struct bar bars[INSTRUMENTS][RUN_BARS];
    struct engine *engine;
    struct bar_venue *venue;
    struct hash_stream *out;
    uint64_t seq;
};

static const char *const asset_names[ASSETS] = {"USD", "BTC", "ETH"};

static struct amount whole(int64_t units)
{
    return (struct amount){(i128)units * power_of_ten(AMOUNT_DECIMALS)};
}

static void make_instrument(struct instrument *instrument, const char *name, uint32_t base)
{
    *instrument = (struct instrument){.base_asset = base,
                                      .quote_asset = USD,
                                      .price_decimals = 2,
                                      .quantity_decimals = 8,
                                      .quote_decimals = 8,
                                      .tradable = 1,
                                      .tick = {1},
                                      .lot = {1000}};
    bool fits = text_copy(instrument->name, sizeof(instrument->name), text_of(name));
    ASSERT(fits && instrument_derive(instrument) == STATUS_OK);
}

/* A random walk whose every price lies on the tick. */
static void make_bars(struct bar bars[RUN_BARS], uint64_t stream, double price)
{
    struct random random;
    random_init(&random, 11, stream);
    for (int i = 0; i < RUN_BARS; i++) {
        double open = price;
        price *= math_exp(0.004 * random_normal(&random));
        double up = 1.0 + 0.003 * random_unit(&random);
        double down = 1.0 - 0.003 * random_unit(&random);
        struct bar *bar = &bars[i];
        bar->open_time_ns = INT64_C(1704067200) * NANOSECONDS_PER_SECOND + i * RUN_BAR_NS;
        bar->open.units = (int64_t)(open * 100.0);
        bar->close.units = (int64_t)(price * 100.0);
        bar->high.units = i64_max(bar->open.units, bar->close.units);
        bar->low.units = i64_min(bar->open.units, bar->close.units);
        bar->high.units = i64_max(bar->high.units, (int64_t)((double)bar->high.units * up));
        bar->low.units = i64_min(bar->low.units, (int64_t)((double)bar->low.units * down));
        bar->volume = 10.0 * random_unit(&random);
    }
}

static void make_bot(struct world *world, uint32_t index, const char *name,
                     const struct strategy_class *class, uint32_t instrument)
{
    struct bot_config *bot = &world->bots[index];
    *bot = (struct bot_config){.class = class,
                               .instrument = instrument,
                               .series = instrument,
                               .book = index + 1,
                               .cash_book = 0,
                               .size = {.method = SIZE_EQUITY, .fraction = {RATIO_ONE / 4}},
                               .confirm = index,
                               .stop_loss = {50000},
                               .take_profit = {100000}};
    bool fits = text_copy(bot->name, sizeof(bot->name), text_of(name));
    ASSERT(fits);
    for (uint32_t i = 0; i < class->parameter_count; i++)
        bot->params[i] = class->parameters[i].fallback;
}

static void make_world(struct world *world, struct hash_stream *out)
{
    memset(world, 0, sizeof(*world));
    world->out = out;
    make_instrument(&world->instruments[0], "BTC-USD", BTC);
    make_instrument(&world->instruments[1], "ETH-USD", ETH);
    make_bars(world->bars[0], 0, 42000.0);
    make_bars(world->bars[1], 1, 2300.0);
    make_bot(world, 0, "cross-btc", &strategy_ma_cross, 0);
    make_bot(world, 1, "score-btc", &strategy_score, 0);
    make_bot(world, 2, "score-eth", &strategy_score, 1);
    /* One bot has a purse of its own, and a ceiling that some of its orders meet. */
    world->bots[2].cash_book = world->bots[2].book;
    world->bots[2].budget = whole(2000);
    world->bots[2].size.fraction.ppm = RATIO_ONE;
    world->limits[1] = (struct instrument_limits){.on = LIMIT_ORDER_NOTIONAL,
                                                  .order_notional_max = whole(1980)};
    world->balances[0] = (struct opening_balance){
        .asset = USD, .instrument = NONE_INDEX, .amount = whole(10000)};
    for (uint32_t i = 0; i < INSTRUMENTS; i++)
        world->series[i] = (struct series_config){.instrument = i, .bar_ns = RUN_BAR_NS};
    world->config = (struct engine_config){
        .currency_asset = USD,
        .asset_names = asset_names,
        .assets_count = ASSETS,
        .instruments = world->instruments,
        .instruments_count = INSTRUMENTS,
        .bots = world->bots,
        .bots_count = 3,
        .books_count = 4,
        .series = world->series,
        .series_count = INSTRUMENTS,
        .balances = world->balances,
        .balances_count = 1,
        .orders_capacity = ORDERS_CAPACITY,
        .limits = {.instruments = world->limits, .book_reserves = world->reserves},
        .fee_maker = {4000},
        .fee_taker = {6000},
    };
    struct bar_venue_config venue = {
        .instruments = world->instruments,
        .instruments_count = INSTRUMENTS,
        .orders_capacity = ORDERS_CAPACITY,
        .slippage = {200},
        .tiers = {{{0}, {4000}, {6000}}},
        .tiers_count = 1,
    };
    ASSERT(bar_venue_create(&venue, &world->venue) == STATUS_OK);
    ASSERT(engine_create(&world->config, &world->engine) == STATUS_OK);
}

static void send_commands(struct world *world, int64_t time_ns)
{
    uint32_t count = 0;
    const struct command *commands = engine_commands(world->engine, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t order = commands[i].order;
        const struct order *found = engine_order(world->engine, order);
        if (commands[i].kind == COMMAND_PLACE)
            bar_venue_place(world->venue, found,
                            risk_mark(engine_risk(world->engine), found->instrument), time_ns);
        else if (commands[i].kind == COMMAND_CANCEL)
            bar_venue_cancel(world->venue, order, time_ns);
        else
            bar_venue_amend(world->venue, order, commands[i].price, commands[i].quantity, time_ns);
    }
}

static void feed(struct world *world, struct input *input, enum input_kind kind, int64_t time_ns)
{
    input->seq = ++world->seq;
    input->time_ns = time_ns;
    input->kind = (uint16_t)kind;
    engine_step(world->engine, input);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(world->engine, &size);
    if (frame == NULL)
        return;
    hash_stream_append(world->out, frame, size);
    send_commands(world, time_ns);
}

static void feed_timers(struct world *world, int64_t time_ns)
{
    uint64_t timer = 0;
    int64_t deadline_ns = 0;
    while (engine_timer_due(world->engine, time_ns, &timer, &deadline_ns)) {
        struct input input = {.timer.timer = timer};
        feed(world, &input, INPUT_TIMER, deadline_ns);
    }
}

static void take_reports(struct world *world, int64_t time_ns)
{
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(world->venue, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct input input = reports[i];
        feed(world, &input, (enum input_kind)input.kind, time_ns);
        reports = bar_venue_reports(world->venue, &count);
    }
    bar_venue_clear(world->venue);
}

/* One instant: timers, closes, timers, decisions, arrivals, openings. */
static void run_instant(struct world *world, int index)
{
    int64_t time_ns = world->bars[0][0].open_time_ns + index * RUN_BAR_NS;
    feed_timers(world, time_ns - 1);
    for (uint32_t i = 0; index > 0 && i < INSTRUMENTS; i++) {
        const struct bar *bar = &world->bars[i][index - 1];
        struct input input = {.instrument = i, .bar = {RUN_BAR_NS, *bar}};
        feed(world, &input, INPUT_BAR_CLOSE, time_ns);
        if (bar_venue_close(world->venue, i, bar, time_ns))
            take_reports(world, time_ns);
    }
    feed_timers(world, time_ns);
    if (index > 0) {
        struct input input = {0};
        feed(world, &input, INPUT_CYCLE, time_ns);
        take_reports(world, time_ns);
    }
    for (uint32_t i = 0; index < RUN_BARS && i < INSTRUMENTS; i++) {
        struct price open = world->bars[i][index].open;
        struct input input = {.instrument = i, .bar = {RUN_BAR_NS, {.open = open}}};
        feed(world, &input, INPUT_BAR_OPEN, time_ns);
        if (bar_venue_open(world->venue, i, open, time_ns))
            take_reports(world, time_ns);
    }
}

void run_engine(struct hash_stream *out)
{
    static struct world world;
    make_world(&world, out);
    struct input start = {0};
    feed(&world, &start, INPUT_START, world.bars[0][0].open_time_ns);
    for (int index = 0; index <= RUN_BARS; index++)
        run_instant(&world, index);
    uint64_t detail = 0;
    ASSERT(engine_audit(world.engine, &detail) == NULL);
    struct hash128 ends[2] = {engine_chain(world.engine), engine_state_hash(world.engine)};
    hash_stream_append(out, ends, sizeof(ends));
    /* A run that trades nothing would prove nothing. */
    ASSERT(engine_fact_seq(world.engine) > 1000);
    engine_free(world.engine);
    bar_venue_free(world.venue);
}
