/* Bootstraps, block length, trip order and the probability of overfitting. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drive/result/overfit.h"
#include "drive/result/resample.h"
#include "drive/result/statistics.h"

static void near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

/* ---- numpy's default_rng, so that the known figures can be checked ------------------------ */

struct pcg64 {
    u128 state, increment;
};

static void pcg64_step(struct pcg64 *generator)
{
    const u128 factor = ((u128)UINT64_C(0x2360ED051FC65DA4) << 64) | UINT64_C(0x4385DF649FCCF645);
    generator->state = generator->state * factor + generator->increment;
}

static uint64_t pcg64_next(struct pcg64 *generator)
{
    pcg64_step(generator);
    uint64_t folded = (uint64_t)(generator->state >> 64) ^ (uint64_t)generator->state;
    unsigned turn = (unsigned)(generator->state >> 122);
    return folded >> turn | folded << ((64 - turn) & 63);
}

static uint32_t seed_hash(uint32_t value, uint32_t *factor, uint32_t multiplier)
{
    value ^= *factor;
    *factor *= multiplier;
    value *= *factor;
    return value ^ value >> 16;
}

static void pcg64_seed(struct pcg64 *generator, uint32_t seed)
{
    uint32_t pool[4], factor = 0x43b0d7e5;
    for (int i = 0; i < 4; i++)
        pool[i] = seed_hash(i == 0 ? seed : 0, &factor, 0x931e8875);
    for (int from = 0; from < 4; from++) {
        for (int to = 0; to < 4; to++) {
            if (from == to)
                continue;
            uint32_t mixed = 0xca01f9ddu * pool[to] -
                             0x4973f715u * seed_hash(pool[from], &factor, 0x931e8875);
            pool[to] = mixed ^ mixed >> 16;
        }
    }
    uint64_t words[4] = {0};
    factor = 0x8b51f9dd;
    for (int i = 0; i < 8; i++)
        words[i / 2] |= (uint64_t)seed_hash(pool[i % 4], &factor, 0x58f38ded) << (i % 2 * 32);
    generator->state = 0;
    generator->increment = (((u128)words[2] << 64 | words[3]) << 1) | 1;
    pcg64_step(generator);
    generator->state += (u128)words[0] << 64 | words[1];
    pcg64_step(generator);
}

/* The 256 layers of Marsaglia and Tsang's ziggurat, computed as they define them. */
struct ziggurat {
    uint64_t bounds[256];
    double widths[256], heights[256];
};

static const double ziggurat_end = 3.6541528853610087963519472518;

static void ziggurat_init(struct ziggurat *ziggurat)
{
    const long double area = 0.00492867323397465524494L, scale = 4503599627370496.0L;
    long double x = 3.6541528853610087963519472518L, before = x;
    long double base = area / expl(-0.5L * x * x);
    ziggurat->bounds[0] = (uint64_t)(x / base * scale);
    ziggurat->bounds[1] = 0;
    ziggurat->widths[0] = (double)(base / scale);
    ziggurat->widths[255] = (double)(x / scale);
    ziggurat->heights[0] = 1;
    ziggurat->heights[255] = (double)expl(-0.5L * x * x);
    for (int i = 254; i >= 1; i--) {
        x = sqrtl(-2 * logl(area / x + expl(-0.5L * x * x)));
        ziggurat->bounds[i + 1] = (uint64_t)(x / before * scale);
        before = x;
        ziggurat->heights[i] = (double)expl(-0.5L * x * x);
        ziggurat->widths[i] = (double)(x / scale);
    }
}

static double pcg64_unit(struct pcg64 *generator)
{
    return (double)(pcg64_next(generator) >> 11) * 0x1p-53;
}

static double pcg64_normal(struct pcg64 *generator, const struct ziggurat *ziggurat)
{
    for (;;) {
        uint64_t bits = pcg64_next(generator);
        unsigned layer = bits & 0xFF;
        bits >>= 8;
        uint64_t magnitude = (bits >> 1) & UINT64_C(0x000FFFFFFFFFFFFF);
        double x = (double)magnitude * ziggurat->widths[layer];
        x = (bits & 1) != 0 ? -x : x;
        if (magnitude < ziggurat->bounds[layer])
            return x;
        if (layer == 0) {
            double far, high;
            do {
                far = -1 / ziggurat_end * log1p(-pcg64_unit(generator));
                high = -log1p(-pcg64_unit(generator));
            } while (high + high <= far * far);
            return (magnitude >> 8 & 1) != 0 ? -(ziggurat_end + far) : ziggurat_end + far;
        }
        double height = ziggurat->heights[layer - 1] - ziggurat->heights[layer];
        if (height * pcg64_unit(generator) + ziggurat->heights[layer] < exp(-0.5 * x * x))
            return x;
    }
}

