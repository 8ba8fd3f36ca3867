/* The option table: bots and the parameters of each kind. */
#include <string.h>

#include "core/signal/indicator.h"
#include "drive/config/option.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define MARKED(type, member) \
    .offset = offsetof(struct type, member.value), .set_offset = offsetof(struct type, member.set)
/* Every parameter tells whether it is set, so that a reader of the array need not know the kind. */
#define PARAM(index)                                                                            \
    .offset = offsetof(struct config_bot, params) + (index) * sizeof(struct config_param) +     \
              offsetof(struct config_param, value),                                             \
    .set_offset = offsetof(struct config_bot, params) + (index) * sizeof(struct config_param) + \
                  offsetof(struct config_param, set)
#define ONLY(value) (1u << (value))
/* Of every window and average: what the indicators can hold. */
#define TEXT_OF(number) #number
#define TEXT_OF_VALUE(macro) TEXT_OF(macro)
#define PERIOD_MAX TEXT_OF_VALUE(INDICATOR_PERIOD_MAX)

static const char *const kinds[] = {"score",    "ma_cross", "rsi", "macd",      "bollinger",
                                    "donchian", "grid",     "dca", "rebalance", "maker",
                                    "script",   "plugin",   NULL};
static const char *const averages[] = {"sma", "ema", NULL};
#define CONVENTION_TEXT(name, text) text,
static const char *const conventions[] = {INDICATOR_CONVENTION_TABLE(CONVENTION_TEXT) NULL};
#undef CONVENTION_TEXT
static const char *const modes[] = {"revert", "break", NULL};
static const char *const spacings[] = {"arithmetic", "geometric", NULL};
static const char *const methods[] = {"fixed", "notional", "equity", "volatility", "kelly", NULL};
static const char *const styles[] = {"market", "limit", "maker_first", "twap", "vwap", "pov", NULL};

static const struct option rsi_options[] = {
    ROW(.name = "weight", .type = OPTION_DOUBLE, .flags = OPTION_LIVE,
        AT(config_signal_rsi, weight), .fallback = "0.4", .minimum = "0", .maximum = "1000",
        .sentence = "Its share of the score."),
    ROW(.name = "period", .type = OPTION_INTEGER, AT(config_signal_rsi, period), .fallback = "14",
        .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
        .sentence = "Bars of the RSI (Wilder)."),
    ROW(.name = "oversold", .type = OPTION_DOUBLE, AT(config_signal_rsi, oversold),
        .fallback = "30", .minimum = "0", .maximum = "100", .sentence = "Below overbought."),
    ROW(.name = "overbought", .type = OPTION_DOUBLE, AT(config_signal_rsi, overbought),
        .fallback = "70", .minimum = "0", .maximum = "100",
        .sentence = "The signal is (50 - RSI) / ((overbought - oversold) / 2), from -1 to 1."),
};

static const struct section rsi_section = SECTION("bots.signals.rsi", rsi_options,
                                                  config_signal_rsi, NULL);

