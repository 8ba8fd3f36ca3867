#include "sim/book/order_book.h"

#include <stdlib.h>

#include "core/model/limits.h"

struct book_side {
    struct tick_map levels; /* tick -> quantity */
    int64_t best;           /* tick; -1 where the side is empty */
    i128 total;
};

struct order_book {
    struct book_side sides[2]; /* bids, asks */
    struct order_book_config config;
    struct arena memory;
    bool valid;
    bool loading; /* between DELTA_CLEAR and DELTA_LAST */
    int64_t time_ns;
    uint64_t seq;
    uint64_t troubles[BOOK_TROUBLE_COUNT];
};

/* ---- memory ---------------------------------------------------------------------------------- */

static void take(struct order_book *book, struct arena *arena)
{
    tick_map_init(&book->sides[0].levels, arena, book->config.levels_capacity);
    tick_map_init(&book->sides[1].levels, arena, book->config.levels_capacity);
}

enum status order_book_create(const struct order_book_config *config, struct order_book **out)
{
    *out = NULL;
    ASSERT(config->tick.units > 0 && config->levels_capacity > 0);
    struct order_book *book = calloc(1, sizeof *book);
    if (book == NULL)
        return STATUS_NO_MEMORY;
    book->config = *config;
    book->time_ns = INT64_MIN;
    book->sides[0].best = book->sides[1].best = -1;
    struct arena measure;
    arena_measure_init(&measure);
    take(book, &measure);
    enum status status = arena_init(&book->memory, measure.used);
    if (status != STATUS_OK) {
        free(book);
        return status;
    }
    take(book, &book->memory);
    *out = book;
    return STATUS_OK;
}

void order_book_free(struct order_book *book)
{
    if (book == NULL)
        return;
    arena_release(&book->memory);
    free(book);
}

/* ---- troubles -------------------------------------------------------------------------------- */

static const struct {
    bool invalidates;
    const char *sentence;
} troubles[BOOK_TROUBLE_COUNT] = {
#define BOOK_TROUBLE_ROW(name, invalidates, sentence) {invalidates, sentence},
    BOOK_TROUBLE_TABLE(BOOK_TROUBLE_ROW)
#undef BOOK_TROUBLE_ROW
};

const char *book_trouble_sentence(enum book_trouble trouble)
{
    return troubles[trouble].sentence;
}

static void trouble(struct order_book *book, enum book_trouble kind)
{
    book->troubles[kind]++;
    if (troubles[kind].invalidates) {
        book->valid = false;
        book->loading = false;
    }
}

/* ---- levels ---------------------------------------------------------------------------------- */

static void side_clear(struct book_side *side)
{
    tick_map_clear(&side->levels);
    side->best = -1;
    side->total = 0;
}

static bool side_next(const struct book_side *side, bool bids, int64_t *tick)
{
    return bids ? tick_map_below(&side->levels, *tick, tick)
                : tick_map_above(&side->levels, *tick, tick);
}

/* The level is now this large. False where there is no room. */
static bool side_set(struct order_book *book, struct book_side *side, bool bids, int64_t tick,
                     int64_t quantity)
{
    int64_t *level = tick_map_find(&side->levels, tick);
    if (LIKELY(level != NULL)) {
        side->total += quantity - *level;
        if (UNLIKELY(book->loading))
            book->troubles[BOOK_TROUBLE_TWICE]++;
        if (quantity > 0) {
            *level = quantity;
            return true;
        }
        tick_map_remove(&side->levels, tick);
        if (tick == side->best && !side_next(side, bids, &side->best))
            side->best = -1;
        return true;
    }
    if (quantity == 0) {
        book->troubles[BOOK_TROUBLE_ABSENT]++;
        return true;
    }
    if (side->levels.count == book->config.levels_capacity)
        return false;
    level = tick_map_add(&side->levels, tick);
    if (level == NULL)
        return false;
    *level = quantity;
    side->total += quantity;
    if (side->best < 0 || (bids ? tick > side->best : tick < side->best))
        side->best = tick;
    return true;
}

static void begin_snapshot(struct order_book *book)
{
    if (book->loading)
        trouble(book, BOOK_TROUBLE_BROKEN);
    else if (book->valid)
        trouble(book, BOOK_TROUBLE_REPLACED);
    side_clear(&book->sides[0]);
    side_clear(&book->sides[1]);
    book->valid = false;
    book->loading = true;
}

