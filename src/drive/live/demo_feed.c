/* One thing after another: the market, the exchange and the engine on one clock.
 *
 *     earliest first    timers of the engine        deadlines
 *                       requests at the exchange    50 ms after the engine sent them
 *                       answers of the exchange     50 ms after it judged
 *                       the market                  the exchange sees it, and so do we
 *
 * At one nanosecond what the market does comes before what reaches the exchange, and both before
 * answers, so that the order of things is a function of their times alone. */
#include "drive/live/demo_state.h"

/* The exchange answers everything within two latencies; longer than this nobody waits. */
#define SETTLE_MAX_NS (120 * NANOSECONDS_PER_SECOND)

/* ---- one input ------------------------------------------------------------------------------ */

static void journal_input(struct demo *demo, const struct input *input)
{
    if (!input_kind_is_durable((enum input_kind)input->kind))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(demo->sinks) && demo->status == STATUS_OK; i++) {
        const struct journal_sink *sink = demo->sinks[i];
        if (sink != NULL && sink->input(sink->context, input) != STATUS_OK)
            demo_fail(demo, STATUS_IO, "journal", "cannot be written");
    }
}

static void journal_frame(struct demo *demo, const uint8_t *frame, uint32_t size)
{
    for (size_t i = 0; i < ARRAY_COUNT(demo->sinks) && demo->status == STATUS_OK; i++) {
        const struct journal_sink *sink = demo->sinks[i];
        if (sink != NULL && sink->frame(sink->context, frame, size) != STATUS_OK)
            demo_fail(demo, STATUS_IO, "journal", "cannot be written");
    }
}

static void send_commands(struct demo *demo)
{
    uint32_t count = 0;
    const struct command *commands = engine_commands(demo->engine, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct command *command = &commands[i];
        switch ((enum command_kind)command->kind) {
        case COMMAND_PLACE:
            book_venue_place(demo->venue, engine_order(demo->engine, command->order), demo->now_ns);
            break;
        case COMMAND_CANCEL: book_venue_cancel(demo->venue, command->order, demo->now_ns); break;
        case COMMAND_AMEND:
            book_venue_amend(demo->venue, command->order, command->price, command->quantity,
                             demo->now_ns);
            break;
        }
    }
}

void demo_feed(struct demo *demo, struct input *input)
{
    if (demo->status != STATUS_OK)
        return;
    input->seq = ++demo->seq;
    demo->now_ns = input->time_ns;
    journal_input(demo, input);
    engine_step(demo->engine, input);
    uint32_t size = 0;
    const uint8_t *frame = engine_frame(demo->engine, &size);
    if (frame == NULL)
        return;
    journal_frame(demo, frame, size);
    if (demo->options->keep != NULL)
        demo_keep_frame(&demo->keep, frame, size);
    if (demo->options->audit) {
        uint64_t detail = 0;
        const char *broken = engine_audit(demo->engine, &detail);
        if (broken != NULL)
            demo_fail(demo, STATUS_INTERNAL, "audit", broken);
    }
    if (demo->status != STATUS_OK)
        return;
    send_commands(demo);
    demo_tell_frame(demo, frame, size);
}

/* ---- the exchange and its answers ------------------------------------------------------------ */

/* The earliest of what is due by time_ns; false where nothing is. */
static bool take_due(struct demo *demo, int64_t time_ns)
{
    int64_t arrives_ns = book_venue_next_ns(demo->venue);
    int64_t answers_ns = book_venue_answer_ns(demo->venue);
    int64_t next_ns = i64_min(i64_min(arrives_ns, answers_ns), time_ns);
    int64_t deadline_ns = 0;
    uint64_t timer = 0;
    struct input input = {0};
    if (engine_timer_due(demo->engine, next_ns, &timer, &deadline_ns)) {
        input = (struct input){.time_ns = deadline_ns, .kind = INPUT_TIMER};
        input.timer.timer = timer;
    } else if (arrives_ns <= next_ns) {
        book_venue_advance(demo->venue, arrives_ns);
        return true;
    } else if (!book_venue_report_next(demo->venue, next_ns, &input)) {
        return false;
    }
    demo_feed(demo, &input);
    return true;
}

