/* Every form of file that is read, and what is in the series then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/time.h"
#include "import_support.h"

#include <stdio.h>

#define HEAD "ts_ms,open,high,low,close,volume\n"
#define ROW1 "1577836800000,10.5,12,9,11,5\n"   /* 2020-01-01T00:00:00 */
#define ROW2 "1577840400000,11,13,10,12.25,6\n" /* 01:00 */
#define PLAIN HEAD ROW1 ROW2

static struct bar_series must_read(const struct bar_source *source, const char *text)
{
    struct bar_series series;
    struct problem problem;
    if (read_text(source, text, &series, &problem) != STATUS_OK)
        fail_msg("%s: %s\nin: %s", problem.where, problem.found, text);
    return series;
}

static struct bar_series must_read_default(const char *text)
{
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    return must_read(&source, text);
}

static void the_plain_form(void **state)
{
    (void)state;
    struct bar_series series = must_read_default(PLAIN);
    static const struct bar expected[] = {
        {1577836800000000000, {1050000000}, {1200000000}, {900000000}, {1100000000}, 5},
        {1577840400000000000, {1100000000}, {1300000000}, {1000000000}, {1225000000}, 6},
    };
    assert_int_equal(series.count, 2);
    assert_memory_equal(series.bars, expected, sizeof expected);
    assert_int_equal(series.price_decimals, 8);
    assert_int_equal(series.bar_ns, HOUR_NS);
    assert_int_equal(series.zero_volume_count, 0);
    assert_int_equal(series.gap_count, 0);
    assert_int_equal(series.low_min.units, 900000000);
    assert_int_equal(series.high_max.units, 1300000000);
    bar_series_release(&series);
    assert_null(series.bars);
    bar_series_release(&series);
}

