/* Successive halving: which rungs there are, who goes on, and that a sweep by halving holds what
 * sweeps of shortened data and a sort by hand would hold. */
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

#define BARS 6000u
#define DAYS 250u
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)

static char folder[] = "/tmp/tern-halving-XXXXXX";
static char config_path[64];
static uint32_t bars_given; /* how much of the data the port gives */

static enum status bars_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    struct random random;
    (void)problem;
    random_init(&random, 4, 0);
    struct bar *bars = calloc(BARS, sizeof *bars);
    assert_non_null(bars);
    int64_t price = INT64_C(4000000000000);
    for (unsigned i = 0; i < BARS; i++) {
        bars[i].open_time_ns = START_NS + i * HOUR_NS;
        bars[i].open.units = price;
        price += ((int64_t)random_below(&random, 8001) - 4000) * 10000000;
        bars[i].close.units = price;
        bars[i].high.units = i64_max(bars[i].open.units, price);
        bars[i].low.units = i64_min(bars[i].open.units, price);
        bars[i].volume = 1;
    }
    *out = (struct bar_data){.bars = bars,
                             .count = bars_given,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS,
                             .content_hash = hash128_of(bars, bars_given * sizeof *bars)};
    return STATUS_OK;
}

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port bars = {bars_load, bars_release};
static const struct execute_ports ports = {.bars = &bars, .version = "test"};

static void config_write(const char *kind, const char *params)
{
    FILE *file = fopen(config_path, "w");
    assert_non_null(file);
    (void)fprintf(file,
                  "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"100000\"}\n"
                  "fees: {maker_bps: 5, taker_bps: 10}\n"
                  "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: 1h}\n"
                  "bots:\n  - {name: bot, kind: %s, instrument: BTC-USD, bar: 1h,\n"
                  "     params: {%s}, size: {method: fixed, quantity: \"0.1\"}}\n",
                  kind, params);
    assert_int_equal(fclose(file), 0);
}

static void space_make(struct sweep_space *space, const struct sweep_plan *plan,
                       const char *const *keys, size_t count)
{
    struct problem problem;
    problem_init(&problem);
    sweep_space_init(space);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sweep_space_add(space, text_of(keys[i]), &problem), STATUS_OK);
    assert_int_equal(sweep_space_draw(space, plan, &problem), STATUS_OK);
}

static enum status run(const struct sweep_space *space, const struct sweep_plan *plan,
                       const char *path, bool engine_only,
                       bool (*progress)(void *, const char *, uint64_t, uint64_t), void *context,
                       struct sweep_progress *how)
{
    struct problem problem;
    struct sweep_request request = {.ports = &ports,
                                    .config_path = config_path,
                                    .space = space,
                                    .plan = plan,
                                    .threads = 2,
                                    .store_path = path,
                                    .engine_only = engine_only,
                                    .progress = progress,
                                    .progress_context = context};
    problem_init(&problem);
    enum status status = sweep_run(&request, how, &problem);
    if (status != STATUS_OK && status != STATUS_INTERRUPTED)
        print_message("%s: %s\n", problem.where, problem.found);
    return status;
}

static void summarize(const char *path, struct sweep_summary *out)
{
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(sweep_summarize(path, out, &problem), STATUS_OK);
}

/* ---- rungs and ranks ------------------------------------------------------------------------- */

