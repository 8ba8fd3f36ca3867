#include "drive/report/tables.h"

#include "base/time.h"
#include "drive/report/report.h"
#include "drive/result/breakdown.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <stdio.h>

#define STATIC_TRIPS 50u

/* ---- words ----------------------------------------------------------------------------------- */

void tables_warnings(const struct report *report)
{
    const struct result_warnings *warnings = &report->result->warnings;
    if (warnings->count == 0) {
        plain(report,
              "<section id=\"warnings\" class=\"panel calm\"><p>No warning was raised. That "
              "is no promise: see how many trips and trials stand behind the result."
              "</p></section>\n");
        return;
    }
    plain(report, "<section id=\"warnings\" class=\"panel warnings\">"
                  "<h2>Doubts about this result</h2><ul>\n");
    for (uint32_t i = 0; i < warnings->count; i++) {
        plain(report, "<li>");
        escaped(report, warnings->items[i].text);
        plain(report, "</li>\n");
    }
    plain(report, "</ul></section>\n");
}

static void fact(const struct report *report, const char *name, const char *value)
{
    text_buffer_print(report->out, "<div><dt>%s</dt><dd>", name);
    escaped(report, value);
    plain(report, "</dd></div>\n");
}

static void fact_hash(const struct report *report, const char *name, struct hash128 hash)
{
    char text[HASH_TEXT_SIZE];
    (void)hash128_format(text, hash);
    text_buffer_print(report->out, "<div class=\"hash\"><dt>%s</dt><dd>%s</dd></div>\n", name,
                      text);
}

static void fact_count(const struct report *report, const char *name, uint64_t count)
{
    char text[READABLE_SIZE];
    count_format(text, count);
    fact(report, name, text);
}

void tables_run(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char bar[DURATION_TEXT_SIZE], seed[24], from[READABLE_SIZE], to[READABLE_SIZE];
    char span[READABLE_SIZE], range[READABLE_SIZE * 4];
    (void)duration_format(bar, result->bar_ns);
    (void)snprintf(seed, sizeof(seed), "%" PRIu64, result->seed);
    moment_format(from, result->from_ns);
    moment_format(to, result->to_ns);
    span_format(span, result->to_ns - result->from_ns);
    (void)snprintf(range, sizeof range, "%s to %s UTC, %s", from, to, span);
    plain(report, "<section id=\"run\" class=\"panel run\"><h2>Run</h2><dl>\n");
    fact(report, "configuration", result->name);
    fact(report, "data", range);
    fact_count(report, "bars", result->bars_count);
    fact(report, "finest bar", result->bar_ns > 0 ? bar : "-");
    fact_count(report, "orders", result->orders_count);
    fact_count(report, "fills", result->fills_count);
    fact_count(report, "trips", result->trips_count);
    fact_count(report, "trials on these data", result->trials_count > 0 ? result->trials_count : 1);
    fact(report, "seed", seed);
    fact(report, "tern", result->version);
    plain(report, "</dl><dl>\n");
    fact_hash(report, "configuration hash", result->config_hash);
    fact_hash(report, "data hash", result->data_hash);
    fact_hash(report, "journal hash", result->journal_hash);
    plain(report, "</dl></section>\n");
}

static double direction_of(enum metric metric, const struct metric_value *value)
{
    if (!value->present)
        return 0;
    return metric_rows[metric].unit == METRIC_UNIT_MONEY ? (double)value->money.units
                                                         : value->number;
}

static void figure(const struct report *report, enum metric metric, bool has_direction,
                   const char *note)
{
    const struct metric_value *value = &report->metrics->values[metric];
    double direction = has_direction ? direction_of(metric, value) : 0;
    text_buffer_print(report->out, "<div class=\"panel\"><span>%s</span><b class=\"%s\">",
                      metric_rows[metric].title,
                      direction > 0   ? "up"
                      : direction < 0 ? "down"
                                      : "even");
    metric_print_human(metric, value, report->places, report->out);
    plain(report, "</b><small>");
    escaped(report, note);
    plain(report, "</small></div>\n");
}

