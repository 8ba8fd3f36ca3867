/* Scenarios: what the market is put through, as a table of phases. */
#ifndef TERN_SIM_GENERATOR_SCENARIO_H
#define TERN_SIM_GENERATOR_SCENARIO_H

#include "base/text.h"
#include "sim/generator/path.h"

/* X(NAME, name, sentence) */
#define SCENARIO_TABLE(X)                                                                \
    X(NORMAL, normal, "the calibrated market as it is")                                  \
    X(CALM, calm, "half the volatility, no jumps, fewer trades")                         \
    X(TREND, trend, "three hours up, three hours down, with rests, all together")        \
    X(CRASH, crash, "after two minutes a fall of a fifth in three minutes, then unrest") \
    X(CHOP, chop, "lively, but pulled back to where it started: no trend to follow")     \
    X(OUTAGE, outage, "the feed falls silent again and again while prices move on")

enum scenario {
#define SCENARIO_ENUM(upper, lower, sentence) SCENARIO_##upper,
    SCENARIO_TABLE(SCENARIO_ENUM)
#undef SCENARIO_ENUM
};

#define SCENARIO_COUNT 6

struct scenario_phase {
    double seconds; /* > 0 */
    struct path_pressure pressure;
    double spread_factor; /* times each instrument's spread */
    double trade_factor;  /* times the rate of trades */
    bool feed_down;       /* nothing is published */
};

/* The phase at `seconds` >= 0 after the start; the phases repeat for ever. */
const struct scenario_phase *scenario_phase_at(enum scenario scenario, double seconds);
const char *scenario_name(enum scenario scenario);
const char *scenario_sentence(enum scenario scenario);
/* False for an unknown name. */
MUST_USE bool scenario_parse(struct text text, enum scenario *out);

#endif
