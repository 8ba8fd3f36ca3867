/* The rows of the test of controls: how each limit is brought about, and one step beside it. */
#ifndef TERN_TESTS_UNIT_CORE_CONTROLS_ROWS_H
#define TERN_TESTS_UNIT_CORE_CONTROLS_ROWS_H

#include "controls_stage.h"

/* Which of the steps -1, 0 and +1 a control refuses. */
enum refusal {
    REFUSES_ABOVE,  /* +1 */
    REFUSES_AT,     /* 0 and +1 */
    REFUSES_BELOW,  /* -1 */
    REFUSES_BESIDE, /* -1 and +1 */
};

struct row {
    const char *name;
    enum reason reason;
    enum refusal refusal;
    /* Brings about limit + step; where way_out is asked for, with an order that only sells. */
    void (*arrange)(struct stage *stage, int step, bool way_out);
    bool no_way_out; /* the control is about entries by its nature: there is no sell to try */
};

static void side_of(struct stage *stage, bool way_out)
{
    if (way_out)
        stage->intent.side = SIDE_SELL;
}

static void arrange_listed(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].tradable = step <= 0;
}

static void arrange_lot(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].lot.units = 10;
    stage->intent.quantity.units = 10000 + step;
}

static void arrange_tick(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].tick.units = 5;
    stage->intent.price.units = PRICE + step;
}

static void arrange_positive(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->intent.quantity.units = 1 - step;
}

static void arrange_form(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    if (step > 0)
        stage->intent.type = ORDER_MARKET; /* with a limit price */
}

static void arrange_expired(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->intent.tif = TIF_GTD;
    stage->intent.expire_ns = stage->time_ns - step;
}

static void arrange_halted(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->risk->account->stop = step > 0 ? STOP_CANCEL : STOP_NONE;
}

static void arrange_reducing(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->risk->account->state = step > 0 ? TRADING_REDUCING : TRADING_ACTIVE;
}

static void arrange_book_reducing(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->risk->books[DESK_BOOK].state = step > 0 ? TRADING_REDUCING : TRADING_ACTIVE;
}

static void arrange_paused(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->risk->states[0].state = step > 0 ? TRADING_PAUSED : TRADING_ACTIVE;
}

static int64_t midnight_of(const struct stage *stage)
{
    return day_of_ns(stage->time_ns) * NANOSECONDS_PER_DAY;
}

static void window_of_every_day(struct stage *stage)
{
    account(stage)->on |= LIMIT_WINDOW;
    account(stage)->windows_count = 1;
    account(stage)->windows[0] = (struct trading_window){
        .days = 127, .from_ns = 9 * NANOSECONDS_PER_SECOND, .to_ns = 17 * NANOSECONDS_PER_SECOND};
}

static void arrange_window_end(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    window_of_every_day(stage);
    stage->time_ns = midnight_of(stage) + 17 * NANOSECONDS_PER_SECOND + step;
}

static void arrange_window_begin(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    window_of_every_day(stage);
    stage->time_ns = midnight_of(stage) + 9 * NANOSECONDS_PER_SECOND + step;
}

static void arrange_no_data(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    if (step > 0) {
        stage->risk->markets[0].mark.units = 0;
        stage->risk->states[0].close.units = 0;
    }
}

static void arrange_stale(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_DATA_AGE;
    limits(stage)->data_age_max_ns = 5000;
    stage->risk->markets[0].mark_time_ns = stage->time_ns - 5000 - step;
}

static void arrange_book(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    quote_set(stage, PRICE + step, PRICE, 10000);
}

static void arrange_skew(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_CLOCK_SKEW;
    account(stage)->clock_skew_max_ns = 1000;
    stage->risk->account->clock_skew_ns = -1000 - step;
}

static void arrange_unknown(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    uint64_t id = live_order(stage, limit_intent(0, SIDE_BUY, 10000, PRICE));
    struct input *input = world_input(&stage->world, INPUT_DELIVERY);
    input->order = id;
    input->delivery.delivery = step > 0 ? DELIVERY_UNKNOWN : DELIVERY_SENT;
    world_step(&stage->world);
}

