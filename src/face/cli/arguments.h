/* From words to a command and its options.
 *
 *     tern backtest run score.yaml --out runs/a -q
 *          └noun┘   └verb┘ └operand┘ └option┘  └switch┘
 *
 * Options may stand anywhere, `--name=value` and `--name value` are the same, short switches may be
 * joined (`-qh`), `--` ends the options, `-` alone is an operand. */
#ifndef TERN_FACE_CLI_ARGUMENTS_H
#define TERN_FACE_CLI_ARGUMENTS_H

#include "base/problem.h"
#include "base/text.h"

/* What may stand behind a word, for completion. */
enum cli_value {
    CLI_VALUE_NONE,
    CLI_VALUE_FILE,
    CLI_VALUE_DIRECTORY,
    CLI_VALUE_RESULT,   /* a stored back-test or a directory */
    CLI_VALUE_TEXT,     /* anything */
    CLI_VALUE_TOPIC,    /* a help topic or a command */
    CLI_VALUE_SHELL,    /* bash, zsh, fish */
    CLI_VALUE_SCENARIO, /* of the demo */
};

/* X(NAME, "long", 'c' or 0, "VALUE" or NULL for a switch, completion, "sentence") */
#define CLI_OPTION_TABLE(X)                                                                     \
    X(HELP, "help", 'h', NULL, NONE, "Print help for the command.")                             \
    X(VERSION, "version", 'V', NULL, NONE, "Print the version.")                                \
    X(JSON, "json", 0, NULL, NONE, "Print one JSON document, errors included.")                 \
    X(PLAIN, "plain", 0, NULL, NONE, "Print tab-separated lines, each with its table's name.")  \
    X(NDJSON, "ndjson", 0, NULL, NONE, "Print one JSON object a line.")                         \
    X(MARKDOWN, "markdown", 0, NULL, NONE, "Print the page as Markdown.")                       \
    X(QUIET, "quiet", 'q', NULL, NONE, "No notes and no progress on stderr.")                   \
    X(NO_COLOR, "no-color", 0, NULL, NONE, "No colour (as with NO_COLOR).")                     \
    X(NO_INPUT, "no-input", 0, NULL, NONE, "Never ask anything.")                               \
    X(OUT, "out", 'o', "DIR", DIRECTORY, "Write the result to DIR.")                            \
    X(NO_TRIALS, "no-trials", 0, NULL, NONE, "Do not count the run as a trial.")                \
    X(LINES, "lines", 'n', "N", TEXT, "How many of the last; 0: all.")                          \
    X(CONFIG, "config", 'c', "FILE", FILE, "The configuration, with the paths of its data.")    \
    X(ORIGIN, "origin", 0, NULL, NONE, "Say where each value came from.")                       \
    X(PROFILE, "profile", 0, "NAME", TEXT, "Take that profile, whatever the files say.")        \
    X(LIVE, "live", 0, NULL, NONE, "Judge the file as for trading, not for a back-test.")       \
    X(SEED, "seed", 0, "N", TEXT, "Make it reproducible.")                                      \
    X(SPEED, "speed", 0, "X", TEXT, "Scale time.")                                              \
    X(SCENARIO, "scenario", 0, "NAME", SCENARIO, "What the market does.")                       \
    X(DURATION, "duration", 0, "TIME", TEXT, "End by itself after so much simulated time.")     \
    X(SHOW_CONFIG, "show-config", 0, NULL, NONE, "Print the configuration and end.")            \
    X(COMMANDS, "commands", 0, "FILE", FILE, "Do what FILE says meanwhile; -: what is typed.")  \
    X(TAPE, "tape", 0, "FILE", FILE, "Play recorded market data in place of the generator.")    \
    X(KEEP, "keep", 0, "DIR", DIRECTORY, "Keep the state or the inputs in DIR.")                \
    X(INSTRUMENT, "instrument", 0, "NAME", TEXT, "The instrument, BTC-USDT.")                   \
    X(SYMBOL, "symbol", 0, "NAME", TEXT, "Only the rows of this symbol.")                       \
    X(BAR, "bar", 0, "TIME", TEXT, "The length of a bar: 1m, 15m, 1h, 1d.")                     \
    X(FEED, "feed", 0, "NAME", TEXT, "What to record: generator, tape.")                        \
    X(INSTRUMENTS, "instruments", 0, "A,B", TEXT, "Their names, commas between them.")          \
    X(KINDS, "kinds", 0, "A,B", TEXT, "Only these: depth, quotes, trades.")                     \
    X(REPLACE, "replace", 0, NULL, NONE, "Put it in the place of another one.")                 \
    X(COLUMNS, "columns", 0, "NAMES", TEXT, "Which is which: time=Date,open=2,high=3.")         \
    X(DELIMITER, "delimiter", 0, "CHAR", TEXT, "Between the fields: one character, or tab.")    \
    X(TIME_UNIT, "time-unit", 0, "UNIT", TEXT, "Of times: s, ms, us, ns; mdy or dmy of dates.") \
    X(TIME_ZONE, "time-zone", 0, "ZONE", TEXT, "Of the times: America/New_York, +03:00.")       \
    X(PRICE_SCALE, "price-scale", 0, "N", TEXT, "Divide prices by N: 1, 10, … 1000000000.")     \
    X(MEMBER, "member", 0, "NAME", TEXT, "Only this file of a zip archive.")                    \
    X(QUOTES, "quotes", 0, NULL, NONE, "Of a LEAN folder its quotes, not its trades.")          \
    X(GRID, "grid", 0, "KEY=VALUES", TEXT, "What to vary: FROM:TO:STEP or values.")             \
    X(RANDOM, "random", 0, "N", TEXT, "Draw N trials in place of all.")                         \
    X(LATIN, "latin", 0, "N", TEXT, "Draw N trials that cover each key evenly.")                \
    X(MAP, "map", 0, NULL, NONE, "Print the map of two parameters.")                            \
    X(AXES, "axes", 0, "X,Y", TEXT, "Which parameters; else the two that matter most.")         \
    X(METRIC, "metric", 0, "NAME", TEXT, "What to draw: sharpe, return, drawdown, fees.")       \
    X(HTML, "html", 0, NULL, NONE, "Print one HTML page.")                                      \
    X(HALVING, "halving", 0, "ETA", TEXT, "Keep one in ETA, rung by rung, on growing data.")    \
    X(RUNGS, "rungs", 0, "N", TEXT, "How many rungs; else as many as the data allow.")          \
    X(TRAIN, "train", 0, "N", TEXT, "Days that choose.")                                        \
    X(TEST, "test", 0, "N", TEXT, "Days that judge what was chosen.")                           \
    X(EMBARGO, "embargo", 0, "N", TEXT, "Left out between: days of a sweep, bars of FILE.")     \
    X(ANCHORED, "anchored", 0, NULL, NONE, "Always begin at the first day.")                    \
    X(EXPLAIN, "explain", 0, "NAME", TEXT, "Tell of that metric, with the run's numbers.")      \
    X(PURGE, "purge", 0, "N", TEXT, "Of FILE: bars cut off the end of what chooses.")           \
    X(BY, "by", 0, "NAME", TEXT, "Choose the best by: sharpe, sortino or return.")              \
    X(MARKETS, "markets", 0, "N", TEXT, "How many shuffled markets.")                           \
    X(CUTS, "cuts", 0, "N", TEXT, "How many times the data are cut to look for look-ahead.")    \
    X(RUNS, "runs", 0, "N", TEXT, "How often each is measured.")