static const struct option ma_options[] = {
    ROW(.name = "weight", .type = OPTION_DOUBLE, .flags = OPTION_LIVE, AT(config_signal_ma, weight),
     .fallback = "0.35", .minimum = "0", .maximum = "1000", .sentence = "Its share of the score."),
    ROW(.name = "fast", .type = OPTION_INTEGER, AT(config_signal_ma, fast), .fallback = "10",
     .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Bars of the fast average; less than slow."),
    ROW(.name = "slow", .type = OPTION_INTEGER, AT(config_signal_ma, slow), .fallback = "20",
     .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "The signal is tanh((fast - slow) / ATR14)."),
};

static const struct section ma_section = SECTION("bots.signals.ma", ma_options, config_signal_ma,
                                                 NULL);

static const struct option macd_options[] = {
    ROW(.name = "weight", .type = OPTION_DOUBLE, .flags = OPTION_LIVE,
        AT(config_signal_macd, weight), .fallback = "0.25", .minimum = "0", .maximum = "1000",
        .sentence = "Its share of the score."),
    ROW(.name = "fast", .type = OPTION_INTEGER, AT(config_signal_macd, fast), .fallback = "12",
        .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
        .sentence = "Bars of the fast average; less than slow."),
    ROW(.name = "slow", .type = OPTION_INTEGER, AT(config_signal_macd, slow), .fallback = "26",
        .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
        .sentence = "Bars of the slow average."),
    ROW(.name = "signal", .type = OPTION_INTEGER, AT(config_signal_macd, signal), .fallback = "9",
        .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
        .sentence = "Bars of the signal line; the signal is tanh(histogram / ATR14)."),
};

static const struct section macd_section = SECTION("bots.signals.macd", macd_options,
                                                   config_signal_macd, NULL);

/* A signal is a record that may be absent; `on` says whether it is there. Without `signals` all
 * three are there with their defaults, else those that it names. */
static const struct option signals_options[] = {
    ROW(.name = "rsi", .type = OPTION_RECORD, .flags = OPTION_OPTIONAL | OPTION_MARK,
     AT(config_bot, rsi), .set_offset = offsetof(struct config_bot, rsi.on),
     .section = &rsi_section, .fallback = "{}",
     .fallback_note = "off where signals names others",
     .sentence = "Buys what has fallen, sells what has risen."),
    ROW(.name = "ma", .type = OPTION_RECORD, .flags = OPTION_OPTIONAL | OPTION_MARK,
     AT(config_bot, ma), .set_offset = offsetof(struct config_bot, ma.on), .section = &ma_section,
     .fallback = "{}", .fallback_note = "off where signals names others",
     .sentence = "Follows a fast average over a slow one."),
    ROW(.name = "macd", .type = OPTION_RECORD, .flags = OPTION_OPTIONAL | OPTION_MARK,
     AT(config_bot, macd), .set_offset = offsetof(struct config_bot, macd.on),
     .section = &macd_section, .fallback = "{}",
     .fallback_note = "off where signals names others",
     .sentence = "Follows the MACD histogram."),
};

static const struct section signals_section = SECTION("bots.signals", signals_options, config_bot,
                                                      NULL);

static const struct option size_options[] = {
    ROW(.name = "method", .type = OPTION_CHOICE, .flags = OPTION_SELECTOR | OPTION_LIVE,
     AT(config_size, method), .fallback = "equity", .choices = methods,
     .sentence = "How an entry is sized."),
    ROW(.name = "quantity", .type = OPTION_AMOUNT,
     .flags = OPTION_REQUIRED | OPTION_POSITIVE | OPTION_LIVE, .when = ONLY(CONFIG_SIZE_FIXED),
     AT(config_size, quantity), .unit = "base asset", .sentence = "Quantity of an entry."),
    ROW(.name = "amount", .type = OPTION_AMOUNT,
     .flags = OPTION_REQUIRED | OPTION_POSITIVE | OPTION_LIVE, .when = ONLY(CONFIG_SIZE_NOTIONAL),
     AT(config_size, amount), .unit = "quote asset", .sentence = "Notional of an entry."),
    ROW(.name = "fraction", .type = OPTION_RATIO, .flags = OPTION_POSITIVE | OPTION_LIVE,
     .when = ONLY(CONFIG_SIZE_EQUITY) | ONLY(CONFIG_SIZE_KELLY), AT(config_size, fraction),
     .fallback = "0.25", .minimum = "0", .maximum = "1", .unit = "share",
     .sentence = "Of the book's equity at the decision's close; with kelly, of the Kelly bet."),
    ROW(.name = "target", .type = OPTION_RATIO, .flags = OPTION_POSITIVE | OPTION_LIVE,
     .when = ONLY(CONFIG_SIZE_VOLATILITY), AT(config_size, target), .fallback = "0.2",
     .minimum = "0", .maximum = "10", .unit = "a year",
     .sentence = "Volatility that the book should have."),
    ROW(.name = "cap", .type = OPTION_RATIO, .flags = OPTION_POSITIVE | OPTION_LIVE,
     .when = ONLY(CONFIG_SIZE_KELLY), AT(config_size, cap), .fallback = "0.25", .minimum = "0",
     .maximum = "1", .unit = "share of equity", .sentence = "The largest entry."),
};

static const struct section size_section = SECTION("bots.size", size_options, config_size, NULL);

static const struct option execute_options[] = {
    ROW(.name = "style", .type = OPTION_CHOICE, .flags = OPTION_LIVE, AT(config_bot, style),
     .fallback = "market", .choices = styles, .sentence = "How an order reaches the venue."),
};

static const struct section execute_section = SECTION("bots.execute", execute_options, config_bot,
                                                      NULL);

static const struct option bot_options[] = {
    ROW(.name = "name", .type = OPTION_NAME, .flags = OPTION_REQUIRED, AT(config_bot, name),
        .sentence = "Its name and its book's; one of a kind."),
    ROW(.name = "kind", .type = OPTION_CHOICE, .flags = OPTION_REQUIRED | OPTION_SELECTOR,
        AT(config_bot, kind), .choices = kinds,
        .refused = ONLY(CONFIG_BOT_SCRIPT) | ONLY(CONFIG_BOT_PLUGIN),
        .sentence = "What it does. Scripts and plug-ins are not supported in this version."),
    ROW(.name = "instrument", .type = OPTION_INSTRUMENT, .flags = OPTION_REQUIRED,
        .when = ~ONLY(CONFIG_BOT_REBALANCE), AT(config_bot, instrument),
        .sentence = "One of `instruments`."),
    ROW(.name = "bar", .type = OPTION_DURATION, .flags = OPTION_OPTIONAL | OPTION_MARK,
        MARKED(config_bot, bar_option), .minimum = "1s", .maximum = "1w",
        .fallback_note = "that of the data, 1m on order books, else 1h",
        .sentence = "Bars it looks at; a multiple of the data's. On order books they are made of "
                    "the trades."),
    ROW(.name = "budget", .type = OPTION_AMOUNT,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_POSITIVE | OPTION_LIVE,
        MARKED(config_bot, budget), .unit = "currency",
        .sentence =
            "Its own book: it can neither spend nor lose more; absent = the whole account."),
    ROW(.name = "signals", .type = OPTION_RECORD, .when = ONLY(CONFIG_BOT_SCORE),
        .section = &signals_section, .fallback_note = "all three with their defaults",
        .sentence = "What the score is made of: the weighted mean of the signals named."),
    ROW(.name = "params", .type = OPTION_PARAMS, .when = ~ONLY(CONFIG_BOT_SCORE),
        .sentence = "Parameters of the kind; see there."),
    ROW(.name = "enter", .type = OPTION_DOUBLE, .flags = OPTION_LIVE,
        .when = ONLY(CONFIG_BOT_SCORE), AT(config_bot, enter), .fallback = "0.05", .minimum = "-1",
        .maximum = "1", .sentence = "Buys at score >= enter; positive = buy."),
    ROW(.name = "exit", .type = OPTION_DOUBLE, .flags = OPTION_LIVE, .when = ONLY(CONFIG_BOT_SCORE),
        AT(config_bot, exit), .fallback = "-0.05", .minimum = "-1", .maximum = "1",
        .sentence = "Sells at score <= exit; at most enter."),
    ROW(.name = "confidence_min", .type = OPTION_DOUBLE, .flags = OPTION_LIVE,
        .when = ONLY(CONFIG_BOT_SCORE), AT(config_bot, confidence_min), .fallback = "0",
        .minimum = "0", .maximum = "1",
        .sentence = "Share of the weight that must agree in sign with the score."),
    ROW(.name = "convention", .type = OPTION_CHOICE,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_LATER,
        .when = ONLY(CONFIG_BOT_SCORE) | ONLY(CONFIG_BOT_MA_CROSS) | ONLY(CONFIG_BOT_RSI) |
                ONLY(CONFIG_BOT_MACD),
        MARKED(config_bot, convention_option), .choices = conventions,
        .fallback_note = "that of the file",
        .sentence = "How its indicators start and what they show where libraries differ; "
                    "bollinger and donchian have nothing that does."),
    ROW(.name = "confirm", .type = OPTION_INTEGER, .flags = OPTION_LIVE, AT(config_bot, confirm),
        .fallback = "0", .minimum = "0", .maximum = "10000", .unit = "bars",
        .sentence = "Bars that an action must persist."),
    ROW(.name = "cooldown", .type = OPTION_DURATION, .flags = OPTION_LIVE,
        AT(config_bot, cooldown_ns), .fallback = "0", .minimum = "0", .maximum = "52w",
        .sentence = "After a fill it neither enters nor exits by signal for this long; "
                    "stop_loss and take_profit do."),
    ROW(.name = "size", .type = OPTION_RECORD, .flags = OPTION_LIVE, AT(config_bot, size),
        .section = &size_section, .sentence = "How large an entry is."),
    ROW(.name = "execute", .type = OPTION_RECORD, .flags = OPTION_LIVE, .section = &execute_section,
        .sentence = "How its orders are sent."),
    ROW(.name = "stop_loss", .type = OPTION_RATIO,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_POSITIVE | OPTION_LIVE,
        MARKED(config_bot, stop_loss), .minimum = "0", .maximum = "0.999999",
        .unit = "share of the entry price", .sentence = "Leaves after such a fall; absent = off."),
    ROW(.name = "take_profit", .type = OPTION_RATIO,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_POSITIVE | OPTION_LIVE,
        MARKED(config_bot, take_profit), .minimum = "0", .maximum = "1000",
        .unit = "share of the entry price", .sentence = "Leaves after such a rise; absent = off."),
};

const struct section config_section_bot = SECTION("bots: an entry", bot_options, config_bot, NULL);

static const struct option ma_cross_params[] = {
    ROW(.name = "average", .type = OPTION_CHOICE, .flags = OPTION_MARK,
     PARAM(CONFIG_MA_CROSS_AVERAGE), .fallback = "sma", .choices = averages,
     .sentence = "Simple or exponential."),
    ROW(.name = "fast", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MA_CROSS_FAST),
     .fallback = "10", .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Long while fast > slow at a close; less than slow."),
    ROW(.name = "slow", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MA_CROSS_SLOW),
     .fallback = "30", .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Bars of the slow average."),
};

static const struct option rsi_params[] = {
    ROW(.name = "period", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_RSI_PERIOD),
     .fallback = "14", .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Bars of the RSI (Wilder)."),
    ROW(.name = "oversold", .type = OPTION_DOUBLE, .flags = OPTION_MARK, PARAM(CONFIG_RSI_OVERSOLD),
     .fallback = "30", .minimum = "0", .maximum = "100",
     .sentence = "Enters when RSI crosses up through it; less than overbought."),
    ROW(.name = "overbought", .type = OPTION_DOUBLE, .flags = OPTION_MARK,
     PARAM(CONFIG_RSI_OVERBOUGHT), .fallback = "70", .minimum = "0", .maximum = "100",
     .sentence = "Leaves when RSI crosses down through it."),
};

static const struct option macd_params[] = {
    ROW(.name = "fast", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MACD_FAST),
     .fallback = "12", .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Bars of the fast average; less than slow."),
    ROW(.name = "slow", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MACD_SLOW),
     .fallback = "26", .minimum = "2", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Bars of the slow average."),
    ROW(.name = "signal", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MACD_SIGNAL),
     .fallback = "9", .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Long while the line is above its average of so many bars."),
};

static const struct option bollinger_params[] = {
    ROW(.name = "period", .type = OPTION_INTEGER, .flags = OPTION_MARK,
     PARAM(CONFIG_BOLLINGER_PERIOD), .fallback = "20", .minimum = "2", .maximum = PERIOD_MAX,
     .unit = "bars", .sentence = "Bars of the middle, a simple average."),
    ROW(.name = "deviations", .type = OPTION_DOUBLE, .flags = OPTION_MARK | OPTION_POSITIVE,
     PARAM(CONFIG_BOLLINGER_DEVIATIONS), .fallback = "2", .minimum = "0", .maximum = "100",
     .sentence = "Standard deviations from the middle to a band."),
    ROW(.name = "mode", .type = OPTION_CHOICE, .flags = OPTION_MARK, PARAM(CONFIG_BOLLINGER_MODE),
     .fallback = "revert", .choices = modes,
     .sentence = "revert enters on a close below the lower band, break above the upper; both "
                 "leave at the middle."),
};

static const struct option donchian_params[] = {
    ROW(.name = "entry", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_DONCHIAN_ENTRY),
     .fallback = "20", .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Enters above the highest high of so many bars before."),
    ROW(.name = "exit", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_DONCHIAN_EXIT),
     .fallback = "10", .minimum = "1", .maximum = PERIOD_MAX, .unit = "bars",
     .sentence = "Leaves below the lowest low of so many bars before."),
};

