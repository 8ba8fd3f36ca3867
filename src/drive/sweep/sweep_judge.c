/* What the threads of a sweep did: which candidates the evaluator may take, whether the engine
 * agrees, and how many trials that makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/result/statistics.h"
#include "drive/sweep/sweep_run.h"
#include "drive/result/trials.h"

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

static uint32_t value_of(const struct sweep_run *run, uint32_t candidate, uint32_t axis, int param)
{
    uint32_t value = 0;
    if (axis == NO_AXIS)
        return (uint32_t)run->config.bots[0].params[param].value.integer;
    (void)whole_number(sweep_space_value(run->request->space, candidate, axis), &value);
    return value;
}

struct evaluator_pair sweep_pair_of(const struct sweep_run *run, uint32_t candidate)
{
    return (struct evaluator_pair){value_of(run, candidate, run->fast_axis, CONFIG_MA_CROSS_FAST),
                                   value_of(run, candidate, run->slow_axis, CONFIG_MA_CROSS_SLOW)};
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

/* ---- the engine agrees ----------------------------------------------------------------------- */

static bool trials_equal(const struct sweep_trial *trial, const struct sweep_row *row,
                         const double *returns, size_t count)
{
    bool sharpe = memcmp(&trial->row.sharpe, &row->sharpe, sizeof row->sharpe) == 0 ||
                  (!double_is_finite(trial->row.sharpe) && !double_is_finite(row->sharpe));
    bool same = row->state == SWEEP_DONE && sharpe && trial->row.fills == row->fills &&
                trial->row.end_equity.units == row->end_equity.units &&
                trial->row.fees.units == row->fees.units;
    if (count == 0)
        return same; /* equity was gone */
    return same && count == trial->periods &&
           memcmp(trial->returns, returns, count * sizeof *returns) == 0;
}

/* One trial that is checked, on a thread of its own. */
struct check {
    struct sweep_run *run;
    const struct sweep_summary *summary;
    uint32_t place;
    enum status status;
    struct problem problem;
};

static void *check_one(void *context)
{
    struct check *check = context;
    const struct sweep_trial *trial = &check->summary->trials[check->place];
    struct sweep_row row;
    double *returns = NULL;
    size_t count = 0;
    problem_init(&check->problem);
    check->status = sweep_engine_trial(check->run, sweep_candidate(check->summary, trial), &row,
                                       &returns, &count, &check->problem);
    if (check->status == STATUS_OK && !trials_equal(trial, &row, returns, count)) {
        check->status = problem_set(&check->problem, STATUS_CORRUPT, "sweep",
                                    "the engine says something else of %s than the sweep",
                                    trial->params);
        problem_next(&check->problem, "remove the sweep and report this");
    }
    free(returns);
    return NULL;
}

/* The first trial that differs says what is wrong, whichever thread was first. */
static enum status checks_run(struct sweep_run *run, struct check *checks, uint32_t count,
                              struct problem *problem)
{
    pthread_t threads[SWEEP_CHECKS_MAX];
    bool started[SWEEP_CHECKS_MAX] = {false};
    for (uint32_t i = 0; i < count; i++) {
        started[i] = pthread_create(&threads[i], NULL, check_one, &checks[i]) == 0;
        if (!started[i])
            (void)check_one(&checks[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (started[i])
            (void)pthread_join(threads[i], NULL);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (checks[i].status != STATUS_OK) {
            *problem = checks[i].problem;
            return checks[i].status;
        }
        run->checked++;
    }
    return STATUS_OK;
}

enum status sweep_check(struct sweep_run *run, uint32_t count, struct problem *problem)
{
    struct sweep_summary summary;
    struct check checks[SWEEP_CHECKS_MAX];
    uint32_t made = 0;
    ASSERT(count <= SWEEP_CHECKS_MAX);
    enum status status = sweep_summary_read(run->store, &summary, problem);
    if (status != STATUS_OK)
        return status;
    /* Those of the last rung are first, and the rung that runs is the last there is. */
    uint32_t ran = summary.rungs_count == run->rung + 1 ? summary.full : 0;
    for (uint32_t i = 0; i < count && ran > 0; i++) {
        uint32_t place = count < 2 ? 0 : i * (ran - 1) / (count - 1);
        if (made == 0 || place != checks[made - 1].place)
            checks[made++] = (struct check){.run = run, .summary = &summary, .place = place};
    }
    status = checks_run(run, checks, made, problem);
    sweep_summary_release(&summary);
    return status;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void counted_set(struct sweep_run *run, uint64_t stored, double mean, double squares,
                        const struct trials *trials)
{
    struct problem problem;
    char text[64];
    problem_init(&problem);
    (void)!sweep_store_begin(run->store, &problem);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)stored);
    (void)!sweep_store_set(run->store, "counted", text, &problem);
    (void)snprintf(text, sizeof text, "%.17g", mean);
    (void)!sweep_store_set(run->store, "counted_mean", text, &problem);
    (void)snprintf(text, sizeof text, "%.17g", squares);
    (void)!sweep_store_set(run->store, "counted_squares", text, &problem);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)trials->count);
    (void)!sweep_store_set(run->store, "trials_counted", text, &problem);
    (void)snprintf(text, sizeof text, "%.17g", trials->sharpe_variance);
    (void)!sweep_store_set(run->store, "trials_variance", text, &problem);
    (void)!sweep_store_commit(run->store, &problem);
}

/* Mean and squares of those of `all` that are not among the `before` that were counted: the merge
 * of two sets of values (Chan, Golub and LeVeque, 1979) solved for one of them. */
static void rest_of(double all, double all_mean, double all_squares, double before,
                    double before_mean, double before_squares, double *mean, double *squares)
{
    double rest = all - before;
    *mean = (all * all_mean - before * before_mean) / rest;
    double apart = *mean - before_mean;
    *squares = all_squares - before_squares - apart * apart * before * rest / all;
    if (!(*squares > 0))
        *squares = 0;
}

void sweep_count(struct sweep_run *run)
{
    struct problem problem;
    struct sweep_summary summary;
    problem_init(&problem);
    if (run->request->trials_path == NULL ||
        sweep_summary_read(run->store, &summary, &problem) != STATUS_OK)
        return;
    uint64_t before = sweep_meta_number(run->store, "counted");
    if (summary.count > before) {
        double all_mean = 0, all_squares = 0, mean = 0, squares = 0;
        uint32_t with = 0;
        uint64_t words[5] = {0, 0, before, summary.count, 0};
        struct trials trials;
        sweep_variance(&summary, &all_mean, &all_squares, &with);
        mean = all_mean;
        squares = all_squares;
        if (before > 0 && double_is_finite(all_mean)) {
            rest_of(summary.count, all_mean, all_squares, (double)before,
                    sweep_meta_double(run->store, "counted_mean"),
                    sweep_meta_double(run->store, "counted_squares"), &mean, &squares);
        }
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
            counted_set(run, summary.count, all_mean, all_squares, &trials);
    }
    sweep_summary_release(&summary);
}
