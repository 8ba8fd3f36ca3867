/* grid: one resting limit a level; each fill places its opposite one level away.
 *
 *     levels 100 105 110 115, price 112          buy 100, buy 105, buy 110
 *     the price falls to 109                     buy 100, buy 105, sell 115 (its buy at 110 filled)
 *     it rises beyond 115                        buy 100, buy 105, buy 110, and 5 earned
 *
 * Between two neighbours lies a cell: empty, it wants to buy at its lower level; full, it wants to
 * sell what it bought at its upper one. The book starts without anything to sell, so a grid starts
 * with the buys below the price; a level at or above it waits until the price has passed it, but a
 * sell's opposite is placed in the sell's own step. A buy that rests stays where it is. What a cell
 * holds changes by fills alone: our own find their cell by their price; what else leaves the book
 * (a flatten) empties the lowest cells first. */
#include <string.h>

#include "base/math.h"
#include "core/strategy/strategy.h"

struct grid {
    uint64_t cells;  /* levels - 1 */
    int64_t words[]; /* levels' prices, then what each cell holds */
};

static const int64_t *prices_of(const struct grid *grid)
{
    return grid->words;
}

static int64_t *held_of(struct grid *grid)
{
    return grid->words + grid->cells + 1;
}

struct price grid_level(const struct plan_params *params, struct price tick, uint32_t index)
{
    int64_t steps = (int64_t)params->levels - 1;
    if (index == 0)
        return params->low;
    if (index == (uint32_t)steps)
        return params->high;
    if (!params->geometric) {
        i128 value = (i128)params->low.units * steps +
                     (i128)(params->high.units - params->low.units) * index;
        i128 unit = (i128)tick.units * steps;
        i128 ticks = i128_divide(2 * value + unit, 2 * unit, ROUND_FLOOR);
        return (struct price){(int64_t)ticks * tick.units};
    }
    double ratio = (double)params->high.units / (double)params->low.units;
    double value = (double)params->low.units * math_pow(ratio, (double)index / (double)steps);
    int64_t ticks = (int64_t)(value / (double)tick.units + 0.5);
    return (struct price){ticks * tick.units};
}

static size_t grid_size(const double *params)
{
    return sizeof(struct grid) + (2 * (size_t)params[GRID_LEVELS] - 1) * sizeof(int64_t);
}

static void grid_init(void *block, const double *params)
{
    memset(block, 0, grid_size(params));
}

static void grid_begin(void *block, const struct bot_config *config,
                       const struct instrument *instrument)
{
    struct grid *grid = block;
    ASSERT(config->plan.levels >= 2 && config->plan.levels <= GRID_LEVELS_MAX &&
           config->plan.levels == (uint32_t)config->params[GRID_LEVELS]);
    grid->cells = config->plan.levels - 1;
    for (uint32_t i = 0; i <= grid->cells; i++)
        grid->words[i] = grid_level(&config->plan, instrument->tick, i).units;
}

static uint32_t grid_warmup(const double *params)
{
    (void)params;
    return 1;
}

static void grid_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    (void)block;
    (void)params;
    (void)bar;
    (void)scale;
}

/* What left the book but through a cell: the lowest cells are the first to be sold anyway. */
static void take_from_lowest(struct grid *grid, int64_t quantity)
{
    int64_t *held = held_of(grid);
    for (uint64_t i = 0; i < grid->cells && quantity > 0; i++) {
        int64_t part = i64_min(held[i], quantity);
        if (part <= 0)
            continue;
        held[i] -= part;
        quantity -= part;
    }
}

/* A journal from outside may say anything: a sum that does not fit changes nothing. */
static int64_t moved(int64_t held, int64_t quantity)
{
    int64_t sum = 0;
    return __builtin_add_overflow(held, quantity, &sum) ? held : sum;
}

static void grid_fill(void *block, const struct bot_config *config, const struct plan_fill *fill)
{
    struct grid *grid = block;
    const int64_t *prices = prices_of(grid);
    int64_t *held = held_of(grid);
    if (fill->instrument != config->instrument)
        return;
    for (uint64_t i = 0; i < grid->cells; i++) {
        if (fill->side == SIDE_BUY && prices[i] == fill->limit.units) {
            held[i] = moved(held[i], fill->quantity);
            return;
        }
        if (fill->side == SIDE_SELL && prices[i + 1] == fill->limit.units) {
            held[i] = moved(held[i], -fill->quantity);
            return;
        }
    }
    if (fill->side == SIDE_SELL)
        take_from_lowest(grid, fill->quantity);
}

