/* The public order book of one instrument, level by level, as a venue tells it.
 *
 *     messages of struct delta ──► order_book_apply ──► best, depth, walks   while it is valid
 *                                        │
 *                                        └─ trouble: counted by kind; where the table says so the
 *                                           book is invalid until the next whole snapshot
 *
 * An invalid book answers every question as an empty one: no answer rather than a wrong one. The
 * first book is invalid; a snapshot makes it valid with its DELTA_LAST.
 *
 * Prices are counted in ticks: price = ticks x config.tick. Quantities are units of the instrument.
 * Invariants of a valid book: every level's quantity > 0; the best bid lies below the best ask at
 * the end of each message; totals are the sums of the levels. */
#ifndef TERN_SIM_BOOK_ORDER_BOOK_H
#define TERN_SIM_BOOK_ORDER_BOOK_H

#include "core/model/market.h"
#include "sim/book/tick_map.h"

/* X(NAME, invalidates, sentence): what may be wrong with a message and what is done about it.
 *
 * A removal of a level that is not there is usual: venues send it for levels beyond the depth of
 * their snapshot. A clock that goes back is harmless where messages are numbered, since the numbers
 * give the order; where they are not, nothing says what the book is. */
#define BOOK_TROUBLE_TABLE(X)                                                             \
    X(EMPTY, 0, "a message without levels: its number and time count")                    \
    X(ABSENT, 0, "a removal of a level that is not there: left out")                      \
    X(DUPLICATE, 0, "a number not above the last one: the message is left out")           \
    X(OVERLAP, 0, "numbers partly known: applied whole, since levels are absolute")       \
    X(CLOCK_BACK, 0, "a time before the last one of a numbered message: the clock stays") \
    X(REPLACED, 0, "a snapshot on a valid book: takes its place")                         \
    X(UNREADY, 0, "an update without a valid book: left out")                             \
    X(TWICE, 0, "a snapshot with the same level twice: the last one counts")              \
    X(GAP, 1, "a number is missing")                                                      \
    X(UNORDERED, 1, "a time before the last one, and no numbers")                         \
    X(BROKEN, 1, "a snapshot that begins before the last one ended: begins again")        \
    X(CROSSED, 1, "the best bid at or above the best ask at the end of a message")        \
    X(PRICE, 1, "a price that is not positive or too large")                              \
    X(GRID, 1, "a price off the tick")                                                    \
    X(QUANTITY, 1, "a negative or too large quantity")                                    \
    X(SIDE, 1, "a side that is neither buy nor sell")                                     \
    X(FULL, 1, "more levels than there is room for")

enum book_trouble {
#define BOOK_TROUBLE_ENUM(name, invalidates, sentence) BOOK_TROUBLE_##name,
    BOOK_TROUBLE_TABLE(BOOK_TROUBLE_ENUM)
#undef BOOK_TROUBLE_ENUM
        BOOK_TROUBLE_COUNT
};

const char *book_trouble_sentence(enum book_trouble trouble);

/* What the venue's numbers promise. Messages with last_seq 0 have none in any case. */
enum book_sequence {
    BOOK_SEQUENCE_NONE,       /* nothing: time alone orders messages */
    BOOK_SEQUENCE_RISING,     /* they rise; numbers may be missing */
    BOOK_SEQUENCE_CONTIGUOUS, /* first_seq is the last one's last_seq + 1 */
};

struct order_book_config {
    struct price tick;        /* > 0: the grid of this book's prices */
    uint32_t levels_capacity; /* of each side, > 0 */
    enum book_sequence sequence;
};

/* Levels that changed together. A snapshot may come in one message or in several; DELTA_CLEAR
 * begins it, DELTA_LAST ends it and means nothing in an update. */
struct book_message {
    const struct delta *deltas; /* borrowed for the call */
    uint32_t count;
    uint32_t reserved;
    uint64_t first_seq,
        last_seq;    /* equal where the venue numbers messages, not changes; 0 = none */
    int64_t time_ns; /* the venue's, or of arrival: one of them for the whole stream */
};

struct book_level {
    struct price price;
    struct quantity quantity;
};

/* What taking a quantity would meet. notional = sum of price units x quantity units. */
struct book_walk {
    struct quantity quantity; /* found, at most what was asked */
    i128 notional;
    struct price worst; /* price of the last level touched; 0 where none was */
    uint32_t levels;    /* touched */
};

struct order_book;

/* Takes all its memory here; STATUS_NO_MEMORY. The caller frees it. */
MUST_USE enum status order_book_create(const struct order_book_config *config,
                                       struct order_book **out);
void order_book_free(struct order_book *book);

/* Returns whether the book is valid afterwards. */
bool order_book_apply(struct order_book *book, const struct book_message *message);
/* Invalid until the next snapshot: the caller knows of a loss (a lost connection). */
void order_book_invalidate(struct order_book *book);

bool order_book_is_valid(const struct order_book *book);
int64_t order_book_time_ns(const struct order_book *book); /* latest seen; INT64_MIN before */
uint64_t order_book_sequence(const struct order_book *book);
uint64_t order_book_troubles(const struct order_book *book, enum book_trouble trouble);

/* Best of both sides; an empty side is 0. */
struct quote order_book_quote(const struct order_book *book);
/* False where the side is empty; *out is then zero. */
bool order_book_best(const struct order_book *book, enum side side, struct book_level *out);
/* The nearest level worse than a price; false where there is none, *out is then zero. */
bool order_book_beyond(const struct order_book *book, enum side side, struct price price,
                       struct book_level *out);
/* Quantity at exactly this price, 0 where there is none. */
struct quantity order_book_depth_at(const struct order_book *book, enum side side,
                                    struct price price);
/* Levels of a side and the sum of their quantities. */
uint32_t order_book_levels_count(const struct order_book *book, enum side side);
i128 order_book_depth_total(const struct order_book *book, enum side side);
/* The best `capacity` levels, best first; returns how many there are. */
uint32_t order_book_levels(const struct order_book *book, enum side side, struct book_level *out,
                           uint32_t capacity);
/* Takes `quantity` from `side`, best first, no worse than `limit` (0 = any price). Nothing is
 * changed. */
struct book_walk order_book_walk(const struct order_book *book, enum side side,
                                 struct quantity quantity, struct price limit);

#endif
