#include "drive/backtest/session_feed.h"

#include <stdlib.h>

/* Of one record: two ladders wholly replaced, the top, health, a trade and its opening. */
#define PENDING_RECORD (4u * DEPTH_LEVELS_MAX + 8u)

static struct input *add(struct session_feed *feed, enum input_kind kind, uint32_t instrument,
                         int64_t time_ns)
{
    ASSERT(feed->pending_count < feed->pending_capacity);
    struct input *input = &feed->pending[feed->pending_count++];
    *input = (struct input){.time_ns = time_ns, .kind = (uint16_t)kind, .instrument = instrument};
    return input;
}

/* ---- bars ------------------------------------------------------------------------------------ */

static void bar_price(struct session_feed *feed, uint32_t instrument, struct price price,
                      double volume, int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    struct bar *bar = &view->bar;
    view->close = price;
    if (time_ns < view->bar_end_ns - view->bar_ns)
        return; /* before the first whole bar */
    if (bar->open.units == 0) {
        *bar = (struct bar){view->bar_end_ns - view->bar_ns, price, price, price, price, volume};
        struct input *input = add(feed, INPUT_BAR_OPEN, instrument, time_ns);
        input->bar.bar_ns = view->bar_ns;
        input->bar.bar = *bar;
        return;
    }
    bar->high.units = i64_max(bar->high.units, price.units);
    bar->low.units = i64_min(bar->low.units, price.units);
    bar->close = price;
    bar->volume += volume;
}

/* The bar that ends now, if any: one before the first price does not exist. */
static void bar_end(struct session_feed *feed, uint32_t instrument, int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    int64_t open_ns = view->bar_end_ns - view->bar_ns;
    view->bar_end_ns += view->bar_ns;
    if (view->close.units == 0)
        return;
    if (view->bar.open.units == 0) {
        struct price close = view->close;
        view->bar = (struct bar){open_ns, close, close, close, close, 0};
        view->flat_count++;
        struct input *input = add(feed, INPUT_BAR_OPEN, instrument, time_ns);
        input->bar.bar_ns = view->bar_ns;
        input->bar.bar = view->bar;
    }
    struct input *input = add(feed, INPUT_BAR_CLOSE, instrument, time_ns);
    input->bar.bar_ns = view->bar_ns;
    input->bar.bar = view->bar;
    view->bar = (struct bar){0};
    view->bars_count++;
}

/* ---- the order book as we see it ------------------------------------------------------------- */

static struct input *add_delta(struct session_feed *feed, uint32_t instrument, enum side side,
                               struct price price, struct quantity quantity, int64_t time_ns)
{
    struct input *input = add(feed, INPUT_DELTA, instrument, time_ns);
    input->delta = (struct delta){price, quantity, side, 0};
    return input;
}

static bool is_better(enum side side, struct price left, struct price right)
{
    return side == SIDE_BUY ? left.units > right.units : left.units < right.units;
}

/* Both ladders are best first: what is in one alone went or came. Levels that went are told before
 * those that came, so that the engine's ladder never has to drop one of them for want of room. */
static void ladder_diff(struct session_feed *feed, uint32_t instrument, enum side side,
                        struct depth_side *sent, const struct book_level *levels, uint32_t count,
                        int64_t time_ns)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < sent->count; i++) {
        while (at < count && is_better(side, levels[at].price, sent->prices[i]))
            at++;
        if (at < count && levels[at].price.units == sent->prices[i].units)
            continue;
        add_delta(feed, instrument, side, sent->prices[i], (struct quantity){0}, time_ns);
    }
    at = 0;
    for (uint32_t i = 0; i < count; i++) {
        while (at < sent->count && is_better(side, sent->prices[at], levels[i].price))
            at++;
        if (at < sent->count && sent->prices[at].units == levels[i].price.units &&
            sent->quantities[at].units == levels[i].quantity.units)
            continue;
        add_delta(feed, instrument, side, levels[i].price, levels[i].quantity, time_ns);
    }
    sent->count = count;
    for (uint32_t i = 0; i < count; i++) {
        sent->prices[i] = levels[i].price;
        sent->quantities[i] = levels[i].quantity;
    }
}

