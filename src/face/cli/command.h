/* The table of commands: one row is a command. Help, usage errors, suggestions, completion and
 * docs/reference/commands.md are printed from it; a command is added by a row and a handler. */
#ifndef TERN_FACE_CLI_COMMAND_H
#define TERN_FACE_CLI_COMMAND_H

#include "face/cli/arguments.h"

struct cli;

struct cli_command {
    const char *noun;
    const char *verb;     /* NULL: the noun alone is the command */
    const char *operands; /* as help shows them: "FILE", "[NAME|DIR]"; "" none */
    const char *sentence;
    const char *detail;  /* further sentences; NULL none */
    const char *example; /* a line that works; NULL none */
    uint64_t options;    /* CLI_OPTION_BIT of what it takes besides the common ones */
    uint8_t operands_min, operands_max;
    enum cli_value operand; /* what they are */
    /* NULL: planned, answered with a clear text and not shown in help. */
    enum status (*run)(struct cli *cli);
};

const struct cli_command *command_table(size_t *count);
/* The command of these words, verb NULL or "" for a noun alone; NULL where there is none. */
const struct cli_command *command_find(struct text noun, struct text verb);
/* Whether any command begins with that noun, and whether that noun has verbs. */
bool command_noun_exists(struct text noun, bool *has_verbs);
/* `tern backtest run FILE [--out DIR] …`, without the common options. */
void command_synopsis(const struct cli_command *command, struct text_buffer *out);
/* Up to `capacity` distinct nouns or verbs of commands that exist, in the order of the table. */
size_t command_words(const char *noun, bool planned, const char **out, size_t capacity);

#define COMMAND_WORDS_MAX 256u

#endif
