/* Eight doubles at once, one of each of eight series. lanes_base.c, lanes_v3.c and lanes_v4.c
 * include this after saying which instructions are theirs: LANES_LEVEL 0, 3 or 4, LANES_VARIANT the
 * suffix of their names, LANES_TARGET the attribute of their functions. Every operation is the IEEE
 * one, element by element, so all give the bits of the scalar code. max and min are a > b ? a : b
 * and a < b ? a : b, as signal_max and signal_min are. */
#ifndef TERN_CORE_SIGNAL_LANES_OPS_H
#define TERN_CORE_SIGNAL_LANES_OPS_H

#include "core/signal/lanes.h"

#if LANES_LEVEL > 0
#include <immintrin.h>
#endif

#define LANES_PASTE_(a, b) a##_##b
#define LANES_PASTE(a, b) LANES_PASTE_(a, b)
#define LN(name) LANES_PASTE(name, LANES_VARIANT)
#define V struct LN(lanes)
#define OP LANES_TARGET ALWAYS_INLINE

#if LANES_LEVEL == 4

V
{
    __m512d v;
};

#define LANES_BINARY(name, operation)             \
    OP V LN(name)(V a, V b)                       \
    {                                             \
        return (V){_mm512_##operation(a.v, b.v)}; \
    }

OP V LN(load)(const double *x)
{
    return (V){_mm512_loadu_pd(x)};
}

OP void LN(store)(double *x, V a)
{
    _mm512_storeu_pd(x, a.v);
}

OP V LN(set)(double x)
{
    return (V){_mm512_set1_pd(x)};
}

OP V LN(fma)(V a, V b, V c)
{
    return (V){_mm512_fmadd_pd(a.v, b.v, c.v)};
}

OP V LN(root)(V a)
{
    return (V){_mm512_sqrt_pd(a.v)};
}

OP V LN(abs)(V a)
{
    return (V){_mm512_abs_pd(a.v)};
}

/* x where a > b, else y. */
OP V LN(select)(V a, V b, V x, V y)
{
    return (V){_mm512_mask_blend_pd(_mm512_cmp_pd_mask(a.v, b.v, _CMP_GT_OQ), y.v, x.v)};
}

#elif LANES_LEVEL == 3

V
{
    __m256d low, high;
};

#define LANES_BINARY(name, operation)                                                     \
    OP V LN(name)(V a, V b)                                                               \
    {                                                                                     \
        return (V){_mm256_##operation(a.low, b.low), _mm256_##operation(a.high, b.high)}; \
    }

OP V LN(load)(const double *x)
{
    return (V){_mm256_loadu_pd(x), _mm256_loadu_pd(x + 4)};
}

OP void LN(store)(double *x, V a)
{
    _mm256_storeu_pd(x, a.low);
    _mm256_storeu_pd(x + 4, a.high);
}

OP V LN(set)(double x)
{
    return (V){_mm256_set1_pd(x), _mm256_set1_pd(x)};
}

OP V LN(fma)(V a, V b, V c)
{
    return (V){_mm256_fmadd_pd(a.low, b.low, c.low), _mm256_fmadd_pd(a.high, b.high, c.high)};
}

OP V LN(root)(V a)
{
    return (V){_mm256_sqrt_pd(a.low), _mm256_sqrt_pd(a.high)};
}

OP V LN(abs)(V a)
{
    __m256d sign = _mm256_set1_pd(-0.0);
    return (V){_mm256_andnot_pd(sign, a.low), _mm256_andnot_pd(sign, a.high)};
}

OP V LN(select)(V a, V b, V x, V y)
{
    return (V){_mm256_blendv_pd(y.low, x.low, _mm256_cmp_pd(a.low, b.low, _CMP_GT_OQ)),
               _mm256_blendv_pd(y.high, x.high, _mm256_cmp_pd(a.high, b.high, _CMP_GT_OQ))};
}

#else

V
{
    double v[INDICATOR_LANES];
};

#define LANES_EACH for (int lane = 0; lane < INDICATOR_LANES; lane++)

#define LANES_PLAIN(name, expression) \
    OP V LN(name)(V a, V b)           \
    {                                 \
        V result;                     \
        LANES_EACH                    \
        result.v[lane] = expression;  \
        return result;                \
    }

OP V LN(load)(const double *x)
{
    V result;
    memcpy(result.v, x, sizeof result.v);
    return result;
}

OP void LN(store)(double *x, V a)
{
    memcpy(x, a.v, sizeof a.v);
}

OP V LN(set)(double x)
{
    V result;
    LANES_EACH
    result.v[lane] = x;
    return result;
}

OP V LN(fma)(V a, V b, V c)
{
    V result;
    LANES_EACH
    result.v[lane] = __builtin_fma(a.v[lane], b.v[lane], c.v[lane]);
    return result;
}

OP V LN(root)(V a)
{
    V result;
    LANES_EACH
    result.v[lane] = __builtin_sqrt(a.v[lane]);
    return result;
}

OP V LN(abs)(V a)
{
    V result;
    LANES_EACH
    result.v[lane] = __builtin_fabs(a.v[lane]);
    return result;
}

OP V LN(select)(V a, V b, V x, V y)
{
    V result;
    LANES_EACH
    result.v[lane] = a.v[lane] > b.v[lane] ? x.v[lane] : y.v[lane];
    return result;
}

#endif

#if LANES_LEVEL == 0
LANES_PLAIN(add, a.v[lane] + b.v[lane])
LANES_PLAIN(sub, a.v[lane] - b.v[lane])
LANES_PLAIN(mul, a.v[lane] * b.v[lane])
LANES_PLAIN(div, a.v[lane] / b.v[lane])
LANES_PLAIN(max, signal_max(a.v[lane], b.v[lane]))
LANES_PLAIN(min, signal_min(a.v[lane], b.v[lane]))
#undef LANES_PLAIN
#undef LANES_EACH
#else
LANES_BINARY(add, add_pd)
LANES_BINARY(sub, sub_pd)
LANES_BINARY(mul, mul_pd)
LANES_BINARY(div, div_pd)
LANES_BINARY(max, max_pd)
LANES_BINARY(min, min_pd)
#undef LANES_BINARY
#endif

/* ratio_of, element by element. */
OP V LN(ratio)(V part, V whole)
{
    return LN(div)(part, LN(max)(whole, LN(set)(RATIO_LEAST)));
}

#endif
