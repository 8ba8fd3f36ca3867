/* What follows from other values, and the rules between keys. */
#include "drive/config/check.h"

#include "core/model/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status check_refuse(struct check *check, const char *key, const char *format, ...)
{
    char where[CONFIG_WHERE_SIZE], found[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(found, sizeof found, format, args);
    va_end(args);
    config_locate(check->config, key, where);
    return problem_set(check->problem, STATUS_CONFIG_INVALID, where, "%s", found);
}

enum status check_allow(struct check *check, const char *allowed, const char *next)
{
    problem_allowed(check->problem, "%s", allowed);
    if (next != NULL)
        problem_next(check->problem, "%s", next);
    return check->problem->status;
}

enum status check_memory(struct check *check)
{
    return problem_set(check->problem, STATUS_NO_MEMORY, check->config->name, "%s",
                       status_sentence(STATUS_NO_MEMORY));
}

static void list_instruments(const struct config *config, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < config->instruments_count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 config->instruments[i].name);
}

enum status check_outside_list(struct check *check, const char *key, const char *name)
{
    char list[256], next[200];
    const char *names[CONFIG_INSTRUMENTS_MAX];
    list_instruments(check->config, list, sizeof list);
    for (uint32_t i = 0; i < check->config->instruments_count; i++)
        names[i] = check->config->instruments[i].name;
    const char *near = text_suggest(text_of(name), names, check->config->instruments_count);
    if (near != NULL)
        (void)snprintf(next, sizeof next, "did you mean \"%s\"?", near);
    else
        (void)snprintf(next, sizeof next, "add %s to instruments", name);
    check_refuse(check, key, "found \"%s\", which is not one of instruments", name);
    return check_allow(check, list, next);
}

/* Exact division into units of 10^-decimals; false where the amount is finer or does not fit. */
static bool to_units(struct amount amount, unsigned decimals, int64_t *out)
{
    i128 unit = power_of_ten(AMOUNT_DECIMALS - decimals);
    if (amount.units % unit != 0 || amount.units / unit > PRICE_UNITS_MAX)
        return false;
    *out = (int64_t)(amount.units / unit);
    return true;
}

/* The least number of decimals, at least 8, that the amount needs. */
static unsigned decimals_for(struct amount amount)
{
    unsigned decimals = 8;
    while (amount.units % power_of_ten(AMOUNT_DECIMALS - decimals) != 0)
        decimals++;
    return decimals;
}

static enum status derive_steps(struct check *check, struct config_instrument *instrument,
                                uint32_t index)
{
    char key[80];
    unsigned price = instrument->price_decimals, quantity = instrument->quantity_decimals;
    if (price + quantity > AMOUNT_DECIMALS) {
        (void)snprintf(key, sizeof key, "instruments[%u]", index);
        check_refuse(check, key, "price_decimals %u and quantity_decimals %u make more than 18",
                     price, quantity);
        return check_allow(check, "a sum of at most 18", "give the smaller one both need");
    }
    if (!to_units(instrument->price_increment, price, &instrument->tick.units)) {
        (void)snprintf(key, sizeof key, "instruments[%u].price_increment", index);
        check_refuse(check, key, "does not fit %u price_decimals", price);
        return check_allow(check, "a multiple of one unit of price_decimals",
                           "raise price_decimals");
    }
    if (!to_units(instrument->quantity_increment, quantity, &instrument->lot.units)) {
        (void)snprintf(key, sizeof key, "instruments[%u].quantity_increment", index);
        check_refuse(check, key, "does not fit %u quantity_decimals", quantity);
        return check_allow(check, "a multiple of one unit of quantity_decimals",
                           "raise quantity_decimals");
    }
    i128 lot = instrument->quantity_increment.units;
    struct amount rounded = {i128_divide(instrument->minimum_quantity.units, lot, ROUND_CEILING) *
                             lot};
    if (!to_units(rounded, quantity, &instrument->quantity_minimum.units)) {
        (void)snprintf(key, sizeof key, "instruments[%u].minimum_quantity", index);
        check_refuse(check, key, "too large for %u quantity_decimals", quantity);
        return check_allow(check, "at most 10^18 units of quantity_decimals", NULL);
    }
    return STATUS_OK;
}

