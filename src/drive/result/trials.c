#include "drive/result/trials.h"

#include "base/json_write.h"
#include "base/place.h"
#include "drive/result/statistics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRIAL_LINE_SIZE 512
#define TRIAL_KIND_SIZE 256
#define LOCK_TRIES 200
#define LOCK_PAUSE_NS 10000000L

enum status trials_path(char out[TRIALS_PATH_SIZE])
{
    return place_of_user("XDG_STATE_HOME", ".local/state", "tern/trials", out, TRIALS_PATH_SIZE);
}

/* Makes the directories above the file, each readable by its owner alone. */
static bool directories_make(const char *path)
{
    char part[TRIALS_PATH_SIZE];
    if (!text_copy(part, sizeof(part), text_of(path))) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *at = strchr(part + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) {
            struct stat facts;
            if (stat(part, &facts) != 0 || !S_ISDIR(facts.st_mode))
                return false;
        }
        *at = '/';
    }
    return true;
}

static bool lock_take(int descriptor)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        (void)nanosleep(&(struct timespec){0, LOCK_PAUSE_NS}, NULL);
    }
    errno = EWOULDBLOCK;
    return false;
}

/* The kind as it stands in a line. */
static void kind_copy(char out[TRIAL_KIND_SIZE], const char *kind)
{
    (void)text_copy(out, TRIAL_KIND_SIZE, text_of(kind == NULL ? "" : kind));
    for (char *at = out; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = ' ';
    }
}

/* Running mean and squares of all Sharpe ratios so far; merging is Chan's formula. */
struct tally {
    double count, mean, squares;
};

static void tally_merge(struct tally *tally, double count, double mean, double squares)
{
    if (!double_is_finite(mean) || !double_is_finite(squares) || !(squares >= 0))
        return;
    double total = tally->count + count, difference = mean - tally->mean;
    tally->squares += squares + difference * difference * tally->count * count / total;
    tally->mean += difference * count / total;
    tally->count = total;
}

struct counting {
    struct trials *out;
    struct tally tally;
    const struct trial *trial;
    char kind[TRIAL_KIND_SIZE];
    bool found; /* this very trial is in the file */
};

static bool double_parse(struct text text, double *out)
{
    char copy[64], *end;
    if (text.size == 0 || !text_copy(copy, sizeof(copy), text))
        return false;
    *out = strtod(copy, &end);
    return *end == '\0' && end != copy;
}

static bool count_parse(struct text text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.size == 0 || text.size > 18)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = value;
    return value > 0;
}

static void line_count(struct counting *counting, struct text line)
{
    struct hash128 data, config;
    uint64_t count;
    double mean = double_nan(), squares;
    struct text version = text_split(&line, ' '), data_text = text_split(&line, ' ');
    struct text config_text = text_split(&line, ' '), count_text = text_split(&line, ' ');
    struct text mean_text = text_split(&line, ' '), squares_text = text_split(&line, ' ');
    bool readable = text_equal(version, TEXT("1")) && line.data != NULL &&
                    hash128_parse(data_text, &data) == STATUS_OK &&
                    hash128_parse(config_text, &config) == STATUS_OK &&
                    count_parse(count_text, &count) && double_parse(squares_text, &squares) &&
                    (text_equal(mean_text, TEXT("-")) || double_parse(mean_text, &mean));
    if (!readable) {
        counting->out->lines_unread++;
        return;
    }
    if (!hash128_equal(data, counting->trial->data_hash) ||
        !text_equal(line, text_of(counting->kind)))
        return;
    counting->found |= hash128_equal(config, counting->trial->config_hash);
    counting->out->count += count;
    tally_merge(&counting->tally, (double)count, mean, squares);
}

/* Reads the whole file line by line; a line longer than any trial's counts as unread. *open_end
 * says that the last line has no newline: an earlier writer was cut off. */
