#include "sim/generator/window.h"

#include "base/math.h"

enum { STREAM_FLOW = 0x100, STREAM_CELLS, STREAM_ARRIVALS, STREAM_OFFSET };

#define SECONDS_PER_DAY 86400.0
/* Book updates are made for this interval; a longer one gets as many acts as fit into it. */
#define ACT_INTERVAL_NS (NANOSECONDS_PER_SECOND / 40)
#define ACTS_MAX 40
/* How far the price's last move tilts the sides of trades: 0.5 +- this at most. */
#define SIDE_TILT 0.3
#define ORDER_LOTS_MAX 1e12

/* The most events of each kind of happening; intervals and bars are such that no bar length ends
 * twice in one interval. */
#define START_EVENTS_MAX (1 + 2 * FLOW_DEPTH)
#define UPDATE_EVENTS_MAX (FLOW_CHANGES_MAX + ACTS_MAX + 1)
#define TRADE_EVENTS_MAX (2 * FLOW_DEPTH + 1)
#define BAR_EVENTS_MAX GENERATOR_BAR_LENGTHS_MAX

_Static_assert(START_EVENTS_MAX + UPDATE_EVENTS_MAX + BAR_EVENTS_MAX + TRADE_EVENTS_MAX <=
                   WINDOW_SLOT_EVENTS_MAX,
               "every interval has room for a start, an update, its bars and a trade");

/* What one interval of one slot is made with. */
struct window {
    struct generator *generator;
    const struct scenario_phase *phase;
    size_t slot;
    int64_t start_ns;
    size_t event_limit; /* events end at this count for the slot */
    double buy_share;   /* of trades */
    double spread;      /* ticks */
    double reference;   /* ticks */
};

static double price_in_ticks(const struct generator *generator, size_t slot)
{
    const struct generator_slot *of = &generator->slots[slot];
    double ticks = generator->path.prices[slot] * (double)of->price_scale / (double)of->tick;
    double ticks_max = (double)(PRICE_UNITS_LIMIT / of->tick);
    return ticks < ticks_max ? (ticks > 1.0 ? ticks : 1.0) : ticks_max;
}

static double order_lots_of(const struct generator *generator, size_t slot)
{
    const struct generator_slot *of = &generator->slots[slot];
    double trades_per_day = SECONDS_PER_DAY * hawkes_mean_rate(&generator->arrivals);
    double quantity = generator->path.slots[slot].model.volume_per_day / trades_per_day;
    double lots = quantity * (double)of->quantity_scale / (double)of->lot;
    return lots < ORDER_LOTS_MAX ? (lots > 1.0 ? lots : 1.0) : ORDER_LOTS_MAX;
}

void window_slot_init(struct generator *generator, size_t slot)
{
    struct generator_slot *of = &generator->slots[slot];
    const struct path_slot *path_slot = &generator->path.slots[slot];
    struct text name = text_of(path_slot->name);
    uint64_t seed = generator->path.seed;
    double anchor_ticks = path_slot->anchor * (double)of->price_scale / (double)of->tick;
    double spacing = 0.5e-4 * path_slot->model.spread_bps * anchor_ticks;
    of->offset_ns = (int64_t)(stream_key(seed, name, STREAM_OFFSET) %
                              (uint64_t)generator->update_interval_ns);
    of->reference = price_in_ticks(generator, slot);
    of->started = false;
    order_flow_init(&of->flow, spacing > 1.0 ? (int64_t)spacing : 1, order_lots_of(generator, slot),
                    stream_key(seed, name, STREAM_CELLS), stream_key(seed, name, STREAM_FLOW));
    /* As many past trades as there are on average, so that the start is no lull. */
    of->arrivals = (struct hawkes_state){.excited = hawkes_mean_rate(&generator->arrivals) /
                                                    generator->arrivals.decay};
    random_init(&of->arrival_random, stream_key(seed, name, STREAM_ARRIVALS), 0);
    of->quote = (struct quote){0};
    of->trade_count = 0;
}

