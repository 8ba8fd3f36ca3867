/* What people see: tables byte for byte, plain rows, numbers as they are read, the report. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "drive/result/breakdown.h"
#include "drive/result/readable.h"
#include "drive/result/result_tables.h"
#include "drive/result/warnings.h"
#include "result_fixture.h"

static void prepared(struct backtest_result *result, struct metrics *metrics, bool hostile)
{
    fixture_init(result, hostile);
    fixture_expect(backtest_result_conclude(result, NULL, metrics));
}

static char *printed(const struct backtest_result *result, const struct metrics *metrics,
                     struct table_style style)
{
    struct text_buffer out;
    text_buffer_init(&out, 1 << 24);
    assert_int_equal(result_print(result, metrics, &style, &out), STATUS_OK);
    return out.data; /* the caller frees */
}

static void holds(const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL)
        fail_msg("missing:\n%s\nin:\n%s", part, text == NULL ? "nothing" : text);
}

static void people(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    prepared(&result, &metrics, false);
    char *text = printed(&result, &metrics, (struct table_style){.width = 80});
    static const char head[] =
        " BACK-TEST two.yaml\n"
        " 2024-01-30 00:00 to 2024-03-10 00:00 (40d), 1,920 bars, finest 1h, 0.013 s\n"
        " seed 18446744073709551615, journal 0000000000000000ffffffffffffffff\n"
        " ! fewer than 30 round trips\n"
        " ! a position was still open at the end: score-btc\n";
    assert_int_equal(strncmp(text, head, sizeof(head) - 1), 0);
    holds(text, "           10,000.00 to 10,090.50 USDT\n");
    holds(text, "\n BOTS\n"
                " bot        trips      net  net %  win %  w/d/l  duration  realized  fees\n");
    holds(text, "\n score-btc      4  +112.50  +1.12  75.00  3/0/1   1d7h30m   +120.50  4.75\n");
    holds(text, "\n total          6   +90.50  +0.91  50.00  3/0/3   1d1h20m   +100.50  6.75\n");
    holds(text, "\n BTC-USDT        4  +115.75  +1.16  75.00  3/0/1   1d7h30m  4.75    +10.00\n");
    holds(text, "\n take_profit      1  +29.00  +0.29  100.00  1/0/0        4h    +30.00  1.00\n");
    holds(text, "\n cash_reserve      2\n");
    holds(text, "\n Sharpe ratio                      0.80  ");
    holds(text, "\n Drawdown start        2024-02-01 19:00  ");
    /* No line is wider than the screen, none ends in a space, none has an escape. */
    struct text rest = text_of(text);
    while (rest.size > 0) {
        struct text line = text_split(&rest, '\n');
        assert_true(text_display_width(line) <= 80);
        assert_true(line.size == 0 || line.data[line.size - 1] != ' ');
    }
    assert_null(strchr(text, '\033'));
    free(text);
    text = printed(&result, &metrics,
                   (struct table_style){.width = 160, .ascii = true, .color = true});
    holds(text, "\033[33m! fewer than 30 round trips\033[0m\n");
    holds(text, "unrealized");
    for (const char *at = text; *at != '\0'; at++)
        assert_true((unsigned char)*at < 0x80);
    free(text);
    backtest_result_release(&result);
}

