/* An input: anything that happened outside. The gate before the engine numbers it and gives it the
 * only time the engine knows. Kinds have permanent numbers.
 *
 *     0        8        16    18    20       24                        32
 *     | seq    | time   | kind| flg | instr. | order id / count …      | payload …
 */
#ifndef TERN_CORE_MODEL_INPUT_H
#define TERN_CORE_MODEL_INPUT_H

#include "core/model/market.h"
#include "core/model/order.h"
#include "core/model/reason.h"

/* X(NAME, number, durable, sentence). Durable inputs are in the journal (a back-test's bars by the
 * content hash of their data); observed ones only on a tape. */
#define INPUT_TABLE(X)                                                                      \
    X(START, 1, 1, "a session begins: configuration, balances, budgets")                    \
    X(BAR_OPEN, 2, 1, "a bar opened: its open price alone")                                 \
    X(BAR_CLOSE, 3, 1, "a bar closed: the whole bar")                                       \
    X(CYCLE, 4, 1, "every bar closing at this instant is in: bots decide")                  \
    X(QUOTE, 5, 0, "the top of an order book")                                              \
    X(TRADE, 6, 0, "a public trade")                                                        \
    X(DELTA, 7, 0, "one level of an order book changed")                                    \
    X(VENUE_ACCEPTED, 16, 1, "the venue works an order")                                    \
    X(VENUE_REJECTED, 17, 1, "the venue refused an order, with evidence")                   \
    X(VENUE_FILL, 18, 1, "one execution of an order")                                       \
    X(VENUE_CANCELED, 19, 1, "an order ended by a cancel")                                  \
    X(VENUE_EXPIRED, 20, 1, "an order ended by its own time limit")                         \
    X(VENUE_AMENDED, 21, 1, "an order has a new price or quantity")                         \
    X(VENUE_CANCEL_REJECTED, 22, 1, "a cancel was refused")                                 \
    X(VENUE_AMEND_REJECTED, 23, 1, "an amend was refused")                                  \
    X(VENUE_CUMULATIVE, 24, 1, "the venue says how much of an order is filled, not how")    \
    X(VENUE_BUST, 25, 1, "the venue took a fill back")                                      \
    X(VENUE_ABSENT, 26, 1, "proved: the order never reached the venue")                     \
    X(DELIVERY, 32, 1, "what became of a message of ours: sent, or its outcome is unknown") \
    X(COMMAND_ORDER, 48, 1, "someone other than a bot wants an order")                      \
    X(COMMAND_CANCEL, 49, 1, "cancel an order")                                             \
    X(COMMAND_AMEND, 50, 1, "amend an order")                                               \
    X(COMMAND_STOP, 51, 1, "pause, reduce, cancel or flatten")                              \
    X(COMMAND_RESUME, 52, 1, "lift the stops")                                              \
    X(COMMAND_DEPOSIT, 53, 1, "money came or went: external, or between books")             \
    X(COMMAND_BOT, 54, 1, "start, pause or stop a bot")                                     \
    X(COMMAND_LIST, 55, 1, "an instrument that was not listed is traded from now on")       \
    X(COMMAND_DELIST, 56, 1, "an instrument is not listed any more: its orders end")        \
    X(TIMER, 64, 1, "a deadline passed")                                                    \
    X(HEALTH, 65, 1, "clock skew and the validity of feeds as measured outside")

enum input_kind {
#define INPUT_ENUM(name, number, durable, sentence) INPUT_##name = number,
    INPUT_TABLE(INPUT_ENUM)
#undef INPUT_ENUM
};

const char *input_kind_name(enum input_kind kind); /* NULL for an unknown number */
bool input_kind_is_durable(enum input_kind kind);

/* The four stops, the same words everywhere. */
enum stop_kind {
    STOP_NONE = 0,
    STOP_PAUSE = 1,
    STOP_REDUCE = 2,
    STOP_CANCEL = 3,
    STOP_FLATTEN = 4
};

enum liquidity { LIQUIDITY_MAKER = 1, LIQUIDITY_TAKER = 2 };

/* A fill as the venue reports it. */
struct venue_fill {
    uint64_t trade_id_low, trade_id_high; /* the venue's id: counted once */
    struct price price;
    struct quantity quantity;
    struct amount_bytes fee;       /* in fee_asset; negative = rebate */
    struct amount_bytes fee_value; /* its worth in the instrument's quote */
    uint32_t fee_asset;
    uint32_t liquidity;
};

enum input_flag {
    INPUT_FLAG_HISTORY = 1,   /* warm-up: evolves indicators, cannot trade */
    INPUT_FLAG_PROTECTIVE = 2 /* of a stop: cancel protective orders too */
};

struct input {
    uint64_t seq;    /* given by the gate: 1, 2, 3, … */
    int64_t time_ns; /* engine time; never goes backwards */
    uint16_t kind;
    uint16_t flags;
    uint32_t instrument; /* or series, book, bot: as the kind says */
    uint64_t order;      /* order id of venue reports and order commands */
    union {
        struct {
            int64_t bar_ns;
            struct bar bar;
        } bar; /* BAR_OPEN, BAR_CLOSE */
        struct quote quote;
        struct trade trade;
        struct delta delta;
        struct venue_fill fill; /* VENUE_FILL, VENUE_BUST (id only) */
        struct {
            uint64_t venue_id_low, venue_id_high;
            uint32_t reason; /* enum reason */
            uint32_t reserved;
            struct price price;           /* VENUE_AMENDED */
            struct quantity quantity;     /* VENUE_AMENDED, VENUE_CUMULATIVE */
            struct amount_bytes notional; /* VENUE_CUMULATIVE */
        } report;
        struct {
            uint32_t delivery, reserved;
        } delivery;
        struct intent intent; /* COMMAND_ORDER */
        struct {
            struct price price;
            struct quantity quantity;
        } amend;
        struct {
            uint32_t stop, book;
        } stop; /* NONE_INDEX: everything */
        struct {
            uint32_t asset, source_book, target_book, reserved;
            struct amount_bytes amount;
        } deposit; /* NONE_INDEX as a book: external */
        struct {
            uint32_t bot, action;
        } bot;
        struct {
            uint64_t timer;
        } timer;
        struct {
            int64_t clock_skew_ns;
            uint32_t book_valid, feed_up;
        } health;
    };
};

#endif
