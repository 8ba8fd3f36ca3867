#include "drive/live/demo_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/time.h"

#define WORDS_MAX 8
#define WHERE_SIZE 200
#define BASE_MAX (ASSET_NAME_SIZE - 1)

static const struct {
    const char *word, *operands, *sentence;
} verbs[] = {
#define DEMO_VERB_ROW(upper, lower, operands, sentence) {#lower, operands, sentence},
    DEMO_VERB_TABLE(DEMO_VERB_ROW)
#undef DEMO_VERB_ROW
};

static const char *const stops[] = {"", "pause", "reduce", "cancel", "flatten"};
static const char *const states[] = {"start", "pause", "stop"};

const char *demo_verb_word(enum demo_verb verb)
{
    return verbs[verb].word;
}

const char *demo_verb_operands(enum demo_verb verb)
{
    return verbs[verb].operands;
}

const char *demo_verb_sentence(enum demo_verb verb)
{
    return verbs[verb].sentence;
}

/* ---- one line ------------------------------------------------------------------------------- */

/* The words of a line that are not yet read, and where to complain. */
struct line {
    struct text words[WORDS_MAX];
    uint32_t count, at;
    const char *where, *currency;
    struct problem *problem;
};

static enum status refuse(struct line *line, struct text found, const char *allowed)
{
    char clean[64];
    (void)text_copy_clean(clean, sizeof clean, found);
    problem_set(line->problem, STATUS_USAGE, line->where, "\"%s\"", clean);
    problem_allowed(line->problem, "%s", allowed);
    return STATUS_USAGE;
}

/* The next word, empty where there is none. */
static struct text next_word(struct line *line)
{
    return line->at < line->count ? line->words[line->at++] : (struct text){0};
}

/* Index of the word in the list, or SIZE_MAX with a problem that names them all. */
static size_t pick(struct line *line, struct text word, const char *const *list, size_t count,
                   const char *allowed)
{
    for (size_t i = 0; i < count; i++) {
        if (word.size > 0 && text_equal_ignore_case(word, text_of(list[i])))
            return i;
    }
    (void)refuse(line, word, allowed);
    const char *near = text_suggest(word, list, count);
    if (near != NULL)
        problem_next(line->problem, "did you mean \"%s\"?", near);
    return SIZE_MAX;
}

