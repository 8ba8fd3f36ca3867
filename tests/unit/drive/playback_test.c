/* Sessions played: who sees what when, the queue models, the fold, troubles counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "playback_fixture.h"

#define UNIT INT64_C(100000000) /* of prices and quantities: 8 decimals */

/* ---- one order, by hand ---------------------------------------------------------------------- */

/* Received 10 ms after it happened. The ask is 101 until 2 s, then 102. */
static const char quotes_text[] = "recv_ns,exch_ns,bid,bid_size,ask,ask_size\n"
                                  "1010000000,1000000000,100,5,101,5\n"
                                  "2010000000,2000000000,101,5,102,5\n"
                                  "3010000000,3000000000,101,5,103,5\n"
                                  "9010000000,9000000000,101,5,103,5\n";

static void quotes_begin(struct stage *stage, const char *latency)
{
    char text[1024], path[64];
    file_write("quotes", quotes_text);
    file_path(path, "quotes");
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\naccount: {USD: \"10000\"}\n"
                   "instruments: [{name: BTC-USD, price_increment: \"0.01\"}]\n"
                   "fees: {maker_bps: 0, taker_bps: 10}\nsimulation: {latency: %s}\n"
                   "data:\n  - {file: %s, kind: quotes, instrument: BTC-USD}\n",
                   latency, path);
    stage_begin(stage, text);
    file_remove("quotes");
}

/* Decided at 1.98 s on an ask of 101: who is there before 2 s gets it. */
static void market_order(const char *latency, int64_t price, int64_t answer_ns)
{
    struct stage stage;
    struct tape tape;
    struct input fill;
    struct input order = order_at(1980 * MILLISECOND, SIDE_BUY, UNIT, 0);
    tape_init(&tape);
    quotes_begin(&stage, latency);
    stage_run(&stage, &tape, &order, 1);
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, &fill), 1);
    assert_int_equal(fill.fill.price.units, price * UNIT);
    assert_int_equal(fill.time_ns, answer_ns);
    assert_int_equal(fill.fill.liquidity, LIQUIDITY_TAKER);
    /* At the end the position is worth the last middle, 102. */
    i128 fee = (i128)price * 1000000000000000; /* 10 bps of the notional */
    i128 whole = (i128)1000000000000000000;
    assert_true(stage.result.end_equity.units == (10000 + 102 - price) * whole - fee);
    tape_release(&tape);
    stage_end(&stage);
}

static void test_an_order_meets_the_market_of_its_arrival(void **state)
{
    (void)state;
    market_order("0", 101, 1980 * MILLISECOND);
    market_order("19ms", 101, 2018 * MILLISECOND);
    market_order("20ms", 102, 2020 * MILLISECOND); /* the market of that time comes first */
    market_order("50ms", 102, 2080 * MILLISECOND);
    market_order("1s", 102, 3980 * MILLISECOND);
    market_order("1025ms", 103, 4030 * MILLISECOND);
}

/* ---- troubles -------------------------------------------------------------------------------- */

/* Numbers 1 to 20 without 11; a second snapshot as 15. */
static void depth_write(void)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n");
    for (int i = 1; i <= 60; i++) {
        bool snapshot = i == 1 || i == 45;
        if (i == 31)
            continue;
        for (int side = 0; side < 2; side++) {
            if (!snapshot && side != i % 2)
                continue;
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "%d00000000,%d00000000,%d,%d,"
                                     "%s,%s,%d,%d\n",
                                     i, i, i, i, snapshot ? "snapshot" : "update",
                                     side == 0 ? "bid" : "ask", side == 0 ? 100 : 101, i);
        }
    }
    file_write("depth", text);
}

static bool has_warning(const struct backtest_result *result, const char *text)
{
    for (uint32_t i = 0; i < result->warnings.count; i++) {
        if (strcmp(result->warnings.items[i].text, text) == 0)
            return true;
    }
    for (uint32_t i = 0; i < result->warnings.count; i++)
        print_message("# %s\n", result->warnings.items[i].text);
    return false;
}

