#include "drive/config/assemble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- assets and instruments ------------------------------------------------------------------ */

static uint32_t asset_index(struct assembly *assembly, const char *name)
{
    for (uint32_t i = 0; i < assembly->engine.assets_count; i++) {
        if (strcmp(assembly->assets[i], name) == 0)
            return i;
    }
    assembly->assets[assembly->engine.assets_count] = name;
    return assembly->engine.assets_count++;
}

const char *assembly_asset(const struct assembly *assembly, uint32_t asset)
{
    ASSERT(asset < assembly->engine.assets_count);
    return assembly->assets[asset];
}

static enum status price_units(struct amount amount, unsigned decimals, int64_t *out)
{
    i128 unit = power_of_ten(AMOUNT_DECIMALS - decimals);
    i128 units = amount.units / unit;
    if (amount.units % unit != 0 || units > PRICE_UNITS_MAX)
        return STATUS_RANGE;
    *out = (int64_t)units;
    return STATUS_OK;
}

static enum status instrument_fill(struct assembly *assembly, const struct config *config,
                                   uint32_t index, unsigned price_decimals, struct problem *problem)
{
    const struct config_instrument *source = &config->instruments[index];
    struct instrument *instrument = &assembly->instruments[index];
    bool fits = text_copy(instrument->name, sizeof instrument->name, text_of(source->name));
    instrument->base_asset = asset_index(assembly, source->base);
    instrument->quote_asset = asset_index(assembly, source->quote);
    instrument->price_decimals = price_decimals;
    instrument->quantity_decimals = source->quantity_decimals;
    instrument->quote_decimals = (uint32_t)source->quote_decimals;
    instrument->tradable = 1;
    instrument->waits = source->listed ? 0 : 1;
    instrument->lot = source->lot;
    instrument->quantity_min = source->quantity_minimum;
    instrument->notional_min = source->minimum_notional;
    enum status status = instrument_derive(instrument);
    if (status == STATUS_OK) {
        status = price_units(source->price_increment, price_decimals, &instrument->tick.units);
    }
    if (status != STATUS_OK || !fits || instrument->tick.units <= 0) {
        char key[64], where[CONFIG_WHERE_SIZE];
        (void)snprintf(key, sizeof key, "instruments[%u]", index);
        config_locate(config, key, where);
        problem_set(problem, STATUS_CONFIG_INVALID, where, "%s does not fit its scales",
                    source->name);
        problem_allowed(problem,
                        "a name below %d bytes; price and quantity decimals that sum to "
                        "at most 18",
                        INSTRUMENT_NAME_SIZE);
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static struct quantity quantity_of(const struct instrument *instrument, struct amount amount)
{
    i128 units = amount.units / power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return (struct quantity){units > QUANTITY_UNITS_MAX ? QUANTITY_UNITS_MAX : (int64_t)units};
}

static bool amount_pick(const struct config_amount *a, const struct config_amount *b,
                        struct amount *out)
{
    if (a->set && (b == NULL || !b->set || a->value.units < b->value.units)) {
        *out = a->value;
        return true;
    }
    if (b == NULL || !b->set)
        return false;
    *out = b->value;
    return true;
}

static bool ratio_pick(const struct config_ratio *a, const struct config_ratio *b,
                       struct ratio *out)
{
    if (a->set && (b == NULL || !b->set || a->value.ppm < b->value.ppm)) {
        *out = a->value;
        return true;
    }
    if (b == NULL || !b->set)
        return false;
    *out = b->value;
    return true;
}

static void limit_on(struct instrument_limits *limits, bool on, uint32_t bit)
{
    if (on)
        limits->on |= bit;
}

static void limits_fill(const struct config *config, const struct instrument *instrument,
                        uint32_t index, struct instrument_limits *limits)
{
    const struct config_risk *risk = &config->risk;
    const struct config_risk_instrument *own = NULL;
    for (uint32_t i = 0; i < risk->instruments_count; i++) {
        if (risk->instruments[i].instrument_index == index)
            own = &risk->instruments[i];
    }
    struct amount amount = {0};
#define OWN(field) (own == NULL ? NULL : &own->field)
    *limits = (struct instrument_limits){0};
    if (amount_pick(&risk->order_quantity_max, OWN(order_quantity_max), &amount)) {
        limits->order_quantity_max = quantity_of(instrument, amount);
        limits->on |= LIMIT_ORDER_QUANTITY;
    }
    if (amount_pick(&risk->position_quantity_max, OWN(position_quantity_max), &amount)) {
        limits->position_quantity_max = quantity_of(instrument, amount);
        limits->on |= LIMIT_POSITION_QUANTITY;
    }
    limit_on(limits,
             amount_pick(&risk->order_notional_max, OWN(order_notional_max),
                         &limits->order_notional_max),
             LIMIT_ORDER_NOTIONAL);
    limit_on(limits,
             amount_pick(&risk->position_notional_max, OWN(position_notional_max),
                         &limits->position_notional_max),
             LIMIT_POSITION_NOTIONAL);
    limit_on(limits,
             ratio_pick(&risk->equity_share_max, OWN(equity_share_max), &limits->equity_share_max),
             LIMIT_EQUITY_SHARE);
    limit_on(limits, ratio_pick(&risk->adv_share_max, OWN(adv_share_max), &limits->adv_share_max),
             LIMIT_ADV_SHARE);
    limit_on(limits,
             ratio_pick(&risk->depth_share_max, OWN(depth_share_max), &limits->depth_share_max),
             LIMIT_DEPTH_SHARE);
    limit_on(limits, ratio_pick(&risk->price_collar, OWN(price_collar), &limits->price_collar),
             LIMIT_PRICE_COLLAR);
    limit_on(limits, ratio_pick(&risk->market_collar, OWN(market_collar), &limits->market_collar),
             LIMIT_MARKET_COLLAR);
    limit_on(limits, ratio_pick(&risk->impact_max, OWN(impact_max), &limits->impact_max),
             LIMIT_IMPACT);
#undef OWN
    if (risk->open_orders_instrument_max.set || (own != NULL && own->open_orders_max.set)) {
        int64_t count = risk->open_orders_instrument_max.set
                            ? risk->open_orders_instrument_max.value
                            : INT64_MAX;
        if (own != NULL && own->open_orders_max.set)
            count = i64_min(count, own->open_orders_max.value);
        limits->open_orders_max = (uint32_t)i64_min(count, UINT32_MAX);
        limits->on |= LIMIT_OPEN_ORDERS;
    }
    if (risk->data_age_max.set || (own != NULL && own->data_age_max.set)) {
        int64_t age = risk->data_age_max.set ? risk->data_age_max.value : INT64_MAX;
        if (own != NULL && own->data_age_max.set)
            age = i64_min(age, own->data_age_max.value);
        limits->data_age_max_ns = age;
        limits->on |= LIMIT_DATA_AGE;
    }
    if (risk->fat_finger_sigma.set) {
        limits->fat_finger_sigma = risk->fat_finger_sigma.value;
        limits->fat_finger_bars = (uint32_t)i64_min(risk->fat_finger_bars, RISK_CLOSES_MAX);
        limits->on |= LIMIT_FAT_FINGER;
    }
}

static void account_limits_fill(const struct config_risk *risk, struct account_limits *limits)
{
    *limits = (struct account_limits){.cash_reserve = risk->cash_reserve};
    uint32_t on = risk->cash_reserve.units > 0 ? LIMIT_CASH_RESERVE : 0;
    if (risk->gross_exposure_max.set)
        on |= LIMIT_GROSS_EXPOSURE;
    if (risk->net_exposure_max.set)
        on |= LIMIT_NET_EXPOSURE;
    if (risk->concentration_max.set)
        on |= LIMIT_CONCENTRATION;
    if (risk->open_orders_max.set)
        on |= LIMIT_OPEN_ORDERS_TOTAL;
    if (risk->message_rate_max.set)
        on |= LIMIT_MESSAGE_RATE;
    if (risk->cancel_fill_ratio_max.set)
        on |= LIMIT_CANCEL_RATIO;
    if (risk->repeat_count_max.set)
        on |= LIMIT_REPEAT;
    if (risk->duplicate_window.set)
        on |= LIMIT_DUPLICATE;
    if (risk->self_match == CONFIG_SELF_MATCH_DENY)
        on |= LIMIT_SELF_MATCH;
    if (risk->minimum_remainder)
        on |= LIMIT_DUST;
    if (risk->clock_skew_max.set)
        on |= LIMIT_CLOCK_SKEW;
    if (risk->daily_loss_max.set)
        on |= LIMIT_DAILY_LOSS;
    if (risk->drawdown_max.set)
        on |= LIMIT_DRAWDOWN;
    if (risk->consecutive_losses_max.set)
        on |= LIMIT_LOSSES;
    if (risk->trading_window_count > 0)
        on |= LIMIT_WINDOW;
    limits->on = on;
    limits->gross_exposure_max = risk->gross_exposure_max.value;
    limits->net_exposure_max = risk->net_exposure_max.value;
    limits->concentration_max = risk->concentration_max.value;
    limits->open_orders_max = (uint32_t)i64_min(risk->open_orders_max.value, UINT32_MAX);
    if (risk->message_rate_max.set) {
        limits->message_interval_ns = NANOSECONDS_PER_SECOND /
                                      i64_max(risk->message_rate_max.value, 1);
        limits->message_burst = (uint32_t)i64_max(risk->message_burst, 1);
    }
    limits->cancel_fill_ratio_max = risk->cancel_fill_ratio_max.value;
    limits->repeat_count_max = (uint32_t)i64_min(risk->repeat_count_max.value, UINT32_MAX);
    limits->repeat_window_ns = risk->repeat_window_ns;
    limits->duplicate_window_ns = risk->duplicate_window.value;
    limits->clock_skew_max_ns = risk->clock_skew_max.value;
    limits->daily_loss_max = risk->daily_loss_max.value;
    limits->drawdown_max = risk->drawdown_max.value;
    limits->consecutive_losses_max = (uint32_t)i64_min(risk->consecutive_losses_max.value,
                                                       UINT32_MAX);
    _Static_assert(CONFIG_WINDOWS_MAX <= RISK_WINDOWS_MAX, "every configured window fits");
    limits->windows_count = risk->trading_window_count;
    for (uint32_t i = 0; i < risk->trading_window_count; i++) {
        const struct config_window *window = &risk->trading_window[i];
        limits->windows[i] = (struct trading_window){window->days, 0, window->from_ns,
                                                     window->to_ns};
    }
}

/* ---- bots ------------------------------------------------------------------------------------ */

/* A price of the configuration in units; check_bots has seen that it lies on the tick. */
static struct price price_of(const struct instrument *instrument, struct amount amount)
{
    return (struct price){
        (int64_t)(amount.units / power_of_ten(AMOUNT_DECIMALS - instrument->price_decimals))};
}

/* Levels that rounding to the tick puts on one price would be one. */
static enum status grid_fill(const struct config *config, const struct config_bot *source,
                             const struct instrument *instrument, struct bot_config *bot,
                             struct problem *problem)
{
    struct plan_params *plan = &bot->plan;
    bot->class = &strategy_grid;
    plan->low = price_of(instrument, source->params[CONFIG_GRID_LOW].value.amount);
    plan->high = price_of(instrument, source->params[CONFIG_GRID_HIGH].value.amount);
    plan->levels = (uint32_t)source->params[CONFIG_GRID_LEVELS].value.integer;
    plan->geometric = source->params[CONFIG_GRID_SPACING].value.choice == 1;
    bot->params[GRID_LEVELS] = (double)plan->levels;
    int64_t before = 0;
    for (uint32_t i = 0; i < plan->levels; i++) {
        int64_t level = grid_level(plan, instrument->tick, i).units;
        if (level <= before || level % instrument->tick.units != 0) {
            char where[CONFIG_WHERE_SIZE];
            config_locate_bot(config, source, "params", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where,
                        level <= before ? "levels of \"%s\" are less than a tick apart"
                                        : "low or high of \"%s\" is not on the tick",
                        source->name);
            problem_allowed(problem, "prices on the tick of %s, a tick apart at least",
                            instrument->name);
            return STATUS_CONFIG_INVALID;
        }
        before = level;
    }
    return STATUS_OK;
}

static void dca_fill(const struct config_param *params, struct bot_config *bot)
{
    struct plan_params *plan = &bot->plan;
    bot->class = &strategy_dca;
    plan->every_ns = params[CONFIG_DCA_EVERY].value.integer;
    plan->amount = params[CONFIG_DCA_AMOUNT].value.amount;
    if (params[CONFIG_DCA_DIP].set)
        plan->dip = params[CONFIG_DCA_DIP].value.ratio;
    if (params[CONFIG_DCA_MAX].set)
        plan->max = params[CONFIG_DCA_MAX].value.amount;
}

static void rebalance_fill(const struct config *config, const struct config_param *params,
                           struct bot_config *bot)
{
    struct plan_params *plan = &bot->plan;
    const struct config_names *names = &params[CONFIG_REBALANCE_INSTRUMENTS].value.names;
    bot->class = &strategy_rebalance;
    plan->band = params[CONFIG_REBALANCE_BAND].value.ratio;
    plan->instruments_count = names->count;
    ASSERT(names->count <= PLAN_INSTRUMENTS_MAX);
    for (uint32_t i = 0; i < names->count; i++) {
        plan->instruments[i] = config_instrument_index(config, names->items[i]);
        plan->weights[i] = params[CONFIG_REBALANCE_WEIGHTS].value.ratios.items[i];
    }
}

static void maker_fill(const struct config_param *params, struct bot_config *bot)
{
    struct plan_params *plan = &bot->plan;
    bot->class = &strategy_maker;
    plan->levels = (uint32_t)params[CONFIG_MAKER_LEVELS].value.integer;
    plan->spread = params[CONFIG_MAKER_SPREAD].value.ratio;
    plan->skew.ppm = (int64_t)(params[CONFIG_MAKER_SKEW].value.number * (double)RATIO_ONE + 0.5);
    plan->refresh_ns = params[CONFIG_MAKER_REFRESH].value.integer;
}

static enum status bot_params(const struct config *config, const struct config_bot *source,
                              const struct instrument *instrument, struct bot_config *bot,
                              struct problem *problem)
{
    double *params = bot->params;
    switch (source->kind) {
    case CONFIG_BOT_MA_CROSS:
        bot->class = &strategy_ma_cross;
        params[MA_CROSS_AVERAGE] = source->params[CONFIG_MA_CROSS_AVERAGE].value.choice ==
                                           CONFIG_AVERAGE_EMA
                                       ? 1
                                       : 0;
        params[MA_CROSS_FAST] = (double)source->params[CONFIG_MA_CROSS_FAST].value.integer;
        params[MA_CROSS_SLOW] = (double)source->params[CONFIG_MA_CROSS_SLOW].value.integer;
        params[MA_CROSS_CONVENTION] = source->convention;
        return STATUS_OK;
    case CONFIG_BOT_SCORE:
        bot->class = &strategy_score;
        params[SCORE_RSI_WEIGHT] = source->rsi.on ? source->rsi.weight : 0;
        params[SCORE_RSI_PERIOD] = (double)source->rsi.period;
        params[SCORE_RSI_OVERSOLD] = source->rsi.oversold;
        params[SCORE_RSI_OVERBOUGHT] = source->rsi.overbought;
        params[SCORE_MA_WEIGHT] = source->ma.on ? source->ma.weight : 0;
        params[SCORE_MA_FAST] = (double)source->ma.fast;
        params[SCORE_MA_SLOW] = (double)source->ma.slow;
        params[SCORE_MACD_WEIGHT] = source->macd.on ? source->macd.weight : 0;
        params[SCORE_MACD_FAST] = (double)source->macd.fast;
        params[SCORE_MACD_SLOW] = (double)source->macd.slow;
        params[SCORE_MACD_SIGNAL] = (double)source->macd.signal;
        params[SCORE_ENTER] = source->enter;
        params[SCORE_EXIT] = source->exit;
        params[SCORE_CONFIDENCE_MIN] = source->confidence_min;
        params[SCORE_CONVENTION] = source->convention;
        return STATUS_OK;
    case CONFIG_BOT_RSI:
        bot->class = &strategy_rsi;
        params[RSI_CROSS_PERIOD] = (double)source->params[CONFIG_RSI_PERIOD].value.integer;
        params[RSI_CROSS_OVERSOLD] = source->params[CONFIG_RSI_OVERSOLD].value.number;
        params[RSI_CROSS_OVERBOUGHT] = source->params[CONFIG_RSI_OVERBOUGHT].value.number;
        params[RSI_CROSS_CONVENTION] = source->convention;
        return STATUS_OK;
    case CONFIG_BOT_MACD:
        bot->class = &strategy_macd;
        params[MACD_CROSS_FAST] = (double)source->params[CONFIG_MACD_FAST].value.integer;
        params[MACD_CROSS_SLOW] = (double)source->params[CONFIG_MACD_SLOW].value.integer;
        params[MACD_CROSS_SIGNAL] = (double)source->params[CONFIG_MACD_SIGNAL].value.integer;
        params[MACD_CROSS_CONVENTION] = source->convention;
        return STATUS_OK;
    case CONFIG_BOT_BOLLINGER:
        bot->class = &strategy_bollinger;
        params[BOLLINGER_PERIOD] = (double)source->params[CONFIG_BOLLINGER_PERIOD].value.integer;
        params[BOLLINGER_DEVIATIONS] = source->params[CONFIG_BOLLINGER_DEVIATIONS].value.number;
        params[BOLLINGER_BREAK] = source->params[CONFIG_BOLLINGER_MODE].value.choice ==
                                          CONFIG_BOLLINGER_BREAK
                                      ? 1
                                      : 0;
        return STATUS_OK;
    case CONFIG_BOT_DONCHIAN:
        bot->class = &strategy_donchian;
        params[DONCHIAN_ENTRY] = (double)source->params[CONFIG_DONCHIAN_ENTRY].value.integer;
        params[DONCHIAN_EXIT] = (double)source->params[CONFIG_DONCHIAN_EXIT].value.integer;
        return STATUS_OK;
    case CONFIG_BOT_GRID: return grid_fill(config, source, instrument, bot, problem);
    case CONFIG_BOT_DCA: dca_fill(source->params, bot); return STATUS_OK;
    case CONFIG_BOT_REBALANCE: rebalance_fill(config, source->params, bot); return STATUS_OK;
    case CONFIG_BOT_MAKER: maker_fill(source->params, bot); return STATUS_OK;
    case CONFIG_BOT_SCRIPT:
    case CONFIG_BOT_PLUGIN: break;
    }
    char where[CONFIG_WHERE_SIZE];
    config_locate_bot(config, source, "kind", where);
    problem_set(problem, STATUS_CONFIG_INVALID, where, "the kind of \"%s\" does not run yet",
                source->name);
    problem_allowed(problem, "score, ma_cross, rsi, macd, bollinger, donchian, grid, dca, "
                             "rebalance, maker");
    return STATUS_CONFIG_INVALID;
}

static void bot_size(const struct config_bot *source, const struct instrument *instrument,
                     struct bot_config *bot)
{
    struct size_rule *size = &bot->size;
    size->quantity = quantity_of(instrument, source->size.quantity);
    size->amount = source->size.amount;
    size->fraction = source->size.fraction;
    size->target = source->size.target;
    size->cap = source->size.cap;
    switch (source->size.method) {
    case CONFIG_SIZE_FIXED: size->method = SIZE_FIXED; return;
    case CONFIG_SIZE_NOTIONAL: size->method = SIZE_NOTIONAL; return;
    case CONFIG_SIZE_EQUITY: size->method = SIZE_EQUITY; return;
    case CONFIG_SIZE_VOLATILITY: size->method = SIZE_VOLATILITY; return;
    case CONFIG_SIZE_KELLY: size->method = SIZE_KELLY; return;
    }
}

/* The series of an instrument and bar length, made where it is not there yet. */
static uint32_t series_index(struct assembly *assembly, uint32_t instrument, int64_t bar_ns)
{
    struct engine_config *engine = &assembly->engine;
    for (uint32_t i = 0; i < engine->series_count; i++) {
        const struct series_config *series = &assembly->series[i];
        if (series->instrument == instrument && series->bar_ns == bar_ns)
            return i;
    }
    assembly->series[engine->series_count] = (struct series_config){instrument, 0, bar_ns};
    return engine->series_count++;
}

static int series_compare(const void *a, const void *b)
{
    const struct series_config *left = a;
    const struct series_config *right = b;
    if (left->instrument != right->instrument)
        return left->instrument < right->instrument ? -1 : 1;
    return (left->bar_ns > right->bar_ns) - (left->bar_ns < right->bar_ns);
}

static enum status bots_fill(struct assembly *assembly, const struct config *config,
                             struct problem *problem)
{
    char where[CONFIG_WHERE_SIZE];
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct config_bot *source = &config->bots[i];
        if (source->instrument_index >= config->instruments_count) {
            config_locate_bot(config, source, "instrument", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where,
                        "\"%s\" trades an instrument outside the allow-list", source->name);
            return STATUS_CONFIG_INVALID;
        }
        (void)series_index(assembly, source->instrument_index, source->bar_ns);
    }
    qsort(assembly->series, assembly->engine.series_count, sizeof *assembly->series,
          series_compare);
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct config_bot *source = &config->bots[i];
        struct bot_config *bot = &assembly->bots[i];
        if (!text_copy(bot->name, sizeof bot->name, text_of(source->name))) {
            config_locate_bot(config, source, "name", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where, "the name \"%s\"", source->name);
            problem_allowed(problem, "at most %d bytes", BOT_NAME_SIZE - 1);
            return STATUS_CONFIG_INVALID;
        }
        bot->instrument = source->instrument_index;
        bot->series = series_index(assembly, source->instrument_index, source->bar_ns);
        bot->book = i + 1;
        bot->cash_book = source->budget.set ? bot->book : DESK_BOOK;
        bot->budget = source->budget.value;
        bot->confirm = (uint32_t)source->confirm;
        bot->cooldown_ns = source->cooldown_ns;
        bot->stop_loss = source->stop_loss.value;
        bot->take_profit = source->take_profit.value;
        const struct instrument *instrument = &assembly->instruments[bot->instrument];
        bot_size(source, instrument, bot);
        enum status status = bot_params(config, source, instrument, bot, problem);
        if (status != STATUS_OK)
            return status;
        if (source->style != CONFIG_STYLE_MARKET) {
            config_locate_bot(config, source, "execute.style", where);
            problem_set(problem, STATUS_CONFIG_INVALID, where,
                        "the execution style of \"%s\" does not run yet", source->name);
            problem_allowed(problem, "market");
            return STATUS_CONFIG_INVALID;
        }
    }
    return STATUS_OK;
}

