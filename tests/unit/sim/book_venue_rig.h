/* A market of one instrument with our orders on it, and what comes back in words. Prices are in
 * ticks of 5 units, quantities in lots of 10. The cmocka headers come first. */
#ifndef TERN_TESTS_UNIT_SIM_BOOK_VENUE_RIG_H
#define TERN_TESTS_UNIT_SIM_BOOK_VENUE_RIG_H

#include <stdio.h>
#include <string.h>

#include "sim/book_venue.h"

#define TICK 5
#define LOT 10
#define SECOND NANOSECONDS_PER_SECOND

struct rig {
    struct book_venue *venue;
    struct instrument instrument;
    int64_t now;
    char said[4096];
};

static inline void rig_open_as(struct rig *rig, struct book_venue_config config)
{
    *rig = (struct rig){.instrument = {.quote_asset = 1,
                                       .price_decimals = 2,
                                       .quantity_decimals = 3,
                                       .quote_decimals = 5,
                                       .tradable = 1,
                                       .tick = {TICK},
                                       .lot = {LOT}},
                        .now = SECOND};
    assert_int_equal(instrument_derive(&rig->instrument), STATUS_OK);
    config.instruments = &rig->instrument;
    config.instruments_count = 1;
    config.orders_capacity = 64;
    config.levels_capacity = 128;
    if (config.tiers_count == 0) {
        config.tiers_count = 1;
        config.tiers[0] = (struct fee_tier){.maker = {1000}, .taker = {2000}};
    }
    assert_int_equal(book_venue_create(&config, &rig->venue), STATUS_OK);
}

static inline void level(struct rig *rig, enum side side, int64_t tick, int64_t lots)
{
    struct delta delta = {{tick * TICK}, {lots * LOT}, (uint32_t)side, 0};
    struct book_message message = {.deltas = &delta, .count = 1, .time_ns = rig->now};
    book_venue_book(rig->venue, 0, &message, rig->now);
}

/* bids 99: 10, 98: 20      asks 101: 10, 102: 20, 103: 30 */
static inline void snapshot(struct rig *rig)
{
    const struct delta deltas[] = {
        {{99 * TICK}, {10 * LOT}, SIDE_BUY, DELTA_CLEAR},
        {{98 * TICK}, {20 * LOT}, SIDE_BUY, 0},
        {{101 * TICK}, {10 * LOT}, SIDE_SELL, 0},
        {{102 * TICK}, {20 * LOT}, SIDE_SELL, 0},
        {{103 * TICK}, {30 * LOT}, SIDE_SELL, DELTA_LAST},
    };
    struct book_message message = {
        .deltas = deltas, .count = ARRAY_COUNT(deltas), .time_ns = rig->now};
    book_venue_book(rig->venue, 0, &message, rig->now);
}

static inline void rig_open(struct rig *rig)
{
    rig_open_as(rig, (struct book_venue_config){.queue = {QUEUE_MODEL_RISK_AVERSE, 0}});
    snapshot(rig);
}

static inline void trade(struct rig *rig, enum side taker, int64_t tick, int64_t lots)
{
    struct trade told = {{tick * TICK}, {lots * LOT}, (uint32_t)taker, 0};
    book_venue_trade(rig->venue, 0, &told, rig->now);
}

static inline struct order limit(uint64_t id, enum side side, int64_t lots, int64_t tick)
{
    return (struct order){.id = id,
                          .side = (uint8_t)side,
                          .type = ORDER_LIMIT,
                          .tif = TIF_GTC,
                          .price = {tick * TICK},
                          .quantity = {lots * LOT}};
}

static inline struct order market(uint64_t id, enum side side, int64_t lots)
{
    struct order order = limit(id, side, lots, 0);
    order.type = ORDER_MARKET;
    order.tif = TIF_IOC;
    return order;
}

static inline void place(struct rig *rig, struct order order)
{
    book_venue_place(rig->venue, &order, rig->now);
    book_venue_advance(rig->venue, rig->now);
}

static inline void buy(struct rig *rig, uint64_t id, int64_t lots, int64_t tick)
{
    place(rig, limit(id, SIDE_BUY, lots, tick));
}

static inline void sell(struct rig *rig, uint64_t id, int64_t lots, int64_t tick)
{
    place(rig, limit(id, SIDE_SELL, lots, tick));
}

static inline void with_tif(struct rig *rig, uint64_t id, enum side side, int64_t lots,
                            int64_t tick, uint8_t tif)
{
    struct order order = limit(id, side, lots, tick);
    order.tif = tif;
    place(rig, order);
}

static inline void amend(struct rig *rig, uint64_t id, int64_t lots, int64_t tick)
{
    book_venue_amend(rig->venue, id, (struct price){tick * TICK}, (struct quantity){lots * LOT},
                     rig->now);
    book_venue_advance(rig->venue, rig->now);
}

static inline void cancel(struct rig *rig, uint64_t id)
{
    book_venue_cancel(rig->venue, id, rig->now);
    book_venue_advance(rig->venue, rig->now);
}

/* One report in words: "accepted 1", "fill 1 10@101 taker", "rejected 2 venue_post_only". */
static inline void say(struct rig *rig, const struct input *report)
{
    size_t used = strlen(rig->said);
    char *at = rig->said + used;
    size_t room = sizeof rig->said - used;
    const char *gap = used > 0 ? ", " : "";
    unsigned long long id = report->order;
    if (report->kind == INPUT_VENUE_FILL) {
        assert_int_equal(report->fill.price.units % TICK, 0);
        (void)snprintf(at, room, "%sfill %llu %lld@%lld %s", gap, id,
                       (long long)report->fill.quantity.units / LOT,
                       (long long)report->fill.price.units / TICK,
                       report->fill.liquidity == LIQUIDITY_MAKER ? "maker" : "taker");
        return;
    }
    static const struct {
        enum input_kind kind;
        const char *word;
    } words[] = {
        {INPUT_VENUE_ACCEPTED, "accepted"},      {INPUT_VENUE_REJECTED, "rejected"},
        {INPUT_VENUE_CANCELED, "canceled"},      {INPUT_VENUE_EXPIRED, "expired"},
        {INPUT_VENUE_AMENDED, "amended"},        {INPUT_VENUE_CANCEL_REJECTED, "no cancel"},
        {INPUT_VENUE_AMEND_REJECTED, "no amend"}};
    const char *word = "?";
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (words[i].kind == report->kind)
            word = words[i].word;
    }
    (void)snprintf(at, room, "%s%s %llu%s%s", gap, word, id, report->report.reason != 0 ? " " : "",
                   report->report.reason != 0 ? reason_name((enum reason)report->report.reason)
                                              : "");
}

static inline void hear(struct rig *rig, const char *expected)
{
    struct input report;
    rig->said[0] = '\0';
    while (book_venue_report_next(rig->venue, INT64_MAX, &report))
        say(rig, &report);
    assert_string_equal(rig->said, expected);
}

static inline void rig_close(struct rig *rig)
{
    hear(rig, "");
    book_venue_free(rig->venue);
}

static inline int64_t available(const struct rig *rig, enum side side, int64_t tick)
{
    return book_venue_available(rig->venue, 0, side, (struct price){tick * TICK}).units / LOT;
}

#endif
