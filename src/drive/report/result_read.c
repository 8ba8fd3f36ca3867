#include "drive/report/result_read.h"

#include <stdio.h>
#include <string.h>

#include "base/json_read.h"
#include "base/time.h"
#include "drive/report/output.h"
#include "drive/report/result_files.h"
#include "drive/report/result_rows.h"
#include "world/import/byte_source.h"

struct reading {
    const char *path;
    const struct json_value *at; /* the object being read */
    struct backtest_result *result;
    struct metrics *metrics;
    struct problem *problem;
};

static enum status wrong(struct reading *reading, const char *key)
{
    char where[320];
    (void)snprintf(where, sizeof where, "%.200s: %s", reading->path, key);
    problem_set(reading->problem, STATUS_DATA_INVALID, where, "missing, or not of its type");
    problem_next(reading->problem, "run the back-test again");
    return STATUS_DATA_INVALID;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static bool read_name(const struct reading *reading, const char *key, char *out, size_t out_size)
{
    struct text text;
    return json_read_text(json_member(reading->at, key), &text) && text_copy(out, out_size, text);
}

static bool read_hash(const struct reading *reading, const char *key, struct hash128 *out)
{
    struct text text;
    return json_read_text(json_member(reading->at, key), &text) &&
           hash128_parse(text, out) == STATUS_OK;
}

static bool read_time(const struct reading *reading, const char *key, int64_t *out)
{
    struct text text;
    return json_read_text(json_member(reading->at, key), &text) &&
           time_parse(text, out) == STATUS_OK;
}

static bool read_span(const struct reading *reading, const char *key, int64_t *out)
{
    struct text text;
    return json_read_text(json_member(reading->at, key), &text) &&
           duration_parse(text, out) == STATUS_OK;
}

static bool read_amount(const struct reading *reading, const char *key, struct amount *out)
{
    return json_read_decimal(json_member(reading->at, key), AMOUNT_DECIMALS, &out->units);
}

static bool read_u64(const struct reading *reading, const char *key, uint64_t *out)
{
    return json_read_u64(json_member(reading->at, key), out);
}

static bool read_flag(const struct reading *reading, const char *key, bool *out)
{
    return json_read_bool(json_member(reading->at, key), out);
}

/* The seed stands in quotes: it may be larger than what other readers of JSON keep. */
static bool read_seed(const struct reading *reading, uint64_t *out)
{
    i128 value;
    if (!json_read_decimal(json_member(reading->at, "seed"), 0, &value) || value < 0 ||
        value > (i128)UINT64_MAX)
        return false;
    *out = (uint64_t)value;
    return true;
}

/* ---- result.json ----------------------------------------------------------------------------- */

#define NEED(condition, key) \
    if (!(condition))        \
    return wrong(reading, key)

/* An older version did not say. */
static bool read_slippage(const struct reading *reading, struct ratio *out)
{
    const struct json_value *value = json_member(reading->at, "slippage_bps");
    i128 units = 0;
    if (value == NULL)
        return true;
    if (!json_read_decimal(value, 2, &units) || units < 0 || units > RATIO_ONE)
        return false;
    out->ppm = (int64_t)units;
    return true;
}

static enum status read_run(struct reading *reading)
{
    struct backtest_result *result = reading->result;
    struct text schema;
    NEED(json_read_text(json_member(reading->at, "schema"), &schema) &&
             text_equal(schema, TEXT(RESULT_SCHEMA)),
         "schema");
    NEED(read_name(reading, "version", result->version, sizeof result->version), "version");
    NEED(read_name(reading, "name", result->name, sizeof result->name), "name");
    NEED(read_name(reading, "kind", result->kind, sizeof result->kind), "kind");
    NEED(read_name(reading, "currency", result->currency, sizeof result->currency), "currency");
    NEED(read_hash(reading, "config_hash", &result->config_hash), "config_hash");
    NEED(read_hash(reading, "data_hash", &result->data_hash), "data_hash");
    NEED(read_hash(reading, "journal_hash", &result->journal_hash), "journal_hash");
    NEED(read_seed(reading, &result->seed), "seed");
    NEED(read_time(reading, "from", &result->from_ns), "from");
    NEED(read_time(reading, "to", &result->to_ns), "to");
    NEED(read_span(reading, "bar", &result->bar_ns), "bar");
    NEED(read_slippage(reading, &result->slippage), "slippage_bps");
    NEED(read_u64(reading, "inputs", &result->inputs_count), "inputs");
    NEED(read_u64(reading, "bars", &result->bars_count), "bars");
    NEED(json_read_double(json_member(reading->at, "wall_seconds"), &result->wall_seconds),
         "wall_seconds");
    NEED(read_amount(reading, "start_equity", &result->start_equity), "start_equity");
    NEED(read_amount(reading, "end_equity", &result->end_equity), "end_equity");
    NEED(read_amount(reading, "realized", &result->realized), "realized");
    NEED(read_amount(reading, "unrealized", &result->unrealized), "unrealized");
    NEED(read_amount(reading, "fees", &result->fees), "fees");
    NEED(read_amount(reading, "funding", &result->funding), "funding");
    NEED(read_u64(reading, "orders", &result->orders_count), "orders");
    NEED(read_u64(reading, "fills", &result->fills_count), "fills");
    NEED(read_u64(reading, "trips", &result->trips_count), "trips");
    NEED(read_u64(reading, "trials", &result->trials_count), "trials");
    return STATUS_OK;
}

static enum status read_denials(struct reading *reading)
{
    const struct json_value *denied = json_member(reading->at, "denied");
    NEED(denied != NULL && denied->type == JSON_OBJECT_BEGIN, "denied");
    for (const struct json_value *at = denied->first; at != NULL; at = at->next) {
        uint64_t count = 0;
        NEED(json_read_u64(at, &count) && count > 0 && at->key.size < RESULT_NAME_SIZE, "denied");
        enum status status = backtest_result_add_denial(reading->result, at->key);
        if (status != STATUS_OK)
            return problem_set(reading->problem, status, reading->path, "too many denials");
        struct result_denials *denials = &reading->result->denials;
        for (uint32_t i = 0; i < denials->count; i++) {
            if (text_equal(at->key, text_of(denials->items[i].reason)))
                denials->items[i].count = count;
        }
    }
    return STATUS_OK;
}

static enum status read_warnings(struct reading *reading)
{
    const struct json_value *warnings = json_member(reading->at, "warnings");
    NEED(warnings != NULL && warnings->type == JSON_ARRAY_BEGIN, "warnings");
    for (const struct json_value *at = warnings->first; at != NULL; at = at->next) {
        struct text text;
        NEED(json_read_text(at, &text), "warnings");
        enum status status = backtest_result_add_warning(reading->result, text);
        if (status != STATUS_OK)
            return problem_set(reading->problem, status, reading->path, "too many warnings");
    }
    return STATUS_OK;
}

static enum status read_bots(struct reading *reading)
{
    const struct json_value *bots = json_member(reading->at, "bots");
    NEED(bots != NULL && bots->type == JSON_ARRAY_BEGIN, "bots");
    const struct json_value *outer = reading->at;
    for (const struct json_value *at = bots->first; at != NULL; at = at->next) {
        struct result_bot bot = {0};
        reading->at = at;
        NEED(read_name(reading, "name", bot.name, sizeof bot.name) &&
                 read_name(reading, "kind", bot.kind, sizeof bot.kind) &&
                 read_amount(reading, "realized", &bot.realized) &&
                 read_amount(reading, "unrealized", &bot.unrealized) &&
                 read_amount(reading, "fees", &bot.fees) &&
                 read_amount(reading, "funding", &bot.funding) &&
                 read_u64(reading, "trips", &bot.trips_count) &&
                 read_flag(reading, "open_at_end", &bot.open_at_end) &&
                 read_flag(reading, "overdrawn", &bot.overdrawn),
             "bots");
        enum status status = backtest_result_add_bot(reading->result, &bot);
        if (status != STATUS_OK)
            return problem_set(reading->problem, status, reading->path, "too many bots");
    }
    reading->at = outer;
    return STATUS_OK;
}

/* A close may be null: a series without bars. */
static bool read_close(const struct reading *reading, const char *key, unsigned decimals,
                       bool *has_prices, int64_t *out)
{
    const struct json_value *value = json_member(reading->at, key);
    i128 units = 0;
    if (value != NULL && value->type == JSON_NULL)
        return true;
    if (!json_read_decimal(value, decimals, &units) || units <= 0 || units > (i128)INT64_MAX)
        return false;
    *has_prices = true;
    *out = (int64_t)units;
    return true;
}

static enum status read_instruments(struct reading *reading)
{
    const struct json_value *instruments = json_member(reading->at, "instruments");
    NEED(instruments != NULL && instruments->type == JSON_ARRAY_BEGIN, "instruments");
    const struct json_value *outer = reading->at;
    for (const struct json_value *at = instruments->first; at != NULL; at = at->next) {
        struct result_instrument row = {0};
        uint64_t price = 0, quantity = 0;
        bool first = false, last = false;
        reading->at = at;
        NEED(read_name(reading, "name", row.name, sizeof row.name) &&
                 read_u64(reading, "price_decimals", &price) &&
                 read_u64(reading, "quantity_decimals", &quantity) && price <= AMOUNT_DECIMALS &&
                 quantity <= AMOUNT_DECIMALS - price && read_span(reading, "bar", &row.bar_ns) &&
                 read_u64(reading, "bars", &row.bars_count) &&
                 read_u64(reading, "bars_missing", &row.bars_missing) &&
                 read_flag(reading, "stale_at_end", &row.stale_at_end) &&
                 read_close(reading, "first_close", (unsigned)price, &first,
                            &row.first_close.units) &&
                 read_close(reading, "last_close", (unsigned)price, &last, &row.last_close.units) &&
                 first == last,
             "instruments");
        row.price_decimals = (uint8_t)price;
        row.quantity_decimals = (uint8_t)quantity;
        row.has_prices = first;
        enum status status = backtest_result_add_instrument(reading->result, &row);
        if (status != STATUS_OK)
            return problem_set(reading->problem, status, reading->path, "too many instruments");
    }
    reading->at = outer;
    return STATUS_OK;
}

/* Seconds as JSON has them; whole ones and up to 100 days of others come back exactly. */
static bool duration_of(double seconds, int64_t *out)
{
    if (!(seconds > -9e9 && seconds < 9e9))
        return false;
    int64_t whole = (int64_t)seconds;
    double rest = (seconds - (double)whole) * 1e9;
    *out = whole * NANOSECONDS_PER_SECOND + (int64_t)(rest < 0 ? rest - 0.5 : rest + 0.5);
    return true;
}

static bool read_metric(const struct json_value *value, enum metric_unit unit,
                        struct metric_value *out)
{
    struct text text;
    double seconds = 0;
    switch (unit) {
    case METRIC_UNIT_RATIO:
    case METRIC_UNIT_NUMBER: return json_read_double(value, &out->number);
    case METRIC_UNIT_MONEY: return json_read_decimal(value, AMOUNT_DECIMALS, &out->money.units);
    case METRIC_UNIT_COUNT: return json_read_i64(value, &out->integer);
    case METRIC_UNIT_DURATION:
        return json_read_double(value, &seconds) && duration_of(seconds, &out->integer);
    case METRIC_UNIT_TIME:
        return json_read_text(value, &text) && time_parse(text, &out->integer) == STATUS_OK;
    }
    return false;
}

/* A metric that an older version did not have is absent. */
static enum status read_metrics(struct reading *reading)
{
    const struct json_value *values = json_member(reading->at, "metrics");
    NEED(values != NULL && values->type == JSON_OBJECT_BEGIN, "metrics");
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct json_value *value = json_member(values, metric_rows[i].name);
        if (value == NULL || value->type == JSON_NULL)
            continue;
        struct metric_value *out = &reading->metrics->values[i];
        NEED(read_metric(value, metric_rows[i].unit, out), metric_rows[i].name);
        out->present = true;
    }
    return STATUS_OK;
}

