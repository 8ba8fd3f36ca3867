/* What a sweep found: which trials the evaluator may take, whether the engine agrees, how many
 * trials that makes, and how much of the best one is luck. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/research/statistics.h"
#include "drive/research/sweep_run.h"
#include "drive/research/trials.h"

#define MATRIX_CELLS_MAX (UINT64_C(1) << 26) /* of PBO: half a gigabyte */
#define OVERFIT_BLOCKS 16u                   /* as the paper has it, where there are rows enough */
#define NO_AXIS UINT32_MAX

/* ---- keys ------------------------------------------------------------------------------------ */

enum status sweep_keys_check(const struct sweep_run *run, struct problem *problem)
{
    static const char *const fixed[] = {"data", "instruments", "account", "tern", "currency"};
    const struct sweep_space *space = run->request->space;
    for (uint32_t i = 0; i < space->axes_count; i++) {
        for (size_t j = 0; j < ARRAY_COUNT(fixed); j++) {
            const char *key = space->axes[i].key;
            size_t size = strlen(fixed[j]);
            if (strncmp(key, fixed[j], size) != 0 ||
                (key[size] != '\0' && key[size] != '.' && key[size] != '['))
                continue;
            problem_set(problem, STATUS_USAGE, "--grid", "\"%s\"", key);
            problem_allowed(problem, "keys of bots, risk, fees or simulation: all trials share "
                                     "data and account");
            return STATUS_USAGE;
        }
    }
    return STATUS_OK;
}

static bool whole_number(const char *text, uint32_t *out)
{
    int64_t value = 0;
    if (decimal_parse_i64(text_of(text), 0, &value) != STATUS_OK || value < 0 || value > 100000)
        return false;
    *out = (uint32_t)value;
    return true;
}

static uint32_t value_of(const struct sweep_run *run, uint32_t trial, uint32_t axis, int param)
{
    uint32_t value = 0;
    if (axis == NO_AXIS)
        return (uint32_t)run->config.bots[0].params[param].value.integer;
    (void)whole_number(sweep_space_value(run->request->space, trial, axis), &value);
    return value;
}

struct evaluator_pair sweep_pair_of(const struct sweep_run *run, uint32_t trial)
{
    return (struct evaluator_pair){value_of(run, trial, run->fast_axis, CONFIG_MA_CROSS_FAST),
                                   value_of(run, trial, run->slow_axis, CONFIG_MA_CROSS_SLOW)};
}

