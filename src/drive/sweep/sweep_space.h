/* What a sweep tries: keys of the configuration with the values each takes, and which combinations
 * of them are trials.
 *
 *     bots.cross.params.fast=5:50:5              5, 10, ... 50
 *     bots.cross.params.average=sma,ema          these two
 *     bots.cross.size.fraction=0.1:0.5:0.1       steps are exact decimals, never doubles
 *
 * A grid tries all combinations, the last key changing fastest. Random and Latin-hypercube sweeps
 * draw a number of them; Latin: each key's values are covered as evenly as that number allows. The
 * draws depend on the seed alone. The identity says all of it in one line of text, from which the
 * same space is drawn again:
 *
 *     latin 30 seed 7 bots.cross.params.fast=5,10,15 bots.cross.params.slow=20,50
 *     halving 3 grid bots.cross.params.fast=5,10,15 bots.cross.params.slow=20,50 */
#ifndef TERN_DRIVE_SWEEP_SWEEP_SPACE_H
#define TERN_DRIVE_SWEEP_SWEEP_SPACE_H

#include "base/problem.h"
#include "base/text.h"

#define SWEEP_AXES_MAX 8u
#define SWEEP_VALUES_MAX 4096u /* of one key */
#define SWEEP_TRIALS_MAX 1000000u
#define SWEEP_KEY_SIZE 160u
#define SWEEP_VALUE_SIZE 48u
#define SWEEP_ETA_MAX 64u
#define SWEEP_RUNGS_MAX 16u

enum sweep_method { SWEEP_GRID, SWEEP_RANDOM, SWEEP_LATIN };

/* Which combinations of a space are candidates, and how they are run. */
struct sweep_plan {
    enum sweep_method method;
    uint32_t count; /* of candidates; not looked at for a grid */
    uint64_t seed;  /* of the draws; not looked at for a grid */
    /* Successive halving (sweep_halving.h): one candidate of `eta` goes on to the next rung, 2 to
     * SWEEP_ETA_MAX; 0: every candidate runs over all the data. */
    uint32_t eta;
    uint32_t rungs; /* 0: as many as the data and the candidates allow */
};

struct sweep_axis {
    char written[SWEEP_KEY_SIZE];     /* bots.cross.params.fast */
    char key[SWEEP_KEY_SIZE];         /* bots[cross].params.fast, as layers have it */
    char name[SWEEP_KEY_SIZE];        /* fast, or cross.fast where two keys end in it */
    char (*values)[SWEEP_VALUE_SIZE]; /* owned */
    uint32_t count;
};

struct sweep_space {
    struct sweep_axis axes[SWEEP_AXES_MAX];
    uint32_t axes_count;
    uint32_t trials; /* after sweep_space_draw */
    uint16_t *rows;  /* owned, [trial][axis]: index of the value */
};

void sweep_space_init(struct sweep_space *space);
void sweep_space_release(struct sweep_space *space);
/* One more key. STATUS_USAGE with the problem set, STATUS_NO_MEMORY. */
MUST_USE enum status sweep_space_add(struct sweep_space *space, struct text written,
                                     struct problem *problem);
/* Chooses the trials. STATUS_USAGE where there is no key or there are too many trials. */
MUST_USE enum status sweep_space_draw(struct sweep_space *space, const struct sweep_plan *plan,
                                      struct problem *problem);
/* Appends the line that says which trials these are. */
void sweep_space_identity(const struct sweep_space *space, const struct sweep_plan *plan,
                          struct text_buffer *out);
/* The same plan and space again; the caller releases it, whatever is returned. STATUS_CORRUPT where
 * the line is none of sweep_space_identity. */
MUST_USE enum status sweep_space_read(struct text identity, struct sweep_plan *plan,
                                      struct sweep_space *space, struct problem *problem);
/* Value of an axis in a trial. */
const char *sweep_space_value(const struct sweep_space *space, uint32_t trial, uint32_t axis);
/* `fast=5 slow=30`: the name of each key; appended. */
void sweep_space_describe(const struct sweep_space *space, uint32_t trial, struct text_buffer *out);
const char *sweep_method_name(enum sweep_method method);

#endif
