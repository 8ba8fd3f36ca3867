/* The configuration: one YAML file read into one plain struct, or one problem that says where,
 * what was found, what is allowed and what to do next.
 *
 *     struct config config;
 *     struct problem problem;
 *     problem_init(&problem);
 *     if (config_read_file("score.yaml", CONFIG_BACKTEST, &config, &problem) != STATUS_OK)
 *         ...                      // score.yaml:14: bots[0].enter: found "5"; allowed: -1 to 1
 *     for (uint32_t i = 0; i < config.bots_count; i++)
 *         ...config.bots[i].name...
 *     config_release(&config);
 *
 * 1. A config that was read is complete: every key has its value, defaults included, and every
 *    rule of check.c holds. A call that fails leaves nothing to release.
 * 2. Everything a config points to is owned by it and lives until config_release. Text is
 *    NUL-terminated and printable UTF-8; NULL means absent.
 * 3. Numbers that scale money are exact: amounts in 10^-18, ratios in parts per million. They
 *    are read from the characters of the file, never through a double.
 * 4. Every key is one row of the option table (table_*.c); that table also prints the reference
 *    page and the canonical text. */
#ifndef TERN_DRIVE_CONFIG_CONFIG_H
#define TERN_DRIVE_CONFIG_CONFIG_H

#include "base/hash.h"
#include "base/problem.h"
#include "core/model/number.h"
#include "core/signal/convention.h"
#include "sim/book/queue.h"

#define CONFIG_FILE_SIZE_MAX (1024 * 1024)
#define CONFIG_TEXT_SIZE_MAX (8 * CONFIG_FILE_SIZE_MAX) /* canonical text says what files omit */
#define CONFIG_BOTS_MAX 1024
#define CONFIG_INSTRUMENTS_MAX 256
#define CONFIG_DATA_MAX 256
#define CONFIG_ASSETS_MAX 256
#define CONFIG_GUARDS_MAX 256
#define CONFIG_FEE_TIERS_MAX 32
#define CONFIG_WINDOWS_MAX 32
#define CONFIG_PARAMS_MAX 8
#define CONFIG_NAME_SIZE 32 /* of the name of a bot or a guard, with its NUL */

/* Which defaults hold for the limits of `risk`: in a back-test only what the file says binds, so
 * limits that are absent are off; elsewhere they have the defaults of the table. */
enum config_mode { CONFIG_BACKTEST, CONFIG_LIVE };

enum config_profile {
    CONFIG_PROFILE_DEMO,
    CONFIG_PROFILE_DEV,
    CONFIG_PROFILE_PAPER,
    CONFIG_PROFILE_OBSERVE,
    CONFIG_PROFILE_CANARY,
    CONFIG_PROFILE_PROD,
};

enum config_feed {
    CONFIG_FEED_GENERATOR,
    CONFIG_FEED_TAPE,
    CONFIG_FEED_COINBASE,
    CONFIG_FEED_BTCTURK,
    CONFIG_FEED_MASSIVE,
};

enum config_venue { CONFIG_VENUE_SIM, CONFIG_VENUE_COINBASE, CONFIG_VENUE_BTCTURK };

enum config_bot_kind {
    CONFIG_BOT_SCORE,
    CONFIG_BOT_MA_CROSS,
    CONFIG_BOT_RSI,
    CONFIG_BOT_MACD,
    CONFIG_BOT_BOLLINGER,
    CONFIG_BOT_DONCHIAN,
    CONFIG_BOT_GRID,
    CONFIG_BOT_DCA,
    CONFIG_BOT_REBALANCE,
    CONFIG_BOT_MAKER,
    CONFIG_BOT_SCRIPT,
    CONFIG_BOT_PLUGIN,
};

