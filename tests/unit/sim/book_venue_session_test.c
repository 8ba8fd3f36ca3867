/* Recorded sessions through the exchange on order books, with quotes and takers of ours: the book
 * stays the recorded one, and fills change with model and latency as they must. Skipped where the
 * recordings are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/book_venue.h"
#include "world/import/depth.h"

#define DATA TERN_SOURCE_ROOT "/../shared/data/l2/"
#define QUOTE_EVERY_NS INT64_C(250000000)
#define MILLISECOND INT64_C(1000000)
#define ORDERS_CAPACITY 16384u /* power of two, more than there will be */
#define KEPT_MAX 4u

struct session {
    const char *levels, *trades;
    unsigned price_decimals;
    int64_t tick, lot;
    enum book_sequence sequence;
};

static const struct session coinbase = {"coinbase_btc-usd_20260809_l2.csv.gz",
                                        "coinbase_btc-usd_20260809_trades.csv.gz",
                                        2,
                                        1,
                                        1,
                                        BOOK_SEQUENCE_RISING};
static const struct session perpetual_btc = {"binance_usdm_btcusdt_20240808_l2.csv.gz",
                                             "binance_usdm_btcusdt_20240808_trades.csv.gz",
                                             2,
                                             10,
                                             100000,
                                             BOOK_SEQUENCE_RISING};
static const struct session perpetual_eth = {"binance_usdm_ethusdt_20240808_l2.csv.gz",
                                             "binance_usdm_ethusdt_20240808_trades.csv.gz",
                                             2,
                                             1,
                                             100000,
                                             BOOK_SEQUENCE_RISING};
static const struct session binance = {"binance_spot_btcusdt_20240808_l2.csv.gz",
                                       "binance_spot_btcusdt_20240808_trades.csv.gz",
                                       2,
                                       1,
                                       1000,
                                       BOOK_SEQUENCE_CONTIGUOUS};

struct ours {
    struct book_venue *venue;
    uint64_t ids;
    uint64_t quotes[2][KEPT_MAX]; /* of bids and asks, the oldest first to go; 0 = none */
    uint32_t keeps, next;         /* how many of each side are there at a time */
    int64_t next_ns;
    int64_t maker_lots, taker_lots, asked_lots;
    uint64_t refused, behind; /* fills that came when those before had all of theirs */
    bool takes;
    struct order orders[ORDERS_CAPACITY];
    bool ended[ORDERS_CAPACITY], accepted[ORDERS_CAPACITY];
};

static struct depth_reader *reader_open(const char *name, const struct session *session)
{
    char path[512];
    struct depth_reader *reader = NULL;
    struct problem problem;
    problem_init(&problem);
    (void)snprintf(path, sizeof path, DATA "%s", name);
    struct depth_source source = {path, session->price_decimals, 8};
    if (depth_reader_open(&source, &reader, &problem) != STATUS_OK)
        fail_msg("%s: %s: %s", name, problem.where, problem.found);
    return reader;
}

static bool reader_next(struct depth_reader *reader, struct depth_event *event)
{
    struct problem problem;
    problem_init(&problem);
    enum status status = depth_reader_next(reader, event, &problem);
    assert_true(status == STATUS_OK || status == STATUS_END);
    return status == STATUS_OK;
}

static uint64_t place(struct ours *ours, enum side side, enum order_type type, struct price price,
                      struct quantity quantity, int64_t now)
{
    uint64_t id = ++ours->ids;
    assert_true(id < ORDERS_CAPACITY);
    ours->orders[id] = (struct order){.id = id,
                                      .side = (uint8_t)side,
                                      .type = (uint8_t)type,
                                      .tif = type == ORDER_MARKET ? TIF_IOC : TIF_GTC,
                                      .flags = type == ORDER_MARKET ? 0 : ORDER_FLAG_POST_ONLY,
                                      .price = price,
                                      .quantity = quantity};
    ours->asked_lots += quantity.units;
    book_venue_place(ours->venue, &ours->orders[id], now);
    return id;
}

