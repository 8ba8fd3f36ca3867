/* A hash table of fixed capacity from 64-bit keys to 32-bit values. Open addressing with linear
 * probing and backward-shift deletion: no tombstones, so it does not age. Never iterated: order of
 * storage is no order that anything may depend on. */
#ifndef TERN_BASE_MAP_H
#define TERN_BASE_MAP_H

#include "base/arena.h"

struct map_entry {
    uint64_t key;
    uint32_t value;
    uint32_t used;
};
struct map {
    struct map_entry *entries;
    uint32_t mask;
    uint32_t count;
    uint32_t count_max;
};

/* Holds at least count_max keys; memory from the arena (which may be measuring). */
void map_init(struct map *map, struct arena *arena, uint32_t count_max);
/* STATUS_FULL at count_max, STATUS_EXISTS where the key is there (the value stays). */
MUST_USE enum status map_insert(struct map *map, uint64_t key, uint32_t value);
MUST_USE bool map_find(const struct map *map, uint64_t key, uint32_t *value);
bool map_remove(struct map *map, uint64_t key);

#endif
