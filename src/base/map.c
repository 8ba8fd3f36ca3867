/* The hash table of fixed capacity. */
#include "base/map.h"

#define COUNT_MAX_LIMIT (UINT32_C(1) << 30)

/* Any change of the key changes about half of the bits; ids that grow by one are spread. */
static uint32_t home_of(const struct map *map, uint64_t key)
{
    key = (key ^ (key >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    key = (key ^ (key >> 32)) * UINT64_C(0xD6E8FEB86659FD93);
    return (uint32_t)(key ^ (key >> 32)) & map->mask;
}

void map_init(struct map *map, struct arena *arena, uint32_t count_max)
{
    ASSERT(count_max <= COUNT_MAX_LIMIT);
    /* At most two thirds full, so that probing stays short and always meets an empty entry. */
    uint64_t capacity = 2;
    while (capacity * 2 < (uint64_t)count_max * 3)
        capacity *= 2;
    *map = (struct map){.mask = (uint32_t)(capacity - 1), .count_max = count_max};
    map->entries = ARENA_TAKE(arena, struct map_entry, capacity);
}

/* The entry of the key, or the empty one where it would go. */
static uint32_t entry_of(const struct map *map, uint64_t key)
{
    uint32_t i = home_of(map, key);
    while (map->entries[i].used != 0 && map->entries[i].key != key)
        i = (i + 1) & map->mask;
    return i;
}

enum status map_insert(struct map *map, uint64_t key, uint32_t value)
{
    struct map_entry *entry = &map->entries[entry_of(map, key)];
    if (entry->used != 0)
        return STATUS_EXISTS;
    if (map->count == map->count_max)
        return STATUS_FULL;
    *entry = (struct map_entry){.key = key, .value = value, .used = 1};
    map->count++;
    return STATUS_OK;
}

bool map_find(const struct map *map, uint64_t key, uint32_t *value)
{
    const struct map_entry *entry = &map->entries[entry_of(map, key)];
    if (entry->used == 0)
        return false;
    *value = entry->value;
    return true;
}

/* An entry may lie anywhere from its home on to the next empty entry. So the hole is filled with
 * the next entry whose home does not lie behind the hole, which leaves a new hole, up to the first
 * empty entry (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
bool map_remove(struct map *map, uint64_t key)
{
    uint32_t hole = entry_of(map, key);
    if (map->entries[hole].used == 0)
        return false;
    for (uint32_t i = (hole + 1) & map->mask; map->entries[i].used != 0; i = (i + 1) & map->mask) {
        uint32_t from_home = (i - home_of(map, map->entries[i].key)) & map->mask;
        uint32_t from_hole = (i - hole) & map->mask;
        if (from_home < from_hole)
            continue;
        map->entries[hole] = map->entries[i];
        hole = i;
    }
    map->entries[hole] = (struct map_entry){0};
    map->count--;
    return true;
}
