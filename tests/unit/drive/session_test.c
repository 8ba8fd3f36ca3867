/* Sessions: the rules of the clocks, the two orders, what the engine is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "session_fixture.h"

/* ---- clocks ---------------------------------------------------------------------------------- */

static void align_one(struct session *session, const int64_t (*times)[2], size_t count,
                      int64_t feed_ns)
{
    session_make(session, 1);
    trades_make(&session->files[0], 0, times, count);
    assert_int_equal(session_align(session, feed_ns), STATUS_OK);
}

static void times_are(const struct session *session, const int64_t (*expected)[2])
{
    const struct depth_data *data = &session->files[0].data;
    for (size_t i = 0; i < data->count; i++) {
        assert_int_equal(data->records[i].event_ns, expected[i][0]);
        assert_int_equal(data->records[i].receive_ns, expected[i][1]);
    }
}

static void test_clocks(void **state)
{
    (void)state;
    struct session session;
    /* Both times, and the line is slow enough: nothing changes. */
    static const int64_t both[][2] = {{100, 110}, {200, 215}, {300, 301}};
    align_one(&session, both, 3, 50);
    times_are(&session, both);
    assert_int_equal(session.shift_ns, 0);
    session_release(&session);
    /* One time alone: the other is feed_ns away. */
    static const int64_t received[][2] = {{0, 1100}, {0, 1200}};
    static const int64_t happened[][2] = {{1050, 0}, {1150, 0}};
    static const int64_t filled[][2] = {{1050, 1100}, {1150, 1200}};
    align_one(&session, received, 2, 50);
    times_are(&session, filled);
    session_release(&session);
    align_one(&session, happened, 2, 50);
    times_are(&session, filled);
    session_release(&session);
    /* A recorder 1000 behind: moved so that the fastest line takes feed_ns. */
    static const int64_t behind[][2] = {{5000, 4010}, {5100, 4105}, {5200, 4290}};
    static const int64_t moved[][2] = {{5000, 5055}, {5100, 5150}, {5200, 5335}};
    align_one(&session, behind, 3, 50);
    assert_int_equal(session.shift_ns, 1045);
    times_are(&session, moved);
    session_release(&session);
    /* The venue's clock goes back. */
    static const int64_t back[][2] = {{100, 110}, {90, 115}, {112, 120}};
    static const int64_t kept[][2] = {{100, 110}, {100, 115}, {112, 120}};
    align_one(&session, back, 3, 5);
    times_are(&session, kept);
    assert_int_equal(session.files[0].moved_back, 1);
    session_release(&session);
}

/* One record in 2000 is dated far ahead: it is counted, and moves nobody else. */
static void test_one_wrong_time_moves_no_clock(void **state)
{
    (void)state;
    static int64_t times[2000][2];
    struct session session;
    for (size_t i = 0; i < 2000; i++) {
        times[i][0] = 1000 * (int64_t)(i + 1);
        times[i][1] = times[i][0] + 100;
    }
    times[1999][0] += 1000000;
    align_one(&session, (const int64_t(*)[2])times, 2000, 50);
    assert_int_equal(session.shift_ns, 0);
    assert_int_equal(session.files[0].too_early, 1);
    session_release(&session);
}

static void test_promise_of_numbers(void **state)
{
    (void)state;
    struct depth_record records[100];
    struct depth_data data = {.kind = DEPTH_LEVELS, .records = records, .count = 100};
    for (uint64_t i = 0; i < 100; i++)
        records[i] = (struct depth_record){.first_seq = 10 * i + 1, .last_seq = 10 * i + 10};
    assert_int_equal(session_sequence_of(&data), BOOK_SEQUENCE_CONTIGUOUS);
    records[50].first_seq++; /* one loss does not take the promise back */
    assert_int_equal(session_sequence_of(&data), BOOK_SEQUENCE_CONTIGUOUS);
    for (uint64_t i = 0; i < 100; i++)
        records[i] = (struct depth_record){.first_seq = 7 * i + 1, .last_seq = 7 * i + 1};
    assert_int_equal(session_sequence_of(&data), BOOK_SEQUENCE_RISING);
    for (uint64_t i = 0; i < 100; i++)
        records[i] = (struct depth_record){0};
    assert_int_equal(session_sequence_of(&data), BOOK_SEQUENCE_NONE);
}

/* ---- two orders ------------------------------------------------------------------------------ */

struct place {
    int64_t time_ns;
    uint32_t quotes, file;
    size_t record;
};

static int by_place(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    if (left->time_ns != right->time_ns)
        return left->time_ns < right->time_ns ? -1 : 1;
    if (left->quotes != right->quotes)
        return left->quotes < right->quotes ? -1 : 1;
    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    return left->record < right->record ? -1 : 1;
}

