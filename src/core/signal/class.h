/* What the file of an indicator needs to make its row: only files of this folder include it.
 *
 * An indicator writes three functions and a row:
 *
 *     static size_t x_state_size(const struct indicator_params *params);
 *     static void x_start(void *state, const struct indicator_params *params);
 *     ALWAYS_INLINE bool x_step(struct x *state, const struct indicator_bar *bar, double *out);
 *     SIGNAL_STREAM(x, struct x, INDICATOR_CLOSE, 1)     makes x_feed and x_batch of x_step
 *     const struct indicator_class indicator_x = {..., SIGNAL_STREAM_ROW(x)};
 *
 * The column form made here is x_step in a loop over a state on the stack, inlined, once for each
 * CPU variant: the same operations in the same order. An indicator with a faster column form writes
 * x_kernel itself and says SIGNAL_UPDATE and SIGNAL_BATCH in place of SIGNAL_STREAM. */
#ifndef TERN_CORE_SIGNAL_CLASS_H
#define TERN_CORE_SIGNAL_CLASS_H

#include <string.h>

#include "core/signal/indicator.h"
#include "core/signal/ratio.h"
#include "core/signal/variant.h"

#define SIGNAL_NAN __builtin_nan("")

/* Windows that reach over several blocks of state lie behind the struct, in doubles. */
#define SIGNAL_PERIOD(name_, summary_, fallback_)                            \
    {                                                                        \
        .name = name_, .summary = summary_, .fallback = fallback_, .min = 1, \
        .max = INDICATOR_PERIOD_MAX, .integer = true                         \
    }

/* What a variance is multiplied by to make it yearly: 365 for daily bars of coins, 252 for those of
 * stocks, 8760 for hourly bars of coins, 1 to leave it as it is. */
#define SIGNAL_ANNUAL                                                                              \
    {                                                                                              \
        .name = "annual", .summary = "bars a year; 1: not made yearly", .fallback = 365, .min = 1, \
        .max = 1e9                                                                                 \
    }

ALWAYS_INLINE uint32_t signal_period(const struct indicator_params *params, int index)
{
    return (uint32_t)params->values[index];
}

ALWAYS_INLINE enum indicator_convention signal_convention(const struct indicator_params *params)
{
    return (enum indicator_convention)params->convention;
}

/* (high + low + close) / 3. */
ALWAYS_INLINE double signal_typical(const struct indicator_bar *bar)
{
    return (bar->high + bar->low + bar->close) / 3.0;
}

ALWAYS_INLINE double signal_min(double a, double b)
{
    return a < b ? a : b;
}
ALWAYS_INLINE double signal_max(double a, double b)
{
    return a > b ? a : b;
}
ALWAYS_INLINE double signal_abs(double a)
{
    return __builtin_fabs(a);
}

/* 1 where a < b, else 0, by the sign of the difference: where a market goes next is what a branch
 * predictor cannot know, and of a comparison a compiler may make a branch. Both are finite. */
ALWAYS_INLINE uint64_t signal_below(double a, double b)
{
    double difference = a - b;
    uint64_t bits;
    memcpy(&bits, &difference, sizeof bits);
    return bits >> 63;
}

/* inputs is a constant at every call, so that a column that is not used is not read. */
ALWAYS_INLINE struct indicator_bar signal_row(const struct indicator_columns *columns, size_t i,
                                              uint32_t inputs)
{
    return (struct indicator_bar){
        .open = inputs & INDICATOR_OPEN ? columns->open[i] : 0.0,
        .high = inputs & INDICATOR_HIGH ? columns->high[i] : 0.0,
        .low = inputs & INDICATOR_LOW ? columns->low[i] : 0.0,
        .close = inputs & INDICATOR_CLOSE ? columns->close[i] : 0.0,
        .volume = inputs & INDICATOR_VOLUME ? columns->volume[i] : 0.0,
        .open_time_ns = inputs & INDICATOR_TIME ? columns->open_time_ns[i] : 0,
    };
}

#define SIGNAL_BATCH_ARGS                                                                         \
    const struct indicator_params *params, const struct indicator_columns *columns, size_t count, \
        double *const *out
