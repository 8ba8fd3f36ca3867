/* Sweeps: which trials a space has, what is kept and refused, and that luck is called luck. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep.h"
#include "drive/doubt/walk_forward.h"

#define BARS 1200u
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)

static char folder[] = "/tmp/tern-sweep-XXXXXX";
static char store_path[64], config_path[64], trials_file[64];

static const char config_text[] =
    "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"100000\"}\n"
    "fees: {maker_bps: 5, taker_bps: 10}\n"
    "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: 1h}\n"
    "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1h,\n"
    "     params: {fast: 3, slow: 8}, size: {method: fixed, quantity: \"0.1\"}}\n";

static enum status bars_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    struct random random;
    (void)problem;
    random_init(&random, 42, 0);
    struct bar *bars = calloc(BARS, sizeof *bars);
    assert_non_null(bars);
    int64_t price = INT64_C(4000000000000), start = INT64_C(1704067200) * NANOSECONDS_PER_SECOND;
    for (unsigned i = 0; i < BARS; i++) {
        bars[i].open_time_ns = start + i * HOUR_NS;
        bars[i].open.units = price;
        price += ((int64_t)random_below(&random, 8001) - 4000) * 10000000;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price);
        bars[i].low.units = i64_min(bars[i].open.units, price);
        bars[i].volume = 1;
    }
    *out = (struct bar_data){.bars = bars,
                             .count = BARS,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS,
                             .content_hash = hash128_of(bars, BARS * sizeof *bars)};
    return STATUS_OK;
}

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port bars = {bars_load, bars_release};
static const struct execute_ports ports = {.bars = &bars, .version = "test"};

static void config_write(const char *more)
{
    FILE *file = fopen(config_path, "w");
    assert_non_null(file);
    (void)fprintf(file, "%s%s", config_text, more);
    assert_int_equal(fclose(file), 0);
}

static void space_make(struct sweep_space *space, enum sweep_method method, uint32_t count)
{
    struct problem problem;
    problem_init(&problem);
    sweep_space_init(space);
    assert_int_equal(sweep_space_add(space, TEXT("bots.cross.params.fast=2:10:2"), &problem),
                     STATUS_OK);
    assert_int_equal(sweep_space_add(space, TEXT("bots.cross.params.slow=6,9,30"), &problem),
                     STATUS_OK);
    struct sweep_plan plan = {.method = method, .count = count, .seed = 7};
    assert_int_equal(sweep_space_draw(space, &plan, &problem), STATUS_OK);
}

static enum status run(const struct sweep_space *space, const char *path, bool engine_only,
                       bool (*progress)(void *, const char *, uint64_t, uint64_t),
                       struct sweep_progress *how, struct problem *problem)
{
    struct sweep_plan plan = {.method = SWEEP_GRID};
    struct sweep_request request = {.ports = &ports,
                                    .config_path = config_path,
                                    .space = space,
                                    .plan = &plan,
                                    .threads = 2,
                                    .store_path = path,
                                    .trials_path = trials_file,
                                    .engine_only = engine_only,
                                    .progress = progress};
    problem_init(problem);
    return sweep_run(&request, how, problem);
}

static void spaces(void **state)
{
    (void)state;
    struct sweep_space space;
    struct problem problem;
    space_make(&space, SWEEP_GRID, 0);
    assert_int_equal(space.trials, 15);
    assert_string_equal(space.axes[0].key, "bots[cross].params.fast");
    assert_string_equal(sweep_space_value(&space, 14, 0), "10");
    assert_string_equal(sweep_space_value(&space, 1, 1), "9");
    sweep_space_release(&space);
    space_make(&space, SWEEP_LATIN, 30);
    uint32_t seen[5] = {0};
    for (uint32_t i = 0; i < 30; i++)
        seen[space.rows[i * 2]]++;
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(seen[i], 6);
    sweep_space_release(&space);
    static const char *const wrong[] = {"fast",       "fast=",  "=1",      "a=3:1:1", "a=1:2:0",
                                        "a=1:9999:1", "a=1,,2", "a=1:2:x", "bots.=1"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        problem_init(&problem);
        sweep_space_init(&space);
        assert_int_equal(sweep_space_add(&space, text_of(wrong[i]), &problem), STATUS_USAGE);
        sweep_space_release(&space);
    }
}

/* Evaluator and engine fill stores with the same trials; a second run has nothing to do; a changed
 * configuration is refused. */
