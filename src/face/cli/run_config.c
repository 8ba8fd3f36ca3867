/* tern config show, validate and explain. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/place.h"
#include "drive/config/effective.h"
#include "drive/reference/reference.h"
#include "face/cli/cli_context.h"

static enum status read_config(struct cli *cli, struct config *config)
{
    enum config_mode mode = cli_have(cli, CLI_OPTION_LIVE) ? CONFIG_LIVE : CONFIG_BACKTEST;
    return config_read_file(cli->arguments.operands[0], mode, config, &cli->problem);
}

/* The file with the profile of the option over it. */
static enum status read_with_profile(struct cli *cli, struct config *config)
{
    const char *profile = cli->arguments.values[CLI_OPTION_PROFILE];
    enum config_mode mode = cli_have(cli, CLI_OPTION_LIVE) ? CONFIG_LIVE : CONFIG_BACKTEST;
    struct config_layer layers[2] = {0};
    if (profile == NULL)
        return read_config(cli, config);
    enum status status = config_layer_load(cli->arguments.operands[0], &layers[0], &cli->problem);
    if (status != STATUS_OK)
        return status;
    layers[1] = (struct config_layer){"--profile", "profile", text_of(profile), NULL};
    status = config_read_layers(layers, 2, mode, config, &cli->problem);
    config_layer_release(&layers[0]);
    return status;
}

/* Where no file is named: all sources there are, judged as for trading. */
static enum status read_effective(struct cli *cli, struct config *config)
{
    char user_file[PATH_MAX];
    bool fits = place_of_user("XDG_CONFIG_HOME", ".config", "tern/config.yaml", user_file,
                              sizeof user_file) == STATUS_OK;
    struct config_search search = {
        .system_file = "/etc/tern/config.yaml",
        .user_file = fits ? user_file : NULL,
        .project_file = "tern.yaml",
        .env_file = ".env",
        .environment = (const char *const *)environ,
        .profile = cli->arguments.values[CLI_OPTION_PROFILE],
    };
    struct config_stack *stack = malloc(sizeof *stack);
    if (stack == NULL)
        return problem_set(&cli->problem, STATUS_NO_MEMORY, "configuration", "not enough memory");
    enum status status = config_stack_load(&search, stack, &cli->problem);
    if (status == STATUS_OK) {
        status = config_read_layers(stack->layers, stack->count, CONFIG_LIVE, config,
                                    &cli->problem);
        config_stack_release(stack);
    }
    free(stack);
    return status;
}

/* ---- show ------------------------------------------------------------------------------------ */

/* Lines of config_show: key<TAB>value<TAB>origin. */
static bool next_value(struct text *rest, struct text *key, struct text *value, struct text *origin)
{
    if (rest->size == 0)
        return false;
    struct text line = text_split(rest, '\n');
    *key = text_split(&line, '\t');
    *value = text_split(&line, '\t');
    *origin = line;
    return true;
}

static enum status show_json(struct cli *cli, struct text rest)
{
    struct json_writer json;
    struct text key, value, origin;
    cli_json_begin(cli, &json);
    json_object_begin(&json);
    json_key(&json, "values");
    json_array_begin(&json);
    while (next_value(&rest, &key, &value, &origin)) {
        json_object_begin(&json);
        json_key(&json, "key");
        json_text(&json, key);
        json_key(&json, "value");
        json_text(&json, value);
        json_key(&json, "origin");
        json_text(&json, origin);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_json_end(cli, &json);
}

static enum status show_table(struct cli *cli, struct text rest)
{
    struct table table;
    struct text key, value, origin;
    bool with_origin = cli_have(cli, CLI_OPTION_ORIGIN) || cli->arguments.operands_count == 0;
    table_init(&table, "config", NULL);
    table_column(&table, "key", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_LEFT, 0);
    if (with_origin)
        table_column(&table, "origin", TABLE_LEFT, 0);
    while (next_value(&rest, &key, &value, &origin)) {
        table_cell(&table, key);
        table_cell(&table, value);
        if (with_origin)
            table_cell(&table, origin);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}

enum status run_config_show(struct cli *cli)
{
    struct config config;
    struct text_buffer lines;
    enum status status = cli->arguments.operands_count == 0 ? read_effective(cli, &config)
                                                            : read_with_profile(cli, &config);
    if (status != STATUS_OK)
        return status;
    text_buffer_init(&lines, CONFIG_TEXT_SIZE_MAX);
    config_show(&config, &lines);
    config_release(&config);
    struct text rest = {lines.data, lines.size};
    status = lines.status != STATUS_OK
                 ? problem_set(&cli->problem, lines.status, "output", "not enough memory")
             : cli->json ? show_json(cli, rest)
                         : show_table(cli, rest);
    text_buffer_release(&lines);
    return status;
}

/* ---- validate -------------------------------------------------------------------------------- */

enum status run_config_validate(struct cli *cli)
{
    struct config config;
    struct hash128 hash;
    char text[HASH_TEXT_SIZE];
    enum status status = read_config(cli, &config);
    if (status != STATUS_OK)
        return status;
    status = config_hash(&config, &hash);
    if (status != STATUS_OK) {
        config_release(&config);
        return problem_set(&cli->problem, status, "configuration", "not enough memory");
    }
    (void)hash128_format(text, hash);
    struct cli_pairs pairs;
    cli_pairs_begin(&pairs, cli, "config");
    cli_pair_text(&pairs, "file", cli->arguments.operands[0]);
    cli_pair_text(&pairs, "verdict", "valid");
    cli_pair_text(&pairs, "config_hash", text);
    cli_pair_number(&pairs, "instruments", config.instruments_count);
    cli_pair_number(&pairs, "bots", config.bots_count);
    cli_pair_number(&pairs, "data", config.data_count);
    config_release(&config);
    return cli_pairs_end(&pairs);
}

/* ---- explain --------------------------------------------------------------------------------- */

enum status run_config_explain(struct cli *cli)
{
    return reference_key(cli->arguments.operands[0], cli_page_form(cli), &cli->out, &cli->problem);
}
