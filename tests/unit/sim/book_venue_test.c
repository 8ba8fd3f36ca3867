/* The exchange on order books, told as stories: what our orders meet, and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "book_venue_rig.h"

/* ---- taking ---------------------------------------------------------------------------------- */

static void test_takers(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    place(&rig, market(1, SIDE_BUY, 25));
    hear(&rig, "accepted 1, fill 1 10@101 taker, fill 1 15@102 taker");
    buy(&rig, 2, 10, 102);
    hear(&rig, "accepted 2, fill 2 5@102 taker");
    cancel(&rig, 2);
    hear(&rig, "canceled 2");
    place(&rig, market(3, SIDE_BUY, 40));
    hear(&rig, "accepted 3, fill 3 30@103 taker, canceled 3 venue_unfillable");
    with_tif(&rig, 4, SIDE_SELL, 30, 98, TIF_FOK);
    hear(&rig, "accepted 4, fill 4 10@99 taker, fill 4 20@98 taker");
    rig_close(&rig);

    rig_open(&rig);
    with_tif(&rig, 1, SIDE_BUY, 31, 102, TIF_FOK);
    hear(&rig, "accepted 1, canceled 1 venue_unfillable");
    with_tif(&rig, 2, SIDE_BUY, 31, 102, TIF_IOC);
    hear(&rig, "accepted 2, fill 2 10@101 taker, fill 2 20@102 taker, canceled 2 "
               "venue_unfillable");
    assert_int_equal(book_venue_live(rig.venue), 0);
    rig_close(&rig);
}

static void test_taken_stays_taken(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    place(&rig, market(1, SIDE_BUY, 8));
    hear(&rig, "accepted 1, fill 1 8@101 taker");
    assert_int_equal(available(&rig, SIDE_SELL, 101), 2);
    level(&rig, SIDE_SELL, 101, 10); /* the same again is nothing new */
    snapshot(&rig);
    assert_int_equal(available(&rig, SIDE_SELL, 101), 2);
    level(&rig, SIDE_SELL, 101, 13); /* three are new */
    assert_int_equal(available(&rig, SIDE_SELL, 101), 5);
    level(&rig, SIDE_SELL, 101, 9); /* four of what is left go */
    assert_int_equal(available(&rig, SIDE_SELL, 101), 1);
    level(&rig, SIDE_SELL, 101, 6); /* less than what we took */
    assert_int_equal(available(&rig, SIDE_SELL, 101), 0);
    level(&rig, SIDE_SELL, 101, 10);
    assert_int_equal(available(&rig, SIDE_SELL, 101), 4);
    place(&rig, market(2, SIDE_BUY, 5));
    hear(&rig, "accepted 2, fill 2 4@101 taker, fill 2 1@102 taker");
    level(&rig, SIDE_SELL, 101, 0); /* gone is forgotten */
    level(&rig, SIDE_SELL, 101, 7);
    assert_int_equal(available(&rig, SIDE_SELL, 101), 7);
    rig_close(&rig);
}

static void test_post_only_and_own_orders(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    struct order order = limit(1, SIDE_BUY, 5, 101);
    order.flags = ORDER_FLAG_POST_ONLY;
    place(&rig, order);
    hear(&rig, "rejected 1 venue_post_only");
    order.id = 2;
    order.price.units = 100 * TICK;
    place(&rig, order);
    hear(&rig, "accepted 2");
    amend(&rig, 2, 5, 101);
    hear(&rig, "no amend 2 venue_post_only");
    /* Our sell would meet our bid at 100 before the market's at 99. */
    sell(&rig, 3, 5, 99);
    hear(&rig, "accepted 3, canceled 3 venue_self_trade");
    amend(&rig, 2, 5, 98);
    hear(&rig, "amended 2");
    place(&rig, market(4, SIDE_SELL, 15));
    hear(&rig, "accepted 4, fill 4 10@99 taker, canceled 4 venue_self_trade");
    with_tif(&rig, 5, SIDE_SELL, 30, 97, TIF_FOK);
    hear(&rig, "accepted 5, canceled 5 venue_self_trade");
    trade(&rig, SIDE_SELL, 97, 1);
    hear(&rig, "fill 2 5@98 maker");
    rig_close(&rig);
}

