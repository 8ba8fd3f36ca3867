/* What the report's script draws from, as JSON in a <script> that is data and never runs. Internal
 * to drive/report.
 *
 *     {"currency":"USD","bots":[…],"instruments":[…],
 *      "protection":[[stop, target], …]       of each bot, millionths of the entry price; 0: none
 *      "series":{"time":[ms],"equity":["10,000.00"],"hold":[…],"drawdown":["1.20 %"],…},
 *      "trips":[[opened ms, closed ms, bot, instrument, 1 long, "quantity", "entry", "exit",
 *                "fees", "net", "cumulative", "reason", "exact net"], …],
 *      "markets":[{"instrument":0,"decimals":2,"all":CANDLES,"near":CANDLES,
 *                  "fills":[[ms, 1 bought, "price", "quantity", bot], …],
 *                  "stops":[[from ms, to ms, "price", bot], …]}, …]}
 *
 *     CANDLES   {"length":ms,"start":ms,"count":n,"data":base64}
 *     data      of each candle five variable-length integers (7 bits a byte, low first, high bit:
 *               more follows), signed ones zigzag:
 *               steps of length since the candle before, less 1 (the first: 0) · open - close
 *               before, signed (the first: before is 0) · close - open, signed · high - max(open,
 *               close) · min(open, close) - low
 *
 * Money is text of exact integers. Prices are integers of 10^-decimals; trailing zeros that all
 * prices of an instrument share are left out. */
#ifndef TERN_DRIVE_REPORT_DATA_H
#define TERN_DRIVE_REPORT_DATA_H

#include "drive/report/markup.h"

void report_data_append(const struct report *report);

#endif
