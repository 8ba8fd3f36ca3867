#include "drive/sweep/evaluator_masks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum masks_level masks_level_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return MASKS_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return MASKS_AVX2;
#endif
    return MASKS_BASE;
}

/* ---- plain ----------------------------------------------------------------------------------- */

static void averages_base(const double *closes, size_t count, const double *keep,
                          const double *take, double *values, double *rows)
{
    for (size_t lane = 0; lane < MASKS_LANES; lane++) {
        double value = values[lane];
        for (size_t bar = 0; bar < count; bar++) {
            value = __builtin_fma(value, keep[lane], closes[bar] * take[lane]);
            rows[lane * MASKS_BARS + bar] = value;
        }
        values[lane] = value;
    }
}

static void above_base(const double *fast, const double *slow, uint64_t words[MASKS_WORDS])
{
    for (size_t word = 0; word < MASKS_WORDS; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i++)
            bits |= (uint64_t)(fast[word * 64 + i] > slow[word * 64 + i]) << i;
        words[word] = bits;
    }
}

void masks_above_sums(const int64_t *fast, const int64_t *slow, uint32_t fast_count,
                      uint32_t slow_count, uint64_t words[MASKS_WORDS])
{
    for (size_t word = 0; word < MASKS_WORDS; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i++) {
            i128 left = (i128)fast[word * 64 + i] * slow_count;
            i128 right = (i128)slow[word * 64 + i] * fast_count;
            bits |= (uint64_t)(left > right) << i;
        }
        words[word] = bits;
    }
}

/* ---- vectors --------------------------------------------------------------------------------- */

#if defined(__x86_64__)

/* Lanes side by side to rows of bars, one tile at a time so that both stay in the first cache. */
static void rows_from_tile(const double *tile, size_t count, double *rows)
{
    for (size_t lane = 0; lane < MASKS_LANES; lane++) {
        for (size_t bar = 0; bar < count; bar++)
            rows[lane * MASKS_BARS + bar] = tile[bar * MASKS_LANES + lane];
    }
}

#define TILE_BARS 32u

__attribute__((target("avx2,fma"))) static void averages_avx2(const double *closes, size_t count,
                                                              const double *keep,
                                                              const double *take, double *values,
                                                              double *rows)
{
    _Alignas(64) double tile[TILE_BARS * MASKS_LANES];
    for (size_t start = 0; start < count; start += TILE_BARS) {
        size_t bars = count - start < TILE_BARS ? count - start : TILE_BARS;
        for (size_t lane = 0; lane < MASKS_LANES; lane += 16) {
            __m256d value[4], kept[4], taken[4];
            for (size_t i = 0; i < 4; i++) {
                value[i] = _mm256_loadu_pd(values + lane + i * 4);
                kept[i] = _mm256_loadu_pd(keep + lane + i * 4);
                taken[i] = _mm256_loadu_pd(take + lane + i * 4);
            }
            for (size_t bar = 0; bar < bars; bar++) {
                __m256d close = _mm256_set1_pd(closes[start + bar]);
                for (size_t i = 0; i < 4; i++) {
                    value[i] = _mm256_fmadd_pd(value[i], kept[i], _mm256_mul_pd(close, taken[i]));
                    _mm256_store_pd(tile + bar * MASKS_LANES + lane + i * 4, value[i]);
                }
            }
            for (size_t i = 0; i < 4; i++)
                _mm256_storeu_pd(values + lane + i * 4, value[i]);
        }
        rows_from_tile(tile, bars, rows + start);
    }
}

__attribute__((target("avx2"))) static void above_avx2(const double *fast, const double *slow,
                                                       uint64_t words[MASKS_WORDS])
{
    for (size_t word = 0; word < MASKS_WORDS; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i += 4) {
            __m256d left = _mm256_loadu_pd(fast + word * 64 + i);
            __m256d right = _mm256_loadu_pd(slow + word * 64 + i);
            int four = _mm256_movemask_pd(_mm256_cmp_pd(left, right, _CMP_GT_OQ));
            bits |= (uint64_t)(unsigned)four << i;
        }
        words[word] = bits;
    }
}

__attribute__((target("avx512f,avx512dq"))) static void averages_avx512(
    const double *closes, size_t count, const double *keep, const double *take, double *values,
    double *rows)
{
    _Alignas(64) double tile[TILE_BARS * MASKS_LANES];
    for (size_t start = 0; start < count; start += TILE_BARS) {
        size_t bars = count - start < TILE_BARS ? count - start : TILE_BARS;
        __m512d value[4], kept[4], taken[4];
        for (size_t i = 0; i < 4; i++) {
            value[i] = _mm512_loadu_pd(values + i * 8);
            kept[i] = _mm512_loadu_pd(keep + i * 8);
            taken[i] = _mm512_loadu_pd(take + i * 8);
        }
        for (size_t bar = 0; bar < bars; bar++) {
            __m512d close = _mm512_set1_pd(closes[start + bar]);
            for (size_t i = 0; i < 4; i++) {
                value[i] = _mm512_fmadd_pd(value[i], kept[i], _mm512_mul_pd(close, taken[i]));
                _mm512_store_pd(tile + bar * MASKS_LANES + i * 8, value[i]);
            }
        }
        for (size_t i = 0; i < 4; i++)
            _mm512_storeu_pd(values + i * 8, value[i]);
        rows_from_tile(tile, bars, rows + start);
    }
}

__attribute__((target("avx512f,avx512dq"))) static void above_avx512(const double *fast,
                                                                     const double *slow,
                                                                     uint64_t words[MASKS_WORDS])
{
    for (size_t word = 0; word < MASKS_WORDS; word++) {
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i += 8) {
            __m512d left = _mm512_loadu_pd(fast + word * 64 + i);
            __m512d right = _mm512_loadu_pd(slow + word * 64 + i);
            bits |= (uint64_t)_mm512_cmp_pd_mask(left, right, _CMP_GT_OQ) << i;
        }
        words[word] = bits;
    }
}

#endif

/* ---- choice ---------------------------------------------------------------------------------- */

void masks_averages(enum masks_level level, const double *closes, size_t count, const double *keep,
                    const double *take, double *values, double *rows)
{
#if defined(__x86_64__)
    if (level == MASKS_AVX512) {
        averages_avx512(closes, count, keep, take, values, rows);
        return;
    }
    if (level == MASKS_AVX2) {
        averages_avx2(closes, count, keep, take, values, rows);
        return;
    }
#endif
    (void)level;
    averages_base(closes, count, keep, take, values, rows);
}

void masks_above(enum masks_level level, const double *fast, const double *slow,
                 uint64_t words[MASKS_WORDS])
{
#if defined(__x86_64__)
    if (level == MASKS_AVX512) {
        above_avx512(fast, slow, words);
        return;
    }
    if (level == MASKS_AVX2) {
        above_avx2(fast, slow, words);
        return;
    }
#endif
    (void)level;
    above_base(fast, slow, words);
}
