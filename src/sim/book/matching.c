#include "sim/book/matching.h"

#include <stdlib.h>

#include "core/model/limits.h"

#define NO_SLOT UINT32_MAX

struct resting {
    uint64_t id;
    struct quantity quantity, left;
    uint32_t owner;
    uint32_t level;
    uint8_t side, post_only, self_trade;
    uint8_t reserved[5];
};

struct level {
    i128 total;
    int64_t tick;
    uint32_t count;
    uint32_t reserved[3];
};

/* A level's orders are a ring, oldest first, closed by the level itself: the link of a level lies
 * behind those of the orders, at ring_of(level). So joining and leaving need no special case, which
 * no branch could foresee. Free slots and levels are chained by `next`. */
struct link {
    uint32_t previous, next;
};

struct book_side {
    struct tick_map ticks; /* tick -> index of its level */
    int64_t best;          /* -1 where the side is empty */
    uint32_t best_level;
};

struct matching {
    struct book_side sides[2]; /* bids, asks */
    struct resting *orders;
    struct link *links;
    struct level *levels;
    struct match_event *events;
    uint32_t events_count, events_capacity;
    uint32_t order_free, level_free;
    uint32_t resting_count;
    struct matching_config config;
    uint32_t *ids; /* slot + 1 at or behind the home of its id, 0 = empty */
    unsigned ids_bits;
    struct arena memory;
};

/* An order on its way in: what is to be filled now. */
struct taker {
    uint64_t id;
    int64_t limit; /* worst tick it takes */
    struct quantity left;
    uint32_t owner;
    enum side side;
    enum self_trade self_trade;
};

/* ---- memory ---------------------------------------------------------------------------------- */

static void take_memory(struct matching *matching, struct arena *arena)
{
    uint32_t capacity = matching->config.orders_capacity;
    matching->events_capacity = capacity + 3;
    matching->orders = ARENA_TAKE(arena, struct resting, capacity);
    matching->links = ARENA_TAKE(arena, struct link, (size_t)capacity * 2);
    matching->levels = ARENA_TAKE(arena, struct level, capacity);
    matching->events = ARENA_TAKE(arena, struct match_event, matching->events_capacity);
    tick_map_init(&matching->sides[0].ticks, arena, capacity);
    tick_map_init(&matching->sides[1].ticks, arena, capacity);
    matching->ids = ARENA_TAKE(arena, uint32_t, (size_t)1 << matching->ids_bits);
}

enum status matching_create(const struct matching_config *config, struct matching **out)
{
    *out = NULL;
    ASSERT(config->orders_capacity > 0 && config->orders_capacity < UINT32_MAX / 8);
    struct matching *matching = calloc(1, sizeof *matching);
    if (matching == NULL)
        return STATUS_NO_MEMORY;
    matching->config = *config;
    while (((uint64_t)1 << matching->ids_bits) < (uint64_t)config->orders_capacity * 4)
        matching->ids_bits++;
    struct arena measure;
    arena_measure_init(&measure);
    take_memory(matching, &measure);
    enum status status = arena_init(&matching->memory, measure.used);
    if (status != STATUS_OK) {
        free(matching);
        return status;
    }
    take_memory(matching, &matching->memory);
    uint32_t capacity = config->orders_capacity;
    for (uint32_t i = 0; i < capacity; i++) {
        matching->links[i].next = i + 1;
        matching->links[capacity + i].next = i + 1;
    }
    matching->sides[0].best = matching->sides[1].best = -1;
    *out = matching;
    return STATUS_OK;
}

void matching_free(struct matching *matching)
{
    if (matching == NULL)
        return;
    arena_release(&matching->memory);
    free(matching);
}

/* ---- events ---------------------------------------------------------------------------------- */

const char *match_reason_sentence(enum match_reason reason)
{
    static const char *const sentences[MATCH_REASON_COUNT] = {
#define MATCH_REASON_ROW(name, sentence) sentence,
        MATCH_REASON_TABLE(MATCH_REASON_ROW)
#undef MATCH_REASON_ROW
    };
    return sentences[reason];
}

static struct match_event *event_add(struct matching *matching, enum match_event_kind kind,
                                     uint64_t order, uint32_t owner)
{
    ASSERT(matching->events_count < matching->events_capacity);
    struct match_event *event = &matching->events[matching->events_count++];
    *event = (struct match_event){.kind = (uint8_t)kind, .order = order, .owner = owner};
    return event;
}

static void refuse(struct matching *matching, uint64_t order, uint32_t owner,
                   enum match_reason reason)
{
    event_add(matching, MATCH_REFUSED, order, owner)->reason = (uint8_t)reason;
}

