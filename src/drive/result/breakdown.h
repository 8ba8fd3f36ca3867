/* A result taken apart: by bot, by instrument, by reason of exit, by month. Tables and the report
 * draw from here. */
#ifndef TERN_DRIVE_RESULT_BREAKDOWN_H
#define TERN_DRIVE_RESULT_BREAKDOWN_H

#include "drive/result/result.h"

enum breakdown_key { BREAKDOWN_BOT, BREAKDOWN_INSTRUMENT, BREAKDOWN_EXIT };

struct breakdown_row {
    const char *name; /* borrowed from the result */
    uint64_t trips, wins, draws, losses;
    struct amount realized, fees, unrealized;
    struct amount net;      /* by bot: realized + unrealized - fees + funding of its book;
                          else the sum of its trips' net */
    struct amount turnover; /* by bot and instrument: notional of its fills */
    i128 duration_ns;       /* sum over trips */
};

/* Rows in the order of the result's bots or instruments, exits in the order they first came. */
struct breakdown {
    struct breakdown_row *rows; /* owned */
    uint32_t count;
    struct breakdown_row total; /* named "total" */
};

MUST_USE enum status breakdown_init(struct breakdown *breakdown,
                                    const struct backtest_result *result, enum breakdown_key key);
void breakdown_release(struct breakdown *breakdown);

/* wins / trips, NaN without trips. */
double breakdown_win_rate(const struct breakdown_row *row);
/* Mean time from opening to closing; 0 without trips. */
int64_t breakdown_duration(const struct breakdown_row *row);

/* Return of one calendar month in UTC: its last equity against that of the month before (the start
 * equity for the first); NaN where that was not positive. */
struct month_return {
    int32_t year;
    uint8_t month; /* 1..12 */
    double value;
};

/* *months is the caller's to free; months without a bar are left out. */
MUST_USE enum status months_make(const struct backtest_result *result, struct month_return **months,
                                 size_t *count);

#endif
