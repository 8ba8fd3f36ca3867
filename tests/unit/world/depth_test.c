/* Recorded books, quotes and trades: the rules by small texts, then every recorded file against
 * what the index of the data says of it. Files are skipped where they are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import_support.h"
#include "sim/book/order_book.h"
#include "world/import/depth.h"

#include <stdio.h>
#include <unistd.h>

#define DATA TERN_SOURCE_ROOT "/../shared/data/"
#define EVENTS_MAX 64

struct found {
    struct depth_event events[EVENTS_MAX];
    struct delta deltas[EVENTS_MAX][8];
    size_t count;
    struct depth_counts counts;
    struct problem problem;
};

static enum status read_all(const char *text, struct found *found)
{
    struct byte_source *bytes = NULL;
    struct depth_reader *reader = NULL;
    struct depth_source source = {"book.csv", 2, 3};
    *found = (struct found){0};
    problem_init(&found->problem);
    enum status status = byte_source_open_memory("book.csv", text, strlen(text), &bytes,
                                                 &found->problem);
    assert_int_equal(status, STATUS_OK);
    status = depth_reader_open_bytes(&source, bytes, &reader, &found->problem);
    while (status == STATUS_OK) {
        assert_true(found->count < EVENTS_MAX);
        struct depth_event *event = &found->events[found->count];
        status = depth_reader_next(reader, event, &found->problem);
        if (status != STATUS_OK)
            break;
        for (uint32_t i = 0; event->kind == DEPTH_LEVELS && i < event->count && i < 8; i++)
            found->deltas[found->count][i] = event->deltas[i];
        found->count++;
    }
    if (reader != NULL)
        found->counts = *depth_reader_counts(reader);
    depth_reader_close(reader);
    byte_source_close(bytes);
    return status;
}

#define LEVELS "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n"

/* Updates 3-4 are in the snapshot of 5, 5-6 spans it, 7 comes before the snapshot but behind it. */
static void test_held_messages(void **state)
{
    (void)state;
    struct found found;
    enum status status = read_all(LEVELS "10,1,3,4,update,bid,99.00,1\n"
                                         "10,1,3,4,update,ask,101,1.5\n"
                                         "20,2,5,6,update,bid,99.01,0.000\n"
                                         "30,3,7,7,update,bid,99.02,2\n"
                                         "40,,5,5,snapshot,bid,99.01,4\n"
                                         "40,,5,5,snapshot,ask,100.5,0.001\n"
                                         "50,5,8,9,update,ask,100.5,0\n",
                                  &found);
    assert_int_equal(status, STATUS_END);
    assert_int_equal(found.count, 4);
    assert_int_equal(found.counts.held_left_out, 1);
    assert_int_equal(found.counts.held_kept, 2);
    assert_int_equal(found.counts.deltas, 5);
    static const uint64_t seqs[] = {5, 6, 7, 9};
    static const int64_t times[] = {40, 40, 40, 50};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(found.events[i].last_seq, seqs[i]);
        assert_int_equal(found.events[i].receive_ns, times[i]);
        assert_int_equal(found.deltas[i][0].flags, i == 0 ? DELTA_CLEAR : 0);
    }
    assert_int_equal(found.deltas[0][1].flags, DELTA_LAST);
    assert_int_equal(found.deltas[0][1].price.units, 10050);
    assert_int_equal(found.deltas[0][1].quantity.units, 1);
    assert_int_equal(found.events[0].event_ns, 0);
    assert_int_equal(found.events[1].first_seq, 5);
}

