/* Natural logarithms. The method and its constants are in math_parts.h. */
#include "base/math.h"
#include "base/math_parts.h"

double math_log(double x) { return math_log_body(x); }

double math_log1p(double x)
{
    if (x != x || x < -1.0)
        return math_nan();
    if (x == -1.0)
        return -math_infinity();
    if (x == math_infinity() || math_abs(x) < 0x1p-54)
        return x;

    /* u + c = 1 + x exactly; log(u + c) = log u + c / u, beyond which c^2 no longer counts. */
    struct math_pair u = math_sum(1.0, x);
    uint64_t offset = math_bits(u.high) + (MATH_ONE_BITS - MATH_SQRT_HALF_BITS);
    int64_t power = (int64_t)(offset >> 52) - 1023;
    if (power == 0)
        return x + math_log1p_rest(x);
    double k = (double)power;
    double f = math_from_bits((offset & ((UINT64_C(1) << 52) - 1)) + MATH_SQRT_HALF_BITS) - 1.0;
    double k_high = k * MATH_LN2_HIGH;
    struct math_pair sum = math_sum_ordered(k_high, f);
    double correction = k * MATH_LN2_LOW + u.low / u.high;
    return sum.high + (sum.low + (math_log1p_rest(f) + correction));
}
