/* A sweep: one configuration, many values of some keys, every trial judged and counted.
 *
 *     sweep_space ──► candidates ──► threads ──► store (one file, resumable) ──► summary
 *                          ▲            │                                          deflated Sharpe
 *      next rung: the best └────────────┤                                          ratio, PBO
 *                                       └─ the evaluator where the rule allows it, else one engine
 *                                          each
 *
 * What the evaluator says is checked against the engine on the best trial of each rung and two
 * others. A store belongs to one configuration, one set of data and one space: where any of them
 * changed since the sweep began, nothing is mixed and the sweep is refused. Every trial that ran is
 * counted in trials.h, those of every rung and those of a sweep that was interrupted.
 *
 * meta of the store: schema, sweep_id, config_hash, data_hash, space (the identity of
 * sweep_space.h), data (a line a series), config (the file), config_name, config_folder, kind,
 * rungs (days of each), start_equity, trials (how many there are to run), counted (how many
 * trials.h has been told of; counted_mean and counted_squares of them), trials_counted and
 * trials_variance (what trials.h said of these data). */
#ifndef TERN_DRIVE_SWEEP_SWEEP_H
#define TERN_DRIVE_SWEEP_SWEEP_H

#include "drive/backtest/execute.h"
#include "drive/result/overfit.h"
#include "drive/sweep/sweep_halving.h"
#include "drive/sweep/sweep_space.h"
#include "world/store/sweep_store.h"

struct sweep_request {
    const struct execute_ports *ports;
    const char *config_path;
    const struct sweep_space *space; /* drawn */
    const struct sweep_plan *plan;   /* it was drawn by */
    uint32_t threads;                /* 0: one a core */
    const char *store_path;          /* the file; made where it is not there */
    const char *trials_path;         /* NULL: trials are not counted */
    bool engine_only;                /* never the evaluator */
    /* As execute_request has it. */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

struct sweep_trial {
    struct sweep_row row;
    char *params;    /* owned: fast=5 slow=30 */
    double *returns; /* owned, [period]; zeros where equity was gone */
    size_t periods;  /* 0: no returns */
};

struct sweep_rung {
    uint32_t days, ran, invalid;
    size_t periods; /* 0: unknown */
    uint32_t first; /* its first trial in `trials` */
};

struct sweep_summary {
    /* Owned; those that ran, those of the last rung first, of a rung the best Sharpe ratio. */
    struct sweep_trial *trials;
    uint32_t count, invalid, wanted;
    uint32_t full; /* of them in the last rung that ran: over all data where the sweep is done */
    struct sweep_rung rungs[SWEEP_RUNGS_MAX];
    uint32_t rungs_count; /* that have run; 1 where nothing is halved */
    size_t periods;       /* of the trials of the last rung */
    struct sweep_plan plan;
    struct sweep_space space; /* owned; no axes where the store does not say */
    char id[HASH_TEXT_SIZE], config_hash[HASH_TEXT_SIZE], data_hash[HASH_TEXT_SIZE];
    char config_name[RESULT_NAME_SIZE]; /* without its folder */
    struct amount start_equity;
    uint64_t counted;       /* trials of these data and this kind, ever: trials.h */
    double sharpe_variance; /* of them */
    double deflated;        /* of the best; NaN where it is not defined */
    /* Of all candidates, over the days of the first rung: later ones were chosen by what they had
     * earned there. */
    bool has_overfit;
    struct overfit overfit;
    unsigned overfit_blocks;
};

/* The candidate that a trial is a run of. */
static inline uint32_t sweep_candidate(const struct sweep_summary *summary,
                                       const struct sweep_trial *trial)
{
    return summary->space.trials == 0 ? trial->row.id : trial->row.id % summary->space.trials;
}

/* How a run went, beside its results. */
struct sweep_progress {
    uint32_t resumed; /* trials that were there */
    uint32_t run;
    uint32_t checked; /* evaluated trials that the engine confirmed */
    bool evaluated;   /* by the evaluator */
    uint32_t rungs;
    double seconds;
    uint64_t bars; /* of the data */
};

/* Runs what is missing. STATUS_INTERRUPTED keeps what is done. STATUS_CONFIG_INVALID where the
 * store belongs to another configuration, other data or another space, with what differs;
 * STATUS_CORRUPT where the store is damaged, or evaluator and engine differ. */
MUST_USE enum status sweep_run(const struct sweep_request *request, struct sweep_progress *out,
                               struct problem *problem);
/* Reads a store and judges it. */
MUST_USE enum status sweep_summarize(const char *store_path, struct sweep_summary *out,
                                     struct problem *problem);
void sweep_summary_release(struct sweep_summary *summary);
/* The file of a sweep below a folder: `score-1f3a90bc.db`, from the configuration's file name and
 * the space. */
void sweep_file_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                     const struct sweep_space *space, const struct sweep_plan *plan);
/* The whole configuration of a candidate, UINT32_MAX: of the best, with where it came from in
 * comments at its head. STATUS_NOT_FOUND where no such candidate ran. */
MUST_USE enum status sweep_apply(const char *store_path, uint32_t candidate,
                                 struct text_buffer *out, struct problem *problem);

#endif
