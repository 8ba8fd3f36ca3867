/* Longer bars from shorter ones: by hand, against a slow way, and against recorded files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_support.h"
#include "world/import/bar_builder.h"
#include "world/import/resample.h"

#include <stdio.h>
#include <unistd.h>

#define DATA TERN_SOURCE_ROOT "/../shared/data/candles/"

static struct bar_series must_resample(const struct bar_series *series, int64_t bar_ns)
{
    struct bar_series out;
    struct problem problem;
    problem_init(&problem);
    if (bar_series_resample(series, bar_ns, "x.csv", &out, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    assert_int_equal(out.bar_ns, bar_ns);
    assert_int_equal(out.price_decimals, series->price_decimals);
    return out;
}

static struct bar bar_at(int64_t minute, int64_t open, int64_t high, int64_t low, int64_t close,
                         double volume)
{
    return (struct bar){minute * MINUTE_NS, {open}, {high}, {low}, {close}, volume};
}

static void complete_bars_only(void **state)
{
    (void)state;
    struct bar bars[] = {
        bar_at(3, 50, 60, 40, 50, 1),   /* cut at the beginning */
        bar_at(4, 50, 60, 40, 50, 1),   /* */
        bar_at(5, 10, 12, 9, 11, 0.1),  /* complete */
        bar_at(6, 11, 15, 10, 14, 0.2), /* */
        bar_at(7, 14, 14, 14, 14, 0),   /* */
        bar_at(8, 13, 13, 7, 8, 0.3),   /* */
        bar_at(9, 8, 9, 8, 9, 0.1),     /* */
        bar_at(10, 9, 9, 9, 9, 1),      /* 12 is absent */
        bar_at(11, 9, 9, 9, 9, 1),      /* */
        bar_at(13, 9, 9, 9, 9, 1),      /* */
        bar_at(14, 9, 9, 9, 9, 1),      /* */
        bar_at(20, 1, 2, 1, 2, 4),      /* complete, behind a gap */
        bar_at(21, 2, 2, 2, 2, 4),      /* */
        bar_at(22, 2, 3, 2, 3, 4),      /* */
        bar_at(23, 3, 3, 3, 3, 4),      /* */
        bar_at(24, 3, 3, 3, 3, 4),      /* */
        bar_at(25, 9, 9, 9, 9, 1),      /* cut at the end */
        bar_at(26, 9, 9, 9, 9, 1),      /* */
    };
    struct bar_series series = {
        .bars = bars, .count = ARRAY_COUNT(bars), .price_decimals = 2, .bar_ns = MINUTE_NS};
    struct bar_series out = must_resample(&series, 5 * MINUTE_NS);
    struct bar expected[] = {bar_at(5, 10, 15, 7, 9, 0.7), bar_at(20, 1, 3, 1, 3, 20)};
    assert_int_equal(out.count, 2);
    assert_memory_equal(out.bars, expected, sizeof expected);
    assert_int_equal(out.gap_count, 1);
    assert_int_equal(out.gap_bars_missing, 2);
    assert_int_equal(out.low_min.units, 1);
    assert_int_equal(out.high_max.units, 15);
    bar_series_release(&out);

    out = must_resample(&series, MINUTE_NS);
    assert_int_equal(out.count, series.count);
    assert_memory_equal(out.bars, bars, sizeof bars);
    bar_series_release(&out);
}

