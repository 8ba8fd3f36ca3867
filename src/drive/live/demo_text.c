/* What the demo says while it runs: who it is, what happens, how it stands. */
#include <string.h>

#include "base/time.h"
#include "drive/live/demo_state.h"

/* ---- the introduction ----------------------------------------------------------------------- */

static void speed_append(struct demo *demo)
{
    char speed[DECIMAL_TEXT_SIZE];
    if (demo->options->speed == 0) {
        text_buffer_append(&demo->out, TEXT("as fast as possible"));
        return;
    }
    (void)decimal_format_i64(speed, demo->options->speed, 3);
    if (demo->options->speed == DEMO_SPEED_ONE)
        text_buffer_append(&demo->out, TEXT("in real time"));
    else
        text_buffer_print(&demo->out, "%s times as fast as real time", speed);
}

static void commands_append(struct demo *demo)
{
    if (demo->script.count > 0)
        text_buffer_print(&demo->out, "  commands   %u in %s\n", demo->script.count,
                          demo->options->commands);
    else if (demo->options->commands != NULL)
        text_buffer_append(&demo->out,
                           TEXT("  commands   a line each: add NVDA, buy NVDA 10, help\n"));
}

static void files_append(struct demo *demo)
{
    static const char *const kinds[] = {
        [DEPTH_LEVELS] = "order book messages", [DEPTH_QUOTE] = "quotes", [DEPTH_TRADE] = "trades"};
    for (uint32_t i = 0; i < demo->tape.session.count; i++) {
        const struct session_file *file = &demo->tape.session.files[i];
        text_buffer_print(&demo->out, "             %s: %zu %s of %s-USD\n", demo->tape.files[i],
                          file->data.count, kinds[file->data.kind],
                          demo->tape.instruments[file->instrument].base);
    }
}

void demo_tell_start(struct demo *demo)
{
    char time[TIME_TEXT_SIZE];
    char history[DURATION_TEXT_SIZE];
    if (demo->options->quiet || !demo_is_text(demo))
        return;
    const char *between = demo_dot(demo);
    demo_toned(demo, TONE_STRONG, "tern", 0);
    text_buffer_print(&demo->out, " %s demo %s %s prices %s seed %llu %s no keys, no network\n",
                      demo->ports->version, between,
                      demo->options->tape == NULL ? "simulated" : "recorded", between,
                      (unsigned long long)demo->options->seed, between);
    text_buffer_append(&demo->out, TEXT("  account    "));
    demo_money_append(demo, demo->outcome->start_equity.units, false);
    text_buffer_print(&demo->out, " %s, virtual\n", demo->config.currency);
    (void)time_format(time, demo->start_ns);
    text_buffer_print(&demo->out, "  clock      %s, begins at %s, ",
                      demo->options->tape == NULL ? "simulated" : "recorded", time);
    speed_append(demo);
    if (demo->options->tape != NULL) {
        text_buffer_print(&demo->out,
                          "\n  market     %u files, played as they were received; the bots see "
                          "nothing before\n",
                          demo->tape.session.count);
        files_append(demo);
        commands_append(demo);
        demo_say(demo);
        return;
    }
    text_buffer_print(&demo->out, "\n  market     %u instruments, correlated; scenario %s: %s\n",
                      demo->market.count, scenario_name(demo->options->scenario),
                      scenario_sentence(demo->options->scenario));
    if (demo->market.generator.path.correlation_repaired)
        text_buffer_print(&demo->out,
                          "             correlations that cannot be were repaired, by up to %.3f\n",
                          demo->market.generator.path.correlation_change_max);
    (void)duration_format(history, demo->history_ns);
    text_buffer_print(&demo->out, "  warming    the bots see %s of generated history first\n",
                      history);
    commands_append(demo);
    demo_say(demo);
}

