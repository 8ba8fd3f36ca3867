/* What base/math must give exactly: the special values, whole powers, order, and the bits recorded
 * in math_golden.h, so that a build that rounds anything differently fails here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/math.h"
#include "base/math_parts.h"
#include "base/random.h"
#include "math_golden.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define INF HUGE_VAL
#define NOT_A_NUMBER ((double)NAN)
#define TINY 0x1p-1074

/* In the order of the list in math_golden.h. */
static double (*const unary_functions[])(double x) = {
#define X(name) math_##name,
    MATH_UNARY_LIST(X)
#undef X
};

static const char *const unary_names[] = {
#define X(name) #name,
    MATH_UNARY_LIST(X)
#undef X
};

static void check(const char *name, double x, double y, double result, double wanted)
{
    uint64_t bits = wanted != wanted ? UINT64_C(0x7ff8000000000000) : math_bits(wanted);
    if (math_bits(result) != bits)
        print_message("# %s(%a, %a) = %a, not %a\n", name, x, y, result, wanted);
    assert_int_equal(math_bits(result), bits);
}

static const struct {
    enum math_unary function;
    double x, wanted;
} special_values[] = {
    {MATH_exp, 0.0, 1.0},
    {MATH_exp, -0.0, 1.0},
    {MATH_exp, TINY, 1.0},
    {MATH_exp, INF, INF},
    {MATH_exp, -INF, 0.0},
    {MATH_exp, 0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023}, /* the last that is finite */
    {MATH_exp, 0x1.62e42fefa39fp+9, INF},
    {MATH_exp, -0x1.6232bdd7abcd2p+9, 0x1.000000000007cp-1022}, /* the last that is normal */
    {MATH_exp, -0x1.74910d52d3051p+9, TINY},                    /* the last above zero */
    {MATH_exp, -0x1.74910d52d3052p+9, 0.0},
    {MATH_exp, 1e300, INF},
    {MATH_exp, -1e300, 0.0},
    {MATH_expm1, 0.0, 0.0},
    {MATH_expm1, -0.0, -0.0},
    {MATH_expm1, TINY, TINY},
    {MATH_expm1, -TINY, -TINY},
    {MATH_expm1, INF, INF},
    {MATH_expm1, -INF, -1.0},
    {MATH_expm1, -50.0, -1.0},
    {MATH_expm1, 0x1.62e42fefa39fp+9, INF},
    {MATH_log, 1.0, 0.0},
    {MATH_log, 0.0, -INF},
    {MATH_log, -0.0, -INF},
    {MATH_log, INF, INF},
    {MATH_log, -1.0, NOT_A_NUMBER},
    {MATH_log, -TINY, NOT_A_NUMBER},
    {MATH_log, -INF, NOT_A_NUMBER},
    {MATH_log1p, 0.0, 0.0},
    {MATH_log1p, -0.0, -0.0},
    {MATH_log1p, TINY, TINY},
    {MATH_log1p, -TINY, -TINY},
    {MATH_log1p, -1.0, -INF},
    {MATH_log1p, -1.0000000000000002, NOT_A_NUMBER},
    {MATH_log1p, INF, INF},
    {MATH_log1p, -INF, NOT_A_NUMBER},
    {MATH_tanh, 0.0, 0.0},
    {MATH_tanh, -0.0, -0.0},
    {MATH_tanh, TINY, TINY},
    {MATH_tanh, -TINY, -TINY},
    {MATH_tanh, 20.0, 1.0},
    {MATH_tanh, 25.0, 1.0},
    {MATH_tanh, INF, 1.0},
    {MATH_tanh, -INF, -1.0},
    {MATH_sin, 0.0, 0.0},
    {MATH_sin, -0.0, -0.0},
    {MATH_sin, TINY, TINY},
    {MATH_sin, -TINY, -TINY},
    {MATH_sin, INF, NOT_A_NUMBER},
    {MATH_sin, -INF, NOT_A_NUMBER},
    {MATH_sin, 1000000001.0, NOT_A_NUMBER},
    {MATH_cos, 0.0, 1.0},
    {MATH_cos, -0.0, 1.0},
    {MATH_cos, TINY, 1.0},
    {MATH_cos, INF, NOT_A_NUMBER},
    {MATH_cos, -1000000001.0, NOT_A_NUMBER},
    {MATH_erf, 0.0, 0.0},
    {MATH_erf, -0.0, -0.0},
    {MATH_erf, TINY, TINY},
    {MATH_erf, -TINY, -TINY},
    {MATH_erf, 6.0, 1.0},
    {MATH_erf, INF, 1.0},
    {MATH_erf, -INF, -1.0},
    {MATH_erfc, 0.0, 1.0},
    {MATH_erfc, -0.0, 1.0},
    {MATH_erfc, TINY, 1.0},
    {MATH_erfc, INF, 0.0},
    {MATH_erfc, -INF, 2.0},
    {MATH_erfc, -6.0, 2.0},
    {MATH_erfc, 27.5, 0.0},
    {MATH_erfc, 1e300, 0.0},
    {MATH_normal_cdf, 0.0, 0.5},
    {MATH_normal_cdf, -0.0, 0.5},
    {MATH_normal_cdf, INF, 1.0},
    {MATH_normal_cdf, -INF, 0.0},
    {MATH_normal_cdf, -39.0, 0.0},
    {MATH_normal_cdf, 9.0, 1.0},
    {MATH_normal_cdf, 1e300, 1.0},
    {MATH_normal_cdf, -1e300, 0.0},
    {MATH_normal_quantile, 0.5, 0.0},
    {MATH_normal_quantile, 0.0, -INF},
    {MATH_normal_quantile, -0.0, -INF},
    {MATH_normal_quantile, 1.0, INF},
    {MATH_normal_quantile, -TINY, NOT_A_NUMBER},
    {MATH_normal_quantile, 1.0000000000000002, NOT_A_NUMBER},
    {MATH_normal_quantile, INF, NOT_A_NUMBER},
    {MATH_normal_quantile, -INF, NOT_A_NUMBER},
    {MATH_log_gamma, 1.0, 0.0},
    {MATH_log_gamma, 2.0, 0.0},
    {MATH_log_gamma, 0.0, INF},
    {MATH_log_gamma, -0.0, INF},
    {MATH_log_gamma, INF, INF},
    {MATH_log_gamma, -0.5, NOT_A_NUMBER},
    {MATH_log_gamma, -INF, NOT_A_NUMBER},
    {MATH_log_gamma, 0x1.754d9278b51a8p+1014, INF}, /* the first */
    {MATH_sqrt, 0.0, 0.0},
    {MATH_sqrt, -0.0, -0.0},
    {MATH_sqrt, INF, INF},
    {MATH_sqrt, -TINY, NOT_A_NUMBER},
    {MATH_sqrt, TINY, 0x1p-537},
    {MATH_sqrt, 2.25, 1.5},
};

