/* The recorder: a recorded market has the books that the generator shows, what is received is in
 * the file in time, and a live feed that pauses, fails or whose clock goes back is borne. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "drive/record/feed_generator.h"
#include "drive/record/recorder.h"
#include "sim/book/order_book.h"
#include "world/tape/recording.h"

static char directory[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/tern-recorder-XXXXXX");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(directory);
}

static const char *at(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* ---- a clock that a test turns -----------------------------------------------------------------
 * */

struct fake_clock {
    int64_t now_ns, step_ns; /* each look takes step_ns */
    uint64_t waits, waits_max;
    int64_t slept_ns;
};

static int64_t fake_now(void *context)
{
    struct fake_clock *clock = context;
    return clock->now_ns += clock->step_ns;
}

static bool fake_wait(void *context, int64_t due_ns, uint64_t events, int64_t market_ns)
{
    struct fake_clock *clock = context;
    (void)events;
    (void)market_ns;
    if (due_ns > clock->now_ns) {
        clock->slept_ns += due_ns - clock->now_ns;
        clock->now_ns = due_ns;
    }
    return ++clock->waits < clock->waits_max;
}

/* ---- the generator -----------------------------------------------------------------------------
 * */

static void record_generator(uint64_t seed, enum scenario scenario, int64_t duration_ns,
                             int64_t speed, struct fake_clock *fake)
{
    struct problem problem;
    struct feed *feed;
    struct recorder recorder;
    struct record_clock clock = {fake, fake_now, fake_wait};
    struct recorder_options options = {
        .directory = directory, .duration_ns = duration_ns, .speed = speed};
    problem_init(&problem);
    assert_int_equal(feed_generator_open(seed, scenario, TEXT("BTC-USD,DOGE-USD"), &feed, &problem),
                     STATUS_OK);
    assert_int_equal(recorder_open(&recorder, feed, &clock, &options, &problem), STATUS_OK);
    assert_int_equal(recorder.tapes_count, 6);
    assert_int_equal(recorder_run(&recorder, &problem), STATUS_OK);
    assert_int_equal(recorder_finish(&recorder, &problem), STATUS_OK);
    recorder_release(&recorder);
    feed->class->close(feed);
}

static void forget(void)
{
    static const char *const names[] = {"btc-usd-depth.tape",   "btc-usd-quotes.tape",
                                        "btc-usd-trades.tape",  "doge-usd-depth.tape",
                                        "doge-usd-quotes.tape", "doge-usd-trades.tape",
                                        "x-y-trades.tape"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        (void)unlink(at(names[i]));
}

/* The top that the generator told is the top of the book made of the recorded levels. */
static void compare_books(const char *name, bool outage)
{
    struct recording depth, quotes;
    struct depth_event change, quote;
    struct order_book *book;
    struct problem problem;
    struct order_book_config config = {
        .tick = {1}, .levels_capacity = 64, .sequence = BOOK_SEQUENCE_CONTIGUOUS};
    char depth_path[160], quotes_path[160];
    problem_init(&problem);
    (void)snprintf(depth_path, sizeof depth_path, "%s/%s-depth.tape", directory, name);
    (void)snprintf(quotes_path, sizeof quotes_path, "%s/%s-quotes.tape", directory, name);
    assert_int_equal(order_book_create(&config, &book), STATUS_OK);
    assert_int_equal(recording_open(&depth, depth_path, NULL, &problem), STATUS_OK);
    assert_int_equal(recording_open(&quotes, quotes_path, NULL, &problem), STATUS_OK);
    enum status next = recording_next(&depth, &change, &problem);
    size_t count = 0;
    while (recording_next(&quotes, &quote, &problem) == STATUS_OK) {
        while (next == STATUS_OK && change.receive_ns <= quote.receive_ns) {
            struct book_message message = {.deltas = change.deltas,
                                           .count = change.count,
                                           .first_seq = change.first_seq,
                                           .last_seq = change.last_seq,
                                           .time_ns = change.event_ns};
            assert_true(order_book_apply(book, &message));
            next = recording_next(&depth, &change, &problem);
        }
        struct quote top = order_book_quote(book);
        assert_memory_equal(&top, &quote.quote, sizeof top);
        count++;
    }
    assert_true(count > 500);
    for (unsigned i = 0; i < BOOK_TROUBLE_COUNT; i++) {
        if (i != BOOK_TROUBLE_REPLACED || !outage)
            assert_int_equal(order_book_troubles(book, (enum book_trouble)i), 0);
    }
    recording_close(&depth);
    recording_close(&quotes);
    order_book_free(book);
}

static void recorded_books_are_the_books(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 5; seed++) {
        struct fake_clock fake = {.waits_max = UINT64_MAX};
        enum scenario scenario = seed == 3   ? SCENARIO_CRASH
                                 : seed == 4 ? SCENARIO_OUTAGE
                                             : SCENARIO_NORMAL;
        record_generator(seed, scenario, 120 * NANOSECONDS_PER_SECOND, 0, &fake);
        compare_books("btc-usd", seed == 4);
        compare_books("doge-usd", seed == 4);
        forget();
    }
}

