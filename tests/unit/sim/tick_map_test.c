/* The ordered map of ticks against a sorted array, at every height and when it is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "sim/book/tick_map.h"

#define KEPT_MAX 2048u

struct kept {
    int64_t ticks[KEPT_MAX], values[KEPT_MAX];
    uint32_t count;
};

static uint32_t kept_place(const struct kept *kept, int64_t tick)
{
    uint32_t at = 0;
    while (at < kept->count && kept->ticks[at] < tick)
        at++;
    return at;
}

static void assert_neighbours(const struct tick_map *map, const struct kept *kept, int64_t tick)
{
    uint32_t at = kept_place(kept, tick);
    bool there = at < kept->count && kept->ticks[at] == tick;
    int64_t found = -1;
    assert_int_equal(tick_map_below(map, tick, &found), at > 0);
    if (at > 0)
        assert_int_equal(found, kept->ticks[at - 1]);
    uint32_t above = at + (there ? 1 : 0);
    assert_int_equal(tick_map_above(map, tick, &found), above < kept->count);
    if (above < kept->count)
        assert_int_equal(found, kept->ticks[above]);
}

static int64_t draw(struct random *random, unsigned bits)
{
    int64_t tick = (int64_t)(random_u64(random) >> (64 - bits));
    return random_below(random, 4) == 0 ? (tick & 1023) : tick;
}

static void run(uint64_t seed, unsigned bits, uint32_t leaves, uint32_t steps)
{
    static struct kept kept;
    struct random random;
    struct tick_map map;
    struct arena arena;
    arena_measure_init(&arena);
    tick_map_init(&map, &arena, leaves);
    assert_int_equal(arena_init(&arena, arena.used), STATUS_OK);
    tick_map_init(&map, &arena, leaves);
    random_init(&random, seed, 0);
    kept.count = 0;
    for (uint32_t i = 0; i < steps; i++) {
        int64_t tick = draw(&random, bits);
        if (kept.count > 0 && random_below(&random, 2) == 0)
            tick = kept.ticks[random_below(&random, kept.count)];
        uint32_t at = kept_place(&kept, tick);
        bool there = at < kept.count && kept.ticks[at] == tick;
        int64_t *value = tick_map_find(&map, tick);
        assert_int_equal(value != NULL, there);
        assert_neighbours(&map, &kept, tick);
        if (there) {
            assert_int_equal(*value, kept.values[at]);
            tick_map_remove(&map, tick);
            kept.count--;
            memmove(&kept.ticks[at], &kept.ticks[at + 1], (kept.count - at) * sizeof(int64_t));
            memmove(&kept.values[at], &kept.values[at + 1], (kept.count - at) * sizeof(int64_t));
        } else if (kept.count < KEPT_MAX) {
            value = tick_map_add(&map, tick);
            if (value == NULL) {
                assert_true(kept.count >= leaves / 8); /* paths of nine nodes at the worst */
                continue;
            }
            memmove(&kept.ticks[at + 1], &kept.ticks[at], (kept.count - at) * sizeof(int64_t));
            memmove(&kept.values[at + 1], &kept.values[at], (kept.count - at) * sizeof(int64_t));
            kept.count++;
            kept.ticks[at] = tick;
            *value = kept.values[at] = (int64_t)i;
        }
        assert_int_equal(map.count, kept.count);
        if (i % 50000 == 49999) {
            tick_map_clear(&map);
            kept.count = 0;
        }
    }
    arena_release(&arena);
}

static void test_random(void **state)
{
    (void)state;
    run(1, 8, 1024, 100000);
    run(2, 12, 1024, 200000);
    run(3, 24, 1024, 200000);
    run(4, 60, 1024, 200000);
    run(5, 60, 16, 200000);
    run(6, 40, 1, 100000);
}

static void test_edges(void **state)
{
    (void)state;
    struct tick_map map;
    struct arena arena;
    assert_int_equal(arena_init(&arena, 1 << 20), STATUS_OK);
    tick_map_init(&map, &arena, 16);
    int64_t found = -1;
    assert_false(tick_map_above(&map, 0, &found));
    assert_false(tick_map_below(&map, TICK_MAX, &found));
    *tick_map_add(&map, 0) = 1;
    *tick_map_add(&map, TICK_MAX) = 2;
    assert_true(tick_map_above(&map, 0, &found));
    assert_int_equal(found, TICK_MAX);
    assert_true(tick_map_below(&map, TICK_MAX, &found));
    assert_int_equal(found, 0);
    tick_map_remove(&map, 0);
    assert_true(tick_map_above(&map, 63, &found));
    assert_int_equal(found, TICK_MAX);
    assert_null(tick_map_find(&map, 0));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
