/* Risk: what may be sent, what a fill may have broken, how large an order is to be.
 *
 * Limits bind intents; evidence always posts. Orders in flight count as filled and as not filled,
 * whichever is worse. Controls are one table, in the order of enum reason's DENY rows: the first
 * that objects names the reason. A control marked `entries` does not hold back an order that can
 * only shrink a position: a way out is never closed by a limit on the way in. */
#ifndef TERN_CORE_RISK_RISK_H
#define TERN_CORE_RISK_RISK_H

#include "core/ledger/read.h"
#include "core/risk/limits.h"

enum trading_state {
    TRADING_ACTIVE = 0,
    TRADING_PAUSED = 1,
    TRADING_REDUCING = 2,
    TRADING_HALTED = 3
};
enum state_scope { SCOPE_ACCOUNT = 1, SCOPE_INSTRUMENT = 2, SCOPE_BOOK = 3 };

#define RISK_CONTROLS_MAX 64
#define DEPTH_LEVELS_MAX 32

/* Visible depth of one side, best first. */
struct depth_side {
    struct price prices[DEPTH_LEVELS_MAX];
    struct quantity quantities[DEPTH_LEVELS_MAX];
    uint32_t count;
    uint32_t reserved;
};

/* Observed: empty at every start. */
struct market_state {
    struct price mark; /* last known price, 0 = none: bar open or close, trade, mid */
    int64_t mark_time_ns;
    struct price bid, ask; /* 0 = none */
    uint32_t book_seen;    /* an order book or quote was ever received */
    uint32_t book_valid;
    uint32_t ladder_seen, reserved; /* levels come by themselves, so a quote is the top alone */
    struct depth_side bids, asks;
};

/* Durable, per instrument: what closed bars and facts leave behind. */
struct instrument_risk {
    struct price close; /* of the last closed bar, 0 = none */
    int64_t close_time_ns;
    int64_t open_buy, open_sell; /* remaining quantity of live orders */
    int64_t volume_day;          /* day of volume_today */
    double volume_today;
    double volume_days[RISK_VOLUME_DAYS]; /* completed days, a ring */
    int64_t closes[RISK_CLOSES_MAX];      /* a ring of closes */
    uint32_t volume_days_count, volume_days_next;
    uint32_t closes_count, closes_next;
    uint32_t open_orders;
    uint32_t unknown_orders;
    uint32_t state, state_reason; /* enum trading_state, enum reason */
};

struct book_risk {
    uint32_t state, state_reason;
    uint32_t overdrawn; /* an overdrawn fact not yet cleared */
    uint32_t open_orders;
};

struct book_exposure {
    int64_t open_buy, open_sell;
}; /* per (book, instrument) */

struct recent_intent {
    int64_t time_ns;
    struct price price, stop_price;
    struct quantity quantity;
    uint32_t book, instrument;
    uint32_t side, type;
};

struct recent_fill {
    int64_t time_ns;
    uint32_t bot, book, instrument, side;
};

/* Durable, of the account. */
struct account_risk {
    i128 market_value; /* of all positions at their marks (last close) */
    i128 equity_peak;
    i128 day_equity;         /* at the start of the day */
    i128 cycle_equity;       /* at the last cycle */
    int64_t day_start_ns;    /* start of the current day; INT64_MIN before the first */
    int64_t message_time_ns; /* the throttle's virtual time: when its bucket was last empty */
    uint64_t cancels_count, fills_count;
    uint32_t state, state_reason;   /* by limits; stops are apart */
    uint32_t stop, stop_protective; /* enum stop_kind, latched */
    uint32_t open_orders;
    uint32_t flatten_tries;
    uint32_t intents_next, fills_next; /* rings below */
    uint32_t equity_seen, reserved;
    int64_t clock_skew_ns;
};

struct risk {
    struct risk_limits limits;
    const struct instrument *instruments;
    const struct ledger *ledger;
    struct account_risk *account;
    struct instrument_risk *states;  /* [instrument] */
    struct book_risk *books;         /* [book] */
    struct book_exposure *exposures; /* [book][instrument] */
    struct recent_intent *intents;   /* [RISK_RECENT_MAX] */
    struct recent_fill *fills;       /* [RISK_RECENT_MAX] */
    struct market_state *markets;    /* [instrument], observed */
    const struct order *orders;      /* the engine's table, to look at live orders */
    uint32_t orders_mask;
    const uint32_t *live_first; /* slot + 1 of the oldest live order */
    uint32_t instruments_count, books_count, currency_asset;
    struct ratio fee_maker, fee_taker; /* what a hold reserves for */
    /* Positions in the table of controls of those that can object under these limits. */
    uint8_t controls[RISK_CONTROLS_MAX];
    uint32_t controls_count;
};

