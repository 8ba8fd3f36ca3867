/* Tapes of quotes, trades and order books: what went in comes out, in any form of column, from the
 * middle, at any cut, with any byte changed, and over a recording that was broken off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "world/tape/column_forms.h"
#include "world/tape/tape_events.h"

static char directory[64];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/tern-events-XXXXXX");
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

/* ---- columns --------------------------------------------------------------------------------- */

static unsigned forms_seen;

static size_t check_column(const int64_t *values, size_t rows)
{
    static uint8_t bytes[COLUMN_HEAD_SIZE + (COLUMN_ROWS_MAX / COLUMN_GROUP + 1) * 9 +
                         COLUMN_ROWS_MAX * 8 + 64];
    static int64_t scratch[COLUMN_SCRATCH_SIZE / 8], out[COLUMN_ROWS_MAX + 1];
    size_t room = column_size_max(rows);
    memset(bytes, 0x5a, sizeof bytes);
    size_t size = column_write(values, rows, 9, bytes, scratch);
    assert_true(size + COLUMN_PADDING <= room);
    for (size_t i = room; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0x5a);
    for (unsigned cut = 0; cut < 2; cut++) {
        struct column_reader reader;
        const uint8_t *begin = bytes;
        enum status status = column_open(&reader, &begin, bytes + size - cut);
        assert_int_equal(status, cut == 0 ? STATUS_OK : STATUS_CORRUPT);
        if (status != STATUS_OK)
            continue;
        assert_ptr_equal(begin, bytes + size);
        assert_int_equal(reader.note.decimals, 9);
        forms_seen |= 1u << reader.transform;
        out[rows] = 77;
        assert_int_equal(column_read(&reader, out, rows, scratch), STATUS_OK);
        assert_memory_equal(out, values, rows * sizeof *out);
        assert_int_equal(out[rows], 77);
        /* Rows more or fewer than there are. */
        begin = bytes;
        assert_int_equal(column_open(&reader, &begin, bytes + size), STATUS_OK);
        if (rows + 1 <= COLUMN_ROWS_MAX && rows % COLUMN_GROUP == 0)
            assert_int_equal(column_read(&reader, out, rows + 1, scratch), STATUS_CORRUPT);
    }
    return size;
}

static void columns_come_back(void **state)
{
    (void)state;
    static int64_t values[COLUMN_ROWS_MAX];
    static const size_t counts[] = {1, 2, 127, 128, 129, 256, 1000, 4095, 4096};
    static const int64_t edges[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MIN, INT64_MIN + 1};
    struct random random;
    random_init(&random, 31, 0);
    forms_seen = 0;
    for (unsigned round = 0; round < 1300; round++) {
        unsigned bits = round % 65, shape = round / 65 % 5;
        size_t rows = counts[round % ARRAY_COUNT(counts)];
        uint64_t value = 0;
        for (size_t i = 0; i < rows; i++) {
            uint64_t draw = bits == 0 ? 42 : random_u64(&random) >> (64 - bits);
            uint64_t factor = bits < 28 && round % 3 == 0 ? 60000000000 : 1;
            bool rare = random_below(&random, 50) == 0;
            if (shape == 0)
                value = draw * factor;
            else if (shape == 1)
                value += draw * factor - (bits > 0 ? factor << (bits - 1) : 0);
            else if (shape == 2)
                value = rare ? draw : value;
            else if (shape == 3)
                value = random_below(&random, 7) * 0x123456789abcdefULL ^ draw >> (bits / 2 + 9);
            else
                value = rare ? random_u64(&random) : draw;
            values[i] = (int64_t)value;
        }
        (void)check_column(values, rows);
    }
    for (size_t rows = 1; rows <= ARRAY_COUNT(edges); rows++)
        (void)check_column(edges, rows);
    assert_int_equal(forms_seen, 1u << COLUMN_NEAR | 1u << COLUMN_STEPS | 1u << COLUMN_RUNS |
                                     1u << COLUMN_LISTED);
}

