/* The world that a scenario describes: instruments, balances, bots, limits. */
#include <string.h>

#include "base/time.h"
#include "scenario.h"

#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND) /* Monday, 2024-01-01 */

/* ---- a bot that a reader of bars can follow in his head -------------------------------------- */

/* Long after a bar that rose, flat after one that fell, unmoved by one that did neither. */
static size_t follow_size(const double *params)
{
    (void)params;
    return sizeof(uint64_t);
}

static void follow_init(void *state, const double *params)
{
    (void)params;
    *(uint64_t *)state = STANCE_NONE;
}

static uint32_t follow_warmup(const double *params)
{
    (void)params;
    return 1;
}

static void follow_bar(void *state, const double *params, const struct bar *bar, double scale)
{
    (void)params;
    (void)scale;
    uint64_t stance = STANCE_NONE;
    if (bar->close.units > bar->open.units)
        stance = STANCE_LONG;
    if (bar->close.units < bar->open.units)
        stance = STANCE_FLAT;
    *(uint64_t *)state = stance;
}

static enum stance follow_decide(const void *state, const double *params, struct decision *decision,
                                 bool *ready)
{
    (void)params;
    (void)decision;
    *ready = true;
    return (enum stance)(*(const uint64_t *)state);
}

static const struct strategy_class follow = {
    .name = "follow",
    .summary = "long after a rising bar, flat after a falling one",
    .state_size = follow_size,
    .init = follow_init,
    .warmup = follow_warmup,
    .bar = follow_bar,
    .decide = follow_decide,
};

/* ---- instruments and assets ------------------------------------------------------------------ */

static uint32_t asset_add(struct scenario *scenario, const struct line *line, struct text name)
{
    uint32_t index = asset_find(scenario, name);
    if (index != NONE_INDEX)
        return index;
    index = scenario->config.assets_count;
    if (index == ASSETS_MAX || name.size == 0 ||
        !text_copy(scenario->asset_names[index], ASSET_NAME_SIZE, name)) {
        fail(scenario, line, "`%.*s` cannot be an asset", (int)name.size, name.data);
        return 0;
    }
    scenario->assets[index] = scenario->asset_names[index];
    scenario->config.assets_count++;
    return index;
}

static unsigned decimals_of(struct text number)
{
    unsigned decimals = 0;
    return decimal_count(number, &decimals) == STATUS_OK ? decimals : 0;
}

static void instrument_add(struct scenario *scenario, const struct line *head,
                           const struct line *row)
{
    uint32_t index = scenario->config.instruments_count;
    struct text name = cell_of(head, 1, row, "name");
    struct text tick = cell_of(head, 1, row, "tick");
    struct text lot = cell_of(head, 1, row, "lot");
    struct text minimum = cell_of(head, 1, row, "quantity_min");
    struct text maximum = cell_of(head, 1, row, "quantity_max");
    struct text notional = cell_of(head, 1, row, "notional_min");
    struct text decimals = cell_of(head, 1, row, "quote_decimals");
    if (index == INSTRUMENTS_MAX || tick.size == 0 || lot.size == 0) {
        fail(scenario, row, "an instrument needs name, tick and lot");
        return;
    }
    struct instrument *instrument = &scenario->instruments[index];
    (void)text_copy(instrument->name, sizeof instrument->name, name);
    struct text quote = name;
    struct text base = text_split(&quote, '-');
    instrument->quote_asset = asset_add(scenario, row, quote);
    instrument->base_asset = asset_add(scenario, row, base);
    instrument->price_decimals = decimals_of(tick);
    instrument->quantity_decimals = decimals_of(lot);
    instrument->quote_decimals = decimals.size ? (uint32_t)units_read(scenario, row, decimals, 0)
                                               : 2;
    instrument->tradable = !word_is(cell_of(head, 1, row, "tradable"), "no");
    instrument->tick.units = units_read(scenario, row, tick, instrument->price_decimals);
    instrument->lot.units = units_read(scenario, row, lot, instrument->quantity_decimals);
    if (minimum.size > 0)
        instrument->quantity_min.units = units_read(scenario, row, minimum,
                                                    instrument->quantity_decimals);
    if (maximum.size > 0)
        instrument->quantity_max.units = units_read(scenario, row, maximum,
                                                    instrument->quantity_decimals);
    if (notional.size > 0)
        instrument->notional_min = amount_read(scenario, row, notional);
    if (instrument_derive(instrument) != STATUS_OK)
        fail(scenario, row, "these decimals do not fit together");
    scenario->series[index] = (struct series_config){index, 0, SCENARIO_BAR_NS};
    scenario->config.instruments_count++;
    scenario->config.series_count++;
}