/* The mark, and behind a restart the last close. */
static int64_t price_now(const struct plan_view *view)
{
    int64_t mark = view->markets[view->config->instrument].mark.units;
    return mark > 0 ? mark : view->states[view->config->instrument].close.units;
}

static bool buy_rests(const struct plan_view *view, int64_t price)
{
    for (uint32_t i = 0; i < view->live_count; i++) {
        const struct order *order = view->live[i];
        if (order->side == SIDE_BUY && order->price.units == price &&
            (order->flags & ORDER_FLAG_CANCEL_PENDING) == 0)
            return true;
    }
    return false;
}

static uint32_t sells_add(const struct grid *grid, const struct plan_view *view,
                          struct plan_order *out)
{
    const struct bot_config *config = view->config;
    const struct instrument *instrument = &view->instruments[config->instrument];
    const int64_t *held = grid->words + grid->cells + 1;
    int64_t rest = view->positions[config->instrument].quantity;
    uint32_t count = 0;
    for (uint64_t i = 0; i < grid->cells; i++) {
        struct quantity quantity = {i64_min(held[i], rest)};
        if (quantity.units < instrument->lot.units)
            continue;
        quantity = quantity_round_down(instrument, quantity);
        rest -= quantity.units;
        out[count++] = (struct plan_order){
            .instrument = config->instrument,
            .side = SIDE_SELL,
            .type = ORDER_LIMIT,
            .purpose = PURPOSE_EXIT,
            .price = {grid->words[i + 1]},
            .quantity = quantity,
        };
    }
    return count;
}

/* The nearest to the price first: that is where the cash goes where it does not reach for all. */
static uint32_t buys_add(const struct grid *grid, const struct plan_view *view,
                         struct plan_order *out)
{
    const struct bot_config *config = view->config;
    const struct instrument *instrument = &view->instruments[config->instrument];
    const int64_t *held = grid->words + grid->cells + 1;
    int64_t mark = price_now(view);
    uint32_t count = 0;
    for (uint64_t i = grid->cells; i-- > 0;) {
        struct price price = {grid->words[i]};
        bool rests = buy_rests(view, price.units);
        bool empty = held[i] < instrument->lot.units;
        bool opposite = view->cause == PLAN_FILL && view->fill_side == SIDE_SELL &&
                        view->fill_limit.units == grid->words[i + 1];
        if (!rests && (!empty || (price.units >= mark && !opposite)))
            continue;
        out[count++] = (struct plan_order){
            .instrument = config->instrument,
            .side = SIDE_BUY,
            .type = ORDER_LIMIT,
            .purpose = PURPOSE_ENTER,
            .price = price,
            .quantity = rests ? instrument->lot
                              : risk_size(instrument, &config->size, view->equity, view->cash,
                                          price, view->fee_rate, view->measure),
            .any_quantity = 1,
        };
    }
    return count;
}

static bool grid_plan(const void *block, const struct plan_view *view, struct decision *decision,
                      struct plan_order *out, uint32_t *count)
{
    const struct grid *grid = block;
    *count = 0;
    if (price_now(view) <= 0)
        return false;
    uint32_t sells = sells_add(grid, view, out);
    uint32_t buys = buys_add(grid, view, out + sells);
    decision->parts[0] = buys;
    decision->parts[1] = sells;
    *count = sells + buys;
    return true;
}

static const struct plan_class grid_plan_class = {
    .begin = grid_begin,
    .fill = grid_fill,
    .plan = grid_plan,
    .every_cycle = true,
    .after_fill = true,
};

const struct strategy_class strategy_grid = {
    .name = "grid",
    .summary = "one resting limit a level between low and high: buys below the price; each fill "
               "places its opposite one level away. Each level is sized by itself at its price",
    .parts = {"buys", "sells"},
    .parameter_count = 4,
    .parameters =
        {
            {.name = "low",
             .summary = "price of the lowest level",
             .fallback_text = "required",
             .range_text = "above 0, below high"},
            {.name = "high",
             .summary = "price of the highest level",
             .fallback_text = "required",
             .range_text = "above low"},
            {"levels", "levels, low and high counted; at least a tick apart", 10, 2,
             GRID_LEVELS_MAX, true, NULL, NULL},
            {.name = "spacing",
             .summary = "equal differences or equal ratios, each to the nearest tick",
             .fallback_text = "arithmetic",
             .range_text = "arithmetic, geometric"},
        },
    .state_size = grid_size,
    .init = grid_init,
    .warmup = grid_warmup,
    .bar = grid_bar,
    .plan = &grid_plan_class,
};
