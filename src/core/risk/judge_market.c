/* Controls that look at the market: its data, its hours, its depth. */
#include "core/risk/judge.h"

#include "base/math.h"
#include "base/time.h"

JUDGE(judge_window)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(answer);
    if (!(limits->on & LIMIT_WINDOW))
        return REASON_NONE;
    int64_t day = day_of_ns(question->time_ns);
    int64_t since_midnight = question->time_ns - day * NANOSECONDS_PER_DAY;
    uint32_t weekday = (uint32_t)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    for (uint32_t i = 0; i < limits->windows_count; i++) {
        const struct trading_window *window = &limits->windows[i];
        if (!(window->days & (1u << weekday)))
            continue;
        if (since_midnight >= window->from_ns && since_midnight < window->to_ns)
            return REASON_NONE;
    }
    return REASON_OUTSIDE_WINDOW;
}

JUDGE(judge_data)
{
    UNUSED(answer);
    return risk_mark(risk, question->intent->instrument).units > 0 ? REASON_NONE : REASON_NO_DATA;
}

JUDGE(judge_stale)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_DATA_AGE))
        return REASON_NONE;
    const struct market_state *market = &risk->markets[question->intent->instrument];
    int64_t age = market->mark.units > 0 ? question->time_ns - market->mark_time_ns : INT64_MAX;
    return count_exceeded(age, limits->data_age_max_ns, answer) ? REASON_DATA_STALE : REASON_NONE;
}

JUDGE(judge_book)
{
    UNUSED(answer);
    const struct market_state *market = &risk->markets[question->intent->instrument];
    return market->book_seen && !market->book_valid ? REASON_BOOK_INVALID : REASON_NONE;
}

JUDGE(judge_skew)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_CLOCK_SKEW))
        return REASON_NONE;
    i128 skew = absolute(risk->account->clock_skew_ns);
    return count_exceeded(skew, limits->clock_skew_max_ns, answer) ? REASON_CLOCK_SKEW
                                                                   : REASON_NONE;
}

JUDGE(judge_unknown)
{
    UNUSED(answer);
    return risk->states[question->intent->instrument].unknown_orders > 0 ? REASON_ORDER_UNKNOWN
                                                                         : REASON_NONE;
}

JUDGE(judge_collar)
{
    const struct intent *intent = question->intent;
    const struct instrument_limits *limits = limits_of(risk, intent);
    bool market = intent->type == ORDER_MARKET;
    if (!(limits->on & (market ? LIMIT_MARKET_COLLAR : LIMIT_PRICE_COLLAR)))
        return REASON_NONE;
    struct price mark = risk_mark(risk, intent->instrument);
    struct price price = intent->price.units > 0 ? intent->price : intent->stop_price;
    if (market) {
        const struct market_state *state = &risk->markets[intent->instrument];
        price = intent->side == SIDE_BUY ? state->ask : state->bid;
        if (price.units == 0)
            return REASON_NONE;
    }
    struct ratio collar = market ? limits->market_collar : limits->price_collar;
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 distance = absolute((i128)price.units - mark.units) * instrument->amount_factor *
                    instrument->quantity_scale;
    i128 whole = (i128)mark.units * instrument->amount_factor * instrument->quantity_scale;
    return share_exceeded(distance, whole, collar, answer) ? REASON_PRICE_COLLAR : REASON_NONE;
}

/* The order's price is more than N standard deviations of the last closes away from their mean. */
JUDGE(judge_fat_finger)
{
    const struct intent *intent = question->intent;
    const struct instrument_limits *limits = limits_of(risk, intent);
    const struct instrument_risk *state = &risk->states[intent->instrument];
    UNUSED(answer);
    if (!(limits->on & LIMIT_FAT_FINGER))
        return REASON_NONE;
    uint32_t count = limits->fat_finger_bars;
    if (count < 2 || state->closes_count < count)
        return REASON_NONE;
    double sum = 0;
    double squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (state->closes_next + RISK_CLOSES_MAX - 1 - i) % RISK_CLOSES_MAX;
        double close = (double)state->closes[at];
        sum += close;
        squares += close * close;
    }
    double mean = sum / count;
    double variance = (squares - sum * mean) / (count - 1);
    double deviation = variance > 0 ? math_sqrt(variance) : 0;
    double distance = (double)counting_price(risk, intent).units - mean;
    if (distance < 0)
        distance = -distance;
    /* One tick is always within reach, so that a flat market does not refuse everything. */
    double reach = limits->fat_finger_sigma * deviation;
    double tick = (double)instrument_of(risk, intent)->tick.units;
    return distance > (reach > tick ? reach : tick) ? REASON_FAT_FINGER : REASON_NONE;
}