static void balance_add(struct scenario *scenario, const struct line *head, const struct line *row)
{
    uint32_t asset = asset_add(scenario, row, cell_of(head, 1, row, "asset"));
    struct text quantity = cell_of(head, 1, row, "quantity");
    struct text cost = cell_of(head, 1, row, "cost");
    struct opening_balance balance = {.asset = asset, .instrument = NONE_INDEX};
    if (scenario->config.balances_count == BALANCES_MAX) {
        fail(scenario, row, "too many balances");
        return;
    }
    for (uint32_t i = 0; i < scenario->config.instruments_count && cost.size > 0; i++) {
        const struct instrument *instrument = &scenario->instruments[i];
        if (instrument->base_asset != asset || balance.instrument != NONE_INDEX)
            continue;
        balance.instrument = i;
        balance.quantity.units = units_read(scenario, row, quantity, instrument->quantity_decimals);
        balance.cost = amount_read(scenario, row, cost);
    }
    if (balance.instrument == NONE_INDEX)
        balance.amount = amount_read(scenario, row, quantity);
    scenario->balances[scenario->config.balances_count++] = balance;
}

/* ---- bots ------------------------------------------------------------------------------------ */

/* A quantity, FRACTION% of equity, notional:AMOUNT, volatility:TARGET% or kelly:FRACTION%:CAP%. */
static struct size_rule size_read(struct scenario *scenario, const struct line *row,
                                  struct text word, unsigned decimals)
{
    struct text rest = word;
    struct text method = text_split(&rest, ':');
    if (word_is(method, "notional"))
        return (struct size_rule){.method = SIZE_NOTIONAL,
                                  .amount = amount_read(scenario, row, rest)};
    if (word_is(method, "volatility"))
        return (struct size_rule){.method = SIZE_VOLATILITY,
                                  .target = ratio_read(scenario, row, rest)};
    if (word_is(method, "kelly")) {
        struct ratio fraction = ratio_read(scenario, row, text_split(&rest, ':'));
        return (struct size_rule){
            .method = SIZE_KELLY, .fraction = fraction, .cap = ratio_read(scenario, row, rest)};
    }
    if (word.data[word.size - 1] == '%')
        return (struct size_rule){.method = SIZE_EQUITY,
                                  .fraction = ratio_read(scenario, row, word)};
    return (struct size_rule){.method = SIZE_FIXED,
                              .quantity = {units_read(scenario, row, word, decimals)}};
}

static void bot_add(struct scenario *scenario, const struct line *head, const struct line *row)
{
    uint32_t index = scenario->config.bots_count;
    if (index == BOTS_MAX) {
        fail(scenario, row, "too many bots");
        return;
    }
    struct bot_config *bot = &scenario->bots[index];
    struct text budget = cell_of(head, 1, row, "budget");
    struct text size = cell_of(head, 1, row, "size");
    struct text reserve = cell_of(head, 1, row, "reserve");
    struct text stop_loss = cell_of(head, 1, row, "stop_loss");
    struct text take_profit = cell_of(head, 1, row, "take_profit");
    struct text cooldown = cell_of(head, 1, row, "cooldown");
    struct text confirm = cell_of(head, 1, row, "confirm");
    (void)text_copy(bot->name, sizeof bot->name, cell_of(head, 1, row, "name"));
    bot->class = &follow;
    if (!plan_take(scenario, head, row, bot))
        bot->instrument = instrument_read(scenario, row, cell_of(head, 1, row, "instrument"));
    bot->series = bot->instrument;
    bot->book = index + 1;
    bot->cash_book = DESK_BOOK;
    if (budget.size > 0 && !word_is(budget, "-")) {
        bot->budget = amount_read(scenario, row, budget);
        bot->cash_book = bot->book;
    }
    if (size.size > 0 && !word_is(size, "-")) {
        unsigned decimals = scenario->instruments[bot->instrument].quantity_decimals;
        bot->size = size_read(scenario, row, size, decimals);
    }
    if (reserve.size > 0)
        bot->reserve = amount_read(scenario, row, reserve);
    if (stop_loss.size > 0)
        bot->stop_loss = ratio_read(scenario, row, stop_loss);
    if (take_profit.size > 0)
        bot->take_profit = ratio_read(scenario, row, take_profit);
    if (cooldown.size > 0)
        bot->cooldown_ns = duration_read(scenario, row, cooldown);
    if (confirm.size > 0)
        bot->confirm = (uint32_t)units_read(scenario, row, confirm, 0);
    scenario->reserves[bot->book] = bot->cash_book == bot->book ? bot->reserve : (struct amount){0};
    scenario->config.bots_count++;
    scenario->config.books_count++;
}

