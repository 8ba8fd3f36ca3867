/* Whole arrays of exp, log and the inverse normal distribution. */
#include "base/math.h"

void math_exp_batch(const double *in, double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = math_exp(in[i]);
}

void math_log_batch(const double *in, double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = math_log(in[i]);
}

void math_normal_quantile_batch(const double *in, double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = math_normal_quantile(in[i]);
}
