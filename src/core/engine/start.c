/* The first step of a session: what there is to trade, whose books there are, what is in them. */
#include <string.h>

#include "core/engine/state.h"

static void name_put(struct hash128 *first, struct hash128 *last, const char *name, size_t size)
{
    char padded[32] = {0};
    memcpy(padded, name, strnlen(name, size < sizeof padded ? size : sizeof padded));
    memcpy(first, padded, sizeof *first);
    memcpy(last, padded + sizeof *first, sizeof *last);
}

void list_instrument(struct engine *engine, uint32_t index)
{
    const struct instrument *instrument = &engine->config->instruments[index];
    struct fact_instrument_listed *fact = FRAME_TAKE(&engine->writer, INSTRUMENT_LISTED,
                                                     instrument_listed, 0);
    fact->instrument = index;
    fact->base_asset = (uint16_t)instrument->base_asset;
    fact->quote_asset = (uint16_t)instrument->quote_asset;
    fact->price_decimals = (uint8_t)instrument->price_decimals;
    fact->quantity_decimals = (uint8_t)instrument->quantity_decimals;
    fact->quote_decimals = (uint8_t)instrument->quote_decimals;
    fact->tradable = (uint8_t)instrument->tradable;
    fact->reserved = 0;
    fact->tick = instrument->tick;
    fact->lot = instrument->lot;
    fact->quantity_min = instrument->quantity_min;
    fact->quantity_max = instrument->quantity_max;
    fact->notional_min = amount_to_bytes(instrument->notional_min);
    name_put(&fact->name_first, &fact->name_last, instrument->name, INSTRUMENT_NAME_SIZE);
    EMIT(engine, fact);
}

static void open_book(struct engine *engine, uint32_t book)
{
    const struct bot_config *bot = book == DESK_BOOK ? NULL : &engine->config->bots[book - 1];
    struct fact_book_opened *fact = FRAME_TAKE(&engine->writer, BOOK_OPENED, book_opened,
                                               bot == NULL ? 0 : 1);
    fact->book = book;
    fact->cash_book = bot == NULL ? DESK_BOOK : bot->cash_book;
    name_put(&fact->name_first, &fact->name_last, bot == NULL ? "desk" : bot->name, BOT_NAME_SIZE);
    EMIT(engine, fact);
}

static void bring_balance(struct engine *engine, const struct opening_balance *balance)
{
    if (balance->instrument == NONE_INDEX) {
        ledger_deposit(&engine->ledger, &engine->writer, DESK_BOOK, balance->asset,
                       balance->amount);
        return;
    }
    int64_t before = engine->ledger.instrument_totals[balance->instrument];
    ledger_deposit_lot(&engine->ledger, &engine->writer, DESK_BOOK, balance->instrument,
                       balance->quantity, balance->cost, engine->header->time_ns);
    market_value_move(engine, balance->instrument, before);
}

void decide_start(struct engine *engine)
{
    const struct engine_config *config = engine->config;
    if (engine->header->started)
        return;
    struct fact_session_started *fact = FRAME_TAKE(&engine->writer, SESSION_STARTED,
                                                   session_started, 0);
    fact->config_hash = config->config_hash;
    fact->engine_id = config->engine_id;
    fact->epoch = config->epoch;
    fact->reserved = 0;
    EMIT(engine, fact);
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (!config->instruments[i].waits)
            list_instrument(engine, i);
        else
            instrument_unlist(engine, i);
    }
    for (uint32_t i = 0; i < config->books_count; i++)
        open_book(engine, i);
    for (uint32_t i = 0; i < config->balances_count; i++) {
        bring_balance(engine, &config->balances[i]);
    }
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const struct bot_config *bot = &config->bots[i];
        if (bot->cash_book == DESK_BOOK || bot->budget.units == 0)
            continue;
        ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_BUDGET, config->currency_asset,
                        (struct account_ref){ACCOUNT_AVAILABLE, DESK_BOOK},
                        (struct account_ref){ACCOUNT_AVAILABLE, bot->book}, bot->budget, 0);
    }
}

/* The instrument in which an asset is held in lots: the first one with it as base and the reporting
 * currency as quote, NONE_INDEX for cash and for what no instrument trades. */
static uint32_t lots_instrument(const struct engine_config *config, uint32_t asset)
{
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct instrument *instrument = &config->instruments[i];
        if (instrument->base_asset == asset && instrument->quote_asset == config->currency_asset)
            return i;
    }
    return NONE_INDEX;
}

static bool is_base(const struct engine_config *config, uint32_t asset)
{
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (config->instruments[i].base_asset == asset)
            return true;
    }
    return false;
}

/* Coins from outside are a lot at the mark. They are taken in where there is a mark and where they
 * are a number of the instrument's steps. */
static void deposit_in_kind(struct engine *engine, uint32_t book, uint32_t asset,
                            struct amount amount)
{
    uint32_t index = lots_instrument(engine->config, asset);
    if (index == NONE_INDEX)
        return;
    const struct instrument *instrument = &engine->config->instruments[index];
    struct price mark = risk_mark(&engine->risk, index);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    if (mark.units == 0 || amount.units % unit != 0 || amount.units / unit > QUANTITY_UNITS_MAX ||
        amount.units / unit * mark.units > NOTIONAL_MAX / instrument->amount_factor)
        return;
    struct quantity quantity = {(int64_t)(amount.units / unit)};
    struct amount cost = instrument_notional(instrument, mark, quantity);
    int64_t before = engine->ledger.instrument_totals[index];
    ledger_deposit_lot(&engine->ledger, &engine->writer, book, index, quantity, cost,
                       engine->header->time_ns);
    market_value_move(engine, index, before);
    equity_flow(engine, cost.units);
    overdrawn_check(engine, book, asset, 0);
}

void decide_deposit(struct engine *engine, const struct input *input)
{
    const struct engine_config *config = engine->config;
    struct amount amount = amount_from_bytes(input->deposit.amount);
    uint32_t source = input->deposit.source_book;
    uint32_t target = input->deposit.target_book;
    uint32_t asset = input->deposit.asset;
    if (asset >= config->assets_count || amount.units <= 0 || amount.units > NOTIONAL_MAX)
        return;
    bool from_outside = source == NONE_INDEX;
    bool to_outside = target == NONE_INDEX;
    if (from_outside == to_outside && (from_outside || source == target))
        return;
    if (!from_outside && source >= config->books_count)
        return;
    if (!to_outside && target >= config->books_count)
        return;
    if (is_base(config, asset)) {
        if (from_outside)
            deposit_in_kind(engine, target, asset, amount);
        return;
    }
    /* A budget may only be cut by what is free: what orders hold is promised. */
    if (!from_outside && ledger_available(&engine->ledger, source, asset).units < amount.units)
        return;
    struct account_ref external = {ACCOUNT_EXTERNAL, 0};
    struct account_ref from = from_outside ? external
                                           : (struct account_ref){ACCOUNT_AVAILABLE, source};
    struct account_ref to = to_outside ? external : (struct account_ref){ACCOUNT_AVAILABLE, target};
    enum transfer_code code = from_outside ? TRANSFER_DEPOSIT
                              : to_outside ? TRANSFER_WITHDRAWAL
                                           : TRANSFER_BUDGET;
    ledger_transfer(&engine->ledger, &engine->writer, code, asset, from, to, amount, 0);
    if (asset == config->currency_asset && code != TRANSFER_BUDGET)
        equity_flow(engine, to_outside ? -amount.units : amount.units);
    if (!to_outside)
        overdrawn_check(engine, target, asset, 0);
}
