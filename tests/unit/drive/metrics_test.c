/* Metrics against the known series, against naive formulas on random ones, and at their edges. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "drive/result/metrics_names.h"
#include "drive/result/warnings.h"
#include "metrics_naive.h"
#include "result_fixture.h"

#define HOUR FIXTURE_HOUR_NS
#define DAY NANOSECONDS_PER_DAY

static int64_t integer_of(const struct metrics *metrics, enum metric metric)
{
    assert_true(metrics->values[metric].present);
    return metrics->values[metric].integer;
}

static void money_is(const struct metrics *metrics, enum metric metric, const char *wanted)
{
    char text[DECIMAL_TEXT_SIZE];
    assert_true(metrics->values[metric].present);
    (void)decimal_format_i128(text, metrics->values[metric].money.units, AMOUNT_DECIMALS);
    assert_string_equal(text, wanted);
}

static void compute(struct backtest_result *result, struct metrics *metrics)
{
    assert_int_equal(backtest_result_finish(result), STATUS_OK);
    assert_int_equal(metrics_compute(result, metrics), STATUS_OK);
    for (size_t i = 0; i < METRIC_COUNT; i++)
        assert_true(!metrics->values[i].present || isfinite(metrics->values[i].number));
}

static void point_add(struct backtest_result *result, int64_t time_ns, i128 equity)
{
    struct result_equity point = {.time_ns = time_ns, .equity = {equity}, .cash = {equity}};
    fixture_expect(backtest_result_add_equity(result, &point));
    result->end_equity.units = equity;
    result->to_ns = time_ns;
}

static void series_begin(struct backtest_result *result, int64_t bar_ns)
{
    backtest_result_init(result);
    result->from_ns = FIXTURE_FROM_NS;
    result->bar_ns = bar_ns;
    result->start_equity = fixture_money("10000");
}

/* C16's ten returns as daily bars, in exact money. */
static void ten_days(void **state)
{
    (void)state;
    static const int thousandths[] = {10, -20, 15, -5, 30, 0, -10, 20, 5, -15};
    struct backtest_result result;
    struct metrics metrics;
    series_begin(&result, DAY);
    i128 equity = result.start_equity.units;
    for (int i = 0; i < 10; i++) {
        equity = equity / 1000 * (1000 + thousandths[i]);
        point_add(&result, FIXTURE_FROM_NS + (i + 1) * DAY, equity);
    }
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_SHARPE), 3.5775273, 5e-8);
    near(number_of(&metrics, METRIC_SORTINO), .3464102 * sqrt(365), 2e-6);
    near(number_of(&metrics, METRIC_RETURN), .0292276757, 5e-11);
    near(number_of(&metrics, METRIC_MAX_DRAWDOWN), .02, 1e-15);
    near(number_of(&metrics, METRIC_SKEWNESS), .1691876, 5e-8);
    near(number_of(&metrics, METRIC_KURTOSIS), 1.9783550, 5e-8);
    near(number_of(&metrics, METRIC_PROBABILISTIC_SHARPE), .7151093, 5e-8);
    near(number_of(&metrics, METRIC_DEFLATED_SHARPE), .7151093, 5e-8);
    near(number_of(&metrics, METRIC_VOLATILITY), .0160208198 * sqrt(365), 5e-9);
    near(number_of(&metrics, METRIC_BEST_DAY), .03, 1e-15);
    near(number_of(&metrics, METRIC_WORST_DAY), -.02, 1e-15);
    near(number_of(&metrics, METRIC_WINNING_DAYS), 5.0 / 9, 1e-15);
    near(number_of(&metrics, METRIC_VALUE_AT_RISK), .02, 1e-15);
    double cagr = pow(1.0292276757, 36.5) - 1;
    near(number_of(&metrics, METRIC_CAGR), cagr, 1e-7);
    near(number_of(&metrics, METRIC_CALMAR), cagr / .02, 1e-5);
    near(metrics.sharpe_period, .1872563, 5e-8);
    assert_int_equal(metrics.returns_count, 10);
    /* Deflated by the trials counted and their variance: the paper's formula written out. Where the
     * variance is not known it is that of a ratio without skill, 1 / (N - 1). */
    result.trials_count = 46;
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_DEFLATED_SHARPE),
         probabilistic_sharpe(metrics.sharpe_period, expected_maximum_normal(46) / 3, 10, .1691876,
                              1.9783550),
         1e-7);
    result.trials_sharpe_variance = .002;
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_DEFLATED_SHARPE),
         probabilistic_sharpe(metrics.sharpe_period, sqrt(.002) * expected_maximum_normal(46), 10,
                              .1691876, 1.9783550),
         1e-7);
    backtest_result_release(&result);
}