static void special_values_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(special_values); i++) {
        double x = special_values[i].x;
        check(unary_names[special_values[i].function], x, 0.0,
              unary_functions[special_values[i].function](x), special_values[i].wanted);
    }
}

/* Quiet, signaling and negative NaNs all come out as the one. */
static void nan_has_one_form(void **state)
{
    (void)state;
    static const uint64_t nans[] = {UINT64_C(0x7ff8000000000000), UINT64_C(0xfff8000000000000),
                                    UINT64_C(0x7ff0000000000001), UINT64_C(0xfff123456789abcd),
                                    UINT64_C(0x7fffffffffffffff)};
    for (size_t i = 0; i < ARRAY_COUNT(nans); i++) {
        double nan = math_from_bits(nans[i]);
        for (size_t j = 0; j < ARRAY_COUNT(unary_functions); j++)
            check(unary_names[j], nan, 0.0, unary_functions[j](nan), NOT_A_NUMBER);
        check("pow", nan, 2.0, math_pow(nan, 2.0), NOT_A_NUMBER);
        check("pow", 2.0, nan, math_pow(2.0, nan), NOT_A_NUMBER);
        check("pow", nan, 0.0, math_pow(nan, 0.0), 1.0);
        check("pow", 1.0, nan, math_pow(1.0, nan), 1.0);
        check("atan2", nan, 1.0, math_atan2(nan, 1.0), NOT_A_NUMBER);
        check("atan2", 1.0, nan, math_atan2(1.0, nan), NOT_A_NUMBER);
        check("fma", nan, 1.0, math_fma(nan, 1.0, 1.0), NOT_A_NUMBER);
        check("fma", 1.0, nan, math_fma_in_integers(1.0, nan, 1.0), NOT_A_NUMBER);
        check("fma", 1.0, 1.0, math_fma_in_integers(1.0, 1.0, nan), NOT_A_NUMBER);
    }
}