/* A quarter of the position is in a sell already: in flight, it counts. */
static void arrange_reduce_only(struct stage *stage, int step, bool way_out)
{
    (void)way_out;
    live_order(stage, limit_intent(0, SIDE_SELL, POSITION / 4, PRICE));
    stage->intent.side = SIDE_SELL;
    stage->intent.flags = ORDER_FLAG_REDUCE_ONLY;
    stage->intent.quantity.units = POSITION - POSITION / 4 + step;
}

static void arrange_short(struct stage *stage, int step, bool way_out)
{
    arrange_reduce_only(stage, step, way_out);
    stage->intent.flags = 0;
}

static void arrange_post_only(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    quote_set(stage, PRICE - 10, PRICE + 10, 10000);
    stage->intent.flags = ORDER_FLAG_POST_ONLY;
    stage->intent.price.units = way_out ? PRICE - 10 - step : PRICE + 10 + step;
}

static void arrange_minimum_quantity(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].quantity_min.units = 500;
    stage->intent.quantity.units = 500 + step;
}

static void arrange_minimum_notional(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].notional_min = whole(10);
    stage->intent.quantity.units = 1000 + step; /* at 100.00 */
}

static void arrange_maximum(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.instruments[0].quantity_max.units = 500;
    stage->intent.quantity.units = 500 + step;
}

static void arrange_dust_quantity(struct stage *stage, int step, bool way_out)
{
    (void)way_out;
    account(stage)->on |= LIMIT_DUST;
    stage->world.instruments[0].quantity_min.units = 500;
    stage->intent.side = SIDE_SELL;
    stage->intent.quantity.units = POSITION - 500 - step;
}

/* The value of what is left, with another sale in flight. */
static void arrange_dust_notional(struct stage *stage, int step, bool way_out)
{
    (void)way_out;
    account(stage)->on |= LIMIT_DUST;
    stage->world.instruments[0].notional_min = whole(10);
    live_order(stage, limit_intent(0, SIDE_SELL, 20000, PRICE));
    stage->intent.side = SIDE_SELL;
    stage->intent.quantity.units = POSITION - 20000 - 1000 - step;
}

static void arrange_order_quantity(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_ORDER_QUANTITY;
    limits(stage)->order_quantity_max.units = 20000;
    stage->intent.quantity.units = 20000 + step;
}

static void arrange_order_notional(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_ORDER_NOTIONAL;
    limits(stage)->order_notional_max = whole(200);
    stage->intent.quantity.units = 20000 + step;
}

/* No limit is set: what cannot be counted with is refused all the same. */
static void arrange_uncountable(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->intent.price.units = INT64_C(10000000000) + step;
    stage->intent.quantity.units = INT64_C(10000000000); /* a million times 10^8 */
    balance_set(stage, DESK_BOOK, 0, whole(INT64_C(1000000000000000)));
}

static void arrange_collar_above(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_PRICE_COLLAR;
    limits(stage)->price_collar.ppm = 100000;
    stage->intent.price.units = PRICE * 11 / 10 + step;
}

static void arrange_collar_below(struct stage *stage, int step, bool way_out)
{
    arrange_collar_above(stage, step, way_out);
    stage->intent.price.units = PRICE * 9 / 10 - step;
}

static void arrange_market_collar(struct stage *stage, int step, bool way_out)
{
    stage->intent = market_intent(0, way_out ? SIDE_SELL : SIDE_BUY, 10000);
    limits(stage)->on |= LIMIT_MARKET_COLLAR;
    limits(stage)->market_collar.ppm = 20000;
    quote_set(stage, PRICE - 200 - (way_out ? step : 0), PRICE + 200 + (way_out ? 0 : step), 99);
    stage->risk->markets[0].mark.units = PRICE;
}

