/* The pre-trade controls, one small function each, in one table. */
#include "core/risk/risk.h"

#include "base/math.h"
#include "base/time.h"

/* ---- what controls ask ------------------------------------------------------------------------ */

static const struct instrument *instrument_of(const struct risk *risk, const struct intent *intent)
{
    return &risk->instruments[intent->instrument];
}

static const struct instrument_limits *limits_of(const struct risk *risk,
                                                 const struct intent *intent)
{
    return &risk->limits.instruments[intent->instrument];
}

struct price risk_mark(const struct risk *risk, uint32_t instrument)
{
    struct price mark = risk->markets[instrument].mark;
    return mark.units > 0 ? mark : risk->states[instrument].close;
}

/* The price an order counts at: its own where it has one and it is the worse, else the mark. */
static struct price counting_price(const struct risk *risk, const struct intent *intent)
{
    struct price mark = risk_mark(risk, intent->instrument);
    struct price own = intent->price.units > 0 ? intent->price : intent->stop_price;
    if (intent->type == ORDER_LIMIT)
        return own;
    return own.units > mark.units ? own : mark;
}

static bool share_exceeded(i128 value, i128 whole, struct ratio share, struct risk_answer *answer)
{
    i128 limit = 0;
    bool fits = i128_multiply_divide(whole > 0 ? whole : 0, share.ppm, RATIO_ONE, ROUND_DOWN,
                                     &limit);
    if (!fits || value <= limit)
        return false;
    answer->value.units = value;
    answer->limit.units = limit;
    return true;
}

static bool exceeded(i128 value, i128 limit, struct risk_answer *answer)
{
    if (value <= limit)
        return false;
    answer->value.units = value;
    answer->limit.units = limit;
    return true;
}

static i128 absolute(i128 value)
{
    return value < 0 ? -value : value;
}

bool risk_reduces(const struct risk *risk, const struct intent *intent)
{
    const struct position *position = ledger_position(risk->ledger, intent->book,
                                                      intent->instrument);
    size_t at = (size_t)intent->book * risk->instruments_count + intent->instrument;
    const struct book_exposure *open = &risk->exposures[at];
    if (intent->side == SIDE_SELL) {
        return intent->quantity.units <= position->quantity - open->open_sell;
    }
    return intent->quantity.units <= -position->quantity - open->open_buy;
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

/* The quantity of the instrument that could be reached on the order's side, in all books. */
static i128 position_reach(const struct risk *risk, const struct intent *intent)
{
    const struct instrument_risk *state = &risk->states[intent->instrument];
    i128 own = intent->quantity.units;
    i128 total = risk->ledger->instrument_totals[intent->instrument];
    if (intent->side == SIDE_BUY)
        return total + state->open_buy + own;
    return -(total - state->open_sell - own);
}

static i128 value_of(const struct instrument *instrument, struct price price, i128 quantity)
{
    return price.units * quantity * instrument->amount_factor;
}

/* Value of all positions with every live entry filled; gross takes sizes, net takes signs. */
static i128 exposure_reach(const struct risk *risk, const struct intent *intent, bool gross)
{
    i128 sum = 0;
    for (uint32_t i = 0; i < risk->instruments_count; i++) {
        const struct instrument_risk *state = &risk->states[i];
        i128 quantity = (i128)risk->ledger->instrument_totals[i] + state->open_buy;
        if (quantity == 0)
            continue;
        i128 value = value_of(&risk->instruments[i], risk_mark(risk, i), quantity);
        sum += gross ? absolute(value) : value;
    }
    i128 own = value_of(instrument_of(risk, intent), counting_price(risk, intent),
                        intent->quantity.units);
    return intent->side == SIDE_BUY || gross ? sum + own : sum - own;
}

/* ---- the controls ----------------------------------------------------------------------------- */

#define CONTROL(name)                                                                      \
    static enum reason name(const struct risk *risk, const struct risk_question *question, \
                            struct risk_answer *answer)
#define UNUSED(x) (void)(x)

CONTROL(judge_allowed)
{
    UNUSED(answer);
    if (question->intent->instrument >= risk->instruments_count)
        return REASON_INSTRUMENT_NOT_ALLOWED;
    return instrument_of(risk, question->intent)->tradable ? REASON_NONE
                                                           : REASON_INSTRUMENT_NOT_ALLOWED;
}

CONTROL(judge_grid)
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

CONTROL(judge_form)
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

CONTROL(judge_halted)
{
    UNUSED(answer);
    enum trading_state state = risk_state(risk, question->intent->instrument,
                                          question->intent->book);
    return state == TRADING_HALTED ? REASON_TRADING_HALTED : REASON_NONE;
}

CONTROL(judge_reducing)
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

CONTROL(judge_paused)
{
    UNUSED(answer);
    enum trading_state state = risk_state(risk, question->intent->instrument,
                                          question->intent->book);
    return state == TRADING_PAUSED ? REASON_TRADING_PAUSED : REASON_NONE;
}

CONTROL(judge_window)
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

CONTROL(judge_data)
{
    UNUSED(answer);
    return risk_mark(risk, question->intent->instrument).units > 0 ? REASON_NONE : REASON_NO_DATA;
}

CONTROL(judge_stale)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_DATA_AGE))
        return REASON_NONE;
    const struct market_state *market = &risk->markets[question->intent->instrument];
    int64_t age = market->mark.units > 0 ? question->time_ns - market->mark_time_ns : INT64_MAX;
    return exceeded(age, limits->data_age_max_ns, answer) ? REASON_DATA_STALE : REASON_NONE;
}