/* Sets one level; what is wrong with it, or BOOK_TROUBLE_COUNT. Cheapest test first. */
static enum book_trouble apply_delta(struct order_book *book, const struct delta *delta)
{
    int64_t tick_units = book->config.tick.units;
    int64_t units = delta->price.units;
    if (delta->side != SIDE_BUY && delta->side != SIDE_SELL)
        return BOOK_TROUBLE_SIDE;
    if (units <= 0 || units > PRICE_UNITS_MAX)
        return BOOK_TROUBLE_PRICE;
    if (delta->quantity.units < 0 || delta->quantity.units > QUANTITY_UNITS_MAX)
        return BOOK_TROUBLE_QUANTITY;
    int64_t tick = units;
    if (tick_units != 1) {
        tick = units / tick_units;
        if (tick * tick_units != units)
            return BOOK_TROUBLE_GRID;
    }
    bool bids = delta->side == SIDE_BUY;
    struct book_side *side = &book->sides[bids ? 0 : 1];
    return side_set(book, side, bids, tick, delta->quantity.units) ? BOOK_TROUBLE_COUNT
                                                                   : BOOK_TROUBLE_FULL;
}

/* ---- messages -------------------------------------------------------------------------------- */

/* Judges number and time against the last ones; false where the message is left out. A snapshot
 * stands for itself: its number is taken as it is. */
static bool judge_place(struct order_book *book, const struct book_message *message, bool clears)
{
    bool numbered = book->config.sequence != BOOK_SEQUENCE_NONE && message->last_seq != 0;
    bool keeps = book->valid || book->loading; /* something that a message can belong to */
    bool takes = true;
    if (numbered && !clears && keeps) {
        if (book->loading) {
            /* Parts of one snapshot may share its number. */
        } else if (message->last_seq <= book->seq) {
            trouble(book, BOOK_TROUBLE_DUPLICATE);
            takes = false;
        } else if (message->first_seq <= book->seq) {
            trouble(book, BOOK_TROUBLE_OVERLAP);
        } else if (book->config.sequence == BOOK_SEQUENCE_CONTIGUOUS &&
                   message->first_seq != book->seq + 1) {
            trouble(book, BOOK_TROUBLE_GAP);
        }
    }
    if (message->time_ns < book->time_ns) {
        if (numbered || clears)
            trouble(book, BOOK_TROUBLE_CLOCK_BACK);
        else
            trouble(book, BOOK_TROUBLE_UNORDERED);
    } else {
        book->time_ns = message->time_ns;
    }
    if (takes && numbered)
        book->seq = message->last_seq;
    return takes;
}

static bool has_clear(const struct book_message *message)
{
    return message->count > 0 && (message->deltas[0].flags & DELTA_CLEAR) != 0;
}

bool order_book_apply(struct order_book *book, const struct book_message *message)
{
    bool takes = judge_place(book, message, has_clear(message));
    if (!takes)
        return book->valid;
    if (message->count == 0)
        trouble(book, BOOK_TROUBLE_EMPTY);
    for (uint32_t i = 0; i < message->count; i++) {
        const struct delta *delta = &message->deltas[i];
        if (UNLIKELY(delta->flags & DELTA_CLEAR))
            begin_snapshot(book);
        if (UNLIKELY(!book->valid && !book->loading)) {
            trouble(book, BOOK_TROUBLE_UNREADY);
            continue;
        }
        enum book_trouble found = apply_delta(book, delta);
        if (UNLIKELY(found != BOOK_TROUBLE_COUNT))
            trouble(book, found);
        if (UNLIKELY(book->loading && (delta->flags & DELTA_LAST) != 0)) {
            book->loading = false;
            book->valid = true;
        }
    }
    if (book->valid && book->sides[0].best >= 0 && book->sides[1].best >= 0 &&
        book->sides[0].best >= book->sides[1].best) {
        trouble(book, BOOK_TROUBLE_CROSSED);
    }
    return book->valid;
}

void order_book_invalidate(struct order_book *book)
{
    book->valid = false;
    book->loading = false;
}

/* ---- questions ------------------------------------------------------------------------------- */

