#include "drive/result/result_tables.h"

#include "base/time.h"
#include "drive/result/breakdown.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What all tables of one result share. */
struct printing {
    const struct backtest_result *result;
    const struct metrics *metrics;
    const struct table_style *style;
    struct text_buffer *out;
    unsigned places; /* of money */
};

static void cell_money(struct table *table, const struct printing *printing, struct amount amount,
                       bool sign)
{
    enum table_tone tone = !sign || amount.units == 0 ? TONE_PLAIN
                           : amount.units > 0         ? TONE_GOOD
                                                      : TONE_BAD;
    char text[READABLE_SIZE];
    if (printing->style->plain)
        (void)decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
    else
        money_format(text, amount, printing->places, sign);
    table_cell_tone(table, tone, text_of(text));
}

/* In percent without its sign, which is in the heading. Plain: the ratio itself, empty where it is
 * not finite. */
static void cell_percent(struct table *table, const struct printing *printing, double ratio,
                         bool sign)
{
    char text[READABLE_SIZE] = "";
    if (!printing->style->plain) {
        percent_format(text, ratio, sign);
        text[strcspn(text, " ")] = '\0';
    } else if (ratio - ratio == 0.0) {
        (void)snprintf(text, sizeof(text), "%.6f", ratio);
    }
    table_cell(table, text_of(text));
}

static void cell_count(struct table *table, const struct printing *printing, uint64_t count)
{
    char text[READABLE_SIZE];
    if (printing->style->plain)
        (void)snprintf(text, sizeof(text), "%" PRIu64, count);
    else
        count_format(text, count);
    table_cell(table, text_of(text));
}

static void cell_span(struct table *table, const struct printing *printing, int64_t duration_ns,
                      bool known)
{
    char text[READABLE_SIZE] = "";
    if (known && printing->style->plain)
        (void)decimal_format_i64(text, duration_ns, 9);
    else if (known)
        span_format(text, duration_ns);
    else if (!printing->style->plain)
        (void)snprintf(text, sizeof(text), "-");
    table_cell(table, text_of(text));
}

static double share_of_start(const struct printing *printing, struct amount amount)
{
    return (double)amount.units / (double)printing->result->start_equity.units;
}

/* A blank line between parts, for people only. */
static void gap(const struct printing *printing)
{
    if (!printing->style->plain)
        text_buffer_append(printing->out, TEXT("\n"));
}

static enum status table_end(struct table *table, const struct printing *printing)
{
    gap(printing);
    enum status status = table_write(table, printing->style, printing->out);
    table_release(table);
    return status;
}

/* ---- head -------------------------------------------------------------------------------- */

