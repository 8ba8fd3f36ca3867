/* Scores: what signals say, on one scale from -1 to +1 where positive means buy.
 *
 * All are bounded, odd under a change of sign of what they measure, monotone, and do not change
 * when every price is multiplied by the same number.
 *
 *     rsi    clamp((50 - RSI) / ((overbought - oversold) / 2), -1, 1)      low is cheap
 *     ma     tanh((SMA fast - SMA slow) / ATR14)
 *     macd   tanh(histogram / ATR14) */
#ifndef TERN_CORE_SIGNAL_SCORE_H
#define TERN_CORE_SIGNAL_SCORE_H

#include "base/math.h"

static inline double score_clamp(double x)
{
    return x > 1.0 ? 1.0 : x < -1.0 ? -1.0 : x;
}

/* rsi 0 to 100; oversold < overbought. */
static inline double score_rsi(double rsi, double oversold, double overbought)
{
    return score_clamp((50.0 - rsi) / ((overbought - oversold) * 0.5));
}

/* A distance in price, in units of the average true range. Where nothing has moved the range is 0
 * and only the sign of the distance is left. */
static inline double score_distance(double distance, double range)
{
    if (range > 0.0)
        return math_tanh(distance / range);
    return distance > 0.0 ? 1.0 : distance < 0.0 ? -1.0 : 0.0;
}

static inline double score_ma(double fast, double slow, double range)
{
    return score_distance(fast - slow, range);
}

static inline double score_macd(double histogram, double range)
{
    return score_distance(histogram, range);
}

/* A z-score: tanh(z). */
static inline double score_z(double z)
{
    return math_tanh(z);
}

struct score_term {
    double score;  /* -1 to 1; not read unless ready */
    double weight; /* 0: the signal is off and takes no part */
    bool ready;
};

struct score {
    double value;      /* S = sum w s / sum w, -1 to 1 */
    double confidence; /* share of the weight whose score has the sign of S, 0 to 1 */
};

/* Terms in the order of the configuration, weights >= 0. False, with a score of zero, until every
 * signal that is on is ready, and where none is on. */
MUST_USE bool score_combine(const struct score_term *terms, size_t count, struct score *score);

#endif
