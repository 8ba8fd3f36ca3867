/* `tern demo`: the machine's clock, signals and terminal behind the demo's ports. */
#include "app/demo.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/ports.h"
#include "base/table.h"
#include "drive/live/demo_script.h"

#define SEED_DRAWN_MAX 1000000u /* short enough to be typed again */
#define STATUS_SIZE 256u

/* ---- clock and signals ----------------------------------------------------------------------- */

/* SIGINT and SIGTERM are blocked and read from a descriptor, so no handler runs in between. After
 * the first they have their usual effect again: a second Ctrl-C ends the program at once. */
struct machine {
    int signals; /* owned; -1: none could be had */
    sigset_t before;
    bool stopped;
    unsigned status_width; /* columns of the terminal */
    bool status_drawn;     /* the line is there */
};

static int64_t machine_now(void *context)
{
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static void signals_begin(struct machine *machine)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, &machine->before);
    machine->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (machine->signals < 0)
        (void)sigprocmask(SIG_SETMASK, &machine->before, NULL);
}

static void signals_end(struct machine *machine)
{
    if (machine->signals < 0)
        return;
    struct signalfd_siginfo info;
    while (read(machine->signals, &info, sizeof info) == (ssize_t)sizeof info)
        continue;
    (void)close(machine->signals);
    machine->signals = -1;
    (void)sigprocmask(SIG_SETMASK, &machine->before, NULL);
}

static bool machine_wait(void *context, int64_t due_ns)
{
    struct machine *machine = context;
    while (!machine->stopped) {
        int64_t left_ns = due_ns == INT64_MIN ? 0 : i64_max(due_ns - machine_now(NULL), 0);
        struct timespec left = {.tv_sec = (time_t)(left_ns / NANOSECONDS_PER_SECOND),
                                .tv_nsec = (long)(left_ns % NANOSECONDS_PER_SECOND)};
        struct pollfd poll_of = {.fd = machine->signals, .events = POLLIN};
        int ready = ppoll(&poll_of, 1, &left, NULL);
        if (ready > 0) {
            machine->stopped = true;
            signals_end(machine);
            return false;
        }
        if (ready == 0)
            return true;
    }
    return false;
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

/* An empty line takes away what is there. */
static void machine_status(void *context, struct text line)
{
    struct machine *machine = context;
    char drawn[STATUS_SIZE] = "\r\x1b[K";
    size_t begin = strlen(drawn);
    /* The line is ASCII; one that wraps could not be taken back. */
    size_t room = sizeof drawn - begin;
    if (machine->status_width > 1 && machine->status_width < room)
        room = machine->status_width;
    if (line.size == 0 && !machine->status_drawn)
        return;
    (void)text_copy(drawn + begin, room, line);
    (void)write_all(STDERR_FILENO, drawn, strlen(drawn));
    machine->status_drawn = line.size > 0;
}

static enum status machine_write(void *context, struct text lines)
{
    machine_status(context, (struct text){0});
    int error = write_all(STDOUT_FILENO, lines.data, lines.size);
    if (error == EPIPE)
        return STATUS_END;
    return error == 0 ? STATUS_OK : error == ENOSPC ? STATUS_NO_SPACE : STATUS_IO;
}

/* ---- the command ----------------------------------------------------------------------------- */

static uint64_t seed_draw(void)
{
    uint32_t word = 0;
    if (getrandom(&word, sizeof word, 0) != (ssize_t)sizeof word)
        word = (uint32_t)machine_now(NULL);
    return 1 + word % SEED_DRAWN_MAX;
}

static enum status read_options(const struct cli_demo_request *request,
                                struct demo_options *options, struct problem *problem)
{
    const struct {
        const char *name, *value;
    } words[] = {
        {"seed", request->seed},
        {"speed", request->speed},
        {"scenario", request->scenario},
        {"duration", request->duration},
    };
    demo_options_init(options, seed_draw());
    options->quiet = request->quiet;
    options->keep = request->keep;
    options->tape = request->tape;
    options->commands = request->commands;
    if (request->tape != NULL && (request->scenario != NULL || request->keep != NULL)) {
        problem_set(problem, STATUS_USAGE, "demo: --tape", "with %s",
                    request->scenario != NULL ? "--scenario" : "--keep");
        problem_allowed(problem, "one of the two: %s",
                        request->scenario != NULL ? "a recording has no scenario"
                                                  : "what is kept can be made again by the seed");
        problem_next(problem, "tern backtest run FILE keeps the result of a recorded session");
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (words[i].value == NULL)
            continue;
        enum status status = demo_option(options, words[i].name, words[i].value, problem);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status show_config(const struct cli_demo_request *request)
{
    struct machine machine = {.signals = -1};
    struct text_buffer room;
    text_buffer_init(&room, (size_t)1 << 16);
    demo_configuration_with_room(&room);
    enum status status = machine_write(&machine, request->commands == NULL
                                                     ? demo_configuration()
                                                     : (struct text){room.data, room.size});
    text_buffer_release(&room);
    return status == STATUS_END ? STATUS_OK : status;
}

/* A file is read before anything happens; what is typed comes when it comes. */
static enum status read_commands(const struct cli_demo_request *request, struct text_buffer *script,
                                 struct problem *problem)
{
    text_buffer_init(script, DEMO_SCRIPT_SIZE_MAX);
    if (request->commands == NULL)
        return STATUS_OK;
    if (strcmp(request->commands, "-") != 0)
        return commands_read_file(request->commands, script, problem);
    if (!request->no_input)
        return STATUS_OK;
    problem_set(problem, STATUS_USAGE, "demo: --commands", "- with --no-input");
    problem_allowed(problem, "a file of commands, or none");
    return STATUS_USAGE;
}

static enum status run_demo(const struct cli_demo_request *request, struct demo_options *options,
                            struct problem *problem)
{
    struct demo_outcome outcome;
    struct machine machine = {.signals = -1};
    struct typed typed = {.descriptor = STDIN_FILENO};
    bool types = request->commands != NULL && strcmp(request->commands, "-") == 0;
    struct demo_ports ports = {
        .clock = {&machine, machine_now, machine_wait},
        .output = {.context = &machine,
                   .form = request->json     ? DEMO_JSON
                           : request->ndjson ? DEMO_NDJSON
                                             : DEMO_TEXT,
                   .write = machine_write,
                   .style = table_style_of_descriptor(STDOUT_FILENO)},
        .journal = &journal_port_file,
        .version = TERN_VERSION,
    };
    ports.output.style.color = request->color;
    if (types)
        ports.lines = (struct demo_lines){&typed, commands_next};
    /* A line that is drawn again and again would be drawn over what is being typed, and over what
     * another program makes of our lines. */
    if (isatty(STDERR_FILENO) && !(types && isatty(STDIN_FILENO)) && !request->ndjson) {
        machine.status_width = table_style_of_descriptor(STDERR_FILENO).width;
        ports.output.status = machine_status;
    }
    signals_begin(&machine);
    enum status status = demo_run(options, &ports, &outcome, problem);
    signals_end(&machine);
    return status;
}

enum status app_demo(const struct cli_demo_request *request, struct problem *problem)
{
    struct demo_options options;
    struct text_buffer script;
    enum status status = read_options(request, &options, problem);
    if (status == STATUS_OK && request->show_config)
        return show_config(request);
    if (status != STATUS_OK)
        return status;
    status = read_commands(request, &script, problem);
    options.script = (struct text){script.data, script.size};
    if (status == STATUS_OK)
        status = run_demo(request, &options, problem);
    text_buffer_release(&script);
    return status;
}
