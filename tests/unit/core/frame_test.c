/* Frames and the table of facts: what is written is read back, whatever is damaged is found, the
 * numbers and sizes are what they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "core/model/frame.h"

#define CAPACITY 65536u

/* ---- making frames --------------------------------------------------------------------------- */

struct bench {
    _Alignas(16) uint8_t buffer[CAPACITY];
    struct frame_writer writer;
    struct random random;
};

static bool is_reserved(const struct fact_field *field)
{
    return strcmp(field->name, "reserved") == 0;
}

/* A fact of the class with random fields; what is kept for later is 0. */
static void put_random(struct bench *bench, const struct fact_class *class)
{
    uint8_t *fact = frame_take(&bench->writer, class->kind, 0, class->size);
    for (uint32_t i = 0; i < class->field_count; i++) {
        for (uint32_t k = 0; k < class->fields[i].size; k++) {
            bool zero = is_reserved(&class->fields[i]);
            fact[class->fields[i].offset + k] = zero ? 0 : (uint8_t)random_u64(&bench->random);
        }
    }
}

/* A frame with one fact of every kind. Returns a copy, owned by the caller. */
static uint8_t *frame_of_all(struct bench *bench, uint32_t *size)
{
    size_t count = 0;
    const struct fact_class *classes = fact_classes(&count);
    for (size_t i = 0; i < count; i++)
        put_random(bench, &classes[i]);
    const uint8_t *frame = frame_seal(&bench->writer, 77, 1700000000, INPUT_HEALTH, 99, size);
    uint8_t *copy = malloc(*size);
    assert_non_null(copy);
    memcpy(copy, frame, *size);
    return copy;
}

static void bench_init(struct bench *bench)
{
    memset(bench->buffer, 0xA5, sizeof bench->buffer);
    frame_writer_init(&bench->writer, bench->buffer, CAPACITY);
    random_init(&bench->random, 42, 3);
}

static enum status check(const uint8_t *data, size_t size, struct hash128 previous, uint64_t seq,
                         struct hash128 *chain, uint32_t *used)
{
    /* In a block of its own size, so that a sanitizer sees every byte read behind it. */
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    assert_non_null(exact);
    memcpy(exact, data, size);
    enum status status = frame_check(exact, size, previous, seq, chain, used);
    free(exact);
    return status;
}

/* The chain of a frame whose bytes were changed on purpose. */
static void reseal(uint8_t *frame, uint32_t size, struct hash128 previous)
{
    uint8_t *all = malloc(FRAME_CHAIN_SIZE + size);
    assert_non_null(all);
    memcpy(all, &previous, FRAME_CHAIN_SIZE);
    memcpy(all + FRAME_CHAIN_SIZE, frame, size - FRAME_CHAIN_SIZE);
    struct hash128 chain = hash128_of(all, size);
    memcpy(frame + size - FRAME_CHAIN_SIZE, &chain, sizeof chain);
    free(all);
}

/* ---- frames ---------------------------------------------------------------------------------- */

static void test_written_is_read(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench);
    struct hash128 start = hash128_of("", 0);
    struct hash128 chain = start;
    struct hash128 wrong;
    uint32_t used = 0;
    uint64_t seq = 1;
    for (int i = 0; i < 3; i++) {
        uint32_t size = 0;
        uint8_t *frame = frame_of_all(&bench, &size);
        struct frame_header header;
        memcpy(&header, frame, sizeof header);
        assert_int_equal(header.size, size);
        assert_int_equal(header.input_seq, 77);
        assert_int_equal(header.time_ns, 1700000000);
        assert_int_equal(header.cause, INPUT_HEALTH);
        assert_int_equal(header.observed, 99);
        assert_int_equal(header.fact_seq_first, seq);
        /* Behind another one, or as another number, it is not what it says. */
        if (i > 0)
            assert_int_equal(check(frame, size, start, seq, &wrong, &used), STATUS_CORRUPT);
        assert_int_equal(check(frame, size, chain, seq + 1, &wrong, &used), STATUS_CORRUPT);
        assert_int_equal(check(frame, size, chain, seq, &chain, &used), STATUS_OK);
        assert_int_equal(used, size);
        assert_true(hash128_equal(chain, bench.writer.chain));
        seq += header.fact_count;
        free(frame);
    }
    assert_int_equal(bench.writer.fact_seq_next, seq);
}

