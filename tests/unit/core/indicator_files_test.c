/* Indicators against values that others computed, from files beside the source tree; each line
 * below says which convention its file follows. Where the files are not there the tests are skipped
 * and say so. */
#include "indicator_naive.h"

#include <ctype.h>
#include <unistd.h>

#include "core/signal/correlation.h"

#define FOLDER TERN_SOURCE_ROOT "/../shared/data/indicators/"
#define COLUMNS_MAX 64
#define ROWS_MAX 8200

/* A table with a header; a cell that is empty or no number is NAN. */
struct table {
    char names[COLUMNS_MAX][48];
    size_t column_count;
    size_t row_count;
    double *cells; /* owned; ROWS_MAX * COLUMNS_MAX */
    char *keys;    /* owned; the first cell of each row, 16 bytes */
};

static bool files_are_there(void)
{
    if (access(FOLDER, R_OK) == 0)
        return true;
    print_message("skipped: %s is not there\n", FOLDER);
    return false;
}

static FILE *file_open(const char *name)
{
    char command[512];
    bool packed = strlen(name) > 3 && strcmp(name + strlen(name) - 3, ".gz") == 0;
    snprintf(command, sizeof command, "%s '%s%s'", packed ? "gzip -dc" : "cat", FOLDER, name);
    FILE *file = popen(command, "r");
    assert_non_null(file);
    return file;
}

static double cell_value(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    while (isspace((unsigned char)*end))
        end++;
    return end == text || *end ? (double)NAN : value;
}

static struct table table_read(const char *name)
{
    struct table table = {.cells = calloc(ROWS_MAX * COLUMNS_MAX, sizeof(double)),
                          .keys = calloc(ROWS_MAX, 16)};
    assert_non_null(table.cells);
    assert_non_null(table.keys);
    FILE *file = file_open(name);
    char line[4096];
    bool header = true;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        char *rest = line;
        size_t column = 0;
        assert_true(table.row_count < ROWS_MAX);
        for (char *cell; (cell = strsep(&rest, ",")) && column < COLUMNS_MAX; column++) {
            if (header)
                snprintf(table.names[column], sizeof table.names[column], "%.47s", cell);
            else
                table.cells[table.row_count * COLUMNS_MAX + column] = cell_value(cell);
            if (!header && column < 1)
                snprintf(table.keys + 16 * table.row_count, 16, "%.15s", cell);
        }
        if (header)
            table.column_count = column;
        for (; !header && column < table.column_count; column++)
            table.cells[table.row_count * COLUMNS_MAX + column] = (double)NAN;
        table.row_count += !header;
        header = false;
    }
    assert_int_equal(pclose(file), 0);
    return table;
}

static void table_free(struct table *table)
{
    free(table->cells);
    free(table->keys);
}

static int table_column(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcasecmp(table->names[i], name) == 0)
            return (int)i;
    }
    return -1;
}

static double table_cell(const struct table *table, size_t row, int column)
{
    return table->cells[row * COLUMNS_MAX + (size_t)column];
}

/* Columns that a file lacks are taken from its closes. */
static struct series table_series(const struct table *table)
{
    struct series series = series_new(table->row_count);
    const char *names[5] = {"open", "high", "low", "close", "volume"};
    double *columns[5] = {series.open, series.high, series.low, series.close, series.volume};
    int close = table_column(table, "close");
    for (size_t k = 0; k < 5; k++) {
        int column = table_column(table, names[k]);
        for (size_t i = 0; i < series.count; i++)
            columns[k][i] = table_cell(table, i, column >= 0 ? column : close);
    }
    for (size_t i = 0; i < series.count; i++)
        series.time_ns[i] = (int64_t)i * INT64_C(86400000000000);
    return series;
}

struct reference {
    const char *file;
    const char *column;
    const struct indicator_class *class;
    uint32_t output;
    enum indicator_convention convention;
    double parameters[4]; /* -1: the row's own */
    double tolerance;     /* relative to the greater of one and the value */
};

