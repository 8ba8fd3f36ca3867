/* The tables of the command line agree with themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../json_check.h"
#include "face/cli/cli_context.h"

static bool is_word(const char *text)
{
    return *text != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

/* A sentence begins with a capital letter and ends with a full stop. */
static bool is_sentence(const char *text)
{
    size_t size = strlen(text);
    return size > 3 && text[0] >= 'A' && text[0] <= 'Z' && text[size - 1] == '.' &&
           strchr(text, '\n') == NULL;
}

static void every_command_is_described_once(void **state)
{
    (void)state;
    size_t count;
    const struct cli_command *commands = command_table(&count);
    assert_true(count > 100);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        const char *verb = command->verb == NULL ? "" : command->verb;
        assert_true(is_word(command->noun) && (command->verb == NULL || is_word(verb)));
        assert_ptr_equal(command_find(text_of(command->noun), text_of(verb)), command);
        for (size_t j = 0; j < i; j++) {
            bool same = strcmp(command->noun, commands[j].noun) == 0;
            assert_false(same &&
                         strcmp(verb, commands[j].verb == NULL ? "" : commands[j].verb) == 0);
            /* A noun has verbs or is a command, never both: a word would mean two things. */
            assert_false(same && (command->verb == NULL || commands[j].verb == NULL));
        }
        if (command->run == NULL)
            continue;
        if (!is_sentence(command->sentence))
            print_message("%s %s\n", command->noun, verb);
        assert_true(is_sentence(command->sentence));
        assert_true(strlen(command->sentence) <= 61);
        if (command->detail != NULL && !is_sentence(command->detail))
            print_message("%s %s: %s\n", command->noun, verb, command->detail);
        assert_true(command->detail == NULL || is_sentence(command->detail));
        assert_non_null(command->example);
        assert_true(command->operands_min <= command->operands_max);
        assert_true((command->operands_max == 0) == (command->operands[0] == '\0'));
        assert_true((command->operands_max == 0) == (command->operand == CLI_VALUE_NONE));
        assert_true((command->operands_min == 0) ==
                    (command->operands[0] == '[' || command->operands[0] == '\0'));
        assert_int_equal(command->options & CLI_OPTIONS_COMMON, 0);
    }
}

/* An example is a command line that is understood; what follows `>` is the shell's. */
static void every_example_parses(void **state)
{
    (void)state;
    size_t count;
    const struct cli_command *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (commands[i].run == NULL)
            continue;
        char line[200], *argv[32];
        int argc = 0;
        struct arguments arguments;
        struct problem problem;
        problem_init(&problem);
        (void)snprintf(line, sizeof line, "%s", commands[i].example);
        for (char *rest = line, *word; (word = strsep(&rest, " ")) != NULL && argc < 32;) {
            if (strcmp(word, ">") == 0)
                break;
            argv[argc++] = word;
        }
        assert_string_equal(argv[0], "tern");
        assert_int_equal(arguments_parse(argc, argv, &arguments, &problem), STATUS_OK);
        assert_ptr_equal(arguments.command, &commands[i]);
    }
}

static void every_option_is_described_once_and_used(void **state)
{
    (void)state;
    size_t count;
    const struct cli_command *commands = command_table(&count);
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        const struct cli_option_row *row = &cli_options[i];
        assert_true(is_word(row->name) && is_sentence(row->sentence));
        assert_true((row->value == NULL) == (row->completion == CLI_VALUE_NONE));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(row->name, cli_options[j].name);
            assert_true(row->letter == 0 || row->letter != cli_options[j].letter);
        }
        bool used = (CLI_OPTIONS_COMMON >> i & 1) != 0 || i == CLI_OPTION_VERSION;
        for (size_t j = 0; j < count; j++)
            used = used || (commands[j].options >> i & 1) != 0;
        if (!used)
            print_message("--%s\n", row->name);
        assert_true(used);
    }
    assert_true(CLI_OPTION_COUNT <= 64);
}

/* The whole surface: what is not built yet is still known. */
static void the_surface_is_known(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"demo", ""},          {"up", ""},             {"down", ""},         {"status", ""},
        {"tui", ""},           {"web", ""},            {"init", ""},         {"doctor", ""},
        {"order", "buy"},      {"order", "resolve"},   {"algo", "twap"},     {"algo", "trail"},
        {"fill", "list"},      {"position", "close"},  {"account", "limits"}, {"ledger", "check"},
        {"ledger", "lots"},    {"bot", "explain"},     {"market", "watch"},  {"risk", "breakers"},
        {"flatten", ""},       {"report", ""},         {"backtest", "sweep"}, {"sweep", "apply"},
        {"data", "fetch"},     {"journal", "compare"}, {"reconcile", "run"}, {"drill", ""},
        {"venue", "serve"},    {"key", "rotate"},      {"token", "revoke"},  {"config", "edit"},
        {"import", "trader"},  {"export", "koinly"},   {"chat", ""},         {"mcp", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        assert_non_null(command_find(text_of(words[i][0]), text_of(words[i][1])));
}