/* Each of these holds what PLAIN holds. */
static void other_writings_have_the_same_hash(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "ts_ms,open,high,low,close,volume\r\n1577836800000,10.5,12,9,11,5\r\n"
        "1577840400000,11,13,10,12.25,6\r\n",
        "\xef\xbb\xbf" PLAIN,
        HEAD "\n\n" ROW1 "\n" ROW2 "\n\n",
        HEAD ROW1 "1577840400000,11,13,10,12.25,6",
        HEAD "1577836800000,10.500,12.0,9.0,11.00,5.0\n"
             "1577840400000,+11,0013,10,12.2500000000000000000000,6.000000\n",
        /* names, case, order */
        "Volume,Close,Low,High,Open,Timestamp\n5,11,9,12,10.5,1577836800\n"
        "6,12.25,10,13,11,1577840400\n",
        "Open Time,Open,High,Low,Close,Vol\n1577836800000,10.5,12,9,11,5\n"
        "1577840400000,11,13,10,12.25,6\n",
        "\"ts_ms\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n\"1577836800000\",\"10.5\","
        "\"12\",9,11,"
        "5\n" ROW2,
        "t;o;h;l;c;v\n1577836800;10.5;12;9;11;5\n1577840400;11;13;10;12.25;6\n",
        "ts\topen\thigh\tlow\tclose\tvolume\n1577836800\t10.5\t12\t9\t11\t5\n"
        "1577840400\t11\t13\t10\t12.25\t6\n",
        /* units, by size and by name */
        "ts,open,high,low,close,volume\n1577836800,10.5,12,9,11,5\n1577840400,11,13,10,12.25,6\n",
        "unix,open,high,low,close,volume\n1577836800.0,10.5,12,9,11,5\n"
        "1577840400.000,11,13,10,12.25,6\n",
        "time,open,high,low,close,volume\n1577836800000000,10.5,12,9,11,5\n"
        "1577840400000000,11,13,10,12.25,6\n",
        "time,open,high,low,close,volume\n1577836800000000000,10.5,12,9,11,5\n"
        "1577840400000000000,11,13,10,12.25,6\n",
        "ts_us,open,high,low,close,volume\n1577836800000000,10.5,12,9,11,5\n"
        "1577840400000000,11,13,10,12.25,6\n",
        "timestamp_ns,open,high,low,close,volume\n1577836800000000000,10.5,12,9,11,5\n"
        "1577840400000000000,11,13,10,12.25,6\n",
        "time_s,open,high,low,close,volume\n1577836800,10.5,12,9,11,5\n1577840400,11,13,10,12.25,"
        "6\n",
        /* from milliseconds to microseconds inside one file, as in joined Binance dumps */
        "open_time,open,high,low,close,volume\n1577836800000,10.5,12,9,11,5\n"
        "1577840400000000,11,13,10,12.25,6\n",
        /* dates */
        "date,open,high,low,close,volume\n2020-01-01,10.5,12,9,11,5\n"
        "2020-01-01 01:00:00,11,13,10,12.25,6\n",
        "datetime,open,high,low,close,volume\n2020-01-01T00:00:00Z,10.5,12,9,11,5\n"
        "2020-01-01T03:00:00+02:00,11,13,10,12.25,6\n",
        /* columns beside, also a second time as a date on either side */
        ",ts_ms,open,high,low,close,volume,average,adj_close,adj_volume,div_cash,split_factor\n"
        "0,1577836800000,10.5,12,9,11,5,,?,x,0.0,1\n1,1577840400000,11,13,10,12.25,6,,,,,\n",
        "unix,date,open,high,low,close,volume\n1577836800000,whenever,10.5,12,9,11,5\n"
        "1577840400000,,11,13,10,12.25,6\n",
        "date,unix,open,high,low,close,volume\n,1577836800000,10.5,12,9,11,5\n"
        ",1577840400000,11,13,10,12.25,6\n",
        /* no header: six columns, Kraken's seven, Binance's twelve */
        ROW1 ROW2,
        "2020-01-01,10.5,12,9,11,5\n2020-01-01 01:00,11,13,10,12.25,6\n",
        "1577836800,10.5,12,9,11,5,17\n1577840400,11,13,10,12.25,6,4\n",
        "1577836800000,10.5,12,9,11,5,1577840399999,55.1,17,2.5,27.5,0\n"
        "1577840400000,11,13,10,12.25,6,1577843999999,70.2,4,3.5,41.5,0\n",
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
        "taker_buy_quote_volume,ignore\n1577836800000,10.5,12,9,11,5,1577840399999,55.1,17,2.5,27."
        "5,0\n"
        "1577840400000,11,13,10,12.25,6,1577843999999,70.2,4,3.5,41.5,0\n",
        /* one symbol, no wanted one */
        "symbol,ts_ms,open,high,low,close,volume\nA,1577836800000,10.5,12,9,11,5\n"
        "A,1577840400000,11,13,10,12.25,6\n",
    };
    struct bar_series plain = must_read_default(PLAIN);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct bar_series series = must_read_default(texts[i]);
        if (!hash128_equal(series.content_hash, plain.content_hash))
            fail_msg("another hash for: %s", texts[i]);
        assert_memory_equal(series.bars, plain.bars, plain.count * sizeof *plain.bars);
        bar_series_release(&series);
    }
    /* Gzipped, and with the length given. */
    struct blob packed = blob_gzip(PLAIN, strlen(PLAIN), 9);
    struct bar_source source;
    bar_source_init(&source, "other.csv.gz");
    source.bar_ns = HOUR_NS;
    struct bar_series series;
    struct problem problem;
    assert_int_equal(read_blob(&source, packed, 3, &series, &problem), STATUS_OK);
    assert_true(hash128_equal(series.content_hash, plain.content_hash));
    bar_series_release(&series);
    free(packed.data);
    bar_series_release(&plain);
}

