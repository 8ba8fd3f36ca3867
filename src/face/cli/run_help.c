/* tern help and tern version, and what --help prints. */
#include <string.h>

#include "drive/result/metrics_names.h"
#include "face/cli/cli_context.h"

enum page_form cli_page_form(const struct cli *cli)
{
    return cli->json ? PAGE_JSON : cli_have(cli, CLI_OPTION_MARKDOWN) ? PAGE_MARKDOWN : PAGE_TEXT;
}

void command_name(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_print(out, "%s%s%s", command->noun, command->verb == NULL ? "" : " ",
                      command->verb == NULL ? "" : command->verb);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void two_columns(struct text_buffer *out, const struct text_buffer *left, int width,
                        const char *right)
{
    text_buffer_print(out, "  %-*s  %s\n", width, left->size == 0 ? "" : left->data, right);
}

static void option_head(unsigned index, struct text_buffer *out)
{
    const struct cli_option_row *row = &cli_options[index];
    if (row->letter != 0)
        text_buffer_print(out, "-%c, ", row->letter);
    text_buffer_print(out, "--%s%s%s", row->name, row->value == NULL ? "" : " ",
                      row->value == NULL ? "" : row->value);
}

static void options_print(uint64_t options, struct text_buffer *out)
{
    struct text_buffer head;
    text_buffer_init(&head, 128);
    for (unsigned i = 0; i < CLI_OPTION_COUNT; i++) {
        if ((options >> i & 1) == 0)
            continue;
        text_buffer_reset(&head);
        option_head(i, &head);
        two_columns(out, &head, 20, cli_options[i].sentence);
    }
    text_buffer_release(&head);
}

static void commands_print(const char *noun, struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    struct text_buffer head;
    text_buffer_init(&head, 128);
    for (size_t i = 0; i < count; i++) {
        if (commands[i].run == NULL || (noun != NULL && strcmp(commands[i].noun, noun) != 0))
            continue;
        text_buffer_reset(&head);
        command_name(&commands[i], &head);
        two_columns(out, &head, 16, commands[i].sentence);
    }
    text_buffer_release(&head);
}

void help_noun(const char *noun, struct text_buffer *out)
{
    text_buffer_print(out, "usage: tern %s COMMAND\n\n", noun);
    commands_print(noun, out);
    text_buffer_print(out, "\n`tern %s COMMAND --help` explains one.\n", noun);
}

void help_overview(struct text_buffer *out)
{
    size_t count;
    const struct help_topic *topics = help_topics(&count);
    text_buffer_append(out,
                       TEXT("tern trades by rules, and shows first what they would have done.\n\n"
                            "usage: tern COMMAND [WORD …] [OPTION …]\n\nCommands\n\n"));
    commands_print(NULL, out);
    text_buffer_append(out, TEXT("\nTopics of `tern help`\n\n"));
    for (size_t i = 0; i < count; i++)
        text_buffer_print(out, "  %-16s  %s\n", topics[i].name, topics[i].sentence);
    text_buffer_append(out, TEXT("\nOptions of every command\n\n"));
    options_print(CLI_OPTIONS_COMMON, out);
    text_buffer_append(out, TEXT("\nexample: tern backtest run examples/score.yaml\n"));
}

void help_command(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_append(out, TEXT("usage: "));
    command_synopsis(command, out);
    text_buffer_print(out, "\n\n%s\n", command->sentence);
    if (command->detail != NULL) {
        text_buffer_append(out, TEXT("\n"));
        wrapped_append(out, 0, text_of(command->detail));
    }
    text_buffer_append(out, TEXT("\n"));
    options_print(command->options | CLI_OPTIONS_COMMON, out);
    if (command->example != NULL)
        text_buffer_print(out, "\nexample: %s\n", command->example);
}

/* ---- the page of all commands ---------------------------------------------------------------- */

static void commands_json(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    struct text_buffer text;
    struct json_writer json;
    text_buffer_init(&text, 1024);
    json_write_init(&json, out, 1);
    json_object_begin(&json);
    json_key(&json, "commands");
    json_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (command->run == NULL)
            continue;
        json_object_begin(&json);
        text_buffer_reset(&text);
        command_name(command, &text);
        json_key(&json, "command");
        json_text(&json, (struct text){text.data, text.size});
        text_buffer_reset(&text);
        command_synopsis(command, &text);
        json_key(&json, "synopsis");
        json_text(&json, (struct text){text.data, text.size});
        json_key(&json, "meaning");
        json_string(&json, command->sentence);
        json_key(&json, "options");
        json_array_begin(&json);
        for (unsigned j = 0; j < CLI_OPTION_COUNT; j++) {
            if (((command->options | CLI_OPTIONS_COMMON) >> j & 1) != 0)
                json_string(&json, cli_options[j].name);
        }
        json_array_end(&json);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    (void)!json_write_finish(&json);
    text_buffer_release(&text);
}

static void options_markdown(uint64_t options, struct text_buffer *out)
{
    text_buffer_append(out, TEXT("| option | meaning |\n|---|---|\n"));
    for (unsigned i = 0; i < CLI_OPTION_COUNT; i++) {
        if ((options >> i & 1) == 0)
            continue;
        text_buffer_append(out, TEXT("| `"));
        option_head(i, out);
        text_buffer_print(out, "` | %s |\n", cli_options[i].sentence);
    }
}

static void commands_markdown(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    text_buffer_append(
        out,
        TEXT("# Commands\n\n<!-- Printed by `tern help commands --markdown` from the table in "
             "src/face/cli/command_table.c; do not edit. -->\n\n"
             "Data go to stdout, everything else to stderr. On a terminal answers are tables; "
             "into a pipe or\nwith `--plain` they are tab-separated lines, each with its "
             "table's name; with `--json` one document.\nOptions stand anywhere, `--name=value` "
             "and `--name value` are the same, `--` ends them.\n\n"
             "Every command takes:\n\n"));
    options_markdown(CLI_OPTIONS_COMMON, out);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (command->run == NULL)
            continue;
        text_buffer_append(out, TEXT("\n## tern "));
        command_name(command, out);
        text_buffer_append(out, TEXT("\n\n    "));
        command_synopsis(command, out);
        text_buffer_print(out, "\n\n%s\n", command->sentence);
        if (command->detail != NULL) {
            text_buffer_append(out, TEXT("\n"));
            wrapped_append(out, 0, text_of(command->detail));
        }
        if (command->options != 0) {
            text_buffer_append(out, TEXT("\n"));
            options_markdown(command->options, out);
        }
        if (command->example != NULL)
            text_buffer_print(out, "\nExample: `%s`\n", command->example);
    }
}

