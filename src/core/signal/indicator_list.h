/* The list of indicators, in the order of the documentation: averages, momentum, trend, bands and
 * volatility, volume, order book and trades. One line here, one file beside it. */
#ifndef TERN_CORE_SIGNAL_INDICATOR_LIST_H
#define TERN_CORE_SIGNAL_INDICATOR_LIST_H

#define INDICATOR_LIST(X) \
    X(sma)                \
    X(ema)                \
    X(wma)                \
    X(hma)                \
    X(dema)               \
    X(tema)               \
    X(kama)               \
    X(vwma)               \
    X(rma)                \
    X(rsi)                \
    X(macd)               \
    X(roc)                \
    X(momentum)           \
    X(stoch)              \
    X(stochrsi)           \
    X(willr)              \
    X(cci)                \
    X(mfi)                \
    X(trix)               \
    X(adx)                \
    X(psar)               \
    X(aroon)              \
    X(ichimoku)           \
    X(supertrend)         \
    X(candles)            \
    X(atr)                \
    X(bollinger)          \
    X(keltner)            \
    X(donchian)           \
    X(stddev)             \
    X(zscore)             \
    X(realised)           \
    X(parkinson)          \
    X(garman_klass)       \
    X(rogers_satchell)    \
    X(ewma_volatility)    \
    X(obv)                \
    X(vwap)               \
    X(cmf)                \
    X(ad)                 \
    X(force)              \
    X(imbalance)          \
    X(microprice)         \
    X(trade_flow)

#endif