#define SIGNAL_LANES_ARGS                                                                       \
    const struct indicator_params *params, const struct indicator_lanes *columns, size_t count, \
        double *const *out

/* Loads a double by itself. Without this the compiler joins neighbouring fields into one wide load,
 * which has to wait whenever the caller has just written them one by one. */
ALWAYS_INLINE double signal_load(const double *field)
{
    return opaque(*field);
}

ALWAYS_INLINE struct indicator_bar signal_load_bar(const struct indicator_bar *bar)
{
    return (struct indicator_bar){signal_load(&bar->open),   signal_load(&bar->high),
                                  signal_load(&bar->low),    signal_load(&bar->close),
                                  signal_load(&bar->volume), bar->open_time_ns};
}

/* The streaming form: x_feed, of x_step; `load` is a declaration of what is handed to the step. */
#if SIGNAL_HAS_VARIANTS
#define SIGNAL_FEED(name, type, input, load, loaded)                                \
    SIGNAL_V3 static bool name##_feed_v3(void *state, const input *in, double *out) \
    {                                                                               \
        load;                                                                       \
        return name##_step((type *)state, loaded, out);                             \
    }                                                                               \
    static bool name##_feed(void *state, const input *in, double *out)              \
    {                                                                               \
        if (LIKELY(signal_cpu_is_v3()))                                             \
            return name##_feed_v3(state, in, out);                                  \
        load;                                                                       \
        return name##_step((type *)state, loaded, out);                             \
    }
#else
#define SIGNAL_FEED(name, type, input, load, loaded)                   \
    static bool name##_feed(void *state, const input *in, double *out) \
    {                                                                  \
        load;                                                          \
        return name##_step((type *)state, loaded, out);                \
    }
#endif
#define SIGNAL_UPDATE(name, type)                                                                 \
    SIGNAL_FEED(name, type, struct indicator_bar, struct indicator_bar bar = signal_load_bar(in), \
                &bar)

#if SIGNAL_HAS_VARIANTS
#define SIGNAL_BATCH(name)                                   \
    static void name##_batch_base(SIGNAL_BATCH_ARGS)         \
    {                                                        \
        name##_kernel(params, columns, count, out);          \
    }                                                        \
    SIGNAL_V3 static void name##_batch_v3(SIGNAL_BATCH_ARGS) \
    {                                                        \
        name##_kernel(params, columns, count, out);          \
    }                                                        \
    static void name##_batch(SIGNAL_BATCH_ARGS)              \
    {                                                        \
        if (signal_cpu_is_v3())                              \
            name##_batch_v3(params, columns, count, out);    \
        else                                                 \
            name##_batch_base(params, columns, count, out);  \
    }
#define SIGNAL_BATCH_ROW(name) \
    .batch = name##_batch, .batch_variants = {name##_batch_base, name##_batch_v3, NULL}
#else
#define SIGNAL_BATCH(name)                          \
    static void name##_batch(SIGNAL_BATCH_ARGS)     \
    {                                               \
        name##_kernel(params, columns, count, out); \
    }
#define SIGNAL_BATCH_ROW(name) .batch = name##_batch, .batch_variants = {name##_batch, NULL, NULL}
#endif

/* The common part: input is what a step takes, fetch reads row i into it. */
#define SIGNAL_KERNEL(name, type, input, fetch, output_count_)      \
    ALWAYS_INLINE void name##_kernel(SIGNAL_BATCH_ARGS)             \
    {                                                               \
        _Alignas(8) unsigned char memory[INDICATOR_STATE_SIZE_MAX]; \
        type *state = (type *)(void *)memory;                       \
        name##_start(state, params);                                \
        for (size_t i = 0; i < count; i++) {                        \
            input;                                                  \
            double values[output_count_];                           \
            name##_step(state, fetch, values);                      \
            for (size_t k = 0; k < (output_count_); k++)            \
                out[k][i] = values[k];                              \
        }                                                           \
    }                                                               \
    SIGNAL_BATCH(name)

