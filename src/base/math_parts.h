/* The inside of base/math: bit access, error-free sums and products, and the bodies of exp, log and
 * the inverse normal distribution, from which scalar and batch forms are both made.
 *
 * Invariants of everything here:
 * 1. Only + - * / sqrt, comparisons and integer operations on the bits, so IEEE 754 fixes each bit.
 * 2. No fused multiply-add: without the instruction it is a slow library call.
 * 3. The *_body functions have no branches, so that a compiler can run them in vector lanes; every
 *    lane does the same operations in the same order as the scalar call.
 * 4. Every NaN that leaves is the one quiet NaN of math_nan(): machines differ in the sign and the
 *    payload of NaNs they make, and the bits of a result must not. */
#ifndef TERN_BASE_MATH_PARTS_H
#define TERN_BASE_MATH_PARTS_H

#include <string.h>

#include "base/base.h"
#include "base/math_normal_table.h"

#define MATH_INLINE static inline __attribute__((always_inline))

/* ln 2 in two parts; the first has 42 bits, so that its product with an integer below 2^11 is
 * exact. */
#define MATH_LN2_HIGH 0x1.62e42fefa38p-1
#define MATH_LN2_LOW 0x1.ef35793c7673p-45
#define MATH_INVERSE_LN2 0x1.71547652b82fep+0
/* Adding it to |x| < 2^51 leaves round(x) in the low bits of the sum. */
#define MATH_ROUNDER 0x1.8p+52

/* A value as the exact sum of two numbers, |low| <= ulp(high) / 2. */
struct math_pair {
    double high, low;
};

MATH_INLINE uint64_t math_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

MATH_INLINE double math_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

MATH_INLINE double math_nan(void)
{
    return math_from_bits(UINT64_C(0x7ff8000000000000));
}
MATH_INLINE double math_infinity(void)
{
    return math_from_bits(UINT64_C(0x7ff0000000000000));
}

MATH_INLINE double math_abs(double x)
{
    return math_from_bits(math_bits(x) & INT64_MAX);
}

/* |x| with the sign of y. */
MATH_INLINE double math_with_sign(double x, double y)
{
    return math_from_bits((math_bits(x) & INT64_MAX) | (math_bits(y) & (UINT64_C(1) << 63)));
}

/* condition ? a : b without a branch. Written on the bits, since compilers are shy of turning a
 * choice between doubles into lanes: a comparison might raise a flag. */
MATH_INLINE uint64_t math_choose_bits(bool condition, uint64_t a, uint64_t b)
{
    uint64_t mask = -(uint64_t)condition;
    return (a & mask) | (b & ~mask);
}

MATH_INLINE double math_choose(bool condition, double a, double b)
{
    return math_from_bits(math_choose_bits(condition, math_bits(a), math_bits(b)));
}

/* a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971). */
MATH_INLINE struct math_pair math_sum_ordered(double a, double b)
{
    double sum = a + b;
    return (struct math_pair){sum, b - (sum - a)};
}

/* a + b exactly, in any order (Knuth, volume 2, 4.2.2). */
MATH_INLINE struct math_pair math_sum(double a, double b)
{
    double sum = a + b;
    double b_seen = sum - a;
    return (struct math_pair){sum, (a - (sum - b_seen)) + (b - b_seen)};
}

/* The upper 26 bits of x by cutting; the rest x - upper then has at most 27 bits. */
MATH_INLINE double math_upper(double x)
{
    return math_from_bits(math_bits(x) & ~((UINT64_C(1) << 27) - 1));
}

/* a * b as a pair. The parts are cut, not rounded, so the lowest product may be inexact by
 * 2^-106 of the whole: harmless here, where pairs carry about 2^-100. */
MATH_INLINE struct math_pair math_product(double a, double b)
{
    double product = a * b;
    double a_high = math_upper(a), a_low = a - a_high;
    double b_high = math_upper(b), b_low = b - b_high;
    double low = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (struct math_pair){product, low};
}

/* e^x. With k = round(x / ln 2) and x = k ln 2 + r + e, |r| <= ln 2 / 2 and e the rounding error
 * of r, e^x = 2^k (1 + r + r^2 / 2 + r^3 P(r) + e). P has degree 8 and meets
 * (e^r - 1 - r - r^2 / 2) / r^3 in the nine Chebyshev nodes of [-ln 2 / 2, ln 2 / 2] (60 digits,
 * then rounded); what it leaves out is below 2^-54.7 of e^r. The factor 2^k is applied in two exact
 * halves, so the last product alone rounds, overflows or becomes denormal. */
