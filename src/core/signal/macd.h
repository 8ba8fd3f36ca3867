/* Moving average convergence and divergence: line = EMA fast - EMA slow of the closes, signal = EMA
 * of the line, histogram = line - signal.
 *
 * TA-Lib lets the seeds of both averages end on the same bar, number slow - 1, and seeds the signal
 * with the mean of the first lines. Classic lets the fast average start by itself, on bar fast - 1.
 * Tulip lets averages start with their first input, the signal with the line of bar slow - 1, and
 * takes k = 0.15 and 0.075 for 12 and 26 bars. Source: G. Appel, The Moving Average Convergence
 * Divergence Method (1979); seeding: TA-Lib ta_MACD.c. */
#ifndef TERN_CORE_SIGNAL_MACD_H
#define TERN_CORE_SIGNAL_MACD_H

#include "core/signal/ema.h"

struct macd {
    double line;      /* valid once slow is ready */
    double histogram; /* valid once signal is ready; the signal itself is signal.value */
    struct ema fast, slow, signal;
};

/* Bars that pass before the one that makes the first signal and histogram. */
static inline uint32_t macd_lead(uint32_t fast, uint32_t slow, uint32_t signal,
                                 enum indicator_convention convention)
{
    uint32_t first = (fast > slow ? fast : slow) - 1;
    return convention == INDICATOR_TULIP ? first : first + signal - 1;
}

/* Periods >= 1; the shorter of the two is the fast one, whichever it is given as. */
static inline void macd_init(struct macd *macd, uint32_t fast, uint32_t slow, uint32_t signal,
                             enum indicator_convention convention)
{
    uint32_t shorter = fast < slow ? fast : slow;
    uint32_t longer = fast < slow ? slow : fast;
    *macd = (struct macd){0};
    ema_init_as(&macd->fast, shorter, convention);
    ema_init_as(&macd->slow, longer, convention);
    ema_init_as(&macd->signal, signal, convention);
    if (convention == INDICATOR_TALIB)
        macd->fast.missing += longer - shorter;
    if (convention != INDICATOR_TULIP)
        return;
    if (shorter == 12 && longer == 26) {
        ema_init_weights(&macd->fast, 1.0 - 0.15, 12, 1, 0);
        ema_init_weights(&macd->slow, 1.0 - 0.075, 26, 1, 0);
    }
    macd->signal.missing = longer; /* the lines before are not given to it */
}

/* True once line, signal and histogram are there. */
static inline bool macd_update(struct macd *macd, double close)
{
    ema_update(&macd->fast, close);
    if (!ema_update(&macd->slow, close))
        return false;
    macd->line = macd->fast.value - macd->slow.value;
    if (!ema_update(&macd->signal, macd->line))
        return false;
    macd->histogram = macd->line - macd->signal.value;
    return true;
}

#endif