/* A step without a fact is no frame and moves no chain. */
static void test_nothing(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench);
    uint32_t size = 1;
    struct hash128 before = bench.writer.chain;
    assert_null(frame_seal(&bench.writer, 1, 1, INPUT_CYCLE, 0, &size));
    assert_int_equal(size, 0);
    assert_true(hash128_equal(before, bench.writer.chain));
    assert_int_equal(bench.writer.fact_seq_next, 1);
}

static void test_every_byte(void **state)
{
    (void)state;
    static struct bench bench;
    static const uint8_t flips[] = {1, 0x80, 0xFF};
    bench_init(&bench);
    uint32_t size = 0;
    uint8_t *frame = frame_of_all(&bench, &size);
    struct hash128 start = hash128_of("", 0);
    struct hash128 chain;
    uint32_t used = 0;
    assert_int_equal(check(frame, size, start, 1, &chain, &used), STATUS_OK);
    for (uint32_t i = 0; i < size; i++) {
        for (size_t k = 0; k < ARRAY_COUNT(flips); k++) {
            frame[i] ^= flips[k];
            enum status status = check(frame, size, start, 1, &chain, &used);
            frame[i] ^= flips[k];
            /* A size that grew asks for more than there is. */
            bool fits = status == STATUS_CORRUPT || (i < 4 && status == STATUS_TRUNCATED);
            if (!fits)
                print_error("# byte %u ^ %u: %s\n", i, flips[k], status_name(status));
            assert_true(fits);
        }
    }
    free(frame);
}

static void test_every_truncation(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench);
    uint32_t size = 0;
    uint8_t *frame = frame_of_all(&bench, &size);
    struct hash128 start = hash128_of("", 0);
    struct hash128 chain;
    uint32_t used = 0;
    for (uint32_t i = 0; i < size; i++)
        assert_int_equal(check(frame, i, start, 1, &chain, &used), STATUS_TRUNCATED);
    /* What comes behind it is not looked at. */
    uint8_t *more = malloc((size_t)size + 5);
    assert_non_null(more);
    memset(more, 0xFF, (size_t)size + 5);
    memcpy(more, frame, size);
    assert_int_equal(check(more, (size_t)size + 5, start, 1, &chain, &used), STATUS_OK);
    assert_int_equal(used, size);
    free(more);
    free(frame);
}

struct forgery {
    const char *what;
    uint32_t offset, size;
    uint64_t value;
    enum status expected;
};

