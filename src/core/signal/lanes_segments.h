/* One long column as eight series: cut in eight pieces that overlap, computed side by side by the
 * eight-series forms, for the variant that lanes_ops.h was made for. The bits are those of the
 * column computed from its beginning, and no piece is trusted that is not proved:
 *
 *     bars      0    lead     L      L + lead   2L     2L + lead          count = 8 L + lead
 *     piece 0   ├──────────────────────┤
 *     piece 1                 ├──┄┄┄┄──┼──────────────────┤
 *     piece 2                                   ├──┄┄┄┄───┼─────── ...
 *
 * Each piece begins as if nothing had been before, `lead` bars early. Piece 0 is right. An average
 * forgets its beginning until the last bit is gone: where the state of piece s + 1 behind its lead
 * has the bits of piece s at its end, all that follows is the same, so piece s + 1 is right if
 * piece s is. Where one differs (a market that stands still can keep an average one bit off for
 * ever) the caller computes the column in one piece.
 *
 * A window forgets after a block or two whatever the market does, so its pieces need no proof; they
 * begin where the whole column's blocks begin.
 *
 * All write what they have; the wrong beginning of a piece is written over by the end of the one
 * before, which comes later. */
#ifndef TERN_CORE_SIGNAL_LANES_SEGMENTS_H
#define TERN_CORE_SIGNAL_LANES_SEGMENTS_H

#include "core/signal/lanes_window.h"

#define SEGMENT_CHUNK 64 /* rows gathered at once */
#define SEGMENT_INPUTS_MAX 3
#define SEGMENT_UNIT 8 /* doubles of a line of the cache */
/* A lead longer than this share of a piece is not worth its work. */
#define SEGMENT_LEADS 4

struct LN(segments) {
    size_t length, lead;
};

OP bool LN(segments_worth)(size_t count, size_t length)
{
    return length >= SEGMENT_LEADS * (count - INDICATOR_LANES * length) &&
           length >= SEGMENT_LEADS * SEGMENT_CHUNK;
}

/* Pieces with a lead of at least `lead` and a length that is a multiple of `unit`, itself one of
 * SEGMENT_UNIT: they begin alike within a line of the cache. Lengths in bytes that are nearly a
 * multiple of 4096 would put all eight in the same sets. */
OP bool LN(segments_plan)(struct LN(segments) * plan, size_t count, size_t lead, size_t unit)
{
    if (count <= lead)
        return false;
    size_t length = (count - lead) / INDICATOR_LANES / unit * unit;
    while (length > unit && (length + 32) % 512 < 64 && LN(segments_worth)(count, length - unit))
        length -= unit;
    plan->length = length;
    plan->lead = count - INDICATOR_LANES * length;
    return LN(segments_worth)(count, length);
}

/* ---- eight rows of eight pieces, turned ------------------------------------------------------ */

#if LANES_LEVEL == 4

struct LN(tile) {
    __m512d v[8];
};

OP void LN(tile_turn)(struct LN(tile) * tile)
{
    __m512d *v = tile->v;
    __m512d a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = _mm512_unpacklo_pd(v[i], v[i + 1]);
        a[i + 1] = _mm512_unpackhi_pd(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int k = 0; k < 2; k++) {
            b[i + k] = _mm512_shuffle_f64x2(a[i + k], a[i + k + 2], 0x88);
            b[i + k + 2] = _mm512_shuffle_f64x2(a[i + k], a[i + k + 2], 0xdd);
        }
    }
    for (int k = 0; k < 4; k++) {
        v[k] = _mm512_shuffle_f64x2(b[k], b[k + 4], 0x88);
        v[k + 4] = _mm512_shuffle_f64x2(b[k], b[k + 4], 0xdd);
    }
}

