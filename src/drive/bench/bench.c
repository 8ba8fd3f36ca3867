#include "drive/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

extern const struct bench_class bench_b1;
extern const struct bench_class bench_b3;
extern const struct bench_class bench_b2;
extern const struct bench_class bench_b4;
extern const struct bench_class bench_b4s;
extern const struct bench_class bench_b4x;
extern const struct bench_class bench_b6;
extern const struct bench_class bench_b7a;
extern const struct bench_class bench_b13;
extern const struct bench_class bench_b13b;
extern const struct bench_class bench_tape_read;
extern const struct bench_class bench_tape_write;

static const struct bench_class *const classes[] = {
    &bench_b1, &bench_b2, &bench_b3,  &bench_b4,  &bench_b4s,  &bench_b4x,
    &bench_b6, &bench_b7a, &bench_b13, &bench_b13b, &bench_tape_read, &bench_tape_write,
};

const struct bench_class *const *bench_classes(size_t *count)
{
    *count = ARRAY_COUNT(classes);
    return classes;
}

const struct bench_class *bench_find(struct text id)
{
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        if (text_equal_ignore_case(id, text_of(classes[i]->id)))
            return classes[i];
    }
    return NULL;
}

double bench_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median_of(double *values, uint32_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

enum status bench_measure(const struct bench_class *class, uint32_t runs, const char *keep,
                          struct bench_result *out, struct problem *problem)
{
    double values[BENCH_RUNS_MAX];
    double limits[BENCH_RUNS_MAX];
    void *context = NULL;
    ASSERT(runs >= 1 && runs <= BENCH_RUNS_MAX);
    *out = (struct bench_result){.class = class, .runs = runs};
    enum status status = class->setup(&context, problem);
    if (status != STATUS_OK)
        return status;
    if (keep != NULL && class->keep != NULL)
        status = class->keep(context, keep, problem);
    if (status == STATUS_OK) {
        /* The first run touches memory for the first time and is not counted. */
        (void)class->run(context);
        for (uint32_t i = 0; i < runs; i++) {
            values[i] = class->run(context);
            limits[i] = class->limit(context);
        }
        class->check(context, out->check);
        if (class->note != NULL)
            class->note(context, out->note);
        out->median = median_of(values, runs);
        out->min = values[0];
        out->max = values[runs - 1];
        out->limit_median = median_of(limits, runs);
        for (uint32_t i = 0; i < runs; i++)
            values[i] = values[i] > out->median ? values[i] - out->median : out->median - values[i];
        out->deviation = median_of(values, runs);
    }
    class->teardown(context);
    return status;
}

static void machine_print(struct json_writer *json)
{
    struct utsname name;
    json_object_begin(json);
    if (uname(&name) == 0) {
        json_key(json, "system");
        json_string(json, name.sysname);
        json_key(json, "release");
        json_string(json, name.release);
        json_key(json, "machine");
        json_string(json, name.machine);
    }
    json_key(json, "cores");
    json_i64(json, sysconf(_SC_NPROCESSORS_ONLN));
    json_key(json, "memory_bytes");
    json_i64(json, (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
    json_object_end(json);
}

void bench_json_print(const struct bench_result *results, size_t count, const char *commit,
                      struct text_buffer *out)
{
    struct json_writer json;
    json_write_init(&json, out, 2);
    json_object_begin(&json);
    json_key(&json, "schema");
    json_string(&json, "tern.bench/1");
    json_key(&json, "machine");
    machine_print(&json);
    json_key(&json, "commit");
    json_string(&json, commit);
    json_key(&json, "results");
    json_array_begin(&json);
    for (size_t i = 0; i < count; i++) {
        const struct bench_result *result = &results[i];
        json_object_begin(&json);
        json_key(&json, "id");
        json_string(&json, result->class->id);
        json_key(&json, "name");
        json_string(&json, result->class->name);
        json_key(&json, "unit");
        json_string(&json, result->class->unit);
        json_key(&json, "median");
        json_double(&json, result->median);
        json_key(&json, "min");
        json_double(&json, result->min);
        json_key(&json, "max");
        json_double(&json, result->max);
        json_key(&json, "deviation");
        json_double(&json, result->deviation);
        json_key(&json, "runs");
        json_u64(&json, result->runs);
        json_key(&json, "limit");
        json_object_begin(&json);
        json_key(&json, "name");
        json_string(&json, result->class->limit_name);
        json_key(&json, "median");
        json_double(&json, result->limit_median);
        json_object_end(&json);
        json_key(&json, "ratio");
        json_double(&json, result->median / result->limit_median);
        json_key(&json, "check");
        json_string(&json, result->check);
        if (result->note[0] != '\0') {
            json_key(&json, "note");
            json_string(&json, result->note);
        }
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    enum status status = json_write_finish(&json);
    if (status != STATUS_OK)
        out->status = status;
}

enum status bench_table_print(const struct bench_result *results, size_t count,
                              const struct table_style *style, struct text_buffer *out)
{
    struct table table;
    table_init(&table, "bench", "BENCHMARKS (median of CPU time)");
    table_column(&table, "id", TABLE_LEFT, 0);
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "median", TABLE_RIGHT, 0);
    table_column(&table, "unit", TABLE_LEFT, 0);
    table_column(&table, "spread", TABLE_RIGHT, 1);
    table_column(&table, "of limit", TABLE_RIGHT, 0);
    table_column(&table, "limit", TABLE_LEFT, 2);
    table_column(&table, "runs", TABLE_RIGHT, 3);
    table_column(&table, "check", TABLE_LEFT, 0);
    for (size_t i = 0; i < count; i++) {
        const struct bench_result *result = &results[i];
        table_cell(&table, text_of(result->class->id));
        table_cell(&table, text_of(result->class->name));
        table_cell_print(&table, "%.2f M", result->median / 1e6);
        table_cell(&table, text_of(result->class->unit));
        table_cell_print(&table, "%.2f-%.2f M", result->min / 1e6, result->max / 1e6);
        table_cell_print(&table, "%.0f %%", 100 * result->median / result->limit_median);
        table_cell_print(&table, "%s %.1f M", result->class->limit_name,
                         result->limit_median / 1e6);
        table_cell_print(&table, "%u", result->runs);
        table_cell(&table, text_of(result->check));
    }
    enum status status = table_write(&table, style, out);
    table_release(&table);
    for (size_t i = 0; i < count; i++) {
        if (results[i].note[0] != '\0')
            text_buffer_print(out, "%s %s\n", results[i].class->id, results[i].note);
    }
    return status;
}