/* Room for an event, or NULL where its kind is not wanted. */
static struct market_event *event_new(struct window *window, int64_t time_ns,
                                      enum market_event_kind kind)
{
    struct generator *generator = window->generator;
    if ((generator->kinds >> kind & 1) == 0) {
        return NULL;
    }
    ASSERT(generator->event_count < window->event_limit);
    struct market_event *event = &generator->events[generator->event_count++];
    *event = (struct market_event){
        .time_ns = time_ns, .slot = (uint32_t)window->slot, .kind = kind};
    return event;
}

static struct price price_of_ticks(const struct generator_slot *of, int64_t ticks)
{
    return (struct price){ticks * of->tick};
}

static struct quantity quantity_of_lots(const struct generator_slot *of, int64_t lots)
{
    return (struct quantity){lots * of->lot};
}

static void emit_delta(struct window *window, int64_t time_ns, const struct flow_change *change,
                       uint32_t flags)
{
    struct market_event *event = event_new(window, time_ns, MARKET_EVENT_DELTA);
    if (event != NULL) {
        const struct generator_slot *of = &window->generator->slots[window->slot];
        event->delta = (struct delta){
            .side = change->side == FLOW_BID ? SIDE_BUY : SIDE_SELL,
            .price = price_of_ticks(of, change->ticks),
            .quantity = quantity_of_lots(of, change->lots),
            .flags = flags,
        };
    }
}

static void emit_deltas(struct window *window, int64_t time_ns, const struct flow_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        emit_delta(window, time_ns, &changes->items[i], 0);
    }
}

static void emit_snapshot(struct window *window, int64_t time_ns)
{
    const struct order_flow *flow = &window->generator->slots[window->slot].flow;
    struct flow_changes levels = {0};
    order_flow_levels(flow, &levels);
    for (size_t i = 0; i < levels.count; i++) {
        uint32_t flags = (i == 0 ? (uint32_t)DELTA_CLEAR : 0) |
                         (i + 1 == levels.count ? (uint32_t)DELTA_LAST : 0);
        emit_delta(window, time_ns, &levels.items[i], flags);
    }
}

/* A quote where the best level of either side is another than last time. */
static void emit_quote(struct window *window, int64_t time_ns)
{
    struct generator_slot *of = &window->generator->slots[window->slot];
    int64_t bid, bid_lots, ask, ask_lots;
    bool both = order_flow_best(&of->flow, FLOW_BID, &bid, &bid_lots) &&
                order_flow_best(&of->flow, FLOW_ASK, &ask, &ask_lots);
    ASSERT(both && bid < ask);
    struct quote quote = {
        .bid = price_of_ticks(of, bid),
        .ask = price_of_ticks(of, ask),
        .bid_quantity = quantity_of_lots(of, bid_lots),
        .ask_quantity = quantity_of_lots(of, ask_lots),
    };
    if (quote.bid.units == of->quote.bid.units && quote.ask.units == of->quote.ask.units &&
        quote.bid_quantity.units == of->quote.bid_quantity.units &&
        quote.ask_quantity.units == of->quote.ask_quantity.units) {
        return;
    }
    of->quote = quote;
    struct market_event *event = event_new(window, time_ns, MARKET_EVENT_QUOTE);
    if (event != NULL) {
        event->quote = quote;
    }
}

/* Closes what ended by time_ns, shorter bars first where two end together. */
static void emit_bars(struct window *window, int64_t time_ns)
{
    struct generator_slot *of = &window->generator->slots[window->slot];
    for (size_t i = 0; i < GENERATOR_BAR_LENGTHS_MAX; i++) {
        struct bar_builder *builder = &of->bars[i];
        struct bar bar;
        while (builder->length_ns > 0 && bar_builder_close(builder, time_ns, &bar)) {
            int64_t close_time_ns = bar.open_time_ns + builder->length_ns;
            struct market_event *event = event_new(window, close_time_ns, MARKET_EVENT_BAR);
            if (event != NULL) {
                event->bar.bar_ns = builder->length_ns;
                event->bar.bar = bar;
            }
        }
    }
}

