/* Elementary functions that give the same bits on every build and machine.
 *
 * libm's transcendental functions differ between C libraries and even within one (its FMA variants
 * round differently), so core, sim and published statistics use these. They are built from
 * + - * / sqrt and fma() alone, which IEEE 754 defines exactly, compiled with -ffp-contract=off.
 * Error at most 2 ulp over the whole range (math_erf, math_normal_*: see each). NaN in gives NaN
 * out; overflow gives infinity; underflow gives denormals or zero correctly signed. */
#ifndef TERN_BASE_MATH_H
#define TERN_BASE_MATH_H

#include "base/base.h"

double math_exp(double x);
double math_expm1(double x);
double math_log(double x); /* x < 0: NaN; 0: -infinity */
double math_log1p(double x);
double math_pow(double x, double y);
double math_tanh(double x);
double math_sin(double x); /* |x| <= 1e9, beyond: NaN */
double math_cos(double x);
double math_atan2(double y, double x);
double math_erf(double x);
double math_erfc(double x); /* relative error at most 4 ulp down to the smallest normal */
double math_normal_cdf(double x);
/* Inverse of math_normal_cdf; p outside (0, 1): -infinity at 0, infinity at 1, else NaN. */
double math_normal_quantile(double p);
double math_log_gamma(double x);               /* x > 0 */
double math_sqrt(double x);                    /* the exact IEEE square root, one instruction */
double math_fma(double a, double b, double c); /* exact; one instruction where the CPU has it */

/* out[i] = math_exp(in[i]) and so on, bit for bit, in the widest vectors the machine has. in and
 * out may be the same array but must not overlap otherwise. */
void math_exp_batch(const double *in, double *out, size_t count);
void math_log_batch(const double *in, double *out, size_t count);
void math_normal_quantile_batch(const double *in, double *out, size_t count);

#endif