enum { DAYS = 1000, STRATEGIES = 100 };

static double *noise_make(void)
{
    struct pcg64 generator;
    static struct ziggurat ziggurat;
    ziggurat_init(&ziggurat);
    pcg64_seed(&generator, 1);
    double *returns = malloc(sizeof(double) * DAYS * STRATEGIES);
    assert_non_null(returns);
    for (int i = 0; i < DAYS * STRATEGIES; i++)
        returns[i] = pcg64_normal(&generator, &ziggurat) * .01;
    return returns;
}

static void numpy_noise(void **state)
{
    (void)state;
    double *returns = noise_make();
    const double first[] = {.345584192064786, .8216181435011584, .3304370761833875,
                            -1.303157231604361, .9053558666731177};
    for (size_t i = 0; i < 5; i++)
        near(returns[i] * 100, first[i], 1e-14);
    struct overfit overfit;
    assert_int_equal(overfit_probability(returns, DAYS, STRATEGIES, 10, &overfit), STATUS_OK);
    assert_int_equal(overfit.choices, 252);
    near(overfit.probability, .5476, 5e-5);
    /* Skill for one of them. */
    for (int day = 0; day < DAYS; day++)
        returns[day * STRATEGIES + 7] += .002;
    assert_int_equal(overfit_probability(returns, DAYS, STRATEGIES, 10, &overfit), STATUS_OK);
    near(overfit.probability, .0476, 5e-5);
    assert_true(overfit.sharpe_outside_mean > .1);
    free(returns);
}

/* ---- PBO against the definition, written out --------------------------------------------- */

static double naive_ratio(const double *returns, size_t rows, size_t strategies, size_t strategy,
                          unsigned blocks, uint32_t choice)
{
    double picked[512];
    size_t count = 0, size = rows / blocks, skip = rows % blocks;
    for (unsigned block = 0; block < blocks; block++) {
        for (size_t row = 0; (choice >> block & 1) != 0 && row < size; row++)
            picked[count++] = returns[(skip + block * size + row) * strategies + strategy];
    }
    double ratio = sharpe_ratio(picked, count);
    return isnan(ratio) ? 0 : ratio;
}

static double naive_pbo(const double *returns, size_t rows, size_t strategies, unsigned blocks)
{
    unsigned bad = 0, choices = 0;
    for (uint32_t choice = 0; choice < 1u << blocks; choice++) {
        if ((unsigned)__builtin_popcount(choice) * 2 != blocks)
            continue;
        size_t best = 0;
        for (size_t s = 1; s < strategies; s++) {
            if (naive_ratio(returns, rows, strategies, s, blocks, choice) >
                naive_ratio(returns, rows, strategies, best, blocks, choice))
                best = s;
        }
        uint32_t rest = ~choice & ((1u << blocks) - 1);
        double own = naive_ratio(returns, rows, strategies, best, blocks, rest), rank = 1;
        for (size_t s = 0; s < strategies; s++) {
            double other = naive_ratio(returns, rows, strategies, s, blocks, rest);
            bool equal = s != best && !(other < own) && !(other > own);
            rank += other < own ? 1 : equal ? .5 : 0;
        }
        bad += log(rank / ((double)strategies + 1 - rank)) <= 0;
        choices++;
    }
    return (double)bad / choices;
}

static void overfitting_by_the_book(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 5, 0);
    for (int round = 0; round < 40; round++) {
        size_t strategies = 2 + random_below(&random, 8), rows = 40 + random_below(&random, 60);
        unsigned blocks = 2 + 2 * (unsigned)random_below(&random, 4);
        double returns[100 * 10];
        for (size_t i = 0; i < rows * strategies; i++)
            returns[i] = random_normal(&random) * .01 + (i % strategies == 0 ? .003 : 0);
        struct overfit overfit;
        assert_int_equal(overfit_probability(returns, rows, strategies, blocks, &overfit),
                         STATUS_OK);
        near(overfit.probability, naive_pbo(returns, rows, strategies, blocks), 1e-12);
        assert_true(isfinite(overfit.logit_median));
    }
}

