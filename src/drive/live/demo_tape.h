/* `--tape FILE[,FILE…]`: recorded order books, quotes and trades in place of the generator.
 *
 *     files ─► session (drive/backtest/session.h) ─┬─ as it happened ───► the exchange
 *                                                  └─ as it was received ─► the engine
 *
 * A file is a CSV or a tape. Which instrument it is about says NAME=FILE, else the tape itself,
 * else the first coin that the file's own name has as a word, alone or before its dollar (btc,
 * ethusdt): one of those that the generator knows. Prices in a dollar coin count as dollars. Ticks
 * and lots are the coarsest of 1, 2 and 5 times a power of ten on which all prices and sizes of the
 * instrument lie; but no lot is worth more than 100, for few sizes may all be large. The bots are
 * of the kinds that need no price of the market in advance. Nothing is warmed up but by one bar at
 * the first price: the recording is all there is. */
#ifndef TERN_DRIVE_LIVE_DEMO_TAPE_H
#define TERN_DRIVE_LIVE_DEMO_TAPE_H

#include "base/text.h"
#include "drive/config/assemble.h"
#include "drive/backtest/session_feed.h"

#define DEMO_TAPE_FILES_MAX 16
#define DEMO_TAPE_INSTRUMENTS_MAX 8
#define DEMO_TAPE_DECIMALS 8u /* of prices and of quantities */

/* What is known of an instrument before the start. */
struct demo_tape_instrument {
    char base[ASSET_NAME_SIZE]; /* BTC, of BTC-USD */
    int64_t tick, lot;          /* in units of 10^-DEMO_TAPE_DECIMALS */
};

struct demo_tape {
    struct session session;
    struct session_feed feed;
    struct session_cursor happened;
    struct demo_tape_instrument instruments[DEMO_TAPE_INSTRUMENTS_MAX]; /* as they came */
    uint32_t instruments_count;
    char files[DEMO_TAPE_FILES_MAX][64]; /* names of the session's files, for people */
};

/* Reads the files. STATUS_USAGE where nothing says an instrument, there are too many files or one
 * has no order book; and as recording_read. The caller releases *tape in any case. */
MUST_USE enum status demo_tape_read(struct demo_tape *tape, const char *files,
                                    struct problem *problem);
void demo_tape_release(struct demo_tape *tape);
/* The configuration for what was read, as YAML; appended. */
void demo_tape_configuration(const struct demo_tape *tape, struct text_buffer *out);
/* Puts the recording at its beginning, for instruments of that configuration. STATUS_NO_MEMORY. */
MUST_USE enum status demo_tape_begin(struct demo_tape *tape, const struct assembly *assembly,
                                     const struct config *config);
/* What the numbers of each order book promise: out[instruments_count]. */
void demo_tape_sequences(const struct demo_tape *tape, enum book_sequence *out);
/* Room that the largest order book needs on a side. */
uint32_t demo_tape_levels(const struct demo_tape *tape);
/* Whole seconds around what was received. */
int64_t demo_tape_start_ns(const struct demo_tape *tape);
int64_t demo_tape_end_ns(const struct demo_tape *tape);
/* What was wrong with an order book or quotes so far, "gap 1, crossed 2"; returns how much, and
 * "" and 0 where nothing was. What is usual is left out (a removal beyond the depth of a snapshot,
 * messages that overlap or are empty). */
uint64_t demo_tape_troubles(const struct demo_tape *tape, uint32_t instrument, char *out,
                            size_t size);

#endif