/* The market's time passes at the speed that was asked for. */
static void pace_is_kept(void **state)
{
    (void)state;
    struct fake_clock fake = {.now_ns = 7, .waits_max = UINT64_MAX};
    record_generator(1, SCENARIO_NORMAL, 30 * NANOSECONDS_PER_SECOND, 10 * RECORD_SPEED_ONE, &fake);
    assert_true(fake.slept_ns > 29 * NANOSECONDS_PER_SECOND / 10);
    assert_true(fake.slept_ns <= 3 * NANOSECONDS_PER_SECOND);
    forget();
}

/* ---- a live feed -------------------------------------------------------------------------------
 * */

struct live_feed {
    struct feed feed;
    uint64_t asked;
    enum status end; /* after a thousand events */
    struct fake_clock *clock;
    int64_t pause_ns; /* what asking in vain takes */
};

static enum status live_next(struct feed *feed, int64_t wait_ns, struct feed_event *out,
                             struct problem *problem)
{
    struct live_feed *live = (struct live_feed *)feed;
    uint64_t n = ++live->asked;
    if (n % 3 == 0) {
        live->clock->now_ns += live->pause_ns > 0 ? live->pause_ns : wait_ns;
        return STATUS_INTERRUPTED;
    }
    if (n > 1000) {
        if (live->end != STATUS_END)
            problem_set(problem, live->end, "venue", "gone");
        return live->end;
    }
    int64_t time = INT64_C(1700000000) * NANOSECONDS_PER_SECOND + (int64_t)n * 1000;
    *out = (struct feed_event){.event = {.kind = DEPTH_TRADE,
                                         .receive_ns = n % 50 == 0 ? time - 20000 : time,
                                         .event_ns = time,
                                         .last_seq = n,
                                         .trade = {.price = {(int64_t)n}, .quantity = {5}}}};
    return STATUS_OK;
}

static void live_close(struct feed *feed)
{
    (void)feed;
}

static const struct feed_class live_class = {
    .name = "live", .is_live = true, .next = live_next, .close = live_close};

static uint64_t rows_in(const char *name, bool *complete)
{
    struct tape_reader *reader;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(tape_reader_open(at(name), &reader, &problem), STATUS_OK);
    uint64_t rows = tape_reader_summary(reader)->rows;
    *complete = tape_reader_summary(reader)->complete;
    tape_reader_close(reader);
    return rows;
}

static enum status record_live(enum status end, uint64_t waits_max, int64_t pause_ns,
                               uint64_t *moved_up, bool finish)
{
    static const struct feed_instrument instrument = {"X-Y", 2, 3, 1u << DEPTH_TRADE};
    struct fake_clock fake = {.waits_max = waits_max};
    struct live_feed live = {
        .feed = {&live_class, &instrument, 1}, .end = end, .clock = &fake, .pause_ns = pause_ns};
    struct record_clock clock = {&fake, fake_now, fake_wait};
    struct recorder_options options = {.directory = directory};
    struct recorder recorder;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(recorder_open(&recorder, &live.feed, &clock, &options, &problem), STATUS_OK);
    enum status status = recorder_run(&recorder, &problem);
    assert_int_equal(status, problem.status);
    *moved_up = recorder.moved_up;
    if (status == STATUS_OK && finish)
        assert_int_equal(recorder_finish(&recorder, &problem), STATUS_OK);
    else
        recorder_abort(&recorder);
    recorder_release(&recorder);
    return status;
}

static void live_feeds_are_borne(void **state)
{
    (void)state;
    bool complete;
    uint64_t moved_up;
    assert_int_equal(record_live(STATUS_END, UINT64_MAX, 0, &moved_up, true), STATUS_OK);
    uint64_t rows = rows_in("x-y-trades.tape", &complete);
    assert_true(complete && rows > 600);
    assert_true(moved_up > 5 && moved_up < 30);
    /* Recorded again: a live feed is not repeated, so all of it goes behind what is there, at times
     * that do not go back. */
    assert_int_equal(record_live(STATUS_END, UINT64_MAX, 0, &moved_up, true), STATUS_OK);
    assert_int_equal(rows_in("x-y-trades.tape", &complete), 2 * rows);
    forget();
    /* A feed that fails keeps what it told, without an end; so does somebody who stops. */
    assert_int_equal(record_live(STATUS_IO, UINT64_MAX, 0, &moved_up, true), STATUS_IO);
    assert_int_equal(rows_in("x-y-trades.tape", &complete), rows);
    assert_false(complete);
    forget();
    assert_int_equal(record_live(STATUS_END, 100, 0, &moved_up, true), STATUS_OK);
    uint64_t fewer = rows_in("x-y-trades.tape", &complete);
    assert_true(complete && fewer > 0 && fewer < rows);
    forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_books_are_the_books),
        cmocka_unit_test(pace_is_kept),
        cmocka_unit_test(live_feeds_are_borne),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
