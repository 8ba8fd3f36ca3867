/* Each kind of bad input, with the exact place and finding that a person is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "import_support.h"

#include <stdio.h>

#define HEAD "ts_ms,open,high,low,close,volume\n"
#define ROW1 "1577836800000,10,12,9,11,5\n"  /* 2020-01-01T00:00:00 */
#define ROW2 "1577840400000,11,13,10,12,6\n" /* 01:00 */
#define QUOTES "ts_ms,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close\n"

struct bad_row {
    const char *name;
    const char *text;
    size_t size; /* 0 = up to the NUL */
    const char *where, *found;
    const char *next; /* how the advice begins; NULL = not looked at */
    const char *instrument;
    int64_t bar_ns;
    enum status status; /* 0 = STATUS_DATA_INVALID */
};

/* name, text, size, where, found, next, instrument, bar length, status */
static const struct bad_row rows[] = {
    /* the file */
    {"empty file", "", 0, "x.csv", "the file is empty"},
    {"only line ends", "\n\r\n\n", 0, "x.csv", "the file is empty"},
    {"only a byte order mark", "\xef\xbb\xbf", 0, "x.csv", "the file is empty"},
    {"header only", HEAD, 0, "x.csv", "no rows"},
    {"utf-16", "\xff\xfet\0s\0", 6, "x.csv:1", "the text is UTF-16", "iconv"},
    {"nul byte", HEAD "1577836800000,10,12,\0,11,5\n", 60, "x.csv:2", "a NUL byte"},
    {"cr alone", "ts_ms,open,high,low,close,volume\r1577836800000,1,1,1,1,1\r", 0, "x.csv:1",
     "lines end with CR alone"},
    /* the header */
    {"missing volume", "ts_ms,open,high,low,close\n", 0, "x.csv:1: volume",
     "the column is missing"},
    {"missing time", "open,high,low,close,volume\n", 0, "x.csv:1: time", "the column is missing"},
    {"missing high", "ts_ms,open,low,close,volume\n", 0, "x.csv:1: high", "the column is missing"},
    {"missing ask", "ts_ms,bid_open,bid_high,bid_low,bid_close\n", 0, "x.csv:1: ask_open",
     "the column is missing"},
    {"unknown column", "ts_ms,open,high,low,close,volume,mood\n", 0, "x.csv:1",
     "unknown column \"mood\"", "give --columns"},
    {"mistyped column", "ts_ms,open,higth,low,close,volume\n", 0, "x.csv:1",
     "unknown column \"higth\"", "did you mean high?"},
    {"nameless column", "ts_ms,open,high,low,close,volume,\n", 0, "x.csv:1", "unknown column \"\""},
    {"name twice", "ts_ms,open,high,low,close,close,volume\n", 0, "x.csv:1: close",
     "the name stands twice, in fields 5 and 6"},
    {"name twice in another case", "ts_ms,open,high,low,close,Open,volume\n", 0, "x.csv:1: open",
     "the name stands twice, in fields 2 and 6"},
    {"two names of one column", "ts_ms,open,high,low,close,volume,vol\n", 0, "x.csv:1: volume",
     "columns \"volume\" and \"vol\" mean the same"},
    {"two times", "ts_ms,time,open,high,low,close,volume\n", 0, "x.csv:1: time",
     "columns \"ts_ms\" and \"time\" mean the same"},
    {"prices and quotes", "ts_ms,open,high,low,close,volume,bid_open\n", 0, "x.csv:1",
     "both prices (open ...) and quotes (bid_open ...)"},
    {"volumes of two assets", "ts_ms,open,high,low,close,volume_btc,volume_usdt\n", 0,
     "x.csv:1: volume", "the column is missing", "name the instrument"},
    {"funding rates", "ts_ms,funding_rate\n1735689600000,0.0001\n", 0, "x.csv:1",
     "these are funding rates of a perpetual, not bars"},
    {"trades", "ts_ns,price,size,taker_side\n", 0, "x.csv:1", "these are trades, not bars"},
    {"quotes", "ts_ns,bid,bid_size,ask,ask_size\n", 0, "x.csv:1", "these are quotes, not bars"},
    {"order book", "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n", 0, "x.csv:1",
     "these are changes of an order book, not bars"},
    {"no header, 5 columns", "1577836800000,10,12,9,11\n", 0, "x.csv:1", "no header, and 5 columns",
     "give --columns time=1"},
    {"a factor file", "19980102,0.8613657,0.00892857,1\n", 0, "x.csv:1",
     "no header, and 4 columns"},
    /* rows */
    {"too few fields", HEAD ROW1 "1577840400000,11,13,10,12\n", 0, "x.csv:3", "5 fields"},
    {"too many fields", HEAD "1577836800000,10,12,9,11,5,7\n", 0, "x.csv:2", "7 fields"},
    {"a second header", HEAD ROW1 HEAD, 0, "x.csv:3: ts_ms", "found \"ts_ms\", no time"},
    {"cut row at the end", HEAD ROW1 "15778404", 0, "x.csv:3", "1 fields"},
    /* numbers */
    {"text for a price", HEAD "1577836800000,abc,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"abc\", no decimal number"},
    {"empty price", HEAD "1577836800000,10,,9,11,5\n", 0, "x.csv:2: high", "found \"\", nothing"},
    {"nan price", HEAD "1577836800000,10,12,NaN,11,5\n", 0, "x.csv:2: low",
     "found \"NaN\", no number (NaN)"},
    {"infinite price", HEAD "1577836800000,10,inf,9,11,5\n", 0, "x.csv:2: high",
     "found \"inf\", infinity"},
    {"negative price", HEAD "1577836800000,10,12,-9,11,5\n", 0, "x.csv:2: low",
     "found \"-9\", a negative number"},
    {"zero price", HEAD "1577836800000,10,12,0,11,5\n", 0, "x.csv:2: low", "found \"0\""},
    {"zero price with decimals", HEAD "1577836800000,0.000,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"0.000\""},
    {"exponent price", HEAD "1577836800000,1e1,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"1e1\", an exponent form", "write it out"},
    {"spaces around a price", HEAD "1577836800000, 10,12,9,11,5\n", 0, "x.csv:2: open",
     "found \" 10\", spaces around a number"},
    {"a point at the end", HEAD "1577836800000,10.,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"10.\", no decimal number"},
    {"thousands", HEAD "1577836800000,10'000,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"10'000\", no decimal number"},
    {"too many decimals", HEAD "1577836800000,10,12,9,11.12345678901,5\n", 0, "x.csv:2: close",
     "found \"11.12345678901\", which has more than 10 decimals",
     "give the instrument fewer quantity decimals"},
    {"too many decimals for any", HEAD "1577836800000,10,12,9,0.1234567890123456789,5\n", 0,
     "x.csv:2: close", "found \"0.1234567890123456789\", a number too large or too long"},
    {"price beyond 64 bits", HEAD "1577836800000,10,99999999999999999999,9,11,5\n", 0,
     "x.csv:2: high", "found \"99999999999999999999\", a number too large or too long"},
    {"price beyond its decimals", HEAD "1577836800000,10,92233720369,9,11,5\n", 0, "x.csv:2: high",
     "found \"92233720369\", the largest price does not fit at 8 decimals"},
    {"fine price after a large one",
     HEAD "1577836800000,10,9223372036,9,11,5\n1577840400000,10,12,9.0123456789,11,5\n", 0,
     "x.csv:3: low", "found \"9.0123456789\", the largest price does not fit at 8 decimals"},
    {"decimals grow twice, then too far",
     HEAD "1577836800000,1000000000,1000000000,1,1,5\n1577840400000,1.000000001,1.1,1,1,5\n"
          "1577844000000,1.0000000001,1.1,1,1,5\n",
     0, "x.csv:4: open", "found \"1.0000000001\", the largest price does not fit at 9 decimals"},
    {"text for a volume", HEAD "1577836800000,10,12,9,11,much\n", 0, "x.csv:2: volume",
     "found \"much\", no decimal number"},
    {"empty volume", HEAD "1577836800000,10,12,9,11,\n", 0, "x.csv:2: volume",
     "found \"\", nothing"},
    {"nan volume", HEAD "1577836800000,10,12,9,11,nan\n", 0, "x.csv:2: volume",
     "found \"nan\", no number (NaN)"},
    {"negative volume", HEAD "1577836800000,10,12,9,11,-1\n", 0, "x.csv:2: volume",
     "found \"-1\", a negative number"},
    {"exponent volume", HEAD "1577836800000,10,12,9,11,6E-05\n", 0, "x.csv:2: volume",
     "found \"6E-05\", an exponent form"},
    /* prices of one row */
    {"high below low", HEAD "1577836800000,10,8,9,10,5\n", 0, "x.csv:2: high",
     "found \"8\", below low 9"},
    {"open above high", HEAD "1577836800000,12.01,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"12.01\", outside low 9 to high 12"},
    {"open below low", HEAD "1577836800000,8.99,12,9,11,5\n", 0, "x.csv:2: open",
     "found \"8.99\", outside low 9 to high 12"},
    {"close above high", HEAD "1577836800000,10,12,9,12.00000001,5\n", 0, "x.csv:2: close",
     "found \"12.00000001\", outside low 9 to high 12"},
    {"close below low", HEAD "1577836800000,10,12,9,8,5\n", 0, "x.csv:2: close",
     "found \"8\", outside low 9 to high 12"},
    {"zero bid", QUOTES "1577836800000,0,1,0,1,2,2,2,2\n", 0, "x.csv:2: bid_open", "found \"0\""},
    {"ask close above high", QUOTES "1577836800000,1,1,1,1,2,2,2,3\n", 0, "x.csv:2: ask_close",
     "found \"3\", outside ask_low 2 to ask_high 2"},
    {"mid price too fine", QUOTES "1577836800000,1.0000000001,2,1,1,2,3,2,2\n", 0,
     "x.csv:2: bid_open", "found \"1.0000000001\", the mid price has more than 10 decimals"},
    /* times */
    {"text for a time", HEAD "soon,10,12,9,11,5\n", 0, "x.csv:2: ts_ms", "found \"soon\", no time"},
    {"empty time", HEAD ",10,12,9,11,5\n", 0, "x.csv:2: ts_ms", "found \"\", no time"},
    {"negative time", HEAD "-5,10,12,9,11,5\n", 0, "x.csv:2: ts_ms", "found \"-5\", no time"},
    {"exponent time", HEAD "1.5778368e12,10,12,9,11,5\n", 0, "x.csv:2: ts_ms",
     "found \"1.5778368e12\", no time"},
    {"time too large", HEAD "15778368000000000,10,12,9,11,5\n", 0, "x.csv:2: ts_ms",
     "found \"15778368000000000\", no time"},
    {"time too small to tell its unit", "time,open,high,low,close,volume\n5,10,12,9,11,5\n", 0,
     "x.csv:2: time", "found \"5\", no time"},
    {"no such day", "date,open,high,low,close,volume\n2023-02-29,10,12,9,11,5\n", 0,
     "x.csv:2: date", "found \"2023-02-29\", no time"},
    {"date under a name with a unit", HEAD "2023-02-28,10,12,9,11,5\n", 0, "x.csv:2: ts_ms",
     "found \"2023-02-28\", no time"},
    {"unsorted", HEAD ROW1 "1577844000000,11,13,10,12,6\n" ROW2, 0, "x.csv:4: ts_ms",
     "found \"1577840400000\", earlier than line 3 (2020-01-01T02:00:00Z)", "sort the rows"},
    {"unsorted, newest first", HEAD ROW2 ROW1 "1577844000000,11,13,10,12,6\n", 0, "x.csv:4: ts_ms",
     "found \"1577844000000\", later than line 3 (2020-01-01T00:00:00Z)", "sort the rows"},
    {"the same row again", HEAD ROW1 ROW1, 0, "x.csv:3: ts_ms",
     "found \"1577836800000\", the time of line 2 again", "take the second row out"},
    {"the same time again", HEAD ROW1 "1577836800000,11,13,10,12,6\n", 0, "x.csv:3: ts_ms",
     "found \"1577836800000\", the time of line 2 again"},
    {"the same time after an empty line", HEAD ROW1 "\n" ROW1, 0, "x.csv:4: ts_ms",
     "found \"1577836800000\", the time of line 2 again"},
    {"not aligned", HEAD "1577836801000,10,12,9,11,5\n", 0, "x.csv:2: ts_ms",
     "found \"1577836801000\", 2020-01-01T00:00:01Z is no multiple of 1h", "check the bar's length",
     NULL, HOUR_NS},
    {"not aligned later", HEAD ROW1 "1577840460000,11,13,10,12,6\n", 0, "x.csv:3: ts_ms",
     "found \"1577840460000\", 2020-01-01T01:01:00Z is no multiple of 1h", NULL, NULL, HOUR_NS},
    {"closer than a bar", HEAD ROW1 "1577837700000,11,13,10,12,6\n", 0, "x.csv:3: ts_ms",
     "found \"1577837700000\", 15m after line 2, nearer than a bar of 1h", NULL, NULL, HOUR_NS},
    {"week from a thursday", HEAD "1577923200000,10,12,9,11,5\n", 0, "x.csv:2: ts_ms",
     "found \"1577923200000\", 2020-01-02T00:00:00Z is no multiple of 1w", NULL, NULL,
     7 * NANOSECONDS_PER_DAY},
    {"longer bars than said", HEAD ROW1 ROW2 "1577844000000,11,13,10,12,6\n", 0, "x.csv:3: time",
     "no two rows are 15m apart, the nearest are 1h", "give the bar's length as 1h", NULL,
     15 * MINUTE_NS},
    {"one row, no length", HEAD ROW1, 0, "x.csv:2: time",
     "one row alone does not tell how long a bar is", "give the bar's length"},
    {"inferred length does not divide", HEAD ROW1 ROW2 "1577845800000,11,13,10,12,6\n", 0,
     "x.csv:4: time", "rows up to line 3 are 1h apart, here a step is no multiple of that",
     "if bars are missing, give the bar's length; 30m would fit"},
    {"inferred length not aligned", HEAD "1577836860000,10,12,9,11,5\n1577840460000,10,12,9,11,5\n",
     0, "x.csv:2: time", "2020-01-01T00:01:00Z, with rows 1h apart"},
    /* symbols */
    {"two symbols, none named",
     "symbol,ts_ms,open,high,low,close,volume\nA,1577836800000,1,1,1,1,1\n"
     "B,1577840400000,1,1,1,1,1\n",
     0, "x.csv:3: symbol", "found \"B\", after rows of another symbol",
     "name the instrument or the symbol"},
    {"symbol not there",
     "symbol,ts_ms,open,high,low,close,volume\nETHUSDT,1577836800000,1,1,1,1,1\n"
     "BTCUSD,1577840400000,1,1,1,1,1\n",
     0, "x.csv", "no row of the symbol BTCUSDT", "did you mean BTCUSD?", "BTC-USDT", 0,
     STATUS_NOT_FOUND},
    {"empty symbol", "symbol,ts_ms,open,high,low,close,volume\n,1577836800000,1,1,1,1,1\n", 0,
     "x.csv:2: symbol", "found \"\", nothing"},
    {"pair and its base asset both",
     "symbol,ts_ms,open,high,low,close,volume\nBTC,1577836800000,1,1,1,1,1\n"
     "BTC-USD,1577836800000,1,1,1,1,1\nBTC,1577836800000,1,1,1,1,1\n",
     0, "x.csv:4: ts_ms", "found \"1577836800000\", the time of line 2 again", NULL, "BTC-USD"},
    {"base asset of the pair behind it",
     "symbol,ts_ms,open,high,low,close,volume\nBTC-USD,1577836800000,1,1,1,1,1\n"
     "BTC,1577836800000,1,1,1,1,1\nBTC/USD,1577836800000,1,1,1,1,1\n",
     0, "x.csv:4: ts_ms", "found \"1577836800000\", the time of line 2 again", NULL, "BTC-USD"},
    /* a message shows no more of a field than fits, and nothing that draws on a terminal */
    {"a long field",
     HEAD
     "1577836800000,aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg,1,1,1,1\n",
     0, "x.csv:2: open",
     "found \"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff\", no decimal number"},
    {"an escape sequence", HEAD "1577836800000,\x1b[31m,1,1,1,1\n", 0, "x.csv:2: open",
     "found \"?[31m\", no decimal number"},
};

/* In every piece size, plain and gzipped; the result is empty each time. */
static void check_row(void **state)
{
    const struct bad_row *row = *state;
    size_t size = row->size > 0 ? row->size : strlen(row->text);
    static const size_t pieces[] = {0, 1, 13};
    for (size_t i = 0; i < 2 * ARRAY_COUNT(pieces); i++) {
        struct blob blob = i % 2 == 0 ? blob_of(row->text, size) : blob_gzip(row->text, size, 6);
        struct bar_source source;
        bar_source_init(&source, "x.csv");
        source.instrument = row->instrument;
        source.bar_ns = row->bar_ns;
        struct bar_series series, empty = {0};
        struct problem problem;
        enum status status = read_blob(&source, blob, pieces[i / 2], &series, &problem);
        assert_int_equal(status, row->status != STATUS_OK ? row->status : STATUS_DATA_INVALID);
        assert_int_equal(problem.status, status);
        assert_string_equal(problem.where, row->where);
        assert_string_equal(problem.found, row->found);
        if (row->next != NULL && strncmp(problem.next, row->next, strlen(row->next)) != 0)
            fail_msg("next: %s; expected: %s", problem.next, row->next);
        assert_memory_equal(&series, &empty, sizeof empty);
        free(blob.data);
    }
}

int main(void)
{
    struct CMUnitTest tests[ARRAY_COUNT(rows)];
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        tests[i] = (struct CMUnitTest){rows[i].name, check_row, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
