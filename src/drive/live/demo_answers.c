/* What the demo answers to commands. */
#include <stdarg.h>
#include <stdio.h>

#include "drive/live/demo_state.h"

void demo_tell(struct demo *demo, const char *word, enum table_tone tone, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (!demo_is_text(demo)) {
        demo_json_told(demo, word, line);
        return;
    }
    demo_line_begin(demo, word, tone);
    text_buffer_print(&demo->out, "%s\n", line);
}

void demo_tell_added(struct demo *demo, uint32_t index, bool known, bool back, double changed)
{
    if (!demo_is_text(demo)) {
        demo_json_added(demo, index, known, back);
        return;
    }
    const struct instrument *instrument = &demo->assembly.instruments[index];
    const struct instrument_model *model = demo_market_model(&demo->market, index);
    char price[DECIMAL_TEXT_SIZE];
    demo_price(price, instrument, generator_price(&demo->market.generator, index));
    demo_line_begin(demo, "ADD", TONE_GOOD);
    text_buffer_print(&demo->out, "%s at %s", instrument->name, price);
    if (back)
        text_buffer_append(&demo->out, TEXT(", where its price has moved unseen\n"));
    else
        text_buffer_print(&demo->out, "%s, volatility %.0f %%, drift %.0f %% a year\n",
                          known ? "" : ": an unknown name, so its price was drawn from 50 to 300",
                          model->volatility * 100, model->drift * 100);
    if (demo->market.generator.path.correlation_change_max > changed)
        text_buffer_print(
            &demo->out,
            "          its correlations were scaled down, by up to %.3f, to go with the "
            "others\n",
            demo->market.generator.path.correlation_change_max);
}

void demo_tell_removed(struct demo *demo, uint32_t index, uint32_t orders)
{
    if (!demo_is_text(demo)) {
        demo_json_removed(demo, index, orders);
        return;
    }
    const struct instrument *instrument = &demo->assembly.instruments[index];
    const struct risk *risk = engine_risk(demo->engine);
    int64_t total = risk->ledger->instrument_totals[index];
    struct price last = risk->states[index].close;
    demo_line_begin(demo, "REMOVE", TONE_WARN);
    text_buffer_print(&demo->out, "%s: ", instrument->name);
    if (orders > 0)
        text_buffer_print(&demo->out, "%u live order%s cancelled, ", orders,
                          orders == 1 ? " is" : "s are");
    if (total == 0) {
        text_buffer_append(&demo->out, TEXT("nothing is held\n"));
        return;
    }
    char quantity[DECIMAL_TEXT_SIZE];
    char price[DECIMAL_TEXT_SIZE];
    char worth[DEMO_MONEY_SIZE];
    (void)decimal_format_i64(quantity, total, instrument->quantity_decimals);
    demo_price(price, instrument, last);
    demo_money(worth, (i128)last.units * total * instrument->amount_factor, false);
    text_buffer_print(&demo->out, "%s are held and stay, valued at the last close %s: %s %s\n",
                      quantity, price, worth, demo->config.currency);
}

uint32_t demo_named(const struct demo *demo)
{
    return demo->options->tape == NULL ? demo->market.count : demo->config.instruments_count;
}

struct price demo_price_now(const struct demo *demo, uint32_t index)
{
    const struct risk *risk = engine_risk(demo->engine);
    struct price mark = risk_mark(risk, index);
    return demo->listed[index] && mark.units > 0 ? mark : risk->states[index].close;
}

const char *demo_market_word(const struct demo *demo, uint32_t index)
{
    const struct market_state *market = &engine_risk(demo->engine)->markets[index];
    if (!demo->listed[index])
        return "removed";
    if (demo->halted[index])
        return "halted";
    return market->book_seen && market->book_valid ? "open" : "no order book";
}

void demo_tell_prices(struct demo *demo)
{
    if (!demo_is_text(demo)) {
        demo_json_prices(demo);
        return;
    }
    const struct risk *risk = engine_risk(demo->engine);
    struct table table;
    table_init(&table, "prices", "PRICES");
    table_column(&table, "instrument", TABLE_LEFT, 0);
    table_column(&table, "price", TABLE_RIGHT, 0);
    table_column(&table, "bid", TABLE_RIGHT, 1);
    table_column(&table, "ask", TABLE_RIGHT, 1);
    table_column(&table, "held", TABLE_RIGHT, 0);
    table_column(&table, "worth", TABLE_RIGHT, 0);
    table_column(&table, "state", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < demo_named(demo); i++) {
        const struct instrument *instrument = &demo->assembly.instruments[i];
        const struct market_state *market = &risk->markets[i];
        int64_t total = risk->ledger->instrument_totals[i];
        bool book = demo->listed[i] && market->book_seen && market->book_valid;
        char text[DEMO_MONEY_SIZE];
        table_cell(&table, text_of(instrument->name));
        demo_price(text, instrument, demo_price_now(demo, i));
        table_cell(&table, text_of(text));
        demo_price(text, instrument, market->bid);
        table_cell(&table, book ? text_of(text) : TEXT("-"));
        demo_price(text, instrument, market->ask);
        table_cell(&table, book ? text_of(text) : TEXT("-"));
        (void)decimal_format_i64(text, total, instrument->quantity_decimals);
        table_cell(&table, text_of(text));
        demo_money(text, (i128)risk->states[i].close.units * total * instrument->amount_factor,
                   false);
        table_cell(&table, text_of(text));
        table_cell(&table, text_of(demo_market_word(demo, i)));
    }
    demo_table_put(demo, &table);
}