/* ---- daily closes written out --------------------------------------------------------------- */

static void naive_returns(const struct backtest_result *result, struct naive *naive)
{
    int64_t day = 0;
    double before = (double)result->start_equity.units;
    naive->count = 0;
    /* The midnights from the first after the first point to the first at or after the last. */
    const struct result_equities *equity = &result->equity;
    int64_t first = equity->items[0].time_ns, last = equity->items[equity->count - 1].time_ns;
    for (day = first / DAY * DAY + (first % DAY == 0 ? 0 : DAY);; day += DAY) {
        double close = before;
        for (uint32_t i = 0; i < equity->count; i++) {
            if (equity->items[i].time_ns <= day)
                close = (double)equity->items[i].equity.units;
        }
        naive->returns[naive->count++] = close / before - 1;
        before = close;
        if (day >= last)
            break;
    }
}

static void naive_compare(const struct backtest_result *result, const struct metrics *metrics)
{
    static struct naive naive;
    naive_returns(result, &naive);
    assert_int_equal(metrics->returns_count, naive.count);
    double sharpe = naive_mean(naive.returns, naive.count) /
                    naive_deviation(naive.returns, naive.count) * sqrt(365);
    near(number_of(metrics, METRIC_SHARPE), sharpe, 1e-9 * fabs(sharpe) + 1e-10);
    naive_elsewhere(result, metrics, &naive);
    double peak = (double)result->start_equity.units, deepest = 0, squares = 0, fall = 0;
    for (uint32_t i = 0; i < result->equity.count; i++) {
        double equity = (double)result->equity.items[i].equity.units;
        peak = fmax(peak, equity);
        deepest = fmax(deepest, (peak - equity) / peak);
        fall = fmax(fall, peak - equity);
        squares += pow((peak - equity) / peak, 2);
    }
    near(number_of(metrics, METRIC_MAX_DRAWDOWN), deepest, 1e-12);
    near(number_of(metrics, METRIC_ULCER_INDEX), sqrt(squares / result->equity.count), 1e-12);
    near((double)metrics->values[METRIC_MAX_DRAWDOWN_AMOUNT].money.units, fall, 1e-9 * fall);
    /* The longest time below a peak, by looking at every pair of points. */
    int64_t longest = 0;
    for (int64_t from = -1; from < (int64_t)result->equity.count; from++) {
        i128 level = from < 0 ? result->start_equity.units
                              : result->equity.items[from].equity.units;
        int64_t start = from < 0 ? result->from_ns : result->equity.items[from].time_ns;
        bool is_peak = level >= result->start_equity.units;
        for (int64_t i = 0; i < from; i++)
            is_peak = is_peak && result->equity.items[i].equity.units <= level;
        for (int64_t i = from + 1; is_peak && i < (int64_t)result->equity.count; i++) {
            bool below = result->equity.items[i].equity.units < level;
            if (below || i > from + 1)
                longest = i64_max(longest, result->equity.items[i].time_ns - start);
            if (!below)
                break;
        }
    }
    assert_int_equal(integer_of(metrics, METRIC_LONGEST_DRAWDOWN), longest);
}

static void random_series(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 17, 0);
    for (int round = 0; round < 40; round++) {
        struct backtest_result result;
        struct metrics metrics;
        series_begin(&result, HOUR);
        i128 equity = result.start_equity.units;
        int64_t time_ns = FIXTURE_FROM_NS + (int64_t)random_below(&random, 48) * HOUR;
        result.from_ns = time_ns;
        for (int i = 0; i < 500; i++) {
            /* Gaps of up to five days now and then; steps of whole cents. */
            time_ns += HOUR * (random_below(&random, 50) == 0
                                   ? 1 + (int64_t)random_below(&random, 120)
                                   : 1);
            equity += ((i128)random_below(&random, 6001) - 3000) * power_of_ten(16);
            point_add(&result, time_ns, equity);
        }
        compute(&result, &metrics);
        naive_compare(&result, &metrics);
        backtest_result_release(&result);
    }
}

