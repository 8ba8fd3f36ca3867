/* Natural logarithms. The method and its constants are in math_parts.h. */
#include "base/math.h"
#include "base/math_parts.h"
#include "base/math_tables.h"

double math_log(double x)
{
    if (LIKELY(x >= 0x1p-1022 && x < math_infinity()))
        return math_log_normal(x, 0.0);
    return math_log_body(x);
}

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

/* x = 2^k m, m in row i of the table with inverse c: log x = k ln 2 - log c + log(1 + r), where
 * r = m c - 1 is exact as a pair, because c has 10 bits and m is taken in two halves. |r| < 2^-7.7;
 * log(1 + r) = r - r^2 / 2 + r^3 P(r), P of degree 6 meeting (log(1 + r) - r + r^2 / 2) / r^3 in
 * the seven Chebyshev nodes of |r| <= 2^-7.3. */
struct math_pair math_log_pair(double x)
{
    bool tiny = x < 0x1p-1022;
    uint64_t offset = math_bits(tiny ? x * 0x1p54 : x) + (MATH_ONE_BITS - LOG_TABLE_FIRST_BITS);
    int64_t power = (int64_t)(offset >> 52) - (tiny ? 1023 + 54 : 1023);
    const struct log_row *row = &LOG_ROWS[(offset >> 45) & 127];
    double k = (double)power;
    double m = math_from_bits((offset & ((UINT64_C(1) << 52) - 1)) + LOG_TABLE_FIRST_BITS);
    double m_high = math_upper(m);
    struct math_pair r = math_sum(m_high * row->inverse - 1.0, (m - m_high) * row->inverse);

    double z = r.high;
    struct math_pair square = math_product(z, z);
    double p = 0x1.5555555555555p-2 + z * (-0x1.000000000000dp-2 + z * 0x1.99999999999e2p-3) +
               (z * square.high) *
                   ((-0x1.5555555072bcep-3 + z * 0x1.2492491c48f67p-3) +
                    square.high * (-0x1.0003b2cfcc2c4p-3 + z * 0x1.c7257f7f6cb06p-4));

    /* Both terms of the first sum are multiples of 2^-42 below 2^11: exact. */
    struct math_pair sum = math_sum(k * MATH_LN2_HIGH + row->log_high, z);
    struct math_pair whole = math_sum_ordered(sum.high, -0.5 * square.high);
    double low = (k * MATH_LN2_LOW + row->log_low) + (sum.low + whole.low);
    low += r.low - (0.5 * square.low + z * r.low);
    low += (z * square.high) * p;
    return math_sum_ordered(whole.high, low);
}
