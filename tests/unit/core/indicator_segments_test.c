/* Columns that are cut in eight pieces against the streaming form, bit for bit: on walks, where the
 * pieces must be used, and on markets that stand still, where they may not be. */
#include "indicator_data.h"

#include "base/random.h"
#include "core/signal/lanes.h"

#define COUNT 90000

struct cut {
    const struct indicator_class *class;
    indicator_segments *v3, *v4;
};

#if SIGNAL_HAS_VARIANTS
#define CUT(name) {&indicator_##name, name##_segments_v3, name##_segments_v4},
#else
#define CUT(name) {&indicator_##name, NULL, NULL},
#endif
static const struct cut cuts[] = {SEGMENTS_LIST(CUT)};

enum market { WALK, STILL, STOPS, CALM, MARKETS };

/* STILL never moves after its first tenth; STOPS stands for long stretches; CALM moves by a last
 * bit or two, so that averages hang between neighbouring doubles. */
static struct series market_of(enum market market, size_t count, uint64_t seed)
{
    struct series series = series_new(count);
    struct random random;
    random_init(&random, seed, 7);
    double price = 100.0;
    for (size_t i = 0; i < count; i++) {
        bool moves = market == WALK || (market == STILL && i < count / 10) ||
                     (market == STOPS && i / 1500 % 2 == 0);
        double open = price;
        if (moves)
            price *= 1.0 + 0.01 * (random_unit(&random) - 0.5);
        if (market == CALM)
            price = 100.0 + 0x1p-46 * (double)random_below(&random, 3);
        double reach = moves ? 0.3 : 0.0;
        series.open[i] = open;
        series.high[i] = (open > price ? open : price) + reach * random_unit(&random);
        series.low[i] = (open < price ? open : price) - reach * random_unit(&random);
        series.close[i] = price;
        series.volume[i] = 1.0 + random_unit(&random);
        series.time_ns[i] = (int64_t)i;
    }
    return series;
}

static void streamed(const struct indicator_class *class, const struct indicator_params *params,
                     struct series *series)
{
    uint64_t state[INDICATOR_STATE_SIZE_MAX / 8];
    class->init(state, params);
    for (size_t i = 0; i < series->count; i++) {
        struct indicator_bar bar = series_bar(series, i);
        double values[INDICATOR_OUTPUTS_MAX];
        class->update(state, &bar, values);
        for (uint32_t k = 0; k < class->output_count; k++)
            series->out[k][i] = values[k];
    }
}

static void same(const struct indicator_class *class, const struct series *expected,
                 const struct series *found, const char *form)
{
    for (uint32_t k = 0; k < class->output_count; k++) {
        for (size_t i = 0; i < expected->count; i++) {
            if (memcmp(&expected->out[k][i], &found->out[k][i], sizeof(double)) != 0) {
                print_error("%s.%s, %s, bar %zu of %zu: %.17g, not %.17g\n", class->name,
                            class->outputs[k], form, i, expected->count, found->out[k][i],
                            expected->out[k][i]);
                fail();
            }
        }
    }
}

/* How many of the two cut forms proved their pieces; what they then wrote is compared, and so is
 * every form of the row, which falls back where they did not. */
static unsigned check(const struct cut *cut, const struct indicator_params *params,
                      struct series *series, struct series *other)
{
    struct indicator_columns columns = series_columns(series);
    indicator_segments *forms[2] = {cut->v3, cut->v4};
    unsigned proved = 0;
    streamed(cut->class, params, series);
    for (int variant = 0; variant <= (int)indicator_variant_of_cpu(); variant++) {
        if (!cut->class->batch_variants[variant])
            continue;
        for (uint32_t k = 0; k < cut->class->output_count; k++)
            memset(other->out[k], 0x5a, series->count * sizeof(double));
        cut->class->batch_variants[variant](params, &columns, series->count, other->out);
        same(cut->class, series, other, "row");
        if (variant > 0 && forms[variant - 1] &&
            forms[variant - 1](params, &columns, series->count, other->out)) {
            same(cut->class, series, other, "pieces");
            proved++;
        }
    }
    return proved;
}

