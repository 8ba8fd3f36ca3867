#include "drive/research/report_html.h"

#include "base/json_write.h"
#include "base/time.h"
#include "drive/research/breakdown.h"
#include "drive/research/readable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Colours keep at least 4.5:1 against their ground in both themes; tints stay below a fifth. */
static const char style_text[] =
    ":root{color-scheme:light dark;--ground:#f6f8fa;--panel:#fff;--text:#1f2328;--muted:#57606a;"
    "--line:#d0d7de;--up:#0a7a4f;--down:#c8283c;--warn:#8a5a00;--tint-up:10,122,79;"
    "--tint-down:200,40,60;--accent:#0969a8}\n"
    "@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--panel:#151b23;--text:#e6edf3;"
    "--muted:#9aa7b4;--line:#2d333b;--up:#2ebd85;--down:#f6465d;--warn:#ecad0a;"
    "--tint-up:46,189,133;--tint-down:246,70,93;--accent:#4aa8e0}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--text);font:13px/1.5 system-ui,sans-serif}\n"
    "main{max-width:1040px;margin:0 auto;padding:24px 16px}\n"
    "h1{font-size:22px;margin:0}h2{font-size:15px;margin:28px 0 8px}\n"
    "p{margin:4px 0}.muted{color:var(--muted)}\n"
    ".panel{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:12px}\n"
    ".warnings{border-left:4px solid var(--warn);margin:16px 0}\n"
    ".warnings h2{margin:0 0 4px;color:var(--warn)}.warnings ul{margin:0;padding-left:18px}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(135px,1fr));gap:8px;"
    "margin:16px 0}\n"
    ".figures div span{display:block;color:var(--muted)}\n"
    ".figures div b{font-size:18px;font-weight:600}\n"
    ".up{color:var(--up)}.down{color:var(--down)}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:3px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid "
    "var(--line)}\n"
    "th{color:var(--muted);font-weight:600}th:first-child,td:first-child,td.left,th.left"
    "{text-align:left}\n"
    "td.wrap{white-space:normal}tr.total td{font-weight:600;border-top:2px solid var(--line)}\n"
    "td.gain{background:rgba(var(--tint-up),var(--depth))}"
    "td.fall{background:rgba(var(--tint-down),var(--depth))}\n"
    "figure{margin:0 0 "
    "8px}figcaption{color:var(--muted)}svg{width:100%;height:auto;display:block}\n"
    "svg .grid{stroke:var(--line)}svg .tick{fill:var(--muted);font-size:11px}\n"
    "svg .line{fill:none;stroke:var(--accent);stroke-width:1.5;stroke-linejoin:round}\n"
    "svg .area{fill:var(--accent);fill-opacity:.12}\n"
    "svg.drawdown .line{stroke:var(--down)}svg.drawdown .area{fill:var(--down)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}\n"
    "dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}\n"
    "@media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--text:#000;--muted:#444;"
    "--line:#bbb;--up:#0a7a4f;--down:#c8283c;--warn:#8a5a00;--accent:#0969a8}"
    "main{max-width:none;padding:0}body{font-size:10px}h2{break-after:avoid}"
    "tr,figure,.panel{break-inside:avoid}.scroll{overflow:visible}"
    "td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

struct report {
    const struct backtest_result *result;
    const struct metrics *metrics;
    struct text_buffer *out;
    unsigned places;
};

void html_append(struct text_buffer *out, struct text text)
{
    while (text.size > 0) {
        uint32_t character;
        size_t size = utf8_decode(text, &character);
        switch (character) {
        case '&': text_buffer_append(out, TEXT("&amp;")); break;
        case '<': text_buffer_append(out, TEXT("&lt;")); break;
        case '>': text_buffer_append(out, TEXT("&gt;")); break;
        case '"': text_buffer_append(out, TEXT("&quot;")); break;
        case '\'': text_buffer_append(out, TEXT("&#39;")); break;
        default:
            /* Control characters, overrides of direction, broken bytes. */
            if (character < 0x20 || (character >= 0x7F && character < 0xA0) ||
                (character >= 0x2028 && character <= 0x202E) ||
                (character >= 0x2066 && character <= 0x2069) || character == 0xFFFD)
                text_buffer_append(out, TEXT("\xEF\xBF\xBD"));
            else
                text_buffer_append(out, (struct text){text.data, size});
            break;
        }
        text.data += size;
        text.size -= size;
    }
}

static void plain(const struct report *report, const char *markup)
{
    text_buffer_append(report->out, text_of(markup));
}

static void escaped(const struct report *report, const char *text)
{
    html_append(report->out, text_of(text));
}

