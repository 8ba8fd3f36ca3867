/* One step of the engine, what came of it as text, and what must hold after it. */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

#define KEPT_INPUT 1u
#define KEPT_FRAME 2u
#define IDS_MAX 4096u

/* ---- facts as a trader would tell them ------------------------------------------------------- */

struct number {
    char text[DECIMAL_TEXT_SIZE];
};

static struct number price_text(const struct scenario *scenario, uint32_t instrument,
                                struct price price)
{
    struct number number;
    decimal_format_i64(number.text, price.units, scenario->instruments[instrument].price_decimals);
    return number;
}

static struct number quantity_text(const struct scenario *scenario, uint32_t instrument,
                                   struct quantity quantity)
{
    struct number number;
    decimal_format_i64(number.text, quantity.units,
                       scenario->instruments[instrument].quantity_decimals);
    return number;
}

static struct number amount_text(struct amount_bytes bytes)
{
    struct number number;
    decimal_format_i128(number.text, amount_from_bytes(bytes).units, AMOUNT_DECIMALS);
    return number;
}

/* Begins a further event. */
static struct text_buffer *event(struct scenario *scenario)
{
    if (scenario->events.size > 0)
        text_buffer_print(&scenario->events, "; ");
    return &scenario->events;
}

static uint32_t instrument_of_order(const struct scenario *scenario, uint64_t order)
{
    const struct order *found = engine_order(scenario->engine, order);
    return found == NULL ? 0 : found->instrument;
}

/* A person's order is on the line itself; what a bot or the engine wanted is told. */
static void tell_planned(struct scenario *scenario, const struct fact_order_planned *fact)
{
    struct text_buffer *out = event(scenario);
    text_buffer_print(out, "order %llu", (unsigned long long)fact->order);
    if (fact->origin == ORIGIN_PERSON)
        return;
    text_buffer_print(
        out, " %s %s %s %s %s", book_name(scenario, fact->book), side_name((enum side)fact->side),
        quantity_text(scenario, fact->instrument, fact->quantity).text,
        scenario->instruments[fact->instrument].name, order_type_name((enum order_type)fact->type));
    if (fact->price.units != 0)
        text_buffer_print(out, " %s", price_text(scenario, fact->instrument, fact->price).text);
    if (fact->tif != TIF_GTC)
        text_buffer_print(out, " %s", tif_name((enum time_in_force)fact->tif));
    text_buffer_print(out, " %s", order_purpose_name((enum order_purpose)fact->header.detail));
}

static void tell_filled(struct scenario *scenario, const struct fact_order_filled *fact)
{
    uint32_t instrument = instrument_of_order(scenario, fact->order);
    bool provisional = (fact->header.detail & 128) != 0;
    text_buffer_print(event(scenario), "%s %llu %s @ %s",
                      provisional                                   ? "provisional"
                      : engine_order(scenario->engine, fact->order) ? "filled"
                                                                    : "unexplained",
                      (unsigned long long)fact->order,
                      quantity_text(scenario, instrument, fact->quantity).text,
                      price_text(scenario, instrument, fact->price).text);
}

static void tell_reversed(struct scenario *scenario, const struct fact_fill_reversed *fact)
{
    uint32_t instrument = instrument_of_order(scenario, fact->order);
    text_buffer_print(
        event(scenario), "%s %llu %s", fact->header.detail == 1 ? "replaced" : "busted",
        (unsigned long long)fact->order, quantity_text(scenario, instrument, fact->quantity).text);
}

static void tell_amended(struct scenario *scenario, const struct fact_order_amended *fact)
{
    uint32_t instrument = instrument_of_order(scenario, fact->order);
    text_buffer_print(event(scenario), "amended %llu %s", (unsigned long long)fact->order,
                      quantity_text(scenario, instrument, fact->quantity).text);
    if (fact->price.units != 0) {
        text_buffer_print(&scenario->events, " @ %s",
                          price_text(scenario, instrument, fact->price).text);
    }
}

/* A person's amend is on the line itself; what a bot wants is told. */
static void tell_amend(struct scenario *scenario, const struct fact_amend_requested *fact)
{
    const struct order *order = engine_order(scenario->engine, fact->order);
    if (order == NULL || order->origin != ORIGIN_BOT)
        return;
    text_buffer_print(&scenario->events, " to %s @ %s",
                      quantity_text(scenario, order->instrument, fact->quantity).text,
                      price_text(scenario, order->instrument, fact->price).text);
}

