/* Counts how often the same data were tried with the same kind of bot, so that the deflated Sharpe
 * ratio knows from how many trials a result was picked.
 *
 * One text file, only ever appended to under an exclusive lock; one line a trial:
 *
 *     1 <data_hash> <config_hash> <count> <sharpe> <squares> <kind>
 *
 *     1          version of the line
 *     count      trials it stands for: 1, or the size of a sweep
 *     sharpe     mean Sharpe ratio a period of those that have one, `-` where none has
 *     squares    sum of their squared differences from that mean; 0 for one
 *     kind       kind of the bots, to the end of the line
 *
 * A run counts once per (data, kind, configuration). A line that cannot be read is left out. */
#ifndef TERN_DRIVE_RESULT_TRIALS_H
#define TERN_DRIVE_RESULT_TRIALS_H

#include "base/hash.h"
#include "base/problem.h"

#define TRIALS_PATH_SIZE 4096
#define TRIALS_FILE_SIZE_MAX (UINT64_C(1) << 30)

struct trial {
    struct hash128 data_hash;
    struct hash128 config_hash;
    const char *kind;   /* borrowed; control characters in it become spaces */
    uint64_t count;     /* 1, or the size of a sweep */
    double sharpe_mean; /* a period; NaN: none */
    double sharpe_squares;
};

struct trials {
    uint64_t count;         /* of this data and kind, this one included: at least 1 */
    double sharpe_variance; /* sample variance of their Sharpe ratios; 0 below two that have one */
    uint64_t lines_unread;  /* lines that were no trial */
};

/* $XDG_STATE_HOME/tern/trials, else $HOME/.local/state/tern/trials. STATUS_NOT_FOUND where neither
 * variable is an absolute path. */
MUST_USE enum status trials_path(char out[TRIALS_PATH_SIZE]);

/* Appends the trial unless it is there, and counts. Directories are made as needed (0700). Where
 * the file cannot be read or written, *out says what could be known (at least this one trial), the
 * status says why and problem has the words: a reason to warn, never to fail a run. Waits at most
 * two seconds for the lock. */
MUST_USE enum status trials_record(const char *path, const struct trial *trial, struct trials *out,
                                   struct problem *problem);

#endif
