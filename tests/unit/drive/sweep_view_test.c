/* What a sweep looks like: importance on functions whose shares are known, maps and neighbourhoods
 * by hand, and a page that is safe and the same every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/random.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep_heat.h"
#include "drive/sweep/sweep_page.h"

#define PI 3.14159265358979323846

/* ---- importance ------------------------------------------------------------------------------ */

typedef double function_of(const double *at);

static void shares_of(function_of *of, uint32_t axes, uint32_t count, double low, double high,
                      struct importance *out)
{
    uint32_t counts[SWEEP_AXES_MAX];
    size_t trials = 1;
    for (uint32_t i = 0; i < axes; i++) {
        counts[i] = count;
        trials *= count;
    }
    uint16_t *levels = calloc(trials * axes, sizeof *levels);
    double *values = calloc(trials, sizeof *values);
    assert_true(levels != NULL && values != NULL);
    for (size_t i = 0; i < trials; i++) {
        double at[SWEEP_AXES_MAX];
        size_t rest = i;
        for (uint32_t axis = 0; axis < axes; axis++) {
            levels[i * axes + axis] = (uint16_t)(rest % count);
            at[axis] = low + (high - low) * ((double)(rest % count) + 0.5) / count;
            rest /= count;
        }
        values[i] = of(at);
    }
    struct importance_input input = {levels, counts, axes, values, trials, false};
    assert_int_equal(importance_compute(&input, out), STATUS_OK);
    free(levels);
    free(values);
}

static void near(double found, double wanted, double tolerance)
{
    if (!(found > wanted - tolerance && found < wanted + tolerance))
        fail_msg("%.9f is not %.9f", found, wanted);
}

/* sin x + 7 sin^2 y + 0.1 z^4 sin x on -pi..pi: shares 0.3139, 0.4424, 0 (Ishigami and Homma, 1990,
 * with these constants in every text book on it). */
static double ishigami(const double *at)
{
    double x = math_sin(at[0]), y = math_sin(at[1]);
    return x + 7 * y * y + 0.1 * at[2] * at[2] * at[2] * at[2] * x;
}

/* Independent and added: shares go as the squares of the factors. */
static double added(const double *at)
{
    return 3 * at[0] + 2 * at[1] + at[2] + 100;
}

/* Centred factors alone explain nothing of a product. */
static double product(const double *at)
{
    return at[0] * at[1];
}

/* Sobol's g with a = 0, 1, 9: V_i = 1 / (3 (1 + a_i)^2), V = product of (1 + V_i) less 1. */
static double sobol_g(const double *at)
{
    static const double a[] = {0, 1, 9};
    double value = 1;
    for (int i = 0; i < 3; i++) {
        double distance = 4 * at[i] - 2;
        value *= ((distance < 0 ? -distance : distance) + a[i]) / (1 + a[i]);
    }
    return value;
}

static double same_everywhere(const double *at)
{
    (void)at;
    return 0.1;
}

static void known_shares(void **state)
{
    (void)state;
    struct importance importance;
    shares_of(ishigami, 3, 64, -PI, PI, &importance);
    near(importance.shares[0], 0.3139, 0.001);
    near(importance.shares[1], 0.4424, 0.001);
    near(importance.shares[2], 0, 1e-9);
    near(importance.rest, 0.2437, 0.002);
    shares_of(added, 3, 11, -1, 1, &importance);
    near(importance.shares[0], 9.0 / 14, 1e-12);
    near(importance.shares[1], 4.0 / 14, 1e-12);
    near(importance.shares[2], 1.0 / 14, 1e-12);
    near(importance.rest, 0, 1e-12);
    shares_of(product, 2, 20, -1, 1, &importance);
    near(importance.shares[0], 0, 1e-12);
    near(importance.shares[1], 0, 1e-12);
    near(importance.rest, 1, 1e-12);
    shares_of(sobol_g, 3, 60, 0, 1, &importance);
    double parts[] = {1.0 / 3, 1.0 / 12, 1.0 / 300};
    double whole = (1 + parts[0]) * (1 + parts[1]) * (1 + parts[2]) - 1;
    for (int i = 0; i < 3; i++)
        near(importance.shares[i], parts[i] / whole, 0.001);
    shares_of(same_everywhere, 2, 9, 0, 1, &importance);
    assert_false(double_is_finite(importance.shares[0]));
    assert_false(double_is_finite(importance.rest));
}

