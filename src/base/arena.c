/* Memory taken once. */
#include "base/arena.h"

#include <sys/mman.h>

#define ALIGNMENT_MAX 4096

void arena_measure_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

/* The system does not map nothing at all; base NULL would read as measuring. */
static size_t mapped_size(size_t capacity)
{
    return capacity > 0 ? capacity : 1;
}

enum status arena_init(struct arena *arena, size_t capacity)
{
    *arena = (struct arena){0};
    void *base = mmap(NULL, mapped_size(capacity), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return STATUS_NO_MEMORY;
    *arena = (struct arena){.base = base, .capacity = capacity};
    return STATUS_OK;
}

void arena_release(struct arena *arena)
{
    if (arena->base != NULL) {
        int result = munmap(arena->base, mapped_size(arena->capacity));
        ASSERT(result == 0);
    }
    *arena = (struct arena){0};
}

void *arena_take(struct arena *arena, size_t count, size_t size, size_t alignment)
{
    ASSERT(alignment > 0 && alignment <= ALIGNMENT_MAX && (alignment & (alignment - 1)) == 0);
    size_t bytes, end;
    /* The base lies on a page, so an aligned offset is an aligned address, and measuring gives the
     * same offsets. */
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    ASSERT(start >= arena->used);
    ASSERT(!__builtin_mul_overflow(count, size, &bytes));
    ASSERT(!__builtin_add_overflow(start, bytes, &end));
    if (arena->base == NULL) {
        arena->used = end;
        return NULL;
    }
    ASSERT(end <= arena->capacity);
    arena->used = end;
    return arena->base + start;
}
