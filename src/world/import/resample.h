/* Longer bars out of shorter ones: n to 1, from complete ones only, aligned to UTC.
 *
 *     00:00 00:01 00:02 00:03 00:04 | 00:05 00:06       00:08 00:09 | 00:10 …     1m
 *     00:00 ────────────────────────►                               | 00:10 …     5m
 *
 * A longer bar needs all n shorter ones; where one is absent (00:07 above) the longer one is absent
 * too, and so are the cut ones at both ends. Open of the first, highest high, lowest low, close of
 * the last, exactly. Volumes are added as the decimals they were read from (of up to 10 places) and
 * rounded once, so that the sum is the double that the sum's text would be read as; volumes that
 * are no such decimals are added as doubles. Weeks begin on Monday. */
#ifndef TERN_WORLD_IMPORT_RESAMPLE_H
#define TERN_WORLD_IMPORT_RESAMPLE_H

#include "world/import/bars.h"

/* Bars of bar_ns, a whole multiple of series->bar_ns, into *out, which the caller releases; prices
 * keep their decimals. The multiple 1 copies. On failure *out is empty and *problem is set under
 * `name`: STATUS_DATA_INVALID where bar_ns is no multiple or no bar is complete,
 * STATUS_NO_MEMORY. */
MUST_USE enum status bar_series_resample(const struct bar_series *series, int64_t bar_ns,
                                         const char *name, struct bar_series *out,
                                         struct problem *problem);

#endif
