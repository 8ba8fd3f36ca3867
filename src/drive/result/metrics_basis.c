#include "drive/result/metrics_basis.h"

#include "base/math.h"
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

/* A run spans at most this many periods: 292 years of days are 106,752. */
#define PERIODS_COUNT_MAX (INT64_C(1) << 20)

/* The period in which a point at time_ns lies. A bar that closes at 00:00 closes the day before.
 * Bars longer than a day are counted from the first point, to the nearest whole bar. */
static int64_t period_of(const struct backtest_result *result, int64_t period_ns, int64_t time_ns)
{
    if (period_ns == NANOSECONDS_PER_DAY)
        return day_of_ns(time_ns - 1);
    return (time_ns - result->equity.items[0].time_ns + period_ns / 2) / period_ns;
}

static int64_t period_length(const struct backtest_result *result)
{
    return i64_max(result->bar_ns, NANOSECONDS_PER_DAY);
}

/* (to - from) / from, from an exact difference. */
static double growth(struct amount from, struct amount to)
{
    return (double)(to.units - from.units) / (double)from.units;
}

enum status metrics_returns(const struct backtest_result *result, double **returns, size_t *count,
                            int64_t *period_ns)
{
    const struct result_equities *equity = &result->equity;
    *returns = NULL;
    *count = 0;
    *period_ns = period_length(result);
    if (equity->count == 0)
        return STATUS_OK;
    int64_t first = period_of(result, *period_ns, equity->items[0].time_ns);
    int64_t last = period_of(result, *period_ns, equity->items[equity->count - 1].time_ns);
    if (last < first || last - first >= PERIODS_COUNT_MAX)
        return STATUS_RANGE;
    size_t periods = (size_t)(last - first) + 1;
    double *made = calloc(periods, sizeof(*made));
    if (made == NULL)
        return STATUS_NO_MEMORY;
    struct amount before = result->start_equity;
    uint32_t i = 0;
    for (size_t period = 0; period < periods; period++) {
        struct amount close = before;
        for (; i < equity->count &&
               period_of(result, *period_ns, equity->items[i].time_ns) <= first + (int64_t)period;
             i++)
            close = equity->items[i].equity;
        /* From an equity that is not positive no share can be taken. */
        if (before.units <= 0) {
            free(made);
            return STATUS_OK;
        }
        made[period] = growth(before, close);
        before = close;
    }
    *returns = made;
    *count = periods;
    return STATUS_OK;
}

/* backtest_result_finish has set every point's drawdown; here are its length and money. */
static void drawdown_gather(struct metrics_basis *basis)
{
    const struct backtest_result *result = basis->result;
    struct basis_drawdown *out = &basis->drawdown;
    struct amount peak = result->start_equity;
    int64_t peak_ns = result->from_ns;
    for (uint32_t i = 0; i < result->equity.count; i++) {
        const struct result_equity *point = &result->equity.items[i];
        bool below = point->equity.units < peak.units;
        /* A fall lasts until the point that reaches the peak again. */
        bool fallen = i > 0 && result->equity.items[i - 1].equity.units < peak.units;
        if (below || fallen)
            out->longest_ns = i64_max(out->longest_ns, point->time_ns - peak_ns);
        if (!below) {
            peak = point->equity;
            peak_ns = point->time_ns;
        }
        if (peak.units - point->equity.units > out->amount.units)
            out->amount.units = peak.units - point->equity.units;
        if (point->drawdown > out->depth) {
            out->depth = point->drawdown;
            out->start_ns = peak_ns;
            out->end_ns = point->time_ns;
        }
        out->squares_sum += point->drawdown * point->drawdown;
        basis->points_under_water += point->drawdown > 0;
    }
}

static void exposure_gather(struct metrics_basis *basis)
{
    const struct result_equities *equity = &basis->result->equity;
    double share_sum = 0, equity_sum = 0;
    uint64_t positive = 0;
    for (uint32_t i = 0; i < equity->count; i++) {
        const struct result_equity *point = &equity->items[i];
        equity_sum += amount_to_double(point->equity);
        basis->points_exposed += point->exposure.units > 0;
        if (point->equity.units > 0) {
            share_sum += (double)point->exposure.units / (double)point->equity.units;
            positive++;
        }
    }
    basis->exposure_mean = positive > 0 ? share_sum / (double)positive : double_nan();
    basis->equity_mean = equity->count > 0 ? equity_sum / (double)equity->count : double_nan();
}

/* In the order the trips closed, which is the order of the array. */
static void trips_gather(struct metrics_basis *basis)
{
    const struct result_trips *trips = &basis->result->trips;
    struct basis_trips *out = &basis->trips;
    uint64_t wins_row = 0, losses_row = 0;
    out->count = trips->count;
    for (uint32_t i = 0; i < trips->count; i++) {
        const struct result_trip *trip = &trips->items[i];
        int64_t duration = trip->close_time_ns - trip->open_time_ns;
        bool win = trip->net.units > 0, loss = trip->net.units < 0;
        out->net.units += trip->net.units;
        out->duration_ns += duration;
        out->longs += trip->side == SIDE_BUY;
        out->shorts += trip->side == SIDE_SELL;
        wins_row = win ? wins_row + 1 : 0;
        losses_row = loss ? losses_row + 1 : 0;
        out->wins_in_row = u64_max(out->wins_in_row, wins_row);
        out->losses_in_row = u64_max(out->losses_in_row, losses_row);
        if (win) {
            out->wins++;
            out->gross_profit.units += trip->net.units;
            out->win_duration_ns += duration;
        } else if (loss) {
            out->losses++;
            out->gross_loss.units -= trip->net.units;
            out->loss_duration_ns += duration;
        }
        if (i == 0 || trip->net.units > out->best.units)
            out->best = trip->net;
        if (i == 0 || trip->net.units < out->worst.units)
            out->worst = trip->net;
    }
}