static enum status read_document(struct reading *reading)
{
    enum status status = read_run(reading);
    if (status == STATUS_OK)
        status = read_denials(reading);
    if (status == STATUS_OK)
        status = read_warnings(reading);
    if (status == STATUS_OK)
        status = read_instruments(reading);
    if (status == STATUS_OK)
        status = read_bots(reading);
    return status == STATUS_OK ? read_metrics(reading) : status;
}

enum status result_file_load(const char *directory, const char *name, struct text_buffer *out,
                             struct problem *problem)
{
    char path[OUTPUT_PATH_SIZE], block[65536];
    struct byte_source *source;
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return problem_set(problem, STATUS_RANGE, directory, "the path is too long");
    enum status status = byte_source_open_file(path, &source, problem);
    if (status != STATUS_OK)
        return status;
    size_t got = sizeof block;
    while (status == STATUS_OK && got == sizeof block && out->status == STATUS_OK) {
        status = byte_source_fill(source, block, sizeof block, &got, problem);
        if (status == STATUS_OK)
            text_buffer_append(out, (struct text){block, got});
    }
    byte_source_close(source);
    if (status == STATUS_OK && out->status != STATUS_OK)
        return problem_set(problem, STATUS_DATA_INVALID, path, "too large for a result");
    return status;
}

