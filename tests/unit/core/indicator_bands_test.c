/* Bands, volatility, volume and order flow against plain, slow truths; figures of the literature.
 * */
#include "indicator_naive.h"

static void truth_atr(const struct truth_run *run)
{
    struct column range = naive_true_range(run->series);
    struct column mean = naive_wilder(&range, run->n);
    free(range.values);
    truth_emit(run, 0, &mean);
}

static void truth_moments(const struct truth_run *run, bool bands, bool z)
{
    const double *x = run->series->close;
    for (size_t i = run->n - 1; i < run->series->count; i++) {
        double mean = (double)(naive_sum(x, i, run->n) / (long double)run->n);
        double variance = naive_variance(x, i, run->n);
        double sigma = sqrt(variance);
        if (z) {
            run->out[0][i] = variance > 0 ? (x[i] - mean) / sigma : 0;
        } else if (bands) {
            run->out[0][i] = mean - run->p[1] * sigma;
            run->out[1][i] = mean;
            run->out[2][i] = mean + run->p[1] * sigma;
        } else {
            run->out[0][i] = sigma;
            run->out[1][i] = variance;
        }
    }
}

static void truth_bollinger(const struct truth_run *run)
{
    truth_moments(run, true, false);
}

static void truth_stddev(const struct truth_run *run)
{
    truth_moments(run, false, false);
}

static void truth_zscore(const struct truth_run *run)
{
    truth_moments(run, false, true);
}

static void truth_keltner(const struct truth_run *run)
{
    struct column x = column_of(run->series->close, run->series->count);
    struct column middle = naive_ema(&x, run->n);
    struct column range = naive_true_range(run->series);
    struct column mean = naive_wilder(&range, (size_t)run->p[1]);
    for (size_t i = middle.first; i < x.count; i++) {
        run->out[1][i] = middle.values[i];
        if (i < mean.first)
            continue;
        run->out[0][i] = middle.values[i] - run->p[2] * mean.values[i];
        run->out[2][i] = middle.values[i] + run->p[2] * mean.values[i];
    }
    free(x.values);
    free(middle.values);
    free(range.values);
    free(mean.values);
}

static void truth_donchian(const struct truth_run *run)
{
    const struct series *s = run->series;
    size_t back = run->p[1] != 0.0;
    for (size_t i = run->n - 1 + back; i < s->count; i++) {
        run->out[0][i] = naive_min(s->low, i - back, run->n);
        run->out[2][i] = naive_max(s->high, i - back, run->n);
        run->out[1][i] = (run->out[0][i] + run->out[2][i]) / 2;
    }
}

static void truth_realised(const struct truth_run *run)
{
    struct column change = column_new(run->series->count, 1);
    double n = run->p[0];
    for (size_t i = 1; i < change.count; i++)
        change.values[i] = log(run->series->close[i] / run->series->close[i - 1]);
    for (size_t i = run->n; i < change.count; i++)
        run->out[0][i] = sqrt(naive_variance(change.values, i, run->n) * n / (n - 1) * run->p[1]);
    free(change.values);
}

static void truth_range(const struct truth_run *run, int kind)
{
    const struct series *s = run->series;
    for (size_t i = run->n - 1; i < s->count; i++) {
        double sum = 0;
        for (size_t k = i + 1 - run->n; k <= i; k++) {
            double o = log(s->open[k]), h = log(s->high[k]);
            double l = log(s->low[k]), c = log(s->close[k]);
            if (kind == 0)
                sum += pow(h - l, 2) / (4 * log(2));
            else if (kind == 1)
                sum += pow(h - l, 2) / 2 - (2 * log(2) - 1) * pow(c - o, 2);
            else
                sum += (h - c) * (h - o) + (l - c) * (l - o);
        }
        run->out[0][i] = sqrt(fmax(sum, 0) / (double)run->n * run->p[1]);
    }
}

static void truth_parkinson(const struct truth_run *run)
{
    truth_range(run, 0);
}

static void truth_garman_klass(const struct truth_run *run)
{
    truth_range(run, 1);
}

static void truth_rogers_satchell(const struct truth_run *run)
{
    truth_range(run, 2);
}

static void truth_ewma_volatility(const struct truth_run *run)
{
    double variance = 0;
    for (size_t i = 1; i < run->series->count; i++) {
        double r = log(run->series->close[i] / run->series->close[i - 1]);
        variance = i == 1 ? r * r : run->p[0] * variance + (1 - run->p[0]) * r * r;
        run->out[0][i] = sqrt(variance * run->p[1]);
    }
}

