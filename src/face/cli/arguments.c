#include "face/cli/arguments.h"

#include <string.h>

#include "base/decimal.h"
#include "face/cli/command.h"

const struct cli_option_row cli_options[CLI_OPTION_COUNT] = {
#define CLI_OPTION_ROW(NAME, name, letter, value, completion, sentence) \
    {name, letter, value, CLI_VALUE_##completion, sentence},
    CLI_OPTION_TABLE(CLI_OPTION_ROW)
#undef CLI_OPTION_ROW
};

#define NEXT_HELP "tern help"

struct parse {
    int argc;
    char *const *argv;
    int at;
    struct arguments *out;
    const char *words[2 + CLI_OPERANDS_MAX];
    unsigned words_count;
    /* As they were written, for the error that a command does not take one. */
    const char *written[CLI_OPTION_COUNT];
    struct problem *problem;
};

static enum status give(struct parse *parse, enum cli_option option, const char *value,
                        const char *written)
{
    const char **slot = &parse->out->values[option];
    if (*slot != NULL && cli_options[option].value != NULL) {
        problem_set(parse->problem, STATUS_USAGE, "command line", "--%s is given twice",
                    cli_options[option].name);
        problem_allowed(parse->problem, "once");
        if (option == CLI_OPTION_GRID)
            problem_next(parse->problem, "write further keys behind FILE, without --grid: %s",
                         value);
        return STATUS_USAGE;
    }
    if (*value == '\0' && cli_options[option].value != NULL) {
        problem_set(parse->problem, STATUS_USAGE, "command line", "--%s has an empty value",
                    cli_options[option].name);
        problem_allowed(parse->problem, "--%s %s", cli_options[option].name,
                        cli_options[option].value);
        return STATUS_USAGE;
    }
    *slot = value;
    parse->written[option] = written;
    return STATUS_OK;
}

/* The value behind `--name` or `-n`, where it is not part of the same word. */
static enum status give_next(struct parse *parse, enum cli_option option, const char *written)
{
    if (parse->at >= parse->argc) {
        problem_set(parse->problem, STATUS_USAGE, "command line", "--%s without its value",
                    cli_options[option].name);
        problem_allowed(parse->problem, "--%s %s", cli_options[option].name,
                        cli_options[option].value);
        return STATUS_USAGE;
    }
    return give(parse, option, parse->argv[parse->at++], written);
}

static enum status unknown_option(struct parse *parse, struct text name)
{
    const char *names[CLI_OPTION_COUNT];
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++)
        names[i] = cli_options[i].name;
    const char *near = text_suggest(name, names, CLI_OPTION_COUNT);
    problem_set(parse->problem, STATUS_USAGE, "command line", "unknown option \"--%.*s\"",
                (int)name.size, name.data);
    if (near != NULL)
        problem_next(parse->problem, "did you mean --%s?", near);
    problem_next(parse->problem, NEXT_HELP);
    return STATUS_USAGE;
}

static enum status long_option(struct parse *parse, const char *word)
{
    struct text rest = text_of(word + 2);
    struct text name = text_split(&rest, '=');
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        if (!text_equal(name, text_of(cli_options[i].name)))
            continue;
        enum cli_option option = (enum cli_option)i;
        bool attached = rest.data != NULL;
        if (cli_options[i].value == NULL && attached) {
            problem_set(parse->problem, STATUS_USAGE, "command line", "found \"%s\"", word);
            problem_allowed(parse->problem, "--%s without a value", cli_options[i].name);
            return STATUS_USAGE;
        }
        if (cli_options[i].value == NULL)
            return give(parse, option, "", word);
        return attached ? give(parse, option, rest.data, word) : give_next(parse, option, word);
    }
    return unknown_option(parse, name);
}

