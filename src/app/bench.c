/* `tern bench`: measures what was asked for and prints it. */
#include "app/bench.h"

#include <stdio.h>
#include <unistd.h>

#include "base/decimal.h"
#include "drive/bench/bench.h"

#define BENCHES_MAX 32u

/* Says which benchmarks there are. */
static enum status names_allowed(struct problem *problem)
{
    char names[BENCHES_MAX * 8];
    size_t all = 0, used = 0;
    const struct bench_class *const *classes = bench_classes(&all);
    names[0] = '\0';
    for (size_t i = 0; i < all && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ", ",
                                 classes[i]->id);
    problem_allowed(problem, "%s", names);
    return STATUS_USAGE;
}

static enum status pick(const struct cli_bench_request *request, const struct bench_class **picked,
                        size_t *count, struct problem *problem)
{
    size_t all = 0;
    const struct bench_class *const *classes = bench_classes(&all);
    *count = 0;
    for (size_t i = 0; request->names_count == 0 && i < all; i++)
        picked[(*count)++] = classes[i];
    for (unsigned i = 0; i < request->names_count; i++) {
        const struct bench_class *class = bench_find(text_of(request->names[i]));
        if (class == NULL || *count == BENCHES_MAX) {
            problem_set(problem, STATUS_USAGE, "bench", "\"%s\"", request->names[i]);
            return names_allowed(problem);
        }
        picked[(*count)++] = class;
    }
    return STATUS_OK;
}

static enum status runs_of(const struct cli_bench_request *request, uint32_t *runs,
                           struct problem *problem)
{
    int64_t value = BENCH_RUNS_DEFAULT;
    if (request->runs != NULL &&
        (decimal_parse_i64(text_of(request->runs), 0, &value) != STATUS_OK || value < 1 ||
         value > BENCH_RUNS_MAX)) {
        problem_set(problem, STATUS_USAGE, "bench: --runs", "\"%s\"", request->runs);
        problem_allowed(problem, "1 to %u", BENCH_RUNS_MAX);
        return STATUS_USAGE;
    }
    *runs = (uint32_t)value;
    return STATUS_OK;
}

enum status app_bench(const struct cli_bench_request *request, struct problem *problem)
{
    const struct bench_class *picked[BENCHES_MAX];
    struct bench_result results[BENCHES_MAX];
    size_t count = 0;
    uint32_t runs = 0;
    enum status status = pick(request, picked, &count, problem);
    if (status == STATUS_OK)
        status = runs_of(request, &runs, problem);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (!request->quiet && isatty(STDERR_FILENO))
            (void)fprintf(stderr, "measuring %s, %u runs ...\n", picked[i]->id, runs);
        status = bench_measure(picked[i], runs, request->keep, &results[i], problem);
    }
    if (status != STATUS_OK)
        return status;
    struct text_buffer out;
    text_buffer_init(&out, (size_t)1 << 20);
    if (request->json) {
        bench_json_print(results, count, TERN_COMMIT, &out);
    } else {
        struct table_style style = table_style_of_descriptor(STDOUT_FILENO);
        style.plain = style.plain || request->plain;
        style.color = request->color;
        status = bench_table_print(results, count, &style, &out);
    }
    if (status == STATUS_OK)
        status = out.status;
    if (status != STATUS_OK) {
        problem_set(problem, status, "bench", "the table does not fit");
    } else if (fwrite(out.data, 1, out.size, stdout) != out.size || fflush(stdout) != 0) {
        status = problem_set(problem, STATUS_IO, "stdout", "cannot be written");
    }
    text_buffer_release(&out);
    return status;
}