static void test_trades_in_order(void **state)
{
    (void)state;
    struct found found;
    enum status status = read_all("recv_ns,trade_ns,seq,kind,trade_id,price,size,maker_side,"
                                  "taker_side\n"
                                  "10,3,1,snapshot,12,5,1,SELL,buy\n"
                                  "10,2,1,snapshot,11,5,1,BUY,sell\n"
                                  "20,3,2,update,12,5,1,SELL,buy\n"
                                  "30,5,4,update,14,7,1,SELL,buy\n"
                                  "30,4,4,update,13,6,1,SELL,buy\n",
                                  &found);
    assert_int_equal(status, STATUS_END);
    assert_int_equal(found.count, 4);
    assert_int_equal(found.counts.trades_repeated, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(found.events[i].last_seq, 11 + i);
    assert_int_equal(found.events[0].trade.taker, SIDE_SELL);
    assert_int_equal(found.events[3].trade.price.units, 700);

    status = read_all("ts_ns,price,size\n7,5.800000000000,1.0\n7,5.800000000000,1.0\n", &found);
    assert_int_equal(status, STATUS_END);
    assert_int_equal(found.count, 2); /* alike, and both real */
    assert_int_equal(found.events[1].trade.taker, 0);
    assert_int_equal(found.events[1].receive_ns, 7);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *found;
    } cases[] = {
        {"", "the file is empty"},
        {"ts_ns,price,size\n", "a header and no rows"},
        {"ts_ns,price\n1,2\n", "neither quotes nor levels nor trades"},
        {"ts_ns,price,size,colour\n1,2,3,4\n", "a column that is not known"},
        {"ts_ns,price,size,size\n1,2,3,4\n", "a column twice"},
        {"ts_ns,price,size\n1,2\n", "2 fields"},
        {"ts_ns,price,size\n1,2.001,3\n", "found \"2.001\""},
        {"ts_ns,price,size\n1,0,3\n", "found \"0\""},
        {"ts_ns,price,size\n1,-2,3\n", "found \"-2\""},
        {"ts_ns,price,size\n1,2,1e3\n", "found \"1e3\""},
        {"ts_ns,price,size\n1,99999999999999999,3\n", "found \"99999999999999999\""},
        {"ts_ns,price,size\n1.5,2,3\n", "found \"1.5\""},
        {"ts_ns,price,size\n2,2,3\n1,2,3\n", "found \"1\""},
        {"ts_ns,price,size,taker_side\n1,2,3,up\n", "found \"up\""},
        {LEVELS "10,1,3,4,change,bid,99.00,1\n", "found \"change\""},
        {LEVELS "10,1,5,4,update,bid,99.00,1\n", "found \"5\""},
        {LEVELS "10,1,3,4,update,bid,99.00,1\n", "no snapshot, so nothing to apply the updates to"},
        {LEVELS "10,1,3,4,snapshot,buy,99.00,1\n", "found \"buy\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct found found;
        assert_int_equal(read_all(cases[i].text, &found), STATUS_DATA_INVALID);
        assert_string_equal(found.problem.found, cases[i].found);
    }
}

/* ---- recorded files -------------------------------------------------------------------------- */

struct played {
    struct depth_counts counts;
    struct quote last;
    uint32_t bids, asks;
    uint64_t troubles[BOOK_TROUBLE_COUNT];
    uint64_t invalid; /* messages after which the book was not valid */
};

static struct played play(const char *name, unsigned price_decimals, unsigned quantity_decimals,
                          int64_t tick, enum book_sequence sequence)
{
    struct played played = {0};
    struct depth_reader *reader = NULL;
    struct order_book *book = NULL;
    struct problem problem;
    char path[512];
    problem_init(&problem);
    (void)snprintf(path, sizeof path, DATA "%s", name);
    struct depth_source source = {path, price_decimals, quantity_decimals};
    enum status status = depth_reader_open(&source, &reader, &problem);
    assert_int_equal(order_book_create(&(struct order_book_config){{tick}, 65536, sequence}, &book),
                     STATUS_OK);
    struct depth_event event;
    while (status == STATUS_OK) {
        status = depth_reader_next(reader, &event, &problem);
        if (status != STATUS_OK)
            break;
        if (event.kind == DEPTH_QUOTE) {
            assert_true(event.quote.bid.units < event.quote.ask.units);
            played.last = event.quote;
        }
        if (event.kind != DEPTH_LEVELS)
            continue;
        struct book_message message = {.deltas = event.deltas,
                                       .count = event.count,
                                       .first_seq = event.first_seq,
                                       .last_seq = event.last_seq,
                                       .time_ns = event.receive_ns};
        played.invalid += !order_book_apply(book, &message);
    }
    if (status != STATUS_END)
        fail_msg("%s: %s: %s", name, problem.where, problem.found);
    played.counts = *depth_reader_counts(reader);
    if (played.counts.levels_messages > 0)
        played.last = order_book_quote(book);
    played.bids = order_book_levels_count(book, SIDE_BUY);
    played.asks = order_book_levels_count(book, SIDE_SELL);
    for (int i = 0; i < BOOK_TROUBLE_COUNT; i++)
        played.troubles[i] = order_book_troubles(book, (enum book_trouble)i);
    order_book_free(book);
    depth_reader_close(reader);
    return played;
}

static void skip_without_data(void)
{
    if (access(DATA "INDEX.md", R_OK) == 0)
        return;
    print_message("skipped: no recorded data beside the source\n");
    skip();
}

static void test_coinbase(void **state)
{
    (void)state;
    skip_without_data();
    struct played btc = play("l2/coinbase_btc-usd_20260809_l2.csv.gz", 2, 8, 1,
                             BOOK_SEQUENCE_RISING);
    assert_int_equal(btc.counts.rows, 47930);
    assert_int_equal(btc.counts.levels_messages, 400);
    assert_int_equal(btc.bids, 18769);
    assert_int_equal(btc.asks, 27238);
    assert_int_equal(btc.invalid, 0); /* so never crossed and never locked */
    struct played eth = play("l2/coinbase_eth-usd_20260809_l2.csv.gz", 2, 8, 1,
                             BOOK_SEQUENCE_RISING);
    assert_int_equal(eth.counts.levels_messages, 375);
    assert_int_equal(eth.bids, 6925);
    assert_int_equal(eth.asks, 16403);
    assert_int_equal(eth.invalid, 0);
    struct played rest = play("l2/coinbase_btc-usd_20260807_book_l2.csv.gz", 2, 8, 1,
                              BOOK_SEQUENCE_NONE);
    assert_int_equal(rest.last.bid.units, 6493057);
    assert_int_equal(rest.last.ask.units, 6493409);
    assert_int_equal(rest.bids, 18376);
    assert_int_equal(rest.asks, 27017);
    assert_int_equal(play("l2/coinbase_btc-usd_20260809_ticker.csv.gz", 2, 8, 1, 0).counts.quotes,
                     73);
    assert_int_equal(play("l2/coinbase_eth-usd_20260809_ticker.csv.gz", 2, 8, 1, 0).counts.quotes,
                     87);
    assert_int_equal(play("l2/coinbase_btc-usd_20260809_trades.csv.gz", 2, 8, 1, 0).counts.trades,
                     147);
    assert_int_equal(play("l2/coinbase_eth-usd_20260809_trades.csv.gz", 2, 8, 1, 0).counts.trades,
                     132);
}

static void assert_binance(const char *name, unsigned decimals, int64_t tick, uint64_t rows,
                           uint64_t held, uint64_t spanning, uint64_t checks,
                           enum book_sequence sequence)
{
    struct played played = play(name, decimals, 8, tick, sequence);
    assert_int_equal(played.counts.rows, rows);
    assert_int_equal(played.counts.held_kept + played.counts.held_left_out, held);
    assert_true(played.counts.held_kept > 0);
    assert_int_equal(played.counts.snapshots, 1);
    assert_int_equal(played.troubles[BOOK_TROUBLE_OVERLAP], spanning);
    assert_int_equal(played.troubles[BOOK_TROUBLE_GAP], 0);
    assert_int_equal(played.troubles[BOOK_TROUBLE_CROSSED], 0);
    assert_int_equal(played.invalid, 0);
    assert_int_equal(played.counts.levels_messages, checks);
}

static void test_binance(void **state)
{
    (void)state;
    skip_without_data();
    assert_binance("l2/binance_spot_btcusdt_20240808_l2.csv.gz", 8, 1000000, 300111, 3, 1, 6494,
                   BOOK_SEQUENCE_CONTIGUOUS);
    assert_binance("l2/binance_usdm_btcusdt_20240808_l2.csv.gz", 8, 10000000, 445521, 6, 1, 6548,
                   BOOK_SEQUENCE_RISING);
    assert_binance("l2/binance_usdm_ethusdt_20240808_l2.csv.gz", 8, 1000000, 430662, 7, 0, 6581,
                   BOOK_SEQUENCE_RISING);
    assert_int_equal(play("l2/binance_spot_btcusdt_20240808_bbo.csv.gz", 8, 8, 1, 0).counts.quotes,
                     73174);
    assert_int_equal(
        play("l2/binance_spot_btcusdt_20240808_trades.csv.gz", 8, 8, 1, 0).counts.trades, 19904);
}

static void test_trades_files(void **state)
{
    (void)state;
    skip_without_data();
    static const struct {
        const char *name;
        uint64_t trades, quotes;
    } files[] = {
        {"l2/binance_usdm_btcusdt_20240808_trades.csv.gz", 21313, 0},
        {"l2/binance_usdm_btcusdt_20240808_bbo.csv.gz", 0, 66089},
        {"l2/binance_usdm_ethusdt_20240808_trades.csv.gz", 14076, 0},
        {"l2/binance_usdm_ethusdt_20240808_bbo.csv.gz", 0, 53992},
        {"trades/binance_spot_xrpeth_201910_trades.csv.gz", 12477, 0},
        {"trades/binance_usdm_btcusdt_20200222_quotes.csv.gz", 0, 9999},
        {"trades/binance_usdm_btcusdt_20200222_trades.csv.gz", 9999, 0},
        {"trades/bitstamp_btcusd_2011_2012_trades.csv.gz", 9999, 0},
        {"trades/gemini_eth-usd_20210701_bbo1s.csv.gz", 0, 72180},
        {"trades/gemini_eth-usd_20210701_trades.csv.gz", 25222, 0},
        {"trades/mtgox_btcusd_20130101_trades.csv.gz", 2331, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        struct played played = play(files[i].name, 8, 10, 1, BOOK_SEQUENCE_NONE);
        assert_int_equal(played.counts.trades, files[i].trades);
        assert_int_equal(played.counts.quotes, files[i].quotes);
        assert_int_equal(played.counts.trades_repeated, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_messages), cmocka_unit_test(test_trades_in_order),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_coinbase),
        cmocka_unit_test(test_binance),       cmocka_unit_test(test_trades_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
