/* The exchange on order books beside its naive twin: the same reports in the same order, the same
 * times, the same depth, over seeded random orders and market events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "book_venue_naive.h"
#include "core/model/limits.h"

#define STEPS_COUNT 150000u
#define TICK 5
#define LOT 10

struct duel {
    struct book_venue *venue;
    struct naive *naive;
    struct random random;
    int64_t now;
    int64_t mid[NAIVE_MARKETS]; /* ticks below are bids, from here on asks */
    bool quotes_only[NAIVE_MARKETS];
    uint64_t ids;
    uint64_t kinds[128], reasons[REASON_COUNT], makers;
    int64_t wanted[NAIVE_ORDERS]; /* by slot: filled so far, of the newest order there */
};

static void instruments_fill(struct instrument *instruments)
{
    for (uint32_t i = 0; i < NAIVE_MARKETS; i++) {
        instruments[i] = (struct instrument){.base_asset = 1 + i,
                                             .price_decimals = 2,
                                             .quantity_decimals = 3,
                                             .quote_decimals = 4,
                                             .tradable = 1,
                                             .tick = {TICK},
                                             .lot = {LOT},
                                             .quantity_min = {2 * LOT}};
        assert_int_equal(instrument_derive(&instruments[i]), STATUS_OK);
    }
    instruments[1].notional_min.units = instrument_notional(&instruments[1],
                                                            (struct price){30 * TICK},
                                                            (struct quantity){5 * LOT})
                                            .units;
}

static int64_t below(struct duel *duel, uint64_t bound)
{
    return (int64_t)random_below(&duel->random, bound);
}

/* ---- our side ---- */

static void place(struct duel *duel)
{
    static const uint8_t types[] = {ORDER_LIMIT, ORDER_LIMIT, ORDER_LIMIT,      ORDER_LIMIT,
                                    ORDER_LIMIT, ORDER_STOP,  ORDER_STOP_LIMIT, ORDER_MARKET};
    static const uint8_t tifs[] = {TIF_GTC, TIF_GTC, TIF_GTC, TIF_GTC, TIF_IOC, TIF_FOK, TIF_GTD};
    struct order order = {.id = ++duel->ids, .instrument = (uint32_t)below(duel, NAIVE_MARKETS)};
    int64_t mid = duel->mid[order.instrument];
    order.side = below(duel, 2) ? SIDE_BUY : SIDE_SELL;
    order.type = types[below(duel, ARRAY_COUNT(types))];
    order.tif = tifs[below(duel, ARRAY_COUNT(tifs))];
    order.quantity.units = LOT * (1 + below(duel, below(duel, 8) ? 20 : 200));
    if (order.type == ORDER_LIMIT || order.type == ORDER_STOP_LIMIT)
        order.price.units = TICK * i64_min(NAIVE_TICKS - 2, i64_max(1, mid - 6 + below(duel, 12)));
    if (order.type == ORDER_STOP || order.type == ORDER_STOP_LIMIT)
        order.stop_price.units = TICK * (mid - 6 + below(duel, 12));
    if (order.tif == TIF_GTD)
        order.expire_ns = duel->now + below(duel, 200);
    if (below(duel, 4) == 0)
        order.flags = ORDER_FLAG_POST_ONLY;
    if (below(duel, 50) == 0)
        order.quantity.units -= 3;
    book_venue_place(duel->venue, &order, duel->now);
    naive_send(duel->naive, 'p', &order, duel->now);
}

static uint64_t some_id(struct duel *duel)
{
    uint64_t back = (uint64_t)below(duel, NAIVE_ORDERS + 4);
    return back < duel->ids ? duel->ids - back : 1;
}

static void cancel(struct duel *duel)
{
    struct order order = {.id = some_id(duel)};
    book_venue_cancel(duel->venue, order.id, duel->now);
    naive_send(duel->naive, 'c', &order, duel->now);
}

static void amend(struct duel *duel)
{
    struct order order = {.id = some_id(duel)};
    const struct naive_order *old = &duel->naive->orders[order.id % NAIVE_ORDERS];
    order.price = old->order.price;
    order.quantity.units = LOT * (1 + below(duel, 30));
    if (below(duel, 2) && order.price.units > 0)
        order.price.units = TICK * i64_min(NAIVE_TICKS - 2, i64_max(1, order.price.units / TICK -
                                                                           2 + below(duel, 5)));
    book_venue_amend(duel->venue, order.id, order.price, order.quantity, duel->now);
    naive_send(duel->naive, 'a', &order, duel->now);
}

/* ---- the market ---- */

static int64_t some_quantity(struct duel *duel)
{
    return below(duel, 3) ? 1 + below(duel, 300) : LOT * (1 + below(duel, 30));
}