static void slot_start(struct window *window, int64_t time_ns)
{
    struct generator *generator = window->generator;
    struct generator_slot *of = &generator->slots[window->slot];
    of->started = true;
    of->quote = (struct quote){0};
    order_flow_fill(&of->flow, window->reference, window->spread);
    emit_snapshot(window, time_ns);
    emit_quote(window, time_ns);
    int64_t price = generator_price(generator, window->slot).units;
    for (size_t i = 0; i < GENERATOR_BAR_LENGTHS_MAX; i++) {
        of->bars[i] = (struct bar_builder){0};
        if (generator->bar_lengths_ns[i] > 0) {
            bar_builder_start(&of->bars[i], generator->bar_lengths_ns[i], time_ns, price);
        }
    }
}

static void slot_update(struct window *window, int64_t time_ns)
{
    struct generator *generator = window->generator;
    struct generator_slot *of = &generator->slots[window->slot];
    struct flow_changes changes = {0};
    order_flow_snap(&of->flow, window->reference, window->spread, &changes);
    emit_deltas(window, time_ns, &changes);
    int64_t acts = generator->update_interval_ns / ACT_INTERVAL_NS;
    acts = i64_max(1, i64_min(acts, ACTS_MAX));
    for (int64_t i = 0; i < acts; i++) {
        changes.count = 0;
        order_flow_act(&of->flow, &changes);
        emit_deltas(window, time_ns, &changes);
    }
    emit_quote(window, time_ns);
}

static void slot_trade(struct window *window, int64_t time_ns)
{
    struct generator *generator = window->generator;
    struct generator_slot *of = &generator->slots[window->slot];
    bool buy = random_unit(&of->arrival_random) < window->buy_share;
    int64_t lots = order_flow_draw_lots(&of->flow);
    struct flow_fill fills[FLOW_DEPTH];
    struct flow_changes changes = {0};
    size_t fill_count = order_flow_take(&of->flow, buy ? FLOW_ASK : FLOW_BID, lots, fills,
                                        &changes);
    for (size_t i = 0; i < fill_count; i++) {
        of->trade_count++;
        struct trade trade = {
            .price = price_of_ticks(of, fills[i].ticks),
            .quantity = quantity_of_lots(of, fills[i].lots),
            .taker = buy ? SIDE_BUY : SIDE_SELL,
        };
        struct market_event *event = event_new(window, time_ns, MARKET_EVENT_TRADE);
        if (event != NULL) {
            event->trade_id = of->trade_count;
            event->trade = trade;
        }
        for (size_t k = 0; k < GENERATOR_BAR_LENGTHS_MAX; k++) {
            if (of->bars[k].length_ns > 0) {
                bar_builder_trade(&of->bars[k], time_ns, trade.price.units,
                                  (double)trade.quantity.units / (double)of->quantity_scale);
            }
        }
    }
    emit_deltas(window, time_ns, &changes);
    emit_quote(window, time_ns);
}

/* Trades follow the price's last move a little: at a move of one typical step the tilt is half. */
static double buy_share_of(const struct window *window)
{
    const struct generator *generator = window->generator;
    const struct generator_slot *of = &generator->slots[window->slot];
    const struct path_slot *path_slot = &generator->path.slots[window->slot];
    double seconds = (double)generator->update_interval_ns * 1e-9;
    double typical = path_slot->model.volatility * window->reference *
                     math_sqrt(seconds / path_slot->model.seconds_per_year);
    double move = window->reference - of->reference;
    double size = move < 0.0 ? -move : move;
    return size > 0.0 ? 0.5 + SIDE_TILT * move / (size + typical) : 0.5;
}