#define SKENDER "skender_core.csv.gz"
#define BANDS "lean/spy_bollinger_bands.txt.gz"
#define MIXED "lean/spy_with_indicators.txt.gz"
#define STOCHRSI "lean/spy_with_StochRSI.csv.gz"
#define STOCH "lean/spy_with_stoch12k3.txt.gz"
#define ADX "lean/spy_with_adx.txt.gz"
#define MACD "lean/spy_with_macd.txt.gz"
#define MEANS "lean/spy_with_rma.csv.gz"
#define TALIB INDICATOR_TALIB
#define TULIP INDICATOR_TULIP
#define CLASSIC INDICATOR_CLASSIC
#define OWN -1, -1, -1

static const struct reference references[] = {
    /* Stock.Indicators: TA-Lib's seeds, but for MACD (fast average seeded on its own n-th bar), ADX
     * (n movements summed) and OBV (from zero). */
    {SKENDER, "sma.sma", &indicator_sma, 0, TALIB, {20, OWN}, 1e-14},
    {SKENDER, "ema.ema", &indicator_ema, 0, TALIB, {20, OWN}, 1e-13},
    {SKENDER, "wma.wma", &indicator_wma, 0, TALIB, {14, OWN}, 1e-13},
    {SKENDER, "rsi.rsi", &indicator_rsi, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "macd.macd", &indicator_macd, 0, CLASSIC, {12, 26, 9, -1}, 1e-12},
    {SKENDER, "macd.signal", &indicator_macd, 1, CLASSIC, {12, 26, 9, -1}, 1e-12},
    {SKENDER, "macd.histogram", &indicator_macd, 2, CLASSIC, {12, 26, 9, -1}, 1e-12},
    {SKENDER, "macd.fastEma", &indicator_ema, 0, TALIB, {12, OWN}, 1e-13},
    {SKENDER, "macd.slowEma", &indicator_ema, 0, TALIB, {26, OWN}, 1e-13},
    {SKENDER, "bb.sma", &indicator_bollinger, 1, TALIB, {20, 2, -1, -1}, 1e-14},
    {SKENDER, "bb.upperBand", &indicator_bollinger, 2, TALIB, {20, 2, -1, -1}, 1e-12},
    {SKENDER, "bb.lowerBand", &indicator_bollinger, 0, TALIB, {20, 2, -1, -1}, 1e-12},
    {SKENDER, "bb.zScore", &indicator_zscore, 0, TALIB, {20, OWN}, 1e-10},
    {SKENDER, "atr.tr", &indicator_atr, 0, TALIB, {1, OWN}, 1e-13},
    {SKENDER, "atr.atr", &indicator_atr, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "tr.tr", &indicator_atr, 0, TALIB, {1, OWN}, 1e-13},
    {SKENDER, "adx.pdi", &indicator_adx, 1, CLASSIC, {14, OWN}, 1e-12},
    {SKENDER, "adx.mdi", &indicator_adx, 2, CLASSIC, {14, OWN}, 1e-12},
    {SKENDER, "adx.adx", &indicator_adx, 0, CLASSIC, {14, OWN}, 1e-12},
    {SKENDER, "stoch.k", &indicator_stoch, 0, TALIB, {14, 3, 3, -1}, 1e-12},
    {SKENDER, "stoch.d", &indicator_stoch, 1, TALIB, {14, 3, 3, -1}, 1e-12},
    {SKENDER, "stoch.oscillator", &indicator_stoch, 0, TALIB, {14, 3, 3, -1}, 1e-12},
    {SKENDER, "stoch.signal", &indicator_stoch, 1, TALIB, {14, 3, 3, -1}, 1e-12},
    {SKENDER, "obv.obv", &indicator_obv, 0, CLASSIC, {-1, OWN}, 0},
    {SKENDER, "vwap.vwap", &indicator_vwap, 0, TALIB, {0, 0, -1, -1}, 1e-12},
    {SKENDER, "cci.cci", &indicator_cci, 0, TALIB, {20, OWN}, 1e-10},
    {SKENDER, "mfi.mfi", &indicator_mfi, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "willr.williamsR", &indicator_willr, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "stdev.stdDev", &indicator_stddev, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "stdev.mean", &indicator_sma, 0, TALIB, {14, OWN}, 1e-14},
    {SKENDER, "stdev.zScore", &indicator_zscore, 0, TALIB, {14, OWN}, 1e-10},
    {SKENDER, "roc.roc", &indicator_roc, 0, TALIB, {14, OWN}, 1e-12},
    {SKENDER, "roc.momentum", &indicator_momentum, 0, TALIB, {14, OWN}, 1e-13},
    {SKENDER, "cmf.cmf", &indicator_cmf, 0, TALIB, {20, OWN}, 1e-12},
    {SKENDER, "adl.adl", &indicator_ad, 0, TALIB, {-1, OWN}, 1e-12},
    /* Lean's files come from charting programs, rounded to the digits shown. */
    {"lean/spy_atr_wilder.txt.gz",
     "Average True Range 14",
     &indicator_atr,
     0,
     TULIP,
     {14, OWN},
     1e-5},
    {BANDS, "Moving Average 20", &indicator_bollinger, 1, TALIB, {20, 2, -1, -1}, 1e-6},
    {BANDS, "Bollinger Bands® 20 2 Top", &indicator_bollinger, 2, TALIB, {20, 2, -1, -1}, 1e-6},
    {BANDS, "Bollinger Bands® 20 2 Bottom", &indicator_bollinger, 0, TALIB, {20, 2, -1, -1}, 1e-6},
    {"lean/spy_ema.csv.gz", "EMA14", &indicator_ema, 0, TALIB, {14, OWN}, 1e-12},
    {"lean/spy_mfi.txt.gz", "Money Flow Index 20", &indicator_mfi, 0, TALIB, {20, OWN}, 1e-5},
    {"lean/spy_var.txt.gz", "Var", &indicator_stddev, 1, TALIB, {10, OWN}, 1e-8},
    {STOCHRSI, "k", &indicator_stochrsi, 0, TALIB, {14, 14, 3, 3}, 1e-9},
    {STOCHRSI, "d", &indicator_stochrsi, 1, TALIB, {14, 14, 3, 3}, 1e-9},
    {ADX, "ADX 14", &indicator_adx, 0, CLASSIC, {14, OWN}, 1e-4},
    {ADX, "+DI14", &indicator_adx, 1, CLASSIC, {14, OWN}, 1e-4},
    {ADX, "-DI14", &indicator_adx, 2, CLASSIC, {14, OWN}, 1e-4},
    {"lean/spy_with_cci.txt.gz",
     "Commodity Channel Index (CCI) 14",
     &indicator_cci,
     0,
     TALIB,
     {14, OWN},
     1e-3},
    {MIXED, "SMA14", &indicator_sma, 0, TALIB, {14, OWN}, 1e-6},
    {MIXED, "EMA14", &indicator_ema, 0, TALIB, {14, OWN}, 1e-6},
    {MIXED, "RSI 14 Wilder", &indicator_rsi, 0, TALIB, {14, OWN}, 1e-5},
    {MIXED, "MACD 12 26", &indicator_macd, 0, CLASSIC, {12, 26, 9, -1}, 1e-4},
    {MACD, "MACD", &indicator_macd, 0, CLASSIC, {12, 26, 9, -1}, 1e-4},
    {MACD, "Signal", &indicator_macd, 1, CLASSIC, {12, 26, 9, -1}, 1e-4},
    {MACD, "Histogram", &indicator_macd, 2, CLASSIC, {12, 26, 9, -1}, 1e-4},
    {"lean/spy_with_obv.txt.gz", "OBV ", &indicator_obv, 0, TALIB, {-1, OWN}, 1e-3},
    {"lean/spy_with_roc50.txt.gz",
     "Rate of Change 50",
     &indicator_momentum,
     0,
     TALIB,
     {50, OWN},
     3e-5},
    {STOCH, "Stochastics 12 %K 3", &indicator_stoch, 0, TALIB, {12, 3, 5, -1}, 1e-4},
    {STOCH, "%D 5", &indicator_stoch, 1, TALIB, {12, 3, 5, -1}, 1e-4},
    {"lean/spy_with_williamsR14.txt.gz",
     "Williams %R 14",
     &indicator_willr,
     0,
     TALIB,
     {14, OWN},
     1e-3},
    /* The headings of its means are the wrong way round. */
    {MEANS, "SMA5", &indicator_sma, 0, TALIB, {15, OWN}, 1e-9},
    {MEANS, "SMA10", &indicator_sma, 0, TALIB, {10, OWN}, 1e-9},
    {MEANS, "SMA15", &indicator_sma, 0, TALIB, {5, OWN}, 1e-9},
};