CONTROL(judge_book)
{
    UNUSED(answer);
    const struct market_state *market = &risk->markets[question->intent->instrument];
    return market->book_seen && !market->book_valid ? REASON_BOOK_INVALID : REASON_NONE;
}

CONTROL(judge_skew)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_CLOCK_SKEW))
        return REASON_NONE;
    i128 skew = absolute(risk->account->clock_skew_ns);
    return exceeded(skew, limits->clock_skew_max_ns, answer) ? REASON_CLOCK_SKEW : REASON_NONE;
}

CONTROL(judge_unknown)
{
    UNUSED(answer);
    return risk->states[question->intent->instrument].unknown_orders > 0 ? REASON_ORDER_UNKNOWN
                                                                         : REASON_NONE;
}

CONTROL(judge_reduce_only)
{
    UNUSED(answer);
    uint8_t flags = question->intent->flags;
    if (!(flags & (ORDER_FLAG_REDUCE_ONLY | ORDER_FLAG_PROTECTIVE)))
        return REASON_NONE;
    return risk_reduces(risk, question->intent) ? REASON_NONE : REASON_REDUCE_ONLY;
}

CONTROL(judge_short)
{
    const struct intent *intent = question->intent;
    if (intent->side != SIDE_SELL || risk_reduces(risk, intent))
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    size_t at = (size_t)intent->book * risk->instruments_count + intent->instrument;
    int64_t position = ledger_position(risk->ledger, intent->book, intent->instrument)->quantity;
    answer->value.units = intent->quantity.units * unit;
    answer->limit.units = (i128)(position - risk->exposures[at].open_sell) * unit;
    return REASON_NO_SHORT;
}

CONTROL(judge_post_only)
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

CONTROL(judge_minimum)
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

CONTROL(judge_maximum)
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

/* A sale must not leave a remainder that is too small to be sold. */
CONTROL(judge_dust)
{
    const struct intent *intent = question->intent;
    if (!(risk->limits.account.on & LIMIT_DUST) || intent->side != SIDE_SELL)
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, intent);
    int64_t position = ledger_position(risk->ledger, intent->book, intent->instrument)->quantity;
    int64_t rest = position - intent->quantity.units;
    if (rest <= 0)
        return REASON_NONE;
    i128 value = value_of(instrument, counting_price(risk, intent), rest);
    if (rest >= instrument->quantity_min.units && value >= instrument->notional_min.units) {
        return REASON_NONE;
    }
    answer->value.units = value;
    answer->limit = instrument->notional_min;
    return REASON_DUST_REMAINDER;
}