/* Trials that were drawn: noise matters to nobody, and one parameter among four that do not. */
static void drawn_shares(void **state)
{
    (void)state;
    enum { TRIALS = 400, AXES = 5, LEVELS = 300 };
    static uint16_t levels[TRIALS * AXES];
    static double values[TRIALS];
    uint32_t counts[AXES];
    struct random random;
    struct importance importance;
    random_init(&random, 5, 0);
    for (int i = 0; i < AXES; i++)
        counts[i] = LEVELS;
    for (int effect = 0; effect < 2; effect++) {
        for (size_t i = 0; i < TRIALS; i++) {
            for (size_t axis = 0; axis < AXES; axis++)
                levels[i * AXES + axis] = (uint16_t)random_below(&random, LEVELS);
            double noise = -6;
            for (int j = 0; j < 12; j++)
                noise += (double)random_below(&random, 1000000) / 1e6;
            /* Variance of the effect: 3, of the noise: 1. */
            values[i] = noise + effect * (levels[i * AXES + 2] - 150) * 3.0 / 150;
        }
        values[7] = double_nan();
        struct importance_input input = {levels, counts, AXES, values, TRIALS, true};
        assert_int_equal(importance_compute(&input, &importance), STATUS_OK);
        assert_int_equal(importance.trials, TRIALS - 1);
        for (int axis = 0; axis < AXES; axis++) {
            assert_int_equal(importance.groups[axis], 19);
            if (axis != 2 || effect == 0)
                near(importance.shares[axis], 0, 0.05);
            else
                near(importance.shares[axis], 0.75, 0.05);
        }
    }
    /* A trial a group says nothing. */
    for (size_t i = 0; i < 2; i++) {
        levels[i] = (uint16_t)(i * 299);
        values[i] = (double)i;
    }
    struct importance_input two = {levels, counts, 1, values, 2, true};
    assert_int_equal(importance_compute(&two, &importance), STATUS_OK);
    near(importance.shares[0], 0, 1e-12);
}

/* ---- views ----------------------------------------------------------------------------------- */

/* A summary of trials whose Sharpe ratio a year is what `of` says of their levels. */
struct made {
    struct sweep_summary summary;
    double returns[4];
};

static void made_init(struct made *made, const struct sweep_plan *plan, const char *const *keys,
                      size_t count, double (*of)(const uint16_t *levels))
{
    struct problem problem;
    problem_init(&problem);
    *made = (struct made){.returns = {0.1, -0.2, 0.1, 0.05}};
    struct sweep_summary *summary = &made->summary;
    summary->plan = *plan;
    summary->start_equity.units = (i128)power_of_ten(18) * 100;
    (void)text_copy(summary->config_name, sizeof summary->config_name,
                    TEXT("<made> & \"up\".yaml"));
    sweep_space_init(&summary->space);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sweep_space_add(&summary->space, text_of(keys[i]), &problem), STATUS_OK);
    assert_int_equal(sweep_space_draw(&summary->space, plan, &problem), STATUS_OK);
    uint32_t trials = summary->space.trials;
    summary->trials = calloc(trials, sizeof *summary->trials);
    assert_non_null(summary->trials);
    uint32_t best = 0;
    for (uint32_t i = 0; i < trials; i++) {
        double value = of(summary->space.rows + (size_t)i * count);
        if (value < -99) {
            summary->invalid++;
            continue;
        }
        struct sweep_trial *trial = &summary->trials[summary->count];
        struct text_buffer params;
        text_buffer_init(&params, 4096);
        sweep_space_describe(&summary->space, i, &params);
        trial->params = params.data;
        trial->row = (struct sweep_row){
            .id = i, .state = SWEEP_DONE, .sharpe = value / math_sqrt(365)};
        trial->row.end_equity.units = (i128)power_of_ten(18) * 100 + (i128)(value * 1e18);
        trial->returns = malloc(sizeof made->returns);
        assert_non_null(trial->returns);
        memcpy(trial->returns, made->returns, sizeof made->returns);
        trial->periods = ARRAY_COUNT(made->returns);
        if (value > summary->trials[best].row.sharpe * math_sqrt(365))
            best = summary->count;
        summary->count++;
    }
    struct sweep_trial first = summary->trials[0];
    summary->trials[0] = summary->trials[best];
    summary->trials[best] = first;
    summary->rungs_count = 1;
    summary->rungs[0] = (struct sweep_rung){.days = 4, .ran = summary->count, .periods = 4};
    summary->full = summary->count;
    summary->periods = 4;
    summary->wanted = trials;
    summary->counted = summary->count;
}