static size_t reference_check(const struct reference *reference, const struct table *table,
                              struct series *series)
{
    const struct indicator_class *class = reference->class;
    const double *p = reference->parameters;
    struct indicator_params params = params_of(class, p[0], p[1], p[2], p[3]);
    struct indicator_columns columns = series_columns(series);
    int column = table_column(table, reference->column);
    if (column < 0) {
        print_error("%s has no column %s\n", reference->file, reference->column);
        fail();
    }
    params.convention = reference->convention;
    size_t skipped = indicator_run(class, &params, &columns, series->count, series->out);
    assert_int_equal(skipped, 0);
    size_t compared = 0;
    double worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < series->count; i++) {
        double expected = table_cell(table, i, column);
        double found = series->out[reference->output][i];
        if (isnan(expected) || isnan(found))
            continue;
        double error = fabs(found - expected) / fmax(1.0, fabs(expected));
        if (error > worst) {
            worst = error;
            at = i;
        }
        compared++;
    }
    if (worst > reference->tolerance || compared < 100) {
        print_error("%s %s: %zu rows, worst %.3g at %zu: found %.12g, expected %.12g\n",
                    reference->file, reference->column, compared, worst, at,
                    series->out[reference->output][at], table_cell(table, at, column));
        return 1;
    }
    return 0;
}

