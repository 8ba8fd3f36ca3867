#include "drive/report/data.h"

#include "base/json_write.h"
#include "drive/report/report.h"
#include "drive/result/market.h"
#include "drive/result/readable.h"

#include <stdlib.h>
#include <string.h>

#define SERIES_POINTS 800u
#define DATA_SIZE_MAX ((size_t)256 << 20)

struct data_writer {
    struct json_writer json;
    const struct backtest_result *result;
    unsigned places;
    uint32_t fills_left, stops_left;
};

static int64_t milliseconds(int64_t time_ns)
{
    int64_t rest = time_ns % 1000000;
    return (time_ns - (rest < 0 ? rest + 1000000 : rest)) / 1000000;
}

/* Names come from outside: what draws on a screen is made visible. */
static void clean_string(struct json_writer *json, const char *text)
{
    char clean[RESULT_NAME_SIZE * 4];
    size_t size = text_copy_clean(clean, sizeof clean, text_of(text));
    json_text(json, (struct text){clean, size});
}

static void money_string(struct data_writer *writer, struct amount amount, bool sign)
{
    char text[READABLE_SIZE];
    money_format(text, amount, writer->places, sign);
    json_string(&writer->json, text);
}

static void percent_string(struct data_writer *writer, double ratio)
{
    char text[READABLE_SIZE];
    percent_format(text, ratio, false);
    json_string(&writer->json, text);
}

static void names_write(struct data_writer *writer)
{
    struct json_writer *json = &writer->json;
    const struct backtest_result *result = writer->result;
    json_key(json, "currency");
    clean_string(json, result->currency);
    json_key(json, "bots");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->bots.count; i++)
        clean_string(json, result->bots.items[i].name);
    json_array_end(json);
    json_key(json, "protection");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->bots.count; i++) {
        json_array_begin(json);
        json_i64(json, result->bots.items[i].stop_loss.ppm);
        json_i64(json, result->bots.items[i].take_profit.ppm);
        json_array_end(json);
    }
    json_array_end(json);
    json_key(json, "instruments");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->instruments.count; i++)
        clean_string(json, result->instruments.items[i].name);
    json_array_end(json);
}

/* ---- values under the pointer ---------------------------------------------------------------- */

static uint32_t sample_count(const struct backtest_result *result)
{
    uint32_t count = result->equity.count;
    return count < SERIES_POINTS ? count : SERIES_POINTS;
}

static const struct result_equity *sample_at(const struct backtest_result *result, uint32_t index)
{
    uint64_t count = result->equity.count;
    return &result->equity.items[(uint64_t)(index + 1) * count / sample_count(result) - 1];
}

static void hold_write(struct data_writer *writer)
{
    const struct backtest_result *result = writer->result;
    const struct result_market *market = result->market;
    if (market == NULL || market->curve_count == 0)
        return;
    json_key(&writer->json, "hold");
    json_array_begin(&writer->json);
    uint32_t at = 0;
    for (uint32_t i = 0; i < sample_count(result); i++) {
        while (at + 1 < market->curve_count &&
               market->curve[at + 1].time_ns <= sample_at(result, i)->time_ns)
            at++;
        percent_string(writer, market->curve[at].growth - 1);
    }
    json_array_end(&writer->json);
}

static void series_write(struct data_writer *writer)
{
    struct json_writer *json = &writer->json;
    const struct backtest_result *result = writer->result;
    uint32_t count = sample_count(result);
    json_key(json, "series");
    json_object_begin(json);
    json_key(json, "time");
    json_array_begin(json);
    for (uint32_t i = 0; i < count; i++)
        json_i64(json, milliseconds(sample_at(result, i)->time_ns));
    json_array_end(json);
    json_key(json, "equity");
    json_array_begin(json);
    for (uint32_t i = 0; i < count; i++)
        money_string(writer, sample_at(result, i)->equity, false);
    json_array_end(json);
    json_key(json, "drawdown");
    json_array_begin(json);
    for (uint32_t i = 0; i < count; i++)
        percent_string(writer, sample_at(result, i)->drawdown);
    json_array_end(json);
    json_key(json, "exposure");
    json_array_begin(json);
    for (uint32_t i = 0; i < count; i++) {
        const struct result_equity *point = sample_at(result, i);
        percent_string(writer, (double)point->exposure.units / (double)point->equity.units);
    }
    json_array_end(json);
    hold_write(writer);
    json_object_end(json);
}

/* ---- trips ----------------------------------------------------------------------------------- */

