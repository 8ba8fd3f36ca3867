/* Rows become a series of bars: the rules every importer shares, whatever the rows came from.
 *
 *     bar_builder_init  ──►  bar_builder_time, bar_builder_prices | bar_builder_quotes per row
 *                       ──►  bar_builder_finish (or bar_builder_release)
 *
 * The builder only judges; it answers a fault with its kind, and the importer, which knows file and
 * line, writes the text. Prices of all rows share one scale, which grows where a row needs it. */
#ifndef TERN_WORLD_IMPORT_BAR_BUILDER_H
#define TERN_WORLD_IMPORT_BAR_BUILDER_H

#include "world/import/bars.h"
#include "world/import/digits.h"

enum bar_fault {
    BAR_FAULT_NONE,
    BAR_FAULT_TIME_SAME,      /* the open time of the row before */
    BAR_FAULT_TIME_UNSORTED,  /* earlier than the row before, or later where newest come first */
    BAR_FAULT_TIME_CLOSE,     /* nearer to the row before than a bar is long */
    BAR_FAULT_TIME_UNALIGNED, /* no multiple of the bar length */
    BAR_FAULT_PRICE_ZERO,
    BAR_FAULT_PRICE_FINE,  /* more decimals than price_decimals_max */
    BAR_FAULT_PRICE_LARGE, /* too large for the decimals that the series needs */
    BAR_FAULT_HIGH_LOW,    /* high below low */
    BAR_FAULT_OPEN,        /* open outside low ... high */
    BAR_FAULT_CLOSE,       /* close outside low ... high */
    BAR_FAULT_MEMORY,
};

/* The four prices of a row, in this order everywhere. */
enum bar_price { BAR_OPEN, BAR_HIGH, BAR_LOW, BAR_CLOSE, BAR_PRICE_COUNT };

struct bar_builder {
    const struct bar_source *source; /* borrowed */
    struct bar *bars;                /* owned */
    size_t count, capacity;
    unsigned decimals;              /* of the bars so far */
    int64_t units_max;              /* largest price so far */
    bool newest_first;              /* the second row was earlier: so must all the others be */
    uint64_t row_count;             /* rows seen on the grid, in the window or not */
    uint64_t unaligned_count;       /* rows left out because they are off it */
    uint64_t line, first_line;      /* of the last and the first row */
    int64_t time_ns, first_time_ns; /* of the last and the first row in the file */
    int64_t step_min;               /* smallest step between two rows; INT64_MAX before */
    uint64_t step_min_line;
    int64_t step_gcd;           /* greatest common divisor of all steps; 0 before */
    uint64_t step_gcd_line;     /* row at which it last became smaller */
    enum bar_price fault_price; /* the price a price fault is about */
};

/* Borrows `source` until the builder is released or finished. */
void bar_builder_init(struct bar_builder *builder, const struct bar_source *source);
/* Frees what was collected. */
void bar_builder_release(struct bar_builder *builder);

/* The next row opens at time_ns; `line` is its place, for messages. *wanted tells whether it lies
 * in the time window: its prices are then given next, else not. */
MUST_USE enum bar_fault bar_builder_time(struct bar_builder *builder, int64_t time_ns,
                                         uint64_t line, bool *wanted);
/* The prices and the volume of that row. */
MUST_USE enum bar_fault bar_builder_prices(struct bar_builder *builder,
                                           struct digits prices[BAR_PRICE_COUNT], double volume);
/* The same as exact mid prices of bid and ask, volume 0. The faults of bids and asks by themselves
 * are those of prices; *of_ask tells which side is at fault. */
MUST_USE enum bar_fault bar_builder_quotes(struct bar_builder *builder,
                                           struct digits bids[BAR_PRICE_COUNT],
                                           struct digits asks[BAR_PRICE_COUNT], bool *of_ask);
/* Judges the whole (bar length, alignment, at least one bar), fills *out and empties the builder.
 * On
 * failure *out is empty, *problem is set under `name`, and the builder still wants its release. */
MUST_USE enum status bar_builder_finish(struct bar_builder *builder, const char *name,
                                        struct bar_series *out, struct problem *problem);

/* Whether bars of this length may open at time_ns: a multiple of it since 1970 in UTC; lengths of
 * whole weeks begin on Monday. */
bool bar_time_is_aligned(int64_t time_ns, int64_t bar_ns);
/* The greatest such time <= time_ns. */
int64_t bar_time_floor(int64_t time_ns, int64_t bar_ns);

/* Counts gaps, volumes and extremes of series->bars (count, bar_ns and price_decimals are set) and
 * takes the content hash; STATUS_NO_MEMORY. */
MUST_USE enum status bar_series_summarise(struct bar_series *series);

/* The same bar by bar, while they are in the cache: bar_summary_end leaves in the series what
 * bar_series_summarise would. The series has its count beforehand. */
struct bar_summary {
    struct bar_series *series; /* borrowed */
    struct hash_stream *stream;
    int64_t last_ns; /* opening of the last bar; INT64_MIN: none yet */
};

MUST_USE enum status bar_summary_begin(struct bar_summary *summary, struct bar_series *series);
void bar_summary_add(struct bar_summary *summary, const struct bar *bars, size_t count);
/* Frees the stream; to be called also where the bars are given up. */
void bar_summary_end(struct bar_summary *summary);

#endif
