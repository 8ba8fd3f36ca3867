/* The golden vector: sixty bars by a written rule, and what each indicator makes of them. The
 * figures were computed apart from this code. */
#include "indicator_data.h"

struct golden {
    const struct indicator_class *class;
    double parameters[3]; /* -1: the row's own */
    enum indicator_convention convention;
    uint32_t output;
    size_t index;
    double value;
    double tolerance;
};

static const struct golden goldens[] = {
    /* class                parameters     convention         out  bar  value           tolerance */
    {&indicator_sma,       {20, -1, -1},   INDICATOR_TALIB,    0,  19,  97.9735,        1e-12},
    {&indicator_sma,       {20, -1, -1},   INDICATOR_TALIB,    0,  59,  100.232,        1e-12},
    {&indicator_ema,       {20, -1, -1},   INDICATOR_TALIB,    0,  19,  97.9735,        1e-12},
    {&indicator_ema,       {20, -1, -1},   INDICATOR_TALIB,    0,  59,  100.2499275,    6e-8},
    {&indicator_rsi,       {14, -1, -1},   INDICATOR_TALIB,    0,  14,  32.4691358,     6e-8},
    {&indicator_rsi,       {14, -1, -1},   INDICATOR_TALIB,    0,  59,  55.76063921,    6e-9},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_TALIB,    0,  25,  -.59826923,     6e-9},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_TALIB,    0,  59,  .92675477,      6e-9},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_TALIB,    1,  33,  -.52796507,     6e-9},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_TALIB,    1,  59,  .90465713,      6e-9},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_CLASSIC,  0,  25,  -.5740870,      6e-8},
    {&indicator_macd,      {12, 26, 9},    INDICATOR_CLASSIC,  0,  59,  .9268373,       6e-8},
    {&indicator_atr,       {14, -1, -1},   INDICATOR_TALIB,    0,  14,  1.02285714,     6e-9},
    {&indicator_atr,       {14, -1, -1},   INDICATOR_TALIB,    0,  59,  .92216677,      6e-9},
    {&indicator_adx,       {14, -1, -1},   INDICATOR_TALIB,    0,  27,  31.16460694,    6e-9},
    {&indicator_adx,       {14, -1, -1},   INDICATOR_TALIB,    0,  59,  30.63553062,    6e-9},
    {&indicator_adx,       {14, -1, -1},   INDICATOR_TALIB,    1,  59,  22.96498536,    6e-9},
    {&indicator_adx,       {14, -1, -1},   INDICATOR_TALIB,    2,  59,  19.77693408,    6e-9},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    0,  19,  96.04363705,    6e-9},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    1,  19,  97.9735,        1e-12},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    2,  19,  99.90336295,    6e-9},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    0,  59,  97.84809061,    6e-9},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    1,  59,  100.232,        1e-12},
    {&indicator_bollinger, {20, 2, -1},    INDICATOR_TALIB,    2,  59,  102.61590939,   6e-9},
    {&indicator_donchian,  {20, 0, -1},    INDICATOR_TALIB,    0,  19,  96.4,           0},
    {&indicator_donchian,  {20, 0, -1},    INDICATOR_TALIB,    2,  19,  100.29,         0},
    {&indicator_donchian,  {20, 0, -1},    INDICATOR_TALIB,    0,  59,  96.96,          0},
    {&indicator_donchian,  {20, 0, -1},    INDICATOR_TALIB,    2,  59,  102.01,         0},
    {&indicator_stoch,     {14, 3, 3},     INDICATOR_TALIB,    0,  15,  10.75268817,    6e-9},
    {&indicator_stoch,     {14, 3, 3},     INDICATOR_TALIB,    0,  59,  74.049217,      6e-7},
    {&indicator_stoch,     {14, 3, 3},     INDICATOR_TALIB,    1,  17,  12.43617505,    6e-9},
    {&indicator_stoch,     {14, 3, 3},     INDICATOR_TALIB,    1,  59,  82.9185741,     6e-8},
    {&indicator_obv,       {-1, -1, -1},   INDICATOR_TALIB,    0,  0,   204,            0},
    {&indicator_obv,       {-1, -1, -1},   INDICATOR_TALIB,    0,  59,  3007,           0},
    {&indicator_obv,       {-1, -1, -1},   INDICATOR_TULIP,    0,  59,  2803,           0},
    {&indicator_keltner,   {20, 10, 2},    INDICATOR_TALIB,    0,  59,  98.44497883,    6e-9},
    {&indicator_keltner,   {20, 10, 2},    INDICATOR_TALIB,    1,  59,  100.2499275,    6e-8},
    {&indicator_keltner,   {20, 10, 2},    INDICATOR_TALIB,    2,  59,  102.05487617,   6e-9},
    {&indicator_supertrend, {10, 3, -1},   INDICATOR_TALIB,    0,  10,  101.39,         6e-3},
    {&indicator_supertrend, {10, 3, -1},   INDICATOR_TALIB,    1,  10,  -1,             0},
    {&indicator_supertrend, {10, 3, -1},   INDICATOR_TALIB,    0,  59,  99.03841888,    6e-9},
    {&indicator_supertrend, {10, 3, -1},   INDICATOR_TALIB,    1,  59,  1,              0},
    {&indicator_vwap,      {-1, -1, -1},   INDICATOR_TALIB,    0,  0,   99.59333333,    6e-9},
    {&indicator_vwap,      {0, -1, -1},    INDICATOR_TALIB,    0,  59,  98.17728356,    6e-9},
};

static void the_rule_gives_the_golden_bars(void **state)
{
    (void)state;
    struct series series = series_golden();
    const double first[5] = {100, 100.04, 99.14, 99.6, 204};
    const double last[5] = {101.57, 101.74, 100.16, 100.6, 334};
    const double *columns[5] = {series.open, series.high, series.low, series.close, series.volume};
    for (size_t k = 0; k < 5; k++) {
        assert_true(columns[k][0] == first[k]);
        assert_true(columns[k][GOLDEN_COUNT - 1] == last[k]);
    }
    series_free(&series);
}

static void the_golden_values_come_out(void **state)
{
    (void)state;
    struct series series = series_golden();
    struct indicator_columns columns = series_columns(&series);
    for (size_t i = 0; i < ARRAY_COUNT(goldens); i++) {
        const struct golden *golden = &goldens[i];
        struct indicator_params params = params_of(
            golden->class, golden->parameters[0], golden->parameters[1], golden->parameters[2], -1);
        params.convention = golden->convention;
        golden->class->batch(&params, &columns, series.count, series.out);
        assert_near(series.out[golden->output][golden->index], golden->value, golden->tolerance,
                    golden->class->name, golden->index);
    }
    series_free(&series);
}

/* The rows' lists name the vector where it is compared with, and nowhere else. */
static void the_rows_say_so(void **state)
{
    (void)state;
    size_t pairs = 0;
    for (size_t i = 0; i < ARRAY_COUNT(goldens); i++) {
        bool new = true;
        for (size_t j = 0; j < i; j++)
            new &= goldens[j].class != goldens[i].class ||
                   goldens[j].convention != goldens[i].convention;
        assert_checked(goldens[i].class, goldens[i].convention, "golden vector");
        pairs += new;
    }
    assert_int_equal(checked_count(NULL, -1, "golden vector"), pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_gives_the_golden_bars),
        cmocka_unit_test(the_golden_values_come_out),
        cmocka_unit_test(the_rows_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
