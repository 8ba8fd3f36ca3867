/* tern backtest sweep; tern sweep list, show, export and apply. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "drive/result/trials.h"
#include "face/cli/progress.h"
#include "face/cli/sweep_face.h"

/* ---- sweep ----------------------------------------------------------------------------------- */

static enum status plan_of(struct cli *cli, struct sweep_plan *plan)
{
    const struct arguments *arguments = &cli->arguments;
    uint64_t count = 0, eta = 0, rungs = 0;
    *plan = (struct sweep_plan){.method = cli_have(cli, CLI_OPTION_RANDOM)  ? SWEEP_RANDOM
                                          : cli_have(cli, CLI_OPTION_LATIN) ? SWEEP_LATIN
                                                                            : SWEEP_GRID};
    enum status status = STATUS_OK;
    if (cli_have(cli, CLI_OPTION_RANDOM) && cli_have(cli, CLI_OPTION_LATIN)) {
        problem_set(&cli->problem, STATUS_USAGE, "backtest sweep", "--random and --latin");
        problem_allowed(&cli->problem, "one of them");
        return STATUS_USAGE;
    }
    if (plan->method != SWEEP_GRID) {
        status = arguments_number(
            arguments, plan->method == SWEEP_RANDOM ? CLI_OPTION_RANDOM : CLI_OPTION_LATIN,
            SWEEP_TRIALS_MAX, 0, &count, &cli->problem);
    }
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_SEED, INT64_MAX, 1, &plan->seed,
                                  &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_HALVING, SWEEP_ETA_MAX, 2, &eta,
                                  &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_RUNGS, SWEEP_RUNGS_MAX, 2, &rungs,
                                  &cli->problem);
    bool halving = cli_have(cli, CLI_OPTION_HALVING), with_rungs = cli_have(cli, CLI_OPTION_RUNGS);
    if (status == STATUS_OK && (eta < 2 || rungs < 2 || (with_rungs && !halving))) {
        status = problem_set(&cli->problem, STATUS_USAGE, eta < 2 ? "--halving" : "--rungs", "%s",
                             with_rungs && !halving ? "without --halving"
                             : eta < 2              ? arguments->values[CLI_OPTION_HALVING]
                                                    : arguments->values[CLI_OPTION_RUNGS]);
        problem_allowed(&cli->problem, "--halving 2 to %u, and with it --rungs 2 to %u",
                        SWEEP_ETA_MAX, SWEEP_RUNGS_MAX);
    }
    plan->count = (uint32_t)count;
    plan->eta = halving ? (uint32_t)eta : 0;
    plan->rungs = with_rungs ? (uint32_t)rungs : 0;
    return status;
}

enum status sweep_space_of(struct cli *cli, struct sweep_space *space, struct sweep_plan *plan)
{
    const struct arguments *arguments = &cli->arguments;
    enum status status = plan_of(cli, plan);
    if (status == STATUS_OK && cli_have(cli, CLI_OPTION_GRID))
        status = sweep_space_add(space, text_of(arguments->values[CLI_OPTION_GRID]), &cli->problem);
    for (unsigned i = 1; status == STATUS_OK && i < arguments->operands_count; i++)
        status = sweep_space_add(space, text_of(arguments->operands[i]), &cli->problem);
    if (status == STATUS_OK)
        status = sweep_space_draw(space, plan, &cli->problem);
    return status;
}

static enum status place_of(struct cli *cli, const struct sweep_space *space,
                            const struct sweep_plan *plan, char out[STORE_PATH_SIZE])
{
    char folder[STORE_PATH_SIZE];
    char name[EXECUTE_NAME_SIZE];
    if (cli_have(cli, CLI_OPTION_OUT))
        return text_copy(out, STORE_PATH_SIZE, text_of(cli->arguments.values[CLI_OPTION_OUT]))
                   ? STATUS_OK
                   : problem_set(&cli->problem, STATUS_RANGE, "--out", "the path is too long");
    if (sweeps_folder(folder) != STATUS_OK) {
        problem_set(&cli->problem, STATUS_NOT_FOUND, "sweep", "HOME is not set");
        problem_next(&cli->problem, "--out FILE");
        return STATUS_NOT_FOUND;
    }
    if (!sweeps_folder_make(folder)) {
        problem_set(&cli->problem, STATUS_IO, folder, "%s", strerror(errno));
        problem_next(&cli->problem, "--out FILE");
        return STATUS_IO;
    }
    sweep_file_name(name, cli->arguments.operands[0], space, plan);
    return snprintf(out, STORE_PATH_SIZE, "%s/%s", folder, name) < STORE_PATH_SIZE
               ? STATUS_OK
               : problem_set(&cli->problem, STATUS_RANGE, folder, "the path is too long");
}

