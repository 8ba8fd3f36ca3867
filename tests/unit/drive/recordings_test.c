/* Every recording beside the source, one by one: read, put on two clocks, told to an exchange and
 * to an engine's feed, to the end and without a trouble; what is known of each is as it must be.
 * Skipped where the recordings are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "drive/backtest/session_feed.h"

#define DATA TERN_SOURCE_ROOT "/../shared/data/"
#define SECOND NANOSECONDS_PER_SECOND
#define INPUT_KIND_MAX 128

struct recording {
    const char *name;
    enum depth_kind kind;
    enum book_sequence sequence;
    uint64_t rows;
    size_t records;       /* messages, quotes, or trades; each trade once */
    uint64_t held;        /* messages that came before the snapshot */
    uint32_t bids, asks;  /* levels at the end; of quotes 1 and 1 */
    int64_t shift_ms_min; /* the recorder's clock was behind the venue's, by so much or more */
    uint64_t trades_bad;  /* of no size or price */
};

#define LEVELS(promise) DEPTH_LEVELS, BOOK_SEQUENCE_##promise
#define QUOTES DEPTH_QUOTE, BOOK_SEQUENCE_NONE
#define TRADES DEPTH_TRADE, BOOK_SEQUENCE_NONE

static const struct recording recordings[] = {
    {"l2/binance_spot_btcusdt_20240808_l2", LEVELS(CONTIGUOUS), 300111, 0, 3, 0, 0, 1000},
    {"l2/binance_usdm_btcusdt_20240808_l2", LEVELS(RISING), 445521, 0, 6, 0, 0, 1000},
    {"l2/binance_usdm_ethusdt_20240808_l2", LEVELS(RISING), 430662, 0, 7, 0, 0, 1000},
    {"l2/coinbase_btc-usd_20260809_l2", LEVELS(RISING), 47930, 0, 0, 18769, 27238, 0},
    {"l2/coinbase_eth-usd_20260809_l2", LEVELS(RISING), 26263, 0, 0, 6925, 16403, 0},
    {"l2/coinbase_btc-usd_20260807_book_l2", LEVELS(NONE), 45393, 1, 0, 18376, 27017, 0},
    {"l2/binance_spot_btcusdt_20240808_bbo", QUOTES, 73174, 73174, 0, 1, 1, 0},
    {"l2/binance_usdm_btcusdt_20240808_bbo", QUOTES, 66089, 66089, 0, 1, 1, 1000},
    {"l2/binance_usdm_ethusdt_20240808_bbo", QUOTES, 53992, 53992, 0, 1, 1, 1000},
    {"l2/coinbase_btc-usd_20260809_ticker", QUOTES, 73, 73, 0, 1, 1, 0},
    {"l2/coinbase_eth-usd_20260809_ticker", QUOTES, 87, 87, 0, 1, 1, 0},
    {"l2/binance_spot_btcusdt_20240808_trades", TRADES, 19904, 19904, 0, 0, 0, 1000},
    {"l2/binance_usdm_btcusdt_20240808_trades", TRADES, 21313, 21313, 0, 0, 0, 1000},
    {"l2/binance_usdm_ethusdt_20240808_trades", TRADES, 14076, 14076, 0, 0, 0, 1000},
    {"l2/coinbase_btc-usd_20260809_trades", TRADES, 147, 147, 0, 0, 0, 0},
    {"l2/coinbase_eth-usd_20260809_trades", TRADES, 132, 132, 0, 0, 0, 0},
    {"trades/binance_spot_xrpeth_201910_trades", TRADES, 12477, 12477, 0, 0, 0, 0},
    {"trades/binance_usdm_btcusdt_20200222_quotes", QUOTES, 9999, 9999, 0, 1, 1, 0},
    {"trades/binance_usdm_btcusdt_20200222_trades", TRADES, 9999, 9999, 0, 0, 0, 0},
    {"trades/bitstamp_btcusd_2011_2012_trades", TRADES, 9999, 9999, 0, 0, 0, 0, 1},
    {"trades/gemini_eth-usd_20210701_bbo1s", QUOTES, 72180, 72180, 0, 1, 1, 0},
    {"trades/gemini_eth-usd_20210701_trades", TRADES, 25222, 25222, 0, 0, 0, 0},
    {"trades/mtgox_btcusd_20130101_trades", TRADES, 2331, 2331, 0, 0, 0, 0},
};

