/* Bots that want a set of orders: their live orders become what they want.
 *
 * Each wanted order takes the live order that fits it: first one at its price, then any of its side
 * that is not wanted elsewhere, which is amended. An order on its way or being changed keeps its
 * place untouched until the venue has answered. What is left of the live ones is cancelled, what is
 * left of the wanted ones goes to risk like any intent, the first that is denied ends the plan.
 *
 * An amend reserves what it needs more only when the venue has answered. Until then nothing else of
 * its side may count on the same money or coins, so that no plan overdraws its book. */
#include "core/engine/state.h"
#include "core/strategy/measure.h"

/* ---- what fills leave ------------------------------------------------------------------------ */

void bot_keep_fill(struct engine *engine, const struct order *order, struct price price,
                   int64_t quantity, i128 notional, i128 fee)
{
    uint32_t bot = order->book - 1;
    const struct bot_row *row = &engine->bot_rows[bot];
    if (row->keeps_fills == 0)
        return;
    const struct bot_config *config = &engine->config->bots[bot];
    struct plan_fill fill = {
        .side = (enum side)order->side,
        .instrument = order->instrument,
        .limit = order->price,
        .price = price,
        .quantity = quantity,
        .notional = notional,
        .fee = fee,
    };
    if (config->class->plan != NULL && config->class->plan->fill != NULL)
        config->class->plan->fill(row->signals, config, &fill);
    if (config->size.method == SIZE_KELLY && order->instrument == config->instrument)
        measure_fill(row->measure, &fill, engine->config->instruments[config->instrument].lot);
}

void bot_keep_planned(struct engine *engine, const struct fact_order_planned *fact, int64_t time_ns)
{
    const struct bot_config *config = &engine->config->bots[fact->bot];
    if (config->class->plan != NULL && config->class->plan->planned != NULL)
        config->class->plan->planned(engine->bot_rows[fact->bot].signals, config, time_ns);
}

/* ---- one plan -------------------------------------------------------------------------------- */

struct plan_run {
    struct engine *engine;
    uint32_t bot;
    uint32_t wanted_count, own_count;
    struct plan_order *wanted;
    const struct order **own;
    struct decision decision;
    uint32_t changes;
    i128 promised_cash;        /* what amends of this plan will need more */
    int64_t promised_coins;    /* the same of the sold asset */
    bool waits[SIDE_SELL + 1]; /* an older amend of the side is not answered: nothing may grow */
    enum reason reason;        /* what the first order that came to nothing was denied for */
};

static void own_gather(struct plan_run *run)
{
    struct engine *engine = run->engine;
    uint32_t at = engine->bots[run->bot].open_orders > 0 ? engine->header->live_first : 0;
    for (; at != 0; at = engine->orders[at - 1].live_next) {
        const struct order *order = &engine->orders[at - 1];
        if (order->bot != run->bot || run->own_count == OWN_ORDERS_MAX)
            continue;
        engine->own[run->own_count++] = order;
        if (order->flags & ORDER_FLAG_AMEND_PENDING)
            run->waits[order->side] = true;
    }
}

static bool same_place(const struct order *order, const struct plan_order *wanted)
{
    return order->instrument == wanted->instrument && order->side == wanted->side &&
           order->type == wanted->type;
}

static bool is_busy(const struct order *order)
{
    return order->state != ORDER_OPEN ||
           (order->flags & (ORDER_FLAG_AMEND_PENDING | ORDER_FLAG_CANCEL_PENDING)) != 0;
}

static struct ratio dearer_fee(const struct engine *engine)
{
    return engine->risk.fee_taker.ppm > engine->risk.fee_maker.ppm ? engine->risk.fee_taker
                                                                   : engine->risk.fee_maker;
}

/* Coins that are neither held nor promised to an amend. */
static int64_t coins_free(const struct plan_run *run, uint32_t index)
{
    const struct engine *engine = run->engine;
    const struct instrument *instrument = &engine->config->instruments[index];
    uint32_t book = engine->config->bots[run->bot].book;
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    i128 coins = ledger_available(&engine->ledger, book, instrument->base_asset).units / unit -
                 run->promised_coins;
    return coins < 0 ? 0 : coins > QUANTITY_UNITS_MAX ? QUANTITY_UNITS_MAX : (int64_t)coins;
}