static void what_cannot_be_made_is_refused(void **state)
{
    (void)state;
    struct bar bars[] = {bar_at(5, 1, 1, 1, 1, 1), bar_at(10, 1, 1, 1, 1, 1)};
    struct bar_series series = {.bars = bars, .count = 2, .bar_ns = 5 * MINUTE_NS};
    static const struct {
        int64_t bar_ns;
        const char *found;
    } rows[] = {
        {MINUTE_NS, "bars of 1m cannot be made of bars of 5m"},
        {7 * MINUTE_NS, "bars of 7m cannot be made of bars of 5m"},
        {0, "bars of 0 cannot be made of bars of 5m"},
        {-5 * MINUTE_NS, "bars of 0 cannot be made of bars of 5m"},
        {10 * MINUTE_NS, "no bar of 10m is complete"},
        {15 * MINUTE_NS, "no bar of 15m is complete"},
        {INT64_MAX / MINUTE_NS / 5 * 5 * MINUTE_NS, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct bar_series out, empty = {0};
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(bar_series_resample(&series, rows[i].bar_ns, "x.csv", &out, &problem),
                         STATUS_DATA_INVALID);
        assert_string_equal(problem.where, "x.csv");
        if (rows[i].found != NULL)
            assert_string_equal(problem.found, rows[i].found);
        assert_memory_equal(&out, &empty, sizeof empty);
    }
}

static void boundaries_lie_on_the_grid(void **state)
{
    (void)state;
    const int64_t day = NANOSECONDS_PER_DAY, week = 7 * day;
    static const int64_t lengths[] = {1,
                                      1000000000,
                                      60000000000,
                                      3600000000000,
                                      86400000000000,
                                      604800000000000,
                                      1209600000000000};
    assert_int_equal(bar_time_floor(-1, day), -day);
    assert_int_equal(bar_time_floor(0, day), 0);
    assert_int_equal(bar_time_floor(day - 1, day), 0);
    /* 1970-01-01 was a Thursday. */
    assert_int_equal(bar_time_floor(0, week), -3 * day);
    assert_int_equal(bar_time_floor(4 * day - 1, week), -3 * day);
    assert_int_equal(bar_time_floor(4 * day, week), 4 * day);
    assert_int_equal(bar_time_floor(INT64_MIN, day), INT64_MIN);
    assert_true(bar_time_floor(INT64_MAX, week) <= INT64_MAX - 1);
    struct random random;
    random_init(&random, 14, 0);
    for (unsigned round = 0; round < 100000; round++) {
        int64_t at = (int64_t)(random_u64(&random) >> random_below(&random, 20)) / 4 * 3;
        at = round % 2 == 0 ? at : -at;
        int64_t bar_ns = lengths[random_below(&random, ARRAY_COUNT(lengths))];
        if (at < INT64_MIN + 2 * bar_ns)
            continue;
        int64_t floor = bar_time_floor(at, bar_ns);
        assert_true(floor <= at && at - floor < bar_ns);
        assert_true(bar_time_is_aligned(floor, bar_ns));
        assert_int_equal(bar_time_is_aligned(at, bar_ns), floor == at);
    }
}

/* Tries each boundary in turn and looks for each shorter bar it needs. */
static size_t slow_resample(const struct bar_series *series, size_t ratio, struct bar *out)
{
    size_t count = 0;
    int64_t bar_ns = series->bar_ns * (int64_t)ratio;
    int64_t last = series->bars[series->count - 1].open_time_ns;
    for (int64_t at = bar_time_floor(series->bars[0].open_time_ns, bar_ns); at <= last;
         at += bar_ns) {
        size_t found = 0;
        struct bar bar = {0};
        for (size_t i = 0; i < series->count; i++) {
            const struct bar *one = &series->bars[i];
            if (one->open_time_ns < at || one->open_time_ns >= at + bar_ns)
                continue;
            if (found == 0)
                bar = *one;
            else
                bar.volume += one->volume;
            if (one->high.units > bar.high.units)
                bar.high = one->high;
            if (one->low.units < bar.low.units)
                bar.low = one->low;
            bar.close = one->close;
            found++;
        }
        if (found == ratio)
            out[count++] = bar;
    }
    return count;
}

static void random_series_equal_the_slow_way(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 13, 0);
    for (unsigned round = 0; round < 500; round++) {
        struct bar bars[200], expected[200];
        /* Before and after 1970, in units of a day where weeks are made. */
        int64_t unit = round % 3 == 0 ? NANOSECONDS_PER_DAY : MINUTE_NS;
        int64_t at = (int64_t)random_below(&random, 200) - 100;
        for (size_t i = 0; i < ARRAY_COUNT(bars); i++) {
            int64_t low = 1 + (int64_t)random_below(&random, 100);
            bars[i] = bar_at(0, low + 1, low + 5, low, low + 3, (double)random_below(&random, 100));
            bars[i].open_time_ns = at * unit;
            at += random_below(&random, 12) == 0 ? 2 : 1;
        }
        struct bar_series series = {.bars = bars, .count = ARRAY_COUNT(bars), .bar_ns = unit};
        size_t ratio = round % 3 == 0 ? 7 : 1 + random_below(&random, 8);
        size_t count = slow_resample(&series, ratio, expected);
        struct bar_series out;
        struct problem problem;
        problem_init(&problem);
        enum status status = bar_series_resample(&series, unit * (int64_t)ratio, "x.csv", &out,
                                                 &problem);
        assert_int_equal(status, count > 0 ? STATUS_OK : STATUS_DATA_INVALID);
        assert_int_equal(out.count, count);
        for (size_t i = 0; i < count; i++)
            assert_memory_equal(&out.bars[i], &expected[i], sizeof expected[i]);
        bar_series_release(&out);
    }
}

