/* Windows over eight series at once, for the variant that lanes_ops.h was made for. The slots lie
 * on the stack of the column call, one V a bar of the window: 256 KiB at most. */
#ifndef TERN_CORE_SIGNAL_LANES_WINDOW_H
#define TERN_CORE_SIGNAL_LANES_WINDOW_H

#include "core/signal/lanes_body.h"

#define LANES_SLOTS (INDICATOR_PERIOD_MAX + 1)

/* The position in the blocks of a window, shared by all series. */
struct LN(place) {
    uint32_t period, index, blocks;
};

OP bool LN(place_next)(struct LN(place) * place)
{
    place->index++;
    return place->index == place->period;
}

/* sma.h */
struct LN(mean) {
    struct LN(place) place;
    V pivot, prefix, inverse;
};

OP void LN(mean_init)(struct LN(mean) * mean, V *slots, uint32_t period)
{
    *mean = (struct LN(mean)){.place = {.period = period},
                              .pivot = SET(0.0),
                              .prefix = SET(0.0),
                              .inverse = SET(1.0 / (double)period)};
    for (uint32_t i = 0; i <= period; i++)
        slots[i] = SET(0.0);
}

OP bool LN(mean_update)(struct LN(mean) * mean, V *slots, V x, V *value)
{
    struct LN(place) *place = &mean->place;
    if (UNLIKELY(place->index == 0 && place->blocks == 0))
        mean->pivot = x;
    mean->prefix = ADD(mean->prefix, SUB(x, mean->pivot));
    V sum = ADD(mean->prefix, slots[place->index + 1]);
    slots[place->index] = x;
    *value = ADD(mean->pivot, MUL(sum, mean->inverse));
    if (!LN(place_next)(place))
        return place->blocks != 0;
    V suffix = SET(0.0);
    for (uint32_t i = place->period - 1; i > 0; i--)
        slots[i] = suffix = ADD(suffix, SUB(slots[i], x));
    mean->pivot = x;
    mean->prefix = SET(0.0);
    place->index = 0;
    place->blocks = 1;
    return true;
}

/* Whole columns go block by block, two blocks at a time where there are two: their sums do not wait
 * for each other. The first block has no suffix. */
#define LANES_BLOCKS 2
#define LANES_AT(x, i) ((x) + (i)*INDICATOR_LANES)

/* Calls call(blocks) with from and length set for the blocks after the first; the last may be cut
 * short. */
#define LANES_EACH_BLOCK(n, count, call)                                         \
    for (size_t from = (n); from < (count);) {                                   \
        size_t blocks = from + LANES_BLOCKS * (n) <= (count) ? LANES_BLOCKS : 1; \
        size_t length = from + (n) <= (count) ? (n) : (count)-from;              \
        if (blocks == LANES_BLOCKS)                                              \
            call(LANES_BLOCKS);                                                  \
        else                                                                     \
            call(1);                                                             \
        from += blocks * (n);                                                    \
    }

OP void LN(nothing)(double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        STORE(LANES_AT(out, i), SET(SIGNAL_NAN));
}

OP void LN(sma_blocks)(const double *x, size_t n, size_t length, size_t blocks, V *slots,
                       double *out)
{
    V inverse = SET(1.0 / (double)n);
    V sum[LANES_BLOCKS], pivot[LANES_BLOCKS];
    for (size_t b = 0; b < blocks; b++) {
        pivot[b] = LOAD(LANES_AT(x, b * n) - INDICATOR_LANES);
        sum[b] = slots[b * n + n - 1] = SET(0.0);
    }
    for (size_t k = n - 1; k > 0; k--) {
        for (size_t b = 0; b < blocks; b++) {
            V value = LOAD(LANES_AT(x, b * n + k) - n * INDICATOR_LANES);
            slots[b * n + k - 1] = sum[b] = ADD(sum[b], SUB(value, pivot[b]));
        }
    }
    for (size_t b = 0; b < blocks; b++)
        sum[b] = SET(0.0);
    for (size_t k = 0; k < length; k++) {
        for (size_t b = 0; b < blocks; b++) {
            sum[b] = ADD(sum[b], SUB(LOAD(LANES_AT(x, b * n + k)), pivot[b]));
            V whole = ADD(sum[b], slots[b * n + k]);
            STORE(LANES_AT(out, b * n + k), ADD(pivot[b], MUL(whole, inverse)));
        }
    }
}

