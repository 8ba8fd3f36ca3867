/* Results of a sweep on disk: one SQLite file a sweep, so that a sweep that was killed goes on
 * where it stood and its trials can be read by any tool.
 *
 *     meta (key, value)                 what the sweep is: config_hash, data_hash, space, method, …
 *     trial (id, state, params, sharpe, end_equity, fees, fills, returns)
 *
 * `returns` is the trial's returns a period as little-endian doubles. Amounts are decimal text.
 * What was committed survives a kill and a power cut; what was not is tried again. */
#ifndef TERN_WORLD_STORE_SWEEP_STORE_H
#define TERN_WORLD_STORE_SWEEP_STORE_H

#include "base/problem.h"
#include "base/text.h"
#include "core/model/number.h"

enum sweep_state { SWEEP_OPEN = 0, SWEEP_DONE = 1, SWEEP_INVALID = 2 };

struct sweep_row {
    uint32_t id;
    enum sweep_state state; /* INVALID: no configuration, or none that can run */
    double sharpe;          /* a period; NaN: none */
    struct amount end_equity, fees;
    uint64_t fills;
};

struct sweep_store;

/* Opens, and makes where `make` is set. STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT with the
 * problem set. */
MUST_USE enum status sweep_store_open(const char *path, bool make, struct sweep_store **out,
                                      struct problem *problem);
void sweep_store_close(struct sweep_store *store);
/* Begins a batch or makes it durable. */
MUST_USE enum status sweep_store_begin(struct sweep_store *store, struct problem *problem);
MUST_USE enum status sweep_store_commit(struct sweep_store *store, struct problem *problem);
MUST_USE enum status sweep_store_set(struct sweep_store *store, const char *key, const char *value,
                                     struct problem *problem);
/* Appends the value to out; false where there is none. */
bool sweep_store_get(struct sweep_store *store, const char *key, struct text_buffer *out);
/* params is text for people; returns may be NULL with count 0. */
MUST_USE enum status sweep_store_add(struct sweep_store *store, const struct sweep_row *row,
                                     const char *params, const double *returns, size_t count,
                                     struct problem *problem);
/* Every trial in the order of ids. `take` gets borrowed text and returns; it returns a status other
 * than STATUS_OK to stop. */
struct sweep_reader {
    void *context;
    enum status (*take)(void *context, const struct sweep_row *row, const char *params,
                        const double *returns, size_t count);
};
MUST_USE enum status sweep_store_read(struct sweep_store *store, const struct sweep_reader *reader,
                                      struct problem *problem);

#endif
