/* Reading a configuration from the outside, and small questions about one. */
#include "drive/config/config.h"

#include "drive/config/node.h"
#include "drive/config/option.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void config_release(struct config *config)
{
    memory_free(config->memory);
    *config = (struct config){0};
}

static enum status no_memory(struct problem *problem, const char *name)
{
    return problem_set(problem, STATUS_NO_MEMORY, name, "%s", status_sentence(STATUS_NO_MEMORY));
}

static enum status read_all(struct config *config, const struct config_layer *layers, size_t count,
                            struct problem *problem)
{
    struct config_memory *scratch = memory_new();
    struct node *root = NULL;
    if (scratch == NULL)
        return no_memory(problem, config->name);
    enum status status = layers_read(layers, count, config->memory, scratch, &root, problem);
    if (status == STATUS_OK)
        status = config_fill(config, root, problem);
    memory_free(scratch);
    if (status == STATUS_OK && !origins_sort(config->origins, config->memory))
        status = no_memory(problem, config->name);
    return status == STATUS_OK ? config_check(config, problem) : status;
}

enum status config_read_layers(const struct config_layer *layers, size_t count,
                               enum config_mode mode, struct config *out, struct problem *problem)
{
    const char *name = NULL;
    for (size_t i = 0; i < count; i++) {
        if (layers[i].key == NULL)
            name = layers[i].name;
    }
    ASSERT(name != NULL);
    *out = (struct config){.mode = mode, .memory = memory_new()};
    if (out->memory != NULL) {
        out->name = memory_text(out->memory, text_of(name));
        out->origins = origins_new(out->memory);
    }
    enum status status = out->name == NULL || out->origins == NULL
                             ? no_memory(problem, name)
                             : read_all(out, layers, count, problem);
    if (status != STATUS_OK)
        config_release(out);
    return status;
}

enum status config_read_text(const char *name, struct text text, const char *folder,
                             enum config_mode mode, struct config *out, struct problem *problem)
{
    struct config_layer layer = {.name = name, .text = text, .folder = folder};
    return config_read_layers(&layer, 1, mode, out, problem);
}

static enum status io_problem(struct problem *problem, const char *path, int code)
{
    if (code == ENOENT || code == ENOTDIR) {
        problem_set(problem, STATUS_NOT_FOUND, path, "there is no such file");
        problem_next(problem, "check the path");
    } else if (code == EISDIR) {
        problem_set(problem, STATUS_CONFIG_INVALID, path, "found a directory");
        problem_allowed(problem, "a file");
    } else if (code == EACCES || code == EPERM) {
        problem_set(problem, STATUS_CONFIG_INVALID, path, "the file cannot be opened: %s",
                    strerror(code));
        problem_next(problem, "let this user read it: chmod +r");
    } else {
        problem_set(problem, STATUS_IO, path, "%s", strerror(code));
    }
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

enum status config_layer_load(const char *path, struct config_layer *out, struct problem *problem)
{
    *out = (struct config_layer){.name = path};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return io_problem(problem, path, errno);
    char *data = malloc(CONFIG_FILE_SIZE_MAX + 1);
    char *folder = folder_of(path);
    enum status status = data == NULL || folder == NULL
                             ? no_memory(problem, path)
                             : load(descriptor, path, data, &out->text.size, problem);
    close(descriptor);
    if (status == STATUS_OK && out->text.size > CONFIG_FILE_SIZE_MAX) {
        status = problem_set(problem, STATUS_CONFIG_INVALID, path, "a file of more than 1 MiB");
        problem_allowed(problem, "at most 1 MiB");
    }
    out->text.data = data;
    out->folder = folder;
    if (status != STATUS_OK)
        config_layer_release(out);
    return status;
}

void config_layer_release(struct config_layer *layer)
{
    free((void *)(uintptr_t)layer->text.data);
    free((void *)(uintptr_t)layer->folder);
    *layer = (struct config_layer){0};
}

enum status config_read_file(const char *path, enum config_mode mode, struct config *out,
                             struct problem *problem)
{
    struct config_layer layer;
    *out = (struct config){0};
    enum status status = config_layer_load(path, &layer, problem);
    if (status != STATUS_OK)
        return status;
    status = config_read_layers(&layer, 1, mode, out, problem);
    config_layer_release(&layer);
    return status;
}

bool config_key_of_variable(const char *variable, char *out, size_t out_size)
{
    struct text rest = text_of(variable);
    size_t used = 0;
    if (!text_starts_with(rest, TEXT("TERN_")))
        return false;
    for (size_t i = 5; i < rest.size; i++) {
        char byte = rest.data[i];
        bool upper = byte >= 'A' && byte <= 'Z', digit = byte >= '0' && byte <= '9';
        if (used + 1 >= out_size || !(upper || digit || byte == '_'))
            return false;
        bool dot = byte == '_' && i + 1 < rest.size && rest.data[i + 1] == '_';
        out[used++] = dot ? '.' : upper ? (char)(byte - 'A' + 'a') : byte;
        i += dot ? 1 : 0;
    }
    out[used] = '\0';
    return used > 0;
}

uint32_t config_origin(const struct config *config, const char *key, const char **source)
{
    struct place place;
    if (!origins_find(config->origins, key, &place))
        place = (struct place){"default", 0};
    if (source != NULL)
        *source = place.source;
    return place.line;
}

void config_locate(const struct config *config, const char *key, char out[CONFIG_WHERE_SIZE])
{
    struct place place = {config->name, 1};
    origins_find_near(config->origins, key, &place);
    config_where(out, place, key);
}

void config_locate_bot(const struct config *config, const struct config_bot *bot, const char *key,
                       char out[CONFIG_WHERE_SIZE])
{
    char path[CONFIG_WHERE_SIZE];
    (void)snprintf(path, sizeof path, "bots[%u]%s%s", (unsigned)(bot - config->bots),
                   key == NULL ? "" : ".", key == NULL ? "" : key);
    config_locate(config, path, out);
}

uint32_t config_instrument_index(const struct config *config, const char *name)
{
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        if (strcmp(config->instruments[i].name, name) == 0)
            return i;
    }
    return UINT32_MAX;
}
