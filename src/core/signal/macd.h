/* Moving average convergence and divergence: line = EMA fast - EMA slow of the closes, signal = EMA
 * of the line, histogram = line - signal.
 *
 * TA-Lib lets the seeds of both averages end on the same bar, number slow - 1, and seeds the signal
 * with the mean of the first lines. Source: G. Appel, The Moving Average Convergence Divergence
 * Method (1979); seeding: TA-Lib ta_MACD.c. */
#ifndef TERN_CORE_SIGNAL_MACD_H
#define TERN_CORE_SIGNAL_MACD_H

#include "core/signal/ema.h"

struct macd {
    double line;      /* valid once slow is ready */
    double histogram; /* valid once signal is ready; the signal itself is signal.value */
    struct ema fast, slow, signal;
};

/* Periods >= 1; the shorter of the two is the fast one, whichever it is given as. */
static inline void macd_init(struct macd *macd, uint32_t fast, uint32_t slow, uint32_t signal)
{
    uint32_t shorter = fast < slow ? fast : slow;
    uint32_t longer = fast < slow ? slow : fast;
    *macd = (struct macd){0};
    ema_init(&macd->fast, shorter);
    macd->fast.missing += longer - shorter;
    ema_init(&macd->slow, longer);
    ema_init(&macd->signal, signal);
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
