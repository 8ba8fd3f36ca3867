#include "face/cli/command.h"

#include <string.h>

#include "face/cli/cli_context.h"

#define BIT(NAME) CLI_OPTION_BIT(NAME)

static const struct cli_command commands[] = {
    {.noun = "backtest",
     .verb = "run",
     .operands = "FILE",
     .sentence = "Run a configuration over its recorded data.",
     .example = "tern backtest run examples/score.yaml --out runs/score",
     .options = BIT(OUT) | BIT(PLAIN) | BIT(NO_TRIALS),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_FILE,
     .run = run_backtest_run},
    {.noun = "backtest",
     .verb = "list",
     .operands = "",
     .sentence = "List the results there are, newest first.",
     .example = "tern backtest list",
     .options = BIT(PLAIN),
     .run = run_backtest_list},
    {.noun = "backtest",
     .verb = "show",
     .operands = "[NAME|DIR]",
     .sentence = "Print a stored result again; without a name the newest.",
     .example = "tern backtest show score",
     .options = BIT(PLAIN),
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_backtest_show},
    {.noun = "help",
     .operands = "[TOPIC|COMMAND]",
     .sentence = "Explain a topic or a command.",
     .example = "tern help metrics",
     .options = BIT(MARKDOWN),
     .operands_max = 2,
     .operand = CLI_VALUE_TOPIC,
     .run = run_help},
    {.noun = "version",
     .operands = "",
     .sentence = "Print version, commit and compiler.",
     .example = "tern version --json",
     .run = run_version},
};

const struct cli_command *command_table(size_t *count)
{
    *count = ARRAY_COUNT(commands);
    return commands;
}

const struct cli_command *command_find(struct text noun, struct text verb)
{
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        const struct cli_command *command = &commands[i];
        if (text_equal(noun, text_of(command->noun)) && text_equal(verb, text_of(command->verb)))
            return command;
    }
    return NULL;
}

bool command_noun_exists(struct text noun, bool *has_verbs)
{
    bool found = false;
    *has_verbs = false;
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (!text_equal(noun, text_of(commands[i].noun)))
            continue;
        found = true;
        *has_verbs = *has_verbs || commands[i].verb != NULL;
    }
    return found;
}

void command_synopsis(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_print(out, "tern %s", command->noun);
    if (command->verb != NULL)
        text_buffer_print(out, " %s", command->verb);
    if (command->operands[0] != '\0')
        text_buffer_print(out, " %s", command->operands);
    for (unsigned i = 0; i < CLI_OPTION_COUNT; i++) {
        if ((command->options >> i & 1) == 0)
            continue;
        text_buffer_print(out, " [--%s", cli_options[i].name);
        if (cli_options[i].value != NULL)
            text_buffer_print(out, " %s", cli_options[i].value);
        text_buffer_append(out, TEXT("]"));
    }
}

size_t command_words(const char *noun, bool planned, const char **out, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        const struct cli_command *command = &commands[i];
        if ((command->run == NULL && !planned) || count == capacity)
            continue;
        const char *word = command->noun;
        if (noun != NULL) {
            if (strcmp(noun, command->noun) != 0 || command->verb == NULL)
                continue;
            word = command->verb;
        }
        bool seen = false;
        for (size_t j = 0; j < count && !seen; j++)
            seen = strcmp(out[j], word) == 0;
        if (!seen)
            out[count++] = word;
    }
    return count;
}