static void head_print(const struct printing *printing)
{
    const struct backtest_result *result = printing->result;
    struct text_buffer *out = printing->out;
    char from[READABLE_SIZE], to[READABLE_SIZE], span[READABLE_SIZE], bars[READABLE_SIZE];
    char bar[DURATION_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    moment_format(from, result->from_ns);
    moment_format(to, result->to_ns);
    span_format(span, result->to_ns - result->from_ns);
    count_format(bars, result->bars_count);
    (void)duration_format(bar, result->bar_ns);
    (void)hash128_format(hash, result->journal_hash);
    text_buffer_append(out, TEXT(" "));
    text_buffer_append(out, tone_begin(printing->style, TONE_STRONG));
    text_buffer_append(out, TEXT("BACK-TEST "));
    text_append_printable(out, text_of(result->name));
    text_buffer_append(out, tone_end(printing->style, TONE_STRONG));
    text_buffer_print(out, "\n %s to %s (%s), %s bars, finest %s, %.3f s\n", from, to, span, bars,
                      bar, result->wall_seconds);
    text_buffer_print(out, " seed %" PRIu64 ", journal %s\n", result->seed, hash);
}

static enum status head_plain(const struct printing *printing)
{
    const struct backtest_result *result = printing->result;
    struct table table;
    table_init(&table, "run", NULL);
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    (void)time_format(from, result->from_ns);
    (void)time_format(to, result->to_ns);
    (void)hash128_format(hash, result->journal_hash);
    static const char *const headings[] = {"name", "from", "to", "bars", "seed", "journal_hash"};
    for (size_t i = 0; i < ARRAY_COUNT(headings); i++)
        table_column(&table, headings[i], TABLE_LEFT, 0);
    table_cell(&table, text_of(result->name));
    table_cell(&table, text_of(from));
    table_cell(&table, text_of(to));
    cell_count(&table, printing, result->bars_count);
    cell_count(&table, printing, result->seed);
    table_cell(&table, text_of(hash));
    return table_end(&table, printing);
}

static enum status warnings_print(const struct printing *printing)
{
    const struct result_warnings *warnings = &printing->result->warnings;
    if (printing->style->plain) {
        struct table table;
        table_init(&table, "warnings", NULL);
        table_column(&table, "text", TABLE_LEFT, 0);
        for (uint32_t i = 0; i < warnings->count; i++)
            table_cell(&table, text_of(warnings->items[i].text));
        return table_end(&table, printing);
    }
    for (uint32_t i = 0; i < warnings->count; i++) {
        text_buffer_append(printing->out, TEXT(" "));
        text_buffer_append(printing->out, tone_begin(printing->style, TONE_WARN));
        text_buffer_append(printing->out, TEXT("! "));
        text_append_printable(printing->out, text_of(warnings->items[i].text));
        text_buffer_append(printing->out, tone_end(printing->style, TONE_WARN));
        text_buffer_append(printing->out, TEXT("\n"));
    }
    return STATUS_OK;
}

/* ---- equity ------------------------------------------------------------------------------ */

#define SPARKLINE_WIDTH 60u

/* One value a block: the last equity, or the deepest drawdown, so that no depth is lost. */
static size_t blocks_fill(const struct result_equities *equity, bool drawdown,
                          double values[SPARKLINE_WIDTH])
{
    size_t count = equity->count < SPARKLINE_WIDTH ? equity->count : SPARKLINE_WIDTH;
    for (size_t block = 0; block < count; block++) {
        uint32_t first = (uint32_t)(block * equity->count / count);
        uint32_t end = (uint32_t)((block + 1) * equity->count / count);
        values[block] = drawdown ? 0 : (double)equity->items[end - 1].equity.units;
        for (uint32_t i = first; drawdown && i < end; i++) {
            double depth = equity->items[i].drawdown;
            values[block] = depth > values[block] ? depth : values[block];
        }
    }
    return count;
}

/* Two lines of blocks: equity upward, drawdown as its depth. */
static void equity_print(const struct printing *printing)
{
    const struct result_equities *equity = &printing->result->equity;
    if (printing->style->plain || equity->count == 0)
        return;
    struct text_buffer *out = printing->out;
    char from[READABLE_SIZE], to[READABLE_SIZE], deepest[READABLE_SIZE];
    money_format(from, printing->result->start_equity, printing->places, false);
    money_format(to, printing->result->end_equity, printing->places, false);
    percent_format(deepest, printing->metrics->values[METRIC_MAX_DRAWDOWN].number, false);
    double values[SPARKLINE_WIDTH];
    size_t count = blocks_fill(equity, false, values);
    text_buffer_append(out, TEXT("\n equity    "));
    sparkline_append(out, values, count, SPARKLINE_WIDTH, printing->style->ascii);
    text_buffer_print(out, "\n           %s to %s ", from, to);
    text_append_printable(out, text_of(printing->result->currency));
    text_buffer_append(out, TEXT("\n drawdown  "));
    count = blocks_fill(equity, true, values);
    sparkline_append(out, values, count, SPARKLINE_WIDTH, printing->style->ascii);
    text_buffer_print(out, "\n           deepest %s\n", deepest);
}

/* ---- by bot, by instrument, by exit ------------------------------------------------------ */

static void breakdown_columns(struct table *table, const char *first, enum breakdown_key key,
                              bool plain)
{
    table_column(table, first, TABLE_LEFT, 0);
    table_column(table, "trips", TABLE_RIGHT, 0);
    table_column(table, "net", TABLE_RIGHT, 0);
    table_column(table, plain ? "net_ratio" : "net %", TABLE_RIGHT, 2);
    table_column(table, plain ? "win_rate" : "win %", TABLE_RIGHT, 1);
    if (plain) {
        table_column(table, "win", TABLE_RIGHT, 0);
        table_column(table, "draw", TABLE_RIGHT, 0);
        table_column(table, "loss", TABLE_RIGHT, 0);
    } else {
        table_column(table, "w/d/l", TABLE_RIGHT, 4);
    }
    table_column(table, "duration", TABLE_RIGHT, 3);
    table_column(table, "realized", TABLE_RIGHT, 7);
    if (key == BREAKDOWN_BOT)
        table_column(table, "unrealized", TABLE_RIGHT, 9);
    table_column(table, "fees", TABLE_RIGHT, 1);
    if (key != BREAKDOWN_EXIT)
        table_column(table, "turnover", TABLE_RIGHT, 8);
    if (key == BREAKDOWN_INSTRUMENT)
        table_column(table, plain ? "market" : "market %", TABLE_RIGHT, 3);
}

static double market_of(const struct backtest_result *result, uint32_t index)
{
    if (index >= result->instruments.count || !result->instruments.items[index].has_prices)
        return double_nan();
    const struct result_instrument *instrument = &result->instruments.items[index];
    return (double)(instrument->last_close.units - instrument->first_close.units) /
           (double)instrument->first_close.units;
}

static void breakdown_cells(struct table *table, const struct printing *printing,
                            const struct breakdown_row *row, enum breakdown_key key, uint32_t index)
{
    table_cell(table, text_of(row->name));
    cell_count(table, printing, row->trips);
    cell_money(table, printing, row->net, true);
    cell_percent(table, printing, share_of_start(printing, row->net), true);
    cell_percent(table, printing, breakdown_win_rate(row), false);
    if (printing->style->plain) {
        cell_count(table, printing, row->wins);
        cell_count(table, printing, row->draws);
        cell_count(table, printing, row->losses);
    } else {
        table_cell_print(table, "%" PRIu64 "/%" PRIu64 "/%" PRIu64, row->wins, row->draws,
                         row->losses);
    }
    cell_span(table, printing, breakdown_duration(row), row->trips > 0);
    cell_money(table, printing, row->realized, true);
    if (key == BREAKDOWN_BOT)
        cell_money(table, printing, row->unrealized, true);
    cell_money(table, printing, row->fees, false);
    if (key != BREAKDOWN_EXIT)
        cell_money(table, printing, row->turnover, false);
    if (key == BREAKDOWN_INSTRUMENT)
        cell_percent(table, printing, market_of(printing->result, index), true);
}

static enum status breakdown_print(const struct printing *printing, enum breakdown_key key)
{
    static const struct {
        const char *key, *title, *first;
    } texts[] = {
        [BREAKDOWN_BOT] = {"bots", "BOTS", "bot"},
        [BREAKDOWN_INSTRUMENT] = {"instruments", "INSTRUMENTS (closed trips)", "instrument"},
        [BREAKDOWN_EXIT] = {"exits", "EXIT REASONS (closed trips)", "reason"},
    };
    struct breakdown breakdown;
    enum status status = breakdown_init(&breakdown, printing->result, key);
    if (status != STATUS_OK)
        return status;
    if (breakdown.count > 0 || printing->style->plain) {
        struct table table;
        table_init(&table, texts[key].key, texts[key].title);
        breakdown_columns(&table, texts[key].first, key, printing->style->plain);
        for (uint32_t i = 0; i < breakdown.count; i++)
            breakdown_cells(&table, printing, &breakdown.rows[i], key, i);
        if (breakdown.count > 1 && !printing->style->plain) {
            table_rule(&table);
            breakdown_cells(&table, printing, &breakdown.total, key, UINT32_MAX);
        }
        status = table_end(&table, printing);
    }
    breakdown_release(&breakdown);
    return status;
}

static enum status denied_print(const struct printing *printing)
{
    const struct result_denials *denials = &printing->result->denials;
    if (denials->count == 0 && !printing->style->plain)
        return STATUS_OK;
    struct table table;
    table_init(&table, "denied", "DENIED INTENTS");
    table_column(&table, "reason", TABLE_LEFT, 0);
    table_column(&table, "count", TABLE_RIGHT, 0);
    for (uint32_t i = 0; i < denials->count; i++) {
        table_cell(&table, text_of(denials->items[i].reason));
        cell_count(&table, printing, denials->items[i].count);
    }
    return table_end(&table, printing);
}

/* ---- metrics ----------------------------------------------------------------------------- */

static enum status metrics_plain(const struct printing *printing)
{
    struct table table;
    table_init(&table, "metrics", NULL);
    table_column(&table, "name", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    struct text_buffer value;
    text_buffer_init(&value, 1024);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        text_buffer_reset(&value);
        metric_print_exact((enum metric)i, &printing->metrics->values[i], &value);
        table_cell(&table, text_of(metric_rows[i].name));
        table_cell(&table, (struct text){value.data, value.size});
    }
    enum status status = value.status;
    text_buffer_release(&value);
    enum status written = table_end(&table, printing);
    return status != STATUS_OK ? status : written;
}

/* Label and value of one line of the summary; lines stand in two columns. */
struct summary_line {
    const char *title;
    char value[READABLE_SIZE];
};

#define SUMMARY_LINES_MAX (METRIC_COUNT + 12)

static unsigned summary_fill(const struct printing *printing,
                             struct summary_line lines[SUMMARY_LINES_MAX])
{
    const struct backtest_result *result = printing->result;
    unsigned count = 0;
    const struct {
        const char *title;
        struct amount amount;
        bool sign;
    } moneys[] = {
        {"Start equity", result->start_equity, false},
        {"End equity", result->end_equity, false},
        {"Realized before fees", result->realized, true},
        {"Unrealized", result->unrealized, true},
        {"Fees", result->fees, false},
        {"Funding", result->funding, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(moneys); i++) {
        lines[count].title = moneys[i].title;
        money_format(lines[count++].value, moneys[i].amount, printing->places, moneys[i].sign);
    }
    const struct {
        const char *title;
        uint64_t number;
    } counts[] = {{"Orders", result->orders_count},
                  {"Fills", result->fills_count},
                  {"Trips", result->trips_count},
                  {"Trials on these data", result->trials_count > 0 ? result->trials_count : 1}};
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        lines[count].title = counts[i].title;
        count_format(lines[count++].value, counts[i].number);
    }
    struct text_buffer value;
    text_buffer_init(&value, 1024);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        text_buffer_reset(&value);
        metric_print_human((enum metric)i, &printing->metrics->values[i], printing->places, &value);
        lines[count].title = metric_rows[i].title;
        (void)text_copy(lines[count++].value, READABLE_SIZE, (struct text){value.data, value.size});
    }
    text_buffer_release(&value);
    return count;
}

