/* The benchmarks, as one table: each measures the program's own path beside a plain loop that does
 * the least work the task allows, in the same run, and names a hash that another path computes too.
 *
 * A benchmark never asserts a time; figures are medians of several runs with their spread. Process
 * CPU time is measured, so that a busy machine disturbs less; memory it shares is not made good. */
#ifndef TERN_DRIVE_BENCH_BENCH_H
#define TERN_DRIVE_BENCH_BENCH_H

#include "base/json_write.h"
#include "base/problem.h"
#include "base/table.h"

#define BENCH_RUNS_DEFAULT 5u
#define BENCH_RUNS_MAX 101u
#define BENCH_CHECK_SIZE 64u
#define BENCH_NOTE_SIZE 512u

/* One benchmark. `context` is made by setup and freed by teardown. */
struct bench_class {
    const char *id; /* B-1 */
    const char *name;
    const char *unit;       /* of both figures: bars/s */
    const char *limit_name; /* plain loop */
    enum status (*setup)(void **context, struct problem *problem);
    /* One run each; units per second. run leaves its check in the context. */
    double (*run)(void *context);
    double (*limit)(void *context);
    void (*check)(void *context, char out[BENCH_CHECK_SIZE]);
    /* Writes the inputs as files so that other paths can compute the check; NULL: none. */
    enum status (*keep)(void *context, const char *directory, struct problem *problem);
    /* A figure beside the rate, measured once after the runs, as a sentence; NULL: none. */
    void (*note)(void *context, char out[BENCH_NOTE_SIZE]);
    void (*teardown)(void *context);
};

const struct bench_class *const *bench_classes(size_t *count);
const struct bench_class *bench_find(struct text id);

struct bench_result {
    const struct bench_class *class;
    double median, min, max, deviation; /* deviation: median absolute deviation */
    double limit_median;
    uint32_t runs;
    char check[BENCH_CHECK_SIZE];
    char note[BENCH_NOTE_SIZE]; /* empty: none */
};

/* Measures one: setup, a warm-up run, then `runs` pairs of run and limit in turn. keep may be
 * NULL. */
MUST_USE enum status bench_measure(const struct bench_class *class, uint32_t runs, const char *keep,
                                   struct bench_result *out, struct problem *problem);

/* {"schema":"tern.bench/1","machine":{…},"commit":"…","results":[…]} */
void bench_json_print(const struct bench_result *results, size_t count, const char *commit,
                      struct text_buffer *out);
MUST_USE enum status bench_table_print(const struct bench_result *results, size_t count,
                                       const struct table_style *style, struct text_buffer *out);

/* CPU seconds of this process. */
double bench_seconds(void);

#endif
