/* Indicators: what charts call studies, as streaming state machines and as whole-column loops.
 *
 * One indicator is one file and one line of INDICATOR_LIST (indicator_list.h). Its row says all
 * there is to know: name, inputs, parameters with their ranges, outputs, warm-up, source of the
 * formula. Configuration, command line, documentation and tests loop over the table.
 *
 *     struct indicator_params params;
 *     indicator_params_default(&indicator_rsi, &params);          14 bars, TA-Lib's conventions
 *     void *state = take(indicator_rsi.state_size(&params));      8-byte aligned
 *     indicator_rsi.init(state, &params);
 *     double rsi;
 *     if (indicator_feed(&indicator_rsi, state, &bar, &rsi) == INDICATOR_READY) use(rsi);
 *
 * Promises:
 *  1. State is a plain block of state_size() bytes, 8-byte aligned, without pointers, padding or
 *     indeterminate bytes: it is hashed, copied and written to snapshots as it lies. Whoever calls
 *     owns it; nothing here allocates.
 *  2. update over bars 0..n-1 and batch over the same columns give the same bits, on every build
 *     and machine; so do the eight-series forms and every variant chosen by the CPU.
 *  3. An output that is not ready is NAN (always the same bits). update returns true once all
 *     outputs are ready, first at bar number warmup() counted from 0. Some outputs of one indicator
 *     are ready earlier (the line of MACD before its signal).
 *  4. A bar that is damaged in a field the indicator uses (not finite, price <= 0, volume < 0,
 *     low above high, close outside) is skipped: the state does not change and the caller is told.
 *     indicator_feed and indicator_run judge; update and batch themselves trust their input. */
#ifndef TERN_CORE_SIGNAL_INDICATOR_H
#define TERN_CORE_SIGNAL_INDICATOR_H

#include "base/problem.h"
#include "base/text.h"
#include "core/signal/convention.h"
#include "core/signal/indicator_list.h"

#define INDICATOR_PARAMETERS_MAX 4
#define INDICATOR_OUTPUTS_MAX 5
#define INDICATOR_PERIOD_MAX 1000 /* longest window or average, in bars */
#define INDICATOR_STATE_SIZE_MAX 65536
#define INDICATOR_BOOK_LEVELS 10
#define INDICATOR_LANES 8 /* series in one eight-series call */

/* What an indicator reads. An indicator is fed by bars, by order books or by trades, never two. */
#define INDICATOR_OPEN 0x01u
#define INDICATOR_HIGH 0x02u
#define INDICATOR_LOW 0x04u
#define INDICATOR_CLOSE 0x08u
#define INDICATOR_VOLUME 0x10u
#define INDICATOR_TIME 0x20u
#define INDICATOR_BOOK 0x40u
#define INDICATOR_TRADE 0x80u
#define INDICATOR_HLC (INDICATOR_HIGH | INDICATOR_LOW | INDICATOR_CLOSE)
#define INDICATOR_OHLC (INDICATOR_OPEN | INDICATOR_HLC)

struct indicator_bar {
    double open, high, low, close; /* quote per base, > 0 */
    double volume;                 /* base asset, >= 0 */
    int64_t open_time_ns;          /* UTC */
};

/* The best levels of an order book, best first. count 0: that side is empty. A quote is a book of
 * one level. */
struct indicator_book {
    double bid_price[INDICATOR_BOOK_LEVELS], bid_quantity[INDICATOR_BOOK_LEVELS];
    double ask_price[INDICATOR_BOOK_LEVELS], ask_quantity[INDICATOR_BOOK_LEVELS];
    int64_t time_ns;
    uint32_t bid_count, ask_count;
};

struct indicator_trade {
    double price, quantity;
    int64_t side; /* who crossed the spread: 1 the buyer, -1 the seller */
    int64_t time_ns;
};

/* Parameter values in the order of the row. Made by indicator_params_default, then changed and
 * judged by indicator_params_check. */
struct indicator_params {
    double values[INDICATOR_PARAMETERS_MAX];
    uint64_t convention; /* enum indicator_convention */
};

struct indicator_parameter {
    const char *name;
    const char *summary; /* with the unit */
    double fallback, min, max;
    bool integer;
};

/* Columns of one series; those that the indicator does not use may be NULL. Borrowed. */
struct indicator_columns {
    const double *open, *high, *low, *close, *volume;
    const int64_t *open_time_ns;
    const struct indicator_book *books;
    const struct indicator_trade *trades;
};

/* Columns of eight series side by side: element bar * INDICATOR_LANES + series. The eight share
 * their bars: a series with a gap is filled or left out by the caller. */
struct indicator_lanes {
    const double *open, *high, *low, *close, *volume;
    const int64_t *open_time_ns; /* one a bar; of indicators that read the time */
};

/* The forms that the CPU decides between; all give the same bits. */
enum indicator_variant {
    INDICATOR_VARIANT_BASE, /* the build's baseline */
    INDICATOR_VARIANT_V3,   /* x86-64-v3: AVX2 and FMA */
    INDICATOR_VARIANT_V4,   /* x86-64-v4: AVX-512 */
    INDICATOR_VARIANT_COUNT,
};

typedef void indicator_batch(const struct indicator_params *params,
                             const struct indicator_columns *columns, size_t count,
                             double *const *out);
