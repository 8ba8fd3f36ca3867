/* One short function a metric, in the order of METRIC_TABLE. Each says whether it is defined. */
#include "drive/result/metrics.h"

#include "base/math.h"
#include "drive/result/metrics_basis.h"

#include <string.h>

typedef bool metric_function(const struct metrics_basis *basis, struct metric_value *out);

static bool number(struct metric_value *out, double value)
{
    if (!double_is_finite(value))
        return false;
    out->number = value;
    return true;
}

static bool integer(struct metric_value *out, uint64_t value)
{
    out->integer = value > INT64_MAX ? INT64_MAX : (int64_t)value;
    return true;
}

static bool money(struct metric_value *out, struct amount value)
{
    out->money = value;
    return true;
}

/* sum / count, rounded half-even to 8 decimals so that people can read it. */
static bool money_mean(struct metric_value *out, struct amount sum, uint64_t count)
{
    if (count == 0)
        return false;
    i128 unit = power_of_ten(AMOUNT_DECIMALS - 8);
    out->money.units = i128_divide(sum.units, (i128)count * unit, ROUND_HALF_EVEN) * unit;
    return true;
}

static bool duration_mean(struct metric_value *out, i128 sum_ns, uint64_t count)
{
    if (count == 0)
        return false;
    out->integer = (int64_t)i128_divide(sum_ns, (i128)count, ROUND_HALF_EVEN);
    return true;
}

static double ratio_of(struct amount numerator, struct amount denominator)
{
    return (double)numerator.units / (double)denominator.units;
}

static struct amount profit_of(const struct backtest_result *result)
{
    return (struct amount){result->end_equity.units - result->start_equity.units};
}

static bool compute_return(const struct metrics_basis *basis, struct metric_value *out)
{
    const struct backtest_result *result = basis->result;
    return result->start_equity.units > 0 &&
           number(out, ratio_of(profit_of(result), result->start_equity));
}

static bool compute_cagr(const struct metrics_basis *basis, struct metric_value *out)
{
    const struct backtest_result *result = basis->result;
    if (!(basis->years > 0) || result->start_equity.units <= 0 || result->end_equity.units <= 0)
        return false;
    double growth = math_log1p(ratio_of(profit_of(result), result->start_equity));
    return number(out, math_expm1(growth / basis->years));
}

static bool compute_sharpe(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->has_variance && number(out, basis->moments.mean / basis->moments.deviation *
                                                  math_sqrt(basis->periods_per_year));
}

static bool compute_sortino(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->returns_count >= 2 &&
           number(out, sortino_ratio(basis->returns, basis->returns_count, 0) *
                           math_sqrt(basis->periods_per_year));
}

static bool compute_calmar(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value cagr = {0};
    return basis->drawdown.depth > 0 && compute_cagr(basis, &cagr) &&
           number(out, cagr.number / basis->drawdown.depth);
}

static bool compute_max_drawdown(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->result->equity.count > 0 && number(out, basis->drawdown.depth);
}

static bool compute_profit_factor(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->trips.losses > 0 &&
           number(out, ratio_of(basis->trips.gross_profit, basis->trips.gross_loss));
}

static bool compute_expectancy(const struct metrics_basis *basis, struct metric_value *out)
{
    return money_mean(out, basis->trips.net, basis->trips.count);
}

static bool compute_win_rate(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->trips.count > 0 &&
           number(out, (double)basis->trips.wins / (double)basis->trips.count);
}

static bool compute_exposure(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->result->equity.count > 0 &&
           number(out, (double)basis->points_exposed / (double)basis->result->equity.count);
}

static bool compute_turnover(const struct metrics_basis *basis, struct metric_value *out)
{
    return money(out, basis->turnover);
}

static bool compute_sqn(const struct metrics_basis *basis, struct metric_value *out)
{
    return number(out, basis->trips.sqn);
}