static unsigned forms_here(void)
{
    return (unsigned)indicator_variant_of_cpu();
}

static void walks_are_cut_and_equal_the_stream(void **state)
{
    (void)state;
    for (unsigned run = 0; run < 24; run++) {
        size_t count = COUNT + 13 * run;
        struct series series = market_of(WALK, count, run);
        struct series other = series_new(count);
        for (size_t i = 0; i < ARRAY_COUNT(cuts); i++) {
            const struct indicator_class *class = cuts[i].class;
            struct indicator_params params;
            indicator_params_default(class, &params);
            params.convention = run % INDICATOR_CONVENTION_COUNT;
            if (run >= 12 && class->parameters[0].integer)
                params.values[0] = 1.0 + (double)(run - 12);
            for (uint32_t p = 1; p < class->parameter_count && run >= 12; p++) {
                const struct indicator_parameter *parameter = &class->parameters[p];
                double drawn = parameter->min + (double)((run + 2 * p) % 7);
                if (parameter->integer)
                    params.values[p] = drawn < parameter->max ? drawn : parameter->max;
            }
            unsigned proved = check(&cuts[i], &params, &series, &other);
            bool tulip_psar = class == &indicator_psar && params.convention == INDICATOR_TULIP;
            assert_int_equal(proved, tulip_psar ? 0 : forms_here());
        }
        series_free(&series);
        series_free(&other);
    }
}

/* Windows far longer than what the rounding of a piece's length leaves for its lead. */
static void long_windows_are_cut_and_equal_the_stream(void **state)
{
    (void)state;
    for (unsigned run = 0; run < 10; run++) {
        struct series series = market_of(WALK, COUNT + run, 300 + run);
        struct series other = series_new(series.count);
        for (size_t i = 0; i < ARRAY_COUNT(cuts); i++) {
            struct indicator_params params;
            indicator_params_default(cuts[i].class, &params);
            if (cuts[i].class != &indicator_donchian && cuts[i].class != &indicator_stoch)
                continue;
            params.values[0] = 97.0 + 100.0 * (double)run;
            params.values[1] = cuts[i].class == &indicator_donchian ? run % 2 : 64.0;
            params.values[2] = 64.0;
            assert_int_equal(check(&cuts[i], &params, &series, &other), forms_here());
        }
        series_free(&series);
        series_free(&other);
    }
}

static void still_markets_equal_the_stream(void **state)
{
    (void)state;
    unsigned proved = 0, tried = 0;
    for (unsigned run = 0; run < 18; run++) {
        enum market market = (enum market)(1 + run % (MARKETS - 1));
        struct series series = market_of(market, COUNT, 100 + run);
        struct series other = series_new(COUNT);
        for (size_t i = 0; i < ARRAY_COUNT(cuts); i++) {
            struct indicator_params params;
            indicator_params_default(cuts[i].class, &params);
            params.convention = run / 3 % INDICATOR_CONVENTION_COUNT;
            proved += check(&cuts[i], &params, &series, &other);
            tried += forms_here();
        }
        series_free(&series);
        series_free(&other);
    }
    print_message("pieces proved %u times of %u\n", proved, tried);
    /* Some must have been given up, or these markets test nothing. */
    assert_true(tried == 0 || proved < tried);
}

static void every_length_equals_the_stream(void **state)
{
    (void)state;
    struct indicator_params params;
    for (size_t i = 0; i < ARRAY_COUNT(cuts); i++) {
        indicator_params_default(cuts[i].class, &params);
        if (cuts[i].class->parameters[0].integer)
            params.values[0] = 2.0;
        for (size_t count = 0; count < 9000; count += count < 2000 ? 97 : 331) {
            struct series series = market_of(WALK, count, count);
            struct series other = series_new(count);
            (void)check(&cuts[i], &params, &series, &other);
            series_free(&series);
            series_free(&other);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_are_cut_and_equal_the_stream),
        cmocka_unit_test(long_windows_are_cut_and_equal_the_stream),
        cmocka_unit_test(still_markets_equal_the_stream),
        cmocka_unit_test(every_length_equals_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