MATH_INLINE double math_exp_polynomial(double r)
{
    double r2 = r * r;
    double r4 = r2 * r2;
    double p01 = 0x1.5555555555555p-3 + r * 0x1.5555555554ca7p-5;
    double p23 = 0x1.1111111110e65p-7 + r * 0x1.6c16c1739a511p-10;
    double p45 = 0x1.a01a01a4b9826p-13 + r * 0x1.a019c971b4d98p-16;
    double p67 = 0x1.71de17c442068p-19 + r * 0x1.288088c0e67a5p-22;
    double p47 = (p45 + r2 * p67) + r4 * 0x1.af23c2d42b84dp-26;
    return (p01 + r2 * p23) + r4 * p47;
}

/* e^x = (significand + rest) * scale_first * scale_second, the significand in [0.7, 1.42]. */
struct math_scaled {
    double significand, rest, scale_first, scale_second;
};

/* e^(x + extra) for |extra| <= ulp(x) and x within [-746, 710]. */
MATH_INLINE struct math_scaled math_exp_scaled(double x, double extra)
{
    /* The rounder carries 2046 besides, so that its low bits are k + 2046 > 0 and both halves of k
     * become biased exponents by shifts and a subtraction of unsigned numbers. */
    double shifted = x * MATH_INVERSE_LN2 + (MATH_ROUNDER + 2046.0);
    double k = shifted - (MATH_ROUNDER + 2046.0);
    uint64_t k_biased = math_bits(shifted);
    uint64_t half = k_biased >> 1;

    double high = x - k * MATH_LN2_HIGH;
    double low = k * MATH_LN2_LOW - extra;
    double r = high - low;
    double e = (high - r) - low;
    double tail = (r * r) * (0.5 + r * math_exp_polynomial(r)) + e;
    struct math_pair sum = math_sum_ordered(1.0, r);
    struct math_pair whole = math_sum_ordered(sum.high, sum.low + tail);
    return (struct math_scaled){whole.high, whole.low, math_from_bits(half << 52),
                                math_from_bits((k_biased - half) << 52)};
}

MATH_INLINE double math_exp_bound(double x)
{
    double bound = math_choose(x > 710.0, 710.0, x);
    return math_choose(bound < -746.0, -746.0, bound);
}

MATH_INLINE double math_exp_body(double x)
{
    struct math_scaled y = math_exp_scaled(math_exp_bound(x), 0.0);
    double product = (y.significand * y.scale_first) * y.scale_second;
    return math_choose(x != x, math_nan(), product);
}

/* log(1 + f) - f for f in [sqrt(1/2) - 1, sqrt(2) - 1]. With s = f / (2 + f),
 * log(1 + f) = 2 atanh(s) = f - s (f - R), R = 2 s^2 / 3 + 2 s^4 / 5 + ... = s^2 P(s^2). P has
 * degree 6 and meets (2 atanh(s) / s - 2) / s^2 in the seven Chebyshev nodes of the range of
 * s^2. */
MATH_INLINE double math_log1p_rest(double f)
{
    double s = f / (2.0 + f);
    double z = s * s;
    double z2 = z * z;
    double p01 = 0x1.5555555555558p-1 + z * 0x1.99999999952d7p-2;
    double p23 = 0x1.2492492df281ap-2 + z * 0x1.c71c62e3f11e6p-3;
    double p45 = 0x1.7462b51cb66b1p-3 + z * 0x1.39fe51a7c18f9p-3;
    double p46 = p45 + z2 * 0x1.2b5900de53b32p-3;
    double big_r = z * (p01 + z2 * (p23 + z2 * p46));
    return -(s * (f - big_r));
}

/* The bits of sqrt(1/2) rounded down, and of 1. */
#define MATH_SQRT_HALF_BITS UINT64_C(0x3fe6a09e667f3bcc)
#define MATH_ONE_BITS UINT64_C(0x3ff0000000000000)

/* log x = k ln 2 + log(1 + f), x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), for x normal;
 * extra is added to k. */