/* Each of these differs from PLAIN in one thing that counts. */
static void other_content_has_another_hash(void **state)
{
    (void)state;
    static const char *const texts[] = {
        HEAD "1577836800000,10.6,12,9,11,5\n" ROW2,
        HEAD "1577836800000,10.5,12.1,9,11,5\n" ROW2,
        HEAD "1577836800000,10.5,12,9.00000001,11,5\n" ROW2,
        HEAD "1577836800000,10.5,12,9,11.000000001,5\n" ROW2,
        HEAD "1577836800000,10.5,12,9,11,5.0000000000000009\n" ROW2,
        HEAD ROW1 "1577844000000,11,13,10,12.25,6\n",
        PLAIN "1577844000000,10.5,12,9,11,5\n",
    };
    struct bar_series plain = must_read_default(PLAIN);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct bar_series series = must_read_default(texts[i]);
        if (hash128_equal(series.content_hash, plain.content_hash))
            fail_msg("the same hash for: %s", texts[i]);
        bar_series_release(&series);
    }
    bar_series_release(&plain);
}

/* The documented bytes, put together by hand. */
static void the_hash_is_as_documented(void **state)
{
    (void)state;
    struct bar_series series = must_read_default(PLAIN);
    unsigned char bytes[40 + 2 * 48] = "tern bars";
    uint64_t words[3 + 12] = {8, (uint64_t)HOUR_NS, 2};
    for (size_t i = 0; i < 2; i++) {
        const struct bar *bar = &series.bars[i];
        uint64_t *word = words + 3 + 6 * i;
        word[0] = (uint64_t)bar->open_time_ns;
        word[1] = (uint64_t)bar->open.units;
        word[2] = (uint64_t)bar->high.units;
        word[3] = (uint64_t)bar->low.units;
        word[4] = (uint64_t)bar->close.units;
        memcpy(&word[5], &bar->volume, 8);
    }
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        for (size_t k = 0; k < 8; k++)
            bytes[16 + 8 * i + k] = (unsigned char)(words[i] >> (8 * k));
    assert_true(hash128_equal(series.content_hash, hash128_of(bytes, sizeof bytes)));
    bar_series_release(&series);
}

static void gaps_and_volumes_are_counted(void **state)
{
    (void)state;
    struct bar_series series = must_read_default(HEAD ROW1 ROW2 "1577851200000,11,13,8,12,0\n"
                                                                "1577858400000,11,14,10,12,0.0\n"
                                                                "1577862000000,11,13,10,12,1\n");
    assert_int_equal(series.count, 5);
    assert_int_equal(series.gap_count, 2);
    assert_int_equal(series.gap_bars_missing, 3);
    assert_int_equal(series.gap_longest_ns, 3 * HOUR_NS);
    assert_int_equal(series.gap_longest_at_ns, 1577840400000000000);
    assert_int_equal(series.zero_volume_count, 2);
    assert_int_equal(series.low_min.units, 800000000);
    assert_int_equal(series.high_max.units, 1400000000);
    bar_series_release(&series);
}

/* ---- decimals ---- */

static void decimals_grow_to_what_is_needed(void **state)
{
    (void)state;
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    struct bar_series series = must_read(&source,
                                         HEAD ROW1 "1577840400000,11,13,10.123456789,12.25,6\n"
                                                   "1577844000000,11,13,10,12.0000000001,6\n");
    assert_int_equal(series.price_decimals, 10);
    assert_int_equal(series.bars[0].open.units, 105000000000);
    assert_int_equal(series.bars[1].low.units, 101234567890);
    assert_int_equal(series.bars[2].close.units, 120000000001);
    assert_int_equal(series.high_max.units, 130000000000);
    bar_series_release(&series);

    source.price_decimals_min = 0;
    series = must_read(&source, PLAIN);
    assert_int_equal(series.price_decimals, 2);
    assert_int_equal(series.bars[0].open.units, 1050);
    assert_int_equal(series.bars[1].close.units, 1225);
    bar_series_release(&series);

    source.price_decimals_max = 18;
    series = must_read(&source,
                       HEAD "1577836800000,0.000000000000000001,1,0.000000000000000001,1,1\n"
                            "1577840400000,9.223372036854775807,9.223372036854775807,1,1,1\n");
    assert_int_equal(series.price_decimals, 18);
    assert_int_equal(series.bars[0].open.units, 1);
    assert_int_equal(series.bars[1].open.units, INT64_MAX);
    bar_series_release(&series);
}