/* Two closes, 99 and 101: mean 100, deviation sqrt(2); twice that is 2.828…, so 102.82 passes. */
static void arrange_fat_finger(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_FAT_FINGER;
    limits(stage)->fat_finger_bars = 2;
    limits(stage)->fat_finger_sigma = 2;
    struct instrument_risk *state = &stage->risk->states[0];
    state->closes[0] = PRICE - 100;
    state->closes[1] = PRICE + 100;
    state->closes_count = state->closes_next = 2;
    stage->intent.price.units = PRICE + 282 + step;
}

static void arrange_duplicate(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, stage->intent);
    account(stage)->on |= LIMIT_DUPLICATE;
    account(stage)->duplicate_window_ns = 1000;
    stage->time_ns += 1000 + step;
}

static void arrange_self_match(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    struct intent other = limit_intent(0, way_out ? SIDE_BUY : SIDE_SELL, 10000, PRICE);
    live_order(stage, other);
    account(stage)->on |= LIMIT_SELF_MATCH;
    stage->intent.price.units = way_out ? PRICE - step : PRICE + step;
}

/* At market the best price on the other side is what we would meet. */
static void arrange_self_match_market(struct stage *stage, int step, bool way_out)
{
    struct intent other = limit_intent(0, way_out ? SIDE_BUY : SIDE_SELL, 10000, PRICE);
    live_order(stage, other);
    account(stage)->on |= LIMIT_SELF_MATCH;
    stage->intent = market_intent(0, way_out ? SIDE_SELL : SIDE_BUY, 10000);
    quote_set(stage, way_out ? PRICE - step : PRICE - 100, way_out ? PRICE + 100 : PRICE + step,
              99);
}

static void arrange_open_orders_instrument(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    for (int i = 0; i < 2; i++)
        live_order(stage, limit_intent(0, SIDE_BUY, 10000, PRICE - i));
    live_order(stage, limit_intent(1, SIDE_BUY, 10000, PRICE));
    limits(stage)->on |= LIMIT_OPEN_ORDERS;
    limits(stage)->open_orders_max = (uint32_t)(3 - step);
}

static void arrange_open_orders(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    for (uint32_t i = 0; i < 3; i++)
        live_order(stage, limit_intent(i, SIDE_BUY, 10000, PRICE));
    account(stage)->on |= LIMIT_OPEN_ORDERS_TOTAL;
    account(stage)->open_orders_max = (uint32_t)(4 - step);
}

static void arrange_rate(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_MESSAGE_RATE;
    account(stage)->message_interval_ns = 1000;
    account(stage)->message_burst = 5;
    stage->risk->account->message_time_ns = stage->time_ns + 4000 + step;
}

static void arrange_cancel_ratio(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_CANCEL_RATIO;
    account(stage)->cancel_fill_ratio_max.ppm = 5 * RATIO_ONE;
    stage->risk->account->fills_count = 8;
    stage->risk->account->cancels_count = (uint64_t)(40 + step);
}

/* The first twenty are free. */
static void arrange_cancel_free(struct stage *stage, int step, bool way_out)
{
    arrange_cancel_ratio(stage, step, way_out);
    stage->risk->account->fills_count = 0;
    stage->risk->account->cancels_count = (uint64_t)(20 + step);
}

static void arrange_repeat(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_REPEAT;
    account(stage)->repeat_count_max = 10;
    account(stage)->repeat_window_ns = 1000;
    for (int i = 0; i < 30; i++) {
        bool counts = i < 9 + step;
        stage->risk->fills[i] = (struct recent_fill){
            .time_ns = stage->time_ns - (counts ? 999 : 1000),
            .bot = NONE_INDEX,
            .book = DESK_BOOK,
            .instrument = 0,
            .side = stage->intent.side,
        };
    }
    /* Neither another side, nor instrument, nor book counts. */
    stage->risk->fills[30] = (struct recent_fill){stage->time_ns, NONE_INDEX, DESK_BOOK, 0,
                                                  side_opposite((enum side)stage->intent.side)};
    stage->risk->fills[31] = (struct recent_fill){stage->time_ns, NONE_INDEX, DESK_BOOK, 1,
                                                  stage->intent.side};
    stage->risk->fills[32] = (struct recent_fill){stage->time_ns, NONE_INDEX, 2, 0,
                                                  stage->intent.side};
}

