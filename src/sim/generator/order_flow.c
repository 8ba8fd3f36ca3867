#include "sim/generator/order_flow.h"

#include "base/math.h"

#define LOTS_MAX INT64_C(1000000000000000)
/* Average orders resting at a level when the book is made; near k / theta. */
#define FILL_ORDERS 4

void order_flow_init(struct order_flow *flow, int64_t spacing, double order_lots, uint64_t cell_key,
                     uint64_t random_key)
{
    ASSERT(spacing > 0 && order_lots >= 1.0);
    *flow = (struct order_flow){.spacing = spacing, .cell_key = cell_key, .order_lots = order_lots};
    random_init(&flow->random, random_key, 0);
    for (size_t i = 0; i < FLOW_DEPTH; i++) {
        flow->limit_rates[i] = FLOW_LIMIT_RATE / math_pow((double)(i + 1), FLOW_LIMIT_POWER);
    }
}

static int64_t cell_ticks(const struct order_flow *flow, int64_t cell)
{
    if (flow->spacing == 1) {
        return cell;
    }
    uint64_t state = flow->cell_key ^ (uint64_t)cell;
    uint64_t offset = splitmix64_next(&state) % (uint64_t)flow->spacing;
    return cell * flow->spacing + (int64_t)offset;
}

static int64_t level_cell(const struct order_flow *flow, enum flow_side side, size_t level)
{
    return side == FLOW_BID ? flow->front[side] - (int64_t)level
                            : flow->front[side] + (int64_t)level;
}

int64_t order_flow_ticks(const struct order_flow *flow, enum flow_side side, size_t level)
{
    return cell_ticks(flow, level_cell(flow, side, level));
}

/* Levels below one tick do not exist; only bids of the cheapest instruments have them. */
static bool level_exists(const struct order_flow *flow, enum flow_side side, size_t level)
{
    return order_flow_ticks(flow, side, level) >= 1;
}

int64_t order_flow_draw_lots(struct order_flow *flow)
{
    double lots = 1.0 + (flow->order_lots - 1.0) * random_exponential(&flow->random);
    return lots < (double)LOTS_MAX ? (int64_t)lots : LOTS_MAX;
}

static int64_t fill_lots(struct order_flow *flow)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < FILL_ORDERS; i++) {
        sum += order_flow_draw_lots(flow);
    }
    return sum;
}

/* The fronts that belong to a reference price. The reference is kept above the spread and one
 * cell, so that there always is a bid. */
static void fronts_of(const struct order_flow *flow, double reference, double spread,
                      int64_t front[2])
{
    double half = 0.5 * spread;
    double least = half + 2.0 * (double)flow->spacing + 1.0;
    double held = reference > least ? reference : least;
    double below = held - half;
    double above = held + half;
    int64_t bid = (int64_t)(below / (double)flow->spacing);
    while ((double)cell_ticks(flow, bid) > below) {
        bid--;
    }
    int64_t ask = (int64_t)(above / (double)flow->spacing);
    while ((double)cell_ticks(flow, ask) < above) {
        ask++;
    }
    front[FLOW_BID] = bid;
    front[FLOW_ASK] = ask;
}

void order_flow_fill(struct order_flow *flow, double reference, double spread)
{
    fronts_of(flow, reference, spread, flow->front);
    for (unsigned side = FLOW_BID; side <= FLOW_ASK; side++) {
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            flow->lots[side][level] = level_exists(flow, (enum flow_side)side, level)
                                          ? fill_lots(flow)
                                          : 0;
        }
    }
}

static void change_append(struct flow_changes *changes, enum flow_side side, int64_t ticks,
                          int64_t lots)
{
    ASSERT(changes->count < FLOW_CHANGES_MAX);
    changes->items[changes->count++] = (struct flow_change){
        .side = side, .ticks = ticks, .lots = lots};
}

void order_flow_levels(const struct order_flow *flow, struct flow_changes *levels)
{
    for (unsigned side = FLOW_BID; side <= FLOW_ASK; side++) {
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            int64_t lots = flow->lots[side][level];
            if (lots > 0) {
                int64_t ticks = order_flow_ticks(flow, (enum flow_side)side, level);
                change_append(levels, (enum flow_side)side, ticks, lots);
            }
        }
    }
}

/* Takes out the levels that are not within the new window of a side, and shifts the others. */
static void side_shift(struct order_flow *flow, enum flow_side side, int64_t front,
                       struct flow_changes *changes)
{
    int64_t old[FLOW_DEPTH];
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        old[level] = flow->lots[side][level];
    }
    /* A level keeps its cell: its distance from the front grows by what the front gained. */
    int64_t shift = side == FLOW_BID ? front - flow->front[side] : flow->front[side] - front;
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        int64_t moved = (int64_t)level + shift;
        if (old[level] > 0 && (moved < 0 || moved >= FLOW_DEPTH)) {
            change_append(changes, side, order_flow_ticks(flow, side, level), 0);
        }
    }
    flow->front[side] = front;
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        int64_t from = (int64_t)level - shift;
        /* -1 marks a level that is new and waits for its first orders. */
        flow->lots[side][level] = from >= 0 && from < FLOW_DEPTH ? old[from] : -1;
    }
}

