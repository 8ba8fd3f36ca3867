/* tern sweep compare: several sweeps side by side, the first against each other one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/result/statistics.h"
#include "drive/sweep/sweep_compare.h"
#include "face/cli/sweep_face.h"

#define SWEEPS_AT_ONCE 8u
#define VALUE_SIZE 96u

struct compared_sweep {
    char path[STORE_PATH_SIZE];
    struct sweep_summary summary;
    struct sweep_lists lists;
    struct sweep_spread spread;
    struct sweep_overlap overlap; /* with the first */
    double plateau;
    bool read;
};

struct comparison {
    struct cli *cli;
    struct compared_sweep sides[SWEEPS_AT_ONCE];
    uint32_t count;
    struct table *table; /* or */
    struct json_writer json;
};

static const char *letter_of(uint32_t place)
{
    static const char *const letters[SWEEPS_AT_ONCE] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    return letters[place];
}

static enum status side_read(struct comparison *comparison, uint32_t place)
{
    struct compared_sweep *side = &comparison->sides[place];
    struct problem *problem = &comparison->cli->problem;
    struct sweep_view view;
    enum status status = sweep_find(comparison->cli, comparison->cli->arguments.operands[place],
                                    side->path);
    if (status == STATUS_OK)
        status = sweep_summarize(side->path, &side->summary, problem);
    if (status != STATUS_OK)
        return status;
    status = sweep_lists_read(side->path, &side->lists, problem);
    if (status != STATUS_OK) {
        sweep_summary_release(&side->summary);
        return status;
    }
    side->read = true;
    side->plateau = double_nan();
    status = sweep_spread_of(&side->summary, &side->spread);
    if (status == STATUS_OK)
        status = sweep_overlap_of(&comparison->sides[0].summary, &side->summary, &side->overlap);
    if (status == STATUS_OK && sweep_view_make(&side->summary, VIEW_SHARPE, &view) == STATUS_OK) {
        side->plateau = view.around_chosen.plateau;
        sweep_view_release(&view);
    }
    return status == STATUS_OK ? STATUS_OK
                               : problem_set(problem, status, "sweep compare", "not enough memory");
}

/* ---- side by side ---------------------------------------------------------------------------- */

enum value_kind { VALUE_TEXT, VALUE_COUNT, VALUE_NUMBER, VALUE_SHARE };

struct value {
    enum value_kind kind;
    char text[VALUE_SIZE];
    double number; /* NaN: none */
    int places;
};

static struct value value_text(const char *text)
{
    struct value value = {.kind = VALUE_TEXT};
    (void)text_copy(value.text, sizeof value.text, text_of(text));
    return value;
}

static struct value value_count(uint64_t count)
{
    return (struct value){.kind = VALUE_COUNT, .number = (double)count};
}

static struct value value_number(double number, int places)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number, .places = places};
}

static struct value value_share(double number)
{
    return (struct value){.kind = VALUE_SHARE, .number = number, .places = 1};
}

static struct value of_name(const struct compared_sweep *side)
{
    return value_text(side->summary.config_name);
}

static struct value of_id(const struct compared_sweep *side)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%.8s", side->summary.id);
    return value_text(text);
}

static struct value of_config(const struct compared_sweep *side)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%.8s", side->summary.config_hash);
    return value_text(text);
}

static struct value of_data(const struct compared_sweep *side)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%.8s", side->summary.data_hash);
    return value_text(text);
}

static struct value of_method(const struct compared_sweep *side)
{
    const struct sweep_plan *plan = &side->summary.plan;
    char text[VALUE_SIZE];
    if (plan->eta > 0)
        (void)snprintf(text, sizeof text, "%s, halved by %u", sweep_method_name(plan->method),
                       plan->eta);
    else
        (void)snprintf(text, sizeof text, "%s", sweep_method_name(plan->method));
    return value_text(text);
}

static struct value of_days(const struct compared_sweep *side)
{
    return value_count(side->summary.periods);
}

static struct value of_trials(const struct compared_sweep *side)
{
    return value_count(side->summary.count);
}

