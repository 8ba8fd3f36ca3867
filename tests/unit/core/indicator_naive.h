/* Plain columns for the truths: every function takes a column that is valid from `first` on and
 * returns where its own result is valid from. Sums are of long doubles and start anew for every
 * bar; nothing here shares an idea with the code under test. */
#ifndef TERN_TESTS_INDICATOR_NAIVE_H
#define TERN_TESTS_INDICATOR_NAIVE_H

#include "indicator_data.h"

struct column {
    double *values; /* owned */
    size_t count;
    size_t first; /* the first valid element */
};

static inline struct column column_new(size_t count, size_t first)
{
    struct column column = {series_column(count), count, first < count ? first : count};
    for (size_t i = 0; i < count; i++)
        column.values[i] = (double)NAN;
    return column;
}

static inline struct column column_of(const double *values, size_t count)
{
    struct column column = column_new(count, 0);
    memcpy(column.values, values, count * sizeof(double));
    return column;
}

static inline long double naive_sum(const double *values, size_t last, size_t n)
{
    long double sum = 0;
    for (size_t i = last + 1 - n; i <= last; i++)
        sum += (long double)values[i];
    return sum;
}

static inline double naive_max(const double *values, size_t last, size_t n)
{
    double greatest = values[last];
    for (size_t i = last + 1 - n; i <= last; i++)
        greatest = fmax(greatest, values[i]);
    return greatest;
}

static inline double naive_min(const double *values, size_t last, size_t n)
{
    double least = values[last];
    for (size_t i = last + 1 - n; i <= last; i++)
        least = fmin(least, values[i]);
    return least;
}

static inline struct column naive_sma(const struct column *x, size_t n)
{
    struct column result = column_new(x->count, x->first + n - 1);
    for (size_t i = result.first; i < x->count; i++)
        result.values[i] = (double)(naive_sum(x->values, i, n) / (long double)n);
    return result;
}

/* v + k (x - v), starting with the mean of `seed` values at number first + skip + seed - 1. */
static inline struct column naive_smooth(const struct column *x, double k, size_t seed, size_t skip)
{
    struct column result = column_new(x->count, x->first + skip + seed - 1);
    long double value = 0;
    for (size_t i = result.first; i < x->count; i++) {
        if (i == result.first)
            value = naive_sum(x->values, i, seed) / (long double)seed;
        else
            value += (long double)k * ((long double)x->values[i] - value);
        result.values[i] = (double)value;
    }
    return result;
}

static inline struct column naive_ema(const struct column *x, size_t n)
{
    return naive_smooth(x, 2.0 / ((double)n + 1.0), n, 0);
}

static inline struct column naive_wilder(const struct column *x, size_t n)
{
    return naive_smooth(x, 1.0 / (double)n, n, 0);
}

static inline struct column naive_wma(const struct column *x, size_t n)
{
    struct column result = column_new(x->count, x->first + n - 1);
    for (size_t i = result.first; i < x->count; i++) {
        long double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += (long double)(n - k) * (long double)x->values[i - k];
        result.values[i] = (double)(2 * sum / ((long double)n * (long double)(n + 1)));
    }
    return result;
}

/* Two passes: the mean, then the squares of the distances from it. */
static inline double naive_variance(const double *values, size_t last, size_t n)
{
    long double mean = naive_sum(values, last, n) / (long double)n;
    long double sum = 0;
    for (size_t i = last + 1 - n; i <= last; i++)
        sum += ((long double)values[i] - mean) * ((long double)values[i] - mean);
    return (double)(sum / (long double)n);
}

static inline struct column naive_typical(const struct series *series)
{
    struct column result = column_new(series->count, 0);
    for (size_t i = 0; i < series->count; i++)
        result.values[i] = (series->high[i] + series->low[i] + series->close[i]) / 3.0;
    return result;
}

/* Valid from 1; element 0 is high - low. */
static inline struct column naive_true_range(const struct series *series)
{
    struct column result = column_new(series->count, 1);
    for (size_t i = 0; i < series->count; i++) {
        double range = series->high[i] - series->low[i];
        if (i > 0) {
            range = fmax(range, fabs(series->high[i] - series->close[i - 1]));
            range = fmax(range, fabs(series->low[i] - series->close[i - 1]));
        }
        result.values[i] = range;
    }
    return result;
}

/* What a truth is given and where it writes. */
struct truth_run {
    const struct series *series;
    const double *p; /* parameters */
    size_t n;        /* the first of them */
    double *const *out;
};

typedef void truth_function(const struct truth_run *run);

static inline void truth_emit(const struct truth_run *run, size_t k, struct column *column)
{
    for (size_t i = 0; i < run->series->count; i++)
        run->out[k][i] = i >= column->first ? column->values[i] : (double)NAN;
    free(column->values);
}

struct truth {
    const struct indicator_class *class;
    truth_function *function;
    double tolerance; /* relative to the greater of one and the value */
};

static inline void truth_compare(const struct truth *truth, const struct series *series,
                                 const struct indicator_params *params)
{
    const struct indicator_class *class = truth->class;
    struct indicator_columns columns = series_columns(series);
    struct series expected = series_new(series->count);
    for (size_t k = 0; k < INDICATOR_OUTPUTS_MAX; k++) {
        for (size_t i = 0; i < series->count; i++)
            expected.out[k][i] = (double)NAN;
    }
    struct truth_run run = {series, params->values, (size_t)params->values[0], expected.out};
    truth->function(&run);
    class->batch(params, &columns, series->count, series->out);
    for (uint32_t k = 0; k < class->output_count; k++) {
        for (size_t i = 0; i < series->count; i++) {
            double a = series->out[k][i];
            double b = expected.out[k][i];
            double scale = fmax(1.0, fabs(b));
            if (isnan(a) && isnan(b))
                continue;
            if (fabs(a - b) <= truth->tolerance * scale)
                continue;
            print_error("%s.%s[%zu] (%g %g %g %g): found %.15g, truth %.15g\n", class->name,
                        class->outputs[k], i, params->values[0], params->values[1],
                        params->values[2], params->values[3], a, b);
            fail();
        }
    }
    series_free(&expected);
}

/* Fallbacks, then the shortest windows, then drawn ones. */
static inline void truths_run(const struct truth *truths, size_t count)
{
    uint64_t seed = 99;
    for (unsigned round = 0; round < 12; round++) {
        struct series series = series_walk(round == 3 ? 1 : 420, 40 + round, 10000);
        for (size_t t = 0; t < count; t++) {
            const struct indicator_class *class = truths[t].class;
            struct indicator_params params;
            indicator_params_default(class, &params);
            for (uint32_t i = 0; i < class->parameter_count && round > 0; i++) {
                const struct indicator_parameter *parameter = &class->parameters[i];
                uint64_t draw = round == 1 ? 0 : golden_draw(&seed) % 60;
                double value = parameter->integer ? parameter->min + (double)draw : 0.0;
                if (parameter->integer)
                    params.values[i] = fmin(value, parameter->max);
            }
            truth_compare(&truths[t], &series, &params);
        }
        series_free(&series);
    }
}

#endif
