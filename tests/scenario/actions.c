/* What happens in a scenario: each line is one input, or moves the clock. */
#include <string.h>

#include "base/time.h"
#include "scenario.h"

/* Walks over the words of an action. */
struct words {
    struct scenario *scenario;
    const struct line *line;
    unsigned at;
};

static bool more(const struct words *words)
{
    return words->at < words->line->words_count;
}

static struct text next(struct words *words)
{
    if (more(words))
        return words->line->words[words->at++];
    fail(words->scenario, words->line, "the line ends too early");
    return (struct text){"0", 1};
}

/* Takes the word where it comes next. */
static bool skip(struct words *words, const char *name)
{
    if (!more(words) || !word_is(words->line->words[words->at], name))
        return false;
    words->at++;
    return true;
}

static void must(struct words *words, const char *name)
{
    if (!skip(words, name))
        fail(words->scenario, words->line, "`%s` is missing", name);
}

static void feed(struct words *words)
{
    if (more(words)) {
        struct text word = words->line->words[words->at];
        fail(words->scenario, words->line, "`%.*s` is too much", (int)word.size, word.data);
        return;
    }
    step(words->scenario, words->line);
}

static struct input *input_of(struct words *words, enum input_kind kind)
{
    struct scenario *scenario = words->scenario;
    scenario->input = (struct input){
        .seq = scenario->seq + 1, .time_ns = scenario->time_ns, .kind = (uint16_t)kind};
    return &scenario->input;
}

static struct price price_next(struct words *words, uint32_t instrument)
{
    unsigned decimals = words->scenario->instruments[instrument].price_decimals;
    return (struct price){units_read(words->scenario, words->line, next(words), decimals)};
}

static struct quantity quantity_next(struct words *words, uint32_t instrument)
{
    unsigned decimals = words->scenario->instruments[instrument].quantity_decimals;
    return (struct quantity){units_read(words->scenario, words->line, next(words), decimals)};
}

static uint32_t instrument_next(struct words *words)
{
    return instrument_read(words->scenario, words->line, next(words));
}

/* ---- the clock and the market ---------------------------------------------------------------- */

/* Timers that are due fire first, each at its own deadline. */
static void move_clock(struct words *words, int64_t time_ns)
{
    struct scenario *scenario = words->scenario;
    uint64_t timer = 0;
    int64_t deadline = 0;
    while (engine_timer_due(scenario->engine, time_ns, &timer, &deadline)) {
        scenario->time_ns = deadline;
        input_of(words, INPUT_TIMER)->timer.timer = timer;
        step(scenario, words->line);
    }
    scenario->time_ns = time_ns;
}

/* at 09:30, at day 2 00:00: days count from the scenario's first. */
static void act_at(struct words *words)
{
    struct scenario *scenario = words->scenario;
    int64_t day = day_of_ns(scenario->time_ns);
    if (skip(words, "day")) {
        const struct line *line = words->line;
        int64_t first = day_of_ns(scenario->start_ns);
        day = first + units_read(scenario, line, next(words), 0) - 1;
    }
    int64_t at = day * NANOSECONDS_PER_DAY + clock_read(scenario, words->line, next(words));
    if (at < scenario->time_ns) {
        fail(scenario, words->line, "time does not go back");
        return;
    }
    move_clock(words, at);
}

static void act_wait(struct words *words)
{
    int64_t duration = duration_read(words->scenario, words->line, next(words));
    move_clock(words, words->scenario->time_ns + duration);
}

static void bar_close(struct words *words, bool cycle)
{
    struct scenario *scenario = words->scenario;
    uint32_t instrument = instrument_next(words);
    struct bar bar = {.open_time_ns = scenario->time_ns - SCENARIO_BAR_NS, .volume = 1};
    bar.open = price_next(words, instrument);
    bar.high = bar.low = bar.close = bar.open;
    if (more(words)) {
        bar.high = price_next(words, instrument);
        bar.low = price_next(words, instrument);
        bar.close = price_next(words, instrument);
    }
    struct input *input = input_of(words, INPUT_BAR_CLOSE);
    input->instrument = instrument;
    input->bar.bar_ns = SCENARIO_BAR_NS;
    input->bar.bar = bar;
    feed(words);
    if (!cycle)
        return;
    input_of(words, INPUT_CYCLE);
    feed(words);
}

static void act_price(struct words *words)
{
    bar_close(words, false);
}

static void act_bar(struct words *words)
{
    bar_close(words, true);
}

static void act_cycle(struct words *words)
{
    input_of(words, INPUT_CYCLE);
    feed(words);
}

static void act_open(struct words *words)
{
    uint32_t instrument = instrument_next(words);
    struct price open = price_next(words, instrument);
    struct input *input = input_of(words, INPUT_BAR_OPEN);
    input->instrument = instrument;
    input->bar.bar_ns = SCENARIO_BAR_NS;
    input->bar.bar.open_time_ns = words->scenario->time_ns;
    input->bar.bar.open = open;
    feed(words);
}

