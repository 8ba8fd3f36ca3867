/* Averages, momentum and trend against plain, slow truths. */
#include "indicator_naive.h"

static void truth_sma(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column mean = naive_sma(&x, run->n);
    free(x.values);
    truth_emit(run, 0, &mean);
}

static void truth_ema(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column mean = naive_ema(&x, run->n);
    free(x.values);
    truth_emit(run, 0, &mean);
}

static void truth_rma(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column mean = naive_wilder(&x, run->n);
    free(x.values);
    truth_emit(run, 0, &mean);
}

static void truth_wma(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column mean = naive_wma(&x, run->n);
    free(x.values);
    truth_emit(run, 0, &mean);
}

static void truth_hma(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column half = naive_wma(&x, run->n > 1 ? run->n / 2 : 1);
    struct column whole = naive_wma(&x, run->n);
    for (size_t i = whole.first; i < x.count; i++)
        whole.values[i] = 2 * half.values[i] - whole.values[i];
    size_t root = 1;
    while ((root + 1) * (root + 1) <= run->n)
        root++;
    struct column mean = naive_wma(&whole, root);
    free(x.values);
    free(half.values);
    free(whole.values);
    truth_emit(run, 0, &mean);
}

static void truth_chain(const struct truth_run *run, int links, bool change)
{
    struct column link[4];
    link[0] = column_of(run->series->close, run->series->count);
    for (int k = 1; k <= 3; k++)
        link[k] = naive_ema(&link[k - 1], run->n);
    struct column result = column_new(link[0].count, link[links].first + change);
    for (size_t i = result.first; i < result.count; i++) {
        double a = link[1].values[i], b = link[2].values[i], c = link[3].values[i];
        result.values[i] = links == 2 ? 2 * a - b : 3 * a - 3 * b + c;
        if (change)
            result.values[i] = (c / link[3].values[i - 1] - 1) * 100;
    }
    for (int k = 0; k <= 3; k++)
        free(link[k].values);
    truth_emit(run, 0, &result);
}

static void truth_dema(const struct truth_run *run)
{
    truth_chain(run, 2, false);
}

static void truth_tema(const struct truth_run *run)
{
    truth_chain(run, 3, false);
}

static void truth_trix(const struct truth_run *run)
{
    truth_chain(run, 3, true);
}

static void truth_kama(const struct truth_run *run)
{
    const double *x = run->series->close;
    struct column result = column_new(run->series->count, run->n);
    for (size_t i = run->n; i < result.count; i++) {
        double path = 0;
        for (size_t k = i + 1 - run->n; k <= i; k++)
            path += fabs(x[k] - x[k - 1]);
        double way = fabs(x[i] - x[i - run->n]);
        double e = path > 0 && way < path ? way / path : 1;
        double c = pow(e * (2.0 / 3 - 2.0 / 31) + 2.0 / 31, 2);
        double last = i == run->n ? x[i - 1] : result.values[i - 1];
        result.values[i] = last + c * (x[i] - last);
    }
    truth_emit(run, 0, &result);
}

static void truth_vwma(const struct truth_run *run)
{
    const struct series *series = run->series;
    struct column traded = column_new(series->count, run->n - 1);
    struct column result = column_new(series->count, run->n - 1);
    for (size_t i = 0; i < series->count; i++)
        traded.values[i] = series->close[i] * series->volume[i];
    for (size_t i = result.first; i < series->count; i++)
        result.values[i] = (double)(naive_sum(traded.values, i, run->n) /
                                    naive_sum(series->volume, i, run->n));
    free(traded.values);
    truth_emit(run, 0, &result);
}

static struct column naive_rsi(const struct series *series, size_t n)
{
    struct column up = column_new(series->count, 1);
    struct column down = column_new(series->count, 1);
    for (size_t i = 1; i < series->count; i++) {
        up.values[i] = fmax(series->close[i] - series->close[i - 1], 0);
        down.values[i] = fmax(series->close[i - 1] - series->close[i], 0);
    }
    struct column gain = naive_wilder(&up, n);
    struct column loss = naive_wilder(&down, n);
    for (size_t i = gain.first; i < gain.count; i++) {
        double sum = gain.values[i] + loss.values[i];
        gain.values[i] = sum > 0 ? 100 * gain.values[i] / sum : 0;
    }
    free(up.values);
    free(down.values);
    free(loss.values);
    return gain;
}

