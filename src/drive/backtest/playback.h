/* A back-test on a recorded session: the market plays to the simulated exchange as it happened and
 * to the engine as it was received, and orders and answers travel between the two.
 *
 *     session ──► happened ──► book_venue ──► answers, response latency later ──┐
 *        │                         ▲                                            ▼
 *        │                         └── entry latency ◄── commands ◄───────── engine
 *        └─────► received ──► session_feed ──► quotes, trades, levels, bars ────►┘
 *
 * Other instruments may have recorded bars in the same run. Their orders go to the exchange on bars
 * (sim/bar_venue.h), where they arrive at once; an order's instrument says which of the two it is
 * for. Both exchanges share one account, one journal and one volume of thirty days.
 *
 * One instant at a time, the earliest of what is next. At one instant: what happened at the
 * exchange, what of ours is due there, timers, order books that become old, bars that end and the
 * cycle (bots decide), commands, answers, what is received, openings of recorded bars. So nothing
 * is decided on what was not received by then, and no order meets a market older than its arrival.
 * The session ends with the last record received, or the last recorded bar; positions are valued at
 * the middle of the last quote received, and answers still under way are lost. */
#ifndef TERN_DRIVE_BACKTEST_PLAYBACK_H
#define TERN_DRIVE_BACKTEST_PLAYBACK_H

#include "drive/backtest/backtest.h"
#include "drive/backtest/session_feed.h"
#include "sim/book_venue.h"

struct playback {
    const struct session *session; /* borrowed */
    struct book_venue *venue;
    struct session_feed feed;
    int64_t *bars_ns;               /* [instrument]: bars that its bots' bars are made of */
    struct price *marks;            /* [instrument]: last middle received, 0 = none */
    struct quantity *daily_volumes; /* [instrument]: for impact, from the session's trades */
    int64_t finest_ns;              /* of bars_ns */
    struct fee_schedule fees;       /* of both exchanges */
};

/* As backtest_init, of a session that is aligned and outlives the back-test, and of bars of other
 * instruments beside it; series_count may be 0. */
MUST_USE enum status backtest_init_session(struct backtest *backtest, const struct config *config,
                                           const struct session *session,
                                           const struct backtest_series *series,
                                           uint32_t series_count, struct problem *problem);
/* What backtest_run does of a session. */
MUST_USE enum status playback_run(struct backtest *backtest, const struct journal_sink *sink,
                                  const struct backtest_options *options,
                                  struct backtest_result *result, struct problem *problem);
void playback_free(struct playback *playback); /* NULL is nothing to do */

#endif
