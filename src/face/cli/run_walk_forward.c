/* tern backtest walk-forward: with refits of a file, or by cutting the returns of a sweep. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/place.h"
#include "base/time.h"
#include "drive/doubt/doubt.h"
#include "drive/result/trials.h"
#include "drive/doubt/walk_forward.h"
#include "face/cli/progress.h"
#include "face/cli/walk_face.h"

#define DAYS_MAX 100000u

/* ---- of a sweep: its returns are cut --------------------------------------------------------- */

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

static enum status walk_sweep(struct cli *cli)
{
    static const enum cli_option others[] = {CLI_OPTION_PURGE, CLI_OPTION_BY, CLI_OPTION_OUT,
                                             CLI_OPTION_RANDOM, CLI_OPTION_LATIN};
    struct sweep_summary summary;
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        if (!cli_have(cli, others[i]))
            continue;
        problem_set(&cli->problem, STATUS_USAGE, "walk-forward", "--%s with a sweep",
                    cli_options[others[i]].name);
        problem_next(&cli->problem, "name a FILE and KEY=VALUES: each window is a sweep then");
        return STATUS_USAGE;
    }
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

/* ---- of a file: a sweep for each window ------------------------------------------------------ */

static enum status days_of(struct cli *cli, enum cli_option option, int64_t *out)
{
    uint64_t days = 0;
    enum status status = arguments_number(&cli->arguments, option, DAYS_MAX, 0, &days,
                                          &cli->problem);
    if (status == STATUS_OK && cli_have(cli, option) && days == 0) {
        problem_set(&cli->problem, STATUS_USAGE, cli_options[option].name, "0");
        problem_allowed(&cli->problem, "1 to %u days", DAYS_MAX);
        return STATUS_USAGE;
    }
    *out = (int64_t)days * NANOSECONDS_PER_DAY;
    return status;
}

static enum status bars_of(struct cli *cli, enum cli_option option, uint32_t fallback,
                           uint32_t *out)
{
    uint64_t bars = 0;
    enum status status = arguments_number(&cli->arguments, option, 1000000000, fallback, &bars,
                                          &cli->problem);
    *out = (uint32_t)bars;
    return status;
}

static enum status plan_read(struct cli *cli, struct refit_request *request)
{
    const char *by = cli->arguments.values[CLI_OPTION_BY];
    struct refit_plan *plan = &request->plan;
    enum status status = days_of(cli, CLI_OPTION_TRAIN, &plan->train_ns);
    if (status == STATUS_OK)
        status = days_of(cli, CLI_OPTION_TEST, &plan->test_ns);
    if (status == STATUS_OK)
        status = bars_of(cli, CLI_OPTION_PURGE, 0, &plan->purge_bars);
    if (status == STATUS_OK)
        status = bars_of(cli, CLI_OPTION_EMBARGO, REFIT_NONE, &plan->embargo_bars);
    plan->anchored = cli_have(cli, CLI_OPTION_ANCHORED);
    if (status != STATUS_OK || by == NULL || refit_metric_find(text_of(by), &request->metric))
        return status;
    problem_set(&cli->problem, STATUS_USAGE, "--by", "\"%s\"", by);
    problem_allowed(&cli->problem, "sharpe, sortino or return");
    return STATUS_USAGE;
}

/* $XDG_DATA_HOME/tern/walks/NAME: one folder for each file, space and plan, so that the same
 * command goes on where it stood. */
static enum status folder_choose(struct cli *cli, const char *place, struct walk_words *out)
{
    const struct refit_plan *plan = &out->request.plan;
    char walks[STORE_PATH_SIZE];
    char name[EXECUTE_NAME_SIZE];
    char hash[HASH_TEXT_SIZE];
    if (place != NULL) {
        if (!text_copy(out->folder, sizeof out->folder, text_of(place)))
            return problem_set(&cli->problem, STATUS_RANGE, "--out", "the path is too long");
    } else {
        if (place_of_user("XDG_DATA_HOME", ".local/share", "tern/walks", walks, sizeof walks) !=
            STATUS_OK) {
            problem_set(&cli->problem, STATUS_NOT_FOUND, "walk-forward", "HOME is not set");
            problem_next(&cli->problem, "--out DIR");
            return STATUS_NOT_FOUND;
        }
        int64_t words[5] = {plan->train_ns, plan->test_ns, plan->purge_bars, plan->embargo_bars,
                            plan->anchored};
        hash128_format(hash, hash128_of(words, sizeof words));
        sweep_file_name(name, out->request.config_path, &out->space, &out->sweep);
        char *dot = strrchr(name, '.');
        if (dot != NULL)
            *dot = '\0';
        int size = snprintf(out->folder, sizeof out->folder, "%s/%s-%.8s", walks, name, hash);
        if (size < 0 || (size_t)size >= sizeof out->folder)
            return problem_set(&cli->problem, STATUS_RANGE, walks, "the path is too long");
    }
    if (!sweeps_folder_make(out->folder)) {
        problem_set(&cli->problem, STATUS_IO, out->folder, "%s", strerror(errno));
        problem_next(&cli->problem, "--out DIR names another place");
        return STATUS_IO;
    }
    return STATUS_OK;
}