static void truth_rsi(const struct truth_run *run)
{
    struct column rsi = naive_rsi(run->series, run->n);
    truth_emit(run, 0, &rsi);
}

static void truth_macd(const struct truth_run *run)
{
    size_t fast = (size_t)fmin(run->p[0], run->p[1]);
    size_t slow = (size_t)fmax(run->p[0], run->p[1]);
    struct column x = column_of(run->series->close, run->series->count);
    struct column a = naive_smooth(&x, 2.0 / ((double)fast + 1), fast, slow - fast);
    struct column line = naive_ema(&x, slow);
    for (size_t i = line.first; i < line.count; i++)
        line.values[i] = a.values[i] - line.values[i];
    struct column signal = naive_ema(&line, (size_t)run->p[2]);
    struct column histogram = column_new(x.count, signal.first);
    for (size_t i = signal.first; i < x.count; i++)
        histogram.values[i] = line.values[i] - signal.values[i];
    free(x.values);
    free(a.values);
    truth_emit(run, 0, &line);
    truth_emit(run, 1, &signal);
    truth_emit(run, 2, &histogram);
}

static void truth_roc(const struct truth_run *run)
{
    for (size_t i = run->n; i < run->series->count; i++)
        run->out[0][i] = (run->series->close[i] / run->series->close[i - run->n] - 1) * 100;
}

static void truth_momentum(const struct truth_run *run)
{
    for (size_t i = run->n; i < run->series->count; i++)
        run->out[0][i] = run->series->close[i] - run->series->close[i - run->n];
}

static struct column naive_place(const double *high, const double *low, const double *x, size_t n,
                                 size_t first, size_t count)
{
    struct column result = column_new(count, first + n - 1);
    for (size_t i = result.first; i < count; i++) {
        double top = naive_max(high, i, n);
        double bottom = naive_min(low, i, n);
        result.values[i] = top > bottom ? 100 * (x[i] - bottom) / (top - bottom) : 0;
    }
    return result;
}

static void truth_stoch(const struct truth_run *run)
{
    const struct series *series = run->series;
    struct column raw = naive_place(series->high, series->low, series->close, run->n, 0,
                                    series->count);
    struct column k = naive_sma(&raw, (size_t)run->p[1]);
    struct column d = naive_sma(&k, (size_t)run->p[2]);
    free(raw.values);
    truth_emit(run, 0, &k);
    truth_emit(run, 1, &d);
}

static void truth_stochrsi(const struct truth_run *run)
{
    struct column rsi = naive_rsi(run->series, run->n);
    struct column raw = naive_place(rsi.values, rsi.values, rsi.values, (size_t)run->p[1],
                                    rsi.first, rsi.count);
    struct column k = naive_sma(&raw, (size_t)run->p[2]);
    struct column d = naive_sma(&k, (size_t)run->p[3]);
    free(rsi.values);
    free(raw.values);
    truth_emit(run, 0, &k);
    truth_emit(run, 1, &d);
}

static void truth_willr(const struct truth_run *run)
{
    const struct series *series = run->series;
    struct column place = naive_place(series->high, series->low, series->close, run->n, 0,
                                      series->count);
    for (size_t i = place.first; i < place.count; i++) {
        bool flat = naive_max(series->high, i, run->n) <= naive_min(series->low, i, run->n);
        place.values[i] = flat ? 0 : place.values[i] - 100;
    }
    truth_emit(run, 0, &place);
}

static void truth_cci(const struct truth_run *run)
{
    struct column x = naive_typical(run->series);
    struct column mean = naive_sma(&x, run->n);
    struct column result = column_new(x.count, mean.first);
    for (size_t i = mean.first; i < x.count; i++) {
        long double deviation = 0;
        for (size_t k = i + 1 - run->n; k <= i; k++)
            deviation += fabsl((long double)x.values[k] - (long double)mean.values[i]);
        deviation /= (long double)run->n;
        result.values[i] = deviation > 0
                               ? (double)(((long double)x.values[i] - (long double)mean.values[i]) /
                                          (0.015L * deviation))
                               : 0;
    }
    free(x.values);
    free(mean.values);
    truth_emit(run, 0, &result);
}

