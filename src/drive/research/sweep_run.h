/* One sweep while it runs; shared by sweep.c, which works, and sweep_judge.c, which looks at what
 * it did. Inner header of the sweep. */
#ifndef TERN_DRIVE_RESEARCH_SWEEP_RUN_H
#define TERN_DRIVE_RESEARCH_SWEEP_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "drive/research/evaluator.h"
#include "drive/research/sweep.h"

struct sweep_run {
    const struct sweep_request *request;
    struct config_layer layer; /* the file as it was at the start; trials lie over it */
    struct config config;      /* of the file alone */
    struct loaded_data data;
    struct backtest base;
    struct evaluator evaluator; /* where evaluated */
    struct hash128 identity;    /* of space, method and seed */
    bool has_layer, has_base, evaluated;
    uint32_t fast_axis, slow_axis; /* UINT32_MAX: of the file */
    uint32_t at_once, resumed, checked;
    bool *is_done; /* owned, [trial]: in the store before this run */
    char kind[RESULT_NAME_SIZE];

    pthread_mutex_t lock; /* guards what follows up to commit_ns, and kind */
    struct sweep_store *store;
    enum status status; /* of the first failure */
    struct problem problem;
    int64_t commit_ns;

    _Atomic uint32_t next, finished;
    _Atomic bool stop;
};

void sweep_identity(const struct sweep_space *space, enum sweep_method method, uint64_t seed,
                    struct text_buffer *out);
/* One trial by the engine: *returns is the caller's to free. A trial whose configuration cannot run
 * is SWEEP_INVALID, no failure. */
MUST_USE enum status sweep_engine_trial(struct sweep_run *run, uint32_t trial,
                                        struct sweep_row *row, double **returns, size_t *count,
                                        struct problem *problem);
/* Keys that would change the data themselves are refused; so are those the file does not know. */
MUST_USE enum status sweep_keys_check(const struct sweep_run *run, struct problem *problem);
/* Whether every trial is a pair of averages that the evaluator takes. */
bool sweep_pairs_find(struct sweep_run *run);
struct evaluator_pair sweep_pair_of(const struct sweep_run *run, uint32_t trial);
/* The best trial and others by the engine: STATUS_CORRUPT where it says something else. */
MUST_USE enum status sweep_check(struct sweep_run *run, uint32_t count, struct problem *problem);
/* Counts the trials that are in the store and were not counted; that it fails is no failure. */
void sweep_count(struct sweep_run *run);

#endif
