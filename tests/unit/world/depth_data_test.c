/* A packed recording says event for event what the reader says; what is no session is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world/import/depth_data.h"

static char path[64];

static void write_file(const char *text)
{
    (void)snprintf(path, sizeof path, "/tmp/tern-depth-data-%ld.csv", (long)getpid());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static enum status read_as(const char *text, enum depth_kind kind, struct depth_data *data,
                           struct problem *problem)
{
    struct depth_source source = {.path = path, .price_decimals = 2, .quantity_decimals = 4};
    problem_init(problem);
    write_file(text);
    enum status status = depth_data_read(&source, kind, data, problem);
    (void)remove(path);
    return status;
}

static void same_events(const struct depth_source *source, enum depth_kind kind)
{
    struct depth_reader *reader = NULL;
    struct depth_event event;
    struct depth_data data;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(depth_data_read(source, kind, &data, &problem), STATUS_OK);
    assert_int_equal(depth_reader_open(source, &reader, &problem), STATUS_OK);
    for (size_t i = 0; i < data.count; i++) {
        const struct depth_record *record = &data.records[i];
        assert_int_equal(depth_reader_next(reader, &event, &problem), STATUS_OK);
        assert_int_equal(event.event_ns, record->event_ns);
        assert_int_equal(event.receive_ns, record->receive_ns);
        assert_int_equal(event.first_seq, record->first_seq);
        assert_int_equal(event.last_seq, record->last_seq);
        if (kind == DEPTH_LEVELS) {
            assert_int_equal(event.count, record->count);
            assert_memory_equal(event.deltas, data.deltas + record->at,
                                event.count * sizeof *data.deltas);
        } else if (kind == DEPTH_QUOTE) {
            assert_memory_equal(&event.quote, data.quotes + record->at, sizeof event.quote);
        } else {
            assert_memory_equal(&event.trade, data.trades + record->at, sizeof event.trade);
        }
    }
    assert_int_equal(depth_reader_next(reader, &event, &problem), STATUS_END);
    depth_reader_close(reader);
    depth_data_release(&data);
}

static void test_packed_is_what_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum depth_kind kind;
    } rows[] = {
        {"coinbase_btc-usd_20260809_l2", DEPTH_LEVELS},
        {"binance_spot_btcusdt_20240808_bbo", DEPTH_QUOTE},
        {"binance_spot_btcusdt_20240808_trades", DEPTH_TRADE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char name[512];
        (void)snprintf(name, sizeof name, "%s/../shared/data/l2/%s.csv.gz", TERN_SOURCE_ROOT,
                       rows[i].name);
        if (access(name, R_OK) != 0) {
            print_message("no recordings beside the sources\n");
            skip();
        }
        struct depth_source source = {.path = name, .price_decimals = 8, .quantity_decimals = 8};
        same_events(&source, rows[i].kind);
    }
}

static const char two_trades[] = "ts_ns,price,size,taker_side\n1,10,1,buy\n2,10.5,2,sell\n";

static void test_what_is_refused(void **state)
{
    (void)state;
    struct depth_data data;
    struct problem problem;
    assert_int_equal(read_as(two_trades, DEPTH_LEVELS, &data, &problem), STATUS_DATA_INVALID);
    assert_string_equal(problem.found, "a file of trades");
    assert_string_equal(problem.allowed, "depth, as `kind` says");
    assert_int_equal(read_as("ts_ns,price,size\n", DEPTH_TRADE, &data, &problem),
                     STATUS_DATA_INVALID);
    assert_int_equal(read_as("recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n"
                             "1,1,1,1,update,bid,10,1\n",
                             DEPTH_LEVELS, &data, &problem),
                     STATUS_DATA_INVALID);
    assert_string_equal(problem.found, "no snapshot, so nothing to apply the updates to");
}

static void test_hash_is_of_what_is_said(void **state)
{
    (void)state;
    struct depth_data one, other;
    struct problem problem;
    assert_int_equal(read_as(two_trades, DEPTH_TRADE, &one, &problem), STATUS_OK);
    assert_int_equal(read_as("taker_side,size,price,ts_ns\r\nbuy,1.0,10.00,1\r\nsell,2,10.50,2\r\n",
                             DEPTH_TRADE, &other, &problem),
                     STATUS_OK);
    assert_true(hash128_equal(one.content_hash, other.content_hash));
    depth_data_release(&other);
    assert_int_equal(read_as("ts_ns,price,size,taker_side\n1,10,1,buy\n3,10.5,2,sell\n",
                             DEPTH_TRADE, &other, &problem),
                     STATUS_OK);
    assert_false(hash128_equal(one.content_hash, other.content_hash));
    depth_data_release(&other);
    depth_data_release(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed_is_what_is_read),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_hash_is_of_what_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