static void trip_write(struct data_writer *writer, const struct result_trip *trip,
                       struct amount cumulative)
{
    struct json_writer *json = &writer->json;
    const struct result_instrument *instrument = &writer->result->instruments
                                                      .items[trip->instrument];
    char text[DECIMAL_TEXT_SIZE];
    unsigned places = instrument->price_decimals;
    json_array_begin(json);
    json_i64(json, milliseconds(trip->open_time_ns));
    json_i64(json, milliseconds(trip->close_time_ns));
    json_u64(json, trip->bot);
    json_u64(json, trip->instrument);
    json_u64(json, trip->side == SIDE_BUY);
    (void)decimal_format_i64(text, trip->quantity.units, instrument->quantity_decimals);
    json_string(json, text);
    price_format(text, trip->entry_price, places);
    json_string(json, text);
    price_format(text, trip->exit_price, places);
    json_string(json, text);
    money_string(writer, trip->fees, false);
    money_string(writer, trip->net, true);
    money_string(writer, cumulative, true);
    clean_string(json, trip->exit_reason == NULL ? "" : trip->exit_reason);
    json_decimal(json, trip->net.units, AMOUNT_DECIMALS);
    json_array_end(json);
}

static void trips_write(struct data_writer *writer)
{
    const struct result_trips *trips = &writer->result->trips;
    uint32_t shown = trips->count < REPORT_TRIPS_MAX ? trips->count : REPORT_TRIPS_MAX;
    struct amount cumulative = {0};
    json_key(&writer->json, "trips");
    json_array_begin(&writer->json);
    for (uint32_t i = 0; i < trips->count; i++) {
        cumulative.units += trips->items[i].net.units;
        if (i >= trips->count - shown)
            trip_write(writer, &trips->items[i], cumulative);
    }
    json_array_end(&writer->json);
}

/* ---- candles --------------------------------------------------------------------------------- */

static size_t varint(uint8_t *out, uint64_t value)
{
    size_t size = 0;
    while (value >= 128) {
        out[size++] = (uint8_t)(value | 128);
        value >>= 7;
    }
    out[size++] = (uint8_t)value;
    return size;
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

/* The largest power of ten that divides all prices. */
static unsigned shared_zeros(const struct market_candles *all, const struct market_candles *near,
                             unsigned decimals)
{
    const struct market_candles *lists[] = {all, near};
    unsigned zeros = decimals;
    int64_t scale = (int64_t)power_of_ten(zeros);
    for (size_t list = 0; list < ARRAY_COUNT(lists); list++) {
        for (uint32_t i = 0; i < lists[list]->count && zeros > 0; i++) {
            const struct market_candle *candle = &lists[list]->items[i];
            while (zeros > 0 && (candle->open % scale != 0 || candle->high % scale != 0 ||
                                 candle->low % scale != 0 || candle->close % scale != 0)) {
                scale /= 10;
                zeros--;
            }
        }
    }
    return zeros;
}

static size_t candles_pack(const struct market_candles *list, int64_t scale, uint8_t *out)
{
    size_t size = 0;
    int64_t before_ns = 0, before = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct market_candle *candle = &list->items[i];
        int64_t open = candle->open / scale, close = candle->close / scale;
        int64_t high = candle->high / scale, low = candle->low / scale;
        int64_t steps = i == 0 ? 0 : (candle->time_ns - before_ns) / list->length_ns - 1;
        size += varint(out + size, (uint64_t)i64_max(steps, 0));
        size += varint(out + size, zigzag(open - before));
        size += varint(out + size, zigzag(close - open));
        size += varint(out + size, (uint64_t)(high - i64_max(open, close)));
        size += varint(out + size, (uint64_t)(i64_min(open, close) - low));
        before_ns = candle->time_ns;
        before = close;
    }
    return size;
}

static void base64_string(struct json_writer *json, const uint8_t *data, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc(size / 3 * 4 + 8);
    size_t at = 0;
    if (text == NULL) {
        json_string(json, "");
        json->out->status = STATUS_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < size; i += 3) {
        uint32_t group = (uint32_t)data[i] << 16;
        group |= i + 1 < size ? (uint32_t)data[i + 1] << 8 : 0;
        group |= i + 2 < size ? data[i + 2] : 0;
        text[at++] = letters[group >> 18];
        text[at++] = letters[group >> 12 & 63];
        text[at++] = i + 1 < size ? letters[group >> 6 & 63] : '=';
        text[at++] = i + 2 < size ? letters[group & 63] : '=';
    }
    json_text(json, (struct text){text, at});
    free(text);
}

static void candles_write(struct data_writer *writer, const char *key,
                          const struct market_candles *list, int64_t scale)
{
    struct json_writer *json = &writer->json;
    /* Five integers of at most ten bytes. */
    uint8_t *data = malloc((size_t)list->count * 50 + 1);
    json_key(json, key);
    json_object_begin(json);
    json_key(json, "length");
    json_i64(json, list->length_ns / 1000000);
    json_key(json, "start");
    json_i64(json, list->count == 0 ? 0 : milliseconds(list->items[0].time_ns));
    json_key(json, "count");
    json_u64(json, list->count);
    json_key(json, "data");
    if (data == NULL) {
        json_string(json, "");
        json->out->status = STATUS_NO_MEMORY;
    } else {
        base64_string(json, data, candles_pack(list, scale, data));
    }
    json_object_end(json);
    free(data);
}

