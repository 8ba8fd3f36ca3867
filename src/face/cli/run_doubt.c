/* tern backtest doubt. */
#include <stdio.h>

#include "drive/doubt/doubt.h"
#include "drive/result/trials.h"
#include "face/cli/progress.h"
#include "face/cli/walk_face.h"

/* What one run of the command has. */
struct doubting {
    struct cli *cli;
    struct walk_words words; /* of a walk-forward, where one is asked for */
    bool walks;
    struct doubt_request request;
    struct progress progress;
    char trials[TRIALS_PATH_SIZE], store[STORE_PATH_SIZE];
};

static bool wants_walk(const struct cli *cli)
{
    return cli->arguments.operands_count > 1 || cli_have(cli, CLI_OPTION_GRID);
}

/* Options of a walk-forward say nothing without values to try. */
static enum status options_check(struct cli *cli)
{
    static const enum cli_option of_walks[] = {
        CLI_OPTION_RANDOM, CLI_OPTION_LATIN,   CLI_OPTION_TRAIN,    CLI_OPTION_TEST,
        CLI_OPTION_PURGE,  CLI_OPTION_EMBARGO, CLI_OPTION_ANCHORED, CLI_OPTION_BY,
    };
    for (size_t i = 0; i < ARRAY_COUNT(of_walks) && !wants_walk(cli); i++) {
        if (!cli_have(cli, of_walks[i]))
            continue;
        problem_set(&cli->problem, STATUS_USAGE, "backtest doubt", "--%s without KEY=VALUES",
                    cli_options[of_walks[i]].name);
        problem_next(&cli->problem, "name what to try, as bots.NAME.params.fast=5:50:5");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status request_read(struct doubting *work)
{
    struct cli *cli = work->cli;
    const struct arguments *arguments = &cli->arguments;
    uint64_t markets = 0, cuts = 0, seed = 0;
    bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(work->trials) == STATUS_OK;
    enum status status = options_check(cli);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_MARKETS, DOUBT_SHUFFLES_MAX, 0, &markets,
                                  &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_CUTS, LOOKAHEAD_CUTS_MAX, 0, &cuts,
                                  &cli->problem);
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_SEED, INT64_MAX, 1, &seed, &cli->problem);
    if (status == STATUS_OK && wants_walk(cli)) {
        status = walk_words_read(cli, NULL, &work->words);
        work->walks = true;
    }
    work->request = (struct doubt_request){.ports = &cli->ports->execute,
                                           .config_path = arguments->operands[0],
                                           .trials_path = count ? work->trials : NULL,
                                           .seed = seed,
                                           .shuffles = (uint32_t)markets,
                                           .cuts = (uint32_t)cuts,
                                           .refit = work->walks ? &work->words.request : NULL,
                                           .progress = progress_step,
                                           .progress_context = &work->progress};
    return status;
}

/* The result as `backtest run` writes it, and doubt.json in it. Where nobody asked for a place,
 * that there is none is no reason to fail. */
static enum status keep(struct doubting *work, const struct text_buffer *json)
{
    struct cli *cli = work->cli;
    struct backtest_result result;
    struct metrics metrics;
    char directory[STORE_PATH_SIZE], name[EXECUTE_NAME_SIZE];
    struct execute_request request = {.config_path = work->request.config_path,
                                      .directory = cli->arguments.values[CLI_OPTION_OUT],
                                      .trials_path = work->request.trials_path};
    if (request.directory == NULL) {
        if (store_path(work->store) != STATUS_OK || !store_is_usable(work->store)) {
            cli_note(cli, "note: nothing is kept; --out DIR names a place");
            return STATUS_OK;
        }
        request.parent = work->store;
    }
    enum status status = execute_backtest(&cli->ports->execute, &request, &result, &metrics,
                                          &cli->problem);
    if (status != STATUS_OK)
        return status;
    execute_directory_name(name, request.config_path, result.config_hash, result.data_hash);
    backtest_result_release(&result);
    int size = request.directory == NULL
                   ? snprintf(directory, sizeof directory, "%s/%s", request.parent, name)
                   : snprintf(directory, sizeof directory, "%s", request.directory);
    if (size < 0 || (size_t)size >= sizeof directory)
        return problem_set(&cli->problem, STATUS_RANGE, "--out", "the path is too long");
    status = file_put(cli, directory, DOUBT_FILE_NAME, json);
    if (status != STATUS_OK)
        return status;
    if (request.directory != NULL && store_path(work->store) == STATUS_OK)
        (void)!store_remember(work->store, request.directory);
    cli_note(cli, "written to %s", directory);
    return STATUS_OK;
}

static enum status show_and_keep(struct doubting *work, const struct doubt *doubt)
{
    struct cli *cli = work->cli;
    struct text_buffer json;
    text_buffer_init(&json, (size_t)1 << 28);
    doubt_json_print(doubt, &json);
    enum status status = json.status;
    if (status == STATUS_OK && cli->json)
        text_buffer_append(&cli->out, (struct text){json.data, json.size});
    else if (status == STATUS_OK)
        status = doubt_print(doubt, &cli->style, &cli->out);
    if (status != STATUS_OK)
        problem_set(&cli->problem, status, "output", "not enough memory");
    /* Kept first: what is printed then is also there. */
    if (status == STATUS_OK)
        status = keep(work, &json);
    text_buffer_release(&json);
    return status;
}

enum status run_backtest_doubt(struct cli *cli)
{
    struct doubting work = {.cli = cli};
    struct doubt doubt;
    sweep_space_init(&work.words.space);
    enum status status = request_read(&work);
    if (status == STATUS_OK) {
        progress_begin(&work.progress, !cli->quiet && progress_wanted());
        status = doubt_run(&work.request, &doubt, &cli->problem);
        progress_end(&work.progress);
        if (status == STATUS_INTERRUPTED)
            problem_next(&cli->problem, "nothing was written; run it again");
    }
    if (status == STATUS_OK) {
        status = show_and_keep(&work, &doubt);
        doubt_release(&doubt);
    }
    if (status != STATUS_OK)
        text_buffer_reset(&cli->out);
    walk_words_release(&work.words);
    return status;
}
