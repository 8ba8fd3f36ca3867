/* The option table: the keys of the file outside `risk`, `guards` and `bots`. */
#include "drive/config/option.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define MARKED(type, member) \
    .offset = offsetof(struct type, member.value), .set_offset = offsetof(struct type, member.set)
#define ITEMS(type, member, maximum_count)   \
    .offset = offsetof(struct type, member), \
    .count_offset = offsetof(struct type, member##_count), .count_max = (maximum_count)

static const char *const profiles[] = {"demo", "dev", "paper", "observe", "canary", "prod", NULL};
static const char *const feeds[] = {"generator", "tape", "coinbase", "btcturk", "massive", NULL};
static const char *const venues[] = {"sim", "coinbase", "btcturk", NULL};
static const char *const fills[] = {"next_open", "this_close", "range", NULL};
static const char *const data_kinds[] = {"bars", "trades", "quotes", "depth", NULL};
static const char *const cancels[] = {"none", "unprotective", "all", NULL};
static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const timezones[] = {"UTC", NULL};
static const char *const fee_currencies[] = {"quote", NULL};

#define CONVENTION_TEXT(name, text) text,
static const char *const conventions[] = {INDICATOR_CONVENTION_TABLE(CONVENTION_TEXT) NULL};
#undef CONVENTION_TEXT

static const struct option instrument_options[] = {
    ROW(.name = "name", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
     AT(config_instrument, name),
     .sentence = "Base and quote asset, such as BTC-USD."),
    ROW(.name = "price_increment", .type = OPTION_AMOUNT, .flags = OPTION_POSITIVE,
     AT(config_instrument, price_increment), .fallback = "0.00000001", .unit = "quote asset",
     .sentence = "The tick: prices of orders are multiples of it. Market data need not be."),
    ROW(.name = "quantity_increment", .type = OPTION_AMOUNT, .flags = OPTION_POSITIVE,
     AT(config_instrument, quantity_increment), .fallback = "0.00000001", .unit = "base asset",
     .sentence = "The lot: quantities of orders are multiples of it."),
    ROW(.name = "quote_decimals", .type = OPTION_INTEGER, AT(config_instrument, quote_decimals),
     .fallback = "8", .minimum = "0", .maximum = "18",
     .sentence = "Decimals that fees and notionals in the quote asset are rounded to, half-even."),
    ROW(.name = "minimum_notional", .type = OPTION_AMOUNT, AT(config_instrument, minimum_notional),
     .fallback = "0", .unit = "quote asset",
     .sentence = "The venue takes no order below it; 0 = none."),
    ROW(.name = "minimum_quantity", .type = OPTION_AMOUNT, AT(config_instrument, minimum_quantity),
     .fallback = "0", .unit = "base asset",
     .sentence = "The venue takes no order below it; 0 = none."),
    ROW(.name = "price_decimals", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_instrument, price_decimals_option), .minimum = "0", .maximum = "18",
     .fallback_note = "8, or the tick's where it has more",
     .sentence = "Decimals that prices are kept in. With quantity_decimals at most 18."),
    ROW(.name = "quantity_decimals", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config_instrument, quantity_decimals_option), .minimum = "0", .maximum = "18",
     .fallback_note = "8, or the lot's where it has more",
     .sentence = "Decimals that quantities are kept in. With price_decimals at most 18."),
    ROW(.name = "listed", .type = OPTION_BOOLEAN, .flags = OPTION_LATER,
     AT(config_instrument, listed), .fallback = "true",
     .sentence = "false: a place for an instrument that is added while the demo runs "
                 "(`--commands`); not in a back-test."),
};

static const struct section instrument_section = SECTION(
    "instruments: an entry", instrument_options, config_instrument, "name");

static const struct option balance_options[] = {
    ROW(.name = "ASSET", .type = OPTION_ASSET, .flags = OPTION_REQUIRED, AT(config_balance, asset),
     .sentence = "The asset, such as USD."),
    ROW(.name = "amount", .type = OPTION_AMOUNT, .flags = OPTION_REQUIRED,
     AT(config_balance, amount), .unit = "asset", .sentence = "What the account starts with."),
};

