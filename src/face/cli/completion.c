/* tern completion: scripts for shells, out of the table of commands and options. */
#include <string.h>

#include "face/cli/cli_context.h"

/* Names of stored results; what a script calls for them. */
#define RESULTS_COMMAND "tern backtest list --plain --quiet 2>/dev/null | cut -f 2 | tail -n +2"

static void words_print(struct text_buffer *out, const char *noun)
{
    const char *words[COMMAND_WORDS_MAX];
    size_t count = command_words(noun, false, words, COMMAND_WORDS_MAX);
    for (size_t i = 0; i < count; i++)
        text_buffer_print(out, "%s%s", i > 0 ? " " : "", words[i]);
}

static void topics_print(struct text_buffer *out)
{
    size_t count;
    const struct help_topic *topics = help_topics(&count);
    for (size_t i = 0; i < count; i++)
        text_buffer_print(out, "%s ", topics[i].name);
    words_print(out, NULL);
}

static const char scenarios[] = "normal calm trend crash chop outage";
static const char shells[] = "bash zsh fish";

/* `-o|--out|` … of the options whose value is of that kind; any for CLI_VALUE_NONE. */
static void pattern_print(struct text_buffer *out, enum cli_value kind)
{
    bool first = true;
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        const struct cli_option_row *row = &cli_options[i];
        if (row->value == NULL || (kind != CLI_VALUE_NONE && row->completion != kind))
            continue;
        text_buffer_print(out, "%s--%s", first ? "" : "|", row->name);
        if (row->letter != 0)
            text_buffer_print(out, "|-%c", row->letter);
        first = false;
    }
}

static void options_words(const struct cli_command *command, struct text_buffer *out)
{
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        if (((command->options | CLI_OPTIONS_COMMON) >> i & 1) != 0)
            text_buffer_print(out, " --%s", cli_options[i].name);
    }
}

/* ---- bash ------------------------------------------------------------------------------------ */

/* The action for an operand, as a line of shell in which $cur is the word so far. */
static void bash_operand(const struct cli_command *command, struct text_buffer *out)
{
    switch (command->operand) {
    case CLI_VALUE_FILE: text_buffer_append(out, TEXT("files=f")); return;
    case CLI_VALUE_DIRECTORY: text_buffer_append(out, TEXT("files=d")); return;
    case CLI_VALUE_RESULT:
        text_buffer_append(out, TEXT("files=f; words=$(" RESULTS_COMMAND ")"));
        return;
    case CLI_VALUE_TOPIC:
        text_buffer_append(out, TEXT("words='"));
        topics_print(out);
        text_buffer_append(out, TEXT("'"));
        return;
    case CLI_VALUE_SHELL: text_buffer_print(out, "words='%s'", shells); return;
    case CLI_VALUE_SCENARIO:
    case CLI_VALUE_TEXT:
    case CLI_VALUE_NONE: text_buffer_append(out, TEXT(":")); return;
    }
}

static void bash_commands(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (command->run == NULL)
            continue;
        text_buffer_print(out, "    '%s %s'%s)\n        options='", command->noun,
                          command->verb == NULL ? "" : command->verb,
                          command->verb == NULL ? "*" : "");
        options_words(command, out);
        text_buffer_append(out, TEXT("'\n        "));
        bash_operand(command, out);
        text_buffer_append(out, TEXT("\n        ;;\n"));
    }
    const char *nouns[COMMAND_WORDS_MAX], *verbs[COMMAND_WORDS_MAX];
    size_t nouns_count = command_words(NULL, false, nouns, COMMAND_WORDS_MAX);
    for (size_t i = 0; i < nouns_count; i++) {
        if (command_words(nouns[i], false, verbs, COMMAND_WORDS_MAX) == 0)
            continue;
        text_buffer_print(out, "    '%s '*)\n        words='", nouns[i]);
        words_print(out, nouns[i]);
        text_buffer_append(out, TEXT("'\n        ;;\n"));
    }
}

