/* What a scenario expects: tables whose columns are named in their first line. A row names what it
 * is about in its key columns and says what the others must be; columns that are left out are not
 * looked at. */
#include <stdio.h>
#include <string.h>

#include "scenario.h"

struct cell {
    char text[128];
};

static struct cell cell_amount(i128 units, unsigned decimals)
{
    struct cell cell;
    decimal_format_i128(cell.text, units, decimals);
    return cell;
}

static struct cell cell_text(const char *text)
{
    struct cell cell;
    (void)text_copy(cell.text, sizeof cell.text, text_of(text));
    return cell;
}

/* Numbers are equal where their values are: 1.50 is 1.5. */
static bool same(struct text expected, const char *found)
{
    i128 a = 0;
    i128 b = 0;
    if (decimal_parse_i128(expected, AMOUNT_DECIMALS, &a) == STATUS_OK &&
        decimal_parse_i128(text_of(found), AMOUNT_DECIMALS, &b) == STATUS_OK)
        return a == b;
    return text_equal(expected, text_of(found));
}

static void compare(struct scenario *scenario, const struct line *row, struct text name,
                    struct text expected, struct cell found)
{
    if (scenario->show)
        printf("# %u: %.*s %s\n", row->number, (int)name.size, name.data, found.text);
    if (!same(expected, found.text))
        fail(scenario, row, "%.*s: expected %.*s, found %s", (int)name.size, name.data,
             (int)expected.size, expected.data, found.text);
}

/* ---- what there is --------------------------------------------------------------------------- */

struct place {
    struct scenario *scenario;
    const struct line *head, *row;
    uint32_t book, asset, instrument;
    uint64_t order;
    const struct lot *lot;
};

static i128 base_unit(const struct place *place)
{
    return power_of_ten(AMOUNT_DECIMALS -
                        place->scenario->instruments[place->instrument].quantity_decimals);
}

static bool balance_value(const struct place *place, struct text name, struct cell *out)
{
    const struct ledger *ledger = engine_ledger(place->scenario->engine);
    i128 available = ledger_available(ledger, place->book, place->asset).units;
    i128 held = ledger_held(ledger, place->book, place->asset).units;
    if (word_is(name, "available"))
        *out = cell_amount(available, AMOUNT_DECIMALS);
    else if (word_is(name, "held"))
        *out = cell_amount(held, AMOUNT_DECIMALS);
    else if (word_is(name, "total"))
        *out = cell_amount(available + held, AMOUNT_DECIMALS);
    else
        return false;
    return true;
}

static bool position_value(const struct place *place, struct text name, struct cell *out)
{
    const struct scenario *scenario = place->scenario;
    const struct position *position = ledger_position(engine_ledger(scenario->engine), place->book,
                                                      place->instrument);
    i128 value = (i128)engine_risk(scenario->engine)->states[place->instrument].close.units *
                 position->quantity * scenario->instruments[place->instrument].amount_factor;
    const struct {
        const char *name;
        i128 amount;
    } values[] = {
        {"quantity", position->quantity * base_unit(place)},
        {"cost", position->cost},
        {"realized", position->realized},
        {"unrealized", value - position->cost},
        {"fees", position->fees},
        {"settlement", position->settlement},
        {"external", position->external},
        {"average", position_average_cost(engine_ledger(scenario->engine), place->book,
                                          place->instrument)
                        .units},
    };
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        if (!word_is(name, values[i].name))
            continue;
        *out = cell_amount(values[i].amount, AMOUNT_DECIMALS);
        return true;
    }
    return false;
}

static bool account_value(const struct place *place, struct text name, struct cell *out)
{
    static const enum account_kind kinds[] = {ACCOUNT_CLEARING, ACCOUNT_FEES,     ACCOUNT_FUNDING,
                                              ACCOUNT_EXTERNAL, ACCOUNT_SUSPENSE, ACCOUNT_DUST};
    const struct ledger *ledger = engine_ledger(place->scenario->engine);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (!word_is(name, account_kind_name(kinds[i])))
            continue;
        *out = cell_amount(ledger_venue_balance(ledger, kinds[i], place->asset).units,
                           AMOUNT_DECIMALS);
        return true;
    }
    return false;
}