enum status walk_words_read(struct cli *cli, const char *place, struct walk_words *out)
{
    *out = (struct walk_words){0};
    sweep_space_init(&out->space);
    bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(out->trials) == STATUS_OK;
    out->request = (struct refit_request){.ports = &cli->ports->execute,
                                          .config_path = cli->arguments.operands[0],
                                          .space = &out->space,
                                          .sweep = &out->sweep,
                                          .folder = out->folder,
                                          .trials_path = count ? out->trials : NULL};
    enum status status = sweep_space_of(cli, &out->space, &out->sweep);
    if (status == STATUS_OK)
        status = plan_read(cli, &out->request);
    return status == STATUS_OK ? folder_choose(cli, place, out) : status;
}

void walk_words_release(struct walk_words *words)
{
    sweep_space_release(&words->space);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static bool write_all(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        size -= (size_t)written;
    }
    return fsync(descriptor) == 0;
}

enum status file_put(struct cli *cli, const char *folder, const char *name,
                     const struct text_buffer *text)
{
    char path[STORE_PATH_SIZE];
    char partial[STORE_PATH_SIZE];
    int a = snprintf(path, sizeof path, "%s/%s", folder, name);
    int b = snprintf(partial, sizeof partial, "%s/%s.partial-%ld", folder, name, (long)getpid());
    if (a < 0 || b < 0 || (size_t)a >= sizeof path || (size_t)b >= sizeof partial)
        return problem_set(&cli->problem, STATUS_RANGE, folder, "the path is too long");
    int descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = descriptor >= 0 && write_all(descriptor, text->data, text->size);
    int error = errno;
    if (descriptor >= 0 && close(descriptor) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(partial, path) != 0) {
        ok = false;
        error = errno;
    }
    if (ok)
        return STATUS_OK;
    if (descriptor >= 0)
        (void)unlink(partial);
    return problem_set(&cli->problem,
                       error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE : STATUS_IO, path, "%s",
                       strerror(error));
}

/* equity.csv: time,time_ns,equity; the first test begins with 1. */
static enum status equity_put(struct cli *cli, const struct refit *refit, const char *folder)
{
    struct text_buffer text;
    text_buffer_init(&text, (size_t)1 << 30);
    text_buffer_print(&text, "time,time_ns,equity\n");
    for (size_t i = 0; i < refit->points_count; i++) {
        char time[TIME_TEXT_SIZE];
        char equity[DOUBLE_TEXT_SIZE];
        (void)time_format(time, refit->points[i].time_ns);
        (void)double_format_plain(equity, refit->points[i].equity);
        text_buffer_print(&text, "%s,%lld,%s\n", time, (long long)refit->points[i].time_ns, equity);
    }
    enum status status = text.status;
    if (status == STATUS_OK)
        status = file_put(cli, folder, "equity.csv", &text);
    else
        problem_set(&cli->problem, status, "equity.csv", "not enough memory");
    text_buffer_release(&text);
    return status;
}

static enum status refit_show(struct cli *cli, const struct refit *refit, enum refit_metric metric,
                              const char *folder)
{
    struct text_buffer text;
    struct json_writer json;
    text_buffer_init(&text, (size_t)1 << 28);
    json_write_init(&json, &text, 1);
    refit_json_print(refit, metric, &json);
    enum status status = json_write_finish(&json);
    if (status != STATUS_OK)
        problem_set(&cli->problem, status, "walk-forward", "not enough memory");
    if (status == STATUS_OK)
        status = file_put(cli, folder, "walk-forward.json", &text);
    if (status == STATUS_OK)
        status = equity_put(cli, refit, folder);
    if (status == STATUS_OK && cli->json)
        text_buffer_append(&cli->out, (struct text){text.data, text.size});
    else if (status == STATUS_OK && refit_print(refit, metric, &cli->style, &cli->out) != STATUS_OK)
        status = problem_set(&cli->problem, STATUS_NO_MEMORY, "output", "not enough memory");
    text_buffer_release(&text);
    return status;
}

static enum status walk_file(struct cli *cli)
{
    struct walk_words words;
    struct progress progress;
    struct refit refit;
    enum status status = walk_words_read(cli, cli->arguments.values[CLI_OPTION_OUT], &words);
    if (status == STATUS_OK) {
        words.request.progress = progress_step;
        words.request.progress_context = &progress;
        progress_begin(&progress, !cli->quiet && progress_wanted());
        status = refit_run(&words.request, &refit, &cli->problem);
        progress_end(&progress);
        if (status == STATUS_INTERRUPTED)
            problem_next(&cli->problem, "the same command goes on where it stood");
    }
    if (status == STATUS_OK) {
        status = refit_show(cli, &refit, words.request.metric, words.folder);
        if (refit.trials_uncounted)
            cli_note(cli, "note: trials could not be counted: %s: %s", refit.trials_problem.where,
                     refit.trials_problem.found);
        if (status == STATUS_OK)
            cli_note(cli, "%llu trials in %u windows; kept in %s", (unsigned long long)refit.trials,
                     refit.count, words.folder);
        refit_release(&refit);
    }
    walk_words_release(&words);
    return status;
}

/* A file has an ending of YAML, or values behind it that it is to be tried with. */
enum status run_backtest_walk_forward(struct cli *cli)
{
    const struct arguments *arguments = &cli->arguments;
    const char *dot = strrchr(arguments->operands[0], '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    bool file = yaml || arguments->operands_count > 1 || cli_have(cli, CLI_OPTION_GRID);
    return file ? walk_file(cli) : walk_sweep(cli);
}