static void tell_instruments(struct demo *demo)
{
    struct table table;
    table_init(&table, "instruments", "INSTRUMENTS");
    table_column(&table, "instrument", TABLE_LEFT, 0);
    table_column(&table, "first price", TABLE_RIGHT, 0);
    table_column(&table, "volatility, % a year", TABLE_RIGHT, 0);
    table_column(&table, "tick", TABLE_RIGHT, 1);
    table_column(&table, "lot", TABLE_RIGHT, 1);
    for (uint32_t i = 0; i < demo->config.instruments_count && demo->listed[i]; i++) {
        const struct instrument *instrument = &demo->assembly.instruments[i];
        char text[DECIMAL_TEXT_SIZE];
        table_cell(&table, text_of(instrument->name));
        demo_price(text, instrument, engine_risk(demo->engine)->states[i].close);
        table_cell(&table, text_of(text));
        if (demo->options->tape != NULL)
            table_cell(&table, TEXT("recorded"));
        else
            table_cell_print(&table, "%.0f", demo_market_model(&demo->market, i)->volatility * 100);
        (void)decimal_format_i64(text, instrument->tick.units, instrument->price_decimals);
        table_cell(&table, text_of(text));
        (void)decimal_format_i64(text, instrument->lot.units, instrument->quantity_decimals);
        table_cell(&table, text_of(text));
    }
    demo_table_put(demo, &table);
}

static void size_cell(struct table *table, const struct config_bot *bot)
{
    char text[DECIMAL_TEXT_SIZE];
    if (bot->kind == CONFIG_BOT_DCA) {
        table_cell(table, TEXT("its amount"));
        return;
    }
    switch (bot->size.method) {
    case CONFIG_SIZE_FIXED:
        (void)decimal_format_i128(text, bot->size.quantity.units, AMOUNT_DECIMALS);
        table_cell_print(table, "%s fixed", text);
        return;
    case CONFIG_SIZE_NOTIONAL:
        (void)decimal_format_i128(text, bot->size.amount.units, AMOUNT_DECIMALS);
        table_cell_print(table, "%s notional", text);
        return;
    case CONFIG_SIZE_EQUITY:
        (void)decimal_format_i64(text, bot->size.fraction.ppm, RATIO_DECIMALS);
        table_cell_print(table, "%s of its equity", text);
        return;
    case CONFIG_SIZE_VOLATILITY: table_cell(table, TEXT("volatility")); return;
    case CONFIG_SIZE_KELLY: table_cell(table, TEXT("kelly")); return;
    }
}

static void tell_bots(struct demo *demo)
{
    struct table table;
    table_init(&table, "bots", "BOTS");
    table_column(&table, "bot", TABLE_LEFT, 0);
    table_column(&table, "kind", TABLE_LEFT, 0);
    table_column(&table, "instrument", TABLE_LEFT, 0);
    table_column(&table, "bar", TABLE_RIGHT, 0);
    table_column(&table, "budget", TABLE_RIGHT, 1);
    table_column(&table, "size", TABLE_RIGHT, 0);
    table_column(&table, "state", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < demo->config.bots_count; i++) {
        const struct config_bot *bot = &demo->config.bots[i];
        const struct bot_config *built = &demo->assembly.bots[i];
        char text[DEMO_MONEY_SIZE];
        uint64_t seen = engine_bot_bars(demo->engine, i);
        uint32_t needed = built->class->warmup(built->params);
        table_cell(&table, text_of(bot->name));
        table_cell(&table, text_of(config_bot_kind_name(bot->kind)));
        table_cell(&table, text_of(bot->instrument));
        (void)duration_format(text, bot->bar_ns);
        table_cell(&table, text_of(text));
        demo_money(text, bot->budget.value.units, false);
        table_cell(&table, text_of(text));
        size_cell(&table, bot);
        if (seen >= needed)
            table_cell_print(&table, "warm, %llu bars", (unsigned long long)seen);
        else
            table_cell_print(&table, "warming %llu of %u bars", (unsigned long long)seen, needed);
    }
    demo_table_put(demo, &table);
}

/* Whether a line of the configuration is a limit that binds. */
static bool is_limit(struct text key, struct text value)
{
    if (text_equal(key, TEXT("risk.cash_reserve")) && text_equal(value, TEXT("0")))
        return false;
    return text_starts_with(key, TEXT("risk.")) && !text_equal(value, TEXT("off")) &&
           !text_equal(value, TEXT("null")) && !text_equal(value, TEXT("[]")) &&
           !text_equal(value, TEXT("{}"));
}

