/* Bars of one length out of trades.
 *
 * Bars begin at multiples of their length since 1970. The first whole interval after a start makes
 * the first bar; an interval without trades makes a flat bar at the last price with volume 0. */
#ifndef TERN_SIM_GENERATOR_BAR_BUILDER_H
#define TERN_SIM_GENERATOR_BAR_BUILDER_H

#include "core/model/bar.h"

struct bar_builder {
    int64_t length_ns;
    int64_t open_time_ns;    /* of the interval that is being built, perhaps still to come */
    int64_t last;            /* price units of the last trade, or of the start */
    int64_t open, high, low; /* of the interval; open 0 while nothing was traded */
    double volume;
};

/* Starts at time_ns >= 0 with a price for intervals before the first trade. Also the way to go on
 * after a gap: what was begun is forgotten. */
void bar_builder_start(struct bar_builder *builder, int64_t length_ns, int64_t time_ns,
                       int64_t price);
/* The next bar whose interval ended at or before time_ns; false where there is none. */
MUST_USE bool bar_builder_close(struct bar_builder *builder, int64_t time_ns, struct bar *out);
/* A trade of the interval that is being built: all bars that ended by its time were closed. */
void bar_builder_trade(struct bar_builder *builder, int64_t time_ns, int64_t price, double volume);

#endif
