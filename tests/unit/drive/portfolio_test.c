/* Covariances, shrinkage and who carries the risk: the values of the reference, what never changes,
 * and slow truths beside. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/doubt/portfolio.h"
#include "drive/result/statistics.h"
#include "sim/generator/matrix.h"

static void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static const double rows_of_five[] = {.01, .008,  -.002, -.02, -.01, .005, .015, .02,
                                      0,   -.005, 0,     .004, .03,  .02,  -.01};

static void correlation_by_weights(void **state)
{
    (void)state;
    static const double x[] = {.01, -.02, .015, -.005, .03}, y[] = {.008, -.01, .02, 0, .02};
    near(correlation_ewma(x, y, 5, .94), .966141, 5e-7);
    near(correlation_ewma(x, x, 5, .94), 1, 1e-15);
    assert_true(isnan(correlation_ewma(x, y, 0, .94)));
    static const double none[] = {0, 0};
    assert_true(isnan(correlation_ewma(x, none, 2, .94)));
    struct random random;
    random_init(&random, 3, 0);
    for (int round = 0; round < 2000; round++) {
        double a[8], b[8];
        for (int i = 0; i < 8; i++) {
            a[i] = random_normal(&random);
            b[i] = random_normal(&random) + (double)(round % 5) * a[i];
        }
        double found = correlation_ewma(a, b, 8, .9);
        assert_true(found <= 1 + 1e-15 && found >= -1 - 1e-15);
    }
}

static double condition_of(const double *matrix, size_t count)
{
    double copy[64], vectors[64];
    memcpy(copy, matrix, count * count * sizeof *copy);
    eigen_symmetric(copy, vectors, count, count);
    double least = 1e300, most = 0;
    for (size_t i = 0; i < count; i++) {
        least = copy[i * count + i] < least ? copy[i * count + i] : least;
        most = copy[i * count + i] > most ? copy[i * count + i] : most;
    }
    return most / least;
}

static void shrunk_to_the_identity(void **state)
{
    (void)state;
    double sample[9], shrunk[9];
    covariance_sample(rows_of_five, 5, 3, sample);
    near(covariance_shrink(rows_of_five, 5, 3, shrunk), .25624852396, 5e-12);
    near(condition_of(sample, 3), 572.86, .005);
    near(condition_of(shrunk, 3), 9.30, .005);
    near(shrunk[0] + shrunk[4] + shrunk[8], sample[0] + sample[4] + sample[8], 1e-18);
    /* The more days, the less is taken from the target. */
    struct random random;
    random_init(&random, 4, 0);
    double before = 1;
    for (size_t rows = 50; rows <= 50000; rows *= 10) {
        double *returns = malloc(rows * 3 * sizeof *returns);
        assert_non_null(returns);
        for (size_t i = 0; i < rows; i++) {
            double shared = random_normal(&random);
            for (size_t k = 0; k < 3; k++)
                returns[i * 3 + k] = shared + (double)(k + 1) * random_normal(&random);
        }
        double weight = covariance_shrink(returns, rows, 3, shrunk);
        assert_true(weight >= 0 && weight < before);
        before = weight;
        free(returns);
    }
    assert_true(before < .01);
    /* One asset is its own target. */
    near(covariance_shrink(rows_of_five, 15, 1, shrunk), 0, 0);
}

static void shrunk_to_one_correlation(void **state)
{
    (void)state;
    double shrunk[9], sample[9], mean = 0, weight = 0;
    assert_int_equal(covariance_shrink_constant(rows_of_five, 5, 3, shrunk, &mean, &weight),
                     STATUS_OK);
    near(weight, .1337275, 5e-8);
    near(mean, -.2487773, 5e-8);
    covariance_sample(rows_of_five, 5, 3, sample);
    for (size_t i = 0; i < 3; i++)
        near(shrunk[i * 3 + i], sample[i * 3 + i], 1e-18);
    near(shrunk[1], (1 - weight) * sample[1] + weight * mean * sqrt(sample[0] * sample[4]), 1e-18);
    static const double flat[] = {1, 0, 2, 0, 3, 0};
    assert_int_equal(covariance_shrink_constant(flat, 3, 2, shrunk, &mean, &weight), STATUS_RANGE);
}

static void who_carries_the_risk(void **state)
{
    (void)state;
    static const double weights[] = {.5, .5}, deviations[] = {.6, .8};
    static const double covariance[] = {.36, .384, .384, .64};
    double parts[2], inverse[2];
    double all = portfolio_deviation(weights, covariance, 2, parts);
    near(all, .66483081, 5e-9);
    near(parts[0] / .5, .55954086, 5e-9);
    near(parts[1] / .5, .77012075, 5e-9);
    near(parts[0], .27977043, 5e-9);
    near(parts[1], .38506038, 5e-9);
    near(parts[0] + parts[1], all, 1e-15);
    near(diversification_ratio(weights, covariance, 2), 1.0528995, 5e-8);
    weights_inverse_volatility(deviations, 2, inverse);
    near(inverse[0], .571429, 5e-7);
    near(inverse[1], .428571, 5e-7);
    static const double shares[] = {.5, .3, .2};
    near(effective_number(shares, 3), 2.63158, 5e-6);
    near(effective_number(weights, 2), 2, 1e-15);
    static const double none[] = {0, 0};
    assert_true(isnan(effective_number(none, 2)));
    near(portfolio_deviation(none, covariance, 2, parts), 0, 0);
    near(parts[0], 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlation_by_weights),
        cmocka_unit_test(shrunk_to_the_identity),
        cmocka_unit_test(shrunk_to_one_correlation),
        cmocka_unit_test(who_carries_the_risk),
    };
    return cmocka_run_group_tests_name("portfolio", tests, NULL, NULL);
}
