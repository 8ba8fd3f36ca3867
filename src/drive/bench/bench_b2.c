/* B-2: twenty million events of an order book, five hundred a second of recorded time, through the
 * exchange on order books, with two hundred passive quotes a minute of ours on it: each a post-only
 * order at the best price as we see it, in turn a bid and an ask, the one before it canceled; queue
 * model power n = 3, five milliseconds to the exchange and back. One event of five is a trade, the
 * others change a level. A session of two and a half million events is played eight times,
 * each time with its snapshot. The plain loop keeps the same depth and its best prices, and nothing
 * of ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/random.h"
#include "drive/bench/bench.h"
#include "sim/book_venue.h"

#define SESSION_COUNT 2500000u
#define SESSIONS_COUNT 8u
#define EVENTS_COUNT (SESSION_COUNT * SESSIONS_COUNT)
#define EVENT_NS INT64_C(2000000)
#define EVENTS_A_QUOTE 150u /* 0.3 s */
#define TICKS 8192
#define DEPTH_LEVELS 200 /* of each side, in the snapshot */
#define ORDERS_CAPACITY 1024u
#define LOT INT64_C(100)
#define TICK INT64_C(10)

enum event_kind { EVENT_BID = 1, EVENT_ASK = 2, EVENT_BUY = 3, EVENT_SELL = 4 };

struct event {
    int32_t tick;
    int32_t lots;
    uint32_t kind;
};

struct b2 {
    struct event *events;
    struct instrument instrument;
    int32_t first[2][TICKS]; /* lots at the start of the session, bids and asks */
    int32_t depth[2][TICKS];
    struct delta snapshot[2 * DEPTH_LEVELS];
    uint32_t snapshot_count;
    uint64_t digest, fills, quotes;
};

/* ---- drawing the session --------------------------------------------------------------------- */

static int32_t best_bid(int32_t (*depth)[TICKS], int32_t from)
{
    while (from > 0 && depth[0][from] == 0)
        from--;
    return from;
}

static int32_t best_ask(int32_t (*depth)[TICKS], int32_t from)
{
    while (from < TICKS - 1 && depth[1][from] == 0)
        from++;
    return from;
}

static int32_t draw_lots(struct random *random)
{
    return 1 + (int32_t)random_below(random, 500);
}

static void draw_snapshot(struct b2 *b2, struct random *random)
{
    for (int32_t i = 1; i <= DEPTH_LEVELS; i++) {
        for (uint32_t side = 0; side < 2; side++) {
            int32_t tick = side == 0 ? TICKS / 2 - i : TICKS / 2 + i;
            b2->first[side][tick] = draw_lots(random);
            b2->snapshot[b2->snapshot_count++] = (struct delta){
                {tick * TICK}, {b2->first[side][tick] * LOT}, side + 1, 0};
        }
    }
    b2->snapshot[0].flags = DELTA_CLEAR;
    b2->snapshot[b2->snapshot_count - 1].flags = DELTA_LAST;
}

/* A level near the touch, or a trade at it and then the level it left. Prices stay within a quarter
 * of the ticks around the centre: beyond, the side that would leave is not taken from. */
