/* Eight series at once with AVX-512: see lanes.h. */
#include "core/signal/variant.h"

#if SIGNAL_HAS_VARIANTS

#define LANES_LEVEL 4
#define LANES_VARIANT v4
#define LANES_TARGET SIGNAL_V4

#include "core/signal/lanes_segments.h"

#endif
