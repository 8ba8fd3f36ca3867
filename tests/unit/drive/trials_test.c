/* Counting trials: once a configuration, by data and kind, whatever the state directory does. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "drive/result/statistics.h"
#include "drive/result/trials.h"
#include "drive/result/warnings.h"
#include "result_fixture.h"

struct place {
    char root[64], path[128];
};

static void place_make(struct place *place)
{
    (void)snprintf(place->root, sizeof(place->root), "/tmp/tern-trials-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    (void)snprintf(place->path, sizeof(place->path), "%s/state/tern/trials", place->root);
}

static void place_remove(const struct place *place)
{
    char path[128];
    (void)unlink(place->path);
    (void)snprintf(path, sizeof(path), "%s/state/tern", place->root);
    (void)rmdir(path);
    (void)snprintf(path, sizeof(path), "%s/state", place->root);
    (void)rmdir(path);
    assert_int_equal(rmdir(place->root), 0);
}

static struct trial trial_of(uint64_t data, uint64_t config, const char *kind, double sharpe)
{
    return (struct trial){.data_hash = {data, 1},
                          .config_hash = {config, 2},
                          .kind = kind,
                          .count = 1,
                          .sharpe_mean = sharpe};
}

static struct trials record(const struct place *place, struct trial trial)
{
    struct trials trials;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(trials_record(place->path, &trial, &trials, &problem), STATUS_OK);
    return trials;
}

static void counts_once(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    assert_int_equal(record(&place, trial_of(1, 1, "score", .1)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 1, "score", .1)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 2, "score", .3)).count, 2);
    /* Other data, another kind: counted on their own. */
    assert_int_equal(record(&place, trial_of(2, 2, "score", .3)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 2, "dca+score", .3)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 2, "", .3)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 2, "", .3)).count, 1);
    struct trials trials = record(&place, trial_of(1, 3, "score", double_nan()));
    assert_int_equal(trials.count, 3);
    assert_int_equal(trials.lines_unread, 0);
    /* Those of .1 and .3: variance .02; the one without a ratio counts but adds none. */
    trials = record(&place, trial_of(1, 4, "score", .2));
    assert_int_equal(trials.count, 4);
    assert_true(fabs(trials.sharpe_variance - .01) < 1e-15);
    /* Private to its owner. */
    struct stat facts;
    assert_int_equal(stat(place.path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    place_remove(&place);
}

/* A sweep is one line with a count; merged it gives the variance of all. */
static void sweeps(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    const double values[] = {.1, .2, .4, .8, .05};
    struct trial sweep = trial_of(1, 9, "rsi", 0);
    sweep.count = 3;
    sweep.sharpe_mean = (.1 + .2 + .4) / 3;
    for (int i = 0; i < 3; i++)
        sweep.sharpe_squares += pow(values[i] - sweep.sharpe_mean, 2);
    assert_int_equal(record(&place, sweep).count, 3);
    assert_int_equal(record(&place, trial_of(1, 10, "rsi", .8)).count, 4);
    struct trials trials = record(&place, trial_of(1, 11, "rsi", .05));
    assert_int_equal(trials.count, 5);
    double deviation = moments_of(values, 5).deviation;
    assert_true(fabs(trials.sharpe_variance - deviation * deviation) < 1e-15);
    place_remove(&place);
}

static void file_append(const struct place *place, const char *text)
{
    FILE *file = fopen(place->path, "ab");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void damaged_lines(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    assert_int_equal(record(&place, trial_of(1, 1, "score\n1 x", .1)).count, 1);
    assert_int_equal(record(&place, trial_of(1, 1, "score\n1 x", .1)).count, 1);
    file_append(&place, "rubbish\n\n2 0 0 1 - 0 score\n1 00 00 1 - 0 score\n");
    char line[2000];
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\0';
    file_append(&place, line);
    file_append(&place,
                "\n1 00000000000000010000000000000001 00000000000000020000000000000005 "
                "0 - 0 score\n"
                "1 00000000000000010000000000000001 00000000000000020000000000000005 "
                "1 much 0 score\n"
                "1 00000000000000010000000000000001 00000000000000020000000000000005 1 - 0");
    /* The cut line stays alone: the new one begins on a line of its own. */
    struct trials trials = record(&place, trial_of(1, 7, "score\n1 x", .1));
    assert_int_equal(trials.count, 2);
    assert_int_equal(trials.lines_unread, 8);
    trials = record(&place, trial_of(1, 7, "score\n1 x", .1));
    assert_int_equal(trials.count, 2);
    assert_int_equal(trials.lines_unread, 8);
    place_remove(&place);
}

static void unusable_state(void **state)
{
    (void)state;
    struct place place;
    struct trials trials;
    struct problem problem;
    struct trial trial = trial_of(1, 1, "score", .1);
    /* A file where a directory should be. */
    place_make(&place);
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/state", place.root);
    int descriptor = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(descriptor >= 0);
    (void)close(descriptor);
    problem_init(&problem);
    assert_int_equal(trials_record(place.path, &trial, &trials, &problem), STATUS_IO);
    assert_int_equal(trials.count, 1);
    assert_true(problem.found[0] != '\0');
    /* A result is concluded all the same, with a warning. */
    struct backtest_result result;
    struct metrics metrics;
    fixture_init(&result, false);
    assert_int_equal(backtest_result_conclude(&result, place.path, &metrics), STATUS_OK);
    assert_int_equal(result.trials_count, 1);
    assert_non_null(strstr(result.warnings.items[0].text, "trials could not be counted"));
    backtest_result_release(&result);
    assert_int_equal(unlink(path), 0);
    /* A directory where the file should be. */
    assert_int_equal(mkdir(path, 0700), 0);
    problem_init(&problem);
    assert_int_equal(trials_record(path, &trial, &trials, &problem), STATUS_IO);
    assert_int_equal(trials.count, 1);
    /* Devices and pipes are no state. */
    problem_init(&problem);
    assert_int_equal(trials_record("/dev/zero", &trial, &trials, &problem), STATUS_IO);
    assert_int_equal(trials.count, 1);
    place_remove(&place);
}

/* The disk fills up in the middle of a line: said, and the next line is whole again. */
static void full_disk(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    (void)record(&place, trial_of(1, 1, "score", .1));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct stat facts;
        struct trials trials;
        struct problem problem;
        struct trial trial = trial_of(1, 2, "score", .2);
        problem_init(&problem);
        struct sigaction ignored = {.sa_handler = SIG_IGN};
        bool right = sigaction(SIGXFSZ, &ignored, NULL) == 0 && stat(place.path, &facts) == 0;
        struct rlimit limit = {(rlim_t)facts.st_size + 20, (rlim_t)facts.st_size + 20};
        right = right && setrlimit(RLIMIT_FSIZE, &limit) == 0;
        right = right && trials_record(place.path, &trial, &trials, &problem) == STATUS_NO_SPACE;
        _exit(right && trials.count == 2 ? 0 : 1);
    }
    int outcome = 0;
    assert_true(wait(&outcome) == child);
    assert_true(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0);
    struct trials trials = record(&place, trial_of(1, 3, "score", .2));
    assert_int_equal(trials.count, 2);
    assert_int_equal(trials.lines_unread, 1);
    place_remove(&place);
}

/* A file that may be read but not written still counts what is there. The superuser may write
 * everything, so a child that is somebody else looks. */
static void read_only_state(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    (void)record(&place, trial_of(1, 1, "score", .1));
    assert_int_equal(chmod(place.path, 0444), 0);
    char path[128];
    static const char *const folders[] = {"", "/state", "/state/tern"};
    for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", place.root, folders[i]);
        assert_int_equal(chmod(path, 0755), 0);
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct trials trials;
        struct problem problem;
        struct trial trial = trial_of(1, 2, "score", .2);
        problem_init(&problem);
        bool right = geteuid() != 0 || seteuid(65534) == 0;
        right = right && trials_record(place.path, &trial, &trials, &problem) == STATUS_IO;
        _exit(right && trials.count == 2 ? 0 : 1);
    }
    int outcome = 0;
    assert_true(wait(&outcome) == child);
    assert_true(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0);
    place_remove(&place);
}