/* The limits in force, as the configuration has them; for people two in a row. */
static void tell_limits(struct demo *demo)
{
    struct table table;
    struct text_buffer shown;
    unsigned pairs = demo->ports->output.style.plain ? 1 : 2;
    table_init(&table, "limits", "LIMITS IN FORCE");
    for (unsigned i = 0; i < pairs; i++) {
        table_column(&table, "limit", TABLE_LEFT, 0);
        table_column(&table, "value", TABLE_RIGHT, 0);
    }
    text_buffer_init(&shown, (size_t)1 << 20);
    config_show(&demo->config, &shown);
    struct text rest = {shown.data, shown.size};
    unsigned cells = 0;
    while (rest.size > 0) {
        struct text line = text_split(&rest, '\n');
        struct text key = text_split(&line, '\t');
        struct text value = text_split(&line, '\t');
        if (!is_limit(key, value))
            continue;
        size_t root = strlen("risk.");
        table_cell(&table, (struct text){key.data + root, key.size - root});
        table_cell(&table, value);
        cells++;
    }
    for (; cells % pairs != 0; cells++) {
        table_cell(&table, TEXT(""));
        table_cell(&table, TEXT(""));
    }
    text_buffer_release(&shown);
    demo_table_put(demo, &table);
}

void demo_tell_ready(struct demo *demo)
{
    if (!demo_is_text(demo)) {
        demo_json_start(demo);
        demo_say(demo);
        return;
    }
    if (demo->options->quiet)
        return;
    tell_instruments(demo);
    tell_bots(demo);
    tell_limits(demo);
    text_buffer_append(&demo->out, TEXT("\n  dashboard  comes with a later version\n"));
    text_buffer_append(
        &demo->out,
        TEXT("  try        tern demo --scenario crash --speed 30    stops and limits at work\n"
             "             tern demo --speed max --duration 8h      a working day in seconds\n"
             "             tern demo --commands -                   then type: add NVDA, help\n"
             "             tern backtest run examples/score.yaml    the engine on recorded prices\n"
             "  stop       Ctrl-C closes the account and ends with exit code 0; twice forces\n\n"));
    demo_say(demo);
}

/* ---- what happens --------------------------------------------------------------------------- */

void demo_line_begin(struct demo *demo, const char *word, enum table_tone tone)
{
    struct civil_time civil = civil_from_ns(demo->now_ns);
    if (day_of_ns(demo->now_ns) != demo->day) {
        demo->day = day_of_ns(demo->now_ns);
        demo->fills_today = 0;
        text_buffer_print(&demo->out, "%04d-%02u-%02u begins\n", civil.year, civil.month,
                          civil.day);
    }
    text_buffer_print(&demo->out, "%02u:%02u:%02u  ", civil.hour, civil.minute, civil.second);
    demo_toned(demo, tone, word, 7);
}

const char *demo_bot_name(const struct demo *demo, uint32_t bot)
{
    return bot == NONE_INDEX ? "desk" : demo->config.bots[bot].name;
}

/* What is counted of a bot, or of the desk. */
static struct demo_bot *counts_of(struct demo *demo, uint32_t bot)
{
    return bot == NONE_INDEX ? &demo->desk : &demo->bots[bot];
}

#define FILL_WIDTH 104u      /* columns of a line about a fill with all that there is to say */
#define FILL_WIDTH_LEAST 82u /* without fee and purpose */

static void tell_fill(struct demo *demo, const struct fact_order_filled *fact)
{
    const struct order *order = engine_order(demo->engine, fact->order);
    const struct instrument *instrument = &demo->assembly.instruments[order->instrument];
    char quantity[DECIMAL_TEXT_SIZE];
    char price[DECIMAL_TEXT_SIZE];
    char fee[DEMO_MONEY_SIZE];
    bool buy = order->side == SIDE_BUY;
    demo->outcome->fills_count++;
    if (demo->outcome->first_fill_ns < 0)
        demo->outcome->first_fill_ns = demo->now_ns - demo->start_ns;
    counts_of(demo, order->bot)->fills_count++;
    demo->fills_today++;
    if (!demo_is_text(demo)) {
        demo_json_fill(demo, fact);
        return;
    }
    demo_line_begin(demo, buy ? "BUY" : "SELL", buy ? TONE_GOOD : TONE_BAD);
    (void)decimal_format_i64(quantity, fact->quantity.units, instrument->quantity_decimals);
    demo_price(price, instrument, fact->price);
    demo_money(fee, amount_from_bytes(fact->fee_value).units, false);
    /* What a narrow screen has no room for: first the fee, then the purpose, then equity. */
    size_t width = demo->ports->output.style.plain ? 0 : demo->ports->output.style.width;
    text_buffer_print(&demo->out, "%10s %-9s @ %-10s ", quantity, instrument->name, price);
    if (width == 0 || width >= FILL_WIDTH || width < FILL_WIDTH_LEAST)
        text_buffer_print(&demo->out, "fee %-6s ", fee);
    text_buffer_print(&demo->out, "%-12s ", demo_bot_name(demo, order->bot));
    if (width == 0 || width >= FILL_WIDTH - 11)
        text_buffer_print(&demo->out, "%-11s ",
                          order_purpose_name((enum order_purpose)order->purpose));
    if (width == 0 || width >= FILL_WIDTH_LEAST) {
        text_buffer_append(&demo->out, TEXT("equity "));
        demo_money_append(demo, risk_equity(engine_risk(demo->engine)).units, false);
    }
    text_buffer_append(&demo->out, TEXT("\n"));
}

