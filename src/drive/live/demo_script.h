/* What a person may tell the running demo: one command a line.
 *
 *     # comments and empty lines are left out
 *     add NVDA                         at the start, or a quarter of a second after the line before
 *     at 30s buy NVDA 10               30 simulated seconds after the start
 *     at 1m30s sell NVDA 10 at 805.50  a limit order
 *     at 2m remove XRP-USD
 *     scenario crash
 *
 * Words and names in any case; a name without a quote gets the currency's. Commands happen between
 * two quarters of a simulated second, so that a script and a seed are one run at any pace. What is
 * typed happens when it is read, one line a quarter: what was added has a price by the next. */
#ifndef TERN_DRIVE_LIVE_DEMO_SCRIPT_H
#define TERN_DRIVE_LIVE_DEMO_SCRIPT_H

#include "base/problem.h"
#include "core/model/input.h"
#include "sim/generator/scenario.h"

#define DEMO_SLICE_NS (NANOSECONDS_PER_SECOND / 4)
#define DEMO_SCRIPT_SIZE_MAX ((size_t)64 << 10)
#define DEMO_COMMANDS_MAX 1024
#define DEMO_NOW (-1)

/* X(NAME, word, operands, sentence). The words of a stop and of a bot's states are those of the
 * engine. */
#define DEMO_VERB_TABLE(X)                                                                        \
    X(ADD, add, "NAME", "an instrument comes, or comes back")                                     \
    X(REMOVE, remove, "NAME", "it goes: its orders are cancelled, what is held stays")            \
    X(BUY, buy, "NAME QUANTITY [at PRICE]", "an order of the desk: at market, or with a limit")   \
    X(SELL, sell, "NAME QUANTITY [at PRICE]", "the same, of what the desk holds")                 \
    X(CANCEL, cancel, "ORDER", "cancels the live order of that number")                           \
    X(SCENARIO, scenario, "NAME", "normal, calm, trend, crash, chop or outage from now on")       \
    X(BOT, bot, "NAME start|pause|stop", "a paused bot only protects what it has")                \
    X(STOP, stop, "pause|reduce|cancel|flatten", "no entries; none resting; no orders; sell all") \
    X(RESUME, resume, "", "lifts the stop, and what limits have halted")                          \
    X(PRICES, prices, "", "what there is to trade, and what is held of it")                       \
    X(ORDERS, orders, "", "live orders")                                                          \
    X(ACCOUNT, account, "", "the account and its bots as they stand")                             \
    X(HELP, help, "", "these words")                                                              \
    X(QUIT, quit, "", "ends the demo at the next whole second")

enum demo_verb {
#define DEMO_VERB_ENUM(upper, lower, operands, sentence) DEMO_##upper,
    DEMO_VERB_TABLE(DEMO_VERB_ENUM)
#undef DEMO_VERB_ENUM
        DEMO_VERB_COUNT
};

struct demo_command {
    int64_t at_ns; /* since the start, a whole number of slices; DEMO_NOW: none was said */
    enum demo_verb verb;
    char name[INSTRUMENT_NAME_SIZE]; /* of an instrument or a bot */
    struct amount quantity, price;   /* price 0: at market */
    uint64_t order;
    enum scenario scenario;
    uint32_t action; /* enum stop_kind, or the state of a bot */
};

struct demo_script {
    struct demo_command *commands; /* owned; in the order of their times */
    uint32_t count, next;
};

const char *demo_verb_word(enum demo_verb verb);
const char *demo_verb_operands(enum demo_verb verb);
const char *demo_verb_sentence(enum demo_verb verb);

/* Reads one line. STATUS_END: there is no command in it. STATUS_USAGE with found, allowed and next
 * of the problem set; where is the caller's. currency: of names without a quote. */
MUST_USE enum status demo_command_read(struct text line, const char *currency, const char *where,
                                       struct demo_command *out, struct problem *problem);
/* The line that reads as the command. */
void demo_command_print(const struct demo_command *command, struct text_buffer *out);

/* Reads all lines of a script called `name`. STATUS_CONFIG_INVALID with line and what is wrong,
 * also for times that go back; STATUS_NO_MEMORY. The caller releases *script in any case. */
MUST_USE enum status demo_script_read(struct text lines, const char *name, const char *currency,
                                      struct demo_script *script, struct problem *problem);
void demo_script_release(struct demo_script *script);
/* The next command due at or before at_ns since the start, or NULL. */
const struct demo_command *demo_script_due(struct demo_script *script, int64_t at_ns);

#endif
