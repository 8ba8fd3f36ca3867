/* The list of indicators, in the order of the documentation: averages, momentum, trend, bands and
 * volatility, volume, order book. One line here, one file beside it. */
#ifndef TERN_CORE_SIGNAL_INDICATOR_LIST_H
#define TERN_CORE_SIGNAL_INDICATOR_LIST_H

#define INDICATOR_LIST(X) \
    X(sma)                \
    X(ema)                \
    X(rsi)                \
    X(macd)               \
    X(adx)                \
    X(atr)                \
    X(bollinger)          \
    X(donchian)

#endif
