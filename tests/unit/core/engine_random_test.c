/* Seeded random runs: bots, people and a hostile venue that repeats, reorders, busts and answers
 * late.
 * After every frame every invariant holds; the frames fold into the same state; a snapshot taken in
 * the middle continues to the same end.
 *
 * TERN_RANDOM_INTENTS sets how many intents (20,000 by default; millions in the long form). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "engine_world.h"

#define KEPT_FILLS 64u
#define KEPT_INPUT 1u
#define KEPT_FRAME 2u

struct kept_fill {
    uint64_t order, trade_id;
    uint32_t instrument;
    int64_t quantity, price, fee_cents;
};

struct hostile {
    struct engine_world world;
    struct random random;
    uint64_t trade_id;
    int64_t prices[WORLD_INSTRUMENTS];
    struct kept_fill fills[KEPT_FILLS];
    uint32_t fills_count;
    uint64_t planned, denied, filled, frames, overdrawn;
    uint8_t *journal; /* every input and frame, for the fold */
    size_t journal_size, journal_capacity;
};

static uint64_t draw(struct hostile *run, uint64_t bound)
{
    return random_below(&run->random, bound);
}

static void journal_put(struct hostile *run, uint32_t type, const void *data, uint32_t size)
{
    if (run->journal_size + size + 8 > run->journal_capacity) {
        run->journal_capacity = run->journal_capacity * 2 + size + 4096;
        run->journal = realloc(run->journal, run->journal_capacity);
        assert_non_null(run->journal);
    }
    memcpy(run->journal + run->journal_size, &size, sizeof size);
    memcpy(run->journal + run->journal_size + 4, &type, sizeof type);
    memcpy(run->journal + run->journal_size + 8, data, size);
    run->journal_size += 8 + (size_t)size;
}

static void count_facts(struct hostile *run, const uint8_t *frame, uint32_t size)
{
    const uint8_t *at = frame + FRAME_HEADER_SIZE;
    while (at < frame + size - FRAME_CHAIN_SIZE) {
        struct fact_header fact;
        memcpy(&fact, at, sizeof fact);
        run->planned += fact.kind == FACT_ORDER_PLANNED;
        run->denied += fact.kind == FACT_ORDER_DENIED;
        run->filled += fact.kind == FACT_ORDER_FILLED;
        run->overdrawn += fact.kind == FACT_OVERDRAWN;
        at += fact.size;
    }
}

/* What an order must not have been allowed to do, counted again from the orders themselves. */
static void check_limits(struct hostile *run)
{
    struct engine_world *world = &run->world;
    const struct engine *engine = world->engine;
    int64_t buys[WORLD_INSTRUMENTS] = {0};
    uint32_t open[WORLD_INSTRUMENTS] = {0};
    uint64_t newest = 0;
    for (uint64_t id = engine_order_next_live(engine, 0); id != 0;
         id = engine_order_next_live(engine, id)) {
        const struct order *order = engine_order(engine, id);
        if (order->side == SIDE_BUY)
            buys[order->instrument] += order_remaining(order).units;
        open[order->instrument]++;
        newest = id;
    }
    const struct order *order = engine_order(engine, newest);
    if (order == NULL || order->side != SIDE_BUY || order->planned_ns != world->time_ns)
        return;
    uint32_t i = order->instrument;
    /* Buying back what a late fill sold short is a way out, which no limit on the way in closes. */
    if (ledger_position(engine_ledger(engine), order->book, i)->quantity < 0)
        return;
    int64_t reach = engine_ledger(engine)->instrument_totals[i] + buys[i];
    assert_true(reach <= world->limits[i].position_quantity_max.units);
    assert_true(open[i] <= world->limits[i].open_orders_max);
    i128 free_cash = ledger_account_available(engine_ledger(engine), 0).units;
    assert_true(free_cash >= world->config.limits.account.cash_reserve.units);
}

