/* The error of base/math against long double, where that is wider, over arguments of every size;
 * the fused multiply-add against the library's, which is exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/math.h"
#include "base/math_parts.h"
#include "base/random.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* In two parts, the first of 64 bits. */
#define SQRT_HALF 0.7071067811865475243818940365159164684883L
#define SQRT_HALF_LOW 1.895032558893257079655062e-20L
#define SQRT_TAU 2.506628274631000502415765284811045253L

/* 80-bit arithmetic is done by the processor; 128-bit arithmetic, as on arm64, is not. */
#define DRAWS (LDBL_MANT_DIG == 64 ? 500000 : 5000)

static double ulp_of(long double value)
{
    double size = (double)fabsl(value);
    if (size < DBL_MIN)
        return 0x1p-1074;
    int exponent;
    frexp(size < DBL_MAX ? size : DBL_MAX, &exponent);
    return ldexp(1.0, exponent - 53);
}

/* In ulp of the true value; beyond the largest double infinity is right. */
static double error_of(double result, long double truth)
{
    if (fabsl(truth) > (long double)DBL_MAX && isinf(result) && (result > 0) == (truth > 0))
        return 0.0;
    if (isnan(result) || isinf(result))
        return (long double)result == truth ? 0.0 : HUGE_VAL;
    return (double)(fabsl((long double)result - truth) / (long double)ulp_of(truth));
}

enum spread {
    UNIFORM,  /* in [low, high] */
    EXPONENT, /* either sign, sizes 2^low to 2^high, each power of two alike */
    POSITIVE, /* the same above zero */
    NEAR_ONE, /* 1 +- such a size */
    NEAR_TWO,
    NEAR_HALF,
};

static double draw(struct random *random, enum spread spread, double low, double high)
{
    if (spread == UNIFORM)
        return low + (high - low) * random_unit(random);
    int exponent = (int)(low + floor((high - low) * random_unit(random)));
    double size = ldexp(1.0 + random_unit(random), exponent);
    double either = (random_u64(random) & 1) != 0 ? size : -size;
    switch (spread) {
    case POSITIVE: return size;
    case NEAR_ONE: return 1.0 + either;
    case NEAR_TWO: return 2.0 + either;
    case NEAR_HALF: return 0.5 + either;
    case UNIFORM:
    case EXPONENT: break;
    }
    return either;
}

/* erfc(-x / sqrt(2)) / 2; what x / sqrt(2) loses is put back by the slope, since it would weigh x^2
 * times as much. */
static long double normal_cdf_truth(long double x)
{
    long double z = -x * SQRT_HALF;
    long double lost = fmal(-x, SQRT_HALF, -z) - x * SQRT_HALF_LOW;
    return (erfcl(z) - lost * 2.0L / 1.772453850905516027298167483341145183L * expl(-z * z)) / 2.0L;
}

/* Newton steps from our own answer: on Phi itself in the middle, on its logarithm in the tails. */
static long double normal_quantile_truth(long double p)
{
    long double u = p > 0.5L ? 1.0L - p : p;
    if (u <= 0.0L)
        return p > 0.5L ? HUGE_VALL : -HUGE_VALL;
    long double x = -fabsl((long double)math_normal_quantile((double)p));
    for (int step = 0; step < 3; step++) {
        long double density = expl(-x * x / 2.0L) / SQRT_TAU;
        if (u < 0.25L) {
            long double cdf = erfcl(-x * SQRT_HALF) / 2.0L;
            x -= logl(cdf / u) * cdf / density;
        } else {
            x -= ((0.5L - u) - erfl(-x * SQRT_HALF) / 2.0L) / density;
        }
    }
    return p > 0.5L ? -x : x;
}

