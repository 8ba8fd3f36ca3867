/* How state changes: by durable inputs and by facts. Nothing here prices, rounds or chooses. */
#include "base/time.h"
#include "core/engine/bars.h"

/* ---- inputs ---- */

void market_value_move(struct engine *engine, uint32_t instrument, int64_t before)
{
    int64_t moved = engine->ledger.instrument_totals[instrument] - before;
    if (moved == 0)
        return;
    const struct instrument *listed = &engine->config->instruments[instrument];
    i128 close = engine->risk.states[instrument].close.units;
    engine->risk.account->market_value += close * moved * listed->amount_factor;
}

/* The day's and the peak equity. A cycle exactly at the day's start already holds the closes of the
 * day before; a later one begins the day from the last equity known before it. */
static void evolve_cycle(struct engine *engine, int64_t time_ns)
{
    struct account_risk *account = engine->risk.account;
    i128 equity = risk_equity(&engine->risk).units;
    int64_t shifted = time_ns - engine->config->day_start_ns;
    int64_t day_ns = day_of_ns(shifted) * NANOSECONDS_PER_DAY + engine->config->day_start_ns;
    if (account->day_start_ns != day_ns) {
        bool first = account->day_start_ns == INT64_MIN;
        account->day_equity = time_ns == day_ns || first ? equity : account->cycle_equity;
        account->day_start_ns = day_ns;
    }
    if (equity > account->equity_peak || !account->equity_seen)
        account->equity_peak = equity;
    account->equity_seen = 1;
    account->cycle_equity = equity;
}

void evolve_input(struct engine *engine, const struct input *input)
{
    input_mark(engine, input->seq, input->time_ns);
    switch (input->kind) {
    case INPUT_BAR_CLOSE:
        bars_close(engine, input->instrument, &input->bar.bar, input->bar.bar_ns, input->time_ns);
        return;
    case INPUT_BAR_OPEN:
        bars_open(engine, input->instrument, input->bar.bar.open, input->time_ns);
        return;
    case INPUT_CYCLE: evolve_cycle(engine, input->time_ns); return;
    case INPUT_QUOTE:
    case INPUT_TRADE:
    case INPUT_DELTA: evolve_observed(engine, input); return;
    default: return;
    }
}

/* ---- orders ---------------------------------------------------------------------------------- */

static void live_add(struct engine *engine, struct order *order)
{
    uint32_t slot = (uint32_t)(order->id & engine->orders_mask) + 1;
    struct engine_header *header = engine->header;
    order->live_previous = header->live_last;
    order->live_next = 0;
    if (header->live_last == 0) {
        header->live_first = slot;
    } else {
        engine->orders[header->live_last - 1].live_next = slot;
    }
    header->live_last = slot;
    header->live_count++;
    engine->risk.account->open_orders++;
    engine->risk.states[order->instrument].open_orders++;
    engine->risk.books[order->book].open_orders++;
    if (order->bot != NONE_INDEX)
        engine->bots[order->bot].open_orders++;
}

static void live_remove(struct engine *engine, struct order *order)
{
    struct engine_header *header = engine->header;
    if (order->live_previous == 0) {
        header->live_first = order->live_next;
    } else {
        engine->orders[order->live_previous - 1].live_next = order->live_next;
    }
    if (order->live_next == 0) {
        header->live_last = order->live_previous;
    } else {
        engine->orders[order->live_next - 1].live_previous = order->live_previous;
    }
    order->live_previous = 0;
    order->live_next = 0;
    header->live_count--;
    engine->risk.account->open_orders--;
    engine->risk.states[order->instrument].open_orders--;
    engine->risk.books[order->book].open_orders--;
    if (order->bot != NONE_INDEX)
        engine->bots[order->bot].open_orders--;
}

/* What an order may still execute, counted in flight. */
static void exposure_move(struct engine *engine, const struct order *order, int64_t quantity)
{
    size_t at = (size_t)order->book * engine->config->instruments_count + order->instrument;
    struct book_exposure *book = &engine->risk.exposures[at];
    struct instrument_risk *state = &engine->risk.states[order->instrument];
    if (order->side == SIDE_BUY) {
        book->open_buy += quantity;
        state->open_buy += quantity;
    } else {
        book->open_sell += quantity;
        state->open_sell += quantity;
    }
}

