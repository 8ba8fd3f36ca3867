#include "drive/report/result_files.h"

#include "base/json_write.h"
#include "base/time.h"

#include <inttypes.h>
#include <string.h>

/* ---- result.json ------------------------------------------------------------------------- */

static void json_key_time(struct json_writer *json, const char *key, int64_t time_ns)
{
    char text[TIME_TEXT_SIZE];
    json_key(json, key);
    json_text(json, (struct text){text, time_format(text, time_ns)});
}

static void json_key_hash(struct json_writer *json, const char *key, struct hash128 hash)
{
    char text[HASH_TEXT_SIZE];
    json_key(json, key);
    json_text(json, (struct text){text, hash128_format(text, hash)});
}

static void json_key_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void json_key_amount(struct json_writer *json, const char *key, struct amount amount)
{
    json_key(json, key);
    json_decimal(json, amount.units, AMOUNT_DECIMALS);
}

static void json_key_u64(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static void json_key_duration(struct json_writer *json, const char *key, int64_t duration_ns)
{
    char text[DURATION_TEXT_SIZE];
    json_key(json, key);
    json_text(json, (struct text){text, duration_format(text, duration_ns)});
}

static void seed_write(struct json_writer *json, uint64_t seed)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + seed % 10);
        seed /= 10;
    } while (seed > 0);
    json_key(json, "seed");
    json_text(json, (struct text){digits + at, sizeof(digits) - at});
}

static void run_write(struct json_writer *json, const struct backtest_result *result)
{
    json_key_string(json, "schema", RESULT_SCHEMA);
    json_key_string(json, "version", result->version);
    json_key_hash(json, "config_hash", result->config_hash);
    json_key_hash(json, "data_hash", result->data_hash);
    json_key_hash(json, "journal_hash", result->journal_hash);
    seed_write(json, result->seed);
    json_key_time(json, "from", result->from_ns);
    json_key_time(json, "to", result->to_ns);
    json_key_u64(json, "inputs", result->inputs_count);
    json_key_u64(json, "bars", result->bars_count);
    json_key(json, "wall_seconds");
    json_double(json, result->wall_seconds);
}

static void money_write(struct json_writer *json, const struct backtest_result *result)
{
    json_key_string(json, "currency", result->currency);
    json_key_amount(json, "start_equity", result->start_equity);
    json_key_amount(json, "end_equity", result->end_equity);
    json_key_amount(json, "realized", result->realized);
    json_key_amount(json, "unrealized", result->unrealized);
    json_key_amount(json, "fees", result->fees);
    json_key_amount(json, "funding", result->funding);
}

static void counts_write(struct json_writer *json, const struct backtest_result *result)
{
    json_key_u64(json, "orders", result->orders_count);
    json_key_u64(json, "fills", result->fills_count);
    json_key_u64(json, "trips", result->trips_count);
    json_key_u64(json, "trials", result->trials_count > 0 ? result->trials_count : 1);
    json_key(json, "denied");
    json_object_begin(json);
    for (uint32_t i = 0; i < result->denials.count; i++)
        json_key_u64(json, result->denials.items[i].reason, result->denials.items[i].count);
    json_object_end(json);
}

static void metric_write(struct json_writer *json, enum metric metric,
                         const struct metric_value *value)
{
    if (!value->present) {
        json_null(json);
        return;
    }
    switch (metric_rows[metric].unit) {
    case METRIC_UNIT_RATIO:
    case METRIC_UNIT_NUMBER: json_double(json, value->number); break;
    case METRIC_UNIT_MONEY: json_decimal(json, value->money.units, AMOUNT_DECIMALS); break;
    case METRIC_UNIT_COUNT: json_i64(json, value->integer); break;
    case METRIC_UNIT_DURATION: json_double(json, (double)value->integer / 1e9); break;
    case METRIC_UNIT_TIME: {
        char text[TIME_TEXT_SIZE];
        json_text(json, (struct text){text, time_format(text, value->integer)});
        break;
    }
    }
}

static void metrics_write(struct json_writer *json, const struct metrics *metrics)
{
    json_key(json, "metrics");
    json_object_begin(json);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        json_key(json, metric_rows[i].name);
        metric_write(json, (enum metric)i, &metrics->values[i]);
    }
    json_object_end(json);
}

static void bots_write(struct json_writer *json, const struct backtest_result *result)
{
    json_key(json, "bots");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->bots.count; i++) {
        const struct result_bot *bot = &result->bots.items[i];
        json_object_begin(json);
        json_key_string(json, "name", bot->name);
        json_key_amount(json, "realized", bot->realized);
        json_key_amount(json, "unrealized", bot->unrealized);
        json_key_amount(json, "fees", bot->fees);
        json_key_u64(json, "trips", bot->trips_count);
        json_key_string(json, "kind", bot->kind);
        json_key_amount(json, "funding", bot->funding);
        json_key(json, "open_at_end");
        json_bool(json, bot->open_at_end);
        json_key(json, "overdrawn");
        json_bool(json, bot->overdrawn);
        json_object_end(json);
    }
    json_array_end(json);
}