LANES_TARGET void LN(sma_lanes)(SIGNAL_LANES_ARGS)
{
    V slots[LANES_BLOCKS * INDICATOR_PERIOD_MAX];
    const double *x = columns->close;
    size_t n = signal_period(params, 0);
    LN(nothing)(out[0], count < n - 1 ? count : n - 1);
    if (count < n)
        return;
    V pivot = LOAD(x);
    V sum = SET(0.0);
    for (size_t i = 0; i < n; i++)
        sum = ADD(sum, SUB(LOAD(LANES_AT(x, i)), pivot));
    STORE(LANES_AT(out[0], n - 1), ADD(pivot, MUL(sum, SET(1.0 / (double)n))));
#define SMA_CALL(blocks_) \
    LN(sma_blocks)(LANES_AT(x, from), n, length, blocks_, slots, LANES_AT(out[0], from))
    LANES_EACH_BLOCK(n, count, SMA_CALL)
#undef SMA_CALL
}

/* struct window_moments */
struct LN(bands) {
    V inverse, width;
    double *lower, *middle, *upper;
};

OP void LN(bands_emit)(const struct LN(bands) * bands, size_t i, V pivot, V sum, V square)
{
    V offset = MUL(sum, bands->inverse);
    V spread = MUL(SUB(square, MUL(sum, offset)), bands->inverse);
    V mean = ADD(pivot, offset);
    V reach = MUL(bands->width, LN(root)(MAX(spread, SET(0.0))));
    STORE(LANES_AT(bands->lower, i), SUB(mean, reach));
    STORE(LANES_AT(bands->middle, i), mean);
    STORE(LANES_AT(bands->upper, i), ADD(mean, reach));
}

OP void LN(bands_blocks)(const double *x, size_t n, size_t length, size_t blocks, V *slots,
                         V *squares, const struct LN(bands) * bands, size_t from)
{
    V sum[LANES_BLOCKS], square[LANES_BLOCKS], pivot[LANES_BLOCKS];
    for (size_t b = 0; b < blocks; b++) {
        pivot[b] = LOAD(LANES_AT(x, b * n) - INDICATOR_LANES);
        sum[b] = square[b] = SET(0.0);
        slots[b * n + n - 1] = squares[b * n + n - 1] = SET(0.0);
    }
    for (size_t k = n - 1; k > 0; k--) {
        for (size_t b = 0; b < blocks; b++) {
            V distance = SUB(LOAD(LANES_AT(x, b * n + k) - n * INDICATOR_LANES), pivot[b]);
            slots[b * n + k - 1] = sum[b] = ADD(sum[b], distance);
            squares[b * n + k - 1] = square[b] = ADD(square[b], MUL(distance, distance));
        }
    }
    for (size_t b = 0; b < blocks; b++)
        sum[b] = square[b] = SET(0.0);
    for (size_t k = 0; k < length; k++) {
        for (size_t b = 0; b < blocks; b++) {
            V distance = SUB(LOAD(LANES_AT(x, b * n + k)), pivot[b]);
            sum[b] = ADD(sum[b], distance);
            square[b] = ADD(square[b], MUL(distance, distance));
            LN(bands_emit)
            (bands, from + b * n + k, pivot[b], ADD(sum[b], slots[b * n + k]),
             ADD(square[b], squares[b * n + k]));
        }
    }
}

LANES_TARGET void LN(bollinger_lanes)(SIGNAL_LANES_ARGS)
{
    V slots[LANES_BLOCKS * INDICATOR_PERIOD_MAX], squares[LANES_BLOCKS * INDICATOR_PERIOD_MAX];
    const double *x = columns->close;
    size_t n = signal_period(params, 0);
    struct LN(bands) bands = {SET(1.0 / (double)n), SET(params->values[1]), out[0], out[1], out[2]};
    for (size_t k = 0; k < 3; k++)
        LN(nothing)(out[k], count < n - 1 ? count : n - 1);
    if (count < n)
        return;
    V pivot = LOAD(x);
    V sum = SET(0.0), square = SET(0.0);
    for (size_t i = 0; i < n; i++) {
        V distance = SUB(LOAD(LANES_AT(x, i)), pivot);
        sum = ADD(sum, distance);
        square = ADD(square, MUL(distance, distance));
    }
    LN(bands_emit)(&bands, n - 1, pivot, sum, square);
#define BANDS_CALL(blocks_) \
    LN(bands_blocks)(LANES_AT(x, from), n, length, blocks_, slots, squares, &bands, from)
    LANES_EACH_BLOCK(n, count, BANDS_CALL)
#undef BANDS_CALL
}

