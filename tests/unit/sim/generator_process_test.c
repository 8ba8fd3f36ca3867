/* The processes and matrices behind the generator against figures worked out by hand or with
 * another program, and against naive forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/math.h"
#include "sim/generator/matrix.h"
#include "sim/generator/process.h"

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("found %.12g, expected %.12g within %g", found, expected, tolerance);
    }
}

static void test_gbm_step(void **state)
{
    (void)state;
    double minute = 1.0 / (365.0 * 1440.0);
    assert_near(gbm_step(100.0, 0.05, 0.6, minute, 1.0), 100.0827701, 5e-8);
    assert_near(gbm_step(100.0, 0.05, 0.6, minute, 0.0) / 100.0, 1.0 + (0.05 - 0.18) * minute,
                1e-12);
    /* After a year: mean factor e^0.05, median e^(0.05 - 0.18). */
    assert_near(math_exp(0.05), 1.0512711, 5e-8);
    assert_near(gbm_step(1.0, 0.05, 0.6, 1.0, 0.0), 0.8780954, 5e-8);
}

static void test_cholesky_figures(void **state)
{
    (void)state;
    const double correlation[9] = {1, .8, .6, .8, 1, .5, .6, .5, 1};
    double lower[9];
    assert_true(cholesky_factor(correlation, lower, 3, 3));
    const double expected[9] = {1, 0, 0, .8, .6, 0, .6, .03333333, .79930525};
    for (size_t i = 0; i < 9; i++) {
        assert_near(lower[i], expected[i], 5e-9);
    }
    const double z[3] = {1, -.5, .25};
    const double w[3] = {1, .5, .78315965};
    for (size_t row = 0; row < 3; row++) {
        double sum = 0.0;
        for (size_t k = 0; k < 3; k++) {
            sum += lower[row * 3 + k] * z[k];
        }
        assert_near(sum, w[row], 5e-9);
    }
}

static void test_repair_of_an_impossible_matrix(void **state)
{
    (void)state;
    double correlation[9] = {1, -.9, -.9, -.9, 1, -.9, -.9, -.9, 1};
    double work[9], lower[9], scratch[18];
    memcpy(work, correlation, sizeof work);
    assert_false(cholesky_factor(correlation, lower, 3, 3));
    double vectors[9];
    eigen_symmetric(work, vectors, 3, 3);
    double low = fmin(work[0], fmin(work[4], work[8]));
    double high = fmax(work[0], fmax(work[4], work[8]));
    assert_near(low, -.8, 1e-12);
    assert_near(high, 1.9, 1e-12);
    assert_near(work[0] + work[4] + work[8], 3.0, 1e-12);

    double change = correlation_repair(correlation, scratch, 3, 3);
    /* Clipping leaves 1.9 on the plane across (1,1,1): -1/2 for each pair after scaling. */
    assert_near(change, .4, 1e-5);
    for (size_t row = 0; row < 3; row++) {
        for (size_t column = 0; column < 3; column++) {
            assert_near(correlation[row * 3 + column], row == column ? 1.0 : -.5, 1e-5);
        }
    }
    assert_true(cholesky_factor(correlation, lower, 3, 3));
}

/* Random symmetric matrices: V D V' gives the matrix back, and repair always ends in a matrix that
 * factors and whose product L L' it is. */
static void test_random_matrices(void **state)
{
    (void)state;
    enum { N = 24, STRIDE = 27 };
    static double matrix[N * STRIDE], work[N * STRIDE], vectors[N * STRIDE];
    static double scratch[2 * N * STRIDE], lower[N * STRIDE];
    struct random random;
    random_init(&random, 7, 0);
    for (unsigned round = 0; round < 40; round++) {
        size_t count = 1 + random_below(&random, N);
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k <= i; k++) {
                double value = i == k ? 1.0 : 2.0 * random_unit(&random) - 1.0;
                matrix[i * STRIDE + k] = value;
                matrix[k * STRIDE + i] = value;
            }
        }
        memcpy(work, matrix, sizeof work);
        eigen_symmetric(work, vectors, STRIDE, count);
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < count; k++) {
                double sum = 0.0;
                for (size_t e = 0; e < count; e++) {
                    sum += vectors[i * STRIDE + e] * work[e * STRIDE + e] * vectors[k * STRIDE + e];
                }
                assert_near(sum, matrix[i * STRIDE + k], 1e-11);
            }
        }
        bool sound = cholesky_factor(matrix, lower, STRIDE, count);
        double change = correlation_repair(matrix, scratch, STRIDE, count);
        assert_true(!sound || change < 1e-5);
        assert_true(cholesky_factor(matrix, lower, STRIDE, count));
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k <= i; k++) {
                double sum = 0.0;
                for (size_t e = 0; e <= k; e++) {
                    sum += lower[i * STRIDE + e] * lower[k * STRIDE + e];
                }
                assert_near(sum, matrix[i * STRIDE + k], 1e-11);
            }
        }
    }
}