/* Depth has been changed in the naive one: the same as a message. */
static void tell(struct duel *duel, uint32_t instrument, const struct delta *deltas, uint32_t count)
{
    struct book_message message = {.deltas = deltas, .count = count, .time_ns = duel->now};
    book_venue_book(duel->venue, instrument, &message, duel->now);
    duel->naive->markets[instrument].told = duel->naive->now;
    naive_market_told(duel->naive, instrument);
}

static uint32_t set_level(struct duel *duel, struct naive_market *m, struct delta *deltas,
                          uint32_t count, int side, int64_t tick, int64_t quantity)
{
    (void)duel;
    m->depth[side][tick] = quantity;
    deltas[count] = (struct delta){{tick * TICK}, {quantity}, side == 0 ? SIDE_BUY : SIDE_SELL, 0};
    return count + 1;
}

static void snapshot(struct duel *duel, uint32_t instrument)
{
    struct naive_market *m = &duel->naive->markets[instrument];
    struct delta deltas[2 * NAIVE_TICKS];
    uint32_t count = 0;
    bool same = m->valid && below(duel, 2) == 0;
    for (int side = 0; side < 2; side++) {
        for (int64_t tick = 1; tick < NAIVE_TICKS - 1; tick++) {
            int64_t quantity = m->depth[side][tick];
            if (!same) {
                bool fits = side == 0 ? tick < duel->mid[instrument]
                                      : tick >= duel->mid[instrument];
                quantity = fits && below(duel, 2) ? some_quantity(duel) : 0;
            }
            m->depth[side][tick] = 0;
            if (quantity > 0)
                count = set_level(duel, m, deltas, count, side, tick, quantity);
        }
    }
    if (count == 0)
        count = set_level(duel, m, deltas, count, 0, 1, 10);
    deltas[0].flags = DELTA_CLEAR;
    deltas[count - 1].flags |= DELTA_LAST;
    m->valid = true;
    tell(duel, instrument, deltas, count);
}

static void update(struct duel *duel, uint32_t instrument)
{
    struct naive_market *m = &duel->naive->markets[instrument];
    struct delta deltas[3 * NAIVE_TICKS];
    uint32_t count = 0;
    if (below(duel, 5) == 0) {
        int64_t mid = duel->mid[instrument] + (below(duel, 2) ? 1 : -1);
        duel->mid[instrument] = i64_max(12, i64_min(NAIVE_TICKS - 12, mid));
        for (int64_t tick = 1; tick < NAIVE_TICKS; tick++) {
            int side = tick < duel->mid[instrument] ? 1 : 0;
            if (m->depth[side][tick] > 0)
                count = set_level(duel, m, deltas, count, side, tick, 0);
        }
    }
    int64_t more = 1 + below(duel, 3);
    for (int64_t i = 0; i < more; i++) {
        int64_t tick = duel->mid[instrument] - 7 + below(duel, 14);
        int side = tick < duel->mid[instrument] ? 0 : 1;
        int64_t quantity = below(duel, 4) ? some_quantity(duel) : 0;
        count = set_level(duel, m, deltas, count, side, tick, quantity);
    }
    tell(duel, instrument, deltas, count);
}

/* A message that breaks the book: crossed, or a price off the tick. */
static void spoil(struct duel *duel, uint32_t instrument)
{
    struct naive_market *m = &duel->naive->markets[instrument];
    struct delta deltas[2] = {{{TICK * 3}, {50}, SIDE_SELL, 0}, {{TICK * 4}, {50}, SIDE_BUY, 0}};
    if (below(duel, 2))
        deltas[0].price.units += 1;
    m->valid = false;
    tell(duel, instrument, deltas, 2);
}

static void quote(struct duel *duel, uint32_t instrument)
{
    struct naive_market *m = &duel->naive->markets[instrument];
    struct quote told = {0};
    int64_t mid = duel->mid[instrument] + below(duel, 3) - 1;
    duel->mid[instrument] = mid = i64_max(12, i64_min(NAIVE_TICKS - 12, mid));
    if (below(duel, 20)) {
        told.bid.units = TICK * (mid - 1 - below(duel, 3));
        told.bid_quantity.units = some_quantity(duel);
    }
    if (below(duel, 20)) {
        told.ask.units = TICK * (mid + below(duel, 3));
        told.ask_quantity.units = some_quantity(duel);
    }
    bool crossed = below(duel, 50) == 0;
    if (crossed)
        told = (struct quote){{TICK * 9}, {TICK * 8}, {10}, {10}};
    m->valid = !crossed;
    if (m->valid) {
        memset(m->depth, 0, sizeof m->depth);
        m->depth[0][told.bid.units / TICK] = told.bid_quantity.units;
        m->depth[1][told.ask.units / TICK] = told.ask_quantity.units;
        m->depth[0][0] = m->depth[1][0] = 0;
    }
    book_venue_quote(duel->venue, instrument, &told, duel->now);
    m->told = duel->naive->now;
    naive_market_told(duel->naive, instrument);
}

