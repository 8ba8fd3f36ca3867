/* The order book: each trouble by its rule, then millions of changes against the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/random.h"
#include "order_book_naive.h"

#define CHANGES_COUNT 6000000u

static struct order_book *create(enum book_sequence sequence, int64_t tick, uint32_t capacity)
{
    struct order_book_config config = {{tick}, capacity, sequence};
    struct order_book *book = NULL;
    assert_int_equal(order_book_create(&config, &book), STATUS_OK);
    return book;
}

static bool send(struct order_book *book, uint64_t first, uint64_t last, int64_t time_ns,
                 uint32_t count, const struct delta *deltas)
{
    return order_book_apply(book, &(struct book_message){.deltas = deltas,
                                                         .count = count,
                                                         .first_seq = first,
                                                         .last_seq = last,
                                                         .time_ns = time_ns});
}

#define SEND(book, first, last, time_ns, ...)                                            \
    send(book, first, last, time_ns, ARRAY_COUNT(((const struct delta[]){__VA_ARGS__})), \
         (const struct delta[]){__VA_ARGS__})
#define BID(price, quantity)             \
    {                                    \
        {price}, {quantity}, SIDE_BUY, 0 \
    }
#define ASK(price, quantity)              \
    {                                     \
        {price}, {quantity}, SIDE_SELL, 0 \
    }
#define FIRST(price, quantity)                     \
    {                                              \
        {price}, {quantity}, SIDE_BUY, DELTA_CLEAR \
    }
#define LAST(price, quantity)                      \
    {                                              \
        {price}, {quantity}, SIDE_SELL, DELTA_LAST \
    }

static struct order_book *started(enum book_sequence sequence)
{
    struct order_book *book = create(sequence, 10, 8);
    assert_false(order_book_is_valid(book));
    assert_true(SEND(book, 100, 100, 5, FIRST(990, 3), BID(980, 4), ASK(1020, 6), LAST(1010, 5)));
    return book;
}

static void assert_only(const struct order_book *book, enum book_trouble kind, uint64_t count)
{
    for (int i = 0; i < BOOK_TROUBLE_COUNT; i++) {
        uint64_t found = order_book_troubles(book, (enum book_trouble)i);
        if (found != ((int)kind == i ? count : 0))
            fail_msg("%llu of: %s", (unsigned long long)found,
                     book_trouble_sentence((enum book_trouble)i));
    }
}

static void test_questions(void **state)
{
    (void)state;
    struct order_book *book = started(BOOK_SEQUENCE_CONTIGUOUS);
    struct quote quote = order_book_quote(book);
    assert_int_equal(quote.bid.units, 990);
    assert_int_equal(quote.bid_quantity.units, 3);
    assert_int_equal(quote.ask.units, 1010);
    assert_int_equal(quote.ask_quantity.units, 5);
    assert_int_equal(order_book_depth_at(book, SIDE_BUY, (struct price){980}).units, 4);
    assert_int_equal(order_book_depth_at(book, SIDE_BUY, (struct price){985}).units, 0);
    assert_int_equal(order_book_depth_at(book, SIDE_SELL, (struct price){980}).units, 0);
    assert_int_equal((int64_t)order_book_depth_total(book, SIDE_SELL), 11);
    struct book_walk walk = order_book_walk(book, SIDE_SELL, (struct quantity){7},
                                            (struct price){0});
    assert_int_equal(walk.quantity.units, 7);
    assert_int_equal((int64_t)walk.notional, 5 * 1010 + 2 * 1020);
    assert_int_equal(walk.worst.units, 1020);
    assert_int_equal(walk.levels, 2);
    walk = order_book_walk(book, SIDE_SELL, (struct quantity){7}, (struct price){1019});
    assert_int_equal(walk.quantity.units, 5);
    walk = order_book_walk(book, SIDE_BUY, (struct quantity){99}, (struct price){980});
    assert_int_equal(walk.quantity.units, 7);
    assert_only(book, BOOK_TROUBLE_COUNT, 0);
    order_book_invalidate(book);
    assert_int_equal(order_book_quote(book).bid.units, 0);
    assert_int_equal(order_book_levels_count(book, SIDE_BUY), 0);
    order_book_free(book);
}

/* Troubles that leave the book valid. */
static void test_troubles_borne(void **state)
{
    (void)state;
    struct order_book *book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 101, 101, 6, BID(970, 0)));
    assert_only(book, BOOK_TROUBLE_ABSENT, 1);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(send(book, 101, 102, 6, 0, NULL));
    assert_only(book, BOOK_TROUBLE_EMPTY, 1);
    assert_int_equal(order_book_sequence(book), 102);
    assert_int_equal(order_book_time_ns(book), 6);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 100, 100, 6, BID(990, 77)));
    assert_true(SEND(book, 90, 99, 6, BID(990, 77)));
    assert_only(book, BOOK_TROUBLE_DUPLICATE, 2);
    assert_int_equal(order_book_quote(book).bid_quantity.units, 3);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 95, 105, 6, BID(990, 77)));
    assert_only(book, BOOK_TROUBLE_OVERLAP, 1);
    assert_int_equal(order_book_quote(book).bid_quantity.units, 77);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 101, 101, 4, BID(990, 77)));
    assert_only(book, BOOK_TROUBLE_CLOCK_BACK, 1);
    assert_int_equal(order_book_time_ns(book), 5);
    assert_int_equal(order_book_quote(book).bid_quantity.units, 77);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_RISING);
    assert_true(SEND(book, 109, 109, 6, BID(990, 77)));
    assert_only(book, BOOK_TROUBLE_COUNT, 0);
    order_book_free(book);

    book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 50, 50, 7, FIRST(900, 1), LAST(910, 1)));
    assert_only(book, BOOK_TROUBLE_REPLACED, 1);
    assert_int_equal(order_book_levels_count(book, SIDE_BUY), 1);
    assert_int_equal(order_book_sequence(book), 50);
    order_book_free(book);

    book = create(BOOK_SEQUENCE_NONE, 10, 8);
    assert_false(SEND(book, 0, 0, 1, BID(990, 77), BID(980, 77)));
    assert_only(book, BOOK_TROUBLE_UNREADY, 2);
    order_book_free(book);

    book = create(BOOK_SEQUENCE_NONE, 10, 8);
    assert_true(SEND(book, 0, 0, 1, FIRST(900, 1), BID(900, 2), LAST(910, 1)));
    assert_only(book, BOOK_TROUBLE_TWICE, 1);
    assert_int_equal(order_book_quote(book).bid_quantity.units, 2);
    order_book_free(book);
}