static void play_exchange(struct demo *demo, int64_t time_ns)
{
    while (demo->status == STATUS_OK && take_due(demo, time_ns))
        continue;
}

void demo_settle(struct demo *demo)
{
    int64_t end_ns = demo->now_ns + SETTLE_MAX_NS;
    while (demo->status == STATUS_OK && engine_orders_live(demo->engine) > 0 &&
           take_due(demo, end_ns))
        continue;
}

/* ---- the market ----------------------------------------------------------------------------- */

static void feed_delta(struct demo *demo, uint32_t instrument, const struct delta *delta,
                       int64_t time_ns)
{
    struct book_message message = {.deltas = delta, .count = 1, .time_ns = time_ns};
    struct input input = {.time_ns = time_ns, .kind = INPUT_DELTA, .instrument = instrument};
    book_venue_book(demo->venue, instrument, &message, time_ns);
    input.delta = *delta;
    demo_feed(demo, &input);
}

static void feed_quote(struct demo *demo, uint32_t instrument, const struct quote *quote,
                       int64_t time_ns)
{
    struct input input = {.time_ns = time_ns, .kind = INPUT_QUOTE, .instrument = instrument};
    input.quote = *quote;
    demo_feed(demo, &input);
}

static void feed_trade(struct demo *demo, uint32_t instrument, const struct trade *trade,
                       int64_t time_ns)
{
    struct input input = {.time_ns = time_ns, .kind = INPUT_TRADE, .instrument = instrument};
    book_venue_trade(demo->venue, instrument, trade, time_ns);
    input.trade = *trade;
    demo_feed(demo, &input);
}

void demo_feed_books(struct demo *demo)
{
    struct delta levels[2 * FLOW_DEPTH];
    int64_t time_ns = demo_market_books(&demo->market);
    play_exchange(demo, time_ns);
    for (uint32_t i = 0; i < demo->market.count; i++) {
        uint32_t count = demo_market_levels(&demo->market, i, levels);
        for (uint32_t level = 0; level < count; level++)
            feed_delta(demo, i, &levels[level], time_ns);
        struct quote quote = order_book_quote(book_venue_order_book(demo->venue, i));
        feed_quote(demo, i, &quote, time_ns);
    }
}

static void take_event(struct demo *demo, const struct market_event *event)
{
    switch (event->kind) {
    case MARKET_EVENT_BAR:
        /* Told at the end of its second, which is now. */
        demo->bars[event->slot] = event->bar.bar;
        demo->closed[event->slot] = true;
        return;
    case MARKET_EVENT_QUOTE: feed_quote(demo, event->slot, &event->quote, event->time_ns); return;
    case MARKET_EVENT_TRADE: feed_trade(demo, event->slot, &event->trade, event->time_ns); return;
    case MARKET_EVENT_DELTA: feed_delta(demo, event->slot, &event->delta, event->time_ns); return;
    }
}

/* ---- a recording ------------------------------------------------------------------------ */

/* What is received at one instant of the recording. */
static void tape_tell(struct demo *demo)
{
    session_feed_step(&demo->tape.feed);
    for (struct input *input = session_feed_next(&demo->tape.feed);
         input != NULL && demo->status == STATUS_OK; input = session_feed_next(&demo->tape.feed)) {
        demo_feed(demo, input);
        if (input->kind == INPUT_HEALTH)
            demo_tell_book(demo, input->instrument, input->health.book_valid != 0);
    }
}

void demo_feed_first_prices(struct demo *demo)
{
    for (uint32_t i = 0; i < demo->tape.instruments_count; i++) {
        struct price first = session_first_price(&demo->tape.session, i);
        struct input input = {.time_ns = demo->now_ns,
                              .kind = INPUT_BAR_CLOSE,
                              .flags = INPUT_FLAG_HISTORY,
                              .instrument = i};
        input.bar.bar_ns = DEMO_BAR_NS;
        input.bar.bar = (struct bar){demo->now_ns - DEMO_BAR_NS, first, first, first, first, 0};
        demo_feed(demo, &input);
    }
}

