#include "world/import/depth_data.h"

#include <stdlib.h>
#include <string.h>

/* The payload has no type while it grows: it is deltas, quotes or trades, as the kind says. */

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

static struct depth_record record_of(const struct depth_event *event, uint64_t at)
{
    return (struct depth_record){
        .event_ns = event->event_ns,
        .receive_ns = event->receive_ns,
        .first_seq = event->first_seq,
        .last_seq = event->last_seq,
        .at = (uint32_t)at,
        .count = event->kind == DEPTH_LEVELS ? event->count : 1,
    };
}

void depth_packer_begin(struct depth_packer *packer, enum depth_kind kind, struct depth_data *out)
{
    *out = (struct depth_data){.kind = kind};
    *packer = (struct depth_packer){.data = out, .payload_size = payload_size(kind)};
}

enum status depth_packer_add(struct depth_packer *packer, const struct depth_event *event)
{
    struct depth_data *data = packer->data;
    size_t size = packer->payload_size;
    uint32_t count = event->kind == DEPTH_LEVELS ? event->count : 1;
    size_t wanted = packer->payload_count + count;
    if (wanted > UINT32_MAX)
        return STATUS_FULL;
    void *payload = grown(packer->payload, &packer->payload_capacity, wanted + 1, size);
    if (payload == NULL)
        return STATUS_NO_MEMORY;
    packer->payload = payload;
    struct depth_record *records = grown(data->records, &packer->records_capacity, data->count + 1,
                                         sizeof *records);
    if (records == NULL)
        return STATUS_NO_MEMORY;
    data->records = records;
    if (count > 0)
        memcpy((uint8_t *)payload + packer->payload_count * size, payload_from(event),
               count * size);
    data->records[data->count++] = record_of(event, packer->payload_count);
    packer->payload_count = wanted;
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

static struct hash128 hash_of(const struct depth_packer *packer)
{
    const struct depth_data *data = packer->data;
    struct hash128 hashes[2] = {
        hash128_of(data->records, data->count * sizeof *data->records),
        hash128_of(packer->payload, packer->payload_count * packer->payload_size),
    };
    return hash128_of(hashes, sizeof hashes);
}

/* From here on the payload has its type. */
void depth_packer_end(struct depth_packer *packer)
{
    struct depth_data *data = packer->data;
    data->content_hash = hash_of(packer);
    switch (data->kind) {
    case DEPTH_LEVELS: data->deltas = packer->payload; return;
    case DEPTH_QUOTE: data->quotes = packer->payload; return;
    case DEPTH_TRADE: data->trades = packer->payload; return;
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
    struct depth_packer packer;
    depth_packer_begin(&packer, depth_reader_kind(reader), out);
    while (status == STATUS_OK && out->kind == kind) {
        struct depth_event event;
        status = depth_reader_next(reader, &event, problem);
        if (status != STATUS_OK)
            break;
        status = depth_packer_add(&packer, &event);
        if (status != STATUS_OK)
            problem_set(problem, status, source->path, "%s", status_sentence(status));
    }
    out->counts = *depth_reader_counts(reader);
    depth_reader_close(reader);
    if (status == STATUS_END || status == STATUS_OK)
        status = judge(source, kind, out, problem);
    depth_packer_end(&packer);
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

/* ---- the hash alone -------------------------------------------------------------------------- */

enum status depth_hash_init(struct depth_hash *hash)
{
    *hash = (struct depth_hash){.records = hash_stream_new(), .payload = hash_stream_new()};
    if (hash->records != NULL && hash->payload != NULL)
        return STATUS_OK;
    depth_hash_release(hash);
    return STATUS_NO_MEMORY;
}

void depth_hash_add(struct depth_hash *hash, const struct depth_event *event)
{
    struct depth_record record = record_of(event, hash->payload_count);
    hash_stream_append(hash->records, &record, sizeof record);
    hash_stream_append(hash->payload, payload_from(event),
                       record.count * payload_size(event->kind));
    hash->payload_count += record.count;
}

struct hash128 depth_hash_value(const struct depth_hash *hash)
{
    struct hash128 hashes[2] = {hash_stream_value(hash->records), hash_stream_value(hash->payload)};
    return hash128_of(hashes, sizeof hashes);
}

void depth_hash_release(struct depth_hash *hash)
{
    hash_stream_free(hash->records);
    hash_stream_free(hash->payload);
    *hash = (struct depth_hash){0};
}
