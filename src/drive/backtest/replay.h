/* Whether a journal says what the program does: the journal of a back-test is folded, and the
 * back-test is run again beside it.
 *
 *     journal ──► fold (evolve alone)      ──► state hash, audit of the ledger
 *     configuration + data ──► run again   ──► inputs and frames, each compared byte for byte
 *                                              with the journal's; state hash
 *
 * The journal of a demo has its bars too and can be folded (fold_only) without any data; its market
 * is in no file, so it is not run again.
 *
 * The configuration is the one in the journal. Its data are looked for where it says, or where the
 * configuration file that is given says; either way their content must be that of the journal. */
#ifndef TERN_DRIVE_BACKTEST_REPLAY_H
#define TERN_DRIVE_BACKTEST_REPLAY_H

#include "drive/backtest/execute.h"

struct replay_request {
    const char *journal_path; /* the file */
    const char *config_path;  /* NULL: the journal's own paths, against the working directory */
    bool fold_only;           /* do not run again */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

struct replay_report {
    uint64_t inputs, frames;     /* of the journal */
    struct hash128 chain;        /* its last value */
    struct hash128 state_folded; /* hash of the durable state after the fold */
    struct hash128 state_run;    /* after running again; zero where fold_only */
    const char *audit;           /* NULL: every invariant holds; else a sentence (static) */
    uint64_t audit_detail;
    bool differs;           /* the run gave another input or frame than the journal has */
    uint64_t differs_input; /* sequence of the input at which it did first */
    char differs_what[80];
};

/* STATUS_OK also where the report says that something is wrong: then the question was answered.
 * Fails with STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT, STATUS_TRUNCATED, STATUS_UNSUPPORTED (the
 * journal), STATUS_CONFIG_INVALID, STATUS_DATA_INVALID (other data than the journal's, or none),
 * STATUS_INTERRUPTED, STATUS_NO_MEMORY. */
MUST_USE enum status replay_journal(const struct execute_ports *ports,
                                    const struct replay_request *request,
                                    struct replay_report *report, struct problem *problem);
/* Whether everything was as it should be. */
bool replay_is_good(const struct replay_request *request, const struct replay_report *report);

#endif
