/* Donchian channel: the highest high and the lowest low of the last n bars. */
#include "core/signal/class.h"
#include "core/signal/column.h"
#include "core/signal/lanes.h"
#include "core/signal/window.h"

struct donchian {
    struct window_extreme highest;
    struct window_extreme lowest; /* of minus the low */
    uint64_t exclude;             /* 1: the current bar is left out, for breakouts */
    double last_upper, last_lower;
    uint64_t last_ready;
    double slots[];
};

SIGNAL_WARMUP(donchian, signal_period(params, 0) - 1 + (params->values[1] != 0.0))

static size_t donchian_state_size(const struct indicator_params *params)
{
    return sizeof(struct donchian) +
           2 * window_extreme_slots(signal_period(params, 0)) * sizeof(double);
}

static void donchian_start(void *state, const struct indicator_params *params)
{
    struct donchian *donchian = state;
    uint32_t period = signal_period(params, 0);
    *donchian = (struct donchian){.exclude = params->values[1] != 0.0};
    window_extreme_init(&donchian->highest, donchian->slots, period);
    window_extreme_init(&donchian->lowest, donchian->slots + window_extreme_slots(period), period);
}

ALWAYS_INLINE bool donchian_step(struct donchian *donchian, const struct indicator_bar *bar,
                                 double *out)
{
    double upper, lower;
    double *slots_low = donchian->slots + window_extreme_slots(donchian->lowest.period);
    bool ready = window_extreme_update(&donchian->highest, donchian->slots, bar->high, &upper);
    window_extreme_update(&donchian->lowest, slots_low, -bar->low, &lower);
    lower = -lower;
    if (donchian->exclude) {
        double swap_upper = donchian->last_upper;
        double swap_lower = donchian->last_lower;
        uint64_t swap_ready = donchian->last_ready;
        donchian->last_upper = upper;
        donchian->last_lower = lower;
        donchian->last_ready = ready;
        upper = swap_upper;
        lower = swap_lower;
        ready = swap_ready != 0;
    }
    out[0] = ready ? lower : SIGNAL_NAN;
    out[1] = ready ? (lower + upper) * 0.5 : SIGNAL_NAN;
    out[2] = ready ? upper : SIGNAL_NAN;
    return ready;
}

ALWAYS_INLINE void donchian_kernel(SIGNAL_BATCH_ARGS)
{
    double highest[COLUMN_SPARE], lowest[COLUMN_SPARE], spare[COLUMN_SPARE],
        spare_low[COLUMN_SPARE];
    size_t n = signal_period(params, 0);
    size_t first = donchian_warmup(params);
    double *lower = out[0], *middle = out[1], *upper = out[2];
    for (size_t k = 0; k < 3; k++)
        column_fill(out[k], count < first ? count : first);
    for (size_t from = first; from < count; from += COLUMN_CHUNK) {
        size_t length = count - from < COLUMN_CHUNK ? count - from : COLUMN_CHUNK;
        const double *high = column_highest(columns->high + from - first, n, length, highest,
                                            spare);
        const double *low = column_lowest(columns->low + from - first, n, length, lowest,
                                          spare_low);
        for (size_t i = 0; i < length; i++) {
            lower[from + i] = low[i];
            middle[from + i] = (low[i] + high[i]) * 0.5;
            upper[from + i] = high[i];
        }
    }
}

SIGNAL_UPDATE(donchian, struct donchian)
SIGNAL_BATCH_SEGMENTS(donchian)

const struct indicator_class indicator_donchian = {
    .name = "donchian",
    .summary = "highest high and lowest low of the last bars",
    .source = "R. Donchian's four-week rule (1960); exclude = 1 leaves the current bar out, which "
              "a breakout needs",
    .checked = "talib: golden vector; tulip: Tulip",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    .parameter_count = 2,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20),
                   {.name = "exclude",
                    .summary = "1: without the current bar",
                    .fallback = 0,
                    .min = 0,
                    .max = 1,
                    .integer = true}},
    .output_count = 3,
    .outputs = {"lower", "middle", "upper"},
    SIGNAL_SEGMENTS_ROW(donchian),
    SIGNAL_LANES_ROW(donchian),
};
