/* Observed market data: quotes, public trades, levels of the order book.
 *
 *     QUOTE   the top: bid, ask, and their middle as the mark
 *     TRADE   the mark where no order book is valid
 *     DELTA   one visible level: the ladder that controls of depth and impact look at
 *
 * None of it is durable: after a start an instrument has no book until the next inputs. What stays
 * is one running checksum over all observed inputs, which each frame carries: frames of two runs
 * agree only where both saw the same market. */
#include "base/hash.h"
#include "core/engine/state.h"

/* Only what an input of the kind says goes into the checksum: the rest of the union is nobody's. */
static uint64_t checksum_of(const struct input *input)
{
    uint64_t words[7] = {input->seq, (uint64_t)input->time_ns,
                         ((uint64_t)input->kind << 32) | input->instrument};
    if (input->kind == INPUT_QUOTE) {
        words[3] = (uint64_t)input->quote.bid.units;
        words[4] = (uint64_t)input->quote.ask.units;
        words[5] = (uint64_t)input->quote.bid_quantity.units;
        words[6] = (uint64_t)input->quote.ask_quantity.units;
    } else if (input->kind == INPUT_TRADE) {
        words[3] = (uint64_t)input->trade.price.units;
        words[4] = (uint64_t)input->trade.quantity.units;
        words[5] = input->trade.taker;
    } else {
        words[3] = (uint64_t)input->delta.price.units;
        words[4] = (uint64_t)input->delta.quantity.units;
        words[5] = ((uint64_t)input->delta.side << 32) | input->delta.flags;
    }
    return hash64_of(words, sizeof words);
}

void evolve_observed(struct engine *engine, const struct input *input)
{
    uint64_t words[2] = {engine->header->observed, checksum_of(input)};
    engine->header->observed = hash64_of(words, sizeof words);
}

/* ---- the ladder ------------------------------------------------------------------------------ */

static bool is_better(enum side side, struct price left, struct price right)
{
    return side == SIDE_BUY ? left.units > right.units : left.units < right.units;
}

/* Puts one level where it belongs; what no longer fits behind the last place is dropped. */
static void ladder_level(struct depth_side *ladder, enum side side, const struct delta *delta)
{
    uint32_t at = 0;
    while (at < ladder->count && is_better(side, ladder->prices[at], delta->price))
        at++;
    bool there = at < ladder->count && ladder->prices[at].units == delta->price.units;
    if (delta->quantity.units <= 0) {
        if (!there)
            return;
        ladder->count--;
        for (uint32_t i = at; i < ladder->count; i++) {
            ladder->prices[i] = ladder->prices[i + 1];
            ladder->quantities[i] = ladder->quantities[i + 1];
        }
        return;
    }
    if (!there) {
        if (at == DEPTH_LEVELS_MAX)
            return;
        if (ladder->count < DEPTH_LEVELS_MAX)
            ladder->count++;
        for (uint32_t i = ladder->count - 1; i > at; i--) {
            ladder->prices[i] = ladder->prices[i - 1];
            ladder->quantities[i] = ladder->quantities[i - 1];
        }
        ladder->prices[at] = delta->price;
    }
    ladder->quantities[at] = delta->quantity;
}

static void observe_delta(struct market_state *market, const struct delta *delta)
{
    if (delta->flags & DELTA_CLEAR) {
        market->ladder_seen = 1;
        market->bids.count = 0;
        market->asks.count = 0;
    }
    if (delta->side == SIDE_BUY)
        ladder_level(&market->bids, SIDE_BUY, delta);
    else
        ladder_level(&market->asks, SIDE_SELL, delta);
}

/* ---- the top --------------------------------------------------------------------------------- */

static void ladder_of_top(struct depth_side *ladder, struct price price, struct quantity quantity)
{
    ladder->count = price.units > 0 ? 1 : 0;
    ladder->prices[0] = price;
    ladder->quantities[0] = quantity;
}

static void observe_quote(struct market_state *market, const struct quote *quote)
{
    bool both = quote->bid.units > 0 && quote->ask.units > 0;
    market->book_seen = 1;
    market->book_valid = both && quote->bid.units < quote->ask.units;
    market->bid = quote->bid;
    market->ask = quote->ask;
    if (!market->ladder_seen) {
        ladder_of_top(&market->bids, quote->bid, quote->bid_quantity);
        ladder_of_top(&market->asks, quote->ask, quote->ask_quantity);
    }
    if (market->book_valid)
        market->mark.units = (quote->bid.units + quote->ask.units) / 2;
}

void decide_observed(struct engine *engine, const struct input *input)
{
    ASSERT(input->instrument < engine->config->instruments_count);
    struct market_state *market = &engine->risk.markets[input->instrument];
    market->mark_time_ns = input->time_ns;
    switch (input->kind) {
    case INPUT_QUOTE:
        observe_quote(market, &input->quote);
        if (UNLIKELY(engine->quoters > 0))
            plan_on_quote(engine, input->instrument);
        return;
    case INPUT_TRADE:
        if (!market->book_valid)
            market->mark = input->trade.price;
        return;
    case INPUT_DELTA: observe_delta(market, &input->delta); return;
    default: ASSERT(!"an observed input");
    }
}
