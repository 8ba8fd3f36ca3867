/* The rules between the keys of bots. */
#include "drive/config/check.h"

#include "core/strategy/strategy.h"

#include <stdio.h>
#include <string.h>

_Static_assert(CONFIG_NAME_SIZE <= BOT_NAME_SIZE, "the engine keeps every name whole");

#define KEY_SIZE 96
#define HOUR_NS (3600 * NANOSECONDS_PER_SECOND)
#define MINUTE_NS (60 * NANOSECONDS_PER_SECOND)

/* `bots[3].params.slow`. */
static const char *key_of(char out[KEY_SIZE], uint32_t bot, const char *rest)
{
    (void)snprintf(out, KEY_SIZE, "bots[%u].%s", bot, rest);
    return out;
}

static enum status check_name(struct check *check, uint32_t index)
{
    const struct config_bot *bots = check->config->bots;
    const char *name = bots[index].name;
    char key[KEY_SIZE];
    if (strcmp(name, "desk") == 0 || strcmp(name, "assistant") == 0) {
        check_refuse(check, key_of(key, index, "name"), "\"%s\" is a book of tern's own", name);
        return check_allow(check, "any other name", "rename the bot");
    }
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(bots[i].name, name) == 0) {
            check_refuse(check, key_of(key, index, "name"), "\"%s\" is the name of bots[%u] too",
                         name, i);
            return check_allow(check, "names that differ", "rename one of the two");
        }
    }
    return STATUS_OK;
}

/* What the data have of an instrument; NULL for nothing. */
static const struct config_data *data_of(const struct config *config, const char *instrument)
{
    for (uint32_t i = 0; i < config->data_count; i++) {
        if (strcmp(config->data[i].instrument, instrument) == 0)
            return &config->data[i];
    }
    return NULL;
}

static void duration_text(int64_t duration_ns, char out[64])
{
    static const struct option option = {.type = OPTION_DURATION};
    struct text_buffer buffer;
    text_buffer_init(&buffer, 63);
    value_format(&option, &duration_ns, &buffer);
    (void)text_copy(out, 64, (struct text){buffer.data, buffer.size});
    text_buffer_release(&buffer);
}

/* In a back-test there must be data for the instrument, in bars that the bot's are made of. */
static enum status check_bar(struct check *check, uint32_t index, const char *instrument,
                             const char *instrument_key)
{
    struct config *config = check->config;
    struct config_bot *bot = &config->bots[index];
    char key[KEY_SIZE], found[64], allowed[120], finer[64];
    const struct config_data *data = data_of(config, instrument);
    int64_t data_ns = data == NULL ? 0 : data->bar_ns;
    bool session = data != NULL && config_data_is_session(data);
    if (data == NULL && config->mode == CONFIG_BACKTEST) {
        check_refuse(check, key_of(key, index, instrument_key), "there is no data for %s",
                     instrument);
        return check_allow(check, "an instrument that data has an entry for",
                           "add an entry to data");
    }
    if (!bot->bar_option.set)
        bot->bar_option = (struct config_duration){true, data_ns > 0 ? data_ns
                                                         : session   ? MINUTE_NS
                                                                     : HOUR_NS};
    bot->bar_ns = bot->bar_option.value;
    /* The bars of a session are made of its trades, so any length will do. */
    if (config->mode != CONFIG_BACKTEST || session || bot->bar_ns % data_ns == 0)
        return STATUS_OK;
    duration_text(bot->bar_ns, found);
    duration_text(data_ns, finer);
    (void)snprintf(allowed, sizeof allowed, "%s or a multiple of it", finer);
    check_refuse(check, key_of(key, index, "bar"), "found %s, but the data of %s has bars of %s",
                 found, instrument, finer);
    return check_allow(check, allowed, "change bar, or take finer data");
}