static void trade(struct duel *duel, uint32_t instrument)
{
    struct trade told = {.price = {TICK * (duel->mid[instrument] - 4 + below(duel, 8))},
                         .quantity = {some_quantity(duel)},
                         .taker = (uint32_t)below(duel, 3)};
    book_venue_trade(duel->venue, instrument, &told, duel->now);
    naive_trade(duel->naive, instrument, &told);
}

static void market(struct duel *duel)
{
    uint32_t instrument = (uint32_t)below(duel, NAIVE_MARKETS);
    naive_advance(duel->naive, duel->now, false);
    int64_t kind = below(duel, 100);
    if (kind < 35) {
        trade(duel, instrument);
    } else if (kind == 35) {
        bool halted = below(duel, 4) == 0;
        bool changed = halted != duel->naive->markets[instrument].halted;
        duel->naive->markets[instrument].halted = halted;
        book_venue_halt(duel->venue, instrument, halted, duel->now);
        if (changed)
            naive_market_told(duel->naive, instrument);
    } else if (duel->quotes_only[instrument]) {
        quote(duel, instrument);
    } else if (!duel->naive->markets[instrument].valid) {
        snapshot(duel, instrument);
    } else if (kind == 36) {
        spoil(duel, instrument);
    } else if (kind < 42) {
        snapshot(duel, instrument);
    } else {
        update(duel, instrument);
    }
}

/* ---- comparing ---- */

static void count_report(struct duel *duel, const struct input *report)
{
    duel->kinds[report->kind]++;
    int64_t *filled = &duel->wanted[report->order % NAIVE_ORDERS];
    if (report->kind == INPUT_VENUE_FILL) {
        duel->makers += report->fill.liquidity == LIQUIDITY_MAKER;
        *filled += report->fill.quantity.units;
        assert_true(report->fill.quantity.units > 0 && report->fill.quantity.units % LOT == 0);
    } else {
        duel->reasons[report->report.reason]++;
        if (report->kind == INPUT_VENUE_ACCEPTED)
            *filled = 0;
    }
}

static void compare(struct duel *duel, uint32_t step)
{
    struct input report;
    uint32_t count = 0;
    struct naive *naive = duel->naive;
    int64_t last = INT64_MIN;
    while (book_venue_report_next(duel->venue, INT64_MAX, &report)) {
        if (count >= naive->reports_count ||
            memcmp(&report, &naive->reports[count], sizeof report) != 0)
            fail_msg("step %u: report %u of %u: %s of %llu, reason %u, naive %u of %llu reason %u",
                     step, count, naive->reports_count,
                     input_kind_name((enum input_kind)report.kind),
                     (unsigned long long)report.order, report.report.reason,
                     naive->reports[count].kind, (unsigned long long)naive->reports[count].order,
                     naive->reports[count].report.reason);
        assert_true(report.time_ns >= last);
        last = report.time_ns;
        count_report(duel, &report);
        count++;
    }
    assert_int_equal(count, naive->reports_count);
    if (book_venue_next_ns(duel->venue) != naive_due(naive))
        fail_msg("step %u: due %lld, not %lld", step, (long long)book_venue_next_ns(duel->venue),
                 (long long)naive_due(naive));
    naive->reports_count = 0;
    uint32_t instrument = (uint32_t)below(duel, NAIVE_MARKETS);
    int64_t tick = 1 + below(duel, NAIVE_TICKS - 1);
    int side = (int)below(duel, 2);
    const struct naive_market *m = &naive->markets[instrument];
    if (m->valid) {
        struct quantity left = book_venue_available(
            duel->venue, instrument, side == 0 ? SIDE_BUY : SIDE_SELL, (struct price){tick * TICK});
        assert_int_equal(left.units, m->depth[side][tick] - m->taken[side][tick]);
    }
}

