/* Relative strength index: 100 * G / (G + L), with G and L Wilder's averages of the rises and falls
 * from close to close, seeded with the mean of the first n. The first value comes with close
 * number n + 1. Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978). */
#ifndef TERN_CORE_SIGNAL_RSI_H
#define TERN_CORE_SIGNAL_RSI_H

#include "core/signal/ema.h"
#include "core/signal/ratio.h"

struct rsi {
    double value;    /* 0 to 100, once ready */
    double previous; /* the last close */
    double flat;     /* the value where nothing has moved */
    uint64_t seen;   /* 1 once there is a last close */
    struct ema gain, loss;
};

/* What a market that has not moved at all counts as: 0 as TA-Lib has it, 50 as most charts. */
static inline double rsi_flat(enum indicator_convention convention)
{
    return convention == INDICATOR_CLASSIC ? 50.0 : 0.0;
}

/* period >= 1. */
static inline void rsi_init(struct rsi *rsi, uint32_t period, enum indicator_convention convention)
{
    *rsi = (struct rsi){.flat = rsi_flat(convention)};
    ema_init_wilder(&rsi->gain, period);
    ema_init_wilder(&rsi->loss, period);
}

/* True once value is there. */
static inline bool rsi_update(struct rsi *rsi, double close)
{
    double change = close - rsi->previous;
    rsi->previous = close;
    if (UNLIKELY(rsi->seen == 0)) {
        rsi->seen = 1;
        return false;
    }
    ema_update(&rsi->loss, change < 0.0 ? -change : 0.0);
    if (!ema_update(&rsi->gain, change > 0.0 ? change : 0.0))
        return false;
    double sum = rsi->gain.value + rsi->loss.value;
    rsi->value = ratio_of(100.0 * rsi->gain.value, sum) + (sum > 0.0 ? 0.0 : rsi->flat);
    return true;
}

#endif