enum config_average { CONFIG_AVERAGE_SMA, CONFIG_AVERAGE_EMA };
enum config_bollinger_mode { CONFIG_BOLLINGER_REVERT, CONFIG_BOLLINGER_BREAK };
enum config_spacing { CONFIG_SPACING_ARITHMETIC, CONFIG_SPACING_GEOMETRIC };
enum config_fill { CONFIG_FILL_NEXT_OPEN, CONFIG_FILL_THIS_CLOSE, CONFIG_FILL_RANGE };
enum config_data_kind {
    CONFIG_DATA_BARS,
    CONFIG_DATA_TRADES,
    CONFIG_DATA_QUOTES,
    CONFIG_DATA_DEPTH,
};
enum config_size_method {
    CONFIG_SIZE_FIXED,
    CONFIG_SIZE_NOTIONAL,
    CONFIG_SIZE_EQUITY,
    CONFIG_SIZE_VOLATILITY,
    CONFIG_SIZE_KELLY,
};
enum config_style {
    CONFIG_STYLE_MARKET,
    CONFIG_STYLE_LIMIT,
    CONFIG_STYLE_MAKER_FIRST,
    CONFIG_STYLE_TWAP,
    CONFIG_STYLE_VWAP,
    CONFIG_STYLE_POV,
};
enum config_self_match { CONFIG_SELF_MATCH_DENY, CONFIG_SELF_MATCH_ALLOW };
enum config_guard_op { CONFIG_GUARD_GT, CONFIG_GUARD_GE, CONFIG_GUARD_LT, CONFIG_GUARD_LE };
enum config_guard_action {
    CONFIG_GUARD_ALERT,
    CONFIG_GUARD_PAUSE,
    CONFIG_GUARD_REDUCE,
    CONFIG_GUARD_CANCEL,
    CONFIG_GUARD_FLATTEN,
    CONFIG_GUARD_OBSERVE,
};
enum config_guard_scope {
    CONFIG_SCOPE_ALL,
    CONFIG_SCOPE_VENUE,
    CONFIG_SCOPE_INSTRUMENT,
    CONFIG_SCOPE_BOT,
};
enum config_cancel { CONFIG_CANCEL_NONE, CONFIG_CANCEL_UNPROTECTIVE, CONFIG_CANCEL_ALL };
enum config_log_level {
    CONFIG_LOG_DEBUG,
    CONFIG_LOG_INFO,
    CONFIG_LOG_WARN,
    CONFIG_LOG_ERROR,
};

enum config_timezone { CONFIG_TIMEZONE_UTC };
enum config_fee_currency { CONFIG_FEE_IN_QUOTE };

/* Values that may be absent: a limit that is off, a key that was left out. `value` is zero then. */
struct config_amount {
    bool set;
    struct amount value;
};
struct config_ratio {
    bool set;
    struct ratio value;
};
struct config_integer {
    bool set;
    int64_t value;
};
struct config_double {
    bool set;
    double value;
};
struct config_duration {
    bool set;
    int64_t value;
}; /* nanoseconds */
struct config_choice {
    bool set;
    uint32_t value;
};
struct config_time {
    bool set;
    int64_t value;
}; /* nanoseconds since 1970 in UTC */

struct config_names {
    const char **items;
    uint32_t count;
};
struct config_ratios {
    struct ratio *items;
    uint32_t count;
};

/* An instrument of the allow-list. Its index here is its order everywhere. */
struct config_instrument {
    const char *name;                 /* "BTC-USDT" */
    const char *base, *quote;         /* derived: "BTC", "USDT" */
    struct amount price_increment;    /* in quote; > 0 */
    struct amount quantity_increment; /* in base; > 0 */
    struct amount minimum_notional;   /* in quote; 0 = none */
    struct amount minimum_quantity;   /* in base; 0 = none */
    int64_t quote_decimals;           /* 0..18: fees and notionals are rounded to these */
    struct config_integer price_decimals_option, quantity_decimals_option; /* as written */
    bool listed;             /* false: a place for one that is added while the demo runs */
    unsigned price_decimals; /* derived; the sum of both is at most 18 */
    unsigned quantity_decimals;
    struct price tick;                /* derived: price_increment in price_decimals */
    struct quantity lot;              /* derived: quantity_increment in quantity_decimals */
    struct quantity quantity_minimum; /* derived: minimum_quantity, rounded up to a lot */
};

struct config_balance {
    const char *asset;
    struct amount amount;
};

struct config_fee_tier {
    struct amount volume; /* 30-day notional from which the tier holds; the first is 0 */
    struct ratio maker, taker;
};

/* Always at least one tier: flat fees are one tier from volume 0. */
struct config_fees {
    struct config_ratio maker_option, taker_option; /* as written; see tiers */
    struct config_fee_tier *tiers;
    uint32_t tiers_count;
    enum config_fee_currency currency;
};

struct config_simulation {
    int64_t latency_ns; /* delays nothing with bars */
    struct ratio slippage;
    enum config_fill fill;
    /* Of recorded order books alone: */
    int64_t feed_latency_ns;
    int64_t book_age_max_ns; /* 0 = order books do not grow old */
    double latency_sigma;
    double congestion_share; /* of the latency, a request; 0: none */
    int64_t congestion_fade_ns;
    enum queue_model_kind queue_kind;
    double queue_power;
    double impact_temporary, impact_permanent, impact_transient;
    int64_t impact_decay_ns;
};