static const struct section balance_section = SECTION(NULL, balance_options, config_balance, NULL);

static const struct option fee_tier_options[] = {
    ROW(.name = "volume", .type = OPTION_AMOUNT, .flags = OPTION_REQUIRED,
        AT(config_fee_tier, volume), .unit = "currency, 30 days",
        .sentence = "Notional traded from which the tier holds; 0 in the first, growing."),
    ROW(.name = "maker_bps", .type = OPTION_BPS, .flags = OPTION_REQUIRED,
        AT(config_fee_tier, maker), .minimum = "-100", .maximum = "1000", .unit = "bps of notional",
        .sentence = "Fee of a fill that rested in the order book; negative is a rebate."),
    ROW(.name = "taker_bps", .type = OPTION_BPS, .flags = OPTION_REQUIRED,
        AT(config_fee_tier, taker), .minimum = "0", .maximum = "1000", .unit = "bps of notional",
        .sentence = "Fee of a fill that took from the order book."),
};

static const struct section fee_tier_section = SECTION("fees.tiers: an entry", fee_tier_options,
                                                       config_fee_tier, NULL);

static const struct option fees_options[] = {
    ROW(.name = "maker_bps", .type = OPTION_BPS,
     .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_BRIEF, MARKED(config_fees, maker_option),
     .minimum = "-100", .maximum = "1000", .unit = "bps of notional",
     .fallback_note = "40 without tiers",
     .sentence = "Flat fee of a fill that rested in the order book; negative is a rebate."),
    ROW(.name = "taker_bps", .type = OPTION_BPS,
     .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_BRIEF, MARKED(config_fees, taker_option),
     .minimum = "0", .maximum = "1000", .unit = "bps of notional",
     .fallback_note = "60 without tiers",
     .sentence = "Flat fee of a fill that took from the order book."),
    ROW(.name = "tiers", .type = OPTION_LIST, ITEMS(config_fees, tiers, CONFIG_FEE_TIERS_MAX),
     .section = &fee_tier_section, .fallback_note = "one tier with the flat fees",
     .sentence = "Fees by the volume traded; in place of the flat ones."),
    ROW(.name = "currency", .type = OPTION_CHOICE, AT(config_fees, currency), .fallback = "quote",
     .choices = fee_currencies, .sentence = "The asset that fees are paid in."),
};

static const struct section fees_section = SECTION("fees", fees_options, config_fees, NULL);

#define QUEUE_MODEL_TEXT(name, text, has_power) text,
static const char *const queue_models[] = {QUEUE_MODEL_TABLE(QUEUE_MODEL_TEXT) NULL};
#undef QUEUE_MODEL_TEXT
#define QUEUE_MODEL_BIT(name, text, has_power) | ((has_power) << QUEUE_MODEL_##name)
#define QUEUE_MODELS_WITH_POWER (0u QUEUE_MODEL_TABLE(QUEUE_MODEL_BIT))

static const struct option queue_options[] = {
    ROW(.name = "model", .type = OPTION_CHOICE, .flags = OPTION_SELECTOR | OPTION_LATER,
     AT(config_simulation, queue_kind), .fallback = "risk_averse", .choices = queue_models,
     .sentence = "Whose the cancels are in the queue that our order stands in. risk_averse takes "
                 "them to be behind us, so that no fill is owed to luck; touch fills at once."),
    ROW(.name = "power", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
     .when = QUEUE_MODELS_WITH_POWER, AT(config_simulation, queue_power), .fallback = "3",
     .minimum = "0.1", .maximum = "100", .sentence = "The exponent of the model."),
};

static const struct section queue_section = SECTION("simulation.queue", queue_options,
                                                    config_simulation, NULL);