/* ---- resting --------------------------------------------------------------------------------- */

static void test_queue(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    buy(&rig, 1, 6, 99);
    buy(&rig, 2, 6, 99);
    hear(&rig, "accepted 1, accepted 2");
    trade(&rig, SIDE_SELL, 99, 8); /* two are still ahead of us */
    hear(&rig, "");
    trade(&rig, SIDE_BUY, 99, 50); /* a buyer takes nothing from bids */
    hear(&rig, "");
    trade(&rig, SIDE_SELL, 99, 5);
    hear(&rig, "fill 1 3@99 maker");
    trade(&rig, SIDE_SELL, 99, 5);
    hear(&rig, "fill 1 3@99 maker, fill 2 2@99 maker");
    trade(&rig, SIDE_SELL, 98, 1);
    hear(&rig, "fill 2 4@99 maker");
    buy(&rig, 3, 6, 100);
    level(&rig, SIDE_SELL, 100, 4); /* their ask reaches our bid, and meets it */
    hear(&rig, "accepted 3, fill 3 6@100 maker");
    assert_int_equal(available(&rig, SIDE_SELL, 100), 0);
    rig_close(&rig);
}

static void test_amend(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    buy(&rig, 1, 6, 100);
    buy(&rig, 2, 6, 100);
    amend(&rig, 1, 4, 100); /* less: it keeps its place */
    hear(&rig, "accepted 1, accepted 2, amended 1");
    trade(&rig, SIDE_SELL, 100, 1);
    hear(&rig, "fill 1 1@100 maker");
    amend(&rig, 1, 5, 100); /* more: to the end */
    trade(&rig, SIDE_SELL, 100, 7);
    hear(&rig, "amended 1, fill 2 6@100 maker, fill 1 1@100 maker");
    amend(&rig, 1, 2, 100);
    hear(&rig, "no amend 1 venue_grid"); /* no more than is filled */
    amend(&rig, 1, 15, 101);             /* it takes, and what is left rests */
    hear(&rig, "amended 1, fill 1 10@101 taker");
    trade(&rig, SIDE_SELL, 101, 9);
    hear(&rig, "fill 1 3@101 maker");
    amend(&rig, 1, 20, 101);
    cancel(&rig, 1);
    hear(&rig, "no amend 1 venue_unknown_order, no cancel 1 venue_unknown_order");
    rig_close(&rig);
}

/* What rested after it had taken a whole level is not filled by what it took. */
static void test_rest_of_a_taker(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    buy(&rig, 1, 15, 101);
    hear(&rig, "accepted 1, fill 1 10@101 taker");
    level(&rig, SIDE_SELL, 102, 21);
    snapshot(&rig);
    hear(&rig, "");
    level(&rig, SIDE_SELL, 101, 11); /* one more seller at our price */
    hear(&rig, "fill 1 5@101 maker");
    rig_close(&rig);
}

static void test_full_line(void **state)
{
    (void)state;
    struct rig rig;
    struct input report;
    rig_open(&rig);
    for (uint64_t id = 1; id <= QUEUE_LINE_MAX; id++)
        buy(&rig, id, 1, 100);
    while (book_venue_report_next(rig.venue, INT64_MAX, &report))
        assert_int_equal(report.kind, INPUT_VENUE_ACCEPTED);
    buy(&rig, 40, 1, 100);
    hear(&rig, "rejected 40 venue_full");
    buy(&rig, 41, 1, 98);
    amend(&rig, 41, 1, 100);
    hear(&rig, "accepted 41, no amend 41 venue_full");
    buy(&rig, 65, 1, 98); /* the slot of order 1 */
    hear(&rig, "rejected 65 venue_full");
    assert_int_equal(book_venue_live(rig.venue), QUEUE_LINE_MAX + 1);
    rig_close(&rig);
}

/* ---- stops, time, halts ---------------------------------------------------------------------- */

static struct order stop(uint64_t id, enum side side, int64_t lots, int64_t stop_tick, int64_t tick)
{
    struct order order = limit(id, side, lots, tick);
    order.type = tick > 0 ? ORDER_STOP_LIMIT : ORDER_STOP;
    order.stop_price.units = stop_tick * TICK;
    return order;
}

