/* A sweep: one configuration, many values of some keys, every trial judged and counted.
 *
 *     sweep_space ──► trials ──► threads ──► store (one file, resumable) ──► summary
 *                                  │                                          deflated Sharpe, PBO
 *                                  └─ the evaluator where the rule allows it, else one engine each
 *
 * What the evaluator says is checked against the engine on the best trial and two others. A store
 * belongs to one configuration, one set of data and one space: where any of them changed since the
 * sweep began, nothing is mixed and the sweep is refused. Every trial that ran is counted in
 * trials.h, also those of a sweep that was interrupted. */
#ifndef TERN_DRIVE_RESEARCH_SWEEP_H
#define TERN_DRIVE_RESEARCH_SWEEP_H

#include "drive/research/execute.h"
#include "drive/research/overfit.h"
#include "drive/research/sweep_space.h"
#include "world/store/sweep_store.h"

struct sweep_request {
    const struct execute_ports *ports;
    const char *config_path;
    const struct sweep_space *space; /* drawn */
    enum sweep_method method;
    uint32_t threads; /* 0: one a core */
    uint64_t seed;
    const char *store_path;  /* the file; made where it is not there */
    const char *trials_path; /* NULL: trials are not counted */
    bool engine_only;        /* never the evaluator */
    /* As execute_request has it. */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

struct sweep_trial {
    struct sweep_row row;
    char *params;    /* owned: fast=5 slow=30 */
    double *returns; /* owned, [period]; zeros where equity was gone */
};

struct sweep_summary {
    struct sweep_trial *trials; /* owned; those that ran, the best Sharpe ratio first */
    uint32_t count, invalid, wanted;
    size_t periods;
    struct amount start_equity;
    uint64_t counted;       /* trials of these data and this kind, ever: trials.h */
    double sharpe_variance; /* of them */
    double deflated;        /* of the best; NaN where it is not defined */
    bool has_overfit;
    struct overfit overfit;
    unsigned overfit_blocks;
};

/* How a run went, beside its results. */
struct sweep_progress {
    uint32_t resumed; /* trials that were there */
    uint32_t run;
    uint32_t checked; /* evaluated trials that the engine confirmed */
    bool evaluated;   /* by the evaluator */
    double seconds;
    uint64_t bars; /* of the data */
};

/* Runs what is missing. STATUS_INTERRUPTED keeps what is done. STATUS_CONFIG_INVALID where the
 * store
 * belongs to another configuration, other data or another space; STATUS_CORRUPT where evaluator and
 * engine differ. */
MUST_USE enum status sweep_run(const struct sweep_request *request, struct sweep_progress *out,
                               struct problem *problem);
/* Reads a store and judges it. */
MUST_USE enum status sweep_summarize(const char *store_path, struct sweep_summary *out,
                                     struct problem *problem);
void sweep_summary_release(struct sweep_summary *summary);
/* The file of a sweep below a folder: `score-1f3a90bc.db`, from the configuration's file name and
 * the space. */
void sweep_file_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                     const struct sweep_space *space, enum sweep_method method, uint64_t seed);
/* The whole configuration of a trial, with where it came from in comments at its head. */
MUST_USE enum status sweep_apply(const char *store_path, uint32_t trial, struct text_buffer *out,
                                 struct problem *problem);

#endif