static bool file_count(int descriptor, struct counting *counting, bool *open_end)
{
    char block[8192], line[TRIAL_LINE_SIZE];
    size_t line_size = 0;
    uint64_t total = 0;
    bool too_long = false;
    for (;;) {
        ssize_t got = read(descriptor, block, sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        total += (uint64_t)got;
        if (total > TRIALS_FILE_SIZE_MAX) {
            errno = EFBIG;
            return false;
        }
        for (ssize_t i = 0; i < got; i++) {
            if (block[i] != '\n') {
                too_long |= line_size == sizeof(line);
                if (!too_long)
                    line[line_size++] = block[i];
                continue;
            }
            if (too_long)
                counting->out->lines_unread++;
            else
                line_count(counting, (struct text){line, line_size});
            line_size = 0;
            too_long = false;
        }
    }
    *open_end = line_size > 0;
    counting->out->lines_unread += line_size > 0;
    return true;
}

/* One write call, so that the line is there whole or not at all but for a full disk. */
static bool line_append(int descriptor, const struct counting *counting, bool open_end)
{
    const struct trial *trial = counting->trial;
    char data[HASH_TEXT_SIZE], config[HASH_TEXT_SIZE], mean[DOUBLE_TEXT_SIZE] = "-";
    char squares[DOUBLE_TEXT_SIZE] = "0", line[TRIAL_LINE_SIZE];
    (void)hash128_format(data, trial->data_hash);
    (void)hash128_format(config, trial->config_hash);
    if (double_is_finite(trial->sharpe_mean)) {
        (void)double_format(mean, trial->sharpe_mean);
        (void)double_format(squares, trial->sharpe_squares);
    }
    int size = snprintf(line, sizeof(line), "%s1 %s %s %" PRIu64 " %s %s %s\n",
                        open_end ? "\n" : "", data, config, trial->count, mean, squares,
                        counting->kind);
    ASSERT(size > 0 && size < (int)sizeof(line));
    ssize_t written = write(descriptor, line, (size_t)size);
    if (written >= 0 && written != size)
        errno = ENOSPC;
    return written == size;
}

/* A pipe or a device would never end. */
static bool is_regular(int descriptor)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0)
        return false;
    errno = S_ISDIR(facts.st_mode) ? EISDIR : EINVAL;
    return S_ISREG(facts.st_mode);
}

static enum status state_problem(struct problem *problem, const char *path)
{
    int error = errno;
    enum status status = error == ENOSPC ? STATUS_NO_SPACE : STATUS_IO;
    return problem_set(problem, status, path, "%s", strerror(error));
}

enum status trials_record(const char *path, const struct trial *trial, struct trials *out,
                          struct problem *problem)
{
    ASSERT(trial->count > 0);
    *out = (struct trials){0};
    struct counting counting = {.out = out, .trial = trial};
    kind_copy(counting.kind, trial->kind);
    enum status status = STATUS_OK;
    bool open_end = false;
    if (!directories_make(path))
        status = state_problem(problem, path);
    int descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                          0600);
    bool writable = descriptor >= 0;
    if (!writable) {
        /* What cannot be written may still be read: earlier trials count. */
        if (status == STATUS_OK)
            status = state_problem(problem, path);
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    } else {
        status = STATUS_OK;
    }
    if (descriptor >= 0) {
        if (!is_regular(descriptor) || (writable && !lock_take(descriptor)) ||
            !file_count(descriptor, &counting, &open_end))
            status = state_problem(problem, path);
        if (status == STATUS_OK && !counting.found && !line_append(descriptor, &counting, open_end))
            status = state_problem(problem, path);
        (void)close(descriptor);
    }
    if (!counting.found) {
        out->count += trial->count;
        tally_merge(&counting.tally, (double)trial->count, trial->sharpe_mean,
                    trial->sharpe_squares);
    }
    if (counting.tally.count >= 2)
        out->sharpe_variance = counting.tally.squares / (counting.tally.count - 1);
    return status;
}
