/* Inside the exchange on order books (sim/book_venue.h): what its files share.
 *
 *     book_venue.c     requests, the market, time, answers
 *        └─► venue_orders.c   an order's life: accepted, takes, rests, ends; reports
 *               └─► venue_levels.c   prices where something of ours is: lines, depth we took
 *
 * A venue_level is a price of one side where orders of ours rest (a line) or where we took depth;
 * it exists as long as one of both does. Levels are found by price through the buckets; those with
 * a line are also in a list, best first. Indices are plus one, 0 = none.
 *
 * Invariants between calls: shown is what the valid book shows at the price; 0 <= taken <= shown;
 * our best bid lies below our best ask. */
#ifndef TERN_SIM_BOOK_VENUE_PARTS_H
#define TERN_SIM_BOOK_VENUE_PARTS_H

#include "sim/book_venue.h"

#define VENUE_BUCKETS 256u /* power of two */

struct venue_level {
    int64_t price;          /* units */
    int64_t shown;          /* quantity units the data show there */
    int64_t taken;          /* of which we took */
    uint32_t line;          /* index of its line */
    uint32_t next;          /* in its bucket, and in the list of free levels */
    uint32_t better, worse; /* in the list of lines */
    uint32_t side;
    uint32_t reserved;
};

/* Of one side of an instrument. */
struct venue_side {
    uint32_t best;  /* level of our best line */
    uint32_t taken; /* levels we took from */
};

struct venue_market {
    const struct instrument *instrument;
    struct order_book *book;
    int64_t own_bid, own_ask; /* price of our best line; INT64_MIN, INT64_MAX where there is none */
    uint32_t levels_count;
    bool valid; /* the book, after the last message */
    bool halted;
    int64_t told_ns;                /* when the book said something last */
    uint32_t stop_first, stop_last; /* slots, oldest first */
    int64_t stop_above, stop_below; /* the nearest stops: a buy's, a sell's */
    struct price last;              /* of the last trade; 0 = none */
    struct quote quote;             /* what book_venue_quote put into the book */
    struct impact impact;
    struct venue_side sides[2];
    uint32_t buckets[VENUE_BUCKETS]; /* levels */
};

struct venue_order {
    uint64_t id;
    struct price price, stop_price;
    struct quantity quantity, filled;
    int64_t expire_ns;
    uint32_t instrument;
    uint32_t level; /* where it rests */
    uint32_t stop_previous, stop_next;
    uint32_t expiry_previous, expiry_next;
    uint8_t side, type, tif, flags;
    uint8_t triggered; /* a stop whose price was reached */
    uint8_t stopped;   /* in the instrument's list of stops */
    uint8_t live;
    uint8_t reserved;
};

enum venue_request_kind { VENUE_PLACE, VENUE_CANCEL, VENUE_AMEND };

struct venue_request {
    int64_t exchange_ns, answer_ns;
    struct venue_order order; /* of a cancel the id; of an amend also price and quantity */
    enum venue_request_kind kind;
    bool refused; /* before the exchange */
};

struct book_venue {
    struct book_venue_config config;
    struct arena memory;
    int64_t now_ns; /* the exchange's clock */
    int64_t due_ns; /* no request or expiry is due before it */
    struct venue_market *markets;
    struct venue_level *levels; /* [0] is never used */
    struct queue_line *lines;   /* [0] is never used */
    uint32_t *lines_free;       /* a stack */
    uint32_t levels_capacity, levels_used, level_free;
    uint32_t lines_free_count;
    struct venue_order *orders;
    uint32_t mask, live_count;
    uint32_t expiry_first, expiry_last; /* slots, by time, then arrival */
    struct venue_request *requests;     /* a ring */
    uint64_t requests_head, requests_tail;
    uint32_t requests_mask;
    struct input *reports; /* a ring, in order of answer time */
    uint64_t reports_head, reports_tail;
    uint32_t reports_mask;
    int64_t answer_ns; /* of reports of what happens now; INT64_MIN: not drawn yet */
    int64_t answer_last_ns;
    bool impact;
    uint64_t trade_id_next, order_id_next;
    struct latency_line latency;
    struct fee_schedule own_fees, *fees;
    struct book_venue_counters counters;
    struct queue_fill fills[QUEUE_LINE_MAX];
};