/* A random series read at all settings of the scale, against decimal_parse_i64 of each text. */
static void prices_equal_their_text(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 9, 0);
    for (unsigned round = 0; round < 2000; round++) {
        char text[4096] = HEAD;
        char prices[20][32];
        size_t size = strlen(text);
        size_t row_count = 2 + random_below(&random, 18);
        unsigned decimals_max = (unsigned)random_below(&random, 19);
        unsigned whole = (unsigned)random_below(&random, 19 - decimals_max);
        for (size_t i = 0; i < row_count; i++) {
            unsigned decimals = (unsigned)random_below(&random, decimals_max + 1);
            size_t at = 0;
            for (unsigned k = 0; k < whole; k++)
                prices[i][at++] = (char)('0' + random_below(&random, 10));
            if (decimals > 0 || whole == 0)
                prices[i][at++] = '.';
            for (unsigned k = 0; k < decimals; k++)
                prices[i][at++] = (char)('0' + random_below(&random, 10));
            /* Never zero. */
            prices[i][at > 0 && prices[i][at - 1] != '.' ? at - 1 : at] = '7';
            at += at == 0 || prices[i][at - 1] == '.' ? 1 : 0;
            prices[i][at] = '\0';
            size += (size_t)snprintf(text + size, sizeof text - size, "%u,%s,%s,%s,%s,1\n",
                                     1577836800U + 60U * (unsigned)i, prices[i], prices[i],
                                     prices[i], prices[i]);
        }
        struct bar_source source;
        bar_source_init(&source, "x.csv");
        source.price_decimals_min = (unsigned)random_below(&random, decimals_max + 1);
        source.price_decimals_max = 18;
        memcpy(text, "ts   ", 5);
        struct bar_series series;
        struct problem problem;
        if (read_text(&source, text, &series, &problem) != STATUS_OK)
            fail_msg("%s: %s\n%s", problem.where, problem.found, text);
        unsigned needed = source.price_decimals_min;
        for (size_t i = 0; i < row_count; i++) {
            unsigned count = 0;
            int64_t units = 0;
            assert_int_equal(decimal_count(text_of(prices[i]), &count), STATUS_OK);
            needed = count > needed ? count : needed;
            assert_int_equal(decimal_parse_i64(text_of(prices[i]), series.price_decimals, &units),
                             STATUS_OK);
            assert_int_equal(series.bars[i].open.units, units);
            assert_int_equal(series.bars[i].high.units, units);
            assert_int_equal(series.bars[i].low.units, units);
            assert_int_equal(series.bars[i].close.units, units);
        }
        assert_int_equal(series.price_decimals, needed);
        bar_series_release(&series);
    }
}

/* ---- quotes ---- */