/* What the forms are for, in bytes: a few large values among small ones, runs, a handful of values.
 * */
static void each_form_is_worth_it(void **state)
{
    (void)state;
    static int64_t values[COLUMN_ROWS_MAX];
    struct random random;
    random_init(&random, 5, 0);
    for (size_t i = 0; i < COLUMN_ROWS_MAX; i++)
        values[i] = i % 100 == 7 ? INT64_C(1) << 40 : (int64_t)random_below(&random, 256);
    size_t size = check_column(values, COLUMN_ROWS_MAX);
    assert_true(size > 4096 && size < 4096 + 700);
    for (size_t i = 0; i < COLUMN_ROWS_MAX; i++)
        values[i] = (int64_t)(i / 64) * 123456789;
    assert_true(check_column(values, COLUMN_ROWS_MAX) < 200);
    for (size_t i = 0; i < COLUMN_ROWS_MAX; i++)
        values[i] = (int64_t)(random_below(&random, 4) * 0x123456789abcULL * 0x10001);
    assert_true(check_column(values, COLUMN_ROWS_MAX) < 4096 / 4 + 300);
}

/* ---- events ---------------------------------------------------------------------------------- */

#define DELTAS_MAX 700u

struct source {
    struct random random;
    enum depth_kind kind;
    bool one_clock;
    struct delta deltas[DELTAS_MAX];
    int64_t time, mid;
    uint64_t seq;
};

static void source_init(struct source *source, enum depth_kind kind, uint64_t seed)
{
    memset(source, 0, sizeof *source);
    random_init(&source->random, seed, 0);
    source->kind = kind;
    source->one_clock = seed % 2 == 0;
    source->time = INT64_C(1700000000) * NANOSECONDS_PER_SECOND;
    source->mid = 4325000;
    source->seq = seed % 3 == 0 ? 0 : 100000;
}

static void draw_levels(struct source *source, struct depth_event *event, bool snapshot)
{
    uint64_t most = snapshot ? DELTAS_MAX : 30;
    event->count = (uint32_t)(snapshot ? most : random_below(&source->random, most));
    for (uint32_t i = 0; i < event->count; i++) {
        bool bid = i < event->count / 2;
        int64_t away = 1 + (int64_t)random_below(&source->random, 400);
        source->deltas[i] = (struct delta){
            {(source->mid + (bid ? -away : away)) * 1000},
            {(int64_t)(random_below(&source->random, 3) * random_below(&source->random, 100000))},
            bid ? SIDE_BUY : SIDE_SELL,
            snapshot ? (i == 0 ? DELTA_CLEAR : 0u) | (i + 1 == event->count ? DELTA_LAST : 0u)
                     : 0u};
    }
    event->deltas = source->deltas;
}

static struct depth_event draw(struct source *source)
{
    struct random *random = &source->random;
    source->time += (int64_t)random_below(random, 30000000);
    source->mid += (int64_t)random_below(random, 21) - 10;
    struct depth_event event = {.kind = source->kind, .receive_ns = source->time};
    event.event_ns = source->one_clock ? source->time
                                       : (source->time - 5000000) / 1000000 * 1000000;
    if (source->seq > 0) {
        event.first_seq = source->kind == DEPTH_TRADE ? 0 : source->seq + 1;
        source->seq += 1 + random_below(random, 4);
        event.last_seq = source->kind == DEPTH_QUOTE ? event.first_seq : source->seq;
    }
    struct quantity bid = {(int64_t)random_below(random, 50000)};
    struct quantity ask = {(int64_t)random_below(random, 50000)};
    if (source->kind == DEPTH_LEVELS)
        draw_levels(source, &event, source->time % 97 == 0 || source->seq <= 100004);
    else if (source->kind == DEPTH_QUOTE)
        event.quote = (struct quote){{source->mid * 1000}, {(source->mid + 1) * 1000}, bid, ask};
    else
        event.trade = (struct trade){.price = {source->mid * 1000},
                                     .quantity = bid,
                                     .taker = (uint32_t)random_below(random, 3)};
    return event;
}

