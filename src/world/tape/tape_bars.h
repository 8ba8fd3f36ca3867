/* Bars to a tape and back: what comes back equals what went in, to the last bit.
 *
 *     tape_write_bars("btc-usdt-1h.tape", "BTC-USDT", &series, false, &problem);
 *     tape_read_bars(&source, &series, &problem);      as bar_series_read does of a CSV file
 *
 * A back-test that reads the tape has the data hash, and so the journal hash, of one that reads the
 * file the tape was made from. */
#ifndef TERN_WORLD_TAPE_TAPE_BARS_H
#define TERN_WORLD_TAPE_TAPE_BARS_H

#include "world/import/bars.h"
#include "world/tape/tape.h"

/* Writes all of a series, whole or not at all; errors are those of tape_writer_create and
 * tape_writer_finish. */
MUST_USE enum status tape_write_bars(const char *path, const char *instrument,
                                     const struct bar_series *series, bool replace,
                                     struct problem *problem);
/* Bars to a writer, in blocks; prices in the decimals of its facts. Times rise. */
MUST_USE enum status tape_writer_bars(struct tape_writer *writer, const struct bar *bars,
                                      size_t count);

/* Reads the window source->from_ns to to_ns; only the blocks it needs. source->bar_ns, where given,
 * must be the tape's; `symbol` does not count. price_decimals is the least number, not below
 * price_decimals_min, that holds every price: of the tape, or of the window where it is less than
 * all. Statuses are those of bar_series_read; a tape that was cut is STATUS_TRUNCATED. */
MUST_USE enum status tape_read_bars(const struct bar_source *source, struct bar_series *out,
                                    struct problem *problem);
/* The same of a reader that the caller opened and closes; `cut` takes also what is whole of a tape
 * that was cut. */
MUST_USE enum status tape_reader_bars(struct tape_reader *reader, const struct bar_source *source,
                                      bool cut, struct bar_series *out, struct problem *problem);

#endif