static const struct {
    const char *name;
    double (*function)(double x);
    long double (*truth)(long double x);
    double limit; /* ulp */
    enum spread spread;
    double low, high;
} unary_cases[] = {
    {"exp", math_exp, expl, 0.9, UNIFORM, -708.0, 710.0},
    {"exp", math_exp, expl, 0.9, UNIFORM, -1.0, 1.0},
    {"exp", math_exp, expl, 0.9, UNIFORM, -746.0, -700.0},
    {"exp", math_exp, expl, 0.9, EXPONENT, -60.0, 9.0},
    {"expm1", math_expm1, expm1l, 1.4, UNIFORM, -45.0, 45.0},
    {"expm1", math_expm1, expm1l, 1.4, UNIFORM, 0.3, 0.5},
    {"expm1", math_expm1, expm1l, 1.4, UNIFORM, 600.0, 710.0},
    {"expm1", math_expm1, expm1l, 1.4, EXPONENT, -1074.0, 6.0},
    {"log", math_log, logl, 1.0, UNIFORM, 0.5, 3.0},
    {"log", math_log, logl, 1.0, POSITIVE, -1074.0, 1024.0},
    {"log", math_log, logl, 1.0, NEAR_ONE, -53.0, -1.0},
    {"log1p", math_log1p, log1pl, 1.0, UNIFORM, -1.0, 3.0},
    {"log1p", math_log1p, log1pl, 1.0, EXPONENT, -1074.0, -1.0},
    {"log1p", math_log1p, log1pl, 1.0, POSITIVE, -60.0, 1023.0},
    {"tanh", math_tanh, tanhl, 1.6, UNIFORM, -3.0, 3.0},
    {"tanh", math_tanh, tanhl, 1.6, UNIFORM, 0.5, 0.6},
    {"tanh", math_tanh, tanhl, 1.6, EXPONENT, -1074.0, 5.0},
    {"sin", math_sin, sinl, 0.9, UNIFORM, -10.0, 10.0},
    {"sin", math_sin, sinl, 0.9, UNIFORM, -1e9, 1e9},
    {"sin", math_sin, sinl, 0.9, EXPONENT, -1074.0, 29.0},
    {"cos", math_cos, cosl, 0.9, UNIFORM, -10.0, 10.0},
    {"cos", math_cos, cosl, 0.9, UNIFORM, -1e9, 1e9},
    {"cos", math_cos, cosl, 0.9, EXPONENT, -60.0, 29.0},
    {"erf", math_erf, erfl, 1.0, UNIFORM, -6.5, 6.5},
    {"erf", math_erf, erfl, 1.0, EXPONENT, -1074.0, 3.0},
    {"erfc", math_erfc, erfcl, 1.0, UNIFORM, -6.5, 6.5},
    {"erfc", math_erfc, erfcl, 1.0, UNIFORM, 5.0, 27.5},
    {"erfc", math_erfc, erfcl, 1.0, EXPONENT, -60.0, 1.0},
    {"normal_cdf", math_normal_cdf, normal_cdf_truth, 1.0, UNIFORM, -9.0, 9.0},
    {"normal_cdf", math_normal_cdf, normal_cdf_truth, 1.0, UNIFORM, -38.6, -5.0},
    {"normal_cdf", math_normal_cdf, normal_cdf_truth, 1.0, EXPONENT, -60.0, 3.0},
    {"normal_quantile", math_normal_quantile, normal_quantile_truth, 1.8, UNIFORM, 0.0, 1.0},
    {"normal_quantile", math_normal_quantile, normal_quantile_truth, 1.8, POSITIVE, -1074.0, -1.0},
    {"normal_quantile", math_normal_quantile, normal_quantile_truth, 1.8, NEAR_HALF, -53.0, -2.0},
    {"normal_quantile", math_normal_quantile, normal_quantile_truth, 1.8, POSITIVE, -10.0, -8.0},
    {"log_gamma", math_log_gamma, lgammal, 1.4, UNIFORM, 0.0, 20.0},
    {"log_gamma", math_log_gamma, lgammal, 0.8, UNIFORM, 0.0, 0.5},
    {"log_gamma", math_log_gamma, lgammal, 1.4, POSITIVE, -1074.0, 1014.0},
    {"log_gamma", math_log_gamma, lgammal, 1.4, NEAR_ONE, -50.0, -2.0},
    {"log_gamma", math_log_gamma, lgammal, 1.4, NEAR_TWO, -50.0, -2.0},
};

static bool long_double_is_wider(void)
{
    if (LDBL_MANT_DIG > DBL_MANT_DIG)
        return true;
    print_message("# long double is no wider than double here: nothing to compare with\n");
    return false;
}

static void errors_of_one_argument(void **state)
{
    (void)state;
    if (!long_double_is_wider())
        skip();
    for (size_t i = 0; i < ARRAY_COUNT(unary_cases); i++) {
        struct random random;
        random_init(&random, 1, i);
        double worst = 0.0, worst_at = 0.0;
        for (int j = 0; j < DRAWS; j++) {
            double x = draw(&random, unary_cases[i].spread, unary_cases[i].low,
                            unary_cases[i].high);
            double error = error_of(unary_cases[i].function(x),
                                    unary_cases[i].truth((long double)x));
            if (!(error <= worst)) {
                worst = error;
                worst_at = x;
            }
        }
        print_message("# %-15s %.3f ulp at %a, limit %.1f\n", unary_cases[i].name, worst, worst_at,
                      unary_cases[i].limit);
        assert_true(worst <= unary_cases[i].limit);
    }
}

static const struct {
    const char *name;
    double (*function)(double x, double y);
    long double (*truth)(long double x, long double y);
    double limit;
    enum spread x_spread;
    double x_low, x_high;
    enum spread y_spread;
    double y_low, y_high;
} binary_cases[] = {
    {"pow", math_pow, powl, 0.9, UNIFORM, 0.0, 10.0, UNIFORM, -50.0, 50.0},
    {"pow", math_pow, powl, 0.9, POSITIVE, -1074.0, 1023.0, EXPONENT, -60.0, 0.0},
    {"pow", math_pow, powl, 0.9, NEAR_ONE, -10.0, -9.0, EXPONENT, -10.0, 18.0},
    {"pow", math_pow, powl, 0.9, NEAR_ONE, -30.0, -29.0, EXPONENT, 10.0, 38.0},
    {"pow", math_pow, powl, 0.9, NEAR_ONE, -50.0, -1.0, EXPONENT, -60.0, 60.0},
    {"atan2", math_atan2, atan2l, 1.4, UNIFORM, -1.0, 1.0, UNIFORM, -1.0, 1.0},
    {"atan2", math_atan2, atan2l, 1.4, EXPONENT, -6.0, 0.0, EXPONENT, -3.0, 3.0},
    {"atan2", math_atan2, atan2l, 1.4, EXPONENT, -1074.0, 1023.0, EXPONENT, -1074.0, 1023.0},
    {"atan2", math_atan2, atan2l, 1.4, EXPONENT, -1074.0, -990.0, EXPONENT, -1074.0, -990.0},
    {"atan2", math_atan2, atan2l, 1.4, EXPONENT, 960.0, 1023.0, EXPONENT, 960.0, 1023.0},
};

