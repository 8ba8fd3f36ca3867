/* All or nothing: the partial directory, its files and the one step that makes it the target. */
#include "drive/report/output.h"

#include "drive/report/report.h"
#include "drive/report/result_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLUSH_SIZE 65536u
#define FILE_BUFFER_MAX (UINT32_C(1) << 28)
#define REMOVE_DEPTH_MAX 8
#define PARTIAL_TRIES 100

/* Everything that a back-test writes into its directory. */
static const char *const own_names[] = {"result.json", "fills.csv",   "orders.csv",  "equity.csv",
                                        "trips.csv",   "metrics.csv", "report.html", "report.md",
                                        "journal",     "doubt.json"};

static enum status disk_problem(struct problem *problem, const char *path, int error)
{
    enum status status = error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
    return problem_set(problem, status, path, "%s", strerror(error));
}

static bool path_join(char out[OUTPUT_PATH_SIZE], const char *directory, const char *name)
{
    int size = snprintf(out, OUTPUT_PATH_SIZE, "%s/%s", directory, name);
    return size > 0 && size < OUTPUT_PATH_SIZE;
}

/* ---- removing ---------------------------------------------------------------------------- */

/* A removal that fails once is tried once more: clean-up runs where things already go wrong. */
static int remove_one(const struct output_disk *disk, const char *path, bool directory)
{
    int (*remove)(void *, const char *) = directory ? disk->remove_directory : disk->remove_file;
    int error = remove(disk->context, path);
    return error == 0 ? 0 : remove(disk->context, path);
}

static int kind_of(const struct output_disk *disk, const char *path, enum output_kind *kind)
{
    int error = disk->kind(disk->context, path, kind);
    return error == 0 ? 0 : disk->kind(disk->context, path, kind);
}

static int names_of(const struct output_disk *disk, const char *path, struct output_names *names)
{
    int error = disk->list(disk->context, path, names);
    return error == 0 ? 0 : disk->list(disk->context, path, names);
}

/* Removes a file, or a directory with what is in it; links are removed, not followed. */
static int remove_tree(const struct output_disk *disk, const char *path, unsigned depth)
{
    enum output_kind kind;
    int error = kind_of(disk, path, &kind);
    if (error != 0 || kind == OUTPUT_KIND_MISSING)
        return error;
    if (kind == OUTPUT_KIND_OTHER)
        return remove_one(disk, path, false);
    if (depth == REMOVE_DEPTH_MAX)
        return ELOOP;
    struct output_names names;
    do {
        error = names_of(disk, path, &names);
        for (unsigned i = 0; error == 0 && i < names.count; i++) {
            char inner[OUTPUT_PATH_SIZE];
            error = path_join(inner, path, names.names[i]) ? remove_tree(disk, inner, depth + 1)
                                                           : ENAMETOOLONG;
        }
    } while (error == 0 && names.more);
    return error != 0 ? error : remove_one(disk, path, true);
}

/* Removes the directories above the target that begin made, the deepest first. */
static void parents_remove(struct result_output *output)
{
    if (output->parent_made == 0)
        return;
    char path[OUTPUT_PATH_SIZE];
    (void)text_copy(path, sizeof(path), text_of(output->target));
    for (char *cut = strrchr(path, '/'); cut != NULL; cut = strrchr(path, '/')) {
        if ((size_t)(cut - path) < output->parent_made)
            break;
        *cut = '\0';
        (void)remove_one(output->disk, path, true);
    }
    output->parent_made = 0;
}

void result_output_abort(struct result_output *output)
{
    if (output->partial[0] != '\0')
        (void)remove_tree(output->disk, output->partial, 0);
    output->partial[0] = '\0';
    parents_remove(output);
}

/* ---- beginning --------------------------------------------------------------------------- */

static bool name_is_own(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(own_names); i++) {
        if (strcmp(name, own_names[i]) == 0)
            return true;
    }
    return false;
}

