/* tern backtest run, list and show. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "drive/report/report.h"
#include "drive/result/readable.h"
#include "drive/report/result_files.h"
#include "drive/report/result_read.h"
#include "drive/result/result_tables.h"
#include "drive/result/trials.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"
#include "face/cli/store.h"

/* ---- run ------------------------------------------------------------------------------------- */

/* The store where results go without --out, or NULL, said on stderr, where there can be none. */
static const char *choose_store(const struct cli *cli, char store[STORE_PATH_SIZE])
{
    if (store_path(store) != STATUS_OK) {
        cli_note(cli, "note: nothing is kept: HOME is not set; --out DIR names a place");
        return NULL;
    }
    if (!store_is_usable(store)) {
        cli_note(cli, "note: nothing is kept: %s: %s; --out DIR names another place", store,
                 strerror(errno));
        return NULL;
    }
    return store;
}

static void say_where(const struct cli *cli, const struct execute_request *request,
                      const struct backtest_result *result)
{
    char store[STORE_PATH_SIZE], name[EXECUTE_NAME_SIZE];
    if (request->directory == NULL && request->parent == NULL)
        return;
    if (request->directory == NULL) {
        execute_directory_name(name, request->config_path, result->config_hash, result->data_hash);
        cli_note(cli, "written to %s/%s; again with: tern backtest show %s", request->parent, name,
                 name);
        return;
    }
    /* That list finds it later is a comfort; that it cannot is not worth a word. */
    if (store_path(store) == STATUS_OK)
        (void)!store_remember(store, request->directory);
    cli_note(cli, "written to %s", request->directory);
}

static enum status print_result(struct cli *cli, const struct backtest_result *result,
                                const struct metrics *metrics)
{
    enum status status = STATUS_OK;
    if (cli->json)
        result_json_print(result, metrics, &cli->out);
    else if (cli_have(cli, CLI_OPTION_MARKDOWN))
        report_markdown_print(result, metrics, &cli->out);
    else
        status = result_print(result, metrics, &cli->style, &cli->out);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "output", "not enough memory");
    return STATUS_OK;
}

enum status run_backtest_run(struct cli *cli)
{
    char trials[TRIALS_PATH_SIZE], store[STORE_PATH_SIZE];
    bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(trials) == STATUS_OK;
    struct progress progress;
    struct execute_request request = {
        .config_path = cli->arguments.operands[0],
        .directory = cli->arguments.values[CLI_OPTION_OUT],
        .trials_path = count ? trials : NULL,
        .progress = progress_step,
        .progress_context = &progress,
    };
    if (request.directory == NULL)
        request.parent = choose_store(cli, store);
    struct backtest_result result;
    struct metrics metrics;
    progress_begin(&progress, !cli->quiet && progress_wanted());
    enum status status = execute_backtest(&cli->ports->execute, &request, &result, &metrics,
                                          &cli->problem);
    if (status == STATUS_IO && request.parent != NULL) {
        /* Nobody asked for that place, so it is no reason to fail. */
        cli_note(cli, "note: nothing is kept: %s: %s; --out DIR names another place",
                 cli->problem.where, cli->problem.found);
        request.parent = NULL;
        problem_init(&cli->problem);
        status = execute_backtest(&cli->ports->execute, &request, &result, &metrics, &cli->problem);
    }
    progress_end(&progress);
    if (status == STATUS_INTERRUPTED)
        problem_next(&cli->problem, "nothing was written; run it again");
    if (status != STATUS_OK)
        return status;
    status = print_result(cli, &result, &metrics);
    if (status == STATUS_OK)
        (void)!cli_flush(cli); /* that it failed is known at the end */
    say_where(cli, &request, &result);
    backtest_result_release(&result);
    return status;
}

/* ---- show ------------------------------------------------------------------------------------ */

enum status run_backtest_show(struct cli *cli)
{
    char store[STORE_PATH_SIZE], directory[STORE_PATH_SIZE];
    const char *name = cli->arguments.operands[0];
    if (store_path(store) != STATUS_OK)
        store[0] = '\0';
    enum status status = store_find(store, name, directory, &cli->problem);
    if (status != STATUS_OK)
        return status;
    struct backtest_result result;
    struct metrics metrics;
    /* Read even where its bytes are printed as they are: what is no result must not pass for it. */
    bool explain = cli_have(cli, CLI_OPTION_EXPLAIN);
    status = cli->json && !explain
                 ? result_summary_read(directory, &result, &metrics, &cli->problem)
                 : result_read(directory, &result, &metrics, &cli->problem);
    if (status != STATUS_OK)
        return status;
    status = explain     ? cli_explain_metric(cli, &result, &metrics)
             : cli->json ? result_file_load(directory, "result.json", &cli->out, &cli->problem)
                         : print_result(cli, &result, &metrics);
    backtest_result_release(&result);
    return status;
}

/* ---- list ------------------------------------------------------------------------------------ */

struct listing {
    struct cli *cli;
    struct table table;
    struct json_writer json;
};