static void bash_print(struct text_buffer *out)
{
    text_buffer_append(out,
                       TEXT("# Completion of tern for bash; printed by `tern completion bash`.\n"
                            "_tern() {\n"
                            "    local cur=${COMP_WORDS[COMP_CWORD]} "
                            "prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                            "    local noun= verb= words= options= files= i word skip=\n"
                            "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                            "        word=${COMP_WORDS[i]}\n"
                            "        if [[ -n $skip ]]; then skip=; continue; fi\n"
                            "        case $word in\n        "));
    pattern_print(out, CLI_VALUE_NONE);
    text_buffer_append(out, TEXT(") skip=1 ;;\n"
                                 "        -*) ;;\n"
                                 "        *) if [[ -z $noun ]]; then noun=$word\n"
                                 "           elif [[ -z $verb ]]; then verb=$word; fi ;;\n"
                                 "        esac\n"
                                 "    done\n"
                                 "    case $prev in\n    "));
    pattern_print(out, CLI_VALUE_DIRECTORY);
    text_buffer_append(out, TEXT(") files=d ;;\n    "));
    pattern_print(out, CLI_VALUE_FILE);
    text_buffer_append(out, TEXT(") files=f ;;\n    "));
    pattern_print(out, CLI_VALUE_SCENARIO);
    text_buffer_print(out, ") words='%s' ;;\n    ", scenarios);
    pattern_print(out, CLI_VALUE_TEXT);
    text_buffer_append(out, TEXT(") COMPREPLY=(); return ;;\n"
                                 "    *)\n    case \"$noun $verb\" in\n    ' ')\n        words='"));
    words_print(out, NULL);
    text_buffer_append(out, TEXT("'\n        options='--help --version'\n        ;;\n"));
    bash_commands(out);
    text_buffer_append(out, TEXT("    esac\n    ;;\n    esac\n"
                                 "    [[ $cur == -* ]] && words=$options && files=\n"
                                 "    local IFS=$' \\t\\n'\n"
                                 "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                                 "    if [[ -n $files ]]; then\n"
                                 "        local IFS=$'\\n'\n"
                                 "        COMPREPLY+=($(compgen -\"$files\" -- \"$cur\"))\n"
                                 "        compopt -o filenames 2>/dev/null\n"
                                 "    fi\n"
                                 "}\n"
                                 "complete -F _tern tern\n"));
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* Text within single quotes, for _describe and _arguments, where a colon and brackets mean more. */
static void zsh_text(struct text_buffer *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'')
            text_buffer_append(out, TEXT("'\\''"));
        else if (*at == ':' || *at == '[' || *at == ']' || *at == '\\')
            text_buffer_print(out, "\\%c", *at);
        else
            text_buffer_append(out, (struct text){at, 1});
    }
}

static void zsh_action(struct text_buffer *out, enum cli_value kind)
{
    switch (kind) {
    case CLI_VALUE_FILE: text_buffer_append(out, TEXT("_files")); return;
    case CLI_VALUE_DIRECTORY: text_buffer_append(out, TEXT("_files -/")); return;
    case CLI_VALUE_RESULT: text_buffer_append(out, TEXT("_tern_results")); return;
    case CLI_VALUE_TOPIC:
        text_buffer_append(out, TEXT("("));
        topics_print(out);
        text_buffer_append(out, TEXT(")"));
        return;
    case CLI_VALUE_SHELL: text_buffer_print(out, "(%s)", shells); return;
    case CLI_VALUE_SCENARIO: text_buffer_print(out, "(%s)", scenarios); return;
    case CLI_VALUE_TEXT:
    case CLI_VALUE_NONE: text_buffer_append(out, TEXT(" ")); return;
    }
}