static void act(struct ours *ours, const struct session *session, int64_t now)
{
    struct quote quote = order_book_quote(book_venue_order_book(ours->venue, 0));
    struct quantity quantity = {100 * session->lot};
    ours->next_ns = now + QUOTE_EVERY_NS;
    if (quote.bid.units == 0 || quote.ask.units == 0)
        return;
    if (ours->takes) {
        quantity.units *= 1000;
        (void)place(ours, ours->ids % 2 ? SIDE_SELL : SIDE_BUY, ORDER_MARKET, (struct price){0},
                    quantity, now);
        return;
    }
    for (int i = 0; i < 2; i++) {
        uint64_t *oldest = &ours->quotes[i][ours->next % ours->keeps];
        if (*oldest != 0)
            book_venue_cancel(ours->venue, *oldest, now);
        *oldest = place(ours, i == 0 ? SIDE_BUY : SIDE_SELL, ORDER_LIMIT,
                        i == 0 ? quote.bid : quote.ask, quantity, now);
    }
    ours->next++;
}

/* Whoever of ours came earlier to a price has all of it before one that came later has any. */
static void nobody_is_overtaken(struct ours *ours, uint64_t id)
{
    const struct order *order = &ours->orders[id];
    for (uint32_t i = 0; i < ours->keeps; i++) {
        uint64_t other = ours->quotes[order->side == SIDE_BUY ? 0 : 1][i];
        const struct order *older = &ours->orders[other];
        if (other == 0 || other >= id || ours->ended[other] || !ours->accepted[other] ||
            older->price.units != order->price.units)
            continue;
        assert_true(older->filled.units == older->quantity.units);
        ours->behind++;
    }
}

static void collect(struct ours *ours, int64_t now)
{
    struct input report;
    while (book_venue_report_next(ours->venue, now, &report)) {
        struct order *order = &ours->orders[report.order];
        if (report.kind == INPUT_VENUE_FILL) {
            assert_false(ours->ended[report.order]);
            nobody_is_overtaken(ours, report.order);
            order->filled.units += report.fill.quantity.units;
            assert_true(order->filled.units <= order->quantity.units);
            if (report.fill.liquidity == LIQUIDITY_MAKER) {
                assert_int_equal(report.fill.price.units, order->price.units);
                ours->maker_lots += report.fill.quantity.units;
            } else {
                ours->taker_lots += report.fill.quantity.units;
            }
        } else if (report.kind == INPUT_VENUE_ACCEPTED) {
            ours->accepted[report.order] = true;
        } else if (report.kind == INPUT_VENUE_CANCELED || report.kind == INPUT_VENUE_REJECTED) {
            ours->ended[report.order] = true;
            ours->refused += report.kind == INPUT_VENUE_REJECTED;
        }
    }
}

/* Levels and trades by the time they were received; levels first where they are equal. */
static void session_play(const struct session *session, struct queue_model queue,
                         int64_t latency_ns, uint32_t keeps, struct ours *ours, uint32_t *bids,
                         uint32_t *asks)
{
    struct instrument instrument = {.quote_asset = 1,
                                    .price_decimals = session->price_decimals,
                                    .quantity_decimals = 8,
                                    .quote_decimals = 8,
                                    .tradable = 1,
                                    .tick = {session->tick},
                                    .lot = {session->lot}};
    assert_int_equal(instrument_derive(&instrument), STATUS_OK);
    struct book_venue_config config = {
        .instruments = &instrument,
        .instruments_count = 1,
        .orders_capacity = ORDERS_CAPACITY,
        .levels_capacity = 65536,
        .sequence = session->sequence,
        .queue = queue,
        .latency = {.entry_ns = latency_ns, .response_ns = latency_ns},
        .tiers_count = 1,
    };
    memset(ours, 0, sizeof *ours);
    ours->takes = keeps == 0;
    ours->keeps = keeps;
    assert_int_equal(book_venue_create(&config, &ours->venue), STATUS_OK);
    struct depth_reader *levels = reader_open(session->levels, session);
    struct depth_reader *trades = reader_open(session->trades, session);
    struct depth_event level;
    struct depth_event trade;
    bool has_level = reader_next(levels, &level);
    bool has_trade = reader_next(trades, &trade);
    int64_t now = 0;
    while (has_level || has_trade) {
        bool is_level = has_level && (!has_trade || level.receive_ns <= trade.receive_ns);
        now = is_level ? level.receive_ns : trade.receive_ns;
        if (is_level) {
            struct book_message message = {.deltas = level.deltas,
                                           .count = level.count,
                                           .first_seq = level.first_seq,
                                           .last_seq = level.last_seq,
                                           .time_ns = now};
            book_venue_book(ours->venue, 0, &message, now);
            assert_true(order_book_is_valid(book_venue_order_book(ours->venue, 0)));
            has_level = reader_next(levels, &level);
        } else {
            book_venue_trade(ours->venue, 0, &trade.trade, now);
            has_trade = reader_next(trades, &trade);
        }
        book_venue_advance(ours->venue, now);
        collect(ours, now);
        if (now >= ours->next_ns)
            act(ours, session, now);
    }
    book_venue_advance(ours->venue, now + NANOSECONDS_PER_DAY);
    collect(ours, INT64_MAX);
    const struct order_book *book = book_venue_order_book(ours->venue, 0);
    assert_int_equal(order_book_troubles(book, BOOK_TROUBLE_CROSSED), 0);
    *bids = order_book_levels_count(book, SIDE_BUY);
    *asks = order_book_levels_count(book, SIDE_SELL);
    assert_int_equal(book_venue_counters(ours->venue).trades_held, 0);
    depth_reader_close(levels);
    depth_reader_close(trades);
    book_venue_free(ours->venue);
}