void demo_tell_orders_live(struct demo *demo)
{
    if (!demo_is_text(demo)) {
        demo_json_orders(demo);
        return;
    }
    struct table table;
    if (engine_orders_live(demo->engine) == 0) {
        demo_tell(demo, "ORDERS", TONE_PLAIN, "none is live");
        return;
    }
    table_init(&table, "orders", "LIVE ORDERS");
    table_column(&table, "order", TABLE_RIGHT, 0);
    table_column(&table, "of", TABLE_LEFT, 0);
    table_column(&table, "side", TABLE_LEFT, 0);
    table_column(&table, "instrument", TABLE_LEFT, 0);
    table_column(&table, "left", TABLE_RIGHT, 0);
    table_column(&table, "price", TABLE_RIGHT, 0);
    table_column(&table, "state", TABLE_LEFT, 0);
    for (uint64_t id = engine_order_next_live(demo->engine, 0); id != 0;
         id = engine_order_next_live(demo->engine, id)) {
        const struct order *order = engine_order(demo->engine, id);
        const struct instrument *instrument = &demo->assembly.instruments[order->instrument];
        char text[DECIMAL_TEXT_SIZE];
        table_cell_print(&table, "%llu", (unsigned long long)id);
        table_cell(&table, text_of(demo_bot_name(demo, order->bot)));
        table_cell(&table, text_of(side_name((enum side)order->side)));
        table_cell(&table, text_of(instrument->name));
        (void)decimal_format_i64(text, order_remaining(order).units, instrument->quantity_decimals);
        table_cell(&table, text_of(text));
        demo_price(text, instrument, order->price);
        table_cell(&table, order->price.units > 0 ? text_of(text) : TEXT("market"));
        table_cell(&table, text_of(order_state_name((enum order_state)order->state)));
    }
    demo_table_put(demo, &table);
}

void demo_tell_help(struct demo *demo)
{
    if (!demo_is_text(demo)) {
        demo_json_help(demo);
        return;
    }
    for (int i = 0; i < DEMO_VERB_COUNT; i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "%s %s", demo_verb_word((enum demo_verb)i),
                       demo_verb_operands((enum demo_verb)i));
        text_buffer_print(&demo->out, "  %-32s %s\n", words, demo_verb_sentence((enum demo_verb)i));
    }
}

/* ---- recordings ----------------------------------------------------------------------------- */

int64_t demo_invalid_ns(const struct demo *demo, uint32_t instrument)
{
    const struct session_view *view = &demo->tape.feed.views[instrument];
    int64_t since_ns = view->invalid_ns == 0 ? 0 : demo->now_ns - view->invalid_ns;
    return view->invalid_sum_ns + i64_max(since_ns, 0);
}

void demo_tell_book(struct demo *demo, uint32_t instrument, bool valid)
{
    char troubles[DEMO_TROUBLES_SIZE];
    const char *name = demo->assembly.instruments[instrument].name;
    (void)demo_tape_troubles(&demo->tape, instrument, troubles, sizeof troubles);
    if (!demo_is_text(demo)) {
        demo_json_book(demo, instrument, valid, troubles);
        return;
    }
    int64_t since_ns = demo->invalid_ns[instrument];
    demo_line_begin(demo, "BOOK", valid ? TONE_GOOD : TONE_WARN);
    demo->invalid_ns[instrument] = valid ? 0 : demo->now_ns;
    if (!valid)
        text_buffer_print(&demo->out,
                          "%s is not valid (so far: %s): bots wait, and nothing fills\n", name,
                          troubles[0] == '\0' ? "no snapshot" : troubles);
    else if (since_ns != 0)
        text_buffer_print(&demo->out, "%s is valid again after %.3f s\n", name,
                          (double)(demo->now_ns - since_ns) * 1e-9);
    else
        text_buffer_print(&demo->out, "%s is valid\n", name);
}

void demo_tell_troubles(struct demo *demo)
{
    for (uint32_t i = 0; i < demo->tape.instruments_count; i++) {
        char troubles[DEMO_TROUBLES_SIZE];
        int64_t invalid_ns = demo_invalid_ns(demo, i);
        if (demo_tape_troubles(&demo->tape, i, troubles, sizeof troubles) == 0 && invalid_ns == 0)
            continue;
        text_buffer_print(&demo->out, "order book of %s: %s; not valid for %.3f of %.3f s\n",
                          demo->assembly.instruments[i].name,
                          troubles[0] == '\0' ? "no trouble" : troubles, (double)invalid_ns * 1e-9,
                          (double)(demo->now_ns - demo->tape.feed.from_ns) * 1e-9);
    }
}