static bool compute_deflated_sharpe(const struct metrics_basis *basis, struct metric_value *out)
{
    if (!basis->has_variance)
        return false;
    const struct backtest_result *result = basis->result;
    double count = (double)basis->returns_count;
    double variance = result->trials_sharpe_variance;
    if (!(variance > 0))
        variance = 1 / (count - 1);
    return number(out, deflated_sharpe(basis->moments.mean / basis->moments.deviation, count,
                                       basis->moments.skewness, basis->moments.kurtosis,
                                       (double)result->trials_count, variance));
}

static bool compute_profit(const struct metrics_basis *basis, struct metric_value *out)
{
    return money(out, profit_of(basis->result));
}

static bool compute_market_change(const struct metrics_basis *basis, struct metric_value *out)
{
    const struct result_instruments *instruments = &basis->result->instruments;
    double sum = 0;
    unsigned count = 0;
    for (uint32_t i = 0; i < instruments->count; i++) {
        const struct result_instrument *instrument = &instruments->items[i];
        if (!instrument->has_prices || instrument->first_close.units <= 0)
            continue;
        i128 change = (i128)instrument->last_close.units - instrument->first_close.units;
        sum += (double)change / (double)instrument->first_close.units;
        count++;
    }
    return count > 0 && number(out, sum / count);
}

static bool compute_volatility(const struct metrics_basis *basis, struct metric_value *out)
{
    return number(out, basis->moments.deviation * math_sqrt(basis->periods_per_year));
}

static bool compute_best_day(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->returns_count > 0 && number(out, basis->sorted[basis->returns_count - 1]);
}

static bool compute_worst_day(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->returns_count > 0 && number(out, basis->sorted[0]);
}

static bool compute_winning_days(const struct metrics_basis *basis, struct metric_value *out)
{
    size_t won = 0, lost = 0;
    for (size_t i = 0; i < basis->returns_count; i++) {
        won += basis->returns[i] > 0;
        lost += basis->returns[i] < 0;
    }
    return won + lost > 0 && number(out, (double)won / (double)(won + lost));
}

static bool compute_skewness(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->has_variance && number(out, basis->moments.skewness);
}

static bool compute_kurtosis(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->has_variance && number(out, basis->moments.kurtosis);
}

static bool compute_value_at_risk(const struct metrics_basis *basis, struct metric_value *out)
{
    return number(out, tail_historical(basis->sorted, basis->returns_count, 9500).value_at_risk);
}

static bool compute_expected_shortfall(const struct metrics_basis *basis, struct metric_value *out)
{
    return number(out,
                  tail_historical(basis->sorted, basis->returns_count, 9500).expected_shortfall);
}

static bool compute_tail_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    double good = quantile_of_sorted(basis->sorted, basis->returns_count, 0.95);
    double bad = quantile_of_sorted(basis->sorted, basis->returns_count, 0.05);
    good = good < 0 ? -good : good;
    bad = bad < 0 ? -bad : bad;
    return bad > 0 && number(out, good / bad);
}

static bool compute_omega(const struct metrics_basis *basis, struct metric_value *out)
{
    double gains = 0, falls = 0;
    for (size_t i = 0; i < basis->returns_count; i++) {
        gains += basis->returns[i] > 0 ? basis->returns[i] : 0;
        falls += basis->returns[i] < 0 ? -basis->returns[i] : 0;
    }
    return falls > 0 && number(out, gains / falls);
}

static bool compute_max_drawdown_amount(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->result->equity.count > 0 && money(out, basis->drawdown.amount);
}

static bool compute_drawdown_start(const struct metrics_basis *basis, struct metric_value *out)
{
    out->integer = basis->drawdown.start_ns;
    return basis->drawdown.depth > 0;
}

static bool compute_drawdown_end(const struct metrics_basis *basis, struct metric_value *out)
{
    out->integer = basis->drawdown.end_ns;
    return basis->drawdown.depth > 0;
}

static bool compute_longest_drawdown(const struct metrics_basis *basis, struct metric_value *out)
{
    out->integer = basis->drawdown.longest_ns;
    return basis->result->equity.count > 0;
}

static bool compute_ulcer_index(const struct metrics_basis *basis, struct metric_value *out)
{
    uint32_t count = basis->result->equity.count;
    return count > 0 && number(out, math_sqrt(basis->drawdown.squares_sum / count));
}

