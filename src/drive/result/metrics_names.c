#include "drive/result/metrics_names.h"

/* Rows: freqtrade, Jesse, QuantStats, how theirs differs, source. */
const struct metric_note metric_notes[METRIC_COUNT] = {
    [METRIC_RETURN] = {"profit_total", "net_profit_percentage", "comp",
                       "freqtrade counts closed trades alone", NULL},
    [METRIC_CAGR] = {"cagr", "annual_return", "cagr", NULL, NULL},
    [METRIC_SHARPE] = {"sharpe", "sharpe_ratio", "sharpe",
                       "freqtrade divides the mean profit of a day by the deviation of trades, not "
                       "of days; QuantStats has 252 periods a year unless told",
                       "Sharpe 1994, The Sharpe Ratio"},
    [METRIC_SORTINO] = {"sortino", "sortino_ratio", "sortino",
                        "freqtrade divides by the deviation of losing trades; QuantStats has 252 "
                        "periods a year unless told",
                        "Sortino and van der Meer 1991, Downside Risk"},
    [METRIC_CALMAR] =
        {"calmar", "calmar_ratio", "calmar",
         "freqtrade takes the mean profit of a day, times 100 and sqrt(365), over the "
         "drawdown of closed trades",
         "Young 1991, Calmar Ratio: A Smoother Tool"},
    [METRIC_MAX_DRAWDOWN] = {"max_drawdown_account, max_relative_drawdown", "max_drawdown",
                             "max_drawdown",
                             "freqtrade sees closed trades alone, Jesse and QuantStats closes of "
                             "days; here every bar counts, so ours is deeper. Theirs are negative "
                             "or in percent",
                             NULL},
    [METRIC_PROFIT_FACTOR] = {"profit_factor", NULL, "profit_factor",
                              "QuantStats takes days in place of trips", NULL},
    [METRIC_EXPECTANCY] = {"expectancy", "expectancy", "expected_return",
                           "QuantStats takes days in place of trips", "Tharp 1998, Trade Your Way"},
    [METRIC_WIN_RATE] = {"winrate", "win_rate", "win_rate",
                         "Jesse leaves out trades that brought nothing; QuantStats takes days",
                         NULL},
    [METRIC_EXPOSURE] = {NULL, NULL, "exposure", "QuantStats counts days whose return is not zero",
                         NULL},
    [METRIC_TURNOVER] = {"total_volume", NULL, NULL, NULL, NULL},
    [METRIC_SQN] = {"sqn", NULL, NULL, NULL, "Tharp 2008, Definitive Guide to Position Sizing"},
    [METRIC_DEFLATED_SHARPE] = {NULL, NULL, NULL, NULL,
                                "Bailey and Lopez de Prado 2014, The Deflated Sharpe Ratio"},
    [METRIC_PROFIT] = {"profit_total_abs", "net_profit", NULL, "theirs count closed trades alone",
                       NULL},
    [METRIC_MARKET_CHANGE] = {"market_change", NULL, NULL, NULL, NULL},
    [METRIC_VOLATILITY] = {NULL, NULL, "volatility", "252 periods a year unless told", NULL},
    [METRIC_BEST_DAY] = {"backtest_best_day", NULL, "best",
                         "freqtrade sums the ratios of the trades that closed on the day", NULL},
    [METRIC_WORST_DAY] = {"backtest_worst_day", NULL, "worst",
                          "freqtrade sums the ratios of the trades that closed on the day", NULL},
    [METRIC_WINNING_DAYS] = {"winning_days", NULL, "win_rate",
                             "freqtrade says how many, not the share", NULL},
    [METRIC_SKEWNESS] = {NULL, NULL, "skew", "QuantStats corrects for the size of the sample",
                         NULL},
    [METRIC_KURTOSIS] = {NULL, NULL, "kurtosis",
                         "QuantStats subtracts 3 and corrects for the size of the sample", NULL},
    [METRIC_VALUE_AT_RISK] = {NULL, NULL, "value_at_risk, var",
                              "QuantStats takes the quantile of a normal distribution; ours is the "
                              "one that was, as a positive loss",
                              "Jorion 2006, Value at Risk, historical simulation"},
    [METRIC_EXPECTED_SHORTFALL] =
        {NULL, NULL, "conditional_value_at_risk, cvar, expected_shortfall",
         "QuantStats means what is worse than its normal quantile",
         "Acerbi and Tasche 2002, On the coherence of expected shortfall"},
    [METRIC_TAIL_RATIO] = {NULL, NULL, "tail_ratio", NULL, NULL},
    [METRIC_OMEGA] = {NULL, "omega_ratio", "omega", NULL,
                      "Keating and Shadwick 2002, A Universal Performance Measure; threshold 0"},
    [METRIC_MAX_DRAWDOWN_AMOUNT] = {"max_drawdown_abs", NULL, NULL,
                                    "freqtrade sees closed trades alone", NULL},
    [METRIC_DRAWDOWN_START] = {"drawdown_start", NULL, "drawdown_details", NULL, NULL},
    [METRIC_DRAWDOWN_END] = {"drawdown_end", NULL, "drawdown_details", NULL, NULL},
    [METRIC_LONGEST_DRAWDOWN] = {"drawdown_duration", NULL, "drawdown_details",
                                 "freqtrade says how long the deepest one fell, not how long the "
                                 "longest lasted",
                                 NULL},
    [METRIC_ULCER_INDEX] = {NULL, NULL, "ulcer_index",
                            "QuantStats takes days, and divides by N - 1",
                            "Martin and McCann 1989, The Investor's Guide to Fidelity Funds"},
    [METRIC_RECOVERY_FACTOR] =
        {NULL, NULL, "recovery_factor",
         "QuantStats divides the sum of returns by the deepest drawdown as a "
         "share",
         NULL},
    [METRIC_PROBABILISTIC_SHARPE] = {NULL, NULL, "probabilistic_sharpe_ratio", NULL,
                                     "Bailey and Lopez de Prado 2012, The Sharpe Ratio Efficient "
                                     "Frontier"},
    [METRIC_MINIMUM_TRACK_RECORD] = {NULL, NULL, NULL, NULL,
                                     "Bailey and Lopez de Prado 2012, The Sharpe Ratio Efficient "
                                     "Frontier"},
    [METRIC_WINS] = {"wins", "total_winning_trades", NULL, NULL, NULL},
    [METRIC_LOSSES] = {"losses", "total_losing_trades", NULL, NULL, NULL},
    [METRIC_LONG_TRIPS] = {"trade_count_long", "longs_count", NULL, NULL, NULL},
    [METRIC_SHORT_TRIPS] = {"trade_count_short", "shorts_count", NULL, NULL, NULL},
    [METRIC_GROSS_PROFIT] = {NULL, "gross_profit", NULL, NULL, NULL},
    [METRIC_GROSS_LOSS] = {NULL, "gross_loss", NULL, "Jesse's is negative", NULL},
    [METRIC_AVERAGE_WIN] = {NULL, "average_win", "avg_win", "QuantStats takes days, as a share",
                            NULL},
    [METRIC_AVERAGE_LOSS] = {NULL, "average_loss", "avg_loss",
                             "QuantStats takes days, as a negative share", NULL},
    [METRIC_BEST_TRIP] = {NULL, "largest_winning_trade", NULL, NULL, NULL},
    [METRIC_WORST_TRIP] = {NULL, "largest_losing_trade", NULL, NULL, NULL},
    [METRIC_PAYOFF_RATIO] = {NULL, "ratio_avg_win_loss", "payoff_ratio, win_loss_ratio",
                             "QuantStats takes days in place of trips", NULL},
    [METRIC_EXPECTANCY_RATIO] = {"expectancy_ratio", NULL, NULL, NULL, NULL},
    [METRIC_KELLY_FRACTION] = {NULL, NULL, "kelly_criterion",
                               "QuantStats takes days in place of trips",
                               "Kelly 1956, A New Interpretation of Information Rate"},
    [METRIC_CONSECUTIVE_WINS] = {"max_consecutive_wins", "winning_streak", "consecutive_wins",
                                 "QuantStats takes days in place of trips", NULL},
    [METRIC_CONSECUTIVE_LOSSES] = {"max_consecutive_losses", "losing_streak", "consecutive_losses",
                                   "QuantStats takes days; freqtrade counts a trade that brought "
                                   "nothing as lost",
                                   NULL},
    [METRIC_AVERAGE_DURATION] = {"holding_avg", "average_holding_period", NULL, NULL, NULL},
    [METRIC_AVERAGE_WIN_DURATION] = {"winner_holding_avg", "average_winning_holding_period", NULL,
                                     NULL, NULL},
    [METRIC_AVERAGE_LOSS_DURATION] = {"loser_holding_avg", "average_losing_holding_period", NULL,
                                      NULL, NULL},
    [METRIC_TRIPS_PER_DAY] = {"trades_per_day", NULL, NULL, NULL, NULL},
    [METRIC_AVERAGE_DAY] = {NULL, NULL, "avg_return", "QuantStats leaves out days without a change",
                            NULL},
    [METRIC_GEOMETRIC_MEAN] = {NULL, NULL, "geometric_mean, ghpr", NULL, NULL},
    [METRIC_MARTIN_RATIO] = {NULL, NULL, "ulcer_performance_index, upi",
                             "QuantStats divides the return of the whole time, not of a year",
                             "Martin and McCann 1989, The Investor's Guide to Fidelity Funds"},
    [METRIC_GAIN_TO_PAIN] = {NULL, NULL, "gain_to_pain_ratio", NULL,
                             "Schwager 2012, Hedge Fund Market Wizards"},
    [METRIC_COMMON_SENSE_RATIO] = {NULL, NULL, "common_sense_ratio", NULL, NULL},
    [METRIC_CPC_INDEX] = {NULL, NULL, "cpc_index", "QuantStats takes days in place of trips", NULL},
    [METRIC_SMART_SHARPE] = {NULL, NULL, "smart_sharpe",
                             "QuantStats has 252 periods a year unless told", NULL},
    [METRIC_SMART_SORTINO] = {NULL, NULL, "smart_sortino",
                              "QuantStats has 252 periods a year unless told", NULL},
    [METRIC_SERENITY_INDEX] = {NULL, "serenity_index", "serenity_index",
                               "theirs divide the ulcer index by N - 1 and round the tail down",
                               "KeyQuant 2013, white paper on alternative performance"},
};