bool sweep_pairs_find(struct sweep_run *run)
{
    const struct sweep_space *space = run->request->space;
    const char *why = NULL;
    char fast[SWEEP_KEY_SIZE];
    char slow[SWEEP_KEY_SIZE];
    if (run->config.bots_count != 1 || !evaluator_suits(&run->base, &why))
        return false;
    (void)snprintf(fast, sizeof fast, "bots[%s].params.fast", run->config.bots[0].name);
    (void)snprintf(slow, sizeof slow, "bots[%s].params.slow", run->config.bots[0].name);
    run->fast_axis = run->slow_axis = NO_AXIS;
    for (uint32_t i = 0; i < space->axes_count; i++) {
        const struct sweep_axis *axis = &space->axes[i];
        uint32_t number = 0;
        if (strcmp(axis->key, fast) == 0 || strcmp(axis->key, "bots[0].params.fast") == 0)
            run->fast_axis = i;
        else if (strcmp(axis->key, slow) == 0 || strcmp(axis->key, "bots[0].params.slow") == 0)
            run->slow_axis = i;
        else
            return false;
        for (uint32_t j = 0; j < axis->count; j++) {
            if (!whole_number(axis->values[j], &number))
                return false;
        }
    }
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum status trial_take(void *context, const struct sweep_row *row, const char *params,
                              const double *returns, size_t count)
{
    struct sweep_summary *summary = context;
    if (row->state != SWEEP_DONE) {
        summary->invalid++;
        return STATUS_OK;
    }
    if (summary->count == SWEEP_TRIALS_MAX)
        return STATUS_FULL;
    if ((summary->count & (summary->count - 1)) == 0) {
        size_t capacity = summary->count == 0 ? 1 : (size_t)summary->count * 2;
        void *more = realloc(summary->trials, capacity * sizeof *summary->trials);
        if (more == NULL)
            return STATUS_NO_MEMORY;
        summary->trials = more;
    }
    struct sweep_trial *trial = &summary->trials[summary->count];
    *trial = (struct sweep_trial){.row = *row, .params = strdup(params)};
    summary->count++;
    if (trial->params == NULL)
        return STATUS_NO_MEMORY;
    if (count == 0)
        return STATUS_OK;
    if (summary->periods == 0)
        summary->periods = count;
    if (summary->periods != count)
        return STATUS_CORRUPT;
    trial->returns = malloc(count * sizeof *trial->returns);
    if (trial->returns == NULL)
        return STATUS_NO_MEMORY;
    memcpy(trial->returns, returns, count * sizeof *returns);
    return STATUS_OK;
}

/* The best first; those without a ratio last, then by number, so that the order is one. */
static int by_sharpe(const void *a, const void *b)
{
    const struct sweep_trial *left = a;
    const struct sweep_trial *right = b;
    double mine = double_is_finite(left->row.sharpe) ? left->row.sharpe : -1e300;
    double other = double_is_finite(right->row.sharpe) ? right->row.sharpe : -1e300;
    if (mine > other || mine < other)
        return mine > other ? -1 : 1;
    return (left->row.id > right->row.id) - (left->row.id < right->row.id);
}

void sweep_summary_release(struct sweep_summary *summary)
{
    for (uint32_t i = 0; i < summary->count; i++) {
        free(summary->trials[i].params);
        free(summary->trials[i].returns);
    }
    free(summary->trials);
    *summary = (struct sweep_summary){0};
}

static uint64_t number_get(struct sweep_store *store, const char *key)
{
    struct text_buffer text;
    text_buffer_init(&text, 64);
    int64_t value = 0;
    if (!sweep_store_get(store, key, &text) ||
        decimal_parse_i64((struct text){text.data, text.size}, 0, &value) != STATUS_OK || value < 0)
        value = 0;
    text_buffer_release(&text);
    return (uint64_t)value;
}

static double double_get(struct sweep_store *store, const char *key)
{
    struct text_buffer text;
    text_buffer_init(&text, 64);
    double value = 0;
    if (sweep_store_get(store, key, &text) && text.data != NULL)
        value = strtod(text.data, NULL);
    text_buffer_release(&text);
    return double_is_finite(value) ? value : 0;
}

/* ---- luck ------------------------------------------------------------------------------------ */

static void own_variance(const struct sweep_summary *summary, double *mean, double *squares,
                         uint32_t *count)
{
    double sum = 0;
    *count = 0;
    *squares = 0;
    for (uint32_t i = 0; i < summary->count; i++) {
        if (!double_is_finite(summary->trials[i].row.sharpe))
            continue;
        sum += summary->trials[i].row.sharpe;
        ++*count;
    }
    *mean = *count > 0 ? sum / *count : double_nan();
    for (uint32_t i = 0; i < summary->count; i++) {
        double difference = summary->trials[i].row.sharpe - *mean;
        if (double_is_finite(difference))
            *squares += difference * difference;
    }
}

static void deflate(struct sweep_summary *summary)
{
    double mean = 0, squares = 0;
    uint32_t count = 0;
    summary->deflated = double_nan();
    own_variance(summary, &mean, &squares, &count);
    /* An older count may not know all of these trials; there were at least as many as there are. */
    if (summary->counted < summary->count || !(summary->sharpe_variance > 0)) {
        summary->counted = summary->count;
        summary->sharpe_variance = count >= 2 ? squares / (count - 1) : 0;
    }
    if (summary->count == 0 || summary->trials[0].returns == NULL)
        return;
    const struct sweep_trial *best = &summary->trials[0];
    struct moments moments = moments_of(best->returns, summary->periods);
    if (moments_without_variance(best->returns, summary->periods, &moments))
        return;
    summary->deflated = deflated_sharpe(moments.mean / moments.deviation, (double)moments.count,
                                        moments.skewness, moments.kurtosis,
                                        (double)summary->counted, summary->sharpe_variance);
}

static enum status overfit_judge(struct sweep_summary *summary)
{
    unsigned blocks = OVERFIT_BLOCKS;
    while (blocks > 4 && summary->periods / blocks < 4)
        blocks -= 2;
    uint64_t cells = (uint64_t)summary->periods * summary->count;
    if (summary->count < 2 || summary->periods / blocks < 2 || cells > MATRIX_CELLS_MAX)
        return STATUS_OK;
    double *matrix = calloc(cells, sizeof *matrix);
    if (matrix == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t trial = 0; trial < summary->count; trial++) {
        const double *returns = summary->trials[trial].returns;
        for (size_t period = 0; returns != NULL && period < summary->periods; period++)
            matrix[period * summary->count + trial] = returns[period];
    }
    enum status status = overfit_probability(matrix, summary->periods, summary->count, blocks,
                                             &summary->overfit);
    summary->has_overfit = status == STATUS_OK;
    summary->overfit_blocks = blocks;
    free(matrix);
    return status == STATUS_RANGE ? STATUS_OK : status;
}

static enum status summary_read(struct sweep_store *store, struct sweep_summary *out,
                                struct problem *problem)
{
    struct sweep_reader reader = {out, trial_take};
    struct text_buffer equity;
    *out = (struct sweep_summary){.wanted = (uint32_t)number_get(store, "trials"),
                                  .counted = number_get(store, "trials_counted"),
                                  .sharpe_variance = double_get(store, "trials_variance")};
    text_buffer_init(&equity, 64);
    if (sweep_store_get(store, "start_equity", &equity))
        (void)!decimal_parse_i128((struct text){equity.data, equity.size}, AMOUNT_DECIMALS,
                                  &out->start_equity.units);
    text_buffer_release(&equity);
    enum status status = sweep_store_read(store, &reader, problem);
    if (status == STATUS_OK && out->count > 0)
        qsort(out->trials, out->count, sizeof *out->trials, by_sharpe);
    if (status != STATUS_OK) {
        sweep_summary_release(out);
        return problem_set(problem, status, "sweep", "its trials cannot be read");
    }
    return STATUS_OK;
}

enum status sweep_summarize(const char *store_path, struct sweep_summary *out,
                            struct problem *problem)
{
    struct sweep_store *store = NULL;
    *out = (struct sweep_summary){0};
    enum status status = sweep_store_open(store_path, false, &store, problem);
    if (status != STATUS_OK)
        return status;
    status = summary_read(store, out, problem);
    sweep_store_close(store);
    if (status != STATUS_OK)
        return status;
    deflate(out);
    status = overfit_judge(out);
    if (status != STATUS_OK) {
        sweep_summary_release(out);
        return problem_set(problem, status, "sweep", "not enough memory");
    }
    return STATUS_OK;
}

/* ---- the engine agrees ----------------------------------------------------------------------- */

static bool trials_equal(const struct sweep_trial *trial, const struct sweep_row *row,
                         const double *returns, size_t count, size_t periods)
{
    bool sharpe = memcmp(&trial->row.sharpe, &row->sharpe, sizeof row->sharpe) == 0 ||
                  (!double_is_finite(trial->row.sharpe) && !double_is_finite(row->sharpe));
    bool same = row->state == SWEEP_DONE && sharpe && trial->row.fills == row->fills &&
                trial->row.end_equity.units == row->end_equity.units &&
                trial->row.fees.units == row->fees.units;
    if (count == 0)
        return same; /* equity was gone */
    return same && count == periods &&
           memcmp(trial->returns, returns, count * sizeof *returns) == 0;
}

static enum status check_one(struct sweep_run *run, const struct sweep_summary *summary,
                             uint32_t place, struct problem *problem)
{
    const struct sweep_trial *trial = &summary->trials[place];
    struct sweep_row row;
    double *returns = NULL;
    size_t count = 0;
    enum status status = sweep_engine_trial(run, trial->row.id, &row, &returns, &count, problem);
    if (status == STATUS_OK && !trials_equal(trial, &row, returns, count, summary->periods)) {
        status = problem_set(problem, STATUS_CORRUPT, "sweep",
                             "the engine says something else of %s than the sweep", trial->params);
        problem_next(problem, "remove the sweep and report this");
    }
    run->checked += status == STATUS_OK;
    free(returns);
    return status;
}

enum status sweep_check(struct sweep_run *run, uint32_t count, struct problem *problem)
{
    struct sweep_summary summary;
    enum status status = summary_read(run->store, &summary, problem);
    if (status != STATUS_OK)
        return status;
    uint32_t last = UINT32_MAX;
    for (uint32_t i = 0; status == STATUS_OK && i < count && summary.count > 0; i++) {
        uint32_t place = count < 2 ? 0 : i * (summary.count - 1) / (count - 1);
        if (place != last)
            status = check_one(run, &summary, place, problem);
        last = place;
    }
    sweep_summary_release(&summary);
    return status;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void counted_set(struct sweep_run *run, uint64_t stored, const struct trials *trials)
{
    struct problem problem;
    char text[64];
    problem_init(&problem);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)stored);
    (void)!sweep_store_set(run->store, "counted", text, &problem);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)trials->count);
    (void)!sweep_store_set(run->store, "trials_counted", text, &problem);
    (void)snprintf(text, sizeof text, "%.17g", trials->sharpe_variance);
    (void)!sweep_store_set(run->store, "trials_variance", text, &problem);
}