/* More strategies than are taken at a time, and pairs of equals far apart. */
static void overfitting_of_many(void **state)
{
    (void)state;
    enum { ROWS = 62, MANY = 300 };
    static double returns[ROWS * MANY];
    struct random random;
    random_init(&random, 6, 0);
    for (size_t strong = 0; strong < MANY; strong += 37) {
        for (size_t row = 0; row < ROWS; row++) {
            double *line = &returns[row * MANY];
            for (size_t s = 0; s < MANY; s++)
                line[s] = random_normal(&random) * .01;
            line[strong] += .004;
            line[(strong + 150) % MANY] = line[strong];
        }
        struct overfit overfit;
        assert_int_equal(overfit_probability(returns, ROWS, MANY, 6, &overfit), STATUS_OK);
        near(overfit.probability, naive_pbo(returns, ROWS, MANY, 6), 1e-12);
    }
}

static void overfitting_bounds(void **state)
{
    (void)state;
    double returns[40] = {0};
    struct overfit overfit;
    assert_int_equal(overfit_probability(returns, 20, 2, 3, &overfit), STATUS_RANGE);
    assert_int_equal(overfit_probability(returns, 20, 2, 0, &overfit), STATUS_RANGE);
    assert_int_equal(overfit_probability(returns, 20, 2, 22, &overfit), STATUS_RANGE);
    assert_int_equal(overfit_probability(returns, 3, 2, 2, &overfit), STATUS_RANGE);
    assert_int_equal(overfit_probability(returns, 20, 1, 2, &overfit), STATUS_RANGE);
    /* Strategies that never trade are all alike: in the middle, so never better than the median. */
    assert_int_equal(overfit_probability(returns, 20, 2, 4, &overfit), STATUS_OK);
    near(overfit.probability, 1, 0);
    near(overfit.logit_median, 0, 0);
}

/* ---- bootstrap ----------------------------------------------------------------------------- */

/* With values equal to their index, blocks show as runs of successors on the circle. */
static void bootstrap_blocks(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static double values[COUNT], drawn[COUNT], seen[COUNT];
    for (int i = 0; i < COUNT; i++)
        values[i] = i;
    struct random random;
    random_init(&random, 3, 0);
    int starts = 0;
    for (int path = 0; path < 200; path++) {
        stationary_bootstrap(values, COUNT, 20, &random, drawn);
        for (int i = 0; i < COUNT; i++) {
            int at = (int)drawn[i];
            assert_true(at >= 0 && at < COUNT);
            seen[at]++;
            starts += i == 0 || at != ((int)drawn[i - 1] + 1) % COUNT;
        }
    }
    /* 200,000 draws with a new block each twentieth on average; 1/1000 of restarts go unseen. */
    near(starts / 200000.0, 1.0 / 20, 0.002);
    for (int i = 0; i < COUNT; i++)
        near(seen[i], 200, 130);
    /* Blocks of mean 1 are single draws; the same seed draws the same path. */
    double again[10], more[10];
    random_init(&random, 9, 1);
    stationary_bootstrap(values, 10, 1, &random, again);
    random_init(&random, 9, 1);
    stationary_bootstrap(values, 10, 1, &random, more);
    assert_memory_equal(again, more, sizeof(again));
}

static double mean_of(const double *values, size_t count)
{
    return moments_of(values, count).mean;
}

/* The spread of bootstrapped means of independent values is that of the mean itself. */
static void bootstrap_means(void **state)
{
    (void)state;
    double values[400];
    struct random random;
    random_init(&random, 4, 0);
    for (int i = 0; i < 400; i++)
        values[i] = random_normal(&random);
    struct resample_summary summary;
    assert_int_equal(bootstrap_statistic(values, 400, 1, 4000, &random, mean_of, &summary),
                     STATUS_OK);
    struct moments moments = moments_of(values, 400);
    double error = moments.deviation / 20;
    near(summary.mean, moments.mean, error / 10);
    near(summary.quantile_95 - summary.quantile_05, 2 * 1.6449 * error, error / 4);
    assert_int_equal(summary.count, 4000);
    assert_int_equal(bootstrap_statistic(values, 0, 1, 10, &random, mean_of, &summary),
                     STATUS_RANGE);
    assert_int_equal(
        bootstrap_statistic(values, 9, 1, RESAMPLE_PATHS_MAX + 1, &random, mean_of, &summary),
        STATUS_RANGE);
    /* A statistic without a value on some path leaves that path out. */
    double flat[3] = {1, 1, 1};
    assert_int_equal(bootstrap_statistic(flat, 3, 1, 10, &random, sharpe_ratio, &summary),
                     STATUS_OK);
    assert_int_equal(summary.count, 0);
}

