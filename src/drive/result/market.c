#include "drive/result/market.h"

#include <stdlib.h>
#include <string.h>

/* Lengths of candles, in bars. */
static const int64_t lengths[] = {1,   2,   3,    5,    10,   15,    30,    60,     120,    240,
                                  480, 720, 1440, 2880, 7200, 14400, 43200, 144000, 1440000};

/* Ticks become candles of one of these many seconds. */
static const int64_t seconds[] = {1,   2,   5,   10,   15,   30,    60,    120,
                                  300, 600, 900, 1800, 3600, 14400, 43200, 86400};
#define TICK_CANDLES_MAX 6000

struct gathering {
    const struct backtest_result *result;
    const struct market_source **sources; /* owned; one an instrument, NULL: none */
    uint32_t *fills;                      /* owned; of each instrument */
    uint32_t *order;                      /* owned; instruments, most fills first */
    uint32_t order_count;
    uint32_t near_left;
};

static enum status candle_add(struct market_candles *list, uint32_t *capacity,
                              const struct market_candle *candle)
{
    if (list->count == *capacity) {
        uint32_t wanted = *capacity == 0 ? 1024 : *capacity * 2;
        struct market_candle *grown = realloc(list->items, wanted * sizeof *grown);
        if (grown == NULL)
            return STATUS_NO_MEMORY;
        list->items = grown;
        *capacity = wanted;
    }
    list->items[list->count++] = *candle;
    return STATUS_OK;
}

static int64_t floor_to(int64_t time_ns, int64_t length_ns)
{
    int64_t rest = time_ns % length_ns;
    return time_ns - (rest < 0 ? rest + length_ns : rest);
}

/* Joins what came later into a candle; what has the time of another one begins it. */
static enum status candle_join(struct market_candles *list, uint32_t *capacity,
                               const struct market_candle *piece)
{
    struct market_candle *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
    if (last == NULL || last->time_ns != piece->time_ns)
        return candle_add(list, capacity, piece);
    last->high = i64_max(last->high, piece->high);
    last->low = i64_min(last->low, piece->low);
    last->close = piece->close;
    return STATUS_OK;
}

static struct market_candle candle_of(const struct market_source *source, size_t index)
{
    if (source->bars == NULL) {
        const struct market_tick *tick = &source->ticks[index];
        return (struct market_candle){tick->time_ns, tick->price, tick->price, tick->price,
                                      tick->price};
    }
    const struct bar *bar = &source->bars[index];
    return (struct market_candle){bar->open_time_ns, bar->open.units, bar->high.units,
                                  bar->low.units, bar->close.units};
}

static int64_t time_of(const struct market_source *source, size_t index)
{
    return source->bars == NULL ? source->ticks[index].time_ns : source->bars[index].open_time_ns;
}

static int64_t candle_length(const struct market_source *source, uint32_t candles_max)
{
    if (source->bars == NULL) {
        int64_t span = time_of(source, source->count - 1) - time_of(source, 0);
        size_t i = 0;
        while (i + 1 < ARRAY_COUNT(seconds) &&
               span / (seconds[i] * NANOSECONDS_PER_SECOND) >= TICK_CANDLES_MAX)
            i++;
        return seconds[i] * NANOSECONDS_PER_SECOND;
    }
    size_t i = 0;
    while (i + 1 < ARRAY_COUNT(lengths) &&
           source->count / (size_t)lengths[i] >= (size_t)candles_max)
        i++;
    return lengths[i] * source->bar_ns;
}

