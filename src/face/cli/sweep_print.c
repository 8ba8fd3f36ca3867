/* A sweep on a terminal and as JSON: its best trials and how lucky they are. */
#include "face/cli/sweep_face.h"

#include <stdio.h>

#include "base/math.h"
#include "drive/result/statistics.h"

#define LINES_DEFAULT 10u
#define DAYS_A_YEAR 365.0

double sweep_annual(double sharpe)
{
    return sharpe * math_sqrt(DAYS_A_YEAR);
}

double sweep_return(const struct sweep_summary *summary, const struct sweep_trial *trial)
{
    if (summary->start_equity.units <= 0)
        return double_nan();
    i128 gained = trial->row.end_equity.units - summary->start_equity.units;
    return (double)gained / (double)summary->start_equity.units;
}

void cell_double(struct table *table, double value, int places, const char *unit, double factor)
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
    bool halved = summary->plan.eta > 0;
    table_column(&table, "trial", TABLE_RIGHT, 0);
    if (halved)
        table_column(&table, "rung", TABLE_RIGHT, 0);
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
        table_cell_print(&table, "%u", sweep_candidate(summary, trial));
        if (halved)
            table_cell_print(&table, "%u", trial->row.rung + 1);
        table_cell(&table, text_of(trial->params));
        cell_double(&table, sweep_annual(trial->row.sharpe), 2, "", 1);
        cell_double(&table, sweep_return(summary, trial), 2, " %", 100);
        table_cell(&table, text_of(equity));
        table_cell(&table, text_of(fees));
        table_cell_print(&table, "%llu", (unsigned long long)trial->row.fills);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

void luck_row(struct table *table, const char *name, double value, int places, const char *unit,
              const char *meaning)
{
    table_cell(table, text_of(name));
    cell_double(table, value, places, unit, 1);
    table_cell(table, text_of(meaning));
}

/* What each rung saw, how many ran there, and what it took to go on. */
static enum status rungs_table(struct cli *cli, const struct sweep_summary *summary)
{
    struct table table;
    table_init(&table, "rungs", "RUNGS");
    table_column(&table, "rung", TABLE_RIGHT, 0);
    table_column(&table, "days", TABLE_RIGHT, 0);
    table_column(&table, "ran", TABLE_RIGHT, 0);
    table_column(&table, "not run", TABLE_RIGHT, 1);
    table_column(&table, "go on", TABLE_RIGHT, 0);
    table_column(&table, "best sharpe", TABLE_RIGHT, 0);
    table_column(&table, "last to go on", TABLE_RIGHT, 0);
    for (uint32_t i = 0; i < summary->rungs_count; i++) {
        const struct sweep_rung *rung = &summary->rungs[i];
        bool last = i + 1 == SWEEP_RUNGS_MAX || summary->rungs[i + 1].days == 0;
        uint32_t on = last ? 0 : sweep_survivors(rung->ran, summary->plan.eta);
        const struct sweep_trial *trials = &summary->trials[rung->first];
        table_cell_print(&table, "%u", i + 1);
        table_cell_print(&table, "%u", rung->days);
        table_cell_print(&table, "%u", rung->ran);
        table_cell_print(&table, "%u", rung->invalid);
        table_cell_print(&table, "%u", on);
        cell_double(&table, rung->ran > 0 ? sweep_annual(trials[0].row.sharpe) : double_nan(), 2,
                    "", 1);
        cell_double(&table, on > 0 ? sweep_annual(trials[on - 1].row.sharpe) : double_nan(), 2, "",
                    1);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

static void rungs_json(struct json_writer *json, const struct sweep_summary *summary)
{
    json_key(json, "rungs");
    json_array_begin(json);
    for (uint32_t i = 0; i < summary->rungs_count; i++) {
        json_object_begin(json);
        key_count(json, "days", summary->rungs[i].days);
        key_count(json, "ran", summary->rungs[i].ran);
        key_count(json, "not_run", summary->rungs[i].invalid);
        json_object_end(json);
    }
    json_array_end(json);
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
    luck_row(&table, "trials here", summary->count, 0, "",
             summary->plan.eta > 0 ? "that ran, in all rungs" : "that ran");
    luck_row(&table, "not run", summary->invalid, 0, "",
             "combinations that are none, as fast >= slow");
    luck_row(&table, "days", (double)summary->periods, 0, "", "");
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

void key_number(struct json_writer *json, const char *key, double value)
{
    json_key(json, key);
    if (double_is_finite(value))
        json_double(json, value);
    else
        json_null(json);
}

void key_amount(struct json_writer *json, const char *key, struct amount amount)
{
    char text[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
    json_key(json, key);
    json_string(json, text);
}

void key_count(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

void key_text(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
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
    if (summary->plan.eta > 0)
        rungs_json(&json, summary);
    key_number(&json, "deflated_sharpe", summary->deflated);
    key_number(&json, "pbo", summary->has_overfit ? summary->overfit.probability : double_nan());
    json_key(&json, "best");
    json_array_begin(&json);
    for (uint32_t i = 0; i < summary->count && i < lines; i++) {
        const struct sweep_trial *trial = &summary->trials[i];
        json_object_begin(&json);
        key_count(&json, "trial", sweep_candidate(summary, trial));
        key_count(&json, "rung", trial->row.rung + 1);
        json_key(&json, "parameters");
        json_string(&json, trial->params);
        key_number(&json, "sharpe", sweep_annual(trial->row.sharpe));
        key_number(&json, "return", sweep_return(summary, trial));
        key_amount(&json, "end_equity", trial->row.end_equity);
        key_amount(&json, "fees", trial->row.fees);
        key_count(&json, "fills", trial->row.fills);
        json_object_end(&json);
    }
    json_array_end(&json);
    enum status status = sweep_view_json(cli, summary, cli_have(cli, CLI_OPTION_MAP), &json);
    if (status != STATUS_OK)
        return status;
    json_object_end(&json);
    return cli_json_end(cli, &json);
}

enum status sweep_print(struct cli *cli, const char *path)
{
    struct sweep_summary summary;
    uint64_t lines = 0;
    uint32_t edges = 0;
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
        if (status == STATUS_OK && summary.plan.eta > 0)
            status = rungs_table(cli, &summary);
        if (status == STATUS_OK)
            status = luck_table(cli, &summary);
        if (status == STATUS_OK)
            status = sweep_mattered_print(cli, &summary, &edges);
        if (status != STATUS_OK)
            problem_set(&cli->problem, status, "output", "not enough memory");
        else if (cli_have(cli, CLI_OPTION_MAP))
            status = sweep_map_print(cli, &summary);
        for (uint32_t axis = 0; status == STATUS_OK && axis < summary.space.axes_count; axis++) {
            if ((edges >> axis & 1) != 0)
                cli_note(cli, "the best lies at the edge of %s: what lies beyond was not tried",
                         summary.space.axes[axis].name);
        }
    }
    sweep_summary_release(&summary);
    return status;
}