static void say_how(const struct cli *cli, const struct sweep_progress *how, const char *path)
{
    double rate = how->seconds > 0 ? (double)how->run * (double)how->bars / how->seconds : 0;
    if (how->resumed > 0)
        cli_note(cli, "%u trials were there already", how->resumed);
    if (how->rungs > 1)
        cli_note(cli, "%u trials of %u rungs in %.2f s%s", how->run, how->rungs, how->seconds,
                 how->evaluated ? "" : ", one engine a core");
    else
        cli_note(cli, "%u trials in %.2f s, %.1f M bars/s%s", how->run, how->seconds, rate / 1e6,
                 how->evaluated ? "" : ", one engine a core");
    if (how->evaluated)
        cli_note(cli, "evaluated many at once; %u of them confirmed by the engine", how->checked);
    cli_note(cli, "kept in %s", path);
}

enum status run_backtest_sweep(struct cli *cli)
{
    struct sweep_space space;
    struct sweep_plan plan;
    char path[STORE_PATH_SIZE], trials[TRIALS_PATH_SIZE];
    sweep_space_init(&space);
    enum status status = sweep_space_of(cli, &space, &plan);
    if (status == STATUS_OK)
        status = place_of(cli, &space, &plan, path);
    if (status == STATUS_OK) {
        struct progress progress;
        struct sweep_progress how;
        bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(trials) == STATUS_OK;
        struct sweep_request request = {.ports = &cli->ports->execute,
                                        .config_path = cli->arguments.operands[0],
                                        .space = &space,
                                        .plan = &plan,
                                        .store_path = path,
                                        .trials_path = count ? trials : NULL,
                                        .progress = progress_step,
                                        .progress_context = &progress};
        progress_begin(&progress, !cli->quiet && progress_wanted());
        status = sweep_run(&request, &how, &cli->problem);
        progress_end(&progress);
        if (status == STATUS_INTERRUPTED)
            problem_next(&cli->problem, "the same command goes on where it stood");
        if (status == STATUS_OK)
            say_how(cli, &how, path);
    }
    sweep_space_release(&space);
    return status == STATUS_OK ? sweep_print(cli, path) : status;
}

enum status run_sweep_show(struct cli *cli)
{
    char path[STORE_PATH_SIZE];
    enum status status = sweep_find(cli, cli->arguments.operands[0], path);
    return status == STATUS_OK ? sweep_print(cli, path) : status;
}

enum status run_sweep_list(struct cli *cli)
{
    char folder[STORE_PATH_SIZE];
    struct sweep_names names;
    if (sweeps_folder(folder) != STATUS_OK || !sweep_names_read(folder, &names))
        return problem_set(&cli->problem, STATUS_NOT_FOUND, "sweep", "HOME is not set");
    struct table table;
    struct json_writer json;
    table_init(&table, "sweeps", NULL);
    table_column(&table, "name", TABLE_LEFT, 0);
    table_column(&table, "trials", TABLE_RIGHT, 0);
    table_column(&table, "wanted", TABLE_RIGHT, 1);
    table_column(&table, "best", TABLE_LEFT, 1);
    table_column(&table, "sharpe", TABLE_RIGHT, 0);
    table_column(&table, "deflated", TABLE_RIGHT, 0);
    table_column(&table, "pbo", TABLE_RIGHT, 0);
    if (cli->json) {
        cli_json_begin(cli, &json);
        json_object_begin(&json);
        json_key(&json, "sweeps");
        json_array_begin(&json);
    }
    for (size_t i = 0; i < names.count; i++) {
        char path[STORE_PATH_SIZE * 2];
        struct sweep_summary summary;
        struct problem problem;
        problem_init(&problem);
        (void)snprintf(path, sizeof path, "%s/%s.db", folder, names.names[i]);
        if (sweep_summarize(path, &summary, &problem) != STATUS_OK) {
            cli_note(cli, "note: left out: %s: %s", problem.where, problem.found);
            continue;
        }
        double pbo = summary.has_overfit ? summary.overfit.probability : double_nan();
        double sharpe = summary.count > 0 ? sweep_annual(summary.trials[0].row.sharpe)
                                          : double_nan();
        if (cli->json) {
            json_object_begin(&json);
            json_key(&json, "name");
            json_string(&json, names.names[i]);
            key_count(&json, "trials", summary.count);
            key_number(&json, "sharpe", sharpe);
            key_number(&json, "deflated_sharpe", summary.deflated);
            key_number(&json, "pbo", pbo);
            json_object_end(&json);
        } else {
            table_cell(&table, text_of(names.names[i]));
            table_cell_print(&table, "%u", summary.count + summary.invalid);
            table_cell_print(&table, "%u", summary.wanted);
            table_cell(&table, text_of(summary.count > 0 ? summary.trials[0].params : "-"));
            cell_double(&table, sharpe, 2, "", 1);
            cell_double(&table, summary.deflated, 3, "", 1);
            cell_double(&table, pbo, 3, "", 1);
        }
        sweep_summary_release(&summary);
    }
    if (names.count == 0)
        cli_note(cli, "no sweep yet; next: tern backtest sweep FILE --grid KEY=VALUES");
    sweep_names_release(&names);
    enum status status = STATUS_OK;
    if (cli->json) {
        json_array_end(&json);
        json_object_end(&json);
        status = cli_json_end(cli, &json);
    } else if (table_write(&table, &cli->style, &cli->out) != STATUS_OK) {
        status = problem_set(&cli->problem, STATUS_NO_MEMORY, "output", "not enough memory");
    }
    table_release(&table);
    return status;
}