static void test_stops(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    place(&rig, stop(1, SIDE_SELL, 12, 99, 0));
    place(&rig, stop(2, SIDE_BUY, 5, 102, 100));
    place(&rig, stop(3, SIDE_SELL, 3, 98, 0));
    hear(&rig, "accepted 1, accepted 2, accepted 3");
    trade(&rig, SIDE_SELL, 100, 1);
    hear(&rig, "");
    trade(&rig, SIDE_SELL, 99, 1);
    hear(&rig, "fill 1 10@99 taker, fill 1 2@98 taker");
    trade(&rig, SIDE_BUY, 103, 1); /* order 2 is a limit order at 100 now, and rests */
    hear(&rig, "");
    trade(&rig, SIDE_SELL, 100, 2);
    hear(&rig, "fill 2 2@100 maker");
    amend(&rig, 3, 4, 0);
    trade(&rig, SIDE_SELL, 98, 1);
    hear(&rig, "amended 3, fill 2 3@100 maker, fill 3 4@98 taker");
    place(&rig, stop(4, SIDE_SELL, 1, 98, 0)); /* the last price is there already */
    hear(&rig, "accepted 4, fill 4 1@98 taker");
    rig_close(&rig);
}

/* By the book that its trigger meets, not by the one it was placed in. */
static void test_post_only_stops(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig); /* 99 to 101 */
    struct order order = stop(1, SIDE_SELL, 5, 98, 99);
    order.flags = ORDER_FLAG_POST_ONLY;
    place(&rig, order); /* would take now; when it triggers the bid is 97 */
    order.id = 2;
    order.price.units = 97 * TICK; /* would take then too */
    place(&rig, order);
    order = stop(3, SIDE_BUY, 5, 102, 100);
    order.flags = ORDER_FLAG_POST_ONLY;
    place(&rig, order); /* would rest now; when it triggers the ask is 100 */
    hear(&rig, "accepted 1, accepted 2, accepted 3");
    level(&rig, SIDE_BUY, 97, 10);
    level(&rig, SIDE_BUY, 99, 0);
    level(&rig, SIDE_BUY, 98, 0);
    trade(&rig, SIDE_SELL, 98, 1);
    hear(&rig, "canceled 2 venue_post_only");
    level(&rig, SIDE_SELL, 100, 10);
    trade(&rig, SIDE_BUY, 102, 1);
    hear(&rig, "fill 1 5@99 maker, canceled 3 venue_post_only");
    rig_close(&rig);
}

static void test_expiry(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    struct order order = limit(1, SIDE_BUY, 5, 100);
    order.tif = TIF_GTD;
    order.expire_ns = rig.now + 100;
    place(&rig, order);
    order.id = 2;
    order.expire_ns = rig.now + 50;
    place(&rig, order);
    order.id = 3;
    order.expire_ns = rig.now;
    place(&rig, order);
    hear(&rig, "accepted 1, accepted 2, accepted 3, expired 3 venue_expired");
    assert_true(book_venue_next_ns(rig.venue) == rig.now + 50);
    rig.now += 100;
    trade(&rig, SIDE_SELL, 99, 50); /* at the very nanosecond: too late */
    hear(&rig, "expired 2 venue_expired, expired 1 venue_expired");
    assert_true(book_venue_next_ns(rig.venue) == INT64_MAX);
    rig_close(&rig);
}

static void test_halt(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    buy(&rig, 1, 5, 100);
    buy(&rig, 2, 5, 98);
    place(&rig, stop(3, SIDE_SELL, 5, 98, 0));
    hear(&rig, "accepted 1, accepted 2, accepted 3");
    book_venue_halt(rig.venue, 0, true, rig.now);
    buy(&rig, 4, 5, 100);
    amend(&rig, 1, 7, 100);
    amend(&rig, 1, 4, 100);
    trade(&rig, SIDE_SELL, 97, 50);
    level(&rig, SIDE_SELL, 100, 5);
    cancel(&rig, 2);
    hear(&rig, "rejected 4 venue_halted, no amend 1 venue_halted, amended 1, canceled 2");
    book_venue_halt(rig.venue, 0, false, rig.now);
    hear(&rig, "fill 1 4@100 maker");
    cancel(&rig, 3);
    hear(&rig, "canceled 3");
    rig_close(&rig);
}

