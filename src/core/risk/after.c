/* What a fill or a cycle may have broken. */
#include "core/risk/judge.h"

static void breach_put(struct risk_breach *breaches, uint32_t *count, uint32_t capacity,
                       enum reason reason, uint32_t instrument, i128 value, i128 limit)
{
    if (*count == capacity)
        return;
    breaches[(*count)++] = (struct risk_breach){reason, instrument, (struct amount){value},
                                                (struct amount){limit}};
}

/* A size may be as large as its limit; a loss is one as soon as it reaches it. */
static void breach_add(struct risk_breach *breaches, uint32_t *count, uint32_t capacity,
                       enum reason reason, uint32_t instrument, i128 value, i128 limit)
{
    if (value > limit)
        breach_put(breaches, count, capacity, reason, instrument, value, limit);
}

static void check_instrument(const struct risk *risk, uint32_t index, struct risk_breach *breaches,
                             uint32_t *count, uint32_t capacity)
{
    const struct instrument_limits *limits = &risk->limits.instruments[index];
    const struct account_limits *account = &risk->limits.account;
    const struct instrument *instrument = &risk->instruments[index];
    i128 quantity = absolute(risk->ledger->instrument_totals[index]);
    if (quantity == 0)
        return;
    i128 value = value_of(instrument, risk_mark(risk, index), quantity);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    if (limits->on & LIMIT_POSITION_QUANTITY) {
        breach_add(breaches, count, capacity, REASON_POSITION_QUANTITY, index, quantity * unit,
                   limits->position_quantity_max.units * unit);
    }
    if (limits->on & LIMIT_POSITION_NOTIONAL) {
        breach_add(breaches, count, capacity, REASON_POSITION_NOTIONAL, index, value,
                   limits->position_notional_max.units);
    }
    i128 equity = risk_equity(risk).units;
    if (limits->on & LIMIT_EQUITY_SHARE) {
        breach_add(breaches, count, capacity, REASON_EQUITY_SHARE, index, value,
                   share_of(equity, limits->equity_share_max));
    }
    if (account->on & LIMIT_CONCENTRATION) {
        breach_add(breaches, count, capacity, REASON_CONCENTRATION, index, value,
                   share_of(equity, account->concentration_max));
    }
}

uint32_t risk_check_after(const struct risk *risk, uint32_t instrument,
                          struct risk_breach *breaches, uint32_t capacity)
{
    const struct account_limits *limits = &risk->limits.account;
    uint32_t count = 0;
    uint32_t first = instrument == NONE_INDEX ? 0 : instrument;
    uint32_t end = instrument == NONE_INDEX ? risk->instruments_count : instrument + 1;
    for (uint32_t i = first; i < end; i++)
        check_instrument(risk, i, breaches, &count, capacity);
    i128 equity = risk_equity(risk).units;
    if (limits->on & (LIMIT_GROSS_EXPOSURE | LIMIT_NET_EXPOSURE)) {
        i128 gross = 0;
        i128 net = 0;
        for (uint32_t i = 0; i < risk->instruments_count; i++) {
            i128 value = value_of(&risk->instruments[i], risk_mark(risk, i),
                                  risk->ledger->instrument_totals[i]);
            gross += absolute(value);
            net += value;
        }
        if (limits->on & LIMIT_GROSS_EXPOSURE) {
            breach_add(breaches, &count, capacity, REASON_GROSS_EXPOSURE, NONE_INDEX, gross,
                       share_of(equity, limits->gross_exposure_max));
        }
        if (limits->on & LIMIT_NET_EXPOSURE) {
            breach_add(breaches, &count, capacity, REASON_NET_EXPOSURE, NONE_INDEX, absolute(net),
                       share_of(equity, limits->net_exposure_max));
        }
    }
    i128 loss = risk->account->day_equity - equity;
    if ((limits->on & LIMIT_DAILY_LOSS) && risk->account->equity_seen &&
        loss >= limits->daily_loss_max.units) {
        breach_put(breaches, &count, capacity, REASON_DAILY_LOSS, NONE_INDEX, loss,
                   limits->daily_loss_max.units);
    }
    struct amount value;
    struct amount limit;
    if (drawdown_reached(risk, &value, &limit)) {
        breach_put(breaches, &count, capacity, REASON_DRAWDOWN, NONE_INDEX, value.units,
                   limit.units);
    }
    uint32_t streak = risk->ledger->counters->loss_streak;
    if ((limits->on & LIMIT_LOSSES) && streak >= limits->consecutive_losses_max) {
        i128 unit = power_of_ten(AMOUNT_DECIMALS);
        breach_put(breaches, &count, capacity, REASON_CONSECUTIVE_LOSSES, NONE_INDEX, streak * unit,
                   limits->consecutive_losses_max * unit);
    }
    return count;
}
