/* The map against an array that is searched from its beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/random.h"

#include <stdlib.h>

struct naive_map {
    uint64_t keys[256];
    uint32_t values[256];
    uint32_t count, count_max;
};

static uint32_t naive_index(const struct naive_map *naive, uint64_t key)
{
    uint32_t i = 0;
    while (i < naive->count && naive->keys[i] != key)
        i++;
    return i;
}

static enum status naive_insert(struct naive_map *naive, uint64_t key, uint32_t value)
{
    if (naive_index(naive, key) < naive->count)
        return STATUS_EXISTS;
    if (naive->count == naive->count_max)
        return STATUS_FULL;
    naive->keys[naive->count] = key;
    naive->values[naive->count++] = value;
    return STATUS_OK;
}

static bool naive_remove(struct naive_map *naive, uint64_t key)
{
    uint32_t i = naive_index(naive, key);
    if (i == naive->count)
        return false;
    naive->count--;
    naive->keys[i] = naive->keys[naive->count];
    naive->values[i] = naive->values[naive->count];
    return true;
}

static void check_find(const struct map *map, const struct naive_map *naive, uint64_t key)
{
    uint32_t i = naive_index(naive, key), value = 12345;
    bool expected = i < naive->count;
    if (map_find(map, key, &value) != expected || value != (expected ? naive->values[i] : 12345))
        fail_msg("find %llu", (unsigned long long)key);
}

/* Few keys in a small table, so that clusters form, wrap around the end and are removed from. */
static void random_operations(struct random *random, uint32_t count_max, uint64_t keys_count,
                              uint64_t key_step, int operations)
{
    struct arena arena;
    struct map map;
    arena_measure_init(&arena);
    map_init(&map, &arena, count_max);
    assert_int_equal(arena_init(&arena, arena.used), STATUS_OK);
    map_init(&map, &arena, count_max);
    struct naive_map *naive = calloc(1, sizeof *naive);
    assert_non_null(naive);
    naive->count_max = count_max;
    for (int i = 0; i < operations; i++) {
        uint64_t key = random_below(random, keys_count) * key_step;
        uint32_t value = (uint32_t)random_u64(random);
        switch (random_below(random, 3)) {
        case 0:
            assert_int_equal(map_insert(&map, key, value), naive_insert(naive, key, value));
            break;
        case 1: assert_int_equal(map_remove(&map, key), naive_remove(naive, key)); break;
        default: break;
        }
        check_find(&map, naive, key);
        check_find(&map, naive, random_below(random, keys_count) * key_step);
        assert_int_equal(map.count, naive->count);
        if (i % 1000 == 0) {
            for (uint64_t j = 0; j < keys_count; j++)
                check_find(&map, naive, j * key_step);
        }
    }
    free(naive);
    arena_release(&arena);
}

static void a_million_random_operations(void **state)
{
    (void)state;
    static const uint64_t steps[] = {1, 2, 64, UINT64_C(1) << 32, UINT64_C(0x9E3779B97F4A7C15)};
    struct random random;
    random_init(&random, 13, 0);
    for (int round = 0; round < 100; round++) {
        uint32_t count_max = (uint32_t)random_below(&random, 60);
        random_operations(&random, count_max, 1 + count_max + random_below(&random, 20),
                          steps[random_below(&random, ARRAY_COUNT(steps))], 10000);
    }
}

static void large_and_full(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct arena arena;
    struct map map;
    arena_measure_init(&arena);
    map_init(&map, &arena, COUNT);
    assert_int_equal(arena_init(&arena, arena.used), STATUS_OK);
    map_init(&map, &arena, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(map_insert(&map, (uint64_t)i << 20, i), STATUS_OK);
    assert_int_equal(map_insert(&map, 1, 1), STATUS_FULL);
    assert_int_equal(map_insert(&map, 0, 1), STATUS_EXISTS);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t value = COUNT;
        assert_true(map_find(&map, (uint64_t)i << 20, &value) && value == i);
    }
    for (uint32_t i = 0; i < COUNT; i += 2)
        assert_true(map_remove(&map, (uint64_t)i << 20));
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t value = COUNT;
        assert_int_equal(map_find(&map, (uint64_t)i << 20, &value), i % 2 == 1);
    }
    arena_release(&arena);
}

/* Keys that count up, as ids do, must not pile up: at two thirds full, linear probing looks at
 * about two entries for a key that is there and five for one that is not (Knuth 3, 6.4). */
static void probes_stay_short(void **state)
{
    (void)state;
    static const uint64_t steps[] = {1, 8, 4096, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1};
    enum { COUNT = 43690 }; /* two thirds of 65,536 */
    for (size_t s = 0; s < ARRAY_COUNT(steps); s++) {
        struct arena arena;
        struct map map;
        arena_measure_init(&arena);
        map_init(&map, &arena, COUNT);
        assert_int_equal(arena_init(&arena, arena.used), STATUS_OK);
        map_init(&map, &arena, COUNT);
        assert_int_equal(map.mask, 65535);
        for (uint32_t i = 0; i < COUNT; i++)
            assert_int_equal(map_insert(&map, i * steps[s], i), STATUS_OK);
        uint64_t run = 0, squares = 0;
        for (uint32_t i = 0; i <= map.mask; i++) {
            run = map.entries[i].used != 0 ? run + 1 : 0;
            squares += run;
        }
        /* 1 + 2 + … over each run is what looking for an absent key at every home costs. */
        assert_true((double)squares / 65536 < 8);
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_random_operations),
        cmocka_unit_test(large_and_full),
        cmocka_unit_test(probes_stay_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