static void assert_ends(enum book_trouble kind, enum book_sequence sequence, uint64_t seq,
                        int64_t time_ns, struct delta delta)
{
    struct order_book *book = started(sequence);
    assert_false(send(book, seq, seq, time_ns, 1, &delta));
    assert_int_equal(order_book_troubles(book, kind), 1);
    assert_int_equal(order_book_quote(book).bid.units, 0);
    assert_false(SEND(book, seq + 1, seq + 1, 10, BID(990, 1)));
    assert_true(SEND(book, 7, 7, 11, FIRST(900, 1), LAST(910, 1)));
    assert_int_equal(order_book_quote(book).bid.units, 900);
    order_book_free(book);
}

/* Troubles after which only a snapshot helps. */
static void test_troubles_ending(void **state)
{
    (void)state;
    struct delta fine = BID(990, 1);
    assert_ends(BOOK_TROUBLE_GAP, BOOK_SEQUENCE_CONTIGUOUS, 102, 6, fine);
    assert_ends(BOOK_TROUBLE_UNORDERED, BOOK_SEQUENCE_NONE, 0, 4, fine);
    struct delta locked = BID(1010, 1);
    assert_ends(BOOK_TROUBLE_CROSSED, BOOK_SEQUENCE_CONTIGUOUS, 101, 6, locked);
    struct delta crossed = ASK(980, 1);
    assert_ends(BOOK_TROUBLE_CROSSED, BOOK_SEQUENCE_CONTIGUOUS, 101, 6, crossed);
    struct delta negative = BID(-10, 1);
    assert_ends(BOOK_TROUBLE_PRICE, BOOK_SEQUENCE_RISING, 101, 6, negative);
    struct delta zero = BID(0, 1);
    assert_ends(BOOK_TROUBLE_PRICE, BOOK_SEQUENCE_RISING, 101, 6, zero);
    struct delta huge = ASK(PRICE_UNITS_MAX + 10, 1);
    assert_ends(BOOK_TROUBLE_PRICE, BOOK_SEQUENCE_RISING, 101, 6, huge);
    struct delta between = BID(985, 1);
    assert_ends(BOOK_TROUBLE_GRID, BOOK_SEQUENCE_RISING, 101, 6, between);
    struct delta owed = BID(980, -1);
    assert_ends(BOOK_TROUBLE_QUANTITY, BOOK_SEQUENCE_RISING, 101, 6, owed);
    struct delta sideless = {{980}, {1}, 0, 0};
    assert_ends(BOOK_TROUBLE_SIDE, BOOK_SEQUENCE_RISING, 101, 6, sideless);

    struct order_book *book = started(BOOK_SEQUENCE_CONTIGUOUS);
    for (int i = 0; i < 7; i++)
        (void)SEND(book, (uint64_t)(101 + i), (uint64_t)(101 + i), 6, BID(100 + 10 * i, 1));
    assert_int_equal(order_book_troubles(book, BOOK_TROUBLE_FULL), 1);
    assert_false(order_book_is_valid(book));
    order_book_free(book);

    book = create(BOOK_SEQUENCE_NONE, 10, 8);
    assert_false(SEND(book, 0, 0, 1, FIRST(900, 1), BID(890, 2)));
    assert_true(SEND(book, 0, 0, 2, FIRST(800, 1), LAST(810, 2)));
    assert_only(book, BOOK_TROUBLE_BROKEN, 1);
    assert_int_equal(order_book_quote(book).bid.units, 800);
    order_book_free(book);
}

