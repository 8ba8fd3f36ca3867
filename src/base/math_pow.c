/* x^y = e^(y log x), with the logarithm and the product carried as pairs. */
#include "base/math.h"
#include "base/math_parts.h"

enum parity { PARITY_NONE, PARITY_EVEN, PARITY_ODD }; /* none: no integer */

static enum parity parity_of(double y)
{
    double size = math_abs(y);
    if (size >= 0x1p53)
        return PARITY_EVEN; /* so is infinity, as C has it */
    if (size < 1.0)
        return size == 0.0 ? PARITY_EVEN : PARITY_NONE;
    int64_t whole = (int64_t)size;
    if ((double)whole != size)
        return PARITY_NONE;
    return (whole & 1) != 0 ? PARITY_ODD : PARITY_EVEN;
}

/* x is 0 or infinite, y neither 0 nor NaN. */
static double power_of_extreme(double x, double y)
{
    bool grows = (math_abs(x) > 1.0) == (y > 0.0);
    double size = grows ? math_infinity() : 0.0;
    return math_bits(x) >> 63 != 0 && parity_of(y) == PARITY_ODD ? -size : size;
}

/* The special cases are those of C, annex F.10.4.4: x^0 = 1 and 1^y = 1 for NaN too. */
double math_pow(double x, double y)
{
    if (x == 1.0 || y == 0.0)
        return 1.0;
    if (x != x || y != y)
        return math_nan();
    double size = math_abs(x);
    double y_size = math_abs(y);
    if (size == 0.0 || size == math_infinity())
        return power_of_extreme(x, y);
    bool negative = false;
    if (x < 0.0) {
        enum parity parity = parity_of(y);
        if (parity == PARITY_NONE)
            return math_nan();
        negative = parity == PARITY_ODD;
    }
    if (size == 1.0)
        return negative ? -1.0 : 1.0;
    /* |log x| is at least 2^-53 and at most 745.2, so outside these bounds of y the result is
     * certain; inside, nothing below overflows or loses its low part. */
    if (y_size > 0x1p64) {
        double extreme = (size > 1.0) == (y > 0.0) ? math_infinity() : 0.0;
        return negative ? -extreme : extreme;
    }
    if (y_size < 0x1p-65)
        return negative ? -1.0 : 1.0;

    struct math_pair logarithm = math_log_pair(size);
    struct math_pair product = math_product(y, logarithm.high);
    struct math_pair exponent = math_sum_ordered(product.high, product.low + y * logarithm.low);
    double bound = math_exp_bound(exponent.high);
    struct math_scaled power = math_exp_scaled(bound, bound == exponent.high ? exponent.low : 0.0);
    double result = (power.significand * power.scale_first) * power.scale_second;
    return negative ? -result : result;
}
