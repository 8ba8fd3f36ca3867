/* Eight series at once with the build's own instructions: see lanes.h. */
#define LANES_LEVEL 0
#define LANES_VARIANT base
#define LANES_TARGET

#include "core/signal/lanes_window.h"