static const struct option impact_options[] = {
    ROW(.name = "temporary", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
        AT(config_simulation, impact_temporary), .fallback = "0", .minimum = "0", .maximum = "10",
        .sentence =
            "Of an execution itself: this share of the price x (quantity / day's volume)^0.6."),
    ROW(.name = "permanent", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
        AT(config_simulation, impact_permanent), .fallback = "0", .minimum = "0", .maximum = "10",
        .sentence = "Of all later ones: this share of the price x quantity / day's volume."),
    ROW(.name = "transient", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
        AT(config_simulation, impact_transient), .fallback = "0", .minimum = "0", .maximum = "10",
        .sentence = "Of later ones, fading: as temporary, x (1 + time / decay)^-1/2."),
    ROW(.name = "decay", .type = OPTION_DURATION, .flags = OPTION_LATER,
        AT(config_simulation, impact_decay_ns), .fallback = "1m", .minimum = "1s", .maximum = "1d",
        .sentence = "How fast transient impact fades."),
};

static const struct section impact_section = SECTION("simulation.impact", impact_options,
                                                     config_simulation, NULL);

static const struct option simulation_options[] = {
    ROW(.name = "latency", .type = OPTION_DURATION, AT(config_simulation, latency_ns),
     .fallback = "50ms", .minimum = "0", .maximum = "1m",
     .sentence = "From decision to the simulated venue, and its answer's way back; delays nothing "
                 "with bars."),
    ROW(.name = "latency_sigma", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
     AT(config_simulation, latency_sigma), .fallback = "0", .minimum = "0", .maximum = "3",
     .sentence = "Spreads latency log-normally around its median; 0 = always the same. With "
                 "recorded order books."),
    ROW(.name = "latency_congestion", .type = OPTION_DOUBLE, .flags = OPTION_LATER,
     AT(config_simulation, congestion_share), .fallback = "0", .minimum = "0", .maximum = "100",
     .sentence = "Each request of ours makes later ones slower by this share of latency, fading. "
                 "With order books."),
    ROW(.name = "latency_congestion_fade", .type = OPTION_DURATION, .flags = OPTION_LATER,
     AT(config_simulation, congestion_fade_ns), .fallback = "1s", .minimum = "1ms",
     .maximum = "1h",
     .sentence = "How long until a request slows later ones by only 1/e of that share."),
    ROW(.name = "feed_latency", .type = OPTION_DURATION, .flags = OPTION_LATER,
     AT(config_simulation, feed_latency_ns), .fallback = "50ms", .minimum = "0", .maximum = "1m",
     .sentence = "From the venue to us, where a recording does not tell both times or its clocks "
                 "disagree."),
    ROW(.name = "book_age_max", .type = OPTION_DURATION, .flags = OPTION_LATER,
     AT(config_simulation, book_age_max_ns), .fallback = "1m", .minimum = "0", .maximum = "1d",
     .sentence = "With recorded order books: one that has said nothing for longer is not valid, "
                 "and what rests fills by trades alone; 0 = never."),
    ROW(.name = "slippage_bps", .type = OPTION_BPS, AT(config_simulation, slippage),
     .fallback = "0", .minimum = "0", .maximum = "1000", .unit = "bps of price",
     .sentence = "Moves each fill of a market order against us, before rounding to the tick."),
    ROW(.name = "fill", .type = OPTION_CHOICE, AT(config_simulation, fill), .fallback = "next_open",
     .choices = fills,
     .sentence = "With bars: where a market order decided at a close fills."),
    ROW(.name = "queue", .type = OPTION_RECORD, .section = &queue_section,
     .sentence = "With recorded order books: where our resting orders stand in the queue."),
    ROW(.name = "impact", .type = OPTION_RECORD, .section = &impact_section,
     .sentence = "With recorded order books: how our own taking moves the price; by default not at "
                 "all, beyond the levels that it takes."),
};

static const struct section simulation_section = SECTION("simulation", simulation_options,
                                                         config_simulation, NULL);

