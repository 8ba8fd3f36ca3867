/* From words to commands: every way to write an option, every way to get it wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "face/cli/command.h"

#define WORDS_MAX 80

/* `line` is split at blanks; `_` stands for an empty word. */
static enum status parse(const char *line, struct arguments *out, struct problem *problem)
{
    static char copy[1024];
    static char *argv[WORDS_MAX];
    int argc = 0;
    (void)snprintf(copy, sizeof copy, "tern %s", line);
    for (char *word = copy; word != NULL && argc < WORDS_MAX;) {
        char *next = strchr(word, ' ');
        if (next != NULL)
            *next++ = '\0';
        if (*word != '\0')
            argv[argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
        word = next;
    }
    problem_init(problem);
    return arguments_parse(argc, argv, out, problem);
}

static void understood(void **state)
{
    (void)state;
    static const struct {
        const char *line, *verb, *operand, *out;
        bool quiet, json;
    } rows[] = {
        {"backtest run a.yaml",                     "run",  "a.yaml", NULL, false, false},
        {"backtest run a.yaml --out d",             "run",  "a.yaml", "d",  false, false},
        {"backtest run a.yaml --out=d",             "run",  "a.yaml", "d",  false, false},
        {"backtest run a.yaml --out=d=e",           "run",  "a.yaml", "d=e", false, false},
        {"backtest run a.yaml -o d -q",             "run",  "a.yaml", "d",  true,  false},
        {"backtest run a.yaml -od",                 "run",  "a.yaml", "d",  false, false},
        {"backtest run a.yaml -qod --json",         "run",  "a.yaml", "d",  true,  true},
        {"-q --json --out d backtest run a.yaml",   "run",  "a.yaml", "d",  true,  true},
        {"backtest --json run -q a.yaml",           "run",  "a.yaml", NULL, true,  true},
        {"backtest run -q -q -- --out",             "run",  "--out",  NULL, true,  false},
        {"backtest run --out -- a.yaml",            "run",  "a.yaml", "--", false, false},
        {"backtest run --out -q a.yaml",            "run",  "a.yaml", "-q", false, false},
        {"backtest run -- -",                       "run",  "-",      NULL, false, false},
        {"backtest run -",                          "run",  "-",      NULL, false, false},
        {"backtest list",                           "list", NULL,     NULL, false, false},
        {"backtest show",                           "show", NULL,     NULL, false, false},
        {"backtest show x",                         "show", "x",      NULL, false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct arguments arguments;
        struct problem problem;
        if (parse(rows[i].line, &arguments, &problem) != STATUS_OK)
            print_message("%s: %s\n", rows[i].line, problem.found);
        assert_int_equal(problem.status, STATUS_OK);
        assert_non_null(arguments.command);
        assert_string_equal(arguments.command->noun, "backtest");
        assert_string_equal(arguments.command->verb, rows[i].verb);
        assert_int_equal(arguments.operands_count, rows[i].operand != NULL);
        if (rows[i].operand != NULL)
            assert_string_equal(arguments.operands[0], rows[i].operand);
        const char *out = arguments.values[CLI_OPTION_OUT];
        assert_true((out == NULL) == (rows[i].out == NULL));
        if (out != NULL)
            assert_string_equal(out, rows[i].out);
        assert_int_equal(arguments_have(&arguments, CLI_OPTION_QUIET), rows[i].quiet);
        assert_int_equal(arguments_have(&arguments, CLI_OPTION_JSON), rows[i].json);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *found, *next;
    } rows[] = {
        {"backtst", "unknown command \"backtst\"", "tern backtest?"},
        {"xyzzy", "unknown command \"xyzzy\"", "tern help"},
        {"backtest", "tern backtest needs a command", "tern backtest --help"},
        {"backtest rnu a", "unknown command \"backtest rnu\"", "tern backtest run?"},
        {"backtest run", "FILE is missing", "tern backtest run --help"},
        {"backtest run a b", "\"b\" is one word too many", "tern backtest run --help"},
        {"backtest run a --ouT d", "unknown option \"--ouT\"", "--out?"},
        {"backtest run a --jsno", "unknown option \"--jsno\"", "--json?"},
        {"backtest run a --xyzzy", "unknown option \"--xyzzy\"", "tern help"},
        {"backtest run a -x", "unknown option \"-x\"", "tern help"},
        {"backtest run a -qx", "unknown option \"-qx\"", "tern help"},
        {"backtest run a --out", "--out without its value", NULL},
        {"backtest run a -o", "--out without its value", NULL},
        {"backtest run a --out=", "--out has an empty value", NULL},
        {"backtest run a --out _", "--out has an empty value", NULL},
        {"backtest run a --out d --out e", "--out is given twice", NULL},
        {"backtest sweep a --grid b=1 --grid c=2", "--grid is given twice", "behind FILE"},
        {"backtest run a --json=yes", "found \"--json=yes\"", NULL},
        {"backtest run a -n 5", "tern backtest run does not take \"-n\"", "--help"},
        {"backtest list --out=d", "tern backtest list does not take \"--out=d\"", "--help"},
        {"backtest run _", "FILE is empty", NULL},
        {"version a", "\"a\" is one word too many", "tern version --help"},
        {"backtest run a --=", "unknown option \"--\"", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct arguments arguments;
        struct problem problem;
        assert_int_equal(parse(rows[i].line, &arguments, &problem), STATUS_USAGE);
        assert_int_equal(problem.status, STATUS_USAGE);
        if (strcmp(problem.found, rows[i].found) != 0)
            print_message("%s\n", rows[i].line);
        assert_string_equal(problem.found, rows[i].found);
        if (rows[i].next != NULL && strstr(problem.next, rows[i].next) == NULL)
            print_message("%s: %s\n", rows[i].line, problem.next);
        assert_true(rows[i].next == NULL || strstr(problem.next, rows[i].next) != NULL);
    }
}

/* Asking for help is never wrong, and what is planned takes anything. */
static void help_and_planned(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "", "--help", "-h", "--version", "backtest --help", "backtest run --help",
        "backtest run -h a b c", "up", "up --profile", "order buy x y z", "help",
        "help backtest run", "backtest sweep a b c",
    };
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        struct arguments arguments;
        struct problem problem;
        enum status status = parse(lines[i], &arguments, &problem);
        /* An option that is not there stays an error. */
        bool unknown = strstr(lines[i], "--profile") != NULL;
        assert_int_equal(status, unknown ? STATUS_USAGE : STATUS_OK);
    }
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } rows[] = {
        {"0", true, 0},     {"7", true, 7},      {"100", true, 100}, {"101", false, 0},
        {"-1", false, 0},   {"+1", false, 0},    {"1.0", false, 0},  {"1e1", false, 0},
        {"x", false, 0},    {" 1", false, 0},    {"007", true, 7},
        {"99999999999999999999999999999999999999999999", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct arguments arguments = {0};
        struct problem problem;
        uint64_t value = 0;
        problem_init(&problem);
        arguments.values[CLI_OPTION_LINES] = rows[i].text;
        enum status status = arguments_number(&arguments, CLI_OPTION_LINES, 100, 20, &value,
                                              &problem);
        assert_int_equal(status, rows[i].good ? STATUS_OK : STATUS_USAGE);
        assert_true(!rows[i].good || value == rows[i].value);
        assert_true(rows[i].good || strcmp(problem.where, "--lines") == 0);
    }
    struct arguments none = {0};
    struct problem problem;
    uint64_t value = 0;
    problem_init(&problem);
    assert_int_equal(arguments_number(&none, CLI_OPTION_LINES, 100, 20, &value, &problem),
                     STATUS_OK);
    assert_int_equal(value, 20);
}

static void too_many_words(void **state)
{
    (void)state;
    char line[400] = "bench";
    for (int i = 0; i < 70; i++)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " x");
    struct arguments arguments;
    struct problem problem;
    assert_int_equal(parse(line, &arguments, &problem), STATUS_USAGE);
}

