/* A recorded session: order books, quotes and trades of several instruments and files as one market
 * with two clocks.
 *
 *     file 1 ─┐                    ┌─ in the order in which it happened    ──► the exchange
 *     file 2 ─┼─ session_align ──►─┤
 *     file 3 ─┘   (clocks)         └─ in the order in which it was received ──► the engine
 *
 * Rules of the clocks, for every record after session_align:
 *  1. event_ns is when it happened at the exchange. Where the file has no such time, it is the time
 *     it was received less feed_ns.
 *  2. receive_ns is when we knew, never before event_ns. Where the file has no such time, it is
 *     event_ns plus feed_ns.
 *  3. A recorder's clock by which more than one in a thousand of the records that have both times
 *     were received before they happened is behind the venue's. It is moved forward for the whole
 *     session by one shift, so that all but that many are received feed_ns or more after they
 *     happened. What is still received before it happened is received as it happens, and counted.
 *  4. Neither time goes back within a file: the order of the file is the order of things. A time
 *     that does is moved up to the one before, and counted.
 *
 * Of several files at one instant trades come first, then the levels and quotes that they changed,
 * each in the order of the files. */
#ifndef TERN_DRIVE_BACKTEST_SESSION_H
#define TERN_DRIVE_BACKTEST_SESSION_H

#include "core/model/market.h"
#include "sim/book_venue.h"
#include "world/import/depth_data.h"

struct session_file {
    uint32_t instrument; /* index in the configuration */
    uint32_t reserved;
    struct depth_data data;         /* owned; its times as session_align leaves them */
    enum book_sequence sequence;    /* what the numbers of levels promise */
    uint64_t moved_back, too_early; /* rules 4 and 3 */
};

struct session {
    struct session_file *files; /* owned, in the order of the configuration */
    uint32_t count;
    uint32_t reserved;
    int64_t shift_ns; /* of receive times, rule 3 */
    uint64_t events;
};

void session_release(struct session *session);
/* Puts all files on the two clocks; once, after they are read. STATUS_NO_MEMORY. */
MUST_USE enum status session_align(struct session *session, int64_t feed_ns);

/* Keeps of a file, after session_align, what happened from from_ns on and before to_ns. What went
 * before is still true at from_ns: the order book as the messages until then left it comes as one
 * snapshot of from_ns, the last quote as a quote of from_ns, each received then or with the last
 * record that it stands for. Trades before are gone. The content hash becomes that of the piece.
 * STATUS_END where nothing happened then: the file is as it was; STATUS_NO_MEMORY. */
MUST_USE enum status session_cut(struct session_file *file, struct price tick, int64_t from_ns,
                                 int64_t to_ns);

/* The first and the last time something was received; of a session of at least one file. */
int64_t session_from_ns(const struct session *session);
int64_t session_to_ns(const struct session *session);
const struct session_file *session_find(const struct session *session, uint32_t instrument,
                                        enum depth_kind kind); /* NULL: none */
/* What an instrument cost at first: its first trade, else the middle of its first quote or
 * snapshot; 0 where nothing says. */
struct price session_first_price(const struct session *session, uint32_t instrument);
/* Room that a book of these messages needs on each side: every delta may be a level that stays; a
 * recorded book has some ten thousand. */
uint32_t session_levels_capacity(const struct depth_data *data);
/* A record of levels as an order book takes it, by one of its times; borrowed. */
static inline struct book_message session_message(const struct depth_data *data,
                                                  const struct depth_record *record,
                                                  int64_t time_ns)
{
    return (struct book_message){.deltas = data->deltas + record->at,
                                 .count = record->count,
                                 .first_seq = record->first_seq,
                                 .last_seq = record->last_seq,
                                 .time_ns = time_ns};
}
/* Whether the numbers of levels follow each other without gaps, rise, or are not there: what holds
 * for at least nine in ten messages was promised, and where it does not hold then is trouble. */
enum book_sequence session_sequence_of(const struct depth_data *data);

/* ---- one order ---- */

enum session_order { SESSION_HAPPENED, SESSION_RECEIVED };

struct session_cursor {
    const struct session *session;
    size_t *at; /* owned: next record of each file */
    enum session_order order;
    uint32_t file;   /* of the next record */
    int64_t next_ns; /* its time; INT64_MAX behind the end */
};

MUST_USE enum status session_cursor_init(struct session_cursor *cursor,
                                         const struct session *session, enum session_order order);
void session_cursor_release(struct session_cursor *cursor);
/* The next record of cursor->file; next_ns < INT64_MAX. */
static inline const struct depth_record *session_cursor_record(const struct session_cursor *cursor)
{
    return &cursor->session->files[cursor->file].data.records[cursor->at[cursor->file]];
}
void session_cursor_advance(struct session_cursor *cursor);
/* Tells the exchange the next record of a cursor in SESSION_HAPPENED order and goes on. */
void session_happen(struct session_cursor *cursor, struct book_venue *venue);

#endif