const enum metric metric_first_ten[10] = {
    METRIC_RETURN,        METRIC_CAGR,     METRIC_MAX_DRAWDOWN, METRIC_SHARPE,     METRIC_SORTINO,
    METRIC_CALMAR, METRIC_WIN_RATE, METRIC_PROFIT_FACTOR, METRIC_EXPECTANCY, METRIC_SQN,
};

static const struct metric_missing missing[] = {
    {"freqtrade, QuantStats", "alpha", "needs one benchmark that all agree on; see market_change"},
    {"freqtrade, QuantStats", "beta", "as alpha; QuantStats' greeks gives both"},
    {"QuantStats", "information_ratio", "as alpha"},
    {"QuantStats", "treynor_ratio", "as alpha"},
    {"QuantStats", "r_squared", "as alpha"},
    {"QuantStats", "risk_of_ruin", "falls to 0 with the number of days, whatever the risk"},
    {"QuantStats", "adjusted_sortino", "sortino / sqrt(2)"},
    {"QuantStats", "risk_return_ratio", "sharpe / sqrt(P)"},
    {"QuantStats", "profit_ratio", "close to profit_factor: mean win over mean loss, by counts"},
    {"QuantStats", "outlier_win_ratio", "best_trip / average_win says it for trips"},
    {"QuantStats", "outlier_loss_ratio", "worst_trip / average_loss says it for trips"},
    {"QuantStats", "autocorr_penalty", "the A of smart_sharpe"},
    {"freqtrade", "profit_mean", "of ratios of trades; see expectancy"},
    {"freqtrade", "profit_median", "of ratios of trades; the report draws their distribution"},
    {"freqtrade", "avg_stake_amount", "sizes are in trips.csv"},
    {"freqtrade", "csum_min", "lowest balance after a closed trade; see equity.csv"},
    {"freqtrade", "csum_max", "highest balance after a closed trade; see equity.csv"},
    {"freqtrade", "rejected_signals", "the counts under denied in result.json, by reason"},
    {"freqtrade", "total_trades", "trips in result.json"},
    {"Jesse", "total", "trips in result.json"},
    {"Jesse", "fee", "fees in result.json"},
    {"Jesse", "starting_balance", "start_equity in result.json"},
    {"Jesse", "finishing_balance", "end_equity in result.json"},
    {"Jesse", "open_pl", "unrealized in result.json"},
    {"Jesse", "longs_percentage", "long_trips / trips"},
    {"Jesse", "expected_net_profit_every_100_trades", "100 * expectancy / start_equity"},
    {"Jesse", "current_streak", "the last rows of trips.csv"},
};

const struct metric_missing *metrics_missing(size_t *count)
{
    *count = ARRAY_COUNT(missing);
    return missing;
}

/* Whether one of the names between commas is this one. */
static bool is_among(const char *names, struct text name)
{
    struct text rest = text_of(names);
    while (rest.size > 0) {
        if (text_equal(text_trim(text_split(&rest, ',')), name))
            return true;
    }
    return false;
}

enum metric metric_find(struct text name)
{
    const struct metric_row *row = metric_row_find(name);
    if (row != NULL)
        return (enum metric)(row - metric_rows);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct metric_note *note = &metric_notes[i];
        if (is_among(note->freqtrade, name) || is_among(note->jesse, name) ||
            is_among(note->quantstats, name))
            return (enum metric)i;
    }
    return METRIC_COUNT;
}
