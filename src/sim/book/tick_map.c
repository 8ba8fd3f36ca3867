#include "sim/book/tick_map.h"

#include <string.h>

#define KEY_FREE UINT64_MAX

void tick_map_init(struct tick_map *map, struct arena *arena, uint32_t leaves)
{
    ASSERT(leaves >= 1 && leaves < UINT32_MAX / 4);
    *map = (struct tick_map){.leaves_capacity = leaves + 1};
    /* A tick far from all others needs a path of its own, but paths join near the root: twice the
     * leaves is enough for all but prices strewn on purpose. */
    map->nodes_capacity = 2 * leaves + 4 * TICK_MAP_HEIGHT_MAX;
    map->leaves = ARENA_TAKE(arena, struct tick_leaf, map->leaves_capacity);
    map->nodes = ARENA_TAKE(arena, struct tick_node, map->nodes_capacity);
    if (map->leaves != NULL)
        map->leaves[0].key = KEY_FREE;
    tick_map_clear(map);
}

void tick_map_clear(struct tick_map *map)
{
    map->leaves_used = map->nodes_used = 1;
    map->leaf_free = map->node_free = 0;
    map->root = 0;
    map->height = 1;
    map->count = 0;
    memset(map->leaf_of, 0, sizeof map->leaf_of);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static unsigned child_index(uint64_t key, unsigned level)
{
    return (unsigned)(key >> (6 * (level - 1))) & 63;
}

/* Whether keys of this size lie below the root. */
static bool reaches(const struct tick_map *map, uint64_t key)
{
    return map->height >= TICK_MAP_HEIGHT_MAX || key >> (6 * map->height) == 0;
}

static uint32_t node_take(struct tick_map *map)
{
    uint32_t at = map->node_free;
    if (at != 0)
        map->node_free = map->nodes[at].children[0];
    else
        at = map->nodes_used++;
    map->nodes[at].bits = 0;
    return at;
}

static void node_give(struct tick_map *map, uint32_t at)
{
    map->nodes[at].children[0] = map->node_free;
    map->node_free = at;
}

static uint32_t leaf_take(struct tick_map *map, uint64_t key)
{
    uint32_t at = map->leaf_free;
    if (at != 0)
        map->leaf_free = (uint32_t)map->leaves[at].values[0];
    else
        at = map->leaves_used++;
    map->leaves[at].key = key;
    map->leaves[at].bits = 0;
    return at;
}

static void leaf_give(struct tick_map *map, uint32_t at)
{
    map->leaves[at].key = KEY_FREE;
    map->leaves[at].values[0] = map->leaf_free;
    map->leaf_free = at;
}

static void node_set(struct tick_node *node, unsigned index, uint32_t child)
{
    node->bits |= (uint64_t)1 << index;
    node->children[index] = child;
}

uint32_t tick_map_descend(struct tick_map *map, uint64_t key)
{
    if (map->root == 0 || !reaches(map, key))
        return 0;
    uint32_t at = map->root;
    for (unsigned level = map->height; level >= 1; level--) {
        const struct tick_node *node = &map->nodes[at];
        unsigned index = child_index(key, level);
        if ((node->bits >> index & 1) == 0)
            return 0;
        at = node->children[index];
    }
    map->leaf_of[key % TICK_MAP_HINTS] = at;
    return at;
}

/* ---- adding, removing ------------------------------------------------------------------------ */

/* How many nodes the path of a key lacks. */
static uint32_t nodes_missing(const struct tick_map *map, uint64_t key)
{
    if (map->root == 0)
        return TICK_MAP_HEIGHT_MAX;
    uint32_t missing = 0;
    unsigned height = map->height;
    while (height < TICK_MAP_HEIGHT_MAX && key >> (6 * height) != 0) {
        height++;
        missing++;
    }
    if (missing > 0)
        return missing + height - 1;
    uint32_t at = map->root;
    for (unsigned level = height; level > 1; level--) {
        unsigned index = child_index(key, level);
        if ((map->nodes[at].bits >> index & 1) == 0)
            return level - 1;
        at = map->nodes[at].children[index];
    }
    return 0;
}

static uint32_t nodes_left(const struct tick_map *map, uint32_t wanted)
{
    uint32_t left = map->nodes_capacity - map->nodes_used;
    for (uint32_t at = map->node_free; at != 0 && left < wanted; at = map->nodes[at].children[0])
        left++;
    return left;
}

static uint32_t leaf_add(struct tick_map *map, uint64_t key)
{
    uint32_t missing = nodes_missing(map, key);
    bool leaf = map->leaf_free != 0 || map->leaves_used < map->leaves_capacity;
    if (!leaf || nodes_left(map, missing) < missing)
        return 0;
    if (map->root == 0) {
        map->root = node_take(map);
        map->height = 1;
        /* The first key says how high the tree will be. */
        while (!reaches(map, key))
            map->height++;
    }
    while (!reaches(map, key)) {
        uint32_t root = node_take(map);
        node_set(&map->nodes[root], 0, map->root);
        map->root = root;
        map->height++;
    }
    uint32_t at = map->root;
    for (unsigned level = map->height; level > 1; level--) {
        unsigned index = child_index(key, level);
        if ((map->nodes[at].bits >> index & 1) == 0) {
            uint32_t child = node_take(map);
            node_set(&map->nodes[at], index, child);
        }
        at = map->nodes[at].children[index];
    }
    uint32_t child = leaf_take(map, key);
    node_set(&map->nodes[at], child_index(key, 1), child);
    map->leaf_of[key % TICK_MAP_HINTS] = child;
    return child;
}

int64_t *tick_map_add(struct tick_map *map, int64_t tick)
{
    ASSERT(tick >= 0 && tick <= TICK_MAX);
    uint64_t key = (uint64_t)tick >> 6;
    uint32_t at = map->leaf_of[key % TICK_MAP_HINTS];
    if (map->leaves[at].key != key)
        at = tick_map_descend(map, key);
    if (at == 0)
        at = leaf_add(map, key);
    if (at == 0)
        return NULL;
    struct tick_leaf *leaf = &map->leaves[at];
    uint64_t bit = (uint64_t)1 << (tick & 63);
    ASSERT((leaf->bits & bit) == 0);
    leaf->bits |= bit;
    map->count++;
    return &leaf->values[tick & 63];
}

/* Takes an empty leaf out, and every node that is empty without it. */
static void leaf_remove(struct tick_map *map, uint64_t key)
{
    uint32_t path[TICK_MAP_HEIGHT_MAX + 1];
    uint32_t at = map->root;
    for (unsigned level = map->height; level >= 1; level--) {
        path[level] = at;
        at = map->nodes[at].children[child_index(key, level)];
    }
    leaf_give(map, at);
    for (unsigned level = 1; level <= map->height; level++) {
        struct tick_node *node = &map->nodes[path[level]];
        node->bits &= ~((uint64_t)1 << child_index(key, level));
        if (node->bits != 0)
            return;
        node_give(map, path[level]);
    }
    map->root = 0;
    map->height = 1;
}

void tick_map_remove(struct tick_map *map, int64_t tick)
{
    uint64_t key = (uint64_t)tick >> 6;
    uint32_t at = map->leaf_of[key % TICK_MAP_HINTS];
    if (map->leaves[at].key != key)
        at = tick_map_descend(map, key);
    struct tick_leaf *leaf = &map->leaves[at];
    uint64_t bit = (uint64_t)1 << (tick & 63);
    ASSERT(at != 0 && (leaf->bits & bit) != 0);
    leaf->bits &= ~bit;
    map->count--;
    if (leaf->bits == 0)
        leaf_remove(map, key);
}

/* ---- neighbours ------------------------------------------------------------------------------ */

static uint64_t bits_above(uint64_t bits, unsigned index)
{
    return bits & ~(((uint64_t)2 << index) - 1);
}

static uint64_t bits_below(uint64_t bits, unsigned index)
{
    return bits & (((uint64_t)1 << index) - 1);
}

static unsigned bit_lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

static unsigned bit_highest(uint64_t bits)
{
    return 63 - (unsigned)__builtin_clzll(bits);
}

/* The lowest (or highest) tick of the tree below a node at `level`; level 0 is a leaf. */
static int64_t edge_tick(const struct tick_map *map, uint32_t at, unsigned level, bool highest)
{
    for (; level >= 1; level--) {
        uint64_t bits = map->nodes[at].bits;
        at = map->nodes[at].children[highest ? bit_highest(bits) : bit_lowest(bits)];
    }
    const struct tick_leaf *leaf = &map->leaves[at];
    unsigned index = highest ? bit_highest(leaf->bits) : bit_lowest(leaf->bits);
    return (int64_t)(leaf->key << 6 | index);
}

/* The nearest tick in another leaf than the one of `key`. */
static bool neighbour(const struct tick_map *map, uint64_t key, bool above, int64_t *out)
{
    if (map->root == 0)
        return false;
    if (!reaches(map, key)) {
        if (above)
            return false;
        *out = edge_tick(map, map->root, map->height, true);
        return true;
    }
    uint32_t path[TICK_MAP_HEIGHT_MAX + 1];
    unsigned level = map->height;
    path[level] = map->root;
    while (level > 1) {
        const struct tick_node *node = &map->nodes[path[level]];
        unsigned index = child_index(key, level);
        if ((node->bits >> index & 1) == 0)
            break;
        path[--level] = node->children[index];
    }
    for (; level <= map->height; level++) {
        const struct tick_node *node = &map->nodes[path[level]];
        unsigned index = child_index(key, level);
        uint64_t bits = above ? bits_above(node->bits, index) : bits_below(node->bits, index);
        if (bits != 0) {
            unsigned child = above ? bit_lowest(bits) : bit_highest(bits);
            *out = edge_tick(map, node->children[child], level - 1, !above);
            return true;
        }
    }
    return false;
}

const struct tick_leaf *tick_map_leaf(const struct tick_map *map, uint64_t key)
{
    const struct tick_leaf *leaf = &map->leaves[map->leaf_of[key % TICK_MAP_HINTS]];
    if (leaf->key == key)
        return leaf;
    if (map->root == 0 || !reaches(map, key))
        return NULL;
    uint32_t at = map->root;
    for (unsigned level = map->height; level >= 1; level--) {
        unsigned index = child_index(key, level);
        if ((map->nodes[at].bits >> index & 1) == 0)
            return NULL;
        at = map->nodes[at].children[index];
    }
    return &map->leaves[at];
}

bool tick_map_above(const struct tick_map *map, int64_t tick, int64_t *out)
{
    ASSERT(tick >= 0);
    uint64_t key = (uint64_t)tick >> 6;
    const struct tick_leaf *leaf = tick_map_leaf(map, key);
    if (leaf != NULL) {
        uint64_t bits = bits_above(leaf->bits, (unsigned)tick & 63);
        if (bits != 0) {
            *out = (int64_t)(key << 6 | bit_lowest(bits));
            return true;
        }
    }
    return neighbour(map, key, true, out);
}

bool tick_map_below(const struct tick_map *map, int64_t tick, int64_t *out)
{
    ASSERT(tick >= 0);
    uint64_t key = (uint64_t)tick >> 6;
    const struct tick_leaf *leaf = tick_map_leaf(map, key);
    if (leaf != NULL) {
        uint64_t bits = bits_below(leaf->bits, (unsigned)tick & 63);
        if (bits != 0) {
            *out = (int64_t)(key << 6 | bit_highest(bits));
            return true;
        }
    }
    return neighbour(map, key, false, out);
}
