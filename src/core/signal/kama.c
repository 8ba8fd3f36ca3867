/* Kaufman's adaptive moving average: fast where the price runs straight, slow where it wanders.
 *
 *     efficiency  e = |x - x n bars ago| / sum of the last n |x - x one bar ago|      1 where flat
 *     constant    c = (e (2/3 - 2/31) + 2/31)^2
 *     average     v = v + c (x - v)
 *
 * It starts from close n - 1 (the n-th), which Tulip shows and TA-Lib does not. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct kama {
    struct window_sum path;
    struct window_lag lag;
    double value;
    double last;
    uint32_t seen;       /* closes so far, up to the first value */
    uint32_t show_first; /* 1: the starting close is a value */
    double slots[];      /* of path, then of lag */
};

SIGNAL_WARMUP(kama, signal_period(params, 0) - (params->convention == INDICATOR_TULIP))

static size_t kama_state_size(const struct indicator_params *params)
{
    uint32_t period = signal_period(params, 0);
    return sizeof(struct kama) +
           (window_sum_slots(period) + window_lag_slots(period)) * sizeof(double);
}

static void kama_start(void *state, const struct indicator_params *params)
{
    struct kama *kama = state;
    uint32_t period = signal_period(params, 0);
    *kama = (struct kama){.show_first = params->convention == INDICATOR_TULIP};
    window_sum_init(&kama->path, kama->slots, period);
    window_lag_init(&kama->lag, kama->slots + window_sum_slots(period), period);
}

ALWAYS_INLINE bool kama_step(struct kama *kama, const struct indicator_bar *bar, double *out)
{
    uint32_t period = kama->lag.period;
    double x = bar->close;
    double ago, path = 0.0;
    bool ready = window_lag_update(&kama->lag, kama->slots + window_sum_slots(period), x, &ago);
    if (kama->seen > 0)
        window_sum_update(&kama->path, kama->slots, signal_abs(x - kama->last), &path);
    kama->last = x;
    if (!ready) {
        kama->seen++;
        kama->value = x;
        ready = kama->show_first && kama->seen == period;
        out[0] = ready ? x : SIGNAL_NAN;
        return ready;
    }
    double way = signal_abs(x - ago);
    double efficiency = way < path ? way / path : 1.0;
    double root = efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0;
    kama->value = __builtin_fma(root * root, x - kama->value, kama->value);
    out[0] = kama->value;
    return true;
}

SIGNAL_STREAM(kama, struct kama, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_kama = {
    .name = "kama",
    .summary = "Kaufman's adaptive moving average of the closes",
    .source =
        "P. Kaufman, Trading Systems and Methods (1998); TA-Lib ta_KAMA.c, constants 2 and 30",
    .conventions = "tulip: the starting close, one bar earlier, is the first value",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 10)},
    .output_count = 1,
    .outputs = {"kama"},
    SIGNAL_STREAM_ROW(kama),
};
