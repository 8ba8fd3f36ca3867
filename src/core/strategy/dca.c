/* dca: buys a notional on a schedule and, where `dip` is set, on a fall from the last buy.
 *
 *     every 1d, amount 100, dip 0.05, max 250
 *
 *     close     day 1 100    day 1 94    day 2 96          day 3 90
 *     buys      100          100, a dip  50, what is left  -
 *
 * The first buy is due at the first close; from it on one is due every `every`, once, however many
 * times passed without a close. A buy on a dip leaves the schedule. What risk refuses stays due.
 *
 * `max` is of what fills cost: 100 at a close of 100 that fills at 103 leaves 147 of 250. The last
 * buy is sized at its close too, so that the sum may pass max by as much as that one fill cost
 * more; then it ends. */
#include "core/strategy/strategy.h"

struct dca {
    struct amount_bytes spent; /* notional of all buys so far */
    int64_t first_ns;          /* when the first buy was planned; the schedule starts here */
    int64_t slot;              /* the last scheduled time used, 0 = first_ns */
    int64_t last_price;        /* of the last buy's fill, 0 = none yet */
    uint64_t begun;            /* first_ns is set */
};

static size_t dca_size(const double *params)
{
    (void)params;
    return sizeof(struct dca);
}

static void dca_init(void *block, const double *params)
{
    (void)params;
    *(struct dca *)block = (struct dca){0};
}

static uint32_t dca_warmup(const double *params)
{
    (void)params;
    return 1;
}

static void dca_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    (void)block;
    (void)params;
    (void)bar;
    (void)scale;
}

static int64_t slot_of(const struct dca *dca, const struct bot_config *config, int64_t time_ns)
{
    return (int64_t)(((i128)time_ns - dca->first_ns) / config->plan.every_ns);
}

static void dca_fill(void *block, const struct bot_config *config, const struct plan_fill *fill)
{
    struct dca *dca = block;
    (void)config;
    if (fill->side != SIDE_BUY)
        return;
    i128 spent = amount_from_bytes(dca->spent).units + fill->notional;
    dca->spent = amount_to_bytes((struct amount){spent});
    if (fill->price.units > 0)
        dca->last_price = fill->price.units;
}

/* A buy uses the slot it falls into, so that a dip on a scheduled day is one buy, not two. */
static void dca_planned(void *block, const struct bot_config *config, int64_t time_ns)
{
    struct dca *dca = block;
    if (dca->begun == 0) {
        dca->begun = 1;
        dca->first_ns = time_ns;
        return;
    }
    dca->slot = slot_of(dca, config, time_ns);
}

static bool dca_plan(const void *block, const struct plan_view *view, struct decision *decision,
                     struct plan_order *out, uint32_t *count)
{
    const struct dca *dca = block;
    const struct bot_config *config = view->config;
    const struct plan_params *params = &config->plan;
    const struct instrument *instrument = &view->instruments[config->instrument];
    struct price close = view->states[config->instrument].close;
    struct amount amount = params->amount;
    i128 spent = amount_from_bytes(dca->spent).units;
    decision->parts[0] = (double)spent * 1e-18;
    decision->parts[1] = (double)dca->last_price / (double)instrument->price_scale;
    *count = 0;
    if (view->live_count > 0 || close.units <= 0)
        return false;
    bool due = dca->begun == 0 || slot_of(dca, config, view->time_ns) > dca->slot;
    bool dips = params->dip.ppm > 0 && dca->last_price > 0 &&
                (i128)close.units * RATIO_ONE <=
                    (i128)dca->last_price * (RATIO_ONE - params->dip.ppm);
    if (!due && !dips)
        return true;
    if (params->max.units > 0 && params->max.units - spent < amount.units)
        amount.units = params->max.units - spent;
    if (amount.units <= 0)
        return true;
    out[(*count)++] = (struct plan_order){
        .instrument = config->instrument,
        .side = SIDE_BUY,
        .type = ORDER_MARKET,
        .purpose = PURPOSE_ENTER,
        .quantity = instrument_quantity_for(instrument, amount, close),
    };
    return true;
}

static const struct plan_class dca_plan_class = {
    .fill = dca_fill,
    .planned = dca_planned,
    .plan = dca_plan,
};

const struct strategy_class strategy_dca = {
    .name = "dca",
    .summary = "buys a notional at the first close and then every so often, and on a fall from "
               "the last buy; never sells",
    .parts = {"spent", "last_buy"},
    .parameter_count = 4,
    .parameters =
        {
            {.name = "every",
             .summary = "time between two buys, counted from the first",
             .fallback_text = "1d",
             .range_text = "1s to 52w"},
            {.name = "amount",
             .summary = "notional of a buy at the decision's close, in the quote asset; less "
                        "where less is free",
             .fallback_text = "required",
             .range_text = "above 0"},
            {.name = "dip",
             .summary = "buys also at a close this share below the last buy's price",
             .fallback_text = "off",
             .range_text = "0 to 0.999999"},
            {.name = "max",
             .summary =
                 "sum of what all buys cost; the last one is as small as what is left at its "
                 "decision's close, and its fill alone may pass it",
             .fallback_text = "no end",
             .range_text = "above 0"},
        },
    .state_size = dca_size,
    .init = dca_init,
    .warmup = dca_warmup,
    .bar = dca_bar,
    .plan = &dca_plan_class,
};
