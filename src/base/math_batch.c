/* Whole arrays of exp, log and the inverse normal distribution.
 *
 * Each loop is compiled three times from the same branch-free body of math_parts.h, for the
 * baseline
 * and, on x86-64, for AVX2 and AVX-512; a call takes the widest its machine has. None of the three
 * may fuse a multiplication with an addition, so all give the bits of the scalar functions.
 *
 * Results are gathered in a small block on the stack: its length is fixed, so the loops need no
 * remainder, and it overlaps with nothing, so in and out may be one array. */
#include <string.h>

#include "base/math.h"
#include "base/math_parts.h"

#define BLOCK_COUNT 32
#define SMALL_COUNT 8 /* the widest vector */
#define ALIGNED __attribute__((aligned(64)))

typedef double scalar_function(double x);
/* count is BLOCK_COUNT or SMALL_COUNT, known to the compiler in each place. */
typedef void block_function(const double *in, double *block, size_t count);

/* For each element of a block its place in NORMAL_ROWS. */
struct normal_places {
    uint64_t first[BLOCK_COUNT] ALIGNED;
    double d[BLOCK_COUNT] ALIGNED;
};

typedef void polynomial_function(const struct normal_places *places, double *sizes, size_t count);

MATH_INLINE void exp_block(const double *in, double *block, size_t count)
{
    for (size_t i = 0; i < count; i++)
        block[i] = math_exp_body(in[i]);
}

MATH_INLINE void log_block(const double *in, double *block, size_t count)
{
    for (size_t i = 0; i < count; i++)
        block[i] = math_log_body(in[i]);
}

/* The middle of the distribution in vectors, then the few of the tails one by one. */
MATH_INLINE void normal_quantile_block(const double *in, double *block, size_t count,
                                       polynomial_function *polynomial)
{
    struct normal_places places;
    uint64_t tails = 0;
    for (size_t i = 0; i < count; i++) {
        struct math_normal_place place = math_normal_place(in[i]);
        places.first[i] = place.first;
        places.d[i] = place.d;
        tails |= math_normal_in_middle(in[i]) ? 0 : 1;
    }
    polynomial(&places, block, count);
    for (size_t i = 0; i < count; i++)
        block[i] = math_with_sign(block[i], in[i] - 0.5);
    if (LIKELY(tails == 0))
        return;
    for (size_t i = 0; i < count; i++)
        if (!math_normal_in_middle(in[i]))
            block[i] = math_normal_quantile(in[i]);
}

/* An odd end is done first, overlapping what is done again in turn, and written last: out may be
 * in, so afterwards its arguments would be gone. */
MATH_INLINE void batch(const double *in, double *out, size_t count, scalar_function *scalar,
                       block_function *function)
{
    if (count < SMALL_COUNT) {
        for (size_t i = 0; i < count; i++)
            out[i] = scalar(in[i]);
        return;
    }
    double block[BLOCK_COUNT] ALIGNED;
    double end[SMALL_COUNT] ALIGNED;
    size_t odd = count % SMALL_COUNT;
    if (odd != 0)
        function(in + count - SMALL_COUNT, end, SMALL_COUNT);
    size_t done = 0;
    for (; count - done >= BLOCK_COUNT; done += BLOCK_COUNT) {
        function(in + done, block, BLOCK_COUNT);
        memcpy(out + done, block, sizeof(block));
    }
    for (; count - done >= SMALL_COUNT; done += SMALL_COUNT) {
        function(in + done, block, SMALL_COUNT);
        memcpy(out + done, block, SMALL_COUNT * sizeof(*block));
    }
    if (odd != 0)
        memcpy(out + count - SMALL_COUNT, end, sizeof(end));
}