#define FILES 5
#define RECORDS 400

/* Against sorting everything by time, trades first, file, place in the file. */
static void test_orders_are_sorted(void **state)
{
    (void)state;
    static int64_t times[RECORDS][2];
    static struct place places[FILES * RECORDS];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct session session;
        struct random random;
        random_init(&random, seed, 3);
        session_make(&session, FILES);
        for (uint32_t i = 0; i < FILES; i++) {
            int64_t now = 1000;
            for (size_t j = 0; j < RECORDS; j++) {
                now += (int64_t)random_below(&random, 4);
                times[j][0] = now;
                times[j][1] = now + (int64_t)random_below(&random, 6);
            }
            if (i % 2 == 0)
                quotes_make(&session.files[i], i, (const int64_t(*)[2])times, RECORDS);
            else
                trades_make(&session.files[i], i, (const int64_t(*)[2])times, RECORDS);
        }
        assert_int_equal(session_align(&session, 0), STATUS_OK);
        for (uint32_t order = 0; order < 2; order++) {
            size_t count = 0;
            for (uint32_t i = 0; i < FILES; i++) {
                for (size_t j = 0; j < RECORDS; j++) {
                    const struct depth_record *record = &session.files[i].data.records[j];
                    places[count++] = (struct place){
                        order == 0 ? record->event_ns : record->receive_ns, i % 2 == 0, i, j};
                }
            }
            qsort(places, count, sizeof *places, by_place);
            struct session_cursor cursor;
            assert_int_equal(session_cursor_init(&cursor, &session, (enum session_order)order),
                             STATUS_OK);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(cursor.next_ns, places[i].time_ns);
                assert_int_equal(cursor.file, places[i].file);
                assert_int_equal(cursor.at[cursor.file], places[i].record);
                session_cursor_advance(&cursor);
            }
            assert_int_equal(cursor.next_ns, INT64_MAX);
            session_cursor_release(&cursor);
        }
        session_release(&session);
    }
}

/* ---- what the engine is told ----------------------------------------------------------------- */

/* Kinds as letters, with the second: t trade, q quote, o opening, c close, . cycle. */
static void story_of(const struct session *session, int64_t bar_ns, int64_t cycle_ns, char *out,
                     size_t size)
{
    struct instrument instrument = cents_instrument();
    struct session_feed feed;
    size_t used = 0;
    assert_int_equal(session_feed_init(&feed, session, &instrument, 1, &bar_ns, cycle_ns),
                     STATUS_OK);
    out[0] = '\0';
    while (session_feed_ns(&feed) != INT64_MAX) {
        session_feed_step(&feed);
        for (struct input *input = session_feed_next(&feed); input != NULL;
             input = session_feed_next(&feed)) {
            int64_t price = 0;
            char letter = '?';
            switch (input->kind) {
            case INPUT_TRADE: letter = 't'; break;
            case INPUT_QUOTE: letter = 'q'; break;
            case INPUT_CYCLE: letter = '.'; break;
            case INPUT_BAR_OPEN:
                letter = 'o';
                price = input->bar.bar.open.units;
                break;
            case INPUT_BAR_CLOSE:
                letter = 'c';
                price = input->bar.bar.close.units;
                break;
            default: break;
            }
            used += (size_t)snprintf(out + used, size - used, "%s%c%lld", used > 0 ? " " : "",
                                     letter, (long long)(input->time_ns / SECOND));
            if (price > 0)
                used += (size_t)snprintf(out + used, size - used, "@%lld", (long long)price);
        }
    }
    session_feed_release(&feed);
}

static void test_bars_of_trades(void **state)
{
    (void)state;
    /* A quote so that the instrument has a book; bars of ten seconds, cycles of twenty. */
    static const int64_t quotes[][2] = {{3 * SECOND, 3 * SECOND}};
    static const int64_t trades[][2] = {{4 * SECOND, 4 * SECOND},   {11 * SECOND, 11 * SECOND},
                                        {19 * SECOND, 19 * SECOND}, {20 * SECOND, 20 * SECOND},
                                        {45 * SECOND, 45 * SECOND}, {50 * SECOND, 50 * SECOND}};
    struct session session;
    char story[1024];
    session_make(&session, 2);
    quotes_make(&session.files[0], 0, quotes, 1);
    trades_make(&session.files[1], 0, trades, 6);
    assert_int_equal(session_align(&session, 0), STATUS_OK);
    story_of(&session, 10 * SECOND, 20 * SECOND, story, sizeof story);
    /* Prices 100 to 105. The interval until 10 is not whole; the trade at 20 opens the next bar;
     * nobody trades from 30 to 40. */
    assert_string_equal(story, "q3 t4 t11 o11@101 t19 c20@102 .20 t20 o20@103 c30@103 .30 "
                               "o40@103 c40@103 .40 t45 o45@104 c50@104 .50 t50 o50@105");
    session_release(&session);
}

