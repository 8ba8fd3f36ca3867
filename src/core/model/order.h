/* An order and its life.
 *
 * Two fields say all: `state` is what the venue has proved, `delivery` what we know of our message.
 * A pending cancel or amend is a flag, a partial fill is arithmetic. Only evidence ends an order;
 * an end state still takes late fills, for ever. The table below is the program: the engine asks
 * order_state_allows before it emits, and the documentation is printed from it. */
#ifndef TERN_CORE_MODEL_ORDER_H
#define TERN_CORE_MODEL_ORDER_H

#include "base/hash.h"
#include "core/model/instrument.h"

/* X(NAME, number, is_end, sentence) */
#define ORDER_STATE_TABLE(X)                                                       \
    X(NEW, 1, 0, "planned and reserved, not yet handed to the outbox")             \
    X(DENIED, 2, 1, "our risk said no; nothing was sent")                          \
    X(SUBMITTED, 3, 0, "durable and on its way; the venue has proved nothing yet") \
    X(OPEN, 4, 0, "the venue works it")                                            \
    X(FILLED, 5, 1, "wholly executed")                                             \
    X(CANCELED, 6, 1, "ended by a cancel")                                         \
    X(REJECTED, 7, 1, "the venue said no, with evidence")                          \
    X(EXPIRED, 8, 1, "ended by its own time limit")                                \
    X(ABSENT, 9, 1, "proved never to have reached the venue")

enum order_state {
#define ORDER_STATE_ENUM(name, number, is_end, sentence) ORDER_##name = number,
    ORDER_STATE_TABLE(ORDER_STATE_ENUM)
#undef ORDER_STATE_ENUM
        ORDER_STATE_END
};

/* From which states each state may be reached. X(FROM, TO) */
#define ORDER_TRANSITION_TABLE(X) \
    X(NEW, DENIED)                \
    X(NEW, SUBMITTED)             \
    X(SUBMITTED, OPEN)            \
    X(SUBMITTED, FILLED)          \
    X(SUBMITTED, CANCELED)        \
    X(SUBMITTED, REJECTED)        \
    X(SUBMITTED, EXPIRED)         \
    X(SUBMITTED, ABSENT)          \
    X(OPEN, FILLED)               \
    X(OPEN, CANCELED)             \
    X(OPEN, EXPIRED)              \
    X(OPEN, REJECTED)             \
    X(CANCELED, FILLED)           \
    X(EXPIRED, FILLED)            \
    X(REJECTED, FILLED)           \
    X(ABSENT, FILLED)             \
    X(ABSENT, OPEN)               \
    X(FILLED, OPEN)               \
    X(FILLED, CANCELED)
/* The last two rows: an order judged absent that shows up after all, and a busted fill that makes a
 * filled order incomplete again. */

enum delivery {
    DELIVERY_NONE = 0,     /* nothing to send */
    DELIVERY_QUEUED = 1,   /* durable, waiting for the sender */
    DELIVERY_SENT = 2,     /* handed to the connection */
    DELIVERY_ANSWERED = 3, /* the venue has answered about it */
    DELIVERY_UNKNOWN = 4,  /* a restart or a lost answer: only evidence settles it */
};

enum order_type { ORDER_MARKET = 1, ORDER_LIMIT = 2, ORDER_STOP = 3, ORDER_STOP_LIMIT = 4 };

enum time_in_force { TIF_GTC = 1, TIF_IOC = 2, TIF_FOK = 3, TIF_GTD = 4 };

enum order_flag {
    ORDER_FLAG_POST_ONLY = 1,
    ORDER_FLAG_REDUCE_ONLY = 2,
    ORDER_FLAG_PROTECTIVE = 4, /* can only shrink a position: stop, take-profit, flatten */
    ORDER_FLAG_CANCEL_PENDING = 8,
    ORDER_FLAG_AMEND_PENDING = 16,
    ORDER_FLAG_TRIGGERED = 32, /* a stop whose price was reached */
};

/* Who wanted it. */
enum origin { ORIGIN_BOT = 1, ORIGIN_PERSON = 2, ORIGIN_ASSISTANT = 3, ORIGIN_ENGINE = 4 };

/* Why a bot or a stop wanted it; carried by the order for reports. */
enum order_purpose {
    PURPOSE_ENTER = 1,
    PURPOSE_EXIT = 2,
    PURPOSE_STOP_LOSS = 3,
    PURPOSE_TAKE_PROFIT = 4,
    PURPOSE_FLATTEN = 5,
    PURPOSE_MANUAL = 6,
    PURPOSE_BUDGET_END = 7,
};

/* What someone wants, before risk has judged it. */
struct intent {
    uint32_t book; /* whose position it changes */
    uint32_t bot;  /* NONE_INDEX where no bot wanted it */
    uint32_t instrument;
    uint8_t side, type, tif, flags; /* enums above */
    uint8_t origin, purpose;
    struct quantity quantity;
    struct price price;      /* limit; 0 for market and stop */
    struct price stop_price; /* 0 unless stop or stop-limit */
    int64_t expire_ns;       /* TIF_GTD only */
    uint64_t parent;         /* order id of a parent, 0 = none */
};

/* Durable; 64-bit fields first, no padding. Order n lies at slot n & (capacity - 1). */
struct order {
    uint64_t id; /* grows by one; 0 = free slot */
    uint64_t client_id_low, client_id_high;
    uint64_t venue_id_low, venue_id_high;
    uint64_t parent;
    int64_t planned_ns, ended_ns, expire_ns;
    struct price price, stop_price;
    struct quantity quantity;     /* wanted */
    struct quantity filled;       /* sum of fills, provisional ones included */
    struct quantity provisional;  /* of which provisional */
    struct quantity children;     /* of a parent: sum of the children's quantities */
    struct amount_bytes hold;     /* what is still reserved of its asset */
    struct amount_bytes notional; /* sum of price x quantity of its fills */
    struct amount_bytes fees;     /* in quote value */
    struct amount_bytes provisional_notional, provisional_fees;
    uint64_t trade_id_low, trade_id_high; /* of its last fill; earlier ones are in the seen set */
    uint32_t book, bot, instrument;
    uint32_t cash_book; /* whose quote balance pays */
    uint32_t fills_count;
    uint32_t live_previous, live_next; /* slot + 1 in the list of live orders, oldest first */
    uint8_t side, type, tif, flags;
    uint8_t state, delivery, origin, purpose;
    uint8_t end_reason;
    uint8_t reserved[3];
};

const char *order_state_name(enum order_state state); /* "open" */
const char *order_state_sentence(enum order_state state);
bool order_state_is_end(enum order_state state);
bool order_state_allows(enum order_state from, enum order_state to);
const char *delivery_name(enum delivery delivery);
const char *side_name(enum side side); /* "buy" */
const char *order_type_name(enum order_type type);
const char *tif_name(enum time_in_force tif);
const char *order_purpose_name(enum order_purpose purpose);

static inline struct quantity order_remaining(const struct order *order)
{
    int64_t rest = order->quantity.units - order->filled.units;
    return (struct quantity){rest > 0 ? rest : 0};
}

#endif