/* The latest fills of the instrument, as many as are left. */
static void fills_write(struct data_writer *writer, uint32_t instrument)
{
    struct json_writer *json = &writer->json;
    const struct result_fills *fills = &writer->result->fills;
    const struct result_instrument *row = &writer->result->instruments.items[instrument];
    uint32_t from = fills->count;
    while (from > 0 && writer->fills_left > 0) {
        from--;
        writer->fills_left -= fills->items[from].instrument == instrument;
    }
    json_key(json, "fills");
    json_array_begin(json);
    for (uint32_t i = from; i < fills->count; i++) {
        const struct result_fill *fill = &fills->items[i];
        char text[DECIMAL_TEXT_SIZE];
        if (fill->instrument != instrument)
            continue;
        json_array_begin(json);
        json_i64(json, milliseconds(fill->time_ns));
        json_u64(json, fill->side == SIDE_BUY);
        (void)decimal_format_i64(text, fill->price.units, row->price_decimals);
        json_string(json, text);
        (void)decimal_format_i64(text, fill->quantity.units, row->quantity_decimals);
        json_string(json, text);
        json_u64(json, fill->bot);
        json_array_end(json);
    }
    json_array_end(json);
}

/* Stop orders while they lay with the venue. */
static void stops_write(struct data_writer *writer, uint32_t instrument)
{
    struct json_writer *json = &writer->json;
    const struct backtest_result *result = writer->result;
    unsigned decimals = result->instruments.items[instrument].price_decimals;
    json_key(json, "stops");
    json_array_begin(json);
    for (uint32_t i = 0; i < result->orders.count && writer->stops_left > 0; i++) {
        const struct result_order *order = &result->orders.items[i];
        char text[DECIMAL_TEXT_SIZE];
        if (order->instrument != instrument || !order->has_price ||
            strncmp(order->type, "stop", 4) != 0 || strcmp(order->state, "denied") == 0)
            continue;
        json_array_begin(json);
        json_i64(json, milliseconds(order->time_ns));
        json_i64(json, milliseconds(order->end_time_ns != 0 ? order->end_time_ns : result->to_ns));
        (void)decimal_format_i64(text, order->price.units, decimals);
        json_string(json, text);
        json_u64(json, order->bot);
        json_array_end(json);
        writer->stops_left--;
    }
    json_array_end(json);
}

static void markets_write(struct data_writer *writer)
{
    struct json_writer *json = &writer->json;
    const struct result_market *market = writer->result->market;
    json_key(json, "markets");
    json_array_begin(json);
    for (uint32_t i = 0; market != NULL && i < market->count; i++) {
        const struct market_instrument *shown = &market->instruments[i];
        unsigned decimals = writer->result->instruments.items[shown->instrument].price_decimals;
        unsigned zeros = shared_zeros(&shown->all, &shown->near, decimals);
        int64_t scale = (int64_t)power_of_ten(zeros);
        json_object_begin(json);
        json_key(json, "instrument");
        json_u64(json, shown->instrument);
        json_key(json, "decimals");
        json_u64(json, decimals - zeros);
        candles_write(writer, "all", &shown->all, scale);
        candles_write(writer, "near", &shown->near, scale);
        fills_write(writer, shown->instrument);
        stops_write(writer, shown->instrument);
        json_object_end(json);
    }
    json_array_end(json);
}

/* ---- into the page --------------------------------------------------------------------------- */

/* Outside of strings JSON has none of these three, so that what could end the element or begin
 * another can be written another way wherever it stands. */
static void data_copy(struct text_buffer *out, struct text json)
{
    size_t from = 0;
    for (size_t i = 0; i < json.size; i++) {
        char c = json.data[i];
        if (c != '<' && c != '>' && c != '&')
            continue;
        text_buffer_append(out, (struct text){json.data + from, i - from});
        text_buffer_append(out, c == '<'   ? TEXT("\\u003c")
                                : c == '>' ? TEXT("\\u003e")
                                           : TEXT("\\u0026"));
        from = i + 1;
    }
    text_buffer_append(out, (struct text){json.data + from, json.size - from});
}

void report_data_append(const struct report *report)
{
    struct text_buffer text;
    struct data_writer writer = {.result = report->result,
                                 .places = report->places,
                                 .fills_left = REPORT_FILLS_MAX,
                                 .stops_left = REPORT_STOPS_MAX};
    text_buffer_init(&text, DATA_SIZE_MAX);
    json_write_init(&writer.json, &text, 0);
    json_object_begin(&writer.json);
    names_write(&writer);
    series_write(&writer);
    trips_write(&writer);
    markets_write(&writer);
    json_object_end(&writer.json);
    enum status status = json_write_finish(&writer.json);
    plain(report, "<script type=\"application/json\" id=\"report-data\">");
    if (status == STATUS_OK)
        data_copy(report->out, (struct text){text.data, text.size});
    else
        report->out->status = status;
    plain(report, "</script>\n");
    text_buffer_release(&text);
}