/* C17, annex F.10.4.4, line by line, and the edges of the range. */
static const struct {
    double x, y, wanted;
} power_cases[] = {
    /* a zero to odd, even and other powers */
    {0.0, -1.0, INF},
    {-0.0, -1.0, -INF},
    {-0.0, -3.0, -INF},
    {0.0, -2.0, INF},
    {-0.0, -2.0, INF},
    {-0.0, -0.5, INF},
    {-0.0, -INF, INF},
    {0.0, 3.0, 0.0},
    {-0.0, 3.0, -0.0},
    {-0.0, 2.0, 0.0},
    {-0.0, 0.5, 0.0},
    {-0.0, INF, 0.0},
    /* one, minus one, the power zero */
    {-1.0, INF, 1.0},
    {-1.0, -INF, 1.0},
    {1.0, INF, 1.0},
    {1.0, -1e300, 1.0},
    {-1.0, 3.0, -1.0},
    {-1.0, 1e300, 1.0},
    {-1.0, 0x1.fffffffffffffp+52, -1.0},
    {-1.0, 0x1p53, 1.0},
    {0.0, 0.0, 1.0},
    {INF, -0.0, 1.0},
    {-5.0, 0.0, 1.0},
    /* a negative number to a broken power */
    {-8.0, 1.0 / 3.0, NOT_A_NUMBER},
    {-1.0, 0.5, NOT_A_NUMBER},
    {-2.0, TINY, NOT_A_NUMBER},
    /* infinite powers */
    {0.5, -INF, INF},
    {-0.5, -INF, INF},
    {2.0, -INF, 0.0},
    {-2.0, -INF, 0.0},
    {0.5, INF, 0.0},
    {2.0, INF, INF},
    {-2.0, INF, INF},
    /* powers of the infinities */
    {-INF, -3.0, -0.0},
    {-INF, -2.0, 0.0},
    {-INF, -2.5, 0.0},
    {-INF, 3.0, -INF},
    {-INF, 2.0, INF},
    {-INF, 2.5, INF},
    {INF, -1.0, 0.0},
    {INF, 0.5, INF},
    /* beyond the range */
    {2.0, 1024.0, INF},
    {-2.0, 1025.0, -INF},
    {2.0, -1075.0, 0.0},
    {-2.0, -1077.0, -0.0},
    {2.0, 1e300, INF},
    {2.0, -1e300, 0.0},
    {0x1.fffffffffffffp-1, 0x1p80, 0.0},
    {0x1.0000000000001p+0, 0x1p80, INF},
    {10.0, 309.0, INF},
    {10.0, -324.0, 0.0},
    /* exact powers stay exact */
    {2.0, 1023.0, 0x1p1023},
    {2.0, -1074.0, TINY},
    {-2.0, -1073.0, -0x1p-1073},
    {TINY, 1.0, TINY},
    {DBL_MAX, 1.0, DBL_MAX},
    {10.0, 22.0, 1e22},
    {-3.0, 33.0, -5559060566555523.0},
    {0.25, -0.5, 2.0},
    {1e300, TINY, 1.0},
    {123456.0, 0x1p-70, 1.0},
};

static void powers_follow_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(power_cases); i++) {
        double x = power_cases[i].x, y = power_cases[i].y;
        check("pow", x, y, math_pow(x, y), power_cases[i].wanted);
    }
}

/* Every power of a whole number that a double holds. */
static void whole_powers_are_exact(void **state)
{
    (void)state;
    for (uint64_t base = 2; base < 1000; base++) {
        uint64_t power = base;
        for (int exponent = 1; power < UINT64_C(1) << 53; exponent++, power *= base) {
            check("pow", (double)base, exponent, math_pow((double)base, exponent), (double)power);
            if (power > (UINT64_C(1) << 53) / base)
                break;
        }
    }
}

#define PI 0x1.921fb54442d18p+1

/* C17, annex F.10.1.4. */
static const struct {
    double y, x, wanted;
} angle_cases[] = {
    {0.0, -0.0, PI},
    {-0.0, -0.0, -PI},
    {0.0, 0.0, 0.0},
    {-0.0, 0.0, -0.0},
    {0.0, -1.0, PI},
    {-0.0, -TINY, -PI},
    {0.0, 1.0, 0.0},
    {-0.0, 1.0, -0.0},
    {-1.0, 0.0, -PI / 2},
    {-TINY, -0.0, -PI / 2},
    {1.0, 0.0, PI / 2},
    {1.0, -INF, PI},
    {-1.0, -INF, -PI},
    {1.0, INF, 0.0},
    {-1.0, INF, -0.0},
    {INF, 1.0, PI / 2},
    {-INF, -1.0, -PI / 2},
    {INF, -INF, 0x1.2d97c7f3321d2p+1},
    {-INF, -INF, -0x1.2d97c7f3321d2p+1},
    {INF, INF, PI / 4},
    {-INF, INF, -PI / 4},
    {1.0, 1.0, PI / 4},
    {-1.0, 1.0, -PI / 4},
    {1.0, -1.0, 0x1.2d97c7f3321d2p+1},
    {TINY, TINY, PI / 4},
    {DBL_MAX, DBL_MAX, PI / 4},
    {TINY, DBL_MAX, 0.0},
    {-TINY, 1.0, -TINY},
    {TINY, 2.0, 0.0},
    {-TINY, 4.0, -0.0},
    {DBL_MAX, TINY, PI / 2},
    {TINY, -DBL_MAX, PI},
};