/* Eight vectors, `from` apart, turned and written `to` apart. */
OP void LN(turn)(const double *x, size_t from, double *out, size_t to)
{
    struct LN(tile) tile;
    for (size_t i = 0; i < 8; i++)
        tile.v[i] = _mm512_loadu_pd(x + i * from);
    LN(tile_turn)(&tile);
    for (size_t i = 0; i < 8; i++)
        _mm512_storeu_pd(out + i * to, tile.v[i]);
}

#elif LANES_LEVEL == 3

OP void LN(turn_four)(const double *x, size_t from, double *out, size_t to)
{
    __m256d a = _mm256_loadu_pd(x), b = _mm256_loadu_pd(x + from);
    __m256d c = _mm256_loadu_pd(x + 2 * from), d = _mm256_loadu_pd(x + 3 * from);
    __m256d ab = _mm256_unpacklo_pd(a, b), ba = _mm256_unpackhi_pd(a, b);
    __m256d cd = _mm256_unpacklo_pd(c, d), dc = _mm256_unpackhi_pd(c, d);
    _mm256_storeu_pd(out, _mm256_permute2f128_pd(ab, cd, 0x20));
    _mm256_storeu_pd(out + to, _mm256_permute2f128_pd(ba, dc, 0x20));
    _mm256_storeu_pd(out + 2 * to, _mm256_permute2f128_pd(ab, cd, 0x31));
    _mm256_storeu_pd(out + 3 * to, _mm256_permute2f128_pd(ba, dc, 0x31));
}

OP void LN(turn)(const double *x, size_t from, double *out, size_t to)
{
    LN(turn_four)(x, from, out, to);
    LN(turn_four)(x + 4, from, out + 4 * to, to);
    LN(turn_four)(x + 4 * from, from, out + 4, to);
    LN(turn_four)(x + 4 * from + 4, from, out + 4 * to + 4, to);
}

#endif

/* Rows of a column's pieces, side by side. */
OP void LN(segments_gather)(const double *x, size_t length, size_t rows, double *side)
{
    size_t i = 0;
    for (; i + 8 <= rows; i += 8)
        LN(turn)(x + i, length, side + i * INDICATOR_LANES, INDICATOR_LANES);
    for (; i < rows; i++) {
        for (size_t lane = 0; lane < INDICATOR_LANES; lane++)
            side[i * INDICATOR_LANES + lane] = x[lane * length + i];
    }
}

OP void LN(segments_scatter)(const double *side, size_t length, size_t rows, double *out)
{
    size_t i = 0;
    for (; i + 8 <= rows; i += 8)
        LN(turn)(side + i * INDICATOR_LANES, INDICATOR_LANES, out + i, length);
    for (; i < rows; i++) {
        for (size_t lane = 0; lane < INDICATOR_LANES; lane++)
            out[lane * length + i] = side[i * INDICATOR_LANES + lane];
    }
}

/* Gathers what `inputs` names, `rows` rows of the pieces from row `from` on, to memory. */
OP struct indicator_lanes LN(segments_rows)(const struct indicator_columns *columns, size_t from,
                                            size_t length, size_t rows, uint32_t inputs,
                                            double *memory, size_t capacity)
{
    const double *fields[4] = {columns->high, columns->low, columns->close, columns->volume};
    static const uint32_t bits[4] = {INDICATOR_HIGH, INDICATOR_LOW, INDICATOR_CLOSE,
                                     INDICATOR_VOLUME};
    const double *sides[4] = {NULL};
    for (size_t f = 0; f < 4; f++) {
        if (!(inputs & bits[f]))
            continue;
        LN(segments_gather)(fields[f] + from, length, rows, memory);
        sides[f] = memory;
        memory += capacity * INDICATOR_LANES;
    }
    return (struct indicator_lanes){
        .high = sides[0], .low = sides[1], .close = sides[2], .volume = sides[3]};
}

/* ---- averages -------------------------------------------------------------------------------- */

