/* Where sweeps lie, and which one a word means. */
#include "face/cli/sweep_face.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/place.h"

enum status sweeps_folder(char out[STORE_PATH_SIZE])
{
    return place_of_user("XDG_DATA_HOME", ".local/share", "tern/sweeps", out, STORE_PATH_SIZE);
}

bool sweeps_folder_make(const char *folder)
{
    char part[STORE_PATH_SIZE];
    if (!text_copy(part, sizeof part, text_of(folder)))
        return false;
    for (char *at = strchr(part + 1, '/');; at = strchr(at + 1, '/')) {
        if (at != NULL)
            *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        if (at == NULL)
            return true;
        *at = '/';
    }
}

void sweep_names_release(struct sweep_names *names)
{
    free(names->names);
    free(names->changed);
}

bool sweep_names_read(const char *folder, struct sweep_names *out)
{
    *out = (struct sweep_names){0};
    out->names = calloc(SWEEPS_MAX, sizeof *out->names);
    out->changed = calloc(SWEEPS_MAX, sizeof *out->changed);
    DIR *directory = opendir(folder);
    if (out->names == NULL || out->changed == NULL) {
        if (directory != NULL)
            (void)closedir(directory);
        return false;
    }
    if (directory == NULL)
        return true;
    for (struct dirent *entry = readdir(directory); entry != NULL && out->count < SWEEPS_MAX;
         entry = readdir(directory)) {
        char path[STORE_PATH_SIZE * 2];
        struct stat facts;
        size_t size = strlen(entry->d_name);
        if (size < 4 || size >= EXECUTE_NAME_SIZE || strcmp(entry->d_name + size - 3, ".db") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &facts) != 0)
            continue;
        (void)text_copy(out->names[out->count], EXECUTE_NAME_SIZE,
                        (struct text){entry->d_name, size - 3});
        out->changed[out->count++] = facts.st_mtime;
    }
    (void)closedir(directory);
    return true;
}

enum status sweep_find(struct cli *cli, const char *name, char out[STORE_PATH_SIZE])
{
    char folder[STORE_PATH_SIZE];
    struct stat facts;
    struct sweep_names names;
    if (strchr(name, '/') != NULL || stat(name, &facts) == 0) {
        if (stat(name, &facts) != 0 || !S_ISREG(facts.st_mode))
            return problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no such sweep");
        return text_copy(out, STORE_PATH_SIZE, text_of(name))
                   ? STATUS_OK
                   : problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
    }
    enum status status = sweeps_folder(folder);
    if (status != STATUS_OK || !sweep_names_read(folder, &names))
        return problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no place for sweeps");
    const char *best = NULL;
    int64_t newest = INT64_MIN;
    size_t size = strlen(name);
    for (size_t i = 0; i < names.count; i++) {
        bool is = strcmp(names.names[i], name) == 0;
        bool begins = strncmp(names.names[i], name, size) == 0 && names.names[i][size] == '-';
        if ((is || begins) && names.changed[i] > newest) {
            best = names.names[i];
            newest = names.changed[i];
        }
    }
    if (best == NULL) {
        problem_set(&cli->problem, STATUS_NOT_FOUND, name, "there is no sweep of that name");
        problem_next(&cli->problem, "tern sweep list");
        status = STATUS_NOT_FOUND;
    } else if (snprintf(out, STORE_PATH_SIZE, "%s/%s.db", folder, best) >= STORE_PATH_SIZE) {
        status = problem_set(&cli->problem, STATUS_RANGE, name, "the path is too long");
    }
    sweep_names_release(&names);
    return status;
}

enum status sweep_summary_of_operand(struct cli *cli, struct sweep_summary *out)
{
    char path[STORE_PATH_SIZE];
    enum status status = sweep_find(cli, cli->arguments.operands[0], path);
    return status == STATUS_OK ? sweep_summarize(path, out, &cli->problem) : status;
}
