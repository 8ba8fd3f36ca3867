/* What a running command has at hand. Internal to face/cli. */
#ifndef TERN_FACE_CLI_CLI_CONTEXT_H
#define TERN_FACE_CLI_CLI_CONTEXT_H

#include "base/json_write.h"
#include "base/table.h"
#include "face/cli/cli.h"
#include "face/cli/command.h"

struct cli {
    const struct cli_ports *ports;
    struct arguments arguments;
    struct table_style style; /* of stdout, as terminal and options say */
    bool json, quiet;
    struct text_buffer out; /* for stdout; written by cli_flush or at the end */
    struct problem problem; /* what the command returns with a status other than STATUS_OK */
    int error;              /* errno of the first failed write to stdout; 0 none */
};

static inline bool cli_have(const struct cli *cli, enum cli_option option)
{
    return arguments_have(&cli->arguments, option);
}

/* Writes what is in cli->out and empties it. STATUS_IO once stdout has failed: a command that
 * prints much stops then. */
MUST_USE enum status cli_flush(struct cli *cli);
/* A line on stderr, unless --quiet: a hint, never data. */
void cli_note(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* Begins and ends the one JSON document of a command in cli->out. */
void cli_json_begin(struct cli *cli, struct json_writer *json);
MUST_USE enum status cli_json_end(struct cli *cli, struct json_writer *json);
/* Exit code of a status as the command line has it. */
int cli_exit_code(enum status status);

/* ---- handlers, one a row of the table ---- */

enum status run_backtest_run(struct cli *cli);
enum status run_backtest_list(struct cli *cli);
enum status run_backtest_show(struct cli *cli);
enum status run_version(struct cli *cli);
enum status run_help(struct cli *cli);

/* ---- help ---- */

/* What `tern` and `tern help` print: the commands that exist, by noun. */
void help_overview(struct text_buffer *out);
void help_noun(const char *noun, struct text_buffer *out);
void help_command(const struct cli_command *command, struct text_buffer *out);

#endif
