/* What a running command has at hand. Internal to face/cli. */
#ifndef TERN_FACE_CLI_CLI_CONTEXT_H
#define TERN_FACE_CLI_CLI_CONTEXT_H

#include "base/json_write.h"
#include "base/table.h"
#include "drive/reference/reference.h"
#include "face/cli/cli.h"
#include "face/cli/command.h"

struct backtest_result;
struct metrics;

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

/* ---- short answers of names and values: a table, or one JSON object -------------------------- */

struct cli_pairs {
    struct cli *cli;
    struct table table;
    struct json_writer json;
    bool in_group;
    enum status status;
};

/* key is the table's name in the plain form; borrowed as all names are until cli_pairs_end. */
void cli_pairs_begin(struct cli_pairs *pairs, struct cli *cli, const char *key);
void cli_pair_text(struct cli_pairs *pairs, const char *name, const char *value);
void cli_pair_number(struct cli_pairs *pairs, const char *name, uint64_t value);
/* What follows is counts of a kind: a table of its own, an object of that name. At most once. */
void cli_pairs_group(struct cli_pairs *pairs, const char *key, const char *heading);
MUST_USE enum status cli_pairs_end(struct cli_pairs *pairs);

/* ---- handlers, one a row of the table -------------------------------------------------------- */

enum status run_backtest_run(struct cli *cli);
enum status run_backtest_list(struct cli *cli);
enum status run_backtest_show(struct cli *cli);
enum status run_backtest_compare(struct cli *cli);
enum status run_backtest_sweep(struct cli *cli);
enum status run_backtest_walk_forward(struct cli *cli);
enum status run_backtest_doubt(struct cli *cli);
enum status run_sweep_list(struct cli *cli);
enum status run_sweep_compare(struct cli *cli);
enum status run_sweep_show(struct cli *cli);
enum status run_sweep_export(struct cli *cli);
enum status run_sweep_apply(struct cli *cli);
enum status run_config_show(struct cli *cli);
enum status run_config_validate(struct cli *cli);
enum status run_config_explain(struct cli *cli);
enum status run_journal_verify(struct cli *cli);
enum status run_journal_tail(struct cli *cli);
enum status run_journal_replay(struct cli *cli);
enum status run_ledger_check(struct cli *cli);
enum status run_data_import(struct cli *cli);
enum status run_data_list(struct cli *cli);
enum status run_data_export(struct cli *cli);
enum status run_data_verify(struct cli *cli);
enum status run_data_record(struct cli *cli);
enum status run_demo(struct cli *cli);
enum status run_bench(struct cli *cli);
enum status run_help(struct cli *cli);
enum status run_version(struct cli *cli);
enum status run_completion(struct cli *cli);

/* ---- help ------------------------------------------------------------------------------------ */

enum page_form cli_page_form(const struct cli *cli);
/* What `tern` and `tern help` print: the commands that exist and the topics. */
void help_overview(struct text_buffer *out);
/* The commands of a noun. */
void help_noun(const char *noun, struct text_buffer *out);
void help_command(const struct cli_command *command, struct text_buffer *out);
/* All commands with their options; docs/reference/commands.md is its Markdown. */
void help_commands_page(enum page_form form, struct text_buffer *out);
/* Files of bars that are read; docs/reference/formats.md is its Markdown. */
void help_formats_page(enum page_form form, struct text_buffer *out);
/* `backtest run`; the words of a command. */
void command_name(const struct cli_command *command, struct text_buffer *out);

/* --explain NAME: the metric of that name, ours or another program's. STATUS_NOT_FOUND with the
 * problem set, which says why where we left it out on purpose. */
MUST_USE enum status cli_explain_metric(struct cli *cli, const struct backtest_result *result,
                                        const struct metrics *metrics);

struct help_topic {
    const char *name, *sentence;
    reference_page *page;
};
const struct help_topic *help_topics(size_t *count);

#endif
