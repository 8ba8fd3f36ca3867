/* Whole-column forms of the windows: the same operations in the same order as sma.h and window.h,
 * arranged so that the CPU finds independent work. Only files of this folder include it.
 *
 * Sums: blocks do not depend on each other, so four of them are summed at once, one in each lane of
 * a quad. A column is its first block by the streaming form, then fours of blocks, then what is
 * left by the streaming form again, warmed by the block before it (which is all a window
 * remembers). Extremes: a maximum does not depend on the order, so windows double. */
#ifndef TERN_CORE_SIGNAL_COLUMN_H
#define TERN_CORE_SIGNAL_COLUMN_H

#include "core/signal/class.h"
#include "core/signal/sma.h"
#include "core/signal/window.h"

#define COLUMN_CHUNK 512

ALWAYS_INLINE void column_fill(double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = SIGNAL_NAN;
}

/* Every function that takes or gives a quad is inlined, so no calling convention is met. */
#pragma GCC diagnostic ignored "-Wpsabi"

/* Four doubles, one of each of four blocks. */
typedef double quad __attribute__((vector_size(32)));

#define QUAD_BLOCKS 4

ALWAYS_INLINE quad quad_of(double value)
{
    return (quad){value, value, value, value};
}

/* Four values side by side. */
ALWAYS_INLINE quad quad_load(const double *x)
{
    quad values;
    memcpy(&values, x, sizeof values);
    return values;
}

/* By address: how a vector is passed depends on the instruction set. */
ALWAYS_INLINE quad quad_abs(const quad *x)
{
    return (quad){signal_abs((*x)[0]), signal_abs((*x)[1]), signal_abs((*x)[2]),
                  signal_abs((*x)[3])};
}

/* Distances of four values side by side from four centres, without their signs. */
ALWAYS_INLINE quad quad_distance(const double *x, const quad *centre)
{
    quad away = quad_load(x) - *centre;
    return quad_abs(&away);
}

/* The value at the same place of four blocks of n. */
ALWAYS_INLINE quad quad_gather(const double *x, size_t n)
{
    return (quad){x[0], x[n], x[2 * n], x[3 * n]};
}

/* A macro: a quad that is handed to a function draws a note from the compiler, inlined or not. */
#define QUAD_SCATTER(out, n, values)     \
    do {                                 \
        quad scattered_ = (values);      \
        double *place_ = (out);          \
        place_[0] = scattered_[0];       \
        place_[(n)] = scattered_[1];     \
        place_[2 * (n)] = scattered_[2]; \
        place_[3 * (n)] = scattered_[3]; \
    } while (0)

/* Bars covered by whole fours of blocks, after the first block. */
ALWAYS_INLINE size_t quad_end(size_t count, size_t n)
{
    return count < n ? 0 : n + (count - n) / (QUAD_BLOCKS * n) * (QUAD_BLOCKS * n);
}

/* Suffix sums of the four blocks before x, as distances to their last values. */
ALWAYS_INLINE void quad_suffix(const double *x, size_t n, quad *sums)
{
    quad pivot = quad_gather(x - 1, n);
    quad sum = quad_of(0.0);
    sums[n - 1] = sum;
    for (size_t k = n - 1; k > 0; k--) {
        sum += quad_gather(x - n + k, n) - pivot;
        sums[k - 1] = sum;
    }
}

/* Means of four blocks that begin at x, written in place of sums to out. */
ALWAYS_INLINE void quad_means(const double *x, size_t n, quad *sums, double *out)
{
    quad inverse = quad_of(1.0 / (double)n);
    quad pivot = quad_gather(x - 1, n);
    quad prefix = quad_of(0.0);
    quad_suffix(x, n, sums);
    for (size_t k = 0; k < n; k++) {
        prefix += quad_gather(x + k, n) - pivot;
        QUAD_SCATTER(out + k, n, pivot + (prefix + sums[k]) * inverse);
    }
}

/* Means of a window of n over x, as sma_update gives them; NAN until there are n values. x and out
 * do not overlap. */