static bool same_event(const struct depth_event *a, const struct depth_event *b)
{
    return a->kind == b->kind && a->count == b->count && a->receive_ns == b->receive_ns &&
           a->event_ns == b->event_ns && a->first_seq == b->first_seq &&
           a->last_seq == b->last_seq && memcmp(&a->quote, &b->quote, sizeof a->quote) == 0 &&
           memcmp(&a->trade, &b->trade, sizeof a->trade) == 0 &&
           (a->count == 0 || memcmp(a->deltas, b->deltas, a->count * sizeof *a->deltas) == 0);
}

static const struct tape_facts facts_of_kind[] = {
    [DEPTH_LEVELS] = {.kind = TAPE_LEVELS, .price_decimals = 5, .quantity_decimals = 6,
                      .instrument = "BTC-USD"},
    [DEPTH_QUOTE] = {.kind = TAPE_QUOTES, .price_decimals = 5, .quantity_decimals = 6},
    [DEPTH_TRADE] = {.kind = TAPE_TRADES, .price_decimals = 5, .quantity_decimals = 6},
};

static struct tape_events_writer *begin(const char *path, enum depth_kind kind, bool resume)
{
    struct problem problem;
    struct tape_events_writer *writer;
    problem_init(&problem);
    enum status status = resume ? tape_events_resume(path, &facts_of_kind[kind], &writer, &problem)
                                : tape_events_create(path, &facts_of_kind[kind], &writer, &problem);
    assert_int_equal(status, STATUS_OK);
    return writer;
}

static void put(struct tape_events_writer *writer, struct source *source, size_t count)
{
    struct problem problem;
    problem_init(&problem);
    for (size_t i = 0; i < count; i++) {
        struct depth_event event = draw(source);
        assert_int_equal(tape_events_put(writer, &event, &problem), STATUS_OK);
    }
}

static uint8_t *load(const char *path, size_t *size)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &info), 0);
    *size = (size_t)info.st_size;
    uint8_t *data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, file), *size);
    (void)fclose(file);
    return data;
}

static void store(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void events_come_back(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 300, 4095, 4096, 4097, 20000};
    for (unsigned round = 0; round < 3 * ARRAY_COUNT(counts); round++) {
        enum depth_kind kind = (enum depth_kind)(1 + round % 3);
        size_t count = counts[round / 3] / (kind == DEPTH_LEVELS && round > 9 ? 20 : 1);
        const char *path = at("a.tape");
        struct problem problem;
        struct source source;
        problem_init(&problem);
        source_init(&source, kind, round);
        struct tape_events_writer *writer = begin(path, kind, false);
        put(writer, &source, count);
        struct tape_events_state written = tape_events_state(writer);
        assert_int_equal(written.events, count);
        assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);

        struct tape_reader *reader;
        struct tape_events *events;
        assert_int_equal(tape_reader_open(path, &reader, &problem), STATUS_OK);
        const struct tape_summary *summary = tape_reader_summary(reader);
        assert_true(summary->complete);
        assert_int_equal(summary->rows, written.rows);
        assert_true(hash128_equal(summary->content_hash, written.content_hash));
        assert_int_equal(tape_events_open(reader, "a", INT64_MIN, false, &events, &problem),
                         STATUS_OK);
        source_init(&source, kind, round);
        struct depth_packer packer;
        struct depth_data all, back;
        depth_packer_begin(&packer, kind, &all);
        for (size_t i = 0; i < count; i++) {
            struct depth_event expected = draw(&source), event;
            assert_int_equal(tape_events_next(events, &event, &problem), STATUS_OK);
            assert_true(same_event(&expected, &event));
            assert_int_equal(depth_packer_add(&packer, &expected), STATUS_OK);
        }
        struct depth_event event;
        assert_int_equal(tape_events_next(events, &event, &problem), STATUS_END);
        assert_int_equal(tape_events_cut(events), 0);
        tape_events_close(events);
        tape_reader_close(reader);
        /* The hash that was taken on the way is that of the whole, and the reader's. */
        depth_packer_end(&packer);
        assert_true(hash128_equal(all.content_hash, written.content_hash));
        struct depth_source wanted = {path, 5, 6};
        assert_int_equal(tape_events_read(&wanted, kind, &back, &problem), STATUS_OK);
        assert_true(hash128_equal(all.content_hash, back.content_hash));
        assert_int_equal(back.count, count);
        depth_data_release(&all);
        depth_data_release(&back);
        assert_int_equal(unlink(path), 0);
    }
}

