/* A small result by hand, for the tests of metrics and outputs.
 *
 *     Two bots, two instruments, 1h bars over 40 days from 2024-01-30; equity moves by a seeded
 *     walk. Six trips. Names hold what must be escaped where `hostile` is set. */
#ifndef TERN_TESTS_RESULT_FIXTURE_H
#define TERN_TESTS_RESULT_FIXTURE_H

#include "base/random.h"
#include "drive/result/result.h"

#include <stdio.h>
#include <string.h>

#define FIXTURE_FROM_NS INT64_C(1706572800000000000) /* 2024-01-30T00:00:00Z */
#define FIXTURE_HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)

static inline struct amount fixture_money(const char *text)
{
    struct amount amount;
    if (decimal_parse_i128(text_of(text), AMOUNT_DECIMALS, &amount.units) != STATUS_OK)
        assert_failed("fixture_money", __FILE__, __LINE__);
    return amount;
}

static inline void fixture_expect(enum status status)
{
    ASSERT(status == STATUS_OK);
}

static inline void fixture_names(struct backtest_result *result, bool hostile)
{
    struct result_instrument instrument = {.name = "BTC-USDT",
                                           .price_decimals = 2,
                                           .quantity_decimals = 5,
                                           .has_prices = true,
                                           .first_close = {4000000},
                                           .last_close = {4400000},
                                           .bar_ns = FIXTURE_HOUR_NS,
                                           .bars_count = 960};
    fixture_expect(backtest_result_add_instrument(result, &instrument));
    (void)snprintf(instrument.name, sizeof(instrument.name), "%s",
                   hostile ? "<script>alert(\"1\")</script>" : "ETH-USDT");
    instrument.first_close.units = 200000;
    instrument.last_close.units = 190000;
    fixture_expect(backtest_result_add_instrument(result, &instrument));
    struct result_bot bot = {.kind = "score",
                             .realized = fixture_money("120.5"),
                             .unrealized = fixture_money("-3.25"),
                             .fees = fixture_money("4.75"),
                             .trips_count = 4,
                             .open_at_end = true};
    (void)snprintf(bot.name, sizeof(bot.name), "%s",
                   hostile ? "a,\"b\"\n<i>\x1b[31m&'\xe2\x80\xae\xff" : "score-btc");
    fixture_expect(backtest_result_add_bot(result, &bot));
    bot = (struct result_bot){.name = "cross-eth",
                              .kind = "ma_cross",
                              .realized = fixture_money("-20"),
                              .fees = fixture_money("2"),
                              .trips_count = 2};
    fixture_expect(backtest_result_add_bot(result, &bot));
}