static void quotes_become_exact_mid_prices(void **state)
{
    (void)state;
    static const char text[] =
        "ts_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_close,"
        "ask_size\n"
        "1577836800000,10,12,9,11,100,11,13,10,12,x\n"
        "1577836860000,10.00000001,12,9,11,100,10.00000002,13,10,12,\n"
        "1577836920000,10,12,9,11,100,11,13,10,12,5\n";
    struct bar_series series = must_read_default(text);
    assert_int_equal(series.price_decimals, 9);
    assert_int_equal(series.bars[0].open.units, 10500000000);
    assert_int_equal(series.bars[0].high.units, 12500000000);
    assert_int_equal(series.bars[0].low.units, 9500000000);
    assert_int_equal(series.bars[0].close.units, 11500000000);
    assert_int_equal(series.bars[1].open.units, 10000000015);
    assert_int_equal(series.bars[2].open.units, 10500000000);
    assert_int_equal(series.zero_volume_count, 3);
    bar_series_release(&series);

    /* Bids of 0 decimals and asks that grow the scale in the same row. */
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    source.price_decimals_min = 0;
    series = must_read(&source, "ts_ms,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,"
                                "ask_low,ask_close\n"
                                "1577836800000,10,10,10,10,10.25,10.25,10.25,10.25\n"
                                "1577836860000,10,10,10,10,12,12,12,12\n");
    assert_int_equal(series.price_decimals, 3);
    assert_int_equal(series.bars[0].open.units, 10125);
    assert_int_equal(series.bars[1].open.units, 11000);
    bar_series_release(&series);

    /* Here the bids in the scale before the asks' would add up to an even number too. */
    series = must_read(&source, "ts_ms,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,"
                                "ask_low,ask_close\n"
                                "1577836800000,10,10,10,10,10.2,10.2,10.2,10.2\n"
                                "1577836860000,10,10,10,10,12,12,12,12\n");
    assert_int_equal(series.price_decimals, 1);
    assert_int_equal(series.bars[0].open.units, 101);
    assert_int_equal(series.bars[1].open.units, 110);
    bar_series_release(&series);
}

/* ---- symbols, windows, lengths ---- */

static const char mixed[] = "symbol,ts_ms,open,high,low,close,volume\n"
                            "BTCUSDT,1577836800000,10.5,12,9,11,5\n"
                            "ETH/USDT,1577836800000,1,1,1,1,1\n"
                            "ETH/USDT,1577836800000,no,number,at,all,!\n"
                            "btc-usdt,1577840400000,11,13,10,12.25,6\n";

static void rows_of_one_symbol_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *instrument, *symbol;
    } rows[] = {
        {"BTC-USDT", NULL}, {"btc-usdt", NULL}, {"BTC-USDT", "BTCUSDT"},
        {NULL, "BTC_USDT"}, {NULL, "btc/usdt"}, {"XBT-USD", "BTC:USDT"},
    };
    struct bar_series plain = must_read_default(PLAIN);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct bar_source source;
        bar_source_init(&source, "x.csv");
        source.instrument = rows[i].instrument;
        source.symbol = rows[i].symbol;
        struct bar_series series = must_read(&source, mixed);
        assert_true(hash128_equal(series.content_hash, plain.content_hash));
        bar_series_release(&series);
    }
    bar_series_release(&plain);
    /* A stock's symbol is its base asset. */
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    source.instrument = "AAPL-USD";
    struct bar_series series = must_read(&source, "ticker,date,open,high,low,close,volume\n"
                                                  "AAPL,2020-01-01,1,1,1,1,1\n"
                                                  "AAPL,2020-01-02,1,1,1,1,1\n");
    assert_int_equal(series.count, 2);
    bar_series_release(&series);
}

static void the_volume_of_the_base_asset_counts(void **state)
{
    (void)state;
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    source.instrument = "ETH-BTC";
    struct bar_series series = must_read(
        &source, "unix,symbol,open,high,low,close,Volume BTC,Volume ETH,tradecount\n"
                 "1577836800,ETH/BTC,1,1,1,1,7,8,9\n1577836860,ETH/BTC,1,1,1,1,7,9,9\n");
    assert_true(series.bars[0].volume == 8 && series.bars[1].volume == 9);
    bar_series_release(&series);
    source.instrument = "BTC-USD";
    series = must_read(&source,
                       "Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),"
                       "Weighted_Price\n1577836800,1,1,1,1,7,8,9\n1577836860,1,1,1,1,7,9,9\n");
    assert_true(series.bars[0].volume == 7);
    bar_series_release(&series);
}

