/* The option table: the keys of the file outside `risk`, `guards` and `bots`. */
#include "drive/config/option.h"

/* A row is read as a whole. */
/* clang-format off */
#define AT(type, member) .offset = offsetof(struct type, member)
#define MARKED(type, member)                          \
    .offset = offsetof(struct type, member.value),    \
    .set_offset = offsetof(struct type, member.set)
#define ITEMS(type, member, maximum_count)                  \
    .offset = offsetof(struct type, member),                \
    .count_offset = offsetof(struct type, member##_count), \
    .count_max = (maximum_count)

static const char *const profiles[] = {"demo", "dev", "paper", "observe", "canary", "prod", NULL};
static const char *const feeds[] = {"generator", "tape", "coinbase", "btcturk", "massive", NULL};
static const char *const venues[] = {"sim", "coinbase", "btcturk", NULL};
static const char *const fills[] = {"next_open", "this_close", "range", NULL};
static const char *const data_kinds[] = {"bars", "trades", "quotes", "l2", NULL};
static const char *const cancels[] = {"none", "unprotective", "all", NULL};
static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const timezones[] = {"UTC", NULL};
static const char *const fee_currencies[] = {"quote", NULL};

static const struct option instrument_options[] = {
    {.name = "name", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
     AT(config_instrument, name),
     .sentence = "Base and quote asset, such as BTC-USD."},
    {.name = "price_increment", .type = OPTION_AMOUNT, .flags = OPTION_POSITIVE,
     AT(config_instrument, price_increment), .fallback = "0.00000001", .unit = "quote asset",
     .sentence = "The tick: prices of orders are multiples of it. Market data need not be."},
    {.name = "quantity_increment", .type = OPTION_AMOUNT, .flags = OPTION_POSITIVE,
     AT(config_instrument, quantity_increment), .fallback = "0.00000001", .unit = "base asset",
     .sentence = "The lot: quantities of orders are multiples of it."},
    {.name = "quote_decimals", .type = OPTION_INTEGER, AT(config_instrument, quote_decimals),
     .fallback = "8", .minimum = "0", .maximum = "18",
     .sentence = "Decimals that fees and notionals in the quote asset are rounded to, half-even."},
    {.name = "minimum_notional", .type = OPTION_AMOUNT, AT(config_instrument, minimum_notional),
     .fallback = "0", .unit = "quote asset",
     .sentence = "The venue takes no order below it; 0 = none."},
    {.name = "minimum_quantity", .type = OPTION_AMOUNT, AT(config_instrument, minimum_quantity),
     .fallback = "0", .unit = "base asset",
     .sentence = "The venue takes no order below it; 0 = none."},
    {.name = "price_decimals", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_instrument, price_decimals_option), .minimum = "0", .maximum = "18",
     .fallback_note = "8, or the tick's where it has more",
     .sentence = "Decimals that prices are kept in. With quantity_decimals at most 18."},
    {.name = "quantity_decimals", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_instrument, quantity_decimals_option), .minimum = "0", .maximum = "18",
     .fallback_note = "8, or the lot's where it has more",
     .sentence = "Decimals that quantities are kept in. With price_decimals at most 18."},
};

static const struct section instrument_section = {
    "instruments: an entry", instrument_options, ARRAY_COUNT(instrument_options),
    sizeof(struct config_instrument), "name",
};

static const struct option balance_options[] = {
    {.name = "ASSET", .type = OPTION_ASSET, .flags = OPTION_REQUIRED, AT(config_balance, asset),
     .sentence = "The asset, such as USD."},
    {.name = "amount", .type = OPTION_AMOUNT, .flags = OPTION_REQUIRED,
     AT(config_balance, amount), .unit = "asset", .sentence = "What the account starts with."},
};

static const struct section balance_section = {
    NULL, balance_options, ARRAY_COUNT(balance_options), sizeof(struct config_balance), NULL,
};

static const struct option fee_tier_options[] = {
    {.name = "volume", .type = OPTION_AMOUNT, .flags = OPTION_REQUIRED,
     AT(config_fee_tier, volume), .unit = "currency, 30 days",
     .sentence = "Notional traded from which the tier holds; 0 in the first, growing."},
    {.name = "maker_bps", .type = OPTION_BPS, .flags = OPTION_REQUIRED, AT(config_fee_tier, maker),
     .minimum = "-100", .maximum = "1000", .unit = "bps of notional",
     .sentence = "Fee of a fill that rested in the order book; negative is a rebate."},
    {.name = "taker_bps", .type = OPTION_BPS, .flags = OPTION_REQUIRED, AT(config_fee_tier, taker),
     .minimum = "0", .maximum = "1000", .unit = "bps of notional",
     .sentence = "Fee of a fill that took from the order book."},
};