void tables_figures(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char money[READABLE_SIZE], note[READABLE_SIZE * 2 + RESULT_ASSET_SIZE];
    plain(report, "<section id=\"figures\" class=\"figures\" aria-label=\"Key figures\">\n");
    money_format(money, result->end_equity, report->places, false);
    (void)snprintf(note, sizeof note, "ended with %s %s", money, result->currency);
    figure(report, METRIC_RETURN, true, note);
    money_format(money, result->start_equity, report->places, false);
    (void)snprintf(note, sizeof note, "%s, began with %s", result->currency, money);
    figure(report, METRIC_PROFIT, true, note);
    figure(report, METRIC_MARKET_CHANGE, false, "bought and held, no costs");
    figure(report, METRIC_MAX_DRAWDOWN, false, "from the highest equity");
    figure(report, METRIC_SHARPE, false, "a year, no risk-free rate");
    figure(report, METRIC_DEFLATED_SHARPE, false, "probability, trials counted");
    figure(report, METRIC_WIN_RATE, false, "of trips, after fees");
    figure(report, METRIC_PROFIT_FACTOR, false, "won over lost");
    plain(report, "</section>\n");
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void breakdown_row_append(const struct report *report, const struct breakdown_row *row,
                                 bool total)
{
    char span[READABLE_SIZE] = "-";
    if (row->trips > 0)
        span_format(span, breakdown_duration(row));
    plain(report, total ? "<tr class=\"total\">" : "<tr>");
    cell(report, "left", row->name);
    cell_count(report, row->trips);
    cell_money(report, row->net, true);
    cell_percent(report, (double)row->net.units / (double)report->result->start_equity.units, true);
    cell_percent(report, breakdown_win_rate(row), false);
    cell_count(report, row->wins);
    cell_count(report, row->draws);
    cell_count(report, row->losses);
    cell(report, "", span);
    cell_money(report, row->realized, true);
    cell_money(report, row->unrealized, true);
    cell_money(report, row->fees, false);
    cell_money(report, row->turnover, false);
    plain(report, "</tr>\n");
}

static void breakdown_append(const struct report *report, enum breakdown_key key, const char *id,
                             const char *title, const char *first)
{
    const struct heading headings[] = {{first, true},       {"trips", false}, {"net", false},
                                       {"net %", false},    {"win %", false}, {"win", false},
                                       {"draw", false},     {"loss", false},  {"duration", false},
                                       {"realized", false}, {"open", false},  {"fees", false},
                                       {"turnover", false}};
    struct breakdown breakdown;
    enum status status = breakdown_init(&breakdown, report->result, key);
    if (status != STATUS_OK) {
        report->out->status = status;
        return;
    }
    if (breakdown.count > 0) {
        section_open(report, id, title, NULL);
        table_open(report, title, headings, ARRAY_COUNT(headings));
        for (uint32_t i = 0; i < breakdown.count; i++)
            breakdown_row_append(report, &breakdown.rows[i], false);
        if (breakdown.count > 1)
            breakdown_row_append(report, &breakdown.total, true);
        table_close(report);
        section_close(report);
    }
    breakdown_release(&breakdown);
}

static void denied_append(const struct report *report)
{
    static const struct heading headings[] = {{"reason", true}, {"count", false}};
    const struct result_denials *denials = &report->result->denials;
    if (denials->count == 0)
        return;
    section_open(
        report, "denied", "Denied orders",
        "What risk refused before it was an order; <code>tern help reasons</code> explains each.");
    table_open(report, "Denied orders by reason", headings, ARRAY_COUNT(headings));
    for (uint32_t i = 0; i < denials->count; i++) {
        plain(report, "<tr>");
        cell(report, "left", denials->items[i].reason);
        cell_count(report, denials->items[i].count);
        plain(report, "</tr>\n");
    }
    table_close(report);
    section_close(report);
}

void tables_breakdowns(const struct report *report)
{
    breakdown_append(report, BREAKDOWN_BOT, "bots", "Bots", "bot");
    breakdown_append(report, BREAKDOWN_INSTRUMENT, "instruments", "Instruments, by closed trips",
                     "instrument");
    breakdown_append(report, BREAKDOWN_EXIT, "exits", "Reasons of exit, by closed trips", "reason");
    denied_append(report);
}

void tables_metrics(const struct report *report)
{
    static const struct heading headings[] = {
        {"metric", true}, {"value", false}, {"what it says", true}};
    section_open(
        report, "metrics", "Metrics",
        "<code>tern backtest show --explain NAME</code> puts this run's numbers into a formula.");
    table_open(report, "Metrics", headings, ARRAY_COUNT(headings));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        plain(report, "<tr>");
        cell(report, "left", metric_rows[i].title);
        plain(report, "<td>");
        metric_print_human((enum metric)i, &report->metrics->values[i], report->places,
                           report->out);
        plain(report, "</td>");
        cell(report, "left wrap muted", metric_rows[i].definition);
        plain(report, "</tr>\n");
    }
    table_close(report);
    section_close(report);
}

