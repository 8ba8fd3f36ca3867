/* The line that says how far we are. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "face/cli/progress.h"

#define SECOND NANOSECONDS_PER_SECOND

static void lines(void **state)
{
    (void)state;
    static const struct {
        uint64_t done, total;
        int64_t elapsed_ns;
        const char *line;
    } rows[] = {
        {0, 100, SECOND, "run   [--------------------]   0 %  0/s"},
        {50, 100, 10 * SECOND, "run   [##########----------]  50 %  5/s  10 s left"},
        {100, 100, SECOND, "run   [####################] 100 %  100/s"},
        {1234567, 10000000, SECOND, "run   [##------------------]  12 %  1.2 M/s  7 s left"},
        {1, 1000, 100 * SECOND, "run   [--------------------]   0 %  0/s  27 h 45 min left"},
        {1, 2, 400 * SECOND, "run   [##########----------]  50 %  0/s  6 min 40 s left"},
        {5, 0, SECOND, "run   [--------------------]   0 %  5/s"},
        {7, 5, SECOND, "run   [####################] 100 %  7/s"},
        {1, UINT64_MAX, SECOND, "run   [--------------------]   0 %  1/s  days left"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char line[PROGRESS_LINE_SIZE];
        size_t size = progress_line(line, "run", rows[i].done, rows[i].total, rows[i].elapsed_ns,
                                    100);
        assert_string_equal(line, rows[i].line);
        assert_int_equal(size, strlen(line));
    }
}

/* Never wider than the screen, whatever the figures are. */
static void fits(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 3, 0);
    for (unsigned round = 0; round < 100000; round++) {
        char line[PROGRESS_LINE_SIZE];
        unsigned width = 2 + (unsigned)random_below(&random, 300);
        unsigned shift = (unsigned)random_below(&random, 64);
        uint64_t done = random_u64(&random) >> shift, total = random_u64(&random) >> shift;
        size_t size = progress_line(line, "a stage with a name that is far too long", done, total,
                                    (int64_t)(random_u64(&random) >> 1), width);
        assert_true(size < width && size < PROGRESS_LINE_SIZE && strlen(line) == size);
    }
}

/* A signal that comes stops the work and does not end the process. */
static void signals_are_answered(void **state)
{
    (void)state;
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        struct progress progress;
        progress_begin(&progress, false);
        assert_true(progress_step(&progress, "run", 1, 2));
        assert_int_equal(raise(numbers[i]), 0);
        assert_false(progress_step(&progress, "run", 2, 2));
        assert_true(progress.interrupted);
        progress_end(&progress);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(fits),
        cmocka_unit_test(signals_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
