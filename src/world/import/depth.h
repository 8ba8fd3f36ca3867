/* Recorded order books, quotes and trades out of CSV files, plain or gzipped, as timed events.
 *
 *     recv_ns,exch_ns,first_id,last_id,kind,side,price,size         levels
 *     recv_ns,exch_ns,update_id,bid,bid_size,ask,ask_size           quotes
 *     recv_ns,trade_ns,trade_id,price,size,taker_side               trades
 *
 *     depth_reader_open ──► depth_reader_next … STATUS_END ──► depth_reader_close
 *
 * What a file holds is told by its columns: `bid` and `ask`, quotes; `side` (bid, ask), levels;
 * else `price` and `size`, trades. Columns are found by name in any order; a name that is not known
 * is an error. A level file without `kind` is one snapshot.
 *
 * What holds of the events, whatever the recorder did:
 *  1. Rows of one message come as one event; the first delta of a snapshot has DELTA_CLEAR, its
 *     last DELTA_LAST. Prices and sizes are exact or the file is refused.
 *  2. Messages that were received before the first snapshot come after it where their last number
 *     is above the snapshot's (the recorder asked for the snapshot while it listened); the others
 *     are in it and are left out, and counted. The receive times of those kept are moved up to the
 *     snapshot's, before which nobody could have used them.
 *  3. Trades come oldest first, also where a message lists them newest first, and each id once
 *     where the file has ids: a snapshot of recent trades may repeat. Trades that are alike but
 *     have no ids are all kept: they are several fills.
 *  4. receive_ns never goes back (it is a fault of the file where it does); event_ns may. One
 *     that the file does not have is 0: clocks of recorder and venue differ, so none stands in for
 *     the other. */
#ifndef TERN_WORLD_IMPORT_DEPTH_H
#define TERN_WORLD_IMPORT_DEPTH_H

#include "base/problem.h"
#include "world/port/feed_port.h"

/* A message of more levels, or more held back before a snapshot, is refused. */
#define DEPTH_DELTAS_MAX ((size_t)1 << 22)

/* Is told each row that cannot be used, which is then passed over. */
struct depth_faults {
    void *context;
    void (*fault)(void *context, uint64_t line, bool disorder, const struct problem *problem);
};

/* What to read; borrows its path. price_decimals + quantity_decimals <= 18: the instrument's. */
struct depth_source {
    const char *path;
    unsigned price_decimals, quantity_decimals;
    const struct depth_faults *faults; /* NULL: the first such row is a failure */
};

struct depth_counts {
    uint64_t rows, levels_messages, snapshots, deltas, quotes, trades;
    uint64_t held_kept, held_left_out; /* messages before the first snapshot */
    uint64_t trades_repeated;          /* left out */
};

struct byte_source;
struct depth_reader;

/* STATUS_NOT_FOUND, STATUS_IO, STATUS_DATA_INVALID, STATUS_NO_MEMORY with *problem. The caller
 * closes *out, which is NULL on failure. */
MUST_USE enum status depth_reader_open(const struct depth_source *source, struct depth_reader **out,
                                       struct problem *problem);
/* The same from bytes that are already decoded; they are borrowed until the reader is closed. */
MUST_USE enum status depth_reader_open_bytes(const struct depth_source *source,
                                             struct byte_source *bytes, struct depth_reader **out,
                                             struct problem *problem);
/* Whether the file has the columns of a recording; false where it cannot be read. */
bool depth_is_recording(const char *path);
/* The least decimals that hold every price and every size of a file. STATUS_DATA_INVALID where they
 * are more than 18 together; as depth_reader_open. */
MUST_USE enum status depth_decimals(const char *path, unsigned *price_decimals,
                                    unsigned *quantity_decimals, struct problem *problem);
/* The next event; STATUS_END (without a problem) when there is none. After a failure the reader may
 * only be closed. */
MUST_USE enum status depth_reader_next(struct depth_reader *reader, struct depth_event *out,
                                       struct problem *problem);
/* The line of the last row taken, which is that behind the event. */
uint64_t depth_reader_line(const struct depth_reader *reader);
/* So far. */
const struct depth_counts *depth_reader_counts(const struct depth_reader *reader);
enum depth_kind depth_reader_kind(const struct depth_reader *reader);
/* NULL is nothing to do. */
void depth_reader_close(struct depth_reader *reader);

#endif
