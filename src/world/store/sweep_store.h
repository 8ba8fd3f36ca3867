/* Results of a sweep on disk: one SQLite file a sweep, so that a sweep that was killed goes on
 * where it stood and its trials can be read by any tool.
 *
 *     meta (key, value)       what the sweep is: sweep_id, config_hash, data_hash, space, ...
 *     trial (id, rung, state, params, sharpe, end_equity, fees, fills, returns, checksum)
 *
 * `returns` is the trial's returns a period as little-endian doubles. Amounts are decimal text.
 * `checksum` is XXH3-64 of all the others (drawn in sweep_store.c), so that a value that was
 * changed on disk or by hand is found when it is read. What was committed survives a kill and a
 * power cut; what was not is tried again. One sweep at a time writes to a store: who opens it to
 * write holds its lock until it is closed. Readers need none. */
#ifndef TERN_WORLD_STORE_SWEEP_STORE_H
#define TERN_WORLD_STORE_SWEEP_STORE_H

#include "base/problem.h"
#include "base/text.h"
#include "core/model/number.h"

enum sweep_state { SWEEP_OPEN = 0, SWEEP_DONE = 1, SWEEP_INVALID = 2 };

struct sweep_row {
    uint32_t id;
    uint32_t rung;          /* of successive halving, else 0 */
    enum sweep_state state; /* INVALID: no configuration, or none that can run */
    double sharpe;          /* a period; NaN: none */
    struct amount end_equity, fees;
    uint64_t fills;
};

struct sweep_store;

/* Opens to read or, where `write` is set, to write, and then makes what is not there. STATUS_IO
 * where another writes or the place cannot be written, STATUS_NO_SPACE, STATUS_NOT_FOUND,
 * STATUS_CORRUPT where it is no store, all with the problem set. */
MUST_USE enum status sweep_store_open(const char *path, bool write, struct sweep_store **out,
                                      struct problem *problem);
void sweep_store_close(struct sweep_store *store);
/* Begins a batch or makes it durable. What is set or added outside a batch is durable at once. */
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
