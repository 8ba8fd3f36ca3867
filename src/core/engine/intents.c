/* From an intent to an order on its way: judge, plan, reserve, submit; and back: release, end. */
#include "core/engine/state.h"

void command_add(struct engine *engine, enum command_kind kind, uint64_t order, struct price price,
                 struct quantity quantity)
{
    ASSERT(engine->commands_count < engine->commands_capacity);
    engine->commands[engine->commands_count++] = (struct command){order, price, quantity,
                                                                  (uint32_t)kind, 0};
}

/* The next id whose slot holds no live order; 0 where every slot does. */
static uint64_t order_id_take(const struct engine *engine)
{
    uint64_t id = engine->header->order_id_next;
    if (engine->header->live_count > engine->orders_mask)
        return 0;
    for (;; id++) {
        const struct order *slot = order_slot(engine, id);
        if (slot->id == 0 || order_state_is_end((enum order_state)slot->state))
            return id;
    }
}

static struct hash128 client_order_id_of(const struct engine *engine, uint32_t bot)
{
    uint64_t words[4] = {engine->config->engine_id, engine->config->epoch, bot,
                         engine->writer.fact_seq_next};
    return hash128_of(words, sizeof words);
}

static void deny(struct engine *engine, const struct intent *intent,
                 const struct risk_answer *answer)
{
    struct fact_order_denied *fact = FRAME_TAKE(&engine->writer, ORDER_DENIED, order_denied,
                                                (uint8_t)answer->reason);
    fact->book = intent->book;
    fact->bot = intent->bot;
    fact->instrument = intent->instrument;
    fact->side = intent->side;
    fact->type = intent->type;
    fact->tif = intent->tif;
    fact->flags = intent->flags;
    fact->quantity = intent->quantity;
    fact->price = intent->price;
    fact->scope = answer->scope;
    fact->purpose = intent->purpose;
    fact->value = amount_to_bytes(answer->value);
    fact->limit = amount_to_bytes(answer->limit);
    EMIT(engine, fact);
}

void intent_deny(struct engine *engine, const struct intent *intent, enum reason reason)
{
    struct risk_answer answer = {.reason = reason, .scope = SCOPE_ACCOUNT};
    deny(engine, intent, &answer);
}

/* A good-till order wakes the engine at its end, so that it ends even where the venue does not know
 * such orders or is silent. The timer's id is the order's. */
static void timer_set(struct engine *engine, const struct order *order)
{
    struct fact_timer_set *fact = FRAME_TAKE(&engine->writer, TIMER_SET, timer_set, 0);
    fact->timer = order->id;
    fact->deadline = order->expire_ns;
    EMIT(engine, fact);
}

static bool timer_is_set(const struct engine *engine, uint64_t timer)
{
    for (uint32_t i = 0; i < engine->header->timers_count; i++) {
        if (engine->timers[i].id == timer)
            return true;
    }
    return false;
}

bool timer_clear(struct engine *engine, uint64_t timer)
{
    if (!timer_is_set(engine, timer))
        return false;
    struct fact_timer_cleared *fact = FRAME_TAKE(&engine->writer, TIMER_CLEARED, timer_cleared, 0);
    fact->timer = timer;
    EMIT(engine, fact);
    return true;
}

static void plan(struct engine *engine, const struct intent *intent, uint32_t cash_book,
                 uint64_t id, const struct risk_answer *answer)
{
    const struct instrument *instrument = &engine->config->instruments[intent->instrument];
    bool buy = intent->side == SIDE_BUY;
    uint32_t asset = buy ? instrument->quote_asset : instrument->base_asset;
    uint32_t payer = buy ? cash_book : intent->book;
    struct hash128 client_id = client_order_id_of(engine, intent->bot);
    struct fact_order_planned *fact = FRAME_TAKE(&engine->writer, ORDER_PLANNED, order_planned,
                                                 intent->purpose);
    fact->order = id;
    fact->client_order_id = client_id;
    fact->book = intent->book;
    fact->cash_book = cash_book;
    fact->bot = intent->bot;
    fact->instrument = intent->instrument;
    fact->side = intent->side;
    fact->type = intent->type;
    fact->tif = intent->tif;
    fact->flags = intent->flags;
    fact->origin = intent->origin;
    fact->reserved = 0;
    fact->reserved_asset = (uint16_t)asset;
    fact->quantity = intent->quantity;
    fact->price = intent->price;
    fact->stop_price = intent->stop_price;
    fact->expire = intent->tif == TIF_GTD ? intent->expire_ns : 0;
    fact->parent = intent->parent;
    fact->hold = amount_to_bytes(answer->hold);
    fact->notional = amount_to_bytes(answer->notional);
    EMIT(engine, fact);
    ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_HOLD, asset,
                    (struct account_ref){ACCOUNT_AVAILABLE, payer},
                    (struct account_ref){ACCOUNT_HELD, payer}, answer->hold, id);
    struct fact_order_submitted *submitted = FRAME_TAKE(&engine->writer, ORDER_SUBMITTED,
                                                        order_submitted, 0);
    submitted->order = id;
    EMIT(engine, submitted);
    if (intent->tif == TIF_GTD)
        timer_set(engine, order_slot(engine, id));
    command_add(engine, COMMAND_PLACE, id, intent->price, intent->quantity);
}

