/* Ichimoku kinko hyo. Lines are middles of the highest high and the lowest low of n bars:
 * conversion (short), base (middle), and two spans drawn `shift` bars ahead: A = mean of conversion
 * and base, B = middle of the long window. The spans given with a bar are those drawn at that bar,
 * so they were known `shift` bars ago; nothing looks ahead. The lagging line is the close itself,
 * drawn backwards by the chart, and no output. */
#include "core/signal/class.h"
#include "core/signal/window.h"

#define LINES 3
#define ICHIMOKU_PERIOD_MAX 500

struct ichimoku {
    struct window_extreme highest[LINES], lowest[LINES];
    struct window_lag lag_a, lag_b;
    double slots[]; /* for each line of highest and of lowest, then of the two lags */
};

SIGNAL_WARMUP(ichimoku,
              signal_max(params->values[2], signal_max(params->values[0], params->values[1])) - 1 +
                  params->values[3])

static size_t ichimoku_state_size(const struct indicator_params *params)
{
    size_t slots = 2 * window_lag_slots(signal_period(params, 3));
    for (int i = 0; i < LINES; i++)
        slots += 2 * window_extreme_slots(signal_period(params, i));
    return sizeof(struct ichimoku) + slots * sizeof(double);
}

static void ichimoku_start(void *state, const struct indicator_params *params)
{
    struct ichimoku *ichimoku = state;
    uint32_t shift = signal_period(params, 3);
    double *slots = ichimoku->slots;
    for (int i = 0; i < LINES; i++) {
        uint32_t period = signal_period(params, i);
        window_extreme_init(&ichimoku->highest[i], slots, period);
        slots += window_extreme_slots(period);
        window_extreme_init(&ichimoku->lowest[i], slots, period);
        slots += window_extreme_slots(period);
    }
    window_lag_init(&ichimoku->lag_a, slots, shift);
    window_lag_init(&ichimoku->lag_b, slots + window_lag_slots(shift), shift);
}

ALWAYS_INLINE bool ichimoku_step(struct ichimoku *ichimoku, const struct indicator_bar *bar,
                                 double *out)
{
    double line[LINES];
    bool ready[LINES];
    double *slots = ichimoku->slots;
    for (int i = 0; i < LINES; i++) {
        double highest, lowest;
        size_t width = window_extreme_slots(ichimoku->highest[i].period);
        ready[i] = window_extreme_update(&ichimoku->highest[i], slots, bar->high, &highest);
        window_extreme_update(&ichimoku->lowest[i], slots + width, -bar->low, &lowest);
        line[i] = (highest - lowest) * 0.5;
        slots += 2 * width;
    }
    double span_a = 0.0;
    double span_b = 0.0;
    bool shown_a = false;
    bool shown_b = false;
    if (ready[0] && ready[1])
        shown_a = window_lag_update(&ichimoku->lag_a, slots, (line[0] + line[1]) * 0.5, &span_a);
    slots += window_lag_slots(ichimoku->lag_a.period);
    if (ready[2])
        shown_b = window_lag_update(&ichimoku->lag_b, slots, line[2], &span_b);
    out[0] = ready[0] ? line[0] : SIGNAL_NAN;
    out[1] = ready[1] ? line[1] : SIGNAL_NAN;
    out[2] = shown_a ? span_a : SIGNAL_NAN;
    out[3] = shown_b ? span_b : SIGNAL_NAN;
    return shown_a && shown_b;
}

SIGNAL_STREAM(ichimoku, struct ichimoku, INDICATOR_HIGH | INDICATOR_LOW, 4)

#define ICHIMOKU_PERIOD(name_, summary_, fallback_)                          \
    {                                                                        \
        .name = name_, .summary = summary_, .fallback = fallback_, .min = 1, \
        .max = ICHIMOKU_PERIOD_MAX, .integer = true                          \
    }

const struct indicator_class indicator_ichimoku = {
    .name = "ichimoku",
    .summary = "conversion and base line and the two spans of the cloud, in price",
    .source = "G. Hosoda, Ichimoku Kinko Hyo (1969)",
    .inputs = INDICATOR_HIGH | INDICATOR_LOW,
    .parameter_count = 4,
    .parameters = {ICHIMOKU_PERIOD("conversion", "bars", 9), ICHIMOKU_PERIOD("base", "bars", 26),
                   ICHIMOKU_PERIOD("span_b", "bars", 52),
                   ICHIMOKU_PERIOD("shift", "bars the spans are drawn ahead", 26)},
    .output_count = 4,
    .outputs = {"conversion", "base", "span_a", "span_b"},
    SIGNAL_STREAM_ROW(ichimoku),
};
