/* score: RSI, moving averages and MACD on one scale, weighed; buys above a threshold, sells below
 * another. Positive means buy. */
#include "core/signal/score.h"

#include "core/signal/atr.h"
#include "core/signal/macd.h"
#include "core/signal/rsi.h"
#include "core/strategy/closes.h"
#include "core/strategy/strategy.h"

#define ATR_PERIOD 14

struct score_state {
    struct rsi rsi;
    struct macd macd;
    struct atr atr;
    double ma_fast, ma_slow;
    uint64_t rsi_ready, ma_ready, macd_ready, atr_ready;
    /* struct closes follows, unless the averages are off and have no periods */
};

static struct closes *closes_of(struct score_state *state)
{
    return (struct closes *)(void *)(state + 1);
}

static size_t score_size(const double *params)
{
    if (params[SCORE_MA_SLOW] == 0)
        return sizeof(struct score_state);
    return sizeof(struct score_state) + closes_size((uint32_t)params[SCORE_MA_SLOW]);
}

static void score_init(void *block, const double *params)
{
    struct score_state *state = block;
    enum indicator_convention convention = (enum indicator_convention)params[SCORE_CONVENTION];
    *state = (struct score_state){0};
    rsi_init(&state->rsi, (uint32_t)params[SCORE_RSI_PERIOD], convention);
    macd_init(&state->macd, (uint32_t)params[SCORE_MACD_FAST], (uint32_t)params[SCORE_MACD_SLOW],
              (uint32_t)params[SCORE_MACD_SIGNAL], convention);
    atr_init(&state->atr, ATR_PERIOD, convention);
    if (params[SCORE_MA_SLOW] > 0) {
        closes_init(closes_of(state), (uint32_t)params[SCORE_MA_FAST],
                    (uint32_t)params[SCORE_MA_SLOW]);
    }
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t score_warmup(const double *params)
{
    enum indicator_convention convention = (enum indicator_convention)params[SCORE_CONVENTION];
    uint32_t range = 1 + atr_lead(ATR_PERIOD, convention);
    uint32_t bars = 0;
    if (params[SCORE_RSI_WEIGHT] > 0)
        bars = larger(bars, (uint32_t)params[SCORE_RSI_PERIOD] + 1);
    if (params[SCORE_MA_WEIGHT] > 0)
        bars = larger(larger(bars, range), (uint32_t)params[SCORE_MA_SLOW]);
    if (params[SCORE_MACD_WEIGHT] > 0) {
        uint32_t lead = macd_lead((uint32_t)params[SCORE_MACD_FAST],
                                  (uint32_t)params[SCORE_MACD_SLOW],
                                  (uint32_t)params[SCORE_MACD_SIGNAL], convention);
        bars = larger(larger(bars, range), 1 + lead);
    }
    return bars;
}

static inline __attribute__((always_inline)) void score_take(void *block, const double *params,
                                                             const struct bar *bar, double scale)
{
    struct score_state *state = block;
    double high = (double)bar->high.units / scale;
    double low = (double)bar->low.units / scale;
    double close = (double)bar->close.units / scale;
    state->atr_ready = atr_update(&state->atr, high, low, close) ? 1 : 0;
    if (params[SCORE_RSI_WEIGHT] > 0)
        state->rsi_ready = rsi_update(&state->rsi, close) ? 1 : 0;
    if (params[SCORE_MACD_WEIGHT] > 0)
        state->macd_ready = macd_update(&state->macd, close) ? 1 : 0;
    if (params[SCORE_MA_WEIGHT] > 0) {
        struct closes *closes = closes_of(state);
        state->ma_ready = closes_add(closes, bar->close.units) ? 1 : 0;
        state->ma_fast = closes_mean_fast(closes, scale);
        state->ma_slow = closes_mean_slow(closes, scale);
    }
}

static void score_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    score_take(block, params, bar, scale);
}

#ifdef STRATEGY_FMA
STRATEGY_FMA static void score_bar_fma(void *block, const double *params, const struct bar *bar,
                                       double scale)
{
    score_take(block, params, bar, scale);
}
#else
#define score_bar_fma NULL
#endif

static enum stance score_decide(const void *block, const double *params, struct decision *decision,
                                bool *ready)
{
    const struct score_state *state = block;
    double range = state->atr.mean.value;
    bool ranged = state->atr_ready != 0;
    struct score_term terms[3] = {
        {0, params[SCORE_RSI_WEIGHT], state->rsi_ready != 0},
        {0, params[SCORE_MA_WEIGHT], state->ma_ready != 0 && ranged},
        {0, params[SCORE_MACD_WEIGHT], state->macd_ready != 0 && ranged},
    };
    if (terms[0].ready) {
        terms[0].score = score_rsi(state->rsi.value, params[SCORE_RSI_OVERSOLD],
                                   params[SCORE_RSI_OVERBOUGHT]);
    }
    if (terms[1].ready)
        terms[1].score = score_ma(state->ma_fast, state->ma_slow, range);
    if (terms[2].ready)
        terms[2].score = score_macd(state->macd.histogram, range);
    struct score score;
    *ready = score_combine(terms, ARRAY_COUNT(terms), &score);
    if (!*ready)
        return STANCE_NONE;
    decision->score = score.value;
    decision->confidence = (float)score.confidence;
    for (size_t i = 0; i < ARRAY_COUNT(terms); i++)
        decision->parts[i] = terms[i].score;
    if (score.confidence < params[SCORE_CONFIDENCE_MIN])
        return STANCE_NONE;
    if (score.value >= params[SCORE_ENTER])
        return STANCE_LONG;
    if (score.value <= params[SCORE_EXIT])
        return STANCE_FLAT;
    return STANCE_NONE;
}

const struct strategy_class strategy_score = {
    .name = "score",
    .summary = "RSI, moving averages and MACD weighed on one scale; positive buys",
    .parts = {"rsi", "ma", "macd"},
    .parameter_count = 15,
    .parameters =
        {
            {"rsi.weight", "weight of the RSI score", 0.40, 0, 1000, false},
            {"rsi.period", "bars", 14, 1, INDICATOR_PERIOD_MAX, true},
            {"rsi.oversold", "RSI at or below: +1", 30, 0, 100, false},
            {"rsi.overbought", "RSI at or above: -1", 70, 0, 100, false},
            {"ma.weight", "weight of the average score", 0.35, 0, 1000, false},
            {"ma.fast", "bars", 10, 1, INDICATOR_PERIOD_MAX, true},
            {"ma.slow", "bars", 20, 2, INDICATOR_PERIOD_MAX, true},
            {"macd.weight", "weight of the MACD score", 0.25, 0, 1000, false},
            {"macd.fast", "bars", 12, 1, INDICATOR_PERIOD_MAX, true},
            {"macd.slow", "bars", 26, 2, INDICATOR_PERIOD_MAX, true},
            {"macd.signal", "bars", 9, 1, INDICATOR_PERIOD_MAX, true},
            {"enter", "buy at score >=", 0.05, -1, 1, false},
            {"exit", "sell at score <=", -0.05, -1, 1, false},
            {"confidence_min", "share of weight agreeing in sign", 0, 0, 1, false},
            STRATEGY_CONVENTION,
        },
    .state_size = score_size,
    .init = score_init,
    .warmup = score_warmup,
    .bar = score_bar,
    .bar_fma = score_bar_fma,
    .decide = score_decide,
};