static void rungs(void **state)
{
    (void)state;
    static const struct {
        uint32_t eta, rungs, candidates, days, count, first, second;
    } cases[] = {
        {3, 0, 81, 1826, 4, 68, 203}, /* a fifth would begin with 23 days */
        {3, 0, 80, 100000, 4, 3704, 11112}, {3, 0, 81, 100000, 5, 1235, 3704},
        {2, 0, 2, 60, 2, 30, 60},           {4, 2, 3, 8, 2, 2, 8},
        {10, 3, 5, 1000, 3, 10, 100},       {2, 0, 1, 1000, 0, 0, 0},
        {2, 0, 100, 59, 0, 0, 0},           {2, 4, 100, 15, 0, 0, 0},
        {2, 4, 100, 16, 4, 2, 4},           {64, 16, 9, 4000000000, 0, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct sweep_plan plan = {.eta = cases[i].eta, .rungs = cases[i].rungs};
        struct sweep_rungs made;
        struct problem problem;
        problem_init(&problem);
        enum status status = sweep_rungs_make(&plan, cases[i].candidates, cases[i].days, &made,
                                              &problem);
        assert_int_equal(status, cases[i].count == 0 ? STATUS_USAGE : STATUS_OK);
        if (cases[i].count == 0)
            continue;
        assert_int_equal(made.count, cases[i].count);
        assert_int_equal(made.days[0], cases[i].first);
        assert_int_equal(made.days[1], cases[i].second);
        assert_int_equal(made.days[made.count - 1], cases[i].days);
    }
    assert_int_equal(sweep_survivors(0, 3), 0);
    assert_int_equal(sweep_survivors(1, 3), 1);
    assert_int_equal(sweep_survivors(8, 3), 2);
    struct sweep_rungs four = {.count = 4};
    assert_int_equal(sweep_runs_from(&four, 0, 81, 3), 81 + 27 + 9 + 3);
    assert_int_equal(sweep_runs_from(&four, 2, 9, 3), 9 + 3);
}

/* Equal ratios: the lower number. Without a ratio behind them, what did not run last. */
static void ranks(void **state)
{
    (void)state;
    struct sweep_standing standings[] = {
        {7, SWEEP_DONE, 0.1}, {3, SWEEP_INVALID, double_nan()}, {5, SWEEP_DONE, double_nan()},
        {2, SWEEP_DONE, 0.1}, {9, SWEEP_DONE, 0.2},             {1, SWEEP_INVALID, double_nan()},
        {4, SWEEP_DONE, -3},  {0, SWEEP_DONE, double_nan()},
    };
    static const uint32_t wanted[] = {9, 2, 7, 4, 0, 5, 1, 3};
    assert_int_equal(sweep_rank(standings, ARRAY_COUNT(standings)), 6);
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++)
        assert_int_equal(standings[i].id, wanted[i]);
}

static void identities(void **state)
{
    (void)state;
    static const char *const keys[] = {"bots.bot.params.fast=2:10:2", "bots.bot.params.slow=6,9,30",
                                       "risk.cash_reserve=0:1:0.25"};
    static const struct sweep_plan plans[] = {
        {SWEEP_GRID, 0, 0, 0, 0}, {SWEEP_RANDOM, 40, 11, 0, 0}, {SWEEP_LATIN, 25, 3, 3, 0},
        {SWEEP_GRID, 0, 0, 2, 4}, {SWEEP_LATIN, 9, 1, 64, 16},
    };
    static const char *const wrong[] = {
        "",
        "grid",
        "grid ",
        "grid a",
        "grid a=",
        "grid a=1 a=2",
        "lattice a=1",
        "random a=1",
        "random 5 a=1",
        "random 5 seed a=1",
        "random 0 seed 1 a=1",
        "halving grid a=1",
        "halving 1 grid a=1",
        "halving 65 grid a=1",
        "halving 3 rungs 1 grid a=1",
        "halving 3 rungs 17 grid a=1",
        "grid a=3:1",
    };
    for (size_t i = 0; i < ARRAY_COUNT(plans); i++) {
        struct sweep_space space, again;
        struct sweep_plan plan;
        struct text_buffer one, other;
        struct problem problem;
        problem_init(&problem);
        text_buffer_init(&one, 4096);
        text_buffer_init(&other, 4096);
        space_make(&space, &plans[i], keys, 3);
        sweep_space_identity(&space, &plans[i], &one);
        assert_int_equal(
            sweep_space_read((struct text){one.data, one.size}, &plan, &again, &problem),
            STATUS_OK);
        sweep_space_identity(&again, &plan, &other);
        assert_string_equal(one.data, other.data);
        assert_int_equal(space.trials, again.trials);
        assert_memory_equal(space.rows, again.rows,
                            (size_t)space.trials * space.axes_count * sizeof *space.rows);
        sweep_space_release(&space);
        sweep_space_release(&again);
        text_buffer_release(&one);
        text_buffer_release(&other);
    }
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct sweep_space space;
        struct sweep_plan plan;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(sweep_space_read(text_of(wrong[i]), &plan, &space, &problem),
                         STATUS_CORRUPT);
        sweep_space_release(&space);
    }
}

/* ---- a naive twin ---------------------------------------------------------------------------- */

/* Of all candidates, those a person with a pencil would keep: again and again the best of what is
 * left, looked for from the lowest number. `rung` is a plain sweep over the shortened data. */