/* A ridge along x = 2, of which the top at (2, 1) has a lower mean around it than (2, 3); the
 * corner is none. */
static double ridge(const uint16_t *levels)
{
    if (levels[0] == 4 && levels[1] == 0)
        return -100;
    if (levels[0] == 2 && levels[1] == 1)
        return 3;
    double apart = levels[0] > 2 ? levels[0] - 2 : 2 - levels[0];
    return levels[1] >= 2 ? 1.6 - apart * 0.2 : 0.5 - apart;
}

static void neighbourhoods(void **state)
{
    (void)state;
    static const char *const keys[] = {"bots.a.params.fast=1:5:1", "bots.a.params.slow=10:50:10"};
    struct sweep_plan plan = {.method = SWEEP_GRID};
    struct made made;
    struct sweep_view view;
    made_init(&made, &plan, keys, 2, ridge);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_SHARPE, &view), STATUS_OK);
    assert_int_equal(view.candidates[view.chosen], 2 * 5 + 1);
    const struct view_around *around = &view.around_chosen;
    near(around->value, 3, 1e-9);
    assert_int_equal(around->neighbours, 8);
    /* (1,2) (2,2) (3,2): 1.4 1.6 1.4; (1,1) (3,1): -0.5 each; (1,0) (2,0) (3,0): -0.5 0.5 -0.5 */
    near(around->mean, (1.4 + 1.6 + 1.4 - 0.5 - 0.5 - 0.5 + 0.5 - 0.5) / 8, 1e-9);
    near(around->worst, -0.5, 1e-9);
    near(around->better, 0, 1e-9);
    near(around->plateau, around->mean / 3, 1e-9);
    assert_int_equal(view.candidates[view.stable], 2 * 5 + 3);
    assert_false(sweep_view_at_edge(&view, 0) || sweep_view_at_edge(&view, 1));
    struct view_around corner;
    for (uint32_t i = 0; i < view.trials; i++) {
        if (view.candidates[i] != 4 * 5 + 1)
            continue;
        sweep_view_around(&view, i, &corner);
        assert_int_equal(corner.neighbours, 4); /* of five one is none */
    }
    struct sweep_map map;
    assert_int_equal(sweep_map_make(&view, 0, 1, 40, 40, &map), STATUS_OK);
    assert_int_equal(map.columns * map.rows, 25);
    assert_int_equal(map.cells[4].trials, 0);
    near(map.cells[1 * 5 + 2].mean, 3, 1e-9);
    assert_true(map.chosen_column == 2 && map.chosen_row == 1 && map.stable_row == 3);
    assert_false(map.several);
    near(map.high, 3, 1e-9);
    near(map.low, -1.5, 1e-9);
    sweep_map_release(&map);
    /* Two columns: values 1 2 3 | 4 5. */
    assert_int_equal(sweep_map_make(&view, 0, VIEW_NONE, 2, 1, &map), STATUS_OK);
    assert_true(map.several && map.cells[0].trials == 15 && map.cells[1].trials == 9);
    assert_string_equal(sweep_map_value(&view, 0, 2, 1), "4");
    near(map.cells[0].best, 3, 1e-9);
    sweep_map_release(&map);
    sweep_view_release(&view);
    /* Fees are all nothing, so that nothing varies and nothing is on a plateau. */
    assert_int_equal(sweep_view_make(&made.summary, VIEW_FEES, &view), STATUS_OK);
    assert_false(double_is_finite(view.importance.rest));
    assert_false(double_is_finite(view.around_chosen.plateau));
    sweep_view_release(&view);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_DRAWDOWN, &view), STATUS_OK);
    near(view.values[0], 20, 1e-9);
    sweep_view_release(&view);
    sweep_summary_release(&made.summary);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_SHARPE, &view), STATUS_NOT_FOUND);
}

static double of_words(const uint16_t *levels)
{
    return levels[0] == 1 ? 1 + levels[1] * 0.1 : -1;
}