static void test_bars_of_middles(void **state)
{
    (void)state;
    static const int64_t quotes[][2] = {{1 * SECOND, 1 * SECOND},
                                        {12 * SECOND, 12 * SECOND},
                                        {14 * SECOND, 14 * SECOND},
                                        {21 * SECOND, 21 * SECOND}};
    struct session session;
    char story[1024];
    session_make(&session, 1);
    quotes_make(&session.files[0], 0, quotes, 4);
    assert_int_equal(session_align(&session, 0), STATUS_OK);
    story_of(&session, 10 * SECOND, 3600 * SECOND, story, sizeof story);
    assert_string_equal(story, "q1 q12 o12@103 q14 c20@105 .20 q21 o21@107");
    session_release(&session);
}

/* Inputs until a time are the same whatever comes later. */
static struct hash128 told_until(const struct session *session, int64_t until_ns)
{
    struct instrument instrument = cents_instrument();
    struct session_feed feed;
    struct hash128 hash = {0};
    int64_t bar_ns = SECOND;
    assert_int_equal(session_feed_init(&feed, session, &instrument, 1, &bar_ns, 5 * SECOND),
                     STATUS_OK);
    while (session_feed_ns(&feed) <= until_ns) {
        session_feed_step(&feed);
        for (struct input *input = session_feed_next(&feed); input != NULL;
             input = session_feed_next(&feed)) {
            int64_t words[6] = {input->time_ns,
                                input->kind,
                                input->trade.price.units,
                                (int64_t)hash.low,
                                (int64_t)hash.high,
                                input->kind == INPUT_BAR_CLOSE ? input->bar.bar.close.units : 0};
            hash = hash128_of(words, sizeof words);
        }
    }
    session_feed_release(&feed);
    return hash;
}

static void test_no_look_ahead(void **state)
{
    (void)state;
    struct session session;
    session_make(&session, 2);
    if (!recording_read(&session.files[0], "coinbase_btc-usd_20260809_l2", DEPTH_LEVELS, 0) ||
        !recording_read(&session.files[1], "coinbase_btc-usd_20260809_trades", DEPTH_TRADE, 0)) {
        session_release(&session);
        print_message("no recordings beside the sources\n");
        skip();
    }
    assert_int_equal(session_align(&session, 50000000), STATUS_OK);
    int64_t half = (session_from_ns(&session) + session_to_ns(&session)) / 2;
    struct hash128 before = told_until(&session, half);
    for (uint32_t i = 0; i < 2; i++) {
        struct depth_data *data = &session.files[i].data;
        for (size_t j = 0; j < data->count; j++) {
            const struct depth_record *record = &data->records[j];
            if (record->receive_ns <= half)
                continue;
            for (uint32_t k = 0; k < record->count; k++) {
                if (i == 0)
                    data->deltas[record->at + k].quantity.units /= 2;
                else
                    data->trades[record->at + k].price.units *= 3;
            }
        }
    }
    assert_true(hash128_equal(before, told_until(&session, half)));
    assert_false(hash128_equal(told_until(&session, INT64_MAX - 1), before));
    session_release(&session);
}

/* ---- recorded books -------------------------------------------------------------------------- */

#define HELD_MAX 128

struct held {
    struct book_level levels[HELD_MAX]; /* in no order */
    uint32_t count;
};

static void held_apply(struct held *held, const struct delta *delta)
{
    uint32_t at = 0;
    while (at < held->count && held->levels[at].price.units != delta->price.units)
        at++;
    if (delta->quantity.units == 0) {
        assert_true(at < held->count); /* only what is there is taken away */
        held->levels[at] = held->levels[--held->count];
        return;
    }
    if (at == held->count)
        held->count++;
    assert_true(held->count <= DEPTH_LEVELS_MAX);
    held->levels[at] = (struct book_level){delta->price, delta->quantity};
}