/* A close at 00:00 is the day before's; a weekly series has 365/7 periods a year. */
static void periods(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    series_begin(&result, 4 * HOUR);
    i128 one = power_of_ten(18);
    point_add(&result, FIXTURE_FROM_NS + 4 * HOUR, 10100 * one);
    point_add(&result, FIXTURE_FROM_NS + DAY, 10200 * one);
    point_add(&result, FIXTURE_FROM_NS + DAY + 1, 10098 * one);
    compute(&result, &metrics);
    assert_int_equal(metrics.returns_count, 2);
    near(number_of(&metrics, METRIC_BEST_DAY), .02, 1e-15);
    near(number_of(&metrics, METRIC_WORST_DAY), -.01, 1e-15);
    backtest_result_release(&result);

    series_begin(&result, 7 * DAY);
    for (int week = 1; week <= 6; week++) {
        /* Summer time moves a close by an hour and not into another week. */
        int64_t shift = week == 2 ? -HOUR : week == 5 ? HOUR : 0;
        if (week != 4)
            point_add(&result, FIXTURE_FROM_NS + week * 7 * DAY + shift,
                      (10000 + week * week) * one);
    }
    compute(&result, &metrics);
    assert_int_equal(metrics.returns_count, 6);
    double levels[] = {10000, 10001, 10004, 10009, 10009, 10025, 10036}, returns[6];
    for (int i = 0; i < 6; i++)
        returns[i] = levels[i + 1] / levels[i] - 1;
    near(number_of(&metrics, METRIC_SHARPE),
         naive_mean(returns, 6) / naive_deviation(returns, 6) * sqrt(365.0 / 7), 1e-9);
    backtest_result_release(&result);

    /* Daily bars of a stock: the weekend is a return of 0, summer time moves the close by 1 h. */
    series_begin(&result, DAY);
    point_add(&result, FIXTURE_FROM_NS + 5 * HOUR, 10100 * one);
    point_add(&result, FIXTURE_FROM_NS + 3 * DAY + 4 * HOUR, 10201 * one);
    compute(&result, &metrics);
    assert_int_equal(metrics.returns_count, 4);
    near(number_of(&metrics, METRIC_SHARPE), .005 / sqrt(.0001 / 3) * sqrt(365), 1e-9);
    backtest_result_release(&result);
}

/* The fixture's six trips: +49.25 +29 -16 -11 -6 +48.5. */
static void trips_by_hand(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    fixture_init(&result, false);
    compute(&result, &metrics);
    money_is(&metrics, METRIC_GROSS_PROFIT, "126.75");
    money_is(&metrics, METRIC_GROSS_LOSS, "33");
    money_is(&metrics, METRIC_EXPECTANCY, "15.625");
    money_is(&metrics, METRIC_AVERAGE_WIN, "42.25");
    money_is(&metrics, METRIC_AVERAGE_LOSS, "11");
    money_is(&metrics, METRIC_BEST_TRIP, "49.25");
    money_is(&metrics, METRIC_WORST_TRIP, "-16");
    money_is(&metrics, METRIC_TURNOVER, "29628.088884");
    money_is(&metrics, METRIC_PROFIT, "90.5");
    near(number_of(&metrics, METRIC_PROFIT_FACTOR), 126.75 / 33, 1e-15);
    near(number_of(&metrics, METRIC_WIN_RATE), .5, 0);
    near(number_of(&metrics, METRIC_PAYOFF_RATIO), 42.25 / 11, 1e-15);
    near(number_of(&metrics, METRIC_EXPECTANCY_RATIO), 15.625 / 11, 1e-14);
    near(number_of(&metrics, METRIC_KELLY_FRACTION), .5 - .5 / (42.25 / 11), 1e-15);
    near(number_of(&metrics, METRIC_MARKET_CHANGE), (.1 - .05) / 2, 1e-15);
    near(number_of(&metrics, METRIC_EXPOSURE), 1.0 / 3, 1e-15);
    near(number_of(&metrics, METRIC_TRIPS_PER_DAY), 6.0 / 40, 1e-15);
    near(number_of(&metrics, METRIC_FEES_RATIO), 6.75 / 29628.088884, 1e-15);
    near(number_of(&metrics, METRIC_CPC_INDEX), 126.75 / 33 * .5 * 42.25 / 11, 1e-13);
    double nets[] = {49.25, 29, -16, -11, -6, 48.5};
    near(number_of(&metrics, METRIC_SQN), sqrt(6) * naive_mean(nets, 6) / naive_deviation(nets, 6),
         1e-13);
    assert_int_equal(integer_of(&metrics, METRIC_WINS), 3);
    assert_int_equal(integer_of(&metrics, METRIC_LOSSES), 3);
    assert_int_equal(integer_of(&metrics, METRIC_LONG_TRIPS), 5);
    assert_int_equal(integer_of(&metrics, METRIC_SHORT_TRIPS), 1);
    assert_int_equal(integer_of(&metrics, METRIC_CONSECUTIVE_WINS), 2);
    assert_int_equal(integer_of(&metrics, METRIC_CONSECUTIVE_LOSSES), 3);
    int64_t hours = 10 + 4 + 2 + 12 + 24 + 100;
    assert_int_equal(integer_of(&metrics, METRIC_AVERAGE_DURATION), hours * HOUR / 6);
    assert_int_equal(integer_of(&metrics, METRIC_AVERAGE_WIN_DURATION), 38 * HOUR);
    assert_int_equal(integer_of(&metrics, METRIC_AVERAGE_LOSS_DURATION), 38 * HOUR / 3);
    naive_compare(&result, &metrics);
    /* A win between two losses begins the row again. */
    fixture_expect(backtest_result_add_trip(&result, &result.trips.items[2]));
    compute(&result, &metrics);
    assert_int_equal(integer_of(&metrics, METRIC_CONSECUTIVE_LOSSES), 3);
    assert_int_equal(integer_of(&metrics, METRIC_LOSSES), 4);
    backtest_result_release(&result);
}