CONTROL(judge_order_quantity)
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

CONTROL(judge_order_notional)
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

CONTROL(judge_collar)
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
CONTROL(judge_fat_finger)
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

CONTROL(judge_duplicate)
{
    const struct account_limits *limits = &risk->limits.account;
    const struct intent *intent = question->intent;
    UNUSED(answer);
    if (!(limits->on & LIMIT_DUPLICATE))
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

CONTROL(judge_self_match)
{
    const struct intent *intent = question->intent;
    UNUSED(answer);
    if (!(risk->limits.account.on & LIMIT_SELF_MATCH))
        return REASON_NONE;
    uint32_t at = *risk->live_first;
    while (at != 0) {
        const struct order *order = &risk->orders[at - 1];
        at = order->live_next;
        if (order->instrument != intent->instrument || order->side == intent->side)
            continue;
        if (order->type != ORDER_LIMIT)
            continue;
        bool buy = intent->side == SIDE_BUY;
        bool crosses = intent->price.units == 0 ||
                       (buy ? intent->price.units >= order->price.units
                            : intent->price.units <= order->price.units);
        if (crosses && intent->type != ORDER_STOP && intent->type != ORDER_STOP_LIMIT) {
            return REASON_SELF_MATCH;
        }
    }
    return REASON_NONE;
}

CONTROL(judge_open_orders_instrument)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_OPEN_ORDERS))
        return REASON_NONE;
    i128 count = (i128)risk->states[question->intent->instrument].open_orders + 1;
    return exceeded(count, limits->open_orders_max, answer) ? REASON_OPEN_ORDERS_INSTRUMENT
                                                            : REASON_NONE;
}

CONTROL(judge_open_orders)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_OPEN_ORDERS_TOTAL))
        return REASON_NONE;
    return exceeded((i128)risk->account->open_orders + 1, limits->open_orders_max, answer)
               ? REASON_OPEN_ORDERS
               : REASON_NONE;
}

/* Generic cell rate: each message moves a virtual time on by one interval; it may run ahead of the
 * clock by burst - 1 intervals. */
CONTROL(judge_rate)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_MESSAGE_RATE))
        return REASON_NONE;
    int64_t ahead = risk->account->message_time_ns - question->time_ns;
    i128 allowed = (i128)limits->message_interval_ns * (limits->message_burst - 1);
    return exceeded(ahead, allowed, answer) ? REASON_MESSAGE_RATE : REASON_NONE;
}

/* Twenty cancels are free, so that the ratio means something before the first fills. */
CONTROL(judge_cancel_ratio)
{
    const struct account_limits *limits = &risk->limits.account;
    const struct account_risk *account = risk->account;
    UNUSED(question);
    if (!(limits->on & LIMIT_CANCEL_RATIO) || account->cancels_count <= 20)
        return REASON_NONE;
    i128 fills = account->fills_count > 0 ? (i128)account->fills_count : 1;
    return share_exceeded((i128)account->cancels_count, fills, limits->cancel_fill_ratio_max,
                          answer)
               ? REASON_CANCEL_RATIO
               : REASON_NONE;
}

CONTROL(judge_repeat)
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
    return exceeded((i128)count + 1, limits->repeat_count_max, answer) ? REASON_REPEATED_EXECUTION
                                                                       : REASON_NONE;
}