/* quote BTC-USD 99.9 x 2 100.1 x 3 */
static void act_quote(struct words *words)
{
    uint32_t instrument = instrument_next(words);
    struct quote quote = {.bid = price_next(words, instrument)};
    must(words, "x");
    quote.bid_quantity = quantity_next(words, instrument);
    quote.ask = price_next(words, instrument);
    must(words, "x");
    quote.ask_quantity = quantity_next(words, instrument);
    struct input *input = input_of(words, INPUT_QUOTE);
    input->instrument = instrument;
    input->quote = quote;
    feed(words);
}

/* ---- orders by people ------------------------------------------------------------------------ */

/* Good till the next time of day that the word names. */
static int64_t until(struct words *words)
{
    struct scenario *scenario = words->scenario;
    int64_t midnight = day_of_ns(scenario->time_ns) * NANOSECONDS_PER_DAY;
    int64_t at = midnight + clock_read(scenario, words->line, next(words));
    return at > scenario->time_ns ? at : at + NANOSECONDS_PER_DAY;
}

static void intent_prices(struct words *words, struct intent *intent)
{
    if (skip(words, "market"))
        return;
    if (skip(words, "stop")) {
        intent->type = ORDER_STOP;
        intent->stop_price = price_next(words, intent->instrument);
        if (!skip(words, "limit"))
            return;
        intent->type = ORDER_STOP_LIMIT;
        intent->price = price_next(words, intent->instrument);
        return;
    }
    must(words, "limit");
    intent->type = ORDER_LIMIT;
    intent->price = price_next(words, intent->instrument);
}

static void intent_options(struct words *words, struct intent *intent)
{
    struct scenario *scenario = words->scenario;
    while (more(words)) {
        if (skip(words, "ioc")) {
            intent->tif = TIF_IOC;
        } else if (skip(words, "fok")) {
            intent->tif = TIF_FOK;
        } else if (skip(words, "until")) {
            intent->tif = TIF_GTD;
            intent->expire_ns = until(words);
        } else if (skip(words, "post_only")) {
            intent->flags |= ORDER_FLAG_POST_ONLY;
        } else if (skip(words, "reduce_only")) {
            intent->flags |= ORDER_FLAG_REDUCE_ONLY;
        } else if (skip(words, "protective")) {
            intent->flags |= ORDER_FLAG_PROTECTIVE;
        } else if (skip(words, "for")) {
            intent->book = book_read(scenario, words->line, next(words));
        } else if (skip(words, "parent")) {
            intent->parent = order_read(scenario, words->line, next(words));
        } else {
            return;
        }
    }
}

static void act_intent(struct words *words, enum side side)
{
    struct intent intent = {
        .book = DESK_BOOK,
        .bot = NONE_INDEX,
        .side = (uint8_t)side,
        .type = ORDER_MARKET,
        .tif = TIF_GTC,
        .origin = ORIGIN_PERSON,
        .purpose = PURPOSE_MANUAL,
    };
    struct text name = next(words);
    intent.instrument = instrument_find(words->scenario, name);
    if (intent.instrument == NONE_INDEX && !word_is(name, "unlisted"))
        intent.instrument = instrument_read(words->scenario, words->line, name);
    uint32_t scaled = intent.instrument == NONE_INDEX ? 0 : intent.instrument;
    intent.quantity = quantity_next(words, scaled);
    intent_prices(words, &intent);
    intent_options(words, &intent);
    input_of(words, INPUT_COMMAND_ORDER)->intent = intent;
    feed(words);
}

static void act_buy(struct words *words)
{
    act_intent(words, SIDE_BUY);
}

static void act_sell(struct words *words)
{
    act_intent(words, SIDE_SELL);
}

/* The instrument of an order, for the decimals of what is said about it. */
static uint32_t instrument_of(const struct words *words, uint64_t order)
{
    const struct order *found = engine_order(words->scenario->engine, order);
    return found == NULL ? 0 : found->instrument;
}

static uint64_t order_next(struct words *words)
{
    return order_read(words->scenario, words->line, next(words));
}

static void act_cancel(struct words *words)
{
    uint64_t order = order_next(words);
    input_of(words, INPUT_COMMAND_CANCEL)->order = order;
    feed(words);
}

/* 2 @ 100, or 2 alone for an order without a limit. */
static void size_and_price(struct words *words, uint32_t instrument, struct quantity *quantity,
                           struct price *price)
{
    *quantity = quantity_next(words, instrument);
    *price = (struct price){0};
    if (skip(words, "@"))
        *price = price_next(words, instrument);
}

