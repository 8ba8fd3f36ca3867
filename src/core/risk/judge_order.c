/* Controls that look at the order itself and at other orders. */
#include "core/risk/judge.h"

JUDGE(judge_allowed)
{
    UNUSED(answer);
    if (question->intent->instrument >= risk->instruments_count)
        return REASON_INSTRUMENT_NOT_ALLOWED;
    return instrument_of(risk, question->intent)->tradable ? REASON_NONE
                                                           : REASON_INSTRUMENT_NOT_ALLOWED;
}

JUDGE(judge_grid)
{
    const struct intent *intent = question->intent;
    const struct instrument *instrument = instrument_of(risk, intent);
    UNUSED(answer);
    if (intent->quantity.units <= 0 || intent->quantity.units > QUANTITY_UNITS_MAX) {
        return REASON_OFF_GRID;
    }
    if (intent->quantity.units % instrument->lot.units != 0)
        return REASON_OFF_GRID;
    if (intent->price.units < 0 || intent->price.units > PRICE_UNITS_MAX)
        return REASON_OFF_GRID;
    if (intent->stop_price.units < 0 || intent->stop_price.units > PRICE_UNITS_MAX) {
        return REASON_OFF_GRID;
    }
    if (intent->price.units % instrument->tick.units != 0)
        return REASON_OFF_GRID;
    return intent->stop_price.units % instrument->tick.units != 0 ? REASON_OFF_GRID : REASON_NONE;
}

JUDGE(judge_form)
{
    const struct intent *intent = question->intent;
    UNUSED(risk);
    UNUSED(answer);
    bool limit = intent->type == ORDER_LIMIT || intent->type == ORDER_STOP_LIMIT;
    bool stop = intent->type == ORDER_STOP || intent->type == ORDER_STOP_LIMIT;
    if (intent->side != SIDE_BUY && intent->side != SIDE_SELL)
        return REASON_MALFORMED;
    if (intent->type < ORDER_MARKET || intent->type > ORDER_STOP_LIMIT)
        return REASON_MALFORMED;
    if (intent->tif < TIF_GTC || intent->tif > TIF_GTD)
        return REASON_MALFORMED;
    if (limit != (intent->price.units > 0))
        return REASON_MALFORMED;
    if (stop != (intent->stop_price.units > 0))
        return REASON_MALFORMED;
    if ((intent->flags & ORDER_FLAG_POST_ONLY) && intent->type != ORDER_LIMIT) {
        return REASON_MALFORMED;
    }
    bool immediate = intent->tif == TIF_IOC || intent->tif == TIF_FOK;
    if ((intent->flags & ORDER_FLAG_POST_ONLY) && immediate)
        return REASON_MALFORMED;
    if (stop && immediate)
        return REASON_MALFORMED;
    if (intent->tif == TIF_GTD && intent->expire_ns <= question->time_ns)
        return REASON_MALFORMED;
    return REASON_NONE;
}

JUDGE(judge_halted)
{
    UNUSED(answer);
    enum trading_state state = risk_state(risk, question->intent->instrument,
                                          question->intent->book);
    return state == TRADING_HALTED ? REASON_TRADING_HALTED : REASON_NONE;
}

JUDGE(judge_reducing)
{
    UNUSED(answer);
    const struct intent *intent = question->intent;
    if (risk->books[intent->book].state == TRADING_REDUCING ||
        risk->books[question->cash_book].state == TRADING_REDUCING) {
        return REASON_BOOK_REDUCING;
    }
    enum trading_state state = risk_state(risk, intent->instrument, intent->book);
    return state == TRADING_REDUCING ? REASON_TRADING_REDUCING : REASON_NONE;
}

JUDGE(judge_paused)
{
    UNUSED(answer);
    enum trading_state state = risk_state(risk, question->intent->instrument,
                                          question->intent->book);
    return state == TRADING_PAUSED ? REASON_TRADING_PAUSED : REASON_NONE;
}

JUDGE(judge_reduce_only)
{
    UNUSED(answer);
    uint8_t flags = question->intent->flags;
    if (!(flags & (ORDER_FLAG_REDUCE_ONLY | ORDER_FLAG_PROTECTIVE)))
        return REASON_NONE;
    return risk_reduces(risk, question) ? REASON_NONE : REASON_REDUCE_ONLY;
}

JUDGE(judge_short)
{
    const struct intent *intent = question->intent;
    if (intent->side != SIDE_SELL || risk_reduces(risk, question))
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    size_t at = (size_t)intent->book * risk->instruments_count + intent->instrument;
    int64_t position = ledger_position(risk->ledger, intent->book, intent->instrument)->quantity;
    i128 open = risk->exposures[at].open_sell - replaced_quantity(question);
    answer->value.units = rest_of(question) * unit;
    answer->limit.units = (position - open) * unit;
    return REASON_NO_SHORT;
}