static void test_shrinking_one_row(void **state)
{
    (void)state;
    double correlation[9] = {1, -.9, -.9, -.9, 1, -.9, -.9, -.9, 1};
    double lower[9];
    assert_true(cholesky_append(lower, 3, 0, correlation));
    assert_true(cholesky_append(lower, 3, 1, correlation + 3));
    assert_false(cholesky_append(lower, 3, 2, correlation + 6));
    double factor = correlation_shrink_row(lower, 3, 2, correlation + 6);
    /* C [-.9 -.9]' has squared length 16.2 in L's coordinates: 1 / sqrt(16.2). */
    assert_near(factor, 1.0 / sqrt(16.2), 1e-6);
    assert_near(correlation[6], -.9 * factor, 1e-15);
    assert_near(correlation[3], -.9, 0.0);
    assert_true(cholesky_append(lower, 3, 2, correlation + 6));
    assert_near(correlation_shrink_row(lower, 3, 2, correlation + 6), 1.0, 0.0);
}

static void test_jump_moments(void **state)
{
    (void)state;
    struct jump_process process = {.rate = 12.0, .mean = -.03, .deviation = .05};
    struct jump_moments daily = jump_moments(&process, .6, 1.0 / 365.0);
    assert_near(daily.compensator, -.02834065, 5e-9);
    assert_near(daily.volatility, .6330877, 5e-8);
    assert_near(daily.skewness, -.2277, 5e-5);
    assert_near(daily.excess_kurtosis, .9014, 5e-5);
}

static void test_jump_count_is_poisson(void **state)
{
    (void)state;
    assert_int_equal(jump_count(0.0, .999), 0);
    assert_int_equal(jump_count(2.0, 0.0), 0);
    assert_int_equal(jump_count(2.0, .1353), 0); /* e^-2 = .135335 */
    assert_int_equal(jump_count(2.0, .1354), 1);
    assert_int_equal(jump_count(2.0, .4060), 1); /* 3 e^-2 = .406006 */
    assert_int_equal(jump_count(2.0, .4061), 2);
    assert_int_equal(jump_count(1e9, .5), JUMPS_PER_STEP_MAX);
    struct random random;
    random_init(&random, 3, 0);
    double sum = 0.0, squares = 0.0;
    enum { N = 200000 };
    for (unsigned i = 0; i < N; i++) {
        double count = jump_count(.7, random_unit(&random));
        sum += count;
        squares += count * count;
    }
    double mean = sum / N;
    assert_near(mean, .7, .01);
    assert_near(squares / N - mean * mean, .7, .02);
}

static void test_variance_figures(void **state)
{
    (void)state;
    /* Feller 2 k theta / xi^2. */
    struct variance_process process = {.reversion = 3.0, .level = .36, .deviation = .8};
    assert_near(2.0 * process.reversion * process.level / (process.deviation * process.deviation),
                3.375, 1e-12);
    struct variance_step step = variance_step_of(&process, 1.0 / 12.0);
    double m = step.m_constant + .36 * step.decay;
    double s2 = step.s2_constant + .36 * step.s2_slope;
    assert_near(m, .36, 1e-15);
    assert_near(s2, .01510922, 5e-9);
    assert_near(s2 / (m * m), .1165835, 5e-8);
    assert_near(variance_next(&step, .36, .5, 0.0), .3493500, 5e-8);
    assert_near(variance_next(&step, .36, .8, 1.0), .4819934, 1e-7);
    /* The other branch: psi = 2. */
    assert_near(variance_draw(.36, 2.0 * .36 * .36, .9, 9.0), 1.024445, 5e-7);
    assert_near(variance_draw(.36, 2.0 * .36 * .36, 1.0 / 3.0 - 1e-9, 9.0), 0.0, 0.0);
    assert_near(variance_draw(.36, 0.0, .5, 1.0), .36, 0.0);
}