/* Whose cash an order of the book spends. */
static uint32_t cash_book_of(const struct engine *engine, uint32_t book)
{
    return book == DESK_BOOK ? DESK_BOOK : engine->config->bots[book - 1].cash_book;
}

/* Books and bots come with orders from outside; a bot trades for its own book alone. */
static bool owner_is_known(const struct engine_config *config, const struct intent *intent)
{
    if (intent->book >= config->books_count)
        return false;
    if (intent->bot == NONE_INDEX)
        return true;
    return intent->bot < config->bots_count && config->bots[intent->bot].book == intent->book;
}

uint64_t intent_take(struct engine *engine, const struct intent *intent, enum reason *reason)
{
    struct risk_answer answer = {.scope = SCOPE_ACCOUNT};
    uint32_t cash_book = DESK_BOOK;
    if (intent->instrument >= engine->config->instruments_count) {
        answer.reason = REASON_INSTRUMENT_NOT_ALLOWED;
    } else if (!owner_is_known(engine->config, intent)) {
        answer.reason = REASON_MALFORMED;
    } else {
        cash_book = cash_book_of(engine, intent->book);
        struct risk_question question = {.intent = intent,
                                         .cash_book = cash_book,
                                         .time_ns = engine->header->time_ns,
                                         .parent = order_find(engine, intent->parent)};
        risk_check(&engine->risk, &question, &answer);
    }
    uint64_t id = 0;
    if (answer.reason == REASON_NONE) {
        id = order_id_take(engine);
        uint64_t lots = (uint64_t)engine->ledger.counters->lots_count + engine->header->live_count;
        bool timers_full = intent->tif == TIF_GTD &&
                           engine->header->timers_count == TIMERS_CAPACITY;
        if (id == 0 || timers_full || lots + 1024 > engine->ledger.lots_capacity) {
            answer.reason = REASON_ORDERS_FULL;
        }
    }
    *reason = answer.reason;
    if (answer.reason != REASON_NONE) {
        deny(engine, intent, &answer);
        return 0;
    }
    plan(engine, intent, cash_book, id, &answer);
    return id;
}

/* The order as an intent with another quantity and price. */
static struct intent intent_again(const struct order *order, struct quantity quantity,
                                  struct price price)
{
    return (struct intent){
        .book = order->book,
        .bot = order->bot,
        .instrument = order->instrument,
        .side = order->side,
        .type = order->type,
        .tif = order->tif,
        .flags = order->flags &
                 (ORDER_FLAG_POST_ONLY | ORDER_FLAG_REDUCE_ONLY | ORDER_FLAG_PROTECTIVE),
        .origin = order->origin,
        .purpose = order->purpose,
        .quantity = quantity,
        .price = price,
        .stop_price = order->stop_price,
        .expire_ns = order->expire_ns,
        .parent = order->parent,
    };
}