/* The engine's ladder is the one that was sent; folding the journal gives the state of the run. */
static void run_holds(struct stage *stage, struct tape *tape)
{
    const struct session_view *view = &stage->backtest.playback->feed.views[0];
    const struct market_state *market = &engine_risk(stage->backtest.engine)->markets[0];
    for (uint32_t i = 0; i < 2; i++) {
        const struct depth_side *ladder = i == 0 ? &market->bids : &market->asks;
        assert_int_equal(ladder->count, view->sent[i].count);
        assert_memory_equal(ladder->prices, view->sent[i].prices,
                            ladder->count * sizeof ladder->prices[0]);
        assert_memory_equal(ladder->quantities, view->sent[i].quantities,
                            ladder->count * sizeof ladder->quantities[0]);
    }
    struct hash128 after = engine_state_hash(stage->backtest.engine);
    struct journal_records records = {tape, tape_next};
    struct problem problem;
    problem_init(&problem);
    stage_again(stage);
    assert_int_equal(backtest_fold(&stage->backtest, &records, &problem), STATUS_OK);
    assert_true(hash128_equal(after, engine_state_hash(stage->backtest.engine)));
}

static void test_a_gap_makes_the_book_invalid(void **state)
{
    (void)state;
    struct stage stage;
    struct tape tape;
    struct input health;
    char text[1024], path[64];
    depth_write();
    file_path(path, "depth");
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\naccount: {USD: \"10000\"}\n"
                   "instruments: [{name: BTC-USD, price_increment: \"1\"}]\n"
                   "simulation: {latency: 0}\n"
                   "data:\n  - {file: %s, kind: depth, instrument: BTC-USD}\n",
                   path);
    stage_begin(&stage, text);
    file_remove("depth");
    /* Message 32 at 3.2 s tells of the gap, the snapshot at 4.5 s ends it. */
    struct input orders[] = {
        order_at(2 * SECOND, SIDE_BUY, UNIT, 0),
        order_at(4 * SECOND, SIDE_BUY, UNIT, 0),
        order_at(5 * SECOND, SIDE_BUY, UNIT, 0),
    };
    tape_init(&tape);
    stage_run(&stage, &tape, orders, ARRAY_COUNT(orders));
    assert_int_equal(tape_find(&tape, INPUT_HEALTH, &health), 2);
    assert_int_equal(health.time_ns, 3200 * MILLISECOND);
    assert_int_equal(health.health.book_valid, 0);
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, NULL), 2);
    assert_int_equal(stage.result.denials.count, 1);
    assert_string_equal(stage.result.denials.items[0].reason, reason_name(REASON_BOOK_INVALID));
    assert_true(has_warning(&stage.result, "order book of BTC-USD: unready 13, gap 1"));
    assert_true(
        has_warning(&stage.result, "order book of BTC-USD: not valid for 1.300 of 5.900 s"));
    run_holds(&stage, &tape);
    tape_release(&tape);
    stage_end(&stage);
}

/* ---- one instant ----------------------------------------------------------------------------- */

/* A session of BTC-USD from depth.csv and trades.csv. */
static void depth_and_trades_begin(struct stage *stage, const char *depth, const char *trades,
                                   const char *simulation)
{
    char text[1024], paths[2][64];
    file_write("depth", depth);
    file_write("trades", trades);
    file_path(paths[0], "depth");
    file_path(paths[1], "trades");
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\naccount: {USD: \"10000\"}\n"
                   "instruments: [{name: BTC-USD, price_increment: \"1\"}]\n"
                   "fees: {maker_bps: 0, taker_bps: 10}\nsimulation: {%s}\n"
                   "data:\n  - {file: %s, kind: depth, instrument: BTC-USD}\n"
                   "  - {file: %s, kind: trades, instrument: BTC-USD}\n",
                   simulation, paths[0], paths[1]);
    stage_begin(stage, text);
    file_remove("depth");
    file_remove("trades");
}

/* Seven trade at 100, where five were before us, and at the same nanosecond the level is gone.
 * The trade comes first: two of it are ours. Told after the level, nobody would be before us. */