static bool compute_recovery_factor(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->drawdown.amount.units > 0 &&
           number(out, ratio_of(profit_of(basis->result), basis->drawdown.amount));
}

static bool compute_probabilistic_sharpe(const struct metrics_basis *basis,
                                         struct metric_value *out)
{
    return basis->has_variance &&
           number(out, probabilistic_sharpe(basis->moments.mean / basis->moments.deviation, 0,
                                            (double)basis->returns_count, basis->moments.skewness,
                                            basis->moments.kurtosis));
}

static bool compute_minimum_track_record(const struct metrics_basis *basis,
                                         struct metric_value *out)
{
    return basis->has_variance &&
           number(out,
                  minimum_track_record(basis->moments.mean / basis->moments.deviation, 0,
                                       basis->moments.skewness, basis->moments.kurtosis, 0.95));
}

static bool compute_wins(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.wins);
}

static bool compute_losses(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.losses);
}

static bool compute_long_trips(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.longs);
}

static bool compute_short_trips(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.shorts);
}

static bool compute_gross_profit(const struct metrics_basis *basis, struct metric_value *out)
{
    return money(out, basis->trips.gross_profit);
}

static bool compute_gross_loss(const struct metrics_basis *basis, struct metric_value *out)
{
    return money(out, basis->trips.gross_loss);
}

static bool compute_average_win(const struct metrics_basis *basis, struct metric_value *out)
{
    return money_mean(out, basis->trips.gross_profit, basis->trips.wins);
}

static bool compute_average_loss(const struct metrics_basis *basis, struct metric_value *out)
{
    return money_mean(out, basis->trips.gross_loss, basis->trips.losses);
}

static bool compute_best_trip(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->trips.count > 0 && money(out, basis->trips.best);
}

static bool compute_worst_trip(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->trips.count > 0 && money(out, basis->trips.worst);
}

static bool compute_payoff_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    const struct basis_trips *trips = &basis->trips;
    return trips->wins > 0 && trips->losses > 0 &&
           number(out, ratio_of(trips->gross_profit, trips->gross_loss) * (double)trips->losses /
                           (double)trips->wins);
}

static bool compute_expectancy_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value payoff = {0}, win_rate = {0};
    return compute_payoff_ratio(basis, &payoff) && compute_win_rate(basis, &win_rate) &&
           number(out, (1 + payoff.number) * win_rate.number - 1);
}

static bool compute_kelly_fraction(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value payoff = {0}, win_rate = {0};
    return compute_payoff_ratio(basis, &payoff) && compute_win_rate(basis, &win_rate) &&
           number(out, win_rate.number - (1 - win_rate.number) / payoff.number);
}

static bool compute_consecutive_wins(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.wins_in_row);
}

static bool compute_consecutive_losses(const struct metrics_basis *basis, struct metric_value *out)
{
    return integer(out, basis->trips.losses_in_row);
}

static bool compute_average_duration(const struct metrics_basis *basis, struct metric_value *out)
{
    return duration_mean(out, basis->trips.duration_ns, basis->trips.count);
}

static bool compute_average_win_duration(const struct metrics_basis *basis,
                                         struct metric_value *out)
{
    return duration_mean(out, basis->trips.win_duration_ns, basis->trips.wins);
}

static bool compute_average_loss_duration(const struct metrics_basis *basis,
                                          struct metric_value *out)
{
    return duration_mean(out, basis->trips.loss_duration_ns, basis->trips.losses);
}

static bool compute_trips_per_day(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->years > 0 && number(out, (double)basis->trips.count / (basis->years * 365));
}

static bool compute_exposure_mean(const struct metrics_basis *basis, struct metric_value *out)
{
    return number(out, basis->exposure_mean);
}

static bool compute_turnover_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->years > 0 && basis->equity_mean > 0 &&
           number(out, amount_to_double(basis->turnover) / basis->equity_mean / basis->years);
}

static bool compute_fees_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->turnover.units > 0 && number(out, ratio_of(basis->result->fees, basis->turnover));
}