static enum status metrics_print(const struct printing *printing)
{
    if (printing->style->plain)
        return metrics_plain(printing);
    struct summary_line lines[SUMMARY_LINES_MAX];
    unsigned count = summary_fill(printing, lines), rows = (count + 1) / 2;
    char title[64];
    (void)snprintf(title, sizeof(title), "SUMMARY (money in %s)", printing->result->currency);
    struct table table;
    table_init(&table, "metrics", title);
    table_column(&table, "metric", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    table_column(&table, "metric", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    for (unsigned row = 0; row < rows; row++) {
        for (unsigned i = row; i < row + rows + 1; i += rows) {
            table_cell(&table, i < count ? text_of(lines[i].title) : TEXT(""));
            table_cell(&table, i < count ? text_of(lines[i].value) : TEXT(""));
        }
    }
    return table_end(&table, printing);
}

enum status result_print(const struct backtest_result *result, const struct metrics *metrics,
                         const struct table_style *style, struct text_buffer *out)
{
    struct printing printing = {result, metrics, style, out, money_places(result->start_equity)};
    enum status status = STATUS_OK;
    if (style->plain)
        status = head_plain(&printing);
    else
        head_print(&printing);
    if (status == STATUS_OK)
        status = warnings_print(&printing);
    equity_print(&printing);
    for (int key = BREAKDOWN_BOT; key <= BREAKDOWN_EXIT && status == STATUS_OK; key++)
        status = breakdown_print(&printing, (enum breakdown_key)key);
    if (status == STATUS_OK)
        status = denied_print(&printing);
    if (status == STATUS_OK)
        status = metrics_print(&printing);
    return status == STATUS_OK ? out->status : status;
}
