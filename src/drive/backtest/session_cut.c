#include "drive/backtest/session.h"

#include <stdlib.h>
#include <string.h>

/* The record that stands for all before from_ns: known once the last of them was received. */
static struct depth_record stand_in(const struct depth_data *data, size_t before, int64_t from_ns)
{
    struct depth_record record = data->records[before - 1];
    record.event_ns = from_ns;
    record.receive_ns = i64_max(record.receive_ns, from_ns);
    return record;
}

/* ---- order books ----------------------------------------------------------------------------- */

static enum status book_create(const struct session_file *file, struct price tick,
                               struct order_book **out)
{
    struct order_book_config config = {
        .tick = tick,
        .levels_capacity = session_levels_capacity(&file->data),
        .sequence = file->sequence,
    };
    return order_book_create(&config, out);
}

/* Both sides of a book as one snapshot; returns how many levels there are. */
static uint32_t snapshot_write(const struct order_book *book, struct delta *deltas)
{
    uint32_t count = 0;
    for (int i = 0; i < 2; i++) {
        enum side side = i == 0 ? SIDE_BUY : SIDE_SELL;
        struct book_level level;
        bool found = order_book_best(book, side, &level);
        while (found) {
            deltas[count++] = (struct delta){level.price, level.quantity, (uint32_t)side, 0};
            found = order_book_beyond(book, side, level.price, &level);
        }
    }
    if (count > 0) {
        deltas[0].flags |= DELTA_CLEAR;
        deltas[count - 1].flags |= DELTA_LAST;
    }
    return count;
}

/* The book as the messages before `from` leave it takes their place. One that is not valid then
 * says nothing, and the rest waits for the next snapshot, as it would have. */
static enum status cut_levels(struct session_file *file, struct price tick, size_t from, size_t to,
                              int64_t from_ns)
{
    struct depth_data *data = &file->data;
    struct order_book *book = NULL;
    enum status status = book_create(file, tick, &book);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < from; i++) {
        const struct depth_record *record = &data->records[i];
        struct book_message message = session_message(data, record, record->event_ns);
        (void)order_book_apply(book, &message);
    }
    uint32_t levels = order_book_levels_count(book, SIDE_BUY) +
                      order_book_levels_count(book, SIDE_SELL);
    size_t first = from < data->count ? data->records[from].at : 0;
    size_t last = to > from ? (size_t)data->records[to - 1].at + data->records[to - 1].count
                            : first;
    struct delta *deltas = malloc((levels + last - first + 1) * sizeof *deltas);
    struct depth_record *records = malloc((to - from + 1) * sizeof *records);
    if (deltas == NULL || records == NULL) {
        free(deltas);
        free(records);
        order_book_free(book);
        return STATUS_NO_MEMORY;
    }
    size_t count = 0;
    if (snapshot_write(book, deltas) > 0) {
        struct depth_record *record = &records[count++];
        *record = stand_in(data, from, from_ns);
        record->first_seq = record->last_seq = order_book_sequence(book);
        record->at = 0;
        record->count = levels;
    }
    order_book_free(book);
    memcpy(deltas + levels, data->deltas + first, (last - first) * sizeof *deltas);
    for (size_t i = from; i < to; i++) {
        records[count] = data->records[i];
        records[count++].at += levels - (uint32_t)first;
    }
    free(data->deltas);
    free(data->records);
    data->deltas = deltas;
    data->records = records;
    data->count = count;
    data->counts.deltas = levels + last - first;
    return STATUS_OK;
}

/* ---- quotes and trades ----------------------------------------------------------------------- */

/* The payload stays; the records that are left point into it. A quote holds until the next one. */
static void cut_others(struct session_file *file, size_t from, size_t to, int64_t from_ns)
{
    struct depth_data *data = &file->data;
    if (from > 0 && data->kind == DEPTH_QUOTE) {
        data->records[from - 1] = stand_in(data, from, from_ns);
        from--;
    }
    memmove(data->records, data->records + from, (to - from) * sizeof *data->records);
    data->count = to - from;
}

/* ---- both ------------------------------------------------------------------------------------ */

/* How many records happened before a time; their times do not go back. */
static size_t records_before(const struct depth_data *data, int64_t time_ns)
{
    size_t low = 0;
    size_t high = data->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (data->records[middle].event_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum status session_cut(struct session_file *file, struct price tick, int64_t from_ns,
                        int64_t to_ns)
{
    struct depth_data *data = &file->data;
    size_t from = records_before(data, from_ns);
    size_t to = records_before(data, to_ns);
    if (from == 0 && to == data->count)
        return STATUS_OK;
    if (to <= from)
        return STATUS_END;
    int64_t words[4] = {from_ns, to_ns, (int64_t)data->content_hash.low,
                        (int64_t)data->content_hash.high};
    data->content_hash = hash128_of(words, sizeof words);
    if (data->kind == DEPTH_LEVELS && from > 0)
        return cut_levels(file, tick, from, to, from_ns);
    cut_others(file, from, to, from_ns);
    return STATUS_OK;
}
