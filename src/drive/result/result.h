/* What one back-test produced: plain data that the back-test loop fills and that metrics, tables
 * and files read.
 *
 *     struct backtest_result result;
 *     backtest_result_init(&result);
 *     … result.seed = 7; backtest_result_add_fill(&result, &fill) …
 *     backtest_result_finish(&result);       what can be derived: drawdowns and warnings
 *     backtest_result_release(&result);
 *
 * Invariants, which backtest_result_finish checks and reports as a status:
 *  1. equity points rise strictly in time; fills, orders and trips are in the order they happened;
 *  2. every bot and instrument index is below the count of its array;
 *  3. the text fields are NUL-terminated.
 *
 * All money is in the reporting currency (`currency`) unless a field says otherwise, as exact
 * amounts (10^-18). All times are nanoseconds since 1970 UTC. */
#ifndef TERN_DRIVE_RESULT_RESULT_H
#define TERN_DRIVE_RESULT_RESULT_H

#include "base/hash.h"
#include "core/model/input.h"
#include "core/model/instrument.h"

#define RESULT_NAME_SIZE 64
#define RESULT_ASSET_SIZE 16
#define RESULT_ID_SIZE 48
#define RESULT_WARNING_SIZE 200

/* An array never grows beyond its maximum; what would is answered with STATUS_FULL. */
#define RESULT_EQUITY_COUNT_MAX (UINT32_C(1) << 26)
#define RESULT_ROWS_COUNT_MAX (UINT32_C(1) << 24)  /* fills, orders, trips */
#define RESULT_NAMES_COUNT_MAX (UINT32_C(1) << 16) /* bots, instruments, denials, warnings */

/* What the data of one instrument were: scales to print by, and its first and last close. */
struct result_instrument {
    char name[RESULT_NAME_SIZE]; /* BTC-USD */
    uint8_t price_decimals;      /* unit of every struct price of this instrument */
    uint8_t quantity_decimals;
    bool has_prices;   /* false where the series had no bar */
    bool stale_at_end; /* its position was valued at a price older than the last bar */
    struct price first_close, last_close;
    int64_t bar_ns;        /* length of its bars in the data */
    uint64_t bars_count;   /* bars read */
    uint64_t bars_missing; /* bars that lie between the first and the last but are not there */
};

struct result_bot {
    char name[RESULT_NAME_SIZE];
    char kind[RESULT_NAME_SIZE]; /* score, ma_cross, … */
    struct amount realized;      /* before fees */
    struct amount unrealized;
    struct amount fees;                  /* paid: positive */
    struct amount funding;               /* received: positive */
    struct ratio stop_loss, take_profit; /* shares of the entry price; 0: none. Not written */
    uint64_t trips_count;
    bool open_at_end; /* held a position when the data ended */
    bool overdrawn;   /* its book's cash was below zero at some time */
};

struct result_fill {
    int64_t time_ns;
    uint32_t bot;        /* index into bots */
    uint32_t instrument; /* index into instruments */
    enum side side;
    enum liquidity liquidity;
    struct quantity quantity; /* > 0 */
    struct price price;
    struct amount notional; /* price x quantity, in the reporting currency, >= 0 */
    struct amount fee;      /* in fee_asset; paid: positive */
    char fee_asset[RESULT_ASSET_SIZE];
    char client_order_id[RESULT_ID_SIZE];
    char venue_trade_id[RESULT_ID_SIZE];
};

struct result_order {
    int64_t time_ns;     /* when it was decided */
    int64_t end_time_ns; /* when it ended; 0 where it is still open */
    uint32_t bot, instrument;
    enum side side;
    bool has_price;           /* false: a market order */
    struct quantity quantity; /* > 0 */
    struct price price;       /* its limit, where has_price */
    struct quantity filled;
    struct amount average_price; /* of its fills, quote per base; 0 while nothing is filled */
    const char *type;            /* market, limit, …: static text */
    const char *state;           /* filled, denied, …: static text */
    const char *reason; /* static text: why it was denied, rejected or cancelled; "" none */
    char client_order_id[RESULT_ID_SIZE];
};

/* One a bar of the finest series, at the bar's closing time. */
struct result_equity {
    int64_t time_ns;
    double drawdown;      /* (peak - equity) / peak so far; set by backtest_result_finish */
    struct amount equity; /* cash + value of positions */
    struct amount cash;
    struct amount exposure; /* sum over instruments of |position x mark|: gross, in currency */
};

/* A trip opens when a flat position becomes long or short and closes when it is flat again; one
 * that turns through zero closes one trip and opens the next. */
