/* A short answer of names and values: a table for people, one JSON object for programs. */
#include "face/cli/cli_context.h"

void cli_pairs_begin(struct cli_pairs *pairs, struct cli *cli, const char *key)
{
    *pairs = (struct cli_pairs){.cli = cli};
    if (cli->json) {
        cli_json_begin(cli, &pairs->json);
        json_object_begin(&pairs->json);
        return;
    }
    table_init(&pairs->table, key, NULL);
    table_column(&pairs->table, "name", TABLE_LEFT, 0);
    table_column(&pairs->table, "value", TABLE_LEFT, 0);
}

void cli_pair_text(struct cli_pairs *pairs, const char *name, const char *value)
{
    if (pairs->cli->json) {
        json_key(&pairs->json, name);
        json_string(&pairs->json, value);
        return;
    }
    table_cell(&pairs->table, text_of(name));
    table_cell(&pairs->table, text_of(value));
}

void cli_pair_number(struct cli_pairs *pairs, const char *name, uint64_t value)
{
    if (pairs->cli->json) {
        json_key(&pairs->json, name);
        json_u64(&pairs->json, value);
        return;
    }
    table_cell(&pairs->table, text_of(name));
    table_cell_print(&pairs->table, "%llu", (unsigned long long)value);
}

static enum status table_end(struct cli_pairs *pairs)
{
    enum status status = table_write(&pairs->table, &pairs->cli->style, &pairs->cli->out);
    table_release(&pairs->table);
    return status;
}

void cli_pairs_group(struct cli_pairs *pairs, const char *key, const char *heading)
{
    ASSERT(!pairs->in_group);
    pairs->in_group = true;
    if (pairs->cli->json) {
        json_key(&pairs->json, key);
        json_object_begin(&pairs->json);
        return;
    }
    pairs->status = table_end(pairs);
    if (!pairs->cli->style.plain)
        text_buffer_append(&pairs->cli->out, TEXT("\n"));
    table_init(&pairs->table, key, NULL);
    table_column(&pairs->table, heading, TABLE_LEFT, 0);
    table_column(&pairs->table, "count", TABLE_RIGHT, 0);
}

enum status cli_pairs_end(struct cli_pairs *pairs)
{
    struct cli *cli = pairs->cli;
    if (cli->json) {
        if (pairs->in_group)
            json_object_end(&pairs->json);
        json_object_end(&pairs->json);
        return cli_json_end(cli, &pairs->json);
    }
    enum status status = table_end(pairs);
    if (pairs->status != STATUS_OK)
        status = pairs->status;
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}
