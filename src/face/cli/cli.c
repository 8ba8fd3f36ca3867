/* From main to a command and back: parsing, output, errors, exit codes. */
#include "face/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "face/cli/cli_context.h"

#define OUT_SIZE_MAX ((size_t)1 << 30)
#define ERROR_TEXT_SIZE 1400u

int cli_exit_code(enum status status)
{
    /* A place that is taken or full is the caller's choice of words, a newer format is data. */
    if (status == STATUS_EXISTS || status == STATUS_NO_SPACE)
        return status_exit_code(STATUS_USAGE);
    if (status == STATUS_UNSUPPORTED)
        return status_exit_code(STATUS_DATA_INVALID);
    return status_exit_code(status);
}

/* ---- output ---------------------------------------------------------------------------------- */

static int write_all(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(descriptor, data, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        data += count;
        size -= (size_t)count;
    }
    return 0;
}

enum status cli_flush(struct cli *cli)
{
    if (cli->error == 0 && cli->out.size > 0)
        cli->error = write_all(STDOUT_FILENO, cli->out.data, cli->out.size);
    text_buffer_reset(&cli->out);
    return cli->error == 0 ? STATUS_OK : STATUS_IO;
}

void cli_note(const struct cli *cli, const char *format, ...)
{
    char text[1200], clean[1200];
    if (cli->quiet)
        return;
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size < 0)
        return;
    text_copy_clean(clean, sizeof clean, text_of(text));
    dprintf(STDERR_FILENO, "%s\n", clean);
}

void cli_json_begin(struct cli *cli, struct json_writer *json)
{
    json_write_init(json, &cli->out, 1);
}

enum status cli_json_end(struct cli *cli, struct json_writer *json)
{
    enum status status = json_write_finish(json);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "output", "not enough memory");
    return STATUS_OK;
}

/* ---- errors ---------------------------------------------------------------------------------- */

static void error_json(struct cli *cli)
{
    const struct problem *problem = &cli->problem;
    struct json_writer json;
    text_buffer_reset(&cli->out);
    json_write_init(&json, &cli->out, 1);
    json_object_begin(&json);
    json_key(&json, "error");
    json_object_begin(&json);
    json_key(&json, "code");
    json_string(&json, status_name(problem->status));
    json_key(&json, "where");
    json_string(&json, problem->where);
    json_key(&json, "found");
    json_string(&json,
                problem->found[0] != '\0' ? problem->found : status_sentence(problem->status));
    json_key(&json, "allowed");
    json_string(&json, problem->allowed);
    json_key(&json, "next");
    json_string(&json, problem->next);
    json_object_end(&json);
    json_object_end(&json);
    if (json_write_finish(&json) == STATUS_OK)
        (void)!cli_flush(cli);
}

static int fail(struct cli *cli)
{
    char text[ERROR_TEXT_SIZE];
    problem_format(&cli->problem, text, sizeof text);
    dprintf(STDERR_FILENO, "%s\n", text);
    if (cli->json)
        error_json(cli);
    return cli_exit_code(cli->problem.status);
}

/* Whoever reads may leave: that is no error. A full disk or a closed stdout is one. */
static int finish_output(struct cli *cli)
{
    if (cli->out.status != STATUS_OK)
        problem_set(&cli->problem, cli->out.status, "output", "too long or not enough memory");
    else if (cli_flush(cli) != STATUS_OK && cli->error != EPIPE)
        problem_set(&cli->problem, cli->error == ENOSPC ? STATUS_NO_SPACE : STATUS_IO,
                    "standard output", "%s", strerror(cli->error));
    if (cli->problem.status == STATUS_OK)
        return 0;
    cli->json = false;
    return fail(cli);
}

/* ---- start ----------------------------------------------------------------------------------- */

/* A descriptor that is closed would be given to the next file that is opened, and our output would
 * go into that file. In its place comes one that cannot be written (read). */
static void guard_descriptors(void)
{
    for (int i = 0; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY) != i)
            return;
    }
}

static void choose_style(struct cli *cli)
{
    cli->style = table_style_of_descriptor(STDOUT_FILENO);
    if (cli_have(cli, CLI_OPTION_PLAIN)) {
        cli->style.plain = true;
        cli->style.color = false;
    }
    if (cli_have(cli, CLI_OPTION_NO_COLOR))
        cli->style.color = false;
    cli->json = cli_have(cli, CLI_OPTION_JSON);
    cli->quiet = cli_have(cli, CLI_OPTION_QUIET);
}

/* --help, --version and no word at all. */
static bool answer_help(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    if (arguments_have(arguments, CLI_OPTION_HELP) || arguments->noun == NULL) {
        if (arguments->command != NULL && arguments->command->run != NULL)
            help_command(arguments->command, &cli->out);
        else if (arguments->noun != NULL && arguments->command == NULL)
            help_noun(arguments->noun, &cli->out);
        else if (arguments->noun == NULL)
            help_overview(&cli->out);
        else
            return false;
        return true;
    }
    return false;
}

static enum status run(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    if (arguments->noun == NULL && arguments_have(arguments, CLI_OPTION_VERSION))
        return run_version(cli);
    if (answer_help(cli))
        return STATUS_OK;
    if (arguments->command->run != NULL)
        return arguments->command->run(cli);
    problem_set(&cli->problem, STATUS_USAGE, "command line", "tern %s%s%s is not in this version",
                arguments->command->noun, arguments->command->verb == NULL ? "" : " ",
                arguments->command->verb == NULL ? "" : arguments->command->verb);
    problem_next(&cli->problem, "tern help");
    return STATUS_USAGE;
}

int cli_main(const struct cli_ports *ports, int argc, char **argv)
{
    struct cli cli = {.ports = ports};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    guard_descriptors();
    (void)sigaction(SIGPIPE, &ignore, NULL);
    text_buffer_init(&cli.out, OUT_SIZE_MAX);
    problem_init(&cli.problem);
    enum status status = arguments_parse(argc, argv, &cli.arguments, &cli.problem);
    choose_style(&cli);
    if (status == STATUS_OK)
        status = run(&cli);
    int code;
    if (status != STATUS_OK && cli.error == 0) {
        /* A handler that fails says why; this is for one that forgot. */
        problem_set(&cli.problem, status, "tern", "%s", status_sentence(status));
        /* Whoever called may know better what it means: data that are missing are a bad
         * configuration. */
        cli.problem.status = status;
        code = fail(&cli);
    } else {
        code = finish_output(&cli);
    }
    text_buffer_release(&cli.out);
    return code;
}
