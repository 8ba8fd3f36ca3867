#include "drive/result/statistics.h"

#include "base/math.h"

#include <stdlib.h>

#define EULER_MASCHERONI 0.57721566490153286061
#define EULER 2.71828182845904523536
#define SQRT_2PI 2.50662827463100050242

double double_nan(void)
{
    return __builtin_nan("");
}

struct moments moments_of(const double *values, size_t count)
{
    struct moments out = {count, double_nan(), double_nan(), double_nan(), double_nan()};
    if (count == 0)
        return out;
    double n = (double)count, sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    out.mean = sum / n;
    double second = 0, third = 0, fourth = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = values[i] - out.mean, square = difference * difference;
        second += square;
        third += square * difference;
        fourth += square * square;
    }
    if (count >= 2)
        out.deviation = math_sqrt(second / (n - 1));
    double variance = second / n;
    if (variance > 0) {
        out.skewness = third / n / (variance * math_sqrt(variance));
        out.kurtosis = fourth / n / (variance * variance);
    }
    return out;
}

bool moments_without_variance(const double *values, size_t count, const struct moments *moments)
{
    if (count < 2 || !double_is_finite(moments->deviation))
        return true;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        double magnitude = values[i] < 0 ? -values[i] : values[i];
        if (magnitude > largest)
            largest = magnitude;
    }
    return moments->deviation <= 1e-12 * largest;
}

double sharpe_ratio(const double *values, size_t count)
{
    struct moments moments = moments_of(values, count);
    if (moments_without_variance(values, count, &moments))
        return double_nan();
    return moments.mean / moments.deviation;
}

double downside_deviation(const double *values, size_t count, double target)
{
    if (count == 0)
        return double_nan();
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double below = values[i] - target;
        if (below < 0)
            sum += below * below;
    }
    return math_sqrt(sum / (double)count);
}

double sortino_ratio(const double *values, size_t count, double target)
{
    double downside = downside_deviation(values, count, target);
    if (!(downside > 0))
        return double_nan();
    return (moments_of(values, count).mean - target) / downside;
}

double quantile_of_sorted(const double *sorted, size_t count, double share)
{
    if (count == 0 || !(share >= 0 && share <= 1))
        return double_nan();
    double at = share * (double)(count - 1);
    size_t index = (size_t)at;
    if (index + 1 >= count)
        return sorted[count - 1];
    double part = at - (double)index;
    return part > 0 ? sorted[index] + part * (sorted[index + 1] - sorted[index]) : sorted[index];
}

static int double_order(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void doubles_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof(*values), double_order);
}

/* Variance of the estimated Sharpe ratio, times count - 1. Its quadratic form is never negative
 * for moments of real data, since kurtosis >= 1 + skewness^2. */
static double sharpe_variance(double sharpe, double skewness, double kurtosis)
{
    return 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
}

double probabilistic_sharpe(double sharpe, double benchmark, double count, double skewness,
                            double kurtosis)
{
    double variance = sharpe_variance(sharpe, skewness, kurtosis);
    if (!(count > 1) || !(variance > 0))
        return double_nan();
    return math_normal_cdf((sharpe - benchmark) * math_sqrt(count - 1) / math_sqrt(variance));
}

double expected_maximum_normal(double trials)
{
    if (!(trials > 1))
        return 0;
    return (1 - EULER_MASCHERONI) * math_normal_quantile(1 - 1 / trials) +
           EULER_MASCHERONI * math_normal_quantile(1 - 1 / (trials * EULER));
}

double deflated_sharpe(double sharpe, double count, double skewness, double kurtosis, double trials,
                       double trials_variance)
{
    if (!(trials_variance >= 0))
        return double_nan();
    double benchmark = math_sqrt(trials_variance) * expected_maximum_normal(trials);
    return probabilistic_sharpe(sharpe, benchmark, count, skewness, kurtosis);
}

double minimum_track_record(double sharpe, double benchmark, double skewness, double kurtosis,
                            double confidence)
{
    if (!(sharpe > benchmark))
        return double_nan();
    double ratio = math_normal_quantile(confidence) / (sharpe - benchmark);
    return 1 + sharpe_variance(sharpe, skewness, kurtosis) * ratio * ratio;
}

double minimum_backtest_years(double trials, double sharpe_annual)
{
    if (!(sharpe_annual > 0))
        return double_nan();
    double root = expected_maximum_normal(trials) / sharpe_annual;
    return root * root;
}

static double normal_density(double z)
{
    return math_exp(-0.5 * z * z) / SQRT_2PI;
}

static double tail_share(unsigned confidence_bps)
{
    ASSERT(confidence_bps >= 1 && confidence_bps <= 9999);
    return (double)(10000 - confidence_bps) / 10000;
}

struct tail_risk tail_historical(const double *sorted, size_t count, unsigned confidence_bps)
{
    ASSERT(confidence_bps >= 1 && confidence_bps <= 9999);
    struct tail_risk risk = {double_nan(), double_nan()};
    if (count == 0)
        return risk;
    /* (1 - .95) x 20 is 1.0000000000000009 in doubles, whose ceiling is 2; hence integers. */
    size_t worst = (size_t)(((u128)(10000 - confidence_bps) * count + 9999) / 10000);
    double sum = 0;
    for (size_t i = 0; i < worst; i++)
        sum += sorted[i];
    risk.value_at_risk = -sorted[worst - 1];
    risk.expected_shortfall = -sum / (double)worst;
    return risk;
}