/* A message may cross the book in its middle: only its end is judged. */
static void test_order_within_message(void **state)
{
    (void)state;
    struct order_book *book = started(BOOK_SEQUENCE_CONTIGUOUS);
    assert_true(SEND(book, 101, 101, 6, BID(1010, 9), ASK(1010, 0)));
    assert_int_equal(order_book_quote(book).bid.units, 1010);
    assert_int_equal(order_book_quote(book).ask.units, 1020);
    assert_true(SEND(book, 102, 102, 6, ASK(1020, 0)));
    assert_int_equal(order_book_quote(book).ask.units, 0);
    order_book_free(book);
}

/* ---- against the plain book ------------------------------------------------------------------ */

static void assert_same(struct order_book *book, const struct naive_book *naive, bool deeply)
{
    assert_int_equal(order_book_is_valid(book), naive->valid);
    assert_int_equal(order_book_time_ns(book), naive->time_ns);
    assert_int_equal(order_book_sequence(book), naive->seq);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct naive_side *plain = &naive->sides[side - SIDE_BUY];
        uint32_t count = naive->valid ? plain->count : 0;
        struct book_level best = {0};
        assert_int_equal(order_book_levels_count(book, (enum side)side), count);
        assert_int_equal(order_book_best(book, (enum side)side, &best), count > 0);
        if (count > 0)
            assert_memory_equal(&best, &plain->levels[0], sizeof best);
        if (!deeply)
            continue;
        static struct book_level levels[NAIVE_LEVELS_MAX];
        i128 total = 0;
        assert_int_equal(order_book_levels(book, (enum side)side, levels, NAIVE_LEVELS_MAX), count);
        for (uint32_t i = 0; i < count; i++) {
            assert_memory_equal(&levels[i], &plain->levels[i], sizeof levels[i]);
            total += plain->levels[i].quantity.units;
            assert_int_equal(
                order_book_depth_at(book, (enum side)side, plain->levels[i].price).units,
                plain->levels[i].quantity.units);
        }
        assert_true(order_book_depth_total(book, (enum side)side) == total);
    }
    for (int i = 0; deeply && i < BOOK_TROUBLE_COUNT; i++)
        assert_int_equal(order_book_troubles(book, (enum book_trouble)i), naive->troubles[i]);
}

struct stream {
    struct random random;
    int64_t tick, centre;
    uint64_t seq;
    int64_t time_ns;
    struct delta deltas[64];
};

