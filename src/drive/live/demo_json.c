/* What the demo says to programs: with --ndjson one object a line for each thing that happens, with
 * --json the last of them alone.
 *
 *     {"event":"start", …}     what runs, the instruments and the bots, before the first second
 *     {"event":"fill", …}      also order, ended, denied, state, feed, book, added, removed …
 *     {"event":"summary", …}   the account and the bots, when the books balance; the document of
 *                              --json is the same
 *
 * Every object has `event`, `time` and `time_ns` of the simulated clock. Money, prices and
 * quantities are decimal numbers in strings, as everywhere in tern. */
#include <stdarg.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/time.h"
#include "drive/live/demo_state.h"

/* ---- pieces ---------------------------------------------------------------------------------- */

static void put_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void put_number(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static void put_amount(struct json_writer *json, const char *key, i128 units)
{
    json_key(json, key);
    json_decimal(json, units, AMOUNT_DECIMALS);
}

static void put_bool(struct json_writer *json, const char *key, bool value)
{
    json_key(json, key);
    json_bool(json, value);
}

static void put_duration(struct json_writer *json, const char *key, int64_t duration_ns)
{
    char text[DURATION_TEXT_SIZE];
    (void)duration_format(text, duration_ns);
    put_string(json, key, text);
}

static void put_price(struct json_writer *json, const char *key,
                      const struct instrument *instrument, struct price price)
{
    json_key(json, key);
    if (price.units == 0)
        json_null(json);
    else
        json_decimal(json, price.units, instrument->price_decimals);
}

static void put_quantity(struct json_writer *json, const char *key,
                         const struct instrument *instrument, int64_t units)
{
    json_key(json, key);
    json_decimal(json, units, instrument->quantity_decimals);
}

static void put_reason(struct json_writer *json, enum reason reason)
{
    json_key(json, "reason");
    if (reason == REASON_NONE) {
        json_null(json);
        return;
    }
    json_string(json, reason_name(reason));
    put_string(json, "sentence", reason_sentence(reason));
}

static void object_begin(struct demo *demo, struct json_writer *json, const char *event,
                         unsigned indent)
{
    char time[TIME_TEXT_SIZE];
    (void)time_format(time, demo->now_ns);
    json_write_init(json, &demo->out, indent);
    json_object_begin(json);
    put_string(json, "event", event);
    put_string(json, "time", time);
    json_key(json, "time_ns");
    json_i64(json, demo->now_ns);
}

static void object_end(struct demo *demo, struct json_writer *json)
{
    json_object_end(json);
    if (json_write_finish(json) != STATUS_OK)
        demo_fail(demo, STATUS_NO_MEMORY, "output", "not enough memory");
}

/* False where only the summary is wanted. */
static bool event_begin(struct demo *demo, struct json_writer *json, const char *event)
{
    if (demo->ports->output.form != DEMO_NDJSON)
        return false;
    object_begin(demo, json, event, 0);
    return true;
}

/* ---- the start ------------------------------------------------------------------------------ */

static void put_run(const struct demo *demo, struct json_writer *json)
{
    const struct demo_options *options = demo->options;
    char time[TIME_TEXT_SIZE];
    (void)time_format(time, demo->start_ns);
    put_string(json, "version", demo->ports->version);
    put_number(json, "seed", options->seed);
    put_string(json, "market", options->tape == NULL ? "generated" : "recorded");
    if (options->tape == NULL)
        put_string(json, "scenario", scenario_name(options->scenario));
    else
        put_string(json, "tape", options->tape);
    if (options->commands != NULL)
        put_string(json, "commands", options->commands);
    put_string(json, "start", time);
    put_string(json, "currency", demo->config.currency);
    put_amount(json, "start_equity", demo->outcome->start_equity.units);
}

static void put_instruments(const struct demo *demo, struct json_writer *json)
{
    json_key(json, "instruments");
    json_array_begin(json);
    for (uint32_t i = 0; i < demo->config.instruments_count && demo->listed[i]; i++) {
        const struct instrument *instrument = &demo->assembly.instruments[i];
        json_object_begin(json);
        put_string(json, "name", instrument->name);
        put_price(json, "price", instrument, engine_risk(demo->engine)->states[i].close);
        put_price(json, "tick", instrument, instrument->tick);
        put_quantity(json, "lot", instrument, instrument->lot.units);
        json_object_end(json);
    }
    json_array_end(json);
}

void demo_json_start(struct demo *demo)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "start"))
        return;
    put_run(demo, &json);
    put_instruments(demo, &json);
    json_key(&json, "bots");
    json_array_begin(&json);
    for (uint32_t i = 0; i < demo->config.bots_count; i++) {
        const struct config_bot *bot = &demo->config.bots[i];
        json_object_begin(&json);
        put_string(&json, "name", bot->name);
        put_string(&json, "kind", config_bot_kind_name(bot->kind));
        put_string(&json, "instrument", bot->instrument);
        put_duration(&json, "bar", bot->bar_ns);
        put_amount(&json, "budget", bot->budget.value.units);
        json_object_end(&json);
    }
    json_array_end(&json);
    object_end(demo, &json);
}