static struct session session;
static char path[512];

static void path_of(const char *name)
{
    (void)snprintf(path, sizeof path, DATA "%s.csv.gz", name);
}

static void recording_open(const struct recording *recording)
{
    struct problem problem;
    static struct session_file file;
    problem_init(&problem);
    path_of(recording->name);
    struct depth_source source = {.path = path, .price_decimals = 8, .quantity_decimals = 8};
    file = (struct session_file){0};
    if (depth_data_read(&source, recording->kind, &file.data, &problem) != STATUS_OK)
        fail_msg("%s: %s: %s", recording->name, problem.where, problem.found);
    session = (struct session){.count = 1, .files = malloc(sizeof file)};
    assert_non_null(session.files);
    session.files[0] = file;
    assert_int_equal(session_align(&session, SECOND / 20), STATUS_OK);
}

/* The bytes of the file are those that are known. */
static void content_is_known(const struct recording *recording)
{
    const struct depth_data *data = &session.files[0].data;
    const struct depth_counts *counts = &data->counts;
    assert_int_equal(counts->rows, recording->rows);
    if (recording->records > 0)
        assert_int_equal(data->count, recording->records);
    assert_int_equal(counts->held_kept + counts->held_left_out, recording->held);
    assert_int_equal(counts->trades_repeated, 0); /* snapshots and updates share none */
    if (data->kind == DEPTH_LEVELS)
        assert_int_equal(session.files[0].sequence, recording->sequence);
    assert_true(session.shift_ns >= recording->shift_ms_min * (SECOND / 1000));
    assert_true(recording->shift_ms_min > 0 || session.shift_ns < SECOND / 5);
}

/* The tick is the finest of eight decimals: prices far away are as they are. */
static struct instrument instrument_of(void)
{
    struct instrument instrument = {.name = "A-B",
                                    .base_asset = 1,
                                    .price_decimals = 8,
                                    .quantity_decimals = 8,
                                    .quote_decimals = 8,
                                    .tradable = 1,
                                    .tick = {1},
                                    .lot = {1}};
    assert_int_equal(instrument_derive(&instrument), STATUS_OK);
    return instrument;
}

static void no_troubles(const struct order_book *book, const char *name)
{
    for (int trouble = 0; trouble < BOOK_TROUBLE_COUNT; trouble++) {
        bool usual = trouble == BOOK_TROUBLE_ABSENT || trouble == BOOK_TROUBLE_EMPTY ||
                     trouble == BOOK_TROUBLE_OVERLAP;
        uint64_t count = order_book_troubles(book, (enum book_trouble)trouble);
        if (!usual && count > 0)
            fail_msg("%s: %s %llu times", name, book_trouble_sentence((enum book_trouble)trouble),
                     (unsigned long long)count);
    }
}

static void exchange_plays(const struct recording *recording)
{
    struct instrument instrument = instrument_of();
    struct session_cursor cursor;
    struct book_venue *venue;
    struct book_venue_config config = {
        .instruments = &instrument,
        .instruments_count = 1,
        .orders_capacity = 4,
        .levels_capacity = 65536,
        .sequence = session.files[0].sequence,
        .tiers_count = 1,
    };
    assert_int_equal(book_venue_create(&config, &venue), STATUS_OK);
    assert_int_equal(session_cursor_init(&cursor, &session, SESSION_HAPPENED), STATUS_OK);
    const struct order_book *book = book_venue_order_book(venue, 0);
    while (cursor.next_ns != INT64_MAX) {
        session_happen(&cursor, venue);
        assert_true(recording->kind == DEPTH_TRADE || order_book_is_valid(book));
    }
    no_troubles(book, recording->name);
    uint32_t bids = order_book_levels_count(book, SIDE_BUY);
    uint32_t asks = order_book_levels_count(book, SIDE_SELL);
    if (recording->bids > 0) {
        assert_int_equal(bids, recording->bids);
        assert_int_equal(asks, recording->asks);
    } else {
        assert_true(recording->kind == DEPTH_TRADE ? bids + asks == 0 : bids > 900 && asks > 900);
    }
    assert_int_equal(book_venue_counters(venue).trades_bad, recording->trades_bad);
    session_cursor_release(&cursor);
    book_venue_free(venue);
}

