/* `--tape FILE[,FILE…]`: recorded order books, quotes and trades in place of the generator.
 *
 *     files ─► session (drive/research/session.h) ─┬─ as it happened ───► the exchange
 *                                                  └─ as it was received ─► the engine
 *
 * Which instrument a file is about is read from its name: BTC-USD where it has btc in it, ETH-USD
 * where it has eth; prices in a dollar coin count as dollars. The bots are of the kinds that need
 * no price of the market in advance. Nothing is warmed up but by
 * one bar at the first price: the recording is all there is. */
#ifndef TERN_DRIVE_LIVE_DEMO_TAPE_H
#define TERN_DRIVE_LIVE_DEMO_TAPE_H

#include "base/text.h"
#include "drive/config/assemble.h"
#include "drive/research/session_feed.h"

#define DEMO_TAPE_FILES_MAX 8
#define DEMO_TAPE_DECIMALS 8u /* of prices and of quantities */

struct demo_tape {
    struct session session;
    struct session_feed feed;
    struct session_cursor happened;
    uint32_t instruments[2];    /* rows of the table of names, in the order of the configuration */
    uint32_t instruments_count; /* 1 or 2 */
};

/* Reads the files. STATUS_USAGE where a name says no instrument, there are too many files or one
 * has no order book; and as depth_data_read. The caller releases *tape in any case. */
MUST_USE enum status demo_tape_read(struct demo_tape *tape, const char *files,
                                    struct problem *problem);
void demo_tape_release(struct demo_tape *tape);
/* The configuration for what was read, as YAML; appended. */
void demo_tape_configuration(const struct demo_tape *tape, struct text_buffer *out);
/* Puts the recording at its beginning, for instruments of that configuration. STATUS_NO_MEMORY. */
MUST_USE enum status demo_tape_begin(struct demo_tape *tape, const struct assembly *assembly,
                                     int64_t cycle_ns);
/* What the numbers of all its order books promise at least. */
enum book_sequence demo_tape_sequence(const struct demo_tape *tape);
/* Whole seconds around what was received. */
int64_t demo_tape_start_ns(const struct demo_tape *tape);
int64_t demo_tape_end_ns(const struct demo_tape *tape);

#endif
