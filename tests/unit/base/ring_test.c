/* The ring: against a naive queue on one thread, and between two threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

static void ring_start(struct ring *ring, struct arena *arena, uint64_t capacity)
{
    arena_measure_init(arena);
    ring_init(ring, arena, capacity);
    assert_int_equal(arena_init(arena, arena->used), STATUS_OK);
    ring_init(ring, arena, capacity);
}

/* What a record of this number holds can be said without keeping it. */
static void fill_record(uint8_t *bytes, uint32_t size, uint64_t number)
{
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number * 31 + i * 7 + (number >> 8));
}

static bool is_record(const uint8_t *bytes, uint32_t size, uint64_t number)
{
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != (uint8_t)(number * 31 + i * 7 + (number >> 8)))
            return false;
    }
    return true;
}

/* The queue of sizes is the truth; whether there is room is counted from the layout as drawn in the
 * header: records of 8 + size, padded to 8, not split at the end. */
static void check_capacity(uint64_t capacity, uint64_t seed)
{
    enum { QUEUE = 4096 };
    static uint32_t sizes[QUEUE];
    static uint64_t spaces[QUEUE];
    struct ring ring;
    struct arena arena;
    struct random random;
    ring_start(&ring, &arena, capacity);
    random_init(&random, seed, 0);
    uint64_t first = 0, next = 0, used = 0, offset = 0;
    uint8_t record[4096];
    for (int i = 0; i < 20000; i++) {
        if (random_below(&random, 2) == 0) {
            uint32_t size = (uint32_t)random_below(&random, capacity / 2 - 7 + 4);
            uint64_t space = (8 + (uint64_t)size + 7) / 8 * 8;
            uint64_t skipped = offset + space > capacity ? capacity - offset : 0;
            enum status expected = space > capacity / 2                ? STATUS_RANGE
                                   : used + skipped + space > capacity ? STATUS_FULL
                                                                       : STATUS_OK;
            fill_record(record, size, next);
            assert_int_equal(ring_write(&ring, record, size), expected);
            if (expected != STATUS_OK)
                continue;
            sizes[next % QUEUE] = size;
            spaces[next % QUEUE] = skipped + space;
            used += skipped + space;
            offset = (skipped > 0 ? 0 : offset) + space;
            offset = offset == capacity ? 0 : offset;
            next++;
        } else {
            uint32_t size = 99999;
            const uint8_t *bytes = ring_peek(&ring, &size);
            assert_int_equal(bytes != NULL, first < next);
            if (bytes == NULL)
                continue;
            assert_int_equal((uintptr_t)bytes % 8, 0);
            assert_int_equal(size, sizes[first % QUEUE]);
            assert_true(is_record(bytes, size, first));
            /* Looking again changes nothing. */
            assert_ptr_equal(ring_peek(&ring, &size), bytes);
            ring_consume(&ring);
            used -= spaces[first % QUEUE];
            first++;
        }
        assert_int_equal(ring_used(&ring), used);
    }
    assert_true(next > 1000);
    arena_release(&arena);
}

static void against_a_naive_queue(void **state)
{
    (void)state;
    for (uint64_t capacity = 64; capacity <= 4096; capacity *= 2) {
        for (uint64_t seed = 0; seed < 5; seed++)
            check_capacity(capacity, seed);
    }
}

/* Wherever the ring stands, half of it is free for one record when it is empty. */
static void the_largest_record_fits_an_empty_ring_anywhere(void **state)
{
    (void)state;
    struct ring ring;
    struct arena arena;
    uint8_t record[1024];
    ring_start(&ring, &arena, 256);
    for (int i = 0; i < 1000; i++) {
        uint32_t size;
        assert_int_equal(ring_write(&ring, record, 0), STATUS_OK);
        assert_non_null(ring_peek(&ring, &size));
        assert_int_equal(size, 0);
        ring_consume(&ring);
        assert_int_equal(ring_write(&ring, record, 121), STATUS_RANGE);
        fill_record(record, 120, 3);
        assert_int_equal(ring_write(&ring, record, 120), STATUS_OK);
        const uint8_t *bytes = ring_peek(&ring, &size);
        assert_true(bytes != NULL && size == 120 && is_record(bytes, size, 3));
        ring_consume(&ring);
        assert_null(ring_peek(&ring, &size));
        assert_int_equal(ring_used(&ring), 0);
    }
    assert_int_equal(ring_write(&ring, record, UINT32_MAX), STATUS_RANGE);
    arena_release(&arena);
}

struct two_threads {
    struct ring ring;
    uint64_t seed, count;
    uint32_t size_max;
};

static uint32_t next_size(struct random *random, uint32_t size_max)
{
    return (uint32_t)random_below(random, size_max + 1);
}

static void *write_records(void *argument)
{
    struct two_threads *test = argument;
    struct random random;
    uint8_t record[4096];
    random_init(&random, test->seed, 0);
    for (uint64_t number = 0; number < test->count; number++) {
        uint32_t size = next_size(&random, test->size_max);
        fill_record(record, size, number);
        while (ring_write(&test->ring, record, size) != STATUS_OK)
            sched_yield();
    }
    return NULL;
}

static void between_two_threads(void **state)
{
    (void)state;
    static const struct {
        uint64_t capacity;
        uint32_t size_max;
        uint64_t count;
    } cases[] = {{64, 24, 200000}, {256, 120, 200000}, {4096, 200, 300000}, {65536, 4000, 50000}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct two_threads test = {
            .seed = 14 + i, .count = cases[i].count, .size_max = cases[i].size_max};
        struct arena arena;
        struct random random;
        pthread_t writer;
        ring_start(&test.ring, &arena, cases[i].capacity);
        random_init(&random, test.seed, 0);
        assert_int_equal(pthread_create(&writer, NULL, write_records, &test), 0);
        for (uint64_t number = 0; number < test.count; number++) {
            uint32_t size = 0;
            const uint8_t *bytes;
            while ((bytes = ring_peek(&test.ring, &size)) == NULL)
                sched_yield();
            if (size != next_size(&random, test.size_max) || !is_record(bytes, size, number))
                fail_msg("record %llu of %zu", (unsigned long long)number, i);
            ring_consume(&test.ring);
        }
        assert_int_equal(pthread_join(writer, NULL), 0);
        uint32_t size;
        assert_null(ring_peek(&test.ring, &size));
        arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_naive_queue),
        cmocka_unit_test(the_largest_record_fits_an_empty_ring_anywhere),
        cmocka_unit_test(between_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
