/* Commands of the demo: every form is read, printed and read again; what is wrong is said with what
 * is allowed; a script keeps the order of its times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/live/demo_script.h"

static enum status read_line(const char *line, struct demo_command *command,
                             struct problem *problem)
{
    problem_init(problem);
    return demo_command_read(text_of(line), "USD", "here", command, problem);
}

static void test_lines_and_what_they_print(void **state)
{
    static const struct {
        const char *line, *printed;
    } rows[] = {
        {"add NVDA", "add NVDA-USD\n"},
        {"  ADD\tnvda-usd  ", "add NVDA-USD\n"},
        {"add BTC-USD # mine", "add BTC-USD\n"},
        {"at 30s add 1INCH", "at 30s add 1INCH-USD\n"},
        {"at 0s remove xrp", "at 0s remove XRP-USD\n"},
        {"at 1m30s250ms prices\r", "at 1m30s250ms prices\n"},
        {"buy btc 0.25", "buy BTC-USD 0.25\n"},
        {"sell BTC 1.50 at 105000.5", "sell BTC-USD 1.5 at 105000.5\n"},
        {"cancel 17", "cancel 17\n"},
        {"scenario Crash", "scenario crash\n"},
        {"bot maker-xrp PAUSE", "bot maker-xrp pause\n"},
        {"stop pause", "stop pause\n"},
        {"stop flatten", "stop flatten\n"},
        {"resume", "resume\n"},
        {"orders", "orders\n"},
        {"account", "account\n"},
        {"help", "help\n"},
        {"Quit", "quit\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct demo_command command, again;
        struct problem problem;
        struct text_buffer out;
        text_buffer_init(&out, 256);
        if (read_line(rows[i].line, &command, &problem) != STATUS_OK)
            fail_msg("%s: %s", rows[i].line, problem.found);
        demo_command_print(&command, &out);
        assert_string_equal(out.data, rows[i].printed);
        out.data[out.size - 1] = '\0';
        assert_int_equal(read_line(out.data, &again, &problem), STATUS_OK);
        assert_memory_equal(&command, &again, sizeof command);
        text_buffer_release(&out);
    }
}

static void test_empty_lines(void **state)
{
    static const char *const lines[] = {"", " ", "\t\r", "# add NVDA", "  #"};
    struct demo_command command;
    struct problem problem;
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        assert_int_equal(read_line(lines[i], &command, &problem), STATUS_END);
}

static void test_refused(void **state)
{
    static const struct {
        const char *line, *found, *allowed, *next;
    } rows[] = {
        {"ad NVDA", "\"ad\"", "add, remove, buy", "did you mean \"add\"?"},
        {"at", "\"\"", "quarters of a second", ""},
        {"at soon add NVDA", "\"soon\"", "quarters of a second", ""},
        {"at 100ms add NVDA", "\"100ms\"", "quarters of a second", ""},
        {"at 30s", "\"\"", "add, remove, buy", ""},
        {"add", "\"\"", "such as NVDA or BTC-USD", ""},
        {"add USD", "\"USD\"", "such as NVDA or BTC-USD", ""},
        {"add BTC-EUR", "\"BTC-EUR\"", "such as NVDA", "prices are in USD here"},
        {"add BTC-", "\"BTC-\"", "such as NVDA", ""},
        {"add -USD", "\"-USD\"", "such as NVDA", "prices are in USD here"},
        {"add B.A", "\"B.A\"", "such as NVDA", ""},
        {"add ABCDEFGHIJKLMNOP", "\"ABCDEFGHIJKLMNOP\"", "such as NVDA", ""},
        {"add NVDA now", "\"now\"", "nothing more", "add NAME"},
        {"buy BTC", "\"\"", "a quantity above 0", ""},
        {"buy BTC 0", "\"0\"", "a quantity above 0", ""},
        {"buy BTC -1", "\"-1\"", "a quantity above 0", ""},
        {"buy BTC 1 for 5", "\"for\"", "nothing, or at PRICE", ""},
        {"buy BTC 1 at", "\"\"", "a price above 0", ""},
        {"buy BTC 1 at 5 6", "\"6\"", "nothing more", "buy NAME QUANTITY [at PRICE]"},
        {"cancel all", "\"all\"", "the number of an order", ""},
        {"cancel 0", "\"0\"", "the number of an order", ""},
        {"scenario crush", "\"crush\"", "normal, calm", "did you mean \"crash\"?"},
        {"bot", "\"\"", "the name of a bot", ""},
        {"bot maker-xrp", "\"\"", "start, pause, stop", ""},
        {"stop", "\"\"", "pause, reduce, cancel, flatten", ""},
        {"stop everything", "\"everything\"", "pause, reduce, cancel, flatten", ""},
        {"quit 1 2 3 4 5 6 7 8 9", "\"1\"", "nothing more", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct demo_command command;
        struct problem problem;
        enum status status = read_line(rows[i].line, &command, &problem);
        if (status != STATUS_USAGE || strcmp(problem.found, rows[i].found) != 0 ||
            strstr(problem.allowed, rows[i].allowed) == NULL ||
            strstr(problem.next, rows[i].next) == NULL)
            fail_msg("%s: %s; %s; %s", rows[i].line, problem.found, problem.allowed, problem.next);
    }
}

static void test_script(void **state)
{
    static const char text[] = "# begins\n"
                               "add NVDA\n"
                               "\n"
                               "at 5s add FOO\n"
                               "prices\n"
                               "at 5s250ms orders\n"
                               "at 1m quit"; /* no line end */
    static const int64_t quarters[] = {0, 20, 21, 21, 240};
    struct demo_script script;
    struct problem problem;
    (void)state;
    problem_init(&problem);
    assert_int_equal(demo_script_read(text_of(text), "s", "USD", &script, &problem), STATUS_OK);
    assert_int_equal(script.count, ARRAY_COUNT(quarters));
    for (size_t i = 0; i < ARRAY_COUNT(quarters); i++) {
        int64_t at_ns = quarters[i] * DEMO_SLICE_NS;
        assert_null(demo_script_due(&script, at_ns - 1));
        const struct demo_command *command = demo_script_due(&script, at_ns);
        assert_non_null(command);
        assert_true(command->at_ns == at_ns);
    }
    assert_null(demo_script_due(&script, INT64_MAX));
    demo_script_release(&script);
}