static void truth_mfi(const struct truth_run *run)
{
    struct column x = naive_typical(run->series);
    for (size_t i = run->n; i < x.count; i++) {
        double up = 0, down = 0;
        for (size_t k = i + 1 - run->n; k <= i; k++) {
            double flow = x.values[k] * run->series->volume[k];
            up += x.values[k] > x.values[k - 1] ? flow : 0;
            down += x.values[k] < x.values[k - 1] ? flow : 0;
        }
        run->out[0][i] = up + down > 0 ? 100 * up / (up + down) : 0;
    }
    free(x.values);
}

/* Sums of the first n - 1, then s - s / n + x, as TA-Lib writes it. */
static void truth_adx(const struct truth_run *run)
{
    const struct series *s = run->series;
    size_t n = run->n;
    struct column range = naive_true_range(s);
    struct column dx = column_new(s->count, n);
    long double up = 0, down = 0, sum = 0;
    for (size_t i = 1; i < s->count; i++) {
        double rise = s->high[i] - s->high[i - 1];
        double fall = s->low[i - 1] - s->low[i];
        bool decays = i >= n;
        long double keep = decays ? 1 - 1 / (long double)n : 1;
        up = up * keep + (rise > fall && rise > 0 ? (long double)rise : 0);
        down = down * keep + (fall > rise && fall > 0 ? (long double)fall : 0);
        sum = sum * keep + (long double)range.values[i];
        if (!decays)
            continue;
        run->out[1][i] = sum > 0 ? (double)(100 * up / sum) : 0;
        run->out[2][i] = sum > 0 ? (double)(100 * down / sum) : 0;
        dx.values[i] = up + down > 0 ? (double)(100 * fabsl(up - down) / (up + down)) : (double)NAN;
    }
    /* A bar without any movement leaves the average as it is, and counts as none in the seed. */
    long double adx = 0;
    for (size_t i = n; i < s->count; i++) {
        long double x = (long double)dx.values[i];
        if (i < 2 * n)
            adx += isnan(dx.values[i]) ? 0 : x / (long double)n;
        else if (!isnan(dx.values[i]))
            adx += (x - adx) / (long double)n;
        if (i >= 2 * n - 1)
            run->out[0][i] = (double)adx;
    }
    free(range.values);
    free(dx.values);
}

static void truth_aroon(const struct truth_run *run)
{
    const struct series *s = run->series;
    for (size_t i = run->n; i < s->count; i++) {
        size_t top = i, bottom = i;
        for (size_t k = i; k + run->n > i; k--) {
            top = s->high[k - 1] > s->high[top] ? k - 1 : top;
            bottom = s->low[k - 1] < s->low[bottom] ? k - 1 : bottom;
        }
        double n = (double)run->n;
        run->out[0][i] = 100 * (n - (double)(i - bottom)) / n;
        run->out[1][i] = 100 * (n - (double)(i - top)) / n;
        run->out[2][i] = run->out[1][i] - run->out[0][i];
    }
}

static void truth_ichimoku(const struct truth_run *run)
{
    const struct series *s = run->series;
    size_t shift = (size_t)run->p[3];
    for (size_t i = 0; i < s->count; i++) {
        double middle[2][3];
        for (int k = 0; k < 3; k++) {
            size_t n = (size_t)run->p[k];
            size_t ago = i >= shift ? i - shift : 0;
            middle[0][k] = i + 1 >= n ? (naive_max(s->high, i, n) + naive_min(s->low, i, n)) / 2
                                      : (double)NAN;
            middle[1][k] = i >= shift && ago + 1 >= n
                               ? (naive_max(s->high, ago, n) + naive_min(s->low, ago, n)) / 2
                               : (double)NAN;
        }
        run->out[0][i] = middle[0][0];
        run->out[1][i] = middle[0][1];
        run->out[2][i] = (middle[1][0] + middle[1][1]) / 2;
        run->out[3][i] = middle[1][2];
    }
}