static const struct option data_options[] = {
    ROW(.name = "file", .type = OPTION_PATH, .flags = OPTION_REQUIRED | OPTION_UNHASHED,
        AT(config_data, file), .sentence = "Against this file's folder; .gz is read as it is."),
    ROW(.name = "kind", .type = OPTION_CHOICE, .flags = OPTION_SELECTOR, AT(config_data, kind),
        .fallback = "bars", .choices = data_kinds,
        .sentence =
            "What the rows are: of an instrument either bars, or depth (levels of the order book) "
            "or quotes, with or without trades, which make a session on the order book."),
    ROW(.name = "instrument", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
        AT(config_data, instrument), .sentence = "One of `instruments`."),
    ROW(.name = "bar", .type = OPTION_DURATION, .flags = OPTION_REQUIRED,
        .when = 1u << CONFIG_DATA_BARS, AT(config_data, bar_ns), .minimum = "1s", .maximum = "1w",
        .sentence = "Length of a bar of the file."),
    ROW(.name = "symbol", .type = OPTION_TEXT, .flags = OPTION_OPTIONAL,
        .when = 1u << CONFIG_DATA_BARS, AT(config_data, symbol),
        .sentence = "Takes only the rows of this symbol, where a file holds several."),
    ROW(.name = "from", .type = OPTION_TIME, .flags = OPTION_OPTIONAL | OPTION_MARK,
        .later = ~(1u << CONFIG_DATA_BARS), MARKED(config_data, from),
        .sentence = "The first instant taken. An order book is as what came before leaves it."),
    ROW(.name = "to", .type = OPTION_TIME, .flags = OPTION_OPTIONAL | OPTION_MARK,
        .later = ~(1u << CONFIG_DATA_BARS), MARKED(config_data, to),
        .sentence = "The first instant not taken any more."),
};

static const struct section data_section = SECTION("data: an entry", data_options, config_data,
                                                   NULL);

static const struct option retry_options[] = {
    ROW(.name = "attempts", .type = OPTION_INTEGER, AT(config_resilience, retry_attempts),
     .fallback = "4", .minimum = "1", .maximum = "20", .flags = OPTION_LIVE,
     .sentence = "Tries of one request, the first included."),
    ROW(.name = "base", .type = OPTION_DURATION, AT(config_resilience, retry_base_ns),
     .fallback = "250ms", .minimum = "1ms", .maximum = "1m", .flags = OPTION_LIVE,
     .sentence = "Wait before the second try; doubles with each."),
    ROW(.name = "cap", .type = OPTION_DURATION, AT(config_resilience, retry_cap_ns),
     .fallback = "8s", .minimum = "1ms", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "The longest wait; at least base."),
};

static const struct section retry_section = SECTION("resilience.retry", retry_options,
                                                    config_resilience, NULL);

static const struct option breaker_options[] = {
    ROW(.name = "threshold", .type = OPTION_INTEGER, AT(config_resilience, breaker_threshold),
     .fallback = "5", .minimum = "1", .maximum = "1000", .flags = OPTION_LIVE,
     .sentence = "Failures in a row that open the circuit breaker."),
    ROW(.name = "cooldown", .type = OPTION_DURATION, AT(config_resilience, breaker_cooldown_ns),
     .fallback = "30s", .minimum = "100ms", .maximum = "1d", .flags = OPTION_LIVE,
     .sentence = "How long it stays open before it lets probes through."),
    ROW(.name = "probes", .type = OPTION_INTEGER, AT(config_resilience, breaker_probes),
     .fallback = "2", .minimum = "1", .maximum = "100", .flags = OPTION_LIVE,
     .sentence = "Probes that must succeed to close it."),
};

static const struct section breaker_section = SECTION("resilience.breaker", breaker_options,
                                                      config_resilience, NULL);

static const struct option resilience_options[] = {
    ROW(.name = "retry", .type = OPTION_RECORD, .section = &retry_section,
     .sentence = "How a request that failed and is safe to repeat is repeated."),
    ROW(.name = "breaker", .type = OPTION_RECORD, .section = &breaker_section,
     .sentence = "When a group of requests is no longer tried."),
};

static const struct section resilience_section = SECTION("resilience", resilience_options,
                                                         config_resilience, NULL);