/* ---- levels ---- */

static inline uint32_t venue_bucket(int64_t price, uint32_t side)
{
    return (uint32_t)((((uint64_t)price << 1 | (side & 1)) * UINT64_C(0x9e3779b97f4a7c15)) >> 56);
}

static inline struct venue_side *venue_side_of(struct venue_market *market, enum side side)
{
    return &market->sides[side == SIDE_BUY ? 0 : 1];
}

/* Whether a price of `side` (an order's limit; 0 = any price) reaches `price` of the other side. */
static inline bool venue_reaches(enum side side, int64_t limit, int64_t price)
{
    return limit == 0 || (side == SIDE_BUY ? price <= limit : price >= limit);
}

/* The level's index; 0 where nothing of ours is. */
uint32_t venue_level_find(const struct book_venue *venue, const struct venue_market *market,
                          enum side side, int64_t price);
/* The data may show something else there now: the queues and what we took follow. */
void venue_level_follow(struct book_venue *venue, struct venue_market *market, uint32_t level);
/* All of an instrument: after a snapshot. */
void venue_levels_follow(struct book_venue *venue, struct venue_market *market);

/* The order joins the end of the line at its price; false where the line is full. */
bool venue_line_join(struct book_venue *venue, struct venue_market *market,
                     struct venue_order *order, struct quantity left);
bool venue_line_is_full(const struct book_venue *venue, const struct venue_market *market,
                        enum side side, int64_t price);
/* Takes the order out of its line. */
void venue_line_leave(struct book_venue *venue, struct venue_market *market,
                      struct venue_order *order);
/* The level's line is given back where no order is left in it. */
void venue_line_tidy(struct book_venue *venue, struct venue_market *market, uint32_t level);

/* The best level of `side` that can be taken, no worse than `limit` (0 = any) and, with from > 0,
 * worse than `from`; its quantity is what can be taken, in whole lots. */
bool venue_available(const struct book_venue *venue, const struct venue_market *market,
                     enum side side, int64_t limit, int64_t from, struct book_level *out);
/* We took this much of what can be taken there. */
void venue_level_take(struct book_venue *venue, struct venue_market *market, enum side side,
                      int64_t price, int64_t quantity);

/* ---- orders ---- */

struct input *venue_report(struct book_venue *venue, enum input_kind kind, uint64_t order,
                           uint32_t instrument);
void venue_report_reason(struct book_venue *venue, enum input_kind kind, uint64_t order,
                         uint32_t instrument, enum reason reason);
/* Whether there is room for the reports of one more fill beside those that must have room. */
bool venue_has_room(const struct book_venue *venue);

struct venue_order *venue_order_of(struct book_venue *venue, uint64_t id);
bool venue_is_limit(const struct venue_order *order);
/* Whether the book may be believed: it is valid, and not old. */
static inline bool venue_book_holds(const struct book_venue *venue,
                                    const struct venue_market *market)
{
    int64_t age_max_ns = venue->config.book_age_max_ns;
    return market->valid && (age_max_ns == 0 || venue->now_ns - market->told_ns <= age_max_ns);
}

static inline bool venue_is_open(const struct book_venue *venue, const struct venue_market *market)
{
    return venue_book_holds(venue, market) && !market->halted;
}

/* A copy of the request's order is live from now on. */
struct venue_order *venue_order_open(struct book_venue *venue, const struct venue_order *order);
void venue_order_close(struct book_venue *venue, struct venue_order *order);
/* Ends with a report. */
void venue_order_end(struct book_venue *venue, struct venue_order *order, enum input_kind kind,
                     enum reason reason);
/* Whether it would take, or meet an order of ours, at `price`. */
bool venue_would_take(struct book_venue *venue, struct venue_market *market, enum side side,
                      int64_t price);
/* The order meets the market, which is open: takes, then rests or ends. */
void venue_order_meet(struct book_venue *venue, struct venue_order *order);
/* Orders of ours that a level of the other side reaches fill, best line first. */
void venue_reached(struct book_venue *venue, struct venue_market *market);
void venue_traded(struct book_venue *venue, struct venue_market *market, const struct trade *trade);
/* Stops that the last price reaches trigger; where the market is open they act. */
void venue_stops(struct book_venue *venue, struct venue_market *market);

#endif
