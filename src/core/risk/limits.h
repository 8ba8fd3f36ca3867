/* The limits that risk enforces, resolved: for each instrument the stricter of its own cap and the
 * general one, in the instrument's own units. A limit whose bit is not set in `on` is off. */
#ifndef TERN_CORE_RISK_LIMITS_H
#define TERN_CORE_RISK_LIMITS_H

#include "core/model/instrument.h"

enum instrument_limit {
    LIMIT_ORDER_QUANTITY = 1 << 0,
    LIMIT_ORDER_NOTIONAL = 1 << 1,
    LIMIT_POSITION_QUANTITY = 1 << 2,
    LIMIT_POSITION_NOTIONAL = 1 << 3,
    LIMIT_EQUITY_SHARE = 1 << 4,
    LIMIT_ADV_SHARE = 1 << 5,
    LIMIT_DEPTH_SHARE = 1 << 6,
    LIMIT_PRICE_COLLAR = 1 << 7,
    LIMIT_MARKET_COLLAR = 1 << 8,
    LIMIT_IMPACT = 1 << 9,
    LIMIT_OPEN_ORDERS = 1 << 10,
    LIMIT_DATA_AGE = 1 << 11,
    LIMIT_FAT_FINGER = 1 << 12
};

struct instrument_limits {
    uint32_t on;
    uint32_t open_orders_max;
    struct quantity order_quantity_max, position_quantity_max;
    struct amount order_notional_max, position_notional_max; /* in the quote */
    struct ratio equity_share_max;                           /* position notional / equity */
    struct ratio adv_share_max;   /* order quantity / average daily volume */
    struct ratio depth_share_max; /* order quantity / visible depth on the side taken */
    struct ratio price_collar;    /* limit price from the mark */
    struct ratio market_collar;   /* market order: opposite best from the mark */
    struct ratio impact_max;      /* expected average price from the mid */
    int64_t data_age_max_ns;
    double fat_finger_sigma;  /* standard deviations of recent closes */
    uint32_t fat_finger_bars; /* how many closes, 2 … RISK_CLOSES_MAX */
    uint32_t reserved;
};

enum account_limit {
    LIMIT_GROSS_EXPOSURE = 1 << 0,
    LIMIT_NET_EXPOSURE = 1 << 1,
    LIMIT_CONCENTRATION = 1 << 2,
    LIMIT_OPEN_ORDERS_TOTAL = 1 << 3,
    LIMIT_MESSAGE_RATE = 1 << 4,
    LIMIT_CANCEL_RATIO = 1 << 5,
    LIMIT_REPEAT = 1 << 6,
    LIMIT_DUPLICATE = 1 << 7,
    LIMIT_SELF_MATCH = 1 << 8,
    LIMIT_DUST = 1 << 9,
    LIMIT_CLOCK_SKEW = 1 << 10,
    LIMIT_DAILY_LOSS = 1 << 11,
    LIMIT_DRAWDOWN = 1 << 12,
    LIMIT_LOSSES = 1 << 13,
    LIMIT_WINDOW = 1 << 14,
    LIMIT_CASH_RESERVE = 1 << 15
};

#define RISK_WINDOWS_MAX 32
#define RISK_CLOSES_MAX 64  /* closes remembered for the fat-finger control */
#define RISK_VOLUME_DAYS 30 /* days of the average daily volume */
#define RISK_RECENT_MAX 256 /* intents and fills remembered for the two throttles */

/* Days as bits, Monday = 1; nanoseconds since midnight UTC, from < to. */
struct trading_window {
    uint32_t days, reserved;
    int64_t from_ns, to_ns;
};

struct account_limits {
    uint32_t on;
    uint32_t open_orders_max;
    struct ratio gross_exposure_max, net_exposure_max, concentration_max; /* of equity */
    struct ratio cancel_fill_ratio_max;
    int64_t message_interval_ns; /* one risk-carrying message earns this much time */
    uint32_t message_burst;
    uint32_t repeat_count_max;
    int64_t repeat_window_ns, duplicate_window_ns, clock_skew_max_ns;
    struct amount daily_loss_max; /* in currency */
    struct ratio drawdown_max;
    uint32_t consecutive_losses_max;
    uint32_t windows_count;
    struct trading_window windows[RISK_WINDOWS_MAX];
    struct amount cash_reserve; /* of the account, in currency */
};

struct risk_limits {
    struct account_limits account;
    const struct instrument_limits *instruments; /* borrowed; one an instrument */
    const struct amount *book_reserves;          /* borrowed; one a book; cash it keeps free */
};

#endif
