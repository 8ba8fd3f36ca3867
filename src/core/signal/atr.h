/* Average true range: Wilder's average of max(high, last close) - min(low, last close).
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978). */
#ifndef TERN_CORE_SIGNAL_ATR_H
#define TERN_CORE_SIGNAL_ATR_H

#include "core/signal/ema.h"

struct atr {
    double previous; /* the last close */
    uint64_t seen;   /* 1 once there is a last close */
    struct ema mean; /* mean.value is the average true range, in price */
};

static inline double true_range(double high, double low, double close_last)
{
    double top = high > close_last ? high : close_last;
    double bottom = low < close_last ? low : close_last;
    return top - bottom;
}

/* period >= 1. Tulip: the first bar counts with high - low, so that the first value comes one bar
 * earlier; otherwise the first true range is that of the second bar. */
static inline void atr_init(struct atr *atr, uint32_t period, enum indicator_convention convention)
{
    *atr = (struct atr){0};
    ema_init_wilder(&atr->mean, period);
    if (convention != INDICATOR_TULIP)
        atr->mean.missing++; /* the first bar's range is passed over */
}

/* Bars that pass before the one that makes the first value. */
static inline uint32_t atr_lead(uint32_t period, enum indicator_convention convention)
{
    return convention == INDICATOR_TULIP ? period - 1 : period;
}

/* True once mean.value is there. */
static inline bool atr_update(struct atr *atr, double high, double low, double close)
{
    double last = atr->seen ? atr->previous : close;
    atr->seen = 1;
    atr->previous = close;
    return ema_update(&atr->mean, true_range(high, low, last));
}

#endif