/* struct window_weighted */
OP void LN(wma_blocks)(const double *x, size_t n, size_t length, size_t blocks, V *slots,
                       double *out)
{
    V inverse = SET(2.0 / ((double)n * ((double)n + 1.0)));
    V sum[LANES_BLOCKS], ranked[LANES_BLOCKS], pivot[LANES_BLOCKS];
    for (size_t b = 0; b < blocks; b++) {
        pivot[b] = LOAD(LANES_AT(x, b * n) - INDICATOR_LANES);
        sum[b] = ranked[b] = slots[b * n + n - 1] = SET(0.0);
    }
    for (size_t k = n - 1; k > 0; k--) {
        for (size_t b = 0; b < blocks; b++) {
            V value = LOAD(LANES_AT(x, b * n + k) - n * INDICATOR_LANES);
            sum[b] = ADD(sum[b], SUB(value, pivot[b]));
            slots[b * n + k - 1] = ranked[b] = ADD(ranked[b], sum[b]);
        }
    }
    for (size_t b = 0; b < blocks; b++)
        sum[b] = ranked[b] = SET(0.0);
    for (size_t k = 0; k < length; k++) {
        V rank = SET((double)k);
        V weight = SET((double)(n - k));
        for (size_t b = 0; b < blocks; b++) {
            V distance = SUB(LOAD(LANES_AT(x, b * n + k)), pivot[b]);
            sum[b] = ADD(sum[b], distance);
            ranked[b] = ADD(ranked[b], MUL(distance, rank));
            V whole = ADD(slots[b * n + k], ADD(MUL(weight, sum[b]), ranked[b]));
            STORE(LANES_AT(out, b * n + k), ADD(pivot[b], MUL(whole, inverse)));
        }
    }
}

LANES_TARGET void LN(wma_lanes)(SIGNAL_LANES_ARGS)
{
    V slots[LANES_BLOCKS * INDICATOR_PERIOD_MAX];
    const double *x = columns->close;
    size_t n = signal_period(params, 0);
    double whole = (double)n;
    LN(nothing)(out[0], count < n - 1 ? count : n - 1);
    if (count < n)
        return;
    V pivot = LOAD(x);
    V sum = SET(0.0), ranked = SET(0.0);
    for (size_t i = 0; i < n; i++) {
        V distance = SUB(LOAD(LANES_AT(x, i)), pivot);
        sum = ADD(sum, distance);
        ranked = ADD(ranked, MUL(distance, SET((double)i)));
    }
    ranked = ADD(sum, ranked);
    STORE(LANES_AT(out[0], n - 1), ADD(pivot, MUL(ranked, SET(2.0 / (whole * (whole + 1.0))))));
#define WMA_CALL(blocks_) \
    LN(wma_blocks)(LANES_AT(x, from), n, length, blocks_, slots, LANES_AT(out[0], from))
    LANES_EACH_BLOCK(n, count, WMA_CALL)
#undef WMA_CALL
}

/* struct window_sum, twice */
OP V LN(vwma_value)(V money, V amount, V close)
{
    V zero = SET(0.0);
    return ADD(RATIO(money, amount), SELECT(amount, zero, zero, close));
}

OP void LN(vwma_blocks)(const double *x, const double *volume, size_t n, size_t length,
                        size_t blocks, V *traded, V *volumes, double *out)
{
    V money[LANES_BLOCKS], amount[LANES_BLOCKS];
    for (size_t b = 0; b < blocks; b++) {
        money[b] = amount[b] = SET(0.0);
        traded[b * n + n - 1] = volumes[b * n + n - 1] = SET(0.0);
    }
    for (size_t k = n - 1; k > 0; k--) {
        for (size_t b = 0; b < blocks; b++) {
            V v = LOAD(LANES_AT(volume, b * n + k) - n * INDICATOR_LANES);
            V flow = MUL(LOAD(LANES_AT(x, b * n + k) - n * INDICATOR_LANES), v);
            traded[b * n + k - 1] = money[b] = ADD(money[b], flow);
            volumes[b * n + k - 1] = amount[b] = ADD(amount[b], v);
        }
    }
    for (size_t b = 0; b < blocks; b++)
        money[b] = amount[b] = SET(0.0);
    for (size_t k = 0; k < length; k++) {
        for (size_t b = 0; b < blocks; b++) {
            V v = LOAD(LANES_AT(volume, b * n + k));
            V close = LOAD(LANES_AT(x, b * n + k));
            money[b] = ADD(money[b], MUL(close, v));
            amount[b] = ADD(amount[b], v);
            V value = LN(vwma_value)(ADD(money[b], traded[b * n + k]),
                                     ADD(amount[b], volumes[b * n + k]), close);
            STORE(LANES_AT(out, b * n + k), value);
        }
    }
}