MATH_INLINE double math_log_normal(double x, double extra)
{
    uint64_t offset = math_bits(x) + (MATH_ONE_BITS - MATH_SQRT_HALF_BITS);
    /* The biased exponent becomes a double by laying it under the exponent of 2^52. */
    double k = math_from_bits((offset >> 52) | UINT64_C(0x4330000000000000));
    k -= 0x1p52 + 1023.0 - extra;
    double f = math_from_bits((offset & ((UINT64_C(1) << 52) - 1)) + MATH_SQRT_HALF_BITS) - 1.0;

    double k_high = k * MATH_LN2_HIGH;
    double sum = k_high + f;
    double sum_error = f - (sum - k_high); /* |k_high| > |f| or k_high = 0: exact */
    return sum + (sum_error + (math_log1p_rest(f) + k * MATH_LN2_LOW));
}

MATH_INLINE double math_log_body(double x)
{
    bool tiny = x < 0x1p-1022;
    double y = math_log_normal(math_choose(tiny, x * 0x1p54, x), math_choose(tiny, -54.0, 0.0));
    y = math_choose(x == math_infinity(), x, y);
    y = math_choose(x == 0.0, -math_infinity(), y);
    return math_choose(x >= 0.0, y, math_nan());
}

/* The inverse normal distribution for p in [2^-9, 1 - 2^-9]; anything else gives some number that
 * the caller replaces. See math_normal_table.h for the rows. */
#define MATH_NORMAL_TAIL 0x1p-9

MATH_INLINE bool math_normal_in_middle(double p)
{
    return (p >= MATH_NORMAL_TAIL) & (p <= 1.0 - MATH_NORMAL_TAIL);
}

/* Where p lies in NORMAL_ROWS, as the index of the row's first coefficient. */
struct math_normal_place {
    uint64_t first;
    double d;
};

MATH_INLINE struct math_normal_place math_normal_place(double p)
{
    double u = math_choose(p > 0.5, 1.0 - p, p);
    u = math_choose(u > MATH_NORMAL_TAIL, u, MATH_NORMAL_TAIL); /* NaN goes there as well */
    double q = 0.5 - u;
    double shifted = q * 128.0 + MATH_ROUNDER;
    uint64_t row_q = math_bits(shifted) - math_bits(MATH_ROUNDER);
    double d_q = q - (shifted - MATH_ROUNDER) * 0x1p-7;
    uint64_t row_u = (math_bits(u) >> 47) -
                     ((math_bits(MATH_NORMAL_TAIL) >> 47) - NORMAL_ROW_FIRST_U);
    double centre = math_from_bits((math_bits(u) & ~((UINT64_C(1) << 47) - 1)) |
                                   (UINT64_C(1) << 46));
    bool middle = q <= 0.25;
    return (struct math_normal_place){math_choose_bits(middle, row_q, row_u) * 8,
                                      math_choose(middle, d_q, u - centre)};
}

/* The polynomial of a row at d; d2 = d * d. For doubles and for vectors of them alike. */
#define MATH_NORMAL_POLYNOMIAL(c0, c1, c2, c3, c4, c5, c6, c7, d, d2) \
    ((c0) + ((d) * (c1) + (d2) * (((c2) + (d) * (c3)) +               \
                                  (d2) * (((c4) + (d) * (c5)) + (d2) * ((c6) + (d) * (c7))))))

MATH_INLINE double math_normal_quantile_body(double p)
{
    struct math_normal_place place = math_normal_place(p);
    const double *c = NORMAL_ROWS + place.first;
    double d = place.d;
    double size = MATH_NORMAL_POLYNOMIAL(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], d, d * d);
    return math_with_sign(size, p - 0.5);
}

/* log x as a pair, relative error below 2^-64; x positive and finite. In math_log.c. */
struct math_pair math_log_pair(double x);

/* math_fma for machines without the instruction. In math.c. */
double math_fma_in_integers(double a, double b, double c);

/* The forms of the batch functions, widest first; the last runs on every machine. All give the same
 * bits. In math_batch.c. */
typedef void math_batch_function(const double *in, double *out, size_t count);

struct math_batch_form {
    const char *name;
    bool (*runs_here)(void);
    math_batch_function *exp, *log, *normal_quantile;
};

extern const struct math_batch_form math_batch_forms[];
extern const size_t math_batch_form_count;

#endif
