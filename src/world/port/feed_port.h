/* A feed: where timed market data come from, one event after another. Whoever records or plays a
 * market asks a feed and does not know whether a venue, a file or the generator stands behind it.
 *
 *     feed->class->next(feed, wait_ns, &event, &problem)
 *         STATUS_OK           an event
 *         STATUS_INTERRUPTED  none within wait_ns: ask again (a live feed alone)
 *         STATUS_END          there will be no more
 *         anything else       it failed, with *problem; it may only be closed
 *
 * An implementation embeds struct feed first. Events of one instrument and kind come in the order
 * in which they were received; times of different ones may interleave as they like. */
#ifndef TERN_WORLD_PORT_FEED_PORT_H
#define TERN_WORLD_PORT_FEED_PORT_H

#include "base/problem.h"
#include "core/model/market.h"

enum depth_kind { DEPTH_LEVELS = 1, DEPTH_QUOTE = 2, DEPTH_TRADE = 3 };

struct depth_event {
    enum depth_kind kind;
    uint32_t count;             /* of deltas; a message of levels may have none */
    int64_t receive_ns;         /* when we knew; 0 = not known */
    int64_t event_ns;           /* the venue's; 0 = none */
    uint64_t first_seq;         /* levels: of the venue's numbers; 0 = none */
    uint64_t last_seq;          /* the same; a quote's update id; a trade's id; 0 = none */
    const struct delta *deltas; /* DEPTH_LEVELS; borrowed until the next call */
    struct quote quote;
    struct trade trade;
};

struct feed_event {
    uint32_t instrument; /* index in feed->instruments */
    struct depth_event event;
};

struct feed_instrument {
    const char *name; /* BTC-USD */
    unsigned price_decimals, quantity_decimals;
    uint32_t kinds; /* bit 1 << enum depth_kind of each kind that may come */
};

struct feed;

struct feed_class {
    const char *name;
    /* Whether events come when they happen, by the machine's clock. Of another feed whoever asks
     * decides how fast time passes. */
    bool is_live;
    /* Whether the same feed asked again gives the same events from the beginning. */
    bool is_repeatable;
    enum status (*next)(struct feed *feed, int64_t wait_ns, struct feed_event *out,
                        struct problem *problem);
    void (*close)(struct feed *feed);
};

struct feed {
    const struct feed_class *class;
    const struct feed_instrument *instruments; /* owned by the feed */
    uint32_t instruments_count;
};

#endif
