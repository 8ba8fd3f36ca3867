/* The reference paths: exactness, independence, correlations, stylised facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "sim/generator/matrix.h"
#include "sim/generator/path.h"

#define MINUTE 60.0

static void assert_within(double found, double low, double high)
{
    if (!(found >= low && found <= high)) {
        fail_msg("found %.12g, expected %.12g to %.12g", found, low, high);
    }
}

struct bench {
    struct arena arena;
    struct path path;
};

static const char *const shares[] = {"AAPL", "GOOGL", "MSFT", "AMZN", "TSLA",
                                     "NVDA", "META",  "JPM",  "V",    "NFLX"};
static const char *const coins[] = {"BTC-USD",  "ETH-USD", "SOL-USD",  "XRP-USD",
                                    "LTC-USD",  "ADA-USD", "AVAX-USD", "BNB-USD",
                                    "DOGE-USD", "DOT-USD", "LINK-USD", "TRX-USD"};

static void bench_start(struct bench *bench, uint64_t seed, struct path_features features,
                        const char *const *names, size_t count, size_t capacity,
                        const double *correlation, enum status expected)
{
    struct arena measure;
    arena_measure_init(&measure);
    path_init(&bench->path, seed, &features, capacity, &measure);
    assert_int_equal(arena_init(&bench->arena, measure.used), STATUS_OK);
    path_init(&bench->path, seed, &features, capacity, &bench->arena);
    assert_true(bench->arena.used == measure.used);
    struct path_instrument instruments[PATH_INSTRUMENTS_MAX] = {0};
    for (size_t i = 0; i < count; i++) {
        instruments[i].name = text_of(names[i]);
    }
    assert_int_equal(path_start(&bench->path, instruments, count, correlation), expected);
}

static const struct path_features features_plain = {0};
static const struct path_features features_full = {.clustering = true, .jumps = true};

static double correlation_of(const double *a, const double *b, size_t count)
{
    double mean_a = 0.0, mean_b = 0.0;
    for (size_t i = 0; i < count; i++) {
        mean_a += a[i];
        mean_b += b[i];
    }
    mean_a /= (double)count;
    mean_b /= (double)count;
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < count; i++) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return ab / sqrt(aa * bb);
}

/* The step against the formula written down again, with the same normals. */
static void test_plain_step_is_the_formula(void **state)
{
    (void)state;
    struct bench bench;
    bench_start(&bench, 42, features_plain, shares, 10, 10, NULL, STATUS_OK);
    struct path *path = &bench.path;
    assert_false(path->correlation_repaired);
    uint64_t states[10];
    double prices[10];
    for (size_t i = 0; i < 10; i++) {
        states[i] = path->slots[i].normal_state;
        prices[i] = path->slots[i].model.price;
    }
    struct path_pressure pressure = path_pressure_none();
    for (unsigned step = 0; step < 1000; step++) {
        double seconds = 0.5 + step;
        double z[10];
        for (size_t i = 0; i < 10; i++) {
            z[i] = math_normal_quantile(unit_open(splitmix64_next(&states[i])));
        }
        path_step(path, seconds, &pressure);
        for (size_t i = 0; i < 10; i++) {
            double w = 0.0;
            for (size_t k = 0; k <= i; k++) {
                w += path->lower[i * path->stride + k] * z[k];
            }
            const struct instrument_model *model = &path->slots[i].model;
            prices[i] = gbm_step(prices[i], model->drift, model->volatility,
                                 seconds / model->seconds_per_year, w);
            assert_within(path->prices[i] / prices[i], 1.0 - 1e-11, 1.0 + 1e-11);
        }
    }
    arena_release(&bench.arena);
}

