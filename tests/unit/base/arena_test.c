/* The arena: what was measured is enough, pieces are aligned, zeroed and apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/random.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECES 200

struct piece {
    size_t count, size, alignment;
};

static void measured_is_enough(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 6, 0);
    for (int round = 0; round < 200; round++) {
        struct piece pieces[PIECES];
        struct arena arena;
        arena_measure_init(&arena);
        for (size_t i = 0; i < PIECES; i++) {
            pieces[i] = (struct piece){random_below(&random, 20), random_below(&random, 200),
                                       (size_t)1 << random_below(&random, 13)};
            assert_null(arena_take(&arena, pieces[i].count, pieces[i].size, pieces[i].alignment));
        }
        size_t needed = arena.used;
        assert_int_equal(arena_init(&arena, needed), STATUS_OK);
        uint8_t *before_end = arena.base;
        for (size_t i = 0; i < PIECES; i++) {
            size_t size = pieces[i].count * pieces[i].size;
            uint8_t *piece = arena_take(&arena, pieces[i].count, pieces[i].size,
                                        pieces[i].alignment);
            assert_non_null(piece);
            assert_int_equal((uintptr_t)piece % pieces[i].alignment, 0);
            assert_true(piece >= before_end && piece + size <= arena.base + arena.capacity);
            for (size_t j = 0; j < size; j++)
                assert_int_equal(piece[j], 0);
            memset(piece, 0xFF, size);
            before_end = piece + size;
        }
        assert_int_equal(arena.used, needed);
        arena_release(&arena);
        assert_null(arena.base);
    }
}

static void typed_pieces(void **state)
{
    (void)state;
    struct wide {
        _Alignas(64) uint64_t value;
    };
    struct arena arena;
    assert_int_equal(arena_init(&arena, 4096), STATUS_OK);
    (void)ARENA_TAKE(&arena, uint8_t, 3);
    struct wide *wide = ARENA_TAKE(&arena, struct wide, 2);
    assert_int_equal((uintptr_t)wide % 64, 0);
    assert_int_equal(arena.used, 64 + 2 * sizeof *wide);
    arena_release(&arena);
}

static void an_arena_of_nothing_is_not_one_that_measures(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_init(&arena, 0), STATUS_OK);
    assert_non_null(arena_take(&arena, 0, 8, 8));
    arena_release(&arena);
    arena_release(&arena);
    assert_int_equal(arena_init(&arena, SIZE_MAX / 2), STATUS_NO_MEMORY);
    assert_null(arena.base);
}

/* Whether the call aborts; in a child, with its words on stderr put aside. */
static bool aborts(size_t count, size_t size, size_t alignment)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        struct arena arena;
        if (arena_init(&arena, 100) == STATUS_OK)
            (void)arena_take(&arena, count, size, alignment);
        _exit(0);
    }
    int ending = 0;
    assert_int_equal(waitpid(child, &ending, 0), child);
    return WIFSIGNALED(ending) && WTERMSIG(ending) == SIGABRT;
}

static void taking_too_much_asserts(void **state)
{
    (void)state;
    assert_false(aborts(100, 1, 1));
    assert_true(aborts(101, 1, 1));
    assert_true(aborts(SIZE_MAX / 2, 4, 1));
    assert_true(aborts(1, SIZE_MAX, 1));
    assert_true(aborts(1, 1, 3));
    assert_true(aborts(1, 1, 0));
    assert_true(aborts(1, 1, 8192));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_is_enough),
        cmocka_unit_test(typed_pieces),
        cmocka_unit_test(an_arena_of_nothing_is_not_one_that_measures),
        cmocka_unit_test(taking_too_much_asserts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