ALWAYS_INLINE void column_mean(const double *x, size_t count, size_t n, double *out)
{
    quad sums[INDICATOR_PERIOD_MAX];
    _Alignas(8) unsigned char memory[sizeof(struct sma) + (INDICATOR_PERIOD_MAX + 1) * 8];
    struct sma *sma = (struct sma *)(void *)memory;
    size_t end = quad_end(count, n);
    size_t i = 0;
    sma_init(sma, (uint32_t)n);
    for (; i < n && i < count; i++)
        out[i] = sma_update(sma, x[i]) ? sma->value : SIGNAL_NAN;
    for (; i < end; i += QUAD_BLOCKS * n)
        quad_means(x + i, n, sums, out + i);
    for (size_t k = i - (i > n ? n : 0); k < i; k++)
        (void)sma_update(sma, x[k]);
    for (; i < count; i++) {
        sma_update(sma, x[i]);
        out[i] = sma->value;
    }
}

/* Column form of an indicator whose window is its first parameter n: the streaming form for the
 * first block and for what is left, x_quads for fours of blocks in between. Rows before `first`
 * only warm the state. */
#define SIGNAL_STREAM_QUADS(name, type, inputs_, output_count_)                              \
    SIGNAL_UPDATE(name, type)                                                                \
    ALWAYS_INLINE void name##_rows(type *state, const struct indicator_columns *columns,     \
                                   size_t from, size_t first, size_t to, double *const *out) \
    {                                                                                        \
        for (size_t i = from; i < to; i++) {                                                 \
            struct indicator_bar bar = signal_row(columns, i, inputs_);                      \
            double values[output_count_];                                                    \
            name##_step(state, &bar, values);                                                \
            for (size_t k = 0; k < (output_count_) && i >= first; k++)                       \
                out[k][i] = values[k];                                                       \
        }                                                                                    \
    }                                                                                        \
    ALWAYS_INLINE void name##_kernel(SIGNAL_BATCH_ARGS)                                      \
    {                                                                                        \
        _Alignas(8) unsigned char memory[INDICATOR_STATE_SIZE_MAX];                          \
        type *state = (type *)(void *)memory;                                                \
        size_t n = signal_period(params, 0);                                                 \
        size_t end = quad_end(count, n);                                                     \
        size_t i = n < count ? n : count;                                                    \
        name##_start(state, params);                                                         \
        name##_rows(state, columns, 0, 0, i, out);                                           \
        if (i < end)                                                                         \
            i = name##_quads(params, columns, i, end, out);                                  \
        name##_rows(state, columns, i > n ? i - n : i, i, count, out);                       \
    }                                                                                        \
    SIGNAL_BATCH(name)

/* Greatest, or least, of each n values: of x[i] to x[i + n - 1] for i < count, in out or in spare,
 * whichever is returned (for n of 1 in x). x has count + n - 1 values; out and spare have room for
 * as many. */
#define COLUMN_EXTREME(name, choose)                                                       \
    ALWAYS_INLINE const double *name(const double *x, size_t n, size_t count, double *out, \
                                     double *spare)                                        \
    {                                                                                      \
        size_t left = count + n - 1;                                                       \
        size_t width = 1;                                                                  \
        const double *from = x;                                                            \
        double *to = out;                                                                  \
        while (2 * width <= n) {                                                           \
            left -= width;                                                                 \
            for (size_t i = 0; i < left; i++)                                              \
                to[i] = choose(from[i], from[i + width]);                                  \
            from = to;                                                                     \
            to = to == out ? spare : out;                                                  \
            width *= 2;                                                                    \
        }                                                                                  \
        size_t rest = n - width;                                                           \
        if (rest == 0)                                                                     \
            return from;                                                                   \
        for (size_t i = 0; i < count; i++)                                                 \
            to[i] = choose(from[i], from[i + rest]);                                       \
        return to;                                                                         \
    }

COLUMN_EXTREME(column_highest, signal_max)
COLUMN_EXTREME(column_lowest, signal_min)

#define COLUMN_SPARE (COLUMN_CHUNK + INDICATOR_PERIOD_MAX)

#endif