static void step(struct hostile *run, bool planned_by_us)
{
    struct engine_world *world = &run->world;
    journal_put(run, KEPT_INPUT, &world->input, sizeof world->input);
    world_step(world);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(world->engine, &size);
    if (frame == NULL)
        return;
    run->frames++;
    uint64_t before = run->planned;
    journal_put(run, KEPT_FRAME, frame, size);
    count_facts(run, frame, size);
    const char *broken = world_audit(world);
    if (broken != NULL)
        print_error("# input %llu: %s\n", (unsigned long long)world->seq, broken);
    assert_null(broken);
    if (planned_by_us && run->planned == before + 1)
        check_limits(run);
}

/* Timers due come before an input of that time, each at its own deadline. */
static void fire_timers(struct hostile *run, int64_t time_ns)
{
    struct engine_world *world = &run->world;
    uint64_t timer = 0;
    int64_t deadline = 0;
    while (engine_timer_due(world->engine, time_ns, &timer, &deadline)) {
        world->time_ns = deadline;
        world_input(world, INPUT_TIMER)->timer.timer = timer;
        step(run, false);
    }
    world->time_ns = time_ns;
}

static void move_price(struct hostile *run)
{
    struct engine_world *world = &run->world;
    fire_timers(run, world->time_ns + WORLD_MINUTE);
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++) {
        int64_t change = (int64_t)draw(run, (uint64_t)run->prices[i] / 25 + 2);
        bool up = draw(run, 2) == 0 || run->prices[i] < 1000;
        run->prices[i] += up ? change : -change;
        struct input *input = world_input(world, INPUT_BAR_CLOSE);
        int64_t price = run->prices[i];
        input->instrument = i;
        input->bar.bar_ns = WORLD_MINUTE;
        input->bar.bar.open_time_ns = world->time_ns - world->time_ns % WORLD_MINUTE;
        input->bar.bar.open.units = input->bar.bar.high.units = price;
        input->bar.bar.low.units = input->bar.bar.close.units = price;
        step(run, false);
    }
    world_input(world, INPUT_CYCLE);
    step(run, false);
    if (world->bots[WORLD_BOTS - 1].class != &strategy_maker)
        return;
    struct input *input = world_input(world, INPUT_QUOTE);
    input->instrument = WORLD_INSTRUMENTS - 1;
    input->quote.bid.units = run->prices[WORLD_INSTRUMENTS - 1] - (int64_t)draw(run, 20);
    input->quote.ask.units = run->prices[WORLD_INSTRUMENTS - 1] + (int64_t)draw(run, 20);
    input->quote.bid_quantity.units = input->quote.ask_quantity.units = 100000;
    step(run, false);
}

static void new_intent(struct hostile *run)
{
    bool wild = draw(run, 5) == 0; /* whatever comes; otherwise what could be meant */
    uint32_t instrument = (uint32_t)draw(run, WORLD_INSTRUMENTS + (wild ? 1 : 0));
    int64_t price = run->prices[instrument % WORLD_INSTRUMENTS];
    enum side side = draw(run, 2) == 0 ? SIDE_BUY : SIDE_SELL;
    struct intent intent = market_intent(instrument, side, (int64_t)draw(run, wild ? 60000 : 9000));
    intent.type = (uint8_t)(1 + draw(run, wild ? 4 : 2));
    intent.tif = (uint8_t)(1 + (wild ? draw(run, 4) : 0));
    intent.flags = (uint8_t)(wild ? draw(run, 8) : 0);
    int64_t around = price * (int64_t)(wild ? 80 + draw(run, 40) : 97 + draw(run, 6)) / 100;
    if (intent.type == ORDER_LIMIT || intent.type == ORDER_STOP_LIMIT)
        intent.price.units = around;
    if (intent.type == ORDER_STOP || intent.type == ORDER_STOP_LIMIT)
        intent.stop_price.units = around;
    intent.expire_ns = run->world.time_ns + (int64_t)draw(run, 5) * WORLD_MINUTE;
    uint32_t book = (uint32_t)draw(run, WORLD_BOTS + 1);
    intent.book = book;
    intent.bot = book == DESK_BOOK ? NONE_INDEX : book - 1;
    world_input(&run->world, INPUT_COMMAND_ORDER)->intent = intent;
    step(run, true);
}

