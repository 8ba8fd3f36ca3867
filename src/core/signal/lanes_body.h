/* Indicators over eight series at once, for the variant that lanes_ops.h was made for. Each is its
 * namesake in ema.h, sma.h, window.h and the indicator's own file, with V in place of double: the
 * same operations in the same order. Counters are shared, since the series share bars. */
#ifndef TERN_CORE_SIGNAL_LANES_BODY_H
#define TERN_CORE_SIGNAL_LANES_BODY_H

#include "core/signal/adx.h"
#include "core/signal/lanes_ops.h"
#include "core/signal/macd.h"
#include "core/signal/psar.h"
#include "core/signal/rsi.h"
#include "core/signal/window.h"

#define LOAD LN(load)
#define STORE LN(store)
#define SET LN(set)
#define ADD LN(add)
#define SUB LN(sub)
#define MUL LN(mul)
#define FMA LN(fma)
#define MAX LN(max)
#define MIN LN(min)
#define SELECT LN(select)
#define RATIO LN(ratio)

struct LN(row) {
    V high, low, close, volume;
};

OP struct LN(row) LN(row_of)(const struct indicator_lanes *columns, size_t i, uint32_t inputs)
{
    V none = SET(0.0);
    size_t at = i * INDICATOR_LANES;
    return (struct LN(row)){
        inputs & INDICATOR_HIGH ? LOAD(columns->high + at) : none,
        inputs & INDICATOR_LOW ? LOAD(columns->low + at) : none,
        inputs & INDICATOR_CLOSE ? LOAD(columns->close + at) : none,
        inputs & INDICATOR_VOLUME ? LOAD(columns->volume + at) : none,
    };
}