/* More decimals are added, fewer only where nothing is lost; a tape of another kind is refused. */
static void decimals_follow_the_request(void **state)
{
    (void)state;
    struct problem problem;
    struct source source;
    struct depth_data data, same;
    const char *path = at("d.tape");
    problem_init(&problem);
    source_init(&source, DEPTH_TRADE, 4);
    struct tape_events_writer *writer = begin(path, DEPTH_TRADE, false);
    put(writer, &source, 100);
    assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
    struct depth_source wanted = {path, 5, 6};
    assert_int_equal(tape_events_read(&wanted, DEPTH_TRADE, &same, &problem), STATUS_OK);
    wanted = (struct depth_source){path, 2, 8};
    assert_int_equal(tape_events_read(&wanted, DEPTH_TRADE, &data, &problem), STATUS_OK);
    assert_true(data.trades[9].price.units * 1000 == same.trades[9].price.units);
    assert_true(data.trades[9].quantity.units == same.trades[9].quantity.units * 100);
    depth_data_release(&data);
    depth_data_release(&same);
    wanted.price_decimals = 1;
    assert_int_equal(tape_events_read(&wanted, DEPTH_TRADE, &data, &problem), STATUS_DATA_INVALID);
    problem_init(&problem);
    wanted.price_decimals = 18;
    wanted.quantity_decimals = 0;
    assert_int_equal(tape_events_read(&wanted, DEPTH_TRADE, &data, &problem), STATUS_DATA_INVALID);
    problem_init(&problem);
    assert_int_equal(tape_events_read(&wanted, DEPTH_QUOTE, &data, &problem), STATUS_DATA_INVALID);
    assert_string_equal(problem.found, "a tape of trades");
    assert_string_equal(problem.allowed, "quotes, as `kind` says");
    assert_int_equal(unlink(path), 0);
}

static void reading_begins_in_the_middle(void **state)
{
    (void)state;
    struct problem problem;
    struct source source;
    const char *path = at("m.tape");
    problem_init(&problem);
    source_init(&source, DEPTH_LEVELS, 7);
    struct tape_events_writer *writer = begin(path, DEPTH_LEVELS, false);
    put(writer, &source, 3000);
    assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
    struct tape_reader *reader;
    assert_int_equal(tape_reader_open(path, &reader, &problem), STATUS_OK);
    for (unsigned part = 1; part < 10; part++) {
        struct tape_events *events;
        struct depth_event event, expected;
        source_init(&source, DEPTH_LEVELS, 7);
        for (unsigned i = 0; i < part * 300; i++)
            expected = draw(&source);
        int64_t from_ns = expected.receive_ns;
        assert_int_equal(tape_events_open(reader, "m", from_ns, false, &events, &problem),
                         STATUS_OK);
        unsigned before = 0;
        do {
            assert_int_equal(tape_events_next(events, &event, &problem), STATUS_OK);
            before++;
        } while (event.receive_ns < from_ns);
        assert_true(same_event(&event, &expected));
        assert_true(before <= TAPE_BLOCK_ROWS);
        tape_events_close(events);
    }
    tape_reader_close(reader);
    assert_int_equal(unlink(path), 0);
}

/* ---- damage ---------------------------------------------------------------------------------- */

