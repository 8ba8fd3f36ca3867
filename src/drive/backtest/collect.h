/* Folds the frames of a run into its result: fills, orders, trips, denials, sums. A view: it reads
 * facts and the engine's state and changes neither. */
#ifndef TERN_DRIVE_BACKTEST_COLLECT_H
#define TERN_DRIVE_BACKTEST_COLLECT_H

#include "drive/backtest/backtest.h"

/* A position's open trip, per (book, instrument). */
struct open_trip {
    int64_t open_time_ns;
    int64_t quantity, quantity_max; /* signed; largest size */
    i128 entry_notional, exit_notional, realized, fees;
    int64_t entry_quantity, exit_quantity;
    uint32_t purpose; /* of the order that closed it */
};

struct collector {
    const struct backtest *backtest;
    struct backtest_result *result; /* borrowed */
    struct open_trip *trips;        /* owned, [book][instrument] */
    uint64_t denied[REASON_COUNT];
    uint64_t denied_first[REASON_COUNT]; /* order of first appearance, 0 = never */
    uint64_t denied_kinds;
    uint64_t orders, fills, trips_count;
    uint32_t disposed_book, disposed_instrument; /* of the frame at hand; NONE_INDEX: nothing was */
    uint32_t desk_row; /* the desk's among the bots of the result; NONE_INDEX: it has none there */
    const struct price *marks; /* [instrument]: what positions are worth; NULL: the last closes */
    bool rows;
    enum status status;
};

MUST_USE enum status collector_init(struct collector *collector, const struct backtest *backtest,
                                    struct backtest_result *result, bool rows);
void collector_release(struct collector *collector);
void collector_frame(struct collector *collector, const uint8_t *frame, uint32_t size);
/* The account's equity now, with positions at the marks. */
struct amount collector_value(const struct collector *collector);
/* The account now, as one equity point. */
void collector_equity(struct collector *collector, int64_t time_ns);
/* Sums, bots, instruments, orders; after the last frame. */
void collector_finish(struct collector *collector);

#endif
