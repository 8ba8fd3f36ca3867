/* The audit finds what is spoilt on purpose: every balance, lot, sum and count it is there for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/engine/state.h"
#include "engine_world.h"

/* A world with something in every place: lots of three books, live orders of both sides, a fee. */
static void busy_init(struct engine_world *world)
{
    world_init(world);
    world->balances[1] = (struct opening_balance){
        .asset = 1, .instrument = 0, .quantity = {100000}, .cost = whole(1000)};
    world->config.balances_count = 2;
    world_start(world);
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++)
        world_price(world, i, 10000, i == 2);
    enum reason reason = REASON_NONE;
    uint64_t trade_id = 0;
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++) {
        for (int k = 0; k < 2; k++) {
            struct intent intent = limit_intent(i, SIDE_BUY, 5000 + 1000 * k, 10000);
            intent.book = i + 1;
            intent.bot = i;
            uint64_t order = world_order(world, intent, &reason);
            assert_true(order != 0);
            world_fill(world, order, i, ++trade_id, 3000, 9900, 12);
        }
        uint64_t sell = world_order(world, limit_intent(0, SIDE_SELL, 1000, 12000), &reason);
        assert_true(sell != 0);
    }
    world_input(world, INPUT_DELIVERY)->order = 1;
    world->input.delivery.delivery = DELIVERY_UNKNOWN;
    world_step(world);
    assert_null(world_audit(world));
}

/* One atom more, found, and put back. */
static void spoil_i128(struct engine_world *world, i128 *value, const char *what)
{
    *value += 1;
    if (world_audit(world) == NULL)
        print_error("# %s: not found\n", what);
    assert_non_null(world_audit(world));
    *value -= 1;
    assert_null(world_audit(world));
}

static void spoil_i64(struct engine_world *world, int64_t *value, const char *what)
{
    *value += 1;
    if (world_audit(world) == NULL)
        print_error("# %s: not found\n", what);
    assert_non_null(world_audit(world));
    *value -= 1;
    assert_null(world_audit(world));
}

static void spoil_u32(struct engine_world *world, uint32_t *value, const char *what)
{
    *value += 1;
    if (world_audit(world) == NULL)
        print_error("# %s: not found\n", what);
    assert_non_null(world_audit(world));
    *value -= 1;
    assert_null(world_audit(world));
}

static void test_balances(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct ledger *ledger = &world.engine->ledger;
    size_t books = (size_t)ledger->books_count * ledger->assets_count * 2;
    for (size_t i = 0; i < books; i++)
        spoil_i128(&world, &ledger->book_balances[i], "balance of a book");
    for (uint32_t kind = ACCOUNT_CLEARING; kind < ACCOUNT_KIND_END; kind++) {
        for (uint32_t asset = 0; asset < ledger->assets_count; asset++)
            spoil_i128(&world, &ledger->venue_balances[kind * ledger->assets_count + asset],
                       account_kind_name((enum account_kind)kind));
    }
    for (uint32_t asset = 0; asset < ledger->assets_count; asset++)
        spoil_i128(&world, &ledger->asset_totals[asset], "sum of an asset");
    /* A hold that moved to what is free: every asset still sums to zero. */
    for (uint32_t book = 0; book < ledger->books_count; book++) {
        i128 *pair = &ledger->book_balances[(size_t)book * ledger->assets_count * 2];
        pair[0] += 1;
        pair[1] -= 1;
        assert_non_null(world_audit(&world));
        pair[0] -= 1;
        pair[1] += 1;
    }
    /* From one book to another. */
    ledger->book_balances[2] += 1;
    ledger->book_balances[(size_t)ledger->assets_count * 2 + 2] -= 1;
    assert_non_null(world_audit(&world));
    engine_free(world.engine);
}

static void test_positions(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct ledger *ledger = &world.engine->ledger;
    for (size_t i = 0; i < (size_t)ledger->books_count * ledger->instruments_count; i++) {
        struct position *position = &ledger->positions[i];
        spoil_i128(&world, &position->cost, "cost");
        spoil_i128(&world, &position->settlement, "settlement");
        spoil_i128(&world, &position->realized, "realized");
        spoil_i128(&world, &position->external, "external");
        spoil_i64(&world, &position->quantity, "quantity");
        spoil_u32(&world, &position->lot_last, "last lot");
        spoil_u32(&world, &position->lot_first, "first lot");
    }
    for (uint32_t i = 0; i < ledger->instruments_count; i++)
        spoil_i64(&world, &ledger->instrument_totals[i], "total of an instrument");
    spoil_u32(&world, &ledger->counters->lots_count, "count of lots");
    engine_free(world.engine);
}