/* Many processes at once: nothing is lost, nothing counted twice. */
static void processes_together(void **state)
{
    (void)state;
    enum { PROCESSES = 8, EACH = 25 };
    struct place place;
    place_make(&place);
    for (int p = 0; p < PROCESSES; p++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child != 0)
            continue;
        bool right = true;
        for (int i = 0; i < EACH; i++) {
            struct trials trials;
            struct problem problem;
            struct trial trial = trial_of(1, (uint64_t)(p / 2 * EACH + i), "score", i * .01);
            problem_init(&problem);
            right &= trials_record(place.path, &trial, &trials, &problem) == STATUS_OK;
        }
        _exit(right ? 0 : 1);
    }
    for (int p = 0; p < PROCESSES; p++) {
        int outcome = 0;
        assert_true(wait(&outcome) > 0);
        assert_true(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0);
    }
    /* Two processes each write the same ones. */
    struct trials trials = record(&place, trial_of(1, 0, "score", 0));
    assert_int_equal(trials.count, PROCESSES / 2 * EACH);
    assert_int_equal(trials.lines_unread, 0);
    place_remove(&place);
}

/* Somebody holds the lock for good: after two seconds the run goes on. */
static void lock_held(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    (void)record(&place, trial_of(1, 1, "score", .1));
    int descriptor = open(place.path, O_RDWR);
    assert_int_equal(flock(descriptor, LOCK_EX), 0);
    struct trials trials;
    struct problem problem;
    struct trial trial = trial_of(1, 2, "score", .2);
    problem_init(&problem);
    assert_int_equal(trials_record(place.path, &trial, &trials, &problem), STATUS_IO);
    assert_true(trials.count >= 1);
    (void)close(descriptor);
    assert_int_equal(record(&place, trial).count, 2);
    place_remove(&place);
}

