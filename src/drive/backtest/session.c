#include "drive/backtest/session.h"

#include <stdlib.h>

/* Records that have both times and may all the same be received before they happened. */
#define EARLY_SHARE 1000u

void session_release(struct session *session)
{
    for (uint32_t i = 0; session->files != NULL && i < session->count; i++)
        depth_data_release(&session->files[i].data);
    free(session->files);
    *session = (struct session){0};
}

/* ---- clocks ---------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The delays of all records that have both times; *out is the caller's to free. */
static enum status delays_of(const struct session *session, int64_t **out, size_t *count)
{
    size_t total = 0;
    for (uint32_t i = 0; i < session->count; i++)
        total += session->files[i].data.count;
    int64_t *delays = malloc((total + 1) * sizeof *delays);
    if (delays == NULL)
        return STATUS_NO_MEMORY;
    *count = 0;
    for (uint32_t i = 0; i < session->count; i++) {
        const struct depth_data *data = &session->files[i].data;
        for (size_t j = 0; j < data->count; j++) {
            const struct depth_record *record = &data->records[j];
            if (record->event_ns != 0 && record->receive_ns != 0)
                delays[(*count)++] = record->receive_ns - record->event_ns;
        }
    }
    *out = delays;
    return STATUS_OK;
}

static enum status shift_find(struct session *session, int64_t feed_ns)
{
    int64_t *delays = NULL;
    size_t count = 0;
    session->shift_ns = 0;
    enum status status = delays_of(session, &delays, &count);
    if (status != STATUS_OK)
        return status;
    if (count > 0) {
        qsort(delays, count, sizeof *delays, by_value);
        int64_t least = delays[count / EARLY_SHARE];
        /* A delay below feed_ns but not below 0 is a fast line, not a wrong clock. */
        if (least < 0)
            session->shift_ns = feed_ns - least;
    }
    free(delays);
    return STATUS_OK;
}

static void align_file(struct session_file *file, int64_t shift_ns, int64_t feed_ns)
{
    int64_t event_last = INT64_MIN;
    int64_t receive_last = INT64_MIN;
    for (size_t i = 0; i < file->data.count; i++) {
        struct depth_record *record = &file->data.records[i];
        int64_t event = record->event_ns;
        int64_t receive = record->receive_ns;
        if (receive == 0)
            receive = event + feed_ns;
        else
            receive += shift_ns;
        if (event == 0)
            event = receive - feed_ns;
        if (event < event_last) {
            file->moved_back++;
            event = event_last;
        }
        if (receive < event) {
            file->too_early++;
            receive = event;
        }
        if (receive < receive_last)
            receive = receive_last;
        record->event_ns = event_last = event;
        record->receive_ns = receive_last = receive;
    }
}

enum book_sequence session_sequence_of(const struct depth_data *data)
{
    uint64_t numbered = 0;
    uint64_t follows = 0;
    for (size_t i = 1; i < data->count; i++) {
        uint64_t before = data->records[i - 1].last_seq;
        const struct depth_record *record = &data->records[i];
        if (before == 0 || record->last_seq == 0)
            continue;
        numbered++;
        follows += record->first_seq == before + 1;
    }
    if (numbered * 10 < (data->count - 1) * 9 || numbered == 0)
        return BOOK_SEQUENCE_NONE;
    return follows * 10 >= numbered * 9 ? BOOK_SEQUENCE_CONTIGUOUS : BOOK_SEQUENCE_RISING;
}

enum status session_align(struct session *session, int64_t feed_ns)
{
    enum status status = shift_find(session, feed_ns);
    if (status != STATUS_OK)
        return status;
    session->events = 0;
    for (uint32_t i = 0; i < session->count; i++) {
        struct session_file *file = &session->files[i];
        align_file(file, session->shift_ns, feed_ns);
        if (file->data.kind == DEPTH_LEVELS)
            file->sequence = session_sequence_of(&file->data);
        session->events += file->data.count;
    }
    return STATUS_OK;
}

/* ---- questions ------------------------------------------------------------------------------- */

int64_t session_from_ns(const struct session *session)
{
    int64_t from = INT64_MAX;
    for (uint32_t i = 0; i < session->count; i++)
        from = i64_min(from, session->files[i].data.records[0].receive_ns);
    return from;
}

int64_t session_to_ns(const struct session *session)
{
    int64_t to = INT64_MIN;
    for (uint32_t i = 0; i < session->count; i++) {
        const struct depth_data *data = &session->files[i].data;
        to = i64_max(to, data->records[data->count - 1].receive_ns);
    }
    return to;
}

