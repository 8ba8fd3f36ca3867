/* Walk-forward with refits beside a naive twin: every window's sweep and test is done again by a
 * loop over closes that knows no engine, no exchange and no evaluator. */
#include <math.h>
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
#include "drive/doubt/refit.h"

#define BARS 1200u /* fifty days */
#define BARS_A_DAY 24u
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)
#define MONEY ((i128)1000000000000000000)

static char folder[] = "/tmp/tern-refit-XXXXXX";
static char config_path[64], trials_file[64];

static const char config_text[] =
    "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"100000\"}\n"
    "fees: {maker_bps: 5, taker_bps: 10}\n"
    "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: 1h}\n"
    "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1h,\n"
    "     params: {average: sma, fast: 3, slow: 8}, size: {method: fixed, quantity: \"0.1\"}}\n";

/* ---- data ------------------------------------------------------------------------------------ */

static struct bar *bars_make(void)
{
    struct random random;
    struct bar *bars = calloc(BARS, sizeof *bars);
    assert_non_null(bars);
    random_init(&random, 5, 0);
    int64_t price = INT64_C(4000000000000), drift = 0;
    for (unsigned i = 0; i < BARS; i++) {
        bars[i].open_time_ns = START_NS + i * HOUR_NS;
        bars[i].open.units = price;
        /* Runs that last a while, so that the best pair is not always the same. */
        if (i % 40 == 0)
            drift = (int64_t)random_below(&random, 2001) - 1000;
        price += ((int64_t)random_below(&random, 8001) - 4000 + drift) * 10000000;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price);
        bars[i].low.units = i64_min(bars[i].open.units, price);
        bars[i].volume = 1;
    }
    return bars;
}

static enum status bars_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    struct bar *bars = bars_make();
    size_t first = 0, end = BARS;
    (void)problem;
    while (first < end && bars[first].open_time_ns < request->from_ns)
        first++;
    while (end > first && bars[end - 1].open_time_ns >= request->to_ns)
        end--;
    memmove(bars, bars + first, (end - first) * sizeof *bars);
    *out = (struct bar_data){.bars = bars,
                             .count = end - first,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS,
                             .content_hash = hash128_of(bars, (end - first) * sizeof *bars)};
    return STATUS_OK;
}

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port bar_port = {bars_load, bars_release};
static const struct execute_ports ports = {.bars = &bar_port, .version = "test"};

/* ---- the twin -------------------------------------------------------------------------------- */

struct twin {
    double returns[BARS / BARS_A_DAY + 2];
    size_t days;
    i128 equity;
    uint64_t fills;
};

static i128 half_even(i128 value, i128 unit)
{
    i128 whole = value / unit, rest = value % unit;
    if (2 * rest > unit || (2 * rest == unit && whole % 2 != 0))
        whole++;
    return whole * unit;
}

/* Sees bars[first .. end), may act from the close of bars[act - 1] on (act = first: from the first
 * on). 0.1 BTC at prices of 8 decimals: notional units are price units x 10^9. A day ends behind
 * the openings of its last instant. */
static void twin_run(const struct bar *bars, size_t first, size_t act, size_t end, unsigned fast,
                     unsigned slow, struct twin *out)
{
    i128 cash = 100000 * MONEY, before = cash;
    bool holds = false, wants = false;
    *out = (struct twin){0};
    for (size_t i = first; i <= end; i++) {
        if (i < end && i >= act && wants != holds) {
            i128 notional = (i128)bars[i].open.units * 1000000000;
            i128 fee = half_even(notional / 1000, 10000000000);
            cash += wants ? -notional - fee : notional - fee;
            holds = wants;
            out->fills++;
        }
        if (i > act && (i % BARS_A_DAY == 0 || i == end)) {
            out->equity = cash + (holds ? (i128)bars[i - 1].close.units * 1000000000 : 0);
            out->returns[out->days++] = (double)(out->equity - before) / (double)before;
            before = out->equity;
        }
        if (i < end && i + 1 - first >= slow && i + 1 >= act) {
            i128 fast_sum = 0, slow_sum = 0;
            for (size_t k = 0; k < slow; k++) {
                slow_sum += bars[i - k].close.units;
                fast_sum += k < fast ? bars[i - k].close.units : 0;
            }
            wants = fast_sum * slow > slow_sum * fast;
        }
    }
}