static void tell_state(struct scenario *scenario, const struct fact_state_changed *fact)
{
    static const char *const states[] = {"active", "paused", "reducing", "halted"};
    const char *whose = "account";
    if (fact->scope == SCOPE_INSTRUMENT)
        whose = scenario->instruments[fact->index].name;
    else if (fact->scope == SCOPE_BOOK)
        whose = book_name(scenario, fact->index);
    text_buffer_print(event(scenario), "%s %s %s", whose, states[fact->header.detail],
                      reason_name((enum reason)fact->reason));
}

static void tell_transfer(struct scenario *scenario, const struct fact_transfer *fact)
{
    enum transfer_code code = (enum transfer_code)fact->header.detail;
    const char *asset = scenario->asset_names[fact->asset];
    struct number amount = amount_text(fact->amount);
    switch (code) {
    case TRANSFER_SUSPENSE:
    case TRANSFER_DUST:
        text_buffer_print(
            event(scenario), "%s %s%s %s", transfer_code_name(code),
            fact->source_kind == ACCOUNT_CLEARING || fact->source_kind == ACCOUNT_FEES ? "" : "-",
            amount.text, asset);
        return;
    case TRANSFER_DEPOSIT:
    case TRANSFER_WITHDRAWAL:
    case TRANSFER_BUDGET:
    case TRANSFER_FEE_REPAY:
        text_buffer_print(event(scenario), "%s %s %s", transfer_code_name(code), amount.text,
                          asset);
        return;
    case TRANSFER_HOLD:
    case TRANSFER_RELEASE:
    case TRANSFER_SETTLE:
    case TRANSFER_FEE:
    case TRANSFER_FUNDING:
    case TRANSFER_REVERSAL: return; /* the balances at the end tell them */
    }
}

static void tell_breach(struct scenario *scenario, const struct fact_limit_breached *fact)
{
    text_buffer_print(event(scenario), "breach %s", reason_name((enum reason)fact->reason));
    if (fact->instrument != NONE_INDEX)
        text_buffer_print(&scenario->events, " %s", scenario->instruments[fact->instrument].name);
    text_buffer_print(&scenario->events, " %s of %s", amount_text(fact->value).text,
                      amount_text(fact->limit).text);
    if (fact->order != 0)
        text_buffer_print(&scenario->events, " by order %llu", (unsigned long long)fact->order);
}

