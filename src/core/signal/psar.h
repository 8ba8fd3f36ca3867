/* The state of the parabolic stop, which its forms share: see psar.c. Stop and extreme are as the
 * side sees them, negated where it falls. */
#ifndef TERN_CORE_SIGNAL_PSAR_H
#define TERN_CORE_SIGNAL_PSAR_H

#include <stdint.h>

struct psar {
    double stop; /* for the next bar (TA-Lib), of the last bar (Tulip) */
    double extreme;
    uint64_t steps; /* a is steps times step, at most max */
    double step, max;
    double high, low;         /* of the last bar */
    double high_ago, low_ago; /* of the bar before it (Tulip) */
    uint64_t rising;          /* 1: the stop lies below */
    uint32_t seen;            /* bars, up to 2 */
    uint32_t tulip;
};

#endif
