/* What the engine is told of a session, input by input, in the order in which it was received.
 *
 *     record received ──► order book as we see it ──► DELTA …  what changed of the visible ladder
 *                                                     QUOTE    the top, where it changed
 *                                                     HEALTH   the book became invalid, or valid
 *     trade received  ──► TRADE, and BAR_OPEN with the first of a bar
 *     instant of the clock ──► BAR_CLOSE of every bar that ends, then CYCLE
 *     recorded bars   ──► BAR_CLOSE there too, and BAR_OPEN behind all else of an instant
 *
 * Bars are made of trades, or where an instrument has none of the middles of its quotes: aligned to
 * UTC, the first from its whole interval on, each of the next. One without a trade has the last
 * close for its four prices, and no volume: nothing was missed, nobody traded. What is received at
 * the very end of a bar belongs to the next.
 *
 * CYCLE comes at the end of each bar and at every whole `cycle` of the clock while the session
 * lasts, once at an instant: closes in the order of instruments, made and recorded ones alike,
 * CYCLE, then what is received then, then the openings of recorded bars.
 *
 * An order book or a quote that has said nothing for more than the age that was asked for is old:
 * HEALTH says that it is not valid, until it speaks again.
 *
 * The same inputs come whether the engine decides or folds, so they are not in the journal, but for
 * HEALTH, which is durable. */
#ifndef TERN_DRIVE_BACKTEST_SESSION_FEED_H
#define TERN_DRIVE_BACKTEST_SESSION_FEED_H

#include "core/engine/engine.h"
#include "drive/backtest/session.h"
#include "drive/backtest/timeline.h"

/* One instrument as we see it. */
struct session_view {
    struct order_book *book;            /* owned; NULL where only quotes are recorded */
    struct depth_side sent[2];          /* the ladder as the engine has it: bids, asks */
    struct quote quote;                 /* the top as the engine has it */
    struct price middle;                /* of the last valid quote; 0 = none yet */
    int64_t bar_ns, bar_end_ns;         /* length of its bars; when the current one ends */
    struct bar bar;                     /* being made; its open is 0 before the first price */
    struct price close;                 /* of the last bar or the last price before the first */
    int64_t invalid_ns, invalid_sum_ns; /* since when the book is not valid, 0 = it is; in all */
    uint64_t bars_count, quotes_bad, flat_count; /* bars, crossed or one-sided quotes, tradeless */
    int64_t old_ns; /* when the book or quote becomes old if nothing is said; INT64_MAX: never */
    uint64_t old_count, trades_late; /* how often it did; trades while it was */
    double quantity_scale;
    uint32_t series; /* of recorded bars: index of its cursor; NONE_INDEX: it has none */
    bool has_trades, was_valid, is_old;
};

struct session_feed {
    const struct session *session; /* borrowed */
    struct session_cursor received;
    struct session_view *views; /* owned, [instrument] */
    uint32_t instruments_count;
    uint32_t pending_at, pending_count, pending_capacity;
    struct input *pending; /* owned: of the step taken last, without sequence numbers */
    int64_t cycle_ns, cycle_next_ns;
    int64_t from_ns, to_ns;   /* of all that is told */
    int64_t session_to_ns;    /* of what is received: behind it the clock has bars alone */
    int64_t age_max_ns;       /* 0 = nothing becomes old */
    struct timeline timeline; /* of recorded bars */
    int64_t opening_ns;       /* when the timeline's openings are due; INT64_MAX: they are told */
};

/* bars_ns: the length of each instrument's bars, borrowed for the call. STATUS_NO_MEMORY. */
MUST_USE enum status session_feed_init(struct session_feed *feed, const struct session *session,
                                       const struct instrument *instruments,
                                       uint32_t instruments_count, const int64_t *bars_ns,
                                       int64_t cycle_ns);
/* Before the first step: recorded bars of other instruments, sorted by instrument, borrowed as long
 * as the feed. STATUS_NO_MEMORY; the feed is to be released all the same. */
MUST_USE enum status session_feed_add_bars(struct session_feed *feed,
                                           const struct backtest_series *series, uint32_t count);
/* Before the first step: how long a book or quote may say nothing. */
void session_feed_set_age(struct session_feed *feed, int64_t age_max_ns);
void session_feed_release(struct session_feed *feed);

/* When the next step comes: a record or an instant of the clock; INT64_MAX behind the end. */
int64_t session_feed_ns(const struct session_feed *feed);
/* Whether the next step is an instant of the clock, at that time. */
bool session_feed_at_instant(const struct session_feed *feed, int64_t time_ns);
/* Takes that step. Its inputs wait for session_feed_next; those of the step before are gone. */
void session_feed_step(struct session_feed *feed);
/* The next input of the step, borrowed until the next step; NULL at its end. */
struct input *session_feed_next(struct session_feed *feed);

#endif