/* What would have been and what is allowed, where the control counts money or things. */
static void limit_append(struct demo *demo, const struct fact_order_denied *fact)
{
    size_t count = 0;
    const struct risk_control *controls = risk_controls(&count);
    const char *unit = "";
    for (size_t i = 0; i < count; i++) {
        if ((uint32_t)controls[i].reason == fact->header.detail)
            unit = controls[i].unit;
    }
    i128 value = amount_from_bytes(fact->value).units;
    i128 limit = amount_from_bytes(fact->limit).units;
    if (limit == 0 || unit[0] == '\0' || strcmp(unit, "ns") == 0)
        return;
    if (strcmp(unit, "quote") == 0 || strcmp(unit, "currency") == 0) {
        text_buffer_append(&demo->out, TEXT(": "));
        demo_money_append(demo, value, false);
        text_buffer_append(&demo->out, TEXT(", limit "));
        demo_money_append(demo, limit, false);
        return;
    }
    char found[DECIMAL_TEXT_SIZE], allowed[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(found, value, AMOUNT_DECIMALS);
    (void)decimal_format_i128(allowed, limit, AMOUNT_DECIMALS);
    text_buffer_print(&demo->out, ": %s, limit %s", found, allowed);
}

/* The first of a row of equal denials is told, the rest are counted. */
static void tell_denial(struct demo *demo, const struct fact_order_denied *fact)
{
    demo->outcome->denied_count++;
    struct demo_bot *bot = counts_of(demo, fact->bot);
    bot->denied_count++;
    if (!demo_is_text(demo)) {
        demo_json_denied(demo, fact);
        return;
    }
    if (fact->bot != NONE_INDEX && bot->denied_reason == fact->header.detail)
        return;
    bot->denied_reason = fact->header.detail;
    const struct instrument *instrument = &demo->assembly.instruments[fact->instrument];
    enum reason reason = (enum reason)fact->header.detail;
    char quantity[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i64(quantity, fact->quantity.units, instrument->quantity_decimals);
    demo_line_begin(demo, "DENIED", TONE_WARN);
    text_buffer_print(&demo->out, "%s %s %s of %s: %s", side_name((enum side)fact->side), quantity,
                      instrument->name, demo_bot_name(demo, fact->bot), reason_sentence(reason));
    limit_append(demo, fact);
    text_buffer_print(&demo->out, " (%s)\n", reason_name(reason));
}

static void tell_breach(struct demo *demo, enum reason reason)
{
    const struct fact_limit_breached *breach = demo->breach;
    if (breach == NULL || breach->reason != (uint32_t)reason)
        return;
    i128 value = amount_from_bytes(breach->value).units;
    i128 limit = amount_from_bytes(breach->limit).units;
    if (reason == REASON_CONSECUTIVE_LOSSES) {
        i128 one = power_of_ten(AMOUNT_DECIMALS);
        text_buffer_print(&demo->out, " (%lld, limit %lld)", (long long)(value / one),
                          (long long)(limit / one));
        return;
    }
    text_buffer_append(&demo->out, TEXT(" ("));
    demo_money_append(demo, value, false);
    text_buffer_append(&demo->out, TEXT(", limit "));
    demo_money_append(demo, limit, false);
    text_buffer_append(&demo->out, TEXT(")"));
}

static void tell_state(struct demo *demo, const struct fact_state_changed *fact)
{
    static const char *const names[] = {"active", "paused", "reducing", "halted"};
    static const char *const meanings[] = {"entries are taken again", "entries are refused",
                                           "entries are refused, exits and stops go on",
                                           "nothing new is taken"};
    uint32_t state = fact->header.detail;
    const char *what = "the account";
    enum reason reason = (enum reason)fact->reason;
    if (fact->scope == SCOPE_INSTRUMENT)
        what = demo->assembly.instruments[fact->index].name;
    else if (fact->scope == SCOPE_BOOK)
        what = demo_bot_name(demo, fact->index == DESK_BOOK ? NONE_INDEX : fact->index - 1);
    ASSERT(state < ARRAY_COUNT(names));
    /* Places that wait, and what a command answers anyway. */
    if (reason == REASON_NOT_LISTED)
        return;
    demo->outcome->states_count++;
    if (!demo_is_text(demo)) {
        demo_json_state(demo, what, names[state], reason);
        return;
    }
    demo_line_begin(demo, "STATE", state == TRADING_ACTIVE ? TONE_GOOD : TONE_WARN);
    text_buffer_print(&demo->out, "%s is %s: ", what, names[state]);
    if (state == TRADING_ACTIVE)
        text_buffer_print(&demo->out, "no longer: %s", reason_sentence(reason));
    else
        text_buffer_append(&demo->out, text_of(reason_sentence(reason)));
    tell_breach(demo, reason);
    text_buffer_print(&demo->out, "; %s\n", meanings[state]);
}

/* What an order of the desk asks for; bots plan too often to be told. */
static void tell_planned(struct demo *demo, const struct fact_order_planned *fact)
{
    const struct instrument *instrument = &demo->assembly.instruments[fact->instrument];
    char quantity[DECIMAL_TEXT_SIZE];
    char price[DECIMAL_TEXT_SIZE];
    counts_of(demo, fact->bot)->denied_reason = 0;
    if (!demo_is_text(demo)) {
        demo_json_planned(demo, fact);
        return;
    }
    if (fact->bot != NONE_INDEX)
        return;
    (void)decimal_format_i64(quantity, fact->quantity.units, instrument->quantity_decimals);
    demo_price(price, instrument, fact->price);
    demo_line_begin(demo, "ORDER", TONE_STRONG);
    text_buffer_print(&demo->out, "%llu: %s %s %s %s%s\n", (unsigned long long)fact->order,
                      side_name((enum side)fact->side), quantity, instrument->name,
                      fact->price.units > 0 ? "at " : "at market",
                      fact->price.units > 0 ? price : "");
}

/* Ends of the desk's orders other than by fills; of bots' orders the first of a row of equal
 * refusals, the rest are counted. */
static void tell_ended(struct demo *demo, const struct fact_order_ended *fact)
{
    const struct order *order = engine_order(demo->engine, fact->order);
    struct demo_bot *bot = counts_of(demo, order->bot);
    uint32_t state = fact->header.detail;
    bool rejected = state == ORDER_REJECTED;
    bool told = order->bot == NONE_INDEX ? state != ORDER_FILLED
                                         : rejected && bot->refused_reason != fact->reason;
    demo->outcome->rejected_count += rejected;
    bot->refused_reason = rejected ? fact->reason : 0;
    if (!demo_is_text(demo))
        demo_json_ended(demo, fact);
    if (!told || !demo_is_text(demo))
        return;
    enum reason reason = (enum reason)fact->reason;
    demo_line_begin(demo, rejected ? "REFUSED" : "ENDED", rejected ? TONE_WARN : TONE_PLAIN);
    text_buffer_print(&demo->out, "order %llu, %s %s, of %s: %s", (unsigned long long)fact->order,
                      side_name((enum side)order->side),
                      demo->assembly.instruments[order->instrument].name,
                      demo_bot_name(demo, order->bot), order_state_name((enum order_state)state));
    if (reason != REASON_NONE)
        text_buffer_print(&demo->out, ", %s", reason_sentence(reason));
    text_buffer_append(&demo->out, TEXT("\n"));
}

static void tell_fact(struct demo *demo, const struct fact_header *fact)
{
    const void *data = fact;
    switch (fact->kind) {
    case FACT_ORDER_FILLED: tell_fill(demo, data); return;
    case FACT_ORDER_DENIED: tell_denial(demo, data); return;
    case FACT_ORDER_PLANNED: tell_planned(demo, data); return;
    case FACT_ORDER_ENDED: tell_ended(demo, data); return;
    case FACT_LIMIT_BREACHED: demo->breach = data; return;
    case FACT_STATE_CHANGED: tell_state(demo, data); return;
    case FACT_LOT_DISPOSED: {
        const struct fact_lot_disposed *disposed = data;
        const struct ledger *ledger = engine_ledger(demo->engine);
        uint32_t bot = disposed->book == DESK_BOOK ? NONE_INDEX : disposed->book - 1;
        if (ledger_position(ledger, disposed->book, disposed->instrument)->quantity == 0)
            counts_of(demo, bot)->trips_count++;
        return;
    }
    default: return;
    }
}

void demo_tell_frame(struct demo *demo, const uint8_t *frame, uint32_t size)
{
    const uint8_t *at = frame + FRAME_HEADER_SIZE;
    const uint8_t *end = frame + size - FRAME_CHAIN_SIZE;
    demo->breach = NULL;
    while (at < end) {
        const struct fact_header *fact = (const struct fact_header *)(const void *)at;
        tell_fact(demo, fact);
        at += fact->size;
    }
    demo->breach = NULL;
}

void demo_tell_feed(struct demo *demo, uint32_t count, bool silent)
{
    char age[DURATION_TEXT_SIZE];
    if (!demo_is_text(demo)) {
        demo_json_feed(demo, count, silent);
        return;
    }
    (void)duration_format(age, demo->config.risk.data_age_max.value);
    demo_line_begin(demo, "FEED", silent ? TONE_WARN : TONE_GOOD);
    if (silent)
        text_buffer_print(&demo->out,
                          "silent for more than %s, %u of %u instruments: bots wait, nothing "
                          "fills\n",
                          age, count, demo->market.count);
    else
        text_buffer_print(&demo->out, "back, %u of %u instruments\n", count, demo->market.count);
}

/* ---- how it stands -------------------------------------------------------------------------- */

/* The top of the first instrument's order book. */
static void status_spread(struct demo *demo)
{
    const struct market_state *market = &engine_risk(demo->engine)->markets[0];
    const struct instrument *instrument = &demo->assembly.instruments[0];
    char bid[DECIMAL_TEXT_SIZE];
    char ask[DECIMAL_TEXT_SIZE];
    if (!market->book_seen || !market->book_valid)
        return;
    demo_price(bid, instrument, market->bid);
    demo_price(ask, instrument, market->ask);
    text_buffer_print(&demo->out, "  %s %s / %s, spread %.1f bps", instrument->name, bid, ask,
                      (double)(market->ask.units - market->bid.units) / (double)market->bid.units *
                          1e4);
}

void demo_tell_status(struct demo *demo)
{
    const struct demo_output *output = &demo->ports->output;
    const struct demo_clock *clock = &demo->ports->clock;
    if (output->status == NULL || demo->options->quiet || demo->status != STATUS_OK)
        return;
    /* Seconds since the start, so that a line a second stays one where the seconds of the market
     * come as regularly. */
    int64_t wall_ns = clock->now_ns(clock->context) - demo->wall_start_ns;
    int64_t second = wall_ns / NANOSECONDS_PER_SECOND;
    if (second == demo->status_second)
        return;
    demo->status_second = second;
    i128 equity = risk_equity(engine_risk(demo->engine)).units;
    struct civil_time civil = civil_from_ns(demo->now_ns);
    text_buffer_print(&demo->out, "%02u:%02u:%02u  equity ", civil.hour, civil.minute,
                      civil.second);
    demo_money_append(demo, equity, false);
    text_buffer_append(&demo->out, TEXT("  P&L "));
    demo_money_append(demo, equity - demo->outcome->start_equity.units, true);
    bool today = day_of_ns(demo->now_ns) == demo->day;
    text_buffer_print(&demo->out, "  fills today %llu",
                      (unsigned long long)(today ? demo->fills_today : 0));
    size_t narrow = demo->out.size;
    status_spread(demo);
    if (output->style.width > 0 && demo->out.size >= output->style.width)
        demo->out.size = narrow;
    if (demo->out.status == STATUS_OK)
        output->status(output->context, (struct text){demo->out.data, demo->out.size});
    text_buffer_reset(&demo->out);
}
