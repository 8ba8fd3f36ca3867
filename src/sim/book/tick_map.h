/* An ordered map from a price in ticks to one 64-bit value: what both books keep their levels in.
 *
 *     root ── 64 children ── … ── 64 children ── leaf: 64 neighbouring ticks, one bit each
 *             bits: which are there              key = tick / 64
 *
 * A tree of 64-way nodes, as high as the largest key needs (two levels for 262,144 ticks). A bit
 * per child makes "the next level below" a count of zeros; a small table remembers where the leaves
 * used last are, so that a tick near the last ones costs no descent.
 *
 * Invariants: a leaf or node without children does not exist; a value without its bit means
 * nothing; leaf_of[key % 64] is a hint that is checked against the key of the leaf. */
#ifndef TERN_SIM_BOOK_TICK_MAP_H
#define TERN_SIM_BOOK_TICK_MAP_H

#include "base/arena.h"

#define TICK_MAX (((int64_t)1 << 60) - 1)
#define TICK_MAP_HEIGHT_MAX 9 /* of inner nodes: 6 * 9 + 6 bits */
#define TICK_MAP_HINTS 64

struct tick_leaf {
    uint64_t key;  /* tick / 64; UINT64_MAX while free */
    uint64_t bits; /* bit i: values[i] is there */
    int64_t values[64];
};

struct tick_node {
    uint64_t bits;
    uint32_t children[64]; /* index of a leaf or node */
};

struct tick_map {
    struct tick_leaf *leaves; /* [0] is never used: index 0 means none */
    struct tick_node *nodes;
    uint32_t leaves_capacity, nodes_capacity;
    uint32_t leaves_used, nodes_used; /* high-water marks */
    uint32_t leaf_free, node_free;    /* lists through values[0], children[0] */
    uint32_t root;                    /* 0 = empty */
    uint32_t height;                  /* levels of nodes, >= 1 */
    uint32_t count;                   /* ticks that are there */
    uint32_t reserved;
    uint32_t leaf_of[TICK_MAP_HINTS];
};

/* Room for `leaves` groups of 64 neighbouring ticks, at least one; as many ticks fit wherever they
 * lie. Memory from the arena (which may be measuring). */
void tick_map_init(struct tick_map *map, struct arena *arena, uint32_t leaves);
/* Empty again, in constant time. */
void tick_map_clear(struct tick_map *map);

/* Adds a tick that is not there, 0 <= tick <= TICK_MAX, and returns its value to be set; NULL where
 * the capacity is used up. */
MUST_USE int64_t *tick_map_add(struct tick_map *map, int64_t tick);
/* Takes out a tick that is there. */
void tick_map_remove(struct tick_map *map, int64_t tick);
/* The nearest tick above or below `tick`, which need not be there; false where there is none. */
MUST_USE bool tick_map_above(const struct tick_map *map, int64_t tick, int64_t *out);
MUST_USE bool tick_map_below(const struct tick_map *map, int64_t tick, int64_t *out);

/* The leaf of a key by descent, remembered; 0 = none. */
uint32_t tick_map_descend(struct tick_map *map, uint64_t key);

/* The same, nothing remembered; NULL = none. */
const struct tick_leaf *tick_map_leaf(const struct tick_map *map, uint64_t key);

/* The value of a tick that is there. */
static inline int64_t tick_map_at(const struct tick_map *map, int64_t tick)
{
    uint64_t key = (uint64_t)tick >> 6;
    const struct tick_leaf *leaf = &map->leaves[map->leaf_of[key % TICK_MAP_HINTS]];
    if (UNLIKELY(leaf->key != key))
        leaf = tick_map_leaf(map, key);
    ASSERT(leaf != NULL && (leaf->bits >> (tick & 63) & 1) != 0);
    return leaf->values[tick & 63];
}

/* The value of a tick, or NULL where it is not there; valid until the next add or remove. */
static inline int64_t *tick_map_find(struct tick_map *map, int64_t tick)
{
    uint64_t key = (uint64_t)tick >> 6;
    uint32_t at = map->leaf_of[key % TICK_MAP_HINTS];
    if (UNLIKELY(map->leaves[at].key != key)) {
        at = tick_map_descend(map, key);
        if (at == 0)
            return NULL;
    }
    struct tick_leaf *leaf = &map->leaves[at];
    return leaf->bits >> (tick & 63) & 1 ? &leaf->values[tick & 63] : NULL;
}

#endif