CONTROL(judge_parent)
{
    const struct order *parent = question->parent;
    if (question->intent->parent == 0)
        return REASON_NONE;
    if (parent == NULL)
        return REASON_PARENT_EXCEEDED;
    const struct instrument *instrument = instrument_of(risk, question->intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    i128 sum = (i128)parent->children.units + question->intent->quantity.units;
    return exceeded(sum * unit, (i128)parent->quantity.units * unit, answer)
               ? REASON_PARENT_EXCEEDED
               : REASON_NONE;
}

CONTROL(judge_position_quantity)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_POSITION_QUANTITY))
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, question->intent);
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return exceeded(position_reach(risk, question->intent) * unit,
                    limits->position_quantity_max.units * unit, answer)
               ? REASON_POSITION_QUANTITY
               : REASON_NONE;
}

/* The value a position could reach: what is held or in flight at the mark, the new order at its own
 * price where that is the worse. */
static i128 position_value_reach(const struct risk *risk, const struct intent *intent)
{
    const struct instrument *instrument = instrument_of(risk, intent);
    struct price mark = risk_mark(risk, intent->instrument);
    i128 own = value_of(instrument, counting_price(risk, intent), intent->quantity.units);
    i128 rest = position_reach(risk, intent) - intent->quantity.units;
    return value_of(instrument, mark, rest) + own;
}

CONTROL(judge_position_notional)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_POSITION_NOTIONAL))
        return REASON_NONE;
    return exceeded(position_value_reach(risk, question->intent),
                    limits->position_notional_max.units, answer)
               ? REASON_POSITION_NOTIONAL
               : REASON_NONE;
}

CONTROL(judge_equity_share)
{
    const struct instrument_limits *limits = limits_of(risk, question->intent);
    if (!(limits->on & LIMIT_EQUITY_SHARE))
        return REASON_NONE;
    return share_exceeded(position_value_reach(risk, question->intent), risk_equity(risk).units,
                          limits->equity_share_max, answer)
               ? REASON_EQUITY_SHARE
               : REASON_NONE;
}

CONTROL(judge_gross)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_GROSS_EXPOSURE))
        return REASON_NONE;
    return share_exceeded(exposure_reach(risk, question->intent, true), risk_equity(risk).units,
                          limits->gross_exposure_max, answer)
               ? REASON_GROSS_EXPOSURE
               : REASON_NONE;
}

CONTROL(judge_net)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_NET_EXPOSURE))
        return REASON_NONE;
    return share_exceeded(absolute(exposure_reach(risk, question->intent, false)),
                          risk_equity(risk).units, limits->net_exposure_max, answer)
               ? REASON_NET_EXPOSURE
               : REASON_NONE;
}

CONTROL(judge_concentration)
{
    const struct account_limits *limits = &risk->limits.account;
    if (!(limits->on & LIMIT_CONCENTRATION))
        return REASON_NONE;
    return share_exceeded(position_value_reach(risk, question->intent), risk_equity(risk).units,
                          limits->concentration_max, answer)
               ? REASON_CONCENTRATION
               : REASON_NONE;
}

CONTROL(judge_daily_loss)
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

/* Whether peak - equity has reached share x peak. */
static bool drawdown_reached(const struct risk *risk, struct amount *value, struct amount *limit)
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

CONTROL(judge_drawdown)
{
    UNUSED(question);
    return drawdown_reached(risk, &answer->value, &answer->limit) ? REASON_DRAWDOWN : REASON_NONE;
}

CONTROL(judge_losses)
{
    const struct account_limits *limits = &risk->limits.account;
    UNUSED(question);
    if (!(limits->on & LIMIT_LOSSES))
        return REASON_NONE;
    if (risk->ledger->counters->loss_streak < limits->consecutive_losses_max)
        return REASON_NONE;
    answer->value.units = risk->ledger->counters->loss_streak;
    answer->limit.units = limits->consecutive_losses_max;
    return REASON_CONSECUTIVE_LOSSES;
}

CONTROL(judge_adv)
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

CONTROL(judge_depth)
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
CONTROL(judge_impact)
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