static void play_tape(struct demo *demo, int64_t time_ns)
{
    while (demo->status == STATUS_OK) {
        int64_t happens_ns = demo->tape.happened.next_ns;
        int64_t told_ns = session_feed_ns(&demo->tape.feed);
        int64_t next_ns = i64_min(happens_ns, told_ns);
        if (next_ns > time_ns)
            break;
        play_exchange(demo, next_ns - 1);
        if (happens_ns == next_ns)
            session_happen(&demo->tape.happened, demo->venue);
        else
            tape_tell(demo);
    }
    play_exchange(demo, time_ns);
}

void demo_play(struct demo *demo, int64_t time_ns)
{
    if (demo->options->tape != NULL) {
        play_tape(demo, time_ns);
        return;
    }
    struct market_event event;
    while (demo->status == STATUS_OK && demo_market_next(&demo->market, time_ns, &event)) {
        ASSERT(event.slot < demo->market.count);
        play_exchange(demo, event.time_ns - 1);
        take_event(demo, &event);
    }
    play_exchange(demo, time_ns);
}

/* ---- the end of a second ------------------------------------------------------------------- */

static uint16_t flags_of(const struct demo *demo)
{
    return demo->live ? 0 : INPUT_FLAG_HISTORY;
}

/* Returns how many bars closed. */
static uint32_t feed_closes(struct demo *demo, int64_t time_ns)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < demo->market.count; i++) {
        if (!demo->closed[i])
            continue;
        const struct bar *bar = &demo->bars[i];
        struct input input = {
            .time_ns = time_ns, .kind = INPUT_BAR_CLOSE, .flags = flags_of(demo), .instrument = i};
        input.bar.bar_ns = DEMO_BAR_NS;
        input.bar.bar = *bar;
        demo_feed(demo, &input);
        if (demo->options->keep != NULL && demo->live && bar->open_time_ns >= DEMO_START_NS)
            demo_keep_bar(&demo->keep, i, bar);
        demo->seen_ns[i] = time_ns;
        demo->closed[i] = false;
        count++;
    }
    return count;
}

/* While nothing is published nobody knows the market, so the exchange lets nothing fill: a price
 * that has not moved only because it was not told would be a gift. */
void demo_halt(struct demo *demo, int64_t time_ns)
{
    bool silent = demo->live && demo_market_is_silent(&demo->market);
    for (uint32_t i = 0; i < demo->market.count; i++) {
        bool halted = silent || !demo->listed[i];
        if (halted == demo->halted[i])
            continue;
        demo->halted[i] = halted;
        book_venue_halt(demo->venue, i, halted, time_ns);
    }
}

/* Silence longer than a price may be old is a fact of its own: the engine is told, and so are
 * people. */
static void feed_health(struct demo *demo, int64_t time_ns)
{
    uint32_t silent_count = 0;
    uint32_t back_count = 0;
    if (!demo->config.risk.data_age_max.set)
        return;
    for (uint32_t i = 0; i < demo->market.count; i++) {
        bool silent = time_ns - demo->seen_ns[i] > demo->config.risk.data_age_max.value;
        if (silent == demo->silent[i] || !demo->listed[i])
            continue;
        demo->silent[i] = silent;
        struct input input = {.time_ns = time_ns, .kind = INPUT_HEALTH, .instrument = i};
        input.health.feed_up = !silent;
        input.health.book_valid = !silent;
        demo_feed(demo, &input);
        *(silent ? &silent_count : &back_count) += 1;
    }
    if (silent_count > 0)
        demo_tell_feed(demo, silent_count, true);
    if (back_count > 0)
        demo_tell_feed(demo, back_count, false);
}

void demo_second(struct demo *demo, int64_t time_ns)
{
    if (demo->options->tape != NULL) {
        demo_say(demo);
        return;
    }
    demo_halt(demo, time_ns);
    uint32_t closed = feed_closes(demo, time_ns);
    demo->now_ns = time_ns;
    feed_health(demo, time_ns);
    if (closed > 0) {
        struct input input = {.time_ns = time_ns, .kind = INPUT_CYCLE, .flags = flags_of(demo)};
        demo_feed(demo, &input);
    }
    if (demo->options->keep != NULL && demo->live)
        demo_keep_instant(&demo->keep, time_ns, demo->listed);
    demo_say(demo);
}