/* Any order of the table, live or ended, or one that never was. */
static uint64_t some_order(struct hostile *run)
{
    const struct engine *engine = run->world.engine;
    if (draw(run, 3) != 0 && engine_orders_live(engine) > 0) {
        uint64_t skip = draw(run, engine_orders_live(engine));
        uint64_t id = engine_order_next_live(engine, 0);
        while (skip-- > 0)
            id = engine_order_next_live(engine, id);
        return id;
    }
    return draw(run, 50) == 0 ? UINT64_C(1) << 40 : 1 + draw(run, run->planned + 1);
}

static void fill(struct hostile *run)
{
    uint64_t id = some_order(run);
    const struct order *order = engine_order(run->world.engine, id);
    uint32_t instrument = order == NULL ? 0 : order->instrument;
    int64_t left = order == NULL ? 100 : order_remaining(order).units;
    int64_t quantity = draw(run, 3) == 0 ? left : 1 + (int64_t)draw(run, (uint64_t)left + 1);
    if (quantity <= 0)
        quantity = 1 + (int64_t)draw(run, 50);
    struct kept_fill kept = {id,
                             ++run->trade_id,
                             instrument,
                             quantity,
                             run->prices[instrument] + (int64_t)draw(run, 50),
                             (int64_t)draw(run, 500) - 20};
    if (draw(run, 12) == 0 && run->fills_count > 0)
        kept = run->fills[draw(run, run->fills_count)]; /* told twice */
    else
        run->fills[run->fills_count < KEPT_FILLS ? run->fills_count++ : draw(run, KEPT_FILLS)] =
            kept;
    struct input *input = world_input(&run->world, INPUT_VENUE_FILL);
    struct amount fee = {(i128)kept.fee_cents * power_of_ten(16)};
    input->order = kept.order;
    input->instrument = kept.instrument;
    input->fill = (struct venue_fill){.trade_id_low = kept.trade_id,
                                      .price = {kept.price},
                                      .quantity = {kept.quantity},
                                      .fee = amount_to_bytes(fee),
                                      .fee_value = amount_to_bytes(fee),
                                      .liquidity = LIQUIDITY_MAKER};
    step(run, false);
}

static void bust(struct hostile *run)
{
    if (run->fills_count == 0)
        return;
    uint32_t at = (uint32_t)draw(run, run->fills_count);
    struct kept_fill kept = run->fills[at];
    run->fills[at] = run->fills[--run->fills_count];
    struct input *input = world_input(&run->world, INPUT_VENUE_BUST);
    struct amount fee = {(i128)kept.fee_cents * power_of_ten(16)};
    input->order = kept.order;
    input->instrument = kept.instrument;
    input->fill = (struct venue_fill){.trade_id_low = kept.trade_id,
                                      .price = {kept.price},
                                      .quantity = {kept.quantity},
                                      .fee = amount_to_bytes(fee),
                                      .fee_value = amount_to_bytes(fee)};
    step(run, false);
}

static void report(struct hostile *run)
{
    static const enum input_kind kinds[] = {
        INPUT_VENUE_ACCEPTED,        INPUT_VENUE_ACCEPTED, INPUT_VENUE_REJECTED,
        INPUT_VENUE_CANCELED,        INPUT_VENUE_EXPIRED,  INPUT_VENUE_AMENDED,
        INPUT_VENUE_CANCEL_REJECTED, INPUT_VENUE_ABSENT,   INPUT_VENUE_AMEND_REJECTED,
        INPUT_VENUE_CUMULATIVE,      INPUT_DELIVERY};
    enum input_kind kind = kinds[draw(run, ARRAY_COUNT(kinds))];
    uint64_t id = some_order(run);
    const struct order *order = engine_order(run->world.engine, id);
    struct input *input = world_input(&run->world, kind);
    input->order = id;
    if (kind == INPUT_DELIVERY) {
        input->delivery.delivery = (uint32_t)draw(run, 6);
    } else {
        input->report.reason = (uint32_t)draw(run, 200);
        if (order != NULL) {
            input->report.quantity.units = order->filled.units + (int64_t)draw(run, 20000);
            input->report.price.units = order->price.units == 0
                                            ? 0
                                            : order->price.units + (int64_t)draw(run, 20);
        }
    }
    step(run, false);
}