struct config_data {
    const char *file; /* against the configuration file's folder, or absolute */
    enum config_data_kind kind;
    const char *instrument;
    uint32_t instrument_index; /* derived: in config.instruments; UINT32_MAX outside it */
    int64_t bar_ns;            /* 0 for kinds other than bars */
    const char *symbol;        /* of the rows to take where the file holds several; or NULL */
    struct config_time from;   /* first instant taken */
    struct config_time to;     /* first instant not taken any more */
};

/* Whether the entry is of a session on the order book, not of bars. */
static inline bool config_data_is_session(const struct config_data *entry)
{
    return entry->kind != CONFIG_DATA_BARS;
}

/* Days as bits, Monday = 1 << 0; times in nanoseconds since midnight, from < to <= one day. */
struct config_window {
    uint32_t days;
    int64_t from_ns, to_ns;
};

/* Caps of one instrument; the stricter of these and the general ones holds. */
struct config_risk_instrument {
    const char *name;
    uint32_t instrument_index; /* derived */
    struct config_amount order_notional_max, order_quantity_max;
    struct config_amount position_notional_max, position_quantity_max;
    struct config_ratio equity_share_max, adv_share_max, depth_share_max;
    struct config_ratio price_collar, market_collar, impact_max;
    struct config_integer open_orders_max;
    struct config_duration data_age_max;
};

/* The limits of the table `risk`. What is not set is off. */
struct config_risk {
    struct amount cash_reserve;              /* in currency */
    struct config_amount order_notional_max; /* in quote */
    struct config_amount order_quantity_max; /* in base */
    struct config_ratio adv_share_max;       /* of the average daily volume */
    struct config_ratio depth_share_max;     /* of the visible depth on the side taken */
    struct config_ratio price_collar;        /* price_collar_bps from the reference price */
    struct config_ratio market_collar;       /* market_collar_bps */
    struct config_double fat_finger_sigma;   /* standard deviations of the last bars */
    int64_t fat_finger_bars;
    struct config_amount position_notional_max, position_quantity_max;
    struct config_ratio equity_share_max, gross_exposure_max, net_exposure_max, concentration_max;
    struct config_integer open_orders_max, open_orders_instrument_max;
    struct config_integer message_rate_max; /* messages that add risk, per second */
    int64_t message_burst;
    struct config_ratio cancel_fill_ratio_max;
    struct config_integer repeat_count_max;
    int64_t repeat_window_ns;
    struct config_duration duplicate_window;
    enum config_self_match self_match;
    bool no_short;          /* always true */
    bool minimum_remainder; /* no order may leave a position below the minimum */
    struct config_duration data_age_max, clock_skew_max;
    struct config_amount daily_loss_max; /* in currency */
    struct config_ratio drawdown_max;
    struct config_integer consecutive_losses_max;
    struct config_window *trading_window; /* none: always */
    uint32_t trading_window_count;
    struct config_ratio impact_max; /* impact_bps_max */
    struct config_risk_instrument *instruments;
    uint32_t instruments_count;
};

struct config_guard {
    const char *name;
    const char *metric; /* the name of a published metric, without `tern_` */
    enum config_guard_op op;
    struct config_double warn;
    double act;
    struct config_double clear;
    int64_t for_ns, cooldown_ns;
    enum config_guard_action action;
    enum config_guard_scope scope;
};

struct config_resilience {
    int64_t retry_attempts, retry_base_ns, retry_cap_ns;
    int64_t breaker_threshold, breaker_cooldown_ns, breaker_probes;
};

struct config_shutdown {
    enum config_cancel cancel;
    int64_t deadline_ns, drain_ns;
};
struct config_listen {
    const char *http;
    const char *socket;
}; /* NULL: not at all */
struct config_log {
    enum config_log_level level;
    const char *file; /* NULL: stderr */
    int64_t rotate_size, keep;
};

/* The signals of a `score` bot. A signal that is not on has no say. */
struct config_signal_rsi {
    bool on;
    double weight;
    int64_t period;
    double oversold, overbought;
};
struct config_signal_ma {
    bool on;
    double weight;
    int64_t fast, slow;
};
struct config_signal_macd {
    bool on;
    double weight;
    int64_t fast, slow, signal;
};

struct config_size {
    enum config_size_method method;
    struct amount quantity; /* fixed: base asset */
    struct amount amount;   /* notional: quote asset */
    struct ratio fraction;  /* equity, kelly */
    struct ratio target;    /* volatility: of the book's value, a year */
    struct ratio cap;       /* kelly: largest share of equity */
};