/* Whether the file begins like a result.json of ours, whatever its spacing. */
static int schema_check(const struct output_disk *disk, const char *directory, bool *ours)
{
    static const char wanted[] = "{\"schema\":\"" RESULT_SCHEMA_NAME "/";
    char path[OUTPUT_PATH_SIZE], head[256];
    size_t got = 0, matched = 0;
    *ours = false;
    if (!path_join(path, directory, "result.json"))
        return ENAMETOOLONG;
    int error = disk->read(disk->context, path, head, sizeof(head), &got);
    for (size_t i = 0; error == 0 && i < got && matched < sizeof(wanted) - 1; i++) {
        if (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t')
            continue;
        if (head[i] != wanted[matched])
            break;
        matched++;
    }
    *ours = matched == sizeof(wanted) - 1;
    return error == ENOENT ? 0 : error;
}

static enum status refuse(struct problem *problem, const char *where, const char *found)
{
    enum status status = problem_set(problem, STATUS_EXISTS, where, "%s", found);
    problem_allowed(problem, "a new or empty directory, or one with an earlier result");
    problem_next(problem, "name another directory with --out");
    return status;
}

/* What may be replaced: rule 3 of the header. */
static enum status target_judge(struct result_output *output, struct problem *problem)
{
    const struct output_disk *disk = output->disk;
    struct output_names names;
    int error = disk->list(disk->context, output->target, &names);
    if (error != 0)
        return disk_problem(problem, output->target, error);
    if (names.count == 0)
        return STATUS_OK;
    bool ours = false;
    error = schema_check(disk, output->target, &ours);
    if (error != 0)
        return disk_problem(problem, output->target, error);
    if (!ours)
        return refuse(problem, output->target, "it holds files but no result of a back-test");
    for (unsigned i = 0; i < names.count; i++) {
        char path[OUTPUT_PATH_SIZE];
        if (!name_is_own(names.names[i])) {
            bool fits = path_join(path, output->target, names.names[i]);
            return refuse(problem, fits ? path : output->target,
                          "a file beside an earlier result that no back-test wrote");
        }
    }
    output->target_filled = true;
    return STATUS_OK;
}

/* Makes the directories above the target that are not there. */
static enum status parents_make(struct result_output *output, struct problem *problem)
{
    char path[OUTPUT_PATH_SIZE];
    (void)text_copy(path, sizeof(path), text_of(output->target));
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        int error = output->disk->make_directory(output->disk->context, path);
        if (error == 0 && output->parent_made == 0)
            output->parent_made = (size_t)(at - path);
        if (error != 0 && error != EEXIST) {
            /* A read-only or foreign directory on the way is no obstacle where it exists. */
            enum output_kind kind;
            char real[OUTPUT_PATH_SIZE];
            if (output->disk->resolve(output->disk->context, path, real) != 0 ||
                output->disk->kind(output->disk->context, real, &kind) != 0 ||
                kind != OUTPUT_KIND_DIRECTORY)
                return disk_problem(problem, path, error);
        }
        *at = '/';
    }
    return STATUS_OK;
}

/* Finds what the name stands for: sets output->target, judges it where it exists. */
static enum status target_find(struct result_output *output, const char *directory,
                               struct problem *problem)
{
    const struct output_disk *disk = output->disk;
    size_t size = strlen(directory);
    while (size > 1 && directory[size - 1] == '/')
        size--;
    if (size == 0)
        return refuse(problem, "--out", "an empty name");
    if (!text_copy(output->target, sizeof(output->target) - 64, (struct text){directory, size}))
        return disk_problem(problem, "--out", ENAMETOOLONG);
    char real[OUTPUT_PATH_SIZE], here[OUTPUT_PATH_SIZE];
    int error = disk->resolve(disk->context, output->target, real);
    if (error == ENOENT)
        return parents_make(output, problem);
    if (error != 0)
        return disk_problem(problem, output->target, error);
    enum output_kind kind;
    error = disk->kind(disk->context, real, &kind);
    if (error != 0)
        return disk_problem(problem, output->target, error);
    if (kind != OUTPUT_KIND_DIRECTORY)
        return refuse(problem, output->target, "a file");
    /* Replacing it would leave the shell in a directory that is gone. */
    if (disk->resolve(disk->context, ".", here) == 0 && strcmp(here, real) == 0)
        return refuse(problem, output->target, "the current directory, which cannot be replaced");
    if (!text_copy(output->target, sizeof(output->target) - 64, text_of(real)))
        return disk_problem(problem, output->target, ENAMETOOLONG);
    return target_judge(output, problem);
}