static double ratio_of(const struct twin *twin)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < twin->days; i++)
        sum += twin->returns[i];
    double mean = sum / (double)twin->days;
    for (size_t i = 0; i < twin->days; i++)
        squares += (twin->returns[i] - mean) * (twin->returns[i] - mean);
    return squares > 0 ? mean / sqrt(squares / (double)(twin->days - 1)) : double_nan();
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.15g, wanted %.15g", found, wanted);
}

static const struct sweep_plan grid = {.method = SWEEP_GRID};

static void space_make(struct sweep_space *space)
{
    struct problem problem;
    problem_init(&problem);
    sweep_space_init(space);
    assert_int_equal(sweep_space_add(space, TEXT("bots.cross.params.fast=2:8:2"), &problem),
                     STATUS_OK);
    assert_int_equal(sweep_space_add(space, TEXT("bots.cross.params.slow=6,12,30"), &problem),
                     STATUS_OK);
    assert_int_equal(sweep_space_draw(space, &grid, &problem), STATUS_OK);
}

static struct refit_request request_of(const struct sweep_space *space)
{
    return (struct refit_request){
        .ports = &ports,
        .config_path = config_path,
        .space = space,
        .sweep = &grid,
        .plan = {20 * NANOSECONDS_PER_DAY, 5 * NANOSECONDS_PER_DAY, 5, 24, false},
        .folder = folder,
        .trials_path = trials_file};
}

/* Removes the sweeps of the windows. */
static void forget(uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        char path[96];
        (void)snprintf(path, sizeof path, "%s/window-%03u.db", folder, i);
        (void)unlink(path);
        (void)snprintf(path, sizeof path, "%s/window-%03u.yaml", folder, i);
        (void)unlink(path);
    }
}

static void window_compare(const struct refit_window *window, const struct sweep_space *space,
                           const struct bar *bars, double *equity, struct twin *test)
{
    static const unsigned slows[] = {6, 12, 30};
    double best = double_nan();
    uint32_t chosen = REFIT_NONE, ran = 0;
    size_t first = (size_t)((window->train_from_ns - START_NS) / HOUR_NS);
    size_t end = (size_t)((window->train_to_ns - START_NS) / HOUR_NS);
    size_t act = (size_t)((window->test_from_ns - START_NS) / HOUR_NS);
    size_t last = (size_t)((window->test_to_ns - START_NS) / HOUR_NS);
    for (uint32_t trial = 0; trial < space->trials; trial++) {
        unsigned fast = 2 + 2 * (trial / 3), slow = slows[trial % 3];
        struct twin twin;
        if (fast >= slow)
            continue;
        ran++;
        twin_run(bars, first, first, end, fast, slow, &twin);
        double ratio = ratio_of(&twin);
        if (isfinite(ratio) && !(ratio <= best)) {
            best = ratio;
            chosen = trial;
        }
    }
    assert_int_equal(window->trials, ran);
    assert_int_equal(window->chosen, chosen);
    near(window->train_sharpe, best, 1e-12);
    twin_run(bars, 0, act, last, 2 + 2 * (chosen / 3), slows[chosen % 3], test);
    assert_int_equal(window->fills, test->fills);
    near(window->test_sharpe, ratio_of(test), 1e-12);
    double gained = (double)(test->equity - 100000 * MONEY) / (double)(100000 * MONEY);
    near(window->test_return, gained, 1e-15);
    *equity *= 1 + gained;
}

