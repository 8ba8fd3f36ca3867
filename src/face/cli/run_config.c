/* tern config show, validate and explain. */
#include <string.h>

#include "drive/config/config.h"
#include "drive/reference/reference.h"
#include "face/cli/cli_context.h"

static enum status read_config(struct cli *cli, struct config *config)
{
    enum config_mode mode = cli_have(cli, CLI_OPTION_LIVE) ? CONFIG_LIVE : CONFIG_BACKTEST;
    return config_read_file(cli->arguments.operands[0], mode, config, &cli->problem);
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
    bool with_origin = cli_have(cli, CLI_OPTION_ORIGIN);
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
    enum status status = read_config(cli, &config);
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
