/* Memory taken once: a block that hands out aligned, zeroed pieces and never takes one back.
 *
 * Two passes make a program that knows its size before it starts: an arena whose base is NULL
 * measures (arena_take returns NULL and counts), one with memory hands out. */
#ifndef TERN_BASE_ARENA_H
#define TERN_BASE_ARENA_H

#include "base/status.h"

struct arena {
    uint8_t *base; /* owned by whoever called arena_init; NULL while measuring */
    size_t used;
    size_t capacity; /* 0 while measuring */
};

void arena_measure_init(struct arena *arena);
/* Takes capacity bytes of zeroed memory (lazily, from the system). */
MUST_USE enum status arena_init(struct arena *arena, size_t capacity);
void arena_release(struct arena *arena);
/* count * size zeroed bytes aligned to alignment (a power of two, at most 4096). Measuring: NULL.
 * Handing out more than the capacity is our own mistake and asserts. */
void *arena_take(struct arena *arena, size_t count, size_t size, size_t alignment);

#define ARENA_TAKE(arena, type, count) \
    ((type *)arena_take((arena), (count), sizeof(type), _Alignof(type)))

#endif