CONTROL(judge_balance)
{
    const struct intent *intent = question->intent;
    const struct instrument *instrument = instrument_of(risk, intent);
    struct amount free_balance;
    if (intent->side == SIDE_BUY) {
        free_balance = ledger_available(risk->ledger, question->cash_book, instrument->quote_asset);
    } else {
        free_balance = ledger_available(risk->ledger, intent->book, instrument->base_asset);
    }
    return exceeded(answer->hold.units, free_balance.units, answer) ? REASON_BALANCE : REASON_NONE;
}

CONTROL(judge_reserve)
{
    const struct intent *intent = question->intent;
    if (intent->side != SIDE_BUY)
        return REASON_NONE;
    const struct instrument *instrument = instrument_of(risk, intent);
    uint32_t quote = instrument->quote_asset;
    i128 book_free = ledger_available(risk->ledger, question->cash_book, quote).units;
    i128 book_reserve = risk->limits.book_reserves[question->cash_book].units;
    if (book_reserve > 0 && book_free - answer->hold.units < book_reserve) {
        answer->scope = SCOPE_BOOK;
        answer->value.units = book_free - answer->hold.units;
        answer->limit.units = book_reserve;
        return REASON_CASH_RESERVE;
    }
    if (!(risk->limits.account.on & LIMIT_CASH_RESERVE))
        return REASON_NONE;
    i128 account_free = ledger_account_available(risk->ledger, quote).units;
    i128 reserve = risk->limits.account.cash_reserve.units;
    if (account_free - answer->hold.units >= reserve)
        return REASON_NONE;
    answer->value.units = account_free - answer->hold.units;
    answer->limit.units = reserve;
    return REASON_CASH_RESERVE;
}

/* ---- the table -------------------------------------------------------------------------------- */

static const struct risk_control controls[] = {
    /* reason                    entries prot.  unit        judge */
    {REASON_INSTRUMENT_NOT_ALLOWED, false, true, "", judge_allowed},
    {REASON_OFF_GRID, false, true, "", judge_grid},
    {REASON_MALFORMED, false, true, "", judge_form},
    {REASON_TRADING_HALTED, false, false, "", judge_halted},
    {REASON_TRADING_REDUCING, true, false, "", judge_reducing},
    {REASON_TRADING_PAUSED, true, false, "", judge_paused},
    {REASON_OUTSIDE_WINDOW, true, false, "", judge_window},
    {REASON_NO_DATA, false, true, "", judge_data},
    {REASON_DATA_STALE, true, false, "ns", judge_stale},
    {REASON_BOOK_INVALID, true, false, "", judge_book},
    {REASON_CLOCK_SKEW, true, false, "ns", judge_skew},
    {REASON_ORDER_UNKNOWN, true, false, "", judge_unknown},
    {REASON_REDUCE_ONLY, false, true, "", judge_reduce_only},
    {REASON_NO_SHORT, false, true, "base", judge_short},
    {REASON_POST_ONLY_CROSSES, false, true, "", judge_post_only},
    {REASON_VENUE_MINIMUM, false, true, "base or quote", judge_minimum},
    {REASON_VENUE_MAXIMUM, false, true, "base", judge_maximum},
    {REASON_DUST_REMAINDER, false, false, "quote", judge_dust},
    {REASON_ORDER_QUANTITY, true, false, "base", judge_order_quantity},
    {REASON_ORDER_NOTIONAL, true, false, "quote", judge_order_notional},
    {REASON_PRICE_COLLAR, false, false, "quote", judge_collar},
    {REASON_FAT_FINGER, false, false, "", judge_fat_finger},
    {REASON_DUPLICATE, false, false, "", judge_duplicate},
    {REASON_SELF_MATCH, false, false, "", judge_self_match},
    {REASON_OPEN_ORDERS_INSTRUMENT, true, false, "orders", judge_open_orders_instrument},
    {REASON_OPEN_ORDERS, true, false, "orders", judge_open_orders},
    {REASON_MESSAGE_RATE, false, false, "ns", judge_rate},
    {REASON_CANCEL_RATIO, true, false, "cancels", judge_cancel_ratio},
    {REASON_REPEATED_EXECUTION, false, false, "fills", judge_repeat},
    {REASON_PARENT_EXCEEDED, false, true, "base", judge_parent},
    {REASON_POSITION_QUANTITY, true, false, "base", judge_position_quantity},
    {REASON_POSITION_NOTIONAL, true, false, "quote", judge_position_notional},
    {REASON_EQUITY_SHARE, true, false, "quote", judge_equity_share},
    {REASON_GROSS_EXPOSURE, true, false, "currency", judge_gross},
    {REASON_NET_EXPOSURE, true, false, "currency", judge_net},
    {REASON_CONCENTRATION, true, false, "currency", judge_concentration},
    {REASON_DAILY_LOSS, true, false, "currency", judge_daily_loss},
    {REASON_DRAWDOWN, true, false, "currency", judge_drawdown},
    {REASON_CONSECUTIVE_LOSSES, true, false, "trips", judge_losses},
    {REASON_ADV_SHARE, true, false, "", judge_adv},
    {REASON_DEPTH_SHARE, true, false, "base", judge_depth},
    {REASON_IMPACT, true, false, "", judge_impact},
    {REASON_BALANCE, false, true, "quote or base", judge_balance},
    {REASON_CASH_RESERVE, false, false, "currency", judge_reserve},
};