static void command(struct hostile *run)
{
    struct engine_world *world = &run->world;
    switch (draw(run, 7)) {
    case 0: world_input(world, INPUT_COMMAND_CANCEL)->order = some_order(run); break;
    case 1: {
        struct input *input = world_input(world, INPUT_COMMAND_AMEND);
        input->order = some_order(run);
        input->amend.quantity.units = 1 + (int64_t)draw(run, 1000);
        input->amend.price.units = 1 + (int64_t)draw(run, 1000);
        break;
    }
    case 2: {
        struct input *input = world_input(world, INPUT_COMMAND_STOP);
        input->stop.stop = (uint32_t)draw(run, 6);
        input->flags = draw(run, 2) ? INPUT_FLAG_PROTECTIVE : 0;
        break;
    }
    case 3: {
        struct input *input = world_input(world, INPUT_COMMAND_DEPOSIT);
        input->deposit.asset = 0;
        input->deposit.source_book = draw(run, 2) ? NONE_INDEX : (uint32_t)draw(run, 4);
        input->deposit.target_book = draw(run, 2) ? NONE_INDEX : (uint32_t)draw(run, 4);
        input->deposit.amount = amount_to_bytes(whole((int64_t)draw(run, 3000)));
        break;
    }
    case 4: {
        struct input *input = world_input(world, INPUT_COMMAND_BOT);
        input->bot.bot = (uint32_t)draw(run, WORLD_BOTS + 1);
        input->bot.action = (uint32_t)draw(run, 3);
        break;
    }
    case 5: {
        /* Listed three times as often as delisted: there is to be something to trade. */
        bool list = draw(run, 4) > 0;
        struct input *input = world_input(world, list ? INPUT_COMMAND_LIST : INPUT_COMMAND_DELIST);
        input->instrument = (uint32_t)draw(run, WORLD_INSTRUMENTS + 1);
        break;
    }
    default: {
        struct input *input = world_input(world, INPUT_HEALTH);
        input->instrument = draw(run, 2) ? NONE_INDEX : (uint32_t)draw(run, WORLD_INSTRUMENTS);
        input->health.clock_skew_ns = (int64_t)draw(run, 1000);
        input->health.book_valid = 1;
        break;
    }
    }
    step(run, false);
    world_input(world, INPUT_COMMAND_RESUME);
    step(run, false);
}

/* Bots that keep a set of orders, and sizes that measure, take turns with the plain ones. */
static void bots_vary(struct engine_world *world, uint64_t seed)
{
    struct bot_config *bots = world->bots;
    if (seed % 3 == 1) {
        bots[0].class = &strategy_grid;
        bots[0].plan = (struct plan_params){.low = {3000000}, .high = {5000000}, .levels = 9};
        bots[0].params[GRID_LEVELS] = 9;
        bots[1].class = &strategy_rebalance;
        bots[1].plan = (struct plan_params){.instruments_count = 3,
                                            .instruments = {1, 0, 2},
                                            .weights = {{300000}, {200000}, {100000}},
                                            .band = {20000}};
        bots[2].class = &strategy_maker;
        bots[2].plan = (struct plan_params){.levels = 3, .spread = {4000}, .skew = {500000}};
    } else if (seed % 3 == 2) {
        bots[0].class = &strategy_dca;
        bots[0].plan = (struct plan_params){.every_ns = 5 * WORLD_MINUTE,
                                            .amount = whole(500),
                                            .max = whole(60000),
                                            .dip = {20000}};
        bots[1].size = (struct size_rule){
            .method = SIZE_KELLY, .fraction = {500000}, .cap = {400000}};
        bots[2].class = &strategy_grid;
        bots[2].plan = (struct plan_params){
            .low = {4000}, .high = {30000}, .levels = 40, .geometric = 1};
        bots[2].params[GRID_LEVELS] = 40;
        bots[2].size = (struct size_rule){.method = SIZE_VOLATILITY, .target = {100000}};
    }
}

