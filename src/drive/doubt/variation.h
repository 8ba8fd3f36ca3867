/* One configuration, run many times with something changed: other values of some keys, worse costs,
 * later orders, a window of the data, other bars.
 *
 *     workbench_open(&bench, &ports, "cross.yaml", &problem)      read once, data loaded once
 *     variation_run(&bench, &(struct variation){.cost_factor = 2}, &outcome, &problem)
 *     outcome_release(&outcome)
 *     workbench_close(&bench)
 *
 * Every run is a whole back-test by the engine and the exchange; none is counted as a trial here,
 * which is the caller's to do. A workbench that is open is only read: threads share it. */
#ifndef TERN_DRIVE_DOUBT_VARIATION_H
#define TERN_DRIVE_DOUBT_VARIATION_H

#include "drive/backtest/execute.h"

#define VARIATION_CHANGES_MAX 64u

struct workbench {
    const struct execute_ports *ports; /* borrowed */
    const char *path;                  /* borrowed */
    struct config_layer layer;         /* the file as it was */
    struct config config;              /* of it */
    struct loaded_data data;
    struct hash128 data_hash, config_hash;
    char kind[RESULT_NAME_SIZE]; /* of its bots, for counting trials */
    int64_t from_ns, to_ns;      /* opening of the first bar, closing of the last */
    bool is_session;             /* runs on recorded order books; what follows is 0 then */
    int64_t bar_ns;              /* of the finest series */
    int64_t step_ns;             /* every series has a bar that ends at each multiple of it */
};

/* Progress as execute_request has it, of the loading; request.config_path is the file. */
MUST_USE enum status workbench_open(struct workbench *bench, const struct execute_ports *ports,
                                    const struct execute_request *request, struct problem *problem);
void workbench_close(struct workbench *bench);
/* STATUS_CONFIG_INVALID of a session, for what needs bars. */
MUST_USE enum status workbench_need_bars(const struct workbench *bench, struct problem *problem);

struct variation {
    const struct config_layer *changes; /* over the file, a later one wins; borrowed */
    size_t changes_count;               /* at most VARIATION_CHANGES_MAX */
    uint32_t cost_factor;               /* of fees and slippage; 0 counts as 1 */
    int64_t slippage_bps;               /* added */
    uint32_t latency_factor;            /* of a session: of the latency of orders; 0 counts as 1 */
    /* Of bars alone. */
    uint32_t delay_bars;    /* backtest_options */
    int64_t decide_from_ns; /* backtest_options */
    int64_t end_ns;         /* bars that close later are left out; 0: none */
    /* NULL: the data of the workbench. As many as it has, in the same order; borrowed. */
    const struct backtest_series *series;
    const struct journal_sink *sink; /* NULL: none */
};

struct outcome {
    bool ran; /* false: these values are no configuration that can run; why says so */
    char why[200];
    struct backtest_result result; /* owned */
    struct metrics metrics;
    double *returns; /* owned, [returns_count]: a period; NULL where equity was gone */
    size_t returns_count;
    int64_t period_ns;
};

/* A combination of values that is none is an outcome that did not run, no failure. */
MUST_USE enum status variation_run(const struct workbench *bench, const struct variation *variation,
                                   struct outcome *out, struct problem *problem);
void outcome_release(struct outcome *outcome);

/* ---- several at once ------------------------------------------------------------------------- */

/* Calls task(context, 0) … task(context, count - 1) on as many threads as there are cores, in no
 * order, until one fails or progress says no (STATUS_INTERRUPTED). progress is called by the
 * calling thread alone, now and then. The first failure is returned; its problem is the task's to
 * keep. */
struct crew {
    enum status (*task)(void *context, uint32_t index);
    void *context;
    uint32_t count;
    const char *stage; /* for progress */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};
MUST_USE enum status crew_run(const struct crew *crew);

#endif
