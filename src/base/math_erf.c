/* The error function, its complement and the normal distribution function. */
#include "base/math.h"
#include "base/math_parts.h"
#include "base/math_tables.h"

#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define SQRT_HALF_LOW -0x1.bdd3413b26456p-55

/* erf(x) = x + x E(x^2) for |x| <= 0.845; E has degree 11 and meets erf(x) / x - 1 in the twelve
 * Chebyshev nodes of x^2 in [0, 0.845^2]. This gives x E. */
static double erf_excess(double x)
{
    double z = x * x, z2 = z * z, z4 = z2 * z2;
    double e01 = 0x1.06eba8214db69p-3 + z * -0x1.812746b0379e6p-2;
    double e23 = 0x1.ce2f21a042ac7p-4 + z * -0x1.b82ce3128177fp-6;
    double e45 = 0x1.565bcd0ce2459p-8 + z * -0x1.c02db39e45c7ap-11;
    double e67 = 0x1.f9a3176e18171p-14 + z * -0x1.f4d0bbb524581p-17;
    double e89 = 0x1.b9c99afbc367ep-20 + z * -0x1.5e1864484ead4p-23;
    double eab = 0x1.e7fdc2b3e0b5ap-27 + z * -0x1.e7b33484f5677p-31;
    double e = (e01 + z2 * e23) + z4 * ((e45 + z2 * e67) + z4 * (e89 + z2 * eab));
    return x * e;
}

/* e^(x^2) erfc(x) for x in [1/2, 32), from ERFC_ROWS; x_low is what x lost by rounding. */
static struct math_pair erfc_grown(double x, double x_low)
{
    uint64_t top = math_bits(x) >> 49; /* exponent and three bits of the significand */
    uint64_t index = top - (math_bits(0.5) >> 49);
    ASSERT(index < ERFC_ROW_COUNT);
    const double *c = ERFC_ROWS[index];
    double d = x - math_from_bits((top << 49) | (UINT64_C(1) << 48));
    double d2 = d * d;
    double c23 = c[2] + d * c[3], c45 = c[4] + d * c[5], c67 = c[6] + d * c[7];
    double c89 = c[8] + d * c[9];
    double rest = d * c[1] + d2 * (c23 + d2 * (c45 + d2 * (c67 + d2 * (c89 + d2 * c[10]))));
    struct math_pair sum = math_sum_ordered(c[0], rest);
    sum.low += c[11] + x_low * (c[1] + 2.0 * d * c[2]);
    return sum;
}

/* factor * e^(-x^2 scale), rounded into the denormals once; scale is 1 or 1/2. x^2 is a pair,
 * because its last bit weighs x^2 times as much in the result. */
static double falling(double x, double scale, struct math_pair factor)
{
    struct math_pair square = math_product(x, x);
    double exponent = -square.high * scale;
    if (exponent < -746.0)
        return 0.0;
    struct math_scaled y = math_exp_scaled(exponent, -square.low * scale);
    struct math_pair product = math_product(y.significand, factor.high);
    product.low += y.significand * factor.low + y.rest * factor.high;
    return ((product.high + product.low) * y.scale_first) * y.scale_second;
}

double math_erf(double x)
{
    double size = math_abs(x);
    if (size < 0.84) {
        if (size < 0x1p-500) /* x * 2 / sqrt(pi); lifted, so that denormals round once */
            return (x * 0x1p60 + x * 0x1p60 * 0x1.06eba8214db69p-3) * 0x1p-60;
        return x + erf_excess(x);
    }
    if (x != x)
        return math_nan();
    double y = size > 6.0 ? 1.0 : 1.0 - falling(size, 1.0, erfc_grown(size, 0.0));
    return math_with_sign(y, x);
}

double math_erfc(double x)
{
    if (x != x)
        return math_nan();
    double size = math_abs(x);
    if (size < 0.5) {
        double excess = erf_excess(x);
        return x < 0.25 ? 1.0 - (x + excess) : 0.5 - ((x - 0.5) + excess);
    }
    if (x < -6.0)
        return 2.0;
    if (x > 27.3)
        return 0.0;
    double y = falling(size, 1.0, erfc_grown(size, 0.0));
    return x < 0.0 ? 2.0 - y : y;
}

/* Phi(x) = erfc(-x / sqrt(2)) / 2, with x / sqrt(2) as a pair. */
double math_normal_cdf(double x)
{
    if (x != x)
        return math_nan();
    if (x > 9.0)
        return 1.0;
    if (x < -38.6)
        return 0.0;
    double size = math_abs(x);
    struct math_pair z = math_product(size, SQRT_HALF);
    z.low += size * SQRT_HALF_LOW;
    if (z.high < 0.5) {
        /* 1/2 + erf(z) / 2, where erf(z) = z + excess and z_low weighs about 2 / sqrt(pi). */
        double sign = x < 0.0 ? -0.5 : 0.5;
        struct math_pair sum = math_sum_ordered(0.5, sign * z.high);
        return sum.high + (sum.low + sign * (erf_excess(z.high) + z.low));
    }
    struct math_pair factor = erfc_grown(z.high, z.low);
    double y = falling(x, 0.5, (struct math_pair){0.5 * factor.high, 0.5 * factor.low});
    return x < 0.0 ? y : 1.0 - y;
}