LANES_TARGET void LN(vwma_lanes)(SIGNAL_LANES_ARGS)
{
    V traded[LANES_BLOCKS * INDICATOR_PERIOD_MAX], volumes[LANES_BLOCKS * INDICATOR_PERIOD_MAX];
    const double *x = columns->close;
    const double *volume = columns->volume;
    size_t n = signal_period(params, 0);
    V money = SET(0.0), amount = SET(0.0);
    LN(nothing)(out[0], count < n - 1 ? count : n - 1);
    if (count < n)
        return;
    for (size_t i = 0; i < n; i++) {
        V v = LOAD(LANES_AT(volume, i));
        money = ADD(money, MUL(LOAD(LANES_AT(x, i)), v));
        amount = ADD(amount, v);
    }
    STORE(LANES_AT(out[0], n - 1), LN(vwma_value)(money, amount, LOAD(LANES_AT(x, n - 1))));
#define VWMA_CALL(blocks_)                                                           \
    LN(vwma_blocks)                                                                  \
    (LANES_AT(x, from), LANES_AT(volume, from), n, length, blocks_, traded, volumes, \
     LANES_AT(out[0], from))
    LANES_EACH_BLOCK(n, count, VWMA_CALL)
#undef VWMA_CALL
}

/* struct window_extreme, of the highs and of minus the lows, in step */
struct LN(range) {
    struct LN(place) place;
    V highest, lowest;
};

OP void LN(range_init)(struct LN(range) * range, V *highs, V *lows, uint32_t period)
{
    V nothing = SET(WINDOW_NOTHING);
    *range = (struct LN(range)){.place = {.period = period}, .highest = nothing, .lowest = nothing};
    for (uint32_t i = 0; i <= period; i++)
        highs[i] = lows[i] = nothing;
}

OP bool LN(range_update)(struct LN(range) * range, V *highs, V *lows, V high, V low, V *top,
                         V *bottom)
{
    struct LN(place) *place = &range->place;
    V zero = SET(0.0);
    low = SUB(zero, low);
    range->highest = MAX(high, range->highest);
    range->lowest = MAX(low, range->lowest);
    *top = MAX(highs[place->index + 1], range->highest);
    *bottom = SUB(zero, MAX(lows[place->index + 1], range->lowest));
    highs[place->index] = high;
    lows[place->index] = low;
    if (!LN(place_next)(place))
        return place->blocks != 0;
    for (uint32_t k = place->period - 1; k > 0; k--) {
        highs[k] = MAX(highs[k + 1], highs[k]);
        lows[k] = MAX(lows[k + 1], lows[k]);
    }
    range->highest = range->lowest = SET(WINDOW_NOTHING);
    place->index = 0;
    place->blocks = 1;
    return true;
}