#define SIGNAL_STREAM(name, type, inputs_, output_count_)                                       \
    SIGNAL_UPDATE(name, type)                                                                   \
    SIGNAL_KERNEL(name, type, struct indicator_bar bar = signal_row(columns, i, inputs_), &bar, \
                  output_count_)

/* For a state that is one small struct. It is kept in a copy whose address nobody has, so that it
 * lives in registers, and once every output is ready x_steady writes again the counters that stay
 * as they are from then on: the compiler then drops the checks on them from the loop. */
#define SIGNAL_SMALL(name, type, inputs_, output_count_)                                 \
    SIGNAL_UPDATE(name, type)                                                            \
    ALWAYS_INLINE void name##_rows(type *state, const struct indicator_columns *columns, \
                                   size_t from, size_t to, double *const *out)           \
    {                                                                                    \
        double *outs[output_count_];                                                     \
        for (size_t k = 0; k < (output_count_); k++)                                     \
            outs[k] = out[k];                                                            \
        for (size_t i = from; i < to; i++) {                                             \
            struct indicator_bar bar = signal_row(columns, i, inputs_);                  \
            double values[output_count_];                                                \
            name##_step(state, &bar, values);                                            \
            for (size_t k = 0; k < (output_count_); k++)                                 \
                outs[k][i] = values[k];                                                  \
        }                                                                                \
    }                                                                                    \
    ALWAYS_INLINE void name##_kernel(SIGNAL_BATCH_ARGS)                                  \
    {                                                                                    \
        const struct indicator_columns local = *columns;                                 \
        size_t warm = (size_t)name##_warmup(params) + 1;                                 \
        warm = warm < count ? warm : count;                                              \
        type fresh;                                                                      \
        name##_start(&fresh, params);                                                    \
        type state = fresh;                                                              \
        name##_rows(&state, &local, 0, warm, out);                                       \
        name##_steady(&state);                                                           \
        name##_rows(&state, &local, warm, count, out);                                   \
    }

#define SIGNAL_STREAM_SMALL(name, type, inputs_, output_count_) \
    SIGNAL_SMALL(name, type, inputs_, output_count_)            \
    SIGNAL_BATCH(name)

#define SIGNAL_STREAM_BOOK(name, type, output_count_)                                       \
    SIGNAL_FEED(name, type, struct indicator_book, , in)                                    \
    SIGNAL_KERNEL(name, type, const struct indicator_book *book = &columns->books[i], book, \
                  output_count_)

#define SIGNAL_STREAM_TRADE(name, type, output_count_)                                          \
    SIGNAL_FEED(name, type, struct indicator_trade, , in)                                       \
    SIGNAL_KERNEL(name, type, const struct indicator_trade *trade = &columns->trades[i], trade, \
                  output_count_)

/* The members of the row that the macros above and the three functions fill. */
#define SIGNAL_STATE_ROW(name) \
    .state_size = name##_state_size, .init = name##_start, .warmup = name##_warmup
#define SIGNAL_STREAM_ROW(name) \
    SIGNAL_STATE_ROW(name), .update = name##_feed, SIGNAL_BATCH_ROW(name)
#define SIGNAL_STREAM_BOOK_ROW(name) \
    SIGNAL_STATE_ROW(name), .update_book = name##_feed, SIGNAL_BATCH_ROW(name)
#define SIGNAL_STREAM_TRADE_ROW(name) \
    SIGNAL_STATE_ROW(name), .update_trade = name##_feed, SIGNAL_BATCH_ROW(name)

/* state_size of an indicator whose state is one struct whatever its parameters. */
#define SIGNAL_FIXED_STATE(name, type)                                        \
    static size_t name##_state_size(const struct indicator_params *params)    \
    {                                                                         \
        (void)params;                                                         \
        _Static_assert(sizeof(type) % 8 == 0, "a state is a block of words"); \
        return sizeof(type);                                                  \
    }

/* The first output where the parameter of that index is the number of bars it takes. */
#define SIGNAL_WARMUP(name, expression)                                  \
    static uint32_t name##_warmup(const struct indicator_params *params) \
    {                                                                    \
        (void)params;                                                    \
        return (uint32_t)(expression);                                   \
    }

#endif
