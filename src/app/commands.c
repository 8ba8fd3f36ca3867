#include "app/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "drive/live/demo_script.h"

enum status commands_read_file(const char *path, struct text_buffer *script,
                               struct problem *problem)
{
    char buffer[4096];
    ssize_t count = 0;
    text_buffer_init(script, DEMO_SCRIPT_SIZE_MAX);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return problem_set(problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, path, "%s",
                           strerror(errno));
    do {
        count = read(file, buffer, sizeof buffer);
        if (count > 0)
            text_buffer_append(script, (struct text){buffer, (size_t)count});
    } while ((count > 0 && script->status == STATUS_OK) || (count < 0 && errno == EINTR));
    int error = errno;
    (void)close(file);
    if (count < 0)
        return problem_set(problem, STATUS_IO, path, "%s", strerror(error));
    if (script->status == STATUS_OK)
        return STATUS_OK;
    problem_set(problem, STATUS_CONFIG_INVALID, path, "too long");
    problem_allowed(problem, "%zu bytes of commands", DEMO_SCRIPT_SIZE_MAX);
    return STATUS_CONFIG_INVALID;
}

/* Takes what is there; the end of the input, and a terminal that is gone, end it. */
static void take(struct typed *typed)
{
    struct pollfd poll_of = {.fd = typed->descriptor, .events = POLLIN};
    if (typed->ended || typed->used == sizeof typed->buffer || poll(&poll_of, 1, 0) <= 0)
        return;
    ssize_t count = read(typed->descriptor, typed->buffer + typed->used,
                         sizeof typed->buffer - typed->used);
    if (count > 0)
        typed->used += (size_t)count;
    else if (count == 0 || (errno != EINTR && errno != EAGAIN))
        typed->ended = true;
}

bool commands_next(void *context, char *line, size_t size)
{
    struct typed *typed = context;
    const char *end = memchr(typed->buffer, '\n', typed->used);
    if (end == NULL) {
        take(typed);
        end = memchr(typed->buffer, '\n', typed->used);
    }
    bool whole = end != NULL || typed->used == sizeof typed->buffer;
    if (typed->used == 0 || (!whole && !typed->ended))
        return false;
    size_t length = end == NULL ? typed->used : (size_t)(end - typed->buffer);
    size_t taken = end == NULL ? length : length + 1;
    (void)text_copy(line, size, (struct text){typed->buffer, length});
    typed->used -= taken;
    memmove(typed->buffer, typed->buffer + taken, typed->used);
    return true;
}