/* Bytes with a right checksum that are no frame all the same. */
static void test_forgeries(void **state)
{
    (void)state;
    static struct bench bench;
    static const struct forgery forgeries[] = {
        {"no facts", 4, 4, 0, STATUS_CORRUPT},
        {"a fact less", 4, 4, 1, STATUS_CORRUPT},
        {"a fact more", 4, 4, 3, STATUS_CORRUPT},
        {"another number", 24, 8, 2, STATUS_CORRUPT},
        {"flags", 36, 4, 1, STATUS_CORRUPT},
        {"an unknown kind", 48, 2, 7, STATUS_UNSUPPORTED},
        {"a later version", 50, 1, 2, STATUS_UNSUPPORTED},
        {"version 0", 50, 1, 0, STATUS_UNSUPPORTED},
        {"a shorter fact", 52, 4, 8, STATUS_CORRUPT},
        {"an empty fact", 52, 4, 0, STATUS_CORRUPT},
        {"a longer fact", 52, 4, 1000, STATUS_CORRUPT},
        {"a fact to the end", 52, 4, UINT32_MAX, STATUS_CORRUPT},
        {"a field kept for later", 48 + 36, 4, 1, STATUS_CORRUPT},
        {"a detail of its own", 51, 1, 200, STATUS_OK},
    };
    struct hash128 start = hash128_of("", 0);
    for (size_t i = 0; i < ARRAY_COUNT(forgeries); i++) {
        const struct forgery *forgery = &forgeries[i];
        bench_init(&bench);
        uint32_t size = 0;
        put_random(&bench, fact_class_of(FACT_SESSION_STARTED));
        put_random(&bench, fact_class_of(FACT_ORDER_ENDED));
        const uint8_t *sealed = frame_seal(&bench.writer, 1, 1, INPUT_START, 0, &size);
        uint8_t frame[512];
        memcpy(frame, sealed, size);
        memcpy(frame + forgery->offset, &forgery->value, forgery->size);
        reseal(frame, size, start);
        struct hash128 chain;
        uint32_t used = 0;
        enum status status = check(frame, size, start, 1, &chain, &used);
        if (status != forgery->expected)
            print_error("# %s: %s\n", forgery->what, status_name(status));
        assert_int_equal(status, forgery->expected);
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Numbers, versions and sizes are for ever: a row here may be added, never changed. */
static const struct {
    uint16_t kind;
    uint8_t version;
    uint32_t size;
    const char *name;
} permanent[] = {
    {1, 1, 40, "session_started"},
    {2, 1, 104, "instrument_listed"},
    {3, 1, 48, "book_opened"},
    {16, 1, 48, "transfer"},
    {17, 1, 56, "lot_opened"},
    {18, 1, 48, "lot_added"},
    {19, 1, 88, "lot_disposed"},
    {20, 1, 56, "lot_amended"},
    {21, 1, 40, "value_posted"},
    {22, 1, 40, "overdrawn"},
    {32, 1, 128, "order_planned"},
    {33, 1, 80, "order_denied"},
    {34, 1, 16, "order_submitted"},
    {35, 1, 16, "order_delivery"},
    {36, 1, 32, "order_accepted"},
    {37, 1, 104, "order_filled"},
    {38, 1, 72, "fill_reversed"},
    {39, 1, 24, "order_ended"},
    {40, 1, 16, "order_reopened"},
    {41, 1, 16, "cancel_requested"},
    {42, 1, 16, "cancel_refused"},
    {43, 1, 32, "amend_requested"},
    {44, 1, 64, "order_amended"},
    {45, 1, 16, "amend_refused"},
    {48, 1, 40, "state_changed"},
    {49, 1, 16, "stop_set"},
    {50, 1, 64, "limit_breached"},
    {64, 1, 24, "bot_signal"},
    {65, 1, 16, "bot_state"},
    {72, 1, 24, "timer_set"},
    {73, 1, 16, "timer_cleared"},
    {80, 1, 24, "health_changed"},
};

static void test_permanent(void **state)
{
    (void)state;
    size_t count = 0;
    const struct fact_class *classes = fact_classes(&count);
    for (size_t i = 0; i < count; i++) {
        if (i >= ARRAY_COUNT(permanent) || classes[i].kind != permanent[i].kind)
            print_error("# {%u, %u, %u, \"%s\"},\n", classes[i].kind, classes[i].version,
                        classes[i].size, classes[i].name);
    }
    assert_int_equal(count, ARRAY_COUNT(permanent));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(classes[i].kind, permanent[i].kind);
        assert_int_equal(classes[i].version, permanent[i].version);
        assert_int_equal(classes[i].size, permanent[i].size);
        assert_string_equal(classes[i].name, permanent[i].name);
        assert_true(i == 0 || classes[i].kind > classes[i - 1].kind);
        assert_ptr_equal(fact_class_of(classes[i].kind), &classes[i]);
    }
    assert_null(fact_class_of(0));
    assert_null(fact_class_of(7));
    assert_null(fact_class_of(UINT16_MAX));
}

/* Fields fill a fact without a gap, each aligned to its own size or to 8. */
static void test_layout(void **state)
{
    (void)state;
    size_t count = 0;
    const struct fact_class *classes = fact_classes(&count);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = sizeof(struct fact_header);
        for (uint32_t k = 0; k < classes[i].field_count; k++) {
            const struct fact_field *field = &classes[i].fields[k];
            assert_int_equal(field->offset, at);
            assert_int_equal(field->offset % (field->size < 8 ? field->size : 8), 0);
            assert_true(field->doc[0] != '\0');
            for (uint32_t j = 0; j < k; j++)
                assert_true(is_reserved(field) ||
                            strcmp(field->name, classes[i].fields[j].name) != 0);
            at += field->size;
        }
        assert_int_equal(at, classes[i].size);
        assert_int_equal(classes[i].size % 8, 0);
        assert_true(classes[i].sentence[0] != '\0');
    }
}

static void test_amount_bytes(void **state)
{
    (void)state;
    static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN};
    struct random random;
    random_init(&random, 7, 1);
    for (size_t i = 0; i < ARRAY_COUNT(edges); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(edges); k++) {
            i128 value = (i128)((u128)(i128)edges[i] << 64 | (uint64_t)edges[k]);
            struct amount_bytes bytes = amount_to_bytes((struct amount){value});
            assert_true(amount_from_bytes(bytes).units == value);
            uint8_t raw[16];
            memcpy(raw, &bytes, sizeof raw);
            for (unsigned byte = 0; byte < 16; byte++)
                assert_int_equal(raw[byte], (uint8_t)((u128)value >> (8 * byte)));
        }
    }
    for (int i = 0; i < 10000; i++) {
        i128 value = (i128)((u128)random_u64(&random) << 64 | random_u64(&random));
        struct amount_bytes bytes = amount_to_bytes((struct amount){value});
        assert_true(amount_from_bytes(bytes).units == value);
    }
}