/* Both branches of QE have the mean and the variance they were asked for. */
static void test_variance_moments(void **state)
{
    (void)state;
    const double psis[] = {.02, .5, 1.4, 1.6, 4.0};
    enum { N = 400000 };
    for (size_t i = 0; i < sizeof psis / sizeof psis[0]; i++) {
        double sum = 0.0, squares = 0.0;
        for (unsigned k = 0; k < N; k++) {
            double uniform = (k + .5) / N;
            double v = variance_draw(2.0, psis[i] * 4.0, uniform, math_normal_quantile(uniform));
            assert_true(v >= 0.0);
            sum += v;
            squares += v * v;
        }
        double mean = sum / N;
        assert_near(mean, 2.0, 2e-3);
        assert_near(squares / N - mean * mean, psis[i] * 4.0, .01 * psis[i] * 4.0);
    }
}

static void test_hawkes_intensities(void **state)
{
    (void)state;
    struct hawkes_process process = {.base = .5, .jump = .8, .decay = 1.2};
    assert_near(hawkes_mean_rate(&process), 1.5, 1e-12);
    struct hawkes_state arrivals = {0};
    const double times[] = {0.0, .3, .5, 2.0};
    const double expected[] = {.5, 1.058141, 1.568352, .808836};
    for (size_t i = 0; i < 4; i++) {
        assert_near(hawkes_intensity(&process, &arrivals, times[i]), expected[i], 5e-7);
        double naive = process.base;
        for (size_t k = 0; k < i; k++) {
            naive += process.jump * exp(-process.decay * (times[i] - times[k]));
        }
        assert_near(hawkes_intensity(&process, &arrivals, times[i]), naive, 1e-12);
        hawkes_arrive(&process, &arrivals, times[i]);
    }
}

/* Rate and clustering of drawn arrivals, stopped at every second as the generator does. The
 * variance of counts in long windows is the mean over (1 - branching)^2 (Hawkes 1971). */
static void test_hawkes_arrivals(void **state)
{
    (void)state;
    struct hawkes_process process = {.base = .5, .jump = .8, .decay = 1.2};
    struct hawkes_state arrivals = {0};
    struct random random;
    random_init(&random, 11, 0);
    enum { WINDOWS = 3000, SECONDS = 100 };
    double sum = 0.0, squares = 0.0;
    for (unsigned window = 0; window < WINDOWS; window++) {
        unsigned count = 0;
        for (unsigned second = 0; second < SECONDS; second++) {
            double before = arrivals.time;
            while (hawkes_next(&process, &arrivals, 1.0, &random)) {
                assert_true(arrivals.time >= before && arrivals.time < 1.0);
                before = arrivals.time;
                count++;
            }
            assert_near(arrivals.time, 1.0, 0.0);
            arrivals.time = 0.0;
        }
        sum += count;
        squares += (double)count * count;
    }
    double mean = sum / WINDOWS;
    double variance = squares / WINDOWS - mean * mean;
    assert_near(mean / SECONDS, 1.5, .03);
    assert_near(variance / mean, 9.0, 1.2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gbm_step),
        cmocka_unit_test(test_cholesky_figures),
        cmocka_unit_test(test_repair_of_an_impossible_matrix),
        cmocka_unit_test(test_random_matrices),
        cmocka_unit_test(test_shrinking_one_row),
        cmocka_unit_test(test_jump_moments),
        cmocka_unit_test(test_jump_count_is_poisson),
        cmocka_unit_test(test_variance_figures),
        cmocka_unit_test(test_variance_moments),
        cmocka_unit_test(test_hawkes_intensities),
        cmocka_unit_test(test_hawkes_arrivals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