static void twin_agrees(bool anchored)
{
    struct sweep_space space;
    struct refit refit;
    struct problem problem;
    double equity = 1;
    size_t days = 0;
    problem_init(&problem);
    space_make(&space);
    struct refit_request request = request_of(&space);
    request.plan.anchored = anchored;
    if (refit_run(&request, &refit, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    /* 29 bars between are two days; 20 + 2 + 5 and every five days one more. */
    assert_true(refit.gap_ns == 2 * NANOSECONDS_PER_DAY);
    assert_int_equal(refit.count, 5);
    struct bar *bars = bars_make();
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < refit.count; i++) {
        struct refit_window *window = &refit.windows[i];
        struct twin test;
        assert_true(window->train_from_ns ==
                    START_NS + (anchored ? 0 : 5 * i) * NANOSECONDS_PER_DAY);
        assert_true(window->train_to_ns == START_NS + (20 + 5 * i) * NANOSECONDS_PER_DAY);
        assert_true(window->test_from_ns == START_NS + (22 + 5 * i) * NANOSECONDS_PER_DAY);
        window_compare(window, &space, bars, &equity, &test);
        for (size_t day = 0; day < test.days; day++)
            near(refit.returns[days++], test.returns[day], 1e-15);
        distinct += i > 0 && window->chosen != refit.windows[i - 1].chosen;
    }
    assert_int_equal(refit.returns_count, days);
    assert_true(anchored || distinct > 0); /* or the test would not see a wrong choice */
    near(refit.test_return, equity - 1, 1e-13);
    assert_int_equal(refit.points_count, 5 * 5 * BARS_A_DAY + 1);
    assert_true(refit.points[0].time_ns == refit.windows[0].test_from_ns);
    near(refit.points[refit.points_count - 1].equity, equity, 1e-13);
    free(bars);
    refit_release(&refit);
    sweep_space_release(&space);
    forget(5);
}

static void rolling_windows_by_a_twin(void **state)
{
    (void)state;
    twin_agrees(false);
}

static void anchored_windows_by_a_twin(void **state)
{
    (void)state;
    twin_agrees(true);
}

/* Says no when the data of the third window are to be loaded: behind those of the whole and of two
 * windows. A sweep this small may be over before anyone is asked. */
static bool say_no(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)total;
    if (strcmp(what, "load") == 0 && done == 0)
        ++*(unsigned *)context;
    return *(unsigned *)context < 4;
}

static bool count_stages(void *context, const char *what, uint64_t done, uint64_t total)
{
    /* Of five windows the first two were swept: nobody is asked about them. */
    *(uint64_t *)context += strcmp(what, "walk-forward") == 0 && done < total / 5 * 2;
    return true;
}

/* What was stopped in its third window goes on there, ends in the same figures, and has counted
 * every trial once. */
static void goes_on_and_counts_once(void **state)
{
    (void)state;
    struct sweep_space space;
    struct refit first, again;
    struct problem problem;
    uint64_t swept_anew = 0;
    space_make(&space);
    struct refit_request request = request_of(&space);
    unsigned loads = 0;
    request.progress = say_no;
    request.progress_context = &loads;
    (void)unlink(trials_file);
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &first, &problem), STATUS_INTERRUPTED);
    request.progress = count_stages;
    request.progress_context = &swept_anew;
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &first, &problem), STATUS_OK);
    assert_int_equal(first.counted, first.trials);
    assert_int_equal(first.trials, 5 * 10); /* of twelve pairs 6/6 and 8/6 are none */
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &again, &problem), STATUS_OK);
    assert_int_equal(again.counted, first.trials);
    assert_int_equal(swept_anew, 0);
    assert_memory_equal(again.returns, first.returns, first.returns_count * sizeof(double));
    refit_release(&first);
    refit_release(&again);
    sweep_space_release(&space);
    forget(5);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct sweep_space space;
    struct refit refit;
    struct problem problem;
    space_make(&space);
    struct refit_request request = request_of(&space);
    request.plan.train_ns = 46 * NANOSECONDS_PER_DAY;
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &refit, &problem), STATUS_USAGE);
    assert_non_null(strstr(problem.found, "none of windows"));
    request = request_of(&space);
    request.plan.embargo_bars = 100000;
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &refit, &problem), STATUS_USAGE);
    /* Left open: 40 % and 10 % of fifty days, 12 bars between. */
    request.plan = (struct refit_plan){.embargo_bars = REFIT_NONE};
    problem_init(&problem);
    assert_int_equal(refit_run(&request, &refit, &problem), STATUS_OK);
    assert_true(refit.plan.train_ns == 20 * NANOSECONDS_PER_DAY);
    assert_true(refit.plan.test_ns == 5 * NANOSECONDS_PER_DAY);
    assert_int_equal(refit.plan.embargo_bars, 12);
    assert_true(refit.gap_ns == NANOSECONDS_PER_DAY);
    forget(refit.count);
    refit_release(&refit);
    sweep_space_release(&space);
}