static void commands_text(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    text_buffer_append(out, TEXT("Commands\n\nEvery command takes\n\n"));
    options_print(CLI_OPTIONS_COMMON, out);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (command->run == NULL)
            continue;
        text_buffer_append(out, TEXT("\n"));
        command_synopsis(command, out);
        text_buffer_append(out, TEXT("\n"));
        wrapped_append(out, 4, text_of(command->sentence));
        if (command->detail != NULL)
            wrapped_append(out, 4, text_of(command->detail));
        options_print(command->options, out);
    }
}

void help_commands_page(enum page_form form, struct text_buffer *out)
{
    switch (form) {
    case PAGE_TEXT: commands_text(out); break;
    case PAGE_MARKDOWN: commands_markdown(out); break;
    case PAGE_JSON: commands_json(out); break;
    }
}

/* ---- handlers -------------------------------------------------------------------------------- */

static enum status no_topic(struct cli *cli, const char *word)
{
    const char *words[COMMAND_WORDS_MAX + 32];
    size_t count = command_words(NULL, false, words, COMMAND_WORDS_MAX), topics_count;
    const struct help_topic *topics = help_topics(&topics_count);
    for (size_t i = 0; i < topics_count && count < ARRAY_COUNT(words); i++)
        words[count++] = topics[i].name;
    const char *near = text_suggest(text_of(word), words, count);
    problem_set(&cli->problem, STATUS_NOT_FOUND, "help", "there is no topic \"%s\"", word);
    if (near != NULL)
        problem_next(&cli->problem, "did you mean tern help %s?", near);
    problem_next(&cli->problem, "tern help");
    return STATUS_NOT_FOUND;
}

