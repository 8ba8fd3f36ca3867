/* The square root and the fused multiply-add, which IEEE 754 itself defines exactly. */
#include "base/math.h"
#include "base/math_parts.h"

double math_sqrt(double x)
{
    return x >= 0.0 || x == 0.0 ? __builtin_sqrt(x) : math_nan();
}

double math_fma(double a, double b, double c)
{
    double y = __builtin_fma(a, b, c);
    return y != y ? math_nan() : y;
}