static void ladder_send(struct session_feed *feed, uint32_t instrument, bool anew, int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    struct book_level levels[DEPTH_LEVELS_MAX];
    uint32_t first = feed->pending_count;
    if (anew) {
        view->sent[0].count = 0;
        view->sent[1].count = 0;
    }
    for (uint32_t i = 0; i < 2; i++) {
        enum side side = i == 0 ? SIDE_BUY : SIDE_SELL;
        uint32_t count = order_book_levels(view->book, side, levels, DEPTH_LEVELS_MAX);
        ladder_diff(feed, instrument, side, &view->sent[i], levels, count, time_ns);
    }
    if (feed->pending_count == first)
        return;
    feed->pending[first].delta.flags |= anew ? DELTA_CLEAR : 0u;
    feed->pending[feed->pending_count - 1].delta.flags |= DELTA_LAST;
}

static void quote_send(struct session_feed *feed, uint32_t instrument, const struct quote *quote,
                       int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    const struct quote *last = &view->quote;
    if (last->bid.units == quote->bid.units && last->ask.units == quote->ask.units &&
        last->bid_quantity.units == quote->bid_quantity.units &&
        last->ask_quantity.units == quote->ask_quantity.units)
        return;
    view->quote = *quote;
    add(feed, INPUT_QUOTE, instrument, time_ns)->quote = *quote;
    if (quote->bid.units <= 0 || quote->ask.units <= quote->bid.units)
        return;
    struct price middle = {(quote->bid.units + quote->ask.units) / 2};
    if (middle.units == view->middle.units)
        return;
    view->middle = middle;
    if (!view->has_trades)
        bar_price(feed, instrument, middle, 0, time_ns);
}

/* The book or quote has said something. */
static void told(struct session_feed *feed, uint32_t instrument, int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    if (feed->age_max_ns > 0)
        view->old_ns = time_ns + feed->age_max_ns + 1;
    view->is_old = false;
}

static void health_send(struct session_feed *feed, uint32_t instrument, bool valid, int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    struct input *input = add(feed, INPUT_HEALTH, instrument, time_ns);
    input->health.book_valid = valid ? 1 : 0;
    input->health.feed_up = 1;
    if (valid) {
        view->invalid_sum_ns += time_ns - view->invalid_ns;
        view->invalid_ns = 0;
    } else {
        view->invalid_ns = time_ns;
        view->quote = (struct quote){0};
    }
}

static void take_levels(struct session_feed *feed, const struct session_file *file,
                        const struct depth_record *record)
{
    struct session_view *view = &feed->views[file->instrument];
    struct book_message message = session_message(&file->data, record, record->receive_ns);
    told(feed, file->instrument, record->receive_ns);
    bool valid = order_book_apply(view->book, &message);
    bool anew = valid && !view->was_valid;
    /* Before the first snapshot there is no book that could have become invalid. */
    if (anew ? view->invalid_ns != 0 : valid != view->was_valid)
        health_send(feed, file->instrument, valid, record->receive_ns);
    view->was_valid = valid;
    if (!valid)
        return;
    ladder_send(feed, file->instrument, anew, record->receive_ns);
    struct quote quote = order_book_quote(view->book);
    quote_send(feed, file->instrument, &quote, record->receive_ns);
}

/* One that was not valid is no worse for being old. */
static void take_age(struct session_feed *feed, uint32_t instrument, int64_t now)
{
    struct session_view *view = &feed->views[instrument];
    view->old_ns = INT64_MAX;
    view->is_old = true;
    if (view->invalid_ns != 0 || (view->book != NULL && !view->was_valid))
        return;
    view->was_valid = false;
    view->old_count++;
    health_send(feed, instrument, false, now);
}

static void take_quote(struct session_feed *feed, uint32_t instrument, const struct quote *quote,
                       int64_t time_ns)
{
    struct session_view *view = &feed->views[instrument];
    if (view->invalid_ns != 0)
        health_send(feed, instrument, true, time_ns);
    told(feed, instrument, time_ns);
    if (quote->bid.units <= 0 || quote->ask.units <= quote->bid.units)
        view->quotes_bad++;
    quote_send(feed, instrument, quote, time_ns);
}

static void take_record(struct session_feed *feed)
{
    const struct session_file *file = &feed->session->files[feed->received.file];
    const struct depth_record *record = session_cursor_record(&feed->received);
    uint32_t instrument = file->instrument;
    switch (file->data.kind) {
    case DEPTH_LEVELS: take_levels(feed, file, record); break;
    case DEPTH_QUOTE:
        take_quote(feed, instrument, &file->data.quotes[record->at], record->receive_ns);
        break;
    case DEPTH_TRADE: {
        const struct trade *trade = &file->data.trades[record->at];
        add(feed, INPUT_TRADE, instrument, record->receive_ns)->trade = *trade;
        feed->views[instrument].trades_late += feed->views[instrument].is_old;
        bar_price(feed, instrument, trade->price,
                  (double)trade->quantity.units / feed->views[instrument].quantity_scale,
                  record->receive_ns);
        break;
    }
    }
    session_cursor_advance(&feed->received);
}