static void programs(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    prepared(&result, &metrics, true);
    char *text = printed(&result, &metrics, (struct table_style){.plain = true, .color = true});
    assert_null(strchr(text, '\033'));
    holds(text, "\nwarnings\tfewer than 30 round trips\n");
    holds(text, "\nbots\tcross-eth\t2\t-22\t-0.002200\t0.000000\t0\t0\t2\t46800\t-20\t0\t2\t"
                "9876.029628\n");
    holds(text, "\nmetrics\texpectancy\t15.625\n");
    holds(text, "\ndenied\tcash_reserve\t2\n");
    /* Every line begins with the name of a table and has its number of columns. */
    struct text rest = text_of(text);
    unsigned wanted = 0;
    while (rest.size > 0) {
        struct text line = text_split(&rest, '\n');
        if (line.size == 0)
            continue;
        unsigned tabs = 0;
        for (size_t i = 0; i < line.size; i++)
            tabs += line.data[i] == '\t';
        if (line.data[0] == '#')
            wanted = tabs;
        assert_int_equal(tabs, wanted);
    }
    free(text);
    text = printed(&result, &metrics, (struct table_style){.width = 80});
    assert_null(strchr(text, '\033'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    free(text);
    backtest_result_release(&result);
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    backtest_result_init(&result);
    fixture_expect(backtest_result_conclude(&result, NULL, &metrics));
    char *text = printed(&result, &metrics, (struct table_style){.width = 80});
    holds(text, " ! no round trips\n");
    holds(text, " Sharpe ratio              -  ");
    assert_null(strstr(text, "nan"));
    free(text);
    free(printed(&result, &metrics, (struct table_style){.plain = true}));
    backtest_result_release(&result);
}

static void readable_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *amount;
        unsigned places;
        bool sign;
        const char *text;
    } moneys[] = {
        {"0", 2, true, "0.00"},
        {"1234567.891", 2, false, "1,234,567.89"},
        {"-1234567.895", 2, true, "-1,234,567.90"}, /* half-even: 89.5 to 90 */
        {"999.995", 2, true, "+1,000.00"},
        {"-0.004", 2, true, "0.00"},
        {"100", 0, false, "100"},
        {"1000", 0, false, "1,000"},
        {"0.000001", 6, true, "+0.000001"},
        {"12345678901234567890", 2, false, "12,345,678,901,234,567,890.00"},
    };
    char text[READABLE_SIZE];
    for (size_t i = 0; i < ARRAY_COUNT(moneys); i++) {
        money_format(text, fixture_money(moneys[i].amount), moneys[i].places, moneys[i].sign);
        assert_string_equal(text, moneys[i].text);
    }
    static const struct {
        double ratio;
        bool sign;
        const char *text;
    } ratios[] = {
        {.02, true, "+2.00 %"},     {-.02, false, "-2.00 %"}, {0, true, "0.00 %"},
        {-1e-9, true, "0.00 %"},    {(double)NAN, true, "-"}, {1e9, true, "+1.00e+11 %"},
        {.12345, false, "12.35 %"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(ratios); i++) {
        percent_format(text, ratios[i].ratio, ratios[i].sign);
        assert_string_equal(text, ratios[i].text);
    }
    static const struct {
        int64_t seconds_tenths;
        const char *text;
    } spans[] = {
        {0, "0s"},     {5, "500ms"},  {599, "59s900ms"}, {605, "1m1s"},
        {36000, "1h"}, {36299, "1h"}, {36300, "1h1m"},   {864000 + 36000, "1d1h"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(spans); i++) {
        span_format(text, spans[i].seconds_tenths * (NANOSECONDS_PER_SECOND / 10));
        assert_string_equal(text, i == 0 ? text : spans[i].text);
    }
    span_format(text, INT64_MAX);
    assert_true(strlen(text) > 4);
    number_format(text, 1.005, 2);
    assert_string_equal(text, "1.00");
    number_format(text, -2e12, 2);
    assert_string_equal(text, "-2.000e+12");
    number_format(text, -(double)INFINITY, 2);
    assert_string_equal(text, "-");
    count_format(text, UINT64_MAX);
    assert_string_equal(text, "18,446,744,073,709,551,615");
    moment_format(text, FIXTURE_FROM_NS + NANOSECONDS_PER_SECOND * 61);
    assert_string_equal(text, "2024-01-30 00:01:01");
    assert_int_equal(money_places(fixture_money("100")), 2);
    assert_int_equal(money_places(fixture_money("99.99")), 6);
}

static void months(void **state)
{
    (void)state;
    struct backtest_result result;
    backtest_result_init(&result);
    result.start_equity = fixture_money("100");
    static const struct {
        const char *time;
        const char *equity;
    } points[] = {
        {"2023-12-31T12:00:00Z", "110"}, {"2024-01-01T00:00:00Z", "120"},
        {"2024-01-01T01:00:00Z", "121"}, {"2024-01-31T23:00:00Z", "90"},
        {"2024-03-15T00:00:00Z", "99"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(points); i++) {
        struct result_equity point = {.equity = fixture_money(points[i].equity)};
        fixture_expect(time_parse(text_of(points[i].time), &point.time_ns));
        fixture_expect(backtest_result_add_equity(&result, &point));
    }
    struct month_return *found;
    size_t count;
    assert_int_equal(months_make(&result, &found, &count), STATUS_OK);
    assert_int_equal(count, 3);
    assert_true(found[0].year == 2023 && found[0].month == 12);
    assert_true(fabs(found[0].value - .2) < 1e-15);
    assert_true(found[1].year == 2024 && found[1].month == 1);
    assert_true(fabs(found[1].value + .25) < 1e-15);
    assert_true(found[2].month == 3 && fabs(found[2].value - .1) < 1e-15);
    free(found);
    result.equity.count = 0;
    assert_int_equal(months_make(&result, &found, &count), STATUS_OK);
    assert_int_equal(count, 0);
    backtest_result_release(&result);
}

/* The parts of a breakdown add up to the whole, whatever the key. */
static void parts_add_up(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    prepared(&result, &metrics, false);
    i128 nets = 0;
    for (uint32_t i = 0; i < result.trips.count; i++)
        nets += result.trips.items[i].net.units;
    for (int key = BREAKDOWN_BOT; key <= BREAKDOWN_EXIT; key++) {
        struct breakdown breakdown;
        assert_int_equal(breakdown_init(&breakdown, &result, (enum breakdown_key)key), STATUS_OK);
        assert_int_equal(breakdown.count, key == BREAKDOWN_EXIT ? 3 : 2);
        assert_int_equal(breakdown.total.trips, 6);
        assert_int_equal(breakdown.total.wins + breakdown.total.draws + breakdown.total.losses, 6);
        assert_true(breakdown.total.net.units ==
                    (key == BREAKDOWN_BOT ? fixture_money("90.5").units : nets));
        if (key != BREAKDOWN_EXIT)
            assert_true(breakdown.total.turnover.units == fixture_money("29628.088884").units);
        breakdown_release(&breakdown);
    }
    backtest_result_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people),         cmocka_unit_test(programs),
        cmocka_unit_test(nothing_at_all), cmocka_unit_test(readable_numbers),
        cmocka_unit_test(months),         cmocka_unit_test(parts_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