static enum status sqn_gather(struct metrics_basis *basis)
{
    const struct result_trips *trips = &basis->result->trips;
    basis->trips.sqn = double_nan();
    if (trips->count < 2)
        return STATUS_OK;
    double *nets = malloc(trips->count * sizeof(*nets));
    if (nets == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < trips->count; i++)
        nets[i] = amount_to_double(trips->items[i].net);
    basis->trips.sqn = sharpe_ratio(nets, trips->count) * math_sqrt((double)trips->count);
    free(nets);
    return STATUS_OK;
}

/* What is taken off a ratio whose returns follow one another: see smart_sharpe. */
static void autocorrelation_gather(struct metrics_basis *basis)
{
    size_t count = basis->returns_count;
    basis->autocorrelation_penalty = double_nan();
    if (count < 3 || !basis->has_variance)
        return;
    const double *returns = basis->returns;
    double pairs = (double)(count - 1), before_sum = 0, after_sum = 0;
    for (size_t i = 1; i < count; i++) {
        before_sum += returns[i - 1];
        after_sum += returns[i];
    }
    double both = 0, before_squares = 0, after_squares = 0;
    for (size_t i = 1; i < count; i++) {
        double before = returns[i - 1] - before_sum / pairs;
        double after = returns[i] - after_sum / pairs;
        both += before * after;
        before_squares += before * before;
        after_squares += after * after;
    }
    double scale = math_sqrt(before_squares) * math_sqrt(after_squares);
    if (!(scale > 0))
        return;
    double correlation = both < 0 ? -both / scale : both / scale;
    double power = 1, sum = 0;
    for (size_t k = 1; k < count && power > 1e-18; k++) {
        power *= correlation;
        sum += (1 - (double)k / (double)count) * power;
    }
    basis->autocorrelation_penalty = math_sqrt(1 + 2 * sum);
}

/* Drawdowns at the closes of periods; the start equity is the first peak. */
static enum status period_drawdowns_gather(struct metrics_basis *basis)
{
    size_t count = basis->returns_count;
    double *depths = malloc(count * sizeof(*depths));
    if (depths == NULL)
        return STATUS_NO_MEMORY;
    double value = 1, peak = 1, squares = 0, worst_sum = 0;
    for (size_t i = 0; i < count; i++) {
        value *= 1 + basis->returns[i];
        peak = value > peak ? value : peak;
        depths[i] = (peak - value) / peak;
        squares += depths[i] * depths[i];
    }
    doubles_sort(depths, count);
    size_t worst = (count + 19) / 20;
    for (size_t i = count - worst; i < count; i++)
        worst_sum += depths[i];
    free(depths);
    basis->period_ulcer = math_sqrt(squares / (double)count);
    basis->period_tail = worst_sum / (double)worst;
    return STATUS_OK;
}

static enum status returns_gather(struct metrics_basis *basis)
{
    enum status status = metrics_returns(basis->result, &basis->returns, &basis->returns_count,
                                         &basis->period_ns);
    if (status != STATUS_OK)
        return status;
    basis->periods_per_year = 365.0 * (double)NANOSECONDS_PER_DAY / (double)basis->period_ns;
    basis->moments = moments_of(basis->returns, basis->returns_count);
    basis->has_variance = !moments_without_variance(basis->returns, basis->returns_count,
                                                    &basis->moments);
    autocorrelation_gather(basis);
    if (basis->returns_count == 0)
        return STATUS_OK;
    status = period_drawdowns_gather(basis);
    if (status != STATUS_OK)
        return status;
    basis->sorted = malloc(basis->returns_count * sizeof(*basis->sorted));
    if (basis->sorted == NULL)
        return STATUS_NO_MEMORY;
    memcpy(basis->sorted, basis->returns, basis->returns_count * sizeof(*basis->sorted));
    doubles_sort(basis->sorted, basis->returns_count);
    return STATUS_OK;
}

enum status metrics_basis_init(struct metrics_basis *basis, const struct backtest_result *result)
{
    memset(basis, 0, sizeof(*basis));
    basis->result = result;
    basis->years = (double)(result->to_ns - result->from_ns) /
                   (365.0 * (double)NANOSECONDS_PER_DAY);
    drawdown_gather(basis);
    exposure_gather(basis);
    trips_gather(basis);
    for (uint32_t i = 0; i < result->fills.count; i++)
        basis->turnover.units += result->fills.items[i].notional.units;
    enum status status = returns_gather(basis);
    return status == STATUS_OK ? sqn_gather(basis) : status;
}

void metrics_basis_release(struct metrics_basis *basis)
{
    free(basis->returns);
    free(basis->sorted);
    memset(basis, 0, sizeof(*basis));
}
