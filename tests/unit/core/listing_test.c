/* Instruments that come and go while the engine runs: what waits is not traded, what is delisted
 * loses its orders and nothing else, what comes back is traded again, and a fold knows it all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine_world.h"

#define BTC 0u
#define ETH 1u
#define PRICE 100000

/* Every input and frame, for a second engine that folds them. */
struct tape {
    struct input inputs[256];
    uint8_t *frames[256];
    uint32_t sizes[256];
    uint32_t count;
};

static void tape_step(struct engine_world *world, struct tape *tape)
{
    uint32_t size = 0;
    world_step(world);
    const uint8_t *frame = engine_frame(world->engine, &size);
    assert_true(tape->count < ARRAY_COUNT(tape->inputs));
    tape->inputs[tape->count] = world->input;
    tape->sizes[tape->count] = size;
    tape->frames[tape->count] = NULL;
    if (frame != NULL) {
        tape->frames[tape->count] = malloc(size);
        assert_non_null(tape->frames[tape->count]);
        memcpy(tape->frames[tape->count], frame, size);
    }
    tape->count++;
    assert_null(world_audit(world));
}

static void command(struct engine_world *world, struct tape *tape, enum input_kind kind,
                    uint32_t instrument)
{
    world_input(world, kind)->instrument = instrument;
    tape_step(world, tape);
}

static void start(struct engine_world *world, struct tape *tape, bool eth_waits)
{
    world_init(world);
    *tape = (struct tape){0};
    world->instruments[ETH].waits = eth_waits;
    assert_int_equal(engine_create(&world->config, &world->engine), STATUS_OK);
    world_input(world, INPUT_START);
    tape_step(world, tape);
}

static void price(struct engine_world *world, struct tape *tape, uint32_t instrument)
{
    struct input *input = world_input(world, INPUT_BAR_CLOSE);
    input->instrument = instrument;
    input->bar.bar_ns = WORLD_MINUTE;
    int64_t open_ns = world->time_ns - world->time_ns % WORLD_MINUTE - WORLD_MINUTE;
    input->bar.bar = (struct bar){open_ns, {PRICE}, {PRICE}, {PRICE}, {PRICE}, 10};
    tape_step(world, tape);
}

/* The id of the order, 0 where it is denied. */
static uint64_t order(struct engine_world *world, struct tape *tape, struct intent intent,
                      enum reason *reason)
{
    world_input(world, INPUT_COMMAND_ORDER)->intent = intent;
    tape_step(world, tape);
    const struct fact_header
        *fact = (const struct fact_header *)(const void *)(tape->frames[tape->count - 1] +
                                                           FRAME_HEADER_SIZE);
    *reason = fact->kind == FACT_ORDER_DENIED ? (enum reason)fact->detail : REASON_NONE;
    return fact->kind == FACT_ORDER_DENIED
               ? 0
               : ((const struct fact_order_planned *)(const void *)fact)->order;
}

static uint32_t facts_of(const struct tape *tape, uint32_t at, enum fact_kind kind)
{
    uint32_t count = 0;
    if (tape->frames[at] == NULL)
        return 0;
    const uint8_t *end = tape->frames[at] + tape->sizes[at] - FRAME_CHAIN_SIZE;
    for (const uint8_t *fact = tape->frames[at] + FRAME_HEADER_SIZE; fact < end;) {
        const struct fact_header *header = (const struct fact_header *)(const void *)fact;
        count += header->kind == kind;
        fact += header->size;
    }
    return count;
}

/* Folds everything into a second engine and frees both. */
static void finish(struct engine_world *world, struct tape *tape)
{
    struct engine *folded = NULL;
    assert_int_equal(engine_create(&world->config, &folded), STATUS_OK);
    for (uint32_t i = 0; i < tape->count; i++) {
        uint32_t size = 0;
        engine_fold_input(folded, &tape->inputs[i]);
        if (tape->frames[i] != NULL)
            assert_int_equal(engine_fold_frame(folded, tape->frames[i], tape->sizes[i], &size),
                             STATUS_OK);
        free(tape->frames[i]);
    }
    assert_true(hash128_equal(engine_state_hash(folded), engine_state_hash(world->engine)));
    engine_free(folded);
    engine_free(world->engine);
}

static void test_waits_until_it_is_listed(void **state)
{
    static struct engine_world world;
    static struct tape tape;
    enum reason reason = REASON_NONE;
    (void)state;
    start(&world, &tape, true);
    assert_int_equal(facts_of(&tape, 0, FACT_INSTRUMENT_LISTED), 2);
    assert_int_equal(facts_of(&tape, 0, FACT_STATE_CHANGED), 1);
    price(&world, &tape, ETH);
    assert_int_equal(order(&world, &tape, market_intent(ETH, SIDE_BUY, 10), &reason), 0);
    assert_int_equal(reason, REASON_TRADING_HALTED);
    /* A person who lifts the stops lists nothing. */
    command(&world, &tape, INPUT_COMMAND_RESUME, NONE_INDEX);
    assert_int_equal(order(&world, &tape, market_intent(ETH, SIDE_BUY, 10), &reason), 0);
    command(&world, &tape, INPUT_COMMAND_LIST, ETH);
    assert_int_equal(facts_of(&tape, tape.count - 1, FACT_INSTRUMENT_LISTED), 1);
    assert_int_not_equal(order(&world, &tape, market_intent(ETH, SIDE_BUY, 10), &reason), 0);
    finish(&world, &tape);
}

