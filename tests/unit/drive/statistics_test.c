/* Statistics of returns: the published and computed vectors, and slow truths beside them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/random.h"
#include "drive/result/statistics.h"

static void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static const double ten[] = {.01, -.02, .015, -.005, .03, 0, -.01, .02, .005, -.015};

static void ten_returns(void **state)
{
    (void)state;
    struct moments moments = moments_of(ten, 10);
    near(moments.mean, .003, 1e-15);
    near(moments.deviation, .0160208198, 1e-10);
    near(moments.skewness, .1691876, 1e-7);
    near(moments.kurtosis, 1.9783550, 1e-7);
    double sharpe = sharpe_ratio(ten, 10);
    near(sharpe, .1872563, 1e-7);
    near(sharpe * math_sqrt(365), 3.5775273, 1e-6);
    near(downside_deviation(ten, 10, 0), .0086602540, 1e-10);
    near(sortino_ratio(ten, 10, 0), .3464102, 1e-7);
    near(probabilistic_sharpe(sharpe, 0, 10, moments.skewness, moments.kurtosis), .7151093, 1e-7);
}

/* The paper's case: annual Sharpe 2.5 over 1250 days, 250 a year, skewness -3, kurtosis 10. */
static void deflated_sharpe_of_the_paper(void **state)
{
    (void)state;
    double sharpe = 2.5 / math_sqrt(250), variance = 0.5 / 250;
    near(math_sqrt(variance) * expected_maximum_normal(100), .1131720, 1e-7);
    near(deflated_sharpe(sharpe, 1250, -3, 10, 100, variance), .9003968, 1e-6);
    near(deflated_sharpe(sharpe, 1250, -3, 10, 46, variance), .9505017, 1e-6);
    near(deflated_sharpe(sharpe, 1250, -3, 10, 88, variance), .9101530, 1e-6);
    /* One trial is deflated by nothing. */
    near(deflated_sharpe(sharpe, 1250, -3, 10, 1, variance),
         probabilistic_sharpe(sharpe, 0, 1250, -3, 10), 0);
}

static void expected_maximum(void **state)
{
    (void)state;
    near(expected_maximum_normal(10), 1.5746, 5e-5);
    near(expected_maximum_normal(39), 2.1795, 5e-5);
    near(expected_maximum_normal(100), 2.5306, 5e-5);
    near(expected_maximum_normal(1000), 3.2551, 5e-5);
    near(expected_maximum_normal(1), 0, 0);
    near(expected_maximum_normal(0), 0, 0);
}

static void track_records(void **state)
{
    (void)state;
    near(minimum_track_record(.1, 0, -.5, 5, .95), 287.79, .005);
    near(minimum_backtest_years(45, 1), 5.0, .05);
    assert_true(isnan(minimum_track_record(.1, .1, -.5, 5, .95)));
    assert_true(isnan(minimum_backtest_years(45, 0)));
    /* As many returns as the minimum give just the confidence. */
    double count = minimum_track_record(.1, 0, -.5, 5, .95);
    near(probabilistic_sharpe(.1, 0, count, -.5, 5), .95, 1e-9);
}

/* -5, -4, -3.2, … 3: only the two worst matter. */
static void historical_tail(void **state)
{
    (void)state;
    double values[20] = {-5, -4, -3.2};
    for (int i = 3; i < 20; i++)
        values[i] = -3 + 6.0 * (i - 3) / 16;
    struct tail_risk risk = tail_historical(values, 20, 9500);
    near(risk.value_at_risk, 5, 0);
    near(risk.expected_shortfall, 5, 0);
    risk = tail_historical(values, 20, 9000);
    near(risk.value_at_risk, 4, 0);
    near(risk.expected_shortfall, 4.5, 0);
    /* One value more and the count rounds up. */
    risk = tail_historical(values, 20, 9499);
    near(risk.value_at_risk, 4, 0);
    risk = tail_historical(values, 1, 9999);
    near(risk.value_at_risk, 5, 0);
    assert_true(isnan(tail_historical(values, 0, 9500).value_at_risk));
}

static void parametric_tails(void **state)
{
    (void)state;
    struct tail_risk risk = tail_normal(.0005, .02, 9500);
    near(risk.value_at_risk, .03239707, 5e-9);
    near(risk.expected_shortfall, .04075426, 5e-9);
    risk = tail_normal(.0005, .02, 9900);
    near(risk.value_at_risk, .04602696, 5e-9);
    near(risk.expected_shortfall, .05280428, 5e-9);
    risk = tail_student(0, .02, 4, 9900);
    near(risk.value_at_risk, .05298984, 5e-9);
    near(risk.expected_shortfall, .07383021, 5e-9);
    risk = tail_cornish_fisher(.0005, .02, -.5, 2, 9500);
    near(risk.value_at_risk, .03433850, 5e-9);
    near(tail_cornish_fisher(0, 1, -.5, 2, 9500).value_at_risk, 1.7419251, 5e-8);
    near(tail_cornish_fisher(0, 1, -.5, 2, 9900).value_at_risk, 3.0674968, 5e-8);
    near(tail_cornish_fisher(.0005, .02, -.5, 2, 9900).value_at_risk, .06084994, 5e-9);
    near(tail_cornish_fisher(0, 1, -.5, 2, 9500).expected_shortfall, 2.5754356, 5e-8);
    assert_true(cornish_fisher_is_monotone(-.5, 2));
    assert_false(cornish_fisher_is_monotone(-2, 3));
    assert_true(cornish_fisher_is_monotone(0, 0));
    assert_true(isnan(tail_cornish_fisher(0, 1, -2, 3, 9500).value_at_risk));
    /* Without skewness and excess it is the normal tail. */
    near(tail_cornish_fisher(0, 1, 0, 0, 9900).expected_shortfall,
         tail_normal(0, 1, 9900).expected_shortfall, 1e-14);
}

