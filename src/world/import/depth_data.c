#include "world/import/depth_data.h"

#include <stdlib.h>
#include <string.h>

/* The payload has no type while it grows: it is deltas, quotes or trades, as the kind says. */
struct packing {
    struct depth_data *data;
    void *payload;
    size_t records_capacity, payload_count, payload_capacity, payload_size;
};

/* The items, moved where there was not room for `wanted`; NULL without memory. */
static void *grown(void *items, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return items;
    size_t larger = *capacity < 1024 ? 1024 : *capacity * 2;
    while (larger < wanted)
        larger *= 2;
    void *moved = realloc(items, larger * size);
    if (moved != NULL)
        *capacity = larger;
    return moved;
}

static size_t payload_size(enum depth_kind kind)
{
    switch (kind) {
    case DEPTH_LEVELS: return sizeof(struct delta);
    case DEPTH_QUOTE: return sizeof(struct quote);
    case DEPTH_TRADE: return sizeof(struct trade);
    }
    ASSERT(!"a kind of recording");
}

static const void *payload_from(const struct depth_event *event)
{
    if (event->kind == DEPTH_LEVELS)
        return event->deltas;
    return event->kind == DEPTH_QUOTE ? (const void *)&event->quote : (const void *)&event->trade;
}

static enum status pack(struct packing *packing, const struct depth_event *event)
{
    struct depth_data *data = packing->data;
    size_t size = packing->payload_size;
    uint32_t count = event->kind == DEPTH_LEVELS ? event->count : 1;
    size_t wanted = packing->payload_count + count;
    if (wanted > UINT32_MAX)
        return STATUS_FULL;
    void *payload = grown(packing->payload, &packing->payload_capacity, wanted + 1, size);
    if (payload == NULL)
        return STATUS_NO_MEMORY;
    packing->payload = payload;
    struct depth_record *records = grown(data->records, &packing->records_capacity, data->count + 1,
                                         sizeof *records);
    if (records == NULL)
        return STATUS_NO_MEMORY;
    data->records = records;
    if (count > 0)
        memcpy((uint8_t *)payload + packing->payload_count * size, payload_from(event),
               count * size);
    data->records[data->count++] = (struct depth_record){
        .event_ns = event->event_ns,
        .receive_ns = event->receive_ns,
        .first_seq = event->first_seq,
        .last_seq = event->last_seq,
        .at = (uint32_t)packing->payload_count,
        .count = count,
    };
    packing->payload_count = wanted;
    return STATUS_OK;
}

static const char *kind_word(enum depth_kind kind)
{
    return kind == DEPTH_LEVELS ? "depth" : kind == DEPTH_QUOTE ? "quotes" : "trades";
}

static enum status judge(const struct depth_source *source, enum depth_kind kind,
                         const struct depth_data *data, struct problem *problem)
{
    if (data->kind != kind) {
        problem_set(problem, STATUS_DATA_INVALID, source->path, "a file of %s",
                    kind_word(data->kind));
        problem_allowed(problem, "%s, as `kind` says", kind_word(kind));
        return STATUS_DATA_INVALID;
    }
    if (data->count == 0)
        return problem_set(problem, STATUS_DATA_INVALID, source->path, "no rows");
    return STATUS_OK;
}

static struct hash128 hash_of(const struct packing *packing)
{
    const struct depth_data *data = packing->data;
    struct hash128 hashes[2] = {
        hash128_of(data->records, data->count * sizeof *data->records),
        hash128_of(packing->payload, packing->payload_count * packing->payload_size),
    };
    return hash128_of(hashes, sizeof hashes);
}

/* From here on the payload has its type. */
static void hand_over(struct packing *packing)
{
    struct depth_data *data = packing->data;
    switch (data->kind) {
    case DEPTH_LEVELS: data->deltas = packing->payload; return;
    case DEPTH_QUOTE: data->quotes = packing->payload; return;
    case DEPTH_TRADE: data->trades = packing->payload; return;
    }
}

enum status depth_data_read(const struct depth_source *source, enum depth_kind kind,
                            struct depth_data *out, struct problem *problem)
{
    struct depth_reader *reader = NULL;
    *out = (struct depth_data){0};
    enum status status = depth_reader_open(source, &reader, problem);
    if (status != STATUS_OK)
        return status;
    struct packing packing = {.data = out};
    out->kind = depth_reader_kind(reader);
    packing.payload_size = payload_size(out->kind);
    while (status == STATUS_OK && out->kind == kind) {
        struct depth_event event;
        status = depth_reader_next(reader, &event, problem);
        if (status != STATUS_OK)
            break;
        status = pack(&packing, &event);
        if (status != STATUS_OK)
            problem_set(problem, status, source->path, "%s", status_sentence(status));
    }
    out->counts = *depth_reader_counts(reader);
    depth_reader_close(reader);
    if (status == STATUS_END || status == STATUS_OK)
        status = judge(source, kind, out, problem);
    if (status == STATUS_OK)
        out->content_hash = hash_of(&packing);
    hand_over(&packing);
    if (status != STATUS_OK)
        depth_data_release(out);
    return status;
}

void depth_data_release(struct depth_data *data)
{
    free(data->records);
    free(data->deltas);
    free(data->quotes);
    free(data->trades);
    *data = (struct depth_data){0};
}