/* ---- what happens --------------------------------------------------------------------------- */

/* Whose order it is, and what it is about. */
static void put_order(const struct demo *demo, struct json_writer *json, const struct order *order)
{
    put_number(json, "order", order->id);
    put_string(json, "bot", demo_bot_name(demo, order->bot));
    put_string(json, "instrument", demo->assembly.instruments[order->instrument].name);
    put_string(json, "side", side_name((enum side)order->side));
    put_string(json, "purpose", order_purpose_name((enum order_purpose)order->purpose));
}

void demo_json_fill(struct demo *demo, const struct fact_order_filled *fact)
{
    const struct order *order = engine_order(demo->engine, fact->order);
    const struct instrument *instrument = &demo->assembly.instruments[order->instrument];
    struct json_writer json;
    if (!event_begin(demo, &json, "fill"))
        return;
    put_order(demo, &json, order);
    put_quantity(&json, "quantity", instrument, fact->quantity.units);
    put_price(&json, "price", instrument, fact->price);
    put_amount(&json, "fee", amount_from_bytes(fact->fee_value).units);
    put_string(&json, "liquidity",
               (fact->header.detail & 127) == LIQUIDITY_MAKER ? "maker" : "taker");
    put_amount(&json, "equity", risk_equity(engine_risk(demo->engine)).units);
    object_end(demo, &json);
}

void demo_json_planned(struct demo *demo, const struct fact_order_planned *fact)
{
    const struct instrument *instrument = &demo->assembly.instruments[fact->instrument];
    struct json_writer json;
    if (!event_begin(demo, &json, "order"))
        return;
    put_order(demo, &json, engine_order(demo->engine, fact->order));
    put_quantity(&json, "quantity", instrument, fact->quantity.units);
    put_price(&json, "limit", instrument, fact->price);
    object_end(demo, &json);
}

void demo_json_ended(struct demo *demo, const struct fact_order_ended *fact)
{
    const struct order *order = engine_order(demo->engine, fact->order);
    const struct instrument *instrument = &demo->assembly.instruments[order->instrument];
    struct json_writer json;
    if (!event_begin(demo, &json, "ended"))
        return;
    put_order(demo, &json, order);
    put_string(&json, "state", order_state_name((enum order_state)fact->header.detail));
    put_quantity(&json, "quantity", instrument, order->quantity.units);
    put_quantity(&json, "filled", instrument, order->filled.units);
    put_reason(&json, (enum reason)fact->reason);
    object_end(demo, &json);
}

void demo_json_denied(struct demo *demo, const struct fact_order_denied *fact)
{
    const struct instrument *instrument = &demo->assembly.instruments[fact->instrument];
    struct json_writer json;
    if (!event_begin(demo, &json, "denied"))
        return;
    put_string(&json, "bot", demo_bot_name(demo, fact->bot));
    put_string(&json, "instrument", instrument->name);
    put_string(&json, "side", side_name((enum side)fact->side));
    put_quantity(&json, "quantity", instrument, fact->quantity.units);
    put_reason(&json, (enum reason)fact->header.detail);
    if (amount_from_bytes(fact->limit).units != 0) {
        put_amount(&json, "value", amount_from_bytes(fact->value).units);
        put_amount(&json, "limit", amount_from_bytes(fact->limit).units);
    }
    object_end(demo, &json);
}

void demo_json_state(struct demo *demo, const char *what, const char *state, enum reason reason)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "state"))
        return;
    put_string(&json, "of", what);
    put_string(&json, "state", state);
    put_reason(&json, reason);
    object_end(demo, &json);
}

