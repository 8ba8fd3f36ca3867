/* The logarithm of the gamma function, for positive arguments. */
#include "base/math.h"
#include "base/math_parts.h"
#include "base/math_tables.h"

#define EULER_GAMMA 0x1.2788cfc6fb619p-1

/* log_gamma on [1/2, 8) as (x - 1) (x - 2) times a row of LOG_GAMMA_ROWS, so that it is accurate
 * where it vanishes. Both differences are exact except x - 2 below 1. */
static double log_gamma_middle(double x)
{
    uint64_t top = math_bits(x) >> 49;
    uint64_t index = top - (math_bits(0.5) >> 49);
    ASSERT(index < LOG_GAMMA_ROW_COUNT);
    const double *c = LOG_GAMMA_ROWS[index];
    double d = x - math_from_bits((top << 49) | (UINT64_C(1) << 48));
    double d2 = d * d;
    double c23 = c[2] + d * c[3], c45 = c[4] + d * c[5], c67 = c[6] + d * c[7];
    double c89 = c[8] + d * c[9];
    double rest = d * c[1] + d2 * (c23 + d2 * (c45 + d2 * (c67 + d2 * (c89 + d2 * c[10]))));
    struct math_pair row = math_sum_ordered(c[0], rest);

    struct math_pair second = math_sum(x, -2.0);
    struct math_pair zeros = math_product(x - 1.0, second.high);
    zeros.low += (x - 1.0) * second.low;
    struct math_pair product = math_product(zeros.high, row.high);
    return product.high + (product.low + (zeros.high * row.low + zeros.low * row.high));
}

/* Stirling: log_gamma(x) = (x - 1/2) (log x - 1) + log(2 pi) / 2 - 1/2 + G(1 / x^2) / x for x >= 8;
 * G has degree 6 and meets the remainder times x in the seven Chebyshev nodes of 1 / x^2. */
static double log_gamma_large(double x)
{
    struct math_pair logarithm = math_log_pair(x);
    struct math_pair less = math_sum(logarithm.high, -1.0);
    less.low += logarithm.low;
    struct math_pair arm = math_sum_ordered(x, -0.5);
    struct math_pair product = math_product(arm.high, less.high);
    product.low += arm.high * less.low + arm.low * less.high;

    double w = 1.0 / x, z = w * w;
    double g = 0x1.5555555555555p-4 +
               z * (-0x1.6c16c16c149f4p-9 +
                    z * (0x1.a01a017dcf9c3p-11 +
                         z * (-0x1.38134d4f87051p-11 +
                              z * (0x1.b92c33f89d4f4p-11 +
                                   z * (-0x1.ef8d747a3e87cp-10 + z * 0x1.4bffc986bf769p-8)))));
    struct math_pair sum = math_sum_ordered(product.high, 0x1.acfe390c97d69p-2);
    return sum.high + (sum.low + (product.low + g * w));
}

double math_log_gamma(double x)
{
    if (!(x >= 0.0))
        return math_nan();
    if (x == 0.0 || x > 0x1.754d9278b51a7p+1014)
        return math_infinity();
    if (x >= 8.0)
        return log_gamma_large(x);
    if (x >= 0.5)
        return log_gamma_middle(x);
    /* log_gamma(x) = log_gamma(1 + x) - log x; what 1 + x lost counts with the slope there, for
     * which the digamma function's first terms at 1 are enough. */
    struct math_pair next = math_sum_ordered(1.0, x);
    struct math_pair logarithm = math_log_pair(x);
    double slope = -EULER_GAMMA + 1.25 * x;
    double low = log_gamma_middle(next.high) + (next.low * slope - logarithm.low);
    return low - logarithm.high;
}