static void arrange_parent(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    uint64_t parent = live_order(stage,
                                 limit_intent(0, (enum side)stage->intent.side, 20000, PRICE));
    struct intent child = limit_intent(0, (enum side)stage->intent.side, 5000, PRICE);
    child.parent = parent;
    live_order(stage, child);
    stage->intent.parent = parent;
    stage->parent = engine_order(stage->world.engine, parent);
    stage->intent.quantity.units = 15000 + step;
}

/* Ten are owned, two in flight: eighteen in all is the limit. */
static void arrange_position_quantity(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(0, SIDE_BUY, 20000, PRICE));
    limits(stage)->on |= LIMIT_POSITION_QUANTITY;
    limits(stage)->position_quantity_max.units = 180000;
    stage->intent.quantity.units = 60000 + step;
}

static void arrange_position_notional(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(0, SIDE_BUY, 20000, PRICE - 100)); /* counts at the mark */
    limits(stage)->on |= LIMIT_POSITION_NOTIONAL;
    limits(stage)->position_notional_max = whole(1800);
    stage->intent.quantity.units = 60000 + step;
}

/* Equity is 101,000: what is in flight changes nothing about it. */
static void arrange_equity_share(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(0, SIDE_BUY, 20000, PRICE));
    limits(stage)->on |= LIMIT_EQUITY_SHARE;
    limits(stage)->equity_share_max.ppm = 20000; /* 2,020 */
    stage->intent.quantity.units = 82000 + step;
}

static void arrange_gross(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(1, SIDE_BUY, 20000, PRICE));
    account(stage)->on |= LIMIT_GROSS_EXPOSURE;
    account(stage)->gross_exposure_max.ppm = 20000;
    stage->intent.quantity.units = 82000 + step;
}

static void arrange_net(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(1, SIDE_BUY, 20000, PRICE));
    account(stage)->on |= LIMIT_NET_EXPOSURE;
    account(stage)->net_exposure_max.ppm = 20000;
    stage->intent.quantity.units = 82000 + step;
}

static void arrange_concentration(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    live_order(stage, limit_intent(1, SIDE_BUY, 500000, PRICE)); /* another one: no matter */
    account(stage)->on |= LIMIT_CONCENTRATION;
    account(stage)->concentration_max.ppm = 20000;
    stage->intent.quantity.units = 102000 + step;
}

static void arrange_daily_loss(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_DAILY_LOSS;
    account(stage)->daily_loss_max = whole(250);
    stage->risk->account->day_equity = risk_equity(stage->risk).units + whole(250).units + step;
}

static void arrange_drawdown(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_DRAWDOWN;
    account(stage)->drawdown_max.ppm = 500000;
    stage->risk->account->equity_peak = 2 * (risk_equity(stage->risk).units + step);
}

static void arrange_losses(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_LOSSES;
    account(stage)->consecutive_losses_max = 4;
    stage->world.engine->ledger.counters->loss_streak = (uint32_t)(4 + step);
}

static void arrange_adv(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    limits(stage)->on |= LIMIT_ADV_SHARE;
    limits(stage)->adv_share_max.ppm = 100000;
    struct instrument_risk *state = &stage->risk->states[0];
    state->volume_days[0] = 30;
    state->volume_days[1] = 50; /* a tenth of 40 a day */
    state->volume_days_count = state->volume_days_next = 2;
    stage->intent.quantity.units = 40000 + step;
}

static void arrange_depth(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->intent.tif = TIF_IOC;
    limits(stage)->on |= LIMIT_DEPTH_SHARE;
    limits(stage)->depth_share_max.ppm = 250000;
    quote_set(stage, PRICE - 10, PRICE + 10, 80000);
    stage->intent.quantity.units = 20000 + step;
}