/* ---- the clock ------------------------------------------------------------------------------- */

/* The first multiple of `length` at or after time_ns. */
static int64_t align_up(int64_t time_ns, int64_t length)
{
    int64_t rest = time_ns % length;
    return rest == 0 ? time_ns : time_ns - rest + (rest < 0 ? 0 : length);
}

/* Of what the session makes: bars and cycles, as long as something is received. */
static int64_t session_clock_ns(const struct session_feed *feed)
{
    int64_t next = feed->cycle_next_ns;
    for (uint32_t i = 0; i < feed->instruments_count; i++)
        next = i64_min(next, feed->views[i].bar_end_ns);
    return next <= feed->session_to_ns ? next : INT64_MAX;
}

/* While openings are due the timeline does not know yet what comes behind them, but it is later. */
static int64_t clock_ns(const struct session_feed *feed)
{
    int64_t bars = feed->opening_ns == INT64_MAX ? feed->timeline.next_ns : INT64_MAX;
    return i64_min(session_clock_ns(feed), bars);
}

/* The instrument whose book becomes old first; NONE_INDEX where none does before the end. */
static uint32_t old_next(const struct session_feed *feed, int64_t *time_ns)
{
    uint32_t found = NONE_INDEX;
    *time_ns = INT64_MAX;
    for (uint32_t i = 0; i < feed->instruments_count && feed->age_max_ns > 0; i++) {
        int64_t old_ns = feed->views[i].old_ns;
        if (old_ns > feed->to_ns || old_ns >= *time_ns)
            continue;
        found = i;
        *time_ns = old_ns;
    }
    return found;
}

static struct input *add_bar(struct session_feed *feed, enum input_kind kind,
                             const struct timeline_cursor *cursor, int64_t time_ns)
{
    struct input *input = add(feed, kind, cursor->instrument, time_ns);
    input->bar.bar_ns = cursor->bar_ns;
    input->bar.bar = cursor->bars[cursor->index];
    return input;
}

static void take_instant(struct session_feed *feed, int64_t now)
{
    bool lasts = now <= feed->session_to_ns; /* the session, with what it makes */
    bool cycles = lasts && feed->cycle_next_ns == now;
    if (feed->opening_ns == INT64_MAX && feed->timeline.next_ns == now) {
        bool goes_on = timeline_advance(&feed->timeline);
        ASSERT(goes_on);
        feed->opening_ns = now;
    }
    for (uint32_t i = 0; i < feed->instruments_count; i++) {
        struct session_view *view = &feed->views[i];
        if (lasts && view->bar_end_ns == now) {
            bar_end(feed, i, now);
            cycles = true;
        } else if (view->series != NONE_INDEX && feed->opening_ns == now) {
            struct timeline_cursor *cursor = &feed->timeline.cursors[view->series];
            if (!timeline_closes(&feed->timeline, cursor))
                continue;
            (void)add_bar(feed, INPUT_BAR_CLOSE, cursor, now);
            timeline_close(cursor);
            view->bars_count++;
            cycles = true;
        }
    }
    if (feed->cycle_next_ns == now)
        feed->cycle_next_ns += feed->cycle_ns;
    if (cycles)
        add(feed, INPUT_CYCLE, 0, now);
}

static void take_openings(struct session_feed *feed)
{
    int64_t now = feed->opening_ns;
    for (uint32_t i = 0; i < feed->timeline.count; i++) {
        struct timeline_cursor *cursor = &feed->timeline.cursors[i];
        if (timeline_opens(&feed->timeline, cursor))
            (void)add_bar(feed, INPUT_BAR_OPEN, cursor, now);
    }
    feed->opening_ns = INT64_MAX;
}

int64_t session_feed_ns(const struct session_feed *feed)
{
    int64_t old_ns;
    (void)old_next(feed, &old_ns);
    return i64_min(i64_min(clock_ns(feed), feed->received.next_ns),
                   i64_min(feed->opening_ns, old_ns));
}

