/* Controls that look at positions, exposure, losses and cash. */
#include "core/risk/judge.h"

/* The quantity of the instrument that could be reached on the order's side, in all books. */
static i128 position_reach(const struct risk *risk, const struct risk_question *question)
{
    const struct intent *intent = question->intent;
    const struct instrument_risk *state = &risk->states[intent->instrument];
    i128 own = rest_of(question) - replaced_quantity(question);
    i128 total = risk->ledger->instrument_totals[intent->instrument];
    if (intent->side == SIDE_BUY)
        return total + state->open_buy + own;
    return -(total - state->open_sell - own);
}

/* Value of all positions with every live entry filled; gross takes sizes, net takes signs. */
static i128 exposure_reach(const struct risk *risk, const struct risk_question *question,
                           bool gross)
{
    const struct intent *intent = question->intent;
    bool buy = intent->side == SIDE_BUY;
    i128 sum = 0;
    for (uint32_t i = 0; i < risk->instruments_count; i++) {
        const struct instrument_risk *state = &risk->states[i];
        i128 quantity = (i128)risk->ledger->instrument_totals[i] + state->open_buy;
        if (buy && i == intent->instrument)
            quantity -= replaced_quantity(question);
        if (quantity == 0)
            continue;
        i128 value = value_of(&risk->instruments[i], risk_mark(risk, i), quantity);
        sum += gross ? absolute(value) : value;
    }
    i128 own = value_of(instrument_of(risk, intent), counting_price(risk, intent),
                        rest_of(question));
    return buy || gross ? sum + own : sum - own;
}

/* The value a position could reach: what is held or in flight at the mark, the new order at its own
 * price where that is the worse. */
static i128 position_value_reach(const struct risk *risk, const struct risk_question *question)
{
    const struct intent *intent = question->intent;
    const struct instrument *instrument = instrument_of(risk, intent);
    struct price mark = risk_mark(risk, intent->instrument);
    i128 own = value_of(instrument, counting_price(risk, intent), rest_of(question));
    i128 others = position_reach(risk, question) - rest_of(question);
    return value_of(instrument, mark, others) + own;
}

/* Whether peak - equity has reached share x peak. */
bool drawdown_reached(const struct risk *risk, struct amount *value, struct amount *limit)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_DRAWDOWN) || !risk->account->equity_seen)
        return false;
    i128 peak = risk->account->equity_peak;
    i128 allowed = 0;
    if (!i128_multiply_divide(peak, limits->drawdown_max.ppm, RATIO_ONE, ROUND_DOWN, &allowed)) {
        return false;
    }
    *value = (struct amount){peak - risk_equity(risk).units};
    *limit = (struct amount){allowed};
    return value->units > 0 && value->units >= allowed;
}

JUDGE(judge_position_quantity)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_POSITION_QUANTITY))
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, question->intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return exceeded(position_reach(risk, question) * unit,
                    limits->position_quantity_max.units * unit, answer)
               ? REASON_POSITION_QUANTITY
               : REASON_NONE;
}

JUDGE(judge_position_notional)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_POSITION_NOTIONAL))
        return REASON_NONE;
    return exceeded(position_value_reach(risk, question), limits->position_notional_max.units,
                    answer)
               ? REASON_POSITION_NOTIONAL
               : REASON_NONE;
}

JUDGE(judge_equity_share)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_EQUITY_SHARE))
        return REASON_NONE;
    return share_exceeded(position_value_reach(risk, question), risk_equity(risk).units,
                          limits->equity_share_max, answer)
               ? REASON_EQUITY_SHARE
               : REASON_NONE;
}

JUDGE(judge_gross)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_GROSS_EXPOSURE))
        return REASON_NONE;
    return share_exceeded(exposure_reach(risk, question, true), risk_equity(risk).units,
                          limits->gross_exposure_max, answer)
               ? REASON_GROSS_EXPOSURE
               : REASON_NONE;
}

JUDGE(judge_net)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_NET_EXPOSURE))
        return REASON_NONE;
    return share_exceeded(absolute(exposure_reach(risk, question, false)), risk_equity(risk).units,
                          limits->net_exposure_max, answer)
               ? REASON_NET_EXPOSURE
               : REASON_NONE;
}

JUDGE(judge_concentration)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_CONCENTRATION))
        return REASON_NONE;
    return share_exceeded(position_value_reach(risk, question), risk_equity(risk).units,
                          limits->concentration_max, answer)
               ? REASON_CONCENTRATION
               : REASON_NONE;
}

JUDGE(judge_daily_loss)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_DAILY_LOSS) || !risk->account->equity_seen)
        return REASON_NONE;
    i128 loss = risk->account->day_equity - risk_equity(risk).units;
    if (loss < limits->daily_loss_max.units)
        return REASON_NONE;
    answer->value.units = loss;
    answer->limit = limits->daily_loss_max;
    return REASON_DAILY_LOSS;
}

JUDGE(judge_drawdown)
{
    UNUSED(question);
    return drawdown_reached(risk, &answer->value, &answer->limit) ? REASON_DRAWDOWN : REASON_NONE;
}

JUDGE(judge_losses)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_LOSSES))
        return REASON_NONE;
    if (risk->ledger->counters->loss_streak < limits->consecutive_losses_max)
        return REASON_NONE;
    i128 unit = power_of_ten(AMOUNT_DECIMALS);
    answer->value.units = risk->ledger->counters->loss_streak * unit;
    answer->limit.units = limits->consecutive_losses_max * unit;
    return REASON_CONSECUTIVE_LOSSES;
}

JUDGE(judge_balance)
{
    const struct intent *intent = question->intent;
    const struct instrument *instrument = instrument_of(risk, intent);
    struct amount free_balance;
    if (intent->side == SIDE_BUY) {
        free_balance = ledger_available(risk->ledger, question->cash_book, instrument->quote_asset);
    } else {
        free_balance = ledger_available(risk->ledger, intent->book, instrument->base_asset);
    }
    i128 free_units = free_balance.units + replaced_hold(question);
    return exceeded(answer->hold.units, free_units, answer) ? REASON_BALANCE : REASON_NONE;
}

JUDGE(judge_reserve)
{
    const struct intent *intent = question->intent;
    if (intent->side != SIDE_BUY)
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, intent);
    uint32_t quote = instrument->quote_asset;
    i128 replaced = replaced_hold(question);
    i128 book_free = ledger_available(risk->ledger, question->cash_book, quote).units + replaced;
    i128 book_reserve = risk->limits.book_reserves[question->cash_book].units;
    if (book_reserve > 0 && book_free - answer->hold.units < book_reserve) {
        answer->scope = SCOPE_BOOK;
        answer->value.units = book_free - answer->hold.units;
        answer->limit.units = book_reserve;
        return REASON_CASH_RESERVE;
    }
    if (!(risk->limits.account.on & LIMIT_CASH_RESERVE))
        return REASON_NONE;
    i128 account_free = ledger_account_available(risk->ledger, quote).units + replaced;
    i128 reserve = risk->limits.account.cash_reserve.units;
    if (account_free - answer->hold.units >= reserve)
        return REASON_NONE;
    answer->value.units = account_free - answer->hold.units;
    answer->limit.units = reserve;
    return REASON_CASH_RESERVE;
}
