/* The memory that a configuration owns, and the list of where its values came from. */
#include "drive/config/option.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (64 * 1024)
#define ALIGNMENT 16 /* of __int128, the strictest type of the configuration */

struct block {
    struct block *next;
    size_t used, capacity;
    _Alignas(ALIGNMENT) uint8_t data[];
};

struct config_memory {
    struct block *blocks;
};

struct config_memory *memory_new(void)
{
    return calloc(1, sizeof(struct config_memory));
}

void memory_free(struct config_memory *memory)
{
    if (memory == NULL)
        return;
    struct block *block = memory->blocks;
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(memory);
}

void *memory_take(struct config_memory *memory, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total) || total > SIZE_MAX / 2)
        return NULL;
    total = (total + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = memory->blocks;
    if (block == NULL || block->capacity - block->used < total) {
        size_t capacity = total > BLOCK_SIZE ? total : BLOCK_SIZE;
        block = calloc(1, sizeof *block + capacity);
        if (block == NULL)
            return NULL;
        block->capacity = capacity;
        block->next = memory->blocks;
        memory->blocks = block;
    }
    void *taken = block->data + block->used;
    block->used += total;
    return taken;
}

const char *memory_text(struct config_memory *memory, struct text text)
{
    char *copy = memory_take(memory, text.size + 1, 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return copy;
}

struct origin {
    const char *key;
    struct place place;
    struct origin *next;
};

struct config_origins {
    struct origin *first;
    uint32_t count;
    const struct origin **sorted; /* NULL until origins_sort */
};

struct config_origins *origins_new(struct config_memory *memory)
{
    return memory_take(memory, 1, sizeof(struct config_origins));
}

bool origins_add(struct config_origins *origins, struct config_memory *memory, const char *key,
                 struct place place)
{
    struct origin *origin = memory_take(memory, 1, sizeof *origin);
    const char *copy = memory_text(memory, text_of(key));
    if (origin == NULL || copy == NULL)
        return false;
    *origin = (struct origin){copy, place, origins->first};
    origins->first = origin;
    origins->count++;
    return true;
}

static int origin_compare(const void *a, const void *b)
{
    const struct origin *const *left = a, *const *right = b;
    return strcmp((*left)->key, (*right)->key);
}

bool origins_sort(struct config_origins *origins, struct config_memory *memory)
{
    const struct origin **sorted = memory_take(memory, origins->count, sizeof *sorted);
    if (sorted == NULL)
        return false;
    uint32_t count = 0;
    for (const struct origin *origin = origins->first; origin != NULL; origin = origin->next)
        sorted[count++] = origin;
    ASSERT(count == origins->count);
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, origin_compare);
    origins->sorted = sorted;
    return true;
}

bool origins_find(const struct config_origins *origins, const char *key, struct place *out)
{
    const struct origin wanted = {.key = key};
    const struct origin *pointer = &wanted;
    if (origins == NULL || origins->count == 0)
        return false;
    ASSERT(origins->sorted != NULL);
    const struct origin *const *found = bsearch(&pointer, origins->sorted, origins->count,
                                                sizeof *origins->sorted, origin_compare);
    if (found != NULL)
        *out = (*found)->place;
    return found != NULL;
}

void origins_find_near(const struct config_origins *origins, const char *key, struct place *out)
{
    char part[CONFIG_WHERE_SIZE];
    (void)text_copy(part, sizeof part, text_of(key));
    for (size_t size = strlen(part); size > 0;) {
        part[size] = '\0';
        if (origins_find(origins, part, out))
            return;
        do
            size--;
        while (size > 0 && part[size] != '.' && part[size] != '[');
    }
}