static const struct truth truths[] = {
    {&indicator_sma, truth_sma, 1e-15},       {&indicator_ema, truth_ema, 1e-13},
    {&indicator_rma, truth_rma, 1e-13},       {&indicator_wma, truth_wma, 1e-14},
    {&indicator_hma, truth_hma, 1e-13},       {&indicator_dema, truth_dema, 1e-13},
    {&indicator_tema, truth_tema, 1e-12},     {&indicator_trix, truth_trix, 1e-11},
    {&indicator_kama, truth_kama, 1e-12},     {&indicator_vwma, truth_vwma, 1e-13},
    {&indicator_rsi, truth_rsi, 1e-12},       {&indicator_macd, truth_macd, 1e-12},
    {&indicator_roc, truth_roc, 1e-13},       {&indicator_momentum, truth_momentum, 0},
    {&indicator_stoch, truth_stoch, 1e-12},   {&indicator_stochrsi, truth_stochrsi, 1e-8},
    {&indicator_willr, truth_willr, 1e-12},   {&indicator_cci, truth_cci, 1e-9},
    {&indicator_mfi, truth_mfi, 1e-12},       {&indicator_adx, truth_adx, 1e-11},
    {&indicator_aroon, truth_aroon, 1e-12},   {&indicator_ichimoku, truth_ichimoku, 1e-14},
};

static void clever_equals_plain(void **state)
{
    (void)state;
    truths_run(truths, ARRAY_COUNT(truths));
}

/* In a flat market an average is the price and a deviation nothing, to the last bit. */
static void a_flat_market_is_exact(void **state)
{
    (void)state;
    const double prices[] = {0.1, 77.77, 64999.99, 1e-8, 1.0 / 3.0, 1e15 + 0.3};
    for (size_t p = 0; p < ARRAY_COUNT(prices); p++) {
        struct series series = series_new(300);
        for (size_t i = 0; i < series.count; i++) {
            series.open[i] = series.high[i] = series.low[i] = series.close[i] = prices[p];
            series.volume[i] = 1.0 + (double)(i % 7);
            series.time_ns[i] = 0;
        }
        struct indicator_columns columns = series_columns(&series);
        const struct indicator_class *equal[] = {&indicator_sma, &indicator_ema, &indicator_wma,
                                                 &indicator_hma, &indicator_rma, &indicator_kama,
                                                 &indicator_dema};
        const struct indicator_class *zero[] = {
            &indicator_stddev,   &indicator_zscore,   &indicator_atr,
            &indicator_momentum, &indicator_rsi,      &indicator_macd,
            &indicator_cci,      &indicator_realised, &indicator_parkinson};
        for (double n = 2; n < 60; n++) {
            for (size_t c = 0; c < ARRAY_COUNT(equal); c++) {
                struct indicator_params params = params_of(equal[c], n, -1, -1, -1);
                equal[c]->batch(&params, &columns, series.count, series.out);
                assert_true(series.out[0][series.count - 1] == prices[p]);
                assert_true(series.out[0][equal[c]->warmup(&params)] == prices[p]);
            }
            for (size_t c = 0; c < ARRAY_COUNT(zero); c++) {
                struct indicator_params params = params_of(zero[c], n, -1, -1, -1);
                zero[c]->batch(&params, &columns, series.count, series.out);
                assert_true(series.out[0][series.count - 1] == 0.0);
            }
        }
        series_free(&series);
    }
}

/* Where nothing moves the RSI is what its convention says. */
static void a_flat_rsi_follows_its_convention(void **state)
{
    (void)state;
    struct series series = series_walk(60, 1, 10000);
    for (size_t i = 0; i < series.count; i++)
        series.close[i] = 5.0;
    struct indicator_columns columns = series_columns(&series);
    const double expected[INDICATOR_CONVENTION_COUNT] = {0.0, 0.0, 50.0};
    for (unsigned convention = 0; convention < INDICATOR_CONVENTION_COUNT; convention++) {
        struct indicator_params params = params_of(&indicator_rsi, 14, -1, -1, -1);
        params.convention = convention;
        indicator_rsi.batch(&params, &columns, series.count, series.out);
        assert_true(isnan(series.out[0][13]));
        assert_true(series.out[0][14] == expected[convention]);
    }
    series_free(&series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clever_equals_plain),
        cmocka_unit_test(a_flat_market_is_exact),
        cmocka_unit_test(a_flat_rsi_follows_its_convention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