static void test_delisted_loses_its_orders_alone(void **state)
{
    static struct engine_world world;
    static struct tape tape;
    enum reason reason = REASON_NONE;
    uint32_t commands = 0;
    (void)state;
    start(&world, &tape, false);
    price(&world, &tape, BTC);
    price(&world, &tape, ETH);
    uint64_t bought = order(&world, &tape, market_intent(ETH, SIDE_BUY, 10000), &reason);
    struct input *fill = world_input(&world, INPUT_VENUE_FILL);
    fill->order = bought;
    fill->instrument = ETH;
    fill->fill = (struct venue_fill){
        .trade_id_low = 1, .price = {PRICE}, .quantity = {10000}, .liquidity = LIQUIDITY_TAKER};
    tape_step(&world, &tape);
    struct intent exit = limit_intent(ETH, SIDE_SELL, 5000, PRICE * 2);
    exit.flags = ORDER_FLAG_PROTECTIVE;
    uint64_t protective = order(&world, &tape, exit, &reason);
    uint64_t entry = order(&world, &tape, limit_intent(ETH, SIDE_BUY, 10, PRICE / 2), &reason);
    uint64_t other = order(&world, &tape, limit_intent(BTC, SIDE_BUY, 10, PRICE / 2), &reason);
    assert_true(protective != 0 && entry != 0 && other != 0);
    struct amount equity = risk_equity(engine_risk(world.engine));

    command(&world, &tape, INPUT_COMMAND_DELIST, ETH);
    const struct command *sent = engine_commands(world.engine, &commands);
    assert_int_equal(commands, 2);
    assert_int_equal(sent[0].kind, COMMAND_CANCEL);
    assert_int_equal(sent[0].order, protective);
    assert_int_equal(sent[1].order, entry);
    assert_true(risk_equity(engine_risk(world.engine)).units == equity.units);
    for (uint32_t i = 0; i < commands; i++) {
        uint64_t id = i == 0 ? protective : entry;
        world_input(&world, INPUT_VENUE_CANCELED)->order = id;
        tape_step(&world, &tape);
    }
    assert_int_equal(engine_orders_live(world.engine), 1);
    /* Neither in nor out; not by a flatten either. */
    assert_int_equal(order(&world, &tape, market_intent(ETH, SIDE_SELL, 10), &reason), 0);
    assert_int_equal(reason, REASON_TRADING_HALTED);
    world_input(&world, INPUT_COMMAND_STOP)->stop.stop = STOP_FLATTEN;
    world.input.stop.book = NONE_INDEX;
    tape_step(&world, &tape);
    assert_int_equal(facts_of(&tape, tape.count - 1, FACT_ORDER_PLANNED), 0);
    assert_int_equal(facts_of(&tape, tape.count - 1, FACT_ORDER_DENIED), 0);
    command(&world, &tape, INPUT_COMMAND_RESUME, NONE_INDEX);

    command(&world, &tape, INPUT_COMMAND_LIST, ETH);
    assert_int_not_equal(order(&world, &tape, market_intent(ETH, SIDE_SELL, 10), &reason), 0);
    assert_true(risk_equity(engine_risk(world.engine)).units == equity.units);
    finish(&world, &tape);
}

/* Told twice, or told of what is not there, nothing happens. */
static void test_said_twice(void **state)
{
    static const uint32_t unknown[] = {WORLD_INSTRUMENTS, NONE_INDEX};
    static struct engine_world world;
    static struct tape tape;
    (void)state;
    start(&world, &tape, true);
    for (size_t i = 0; i < ARRAY_COUNT(unknown); i++) {
        command(&world, &tape, INPUT_COMMAND_LIST, unknown[i]);
        command(&world, &tape, INPUT_COMMAND_DELIST, unknown[i]);
    }
    command(&world, &tape, INPUT_COMMAND_DELIST, ETH); /* waits still */
    command(&world, &tape, INPUT_COMMAND_LIST, BTC);
    for (uint32_t i = 1; i < tape.count; i++)
        assert_null(tape.frames[i]);
    command(&world, &tape, INPUT_COMMAND_LIST, ETH);
    assert_non_null(tape.frames[tape.count - 1]);
    command(&world, &tape, INPUT_COMMAND_LIST, ETH);
    assert_null(tape.frames[tape.count - 1]);
    finish(&world, &tape);
}

/* A bot that keeps orders resting keeps none where nothing is listed. */
static void test_planning_bot_waits(void **state)
{
    static struct engine_world world;
    static struct tape tape;
    (void)state;
    for (int waits = 0; waits < 2; waits++) {
        world_init(&world);
        tape = (struct tape){0};
        world.bots[BTC].class = &strategy_dca;
        world.bots[BTC].plan = (struct plan_params){.every_ns = WORLD_MINUTE, .amount = whole(100)};
        world.instruments[BTC].waits = (uint32_t)waits;
        assert_int_equal(engine_create(&world.config, &world.engine), STATUS_OK);
        world_input(&world, INPUT_START);
        tape_step(&world, &tape);
        uint32_t planned = 0, denied = 0;
        for (int i = 0; i < 5; i++) {
            world.time_ns += WORLD_MINUTE;
            price(&world, &tape, BTC);
            world_input(&world, INPUT_CYCLE);
            tape_step(&world, &tape);
            planned += facts_of(&tape, tape.count - 1, FACT_ORDER_PLANNED);
            denied += facts_of(&tape, tape.count - 1, FACT_ORDER_DENIED);
        }
        assert_int_equal(denied, 0);
        assert_true(waits ? planned == 0 : planned > 0);
        finish(&world, &tape);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_until_it_is_listed),
        cmocka_unit_test(test_delisted_loses_its_orders_alone),
        cmocka_unit_test(test_said_twice),
        cmocka_unit_test(test_planning_bot_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