static struct value of_invalid(const struct compared_sweep *side)
{
    return value_count(side->summary.invalid);
}

static struct value of_counted(const struct compared_sweep *side)
{
    return value_count(side->summary.counted);
}

static struct value of_parameters(const struct compared_sweep *side)
{
    return value_text(side->summary.count > 0 ? side->summary.trials[0].params : "-");
}

static struct value of_best(const struct compared_sweep *side)
{
    return value_number(side->spread.best, 2);
}

static struct value of_upper(const struct compared_sweep *side)
{
    return value_number(side->spread.upper, 2);
}

static struct value of_median(const struct compared_sweep *side)
{
    return value_number(side->spread.median, 2);
}

static struct value of_lower(const struct compared_sweep *side)
{
    return value_number(side->spread.lower, 2);
}

static struct value of_worst(const struct compared_sweep *side)
{
    return value_number(side->spread.worst, 2);
}

static struct value of_earned(const struct compared_sweep *side)
{
    return value_share(side->spread.earned);
}

static struct value of_gain(const struct compared_sweep *side)
{
    return value_share(side->summary.count > 0
                           ? sweep_return(&side->summary, &side->summary.trials[0])
                           : double_nan());
}

static struct value of_deflated(const struct compared_sweep *side)
{
    return value_number(side->summary.deflated, 3);
}

static struct value of_overfit(const struct compared_sweep *side)
{
    return value_number(
        side->summary.has_overfit ? side->summary.overfit.probability : double_nan(), 3);
}

static struct value of_plateau(const struct compared_sweep *side)
{
    return value_number(side->plateau, 2);
}

static const struct {
    const char *key, *title;
    struct value (*of)(const struct compared_sweep *side);
} compared[] = {
    {"configuration", "configuration", of_name},
    {"sweep_id", "sweep", of_id},
    {"config_hash", "config hash", of_config},
    {"data_hash", "data hash", of_data},
    {"method", "method", of_method},
    {"days", "days", of_days},
    {"trials", "trials", of_trials},
    {"not_run", "not run", of_invalid},
    {"parameters", "best parameters", of_parameters},
    {"return", "return of the best", of_gain},
    {"sharpe_best", "best sharpe", of_best},
    {"sharpe_upper", "upper quarter from", of_upper},
    {"sharpe_median", "median", of_median},
    {"sharpe_lower", "lower quarter to", of_lower},
    {"sharpe_worst", "worst", of_worst},
    {"earned", "above zero", of_earned},
    {"plateau", "plateau score", of_plateau},
    {"deflated_sharpe", "deflated Sharpe", of_deflated},
    {"pbo", "PBO", of_overfit},
    {"trials_counted", "trials counted", of_counted},
};

static void value_cell(struct table *table, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        table_cell(table, text_of(value->text));
    else if (value->kind == VALUE_COUNT)
        table_cell_print(table, "%.0f", value->number);
    else
        cell_double(table, value->number, value->places, value->kind == VALUE_SHARE ? " %" : "",
                    value->kind == VALUE_SHARE ? 100 : 1);
}

/* All in one scale, so that one lies left of the other where it is worse. */
static void spread_row(struct comparison *comparison, struct table *table)
{
    double low = double_nan(), high = double_nan();
    for (uint32_t i = 0; i < comparison->count; i++) {
        const struct sweep_spread *spread = &comparison->sides[i].spread;
        low = !(spread->worst >= low) && double_is_finite(spread->worst) ? spread->worst : low;
        high = !(spread->best <= high) && double_is_finite(spread->best) ? spread->best : high;
    }
    if (!(high > low) || comparison->cli->style.plain)
        return;
    table_cell_print(table, "from %.2f to %.2f", low, high);
    for (uint32_t i = 0; i < comparison->count; i++) {
        double bins[COMPARE_BINS];
        struct text_buffer line;
        text_buffer_init(&line, 256);
        sweep_bins_of(&comparison->sides[i].summary, low, high, bins);
        sparkline_append(&line, bins, COMPARE_BINS, COMPARE_BINS, comparison->cli->style.ascii);
        table_cell(table, (struct text){line.data, line.size});
        text_buffer_release(&line);
    }
}

