/* Sweeps side by side, and lists of keys that differ: by hand, by a naive twin, on random cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/random.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep_compare.h"

static void near(double found, double wanted)
{
    if (!(found > wanted - 1e-12 && found < wanted + 1e-12))
        fail_msg("%.15g is not %.15g", found, wanted);
}

/* ---- ranks ----------------------------------------------------------------------------------- */

/* By its definition: the place of a value is one more than those below and half of those beside. */
static double naive_rank(const double *values, size_t count, size_t of)
{
    double rank = 0.5;
    for (size_t i = 0; i < count; i++)
        rank += values[i] < values[of] ? 1 : values[i] > values[of] ? 0 : 0.5;
    return rank;
}

static double naive_correlation(const double *a, const double *b, size_t count)
{
    double one = 0, other = 0, both = 0, mean = 0;
    for (size_t i = 0; i < count; i++)
        mean += naive_rank(a, count, i) / (double)count;
    for (size_t i = 0; i < count; i++) {
        double left = naive_rank(a, count, i) - mean, right = naive_rank(b, count, i) - mean;
        one += left * left;
        other += right * right;
        both += left * right;
    }
    return both / math_sqrt(one * other);
}

static void ranks(void **state)
{
    (void)state;
    static const double up[] = {1, 2, 3, 4}, down[] = {9, 7, 5, -3}, flat[] = {1, 1, 1, 1};
    double found = 0;
    assert_int_equal(rank_correlation(up, down, 4, &found), STATUS_OK);
    near(found, -1);
    assert_int_equal(rank_correlation(up, up, 4, &found), STATUS_OK);
    near(found, 1);
    assert_int_equal(rank_correlation(up, flat, 4, &found), STATUS_OK);
    assert_false(double_is_finite(found));
    assert_int_equal(rank_correlation(up, down, 2, &found), STATUS_OK);
    assert_false(double_is_finite(found));
    struct random random;
    random_init(&random, 8, 0);
    for (int round = 0; round < 200; round++) {
        double a[40], b[40];
        size_t count = 3 + random_below(&random, 38);
        for (size_t i = 0; i < count; i++) {
            a[i] = (double)random_below(&random, 12);
            b[i] = a[i] * (double)random_below(&random, 2) + (double)random_below(&random, 9);
        }
        double wanted = naive_correlation(a, b, count);
        assert_int_equal(rank_correlation(a, b, count, &found), STATUS_OK);
        if (double_is_finite(wanted))
            near(found, wanted);
        else
            assert_false(double_is_finite(found));
    }
}

/* ---- overlap --------------------------------------------------------------------------------- */

static void summary_make(struct sweep_summary *out, const char *const *keys, size_t count,
                         const double *values)
{
    struct problem problem;
    problem_init(&problem);
    *out = (struct sweep_summary){0};
    sweep_space_init(&out->space);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sweep_space_add(&out->space, text_of(keys[i]), &problem), STATUS_OK);
    assert_int_equal(
        sweep_space_draw(&out->space, &(struct sweep_plan){.method = SWEEP_GRID}, &problem),
        STATUS_OK);
    out->trials = calloc(out->space.trials, sizeof *out->trials);
    assert_non_null(out->trials);
    /* The best first, by a sort of insertion. */
    for (uint32_t i = 0; i < out->space.trials; i++) {
        uint32_t place = out->count;
        if (!double_is_finite(values[i]))
            continue;
        while (place > 0 && out->trials[place - 1].row.sharpe < values[i]) {
            out->trials[place] = out->trials[place - 1];
            place--;
        }
        out->trials[place] = (struct sweep_trial){.row = {.id = i, .sharpe = values[i]}};
        out->count++;
    }
    out->full = out->count;
}