static void delivery_set(struct engine *engine, struct order *order, enum delivery delivery)
{
    struct instrument_risk *state = &engine->risk.states[order->instrument];
    if (order->delivery == DELIVERY_UNKNOWN)
        state->unknown_orders--;
    if (delivery == DELIVERY_UNKNOWN)
        state->unknown_orders++;
    order->delivery = (uint8_t)delivery;
}

/* What a child counts for in its parent: all it may still become, or what became of it. */
static int64_t child_count(const struct order *order)
{
    bool ended = order_state_is_end((enum order_state)order->state);
    return ended ? order->filled.units : i64_max(order->quantity.units, order->filled.units);
}

static void child_move(struct engine *engine, const struct order *order, int64_t before)
{
    struct order *parent = order->parent == 0 ? NULL : order_find(engine, order->parent);
    if (parent != NULL)
        parent->children.units += child_count(order) - before;
}

static void evolve_planned(struct engine *engine, const struct fact_order_planned *fact,
                           int64_t time_ns)
{
    struct order *order = order_slot(engine, fact->order);
    ASSERT(order->live_previous == 0 &&
           engine->header->live_first != (uint32_t)(fact->order & engine->orders_mask) + 1);
    ASSERT(fact->order >= engine->header->order_id_next);
    engine->header->order_id_next = fact->order + 1;
    *order = (struct order){
        .id = fact->order,
        .client_id_low = fact->client_order_id.low,
        .client_id_high = fact->client_order_id.high,
        .parent = fact->parent,
        .planned_ns = time_ns,
        .expire_ns = fact->expire,
        .price = fact->price,
        .stop_price = fact->stop_price,
        .quantity = fact->quantity,
        .hold = fact->hold,
        .book = fact->book,
        .bot = fact->bot,
        .instrument = fact->instrument,
        .cash_book = fact->cash_book,
        .side = fact->side,
        .type = fact->type,
        .tif = fact->tif,
        .flags = fact->flags,
        .state = ORDER_NEW,
        .origin = fact->origin,
        .purpose = fact->header.detail,
    };
    live_add(engine, order);
    exposure_move(engine, order, order->quantity.units);
    child_move(engine, order, 0);
    if (order->bot != NONE_INDEX && order->origin == ORIGIN_BOT)
        bot_keep_planned(engine, fact, time_ns);
    struct account_risk *account = engine->risk.account;
    const struct account_limits *limits = &engine->risk.limits.account;
    if (limits->on & LIMIT_MESSAGE_RATE) {
        if (account->message_time_ns < time_ns)
            account->message_time_ns = time_ns;
        account->message_time_ns += limits->message_interval_ns;
    }
    engine->risk.intents[account->intents_next] = (struct recent_intent){
        time_ns,     order->price,      order->stop_price, order->quantity,
        order->book, order->instrument, order->side,       order->type};
    account->intents_next = (account->intents_next + 1) % RISK_RECENT_MAX;
}

/* Ids of fills of orders with more than one; the newest TRADES_SEEN_CAPACITY. */
static uint64_t seen_key(uint64_t order, uint64_t low, uint64_t high)
{
    uint64_t words[3] = {order, low, high};
    return hash64_of(words, sizeof words);
}

/* Fills that were taken back, in the same ring under a key of their own. */
static uint64_t bust_key(uint64_t order, uint64_t low, uint64_t high)
{
    uint64_t words[4] = {order, low, high, 1};
    return hash64_of(words, sizeof words);
}

static void seen_add(struct engine *engine, uint64_t key)
{
    struct engine_header *header = engine->header;
    if (header->seen_count == TRADES_SEEN_CAPACITY) {
        map_remove(&engine->seen, engine->seen_ring[header->seen_next]);
    } else {
        header->seen_count++;
    }
    engine->seen_ring[header->seen_next] = key;
    enum status status = map_insert(&engine->seen, key, 1);
    ASSERT(status == STATUS_OK || status == STATUS_EXISTS);
    header->seen_next = (header->seen_next + 1) % TRADES_SEEN_CAPACITY;
}