/* Whether every piece's state behind its lead is that of the piece before at its end. */
OP bool LN(segments_meet)(const V *behind_lead, const V *end, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double ahead[INDICATOR_LANES], past[INDICATOR_LANES];
        STORE(ahead, behind_lead[i]);
        STORE(past, end[i]);
        if (memcmp(ahead + 1, past, (INDICATOR_LANES - 1) * sizeof(double)) != 0)
            return false;
    }
    return true;
}

/* x_chain lists the state that the next bar's result depends on; lead is an expression in params:
 * in so many bars a beginning is forgotten; begin_ makes a state of nothing. False: nothing was
 * proved, out is to be written anew. */
#define LANES_SEGMENTS_OF(name, inputs, outputs, lead_, unit_, begin_)                         \
    OP void LN(name##_piece)(struct LN(name) * state, const struct indicator_columns *local,   \
                             size_t length, size_t from, size_t to, double *const *out)        \
    {                                                                                          \
        _Alignas(64) double in[SEGMENT_INPUTS_MAX * SEGMENT_CHUNK * INDICATOR_LANES];          \
        _Alignas(64) double made[outputs][SEGMENT_CHUNK * INDICATOR_LANES];                    \
        double *outs[outputs];                                                                 \
        for (size_t k = 0; k < (outputs); k++)                                                 \
            outs[k] = made[k];                                                                 \
        for (size_t rows = SEGMENT_CHUNK; from < to; from += rows) {                           \
            rows = rows < to - from ? rows : to - from;                                        \
            const struct indicator_lanes lanes = LN(segments_rows)(local, from, length, rows,  \
                                                                   inputs, in, SEGMENT_CHUNK); \
            LN(name##_rows)(state, &lanes, 0, rows, outs);                                     \
            for (size_t k = 0; k < (outputs); k++)                                             \
                LN(segments_scatter)(made[k], length, rows, out[k] + from);                    \
        }                                                                                      \
    }                                                                                          \
    LANES_TARGET bool LN(name##_segments)(SIGNAL_BATCH_ARGS)                                   \
    {                                                                                          \
        const struct indicator_columns local = *columns;                                       \
        struct LN(segments) plan;                                                              \
        struct LN(name) state;                                                                 \
        V behind_lead[8], end[8];                                                              \
        size_t lead = (lead_);                                                                 \
        if (!LN(segments_plan)(&plan, count, lead, (unit_)))                                   \
            return false;                                                                      \
        begin_;                                                                                \
        LN(name##_piece)(&state, &local, plan.length, 0, plan.lead, out);                      \
        LN(name##_steady)(&state);                                                             \
        LN(name##_chain)(&state, behind_lead);                                                 \
        LN(name##_piece)                                                                       \
        (&state, &local, plan.length, plan.lead, plan.lead + plan.length, out);                \
        return LN(segments_meet)(behind_lead, end, LN(name##_chain)(&state, end));             \
    }

#define LANES_SEGMENTS(name, inputs, outputs, lead_) \
    LANES_SEGMENTS_OF(name, inputs, outputs, lead_, SEGMENT_UNIT, LN(name##_start)(&state, params))

/* A weight of k a bar forgets 53 bits in 37 / k bars and the last bit in a few 1 / k more. */
#define SEGMENT_MEMORY 80.0

OP size_t LN(segments_ema_lead)(uint32_t period)
{
    return (size_t)(SEGMENT_MEMORY / 2.0 * ((double)period + 1.0));
}

OP size_t LN(segments_wilder_lead)(uint32_t period)
{
    return (size_t)(SEGMENT_MEMORY * (double)period);
}

OP size_t LN(ema_chain)(const struct LN(ema) * state, V *chain)
{
    chain[0] = state->mean.value;
    return 1;
}

LANES_SEGMENTS(ema, INDICATOR_CLOSE, 1, LN(segments_ema_lead)(signal_period(params, 0)))

OP size_t LN(rsi_chain)(const struct LN(rsi) * state, V *chain)
{
    chain[0] = state->gain.value;
    chain[1] = state->loss.value;
    chain[2] = state->previous;
    return 3;
}

LANES_SEGMENTS(rsi, INDICATOR_CLOSE, 1, LN(segments_wilder_lead)(signal_period(params, 0)))

OP size_t LN(macd_chain)(const struct LN(macd) * state, V *chain)
{
    chain[0] = state->fast.value;
    chain[1] = state->slow.value;
    chain[2] = state->signal.value;
    return 3;
}

LANES_SEGMENTS(macd, INDICATOR_CLOSE, 3,
               LN(segments_ema_lead)(signal_period(params, 0) + signal_period(params, 1) +
                                     signal_period(params, 2)))

OP size_t LN(atr_chain)(const struct LN(atr) * state, V *chain)
{
    chain[0] = state->mean.value;
    chain[1] = state->previous;
    return 2;
}

LANES_SEGMENTS(atr, INDICATOR_HLC, 1, LN(segments_wilder_lead)(signal_period(params, 0)))

OP size_t LN(adx_chain)(const struct LN(adx) * state, V *chain)
{
    chain[0] = state->plus;
    chain[1] = state->minus;
    chain[2] = state->range;
    chain[3] = state->mean.value;
    chain[4] = state->high;
    chain[5] = state->low;
    chain[6] = state->close;
    return 7;
}

LANES_SEGMENTS(adx, INDICATOR_HLC, 3, 2 * LN(segments_wilder_lead)(signal_period(params, 0)))

/* A stop that was crossed knows nothing of what was before, and two that trail one market are
 * crossed together soon. */
#define SEGMENT_PSAR_LEAD 2048

OP size_t LN(psar_chain)(const struct LN(psar) * state, V *chain)
{
    chain[0] = state->sign;
    chain[1] = state->stop;
    chain[2] = state->extreme;
    chain[3] = state->steps;
    chain[4] = state->high;
    chain[5] = state->low;
    return 6;
}

LANES_SEGMENTS(psar, INDICATOR_HIGH | INDICATOR_LOW, 1,
               params->convention == INDICATOR_TULIP ? count : SEGMENT_PSAR_LEAD)

/* ---- windows --------------------------------------------------------------------------------- */

/* A window remembers a block or two, so there is nothing to prove: pieces whose blocks lie as those
 * of the whole column do are right behind their lead. */
#define LANES_SEGMENTS_WINDOW(name, inputs, outputs, lead_, unit_, slots_)  \
    OP size_t LN(name##_chain)(const struct LN(name) * state, V * chain)    \
    {                                                                       \
        (void)state;                                                        \
        (void)chain;                                                        \
        return 0;                                                           \
    }                                                                       \
    OP void LN(name##_steady)(struct LN(name) * state)                      \
    {                                                                       \
        (void)state;                                                        \
    }                                                                       \
    LANES_SEGMENTS_OF(name, inputs, outputs, lead_, unit_, V slots[slots_]; \
                      LN(name##_start)(&state, params, slots))

/* The least multiple of both. */
OP size_t LN(segments_common)(size_t a, size_t b)
{
    size_t x = a, y = b;
    while (y > 0) {
        size_t rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* A maximum does not ask how its blocks lie. */
LANES_SEGMENTS_WINDOW(donchian, INDICATOR_HIGH | INDICATOR_LOW, 3, signal_period(params, 0) + 1,
                      SEGMENT_UNIT, DONCHIAN_SLOTS)

/* The range, then a block of the first mean that is wrong, then two of the second. */
LANES_SEGMENTS_WINDOW(stoch, INDICATOR_HLC, 2,
                      signal_period(params, 0) + 2 * (size_t)signal_period(params, 1) +
                          3 * (size_t)signal_period(params, 2),
                      LN(segments_common)(LN(segments_common)(SEGMENT_UNIT,
                                                              signal_period(params, 1)),
                                          signal_period(params, 2)),
                      STOCH_SLOTS)

#endif