static void test_invalid_book(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_as(&rig, (struct book_venue_config){.queue = {QUEUE_MODEL_RISK_AVERSE, 0}});
    place(&rig, market(1, SIDE_BUY, 1));
    hear(&rig, "rejected 1 book_invalid");
    snapshot(&rig);
    buy(&rig, 2, 5, 99);
    level(&rig, SIDE_SELL, 90, 1); /* crossed: nothing is known until the next snapshot */
    buy(&rig, 3, 5, 95);
    amend(&rig, 2, 6, 99);
    trade(&rig, SIDE_SELL, 97, 50);
    place(&rig, stop(4, SIDE_SELL, 5, 97, 0));
    hear(&rig, "accepted 2, rejected 3 book_invalid, no amend 2 book_invalid, accepted 4");
    assert_int_equal(available(&rig, SIDE_SELL, 101), 0);
    snapshot(&rig);
    /* Order 4 sells, but our own bid of order 2 is there. */
    hear(&rig, "canceled 4 venue_self_trade");
    trade(&rig, SIDE_SELL, 99, 12);
    hear(&rig, "fill 2 2@99 maker");
    cancel(&rig, 2);
    hear(&rig, "canceled 2");
    rig_close(&rig);
}

/* What the book said is too long ago: nobody takes, and what rests is filled by trades alone. */
static void test_old_book(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_as(&rig, (struct book_venue_config){.queue = {QUEUE_MODEL_RISK_AVERSE, 0},
                                                 .book_age_max_ns = 100});
    snapshot(&rig);
    buy(&rig, 1, 5, 100);
    place(&rig, stop(2, SIDE_SELL, 5, 97, 0));
    rig.now += 100; /* not too long */
    buy(&rig, 3, 2, 101);
    hear(&rig, "accepted 1, accepted 2, accepted 3, fill 3 2@101 taker");
    rig.now += 1;
    buy(&rig, 4, 5, 101);
    place(&rig, market(5, SIDE_BUY, 1));
    amend(&rig, 1, 5, 101);
    amend(&rig, 1, 4, 100);
    hear(&rig, "rejected 4 book_invalid, rejected 5 book_invalid, no amend 1 book_invalid, "
               "amended 1");
    trade(&rig, SIDE_SELL, 100, 3);
    hear(&rig, "fill 1 3@100 maker");
    trade(&rig, SIDE_SELL, 97, 1); /* the stop triggers, and waits for a book */
    hear(&rig, "fill 1 1@100 maker");
    place(&rig, stop(6, SIDE_SELL, 1, 97, 0));
    hear(&rig, "accepted 6");
    level(&rig, SIDE_SELL, 103, 31);
    hear(&rig, "fill 2 5@99 taker, fill 6 1@99 taker");
    rig_close(&rig);
    /* A quote says something also where it says the same again. */
    rig_open_as(&rig, (struct book_venue_config){.book_age_max_ns = 100});
    struct quote quote = {{99 * TICK}, {101 * TICK}, {10 * LOT}, {10 * LOT}};
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    place(&rig, stop(1, SIDE_BUY, 5, 102, 0));
    rig.now += 101;
    trade(&rig, SIDE_BUY, 102, 1);
    place(&rig, market(2, SIDE_BUY, 1));
    hear(&rig, "accepted 1, rejected 2 book_invalid");
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    place(&rig, market(3, SIDE_BUY, 1));
    hear(&rig, "fill 1 5@101 taker, accepted 3, fill 3 1@101 taker");
    rig_close(&rig);
}