void seen_rebuild(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->header->seen_count; i++) {
        enum status status = map_insert(&engine->seen, engine->seen_ring[i], 1);
        ASSERT(status == STATUS_OK || status == STATUS_EXISTS);
    }
}

bool trade_seen(const struct engine *engine, const struct order *order, uint64_t low, uint64_t high)
{
    if (order->fills_count == 0)
        return false;
    if (order->trade_id_low == low && order->trade_id_high == high)
        return true;
    return order->fills_count > 1 && fill_is_known(engine, order->id, low, high);
}

bool fill_is_known(const struct engine *engine, uint64_t order, uint64_t low, uint64_t high)
{
    uint32_t value = 0;
    return map_find(&engine->seen, seen_key(order, low, high), &value);
}

bool bust_seen(const struct engine *engine, const struct order *order, uint64_t low, uint64_t high)
{
    uint32_t value = 0;
    return map_find(&engine->seen, bust_key(order->id, low, high), &value);
}

static struct amount_bytes plus(struct amount_bytes a, i128 b)
{
    return amount_to_bytes((struct amount){amount_from_bytes(a).units + b});
}

static void evolve_filled(struct engine *engine, const struct fact_order_filled *fact,
                          int64_t time_ns)
{
    struct order *order = order_find(engine, fact->order);
    if (order == NULL) {
        /* Of an order nobody knows: counted once, and otherwise only told. */
        seen_add(engine,
                 seen_key(fact->order, fact->venue_trade_id.low, fact->venue_trade_id.high));
        return;
    }
    bool provisional = (fact->header.detail & 128) != 0;
    int64_t quantity = fact->quantity.units;
    i128 notional = amount_from_bytes(fact->notional).units;
    i128 fee_value = amount_from_bytes(fact->fee_value).units;
    if (!order_state_is_end((enum order_state)order->state)) {
        int64_t open = order_remaining(order).units;
        exposure_move(engine, order, -(quantity < open ? quantity : open));
    }
    order->filled.units += quantity;
    order->notional = plus(order->notional, notional);
    order->fees = plus(order->fees, fee_value);
    if (provisional) {
        order->provisional.units += quantity;
        order->provisional_notional = plus(order->provisional_notional, notional);
        order->provisional_fees = plus(order->provisional_fees, fee_value);
    } else {
        if (order->fills_count > 0) {
            seen_add(engine, seen_key(order->id, order->trade_id_low, order->trade_id_high));
        }
        order->trade_id_low = fact->venue_trade_id.low;
        order->trade_id_high = fact->venue_trade_id.high;
        order->fills_count++;
    }
    if (order->bot != NONE_INDEX)
        engine->bots[order->bot].last_fill_ns = time_ns;
    if (order->book != DESK_BOOK)
        bot_keep_fill(engine, order, fact->price, quantity, notional, fee_value);
    struct account_risk *account = engine->risk.account;
    account->fills_count++;
    engine->risk.fills[account->fills_next] = (struct recent_fill){time_ns, order->bot, order->book,
                                                                   order->instrument, order->side};
    account->fills_next = (account->fills_next + 1) % RISK_RECENT_MAX;
    delivery_set(engine, order, DELIVERY_ANSWERED);
}

static void evolve_reversed(struct engine *engine, const struct fact_fill_reversed *fact)
{
    struct order *order = order_find(engine, fact->order);
    ASSERT(order != NULL);
    i128 notional = amount_from_bytes(fact->notional).units;
    i128 fee_value = amount_from_bytes(fact->fee_value).units;
    int64_t open_before = order_remaining(order).units;
    order->filled.units -= fact->quantity.units;
    order->notional = plus(order->notional, -notional);
    order->fees = plus(order->fees, -fee_value);
    if (fact->header.detail == 2) {
        seen_add(engine, bust_key(order->id, fact->venue_trade_id.low, fact->venue_trade_id.high));
    } else {
        order->provisional.units -= fact->quantity.units;
        order->provisional_notional = plus(order->provisional_notional, -notional);
        order->provisional_fees = plus(order->provisional_fees, -fee_value);
    }
    if (!order_state_is_end((enum order_state)order->state)) {
        exposure_move(engine, order, order_remaining(order).units - open_before);
    }
    if (order->book != DESK_BOOK)
        bot_keep_fill(engine, order, (struct price){0}, -fact->quantity.units, -notional,
                      -fee_value);
}