const struct session_file *session_find(const struct session *session, uint32_t instrument,
                                        enum depth_kind kind)
{
    for (uint32_t i = 0; i < session->count; i++) {
        const struct session_file *file = &session->files[i];
        if (file->instrument == instrument && file->data.kind == kind)
            return file;
    }
    return NULL;
}

uint32_t session_levels_capacity(const struct depth_data *data)
{
    uint64_t deltas = data->counts.deltas;
    return deltas < 1024 ? 1024 : deltas > 65536 ? 65536 : (uint32_t)deltas;
}

/* The middle of a snapshot's best levels. */
static struct price middle_of(const struct delta *deltas, uint32_t count)
{
    int64_t bid = 0;
    int64_t ask = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t price = deltas[i].price.units;
        if (deltas[i].quantity.units <= 0)
            continue;
        if (deltas[i].side == SIDE_BUY)
            bid = i64_max(bid, price);
        else
            ask = ask == 0 ? price : i64_min(ask, price);
    }
    return (struct price){bid > 0 && ask > 0 ? (bid + ask) / 2 : 0};
}

struct price session_first_price(const struct session *session, uint32_t instrument)
{
    const struct session_file *file = session_find(session, instrument, DEPTH_TRADE);
    if (file != NULL)
        return file->data.trades[file->data.records[0].at].price;
    file = session_find(session, instrument, DEPTH_QUOTE);
    for (size_t i = 0; file != NULL && i < file->data.count; i++) {
        const struct quote *quote = &file->data.quotes[file->data.records[i].at];
        if (quote->bid.units > 0 && quote->ask.units > 0)
            return (struct price){(quote->bid.units + quote->ask.units) / 2};
    }
    file = session_find(session, instrument, DEPTH_LEVELS);
    for (size_t i = 0; file != NULL && i < file->data.count; i++) {
        const struct depth_record *record = &file->data.records[i];
        struct price middle = middle_of(file->data.deltas + record->at, record->count);
        if (middle.units > 0)
            return middle;
    }
    return (struct price){0};
}

/* ---- one order ------------------------------------------------------------------------------- */

/* Trades before what they changed. */
static bool comes_before(const struct session *session, uint32_t left, uint32_t right)
{
    bool left_trades = session->files[left].data.kind == DEPTH_TRADE;
    bool right_trades = session->files[right].data.kind == DEPTH_TRADE;
    return left_trades != right_trades ? left_trades : left < right;
}

/* There are a few files, so looking at each is faster than keeping them in order. */
static void cursor_find(struct session_cursor *cursor)
{
    const struct session *session = cursor->session;
    cursor->next_ns = INT64_MAX;
    for (uint32_t i = 0; i < session->count; i++) {
        const struct depth_data *data = &session->files[i].data;
        if (cursor->at[i] == data->count)
            continue;
        const struct depth_record *record = &data->records[cursor->at[i]];
        int64_t time = cursor->order == SESSION_HAPPENED ? record->event_ns : record->receive_ns;
        if (time > cursor->next_ns)
            continue;
        if (time == cursor->next_ns && !comes_before(session, i, cursor->file))
            continue;
        cursor->next_ns = time;
        cursor->file = i;
    }
}

enum status session_cursor_init(struct session_cursor *cursor, const struct session *session,
                                enum session_order order)
{
    *cursor = (struct session_cursor){.session = session, .order = order};
    cursor->at = calloc((size_t)session->count + 1, sizeof *cursor->at);
    if (cursor->at == NULL)
        return STATUS_NO_MEMORY;
    cursor_find(cursor);
    return STATUS_OK;
}

void session_cursor_release(struct session_cursor *cursor)
{
    free(cursor->at);
    cursor->at = NULL;
}

void session_cursor_advance(struct session_cursor *cursor)
{
    ASSERT(cursor->next_ns != INT64_MAX);
    cursor->at[cursor->file]++;
    cursor_find(cursor);
}

void session_happen(struct session_cursor *cursor, struct book_venue *venue)
{
    const struct session_file *file = &cursor->session->files[cursor->file];
    const struct depth_record *record = session_cursor_record(cursor);
    switch (file->data.kind) {
    case DEPTH_LEVELS: {
        struct book_message message = session_message(&file->data, record, record->event_ns);
        book_venue_book(venue, file->instrument, &message, record->event_ns);
        break;
    }
    case DEPTH_QUOTE:
        book_venue_quote(venue, file->instrument, &file->data.quotes[record->at], record->event_ns);
        break;
    case DEPTH_TRADE:
        book_venue_trade(venue, file->instrument, &file->data.trades[record->at], record->event_ns);
        break;
    }
    session_cursor_advance(cursor);
}