/* ---- the account ----------------------------------------------------------------------------- */

static enum status balance_fill(struct assembly *assembly, const struct config *config,
                                const struct config_balance *source,
                                const struct assemble_market *markets, struct problem *problem)
{
    struct opening_balance balance = {.instrument = NONE_INDEX, .amount = source->amount};
    if (strcmp(source->asset, config->currency) == 0) {
        balance.asset = asset_index(assembly, source->asset);
        assembly->balances[assembly->engine.balances_count++] = balance;
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct instrument *instrument = &assembly->instruments[i];
        if (strcmp(config->instruments[i].base, source->asset) != 0)
            continue;
        balance.asset = instrument->base_asset;
        balance.instrument = i;
        balance.quantity = quantity_of(instrument, source->amount);
        if (balance.quantity.units == 0)
            return STATUS_OK;
        if (markets[i].first.units == 0)
            break;
        balance.cost = instrument_notional(instrument, markets[i].first, balance.quantity);
        assembly->balances[assembly->engine.balances_count++] = balance;
        return STATUS_OK;
    }
    char key[64], where[CONFIG_WHERE_SIZE];
    (void)snprintf(key, sizeof key, "account.%.40s", source->asset);
    config_locate(config, key, where);
    problem_set(problem, STATUS_CONFIG_INVALID, where, "%s has no price to value it by",
                source->asset);
    problem_allowed(problem, "the reporting currency (%s) and the bases of instruments with data",
                    config->currency);
    return STATUS_CONFIG_INVALID;
}