static void truth_obv(const struct truth_run *run)
{
    double sum = run->series->volume[0];
    for (size_t i = 0; i < run->series->count; i++) {
        double change = i > 0 ? run->series->close[i] - run->series->close[i - 1] : 0;
        sum += change > 0 ? run->series->volume[i] : change < 0 ? -run->series->volume[i] : 0;
        run->out[0][i] = sum;
    }
}

static double naive_flow(const struct series *s, size_t i)
{
    double range = s->high[i] - s->low[i];
    return range > 0 ? (2 * s->close[i] - s->high[i] - s->low[i]) / range * s->volume[i] : 0;
}

static void truth_ad(const struct truth_run *run)
{
    double sum = 0;
    for (size_t i = 0; i < run->series->count; i++) {
        sum += naive_flow(run->series, i);
        run->out[0][i] = sum;
    }
}

static void truth_cmf(const struct truth_run *run)
{
    for (size_t i = run->n - 1; i < run->series->count; i++) {
        double flow = 0;
        for (size_t k = i + 1 - run->n; k <= i; k++)
            flow += naive_flow(run->series, k);
        run->out[0][i] = flow / (double)naive_sum(run->series->volume, i, run->n);
    }
}

static void truth_force(const struct truth_run *run)
{
    struct column force = column_new(run->series->count, 1);
    for (size_t i = 1; i < force.count; i++)
        force.values[i] = (run->series->close[i] - run->series->close[i - 1]) *
                          run->series->volume[i];
    struct column mean = naive_ema(&force, run->n);
    free(force.values);
    truth_emit(run, 0, &mean);
}

static void truth_vwap(const struct truth_run *run)
{
    const struct series *s = run->series;
    int64_t minute = INT64_C(60000000000);
    int64_t length = (int64_t)run->p[0] * 1440 * minute;
    int64_t start = (int64_t)run->p[1] * minute;
    for (size_t i = 0; i < s->count; i++) {
        double traded = 0, volume = 0;
        for (size_t k = i + 1; k-- > 0;) {
            /* The walk begins at a midnight, so a shift by whole sessions keeps all positive. */
            int64_t now = length ? (s->time_ns[i] - start + 2 * length) / length : 0;
            int64_t then = length ? (s->time_ns[k] - start + 2 * length) / length : 0;
            if (now != then)
                break;
            traded += (s->high[k] + s->low[k] + s->close[k]) / 3 * s->volume[k];
            volume += s->volume[k];
        }
        run->out[0][i] = traded / volume;
    }
}

/* The rules as they are written, one bar after another. */
static void truth_supertrend(const struct truth_run *run)
{
    const struct series *s = run->series;
    struct column range = naive_true_range(s);
    struct column atr = naive_wilder(&range, run->n);
    double upper = 0, lower = 0;
    bool up = true;
    for (size_t i = run->n; i < s->count; i++) {
        double middle = (s->high[i] + s->low[i]) / 2;
        double u = middle + run->p[1] * atr.values[i];
        double d = middle - run->p[1] * atr.values[i];
        bool first = i == run->n;
        if (first)
            up = s->close[i] >= middle;
        if (first || u < upper || s->close[i - 1] > upper)
            upper = u;
        if (first || d > lower || s->close[i - 1] < lower)
            lower = d;
        if (up && s->close[i] <= lower)
            up = false;
        else if (!up && s->close[i] > upper)
            up = true;
        run->out[0][i] = up ? lower : upper;
        run->out[1][i] = up ? 1 : -1;
    }
    free(range.values);
    free(atr.values);
}

/* Wilder's rules, rising and falling spelled out apart. */
static void truth_psar(const struct truth_run *run)
{
    const struct series *s = run->series;
    if (s->count < 2)
        return;
    double step = fmin(run->p[0], run->p[1]);
    bool rising = !(s->low[0] - s->low[1] > s->high[1] - s->high[0] && s->low[1] < s->low[0]);
    double stop = rising ? s->low[0] : s->high[0];
    double extreme = rising ? s->high[1] : s->low[1];
    double speed = step;
    for (size_t i = 1; i < s->count; i++) {
        size_t last = i == 1 ? 1 : i - 1;
        double high = s->high[i], low = s->low[i];
        double high_two = fmax(high, s->high[last]), low_two = fmin(low, s->low[last]);
        bool crossed = rising ? low <= stop : high >= stop;
        if (crossed) {
            rising = !rising;
            stop = rising ? fmin(extreme, low_two) : fmax(extreme, high_two);
            extreme = rising ? high : low;
            speed = step;
        } else if (rising ? high > extreme : low < extreme) {
            extreme = rising ? high : low;
            speed = fmin(speed + step, run->p[1]);
        }
        run->out[0][i] = stop;
        stop += speed * (extreme - stop);
        stop = rising ? fmin(stop, low_two) : fmax(stop, high_two);
    }
}

