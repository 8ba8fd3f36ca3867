/* What the files of the controls share: the questions they ask of orders, positions and markets,
 * and the controls themselves. For this room only. */
#ifndef TERN_CORE_RISK_JUDGE_H
#define TERN_CORE_RISK_JUDGE_H

#include "core/risk/risk.h"

#define JUDGE(name)                                                                 \
    enum reason name(const struct risk *risk, const struct risk_question *question, \
                     struct risk_answer *answer)
#define UNUSED(x) (void)(x)

static inline const struct instrument *instrument_of(const struct risk *risk,
                                                     const struct intent *intent)
{
    return &risk->instruments[intent->instrument];
}

static inline const struct instrument_limits *limits_of(const struct risk *risk,
                                                        const struct intent *intent)
{
    return &risk->limits.instruments[intent->instrument];
}

static inline i128 absolute(i128 value)
{
    return value < 0 ? -value : value;
}

static inline i128 value_of(const struct instrument *instrument, struct price price, i128 quantity)
{
    return price.units * quantity * instrument->amount_factor;
}

/* The quantity the intent may still execute: an amended order has done a part of its own. */
static inline int64_t rest_of(const struct risk_question *question)
{
    int64_t done = question->amends == NULL ? 0 : question->amends->filled.units;
    return question->intent->quantity.units - done;
}

/* What the order whose place the intent takes counts for already, on its side, and holds. */
static inline int64_t replaced_quantity(const struct risk_question *question)
{
    return question->amends == NULL ? 0 : order_remaining(question->amends).units;
}

static inline i128 replaced_hold(const struct risk_question *question)
{
    return question->amends == NULL ? 0 : amount_from_bytes(question->amends->hold).units;
}

/* value > limit, and then the answer says both. */
static inline bool exceeded(i128 value, i128 limit, struct risk_answer *answer)
{
    if (value <= limit)
        return false;
    answer->value.units = value;
    answer->limit.units = limit;
    return true;
}

/* The same of plain numbers: orders, fills, nanoseconds. The answer says all with 18 decimals. */
static inline bool count_exceeded(i128 value, i128 limit, struct risk_answer *answer)
{
    i128 unit = power_of_ten(AMOUNT_DECIMALS);
    return exceeded(value * unit, limit * unit, answer);
}

/* share x whole, rounded down; the largest number there is where it does not fit. */
i128 share_of(i128 whole, struct ratio share);
static inline bool share_exceeded(i128 value, i128 whole, struct ratio share,
                                  struct risk_answer *answer)
{
    return exceeded(value, share_of(whole, share), answer);
}

/* The price an order counts at: its own where it has one and it is the worse, else the mark. */
struct price counting_price(const struct risk *risk, const struct intent *intent);
/* Whether peak - equity has reached its share of the peak. */
bool drawdown_reached(const struct risk *risk, struct amount *value, struct amount *limit);

JUDGE(judge_allowed);
JUDGE(judge_grid);
JUDGE(judge_form);
JUDGE(judge_halted);
JUDGE(judge_reducing);
JUDGE(judge_paused);
JUDGE(judge_window);
JUDGE(judge_data);
JUDGE(judge_stale);
JUDGE(judge_book);
JUDGE(judge_skew);
JUDGE(judge_unknown);
JUDGE(judge_reduce_only);
JUDGE(judge_short);
JUDGE(judge_post_only);
JUDGE(judge_minimum);
JUDGE(judge_maximum);
JUDGE(judge_dust);
JUDGE(judge_order_quantity);
JUDGE(judge_order_notional);
JUDGE(judge_collar);
JUDGE(judge_fat_finger);
JUDGE(judge_duplicate);
JUDGE(judge_self_match);
JUDGE(judge_open_orders_instrument);
JUDGE(judge_open_orders);
JUDGE(judge_rate);
JUDGE(judge_cancel_ratio);
JUDGE(judge_repeat);
JUDGE(judge_parent);
JUDGE(judge_position_quantity);
JUDGE(judge_position_notional);
JUDGE(judge_equity_share);
JUDGE(judge_gross);
JUDGE(judge_net);
JUDGE(judge_concentration);
JUDGE(judge_daily_loss);
JUDGE(judge_drawdown);
JUDGE(judge_losses);
JUDGE(judge_adv);
JUDGE(judge_depth);
JUDGE(judge_impact);
JUDGE(judge_balance);
JUDGE(judge_reserve);

#endif
