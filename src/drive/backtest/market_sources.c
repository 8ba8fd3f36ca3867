#include "drive/backtest/market_sources.h"

#include <stdlib.h>

static enum status gather_bars(const struct backtest *backtest, struct backtest_result *result)
{
    struct market_source *sources = calloc((size_t)backtest->series_count + 1, sizeof *sources);
    if (sources == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < backtest->series_count; i++) {
        const struct backtest_series *series = &backtest->series[i];
        sources[i] = (struct market_source){.instrument = series->instrument,
                                            .price_decimals = (uint8_t)series->price_decimals,
                                            .bars = series->bars,
                                            .count = series->count,
                                            .bar_ns = series->bar_ns};
    }
    enum status status = market_gather(result, sources, backtest->series_count);
    free(sources);
    return status;
}

/* One tick a trade, or a quote with two sides. */
static size_t ticks_fill(const struct session_file *file, struct market_tick *ticks)
{
    size_t count = 0;
    for (size_t i = 0; i < file->data.count; i++) {
        const struct depth_record *record = &file->data.records[i];
        int64_t price;
        if (file->data.kind == DEPTH_TRADE) {
            price = file->data.trades[record->at].price.units;
        } else {
            const struct quote *quote = &file->data.quotes[record->at];
            if (quote->bid.units <= 0 || quote->ask.units <= 0)
                continue;
            price = quote->bid.units + (quote->ask.units - quote->bid.units) / 2;
        }
        ticks[count++] = (struct market_tick){record->receive_ns, price};
    }
    return count;
}

static const struct session_file *file_of(const struct session *session, uint32_t instrument)
{
    const struct session_file *file = session_find(session, instrument, DEPTH_TRADE);
    return file != NULL ? file : session_find(session, instrument, DEPTH_QUOTE);
}

static enum status gather_session(const struct session *session, struct backtest_result *result)
{
    uint32_t count = result->instruments.count;
    size_t total = 0, used = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct session_file *file = file_of(session, i);
        total += file == NULL ? 0 : file->data.count;
    }
    struct market_source *sources = calloc((size_t)count + 1, sizeof *sources);
    struct market_tick *ticks = malloc((total + 1) * sizeof *ticks);
    enum status status = STATUS_NO_MEMORY;
    if (sources != NULL && ticks != NULL) {
        for (uint32_t i = 0; i < count; i++) {
            const struct session_file *file = file_of(session, i);
            sources[i].instrument = i;
            sources[i].price_decimals = result->instruments.items[i].price_decimals;
            sources[i].ticks = ticks + used;
            sources[i].count = file == NULL ? 0 : ticks_fill(file, ticks + used);
            used += sources[i].count;
        }
        status = market_gather(result, sources, count);
    }
    free(sources);
    free(ticks);
    return status;
}

enum status market_gather_run(const struct backtest *backtest, const struct session *session,
                              struct backtest_result *result)
{
    if (session->count > 0)
        return gather_session(session, result);
    return gather_bars(backtest, result);
}