static enum status sides_table(struct comparison *comparison)
{
    struct cli *cli = comparison->cli;
    struct table table;
    table_init(&table, "sweeps", "SIDE BY SIDE");
    table_column(&table, "what", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < comparison->count; i++)
        table_column(&table, letter_of(i), TABLE_RIGHT, i < 2 ? 0 : i);
    for (size_t row = 0; row < ARRAY_COUNT(compared); row++) {
        table_cell(&table, text_of(cli->style.plain ? compared[row].key : compared[row].title));
        for (uint32_t i = 0; i < comparison->count; i++) {
            struct value value = compared[row].of(&comparison->sides[i]);
            value_cell(&table, &value);
        }
    }
    spread_row(comparison, &table);
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

/* ---- in common ------------------------------------------------------------------------------- */

static void place_cell(struct table *table, uint32_t place, uint32_t of)
{
    if (place == 0)
        table_cell(table, TEXT("-"));
    else
        table_cell_print(table, "%u of %u", place, of);
}

static enum status overlap_table(struct comparison *comparison)
{
    struct cli *cli = comparison->cli;
    struct table table;
    const struct compared_sweep *first = &comparison->sides[0];
    table_init(&table, "overlap", "PARAMETERS IN COMMON WITH A");
    table_column(&table, "sweep", TABLE_LEFT, 0);
    table_column(&table, "in common", TABLE_RIGHT, 0);
    table_column(&table, "rank correlation", TABLE_RIGHT, 0);
    table_column(&table, "top tenth", TABLE_RIGHT, 0);
    table_column(&table, "best of A is there", TABLE_RIGHT, 0);
    table_column(&table, "its best is in A", TABLE_RIGHT, 0);
    for (uint32_t i = 1; i < comparison->count; i++) {
        const struct compared_sweep *side = &comparison->sides[i];
        table_cell(&table, text_of(letter_of(i)));
        table_cell_print(&table, "%u", side->overlap.common);
        cell_double(&table, side->overlap.rank_correlation, 2, "", 1);
        cell_double(&table, side->overlap.top_tenth, 0, " %", 100);
        place_cell(&table, side->overlap.best_there, side->summary.full);
        place_cell(&table, side->overlap.best_here, first->summary.full);
    }
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    return status;
}

/* ---- what differs ---------------------------------------------------------------------------- */

struct differing {
    struct comparison *comparison;
    const char *of;
    uint32_t side;
};

static void difference_take(void *context, struct text key, struct text before, struct text after)
{
    struct differing *differing = context;
    struct comparison *comparison = differing->comparison;
    if (comparison->cli->json) {
        struct json_writer *json = &comparison->json;
        json_object_begin(json);
        key_text(json, "sweep", letter_of(differing->side));
        key_text(json, "of", differing->of);
        json_key(json, "key");
        json_text(json, key);
        json_key(json, "a");
        json_text(json, before);
        json_key(json, "it");
        json_text(json, after);
        json_object_end(json);
        return;
    }
    table_cell(comparison->table, text_of(letter_of(differing->side)));
    table_cell(comparison->table, text_of(differing->of));
    table_cell(comparison->table, key);
    table_cell(comparison->table, before);
    table_cell(comparison->table, after);
}

static size_t differences(struct comparison *comparison)
{
    const struct sweep_lists *first = &comparison->sides[0].lists;
    size_t count = 0;
    for (uint32_t i = 1; i < comparison->count; i++) {
        const struct sweep_lists *it = &comparison->sides[i].lists;
        const struct {
            const char *of;
            const struct text_buffer *before, *after;
        } lists[] = {
            {"settings", &first->config, &it->config},
            {"data", &first->data, &it->data},
            {"space", &first->space, &it->space},
        };
        for (size_t k = 0; k < ARRAY_COUNT(lists); k++) {
            struct differing differing = {comparison, lists[k].of, i};
            struct config_differ differ = {&differing, difference_take};
            count += config_differ((struct text){lists[k].before->data, lists[k].before->size},
                                   (struct text){lists[k].after->data, lists[k].after->size},
                                   &differ);
        }
    }
    return count;
}

static enum status differences_table(struct comparison *comparison)
{
    struct cli *cli = comparison->cli;
    struct table table;
    table_init(&table, "differences", "WHAT DIFFERS FROM A");
    table_column(&table, "sweep", TABLE_LEFT, 0);
    table_column(&table, "of", TABLE_LEFT, 0);
    table_column(&table, "key", TABLE_LEFT, 0);
    table_column(&table, "A", TABLE_LEFT, 0);
    table_column(&table, "it", TABLE_LEFT, 0);
    comparison->table = &table;
    size_t count = differences(comparison);
    enum status status = STATUS_OK;
    if (count > 0 || cli->style.plain)
        status = table_write(&table, &cli->style, &cli->out);
    else
        text_buffer_append(&cli->out, TEXT("\n Settings, data and space are the same.\n"));
    table_release(&table);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void side_json(struct comparison *comparison, uint32_t place)
{
    struct json_writer *json = &comparison->json;
    const struct compared_sweep *side = &comparison->sides[place];
    json_object_begin(json);
    key_text(json, "sweep", letter_of(place));
    key_text(json, "file", side->path);
    for (size_t row = 0; row < ARRAY_COUNT(compared); row++) {
        struct value value = compared[row].of(side);
        if (value.kind == VALUE_TEXT)
            key_text(json, compared[row].key, value.text);
        else if (value.kind == VALUE_COUNT)
            key_count(json, compared[row].key, (uint64_t)value.number);
        else
            key_number(json, compared[row].key, value.number);
    }
    if (place > 0) {
        key_count(json, "in_common", side->overlap.common);
        key_number(json, "rank_correlation", side->overlap.rank_correlation);
        key_number(json, "top_tenth", side->overlap.top_tenth);
        key_count(json, "best_of_a_there", side->overlap.best_there);
        key_count(json, "best_in_a", side->overlap.best_here);
    }
    json_object_end(json);
}

static enum status print_json(struct comparison *comparison)
{
    struct json_writer *json = &comparison->json;
    cli_json_begin(comparison->cli, json);
    json_object_begin(json);
    key_text(json, "schema", "tern.sweep-compare/1");
    json_key(json, "sweeps");
    json_array_begin(json);
    for (uint32_t i = 0; i < comparison->count; i++)
        side_json(comparison, i);
    json_array_end(json);
    json_key(json, "differences");
    json_array_begin(json);
    (void)differences(comparison);
    json_array_end(json);
    json_object_end(json);
    return cli_json_end(comparison->cli, json);
}

static enum status print_tables(struct comparison *comparison)
{
    enum status status = sides_table(comparison);
    if (status == STATUS_OK)
        status = overlap_table(comparison);
    if (status == STATUS_OK)
        status = differences_table(comparison);
    if (status != STATUS_OK)
        return problem_set(&comparison->cli->problem, status, "output", "not enough memory");
    return STATUS_OK;
}

enum status run_sweep_compare(struct cli *cli)
{
    struct comparison *comparison = calloc(1, sizeof *comparison);
    if (comparison == NULL)
        return problem_set(&cli->problem, STATUS_NO_MEMORY, "sweep compare", "not enough memory");
    comparison->cli = cli;
    comparison->count = cli->arguments.operands_count;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < comparison->count; i++)
        status = side_read(comparison, i);
    if (status == STATUS_OK)
        status = cli->json ? print_json(comparison) : print_tables(comparison);
    for (uint32_t i = 0; i < comparison->count; i++) {
        if (!comparison->sides[i].read)
            continue;
        sweep_summary_release(&comparison->sides[i].summary);
        sweep_lists_release(&comparison->sides[i].lists);
    }
    free(comparison);
    return status;
}
