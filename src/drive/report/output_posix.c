/* The operations of struct output_disk on a real disk. */
#include "drive/report/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int posix_resolve(void *context, const char *path, char out[OUTPUT_PATH_SIZE])
{
    (void)context;
    char *real = realpath(path, NULL);
    if (real == NULL)
        return errno;
    bool fits = text_copy(out, OUTPUT_PATH_SIZE, text_of(real));
    free(real);
    return fits ? 0 : ENAMETOOLONG;
}

static int posix_kind(void *context, const char *path, enum output_kind *kind)
{
    (void)context;
    struct stat facts;
    *kind = OUTPUT_KIND_MISSING;
    if (lstat(path, &facts) != 0)
        return errno == ENOENT ? 0 : errno;
    *kind = S_ISDIR(facts.st_mode) ? OUTPUT_KIND_DIRECTORY : OUTPUT_KIND_OTHER;
    return 0;
}

static int posix_list(void *context, const char *path, struct output_names *names)
{
    (void)context;
    names->count = 0;
    names->more = false;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return errno;
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names->more = names->count == OUTPUT_NAMES_MAX;
        if (names->more)
            break;
        (void)text_copy(names->names[names->count++], OUTPUT_NAME_SIZE, text_of(entry->d_name));
    }
    int error = errno;
    (void)closedir(directory);
    return error;
}

static int posix_read(void *context, const char *path, char *data, size_t size, size_t *got)
{
    (void)context;
    *got = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return errno;
    int error = 0;
    while (*got < size) {
        ssize_t part = read(descriptor, data + *got, size - *got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            error = errno;
        if (part <= 0)
            break;
        *got += (size_t)part;
    }
    (void)close(descriptor);
    return error;
}

static int posix_make_directory(void *context, const char *path)
{
    (void)context;
    return mkdir(path, 0777) == 0 ? 0 : errno;
}

static int posix_create(void *context, const char *path, int *descriptor)
{
    (void)context;
    *descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    return *descriptor >= 0 ? 0 : errno;
}

static int posix_write(void *context, int descriptor, const char *data, size_t size,
                       size_t *written)
{
    (void)context;
    ssize_t part;
    do {
        part = write(descriptor, data, size);
    } while (part < 0 && errno == EINTR);
    *written = part > 0 ? (size_t)part : 0;
    return part < 0 ? errno : 0;
}

static int posix_sync(void *context, int descriptor)
{
    (void)context;
    /* A file system without sync (EINVAL) has nothing to lose later. */
    return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

static int posix_close(void *context, int descriptor)
{
    (void)context;
    return close(descriptor) == 0 || errno == EINTR ? 0 : errno;
}

static int posix_sync_directory(void *context, const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno;
    int error = posix_sync(context, descriptor);
    (void)close(descriptor);
    return error;
}

static int posix_rename(void *context, const char *from, const char *to)
{
    (void)context;
    return rename(from, to) == 0 ? 0 : errno;
}

static int posix_exchange(void *context, const char *a, const char *b)
{
    (void)context;
    return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

static int posix_remove_file(void *context, const char *path)
{
    (void)context;
    return unlink(path) == 0 ? 0 : errno;
}

static int posix_remove_directory(void *context, const char *path)
{
    (void)context;
    return rmdir(path) == 0 ? 0 : errno;
}

const struct output_disk output_disk_posix = {
    .resolve = posix_resolve,
    .kind = posix_kind,
    .list = posix_list,
    .read = posix_read,
    .make_directory = posix_make_directory,
    .create = posix_create,
    .write = posix_write,
    .sync = posix_sync,
    .close = posix_close,
    .sync_directory = posix_sync_directory,
    .rename = posix_rename,
    .exchange = posix_exchange,
    .remove_file = posix_remove_file,
    .remove_directory = posix_remove_directory,
};
