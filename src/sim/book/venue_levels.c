#include "sim/book/venue_parts.h"

/* ---- the table ------------------------------------------------------------------------------- */

uint32_t venue_level_find(const struct book_venue *venue, const struct venue_market *market,
                          enum side side, int64_t price)
{
    uint32_t at = market->buckets[venue_bucket(price, side)];
    while (at != 0) {
        const struct venue_level *level = &venue->levels[at];
        if (level->price == price && level->side == (uint32_t)side)
            return at;
        at = level->next;
    }
    return 0;
}

/* There are never more levels than the books and orders can have, so one is free. */
static uint32_t level_add(struct book_venue *venue, struct venue_market *market, enum side side,
                          int64_t price)
{
    uint32_t at = venue->level_free;
    if (at != 0)
        venue->level_free = venue->levels[at].next;
    else
        at = ++venue->levels_used;
    ASSERT(at < venue->levels_capacity);
    uint32_t *bucket = &market->buckets[venue_bucket(price, side)];
    struct quantity shown = order_book_depth_at(market->book, side, (struct price){price});
    venue->levels[at] = (struct venue_level){
        .price = price, .shown = shown.units, .next = *bucket, .side = (uint32_t)side};
    *bucket = at;
    market->levels_count++;
    return at;
}

static uint32_t level_need(struct book_venue *venue, struct venue_market *market, enum side side,
                           int64_t price)
{
    uint32_t at = venue_level_find(venue, market, side, price);
    return at != 0 ? at : level_add(venue, market, side, price);
}

static void level_tidy(struct book_venue *venue, struct venue_market *market, uint32_t at)
{
    struct venue_level *level = &venue->levels[at];
    if (level->line != 0 || level->taken != 0)
        return;
    uint32_t *link = &market->buckets[venue_bucket(level->price, level->side)];
    while (*link != at)
        link = &venue->levels[*link].next;
    *link = level->next;
    level->next = venue->level_free;
    venue->level_free = at;
    market->levels_count--;
}

static void set_taken(struct venue_market *market, struct venue_level *level, int64_t taken)
{
    struct venue_side *side = venue_side_of(market, (enum side)level->side);
    side->taken -= level->taken > 0;
    side->taken += taken > 0;
    level->taken = taken;
}

void venue_level_follow(struct book_venue *venue, struct venue_market *market, uint32_t at)
{
    struct venue_level *level = &venue->levels[at];
    struct quantity before = {level->shown};
    struct quantity after = order_book_depth_at(market->book, (enum side)level->side,
                                                (struct price){level->price});
    if (after.units == before.units)
        return;
    level->shown = after.units;
    if (level->line != 0)
        queue_line_depth(&venue->lines[level->line], before, after);
    set_taken(market, level, i64_min(level->taken, after.units));
    level_tidy(venue, market, at);
}

void venue_levels_follow(struct book_venue *venue, struct venue_market *market)
{
    for (uint32_t i = 0; i < VENUE_BUCKETS; i++) {
        uint32_t at = market->buckets[i];
        while (at != 0) {
            uint32_t next = venue->levels[at].next;
            venue_level_follow(venue, market, at);
            at = next;
        }
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void best_update(struct book_venue *venue, struct venue_market *market, enum side side)
{
    uint32_t best = venue_side_of(market, side)->best;
    if (side == SIDE_BUY)
        market->own_bid = best != 0 ? venue->levels[best].price : INT64_MIN;
    else
        market->own_ask = best != 0 ? venue->levels[best].price : INT64_MAX;
}

static void line_open(struct book_venue *venue, struct venue_market *market, uint32_t at)
{
    struct venue_level *level = &venue->levels[at];
    enum side side = (enum side)level->side;
    ASSERT(venue->lines_free_count > 0);
    level->line = venue->lines_free[--venue->lines_free_count];
    queue_line_init(&venue->lines[level->line], &venue->config.queue, side,
                    (struct price){level->price}, market->instrument->lot);
    uint32_t *best = &venue_side_of(market, side)->best;
    uint32_t better = 0;
    uint32_t worse = *best;
    while (worse != 0 && (side == SIDE_BUY ? venue->levels[worse].price > level->price
                                           : venue->levels[worse].price < level->price)) {
        better = worse;
        worse = venue->levels[worse].worse;
    }
    level->better = better;
    level->worse = worse;
    *(better != 0 ? &venue->levels[better].worse : best) = at;
    if (worse != 0)
        venue->levels[worse].better = at;
    best_update(venue, market, side);
}

void venue_line_tidy(struct book_venue *venue, struct venue_market *market, uint32_t at)
{
    struct venue_level *level = &venue->levels[at];
    enum side side = (enum side)level->side;
    if (level->line == 0 || venue->lines[level->line].count > 0)
        return;
    venue->lines_free[venue->lines_free_count++] = level->line;
    level->line = 0;
    if (level->better != 0)
        venue->levels[level->better].worse = level->worse;
    else
        venue_side_of(market, side)->best = level->worse;
    if (level->worse != 0)
        venue->levels[level->worse].better = level->better;
    level->better = level->worse = 0;
    best_update(venue, market, side);
    level_tidy(venue, market, at);
}

bool venue_line_is_full(const struct book_venue *venue, const struct venue_market *market,
                        enum side side, int64_t price)
{
    uint32_t at = venue_level_find(venue, market, side, price);
    return at != 0 && venue->levels[at].line != 0 &&
           venue->lines[venue->levels[at].line].count == QUEUE_LINE_MAX;
}

bool venue_line_join(struct book_venue *venue, struct venue_market *market,
                     struct venue_order *order, struct quantity left)
{
    uint32_t at = level_need(venue, market, (enum side)order->side, order->price.units);
    struct venue_level *level = &venue->levels[at];
    if (level->line == 0)
        line_open(venue, market, at);
    struct quantity shown = {level->shown};
    if (queue_line_add(&venue->lines[level->line], order->id, left, shown) != STATUS_OK)
        return false;
    order->level = at;
    return true;
}

void venue_line_leave(struct book_venue *venue, struct venue_market *market,
                      struct venue_order *order)
{
    uint32_t at = order->level;
    bool found = queue_line_remove(&venue->lines[venue->levels[at].line], order->id);
    ASSERT(found);
    order->level = 0;
    venue_line_tidy(venue, market, at);
}

/* ---- depth ----------------------------------------------------------------------------------- */

bool venue_available(const struct book_venue *venue, const struct venue_market *market,
                     enum side side, int64_t limit, int64_t from, struct book_level *out)
{
    int64_t lot = market->instrument->lot.units;
    bool memory = market->sides[side == SIDE_BUY ? 0 : 1].taken > 0;
    bool found = from > 0 ? order_book_beyond(market->book, side, (struct price){from}, out)
                          : order_book_best(market->book, side, out);
    while (found && venue_reaches(side_opposite(side), limit, out->price.units)) {
        int64_t left = out->quantity.units;
        if (memory) {
            uint32_t at = venue_level_find(venue, market, side, out->price.units);
            left -= at != 0 ? venue->levels[at].taken : 0;
        }
        if (left >= lot) {
            out->quantity.units = left - left % lot;
            return true;
        }
        found = order_book_beyond(market->book, side, out->price, out);
    }
    return false;
}

void venue_level_take(struct book_venue *venue, struct venue_market *market, enum side side,
                      int64_t price, int64_t quantity)
{
    struct venue_level *level = &venue->levels[level_need(venue, market, side, price)];
    set_taken(market, level, level->taken + quantity);
    ASSERT(level->taken <= level->shown);
}
