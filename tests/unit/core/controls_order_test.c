/* Which of several controls comes first, and which of several scopes holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "controls_stage.h"

/* ---- precedence ------------------------------------------------------------------------------ */

/* Breaks everything at once. The order is a sell of more than there is, so that no control takes it
 * for a way out; where the ladder reaches dust it becomes a buy. */
static void break_all(struct stage *stage)
{
    struct instrument *instrument = &stage->world.instruments[0];
    struct account_limits *all = account(stage);
    live_order(stage, limit_intent(0, SIDE_SELL, 10, PRICE));
    struct intent last = limit_intent(0, SIDE_BUY, 99000, PRICE * 3);
    last.tif = TIF_IOC;
    stage->risk->intents[5] = (struct recent_intent){
        stage->time_ns, last.price, last.stop_price, last.quantity, 0, 0, SIDE_BUY, ORDER_LIMIT};
    stage->intent = limit_intent(0, SIDE_SELL, 200005, PRICE * 3);
    stage->intent.flags = ORDER_FLAG_POST_ONLY | ORDER_FLAG_REDUCE_ONLY;
    stage->intent.tif = TIF_IOC;
    stage->intent.parent = 999;
    instrument->tradable = 0;
    instrument->lot.units = 10;
    instrument->quantity_min.units = 300000;
    instrument->quantity_max.units = 20;
    instrument->notional_min = whole(10);
    quote_set(stage, PRICE * 4, PRICE * 4 - 1, 5);
    stage->risk->account->stop = STOP_CANCEL;
    stage->risk->account->state = TRADING_REDUCING;
    stage->risk->books[DESK_BOOK].state = TRADING_REDUCING;
    stage->risk->states[0].state = TRADING_PAUSED;
    stage->risk->states[0].unknown_orders = 1;
    stage->risk->states[0].close.units = 0;
    stage->risk->markets[0].mark.units = 0;
    stage->risk->account->clock_skew_ns = 7;
    stage->risk->account->message_time_ns = stage->time_ns + NANOSECONDS_PER_DAY;
    stage->risk->account->cancels_count = 1000;
    stage->risk->account->day_equity = whole(10000000).units;
    stage->risk->account->equity_peak = whole(10000000).units;
    stage->world.engine->ledger.counters->loss_streak = 3;
    stage->risk->states[0].closes_count = 3;
    stage->risk->states[0].volume_days_count = 1;
    for (int i = 0; i < 3; i++)
        stage->risk->fills[i] = (struct recent_fill){stage->time_ns, NONE_INDEX, 0, 0, SIDE_BUY};
    balance_set(stage, DESK_BOOK, 0, cents(1));
    *limits(stage) = (struct instrument_limits){
        .on = UINT32_MAX, .fat_finger_sigma = 1, .fat_finger_bars = 3};
    *all = (struct account_limits){.on = UINT32_MAX,
                                   .message_interval_ns = 1,
                                   .message_burst = 1,
                                   .repeat_window_ns = 1,
                                   .duplicate_window_ns = 1,
                                   .cash_reserve = whole(1000000)};
}

struct rung {
    enum reason reason;
    void (*mend)(struct stage *stage);
};

#define MEND(name) static void mend_##name(struct stage *stage)
MEND(listed)
{
    stage->world.instruments[0].tradable = 1;
}
MEND(grid)
{
    stage->intent.quantity.units = 200010;
}
MEND(form)
{
    stage->intent.tif = TIF_GTC;
}
MEND(halted)
{
    stage->risk->account->stop = STOP_NONE;
}
MEND(book_reducing)
{
    stage->risk->books[DESK_BOOK].state = TRADING_ACTIVE;
}
MEND(reducing)
{
    stage->risk->account->state = TRADING_ACTIVE;
}
MEND(paused)
{
    stage->risk->states[0].state = TRADING_ACTIVE;
}
MEND(window)
{
    account(stage)->on &= ~(uint32_t)LIMIT_WINDOW;
}
MEND(data)
{
    stage->risk->markets[0].mark.units = PRICE;
    stage->risk->markets[0].mark_time_ns = stage->time_ns - 1;
}
MEND(stale)
{
    stage->risk->markets[0].mark_time_ns = stage->time_ns;
}
MEND(book)
{
    stage->risk->markets[0].book_valid = 1;
}
MEND(skew)
{
    stage->risk->account->clock_skew_ns = 0;
}
MEND(unknown)
{
    stage->risk->states[0].unknown_orders = 0;
}
MEND(reduce_only)
{
    stage->intent.flags = ORDER_FLAG_POST_ONLY;
}
MEND(no_short)
{
    stage->intent.quantity.units = 99000;
}
MEND(post_only)
{
    stage->intent.flags = 0;
    stage->intent.tif = TIF_IOC;
}
MEND(minimum)
{
    stage->world.instruments[0].quantity_min.units = 1000;
}
MEND(maximum)
{
    stage->world.instruments[0].quantity_max.units = 0;
}
MEND(dust)
{
    stage->intent.side = SIDE_BUY;
}
#define MEND_INSTRUMENT(name, bit)                   \
    MEND(name)                                       \
    {                                                \
        limits(stage)->on &= ~(uint32_t)LIMIT_##bit; \
    }
