/* The simulated exchange on bars: an honest fill for every order that bars can judge.
 *
 * A bar says four prices and no path between them, so the venue only fills what these prove, and
 * where they leave two stories it takes the worse one:
 *
 *     fill         sees                      market order      resting limit    stop
 *     next_open    openings                  next opening      traded through   opening beyond
 *     this_close   closes                    its own close     traded through   close beyond
 *     range        openings, then high, low  next opening      traded through   touched: at the
 *                                                              inside the bar   stop, or at a
 *                                                                               worse opening
 *
 * 1. Touching is not filling: a resting buy at L needs a price below L. It fills at L, as a maker.
 * 2. A limit order that is marketable where it first meets the market takes, at that price.
 * 3. Prices that take are moved slippage against us, then rounded against us to the tick.
 * 4. Inside one bar stops come before limits, and a stop-limit that triggers inside a bar rests
 *    until the next.
 * 5. Liquidity is unlimited: bars do not say how much there was.
 * 6. No cancel overtakes a market order: on an exchange it would be executed at once, and only bars
 *    make it wait for a price.
 * 7. A post-only order at or beyond the last price is refused, and so is an amend that would move
 *    it there: the order stays. A post-only stop-limit is judged
 *    when it triggers, by the price that triggers it (inside a bar its stop price), and canceled
 *    where it would take there. */
#ifndef TERN_SIM_BAR_VENUE_H
#define TERN_SIM_BAR_VENUE_H

#include "base/arena.h"
#include "core/model/input.h"
#include "sim/fees.h"

enum bar_fill { BAR_FILL_NEXT_OPEN = 0, BAR_FILL_THIS_CLOSE = 1, BAR_FILL_RANGE = 2 };

struct bar_venue_config {
    const struct instrument *instruments; /* borrowed */
    uint32_t instruments_count;
    uint32_t orders_capacity; /* power of two, the engine's */
    enum bar_fill fill;
    struct ratio slippage;
    struct fee_tier tiers[FEE_TIERS_MAX]; /* the first from volume 0; rising */
    uint32_t tiers_count;
    struct fee_schedule *fees; /* borrowed, in place of tiers: shared with another; or NULL */
};

/* What the venue answers: inputs without sequence number and time of their own; time_ns is the
 * venue's. Borrowed until the next call that returns them. */
struct bar_venue;

MUST_USE enum status bar_venue_create(const struct bar_venue_config *config,
                                      struct bar_venue **out);
void bar_venue_free(struct bar_venue *venue);

/* Orders arrive; last is the instrument's last price, 0 = none yet. Only the venue's own rules are
 * checked here: its instruments, grid, minimum. */
void bar_venue_place(struct bar_venue *venue, const struct order *order, struct price last,
                     int64_t time_ns);
void bar_venue_cancel(struct bar_venue *venue, uint64_t order, int64_t time_ns);
void bar_venue_amend(struct bar_venue *venue, uint64_t order, struct price price,
                     struct quantity quantity, int64_t time_ns);
/* The market moves. True where there are reports to take. Need not be told where no order waits. */
bool bar_venue_open(struct bar_venue *venue, uint32_t instrument, struct price open,
                    int64_t time_ns);
bool bar_venue_close(struct bar_venue *venue, uint32_t instrument, const struct bar *bar,
                     int64_t time_ns);

/* Reports since the last bar_venue_clear, oldest first. */
const struct input *bar_venue_reports(const struct bar_venue *venue, uint32_t *count);
void bar_venue_clear(struct bar_venue *venue);
/* [instrument]: not 0 where orders wait; valid as long as the venue. */
const uint32_t *bar_venue_waiting(const struct bar_venue *venue);
/* Orders the venue still works. */
uint32_t bar_venue_live(const struct bar_venue *venue);
#endif