static void side_refill(struct order_flow *flow, enum flow_side side, struct flow_changes *changes)
{
    bool any = false;
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        if (flow->lots[side][level] < 0) {
            flow->lots[side][level] = level_exists(flow, side, level) ? fill_lots(flow) : 0;
            if (flow->lots[side][level] > 0) {
                change_append(changes, side, order_flow_ticks(flow, side, level),
                              flow->lots[side][level]);
            }
        }
        any = any || flow->lots[side][level] > 0;
    }
    if (!any) {
        flow->lots[side][0] = fill_lots(flow);
        change_append(changes, side, order_flow_ticks(flow, side, 0), flow->lots[side][0]);
    }
}

void order_flow_snap(struct order_flow *flow, double reference, double spread,
                     struct flow_changes *changes)
{
    int64_t front[2];
    fronts_of(flow, reference, spread, front);
    side_shift(flow, FLOW_BID, front[FLOW_BID], changes);
    side_shift(flow, FLOW_ASK, front[FLOW_ASK], changes);
    side_refill(flow, FLOW_BID, changes);
    side_refill(flow, FLOW_ASK, changes);
}

static size_t levels_filled(const struct order_flow *flow, enum flow_side side)
{
    size_t count = 0;
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        count += flow->lots[side][level] > 0;
    }
    return count;
}

static void level_cancel(struct order_flow *flow, enum flow_side side, size_t level, int64_t lots,
                         struct flow_changes *changes)
{
    int64_t *resting = &flow->lots[side][level];
    if (lots >= *resting && levels_filled(flow, side) == 1) {
        return;
    }
    *resting -= lots < *resting ? lots : *resting;
    change_append(changes, side, order_flow_ticks(flow, side, level), *resting);
}

static void level_add(struct order_flow *flow, enum flow_side side, size_t level, int64_t lots,
                      struct flow_changes *changes)
{
    int64_t *resting = &flow->lots[side][level];
    if (!level_exists(flow, side, level)) {
        return;
    }
    *resting = i64_min(*resting + lots, LOTS_MAX);
    change_append(changes, side, order_flow_ticks(flow, side, level), *resting);
}

void order_flow_act(struct order_flow *flow, struct flow_changes *changes)
{
    double cancels[2][FLOW_DEPTH];
    double total = 0.0;
    for (unsigned side = FLOW_BID; side <= FLOW_ASK; side++) {
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            cancels[side][level] = FLOW_CANCEL_RATE * (double)flow->lots[side][level] /
                                   flow->order_lots;
            total += flow->limit_rates[level] + cancels[side][level];
        }
    }
    double at = total * random_unit(&flow->random);
    int64_t lots = order_flow_draw_lots(flow);
    for (unsigned side = FLOW_BID; side <= FLOW_ASK; side++) {
        for (size_t level = 0; level < FLOW_DEPTH; level++) {
            at -= flow->limit_rates[level];
            if (at < 0.0) {
                level_add(flow, (enum flow_side)side, level, lots, changes);
                return;
            }
            at -= cancels[side][level];
            if (at < 0.0) {
                level_cancel(flow, (enum flow_side)side, level, lots, changes);
                return;
            }
        }
    }
}

size_t order_flow_take(struct order_flow *flow, enum flow_side from, int64_t lots,
                       struct flow_fill fills[FLOW_DEPTH], struct flow_changes *changes)
{
    ASSERT(lots > 0);
    size_t count = 0;
    size_t filled = levels_filled(flow, from);
    for (size_t level = 0; level < FLOW_DEPTH && lots > 0; level++) {
        int64_t *resting = &flow->lots[from][level];
        if (*resting == 0) {
            continue;
        }
        int64_t takeable = filled == 1 ? *resting - 1 : *resting;
        int64_t taken = i64_min(lots, takeable);
        if (taken > 0) {
            int64_t ticks = order_flow_ticks(flow, from, level);
            fills[count++] = (struct flow_fill){.ticks = ticks, .lots = taken};
            *resting -= taken;
            change_append(changes, from, ticks, *resting);
        }
        lots -= taken;
        filled--;
        if (filled == 0) {
            break;
        }
    }
    return count;
}

bool order_flow_best(const struct order_flow *flow, enum flow_side side, int64_t *ticks,
                     int64_t *lots)
{
    for (size_t level = 0; level < FLOW_DEPTH; level++) {
        if (flow->lots[side][level] > 0) {
            *ticks = order_flow_ticks(flow, side, level);
            *lots = flow->lots[side][level];
            return true;
        }
    }
    return false;
}
