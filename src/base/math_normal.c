/* The normal distribution and its inverse. */
#include "base/math.h"
#include "base/math_parts.h"

/* x from r = sqrt(-2 log u) in the tail u < 2^-9: x = r - g(r), g = N(r) / D(r), three ranges. Each
 * N / D meets g in as many Chebyshev nodes of its range of r as it has coefficients (70 digits). */
struct tail_fit {
    double numerator[8], denominator[8];
};

static const struct tail_fit TAIL_FITS[3] = {
    /* r in [3.5, 6.5] */
    {{0x1.9d635ba5e9515p+1, 0x1.3a6a89f0b26fdp+3, 0x1.48d4f569385f4p+2, 0x1.3798427ec5e85p+2,
      0x1.9393215d3274ep+0, 0x1.009bed65455d2p-3, 0x1.155edf82d09d4p-9, 0x1.71275999c114cp-20},
     {0x1p+0, 0x1.73f302e116d75p+2, 0x1.72305a6b3c199p+2, 0x1.f25fe5e8c8a36p+1,
      0x1.3d5d49cafd2e5p+1, 0x1.ff14bfa217eb1p-2, 0x1.c8cc6bb6ef89dp-6, 0x1.5b388f6cd849bp-12}},
    /* r in [6.5, 14] */
    {{0x1.9c5c0b81081e0p+1, 0x1.0812a31908680p+3, -0x1.0e9d15730acadp-3, -0x1.062ee64a3beb7p+0,
      -0x1.04e45056047e8p-3, -0x1.0635377cf25eap-8, -0x1.da505b715708fp-16, -0x1.fc8d62c489951p-28},
     {0x1p+0, 0x1.51fa460f152dfp+2, 0x1.7a753954de5e7p+1, -0x1.a014cb3bf9ef8p-1,
      -0x1.7f795c40716ddp-2, -0x1.032b40b0d9cfdp-5, -0x1.89868b5a47f12p-11,
      -0x1.07ba9385a9391p-18}},
    /* r in [14, 39] */
    {{0x1.558f86428fb83p+1, 0x1.c150d75de5f07p+1, 0x1.ea8d5896e1195p-1, 0x1.489db2fd95fb9p-4,
      0x1.3056399728844p-9, 0x1.73d40e1404ee9p-16, 0x1.c19c67c5c53b9p-25, 0x1.33b789a382340p-38},
     {0x1p+0, 0x1.5c047e2115348p+1, 0x1.a8c6de95a2ad1p+0, 0x1.34c3d3f702722p-2,
      0x1.3abe416cfb565p-6, 0x1.d4029713e28cap-12, 0x1.d0887bb8cc0a5p-19, 0x1.b5b67aebf8f32p-28}},
};

static double tail_polynomial(const double c[8], double r)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * r + c[i];
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
    double g = tail_polynomial(fit->numerator, r) / tail_polynomial(fit->denominator, r);
    double x = r - (g - r_low);
    return p > 0.5 ? x : -x;
}

double math_normal_quantile(double p)
{
    if (LIKELY(math_normal_in_middle(p)))
        return math_normal_quantile_body(p);
    return quantile_tail(p);
}