static void runs_resumes_refuses(void **state)
{
    (void)state;
    char other[80];
    struct sweep_space space;
    struct sweep_progress how;
    struct problem problem;
    struct sweep_summary fast, slow;
    (void)snprintf(other, sizeof other, "%s/engine.db", folder);
    config_write("");
    space_make(&space, SWEEP_GRID, 0);
    assert_int_equal(run(&space, store_path, false, NULL, &how, &problem), STATUS_OK);
    assert_true(how.evaluated && how.checked >= 1 && how.run == 15);
    assert_int_equal(run(&space, other, true, NULL, &how, &problem), STATUS_OK);
    assert_false(how.evaluated);
    assert_int_equal(sweep_summarize(store_path, &fast, &problem), STATUS_OK);
    assert_int_equal(sweep_summarize(other, &slow, &problem), STATUS_OK);
    assert_int_equal(fast.count, slow.count);
    assert_int_equal(fast.invalid, 4); /* 6/6, 8/6, 10/6 and 10/9 are no pairs */
    for (uint32_t i = 0; i < fast.count; i++) {
        assert_true(fast.trials[i].row.id == slow.trials[i].row.id);
        assert_true(fast.trials[i].row.end_equity.units == slow.trials[i].row.end_equity.units);
        assert_memory_equal(fast.trials[i].returns, slow.trials[i].returns,
                            fast.periods * sizeof(double));
    }
    assert_int_equal(fast.counted, fast.count);
    sweep_summary_release(&fast);
    sweep_summary_release(&slow);
    assert_int_equal(run(&space, store_path, false, NULL, &how, &problem), STATUS_OK);
    assert_true(how.run == 0 && how.resumed == 15);
    config_write("simulation: {slippage_bps: 2}\n");
    assert_int_equal(run(&space, store_path, false, NULL, &how, &problem), STATUS_CONFIG_INVALID);
    assert_non_null(
        strstr(problem.found, "the configuration changed: simulation.slippage_bps was 0, now 2"));
    config_write("");
    struct text_buffer applied;
    text_buffer_init(&applied, 1 << 20);
    problem_init(&problem);
    assert_int_equal(sweep_apply(store_path, 2, &applied, &problem), STATUS_OK);
    assert_non_null(strstr(applied.data, "2: fast=2 slow=30"));
    assert_non_null(strstr(applied.data, "slow: 30"));
    text_buffer_release(&applied);
    sweep_space_release(&space);
}

static bool say_no(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)context;
    (void)total;
    return strcmp(what, "sweep") != 0 || done < 3;
}

static void goes_on_after_an_interrupt(void **state)
{
    (void)state;
    char path[80];
    struct sweep_space space;
    struct sweep_progress how;
    struct problem problem;
    (void)snprintf(path, sizeof path, "%s/cut.db", folder);
    config_write("");
    space_make(&space, SWEEP_GRID, 0);
    enum status status = run(&space, path, true, say_no, &how, &problem);
    uint32_t first = how.run;
    assert_true(status == STATUS_INTERRUPTED || status == STATUS_OK);
    assert_int_equal(run(&space, path, true, NULL, &how, &problem), STATUS_OK);
    assert_int_equal(how.resumed, first);
    assert_int_equal(how.resumed + how.run, 15);
    sweep_space_release(&space);
}

/* A store of `count` trials of noise over 1,000 days; `edge` a day is added to one of them. */
static void noise_make(const char *path, uint32_t count, double edge, struct sweep_summary *out)
{
    struct random random;
    struct problem problem;
    struct sweep_store *store = NULL;
    double returns[1000];
    random_init(&random, 11, 0);
    problem_init(&problem);
    (void)unlink(path);
    assert_int_equal(sweep_store_open(path, true, &store, &problem), STATUS_OK);
    assert_int_equal(sweep_store_begin(store, &problem), STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        for (size_t day = 0; day < ARRAY_COUNT(returns); day++) {
            double sum = -6;
            for (int j = 0; j < 12; j++)
                sum += (double)random_below(&random, 1000000) / 1000000;
            returns[day] = sum * 0.01 + (i == count / 2 ? edge : 0);
        }
        struct moments moments = moments_of(returns, ARRAY_COUNT(returns));
        struct sweep_row row = {
            .id = i, .state = SWEEP_DONE, .sharpe = moments.mean / moments.deviation};
        assert_int_equal(
            sweep_store_add(store, &row, "noise", returns, ARRAY_COUNT(returns), &problem),
            STATUS_OK);
    }
    assert_int_equal(sweep_store_commit(store, &problem), STATUS_OK);
    sweep_store_close(store);
    assert_int_equal(sweep_summarize(path, out, &problem), STATUS_OK);
}

