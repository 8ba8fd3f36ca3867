/* The part of cmocka that tern's unit tests use, in one header, for machines whose cmocka is not at
 * hand: the arm64 build of the pure rooms, which runs under qemu-user. Its output is TAP.
 *
 * Everywhere else the real cmocka is used, so a test that compiles only here is a mistake that the
 * ordinary build finds. */
#ifndef TERN_TESTS_PORTABLE_CMOCKA_H
#define TERN_TESTS_PORTABLE_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uintmax_t LargestIntegralType;
typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    CMFixtureFunction setup_func;
    CMFixtureFunction teardown_func;
    void *initial_state;
};

#define cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, state) \
    {                                                                              \
#function, function, setup, teardown, state                                \
    }
#define cmocka_unit_test_setup_teardown(function, setup, teardown) \
    cmocka_unit_test_prestate_setup_teardown(function, setup, teardown, NULL)
#define cmocka_unit_test(function) cmocka_unit_test_setup_teardown(function, NULL, NULL)
#define cmocka_unit_test_setup(function, setup) \
    cmocka_unit_test_setup_teardown(function, setup, NULL)
#define cmocka_unit_test_teardown(function, teardown) \
    cmocka_unit_test_setup_teardown(function, NULL, teardown)
#define cmocka_unit_test_prestate(function, state) \
    cmocka_unit_test_prestate_setup_teardown(function, NULL, NULL, state)

enum portable_outcome { PORTABLE_PASSED, PORTABLE_FAILED, PORTABLE_SKIPPED };

/* Where a failed assertion jumps to. One executable runs one test at a time. */
static jmp_buf portable_jump;

__attribute__((format(printf, 1, 2), unused)) static void print_message(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

#define print_error print_message

_Noreturn __attribute__((unused)) static void portable_fail(const char *file, int line)
{
    printf("# %s:%d: error: Failure!\n", file, line);
    longjmp(portable_jump, PORTABLE_FAILED);
}

_Noreturn __attribute__((unused)) static void portable_skip(void)
{
    longjmp(portable_jump, PORTABLE_SKIPPED);
}

#define fail() portable_fail(__FILE__, __LINE__)
#define fail_msg(...) (printf("# " __VA_ARGS__), puts(""), portable_fail(__FILE__, __LINE__))
#define skip() portable_skip()

__attribute__((unused)) static void portable_true(bool good, const char *what, const char *file,
                                                  int line)
{
    if (good)
        return;
    printf("# %s\n", what);
    portable_fail(file, line);
}

__attribute__((unused)) static void portable_equal(LargestIntegralType a, LargestIntegralType b,
                                                   bool wanted, const char *file, int line)
{
    if ((a == b) == wanted)
        return;
    printf("# %#jx %s %#jx\n", a, wanted ? "!=" : "==", b);
    portable_fail(file, line);
}

__attribute__((unused)) static void portable_string(const char *a, const char *b, bool wanted,
                                                    const char *file, int line)
{
    if ((strcmp(a, b) == 0) == wanted)
        return;
    printf("# \"%s\" %s \"%s\"\n", a, wanted ? "!=" : "==", b);
    portable_fail(file, line);
}

__attribute__((unused)) static void portable_range(LargestIntegralType value,
                                                   LargestIntegralType low,
                                                   LargestIntegralType high, bool wanted,
                                                   const char *file, int line)
{
    if ((value >= low && value <= high) == wanted)
        return;
    printf("# %ju is %s the range %ju to %ju\n", value, wanted ? "not in" : "in", low, high);
    portable_fail(file, line);
}

#define portable_integer(value) ((LargestIntegralType)(value))
#define assert_true(condition) \
    portable_true((condition) ? true : false, #condition, __FILE__, __LINE__)
#define assert_false(condition) \
    portable_true((condition) ? false : true, "not " #condition, __FILE__, __LINE__)
#define assert_null(pointer) assert_true((pointer) == NULL)
#define assert_non_null(pointer) assert_true((pointer) != NULL)
#define assert_int_equal(a, b) \
    portable_equal(portable_integer(a), portable_integer(b), true, __FILE__, __LINE__)
#define assert_int_not_equal(a, b) \
    portable_equal(portable_integer(a), portable_integer(b), false, __FILE__, __LINE__)
#define assert_ptr_equal(a, b) assert_int_equal((uintptr_t)(a), (uintptr_t)(b))
#define assert_ptr_not_equal(a, b) assert_int_not_equal((uintptr_t)(a), (uintptr_t)(b))
#define assert_string_equal(a, b) portable_string(a, b, true, __FILE__, __LINE__)
#define assert_string_not_equal(a, b) portable_string(a, b, false, __FILE__, __LINE__)
#define assert_memory_equal(a, b, size) \
    portable_true(memcmp(a, b, size) == 0, #a " differs from " #b, __FILE__, __LINE__)
#define assert_memory_not_equal(a, b, size) \
    portable_true(memcmp(a, b, size) != 0, #a " is the same as " #b, __FILE__, __LINE__)
#define assert_in_range(value, low, high)                                                        \
    portable_range(portable_integer(value), portable_integer(low), portable_integer(high), true, \
                   __FILE__, __LINE__)
#define assert_not_in_range(value, low, high)                                                     \
    portable_range(portable_integer(value), portable_integer(low), portable_integer(high), false, \
                   __FILE__, __LINE__)
#define assert_return_code(code, error) assert_true((code) >= 0)

static enum portable_outcome portable_run(const struct CMUnitTest *test, void *group_state)
{
    void *state = test->initial_state != NULL ? test->initial_state : group_state;
    enum portable_outcome outcome = PORTABLE_PASSED;
    if (test->setup_func != NULL && test->setup_func(&state) != 0) {
        printf("# the setup failed\n");
        return PORTABLE_FAILED;
    }
    switch (setjmp(portable_jump)) {
    case PORTABLE_PASSED: test->test_func(&state); break;
    case PORTABLE_SKIPPED: outcome = PORTABLE_SKIPPED; break;
    default: outcome = PORTABLE_FAILED; break;
    }
    if (test->teardown_func != NULL && test->teardown_func(&state) != 0) {
        printf("# the teardown failed\n");
        return PORTABLE_FAILED;
    }
    return outcome;
}

/* The number of tests that failed. */
static int portable_run_group(const char *group, const struct CMUnitTest *tests, size_t count,
                              CMFixtureFunction setup, CMFixtureFunction teardown)
{
    void *state = NULL;
    int failed = 0;
    printf("1..%zu\n", count);
    if (setup != NULL && setup(&state) != 0) {
        printf("not ok 0 - %s: the setup of the group failed\n", group);
        return (int)count;
    }
    for (size_t i = 0; i < count; i++) {
        enum portable_outcome outcome = portable_run(&tests[i], state);
        failed += outcome == PORTABLE_FAILED;
        printf("%sok %zu - %s%s\n", outcome == PORTABLE_FAILED ? "not " : "", i + 1, tests[i].name,
               outcome == PORTABLE_SKIPPED ? " # SKIP" : "");
        fflush(stdout);
    }
    if (teardown != NULL && teardown(&state) != 0) {
        printf("not ok 0 - %s: the teardown of the group failed\n", group);
        return failed + 1;
    }
    return failed;
}

#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    portable_run_group(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown) \
    cmocka_run_group_tests_name(#tests, tests, setup, teardown)

#endif