static uint32_t keep_by_hand(const struct sweep_summary *rung, bool *alive, uint32_t candidates,
                             uint32_t eta)
{
    bool *on = calloc(candidates, sizeof *on);
    const struct sweep_trial **of = calloc(candidates, sizeof *of);
    uint32_t ran = 0;
    assert_true(on != NULL && of != NULL);
    for (uint32_t i = 0; i < rung->count; i++) {
        if (alive[rung->trials[i].row.id]) {
            of[rung->trials[i].row.id] = &rung->trials[i];
            ran++;
        }
    }
    uint32_t keep = ran / eta == 0 ? 1 : ran / eta;
    for (uint32_t kept = 0; kept < keep; kept++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t i = 0; i < candidates; i++) {
            if (of[i] == NULL || on[i])
                continue;
            bool has = double_is_finite(of[i]->row.sharpe);
            if (best == UINT32_MAX || (has && (!double_is_finite(of[best]->row.sharpe) ||
                                               of[i]->row.sharpe > of[best]->row.sharpe)))
                best = i;
        }
        on[best] = true;
    }
    memcpy(alive, on, candidates * sizeof *on);
    free(on);
    free(of);
    return keep;
}

static const struct sweep_trial *trial_of(const struct sweep_summary *summary, uint32_t rung,
                                          uint32_t candidate)
{
    for (uint32_t i = 0; i < summary->count; i++) {
        if (summary->trials[i].row.rung == rung &&
            sweep_candidate(summary, &summary->trials[i]) == candidate)
            return &summary->trials[i];
    }
    return NULL;
}

static void trials_equal(const struct sweep_trial *one, const struct sweep_trial *other)
{
    assert_memory_equal(&one->row.sharpe, &other->row.sharpe, sizeof one->row.sharpe);
    assert_true(one->row.end_equity.units == other->row.end_equity.units);
    assert_true(one->row.fees.units == other->row.fees.units);
    assert_int_equal(one->row.fills, other->row.fills);
    assert_int_equal(one->periods, other->periods);
    assert_memory_equal(one->returns, other->returns, one->periods * sizeof *one->returns);
    assert_string_equal(one->params, other->params);
}

static void twin_of(const struct sweep_plan *plan, const char *const *keys, size_t count,
                    bool engine_only)
{
    char halved[80], plain[80];
    struct sweep_space space;
    struct sweep_progress how;
    struct sweep_summary summary;
    struct sweep_plan all = *plan;
    all.eta = all.rungs = 0;
    (void)snprintf(halved, sizeof halved, "%s/halved.db", folder);
    (void)snprintf(plain, sizeof plain, "%s/plain.db", folder);
    (void)unlink(halved);
    space_make(&space, plan, keys, count);
    bars_given = BARS;
    assert_int_equal(run(&space, plan, halved, engine_only, NULL, NULL, &how), STATUS_OK);
    summarize(halved, &summary);
    assert_true(summary.rungs_count >= 2);
    bool *alive = malloc(space.trials * sizeof *alive);
    assert_non_null(alive);
    for (uint32_t i = 0; i < space.trials; i++)
        alive[i] = true;
    uint32_t seen = 0, kept = space.trials;
    for (uint32_t rung = 0; rung < summary.rungs_count; rung++) {
        struct sweep_summary twin;
        (void)unlink(plain);
        bars_given = summary.rungs[rung].days * 24;
        assert_int_equal(run(&space, &all, plain, true, NULL, NULL, &how), STATUS_OK);
        summarize(plain, &twin);
        for (uint32_t i = 0; i < twin.count; i++) {
            uint32_t candidate = twin.trials[i].row.id;
            const struct sweep_trial *trial = trial_of(&summary, rung, candidate);
            assert_true(alive[candidate] == (trial != NULL));
            seen += trial != NULL;
            if (trial != NULL)
                trials_equal(trial, &twin.trials[i]);
        }
        kept = keep_by_hand(&twin, alive, space.trials, plan->eta);
        sweep_summary_release(&twin);
    }
    assert_int_equal(seen, summary.count);
    assert_int_equal(summary.wanted, summary.count + summary.invalid);
    assert_true(kept >= 1);
    print_message("%u trials, %u rungs, last of %u\n", summary.count, summary.rungs_count,
                  summary.full);
    free(alive);
    sweep_summary_release(&summary);
    sweep_space_release(&space);
}

