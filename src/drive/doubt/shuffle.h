/* The same market in another order of time: what a rule earns where there is nothing to know.
 *
 *     cells      a b c d e f g h i j      one step each, with the bars of every series in it
 *     blocks     [a b] [c d e] [f] [g h] [i j]      lengths geometric, mean `block_mean`
 *     shuffled   [g h] [a b] [i j] [c d e] [f]      the same cells for every instrument
 *
 * A bar is kept as its open, high, low and close over the close before it, and its volume; prices
 * are put together again from these. So each shuffle has the same bars' moves, the same first and
 * last price (but for rounding) and the same correlations between instruments at one time, and
 * buying and holding earns the same; only what came before what is lost. Bars before the first and
 * behind the last instant that all series share stay where they are.
 *
 * Blocks drawn without replacement, lengths as in the stationary bootstrap of resample.h. */
#ifndef TERN_DRIVE_DOUBT_SHUFFLE_H
#define TERN_DRIVE_DOUBT_SHUFFLE_H

#include "base/random.h"
#include "drive/backtest/backtest.h"

struct shuffle {
    struct backtest_series *series; /* owned, with bars that are owned too */
    uint32_t count;
};

/* step_ns: a multiple of every series' bars. block_mean in steps, >= 1. STATUS_RANGE where no two
 * steps are shared by all series or a price leaves what a price can be, STATUS_NO_MEMORY. */
MUST_USE enum status shuffle_make(const struct backtest_series *series, uint32_t count,
                                  int64_t step_ns, double block_mean, struct random *random,
                                  struct shuffle *out);
void shuffle_release(struct shuffle *shuffle);

#endif