const struct risk_control *risk_controls(size_t *count)
{
    *count = ARRAY_COUNT(controls);
    return controls;
}

/* What the order reserves: a buy its notional at the price it counts at and the dearer fee on it, a
 * sell its quantity. */
static void reservation(const struct risk *risk, const struct intent *intent,
                        struct risk_answer *answer)
{
    const struct instrument *instrument = instrument_of(risk, intent);
    struct price price = counting_price(risk, intent);
    answer->notional = instrument_notional(instrument, price, intent->quantity);
    if (intent->side == SIDE_SELL) {
        i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
        answer->hold.units = intent->quantity.units * unit;
        return;
    }
    struct ratio rate = risk->fee_taker.ppm > risk->fee_maker.ppm ? risk->fee_taker
                                                                  : risk->fee_maker;
    if (rate.ppm < 0)
        rate.ppm = 0;
    struct amount fee = instrument_fee(instrument, answer->notional, rate);
    answer->hold.units = answer->notional.units + fee.units;
}

/* The limit bits that give a control something to do: 0 = always. */
static void limit_bits(enum reason reason, uint32_t *account, uint32_t *instrument)
{
    *account = 0;
    *instrument = 0;
    switch (reason) {
    case REASON_OUTSIDE_WINDOW: *account = LIMIT_WINDOW; return;
    case REASON_DATA_STALE: *instrument = LIMIT_DATA_AGE; return;
    case REASON_CLOCK_SKEW: *account = LIMIT_CLOCK_SKEW; return;
    case REASON_DUST_REMAINDER: *account = LIMIT_DUST; return;
    case REASON_ORDER_QUANTITY: *instrument = LIMIT_ORDER_QUANTITY; return;
    case REASON_PRICE_COLLAR: *instrument = LIMIT_PRICE_COLLAR | LIMIT_MARKET_COLLAR; return;
    case REASON_FAT_FINGER: *instrument = LIMIT_FAT_FINGER; return;
    case REASON_DUPLICATE: *account = LIMIT_DUPLICATE; return;
    case REASON_SELF_MATCH: *account = LIMIT_SELF_MATCH; return;
    case REASON_OPEN_ORDERS_INSTRUMENT: *instrument = LIMIT_OPEN_ORDERS; return;
    case REASON_OPEN_ORDERS: *account = LIMIT_OPEN_ORDERS_TOTAL; return;
    case REASON_MESSAGE_RATE: *account = LIMIT_MESSAGE_RATE; return;
    case REASON_CANCEL_RATIO: *account = LIMIT_CANCEL_RATIO; return;
    case REASON_REPEATED_EXECUTION: *account = LIMIT_REPEAT; return;
    case REASON_POSITION_QUANTITY: *instrument = LIMIT_POSITION_QUANTITY; return;
    case REASON_POSITION_NOTIONAL: *instrument = LIMIT_POSITION_NOTIONAL; return;
    case REASON_EQUITY_SHARE: *instrument = LIMIT_EQUITY_SHARE; return;
    case REASON_GROSS_EXPOSURE: *account = LIMIT_GROSS_EXPOSURE; return;
    case REASON_NET_EXPOSURE: *account = LIMIT_NET_EXPOSURE; return;
    case REASON_CONCENTRATION: *account = LIMIT_CONCENTRATION; return;
    case REASON_DAILY_LOSS: *account = LIMIT_DAILY_LOSS; return;
    case REASON_DRAWDOWN: *account = LIMIT_DRAWDOWN; return;
    case REASON_CONSECUTIVE_LOSSES: *account = LIMIT_LOSSES; return;
    case REASON_ADV_SHARE: *instrument = LIMIT_ADV_SHARE; return;
    case REASON_DEPTH_SHARE: *instrument = LIMIT_DEPTH_SHARE; return;
    case REASON_IMPACT: *instrument = LIMIT_IMPACT; return;
    default: return;
    }
}