static void test_bad_scripts(void **state)
{
    static const struct {
        const char *text, *where, *found;
    } rows[] = {
        {"add NVDA\nad FOO\n", "s:2", "\"ad\""},
        {"at 10s prices\nat 5s prices\n", "s:2", "the time goes back"},
        {"\n\n\nbuy\n", "s:4", "\"\""},
    };
    struct demo_script script;
    struct problem problem;
    struct text_buffer many;
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        problem_init(&problem);
        assert_int_equal(demo_script_read(text_of(rows[i].text), "s", "USD", &script, &problem),
                         STATUS_CONFIG_INVALID);
        assert_string_equal(problem.where, rows[i].where);
        assert_string_equal(problem.found, rows[i].found);
        demo_script_release(&script);
    }
    text_buffer_init(&many, DEMO_SCRIPT_SIZE_MAX);
    for (int i = 0; i <= DEMO_COMMANDS_MAX; i++)
        text_buffer_append(&many, TEXT("prices\n"));
    problem_init(&problem);
    assert_int_equal(
        demo_script_read((struct text){many.data, many.size}, "s", "USD", &script, &problem),
        STATUS_CONFIG_INVALID);
    assert_string_equal(problem.found, "one command too many");
    demo_script_release(&script);
    text_buffer_release(&many);
}

/* Any bytes are a command or a problem. */
static void test_any_bytes(void **state)
{
    static const char *const pieces[] = {
        "at ",  "add ", "buy ", "BTC", "-USD", " 1",    "s",    "\xff",  "\x1b", "# ",      "9999",
        "stop", "\t",   "-",    ".",   "quit", "1e300", " at ", "crash", "bot",  "\xe2\x80"};
    struct random random;
    (void)state;
    random_init(&random, 11, 0);
    for (int i = 0; i < 200000; i++) {
        char line[256] = "";
        struct demo_command command;
        struct problem problem;
        uint64_t count = random_u64(&random) % 9;
        for (uint64_t piece = 0; piece < count; piece++)
            strcat(line, pieces[random_u64(&random) % ARRAY_COUNT(pieces)]);
        enum status status = read_line(line, &command, &problem);
        assert_true(status == STATUS_OK || status == STATUS_END || status == STATUS_USAGE);
        assert_int_equal(status == STATUS_USAGE, problem.allowed[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_what_they_print),
        cmocka_unit_test(test_empty_lines),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_script),
        cmocka_unit_test(test_bad_scripts),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