static enum status check_instrument(struct check *check, uint32_t index)
{
    struct config *config = check->config;
    struct config_instrument *instrument = &config->instruments[index];
    char key[80];
    (void)snprintf(key, sizeof key, "instruments[%u].name", index);
    if (config_instrument_index(config, instrument->name) != index) {
        check_refuse(check, key, "%s is there twice", instrument->name);
        return check_allow(check, "each instrument once", "remove one of the two");
    }
    struct text quote = text_of(instrument->name);
    struct text base = text_split(&quote, '-');
    instrument->base = memory_text(config->memory, base);
    instrument->quote = memory_text(config->memory, quote);
    if (instrument->base == NULL || instrument->quote == NULL)
        return check_memory(check);
    if (config->currency == NULL)
        config->currency = instrument->quote;
    if (!instrument->listed && config->mode == CONFIG_BACKTEST) {
        (void)snprintf(key, sizeof key, "instruments[%u].listed", index);
        check_refuse(check, key, "found false for %s", instrument->name);
        return check_allow(check, "true in a back-test: nothing is added while it runs",
                           "remove the instrument, or list it");
    }
    if (strcmp(instrument->quote, config->currency) != 0) {
        check_refuse(check, key, "%s is quoted in %s, the reporting currency is %s",
                     instrument->name, instrument->quote, config->currency);
        return check_allow(check, "instruments quoted in `currency` in this version",
                           "change currency, or the instrument");
    }
    if (!instrument->price_decimals_option.set)
        instrument->price_decimals_option = (struct config_integer){
            true, decimals_for(instrument->price_increment)};
    if (!instrument->quantity_decimals_option.set)
        instrument->quantity_decimals_option = (struct config_integer){
            true, decimals_for(instrument->quantity_increment)};
    instrument->price_decimals = (unsigned)instrument->price_decimals_option.value;
    instrument->quantity_decimals = (unsigned)instrument->quantity_decimals_option.value;
    return derive_steps(check, instrument, index);
}

static enum status check_instruments(struct check *check)
{
    struct config *config = check->config;
    if (config->instruments_count == 0) {
        check_refuse(check, "instruments", "found an empty list");
        return check_allow(check, "at least one instrument, such as [BTC-USD]", NULL);
    }
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        enum status status = check_instrument(check, i);
        if (status != STATUS_OK)
            return status;
    }
    struct config_integer *count = &config->instruments_count_option;
    if (count->set && count->value != config->instruments_count) {
        check_refuse(check, "instruments_count", "found %lld, but instruments has %u",
                     (long long)count->value, config->instruments_count);
        return check_allow(check, "the number of instruments", "change one of the two");
    }
    *count = (struct config_integer){true, config->instruments_count};
    return STATUS_OK;
}

/* Without `account` a simulated account starts with 10,000 of the reporting currency. The balances
 * are sorted by asset, so that the order they were written in means nothing. */
static enum status derive_account(struct check *check)
{
    struct config *config = check->config;
    struct place place;
    if (config->account_count == 0 && origins_find(config->origins, "account", &place)) {
        check_refuse(check, "account", "found no balance");
        return check_allow(check, "at least one, such as {USD: \"10000\"}", "or leave the key out");
    }
    if (config->account_count == 0) {
        config->account = memory_take(config->memory, 1, sizeof *config->account);
        if (config->account == NULL)
            return check_memory(check);
        config->account[0] = (struct config_balance){config->currency,
                                                     {(i128)10000 * power_of_ten(AMOUNT_DECIMALS)}};
        config->account_count = 1;
    }
    for (uint32_t i = 1; i < config->account_count; i++) {
        struct config_balance moved = config->account[i];
        uint32_t at = i;
        for (; at > 0 && strcmp(config->account[at - 1].asset, moved.asset) > 0; at--)
            config->account[at] = config->account[at - 1];
        config->account[at] = moved;
    }
    return STATUS_OK;
}

