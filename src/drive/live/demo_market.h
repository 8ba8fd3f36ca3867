/* The demo's market: trades, order books and bars of one second out of the generator.
 *
 *     history   bars alone, which warm the indicators, in the ordinary market
 *     live      demo_market_books, then trades, levels, quotes and bars as they happen; each order
 *               book moves forty times a second
 *
 * Events come in the order of their times; a bar comes at its end. A scenario begins with the demo
 * itself. An instrument whose feed is silent has neither book nor bar. */
#ifndef TERN_DRIVE_LIVE_DEMO_MARKET_H
#define TERN_DRIVE_LIVE_DEMO_MARKET_H

#include "core/engine/engine.h"
#include "sim/generator/generator.h"

#define DEMO_BAR_NS NANOSECONDS_PER_SECOND

struct demo_market {
    struct arena memory;
    struct generator generator;
    const struct instrument *instruments; /* borrowed */
    uint32_t count; /* that ever came; the generator's slots have the same numbers */
};

/* A market of the first `count` of these instruments, with places for `capacity`, that begins at
 * start_ns, a whole second. STATUS_CONFIG_INVALID or STATUS_NO_MEMORY with the problem set; nothing
 * to release then. */
MUST_USE enum status demo_market_init(struct demo_market *market, uint64_t seed,
                                      const struct instrument *instruments, uint32_t count,
                                      uint32_t capacity, int64_t start_ns, struct problem *problem);
void demo_market_release(struct demo_market *market);
/* From now on events are of all kinds, not bars alone. Returns the time from which they are. */
int64_t demo_market_books(struct demo_market *market);
/* The order book of an instrument at that time, best first, as a snapshot from DELTA_CLEAR to
 * DELTA_LAST; returns how many levels were written. */
uint32_t demo_market_levels(const struct demo_market *market, uint32_t instrument,
                            struct delta out[2 * FLOW_DEPTH]);
/* From now on the scenario holds; its first phase begins at start_ns, which is not yet over by more
 * than one move of the books. */
void demo_market_scenario(struct demo_market *market, enum scenario scenario, int64_t start_ns);
/* The next event at or before time_ns; false where there is none. */
MUST_USE bool demo_market_next(struct demo_market *market, int64_t time_ns,
                               struct market_event *event);
/* An instrument comes, or comes back, by its name and steps: it is the next of the instruments, or
 * one that was removed. Nothing of any other changes. STATUS_FULL, STATUS_EXISTS. */
MUST_USE enum status demo_market_add(struct demo_market *market, uint32_t instrument,
                                     struct problem *problem);
/* It goes: nothing of it is published any more. */
void demo_market_remove(struct demo_market *market, uint32_t instrument);
/* What the generator knows of an instrument. */
const struct instrument_model *demo_market_model(const struct demo_market *market,
                                                 uint32_t instrument);
/* Whether nothing is published now. */
bool demo_market_is_silent(const struct demo_market *market);

#endif