static const struct truth truths[] = {
    {&indicator_atr, truth_atr, 1e-13},
    {&indicator_bollinger, truth_bollinger, 1e-13},
    {&indicator_stddev, truth_stddev, 1e-12},
    {&indicator_zscore, truth_zscore, 1e-9},
    {&indicator_keltner, truth_keltner, 1e-13},
    {&indicator_donchian, truth_donchian, 0},
    {&indicator_realised, truth_realised, 1e-10},
    {&indicator_parkinson, truth_parkinson, 1e-11},
    {&indicator_garman_klass, truth_garman_klass, 1e-11},
    {&indicator_rogers_satchell, truth_rogers_satchell, 1e-11},
    {&indicator_ewma_volatility, truth_ewma_volatility, 1e-12},
    {&indicator_obv, truth_obv, 0},
    {&indicator_ad, truth_ad, 1e-11},
    {&indicator_cmf, truth_cmf, 1e-11},
    {&indicator_force, truth_force, 1e-11},
    {&indicator_vwap, truth_vwap, 1e-12},
    {&indicator_supertrend, truth_supertrend, 1e-12},
    {&indicator_psar, truth_psar, 1e-12},
};

static void clever_equals_plain(void **state)
{
    (void)state;
    truths_run(truths, ARRAY_COUNT(truths));
}

/* A coin at 65,000 that moves by cents: the squares of its prices have no digits left for that. */
static void variance_survives_large_prices(void **state)
{
    (void)state;
    struct series series = series_walk(500, 3, 10000);
    for (size_t i = 0; i < series.count; i++)
        series.close[i] = 65000.0 + 0.01 * (double)((i * 7919) % 5);
    struct indicator_columns columns = series_columns(&series);
    struct indicator_params params = params_of(&indicator_stddev, 20, -1, -1, -1);
    indicator_stddev.batch(&params, &columns, series.count, series.out);
    for (size_t i = 19; i < series.count; i++) {
        double truth = naive_variance(series.close, i, 20);
        assert_near(series.out[1][i], truth, truth * 1e-12, "variance", i);
    }
    series_free(&series);
}

static void range_volatility_of_one_bar(void **state)
{
    (void)state;
    struct indicator_bar bar = {100, 102, 99, 101, 1, 0};
    const struct {
        const struct indicator_class *class;
        double value;
    } cases[] = {{&indicator_parkinson, .01792853},
                 {&indicator_garman_klass, .02018299},
                 {&indicator_rogers_satchell, .01990263}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t memory[64];
        double out;
        struct indicator_params params = params_of(cases[i].class, 1, 1, -1, -1);
        cases[i].class->init(memory, &params);
        assert_int_equal(indicator_feed(cases[i].class, memory, &bar, &out), INDICATOR_READY);
        assert_near(out, cases[i].value, 6e-9, cases[i].class->name, 0);
    }
}

static void ewma_volatility_of_five_returns(void **state)
{
    (void)state;
    const double returns[] = {.01, -.02, .015, -.005, .03};
    uint64_t memory[64];
    double out;
    struct indicator_params params = params_of(&indicator_ewma_volatility, .94, 1, -1, -1);
    struct indicator_bar bar = {.close = 100};
    indicator_ewma_volatility.init(memory, &params);
    assert_int_equal(indicator_feed(&indicator_ewma_volatility, memory, &bar, &out),
                     INDICATOR_WARMING);
    for (size_t i = 0; i < ARRAY_COUNT(returns); i++) {
        bar.close *= exp(returns[i]);
        assert_int_equal(indicator_feed(&indicator_ewma_volatility, memory, &bar, &out),
                         INDICATOR_READY);
    }
    assert_near(out, .012858752, 6e-10, "ewma_volatility", 5);
    assert_near(out * out, 1.65347512e-4, 6e-13, "ewma variance", 5);
}