void sweep_count(struct sweep_run *run)
{
    struct problem problem;
    struct sweep_summary summary;
    problem_init(&problem);
    if (run->request->trials_path == NULL ||
        summary_read(run->store, &summary, &problem) != STATUS_OK)
        return;
    uint64_t before = number_get(run->store, "counted");
    if (summary.count > before) {
        double mean = 0, squares = 0;
        uint32_t with = 0;
        uint64_t words[5] = {0, 0, before, summary.count, 0};
        struct trials trials;
        own_variance(&summary, &mean, &squares, &with);
        memcpy(words, &run->identity, sizeof run->identity);
        struct hash128 config = run->base.assembly.engine.config_hash;
        struct hash128 both[2] = {config, hash128_of(words, sizeof words)};
        struct trial trial = {.data_hash = run->base.data_hash,
                              .config_hash = hash128_of(both, sizeof both),
                              .kind = run->kind,
                              .count = summary.count - before,
                              .sharpe_mean = mean,
                              .sharpe_squares = squares};
        if (run->kind[0] == '\0')
            trial.kind = config_bot_kind_name(run->config.bots[0].kind);
        if (trials_record(run->request->trials_path, &trial, &trials, &problem) == STATUS_OK)
            counted_set(run, summary.count, &trials);
    }
    sweep_summary_release(&summary);
}