static bool order_value(const struct place *place, struct text name, struct cell *out)
{
    const struct scenario *scenario = place->scenario;
    const struct order *order = engine_order(scenario->engine, place->order);
    if (order == NULL) {
        *out = cell_text("none");
        return true;
    }
    const struct instrument *instrument = &scenario->instruments[order->instrument];
    unsigned decimals = instrument->quantity_decimals;
    if (word_is(name, "state"))
        *out = cell_text(order_state_name((enum order_state)order->state));
    else if (word_is(name, "delivery"))
        *out = cell_text(delivery_name((enum delivery)order->delivery));
    else if (word_is(name, "reason"))
        *out = cell_text(reason_name((enum reason)order->end_reason));
    else if (word_is(name, "quantity"))
        *out = cell_amount(order->quantity.units, decimals);
    else if (word_is(name, "filled"))
        *out = cell_amount(order->filled.units, decimals);
    else if (word_is(name, "provisional"))
        *out = cell_amount(order->provisional.units, decimals);
    else if (word_is(name, "children"))
        *out = cell_amount(order->children.units, decimals);
    else if (word_is(name, "hold"))
        *out = cell_amount(amount_from_bytes(order->hold).units, AMOUNT_DECIMALS);
    else if (word_is(name, "fees"))
        *out = cell_amount(amount_from_bytes(order->fees).units, AMOUNT_DECIMALS);
    else if (word_is(name, "price"))
        *out = cell_amount(order->price.units, instrument->price_decimals);
    else if (word_is(name, "book"))
        *out = cell_text(book_name(scenario, order->book));
    else
        return false;
    return true;
}

static bool lot_value(const struct place *place, struct text name, struct cell *out)
{
    const struct lot *lot = place->lot;
    if (word_is(name, "book"))
        *out = cell_text(book_name(place->scenario, lot->book));
    else if (word_is(name, "instrument"))
        *out = cell_text(place->scenario->instruments[lot->instrument].name);
    else if (word_is(name, "quantity"))
        *out = cell_amount(lot->quantity.units * base_unit(place), AMOUNT_DECIMALS);
    else if (word_is(name, "cost"))
        *out = cell_amount(amount_from_bytes(lot->cost).units, AMOUNT_DECIMALS);
    else if (word_is(name, "order"))
        *out = cell_amount((i128)lot->order, 0);
    else
        return false;
    return true;
}

/* account, the name of a book or an instrument: its state by limits, and why. */
static bool state_value(const struct place *place, struct text name, struct cell *out)
{
    static const char *const states[] = {"active", "paused", "reducing", "halted"};
    const struct scenario *scenario = place->scenario;
    const struct risk *risk = engine_risk(scenario->engine);
    struct text whose = cell_of(place->head, 2, place->row, "of");
    uint32_t state = risk->account->state;
    uint32_t reason = risk->account->state_reason;
    if (instrument_find(scenario, whose) != NONE_INDEX) {
        state = risk->states[instrument_find(scenario, whose)].state;
        reason = risk->states[instrument_find(scenario, whose)].state_reason;
    } else if (book_find(scenario, whose) != NONE_INDEX) {
        state = risk->books[book_find(scenario, whose)].state;
        reason = risk->books[book_find(scenario, whose)].state_reason;
    } else if (!word_is(whose, "account")) {
        return false;
    }
    if (word_is(name, "state"))
        *out = cell_text(states[state]);
    else if (word_is(name, "reason"))
        *out = cell_text(reason_name((enum reason)reason));
    else
        return false;
    return true;
}

/* ---- tables ---------------------------------------------------------------------------------- */

struct subject {
    const char *name;
    bool (*value)(const struct place *place, struct text name, struct cell *out);
    const char *keys[3];
};

static const struct subject subjects[] = {
    {"balances", balance_value, {"book", "asset"}},
    {"positions", position_value, {"book", "instrument"}},
    {"accounts", account_value, {"asset"}},
    {"orders", order_value, {"order"}},
    {"states", state_value, {"of"}},
};

static bool is_key(const struct subject *subject, struct text name)
{
    for (size_t i = 0; i < ARRAY_COUNT(subject->keys) && subject->keys[i] != NULL; i++) {
        if (word_is(name, subject->keys[i]))
            return true;
    }
    return false;
}