static void duel_run(struct book_venue_config *config, uint64_t seed, uint32_t steps,
                     struct duel *duel)
{
    static struct instrument instruments[NAIVE_MARKETS];
    instruments_fill(instruments);
    config->instruments = instruments;
    config->instruments_count = NAIVE_MARKETS;
    config->orders_capacity = NAIVE_ORDERS;
    config->levels_capacity = 2 * NAIVE_TICKS;
    config->seed = seed;
    config->tiers_count = 2;
    config->tiers[0] = (struct fee_tier){.maker = {1000}, .taker = {2000}};
    config->tiers[1] = (struct fee_tier){
        .volume = {(i128)1000000000000000000}, .maker = {-100}, .taker = {1500}};
    *duel = (struct duel){.mid = {32, 32}, .quotes_only = {false, seed % 2 == 1}};
    duel->naive = malloc(sizeof *duel->naive);
    assert_non_null(duel->naive);
    random_init(&duel->random, seed, 7);
    assert_int_equal(book_venue_create(config, &duel->venue), STATUS_OK);
    naive_init(duel->naive, config);
    for (uint32_t step = 0; step < steps; step++) {
        duel->now += below(duel, 6);
        if (below(duel, 20000) == 0)
            duel->now += NANOSECONDS_PER_DAY / 2;
        int64_t kind = below(duel, 100);
        if (kind < 25) {
            place(duel);
        } else if (kind < 33) {
            cancel(duel);
        } else if (kind < 43) {
            amend(duel);
        } else if (kind < 55) {
            book_venue_advance(duel->venue, duel->now);
            naive_advance(duel->naive, duel->now, true);
        } else {
            market(duel);
        }
        compare(duel, step);
    }
    book_venue_free(duel->venue);
    free(duel->naive);
}

static void test_equal(void **state)
{
    (void)state;
    static const struct quantity volumes[NAIVE_MARKETS] = {{100000}, {50000}};
    static const struct latency_row rows[] = {
        {0, 8, 20}, {1000, 1020, 1040}, {5000, 4990, 5030}, {5500, 5502, 5503}};
    const struct latency_model latencies[] = {
        {.kind = LATENCY_CONSTANT},
        {.kind = LATENCY_CONSTANT, .entry_ns = 15, .response_ns = 9},
        {.kind = LATENCY_LOG_NORMAL, .entry_ns = 10, .response_ns = 20, .sigma = 1.0},
        {.kind = LATENCY_INTERPOLATED, .rows = rows, .rows_count = 4},
    };
    static const struct queue_model queues[] = {{QUEUE_MODEL_POWER, 3},
                                                {QUEUE_MODEL_TOUCH, 0},
                                                {QUEUE_MODEL_RISK_AVERSE, 0},
                                                {QUEUE_MODEL_LOG, 0},
                                                {QUEUE_MODEL_POWER2, 2}};
    struct duel *duel = malloc(sizeof *duel);
    assert_non_null(duel);
    uint64_t kinds[128] = {0};
    uint64_t reasons[REASON_COUNT] = {0};
    uint64_t makers = 0;
    for (uint64_t seed = 0; seed < 10; seed++) {
        struct book_venue_config config = {.queue = queues[seed % ARRAY_COUNT(queues)],
                                           .latency = latencies[seed % ARRAY_COUNT(latencies)]};
        if (seed % 4 == 1)
            config.book_age_max_ns = 25;
        if (seed % 3 == 2)
            config.impact = (struct impact_model){0.1, 0.02, 0.05, 100, volumes};
        duel_run(&config, seed, STEPS_COUNT, duel);
        for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
            kinds[i] += duel->kinds[i];
        for (size_t i = 0; i < REASON_COUNT; i++)
            reasons[i] += duel->reasons[i];
        makers += duel->makers;
    }
    /* Nothing that this is to compare may have stayed away. */
    assert_true(makers > 1000 && kinds[INPUT_VENUE_FILL] > 2 * makers);
    static const enum input_kind seen[] = {INPUT_VENUE_ACCEPTED,        INPUT_VENUE_REJECTED,
                                           INPUT_VENUE_CANCELED,        INPUT_VENUE_EXPIRED,
                                           INPUT_VENUE_CANCEL_REJECTED, INPUT_VENUE_AMENDED,
                                           INPUT_VENUE_AMEND_REJECTED};
    for (size_t i = 0; i < ARRAY_COUNT(seen); i++)
        assert_true(kinds[seen[i]] > 100);
    static const enum reason given[] = {
        REASON_VENUE_SELF_TRADE, REASON_VENUE_POST_ONLY, REASON_VENUE_UNFILLABLE,
        REASON_VENUE_HALTED,     REASON_BOOK_INVALID,    REASON_VENUE_BELOW_MINIMUM,
        REASON_VENUE_GRID,       REASON_VENUE_FULL,      REASON_VENUE_UNKNOWN_ORDER};
    for (size_t i = 0; i < ARRAY_COUNT(given); i++) {
        if (reasons[given[i]] < 20)
            fail_msg("%s: %llu", reason_name(given[i]), (unsigned long long)reasons[given[i]]);
    }
    free(duel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
