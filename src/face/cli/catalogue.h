/* Where tapes lie: $XDG_DATA_HOME/tern/tapes, or the directory that a person names.
 *
 *     btc-usdt-1h.tape           by instrument and bar length, where the instrument is known
 *     binance_1h_btcusdt.tape    by the file it was made from, where it is not */
#ifndef TERN_FACE_CLI_CATALOGUE_H
#define TERN_FACE_CLI_CATALOGUE_H

#include "base/problem.h"

#define CATALOGUE_PATH_SIZE 4096

/* `directory`, or the catalogue of this user where it is NULL; `make` makes it. STATUS_NOT_FOUND,
 * STATUS_IO, STATUS_NO_SPACE with the problem set. */
MUST_USE enum status catalogue_path(const char *directory, bool make, char out[CATALOGUE_PATH_SIZE],
                                    struct problem *problem);
/* The place of a tape; instrument may be "". false where it is too long. */
MUST_USE bool catalogue_tape_path(const char *directory, const char *instrument, const char *file,
                                  int64_t bar_ns, char out[CATALOGUE_PATH_SIZE]);
/* The same of a recording: `kind` (depth, quotes, trades) stands where the bar's length does. */
MUST_USE bool catalogue_recording_path(const char *directory, const char *instrument,
                                       const char *kind, const char *file,
                                       char out[CATALOGUE_PATH_SIZE]);

#endif