static void act_amend(struct words *words)
{
    uint64_t order = order_next(words);
    struct input *input = input_of(words, INPUT_COMMAND_AMEND);
    input->order = order;
    size_and_price(words, instrument_of(words, order), &input->amend.quantity, &input->amend.price);
    feed(words);
}

/* ---- what the venue says --------------------------------------------------------------------- */

static uint32_t reason_next(struct words *words)
{
    if (!more(words))
        return REASON_NONE;
    struct text name = next(words);
#define REASON_READ(row, number, text, control, sentence) \
    if (word_is(name, text))                              \
        return number;
    REASON_TABLE(REASON_READ)
#undef REASON_READ
    fail(words->scenario, words->line, "`%.*s` is no reason", (int)name.size, name.data);
    return REASON_NONE;
}

static void report(struct words *words, enum input_kind kind)
{
    uint64_t order = order_next(words);
    uint32_t reason = reason_next(words);
    struct input *input = input_of(words, kind);
    input->order = order;
    input->instrument = instrument_of(words, order);
    input->report.reason = reason;
    input->report.venue_id_low = order + 1000;
    feed(words);
}

#define ACT_REPORT(name, kind)                  \
    static void act_##name(struct words *words) \
    {                                           \
        report(words, kind);                    \
    }
ACT_REPORT(accepted, INPUT_VENUE_ACCEPTED)
ACT_REPORT(rejected, INPUT_VENUE_REJECTED)
ACT_REPORT(canceled, INPUT_VENUE_CANCELED)
ACT_REPORT(expired, INPUT_VENUE_EXPIRED)
ACT_REPORT(absent, INPUT_VENUE_ABSENT)
ACT_REPORT(cancel_rejected, INPUT_VENUE_CANCEL_REJECTED)
ACT_REPORT(amend_rejected, INPUT_VENUE_AMEND_REJECTED)

static void act_amended(struct words *words)
{
    uint64_t order = order_next(words);
    struct input *input = input_of(words, INPUT_VENUE_AMENDED);
    input->order = order;
    input->instrument = instrument_of(words, order);
    size_and_price(words, input->instrument, &input->report.quantity, &input->report.price);
    feed(words);
}

/* cumulative 1 0.4 worth 40 */
static void act_cumulative(struct words *words)
{
    uint64_t order = order_next(words);
    struct input *input = input_of(words, INPUT_VENUE_CUMULATIVE);
    input->order = order;
    input->instrument = instrument_of(words, order);
    input->report.quantity = quantity_next(words, input->instrument);
    if (skip(words, "worth")) {
        struct amount worth = amount_read(words->scenario, words->line, next(words));
        input->report.notional = amount_to_bytes(worth);
    }
    feed(words);
}

/* fill 1 0.5 @ 20000 fee 0.004 BNB worth 1 maker id 7 of BTC-USDT */
static void execution(struct words *words, enum input_kind kind)
{
    struct scenario *scenario = words->scenario;
    uint64_t order = order_next(words);
    struct input *input = input_of(words, kind);
    input->order = order;
    input->instrument = instrument_of(words, order);
    struct text quantity = next(words);
    must(words, "@");
    struct text price = next(words);
    struct amount fee = {0};
    struct amount worth = {0};
    struct venue_fill *fill = &input->fill;
    uint32_t asset = NONE_INDEX;
    fill->liquidity = LIQUIDITY_TAKER;
    while (more(words)) {
        if (skip(words, "fee")) {
            fee = worth = amount_read(scenario, words->line, next(words));
            if (more(words) && asset_find(scenario, words->line->words[words->at]) != NONE_INDEX)
                asset = asset_find(scenario, next(words));
        } else if (skip(words, "worth")) {
            worth = amount_read(scenario, words->line, next(words));
        } else if (skip(words, "id")) {
            fill->trade_id_low = order_read(scenario, words->line, next(words));
        } else if (skip(words, "of")) {
            input->instrument = instrument_next(words);
        } else if (skip(words, "maker")) {
            fill->liquidity = LIQUIDITY_MAKER;
        } else {
            break;
        }
    }
    const struct instrument *instrument = &scenario->instruments[input->instrument];
    fill->quantity.units = units_read(scenario, words->line, quantity,
                                      instrument->quantity_decimals);
    fill->price.units = units_read(scenario, words->line, price, instrument->price_decimals);
    fill->fee = amount_to_bytes(fee);
    fill->fee_value = amount_to_bytes(worth);
    fill->fee_asset = asset == NONE_INDEX ? instrument->quote_asset : asset;
    if (fill->trade_id_low == 0)
        fill->trade_id_low = ++scenario->trade_id;
    feed(words);
}

static void act_fill(struct words *words)
{
    execution(words, INPUT_VENUE_FILL);
}

static void act_bust(struct words *words)
{
    execution(words, INPUT_VENUE_BUST);
}