enum status result_summary_read(const char *directory, struct backtest_result *result,
                                struct metrics *metrics, struct problem *problem)
{
    struct text_buffer bytes;
    text_buffer_init(&bytes, RESULT_JSON_SIZE_MAX);
    backtest_result_init(result);
    *metrics = (struct metrics){0};
    enum status status = result_file_load(directory, "result.json", &bytes, problem);
    char path[320];
    (void)snprintf(path, sizeof path, "%.250s/result.json", directory);
    struct json_document document = {0};
    uint32_t line = 0;
    if (status == STATUS_OK) {
        status = json_document_read(&document, bytes.data, bytes.size, &line);
        if (status != STATUS_OK) {
            char where[352];
            (void)snprintf(where, sizeof where, "%s:%u", path, line);
            status = status == STATUS_NO_MEMORY ? status : STATUS_DATA_INVALID;
            problem_set(problem, status, where, "no JSON document");
        }
    }
    if (status == STATUS_OK) {
        struct reading reading = {path, document.root, result, metrics, problem};
        status = read_document(&reading);
    }
    json_document_release(&document);
    text_buffer_release(&bytes);
    if (status != STATUS_OK)
        backtest_result_release(result);
    return status;
}

enum status result_read(const char *directory, struct backtest_result *result,
                        struct metrics *metrics, struct problem *problem)
{
    enum status status = result_summary_read(directory, result, metrics, problem);
    if (status != STATUS_OK)
        return status;
    status = result_rows_read(directory, result, problem);
    if (status != STATUS_OK)
        backtest_result_release(result);
    return status;
}