static void test_table_figures(void **state)
{
    (void)state;
    struct instrument_model model;
    assert_true(instrument_model_find(TEXT("NVDA"), 1, &model));
    assert_within(model.price, 800.0, 800.0);
    assert_within(model.volatility, 0.40, 0.40);
    assert_within(model.drift, 0.08, 0.08);
    assert_true(instrument_model_find(TEXT("ETH-USDT"), 1, &model));
    assert_int_equal(model.market_class, MARKET_CRYPTO);
    /* A coin in another currency has not the table's price. */
    assert_false(instrument_model_find(TEXT("ETH-TRY"), 1, &model));
    assert_false(instrument_model_find(TEXT("ETH"), 1, &model));

    assert_within(instrument_model_correlation(TEXT("AAPL"), TEXT("NFLX")), .6, .6);
    assert_within(instrument_model_correlation(TEXT("JPM"), TEXT("V")), .5, .5);
    assert_within(instrument_model_correlation(TEXT("JPM"), TEXT("AAPL")), .3, .3);
    assert_within(instrument_model_correlation(TEXT("TSLA"), TEXT("AAPL")), .3, .3);
    assert_within(instrument_model_correlation(TEXT("TSLA"), TEXT("TSLA")), 1, 1);
    assert_within(instrument_model_correlation(TEXT("PYPL"), TEXT("AAPL")), .3, .3);
    assert_within(instrument_model_correlation(TEXT("BTC-USD"), TEXT("ETH-USD")), .781, .781);
    assert_within(instrument_model_correlation(TEXT("ETH-USD"), TEXT("BTC-USD")), .781, .781);

    /* An unknown name: its price depends on seed and name alone and fills (50, 300). */
    double low = 1e9, high = 0.0, sum = 0.0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        assert_false(instrument_model_find(TEXT("PYPL"), seed, &model));
        assert_within(model.price, 50.0, 300.0);
        assert_within(model.volatility, 0.25, 0.25);
        assert_within(model.drift, 0.05, 0.05);
        low = fmin(low, model.price);
        high = fmax(high, model.price);
        sum += model.price;
    }
    assert_within(low, 50.0, 51.0);
    assert_within(high, 299.0, 300.0);
    assert_within(sum / 2000.0, 170.0, 180.0);
}

/* Every pair of the ten shares: the sample correlation of 1e6 steps lies within 3 / sqrt(n) of the
 * matrix. Volatility and drift come out as asked for. */
static void test_sample_correlations(void **state)
{
    (void)state;
    enum { N = 1000000, COUNT = 10 };
    double *returns = malloc(sizeof(double) * N * COUNT);
    assert_non_null(returns);
    struct bench bench;
    bench_start(&bench, 42, features_plain, shares, COUNT, COUNT, NULL, STATUS_OK);
    struct path *path = &bench.path;
    struct path_pressure pressure = path_pressure_none();
    for (size_t step = 0; step < N; step++) {
        path_step(path, MINUTE, &pressure);
        /* The factors exp(r) of this step are still there. */
        for (size_t i = 0; i < COUNT; i++) {
            returns[i * N + step] = path->returns[i] - 1.0;
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < i; k++) {
            double expected = path->correlation[i * path->stride + k];
            double found = correlation_of(returns + i * N, returns + k * N, N);
            assert_within(found, expected - 3.0 / sqrt(N), expected + 3.0 / sqrt(N));
        }
        double squares = 0.0;
        for (size_t step = 0; step < N; step++) {
            squares += returns[i * N + step] * returns[i * N + step];
        }
        double years = MINUTE / path->slots[i].model.seconds_per_year;
        double volatility = sqrt(squares / N / years);
        assert_within(volatility / path->slots[i].model.volatility, 0.997, 1.003);
    }
    /* Signature plot of plain Brownian motion: flat whatever the sampling interval. */
    double at_one = 0.0;
    for (size_t interval = 1; interval <= 256; interval *= 4) {
        double squares = 0.0;
        size_t count = N / interval;
        for (size_t j = 0; j < count; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < interval; k++) {
                sum += log1p(returns[j * interval + k]);
            }
            squares += sum * sum;
        }
        double variance = squares / (double)(count * interval);
        at_one = interval == 1 ? variance : at_one;
        double tolerance = 4.0 * sqrt(2.0 / (double)count);
        assert_within(variance / at_one, 1.0 - tolerance, 1.0 + tolerance);
    }
    arena_release(&bench.arena);
    free(returns);
}