static inline void fixture_trips(struct backtest_result *result)
{
    static const struct {
        uint32_t bot;
        const char *realized, *fees;
        int hour, hours;
        const char *reason;
    } rows[] = {
        {0, "50.25", "1", 5, 10, "signal"},  {0, "30", "1", 20, 4, "take_profit"},
        {1, "-15", "1", 30, 2, "stop_loss"}, {0, "-9.75", "1.25", 60, 12, "signal"},
        {1, "-5", "1", 100, 24, "signal"},   {0, "50", "1.5", 400, 100, "signal"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct result_trip trip = {
            .open_time_ns = FIXTURE_FROM_NS + rows[i].hour * FIXTURE_HOUR_NS,
            .close_time_ns = FIXTURE_FROM_NS + (rows[i].hour + rows[i].hours) * FIXTURE_HOUR_NS,
            .bot = rows[i].bot,
            .instrument = rows[i].bot,
            .side = i == 2 ? SIDE_SELL : SIDE_BUY,
            .has_excursion = i != 1,
            .quantity = {12345},
            .entry_price = fixture_money("40000.125"),
            .exit_price = fixture_money("40100"),
            .realized = fixture_money(rows[i].realized),
            .fees = fixture_money(rows[i].fees),
            .bars_held = (uint64_t)rows[i].hours,
            .favourable = 0.0125,
            .adverse = 1e-7,
            .exit_reason = rows[i].reason,
        };
        trip.net.units = trip.realized.units - trip.fees.units;
        fixture_expect(backtest_result_add_trip(result, &trip));
        struct result_fill fill = {.time_ns = trip.open_time_ns,
                                   .bot = trip.bot,
                                   .instrument = trip.instrument,
                                   .side = trip.side,
                                   .liquidity = i == 1 ? LIQUIDITY_MAKER : LIQUIDITY_TAKER,
                                   .quantity = trip.quantity,
                                   .price = {4000012},
                                   .notional = fixture_money("4938.0148140000"),
                                   .fee = fixture_money("0.5"),
                                   .fee_asset = "USDT"};
        (void)snprintf(fill.client_order_id, sizeof(fill.client_order_id), "o-%zu", i);
        (void)snprintf(fill.venue_trade_id, sizeof(fill.venue_trade_id), "%zu", i + 1);
        fixture_expect(backtest_result_add_fill(result, &fill));
        struct result_order order = {.time_ns = trip.open_time_ns - 1,
                                     .end_time_ns = i == 5 ? 0 : trip.open_time_ns,
                                     .bot = trip.bot,
                                     .instrument = trip.instrument,
                                     .side = trip.side,
                                     .has_price = i == 1,
                                     .quantity = trip.quantity,
                                     .price = {4000000},
                                     .filled = {i == 5 ? 0 : 12345},
                                     .average_price = fixture_money("40000.12"),
                                     .type = i == 1 ? "limit" : "market",
                                     .state = i == 5 ? "open" : "filled",
                                     .reason = ""};
        (void)snprintf(order.client_order_id, sizeof(order.client_order_id), "o-%zu", i);
        fixture_expect(backtest_result_add_order(result, &order));
    }
}

/* Equity at each bar's close: a seeded walk that ends at 10090.5. */
static inline void fixture_equity(struct backtest_result *result, int bars)
{
    struct random random;
    random_init(&random, 7, 0);
    i128 cent = power_of_ten(AMOUNT_DECIMALS - 2);
    i128 equity = result->start_equity.units;
    for (int i = 1; i <= bars; i++) {
        equity += ((i128)random_below(&random, 4001) - 2000) * cent;
        if (i == bars)
            equity = result->end_equity.units;
        struct result_equity point = {.time_ns = FIXTURE_FROM_NS + i * FIXTURE_HOUR_NS,
                                      .equity = {equity},
                                      .cash = {equity - (i % 3 == 0 ? 1000 * 100 * cent : 0)},
                                      .exposure = {i % 3 == 0 ? 1000 * 100 * cent : 0}};
        fixture_expect(backtest_result_add_equity(result, &point));
    }
}

static inline void fixture_init(struct backtest_result *result, bool hostile)
{
    backtest_result_init(result);
    (void)snprintf(result->name, sizeof(result->name), "%s",
                   hostile ? "</title><b>\x1b]0;x\x07" : "two.yaml");
    (void)snprintf(result->version, sizeof(result->version), "0.1.0");
    (void)snprintf(result->kind, sizeof(result->kind), "ma_cross+score");
    (void)snprintf(result->currency, sizeof(result->currency), "USDT");
    result->config_hash = (struct hash128){1, 2};
    result->data_hash = (struct hash128){3, 4};
    result->journal_hash = (struct hash128){UINT64_MAX, 0};
    result->seed = UINT64_MAX;
    result->from_ns = FIXTURE_FROM_NS;
    result->to_ns = FIXTURE_FROM_NS + 960 * FIXTURE_HOUR_NS;
    result->bar_ns = FIXTURE_HOUR_NS;
    result->inputs_count = 3840;
    result->bars_count = 1920;
    result->wall_seconds = 0.0125;
    result->trials_count = 3;
    result->start_equity = fixture_money("10000");
    result->end_equity = fixture_money("10090.5");
    result->realized = fixture_money("100.5");
    result->unrealized = fixture_money("-3.25");
    result->fees = fixture_money("6.75");
    result->funding = fixture_money("0");
    fixture_names(result, hostile);
    fixture_trips(result);
    fixture_equity(result, 960);
    fixture_expect(backtest_result_add_denial(result, TEXT("cash_reserve")));
    fixture_expect(backtest_result_add_denial(result, TEXT("no_short")));
    fixture_expect(backtest_result_add_denial(result, TEXT("cash_reserve")));
}

#endif