static void canceled(struct matching *matching, const struct taker *taker, enum match_reason reason)
{
    struct match_event *event = event_add(matching, MATCH_CANCELED, taker->id, taker->owner);
    event->reason = (uint8_t)reason;
    event->side = (uint8_t)taker->side;
    event->quantity = taker->left;
}

const struct match_event *matching_events(const struct matching *matching, uint32_t *count)
{
    *count = matching->events_count;
    return matching->events;
}

/* ---- ids --------------------------------------------------------------------------------------
 *
 * An open table of slots, at most a quarter full; the ids themselves are in the orders, which are
 * looked at next in any case. */

static uint32_t id_home(const struct matching *matching, uint64_t id)
{
    return (uint32_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> (64 - matching->ids_bits));
}

/* Where the id is, or the empty place where it would go. */
static uint32_t id_place(const struct matching *matching, uint64_t id)
{
    uint32_t mask = (uint32_t)(((uint64_t)1 << matching->ids_bits) - 1);
    uint32_t at = id_home(matching, id);
    while (matching->ids[at] != 0 && matching->orders[matching->ids[at] - 1].id != id)
        at = (at + 1) & mask;
    return at;
}

static bool id_find(const struct matching *matching, uint64_t id, uint32_t *slot)
{
    uint32_t found = matching->ids[id_place(matching, id)];
    *slot = found - 1;
    return found != 0;
}

/* Closes the gap with those behind it whose home is not behind it, so that none is cut off. */
static void id_remove(struct matching *matching, uint64_t id)
{
    uint32_t mask = (uint32_t)(((uint64_t)1 << matching->ids_bits) - 1);
    uint32_t gap = id_place(matching, id);
    for (uint32_t at = (gap + 1) & mask; matching->ids[at] != 0; at = (at + 1) & mask) {
        uint32_t home = id_home(matching, matching->orders[matching->ids[at] - 1].id);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        matching->ids[gap] = matching->ids[at];
        gap = at;
    }
    matching->ids[gap] = 0;
}

/* ---- levels ---------------------------------------------------------------------------------- */

static uint32_t ring_of(const struct matching *matching, uint32_t level)
{
    return matching->config.orders_capacity + level;
}

static struct book_side *side_of(struct matching *matching, enum side side)
{
    return &matching->sides[side == SIDE_BUY ? 0 : 1];
}

static bool side_next(const struct book_side *side, enum side name, int64_t *tick)
{
    return name == SIDE_BUY ? tick_map_below(&side->ticks, *tick, tick)
                            : tick_map_above(&side->ticks, *tick, tick);
}

static bool is_better(enum side side, int64_t tick, int64_t than)
{
    return side == SIDE_BUY ? tick > than : tick < than;
}

/* Whether an order of `side` at `tick` would take from a level at `other` of the other side. */
static bool meets(enum side side, int64_t tick, int64_t other)
{
    return side == SIDE_BUY ? tick >= other : tick <= other;
}

static bool would_take(struct matching *matching, enum side side, int64_t tick)
{
    const struct book_side *other = side_of(matching, side_opposite(side));
    return other->best >= 0 && meets(side, tick, other->best);
}

/* The level of a tick, made where there is none; NO_SLOT where there is no room. There are as many
 * levels as orders, so only the tree can be full. */
static uint32_t level_at(struct matching *matching, enum side name, int64_t tick)
{
    struct book_side *side = side_of(matching, name);
    const int64_t *found = tick_map_find(&side->ticks, tick);
    if (found != NULL)
        return (uint32_t)*found;
    int64_t *added = tick_map_add(&side->ticks, tick);
    if (added == NULL)
        return NO_SLOT;
    uint32_t at = matching->level_free;
    uint32_t ring = ring_of(matching, at);
    matching->level_free = matching->links[ring].next;
    matching->links[ring] = (struct link){ring, ring};
    matching->levels[at] = (struct level){.tick = tick};
    *added = at;
    if (side->best < 0 || is_better(name, tick, side->best)) {
        side->best = tick;
        side->best_level = at;
    }
    return at;
}

static void level_remove(struct matching *matching, enum side name, uint32_t at)
{
    struct book_side *side = side_of(matching, name);
    struct level *level = &matching->levels[at];
    tick_map_remove(&side->ticks, level->tick);
    if (level->tick == side->best) {
        if (side_next(side, name, &side->best))
            side->best_level = (uint32_t)tick_map_at(&side->ticks, side->best);
        else
            side->best = -1;
    }
    matching->links[ring_of(matching, at)].next = matching->level_free;
    matching->level_free = at;
}

