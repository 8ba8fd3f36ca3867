/* The same order book as one sorted array a side, for tests: slow and obviously right. */
#ifndef TERN_TESTS_ORDER_BOOK_NAIVE_H
#define TERN_TESTS_ORDER_BOOK_NAIVE_H

#include <string.h>

#include "core/model/limits.h"
#include "sim/book/order_book.h"

#define NAIVE_LEVELS_MAX 4096u

struct naive_side {
    struct book_level levels[NAIVE_LEVELS_MAX]; /* best first */
    uint32_t count;
};

struct naive_book {
    struct order_book_config config;
    struct naive_side sides[2];
    bool valid, loading;
    int64_t time_ns;
    uint64_t seq;
    uint64_t troubles[BOOK_TROUBLE_COUNT];
};

static inline void naive_init(struct naive_book *book, const struct order_book_config *config)
{
    memset(book, 0, sizeof *book);
    book->config = *config;
    book->time_ns = INT64_MIN;
}

static inline void naive_trouble(struct naive_book *book, enum book_trouble kind)
{
    static const bool invalidates[] = {
#define NAIVE_TROUBLE_ROW(name, invalidates, sentence) invalidates,
        BOOK_TROUBLE_TABLE(NAIVE_TROUBLE_ROW)
#undef NAIVE_TROUBLE_ROW
    };
    book->troubles[kind]++;
    if (invalidates[kind])
        book->valid = book->loading = false;
}

static inline void naive_delta(struct naive_book *book, const struct delta *delta)
{
    if (delta->side != SIDE_BUY && delta->side != SIDE_SELL) {
        naive_trouble(book, BOOK_TROUBLE_SIDE);
    } else if (delta->price.units <= 0 || delta->price.units > PRICE_UNITS_MAX) {
        naive_trouble(book, BOOK_TROUBLE_PRICE);
    } else if (delta->quantity.units < 0 || delta->quantity.units > QUANTITY_UNITS_MAX) {
        naive_trouble(book, BOOK_TROUBLE_QUANTITY);
    } else if (delta->price.units % book->config.tick.units != 0) {
        naive_trouble(book, BOOK_TROUBLE_GRID);
    } else {
        struct naive_side *side = &book->sides[delta->side == SIDE_BUY ? 0 : 1];
        uint32_t at = 0;
        while (at < side->count &&
               (delta->side == SIDE_BUY ? side->levels[at].price.units > delta->price.units
                                        : side->levels[at].price.units < delta->price.units)) {
            at++;
        }
        bool there = at < side->count && side->levels[at].price.units == delta->price.units;
        if (there && book->loading)
            naive_trouble(book, BOOK_TROUBLE_TWICE);
        if (there && delta->quantity.units > 0) {
            side->levels[at].quantity = delta->quantity;
        } else if (there) {
            side->count--;
            memmove(&side->levels[at], &side->levels[at + 1],
                    (side->count - at) * sizeof side->levels[0]);
        } else if (delta->quantity.units == 0) {
            naive_trouble(book, BOOK_TROUBLE_ABSENT);
        } else if (side->count == book->config.levels_capacity) {
            naive_trouble(book, BOOK_TROUBLE_FULL);
        } else {
            memmove(&side->levels[at + 1], &side->levels[at],
                    (side->count - at) * sizeof side->levels[0]);
            side->levels[at] = (struct book_level){delta->price, delta->quantity};
            side->count++;
        }
    }
}

/* Whether the message counts at all. */
static inline bool naive_place(struct naive_book *book, const struct book_message *message)
{
    bool clears = message->count > 0 && (message->deltas[0].flags & DELTA_CLEAR) != 0;
    bool numbered = book->config.sequence != BOOK_SEQUENCE_NONE && message->last_seq != 0;
    bool known = false;
    if (numbered && book->valid && !clears) {
        known = message->last_seq <= book->seq;
        if (known)
            naive_trouble(book, BOOK_TROUBLE_DUPLICATE);
        else if (message->first_seq <= book->seq)
            naive_trouble(book, BOOK_TROUBLE_OVERLAP);
        else if (message->first_seq > book->seq + 1 &&
                 book->config.sequence == BOOK_SEQUENCE_CONTIGUOUS)
            naive_trouble(book, BOOK_TROUBLE_GAP);
    }
    if (message->time_ns < book->time_ns)
        naive_trouble(book, numbered || clears ? BOOK_TROUBLE_CLOCK_BACK : BOOK_TROUBLE_UNORDERED);
    book->time_ns = i64_max(book->time_ns, message->time_ns);
    if (!known && numbered)
        book->seq = message->last_seq;
    return !known;
}

static inline void naive_apply(struct naive_book *book, const struct book_message *message)
{
    if (!naive_place(book, message))
        return;
    if (message->count == 0)
        naive_trouble(book, BOOK_TROUBLE_EMPTY);
    for (uint32_t i = 0; i < message->count; i++) {
        const struct delta *delta = &message->deltas[i];
        if (delta->flags & DELTA_CLEAR) {
            if (book->loading)
                naive_trouble(book, BOOK_TROUBLE_BROKEN);
            else if (book->valid)
                naive_trouble(book, BOOK_TROUBLE_REPLACED);
            book->sides[0].count = book->sides[1].count = 0;
            book->valid = false;
            book->loading = true;
        }
        if (!book->valid && !book->loading) {
            naive_trouble(book, BOOK_TROUBLE_UNREADY);
        } else {
            naive_delta(book, delta);
            if (book->loading && (delta->flags & DELTA_LAST)) {
                book->loading = false;
                book->valid = true;
            }
        }
    }
    if (book->valid && book->sides[0].count > 0 && book->sides[1].count > 0 &&
        book->sides[0].levels[0].price.units >= book->sides[1].levels[0].price.units) {
        naive_trouble(book, BOOK_TROUBLE_CROSSED);
    }
}

#endif
