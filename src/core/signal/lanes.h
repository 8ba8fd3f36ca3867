/* The eight-series forms, made by lanes.c once for every variant of the CPU; each of these is what
 * the row of the indicator names. Only files of this folder include it. */
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
    X(atr)            \
    X(bollinger)      \
    X(donchian)       \
    X(obv)

#define LANES_DECLARE(name)                     \
    indicator_batch_lanes name##_lanes;         \
    indicator_batch_lanes name##_lanes_plain;   \
    indicator_batch_lanes name##_lanes_avx2;    \
    indicator_batch_lanes name##_lanes_avx512;
LANES_LIST(LANES_DECLARE)
#undef LANES_DECLARE

#if SIGNAL_HAS_VARIANTS
#define SIGNAL_LANES_ROW(name)        \
    .batch_lanes = name##_lanes,      \
    .batch_lanes_variants = {name##_lanes_plain, name##_lanes_avx2, name##_lanes_avx512}
#else
#define SIGNAL_LANES_ROW(name) \
    .batch_lanes = name##_lanes, .batch_lanes_variants = {name##_lanes_plain, NULL, NULL}
#endif

#endif