/* ---- apply ----------------------------------------------------------------------------------- */

static enum status parameters_of(const char *store_path, struct sweep_store *store, uint32_t number,
                                 struct text_buffer *out, struct problem *problem)
{
    struct sweep_summary summary;
    enum status status = summary_read(store, &summary, problem);
    if (status != STATUS_OK)
        return status;
    const struct sweep_trial *found = NULL;
    for (uint32_t i = 0; i < summary.count; i++) {
        if (summary.trials[i].row.id == number || (number == UINT32_MAX && i == 0))
            found = &summary.trials[i];
    }
    if (number == UINT32_MAX && summary.count > 0)
        found = &summary.trials[0];
    if (found == NULL)
        status = problem_set(problem, STATUS_NOT_FOUND, store_path, "no trial of that number ran");
    else
        text_buffer_print(out, "%u %s", found->row.id, found->params);
    sweep_summary_release(&summary);
    return status;
}

/* `grid bots.a.params.fast=5,10 …` gives the keys; the trial's params their values, in order. */
static size_t layers_of(struct text space, struct text params, struct config_layer *layers,
                        char keys[][SWEEP_KEY_SIZE], char values[][SWEEP_VALUE_SIZE])
{
    size_t count = 0;
    while (space.data != NULL && count < SWEEP_AXES_MAX) {
        struct text word = text_split(&space, ' ');
        struct text key = text_split(&word, '=');
        struct sweep_space one;
        struct problem ignored;
        char written[SWEEP_KEY_SIZE + 4];
        if (word.data == NULL)
            continue;
        struct text pair = text_split(&params, ' ');
        (void)text_split(&pair, '=');
        problem_init(&ignored);
        sweep_space_init(&one);
        (void)snprintf(written, sizeof written, "%.*s=0", (int)key.size, key.data);
        if (sweep_space_add(&one, text_of(written), &ignored) == STATUS_OK) {
            (void)text_copy(keys[count], SWEEP_KEY_SIZE, text_of(one.axes[0].key));
            (void)text_copy(values[count], SWEEP_VALUE_SIZE, pair);
            layers[count] = (struct config_layer){
                .name = "sweep", .key = keys[count], .text = text_of(values[count])};
            count++;
        }
        sweep_space_release(&one);
    }
    return count;
}