static void absent(const struct metrics *metrics, enum metric metric)
{
    if (metrics->values[metric].present)
        fail_msg("%s should be absent", metric_rows[metric].name);
}

static void edges(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    backtest_result_init(&result);
    compute(&result, &metrics);
    absent(&metrics, METRIC_RETURN);
    absent(&metrics, METRIC_CAGR);
    absent(&metrics, METRIC_SHARPE);
    absent(&metrics, METRIC_MAX_DRAWDOWN);
    absent(&metrics, METRIC_WIN_RATE);
    absent(&metrics, METRIC_EXPECTANCY);
    absent(&metrics, METRIC_VALUE_AT_RISK);
    absent(&metrics, METRIC_EXPOSURE_MEAN);
    money_is(&metrics, METRIC_TURNOVER, "0");
    assert_int_equal(integer_of(&metrics, METRIC_WINS), 0);
    backtest_result_release(&result);

    /* Nothing ever happened. */
    i128 one = power_of_ten(18);
    series_begin(&result, DAY);
    for (int i = 1; i < 20; i++)
        point_add(&result, FIXTURE_FROM_NS + i * DAY, 10000 * one);
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_RETURN), 0, 0);
    near(number_of(&metrics, METRIC_CAGR), 0, 0);
    near(number_of(&metrics, METRIC_MAX_DRAWDOWN), 0, 0);
    near(number_of(&metrics, METRIC_VOLATILITY), 0, 0);
    absent(&metrics, METRIC_SHARPE);
    absent(&metrics, METRIC_SMART_SHARPE);
    absent(&metrics, METRIC_SERENITY_INDEX);
    absent(&metrics, METRIC_MARTIN_RATIO);
    absent(&metrics, METRIC_GAIN_TO_PAIN);
    absent(&metrics, METRIC_SORTINO);
    absent(&metrics, METRIC_CALMAR);
    absent(&metrics, METRIC_SKEWNESS);
    absent(&metrics, METRIC_DEFLATED_SHARPE);
    absent(&metrics, METRIC_DRAWDOWN_START);
    absent(&metrics, METRIC_RECOVERY_FACTOR);
    assert_int_equal(integer_of(&metrics, METRIC_LONGEST_DRAWDOWN), 0);
    /* Ruin and below: shares of what is not positive do not exist. */
    point_add(&result, FIXTURE_FROM_NS + 20 * DAY, -one);
    point_add(&result, FIXTURE_FROM_NS + 21 * DAY, -2 * one);
    compute(&result, &metrics);
    absent(&metrics, METRIC_CAGR);
    absent(&metrics, METRIC_SHARPE);
    near(number_of(&metrics, METRIC_MAX_DRAWDOWN), 1.0002, 1e-12);
    near(number_of(&metrics, METRIC_RETURN), -1.0002, 1e-12);
    backtest_result_release(&result);

    /* From nothing to debt: all is lost, though there is no peak to take a share of. */
    series_begin(&result, DAY);
    result.start_equity.units = 0;
    point_add(&result, FIXTURE_FROM_NS + DAY, 0);
    point_add(&result, FIXTURE_FROM_NS + 2 * DAY, -one);
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_MAX_DRAWDOWN), 1, 0);
    absent(&metrics, METRIC_RETURN);
    backtest_result_release(&result);

    /* One bar: a return, but no spread of returns; a year's growth beyond doubles is absent. */
    series_begin(&result, HOUR);
    point_add(&result, FIXTURE_FROM_NS + HOUR, 20000 * one);
    compute(&result, &metrics);
    near(number_of(&metrics, METRIC_RETURN), 1, 0);
    absent(&metrics, METRIC_CAGR);
    absent(&metrics, METRIC_SHARPE);
    backtest_result_release(&result);
}

