/* Reading a configuration from the outside, and small questions about one. */
#include "drive/config/config.h"

#include "drive/config/node.h"
#include "drive/config/option.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void config_release(struct config *config)
{
    memory_free(config->memory);
    *config = (struct config){0};
}

static enum status read_all(struct config *config, struct text text, const char *folder,
                            struct problem *problem)
{
    struct config_memory *scratch = memory_new();
    struct node *root = NULL;
    if (scratch == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, config->name, "%s",
                           status_sentence(STATUS_NO_MEMORY));
    enum status status = node_read(config->name, text, scratch, &root, problem);
    if (status == STATUS_OK)
        status = config_fill(config, folder, root, problem);
    memory_free(scratch);
    if (status == STATUS_OK && !origins_sort(config->origins, config->memory))
        status = problem_set(problem, STATUS_NO_MEMORY, config->name, "%s",
                             status_sentence(STATUS_NO_MEMORY));
    return status == STATUS_OK ? config_check(config, problem) : status;
}

enum status config_read_text(const char *name, struct text text, const char *folder,
                             enum config_mode mode, struct config *out, struct problem *problem)
{
    *out = (struct config){.mode = mode, .memory = memory_new()};
    if (out->memory != NULL) {
        out->name = memory_text(out->memory, text_of(name));
        out->origins = origins_new(out->memory);
    }
    enum status status;
    if (out->name == NULL || out->origins == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, name, "%s",
                             status_sentence(STATUS_NO_MEMORY));
    else
        status = read_all(out, text, folder, problem);
    if (status != STATUS_OK)
        config_release(out);
    return status;
}

static enum status io_problem(struct problem *problem, const char *path, int code)
{
    bool missing = code == ENOENT || code == ENOTDIR;
    problem_set(problem, missing ? STATUS_NOT_FOUND : STATUS_IO, path, "%s",
                missing ? "there is no such file" : strerror(code));
    if (missing)
        problem_next(problem, "check the path, or write one with tern init");
    return problem->status;
}

/* Reads at most one byte more than is allowed, so that a file that is too large shows. */
static enum status load(int descriptor, const char *path, char *data, size_t *size,
                        struct problem *problem)
{
    *size = 0;
    while (*size < CONFIG_FILE_SIZE_MAX + 1) {
        ssize_t got = read(descriptor, data + *size, CONFIG_FILE_SIZE_MAX + 1 - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_problem(problem, path, errno);
        if (got == 0)
            break;
        *size += (size_t)got;
    }
    return STATUS_OK;
}

/* The folder of the file, absolute, so that what is resolved against it stays so. */
static char *folder_of(const char *path)
{
    char copy[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return realpath(".", NULL);
    struct text folder = {path, slash == path ? 1 : (size_t)(slash - path)};
    if (!text_copy(copy, sizeof copy, folder))
        return NULL;
    return realpath(copy, NULL);
}

enum status config_read_file(const char *path, enum config_mode mode, struct config *out,
                             struct problem *problem)
{
    *out = (struct config){0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return io_problem(problem, path, errno);
    char *data = malloc(CONFIG_FILE_SIZE_MAX + 1);
    char *folder = folder_of(path);
    size_t size = 0;
    enum status status;
    if (data == NULL || folder == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, path, "%s",
                             status_sentence(STATUS_NO_MEMORY));
    else
        status = load(descriptor, path, data, &size, problem);
    close(descriptor);
    if (status == STATUS_OK && size > CONFIG_FILE_SIZE_MAX) {
        status = problem_set(problem, STATUS_CONFIG_INVALID, path, "a file of more than 1 MiB");
        problem_allowed(problem, "at most 1 MiB");
    }
    if (status == STATUS_OK)
        status = config_read_text(path, (struct text){data, size}, folder, mode, out, problem);
    free(folder);
    free(data);
    return status;
}

uint32_t config_origin(const struct config *config, const char *key, const char **source)
{
    return origins_find(config->origins, key, source);
}

uint32_t config_instrument_index(const struct config *config, const char *name)
{
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (strcmp(config->instruments[i].name, name) == 0)
            return i;
    }
    return UINT32_MAX;
}
