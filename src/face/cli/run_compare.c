/* tern backtest compare: two results side by side. */
#include <string.h>

#include "drive/report/compare_html.h"
#include "face/cli/cli_context.h"
#include "face/cli/store.h"

static enum status side_read(struct cli *cli, const char *name, struct compare_side *side)
{
    char store[STORE_PATH_SIZE], directory[STORE_PATH_SIZE];
    if (store_path(store) != STATUS_OK)
        store[0] = '\0';
    enum status status = store_find(store, name, directory, &cli->problem);
    if (status == STATUS_OK)
        status = compare_side_read(directory, side, &cli->problem);
    if (status == STATUS_OK && side->settings.size == 0)
        cli_note(cli, "note: %s has no journal that can be read: settings are compared by hash",
                 directory);
    return status;
}

static void key_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void key_bool(struct json_writer *json, const char *key, bool value)
{
    json_key(json, key);
    json_bool(json, value);
}

static enum status print_json(struct cli *cli, const struct comparison *comparison)
{
    struct json_writer json;
    cli_json_begin(cli, &json);
    json_object_begin(&json);
    json_key(&json, "rows");
    json_array_begin(&json);
    for (uint32_t i = 0; i < comparison->count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        json_object_begin(&json);
        key_string(&json, "group", row->group);
        key_string(&json, "name", row->name);
        key_string(&json, "a", row->a);
        key_string(&json, "b", row->b);
        key_bool(&json, "differs", row->differs);
        key_bool(&json, "a_default", row->a_default);
        key_bool(&json, "b_default", row->b_default);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_key(&json, "differ");
    json_u64(&json, comparison->differ);
    json_object_end(&json);
    return cli_json_end(cli, &json);
}

#define HASH_SHOWN 12

/* For people a default is named behind the value, and a hash is its first digits; programs get
 * everything. */
static void value_cell(const struct cli *cli, struct table *table, const struct compare_row *row,
                       bool second)
{
    struct text value = text_of(second ? row->b : row->a);
    struct text name = text_of(row->name), end = TEXT("_hash");
    bool is_hash = name.size > end.size &&
                   text_equal((struct text){name.data + name.size - end.size, end.size}, end);
    if (!cli->style.plain && is_hash && value.size > HASH_SHOWN)
        value.size = HASH_SHOWN;
    if (!cli->style.plain && (second ? row->b_default : row->a_default))
        table_cell_print(table, "%.*s (default)", (int)value.size, value.data);
    else
        table_cell(table, value);
}

/* Two whole orders or fills are too wide for a table that people read. */
static void parting_print(struct cli *cli, const struct comparison *comparison)
{
    for (uint32_t i = 0; i < comparison->count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        if (strcmp(row->group, "parting") != 0)
            continue;
        text_buffer_print(&cli->out, "\n They part at %s\n   A  ", row->name);
        text_append_printable(&cli->out, text_of(row->a));
        text_buffer_append(&cli->out, TEXT("\n   B  "));
        text_append_printable(&cli->out, text_of(row->b));
        text_buffer_append(&cli->out, TEXT("\n"));
    }
}

static enum status print_table(struct cli *cli, const struct comparison *comparison)
{
    struct table table;
    table_init(&table, "compare", "SIDE BY SIDE");
    table_column(&table, "of", TABLE_LEFT, 1);
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "A", TABLE_RIGHT, 0);
    table_column(&table, "B", TABLE_RIGHT, 0);
    table_column(&table, "", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < comparison->count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        if (!cli->style.plain && strcmp(row->group, "parting") == 0)
            continue;
        table_cell(&table, text_of(row->group));
        table_cell(&table, text_of(row->name));
        value_cell(cli, &table, row, false);
        value_cell(cli, &table, row, true);
        table_cell(&table, row->differs ? TEXT("differs") : TEXT(""));
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    if (!cli->style.plain)
        parting_print(cli, comparison);
    return status;
}

static enum status print(struct cli *cli, const struct compare_side *a,
                         const struct compare_side *b)
{
    struct comparison comparison;
    enum status status = compare_make(a, b, &comparison);
    if (status == STATUS_OK && cli->json)
        status = print_json(cli, &comparison);
    else if (status == STATUS_OK && cli_have(cli, CLI_OPTION_HTML))
        compare_html_print(a, b, &comparison, &cli->out);
    else if (status == STATUS_OK)
        status = print_table(cli, &comparison);
    comparison_release(&comparison);
    if (status == STATUS_OK)
        status = cli->out.status;
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}

enum status run_backtest_compare(struct cli *cli)
{
    struct compare_side a, b;
    enum status status = side_read(cli, cli->arguments.operands[0], &a);
    if (status != STATUS_OK)
        return status;
    status = side_read(cli, cli->arguments.operands[1], &b);
    if (status == STATUS_OK) {
        status = print(cli, &a, &b);
        compare_side_release(&b);
    }
    compare_side_release(&a);
    return status;
}