#define MEND_ACCOUNT(name, bit)                       \
    MEND(name)                                        \
    {                                                 \
        account(stage)->on &= ~(uint32_t)LIMIT_##bit; \
    }
MEND_INSTRUMENT(order_quantity, ORDER_QUANTITY)
MEND_INSTRUMENT(order_notional, ORDER_NOTIONAL)
MEND_INSTRUMENT(collar, PRICE_COLLAR)
MEND_INSTRUMENT(fat_finger, FAT_FINGER)
MEND_ACCOUNT(duplicate, DUPLICATE)
MEND_ACCOUNT(self_match, SELF_MATCH)
MEND_INSTRUMENT(open_orders_instrument, OPEN_ORDERS)
MEND_ACCOUNT(open_orders, OPEN_ORDERS_TOTAL)
MEND_ACCOUNT(rate, MESSAGE_RATE)
MEND_ACCOUNT(cancel_ratio, CANCEL_RATIO)
MEND_ACCOUNT(repeat, REPEAT)
MEND(parent)
{
    stage->intent.parent = 0;
}
MEND_INSTRUMENT(position_quantity, POSITION_QUANTITY)
MEND_INSTRUMENT(position_notional, POSITION_NOTIONAL)
MEND_INSTRUMENT(equity_share, EQUITY_SHARE)
MEND_ACCOUNT(gross, GROSS_EXPOSURE)
MEND_ACCOUNT(net, NET_EXPOSURE)
MEND_ACCOUNT(concentration, CONCENTRATION)
MEND_ACCOUNT(daily_loss, DAILY_LOSS)
MEND_ACCOUNT(drawdown, DRAWDOWN)
MEND_ACCOUNT(losses, LOSSES)
MEND_INSTRUMENT(adv, ADV_SHARE)
MEND_INSTRUMENT(depth, DEPTH_SHARE)
MEND_INSTRUMENT(impact, IMPACT)
MEND(balance)
{
    balance_set(stage, DESK_BOOK, 0, whole(100000));
}
MEND_ACCOUNT(reserve, CASH_RESERVE)

static const struct rung ladder[] = {
    {REASON_INSTRUMENT_NOT_ALLOWED, mend_listed},
    {REASON_OFF_GRID, mend_grid},
    {REASON_MALFORMED, mend_form},
    {REASON_TRADING_HALTED, mend_halted},
    {REASON_BOOK_REDUCING, mend_book_reducing},
    {REASON_TRADING_REDUCING, mend_reducing},
    {REASON_TRADING_PAUSED, mend_paused},
    {REASON_OUTSIDE_WINDOW, mend_window},
    {REASON_NO_DATA, mend_data},
    {REASON_DATA_STALE, mend_stale},
    {REASON_BOOK_INVALID, mend_book},
    {REASON_CLOCK_SKEW, mend_skew},
    {REASON_ORDER_UNKNOWN, mend_unknown},
    {REASON_REDUCE_ONLY, mend_reduce_only},
    {REASON_NO_SHORT, mend_no_short},
    {REASON_POST_ONLY_CROSSES, mend_post_only},
    {REASON_VENUE_MINIMUM, mend_minimum},
    {REASON_VENUE_MAXIMUM, mend_maximum},
    {REASON_DUST_REMAINDER, mend_dust},
    {REASON_ORDER_QUANTITY, mend_order_quantity},
    {REASON_ORDER_NOTIONAL, mend_order_notional},
    {REASON_PRICE_COLLAR, mend_collar},
    {REASON_FAT_FINGER, mend_fat_finger},
    {REASON_DUPLICATE, mend_duplicate},
    {REASON_SELF_MATCH, mend_self_match},
    {REASON_OPEN_ORDERS_INSTRUMENT, mend_open_orders_instrument},
    {REASON_OPEN_ORDERS, mend_open_orders},
    {REASON_MESSAGE_RATE, mend_rate},
    {REASON_CANCEL_RATIO, mend_cancel_ratio},
    {REASON_REPEATED_EXECUTION, mend_repeat},
    {REASON_PARENT_EXCEEDED, mend_parent},
    {REASON_POSITION_QUANTITY, mend_position_quantity},
    {REASON_POSITION_NOTIONAL, mend_position_notional},
    {REASON_EQUITY_SHARE, mend_equity_share},
    {REASON_GROSS_EXPOSURE, mend_gross},
    {REASON_NET_EXPOSURE, mend_net},
    {REASON_CONCENTRATION, mend_concentration},
    {REASON_DAILY_LOSS, mend_daily_loss},
    {REASON_DRAWDOWN, mend_drawdown},
    {REASON_CONSECUTIVE_LOSSES, mend_losses},
    {REASON_ADV_SHARE, mend_adv},
    {REASON_DEPTH_SHARE, mend_depth},
    {REASON_IMPACT, mend_impact},
    {REASON_BALANCE, mend_balance},
    {REASON_CASH_RESERVE, mend_reserve},
};

