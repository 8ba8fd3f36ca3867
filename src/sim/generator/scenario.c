#include "sim/generator/scenario.h"

/* All of a cycle's drifts sum to zero in the long run, so that a demo left alone for weeks neither
 * explodes nor vanishes. Strength 0.08 is a move of two volatilities in ten minutes. */
#define LOG_OF_FOUR_FIFTHS (-0.22314355131420976)
#define TREND_STRENGTH 0.08
/* Half of the distance to the start is pulled back in five minutes. */
#define CHOP_PULL (0.69314718055994531 / 300.0)

#define MINUTES 60.0
#define HOURS 3600.0

static const struct scenario_phase phases_normal[] = {
    {.seconds = 24 * HOURS,
     .pressure = {.volatility_factor = 1.0},
     .spread_factor = 1.0,
     .trade_factor = 1.0},
};

static const struct scenario_phase phases_calm[] = {
    {.seconds = 24 * HOURS,
     .pressure = {.volatility_factor = 0.5, .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 0.6},
};

static const struct scenario_phase phases_trend[] = {
    {.seconds = 3 * HOURS,
     .pressure = {.volatility_factor = 1.0,
                  .drift_strength = TREND_STRENGTH,
                  .common_share = 0.3,
                  .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 1.5},
    {.seconds = 30 * MINUTES,
     .pressure = {.volatility_factor = 0.7, .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 1.0},
    {.seconds = 3 * HOURS,
     .pressure = {.volatility_factor = 1.0,
                  .drift_strength = -TREND_STRENGTH,
                  .common_share = 0.3,
                  .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 1.5},
    {.seconds = 30 * MINUTES,
     .pressure = {.volatility_factor = 0.7, .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 1.0},
};

static const struct scenario_phase phases_crash[] = {
    {.seconds = 2 * MINUTES,
     .pressure = {.volatility_factor = 1.0},
     .spread_factor = 1.0,
     .trade_factor = 1.0},
    {.seconds = 3 * MINUTES,
     .pressure = {.volatility_factor = 4.0,
                  .common_share = 0.9,
                  .drift_per_second = LOG_OF_FOUR_FIFTHS / (3 * MINUTES)},
     .spread_factor = 6.0,
     .trade_factor = 6.0},
    {.seconds = 10 * MINUTES,
     .pressure = {.volatility_factor = 3.0,
                  .common_share = 0.7,
                  .drift_per_second = 0.08 / (10 * MINUTES)},
     .spread_factor = 3.0,
     .trade_factor = 3.0},
    {.seconds = 60 * MINUTES,
     .pressure = {.volatility_factor = 2.0, .common_share = 0.4},
     .spread_factor = 2.0,
     .trade_factor = 2.0},
    {.seconds = 5 * HOURS,
     .pressure = {.volatility_factor = 1.0,
                  .drift_per_second = (-LOG_OF_FOUR_FIFTHS - 0.08) / (5 * HOURS)},
     .spread_factor = 1.0,
     .trade_factor = 1.0},
};

static const struct scenario_phase phases_chop[] = {
    {.seconds = 24 * HOURS,
     .pressure = {.volatility_factor = 1.5, .pull_per_second = CHOP_PULL, .jumps_off = true},
     .spread_factor = 1.0,
     .trade_factor = 1.5},
};

/* An ordinary market between two silences of the feed. */
#define QUIET_THEN_SILENT(on, off)                                                      \
    {.seconds = (on),                                                                   \
     .pressure = {.volatility_factor = 1.0},                                            \
     .spread_factor = 1.0,                                                              \
     .trade_factor = 1.0},                                                              \
    {                                                                                   \
        .seconds = (off), .pressure = {.volatility_factor = 1.0}, .spread_factor = 1.0, \
        .trade_factor = 1.0, .feed_down = true                                          \
    }

static const struct scenario_phase phases_outage[] = {
    QUIET_THEN_SILENT(2 * MINUTES, 45.0),
    QUIET_THEN_SILENT(3 * MINUTES, 5.0),
    QUIET_THEN_SILENT(10 * MINUTES, 3 * MINUTES),
};

struct scenario_row {
    const char *name, *sentence;
    const struct scenario_phase *phases;
    size_t phase_count;
};

static const struct scenario_row scenarios[] = {
#define SCENARIO_ROW(upper, lower, sentence) \
    {#lower, sentence, phases_##lower, ARRAY_COUNT(phases_##lower)},
    SCENARIO_TABLE(SCENARIO_ROW)
#undef SCENARIO_ROW
};

_Static_assert(ARRAY_COUNT(scenarios) == SCENARIO_COUNT, "one row for each scenario");

const struct scenario_phase *scenario_phase_at(enum scenario scenario, double seconds)
{
    const struct scenario_row *row = &scenarios[scenario];
    double cycle = 0.0;
    for (size_t i = 0; i < row->phase_count; i++) {
        cycle += row->phases[i].seconds;
    }
    double into = seconds - cycle * (double)(int64_t)(seconds / cycle);
    for (size_t i = 0; i + 1 < row->phase_count; i++) {
        if (into < row->phases[i].seconds) {
            return &row->phases[i];
        }
        into -= row->phases[i].seconds;
    }
    return &row->phases[row->phase_count - 1];
}

const char *scenario_name(enum scenario scenario)
{
    return scenarios[scenario].name;
}

const char *scenario_sentence(enum scenario scenario)
{
    return scenarios[scenario].sentence;
}

bool scenario_parse(struct text text, enum scenario *out)
{
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        if (text_equal(text, text_of(scenarios[i].name))) {
            *out = (enum scenario)i;
            return true;
        }
    }
    return false;
}