static const struct section fee_tier_section = {
    "fees.tiers: an entry", fee_tier_options, ARRAY_COUNT(fee_tier_options),
    sizeof(struct config_fee_tier), NULL,
};

static const struct option fees_options[] = {
    {.name = "maker_bps", .type = OPTION_BPS,
     .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_BRIEF, MARKED(config_fees, maker_option),
     .minimum = "-100", .maximum = "1000", .unit = "bps of notional",
     .fallback_note = "40 without tiers",
     .sentence = "Flat fee of a fill that rested in the order book; negative is a rebate."},
    {.name = "taker_bps", .type = OPTION_BPS,
     .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_BRIEF, MARKED(config_fees, taker_option),
     .minimum = "0", .maximum = "1000", .unit = "bps of notional",
     .fallback_note = "60 without tiers",
     .sentence = "Flat fee of a fill that took from the order book."},
    {.name = "tiers", .type = OPTION_LIST, ITEMS(config_fees, tiers, CONFIG_FEE_TIERS_MAX),
     .section = &fee_tier_section, .fallback_note = "one tier with the flat fees",
     .sentence = "Fees by the volume traded; in place of the flat ones."},
    {.name = "currency", .type = OPTION_CHOICE, AT(config_fees, currency), .fallback = "quote",
     .choices = fee_currencies, .sentence = "The asset that fees are paid in."},
};

static const struct section fees_section = {
    "fees", fees_options, ARRAY_COUNT(fees_options), sizeof(struct config_fees), NULL,
};

static const struct option simulation_options[] = {
    {.name = "latency", .type = OPTION_DURATION, AT(config_simulation, latency_ns),
     .fallback = "50ms", .minimum = "0", .maximum = "1m",
     .sentence = "From decision to the simulated venue; delays nothing with bars."},
    {.name = "slippage_bps", .type = OPTION_BPS, AT(config_simulation, slippage),
     .fallback = "0", .minimum = "0", .maximum = "1000", .unit = "bps of price",
     .sentence = "Moves each fill of a market order against us, before rounding to the tick."},
    {.name = "fill", .type = OPTION_CHOICE, AT(config_simulation, fill), .fallback = "next_open",
     .choices = fills,
     .sentence = "With bars: where a market order decided at a close fills."},
};

static const struct section simulation_section = {
    "simulation", simulation_options, ARRAY_COUNT(simulation_options),
    sizeof(struct config_simulation), NULL,
};

static const struct option data_options[] = {
    {.name = "file", .type = OPTION_PATH, .flags = OPTION_REQUIRED | OPTION_UNHASHED,
     AT(config_data, file), .sentence = "Against this file's folder; .gz is read as it is."},
    {.name = "kind", .type = OPTION_CHOICE, AT(config_data, kind), .fallback = "bars",
     .choices = data_kinds, .refused = 1u << CONFIG_DATA_TRADES | 1u << CONFIG_DATA_QUOTES |
                                       1u << CONFIG_DATA_L2,
     .sentence = "What the rows are. Only bars are supported in this version."},
    {.name = "instrument", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
     AT(config_data, instrument), .sentence = "One of `instruments`."},
    {.name = "bar", .type = OPTION_DURATION, .flags = OPTION_REQUIRED, AT(config_data, bar_ns),
     .minimum = "1s", .maximum = "1w", .sentence = "Length of a bar of the file."},
    {.name = "symbol", .type = OPTION_TEXT, .flags = OPTION_OPTIONAL, AT(config_data, symbol),
     .sentence = "Takes only the rows of this symbol, where a file holds several."},
    {.name = "from", .type = OPTION_TIME, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_data, from), .sentence = "The first instant taken."},
    {.name = "to", .type = OPTION_TIME, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_data, to), .sentence = "The first instant not taken any more."},
};

static const struct section data_section = {
    "data: an entry", data_options, ARRAY_COUNT(data_options), sizeof(struct config_data), NULL,
};

static const struct option retry_options[] = {
    {.name = "attempts", .type = OPTION_INTEGER, AT(config_resilience, retry_attempts),
     .fallback = "4", .minimum = "1", .maximum = "20", .flags = OPTION_LIVE,
     .sentence = "Tries of one request, the first included."},
    {.name = "base", .type = OPTION_DURATION, AT(config_resilience, retry_base_ns),
     .fallback = "250ms", .minimum = "1ms", .maximum = "1m", .flags = OPTION_LIVE,
     .sentence = "Wait before the second try; doubles with each."},
    {.name = "cap", .type = OPTION_DURATION, AT(config_resilience, retry_cap_ns),
     .fallback = "8s", .minimum = "1ms", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "The longest wait; at least base."},
};