/* ---- limits ---------------------------------------------------------------------------------- */

enum limit_kind {
    LIMIT_IS_RATIO,
    LIMIT_IS_AMOUNT,
    LIMIT_IS_QUANTITY,
    LIMIT_IS_COUNT,
    LIMIT_IS_TIME
};

struct limit_row {
    const char *name;
    uint32_t bit;
    enum limit_kind kind;
    size_t offset;
};

#define ACCOUNT(field) offsetof(struct account_limits, field)
#define OF_INSTRUMENT(field) offsetof(struct instrument_limits, field)

static const struct limit_row account_rows[] = {
    {"gross_exposure_max", LIMIT_GROSS_EXPOSURE, LIMIT_IS_RATIO, ACCOUNT(gross_exposure_max)},
    {"net_exposure_max", LIMIT_NET_EXPOSURE, LIMIT_IS_RATIO, ACCOUNT(net_exposure_max)},
    {"concentration_max", LIMIT_CONCENTRATION, LIMIT_IS_RATIO, ACCOUNT(concentration_max)},
    {"open_orders_max", LIMIT_OPEN_ORDERS_TOTAL, LIMIT_IS_COUNT, ACCOUNT(open_orders_max)},
    {"message_interval", LIMIT_MESSAGE_RATE, LIMIT_IS_TIME, ACCOUNT(message_interval_ns)},
    {"message_burst", LIMIT_MESSAGE_RATE, LIMIT_IS_COUNT, ACCOUNT(message_burst)},
    {"repeat_count_max", LIMIT_REPEAT, LIMIT_IS_COUNT, ACCOUNT(repeat_count_max)},
    {"repeat_window", LIMIT_REPEAT, LIMIT_IS_TIME, ACCOUNT(repeat_window_ns)},
    {"duplicate_window", LIMIT_DUPLICATE, LIMIT_IS_TIME, ACCOUNT(duplicate_window_ns)},
    {"clock_skew_max", LIMIT_CLOCK_SKEW, LIMIT_IS_TIME, ACCOUNT(clock_skew_max_ns)},
    {"daily_loss_max", LIMIT_DAILY_LOSS, LIMIT_IS_AMOUNT, ACCOUNT(daily_loss_max)},
    {"drawdown_max", LIMIT_DRAWDOWN, LIMIT_IS_RATIO, ACCOUNT(drawdown_max)},
    {"consecutive_losses_max", LIMIT_LOSSES, LIMIT_IS_COUNT, ACCOUNT(consecutive_losses_max)},
    {"cash_reserve", LIMIT_CASH_RESERVE, LIMIT_IS_AMOUNT, ACCOUNT(cash_reserve)},
    {"self_match", LIMIT_SELF_MATCH, LIMIT_IS_COUNT, ACCOUNT(on)},
    {"dust", LIMIT_DUST, LIMIT_IS_COUNT, ACCOUNT(on)},
};

