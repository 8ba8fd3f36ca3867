#include "drive/report/result_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/report/output.h"
#include "world/import/csv.h"

struct rows {
    struct csv_reader csv;
    struct backtest_result *result;
    struct problem *problem;
};

static enum status wrong(struct rows *rows, const char *column, struct text text)
{
    return csv_problem(&rows->csv, rows->problem, column, "found \"%.*s\"", (int)text.size,
                       text.data);
}

/* ---- fields; each sets the problem and returns false where the text is none of its kind ------ */

static bool take_units(struct rows *rows, size_t index, const char *column, unsigned decimals,
                       int64_t *out)
{
    struct text text = rows->csv.fields[index];
    if (decimal_parse_i64(text, decimals, out) == STATUS_OK)
        return true;
    (void)!wrong(rows, column, text);
    return false;
}

static bool take_amount(struct rows *rows, size_t index, const char *column, struct amount *out)
{
    struct text text = rows->csv.fields[index];
    if (decimal_parse_i128(text, AMOUNT_DECIMALS, &out->units) == STATUS_OK)
        return true;
    (void)!wrong(rows, column, text);
    return false;
}

static bool take_double(struct rows *rows, size_t index, const char *column, double *out)
{
    char digits[CSV_LINE_SIZE_MAX + 1], *end = digits;
    struct text text = rows->csv.fields[index];
    if (text.size > 0 && text_copy(digits, sizeof digits, text))
        *out = strtod(digits, &end);
    if (end != digits && *end == '\0' && *out - *out == 0)
        return true;
    (void)!wrong(rows, column, text);
    return false;
}

static bool take_name(struct rows *rows, size_t index, const char *column, char *out,
                      size_t out_size)
{
    struct text text = rows->csv.fields[index];
    if (text_copy(out, out_size, text))
        return true;
    (void)!wrong(rows, column, text);
    return false;
}

/* One of two words. */
static bool take_word(struct rows *rows, size_t index, const char *column, const char *first,
                      const char *second, bool *is_first)
{
    struct text text = rows->csv.fields[index];
    *is_first = text_equal(text, text_of(first));
    if (*is_first || text_equal(text, text_of(second)))
        return true;
    (void)!wrong(rows, column, text);
    return false;
}

static bool take_bot(struct rows *rows, size_t index, uint32_t *out)
{
    const struct result_bots *bots = &rows->result->bots;
    struct text text = rows->csv.fields[index];
    for (uint32_t i = 0; i < bots->count; i++) {
        if (text_equal(text, text_of(bots->items[i].name))) {
            *out = i;
            return true;
        }
    }
    (void)!wrong(rows, "bot", text);
    return false;
}

static bool take_instrument(struct rows *rows, size_t index, uint32_t *out)
{
    const struct result_instruments *instruments = &rows->result->instruments;
    struct text text = rows->csv.fields[index];
    for (uint32_t i = 0; i < instruments->count; i++) {
        if (text_equal(text, text_of(instruments->items[i].name))) {
            *out = i;
            return true;
        }
    }
    (void)!wrong(rows, "instrument", text);
    return false;
}

