/* Bollinger bands: the mean of the last n closes and as many population standard deviations above
 * and below it. */
#include "core/signal/column.h"
#include "core/signal/lanes.h"

struct bollinger {
    struct window_moments window;
    double width; /* in standard deviations */
    double slots[];
};

SIGNAL_WARMUP(bollinger, signal_period(params, 0) - 1)

static size_t bollinger_state_size(const struct indicator_params *params)
{
    return sizeof(struct bollinger) +
           window_moments_slots(signal_period(params, 0)) * sizeof(double);
}

static void bollinger_start(void *state, const struct indicator_params *params)
{
    struct bollinger *bollinger = state;
    bollinger->width = params->values[1];
    window_moments_init(&bollinger->window, bollinger->slots, signal_period(params, 0));
}

ALWAYS_INLINE bool bollinger_step(struct bollinger *bollinger, const struct indicator_bar *bar,
                                  double *out)
{
    double mean, variance;
    bool ready = window_moments_update(&bollinger->window, bollinger->slots, bar->close, &mean,
                                       &variance);
    double reach = bollinger->width * __builtin_sqrt(variance);
    out[0] = ready ? mean - reach : SIGNAL_NAN;
    out[1] = ready ? mean : SIGNAL_NAN;
    out[2] = ready ? mean + reach : SIGNAL_NAN;
    return ready;
}

/* Four blocks at once, with sums of squares beside the sums of quad_means. */
ALWAYS_INLINE void bollinger_four(const double *x, size_t n, double width, quad *sums,
                                  quad *squares, double *lower, double *middle, double *upper)
{
    quad inverse = quad_of(1.0 / (double)n);
    quad pivot = quad_gather(x - 1, n);
    quad sum = quad_of(0.0);
    quad square = quad_of(0.0);
    sums[n - 1] = squares[n - 1] = sum;
    for (size_t k = n - 1; k > 0; k--) {
        quad distance = quad_gather(x - n + k, n) - pivot;
        sums[k - 1] = sum += distance;
        squares[k - 1] = square += distance * distance;
    }
    sum = square = quad_of(0.0);
    for (size_t k = 0; k < n; k++) {
        quad distance = quad_gather(x + k, n) - pivot;
        sum += distance;
        square += distance * distance;
        quad whole = sum + sums[k];
        quad offset = whole * inverse;
        quad spread = (square + squares[k] - whole * offset) * inverse;
        quad reach;
        for (int lane = 0; lane < QUAD_BLOCKS; lane++)
            reach[lane] = __builtin_sqrt(signal_max(spread[lane], 0.0));
        reach *= quad_of(width);
        quad mean = pivot + offset;
        QUAD_SCATTER(lower + k, n, mean - reach);
        QUAD_SCATTER(middle + k, n, mean);
        QUAD_SCATTER(upper + k, n, mean + reach);
    }
}

ALWAYS_INLINE size_t bollinger_quads(const struct indicator_params *params,
                                     const struct indicator_columns *columns, size_t from,
                                     size_t end, double *const *out)
{
    quad sums[INDICATOR_PERIOD_MAX], squares[INDICATOR_PERIOD_MAX];
    size_t n = signal_period(params, 0);
    for (size_t i = from; i < end; i += QUAD_BLOCKS * n)
        bollinger_four(columns->close + i, n, params->values[1], sums, squares, out[0] + i,
                       out[1] + i, out[2] + i);
    return end;
}

SIGNAL_STREAM_QUADS(bollinger, struct bollinger, INDICATOR_CLOSE, 3)

const struct indicator_class indicator_bollinger = {
    .name = "bollinger",
    .summary = "bands of standard deviations around the mean of the closes",
    .source = "J. Bollinger, Bollinger on Bollinger Bands (2001); population deviation",
    .checked = "talib: golden vector, Stock.Indicators, Lean spy_bollinger_bands; tulip: "
               "Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 2,
    .parameters =
        {SIGNAL_PERIOD("period", "bars", 20),
         {.name = "width", .summary = "standard deviations", .fallback = 2, .min = 0, .max = 100}},
    .output_count = 3,
    .outputs = {"lower", "middle", "upper"},
    SIGNAL_STREAM_ROW(bollinger),
    SIGNAL_LANES_ROW(bollinger),
};
