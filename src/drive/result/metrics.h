/* The metrics of a back-test, as one table: it drives result.json, the tables, `tern help metrics`
 * and docs/reference/metrics.md.
 *
 * The series of returns. Equity is taken once a period. A period is a UTC day, or one bar where the
 * finest series has bars longer than a day. A day's close is the last equity at or before its
 * 24:00; the first return is against the start equity; a period without a bar keeps the equity of
 * the one before (return 0); the last, incomplete period counts. A year has 365 days, so P, the
 * periods a year, is 365 for days and 365 days / bar length otherwise. With N returns r:
 *
 *     mean = sum r / N, sd = sqrt(sum (r - mean)^2 / (N - 1))
 *
 * Drawdowns are of every equity point (every bar's close), not of days. Money is summed in exact
 * integers. What is not defined (no variance, no losses, too few values, no positive equity) is
 * absent: null in JSON, a dash in tables; NaN and infinities never leave this file. */
#ifndef TERN_DRIVE_RESULT_METRICS_H
#define TERN_DRIVE_RESULT_METRICS_H

#include "drive/result/result.h"
#include "drive/result/statistics.h"

/* How a value is stored, written and shown.
 *     RATIO      double                     JSON number     tables: percent
 *     NUMBER     double                     JSON number
 *     MONEY      amount in the currency     JSON string     expectancy and averages: 8 decimals,
 *                                                           half-even
 *     COUNT      integer                    JSON number
 *     DURATION   nanoseconds                JSON seconds
 *     TIME       nanoseconds since 1970     JSON RFC 3339 */
enum metric_unit {
    METRIC_UNIT_RATIO,
    METRIC_UNIT_NUMBER,
    METRIC_UNIT_MONEY,
    METRIC_UNIT_COUNT,
    METRIC_UNIT_DURATION,
    METRIC_UNIT_TIME,
};

/* X(NAME, name, unit, title, definition, formula)
 * The first thirteen are the contract of result.json, in its order. */
