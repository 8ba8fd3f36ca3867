/* Bars for the tests of indicators: the golden sixty and seeded random walks, as columns. */
#ifndef TERN_TESTS_INDICATOR_DATA_H
#define TERN_TESTS_INDICATOR_DATA_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/signal/indicator.h"

#define GOLDEN_COUNT 60

/* Every column of a series; owns its memory. */
struct series {
    size_t count;
    double *open, *high, *low, *close, *volume;
    int64_t *time_ns;
    double *out[INDICATOR_OUTPUTS_MAX];
};

static inline double *series_column(size_t count)
{
    double *column = malloc((count + 1) * sizeof(double));
    assert_non_null(column);
    return column;
}

static inline struct series series_new(size_t count)
{
    struct series series = {.count = count};
    series.open = series_column(count);
    series.high = series_column(count);
    series.low = series_column(count);
    series.close = series_column(count);
    series.volume = series_column(count);
    series.time_ns = malloc((count + 1) * sizeof(int64_t));
    assert_non_null(series.time_ns);
    for (size_t k = 0; k < INDICATOR_OUTPUTS_MAX; k++)
        series.out[k] = series_column(count);
    return series;
}

static inline void series_free(struct series *series)
{
    free(series->open);
    free(series->high);
    free(series->low);
    free(series->close);
    free(series->volume);
    free(series->time_ns);
    for (size_t k = 0; k < INDICATOR_OUTPUTS_MAX; k++)
        free(series->out[k]);
}

static inline struct indicator_columns series_columns(const struct series *series)
{
    return (struct indicator_columns){
        .open = series->open,
        .high = series->high,
        .low = series->low,
        .close = series->close,
        .volume = series->volume,
        .open_time_ns = series->time_ns,
    };
}

static inline struct indicator_bar series_bar(const struct series *series, size_t i)
{
    return (struct indicator_bar){series->open[i],  series->high[i],   series->low[i],
                                  series->close[i], series->volume[i], series->time_ns[i]};
}

/* Written out here, so that the golden bars do not depend on the code under test. */
static inline uint64_t golden_draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A walk in cents: step of -100 to 100, wicks of 0 to 49, volume of 1 to 1000, hourly bars. */
static inline struct series series_walk(size_t count, uint64_t seed, int64_t start)
{
    struct series series = series_new(count);
    int64_t last = start;
    for (size_t i = 0; i < count; i++) {
        int64_t step = (int64_t)(golden_draw(&seed) % 201) - 100;
        int64_t up = (int64_t)(golden_draw(&seed) % 50);
        int64_t down = (int64_t)(golden_draw(&seed) % 50);
        int64_t volume = 1 + (int64_t)(golden_draw(&seed) % 1000);
        int64_t close = last + step > 200 ? last + step : last + 100;
        series.open[i] = (double)last / 100.0;
        series.close[i] = (double)close / 100.0;
        series.high[i] = (double)((last > close ? last : close) + up) / 100.0;
        series.low[i] = (double)((last < close ? last : close) - down) / 100.0;
        series.volume[i] = (double)volume;
        series.time_ns[i] = (int64_t)i * INT64_C(3600000000000);
        last = close;
    }
    return series;
}

static inline struct series series_golden(void)
{
    return series_walk(GOLDEN_COUNT, 7, 10000);
}

/* The class with some parameters set; fallbacks for those given as negative. */
static inline struct indicator_params params_of(const struct indicator_class *class, double a,
                                                double b, double c, double d)
{
    struct indicator_params params;
    const double given[INDICATOR_PARAMETERS_MAX] = {a, b, c, d};
    indicator_params_default(class, &params);
    for (uint32_t i = 0; i < class->parameter_count; i++) {
        if (given[i] >= 0.0)
            params.values[i] = given[i];
    }
    assert_int_equal(indicator_params_check(class, &params, NULL), STATUS_OK);
    return params;
}

static inline void assert_near(double found, double expected, double tolerance, const char *what,
                               size_t i)
{
    if (fabs(found - expected) <= tolerance)
        return;
    print_error("%s[%zu]: found %.12g, expected %.12g\n", what, i, found, expected);
    fail();
}

/* How often a row's list of what it was checked against names `label` under the convention, -1 any;
 * a label that ends in a star stands for all that begin so. NULL class: of all rows. */
static inline size_t checked_count(const struct indicator_class *class, int convention,
                                   const char *label)
{
    size_t count = 0, size = strlen(label);
    bool begins = label[size - 1] == '*';
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        char text[512];
        if ((class != NULL && class != indicator_classes[i]) || !indicator_classes[i]->checked)
            continue;
        assert_true(text_copy(text, sizeof text, text_of(indicator_classes[i]->checked)));
        char *rest = text;
        for (char *part; (part = strsep(&rest, ";"));) {
            part += *part == ' ';
            char *items = strstr(part, ": ");
            assert_non_null(items);
            *items = 0;
            items += 2;
            bool wanted = convention < 0 ||
                          strcmp(part, indicator_convention_name(
                                           (enum indicator_convention)convention)) == 0;
            for (char *item; (item = strsep(&items, ","));) {
                item += *item == ' ';
                bool same = begins ? strncmp(item, label, size - 1) == 0 : strcmp(item, label) == 0;
                count += wanted && same;
            }
        }
    }
    return count;
}

/* What a test compares with is on the row's list, once. */
static inline void assert_checked(const struct indicator_class *class,
                                  enum indicator_convention convention, const char *label)
{
    if (checked_count(class, (int)convention, label) == 1)
        return;
    print_error("%s: `checked` does not name %s under %s\n", class->name, label,
                indicator_convention_name(convention));
    fail();
}

#endif