static bool is_name_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static enum status read_instrument(struct line *line, struct demo_command *out)
{
    struct text word = next_word(line);
    struct text quote = word;
    struct text base = text_split(&quote, '-');
    char upper[INSTRUMENT_NAME_SIZE];
    bool fits = base.size > 0 && base.size <= BASE_MAX &&
                (quote.size == 0 ? base.size == word.size
                                 : text_equal_ignore_case(quote, text_of(line->currency)));
    for (size_t i = 0; i < base.size && fits; i++) {
        char byte = base.data[i];
        upper[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
        fits = is_name_byte(upper[i]);
    }
    if (!fits || text_equal_ignore_case(base, text_of(line->currency))) {
        (void)refuse(line, word, "a name of letters and digits, such as NVDA or BTC-USD");
        if (quote.size > 0)
            problem_next(line->problem, "prices are in %s here", line->currency);
        return STATUS_USAGE;
    }
    (void)snprintf(out->name, sizeof out->name, "%.*s-%s", (int)base.size, upper, line->currency);
    return STATUS_OK;
}

static enum status read_amount(struct line *line, struct amount *out, const char *allowed)
{
    struct text word = next_word(line);
    if (word.size > 0 && decimal_parse_i128(word, AMOUNT_DECIMALS, &out->units) == STATUS_OK &&
        out->units > 0)
        return STATUS_OK;
    return refuse(line, word, allowed);
}

static enum status read_order(struct line *line, struct demo_command *out)
{
    enum status status = read_instrument(line, out);
    if (status == STATUS_OK)
        status = read_amount(line, &out->quantity, "a quantity above 0, such as 0.25");
    if (status != STATUS_OK || line->at == line->count)
        return status;
    struct text word = next_word(line);
    if (!text_equal_ignore_case(word, TEXT("at")))
        return refuse(line, word, "nothing, or at PRICE");
    return read_amount(line, &out->price, "a price above 0");
}

static enum status read_number(struct line *line, struct demo_command *out)
{
    struct text word = next_word(line);
    int64_t number = 0;
    if (decimal_parse_i64(word, 0, &number) != STATUS_OK || number <= 0)
        return refuse(line, word, "the number of an order; `orders` shows them");
    out->order = (uint64_t)number;
    return STATUS_OK;
}

static enum status read_scenario(struct line *line, struct demo_command *out)
{
    const char *names[SCENARIO_COUNT];
    for (int i = 0; i < SCENARIO_COUNT; i++)
        names[i] = scenario_name((enum scenario)i);
    size_t index = pick(line, next_word(line), names, SCENARIO_COUNT,
                        "normal, calm, trend, crash, chop, outage");
    out->scenario = (enum scenario)index;
    return index == SIZE_MAX ? STATUS_USAGE : STATUS_OK;
}

static enum status read_bot(struct line *line, struct demo_command *out)
{
    struct text name = next_word(line);
    if (name.size == 0 || !text_copy(out->name, sizeof out->name, name))
        return refuse(line, name, "the name of a bot; `account` shows them");
    size_t index = pick(line, next_word(line), states, ARRAY_COUNT(states), "start, pause, stop");
    out->action = (uint32_t)index;
    return index == SIZE_MAX ? STATUS_USAGE : STATUS_OK;
}

static enum status read_stop(struct line *line, struct demo_command *out)
{
    size_t index = pick(line, next_word(line), stops + 1, ARRAY_COUNT(stops) - 1,
                        "pause, reduce, cancel, flatten");
    out->action = (uint32_t)index + 1;
    return index == SIZE_MAX ? STATUS_USAGE : STATUS_OK;
}

static enum status read_operands(struct line *line, struct demo_command *out)
{
    switch (out->verb) {
    case DEMO_ADD:
    case DEMO_REMOVE: return read_instrument(line, out);
    case DEMO_BUY:
    case DEMO_SELL: return read_order(line, out);
    case DEMO_CANCEL: return read_number(line, out);
    case DEMO_SCENARIO: return read_scenario(line, out);
    case DEMO_BOT: return read_bot(line, out);
    case DEMO_STOP: return read_stop(line, out);
    case DEMO_RESUME:
    case DEMO_PRICES:
    case DEMO_ORDERS:
    case DEMO_ACCOUNT:
    case DEMO_HELP:
    case DEMO_QUIT:
    case DEMO_VERB_COUNT: return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status read_time(struct line *line, struct demo_command *out)
{
    out->at_ns = DEMO_NOW;
    if (!text_equal_ignore_case(line->words[0], TEXT("at")))
        return STATUS_OK;
    line->at = 1;
    struct text word = next_word(line);
    if (duration_parse(word, &out->at_ns) != STATUS_OK || out->at_ns < 0 ||
        out->at_ns % DEMO_SLICE_NS != 0)
        return refuse(line, word, "simulated time since the start in quarters of a second: 30s");
    return STATUS_OK;
}

/* False where there are more words than any command has. */
static bool split(struct line *line, struct text rest)
{
    for (;;) {
        rest = text_trim(rest);
        if (rest.size == 0 || rest.data[0] == '#')
            return true;
        size_t size = 0;
        while (size < rest.size && rest.data[size] != ' ' && rest.data[size] != '\t')
            size++;
        if (line->count == WORDS_MAX)
            return false;
        line->words[line->count++] = (struct text){rest.data, size};
        rest = (struct text){rest.data + size, rest.size - size};
    }
}

enum status demo_command_read(struct text text, const char *currency, const char *where,
                              struct demo_command *out, struct problem *problem)
{
    struct line line = {.where = where, .currency = currency, .problem = problem};
    const char *words[DEMO_VERB_COUNT];
    *out = (struct demo_command){.at_ns = DEMO_NOW};
    bool whole = split(&line, text);
    if (line.count == 0)
        return STATUS_END;
    enum status status = read_time(&line, out);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        words[i] = verbs[i].word;
    size_t verb = pick(&line, next_word(&line), words, ARRAY_COUNT(words),
                       "add, remove, buy, sell, cancel, scenario, bot, stop, resume, prices, "
                       "orders, account, help, quit");
    if (verb == SIZE_MAX)
        return STATUS_USAGE;
    out->verb = (enum demo_verb)verb;
    status = read_operands(&line, out);
    if (status == STATUS_OK && (line.at < line.count || !whole)) {
        status = refuse(&line, next_word(&line), "nothing more");
        problem_next(problem, "%s %s", verbs[verb].word, verbs[verb].operands);
    }
    return status;
}

void demo_command_print(const struct demo_command *command, struct text_buffer *out)
{
    char text[DECIMAL_TEXT_SIZE];
    if (command->at_ns != DEMO_NOW) {
        char at[DURATION_TEXT_SIZE];
        (void)duration_format(at, command->at_ns);
        text_buffer_print(out, "at %s ", command->at_ns == 0 ? "0s" : at);
    }
    text_buffer_print(out, "%s", verbs[command->verb].word);
    if (command->name[0] != '\0')
        text_buffer_print(out, " %s", command->name);
    if (command->quantity.units > 0) {
        (void)decimal_format_i128(text, command->quantity.units, AMOUNT_DECIMALS);
        text_buffer_print(out, " %s", text);
    }
    if (command->price.units > 0) {
        (void)decimal_format_i128(text, command->price.units, AMOUNT_DECIMALS);
        text_buffer_print(out, " at %s", text);
    }
    if (command->verb == DEMO_CANCEL)
        text_buffer_print(out, " %llu", (unsigned long long)command->order);
    if (command->verb == DEMO_SCENARIO)
        text_buffer_print(out, " %s", scenario_name(command->scenario));
    if (command->verb == DEMO_BOT)
        text_buffer_print(out, " %s", states[command->action]);
    if (command->verb == DEMO_STOP)
        text_buffer_print(out, " %s", stops[command->action]);
    text_buffer_append(out, TEXT("\n"));
}

/* ---- a script ------------------------------------------------------------------------------- */

static enum status script_add(struct demo_script *script, struct demo_command *command,
                              const char *where, struct problem *problem)
{
    int64_t before_ns = script->count == 0 ? 0 : script->commands[script->count - 1].at_ns;
    if (command->at_ns == DEMO_NOW)
        command->at_ns = script->count == 0 ? 0 : before_ns + DEMO_SLICE_NS;
    if (command->at_ns < before_ns) {
        problem_set(problem, STATUS_CONFIG_INVALID, where, "the time goes back");
        problem_allowed(problem, "lines in the order of their times");
        return STATUS_CONFIG_INVALID;
    }
    if (script->count == DEMO_COMMANDS_MAX) {
        problem_set(problem, STATUS_CONFIG_INVALID, where, "one command too many");
        problem_allowed(problem, "%d commands", DEMO_COMMANDS_MAX);
        return STATUS_CONFIG_INVALID;
    }
    script->commands[script->count++] = *command;
    return STATUS_OK;
}

enum status demo_script_read(struct text lines, const char *name, const char *currency,
                             struct demo_script *script, struct problem *problem)
{
    *script = (struct demo_script){0};
    script->commands = calloc(DEMO_COMMANDS_MAX, sizeof *script->commands);
    if (script->commands == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "demo: --commands", "not enough memory");
    for (uint32_t number = 1; lines.size > 0; number++) {
        char where[WHERE_SIZE];
        struct demo_command command;
        struct text line = text_split(&lines, '\n');
        (void)snprintf(where, sizeof where, "%.180s:%u", name, number);
        enum status status = demo_command_read(line, currency, where, &command, problem);
        if (status == STATUS_END)
            continue;
        if (status == STATUS_OK)
            status = script_add(script, &command, where, problem);
        if (status != STATUS_OK) {
            problem->status = STATUS_CONFIG_INVALID;
            return STATUS_CONFIG_INVALID;
        }
    }
    return STATUS_OK;
}

void demo_script_release(struct demo_script *script)
{
    free(script->commands);
    *script = (struct demo_script){0};
}

const struct demo_command *demo_script_due(struct demo_script *script, int64_t at_ns)
{
    if (script->next == script->count || script->commands[script->next].at_ns > at_ns)
        return NULL;
    return &script->commands[script->next++];
}
