/* A bar: open, high, low, close and volume of one interval. */
#ifndef TERN_CORE_MODEL_BAR_H
#define TERN_CORE_MODEL_BAR_H

#include "core/model/number.h"

/* Valid: 0 < low <= open, close <= high; volume finite and >= 0. The interval is
 * [open_time_ns, open_time_ns + the series' bar length). Volume is a double and never touches
 * money. */
struct bar {
    int64_t open_time_ns;
    struct price open, high, low, close; /* in the instrument's price_decimals */
    double volume;                       /* base asset */
};

_Static_assert(sizeof(struct bar) == 48, "a bar has no padding");

#endif