static void test_trades_come_before_what_they_changed(void **state)
{
    (void)state;
    struct stage stage;
    struct tape tape;
    struct input fill;
    depth_and_trades_begin(&stage,
                           "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n"
                           "1000000000,1000000000,1,1,snapshot,bid,100,5\n"
                           "1000000000,1000000000,1,1,snapshot,ask,101,5\n"
                           "3000000000,3000000000,2,2,update,bid,100,0\n"
                           "3000000000,3000000000,2,2,update,bid,99,5\n"
                           "5000000000,5000000000,3,3,update,bid,99,6\n",
                           "recv_ns,trade_ns,trade_id,price,size,taker_side\n"
                           "3000000000,3000000000,1,100,7,sell\n",
                           "latency: 0, queue: {model: risk_averse}");
    struct input order = order_at(2 * SECOND, SIDE_BUY, 10 * UNIT, 100 * UNIT);
    tape_init(&tape);
    stage_run(&stage, &tape, &order, 1);
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, &fill), 1);
    assert_true(fill.fill.quantity.units == 2 * UNIT);
    assert_true(fill.time_ns == 3 * SECOND);
    run_holds(&stage, &tape);
    tape_release(&tape);
    stage_end(&stage);
}

/* ---- an order book that falls silent --------------------------------------------------------- */

/* The book speaks at 1 s and at 20 s; trades go on. Three seconds later it is old: no taker finds
 * anything, a resting order fills by the trade that reaches it, a stop waits. */
static void test_trades_outlast_the_book(void **state)
{
    (void)state;
    static const char depth[] = "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n"
                                "1000000000,1000000000,1,1,snapshot,bid,100,5\n"
                                "1000000000,1000000000,1,1,snapshot,ask,101,5\n"
                                "20000000000,20000000000,2,2,update,bid,98,5\n";
    static const char trades[] = "recv_ns,trade_ns,trade_id,price,size,taker_side\n"
                                 "2000000000,2000000000,1,100,1,sell\n"
                                 "10000000000,10000000000,2,98,1,sell\n"
                                 "12000000000,12000000000,3,98,1,sell\n"
                                 "25000000000,25000000000,4,98,1,sell\n";
    struct input orders[] = {
        order_at(2 * SECOND, SIDE_BUY, UNIT, 99 * UNIT), /* rests, filled at 10 s */
        order_at(3 * SECOND, SIDE_BUY, UNIT, 0),         /* takes at 101 */
        order_at(5 * SECOND, SIDE_BUY, UNIT, 0),         /* denied: we know that it is old */
        order_at(21 * SECOND, SIDE_BUY, UNIT, 0),        /* takes: the book has spoken */
    };
    struct stage stage;
    struct tape tape;
    struct input found;
    depth_and_trades_begin(&stage, depth, trades, "latency: 0, book_age_max: 3s");
    tape_init(&tape);
    stage_run(&stage, &tape, orders, ARRAY_COUNT(orders));
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, &found), 3);
    /* Old one nanosecond behind 1 s + 3 s, new at 20 s, old again behind 23 s. */
    assert_int_equal(tape_find(&tape, INPUT_HEALTH, &found), 3);
    assert_true(found.time_ns == 4 * SECOND + 1);
    assert_int_equal(found.health.book_valid, 0);
    assert_int_equal(stage.result.denials.count, 1);
    assert_string_equal(stage.result.denials.items[0].reason, reason_name(REASON_BOOK_INVALID));
    assert_true(has_warning(&stage.result, "order book of BTC-USD: 2 times silent for more than "
                                           "3.000 s, 3 trades meanwhile"));
    assert_true(
        has_warning(&stage.result, "order book of BTC-USD: not valid for 18.000 of 24.000 s"));
    for (uint32_t i = 0; i < stage.result.fills.count; i++) {
        const struct result_fill *fill = &stage.result.fills.items[i];
        bool maker = fill->time_ns == 10 * SECOND;
        assert_true(maker || fill->time_ns == 3 * SECOND || fill->time_ns == 21 * SECOND);
        assert_true(fill->price.units == (maker ? 99 : 101) * UNIT);
    }
    run_holds(&stage, &tape);
    tape_release(&tape);
    stage_end(&stage);
    /* Never old: the market order of 5 s finds what was shown at 1 s. */
    depth_and_trades_begin(&stage, depth, trades, "latency: 0, book_age_max: 0");
    tape_init(&tape);
    stage_run(&stage, &tape, orders, ARRAY_COUNT(orders));
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, NULL), 4);
    assert_int_equal(tape_find(&tape, INPUT_HEALTH, NULL), 0);
    tape_release(&tape);
    stage_end(&stage);
}

