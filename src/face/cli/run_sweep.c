/* tern backtest sweep and walk-forward; tern sweep list, show, export and apply. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/math.h"
#include "base/place.h"
#include "drive/research/readable.h"
#include "drive/research/statistics.h"
#include "drive/research/sweep.h"
#include "drive/research/trials.h"
#include "drive/research/walk_forward.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"
#include "face/cli/store.h"

#define LINES_DEFAULT 10u
#define SWEEPS_MAX 4096u
#define DAYS_A_YEAR 365.0

/* ---- places ---------------------------------------------------------------------------------- */

static enum status sweeps_folder(char out[STORE_PATH_SIZE])
{
    return place_of_user("XDG_DATA_HOME", ".local/share", "tern/sweeps", out, STORE_PATH_SIZE);
}

static bool folder_make(const char *folder)
{
    char part[STORE_PATH_SIZE];
    if (!text_copy(part, sizeof part, text_of(folder)))
        return false;
    for (char *at = strchr(part + 1, '/');; at = strchr(at + 1, '/')) {
        if (at != NULL)
            *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        if (at == NULL)
            return true;
        *at = '/';
    }
}

struct sweep_names {
    char (*names)[EXECUTE_NAME_SIZE]; /* owned; without .db, by name */
    int64_t *changed;                 /* owned; seconds */
    size_t count;
};

static void names_release(struct sweep_names *names)
{
    free(names->names);
    free(names->changed);
}

static bool names_read(const char *folder, struct sweep_names *out)
{
    *out = (struct sweep_names){0};
    out->names = calloc(SWEEPS_MAX, sizeof *out->names);
    out->changed = calloc(SWEEPS_MAX, sizeof *out->changed);
    DIR *directory = opendir(folder);
    if (out->names == NULL || out->changed == NULL) {
        if (directory != NULL)
            (void)closedir(directory);
        return false;
    }
    if (directory == NULL)
        return true;
    for (struct dirent *entry = readdir(directory); entry != NULL && out->count < SWEEPS_MAX;
         entry = readdir(directory)) {
        char path[STORE_PATH_SIZE * 2];
        struct stat facts;
        size_t size = strlen(entry->d_name);
        if (size < 4 || size >= EXECUTE_NAME_SIZE || strcmp(entry->d_name + size - 3, ".db") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &facts) != 0)
            continue;
        (void)text_copy(out->names[out->count], EXECUTE_NAME_SIZE,
                        (struct text){entry->d_name, size - 3});
        out->changed[out->count++] = facts.st_mtime;
    }
    (void)closedir(directory);
    return true;
}

/* A path, or a name or the beginning of one up to a `-`; the newest of several. */
static enum status sweep_find(struct cli *cli, const char *name, char out[STORE_PATH_SIZE])
{
    char folder[STORE_PATH_SIZE];
    struct stat facts;
    struct sweep_names names;
    if (strchr(name, '/') != NULL || stat(name, &facts) == 0) {
        if (stat(name, &facts) != 0 || !S_ISREG(facts.st_mode))
            return problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no such sweep");
        return text_copy(out, STORE_PATH_SIZE, text_of(name))
                   ? STATUS_OK
                   : problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
    }
    enum status status = sweeps_folder(folder);
    if (status != STATUS_OK || !names_read(folder, &names))
        return problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no place for sweeps");
    const char *best = NULL;
    int64_t newest = INT64_MIN;
    size_t size = strlen(name);
    for (size_t i = 0; i < names.count; i++) {
        bool is = strcmp(names.names[i], name) == 0;
        bool begins = strncmp(names.names[i], name, size) == 0 && names.names[i][size] == '-';
        if ((is || begins) && names.changed[i] > newest) {
            best = names.names[i];
            newest = names.changed[i];
        }
    }
    if (best == NULL) {
        problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no sweep of that name");
        problem_next(&cli->problem, "tern sweep list");
        status = STATUS_NOT_FOUND;
    } else if (snprintf(out, STORE_PATH_SIZE, "%s/%s.db", folder, best) >= STORE_PATH_SIZE) {
        status = problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
    }
    names_release(&names);
    return status;
}

/* ---- printing -------------------------------------------------------------------------------- */

static double annual(double sharpe)
{
    return sharpe * math_sqrt(DAYS_A_YEAR);
}