/* ---- text ------------------------------------------------------------------------------------ */

static void format_is(const struct fact_header *fact, const char *expected)
{
    struct text_buffer out;
    text_buffer_init(&out, 4096);
    fact_format(fact, &out);
    assert_int_equal(out.status, STATUS_OK);
    assert_string_equal(out.data, expected);
    text_buffer_release(&out);
}

static void test_format(void **state)
{
    (void)state;
    struct fact_transfer transfer = {
        .header = {FACT_TRANSFER, 1, TRANSFER_HOLD, sizeof transfer},
        .asset = 3,
        .source_kind = ACCOUNT_AVAILABLE,
        .target_kind = ACCOUNT_HELD,
        .source_book = 1,
        .target_book = UINT32_MAX,
        .amount = amount_to_bytes((struct amount){-(i128)15 * power_of_ten(17)}),
        .order = UINT64_MAX >> 1,
    };
    format_is(&transfer.header, "transfer detail=4 asset=3 venue_account=0 source_kind=1 "
                                "target_kind=2 source_book=1 target_book=4294967295 amount=-1.5 "
                                "order=9223372036854775807");
    struct fact_order_accepted accepted = {
        .header = {FACT_ORDER_ACCEPTED, 1, 0, sizeof accepted},
        .order = 9,
        .venue_order_id = {0xABC, 1},
    };
    format_is(&accepted.header,
              "order_accepted order=9 venue_order_id=00000000000000010000000000000abc");
    struct fact_lot_amended amended = {
        .header = {FACT_LOT_AMENDED, 1, 0, sizeof amended},
        .lot = 1,
        .quantity = {-25},
    };
    format_is(&amended.header, "lot_amended lot=1 book=0 instrument=0 order=0 quantity=-25 cost=0");
    struct fact_timer_set timer = {
        .header = {FACT_TIMER_SET, 1, 0, sizeof timer}, .timer = 4, .deadline = -1};
    format_is(&timer.header, "timer_set timer=4 deadline=-1");
    struct fact_health_changed health = {.header = {FACT_HEALTH_CHANGED, 1, 0, sizeof health},
                                         .clock_skew = INT64_MIN,
                                         .instrument = 2,
                                         .valid = 3};
    format_is(&health.header,
              "health_changed clock_skew=-9223372036854775808 instrument=2 valid=3");
}

/* Every fact is told with all its fields but those kept for later. */
static void test_format_all(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench);
    size_t count = 0;
    const struct fact_class *classes = fact_classes(&count);
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = bench.writer.buffer + FRAME_FACTS_OFFSET + bench.writer.used;
        put_random(&bench, &classes[i]);
        struct text_buffer out;
        text_buffer_init(&out, 4096);
        fact_format((const struct fact_header *)(const void *)at, &out);
        assert_memory_equal(out.data, classes[i].name, strlen(classes[i].name));
        for (uint32_t k = 0; k < classes[i].field_count; k++) {
            char wanted[64];
            (void)snprintf(wanted, sizeof wanted, " %s=", classes[i].fields[k].name);
            bool told = strstr(out.data, wanted) != NULL;
            assert_int_equal(told, !is_reserved(&classes[i].fields[k]));
        }
        text_buffer_release(&out);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(account_kind_name(ACCOUNT_AVAILABLE), "available");
    assert_string_equal(account_kind_name(ACCOUNT_DUST), "dust");
    assert_string_equal(transfer_code_name(TRANSFER_DEPOSIT), "deposit");
    assert_string_equal(transfer_code_name(TRANSFER_FEE_REPAY), "fee_repay");
    assert_string_equal(input_kind_name(INPUT_START), "START");
    assert_null(input_kind_name((enum input_kind)9));
    assert_true(input_kind_is_durable(INPUT_VENUE_FILL));
    assert_false(input_kind_is_durable(INPUT_QUOTE));
    assert_false(input_kind_is_durable((enum input_kind)9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_is_read),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_forgeries),
        cmocka_unit_test(test_permanent),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_amount_bytes),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_all),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