/* ---- cells ------------------------------------------------------------------------------- */

static void cell(const struct report *report, const char *class_name, const char *text)
{
    text_buffer_print(report->out, "<td%s%s%s>", class_name[0] != '\0' ? " class=\"" : "",
                      class_name, class_name[0] != '\0' ? "\"" : "");
    escaped(report, text);
    plain(report, "</td>");
}

static void cell_money(const struct report *report, struct amount amount, bool sign)
{
    char text[READABLE_SIZE];
    money_format(text, amount, report->places, sign);
    cell(report, !sign || amount.units == 0 ? "" : amount.units > 0 ? "up" : "down", text);
}

static void cell_percent(const struct report *report, double ratio, bool sign)
{
    char text[READABLE_SIZE];
    percent_format(text, ratio, sign);
    cell(report, !sign ? "" : ratio > 0 ? "up" : ratio < 0 ? "down" : "", text);
}

static void cell_count(const struct report *report, uint64_t count)
{
    char text[READABLE_SIZE];
    count_format(text, count);
    cell(report, "", text);
}

static void headings(const struct report *report, const char *const *names, size_t count)
{
    plain(report, "<div class=\"panel scroll\"><table><thead><tr>");
    for (size_t i = 0; i < count; i++)
        text_buffer_print(report->out, "<th scope=\"col\">%s</th>", names[i]);
    plain(report, "</tr></thead><tbody>\n");
}

static void table_close(const struct report *report)
{
    plain(report, "</tbody></table></div>\n");
}

/* ---- parts ------------------------------------------------------------------------------- */

static void head_append(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char from[READABLE_SIZE], to[READABLE_SIZE], span[READABLE_SIZE];
    moment_format(from, result->from_ns);
    moment_format(to, result->to_ns);
    span_format(span, result->to_ns - result->from_ns);
    plain(report, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                  "style-src 'unsafe-inline'\">\n<title>Back-test ");
    escaped(report, result->name);
    plain(report, "</title>\n<style>\n");
    plain(report, style_text);
    plain(report, "</style></head>\n<body><main>\n<h1>Back-test ");
    escaped(report, result->name);
    text_buffer_print(report->out, "</h1>\n<p class=\"muted\">%s to %s UTC (%s)</p>\n", from, to,
                      span);
}

static void warnings_append(const struct report *report)
{
    const struct result_warnings *warnings = &report->result->warnings;
    if (warnings->count == 0)
        return;
    plain(report, "<section class=\"panel warnings\"><h2>Doubts about this result</h2><ul>\n");
    for (uint32_t i = 0; i < warnings->count; i++) {
        plain(report, "<li>");
        escaped(report, warnings->items[i].text);
        plain(report, "</li>\n");
    }
    plain(report, "</ul></section>\n");
}

static void figure_append(const struct report *report, enum metric metric, bool signed_color)
{
    const struct metric_value *value = &report->metrics->values[metric];
    double direction = !value->present || !signed_color                ? 0
                       : metric_rows[metric].unit == METRIC_UNIT_MONEY ? (double)value->money.units
                                                                       : value->number;
    text_buffer_print(report->out, "<div class=\"panel\"><span>%s</span><b%s>",
                      metric_rows[metric].title,
                      direction > 0   ? " class=\"up\""
                      : direction < 0 ? " class=\"down\""
                                      : "");
    metric_print_human(metric, value, report->places, report->out);
    plain(report, "</b></div>\n");
}

static void figures_append(const struct report *report)
{
    plain(report, "<section class=\"figures\">\n");
    figure_append(report, METRIC_RETURN, true);
    figure_append(report, METRIC_PROFIT, true);
    figure_append(report, METRIC_MARKET_CHANGE, true);
    figure_append(report, METRIC_MAX_DRAWDOWN, false);
    figure_append(report, METRIC_SHARPE, false);
    figure_append(report, METRIC_DEFLATED_SHARPE, false);
    figure_append(report, METRIC_WIN_RATE, false);
    figure_append(report, METRIC_PROFIT_FACTOR, false);
    plain(report, "</section>\n");
}

/* Depth of a month's tint: a tenth of a return is the full fifth. */
static double tint_of(double value)
{
    double magnitude = value < 0 ? -value : value;
    return magnitude >= 0.1 ? 0.18 : magnitude * 1.8;
}

static void month_cell(const struct report *report, double value, bool known)
{
    if (!known || !double_is_finite(value)) {
        plain(report, "<td></td>");
        return;
    }
    char text[READABLE_SIZE];
    percent_format(text, value, true);
    text_buffer_print(report->out, "<td class=\"%s\" style=\"--depth:%.3f\">%s</td>",
                      value < 0 ? "fall" : "gain", tint_of(value), text);
}

