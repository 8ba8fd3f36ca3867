/* The normal distribution and its inverse. */
#include "base/math.h"
#include "base/math_parts.h"

/* x from r = sqrt(-2 log u) in the tail u < 2^-9: x = r - g(r), g = N(t) / D(t), t = r - start, in
 * three ranges of r. Each N / D meets g in as many Chebyshev nodes of its range as it has free
 * coefficients, fifteen (70 decimal digits, then rounded). All coefficients are positive and t is
 * not negative, so nothing cancels. */
struct tail_fit {
    double start;
    double numerator[8], denominator[8];
};

static const struct tail_fit TAIL_FITS[3] = {
    /* r in [3.5, 6.5] */
    {3.5,
     {0x1.4ce9f699ef972p-1, 0x1.42346d57db6b1p-1, 0x1.f2e8d962ac826p-3, 0x1.7daf3926c2cep-5,
      0x1.1ffa6a253d67ep-8, 0x1.78c7e13f82672p-13, 0x1.30c9df5a38b7fp-19, 0x1.8f49838ff45c7p-30},
     {0x1p+0, 0x1.245e1d366b85cp+0, 0x1.137046485646cp-1, 0x1.0f41793a8eb6bp-3,
      0x1.235337170ca04p-6, 0x1.43e8cd365b859p-10, 0x1.3eedaecbdc562p-15, 0x1.779065c07fdd6p-22}},
    /* r in [6.5, 14] */
    {6.5,
     {0x1.bfc42d91d73d9p-2, 0x1.0a4cf9bb9897cp-2, 0x1.c624d33895dadp-5, 0x1.5e2ec75ec2673p-8,
      0x1.f3301157d3ddfp-13, 0x1.2864a0e413c0bp-18, 0x1.a8c7d85692cd5p-26, 0x1.c215371674d21p-38},
     {0x1p+0, 0x1.65444c1b2f36p-1, 0x1.7de86c451be39p-3, 0x1.9083a04a1e0fep-6,
      0x1.b222958aa8245p-10, 0x1.d2e294c51b6a4p-15, 0x1.af40026d9b001p-21, 0x1.d2d08af9d781fp-29}},
    /* r in [14, 39] */
    {14,
     {0x1.05aa308b8bcbep-2, 0x1.90a7058023719p-5, 0x1.cb4b24da0e97p-9, 0x1.e9f2be0dbb061p-14,
      0x1.ec3a5772c38c1p-20, 0x1.9fc27805715bbp-27, 0x1.a6a8401865e91p-36, 0x1.1eeba355efe08p-49},
     {0x1p+0, 0x1.f2703a1ab926dp-3, 0x1.7e216d71966b2p-6, 0x1.247aecc502289p-10,
      0x1.d3c729d5b42b5p-16, 0x1.752154b16624cp-22, 0x1.ff41dedfaaaep-30, 0x1.98217c089d066p-39}},
};

static double tail_polynomial(const double c[8], double t)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * t + c[i];
    return sum;
}

static double quantile_tail(double p)
{
    if (!(p > 0.0 && p < 1.0))
        return p == 0.0 ? -math_infinity() : p == 1.0 ? math_infinity() : math_nan();
    double u = p > 0.5 ? 1.0 - p : p;
    /* r and what it lost by rounding, which in the far tail would count twice. */
    struct math_pair logarithm = math_log_pair(u);
    double square = -2.0 * logarithm.high;
    double r = __builtin_sqrt(square);
    struct math_pair product = math_product(r, r);
    double r_low = (((square - product.high) - product.low) - 2.0 * logarithm.low) / (2.0 * r);
    const struct tail_fit *fit = &TAIL_FITS[r < 6.5 ? 0 : r < 14.0 ? 1 : 2];
    double t = r - fit->start;
    double g = tail_polynomial(fit->numerator, t) / tail_polynomial(fit->denominator, t);
    double x = r - (g - r_low);
    return p > 0.5 ? x : -x;
}

double math_normal_quantile(double p)
{
    if (LIKELY(math_normal_in_middle(p)))
        return math_normal_quantile_body(p);
    return quantile_tail(p);
}
