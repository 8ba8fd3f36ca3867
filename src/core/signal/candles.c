/* Candlestick patterns as an indicator: see candles.h. */
#include "core/signal/candles.h"

#include "core/signal/class.h"
#include "core/signal/window.h"

_Static_assert(CANDLE_COUNT <= 52, "a set of patterns is exact in a double");

struct candle {
    double open, high, low, close;
};

struct candles {
    struct window_sum bodies, ranges;
    struct candle last, before;   /* one bar ago, two bars ago */
    double mean_body, mean_range; /* of the n bars before the current one */
    uint64_t seen;                /* 1 once the means are there */
    double slots[];               /* of bodies, then of ranges */
};

SIGNAL_WARMUP(candles, signal_period(params, 0))

static size_t candles_state_size(const struct indicator_params *params)
{
    return sizeof(struct candles) + 2 * window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void candles_start(void *state, const struct indicator_params *params)
{
    struct candles *candles = state;
    uint32_t period = signal_period(params, 0);
    *candles = (struct candles){0};
    window_sum_init(&candles->bodies, candles->slots, period);
    window_sum_init(&candles->ranges, candles->slots + window_sum_slots(period), period);
}

static double candle_top(const struct candle *candle)
{
    return signal_max(candle->open, candle->close);
}

static double candle_bottom(const struct candle *candle)
{
    return signal_min(candle->open, candle->close);
}

static double candle_body(const struct candle *candle)
{
    return candle_top(candle) - candle_bottom(candle);
}

/* What can be said of one candle against the means. */
struct candle_shape {
    bool white, black;
    bool body_none, body_short, body_long;
    bool upper_none, upper_long, lower_none, lower_long;
    bool between_wicks;
};

static struct candle_shape candle_shape_of(const struct candle *candle, double mean_body,
                                           double mean_range)
{
    double body = candle_body(candle);
    double upper = candle->high - candle_top(candle);
    double lower = candle_bottom(candle) - candle->low;
    return (struct candle_shape){
        .white = candle->open<candle->close, .black = candle->open> candle->close,
        .body_none =
            body<0.05 * mean_range,
                 .body_short = body<0.5 * mean_body, .body_long = body> 1.4 * mean_body,
                 .upper_none = upper<0.05 * mean_range, .upper_long = upper> 0.6 * mean_body,
                 .lower_none = lower<0.05 * mean_range, .lower_long = lower> 0.6 * mean_body,
                 .between_wicks = upper>
                body &&
            lower > body,
    };
}

static bool gap_up(const struct candle *candle, const struct candle *last)
{
    return candle_bottom(candle) >= candle_top(last);
}

static bool gap_down(const struct candle *candle, const struct candle *last)
{
    return candle_top(candle) <= candle_bottom(last);
}

static bool opens_inside(const struct candle *candle, const struct candle *last)
{
    return candle->open < candle_top(last) && candle->open > candle_bottom(last);
}

/* Patterns of three candles: a (two bars ago), b and c (the current one). */
static uint64_t patterns_of_three(const struct candles *state, const struct candle *c)
{
    const struct candle *a = &state->before;
    const struct candle *b = &state->last;
    struct candle_shape first = candle_shape_of(a, state->mean_body, state->mean_range);
    struct candle_shape second = candle_shape_of(b, state->mean_body, state->mean_range);
    struct candle_shape third = candle_shape_of(c, state->mean_body, state->mean_range);
    bool top = first.white && first.body_long && third.black && c->close <= a->close;
    bool bottom = first.black && first.body_long && third.white && c->close >= a->close;
    bool evening = top && gap_up(b, a) && gap_down(c, b);
    bool morning = bottom && gap_down(b, a) && gap_up(c, b);
    bool baby = second.body_none;
    bool inside = opens_inside(b, a) && opens_inside(c, b);
    uint64_t set = 0;
    set |= (uint64_t)(evening && second.body_short) << CANDLE_evening_star;
    set |= (uint64_t)(evening && baby) << CANDLE_evening_doji_star;
    set |= (uint64_t)(morning && second.body_short) << CANDLE_morning_star;
    set |= (uint64_t)(morning && baby) << CANDLE_morning_doji_star;
    set |= (uint64_t)(top && baby && b->low >= a->high && c->high <= b->low)
           << CANDLE_abandoned_baby_bear;
    set |= (uint64_t)(bottom && baby && b->high <= a->low && c->low >= b->high)
           << CANDLE_abandoned_baby_bull;
    set |= (uint64_t)(inside && first.white && second.white && third.white && b->close > a->close &&
                      c->close > b->close)
           << CANDLE_three_white_soldiers;
    set |= (uint64_t)(inside && first.black && second.black && third.black && b->close < a->close &&
                      c->close < b->close)
           << CANDLE_three_black_crows;
    return set;
}

/* Patterns of one candle and of it beside the last. */
static uint64_t patterns_of_two(const struct candles *state, const struct candle *c)
{
    const struct candle *b = &state->last;
    struct candle_shape shape = candle_shape_of(c, state->mean_body, state->mean_range);
    bool bare = shape.body_long && shape.upper_none && shape.lower_none;
    bool hanging = shape.body_short && shape.upper_none && shape.lower_long;
    bool reaching = shape.body_short && shape.upper_long && shape.lower_none;
    double near = 0.3 * state->mean_range;
    uint64_t set = 0;
    set |= (uint64_t)(shape.black && shape.body_long) << CANDLE_big_black_candle;
    set |= (uint64_t)(shape.white && shape.body_long) << CANDLE_big_white_candle;
    set |= (uint64_t)bare << CANDLE_marubozu;
    set |= (uint64_t)(bare && shape.black) << CANDLE_black_marubozu;
    set |= (uint64_t)(bare && shape.white) << CANDLE_white_marubozu;
    set |= (uint64_t)shape.body_none << CANDLE_doji;
    set |= (uint64_t)(shape.body_none && shape.upper_none && shape.lower_none)
           << CANDLE_four_price_doji;
    set |= (uint64_t)(shape.body_none && shape.upper_none && shape.lower_long)
           << CANDLE_dragonfly_doji;
    set |= (uint64_t)(shape.body_none && shape.upper_long && shape.lower_none)
           << CANDLE_gravestone_doji;
    set |= (uint64_t)(shape.body_none && shape.upper_long && shape.lower_long)
           << CANDLE_long_legged_doji;
    set |= (uint64_t)(shape.body_short && shape.between_wicks) << CANDLE_spinning_top;
    set |= (uint64_t)(shape.body_short && (c->low >= b->high || c->high <= b->low)) << CANDLE_star;
    set |= (uint64_t)(hanging && candle_bottom(c) <= b->low + near) << CANDLE_hammer;
    set |= (uint64_t)(hanging && candle_bottom(c) >= b->high - near) << CANDLE_hanging_man;
    set |= (uint64_t)(reaching && gap_down(c, b)) << CANDLE_inverted_hammer;
    set |= (uint64_t)(reaching && gap_up(c, b)) << CANDLE_shooting_star;
    set |= (uint64_t)(shape.black && b->open < b->close && c->close < b->open && c->open > b->close)
           << CANDLE_engulfing_bear;
    set |= (uint64_t)(shape.white && b->open > b->close && c->close > b->open && c->open < b->close)
           << CANDLE_engulfing_bull;
    return set;
}

static double lean_of(uint64_t set)
{
    static const int8_t leans[CANDLE_COUNT] = {
#define CANDLE_LEAN(name, lean, description) [CANDLE_##name] = (lean),
        CANDLE_LIST(CANDLE_LEAN)
#undef CANDLE_LEAN
    };
    int sum = 0;
    for (int i = 0; i < CANDLE_COUNT; i++)
        sum += (set >> i & 1) ? leans[i] : 0;
    return (double)sum;
}

ALWAYS_INLINE bool candles_step(struct candles *state, const struct indicator_bar *bar, double *out)
{
    struct candle candle = {bar->open, bar->high, bar->low, bar->close};
    double *range_slots = state->slots + window_sum_slots(state->ranges.period);
    bool ready = state->seen != 0;
    out[0] = out[1] = SIGNAL_NAN;
    if (ready) {
        uint64_t set = patterns_of_two(state, &candle);
        /* With a window of one bar there is no third candle yet when the means are there. */
        if (state->seen > 1)
            set |= patterns_of_three(state, &candle);
        out[0] = (double)set;
        out[1] = lean_of(set);
    }
    double bodies, ranges;
    double n = (double)state->bodies.period;
    bool full = window_sum_update(&state->bodies, state->slots, candle_body(&candle), &bodies);
    window_sum_update(&state->ranges, range_slots, candle.high - candle.low, &ranges);
    state->mean_body = bodies / n;
    state->mean_range = ranges / n;
    if (full && state->seen < 2)
        state->seen += state->bodies.period > 1 ? 2 : 1;
    state->before = state->last;
    state->last = candle;
    return ready;
}

SIGNAL_STREAM(candles, struct candles, INDICATOR_OHLC, 2)

const struct indicator_class indicator_candles = {
    .name = "candles",
    .summary = "candlestick patterns of the bar, one bit each, and bullish less bearish ones",
    .source = "S. Nison, Japanese Candlestick Charting Techniques (1991); list: candles.h",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_OHLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars of the means that sizes are measured by", 10)},
    .output_count = 2,
    .outputs = {"patterns", "lean"},
    SIGNAL_STREAM_ROW(candles),
};