static size_t read_all(const uint8_t *data, size_t size, enum depth_kind kind, uint64_t seed,
                       uint64_t *cut)
{
    struct problem problem;
    struct tape_reader *reader;
    struct tape_events *events;
    struct depth_event event;
    struct source source;
    size_t count = 0;
    problem_init(&problem);
    if (tape_reader_open_memory("memory", data, size, &reader, &problem) != STATUS_OK)
        return SIZE_MAX;
    source_init(&source, kind, seed);
    enum status status = tape_events_open(reader, "memory", INT64_MIN, true, &events, &problem);
    assert_int_equal(status, STATUS_OK);
    while ((status = tape_events_next(events, &event, &problem)) == STATUS_OK) {
        struct depth_event expected = draw(&source);
        assert_true(same_event(&expected, &event));
        count++;
    }
    *cut = tape_events_cut(events);
    assert_true(status == STATUS_END || status == STATUS_CORRUPT);
    tape_events_close(events);
    tape_reader_close(reader);
    return status == STATUS_END ? count : SIZE_MAX;
}

/* At every byte: what was written before the cut, whole, and never half a message. */
static void cuts_lose_no_whole_block(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= 3; k++) {
        enum depth_kind kind = (enum depth_kind)k;
        struct source source;
        const char *path = at("c.tape");
        uint64_t ends[12], events[12], cut;
        struct tape_events_writer *writer = begin(path, kind, true);
        source_init(&source, kind, k);
        size_t size;
        for (unsigned i = 0; i < ARRAY_COUNT(ends); i++) {
            put(writer, &source, 7 + i);
            assert_int_equal(tape_events_flush(writer), STATUS_OK);
            assert_false(tape_events_pending(writer));
            struct stat info;
            assert_int_equal(stat(path, &info), 0);
            ends[i] = (uint64_t)info.st_size;
            events[i] = tape_events_state(writer).events;
        }
        tape_events_abort(writer);
        uint8_t *data = load(path, &size);
        assert_int_equal(size, ends[ARRAY_COUNT(ends) - 1]);
        for (size_t i = 104; i <= size; i++) {
            size_t expected = 0;
            for (unsigned j = 0; j < ARRAY_COUNT(ends); j++)
                expected = ends[j] <= i ? (size_t)events[j] : expected;
            assert_int_equal(read_all(data, i, kind, k, &cut), expected);
            assert_int_equal(cut, 0);
        }
        free(data);
        assert_int_equal(unlink(path), 0);
    }
}

static void changed_bytes_are_found(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= 3; k++) {
        enum depth_kind kind = (enum depth_kind)k;
        struct problem problem;
        struct source source;
        const char *path = at("b.tape");
        uint64_t cut;
        size_t size;
        problem_init(&problem);
        source_init(&source, kind, k);
        struct tape_events_writer *writer = begin(path, kind, false);
        put(writer, &source, 900);
        assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
        uint8_t *data = load(path, &size);
        for (size_t i = 0; i < size; i += i < 300 || i > size - 300 ? 1 : 17) {
            data[i] ^= (uint8_t)(1 << i % 8);
            (void)read_all(data, size, kind, k, &cut); /* asserts that nothing wrong comes out */
            data[i] ^= (uint8_t)(1 << i % 8);
        }
        assert_int_equal(read_all(data, size, kind, k, &cut), 900);
        free(data);
        assert_int_equal(unlink(path), 0);
    }
}

/* Broken off anywhere and gone on with: the same tape as one that was never broken off, but for the
 * message that lay across the break. */