static bool compute_average_day(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->returns_count > 0 && number(out, basis->moments.mean);
}

static bool compute_geometric_mean(const struct metrics_basis *basis, struct metric_value *out)
{
    const struct backtest_result *result = basis->result;
    if (basis->returns_count == 0 || result->start_equity.units <= 0 ||
        result->end_equity.units <= 0)
        return false;
    double growth = math_log1p(ratio_of(profit_of(result), result->start_equity));
    return number(out, math_expm1(growth / (double)basis->returns_count));
}

static bool compute_time_under_water(const struct metrics_basis *basis, struct metric_value *out)
{
    return basis->result->equity.count > 0 &&
           number(out, (double)basis->points_under_water / (double)basis->result->equity.count);
}

static bool compute_martin_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value cagr = {0}, ulcer = {0};
    return compute_cagr(basis, &cagr) && compute_ulcer_index(basis, &ulcer) && ulcer.number > 0 &&
           number(out, cagr.number / ulcer.number);
}

static bool compute_gain_to_pain(const struct metrics_basis *basis, struct metric_value *out)
{
    double sum = 0, falls = 0;
    for (size_t i = 0; i < basis->returns_count; i++) {
        sum += basis->returns[i];
        falls += basis->returns[i] < 0 ? -basis->returns[i] : 0;
    }
    return falls > 0 && number(out, sum / falls);
}

static bool compute_common_sense_ratio(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value omega = {0}, tail = {0};
    return compute_omega(basis, &omega) && compute_tail_ratio(basis, &tail) &&
           number(out, omega.number * tail.number);
}

static bool compute_cpc_index(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value factor = {0}, payoff = {0}, win_rate = {0};
    return compute_profit_factor(basis, &factor) && compute_payoff_ratio(basis, &payoff) &&
           compute_win_rate(basis, &win_rate) &&
           number(out, factor.number * win_rate.number * payoff.number);
}

static bool compute_smart_sharpe(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value sharpe = {0};
    return compute_sharpe(basis, &sharpe) &&
           number(out, sharpe.number / basis->autocorrelation_penalty);
}

static bool compute_smart_sortino(const struct metrics_basis *basis, struct metric_value *out)
{
    struct metric_value sortino = {0};
    return compute_sortino(basis, &sortino) &&
           number(out, sortino.number / basis->autocorrelation_penalty);
}

static bool compute_serenity_index(const struct metrics_basis *basis, struct metric_value *out)
{
    if (!basis->has_variance || !(basis->period_ulcer > 0))
        return false;
    double sum = basis->moments.mean * (double)basis->returns_count;
    double pitfall = basis->period_tail / basis->moments.deviation;
    return number(out, sum / (basis->period_ulcer * pitfall));
}

const struct metric_row metric_rows[METRIC_COUNT] = {
#define METRIC_ROW(NAME, name, unit, title, definition, formula) \
    {#name, METRIC_UNIT_##unit, title, definition, formula},
    METRIC_TABLE(METRIC_ROW)
#undef METRIC_ROW
};

static metric_function *const metric_functions[METRIC_COUNT] = {
#define METRIC_FUNCTION(NAME, name, unit, title, definition, formula) compute_##name,
    METRIC_TABLE(METRIC_FUNCTION)
#undef METRIC_FUNCTION
};

enum status metrics_compute(const struct backtest_result *result, struct metrics *out)
{
    memset(out, 0, sizeof(*out));
    struct metrics_basis basis;
    enum status status = metrics_basis_init(&basis, result);
    if (status == STATUS_OK) {
        for (size_t i = 0; i < METRIC_COUNT; i++)
            out->values[i].present = metric_functions[i](&basis, &out->values[i]);
        out->sharpe_period = basis.has_variance ? basis.moments.mean / basis.moments.deviation
                                                : double_nan();
        out->returns_count = basis.returns_count;
        out->period_ns = basis.period_ns;
    }
    metrics_basis_release(&basis);
    return status;
}

const struct metric_row *metric_row_find(struct text name)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (text_equal(name, text_of(metric_rows[i].name)))
            return &metric_rows[i];
    }
    return NULL;
}
