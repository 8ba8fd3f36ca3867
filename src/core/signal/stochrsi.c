/* Stochastic RSI: where the RSI lies in its own range of the last n bars, smoothed twice. */
#include "core/signal/class.h"
#include "core/signal/rsi.h"
#include "core/signal/sma.h"
#include "core/signal/window.h"

struct stochrsi {
    struct rsi rsi;
    struct window_extreme highest, lowest; /* the second of minus the RSI */
    double scale;
    uint32_t period, smooth_k, smooth_d;
    uint32_t unused;
    double slots[]; /* of highest, of lowest, then the two means */
};

static bool stochrsi_plain(const struct indicator_params *params)
{
    return params->convention == INDICATOR_TULIP;
}

static uint32_t stochrsi_k_period(const struct indicator_params *params)
{
    return stochrsi_plain(params) ? 1 : signal_period(params, 2);
}

static uint32_t stochrsi_d_period(const struct indicator_params *params)
{
    return stochrsi_plain(params) ? 1 : signal_period(params, 3);
}

SIGNAL_WARMUP(stochrsi, signal_period(params, 0) + signal_period(params, 1) +
                            stochrsi_k_period(params) + stochrsi_d_period(params) - 3)

static size_t stochrsi_state_size(const struct indicator_params *params)
{
    return sizeof(struct stochrsi) +
           2 * window_extreme_slots(signal_period(params, 1)) * sizeof(double) +
           sma_size(stochrsi_k_period(params)) + sma_size(stochrsi_d_period(params));
}

static double *stochrsi_lowest_slots(struct stochrsi *state)
{
    return state->slots + window_extreme_slots(state->period);
}

static struct sma *stochrsi_k(struct stochrsi *state)
{
    return (struct sma *)(void *)(state->slots + 2 * window_extreme_slots(state->period));
}

static struct sma *stochrsi_d(struct stochrsi *state)
{
    return (struct sma *)(void *)((char *)stochrsi_k(state) + sma_size(state->smooth_k));
}

static void stochrsi_start(void *memory, const struct indicator_params *params)
{
    struct stochrsi *state = memory;
    *state = (struct stochrsi){.scale = stochrsi_plain(params) ? 1.0 : 100.0,
                               .period = signal_period(params, 1),
                               .smooth_k = stochrsi_k_period(params),
                               .smooth_d = stochrsi_d_period(params)};
    rsi_init(&state->rsi, signal_period(params, 0), signal_convention(params));
    window_extreme_init(&state->highest, state->slots, state->period);
    window_extreme_init(&state->lowest, stochrsi_lowest_slots(state), state->period);
    sma_init(stochrsi_k(state), state->smooth_k);
    sma_init(stochrsi_d(state), state->smooth_d);
}

ALWAYS_INLINE bool stochrsi_step(struct stochrsi *state, const struct indicator_bar *bar,
                                 double *out)
{
    struct sma *k = stochrsi_k(state);
    struct sma *d = stochrsi_d(state);
    out[0] = out[1] = SIGNAL_NAN;
    if (!rsi_update(&state->rsi, bar->close))
        return false;
    double rsi = state->rsi.value;
    double highest, lowest;
    bool ranged = window_extreme_update(&state->highest, state->slots, rsi, &highest);
    window_extreme_update(&state->lowest, stochrsi_lowest_slots(state), -rsi, &lowest);
    double range = highest + lowest;
    if (!ranged || !sma_update(k, ratio_of(state->scale * (rsi + lowest), range)))
        return false;
    out[0] = k->value;
    bool ready = sma_update(d, k->value);
    out[1] = ready ? d->value : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM(stochrsi, struct stochrsi, INDICATOR_CLOSE, 2)

const struct indicator_class indicator_stochrsi = {
    .name = "stochrsi",
    .summary = "stochastic oscillator of the RSI, 0 to 100",
    .source = "T. Chande and S. Kroll, The New Technical Trader (1994)",
    .conventions = "tulip: 0 to 1, without means; classic: a flat RSI is 50",
    .checked = "talib: Lean spy_with_StochRSI; tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 4,
    .parameters = {SIGNAL_PERIOD("rsi", "bars of the RSI", 14),
                   SIGNAL_PERIOD("period", "bars of the range", 14),
                   SIGNAL_PERIOD("k", "bars of %K's mean", 3),
                   SIGNAL_PERIOD("d", "bars of %D's mean", 3)},
    .output_count = 2,
    .outputs = {"k", "d"},
    SIGNAL_STREAM_ROW(stochrsi),
};