/* No order wants more than is free; what the order in its place holds is free for it. */
static struct quantity payable(const struct plan_run *run, const struct plan_order *wanted,
                               const struct order *instead)
{
    struct engine *engine = run->engine;
    const struct instrument *instrument = &engine->config->instruments[wanted->instrument];
    struct quantity most;
    if (wanted->side == SIDE_SELL) {
        int64_t own = instead == NULL ? 0 : order_remaining(instead).units;
        int64_t more = instead != NULL && run->waits[SIDE_SELL]
                           ? 0
                           : coins_free(run, wanted->instrument);
        most = quantity_round_down(instrument, (struct quantity){own + more});
    } else {
        struct amount cash = bot_spendable(engine, run->bot);
        cash.units -= run->promised_cash;
        if (instead != NULL && (run->waits[SIDE_BUY] || cash.units < 0))
            cash.units = 0;
        if (instead != NULL)
            cash.units += amount_from_bytes(instead->hold).units;
        struct price price = wanted->price.units > 0 ? wanted->price
                                                     : risk_mark(&engine->risk, wanted->instrument);
        most = instrument_affordable(instrument, cash, price, dearer_fee(engine));
    }
    return most.units < wanted->quantity.units ? most : wanted->quantity;
}

/* What an amend will need beyond what its order holds. */
static void promise(struct plan_run *run, const struct order *order, struct price price,
                    struct quantity rest)
{
    const struct engine *engine = run->engine;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    if (order->side == SIDE_SELL) {
        run->promised_coins += i64_max(rest.units - order_remaining(order).units, 0);
        return;
    }
    struct amount notional = instrument_notional(instrument, price, rest);
    i128 more = notional.units + instrument_fee(instrument, notional, dearer_fee(engine)).units -
                amount_from_bytes(order->hold).units;
    if (more > 0)
        run->promised_cash += more;
}

static void change(struct plan_run *run, const struct order *order, const struct plan_order *wanted)
{
    struct engine *engine = run->engine;
    struct quantity rest = payable(run, wanted, order);
    bool same = order->price.units == wanted->price.units &&
                (wanted->any_quantity || order_remaining(order).units == rest.units);
    if (same || is_busy(order) || rest.units == 0)
        return;
    if (run->waits[order->side] && rest.units < wanted->quantity.units)
        return;
    struct quantity whole = {order->filled.units + rest.units};
    promise(run, order, wanted->price, rest);
    amend_take(engine, order_slot(engine, order->id), whole, wanted->price);
    run->changes++;
}

/* Takes the wanted order at `index` out of the list without changing the order of the others. */
static void wanted_done(struct plan_run *run, uint32_t index)
{
    run->wanted[index].instrument = NONE_INDEX;
}

static uint32_t wanted_find(const struct plan_run *run, const struct order *order, bool at_price)
{
    for (uint32_t i = 0; i < run->wanted_count; i++) {
        const struct plan_order *wanted = &run->wanted[i];
        if (!same_place(order, wanted))
            continue;
        if (!at_price || wanted->price.units == order->price.units)
            return i;
    }
    return NONE_INDEX;
}

/* Live orders that have found their place are struck from the list. */
static void match(struct plan_run *run, bool at_price)
{
    for (uint32_t i = 0; i < run->own_count; i++) {
        const struct order *order = run->own[i];
        uint32_t index = NONE_INDEX;
        if (order == NULL || order->origin != ORIGIN_BOT)
            continue;
        /* One that is being cancelled is as good as gone. */
        if ((order->flags & ORDER_FLAG_CANCEL_PENDING) == 0)
            index = wanted_find(run, order, at_price);
        if (index == NONE_INDEX)
            continue;
        change(run, order, &run->wanted[index]);
        wanted_done(run, index);
        run->own[i] = NULL;
    }
}

static void cancel_rest(struct plan_run *run)
{
    for (uint32_t i = 0; i < run->own_count; i++) {
        const struct order *order = run->own[i];
        if (order == NULL || order->origin != ORIGIN_BOT ||
            (order->flags & ORDER_FLAG_CANCEL_PENDING) != 0)
            continue;
        cancel_request(run->engine, order_slot(run->engine, order->id), REASON_NONE);
        run->changes++;
    }
}

static bool below_minimum(const struct engine *engine, const struct plan_order *wanted,
                          struct quantity quantity)
{
    const struct instrument *instrument = &engine->config->instruments[wanted->instrument];
    struct price price = wanted->price.units > 0 ? wanted->price
                                                 : risk_mark(&engine->risk, wanted->instrument);
    return quantity.units < instrument->lot.units ||
           quantity.units < instrument->quantity_min.units ||
           instrument_notional(instrument, price, quantity).units < instrument->notional_min.units;
}

