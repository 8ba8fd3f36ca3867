/* tern demo: a simulated market, a few bots and an account that exist only while it runs.
 *
 *     words ─► demo_option ─► struct demo_options
 *     generator ─► trades, levels, quotes ─► exchange on order books ◄─ orders, 50 ms later
 *               └► the same, and bars ─────► engine ─► facts ─► journal, then people
 *                                              ▲ └► orders       │
 *                                              └── answers, 50 ms later
 *     clock: when the next second of the market may happen, and whether someone wants it to stop
 *
 * Pure logic: time, output, journal and interruption come through ports, so a test runs an hour of
 * it on a clock of its own in a moment. Every order waits in the queue of its price or takes what
 * the levels have (sim/book_venue.h).
 *
 * 1. Facts are a function of options->seed, options->scenario, options->script, what came through
 *    ports->lines and when, and simulated time alone: the speed, the clock and who looks on change
 *    nothing. The simulated day begins at DEMO_START_NS always.
 * 2. A frame is handed to the journal before anything is printed about it.
 * 3. However it ends, resting orders are cancelled, books are audited and the account is closed. */
#ifndef TERN_DRIVE_LIVE_DEMO_H
#define TERN_DRIVE_LIVE_DEMO_H

#include "base/hash.h"
#include "base/problem.h"
#include "base/table.h"
#include "core/model/number.h"
#include "sim/generator/scenario.h"
#include "world/port/journal_port.h"

#define DEMO_START_NS (INT64_C(1767603600) * NANOSECONDS_PER_SECOND) /* 2026-01-05T09:00:00Z */
#define DEMO_SPEED_ONE INT64_C(1000)                                 /* speeds are in thousandths */
#define DEMO_SPEED_MAX (INT64_C(100000) * DEMO_SPEED_ONE)

struct demo_options {
    uint64_t seed;
    bool seed_given;     /* else it was drawn for this run */
    int64_t speed;       /* thousandths of the simulated second a second; 0: as fast as possible */
    int64_t duration_ns; /* simulated, whole seconds; 0: until stopped */
    enum scenario scenario;
    bool quiet;       /* no introduction, no status line */
    bool audit;       /* engine_audit after every frame: slow, for tests */
    const char *tape; /* recorded files, commas between them (demo_tape.h), or NULL */
    const char *keep; /* directory for journal and result, or NULL */
    /* Somebody may tell it things while it runs (demo_script.h): `script` before the start, called
     * `commands` in messages, or line by line through ports->lines; NULL: nobody. */
    const char *commands;
    struct text script;
};

/* Where time comes from and how one is told to stop. */
struct demo_clock {
    void *context;
    int64_t (*now_ns)(void *context); /* of any origin, never backwards */
    /* Returns when now_ns is due_ns or later, at once where it is already; false as soon as someone
     * wants the demo to stop, and from then on always. */
    bool (*wait)(void *context, int64_t due_ns);
};

/* For people; one JSON object at the end; one for each thing that happens, a line each. */
enum demo_form { DEMO_TEXT, DEMO_JSON, DEMO_NDJSON };

/* Where it tells people, or programs. */
struct demo_output {
    void *context;
    enum demo_form form;
    /* Whole lines of text, for good. STATUS_END: nobody reads any more, which stops the demo
     * without an error; any other failure is one. */
    enum status (*write)(void *context, struct text lines);
    /* The one line that is redrawn in place, at most once a second; empty: none any more. Lines
     * that are written take it away. NULL: not on this output. */
    void (*status)(void *context, struct text line);
    struct table_style style;
};

/* Where lines come from while it runs. */
struct demo_lines {
    void *context;
    /* The next whole line that is there, without its end, cut to size; false where none is yet, or
     * ever again. It never waits. NULL: none ever. */
    bool (*next)(void *context, char *line, size_t size);
};

struct demo_ports {
    struct demo_clock clock;
    struct demo_output output;
    struct demo_lines lines;
    const struct journal_port *journal; /* needed with options->keep alone */
    const struct journal_sink *sink;    /* gets every durable input and frame; NULL: none */
    const char *version;
};

/* How it went. */
struct demo_outcome {
    struct hash128 journal_hash, state_hash;
    struct amount start_equity, end_equity;
    int64_t simulated_ns, first_fill_ns; /* since the start; first_fill_ns < 0: none */
    uint64_t inputs_count, fills_count, denied_count, rejected_count, states_count;
    uint64_t maker_fills, taker_fills; /* of fills_count: rested in a book, took from it */
    bool interrupted;
};

/* Scenario normal, speed 1, no end; seed as given. */
void demo_options_init(struct demo_options *options, uint64_t seed);
/* Reads one word of the command line: name is seed, speed, scenario or duration. STATUS_USAGE with
 * the problem set. */
MUST_USE enum status demo_option(struct demo_options *options, const char *name, const char *value,
                                 struct problem *problem);

/* The configuration the demo runs with, as YAML: read it as any file. */
struct text demo_configuration(void);
/* The same with DEMO_ROOM places for instruments that commands may add; appended. */
#define DEMO_ROOM 8
void demo_configuration_with_room(struct text_buffer *out);

/* Runs to the end of the duration, of the recording, or until the clock says stop, then closes the
 * account. STATUS_INTERNAL where the books do not balance; STATUS_IO where output or journal fail;
 * STATUS_CONFIG_INVALID, STATUS_NO_MEMORY. An interruption is no failure. */
MUST_USE enum status demo_run(const struct demo_options *options, const struct demo_ports *ports,
                              struct demo_outcome *outcome, struct problem *problem);

#endif