static void a_window_cuts_the_series(void **state)
{
    (void)state;
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    source.from_ns = 1577840400 * NANOSECONDS_PER_SECOND;
    source.to_ns = 1577847600 * NANOSECONDS_PER_SECOND;
    /* Rows outside may hold any prices, also finer ones. */
    struct bar_series series = must_read(&source, HEAD "1577836800000,10.5,12,9,0,5\n" ROW2
                                                       "1577844000000,11,13,10,12,6\n"
                                                       "1577847600000,11,13,10.0000000001,?,6\n");
    assert_int_equal(series.count, 2);
    assert_int_equal(series.price_decimals, 8);
    assert_int_equal(series.bars[0].open_time_ns, source.from_ns);
    assert_int_equal(series.bar_ns, HOUR_NS);
    bar_series_release(&series);

    source.from_ns = 1577847600 * NANOSECONDS_PER_SECOND;
    source.to_ns = INT64_MAX;
    struct problem problem;
    assert_int_equal(read_text(&source, PLAIN, &series, &problem), STATUS_DATA_INVALID);
    assert_string_equal(problem.found, "no bar lies in the time window; the file has "
                                       "2020-01-01T00:00:00Z to 2020-01-01T01:00:00Z");
    assert_null(series.bars);
}

static void lengths_are_inferred_or_judged(void **state)
{
    (void)state;
    static const struct {
        const char *times[4];
        const char *given, *length; /* NULL = inferred */
    } rows[] = {
        {{"2020-01-01 00:00", "2020-01-01 00:01"}, NULL, "1m"},
        {{"2020-01-01 00:00", "2020-01-01 00:05", "2020-01-01 00:06"}, NULL, "1m"},
        {{"2020-01-01 00:00", "2020-01-01 00:03", "2020-01-01 00:05", "2020-01-01 00:06"},
         NULL,
         "1m"},
        {{"2020-01-01 00:07", "2020-01-01 00:09", "2020-01-01 00:10"}, NULL, "1m"},
        {{"2020-01-03", "2020-01-06", "2020-01-07"}, NULL, "1d"},
        {{"1962-01-02", "1962-01-03", "1962-01-04"}, NULL, "1d"},
        {{"1969-12-31", "1970-01-01"}, NULL, "1d"},
        {{"2020-01-06", "2020-01-13"}, NULL, "1w"},
        {{"1969-12-29", "1970-01-05"}, NULL, "1w"},
        {{"2020-01-06"}, "1w", "1w"},
        {{"2020-01-01"}, "1h", "1h"},
        {{"2020-01-01", "2020-01-02"}, "1h", "1h"},
        {{"20200101", "20200102"}, NULL, "1d"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char text[400] = "time,open,high,low,close,volume\n";
        size_t size = strlen(text), count = 0;
        for (; count < 4 && rows[i].times[count] != NULL; count++)
            size += (size_t)snprintf(text + size, sizeof text - size, "%s,1,1,1,1,1\n",
                                     rows[i].times[count]);
        struct bar_source source;
        bar_source_init(&source, "x.csv");
        if (rows[i].given != NULL)
            assert_int_equal(duration_parse(text_of(rows[i].given), &source.bar_ns), STATUS_OK);
        struct bar_series series = must_read(&source, text);
        char length[DURATION_TEXT_SIZE];
        duration_format(length, series.bar_ns);
        assert_string_equal(length, rows[i].length);
        assert_int_equal(series.count, count);
        bar_series_release(&series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_form),
        cmocka_unit_test(other_writings_have_the_same_hash),
        cmocka_unit_test(other_content_has_another_hash),
        cmocka_unit_test(the_hash_is_as_documented),
        cmocka_unit_test(gaps_and_volumes_are_counted),
        cmocka_unit_test(decimals_grow_to_what_is_needed),
        cmocka_unit_test(prices_equal_their_text),
        cmocka_unit_test(quotes_become_exact_mid_prices),
        cmocka_unit_test(rows_of_one_symbol_are_taken),
        cmocka_unit_test(the_volume_of_the_base_asset_counts),
        cmocka_unit_test(a_window_cuts_the_series),
        cmocka_unit_test(lengths_are_inferred_or_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
