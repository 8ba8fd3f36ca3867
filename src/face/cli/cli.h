/* The command line of tern: one table of commands (command.h), from which parsing, help, usage
 * errors, suggestions and shell completion come.
 *
 * 1. Data go to stdout, everything else to stderr.
 * 2. An error has one form, that of problem_format; with --json it is a document on stdout as well
 *    as the answer would have been, with the same exit code.
 * 3. A back-test that is refused or interrupted has written nothing.
 * 4. Nothing here is global: everything a command needs comes through struct cli_ports. */
#ifndef TERN_FACE_CLI_CLI_H
#define TERN_FACE_CLI_CLI_H

#include "drive/backtest/execute.h"

/* What `tern demo` was asked for. Text is borrowed from the command line. */
struct cli_demo_request {
    const char *seed;     /* digits, or NULL: one of its own */
    const char *speed;    /* a decimal number, max, or NULL: 1 */
    const char *scenario; /* calm, trend, crash, chop, outage, or NULL */
    const char *duration; /* simulated time until it ends by itself, or NULL: never */
    const char *commands; /* file of commands, - for standard input, or NULL */
    const char *tape;     /* file of recorded market data in place of the generator, or NULL */
    const char *keep;     /* directory for its journal and result, or NULL: none is kept */
    bool show_config;     /* prints the configuration, runs nothing */
    bool json;            /* one document at the end */
    bool ndjson;          /* one object a line as things happen */
    bool no_input, quiet, color;
};

/* What `tern bench` was asked for. */
struct cli_bench_request {
    const char *const *names; /* B-1, …; all of them where names_count is 0 */
    unsigned names_count;
    const char *runs; /* digits, or NULL: the default */
    const char *keep; /* directory for the inputs, or NULL */
    bool json, plain, quiet, color;
};

/* What the composition root hands in. Borrowed until cli_main returns. */
struct cli_ports {
    struct execute_ports execute;
    const char *version;
    const char *commit;   /* of the sources; "" where it is not known */
    const char *compiler; /* that built it */
    /* Each does all of its own printing and returns a status; the problem is printed by the caller.
     * NULL: this version does not have it. */
    enum status (*demo)(const struct cli_demo_request *request, struct problem *problem);
    enum status (*bench)(const struct cli_bench_request *request, struct problem *problem);
};

/* Runs one command and returns the exit code of the process. Writes to the descriptors 1 and 2 and
 * makes broken pipes an error that it sees (SIGPIPE is ignored from then on). */
int cli_main(const struct cli_ports *ports, int argc, char **argv);

#endif