void amend_take(struct engine *engine, struct order *order, struct quantity quantity,
                struct price price)
{
    struct intent intent = intent_again(order, quantity, price);
    struct risk_answer answer = {.reason = REASON_MALFORMED};
    struct risk_question question = {.intent = &intent,
                                     .cash_book = order->cash_book,
                                     .time_ns = engine->header->time_ns,
                                     .parent = order_find(engine, order->parent),
                                     .amends = order};
    /* What is filled stays filled: to want no more than that is to cancel. */
    if (quantity.units > order->filled.units || quantity.units <= 0)
        risk_check(&engine->risk, &question, &answer);
    if (answer.reason != REASON_NONE) {
        struct fact_amend_refused *refused = FRAME_TAKE(&engine->writer, AMEND_REFUSED,
                                                        amend_refused, (uint8_t)answer.reason);
        refused->order = order->id;
        EMIT(engine, refused);
        return;
    }
    struct fact_amend_requested *fact = FRAME_TAKE(&engine->writer, AMEND_REQUESTED,
                                                   amend_requested, 0);
    fact->order = order->id;
    fact->quantity = quantity;
    fact->price = price;
    EMIT(engine, fact);
    command_add(engine, COMMAND_AMEND, order->id, price, quantity);
}

void order_reserve(struct engine *engine, struct order *order, struct quantity quantity,
                   struct price price)
{
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    struct quantity rest = {i64_max(quantity.units - order->filled.units, 0)};
    struct intent intent = intent_again(order, rest, price);
    bool buy = order->side == SIDE_BUY;
    uint32_t asset = buy ? instrument->quote_asset : instrument->base_asset;
    uint32_t payer = buy ? order->cash_book : order->book;
    struct account_ref free_account = {ACCOUNT_AVAILABLE, payer};
    struct account_ref held_account = {ACCOUNT_HELD, payer};
    struct amount hold;
    struct amount notional;
    risk_reserve(&engine->risk, &intent, &hold, &notional);
    i128 change = hold.units - amount_from_bytes(order->hold).units;
    if (change > 0) {
        ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_HOLD, asset, free_account,
                        held_account, (struct amount){change}, order->id);
    } else {
        ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_RELEASE, asset, held_account,
                        free_account, (struct amount){-change}, order->id);
    }
    struct fact_order_amended *fact = FRAME_TAKE(&engine->writer, ORDER_AMENDED, order_amended, 0);
    fact->order = order->id;
    fact->quantity = quantity;
    fact->price = price;
    fact->hold = amount_to_bytes(hold);
    fact->notional = amount_to_bytes(notional);
    EMIT(engine, fact);
    if (order->tif == TIF_GTD && !timer_is_set(engine, order->id) &&
        engine->header->timers_count < TIMERS_CAPACITY)
        timer_set(engine, order);
    overdrawn_check(engine, payer, asset, order->id);
}

void cancel_request(struct engine *engine, struct order *order, enum reason reason)
{
    if (order->flags & ORDER_FLAG_CANCEL_PENDING)
        return;
    struct fact_cancel_requested *fact = FRAME_TAKE(&engine->writer, CANCEL_REQUESTED,
                                                    cancel_requested, (uint8_t)reason);
    fact->order = order->id;
    EMIT(engine, fact);
    command_add(engine, COMMAND_CANCEL, order->id, (struct price){0}, (struct quantity){0});
}

/* Gives back what the order still holds: the one resolution of its reservation. */
void order_release(struct engine *engine, struct order *order)
{
    struct amount hold = amount_from_bytes(order->hold);
    if (hold.units == 0)
        return;
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    bool buy = order->side == SIDE_BUY;
    uint32_t asset = buy ? instrument->quote_asset : instrument->base_asset;
    uint32_t payer = buy ? order->cash_book : order->book;
    ledger_transfer(&engine->ledger, &engine->writer, TRANSFER_RELEASE, asset,
                    (struct account_ref){ACCOUNT_HELD, payer},
                    (struct account_ref){ACCOUNT_AVAILABLE, payer}, hold, order->id);
    order->hold = (struct amount_bytes){0};
}

void order_end(struct engine *engine, struct order *order, enum order_state state,
               enum reason reason)
{
    order_release(engine, order);
    struct fact_order_ended *fact = FRAME_TAKE(&engine->writer, ORDER_ENDED, order_ended,
                                               (uint8_t)state);
    fact->order = order->id;
    fact->reason = (uint32_t)reason;
    fact->reserved = 0;
    EMIT(engine, fact);
    if (order->tif == TIF_GTD)
        (void)timer_clear(engine, order->id);
    /* What it held may be what the book lacked. */
    const struct instrument *instrument = &engine->config->instruments[order->instrument];
    bool buy = order->side == SIDE_BUY;
    overdrawn_check(engine, buy ? order->cash_book : order->book,
                    buy ? instrument->quote_asset : instrument->base_asset, order->id);
}
