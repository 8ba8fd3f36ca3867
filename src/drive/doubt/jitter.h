/* The same rule with parameters a little beside those that were chosen. A rule that knows something
 * earns much the same there; one that was fitted earns on a needle's point.
 *
 * Every number of every bot that says how its rule decides (params, signals, enter, exit,
 * stop_loss, take_profit) is moved by one and two steps, one at a time; a step is a tenth of its
 * value, at least 1 for what is a whole number. Besides, all of them are moved at once, each by a
 * random number of steps from -2 to 2. Values that the configuration does not allow are left
 * out. */
#ifndef TERN_DRIVE_DOUBT_JITTER_H
#define TERN_DRIVE_DOUBT_JITTER_H

#include "drive/result/resample.h"
#include "drive/doubt/variation.h"

#define JITTER_KEYS_MAX 256u
#define JITTER_RUNS_MAX 256u /* of one key each */
#define JITTER_KEY_SIZE 96u
#define JITTER_VALUE_SIZE 48u
#define JITTER_STEPS 2

struct jitter_key {
    char key[JITTER_KEY_SIZE];     /* bots[0].params.fast, as layers have it */
    char shown[JITTER_KEY_SIZE];   /* cross-btc.fast */
    char value[JITTER_VALUE_SIZE]; /* as configured */
    char moved[2 * JITTER_STEPS + 1][JITTER_VALUE_SIZE]; /* by -2 … 2 steps; "": not allowed */
};

struct jitter_run {
    uint32_t key; /* UINT32_MAX: all at once */
    int step;     /* of the key */
    bool ran;
    double gain;   /* share of the start equity */
    double sharpe; /* a period; NaN without variance */
};

struct jitter {
    struct jitter_key *keys;        /* owned */
    uint32_t keys_count, keys_left; /* left: beyond the maximum of keys or runs */
    struct jitter_run
        *runs;             /* owned: one at a time first, in the order of keys; then all at once */
    uint32_t count, alone; /* of them, those of one key */
    uint32_t ran;          /* that were configurations at all */
    double profitable;     /* share of those that earned; NaN where none ran */
    struct resample_summary gain, sharpe; /* of those that ran */
    uint32_t worst;                       /* run of one key with the least gain; UINT32_MAX: none */
};

/* together: runs with all keys moved. STATUS_NO_MEMORY, STATUS_INTERRUPTED, and what a back-test
 * fails with. On success the caller releases *out. */
MUST_USE enum status jitter_run(const struct workbench *bench, uint32_t together, uint64_t seed,
                                const struct execute_request *progress, struct jitter *out,
                                struct problem *problem);
void jitter_release(struct jitter *jitter);

#endif
