#include "core/signal/lanes.h"

#if SIGNAL_HAS_VARIANTS
#define LANES_CHOICE(name)                                  \
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
    void name##_lanes(SIGNAL_LANES_ARGS)                \
    {                                                   \
        name##_lanes_base(params, columns, count, out); \
    }
#endif

LANES_LIST(LANES_CHOICE)