static double return_of(const struct sweep_summary *summary, const struct sweep_trial *trial)
{
    if (summary->start_equity.units <= 0)
        return double_nan();
    i128 gained = trial->row.end_equity.units - summary->start_equity.units;
    return (double)gained / (double)summary->start_equity.units;
}

static void cell_double(struct table *table, double value, int places, const char *unit,
                        double factor)
{
    char text[64];
    if (!double_is_finite(value)) {
        table_cell(table, TEXT("-"));
        return;
    }
    (void)snprintf(text, sizeof text, "%.*f%s", places, value * factor, unit);
    table_cell(table, text_of(text));
}

static enum status trials_table(struct cli *cli, const struct sweep_summary *summary,
                                uint64_t lines)
{
    struct table table;
    table_init(&table, "trials", "BEST TRIALS");
    table_column(&table, "trial", TABLE_RIGHT, 0);
    table_column(&table, "parameters", TABLE_LEFT, 0);
    table_column(&table, "sharpe", TABLE_RIGHT, 0);
    table_column(&table, "return", TABLE_RIGHT, 0);
    table_column(&table, "end equity", TABLE_RIGHT, 2);
    table_column(&table, "fees", TABLE_RIGHT, 2);
    table_column(&table, "fills", TABLE_RIGHT, 1);
    for (uint32_t i = 0; i < summary->count && i < lines; i++) {
        const struct sweep_trial *trial = &summary->trials[i];
        char equity[DECIMAL_TEXT_SIZE];
        char fees[DECIMAL_TEXT_SIZE];
        (void)decimal_format_fixed(equity, trial->row.end_equity.units, AMOUNT_DECIMALS, 2);
        (void)decimal_format_fixed(fees, trial->row.fees.units, AMOUNT_DECIMALS, 2);
        table_cell_print(&table, "%u", trial->row.id);
        table_cell(&table, text_of(trial->params));
        cell_double(&table, annual(trial->row.sharpe), 2, "", 1);
        cell_double(&table, return_of(summary, trial), 2, " %", 100);
        table_cell(&table, text_of(equity));
        table_cell(&table, text_of(fees));
        table_cell_print(&table, "%llu", (unsigned long long)trial->row.fills);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

static void luck_row(struct table *table, const char *name, double value, int places,
                     const char *unit, const char *meaning)
{
    table_cell(table, text_of(name));
    cell_double(table, value, places, unit, 1);
    table_cell(table, text_of(meaning));
}

static enum status luck_table(struct cli *cli, const struct sweep_summary *summary)
{
    struct table table;
    table_init(&table, "luck", "HOW MUCH OF THE BEST IS LUCK");
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    table_column(&table, "meaning", TABLE_LEFT, 1);
    bool lucky = double_is_finite(summary->deflated) && summary->deflated < 0.95;
    luck_row(&table, "deflated Sharpe", summary->deflated, 3, "",
             lucky ? "below 0.95: trying this often finds as much without skill"
                   : "probability that the best has skill, after all trials");
    luck_row(&table, "PBO", summary->has_overfit ? summary->overfit.probability : double_nan(), 3,
             "", "how often the best of one half is below the median of the other");
    luck_row(&table, "trials counted", (double)summary->counted, 0, "",
             "of these data and this kind of bot, ever");
    luck_row(&table, "trials here", summary->count, 0, "", "that ran");
    luck_row(&table, "not run", summary->invalid, 0, "",
             "combinations that are none, as fast >= slow");
    luck_row(&table, "days", (double)summary->periods, 0, "", "");
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

static void key_number(struct json_writer *json, const char *key, double value)
{
    json_key(json, key);
    if (double_is_finite(value))
        json_double(json, value);
    else
        json_null(json);
}

static void key_amount(struct json_writer *json, const char *key, struct amount amount)
{
    char text[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
    json_key(json, key);
    json_string(json, text);
}

static void key_count(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static enum status summary_json(struct cli *cli, const struct sweep_summary *summary,
                                const char *path, uint64_t lines)
{
    struct json_writer json;
    cli_json_begin(cli, &json);
    json_object_begin(&json);
    json_key(&json, "schema");
    json_string(&json, "tern.sweep/1");
    json_key(&json, "file");
    json_string(&json, path);
    key_count(&json, "trials", summary->count);
    key_count(&json, "not_run", summary->invalid);
    key_count(&json, "trials_counted", summary->counted);
    key_count(&json, "days", summary->periods);
    key_number(&json, "deflated_sharpe", summary->deflated);
    key_number(&json, "pbo", summary->has_overfit ? summary->overfit.probability : double_nan());
    json_key(&json, "best");
    json_array_begin(&json);
    for (uint32_t i = 0; i < summary->count && i < lines; i++) {
        const struct sweep_trial *trial = &summary->trials[i];
        json_object_begin(&json);
        key_count(&json, "trial", trial->row.id);
        json_key(&json, "parameters");
        json_string(&json, trial->params);
        key_number(&json, "sharpe", annual(trial->row.sharpe));
        key_number(&json, "return", return_of(summary, trial));
        key_amount(&json, "end_equity", trial->row.end_equity);
        key_amount(&json, "fees", trial->row.fees);
        key_count(&json, "fills", trial->row.fills);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_json_end(cli, &json);
}

static enum status summary_print(struct cli *cli, const char *path)
{
    struct sweep_summary summary;
    uint64_t lines = 0;
    enum status status = arguments_number(&cli->arguments, CLI_OPTION_LINES, SWEEP_TRIALS_MAX,
                                          LINES_DEFAULT, &lines, &cli->problem);
    if (status != STATUS_OK)
        return status;
    if (lines == 0)
        lines = SWEEP_TRIALS_MAX;
    status = sweep_summarize(path, &summary, &cli->problem);
    if (status != STATUS_OK)
        return status;
    if (cli->json) {
        status = summary_json(cli, &summary, path, lines);
    } else {
        status = trials_table(cli, &summary, lines);
        if (status == STATUS_OK)
            status = luck_table(cli, &summary);
        if (status != STATUS_OK)
            problem_set(&cli->problem, status, "output", "not enough memory");
    }
    sweep_summary_release(&summary);
    return status;
}

/* ---- sweep ----------------------------------------------------------------------------------- */

static enum status space_of(struct cli *cli, struct sweep_space *space, enum sweep_method *method,
                            uint64_t *seed)
{
    const struct arguments *arguments = &cli->arguments;
    enum status status = STATUS_OK;
    uint64_t count = 0;
    *method = cli_have(cli, CLI_OPTION_RANDOM)  ? SWEEP_RANDOM
              : cli_have(cli, CLI_OPTION_LATIN) ? SWEEP_LATIN
                                                : SWEEP_GRID;
    if (cli_have(cli, CLI_OPTION_GRID))
        status = sweep_space_add(space, text_of(arguments->values[CLI_OPTION_GRID]), &cli->problem);
    for (unsigned i = 1; status == STATUS_OK && i < arguments->operands_count; i++)
        status = sweep_space_add(space, text_of(arguments->operands[i]), &cli->problem);
    if (status == STATUS_OK && *method != SWEEP_GRID) {
        status = arguments_number(arguments,
                                  *method == SWEEP_RANDOM ? CLI_OPTION_RANDOM : CLI_OPTION_LATIN,
                                  SWEEP_TRIALS_MAX, 0, &count, &cli->problem);
    }
    if (status == STATUS_OK)
        status = arguments_number(arguments, CLI_OPTION_SEED, INT64_MAX, 1, seed, &cli->problem);
    if (status == STATUS_OK)
        status = sweep_space_draw(space, *method, (uint32_t)count, *seed, &cli->problem);
    return status;
}

static enum status place_of(struct cli *cli, const struct sweep_space *space,
                            enum sweep_method method, uint64_t seed, char out[STORE_PATH_SIZE])
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
    if (!folder_make(folder)) {
        problem_set(&cli->problem, STATUS_IO, folder, "%s", strerror(errno));
        problem_next(&cli->problem, "--out FILE");
        return STATUS_IO;
    }
    sweep_file_name(name, cli->arguments.operands[0], space, method, seed);
    return snprintf(out, STORE_PATH_SIZE, "%s/%s", folder, name) < STORE_PATH_SIZE
               ? STATUS_OK
               : problem_set(&cli->problem, STATUS_RANGE, folder, "the path is too long");
}

static void say_how(const struct cli *cli, const struct sweep_progress *how, const char *path)
{
    double rate = how->seconds > 0 ? (double)how->run * (double)how->bars / how->seconds : 0;
    if (how->resumed > 0)
        cli_note(cli, "%u trials were there already", how->resumed);
    cli_note(cli, "%u trials in %.2f s, %.1f M bars/s%s", how->run, how->seconds, rate / 1e6,
             how->evaluated ? "" : ", one engine a core");
    if (how->evaluated)
        cli_note(cli, "evaluated many at once; %u of them confirmed by the engine", how->checked);
    cli_note(cli, "kept in %s", path);
}

enum status run_backtest_sweep(struct cli *cli)
{
    struct sweep_space space;
    enum sweep_method method = SWEEP_GRID;
    uint64_t seed = 1;
    char path[STORE_PATH_SIZE], trials[TRIALS_PATH_SIZE];
    sweep_space_init(&space);
    enum status status = space_of(cli, &space, &method, &seed);
    if (status == STATUS_OK)
        status = place_of(cli, &space, method, seed, path);
    if (status == STATUS_OK) {
        struct progress progress;
        struct sweep_progress how;
        bool count = !cli_have(cli, CLI_OPTION_NO_TRIALS) && trials_path(trials) == STATUS_OK;
        struct sweep_request request = {.ports = &cli->ports->execute,
                                        .config_path = cli->arguments.operands[0],
                                        .space = &space,
                                        .method = method,
                                        .seed = seed,
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
    return status == STATUS_OK ? summary_print(cli, path) : status;
}

enum status run_sweep_show(struct cli *cli)
{
    char path[STORE_PATH_SIZE];
    enum status status = sweep_find(cli, cli->arguments.operands[0], path);
    return status == STATUS_OK ? summary_print(cli, path) : status;
}

enum status run_sweep_list(struct cli *cli)
{
    char folder[STORE_PATH_SIZE];
    struct sweep_names names;
    if (sweeps_folder(folder) != STATUS_OK || !names_read(folder, &names))
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
        double sharpe = summary.count > 0 ? annual(summary.trials[0].row.sharpe) : double_nan();
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
    names_release(&names);
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

/* Of the sweep that the command names; the caller releases it. */
static enum status summary_of_operand(struct cli *cli, struct sweep_summary *out)
{
    char path[STORE_PATH_SIZE];
    enum status status = sweep_find(cli, cli->arguments.operands[0], path);
    return status == STATUS_OK ? sweep_summarize(path, out, &cli->problem) : status;
}

enum status run_sweep_export(struct cli *cli)
{
    struct sweep_summary summary;
    enum status status = summary_of_operand(cli, &summary);
    if (status != STATUS_OK)
        return status;
    text_buffer_print(&cli->out, "trial,parameters,sharpe,return,end_equity,fees,fills\n");
    for (uint32_t i = 0; i < summary.count; i++) {
        const struct sweep_trial *trial = &summary.trials[i];
        char equity[DECIMAL_TEXT_SIZE];
        char fees[DECIMAL_TEXT_SIZE];
        char sharpe[DOUBLE_TEXT_SIZE] = "";
        char gain[DOUBLE_TEXT_SIZE] = "";
        (void)decimal_format_i128(equity, trial->row.end_equity.units, AMOUNT_DECIMALS);
        (void)decimal_format_i128(fees, trial->row.fees.units, AMOUNT_DECIMALS);
        if (double_is_finite(trial->row.sharpe))
            (void)double_format(sharpe, annual(trial->row.sharpe));
        if (double_is_finite(return_of(&summary, trial)))
            (void)double_format(gain, return_of(&summary, trial));
        text_buffer_print(&cli->out, "%u,%s,%s,%s,%s,%s,%llu\n", trial->row.id, trial->params,
                          sharpe, gain, equity, fees, (unsigned long long)trial->row.fills);
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

/* ---- walk-forward ---------------------------------------------------------------------------- */

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
        cell_double(&table, annual(window->train_sharpe), 2, "", 1);
        cell_double(&table, annual(window->test_sharpe), 2, "", 1);
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
    luck_row(&table, "sharpe", annual(walk->test_sharpe), 2, "", "of the tests");
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
    key_number(&json, "sharpe", annual(walk->test_sharpe));
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
        key_number(&json, "train_sharpe", annual(window->train_sharpe));
        key_number(&json, "test_sharpe", annual(window->test_sharpe));
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
    enum status status = summary_of_operand(cli, &summary);
    if (status != STATUS_OK)
        return status;
    status = walk_print(cli, &summary);
    sweep_summary_release(&summary);
    return status;
}
