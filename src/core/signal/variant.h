/* Which instructions a hot loop may use, chosen while running: every form does the same operations
 * in the same order per element, so the bits are the same and only the speed differs.
 *
 *     SIGNAL_V3 static void sum_v3(...) { sum(...); }        sum is always_inline, without a target
 *
 * A function without a target may be inlined into one with a target, and __builtin_fma then becomes
 * one instruction; without a target it is the library's fma, which is as exact and slower. */
#ifndef TERN_CORE_SIGNAL_VARIANT_H
#define TERN_CORE_SIGNAL_VARIANT_H

#include "base/base.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Instruction sets, not -march names: only those may differ between caller and inlined callee. */
#if defined(__x86_64__)
#define SIGNAL_HAS_VARIANTS 1
#define SIGNAL_V3 __attribute__((target("avx,avx2,fma,bmi,bmi2")))
#define SIGNAL_V4 \
    __attribute__((target("avx,avx2,fma,bmi,bmi2,avx512f,avx512vl,avx512dq,avx512bw,avx512cd")))
#else
#define SIGNAL_HAS_VARIANTS 0
#define SIGNAL_V3
#define SIGNAL_V4
#endif

/* Whether functions marked SIGNAL_V3 may be called: a load and a test, cheap enough for every bar.
 * Not before constructors have run. */
static inline bool signal_cpu_is_v3(void)
{
#if SIGNAL_HAS_VARIANTS
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

static inline bool signal_cpu_is_v4(void)
{
#if SIGNAL_HAS_VARIANTS
    return signal_cpu_is_v3() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd");
#else
    return false;
#endif
}

#endif