#define DEFINE_FORM(form, target)                                                          \
    target MATH_INLINE void normal_quantile_block_##form(const double *in, double *block,  \
                                                         size_t count)                     \
    {                                                                                      \
        normal_quantile_block(in, block, count, normal_polynomial_##form);                 \
    }                                                                                      \
    target static void exp_##form(const double *in, double *out, size_t count)             \
    {                                                                                      \
        batch(in, out, count, math_exp, exp_block);                                        \
    }                                                                                      \
    target static void log_##form(const double *in, double *out, size_t count)             \
    {                                                                                      \
        batch(in, out, count, math_log, log_block);                                        \
    }                                                                                      \
    target static void normal_quantile_##form(const double *in, double *out, size_t count) \
    {                                                                                      \
        batch(in, out, count, math_normal_quantile, normal_quantile_block_##form);         \
    }

#if defined(__x86_64__)

#include <immintrin.h>

#ifdef __clang__
#define TARGET_512 __attribute__((target("avx512f,avx512dq,avx512vl")))
#else
#define TARGET_512 __attribute__((target("avx512f,avx512dq,avx512vl,prefer-vector-width=512")))
#endif
#define TARGET_256 __attribute__((target("avx2")))

/* The three below turn rows into columns. A row is one cache line, so loading pieces of rows and
 * transposing them beats eight gathers. */

MATH_INLINE void normal_polynomial_128(const struct normal_places *places, double *sizes,
                                       size_t count)
{
    for (size_t i = 0; i < count; i += 2) {
        const double *row0 = NORMAL_ROWS + places->first[i];
        const double *row1 = NORMAL_ROWS + places->first[i + 1];
        __m128d c[8];
        for (size_t j = 0; j < 8; j += 2) {
            __m128d a = _mm_load_pd(row0 + j), b = _mm_load_pd(row1 + j);
            c[j] = _mm_unpacklo_pd(a, b);
            c[j + 1] = _mm_unpackhi_pd(a, b);
        }
        __m128d d = _mm_load_pd(places->d + i);
        _mm_store_pd(sizes + i, MATH_NORMAL_POLYNOMIAL(c[0], c[1], c[2], c[3], c[4], c[5], c[6],
                                                       c[7], d, d * d));
    }
}

TARGET_256 MATH_INLINE void normal_polynomial_256(const struct normal_places *places, double *sizes,
                                                  size_t count)
{
    for (size_t i = 0; i < count; i += 4) {
        const double *rows[4];
        for (size_t k = 0; k < 4; k++)
            rows[k] = NORMAL_ROWS + places->first[i + k];
        __m256d c[8];
        for (size_t j = 0; j < 8; j += 2) {
            /* Even rows in one register, odd rows in the other. */
            __m256d a = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_pd(rows[0] + j)),
                                             _mm_load_pd(rows[2] + j), 1);
            __m256d b = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_pd(rows[1] + j)),
                                             _mm_load_pd(rows[3] + j), 1);
            c[j] = _mm256_unpacklo_pd(a, b);
            c[j + 1] = _mm256_unpackhi_pd(a, b);
        }
        __m256d d = _mm256_load_pd(places->d + i);
        _mm256_store_pd(sizes + i, MATH_NORMAL_POLYNOMIAL(c[0], c[1], c[2], c[3], c[4], c[5], c[6],
                                                          c[7], d, d * d));
    }
}

TARGET_512 MATH_INLINE __m512d half_rows(const double *lower, const double *upper)
{
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_load_pd(lower)), _mm256_load_pd(upper),
                              1);
}

TARGET_512 MATH_INLINE void normal_polynomial_512(const struct normal_places *places, double *sizes,
                                                  size_t count)
{
    for (size_t i = 0; i < count; i += 8) {
        const double *rows[8];
        for (size_t k = 0; k < 8; k++)
            rows[k] = NORMAL_ROWS + places->first[i + k];
        __m512d c[8];
        for (size_t j = 0; j < 8; j += 4) {
            __m512d a = half_rows(rows[0] + j, rows[2] + j);
            __m512d b = half_rows(rows[1] + j, rows[3] + j);
            __m512d e = half_rows(rows[4] + j, rows[6] + j);
            __m512d f = half_rows(rows[5] + j, rows[7] + j);
            __m512d even_low = _mm512_unpacklo_pd(a, b), even_high = _mm512_unpacklo_pd(e, f);
            __m512d odd_low = _mm512_unpackhi_pd(a, b), odd_high = _mm512_unpackhi_pd(e, f);
            c[j] = _mm512_shuffle_f64x2(even_low, even_high, 0x88);     /* quarters 0, 2, 0, 2 */
            c[j + 2] = _mm512_shuffle_f64x2(even_low, even_high, 0xdd); /* quarters 1, 3, 1, 3 */
            c[j + 1] = _mm512_shuffle_f64x2(odd_low, odd_high, 0x88);
            c[j + 3] = _mm512_shuffle_f64x2(odd_low, odd_high, 0xdd);
        }
        __m512d d = _mm512_load_pd(places->d + i);
        _mm512_store_pd(sizes + i, MATH_NORMAL_POLYNOMIAL(c[0], c[1], c[2], c[3], c[4], c[5], c[6],
                                                          c[7], d, d * d));
    }
}

DEFINE_FORM(128, )
DEFINE_FORM(256, TARGET_256)
DEFINE_FORM(512, TARGET_512)

static bool always(void)
{
    return true;
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

const struct math_batch_form math_batch_forms[] = {
    {"avx512", has_avx512, exp_512, log_512, normal_quantile_512},
    {"avx2", has_avx2, exp_256, log_256, normal_quantile_256},
    {"baseline", always, exp_128, log_128, normal_quantile_128},
};

#else

MATH_INLINE void normal_polynomial_plain(const struct normal_places *places, double *sizes,
                                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double *c = NORMAL_ROWS + places->first[i];
        double d = places->d[i];
        sizes[i] = MATH_NORMAL_POLYNOMIAL(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], d, d * d);
    }
}

DEFINE_FORM(plain, )

static bool always(void)
{
    return true;
}

const struct math_batch_form math_batch_forms[] = {
    {"baseline", always, exp_plain, log_plain, normal_quantile_plain},
};

#endif

const size_t math_batch_form_count = ARRAY_COUNT(math_batch_forms);

/* The first that runs here; the last always does. */
static const struct math_batch_form *widest_form(void)
{
    const struct math_batch_form *form = math_batch_forms;
    while (!form->runs_here())
        form++;
    return form;
}

void math_exp_batch(const double *in, double *out, size_t count)
{
    widest_form()->exp(in, out, count);
}

void math_log_batch(const double *in, double *out, size_t count)
{
    widest_form()->log(in, out, count);
}

void math_normal_quantile_batch(const double *in, double *out, size_t count)
{
    widest_form()->normal_quantile(in, out, count);
}