static const struct limit_row instrument_rows[] = {
    {"order_quantity_max", LIMIT_ORDER_QUANTITY, LIMIT_IS_QUANTITY,
     OF_INSTRUMENT(order_quantity_max)},
    {"order_notional_max", LIMIT_ORDER_NOTIONAL, LIMIT_IS_AMOUNT,
     OF_INSTRUMENT(order_notional_max)},
    {"position_quantity_max", LIMIT_POSITION_QUANTITY, LIMIT_IS_QUANTITY,
     OF_INSTRUMENT(position_quantity_max)},
    {"position_notional_max", LIMIT_POSITION_NOTIONAL, LIMIT_IS_AMOUNT,
     OF_INSTRUMENT(position_notional_max)},
    {"equity_share_max", LIMIT_EQUITY_SHARE, LIMIT_IS_RATIO, OF_INSTRUMENT(equity_share_max)},
    {"price_collar", LIMIT_PRICE_COLLAR, LIMIT_IS_RATIO, OF_INSTRUMENT(price_collar)},
    {"market_collar", LIMIT_MARKET_COLLAR, LIMIT_IS_RATIO, OF_INSTRUMENT(market_collar)},
    {"impact_max", LIMIT_IMPACT, LIMIT_IS_RATIO, OF_INSTRUMENT(impact_max)},
    {"depth_share_max", LIMIT_DEPTH_SHARE, LIMIT_IS_RATIO, OF_INSTRUMENT(depth_share_max)},
    {"open_orders_instrument_max", LIMIT_OPEN_ORDERS, LIMIT_IS_COUNT,
     OF_INSTRUMENT(open_orders_max)},
    {"data_age_max", LIMIT_DATA_AGE, LIMIT_IS_TIME, OF_INSTRUMENT(data_age_max_ns)},
};

