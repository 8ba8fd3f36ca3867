/* The market generator as a feed: order books, quotes and trades of named instruments.
 *
 * Levels and quotes are numbered 1, 2, 3 … for each instrument, so that what is lost shows; trades
 * have the generator's ids. What happens is received at once. */
#ifndef TERN_DRIVE_RECORD_FEED_GENERATOR_H
#define TERN_DRIVE_RECORD_FEED_GENERATOR_H

#include "base/text.h"
#include "sim/generator/scenario.h"
#include "world/port/feed_port.h"

/* `names` are 1 to GENERATOR_INSTRUMENTS_MAX instruments with commas between them: BTC-USD,ETH-USD.
 * The decimals of each fit its price. STATUS_USAGE, STATUS_CONFIG_INVALID, STATUS_NO_MEMORY; the
 * caller closes *out, NULL on failure. */
MUST_USE enum status feed_generator_open(uint64_t seed, enum scenario scenario, struct text names,
                                         struct feed **out, struct problem *problem);

#endif
