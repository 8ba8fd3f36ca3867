/* Eight series at once. One text, lanes_body.h, compiled for the baseline, for AVX2 with FMA and for
 * AVX-512; the choice is made at every call. */
#include "core/signal/lanes.h"

#include "core/signal/adx.h"
#include "core/signal/macd.h"
#include "core/signal/rsi.h"
#include "core/signal/window.h"

#define LANES_LEVEL 0
#define LANES_VARIANT base
#define LANES_TARGET
#include "core/signal/lanes_ops.h"
#include "core/signal/lanes_body.h"
#undef LANES_LEVEL
#undef LANES_VARIANT
#undef LANES_TARGET

#if SIGNAL_HAS_VARIANTS

#include <immintrin.h>

#define LANES_LEVEL 3
#define LANES_VARIANT v3
#define LANES_TARGET SIGNAL_V3
#include "core/signal/lanes_ops.h"
#include "core/signal/lanes_body.h"
#undef LANES_LEVEL
#undef LANES_VARIANT
#undef LANES_TARGET

#define LANES_LEVEL 4
#define LANES_VARIANT v4
#define LANES_TARGET SIGNAL_V4
#include "core/signal/lanes_ops.h"
#include "core/signal/lanes_body.h"

#define LANES_CHOICE(name)                                  \
    void name##_lanes_plain(SIGNAL_LANES_ARGS)              \
    {                                                       \
        name##_lanes_base(params, columns, count, out);     \
    }                                                       \
    void name##_lanes_avx2(SIGNAL_LANES_ARGS)               \
    {                                                       \
        name##_lanes_v3(params, columns, count, out);       \
    }                                                       \
    void name##_lanes_avx512(SIGNAL_LANES_ARGS)             \
    {                                                       \
        name##_lanes_v4(params, columns, count, out);       \
    }                                                       \
    void name##_lanes(SIGNAL_LANES_ARGS)                    \
    {                                                       \
        if (signal_cpu_is_v4())                             \
            name##_lanes_v4(params, columns, count, out);   \
        else if (signal_cpu_is_v3())                        \
            name##_lanes_v3(params, columns, count, out);   \
        else                                                \
            name##_lanes_base(params, columns, count, out); \
    }

#else

#define LANES_CHOICE(name)                              \
    void name##_lanes_plain(SIGNAL_LANES_ARGS)          \
    {                                                   \
        name##_lanes_base(params, columns, count, out); \
    }                                                   \
    void name##_lanes(SIGNAL_LANES_ARGS)                \
    {                                                   \
        name##_lanes_base(params, columns, count, out); \
    }

#endif

LANES_LIST(LANES_CHOICE)