/* What is added, removed and added again never moves a bit of the others' paths. */
static void independence_with(struct path_features features)
{
    static double alone[2][400][5];
    for (unsigned round = 0; round < 2; round++) {
        struct bench bench;
        bench_start(&bench, 7, features, coins, 5, 8, NULL, STATUS_OK);
        struct path *path = &bench.path;
        struct path_pressure pressure = path_pressure_none();
        size_t slot;
        for (unsigned step = 0; step < 400; step++) {
            if (round == 1 && step == 50) {
                struct path_instrument added = {.name = TEXT("PYPL")};
                assert_int_equal(path_add(path, &added, NULL, &slot), STATUS_OK);
                assert_int_equal(slot, 5);
            }
            if (round == 1 && step == 100) {
                assert_int_equal(path_remove(path, TEXT("ETH-USD")), STATUS_OK);
                assert_int_equal(path_remove(path, TEXT("ETH-USD")), STATUS_NOT_FOUND);
                assert_true(path_find(path, TEXT("ETH-USD")) == SIZE_MAX);
            }
            if (round == 1 && step == 200) {
                struct path_instrument added = {.name = TEXT("ETH-USD")};
                assert_int_equal(path_add(path, &added, NULL, &slot), STATUS_OK);
                assert_int_equal(slot, 1);
                added.name = TEXT("ADA-USD");
                assert_int_equal(path_add(path, &added, NULL, &slot), STATUS_OK);
                assert_int_equal(slot, 6);
                assert_int_equal(path_add(path, &added, NULL, &slot), STATUS_EXISTS);
            }
            path_step(path, 1.0, &pressure);
            memcpy(alone[round][step], path->prices, sizeof alone[round][step]);
        }
        arena_release(&bench.arena);
    }
    assert_memory_equal(alone[0], alone[1], sizeof alone[0]);
}

static void test_paths_are_independent_of_company(void **state)
{
    (void)state;
    struct path_features workstation = {
        .shocks_per_second = 0.002, .shock_min = 0.02, .shock_max = 0.05};
    independence_with(features_plain);
    independence_with(features_full);
    independence_with(workstation);
}

static void test_full_table(void **state)
{
    (void)state;
    struct bench bench;
    bench_start(&bench, 7, features_plain, shares, 3, 3, NULL, STATUS_OK);
    size_t slot;
    struct path_instrument added = {.name = TEXT("PYPL")};
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_FULL);
    assert_int_equal(path_remove(&bench.path, TEXT("AAPL")), STATUS_OK);
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_FULL);
    /* Only the last row can be given away without touching another path. */
    assert_int_equal(path_remove(&bench.path, TEXT("MSFT")), STATUS_OK);
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_OK);
    assert_int_equal(slot, 2);
    arena_release(&bench.arena);
}

static void test_start_is_judged(void **state)
{
    (void)state;
    struct bench bench;
    const char *const twice[] = {"AAPL", "MSFT", "AAPL"};
    bench_start(&bench, 1, features_plain, twice, 3, 3, NULL, STATUS_EXISTS);
    arena_release(&bench.arena);
    const char *const empty[] = {""};
    bench_start(&bench, 1, features_plain, empty, 1, 1, NULL, STATUS_RANGE);
    arena_release(&bench.arena);
    const char *const longest[] = {"A123456789012345678901234567890",
                                   "A1234567890123456789012345678901"};
    bench_start(&bench, 1, features_plain, longest, 1, 1, NULL, STATUS_OK);
    arena_release(&bench.arena);
    bench_start(&bench, 1, features_plain, longest, 2, 2, NULL, STATUS_RANGE);
    arena_release(&bench.arena);
    const double wrong[][4] = {
        {1, .5, .4, 1}, {1, 1.1, 1.1, 1}, {.9, 0, 0, 1}, {1, (double)NAN, (double)NAN, 1}};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        bench_start(&bench, 1, features_plain, shares, 2, 2, wrong[i], STATUS_RANGE);
        arena_release(&bench.arena);
    }
    struct instrument_model model;
    (void)instrument_model_find(TEXT("AAPL"), 1, &model);
    struct path_instrument added = {.name = TEXT("X"), .model = &model};
    size_t slot;
    bench_start(&bench, 1, features_full, shares, 1, 2, NULL, STATUS_OK);
    model.price = 0.0;
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_RANGE);
    model.price = (double)NAN;
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_RANGE);
    model.price = 10.0;
    model.jumps.deviation = 5.0; /* more than all of the volatility */
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_RANGE);
    model.jumps.deviation = 0.0;
    model.volatility = 0.0;
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_OK);
    arena_release(&bench.arena);
}