static void recording_goes_on_behind_a_break(void **state)
{
    (void)state;
    for (size_t lost = 0; lost < 600; lost += 11) {
        struct problem problem;
        struct source source;
        const char *path = at("r.tape");
        size_t size;
        uint64_t cut;
        problem_init(&problem);
        source_init(&source, DEPTH_LEVELS, 1);
        struct tape_events_writer *writer = begin(path, DEPTH_LEVELS, true);
        put(writer, &source, 500);
        assert_int_equal(tape_events_flush(writer), STATUS_OK);
        put(writer, &source, 5);
        assert_int_equal(tape_events_flush(writer), STATUS_OK);
        struct tape_events_writer *other;
        assert_int_equal(tape_events_resume(path, &facts_of_kind[DEPTH_LEVELS], &other, &problem),
                         STATUS_EXISTS);
        assert_null(other);
        problem_init(&problem);
        if (lost % 2 == 0)
            tape_events_abort(writer);
        else
            assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
        uint8_t *data = load(path, &size);
        store(path, data, size - lost);
        free(data);
        writer = begin(path, DEPTH_LEVELS, true);
        struct tape_events_state there = tape_events_state(writer);
        source_init(&source, DEPTH_LEVELS, 1);
        for (uint64_t i = 0; i < there.events; i++) {
            struct depth_event event = draw(&source);
            assert_true(i + 1 < there.events || event.last_seq == there.last_seq);
        }
        put(writer, &source, 600 - (size_t)there.events);
        assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
        data = load(path, &size);
        assert_int_equal(read_all(data, size, DEPTH_LEVELS, 1, &cut), 600);
        /* The hash over the break is that of a tape in one piece. */
        struct tape_reader *reader;
        struct depth_source wanted = {path, 5, 6};
        struct depth_data back;
        assert_int_equal(tape_reader_open_memory("r", data, size, &reader, &problem), STATUS_OK);
        assert_int_equal(tape_events_read(&wanted, DEPTH_LEVELS, &back, &problem), STATUS_OK);
        assert_true(hash128_equal(tape_reader_summary(reader)->content_hash, back.content_hash));
        depth_data_release(&back);
        tape_reader_close(reader);
        free(data);
        assert_int_equal(unlink(path), 0);
    }
}

/* What is torn is longer than all that comes behind the break. */
static void a_long_torn_tail_is_cut_off(void **state)
{
    (void)state;
    struct problem problem;
    struct source source;
    struct stat torn;
    struct tape_reader *reader;
    const char *path = at("l.tape");
    size_t size;
    uint64_t cut;
    problem_init(&problem);
    source_init(&source, DEPTH_LEVELS, 1);
    struct tape_events_writer *writer = begin(path, DEPTH_LEVELS, true);
    put(writer, &source, 5);
    assert_int_equal(tape_events_flush(writer), STATUS_OK);
    put(writer, &source, 100);
    assert_int_equal(tape_events_flush(writer), STATUS_OK);
    assert_int_equal(stat(path, &torn), 0);
    tape_events_abort(writer);
    uint8_t *data = load(path, &size);
    store(path, data, (size_t)(torn.st_size - 1));
    free(data);
    writer = begin(path, DEPTH_LEVELS, true);
    assert_int_equal(tape_events_state(writer).events, 5);
    assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
    data = load(path, &size);
    assert_true(size < (size_t)torn.st_size - 1);
    assert_int_equal(read_all(data, size, DEPTH_LEVELS, 1, &cut), 5);
    assert_int_equal(tape_reader_open_memory("l", data, size, &reader, &problem), STATUS_OK);
    assert_true(tape_reader_summary(reader)->complete);
    tape_reader_close(reader);
    free(data);
    assert_int_equal(unlink(path), 0);
}

