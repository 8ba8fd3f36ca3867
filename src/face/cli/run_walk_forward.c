/* tern backtest walk-forward. */
#include <stdlib.h>

#include "drive/research/walk_forward.h"
#include "face/cli/sweep_face.h"

static enum status plan_of(struct cli *cli, size_t periods, struct walk_forward_plan *plan)
{
    uint64_t train = 0, test = 0, embargo = 0;
    const struct arguments *arguments = &cli->arguments;
    enum status status = arguments_number(arguments, CLI_OPTION_TRAIN, 1000000, periods * 2 / 5,
                                          &train, &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_TEST, 1000000, periods / 10, &test,
                                  &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_EMBARGO, 1000000, (periods + 99) / 100,
                                  &embargo, &cli->problem);
    *plan = (struct walk_forward_plan){train, test, embargo, cli_have(cli, CLI_OPTION_ANCHORED)};
    if (status != STATUS_OK || walk_forward_count(periods, plan) > 0)
        return status;
    problem_set(&cli->problem, STATUS_USAGE, "walk-forward",
                "no window of %llu + %llu + %llu days in %zu", (unsigned long long)train,
                (unsigned long long)embargo, (unsigned long long)test, periods);
    problem_allowed(&cli->problem, "at least 2 days to train and to test, all within the data");
    return STATUS_USAGE;
}

static enum status walk_table(struct cli *cli, const struct sweep_summary *summary,
                              const struct walk_forward *walk)
{
    struct table table;
    table_init(&table, "windows", "WALK-FORWARD");
    table_column(&table, "train days", TABLE_RIGHT, 0);
    table_column(&table, "test days", TABLE_RIGHT, 0);
    table_column(&table, "chosen", TABLE_LEFT, 0);
    table_column(&table, "train sharpe", TABLE_RIGHT, 0);
    table_column(&table, "test sharpe", TABLE_RIGHT, 0);
    table_column(&table, "test return", TABLE_RIGHT, 0);
    for (size_t i = 0; i < walk->count; i++) {
        const struct walk_forward_window *window = &walk->windows[i];
        table_cell_print(&table, "%zu-%zu", window->train_first + 1, window->train_end);
        table_cell_print(&table, "%zu-%zu", window->test_first + 1, window->test_end);
        table_cell(&table, text_of(summary->trials[window->chosen].params));
        cell_double(&table, sweep_annual(window->train_sharpe), 2, "", 1);
        cell_double(&table, sweep_annual(window->test_sharpe), 2, "", 1);
        cell_double(&table, window->test_return, 2, " %", 100);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    if (status != STATUS_OK)
        return status;
    table_init(&table, "walk_forward", "ALL TESTS TOGETHER");
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    table_column(&table, "meaning", TABLE_LEFT, 1);
    luck_row(&table, "efficiency", walk->efficiency, 3, "",
             "mean return of the tests over that of the trains");
    luck_row(&table, "sharpe", sweep_annual(walk->test_sharpe), 2, "", "of the tests");
    luck_row(&table, "return", walk->test_return * 100, 2, " %", "of the tests, compounded");
    luck_row(&table, "windows that earned", (double)walk->positive, 0, "", "");
    status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

static enum status walk_json(struct cli *cli, const struct sweep_summary *summary,
                             const struct walk_forward *walk)
{
    struct json_writer json;
    cli_json_begin(cli, &json);
    json_object_begin(&json);
    json_key(&json, "schema");
    json_string(&json, "tern.walk-forward/1");
    key_number(&json, "efficiency", walk->efficiency);
    key_number(&json, "sharpe", sweep_annual(walk->test_sharpe));
    key_number(&json, "return", walk->test_return);
    json_key(&json, "windows");
    json_array_begin(&json);
    for (size_t i = 0; i < walk->count; i++) {
        const struct walk_forward_window *window = &walk->windows[i];
        json_object_begin(&json);
        key_count(&json, "train_first", window->train_first);
        key_count(&json, "train_end", window->train_end);
        key_count(&json, "test_first", window->test_first);
        key_count(&json, "test_end", window->test_end);
        key_count(&json, "trial", summary->trials[window->chosen].row.id);
        json_key(&json, "parameters");
        json_string(&json, summary->trials[window->chosen].params);
        key_number(&json, "train_sharpe", sweep_annual(window->train_sharpe));
        key_number(&json, "test_sharpe", sweep_annual(window->test_sharpe));
        key_number(&json, "test_return", window->test_return);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_json_end(cli, &json);
}

static enum status walk_print(struct cli *cli, const struct sweep_summary *summary)
{
    struct walk_forward_plan plan;
    struct walk_forward walk;
    enum status status = plan_of(cli, summary->periods, &plan);
    if (status != STATUS_OK)
        return status;
    const double **returns = calloc((size_t)summary->count + 1, sizeof *returns);
    if (returns == NULL)
        return problem_set(&cli->problem, STATUS_NO_MEMORY, "walk-forward", "not enough memory");
    for (uint32_t i = 0; i < summary->count; i++)
        returns[i] = summary->trials[i].returns;
    status = walk_forward_run(returns, summary->count, summary->periods, &plan, &walk);
    if (status == STATUS_OK) {
        status = cli->json ? walk_json(cli, summary, &walk) : walk_table(cli, summary, &walk);
        walk_forward_release(&walk);
    }
    free(returns);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "walk-forward", "%s", status_sentence(status));
    return STATUS_OK;
}

enum status run_backtest_walk_forward(struct cli *cli)
{
    struct sweep_summary summary;
    enum status status = sweep_summary_of_operand(cli, &summary);
    if (status != STATUS_OK)
        return status;
    if (summary.plan.eta > 0) {
        /* Who came to the last rung was chosen by days that a window would judge. */
        status = problem_set(&cli->problem, STATUS_USAGE, cli->arguments.operands[0],
                             "was halved: few of its trials ran over all days");
        problem_allowed(&cli->problem, "a sweep of which every trial ran over all days");
        problem_next(&cli->problem, "the same sweep without --halving");
    } else {
        status = walk_print(cli, &summary);
    }
    sweep_summary_release(&summary);
    return status;
}