typedef void indicator_batch_lanes(const struct indicator_params *params,
                                   const struct indicator_lanes *columns, size_t count,
                                   double *const *out);

struct indicator_class {
    const char *name; /* as configuration and command line spell it */
    const char *summary;
    const char *source;      /* of the formula */
    const char *conventions; /* what enum indicator_convention changes; NULL: nothing */
    const char *checked; /* "talib: VALUES, ...; tulip: ...": values of others that tests compare
                                with, by convention; NULL: with its formula alone */
    uint32_t inputs;     /* INDICATOR_OPEN ... */
    uint32_t parameter_count;
    uint32_t output_count;
    struct indicator_parameter parameters[INDICATOR_PARAMETERS_MAX];
    const char *outputs[INDICATOR_OUTPUTS_MAX];

    size_t (*state_size)(const struct indicator_params *params); /* a multiple of 8 */
    /* Writes every byte of state. params have passed indicator_params_check. */
    void (*init)(void *state, const struct indicator_params *params);
    /* How many bars pass before the first on which update returns true. */
    uint32_t (*warmup)(const struct indicator_params *params);

    /* Exactly one of the three; out has room for output_count values and is always written. */
    bool (*update)(void *state, const struct indicator_bar *bar, double *out);
    bool (*update_book)(void *state, const struct indicator_book *book, double *out);
    bool (*update_trade)(void *state, const struct indicator_trade *trade, double *out);

    /* Whole columns at once; out[k] has room for count values and overlaps no input. */
    indicator_batch *batch;
    /* The forms batch chooses from; NULL where there is no such form here. For tests. */
    indicator_batch *batch_variants[INDICATOR_VARIANT_COUNT];

    /* Eight series at once, out interleaved like the columns; NULL where there is none. */
    indicator_batch_lanes *batch_lanes;
    indicator_batch_lanes *batch_lanes_variants[INDICATOR_VARIANT_COUNT];
};

enum {
#define INDICATOR_ENUM(name) INDICATOR_INDEX_##name,
    INDICATOR_LIST(INDICATOR_ENUM)
#undef INDICATOR_ENUM
        INDICATOR_COUNT,
};

#define INDICATOR_DECLARE(name) extern const struct indicator_class indicator_##name;
INDICATOR_LIST(INDICATOR_DECLARE)
#undef INDICATOR_DECLARE

extern const struct indicator_class *const indicator_classes[INDICATOR_COUNT];

/* The row of that name, or NULL. */
const struct indicator_class *indicator_find(struct text name);
/* The name of a convention as configuration spells it. */
const char *indicator_convention_name(enum indicator_convention convention);
/* The index of the parameter of that name, or -1. */
int indicator_parameter_find(const struct indicator_class *class, struct text name);

void indicator_params_default(const struct indicator_class *class, struct indicator_params *params);
/* STATUS_RANGE with the problem filled where a value is outside its range or should be whole.
 * problem may be NULL. */
MUST_USE enum status indicator_params_check(const struct indicator_class *class,
                                            const struct indicator_params *params,
                                            struct problem *problem);

/* Why a bar, a book or a trade was skipped. */
enum indicator_fault {
    INDICATOR_FAULT_NONE,
    INDICATOR_FAULT_NOT_FINITE,
    INDICATOR_FAULT_NOT_POSITIVE, /* a price <= 0, or a quantity where none is meaningless */
    INDICATOR_FAULT_VOLUME,       /* volume < 0 */
    INDICATOR_FAULT_INCONSISTENT, /* low above high, open or close outside, book crossed, no side */
    INDICATOR_FAULT_COUNT,
};

const char *indicator_fault_name(enum indicator_fault fault);
/* Judges the fields in `inputs` only. */
enum indicator_fault indicator_bar_fault(const struct indicator_bar *bar, uint32_t inputs);
enum indicator_fault indicator_book_fault(const struct indicator_book *book);
enum indicator_fault indicator_trade_fault(const struct indicator_trade *trade);

enum indicator_outcome {
    INDICATOR_WARMING,
    INDICATOR_READY,
    INDICATOR_SKIPPED, /* the input is damaged; state unchanged, out all NAN */
};

enum indicator_outcome indicator_feed(const struct indicator_class *class, void *state,
                                      const struct indicator_bar *bar, double *out);
enum indicator_outcome indicator_feed_book(const struct indicator_class *class, void *state,
                                           const struct indicator_book *book, double *out);
enum indicator_outcome indicator_feed_trade(const struct indicator_class *class, void *state,
                                            const struct indicator_trade *trade, double *out);

/* batch for columns nobody has judged yet: rows with a fault are skipped, their outputs are NAN.
 * Returns the number of rows skipped. */
size_t indicator_run(const struct indicator_class *class, const struct indicator_params *params,
                     const struct indicator_columns *columns, size_t count, double *const *out);

/* Eight series at once of any indicator of bars: batch_lanes where the row has it, else one series
 * after the other. The same bits as batch. */
void indicator_run_lanes(const struct indicator_class *class, const struct indicator_params *params,
                         const struct indicator_lanes *columns, size_t count, double *const *out);

/* The form that batch and batch_lanes choose on this CPU. */
enum indicator_variant indicator_variant_of_cpu(void);

#endif