enum cli_option {
#define CLI_OPTION_ENUM(NAME, name, letter, value, completion, sentence) CLI_OPTION_##NAME,
    CLI_OPTION_TABLE(CLI_OPTION_ENUM) CLI_OPTION_COUNT
#undef CLI_OPTION_ENUM
};

#define CLI_OPTION_BIT(NAME) (UINT64_C(1) << CLI_OPTION_##NAME)
/* Every command takes these. */
#define CLI_OPTIONS_COMMON                                                     \
    (CLI_OPTION_BIT(HELP) | CLI_OPTION_BIT(QUIET) | CLI_OPTION_BIT(NO_COLOR) | \
     CLI_OPTION_BIT(NO_INPUT) | CLI_OPTION_BIT(JSON))

struct cli_option_row {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* name of its value; NULL: a switch */
    enum cli_value completion;
    const char *sentence;
};
extern const struct cli_option_row cli_options[CLI_OPTION_COUNT];

#define CLI_OPERANDS_MAX 64u

struct arguments {
    const struct cli_command *command;    /* NULL: none was named */
    const char *noun;                     /* the first word, or NULL */
    const char *values[CLI_OPTION_COUNT]; /* NULL: not given; a switch: "" */
    const char *operands[CLI_OPERANDS_MAX];
    unsigned operands_count;
};

/* Text is borrowed from argv. STATUS_USAGE with the problem set; *out then says what was
 * understood before, so that a caller knows whether --json was among it. A word that only `help`
 * or nothing is missing behind is no error where --help or --version is given. */
MUST_USE enum status arguments_parse(int argc, char *const *argv, struct arguments *out,
                                     struct problem *problem);

static inline bool arguments_have(const struct arguments *arguments, enum cli_option option)
{
    return arguments->values[option] != NULL;
}

/* A whole number of at most `maximum`; fallback where the option is not given. STATUS_USAGE. */
MUST_USE enum status arguments_number(const struct arguments *arguments, enum cli_option option,
                                      uint64_t maximum, uint64_t fallback, uint64_t *out,
                                      struct problem *problem);

#endif
