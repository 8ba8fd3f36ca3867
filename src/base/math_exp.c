/* The exponential family: e^x, e^x - 1 and tanh. The method and its constants are in
 * math_parts.h. */
#include "base/math.h"
#include "base/math_parts.h"

double math_exp(double x)
{
    if (LIKELY(math_abs(x) < 708.0)) {
        /* The same numbers without the bounds; a normal result may be scaled at once. */
        struct math_scaled y = math_exp_scaled(x, 0.0);
        return y.significand * (y.scale_first * y.scale_second);
    }
    return math_exp_body(x);
}

double math_expm1(double x)
{
    if (x != x)
        return math_nan();
    if (x > 710.0)
        return math_infinity();
    if (x < -40.0)
        return -1.0;
    if (math_abs(x) < 0x1p-54)
        return x; /* also keeps the sign of zero and denormals */

    double shifted = x * MATH_INVERSE_LN2 + MATH_ROUNDER;
    double k = shifted - MATH_ROUNDER;
    int64_t power = (int64_t)k;
    double high = x - k * MATH_LN2_HIGH;
    double low = k * MATH_LN2_LOW;
    double r = high - low;
    double e = (high - r) - low;
    /* e^r - 1 as a pair, to r^2 / 2 without loss; then 2^k ((1 - 2^-k) + (e^r - 1)), where
     * 1 - 2^-k is exact up to k = 53. */
    struct math_pair square = math_product(r, r);
    struct math_pair grown = math_sum_ordered(r, 0.5 * square.high);
    grown.low += 0.5 * square.low + (square.high * (r * math_exp_polynomial(r)) + (e + r * e));
    if (power == 0)
        return grown.high + grown.low;
    double base = power > 60 ? 1.0 : 1.0 - math_from_bits((uint64_t)(1023 - power) << 52);
    struct math_pair sum = math_sum(base, grown.high);
    double y = sum.high + (sum.low + grown.low);
    int64_t half = power / 2; /* in two factors, since 2^1024 is none */
    return (y * math_from_bits((uint64_t)(1023 + half) << 52)) *
           math_from_bits((uint64_t)(1023 + power - half) << 52);
}

/* Below 0.55, tanh x = x + x^3 T(x^2); T has degree 10 and meets (tanh(x) / x - 1) / x^2 in the
 * eleven Chebyshev nodes of x^2 in [0, 0.3026]. Above, tanh x = 1 - 2 / (e^2x + 1), where the
 * quotient is below 1/2 and its error shrinks with it. */
double math_tanh(double x)
{
    double size = math_abs(x);
    if (size < 0.55) {
        double z = x * x, z2 = z * z, z4 = z2 * z2;
        double t01 = -0x1.5555555555555p-2 + z * 0x1.1111111111032p-3;
        double t23 = -0x1.ba1ba1b9feb3cp-5 + z * 0x1.664f48770be76p-6;
        double t45 = -0x1.226e32eebbb26p-7 + z * 0x1.d6d338edc6017p-9;
        double t67 = -0x1.7d97cb7a94b76p-10 + z * 0x1.34c57de48a611p-11;
        double t89 = -0x1.ec0e9550d42c9p-13 + z * 0x1.64f707d11ba4fp-14;
        double t47 = t45 + z2 * t67;
        double t8a = t89 + z2 * -0x1.59962093e21d0p-16;
        double t = (t01 + z2 * t23) + z4 * (t47 + z4 * t8a);
        return math_with_sign(x + x * (z * t), x); /* the sum of -0 and 0 is 0 */
    }
    if (size > 20.0)
        return math_with_sign(1.0, x);
    if (x != x)
        return math_nan();
    struct math_scaled grown = math_exp_scaled(2.0 * size, 0.0);
    double y = 1.0 - 2.0 / (grown.significand * (grown.scale_first * grown.scale_second) + 1.0);
    return math_with_sign(y, x);
}