static void files_of_others_agree(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    size_t failures = 0;
    struct table table = {0};
    struct series series = {0};
    for (size_t i = 0; i < ARRAY_COUNT(references); i++) {
        const struct reference *reference = &references[i];
        if (i == 0 || strcmp(reference->file, references[i - 1].file) != 0) {
            if (i > 0) {
                table_free(&table);
                series_free(&series);
            }
            table = table_read(reference->file);
            series = table_series(&table);
        }
        failures += reference_check(reference, &table, &series);
    }
    table_free(&table);
    series_free(&series);
    assert_int_equal(failures, 0);
}

/* One output of a class over a series, into a column of the caller's. */
static void output_of(const struct indicator_class *class, uint32_t output,
                      enum indicator_convention convention, const double p[3],
                      struct series *series, double *into)
{
    struct indicator_params params = params_of(class, p[0], p[1], p[2], -1);
    struct indicator_columns columns = series_columns(series);
    params.convention = convention;
    assert_int_equal(indicator_run(class, &params, &columns, series->count, series->out), 0);
    memcpy(into, series->out[output], series->count * sizeof(double));
}

static void assert_column(const struct table *table, const char *name, const double *found,
                          double tolerance)
{
    int column = table_column(table, name);
    size_t compared = 0;
    assert_true(column >= 0);
    for (size_t i = 0; i < table->row_count; i++) {
        double expected = table_cell(table, i, column);
        if (isnan(expected) || isnan(found[i]))
            continue;
        assert_near(found[i], expected, tolerance * fmax(1.0, fabs(expected)), name, i);
        compared++;
    }
    assert_true(compared >= 100);
}