/* Half a level at 10 cents from the mid of 100, beyond it at twice that: 15 bps for the whole. */
static void arrange_impact(struct stage *stage, int step, bool way_out)
{
    stage->intent = market_intent(0, way_out ? SIDE_SELL : SIDE_BUY, 20000 + step);
    limits(stage)->on |= LIMIT_IMPACT;
    limits(stage)->impact_max.ppm = 1500;
    quote_set(stage, PRICE - 10, PRICE + 10, 10000);
}

static void arrange_balance(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    if (way_out) {
        /* Owned by the book, but not free: nothing the ledger would do by itself. */
        balance_set(stage, DESK_BOOK, 1, (struct amount){base_units(10000 - step)});
        return;
    }
    /* 1 at 100 and 20 cents of fee. */
    balance_set(stage, DESK_BOOK, 0, (struct amount){cents(10020).units - step});
}

static void arrange_book_reserve(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    stage->world.reserves[DESK_BOOK] = whole(50);
    balance_set(stage, DESK_BOOK, 0, (struct amount){cents(15020).units - step});
}

/* What other books have free counts for the account's reserve. */
static void arrange_cash_reserve(struct stage *stage, int step, bool way_out)
{
    side_of(stage, way_out);
    account(stage)->on |= LIMIT_CASH_RESERVE;
    account(stage)->cash_reserve = whole(50);
    balance_set(stage, 3, 0, whole(30));
    balance_set(stage, DESK_BOOK, 0, (struct amount){cents(12020).units - step});
}