static void draw_session(struct b2 *b2)
{
    struct random random;
    random_init(&random, 2, 0);
    draw_snapshot(b2, &random);
    memcpy(b2->depth, b2->first, sizeof b2->depth);
    int32_t best[2] = {TICKS / 2 - 1, TICKS / 2 + 1};
    uint32_t count = 0;
    while (count + 2 <= SESSION_COUNT) {
        uint32_t side = (uint32_t)random_below(&random, 2);
        bool far = side == 0 ? best[0] < TICKS * 3 / 8 : best[1] > TICKS * 5 / 8;
        int32_t away = (int32_t)(random_exponential(&random) * 6);
        away = away < DEPTH_LEVELS ? away : DEPTH_LEVELS;
        int32_t tick = side == 0 ? best[1] - 1 - away : best[0] + 1 + away;
        int32_t lots = random_below(&random, 3) == 0 ? 0 : draw_lots(&random);
        if (random_below(&random, 4) == 0) {
            tick = best[side];
            int32_t there = b2->depth[side][tick];
            lots = (int32_t)i64_min(there, draw_lots(&random));
            uint32_t kind = side == 0 ? EVENT_SELL : EVENT_BUY;
            b2->events[count++] = (struct event){tick, lots, kind};
            lots = there - lots;
        }
        if (lots == 0 && tick == best[side] && far)
            lots = 1;
        b2->depth[side][tick] = lots;
        b2->events[count++] = (struct event){tick, lots, side == 0 ? EVENT_BID : EVENT_ASK};
        best[0] = best_bid(b2->depth, best[1] - 1);
        best[1] = best_ask(b2->depth, best[0] + 1);
    }
    /* What is missing repeats a level: nothing changes. */
    if (count < SESSION_COUNT)
        b2->events[count] = b2->events[count - 1];
}

/* ---- setup ----------------------------------------------------------------------------------- */

static void b2_teardown(void *context)
{
    struct b2 *b2 = context;
    free(b2->events);
    free(b2);
}

static enum status b2_setup(void **context, struct problem *problem)
{
    struct b2 *b2 = calloc(1, sizeof *b2);
    if (b2 == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "B-2", "not enough memory");
    b2->events = calloc(SESSION_COUNT, sizeof *b2->events);
    if (b2->events == NULL) {
        b2_teardown(b2);
        return problem_set(problem, STATUS_NO_MEMORY, "B-2", "not enough memory");
    }
    b2->instrument = (struct instrument){.quote_asset = 1,
                                         .price_decimals = 2,
                                         .quantity_decimals = 6,
                                         .quote_decimals = 2,
                                         .tradable = 1,
                                         .tick = {TICK},
                                         .lot = {LOT}};
    enum status status = instrument_derive(&b2->instrument);
    ASSERT(status == STATUS_OK);
    draw_session(b2);
    *context = b2;
    return STATUS_OK;
}

static struct book_venue *venue_create(const struct b2 *b2)
{
    struct book_venue_config config = {
        .instruments = &b2->instrument,
        .instruments_count = 1,
        .orders_capacity = ORDERS_CAPACITY,
        .levels_capacity = TICKS,
        .queue = {QUEUE_MODEL_POWER, 3},
        .latency = {.kind = LATENCY_CONSTANT, .entry_ns = 5000000, .response_ns = 5000000},
        .tiers = {{.maker = {1000}, .taker = {2000}}},
        .tiers_count = 1,
    };
    struct book_venue *venue = NULL;
    enum status status = book_venue_create(&config, &venue);
    ASSERT(status == STATUS_OK);
    return venue;
}

/* ---- runs ------------------------------------------------------------------------------------ */

static void quote(struct b2 *b2, struct book_venue *venue, int64_t now)
{
    uint64_t id = ++b2->quotes;
    enum side side = id % 2 == 0 ? SIDE_BUY : SIDE_SELL;
    struct book_level best;
    if (id > 2)
        book_venue_cancel(venue, id - 2, now);
    if (!order_book_best(book_venue_order_book(venue, 0), side, &best))
        return;
    struct order order = {.id = id,
                          .side = (uint8_t)side,
                          .type = ORDER_LIMIT,
                          .tif = TIF_GTC,
                          .flags = ORDER_FLAG_POST_ONLY,
                          .price = best.price,
                          .quantity = {50 * LOT}};
    book_venue_place(venue, &order, now);
}

static void collect(struct b2 *b2, struct book_venue *venue, int64_t now)
{
    struct input report;
    while (book_venue_report_next(venue, now, &report)) {
        if (report.kind != INPUT_VENUE_FILL)
            continue;
        uint64_t value = report.order << 32 ^ (uint64_t)report.time_ns ^
                         (uint64_t)report.fill.price.units << 16 ^
                         (uint64_t)report.fill.quantity.units;
        b2->digest = (b2->digest ^ value) * UINT64_C(0x9e3779b97f4a7c15);
        b2->fills++;
    }
}