static void zsh_command(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_print(out, "    '%s %s')\n        _arguments -s", command->noun,
                      command->verb == NULL ? "" : command->verb);
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        const struct cli_option_row *row = &cli_options[i];
        if (((command->options | CLI_OPTIONS_COMMON) >> i & 1) == 0)
            continue;
        text_buffer_print(out, " \\\n            '--%s[", row->name);
        zsh_text(out, row->sentence);
        text_buffer_append(out, TEXT("]"));
        if (row->value != NULL) {
            text_buffer_print(out, ":%s:", row->value);
            zsh_action(out, row->completion);
        }
        text_buffer_append(out, TEXT("'"));
    }
    if (command->operands_max > 0) {
        text_buffer_append(out, TEXT(" \\\n            '*:"));
        zsh_text(out, command->operands);
        text_buffer_append(out, TEXT(":"));
        zsh_action(out, command->operand);
        text_buffer_append(out, TEXT("'"));
    }
    text_buffer_append(out, TEXT("\n        ;;\n"));
}

static void zsh_words(const char *noun, struct text_buffer *out)
{
    const char *words[COMMAND_WORDS_MAX];
    size_t count = command_words(noun, false, words, COMMAND_WORDS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct text verb = noun == NULL ? text_of(NULL) : text_of(words[i]);
        const struct cli_command *command = command_find(text_of(noun == NULL ? words[i] : noun),
                                                         verb);
        text_buffer_print(out, " '%s:", words[i]);
        zsh_text(out, command == NULL ? "several commands" : command->sentence);
        text_buffer_append(out, TEXT("'"));
    }
}

static void zsh_print(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    text_buffer_append(out, TEXT("#compdef tern\n"
                                 "# Completion of tern for zsh; printed by `tern completion zsh`.\n"
                                 "_tern_results() {\n"
                                 "    local -a names\n"
                                 "    names=(${(f)\"$(" RESULTS_COMMAND ")\"})\n"
                                 "    compadd -a names\n"
                                 "    _files\n"
                                 "}\n"
                                 "_tern() {\n"
                                 "    local -a list\n"
                                 "    if (( CURRENT == 2 )); then\n        list=("));
    zsh_words(NULL, out);
    text_buffer_append(out, TEXT(")\n        _describe command list\n        return\n    fi\n"
                                 "    if (( CURRENT == 3 )); then\n        case $words[2] in\n"));
    const char *nouns[COMMAND_WORDS_MAX], *verbs[COMMAND_WORDS_MAX];
    size_t nouns_count = command_words(NULL, false, nouns, COMMAND_WORDS_MAX);
    for (size_t i = 0; i < nouns_count; i++) {
        if (command_words(nouns[i], false, verbs, COMMAND_WORDS_MAX) == 0)
            continue;
        text_buffer_print(out, "        %s)\n            list=(", nouns[i]);
        zsh_words(nouns[i], out);
        text_buffer_append(out, TEXT(")\n            _describe command list\n            return\n"
                                     "            ;;\n"));
    }
    text_buffer_append(out, TEXT("        esac\n    fi\n    local noun=$words[2] verb=\n"
                                 "    case $noun in\n    "));
    bool first = true;
    for (size_t i = 0; i < nouns_count; i++) {
        if (command_words(nouns[i], false, verbs, COMMAND_WORDS_MAX) == 0)
            continue;
        text_buffer_print(out, "%s%s", first ? "" : "|", nouns[i]);
        first = false;
    }
    text_buffer_append(out,
                       TEXT(") verb=$words[3]; words=(tern \"${(@)words[4,-1]}\"); "
                            "(( CURRENT -= 2 )) ;;\n"
                            "    *) words=(tern \"${(@)words[3,-1]}\"); (( CURRENT -= 1 )) ;;\n"
                            "    esac\n    case \"$noun $verb\" in\n"));
    for (size_t i = 0; i < count; i++) {
        if (commands[i].run != NULL)
            zsh_command(&commands[i], out);
    }
    text_buffer_append(out, TEXT("    esac\n}\n"
                                 "if [[ $funcstack[1] == _tern ]]; then _tern \"$@\"; "
                                 "else compdef _tern tern; fi\n"));
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void fish_text(struct text_buffer *out, const char *text)
{
    text_buffer_append(out, TEXT("'"));
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\')
            text_buffer_append(out, TEXT("\\"));
        text_buffer_append(out, (struct text){at, 1});
    }
    text_buffer_append(out, TEXT("'"));
}

