/* Scores: the figures of the specification, and what must hold for all of them. */
#include "indicator_data.h"

#include "core/signal/score.h"

static void rsi_scores(void **state)
{
    (void)state;
    const double cases[][2] = {{0, 1},    {25, 1},  {30, 1},  {40, .5}, {50, 0},
                               {62, -.6}, {70, -1}, {75, -1}, {100, -1}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_near(score_rsi(cases[i][0], 30, 70), cases[i][1], 1e-15, "rsi", i);
    assert_near(score_rsi(62, 20, 80), -.4, 1e-15, "rsi", 0);
}

static void z_scores(void **state)
{
    (void)state;
    assert_near(score_z(1.5), .905148, 5e-7, "z", 0);
}

static void distances_without_a_range(void **state)
{
    (void)state;
    assert_true(score_ma(100, 100, 0) == 0.0);
    assert_true(score_ma(101, 100, 0) == 1.0);
    assert_true(score_macd(-0.5, 0) == -1.0);
}

static void scores_are_bounded_odd_and_free_of_scale(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 20000; i++) {
        double fast = 50 + (double)(golden_draw(&seed) % 10000) / 100;
        double slow = 50 + (double)(golden_draw(&seed) % 10000) / 100;
        double range = (double)(golden_draw(&seed) % 1000) / 100;
        double score = score_ma(fast, slow, range);
        assert_true(score >= -1 && score <= 1);
        assert_true(score_ma(slow, fast, range) == -score);
        /* Powers of two change no digit: equality is exact. */
        assert_true(score_ma(fast * 1024, slow * 1024, range * 1024) == score);
        assert_true(score_ma(fast + 1, slow, range) >= score);
        double rsi = (double)(golden_draw(&seed) % 10001) / 100;
        double bought = score_rsi(rsi, 30, 70);
        assert_true(bought >= -1 && bought <= 1);
        assert_near(score_rsi(100 - rsi, 30, 70), -bought, 1e-14, "odd", 0);
        assert_true(score_rsi(rsi + 1, 30, 70) <= bought);
    }
}

static void combining(void **state)
{
    (void)state;
    struct score score;
    struct score_term terms[] = {{.8, .4, true}, {-.2, .35, true}, {.5, .25, true}};
    assert_true(score_combine(terms, 3, &score));
    assert_near(score.value, .375, 1e-15, "score", 0);
    assert_near(score.confidence, .65, 1e-15, "confidence", 0);
    for (int i = 0; i < 3; i++)
        terms[i].score = -terms[i].score;
    assert_true(score_combine(terms, 3, &score));
    assert_near(score.value, -.375, 1e-15, "score", 1);
    assert_near(score.confidence, .65, 1e-15, "confidence", 1);

    /* A signal that is on but not ready holds the decision; one that is off does not. */
    terms[2].ready = false;
    assert_false(score_combine(terms, 3, &score));
    assert_true(score.value == 0.0 && score.confidence == 0.0);
    terms[2].weight = 0;
    assert_true(score_combine(terms, 3, &score));
    assert_near(score.value, -.25 / .75, 1e-15, "score", 2);
    assert_false(score_combine(terms, 0, &score));
    assert_false(score_combine(terms + 2, 1, &score));

    /* All against nothing: nothing agrees but what is nothing itself. */
    struct score_term even[] = {{.5, 1, true}, {-.5, 1, true}, {0, 2, true}};
    assert_true(score_combine(even, 3, &score));
    assert_true(score.value == 0.0 && score.confidence == 0.5);
    struct score_term full[] = {{1, .1, true}, {1, .2, true}, {1, .3, true}};
    assert_true(score_combine(full, 3, &score));
    assert_true(score.value <= 1.0 && score.confidence == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsi_scores),
        cmocka_unit_test(z_scores),
        cmocka_unit_test(distances_without_a_range),
        cmocka_unit_test(scores_are_bounded_odd_and_free_of_scale),
        cmocka_unit_test(combining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