/* A rule `left < right` between two whole numbers. */
static enum status check_less(struct check *check, uint32_t index, const char *rest, double left,
                              double right, const char *left_name, const char *right_name)
{
    char key[KEY_SIZE], allowed[80];
    if (left < right)
        return STATUS_OK;
    check_refuse(check, key_of(key, index, rest), "%s %.15g is not less than %s %.15g", left_name,
                 left, right_name, right);
    (void)snprintf(allowed, sizeof allowed, "%s less than %s", left_name, right_name);
    return check_allow(check, allowed, NULL);
}

static enum status check_score(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    char key[KEY_SIZE];
    enum status status = STATUS_OK;
    double weights = (bot->rsi.on ? bot->rsi.weight : 0) + (bot->ma.on ? bot->ma.weight : 0) +
                     (bot->macd.on ? bot->macd.weight : 0);
    if (bot->rsi.on)
        status = check_less(check, index, "signals.rsi.oversold", bot->rsi.oversold,
                            bot->rsi.overbought, "oversold", "overbought");
    if (status == STATUS_OK && bot->ma.on)
        status = check_less(check, index, "signals.ma.fast", (double)bot->ma.fast,
                            (double)bot->ma.slow, "fast", "slow");
    if (status == STATUS_OK && bot->macd.on)
        status = check_less(check, index, "signals.macd.fast", (double)bot->macd.fast,
                            (double)bot->macd.slow, "fast", "slow");
    if (status != STATUS_OK)
        return status;
    if (!(weights > 0)) {
        check_refuse(check, key_of(key, index, "signals"), "no signal has a weight above 0");
        return check_allow(check, "at least one of rsi, ma, macd with a weight above 0", NULL);
    }
    if (bot->exit > bot->enter) {
        check_refuse(check, key_of(key, index, "exit"), "exit %.15g is more than enter %.15g",
                     bot->exit, bot->enter);
        return check_allow(check, "at most enter", "positive scores mean buy");
    }
    return STATUS_OK;
}

static enum status check_rebalance(struct check *check, uint32_t index)
{
    struct config_bot *bot = &check->config->bots[index];
    const struct config_names *names = &bot->params[CONFIG_REBALANCE_INSTRUMENTS].value.names;
    const struct config_ratios *weights = &bot->params[CONFIG_REBALANCE_WEIGHTS].value.ratios;
    char key[KEY_SIZE], rest[64];
    int64_t sum = 0;
    if (names->count != weights->count) {
        check_refuse(check, key_of(key, index, "params.weights"), "%u weights for %u instruments",
                     weights->count, names->count);
        return check_allow(check, "one weight for each instrument", NULL);
    }
    for (uint32_t i = 0; i < names->count; i++) {
        (void)snprintf(rest, sizeof rest, "params.instruments[%u]", i);
        if (config_instrument_index(check->config, names->items[i]) == UINT32_MAX)
            return check_outside_list(check, key_of(key, index, rest), names->items[i]);
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(names->items[i], names->items[j]) != 0)
                continue;
            check_refuse(check, key_of(key, index, rest), "%s is there twice", names->items[i]);
            return check_allow(check, "each instrument once", NULL);
        }
        enum status status = check_bar(check, index, names->items[i], rest);
        if (status != STATUS_OK)
            return status;
        sum += weights->items[i].ppm;
    }
    if (sum > RATIO_ONE) {
        check_refuse(check, key_of(key, index, "params.weights"), "the sum is more than 1");
        return check_allow(check, "a sum of at most 1", NULL);
    }
    if (names->count > PLAN_INSTRUMENTS_MAX) {
        check_refuse(check, key_of(key, index, "params.instruments"), "%u instruments",
                     names->count);
        return check_allow(check, "at most 16", "split them among two bots");
    }
    /* Its decisions fall at the closes of the first one's bars. */
    bot->instrument_index = config_instrument_index(check->config, names->items[0]);
    return STATUS_OK;
}