static const struct option grid_params[] = {
    ROW(.name = "low", .type = OPTION_AMOUNT,
     .flags = OPTION_MARK | OPTION_REQUIRED | OPTION_POSITIVE, PARAM(CONFIG_GRID_LOW),
     .unit = "quote asset", .sentence = "Price of the lowest level; less than high."),
    ROW(.name = "high", .type = OPTION_AMOUNT,
     .flags = OPTION_MARK | OPTION_REQUIRED | OPTION_POSITIVE, PARAM(CONFIG_GRID_HIGH),
     .unit = "quote asset", .sentence = "Price of the highest level."),
    ROW(.name = "levels", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_GRID_LEVELS),
     .fallback = "10", .minimum = "2", .maximum = "200",
     .sentence = "One resting order each; a fill places its opposite one level away."),
    ROW(.name = "spacing", .type = OPTION_CHOICE, .flags = OPTION_MARK, PARAM(CONFIG_GRID_SPACING),
     .fallback = "arithmetic", .choices = spacings,
     .sentence = "Equal differences or equal ratios."),
};

static const struct option dca_params[] = {
    ROW(.name = "every", .type = OPTION_DURATION, .flags = OPTION_MARK, PARAM(CONFIG_DCA_EVERY),
        .fallback = "1d", .minimum = "1s", .maximum = "52w", .sentence = "Time between two buys."),
    ROW(.name = "amount", .type = OPTION_AMOUNT,
        .flags = OPTION_MARK | OPTION_REQUIRED | OPTION_POSITIVE, PARAM(CONFIG_DCA_AMOUNT),
        .unit = "quote asset", .sentence = "Notional of a buy."),
    ROW(.name = "dip", .type = OPTION_RATIO,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_POSITIVE, PARAM(CONFIG_DCA_DIP),
        .minimum = "0", .maximum = "0.999999", .unit = "share of the last buy's price",
        .sentence = "Buys after such a fall too; absent = off."),
    ROW(.name = "max", .type = OPTION_AMOUNT,
        .flags = OPTION_OPTIONAL | OPTION_MARK | OPTION_POSITIVE, PARAM(CONFIG_DCA_MAX),
        .unit = "quote asset",
        .sentence =
            "Sum of what all buys cost: the last is sized by what is left at its close, and "
            "its fill alone may pass it; absent = no end."),
};

