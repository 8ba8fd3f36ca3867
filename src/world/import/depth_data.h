/* A whole recording of one kind in memory: what depth.h reads event by event, packed.
 *
 *     records[i]   times, numbers, and which deltas, quote or trade they are of
 *     deltas       of all messages one after another; or quotes, or trades, one a record
 *
 * Records are in the order of the file, for which depth.h vouches. */
#ifndef TERN_WORLD_IMPORT_DEPTH_DATA_H
#define TERN_WORLD_IMPORT_DEPTH_DATA_H

#include "base/hash.h"
#include "world/import/depth.h"

struct depth_record {
    int64_t event_ns, receive_ns; /* as depth_event has them; 0 = none */
    uint64_t first_seq, last_seq;
    uint32_t at, count; /* of deltas, quotes or trades; count is 1 of the latter two */
};

_Static_assert(sizeof(struct depth_record) == 40, "a record is hashed without padding");

struct depth_data {
    enum depth_kind kind;
    uint32_t reserved;
    struct depth_record *records; /* given back by depth_data_release, like all below */
    size_t count;                 /* > 0 */
    struct delta *deltas;
    struct quote *quotes;
    struct trade *trades;
    struct hash128 content_hash; /* of the events, however the file spells them */
    struct depth_counts counts;
};

/* Reads a file to its end. `kind` is what is expected in it. STATUS_DATA_INVALID where it holds
 * something else or nothing; besides what depth_reader_open and depth_reader_next answer. Nothing
 * is to be released then. */
MUST_USE enum status depth_data_read(const struct depth_source *source, enum depth_kind kind,
                                     struct depth_data *out, struct problem *problem);
void depth_data_release(struct depth_data *data);

/* ---- from events, whatever they come from ---------------------------------------------------- */

/* Packs events one behind the other into *data. */
struct depth_packer {
    struct depth_data *data;
    void *payload;
    size_t records_capacity, payload_count, payload_capacity, payload_size;
};

/* Makes *out empty; it is complete with depth_packer_end alone. */
void depth_packer_begin(struct depth_packer *packer, enum depth_kind kind, struct depth_data *out);
/* STATUS_NO_MEMORY, STATUS_FULL (more than 2^32 deltas). */
MUST_USE enum status depth_packer_add(struct depth_packer *packer, const struct depth_event *event);
/* Takes the content hash. The data have the payload from now on, also after a failure. */
void depth_packer_end(struct depth_packer *packer);

/* The content hash of events that are not kept. */
struct depth_hash {
    struct hash_stream *records, *payload;
    uint64_t payload_count;
};

MUST_USE enum status depth_hash_init(struct depth_hash *hash); /* STATUS_NO_MEMORY */
void depth_hash_add(struct depth_hash *hash, const struct depth_event *event);
struct hash128 depth_hash_value(const struct depth_hash *hash);
void depth_hash_release(struct depth_hash *hash);

#endif