/* Money far beyond 2^53 cents is exact. */
static void exact_sums(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    fixture_init(&result, false);
    struct result_trip trip = result.trips.items[0];
    trip.realized = fixture_money("90000000000000000.000000000000000001");
    trip.fees = fixture_money("0");
    trip.net = trip.realized;
    fixture_expect(backtest_result_add_trip(&result, &trip));
    compute(&result, &metrics);
    money_is(&metrics, METRIC_GROSS_PROFIT, "90000000000000126.750000000000000001");
    /* (90000000000000126.75 + 10^-18 - 33) / 7, half-even at 8 decimals */
    money_is(&metrics, METRIC_EXPECTANCY, "12857142857142870.53571429");
    backtest_result_release(&result);
}

static void table_of_metrics(void **state)
{
    (void)state;
    static const char *const contract[] = {
        "return",       "cagr",          "sharpe",         "sortino",  "calmar",
        "max_drawdown", "profit_factor", "expectancy",     "win_rate", "exposure",
        "turnover",     "sqn",           "deflated_sharpe"};
    assert_int_equal(ARRAY_COUNT(contract), METRIC_CONTRACT_COUNT);
    for (size_t i = 0; i < ARRAY_COUNT(contract); i++)
        assert_string_equal(metric_rows[i].name, contract[i]);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        assert_true(strlen(metric_rows[i].title) <= 20);
        assert_true(strlen(metric_rows[i].definition) > 10);
        assert_true(metric_row_find(text_of(metric_rows[i].name)) == &metric_rows[i]);
    }
    assert_null(metric_row_find(TEXT("sharp")));
}

/* Names of other programs lead to a row, and what we left out is no metric of ours. */
static void names_elsewhere(void **state)
{
    (void)state;
    size_t count;
    const struct metric_missing *missing = metrics_missing(&count);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct metric_note *note = &metric_notes[i];
        const char *names[] = {note->freqtrade, note->jesse, note->quantstats};
        assert_int_equal(metric_find(text_of(metric_rows[i].name)), i);
        for (size_t j = 0; j < ARRAY_COUNT(names); j++) {
            struct text rest = text_of(names[j]);
            while (rest.size > 0)
                assert_true(metric_find(text_trim(text_split(&rest, ','))) < METRIC_COUNT);
        }
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(metric_find(text_of(missing[i].name)), METRIC_COUNT);
        assert_true(strlen(missing[i].why) > 5);
    }
    assert_int_equal(metric_find(TEXT("cvar")), METRIC_EXPECTED_SHORTFALL);
    assert_int_equal(metric_find(TEXT("")), METRIC_COUNT);
    assert_int_equal(metric_find(TEXT("cvar, cvar")), METRIC_COUNT);
    for (size_t i = 0; i < ARRAY_COUNT(metric_first_ten); i++)
        assert_non_null(metric_notes[metric_first_ten[i]].freqtrade);
}