JUDGE(judge_adv)
{
    const struct intent *intent = question->intent;
    const struct instrument_limits *limits = limits_of(risk, intent);
    const struct instrument_risk *state = &risk->states[intent->instrument];
    UNUSED(answer);
    if (!(limits->on & LIMIT_ADV_SHARE) || state->volume_days_count == 0)
        return REASON_NONE;
    double sum = 0;
    for (uint32_t i = 0; i < state->volume_days_count; i++)
        sum += state->volume_days[i];
    double average = sum / state->volume_days_count;
    double quantity = units_to_double(intent->quantity.units,
                                      instrument_of(risk, intent)->quantity_scale);
    double allowed = average * ((double)limits->adv_share_max.ppm / (double)RATIO_ONE);
    return quantity > allowed ? REASON_ADV_SHARE : REASON_NONE;
}

static const struct depth_side *depth_taken(const struct risk *risk, const struct intent *intent)
{
    const struct market_state *market = &risk->markets[intent->instrument];
    return intent->side == SIDE_BUY ? &market->asks : &market->bids;
}

/* Only where depth is visible at all: bars have none. Passive orders take none. */
static bool takes_visible_depth(const struct risk *risk, const struct intent *intent)
{
    if (!risk->markets[intent->instrument].book_seen)
        return false;
    return intent->type == ORDER_MARKET || intent->tif == TIF_IOC || intent->tif == TIF_FOK;
}

JUDGE(judge_depth)
{
    const struct intent *intent = question->intent;
    const struct instrument_limits *limits = limits_of(risk, intent);
    if (!(limits->on & LIMIT_DEPTH_SHARE) || !takes_visible_depth(risk, intent))
        return REASON_NONE;
    const struct depth_side *depth = depth_taken(risk, intent);
    i128 visible = 0;
    for (uint32_t i = 0; i < depth->count; i++)
        visible += depth->quantities[i].units;
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument_of(risk, intent)->quantity_decimals);
    return share_exceeded(intent->quantity.units * unit, visible * unit, limits->depth_share_max,
                          answer)
               ? REASON_DEPTH_SHARE
               : REASON_NONE;
}

/* The average price of walking the visible depth, against the mid; beyond the depth the last level
 * goes on at twice its distance. */
JUDGE(judge_impact)
{
    const struct intent *intent = question->intent;
    const struct instrument_limits *limits = limits_of(risk, intent);
    if (!(limits->on & LIMIT_IMPACT) || !takes_visible_depth(risk, intent))
        return REASON_NONE;
    const struct market_state *market = &risk->markets[intent->instrument];
    const struct depth_side *depth = depth_taken(risk, intent);
    if (depth->count == 0 || market->bid.units == 0 || market->ask.units == 0) {
        return REASON_BOOK_INVALID;
    }
    i128 left = intent->quantity.units;
    i128 twice_mid = (i128)market->bid.units + market->ask.units;
    i128 cost = 0; /* sum of quantity x |2 price - 2 mid| */
    for (uint32_t i = 0; i < depth->count && left > 0; i++) {
        i128 taken = left < depth->quantities[i].units ? left : depth->quantities[i].units;
        cost += taken * absolute(2 * (i128)depth->prices[i].units - twice_mid);
        left -= taken;
    }
    i128 last = absolute(2 * (i128)depth->prices[depth->count - 1].units - twice_mid);
    cost += left * 2 * last;
    i128 whole = twice_mid * intent->quantity.units;
    return share_exceeded(cost, whole, limits->impact_max, answer) ? REASON_IMPACT : REASON_NONE;
}