/* A matrix that cannot be is repaired, said so, and the repaired one is what comes out. */
static void test_impossible_correlations(void **state)
{
    (void)state;
    enum { N = 200000 };
    static double returns[3][N];
    const double impossible[9] = {1, -.9, -.9, -.9, 1, -.9, -.9, -.9, 1};
    struct bench bench;
    bench_start(&bench, 3, features_plain, shares, 3, 4, impossible, STATUS_OK);
    struct path *path = &bench.path;
    assert_true(path->correlation_repaired);
    assert_within(path->correlation_change_max, .4 - 1e-4, .4 + 1e-4);
    struct path_pressure pressure = path_pressure_none();
    for (size_t step = 0; step < N; step++) {
        path_step(path, MINUTE, &pressure);
        for (size_t i = 0; i < 3; i++) {
            returns[i][step] = path->returns[i];
        }
    }
    for (size_t i = 0; i < 3; i++) {
        double found = correlation_of(returns[i], returns[(i + 1) % 3], N);
        assert_within(found, -.5 - 3.0 / sqrt(N), -.5 + 3.0 / sqrt(N));
    }
    /* While running only the newcomer gives way. */
    double lower[9];
    memcpy(lower, path->lower, sizeof lower);
    struct path_instrument added = {.name = TEXT("PYPL")};
    const double demanded[3] = {.95, .95, .95};
    size_t slot;
    assert_int_equal(path_add(path, &added, demanded, &slot), STATUS_OK);
    assert_memory_equal(lower, path->lower, sizeof lower);
    double shrunk = path->correlation[3 * path->stride];
    assert_within(shrunk, 1e-6, .1);
    arena_release(&bench.arena);
}

/* Leverage is given up before anything that was asked for is changed. */
static void test_leverage_gives_way(void **state)
{
    (void)state;
    const char *const names[] = {"A", "B", "C"};
    const double negative[9] = {1, -.45, -.45, -.45, 1, -.45, -.45, -.45, 1};
    struct bench bench;
    bench_start(&bench, 3, features_full, names, 3, 3, negative, STATUS_OK);
    assert_false(bench.path.correlation_repaired);
    size_t row = bench.path.factor_count * bench.path.stride;
    assert_within(bench.path.correlation[row + VARIANCE_FACTORS_PER_CLASS * MARKET_EQUITY], 0, 0);
    arena_release(&bench.arena);
    bench_start(&bench, 3, features_full, names, 3, 3, NULL, STATUS_OK);
    row = bench.path.factor_count * bench.path.stride;
    assert_within(bench.path.correlation[row + VARIANCE_FACTORS_PER_CLASS * MARKET_EQUITY], -.5,
                  -.1);
    arena_release(&bench.arena);
}

static double autocorrelation(const double *x, size_t count, size_t lag)
{
    double mean = 0.0, squares = 0.0, products = 0.0;
    for (size_t i = 0; i < count; i++) {
        mean += x[i];
    }
    mean /= (double)count;
    for (size_t i = 0; i < count; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        products += i + lag < count ? (x[i] - mean) * (x[i + lag] - mean) : 0.0;
    }
    return products / squares;
}

static double excess_kurtosis(const double *x, size_t count, size_t interval)
{
    size_t n = count / interval;
    double two = 0.0, four = 0.0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t k = 0; k < interval; k++) {
            sum += x[i * interval + k];
        }
        two += sum * sum;
        four += sum * sum * sum * sum;
    }
    return four / (double)n / (two / (double)n * (two / (double)n)) - 3.0;
}

/* Correlation of a return with later squared returns, averaged over lags 1 to 30. */
static double leverage_of(const double *x, size_t count)
{
    double *squares = malloc(sizeof(double) * count);
    assert_non_null(squares);
    for (size_t i = 0; i < count; i++) {
        squares[i] = x[i] * x[i];
    }
    double sum = 0.0;
    for (size_t lag = 1; lag <= 30; lag++) {
        sum += correlation_of(x, squares + lag, count - lag);
    }
    free(squares);
    return sum / 30.0;
}