static void listing_begin(struct listing *listing)
{
    struct cli *cli = listing->cli;
    if (cli->json) {
        cli_json_begin(cli, &listing->json);
        json_object_begin(&listing->json);
        json_key(&listing->json, "backtests");
        json_array_begin(&listing->json);
        return;
    }
    static const struct {
        const char *heading;
        enum table_align align;
        unsigned rank;
    } columns[] = {
        {"name", TABLE_LEFT, 0},      {"from", TABLE_LEFT, 5},   {"to", TABLE_LEFT, 4},
        {"return", TABLE_RIGHT, 0},   {"sharpe", TABLE_RIGHT, 1}, {"drawdown", TABLE_RIGHT, 2},
        {"trips", TABLE_RIGHT, 3},    {"journal", TABLE_LEFT, 6},
    };
    table_init(&listing->table, "backtests", NULL);
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++)
        table_column(&listing->table, columns[i].heading, columns[i].align, columns[i].rank);
}

static void cell_metric(struct listing *listing, const struct metrics *metrics, enum metric metric)
{
    struct text_buffer value;
    text_buffer_init(&value, 1024);
    if (listing->cli->style.plain)
        metric_print_exact(metric, &metrics->values[metric], &value);
    else
        metric_print_human(metric, &metrics->values[metric], 2, &value);
    table_cell(&listing->table, (struct text){value.data, value.size});
    text_buffer_release(&value);
}

static void cell_time(struct listing *listing, int64_t time_ns)
{
    char text[READABLE_SIZE];
    if (listing->cli->style.plain)
        (void)time_format(text, time_ns);
    else
        moment_format(text, time_ns);
    /* For people the day is enough. */
    size_t size = listing->cli->style.plain || strlen(text) < 10 ? strlen(text) : 10;
    table_cell(&listing->table, (struct text){text, size});
}

static void listing_row(struct listing *listing, const struct store_entry *entry,
                        const struct backtest_result *result, const struct metrics *metrics)
{
    char hash[HASH_TEXT_SIZE];
    (void)hash128_format(hash, result->journal_hash);
    table_cell(&listing->table, text_of(entry->name));
    cell_time(listing, result->from_ns);
    cell_time(listing, result->to_ns);
    cell_metric(listing, metrics, METRIC_RETURN);
    cell_metric(listing, metrics, METRIC_SHARPE);
    cell_metric(listing, metrics, METRIC_MAX_DRAWDOWN);
    table_cell_print(&listing->table, "%llu", (unsigned long long)result->trips_count);
    table_cell(&listing->table, (struct text){hash, listing->cli->style.plain ? 32 : 8});
}

static void key_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void key_time(struct json_writer *json, const char *key, int64_t time_ns)
{
    char text[TIME_TEXT_SIZE];
    (void)time_format(text, time_ns);
    key_string(json, key, text);
}

static void key_metric(struct json_writer *json, const char *key, const struct metric_value *value)
{
    json_key(json, key);
    if (value->present)
        json_double(json, value->number);
    else
        json_null(json);
}

static void listing_object(struct listing *listing, const struct store_entry *entry,
                           const struct backtest_result *result, const struct metrics *metrics)
{
    struct json_writer *json = &listing->json;
    char hash[HASH_TEXT_SIZE];
    json_object_begin(json);
    key_string(json, "name", entry->name);
    key_string(json, "directory", entry->path);
    key_time(json, "written", entry->written_ns);
    key_time(json, "from", result->from_ns);
    key_time(json, "to", result->to_ns);
    key_string(json, "currency", result->currency);
    key_metric(json, "return", &metrics->values[METRIC_RETURN]);
    key_metric(json, "sharpe", &metrics->values[METRIC_SHARPE]);
    key_metric(json, "max_drawdown", &metrics->values[METRIC_MAX_DRAWDOWN]);
    json_key(json, "trips");
    json_u64(json, result->trips_count);
    (void)hash128_format(hash, result->config_hash);
    key_string(json, "config_hash", hash);
    (void)hash128_format(hash, result->data_hash);
    key_string(json, "data_hash", hash);
    (void)hash128_format(hash, result->journal_hash);
    key_string(json, "journal_hash", hash);
    json_object_end(json);
}

static void listing_take(struct listing *listing, const struct store_entry *entry)
{
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    problem_init(&problem);
    if (result_summary_read(entry->path, &result, &metrics, &problem) != STATUS_OK) {
        cli_note(listing->cli, "note: left out: %s: %s", problem.where, problem.found);
        return;
    }
    if (listing->cli->json)
        listing_object(listing, entry, &result, &metrics);
    else
        listing_row(listing, entry, &result, &metrics);
    backtest_result_release(&result);
}

static enum status listing_end(struct listing *listing)
{
    struct cli *cli = listing->cli;
    if (cli->json) {
        json_array_end(&listing->json);
        json_object_end(&listing->json);
        return cli_json_end(cli, &listing->json);
    }
    enum status status = table_write(&listing->table, &cli->style, &cli->out);
    table_release(&listing->table);
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(&cli->problem, status, "output", "not enough memory");
}

enum status run_backtest_list(struct cli *cli)
{
    char store[STORE_PATH_SIZE];
    struct store_list list = {0};
    if (store_path(store) == STATUS_OK) {
        enum status status = store_list_read(store, &list);
        if (status != STATUS_OK)
            return problem_set(&cli->problem, status, store, "%s", status_sentence(status));
    } else {
        cli_note(cli, "note: nothing is kept: HOME is not set");
    }
    struct listing listing = {.cli = cli};
    listing_begin(&listing);
    for (uint32_t i = 0; i < list.count; i++)
        listing_take(&listing, &list.entries[i]);
    if (list.count == 0)
        cli_note(cli, "no result yet; next: tern backtest run FILE");
    store_list_release(&list);
    return listing_end(&listing);
}