/* Puts an order at the end of its level. */
static void link_order(struct matching *matching, uint32_t slot, uint32_t at)
{
    struct resting *order = &matching->orders[slot];
    struct level *level = &matching->levels[at];
    struct link *links = matching->links;
    uint32_t ring = ring_of(matching, at);
    uint32_t last = links[ring].previous;
    order->level = at;
    links[slot] = (struct link){last, ring};
    links[last].next = slot;
    links[ring].previous = slot;
    level->count++;
    level->total += order->left.units;
}

/* Takes an order out of its level, which must not keep what the order has left. */
static void unlink_order(struct matching *matching, uint32_t slot)
{
    struct resting *order = &matching->orders[slot];
    struct level *level = &matching->levels[order->level];
    struct link link = matching->links[slot];
    matching->links[link.previous].next = link.next;
    matching->links[link.next].previous = link.previous;
    level->total -= order->left.units;
    if (--level->count == 0)
        level_remove(matching, (enum side)order->side, order->level);
}

/* The slot of an order that is in no level is free again; its id is read here once more. */
static void forget(struct matching *matching, uint32_t slot)
{
    id_remove(matching, matching->orders[slot].id);
    matching->links[slot].next = matching->order_free;
    matching->order_free = slot;
    matching->resting_count--;
}

static void end_order(struct matching *matching, uint32_t slot)
{
    unlink_order(matching, slot);
    forget(matching, slot);
}

static void cancel_resting(struct matching *matching, uint32_t slot, enum match_reason reason)
{
    const struct resting *order = &matching->orders[slot];
    struct match_event *event = event_add(matching, MATCH_CANCELED, order->id, order->owner);
    event->reason = (uint8_t)reason;
    event->side = order->side;
    event->quantity = order->left;
    event->tick = matching->levels[order->level].tick;
    end_order(matching, slot);
}

/* ---- taking ---------------------------------------------------------------------------------- */

/* Both sides lose the smaller quantity, by a trade or, without one, by a reduction. */
static void exchange(struct matching *matching, struct taker *taker, uint32_t slot,
                     enum match_event_kind kind)
{
    struct resting *maker = &matching->orders[slot];
    struct level *level = &matching->levels[maker->level];
    int64_t quantity = i64_min(taker->left.units, maker->left.units);
    taker->left.units -= quantity;
    maker->left.units -= quantity;
    level->total -= quantity;
    struct match_event *event = event_add(matching, kind, taker->id, taker->owner);
    event->maker = maker->id;
    event->maker_owner = maker->owner;
    event->side = (uint8_t)taker->side;
    event->tick = level->tick;
    event->quantity = (struct quantity){quantity};
    event->order_left = taker->left;
    event->maker_left = maker->left;
    if (maker->left.units == 0)
        end_order(matching, slot);
}

/* The taker meets an order of its own owner; false where it ends there. */
static bool meet_own(struct matching *matching, struct taker *taker, uint32_t slot)
{
    switch (taker->self_trade) {
    case SELF_TRADE_ALLOW: exchange(matching, taker, slot, MATCH_FILL); return true;
    case SELF_TRADE_CANCEL_OLDEST:
        cancel_resting(matching, slot, MATCH_REASON_SELF_TRADE);
        return true;
    case SELF_TRADE_DECREMENT: exchange(matching, taker, slot, MATCH_REDUCED); return true;
    case SELF_TRADE_CANCEL_BOTH: cancel_resting(matching, slot, MATCH_REASON_SELF_TRADE); break;
    case SELF_TRADE_CANCEL_NEWEST: break;
    }
    canceled(matching, taker, MATCH_REASON_SELF_TRADE);
    return false;
}

/* Fills the taker as far as its limit goes; false where it ended by a self trade. */
static bool take(struct matching *matching, struct taker *taker)
{
    const struct book_side *other = side_of(matching, side_opposite(taker->side));
    while (taker->left.units > 0 && other->best >= 0 &&
           meets(taker->side, taker->limit, other->best)) {
        uint32_t slot = matching->links[ring_of(matching, other->best_level)].next;
        if (UNLIKELY(matching->orders[slot].owner == taker->owner)) {
            if (!meet_own(matching, taker, slot))
                return false;
        } else {
            exchange(matching, taker, slot, MATCH_FILL);
        }
    }
    return true;
}

/* Whether the taker would fill whole: own orders are passed over or end the search, as its rule
 * would have it. */