/* Columns of Stock.Indicators that are made of our outputs. */
static void columns_made_of_outputs_agree(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    struct table table = table_read(SKENDER);
    struct series series = table_series(&table);
    size_t count = series.count;
    double *a = series_column(count), *b = series_column(count), *c = series_column(count);
    const double bands[3] = {20, 2, -1}, fourteen[3] = {14, -1, -1}, stoch[3] = {14, 3, 3};
    const double none[3] = {-1, -1, -1};

    output_of(&indicator_bollinger, 0, TALIB, bands, &series, a);
    output_of(&indicator_bollinger, 2, TALIB, bands, &series, b);
    for (size_t i = 0; i < count; i++)
        c[i] = (series.close[i] - a[i]) / (b[i] - a[i]);
    assert_column(&table, "bb.percentB", c, 1e-11);
    for (size_t i = 0; i < count; i++)
        c[i] = (b[i] - a[i]) / ((a[i] + b[i]) / 2);
    assert_column(&table, "bb.width", c, 1e-11);

    output_of(&indicator_atr, 0, TALIB, fourteen, &series, a);
    for (size_t i = 0; i < count; i++)
        c[i] = 100 * a[i] / series.close[i];
    assert_column(&table, "atr.atrp", c, 1e-11);

    output_of(&indicator_adx, 1, CLASSIC, fourteen, &series, a);
    output_of(&indicator_adx, 2, CLASSIC, fourteen, &series, b);
    for (size_t i = 0; i < count; i++)
        c[i] = 100 * fabs(a[i] - b[i]) / (a[i] + b[i]);
    assert_column(&table, "adx.dx", c, 1e-11);
    output_of(&indicator_adx, 0, CLASSIC, fourteen, &series, a);
    for (size_t i = 0; i < count; i++)
        c[i] = i < 14 ? (double)NAN : (a[i] + a[i - 14]) / 2;
    assert_column(&table, "adx.adxr", c, 1e-11);

    output_of(&indicator_ad, 0, TALIB, none, &series, a);
    for (size_t i = 0; i < count; i++)
        c[i] = i == 0 ? a[i] : a[i] - a[i - 1];
    assert_column(&table, "adl.moneyFlowVolume", c, 1e-6);
    assert_column(&table, "cmf.moneyFlowVolume", c, 1e-6);

    output_of(&indicator_stoch, 0, TALIB, stoch, &series, a);
    output_of(&indicator_stoch, 1, TALIB, stoch, &series, b);
    for (size_t i = 0; i < count; i++)
        c[i] = 3 * a[i] - 2 * b[i];
    assert_column(&table, "stoch.j", c, 1e-10);
    free(a);
    free(b);
    free(c);
    series_free(&series);
    table_free(&table);
}

/* Three files of Lean's hold what none of our rows is alone. */
static void files_made_of_outputs_agree(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    const double one[3] = {1, -1, -1}, fourteen[3] = {14, -1, -1}, fifty[3] = {50, -1, -1};

    /* A plain mean of true ranges; the first true range is high - low. */
    struct table table = table_read("lean/spy_atr.txt.gz");
    struct series series = table_series(&table);
    struct series ranges = series_new(series.count);
    output_of(&indicator_atr, 0, TULIP, one, &series, ranges.close);
    output_of(&indicator_sma, 0, TALIB, fourteen, &ranges, ranges.open);
    assert_column(&table, "Average True Range 14", ranges.open, 1e-5);
    series_free(&ranges);
    series_free(&series);
    table_free(&table);

    /* A moving volume-weighted mean of (open + high + low + close) / 4. */
    table = table_read("lean/spy_with_vwap.txt.gz");
    series = table_series(&table);
    for (size_t i = 0; i < series.count; i++)
        series.close[i] = (series.open[i] + series.high[i] + series.low[i] + series.close[i]) / 4;
    output_of(&indicator_vwma, 0, TALIB, fifty, &series, series.open);
    assert_column(&table, "Moving VWAP 50", series.open, 1e-6);
    series_free(&series);
    table_free(&table);

    /* The mean of 15 less the mean of 10 and more that of 5. */
    table = table_read("lean/spy_with_rma.csv.gz");
    series = table_series(&table);
    const double lengths[3][3] = {{15, -1, -1}, {10, -1, -1}, {5, -1, -1}};
    double *parts[3] = {series.open, series.high, series.low};
    for (int k = 0; k < 3; k++) {
        struct series closes = table_series(&table);
        output_of(&indicator_sma, 0, TALIB, lengths[k], &closes, parts[k]);
        series_free(&closes);
    }
    for (size_t i = 0; i < series.count; i++)
        series.volume[i] = parts[0][i] - parts[1][i] + parts[2][i];
    assert_column(&table, "RMA5", series.volume, 1e-9);
    series_free(&series);
    table_free(&table);
}

