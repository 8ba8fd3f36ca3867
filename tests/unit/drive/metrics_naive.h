/* Figures of other programs written out from their definitions, as the slow truth for metrics. */
#ifndef TERN_TESTS_METRICS_NAIVE_H
#define TERN_TESTS_METRICS_NAIVE_H

#include <math.h>

#include "drive/result/metrics.h"

struct naive {
    double returns[400];
    int count;
};

static inline void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.15g, wanted %.15g", found, wanted);
}

static inline double number_of(const struct metrics *metrics, enum metric metric)
{
    if (!metrics->values[metric].present)
        fail_msg("%s is absent", metric_rows[metric].name);
    return metrics->values[metric].number;
}

static inline double naive_mean(const double *values, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    return sum / count;
}

static inline double naive_deviation(const double *values, int count)
{
    double mean = naive_mean(values, count), sum = 0;
    for (int i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sqrt(sum / (count - 1));
}

/* sqrt(1 + 2 sum (1 - k/N) c^k), c the correlation of each return with the one before. */
static inline double naive_penalty(const double *returns, int count)
{
    double before = naive_mean(returns, count - 1), after = naive_mean(returns + 1, count - 1);
    double both = 0;
    for (int i = 1; i < count; i++)
        both += (returns[i - 1] - before) * (returns[i] - after) / (count - 2);
    double correlation = fabs(both / naive_deviation(returns, count - 1) /
                              naive_deviation(returns + 1, count - 1));
    double sum = 0;
    for (int k = 1; k < count; k++)
        sum += (count - k) / (double)count * pow(correlation, k);
    return sqrt(1 + 2 * sum);
}

static inline int deeper_first(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left > right ? -1 : left < right;
}

/* The deepest twentieth of drawdowns between daily closes, and their root mean square. */
static inline double naive_serenity(const struct naive *naive)
{
    double depths[400];
    double value = 1, sum = 0, squares = 0, tail = 0;
    int worst = (int)ceil(naive->count / 20.0);
    for (int i = 0; i < naive->count; i++) {
        double before = 1, peak = 1;
        value *= 1 + naive->returns[i];
        for (int j = 0; j <= i; j++) {
            before *= 1 + naive->returns[j];
            peak = fmax(peak, before);
        }
        depths[i] = 1 - value / peak;
        squares += depths[i] * depths[i];
        sum += naive->returns[i];
    }
    qsort(depths, (size_t)naive->count, sizeof(depths[0]), deeper_first);
    for (int i = 0; i < worst; i++)
        tail += depths[i] / worst;
    return sum /
           (sqrt(squares / naive->count) * (tail / naive_deviation(naive->returns, naive->count)));
}

/* The figures of other programs, each written out from its definition. */
static inline void naive_elsewhere(const struct backtest_result *result,
                                   const struct metrics *metrics, const struct naive *naive)
{
    int count = naive->count;
    double sum = 0, losses = 0, growth = 1, under = 0, peak = (double)result->start_equity.units;
    for (int i = 0; i < count; i++) {
        sum += naive->returns[i];
        losses += fmax(-naive->returns[i], 0);
        growth *= 1 + naive->returns[i];
    }
    for (uint32_t i = 0; i < result->equity.count; i++) {
        peak = fmax(peak, (double)result->equity.items[i].equity.units);
        under += (double)result->equity.items[i].equity.units < peak;
    }
    near(number_of(metrics, METRIC_AVERAGE_DAY), sum / count, 1e-12);
    near(number_of(metrics, METRIC_GEOMETRIC_MEAN), pow(growth, 1.0 / count) - 1, 1e-9);
    near(number_of(metrics, METRIC_TIME_UNDER_WATER), under / result->equity.count, 1e-12);
    near(number_of(metrics, METRIC_GAIN_TO_PAIN), sum / losses, 1e-9);
    near(number_of(metrics, METRIC_COMMON_SENSE_RATIO),
         number_of(metrics, METRIC_OMEGA) * number_of(metrics, METRIC_TAIL_RATIO), 1e-9);
    double cagr = number_of(metrics, METRIC_CAGR), ulcer = number_of(metrics, METRIC_ULCER_INDEX);
    near(number_of(metrics, METRIC_MARTIN_RATIO), cagr / ulcer, 1e-9 * fabs(cagr / ulcer));
    double penalty = naive_penalty(naive->returns, count);
    near(number_of(metrics, METRIC_SMART_SHARPE), number_of(metrics, METRIC_SHARPE) / penalty,
         1e-7);
    near(number_of(metrics, METRIC_SMART_SORTINO), number_of(metrics, METRIC_SORTINO) / penalty,
         1e-7);
    double serenity = naive_serenity(naive);
    near(number_of(metrics, METRIC_SERENITY_INDEX), serenity, 1e-7 * fabs(serenity));
}

#endif