/* 1e6 minutes of a coin and of a share with everything on. */
static void test_stylised_facts(void **state)
{
    (void)state;
    enum { N = 1000000, COUNT = 2 };
    double *returns = malloc(sizeof(double) * N * COUNT);
    double *absolute = malloc(sizeof(double) * N);
    assert_non_null(returns);
    assert_non_null(absolute);
    const char *const names[COUNT] = {"BTC-USD", "AAPL"};
    struct bench bench;
    bench_start(&bench, 42, features_full, names, COUNT, COUNT, NULL, STATUS_OK);
    struct path *path = &bench.path;
    struct path_pressure pressure = path_pressure_none();
    for (size_t step = 0; step < N; step++) {
        path_step(path, MINUTE, &pressure);
        for (size_t i = 0; i < COUNT; i++) {
            returns[i * N + step] = log(path->returns[i]);
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        const double *x = returns + i * N;
        for (size_t lag = 1; lag <= 20; lag++) {
            assert_within(autocorrelation(x, N, lag), -.02, .02);
        }
        for (size_t step = 0; step < N; step++) {
            absolute[step] = fabs(x[step]);
        }
        double clustering = autocorrelation(absolute, N, 1);
        assert_within(clustering, .1, .4);
        assert_within(autocorrelation(absolute, N, 60), .5 * clustering, clustering);
        assert_within(autocorrelation(absolute, N, 720), .02, .5 * clustering);
        double minute = excess_kurtosis(x, N, 1);
        double quarter = excess_kurtosis(x, N, 15);
        double day = excess_kurtosis(x, N, 1440);
        assert_within(minute, 3.0, 30.0);
        assert_within(quarter, 0.5, minute);
        assert_within(day, -0.5, quarter);
        double squares = 0.0;
        for (size_t step = 0; step < N; step++) {
            squares += x[step] * x[step];
        }
        const struct instrument_model *model = &path->slots[i].model;
        double volatility = sqrt(squares / N * model->seconds_per_year / MINUTE);
        assert_within(volatility / model->volatility, .93, 1.07);
    }
    assert_within(leverage_of(returns + N, N), -.1, -.005);
    arena_release(&bench.arena);
    free(absolute);
    free(returns);
}

/* The discounted price is a martingale whatever is switched on: the mean of many one-hour factors
 * is e^(drift dt) within four standard errors. */
static void test_mean_factor(void **state)
{
    (void)state;
    enum { N = 400000 };
    const char *const names[] = {"BTC-USD", "AAPL"};
    struct bench bench;
    bench_start(&bench, 5, features_full, names, 2, 2, NULL, STATUS_OK);
    struct path_pressure pressure = path_pressure_none();
    double sum[2] = {0}, squares[2] = {0};
    for (size_t step = 0; step < N; step++) {
        path_step(&bench.path, 3600.0, &pressure);
        for (size_t i = 0; i < 2; i++) {
            double excess = bench.path.returns[i] - 1.0;
            sum[i] += excess;
            squares[i] += excess * excess;
        }
    }
    for (size_t i = 0; i < 2; i++) {
        const struct instrument_model *model = &bench.path.slots[i].model;
        double expected = model->drift * 3600.0 / model->seconds_per_year;
        double error = sqrt(squares[i] / N / N);
        assert_within(sum[i] / N, expected - 4.0 * error, expected + 4.0 * error);
    }
    arena_release(&bench.arena);
}

/* The same with jumps that matter: without their compensator the mean would be off by far. */
static void test_jumps_are_compensated(void **state)
{
    (void)state;
    enum { N = 400000 };
    struct path_features features = {.jumps = true};
    struct bench bench;
    bench_start(&bench, 5, features, shares, 1, 2, NULL, STATUS_OK);
    struct instrument_model model;
    (void)instrument_model_find(TEXT("BTC-USD"), 1, &model);
    model.volatility = 1.0;
    model.jumps = (struct jump_process){.rate = 100.0, .mean = -.05, .deviation = .05};
    struct path_instrument added = {.name = TEXT("X"), .model = &model};
    size_t slot;
    assert_int_equal(path_add(&bench.path, &added, NULL, &slot), STATUS_OK);
    struct path_pressure pressure = path_pressure_none();
    double sum = 0.0, squares = 0.0;
    for (size_t step = 0; step < N; step++) {
        path_step(&bench.path, 3600.0, &pressure);
        double excess = bench.path.returns[slot] - 1.0;
        sum += excess;
        squares += excess * excess;
    }
    double error = sqrt(squares / N / N);
    assert_within(sum / N, -4.0 * error, 4.0 * error);
    assert_within(sqrt(squares / N * 8760.0), .97, 1.03);
    arena_release(&bench.arena);
}

/* A common share of 0.9 makes correlations 0.9 + 0.1 C and leaves each volatility as it is. */
static void test_common_share(void **state)
{
    (void)state;
    enum { N = 200000 };
    static double returns[2][N];
    struct bench bench;
    bench_start(&bench, 8, features_plain, shares, 2, 2, NULL, STATUS_OK);
    struct path_pressure pressure = path_pressure_none();
    pressure.common_share = 0.9;
    for (size_t step = 0; step < N; step++) {
        path_step(&bench.path, MINUTE, &pressure);
        for (size_t i = 0; i < 2; i++) {
            returns[i][step] = bench.path.returns[i] - 1.0;
        }
    }
    double expected = 0.9 + 0.1 * 0.6;
    assert_within(correlation_of(returns[0], returns[1], N), expected - 0.001, expected + 0.001);
    double squares = 0.0;
    for (size_t step = 0; step < N; step++) {
        squares += returns[0][step] * returns[0][step];
    }
    const struct instrument_model *model = &bench.path.slots[0].model;
    double volatility = sqrt(squares / N * model->seconds_per_year / MINUTE);
    assert_within(volatility / model->volatility, .99, 1.01);
    arena_release(&bench.arena);
}

/* The workstation's shocks: one in a thousand half-second steps, 2 to 5 %, either way. */
static void test_shocks(void **state)
{
    (void)state;
    enum { N = 500000 };
    struct path_features features = {
        .shocks_per_second = 0.002, .shock_min = 0.02, .shock_max = 0.05};
    struct bench bench;
    bench_start(&bench, 5, features, shares, 2, 2, NULL, STATUS_OK);
    struct path_pressure pressure = path_pressure_none();
    size_t up = 0, down = 0;
    double before = bench.path.prices[0];
    for (size_t step = 0; step < N; step++) {
        path_step(&bench.path, 0.5, &pressure);
        double factor = bench.path.prices[0] / before / bench.path.returns[0];
        before = bench.path.prices[0];
        if (fabs(factor - 1.0) > 1e-9) {
            assert_within(fabs(factor - 1.0), 0.02 - 1e-9, 0.05 + 1e-9);
            up += factor > 1.0;
            down += factor < 1.0;
        }
    }
    assert_within((double)(up + down), 500.0 - 70.0, 500.0 + 70.0);
    assert_within((double)up - (double)down, -70.0, 70.0);
    arena_release(&bench.arena);
}

static void test_rounding(void **state)
{
    (void)state;
    assert_int_equal(price_units_round(190.004, 100, 1), 19000);
    assert_int_equal(price_units_round(190.006, 100, 1), 19001);
    assert_int_equal(price_units_round(0.125, 100, 1), 12); /* exact halves to even */
    assert_int_equal(price_units_round(0.375, 100, 1), 38);
    assert_int_equal(price_units_round(107.4, 100, 25), 10750);
    assert_int_equal(price_units_round(1e-9, 100, 1), 1);
    assert_int_equal(price_units_round(0.0, 100, 5), 5);
    assert_int_equal(price_units_round((double)NAN, 100, 1), PRICE_UNITS_LIMIT);
    assert_int_equal(price_units_round((double)INFINITY, 100, 7), PRICE_UNITS_LIMIT / 7 * 7);
    assert_int_equal(price_units_round(1e300, 100, 1), PRICE_UNITS_LIMIT);
    assert_int_equal(price_units_round(4503599627.370497, 100, 1), 450359962737);
}

static void test_open_unit(void **state)
{
    (void)state;
    assert_true(unit_open(0) == 0x1p-53);
    assert_true(unit_open(UINT64_MAX) == 1.0 - 0x1p-53);
    assert_true(unit_open(UINT64_C(1) << 63) == 0.5 + 0x1p-53);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_step_is_the_formula),
        cmocka_unit_test(test_table_figures),
        cmocka_unit_test(test_sample_correlations),
        cmocka_unit_test(test_paths_are_independent_of_company),
        cmocka_unit_test(test_full_table),
        cmocka_unit_test(test_start_is_judged),
        cmocka_unit_test(test_impossible_correlations),
        cmocka_unit_test(test_leverage_gives_way),
        cmocka_unit_test(test_stylised_facts),
        cmocka_unit_test(test_mean_factor),
        cmocka_unit_test(test_jumps_are_compensated),
        cmocka_unit_test(test_common_share),
        cmocka_unit_test(test_shocks),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_open_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