/* Random words: an answer always, and a problem where there is one. */
static void random_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "backtest", "run", "list", "show", "--out", "--out=d", "-q", "-h", "--json", "--", "-",
        "a.yaml", "_", "-o", "-n", "5", "--lines", "journal", "tail", "verify", "up", "order",
        "--xyz", "-qqq", "--=", "=", "help", "\xff", "--\xff", "-\xff", "bench", "-c",
    };
    struct random random;
    random_init(&random, 5, 0);
    unsigned good = 0;
    for (unsigned round = 0; round < 100000; round++) {
        char line[400] = "";
        size_t count = random_below(&random, 8);
        for (size_t i = 0; i < count; i++)
            (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s",
                           i > 0 ? " " : "", words[random_below(&random, ARRAY_COUNT(words))]);
        struct arguments arguments;
        struct problem problem;
        enum status status = parse(line, &arguments, &problem);
        assert_int_equal(status, problem.status);
        assert_true(status == STATUS_OK || status == STATUS_USAGE);
        assert_true(status == STATUS_OK || problem.found[0] != '\0');
        good += status == STATUS_OK;
    }
    assert_true(good > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understood),
        cmocka_unit_test(refused),
        cmocka_unit_test(help_and_planned),
        cmocka_unit_test(numbers),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(random_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
