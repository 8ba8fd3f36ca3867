/* A back-test from configuration file to result directory: read, load, run, conclude, write. */
#ifndef TERN_DRIVE_BACKTEST_EXECUTE_H
#define TERN_DRIVE_BACKTEST_EXECUTE_H

#include "drive/backtest/backtest.h"
#include "drive/result/metrics.h"
#include "drive/backtest/session.h"
#include "world/port/bar_port.h"
#include "world/port/journal_port.h"

struct execute_ports {
    const struct bar_port *bars;
    const struct journal_port *journal;
    const char *version; /* of tern, for result.json */
};

struct execute_request {
    const char *config_path;
    const char *directory; /* where to write; NULL: nowhere, or below parent */
    /* Where directory is NULL: write to parent/NAME, with the name of execute_directory_name. NULL:
     * nowhere. */
    const char *parent;
    const char *trials_path; /* NULL: trials are not counted */
    /* What is being done and how far it is, for a progress bar; false interrupts. May be NULL. */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

#define EXECUTE_NAME_SIZE (RESULT_NAME_SIZE + 24)
/* The directory of a result below its parent: `score-1f3a90bc-77d01e42`, the file's name without
 * its ending, of which only letters, digits, `.`, `_` and `-` are kept, and the first digits of
 * config_hash and data_hash. The same configuration over the same data has the same name. */
void execute_directory_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                            struct hash128 config_hash, struct hash128 data_hash);

/* Runs and, where a directory is asked for, writes it all or not at all. On success the caller
 * releases *result. A refused run leaves no trace. */
MUST_USE enum status execute_backtest(const struct execute_ports *ports,
                                      const struct execute_request *request,
                                      struct backtest_result *result, struct metrics *metrics,
                                      struct problem *problem);

/* The data of a configuration, loaded and released together: bars, a session, or both. */
struct loaded_data {
    struct bar_data *items;         /* owned, one an entry; empty but for bars */
    struct backtest_series *series; /* owned, borrows the bars of items */
    struct session session;         /* owned; of no file where there are bars alone */
    uint32_t count;                 /* of entries of `data` */
    uint32_t series_count;          /* count, less the files of the session */
};
MUST_USE enum status data_load(const struct execute_ports *ports, const struct config *config,
                               const struct execute_request *request, struct loaded_data *out,
                               struct problem *problem);
/* backtest_init or backtest_init_session, whichever the data are for; they outlive it. */
MUST_USE enum status backtest_open(struct backtest *backtest, const struct config *config,
                                   const struct loaded_data *data, struct problem *problem);
/* One line a series or file: instrument, content hash, bars and bar length, or
 * records and kind; the data record of a journal. */
void data_describe(const struct config *config, const struct loaded_data *data,
                   struct text_buffer *out);
void data_release(const struct execute_ports *ports, struct loaded_data *data);

#endif
