#include "sim/book/queue.h"

#include <string.h>

#include "base/math.h"

/* ---- models ---------------------------------------------------------------------------------- */

const char *queue_model_name(enum queue_model_kind kind)
{
    static const char *const names[QUEUE_MODEL_COUNT] = {
#define QUEUE_MODEL_ROW(name, text, has_power) text,
        QUEUE_MODEL_TABLE(QUEUE_MODEL_ROW)
#undef QUEUE_MODEL_ROW
    };
    return names[kind];
}

static double power_of(double x, double n)
{
    if (n == 1)
        return x;
    if (n == 2)
        return x * x;
    if (n == 3)
        return x * x * x;
    return math_pow(x, n);
}

/* part / whole; nothing of nothing is taken to be behind, which moves us least. */
static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 1;
}

double queue_share_behind(const struct queue_model *model, double behind, double ahead)
{
    double n = model->power;
    switch (model->kind) {
    case QUEUE_MODEL_POWER: {
        double part = power_of(behind, n);
        return share(part, part + power_of(ahead, n));
    }
    case QUEUE_MODEL_LOG: {
        double part = math_log1p(behind);
        return share(part, part + math_log1p(ahead));
    }
    case QUEUE_MODEL_POWER2: return share(power_of(behind, n), power_of(behind + ahead, n));
    case QUEUE_MODEL_LOG2: return share(math_log1p(behind), math_log1p(behind + ahead));
    case QUEUE_MODEL_POWER3: return 1 - power_of(1 - share(behind, behind + ahead), n);
    case QUEUE_MODEL_TOUCH:
    case QUEUE_MODEL_RISK_AVERSE:
    case QUEUE_MODEL_COUNT: break;
    }
    return 1;
}

/* ---- one order ------------------------------------------------------------------------------- */

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

void queue_position_enter(struct queue_position *position, const struct queue_model *model,
                          double displayed)
{
    position->ahead = model->kind == QUEUE_MODEL_TOUCH ? 0 : displayed;
    position->traded = 0;
}

void queue_position_trade(struct queue_position *position, double lots)
{
    position->ahead -= lots;
    position->traded += lots;
}

void queue_position_depth(struct queue_position *position, const struct queue_model *model,
                          double before, double after)
{
    double gone = before - after - position->traded;
    double ahead = position->ahead;
    position->traded = 0;
    if (gone < 0 || model->kind == QUEUE_MODEL_RISK_AVERSE || model->kind == QUEUE_MODEL_TOUCH) {
        position->ahead = lesser(ahead, after);
        return;
    }
    /* What the trades took is no longer ahead, and what is ahead was displayed: both hold but for
     * a record that contradicts itself, which must not make a share of more than all. */
    double behind = before - ahead;
    behind = behind > 0 ? behind : 0;
    double p = queue_share_behind(model, behind, ahead > 0 ? ahead : 0);
    double moved = ahead - (1 - p) * gone + lesser(behind - p * gone, 0);
    moved = lesser(moved, after);
    /* A steep model can take more ahead of us than there was; only a trade fills. */
    double front = lesser(ahead, 0);
    position->ahead = moved > front ? moved : front;
}

int64_t queue_position_fill(struct queue_position *position)
{
    if (position->ahead >= 0)
        return 0;
    int64_t lots = (int64_t)(0.5 - position->ahead);
    if (lots > 0)
        position->ahead = 0;
    return lots;
}

/* ---- our orders at one price ----------------------------------------------------------------- */

void queue_line_init(struct queue_line *line, const struct queue_model *model, enum side side,
                     struct price price, struct quantity lot)
{
    ASSERT(lot.units > 0 && model->kind < QUEUE_MODEL_COUNT);
    *line = (struct queue_line){.model = *model, .price = price, .lot = lot, .side = side};
}

static double lots_of(const struct queue_line *line, struct quantity quantity)
{
    return (double)quantity.units / (double)line->lot.units;
}

/* No order stands before an older one of ours. */
static void keep_order(struct queue_line *line)
{
    for (uint32_t i = 1; i < line->count; i++) {
        if (line->orders[i].position.ahead < line->orders[i - 1].position.ahead)
            line->orders[i].position.ahead = line->orders[i - 1].position.ahead;
    }
}