/* As received; of trades alone there is no order book to make bars for. */
static void feed_tells(const struct recording *recording)
{
    struct instrument instrument = instrument_of();
    struct session_feed feed;
    int64_t bar_ns = SECOND;
    size_t counts[INPUT_KIND_MAX] = {0};
    int64_t before = INT64_MIN;
    assert_int_equal(session_feed_init(&feed, &session, &instrument, 1, &bar_ns, 3600 * SECOND),
                     STATUS_OK);
    while (session_feed_ns(&feed) != INT64_MAX) {
        session_feed_step(&feed);
        for (struct input *input = session_feed_next(&feed); input != NULL;
             input = session_feed_next(&feed)) {
            assert_true(input->time_ns >= before && input->kind < INPUT_KIND_MAX);
            before = input->time_ns;
            counts[input->kind]++;
        }
    }
    assert_int_equal(counts[INPUT_HEALTH], 0);
    assert_int_equal(feed.views[0].quotes_bad, 0);
    assert_int_equal(counts[INPUT_TRADE],
                     recording->kind == DEPTH_TRADE ? session.files[0].data.count : 0);
    assert_true(recording->kind == DEPTH_TRADE || counts[INPUT_QUOTE] > 0);
    assert_true(recording->kind != DEPTH_LEVELS || counts[INPUT_DELTA] > 0);
    session_feed_release(&feed);
}

static void test_every_recording(void **state)
{
    (void)state;
    path_of(recordings[0].name);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no recorded data beside the source\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_COUNT(recordings); i++) {
        recording_open(&recordings[i]);
        const struct session_file *file = &session.files[0];
        print_message("# %s: %zu records, shift %lld ms, sequence %d\n", recordings[i].name,
                      file->data.count, (long long)(session.shift_ns / (SECOND / 1000)),
                      (int)file->sequence);
        content_is_known(&recordings[i]);
        exchange_plays(&recordings[i]);
        feed_tells(&recordings[i]);
        session_release(&session);
    }
}

/* Ten seconds of bars of five minutes are none of the three kinds. */
static void test_candles_are_no_recording(void **state)
{
    (void)state;
    struct depth_reader *reader = NULL;
    struct problem problem;
    problem_init(&problem);
    path_of("l2/coinbase_20260809_candles5m");
    if (access(path, R_OK) != 0)
        skip();
    struct depth_source source = {.path = path, .price_decimals = 8, .quantity_decimals = 8};
    assert_false(depth_is_recording(path));
    assert_int_equal(depth_reader_open(&source, &reader, &problem), STATUS_DATA_INVALID);
    assert_null(reader);
}

/* A book of junk far away: the best is what it is, and the farthest levels are there. */
static void test_the_range_of_a_book(void **state)
{
    (void)state;
    static const struct recording book = {
        "l2/coinbase_btc-usd_20260807_book_l2", LEVELS(NONE), 45393, 1, 0, 18376, 27017, 0};
    path_of(book.name);
    if (access(path, R_OK) != 0)
        skip();
    recording_open(&book);
    struct order_book *kept = NULL;
    struct order_book_config config = {.tick = {1}, .levels_capacity = 65536};
    assert_int_equal(order_book_create(&config, &kept), STATUS_OK);
    struct book_message message = session_message(&session.files[0].data,
                                                  &session.files[0].data.records[0], 1);
    assert_true(order_book_apply(kept, &message));
    struct quote quote = order_book_quote(kept);
    assert_true(quote.bid.units == INT64_C(6493057000000));
    assert_true(quote.ask.units == INT64_C(6493409000000));
    assert_true(quote.bid_quantity.units == 7705309);
    order_book_free(kept);
    session_release(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_recording),
        cmocka_unit_test(test_candles_are_no_recording),
        cmocka_unit_test(test_the_range_of_a_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
