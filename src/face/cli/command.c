#include "face/cli/command.h"

#include <string.h>

const struct cli_command *command_find(struct text noun, struct text verb)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (text_equal(noun, text_of(command->noun)) && text_equal(verb, text_of(command->verb)))
            return command;
    }
    return NULL;
}

bool command_noun_exists(struct text noun, bool *has_verbs)
{
    bool found = false;
    size_t count;
    const struct cli_command *commands = command_table(&count);
    *has_verbs = false;
    for (size_t i = 0; i < count; i++) {
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
    size_t count = 0, commands_count;
    const struct cli_command *commands = command_table(&commands_count);
    for (size_t i = 0; i < commands_count; i++) {
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
