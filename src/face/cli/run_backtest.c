/* tern backtest: run. */
#include "drive/research/result_files.h"
#include "drive/research/result_tables.h"
#include "drive/research/trials.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"

enum status run_backtest_run(struct cli *cli)
{
    char trials[TRIALS_PATH_SIZE];
    bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(trials) == STATUS_OK;
    struct progress progress;
    struct execute_request request = {
        .config_path = cli->arguments.operands[0],
        .directory = cli->arguments.values[CLI_OPTION_OUT],
        .trials_path = count ? trials : NULL,
        .progress = progress_step,
        .progress_context = &progress,
    };
    struct backtest_result result;
    struct metrics metrics;
    progress_begin(&progress, !cli->quiet && progress_wanted());
    enum status status = execute_backtest(&cli->ports->execute, &request, &result, &metrics,
                                          &cli->problem);
    progress_end(&progress);
    if (status != STATUS_OK)
        return status;
    if (cli->json)
        result_json_print(&result, &metrics, &cli->out);
    else
        status = result_print(&result, &metrics, &cli->style, &cli->out);
    backtest_result_release(&result);
    if (status != STATUS_OK)
        return problem_set(&cli->problem, status, "output", "not enough memory");
    if (request.directory != NULL)
        cli_note(cli, "written to %s", request.directory);
    return STATUS_OK;
}