/* What the contract does not ask for but a reader wants to know. */
static void extras_write(struct json_writer *json, const struct backtest_result *result)
{
    json_key_string(json, "name", result->name);
    json_key_string(json, "kind", result->kind);
    json_key_duration(json, "bar", result->bar_ns);
    json_key(json, "slippage_bps");
    json_decimal(json, result->slippage.ppm, 2);
    json_key(json, "instruments");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        const struct result_instrument *instrument = &result->instruments.items[i];
        json_object_begin(json);
        json_key_string(json, "name", instrument->name);
        json_key_u64(json, "price_decimals", instrument->price_decimals);
        json_key_u64(json, "quantity_decimals", instrument->quantity_decimals);
        json_key_duration(json, "bar", instrument->bar_ns);
        json_key_u64(json, "bars", instrument->bars_count);
        json_key_u64(json, "bars_missing", instrument->bars_missing);
        json_key(json, "stale_at_end");
        json_bool(json, instrument->stale_at_end);
        json_key(json, "first_close");
        if (instrument->has_prices)
            json_decimal(json, instrument->first_close.units, instrument->price_decimals);
        else
            json_null(json);
        json_key(json, "last_close");
        if (instrument->has_prices)
            json_decimal(json, instrument->last_close.units, instrument->price_decimals);
        else
            json_null(json);
        json_object_end(json);
    }
    json_array_end(json);
}

void result_json_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out)
{
    struct json_writer json;
    json_write_init(&json, out, 1);
    json_object_begin(&json);
    run_write(&json, result);
    money_write(&json, result);
    counts_write(&json, result);
    metrics_write(&json, metrics);
    json_key(&json, "warnings");
    json_array_begin(&json);
    for (uint32_t i = 0; i < result->warnings.count; i++)
        json_string(&json, result->warnings.items[i].text);
    json_array_end(&json);
    bots_write(&json, result);
    extras_write(&json, result);
    json_object_end(&json);
    /* The buffer keeps the status for whoever writes it out. */
    (void)!json_write_finish(&json);
}

/* ---- CSV --------------------------------------------------------------------------------- */

/* A field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line end. */
static void csv_text(struct text_buffer *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        text_buffer_append(out, text_of(text));
        return;
    }
    text_buffer_append(out, TEXT("\""));
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"')
            text_buffer_append(out, TEXT("\""));
        text_buffer_append(out, (struct text){at, 1});
    }
    text_buffer_append(out, TEXT("\""));
}

static void csv_comma(struct text_buffer *out)
{
    text_buffer_append(out, TEXT(","));
}

static void csv_string(struct text_buffer *out, const char *text)
{
    csv_comma(out);
    csv_text(out, text == NULL ? "" : text);
}

static void csv_units(struct text_buffer *out, int64_t units, unsigned decimals)
{
    char text[DECIMAL_TEXT_SIZE];
    csv_comma(out);
    text_buffer_append(out, (struct text){text, decimal_format_i64(text, units, decimals)});
}

static void csv_amount(struct text_buffer *out, struct amount amount)
{
    char text[DECIMAL_TEXT_SIZE];
    csv_comma(out);
    text_buffer_append(
        out, (struct text){text, decimal_format_i128(text, amount.units, AMOUNT_DECIMALS)});
}

/* A ratio, rounded to 12 decimals: a million of them are written in a blink, and nobody reads
 * more. */
static void csv_ratio(struct text_buffer *out, double value)
{
    char text[DOUBLE_TEXT_SIZE];
    if (value >= 0 && value < 1e6) {
        csv_units(out, (int64_t)(value * 1e12 + 0.5), 12);
        return;
    }
    csv_comma(out);
    text_buffer_append(out, (struct text){text, double_format_plain(text, value)});
}

/* `time,time_ns` without a comma before. */
static void csv_time(struct text_buffer *out, int64_t time_ns)
{
    char text[TIME_TEXT_SIZE];
    text_buffer_append(out, (struct text){text, time_format(text, time_ns)});
    csv_units(out, time_ns, 0);
}

static void csv_line_end(struct output_file *file)
{
    text_buffer_append(&file->buffer, TEXT("\n"));
    output_file_row(file);
}

void fills_csv_write(struct output_file *file, const struct backtest_result *result,
                     const struct metrics *metrics)
{
    (void)metrics;
    struct text_buffer *out = &file->buffer;
    text_buffer_append(out, TEXT("time,time_ns,bot,instrument,side,quantity,price,fee,fee_asset,"
                                 "liquidity,client_order_id,venue_trade_id"));
    csv_line_end(file);
    for (uint32_t i = 0; i < result->fills.count && file->status == STATUS_OK; i++) {
        const struct result_fill *fill = &result->fills.items[i];
        const struct result_instrument *instrument = &result->instruments.items[fill->instrument];
        csv_time(out, fill->time_ns);
        csv_string(out, result->bots.items[fill->bot].name);
        csv_string(out, instrument->name);
        csv_string(out, fill->side == SIDE_BUY ? "buy" : "sell");
        csv_units(out, fill->quantity.units, instrument->quantity_decimals);
        csv_units(out, fill->price.units, instrument->price_decimals);
        csv_amount(out, fill->fee);
        csv_string(out, fill->fee_asset);
        csv_string(out, fill->liquidity == LIQUIDITY_MAKER ? "maker" : "taker");
        csv_string(out, fill->client_order_id);
        csv_string(out, fill->venue_trade_id);
        csv_line_end(file);
    }
}

