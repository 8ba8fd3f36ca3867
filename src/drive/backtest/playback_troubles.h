/* What was wrong with a session, as warnings of its result: counted by kind for each instrument. */
#ifndef TERN_DRIVE_BACKTEST_PLAYBACK_TROUBLES_H
#define TERN_DRIVE_BACKTEST_PLAYBACK_TROUBLES_H

#include "drive/backtest/playback.h"

/* After the run. What is usual and harmless is not told: removals of levels beyond the recorded
 * depth, messages without levels, the message that spans the snapshot. */
MUST_USE enum status playback_troubles(const struct backtest *backtest,
                                       struct backtest_result *result);

#endif