static void kupiec(void **state)
{
    (void)state;
    near(kupiec_ratio(8, 250, 9900), 7.7336, 5e-5);
    near(kupiec_ratio(5, 250, 9900), 1.9568, 5e-5);
    assert_true(kupiec_ratio(0, 250, 9900) > 0);
    assert_true(isnan(kupiec_ratio(3, 2, 9900)));
}

static void student_quantiles(void **state)
{
    (void)state;
    /* Closed forms for one and two degrees. */
    for (int i = 1; i < 100; i++) {
        double share = i / 100.0, alpha = 4 * share * (1 - share);
        near(student_quantile(share, 1), tan(M_PI * (share - .5)), 1e-11 / alpha);
        near(student_quantile(share, 2), 2 * (share - .5) * sqrt(2 / alpha), 1e-12 / alpha);
        near(student_cdf(student_quantile(share, 7.5), 7.5), share, 1e-13);
    }
    near(student_quantile(.975, 1e6), math_normal_quantile(.975), 1e-5);
    assert_true(isnan(student_quantile(0, 4)));
}

static void quantiles(void **state)
{
    (void)state;
    double values[] = {4, 1, 3, 2};
    doubles_sort(values, 4);
    near(quantile_of_sorted(values, 4, 0), 1, 0);
    near(quantile_of_sorted(values, 4, 1), 4, 0);
    near(quantile_of_sorted(values, 4, .5), 2.5, 0);
    near(quantile_of_sorted(values, 4, .05), 1.15, 1e-15);
    near(quantile_of_sorted(values, 1, .3), 1, 0);
    assert_true(isnan(quantile_of_sorted(values, 0, .5)));
    assert_true(isnan(quantile_of_sorted(values, 4, 1.5)));
}

static void what_is_not_defined(void **state)
{
    (void)state;
    double same[] = {.01, .01, .01}, noisy[] = {.01, nextafter(.01, 1), .01};
    assert_true(isnan(sharpe_ratio(same, 3)));
    /* Rounding noise is no variance. */
    assert_true(moments_of(noisy, 3).deviation > 0);
    assert_true(isnan(sharpe_ratio(noisy, 3)));
    assert_true(isnan(sharpe_ratio(same, 1)));
    assert_true(isnan(sharpe_ratio(same, 0)));
    assert_true(isnan(sortino_ratio(same, 3, 0)));
    assert_true(isnan(moments_of(same, 3).skewness));
    assert_true(isnan(moments_of(NULL, 0).mean));
    assert_true(isnan(probabilistic_sharpe(.1, 0, 1, 0, 3)));
    assert_true(isnan(deflated_sharpe(.1, 100, 0, 3, 10, double_nan())));
}

/* Against long double sums on random series of every length. */
static void moments_by_the_book(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 11, 0);
    for (size_t count = 2; count < 200; count++) {
        double values[200];
        long double mean = 0, second = 0, third = 0, fourth = 0;
        for (size_t i = 0; i < count; i++) {
            values[i] = random_normal(&random) * .02 + .001;
            mean += (long double)values[i];
        }
        mean /= (long double)count;
        for (size_t i = 0; i < count; i++) {
            long double difference = (long double)values[i] - mean;
            second += difference * difference;
            third += difference * difference * difference;
            fourth += difference * difference * difference * difference;
        }
        long double n = (long double)count, variance = second / n;
        struct moments moments = moments_of(values, count);
        near(moments.mean, (double)mean, 1e-16);
        near(moments.deviation, (double)sqrtl(second / (n - 1)), 1e-15);
        near(moments.skewness, (double)(third / n / powl(variance, 1.5L)), 1e-10);
        near(moments.kurtosis, (double)(fourth / n / (variance * variance)), 1e-10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_returns),
        cmocka_unit_test(deflated_sharpe_of_the_paper),
        cmocka_unit_test(expected_maximum),
        cmocka_unit_test(track_records),
        cmocka_unit_test(historical_tail),
        cmocka_unit_test(parametric_tails),
        cmocka_unit_test(kupiec),
        cmocka_unit_test(student_quantiles),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(what_is_not_defined),
        cmocka_unit_test(moments_by_the_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
