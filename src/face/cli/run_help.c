/* tern help and tern version, and what --help prints. */
#include <string.h>

#include "face/cli/cli_context.h"

static void option_line(unsigned index, struct text_buffer *out)
{
    const struct cli_option_row *row = &cli_options[index];
    struct text_buffer head;
    text_buffer_init(&head, 128);
    if (row->letter != 0)
        text_buffer_print(&head, "-%c, ", row->letter);
    text_buffer_print(&head, "--%s%s%s", row->name, row->value == NULL ? "" : " ",
                      row->value == NULL ? "" : row->value);
    text_buffer_print(out, "  %-20s  %s\n", head.status == STATUS_OK ? head.data : row->name,
                      row->sentence);
    text_buffer_release(&head);
}

static void command_line(const struct cli_command *command, struct text_buffer *out)
{
    struct text_buffer head;
    text_buffer_init(&head, 128);
    text_buffer_print(&head, "%s%s%s", command->noun, command->verb == NULL ? "" : " ",
                      command->verb == NULL ? "" : command->verb);
    text_buffer_print(out, "  %-18s  %s\n", head.status == STATUS_OK ? head.data : command->noun,
                      command->sentence);
    text_buffer_release(&head);
}

void help_noun(const char *noun, struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (commands[i].run != NULL && strcmp(commands[i].noun, noun) == 0)
            command_line(&commands[i], out);
    }
}

void help_overview(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    text_buffer_append(out, TEXT("tern: a trading engine\n\nusage: tern COMMAND [OPTION …]\n\n"));
    for (size_t i = 0; i < count; i++) {
        if (commands[i].run != NULL)
            command_line(&commands[i], out);
    }
    text_buffer_append(out, TEXT("\ntern help COMMAND explains one.\n"));
}

void help_command(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_append(out, TEXT("usage: "));
    command_synopsis(command, out);
    text_buffer_print(out, "\n\n%s\n\n", command->sentence);
    if (command->detail != NULL)
        text_buffer_print(out, "%s\n\n", command->detail);
    for (unsigned i = 0; i < CLI_OPTION_COUNT; i++) {
        if (((command->options | CLI_OPTIONS_COMMON) >> i & 1) != 0)
            option_line(i, out);
    }
    if (command->example != NULL)
        text_buffer_print(out, "\nexample: %s\n", command->example);
}

enum status run_help(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    if (arguments->operands_count == 0) {
        help_overview(&cli->out);
        return STATUS_OK;
    }
    struct text noun = text_of(arguments->operands[0]);
    const struct cli_command *command = command_find(noun, text_of(arguments->operands[1]));
    bool has_verbs;
    if (command != NULL && command->run != NULL) {
        help_command(command, &cli->out);
    } else if (arguments->operands_count == 1 && command_noun_exists(noun, &has_verbs)) {
        help_noun(arguments->operands[0], &cli->out);
    } else {
        problem_set(&cli->problem, STATUS_NOT_FOUND, "help", "there is no topic \"%s\"",
                    arguments->operands[0]);
        problem_next(&cli->problem, "tern help");
        return STATUS_NOT_FOUND;
    }
    return STATUS_OK;
}

enum status run_version(struct cli *cli)
{
    const struct cli_ports *ports = cli->ports;
    if (!cli->json) {
        text_buffer_print(&cli->out, "tern %s%s%s%s (%s)\n", ports->version,
                          *ports->commit == '\0' ? "" : " (", ports->commit,
                          *ports->commit == '\0' ? "" : ")", ports->compiler);
        return STATUS_OK;
    }
    struct json_writer json;
    cli_json_begin(cli, &json);
    json_object_begin(&json);
    json_key(&json, "version");
    json_string(&json, ports->version);
    json_key(&json, "commit");
    json_string(&json, ports->commit);
    json_key(&json, "compiler");
    json_string(&json, ports->compiler);
    json_object_end(&json);
    return cli_json_end(cli, &json);
}
