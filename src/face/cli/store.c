#include "face/cli/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/place.h"
#include "base/text.h"

#define ELSEWHERE "elsewhere"
#define ELSEWHERE_SIZE_MAX (16u << 20)

enum status store_path(char out[STORE_PATH_SIZE])
{
    return place_of_user("XDG_DATA_HOME", ".local/share", "tern/backtests", out, STORE_PATH_SIZE);
}

bool store_is_usable(const char *store)
{
    char part[STORE_PATH_SIZE];
    struct stat facts;
    if (!text_copy(part, sizeof part, text_of(store))) {
        errno = ENAMETOOLONG;
        return false;
    }
    while (stat(part, &facts) != 0) {
        char *slash = strrchr(part, '/');
        if (errno != ENOENT || slash == NULL || slash == part)
            return false;
        *slash = '\0';
    }
    if (S_ISDIR(facts.st_mode))
        return access(part, W_OK | X_OK) == 0;
    errno = ENOTDIR;
    return false;
}

static bool store_make(const char *store)
{
    char part[STORE_PATH_SIZE];
    if (!text_copy(part, sizeof part, text_of(store))) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *at = strchr(part + 1, '/');; at = strchr(at + 1, '/')) {
        if (at != NULL)
            *at = '\0';
        struct stat facts;
        if (mkdir(part, 0700) != 0 && errno != EEXIST &&
            (stat(part, &facts) != 0 || !S_ISDIR(facts.st_mode)))
            return false;
        if (at == NULL)
            return access(store, W_OK | X_OK) == 0;
        *at = '/';
    }
}

/* ---- directories elsewhere ------------------------------------------------------------------- */

static bool elsewhere_path(const char *store, char out[STORE_PATH_SIZE])
{
    int size = snprintf(out, STORE_PATH_SIZE, "%s/" ELSEWHERE, store);
    return size > 0 && size < STORE_PATH_SIZE;
}

/* The whole file; false with errno set. */
static bool elsewhere_read(int descriptor, struct text_buffer *out)
{
    char block[4096];
    for (;;) {
        ssize_t count = read(descriptor, block, sizeof block);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count == 0 && out->status == STATUS_OK;
        text_buffer_append(out, (struct text){block, (size_t)count});
    }
}

static bool has_line(const struct text_buffer *text, const char *line)
{
    struct text rest = {text->data, text->size};
    while (rest.size > 0) {
        if (text_equal(text_split(&rest, '\n'), text_of(line)))
            return true;
    }
    return false;
}

bool store_remember(const char *store, const char *directory)
{
    char path[STORE_PATH_SIZE], full[PATH_MAX], line[PATH_MAX + 1];
    if (realpath(directory, full) == NULL)
        return false;
    if (!store_make(store) || !elsewhere_path(store, path))
        return false;
    /* A line end in a name would be two lines, and both wrong. */
    if (strchr(full, '\n') != NULL) {
        errno = EINVAL;
        return false;
    }
    int descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return false;
    struct text_buffer text;
    text_buffer_init(&text, ELSEWHERE_SIZE_MAX);
    bool good = flock(descriptor, LOCK_EX) == 0 && elsewhere_read(descriptor, &text);
    if (good && !has_line(&text, full)) {
        size_t size = strlen(full);
        memcpy(line, full, size);
        line[size] = '\n';
        good = write(descriptor, line, size + 1) == (ssize_t)(size + 1);
    }
    int error = errno;
    text_buffer_release(&text);
    (void)close(descriptor);
    errno = error;
    return good;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Takes the directory where it holds a result. */
static enum status list_add(struct store_list *list, const char *name, const char *path)
{
    char file[STORE_PATH_SIZE];
    struct stat facts;
    int size = snprintf(file, sizeof file, "%s/result.json", path);
    if (size < 0 || (size_t)size >= sizeof file || stat(file, &facts) != 0 ||
        !S_ISREG(facts.st_mode))
        return STATUS_OK;
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->entries[i].path, path) == 0)
            return STATUS_OK;
    }
    if (list->count == STORE_ENTRIES_MAX)
        return STATUS_FULL;
    struct store_entry *entries = realloc(list->entries,
                                          ((size_t)list->count + 1) * sizeof *entries);
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    list->entries = entries;
    struct store_entry *entry = &entries[list->count];
    entry->written_ns = (int64_t)facts.st_mtim.tv_sec * NANOSECONDS_PER_SECOND +
                        facts.st_mtim.tv_nsec;
    entry->name = strdup(name);
    entry->path = strdup(path);
    list->count++;
    return entry->name == NULL || entry->path == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status list_store(struct store_list *list, const char *store)
{
    DIR *directory = opendir(store);
    if (directory == NULL)
        return STATUS_OK;
    enum status status = STATUS_OK;
    for (struct dirent *at; status == STATUS_OK && (at = readdir(directory)) != NULL;) {
        char path[STORE_PATH_SIZE];
        /* `x.partial-4711` is a run that is not finished or was cut off. */
        if (at->d_name[0] == '.' || strstr(at->d_name, ".partial-") != NULL)
            continue;
        int size = snprintf(path, sizeof path, "%s/%s", store, at->d_name);
        if (size > 0 && (size_t)size < sizeof path)
            status = list_add(list, at->d_name, path);
    }
    (void)closedir(directory);
    return status;
}