/* ---- all of it ------------------------------------------------------------------------------- */

void assembly_release(struct assembly *assembly)
{
    free(assembly->instruments);
    free(assembly->bots);
    free(assembly->series);
    free(assembly->limits);
    free(assembly->reserves);
    free(assembly->balances);
    free(assembly->assets);
    *assembly = (struct assembly){0};
}

static bool take(struct assembly *assembly, const struct config *config)
{
    size_t instruments = config->instruments_count;
    size_t bots = config->bots_count;
    /* One more than needed everywhere, so that an empty array is no special case. */
    assembly->instruments = calloc(instruments + 1, sizeof *assembly->instruments);
    assembly->bots = calloc(bots + 1, sizeof *assembly->bots);
    assembly->series = calloc(bots + 1, sizeof *assembly->series);
    assembly->limits = calloc(instruments + 1, sizeof *assembly->limits);
    assembly->reserves = calloc(bots + 2, sizeof *assembly->reserves);
    assembly->balances = calloc((size_t)config->account_count + 1, sizeof *assembly->balances);
    assembly->assets = calloc(instruments * 2 + config->account_count + 2,
                              sizeof *assembly->assets);
    return assembly->instruments != NULL && assembly->bots != NULL && assembly->series != NULL &&
           assembly->limits != NULL && assembly->reserves != NULL && assembly->balances != NULL &&
           assembly->assets != NULL;
}