static enum status applied(struct sweep_store *store, struct text params, struct config *config,
                           struct problem *problem)
{
    struct text_buffer file, name, space;
    struct config_layer layers[SWEEP_AXES_MAX + 1];
    char keys[SWEEP_AXES_MAX][SWEEP_KEY_SIZE];
    char values[SWEEP_AXES_MAX][SWEEP_VALUE_SIZE];
    text_buffer_init(&file, 16u << 20);
    text_buffer_init(&name, 4096);
    text_buffer_init(&space, 16u << 20);
    enum status status = STATUS_CORRUPT;
    if (sweep_store_get(store, "config", &file) && sweep_store_get(store, "space", &space) &&
        sweep_store_get(store, "config_name", &name) && name.data != NULL) {
        layers[0] = (struct config_layer){.name = name.data, .text = {file.data, file.size}};
        size_t count = layers_of((struct text){space.data, space.size}, params, layers + 1, keys,
                                 values);
        status = config_read_layers(layers, count + 1, CONFIG_BACKTEST, config, problem);
    } else {
        problem_set(problem, status, "sweep", "has no configuration");
    }
    text_buffer_release(&file);
    text_buffer_release(&name);
    text_buffer_release(&space);
    return status;
}

enum status sweep_apply(const char *store_path, uint32_t trial, struct text_buffer *out,
                        struct problem *problem)
{
    struct sweep_store *store = NULL;
    struct text_buffer found;
    struct config config = {0};
    text_buffer_init(&found, 4096);
    enum status status = sweep_store_open(store_path, false, &store, problem);
    if (status == STATUS_OK)
        status = parameters_of(store_path, store, trial, &found, problem);
    if (status == STATUS_OK) {
        struct text params = {found.data, found.size};
        struct text number = text_split(&params, ' ');
        status = applied(store, params, &config, problem);
        if (status == STATUS_OK) {
            text_buffer_print(out,
                              "# From the sweep %s, trial %.*s: %.*s.\n"
                              "# Found by trying: see its deflated Sharpe ratio and PBO with "
                              "`tern sweep show`.\n",
                              store_path, (int)number.size, number.data, (int)params.size,
                              params.data);
            config_canonical(&config, out);
            config_release(&config);
        }
    }
    sweep_store_close(store);
    text_buffer_release(&found);
    return status;
}