static enum status list_elsewhere(struct store_list *list, const char *store)
{
    char path[STORE_PATH_SIZE];
    if (!elsewhere_path(store, path))
        return STATUS_OK;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return STATUS_OK;
    struct text_buffer text;
    text_buffer_init(&text, ELSEWHERE_SIZE_MAX);
    enum status status = STATUS_OK;
    if (elsewhere_read(descriptor, &text)) {
        struct text rest = {text.data, text.size};
        while (status == STATUS_OK && rest.size > 0) {
            char line[STORE_PATH_SIZE];
            if (text_copy(line, sizeof line, text_split(&rest, '\n')) && line[0] == '/')
                status = list_add(list, line, line);
        }
    }
    text_buffer_release(&text);
    (void)close(descriptor);
    return status;
}

/* Newest first; of one time by name, so that a list is the same twice. */
static int by_age(const void *a, const void *b)
{
    const struct store_entry *left = a, *right = b;
    if (left->written_ns != right->written_ns)
        return left->written_ns < right->written_ns ? 1 : -1;
    return strcmp(left->name, right->name);
}

enum status store_list_read(const char *store, struct store_list *out)
{
    *out = (struct store_list){0};
    enum status status = list_store(out, store);
    if (status == STATUS_OK)
        status = list_elsewhere(out, store);
    if (status != STATUS_OK) {
        store_list_release(out);
        return status;
    }
    if (out->count > 0)
        qsort(out->entries, out->count, sizeof *out->entries, by_age);
    return STATUS_OK;
}

void store_list_release(struct store_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        free(list->entries[i].name);
        free(list->entries[i].path);
    }
    free(list->entries);
    *list = (struct store_list){0};
}

/* ---- by name --------------------------------------------------------------------------------- */

/* `score` is the newest of score-1f3a90bc-77d01e42 and score-99887766-77d01e42. */
static bool is_called(const struct store_entry *entry, const char *name)
{
    struct text whole = text_of(entry->name), part = text_of(name);
    if (text_equal(whole, part))
        return true;
    return part.size < whole.size && text_starts_with(whole, part) && whole.data[part.size] == '-';
}

static enum status find_in_list(const struct store_list *list, const char *name, const char **out)
{
    *out = NULL;
    for (uint32_t i = 0; i < list->count && *out == NULL; i++) {
        if (name == NULL || strcmp(list->entries[i].name, name) == 0)
            *out = list->entries[i].path;
    }
    for (uint32_t i = 0; i < list->count && *out == NULL; i++) {
        if (is_called(&list->entries[i], name))
            *out = list->entries[i].path;
    }
    return *out == NULL ? STATUS_NOT_FOUND : STATUS_OK;
}

static enum status not_found(const struct store_list *list, const char *name,
                             struct problem *problem)
{
    const char *names[64], *near = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < list->count && count < ARRAY_COUNT(names); i++)
        names[count++] = list->entries[i].name;
    if (name != NULL)
        near = text_suggest(text_of(name), names, count);
    problem_set(problem, STATUS_NOT_FOUND, name == NULL ? "backtest show" : name,
                name == NULL ? "there is no result yet" : "there is no result of that name");
    if (near != NULL)
        problem_next(problem, "did you mean %s?", near);
    problem_next(problem, name == NULL ? "tern backtest run FILE" : "tern backtest list");
    return STATUS_NOT_FOUND;
}

enum status store_find(const char *store, const char *name, char out[STORE_PATH_SIZE],
                       struct problem *problem)
{
    struct stat facts;
    /* What looks like a path and is there is one; so is a name with a slash that is not there. */
    if (name != NULL && (strchr(name, '/') != NULL || strcmp(name, ".") == 0)) {
        if (stat(name, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
            problem_set(problem, STATUS_NOT_FOUND, name, "there is no such directory");
            problem_next(problem, "tern backtest list");
            return STATUS_NOT_FOUND;
        }
        if (!text_copy(out, STORE_PATH_SIZE, text_of(name)))
            return problem_set(problem, STATUS_RANGE, name, "the path is too long");
        return STATUS_OK;
    }
    struct store_list list;
    enum status status = store_list_read(store, &list);
    if (status != STATUS_OK)
        return problem_set(problem, status, store, "%s", status_sentence(status));
    const char *path = NULL;
    status = find_in_list(&list, name, &path);
    if (status == STATUS_NOT_FOUND && name != NULL && stat(name, &facts) == 0 &&
        S_ISDIR(facts.st_mode)) {
        path = name;
        status = STATUS_OK;
    }
    if (status == STATUS_OK && !text_copy(out, STORE_PATH_SIZE, text_of(path)))
        status = problem_set(problem, STATUS_RANGE, path, "the path is too long");
    else if (status != STATUS_OK)
        status = not_found(&list, name, problem);
    store_list_release(&list);
    return status;
}