static bool fills_whole(struct matching *matching, const struct taker *taker)
{
    enum side name = side_opposite(taker->side);
    const struct book_side *other = side_of(matching, name);
    i128 found = 0;
    int64_t tick = other->best;
    if (tick < 0)
        return false;
    do {
        if (!meets(taker->side, taker->limit, tick))
            return false;
        uint32_t ring = ring_of(matching, (uint32_t)tick_map_at(&other->ticks, tick));
        for (uint32_t slot = matching->links[ring].next; slot != ring;
             slot = matching->links[slot].next) {
            const struct resting *maker = &matching->orders[slot];
            bool own = maker->owner == taker->owner && taker->self_trade != SELF_TRADE_ALLOW;
            if (own && taker->self_trade != SELF_TRADE_CANCEL_OLDEST)
                return false;
            found += own ? 0 : maker->left.units;
            if (found >= taker->left.units)
                return true;
        }
    } while (side_next(other, name, &tick));
    return false;
}

/* ---- requests -------------------------------------------------------------------------------- */

static enum match_reason placing_problem(struct matching *matching, const struct match_order *order)
{
    bool market = order->tick == 0;
    uint32_t slot;
    if (order->side != SIDE_BUY && order->side != SIDE_SELL)
        return MATCH_REASON_FORM;
    if (order->tick < 0 || order->tick > TICK_MAX || order->quantity.units <= 0 ||
        order->quantity.units > QUANTITY_UNITS_MAX) {
        return MATCH_REASON_FORM;
    }
    if (order->tif != TIF_GTC && order->tif != TIF_IOC && order->tif != TIF_FOK)
        return MATCH_REASON_FORM;
    if (order->tif == TIF_GTC ? market : order->post_only != 0)
        return MATCH_REASON_FORM;
    if (order->self_trade > SELF_TRADE_DECREMENT)
        return MATCH_REASON_FORM;
    if (id_find(matching, order->id, &slot))
        return MATCH_REASON_DUPLICATE;
    if (order->tif == TIF_GTC && matching->resting_count == matching->config.orders_capacity)
        return MATCH_REASON_FULL;
    if (order->post_only && would_take(matching, (enum side)order->side, order->tick))
        return MATCH_REASON_POST_ONLY;
    return MATCH_REASON_NONE;
}

/* What a new order has left rests. */
static void rest(struct matching *matching, const struct match_order *order,
                 const struct taker *taker)
{
    uint32_t level = level_at(matching, taker->side, order->tick);
    if (level == NO_SLOT) {
        canceled(matching, taker, MATCH_REASON_FULL);
        return;
    }
    uint32_t slot = matching->order_free;
    matching->ids[id_place(matching, order->id)] = slot + 1;
    struct resting *placed = &matching->orders[slot];
    matching->order_free = matching->links[slot].next;
    *placed = (struct resting){
        .id = order->id,
        .quantity = order->quantity,
        .left = taker->left,
        .owner = order->owner,
        .side = order->side,
        .post_only = order->post_only,
        .self_trade = order->self_trade,
    };
    link_order(matching, slot, level);
    matching->resting_count++;
    struct match_event *event = event_add(matching, MATCH_RESTING, order->id, order->owner);
    event->tick = order->tick;
    event->order_left = taker->left;
    event->side = order->side;
}

void matching_place(struct matching *matching, const struct match_order *order)
{
    matching->events_count = 0;
    enum match_reason problem = placing_problem(matching, order);
    if (problem != MATCH_REASON_NONE) {
        refuse(matching, order->id, order->owner, problem);
        return;
    }
    struct taker taker = {
        .id = order->id,
        .limit = order->tick != 0 ? order->tick : order->side == SIDE_BUY ? TICK_MAX : 0,
        .left = order->quantity,
        .owner = order->owner,
        .side = (enum side)order->side,
        .self_trade = (enum self_trade)order->self_trade,
    };
    if (order->tif == TIF_FOK && !fills_whole(matching, &taker)) {
        canceled(matching, &taker, MATCH_REASON_NOT_WHOLE);
        return;
    }
    if (!take(matching, &taker) || taker.left.units == 0)
        return;
    if (order->tif == TIF_GTC)
        rest(matching, order, &taker);
    else
        canceled(matching, &taker, MATCH_REASON_UNFILLABLE);
}

/* The slot of a live order of this owner, else a refusal and NO_SLOT. */
static uint32_t slot_of(struct matching *matching, uint64_t id, uint32_t owner)
{
    uint32_t slot;
    matching->events_count = 0;
    if (id_find(matching, id, &slot) && matching->orders[slot].owner == owner)
        return slot;
    refuse(matching, id, owner, MATCH_REASON_UNKNOWN_ORDER);
    return NO_SLOT;
}

