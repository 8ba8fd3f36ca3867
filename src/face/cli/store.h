/* Where results of back-tests lie, and which there are.
 *
 *     $XDG_DATA_HOME/tern/backtests/score-1f3a90bc-77d01e42/     a result without --out
 *     $XDG_DATA_HOME/tern/backtests/elsewhere                    text: one line a directory that
 *                                                                --out named, absolute paths
 *
 * Without XDG_DATA_HOME it is $HOME/.local/share. What is gone is left out. */
#ifndef TERN_FACE_CLI_STORE_H
#define TERN_FACE_CLI_STORE_H

#include "base/problem.h"

#define STORE_PATH_SIZE 4096
#define STORE_ENTRIES_MAX 65536u

/* The folder of results. STATUS_NOT_FOUND where neither variable is an absolute path. */
MUST_USE enum status store_path(char out[STORE_PATH_SIZE]);
/* Whether a result could be written below it: it, or the nearest folder above it that there is, is
 * one that we may write to. Makes nothing. false with errno set. */
MUST_USE bool store_is_usable(const char *store);
/* Writes down that a result lies in that directory, once; makes the folder, readable by its owner
 * alone. false with errno set; never a reason to fail. */
MUST_USE bool store_remember(const char *store, const char *directory);

struct store_entry {
    char *name; /* owned: below the store its last part, elsewhere the path */
    char *path; /* owned */
    int64_t written_ns;
};

struct store_list {
    struct store_entry *entries; /* owned; newest first */
    uint32_t count;
};

/* A store that is not there is empty. STATUS_NO_MEMORY, STATUS_FULL. */
MUST_USE enum status store_list_read(const char *store, struct store_list *out);
void store_list_release(struct store_list *list);
/* The directory of a result by what a person calls it: a path, the name of an entry, or the
 * beginning of one up to a `-` (the newest then); NULL: the newest of all. STATUS_NOT_FOUND with
 * the problem set. */
MUST_USE enum status store_find(const char *store, const char *name, char out[STORE_PATH_SIZE],
                                struct problem *problem);

#endif