static void evolve_ended(struct engine *engine, const struct fact_order_ended *fact,
                         int64_t time_ns)
{
    struct order *order = order_find(engine, fact->order);
    ASSERT(order != NULL);
    enum order_state state = (enum order_state)fact->header.detail;
    ASSERT(order_state_allows((enum order_state)order->state, state));
    exposure_move(engine, order, -order_remaining(order).units);
    delivery_set(engine, order, DELIVERY_ANSWERED);
    order->state = (uint8_t)state;
    order->end_reason = (uint8_t)fact->reason;
    order->ended_ns = time_ns;
    order->flags &= (uint8_t) ~(ORDER_FLAG_CANCEL_PENDING | ORDER_FLAG_AMEND_PENDING);
    live_remove(engine, order);
    if (state == ORDER_CANCELED)
        engine->risk.account->cancels_count++;
    if (order->purpose == PURPOSE_FLATTEN && state != ORDER_FILLED)
        engine->risk.account->flatten_tries++;
}

static void evolve_amended(struct engine *engine, const struct fact_order_amended *fact)
{
    struct order *order = order_find(engine, fact->order);
    ASSERT(order != NULL);
    exposure_move(engine, order, -order_remaining(order).units);
    order->quantity = fact->quantity;
    order->price = fact->price;
    order->hold = fact->hold;
    order->flags &= (uint8_t)~ORDER_FLAG_AMEND_PENDING;
    exposure_move(engine, order, order_remaining(order).units);
}