JUDGE(judge_post_only)
{
    const struct intent *intent = question->intent;
    UNUSED(answer);
    if (!(intent->flags & ORDER_FLAG_POST_ONLY))
        return REASON_NONE;
    const struct market_state *market = &risk->markets[intent->instrument];
    bool buy = intent->side == SIDE_BUY;
    struct price opposite = buy ? market->ask : market->bid;
    if (opposite.units == 0)
        return REASON_NONE;
    bool crosses = buy ? intent->price.units >= opposite.units
                       : intent->price.units <= opposite.units;
    return crosses ? REASON_POST_ONLY_CROSSES : REASON_NONE;
}

JUDGE(judge_minimum)
{
    const struct intent *intent = question->intent;
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    if (intent->quantity.units < instrument->quantity_min.units) {
        answer->value.units = intent->quantity.units * unit;
        answer->limit.units = instrument->quantity_min.units * unit;
        return REASON_VENUE_MINIMUM;
    }
    i128 notional = value_of(instrument, counting_price(risk, intent), intent->quantity.units);
    if (notional < instrument->notional_min.units) {
        answer->value.units = notional;
        answer->limit = instrument->notional_min;
        return REASON_VENUE_MINIMUM;
    }
    return REASON_NONE;
}

JUDGE(judge_maximum)
{
    const struct instrument *instrument = instrument_of(risk, question->intent);
    if (instrument->quantity_max.units == 0)
        return REASON_NONE;
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return exceeded(question->intent->quantity.units * unit, instrument->quantity_max.units * unit,
                    answer)
               ? REASON_VENUE_MAXIMUM
               : REASON_NONE;
}

static bool is_dust(const struct risk *risk, const struct intent *intent, int64_t rest,
                    struct risk_answer *answer)
{
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 value = value_of(instrument, counting_price(risk, intent), rest);
    if (rest <= 0)
        return false;
    if (rest >= instrument->quantity_min.units && value >= instrument->notional_min.units)
        return false;
    answer->value.units = value;
    answer->limit = instrument->notional_min;
    return true;
}

/* A sale must not leave a remainder that is too small to be sold, whether the other sales in flight
 * are filled or not. */
JUDGE(judge_dust)
{
    const struct intent *intent = question->intent;
    if (!(risk->limits.account.on & LIMIT_DUST) || intent->side != SIDE_SELL)
        return REASON_NONE;
    size_t at = (size_t)intent->book * risk->instruments_count + intent->instrument;
    int64_t position = ledger_position(risk->ledger, intent->book, intent->instrument)->quantity;
    int64_t others = risk->exposures[at].open_sell - replaced_quantity(question);
    int64_t rest = position - rest_of(question);
    if (is_dust(risk, intent, rest, answer) || is_dust(risk, intent, rest - others, answer))
        return REASON_DUST_REMAINDER;
    return REASON_NONE;
}

JUDGE(judge_order_quantity)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_ORDER_QUANTITY))
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, question->intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return exceeded(question->intent->quantity.units * unit,
                    limits->order_quantity_max.units * unit, answer)
               ? REASON_ORDER_QUANTITY
               : REASON_NONE;
}

JUDGE(judge_order_notional)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    i128 notional = value_of(instrument_of(risk, question->intent),
                             counting_price(risk, question->intent),
                             question->intent->quantity.units);
    i128 limit = (i128)NOTIONAL_WHOLE_MAX * power_of_ten(AMOUNT_DECIMALS);
    if (limits->on & LIMIT_ORDER_NOTIONAL)
        limit = limits->order_notional_max.units;
    return exceeded(notional, limit, answer) ? REASON_ORDER_NOTIONAL : REASON_NONE;
}

JUDGE(judge_duplicate)
{
    const struct account_limits *limits = &risk->limits.account;
    const struct intent *intent = question->intent;
    UNUSED(answer);
    if (!(limits->on & LIMIT_DUPLICATE) || question->amends != NULL)
        return REASON_NONE;
    for (uint32_t i = 0; i < RISK_RECENT_MAX; i++) {
        const struct recent_intent *recent = &risk->intents[i];
        if (recent->quantity.units == 0)
            continue;
        if (question->time_ns - recent->time_ns >= limits->duplicate_window_ns)
            continue;
        if (recent->book == intent->book && recent->instrument == intent->instrument &&
            recent->side == intent->side && recent->type == intent->type &&
            recent->quantity.units == intent->quantity.units &&
            recent->price.units == intent->price.units &&
            recent->stop_price.units == intent->stop_price.units) {
            return REASON_DUPLICATE;
        }
    }
    return REASON_NONE;
}

/* The price at which the order would meet others: its limit, or at market the best on the other
 * side, the mark where that is not known. */
