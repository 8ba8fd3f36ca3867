/* maker: post-only orders on both sides of the middle of the visible order book.
 *
 *     mid 100, spread 0.01, skew 0.5, levels 2, size 1
 *     nothing held       bids 99.50 98.50                            (nothing to sell)
 *     half of 2 held     bids 99.25           asks 100.25            shifted down by a quarter
 *
 * Level k lies mid x spread x (1/2 + k) from the middle, k from 0. A full inventory is levels x
 * size; what is held, as a share of it, shifts both sides down by share x skew x spread x mid. Bids
 * that would take the inventory beyond full are not quoted, nor asks of more than is held. Bids are
 * rounded down to the tick, asks up, and neither reaches the other side's best price. */
#include "core/strategy/strategy.h"

static size_t maker_size(const double *params)
{
    (void)params;
    return 0;
}

static void maker_init(void *block, const double *params)
{
    (void)block;
    (void)params;
}

static uint32_t maker_warmup(const double *params)
{
    (void)params;
    return 0;
}

static void maker_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    (void)block;
    (void)params;
    (void)bar;
    (void)scale;
}

/* Twice the middle, so that it is a whole number. */
struct maker_prices {
    i128 twice_mid;
    i128 shift_ppm; /* of the middle, down */
    int64_t spread_ppm;
    struct price bid, ask; /* best of the book */
};

/* mid x (1 - shift -/+ spread x (1/2 + k)) on the tick, on the passive side of it. */
static struct price level_price(const struct maker_prices *prices, const struct instrument *listed,
                                enum side side, uint32_t level)
{
    i128 away = (i128)prices->spread_ppm * (2 * (int64_t)level + 1); /* in half ppm */
    i128 factor = 2 * (RATIO_ONE - prices->shift_ppm) + (side == SIDE_BUY ? -away : away);
    i128 unit = (i128)4 * RATIO_ONE * listed->tick.units;
    i128 ticks = i128_divide(prices->twice_mid * factor, unit,
                             side == SIDE_BUY ? ROUND_FLOOR : ROUND_CEILING);
    struct price price = {(int64_t)(ticks * listed->tick.units)};
    if (side == SIDE_BUY && price.units >= prices->ask.units)
        price.units = prices->ask.units - listed->tick.units;
    if (side == SIDE_SELL && price.units <= prices->bid.units)
        price.units = prices->bid.units + listed->tick.units;
    price.units -= price.units % listed->tick.units;
    if (side == SIDE_SELL && price.units <= prices->bid.units)
        price.units += listed->tick.units;
    return price;
}

static struct plan_order level_order(const struct plan_view *view, enum side side,
                                     struct price price, int64_t quantity)
{
    return (struct plan_order){
        .instrument = view->config->instrument,
        .side = (uint8_t)side,
        .type = ORDER_LIMIT,
        .flags = ORDER_FLAG_POST_ONLY,
        .purpose = side == SIDE_BUY ? PURPOSE_ENTER : PURPOSE_EXIT,
        .price = price,
        .quantity = {quantity},
    };
}

static bool maker_plan(const void *block, const struct plan_view *view, struct decision *decision,
                       struct plan_order *out, uint32_t *count)
{
    const struct bot_config *config = view->config;
    const struct plan_params *params = &config->plan;
    const struct instrument *listed = &view->instruments[config->instrument];
    const struct market_state *market = &view->markets[config->instrument];
    int64_t held = view->positions[config->instrument].quantity;
    (void)block;
    *count = 0;
    if (!market->book_seen || !market->book_valid)
        return false;
    struct price mid = {(market->bid.units + market->ask.units) / 2};
    struct amount plenty = {NOTIONAL_MAX};
    int64_t size = risk_size(listed, &config->size, view->equity, plenty, mid, view->fee_rate,
                             view->measure)
                       .units;
    i128 full = (i128)size * params->levels;
    i128 share = full > 0 && held > 0 ? (held < full ? held : full) : 0;
    struct maker_prices prices = {
        .twice_mid = (i128)market->bid.units + market->ask.units,
        .spread_ppm = params->spread.ppm,
        .bid = market->bid,
        .ask = market->ask,
    };
    if (full > 0)
        prices.shift_ppm = share * params->skew.ppm * params->spread.ppm / (full * RATIO_ONE);
    decision->parts[0] = (double)prices.twice_mid / 2 / (double)listed->price_scale;
    decision->parts[1] = full > 0 ? (double)held / (double)full : 0;
    int64_t rest = held;
    for (uint32_t k = 0; k < params->levels && size > 0; k++) {
        struct price bid = level_price(&prices, listed, SIDE_BUY, k);
        if (held + (i128)size * (k + 1) <= full && bid.units > 0)
            out[(*count)++] = level_order(view, SIDE_BUY, bid, size);
        struct quantity offered = {i64_min(size, rest)};
        offered = quantity_round_down(listed, offered);
        if (offered.units < listed->lot.units)
            continue;
        rest -= offered.units;
        struct price ask = level_price(&prices, listed, SIDE_SELL, k);
        out[(*count)++] = level_order(view, SIDE_SELL, ask, offered.units);
    }
    return true;
}

static const struct plan_class maker_plan_class = {
    .plan = maker_plan,
    .after_fill = true,
    .on_quote = true,
};

const struct strategy_class strategy_maker = {
    .name = "maker",
    .summary = "post-only bids and asks around the middle of the order book, shifted down by what "
               "is held; a full inventory is levels x size",
    .parts = {"mid", "inventory"},
    .parameter_count = 4,
    .parameters =
        {
            {"levels", "orders on each side, a spread apart", 1, 1, MAKER_LEVELS_MAX, true, NULL,
             NULL},
            {"spread", "share of mid between the innermost bid and ask", 0.002, 0, 0.5, false, NULL,
             "above 0, to 0.5"},
            {"skew", "spreads by which a full inventory shifts both sides down", 0.5, 0, 10, false,
             NULL, NULL},
            {.name = "refresh",
             .summary = "least time between two quotes; a fill of its own quotes at once",
             .fallback_text = "5s",
             .range_text = "10ms to 1d"},
        },
    .state_size = maker_size,
    .init = maker_init,
    .warmup = maker_warmup,
    .bar = maker_bar,
    .plan = &maker_plan_class,
};