static void hostile_init(struct hostile *run, uint64_t seed)
{
    *run = (struct hostile){.prices = {4000000, 200000, 10000}};
    random_init(&run->random, seed, 1);
    world_init(&run->world);
    struct engine_world *world = &run->world;
    bots_vary(world, seed);
    struct account_limits *account = &world->config.limits.account;
    account->on = LIMIT_CASH_RESERVE | LIMIT_GROSS_EXPOSURE | LIMIT_DRAWDOWN | LIMIT_DAILY_LOSS;
    if (seed % 2 == 0)
        account->on |= LIMIT_LOSSES | LIMIT_REPEAT | LIMIT_MESSAGE_RATE | LIMIT_DUPLICATE |
                       LIMIT_SELF_MATCH | LIMIT_DUST | LIMIT_CANCEL_RATIO;
    account->cash_reserve = whole(5000);
    account->gross_exposure_max.ppm = 1500000;
    account->drawdown_max.ppm = 900000;
    account->daily_loss_max = whole(50000);
    account->consecutive_losses_max = 50;
    account->repeat_count_max = 20;
    account->repeat_window_ns = WORLD_MINUTE;
    account->message_interval_ns = NANOSECONDS_PER_SECOND;
    account->message_burst = 50;
    account->duplicate_window_ns = WORLD_MINUTE;
    account->cancel_fill_ratio_max.ppm = 3000000;
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++) {
        struct instrument_limits *limits = &world->limits[i];
        limits->on = LIMIT_POSITION_QUANTITY | LIMIT_OPEN_ORDERS | LIMIT_ORDER_NOTIONAL |
                     LIMIT_FAT_FINGER;
        limits->position_quantity_max.units = 100000;
        limits->open_orders_max = 12;
        limits->order_notional_max = whole(30000);
        limits->fat_finger_sigma = 8;
        limits->fat_finger_bars = 20;
    }
    world_input(world, INPUT_START);
    ASSERT(engine_create(&world->config, &world->engine) == STATUS_OK);
    step(run, false);
    for (int i = 0; i < 3; i++)
        move_price(run);
}

static void hostile_release(struct hostile *run)
{
    engine_free(run->world.engine);
    free(run->journal);
}

static void hostile_act(struct hostile *run)
{
    uint64_t choice = draw(run, 100);
    if (choice < 50)
        new_intent(run);
    else if (choice < 75)
        fill(run);
    else if (choice < 88)
        report(run);
    else if (choice < 90)
        bust(run);
    else if (choice < 92)
        command(run);
    else
        move_price(run);
}

/* Folds inputs and frames as a journal has them; the frames of an input follow it. */
static struct hash128 fold_all(const struct hostile *run)
{
    struct engine *engine = NULL;
    assert_int_equal(engine_create(&run->world.config, &engine), STATUS_OK);
    size_t at = 0;
    while (at < run->journal_size) {
        uint32_t size = 0;
        uint32_t type = 0;
        memcpy(&size, run->journal + at, sizeof size);
        memcpy(&type, run->journal + at + 4, sizeof type);
        const uint8_t *data = run->journal + at + 8;
        at += 8 + (size_t)size;
        if (type == KEPT_INPUT) {
            struct input input;
            memcpy(&input, data, sizeof input);
            engine_fold_input(engine, &input);
        } else {
            uint32_t used = 0;
            assert_int_equal(engine_fold_frame(engine, data, size, &used), STATUS_OK);
            assert_int_equal(used, size);
        }
    }
    struct hash128 hash = engine_state_hash(engine);
    engine_free(engine);
    return hash;
}