struct result_trip {
    int64_t open_time_ns, close_time_ns;
    uint32_t bot, instrument;
    enum side side; /* SIDE_BUY: it was long */
    bool has_excursion;
    struct quantity quantity;  /* the largest held */
    struct amount entry_price; /* averages, quote per base */
    struct amount exit_price;
    struct amount realized; /* before fees */
    struct amount fees;     /* of its own fills; paid: positive */
    struct amount net;      /* realized - fees */
    uint64_t bars_held;     /* of the bot's own bars */
    double favourable;      /* best and worst price seen against entry, as ratios >= 0 */
    double adverse;
    const char *exit_reason; /* signal, stop_loss, take_profit, …: static text */
};

struct result_denial {
    char reason[RESULT_NAME_SIZE];
    uint64_t count;
};
struct result_warning {
    char text[RESULT_WARNING_SIZE];
};

struct result_fills {
    struct result_fill *items;
    uint32_t count, capacity;
};
struct result_orders {
    struct result_order *items;
    uint32_t count, capacity;
};
struct result_equities {
    struct result_equity *items;
    uint32_t count, capacity;
};
struct result_trips {
    struct result_trip *items;
    uint32_t count, capacity;
};
struct result_bots {
    struct result_bot *items;
    uint32_t count, capacity;
};
struct result_instruments {
    struct result_instrument *items;
    uint32_t count, capacity;
};
struct result_denials {
    struct result_denial *items;
    uint32_t count, capacity;
};
struct result_warnings {
    struct result_warning *items;
    uint32_t count, capacity;
};

struct result_market; /* what the market did, for a report: research/market.h */

struct backtest_result {
    /* What ran. */
    char name[RESULT_NAME_SIZE];    /* the configuration's file name, for people */
    char version[RESULT_NAME_SIZE]; /* of tern */
    char kind[RESULT_NAME_SIZE];    /* of its bots, for counting trials: "score", "dca+score" */
    char currency[RESULT_ASSET_SIZE];
    struct hash128 config_hash, data_hash, journal_hash;
    uint64_t seed;
    int64_t from_ns, to_ns; /* opening of the first bar, closing of the last */
    int64_t bar_ns;         /* of the finest series */
    uint64_t inputs_count;
    uint64_t bars_count; /* of all series */
    double wall_seconds;
    uint64_t trials_count;         /* of research/trials; 0 where they could not be counted */
    double trials_sharpe_variance; /* of their Sharpe ratios a period; 0 where it is not known */
    bool fills_at_this_close;      /* simulation.fill: this_close */
    struct ratio slippage;         /* simulation.slippage_bps: in the prices of fills that took */

    /* Books. end = start + realized + unrealized - fees + funding, exactly. */
    struct amount start_equity, end_equity;
    struct amount realized; /* before fees */
    struct amount unrealized;
    struct amount fees;    /* paid: positive */
    struct amount funding; /* received: positive */

    /* Counts; they hold even where the arrays were not kept. */
    uint64_t orders_count, fills_count, trips_count;

    struct result_instruments instruments;
    struct result_bots bots;
    struct result_denials denials; /* counted by reason, in the order they first came */
    struct result_fills fills;
    struct result_orders orders;
    struct result_equities equity;
    struct result_trips trips;
    struct result_warnings warnings;

    struct result_market *market; /* owned; NULL where nobody gathered it */
};

/* Everything zero and empty. */
void backtest_result_init(struct backtest_result *result);
void backtest_result_release(struct backtest_result *result);

/* Each copies one row to the end of its array: STATUS_FULL at the maximum, STATUS_NO_MEMORY. Those
 * of fills, orders and trips count it in fills_count, orders_count or trips_count as well. */
MUST_USE enum status backtest_result_add_instrument(struct backtest_result *result,
                                                    const struct result_instrument *instrument);
MUST_USE enum status backtest_result_add_bot(struct backtest_result *result,
                                             const struct result_bot *bot);
MUST_USE enum status backtest_result_add_fill(struct backtest_result *result,
                                              const struct result_fill *fill);
MUST_USE enum status backtest_result_add_order(struct backtest_result *result,
                                               const struct result_order *order);
MUST_USE enum status backtest_result_add_trip(struct backtest_result *result,
                                              const struct result_trip *trip);
/* A point at the time of the last one replaces it: the last value at a time counts. */
MUST_USE enum status backtest_result_add_equity(struct backtest_result *result,
                                                const struct result_equity *point);
/* One denial more for that reason. */
MUST_USE enum status backtest_result_add_denial(struct backtest_result *result, struct text reason);
/* A warning already there is not repeated; one too long is cut at a character boundary. */
MUST_USE enum status backtest_result_add_warning(struct backtest_result *result, struct text text);

/* Sets every equity point's drawdown. STATUS_CORRUPT where an invariant above does not hold.
 * Warnings are found by warnings_find (research/warnings.h), after the metrics. */
MUST_USE enum status backtest_result_finish(struct backtest_result *result);

#endif
