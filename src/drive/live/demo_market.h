/* The demo's market: bars of one second out of the generator, a second at a time.
 *
 *     generator ─► bars of [T - 1 s, T)   "closing": whole bars, known at T
 *               └► bars of [T, T + 1 s)   "opening": of these only the open price is told at T
 *
 * The generator therefore runs one second ahead of the engine, which is told no more of a bar than
 * a trader would know: its open when it opens, the rest when it has closed.
 *
 * History, which warms the indicators, is made in the ordinary market; a scenario begins with the
 * demo itself. An instrument whose feed is silent has no bar. */
#ifndef TERN_DRIVE_LIVE_DEMO_MARKET_H
#define TERN_DRIVE_LIVE_DEMO_MARKET_H

#include "core/engine/engine.h"
#include "sim/generator/generator.h"

#define DEMO_BAR_NS NANOSECONDS_PER_SECOND

struct demo_market {
    struct arena memory;
    struct generator generator;
    int64_t ready_ns;                        /* bars that open before are made */
    struct bar *closing, *opening;           /* [instrument] */
    bool *closing_present, *opening_present; /* [instrument] */
    uint32_t count;
};

/* A market of these instruments that begins at start_ns, a whole second. STATUS_CONFIG_INVALID or
 * STATUS_NO_MEMORY with the problem set; nothing to release then. */
MUST_USE enum status demo_market_init(struct demo_market *market, uint64_t seed,
                                      const struct instrument *instruments, uint32_t count,
                                      int64_t start_ns, struct problem *problem);
void demo_market_release(struct demo_market *market);
/* From now on the scenario holds; its first phase begins with the seconds not yet made. */
void demo_market_scenario(struct demo_market *market, enum scenario scenario);
/* Moves to the next second T: what was opening is closing now, and the bars that open at T are
 * made. The first call is for start_ns itself. */
void demo_market_second(struct demo_market *market);
/* Price and volatility a year of an instrument as the generator has them. */
struct price demo_market_price(const struct demo_market *market, uint32_t instrument);
double demo_market_volatility(const struct demo_market *market, uint32_t instrument);

#endif
