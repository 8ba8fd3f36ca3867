/* Byte sources: files and memory. */
#include "world/import/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status byte_source_fill(struct byte_source *source, void *out, size_t size, size_t *out_size,
                             struct problem *problem)
{
    size_t filled = 0;
    while (filled < size) {
        size_t got = 0;
        enum status status = source->class->read(source, (unsigned char *)out + filled,
                                                 size - filled, &got, problem);
        if (status != STATUS_OK)
            return status;
        ASSERT(got <= size - filled);
        if (got == 0)
            break;
        filled += got;
    }
    *out_size = filled;
    return STATUS_OK;
}

void byte_source_close(struct byte_source *source)
{
    if (source != NULL)
        source->class->close(source);
}

static enum status no_memory(struct problem *problem, const char *name)
{
    return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for reading");
}

/* ---- files ---- */

struct file_source {
    struct byte_source base;
    int descriptor;
    char path[]; /* a copy, the base's name */
};

static enum status file_read(struct byte_source *self, void *out, size_t size, size_t *out_size,
                             struct problem *problem)
{
    struct file_source *file = (struct file_source *)self;
    ssize_t got;
    do
        got = read(file->descriptor, out, size);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        int error = errno;
        problem_set(problem, STATUS_IO, file->path, "reading failed: %s", strerror(error));
        problem_next(problem, "check the disk and read again");
        return STATUS_IO;
    }
    *out_size = (size_t)got;
    return STATUS_OK;
}

static void file_close(struct byte_source *self)
{
    struct file_source *file = (struct file_source *)self;
    close(file->descriptor);
    free(file);
}

static const struct byte_source_class file_class = {"file", file_read, file_close};

static enum status open_failed(const char *path, int error, struct problem *problem)
{
    if (error == ENOENT || error == ENOTDIR) {
        problem_set(problem, STATUS_NOT_FOUND, path, "no such file");
        problem_next(problem, "check the path; in a configuration it begins at its folder");
        return STATUS_NOT_FOUND;
    }
    problem_set(problem, STATUS_IO, path, "the file cannot be opened: %s", strerror(error));
    if (error == EACCES)
        problem_next(problem, "let this user read it: chmod +r");
    return STATUS_IO;
}

static const char *file_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a pipe";
    case S_IFSOCK: return "a socket";
    default: return "a device";
    }
}

enum status byte_source_open_file(const char *path, struct byte_source **out,
                                  struct problem *problem)
{
    *out = NULL;
    /* Without O_NONBLOCK opening a pipe would wait for its writer. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        /* A socket cannot be opened at all, and ENXIO would not say why. */
        int error = errno;
        struct stat seen;
        if (error != ENXIO || stat(path, &seen) != 0 || S_ISREG(seen.st_mode))
            return open_failed(path, error, problem);
        problem_set(problem, STATUS_DATA_INVALID, path, "found %s", file_kind(seen.st_mode));
        problem_allowed(problem, "a regular file");
        return STATUS_DATA_INVALID;
    }
    struct stat seen;
    enum status status = STATUS_OK;
    if (fstat(descriptor, &seen) != 0) {
        status = open_failed(path, errno, problem);
    } else if (!S_ISREG(seen.st_mode)) {
        status = problem_set(problem, STATUS_DATA_INVALID, path, "found %s",
                             file_kind(seen.st_mode));
        problem_allowed(problem, "a regular file");
        if (S_ISDIR(seen.st_mode))
            problem_next(problem, "name a file in it");
        else
            problem_next(problem, "copy its content to a file first");
    }
    size_t path_size = strlen(path) + 1;
    struct file_source *file = NULL;
    if (status == STATUS_OK) {
        file = malloc(sizeof *file + path_size);
        if (file == NULL)
            status = no_memory(problem, path);
    }
    if (status != STATUS_OK) {
        close(descriptor);
        return status;
    }
    (void)posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    memcpy(file->path, path, path_size);
    file->base = (struct byte_source){&file_class, file->path};
    file->descriptor = descriptor;
    *out = &file->base;
    return STATUS_OK;
}

/* ---- memory ---- */

struct memory_source {
    struct byte_source base;
    const unsigned char *data;
    size_t size;
};

static enum status memory_read(struct byte_source *self, void *out, size_t size, size_t *out_size,
                               struct problem *problem)
{
    (void)problem;
    struct memory_source *memory = (struct memory_source *)self;
    size_t got = memory->size < size ? memory->size : size;
    if (got > 0)
        memcpy(out, memory->data, got);
    memory->data += got;
    memory->size -= got;
    *out_size = got;
    return STATUS_OK;
}

static void memory_close(struct byte_source *self)
{
    free(self);
}

static const struct byte_source_class memory_class = {"memory", memory_read, memory_close};

enum status byte_source_open_memory(const char *name, const void *data, size_t size,
                                    struct byte_source **out, struct problem *problem)
{
    struct memory_source *memory = malloc(sizeof *memory);
    *out = NULL;
    if (memory == NULL)
        return no_memory(problem, name);
    *memory = (struct memory_source){
        {&memory_class, name}, size > 0 ? data : (const void *)"", size};
    *out = &memory->base;
    return STATUS_OK;
}