static void pages_in_every_form(void **state)
{
    (void)state;
    size_t count;
    const struct help_topic *topics = help_topics(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(is_word(topics[i].name) && is_sentence(topics[i].sentence));
        for (int form = PAGE_TEXT; form <= PAGE_JSON; form++) {
            struct text_buffer out;
            text_buffer_init(&out, 1 << 20);
            topics[i].page((enum page_form)form, &out);
            assert_int_equal(out.status, STATUS_OK);
            struct text text = {out.data, out.size};
            assert_true(out.size > 300);
            assert_int_equal(out.data[out.size - 1], '\n');
            assert_int_equal(json_is_valid(text), form == PAGE_JSON);
            assert_int_equal(strncmp(out.data, "# ", 2) == 0, form == PAGE_MARKDOWN);
            text_buffer_release(&out);
        }
    }
}

/* What a page's rows say is in its text; a bar in a Markdown cell does not end it. */
static void a_page(void **state)
{
    (void)state;
    static const char *const columns[] = {"name", "unit", "meaning"};
    static const char *const expected[] = {
        "Title\n\nA paragraph.\n\nRows\n\n  one (unit: s)\n      First | row.\n  two\n      "
        "Second.\n",
        "# Title\n\n<!-- Printed by `x`; do not edit. -->\n\nA paragraph.\n\n## Rows\n\n"
        "| name | unit | meaning |\n|---|---|---|\n| `one` | s | First \\| row. |\n"
        "| `two` | | Second. |\n",
        "{\n \"title\":\"Title\",\n \"text\":[\n  \"A paragraph.\"\n ],\n \"rows\":[\n  {\n"
        "   \"name\":\"one\",\n   \"unit\":\"s\",\n   \"meaning\":\"First | row.\"\n  },\n  {\n"
        "   \"name\":\"two\",\n   \"unit\":\"\",\n   \"meaning\":\"Second.\"\n  }\n ]\n}\n",
    };
    for (int form = PAGE_TEXT; form <= PAGE_JSON; form++) {
        struct text_buffer out;
        struct page page;
        text_buffer_init(&out, 4096);
        page_begin(&page, (enum page_form)form, &out, "Title", "x");
        page_paragraph(&page, "A paragraph.");
        page_list_begin(&page, "rows", "Rows", columns, 3);
        static const char *const cells[] = {"one", "s", "First | row.", "two", "", "Second."};
        for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
            page_cell(&page, cells[i]);
        page_list_end(&page);
        assert_int_equal(page_end(&page), STATUS_OK);
        assert_string_equal(out.data, expected[form]);
        text_buffer_release(&out);
    }
}

static void keys_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *key, *says; /* NULL: not found */
    } rows[] = {
        {"risk.drawdown_max", "risk.drawdown_max"},
        {"drawdown_max", "risk.drawdown_max"},
        {"bots[0].enter", "bots[].enter"},
        {"bots[score-btc].signals.rsi.period", "bots[].signals.rsi.period"},
        {"account.USD", "account.NAME"},
        {"risk.instruments.BTC-USD.order_notional_max", "risk.instruments.NAME.order_notional_max"},
        {"accont", NULL},
        {"", NULL},
        {".", NULL},
        {"NAME", NULL},
        {"risk.instruments.BTC-USD.nothing", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct text_buffer out;
        struct problem problem;
        problem_init(&problem);
        text_buffer_init(&out, 1 << 20);
        enum status status = reference_key(rows[i].key, PAGE_TEXT, &out, &problem);
        if (status != (rows[i].says == NULL ? STATUS_NOT_FOUND : STATUS_OK))
            print_message("%s\n", rows[i].key);
        assert_int_equal(status, rows[i].says == NULL ? STATUS_NOT_FOUND : STATUS_OK);
        assert_true(rows[i].says == NULL || strstr(out.data, rows[i].says) != NULL);
        text_buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_described_once),
        cmocka_unit_test(every_example_parses),
        cmocka_unit_test(every_option_is_described_once_and_used),
        cmocka_unit_test(the_surface_is_known),
        cmocka_unit_test(pages_in_every_form),
        cmocka_unit_test(a_page),
        cmocka_unit_test(keys_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