static enum status fill(struct assembly *assembly, const struct config *config,
                        const struct assemble_market *markets, struct problem *problem)
{
    struct engine_config *engine = &assembly->engine;
    engine->currency_asset = asset_index(assembly, config->currency);
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        unsigned decimals = config->instruments[i].price_decimals;
        if (markets[i].price_decimals > decimals)
            decimals = markets[i].price_decimals;
        enum status status = instrument_fill(assembly, config, i, decimals, problem);
        if (status != STATUS_OK)
            return status;
        limits_fill(config, &assembly->instruments[i], i, &assembly->limits[i]);
    }
    enum status status = bots_fill(assembly, config, problem);
    for (uint32_t i = 0; status == STATUS_OK && i < config->account_count; i++) {
        status = balance_fill(assembly, config, &config->account[i], markets, problem);
    }
    return status;
}

enum status assembly_init(struct assembly *assembly, const struct config *config,
                          const struct assemble_market *markets, struct problem *problem)
{
    *assembly = (struct assembly){0};
    if (!take(assembly, config)) {
        assembly_release(assembly);
        return problem_set(problem, STATUS_NO_MEMORY, "configuration", "not enough memory");
    }
    enum status status = fill(assembly, config, markets, problem);
    if (status != STATUS_OK) {
        assembly_release(assembly);
        return status;
    }
    struct engine_config *engine = &assembly->engine;
    engine->asset_names = assembly->assets;
    engine->instruments = assembly->instruments;
    engine->instruments_count = config->instruments_count;
    engine->bots = assembly->bots;
    engine->bots_count = config->bots_count;
    engine->books_count = config->bots_count + 1;
    engine->series = assembly->series;
    engine->balances = assembly->balances;
    engine->limits.instruments = assembly->limits;
    engine->limits.book_reserves = assembly->reserves;
    account_limits_fill(&config->risk, &engine->limits.account);
    engine->fee_maker = config->fees.tiers[0].maker;
    engine->fee_taker = config->fees.tiers[0].taker;
    engine->day_start_ns = config->day_start_ns;
    engine->observe = config->profile == CONFIG_PROFILE_OBSERVE ? 1 : 0;
    status = config_hash(config, &engine->config_hash);
    if (status != STATUS_OK) {
        assembly_release(assembly);
        return problem_set(problem, status, "configuration", "not enough memory");
    }
    return STATUS_OK;
}