/* Where the command's own words are complete. */
static void fish_condition(const struct cli_command *command, struct text_buffer *out)
{
    text_buffer_print(out, "complete -c tern -n '__fish_seen_subcommand_from %s", command->noun);
    if (command->verb != NULL)
        text_buffer_print(out, "; and __fish_seen_subcommand_from %s", command->verb);
    text_buffer_append(out, TEXT("'"));
}

static void fish_values(struct text_buffer *out, enum cli_value kind)
{
    switch (kind) {
    case CLI_VALUE_FILE: text_buffer_append(out, TEXT(" -F")); return;
    case CLI_VALUE_DIRECTORY:
        text_buffer_append(out, TEXT(" -f -a '(__fish_complete_directories)'"));
        return;
    case CLI_VALUE_RESULT: text_buffer_append(out, TEXT(" -F -a '(" RESULTS_COMMAND ")'")); return;
    case CLI_VALUE_TOPIC:
        text_buffer_append(out, TEXT(" -f -a '"));
        topics_print(out);
        text_buffer_append(out, TEXT("'"));
        return;
    case CLI_VALUE_SHELL: text_buffer_print(out, " -f -a '%s'", shells); return;
    case CLI_VALUE_SCENARIO: text_buffer_print(out, " -f -a '%s'", scenarios); return;
    case CLI_VALUE_TEXT:
    case CLI_VALUE_NONE: text_buffer_append(out, TEXT(" -f")); return;
    }
}

static void fish_command(const struct cli_command *command, struct text_buffer *out)
{
    for (size_t i = 0; i < CLI_OPTION_COUNT; i++) {
        const struct cli_option_row *row = &cli_options[i];
        if (((command->options | CLI_OPTIONS_COMMON) >> i & 1) == 0)
            continue;
        fish_condition(command, out);
        text_buffer_print(out, " -l %s", row->name);
        if (row->letter != 0)
            text_buffer_print(out, " -s %c", row->letter);
        if (row->value != NULL) {
            text_buffer_append(out, TEXT(" -r"));
            fish_values(out, row->completion);
        }
        text_buffer_append(out, TEXT(" -d "));
        fish_text(out, row->sentence);
        text_buffer_append(out, TEXT("\n"));
    }
    if (command->operands_max > 0 && command->operand != CLI_VALUE_TEXT) {
        fish_condition(command, out);
        fish_values(out, command->operand);
        text_buffer_append(out, TEXT("\n"));
    }
}

static void fish_print(struct text_buffer *out)
{
    size_t count;
    const struct cli_command *commands = command_table(&count);
    text_buffer_append(out,
                       TEXT("# Completion of tern for fish; printed by `tern completion fish`.\n"
                            "complete -c tern -f\n"));
    for (size_t i = 0; i < count; i++) {
        const struct cli_command *command = &commands[i];
        if (command->run == NULL)
            continue;
        if (command->verb == NULL) {
            text_buffer_print(out, "complete -c tern -n __fish_use_subcommand -a %s -d ",
                              command->noun);
        } else {
            text_buffer_print(out, "complete -c tern -n __fish_use_subcommand -a %s\n",
                              command->noun);
            text_buffer_print(out,
                              "complete -c tern -n '__fish_seen_subcommand_from %s; and not "
                              "__fish_seen_subcommand_from ",
                              command->noun);
            words_print(out, command->noun);
            text_buffer_print(out, "' -a %s -d ", command->verb);
        }
        fish_text(out, command->sentence);
        text_buffer_append(out, TEXT("\n"));
        fish_command(command, out);
    }
}

enum status run_completion(struct cli *cli)
{
    const char *shell = cli->arguments.operands[0];
    if (strcmp(shell, "bash") == 0) {
        bash_print(&cli->out);
    } else if (strcmp(shell, "zsh") == 0) {
        zsh_print(&cli->out);
    } else if (strcmp(shell, "fish") == 0) {
        fish_print(&cli->out);
    } else {
        problem_set(&cli->problem, STATUS_USAGE, "completion", "found \"%s\"", shell);
        problem_allowed(&cli->problem, "bash, zsh, fish");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}
