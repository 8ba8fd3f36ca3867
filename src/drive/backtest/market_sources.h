/* From the data of a run to result.market. */
#ifndef TERN_DRIVE_BACKTEST_MARKET_SOURCES_H
#define TERN_DRIVE_BACKTEST_MARKET_SOURCES_H

#include "drive/backtest/backtest.h"
#include "drive/result/market.h"
#include "drive/backtest/session.h"

/* After the run: its bars, or of a session with files the trades, and where an instrument has none
 * the middles of its quotes. STATUS_NO_MEMORY. */
MUST_USE enum status market_gather_run(const struct backtest *backtest,
                                       const struct session *session,
                                       struct backtest_result *result);

#endif