static enum status check_fees(struct check *check)
{
    struct config_fees *fees = &check->config->fees;
    if (fees->tiers_count > 0 && (fees->maker_option.set || fees->taker_option.set)) {
        check_refuse(check, fees->maker_option.set ? "fees.maker_bps" : "fees.taker_bps",
                     "flat fees beside tiers");
        return check_allow(check, "one of the two", "remove the flat fees, or tiers");
    }
    if (fees->tiers_count == 0) {
        fees->tiers = memory_take(check->config->memory, 1, sizeof *fees->tiers);
        if (fees->tiers == NULL)
            return check_memory(check);
        fees->tiers_count = 1;
        fees->tiers[0].maker.ppm = fees->maker_option.set ? fees->maker_option.value.ppm
                                                          : 40 * RATIO_PER_BPS;
        fees->tiers[0].taker.ppm = fees->taker_option.set ? fees->taker_option.value.ppm
                                                          : 60 * RATIO_PER_BPS;
    }
    for (uint32_t i = 0; i < fees->tiers_count; i++) {
        char key[80];
        (void)snprintf(key, sizeof key, "fees.tiers[%u].volume", i);
        if (i == 0 && fees->tiers[0].volume.units != 0) {
            check_refuse(check, key, "the first tier does not begin at 0");
            return check_allow(check, "0", NULL);
        }
        if (i > 0 && fees->tiers[i].volume.units <= fees->tiers[i - 1].volume.units) {
            check_refuse(check, key, "not more than that of the tier before");
            return check_allow(check, "volumes that grow", NULL);
        }
    }
    fees->maker_option = fees->taker_option = (struct config_ratio){0};
    return STATUS_OK;
}

/* Of an instrument one file of each kind, and one that says the top of its order book. */
static enum status check_session_pair(struct check *check, uint32_t index, uint32_t before)
{
    const struct config_data *entry = &check->config->data[index];
    const struct config_data *other = &check->config->data[before];
    char key[80];
    (void)snprintf(key, sizeof key, "data[%u].kind", index);
    if (strcmp(other->instrument, entry->instrument) != 0)
        return STATUS_OK;
    if (config_data_is_session(entry) != config_data_is_session(other)) {
        check_refuse(check, key, "bars and a recorded order book for %s", entry->instrument);
        return check_allow(check, "of one instrument either: bars, or depth, quotes and trades",
                           "remove one of the two");
    }
    if (!config_data_is_session(entry))
        return STATUS_OK;
    if (entry->kind == other->kind) {
        check_refuse(check, key, "data[%u] is of the same kind for %s", before, entry->instrument);
        return check_allow(check, "one file of a kind for each instrument",
                           "remove one of the two");
    }
    if (entry->kind != CONFIG_DATA_TRADES && other->kind != CONFIG_DATA_TRADES) {
        check_refuse(check, key, "depth and quotes for %s", entry->instrument);
        return check_allow(check, "one of the two: both say what is best",
                           "keep depth, which says more");
    }
    return STATUS_OK;
}

/* Impact is measured by the day's volume, which the trades of the session tell. */
static enum status check_impact(struct check *check, const struct config_data *entry)
{
    const struct config *config = check->config;
    const struct config_simulation *simulation = &config->simulation;
    bool on = simulation->impact_temporary > 0 || simulation->impact_permanent > 0 ||
              simulation->impact_transient > 0;
    for (uint32_t i = 0; i < config->data_count && on; i++) {
        const struct config_data *other = &config->data[i];
        if (other->kind == CONFIG_DATA_TRADES && strcmp(other->instrument, entry->instrument) == 0)
            on = false;
    }
    if (!on)
        return STATUS_OK;
    check_refuse(check, "simulation.impact", "without trades of %s nothing says its volume",
                 entry->instrument);
    return check_allow(check, "impact where every instrument of the session has trades",
                       "add its trades to data, or leave the key out");
}

