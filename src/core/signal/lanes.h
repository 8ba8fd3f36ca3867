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

#if SIGNAL_HAS_VARIANTS
#define SIGNAL_LANES_ROW(name)   \
    .batch_lanes = name##_lanes, \
    .batch_lanes_variants = {name##_lanes_base, name##_lanes_v3, name##_lanes_v4}
#else
#define SIGNAL_LANES_ROW(name) \
    .batch_lanes = name##_lanes, .batch_lanes_variants = {name##_lanes_base, NULL, NULL}
#endif

#endif