/* The result keeps static text, so only reasons that there are can be read. */
static const char *exit_reason_of(struct text text)
{
    if (text_equal(text, TEXT("signal")))
        return "signal";
    for (int purpose = PURPOSE_ENTER; purpose <= PURPOSE_BUDGET_END; purpose++) {
        const char *name = order_purpose_name((enum order_purpose)purpose);
        if (text_equal(text, text_of(name)))
            return name;
    }
    return NULL;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static enum status equity_row(struct rows *rows)
{
    struct result_equity point = {0};
    double drawdown = 0;
    if (!take_units(rows, 1, "time_ns", 0, &point.time_ns) ||
        !take_amount(rows, 2, "equity", &point.equity) ||
        !take_amount(rows, 3, "cash", &point.cash) ||
        !take_amount(rows, 4, "exposure", &point.exposure) ||
        !take_double(rows, 5, "drawdown", &drawdown))
        return rows->problem->status;
    point.drawdown = drawdown;
    return backtest_result_add_equity(rows->result, &point);
}

static enum status fill_row(struct rows *rows)
{
    struct result_fill fill = {0};
    bool buys = false, maker = false;
    if (!take_units(rows, 1, "time_ns", 0, &fill.time_ns) || !take_bot(rows, 2, &fill.bot) ||
        !take_instrument(rows, 3, &fill.instrument) ||
        !take_word(rows, 4, "side", "buy", "sell", &buys))
        return rows->problem->status;
    const struct result_instrument *row = &rows->result->instruments.items[fill.instrument];
    if (!take_units(rows, 5, "quantity", row->quantity_decimals, &fill.quantity.units) ||
        !take_units(rows, 6, "price", row->price_decimals, &fill.price.units) ||
        !take_amount(rows, 7, "fee", &fill.fee) ||
        !take_name(rows, 8, "fee_asset", fill.fee_asset, sizeof fill.fee_asset) ||
        !take_word(rows, 9, "liquidity", "maker", "taker", &maker) ||
        !take_name(rows, 10, "client_order_id", fill.client_order_id,
                   sizeof fill.client_order_id) ||
        !take_name(rows, 11, "venue_trade_id", fill.venue_trade_id, sizeof fill.venue_trade_id))
        return rows->problem->status;
    fill.side = buys ? SIDE_BUY : SIDE_SELL;
    fill.liquidity = maker ? LIQUIDITY_MAKER : LIQUIDITY_TAKER;
    /* Exact: both scales together are at most that of amounts, and venues quote in the currency. */
    unsigned decimals = (unsigned)(AMOUNT_DECIMALS - row->price_decimals - row->quantity_decimals);
    if (!i128_multiply((i128)fill.price.units * fill.quantity.units, power_of_ten(decimals),
                       &fill.notional.units))
        return wrong(rows, "price", rows->csv.fields[6]);
    return backtest_result_add_fill(rows->result, &fill);
}

static enum status trip_row(struct rows *rows)
{
    struct result_trip trip = {0};
    bool is_long = false;
    int64_t bars_held = 0;
    if (!take_units(rows, 1, "open_time_ns", 0, &trip.open_time_ns) ||
        !take_units(rows, 3, "close_time_ns", 0, &trip.close_time_ns) ||
        !take_bot(rows, 4, &trip.bot) || !take_instrument(rows, 5, &trip.instrument) ||
        !take_word(rows, 6, "side", "long", "short", &is_long))
        return rows->problem->status;
    const struct result_instrument *row = &rows->result->instruments.items[trip.instrument];
    if (!take_units(rows, 7, "quantity", row->quantity_decimals, &trip.quantity.units) ||
        !take_amount(rows, 8, "entry_price", &trip.entry_price) ||
        !take_amount(rows, 9, "exit_price", &trip.exit_price) ||
        !take_amount(rows, 10, "realized", &trip.realized) ||
        !take_amount(rows, 11, "fees", &trip.fees) || !take_amount(rows, 12, "net", &trip.net) ||
        !take_units(rows, 13, "bars_held", 0, &bars_held))
        return rows->problem->status;
    trip.side = is_long ? SIDE_BUY : SIDE_SELL;
    trip.bars_held = (uint64_t)bars_held;
    trip.exit_reason = exit_reason_of(rows->csv.fields[14]);
    if (trip.exit_reason == NULL)
        return wrong(rows, "exit_reason", rows->csv.fields[14]);
    trip.has_excursion = rows->csv.fields[15].size > 0;
    if (trip.has_excursion && (!take_double(rows, 15, "favourable", &trip.favourable) ||
                               !take_double(rows, 16, "adverse", &trip.adverse)))
        return rows->problem->status;
    return backtest_result_add_trip(rows->result, &trip);
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum status each_row(struct rows *rows, const char *path, const char *first, size_t columns,
                            enum status (*row)(struct rows *rows))
{
    bool head = true;
    for (;;) {
        enum status status = csv_reader_next(&rows->csv, rows->problem);
        if (status == STATUS_END)
            return head ? problem_set(rows->problem, STATUS_DATA_INVALID, path, "no first line")
                        : STATUS_OK;
        if (status != STATUS_OK)
            return status;
        if (rows->csv.field_count != columns ||
            (head && !text_equal(rows->csv.fields[0], text_of(first))))
            return csv_problem(&rows->csv, rows->problem, NULL, "not a line of a result's file");
        if (!head) {
            status = row(rows);
            if (status != STATUS_OK)
                return problem_set(rows->problem, status, path, "%s", status_sentence(status));
        }
        head = false;
    }
}

static enum status read_file(const char *directory, const char *name, const char *first,
                             size_t columns, enum status (*row)(struct rows *rows),
                             struct backtest_result *result, struct problem *problem)
{
    char path[OUTPUT_PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return problem_set(problem, STATUS_RANGE, directory, "the path is too long");
    struct byte_source *source;
    struct rows rows = {.result = result, .problem = problem};
    enum status status = byte_source_open_file(path, &source, problem);
    if (status != STATUS_OK)
        return status;
    status = csv_reader_init(&rows.csv, source, problem);
    if (status == STATUS_OK) {
        status = each_row(&rows, path, first, columns, row);
        csv_reader_release(&rows.csv);
    }
    byte_source_close(source);
    return status;
}

enum status result_rows_read(const char *directory, struct backtest_result *result,
                             struct problem *problem)
{
    uint64_t fills = result->fills_count, trips = result->trips_count;
    enum status status = read_file(directory, "equity.csv", "time", 6, equity_row, result, problem);
    if (status == STATUS_OK)
        status = read_file(directory, "fills.csv", "time", 12, fill_row, result, problem);
    if (status == STATUS_OK)
        status = read_file(directory, "trips.csv", "open_time", 17, trip_row, result, problem);
    result->fills_count = fills;
    result->trips_count = trips;
    if (status == STATUS_OK && (result->fills.count > fills || result->trips.count > trips)) {
        status = problem_set(problem, STATUS_DATA_INVALID, directory,
                             "more rows than result.json says");
    }
    return status;
}