static bool place(struct plan_run *run, const struct plan_order *wanted)
{
    struct engine *engine = run->engine;
    if (run->waits[wanted->side])
        return true;
    struct intent intent = {
        .book = engine->config->bots[run->bot].book,
        .bot = run->bot,
        .instrument = wanted->instrument,
        .side = wanted->side,
        .type = wanted->type,
        .tif = TIF_GTC,
        .flags = wanted->flags,
        .origin = ORIGIN_BOT,
        .purpose = wanted->purpose,
        .price = wanted->price,
        .quantity = payable(run, wanted, NULL),
    };
    if (below_minimum(engine, wanted, intent.quantity)) {
        /* The next level may be within reach, so that nothing is said and nothing ends. */
        run->reason = run->reason == REASON_NONE ? REASON_BALANCE : run->reason;
        return true;
    }
    (void)intent_take(engine, &intent, &run->reason);
    run->decision.purpose = wanted->purpose;
    run->changes += run->reason == REASON_NONE;
    return run->reason == REASON_NONE;
}

static struct plan_view view_of(const struct plan_run *run, enum plan_cause cause,
                                const struct order *filled)
{
    const struct engine *engine = run->engine;
    const struct bot_config *config = &engine->config->bots[run->bot];
    return (struct plan_view){
        .config = config,
        .instruments = engine->config->instruments,
        .states = engine->risk.states,
        .markets = engine->risk.markets,
        .positions = ledger_position(&engine->ledger, config->book, 0),
        .live = run->own,
        .live_count = run->own_count,
        .cause = cause,
        .fill_side = filled == NULL ? 0 : (enum side)filled->side,
        .fill_limit = {filled == NULL ? 0 : filled->price.units},
        .time_ns = engine->header->time_ns,
        .equity = engine_purse_equity(engine, config->cash_book),
        .cash = bot_spendable(engine, run->bot),
        .fee_rate = engine->risk.fee_taker,
        .measure = bot_measure(engine, run->bot),
    };
}

static void carry_out(struct plan_run *run)
{
    match(run, true);
    match(run, false);
    cancel_rest(run);
    for (uint32_t i = 0; i < run->wanted_count; i++) {
        if (run->wanted[i].instrument != NONE_INDEX && !place(run, &run->wanted[i]))
            break;
    }
    if (run->changes > 0)
        run->decision.action = ACTION_QUOTE;
    else if (run->reason != REASON_NONE)
        run->decision.action = ACTION_DENIED;
    run->decision.reason = (uint8_t)run->reason;
}

bool plan_bot(struct engine *engine, uint32_t bot, enum plan_cause cause,
              const struct order *filled)
{
    const struct plan_class *plan = engine->config->bots[bot].class->plan;
    struct plan_run run = {
        .engine = engine,
        .bot = bot,
        .wanted = engine->wanted,
        .own = engine->own,
    };
    run.decision = (struct decision){
        .time_ns = engine->header->time_ns,
        .close = *engine->bot_rows[bot].close,
        .action = ACTION_HOLD,
    };
    bool ready = false;
    /* A stop is not to be worked against; what it left resting rests. */
    if (engine->bots[bot].state != BOT_RUNNING || engine->risk.account->stop != STOP_NONE ||
        !instrument_is_listed(engine, engine->config->bots[bot].instrument)) {
        run.decision.action = ACTION_PAUSED;
    } else {
        own_gather(&run);
        struct plan_view view = view_of(&run, cause, filled);
        ready = plan->plan(engine->bot_rows[bot].signals, &view, &run.decision, run.wanted,
                           &run.wanted_count);
        ASSERT(run.wanted_count <= PLAN_ORDERS_MAX);
        if (!ready)
            run.decision.action = run.own_count > 0 ? ACTION_IN_FLIGHT : ACTION_WARMING;
        else if (!engine->config->observe)
            carry_out(&run);
    }
    if (cause == PLAN_BAR || run.changes > 0)
        *decision_begin(engine, bot) = run.decision;
    return ready;
}

void plan_after_fill(struct engine *engine, const struct order *order)
{
    const struct plan_class *plan = engine->config->bots[order->bot].class->plan;
    if (plan != NULL && plan->after_fill && order->origin == ORIGIN_BOT)
        (void)plan_bot(engine, order->bot, PLAN_FILL, order);
}

void plan_on_quote(struct engine *engine, uint32_t instrument)
{
    const struct engine_config *config = engine->config;
    int64_t now = engine->header->time_ns;
    for (uint32_t bot = 0; bot < config->bots_count; bot++) {
        const struct bot_config *own = &config->bots[bot];
        if (own->class->plan == NULL || !own->class->plan->on_quote ||
            own->instrument != instrument)
            continue;
        int64_t last = engine->bot_rows[bot].quoted_ns;
        if (last != INT64_MIN && now - last < own->plan.refresh_ns)
            continue;
        if (plan_bot(engine, bot, PLAN_QUOTE, NULL))
            engine->bot_rows[bot].quoted_ns = now;
    }
}