static bool has_bars(const struct config *config)
{
    for (uint32_t i = 0; i < config->data_count; i++) {
        if (!config_data_is_session(&config->data[i]))
            return true;
    }
    return false;
}

/* Orders of a session are filled by its order book; slippage is of the bars beside it. */
static enum status check_session_entry(struct check *check, uint32_t index)
{
    const struct config *config = check->config;
    const struct config_data *entry = &config->data[index];
    char key[80];
    bool has_book = false;
    for (uint32_t i = 0; i < config->data_count; i++) {
        const struct config_data *other = &config->data[i];
        if (other->kind != CONFIG_DATA_TRADES && strcmp(other->instrument, entry->instrument) == 0)
            has_book = true;
    }
    if (!has_book) {
        (void)snprintf(key, sizeof key, "data[%u].kind", index);
        check_refuse(check, key, "trades of %s alone: nothing to fill orders against",
                     entry->instrument);
        return check_allow(check, "trades beside depth or quotes",
                           "add its depth or quotes, or make bars of the trades");
    }
    if (config->simulation.slippage.ppm != 0 && !has_bars(config)) {
        check_refuse(check, "simulation.slippage_bps", "slippage on an order book");
        return check_allow(check, "0: the order book says what an order costs",
                           "use simulation.impact, or leave the key out");
    }
    return check_impact(check, entry);
}

static enum status check_data_entry(struct check *check, uint32_t index)
{
    struct config *config = check->config;
    struct config_data *entry = &config->data[index];
    char key[80];
    entry->instrument_index = config_instrument_index(config, entry->instrument);
    /* Only back-tests read the data, so elsewhere their instruments may be others. */
    if (entry->instrument_index == UINT32_MAX && config->mode == CONFIG_BACKTEST) {
        (void)snprintf(key, sizeof key, "data[%u].instrument", index);
        return check_outside_list(check, key, entry->instrument);
    }
    if (entry->from.set && entry->to.set && entry->from.value >= entry->to.value) {
        (void)snprintf(key, sizeof key, "data[%u].to", index);
        check_refuse(check, key, "not later than from");
        return check_allow(check, "an instant after from", NULL);
    }
    for (uint32_t i = 0; i < index; i++) {
        const struct config_data *other = &config->data[i];
        enum status status = check_session_pair(check, index, i);
        if (status != STATUS_OK)
            return status;
        if (strcmp(other->instrument, entry->instrument) != 0)
            continue;
        if (strcmp(other->file, entry->file) == 0) {
            (void)snprintf(key, sizeof key, "data[%u].file", index);
            check_refuse(check, key, "\"%.150s\" is there twice for %s", entry->file,
                         entry->instrument);
            return check_allow(check, "each file once for an instrument", "remove one of the two");
        }
        if (other->bar_ns != entry->bar_ns) {
            (void)snprintf(key, sizeof key, "data[%u].bar", index);
            check_refuse(check, key, "another bar than data[%u] has for %s", i, entry->instrument);
            return check_allow(check, "one length of bars for each instrument",
                               "keep the finer one; a bot's bar may be a multiple of it");
        }
    }
    return STATUS_OK;
}

