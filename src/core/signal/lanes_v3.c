/* Eight series at once with AVX2 and FMA: see lanes.h. */
#include "core/signal/variant.h"

#if SIGNAL_HAS_VARIANTS

#define LANES_LEVEL 3
#define LANES_VARIANT v3
#define LANES_TARGET SIGNAL_V3

#include "core/signal/lanes_segments.h"

#endif
