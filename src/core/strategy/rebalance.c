/* rebalance: several instruments at fixed shares of the purse's equity.
 *
 *     BTC 0.5, ETH 0.3, the rest cash, band 0.05; equity 1000
 *     BTC 560, ETH 290: BTC is 0.06 off      sells 60 of BTC, then buys 10 of ETH
 *
 * At each close of its first instrument's bars it compares what each is worth with weight x equity,
 * at last closes. Where one is off by band x equity or more, all are traded back, at market, to the
 * lot below weight x equity / close: the sells at once, the buys in the step of the last sell's
 * fill, sized by what equity and closes are then. */
#include "core/strategy/strategy.h"

static size_t rebalance_size(const double *params)
{
    (void)params;
    return 0;
}

static void rebalance_init(void *block, const double *params)
{
    (void)block;
    (void)params;
}

static uint32_t rebalance_warmup(const double *params)
{
    (void)params;
    return 1;
}

static void rebalance_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    (void)block;
    (void)params;
    (void)bar;
    (void)scale;
}

static i128 value_of(const struct plan_view *view, uint32_t index)
{
    return (i128)view->states[index].close.units * view->positions[index].quantity *
           view->instruments[index].amount_factor;
}

/* How far the one that is off most is off, in equity x 10^-6; all closes are there. */
static i128 worst_of(const struct plan_view *view)
{
    const struct plan_params *params = &view->config->plan;
    i128 worst = 0;
    for (uint32_t i = 0; i < params->instruments_count; i++) {
        i128 off = value_of(view, params->instruments[i]) * RATIO_ONE -
                   view->equity.units * params->weights[i].ppm;
        if (off < 0)
            off = -off;
        if (off > worst)
            worst = off;
    }
    return worst;
}

/* The position that the weight asks for, on the lot. */
static int64_t target_of(const struct plan_view *view, uint32_t at)
{
    const struct plan_params *params = &view->config->plan;
    uint32_t index = params->instruments[at];
    i128 share = 0;
    if (view->equity.units <= 0 ||
        !i128_multiply_divide(view->equity.units, params->weights[at].ppm, RATIO_ONE, ROUND_DOWN,
                              &share))
        return 0;
    return instrument_quantity_for(&view->instruments[index], (struct amount){share},
                                   view->states[index].close)
        .units;
}

static uint32_t side_add(const struct plan_view *view, enum side side, struct plan_order *out)
{
    const struct plan_params *params = &view->config->plan;
    uint32_t count = 0;
    for (uint32_t i = 0; i < params->instruments_count; i++) {
        uint32_t index = params->instruments[i];
        const struct instrument *instrument = &view->instruments[index];
        int64_t missing = target_of(view, i) - view->positions[index].quantity;
        struct quantity quantity = {side == SIDE_BUY ? missing : -missing};
        if (quantity.units < instrument->lot.units)
            continue;
        out[count++] = (struct plan_order){
            .instrument = index,
            .side = (uint8_t)side,
            .type = ORDER_MARKET,
            .purpose = side == SIDE_BUY ? PURPOSE_ENTER : PURPOSE_EXIT,
            .quantity = quantity_round_down(instrument, quantity),
        };
    }
    return count;
}

static bool rebalance_plan(const void *block, const struct plan_view *view,
                           struct decision *decision, struct plan_order *out, uint32_t *count)
{
    const struct plan_params *params = &view->config->plan;
    (void)block;
    *count = 0;
    for (uint32_t i = 0; i < params->instruments_count; i++) {
        if (view->states[params->instruments[i]].close.units <= 0)
            return false;
    }
    if (view->live_count > 0 || view->equity.units <= 0)
        return false;
    if (view->cause == PLAN_FILL) {
        if (view->fill_side == SIDE_SELL)
            *count = side_add(view, SIDE_BUY, out);
        return true;
    }
    i128 worst = worst_of(view);
    decision->parts[0] = (double)worst / (double)view->equity.units / (double)RATIO_ONE;
    decision->parts[1] = (double)view->equity.units * 1e-18;
    if (worst < view->equity.units * params->band.ppm)
        return true;
    *count = side_add(view, SIDE_SELL, out);
    if (*count == 0)
        *count = side_add(view, SIDE_BUY, out);
    return true;
}

static const struct plan_class rebalance_plan_class = {
    .plan = rebalance_plan,
    .after_fill = true,
};

const struct strategy_class strategy_rebalance = {
    .name = "rebalance",
    .summary = "holds several instruments at fixed shares of equity and trades all back when one "
               "leaves its band, sells first",
    .parts = {"off_most", "equity"},
    .parameter_count = 3,
    .parameters =
        {
            {.name = "instruments",
             .summary = "what is held; decisions fall at closes of the first one's bars",
             .fallback_text = "required",
             .range_text = "1 to 16, each once"},
            {.name = "weights",
             .summary = "share of equity of each; the rest stays cash",
             .fallback_text = "required",
             .range_text = "0 to 1, sum at most 1"},
            {"band", "share of equity by which one must be off", 0.05, 0, 1, false, NULL,
             "above 0, to 1"},
        },
    .state_size = rebalance_size,
    .init = rebalance_init,
    .warmup = rebalance_warmup,
    .bar = rebalance_bar,
    .plan = &rebalance_plan_class,
};
