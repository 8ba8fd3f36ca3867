/* Shares of a whole that may be nothing. */
#ifndef TERN_CORE_SIGNAL_RATIO_H
#define TERN_CORE_SIGNAL_RATIO_H

#include "base/base.h"

/* The value, of which the compiler may assume nothing: a constant numerator over a bounded divisor
 * would be folded, and the bound become a branch. */
static inline double opaque(double value)
{
#if defined(__x86_64__)
    __asm__("" : "+x"(value));
#elif defined(__aarch64__)
    __asm__("" : "+w"(value));
#endif
    return value;
}

#define RATIO_LEAST 1e-300

/* part / whole, where whole >= 0 is 0 only when part is: the ratio is 0 then. A whole below
 * RATIO_LEAST counts as RATIO_LEAST, so that there is neither a branch nor a NaN. */
static inline double ratio_of(double part, double whole)
{
    return part / (whole > RATIO_LEAST ? whole : RATIO_LEAST);
}

#endif
