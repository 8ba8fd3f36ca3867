/* Candlestick patterns: the list that the indicator, its test and the documentation share.
 *
 * A candle is white where it closes above its open, black where below. Bodies and wicks are
 * measured against the means of the n bars before: a body is none below 5 % of the mean range,
 * short below half and long above 1.4 times the mean body; a wick is none below 5 % of the mean
 * range and long above 0.6 times the mean body; near is within 30 % of the mean range. A gap is
 * between bodies, a star stands clear of the whole bar before it. Source: S. Nison, Japanese
 * Candlestick Charting Techniques (1991); measures as Tulip's defaults. */
#ifndef TERN_CORE_SIGNAL_CANDLES_H
#define TERN_CORE_SIGNAL_CANDLES_H

/* X(name, lean, description): lean is 1 where the pattern is read as bullish, -1 as bearish. */
#define CANDLE_LIST(X)                                                                             \
    X(abandoned_baby_bear, -1, "long white, doji star above it, black star below that")            \
    X(abandoned_baby_bull, 1, "long black, doji star below it, white star above that")             \
    X(big_black_candle, -1, "black with a long body")                                              \
    X(big_white_candle, 1, "white with a long body")                                               \
    X(black_marubozu, -1, "long black without wicks")                                              \
    X(doji, 0, "no body")                                                                          \
    X(dragonfly_doji, 0, "no body, no upper and a long lower wick")                                \
    X(engulfing_bear, -1, "black body around the white one before it")                             \
    X(engulfing_bull, 1, "white body around the black one before it")                              \
    X(evening_doji_star, -1, "long white, doji with a gap up, black with a gap down")              \
    X(evening_star, -1, "long white, short body with a gap up, black with a gap down")             \
    X(four_price_doji, 0, "neither body nor wicks")                                                \
    X(gravestone_doji, 0, "no body, a long upper and no lower wick")                               \
    X(hammer, 1, "short body over a long lower wick, near the low before it")                      \
    X(hanging_man, -1, "short body over a long lower wick, near the high before it")               \
    X(inverted_hammer, 1, "short body under a long upper wick, with a gap down")                   \
    X(long_legged_doji, 0, "no body, both wicks long")                                             \
    X(marubozu, 0, "long body without wicks")                                                      \
    X(morning_doji_star, 1, "long black, doji with a gap down, white with a gap up")               \
    X(morning_star, 1, "long black, short body with a gap down, white with a gap up")              \
    X(shooting_star, -1, "short body under a long upper wick, with a gap up")                      \
    X(spinning_top, 0, "short body between two longer wicks")                                      \
    X(star, 0, "short body clear of the bar before it")                                            \
    X(three_black_crows, -1, "three black, each opening inside the body before and closing lower") \
    X(three_white_soldiers, 1,                                                                     \
      "three white, each opening inside the body before and closing higher")                       \
    X(white_marubozu, 1, "long white without wicks")

enum candle_pattern {
#define CANDLE_ENUM(name, lean, description) CANDLE_##name,
    CANDLE_LIST(CANDLE_ENUM)
#undef CANDLE_ENUM
    CANDLE_COUNT,
};

#endif
