#include "drive/result/breakdown.h"

#include "base/time.h"
#include "drive/result/statistics.h"

#include <stdlib.h>
#include <string.h>

double breakdown_win_rate(const struct breakdown_row *row)
{
    return row->trips > 0 ? (double)row->wins / (double)row->trips : double_nan();
}

int64_t breakdown_duration(const struct breakdown_row *row)
{
    return row->trips > 0
               ? (int64_t)i128_divide(row->duration_ns, (i128)row->trips, ROUND_HALF_EVEN)
               : 0;
}

static void row_add_trip(struct breakdown_row *row, const struct result_trip *trip)
{
    row->trips++;
    row->wins += trip->net.units > 0;
    row->draws += trip->net.units == 0;
    row->losses += trip->net.units < 0;
    row->duration_ns += trip->close_time_ns - trip->open_time_ns;
    row->realized.units += trip->realized.units;
    row->fees.units += trip->fees.units;
    row->net.units += trip->net.units;
}

/* Rows are few, so they are searched from the front. NULL where there is no room for a new one. */
static struct breakdown_row *exit_row(struct breakdown *breakdown, const char *reason)
{
    for (uint32_t i = 0; i < breakdown->count; i++) {
        if (strcmp(breakdown->rows[i].name, reason) == 0)
            return &breakdown->rows[i];
    }
    struct breakdown_row *rows = realloc(breakdown->rows,
                                         (breakdown->count + 1) * sizeof(*breakdown->rows));
    if (rows == NULL)
        return NULL;
    breakdown->rows = rows;
    struct breakdown_row *row = &rows[breakdown->count++];
    memset(row, 0, sizeof(*row));
    row->name = reason;
    return row;
}

static enum status exits_gather(struct breakdown *breakdown, const struct backtest_result *result)
{
    for (uint32_t i = 0; i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        struct breakdown_row *row = exit_row(breakdown,
                                             trip->exit_reason == NULL ? "" : trip->exit_reason);
        if (row == NULL)
            return STATUS_NO_MEMORY;
        row_add_trip(row, trip);
    }
    return STATUS_OK;
}

static void places_gather(struct breakdown *breakdown, const struct backtest_result *result,
                          bool by_bot)
{
    for (uint32_t i = 0; i < breakdown->count; i++)
        breakdown->rows[i].name = by_bot ? result->bots.items[i].name
                                         : result->instruments.items[i].name;
    for (uint32_t i = 0; i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        row_add_trip(&breakdown->rows[by_bot ? trip->bot : trip->instrument], trip);
    }
    for (uint32_t i = 0; i < result->fills.count; i++) {
        const struct result_fill *fill = &result->fills.items[i];
        breakdown->rows[by_bot ? fill->bot : fill->instrument].turnover.units += fill->notional
                                                                                     .units;
    }
    /* A bot's own book knows its open position too. */
    for (uint32_t i = 0; by_bot && i < breakdown->count; i++) {
        const struct result_bot *bot = &result->bots.items[i];
        struct breakdown_row *row = &breakdown->rows[i];
        row->realized = bot->realized;
        row->unrealized = bot->unrealized;
        row->fees = bot->fees;
        row->net.units = bot->realized.units + bot->unrealized.units - bot->fees.units +
                         bot->funding.units;
    }
}

static void total_add(struct breakdown_row *total, const struct breakdown_row *row)
{
    total->trips += row->trips;
    total->wins += row->wins;
    total->draws += row->draws;
    total->losses += row->losses;
    total->duration_ns += row->duration_ns;
    total->realized.units += row->realized.units;
    total->unrealized.units += row->unrealized.units;
    total->fees.units += row->fees.units;
    total->net.units += row->net.units;
    total->turnover.units += row->turnover.units;
}

enum status breakdown_init(struct breakdown *breakdown, const struct backtest_result *result,
                           enum breakdown_key key)
{
    memset(breakdown, 0, sizeof(*breakdown));
    breakdown->total.name = "total";
    enum status status = STATUS_OK;
    if (key == BREAKDOWN_EXIT) {
        status = exits_gather(breakdown, result);
    } else {
        bool by_bot = key == BREAKDOWN_BOT;
        breakdown->count = by_bot ? result->bots.count : result->instruments.count;
        breakdown->rows = calloc(breakdown->count + 1u, sizeof(*breakdown->rows));
        if (breakdown->rows == NULL)
            status = STATUS_NO_MEMORY;
        else
            places_gather(breakdown, result, by_bot);
    }
    if (status != STATUS_OK) {
        breakdown_release(breakdown);
        return status;
    }
    for (uint32_t i = 0; i < breakdown->count; i++)
        total_add(&breakdown->total, &breakdown->rows[i]);
    return STATUS_OK;
}

void breakdown_release(struct breakdown *breakdown)
{
    free(breakdown->rows);
    breakdown->rows = NULL;
    breakdown->count = 0;
}

/* Months since year 0 of the instant just before time_ns: a bar that closes at 00:00 on the first
 * belongs to the month before. */
static int64_t month_of(int64_t time_ns)
{
    struct civil_time civil = civil_from_ns(time_ns - 1);
    return (int64_t)civil.year * 12 + civil.month - 1;
}

/* The last instant of that month. */
static int64_t month_end(int64_t time_ns)
{
    int64_t next = month_of(time_ns) + 1, end_ns;
    struct civil_time civil = {
        .year = (int32_t)(next / 12), .month = (uint8_t)(next % 12 + 1), .day = 1};
    return civil_to_ns(civil, &end_ns) ? end_ns : INT64_MAX;
}

enum status months_make(const struct backtest_result *result, struct month_return **months,
                        size_t *count)
{
    const struct result_equities *equity = &result->equity;
    *months = NULL;
    *count = 0;
    if (equity->count == 0)
        return STATUS_OK;
    int64_t first = month_of(equity->items[0].time_ns);
    int64_t last = month_of(equity->items[equity->count - 1].time_ns);
    struct month_return *made = calloc((size_t)(last - first + 1), sizeof(*made));
    if (made == NULL)
        return STATUS_NO_MEMORY;
    struct amount before = result->start_equity;
    int64_t end_ns = INT64_MIN; /* of the month that the calendar was last asked for */
    for (uint32_t i = 0; i < equity->count; i++) {
        if (equity->items[i].time_ns > end_ns)
            end_ns = month_end(equity->items[i].time_ns);
        if (i + 1 < equity->count && equity->items[i + 1].time_ns <= end_ns)
            continue;
        int64_t month = month_of(equity->items[i].time_ns);
        struct amount close = equity->items[i].equity;
        made[*count].year = (int32_t)(month / 12);
        made[*count].month = (uint8_t)(month % 12 + 1);
        made[*count].value = before.units > 0
                                 ? (double)(close.units - before.units) / (double)before.units
                                 : double_nan();
        before = close;
        (*count)++;
    }
    *months = made;
    return STATUS_OK;
}
