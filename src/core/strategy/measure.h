/* What sizing by volatility and by Kelly measures, kept beside a class's own state.
 *
 *     volatility   realised volatility of the bot's bars, a year: the sample standard deviation of
 *                  the last 20 log returns of closes, times the root of bars in 365 days
 *     kelly        bounded Kelly bet of the bot's own closed trips: w - (1 - w) / b, w the share of
 *                  trips that won, within 0.01 to 0.99, b the mean winning return over the mean
 *                  losing one, at most 100; never below 0. A trip's return is what sales brought
 *                  less purchases and fees, over purchases. Known from the tenth trip on.
 *
 * Both need what bars and fills left, so they are durable; state has no pointers and no padding. */
#ifndef TERN_CORE_STRATEGY_MEASURE_H
#define TERN_CORE_STRATEGY_MEASURE_H

#include "core/strategy/strategy.h"

#define MEASURE_RETURNS 20
#define MEASURE_TRIPS_MIN 10

/* Bytes of state, a multiple of 8; 0 for methods that measure nothing. */
size_t measure_size(enum size_method method);
void measure_init(void *state, enum size_method method);
void measure_bar(void *state, struct price close); /* volatility alone */
void measure_fill(void *state, const struct plan_fill *fill, struct quantity lot); /* kelly alone */
/* For risk_size: negative while it is not known. */
double measure_value(const void *state, enum size_method method, int64_t bar_ns);

#endif
