/* Commodity channel index: the typical price's distance from its mean, in mean absolute deviations.
 *
 * The deviation is summed anew for every bar, since its centre moves: in four lanes, lane j of
 * the values j, j + 4, ... counted from the oldest, then (0 + 1) + (2 + 3). */
#include "core/signal/column.h"
#include "core/signal/lanes.h"

struct cci {
    uint32_t period;
    uint32_t index; /* where the next value goes, and its twin period later */
    /* A window twice side by side, so that the last n lie together; then the mean. */
    double slots[];
};

SIGNAL_WARMUP(cci, signal_period(params, 0) - 1)

static size_t cci_state_size(const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    return sizeof(struct cci) + 2 * (size_t)period * sizeof(double) + sma_size(period);
}

static struct sma *cci_mean(struct cci *cci)
{
    return (struct sma *)(void *)(cci->slots + 2 * (size_t)cci->period);
}

static void cci_start(void *state, const struct indicator_params *params)
{
    struct cci *cci = state;
    uint32_t period = signal_period(params, 0);
    *cci = (struct cci){.period = period};
    for (size_t i = 0; i < 2 * (size_t)period; i++)
        cci->slots[i] = 0.0;
    sma_init(cci_mean(cci), period);
}

/* Value i of those that are not newest, or the mean, whose distance is 0. */
ALWAYS_INLINE double cci_single(const double *values, uint32_t i, uint32_t count, double newest,
                                double mean)
{
    if (i + 1 < count)
        return signal_load(&values[i]);
    return i + 1 == count ? newest : mean;
}

/* The last of the values is `newest`: it was written just now, and a wide load over it would have
 * to wait, so the last one to four are loaded one by one. */
ALWAYS_INLINE double cci_deviation(const double *values, uint32_t count, double newest, double mean)
{
    quad centre = quad_of(mean);
    quad lane = quad_of(0.0);
    uint32_t i = 0;
    for (; i + 4 < count; i += 4)
        lane += quad_distance(values + i, &centre);
    quad away = (quad){cci_single(values, i, count, newest, mean),
                       cci_single(values, i + 1, count, newest, mean),
                       cci_single(values, i + 2, count, newest, mean),
                       cci_single(values, i + 3, count, newest, mean)} -
                centre;
    lane += quad_abs(&away);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

ALWAYS_INLINE double cci_value(double typical, double mean, double deviation, double period)
{
    return ratio_of((typical - mean) * period, 0.015 * deviation);
}

ALWAYS_INLINE bool cci_step(struct cci *cci, const struct indicator_bar *bar, double *out)
{
    double typical = signal_typical(bar);
    struct sma *mean = cci_mean(cci);
    bool ready = sma_update(mean, typical);
    cci->slots[cci->index] = typical;
    cci->slots[cci->index + cci->period] = typical;
    cci->index = cci->index + 1 == cci->period ? 0 : cci->index + 1;
    out[0] = SIGNAL_NAN;
    if (ready) {
        double deviation = cci_deviation(cci->slots + cci->index, cci->period, typical,
                                         mean->value);
        out[0] = cci_value(typical, mean->value, deviation, (double)cci->period);
    }
    return ready;
}

/* Deviations of four bars at once, each summed in the lanes and the order of cci_deviation. */
ALWAYS_INLINE quad cci_deviations(const double *values, size_t count, const quad *mean)
{
    quad lane[4] = {{0}};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (size_t k = 0; k < 4; k++)
            lane[k] += quad_distance(values + i + k, mean);
    }
    for (size_t k = 0; i + k < count; k++)
        lane[k] += quad_distance(values + i + k, mean);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* typical: the four blocks and the block before them; mean: room for four blocks. */
ALWAYS_INLINE void cci_four(const double *typical, size_t n, quad *sums, double *mean, double *out)
{
    quad_means(typical + n, n, sums, mean);
    for (size_t i = 0; i < QUAD_BLOCKS * n; i += 4) {
        quad centre = quad_load(mean + i);
        quad deviation = cci_deviations(typical + i + 1, n, &centre);
        for (size_t k = 0; k < 4; k++)
            out[i + k] = cci_value(typical[n + i + k], centre[k], deviation[k], (double)n);
    }
}

ALWAYS_INLINE size_t cci_quads(const struct indicator_params *params,
                               const struct indicator_columns *columns, size_t from, size_t end,
                               double *const *out)
{
    quad sums[INDICATOR_PERIOD_MAX];
    double typical[(QUAD_BLOCKS + 1) * INDICATOR_PERIOD_MAX];
    double mean[QUAD_BLOCKS * INDICATOR_PERIOD_MAX];
    size_t n = signal_period(params, 0);
    for (size_t i = from; i < end; i += QUAD_BLOCKS * n) {
        for (size_t k = 0; k < (QUAD_BLOCKS + 1) * n; k++) {
            struct indicator_bar bar = signal_row(columns, i - n + k, INDICATOR_HLC);
            typical[k] = signal_typical(&bar);
        }
        cci_four(typical, n, sums, mean, out[0] + i);
    }
    return end;
}

SIGNAL_STREAM_QUADS(cci, struct cci, INDICATOR_HLC, 1)

const struct indicator_class indicator_cci = {
    .name = "cci",
    .summary = "commodity channel index of the typical price",
    .source = "D. Lambert, Commodities (1980): (tp - mean) / (0.015 mean absolute deviation)",
    .checked = "talib: Stock.Indicators, Lean spy_with_cci; tulip: Tulip",
    .inputs = INDICATOR_HLC,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"cci"},
    SIGNAL_STREAM_ROW(cci),
    SIGNAL_LANES_ROW(cci),
};