enum status result_output_begin(struct result_output *output, const struct output_disk *disk,
                                const char *directory, struct problem *problem)
{
    memset(output, 0, sizeof(*output));
    output->disk = disk;
    enum status status = target_find(output, directory, problem);
    int error = EEXIST;
    /* A number behind the process id steps around what another machine on a shared disk left. */
    for (unsigned i = 0; status == STATUS_OK && error == EEXIST && i < PARTIAL_TRIES; i++) {
        char suffix[16] = "";
        if (i > 0)
            (void)snprintf(suffix, sizeof(suffix), "-%u", i);
        char path[OUTPUT_PATH_SIZE];
        int size = snprintf(path, sizeof(path), "%.4000s.partial-%ld%s", output->target,
                            (long)getpid(), suffix);
        ASSERT(size > 0 && (size_t)size < sizeof(path));
        error = disk->make_directory(disk->context, path);
        if (error == 0)
            (void)text_copy(output->partial, sizeof(output->partial), text_of(path));
        else if (error != EEXIST || i + 1 == PARTIAL_TRIES)
            status = disk_problem(problem, path, error);
    }
    if (status != STATUS_OK)
        result_output_abort(output);
    return status;
}

/* ---- files ------------------------------------------------------------------------------- */

void output_file_open(struct output_file *file, const struct result_output *output,
                      const char *name, struct problem *problem)
{
    memset(file, 0, sizeof(*file));
    file->disk = output->disk;
    file->descriptor = -1;
    file->problem = problem;
    text_buffer_init(&file->buffer, FILE_BUFFER_MAX);
    int error = path_join(file->path, output->partial, name)
                    ? file->disk->create(file->disk->context, file->path, &file->descriptor)
                    : ENAMETOOLONG;
    if (error != 0)
        file->status = disk_problem(problem, file->path, error);
}

static void file_flush(struct output_file *file)
{
    if (file->status == STATUS_OK && file->buffer.status != STATUS_OK)
        file->status = problem_set(file->problem, file->buffer.status, file->path, "%s",
                                   status_sentence(file->buffer.status));
    for (size_t done = 0; file->status == STATUS_OK && done < file->buffer.size;) {
        size_t written = 0;
        int error = file->disk->write(file->disk->context, file->descriptor,
                                      file->buffer.data + done, file->buffer.size - done, &written);
        if (error == 0 && written == 0)
            error = ENOSPC;
        if (error != 0)
            file->status = disk_problem(file->problem, file->path, error);
        done += written;
    }
    text_buffer_reset(&file->buffer);
}

void output_file_row(struct output_file *file)
{
    if (file->buffer.size >= FLUSH_SIZE || file->buffer.status != STATUS_OK)
        file_flush(file);
}

enum status output_file_close(struct output_file *file)
{
    file_flush(file);
    if (file->status == STATUS_OK) {
        int error = file->disk->sync(file->disk->context, file->descriptor);
        if (error != 0)
            file->status = disk_problem(file->problem, file->path, error);
    }
    if (file->descriptor >= 0) {
        int error = file->disk->close(file->disk->context, file->descriptor);
        if (error != 0 && file->status == STATUS_OK)
            file->status = disk_problem(file->problem, file->path, error);
    }
    text_buffer_release(&file->buffer);
    return file->status;
}

typedef void file_writer(struct output_file *file, const struct backtest_result *result,
                         const struct metrics *metrics);

static void result_json_file(struct output_file *file, const struct backtest_result *result,
                             const struct metrics *metrics)
{
    result_json_print(result, metrics, &file->buffer);
}

static void report_html_file(struct output_file *file, const struct backtest_result *result,
                             const struct metrics *metrics)
{
    report_html_print(result, metrics, &file->buffer);
}

static void report_markdown_file(struct output_file *file, const struct backtest_result *result,
                                 const struct metrics *metrics)
{
    report_markdown_print(result, metrics, &file->buffer);
}