/* A crossed and a locked quote are no market: nothing is bought on them. */
static void test_quotes_without_a_market(void **state)
{
    (void)state;
    struct stage stage;
    struct tape tape;
    char text[1024], path[64];
    file_write("quotes", "recv_ns,exch_ns,bid,bid_size,ask,ask_size\n"
                         "1000000000,1000000000,100,5,101,5\n"
                         "2000000000,2000000000,103,5,102,5\n"
                         "3000000000,3000000000,102,5,102,5\n"
                         "4000000000,4000000000,100,5,102,5\n"
                         "5000000000,5000000000,100,5,104,5\n");
    file_path(path, "quotes");
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\naccount: {USD: \"10000\"}\n"
                   "instruments: [{name: BTC-USD, price_increment: \"1\"}]\n"
                   "simulation: {latency: 0}\n"
                   "data:\n  - {file: %s, kind: quotes, instrument: BTC-USD}\n",
                   path);
    stage_begin(&stage, text);
    file_remove("quotes");
    struct input fill, orders[4];
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++)
        orders[i] = order_at((int64_t)(i + 1) * SECOND + 500 * MILLISECOND, SIDE_BUY, UNIT, 0);
    tape_init(&tape);
    stage_run(&stage, &tape, orders, ARRAY_COUNT(orders));
    assert_int_equal(stage.result.denials.count, 1);
    assert_string_equal(stage.result.denials.items[0].reason, reason_name(REASON_BOOK_INVALID));
    assert_int_equal(stage.result.denials.items[0].count, 2);
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, &fill), 2);
    assert_int_equal(fill.fill.price.units, 101 * UNIT);
    assert_true(has_warning(&stage.result, "quotes of BTC-USD: 2 without a market (one-sided, "
                                           "locked or crossed)"));
    tape_release(&tape);
    stage_end(&stage);
}

/* Asks of 1 at 101, 102 and 110 around a middle of 100.5: one costs 49.8 bps, two 99.5. */
static void test_the_ladder_limits_impact(void **state)
{
    (void)state;
    struct stage stage;
    struct tape tape;
    char text[1024], path[64];
    file_write("depth", "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n"
                        "1000000000,1000000000,1,1,snapshot,bid,100,5\n"
                        "1000000000,1000000000,1,1,snapshot,ask,101,1\n"
                        "1000000000,1000000000,1,1,snapshot,ask,102,1\n"
                        "1000000000,1000000000,1,1,snapshot,ask,110,1\n"
                        "9000000000,9000000000,2,2,update,bid,100,4\n");
    file_path(path, "depth");
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USD\naccount: {USD: \"10000\"}\n"
                   "instruments: [{name: BTC-USD, price_increment: \"1\"}]\n"
                   "simulation: {latency: 0}\nrisk: {impact_bps_max: 50}\n"
                   "data:\n  - {file: %s, kind: depth, instrument: BTC-USD}\n",
                   path);
    stage_begin(&stage, text);
    file_remove("depth");
    struct input orders[] = {
        order_at(2 * SECOND, SIDE_BUY, 2 * UNIT, 0),
        order_at(3 * SECOND, SIDE_BUY, UNIT, 0),
    };
    tape_init(&tape);
    stage_run(&stage, &tape, orders, ARRAY_COUNT(orders));
    assert_int_equal(stage.result.denials.count, 1);
    assert_string_equal(stage.result.denials.items[0].reason, reason_name(REASON_IMPACT));
    assert_int_equal(tape_find(&tape, INPUT_VENUE_FILL, NULL), 1);
    run_holds(&stage, &tape);
    tape_release(&tape);
    stage_end(&stage);
}

