/* The simulated exchange on order books: our orders in a market that was recorded or made up.
 *
 *     our clock      place, cancel, amend ─┐                          ┌─► reports, answer times
 *                                     entry latency            response latency
 *     the exchange's clock                 └─► judged by the book ────┘
 *                    book, quote, trade, halt ─► at that moment
 *
 * Rules:
 *  1. A request is judged when it arrives, by the market of that time. Of what falls on one
 *     nanosecond expiries come first, then what the market tells, then requests in the order in
 *     which they were sent. One that would arrive before what the market has told already is
 *     judged after it.
 *  2. A taker (market, marketable limit, IOC, FOK) takes the levels of the other side best first,
 *     each level a fill of its own at the level's price. What a market or IOC order does not find
 *     is canceled; FOK fills whole or not at all; the rest of a GTC or GTD limit order rests.
 *  3. What was taken stays taken. A level shows D and T of it is taken: D - T is there to take.
 *     When the data show another D' at this price, T becomes min(T, D'): what is added is new and
 *     can be taken, what goes is taken from what is left, and a level that is gone is forgotten.
 *     The same D again, also in a snapshot, refills nothing.
 *  4. Resting orders stand in queues after the model (sim/book/queue.h), one line a price, at most
 *     QUEUE_LINE_MAX in it; they fill at their price as makers: in part by trades at the price,
 *     whole by a trade through it, and whole where a level that can be taken of the other side
 *     reaches it, which takes that depth (rule 3) as a taker would.
 *  5. Amending to less at the same price keeps the place. To another price or to more goes to the
 *     end, and takes first where it can.
 *  6. Post-only orders that would take at arrival are refused; so is an amend; the order stays. A
 *     post-only stop-limit is judged when it triggers, and canceled where it would take then.
 *  7. An order of ours never trades with an order of ours: a taker stops before the price where
 *     the other rests, and its rest is canceled (cancel the newest).
 *  8. Stops trigger on the last trade's price, also on the last one before they came, and then are
 *     a market or limit order. While the market is closed they trigger, and act when it opens.
 *  9. The market is closed while the instrument is halted or its book is not valid: new orders are
 *     rejected, but stops on an invalid book; resting ones stay and nothing fills; cancels and
 *     amends to less are done, other amends refused. When it opens, rules 4 and 8 are looked at
 *     again. Trades of a halted instrument are left out.
 * 10. A good-till-date order ends at its time: what happens at that nanosecond is too late for it.
 * 11. A book that has said nothing for more than book_age_max_ns is old: nobody takes from it. New
 *     orders but stops are rejected, amends but to less refused, stops wait, as in rule 9; but what
 *     rests still fills by trades, which prove more than an old book. Any message makes it new.
 * 12. Who is first at the exchange wins: a cancel after the fill is refused.
 *
 * Fees by the tiers of sim/fees.h. Impact (sim/book/impact.h) moves what takers pay, never beyond a
 * limit order's price.
 *
 * Deterministic: the same calls give the same reports. All memory is taken at creation. A market
 * event at a price where nothing of ours is costs the book's own work and one look-up. */
#ifndef TERN_SIM_BOOK_VENUE_H
#define TERN_SIM_BOOK_VENUE_H

#include "core/model/input.h"
#include "sim/book/impact.h"
#include "sim/book/latency.h"
#include "sim/book/order_book.h"
#include "sim/book/queue.h"
#include "sim/fees.h"

struct book_venue_config {
    const struct instrument *instruments; /* borrowed; books lie on their ticks */
    uint32_t instruments_count;
    uint32_t orders_capacity; /* power of two, the engine's */
    uint32_t levels_capacity; /* of each side of each book, > 0 */
    enum book_sequence sequence;
    const enum book_sequence *sequences; /* [instrument], in place of sequence; or NULL. Copied */
    int64_t book_age_max_ns;             /* rule 11; 0 = books do not grow old */
    struct queue_model queue;
    struct latency_model latency; /* rows are borrowed */
    uint64_t seed;                /* of the latency */
    struct impact_model impact;
    struct fee_tier tiers[FEE_TIERS_MAX]; /* the first from volume 0; rising */
    uint32_t tiers_count;
    struct fee_schedule *fees; /* borrowed, in place of tiers: shared with another; or NULL */
};

/* Since creation. */
struct book_venue_counters {
    uint64_t placed, refused; /* orders: taken on, rejected */
    uint64_t maker_fills, taker_fills;
    uint64_t canceled, expired, amended;
    uint64_t triggered;   /* stops */
    uint64_t self_trades; /* takers stopped before an order of ours */
    uint64_t trades_bad;  /* trades of no positive price or quantity: left out */
    uint64_t trades_held; /* trades that could fill us while there was no room for more reports */
};

struct book_venue;

/* STATUS_RANGE for a latency or impact model that makes no sense; STATUS_NO_MEMORY. The caller
 * frees it. */
MUST_USE enum status book_venue_create(const struct book_venue_config *config,
                                       struct book_venue **out);
void book_venue_free(struct book_venue *venue);

/* ---- our side, at our clock; times do not go back ---- */

/* Identity, side, type, tif, flags, prices, quantity, expiry of the order are copied. At most four
 * requests for each of orders_capacity may be under way. */
void book_venue_place(struct book_venue *venue, const struct order *order, int64_t time_ns);
void book_venue_cancel(struct book_venue *venue, uint64_t order, int64_t time_ns);
/* price: 0 for a market or stop order; quantity: in all, with what is filled. */
void book_venue_amend(struct book_venue *venue, uint64_t order, struct price price,
                      struct quantity quantity, int64_t time_ns);

/* ---- the market, at the exchange's clock; times do not go back ---- */

/* What is wrong with a message is counted by the book (order_book_troubles). */
void book_venue_book(struct book_venue *venue, uint32_t instrument,
                     const struct book_message *message, int64_t time_ns);
/* From sources that know only the top: the whole book is this. Not mixed with book_venue_book. */
void book_venue_quote(struct book_venue *venue, uint32_t instrument, const struct quote *quote,
                      int64_t time_ns);
void book_venue_trade(struct book_venue *venue, uint32_t instrument, const struct trade *trade,
                      int64_t time_ns);
void book_venue_halt(struct book_venue *venue, uint32_t instrument, bool halted, int64_t time_ns);

/* Requests that have arrived by then, and expiries; after what the market told of that time. */
void book_venue_advance(struct book_venue *venue, int64_t time_ns);
/* The earliest exchange time something of ours is due; INT64_MAX: nothing is. */
int64_t book_venue_next_ns(const struct book_venue *venue);

/* ---- answers, at our clock ---- */

/* The oldest report whose answer time is at or before until_ns, in *out: an input without sequence
 * number, time_ns its answer time. False where there is none. */
bool book_venue_report_next(struct book_venue *venue, int64_t until_ns, struct input *out);
/* Of the oldest report; INT64_MAX: none. */
int64_t book_venue_answer_ns(const struct book_venue *venue);

/* Orders the exchange works. */
uint32_t book_venue_live(const struct book_venue *venue);
/* What the market shows, without our orders and without what we took. */
const struct order_book *book_venue_order_book(const struct book_venue *venue, uint32_t instrument);
/* Quantity at a price that can still be taken (rule 3). */
struct quantity book_venue_available(const struct book_venue *venue, uint32_t instrument,
                                     enum side side, struct price price);
struct book_venue_counters book_venue_counters(const struct book_venue *venue);

#endif