static void equals_its_naive_twin(void **state)
{
    (void)state;
    static const char *const cross[] = {"bots.bot.params.fast=2:20:2",
                                        "bots.bot.params.slow=6,9,30,700"};
    static const char *const rsi[] = {"bots.bot.params.period=5,9,14,25"};
    config_write("ma_cross", "fast: 3, slow: 8");
    twin_of(&(struct sweep_plan){.eta = 3}, cross, 2, false);
    twin_of(&(struct sweep_plan){.eta = 3, .rungs = 4}, cross, 2, true);
    twin_of(&(struct sweep_plan){.method = SWEEP_RANDOM, .count = 33, .seed = 5, .eta = 2}, cross,
            2, false);
    twin_of(&(struct sweep_plan){.method = SWEEP_LATIN, .count = 16, .seed = 5, .eta = 2}, cross, 2,
            false);
    config_write("rsi", "period: 14");
    twin_of(&(struct sweep_plan){.eta = 2, .rungs = 3}, rsi, 1, false);
}

/* ---- stopped anywhere ------------------------------------------------------------------------ */

static bool stop_at(void *context, const char *what, uint64_t done, uint64_t total)
{
    const uint64_t *last = context;
    (void)total;
    return strcmp(what, "sweep") != 0 || done < *last;
}

/* However often it is stopped, in the middle of a rung or between two, it ends as if it never
 * was. */
static void goes_on_in_the_middle_of_a_rung(void **state)
{
    (void)state;
    static const char *const cross[] = {"bots.bot.params.fast=2:20:2",
                                        "bots.bot.params.slow=6,9,30"};
    struct sweep_plan plan = {.eta = 3, .rungs = 3};
    char whole[80], pieces[80];
    struct sweep_space space;
    struct sweep_progress how;
    struct sweep_summary one, other;
    config_write("ma_cross", "fast: 3, slow: 8");
    (void)snprintf(whole, sizeof whole, "%s/whole.db", folder);
    (void)snprintf(pieces, sizeof pieces, "%s/pieces.db", folder);
    bars_given = BARS;
    space_make(&space, &plan, cross, 2);
    assert_int_equal(run(&space, &plan, whole, true, NULL, NULL, &how), STATUS_OK);
    uint32_t runs = 0;
    enum status status = STATUS_INTERRUPTED;
    for (uint64_t last = 1; status == STATUS_INTERRUPTED; last += 3000, runs++)
        status = run(&space, &plan, pieces, true, stop_at, &last, &how);
    assert_int_equal(status, STATUS_OK);
    assert_true(runs >= 2);
    summarize(whole, &one);
    summarize(pieces, &other);
    assert_int_equal(one.count, other.count);
    assert_int_equal(one.invalid, other.invalid);
    assert_int_equal(one.wanted, other.wanted);
    for (uint32_t i = 0; i < one.count; i++) {
        assert_int_equal(one.trials[i].row.id, other.trials[i].row.id);
        trials_equal(&one.trials[i], &other.trials[i]);
    }
    print_message("in %u pieces\n", runs);
    sweep_summary_release(&one);
    sweep_summary_release(&other);
    sweep_space_release(&space);
}

static void refuses(void **state)
{
    (void)state;
    static const char *const cross[] = {"bots.bot.params.fast=2,3", "bots.bot.params.slow=900"};
    struct sweep_plan plan = {.eta = 2, .rungs = 6};
    char path[80];
    struct sweep_space space;
    struct sweep_progress how;
    config_write("ma_cross", "fast: 3, slow: 8");
    (void)snprintf(path, sizeof path, "%s/short.db", folder);
    bars_given = BARS;
    space_make(&space, &plan, cross, 2);
    /* Eight days have no average of 900 hours. */
    assert_int_equal(run(&space, &plan, path, false, NULL, NULL, &how), STATUS_DATA_INVALID);
    plan.rungs = 9;
    (void)unlink(path);
    assert_int_equal(run(&space, &plan, path, false, NULL, NULL, &how), STATUS_USAGE);
    assert_int_not_equal(access(path, F_OK), 0);
    sweep_space_release(&space);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(config_path, sizeof config_path, "%s/bot.yaml", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"halved.db", "plain.db", "whole.db",
                                        "pieces.db", "short.db", "bot.yaml"};
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
        cmocka_unit_test(rungs),
        cmocka_unit_test(ranks),
        cmocka_unit_test(identities),
        cmocka_unit_test(equals_its_naive_twin),
        cmocka_unit_test(goes_on_in_the_middle_of_a_rung),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("sweep_halving", tests, setup, teardown);
}