static const struct option rebalance_params[] = {
    ROW(.name = "instruments", .type = OPTION_NAMES, .flags = OPTION_MARK | OPTION_REQUIRED,
     PARAM(CONFIG_REBALANCE_INSTRUMENTS), .count_max = CONFIG_INSTRUMENTS_MAX,
     .sentence = "What is held; each one of `instruments`."),
    ROW(.name = "weights", .type = OPTION_RATIOS, .flags = OPTION_MARK | OPTION_REQUIRED,
     PARAM(CONFIG_REBALANCE_WEIGHTS), .count_max = CONFIG_INSTRUMENTS_MAX, .minimum = "0",
     .maximum = "1", .unit = "share of equity",
     .sentence = "One for each instrument; their sum is at most 1, the rest stays cash."),
    ROW(.name = "band", .type = OPTION_RATIO, .flags = OPTION_MARK | OPTION_POSITIVE,
     PARAM(CONFIG_REBALANCE_BAND), .fallback = "0.05", .minimum = "0", .maximum = "1",
     .unit = "share of equity", .sentence = "Trades back when a weight is this far off."),
};

static const struct option maker_params[] = {
    ROW(.name = "levels", .type = OPTION_INTEGER, .flags = OPTION_MARK, PARAM(CONFIG_MAKER_LEVELS),
        .fallback = "1", .minimum = "1", .maximum = "50", .sentence = "Orders on each side."),
    ROW(.name = "spread", .type = OPTION_RATIO, .flags = OPTION_MARK | OPTION_POSITIVE,
        PARAM(CONFIG_MAKER_SPREAD), .fallback = "0.002", .minimum = "0", .maximum = "0.5",
        .unit = "share of mid", .sentence = "Between the innermost bid and ask."),
    ROW(.name = "skew", .type = OPTION_DOUBLE, .flags = OPTION_MARK, PARAM(CONFIG_MAKER_SKEW),
        .fallback = "0.5", .minimum = "0", .maximum = "10", .unit = "spreads",
        .sentence = "How far a full inventory shifts both sides."),
    ROW(.name = "refresh", .type = OPTION_DURATION, .flags = OPTION_MARK,
        PARAM(CONFIG_MAKER_REFRESH), .fallback = "5s", .minimum = "10ms", .maximum = "1d",
        .sentence = "Time between two quotes."),
};