/* One parameter of a bot kind other than score. `set` is false only for an optional one that is
 * absent. Which member holds follows from the kind and the index below. */
struct config_param {
    bool set;
    union config_param_value {
        int64_t integer; /* also durations, in nanoseconds */
        double number;
        uint32_t choice;
        struct amount amount;
        struct ratio ratio;
        struct config_names names;
        struct config_ratios ratios;
    } value;
};

/* Indexes of config_bot.params, per kind, with the member of the union that holds. */
enum { CONFIG_MA_CROSS_AVERAGE /* choice */, CONFIG_MA_CROSS_FAST, CONFIG_MA_CROSS_SLOW };
enum { CONFIG_RSI_PERIOD, CONFIG_RSI_OVERSOLD /* number */, CONFIG_RSI_OVERBOUGHT /* number */ };
enum { CONFIG_MACD_FAST, CONFIG_MACD_SLOW, CONFIG_MACD_SIGNAL };
enum {
    CONFIG_BOLLINGER_PERIOD,
    CONFIG_BOLLINGER_DEVIATIONS /* number */,
    CONFIG_BOLLINGER_MODE /* choice */
};
enum { CONFIG_DONCHIAN_ENTRY, CONFIG_DONCHIAN_EXIT };
enum {
    CONFIG_GRID_LOW /* amount */,
    CONFIG_GRID_HIGH /* amount */,
    CONFIG_GRID_LEVELS,
    CONFIG_GRID_SPACING /* choice */
};
enum {
    CONFIG_DCA_EVERY /* ns */,
    CONFIG_DCA_AMOUNT /* amount */,
    CONFIG_DCA_DIP /* ratio */,
    CONFIG_DCA_MAX /* amount */
};
enum {
    CONFIG_REBALANCE_INSTRUMENTS /* names */,
    CONFIG_REBALANCE_WEIGHTS /* ratios */,
    CONFIG_REBALANCE_BAND /* ratio */
};
enum {
    CONFIG_MAKER_LEVELS,
    CONFIG_MAKER_SPREAD /* ratio */,
    CONFIG_MAKER_SKEW /* number */,
    CONFIG_MAKER_REFRESH /* ns */
};

struct config_bot {
    const char *name;
    enum config_bot_kind kind;
    const char *instrument;    /* NULL for rebalance */
    uint32_t instrument_index; /* derived: in config.instruments; rebalance: of its first one */
    struct config_duration bar_option; /* as written */
    int64_t bar_ns;                    /* derived: as written, else the data's, else an hour */
    struct config_amount budget;       /* in currency; absent = the whole account */
    struct config_signal_rsi rsi;      /* kind score: these three */
    struct config_signal_ma ma;
    struct config_signal_macd macd;
    double enter, exit;    /* kind score: buy at score >= enter, sell at score <= exit */
    double confidence_min; /* kind score */
    struct config_choice convention_option; /* as written; of kinds whose indicators differ */
    enum indicator_convention convention;   /* derived: as written, else the file's */
    struct config_param params[CONFIG_PARAMS_MAX]; /* every other kind */
    int64_t confirm;                               /* bars the action must persist */
    int64_t cooldown_ns;
    struct config_size size;
    enum config_style style;
    struct config_ratio stop_loss, take_profit;
};

struct config_memory;
struct config_origins;

struct config {
    enum config_mode mode;
    const char *name; /* of the file it was read from, the last of several */
    int64_t tern;     /* always 1 */
    enum config_profile profile;
    const char *currency;
    enum config_feed feed;
    const char *feed_file; /* feed `tape FILE`; else NULL */
    enum config_venue venue;
    struct config_instrument *instruments;
    uint32_t instruments_count;
    struct config_integer instruments_count_option;
    struct config_balance *account;
    uint32_t account_count;
    int64_t cycle_ns;
    struct config_fees fees;
    struct config_simulation simulation;
    struct config_data *data;
    uint32_t data_count;
    int64_t seed;
    enum indicator_convention convention; /* of bots that name none */
    int64_t day_start_ns;                 /* since midnight in timezone */
    enum config_timezone timezone;
    struct config_risk risk;
    struct config_guard *guards;
    uint32_t guards_count;
    struct config_resilience resilience;
    struct config_shutdown shutdown;
    struct config_listen listen;
    struct config_log log;
    const char *telemetry_otlp; /* NULL: none */
    struct config_bot *bots;
    uint32_t bots_count;
    struct config_memory *memory;   /* owns everything the pointers above point to */
    struct config_origins *origins; /* of config_origin; in memory */
};