static void slot_run(struct window *window)
{
    struct generator *generator = window->generator;
    struct generator_slot *of = &generator->slots[window->slot];
    int64_t end_ns = window->start_ns + generator->update_interval_ns;
    int64_t update_ns = window->start_ns + of->offset_ns;
    double seconds = (double)generator->update_interval_ns * 1e-9;
    struct hawkes_process arrivals = generator->arrivals;
    arrivals.base *= window->phase->trade_factor *
                     math_sqrt(path_variance(&generator->path, window->slot));

    if (!of->started) {
        slot_start(window, window->start_ns);
    }
    bool updated = false;
    while (hawkes_next(&arrivals, &of->arrivals, seconds, &of->arrival_random)) {
        int64_t time_ns = window->start_ns + (int64_t)(of->arrivals.time * 1e9);
        time_ns = i64_min(time_ns, end_ns - 1);
        if (!updated && time_ns >= update_ns) {
            emit_bars(window, update_ns);
            slot_update(window, update_ns);
            updated = true;
        }
        emit_bars(window, time_ns);
        if (generator->event_count + TRADE_EVENTS_MAX + UPDATE_EVENTS_MAX + BAR_EVENTS_MAX <=
            window->event_limit) {
            slot_trade(window, time_ns);
        }
    }
    of->arrivals.time = 0.0;
    if (!updated) {
        emit_bars(window, update_ns);
        slot_update(window, update_ns);
    }
    emit_bars(window, end_ns - 1);
    of->reference = window->reference;
}

/* Merges by time; a stable merge of indices in slot order gives (time, slot, sequence). */
static void events_sort(struct generator *generator)
{
    size_t count = generator->event_count;
    uint32_t *from = generator->order;
    uint32_t *to = generator->order_scratch;
    for (size_t i = 0; i < count; i++) {
        from[i] = (uint32_t)i;
    }
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            size_t left = low, right = middle;
            for (size_t out = low; out < high; out++) {
                bool take_left = left < middle &&
                                 (right >= high || generator->events[from[left]].time_ns <=
                                                       generator->events[from[right]].time_ns);
                to[out] = take_left ? from[left++] : from[right++];
            }
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    generator->order = from;
    generator->order_scratch = to;
}

void window_run(struct generator *generator)
{
    double since_start = (double)(generator->now_ns - generator->start_time_ns) * 1e-9;
    const struct scenario_phase *phase = scenario_phase_at(generator->scenario, since_start);
    int64_t start_ns = generator->now_ns;
    path_step(&generator->path, (double)generator->update_interval_ns * 1e-9, &phase->pressure);
    generator->now_ns += generator->update_interval_ns;
    generator->event_count = 0;
    generator->cursor = 0;
    for (size_t slot = 0; slot < generator->path.count; slot++) {
        struct generator_slot *of = &generator->slots[slot];
        if (!generator->path.slots[slot].active || phase->feed_down) {
            of->started = false;
            continue;
        }
        struct window window = {
            .generator = generator,
            .phase = phase,
            .slot = slot,
            .start_ns = start_ns,
            .event_limit = generator->event_count + WINDOW_SLOT_EVENTS_MAX,
            .reference = price_in_ticks(generator, slot),
        };
        double spread = generator->path.slots[slot].model.spread_bps * phase->spread_factor * 1e-4 *
                        window.reference;
        window.spread = spread > 1.0 ? spread : 1.0;
        window.buy_share = buy_share_of(&window);
        slot_run(&window);
    }
    events_sort(generator);
}

void window_drop_slot(struct generator *generator, size_t slot)
{
    size_t kept = generator->cursor;
    for (size_t i = generator->cursor; i < generator->event_count; i++) {
        if (generator->events[generator->order[i]].slot != slot) {
            generator->order[kept++] = generator->order[i];
        }
    }
    generator->event_count = kept;
}