struct risk_question {
    const struct intent *intent;
    uint32_t cash_book;
    int64_t time_ns;
    const struct order *parent; /* NULL without */
    const struct order *amends; /* the live order whose place the intent would take, or NULL */
};

struct risk_answer {
    enum reason reason; /* REASON_NONE: no objection */
    enum state_scope scope;
    struct amount value, limit; /* in the control's own unit, 18 decimals */
    struct amount hold;         /* to reserve: quote for a buy, base for a sell */
    struct amount notional;     /* what limits count */
};

/* Finds the controls that limits and instruments give anything to do; once, at the start. */
void risk_controls_select(struct risk *risk);

/* Judges one intent. Changes nothing. */
void risk_check(const struct risk *risk, const struct risk_question *question,
                struct risk_answer *answer);

/* Whether the order can only shrink its book's position, orders in flight counted. */
bool risk_reduces(const struct risk *risk, const struct risk_question *question);
/* What an order reserves: a buy its notional at the price it counts at and the dearer fee on it, in
 * the quote; a sell its quantity, in the base. Their product is no more than NOTIONAL_MAX. */
void risk_reserve(const struct risk *risk, const struct intent *intent, struct amount *hold,
                  struct amount *notional);
/* The strictest trading state that holds for the instrument and book. */
enum trading_state risk_state(const struct risk *risk, uint32_t instrument, uint32_t book);
/* Equity of the account in currency. */
static inline struct amount risk_equity(const struct risk *risk)
{
    return (struct amount){ledger_account_total(risk->ledger, risk->currency_asset).units +
                           risk->account->market_value};
}
/* value of a quantity at the instrument's mark (last close where there is no fresher price). */
struct price risk_mark(const struct risk *risk, uint32_t instrument);

/* What a post-trade check found. */
struct risk_breach {
    enum reason reason;
    uint32_t instrument; /* NONE_INDEX for the account */
    struct amount value, limit;
};

/* Checks what a fill or a cycle may have broken; returns how many breaches were written, at most
 * capacity. instrument = NONE_INDEX looks at every instrument. */
uint32_t risk_check_after(const struct risk *risk, uint32_t instrument,
                          struct risk_breach *breaches, uint32_t capacity);

/* Whether the control that gives this reason holds back orders that shrink a position too, for the
 * documentation; the table itself. */
struct risk_control {
    enum reason reason;
    bool entries;    /* holds back entries only */
    bool protective; /* holds back protective orders too */
    const char *unit;
    enum reason (*judge)(const struct risk *risk, const struct risk_question *question,
                         struct risk_answer *answer);
    /* enum account_limit and enum instrument_limit: with all of them off the control is idle;
     * 0 and 0: it always judges. */
    uint32_t account_limits, instrument_limits;
};
const struct risk_control *risk_controls(size_t *count);

/* ---- sizing ---- */

enum size_method {
    SIZE_FIXED = 1,
    SIZE_NOTIONAL = 2,
    SIZE_EQUITY = 3,
    SIZE_VOLATILITY = 4,
    SIZE_KELLY = 5
};

struct size_rule {
    enum size_method method;
    struct quantity quantity; /* fixed */
    struct amount amount;     /* notional, in the quote */
    struct ratio fraction;    /* equity, kelly */
    struct ratio target;      /* volatility a year */
    struct ratio cap;         /* kelly */
};

/* Quantity on the lot for an entry at price, from the book's equity and free cash; never more than
 * free cash pays for with its fee; 0 where not one lot fits. `measure` is what the method needs of
 * the market or of the bot's trips (core/strategy/measure.h), negative while it is not known: the
 * annual volatility, the bounded Kelly bet; unused otherwise.
 *
 *     volatility   min(1, target / measure) x equity; nothing while it is not known
 *     kelly        min(cap, fraction x measure) x equity; half of cap while it is not known
 *
 * Shares are rounded down to 10^-6; from there on everything is exact. */
struct quantity risk_size(const struct instrument *instrument, const struct size_rule *rule,
                          struct amount equity, struct amount free_cash, struct price price,
                          struct ratio fee_rate, double measure);

#endif