/* The page in docs is what the table prints. TERN_WRITE_DOCS=1 writes it. */
static void page_is_current(void **state)
{
    (void)state;
    static const char path[] = TERN_SOURCE_ROOT "/docs/reference/metrics.md";
    struct text_buffer page;
    text_buffer_init(&page, 1 << 20);
    metrics_page_print(&page, true);
    assert_int_equal(page.status, STATUS_OK);
    if (getenv("TERN_WRITE_DOCS") != NULL) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        assert_int_equal(fwrite(page.data, 1, page.size, out), page.size);
        assert_int_equal(fclose(out), 0);
    }
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *found = calloc(1, page.size + 2);
    assert_non_null(found);
    size_t size = fread(found, 1, page.size + 1, file);
    (void)fclose(file);
    if (size != page.size || memcmp(found, page.data, size) != 0)
        fail_msg("docs/reference/metrics.md is not what the table prints");
    free(found);
    text_buffer_reset(&page);
    metrics_page_print(&page, false);
    size_t column = 0;
    for (size_t i = 0; i < page.size; i++) {
        column = page.data[i] == '\n' ? 0 : column + 1;
        assert_true(column <= 80);
    }
    text_buffer_release(&page);
}

/* ---- the result itself and its warnings ------------------------------------------------------ */

static void result_arrays(void **state)
{
    (void)state;
    struct backtest_result result;
    fixture_init(&result, false);
    assert_int_equal(result.denials.count, 2);
    assert_int_equal(result.denials.items[0].count, 2);
    assert_int_equal(result.fills_count, 6);
    /* The last value at a time counts. */
    uint32_t count = result.equity.count;
    struct result_equity point = result.equity.items[count - 1];
    point.equity.units++;
    fixture_expect(backtest_result_add_equity(&result, &point));
    assert_int_equal(result.equity.count, count);
    assert_true(result.equity.items[count - 1].equity.units == point.equity.units);
    assert_int_equal(backtest_result_finish(&result), STATUS_OK);
    /* Time that goes back and indices beyond the arrays are our own mistakes, found at the end. */
    point.time_ns -= 1;
    fixture_expect(backtest_result_add_equity(&result, &point));
    assert_int_equal(backtest_result_finish(&result), STATUS_CORRUPT);
    result.equity.count--;
    result.fills.items[3].bot = 2;
    assert_int_equal(backtest_result_finish(&result), STATUS_CORRUPT);
    result.fills.items[3].bot = 1;
    result.trips.items[3].close_time_ns = 0;
    assert_int_equal(backtest_result_finish(&result), STATUS_CORRUPT);
    backtest_result_release(&result);
}

static bool warned(const struct backtest_result *result, const char *text)
{
    for (uint32_t i = 0; i < result->warnings.count; i++) {
        if (strcmp(result->warnings.items[i].text, text) == 0)
            return true;
    }
    return false;
}

static void warnings_of(struct backtest_result *result)
{
    struct metrics metrics;
    result->warnings.count = 0;
    compute(result, &metrics);
    assert_int_equal(warnings_find(result, &metrics), STATUS_OK);
}

static void every_warning(void **state)
{
    (void)state;
    struct backtest_result result;
    fixture_init(&result, false);
    warnings_of(&result);
    assert_int_equal(result.warnings.count, 2);
    assert_true(warned(&result, "fewer than 30 round trips"));
    assert_true(warned(&result, "a position was still open at the end: score-btc"));

    result.fills_at_this_close = true;
    result.bots.items[1].overdrawn = true;
    result.fees.units = 0;
    result.instruments.items[0].bars_missing = 10; /* of 970: more than 9 */
    result.instruments.items[1].bars_missing = 9;
    result.instruments.items[1].stale_at_end = true;
    result.bots.items[0].open_at_end = false;
    warnings_of(&result);
    assert_true(warned(&result, "look-ahead suspicion: orders fill at the close they were decided "
                                "on"));
    assert_true(warned(&result, "overdrawn: cash of a book was below zero: cross-eth"));
    assert_true(warned(&result, "zero cost: fills without any fee"));
    assert_true(warned(&result, "data gaps: more than 1 % of the bars are missing: BTC-USDT"));
    assert_true(warned(&result, "a position was valued at a stale price: ETH-USDT"));
    assert_int_equal(result.warnings.count, 6);
    assert_string_equal(result.warnings.items[0].text,
                        "look-ahead suspicion: orders fill at the close they were decided on");

    /* 29 and 30 trips; a factor of 5 and just above; no loss at all. */
    struct result_trip win = result.trips.items[0], loss = win;
    win.net = fixture_money("10");
    loss.net = fixture_money("-2");
    result.trips.count = 0;
    result.trips_count = 0;
    for (int i = 0; i < 30; i++) {
        fixture_expect(backtest_result_add_trip(&result, i < 15 ? &win : &loss));
        if (i == 28) {
            warnings_of(&result);
            assert_true(warned(&result, "fewer than 30 round trips"));
            assert_true(warned(&result, "profit factor over 5"));
        }
    }
    warnings_of(&result);
    assert_false(warned(&result, "fewer than 30 round trips"));
    assert_false(warned(&result, "profit factor over 5"));
    for (int i = 15; i < 30; i++)
        result.trips.items[i].net = win.net;
    warnings_of(&result);
    assert_true(warned(&result, "profit factor over 5"));
    static const char suspicion[] = "look-ahead suspicion: more than nine in ten of the trips won";
    assert_true(warned(&result, suspicion));
    for (int i = 0; i < 3; i++) /* 27 of 30 are nine in ten, not more */
        result.trips.items[i].net = loss.net;
    warnings_of(&result);
    assert_false(warned(&result, suspicion));
    result.trips.count = 0;
    result.trips_count = 0;
    warnings_of(&result);
    assert_true(warned(&result, "no round trips"));
    assert_false(warned(&result, "profit factor over 5"));
    backtest_result_release(&result);
}

