/* Bars out of CSV, JSON and LEAN files, plain, gzipped or in zip archives: exact prices, every row
 * judged, nothing half done.
 *
 *     ts_ms,open,high,low,close,volume
 *     1576836000000,42330.0,42330.0,42066.0,42124.0,0.12805
 *
 *     struct bar_source source;
 *     bar_source_init(&source, "btcusdt-1h.csv.gz");
 *     source.bar_ns = 3600 * NANOSECONDS_PER_SECOND;
 *     struct bar_series series;
 *     enum status status = bar_series_read(&source, &series, &problem);
 *     ...
 *     bar_series_release(&series);
 *
 * Columns are found by name, in any order and case (the names are in columns.h):
 *   - a time of opening, in UTC: an integer in s, ms, us or ns, by the name's ending (`ts_ms`) or
 *     by its size; or a date `YYYY-MM-DD` (midnight), `YYYY-MM-DD HH:MM:SS` or RFC 3339;
 *   - open, high, low, close, volume; or bid_open … ask_close, which are read as exact mid prices
 *     (bid + ask) / 2 with volume 0;
 *   - `symbol` where one file holds several instruments, row by row in any mixture.
 * Columns known to be no part of a bar (average, adj_close, trades ...) are skipped; one that is
 * not known is an error. A file without a header is read where it has 6 columns: time, open, high,
 * low, close, volume; or the 12 of Binance's dumps; or the 7 of Kraken's. LEAN's files are known by
 * their names (form.h), JSON by its first character (json_rows.h). Rows may be oldest first or all
 * of them newest first.
 *
 * What holds of every series that is returned:
 *   1. count > 0; open times rise strictly and are multiples of bar_ns in UTC (weeks begin on
 *      Monday); times that are absent are gaps, counted and never filled;
 *   2. 0 < low <= open, close <= high; volume finite and >= 0;
 *   3. each price equals the text of the file exactly; price_decimals is the least number, not
 *      below price_decimals_min, that holds every price read, bids and asks too;
 *   4. two adjacent rows somewhere are exactly bar_ns apart (where there are three rows or more).
 *
 * content_hash covers what was read and nothing of how it was written: XXH3-128 over
 *
 *     "tern bars" 0 0 0 0 0 0 0 (16 bytes)  price_decimals (u64)  bar_ns (i64)  count (u64)
 *     count times: open_time_ns, open, high, low, close (i64 each), volume (IEEE-754 binary64)
 *
 * all little-endian. A file gzipped, with CRLF, with a byte order mark, with other columns beside
 * or its columns in another order has the same hash. */
#ifndef TERN_WORLD_IMPORT_BARS_H
#define TERN_WORLD_IMPORT_BARS_H

#include "base/hash.h"
#include "base/problem.h"
#include "core/model/bar.h"
#include "world/import/form.h"

struct byte_source;

/* More bars than this are refused (6 GiB of them). */
#define BAR_SERIES_COUNT_MAX ((size_t)1 << 27)

/* What to read; borrows its texts. */
struct bar_source {
    const char *path;            /* the file; in messages as it stands here */
    const char *instrument;      /* `BTC-USDT`; may be NULL */
    const char *symbol;          /* the wanted one in a file with several; NULL: the instrument's
                                  * name or its base asset. Compared without case and - / _ : */
    int64_t bar_ns;              /* length of a bar; 0: the smallest step between two rows */
    bool skip_unaligned;         /* rows off the grid of bar_ns (which is then given) are left out
                                  * and counted instead of refused: some sources end a session with
                                  * the last trade's time */
    unsigned price_decimals_min; /* 8 by default */
    unsigned price_decimals_max; /* 10 by default: 18 - quantity_decimals; <= 18 */
    /* For files that do not tell by themselves; docs/reference/formats.md. */
    const char *columns; /* `time=Timestamp,open=2,…`; NULL: by names or number (columns.h) */
    char delimiter;      /* between fields; 0: comma, tab or semicolon, as found */
    enum time_form time_form; /* unit of an integer time; any: by its size */
    bool has_zone;            /* times are those of clocks in `zone`, not of UTC */
    struct zone zone;
    int price_scale;    /* prices are 10^price_scale times what they mean; -1: as the form has it */
    const char *member; /* of a zip archive; NULL: all of them, in the order of their names */
    bool folder;        /* the path may be a folder: all its files, in the order of their names */
    bool quotes;        /* of LEAN's folders: quotes, not trades */
    int64_t from_ns;    /* only bars with from_ns <= open time < to_ns are kept; of the */
    int64_t to_ns;      /* others the times are judged, the prices are not */
};

/* All defaults: no instrument, inferred bar length, strict, 8 to 10 decimals, all times. */
void bar_source_init(struct bar_source *source, const char *path);
/* BTC of BTC-USDT; empty where no instrument is given. */
struct text bar_source_base_asset(const struct bar_source *source);

struct bar_series {
    struct bar *bars; /* owned; count of them, oldest first */
    size_t count;
    unsigned price_decimals; /* unit of all prices: 10^-price_decimals */
    int64_t bar_ns;          /* length of a bar, given or inferred */
    struct hash128 content_hash;
    uint64_t zero_volume_count; /* bars with volume 0 */
    uint64_t unaligned_count;   /* rows left out by skip_unaligned */
    uint64_t one_sided_count;   /* rows of quotes left out because bid or ask was empty (LEAN) */
    enum bar_form form;         /* what the file was recognised as */
    uint64_t gap_count;         /* places where the next bar is not adjacent */
    uint64_t gap_bars_missing;  /* bars absent in all gaps together */
    int64_t gap_longest_ns;     /* open time to open time across the longest gap; 0 without gaps */
    int64_t gap_longest_at_ns;  /* open time of the bar before it (the first such) */
    struct price low_min, high_max;
};

/* Reads source->path. On failure *out is empty (all zero), nothing needs releasing, and *problem
 * says file, line, column, what was found, what is allowed and what to do next:
 *   STATUS_NOT_FOUND     there is no such file, or no row of the wanted symbol;
 *   STATUS_IO            it cannot be opened or read;
 *   STATUS_DATA_INVALID  its content is not what the top of this file promises;
 *   STATUS_NO_MEMORY     also for more than BAR_SERIES_COUNT_MAX bars. */
MUST_USE enum status bar_series_read(const struct bar_source *source, struct bar_series *out,
                                     struct problem *problem);
/* The same from bytes that are already decoded (CSV text); source->path is only the name in
 * messages. Does not close `bytes`. */
MUST_USE enum status bar_series_read_bytes(const struct bar_source *source,
                                           struct byte_source *bytes, struct bar_series *out,
                                           struct problem *problem);
/* Frees the bars and empties the series; an empty one is nothing to do. */
void bar_series_release(struct bar_series *series);

#endif