#define METRIC_TABLE(X)                                                                            \
    X(RETURN, return, RATIO, "Return",                                                             \
      "What the account gained over the whole time, after fees and funding.",                      \
      "(end equity - start equity) / start equity")                                                \
    X(CAGR, cagr, RATIO, "CAGR", "Return a year, compounded; a year has 365 days.",                \
      "(end equity / start equity)^(365 days / (to - from)) - 1")                                  \
    X(SHARPE, sharpe, NUMBER, "Sharpe ratio",                                                      \
      "Mean return over its standard deviation, annualised; no risk-free rate.",                   \
      "mean / sd * sqrt(P)")                                                                       \
    X(SORTINO, sortino, NUMBER, "Sortino ratio",                                                   \
      "Like Sharpe, but only falls count as risk; the mean is over all returns.",                  \
      "mean / sqrt(sum min(r, 0)^2 / N) * sqrt(P)")                                                \
    X(CALMAR, calmar, NUMBER, "Calmar ratio", "Return a year over the deepest drawdown.",          \
      "cagr / max_drawdown")                                                                       \
    X(MAX_DRAWDOWN, max_drawdown, RATIO, "Max drawdown",                                           \
      "Deepest fall from a peak as a share of the peak; the start equity is the first peak.",      \
      "max (peak - equity) / peak over every bar's close")                                         \
    X(PROFIT_FACTOR, profit_factor, NUMBER, "Profit factor",                                       \
      "Money won by winning trips over money lost by losing ones, after fees.",                    \
      "gross_profit / gross_loss")                                                                 \
    X(EXPECTANCY, expectancy, MONEY, "Expectancy",                                                 \
      "What one trip brought on average, after fees.", "sum net / trips")                          \
    X(WIN_RATE, win_rate, RATIO, "Win rate", "Share of trips that won after fees.",                \
      "wins / trips")                                                                              \
    X(EXPOSURE, exposure, RATIO, "Time in market",                                                 \
      "Share of bars at whose close a position was open.", "bars with exposure > 0 / bars")        \
    X(TURNOVER, turnover, MONEY, "Turnover", "Value of everything bought and sold.",               \
      "sum price * quantity over all fills")                                                       \
    X(SQN, sqn, NUMBER, "SQN",                                                                     \
      "System quality number: how far the mean trip is from zero in its own noise.",               \
      "sqrt(trips) * mean(net) / sd(net), sd with trips - 1")                                      \
    X(DEFLATED_SHARPE, deflated_sharpe, NUMBER, "Deflated Sharpe",                                 \
      "Probability that the true Sharpe ratio is above what the best of all trials counted on "    \
      "these data would show without skill.",                                                      \
      "PSR(sqrt(V) * ((1-g) Z(1-1/n) + g Z(1-1/(n e)))), n trials, V the variance of their "       \
      "Sharpe ratios (1/(N-1) where unknown), g = 0.5772, Z the normal quantile; n = 1: PSR(0)")   \
    X(PROFIT, profit, MONEY, "Profit", "What the account gained, in money.",                       \
      "end equity - start equity")                                                                 \
    X(MARKET_CHANGE, market_change, RATIO, "Market change",                                        \
      "Buying and holding the same value of every instrument, without costs.",                     \
      "mean over instruments of last close / first close - 1")                                     \
    X(VOLATILITY, volatility, RATIO, "Volatility", "Standard deviation of returns, annualised.",   \
      "sd * sqrt(P)")                                                                              \
    X(BEST_DAY, best_day, RATIO, "Best day", "Highest return of one period.", "max r")             \
    X(WORST_DAY, worst_day, RATIO, "Worst day", "Lowest return of one period.", "min r")           \
    X(WINNING_DAYS, winning_days, RATIO, "Winning days",                                           \
      "Share of periods with a gain among those with a gain or a loss.",                           \
      "count(r > 0) / count(r != 0)")                                                              \
    X(SKEWNESS, skewness, NUMBER, "Skewness",                                                      \
      "Lean of the returns: negative means rare large losses.", "m3 / m2^1.5, population form")    \
    X(KURTOSIS, kurtosis, NUMBER, "Kurtosis", "Weight of the tails; a normal distribution has 3.", \
      "m4 / m2^2, population form")                                                                \
    X(VALUE_AT_RISK, value_at_risk, RATIO, "Value at risk 95 %",                                   \
      "Loss that one period in twenty reached or passed.",                                         \
      "minus the k-th worst r, k = ceil(N / 20)")                                                  \
    X(EXPECTED_SHORTFALL, expected_shortfall, RATIO, "Exp. shortfall 95 %",                        \
      "Mean loss of the worst twentieth of periods.", "minus the mean of the k worst r")           \
    X(TAIL_RATIO, tail_ratio, NUMBER, "Tail ratio", "Good tail against bad tail.",                 \
      "|quantile(r, 0.95)| / |quantile(r, 0.05)|, linear")                                         \
    X(OMEGA, omega, NUMBER, "Omega ratio", "Sum of gains over sum of losses of the periods.",      \
      "sum max(r, 0) / sum max(-r, 0)")                                                            \
    X(MAX_DRAWDOWN_AMOUNT, max_drawdown_amount, MONEY, "Max drawdown, money",                      \
      "Deepest fall from a peak in money.", "max (peak - equity)")                                 \
    X(DRAWDOWN_START, drawdown_start, TIME, "Drawdown start",                                      \
      "Time of the peak before the deepest drawdown.", "last point at that peak")                  \
    X(DRAWDOWN_END, drawdown_end, TIME, "Drawdown low",                                            \
      "Time of the lowest point of the deepest drawdown.", "first point at that depth")            \
    X(LONGEST_DRAWDOWN, longest_drawdown, DURATION, "Longest drawdown",                            \
      "Longest time from a peak until equity was there again, or until the end.",                  \
      "max (recovery or end - last point at the peak)")                                            \
    X(ULCER_INDEX, ulcer_index, RATIO, "Ulcer index",                                              \
      "Depth and length of drawdowns in one number.",                                              \
      "sqrt(mean drawdown^2) over every bar's close")                                              \
    X(RECOVERY_FACTOR, recovery_factor, NUMBER, "Recovery factor",                                 \
      "Profit over the deepest fall in money.", "profit / max_drawdown_amount")                    \
    X(PROBABILISTIC_SHARPE, probabilistic_sharpe, NUMBER, "Probabilistic Sharpe",                  \
      "Probability that the true Sharpe ratio is above zero, were this the only trial.",           \
      "Phi(SR sqrt(N-1) / sqrt(1 - skewness SR + (kurtosis-1)/4 SR^2)), SR = mean / sd")           \
    X(MINIMUM_TRACK_RECORD, minimum_track_record, NUMBER, "Min. track record",                     \
      "Returns needed before a Sharpe ratio like this one is above zero with 95 % confidence.",    \
      "1 + (1 - skewness SR + (kurtosis-1)/4 SR^2) (Z(0.95) / SR)^2")                              \
    X(WINS, wins, COUNT, "Winning trips", "Trips with net > 0.", "count(net > 0)")                 \
    X(LOSSES, losses, COUNT, "Losing trips", "Trips with net < 0.", "count(net < 0)")              \
    X(LONG_TRIPS, long_trips, COUNT, "Long trips", "Trips that bought first.", "count(long)")      \
    X(SHORT_TRIPS, short_trips, COUNT, "Short trips", "Trips that sold first.", "count(short)")    \
    X(GROSS_PROFIT, gross_profit, MONEY, "Gross profit",                                           \
      "Money won by winning trips, after fees.", "sum max(net, 0)")                                \
    X(GROSS_LOSS, gross_loss, MONEY, "Gross loss",                                                 \
      "Money lost by losing trips, after fees, as a positive number.", "sum max(-net, 0)")         \
    X(AVERAGE_WIN, average_win, MONEY, "Average win", "What a winning trip brought on average.",   \
      "gross_profit / wins")                                                                       \
    X(AVERAGE_LOSS, average_loss, MONEY, "Average loss",                                           \
      "What a losing trip cost on average, as a positive number.", "gross_loss / losses")          \
    X(BEST_TRIP, best_trip, MONEY, "Best trip", "Highest net of a trip.", "max net")               \
    X(WORST_TRIP, worst_trip, MONEY, "Worst trip", "Lowest net of a trip.", "min net")             \
    X(PAYOFF_RATIO, payoff_ratio, NUMBER, "Payoff ratio", "Average win over average loss.",        \
      "(gross_profit / wins) / (gross_loss / losses)")                                             \
    X(EXPECTANCY_RATIO, expectancy_ratio, NUMBER, "Expectancy ratio",                              \
      "Expectancy in units of the average loss.", "(1 + payoff_ratio) * win_rate - 1")             \
    X(KELLY_FRACTION, kelly_fraction, NUMBER, "Kelly fraction",                                    \
      "Share of capital the Kelly rule would risk; an upper bound, never advice.",                 \
      "win_rate - (1 - win_rate) / payoff_ratio")                                                  \
    X(CONSECUTIVE_WINS, consecutive_wins, COUNT, "Consecutive wins",                               \
      "Longest row of winning trips in the order they closed.", "max run of net > 0")              \
    X(CONSECUTIVE_LOSSES, consecutive_losses, COUNT, "Consecutive losses",                         \
      "Longest row of losing trips in the order they closed.", "max run of net < 0")               \
    X(AVERAGE_DURATION, average_duration, DURATION, "Average duration",                            \
      "Time from opening to closing of a trip.", "mean (close - open)")                            \
    X(AVERAGE_WIN_DURATION, average_win_duration, DURATION, "Average win lasts",                   \
      "The same for winning trips.", "mean (close - open) where net > 0")                          \
    X(AVERAGE_LOSS_DURATION, average_loss_duration, DURATION, "Average loss lasts",                \
      "The same for losing trips.", "mean (close - open) where net < 0")                           \
    X(TRIPS_PER_DAY, trips_per_day, NUMBER, "Trips a day", "How busy it was.",                     \
      "trips / ((to - from) / 1 day)")                                                             \
    X(EXPOSURE_MEAN, exposure_mean, RATIO, "Mean exposure",                                        \
      "Gross value of positions as a share of equity, mean over bars with positive equity.",       \
      "mean (exposure / equity)")                                                                  \
    X(TURNOVER_RATIO, turnover_ratio, NUMBER, "Turnover a year",                                   \
      "How many times a year the mean equity was bought or sold.",                                 \
      "turnover / mean equity * 365 days / (to - from)")                                           \
    X(FEES_RATIO, fees_ratio, RATIO, "Fees of turnover",                                           \
      "Fees as a share of everything bought and sold.", "fees / turnover")                         \
    X(AVERAGE_DAY, average_day, RATIO, "Average day", "Mean return of one period.", "mean")        \
    X(GEOMETRIC_MEAN, geometric_mean, RATIO, "Geometric mean",                                     \
      "The return of a period that, compounded, gives the whole.",                                 \
      "(end equity / start equity)^(1/N) - 1")                                                     \
    X(TIME_UNDER_WATER, time_under_water, RATIO, "Time under water",                               \
      "Share of bars at whose close equity was below its peak.", "bars with drawdown > 0 / bars")  \
    X(MARTIN_RATIO, martin_ratio, NUMBER, "Martin ratio",                                          \
      "Return a year over the ulcer index; ulcer performance index elsewhere.",                    \
      "cagr / ulcer_index")                                                                        \
    X(GAIN_TO_PAIN, gain_to_pain, NUMBER, "Gain to pain",                                          \
      "Sum of all returns over the sum of losses of the periods.", "sum r / sum max(-r, 0)")       \
    X(COMMON_SENSE_RATIO, common_sense_ratio, NUMBER, "Common sense ratio",                        \
      "Gains over losses, times good tail over bad tail.", "omega * tail_ratio")                   \
    X(CPC_INDEX, cpc_index, NUMBER, "CPC index",                                                   \
      "Profit factor, win rate and payoff in one product; below 1 is thin.",                       \
      "profit_factor * win_rate * payoff_ratio")                                                   \
    X(SMART_SHARPE, smart_sharpe, NUMBER, "Smart Sharpe",                                          \
      "Sharpe ratio, less where each return looks like the one before.",                           \
      "sharpe / A, A = sqrt(1 + 2 sum (1 - k/N) c^k over k = 1 to N-1), "                          \
      "c = |correlation of r with the r before it|")                                               \
    X(SMART_SORTINO, smart_sortino, NUMBER, "Smart Sortino",                                       \
      "Sortino ratio, less where each return looks like the one before.",                          \
      "sortino / A, A as for smart_sharpe")                                                        \
    X(SERENITY_INDEX, serenity_index, NUMBER, "Serenity index",                                    \
      "Return over the ulcer index and the weight of the deepest drawdowns.",                      \
      "sum r / (u * E / sd) over the closes of periods: u = sqrt(mean drawdown^2), "               \
      "E the mean of the k deepest drawdowns, k = ceil(N / 20)")