static const struct book_side *side_of(const struct order_book *book, enum side side)
{
    return &book->sides[side == SIDE_BUY ? 0 : 1];
}

static struct price price_of(const struct order_book *book, int64_t tick)
{
    return (struct price){tick * book->config.tick.units};
}

bool order_book_is_valid(const struct order_book *book)
{
    return book->valid;
}

int64_t order_book_time_ns(const struct order_book *book)
{
    return book->time_ns;
}

uint64_t order_book_sequence(const struct order_book *book)
{
    return book->seq;
}

uint64_t order_book_troubles(const struct order_book *book, enum book_trouble trouble)
{
    return book->troubles[trouble];
}

bool order_book_best(const struct order_book *book, enum side side, struct book_level *out)
{
    const struct book_side *from = side_of(book, side);
    *out = (struct book_level){0};
    if (!book->valid || from->best < 0)
        return false;
    *out = (struct book_level){price_of(book, from->best),
                               {tick_map_at(&from->levels, from->best)}};
    return true;
}

bool order_book_beyond(const struct order_book *book, enum side side, struct price price,
                       struct book_level *out)
{
    const struct book_side *from = side_of(book, side);
    int64_t tick_units = book->config.tick.units;
    int64_t tick = price.units / tick_units;
    *out = (struct book_level){0};
    if (!book->valid || price.units < 0)
        return false;
    /* Between two ticks the lower one is worse for a bid and may be the next itself. */
    if (side == SIDE_BUY && tick * tick_units != price.units)
        tick++;
    if (!side_next(from, side == SIDE_BUY, &tick))
        return false;
    *out = (struct book_level){price_of(book, tick), {tick_map_at(&from->levels, tick)}};
    return true;
}

struct quote order_book_quote(const struct order_book *book)
{
    struct book_level bid;
    struct book_level ask;
    (void)order_book_best(book, SIDE_BUY, &bid);
    (void)order_book_best(book, SIDE_SELL, &ask);
    return (struct quote){bid.price, ask.price, bid.quantity, ask.quantity};
}

struct quantity order_book_depth_at(const struct order_book *book, enum side side,
                                    struct price price)
{
    int64_t tick = price.units / book->config.tick.units;
    if (!book->valid || price.units <= 0 || tick * book->config.tick.units != price.units)
        return (struct quantity){0};
    const struct tick_map *levels = &side_of(book, side)->levels;
    const struct tick_leaf *leaf = tick_map_leaf(levels, (uint64_t)tick >> 6);
    bool there = leaf != NULL && (leaf->bits >> (tick & 63) & 1) != 0;
    return (struct quantity){there ? leaf->values[tick & 63] : 0};
}

uint32_t order_book_levels_count(const struct order_book *book, enum side side)
{
    return book->valid ? side_of(book, side)->levels.count : 0;
}

i128 order_book_depth_total(const struct order_book *book, enum side side)
{
    return book->valid ? side_of(book, side)->total : 0;
}

uint32_t order_book_levels(const struct order_book *book, enum side side, struct book_level *out,
                           uint32_t capacity)
{
    const struct book_side *from = side_of(book, side);
    int64_t tick = from->best;
    uint32_t count = 0;
    if (!book->valid || tick < 0)
        return 0;
    while (count < capacity) {
        out[count++] = (struct book_level){price_of(book, tick),
                                           {tick_map_at(&from->levels, tick)}};
        if (!side_next(from, side == SIDE_BUY, &tick))
            break;
    }
    return count;
}

struct book_walk order_book_walk(const struct order_book *book, enum side side,
                                 struct quantity quantity, struct price limit)
{
    const struct book_side *from = side_of(book, side);
    struct book_walk walk = {0};
    int64_t tick = from->best;
    bool bids = side == SIDE_BUY;
    if (!book->valid || tick < 0)
        return walk;
    while (walk.quantity.units < quantity.units) {
        struct price price = price_of(book, tick);
        if (limit.units > 0 && (bids ? price.units < limit.units : price.units > limit.units))
            break;
        int64_t taken = i64_min(tick_map_at(&from->levels, tick),
                                quantity.units - walk.quantity.units);
        walk.quantity.units += taken;
        walk.notional += (i128)price.units * taken;
        walk.worst = price;
        walk.levels++;
        if (!side_next(from, bids, &tick))
            break;
    }
    return walk;
}
