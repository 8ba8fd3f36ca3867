/* Where the field's libraries compute an indicator differently. Each row's `conventions`
 * (indicator.h) says what the choice changes; where it says nothing, all three are the same. */
#ifndef TERN_CORE_SIGNAL_CONVENTION_H
#define TERN_CORE_SIGNAL_CONVENTION_H

/* X(NAME, "as configuration spells it"). Numbers are part of bots' parameters: never reordered. */
#define INDICATOR_CONVENTION_TABLE(X)                                               \
    X(TALIB, "talib")     /* the default: seeds are means of the first n */         \
    X(TULIP, "tulip")     /* Tulip Indicators: averages start at the first price */ \
    X(CLASSIC, "classic") /* as the formula's author or most charting programs have it */

enum indicator_convention {
#define INDICATOR_CONVENTION_ENUM(name, text) INDICATOR_##name,
    INDICATOR_CONVENTION_TABLE(INDICATOR_CONVENTION_ENUM)
#undef INDICATOR_CONVENTION_ENUM
        INDICATOR_CONVENTION_COUNT,
};

#endif