static const struct option shutdown_options[] = {
    ROW(.name = "cancel", .type = OPTION_CHOICE, AT(config_shutdown, cancel),
     .fallback = "unprotective", .choices = cancels, .flags = OPTION_LIVE,
     .sentence = "Which resting orders are cancelled when tern stops."),
    ROW(.name = "deadline", .type = OPTION_DURATION, AT(config_shutdown, deadline_ns),
     .fallback = "30s", .minimum = "1s", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "When it stops waiting for the venue's answers."),
    ROW(.name = "drain", .type = OPTION_DURATION, AT(config_shutdown, drain_ns), .fallback = "10s",
     .minimum = "0", .maximum = "10m", .flags = OPTION_LIVE,
     .sentence = "How long requests under way may still finish."),
};

static const struct section shutdown_section = SECTION("shutdown", shutdown_options,
                                                       config_shutdown, NULL);

static const struct option listen_options[] = {
    ROW(.name = "http", .type = OPTION_ADDRESS, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_listen, http), .fallback = "127.0.0.1:8080",
     .sentence = "Address of the dashboard and the HTTP interface; port 0 takes a free one, null "
                 "none."),
    ROW(.name = "socket", .type = OPTION_SOCKET, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_listen, socket), .fallback = "auto",
     .sentence = "The control socket: auto, a path, or null for none."),
};

static const struct section listen_section = SECTION("listen", listen_options, config_listen, NULL);

static const struct option log_options[] = {
    ROW(.name = "level", .type = OPTION_CHOICE, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, level), .fallback = "info", .choices = log_levels,
     .sentence = "The least level that is written."),
    ROW(.name = "file", .type = OPTION_PATH, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config_log, file), .sentence = "Against this file's folder; null = standard error."),
    ROW(.name = "rotate_size", .type = OPTION_SIZE, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, rotate_size), .fallback = "64MiB", .minimum = "64KiB", .maximum = "16GiB",
     .sentence = "A log file of this size is closed and a new one begun."),
    ROW(.name = "keep", .type = OPTION_INTEGER, .flags = OPTION_LIVE | OPTION_UNHASHED,
     AT(config_log, keep), .fallback = "7", .minimum = "1", .maximum = "1000",
     .unit = "files", .sentence = "Closed log files that are kept."),
};

static const struct section log_section = SECTION("log", log_options, config_log, NULL);

static const struct option telemetry_options[] = {
    ROW(.name = "otlp", .type = OPTION_URL, .flags = OPTION_OPTIONAL | OPTION_UNHASHED,
     AT(config, telemetry_otlp),
     .sentence = "Where traces are sent to (OTLP over HTTP, JSON); null = nowhere."),
};

static const struct section telemetry_section = SECTION("telemetry", telemetry_options, config,
                                                        NULL);