/* Reads the file at path. Relative paths in it are resolved against its folder. Fails with
 * STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY or STATUS_CONFIG_INVALID and the problem set. */
MUST_USE enum status config_read_file(const char *path, enum config_mode mode, struct config *out,
                                      struct problem *problem);
/* Reads text that was had elsewhere; name stands for the file in problems and origins. folder is
 * what relative paths are resolved against, NULL = they stay as they are. Both are copied. */
MUST_USE enum status config_read_text(const char *name, struct text text, const char *folder,
                                      enum config_mode mode, struct config *out,
                                      struct problem *problem);
/* One source of settings. */
struct config_layer {
    const char *name;   /* the file's, or what stands for it: `TERN_SEED`, `--set` */
    const char *key;    /* NULL: text is a whole file; else text is the value of this one key */
    struct text text;   /* YAML */
    const char *folder; /* of relative paths; NULL = they stay as they are */
};

/* Reads several layers as one configuration; a later layer wins. Mappings are merged key by key,
 * lists and values are taken whole. A key of a layer is a path such as `risk.drawdown_max`,
 * `bots[0].enter` or, by the bot's name, `bots[score-btc].signals.rsi.period`. Every layer that is
 * a file begins with `tern: 1`. Layers are borrowed until the call returns. Sweeps change one
 * parameter this way without writing a file. */
MUST_USE enum status config_read_layers(const struct config_layer *layers, size_t count,
                                        enum config_mode mode, struct config *out,
                                        struct problem *problem);
/* Reads a file into a layer, whose text and folder the caller frees with config_layer_release; the
 * name is the path, borrowed. Fails as config_read_file does. */
MUST_USE enum status config_layer_load(const char *path, struct config_layer *out,
                                       struct problem *problem);
void config_layer_release(struct config_layer *layer);
/* The key that an environment variable sets: `TERN_RISK__DRAWDOWN_MAX` is `risk.drawdown_max`.
 * false where the variable is none of ours or does not fit. */
MUST_USE bool config_key_of_variable(const char *variable, char *out, size_t out_size);

/* Frees all that a config that was read owns and zeroes it. A zeroed config is fine. */
void config_release(struct config *config);

/* Where the value of a key (`bots[0].enter`, `risk.drawdown_max`) came from: in *source the name of
 * the layer or "default", and its line there; 0 where it has none. source may be NULL. */
uint32_t config_origin(const struct config *config, const char *key, const char **source);
#define CONFIG_WHERE_SIZE 320
/* `file:line: key` for the place of a problem that only shows later; the line is that of the
 * nearest part of the key that was written. */
void config_locate(const struct config *config, const char *key, char out[CONFIG_WHERE_SIZE]);
/* The same of a key of one bot, `bots[1].size`; key NULL: of the bot. */
void config_locate_bot(const struct config *config, const struct config_bot *bot, const char *key,
                       char out[CONFIG_WHERE_SIZE]);
/* One line a scalar, `key<TAB>value<TAB>origin`, in the order of the table. The origin is
 * `default`, `file:line` or the name of a layer that has no lines. */
void config_show(const struct config *config, struct text_buffer *out);
/* The same lines, but the origin is `default` where the value is the default, whoever wrote it,
 * else `given`: for configurations that were read back from a canonical text. */
void config_show_given(const struct config *config, struct text_buffer *out);

/* Writes the whole effective configuration in one form: every key, in the order of the table,
 * decimals in their shortest form. Reads back, in either mode, to the same configuration. */
void config_canonical(const struct config *config, struct text_buffer *out);
/* Hash of the canonical text without what cannot change a result: file paths, log, listen,
 * telemetry. (Data count by their content, elsewhere.) STATUS_NO_MEMORY at most. */
MUST_USE enum status config_hash(const struct config *config, struct hash128 *out);

/* The reference page of all keys, in Markdown, out of the table. */
void config_document(struct text_buffer *out);

/* Names as they are written in the file. */
const char *config_bot_kind_name(enum config_bot_kind kind);
const char *config_profile_name(enum config_profile profile);
/* The parameter of that name, or NULL where the bot's kind has none of that name. */
const struct config_param *config_bot_param(const struct config_bot *bot, const char *name);
/* Index of the instrument in config->instruments, UINT32_MAX where it is not there. */
uint32_t config_instrument_index(const struct config *config, const char *name);

#endif