/* result.json last: a directory that has it has everything. */
static const struct {
    const char *name;
    file_writer *write;
} output_files[] = {
    {"fills.csv", fills_csv_write},    {"orders.csv", orders_csv_write},
    {"equity.csv", equity_csv_write},  {"trips.csv", trips_csv_write},
    {"metrics.csv", metrics_csv_write}, {"report.html", report_html_file},
    {"report.md", report_markdown_file}, {"result.json", result_json_file},
};

enum status result_output_write(struct result_output *output, const struct backtest_result *result,
                                const struct metrics *metrics, struct problem *problem)
{
    ASSERT(output->partial[0] != '\0');
    for (size_t i = 0; i < ARRAY_COUNT(output_files); i++) {
        struct output_file file;
        output_file_open(&file, output, output_files[i].name, problem);
        if (file.status == STATUS_OK)
            output_files[i].write(&file, result, metrics);
        enum status status = output_file_close(&file);
        if (status != STATUS_OK) {
            result_output_abort(output);
            return status;
        }
    }
    return STATUS_OK;
}

/* ---- the step ---------------------------------------------------------------------------- */

/* Where two directories cannot be swapped: the old one steps aside, and comes back on failure. */
static int replace_in_two(struct result_output *output, struct problem *problem)
{
    const struct output_disk *disk = output->disk;
    char aside[OUTPUT_PATH_SIZE];
    int size = snprintf(aside, OUTPUT_PATH_SIZE, "%.4060s-old", output->partial);
    ASSERT(size > 0 && size < OUTPUT_PATH_SIZE);
    int error = disk->rename(disk->context, output->target, aside);
    if (error != 0)
        return error;
    error = disk->rename(disk->context, output->partial, output->target);
    if (error == 0) {
        (void)text_copy(output->partial, OUTPUT_PATH_SIZE, (struct text){aside, strlen(aside)});
        return 0;
    }
    if (disk->rename(disk->context, aside, output->target) != 0 &&
        disk->rename(disk->context, aside, output->target) != 0)
        (void)problem_set(problem, STATUS_IO, output->target,
                          "%s; the earlier result is now in %.200s", strerror(error), aside);
    return error;
}

/* Afterwards output->partial names the earlier result, if there was one. */
static int target_replace(struct result_output *output, struct problem *problem)
{
    const struct output_disk *disk = output->disk;
    if (!output->target_filled) {
        /* Over nothing or over an empty directory; anything else makes rename fail. */
        int error = disk->rename(disk->context, output->partial, output->target);
        if (error == 0)
            output->partial[0] = '\0';
        return error;
    }
    int error = disk->exchange(disk->context, output->partial, output->target);
    if (error == ENOSYS || error == EINVAL || error == EOPNOTSUPP)
        error = replace_in_two(output, problem);
    return error;
}

enum status result_output_commit(struct result_output *output, struct problem *problem)
{
    ASSERT(output->partial[0] != '\0');
    const struct output_disk *disk = output->disk;
    /* Judged again: the run may have taken long, and somebody put a file beside the result. */
    if (output->target_filled) {
        enum status status = target_judge(output, problem);
        if (status != STATUS_OK) {
            result_output_abort(output);
            return status;
        }
    }
    int error = disk->sync_directory(disk->context, output->partial);
    if (error == 0)
        error = target_replace(output, problem);
    if (error != 0) {
        enum status status = disk_problem(problem, output->target, error);
        result_output_abort(output);
        return status;
    }
    output->parent_made = 0;
    /* The result is in place; what fails from here on does not undo it. */
    char parent[OUTPUT_PATH_SIZE];
    (void)text_copy(parent, sizeof(parent), text_of(output->target));
    char *cut = strrchr(parent, '/');
    if (cut != NULL)
        cut[cut == parent ? 1 : 0] = '\0';
    (void)disk->sync_directory(disk->context, cut == NULL ? "." : parent);
    if (output->partial[0] != '\0') {
        output->left_behind = remove_tree(disk, output->partial, 0) != 0;
        if (!output->left_behind)
            output->partial[0] = '\0';
    }
    return STATUS_OK;
}