static void play(struct book_venue *venue, const struct event *event, int64_t now)
{
    struct price price = {event->tick * TICK};
    struct quantity quantity = {event->lots * LOT};
    if (event->kind <= EVENT_ASK) {
        struct delta delta = {price, quantity, event->kind, 0};
        struct book_message message = {.deltas = &delta, .count = 1, .time_ns = now};
        book_venue_book(venue, 0, &message, now);
    } else {
        struct trade trade = {price, quantity, event->kind - 2, 0};
        book_venue_trade(venue, 0, &trade, now);
    }
}

static double b2_run(void *context)
{
    struct b2 *b2 = context;
    struct book_venue *venue = venue_create(b2);
    int64_t now = 0;
    uint32_t quote_in = EVENTS_A_QUOTE;
    b2->digest = b2->fills = b2->quotes = 0;
    double start = bench_seconds();
    for (uint32_t session = 0; session < SESSIONS_COUNT; session++) {
        struct book_message message = {
            .deltas = b2->snapshot, .count = b2->snapshot_count, .time_ns = now};
        book_venue_book(venue, 0, &message, now);
        for (uint32_t i = 0; i < SESSION_COUNT; i++) {
            now += EVENT_NS;
            play(venue, &b2->events[i], now);
            if (--quote_in == 0) {
                quote_in = EVENTS_A_QUOTE;
                quote(b2, venue, now);
            }
            if (book_venue_answer_ns(venue) <= now)
                collect(b2, venue, now);
        }
    }
    double seconds = bench_seconds() - start;
    ASSERT(order_book_is_valid(book_venue_order_book(venue, 0)));
    book_venue_free(venue);
    return (double)EVENTS_COUNT / seconds;
}

static double b2_limit(void *context)
{
    struct b2 *b2 = context;
    int64_t sum = 0;
    double start = bench_seconds();
    for (uint32_t session = 0; session < SESSIONS_COUNT; session++) {
        memcpy(b2->depth, b2->first, sizeof b2->depth);
        int32_t bid = best_bid(b2->depth, TICKS / 2);
        int32_t ask = best_ask(b2->depth, TICKS / 2);
        for (uint32_t i = 0; i < SESSION_COUNT; i++) {
            const struct event *event = &b2->events[i];
            if (event->kind == EVENT_BID) {
                b2->depth[0][event->tick] = event->lots;
                bid = best_bid(b2->depth, event->tick > bid ? event->tick : bid);
            } else if (event->kind == EVENT_ASK) {
                b2->depth[1][event->tick] = event->lots;
                ask = best_ask(b2->depth, event->tick < ask ? event->tick : ask);
            }
            sum += bid + ask;
        }
    }
    double seconds = bench_seconds() - start;
    ASSERT(sum > 0);
    return (double)EVENTS_COUNT / seconds;
}

static void b2_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b2 *b2 = context;
    uint64_t parts[3] = {b2->digest, b2->fills, b2->quotes};
    hash128_format(out, hash128_of(parts, sizeof parts));
}

static void b2_note(void *context, char out[BENCH_NOTE_SIZE])
{
    const struct b2 *b2 = context;
    (void)snprintf(out, BENCH_NOTE_SIZE, "%llu quotes of ours, %llu fills of them",
                   (unsigned long long)b2->quotes, (unsigned long long)b2->fills);
}

const struct bench_class bench_b2 = {
    .id = "B-2",
    .name = "order books, queues",
    .unit = "events/s",
    .limit_name = "plain best prices",
    .setup = b2_setup,
    .run = b2_run,
    .limit = b2_limit,
    .check = b2_check,
    .note = b2_note,
    .teardown = b2_teardown,
};