static struct price meeting_price(const struct risk *risk, const struct intent *intent)
{
    const struct market_state *market = &risk->markets[intent->instrument];
    if (intent->price.units > 0)
        return intent->price;
    struct price best = intent->side == SIDE_BUY ? market->ask : market->bid;
    return best.units > 0 ? best : risk_mark(risk, intent->instrument);
}

JUDGE(judge_self_match)
{
    const struct intent *intent = question->intent;
    UNUSED(answer);
    if (!(risk->limits.account.on & LIMIT_SELF_MATCH))
        return REASON_NONE;
    if (intent->type == ORDER_STOP || intent->type == ORDER_STOP_LIMIT)
        return REASON_NONE;
    struct price price = meeting_price(risk, intent);
    uint32_t at = *risk->live_first;
    while (at != 0) {
        const struct order *order = &risk->orders[at - 1];
        at = order->live_next;
        if (order->instrument != intent->instrument || order->side == intent->side)
            continue;
        if (order->type != ORDER_LIMIT)
            continue;
        bool crosses = intent->side == SIDE_BUY ? price.units >= order->price.units
                                                : price.units <= order->price.units;
        if (crosses)
            return REASON_SELF_MATCH;
    }
    return REASON_NONE;
}

JUDGE(judge_open_orders_instrument)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_OPEN_ORDERS) || question->amends != NULL)
        return REASON_NONE;
    i128 count = (i128)risk->states[question->intent->instrument].open_orders + 1;
    return count_exceeded(count, limits->open_orders_max, answer) ? REASON_OPEN_ORDERS_INSTRUMENT
                                                                  : REASON_NONE;
}

JUDGE(judge_open_orders)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_OPEN_ORDERS_TOTAL) || question->amends != NULL)
        return REASON_NONE;
    return count_exceeded((i128)risk->account->open_orders + 1, limits->open_orders_max, answer)
               ? REASON_OPEN_ORDERS
               : REASON_NONE;
}

/* Generic cell rate: each message moves a virtual time on by one interval; it may run ahead of the
 * clock by burst - 1 intervals. */
JUDGE(judge_rate)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_MESSAGE_RATE))
        return REASON_NONE;
    int64_t ahead = risk->account->message_time_ns - question->time_ns;
    i128 allowed = (i128)limits->message_interval_ns * (limits->message_burst - 1);
    return count_exceeded(ahead, allowed, answer) ? REASON_MESSAGE_RATE : REASON_NONE;
}

/* Twenty cancels are free, so that the ratio means something before the first fills. */
JUDGE(judge_cancel_ratio)
{
    const struct account_limits *limits = &risk->limits.account;
    const struct account_risk *account = risk->account;
    UNUSED(question);
    if (!(limits->on & LIMIT_CANCEL_RATIO) || account->cancels_count <= 20)
        return REASON_NONE;
    i128 fills = account->fills_count > 0 ? (i128)account->fills_count : 1;
    i128 unit = power_of_ten(AMOUNT_DECIMALS);
    return share_exceeded((i128)account->cancels_count * unit, fills * unit,
                          limits->cancel_fill_ratio_max, answer)
               ? REASON_CANCEL_RATIO
               : REASON_NONE;
}

JUDGE(judge_repeat)
{
    const struct account_limits *limits = &risk->limits.account;
    const struct intent *intent = question->intent;
    if (!(limits->on & LIMIT_REPEAT))
        return REASON_NONE;
    uint32_t count = 0;
    for (uint32_t i = 0; i < RISK_RECENT_MAX; i++) {
        const struct recent_fill *fill = &risk->fills[i];
        if (fill->side != intent->side || fill->instrument != intent->instrument)
            continue;
        if (fill->book != intent->book)
            continue;
        if (question->time_ns - fill->time_ns < limits->repeat_window_ns)
            count++;
    }
    return count_exceeded((i128)count + 1, limits->repeat_count_max, answer)
               ? REASON_REPEATED_EXECUTION
               : REASON_NONE;
}

JUDGE(judge_parent)
{
    const struct order *parent = question->parent;
    const struct intent *intent = question->intent;
    if (intent->parent == 0)
        return REASON_NONE;
    if (parent == NULL || order_state_is_end((enum order_state)parent->state))
        return REASON_PARENT_EXCEEDED;
    if (parent->instrument != intent->instrument || parent->side != intent->side ||
        parent->book != intent->book)
        return REASON_PARENT_EXCEEDED;
    const struct order *amends = question->amends;
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument_of(risk, intent)->quantity_decimals);
    i128 sum = (i128)parent->children.units + intent->quantity.units;
    if (amends != NULL)
        sum -= i64_max(amends->quantity.units, amends->filled.units);
    return exceeded(sum * unit, (i128)parent->quantity.units * unit, answer)
               ? REASON_PARENT_EXCEEDED
               : REASON_NONE;
}