void matching_cancel(struct matching *matching, uint64_t id, uint32_t owner)
{
    uint32_t slot = slot_of(matching, id, owner);
    if (slot != NO_SLOT)
        cancel_resting(matching, slot, MATCH_REASON_ASKED);
}

static enum match_reason amending_problem(struct matching *matching, const struct resting *order,
                                          int64_t tick, struct quantity quantity)
{
    int64_t filled = order->quantity.units - order->left.units;
    if (tick < 1 || tick > TICK_MAX || quantity.units <= 0 || quantity.units > QUANTITY_UNITS_MAX)
        return MATCH_REASON_FORM;
    if (quantity.units <= filled)
        return MATCH_REASON_FILLED;
    if (order->post_only && would_take(matching, (enum side)order->side, tick))
        return MATCH_REASON_POST_ONLY;
    return MATCH_REASON_NONE;
}

/* The order leaves its place, takes where it can, and rests at the end of its new level. */
static void move(struct matching *matching, uint32_t slot, int64_t tick)
{
    struct resting *order = &matching->orders[slot];
    struct taker taker = {
        .id = order->id,
        .limit = tick,
        .left = order->left,
        .owner = order->owner,
        .side = (enum side)order->side,
        .self_trade = (enum self_trade)order->self_trade,
    };
    if (UNLIKELY(would_take(matching, taker.side, tick))) {
        if (!take(matching, &taker) || taker.left.units == 0) {
            forget(matching, slot);
            return;
        }
        order->left = taker.left;
    }
    uint32_t level = level_at(matching, taker.side, tick);
    if (level == NO_SLOT) {
        canceled(matching, &taker, MATCH_REASON_FULL);
        forget(matching, slot);
        return;
    }
    link_order(matching, slot, level);
}

void matching_amend(struct matching *matching, uint64_t id, uint32_t owner, int64_t tick,
                    struct quantity quantity)
{
    uint32_t slot = slot_of(matching, id, owner);
    if (slot == NO_SLOT)
        return;
    struct resting *order = &matching->orders[slot];
    struct level *level = &matching->levels[order->level];
    enum match_reason problem = amending_problem(matching, order, tick, quantity);
    if (problem != MATCH_REASON_NONE) {
        refuse(matching, id, owner, problem);
        return;
    }
    int64_t change = quantity.units - order->quantity.units;
    bool moves = tick != level->tick || change > 0;
    struct match_event *event = event_add(matching, MATCH_AMENDED, id, owner);
    event->tick = tick;
    event->quantity = quantity;
    event->order_left = (struct quantity){order->left.units + change};
    event->side = order->side;
    if (moves)
        unlink_order(matching, slot);
    else
        level->total += change;
    order->quantity = quantity;
    order->left.units += change;
    if (moves)
        move(matching, slot, tick);
}

/* ---- questions ------------------------------------------------------------------------------- */

static struct match_level_view view_of(const struct level *level)
{
    return (struct match_level_view){level->tick, level->total, level->count};
}

bool matching_best(const struct matching *matching, enum side side, struct match_level_view *out)
{
    const struct book_side *from = &matching->sides[side == SIDE_BUY ? 0 : 1];
    *out = (struct match_level_view){0};
    if (from->best < 0)
        return false;
    *out = view_of(&matching->levels[from->best_level]);
    return true;
}

uint32_t matching_levels(const struct matching *matching, enum side side,
                         struct match_level_view *out, uint32_t capacity)
{
    const struct book_side *from = &matching->sides[side == SIDE_BUY ? 0 : 1];
    uint32_t count = 0;
    int64_t tick = from->best;
    while (tick >= 0 && count < capacity) {
        out[count++] = view_of(&matching->levels[tick_map_at(&from->ticks, tick)]);
        if (!side_next(from, side, &tick))
            break;
    }
    return count;
}

bool matching_find(const struct matching *matching, uint64_t id, struct quantity *left, i128 *ahead)
{
    uint32_t slot;
    if (!id_find(matching, id, &slot))
        return false;
    if (left != NULL)
        *left = matching->orders[slot].left;
    if (ahead != NULL) {
        *ahead = 0;
        uint32_t ring = ring_of(matching, matching->orders[slot].level);
        for (uint32_t at = matching->links[slot].previous; at != ring;
             at = matching->links[at].previous) {
            *ahead += matching->orders[at].left.units;
        }
    }
    return true;
}

uint32_t matching_resting_count(const struct matching *matching)
{
    return matching->resting_count;
}