static void sharpe_warning(void **state)
{
    (void)state;
    struct backtest_result result;
    series_begin(&result, DAY);
    i128 one = power_of_ten(18);
    for (int i = 1; i <= 20; i++)
        point_add(&result, FIXTURE_FROM_NS + i * DAY, (10000 + i * 10 + i % 2) * one);
    warnings_of(&result);
    assert_true(warned(&result, "Sharpe ratio over 5"));
    assert_false(warned(&result, "return over 1,000 % a year"));
    result.from_ns = FIXTURE_FROM_NS;
    result.to_ns = FIXTURE_FROM_NS + 20 * DAY;
    /* Half as much again in twenty days. */
    result.end_equity.units = result.start_equity.units / 2 * 3;
    warnings_of(&result);
    assert_true(warned(&result, "return over 1,000 % a year"));
    /* Many trials whose ratios lie far apart: so good a one is no wonder. */
    static const char luck[] = "deflated Sharpe ratio below 0.5: the best of 20 trials without "
                               "skill looks as good";
    result.trials_sharpe_variance = 100;
    result.trials_count = 20;
    warnings_of(&result);
    assert_true(warned(&result, luck));
    result.trials_count = 19;
    warnings_of(&result);
    assert_false(warned(&result, luck));
    backtest_result_release(&result);
}

/* Many names are cut with a mark, and never inside a character. */
static void long_warnings(void **state)
{
    (void)state;
    struct backtest_result result;
    fixture_init(&result, false);
    struct result_bot bot = result.bots.items[0];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(bot.name, sizeof(bot.name), "bot-%d-\xe2\x82\xac", i);
        fixture_expect(backtest_result_add_bot(&result, &bot));
    }
    warnings_of(&result);
    const char *text = result.warnings.items[1].text;
    assert_non_null(strstr(text, "bot-0-\xe2\x82\xac, bot-1"));
    assert_string_equal(text + strlen(text) - 5, ", ...");
    char many[RESULT_WARNING_SIZE * 2];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(many, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof(many); i += 3)
            memcpy(many + i, "\xe2\x82\xac", 3);
        fixture_expect(backtest_result_add_warning(
            &result, (struct text){many, shift + (sizeof(many) - 9) / 3 * 3}));
        const char *cut = result.warnings.items[result.warnings.count - 1].text;
        assert_int_equal((strlen(cut) - shift) % 3, 0);
        assert_true(strlen(cut) > RESULT_WARNING_SIZE - 5);
    }
    backtest_result_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_days),
        cmocka_unit_test(random_series),
        cmocka_unit_test(periods),
        cmocka_unit_test(trips_by_hand),
        cmocka_unit_test(edges),
        cmocka_unit_test(exact_sums),
        cmocka_unit_test(table_of_metrics),
        cmocka_unit_test(names_elsewhere),
        cmocka_unit_test(page_is_current),
        cmocka_unit_test(result_arrays),
        cmocka_unit_test(every_warning),
        cmocka_unit_test(sharpe_warning),
        cmocka_unit_test(long_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