static void impossible_events_are_not_taken(void **state)
{
    (void)state;
    struct problem problem;
    const char *path = at("i.tape");
    struct delta delta = {{5}, {5}, SIDE_BUY, 0};
    struct depth_event good = {
        .kind = DEPTH_LEVELS, .count = 1, .receive_ns = 100, .last_seq = 9, .deltas = &delta};
    struct tape_events_writer *writer = begin(path, DEPTH_LEVELS, false);
    problem_init(&problem);
    assert_int_equal(tape_events_put(writer, &good, &problem), STATUS_OK);
    for (unsigned i = 0; i < 7; i++) {
        struct depth_event bad = good;
        struct delta changed = delta;
        bad.deltas = &changed;
        bad.receive_ns -= i == 0;
        bad.first_seq = i == 1 ? 10 : 0;
        changed.price.units = i == 2 ? 0 : i == 3 ? -1 : 5;
        changed.quantity.units = i == 4 ? -1 : 5;
        changed.side = i == 5 ? 3 : SIDE_BUY;
        changed.flags = i == 6 ? 4 : 0;
        problem_init(&problem);
        assert_int_equal(tape_events_put(writer, &bad, &problem), STATUS_DATA_INVALID);
    }
    assert_int_equal(tape_events_state(writer).events, 1);
    tape_events_abort(writer);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* ---- the shared recordings ------------------------------------------------------------------- */

static void shared_recordings_are_smaller_than_gzip(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        unsigned share_max; /* of the gzipped CSV, per cent */
    } files[] = {
        {"l2/binance_spot_btcusdt_20240808_l2.csv.gz", 62},
        {"l2/binance_usdm_btcusdt_20240808_bbo.csv.gz", 60},
        {"l2/binance_spot_btcusdt_20240808_trades.csv.gz", 58},
        {"l2/coinbase_btc-usd_20260809_l2.csv.gz", 65},
        {"l2/coinbase_btc-usd_20260807_book_l2.csv.gz", 70},
        {"trades/gemini_eth-usd_20210701_bbo1s.csv.gz", 75},
        {"trades/gemini_eth-usd_20210701_trades.csv.gz", 90},
        {"trades/bitstamp_btcusd_2011_2012_trades.csv.gz", 90},
    };
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        char name[256];
        struct stat packed, taped;
        (void)snprintf(name, sizeof name, "%s/../shared/data/%s", TERN_SOURCE_ROOT, files[i].file);
        if (stat(name, &packed) != 0) {
            print_message("no recordings beside the sources\n");
            skip();
        }
        struct depth_source source = {name, 8, 10}, back_source = {at("s.tape"), 8, 10};
        struct depth_reader *reader;
        struct depth_event event;
        struct depth_data data, back;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(depth_reader_open(&source, &reader, &problem), STATUS_OK);
        enum depth_kind kind = depth_reader_kind(reader);
        struct tape_facts facts = {
            .kind = tape_kind_of(kind), .price_decimals = 8, .quantity_decimals = 10};
        struct tape_events_writer *writer;
        assert_int_equal(tape_events_create(back_source.path, &facts, &writer, &problem),
                         STATUS_OK);
        while (depth_reader_next(reader, &event, &problem) == STATUS_OK)
            assert_int_equal(tape_events_put(writer, &event, &problem), STATUS_OK);
        depth_reader_close(reader);
        assert_int_equal(problem.status, STATUS_OK);
        assert_int_equal(tape_events_finish(writer, false, &problem), STATUS_OK);
        assert_int_equal(depth_data_read(&source, kind, &data, &problem), STATUS_OK);
        assert_int_equal(tape_events_read(&back_source, kind, &back, &problem), STATUS_OK);
        assert_true(hash128_equal(data.content_hash, back.content_hash));
        assert_int_equal(data.counts.deltas, back.counts.deltas);
        assert_int_equal(data.counts.snapshots, back.counts.snapshots);
        assert_int_equal(stat(back_source.path, &taped), 0);
        print_message("%s: %ld bytes, %.0f %% of gzip\n", files[i].file, (long)taped.st_size,
                      100.0 * (double)taped.st_size / (double)packed.st_size);
        assert_true(taped.st_size * 100 < packed.st_size * (long)files[i].share_max);
        depth_data_release(&data);
        depth_data_release(&back);
        assert_int_equal(unlink(back_source.path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_come_back),
        cmocka_unit_test(each_form_is_worth_it),
        cmocka_unit_test(events_come_back),
        cmocka_unit_test(decimals_follow_the_request),
        cmocka_unit_test(reading_begins_in_the_middle),
        cmocka_unit_test(cuts_lose_no_whole_block),
        cmocka_unit_test(changed_bytes_are_found),
        cmocka_unit_test(recording_goes_on_behind_a_break),
        cmocka_unit_test(a_long_torn_tail_is_cut_off),
        cmocka_unit_test(impossible_events_are_not_taken),
        cmocka_unit_test(shared_recordings_are_smaller_than_gzip),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