static enum status check_data(struct check *check)
{
    if (check->config->mode == CONFIG_BACKTEST && check->config->data_count == 0) {
        check_refuse(check, "data", "no data to test on");
        return check_allow(check,
                           "at least one entry, such as "
                           "{file: btcusdt-1h.csv.gz, instrument: BTC-USDT, bar: 1h}",
                           "add the key data");
    }
    for (uint32_t i = 0; i < check->config->data_count; i++) {
        enum status status = check_data_entry(check, i);
        if (status != STATUS_OK)
            return status;
    }
    for (uint32_t i = 0; i < check->config->data_count; i++) {
        if (!config_data_is_session(&check->config->data[i]))
            continue;
        enum status status = check_session_entry(check, i);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status check_caps(struct check *check)
{
    struct config_risk *risk = &check->config->risk;
    for (uint32_t i = 0; i < risk->instruments_count; i++) {
        struct config_risk_instrument *cap = &risk->instruments[i];
        cap->instrument_index = config_instrument_index(check->config, cap->name);
        if (cap->instrument_index == UINT32_MAX) {
            char key[80];
            (void)snprintf(key, sizeof key, "risk.instruments.%s", cap->name);
            return check_outside_list(check, key, cap->name);
        }
    }
    /* In the order of the allow-list, so that the order they were written in means nothing. */
    for (uint32_t i = 1; i < risk->instruments_count; i++) {
        struct config_risk_instrument moved = risk->instruments[i];
        uint32_t at = i;
        for (; at > 0 && risk->instruments[at - 1].instrument_index > moved.instrument_index; at--)
            risk->instruments[at] = risk->instruments[at - 1];
        risk->instruments[at] = moved;
    }
    for (uint32_t i = 0; i < risk->trading_window_count; i++) {
        if (risk->trading_window[i].from_ns >= risk->trading_window[i].to_ns) {
            char key[80];
            (void)snprintf(key, sizeof key, "risk.trading_window[%u].to", i);
            check_refuse(check, key, "not later than from");
            return check_allow(check, "a time after from, up to 24:00",
                               "write a window over midnight as two");
        }
    }
    return STATUS_OK;
}

static enum status check_guard(struct check *check, uint32_t index)
{
    struct config_guard *guard = &check->config->guards[index];
    char key[80];
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(check->config->guards[i].name, guard->name) == 0) {
            (void)snprintf(key, sizeof key, "guards[%u].name", index);
            check_refuse(check, key, "\"%s\" is the name of guards[%u] too", guard->name, i);
            return check_allow(check, "names that differ", "rename one of the two");
        }
    }
    /* On the scale where larger is worse: clear <= warn <= act. */
    double sign = guard->op == CONFIG_GUARD_GT || guard->op == CONFIG_GUARD_GE ? 1 : -1;
    if (guard->warn.set && sign * guard->warn.value > sign * guard->act) {
        (void)snprintf(key, sizeof key, "guards[%u].warn", index);
        check_refuse(check, key, "on the far side of act");
        return check_allow(check, sign > 0 ? "at most act" : "at least act", NULL);
    }
    double bound = guard->warn.set ? guard->warn.value : guard->act;
    if (!guard->clear.set)
        guard->clear = (struct config_double){true, bound};
    if (sign * guard->clear.value > sign * bound) {
        (void)snprintf(key, sizeof key, "guards[%u].clear", index);
        check_refuse(check, key, "on the far side of %s", guard->warn.set ? "warn" : "act");
        return check_allow(check, sign > 0 ? "at most warn and act" : "at least warn and act",
                           NULL);
    }
    return STATUS_OK;
}

static enum status check_others(struct check *check)
{
    const struct config *config = check->config;
    if (config->resilience.retry_cap_ns < config->resilience.retry_base_ns) {
        check_refuse(check, "resilience.retry.cap", "less than base");
        return check_allow(check, "at least base", NULL);
    }
    for (uint32_t i = 0; i < config->guards_count; i++) {
        enum status status = check_guard(check, i);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status config_check(struct config *config, struct problem *problem)
{
    struct check check = {config, problem};
    enum status status = check_instruments(&check);
    if (status == STATUS_OK)
        status = derive_account(&check);
    if (status == STATUS_OK)
        status = check_fees(&check);
    if (status == STATUS_OK)
        status = check_data(&check);
    if (status == STATUS_OK)
        status = check_caps(&check);
    if (status == STATUS_OK)
        status = check_others(&check);
    if (status == STATUS_OK)
        status = check_bots(&check);
    return status;
}
