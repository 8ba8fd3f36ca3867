/* What the market did during a back-test, thinned for a report: candles of the instruments that
 * were traded most, every bar around their fills, and the curve of buying and holding.
 *
 *     bars, or trades of a session ──► market_gather ──► result.market ──► report.html
 *
 * Limits, whatever the length of the data, so that a report stays small and quick:
 *  1. at most MARKET_INSTRUMENTS_MAX instruments, those with the most fills first, and no further
 *     one once MARKET_BARS_READ_MAX bars have been looked at;
 *  2. at most MARKET_CANDLES_MAX candles in all, each of a whole number of bars;
 *  3. where a candle holds several bars, up to MARKET_NEAR_MAX single bars near fills besides. */
#ifndef TERN_DRIVE_RESULT_MARKET_H
#define TERN_DRIVE_RESULT_MARKET_H

#include "core/model/bar.h"
#include "drive/result/result.h"

#define MARKET_INSTRUMENTS_MAX 12u
#define MARKET_BARS_READ_MAX 4000000u
#define MARKET_CANDLES_MAX 120000u
#define MARKET_NEAR_MAX 40000u
#define MARKET_NEAR_BARS 30 /* before and behind a fill */
#define MARKET_CURVE_MAX 1000u

/* Prices in the instrument's price_decimals. */
struct market_candle {
    int64_t time_ns; /* opening, a multiple of the candle's length */
    int64_t open, high, low, close;
};

struct market_candles {
    struct market_candle *items; /* owned; rising in time */
    uint32_t count;
    int64_t length_ns;
};

struct market_instrument {
    uint32_t instrument; /* index into the result's instruments */
    struct market_candles all, near;
};

/* Value of the start equity, had it been spread evenly over the instruments that have prices. */
struct market_point {
    int64_t time_ns;
    double growth; /* 1 at the start */
};

struct result_market {
    struct market_instrument *instruments; /* owned; most fills first */
    uint32_t count, of;                    /* shown, of how many that have prices */
    struct market_point *curve; /* owned; at times of equity points, the last one among them */
    uint32_t curve_count;
};

struct market_tick {
    int64_t time_ns;
    int64_t price;
};

/* One source of prices: bars, or trades and quotes of a session, which have one price each. */
struct market_source {
    uint32_t instrument;
    uint8_t price_decimals;
    const struct bar *bars;          /* borrowed; NULL: ticks */
    const struct market_tick *ticks; /* borrowed; rising in time */
    size_t count;
    int64_t bar_ns; /* of bars; 0 for ticks */
};

/* Sets result->market from a finished result and the sources in any order; of several for one
 * instrument the one with the most entries counts. STATUS_NO_MEMORY. */
MUST_USE enum status market_gather(struct backtest_result *result,
                                   const struct market_source *sources, uint32_t count);
/* NULL is nothing to release. */
void market_release(struct result_market *market);

#endif