/* Near the centre mostly, sometimes anywhere at all. */
static int64_t draw_tick(struct stream *stream, bool bid)
{
    uint64_t far = random_below(&stream->random, 1000);
    int64_t away = (int64_t)random_below(&stream->random, far < 10 ? 1u << 20 : 200);
    if (far == 0)
        away = (int64_t)(random_u64(&stream->random) >> (5 + random_below(&stream->random, 40)));
    int64_t tick = bid ? stream->centre - away : stream->centre + 1 + away;
    int64_t top = PRICE_UNITS_MAX / stream->tick;
    if (tick < 1)
        return 1 + (int64_t)random_below(&stream->random, 1000);
    return tick > top ? top : tick;
}

static struct delta draw_delta(struct stream *stream)
{
    struct random *random = &stream->random;
    bool bid = random_below(random, 2) == 0;
    struct delta delta = {
        .price = {draw_tick(stream, bid) * stream->tick},
        .quantity = {random_below(random, 3) == 0 ? 0 : (int64_t)random_below(random, 1000)},
        .side = bid ? SIDE_BUY : SIDE_SELL,
    };
    switch (random_below(random, 40000)) {
    case 0: delta.price.units = -delta.price.units; break;
    case 1: delta.price.units += 1; break;
    case 2: delta.quantity.units = -5; break;
    case 3: delta.side = 3; break;
    case 4: delta.flags = DELTA_CLEAR; break;
    case 5: delta.flags = DELTA_LAST; break;
    default: break;
    }
    return delta;
}

static struct book_message draw_message(struct stream *stream, bool valid)
{
    struct random *random = &stream->random;
    struct book_message message = {.deltas = stream->deltas};
    uint64_t odd = random_below(random, 20000);
    message.count = odd == 0 ? 0 : 1 + (uint32_t)random_below(random, valid ? 4 : 64);
    for (uint32_t i = 0; i < message.count; i++)
        stream->deltas[i] = draw_delta(stream);
    if ((!valid || odd == 1) && message.count > 2 && random_below(random, 3) > 0) {
        stream->deltas[0].flags = DELTA_CLEAR;
        if (random_below(random, 8) > 0)
            stream->deltas[message.count - 1].flags = DELTA_LAST;
    }
    message.first_seq = stream->seq + 1 - (odd == 2 ? 1 : 0) + (odd == 3 ? 1 : 0);
    message.last_seq = message.first_seq + random_below(random, 3) - (odd == 4 ? 3 : 0);
    stream->seq = u64_max(message.last_seq, 10);
    stream->time_ns += (int64_t)random_below(random, 10) - (odd == 5 ? 20 : 0);
    message.time_ns = stream->time_ns;
    if (random_below(random, 50) == 0) {
        /* The centre walks where the front levels of one side leave first. */
        stream->centre += (int64_t)random_below(random, 3) - 1;
    }
    return message;
}

static void run_random(uint64_t seed, enum book_sequence sequence, int64_t tick, int64_t centre,
                       uint32_t capacity)
{
    static struct naive_book naive;
    struct stream stream = {.tick = tick, .centre = centre, .seq = 10, .time_ns = 1000};
    random_init(&stream.random, seed, 0);
    struct order_book *book = create(sequence, tick, capacity);
    naive_init(&naive, &(struct order_book_config){{tick}, capacity, sequence});
    uint64_t valid_count = 0;
    uint32_t messages = 0;
    for (uint32_t changes = 0; changes < CHANGES_COUNT / 4; messages++) {
        struct book_message message = draw_message(&stream, naive.valid);
        naive_apply(&naive, &message);
        assert_int_equal(order_book_apply(book, &message), naive.valid);
        assert_same(book, &naive, messages % 1024 == 0);
        valid_count += naive.valid;
        changes += message.count + 1;
    }
    assert_true(valid_count > messages / 2);
    order_book_free(book);
}

static void test_random(void **state)
{
    (void)state;
    run_random(1, BOOK_SEQUENCE_CONTIGUOUS, 10, 6500000, 4000);
    run_random(2, BOOK_SEQUENCE_RISING, 1000000, 700, 300);
    run_random(3, BOOK_SEQUENCE_NONE, 10, 150, 4000);
    run_random(4, BOOK_SEQUENCE_CONTIGUOUS, 1000, INT64_C(1) << 40, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions),           cmocka_unit_test(test_troubles_borne),
        cmocka_unit_test(test_troubles_ending),     cmocka_unit_test(test_order_within_message),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