/* What was told level by level is the best of the book after each message, uncrossed. */
static void ladder_is_told(const struct session_feed *feed, struct held held[2])
{
    const struct order_book *book = feed->views[0].book;
    for (uint32_t i = 0; i < 2; i++) {
        struct book_level best[DEPTH_LEVELS_MAX];
        uint32_t count = order_book_levels(book, i == 0 ? SIDE_BUY : SIDE_SELL, best,
                                           DEPTH_LEVELS_MAX);
        assert_int_equal(count, held[i].count);
        for (uint32_t j = 0; j < count; j++) {
            uint32_t at = 0;
            while (at < held[i].count && held[i].levels[at].price.units != best[j].price.units)
                at++;
            assert_true(at < held[i].count);
            assert_int_equal(held[i].levels[at].quantity.units, best[j].quantity.units);
        }
    }
    struct quote quote = order_book_quote(book);
    assert_true(quote.bid.units < quote.ask.units);
    assert_memory_equal(&quote, &feed->views[0].quote, sizeof quote);
}

static void recorded_book(const char *name, uint32_t bids, uint32_t asks)
{
    struct session session;
    struct session_feed feed;
    struct instrument instrument = cents_instrument();
    static struct held held[2];
    int64_t bar_ns = 60 * SECOND;
    session_make(&session, 1);
    if (!recording_read(&session.files[0], name, DEPTH_LEVELS, 0)) {
        session_release(&session);
        print_message("no recordings beside the sources\n");
        skip();
    }
    assert_int_equal(session_align(&session, 0), STATUS_OK);
    assert_int_equal(session_feed_init(&feed, &session, &instrument, 1, &bar_ns, 5 * SECOND),
                     STATUS_OK);
    held[0].count = held[1].count = 0;
    while (session_feed_ns(&feed) != INT64_MAX) {
        bool told = false;
        session_feed_step(&feed);
        for (struct input *input = session_feed_next(&feed); input != NULL;
             input = session_feed_next(&feed)) {
            assert_int_not_equal(input->kind, INPUT_HEALTH);
            if (input->kind != INPUT_DELTA)
                continue;
            if (input->delta.flags & DELTA_CLEAR)
                held[0].count = held[1].count = 0;
            held_apply(&held[input->delta.side == SIDE_BUY ? 0 : 1], &input->delta);
            told = true;
        }
        if (told)
            ladder_is_told(&feed, held);
    }
    if (bids > 0) {
        assert_int_equal(order_book_levels_count(feed.views[0].book, SIDE_BUY), bids);
        assert_int_equal(order_book_levels_count(feed.views[0].book, SIDE_SELL), asks);
    }
    session_feed_release(&feed);
    session_release(&session);
}

static void test_coinbase_btc(void **state)
{
    (void)state;
    recorded_book("coinbase_btc-usd_20260809_l2", 18769, 27238);
}