static void test_refusals(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig);
    rig.instrument.quantity_min.units = 3 * LOT;
    rig.instrument.notional_min = instrument_notional(&rig.instrument, (struct price){100 * TICK},
                                                      (struct quantity){4 * LOT});
    struct order order = limit(1, SIDE_BUY, 5, 98);
    order.price.units += 1;
    place(&rig, order);
    order = limit(2, SIDE_BUY, 5, 98);
    order.quantity.units += 1;
    place(&rig, order);
    buy(&rig, 3, 2, 98);
    buy(&rig, 4, 4, 99);
    place(&rig, market(5, SIDE_BUY, 3));
    order = limit(6, SIDE_BUY, 5, 98);
    order.instrument = 1;
    place(&rig, order);
    hear(&rig, "rejected 1 venue_grid, rejected 2 venue_grid, rejected 3 venue_below_minimum, "
               "rejected 4 venue_below_minimum, rejected 5 venue_below_minimum, "
               "rejected 6 venue_instrument");
    rig.instrument.tradable = 0;
    buy(&rig, 7, 5, 98);
    hear(&rig, "rejected 7 venue_instrument");
    rig_close(&rig);
}

/* Recordings of two venues in one run: a missing number is a loss in one and nothing in the other.
 */
static void test_promises_differ(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig); /* for its instrument */
    const struct instrument instruments[2] = {rig.instrument, rig.instrument};
    enum book_sequence sequences[2] = {BOOK_SEQUENCE_CONTIGUOUS, BOOK_SEQUENCE_RISING};
    struct book_venue *venue;
    struct book_venue_config config = {.instruments = instruments,
                                       .instruments_count = 2,
                                       .orders_capacity = 4,
                                       .levels_capacity = 4,
                                       .sequences = sequences,
                                       .tiers_count = 1};
    assert_int_equal(book_venue_create(&config, &venue), STATUS_OK);
    sequences[0] = sequences[1] = BOOK_SEQUENCE_NONE; /* copied */
    for (uint32_t i = 0; i < 2; i++) {
        const struct delta whole[] = {{{99 * TICK}, {LOT}, SIDE_BUY, DELTA_CLEAR},
                                      {{101 * TICK}, {LOT}, SIDE_SELL, DELTA_LAST}};
        struct book_message message = {.deltas = whole, .count = 2, .first_seq = 5, .last_seq = 5};
        book_venue_book(venue, i, &message, 1);
        const struct delta change = {{98 * TICK}, {LOT}, SIDE_BUY, 0};
        message = (struct book_message){
            .deltas = &change, .count = 1, .first_seq = 7, .last_seq = 7, .time_ns = 2};
        book_venue_book(venue, i, &message, 2);
        assert_true(order_book_is_valid(book_venue_order_book(venue, i)) == (i == 1));
    }
    book_venue_free(venue);
    rig_close(&rig);
}

static void test_quotes(void **state)
{
    (void)state;
    struct rig rig;
    rig_open_as(&rig, (struct book_venue_config){.queue = {QUEUE_MODEL_RISK_AVERSE, 0}});
    struct quote quote = {{99 * TICK}, {101 * TICK}, {10 * LOT}, {10 * LOT}};
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    buy(&rig, 1, 15, 101);
    hear(&rig, "accepted 1, fill 1 10@101 taker");
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    hear(&rig, "");
    quote.ask.units = 102 * TICK;
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    assert_int_equal(available(&rig, SIDE_SELL, 101), 0);
    assert_int_equal(available(&rig, SIDE_SELL, 102), 10);
    quote.ask.units = 101 * TICK; /* other sellers than before */
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    hear(&rig, "fill 1 5@101 maker");
    quote.bid.units = 101 * TICK; /* crossed */
    book_venue_quote(rig.venue, 0, &quote, rig.now);
    place(&rig, market(2, SIDE_BUY, 1));
    book_venue_quote(rig.venue, 0, &(struct quote){.ask = {104 * TICK}, .ask_quantity = {9 * LOT}},
                     rig.now);
    place(&rig, market(3, SIDE_SELL, 1));
    place(&rig, market(4, SIDE_BUY, 1));
    hear(&rig, "rejected 2 book_invalid, accepted 3, canceled 3 venue_unfillable, accepted 4, "
               "fill 4 1@104 taker");
    rig_close(&rig);
}

/* ---- latency --------------------------------------------------------------------------------- */