/* Low and high lie on the tick, so that every level is a price that an order may have. */
static enum status check_grid(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    const struct config_instrument *listed = &check->config->instruments[bot->instrument_index];
    i128 low = bot->params[CONFIG_GRID_LOW].value.amount.units;
    i128 high = bot->params[CONFIG_GRID_HIGH].value.amount.units;
    i128 tick = listed->price_increment.units;
    char key[KEY_SIZE], text[DECIMAL_TEXT_SIZE], allowed[DECIMAL_TEXT_SIZE + 32];
    if (low >= high) {
        check_refuse(check, key_of(key, index, "params.low"), "low is not less than high");
        return check_allow(check, "low less than high", NULL);
    }
    bool low_off = low % tick != 0;
    if (low_off || high % tick != 0) {
        (void)decimal_format_i128(text, low_off ? low : high, AMOUNT_DECIMALS);
        check_refuse(check, key_of(key, index, low_off ? "params.low" : "params.high"),
                     "%s is not on the tick of %s", text, bot->instrument);
        (void)decimal_format_i128(text, tick, AMOUNT_DECIMALS);
        (void)snprintf(allowed, sizeof allowed, "a multiple of %s", text);
        return check_allow(check, allowed, NULL);
    }
    return STATUS_OK;
}

/* In a back-test a maker needs to see an order book. */
static enum status check_maker(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    char key[KEY_SIZE];
    if (check->config->mode != CONFIG_BACKTEST)
        return STATUS_OK;
    for (uint32_t i = 0; i < check->config->data_count; i++) {
        const struct config_data *data = &check->config->data[i];
        if (strcmp(data->instrument, bot->instrument) == 0 &&
            (data->kind == CONFIG_DATA_DEPTH || data->kind == CONFIG_DATA_QUOTES))
            return STATUS_OK;
    }
    check_refuse(check, key_of(key, index, "kind"),
                 "a maker quotes around an order book, and the data of %s have none",
                 bot->instrument);
    return check_allow(check, "data of kind depth or quotes for its instrument",
                       "add such data, or take another kind of bot");
}

/* Bots that keep a set of orders have neither entries nor exits that these could be about. */
static enum status check_planning(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    const char *found = bot->confirm > 0       ? "confirm"
                        : bot->cooldown_ns > 0 ? "cooldown"
                        : bot->stop_loss.set   ? "stop_loss"
                        : bot->take_profit.set ? "take_profit"
                                               : NULL;
    char key[KEY_SIZE];
    if (found == NULL)
        return STATUS_OK;
    check_refuse(check, key_of(key, index, found), "%s has no meaning for kind %s", found,
                 config_bot_kind_name(bot->kind));
    return check_allow(check, "kinds that enter and leave on a signal", "remove it");
}

static enum status check_params(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    const struct config_param *params = bot->params;
    if (bot->kind == CONFIG_BOT_MA_CROSS)
        return check_less(check, index, "params.fast",
                          (double)params[CONFIG_MA_CROSS_FAST].value.integer,
                          (double)params[CONFIG_MA_CROSS_SLOW].value.integer, "fast", "slow");
    if (bot->kind == CONFIG_BOT_MACD)
        return check_less(check, index, "params.fast",
                          (double)params[CONFIG_MACD_FAST].value.integer,
                          (double)params[CONFIG_MACD_SLOW].value.integer, "fast", "slow");
    if (bot->kind == CONFIG_BOT_RSI)
        return check_less(check, index, "params.oversold", params[CONFIG_RSI_OVERSOLD].value.number,
                          params[CONFIG_RSI_OVERBOUGHT].value.number, "oversold", "overbought");
    if (bot->kind != CONFIG_BOT_GRID && bot->kind != CONFIG_BOT_DCA &&
        bot->kind != CONFIG_BOT_REBALANCE && bot->kind != CONFIG_BOT_MAKER)
        return STATUS_OK;
    enum status status = check_planning(check, index);
    if (status != STATUS_OK || bot->kind == CONFIG_BOT_DCA)
        return status;
    return bot->kind == CONFIG_BOT_GRID    ? check_grid(check, index)
           : bot->kind == CONFIG_BOT_MAKER ? check_maker(check, index)
                                           : check_rebalance(check, index);
}

