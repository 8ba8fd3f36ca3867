/* tern backtest compare: two results side by side. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "drive/research/result_read.h"
#include "face/cli/cli_context.h"
#include "face/cli/store.h"

#define VALUE_SIZE 128u

struct compared {
    struct backtest_result result;
    struct metrics metrics;
    bool read;
};

struct comparison {
    struct cli *cli;
    struct table table;
    struct json_writer json;
    uint32_t differ;
};

static enum status side_read(struct cli *cli, const char *name, struct compared *side)
{
    char store[STORE_PATH_SIZE], directory[STORE_PATH_SIZE];
    if (store_path(store) != STATUS_OK)
        store[0] = '\0';
    enum status status = store_find(store, name, directory, &cli->problem);
    if (status == STATUS_OK)
        status = result_summary_read(directory, &side->result, &side->metrics, &cli->problem);
    side->read = status == STATUS_OK;
    return status;
}

static void row(struct comparison *comparison, const char *group, const char *name,
                const char *left, const char *right)
{
    bool differs = strcmp(left, right) != 0;
    comparison->differ += differs;
    if (comparison->cli->json) {
        struct json_writer *json = &comparison->json;
        json_object_begin(json);
        json_key(json, "group");
        json_string(json, group);
        json_key(json, "name");
        json_string(json, name);
        json_key(json, "a");
        json_string(json, left);
        json_key(json, "b");
        json_string(json, right);
        json_key(json, "differs");
        json_bool(json, differs);
        json_object_end(json);
        return;
    }
    table_cell(&comparison->table, text_of(group));
    table_cell(&comparison->table, text_of(name));
    table_cell(&comparison->table, text_of(left));
    table_cell(&comparison->table, text_of(right));
    table_cell(&comparison->table, text_of(differs ? "differs" : ""));
}

static void row_hash(struct comparison *comparison, const char *group, const char *name,
                     struct hash128 left, struct hash128 right)
{
    char a[HASH_TEXT_SIZE];
    char b[HASH_TEXT_SIZE];
    hash128_format(a, left);
    hash128_format(b, right);
    row(comparison, group, name, a, b);
}

static void row_time(struct comparison *comparison, const char *name, int64_t left, int64_t right)
{
    char a[TIME_TEXT_SIZE];
    char b[TIME_TEXT_SIZE];
    (void)time_format(a, left);
    (void)time_format(b, right);
    row(comparison, "data", name, a, b);
}

static void row_amount(struct comparison *comparison, const char *name, struct amount left,
                       struct amount right)
{
    char a[DECIMAL_TEXT_SIZE];
    char b[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(a, left.units, AMOUNT_DECIMALS);
    (void)decimal_format_i128(b, right.units, AMOUNT_DECIMALS);
    row(comparison, "result", name, a, b);
}

static void row_count(struct comparison *comparison, const char *group, const char *name,
                      uint64_t left, uint64_t right)
{
    char a[32];
    char b[32];
    (void)snprintf(a, sizeof a, "%llu", (unsigned long long)left);
    (void)snprintf(b, sizeof b, "%llu", (unsigned long long)right);
    row(comparison, group, name, a, b);
}

static void metric_text(char out[VALUE_SIZE], enum metric metric, const struct metrics *metrics)
{
    struct text_buffer text;
    text_buffer_init(&text, 1024);
    metric_print_human(metric, &metrics->values[metric], 4, &text);
    (void)text_copy(out, VALUE_SIZE, (struct text){text.data, text.size});
    text_buffer_release(&text);
}

static void bots_text(char out[VALUE_SIZE], const struct backtest_result *result)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < result->bots.count && used < VALUE_SIZE; i++)
        used += (size_t)snprintf(out + used, VALUE_SIZE - used, "%s%s", i > 0 ? " " : "",
                                 result->bots.items[i].name);
}

static void rows(struct comparison *comparison, const struct compared *a, const struct compared *b)
{
    const struct backtest_result *left = &a->result;
    const struct backtest_result *right = &b->result;
    char one[VALUE_SIZE];
    char other[VALUE_SIZE];
    row(comparison, "settings", "version", left->version, right->version);
    row_hash(comparison, "settings", "config_hash", left->config_hash, right->config_hash);
    row(comparison, "settings", "currency", left->currency, right->currency);
    row_count(comparison, "settings", "seed", left->seed, right->seed);
    bots_text(one, left);
    bots_text(other, right);
    row(comparison, "settings", "bots", one, other);
    row_hash(comparison, "data", "data_hash", left->data_hash, right->data_hash);
    row_time(comparison, "from", left->from_ns, right->from_ns);
    row_time(comparison, "to", left->to_ns, right->to_ns);
    row_count(comparison, "data", "bars", left->bars_count, right->bars_count);
    row_hash(comparison, "result", "journal_hash", left->journal_hash, right->journal_hash);
    row_amount(comparison, "start_equity", left->start_equity, right->start_equity);
    row_amount(comparison, "end_equity", left->end_equity, right->end_equity);
    row_amount(comparison, "realized", left->realized, right->realized);
    row_amount(comparison, "fees", left->fees, right->fees);
    row_count(comparison, "result", "orders", left->orders_count, right->orders_count);
    row_count(comparison, "result", "fills", left->fills_count, right->fills_count);
    row_count(comparison, "result", "trips", left->trips_count, right->trips_count);
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        metric_text(one, metric, &a->metrics);
        metric_text(other, metric, &b->metrics);
        row(comparison, "metrics", metric_rows[metric].name, one, other);
    }
}

static enum status print(struct cli *cli, const struct compared *a, const struct compared *b)
{
    struct comparison comparison = {.cli = cli};
    if (cli->json) {
        cli_json_begin(cli, &comparison.json);
        json_object_begin(&comparison.json);
        json_key(&comparison.json, "rows");
        json_array_begin(&comparison.json);
        rows(&comparison, a, b);
        json_array_end(&comparison.json);
        json_key(&comparison.json, "differ");
        json_u64(&comparison.json, comparison.differ);
        json_object_end(&comparison.json);
        return cli_json_end(cli, &comparison.json);
    }
    table_init(&comparison.table, "compare", "SIDE BY SIDE");
    table_column(&comparison.table, "of", TABLE_LEFT, 1);
    table_column(&comparison.table, "what", TABLE_LEFT, 0);
    table_column(&comparison.table, "A", TABLE_RIGHT, 0);
    table_column(&comparison.table, "B", TABLE_RIGHT, 0);
    table_column(&comparison.table, "", TABLE_LEFT, 0);
    rows(&comparison, a, b);
    enum status status = table_write(&comparison.table, &cli->style, &cli->out);
    table_release(&comparison.table);
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}

enum status run_backtest_compare(struct cli *cli)
{
    struct compared a = {0};
    struct compared b = {0};
    enum status status = side_read(cli, cli->arguments.operands[0], &a);
    if (status == STATUS_OK)
        status = side_read(cli, cli->arguments.operands[1], &b);
    if (status == STATUS_OK)
        status = print(cli, &a, &b);
    if (a.read)
        backtest_result_release(&a.result);
    if (b.read)
        backtest_result_release(&b.result);
    return status;
}
