/* Why an intent was denied, an order ended, a trading state changed: permanent numbers, one table.
 *
 * The order of the DENY rows is the precedence: the first control that objects gives the reason.
 * It is a ladder from the cheapest to the dearest question, identity before business rules. */
#ifndef TERN_CORE_MODEL_REASON_H
#define TERN_CORE_MODEL_REASON_H

#include "base/base.h"

/* X(NAME, number, "name", control, "sentence"); control is the number of the control in the list of
 * risk controls, 0 where there is none. */
#define REASON_TABLE(X)                                                                            \
    X(NONE, 0, "none", 0, "no objection")                                                          \
    X(INSTRUMENT_NOT_ALLOWED, 1, "instrument_not_allowed", 21,                                     \
      "the instrument is not on the allow-list")                                                   \
    X(OFF_GRID, 2, "off_grid", 13, "price or quantity is not a positive multiple of tick or lot")  \
    X(MALFORMED, 3, "malformed", 13, "the order's fields contradict each other")                   \
    X(TRADING_HALTED, 4, "trading_halted", 25, "trading is halted; nothing new is taken")          \
    X(TRADING_REDUCING, 5, "trading_reducing", 25, "only orders that shrink a position are taken") \
    X(TRADING_PAUSED, 6, "trading_paused", 25, "new entries are paused")                           \
    X(OUTSIDE_WINDOW, 7, "outside_window", 21, "outside the trading window")                       \
    X(NO_DATA, 8, "no_data", 14, "there is no price of the instrument yet")                        \
    X(DATA_STALE, 9, "data_stale", 14, "the instrument's last price is too old")                   \
    X(BOOK_INVALID, 10, "book_invalid", 14, "the instrument's order book is not valid")            \
    X(CLOCK_SKEW, 11, "clock_skew", 15, "our clock and the venue's differ too much")               \
    X(ORDER_UNKNOWN, 12, "order_unknown", 14, "an order of the instrument has an unknown outcome") \
    X(REDUCE_ONLY, 13, "reduce_only", 12, "the order would not shrink the position")               \
    X(NO_SHORT, 14, "no_short", 12, "more than the position, in-flight sells counted")             \
    X(POST_ONLY_CROSSES, 15, "post_only_crosses", 12, "a post-only order would take liquidity")    \
    X(VENUE_MINIMUM, 16, "venue_minimum", 13, "below the venue's minimum quantity or notional")    \
    X(VENUE_MAXIMUM, 17, "venue_maximum", 13, "above the venue's maximum quantity")                \
    X(DUST_REMAINDER, 18, "dust_remainder", 13, "the fill would leave an unsellable remainder")    \
    X(ORDER_QUANTITY, 19, "order_quantity_max", 1, "above the largest quantity of one order")      \
    X(ORDER_NOTIONAL, 20, "order_notional_max", 1, "above the largest notional of one order")      \
    X(PRICE_COLLAR, 21, "price_collar", 3, "the price is too far from the market")                 \
    X(FAT_FINGER, 22, "fat_finger", 4, "the price is outside the recent range")                    \
    X(DUPLICATE, 23, "duplicate_window", 10, "the same order was planned a moment ago")            \
    X(SELF_MATCH, 24, "self_match", 11, "it would trade with an order of ours")                    \
    X(OPEN_ORDERS_INSTRUMENT, 25, "open_orders_instrument_max", 7,                                 \
      "too many open orders in the instrument")                                                    \
    X(OPEN_ORDERS, 26, "open_orders_max", 7, "too many open orders")                               \
    X(MESSAGE_RATE, 27, "message_rate_max", 8, "too many orders in a short time")                  \
    X(CANCEL_RATIO, 28, "cancel_fill_ratio_max", 8, "too many cancels for each fill")              \
    X(REPEATED_EXECUTION, 29, "repeat_count_max", 9,                                               \
      "the same side was filled too often too fast")                                               \
    X(PARENT_EXCEEDED, 30, "parent_exceeded", 24, "the children would exceed their parent")        \
    X(POSITION_QUANTITY, 31, "position_quantity_max", 5, "the position could exceed its quantity") \
    X(POSITION_NOTIONAL, 32, "position_notional_max", 5, "the position could exceed its notional") \
    X(EQUITY_SHARE, 33, "equity_share_max", 5, "the position could exceed its share of equity")    \
    X(GROSS_EXPOSURE, 34, "gross_exposure_max", 6, "gross exposure could exceed its limit")        \
    X(NET_EXPOSURE, 35, "net_exposure_max", 6, "net exposure could exceed its limit")              \
    X(CONCENTRATION, 36, "concentration_max", 6, "one instrument could exceed its share")          \
    X(DAILY_LOSS, 37, "daily_loss_max", 16, "the day's loss has reached its limit")                \
    X(DRAWDOWN, 38, "drawdown_max", 16, "the drawdown has reached its limit")                      \
    X(CONSECUTIVE_LOSSES, 39, "consecutive_losses_max", 16, "too many losing trips in a row")      \
    X(ADV_SHARE, 40, "adv_share_max", 2, "too large a share of the daily volume")                  \
    X(DEPTH_SHARE, 41, "depth_share_max", 2, "too large a share of the visible depth")             \
    X(IMPACT, 42, "impact_bps_max", 30, "the expected impact on the visible depth is too high")    \
    X(BALANCE, 43, "balance", 29, "more than the book's free balance")                             \
    X(CASH_RESERVE, 44, "cash_reserve", 29, "free cash would fall below the reserve")              \
    X(ORDERS_FULL, 45, "orders_full", 7, "the table of orders is full of open orders")             \
    X(BOOK_REDUCING, 46, "book_reducing", 29, "the book is overdrawn and may only reduce")         \
    X(JOURNAL_LAG, 47, "journal_lag", 0, "the journal is behind; no intent is taken")              \
    X(VENUE_SAID, 64, "venue", 0, "the venue said so")                                             \
    X(VENUE_INSTRUMENT, 65, "venue_instrument", 0, "the venue does not trade the instrument")      \
    X(VENUE_BELOW_MINIMUM, 66, "venue_below_minimum", 0, "below the venue's minimum")              \
    X(VENUE_POST_ONLY, 67, "venue_post_only", 0, "post-only, and it would have taken liquidity")   \
    X(VENUE_UNFILLABLE, 68, "venue_unfillable", 0,                                                 \
      "immediate-or-cancel or fill-or-kill found no match")                                        \
    X(VENUE_UNKNOWN_ORDER, 69, "venue_unknown_order", 0, "the venue does not know the order")      \
    X(VENUE_GRID, 70, "venue_grid", 0, "price or quantity off the venue's grid")                   \
    X(VENUE_FULL, 71, "venue_full", 0, "the venue takes no more orders")                           \
    X(VENUE_EXPIRED, 72, "venue_expired", 0, "its time was over")                                  \
    X(VENUE_FUNDS, 73, "venue_funds", 0, "the venue account does not hold enough")                 \
    X(VENUE_SELF_TRADE, 74, "venue_self_trade", 0, "the venue's self-trade prevention")            \
    X(VENUE_HALTED, 75, "venue_halted", 0, "the venue has halted the instrument")                  \
    X(OVERDRAWN, 96, "overdrawn", 0, "evidence took a balance below zero")                         \
    X(OVERDRAWN_CLEARED, 97, "overdrawn_cleared", 0, "the balance is no longer below zero")        \
    X(PERSON, 98, "person", 0, "a person said so")                                                 \
    X(DATA_END, 99, "data_end", 0, "the data ended")                                               \
    X(BOT_REMOVED, 100, "bot_removed", 0, "its bot was removed")                                   \
    X(EQUITY_UNKNOWN, 101, "equity_unknown", 16, "a mark is missing, so equity is not known")      \
    X(DAY_STARTED, 102, "day_started", 16, "a new day began")                                      \
    X(NOT_LISTED, 103, "not_listed", 0, "the instrument is not listed")

enum reason {
#define REASON_ENUM(name, number, text, control, sentence) REASON_##name = number,
    REASON_TABLE(REASON_ENUM)
#undef REASON_ENUM
        REASON_COUNT = 104
};

const char *reason_name(enum reason reason);
const char *reason_sentence(enum reason reason);
unsigned reason_control(enum reason reason);

#endif
