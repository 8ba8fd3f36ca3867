/* The files of a result, all or nothing.
 *
 *     result_output_begin(&output, &output_disk_posix, "runs/a", &problem)   runs/a.partial-4711/
 *     … the journal may be written into output.partial …
 *     result_output_write(&output, &result, &metrics, &problem)           result.json, fills.csv …
 *     result_output_commit(&output, &problem)                                runs/a/
 *
 * 1. Until commit nothing in the target changes; commit changes it in one step.
 * 2. After any failure, and after result_output_abort, everything made on the way is removed.
 * 3. A target that exists is replaced only where it is an empty directory or holds an earlier
 *    result (result.json of our schema) and nothing that we do not write.
 * Every operation on the disk goes through a struct output_disk, so that tests fail each in
 * turn. */
#ifndef TERN_DRIVE_REPORT_OUTPUT_H
#define TERN_DRIVE_REPORT_OUTPUT_H

#include "base/problem.h"
#include "drive/result/metrics.h"

#define OUTPUT_PATH_SIZE 4096

enum output_kind { OUTPUT_KIND_MISSING, OUTPUT_KIND_DIRECTORY, OUTPUT_KIND_OTHER };

#define OUTPUT_NAMES_MAX 64
#define OUTPUT_NAME_SIZE 256

/* Names in a directory, without `.` and `..`; `more` where there are others beyond the maximum. */
struct output_names {
    char names[OUTPUT_NAMES_MAX][OUTPUT_NAME_SIZE];
    unsigned count;
    bool more;
};

/* Each returns 0 or an errno. */
struct output_disk {
    void *context; /* passed to each */
    /* Absolute path without links and dots; path must exist. */
    int (*resolve)(void *context, const char *path, char out[OUTPUT_PATH_SIZE]);
    /* Of the path itself, links not followed. */
    int (*kind)(void *context, const char *path, enum output_kind *kind);
    int (*list)(void *context, const char *path, struct output_names *names);
    int (*read)(void *context, const char *path, char *data, size_t size, size_t *got);
    int (*make_directory)(void *context, const char *path);
    int (*create)(void *context, const char *path, int *descriptor);
    int (*write)(void *context, int descriptor, const char *data, size_t size, size_t *written);
    int (*sync)(void *context, int descriptor);
    int (*close)(void *context, int descriptor);
    int (*sync_directory)(void *context, const char *path);
    int (*rename)(void *context, const char *from, const char *to);
    /* Swaps two existing paths in one step; ENOSYS or EINVAL where the file system cannot. */
    int (*exchange)(void *context, const char *a, const char *b);
    int (*remove_file)(void *context, const char *path);
    int (*remove_directory)(void *context, const char *path);
};

extern const struct output_disk output_disk_posix;

struct result_output {
    const struct output_disk *disk; /* borrowed until commit or abort */
    char target[OUTPUT_PATH_SIZE];
    char partial[OUTPUT_PATH_SIZE]; /* exists from begin until commit or abort */
    size_t parent_made;             /* where not 0: target[0..parent_made) is the first directory
                                        above the target that begin had to make */
    bool target_filled;             /* the target holds an earlier result */
    bool left_behind;               /* set by commit: the earlier result could not be removed and
                                        lies in `partial` */
};

/* Judges the directory and makes the partial one beside it. STATUS_EXISTS where the target may not
 * be replaced, STATUS_IO or STATUS_NO_SPACE where the disk fails; problem says which path. */
MUST_USE enum status result_output_begin(struct result_output *output,
                                         const struct output_disk *disk, const char *directory,
                                         struct problem *problem);
/* Writes result.json, fills.csv, orders.csv, equity.csv, trips.csv, metrics.csv, report.html and
 * report.md. On failure everything is removed, as by result_output_abort. */
MUST_USE enum status result_output_write(struct result_output *output,
                                         const struct backtest_result *result,
                                         const struct metrics *metrics, struct problem *problem);
/* Moves the partial directory to the target. On failure everything is removed. */
MUST_USE enum status result_output_commit(struct result_output *output, struct problem *problem);
/* Removes what begin and write made; may be called after a failure and more than once. */
void result_output_abort(struct result_output *output);

/* One file being written: rows go into `buffer`, which is written out as it fills. */
struct output_file {
    const struct output_disk *disk;
    char path[OUTPUT_PATH_SIZE];
    int descriptor;
    struct text_buffer buffer;
    enum status status; /* stays set after the first failure */
    struct problem *problem;
};

/* After a failure of any of these the others do nothing, until output_file_close returns it. */
void output_file_open(struct output_file *file, const struct result_output *output,
                      const char *name, struct problem *problem);
/* Call after each row. */
void output_file_row(struct output_file *file);
/* Writes the rest, syncs and closes. */
MUST_USE enum status output_file_close(struct output_file *file);

#endif