static void test_latency(void **state)
{
    (void)state;
    struct rig rig;
    struct input report;
    rig_open_as(&rig, (struct book_venue_config){.latency = {.entry_ns = 100, .response_ns = 30}});
    int64_t start = rig.now;
    snapshot(&rig);
    place(&rig, limit(1, SIDE_BUY, 5, 101)); /* arrives at +100 */
    assert_true(book_venue_next_ns(rig.venue) == start + 100);
    assert_true(book_venue_answer_ns(rig.venue) == INT64_MAX);
    rig.now = start + 99;
    level(&rig, SIDE_SELL, 101, 0); /* gone before the order is there */
    rig.now = start + 100;
    level(&rig, SIDE_SELL, 102, 4); /* what the market tells at that time comes first */
    book_venue_advance(rig.venue, rig.now);
    assert_true(book_venue_answer_ns(rig.venue) == start + 130);
    assert_false(book_venue_report_next(rig.venue, start + 129, &report));
    hear(&rig, "accepted 1");
    /* A cancel and a fill: who is first at the exchange wins. */
    rig.now = start + 200;
    place(&rig, limit(2, SIDE_BUY, 5, 101));
    rig.now = start + 300;
    book_venue_advance(rig.venue, rig.now);
    cancel(&rig, 1); /* arrives at +400 */
    cancel(&rig, 2);
    rig.now = start + 400;
    trade(&rig, SIDE_SELL, 101, 5);
    rig.now = start + 401;
    trade(&rig, SIDE_SELL, 101, 5);
    hear(&rig, "accepted 2, fill 1 5@101 maker, no cancel 1 venue_unknown_order, canceled 2");
    rig_close(&rig);
}

static void test_answers_in_order(void **state)
{
    (void)state;
    static const struct latency_row rows[] = {
        {SECOND, SECOND + 10, SECOND + 500},
        {SECOND + 20, SECOND + 25, SECOND + 30},
        {SECOND + 40, SECOND + 35, SECOND + 60}, /* refused before the exchange */
    };
    struct rig rig;
    struct input report;
    rig_open_as(&rig,
                (struct book_venue_config){
                    .latency = {.kind = LATENCY_INTERPOLATED, .rows = rows, .rows_count = 3}});
    snapshot(&rig);
    place(&rig, limit(1, SIDE_BUY, 5, 100));
    rig.now += 20;
    place(&rig, limit(2, SIDE_BUY, 5, 100));
    rig.now += 20;
    place(&rig, limit(3, SIDE_BUY, 5, 100));
    cancel(&rig, 1);
    amend(&rig, 1, 4, 100);
    int64_t last = 0;
    while (book_venue_report_next(rig.venue, INT64_MAX, &report)) {
        assert_true(report.time_ns >= last && report.time_ns >= SECOND + 500);
        last = report.time_ns;
        say(&rig, &report);
    }
    assert_string_equal(rig.said, "accepted 1, accepted 2, rejected 3 venue, no cancel 1 venue, "
                                  "no amend 1 venue");
    rig_close(&rig);
}

/* Fills and expiries are told by the response alone, in the order in which they happened. */
static void test_answers_of_fills(void **state)
{
    (void)state;
    static const struct latency_row rows[] = {
        {SECOND, SECOND + 10, SECOND + 40},
        {SECOND + 1000, SECOND + 1010, SECOND + 1100},
        {SECOND + 2000, SECOND + 1990, SECOND + 2007},
    };
    struct rig rig;
    struct input report;
    rig_open_as(&rig,
                (struct book_venue_config){
                    .latency = {.kind = LATENCY_INTERPOLATED, .rows = rows, .rows_count = 3}});
    snapshot(&rig);
    book_venue_place(rig.venue,
                     &(struct order){.id = 1,
                                     .side = SIDE_BUY,
                                     .type = ORDER_LIMIT,
                                     .tif = TIF_GTC,
                                     .price = {100 * TICK},
                                     .quantity = {9 * LOT}},
                     rig.now);
    static const struct {
        int64_t after, answer;
    } trades[] = {{500, 530}, {1010, 1100}, {1020, 1110}, {2000, 2007}};
    for (size_t i = 0; i < ARRAY_COUNT(trades); i++) {
        rig.now = SECOND + trades[i].after;
        trade(&rig, SIDE_SELL, 100, 1);
    }
    assert_true(book_venue_report_next(rig.venue, SECOND + 40, &report));
    assert_int_equal(report.kind, INPUT_VENUE_ACCEPTED);
    for (size_t i = 0; i < ARRAY_COUNT(trades); i++) {
        assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
        assert_int_equal(report.kind, INPUT_VENUE_FILL);
        assert_true(report.time_ns == SECOND + trades[i].answer);
    }
    rig_close(&rig);
}

