/* Whether a fact read from a journal can be evolved: its indices exist, its order is there and in a
 * state that allows it, its lot is the one that is due. What we wrote ourselves always fits; bytes
 * from outside need not, however right their checksums are. */
#include "core/engine/state.h"

/* No honest amount comes near 2^110 units, which leaves room for sums without overflow. */
static bool amount_sane(struct amount_bytes bytes)
{
    i128 amount = amount_from_bytes(bytes).units;
    i128 limit = (i128)1 << 110;
    return amount > -limit && amount < limit;
}

static bool quantity_sane(struct quantity quantity)
{
    return quantity.units >= -QUANTITY_UNITS_MAX && quantity.units <= QUANTITY_UNITS_MAX;
}

static bool place_exists(const struct engine *engine, uint32_t book, uint32_t instrument)
{
    return book < engine->config->books_count && instrument < engine->config->instruments_count;
}

static bool transfer_fits(const struct engine *engine, const struct fact_transfer *fact)
{
    bool kinds = fact->source_kind >= ACCOUNT_AVAILABLE && fact->source_kind < ACCOUNT_KIND_END &&
                 fact->target_kind >= ACCOUNT_AVAILABLE && fact->target_kind < ACCOUNT_KIND_END;
    return kinds && fact->asset < engine->config->assets_count &&
           fact->source_book < engine->config->books_count &&
           fact->target_book < engine->config->books_count && amount_sane(fact->amount) &&
           amount_from_bytes(fact->amount).units > 0;
}

static bool total_sane(const struct engine *engine, uint32_t instrument, struct quantity change)
{
    i128 total = (i128)engine->ledger.instrument_totals[instrument] + change.units;
    return total > -INT64_MAX / 2 && total < INT64_MAX / 2;
}

static const struct lot *lot_at(const struct engine *engine, uint32_t index)
{
    return index == 0 ? NULL : &engine->ledger.lots[index - 1];
}

/* The lot of a position with this id, 0 where there is none. */
static uint32_t lot_find(const struct engine *engine, const struct position *position, uint64_t id)
{
    uint32_t at = position->lot_first;
    while (at != 0 && engine->ledger.lots[at - 1].id != id)
        at = engine->ledger.lots[at - 1].next;
    return at;
}

static bool lot_opened_fits(const struct engine *engine, const struct fact_lot_opened *fact)
{
    const struct ledger_counters *counters = engine->ledger.counters;
    bool room = counters->lot_free != 0 || counters->lots_fresh < engine->ledger.lots_capacity;
    return place_exists(engine, fact->book, fact->instrument) && room &&
           fact->lot == counters->lot_id_next && fact->quantity.units != 0 &&
           quantity_sane(fact->quantity) && amount_sane(fact->cost) &&
           total_sane(engine, fact->instrument, fact->quantity);
}

static bool lot_added_fits(const struct engine *engine, const struct fact_lot_added *fact)
{
    if (!place_exists(engine, fact->book, fact->instrument) || !quantity_sane(fact->quantity))
        return false;
    const struct position *position = ledger_position(&engine->ledger, fact->book,
                                                      fact->instrument);
    const struct lot *lot = lot_at(engine, lot_find(engine, position, fact->lot));
    return lot != NULL && amount_sane(fact->cost) &&
           total_sane(engine, fact->instrument, fact->quantity) &&
           (lot->quantity.units > 0) == (fact->quantity.units > 0) && fact->quantity.units != 0;
}

static bool lot_disposed_fits(const struct engine *engine, const struct fact_lot_disposed *fact)
{
    if (!place_exists(engine, fact->book, fact->instrument) || fact->quantity.units == 0)
        return false;
    const struct position *position = ledger_position(&engine->ledger, fact->book,
                                                      fact->instrument);
    const struct lot *lot = lot_at(engine, position->lot_first);
    if (lot == NULL || lot->id != fact->lot)
        return false;
    int64_t left = lot->quantity.units;
    int64_t taken = fact->quantity.units;
    bool within = left > 0 ? taken > 0 && taken <= left : taken < 0 && taken >= left;
    return within && amount_sane(fact->cost) && amount_sane(fact->proceeds) &&
           amount_sane(fact->realized);
}

static bool lot_amended_fits(const struct engine *engine, const struct fact_lot_amended *fact)
{
    if (!place_exists(engine, fact->book, fact->instrument) || !quantity_sane(fact->quantity))
        return false;
    const struct position *position = ledger_position(&engine->ledger, fact->book,
                                                      fact->instrument);
    const struct lot *lot = lot_at(engine, lot_find(engine, position, fact->lot));
    if (lot == NULL || !amount_sane(fact->cost) ||
        !total_sane(engine, fact->instrument, fact->quantity)) {
        return false;
    }
    i128 cost = amount_from_bytes(lot->cost).units + amount_from_bytes(fact->cost).units;
    return lot->quantity.units + fact->quantity.units != 0 || cost == 0;
}

static bool planned_fits(const struct engine *engine, const struct fact_order_planned *fact)
{
    const struct order *slot = order_slot(engine, fact->order);
    bool slot_free = slot->id == 0 || order_state_is_end((enum order_state)slot->state);
    bool bot = fact->bot == NONE_INDEX || fact->bot < engine->config->bots_count;
    return place_exists(engine, fact->book, fact->instrument) && bot && slot_free &&
           fact->cash_book < engine->config->books_count && fact->order != 0 &&
           fact->order >= engine->header->order_id_next && fact->order < UINT64_MAX &&
           (fact->side == SIDE_BUY || fact->side == SIDE_SELL) && fact->quantity.units > 0 &&
           quantity_sane(fact->quantity) && amount_sane(fact->hold) &&
           fact->header.detail <= PURPOSE_BUDGET_END;
}

