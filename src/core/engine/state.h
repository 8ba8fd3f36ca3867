/* What the engine's files share: the state and the steps between them. For this room only. */
#ifndef TERN_CORE_ENGINE_STATE_H
#define TERN_CORE_ENGINE_STATE_H

#include "base/arena.h"
#include "base/map.h"
#include "core/engine/engine.h"

#define TRADES_SEEN_CAPACITY 65536u /* fill ids remembered of orders with several fills */

/* Durable. */
struct engine_header {
    uint64_t input_seq;
    int64_t time_ns;
    uint64_t fact_seq_next;
    struct hash128 chain;
    uint64_t order_id_next;
    uint64_t observed;                          /* running checksum of observed inputs */
    uint32_t live_first, live_last, live_count; /* slot + 1 */
    uint32_t seen_next, seen_count;
    uint32_t timers_count;
    uint32_t epoch, started;
};

/* A paused bot neither enters nor leaves, but protects what it has; a stopped one does nothing. */
enum bot_run { BOT_RUNNING = 0, BOT_PAUSED = 1, BOT_STOPPED = 2 };

struct bot_state {
    int64_t last_fill_ns; /* INT64_MIN: none yet */
    uint64_t bars_seen;
    uint32_t confirm_count, confirm_action;
    uint32_t open_orders;
    uint32_t state; /* enum bot_run */
};

struct series_state {
    int64_t bucket_open_ns; /* of the bar being built */
    struct bar building;
    uint32_t parts_count; /* complete data bars in it */
    uint32_t broken;      /* a part is missing: the bar will not close */
};

struct timer_entry {
    int64_t deadline_ns;
    uint64_t id;
};

#define TIMERS_CAPACITY 1024u
#define OWN_ORDERS_MAX 1024u /* live orders of a bot that a plan looks at */

/* What a bar touches of an instrument and of a bot; bound once. */
struct instrument_row {
    struct instrument_risk *state;
    struct market_state *market;
    const int64_t *total; /* quantity over all books */
    int64_t amount_factor;
    double scale; /* 10^price_decimals */
    uint32_t series_first, series_end;
    uint32_t remembers, reserved; /* a limit is on that looks back */
    /* The usual case in one step: its one series, of this length, has this one bot. */
    struct bot_row *only;
    int64_t only_ns; /* 0: not so */
};

/* Which bots look at a series: series_bots[bots_first..bots_end). */
struct series_row {
    int64_t bar_ns;
    uint32_t bots_first, bots_end;
};

struct bot_row {
    void (*bar)(void *state, const double *params, const struct bar *bar, double scale);
    enum stance (*decide)(const void *state, const double *params, struct decision *decision,
                          bool *ready);
    void *signals;
    const double *params;
    const struct position *position;
    const struct price *close; /* last close of its instrument */
    struct bot_state *state;
    const struct bot_config *config;
    uint64_t decisions_count; /* ever */
    int64_t lot;
    uint32_t protects;              /* it has a stop or a target */
    uint32_t fresh;                 /* a bar closed that it has not decided on */
    void *measure;                  /* what its sizing keeps, behind signals */
    int64_t quoted_ns;              /* when it last looked at a quote; INT64_MIN: never */
    uint32_t keeps_closes;          /* measure looks at bars */
    uint32_t keeps_fills;           /* class or measure look at fills */
    uint32_t every_cycle, reserved; /* it plans at every cycle */
};

struct engine {
    const struct engine_config *config;
    struct arena durable, observed;
    /* durable, in the order of the block */
    struct engine_header *header;
    struct ledger ledger;
    struct order *orders;
    struct bot_state *bots;
    struct series_state *series;
    uint8_t *signals;
    uint64_t *seen_ring;
    struct timer_entry *timers;
    struct risk risk; /* its account, states, books, exposures, rings */
    /* not durable */
    struct frame_writer writer;
    struct command *commands;
    uint32_t commands_count, commands_capacity;
    uint32_t orders_mask;
    uint32_t checks_after;      /* any post-trade limit is on */
    struct map seen;            /* index of seen_ring, rebuilt from it */
    struct decision *decisions; /* [DECISIONS_KEPT][bot]: rings, side by side; a view */
    struct instrument_row *instrument_rows;
    struct series_row *series_rows;
    struct bot_row *bot_rows;
    struct plan_order *wanted;  /* [PLAN_ORDERS_MAX]: of the plan being made, and */
    const struct order **own;   /* [OWN_ORDERS_MAX] the live orders of its bot */
    uint32_t quoters, reserved; /* bots that look at quotes */
    size_t *signal_offsets;     /* of each bot's state in signals */
    uint32_t *series_first;     /* [instrument + 1]: first series of it */
    uint32_t *series_bots;      /* bots, grouped by series */
    const uint8_t *frame;
    uint32_t frame_size;
    uint64_t fact_seq_fill; /* sequence of the fill the current step is about, 0 = none */
    uint64_t order_fill;
};

/* ---- evolve.c ---- */
void evolve_input(struct engine *engine, const struct input *input);
void evolve_fact(struct engine *engine, const struct fact_header *fact, int64_t time_ns);
/* After totals of the instrument changed from `before`. */
void market_value_move(struct engine *engine, uint32_t instrument, int64_t before);
void seen_rebuild(struct engine *engine);
bool trade_seen(const struct engine *engine, const struct order *order, uint64_t low,
                uint64_t high);