static void skip_without_data(void)
{
    if (access(DATA "coinbase_btc-usd_20260809_l2.csv.gz", R_OK) == 0)
        return;
    print_message("skipped: no recorded data beside the source\n");
    skip();
}

static void test_coinbase(void **state)
{
    (void)state;
    static struct ours ours;
    uint32_t bids;
    uint32_t asks;
    skip_without_data();
    session_play(&coinbase, (struct queue_model){QUEUE_MODEL_POWER, 3}, 20 * MILLISECOND, 1, &ours,
                 &bids, &asks);
    assert_int_equal(bids, 18769);
    assert_int_equal(asks, 27238);
    session_play(&coinbase, (struct queue_model){QUEUE_MODEL_POWER, 3}, 20 * MILLISECOND, 0, &ours,
                 &bids, &asks);
    assert_int_equal(bids, 18769);
    assert_int_equal(asks, 27238);
    assert_true(ours.taker_lots > 0);
}

/* Fills of the same way to quote: more by a more hopeful queue, fewer by more latency. */
static void fills_are_ordered(const struct session *session, uint32_t keeps)
{
    static const struct queue_model models[] = {
        {QUEUE_MODEL_RISK_AVERSE, 0}, {QUEUE_MODEL_POWER, 3}, {QUEUE_MODEL_TOUCH, 0}};
    static const int64_t latencies[] = {0, 50 * MILLISECOND, 200 * MILLISECOND};
    static struct ours ours;
    double before[ARRAY_COUNT(models)] = {0};
    for (size_t l = 0; l < ARRAY_COUNT(latencies); l++) {
        int64_t filled[ARRAY_COUNT(models)];
        for (size_t i = 0; i < ARRAY_COUNT(models); i++) {
            uint32_t bids;
            uint32_t asks;
            session_play(session, models[i], latencies[l], keeps, &ours, &bids, &asks);
            filled[i] = ours.maker_lots;
            assert_int_equal(ours.taker_lots, 0);
            assert_true(keeps == 1 || ours.behind > 20);
            double share = 100 * (double)ours.maker_lots / (double)ours.asked_lots;
            print_message("# %.14s, %u a side, %lld ms, %s: %llu orders, %.1f %% of the quantity "
                          "filled, %llu refused\n",
                          session->levels, keeps, (long long)(latencies[l] / MILLISECOND),
                          queue_model_name(models[i].kind), (unsigned long long)ours.ids, share,
                          (unsigned long long)ours.refused);
            if (l > 0)
                assert_true(share < before[i]);
            before[i] = share;
        }
        assert_true(0 < filled[0] && filled[0] <= filled[1] && filled[1] <= filled[2]);
        assert_true(filled[0] < filled[2]);
    }
}

static void test_spot(void **state)
{
    (void)state;
    skip_without_data();
    fills_are_ordered(&binance, 1);
    fills_are_ordered(&binance, KEPT_MAX);
}

static void test_perpetuals(void **state)
{
    (void)state;
    skip_without_data();
    fills_are_ordered(&perpetual_btc, 1);
    fills_are_ordered(&perpetual_eth, KEPT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coinbase),
        cmocka_unit_test(test_spot),
        cmocka_unit_test(test_perpetuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