static void test_lots(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct ledger *ledger = &world.engine->ledger;
    assert_true(ledger->counters->lots_count >= 7);
    for (uint32_t i = 0; i < ledger->counters->lots_fresh; i++) {
        struct lot *lot = &ledger->lots[i];
        assert_true(lot->id != 0);
        spoil_i64(&world, &lot->quantity.units, "quantity of a lot");
        spoil_u32(&world, &lot->book, "book of a lot");
        spoil_u32(&world, &lot->instrument, "instrument of a lot");
        spoil_u32(&world, &lot->next, "next lot");
        lot->cost.low += 1;
        assert_non_null(world_audit(&world));
        lot->cost.low -= 1;
        int64_t quantity = lot->quantity.units;
        lot->quantity.units = 0;
        assert_non_null(world_audit(&world));
        lot->quantity.units = quantity;
        /* A list that bites its tail. */
        uint32_t next = lot->next;
        lot->next = i + 1;
        assert_non_null(world_audit(&world));
        lot->next = next;
    }
    assert_null(world_audit(&world));
    engine_free(world.engine);
}

static void test_orders(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct engine *engine = world.engine;
    for (uint64_t id = engine_order_next_live(engine, 0); id != 0;
         id = engine_order_next_live(engine, id)) {
        struct order *order = order_slot(engine, id);
        spoil_i64(&world, &order->filled.units, "filled");
        spoil_i64(&world, &order->quantity.units, "quantity");
        order->hold.low += 1;
        assert_non_null(world_audit(&world));
        order->hold.low -= 1;
        uint8_t was = order->state;
        order->state = ORDER_FILLED;
        assert_non_null(world_audit(&world));
        order->state = was;
        was = order->delivery;
        order->delivery = was == DELIVERY_UNKNOWN ? DELIVERY_SENT : DELIVERY_UNKNOWN;
        assert_non_null(world_audit(&world));
        order->delivery = was;
        was = order->side;
        order->side = (uint8_t)side_opposite((enum side)was);
        assert_non_null(world_audit(&world));
        order->side = was;
        int64_t filled = order->filled.units;
        order->filled.units = -1;
        assert_non_null(world_audit(&world));
        order->filled.units = filled;
        order->provisional.units = -1;
        assert_non_null(world_audit(&world));
        order->provisional.units = 0;
    }
    assert_null(world_audit(&world));
    engine_free(world.engine);
}

static void test_counts(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct engine *engine = world.engine;
    struct risk *risk = &engine->risk;
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++) {
        spoil_i64(&world, &risk->states[i].open_buy, "open buys");
        spoil_i64(&world, &risk->states[i].open_sell, "open sells");
        spoil_u32(&world, &risk->states[i].open_orders, "open orders of an instrument");
        spoil_u32(&world, &risk->states[i].unknown_orders, "unknown orders");
        spoil_i64(&world, &risk->states[i].close.units, "close");
    }
    for (uint32_t i = 0; i < WORLD_BOTS + 1; i++) {
        spoil_u32(&world, &risk->books[i].open_orders, "open orders of a book");
        for (uint32_t k = 0; k < WORLD_INSTRUMENTS; k++) {
            struct book_exposure *exposure = &risk->exposures[i * WORLD_INSTRUMENTS + k];
            spoil_i64(&world, &exposure->open_buy, "open buys of a book");
            spoil_i64(&world, &exposure->open_sell, "open sells of a book");
        }
    }
    for (uint32_t i = 0; i < WORLD_BOTS; i++)
        spoil_u32(&world, &engine->bots[i].open_orders, "open orders of a bot");
    spoil_u32(&world, &risk->account->open_orders, "open orders");
    spoil_u32(&world, &engine->header->live_count, "live orders");
    spoil_i128(&world, &risk->account->market_value, "market value");
    engine_free(world.engine);
}

/* A balance below zero needs a fact that says so. */
static void test_overdraft(void **state)
{
    (void)state;
    struct engine_world world;
    busy_init(&world);
    struct ledger *ledger = &world.engine->ledger;
    i128 before = ledger->book_balances[0];
    i128 *outside = &ledger->venue_balances[ACCOUNT_EXTERNAL * ledger->assets_count];
    ledger->book_balances[0] = -1;
    ledger->asset_totals[0] -= before + 1;
    *outside += before + 1;
    assert_non_null(world_audit(&world));
    world.engine->risk.books[0].overdrawn = 1;
    assert_null(world_audit(&world));
    engine_free(world.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_balances), cmocka_unit_test(test_positions),
        cmocka_unit_test(test_lots),     cmocka_unit_test(test_orders),
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_overdraft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