static bool state_fits(const struct engine *engine, const struct fact_state_changed *fact)
{
    if (fact->header.detail > TRADING_HALTED || fact->reason >= REASON_COUNT)
        return false;
    switch (fact->scope) {
    case SCOPE_ACCOUNT: return true;
    case SCOPE_INSTRUMENT: return fact->index < engine->config->instruments_count;
    case SCOPE_BOOK: return fact->index < engine->config->books_count;
    default: return false;
    }
}

static bool filled_fits(const struct order *order, const struct fact_order_filled *fact)
{
    i128 filled = (i128)order->filled.units + fact->quantity.units;
    return fact->quantity.units > 0 && filled <= QUANTITY_UNITS_MAX &&
           amount_sane(fact->notional) && amount_sane(fact->fee_value);
}

static bool reversed_fits(const struct order *order, const struct fact_fill_reversed *fact)
{
    int64_t most = fact->header.detail == 1 ? order->provisional.units : order->filled.units;
    return fact->quantity.units > 0 && fact->quantity.units <= most &&
           fact->quantity.units <= order->filled.units && amount_sane(fact->notional) &&
           amount_sane(fact->fee_value);
}

/* A state of the table that the order may go to from where it is. */
static bool step_fits(const struct order *order, uint32_t state, bool end)
{
    if (state == 0 || state >= ORDER_STATE_END)
        return false;
    return order_state_allows((enum order_state)order->state, (enum order_state)state) &&
           (!end || order_state_is_end((enum order_state)state));
}

static bool order_fits(const struct engine *engine, const struct fact_header *fact)
{
    const void *data = fact;
    const struct order *order = order_find(engine,
                                           ((const struct fact_order_submitted *)data)->order);
    /* A fill of an order that nobody knows is told, and counted once. */
    if (order == NULL)
        return fact->kind == FACT_ORDER_FILLED;
    bool live = !order_state_is_end((enum order_state)order->state);
    switch (fact->kind) {
    case FACT_ORDER_SUBMITTED: return step_fits(order, ORDER_SUBMITTED, false);
    case FACT_ORDER_DELIVERY: return fact->detail <= DELIVERY_UNKNOWN;
    case FACT_ORDER_ACCEPTED:
        return order->state == ORDER_OPEN || (live && step_fits(order, ORDER_OPEN, false));
    case FACT_ORDER_FILLED: return filled_fits(order, data);
    case FACT_FILL_REVERSED: return reversed_fits(order, data);
    case FACT_ORDER_ENDED: return live && step_fits(order, fact->detail, true);
    case FACT_ORDER_REOPENED: return !live && step_fits(order, fact->detail, false);
    case FACT_ORDER_AMENDED: {
        const struct fact_order_amended *amended = data;
        return live && amended->quantity.units > 0 && quantity_sane(amended->quantity) &&
               amount_sane(amended->hold);
    }
    default: return true;
    }
}

static bool timer_exists(const struct engine *engine, uint64_t timer)
{
    for (uint32_t i = 0; i < engine->header->timers_count; i++) {
        if (engine->timers[i].id == timer)
            return true;
    }
    return false;
}

bool fact_fits(const struct engine *engine, const struct fact_header *fact)
{
    const void *data = fact;
    switch (fact->kind) {
    case FACT_SESSION_STARTED:
    case FACT_INSTRUMENT_LISTED:
    case FACT_BOOK_OPENED:
    case FACT_ORDER_DENIED:
    case FACT_LIMIT_BREACHED:
    case FACT_HEALTH_CHANGED: return true;
    case FACT_TRANSFER: return transfer_fits(engine, data);
    case FACT_LOT_OPENED: return lot_opened_fits(engine, data);
    case FACT_LOT_ADDED: return lot_added_fits(engine, data);
    case FACT_LOT_DISPOSED: return lot_disposed_fits(engine, data);
    case FACT_LOT_AMENDED: return lot_amended_fits(engine, data);
    case FACT_VALUE_POSTED: {
        const struct fact_value_posted *value = data;
        return place_exists(engine, value->book, value->instrument) && amount_sane(value->amount) &&
               fact->detail >= VALUE_FEE && fact->detail <= VALUE_OPENING;
    }
    case FACT_OVERDRAWN:
        return ((const struct fact_overdrawn *)data)->book < engine->config->books_count;
    case FACT_ORDER_PLANNED: return planned_fits(engine, data);
    case FACT_STATE_CHANGED: return state_fits(engine, data);
    case FACT_STOP_SET: return (fact->detail & 127u) <= STOP_FLATTEN;
    case FACT_BOT_SIGNAL:
        return ((const struct fact_bot_signal *)data)->bot < engine->config->bots_count;
    case FACT_BOT_STATE:
        return ((const struct fact_bot_state *)data)->bot < engine->config->bots_count;
    case FACT_TIMER_SET: return engine->header->timers_count < TIMERS_CAPACITY;
    case FACT_TIMER_CLEARED:
        return timer_exists(engine, ((const struct fact_timer_cleared *)data)->timer);
    default: return order_fits(engine, fact);
    }
}