struct tail_risk tail_normal(double mean, double deviation, unsigned confidence_bps)
{
    double share = tail_share(confidence_bps), z = math_normal_quantile(share);
    return (struct tail_risk){-mean - deviation * z, -mean + deviation * normal_density(z) / share};
}

bool cornish_fisher_is_monotone(double skewness, double excess_kurtosis)
{
    /* The derivative in z is a z^2 + b z + c; it must not be negative anywhere. */
    double a = excess_kurtosis / 8 - skewness * skewness / 6;
    double b = skewness / 3;
    double c = 1 - excess_kurtosis / 8 + 5 * skewness * skewness / 36;
    if (a > 0)
        return b * b <= 4 * a * c;
    return a >= 0 && b >= 0 && b <= 0 && c >= 0;
}

struct tail_risk tail_cornish_fisher(double mean, double deviation, double skewness,
                                     double excess_kurtosis, unsigned confidence_bps)
{
    if (!cornish_fisher_is_monotone(skewness, excess_kurtosis))
        return (struct tail_risk){double_nan(), double_nan()};
    double share = tail_share(confidence_bps), z = math_normal_quantile(share), s = skewness;
    double k = excess_kurtosis, square = z * z;
    double quantile = z + (square - 1) * s / 6 + (square - 3) * z * k / 24 -
                      (2 * square - 5) * z * s * s / 36;
    /* The integral of the expansion below z, term by term. */
    double density = normal_density(z);
    double below = -density - density * z * s / 6 - (square - 1) * density * k / 24 +
                   (2 * (square - 1) + 1) * density * s * s / 36;
    return (struct tail_risk){-mean - deviation * quantile, -mean - deviation * below / share};
}

/* x ln y with the limit 0 for x = 0. */
static double times_log(double x, double y)
{
    return x > 0 ? x * math_log(y) : 0;
}

double kupiec_ratio(unsigned exceptions, unsigned count, unsigned confidence_bps)
{
    if (count == 0 || exceptions > count)
        return double_nan();
    double expected = tail_share(confidence_bps), x = exceptions, n = count;
    double observed = x / n;
    double under_model = times_log(n - x, 1 - expected) + times_log(x, expected);
    double under_data = times_log(n - x, 1 - observed) + times_log(x, observed);
    return -2 * (under_model - under_data);
}

/* Continued fraction of the incomplete beta function (Lentz's method). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (d < tiny && d > -tiny ? tiny : d);
    double value = d;
    for (int i = 1; i <= 300; i++) {
        double m = i;
        for (int half = 0; half < 2; half++) {
            double term = half == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                    : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + term * d;
            d = 1 / (d < tiny && d > -tiny ? tiny : d);
            c = 1 + term / c;
            c = c < tiny && c > -tiny ? tiny : c;
            value *= d * c;
        }
        if (d * c < 1 + 1e-16 && d * c > 1 - 1e-16)
            break;
    }
    return value;
}

/* I_x(a, b), the share of a beta distribution below x. */
static double beta_cdf(double a, double b, double x)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    double front = math_exp(math_log_gamma(a + b) - math_log_gamma(a) - math_log_gamma(b) +
                            a * math_log(x) + b * math_log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_cdf(double t, double freedom)
{
    if (!(freedom > 0) || t != t)
        return double_nan();
    double square = t * t;
    /* Near the middle from the middle outward, so that no digits cancel; in the tails inward. */
    if (square < freedom) {
        double half = 0.5 * beta_cdf(0.5, freedom / 2, square / (freedom + square));
        return t < 0 ? 0.5 - half : 0.5 + half;
    }
    double tail = 0.5 * beta_cdf(freedom / 2, 0.5, freedom / (freedom + square));
    return t < 0 ? tail : 1 - tail;
}

double student_quantile(double share, double freedom)
{
    if (!(share > 0 && share < 1) || !(freedom > 0))
        return double_nan();
    double low = -1, high = 1;
    while (low > -1e150 && student_cdf(low, freedom) > share)
        low *= 2;
    while (high < 1e150 && student_cdf(high, freedom) < share)
        high *= 2;
    /* Halving until the two ends are neighbours: some 60 steps, every one safe. */
    for (int i = 0; i < 200; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (student_cdf(middle, freedom) < share)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

struct tail_risk tail_student(double mean, double deviation, double freedom,
                              unsigned confidence_bps)
{
    if (!(freedom > 2))
        return (struct tail_risk){double_nan(), double_nan()};
    double share = tail_share(confidence_bps), t = student_quantile(share, freedom);
    double scale = deviation * math_sqrt((freedom - 2) / freedom);
    double half = (freedom + 1) / 2;
    double density = math_exp(math_log_gamma(half) - math_log_gamma(freedom / 2) -
                              0.5 * math_log(freedom * 3.14159265358979323846) -
                              half * math_log1p(t * t / freedom));
    double shortfall = density / share * (freedom + t * t) / (freedom - 1);
    return (struct tail_risk){-mean - scale * t, -mean + scale * shortfall};
}