#define PARAMS(kind)                                                             \
    {                                                                            \
        "bots.params of kind " #kind, kind##_params, ARRAY_COUNT(kind##_params), \
            sizeof(struct config_bot), NULL                                      \
    }

static const struct section params_sections[] = {
    [CONFIG_BOT_MA_CROSS] = PARAMS(ma_cross), [CONFIG_BOT_RSI] = PARAMS(rsi),
    [CONFIG_BOT_MACD] = PARAMS(macd), [CONFIG_BOT_BOLLINGER] = PARAMS(bollinger),
    [CONFIG_BOT_DONCHIAN] = PARAMS(donchian), [CONFIG_BOT_GRID] = PARAMS(grid),
    [CONFIG_BOT_DCA] = PARAMS(dca), [CONFIG_BOT_REBALANCE] = PARAMS(rebalance),
    [CONFIG_BOT_MAKER] = PARAMS(maker), [CONFIG_BOT_PLUGIN] = {NULL, NULL, 0, 0, NULL},
};

const struct section *config_section_params(enum config_bot_kind kind)
{
    ASSERT((size_t)kind < ARRAY_COUNT(params_sections));
    return params_sections[kind].options != NULL ? &params_sections[kind] : NULL;
}

const char *config_bot_kind_name(enum config_bot_kind kind)
{
    ASSERT((size_t)kind < ARRAY_COUNT(kinds) - 1);
    return kinds[kind];
}

const struct config_param *config_bot_param(const struct config_bot *bot, const char *name)
{
    const struct section *section = config_section_params(bot->kind);
    const struct option *option = section != NULL ? section_find(section, text_of(name)) : NULL;
    if (option == NULL)
        return NULL;
    return &bot->params[option - section->options];
}
