/* Plans: what a bot that keeps a set of orders wants. A planning class writes the whole set of
 * orders it wants to have now; the engine makes the live ones equal to it: what fits stays, what
 * differs is amended, what is too much is cancelled, what is missing is judged by risk and placed.
 *
 *     grid, price 100           wanted            live              what the engine does
 *                               buy 1 @ 95        buy 1 @ 95        nothing
 *                               sell 1 @ 105      -                 places it
 *
 * A plan follows from durable state (positions, live orders, what `fill` and `planned` kept) and
 * from the market at hand, so that a restart finds the same wishes. */
#ifndef TERN_CORE_STRATEGY_PLAN_H
#define TERN_CORE_STRATEGY_PLAN_H

#include "core/model/order.h"
#include "core/risk/risk.h"

#define PLAN_ORDERS_MAX 256
#define PLAN_INSTRUMENTS_MAX 16
#define GRID_LEVELS_MAX 200
#define MAKER_LEVELS_MAX 50

struct bot_config;
struct decision;

/* Exact parameters of planning classes; each reads its own. */
struct plan_params {
    struct price low, high;     /* grid: lowest and highest level, on the tick */
    int64_t every_ns;           /* dca: time between two scheduled buys, > 0 */
    struct amount amount;       /* dca: notional of a buy */
    struct amount max;          /* dca: of all buys together, 0 = no end */
    struct ratio dip;           /* dca: fall from the last buy, 0 = off */
    struct ratio spread, skew;  /* maker: share of mid; spreads per full inventory */
    int64_t refresh_ns;         /* maker: least time between two quotes */
    struct ratio band;          /* rebalance: share of equity */
    uint32_t levels, geometric; /* grid, maker */
    uint32_t instruments_count, reserved;
    uint32_t instruments[PLAN_INSTRUMENTS_MAX]; /* rebalance */
    struct ratio weights[PLAN_INSTRUMENTS_MAX]; /* rebalance: of equity */
};

/* Why a plan is made now. */
enum plan_cause {
    PLAN_CYCLE = 1, /* an instant is over, without a bar of the bot's own */
    PLAN_BAR = 2,   /* an instant is over in which a bar of the bot's series closed */
    PLAN_FILL = 3,  /* an order of the bot was filled in this very step */
    PLAN_QUOTE = 4, /* the top of the order book changed */
};

/* One order that is wanted. */
struct plan_order {
    uint32_t instrument;
    uint8_t side, type, flags, purpose; /* of core/model/order.h */
    struct price price;                 /* 0 for market */
    struct quantity quantity;           /* what is still to be executed, on the lot */
    uint32_t any_quantity, reserved;    /* a live order at this price is kept whatever its size */
};

struct plan_view {
    const struct bot_config *config;
    const struct instrument *instruments; /* all; by index */
    const struct instrument_risk *states; /* last closes */
    const struct market_state *markets;   /* marks, tops of order books */
    const struct position *positions;     /* of the bot's book, by instrument */
    const struct order *const *live;      /* its live orders, oldest first */
    uint32_t live_count;
    enum plan_cause cause;
    enum side fill_side; /* of the order filled, with PLAN_FILL; and its limit */
    struct price fill_limit;
    int64_t time_ns;
    struct amount equity, cash; /* of its purse: all, and what it may spend */
    struct ratio fee_rate;      /* what a hold reserves for */
    double measure;             /* for risk_size */
};

/* What a fill does to the state of a class: negative quantity and notional take one back. */
struct plan_fill {
    enum side side;
    uint32_t instrument;
    struct price limit; /* of the order, 0 = market */
    struct price price; /* of the execution; 0 where one is taken back */
    int64_t quantity;
    i128 notional, fee;
};

/* The hooks of a planning class; state lies beside what bars leave behind, and changes in `begin`,
 * `fill` and `planned` alone, which evolve facts. */
struct plan_class {
    /* Once, before anything else. */
    void (*begin)(void *state, const struct bot_config *config,
                  const struct instrument *instrument);
    /* After every fill of the book, whoever sent the order; NULL: nothing to keep. */
    void (*fill)(void *state, const struct bot_config *config, const struct plan_fill *fill);
    /* After an order of the bot was planned; NULL: nothing to keep. */
    void (*planned)(void *state, const struct bot_config *config, int64_t time_ns);
    /* Writes what is wanted, at most PLAN_ORDERS_MAX; false: leave everything as it is. */
    bool (*plan)(const void *state, const struct plan_view *view, struct decision *decision,
                 struct plan_order *out, uint32_t *count);
    bool every_cycle; /* looks at every cycle, not at its own bars alone */
    bool after_fill;  /* looks again after each fill of its own */
    bool on_quote;    /* looks at quotes too, at most every refresh_ns */
};

/* The price of a grid's level, 0 the lowest, rounded to the nearest tick, halves up: arithmetic
 * low + (high - low) i / (levels - 1), geometric low (high / low)^(i / (levels - 1)). */
struct price grid_level(const struct plan_params *params, struct price tick, uint32_t index);

#endif