/* A fixed quantity is rounded down to the lot, so it must be one at least. */
static enum status check_size(struct check *check, uint32_t index)
{
    const struct config_bot *bot = &check->config->bots[index];
    if (bot->size.method != CONFIG_SIZE_FIXED || bot->kind == CONFIG_BOT_REBALANCE ||
        bot->kind == CONFIG_BOT_DCA)
        return STATUS_OK;
    struct amount lot = check->config->instruments[bot->instrument_index].quantity_increment;
    char key[KEY_SIZE], found[DECIMAL_TEXT_SIZE], allowed[DECIMAL_TEXT_SIZE + 32];
    if (bot->size.quantity.units >= lot.units)
        return STATUS_OK;
    (void)decimal_format_i128(found, bot->size.quantity.units, AMOUNT_DECIMALS);
    check_refuse(check, key_of(key, index, "size.quantity"), "%s is less than one lot of %s", found,
                 bot->instrument);
    (void)decimal_format_i128(found, lot.units, AMOUNT_DECIMALS);
    (void)snprintf(allowed, sizeof allowed, "at least %s", found);
    return check_allow(check, allowed, "raise quantity, or change quantity_increment");
}

static enum status check_bot(struct check *check, uint32_t index)
{
    struct config *config = check->config;
    struct config_bot *bot = &config->bots[index];
    char key[KEY_SIZE];
    enum status status = check_name(check, index);
    bot->instrument_index = UINT32_MAX;
    bot->convention = bot->convention_option.set
                          ? (enum indicator_convention)bot->convention_option.value
                          : config->convention;
    if (status == STATUS_OK && bot->kind != CONFIG_BOT_REBALANCE) {
        bot->instrument_index = config_instrument_index(config, bot->instrument);
        if (bot->instrument_index == UINT32_MAX)
            return check_outside_list(check, key_of(key, index, "instrument"), bot->instrument);
        status = check_bar(check, index, bot->instrument, "instrument");
    }
    if (status == STATUS_OK)
        status = bot->kind == CONFIG_BOT_SCORE ? check_score(check, index)
                                               : check_params(check, index);
    return status == STATUS_OK ? check_size(check, index) : status;
}

/* Each budget is a transfer from the account at the bot's birth, so it must be there. Balances of
 * a real account are the venue's to say, so there the rule is the engine's. */
static enum status check_budgets(struct check *check)
{
    const struct config *config = check->config;
    struct amount balance = {0};
    i128 sum = 0;
    if (config->venue != CONFIG_VENUE_SIM && config->mode != CONFIG_BACKTEST)
        return STATUS_OK;
    for (uint32_t i = 0; i < config->account_count; i++) {
        if (strcmp(config->account[i].asset, config->currency) == 0)
            balance = config->account[i].amount;
    }
    for (uint32_t i = 0; i < config->bots_count; i++) {
        char key[KEY_SIZE], total[DECIMAL_TEXT_SIZE], has[DECIMAL_TEXT_SIZE], allowed[96];
        if (!config->bots[i].budget.set)
            continue;
        sum += config->bots[i].budget.value.units;
        if (sum <= balance.units)
            continue;
        (void)decimal_format_i128(total, sum, AMOUNT_DECIMALS);
        (void)decimal_format_i128(has, balance.units, AMOUNT_DECIMALS);
        check_refuse(check, key_of(key, i, "budget"),
                     "the budgets up to here sum to %s %s, the account has %s", total,
                     config->currency, has);
        (void)snprintf(allowed, sizeof allowed, "a sum of at most %s %s", has, config->currency);
        return check_allow(check, allowed, "lower a budget, or raise account");
    }
    return STATUS_OK;
}

enum status check_bots(struct check *check)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < check->config->bots_count && status == STATUS_OK; i++)
        status = check_bot(check, i);
    return status == STATUS_OK ? check_budgets(check) : status;
}
