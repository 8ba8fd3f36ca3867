#include "drive/result/result.h"

#include "drive/result/market.h"

#include <stdlib.h>
#include <string.h>

void backtest_result_init(struct backtest_result *result)
{
    memset(result, 0, sizeof(*result));
}

void backtest_result_release(struct backtest_result *result)
{
    free(result->instruments.items);
    free(result->bots.items);
    free(result->denials.items);
    free(result->fills.items);
    free(result->orders.items);
    free(result->equity.items);
    free(result->trips.items);
    free(result->warnings.items);
    market_release(result->market);
    backtest_result_init(result);
}

/* Makes room for one row more; capacities double from 16, so that adding is linear over all. */
static enum status array_grow(void **items, uint32_t count, uint32_t *capacity, size_t row_size,
                              uint32_t count_max)
{
    if (count < *capacity)
        return STATUS_OK;
    if (count >= count_max)
        return STATUS_FULL;
    uint32_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    if (wanted > count_max)
        wanted = count_max;
    void *grown = realloc(*items, (size_t)wanted * row_size);
    if (grown == NULL)
        return STATUS_NO_MEMORY;
    *items = grown;
    *capacity = wanted;
    return STATUS_OK;
}

/* One function an array: the row is copied to the end. */
#define ARRAY_ADD(function, list_type, row_type, count_max)                         \
    static enum status function(struct list_type *list, const struct row_type *row) \
    {                                                                               \
        void *items = list->items;                                                  \
        enum status status = array_grow(&items, list->count, &list->capacity,       \
                                        sizeof(struct row_type), count_max);        \
        list->items = items;                                                        \
        if (status != STATUS_OK)                                                    \
            return status;                                                          \
        list->items[list->count++] = *row;                                          \
        return STATUS_OK;                                                           \
    }

ARRAY_ADD(instruments_add, result_instruments, result_instrument, RESULT_NAMES_COUNT_MAX)
ARRAY_ADD(bots_add, result_bots, result_bot, RESULT_NAMES_COUNT_MAX)
ARRAY_ADD(denials_add, result_denials, result_denial, RESULT_NAMES_COUNT_MAX)
ARRAY_ADD(warnings_add, result_warnings, result_warning, RESULT_NAMES_COUNT_MAX)
ARRAY_ADD(fills_add, result_fills, result_fill, RESULT_ROWS_COUNT_MAX)
ARRAY_ADD(orders_add, result_orders, result_order, RESULT_ROWS_COUNT_MAX)
ARRAY_ADD(trips_add, result_trips, result_trip, RESULT_ROWS_COUNT_MAX)
ARRAY_ADD(equity_add, result_equities, result_equity, RESULT_EQUITY_COUNT_MAX)

enum status backtest_result_add_instrument(struct backtest_result *result,
                                           const struct result_instrument *instrument)
{
    return instruments_add(&result->instruments, instrument);
}

enum status backtest_result_add_bot(struct backtest_result *result, const struct result_bot *bot)
{
    return bots_add(&result->bots, bot);
}

enum status backtest_result_add_fill(struct backtest_result *result, const struct result_fill *fill)
{
    enum status status = fills_add(&result->fills, fill);
    if (status == STATUS_OK)
        result->fills_count++;
    return status;
}

enum status backtest_result_add_order(struct backtest_result *result,
                                      const struct result_order *order)
{
    enum status status = orders_add(&result->orders, order);
    if (status == STATUS_OK)
        result->orders_count++;
    return status;
}

enum status backtest_result_add_trip(struct backtest_result *result, const struct result_trip *trip)
{
    enum status status = trips_add(&result->trips, trip);
    if (status == STATUS_OK)
        result->trips_count++;
    return status;
}

enum status backtest_result_add_equity(struct backtest_result *result,
                                       const struct result_equity *point)
{
    struct result_equities *list = &result->equity;
    if (list->count > 0 && list->items[list->count - 1].time_ns == point->time_ns) {
        list->items[list->count - 1] = *point;
        return STATUS_OK;
    }
    return equity_add(list, point);
}

enum status backtest_result_add_denial(struct backtest_result *result, struct text reason)
{
    struct result_denial denial = {.count = 1};
    (void)text_copy(denial.reason, sizeof(denial.reason), reason);
    for (uint32_t i = 0; i < result->denials.count; i++) {
        if (strcmp(result->denials.items[i].reason, denial.reason) == 0) {
            result->denials.items[i].count++;
            return STATUS_OK;
        }
    }
    return denials_add(&result->denials, &denial);
}

enum status backtest_result_add_warning(struct backtest_result *result, struct text text)
{
    struct result_warning warning;
    if (!text_copy(warning.text, sizeof(warning.text), text)) {
        /* Cut before the character that did not fit, not inside it. */
        size_t size = strlen(warning.text);
        if (size < text.size && ((unsigned char)text.data[size] & 0xC0) == 0x80) {
            while (size > 0 && ((unsigned char)warning.text[size - 1] & 0xC0) == 0x80)
                size--;
            warning.text[size > 0 ? size - 1 : 0] = '\0';
        }
    }
    for (uint32_t i = 0; i < result->warnings.count; i++) {
        if (strcmp(result->warnings.items[i].text, warning.text) == 0)
            return STATUS_OK;
    }
    return warnings_add(&result->warnings, &warning);
}

/* (peak - equity) / peak. A peak at or below zero has no meaningful share: the drawdown is 0 where
 * nothing was lost since, else 1. */
static double drawdown_of(struct amount peak, struct amount equity)
{
    if (equity.units >= peak.units)
        return 0.0;
    if (peak.units <= 0)
        return 1.0;
    return (double)(peak.units - equity.units) / (double)peak.units;
}

static bool indices_valid(const struct backtest_result *result)
{
    uint32_t bots = result->bots.count, instruments = result->instruments.count;
    for (uint32_t i = 0; i < result->fills.count; i++) {
        const struct result_fill *fill = &result->fills.items[i];
        if (fill->bot >= bots || fill->instrument >= instruments)
            return false;
    }
    for (uint32_t i = 0; i < result->orders.count; i++) {
        const struct result_order *order = &result->orders.items[i];
        if (order->bot >= bots || order->instrument >= instruments)
            return false;
    }
    for (uint32_t i = 0; i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        if (trip->bot >= bots || trip->instrument >= instruments ||
            trip->close_time_ns < trip->open_time_ns)
            return false;
    }
    return true;
}

enum status backtest_result_finish(struct backtest_result *result)
{
    struct amount peak = result->start_equity;
    for (uint32_t i = 0; i < result->equity.count; i++) {
        struct result_equity *point = &result->equity.items[i];
        if (i > 0 && point->time_ns <= result->equity.items[i - 1].time_ns)
            return STATUS_CORRUPT;
        if (point->equity.units > peak.units)
            peak = point->equity;
        point->drawdown = drawdown_of(peak, point->equity);
    }
    return indices_valid(result) ? STATUS_OK : STATUS_CORRUPT;
}