static void noise_is_noise(void **state)
{
    (void)state;
    char path[80];
    struct sweep_summary summary;
    (void)snprintf(path, sizeof path, "%s/noise.db", folder);
    noise_make(path, 1000, 0, &summary);
    print_message("noise: deflated %.3f, PBO %.3f\n", summary.deflated,
                  summary.overfit.probability);
    assert_true(summary.deflated < 0.5);
    assert_true(summary.has_overfit && summary.overfit.probability > 0.3 &&
                summary.overfit.probability < 0.7);
    sweep_summary_release(&summary);
    noise_make(path, 100, 0.002, &summary);
    print_message("edge: deflated %.3f, PBO %.3f\n", summary.deflated, summary.overfit.probability);
    assert_int_equal(summary.trials[0].row.id, 50);
    assert_true(summary.deflated > 0.95);
    assert_true(summary.overfit.probability < 0.1);
    const double *returns[100];
    struct walk_forward walk;
    struct walk_forward_plan plan = {.train = 400, .test = 100, .embargo = 0};
    for (uint32_t i = 0; i < 100; i++)
        returns[i] = summary.trials[i].returns;
    assert_int_equal(walk_forward_run(returns, 100, 1000, &plan, &walk), STATUS_OK);
    assert_int_equal(walk.count, 6);
    for (size_t i = 0; i < walk.count; i++)
        assert_int_equal(walk.windows[i].chosen, 0);
    assert_true(walk.efficiency > 0.5);
    walk_forward_release(&walk);
    sweep_summary_release(&summary);
}

static void windows(void **state)
{
    (void)state;
    struct walk_forward_plan plan = {.train = 4, .test = 2, .embargo = 1, .anchored = true};
    double values[11] = {0.01, 0.02, 0.01, 0.03, 0.5, 0.01, 0.02, 0.04, 0.01, 0.02, 0.03};
    const double *returns[1] = {values};
    struct walk_forward walk;
    assert_int_equal(walk_forward_count(6, &plan), 0);
    assert_int_equal(walk_forward_count(7, &plan), 1);
    assert_int_equal(walk_forward_run(returns, 1, 11, &plan, &walk), STATUS_OK);
    assert_int_equal(walk.count, 3);
    assert_int_equal(walk.windows[1].train_first, 0);
    assert_int_equal(walk.windows[1].train_end, 6);
    assert_int_equal(walk.windows[1].test_first, 7);
    assert_int_equal(walk.windows[1].test_end, 9);
    /* The embargoed day with its 50 % is in no test of the first window. */
    assert_true(walk.windows[0].test_return < 0.04);
    assert_int_equal(walk.positive, 3);
    walk_forward_release(&walk);
    plan.anchored = false;
    assert_int_equal(walk_forward_run(returns, 1, 11, &plan, &walk), STATUS_OK);
    assert_int_equal(walk.windows[2].train_first, 4);
    walk_forward_release(&walk);
    assert_int_equal(walk_forward_run(returns, 1, 5, &plan, &walk), STATUS_RANGE);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(store_path, sizeof store_path, "%s/sweep.db", folder);
    (void)snprintf(config_path, sizeof config_path, "%s/sweep.yaml", folder);
    (void)snprintf(trials_file, sizeof trials_file, "%s/trials", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"sweep.db", "engine.db",  "cut.db",
                                        "noise.db", "sweep.yaml", "trials"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces),
        cmocka_unit_test(runs_resumes_refuses),
        cmocka_unit_test(goes_on_after_an_interrupt),
        cmocka_unit_test(noise_is_noise),
        cmocka_unit_test(windows),
    };
    return cmocka_run_group_tests_name("sweep", tests, setup, teardown);
}
