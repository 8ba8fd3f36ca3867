/* One sweep while it runs; shared by sweep.c, which goes from rung to rung, sweep_work.c, whose
 * threads run the trials, sweep_match.c, which says whether a store is of this sweep, and
 * sweep_judge.c, which looks at what was done. Inner header of the sweep. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_RUN_H
#define TERN_DRIVE_SWEEP_SWEEP_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "drive/sweep/evaluator.h"
#include "drive/sweep/sweep.h"

#define SWEEP_CHECKS_MAX 8u

struct sweep_run {
    const struct sweep_request *request;
    struct config_layer layer; /* the file as it was at the start; trials lie over it */
    struct config config;      /* of the file alone */
    struct loaded_data data;
    struct backtest base;    /* over all the data */
    struct hash128 identity; /* of space and plan */
    bool has_layer, has_base;
    bool fresh;                    /* the store was empty */
    uint32_t fast_axis, slow_axis; /* UINT32_MAX: of the file */
    struct sweep_rungs rungs;
    uint32_t resumed, checked;

    /* The rung that runs. Threads read it. */
    uint32_t rung;
    struct backtest_series *series; /* owned: the data as far as the rung sees them */
    struct backtest cut;            /* over them */
    struct evaluator evaluator;     /* where evaluated */
    bool has_cut, evaluated;
    uint32_t *open; /* owned: candidates of the rung that are not in the store, rising */
    uint32_t open_count, at_once;
    uint64_t bars; /* that a candidate sees */

    pthread_mutex_t lock; /* guards what follows up to commit_ns */
    struct sweep_store *store;
    struct sweep_standing *standings; /* owned: every run there is, of every rung */
    uint32_t standings_count, standings_capacity;
    char kind[RESULT_NAME_SIZE];
    enum status status; /* of the first failure */
    struct problem problem;
    int64_t commit_ns;

    _Atomic uint32_t next;     /* place in `open` */
    _Atomic uint32_t finished; /* of this run, over all rungs */
    _Atomic uint64_t bars_done;
    _Atomic bool stop;
};

static inline uint32_t sweep_id_of(const struct sweep_run *run, uint32_t candidate)
{
    return run->rung * run->request->space->trials + candidate;
}

/* ---- sweep_match.c --------------------------------------------------------------------------- */

/* Writes what the sweep is into an empty store, or compares: STATUS_CONFIG_INVALID with what
 * differs, key by key. */
MUST_USE enum status sweep_match(struct sweep_run *run, struct problem *problem);
/* Appends a member of meta; STATUS_CORRUPT with the problem set where it is not there. */
MUST_USE enum status sweep_meta_get(struct sweep_store *store, const char *key,
                                    struct text_buffer *out, struct problem *problem);
/* The configuration of the file that the sweep was begun with, or where there is a space of one of
 * its candidates; the caller releases it. */
MUST_USE enum status sweep_config_read(struct sweep_store *store, const struct sweep_space *space,
                                       uint32_t candidate, struct config *config,
                                       struct problem *problem);
/* `halving 3 grid KEY=VALUE` as lines KEY, tab, VALUE, tab, the form of differ.h: a word
 * alone is a key that is on, or has the number behind it. */
void sweep_words_list(struct text text, char between, char behind, struct text_buffer *out);
/* Of the three that identify a sweep. */
struct hash128 sweep_id_make(struct text config_hash, struct text data_hash, struct text space);

/* ---- sweep_work.c ---------------------------------------------------------------------------- */

/* The configuration of a candidate; the caller releases it. */
MUST_USE enum status sweep_config_of(const struct config_layer *file,
                                     const struct sweep_space *space, uint32_t candidate,
                                     struct config *config, struct problem *problem);
/* Notes a run; the lock is held where threads run. */
MUST_USE enum status sweep_note(struct sweep_run *run, const struct sweep_row *row);
/* One candidate over the data of the rung by the engine: *returns is the caller's to free. One
 * whose configuration cannot run is SWEEP_INVALID, no failure. */
MUST_USE enum status sweep_engine_trial(struct sweep_run *run, uint32_t candidate,
                                        struct sweep_row *row, double **returns, size_t *count,
                                        struct problem *problem);
/* Runs the open candidates of the rung. `bars` is how many bars this run is to see in all, over all
 * candidates and rungs: what progress is measured by, for a trial of a later rung is longer. */
MUST_USE enum status sweep_work(struct sweep_run *run, uint64_t bars, struct problem *problem);
int64_t sweep_now_ns(void);

/* ---- sweep_judge.c --------------------------------------------------------------------------- */

/* Keys that would change the data themselves are refused; so are those the file does not know. */
MUST_USE enum status sweep_keys_check(const struct sweep_run *run, struct problem *problem);
/* Whether every candidate is a pair of averages that the evaluator takes. */
bool sweep_pairs_find(struct sweep_run *run);
struct evaluator_pair sweep_pair_of(const struct sweep_run *run, uint32_t candidate);
/* The best trial of the rung and others, `count` <= SWEEP_CHECKS_MAX, by engines, each on a thread
 * of its own: STATUS_CORRUPT where one says something else. */
MUST_USE enum status sweep_check(struct sweep_run *run, uint32_t count, struct problem *problem);
/* Counts the trials that are in the store and were not counted; that it fails is no failure. */
void sweep_count(struct sweep_run *run);

/* ---- sweep_summary.c ------------------------------------------------------------------------- */

/* The trials of a store, sorted, without their judgement. */
MUST_USE enum status sweep_summary_read(struct sweep_store *store, struct sweep_summary *out,
                                        struct problem *problem);
/* Mean of the Sharpe ratios of trials, sum of squared differences, and how many have one.
 * Differences are from the mean of their rung and count by its share of the days: the variance of
 * a Sharpe ratio that was estimated over T periods goes as 1 / T (Lo, "The Statistics of Sharpe
 * Ratios", 2002), and the first rungs would drown the last. */
void sweep_variance(const struct sweep_summary *summary, double *mean, double *squares,
                    uint32_t *count);
uint64_t sweep_meta_number(struct sweep_store *store, const char *key);
double sweep_meta_double(struct sweep_store *store, const char *key);

#endif