/* An order that breaks everything names the first; mending one after the other walks down. */
static void test_precedence(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    break_all(&stage);
    size_t count = 0;
    const struct risk_control *controls = risk_controls(&count);
    assert_int_equal(ARRAY_COUNT(ladder), count + 1); /* one control gives two reasons */
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_COUNT(ladder); i++) {
        enum reason found = judge(&stage).reason;
        if (found != ladder[i].reason)
            print_error("# rung %zu: expected %s, found %s\n", i, reason_name(ladder[i].reason),
                        reason_name(found));
        assert_int_equal(found, ladder[i].reason);
        if (found != REASON_BOOK_REDUCING)
            assert_int_equal(controls[at++].reason, found);
        ladder[i].mend(&stage);
    }
    assert_int_equal(judge(&stage).reason, REASON_NONE);
    stage_free(&stage);
}

/* ---- scopes ---------------------------------------------------------------------------------- */

/* Of the stop and the three states the strictest holds. */
static void test_states(void **state)
{
    (void)state;
    static const enum trading_state of_stop[] = {TRADING_ACTIVE, TRADING_PAUSED, TRADING_REDUCING,
                                                 TRADING_HALTED, TRADING_HALTED};
    static const enum reason refusals[] = {REASON_NONE, REASON_TRADING_PAUSED,
                                           REASON_TRADING_REDUCING, REASON_TRADING_HALTED};
    struct stage stage;
    stage_init(&stage);
    for (uint32_t all = 0; all < 5 * 4 * 4 * 3; all++) {
        uint32_t stop = all % 5;
        uint32_t account_state = all / 5 % 4;
        uint32_t instrument_state = all / 20 % 4;
        uint32_t book_state = all / 80; /* never halted: a book may only reduce */
        stage.risk->account->stop = stop;
        stage.risk->account->state = account_state;
        stage.risk->states[0].state = instrument_state;
        stage.risk->books[0].state = book_state;
        uint32_t strictest = of_stop[stop];
        strictest = account_state > strictest ? account_state : strictest;
        strictest = instrument_state > strictest ? instrument_state : strictest;
        strictest = book_state > strictest ? book_state : strictest;
        assert_int_equal(risk_state(stage.risk, 0, 0), strictest);
        enum reason expected = refusals[strictest];
        if (strictest == TRADING_REDUCING && book_state == TRADING_REDUCING)
            expected = REASON_BOOK_REDUCING;
        assert_int_equal(judge(&stage).reason, expected);
        /* Neither another instrument nor another book has anything to do with it. */
        uint32_t elsewhere = of_stop[stop] > account_state ? of_stop[stop] : account_state;
        assert_int_equal(risk_state(stage.risk, 1, 2), elsewhere);
    }
    stage_free(&stage);
}

/* A book that spends another's cash is bound by that one's state as well. */
static void test_purse_reducing(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    stage.risk->books[DESK_BOOK].state = TRADING_REDUCING;
    stage.intent.book = 1; /* spends the desk's cash */
    assert_int_equal(judge(&stage).reason, REASON_BOOK_REDUCING);
    struct risk_question question = {
        .intent = &stage.intent, .cash_book = 3, .time_ns = stage.time_ns};
    stage.intent.book = 3; /* has its own */
    struct risk_answer answer;
    risk_check(stage.risk, &question, &answer);
    assert_int_equal(answer.reason, REASON_NONE);
    stage_free(&stage);
}

/* The reserve that is broken says whose it is. */
static void test_reserve_scopes(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        struct stage stage;
        stage_init(&stage);
        stage.world.reserves[DESK_BOOK] = whole(which == 0 ? 99950 : 10);
        account(&stage)->on |= LIMIT_CASH_RESERVE;
        account(&stage)->cash_reserve = whole(which == 0 ? 10 : 99950);
        struct risk_answer answer = judge(&stage);
        assert_int_equal(answer.reason, REASON_CASH_RESERVE);
        assert_int_equal(answer.scope, which == 0 ? SCOPE_BOOK : SCOPE_ACCOUNT);
        assert_true(answer.limit.units == whole(99950).units);
        /* The world's third bot has 20,000 of the account's 100,000 in its own book. */
        struct amount found = which == 0 ? cents(7989980) : cents(9989980);
        assert_true(answer.value.units == found.units);
        stage_free(&stage);
    }
}

/* With every limit off only what is structural can object. */
static void test_off(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    risk_controls_select(stage.risk);
    size_t count = 0;
    const struct risk_control *controls = risk_controls(&count);
    for (uint32_t i = 0; i < stage.risk->controls_count; i++) {
        const struct risk_control *control = &controls[stage.risk->controls[i]];
        assert_int_equal(control->account_limits | control->instrument_limits, 0);
    }
    account(&stage)->on = UINT32_MAX;
    for (uint32_t i = 0; i < WORLD_INSTRUMENTS; i++)
        stage.world.limits[i].on = i == 2 ? UINT32_MAX : 0; /* one instrument is enough */
    risk_controls_select(stage.risk);
    assert_int_equal(stage.risk->controls_count, count);
    stage_free(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_purse_reducing),
        cmocka_unit_test(test_reserve_scopes),
        cmocka_unit_test(test_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
