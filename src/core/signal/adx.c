/* ADX, +DI and -DI as an indicator: see adx.h. */
#include "core/signal/adx.h"

#include "core/signal/class.h"
#include "core/signal/lanes.h"

SIGNAL_FIXED_STATE(adx, struct adx)

static uint32_t adx_first(const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    return params->convention == INDICATOR_TULIP && period > 1 ? period - 1 : period;
}

SIGNAL_WARMUP(adx, adx_first(params) + signal_period(params, 0) - 1)

static void adx_start(void *state, const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    uint32_t sums = params->convention == INDICATOR_CLASSIC ? period : period - 1;
    adx_init(state, period, sums, adx_first(params));
}

ALWAYS_INLINE bool adx_step(struct adx *adx, const struct indicator_bar *bar, double *out)
{
    bool directed;
    bool ready = adx_update(adx, bar->high, bar->low, bar->close, &directed);
    out[0] = ready ? adx->mean.value : SIGNAL_NAN;
    out[1] = directed ? adx->plus_di : SIGNAL_NAN;
    out[2] = directed ? adx->minus_di : SIGNAL_NAN;
    return ready;
}

#define ADX_CHUNK 256

/* A chunk on its way: movements and true ranges, then their decaying sums, then DX in `range` and
 * the sum of both movements in `moving`. */
struct adx_chunk {
    double plus[ADX_CHUNK], minus[ADX_CHUNK], range[ADX_CHUNK], moving[ADX_CHUNK];
    size_t from, length;
};

ALWAYS_INLINE void adx_movements(struct adx_chunk *chunk, const struct indicator_columns *columns)
{
    const double *high = columns->high + chunk->from;
    const double *low = columns->low + chunk->from;
    const double *last = columns->close + chunk->from - 1;
    for (size_t i = 0; i < chunk->length; i++) {
        double up = high[i] - high[i - 1];
        double down = low[i - 1] - low[i];
        chunk->plus[i] = up > signal_max(down, 0.0) ? up : 0.0;
        chunk->minus[i] = down > signal_max(up, 0.0) ? down : 0.0;
        chunk->range[i] = true_range(high[i], low[i], last[i]);
    }
}

ALWAYS_INLINE void adx_indices(struct adx_chunk *chunk, double *plus_di, double *minus_di)
{
    const double *plus = chunk->plus;
    const double *minus = chunk->minus;
    double hundred = opaque(100.0);
    for (size_t i = 0; i < chunk->length; i++) {
        chunk->moving[i] = plus[i] + minus[i];
        double scale = ratio_of(hundred, chunk->range[i]);
        plus_di[i] = plus[i] * scale;
        minus_di[i] = minus[i] * scale;
    }
    for (size_t i = 0; i < chunk->length; i++)
        chunk->range[i] = ratio_of(100.0 * signal_abs(plus[i] - minus[i]), chunk->moving[i]);
}

ALWAYS_INLINE void adx_sums(struct adx *adx, struct adx_chunk *chunk, size_t i)
{
    chunk->plus[i] = adx->plus = __builtin_fma(adx->plus, adx->keep, chunk->plus[i]);
    chunk->minus[i] = adx->minus = __builtin_fma(adx->minus, adx->keep, chunk->minus[i]);
    chunk->range[i] = adx->range = __builtin_fma(adx->range, adx->keep, chunk->range[i]);
}

ALWAYS_INLINE double adx_average(struct ema *mean, const struct adx_chunk *done, size_t i)
{
    if (LIKELY(done->moving[i] > 0.0))
        mean->value = __builtin_fma(mean->value, mean->keep, done->range[i] * mean->take);
    return mean->value;
}

/* The sums of one chunk beside the average of the chunk before it: four chains that do not wait for
 * each other. */
ALWAYS_INLINE void adx_chains(struct adx *adx, struct adx_chunk *chunk,
                              const struct adx_chunk *done, double *average)
{
    struct adx local = *adx;
    size_t both = chunk->length < done->length ? chunk->length : done->length;
    for (size_t i = 0; i < both; i++) {
        adx_sums(&local, chunk, i);
        average[i] = adx_average(&local.mean, done, i);
    }
    for (size_t i = both; i < chunk->length; i++)
        adx_sums(&local, chunk, i);
    for (size_t i = both; i < done->length; i++)
        average[i] = adx_average(&local.mean, done, i);
    *adx = local;
}

ALWAYS_INLINE void adx_kernel(SIGNAL_BATCH_ARGS)
{
    struct adx adx;
    struct adx_chunk chunks[2];
    size_t i = 0;
    adx_start(&adx, params);
    for (bool ready = false; i < count && !ready; i++) {
        struct indicator_bar bar = signal_row(columns, i, INDICATOR_HLC);
        double values[3];
        ready = adx_step(&adx, &bar, values);
        for (size_t k = 0; k < 3; k++)
            out[k][i] = values[k];
    }
    struct adx_chunk *chunk = &chunks[0];
    struct adx_chunk *done = &chunks[1];
    done->length = 0;
    done->from = i;
    while (i < count || done->length > 0) {
        chunk->from = i;
        chunk->length = count - i < ADX_CHUNK ? count - i : ADX_CHUNK;
        if (chunk->length > 0)
            adx_movements(chunk, columns);
        adx_chains(&adx, chunk, done, out[0] + done->from);
        adx_indices(chunk, out[1] + i, out[2] + i);
        i += chunk->length;
        struct adx_chunk *swap = chunk;
        chunk = done;
        done = swap;
    }
}

SIGNAL_UPDATE(adx, struct adx)
SIGNAL_BATCH_SEGMENTS(adx)

const struct indicator_class indicator_adx = {
    .name = "adx",
    .summary = "average directional index with +DI and -DI, 0 to 100",
    .source = "J. W. Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ta_ADX.c",
    .conventions =
        "talib sums n - 1 movements before decay, classic n; tulip shows the first index "
        "one bar earlier",
    .checked = "talib: golden vector; tulip: Tulip; classic: Stock.Indicators, Lean "
               "spy_with_adx",
    .inputs = INDICATOR_HLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 14)},
    .output_count = 3,
    .outputs = {"adx", "plus_di", "minus_di"},
    SIGNAL_SEGMENTS_ROW(adx),
    SIGNAL_LANES_ROW(adx),
};