/* ---- trips ----------------------------------------------------------------------------------- */

static void trip_append(const struct report *report, const struct result_trip *trip,
                        struct amount cumulative)
{
    const struct backtest_result *result = report->result;
    const struct result_instrument *instrument = &result->instruments.items[trip->instrument];
    char opened[READABLE_SIZE], span[READABLE_SIZE], quantity[DECIMAL_TEXT_SIZE];
    char entry[DECIMAL_TEXT_SIZE], leave[DECIMAL_TEXT_SIZE];
    moment_format(opened, trip->open_time_ns);
    span_format(span, trip->close_time_ns - trip->open_time_ns);
    (void)decimal_format_i64(quantity, trip->quantity.units, instrument->quantity_decimals);
    unsigned places = instrument->price_decimals;
    price_format(entry, trip->entry_price, places);
    price_format(leave, trip->exit_price, places);
    plain(report, "<tr>");
    cell(report, "left", opened);
    cell(report, "", span);
    cell(report, "left", result->bots.items[trip->bot].name);
    cell(report, "left", instrument->name);
    cell(report, "left", trip->side == SIDE_BUY ? "long" : "short");
    cell(report, "", quantity);
    cell(report, "", entry);
    cell(report, "", leave);
    cell_money(report, trip->fees, false);
    cell_money(report, trip->net, true);
    cell_money(report, cumulative, true);
    cell(report, "left", trip->exit_reason == NULL ? "" : trip->exit_reason);
    plain(report, "</tr>\n");
}

void tables_trips(const struct report *report)
{
    static const struct heading headings[] = {
        {"opened", true}, {"duration", false}, {"bot", true},         {"instrument", true},
        {"side", true},   {"quantity", false}, {"entry", false},      {"exit", false},
        {"fees", false},  {"net", false},      {"cumulative", false}, {"reason", true}};
    const struct result_trips *trips = &report->result->trips;
    if (trips->count == 0)
        return;
    section_open(report, "trips", "Trips", NULL);
    uint32_t shown = trips->count < REPORT_TRIPS_MAX ? trips->count : REPORT_TRIPS_MAX;
    uint32_t fixed = shown < STATIC_TRIPS ? shown : STATIC_TRIPS;
    if (shown < trips->count)
        text_buffer_print(report->out,
                          "<p class=\"note\">The last %" PRIu32 " of %" PRIu32
                          "; all of them are in trips.csv.</p>\n",
                          shown, trips->count);
    plain(report, "<div id=\"trips-table\">\n");
    if (fixed < shown)
        text_buffer_print(
            report->out,
            "<p class=\"note\">The last %" PRIu32 " here; with scripts allowed, all.</p>\n", fixed);
    table_open(report, "Trips", headings, ARRAY_COUNT(headings));
    struct amount cumulative = {0};
    for (uint32_t i = 0; i < trips->count; i++) {
        cumulative.units += trips->items[i].net.units;
        if (i >= trips->count - fixed)
            trip_append(report, &trips->items[i], cumulative);
    }
    table_close(report);
    plain(report, "</div>\n");
    section_close(report);
}
