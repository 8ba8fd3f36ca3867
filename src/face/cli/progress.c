#include "face/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/table.h"

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

bool progress_wanted(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

void progress_begin(struct progress *progress, bool enabled)
{
    *progress = (struct progress){.enabled = enabled, .start_ns = now_ns()};
    sigemptyset(&progress->signals);
    sigaddset(&progress->signals, SIGINT);
    sigaddset(&progress->signals, SIGTERM);
    sigaddset(&progress->signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &progress->signals, &progress->before);
}

static void erase(struct progress *progress)
{
    if (progress->width > 0)
        dprintf(STDERR_FILENO, "\r%*s\r", (int)progress->width, "");
    progress->width = 0;
}

void progress_end(struct progress *progress)
{
    erase(progress);
    /* What came and was answered, or came too late, must not end the process now. */
    static const struct timespec at_once = {0};
    while (sigtimedwait(&progress->signals, NULL, &at_once) > 0) {
    }
    (void)sigprocmask(SIG_SETMASK, &progress->before, NULL);
}

/* 1234567 is `1.2 M`. */
static void rate_format(char *out, size_t out_size, double rate)
{
    static const char *const units[] = {"", " k", " M", " G"};
    size_t unit = 0;
    while (rate >= 1000 && unit + 1 < ARRAY_COUNT(units)) {
        rate /= 1000;
        unit++;
    }
    snprintf(out, out_size, "%.*f%s", rate < 10 && unit > 0 ? 1 : 0, rate, units[unit]);
}

static void left_format(char *out, size_t out_size, double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (seconds > 359999)
        snprintf(out, out_size, "days");
    else if (whole >= 3600)
        snprintf(out, out_size, "%lu h %02lu min", whole / 3600, whole % 3600 / 60);
    else if (whole >= 60)
        snprintf(out, out_size, "%lu min %02lu s", whole / 60, whole % 60);
    else
        snprintf(out, out_size, "%lu s", whole);
}

#define BAR_WIDTH 20u

size_t progress_line(char out[PROGRESS_LINE_SIZE], const char *stage, uint64_t done, uint64_t total,
                     int64_t elapsed_ns, unsigned width)
{
    char bar[BAR_WIDTH + 1], rate[32], left[48] = "";
    double share = total == 0 ? 0 : (double)(done < total ? done : total) / (double)total;
    size_t filled = (size_t)(share * BAR_WIDTH);
    memset(bar, '-', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    double seconds = (double)elapsed_ns * 1e-9;
    double speed = seconds > 0 ? (double)done / seconds : 0;
    rate_format(rate, sizeof rate, speed);
    if (speed > 0 && done < total)
        left_format(left, sizeof left, (double)(total - done) / speed);
    int size = snprintf(out, PROGRESS_LINE_SIZE, "%-5.20s [%s] %3.0f %%  %s/s%s%s%s", stage, bar,
                        share * 100, rate, *left == '\0' ? "" : "  ", left,
                        *left == '\0' ? "" : " left");
    size_t length = size < 0 ? 0 : (size_t)size;
    if (length >= PROGRESS_LINE_SIZE)
        length = PROGRESS_LINE_SIZE - 1;
    if (width > 1 && length > width - 1)
        length = width - 1;
    out[length] = '\0';
    return length;
}

static void draw(struct progress *progress, uint64_t done, uint64_t total, int64_t now)
{
    char line[PROGRESS_LINE_SIZE];
    unsigned width = table_style_of_descriptor(STDERR_FILENO).width;
    size_t length = progress_line(line, progress->stage, done, total, now - progress->stage_ns,
                                  width);
    unsigned more = progress->width > length ? progress->width - (unsigned)length : 0;
    dprintf(STDERR_FILENO, "\r%s%*s", line, (int)more, "");
    progress->width = (unsigned)length;
    progress->drawn_ns = now;
}

bool progress_step(void *context, const char *stage, uint64_t done, uint64_t total)
{
    struct progress *progress = context;
    sigset_t pending;
    if (sigpending(&pending) == 0 &&
        (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
         sigismember(&pending, SIGHUP) == 1)) {
        progress->interrupted = true;
        return false;
    }
    int64_t now = now_ns();
    if (progress->stage == NULL || strcmp(progress->stage, stage) != 0) {
        progress->stage = stage;
        progress->stage_ns = now;
    }
    if (progress->enabled && now - progress->start_ns >= PROGRESS_DELAY_NS &&
        now - progress->drawn_ns >= PROGRESS_EVERY_NS)
        draw(progress, done, total, now);
    return true;
}
