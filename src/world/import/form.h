/* The forms that files of bars have, and how each is known. docs/reference/formats.md tells
 * them to people.
 *
 * A file with a header is known by its columns' names (columns.h). What has none is known by the
 * number of its columns, by the names around it (LEAN) or by the members around its rows (JSON). */
#ifndef TERN_WORLD_IMPORT_FORM_H
#define TERN_WORLD_IMPORT_FORM_H

#include "world/import/calendar.h"

/* X(NAME, "name", "what it is") */
#define BAR_FORM_TABLE(X)                                                      \
    X(NAMED, "named", "columns known by the names in the first line")          \
    X(CHOSEN, "chosen", "columns as --columns says")                           \
    X(PLAIN, "plain", "no header: time, open, high, low, close, volume")       \
    X(KRAKEN, "kraken", "Kraken's CSV: no header, trades behind the volume")   \
    X(BINANCE, "binance", "Binance's klines: 12 columns, header or none")      \
    X(LEAN_TRADES, "lean_trades", "LEAN's trade bars")                         \
    X(LEAN_QUOTES, "lean_quotes", "LEAN's quote bars, read as mid prices")     \
    X(JSON_ROWS, "json_rows", "JSON rows of numbers, as freqtrade keeps them") \
    X(JSON_OBJECTS, "json_objects", "JSON rows with names")                    \
    X(KRAKEN_JSON, "kraken_json", "an answer of Kraken's OHLC")                \
    X(BITSTAMP_JSON, "bitstamp_json", "an answer of Bitstamp's ohlc")          \
    X(TAPE, "tape", "a tape of tern's own")

enum bar_form {
#define BAR_FORM_ENUM(NAME, name, sentence) BAR_FORM_##NAME,
    BAR_FORM_TABLE(BAR_FORM_ENUM) BAR_FORM_COUNT
#undef BAR_FORM_ENUM
};

struct bar_form_row {
    const char *name, *sentence;
};
extern const struct bar_form_row bar_forms[BAR_FORM_COUNT];

/* How a time column is written. */
enum time_form {
    TIME_FORM_ANY,     /* a date, or an integer whose size tells its unit */
    TIME_FORM_SECONDS, /* the value says the factor to nanoseconds: 10^(3 * (4 - form)) */
    TIME_FORM_MILLISECONDS,
    TIME_FORM_MICROSECONDS,
    TIME_FORM_NANOSECONDS,
    TIME_FORM_DAY_MILLISECONDS, /* of the day that is told elsewhere (LEAN) */
    TIME_FORM_MONTH_FIRST,      /* 12/31/2024, with a clock behind or none */
    TIME_FORM_DAY_FIRST,        /* 31/12/2024, 31.12.2024 */
};

/* What the path of a LEAN file says of what is in it:
 *
 *     equity/usa/minute/aapl/20140605_trade.zip : 20140605_aapl_minute_trade.csv
 *     crypto/coinbase/minute/btcusd/20180404_quote.zip : 20180404_btcusd_minute_quote.csv
 *     equity/usa/daily/aapl.zip : aapl.csv
 */
struct lean_name {
    bool has_day;         /* the date stands in the name, rows have milliseconds of that day */
    int64_t day;          /* its number since 1970 */
    bool is_tick;         /* single trades or quotes, no bars */
    bool market_known;    /* equity or crypto is in the path; else the two below say nothing */
    unsigned price_scale; /* prices are whole numbers of 10^-price_scale */
    struct zone zone;     /* of the times */
};

/* `path` is that of the file, absolute where it can be; `member` is one of a zip archive, or NULL.
 * */
struct lean_name lean_name_of(const char *path, const char *member);

#endif
