/* Sine, cosine and the angle of a point. */
#include "base/math.h"
#include "base/math_parts.h"
#include "base/math_tables.h"

#define PI 0x1.921fb54442d18p+1
#define PI_LOW 0x1.1a62633145c07p-53
#define HALF_PI_LOW 0x1.1a62633145c07p-54
#define TWO_OVER_PI 0x1.45f306dc9c883p-1

/* pi / 2 in four parts of at most 23 bits and the rest. */
static const double HALF_PI_PARTS[4] = {0x1.921fb4p+0, 0x1.4442dp-24, 0x1.84698p-48, 0x1.3198ap-69};
#define HALF_PI_REST 0x1.701b839a25205p-92

struct turn {
    struct math_pair angle;
    uint64_t quadrant;
};

/* x = quadrant * pi / 2 + angle, |angle| <= pi / 4, for |x| <= 1e9. The number of quarter turns has
 * 30 bits, so its products with the parts are exact, and so is the first difference: what cancels
 * cancels exactly. The rest is rounded at 2^-115, and no double up to 1e9 comes nearer to a
 * multiple
 * of pi / 2 than 2^-61. */
static struct turn reduce(double x)
{
    double shifted = x * TWO_OVER_PI + MATH_ROUNDER;
    double k = shifted - MATH_ROUNDER;
    struct math_pair a = math_sum(x - k * HALF_PI_PARTS[0], -(k * HALF_PI_PARTS[1]));
    struct math_pair b = math_sum(a.high, -(k * HALF_PI_PARTS[2]));
    struct math_pair c = math_sum(b.high, -(k * HALF_PI_PARTS[3]));
    double rest = ((a.low + b.low) + c.low) - k * HALF_PI_REST;
    return (struct turn){math_sum(c.high, rest), math_bits(shifted) & 3};
}

/* sin(r + e) = r + r^3 S(r^2) + e (1 - r^2 / 2), |r| <= pi / 4; S has degree 6 and meets
 * (sin(r) / r - 1) / r^2 in the seven Chebyshev nodes of the range of r^2. */
static double sine_near_zero(struct math_pair angle)
{
    double r = angle.high;
    double z = r * r, z2 = z * z;
    double s01 = -0x1.5555555555555p-3 + z * 0x1.111111111111p-7;
    double s23 = -0x1.a01a01a019937p-13 + z * 0x1.71de3a54607a5p-19;
    double s45 = -0x1.ae64541295cdfp-26 + z * 0x1.61217ee5cca1bp-33;
    double s46 = s45 + z2 * -0x1.ab17bdcbd3414p-41;
    double s = s01 + z2 * (s23 + z2 * s46);
    return r + (r * (z * s) + angle.low * (1.0 - 0.5 * z));
}

/* cos(r + e) = 1 - r^2 / 2 + r^4 C(r^2) - r e; C has degree 5 and meets
 * (cos(r) - 1 + r^2 / 2) / r^4 in the six Chebyshev nodes of the range of r^2. */
static double cosine_near_zero(struct math_pair angle)
{
    double r = angle.high;
    double z = r * r, z2 = z * z;
    double c01 = 0x1.5555555555555p-5 + z * -0x1.6c16c16c16967p-10;
    double c23 = 0x1.a01a019f4e9b4p-16 + z * -0x1.27e4fa17bf139p-22;
    double c45 = 0x1.1eeb68cd22f56p-29 + z * -0x1.907d8f29fe831p-37;
    double c = c01 + z2 * (c23 + z2 * c45);
    struct math_pair sum = math_sum_ordered(1.0, -0.5 * z);
    return sum.high + (sum.low + (z2 * c - r * angle.low));
}

double math_sin(double x)
{
    if (!(math_abs(x) <= 1e9))
        return math_nan();
    if (math_abs(x) < 0x1p-27)
        return x; /* also keeps the sign of zero */
    struct turn turn = reduce(x);
    double y = (turn.quadrant & 1) != 0 ? cosine_near_zero(turn.angle) : sine_near_zero(turn.angle);
    return (turn.quadrant & 2) != 0 ? -y : y;
}