/* Words have no neighbours; of drawn trials a neighbour is up to a tenth of the values away. */
static void steps(void **state)
{
    (void)state;
    static const char *const keys[] = {"bots.a.params.average=sma,ema",
                                       "bots.a.params.slow=1:40:1"};
    struct made made;
    struct sweep_view view;
    made_init(&made, &(struct sweep_plan){.method = SWEEP_GRID}, keys, 2, of_words);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_SHARPE, &view), STATUS_OK);
    assert_true(view.steps[0] == 0 && view.steps[1] == 1);
    assert_int_equal(view.ranked[0], 0);
    assert_int_equal(view.around_chosen.neighbours, 1);
    assert_true(sweep_view_at_edge(&view, 1)); /* 40, the last; of two words none is an edge */
    assert_false(sweep_view_at_edge(&view, 0));
    sweep_view_release(&view);
    sweep_summary_release(&made.summary);
    made_init(&made, &(struct sweep_plan){.method = SWEEP_LATIN, .count = 30, .seed = 3}, keys, 2,
              of_words);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_SHARPE, &view), STATUS_OK);
    assert_true(view.steps[0] == 0 && view.steps[1] == 4);
    sweep_view_release(&view);
    sweep_summary_release(&made.summary);
}

static void colors(void **state)
{
    (void)state;
    assert_int_equal(heat_step(2, -1, 2, false), 8);
    assert_int_equal(heat_step(-1, -1, 2, false), -4);
    assert_int_equal(heat_step(0, -1, 2, false), 0);
    assert_int_equal(heat_step(1, 1, 2, false), 0);
    assert_int_equal(heat_step(2, 1, 2, false), 8);
    assert_int_equal(heat_step(-2, -2, -1, false), -8);
    assert_int_equal(heat_step(-1, -2, -1, false), 0);
    assert_int_equal(heat_step(30, 10, 30, true), -8);
    assert_int_equal(heat_step(10, 10, 30, true), 0);
    assert_int_equal(heat_step(double_nan(), 10, 30, true), 0);
    assert_int_equal(heat_step(1, 1, 1, false), 0);
}

static double of_three(const uint16_t *levels)
{
    return levels[0] - levels[1] * 0.3 + levels[2] * levels[1] * 0.1;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

static void page(void **state)
{
    (void)state;
    static const char *const keys[] = {"bots.a.params.x=1:5:1", "bots.a.params.y=1:4:1",
                                       "bots.a.params.z=<b>,\"&,'c"};
    struct made made;
    struct sweep_view view;
    struct text_buffer one, other;
    made_init(&made, &(struct sweep_plan){.method = SWEEP_GRID}, keys, 3, of_three);
    assert_int_equal(sweep_view_make(&made.summary, VIEW_SHARPE, &view), STATUS_OK);
    text_buffer_init(&one, SWEEP_PAGE_SIZE_MAX);
    text_buffer_init(&other, SWEEP_PAGE_SIZE_MAX);
    assert_int_equal(sweep_page_append(&view, 0, 1, &one), STATUS_OK);
    assert_int_equal(sweep_page_append(&view, 0, 1, &other), STATUS_OK);
    assert_string_equal(one.data, other.data);
    assert_null(strstr(one.data, "<b>,"));
    assert_null(strstr(one.data, "<made>"));
    assert_null(strstr(one.data, "<script"));
    assert_null(strstr(one.data, "http:"));
    assert_null(strstr(one.data, "https:"));
    assert_null(strstr(one.data, "nan"));
    assert_non_null(strstr(one.data, "&lt;made&gt; &amp; &quot;up&quot;.yaml"));
    /* Mean and best of the large map, two other pairs, three curves, all trials. */
    assert_int_equal(count_of(one.data, "<svg viewBox=\"0 0 720"), 2);
    assert_int_equal(count_of(one.data, "<figure"), 2 + 2 + 3 + 1);
    assert_int_equal(count_of(one.data, "<figure"), count_of(one.data, "</figure>"));
    assert_int_equal(count_of(one.data, "<svg"), count_of(one.data, "</svg>"));
    assert_int_equal(count_of(one.data, "<div"), count_of(one.data, "</div>"));
    text_buffer_release(&one);
    text_buffer_release(&other);
    sweep_view_release(&view);
    sweep_summary_release(&made.summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_shares), cmocka_unit_test(drawn_shares),
        cmocka_unit_test(neighbourhoods), cmocka_unit_test(steps),
        cmocka_unit_test(colors),       cmocka_unit_test(page),
    };
    return cmocka_run_group_tests_name("sweep_view", tests, NULL, NULL);
}