/* In the form of LANES_STREAM, with slots that the caller of x_start holds. */
#define LANES_STREAM_SLOTS(name, inputs, outputs, slots_) \
    LANES_ROWS(name, inputs, outputs)                     \
    LANES_TARGET void LN(name##_lanes)(SIGNAL_LANES_ARGS) \
    {                                                     \
        V slots[slots_];                                  \
        const struct indicator_lanes local = *columns;    \
        struct LN(name) state;                            \
        LN(name##_start)(&state, params, slots);          \
        LN(name##_rows)(&state, &local, 0, count, out);   \
    }

struct LN(donchian) {
    struct LN(range) range;
    V *highs, *lows;
    V top, bottom; /* of the last bar, where it is that which is shown */
    bool exclude, known;
};

#define DONCHIAN_SLOTS (2 * LANES_SLOTS)

OP void LN(donchian_start)(struct LN(donchian) * state, const struct indicator_params *params,
                           V *slots)
{
    V zero = SET(0.0);
    *state = (struct LN(donchian)){.highs = slots,
                                   .lows = slots + LANES_SLOTS,
                                   .top = zero,
                                   .bottom = zero,
                                   .exclude = params->values[1] != 0.0};
    LN(range_init)(&state->range, state->highs, state->lows, signal_period(params, 0));
}

OP void LN(donchian_step)(struct LN(donchian) * state, const struct LN(row) * row, V *out)
{
    V top, bottom;
    bool ready = LN(range_update)(&state->range, state->highs, state->lows, row->high, row->low,
                                  &top, &bottom);
    if (state->exclude) {
        V top_now = top, bottom_now = bottom;
        bool known_now = ready;
        top = state->top;
        bottom = state->bottom;
        ready = state->known;
        state->top = top_now;
        state->bottom = bottom_now;
        state->known = known_now;
    }
    out[0] = LN(shown)(ready, bottom);
    out[1] = LN(shown)(ready, MUL(ADD(bottom, top), SET(0.5)));
    out[2] = LN(shown)(ready, top);
}

LANES_STREAM_SLOTS(donchian, INDICATOR_HIGH | INDICATOR_LOW, 3, DONCHIAN_SLOTS)

struct LN(stoch) {
    struct LN(range) range;
    struct LN(mean) mean_k, mean_d;
    V *highs, *lows, *slots_k, *slots_d;
};

#define STOCH_SLOTS (4 * LANES_SLOTS)

OP void LN(stoch_start)(struct LN(stoch) * state, const struct indicator_params *params, V *slots)
{
    state->highs = slots;
    state->lows = slots + LANES_SLOTS;
    state->slots_k = slots + 2 * (size_t)LANES_SLOTS;
    state->slots_d = slots + 3 * (size_t)LANES_SLOTS;
    LN(range_init)(&state->range, state->highs, state->lows, signal_period(params, 0));
    LN(mean_init)(&state->mean_k, state->slots_k, signal_period(params, 1));
    LN(mean_init)(&state->mean_d, state->slots_d, signal_period(params, 2));
}

OP void LN(stoch_step)(struct LN(stoch) * state, const struct LN(row) * row, V *out)
{
    V top, bottom, k = SET(0.0), d = SET(0.0);
    bool ranged = LN(range_update)(&state->range, state->highs, state->lows, row->high, row->low,
                                   &top, &bottom);
    V raw = RATIO(MUL(SET(100.0), SUB(row->close, bottom)), SUB(top, bottom));
    bool smoothed = ranged && LN(mean_update)(&state->mean_k, state->slots_k, raw, &k);
    bool ready = smoothed && LN(mean_update)(&state->mean_d, state->slots_d, k, &d);
    out[0] = LN(shown)(smoothed, k);
    out[1] = LN(shown)(ready, d);
}

LANES_STREAM_SLOTS(stoch, INDICATOR_HLC, 2, STOCH_SLOTS)

struct LN(cci) {
    struct LN(mean) mean;
    V *slots, *window; /* the window twice side by side, as in cci.c */
    uint32_t period, index;
};

#define CCI_SLOTS (LANES_SLOTS + 2 * INDICATOR_PERIOD_MAX)

OP void LN(cci_start)(struct LN(cci) * state, const struct indicator_params *params, V *slots)
{
    state->slots = slots;
    state->window = slots + LANES_SLOTS;
    state->period = signal_period(params, 0);
    state->index = 0;
    LN(mean_init)(&state->mean, slots, state->period);
}

OP V LN(cci_deviation)(const V *values, uint32_t count, V centre)
{
    V zero = SET(0.0);
    V lane[4] = {zero, zero, zero, zero};
    uint32_t j = 0;
    for (; j + 4 <= count; j += 4) {
        for (uint32_t k = 0; k < 4; k++)
            lane[k] = ADD(lane[k], LN(abs)(SUB(values[j + k], centre)));
    }
    for (uint32_t k = 0; j + k < count; k++)
        lane[k] = ADD(lane[k], LN(abs)(SUB(values[j + k], centre)));
    return ADD(ADD(lane[0], lane[1]), ADD(lane[2], lane[3]));
}

OP void LN(cci_step)(struct LN(cci) * state, const struct LN(row) * row, V *out)
{
    V centre;
    V typical = LN(div)(ADD(ADD(row->high, row->low), row->close), SET(3.0));
    bool ready = LN(mean_update)(&state->mean, state->slots, typical, &centre);
    uint32_t period = state->period, index = state->index;
    state->window[index] = state->window[index + period] = typical;
    state->index = index + 1 == period ? 0 : index + 1;
    out[0] = SET(SIGNAL_NAN);
    if (!ready)
        return;
    V deviation = LN(cci_deviation)(state->window + state->index, period, centre);
    out[0] = RATIO(MUL(SUB(typical, centre), SET((double)period)), MUL(SET(0.015), deviation));
}

LANES_STREAM_SLOTS(cci, INDICATOR_HLC, 1, CCI_SLOTS)

#endif