static const struct row rows[] = {
    {"not listed", REASON_INSTRUMENT_NOT_ALLOWED, REFUSES_ABOVE, arrange_listed},
    {"off the lot", REASON_OFF_GRID, REFUSES_BESIDE, arrange_lot},
    {"off the tick", REASON_OFF_GRID, REFUSES_BESIDE, arrange_tick},
    {"nothing", REASON_OFF_GRID, REFUSES_ABOVE, arrange_positive},
    {"market order with a limit", REASON_MALFORMED, REFUSES_ABOVE, arrange_form},
    {"good till now", REASON_MALFORMED, REFUSES_AT, arrange_expired},
    {"halted", REASON_TRADING_HALTED, REFUSES_ABOVE, arrange_halted},
    {"reducing", REASON_TRADING_REDUCING, REFUSES_ABOVE, arrange_reducing},
    {"book reducing", REASON_BOOK_REDUCING, REFUSES_ABOVE, arrange_book_reducing},
    {"paused", REASON_TRADING_PAUSED, REFUSES_ABOVE, arrange_paused},
    {"end of the window", REASON_OUTSIDE_WINDOW, REFUSES_AT, arrange_window_end},
    {"begin of the window", REASON_OUTSIDE_WINDOW, REFUSES_BELOW, arrange_window_begin},
    {"no price", REASON_NO_DATA, REFUSES_ABOVE, arrange_no_data},
    {"old price", REASON_DATA_STALE, REFUSES_ABOVE, arrange_stale},
    {"crossed order book", REASON_BOOK_INVALID, REFUSES_AT, arrange_book},
    {"clock skew", REASON_CLOCK_SKEW, REFUSES_ABOVE, arrange_skew},
    {"unknown order", REASON_ORDER_UNKNOWN, REFUSES_ABOVE, arrange_unknown},
    {"reduce only", REASON_REDUCE_ONLY, REFUSES_ABOVE, arrange_reduce_only, true},
    {"no short", REASON_NO_SHORT, REFUSES_ABOVE, arrange_short, true},
    {"post only", REASON_POST_ONLY_CROSSES, REFUSES_AT, arrange_post_only},
    {"venue's least quantity", REASON_VENUE_MINIMUM, REFUSES_BELOW, arrange_minimum_quantity},
    {"venue's least notional", REASON_VENUE_MINIMUM, REFUSES_BELOW, arrange_minimum_notional},
    {"venue's largest quantity", REASON_VENUE_MAXIMUM, REFUSES_ABOVE, arrange_maximum},
    {"dust by quantity", REASON_DUST_REMAINDER, REFUSES_BELOW, arrange_dust_quantity},
    {"dust by value", REASON_DUST_REMAINDER, REFUSES_BELOW, arrange_dust_notional},
    {"order quantity", REASON_ORDER_QUANTITY, REFUSES_ABOVE, arrange_order_quantity},
    {"order notional", REASON_ORDER_NOTIONAL, REFUSES_ABOVE, arrange_order_notional},
    {"uncountable notional", REASON_ORDER_NOTIONAL, REFUSES_ABOVE, arrange_uncountable, true},
    {"collar above", REASON_PRICE_COLLAR, REFUSES_ABOVE, arrange_collar_above},
    {"collar below", REASON_PRICE_COLLAR, REFUSES_ABOVE, arrange_collar_below},
    {"collar at market", REASON_PRICE_COLLAR, REFUSES_ABOVE, arrange_market_collar},
    {"fat finger", REASON_FAT_FINGER, REFUSES_ABOVE, arrange_fat_finger},
    {"duplicate", REASON_DUPLICATE, REFUSES_BELOW, arrange_duplicate},
    {"self match", REASON_SELF_MATCH, REFUSES_AT, arrange_self_match},
    {"self match at market", REASON_SELF_MATCH, REFUSES_AT, arrange_self_match_market},
    {"open orders of the instrument", REASON_OPEN_ORDERS_INSTRUMENT, REFUSES_ABOVE,
     arrange_open_orders_instrument},
    {"open orders", REASON_OPEN_ORDERS, REFUSES_ABOVE, arrange_open_orders},
    {"message rate", REASON_MESSAGE_RATE, REFUSES_ABOVE, arrange_rate},
    {"cancels for each fill", REASON_CANCEL_RATIO, REFUSES_ABOVE, arrange_cancel_ratio},
    {"free cancels", REASON_CANCEL_RATIO, REFUSES_ABOVE, arrange_cancel_free},
    {"repeated execution", REASON_REPEATED_EXECUTION, REFUSES_ABOVE, arrange_repeat},
    {"parent", REASON_PARENT_EXCEEDED, REFUSES_ABOVE, arrange_parent},
    {"position quantity", REASON_POSITION_QUANTITY, REFUSES_ABOVE, arrange_position_quantity},
    {"position notional", REASON_POSITION_NOTIONAL, REFUSES_ABOVE, arrange_position_notional},
    {"share of equity", REASON_EQUITY_SHARE, REFUSES_ABOVE, arrange_equity_share},
    {"gross exposure", REASON_GROSS_EXPOSURE, REFUSES_ABOVE, arrange_gross},
    {"net exposure", REASON_NET_EXPOSURE, REFUSES_ABOVE, arrange_net},
    {"concentration", REASON_CONCENTRATION, REFUSES_ABOVE, arrange_concentration, true},
    {"daily loss", REASON_DAILY_LOSS, REFUSES_AT, arrange_daily_loss},
    {"drawdown", REASON_DRAWDOWN, REFUSES_AT, arrange_drawdown},
    {"losses in a row", REASON_CONSECUTIVE_LOSSES, REFUSES_AT, arrange_losses},
    {"share of the daily volume", REASON_ADV_SHARE, REFUSES_ABOVE, arrange_adv},
    {"share of the depth", REASON_DEPTH_SHARE, REFUSES_ABOVE, arrange_depth},
    {"impact", REASON_IMPACT, REFUSES_ABOVE, arrange_impact},
    {"balance", REASON_BALANCE, REFUSES_ABOVE, arrange_balance},
    {"reserve of the book", REASON_CASH_RESERVE, REFUSES_ABOVE, arrange_book_reserve},
    {"reserve of the account", REASON_CASH_RESERVE, REFUSES_ABOVE, arrange_cash_reserve},
};

#endif