static void angles_follow_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(angle_cases); i++) {
        double y = angle_cases[i].y, x = angle_cases[i].x;
        check("atan2", y, x, math_atan2(y, x), angle_cases[i].wanted);
    }
}

static void golden_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(unary_golden); i++) {
        double x = unary_golden[i].x;
        check(unary_names[unary_golden[i].function], x, 0.0,
              unary_functions[unary_golden[i].function](x), unary_golden[i].result);
    }
    for (size_t i = 0; i < ARRAY_COUNT(pow_golden); i++) {
        double x = pow_golden[i].x, y = pow_golden[i].y;
        check("pow", x, y, math_pow(x, y), pow_golden[i].result);
    }
    for (size_t i = 0; i < ARRAY_COUNT(atan2_golden); i++) {
        double x = atan2_golden[i].x, y = atan2_golden[i].y;
        check("atan2", x, y, math_atan2(x, y), atan2_golden[i].result);
    }
}

/* A function that rises must not fall between arguments a few parts in a million apart, and between
 * neighbours it may fall by the two last bits at most. */
static const struct {
    enum math_unary function;
    double low, high;
} rising[] = {
    {MATH_exp, -745.0, 709.0},
    {MATH_exp, -1.0, 1.0},
    {MATH_expm1, -38.0, 700.0},
    {MATH_expm1, -1.0, 1.0},
    {MATH_log, 0.0, 4.0},
    {MATH_log, 1.0, 1e9},
    {MATH_log1p, -1.0, 4.0},
    {MATH_tanh, -1.0, 1.0},
    {MATH_tanh, -20.0, 20.0},
    {MATH_erf, -1.0, 1.0},
    {MATH_erf, -6.0, 6.0},
    {MATH_normal_cdf, -38.0, -5.0},
    {MATH_normal_cdf, -9.0, 9.0},
    {MATH_normal_quantile, 0.0, 0.005},
    {MATH_normal_quantile, 0.0, 1.0},
    {MATH_log_gamma, 2.0, 40.0},
    {MATH_sqrt, 0.0, 9.0},
};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void order_is_kept(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    double *points = malloc(COUNT * sizeof(*points));
    assert_non_null(points);
    for (size_t i = 0; i < ARRAY_COUNT(rising); i++) {
        struct random random;
        random_init(&random, 4, i);
        double (*function)(double x) = unary_functions[rising[i].function];
        double width = rising[i].high - rising[i].low;
        for (size_t j = 0; j < COUNT; j++)
            points[j] = rising[i].low + width * random_unit(&random);
        qsort(points, COUNT, sizeof(*points), compare_doubles);
        double before = -INF, before_x = -INF;
        for (size_t j = 0; j < COUNT; j++) {
            if (points[j] - before_x < width * 1e-6)
                continue;
            double y = function(points[j]);
            assert_true(y >= before);
            double next = function(nextafter(points[j], INF));
            assert_true(nextafter(nextafter(next, INF), INF) >= y);
            before = y;
            before_x = points[j];
        }
    }
    free(points);
}

/* Odd functions, and the two sides of the normal distribution, mirror each other bit for bit. */
static void symmetries_hold(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 5, 0);
    for (int i = 0; i < 200000; i++) {
        double unit = random_unit(&random);
        double x = ldexp(unit, (int)random_below(&random, 12) - 8);
        check("sin", x, 0.0, math_sin(-x), -math_sin(x));
        check("cos", x, 0.0, math_cos(-x), math_cos(x));
        check("tanh", x, 0.0, math_tanh(-x), -math_tanh(x));
        check("erf", x, 0.0, math_erf(-x), -math_erf(x));
        double y = random_unit(&random) + 0x1p-60;
        check("atan2", y, x, math_atan2(-y, x), -math_atan2(y, x));
        double p = ldexp(1.0 + unit, -1 - (int)random_below(&random, 52));
        check("normal_quantile", p, 0.0, math_normal_quantile(1.0 - p),
              0.0 - math_normal_quantile(1.0 - (1.0 - p)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_values_are_exact),
        cmocka_unit_test(nan_has_one_form),
        cmocka_unit_test(powers_follow_the_standard),
        cmocka_unit_test(whole_powers_are_exact),
        cmocka_unit_test(angles_follow_the_standard),
        cmocka_unit_test(golden_bits),
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(symmetries_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
