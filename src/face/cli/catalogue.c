#include "face/cli/catalogue.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"

static enum status make_folders(char *path, struct problem *problem)
{
    struct stat info;
    for (char *at = strchr(path + 1, '/');; at = strchr(at + 1, '/')) {
        if (at != NULL)
            *at = '\0';
        int error = mkdir(path, 0777) == 0 ? 0 : errno;
        if (error != 0 && stat(path, &info) == 0)
            error = S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
        if (error != 0) {
            enum status status = error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
            return problem_set(problem, status, path, "the folder cannot be made: %s",
                               strerror(error));
        }
        if (at == NULL)
            return STATUS_OK;
        *at = '/';
    }
}

enum status catalogue_path(const char *directory, bool make, char out[CATALOGUE_PATH_SIZE],
                           struct problem *problem)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int size;
    /* The XDG rules: a relative path counts as not set. */
    if (directory != NULL) {
        size = snprintf(out, CATALOGUE_PATH_SIZE, "%s", directory);
    } else if (data != NULL && data[0] == '/') {
        size = snprintf(out, CATALOGUE_PATH_SIZE, "%s/tern/tapes", data);
    } else if (home != NULL && home[0] == '/') {
        size = snprintf(out, CATALOGUE_PATH_SIZE, "%s/.local/share/tern/tapes", home);
    } else {
        problem_set(problem, STATUS_NOT_FOUND, "catalogue",
                    "neither XDG_DATA_HOME nor HOME is an absolute path");
        problem_next(problem, "name a directory");
        return STATUS_NOT_FOUND;
    }
    if (size <= 0 || size >= CATALOGUE_PATH_SIZE)
        return problem_set(problem, STATUS_RANGE, "catalogue", "the path is too long");
    return make ? make_folders(out, problem) : STATUS_OK;
}

/* Lower case; what is no letter, digit, dot, underscore becomes a hyphen. */
static void append_name(char *out, size_t size, struct text name)
{
    size_t used = strlen(out);
    for (size_t i = 0; i < name.size && used + 1 < size; i++) {
        char c = name.data[i];
        bool plain = isalnum((unsigned char)c) != 0 || c == '_' || (c == '.' && i > 0);
        out[used++] = plain ? (char)tolower((unsigned char)c) : '-';
    }
    out[used] = '\0';
}

bool catalogue_tape_path(const char *directory, const char *instrument, const char *file,
                         int64_t bar_ns, char out[CATALOGUE_PATH_SIZE])
{
    char name[256] = "";
    if (instrument[0] != '\0') {
        char length[DURATION_TEXT_SIZE];
        duration_format(length, bar_ns);
        append_name(name, sizeof name - 64, text_of(instrument));
        append_name(name, sizeof name - 32, TEXT("-"));
        append_name(name, sizeof name - 8, text_of(length));
    } else {
        static const char *const endings[] = {".gz", ".zip", ".csv", ".json", ".txt", ".tape"};
        struct text stem = text_of(file);
        while (stem.size > 1 && stem.data[stem.size - 1] == '/')
            stem.size--;
        for (size_t i = stem.size; i-- > 0;) {
            if (stem.data[i] == '/' && i + 1 < stem.size) {
                stem = (struct text){stem.data + i + 1, stem.size - i - 1};
                break;
            }
        }
        for (unsigned i = 0; i < ARRAY_COUNT(endings); i++) {
            size_t size = strlen(endings[i]);
            if (stem.size > size && memcmp(stem.data + stem.size - size, endings[i], size) == 0)
                stem.size -= size;
        }
        append_name(name, sizeof name - 8, stem);
    }
    int size = snprintf(out, CATALOGUE_PATH_SIZE, "%s/%s.tape", directory, name);
    return size > 0 && size < CATALOGUE_PATH_SIZE;
}

bool catalogue_recording_path(const char *directory, const char *instrument, const char *kind,
                              const char *file, char out[CATALOGUE_PATH_SIZE])
{
    char name[256] = "";
    if (instrument[0] == '\0')
        return catalogue_tape_path(directory, "", file, 0, out);
    append_name(name, sizeof name - 64, text_of(instrument));
    append_name(name, sizeof name - 32, TEXT("-"));
    append_name(name, sizeof name - 8, text_of(kind));
    int size = snprintf(out, CATALOGUE_PATH_SIZE, "%s/%s.tape", directory, name);
    return size > 0 && size < CATALOGUE_PATH_SIZE;
}