void demo_json_feed(struct demo *demo, uint32_t count, bool silent)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "feed"))
        return;
    put_bool(&json, "silent", silent);
    put_number(&json, "instruments", count);
    object_end(demo, &json);
}

void demo_json_book(struct demo *demo, uint32_t instrument, bool valid, const char *troubles)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "book"))
        return;
    put_string(&json, "instrument", demo->assembly.instruments[instrument].name);
    put_bool(&json, "valid", valid);
    put_string(&json, "troubles", troubles);
    object_end(demo, &json);
}

/* ---- commands ------------------------------------------------------------------------------- */

void demo_json_told(struct demo *demo, const char *word, const char *sentence)
{
    struct json_writer json;
    char event[16];
    size_t size = 0;
    for (; word[size] != '\0' && size < sizeof event - 1; size++)
        event[size] = word[size] >= 'A' && word[size] <= 'Z' ? (char)(word[size] - 'A' + 'a')
                                                             : word[size];
    event[size] = '\0';
    if (!event_begin(demo, &json, event))
        return;
    put_string(&json, "text", sentence);
    object_end(demo, &json);
}

void demo_json_added(struct demo *demo, uint32_t index, bool known, bool back)
{
    const struct instrument *instrument = &demo->assembly.instruments[index];
    const struct instrument_model *model = demo_market_model(&demo->market, index);
    struct json_writer json;
    if (!event_begin(demo, &json, "added"))
        return;
    put_string(&json, "instrument", instrument->name);
    put_price(&json, "price", instrument, generator_price(&demo->market.generator, index));
    put_price(&json, "tick", instrument, instrument->tick);
    put_quantity(&json, "lot", instrument, instrument->lot.units);
    json_key(&json, "volatility");
    json_double(&json, model->volatility);
    json_key(&json, "drift");
    json_double(&json, model->drift);
    put_bool(&json, "known", known);
    put_bool(&json, "back", back);
    object_end(demo, &json);
}

void demo_json_removed(struct demo *demo, uint32_t index, uint32_t orders)
{
    const struct instrument *instrument = &demo->assembly.instruments[index];
    const struct risk *risk = engine_risk(demo->engine);
    struct json_writer json;
    if (!event_begin(demo, &json, "removed"))
        return;
    put_string(&json, "instrument", instrument->name);
    put_number(&json, "orders_canceled", orders);
    put_quantity(&json, "held", instrument, risk->ledger->instrument_totals[index]);
    put_price(&json, "valued_at", instrument, risk->states[index].close);
    object_end(demo, &json);
}

void demo_json_prices(struct demo *demo)
{
    const struct risk *risk = engine_risk(demo->engine);
    struct json_writer json;
    if (!event_begin(demo, &json, "prices"))
        return;
    json_key(&json, "instruments");
    json_array_begin(&json);
    for (uint32_t i = 0; i < demo_named(demo); i++) {
        const struct instrument *instrument = &demo->assembly.instruments[i];
        const struct market_state *market = &risk->markets[i];
        bool book = demo->listed[i] && market->book_seen && market->book_valid;
        json_object_begin(&json);
        put_string(&json, "instrument", instrument->name);
        put_price(&json, "price", instrument, demo_price_now(demo, i));
        put_price(&json, "bid", instrument, book ? market->bid : (struct price){0});
        put_price(&json, "ask", instrument, book ? market->ask : (struct price){0});
        put_quantity(&json, "held", instrument, risk->ledger->instrument_totals[i]);
        put_string(&json, "state", demo_market_word(demo, i));
        json_object_end(&json);
    }
    json_array_end(&json);
    object_end(demo, &json);
}

void demo_json_orders(struct demo *demo)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "orders"))
        return;
    json_key(&json, "orders");
    json_array_begin(&json);
    for (uint64_t id = engine_order_next_live(demo->engine, 0); id != 0;
         id = engine_order_next_live(demo->engine, id)) {
        const struct order *order = engine_order(demo->engine, id);
        const struct instrument *instrument = &demo->assembly.instruments[order->instrument];
        json_object_begin(&json);
        put_order(demo, &json, order);
        put_quantity(&json, "left", instrument, order_remaining(order).units);
        put_price(&json, "limit", instrument, order->price);
        put_string(&json, "state", order_state_name((enum order_state)order->state));
        json_object_end(&json);
    }
    json_array_end(&json);
    object_end(demo, &json);
}