static void delivery(struct words *words, enum delivery what)
{
    uint64_t order = order_next(words);
    struct input *input = input_of(words, INPUT_DELIVERY);
    input->order = order;
    input->delivery.delivery = (uint32_t)what;
    feed(words);
}

static void act_sent(struct words *words)
{
    delivery(words, DELIVERY_SENT);
}

static void act_answered(struct words *words)
{
    delivery(words, DELIVERY_ANSWERED);
}

static void act_unknown(struct words *words)
{
    delivery(words, DELIVERY_UNKNOWN);
}

/* ---- what people do -------------------------------------------------------------------------- */

static void act_stop(struct words *words)
{
    static const char *const names[] = {"", "pause", "reduce", "cancel", "flatten"};
    struct text name = next(words);
    uint32_t stop = STOP_NONE;
    for (uint32_t i = STOP_PAUSE; i <= STOP_FLATTEN; i++) {
        if (word_is(name, names[i]))
            stop = i;
    }
    struct input *input = input_of(words, INPUT_COMMAND_STOP);
    input->stop.stop = stop;
    input->stop.book = NONE_INDEX;
    if (skip(words, "protective"))
        input->flags = INPUT_FLAG_PROTECTIVE;
    feed(words);
}

static void act_resume(struct words *words)
{
    input_of(words, INPUT_COMMAND_RESUME);
    feed(words);
}

/* deposit 100 USD to desk · withdraw 100 USD from desk · move 100 USD from desk to one */
static void money(struct words *words)
{
    struct scenario *scenario = words->scenario;
    struct input *input = input_of(words, INPUT_COMMAND_DEPOSIT);
    input->deposit.amount = amount_to_bytes(amount_read(scenario, words->line, next(words)));
    input->deposit.asset = asset_read(scenario, words->line, next(words));
    input->deposit.source_book = NONE_INDEX;
    input->deposit.target_book = NONE_INDEX;
    if (skip(words, "from"))
        input->deposit.source_book = book_read(scenario, words->line, next(words));
    if (skip(words, "to"))
        input->deposit.target_book = book_read(scenario, words->line, next(words));
    feed(words);
}

static void act_bot(struct words *words)
{
    static const char *const actions[] = {"start", "pause", "stop"};
    uint32_t book = book_read(words->scenario, words->line, next(words));
    struct text name = next(words);
    struct input *input = input_of(words, INPUT_COMMAND_BOT);
    input->bot.bot = book - 1;
    for (uint32_t i = 0; i < ARRAY_COUNT(actions); i++) {
        if (word_is(name, actions[i]))
            input->bot.action = i;
    }
    feed(words);
}

static void act_skew(struct words *words)
{
    int64_t skew = duration_read(words->scenario, words->line, next(words));
    struct input *input = input_of(words, INPUT_HEALTH);
    input->instrument = NONE_INDEX;
    input->health.clock_skew_ns = skew;
    input->health.feed_up = 1;
    feed(words);
}

/* health BTC-USD invalid: its order book is not to be believed. */
static void act_health(struct words *words)
{
    uint32_t instrument = instrument_next(words);
    struct text state = next(words);
    struct input *input = input_of(words, INPUT_HEALTH);
    input->instrument = instrument;
    input->health.book_valid = word_is(state, "valid");
    input->health.feed_up = 1;
    feed(words);
}

bool action_take(struct scenario *scenario, const struct statement *statement)
{
    static const struct {
        const char *name;
        void (*act)(struct words *words);
    } actions[] = {
        {"at", act_at},
        {"wait", act_wait},
        {"price", act_price},
        {"bar", act_bar},
        {"cycle", act_cycle},
        {"open", act_open},
        {"quote", act_quote},
        {"buy", act_buy},
        {"sell", act_sell},
        {"cancel", act_cancel},
        {"amend", act_amend},
        {"accepted", act_accepted},
        {"rejected", act_rejected},
        {"canceled", act_canceled},
        {"expired", act_expired},
        {"absent", act_absent},
        {"amended", act_amended},
        {"cancel_rejected", act_cancel_rejected},
        {"amend_rejected", act_amend_rejected},
        {"cumulative", act_cumulative},
        {"fill", act_fill},
        {"bust", act_bust},
        {"sent", act_sent},
        {"answered", act_answered},
        {"unknown", act_unknown},
        {"stop", act_stop},
        {"resume", act_resume},
        {"deposit", money},
        {"withdraw", money},
        {"move", money},
        {"bot", act_bot},
        {"skew", act_skew},
        {"health", act_health},
    };
    struct words words = {scenario, statement->head, 1};
    for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
        if (!word_is(statement->head->words[0], actions[i].name))
            continue;
        text_buffer_reset(&scenario->events);
        actions[i].act(&words);
        return true;
    }
    return false;
}
