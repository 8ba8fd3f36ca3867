/* Problems: the first cause stays, text is cut between characters, nothing can draw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/problem.h"
#include "base/random.h"
#include "base/text.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void reads_as_promised(void **state)
{
    (void)state;
    struct problem problem;
    char out[512];
    problem_init(&problem);
    assert_int_equal(problem.status, STATUS_OK);
    assert_int_equal(problem_set(&problem, STATUS_CONFIG_INVALID, "score.yaml:14: bots[0].enter",
                                 "found \"%d\"", 5),
                     STATUS_CONFIG_INVALID);
    problem_allowed(&problem, "%d to %d", -1, 1);
    problem_next(&problem, "tern help %s", "config");
    size_t size = problem_format(&problem, out, sizeof out);
    assert_string_equal(out, "error: score.yaml:14: bots[0].enter: found \"5\"; allowed: -1 to 1; "
                             "next: tern help config");
    assert_int_equal(size, strlen(out));
}

static void empty_parts_are_left_out(void **state)
{
    (void)state;
    struct problem problem;
    char out[512];
    problem_init(&problem);
    assert_int_equal(problem_set(&problem, STATUS_NO_MEMORY, "", "%s", ""), STATUS_NO_MEMORY);
    problem_format(&problem, out, sizeof out);
    assert_string_equal(out, "error: not enough memory");
    problem_next(&problem, "buy some");
    problem_format(&problem, out, sizeof out);
    assert_string_equal(out, "error: not enough memory; next: buy some");
    problem_init(&problem);
    assert_int_equal(problem_set(&problem, STATUS_IO, NULL, "it broke"), STATUS_IO);
    problem_format(&problem, out, sizeof out);
    assert_string_equal(out, "error: it broke");
}

static void the_first_cause_stays(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(problem_set(&problem, STATUS_SYNTAX, "a", "first"), STATUS_SYNTAX);
    problem_allowed(&problem, "this");
    problem_next(&problem, "that");
    assert_int_equal(problem_set(&problem, STATUS_IO, "b", "second"), STATUS_SYNTAX);
    problem_allowed(&problem, "else");
    problem_next(&problem, "else");
    assert_int_equal(problem.status, STATUS_SYNTAX);
    assert_string_equal(problem.where, "a");
    assert_string_equal(problem.found, "first");
    assert_string_equal(problem.allowed, "this");
    assert_string_equal(problem.next, "that");
}

/* Characters of each size, at each offset, so that the cut falls at each place within one. */
static void cuts_between_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x93\x88"};
    for (size_t which = 0; which < ARRAY_COUNT(characters); which++) {
        size_t character_size = strlen(characters[which]);
        for (size_t offset = 0; offset < 5; offset++) {
            char text[2000];
            size_t size = 0;
            for (; size < offset; size++)
                text[size] = '.';
            for (; size + character_size < sizeof text; size += character_size)
                memcpy(text + size, characters[which], character_size);
            text[size] = '\0';
            struct problem problem;
            problem_init(&problem);
            (void)!problem_set(&problem, STATUS_SYNTAX, text, "%s", text);
            problem_next(&problem, "%s", text);
            size_t whole = (sizeof problem.found - 1 - offset) / character_size;
            assert_int_equal(strlen(problem.found), offset + whole * character_size);
            assert_memory_equal(problem.found, text, strlen(problem.found));
            assert_string_equal(problem.where, problem.found);
            whole = (sizeof problem.next - 1 - offset) / character_size;
            assert_int_equal(strlen(problem.next), offset + whole * character_size);

            for (size_t out_size = 1; out_size < 40; out_size++) {
                char out[64];
                memset(out, 'Z', sizeof out);
                size_t length = problem_format(&problem, out, out_size);
                assert_true(length < out_size);
                assert_int_equal(out[length], '\0');
                assert_int_equal(out[out_size], 'Z');
                assert_true(out_size - 1 - length < character_size);
            }
        }
    }
}

static bool could_draw(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; bytes[i] != 0; i++) {
        bool c1 = bytes[i] == 0xC2 && bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xA0;
        if (bytes[i] < 0x20 || bytes[i] == 0x7F || c1)
            return true;
    }
    return false;
}

static void nothing_can_draw(void **state)
{
    (void)state;
    struct problem problem;
    problem_init(&problem);
    (void)!problem_set(&problem, STATUS_SYNTAX, "\x1b[31mred\x1b[0m", "%s",
                       "a\tb\nc\x7f"
                       "d\xC2\x9B"
                       "31me\xE2\x80\xAE"
                       "f\xFFg\xC3");
    assert_string_equal(problem.where, "?[31mred?[0m");
    assert_string_equal(problem.found, "a?b?c?d?31me?f?g?");

    struct random random;
    random_init(&random, 4, 0);
    for (int round = 0; round < 20000; round++) {
        char text[700];
        size_t size = random_below(&random, sizeof text);
        for (size_t i = 0; i < size; i++)
            text[i] = (char)(random_below(&random, 3) == 0 ? random_below(&random, 0x60) + 0x80
                                                           : 1 + random_below(&random, 255));
        text[size] = '\0';
        char out[900];
        problem_init(&problem);
        (void)!problem_set(&problem, STATUS_SYNTAX, text, "%s", text);
        size_t length = problem_format(&problem, out, sizeof out);
        assert_false(could_draw(out));
        for (struct text rest = {out, length}; rest.size > 0;) {
            size_t step = text_utf8_size(rest);
            assert_true(step > 0);
            rest.data += step;
            rest.size -= step;
        }
    }
}

static void a_failed_assertion_aborts(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        int two = 2;
        ASSERT(two + two == 5);
        _exit(0);
    }
    close(ends[1]);
    char out[256] = "";
    size_t size = 0;
    ssize_t got;
    while ((got = read(ends[0], out + size, sizeof out - 1 - size)) > 0)
        size += (size_t)got;
    close(ends[0]);
    int ending = 0;
    assert_int_equal(waitpid(child, &ending, 0), child);
    assert_true(WIFSIGNALED(ending) && WTERMSIG(ending) == SIGABRT);
    assert_non_null(strstr(out, "two + two == 5"));
    assert_non_null(strstr(out, "problem_test.c:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_promised),     cmocka_unit_test(empty_parts_are_left_out),
        cmocka_unit_test(the_first_cause_stays), cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(nothing_can_draw),      cmocka_unit_test(a_failed_assertion_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
