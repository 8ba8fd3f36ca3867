/* Indicators against the vectors of Tulip Indicators, under the convention `tulip`. Where the files
 * are not beside the source tree the tests are skipped and say so. Tulip writes three decimals. */
#include "indicator_data.h"

#include <ctype.h>
#include <unistd.h>

#include "core/signal/candles.h"

#define FOLDER TERN_SOURCE_ROOT "/../shared/data/indicators/"
#define VALUES_MAX 64
#define LINES_MAX 8

struct tulip_case {
    const char *title; /* the line that names the vector */
    const struct indicator_class *class;
    double parameters[4]; /* -1: the row's own */
    const char *inputs;   /* one letter a line: o h l c v; x is every price */
    int outputs[3];       /* ours for each of theirs; -1: none */
};

/* Vectors of functions that are no indicators (sine, addition) or that we have none of are not
 * listed. */
static const struct tulip_case cases[] = {
    {"ad",            &indicator_ad,         {-1, -1, -1, -1}, "hlcv", {0, -1, -1}},
    {"adx 5",         &indicator_adx,        {5, -1, -1, -1},  "hl",   {0, -1, -1}},
    {"aroon 5",       &indicator_aroon,      {5, -1, -1, -1},  "hl",   {0, 1, -1}},
    {"aroonosc 5",    &indicator_aroon,      {5, -1, -1, -1},  "hl",   {2, -1, -1}},
    {"atr 5",         &indicator_atr,        {5, -1, -1, -1},  "hlc",  {0, -1, -1}},
    {"bbands 5 2",    &indicator_bollinger,  {5, 2, -1, -1},   "c",    {0, 1, 2}},
    {"cci 5",         &indicator_cci,        {5, -1, -1, -1},  "hlc",  {0, -1, -1}},
    {"dema 5",        &indicator_dema,       {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"di 5",          &indicator_adx,        {5, -1, -1, -1},  "hlc",  {1, 2, -1}},
    {"ema 5",         &indicator_ema,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"hma 5",         &indicator_hma,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"kama 5",        &indicator_kama,       {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"macd 2 5 9",    &indicator_macd,       {2, 5, 9, -1},    "c",    {0, 1, 2}},
    {"max 5",         &indicator_donchian,   {5, 0, -1, -1},   "x",    {2, -1, -1}},
    {"mfi 5",         &indicator_mfi,        {5, -1, -1, -1},  "hlcv", {0, -1, -1}},
    {"min 5",         &indicator_donchian,   {5, 0, -1, -1},   "x",    {0, -1, -1}},
    {"mom 5",         &indicator_momentum,   {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"obv",           &indicator_obv,        {-1, -1, -1, -1}, "cv",   {0, -1, -1}},
    {"psar .2 2",     &indicator_psar,       {.2, 2, -1, -1},  "hl",   {0, -1, -1}},
    {"roc 5",         &indicator_roc,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"rsi 5",         &indicator_rsi,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"sma 5",         &indicator_sma,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"stddev 5",      &indicator_stddev,     {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"stoch 5 3 3",   &indicator_stoch,      {5, 3, 3, -1},    "hlc",  {0, 1, -1}},
    {"stochrsi 5",    &indicator_stochrsi,   {5, 5, -1, -1},   "c",    {0, -1, -1}},
    {"tema 5",        &indicator_tema,       {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"tr",            &indicator_atr,        {1, -1, -1, -1},  "hlc",  {0, -1, -1}},
    {"trix 5",        &indicator_trix,       {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"var 5",         &indicator_stddev,     {5, -1, -1, -1},  "c",    {1, -1, -1}},
    {"vwma 5",        &indicator_vwma,       {5, -1, -1, -1},  "cv",   {0, -1, -1}},
    {"wilders 5",     &indicator_rma,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
    {"willr 5",       &indicator_willr,      {5, -1, -1, -1},  "hlc",  {0, -1, -1}},
    {"wma 5",         &indicator_wma,        {5, -1, -1, -1},  "c",    {0, -1, -1}},
};

struct vector {
    double values[LINES_MAX][VALUES_MAX];
    size_t counts[LINES_MAX];
    size_t line_count;
};

static bool files_are_there(void)
{
    if (access(FOLDER, R_OK) == 0)
        return true;
    print_message("skipped: %s is not there\n", FOLDER);
    return false;
}

static size_t numbers_of(const char *line, double *values)
{
    size_t count = 0;
    for (line++; *line && *line != '}' && count < VALUES_MAX;) {
        char *end;
        values[count++] = strtod(line, &end);
        assert_true(end > line);
        for (line = end; *line == ',' || *line == ' '; line++)
            continue;
    }
    return count;
}

static bool vector_read(FILE *file, const char *title, struct vector *vector)
{
    char line[4096];
    bool found = false;
    rewind(file);
    *vector = (struct vector){0};
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (!found)
            found = strcmp(line, title) == 0;
        else if (line[0] != '{')
            break;
        else
            vector->counts[vector->line_count] = numbers_of(line,
                                                            vector->values[vector->line_count]);
        vector->line_count += found && line[0] == '{';
    }
    return vector->line_count > 0;
}

static struct series vector_series(const struct vector *vector, const char *inputs)
{
    size_t count = vector->counts[0];
    struct series series = series_new(count);
    for (size_t i = 0; i < count; i++) {
        double first = vector->values[0][i];
        series.open[i] = series.high[i] = series.low[i] = series.close[i] = first;
        series.volume[i] = 1.0;
        series.time_ns[i] = 0;
        for (size_t k = 0; inputs[k]; k++) {
            double value = vector->values[k][i];
            switch (inputs[k]) {
            case 'h': series.high[i] = value; break;
            case 'l': series.low[i] = value; break;
            case 'c': series.close[i] = value; break;
            case 'v': series.volume[i] = value; break;
            default: break;
            }
        }
        /* Directional movement alone needs no close, and its vectors have none. */
        if (strcmp(inputs, "hl") == 0)
            series.close[i] = (series.high[i] + series.low[i]) / 2;
    }
    return series;
}

static void vectors_agree(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    FILE *file = fopen(FOLDER "tulip_untest.txt", "r");
    assert_non_null(file);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct tulip_case *test = &cases[i];
        const double *p = test->parameters;
        struct vector vector;
        if (!vector_read(file, test->title, &vector)) {
            print_error("no vector %s\n", test->title);
            fail();
        }
        struct series series = vector_series(&vector, test->inputs);
        struct indicator_columns columns = series_columns(&series);
        struct indicator_params params = params_of(test->class, p[0], p[1], p[2], p[3]);
        params.convention = INDICATOR_TULIP;
        test->class->batch(&params, &columns, series.count, series.out);
        size_t line = strlen(test->inputs);
        for (size_t k = 0; k < 3 && test->outputs[k] >= 0; k++, line++) {
            assert_true(line < vector.line_count);
            size_t given = vector.counts[line];
            size_t offset = series.count - given;
            const double *out = series.out[test->outputs[k]];
            for (size_t at = 0; at < given; at++) {
                double expected = vector.values[line][at];
                double unit = fabs(expected) > 1e6 ? 1.0 : 1e-3;
                assert_near(out[offset + at], expected, unit, test->title, offset + at);
            }
            /* Their first value is our first; but Tulip shows CCI n - 1 bars late, and %K with %D.
             * */
            bool late = test->class == &indicator_cci || test->class == &indicator_stoch;
            if (!late && offset > 0 && !isnan(out[offset - 1])) {
                print_error("%s begins before bar %zu\n", test->title, offset);
                fail();
            }
        }
        series_free(&series);
    }
    assert_int_equal(fclose(file), 0);
}

/* The rows' lists name Tulip where it is compared with, and nowhere else. */
static void the_rows_say_so(void **state)
{
    (void)state;
    size_t rows = 1;
    assert_checked(&indicator_candles, INDICATOR_TULIP, "Tulip");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool new = true;
        for (size_t j = 0; j < i; j++)
            new &= cases[j].class != cases[i].class;
        assert_checked(cases[i].class, INDICATOR_TULIP, "Tulip");
        rows += new;
    }
    assert_int_equal(checked_count(NULL, -1, "Tulip"), rows);
}

static int pattern_of(const char *name)
{
    static const char *const names[CANDLE_COUNT] = {
#define CANDLE_NAME(name, lean, description) #name,
        CANDLE_LIST(CANDLE_NAME)
#undef CANDLE_NAME
    };
    for (int i = 0; i < CANDLE_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

/* The bars of one group: four lines of numbers. Some of them are no possible bars (a low above the
 * close), so they go to the indicator without being judged. */
static void candle_sets(FILE *file, uint64_t *sets)
{
    struct vector vector = {0};
    char line[4096];
    for (size_t k = 0; k < 4; k++) {
        assert_non_null(fgets(line, sizeof line, file));
        vector.counts[k] = numbers_of(line, vector.values[k]);
        assert_int_equal(vector.counts[k], vector.counts[0]);
    }
    struct indicator_params params = params_of(&indicator_candles, 10, -1, -1, -1);
    uint64_t memory[256];
    assert_true(indicator_candles.state_size(&params) <= sizeof memory);
    indicator_candles.init(memory, &params);
    for (size_t i = 0; i < vector.counts[0]; i++) {
        struct indicator_bar bar = {vector.values[0][i],
                                    vector.values[1][i],
                                    vector.values[2][i],
                                    vector.values[3][i],
                                    0,
                                    0};
        double out[2];
        sets[i] = indicator_candles.update(memory, &bar, out) ? (uint64_t)out[0] : 0;
    }
}

static void candle_patterns_agree(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    FILE *file = fopen(FOLDER "tulip_candles.txt", "r");
    assert_non_null(file);
    uint64_t sets[VALUES_MAX] = {0};
    char line[4096];
    size_t checked = 0;
    while (fgets(line, sizeof line, file)) {
        char *rest = line;
        char *name = strsep(&rest, " \r\n");
        if (*name == 0)
            continue;
        if (strcmp(name, "candle") == 0) {
            candle_sets(file, sets);
            continue;
        }
        bool absent = *name == '!';
        int pattern = pattern_of(name + absent);
        if (pattern < 0) {
            print_error("no pattern %s\n", name);
            fail();
        }
        for (char *at; (at = strsep(&rest, " \r\n"));) {
            if (*at == 0)
                continue;
            bool found = sets[strtoul(at, NULL, 10)] >> pattern & 1;
            if (found == absent) {
                print_error("%s at %s: found %d\n", name, at, found);
                fail();
            }
            checked++;
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(checked, 59);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_say_so),
        cmocka_unit_test(vectors_agree),
        cmocka_unit_test(candle_patterns_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