/* Correlation of the closes of two funds over 252 days. */
static void correlation_agrees(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    struct table table = table_read("lean/spy_qqq_corr.csv.gz");
    int close = table_column(&table, "Close");
    int expected = table_column(&table, "Correlation_Pearson");
    struct correlation *correlation = malloc(correlation_size(252));
    assert_non_null(correlation);
    correlation_init(correlation, 252);
    size_t compared = 0;
    for (size_t i = 0; i + 1 < table.row_count; i += 2) {
        assert_string_equal(table.keys + 16 * i, "SPY");
        assert_string_equal(table.keys + 16 * (i + 1), "QQQ");
        if (!correlation_update(correlation, table_cell(&table, i, close),
                                table_cell(&table, i + 1, close)))
            continue;
        assert_near(correlation->value, table_cell(&table, i + 1, expected), 1e-9, "correlation",
                    i);
        compared++;
    }
    assert_true(compared > 3000);
    free(correlation);
    table_free(&table);
}

/* Quotes without expected values: damaged ones, a coin, sub-penny prices. Whatever comes in, what
 * comes out is finite and within its bounds. */
static void quotes_keep_outputs_in_bounds(void **state)
{
    (void)state;
    if (!files_are_there())
        skip();
    const char *files[] = {"skender_quotes_bad.csv.gz", "skender_quotes_bitcoin.csv.gz",
                           "skender_quotes_penny.csv.gz"};
    for (size_t f = 0; f < ARRAY_COUNT(files); f++) {
        struct table table = table_read(files[f]);
        struct series series = table_series(&table);
        struct indicator_columns columns = series_columns(&series);
        size_t damaged = 0;
        for (size_t c = 0; c < INDICATOR_COUNT; c++) {
            const struct indicator_class *class = indicator_classes[c];
            struct indicator_params params;
            indicator_params_default(class, &params);
            if (!class->update)
                continue;
            size_t skipped = indicator_run(class, &params, &columns, series.count, series.out);
            damaged = skipped > damaged ? skipped : damaged;
            bool percent = class == &indicator_rsi || class == &indicator_mfi ||
                           class == &indicator_stoch || class == &indicator_stochrsi ||
                           class == &indicator_adx;
            for (size_t i = class->warmup(&params) + skipped; i < series.count; i++) {
                for (uint32_t k = 0; k < class->output_count; k++) {
                    double value = series.out[k][i];
                    struct indicator_bar bar = series_bar(&series, i);
                    bool bad = indicator_bar_fault(&bar, class->inputs) != INDICATOR_FAULT_NONE;
                    assert_int_equal(isfinite(value), !bad);
                    assert_true(bad || !percent || (value >= 0 && value <= 100.0 + 1e-9));
                }
            }
        }
        print_message("%s: %zu of %zu rows skipped\n", files[f], damaged, series.count);
        series_free(&series);
        table_free(&table);
    }
}

/* The name under which a row's list has a file. */
static void label_of(const char *file, char out[64])
{
    const char *name = strchr(file, '/');
    if (name == NULL)
        snprintf(out, 64, "Stock.Indicators");
    else
        snprintf(out, 64, "Lean %.*s", (int)strcspn(name + 1, "."), name + 1);
}

/* The rows' lists name the files that they are compared with, and no others. */
static void the_rows_say_so(void **state)
{
    (void)state;
    size_t pairs = 2;
    assert_checked(&indicator_atr, TULIP, "Lean spy_atr");
    assert_checked(&indicator_vwma, TALIB, "Lean spy_with_vwap");
    for (size_t i = 0; i < ARRAY_COUNT(references); i++) {
        const struct reference *reference = &references[i];
        char label[64], other[64];
        bool new = true;
        label_of(reference->file, label);
        assert_checked(reference->class, reference->convention, label);
        for (size_t j = 0; j < i; j++) {
            label_of(references[j].file, other);
            new &= references[j].class != reference->class || strcmp(label, other) != 0 ||
                   references[j].convention != reference->convention;
        }
        pairs += new;
    }
    assert_int_equal(
        checked_count(NULL, -1, "Stock.Indicators") + checked_count(NULL, -1, "Lean *"), pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_say_so),
        cmocka_unit_test(files_of_others_agree),
        cmocka_unit_test(columns_made_of_outputs_agree),
        cmocka_unit_test(files_made_of_outputs_agree),
        cmocka_unit_test(correlation_agrees),
        cmocka_unit_test(quotes_keep_outputs_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