static uint64_t intents_wanted(void)
{
    const char *text = getenv("TERN_RANDOM_INTENTS");
    int64_t count = 0;
    if (text != NULL && decimal_parse_i64(text_of(text), 0, &count) == STATUS_OK && count > 0)
        return (uint64_t)count;
    return 20000;
}

static void test_invariants(void **state)
{
    (void)state;
    uint64_t wanted = intents_wanted();
    uint64_t planned = 0;
    uint64_t denied = 0;
    uint64_t filled = 0;
    uint64_t overdrawn = 0;
    for (uint64_t seed = 1; planned + denied < wanted; seed++) {
        struct hostile run;
        hostile_init(&run, seed);
        while (run.planned + run.denied < 2500)
            hostile_act(&run);
        struct hash128 folded = fold_all(&run);
        struct hash128 live = engine_state_hash(run.world.engine);
        if (!hash128_equal(folded, live))
            print_error("# seed %llu: the fold ends elsewhere\n", (unsigned long long)seed);
        assert_true(hash128_equal(folded, live));
        planned += run.planned;
        denied += run.denied;
        filled += run.filled;
        overdrawn += run.overdrawn;
        hostile_release(&run);
    }
    print_message("# %llu planned, %llu denied, %llu fills, %llu overdrawn\n",
                  (unsigned long long)planned, (unsigned long long)denied,
                  (unsigned long long)filled, (unsigned long long)overdrawn);
    /* A run in which nothing happens proves nothing. */
    assert_true(planned > wanted / 20 && filled > wanted / 20 && overdrawn > 0);
}

static void test_snapshot(void **state)
{
    (void)state;
    struct hostile run;
    /* Bots on closes: those that look at marks see none behind a restart. */
    hostile_init(&run, 78);
    while (run.planned + run.denied < 500)
        hostile_act(&run);
    size_t size = engine_snapshot_size(run.world.engine);
    uint8_t *snapshot = malloc(size);
    assert_non_null(snapshot);
    engine_snapshot_write(run.world.engine, snapshot);
    struct engine *other = NULL;
    assert_int_equal(engine_create(&run.world.config, &other), STATUS_OK);
    assert_int_equal(engine_snapshot_read(other, snapshot, size - 1), STATUS_TRUNCATED);
    snapshot[size / 2] ^= 1;
    assert_int_equal(engine_snapshot_read(other, snapshot, size), STATUS_CORRUPT);
    snapshot[size / 2] ^= 1;
    assert_int_equal(engine_snapshot_read(other, snapshot, size), STATUS_OK);
    assert_true(hash128_equal(engine_state_hash(other), engine_state_hash(run.world.engine)));
    assert_null(world_audit(&(struct engine_world){.engine = other}));
    /* Venue reports and deposits alone: bars may decide by what was only observed. */
    for (int i = 0; i < 400; i++) {
        report(&run);
        engine_step(other, &run.world.input);
        fill(&run);
        engine_step(other, &run.world.input);
        assert_true(hash128_equal(engine_chain(other), engine_chain(run.world.engine)));
    }
    assert_true(hash128_equal(engine_state_hash(other), engine_state_hash(run.world.engine)));
    engine_free(other);
    free(snapshot);
    hostile_release(&run);
}

/* Two runs of one seed give one chain; another seed another. */
static void test_repeatable(void **state)
{
    (void)state;
    struct hash128 chains[3];
    for (int i = 0; i < 3; i++) {
        struct hostile run;
        hostile_init(&run, i == 2 ? 6 : 5);
        while (run.planned + run.denied < 300)
            hostile_act(&run);
        chains[i] = engine_chain(run.world.engine);
        hostile_release(&run);
    }
    assert_true(hash128_equal(chains[0], chains[1]));
    assert_false(hash128_equal(chains[0], chains[2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants),
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_repeatable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
