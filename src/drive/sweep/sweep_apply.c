/* From a trial back to a configuration that can be run and kept. */
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep_run.h"

static const struct sweep_trial *trial_find(const struct sweep_summary *summary, uint32_t candidate)
{
    if (candidate == UINT32_MAX)
        return summary->count > 0 ? &summary->trials[0] : NULL;
    /* The last rung it was in is first. */
    for (uint32_t i = 0; i < summary->count; i++) {
        if (sweep_candidate(summary, &summary->trials[i]) == candidate)
            return &summary->trials[i];
    }
    return NULL;
}

static void amount_line(struct text_buffer *out, const char *name, struct amount amount)
{
    char text[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
    text_buffer_print(out, "#   %-16s %s\n", name, text);
}

static void number_line(struct text_buffer *out, const char *name, double value)
{
    char text[DOUBLE_TEXT_SIZE] = "-";
    if (double_is_finite(value))
        (void)double_format(text, value);
    text_buffer_print(out, "#   %-16s %s\n", name, text);
}

/* Comments: a configuration that was found by trying is no other configuration than one that was
 * written by hand, and has the same hash. */
static void provenance_append(const struct sweep_summary *summary, const struct sweep_trial *trial,
                              struct text_buffer *out)
{
    const struct sweep_rung *rung = &summary->rungs[trial->row.rung];
    text_buffer_print(out,
                      "# Found by trying, not by reasoning: `tern sweep show` says how much of it "
                      "may be luck.\n"
                      "#   %-16s %.8s of %s\n"
                      "#   %-16s %u: %s\n",
                      "sweep", summary->id, summary->config_name, "trial",
                      sweep_candidate(summary, trial), trial->params);
    text_buffer_print(out, "#   %-16s %s\n", "config_hash", summary->config_hash);
    text_buffer_print(out, "#   %-16s %s\n", "data_hash", summary->data_hash);
    text_buffer_print(out, "#   %-16s %s", "method", sweep_method_name(summary->plan.method));
    if (summary->plan.eta > 0) {
        text_buffer_print(out, ", halving by %u, rung %u: the first %u days", summary->plan.eta,
                          trial->row.rung + 1, rung->days);
    }
    text_buffer_print(out, "\n");
    if (summary->plan.method != SWEEP_GRID)
        text_buffer_print(out, "#   %-16s %llu\n", "seed", (unsigned long long)summary->plan.seed);
    number_line(out, "sharpe_period", trial->row.sharpe);
    amount_line(out, "end_equity", trial->row.end_equity);
    amount_line(out, "fees", trial->row.fees);
    text_buffer_print(out, "#   %-16s %llu\n", "fills", (unsigned long long)trial->row.fills);
    text_buffer_print(out, "#   %-16s %llu\n", "trials_counted",
                      (unsigned long long)summary->counted);
    if (trial == &summary->trials[0])
        number_line(out, "deflated_sharpe", summary->deflated);
    if (summary->has_overfit)
        number_line(out, "pbo", summary->overfit.probability);
}

static enum status config_append(struct sweep_store *store, const struct sweep_summary *summary,
                                 uint32_t candidate, struct text_buffer *out,
                                 struct problem *problem)
{
    struct config config;
    enum status status = sweep_config_read(store, &summary->space, candidate, &config, problem);
    if (status == STATUS_OK) {
        config_canonical(&config, out);
        config_release(&config);
    }
    return status;
}

enum status sweep_apply(const char *store_path, uint32_t candidate, struct text_buffer *out,
                        struct problem *problem)
{
    struct sweep_store *store = NULL;
    struct sweep_summary summary;
    enum status status = sweep_summarize(store_path, &summary, problem);
    if (status != STATUS_OK)
        return status;
    const struct sweep_trial *trial = trial_find(&summary, candidate);
    if (trial == NULL) {
        problem_set(problem, STATUS_NOT_FOUND, store_path, "no trial of that number ran");
        problem_next(problem, "tern sweep export prints those that did");
        status = STATUS_NOT_FOUND;
    } else {
        status = sweep_store_open(store_path, false, &store, problem);
    }
    if (status == STATUS_OK) {
        provenance_append(&summary, trial, out);
        status = config_append(store, &summary, sweep_candidate(&summary, trial), out, problem);
    }
    sweep_store_close(store);
    sweep_summary_release(&summary);
    return status;
}