/* Nobody takes the reports: what could not be told is not done, and nothing is lost. */
static void test_no_room(void **state)
{
    (void)state;
    struct rig rig;
    struct input report;
    rig_open(&rig);
    buy(&rig, 1, 100000, 100);
    for (int i = 0; i < 50000; i++)
        trade(&rig, SIDE_SELL, 100, 1);
    uint64_t held = book_venue_counters(rig.venue).trades_held;
    assert_true(held > 40000 && held < 50000);
    cancel(&rig, 1);
    buy(&rig, 2, 5, 99);
    place(&rig, market(3, SIDE_BUY, 5));
    int64_t filled = 0;
    uint64_t count = 0;
    while (book_venue_report_next(rig.venue, INT64_MAX, &report)) {
        filled += report.kind == INPUT_VENUE_FILL ? report.fill.quantity.units / LOT : 0;
        count++;
        if (report.kind != INPUT_VENUE_FILL)
            say(&rig, &report);
    }
    assert_string_equal(rig.said, "accepted 1, canceled 1, accepted 2, accepted 3, canceled 3 "
                                  "venue_full");
    assert_int_equal(filled, 50000 - held);
    assert_int_equal(count, filled + 5);
    trade(&rig, SIDE_SELL, 99, 11);
    hear(&rig, "fill 2 1@99 maker");
    rig_close(&rig);
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void test_parts(void **state)
{
    (void)state;
    struct rig rig;
    struct book_level level;
    rig_open(&rig);
    const struct order_book *book = book_venue_order_book(rig.venue, 0);
    static const struct {
        enum side side;
        int64_t from, found; /* units; 0 = none */
    } beyond[] = {{SIDE_SELL, 0, 505},   {SIDE_SELL, 504, 505}, {SIDE_SELL, 505, 510},
                  {SIDE_SELL, 506, 510}, {SIDE_SELL, 515, 0},   {SIDE_BUY, 600, 495},
                  {SIDE_BUY, 496, 495},  {SIDE_BUY, 495, 490},  {SIDE_BUY, 494, 490},
                  {SIDE_BUY, 490, 0},    {SIDE_BUY, -1, 0}};
    for (size_t i = 0; i < ARRAY_COUNT(beyond); i++) {
        bool found = order_book_beyond(book, beyond[i].side, (struct price){beyond[i].from},
                                       &level);
        assert_int_equal(found, beyond[i].found != 0);
        assert_int_equal(level.price.units, beyond[i].found);
        assert_int_equal(level.quantity.units,
                         order_book_depth_at(book, beyond[i].side, level.price).units);
    }
    rig_close(&rig);

    struct queue_line line;
    struct queue_fill fills[QUEUE_LINE_MAX];
    queue_line_init(&line, &(struct queue_model){QUEUE_MODEL_RISK_AVERSE, 0}, SIDE_BUY,
                    (struct price){500}, (struct quantity){LOT});
    assert_int_equal(queue_line_add(&line, 1, (struct quantity){50}, (struct quantity){30}), 0);
    assert_true(queue_line_reduce(&line, 1, (struct quantity){20}));
    assert_false(queue_line_reduce(&line, 2, (struct quantity){20}));
    struct trade told = {{500}, {80}, SIDE_SELL, 0};
    assert_int_equal(queue_line_trade(&line, &told, fills), 1);
    assert_int_equal(fills[0].quantity.units, 20);
    assert_true(fills[0].whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takers),
        cmocka_unit_test(test_taken_stays_taken),
        cmocka_unit_test(test_post_only_and_own_orders),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_amend),
        cmocka_unit_test(test_rest_of_a_taker),
        cmocka_unit_test(test_full_line),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_post_only_stops),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_halt),
        cmocka_unit_test(test_invalid_book),
        cmocka_unit_test(test_old_book),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_promises_differ),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_latency),
        cmocka_unit_test(test_answers_in_order),
        cmocka_unit_test(test_answers_of_fills),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
