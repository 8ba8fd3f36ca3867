/* report.html as text: what is escaped, where pictures lie, how large it gets. What a browser makes
 * of it is in tests/interop/test_report_pages.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drive/report/charts.h"
#include "drive/report/report.h"
#include "drive/result/market.h"
#include "drive/result/warnings.h"
#include "result_fixture.h"

static void holds(const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL)
        fail_msg("missing: %s", part);
}

static char *page_of(struct backtest_result *result)
{
    struct metrics metrics;
    struct text_buffer out;
    fixture_expect(backtest_result_conclude(result, NULL, &metrics));
    text_buffer_init(&out, 1 << 24);
    report_html_print(result, &metrics, &out);
    assert_int_equal(out.status, STATUS_OK);
    return out.data; /* the caller frees */
}

static unsigned count_of(const char *text, char wanted)
{
    unsigned count = 0;
    for (; *text != '\0'; text++)
        count += *text == wanted;
    return count;
}

/* Names with quotes, commas, line ends, escapes and broken UTF-8, and a <script> for a name. */
static void hostile_names(void **state)
{
    (void)state;
    struct backtest_result result;
    fixture_init(&result, true);
    char *text = page_of(&result);
    assert_null(strstr(text, "<i>"));
    assert_null(strstr(text, "</title><b>"));
    assert_null(strstr(text, "\x1b"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(text, "\xff"));
    assert_null(strstr(text, "<script>alert"));
    assert_non_null(strstr(text, "&lt;script&gt;alert(&quot;1&quot;)"));
    assert_non_null(strstr(text, "\\u003cscript\\u003ealert"));
    assert_non_null(strstr(text, "a,&quot;b&quot;\xef\xbf\xbd&lt;i&gt;"));
    assert_non_null(strstr(text, "&amp;&#39;"));
    /* The data, then our script: no other one. */
    char *data = strstr(text, "<script type=\"application/json\" id=\"report-data\">");
    assert_non_null(data);
    char *script = strstr(data + 1, "<script>");
    assert_non_null(script);
    assert_null(strstr(script + 1, "<script"));
    assert_true(strstr(text, "<script") == data);
    /* Nothing is fetched. */
    assert_null(strstr(text, "http://"));
    assert_null(strstr(text, "https://"));
    assert_null(strstr(text, "src="));
    assert_null(strstr(text, "javascript"));
    assert_non_null(strstr(text, "default-src 'none';style-src 'sha256-"));
    *data = '\0';
    char *body = strstr(text, "<body>");
    assert_non_null(body);
    assert_null(strstr(body, "nan"));
    assert_int_equal(count_of(body, '<'), count_of(body, '>'));
    free(text);
    backtest_result_release(&result);
}

/* In report.md no name makes a cell, a tag or a heading. */
static void hostile_markdown(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    struct text_buffer out;
    fixture_init(&result, true);
    (void)text_copy(result.bots.items[1].name, RESULT_NAME_SIZE, TEXT("x|y\\"));
    fixture_expect(backtest_result_conclude(&result, NULL, &metrics));
    text_buffer_init(&out, 1 << 20);
    report_markdown_print(&result, &metrics, &out);
    assert_int_equal(out.status, STATUS_OK);
    holds(out.data, "| x\\|y\\\\ |");
    holds(out.data, "a,\"b\"\xef\xbf\xbd\\<i\\>");
    holds(out.data, "\\<script\\>alert(\"1\")");
    assert_null(strstr(out.data, "\x1b"));
    assert_null(strstr(out.data, "\xe2\x80\xae"));
    assert_null(strstr(out.data, "\xff"));
    holds(out.data, "| start equity | 10,000.00 |\n");
    holds(out.data, "| fees | -6.75 |\n");
    holds(out.data, "- **Doubt:** fewer than 30 round trips\n");
    holds(out.data, "| Win rate | 50.00 % |");
    text_buffer_release(&out);
    backtest_result_release(&result);
}

/* 5 bps of fills that took, by hand: a purchase of 1000.5 at 1000 before, a sale of 999.5. */
static void slippage(void **state)
{
    (void)state;
    struct backtest_result result;
    fixture_init(&result, false);
    result.slippage.ppm = 500;
    for (uint32_t i = 0; i < result.fills.count; i++)
        result.fills.items[i].liquidity = LIQUIDITY_MAKER;
    assert_true(slippage_sum(&result).units == 0);
    result.fills.items[0].liquidity = result.fills.items[1].liquidity = LIQUIDITY_TAKER;
    result.fills.items[0].side = SIDE_BUY;
    result.fills.items[0].notional = fixture_money("1000.5");
    result.fills.items[1].side = SIDE_SELL;
    result.fills.items[1].notional = fixture_money("999.5");
    assert_true(slippage_sum(&result).units == fixture_money("1").units);
    result.slippage.ppm = 0;
    assert_true(slippage_sum(&result).units == 0);
    backtest_result_release(&result);
}

/* Coordinates of every path lie inside the picture, also for one point, a flat line, a loss of
 * everything and very large or small accounts. */
static void charts(void **state)
{
    (void)state;
    static const char *const starts[] = {"10000", "0.00001", "1000000000000", "0"};
    for (size_t s = 0; s < ARRAY_COUNT(starts); s++) {
        for (int bars = 0; bars <= 3; bars++) {
            struct backtest_result result;
            struct metrics metrics;
            backtest_result_init(&result);
            result.start_equity = fixture_money(starts[s]);
            result.from_ns = FIXTURE_FROM_NS;
            result.bar_ns = FIXTURE_HOUR_NS;
            for (int i = 1; i <= bars; i++) {
                struct result_equity point = {.time_ns = FIXTURE_FROM_NS + i * FIXTURE_HOUR_NS,
                                              .equity = {i == 3 ? -1 : result.start_equity.units}};
                fixture_expect(backtest_result_add_equity(&result, &point));
            }
            fixture_expect(backtest_result_conclude(&result, NULL, &metrics));
            struct text_buffer out;
            text_buffer_init(&out, 1 << 22);
            report_html_print(&result, &metrics, &out);
            assert_int_equal(out.status, STATUS_OK);
            /* Behind it stands the script, which may say what it likes. */
            char *end_of_page = strstr(out.data, "<script type");
            assert_non_null(end_of_page);
            *end_of_page = '\0';
            const char *page = strstr(out.data, "<body>");
            assert_true((strstr(page, "<svg") != NULL) == (bars > 0));
            for (const char *at = strstr(page, " d=\"M"); at != NULL;
                 at = strstr(at + 1, " d=\"M")) {
                const char *number = at + 5;
                while (*number != '"') {
                    char *end;
                    double value = strtod(number, &end);
                    assert_true(end > number && value >= 0 && value <= 960);
                    number = end + strspn(end, " LZ");
                }
            }
            assert_null(strstr(page, "nan"));
            assert_null(strstr(page, "inf"));
            text_buffer_release(&out);
            backtest_result_release(&result);
        }
    }
}

/* A long run: the report stays small, the trips are capped, no spike is lost. */
static void long_report(void **state)
{
    (void)state;
    struct backtest_result result;
    struct metrics metrics;
    fixture_init(&result, false);
    struct result_trip trip = result.trips.items[0];
    for (int i = 0; i < 12000; i++)
        fixture_expect(backtest_result_add_trip(&result, &trip));
    i128 high = fixture_money("20000").units;
    for (int i = 0; i < 200000; i++) {
        struct result_equity point = {.time_ns = result.to_ns + (i + 1) * FIXTURE_HOUR_NS,
                                      .equity = {i == 123456 ? high : result.end_equity.units}};
        fixture_expect(backtest_result_add_equity(&result, &point));
    }
    result.to_ns += 200000 * FIXTURE_HOUR_NS;
    fixture_expect(backtest_result_conclude(&result, NULL, &metrics));
    struct text_buffer out;
    text_buffer_init(&out, 1 << 22);
    report_html_print(&result, &metrics, &out);
    assert_int_equal(out.status, STATUS_OK);
    assert_true(out.size < 2000000);
    holds(out.data, "The last 10000 of 12006; all of them are in trips.csv.");
    char *drawdown = strstr(out.data, "aria-label=\"Drawdown");
    assert_non_null(drawdown);
    *drawdown = '\0';
    holds(out.data, " 8.0L"); /* the spike touches the top of the picture */
    text_buffer_release(&out);
    backtest_result_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(hostile_markdown),
        cmocka_unit_test(slippage),
        cmocka_unit_test(charts),
        cmocka_unit_test(long_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