static void errors_of_two_arguments(void **state)
{
    (void)state;
    if (!long_double_is_wider())
        skip();
    for (size_t i = 0; i < ARRAY_COUNT(binary_cases); i++) {
        struct random random;
        random_init(&random, 2, i);
        double worst = 0.0, worst_x = 0.0, worst_y = 0.0;
        for (int j = 0; j < DRAWS; j++) {
            double x = draw(&random, binary_cases[i].x_spread, binary_cases[i].x_low,
                            binary_cases[i].x_high);
            double y = draw(&random, binary_cases[i].y_spread, binary_cases[i].y_low,
                            binary_cases[i].y_high);
            double error = error_of(binary_cases[i].function(x, y),
                                    binary_cases[i].truth((long double)x, (long double)y));
            if (!(error <= worst)) {
                worst = error;
                worst_x = x;
                worst_y = y;
            }
        }
        print_message("# %-15s %.3f ulp at %a, %a, limit %.1f\n", binary_cases[i].name, worst,
                      worst_x, worst_y, binary_cases[i].limit);
        assert_true(worst <= binary_cases[i].limit);
    }
}

/* For most powers of two up to 2^29 the double next to a multiple of pi / 2, from the continued
 * fraction of pi: where reducing the argument loses most. */
static void turns_that_almost_vanish(void **state)
{
    (void)state;
    static const double hard[] = {
        0x1.921fb54442d18p+0,  0x1.2d97c7f3321d2p+2,  0x1.dd85a7410f58dp+4,  0x1.6c6cbc45dc8dep+5,
        0x1.6c6cbc45dc8dep+6,  0x1.6c6cbc45dc8dep+9,  0x1.6c6cbc45dc8dep+13, 0x1.635e3d74befcap+14,
        0x1.67e57cdd4dc54p+15, 0x1.65a1dd290660fp+16, 0x1.bf9b3c6059d24p+17, 0x1.39c6fd67805a7p+18,
        0x1.9eb7148f354d6p+20, 0x1.9eb7148f354d6p+22, 0x1.b951f1572eba5p+23, 0x1.b951f1572eba5p+26,
        0x1.b951f1572eba5p+29,
    };
    if (!long_double_is_wider())
        skip();
    for (size_t i = 0; i < ARRAY_COUNT(hard); i++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = sign * hard[i];
            assert_true(error_of(math_sin(x), sinl((long double)x)) <= 0.9);
            assert_true(error_of(math_cos(x), cosl((long double)x)) <= 0.9);
        }
    }
}

static double any_bits(struct random *random)
{
    return math_from_bits(random_u64(random));
}

/* Triples whose sum cancels, becomes denormal or overflows come often enough to matter. */
static void fused_multiply_add_is_exact(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 3, 0);
    for (int i = 0; i < 2000000; i++) {
        bool wild = i % 3 == 0;
        double a = wild ? any_bits(&random) : draw(&random, EXPONENT, -30.0, 30.0);
        double b = wild ? any_bits(&random) : draw(&random, EXPONENT, -30.0, 30.0);
        double c = wild ? any_bits(&random) : draw(&random, EXPONENT, -60.0, 60.0);
        if (i % 4 == 1)
            c = -(a * b) * (i % 8 == 1 ? 1.0 : 0x1p-53);
        if (i % 5 == 1) {
            /* A product of 54 bits, often halfway between two doubles, which the least c
             * decides. */
            a = (double)(random_u64(&random) >> 37 | 1);
            b = (double)(random_u64(&random) >> 37 | 1);
            c = ldexp(c < 0.0 ? -1.0 : 1.0, -(int)random_below(&random, 1000));
        }
        if (i % 7 == 1) {
            a = ldexp(a, -500);
            b = ldexp(b, -540);
            c = ldexp(c, -1040);
        }
        double truth = fma(a, b, c);
        uint64_t wanted = math_bits(truth != truth ? math_nan() : truth);
        assert_int_equal(math_bits(math_fma(a, b, c)), wanted);
        assert_int_equal(math_bits(math_fma_in_integers(a, b, c)), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_one_argument),
        cmocka_unit_test(errors_of_two_arguments),
        cmocka_unit_test(turns_that_almost_vanish),
        cmocka_unit_test(fused_multiply_add_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
