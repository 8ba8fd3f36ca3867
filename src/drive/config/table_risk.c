/* The option table: limits and guards.
 *
 * A limit that is absent is off in a back-test and has its default elsewhere; `off` switches it off
 * anywhere. Limits that need a quantity have no default that fits every instrument, so they are off
 * until someone writes one. */
#include "drive/config/option.h"

#include "core/risk/limits.h"

/* The value of a macro as text: what risk remembers bounds what may be asked of it. */
#define DIGITS_OF(number) #number
#define DIGITS(macro) DIGITS_OF(macro)
#define LIMIT (OPTION_OPTIONAL | OPTION_MARK | OPTION_LIMIT | OPTION_LIVE)
#define MARKED(type, member) \
    .offset = offsetof(struct type, member.value), .set_offset = offsetof(struct type, member.set)
#define AT(type, member) .offset = offsetof(struct type, member)
#define CAP(member) MARKED(config_risk_instrument, member)
#define RISK(member) MARKED(config_risk, member)
#define ITEMS(type, member, maximum_count)   \
    .offset = offsetof(struct type, member), \
    .count_offset = offsetof(struct type, member##_count), .count_max = (maximum_count)

static const char *const self_matches[] = {"deny", "allow", NULL};
static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
static const char *const ops[] = {"gt", "ge", "lt", "le", NULL};
static const char *const actions[] = {"alert",   "pause",   "reduce", "cancel",
                                      "flatten", "observe", NULL};
static const char *const scopes[] = {"all", "venue", "instrument", "bot", NULL};

static const struct option window_options[] = {
    ROW(.name = "days", .type = OPTION_DAYS, .flags = OPTION_LIVE, AT(config_window, days),
     .fallback_note = "every day", .choices = days, .count_max = 7,
     .sentence = "Days of the week."),
    ROW(.name = "from", .type = OPTION_CLOCK, .flags = OPTION_LIVE, AT(config_window, from_ns),
     .fallback = "00:00", .minimum = "00:00", .maximum = "23:59:59", .sentence = "First instant."),
    ROW(.name = "to", .type = OPTION_CLOCK, .flags = OPTION_LIVE, AT(config_window, to_ns),
     .fallback = "24:00", .minimum = "00:00", .maximum = "24:00",
     .sentence = "First instant outside; later than from."),
};

static const struct section window_section = SECTION("risk.trading_window: an entry",
                                                     window_options, config_window, NULL);

static const struct option cap_options[] = {
    ROW(.name = "INSTRUMENT", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
        AT(config_risk_instrument, name), .sentence = "One of `instruments`."),
    ROW(.name = "order_notional_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        CAP(order_notional_max), .unit = "quote asset", .sentence = "Notional of one order."),
    ROW(.name = "order_quantity_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        CAP(order_quantity_max), .unit = "base asset", .sentence = "Quantity of one order."),
    ROW(.name = "position_notional_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        CAP(position_notional_max), .unit = "quote asset",
        .sentence = "Notional of the position with what is in flight."),
    ROW(.name = "position_quantity_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        CAP(position_quantity_max), .unit = "base asset",
        .sentence = "Quantity of the position with what is in flight."),
    ROW(.name = "equity_share_max", .type = OPTION_RATIO, .flags = LIMIT, CAP(equity_share_max),
        .minimum = "0", .maximum = "100", .unit = "share of equity",
        .sentence = "Notional of the position."),
    ROW(.name = "adv_share_max", .type = OPTION_RATIO, .flags = LIMIT, CAP(adv_share_max),
        .minimum = "0", .maximum = "1", .unit = "share of average daily volume",
        .sentence = "Quantity of one order."),
    ROW(.name = "depth_share_max", .type = OPTION_RATIO, .flags = LIMIT, CAP(depth_share_max),
        .minimum = "0", .maximum = "1", .unit = "share of visible depth",
        .sentence = "Quantity of one order."),
    ROW(.name = "price_collar_bps", .type = OPTION_BPS, .flags = LIMIT, CAP(price_collar),
        .minimum = "0", .maximum = "10000", .unit = "bps of the reference price",
        .sentence = "How far a limit price may lie from the reference."),
    ROW(.name = "market_collar_bps", .type = OPTION_BPS, .flags = LIMIT, CAP(market_collar),
        .minimum = "0", .maximum = "10000", .unit = "bps of the reference price",
        .sentence = "The same for market orders."),
    ROW(.name = "impact_bps_max", .type = OPTION_BPS, .flags = LIMIT, CAP(impact_max),
        .minimum = "0", .maximum = "10000", .unit = "bps of mid",
        .sentence = "Expected price impact of one order."),
    ROW(.name = "open_orders_max", .type = OPTION_INTEGER, .flags = LIMIT, CAP(open_orders_max),
        .minimum = "0", .maximum = "100000", .unit = "orders", .sentence = "Open orders."),
    ROW(.name = "data_age_max", .type = OPTION_DURATION, .flags = LIMIT, CAP(data_age_max),
        .minimum = "1ms", .maximum = "1w",
        .sentence = "Age of market data beyond which it is stale."),
};

static const struct section cap_section = SECTION("risk.instruments: an entry", cap_options,
                                                  config_risk_instrument, NULL);

static const struct option risk_options[] = {
    ROW(.name = "cash_reserve", .type = OPTION_AMOUNT, .flags = OPTION_LIVE,
        AT(config_risk, cash_reserve), .fallback = "0", .unit = "currency",
        .sentence = "Free cash that no order may touch."),
    ROW(.name = "order_notional_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        RISK(order_notional_max), .fallback = "2500", .unit = "quote asset",
        .sentence = "Notional of one order."),
    ROW(.name = "order_quantity_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        RISK(order_quantity_max), .unit = "base asset", .sentence = "Quantity of one order."),
    ROW(.name = "adv_share_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(adv_share_max),
        .fallback = "0.05", .minimum = "0", .maximum = "1", .unit = "share of average daily volume",
        .sentence = "Quantity of one order."),
    ROW(.name = "depth_share_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(depth_share_max),
        .fallback = "0.25", .minimum = "0", .maximum = "1", .unit = "share of visible depth",
        .sentence = "Quantity of one order, of what the other side shows."),
    ROW(.name = "price_collar_bps", .type = OPTION_BPS, .flags = LIMIT, RISK(price_collar),
        .fallback = "500", .minimum = "0", .maximum = "10000", .unit = "bps of the reference price",
        .sentence = "How far a limit price may lie from mid, last or mark."),
    ROW(.name = "market_collar_bps", .type = OPTION_BPS, .flags = LIMIT, RISK(market_collar),
        .fallback = "200", .minimum = "0", .maximum = "10000", .unit = "bps of the reference price",
        .sentence = "The same for the expected price of a market order."),
    ROW(.name = "fat_finger_sigma", .type = OPTION_DOUBLE, .flags = LIMIT, RISK(fat_finger_sigma),
        .fallback = "8", .minimum = "0.1", .maximum = "1000", .unit = "standard deviations",
        .sentence =
            "How far a price may lie from the last close, in deviations of recent returns."),
    ROW(.name = "fat_finger_bars", .type = OPTION_INTEGER, .flags = OPTION_LIVE,
        AT(config_risk, fat_finger_bars), .fallback = "20", .minimum = "2",
        .maximum = DIGITS(RISK_CLOSES_MAX), .unit = "bars",
        .sentence = "Bars that fat_finger_sigma looks back."),
    ROW(.name = "position_notional_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        RISK(position_notional_max), .fallback = "5000", .unit = "quote asset",
        .sentence = "Notional of one position with what is in flight."),
    ROW(.name = "position_quantity_max", .type = OPTION_AMOUNT, .flags = LIMIT,
        RISK(position_quantity_max), .unit = "base asset",
        .sentence = "Quantity of one position with what is in flight."),
    ROW(.name = "equity_share_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(equity_share_max),
        .fallback = "0.3", .minimum = "0", .maximum = "100", .unit = "share of equity",
        .sentence = "Notional of one position."),
    ROW(.name = "gross_exposure_max", .type = OPTION_RATIO, .flags = LIMIT,
        RISK(gross_exposure_max), .fallback = "0.8", .minimum = "0", .maximum = "100",
        .unit = "share of equity", .sentence = "Sum of all positions, whatever their sign."),
    ROW(.name = "net_exposure_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(net_exposure_max),
        .fallback = "0.8", .minimum = "0", .maximum = "100", .unit = "share of equity",
        .sentence = "Sum of all positions with their sign."),
    ROW(.name = "concentration_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(concentration_max),
        .fallback = "0.3", .minimum = "0", .maximum = "100", .unit = "share of equity",
        .sentence = "The largest position, all books together."),
    ROW(.name = "open_orders_max", .type = OPTION_INTEGER, .flags = LIMIT, RISK(open_orders_max),
        .fallback = "50", .minimum = "0", .maximum = "100000", .unit = "orders",
        .sentence = "Open orders in all."),
    ROW(.name = "open_orders_instrument_max", .type = OPTION_INTEGER, .flags = LIMIT,
        RISK(open_orders_instrument_max), .fallback = "10", .minimum = "0", .maximum = "100000",
        .unit = "orders", .sentence = "Open orders of one instrument."),
    ROW(.name = "message_rate_max", .type = OPTION_INTEGER, .flags = LIMIT, RISK(message_rate_max),
        .fallback = "10", .minimum = "1", .maximum = "1000000", .unit = "messages a second",
        .sentence = "Orders and amends sent; cancels always pass."),
    ROW(.name = "message_burst", .type = OPTION_INTEGER, .flags = OPTION_LIVE,
        AT(config_risk, message_burst), .fallback = "20", .minimum = "1", .maximum = "1000000",
        .unit = "messages", .sentence = "Messages that may go at once before the rate binds."),
    ROW(.name = "cancel_fill_ratio_max", .type = OPTION_RATIO, .flags = LIMIT,
        RISK(cancel_fill_ratio_max), .fallback = "50", .minimum = "0", .maximum = "1000000",
        .unit = "cancels a fill", .sentence = "Cancels for each fill of a day."),
    ROW(.name = "repeat_count_max", .type = OPTION_INTEGER, .flags = LIMIT, RISK(repeat_count_max),
        .fallback = "10", .minimum = "1", .maximum = DIGITS(RISK_RECENT_MAX), .unit = "fills",
        .sentence = "Fills of one bot, instrument and side within repeat_window."),
    ROW(.name = "repeat_window", .type = OPTION_DURATION, .flags = OPTION_LIVE,
        AT(config_risk, repeat_window_ns), .fallback = "60s", .minimum = "1ms", .maximum = "1w",
        .sentence = "Window of repeat_count_max."),
    ROW(.name = "duplicate_window", .type = OPTION_DURATION, .flags = LIMIT, RISK(duplicate_window),
        .fallback = "1s", .minimum = "1ms", .maximum = "1d",
        .sentence =
            "The same bot, instrument, side, price and quantity again within it is denied."),
    ROW(.name = "self_match", .type = OPTION_CHOICE, .flags = OPTION_LIVE,
        AT(config_risk, self_match), .fallback = "deny", .backtest = "allow",
        .choices = self_matches, .sentence = "An order that would meet one of our own."),
    ROW(.name = "no_short", .type = OPTION_BOOLEAN, AT(config_risk, no_short), .fallback = "true",
        .refused = 1, .sentence = "Sells never exceed the position; always on."),
    ROW(.name = "minimum_remainder", .type = OPTION_BOOLEAN, .flags = OPTION_LIVE,
        AT(config_risk, minimum_remainder), .fallback = "true", .backtest = "false",
        .sentence = "No sell may leave a position below the venue's minimum (dust)."),
    ROW(.name = "data_age_max", .type = OPTION_DURATION, .flags = LIMIT, RISK(data_age_max),
        .fallback = "5s", .minimum = "1ms", .maximum = "1w",
        .sentence = "Age of market data beyond which it is stale."),
    ROW(.name = "clock_skew_max", .type = OPTION_DURATION, .flags = LIMIT, RISK(clock_skew_max),
        .fallback = "1s", .minimum = "1ms", .maximum = "1h",
        .sentence = "Difference to the venue's clock."),
    ROW(.name = "daily_loss_max", .type = OPTION_AMOUNT, .flags = LIMIT, RISK(daily_loss_max),
        .fallback = "250", .unit = "currency",
        .sentence = "Loss of a day, unrealized included, that makes trading reducing."),
    ROW(.name = "drawdown_max", .type = OPTION_RATIO, .flags = LIMIT, RISK(drawdown_max),
        .fallback = "0.1", .minimum = "0", .maximum = "1", .unit = "share of peak equity",
        .sentence = "Fall from the peak that makes trading reducing."),
    ROW(.name = "consecutive_losses_max", .type = OPTION_INTEGER, .flags = LIMIT,
        RISK(consecutive_losses_max), .fallback = "5", .minimum = "1", .maximum = "100000",
        .unit = "trips", .sentence = "Losing round trips in a row of one bot that pause it."),
    ROW(.name = "trading_window", .type = OPTION_LIST, .flags = OPTION_LIVE,
        ITEMS(config_risk, trading_window, CONFIG_WINDOWS_MAX), .section = &window_section,
        .fallback_note = "always", .sentence = "When risk may be taken; absent = always."),
    ROW(.name = "impact_bps_max", .type = OPTION_BPS, .flags = LIMIT, RISK(impact_max),
        .fallback = "50", .minimum = "0", .maximum = "10000", .unit = "bps of mid",
        .sentence = "Expected price impact of one order."),
    ROW(.name = "instruments", .type = OPTION_MAP, .flags = OPTION_LIVE,
        ITEMS(config_risk, instruments, CONFIG_INSTRUMENTS_MAX), .section = &cap_section,
        .sentence = "Caps of single instruments; the stricter holds."),
};

const struct section config_section_risk = SECTION("risk", risk_options, config_risk, NULL);

static const struct option guard_options[] = {
    ROW(.name = "name", .type = OPTION_NAME, .flags = OPTION_REQUIRED | OPTION_LIVE,
        AT(config_guard, name), .sentence = "Its name in reports; one of a kind."),
    ROW(.name = "metric", .type = OPTION_METRIC, .flags = OPTION_REQUIRED | OPTION_LIVE,
        AT(config_guard, metric), .sentence = "A published metric, without `tern_`."),
    ROW(.name = "op", .type = OPTION_CHOICE, .flags = OPTION_LIVE, AT(config_guard, op),
        .fallback = "gt", .choices = ops,
        .sentence = "How the metric is compared with act and warn."),
    ROW(.name = "warn", .type = OPTION_DOUBLE, .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_LIVE,
        MARKED(config_guard, warn), .minimum = "-1e15", .maximum = "1e15",
        .sentence = "Where it warns; on the near side of act."),
    ROW(.name = "act", .type = OPTION_DOUBLE, .flags = OPTION_REQUIRED | OPTION_LIVE,
        AT(config_guard, act), .minimum = "-1e15", .maximum = "1e15", .sentence = "Where it acts."),
    ROW(.name = "for", .type = OPTION_DURATION, .flags = OPTION_LIVE, AT(config_guard, for_ns),
        .fallback = "0", .minimum = "0", .maximum = "1w",
        .sentence = "How long the metric must stay there."),
    ROW(.name = "clear", .type = OPTION_DOUBLE,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_LIVE, MARKED(config_guard, clear),
        .minimum = "-1e15", .maximum = "1e15", .fallback_note = "warn, else act",
        .sentence = "Where it is over; on the near side of warn."),
    ROW(.name = "cooldown", .type = OPTION_DURATION, .flags = OPTION_LIVE,
        AT(config_guard, cooldown_ns), .fallback = "15m", .minimum = "0", .maximum = "4w",
        .sentence = "The least time it stays in force."),
    ROW(.name = "action", .type = OPTION_CHOICE, .flags = OPTION_LIVE, AT(config_guard, action),
        .fallback = "alert", .choices = actions, .sentence = "What it does."),
    ROW(.name = "scope", .type = OPTION_CHOICE, .flags = OPTION_LIVE, AT(config_guard, scope),
        .fallback = "all", .choices = scopes, .sentence = "What it does it to."),
};

const struct section config_section_guard = SECTION("guards: an entry", guard_options, config_guard,
                                                    NULL);