/* Whether a fill of that order is remembered, whatever is known of the order. */
bool fill_is_known(const struct engine *engine, uint64_t order, uint64_t low, uint64_t high);
bool bust_seen(const struct engine *engine, const struct order *order, uint64_t low, uint64_t high);
/* Money from or to outside is neither profit nor loss. */
void equity_flow(struct engine *engine, i128 amount);

static inline struct order *order_slot(const struct engine *engine, uint64_t id)
{
    return &engine->orders[id & engine->orders_mask];
}

/* NULL where the id is of no order in the table. */
static inline struct order *order_find(const struct engine *engine, uint64_t id)
{
    struct order *order = order_slot(engine, id);
    return id != 0 && order->id == id ? order : NULL;
}

/* Writes a fact and evolves it; the caller has filled its fields. */
#define EMIT(engine, fact) evolve_fact((engine), &(fact)->header, (engine)->header->time_ns)

void command_add(struct engine *engine, enum command_kind kind, uint64_t order, struct price price,
                 struct quantity quantity);

/* ---- intents.c ---- */
/* Judges an intent and, where risk has no objection, plans, reserves and submits it. Returns the
 * order id, or 0 and *reason. */
uint64_t intent_take(struct engine *engine, const struct intent *intent, enum reason *reason);
/* Records that an intent came to nothing before risk could judge it. */
void intent_deny(struct engine *engine, const struct intent *intent, enum reason reason);
/* Drops a timer; false where there is none of that id. */
bool timer_clear(struct engine *engine, uint64_t timer);
/* Puts a live order's new quantity and price into effect with the reservation they need; evidence
 * posts even where the book has not enough. */
void order_reserve(struct engine *engine, struct order *order, struct quantity quantity,
                   struct price price);
/* Judges an amend as an intent in the order's place and asks the venue, or refuses it. */
void amend_take(struct engine *engine, struct order *order, struct quantity quantity,
                struct price price);
void cancel_request(struct engine *engine, struct order *order, enum reason reason);
void order_release(struct engine *engine, struct order *order);
void order_end(struct engine *engine, struct order *order, enum order_state state,
               enum reason reason);

/* ---- observe.c ---- */
/* Observed inputs leave only their checksum in durable state. */
void evolve_observed(struct engine *engine, const struct input *input);
void decide_observed(struct engine *engine, const struct input *input);

/* ---- reports.c ---- */
void decide_report(struct engine *engine, const struct input *input);

/* ---- bots.c ---- */
void decide_bots(struct engine *engine);
/* Cash the bot may spend: what is free in its purse less what the purse keeps. */
struct amount bot_spendable(const struct engine *engine, uint32_t bot);
double bot_measure(const struct engine *engine, uint32_t bot);
/* A new row among its decisions. */
struct decision *decision_begin(struct engine *engine, uint32_t bot);

/* ---- quoting.c ---- */
/* Makes the live orders of a planning bot what its class wants now. filled: with PLAN_FILL, else
 * NULL. False where the class leaves things as they are. */
bool plan_bot(struct engine *engine, uint32_t bot, enum plan_cause cause,
              const struct order *filled);
/* After a fill of the order, behind everything else of the step. */
void plan_after_fill(struct engine *engine, const struct order *order);
/* After a change of the top of an order book. */
void plan_on_quote(struct engine *engine, uint32_t instrument);
/* What fills and planned orders leave in the state of bots; for evolve.c. quantity, notional and
 * fee are negative where a fill is taken back. */
void bot_keep_fill(struct engine *engine, const struct order *order, struct price price,
                   int64_t quantity, i128 notional, i128 fee);
void bot_keep_planned(struct engine *engine, const struct fact_order_planned *fact,
                      int64_t time_ns);
void decide_bot_command(struct engine *engine, const struct input *input);

/* ---- stops.c ---- */
void decide_stop(struct engine *engine, const struct input *input);
void decide_resume(struct engine *engine, const struct input *input);
/* Continues a flatten: closes what is free to be closed. */
void flatten_pass(struct engine *engine);
/* Looks for breaches after a fill (instrument) or a cycle (NONE_INDEX) and changes states. */
void check_after(struct engine *engine, uint32_t instrument);
void overdrawn_check(struct engine *engine, uint32_t book, uint32_t asset, uint64_t order);
void cancel_entries(struct engine *engine, uint32_t instrument, uint32_t book, enum reason reason);

/* The fact that a trading state changed. */
void state_set(struct engine *engine, enum state_scope scope, uint32_t index,
               enum trading_state state, enum reason reason);

/* ---- listing.c ---- */
bool instrument_is_listed(const struct engine *engine, uint32_t instrument);
void instrument_unlist(struct engine *engine, uint32_t instrument);
void decide_list(struct engine *engine, const struct input *input);
void decide_delist(struct engine *engine, const struct input *input);

/* ---- start.c ---- */
void list_instrument(struct engine *engine, uint32_t index);
void decide_start(struct engine *engine);
void decide_deposit(struct engine *engine, const struct input *input);

/* ---- fit.c ---- */
/* Whether a fact from outside can be evolved as the state is now. */
bool fact_fits(const struct engine *engine, const struct fact_header *fact);

#endif