static void overlaps(void **state)
{
    (void)state;
    static const char *const one[] = {"bots.a.params.fast=5,10,15", "bots.a.params.slow=20:40:10"};
    static const char *const other[] = {"bots.a.params.slow=20,40.0,60",
                                        "bots.a.params.fast=5:15:10"};
    static const char *const third[] = {"bots.a.params.slow=20,40"};
    double nan = double_nan();
    /* fast 5: slow 20 30 40; fast 10; fast 15. */
    const double values[] = {1, 2, 3, 4, 5, 6, 7, 8, nan};
    /* slow 20: fast 5 15; slow 40; slow 60. In common: 5/20 (1, 60), 15/20 (7, 50), 5/40 (3, 40).
     */
    const double others[] = {60, 50, 40, 30, 20, 70};
    struct sweep_summary a, b, c;
    struct sweep_overlap overlap;
    struct sweep_spread spread;
    double bins[COMPARE_BINS];
    summary_make(&a, one, 2, values);
    summary_make(&b, other, 2, others);
    summary_make(&c, third, 1, others);
    assert_int_equal(sweep_overlap_of(&a, &b, &overlap), STATUS_OK);
    assert_int_equal(overlap.common, 3);
    near(overlap.rank_correlation, -0.5); /* 1 3 7 against 3 1 2 */
    near(overlap.top_tenth, 0);
    assert_int_equal(overlap.best_there, 0); /* 15/30 is not in b */
    assert_int_equal(overlap.best_here, 0);  /* 15/60 is not in a */
    assert_int_equal(sweep_overlap_of(&a, &a, &overlap), STATUS_OK);
    assert_int_equal(overlap.common, 8);
    near(overlap.rank_correlation, 1);
    near(overlap.top_tenth, 1);
    assert_true(overlap.best_there == 1 && overlap.best_here == 1);
    assert_int_equal(sweep_overlap_of(&a, &c, &overlap), STATUS_OK);
    assert_int_equal(overlap.common, 0);
    assert_int_equal(sweep_spread_of(&a, &spread), STATUS_OK);
    near(spread.median / spread.best, 4.5 / 8);
    near(spread.lower / spread.best, 2.75 / 8);
    near(spread.upper / spread.best, 6.25 / 8);
    near(spread.earned, 1);
    sweep_bins_of(&a, 0, spread.best, bins);
    near(bins[COMPARE_BINS - 1], 1);
    near(bins[2], 1);
    near(bins[0], 0);
    a.full = 0;
    assert_int_equal(sweep_spread_of(&a, &spread), STATUS_OK);
    assert_false(double_is_finite(spread.median));
    assert_int_equal(sweep_overlap_of(&a, &b, &overlap), STATUS_OK);
    assert_int_equal(overlap.common, 0);
    sweep_summary_release(&a);
    sweep_summary_release(&b);
    sweep_summary_release(&c);
}

/* ---- lists of keys --------------------------------------------------------------------------- */

static void differences(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *said;
        size_t count;
    } cases[] = {
        {"", "", "", 0},
        {"a\t1\t\n", "a\t1\tx\n", "", 0},
        {"a\t1\t\n", "a\t2\t\n", "a was 1, now 2", 1},
        {"a\t1\t\nb\t2\t\n", "b\t2\t\na\t1\t\n", "", 0},
        {"a\t1\t\nb\t2\t\n", "b\t3\t\nc\t4\t\n", "a was 1, now -; b was 2, now 3; c was -, now 4",
         3},
        {"log.level\tinfo\t\nlisten\t1\t\n", "log.level\twarn\t\ntelemetry.otlp\t2\t\n", "", 0},
        {"logs\t1\t\n", "logs\t2\t\n", "logs was 1, now 2", 1},
        {"data[0].file\tx\t\ndata[0].bar\t1h\t\n", "data[0].file\ty\t\ndata[0].bar\t2h\t\n",
         "data[0].bar was 1h, now 2h", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char said[100];
        assert_int_equal(
            config_differ_say(said, sizeof said, text_of(cases[i].before), text_of(cases[i].after)),
            cases[i].count);
        assert_string_equal(said, cases[i].said);
    }
    char said[60];
    assert_int_equal(config_differ_say(said, sizeof said, TEXT("a\t1\t\nb\t1\t\nc\t1\t\n"),
                                       TEXT("a\t2\t\nb\t2\t\nc\t2\t\n")),
                     3);
    assert_string_equal(said, "a was 1, now 2; b was 1, now 2; 1 more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks),
        cmocka_unit_test(overlaps),
        cmocka_unit_test(differences),
    };
    return cmocka_run_group_tests_name("sweep_compare", tests, NULL, NULL);
}
