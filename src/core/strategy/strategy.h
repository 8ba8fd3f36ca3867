/* Strategies: what a bot thinks. A class says what it wants on closed bars, a stance or (plan.h) a
 * set of orders; the engine turns that into orders, asks risk, and keeps the bot's money apart. */
#ifndef TERN_CORE_STRATEGY_STRATEGY_H
#define TERN_CORE_STRATEGY_STRATEGY_H

#include "core/model/bar.h"
#include "core/risk/risk.h"
#include "core/signal/indicator.h"
#include "core/strategy/plan.h"

/* Compiles a bar function a second time with the CPU's own fma. */
#if defined(__x86_64__)
#define STRATEGY_FMA __attribute__((target("fma")))
#endif

#define BOT_NAME_SIZE 32
#define STRATEGY_PARAMS_MAX 16
#define DECISION_PARTS_MAX 4
#define DECISIONS_KEPT 128 /* a bot; older ones are recomputed from the bars */

/* What a strategy wants to be. NONE keeps what there is. */
enum stance { STANCE_NONE = 0, STANCE_LONG = 1, STANCE_FLAT = 2 };

/* Without a branch: it is as hard to guess as the market. */
static inline enum stance stance_of(bool is_long)
{
    _Static_assert(STANCE_FLAT - STANCE_LONG == 1, "neighbours");
    return (enum stance)(STANCE_FLAT - is_long);
}

/* What came of it. */
enum bot_action {
    ACTION_WARMING = 0, /* not enough bars yet */
    ACTION_HOLD = 1,    /* nothing to do */
    ACTION_ENTER = 2,
    ACTION_EXIT = 3,
    ACTION_CONFIRMING = 4, /* wants to act, has not persisted long enough */
    ACTION_COOLING = 5,    /* wants to act, too soon after the last fill */
    ACTION_IN_FLIGHT = 6,  /* an order is working */
    ACTION_DENIED = 7,     /* wanted to act; risk said no, see reason */
    ACTION_PAUSED = 8,     /* the bot is paused or stopped */
    ACTION_NO_SIZE = 9,    /* wants to enter, but its sizing gives nothing */
    ACTION_QUOTE = 10,     /* its set of orders was changed */
};

/* One decision, explained: what went in, what came out, what risk said. One cache line, because
 * every closed bar of every bot writes one. An order it planned has the same bot and time. */
struct decision {
    int64_t time_ns;
    struct price close;
    double score;                     /* of the class; 0 where it has none */
    double parts[DECISION_PARTS_MAX]; /* as the class names them */
    float confidence;                 /* 0 to 1; 0 where the class has none */
    uint8_t stance;                   /* enum stance */
    uint8_t action;                   /* enum bot_action */
    uint8_t purpose;                  /* enum order_purpose of the order or the attempt */
    uint8_t reason;                   /* enum reason, when denied */
};

_Static_assert(sizeof(struct decision) == 64, "one cache line");

/* Everything about a bot that does not change while it runs. */
struct bot_config {
    char name[BOT_NAME_SIZE];
    const struct strategy_class *class;
    uint32_t instrument, series, book, cash_book;
    double params[STRATEGY_PARAMS_MAX]; /* as the class lists them */
    uint32_t confirm;                   /* further bars an action must persist */
    uint32_t reserved;
    int64_t cooldown_ns;
    struct size_rule size;
    struct ratio stop_loss, take_profit; /* 0 = off */
    struct amount budget;                /* 0 = the whole account */
    struct amount reserve;               /* cash its book keeps free */
    struct plan_params plan;             /* of classes that plan */
};

struct strategy_parameter {
    const char *name, *summary;
    double fallback, min, max;
    bool integer;
    const char *fallback_text, *range_text; /* where a number alone does not say it; else NULL */
};

/* The row of the convention (enum indicator_convention) in a class whose indicators differ. */
#define STRATEGY_CONVENTION                                                           \
    {                                                                                 \
        "convention", "how its indicators start, see indicators", INDICATOR_TALIB, 0, \
            INDICATOR_CONVENTION_COUNT - 1, true, "talib", "talib, tulip, classic"    \
    }

/* State is a plain block without pointers or padding: it is hashed and written as it lies. */
struct strategy_class {
    const char *name, *summary;
    const char *parts[DECISION_PARTS_MAX]; /* names of decision.parts, NULL behind the last */
    uint32_t parameter_count;
    struct strategy_parameter parameters[STRATEGY_PARAMS_MAX];
    size_t (*state_size)(const double *params);
    void (*init)(void *state, const double *params);
    uint32_t (*warmup)(const double *params); /* bars until the first stance */
    /* A closed bar; scale is 10^price_decimals of its prices. */
    void (*bar)(void *state, const double *params, const struct bar *bar, double scale);
    /* The same for CPUs with fused multiply-add, bit for bit; NULL where there is none. */
    void (*bar_fma)(void *state, const double *params, const struct bar *bar, double scale);
    /* What it wants now; fills score, confidence and parts. STANCE_NONE while not ready, and then
     * *ready is false. */
    enum stance (*decide)(const void *state, const double *params, struct decision *decision,
                          bool *ready);
    const struct plan_class *plan; /* of a class that wants a set of orders; NULL: a stance */
};

extern const struct strategy_class strategy_ma_cross;
extern const struct strategy_class strategy_score;
extern const struct strategy_class strategy_rsi;
extern const struct strategy_class strategy_macd;
extern const struct strategy_class strategy_bollinger;
extern const struct strategy_class strategy_donchian;
extern const struct strategy_class strategy_grid;
extern const struct strategy_class strategy_dca;
extern const struct strategy_class strategy_rebalance;
extern const struct strategy_class strategy_maker;

/* All classes of the house; *count of them. */
const struct strategy_class *const *strategy_classes(size_t *count);
const struct strategy_class *strategy_find(struct text name); /* NULL where there is none */
const char *bot_action_name(enum bot_action action);
const char *stance_name(enum stance stance);

/* Parameter positions that the configuration fills in. */
enum ma_cross_param {
    MA_CROSS_AVERAGE, /* 0 sma, 1 ema */
    MA_CROSS_FAST,
    MA_CROSS_SLOW,
    MA_CROSS_CONVENTION
};
enum score_param {
    SCORE_RSI_WEIGHT,
    SCORE_RSI_PERIOD,
    SCORE_RSI_OVERSOLD,
    SCORE_RSI_OVERBOUGHT,
    SCORE_MA_WEIGHT,
    SCORE_MA_FAST,
    SCORE_MA_SLOW,
    SCORE_MACD_WEIGHT,
    SCORE_MACD_FAST,
    SCORE_MACD_SLOW,
    SCORE_MACD_SIGNAL,
    SCORE_ENTER,
    SCORE_EXIT,
    SCORE_CONFIDENCE_MIN,
    SCORE_CONVENTION
};

enum rsi_cross_param {
    RSI_CROSS_PERIOD,
    RSI_CROSS_OVERSOLD,
    RSI_CROSS_OVERBOUGHT,
    RSI_CROSS_CONVENTION
};
enum macd_cross_param {
    MACD_CROSS_FAST,
    MACD_CROSS_SLOW,
    MACD_CROSS_SIGNAL,
    MACD_CROSS_CONVENTION
};
enum bollinger_param { BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS, BOLLINGER_BREAK }; /* break: 0, 1 */
enum donchian_param { DONCHIAN_ENTRY, DONCHIAN_EXIT };
enum grid_param { GRID_LOW, GRID_HIGH, GRID_LEVELS, GRID_SPACING }; /* LEVELS alone is read here */

#endif
