#include "drive/report/report.h"

#include "base/json_write.h"
#include "base/time.h"
#include "drive/report/charts.h"
#include "drive/report/markup.h"
#include "drive/result/breakdown.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKDOWN_TRIPS 20u

/* What Markdown or HTML would take for more than a letter is escaped; what draws is shown. */
static void text_append(const struct report *report, const char *text)
{
    struct text rest = text_of(text);
    while (rest.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(rest, &character);
        if (character < 128 && strchr("\\`*_{}[]<>|#!&~", (int)character) != NULL && character != 0)
            text_buffer_append(report->out, TEXT("\\"));
        if (character == 0xFFFD || text_utf8_is_drawing((struct text){rest.data, size}))
            text_buffer_append(report->out, TEXT("\xEF\xBF\xBD"));
        else
            text_buffer_append(report->out, (struct text){rest.data, size});
        rest.data += size;
        rest.size -= size;
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void row_head(const struct report *report, const char *title, const struct heading *headings,
                     size_t count)
{
    text_buffer_print(report->out, "\n## %s\n\n", title);
    for (size_t i = 0; i < count; i++)
        text_buffer_print(report->out, "| %s ", headings[i].text);
    plain(report, "|\n");
    for (size_t i = 0; i < count; i++)
        plain(report, headings[i].left ? "|---" : "|---:");
    plain(report, "|\n");
}

static void item(const struct report *report, const char *text)
{
    plain(report, "| ");
    text_append(report, text);
    plain(report, " ");
}

static void item_money(const struct report *report, struct amount amount, bool sign)
{
    char text[READABLE_SIZE];
    money_format(text, amount, report->places, sign);
    item(report, text);
}

static void item_percent(const struct report *report, double ratio, bool sign)
{
    char text[READABLE_SIZE];
    percent_format(text, ratio, sign);
    item(report, text);
}

static void item_count(const struct report *report, uint64_t count)
{
    char text[READABLE_SIZE];
    count_format(text, count);
    item(report, text);
}

static void row_end(const struct report *report)
{
    plain(report, "|\n");
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void head(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char from[READABLE_SIZE], to[READABLE_SIZE], bars[READABLE_SIZE], hash[HASH_TEXT_SIZE];
    plain(report, "# Back-test ");
    text_append(report, result->name);
    plain(report, "\n\n");
    for (uint32_t i = 0; i < result->warnings.count; i++) {
        plain(report, "- **Doubt:** ");
        text_append(report, result->warnings.items[i].text);
        plain(report, "\n");
    }
    moment_format(from, result->from_ns);
    moment_format(to, result->to_ns);
    count_format(bars, result->bars_count);
    text_buffer_print(report->out, "%s%s to %s UTC, %s bars, seed %" PRIu64 ", tern ",
                      result->warnings.count > 0 ? "\n" : "", from, to, bars, result->seed);
    text_append(report, result->version);
    (void)hash128_format(hash, result->config_hash);
    text_buffer_print(report->out, "\n\n- configuration `%s`\n", hash);
    (void)hash128_format(hash, result->data_hash);
    text_buffer_print(report->out, "- data `%s`\n", hash);
    (void)hash128_format(hash, result->journal_hash);
    text_buffer_print(report->out, "- journal `%s`\n", hash);
}

static void books(const struct report *report)
{
    static const struct heading headings[] = {{"books", true}, {"amount", false}};
    const struct backtest_result *result = report->result;
    const struct {
        const char *name;
        struct amount amount;
        bool sign;
    } rows[] = {
        {"start equity", result->start_equity, false},
        {"realized, before fees", result->realized, true},
        {"unrealized", result->unrealized, true},
        {"fees", {-result->fees.units}, true},
        {"funding", result->funding, true},
        {"end equity", result->end_equity, false},
        {"slippage, in the prices above, by the configured rate", slippage_sum(result), false},
    };
    row_head(report, "Books", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        item(report, rows[i].name);
        item_money(report, rows[i].amount, rows[i].sign);
        row_end(report);
    }
}

static void breakdown_part(const struct report *report, enum breakdown_key key, const char *title,
                           const char *first)
{
    const struct heading headings[] = {{first, true},         {"trips", false}, {"net", false},
                                       {"net %", false},      {"win %", false}, {"realized", false},
                                       {"unrealized", false}, {"fees", false}};
    struct breakdown breakdown;
    enum status status = breakdown_init(&breakdown, report->result, key);
    if (status != STATUS_OK) {
        report->out->status = status;
        return;
    }
    double start = (double)report->result->start_equity.units;
    if (breakdown.count > 0)
        row_head(report, title, headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < breakdown.count; i++) {
        const struct breakdown_row *row = &breakdown.rows[i];
        item(report, row->name);
        item_count(report, row->trips);
        item_money(report, row->net, true);
        item_percent(report, (double)row->net.units / start, true);
        item_percent(report, breakdown_win_rate(row), false);
        item_money(report, row->realized, true);
        item_money(report, row->unrealized, true);
        item_money(report, row->fees, false);
        row_end(report);
    }
    breakdown_release(&breakdown);
}

static void denied_part(const struct report *report)
{
    static const struct heading headings[] = {{"reason", true}, {"count", false}};
    const struct result_denials *denials = &report->result->denials;
    if (denials->count > 0)
        row_head(report, "Denied orders", headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < denials->count; i++) {
        item(report, denials->items[i].reason);
        item_count(report, denials->items[i].count);
        row_end(report);
    }
}

static void months_part(const struct report *report)
{
    static const struct heading headings[] = {{"month", true}, {"return", false}};
    struct month_return *months;
    size_t count;
    enum status status = months_make(report->result, &months, &count);
    if (status != STATUS_OK) {
        report->out->status = status;
        return;
    }
    if (count > 0)
        row_head(report, "Months", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < count; i++) {
        text_buffer_print(report->out, "| %d-%02u ", (int)months[i].year, months[i].month);
        item_percent(report, months[i].value, true);
        row_end(report);
    }
    free(months);
}

static void metrics_part(const struct report *report)
{
    static const struct heading headings[] = {
        {"metric", true}, {"value", false}, {"what it says", true}};
    row_head(report, "Metrics", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        item(report, metric_rows[i].title);
        plain(report, "| ");
        metric_print_human((enum metric)i, &report->metrics->values[i], report->places,
                           report->out);
        plain(report, " ");
        item(report, metric_rows[i].definition);
        row_end(report);
    }
}

static void trips_part(const struct report *report)
{
    static const struct heading headings[] = {
        {"opened", true}, {"closed", true},      {"bot", true},   {"instrument", true},
        {"net", false},   {"cumulative", false}, {"reason", true}};
    const struct backtest_result *result = report->result;
    struct amount cumulative = {0};
    if (result->trips.count > 0)
        row_head(report, "Last trips", headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        char time[READABLE_SIZE];
        cumulative.units += trip->net.units;
        if (i + MARKDOWN_TRIPS < result->trips.count)
            continue;
        moment_format(time, trip->open_time_ns);
        item(report, time);
        moment_format(time, trip->close_time_ns);
        item(report, time);
        item(report, result->bots.items[trip->bot].name);
        item(report, result->instruments.items[trip->instrument].name);
        item_money(report, trip->net, true);
        item_money(report, cumulative, true);
        item(report, trip->exit_reason == NULL ? "" : trip->exit_reason);
        row_end(report);
    }
}

void report_markdown_print(const struct backtest_result *result, const struct metrics *metrics,
                           struct text_buffer *out)
{
    struct report report = {result, metrics, out, money_places(result->start_equity)};
    head(&report);
    books(&report);
    breakdown_part(&report, BREAKDOWN_BOT, "Bots", "bot");
    breakdown_part(&report, BREAKDOWN_INSTRUMENT, "Instruments, by closed trips", "instrument");
    breakdown_part(&report, BREAKDOWN_EXIT, "Reasons of exit, by closed trips", "reason");
    denied_part(&report);
    months_part(&report);
    metrics_part(&report);
    trips_part(&report);
}