static void tell_order_fact(struct scenario *scenario, const struct fact_header *fact)
{
    const void *data = fact;
    static const struct {
        uint16_t kind;
        const char *word;
    } words[] = {
        {FACT_ORDER_ACCEPTED, "open"},          {FACT_ORDER_REOPENED, "reopened"},
        {FACT_CANCEL_REQUESTED, "cancel"},      {FACT_CANCEL_REFUSED, "cancel_refused"},
        {FACT_AMEND_REQUESTED, "amend"},        {FACT_AMEND_REFUSED, "amend_refused"},
        {FACT_ORDER_DELIVERY, "delivery"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (words[i].kind != fact->kind)
            continue;
        const struct fact_order_submitted *about = data; /* every one begins with the order */
        struct text_buffer *out = event(scenario);
        text_buffer_print(out, "%s %llu", words[i].word, (unsigned long long)about->order);
        if (fact->kind == FACT_ORDER_REOPENED)
            text_buffer_print(out, " %s", order_state_name((enum order_state)fact->detail));
        if (fact->kind == FACT_ORDER_DELIVERY)
            text_buffer_print(out, " %s", delivery_name((enum delivery)fact->detail));
        if (fact->kind == FACT_AMEND_REQUESTED)
            tell_amend(scenario, data);
        if (fact->kind == FACT_CANCEL_REFUSED || fact->kind == FACT_AMEND_REFUSED)
            text_buffer_print(out, " %s", reason_name((enum reason)fact->detail));
        return;
    }
}

static void tell_ended(struct scenario *scenario, const struct fact_order_ended *fact)
{
    text_buffer_print(event(scenario), "%s %llu",
                      order_state_name((enum order_state)fact->header.detail),
                      (unsigned long long)fact->order);
    if (fact->reason != REASON_NONE)
        text_buffer_print(&scenario->events, " %s", reason_name((enum reason)fact->reason));
}

static void tell(struct scenario *scenario, const struct fact_header *fact)
{
    const void *data = fact;
    static const char *const stops[] = {"none", "pause", "reduce", "cancel", "flatten"};
    static const char *const bot_states[] = {"running", "paused", "stopped"};
    switch (fact->kind) {
    case FACT_TRANSFER: tell_transfer(scenario, data); return;
    case FACT_OVERDRAWN: {
        const struct fact_overdrawn *overdrawn = data;
        text_buffer_print(
            event(scenario), "overdrawn %s %s %s", book_name(scenario, overdrawn->book),
            amount_text(overdrawn->balance).text, scenario->asset_names[overdrawn->asset]);
        return;
    }
    case FACT_ORDER_PLANNED: tell_planned(scenario, data); return;
    case FACT_ORDER_DENIED:
        text_buffer_print(event(scenario), "denied %s", reason_name((enum reason)fact->detail));
        return;
    case FACT_ORDER_FILLED: tell_filled(scenario, data); return;
    case FACT_FILL_REVERSED: tell_reversed(scenario, data); return;
    case FACT_ORDER_ENDED: tell_ended(scenario, data); return;
    case FACT_ORDER_AMENDED: tell_amended(scenario, data); return;
    case FACT_STATE_CHANGED: tell_state(scenario, data); return;
    case FACT_STOP_SET:
        text_buffer_print(event(scenario), "stop %s", stops[fact->detail & 15]);
        return;
    case FACT_LIMIT_BREACHED: tell_breach(scenario, data); return;
    case FACT_BOT_SIGNAL: {
        const struct fact_bot_signal *signal = data;
        text_buffer_print(event(scenario), "confirm %s %u", scenario->bots[signal->bot].name,
                          signal->confirm_count);
        return;
    }
    case FACT_BOT_STATE:
        text_buffer_print(event(scenario), "%s %s",
                          scenario->bots[((const struct fact_bot_state *)data)->bot].name,
                          bot_states[fact->detail]);
        return;
    default: tell_order_fact(scenario, fact); return;
    }
}

/* ---- stepping -------------------------------------------------------------------------------- */

static void keep(struct scenario *scenario, uint32_t type, const void *data, uint32_t size)
{
    size_t wanted = scenario->journal_size + size + 8;
    if (wanted > scenario->journal_capacity) {
        scenario->journal_capacity = wanted * 2;
        scenario->journal = realloc(scenario->journal, scenario->journal_capacity);
        ASSERT(scenario->journal != NULL);
    }
    uint8_t *at = scenario->journal + scenario->journal_size;
    memcpy(at, &size, sizeof size);
    memcpy(at + 4, &type, sizeof type);
    memcpy(at + 8, data, size);
    scenario->journal_size = wanted;
}

static void check_audit(struct scenario *scenario, const struct line *line)
{
    uint64_t detail = 0;
    const char *broken = engine_audit(scenario->engine, &detail);
    if (broken != NULL)
        fail(scenario, line, "audit: %s (%llu)", broken, (unsigned long long)detail);
}

void step(struct scenario *scenario, const struct line *line)
{
    scenario->seq = scenario->input.seq;
    engine_step(scenario->engine, &scenario->input);
    keep(scenario, KEPT_INPUT, &scenario->input, sizeof scenario->input);
    check_audit(scenario, line);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(scenario->engine, &size);
    if (frame == NULL)
        return;
    keep(scenario, KEPT_FRAME, frame, size);
    const uint8_t *at = frame + FRAME_HEADER_SIZE;
    while (at < frame + size - FRAME_CHAIN_SIZE) {
        const struct fact_header *fact = (const struct fact_header *)(const void *)at;
        tell(scenario, fact);
        at += fact->size;
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

static void check_fold(struct scenario *scenario, const struct line *line)
{
    struct engine *engine = NULL;
    ASSERT(engine_create(&scenario->config, &engine) == STATUS_OK);
    for (size_t at = 0; at < scenario->journal_size;) {
        uint32_t size = 0;
        uint32_t type = 0;
        memcpy(&size, scenario->journal + at, sizeof size);
        memcpy(&type, scenario->journal + at + 4, sizeof type);
        const uint8_t *data = scenario->journal + at + 8;
        at += 8 + (size_t)size;
        uint32_t used = 0;
        if (type == KEPT_INPUT) {
            struct input input;
            memcpy(&input, data, sizeof input);
            if (input_kind_is_durable((enum input_kind)input.kind))
                engine_fold_input(engine, &input);
        } else if (engine_fold_frame(engine, data, size, &used) != STATUS_OK) {
            fail(scenario, line, "a frame of the journal does not fold");
        }
    }
    if (!hash128_equal(engine_state_hash(engine), engine_state_hash(scenario->engine)))
        fail(scenario, line, "the journal folds into another state");
    engine_free(engine);
}

static void check_snapshot(struct scenario *scenario, const struct line *line)
{
    struct engine *engine = NULL;
    size_t size = engine_snapshot_size(scenario->engine);
    uint8_t *snapshot = malloc(size);
    ASSERT(snapshot != NULL && engine_create(&scenario->config, &engine) == STATUS_OK);
    engine_snapshot_write(scenario->engine, snapshot);
    if (engine_snapshot_read(engine, snapshot, size) != STATUS_OK ||
        !hash128_equal(engine_state_hash(engine), engine_state_hash(scenario->engine))) {
        fail(scenario, line, "a snapshot reads into another state");
    }
    engine_free(engine);
    free(snapshot);
}

/* Equity = money from outside + value brought in kind + realized + unrealized - fees + funding. */
static void check_equity(struct scenario *scenario, const struct line *line)
{
    const struct engine_config *config = &scenario->config;
    const struct ledger *ledger = engine_ledger(scenario->engine);
    const struct risk *risk = engine_risk(scenario->engine);
    i128 sum = -ledger_venue_balance(ledger, ACCOUNT_EXTERNAL, config->currency_asset).units;
    for (uint32_t book = 0; book < config->books_count; book++) {
        for (uint32_t i = 0; i < config->instruments_count; i++) {
            const struct position *position = ledger_position(ledger, book, i);
            i128 value = (i128)risk->states[i].close.units * position->quantity *
                         config->instruments[i].amount_factor;
            sum += position->external + position->realized + (value - position->cost) -
                   position->fees + position->funding;
        }
    }
    struct number found = amount_text(amount_to_bytes(risk_equity(risk)));
    struct number expected = amount_text(amount_to_bytes((struct amount){sum}));
    if (strcmp(found.text, expected.text) != 0)
        fail(scenario, line, "equity is %s, the books say %s", found.text, expected.text);
}

/* The next frame of the journal at or behind *at; NULL behind the last. */
static const uint8_t *frame_next(const struct scenario *scenario, size_t *at)
{
    while (*at < scenario->journal_size) {
        uint32_t size = 0;
        uint32_t type = 0;
        memcpy(&size, scenario->journal + *at, sizeof size);
        memcpy(&type, scenario->journal + *at + 4, sizeof type);
        const uint8_t *data = scenario->journal + *at + 8;
        *at += 8 + (size_t)size;
        if (type == KEPT_FRAME)
            return data;
    }
    return NULL;
}

static unsigned planned_ids(const struct scenario *scenario, struct hash128 *out, unsigned capacity)
{
    unsigned count = 0;
    size_t at = 0;
    const uint8_t *frame;
    while ((frame = frame_next(scenario, &at)) != NULL) {
        struct frame_header header;
        memcpy(&header, frame, sizeof header);
        for (uint32_t used = FRAME_HEADER_SIZE; used < header.size - FRAME_CHAIN_SIZE;) {
            struct fact_order_planned fact;
            memcpy(&fact.header, frame + used, sizeof fact.header);
            if (fact.header.kind == FACT_ORDER_PLANNED && count < capacity) {
                memcpy(&fact, frame + used, sizeof fact);
                out[count++] = fact.client_order_id;
            }
            used += fact.header.size;
        }
    }
    return count;
}

/* No two orders have one client_order_id, and each is read back from its text. */
static void check_client_ids(struct scenario *scenario, const struct line *line)
{
    struct hash128 ids[IDS_MAX];
    unsigned count = planned_ids(scenario, ids, IDS_MAX);
    for (unsigned i = 0; i < count; i++) {
        char text[CLIENT_ORDER_ID_SIZE];
        struct hash128 again = {0, 0};
        client_order_id_format(text, ids[i].low, ids[i].high);
        if (!client_order_id_parse(text_of(text), &again.low, &again.high) ||
            !hash128_equal(again, ids[i]))
            fail(scenario, line, "client_order_id %s is not read back", text);
        for (unsigned j = 0; j < i; j++) {
            if (hash128_equal(ids[i], ids[j]))
                fail(scenario, line, "two orders have the client_order_id %s", text);
        }
    }
}

void check_end(struct scenario *scenario, const struct line *line)
{
    check_client_ids(scenario, line);
    check_fold(scenario, line);
    check_snapshot(scenario, line);
    check_equity(scenario, line);
}