void demo_json_help(struct demo *demo)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "help"))
        return;
    json_key(&json, "commands");
    json_array_begin(&json);
    for (int i = 0; i < DEMO_VERB_COUNT; i++) {
        json_object_begin(&json);
        put_string(&json, "word", demo_verb_word((enum demo_verb)i));
        put_string(&json, "operands", demo_verb_operands((enum demo_verb)i));
        put_string(&json, "sentence", demo_verb_sentence((enum demo_verb)i));
        json_object_end(&json);
    }
    json_array_end(&json);
    object_end(demo, &json);
}

/* ---- the account and the end ----------------------------------------------------------------- */

static void put_value(struct json_writer *json, const struct demo_value *value)
{
    put_amount(json, "realized", value->realized);
    put_amount(json, "unrealized", value->unrealized);
    put_amount(json, "fees", value->fees);
}

static void put_bot(const struct demo *demo, struct json_writer *json, const char *name,
                    const struct demo_bot *bot, uint32_t book)
{
    struct demo_value value = demo_value_of(demo, book);
    json_object_begin(json);
    put_string(json, "name", name);
    put_number(json, "fills", bot->fills_count);
    put_number(json, "trips", bot->trips_count);
    put_value(json, &value);
    put_amount(json, "net", value.realized + value.unrealized - value.fees + value.funding);
    put_number(json, "denied", bot->denied_count);
    put_bool(json, "open", value.open);
    json_object_end(json);
}

static void put_account(const struct demo *demo, struct json_writer *json)
{
    struct demo_value sum = demo_value_all(demo);
    put_amount(json, "equity", risk_equity(engine_risk(demo->engine)).units);
    put_value(json, &sum);
    json_key(json, "bots");
    json_array_begin(json);
    for (uint32_t i = 0; i < demo->config.bots_count; i++)
        put_bot(demo, json, demo->config.bots[i].name, &demo->bots[i], i + 1);
    if (demo->options->commands != NULL)
        put_bot(demo, json, "desk", &demo->desk, DESK_BOOK);
    json_array_end(json);
}

void demo_json_account(struct demo *demo)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "account"))
        return;
    put_account(demo, &json);
    object_end(demo, &json);
}

void demo_json_stopping(struct demo *demo, const char *why)
{
    struct json_writer json;
    if (!event_begin(demo, &json, "stopping"))
        return;
    put_string(&json, "why", why);
    object_end(demo, &json);
}

/* What was wrong with each order book of a recording. */
static void put_troubles(const struct demo *demo, struct json_writer *json)
{
    json_key(json, "order_books");
    json_array_begin(json);
    for (uint32_t i = 0; i < demo->tape.instruments_count; i++) {
        char text[DEMO_TROUBLES_SIZE];
        uint64_t count = demo_tape_troubles(&demo->tape, i, text, sizeof text);
        json_object_begin(json);
        put_string(json, "instrument", demo->assembly.instruments[i].name);
        put_number(json, "troubles_count", count);
        put_string(json, "troubles", text);
        put_duration(json, "not_valid", demo_invalid_ns(demo, i));
        json_object_end(json);
    }
    json_array_end(json);
}

void demo_json_summary(struct demo *demo)
{
    const struct demo_outcome *outcome = demo->outcome;
    struct json_writer json;
    char hash[HASH_TEXT_SIZE];
    object_begin(demo, &json, "summary", demo->ports->output.form == DEMO_JSON ? 1 : 0);
    put_run(demo, &json);
    put_duration(&json, "duration", outcome->simulated_ns);
    put_bool(&json, "interrupted", outcome->interrupted);
    put_account(demo, &json);
    put_number(&json, "fills", outcome->fills_count);
    put_number(&json, "fills_maker", outcome->maker_fills);
    put_number(&json, "fills_taker", outcome->taker_fills);
    put_number(&json, "denied", outcome->denied_count);
    put_number(&json, "rejected", outcome->rejected_count);
    put_bool(&json, "books_balance", true);
    if (demo->options->tape != NULL)
        put_troubles(demo, &json);
    hash128_format(hash, outcome->journal_hash);
    put_string(&json, "journal_hash", hash);
    if (demo->given.size > 0)
        put_string(&json, "script", demo->given.data);
    if (demo->options->keep != NULL)
        put_string(&json, "kept", demo->options->keep);
    object_end(demo, &json);
}