double math_cos(double x)
{
    if (!(math_abs(x) <= 1e9))
        return math_nan();
    struct turn turn = reduce(x);
    double y = (turn.quadrant & 1) != 0 ? sine_near_zero(turn.angle) : cosine_near_zero(turn.angle);
    return ((turn.quadrant + 1) & 2) != 0 ? -y : y;
}

/* atan(small / large) as a pair, 0 <= small <= large, both scaled near 1. With q = small / large
 * and c = j / 32 nearest to q, atan q = atan c + atan t, t = (q - c) / (1 + q c), |t| <= 1 / 64;
 * atan t = t + t^3 P(t^2), P of degree 4 meeting (atan(t) / t - 1) / t^2 in five Chebyshev
 * nodes. */
static struct math_pair atan_quotient(double small, double large)
{
    double q = small / large;
    struct math_pair product = math_product(q, large);
    double q_low = ((small - product.high) - product.low) / large;
    double shifted = q * 32.0 + MATH_ROUNDER;
    uint64_t j = math_bits(shifted) - math_bits(MATH_ROUNDER);
    double c = (shifted - MATH_ROUNDER) * 0x1p-5;
    double t = q, t_low = q_low;
    if (j != 0) {
        t = ((q - c) + q_low) / (1.0 + q * c);
        t_low = 0.0;
    }
    double z = t * t;
    double p = -0x1.5555555555555p-2 +
               z * (0x1.9999999999999p-3 +
                    z * (-0x1.249249248a5d4p-3 +
                         z * (0x1.c71c6f0859424p-4 + z * -0x1.742b62958c6ccp-4)));
    struct math_pair sum = math_sum_ordered(ATAN_ROWS[j].high, t);
    return (struct math_pair){sum.high, sum.low + (ATAN_ROWS[j].low + (t_low + t * (z * p)))};
}

/* atan2 where x or y is 0 or infinite; neither is NaN. */
static double atan2_extreme(double y, double x)
{
    bool behind = math_bits(x) >> 63 != 0;
    double angle;
    if (math_abs(y) == math_infinity())
        angle = math_abs(x) == math_infinity() ? (behind ? 0.75 : 0.25) * PI : 0.5 * PI;
    else if (math_abs(x) == math_infinity() || y == 0.0)
        angle = behind ? PI : 0.0;
    else
        angle = 0.5 * PI;
    return math_with_sign(angle, y);
}

double math_atan2(double y, double x)
{
    if (x != x || y != y)
        return math_nan();
    double up = math_abs(y), across = math_abs(x);
    if (up == 0.0 || across == 0.0 || up == math_infinity() || across == math_infinity())
        return atan2_extreme(y, x);
    bool steep = up > across;
    double small = steep ? across : up, large = steep ? up : across;
    bool behind = math_bits(x) >> 63 != 0;

    struct math_pair angle;
    if (large > 0x1p500 || small < 0x1p-500) {
        double scale = large > 0x1p500 ? 0x1p-520 : large < 0x1p-450 ? 0x1p570 : 1.0;
        small *= scale;
        large *= scale;
    }
    if (small < large * 0x1p-60) {
        if (!steep && !behind)
            return math_with_sign(up / across, y); /* rounds once, also into denormals */
        angle = (struct math_pair){small / large, 0.0};
    } else {
        angle = atan_quotient(small, large);
    }
    if (steep) {
        struct math_pair sum = math_sum_ordered(0.5 * PI, behind ? angle.high : -angle.high);
        angle = (struct math_pair){sum.high,
                                   sum.low + (HALF_PI_LOW + (behind ? angle.low : -angle.low))};
    } else if (behind) {
        struct math_pair sum = math_sum_ordered(PI, -angle.high);
        angle = (struct math_pair){sum.high, sum.low + (PI_LOW - angle.low)};
    }
    return math_with_sign(angle.high + angle.low, y);
}