/* ---- the eleven minutes ---------------------------------------------------------------------- */

#define SPOT "binance_spot_btcusdt_20240808"

static bool spot_begin(struct stage *stage, const char *simulation)
{
    char text[2048], path[512];
    (void)snprintf(path, sizeof path, "%s/../shared/data/l2/" SPOT "_l2.csv.gz", TERN_SOURCE_ROOT);
    if (access(path, R_OK) != 0)
        return false;
    (void)snprintf(text, sizeof text,
                   "tern: 1\ncurrency: USDT\naccount: {USDT: \"1000000\"}\n"
                   "instruments: [{name: BTC-USDT, price_increment: \"0.01\",\n"
                   "               quantity_increment: \"0.00001\"}]\n"
                   "fees: {maker_bps: 1, taker_bps: 2}\nsimulation: {%s}\n"
                   "data:\n"
                   "  - {file: %s/../shared/data/l2/" SPOT "_l2.csv.gz, kind: depth,\n"
                   "     instrument: BTC-USDT}\n"
                   "  - {file: %s/../shared/data/l2/" SPOT "_trades.csv.gz, kind: trades,\n"
                   "     instrument: BTC-USDT}\n",
                   simulation, TERN_SOURCE_ROOT, TERN_SOURCE_ROOT);
    stage_begin(stage, text);
    return true;
}

/* Every two seconds a buy and a sell rest at the best prices as we see them, and end after two. */
static size_t quoting(struct stage *stage, struct input *out, size_t capacity)
{
    struct session_feed feed;
    int64_t bar_ns = 60 * SECOND;
    size_t count = 0;
    assert_int_equal(session_feed_init(&feed, &stage->data.session,
                                       stage->backtest.assembly.instruments, 1, &bar_ns,
                                       2 * SECOND),
                     STATUS_OK);
    while (session_feed_ns(&feed) != INT64_MAX) {
        int64_t now = session_feed_ns(&feed);
        bool instant = session_feed_at_instant(&feed, now);
        session_feed_step(&feed);
        struct quote quote = feed.views[0].quote;
        if (!instant || quote.bid.units == 0 || now % (2 * SECOND) != 0)
            continue;
        assert_true(count + 2 <= capacity);
        for (uint32_t i = 0; i < 2; i++) {
            struct input *order = &out[count++];
            *order = order_at(now, i == 0 ? SIDE_BUY : SIDE_SELL, UNIT / 10,
                              i == 0 ? quote.bid.units : quote.ask.units);
            order->intent.tif = TIF_GTD;
            order->intent.flags = ORDER_FLAG_POST_ONLY;
            order->intent.expire_ns = now + 2 * SECOND;
        }
    }
    session_feed_release(&feed);
    return count;
}

/* Filled in all, in units; every fill must lie within the life of its order. */
static int64_t filled_of(const struct tape *tape)
{
    int64_t filled = 0;
    for (size_t i = 0; i < tape->count; i++) {
        if (!tape->records[i].is_input)
            continue;
        struct input input = tape_input_at(tape, i);
        if (input.kind != INPUT_VENUE_FILL)
            continue;
        assert_int_equal(input.fill.liquidity, LIQUIDITY_MAKER);
        filled += input.fill.quantity.units;
    }
    return filled;
}

static struct input commands[4096];

static int64_t quoted(const char *simulation, struct hash128 *chain)
{
    struct stage stage;
    struct tape tape;
    assert_true(spot_begin(&stage, simulation));
    tape_init(&tape);
    size_t count = quoting(&stage, commands, ARRAY_COUNT(commands));
    assert_true(count > 600);
    stage_run(&stage, &tape, commands, count);
    int64_t filled = filled_of(&tape);
    *chain = stage.result.journal_hash;
    /* Run again: one journal hash. Folded: one state. */
    run_holds(&stage, &tape);
    stage_again(&stage);
    stage_run(&stage, NULL, commands, count);
    assert_true(hash128_equal(*chain, stage.result.journal_hash));
    tape_release(&tape);
    stage_end(&stage);
    return filled;
}