static void paths(void **state)
{
    (void)state;
    char path[TRIALS_PATH_SIZE];
    assert_int_equal(setenv("XDG_STATE_HOME", "/state", 1), 0);
    assert_int_equal(setenv("HOME", "/home/x", 1), 0);
    assert_int_equal(trials_path(path), STATUS_OK);
    assert_string_equal(path, "/state/tern/trials");
    assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
    assert_int_equal(trials_path(path), STATUS_OK);
    assert_string_equal(path, "/home/x/.local/state/tern/trials");
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(trials_path(path), STATUS_NOT_FOUND);
}

/* The trials counted come into the deflated Sharpe ratio. */
static void conclude_deflates(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    struct backtest_result result;
    struct metrics alone, many;
    fixture_init(&result, false);
    assert_int_equal(backtest_result_conclude(&result, place.path, &alone), STATUS_OK);
    assert_int_equal(result.trials_count, 1);
    assert_true(fabs(alone.values[METRIC_DEFLATED_SHARPE].number -
                     alone.values[METRIC_PROBABILISTIC_SHARPE].number) < 1e-15);
    for (uint64_t i = 0; i < 20; i++) {
        struct trial trial = trial_of(0, 100 + i, result.kind, (double)i * .02);
        trial.data_hash = result.data_hash;
        (void)record(&place, trial);
    }
    result.warnings.count = 0;
    assert_int_equal(backtest_result_conclude(&result, place.path, &many), STATUS_OK);
    assert_int_equal(result.trials_count, 21);
    assert_true(result.trials_sharpe_variance > 0);
    assert_true(many.values[METRIC_DEFLATED_SHARPE].number <
                alone.values[METRIC_DEFLATED_SHARPE].number);
    backtest_result_release(&result);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_once),
        cmocka_unit_test(sweeps),
        cmocka_unit_test(damaged_lines),
        cmocka_unit_test(unusable_state),
        cmocka_unit_test(read_only_state),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(processes_together),
        cmocka_unit_test(lock_held),
        cmocka_unit_test(paths),
        cmocka_unit_test(conclude_deflates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