static void test_coinbase_eth(void **state)
{
    (void)state;
    recorded_book("coinbase_eth-usd_20260809_l2", 6925, 16403);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

/* Applies every record until a time of the exchange. */
static struct order_book *book_until(const struct session_file *file, int64_t until_ns)
{
    struct order_book *book = NULL;
    struct order_book_config config = {
        .tick = {1000000}, .levels_capacity = 65536, .sequence = file->sequence};
    assert_int_equal(order_book_create(&config, &book), STATUS_OK);
    for (size_t i = 0; i < file->data.count; i++) {
        const struct depth_record *record = &file->data.records[i];
        struct book_message message = session_message(&file->data, record, record->event_ns);
        if (record->event_ns < until_ns)
            (void)order_book_apply(book, &message);
    }
    return book;
}

static void books_are_equal(const struct order_book *left, const struct order_book *right)
{
    assert_true(order_book_is_valid(left) && order_book_is_valid(right));
    for (uint32_t i = 0; i < 2; i++) {
        enum side side = i == 0 ? SIDE_BUY : SIDE_SELL;
        struct book_level level, other;
        uint32_t count = order_book_levels_count(left, side);
        assert_int_equal(order_book_levels_count(right, side), count);
        bool found = order_book_best(left, side, &level);
        assert_true(order_book_best(right, side, &other) == found);
        for (; found; count--) {
            assert_memory_equal(&level, &other, sizeof level);
            found = order_book_beyond(left, side, level.price, &level);
            assert_true(order_book_beyond(right, side, other.price, &other) == found);
        }
        assert_int_equal(count, 0);
    }
}

/* The book of a piece is that of the whole recording at its beginning, and at its end. */
static void test_pieces_of_a_book(void **state)
{
    (void)state;
    static const char *const names[] = {"coinbase_btc-usd_20260809_l2",
                                        "binance_spot_btcusdt_20240808_l2",
                                        "binance_usdm_ethusdt_20240808_l2"};
    for (size_t i = 0; i < 3 * ARRAY_COUNT(names); i++) {
        struct session whole, piece;
        session_make(&whole, 1);
        session_make(&piece, 1);
        if (!recording_read(&whole.files[0], names[i / 3], DEPTH_LEVELS, 0)) {
            session_release(&whole);
            session_release(&piece);
            print_message("no recordings beside the sources\n");
            skip();
        }
        assert_true(recording_read(&piece.files[0], names[i / 3], DEPTH_LEVELS, 0));
        assert_int_equal(session_align(&whole, SECOND / 20), STATUS_OK);
        assert_int_equal(session_align(&piece, SECOND / 20), STATUS_OK);
        struct session_file *file = &piece.files[0];
        const struct depth_data *data = &whole.files[0].data;
        int64_t first = data->records[0].event_ns;
        int64_t length = data->records[data->count - 1].event_ns - first;
        int64_t from = first + length * (int64_t)(1 + i % 3) / 5;
        int64_t to = first + length * (int64_t)(2 + i % 3) / 5;
        assert_int_equal(session_cut(file, (struct price){1000000}, from, to), STATUS_OK);
        assert_true(file->data.records[0].event_ns == from);
        assert_true(file->data.records[0].receive_ns >= from);
        assert_true(file->data.records[file->data.count - 1].event_ns < to);
        assert_false(hash128_equal(data->content_hash, file->data.content_hash));
        for (int end = 0; end < 2; end++) {
            struct order_book *left = book_until(&whole.files[0], end == 0 ? from : to);
            struct order_book *right = book_until(file, end == 0 ? from + 1 : to);
            /* Messages of the very instant `from` are of the piece, not of what it begins with. */
            if (end == 1 || file->data.records[1].event_ns > from)
                books_are_equal(left, right);
            for (int trouble = BOOK_TROUBLE_GAP; trouble < BOOK_TROUBLE_COUNT; trouble++)
                assert_int_equal(order_book_troubles(right, (enum book_trouble)trouble), 0);
            order_book_free(left);
            order_book_free(right);
        }
        session_release(&whole);
        session_release(&piece);
    }
}

static void test_pieces_of_quotes_and_trades(void **state)
{
    (void)state;
    static const int64_t times[][2] = {{10, 11}, {20, 29}, {30, 31}, {40, 41}};
    for (int64_t from = 5; from <= 45; from += 5) {
        struct session session;
        size_t left = (size_t)(from <= 10 ? 4 : from <= 20 ? 3 : from <= 30 ? 2 : from <= 40);
        session_make(&session, 2);
        quotes_make(&session.files[0], 0, times, 4);
        trades_make(&session.files[1], 0, times, 4);
        struct price tick = {1};
        enum status expected = left > 0 ? STATUS_OK : STATUS_END;
        assert_int_equal(session_cut(&session.files[0], tick, from, 50), expected);
        assert_int_equal(session_cut(&session.files[1], tick, from, 50), expected);
        if (left == 0) {
            session_release(&session);
            continue;
        }
        const struct depth_data *quotes = &session.files[0].data;
        const struct depth_data *trades = &session.files[1].data;
        assert_int_equal(trades->count, left);
        assert_int_equal(trades->trades[trades->records[0].at].price.units, 104 - left);
        assert_int_equal(session_first_price(&session, 0).units, 104 - left);
        bool whole = from <= 10;
        assert_int_equal(quotes->count, whole ? 4 : left + 1);
        int64_t bid = quotes->quotes[quotes->records[0].at].bid.units;
        assert_int_equal(bid, whole ? 100 : 100 + 2 * (3 - (int64_t)left));
        if (!whole) {
            assert_int_equal(quotes->records[0].event_ns, from);
            assert_int_equal(quotes->records[0].receive_ns, i64_max(from, times[3 - left][1]));
        }
        /* The end is not taken. */
        assert_int_equal(session_cut(&session.files[1], tick, from, 40),
                         left == 1 ? STATUS_END : STATUS_OK);
        assert_int_equal(session.files[1].data.count, left == 1 ? 1 : left - 1);
        session_release(&session);
    }
}

static void test_binance_spot(void **state)
{
    (void)state;
    recorded_book("binance_spot_btcusdt_20240808_l2", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_one_wrong_time_moves_no_clock),
        cmocka_unit_test(test_promise_of_numbers),
        cmocka_unit_test(test_orders_are_sorted),
        cmocka_unit_test(test_bars_of_trades),
        cmocka_unit_test(test_bars_of_middles),
        cmocka_unit_test(test_no_look_ahead),
        cmocka_unit_test(test_coinbase_btc),
        cmocka_unit_test(test_coinbase_eth),
        cmocka_unit_test(test_binance_spot),
        cmocka_unit_test(test_pieces_of_a_book),
        cmocka_unit_test(test_pieces_of_quotes_and_trades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