static void windows_of_the_reference(void **state)
{
    (void)state;
    assert_int_equal(refit_windows_count(1000, 400, 100, 0), 6);
    assert_int_equal(refit_windows_count(1000, 400, 100, 10), 5);
    assert_int_equal(refit_windows_count(500, 400, 100, 0), 1);
    assert_int_equal(refit_windows_count(499, 400, 100, 0), 0);
    assert_int_equal(refit_windows_count(1000, 0, 100, 0), 0);
    assert_int_equal(refit_windows_count(INT64_MAX / 4, 1, 1, INT64_MAX / 2), 0);
    enum refit_metric metric;
    assert_true(refit_metric_find(TEXT("sortino"), &metric) && metric == REFIT_SORTINO);
    assert_false(refit_metric_find(TEXT("sharp"), &metric));
}

/* Each metric chooses what it says: the chosen trial is the best of its own by the twin. */
static void chooses_by_the_metric(void **state)
{
    (void)state;
    static const unsigned slows[] = {6, 12, 30};
    struct sweep_space space;
    struct bar *bars = bars_make();
    space_make(&space);
    for (int by = 0; by < 3; by++) {
        struct refit refit;
        struct problem problem;
        struct refit_request request = request_of(&space);
        request.metric = (enum refit_metric)by;
        problem_init(&problem);
        assert_int_equal(refit_run(&request, &refit, &problem), STATUS_OK);
        for (uint32_t i = 0; i < refit.count; i++) {
            double best = double_nan();
            uint32_t chosen = REFIT_NONE;
            size_t first = (size_t)((refit.windows[i].train_from_ns - START_NS) / HOUR_NS);
            size_t end = (size_t)((refit.windows[i].train_to_ns - START_NS) / HOUR_NS);
            for (uint32_t trial = 0; trial < space.trials; trial++) {
                struct twin twin;
                unsigned fast = 2 + 2 * (trial / 3);
                if (fast >= slows[trial % 3])
                    continue;
                twin_run(bars, first, first, end, fast, slows[trial % 3], &twin);
                double value = by == REFIT_SHARPE    ? ratio_of(&twin)
                               : by == REFIT_SORTINO ? sortino_ratio(twin.returns, twin.days, 0)
                                                     : (double)twin.equity;
                if (isfinite(value) && !(value <= best)) {
                    best = value;
                    chosen = trial;
                }
            }
            assert_int_equal(refit.windows[i].chosen, chosen);
        }
        forget(refit.count);
        refit_release(&refit);
    }
    free(bars);
    sweep_space_release(&space);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(config_path, sizeof config_path, "%s/refit.yaml", folder);
    (void)snprintf(trials_file, sizeof trials_file, "%s/trials", folder);
    FILE *file = fopen(config_path, "w");
    if (file == NULL)
        return -1;
    (void)fputs(config_text, file);
    return fclose(file);
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(config_path);
    (void)unlink(trials_file);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_the_reference),   cmocka_unit_test(rolling_windows_by_a_twin),
        cmocka_unit_test(anchored_windows_by_a_twin), cmocka_unit_test(goes_on_and_counts_once),
        cmocka_unit_test(chooses_by_the_metric),      cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests_name("refit", tests, setup, teardown);
}