static const struct section retry_section = {
    "resilience.retry", retry_options, ARRAY_COUNT(retry_options),
    sizeof(struct config_resilience), NULL,
};

static const struct option breaker_options[] = {
    {.name = "threshold", .type = OPTION_INTEGER, AT(config_resilience, breaker_threshold),
     .fallback = "5", .minimum = "1", .maximum = "1000", .flags = OPTION_LIVE,
     .sentence = "Failures in a row that open the circuit breaker."},
    {.name = "cooldown", .type = OPTION_DURATION, AT(config_resilience, breaker_cooldown_ns),
     .fallback = "30s", .minimum = "100ms", .maximum = "1d", .flags = OPTION_LIVE,
     .sentence = "How long it stays open before it lets probes through."},
    {.name = "probes", .type = OPTION_INTEGER, AT(config_resilience, breaker_probes),
     .fallback = "2", .minimum = "1", .maximum = "100", .flags = OPTION_LIVE,
     .sentence = "Probes that must succeed to close it."},
};

static const struct section breaker_section = {
    "resilience.breaker", breaker_options, ARRAY_COUNT(breaker_options),
    sizeof(struct config_resilience), NULL,
};

static const struct option resilience_options[] = {
    {.name = "retry", .type = OPTION_RECORD, .section = &retry_section,
     .sentence = "How a request that failed and is safe to repeat is repeated."},
    {.name = "breaker", .type = OPTION_RECORD, .section = &breaker_section,
     .sentence = "When a group of requests is no longer tried."},
};

static const struct section resilience_section = {
    "resilience", resilience_options, ARRAY_COUNT(resilience_options),
    sizeof(struct config_resilience), NULL,
};

static const struct option shutdown_options[] = {
    {.name = "cancel", .type = OPTION_CHOICE, AT(config_shutdown, cancel),
     .fallback = "unprotective", .choices = cancels, .flags = OPTION_LIVE,
     .sentence = "Which resting orders are cancelled when tern stops."},
    {.name = "deadline", .type = OPTION_DURATION, AT(config_shutdown, deadline_ns),
     .fallback = "30s", .minimum = "1s", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "When it stops waiting for the venue's answers."},
    {.name = "drain", .type = OPTION_DURATION, AT(config_shutdown, drain_ns), .fallback = "10s",
     .minimum = "0", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "How long requests under way may still finish."},
};

static const struct section shutdown_section = {
    "shutdown", shutdown_options, ARRAY_COUNT(shutdown_options), sizeof(struct config_shutdown),
    NULL,
};

static const struct option listen_options[] = {
    {.name = "http", .type = OPTION_ADDRESS, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_listen, http), .fallback = "127.0.0.1:8080",
     .sentence = "Address of the dashboard and the HTTP interface; port 0 takes a free one, null "
                 "none."},
    {.name = "socket", .type = OPTION_SOCKET, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_listen, socket), .fallback = "auto",
     .sentence = "The control socket: auto, a path, or null for none."},
};

static const struct section listen_section = {
    "listen", listen_options, ARRAY_COUNT(listen_options), sizeof(struct config_listen), NULL,
};

static const struct option log_options[] = {
    {.name = "level", .type = OPTION_CHOICE, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, level), .fallback = "info", .choices = log_levels,
     .sentence = "The least level that is written."},
    {.name = "file", .type = OPTION_PATH, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_log, file), .sentence = "Against this file's folder; null = standard error."},
    {.name = "rotate_size", .type = OPTION_SIZE, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, rotate_size), .fallback = "64MiB", .minimum = "64KiB", .maximum = "16GiB",
     .sentence = "A log file of this size is closed and a new one begun."},
    {.name = "keep", .type = OPTION_INTEGER, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, keep), .fallback = "7", .minimum = "1", .maximum = "1000",
     .unit = "files", .sentence = "Closed log files that are kept."},
};

static const struct section log_section = {
    "log", log_options, ARRAY_COUNT(log_options), sizeof(struct config_log), NULL,
};

static const struct option telemetry_options[] = {
    {.name = "otlp", .type = OPTION_URL, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config, telemetry_otlp),
     .sentence = "Where traces are sent to (OTLP over HTTP, JSON); null = nowhere."},
};

static const struct section telemetry_section = {
    "telemetry", telemetry_options, ARRAY_COUNT(telemetry_options), sizeof(struct config), NULL,
};