static enum status help_word(struct cli *cli, const char *word)
{
    size_t count;
    bool has_verbs;
    const struct help_topic *topics = help_topics(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(topics[i].name, word) == 0) {
            topics[i].page(cli_page_form(cli), &cli->out);
            return STATUS_OK;
        }
    }
    const struct cli_command *command = command_find(text_of(word), text_of(NULL));
    const char *verbs[COMMAND_WORDS_MAX];
    if (command != NULL && command->run != NULL) {
        help_command(command, &cli->out);
        return STATUS_OK;
    }
    if (command_noun_exists(text_of(word), &has_verbs) &&
        command_words(word, false, verbs, COMMAND_WORDS_MAX) > 0) {
        help_noun(word, &cli->out);
        return STATUS_OK;
    }
    return no_topic(cli, word);
}

static enum status no_metric(struct cli *cli, const char *name)
{
    size_t count;
    const struct metric_missing *missing = metrics_missing(&count);
    const char *words[METRIC_COUNT];
    problem_set(&cli->problem, STATUS_NOT_FOUND, "--explain", "there is no metric \"%s\"", name);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(missing[i].name, name) == 0)
            problem_next(&cli->problem, "%s of %s: %s", name, missing[i].program, missing[i].why);
    }
    for (size_t i = 0; i < METRIC_COUNT; i++)
        words[i] = metric_rows[i].name;
    const char *near = text_suggest(text_of(name), words, METRIC_COUNT);
    if (near != NULL)
        problem_next(&cli->problem, "did you mean %s?", near);
    problem_next(&cli->problem, "tern help metrics");
    return STATUS_NOT_FOUND;
}

enum status cli_explain_metric(struct cli *cli, const struct backtest_result *result,
                               const struct metrics *metrics)
{
    const char *name = cli->arguments.values[CLI_OPTION_EXPLAIN];
    enum metric metric = metric_find(text_of(name));
    if (metric == METRIC_COUNT)
        return no_metric(cli, name);
    enum status status = metric_explain(metric, result, metrics, cli->json, &cli->out);
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}

static enum status help_explain(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    if (arguments->operands_count == 1 && strcmp(arguments->operands[0], "metrics") == 0)
        return cli_explain_metric(cli, NULL, NULL);
    problem_set(&cli->problem, STATUS_USAGE, "--explain", "without the topic it belongs to");
    problem_allowed(&cli->problem, "tern help metrics --explain NAME");
    return STATUS_USAGE;
}

enum status run_help(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    if (cli_have(cli, CLI_OPTION_EXPLAIN))
        return help_explain(cli);
    if (arguments->operands_count == 0) {
        if (cli_page_form(cli) == PAGE_TEXT)
            help_overview(&cli->out);
        else
            help_commands_page(cli_page_form(cli), &cli->out);
        return STATUS_OK;
    }
    if (arguments->operands_count == 1)
        return help_word(cli, arguments->operands[0]);
    const struct cli_command *command = command_find(text_of(arguments->operands[0]),
                                                     text_of(arguments->operands[1]));
    if (command == NULL || command->run == NULL)
        return no_topic(cli, arguments->operands[1]);
    help_command(command, &cli->out);
    return STATUS_OK;
}

enum status run_version(struct cli *cli)
{
    const struct cli_ports *ports = cli->ports;
    if (!cli->json) {
        text_buffer_print(&cli->out, "tern %s", ports->version);
        if (*ports->commit != '\0')
            text_buffer_print(&cli->out, " (%s)", ports->commit);
        text_buffer_print(&cli->out, ", %s\n", ports->compiler);
        return STATUS_OK;
    }
    struct cli_pairs pairs;
    cli_pairs_begin(&pairs, cli, "version");
    cli_pair_text(&pairs, "version", ports->version);
    cli_pair_text(&pairs, "commit", ports->commit);
    cli_pair_text(&pairs, "compiler", ports->compiler);
    return cli_pairs_end(&pairs);
}
