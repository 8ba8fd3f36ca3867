/* bollinger and donchian: two bots that watch a channel of prices, built on the indicators of the
 * same names.
 *
 *     bollinger revert   enters on a close below the lower band, leaves at the middle
 *     bollinger break    enters on a close above the upper band, leaves at the middle
 *     donchian           enters above the highest high of the last n bars, leaves below the lowest
 *                        low of the last m; the bar that decides is not one of them */
#include "core/strategy/strategy.h"

/* The latest values; the indicators' own state follows. */
struct channel {
    double lower, middle, upper;
    double close;
    uint64_t ready;
};

static void bar_of(const struct bar *bar, double scale, struct indicator_bar *out)
{
    *out = (struct indicator_bar){
        .open = (double)bar->open.units / scale,
        .high = (double)bar->high.units / scale,
        .low = (double)bar->low.units / scale,
        .close = (double)bar->close.units / scale,
        .volume = bar->volume,
        .open_time_ns = bar->open_time_ns,
    };
}

/* ---- bollinger ------------------------------------------------------------------------------- */

static struct indicator_params bollinger_params(const double *params)
{
    struct indicator_params of;
    indicator_params_default(&indicator_bollinger, &of);
    of.values[0] = params[BOLLINGER_PERIOD];
    of.values[1] = params[BOLLINGER_DEVIATIONS];
    return of;
}

static size_t bollinger_size(const double *params)
{
    struct indicator_params of = bollinger_params(params);
    return sizeof(struct channel) + indicator_bollinger.state_size(&of);
}

static void bollinger_init(void *block, const double *params)
{
    struct channel *state = block;
    struct indicator_params of = bollinger_params(params);
    *state = (struct channel){0};
    indicator_bollinger.init(state + 1, &of);
}

static uint32_t bollinger_warmup(const double *params)
{
    return (uint32_t)params[BOLLINGER_PERIOD];
}

static void bollinger_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    struct channel *state = block;
    struct indicator_bar in;
    double out[INDICATOR_OUTPUTS_MAX];
    (void)params;
    bar_of(bar, scale, &in);
    state->ready = indicator_bollinger.update(state + 1, &in, out) ? 1 : 0;
    if (state->ready == 0)
        return;
    state->lower = out[0];
    state->middle = out[1];
    state->upper = out[2];
    state->close = in.close;
}

static enum stance bollinger_decide(const void *block, const double *params,
                                    struct decision *decision, bool *ready)
{
    const struct channel *state = block;
    *ready = state->ready != 0;
    if (!*ready)
        return STANCE_NONE;
    decision->parts[0] = state->lower;
    decision->parts[1] = state->middle;
    decision->parts[2] = state->upper;
    if (params[BOLLINGER_BREAK] == 0) {
        if (state->close < state->lower)
            return STANCE_LONG;
        return state->close >= state->middle ? STANCE_FLAT : STANCE_NONE;
    }
    if (state->close > state->upper)
        return STANCE_LONG;
    return state->close <= state->middle ? STANCE_FLAT : STANCE_NONE;
}

const struct strategy_class strategy_bollinger = {
    .name = "bollinger",
    .summary = "enters outside the bands, leaves at the middle; reverting or breaking out",
    .parts = {"lower", "middle", "upper"},
    .parameter_count = 3,
    .parameters =
        {
            {"period", "bars", 20, 2, INDICATOR_PERIOD_MAX, true},
            {"deviations", "standard deviations of the bands", 2, 0, 100, false},
            {"mode", "0 revert: buys below the lower band; 1 break: above the upper", 0, 0, 1,
             true},
        },
    .state_size = bollinger_size,
    .init = bollinger_init,
    .warmup = bollinger_warmup,
    .bar = bollinger_bar,
    .decide = bollinger_decide,
};

/* ---- donchian -------------------------------------------------------------------------------- */

static struct indicator_params donchian_params(double period)
{
    struct indicator_params of;
    indicator_params_default(&indicator_donchian, &of);
    of.values[0] = period;
    of.values[1] = 1; /* without the current bar */
    return of;
}

static size_t donchian_entry_size(const double *params)
{
    struct indicator_params of = donchian_params(params[DONCHIAN_ENTRY]);
    return indicator_donchian.state_size(&of);
}

static size_t donchian_size(const double *params)
{
    struct indicator_params of = donchian_params(params[DONCHIAN_EXIT]);
    return sizeof(struct channel) + donchian_entry_size(params) +
           indicator_donchian.state_size(&of);
}

static void donchian_init(void *block, const double *params)
{
    struct channel *state = block;
    struct indicator_params entry = donchian_params(params[DONCHIAN_ENTRY]);
    struct indicator_params leave = donchian_params(params[DONCHIAN_EXIT]);
    *state = (struct channel){0};
    indicator_donchian.init(state + 1, &entry);
    indicator_donchian.init((uint8_t *)(state + 1) + donchian_entry_size(params), &leave);
}

static uint32_t donchian_warmup(const double *params)
{
    double longer = params[DONCHIAN_ENTRY] > params[DONCHIAN_EXIT] ? params[DONCHIAN_ENTRY]
                                                                   : params[DONCHIAN_EXIT];
    return (uint32_t)longer + 1;
}

static void donchian_bar(void *block, const double *params, const struct bar *bar, double scale)
{
    struct channel *state = block;
    struct indicator_bar in;
    double entry[INDICATOR_OUTPUTS_MAX];
    double leave[INDICATOR_OUTPUTS_MAX];
    bar_of(bar, scale, &in);
    bool entered = indicator_donchian.update(state + 1, &in, entry);
    bool left = indicator_donchian.update((uint8_t *)(state + 1) + donchian_entry_size(params), &in,
                                          leave);
    state->ready = entered && left ? 1 : 0;
    if (state->ready == 0)
        return;
    state->upper = entry[2];
    state->lower = leave[0];
    state->close = in.close;
}

static enum stance donchian_decide(const void *block, const double *params,
                                   struct decision *decision, bool *ready)
{
    const struct channel *state = block;
    (void)params;
    *ready = state->ready != 0;
    if (!*ready)
        return STANCE_NONE;
    decision->parts[0] = state->upper;
    decision->parts[1] = state->lower;
    if (state->close > state->upper)
        return STANCE_LONG;
    return state->close < state->lower ? STANCE_FLAT : STANCE_NONE;
}

const struct strategy_class strategy_donchian = {
    .name = "donchian",
    .summary = "buys above the highest high of the last bars, sells below their lowest low",
    .parts = {"upper", "lower"},
    .parameter_count = 2,
    .parameters =
        {
            {"entry", "bars of the highest high", 20, 1, INDICATOR_PERIOD_MAX, true},
            {"exit", "bars of the lowest low", 10, 1, INDICATOR_PERIOD_MAX, true},
        },
    .state_size = donchian_size,
    .init = donchian_init,
    .warmup = donchian_warmup,
    .bar = donchian_bar,
    .decide = donchian_decide,
};