/* `-q`, `-qh`, `-n5`, `-n 5`. */
static enum status short_options(struct parse *parse, const char *word)
{
    for (const char *at = word + 1; *at != '\0'; at++) {
        size_t i = 0;
        while (i < CLI_OPTION_COUNT && cli_options[i].letter != *at)
            i++;
        if (i == CLI_OPTION_COUNT) {
            problem_set(parse->problem, STATUS_USAGE, "command line", "unknown option \"%s\"",
                        word);
            problem_allowed(parse->problem, "words that begin with - stand behind --");
            problem_next(parse->problem, NEXT_HELP);
            return STATUS_USAGE;
        }
        enum cli_option option = (enum cli_option)i;
        if (cli_options[i].value != NULL) {
            return at[1] != '\0' ? give(parse, option, at + 1, word)
                                 : give_next(parse, option, word);
        }
        enum status status = give(parse, option, "", word);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status take_word(struct parse *parse, const char *word)
{
    if (parse->words_count == ARRAY_COUNT(parse->words)) {
        problem_set(parse->problem, STATUS_USAGE, "command line", "too many words");
        problem_allowed(parse->problem, "at most %u operands", CLI_OPERANDS_MAX);
        return STATUS_USAGE;
    }
    parse->words[parse->words_count++] = word;
    return STATUS_OK;
}

static enum status take_all(struct parse *parse)
{
    bool options = true;
    while (parse->at < parse->argc) {
        const char *word = parse->argv[parse->at++];
        enum status status = STATUS_OK;
        if (!options || word[0] != '-' || word[1] == '\0') {
            status = take_word(parse, word);
        } else if (strcmp(word, "--") == 0) {
            options = false;
        } else {
            status = word[1] == '-' ? long_option(parse, word) : short_options(parse, word);
        }
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* ---- the command ----------------------------------------------------------------------------- */

static void list_words(const char *noun, char *out, size_t out_size)
{
    const char *words[COMMAND_WORDS_MAX];
    size_t count = command_words(noun, false, words, COMMAND_WORDS_MAX);
    struct text_buffer text;
    text_buffer_init(&text, 1024);
    for (size_t i = 0; i < count; i++)
        text_buffer_print(&text, "%s%s", i > 0 ? ", " : "", words[i]);
    text_copy(out, out_size, (struct text){text.data, text.size});
    text_buffer_release(&text);
}

static enum status unknown_word(struct parse *parse, const char *noun, const char *word)
{
    const char *words[COMMAND_WORDS_MAX];
    size_t count = command_words(noun, true, words, COMMAND_WORDS_MAX);
    const char *near = text_suggest(text_of(word), words, count);
    char allowed[300];
    list_words(noun, allowed, sizeof allowed);
    problem_set(parse->problem, STATUS_USAGE, "command line", "unknown command \"%s%s%s\"",
                noun == NULL ? "" : noun, noun == NULL ? "" : " ", word);
    problem_allowed(parse->problem, "%s", allowed);
    if (near != NULL)
        problem_next(parse->problem, "did you mean tern %s%s%s?", noun == NULL ? "" : noun,
                     noun == NULL ? "" : " ", near);
    problem_next(parse->problem, NEXT_HELP);
    return STATUS_USAGE;
}

static enum status find_command(struct parse *parse, unsigned *words_used)
{
    struct arguments *out = parse->out;
    const char *noun = parse->words[0];
    out->noun = noun;
    bool has_verbs = false;
    if (!command_noun_exists(text_of(noun), &has_verbs))
        return unknown_word(parse, NULL, noun);
    *words_used = 1;
    if (!has_verbs) {
        out->command = command_find(text_of(noun), text_of(NULL));
        return STATUS_OK;
    }
    const char *verb = parse->words_count > 1 ? parse->words[1] : NULL;
    /* A noun may also be a command of its own, with the same name and other words behind it. */
    if (verb != NULL)
        out->command = command_find(text_of(noun), text_of(verb));
    if (out->command != NULL) {
        *words_used = 2;
        return STATUS_OK;
    }
    out->command = command_find(text_of(noun), text_of(NULL));
    if (out->command != NULL)
        return STATUS_OK;
    if (verb != NULL)
        return unknown_word(parse, noun, verb);
    if (arguments_have(out, CLI_OPTION_HELP))
        return STATUS_OK;
    char allowed[300];
    list_words(noun, allowed, sizeof allowed);
    problem_set(parse->problem, STATUS_USAGE, "command line", "tern %s needs a command", noun);
    problem_allowed(parse->problem, "%s", allowed);
    problem_next(parse->problem, "tern %s --help", noun);
    return STATUS_USAGE;
}

static enum status check_options(struct parse *parse)
{
    const struct cli_command *command = parse->out->command;
    uint64_t taken = command->options | CLI_OPTIONS_COMMON;
    for (unsigned i = 0; i < CLI_OPTION_COUNT; i++) {
        if (parse->out->values[i] == NULL || (taken >> i & 1) != 0)
            continue;
        const char *verb = command->verb == NULL ? "" : command->verb;
        struct text_buffer synopsis;
        text_buffer_init(&synopsis, 300);
        command_synopsis(command, &synopsis);
        problem_set(parse->problem, STATUS_USAGE, "command line",
                    "tern %s%s%s does not take \"%s\"", command->noun, *verb == '\0' ? "" : " ",
                    verb, parse->written[i]);
        if (synopsis.status == STATUS_OK)
            problem_allowed(parse->problem, "%s", synopsis.data);
        text_buffer_release(&synopsis);
        problem_next(parse->problem, "tern %s%s%s --help", command->noun, *verb == '\0' ? "" : " ",
                     verb);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status check_operands(struct parse *parse)
{
    const struct cli_command *command = parse->out->command;
    unsigned count = parse->out->operands_count;
    for (unsigned i = 0; i < count; i++) {
        if (parse->out->operands[i][0] == '\0') {
            return problem_set(parse->problem, STATUS_USAGE, "command line", "%s is empty",
                               command->operands[0] == '\0' ? "a word" : command->operands);
        }
    }
    if (count >= command->operands_min && count <= command->operands_max)
        return STATUS_OK;
    struct text_buffer synopsis;
    text_buffer_init(&synopsis, 300);
    command_synopsis(command, &synopsis);
    if (count < command->operands_min) {
        problem_set(parse->problem, STATUS_USAGE, "command line", "%s is missing",
                    command->operands);
    } else {
        problem_set(parse->problem, STATUS_USAGE, "command line", "\"%s\" is one word too many",
                    parse->out->operands[command->operands_max]);
    }
    if (synopsis.status == STATUS_OK)
        problem_allowed(parse->problem, "%s", synopsis.data);
    text_buffer_release(&synopsis);
    problem_next(parse->problem, "tern %s%s%s --help", command->noun,
                 command->verb == NULL ? "" : " ", command->verb == NULL ? "" : command->verb);
    return STATUS_USAGE;
}

enum status arguments_parse(int argc, char *const *argv, struct arguments *out,
                            struct problem *problem)
{
    *out = (struct arguments){0};
    struct parse parse = {.argc = argc, .argv = argv, .at = 1, .out = out, .problem = problem};
    enum status status = take_all(&parse);
    if (status != STATUS_OK || parse.words_count == 0)
        return status;
    unsigned used = 0;
    status = find_command(&parse, &used);
    if (status != STATUS_OK)
        return status;
    for (unsigned i = used; i < parse.words_count; i++) {
        if (out->operands_count == CLI_OPERANDS_MAX)
            return problem_set(problem, STATUS_USAGE, "command line", "too many words");
        out->operands[out->operands_count++] = parse.words[i];
    }
    /* Who asks for help need not get the rest right; what is planned takes anything. */
    if (out->command == NULL || out->command->run == NULL || arguments_have(out, CLI_OPTION_HELP))
        return STATUS_OK;
    status = check_options(&parse);
    return status == STATUS_OK ? check_operands(&parse) : status;
}

enum status arguments_number(const struct arguments *arguments, enum cli_option option,
                             uint64_t maximum, uint64_t fallback, uint64_t *out,
                             struct problem *problem)
{
    const char *text = arguments->values[option];
    *out = fallback;
    if (text == NULL)
        return STATUS_OK;
    i128 value = 0;
    if (text[0] >= '0' && text[0] <= '9' && strchr(text, '.') == NULL &&
        decimal_parse_i128(text_of(text), 0, &value) == STATUS_OK && value <= (i128)maximum) {
        *out = (uint64_t)value;
        return STATUS_OK;
    }
    char where[64];
    struct text_buffer buffer;
    text_buffer_init(&buffer, sizeof where - 1);
    text_buffer_print(&buffer, "--%s", cli_options[option].name);
    text_copy(where, sizeof where, (struct text){buffer.data, buffer.size});
    text_buffer_release(&buffer);
    problem_set(problem, STATUS_USAGE, where, "found \"%s\"", text);
    problem_allowed(problem, "a whole number from 0 to %llu", (unsigned long long)maximum);
    return STATUS_USAGE;
}