static void test_queue_models_and_latency(void **state)
{
    (void)state;
    static const char *const models[] = {"{model: risk_averse}", "{model: power, power: 3}",
                                         "{model: touch}"};
    static const char *const latencies[] = {"0", "50ms", "400ms"};
    int64_t filled[3][3];
    struct hash128 chains[9];
    struct stage stage;
    if (!spot_begin(&stage, "latency: 0")) {
        print_message("no recordings beside the sources\n");
        skip();
    }
    stage_end(&stage);
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            char simulation[128];
            (void)snprintf(simulation, sizeof simulation, "latency: %s, queue: %s", latencies[i],
                           models[j]);
            filled[i][j] = quoted(simulation, &chains[i * 3 + j]);
            print_message("# %s: %.5f BTC\n", simulation, (double)filled[i][j] / 1e8);
        }
        assert_true(filled[i][0] > 0);
        assert_true(filled[i][0] <= filled[i][1] && filled[i][1] <= filled[i][2]);
        assert_true(filled[i][0] < filled[i][2]);
        /* Who comes later stands further back, and has less of the two seconds left. */
        for (size_t j = 0; j < 3 && i > 0; j++)
            assert_true(filled[i][j] < filled[i - 1][j]);
    }
    for (size_t i = 0; i < 9; i++) {
        for (size_t j = 0; j < i; j++)
            assert_false(hash128_equal(chains[i], chains[j]));
    }
}

/* Whatever happens at the exchange and is received after the middle of the session, the journal
 * until the middle is the same to the byte. */
static void test_no_look_ahead(void **state)
{
    (void)state;
    struct stage stage;
    struct tape left, right;
    if (!spot_begin(&stage, "latency: 30ms, queue: {model: power}")) {
        print_message("no recordings beside the sources\n");
        skip();
    }
    struct session *session = &stage.data.session;
    int64_t half = (session_from_ns(session) + session_to_ns(session)) / 2;
    size_t count = quoting(&stage, commands, ARRAY_COUNT(commands));
    while (commands[count - 1].time_ns > half)
        count--;
    tape_init(&left);
    tape_init(&right);
    stage_run(&stage, &left, commands, count);
    for (uint32_t i = 0; i < session->count; i++) {
        struct depth_data *data = &session->files[i].data;
        for (size_t j = 0; j < data->count; j++) {
            const struct depth_record *record = &data->records[j];
            for (uint32_t k = 0; k < record->count && record->event_ns > half; k++) {
                if (data->kind == DEPTH_LEVELS)
                    data->deltas[record->at + k].quantity.units /= 3;
                else
                    data->trades[record->at + k].quantity.units *= 7;
            }
        }
    }
    stage_again(&stage);
    stage_run(&stage, &right, commands, count);
    size_t same = 0;
    for (; same < left.count; same++) {
        const struct tape_record *record = &left.records[same];
        struct input input = record->is_input ? tape_input_at(&left, same) : (struct input){0};
        if (input.time_ns > half)
            break;
        assert_int_equal(right.records[same].size, record->size);
        assert_memory_equal(right.bytes + right.records[same].at, left.bytes + record->at,
                            record->size);
    }
    assert_true(same > 100 && same < left.count);
    assert_false(left.used == right.used && memcmp(left.bytes, right.bytes, left.used) == 0);
    tape_release(&left);
    tape_release(&right);
    stage_end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_order_meets_the_market_of_its_arrival),
        cmocka_unit_test(test_a_gap_makes_the_book_invalid),
        cmocka_unit_test(test_trades_come_before_what_they_changed),
        cmocka_unit_test(test_trades_outlast_the_book),
        cmocka_unit_test(test_quotes_without_a_market),
        cmocka_unit_test(test_the_ladder_limits_impact),
        cmocka_unit_test(test_queue_models_and_latency),
        cmocka_unit_test(test_no_look_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