void orders_csv_write(struct output_file *file, const struct backtest_result *result,
                      const struct metrics *metrics)
{
    (void)metrics;
    struct text_buffer *out = &file->buffer;
    text_buffer_append(out, TEXT("time,time_ns,bot,instrument,side,type,quantity,price,filled,"
                                 "average_price,state,reason,client_order_id,end_time,"
                                 "end_time_ns"));
    csv_line_end(file);
    for (uint32_t i = 0; i < result->orders.count && file->status == STATUS_OK; i++) {
        const struct result_order *order = &result->orders.items[i];
        const struct result_instrument *instrument = &result->instruments.items[order->instrument];
        csv_time(out, order->time_ns);
        csv_string(out, result->bots.items[order->bot].name);
        csv_string(out, instrument->name);
        csv_string(out, order->side == SIDE_BUY ? "buy" : "sell");
        csv_string(out, order->type);
        csv_units(out, order->quantity.units, instrument->quantity_decimals);
        if (order->has_price)
            csv_units(out, order->price.units, instrument->price_decimals);
        else
            csv_comma(out);
        csv_units(out, order->filled.units, instrument->quantity_decimals);
        if (order->filled.units > 0)
            csv_amount(out, order->average_price);
        else
            csv_comma(out);
        csv_string(out, order->state);
        csv_string(out, order->reason);
        csv_string(out, order->client_order_id);
        csv_comma(out);
        if (order->end_time_ns != 0)
            csv_time(out, order->end_time_ns);
        else
            csv_comma(out);
        csv_line_end(file);
    }
}

void equity_csv_write(struct output_file *file, const struct backtest_result *result,
                      const struct metrics *metrics)
{
    (void)metrics;
    struct text_buffer *out = &file->buffer;
    text_buffer_append(out, TEXT("time,time_ns,equity,cash,exposure,drawdown"));
    csv_line_end(file);
    for (uint32_t i = 0; i < result->equity.count && file->status == STATUS_OK; i++) {
        const struct result_equity *point = &result->equity.items[i];
        csv_time(out, point->time_ns);
        csv_amount(out, point->equity);
        csv_amount(out, point->cash);
        csv_amount(out, point->exposure);
        csv_ratio(out, point->drawdown);
        csv_line_end(file);
    }
}

void trips_csv_write(struct output_file *file, const struct backtest_result *result,
                     const struct metrics *metrics)
{
    (void)metrics;
    struct text_buffer *out = &file->buffer;
    text_buffer_append(out, TEXT("open_time,open_time_ns,close_time,close_time_ns,bot,instrument,"
                                 "side,quantity,entry_price,exit_price,realized,fees,net,"
                                 "bars_held,exit_reason,favourable,adverse"));
    csv_line_end(file);
    for (uint32_t i = 0; i < result->trips.count && file->status == STATUS_OK; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        const struct result_instrument *instrument = &result->instruments.items[trip->instrument];
        csv_time(out, trip->open_time_ns);
        csv_comma(out);
        csv_time(out, trip->close_time_ns);
        csv_string(out, result->bots.items[trip->bot].name);
        csv_string(out, instrument->name);
        csv_string(out, trip->side == SIDE_BUY ? "long" : "short");
        csv_units(out, trip->quantity.units, instrument->quantity_decimals);
        csv_amount(out, trip->entry_price);
        csv_amount(out, trip->exit_price);
        csv_amount(out, trip->realized);
        csv_amount(out, trip->fees);
        csv_amount(out, trip->net);
        text_buffer_print(out, ",%" PRIu64, trip->bars_held);
        csv_string(out, trip->exit_reason);
        if (trip->has_excursion) {
            csv_ratio(out, trip->favourable);
            csv_ratio(out, trip->adverse);
        } else {
            text_buffer_append(out, TEXT(",,"));
        }
        csv_line_end(file);
    }
}

void metrics_csv_write(struct output_file *file, const struct backtest_result *result,
                       const struct metrics *metrics)
{
    (void)result;
    struct text_buffer *out = &file->buffer;
    text_buffer_append(out, TEXT("name,value,unit,title"));
    csv_line_end(file);
    for (size_t i = 0; i < METRIC_COUNT && file->status == STATUS_OK; i++) {
        text_buffer_append(out, text_of(metric_rows[i].name));
        csv_comma(out);
        metric_print_exact((enum metric)i, &metrics->values[i], out);
        csv_string(out, metric_unit_name(metric_rows[i].unit));
        csv_string(out, metric_rows[i].title);
        csv_line_end(file);
    }
}
