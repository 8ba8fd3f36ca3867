/* The pre-trade controls as one table, and how an intent is judged by it. */
#include "core/risk/judge.h"

/* ---- what controls ask ---- */

struct price risk_mark(const struct risk *risk, uint32_t instrument)
{
    struct price mark = risk->markets[instrument].mark;
    return mark.units > 0 ? mark : risk->states[instrument].close;
}

/* The price an order counts at: its own where it has one and it is the worse, else the mark. */
struct price counting_price(const struct risk *risk, const struct intent *intent)
{
    struct price mark = risk_mark(risk, intent->instrument);
    struct price own = intent->price.units > 0 ? intent->price : intent->stop_price;
    if (intent->type == ORDER_LIMIT)
        return own;
    return own.units > mark.units ? own : mark;
}

i128 share_of(i128 whole, struct ratio share)
{
    i128 limit = 0;
    bool fits = i128_multiply_divide(whole > 0 ? whole : 0, share.ppm, RATIO_ONE, ROUND_DOWN,
                                     &limit);
    i128 unlimited = (i128)(((u128)1 << 127) - 1);
    return fits ? limit : unlimited;
}

bool risk_reduces(const struct risk *risk, const struct risk_question *question)
{
    const struct intent *intent = question->intent;
    const struct position *position = ledger_position(risk->ledger, intent->book,
                                                      intent->instrument);
    size_t at = (size_t)intent->book * risk->instruments_count + intent->instrument;
    const struct book_exposure *open = &risk->exposures[at];
    int64_t rest = rest_of(question);
    if (intent->side == SIDE_SELL)
        return rest <= position->quantity - (open->open_sell - replaced_quantity(question));
    return rest <= -position->quantity - (open->open_buy - replaced_quantity(question));
}

/* An amend that only takes risk back: no larger, and at no bolder a price. */
static bool softens(const struct risk_question *question)
{
    const struct order *order = question->amends;
    const struct intent *intent = question->intent;
    if (order == NULL || intent->quantity.units > order->quantity.units)
        return false;
    return intent->side == SIDE_BUY ? intent->price.units <= order->price.units
                                    : intent->price.units >= order->price.units;
}

enum trading_state risk_state(const struct risk *risk, uint32_t instrument, uint32_t book)
{
    static const enum trading_state of_stop[] = {TRADING_ACTIVE, TRADING_PAUSED, TRADING_REDUCING,
                                                 TRADING_HALTED, TRADING_HALTED};
    uint32_t state = of_stop[risk->account->stop];
    if (risk->account->state > state)
        state = risk->account->state;
    if (risk->states[instrument].state > state)
        state = risk->states[instrument].state;
    if (risk->books[book].state > state)
        state = risk->books[book].state;
    return (enum trading_state)state;
}

/* ---- the table ---- */

static const struct risk_control controls[] = {
    /* reason, entries, protective, unit, judge, limits of the account and of instruments */
    {REASON_INSTRUMENT_NOT_ALLOWED, false, true, "", judge_allowed, 0, 0},
    {REASON_OFF_GRID, false, true, "", judge_grid, 0, 0},
    {REASON_MALFORMED, false, true, "", judge_form, 0, 0},
    {REASON_TRADING_HALTED, false, false, "", judge_halted, 0, 0},
    {REASON_TRADING_REDUCING, true, false, "", judge_reducing, 0, 0},
    {REASON_TRADING_PAUSED, true, false, "", judge_paused, 0, 0},
    {REASON_OUTSIDE_WINDOW, true, false, "", judge_window, LIMIT_WINDOW, 0},
    {REASON_NO_DATA, false, true, "", judge_data, 0, 0},
    {REASON_DATA_STALE, true, false, "ns", judge_stale, 0, LIMIT_DATA_AGE},
    {REASON_BOOK_INVALID, true, false, "", judge_book, 0, 0},
    {REASON_CLOCK_SKEW, true, false, "ns", judge_skew, LIMIT_CLOCK_SKEW, 0},
    {REASON_ORDER_UNKNOWN, true, false, "", judge_unknown, 0, 0},
    {REASON_REDUCE_ONLY, false, true, "", judge_reduce_only, 0, 0},
    {REASON_NO_SHORT, false, true, "base", judge_short, 0, 0},
    {REASON_POST_ONLY_CROSSES, false, true, "", judge_post_only, 0, 0},
    {REASON_VENUE_MINIMUM, false, true, "base or quote", judge_minimum, 0, 0},
    {REASON_VENUE_MAXIMUM, false, true, "base", judge_maximum, 0, 0},
    {REASON_DUST_REMAINDER, false, false, "quote", judge_dust, LIMIT_DUST, 0},
    {REASON_ORDER_QUANTITY, true, false, "base", judge_order_quantity, 0, LIMIT_ORDER_QUANTITY},
    {REASON_ORDER_NOTIONAL, true, false, "quote", judge_order_notional, 0, 0},
    {REASON_PRICE_COLLAR, false, false, "quote", judge_collar, 0,
     LIMIT_PRICE_COLLAR | LIMIT_MARKET_COLLAR},
    {REASON_FAT_FINGER, false, false, "", judge_fat_finger, 0, LIMIT_FAT_FINGER},
    {REASON_DUPLICATE, false, false, "", judge_duplicate, LIMIT_DUPLICATE, 0},
    {REASON_SELF_MATCH, false, false, "", judge_self_match, LIMIT_SELF_MATCH, 0},
    {REASON_OPEN_ORDERS_INSTRUMENT, true, false, "orders", judge_open_orders_instrument, 0,
     LIMIT_OPEN_ORDERS},
    {REASON_OPEN_ORDERS, true, false, "orders", judge_open_orders, LIMIT_OPEN_ORDERS_TOTAL, 0},
    {REASON_MESSAGE_RATE, false, false, "ns", judge_rate, LIMIT_MESSAGE_RATE, 0},
    {REASON_CANCEL_RATIO, true, false, "cancels", judge_cancel_ratio, LIMIT_CANCEL_RATIO, 0},
    {REASON_REPEATED_EXECUTION, false, false, "fills", judge_repeat, LIMIT_REPEAT, 0},
    {REASON_PARENT_EXCEEDED, false, true, "base", judge_parent, 0, 0},
    {REASON_POSITION_QUANTITY, true, false, "base", judge_position_quantity, 0,
     LIMIT_POSITION_QUANTITY},
    {REASON_POSITION_NOTIONAL, true, false, "quote", judge_position_notional, 0,
     LIMIT_POSITION_NOTIONAL},
    {REASON_EQUITY_SHARE, true, false, "quote", judge_equity_share, 0, LIMIT_EQUITY_SHARE},
    {REASON_GROSS_EXPOSURE, true, false, "currency", judge_gross, LIMIT_GROSS_EXPOSURE, 0},
    {REASON_NET_EXPOSURE, true, false, "currency", judge_net, LIMIT_NET_EXPOSURE, 0},
    {REASON_CONCENTRATION, true, false, "currency", judge_concentration, LIMIT_CONCENTRATION, 0},
    {REASON_DAILY_LOSS, true, false, "currency", judge_daily_loss, LIMIT_DAILY_LOSS, 0},
    {REASON_DRAWDOWN, true, false, "currency", judge_drawdown, LIMIT_DRAWDOWN, 0},
    {REASON_CONSECUTIVE_LOSSES, true, false, "trips", judge_losses, LIMIT_LOSSES, 0},
    {REASON_ADV_SHARE, true, false, "", judge_adv, 0, LIMIT_ADV_SHARE},
    {REASON_DEPTH_SHARE, true, false, "base", judge_depth, 0, LIMIT_DEPTH_SHARE},
    {REASON_IMPACT, true, false, "", judge_impact, 0, LIMIT_IMPACT},
    {REASON_BALANCE, false, true, "quote or base", judge_balance, 0, 0},
    {REASON_CASH_RESERVE, false, false, "currency", judge_reserve, 0, 0},
};