enum status queue_line_add(struct queue_line *line, uint64_t id, struct quantity quantity,
                           struct quantity displayed)
{
    ASSERT(quantity.units > 0 && quantity.units % line->lot.units == 0 && displayed.units >= 0);
    for (uint32_t i = 0; i < line->count; i++) {
        if (line->orders[i].id == id)
            return STATUS_EXISTS;
    }
    if (line->count == QUEUE_LINE_MAX)
        return STATUS_FULL;
    struct queue_order *order = &line->orders[line->count++];
    *order = (struct queue_order){.id = id, .left = quantity.units / line->lot.units};
    queue_position_enter(&order->position, &line->model, lots_of(line, displayed));
    keep_order(line);
    return STATUS_OK;
}

static void remove_at(struct queue_line *line, uint32_t at)
{
    line->count--;
    memmove(&line->orders[at], &line->orders[at + 1], (line->count - at) * sizeof line->orders[0]);
}

bool queue_line_remove(struct queue_line *line, uint64_t id)
{
    for (uint32_t i = 0; i < line->count; i++) {
        if (line->orders[i].id == id) {
            remove_at(line, i);
            return true;
        }
    }
    return false;
}

bool queue_line_reduce(struct queue_line *line, uint64_t id, struct quantity left)
{
    int64_t lots = left.units / line->lot.units;
    for (uint32_t i = 0; i < line->count; i++) {
        if (line->orders[i].id == id) {
            ASSERT(lots > 0 && lots <= line->orders[i].left &&
                   lots * line->lot.units == left.units);
            line->orders[i].left = lots;
            return true;
        }
    }
    return false;
}

static struct queue_fill fill_of(struct queue_line *line, struct queue_order *order, int64_t lots)
{
    order->left -= lots;
    return (struct queue_fill){order->id, {lots * line->lot.units}, order->left == 0};
}

static uint32_t fill_all(struct queue_line *line, struct queue_fill fills[QUEUE_LINE_MAX])
{
    uint32_t count = line->count;
    for (uint32_t i = 0; i < count; i++)
        fills[i] = fill_of(line, &line->orders[i], line->orders[i].left);
    line->count = 0;
    return count;
}

/* A trade at the price: each order's queue moves by all of it, but what fills an older order of
 * ours is not there for a younger one. */
static uint32_t fill_front(struct queue_line *line, double traded,
                           struct queue_fill fills[QUEUE_LINE_MAX])
{
    uint32_t count = 0;
    uint32_t kept = 0;
    int64_t taken = 0;
    bool blocked = false; /* an older order is not whole yet: younger ones wait */
    for (uint32_t i = 0; i < line->count; i++) {
        struct queue_order *order = &line->orders[i];
        queue_position_trade(&order->position, traded);
        order->position.ahead += (double)taken;
        if (blocked && order->position.ahead < 0)
            order->position.ahead = 0;
        int64_t lots = i64_min(queue_position_fill(&order->position), order->left);
        /* Halves that were rounded down before must not add up to more than traded. */
        lots = i64_min(lots, (int64_t)traded - taken);
        if (lots > 0) {
            fills[count++] = fill_of(line, order, lots);
            taken += lots;
        }
        blocked = blocked || order->left > 0;
        if (order->left > 0)
            line->orders[kept++] = *order;
    }
    line->count = kept;
    keep_order(line);
    return count;
}

uint32_t queue_line_trade(struct queue_line *line, const struct trade *trade,
                          struct queue_fill fills[QUEUE_LINE_MAX])
{
    int64_t beyond = trade->price.units - line->price.units;
    if (line->side == SIDE_BUY)
        beyond = -beyond;
    if (line->count == 0 || beyond < 0 || trade->taker == (uint32_t)line->side ||
        trade->quantity.units <= 0)
        return 0;
    if (beyond > 0)
        return fill_all(line, fills);
    return fill_front(line, lots_of(line, trade->quantity), fills);
}

void queue_line_depth(struct queue_line *line, struct quantity before, struct quantity after)
{
    for (uint32_t i = 0; i < line->count; i++) {
        queue_position_depth(&line->orders[i].position, &line->model, lots_of(line, before),
                             lots_of(line, after));
    }
    keep_order(line);
}

uint32_t queue_line_opposite(struct queue_line *line, struct price best,
                             struct queue_fill fills[QUEUE_LINE_MAX])
{
    if (best.units <= 0)
        return 0;
    bool reached = line->side == SIDE_BUY ? best.units <= line->price.units
                                          : best.units >= line->price.units;
    return reached ? fill_all(line, fills) : 0;
}