static void order_flow_by_hand(void **state)
{
    (void)state;
    struct indicator_book book = {.bid_price = {99, 98, 97},
                                  .bid_quantity = {3, 2, 100},
                                  .ask_price = {101, 102},
                                  .ask_quantity = {1, 4},
                                  .bid_count = 3,
                                  .ask_count = 2};
    uint64_t memory[256];
    double out[2];
    struct indicator_params params = params_of(&indicator_imbalance, 2, -1, -1, -1);
    indicator_imbalance.init(memory, &params);
    assert_true(indicator_imbalance.update_book(memory, &book, out));
    assert_true(out[0] == 0.0);
    params = params_of(&indicator_imbalance, 1, -1, -1, -1);
    indicator_imbalance.init(memory, &params);
    assert_true(indicator_imbalance.update_book(memory, &book, out));
    assert_true(out[0] == 0.5);
    /* Three quarters of the touch are bids: the price leans to the ask by as much. */
    indicator_microprice.init(memory, &params);
    assert_true(indicator_microprice.update_book(memory, &book, out));
    assert_true(out[0] == 100.5);

    book.bid_quantity[0] = book.ask_quantity[0] = 0;
    assert_true(indicator_microprice.update_book(memory, &book, out));
    assert_true(out[0] == 100.0 && out[1] == 100.0);
    params = params_of(&indicator_imbalance, 1, -1, -1, -1);
    indicator_imbalance.init(memory, &params);
    assert_false(indicator_imbalance.update_book(memory, &book, out));
    assert_true(isnan(out[0]));

    struct indicator_trade trades[] = {
        {100, 1, 1, 0}, {100, 2, -1, 0}, {100, 4, 1, 0}, {100, 8, 1, 0}, {100, 1, -1, 0}};
    const double net[] = {0, 0, 3, 10, 11};
    const double sum[] = {0, 0, 7, 14, 13};
    params = params_of(&indicator_trade_flow, 3, -1, -1, -1);
    indicator_trade_flow.init(memory, &params);
    for (size_t i = 0; i < ARRAY_COUNT(trades); i++) {
        bool ready = indicator_trade_flow.update_trade(memory, &trades[i], out);
        assert_int_equal(ready, i >= 2);
        if (ready) {
            assert_near(out[0], net[i] / sum[i], 1e-15, "trade_flow", i);
            assert_true(out[1] == net[i]);
        }
    }
}

/* Bars without volume: the price where a price is asked for, nothing where a share is. */
static void nothing_trades(void **state)
{
    (void)state;
    struct series series = series_walk(200, 11, 10000);
    for (size_t i = 0; i < series.count; i++)
        series.volume[i] = 0.0;
    struct indicator_columns columns = series_columns(&series);
    const struct {
        const struct indicator_class *class;
        double value; /* NAN: the close, INFINITY: the typical price */
    } cases[] = {
        {&indicator_vwma, (double)NAN}, {&indicator_vwap, (double)INFINITY}, {&indicator_cmf, 0},
        {&indicator_mfi, 0},            {&indicator_obv, 0},                 {&indicator_ad, 0},
        {&indicator_force, 0},
    };
    for (size_t c = 0; c < ARRAY_COUNT(cases); c++) {
        const struct indicator_class *class = cases[c].class;
        struct indicator_params params = params_of(class, -1, -1, -1, -1);
        assert_int_equal(indicator_run(class, &params, &columns, series.count, series.out), 0);
        for (size_t i = class->warmup(&params); i < series.count; i++) {
            double typical = (series.high[i] + series.low[i] + series.close[i]) / 3.0;
            double expected = isnan(cases[c].value)   ? series.close[i]
                              : isinf(cases[c].value) ? typical
                                                      : cases[c].value;
            assert_true(series.out[0][i] == expected);
        }
    }
    struct indicator_params params = params_of(&indicator_mfi, -1, -1, -1, -1);
    params.convention = INDICATOR_CLASSIC;
    indicator_mfi.batch(&params, &columns, series.count, series.out);
    assert_true(series.out[0][series.count - 1] == 50.0);
    series_free(&series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clever_equals_plain),
        cmocka_unit_test(variance_survives_large_prices),
        cmocka_unit_test(range_volatility_of_one_bar),
        cmocka_unit_test(ewma_volatility_of_five_returns),
        cmocka_unit_test(order_flow_by_hand),
        cmocka_unit_test(nothing_trades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