const struct risk_control *risk_controls(size_t *count)
{
    *count = ARRAY_COUNT(controls);
    return controls;
}

void risk_reserve(const struct risk *risk, const struct intent *intent, struct amount *hold,
                  struct amount *notional)
{
    const struct instrument *instrument = instrument_of(risk, intent);
    struct price price = counting_price(risk, intent);
    *notional = instrument_notional(instrument, price, intent->quantity);
    if (intent->side == SIDE_SELL) {
        i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
        hold->units = intent->quantity.units * unit;
        return;
    }
    struct ratio rate = risk->fee_taker.ppm > risk->fee_maker.ppm ? risk->fee_taker
                                                                  : risk->fee_maker;
    if (rate.ppm < 0)
        rate.ppm = 0;
    struct amount fee = instrument_fee(instrument, *notional, rate);
    hold->units = notional->units + fee.units;
}

/* Before anything is multiplied: no order is worth more than can be counted with. */
static bool countable(const struct risk *risk, const struct intent *intent,
                      struct risk_answer *answer)
{
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 product = (i128)counting_price(risk, intent).units * intent->quantity.units;
    if (product <= NOTIONAL_MAX / instrument->amount_factor)
        return true;
    answer->reason = REASON_ORDER_NOTIONAL;
    answer->limit.units = NOTIONAL_MAX;
    return false;
}

void risk_controls_select(struct risk *risk)
{
    _Static_assert(ARRAY_COUNT(controls) <= RISK_CONTROLS_MAX, "every control has a place");
    uint32_t any = 0;
    for (uint32_t i = 0; i < risk->instruments_count; i++)
        any |= risk->limits.instruments[i].on;
    risk->controls_count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(controls); i++) {
        const struct risk_control *control = &controls[i];
        bool idle = (control->account_limits != 0 &&
                     (risk->limits.account.on & control->account_limits) == 0) ||
                    (control->instrument_limits != 0 && (any & control->instrument_limits) == 0);
        if (!idle)
            risk->controls[risk->controls_count++] = (uint8_t)i;
    }
}

void risk_check(const struct risk *risk, const struct risk_question *question,
                struct risk_answer *answer)
{
    const struct intent *intent = question->intent;
    *answer = (struct risk_answer){.reason = REASON_NONE, .scope = SCOPE_ACCOUNT};
    bool protective = (intent->flags & ORDER_FLAG_PROTECTIVE) != 0;
    bool reduces = false;
    for (uint32_t i = 0; i < risk->controls_count; i++) {
        const struct risk_control *control = &controls[risk->controls[i]];
        if (protective && !control->protective)
            continue;
        if (control->entries && reduces)
            continue;
        answer->reason = control->judge(risk, question, answer);
        if (answer->reason != REASON_NONE)
            return;
        if (control->reason == REASON_MALFORMED) {
            /* From here on the fields make sense, so that they can be counted with. */
            reduces = risk_reduces(risk, question) || softens(question);
        } else if (control->reason == REASON_NO_DATA) {
            if (!countable(risk, intent, answer))
                return;
            struct intent rest = *intent;
            rest.quantity.units = rest_of(question);
            risk_reserve(risk, &rest, &answer->hold, &answer->notional);
        }
    }
}