bool session_feed_at_instant(const struct session_feed *feed, int64_t time_ns)
{
    int64_t old_ns;
    (void)old_next(feed, &old_ns);
    return clock_ns(feed) == time_ns || old_ns == time_ns;
}

void session_feed_step(struct session_feed *feed)
{
    int64_t old_ns;
    uint32_t old = old_next(feed, &old_ns);
    int64_t clock = clock_ns(feed);
    int64_t received = feed->received.next_ns;
    int64_t next = i64_min(i64_min(old_ns, clock), i64_min(received, feed->opening_ns));
    feed->pending_at = 0;
    feed->pending_count = 0;
    if (next == INT64_MAX)
        return;
    if (old_ns == next)
        take_age(feed, old, next);
    else if (clock == next)
        take_instant(feed, next);
    else if (received == next)
        take_record(feed);
    else
        take_openings(feed);
}

struct input *session_feed_next(struct session_feed *feed)
{
    return feed->pending_at < feed->pending_count ? &feed->pending[feed->pending_at++] : NULL;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static enum status view_init(struct session_feed *feed, uint32_t index,
                             const struct instrument *instrument, int64_t bar_ns)
{
    struct session_view *view = &feed->views[index];
    const struct session_file *levels = session_find(feed->session, index, DEPTH_LEVELS);
    view->has_trades = session_find(feed->session, index, DEPTH_TRADE) != NULL;
    view->quantity_scale = (double)instrument->quantity_scale;
    view->bar_ns = bar_ns;
    view->bar_end_ns = view->old_ns = INT64_MAX;
    view->series = NONE_INDEX;
    if (levels == NULL && session_find(feed->session, index, DEPTH_QUOTE) == NULL)
        return STATUS_OK;
    view->bar_end_ns = align_up(feed->from_ns, bar_ns) + bar_ns;
    if (levels == NULL)
        return STATUS_OK;
    struct order_book_config config = {
        .tick = instrument->tick,
        .levels_capacity = session_levels_capacity(&levels->data),
        .sequence = levels->sequence,
    };
    return order_book_create(&config, &view->book);
}

enum status session_feed_init(struct session_feed *feed, const struct session *session,
                              const struct instrument *instruments, uint32_t instruments_count,
                              const int64_t *bars_ns, int64_t cycle_ns)
{
    *feed = (struct session_feed){
        .session = session,
        .instruments_count = instruments_count,
        .pending_capacity = PENDING_RECORD + 2 * instruments_count,
        .cycle_ns = cycle_ns,
        .from_ns = session_from_ns(session),
        .to_ns = session_to_ns(session),
        .session_to_ns = session_to_ns(session),
        .timeline = {.next_ns = INT64_MAX},
        .opening_ns = INT64_MAX,
    };
    feed->cycle_next_ns = align_up(feed->from_ns, cycle_ns);
    feed->views = calloc((size_t)instruments_count + 1, sizeof *feed->views);
    feed->pending = calloc(feed->pending_capacity, sizeof *feed->pending);
    enum status status = STATUS_NO_MEMORY;
    if (feed->views != NULL && feed->pending != NULL)
        status = session_cursor_init(&feed->received, session, SESSION_RECEIVED);
    for (uint32_t i = 0; status == STATUS_OK && i < instruments_count; i++)
        status = view_init(feed, i, &instruments[i], bars_ns[i]);
    if (status != STATUS_OK)
        session_feed_release(feed);
    return status;
}

enum status session_feed_add_bars(struct session_feed *feed, const struct backtest_series *series,
                                  uint32_t count)
{
    enum status status = timeline_init(&feed->timeline, series, count);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct bar *last = &series[i].bars[series[i].count - 1];
        feed->from_ns = i64_min(feed->from_ns, series[i].bars[0].open_time_ns);
        feed->to_ns = i64_max(feed->to_ns, last->open_time_ns + series[i].bar_ns);
        feed->views[series[i].instrument].series = i;
    }
    return STATUS_OK;
}

void session_feed_set_age(struct session_feed *feed, int64_t age_max_ns)
{
    feed->age_max_ns = age_max_ns;
}

void session_feed_release(struct session_feed *feed)
{
    for (uint32_t i = 0; feed->views != NULL && i < feed->instruments_count; i++)
        order_book_free(feed->views[i].book);
    free(feed->views);
    free(feed->pending);
    session_cursor_release(&feed->received);
    timeline_release(&feed->timeline);
    *feed = (struct session_feed){0};
}