enum metric {
#define METRIC_ENUM(NAME, name, unit, title, definition, formula) METRIC_##NAME,
    METRIC_TABLE(METRIC_ENUM) METRIC_COUNT
#undef METRIC_ENUM
};

#define METRIC_CONTRACT_COUNT 13

struct metric_value {
    bool present;
    double number;       /* RATIO, NUMBER; always finite where present */
    int64_t integer;     /* COUNT, DURATION, TIME */
    struct amount money; /* MONEY */
};

struct metrics {
    struct metric_value values[METRIC_COUNT];
    double sharpe_period; /* mean / sd of one period, for counting trials; NaN where undefined */
    size_t returns_count;
    int64_t period_ns;
};

struct metric_row {
    const char *name;
    enum metric_unit unit;
    const char *title;
    const char *definition;
    const char *formula;
};

extern const struct metric_row metric_rows[METRIC_COUNT];

/* Computes every metric of a result on which backtest_result_finish has been called. */
MUST_USE enum status metrics_compute(const struct backtest_result *result, struct metrics *out);

/* The series of returns described above; *returns is the caller's to free, NULL where count is 0
 * (no equity, or an equity that is not positive). */
MUST_USE enum status metrics_returns(const struct backtest_result *result, double **returns,
                                     size_t *count, int64_t *period_ns);

/* NULL where there is none of that name. */
const struct metric_row *metric_row_find(struct text name);

/* ratio, number, money, count, seconds, time */
const char *metric_unit_name(enum metric_unit unit);

/* Value as in result.json without quotes ("0.02", "12.5", "2024-01-01T00:00:00Z"), or "" where it
 * is absent. */
void metric_print_exact(enum metric metric, const struct metric_value *value,
                        struct text_buffer *out);
/* Value for people ("+2.00 %", "12.50", "1d4h"), or `-`; money with that many places. */
void metric_print_human(enum metric metric, const struct metric_value *value, unsigned places,
                        struct text_buffer *out);

/* `tern help metrics` (for a terminal) and docs/reference/metrics.md (markdown). */
void metrics_page_print(struct text_buffer *out, bool markdown);

#endif
