/* The eight-series forms: one text, lanes_body.h and lanes_window.h, compiled by lanes_base.c for
 * the baseline, by lanes_v3.c for AVX2 with FMA and by lanes_v4.c for AVX-512; lanes.c chooses at
 * every call. Only files of this folder include it. */
#ifndef TERN_CORE_SIGNAL_LANES_H
#define TERN_CORE_SIGNAL_LANES_H

#include "core/signal/class.h"

#define LANES_LIST(X) \
    X(sma)            \
    X(ema)            \
    X(wma)            \
    X(vwma)           \
    X(rsi)            \
    X(macd)           \
    X(stoch)          \
    X(cci)            \
    X(adx)            \
    X(psar)           \
    X(atr)            \
    X(bollinger)      \
    X(donchian)       \
    X(obv)

#define LANES_DECLARE(name)                  \
    indicator_batch_lanes name##_lanes;      \
    indicator_batch_lanes name##_lanes_base; \
    indicator_batch_lanes name##_lanes_v3;   \
    indicator_batch_lanes name##_lanes_v4;
LANES_LIST(LANES_DECLARE)
#undef LANES_DECLARE

/* Whole columns cut in eight pieces, see lanes_segments.h. False: out is to be written by the form
 * that goes through the column once. */
#define SEGMENTS_LIST(X) \
    X(ema)               \
    X(rsi)               \
    X(macd)              \
    X(adx)               \
    X(psar)              \
    X(atr)               \
    X(stoch)             \
    X(donchian)

typedef bool indicator_segments(SIGNAL_BATCH_ARGS);

#if SIGNAL_HAS_VARIANTS
#define SEGMENTS_DECLARE(name)             \
    indicator_segments name##_segments_v3; \
    indicator_segments name##_segments_v4;
SEGMENTS_LIST(SEGMENTS_DECLARE)
#undef SEGMENTS_DECLARE

/* In place of SIGNAL_BATCH and SIGNAL_BATCH_ROW. */
#define SIGNAL_BATCH_SEGMENTS(name)                             \
    static void name##_batch_base(SIGNAL_BATCH_ARGS)            \
    {                                                           \
        name##_kernel(params, columns, count, out);             \
    }                                                           \
    SIGNAL_V3 static void name##_batch_whole(SIGNAL_BATCH_ARGS) \
    {                                                           \
        name##_kernel(params, columns, count, out);             \
    }                                                           \
    static void name##_batch_v3(SIGNAL_BATCH_ARGS)              \
    {                                                           \
        if (!name##_segments_v3(params, columns, count, out))   \
            name##_batch_whole(params, columns, count, out);    \
    }                                                           \
    static void name##_batch_v4(SIGNAL_BATCH_ARGS)              \
    {                                                           \
        if (!name##_segments_v4(params, columns, count, out))   \
            name##_batch_whole(params, columns, count, out);    \
    }                                                           \
    static void name##_batch(SIGNAL_BATCH_ARGS)                 \
    {                                                           \
        if (signal_cpu_is_v4())                                 \
            name##_batch_v4(params, columns, count, out);       \
        else if (signal_cpu_is_v3())                            \
            name##_batch_v3(params, columns, count, out);       \
        else                                                    \
            name##_batch_base(params, columns, count, out);     \
    }
#define SIGNAL_SEGMENTS_ROW(name)                     \
    SIGNAL_STATE_ROW(name),                           \
        .update = name##_feed, .batch = name##_batch, \
        .batch_variants = {name##_batch_base, name##_batch_v3, name##_batch_v4}
#else
#define SIGNAL_BATCH_SEGMENTS(name) SIGNAL_BATCH(name)
#define SIGNAL_SEGMENTS_ROW(name) SIGNAL_STREAM_ROW(name)
#endif

#if SIGNAL_HAS_VARIANTS
#define SIGNAL_LANES_ROW(name)   \
    .batch_lanes = name##_lanes, \
    .batch_lanes_variants = {name##_lanes_base, name##_lanes_v3, name##_lanes_v4}
#else
#define SIGNAL_LANES_ROW(name) \
    .batch_lanes = name##_lanes, .batch_lanes_variants = {name##_lanes_base, NULL, NULL}
#endif

#endif