static const struct option root_options[] = {
    {.name = "tern", .type = OPTION_INTEGER, .flags = OPTION_REQUIRED, AT(config, tern),
     .minimum = "1", .maximum = "1", .sentence = "Version of this format."},
    {.name = "profile", .type = OPTION_CHOICE, AT(config, profile), .fallback = "paper",
     .choices = profiles, .sentence = "What the engine may do; a back-test does not look at it."},
    {.name = "currency", .type = OPTION_ASSET, .flags = OPTION_OPTIONAL, AT(config, currency),
     .fallback_note = "the quote asset of the first instrument",
     .sentence = "Reporting currency. Every instrument is quoted in it in this version."},
    {.name = "feed", .type = OPTION_FEED, AT(config, feed),
     .count_offset = offsetof(struct config, feed_file), .fallback = "generator",
     .choices = feeds, .sentence = "Where prices come from; `tape FILE` plays recorded ones."},
    {.name = "venue", .type = OPTION_CHOICE, AT(config, venue), .fallback = "sim",
     .choices = venues, .sentence = "Where orders go."},
    {.name = "instruments", .type = OPTION_LIST, .flags = OPTION_REQUIRED,
     ITEMS(config, instruments, CONFIG_INSTRUMENTS_MAX), .section = &instrument_section,
     .sentence = "The allow-list: nothing else is traded. An entry is a name or a mapping. Its "
                 "order is the order of closes at one instant."},
    {.name = "instruments_count", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config, instruments_count_option), .minimum = "1", .maximum = "256",
     .fallback_note = "as many as there are",
     .sentence = "Makes any other number of instruments an error."},
    {.name = "account", .type = OPTION_MAP, ITEMS(config, account, CONFIG_ASSETS_MAX),
     .section = &balance_section, .fallback_note = "10000 of currency",
     .sentence = "Balances that a simulated account starts with, {ASSET: \"amount\"}."},
    {.name = "cycle", .type = OPTION_DURATION, .flags = OPTION_LIVE, AT(config, cycle_ns),
     .fallback = "5s", .minimum = "10ms", .maximum = "1h",
     .sentence = "How often slow work is done: reconciliation, guards, reports."},
    {.name = "fees", .type = OPTION_RECORD, AT(config, fees), .section = &fees_section,
     .sentence = "Fees of the simulated venue."},
    {.name = "simulation", .type = OPTION_RECORD, AT(config, simulation),
     .section = &simulation_section, .sentence = "How the simulated venue fills."},
    {.name = "data", .type = OPTION_LIST, ITEMS(config, data, CONFIG_DATA_MAX),
     .section = &data_section, .sentence = "Recorded market data of back-tests."},
    {.name = "seed", .type = OPTION_INTEGER, AT(config, seed), .fallback = "0", .minimum = "0",
     .maximum = "9223372036854775807", .sentence = "Of every generator of random numbers."},
    {.name = "day_start", .type = OPTION_CLOCK, AT(config, day_start_ns), .fallback = "00:00",
     .minimum = "00:00", .maximum = "23:59:59",
     .sentence = "When a day of limits, daily bars and statements begins."},
    {.name = "timezone", .type = OPTION_CHOICE, AT(config, timezone), .fallback = "UTC",
     .choices = timezones, .sentence = "Of day_start and trading windows; UTC in this version."},
    {.name = "risk", .type = OPTION_RECORD, AT(config, risk), .section = &config_section_risk,
     .sentence = "Limits. In a back-test only those written here bind."},
    {.name = "guards", .type = OPTION_LIST, ITEMS(config, guards, CONFIG_GUARDS_MAX),
     .section = &config_section_guard,
     .sentence = "Rules on published metrics; the built-in ones are rows of the same form."},
    {.name = "resilience", .type = OPTION_RECORD, AT(config, resilience),
     .section = &resilience_section, .sentence = "What is done when a venue does not answer."},
    {.name = "shutdown", .type = OPTION_RECORD, AT(config, shutdown),
     .section = &shutdown_section, .sentence = "What is done when tern stops."},
    {.name = "listen", .type = OPTION_RECORD, .flags = OPTION_UNHASHED, AT(config, listen),
     .section = &listen_section, .sentence = "Where tern can be reached."},
    {.name = "log", .type = OPTION_RECORD, .flags = OPTION_UNHASHED, AT(config, log),
     .section = &log_section, .sentence = "What tern writes about itself."},
    {.name = "telemetry", .type = OPTION_RECORD, .flags = OPTION_UNHASHED,
     .section = &telemetry_section, .sentence = "Where traces go."},
    {.name = "bots", .type = OPTION_LIST, .flags = OPTION_LIVE,
     ITEMS(config, bots, CONFIG_BOTS_MAX), .section = &config_section_bot,
     .sentence = "What trades. Its order is the order of decisions at one instant."},
};

const struct section config_section_root = {
    "The file", root_options, ARRAY_COUNT(root_options), sizeof(struct config), NULL,
};

/* clang-format on */

const char *config_profile_name(enum config_profile profile)
{
    ASSERT((size_t)profile < ARRAY_COUNT(profiles) - 1);
    return profiles[profile];
}
