/* Elementary functions that give the same bits on every build and machine.
 *
 * libm's transcendental functions differ between C libraries and even within one (its FMA variants
 * round differently), so core, sim and published statistics use these. They are built from
 * + - * / sqrt alone, which IEEE 754 defines exactly, compiled with -ffp-contract=off, in rounding
 * to nearest. The number beside each is the largest error in ulp found against 80-bit arithmetic
 * over some tens of millions of arguments, rounded up; the tests hold every build to it.
 *
 * NaN in gives NaN out, always the one of bits 0x7ff8000000000000; overflow gives infinity of the
 * right sign, underflow denormals or zero of the right sign. errno and exceptions are not kept. */
#ifndef TERN_BASE_MATH_H
#define TERN_BASE_MATH_H

#include "base/base.h"

double math_exp(double x);             /* 0.9 ulp */
double math_expm1(double x);           /* 1.4 ulp; e^x - 1, also where x is tiny */
double math_log(double x);             /* 1.0 ulp; x < 0: NaN; 0 or -0: -infinity */
double math_log1p(double x);           /* 1.0 ulp; log(1 + x), also where x is tiny */
double math_pow(double x, double y);   /* 0.9 ulp; special cases as in C, annex F.10.4.4 */
double math_tanh(double x);            /* 1.6 ulp */
double math_sin(double x);             /* 0.9 ulp; radians, |x| <= 1e9, beyond: NaN */
double math_cos(double x);             /* 0.9 ulp; as math_sin */
double math_atan2(double y, double x); /* 1.4 ulp; angle of (x, y) in [-pi, pi], cases as in C */
double math_erf(double x);             /* 1.0 ulp */
double math_erfc(double x);            /* 1.0 ulp, down through the denormals */
double math_normal_cdf(double x);      /* 1.0 ulp, down through the denormals of the left tail */

/* Inverse of math_normal_cdf, 1.8 ulp: -infinity at 0, infinity at 1, NaN outside [0, 1]. A p close
 * to 1 has few bits left to say how close: where both tails matter take -quantile(1 - p). */
double math_normal_quantile(double p);
double math_log_gamma(double x);               /* 1.4 ulp; x < 0: NaN */
double math_sqrt(double x);                    /* the exact IEEE square root, one instruction */
double math_fma(double a, double b, double c); /* a * b + c rounded once */

/* out[i] = math_exp(in[i]) and so on, bit for bit, in the widest vectors the machine has. in and
 * out may be the same array but must not overlap otherwise. */
void math_exp_batch(const double *in, double *out, size_t count);
void math_log_batch(const double *in, double *out, size_t count);
void math_normal_quantile_batch(const double *in, double *out, size_t count);

#endif