void risk_controls_select(struct risk *risk)
{
    _Static_assert(ARRAY_COUNT(controls) <= RISK_CONTROLS_MAX, "every control has a place");
    uint32_t any = 0;
    for (uint32_t i = 0; i < risk->instruments_count; i++)
        any |= risk->limits.instruments[i].on;
    risk->controls_count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(controls); i++) {
        uint32_t account = 0;
        uint32_t instrument = 0;
        limit_bits(controls[i].reason, &account, &instrument);
        bool idle = (account != 0 && (risk->limits.account.on & account) == 0) ||
                    (instrument != 0 && (any & instrument) == 0);
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
            reduces = risk_reduces(risk, intent);
        } else if (control->reason == REASON_NO_DATA) {
            reservation(risk, intent, answer);
        }
    }
}

/* ---- after the trade --------------------------------------------------------------------------- */

static void breach_add(struct risk_breach *breaches, uint32_t *count, uint32_t capacity,
                       enum reason reason, uint32_t instrument, i128 value, i128 limit)
{
    if (value <= limit || *count == capacity)
        return;
    breaches[(*count)++] = (struct risk_breach){reason, instrument, (struct amount){value},
                                                (struct amount){limit}};
}

static i128 share_of(i128 whole, struct ratio share)
{
    i128 limit = 0;
    bool fits = i128_multiply_divide(whole > 0 ? whole : 0, share.ppm, RATIO_ONE, ROUND_DOWN,
                                     &limit);
    i128 unlimited = (i128)(((u128)1 << 127) - 1);
    return fits ? limit : unlimited;
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
    if ((limits->on & LIMIT_DAILY_LOSS) && risk->account->equity_seen) {
        breach_add(breaches, &count, capacity, REASON_DAILY_LOSS, NONE_INDEX,
                   risk->account->day_equity - equity, limits->daily_loss_max.units - 1);
    }
    struct amount value;
    struct amount limit;
    if (drawdown_reached(risk, &value, &limit)) {
        breach_add(breaches, &count, capacity, REASON_DRAWDOWN, NONE_INDEX, value.units,
                   limit.units - 1);
    }
    if ((limits->on & LIMIT_LOSSES)) {
        breach_add(breaches, &count, capacity, REASON_CONSECUTIVE_LOSSES, NONE_INDEX,
                   risk->ledger->counters->loss_streak, (i128)limits->consecutive_losses_max - 1);
    }
    return count;
}
