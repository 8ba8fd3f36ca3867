/* A stage for the tests of controls: an engine, its risk, and the order that is judged. */
#ifndef TERN_TESTS_UNIT_CORE_CONTROLS_STAGE_H
#define TERN_TESTS_UNIT_CORE_CONTROLS_STAGE_H

#include "base/time.h"
#include "core/engine/state.h"
#include "engine_world.h"

#define PRICE 10000     /* 100.00 */
#define POSITION 100000 /* 10 BTC, of the desk */

/* The desk owns ten bitcoin at 100 and 100,000 dollars; every limit is off. */
struct stage {
    struct engine_world world;
    struct risk *risk;
    struct intent intent;
    int64_t time_ns;
    const struct order *parent;
};

static inline struct amount cents(int64_t count)
{
    return (struct amount){(i128)count * power_of_ten(16)};
}

/* 0.0001 of a base asset in amount units. */
static inline i128 base_units(int64_t quantity)
{
    return (i128)quantity * power_of_ten(14);
}

static inline struct account_limits *account(struct stage *stage)
{
    return &stage->risk->limits.account;
}

static inline struct instrument_limits *limits(struct stage *stage)
{
    return &stage->world.limits[0];
}

static inline void balance_set(struct stage *stage, uint32_t book, uint32_t asset,
                               struct amount amount)
{
    const struct ledger *ledger = engine_ledger(stage->world.engine);
    ledger->book_balances[((size_t)book * ledger->assets_count + asset) * 2] = amount.units;
}

static inline void stage_init(struct stage *stage)
{
    *stage = (struct stage){0};
    struct engine_world *world = &stage->world;
    world_init(world);
    world->balances[1] = (struct opening_balance){
        .asset = 1, .instrument = 0, .quantity = {POSITION}, .cost = whole(1000)};
    world->config.balances_count = 2;
    world_start(world);
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++)
        world_price(world, i, PRICE, i == 2);
    stage->risk = &world->engine->risk;
    stage->time_ns = world->time_ns;
    stage->intent = limit_intent(0, SIDE_BUY, 10000, PRICE);
}

static inline void stage_free(struct stage *stage)
{
    engine_free(stage->world.engine);
}

static inline struct risk_answer judge(struct stage *stage)
{
    struct risk_answer answer;
    struct risk_question question = {.intent = &stage->intent,
                                     .cash_book = DESK_BOOK,
                                     .time_ns = stage->time_ns,
                                     .parent = stage->parent};
    risk_controls_select(stage->risk);
    risk_check(stage->risk, &question, &answer);
    return answer;
}

/* A live order of the stage, planned by the engine itself, so that all counters are real. */
static inline uint64_t live_order(struct stage *stage, struct intent intent)
{
    enum reason reason = REASON_NONE;
    uint64_t id = world_order(&stage->world, intent, &reason);
    assert_int_equal(reason, REASON_NONE);
    return id;
}

static inline void quote_set(struct stage *stage, int64_t bid, int64_t ask, int64_t quantity)
{
    struct input *input = world_input(&stage->world, INPUT_QUOTE);
    input->quote = (struct quote){{bid}, {ask}, {quantity}, {quantity}};
    world_step(&stage->world);
}

#endif