/* Compares every column of a row that `value` knows and that is no key. */
static void expect_row(const struct place *place, const struct subject *subject)
{
    const struct line *head = place->head;
    if (place->row->words_count != head->words_count - 2) {
        fail(place->scenario, place->row, "the row has %u columns, its table %u",
             place->row->words_count, head->words_count - 2);
        return;
    }
    for (unsigned i = 2; i < head->words_count; i++) {
        struct cell found;
        struct text name = head->words[i];
        if (is_key(subject, name))
            continue;
        if (!subject->value(place, name, &found)) {
            fail(place->scenario, place->row, "%s have no `%.*s`", subject->name, (int)name.size,
                 name.data);
            return;
        }
        compare(place->scenario, place->row, name, place->row->words[i - 2], found);
    }
}

static void expect_rows(struct scenario *scenario, const struct statement *statement,
                        const struct subject *subject)
{
    for (unsigned i = 0; i < statement->rows_count; i++) {
        struct place place = {scenario, statement->head, &statement->rows[i], 0, 0, 0, 0, NULL};
        struct text book = cell_of(place.head, 2, place.row, "book");
        struct text asset = cell_of(place.head, 2, place.row, "asset");
        struct text instrument = cell_of(place.head, 2, place.row, "instrument");
        struct text order = cell_of(place.head, 2, place.row, "order");
        if (is_key(subject, text_of("book")))
            place.book = book_read(scenario, place.row, book);
        if (is_key(subject, text_of("asset")))
            place.asset = asset_read(scenario, place.row, asset);
        if (is_key(subject, text_of("instrument")))
            place.instrument = instrument_read(scenario, place.row, instrument);
        if (is_key(subject, text_of("order")))
            place.order = order_read(scenario, place.row, order);
        expect_row(&place, subject);
    }
}

/* All lots there are, book by book, instrument by instrument, oldest first. */
static void expect_lots(struct scenario *scenario, const struct statement *statement)
{
    static const struct subject lots = {"lots", lot_value, {NULL}};
    const struct ledger *ledger = engine_ledger(scenario->engine);
    unsigned at = 0;
    for (uint32_t book = 0; book < scenario->config.books_count; book++) {
        for (uint32_t i = 0; i < scenario->config.instruments_count; i++) {
            uint32_t index = ledger_position(ledger, book, i)->lot_first;
            for (; index != 0; index = ledger->lots[index - 1].next, at++) {
                if (at >= statement->rows_count)
                    continue;
                struct place place = {
                    scenario, statement->head,         &statement->rows[at], book, 0, i,
                    0,        &ledger->lots[index - 1]};
                expect_row(&place, &lots);
            }
        }
    }
    if (at != statement->rows_count)
        fail(scenario, statement->head, "lots: expected %u, found %u", statement->rows_count, at);
}

/* expect equity 10000 · expect live 2 */
static void expect_figure(struct scenario *scenario, const struct line *line)
{
    struct text name = line->words[1];
    struct text value = line->words_count > 2 ? line->words[2] : (struct text){"", 0};
    const struct risk *risk = engine_risk(scenario->engine);
    if (word_is(name, "equity"))
        compare(scenario, line, name, value, cell_amount(risk_equity(risk).units, AMOUNT_DECIMALS));
    else if (word_is(name, "live"))
        compare(scenario, line, name, value, cell_amount(engine_orders_live(scenario->engine), 0));
    else if (word_is(name, "trips"))
        compare(scenario, line, name, value,
                cell_amount((i128)engine_ledger(scenario->engine)->counters->trips_count, 0));
    else
        fail(scenario, line, "nothing is called `%.*s`", (int)name.size, name.data);
}

void expect_take(struct scenario *scenario, const struct statement *statement)
{
    const struct line *head = statement->head;
    if (head->words_count < 2) {
        fail(scenario, head, "expect what?");
        return;
    }
    if (word_is(head->words[1], "lots")) {
        expect_lots(scenario, statement);
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(subjects); i++) {
        if (!word_is(head->words[1], subjects[i].name))
            continue;
        expect_rows(scenario, statement, &subjects[i]);
        return;
    }
    expect_figure(scenario, head);
}
