/* Bars as the engine takes them in: the hottest code of a back-test, shared by the step, which
 * decides, and the fold, which does not. What it touches of an instrument and of a bot is gathered
 * in two small rows that are filled once, so that one bar costs a few cache lines. */
#ifndef TERN_CORE_ENGINE_BARS_H
#define TERN_CORE_ENGINE_BARS_H

#include "core/engine/state.h"
#include "core/strategy/measure.h"

/* A bar of a series that is longer than the data's. */
void bars_build(struct engine *engine, uint32_t series, const struct bar *bar, int64_t bar_ns,
                double scale);
/* What limits that are on look back at. */
void bars_remember(struct engine *engine, uint32_t instrument, const struct bar *bar);

static inline void bars_bot_close(struct bot_row *row, const struct bar *bar, double scale)
{
    row->bar(row->signals, row->params, bar, scale);
    if (UNLIKELY(row->keeps_closes != 0))
        measure_bar(row->measure, bar->close);
    row->state->bars_seen++;
    row->fresh = 1;
}

/* A complete bar of a series reaches its bots' signals. */
static inline void bars_series_close(struct engine *engine, uint32_t series, const struct bar *bar,
                                     double scale)
{
    const struct series_row *own = &engine->series_rows[series];
    for (uint32_t i = own->bots_first; i < own->bots_end; i++)
        bars_bot_close(&engine->bot_rows[engine->series_bots[i]], bar, scale);
}

/* Where quotes are seen, the middle of the book is the mark: a bar is older, and one without trades
 * says nothing new. */
static inline void bars_mark(struct market_state *market, struct price price, int64_t time_ns)
{
    if (UNLIKELY(market->book_seen != 0))
        return;
    market->mark = price;
    market->mark_time_ns = time_ns;
}

static inline void bars_open(struct engine *engine, uint32_t instrument, struct price open,
                             int64_t time_ns)
{
    bars_mark(engine->instrument_rows[instrument].market, open, time_ns);
}

static inline void bars_close(struct engine *engine, uint32_t instrument, const struct bar *bar,
                              int64_t bar_ns, int64_t time_ns)
{
    const struct instrument_row *row = &engine->instrument_rows[instrument];
    /* Without a branch: whether something is held is a coin that the CPU would have to guess. */
    i128 change = (i128)(bar->close.units - row->state->close.units) * row->amount_factor;
    engine->risk.account->market_value += change * *row->total;
    row->state->close = bar->close;
    row->state->close_time_ns = time_ns;
    bars_mark(row->market, bar->close, time_ns);
    if (UNLIKELY(row->remembers != 0))
        bars_remember(engine, instrument, bar);
    if (LIKELY(row->only_ns == bar_ns)) {
        bars_bot_close(row->only, bar, row->scale);
        return;
    }
    for (uint32_t i = row->series_first; i < row->series_end; i++) {
        if (engine->series_rows[i].bar_ns == bar_ns) {
            bars_series_close(engine, i, bar, row->scale);
        } else {
            bars_build(engine, i, bar, bar_ns, row->scale);
        }
    }
}

/* Sequence and time of any input. */
static inline void input_mark(struct engine *engine, uint64_t seq, int64_t time_ns)
{
    struct engine_header *header = engine->header;
    ASSERT(seq > header->input_seq && time_ns >= header->time_ns);
    header->input_seq = seq;
    header->time_ns = time_ns;
}

#endif