static void months_append(const struct report *report)
{
    static const char *const names[] = {"year", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul",  "Aug", "Sep", "Oct", "Nov", "Dec", "year"};
    struct month_return *months;
    size_t count;
    enum status status = months_make(report->result, &months, &count);
    if (status != STATUS_OK) {
        report->out->status = status;
        return;
    }
    if (count > 0) {
        plain(report, "<h2>Monthly returns</h2>\n");
        headings(report, names, ARRAY_COUNT(names));
    }
    for (size_t i = 0; i < count;) {
        int32_t year = months[i].year;
        text_buffer_print(report->out, "<tr><td>%d</td>", (int)year);
        double growth = 1;
        for (uint8_t month = 1; month <= 12; month++) {
            bool known = i < count && months[i].year == year && months[i].month == month;
            month_cell(report, known ? months[i].value : 0, known);
            if (known)
                growth *= 1 + months[i++].value;
        }
        month_cell(report, growth - 1, true);
        plain(report, "</tr>\n");
    }
    if (count > 0)
        table_close(report);
    free(months);
}

static void breakdown_row_append(const struct report *report, const struct breakdown_row *row,
                                 bool total)
{
    char span[READABLE_SIZE] = "-";
    if (row->trips > 0)
        span_format(span, breakdown_duration(row));
    plain(report, total ? "<tr class=\"total\">" : "<tr>");
    cell(report, "", row->name);
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

static void breakdown_append(const struct report *report, enum breakdown_key key, const char *title,
                             const char *first)
{
    const char *const names[] = {first,        "trips", "net",     "net %",    "win %",
                                 "win",        "draw",  "loss",    "duration", "realized",
                                 "unrealized", "fees",  "turnover"};
    struct breakdown breakdown;
    enum status status = breakdown_init(&breakdown, report->result, key);
    if (status != STATUS_OK) {
        report->out->status = status;
        return;
    }
    if (breakdown.count > 0) {
        text_buffer_print(report->out, "<h2>%s</h2>\n", title);
        headings(report, names, ARRAY_COUNT(names));
        for (uint32_t i = 0; i < breakdown.count; i++)
            breakdown_row_append(report, &breakdown.rows[i], false);
        if (breakdown.count > 1)
            breakdown_row_append(report, &breakdown.total, true);
        table_close(report);
    }
    breakdown_release(&breakdown);
}

static void metrics_append(const struct report *report)
{
    plain(report, "<h2>Metrics</h2>\n<div class=\"panel scroll\"><table><thead><tr>"
                  "<th scope=\"col\">metric</th><th scope=\"col\">value</th>"
                  "<th scope=\"col\" class=\"left\">what it says</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        plain(report, "<tr><td>");
        escaped(report, metric_rows[i].title);
        plain(report, "</td><td>");
        metric_print_human((enum metric)i, &report->metrics->values[i], report->places,
                           report->out);
        plain(report, "</td>");
        cell(report, "left wrap muted", metric_rows[i].definition);
        plain(report, "</tr>\n");
    }
    table_close(report);
}

static void denied_append(const struct report *report)
{
    static const char *const names[] = {"reason", "count"};
    const struct result_denials *denials = &report->result->denials;
    if (denials->count == 0)
        return;
    plain(report, "<h2>Denied intents</h2>\n");
    headings(report, names, ARRAY_COUNT(names));
    for (uint32_t i = 0; i < denials->count; i++) {
        plain(report, "<tr>");
        cell(report, "", denials->items[i].reason);
        cell_count(report, denials->items[i].count);
        plain(report, "</tr>\n");
    }
    table_close(report);
}

static void trip_append(const struct report *report, const struct result_trip *trip)
{
    const struct backtest_result *result = report->result;
    const struct result_instrument *instrument = &result->instruments.items[trip->instrument];
    char opened[READABLE_SIZE], span[READABLE_SIZE], quantity[DECIMAL_TEXT_SIZE];
    char entry[DECIMAL_TEXT_SIZE], leave[DECIMAL_TEXT_SIZE];
    moment_format(opened, trip->open_time_ns);
    span_format(span, trip->close_time_ns - trip->open_time_ns);
    (void)decimal_format_i64(quantity, trip->quantity.units, instrument->quantity_decimals);
    unsigned places = instrument->price_decimals;
    (void)decimal_format_fixed(entry, trip->entry_price.units, AMOUNT_DECIMALS, places);
    (void)decimal_format_fixed(leave, trip->exit_price.units, AMOUNT_DECIMALS, places);
    plain(report, "<tr>");
    cell(report, "", opened);
    cell(report, "", span);
    cell(report, "left", result->bots.items[trip->bot].name);
    cell(report, "left", instrument->name);
    cell(report, "left", trip->side == SIDE_BUY ? "long" : "short");
    cell(report, "", quantity);
    cell(report, "", entry);
    cell(report, "", leave);
    cell_money(report, trip->fees, false);
    cell_money(report, trip->net, true);
    cell(report, "left", trip->exit_reason == NULL ? "" : trip->exit_reason);
    plain(report, "</tr>\n");
}

static void trips_append(const struct report *report)
{
    static const char *const names[] = {"opened", "duration", "bot",   "instrument",
                                        "side",   "quantity", "entry", "exit",
                                        "fees",   "net",      "reason"};
    const struct result_trips *trips = &report->result->trips;
    if (trips->count == 0)
        return;
    plain(report, "<h2>Trips</h2>\n");
    uint32_t shown = trips->count < REPORT_TRIPS_MAX ? trips->count : REPORT_TRIPS_MAX;
    if (shown < trips->count)
        text_buffer_print(report->out,
                          "<p class=\"muted\">The last %" PRIu32 " of %" PRIu32
                          "; all of them are in trips.csv.</p>\n",
                          shown, trips->count);
    headings(report, names, ARRAY_COUNT(names));
    for (uint32_t i = trips->count - shown; i < trips->count; i++)
        trip_append(report, &trips->items[i]);
    table_close(report);
}

static void fact(const struct report *report, const char *name, const char *value)
{
    text_buffer_print(report->out, "<dt>%s</dt><dd>", name);
    escaped(report, value);
    plain(report, "</dd>\n");
}

static void fact_hash(const struct report *report, const char *name, struct hash128 hash)
{
    char text[HASH_TEXT_SIZE];
    (void)hash128_format(text, hash);
    fact(report, name, text);
}

static void fact_count(const struct report *report, const char *name, uint64_t count)
{
    char text[READABLE_SIZE];
    count_format(text, count);
    fact(report, name, text);
}

static void fact_money(const struct report *report, const char *name, struct amount amount)
{
    char money[READABLE_SIZE], text[READABLE_SIZE + RESULT_ASSET_SIZE + 1];
    money_format(money, amount, report->places, false);
    (void)snprintf(text, sizeof(text), "%s %s", money, report->result->currency);
    fact(report, name, text);
}

static void facts_append(const struct report *report)
{
    const struct backtest_result *result = report->result;
    char bar[DURATION_TEXT_SIZE], seed[24];
    (void)duration_format(bar, result->bar_ns);
    (void)snprintf(seed, sizeof(seed), "%" PRIu64, result->seed);
    plain(report, "<h2>Run</h2>\n<section class=\"panel\"><dl>\n");
    fact_money(report, "start equity", result->start_equity);
    fact_money(report, "end equity", result->end_equity);
    fact_money(report, "realized before fees", result->realized);
    fact_money(report, "unrealized", result->unrealized);
    fact_money(report, "fees", result->fees);
    fact_money(report, "funding", result->funding);
    fact_count(report, "orders", result->orders_count);
    fact_count(report, "fills", result->fills_count);
    fact_count(report, "trips", result->trips_count);
    fact_count(report, "trials on these data", result->trials_count > 0 ? result->trials_count : 1);
    fact_count(report, "bars", result->bars_count);
    fact(report, "finest bar", bar);
    fact(report, "seed", seed);
    fact_hash(report, "configuration", result->config_hash);
    fact_hash(report, "data", result->data_hash);
    fact_hash(report, "journal", result->journal_hash);
    fact(report, "tern", result->version);
    plain(report, "</dl></section>\n<p class=\"muted\">A back-test says what would have happened "
                  "to rules applied to the past. It promises nothing.</p>\n");
}

void report_html_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out)
{
    struct report report = {result, metrics, out, money_places(result->start_equity)};
    head_append(&report);
    warnings_append(&report);
    figures_append(&report);
    plain(&report, "<section class=\"panel\">\n");
    report_charts_append(result, out);
    plain(&report, "</section>\n");
    months_append(&report);
    breakdown_append(&report, BREAKDOWN_BOT, "Bots", "bot");
    breakdown_append(&report, BREAKDOWN_INSTRUMENT, "Instruments (closed trips)", "instrument");
    breakdown_append(&report, BREAKDOWN_EXIT, "Exit reasons (closed trips)", "reason");
    denied_append(&report);
    facts_append(&report);
    metrics_append(&report);
    trips_append(&report);
    plain(&report, "</main></body></html>\n");
}