static enum status all_gather(const struct market_source *source, uint32_t candles_max,
                              struct market_candles *out)
{
    uint32_t capacity = 0;
    out->length_ns = candle_length(source, candles_max);
    bool joins = source->bars == NULL || out->length_ns != source->bar_ns;
    int64_t begin_ns = INT64_MIN, end_ns = INT64_MIN;
    for (size_t i = 0; i < source->count; i++) {
        struct market_candle piece = candle_of(source, i);
        /* A division for each candle, not for each of millions of bars. */
        if (joins && piece.time_ns >= end_ns) {
            begin_ns = floor_to(piece.time_ns, out->length_ns);
            end_ns = begin_ns + out->length_ns;
        }
        piece.time_ns = joins ? begin_ns : piece.time_ns;
        enum status status = candle_join(out, &capacity, &piece);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* How many entries begin at or before that time. Bars come at even steps but for gaps, so the
 * place of one without gaps is the first guess. */
static size_t count_until(const struct market_source *source, int64_t time_ns)
{
    size_t low = 0, high = source->count;
    if (source->bars != NULL && time_ns >= time_of(source, 0)) {
        int64_t guess = (time_ns - time_of(source, 0)) / source->bar_ns;
        if (guess < (int64_t)high) {
            /* No gap before it means that it is here, and gaps only move it down. */
            if (time_of(source, (size_t)guess) <= time_ns)
                return (size_t)guess + 1;
            high = (size_t)guess;
        }
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (time_of(source, middle) <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Single bars around each fill, where a candle holds several. */
static enum status near_gather(struct gathering *gathering, const struct market_source *source,
                               struct market_instrument *shown)
{
    const struct result_fills *fills = &gathering->result->fills;
    uint32_t capacity = 0;
    size_t next = 0;
    shown->near.length_ns = source->bar_ns;
    for (uint32_t i = 0; i < fills->count && gathering->near_left > 0; i++) {
        if (fills->items[i].instrument != source->instrument)
            continue;
        size_t middle = count_until(source, fills->items[i].time_ns);
        size_t from = middle > MARKET_NEAR_BARS ? middle - MARKET_NEAR_BARS : 0;
        size_t to = middle + MARKET_NEAR_BARS < source->count ? middle + MARKET_NEAR_BARS
                                                              : source->count;
        for (next = next > from ? next : from; next < to && gathering->near_left > 0; next++) {
            struct market_candle candle = candle_of(source, next);
            enum status status = candle_add(&shown->near, &capacity, &candle);
            if (status != STATUS_OK)
                return status;
            gathering->near_left--;
        }
    }
    return STATUS_OK;
}

static enum status candles_gather(struct gathering *gathering, struct result_market *market)
{
    size_t read = 0;
    uint32_t wanted = 0;
    while (wanted < gathering->order_count && wanted < MARKET_INSTRUMENTS_MAX) {
        read += gathering->sources[gathering->order[wanted]]->count;
        if (wanted > 0 && read > MARKET_BARS_READ_MAX)
            break;
        wanted++;
    }
    market->of = gathering->order_count;
    if (wanted == 0)
        return STATUS_OK;
    market->instruments = calloc(wanted, sizeof *market->instruments);
    if (market->instruments == NULL)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < wanted && status == STATUS_OK; i++) {
        const struct market_source *source = gathering->sources[gathering->order[i]];
        struct market_instrument *shown = &market->instruments[market->count++];
        shown->instrument = gathering->order[i];
        status = all_gather(source, MARKET_CANDLES_MAX / wanted, &shown->all);
        if (status == STATUS_OK && source->bars != NULL && shown->all.length_ns > source->bar_ns)
            status = near_gather(gathering, source, shown);
    }
    return status;
}

/* ---- buying and holding ---------------------------------------------------------------------- */

/* The last price that was known at that time, against the first; 1 while there is none. */
static double growth_at(const struct market_source *source, int64_t first, int64_t time_ns)
{
    size_t known = count_until(source, time_ns - source->bar_ns);
    if (known == 0)
        return 1;
    int64_t price = source->bars == NULL ? source->ticks[known - 1].price
                                         : source->bars[known - 1].close.units;
    return (double)price / (double)first;
}

static enum status curve_gather(const struct gathering *gathering, struct result_market *market)
{
    const struct backtest_result *result = gathering->result;
    uint32_t points = result->equity.count;
    uint32_t count = points < MARKET_CURVE_MAX ? points : MARKET_CURVE_MAX;
    uint32_t held = 0;
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        const struct result_instrument *row = &result->instruments.items[i];
        held += gathering->sources[i] != NULL && row->has_prices && row->first_close.units > 0;
    }
    if (count == 0 || held == 0)
        return STATUS_OK;
    market->curve = calloc(count, sizeof *market->curve);
    if (market->curve == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)((uint64_t)(i + 1) * points / count) - 1;
        int64_t time_ns = result->equity.items[at].time_ns;
        double sum = 0;
        for (uint32_t j = 0; j < result->instruments.count; j++) {
            const struct result_instrument *row = &result->instruments.items[j];
            if (gathering->sources[j] != NULL && row->has_prices && row->first_close.units > 0)
                sum += growth_at(gathering->sources[j], row->first_close.units, time_ns);
        }
        market->curve[market->curve_count++] = (struct market_point){time_ns, sum / held};
    }
    return STATUS_OK;
}

/* ---- gathering ------------------------------------------------------------------------------- */

static void sources_choose(struct gathering *gathering, const struct market_source *sources,
                           uint32_t count)
{
    const struct backtest_result *result = gathering->result;
    for (uint32_t i = 0; i < count; i++) {
        const struct market_source *source = &sources[i];
        const struct market_source **chosen = &gathering->sources[source->instrument];
        if (source->count > 0 && (*chosen == NULL || source->count > (*chosen)->count))
            *chosen = source;
    }
    for (uint32_t i = 0; i < result->fills.count; i++)
        gathering->fills[result->fills.items[i].instrument]++;
    /* Insertion keeps the order of instruments among equals; there are few of them. */
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        if (gathering->sources[i] == NULL)
            continue;
        uint32_t at = gathering->order_count++;
        for (; at > 0 && gathering->fills[gathering->order[at - 1]] < gathering->fills[i]; at--)
            gathering->order[at] = gathering->order[at - 1];
        gathering->order[at] = i;
    }
}

enum status market_gather(struct backtest_result *result, const struct market_source *sources,
                          uint32_t count)
{
    size_t places = (size_t)result->instruments.count + 1;
    struct result_market *market = calloc(1, sizeof *market);
    struct gathering gathering = {.result = result, .near_left = MARKET_NEAR_MAX};
    gathering.sources = calloc(places, sizeof *gathering.sources);
    gathering.fills = calloc(places, sizeof *gathering.fills);
    gathering.order = calloc(places, sizeof *gathering.order);
    enum status status = STATUS_NO_MEMORY;
    if (market != NULL && gathering.sources != NULL && gathering.fills != NULL &&
        gathering.order != NULL) {
        sources_choose(&gathering, sources, count);
        status = candles_gather(&gathering, market);
        if (status == STATUS_OK)
            status = curve_gather(&gathering, market);
    }
    free(gathering.sources);
    free(gathering.fills);
    free(gathering.order);
    if (status != STATUS_OK) {
        market_release(market);
        return status;
    }
    market_release(result->market);
    result->market = market;
    return STATUS_OK;
}

void market_release(struct result_market *market)
{
    if (market == NULL)
        return;
    for (uint32_t i = 0; i < market->count; i++) {
        free(market->instruments[i].all.items);
        free(market->instruments[i].near.items);
    }
    free(market->instruments);
    free(market->curve);
    free(market);
}