static const struct limit_row *limit_row_of(const struct limit_row *rows, size_t count,
                                            struct text name)
{
    for (size_t i = 0; i < count; i++) {
        if (word_is(name, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

static void limit_put(struct scenario *scenario, const struct line *line,
                      const struct limit_row *row, void *limits, uint32_t *on, struct text word,
                      const struct instrument *instrument)
{
    void *field = (char *)limits + row->offset;
    if (field == (void *)on) {
        *on |= row->bit; /* it has no figure of its own: `self_match on` */
        return;
    }
    *on |= row->bit;
    switch (row->kind) {
    case LIMIT_IS_RATIO: *(struct ratio *)field = ratio_read(scenario, line, word); return;
    case LIMIT_IS_AMOUNT: *(struct amount *)field = amount_read(scenario, line, word); return;
    case LIMIT_IS_COUNT: *(uint32_t *)field = (uint32_t)units_read(scenario, line, word, 0); return;
    case LIMIT_IS_TIME: *(int64_t *)field = duration_read(scenario, line, word); return;
    case LIMIT_IS_QUANTITY:
        ((struct quantity *)field)->units = units_read(scenario, line, word,
                                                       instrument->quantity_decimals);
        return;
    }
}

/* One line of the table: name, value, and for a limit of instruments the one it is for. */
static void limit_take(struct scenario *scenario, const struct line *line)
{
    struct account_limits *account = &scenario->config.limits.account;
    if (line->words_count < 2) {
        fail(scenario, line, "a limit is a name and a value");
        return;
    }
    struct text name = line->words[0];
    const struct limit_row *row = limit_row_of(account_rows, ARRAY_COUNT(account_rows), name);
    if (row != NULL) {
        limit_put(scenario, line, row, account, &account->on, line->words[1], NULL);
        return;
    }
    row = limit_row_of(instrument_rows, ARRAY_COUNT(instrument_rows), name);
    if (row == NULL) {
        fail(scenario, line, "no limit is called `%.*s`", (int)name.size, name.data);
        return;
    }
    uint32_t only = NONE_INDEX;
    if (line->words_count > 2)
        only = instrument_read(scenario, line, line->words[2]);
    for (uint32_t i = 0; i < scenario->config.instruments_count; i++) {
        if (only == NONE_INDEX || only == i)
            limit_put(scenario, line, row, &scenario->limits[i], &scenario->limits[i].on,
                      line->words[1], &scenario->instruments[i]);
    }
}

/* mon,tue 09:00 17:30 */
static void window_take(struct scenario *scenario, const struct line *line)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    struct account_limits *account = &scenario->config.limits.account;
    if (line->words_count != 3 || account->windows_count == RISK_WINDOWS_MAX) {
        fail(scenario, line, "a window is days, from and to");
        return;
    }
    struct trading_window *window = &account->windows[account->windows_count++];
    struct text rest = line->words[0];
    while (rest.size > 0) {
        struct text day = text_split(&rest, ',');
        for (uint32_t i = 0; i < ARRAY_COUNT(days); i++) {
            if (word_is(day, days[i]))
                window->days |= 1u << i;
        }
    }
    window->from_ns = clock_read(scenario, line, line->words[1]);
    window->to_ns = clock_read(scenario, line, line->words[2]);
    account->on |= LIMIT_WINDOW;
}

/* ---- all together ---------------------------------------------------------------------------- */

void world_defaults(struct scenario *scenario)
{
    scenario->config = (struct engine_config){
        .asset_names = scenario->assets,
        .instruments = scenario->instruments,
        .bots = scenario->bots,
        .books_count = 1,
        .series = scenario->series,
        .balances = scenario->balances,
        .orders_capacity = 64,
        .lots_capacity = 2048,
        .limits = {.instruments = scenario->limits, .book_reserves = scenario->reserves},
    };
    scenario->time_ns = START_NS;
}

static void setting_take(struct scenario *scenario, const struct line *line)
{
    struct engine_config *config = &scenario->config;
    struct text name = line->words[0];
    struct text value = line->words_count > 1 ? line->words[1] : (struct text){"", 0};
    if (word_is(name, "fees")) {
        if (line->words_count != 5) {
            fail(scenario, line, "fees maker RATE taker RATE");
            return;
        }
        config->fee_maker = ratio_read(scenario, line, line->words[2]);
        config->fee_taker = ratio_read(scenario, line, line->words[4]);
    } else if (word_is(name, "day_start")) {
        config->day_start_ns = clock_read(scenario, line, value);
    } else if (word_is(name, "orders_capacity")) {
        config->orders_capacity = (uint32_t)units_read(scenario, line, value, 0);
    } else if (word_is(name, "start")) {
        if (time_parse(value, &scenario->time_ns) != STATUS_OK)
            fail(scenario, line, "start YYYY-MM-DDTHH:MM:SSZ");
    } else {
        config->observe = 1;
    }
}

bool world_take(struct scenario *scenario, const struct statement *statement)
{
    static const char *const settings[] = {"fees", "day_start", "orders_capacity", "start",
                                           "observe"};
    static const struct {
        const char *name;
        void (*add)(struct scenario *scenario, const struct line *head, const struct line *row);
        void (*take)(struct scenario *scenario, const struct line *row);
    } tables[] = {
        {"instruments", instrument_add, NULL}, {"balances", balance_add, NULL},
        {"bots", bot_add, NULL},               {"limits", NULL, limit_take},
        {"windows", NULL, window_take},
    };
    struct text name = statement->head->words[0];
    /* A table without columns begins with its first row. */
    struct line without_name = *statement->head;
    without_name.words_count--;
    memmove(without_name.words, statement->head->words + 1,
            without_name.words_count * sizeof without_name.words[0]);
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
        if (!word_is(name, settings[i]))
            continue;
        setting_take(scenario, statement->head);
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
        if (!word_is(name, tables[i].name))
            continue;
        if (tables[i].take != NULL)
            tables[i].take(scenario, &without_name);
        for (unsigned row = 0; row < statement->rows_count; row++) {
            if (tables[i].add != NULL)
                tables[i].add(scenario, statement->head, &statement->rows[row]);
            else
                tables[i].take(scenario, &statement->rows[row]);
        }
        return true;
    }
    return false;
}

bool world_begin(struct scenario *scenario)
{
    if (scenario->failures > 0)
        return false;
    if (engine_create(&scenario->config, &scenario->engine) != STATUS_OK) {
        fail(scenario, NULL, "the engine cannot be built from this");
        return false;
    }
    scenario->input = (struct input){
        .seq = ++scenario->seq, .time_ns = scenario->time_ns, .kind = INPUT_START};
    step(scenario, NULL);
    return true;
}