#define LANES_ROWS(name, inputs, outputs)                                                   \
    OP void LN(name##_rows)(struct LN(name) * state, const struct indicator_lanes *columns, \
                            size_t from, size_t to, double *const *out)                     \
    {                                                                                       \
        double *outs[outputs];                                                              \
        for (size_t k = 0; k < (outputs); k++)                                              \
            outs[k] = out[k];                                                               \
        for (size_t i = from; i < to; i++) {                                                \
            struct LN(row) row = LN(row_of)(columns, i, inputs);                            \
            V values[outputs];                                                              \
            LN(name##_step)(state, &row, values);                                           \
            for (size_t k = 0; k < (outputs); k++)                                          \
                STORE(outs[k] + i * INDICATOR_LANES, values[k]);                            \
        }                                                                                   \
    }

/* Rows until every output is ready, then the rest with the counters known to be at rest. */
#define LANES_STREAM(name, inputs, outputs)                        \
    LANES_ROWS(name, inputs, outputs)                              \
    LANES_TARGET void LN(name##_lanes)(SIGNAL_LANES_ARGS)          \
    {                                                              \
        const struct indicator_lanes local = *columns;             \
        size_t warm = (size_t)indicator_##name.warmup(params) + 1; \
        warm = warm < count ? warm : count;                        \
        struct LN(name) state;                                     \
        LN(name##_start)(&state, params);                          \
        LN(name##_rows)(&state, &local, 0, warm, out);             \
        LN(name##_steady)(&state);                                 \
        LN(name##_rows)(&state, &local, warm, count, out);         \
    }

/* ema.h */
struct LN(average) {
    V value, keep, take;
    uint32_t seed, missing;
};

OP void LN(average_init)(struct LN(average) * average, const struct ema *like)
{
    *average = (struct LN(average)){SET(like->value), SET(like->keep), SET(like->take), like->seed,
                                    like->missing};
}

OP bool LN(average_update)(struct LN(average) * average, V x)
{
    if (UNLIKELY(average->missing != 0)) {
        if (average->missing > average->seed) {
            average->missing--;
            return false;
        }
        V count = SET((double)(average->seed - average->missing + 1));
        average->value = ADD(average->value, LN(div)(SUB(x, average->value), count));
        average->missing--;
        return average->missing == 0;
    }
    average->value = FMA(average->value, average->keep, MUL(x, average->take));
    return true;
}

OP V LN(shown)(bool ready, V value)
{
    return ready ? value : SET(SIGNAL_NAN);
}

struct LN(ema) {
    struct LN(average) mean;
};

OP void LN(ema_start)(struct LN(ema) * state, const struct indicator_params *params)
{
    struct ema like;
    indicator_ema.init(&like, params);
    LN(average_init)(&state->mean, &like);
}

OP void LN(ema_steady)(struct LN(ema) * state)
{
    state->mean.missing = 0;
}

OP void LN(ema_step)(struct LN(ema) * state, const struct LN(row) * row, V *out)
{
    bool ready = LN(average_update)(&state->mean, row->close);
    out[0] = LN(shown)(ready, state->mean.value);
}

LANES_STREAM(ema, INDICATOR_CLOSE, 1)

struct LN(rsi) {
    struct LN(average) gain, loss;
    V previous, flat;
    uint32_t seen;
};

OP void LN(rsi_start)(struct LN(rsi) * state, const struct indicator_params *params)
{
    struct rsi like;
    indicator_rsi.init(&like, params);
    LN(average_init)(&state->gain, &like.gain);
    LN(average_init)(&state->loss, &like.loss);
    state->previous = SET(0.0);
    state->flat = SET(like.flat);
    state->seen = 0;
}

OP void LN(rsi_steady)(struct LN(rsi) * state)
{
    state->gain.missing = 0;
    state->loss.missing = 0;
    state->seen = 1;
}

OP void LN(rsi_step)(struct LN(rsi) * state, const struct LN(row) * row, V *out)
{
    V zero = SET(0.0);
    V change = SUB(row->close, state->previous);
    state->previous = row->close;
    out[0] = SET(SIGNAL_NAN);
    if (UNLIKELY(state->seen == 0)) {
        state->seen = 1;
        return;
    }
    LN(average_update)(&state->loss, MAX(SUB(zero, change), zero));
    if (!LN(average_update)(&state->gain, MAX(change, zero)))
        return;
    V sum = ADD(state->gain.value, state->loss.value);
    V value = RATIO(MUL(SET(100.0), state->gain.value), sum);
    out[0] = ADD(value, SELECT(sum, zero, zero, state->flat));
}

LANES_STREAM(rsi, INDICATOR_CLOSE, 1)

struct LN(macd) {
    struct LN(average) fast, slow, signal;
};

OP void LN(macd_start)(struct LN(macd) * state, const struct indicator_params *params)
{
    struct macd like;
    indicator_macd.init(&like, params);
    LN(average_init)(&state->fast, &like.fast);
    LN(average_init)(&state->slow, &like.slow);
    LN(average_init)(&state->signal, &like.signal);
}

OP void LN(macd_steady)(struct LN(macd) * state)
{
    state->fast.missing = 0;
    state->slow.missing = 0;
    state->signal.missing = 0;
}

OP void LN(macd_step)(struct LN(macd) * state, const struct LN(row) * row, V *out)
{
    bool ready = false;
    V line = SET(0.0);
    LN(average_update)(&state->fast, row->close);
    if (LN(average_update)(&state->slow, row->close)) {
        line = SUB(state->fast.value, state->slow.value);
        ready = LN(average_update)(&state->signal, line);
    }
    bool shown = state->slow.missing == 0 && state->signal.missing < state->signal.seed;
    out[0] = LN(shown)(shown, line);
    out[1] = LN(shown)(ready, state->signal.value);
    out[2] = LN(shown)(ready, SUB(line, state->signal.value));
}

LANES_STREAM(macd, INDICATOR_CLOSE, 3)

OP V LN(true_range)(V high, V low, V last)
{
    return SUB(MAX(high, last), MIN(low, last));
}

struct LN(atr) {
    struct LN(average) mean;
    V previous;
    uint32_t seen;
};

OP void LN(atr_start)(struct LN(atr) * state, const struct indicator_params *params)
{
    struct atr like;
    indicator_atr.init(&like, params);
    LN(average_init)(&state->mean, &like.mean);
    state->previous = SET(0.0);
    state->seen = 0;
}

OP void LN(atr_steady)(struct LN(atr) * state)
{
    state->mean.missing = 0;
    state->seen = 1;
}

OP void LN(atr_step)(struct LN(atr) * state, const struct LN(row) * row, V *out)
{
    V last = state->seen ? state->previous : row->close;
    state->seen = 1;
    state->previous = row->close;
    bool ready = LN(average_update)(&state->mean, LN(true_range)(row->high, row->low, last));
    out[0] = LN(shown)(ready, state->mean.value);
}

LANES_STREAM(atr, INDICATOR_HLC, 1)

struct LN(adx) {
    struct LN(average) mean;
    V high, low, close, plus, minus, range, keep;
    uint32_t sums, first, seen;
};

OP void LN(adx_start)(struct LN(adx) * state, const struct indicator_params *params)
{
    struct adx like;
    V zero = SET(0.0);
    indicator_adx.init(&like, params);
    *state = (struct LN(adx)){.high = zero,
                              .low = zero,
                              .close = zero,
                              .plus = zero,
                              .minus = zero,
                              .range = zero,
                              .keep = SET(like.keep),
                              .sums = like.sums,
                              .first = like.first};
    LN(average_init)(&state->mean, &like.mean);
}

OP void LN(adx_steady)(struct LN(adx) * state)
{
    state->mean.missing = 0;
    state->sums = 0;
    state->first = 0;
    state->seen = 1;
}

OP void LN(adx_step)(struct LN(adx) * state, const struct LN(row) * row, V *out)
{
    V zero = SET(0.0);
    V hundred = SET(100.0);
    V up = SUB(row->high, state->high);
    V down = SUB(state->low, row->low);
    V range = LN(true_range)(row->high, row->low, state->close);
    state->high = row->high;
    state->low = row->low;
    state->close = row->close;
    out[0] = out[1] = out[2] = SET(SIGNAL_NAN);
    if (UNLIKELY(state->seen == 0)) {
        state->seen = 1;
        return;
    }
    V keep = state->sums > 0 ? SET(1.0) : state->keep;
    state->sums -= state->sums > 0;
    state->plus = FMA(state->plus, keep, SELECT(up, MAX(down, zero), up, zero));
    state->minus = FMA(state->minus, keep, SELECT(down, MAX(up, zero), down, zero));
    state->range = FMA(state->range, keep, range);
    if (UNLIKELY(state->first > 0)) {
        state->first--;
        if (state->first > 0)
            return;
    }
    V sum = ADD(state->plus, state->minus);
    V dx = RATIO(MUL(hundred, LN(abs)(SUB(state->plus, state->minus))), sum);
    V held = state->mean.value;
    bool was_ready = state->mean.missing == 0;
    bool ready = LN(average_update)(&state->mean, dx);
    /* Where nothing has moved the average stays as it is, once there is one. */
    if (was_ready)
        state->mean.value = SELECT(sum, zero, state->mean.value, held);
    out[0] = LN(shown)(ready, state->mean.value);
    V scale = RATIO(hundred, state->range);
    out[1] = MUL(state->plus, scale);
    out[2] = MUL(state->minus, scale);
}

LANES_STREAM(adx, INDICATOR_HLC, 3)

struct LN(obv) {
    V value, last, first;
    uint32_t seen;
};

OP void LN(obv_start)(struct LN(obv) * state, const struct indicator_params *params)
{
    double first = params->convention == INDICATOR_TALIB ? 1.0 : 0.0;
    *state = (struct LN(obv)){SET(0.0), SET(0.0), SET(first), 0};
}

OP void LN(obv_steady)(struct LN(obv) * state)
{
    state->seen = 1;
}

OP void LN(obv_step)(struct LN(obv) * state, const struct LN(row) * row, V *out)
{
    V zero = SET(0.0);
    V one = SET(1.0);
    V sign = SUB(SELECT(row->close, state->last, one, zero),
                 SELECT(state->last, row->close, one, zero));
    if (UNLIKELY(state->seen == 0))
        sign = state->first;
    state->seen = 1;
    state->last = row->close;
    state->value = ADD(state->value, MUL(sign, row->volume));
    out[0] = state->value;
}

LANES_STREAM(obv, INDICATOR_CLOSE | INDICATOR_VOLUME, 1)

/* psar.c. Stop and extreme are those of the side, negated where it falls, and both ways on are
 * computed: only the choice between them waits for the last stop. */
struct LN(psar) {
    V sign, stop, extreme, steps, high, low, step, max;
    uint32_t seen; /* bars, up to 2 */
};

OP V LN(psar_next)(V stop, V extreme, V speed)
{
    return FMA(stop, SUB(SET(1.0), speed), MUL(speed, extreme));
}

OP void LN(psar_start)(struct LN(psar) * state, const struct indicator_params *params)
{
    V zero = SET(0.0);
    *state = (struct LN(psar)){.sign = zero,
                               .stop = zero,
                               .extreme = zero,
                               .steps = SET(1.0),
                               .high = zero,
                               .low = zero,
                               .step = SET(params->values[0]),
                               .max = SET(params->values[1])};
}

OP void LN(psar_steady)(struct LN(psar) * state)
{
    state->seen = 2;
}

/* Begins with the second bar, as TA-Lib does. */
OP void LN(psar_begin)(struct LN(psar) * state, V high, V low)
{
    V zero = SET(0.0);
    V up = SUB(high, state->high);
    V down = SUB(state->low, low);
    state->sign = SELECT(down, MAX(up, zero), SET(-1.0), SET(1.0));
    state->stop = SELECT(state->sign, zero, state->low, SUB(zero, state->high));
    state->extreme = SELECT(state->sign, zero, high, SUB(zero, low));
    state->high = high;
    state->low = low;
}

OP V LN(psar_next_stop)(struct LN(psar) * state, V high, V low)
{
    V step = state->step, max = state->max;
    V zero = SET(0.0), one = SET(1.0);
    V sign = state->sign, stop = state->stop, extreme = state->extreme;
    V top = SELECT(sign, zero, high, SUB(zero, low));
    V bottom = SELECT(sign, zero, low, SUB(zero, high));
    V top_last = SELECT(sign, zero, state->high, SUB(zero, state->low));
    V bottom_last = SELECT(sign, zero, state->low, SUB(zero, state->high));
    state->high = high;
    state->low = low;

    V bound = MAX(top_last, top);
    V turned = MAX(extreme, bound);
    V turned_next = MAX(LN(psar_next)(turned, bottom, MIN(step, max)), bound);

    V steps = ADD(state->steps, SELECT(top, extreme, one, zero));
    extreme = MAX(top, extreme);
    V next = MIN(LN(psar_next)(stop, extreme, MIN(MUL(steps, step), max)),
                 MIN(bottom_last, bottom));

    state->steps = SELECT(bottom, stop, steps, one);
    state->extreme = SELECT(bottom, stop, extreme, SUB(zero, bottom));
    state->sign = SELECT(bottom, stop, sign, SUB(zero, sign));
    state->stop = SELECT(bottom, stop, next, SUB(zero, turned_next));
    return MUL(sign, SELECT(bottom, stop, stop, turned));
}

OP void LN(psar_step)(struct LN(psar) * state, const struct LN(row) * row, V *out)
{
    if (UNLIKELY(state->seen < 2)) {
        state->seen++;
        if (state->seen == 1) {
            state->high = row->high;
            state->low = row->low;
            out[0] = SET(SIGNAL_NAN);
            return;
        }
        LN(psar_begin)(state, row->high, row->low);
    }
    out[0] = LN(psar_next_stop)(state, row->high, row->low);
}

LANES_ROWS(psar, INDICATOR_HIGH | INDICATOR_LOW, 1)

/* Tulip's rules, one series after another by the streaming form. */
OP void LN(psar_each)(SIGNAL_LANES_ARGS)
{
    for (size_t lane = 0; lane < INDICATOR_LANES; lane++) {
        struct psar psar;
        indicator_psar.init(&psar, params);
        for (size_t i = lane; i < count * INDICATOR_LANES; i += INDICATOR_LANES) {
            struct indicator_bar bar = {.high = columns->high[i], .low = columns->low[i]};
            indicator_psar.update(&psar, &bar, &out[0][i]);
        }
    }
}

LANES_TARGET void LN(psar_lanes)(SIGNAL_LANES_ARGS)
{
    struct LN(psar) state;
    size_t warm = count < 2 ? count : 2;
    if (params->convention == INDICATOR_TULIP) {
        LN(psar_each)(params, columns, count, out);
        return;
    }
    LN(psar_start)(&state, params);
    LN(psar_rows)(&state, columns, 0, warm, out);
    LN(psar_steady)(&state);
    LN(psar_rows)(&state, columns, warm, count, out);
}

#endif