/* A quotation mark in a value of the configuration is one of CSV too. */
static void csv_field(struct text_buffer *out, struct text text)
{
    if (memchr(text.data, '"', text.size) == NULL) {
        text_buffer_append(out, text);
        return;
    }
    text_buffer_append(out, TEXT("\""));
    while (text.data != NULL) {
        text_buffer_append(out, text_split(&text, '"'));
        if (text.data != NULL)
            text_buffer_append(out, TEXT("\"\""));
    }
    text_buffer_append(out, TEXT("\""));
}

enum status run_sweep_export(struct cli *cli)
{
    struct sweep_summary summary;
    enum status status = sweep_summary_of_operand(cli, &summary);
    if (status != STATUS_OK)
        return status;
    if (cli_have(cli, CLI_OPTION_HTML)) {
        status = sweep_html_print(cli, &summary);
        sweep_summary_release(&summary);
        return status;
    }
    text_buffer_print(&cli->out, "trial,rung,parameters,sharpe,return,end_equity,fees,fills\n");
    for (uint32_t i = 0; i < summary.count; i++) {
        const struct sweep_trial *trial = &summary.trials[i];
        char equity[DECIMAL_TEXT_SIZE];
        char fees[DECIMAL_TEXT_SIZE];
        char sharpe[DOUBLE_TEXT_SIZE] = "";
        char gain[DOUBLE_TEXT_SIZE] = "";
        (void)decimal_format_i128(equity, trial->row.end_equity.units, AMOUNT_DECIMALS);
        (void)decimal_format_i128(fees, trial->row.fees.units, AMOUNT_DECIMALS);
        if (double_is_finite(trial->row.sharpe))
            (void)double_format(sharpe, sweep_annual(trial->row.sharpe));
        if (double_is_finite(sweep_return(&summary, trial)))
            (void)double_format(gain, sweep_return(&summary, trial));
        text_buffer_print(&cli->out, "%u,%u,", sweep_candidate(&summary, trial),
                          trial->row.rung + 1);
        csv_field(&cli->out, text_of(trial->params));
        text_buffer_print(&cli->out, ",%s,%s,%s,%s,%llu\n", sharpe, gain, equity, fees,
                          (unsigned long long)trial->row.fills);
    }
    sweep_summary_release(&summary);
    return STATUS_OK;
}

enum status run_sweep_apply(struct cli *cli)
{
    char path[STORE_PATH_SIZE];
    uint32_t trial = UINT32_MAX;
    enum status status = sweep_find(cli, cli->arguments.operands[0], path);
    if (status != STATUS_OK)
        return status;
    if (cli->arguments.operands_count > 1) {
        int64_t number = 0;
        if (decimal_parse_i64(text_of(cli->arguments.operands[1]), 0, &number) != STATUS_OK ||
            number < 0 || number >= SWEEP_TRIALS_MAX) {
            problem_set(&cli->problem, STATUS_USAGE, "sweep apply", "\"%s\"",
                        cli->arguments.operands[1]);
            problem_allowed(&cli->problem, "the number of a trial");
            return STATUS_USAGE;
        }
        trial = (uint32_t)number;
    }
    return sweep_apply(path, trial, &cli->out, &cli->problem);
}