static const struct option root_options[] = {
    ROW(.name = "tern", .type = OPTION_INTEGER, .flags = OPTION_REQUIRED, AT(config, tern),
     .minimum = "1", .maximum = "1", .sentence = "Version of this format."),
    ROW(.name = "profile", .type = OPTION_CHOICE, AT(config, profile), .fallback = "paper",
     .choices = profiles, .sentence = "What the engine may do; a back-test does not look at it."),
    ROW(.name = "currency", .type = OPTION_ASSET, .flags = OPTION_OPTIONAL, AT(config, currency),
     .fallback_note = "the quote asset of the first instrument",
     .sentence = "Reporting currency. Every instrument is quoted in it in this version."),
    ROW(.name = "feed", .type = OPTION_FEED, AT(config, feed),
     .count_offset = offsetof(struct config, feed_file), .fallback = "generator",
     .choices = feeds, .sentence = "Where prices come from; `tape FILE` plays recorded ones."),
    ROW(.name = "venue", .type = OPTION_CHOICE, AT(config, venue), .fallback = "sim",
     .choices = venues, .sentence = "Where orders go."),
    ROW(.name = "instruments", .type = OPTION_LIST, .flags = OPTION_REQUIRED,
     ITEMS(config, instruments, CONFIG_INSTRUMENTS_MAX), .section = &instrument_section,
     .sentence = "The allow-list: nothing else is traded. An entry is a name or a mapping. Its "
                 "order is the order of closes at one instant."),
    ROW(.name = "instruments_count", .type = OPTION_INTEGER, .flags = OPTION_OPTIONAL | OPTION_MARK,
     MARKED(config, instruments_count_option), .minimum = "1", .maximum = "256",
     .fallback_note = "as many as there are",
     .sentence = "Makes any other number of instruments an error."),
    ROW(.name = "account", .type = OPTION_MAP, ITEMS(config, account, CONFIG_ASSETS_MAX),
     .section = &balance_section, .fallback_note = "10000 of currency",
     .sentence = "Balances that a simulated account starts with, {ASSET: \"amount\"}."),
    ROW(.name = "cycle", .type = OPTION_DURATION, .flags = OPTION_LIVE, AT(config, cycle_ns),
     .fallback = "5s", .minimum = "10ms", .maximum = "1h",
     .sentence = "How often slow work is done: reconciliation, guards, reports; on recorded order "
                 "books bots that quote look at the market then."),
    ROW(.name = "fees", .type = OPTION_RECORD, AT(config, fees), .section = &fees_section,
     .sentence = "Fees of the simulated venue."),
    ROW(.name = "simulation", .type = OPTION_RECORD, AT(config, simulation),
     .section = &simulation_section, .sentence = "How the simulated venue fills."),
    ROW(.name = "data", .type = OPTION_LIST, ITEMS(config, data, CONFIG_DATA_MAX),
     .section = &data_section, .sentence = "Recorded market data of back-tests."),
    ROW(.name = "seed", .type = OPTION_INTEGER, AT(config, seed), .fallback = "0", .minimum = "0",
     .maximum = "9223372036854775807", .sentence = "Of every generator of random numbers."),
    ROW(.name = "convention", .type = OPTION_CHOICE, .flags = OPTION_LATER, AT(config, convention),
     .fallback = "talib", .choices = conventions,
     .sentence = "How indicators start and what they show where libraries differ; "
                 "`tern help indicators` lists it."),
    ROW(.name = "day_start", .type = OPTION_CLOCK, AT(config, day_start_ns), .fallback = "00:00",
     .minimum = "00:00", .maximum = "23:59:59",
     .sentence = "When a day of limits, daily bars and statements begins."),
    ROW(.name = "timezone", .type = OPTION_CHOICE, AT(config, timezone), .fallback = "UTC",
     .choices = timezones, .sentence = "Of day_start and trading windows; UTC in this version."),
    ROW(.name = "risk", .type = OPTION_RECORD, AT(config, risk), .section = &config_section_risk,
     .sentence = "Limits. In a back-test only those written here bind."),
    ROW(.name = "guards", .type = OPTION_LIST, ITEMS(config, guards, CONFIG_GUARDS_MAX),
     .section = &config_section_guard,
     .sentence = "Rules on published metrics; the built-in ones are rows of the same form."),
    ROW(.name = "resilience", .type = OPTION_RECORD, AT(config, resilience),
     .section = &resilience_section, .sentence = "What is done when a venue does not answer."),
    ROW(.name = "shutdown", .type = OPTION_RECORD, AT(config, shutdown),
     .section = &shutdown_section, .sentence = "What is done when tern stops."),
    ROW(.name = "listen", .type = OPTION_RECORD, .flags = OPTION_UNHASHED, AT(config, listen),
     .section = &listen_section, .sentence = "Where tern can be reached."),
    ROW(.name = "log", .type = OPTION_RECORD, .flags = OPTION_UNHASHED, AT(config, log),
     .section = &log_section, .sentence = "What tern writes about itself."),
    ROW(.name = "telemetry", .type = OPTION_RECORD, .flags = OPTION_UNHASHED,
     .section = &telemetry_section, .sentence = "Where traces go."),
    ROW(.name = "bots", .type = OPTION_LIST, .flags = OPTION_LIVE,
     ITEMS(config, bots, CONFIG_BOTS_MAX), .section = &config_section_bot,
     .sentence = "What trades. Its order is the order of decisions at one instant."),
};

const struct section config_section_root = SECTION("The file", root_options, config, NULL);

const char *config_profile_name(enum config_profile profile)
{
    ASSERT((size_t)profile < ARRAY_COUNT(profiles) - 1);
    return profiles[profile];
}