/* Politis and White's steps with libm and without any sharing of work. */
static double naive_block_length(const double *values, int count)
{
    double n = count, mean = 0;
    for (int i = 0; i < count; i++)
        mean += values[i] / n;
    int run = (int)fmax(5, ceil(sqrt(log10(n)))), most = (int)ceil(sqrt(n)) + run;
    double band = 2 * sqrt(log10(n) / n), covariances[200];
    for (int lag = 0; lag <= most; lag++) {
        covariances[lag] = 0;
        for (int i = 0; i + lag < count; i++)
            covariances[lag] += (values[i] - mean) * (values[i + lag] - mean) / n;
    }
    int found = -1, last = 0;
    for (int m = 0; found < 0 && m + run <= most; m++) {
        bool quiet = true;
        for (int k = 1; k <= run; k++)
            quiet = quiet && fabs(covariances[m + k] / covariances[0]) < band;
        if (quiet)
            found = m;
    }
    for (int m = 1; m <= most; m++)
        last = fabs(covariances[m] / covariances[0]) >= band ? m : last;
    int lag = found >= 0 ? found : last;
    double width = fmin(2 * fmax(lag, 1), most), slope = 0, total = 0;
    for (int k = -(int)width; k <= (int)width; k++) {
        double share = fabs(k / width), weight = share <= .5 ? 1 : 2 * (1 - share);
        slope += weight * abs(k) * covariances[abs(k)];
        total += weight * covariances[abs(k)];
    }
    double best = cbrt(2 * slope * slope / (2 * total * total)) * cbrt(n);
    return fmax(1, fmin(best, ceil(fmin(3 * sqrt(n), n / 3))));
}

static void block_lengths(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 21, 0);
    for (int round = 0; round < 60; round++) {
        double values[1500], memory = (round % 10) / 10.0;
        int count = 30 + (int)random_below(&random, 1400);
        values[0] = random_normal(&random);
        for (int i = 1; i < count; i++)
            values[i] = memory * values[i - 1] + random_normal(&random);
        double length;
        assert_int_equal(block_length(values, (size_t)count, &length), STATUS_OK);
        near(length, naive_block_length(values, count), 1e-9 * length);
    }
    double flat[20] = {0}, length = 0;
    assert_int_equal(block_length(flat, 20, &length), STATUS_OK);
    near(length, 1, 0);
    assert_int_equal(block_length(flat, 0, &length), STATUS_OK);
    near(length, 1, 0);
    for (size_t count = 10; count < 40; count++) {
        double few[40];
        for (size_t i = 0; i < count; i++)
            few[i] = (double)(i * i % 7);
        assert_int_equal(block_length(few, count, &length), STATUS_OK);
        assert_true(length >= 1 && length <= ceil((double)count / 3));
    }
}

/* ---- trips ----------------------------------------------------------------------------------- */

/* Three trips have six orders; the share of each drawdown must come out. */
static void trip_orders(void **state)
{
    (void)state;
    const double nets[] = {100, -50, -30};
    struct random random;
    random_init(&random, 8, 0);
    struct trip_paths paths;
    assert_int_equal(trips_resample(nets, 3, 1000, false, 60000, &random, &paths), STATUS_OK);
    near(paths.end_equity.quantile_05, 1020, 1e-9);
    near(paths.end_equity.quantile_95, 1020, 1e-9);
    /* + - -: 80/1100 twice; - + -: 50/1000 and 30/1000; - - +: 80/1000 twice. */
    double mean = (2 * 80.0 / 1100 + 2 * 80.0 / 1000 + 50.0 / 1000) / 6;
    mean += 30.0 / 1000 > 50.0 / 1070 ? 30.0 / 1000 / 6 : 50.0 / 1070 / 6;
    near(paths.drawdown.mean, mean, 2e-4);
    near(paths.drawdown.quantile_95, .08, 1e-12);
    near(paths.ruin_share, 0, 0);
    /* Drawn with replacement the end varies and may be ruin. */
    assert_int_equal(trips_resample(nets, 3, 120, true, 60000, &random, &paths), STATUS_OK);
    assert_true(paths.end_equity.quantile_05 < paths.end_equity.quantile_95);
    /* Ruin: three times -50, or -50 -50 -30 in any order: (1 + 3) / 27. */
    near(paths.ruin_share, 4.0 / 27, .006);
    assert_int_equal(trips_resample(nets, 0, 120, true, 10, &random, &paths), STATUS_RANGE);
    assert_int_equal(trips_resample(nets, 3, 0, true, 10, &random, &paths), STATUS_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numpy_noise),        cmocka_unit_test(overfitting_by_the_book),
        cmocka_unit_test(overfitting_of_many),
        cmocka_unit_test(overfitting_bounds), cmocka_unit_test(bootstrap_blocks),
        cmocka_unit_test(bootstrap_means),    cmocka_unit_test(block_lengths),
        cmocka_unit_test(trip_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