/* Volumes that are no short decimals are added as they are. */
static void other_volumes_are_added_plainly(void **state)
{
    (void)state;
    struct bar bars[] = {bar_at(0, 1, 1, 1, 1, 1.0 / 3), bar_at(1, 1, 1, 1, 1, 1e300)};
    struct bar_series series = {.bars = bars, .count = 2, .bar_ns = MINUTE_NS};
    struct bar_series out = must_resample(&series, 2 * MINUTE_NS);
    assert_true(out.bars[0].volume == 1.0 / 3 + 1e300);
    bar_series_release(&out);
}

/* ---- recorded files ---- */

static bool read_recorded(const char *name, struct bar_series *out)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", DATA, name);
    if (access(path, R_OK) != 0)
        return false;
    struct bar_source source;
    bar_source_init(&source, path);
    struct problem problem;
    problem_init(&problem);
    if (bar_series_read(&source, out, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    return true;
}

/* Every bar made of the short file that the long file has is the same there, volume and all. */
static void check_recorded(const char *short_name, const char *long_name, int64_t bar_ns,
                           size_t expected_count)
{
    struct bar_series shorter, longer;
    if (!read_recorded(short_name, &shorter)) {
        print_message("# skipped: there is no %s%s\n", DATA, short_name);
        skip();
    }
    assert_true(read_recorded(long_name, &longer));
    struct bar_series made = must_resample(&shorter, bar_ns);
    assert_int_equal(made.price_decimals, longer.price_decimals);
    size_t same = 0, k = 0;
    for (size_t i = 0; i < made.count; i++) {
        while (k < longer.count && longer.bars[k].open_time_ns < made.bars[i].open_time_ns)
            k++;
        if (k == longer.count || longer.bars[k].open_time_ns != made.bars[i].open_time_ns)
            continue;
        if (memcmp(&longer.bars[k], &made.bars[i], sizeof made.bars[i]) != 0)
            fail_msg("%s: bar %zu differs, volume %.17g and %.17g", long_name, k,
                     made.bars[i].volume, longer.bars[k].volume);
        same++;
    }
    assert_int_equal(same, expected_count);
    bar_series_release(&made);
    bar_series_release(&shorter);
    bar_series_release(&longer);
}

static void minutes_make_the_recorded_five_minutes(void **state)
{
    (void)state;
    check_recorded("binance_1m_202506_btcusdt.csv.gz", "binance_5m_2025H1_btcusdt.csv.gz",
                   5 * MINUTE_NS, 4400);
    check_recorded("binance_1m_202506_ethusdt.csv.gz", "binance_5m_2025H1_ethusdt.csv.gz",
                   5 * MINUTE_NS, 4400);
}

static void quarters_make_the_recorded_hours(void **state)
{
    (void)state;
    static const char *const pairs[] = {"ada", "atom", "avax", "btc",  "doge", "dot",
                                        "eth", "link", "ltc",  "near", "sol",  "xrp"};
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        char shorter[64], longer[64];
        snprintf(shorter, sizeof shorter, "binance_15m_2023_2024_%susdt.csv.gz", pairs[i]);
        snprintf(longer, sizeof longer, "binance_1h_%susdt.csv.gz", pairs[i]);
        check_recorded(shorter, longer, HOUR_NS, 8999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_bars_only),
        cmocka_unit_test(what_cannot_be_made_is_refused),
        cmocka_unit_test(boundaries_lie_on_the_grid),
        cmocka_unit_test(random_series_equal_the_slow_way),
        cmocka_unit_test(other_volumes_are_added_plainly),
        cmocka_unit_test(minutes_make_the_recorded_five_minutes),
        cmocka_unit_test(quarters_make_the_recorded_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