/* An end state that evidence has overtaken: another end state, or live again. */
static void evolve_reopened(struct engine *engine, const struct fact_order_reopened *fact)
{
    struct order *order = order_find(engine, fact->order);
    ASSERT(order != NULL);
    enum order_state state = (enum order_state)fact->header.detail;
    ASSERT(order_state_allows((enum order_state)order->state, state));
    order->state = (uint8_t)state;
    if (!order_state_is_end(state)) {
        live_add(engine, order);
        exposure_move(engine, order, order_remaining(order).units);
        order->ended_ns = 0;
        order->end_reason = REASON_NONE;
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* A person who resumes after a drawdown or a row of losses accepts them: what is there now is the
 * new peak, and the row begins anew. Otherwise the next cycle would stop trading again. */
static void losses_accept(struct engine *engine)
{
    struct account_risk *account = engine->risk.account;
    if (account->state_reason != REASON_DRAWDOWN &&
        account->state_reason != REASON_CONSECUTIVE_LOSSES)
        return;
    account->equity_peak = risk_equity(&engine->risk).units;
    engine->ledger.counters->loss_streak = 0;
}

void equity_flow(struct engine *engine, i128 amount)
{
    struct account_risk *account = engine->risk.account;
    if (!account->equity_seen)
        return;
    account->equity_peak += amount;
    account->day_equity += amount;
    account->cycle_equity += amount;
}

static void evolve_transfer(struct engine *engine, const struct fact_transfer *fact)
{
    i128 amount = amount_from_bytes(fact->amount).units;
    if (fact->asset != engine->config->currency_asset)
        return;
    if (fact->header.detail == TRANSFER_DEPOSIT)
        equity_flow(engine, amount);
    else if (fact->header.detail == TRANSFER_WITHDRAWAL)
        equity_flow(engine, -amount);
}

static void evolve_state(struct engine *engine, const struct fact_state_changed *fact)
{
    uint32_t state = fact->header.detail;
    switch ((enum state_scope)fact->scope) {
    case SCOPE_ACCOUNT:
        if (fact->reason == REASON_PERSON && state == TRADING_ACTIVE)
            losses_accept(engine);
        engine->risk.account->state = state;
        engine->risk.account->state_reason = fact->reason;
        return;
    case SCOPE_INSTRUMENT:
        engine->risk.states[fact->index].state = state;
        engine->risk.states[fact->index].state_reason = fact->reason;
        return;
    case SCOPE_BOOK:
        engine->risk.books[fact->index].state = state;
        engine->risk.books[fact->index].state_reason = fact->reason;
        if (fact->reason == REASON_OVERDRAWN_CLEARED)
            engine->risk.books[fact->index].overdrawn = 0;
        return;
    }
    ASSERT(!"a scope of the table");
}

static void evolve_timer_set(struct engine *engine, const struct fact_timer_set *fact)
{
    /* A sorted array: few timers, earliest first, ties by id. */
    struct engine_header *header = engine->header;
    ASSERT(header->timers_count < TIMERS_CAPACITY);
    uint32_t at = header->timers_count++;
    while (at > 0) {
        const struct timer_entry *before = &engine->timers[at - 1];
        if (before->deadline_ns < fact->deadline)
            break;
        if (before->deadline_ns == fact->deadline && before->id < fact->timer)
            break;
        engine->timers[at] = *before;
        at--;
    }
    engine->timers[at] = (struct timer_entry){fact->deadline, fact->timer};
}

static void evolve_timer_cleared(struct engine *engine, uint64_t id)
{
    struct engine_header *header = engine->header;
    uint32_t at = 0;
    while (at < header->timers_count && engine->timers[at].id != id)
        at++;
    ASSERT(at < header->timers_count);
    header->timers_count--;
    for (; at < header->timers_count; at++)
        engine->timers[at] = engine->timers[at + 1];
    engine->timers[header->timers_count] = (struct timer_entry){0};
}

static void evolve_ledger(struct engine *engine, const struct fact_header *fact,
                          uint32_t instrument, int64_t time_ns)
{
    int64_t before = engine->ledger.instrument_totals[instrument];
    ledger_evolve(&engine->ledger, fact, time_ns);
    market_value_move(engine, instrument, before);
}

static void evolve_order(struct engine *engine, struct order *order, const struct fact_header *fact,
                         int64_t time_ns)
{
    const void *data = fact;
    switch (fact->kind) {
    case FACT_ORDER_SUBMITTED:
        ASSERT(order_state_allows((enum order_state)order->state, ORDER_SUBMITTED));
        order->state = ORDER_SUBMITTED;
        delivery_set(engine, order, DELIVERY_QUEUED);
        return;
    case FACT_ORDER_DELIVERY: delivery_set(engine, order, (enum delivery)fact->detail); return;
    case FACT_ORDER_ACCEPTED:
        ASSERT(order->state == ORDER_OPEN ||
               order_state_allows((enum order_state)order->state, ORDER_OPEN));
        order->state = ORDER_OPEN;
        order->venue_id_low = ((const struct fact_order_accepted *)data)->venue_order_id.low;
        order->venue_id_high = ((const struct fact_order_accepted *)data)->venue_order_id.high;
        delivery_set(engine, order, DELIVERY_ANSWERED);
        return;
    case FACT_ORDER_FILLED: evolve_filled(engine, data, time_ns); return;
    case FACT_FILL_REVERSED: evolve_reversed(engine, data); return;
    case FACT_ORDER_ENDED: evolve_ended(engine, data, time_ns); return;
    case FACT_ORDER_REOPENED: evolve_reopened(engine, data); return;
    case FACT_CANCEL_REQUESTED: order->flags |= ORDER_FLAG_CANCEL_PENDING; return;
    case FACT_CANCEL_REFUSED: order->flags &= (uint8_t)~ORDER_FLAG_CANCEL_PENDING; return;
    case FACT_AMEND_REQUESTED: order->flags |= ORDER_FLAG_AMEND_PENDING; return;
    case FACT_AMEND_REFUSED: order->flags &= (uint8_t)~ORDER_FLAG_AMEND_PENDING; return;
    case FACT_ORDER_AMENDED: evolve_amended(engine, data); return;
    default: ASSERT(!"a fact about an order");
    }
}

static void evolve_order_fact(struct engine *engine, const struct fact_header *fact,
                              int64_t time_ns)
{
    const void *data = fact;
    /* Every one of these begins with the order's id. */
    uint64_t id = ((const struct fact_order_submitted *)data)->order;
    struct order *order = order_find(engine, id);
    if (order == NULL) {
        ASSERT(fact->kind == FACT_ORDER_FILLED);
        evolve_filled(engine, data, time_ns);
        return;
    }
    int64_t counted = child_count(order);
    evolve_order(engine, order, fact, time_ns);
    child_move(engine, order, counted);
}

static void hold_move(struct engine *engine, const struct fact_transfer *fact)
{
    struct order *order = order_find(engine, fact->order);
    if (order == NULL)
        return;
    i128 amount = amount_from_bytes(fact->amount).units;
    if (fact->source_kind == ACCOUNT_HELD)
        order->hold = plus(order->hold, -amount);
}

void evolve_fact(struct engine *engine, const struct fact_header *fact, int64_t time_ns)
{
    const void *data = fact;
    switch (fact->kind) {
    case FACT_SESSION_STARTED:
        engine->header->started = 1;
        engine->header->epoch = ((const struct fact_session_started *)data)->epoch;
        return;
    case FACT_INSTRUMENT_LISTED:
    case FACT_BOOK_OPENED:
    case FACT_LIMIT_BREACHED: return; /* for readers of the journal */
    case FACT_ORDER_DENIED:
        if (((const struct fact_order_denied *)data)->purpose == PURPOSE_FLATTEN)
            engine->risk.account->flatten_tries++;
        return;
    case FACT_TRANSFER:
        ledger_evolve(&engine->ledger, fact, time_ns);
        hold_move(engine, data);
        evolve_transfer(engine, data);
        return;
    case FACT_LOT_OPENED:
        evolve_ledger(engine, fact, ((const struct fact_lot_opened *)data)->instrument, time_ns);
        return;
    case FACT_LOT_ADDED:
        evolve_ledger(engine, fact, ((const struct fact_lot_added *)data)->instrument, time_ns);
        return;
    case FACT_LOT_DISPOSED:
        evolve_ledger(engine, fact, ((const struct fact_lot_disposed *)data)->instrument, time_ns);
        return;
    case FACT_LOT_AMENDED:
        evolve_ledger(engine, fact, ((const struct fact_lot_amended *)data)->instrument, time_ns);
        return;
    case FACT_VALUE_POSTED:
        ledger_evolve(&engine->ledger, fact, time_ns);
        if (fact->detail == VALUE_OPENING)
            equity_flow(engine,
                        amount_from_bytes(((const struct fact_value_posted *)data)->amount).units);
        return;
    case FACT_OVERDRAWN:
        engine->risk.books[((const struct fact_overdrawn *)data)->book].overdrawn = 1;
        return;
    case FACT_ORDER_PLANNED: evolve_planned(engine, data, time_ns); return;
    case FACT_STATE_CHANGED: evolve_state(engine, data); return;
    case FACT_STOP_SET:
        engine->risk.account->stop = fact->detail & 15u;
        engine->risk.account->stop_protective = fact->detail >> 7;
        engine->risk.account->flatten_tries = 0;
        return;
    case FACT_BOT_SIGNAL: {
        const struct fact_bot_signal *signal = data;
        engine->bots[signal->bot].confirm_count = signal->confirm_count;
        engine->bots[signal->bot].confirm_action = signal->confirm_action;
        return;
    }
    case FACT_BOT_STATE:
        engine->bots[((const struct fact_bot_state *)data)->bot].state = fact->detail;
        return;
    case FACT_TIMER_SET: evolve_timer_set(engine, data); return;
    case FACT_TIMER_CLEARED:
        evolve_timer_cleared(engine, ((const struct fact_timer_cleared *)data)->timer);
        return;
    case FACT_HEALTH_CHANGED: {
        const struct fact_health_changed *health = data;
        if (health->instrument == NONE_INDEX)
            engine->risk.account->clock_skew_ns = health->clock_skew;
        return;
    }
    default: evolve_order_fact(engine, fact, time_ns); return;
    }
}
