/* The generator from outside: determinism, company, filters, judged configurations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "generator_bench.h"

/* Event as bytes without padding, little-endian, for hashing. */
struct event_bytes {
    uint8_t data[96];
    size_t size;
};

static void put(struct event_bytes *bytes, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        bytes->data[bytes->size++] = (uint8_t)(value >> (8 * i));
    }
}

static struct event_bytes event_encode(const struct market_event *event)
{
    struct event_bytes bytes = {.size = 0};
    put(&bytes, (uint64_t)event->time_ns);
    put(&bytes, (uint64_t)event->slot << 32 | (uint64_t)event->kind);
    uint64_t volume;
    switch (event->kind) {
    case MARKET_EVENT_QUOTE:
        put(&bytes, (uint64_t)event->quote.bid.units);
        put(&bytes, (uint64_t)event->quote.ask.units);
        put(&bytes, (uint64_t)event->quote.bid_quantity.units);
        put(&bytes, (uint64_t)event->quote.ask_quantity.units);
        break;
    case MARKET_EVENT_TRADE:
        put(&bytes, event->trade_id);
        put(&bytes, (uint64_t)event->trade.price.units);
        put(&bytes, (uint64_t)event->trade.quantity.units);
        put(&bytes, (uint64_t)event->trade.taker);
        break;
    case MARKET_EVENT_DELTA:
        put(&bytes, (uint64_t)event->delta.side);
        put(&bytes, (uint64_t)event->delta.price.units);
        put(&bytes, (uint64_t)event->delta.quantity.units);
        put(&bytes, event->delta.flags);
        break;
    case MARKET_EVENT_BAR:
        put(&bytes, (uint64_t)event->bar.bar_ns);
        put(&bytes, (uint64_t)event->bar.bar.open_time_ns);
        put(&bytes, (uint64_t)event->bar.bar.open.units);
        put(&bytes, (uint64_t)event->bar.bar.high.units);
        put(&bytes, (uint64_t)event->bar.bar.low.units);
        put(&bytes, (uint64_t)event->bar.bar.close.units);
        memcpy(&volume, &event->bar.bar.volume, sizeof volume);
        put(&bytes, volume);
        break;
    }
    return bytes;
}

/* FNV-1a over 64 bits. */
static void hash_append(uint64_t *hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    *hash = *hash == 0 ? UINT64_C(0xcbf29ce484222325) : *hash;
    for (size_t i = 0; i < size; i++) {
        *hash = (*hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
}

static uint64_t hash_events(struct generator *generator, size_t count)
{
    uint64_t hash = 0;
    struct market_event event;
    for (size_t i = 0; i < count; i++) {
        assert_true(generator_next(generator, &event));
        struct event_bytes bytes = event_encode(&event);
        hash_append(&hash, bytes.data, bytes.size);
    }
    return hash;
}

static void assert_hash(uint64_t found, uint64_t expected)
{
    if (found != expected) {
        fail_msg("hash 0x%016llx, expected 0x%016llx", (unsigned long long)found,
                 (unsigned long long)expected);
    }
}

/* The bytes of seed 42 are the same on every build and machine. Where the model is changed on
 * purpose, these hashes change with it. */
static void test_determinism_vector(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 42);
    bench_start(&bench, &config);
    assert_hash(hash_events(&bench.generator, 10000), UINT64_C(0x3b389d539bb12cba));
    arena_release(&bench.arena);
    /* Whole runs of prices as well, with every feature. */
    config.features = generator_features_workstation();
    config.features.clustering = true;
    config.features.jumps = true;
    bench_start(&bench, &config);
    uint64_t hash = 0;
    for (unsigned i = 0; i < 10000; i++) {
        struct price prices[8];
        generator_step(&bench.generator, 60 * SECOND, prices);
        struct event_bytes bytes = {.size = 0};
        for (size_t k = 0; k < INSTRUMENTS_COUNT; k++) {
            put(&bytes, (uint64_t)prices[k].units);
        }
        hash_append(&hash, bytes.data, bytes.size);
    }
    assert_hash(hash, UINT64_C(0x5f1252cda02ddd33));
    arena_release(&bench.arena);
}

static void test_seeds_differ(void **state)
{
    (void)state;
    uint64_t hashes[4];
    for (uint64_t i = 0; i < 4; i++) {
        struct bench bench;
        struct generator_config config;
        config_of(&config, i == 3 ? 0 : i);
        bench_start(&bench, &config);
        hashes[i] = hash_events(&bench.generator, 2000);
        arena_release(&bench.arena);
    }
    assert_true(hashes[0] == hashes[3]);
    assert_true(hashes[0] != hashes[1]);
    assert_true(hashes[1] != hashes[2]);
}

/* The event's bytes of all other instruments are the same, whoever comes and goes. */
static void test_company_changes_nothing(void **state)
{
    (void)state;
    uint64_t hashes[2] = {0};
    for (unsigned round = 0; round < 2; round++) {
        struct bench bench;
        struct generator_config config;
        config_of(&config, 12);
        bench_start(&bench, &config);
        struct generator *generator = &bench.generator;
        struct market_event event;
        struct problem problem;
        problem_init(&problem);
        size_t slot;
        bool seen_new = false;
        uint64_t trade_id = 0;
        for (int64_t second = 1; second <= 60; second++) {
            if (round == 1 && second == 10) {
                struct generator_instrument added = instruments[0];
                added.name = TEXT("PYPL");
                assert_int_equal(generator_add(generator, &added, &slot, &problem), STATUS_OK);
                assert_int_equal(slot, 5);
                assert_int_equal(generator_remove(generator, TEXT("ETH-USD")), STATUS_OK);
                assert_int_equal(generator_remove(generator, TEXT("ETH-USD")), STATUS_NOT_FOUND);
            }
            if (round == 1 && second == 30) {
                assert_int_equal(generator_add(generator, &instruments[1], &slot, &problem),
                                 STATUS_OK);
                assert_int_equal(slot, 1);
            }
            /* In the middle of an update interval, where events wait to be taken. */
            int64_t until = START + second * SECOND - 7000000;
            while (generator_next_before(generator, until, &event)) {
                if (event.slot == 1) {
                    assert_true(round == 0 || second < 10 || second >= 30);
                    if (event.kind == MARKET_EVENT_TRADE) {
                        assert_int_equal(event.trade_id, trade_id + 1);
                        trade_id++;
                    }
                } else if (event.slot == 5) {
                    assert_true(round == 1 && second >= 10);
                    assert_true(seen_new || begins_snapshot(&event));
                    seen_new = true;
                } else {
                    struct event_bytes bytes = event_encode(&event);
                    hash_append(&hashes[round], bytes.data, bytes.size);
                }
            }
        }
        assert_int_equal(seen_new, round == 1);
        arena_release(&bench.arena);
    }
    assert_hash(hashes[1], hashes[0]);
}

static void test_nobody_left(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 12);
    config.instruments_count = 1;
    config.instruments_capacity = 1;
    bench_start(&bench, &config);
    struct market_event event;
    assert_true(generator_next(&bench.generator, &event));
    assert_int_equal(generator_remove(&bench.generator, TEXT("BTC-USD")), STATUS_OK);
    assert_false(generator_next(&bench.generator, &event));
    assert_false(generator_next_before(&bench.generator, START + 5 * SECOND, &event));
    struct problem problem;
    problem_init(&problem);
    struct generator_instrument other = instruments[0];
    size_t slot;
    other.price_decimals = 3;
    assert_int_equal(generator_add(&bench.generator, &other, &slot, &problem),
                     STATUS_CONFIG_INVALID);
    assert_int_equal(generator_add(&bench.generator, &instruments[0], &slot, &problem), STATUS_OK);
    assert_int_equal(generator_add(&bench.generator, &instruments[1], &slot, &problem),
                     STATUS_FULL);
    assert_true(generator_next(&bench.generator, &event));
    assert_true(begins_snapshot(&event));
    arena_release(&bench.arena);
}

/* The kinds asked for are a filter: the rest of the market is the same. */
static void test_kinds_filter(void **state)
{
    (void)state;
    struct bench all, bars;
    struct generator_config config;
    config_of(&config, 77);
    bench_start(&all, &config);
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR) | MARKET_EVENT_BIT(MARKET_EVENT_TRADE);
    bench_start(&bars, &config);
    struct market_event event, other;
    size_t count = 0;
    while (generator_next_before(&all.generator, START + 130 * SECOND, &event)) {
        if (event.kind == MARKET_EVENT_BAR || event.kind == MARKET_EVENT_TRADE) {
            assert_true(generator_next(&bars.generator, &other));
            struct event_bytes a = event_encode(&event), b = event_encode(&other);
            assert_int_equal(a.size, b.size);
            assert_memory_equal(a.data, b.data, a.size);
            count++;
        }
    }
    assert_true(count > 1000);
    arena_release(&all.arena);
    arena_release(&bars.arena);
}

static void test_configuration_is_judged(void **state)
{
    (void)state;
    struct generator_instrument one = instruments[0];
    for (unsigned fault = 0; fault < 16; fault++) {
        struct generator_config config;
        config_of(&config, 1);
        config.instruments = &one;
        config.instruments_count = 1;
        one = instruments[0];
        switch (fault) {
        case 0: config.instruments_count = 0; break;
        case 1: config.instruments_capacity = 0; break;
        case 2: config.instruments_capacity = GENERATOR_INSTRUMENTS_MAX + 1; break;
        case 3: config.instruments_count = 9; break;
        case 4: one.tick.units = 0; break;
        case 5: one.lot.units = -1; break;
        case 6: one.price_decimals = 13; break;
        case 7: config.update_interval_ns = SECOND + 1; break;
        case 8: config.update_interval_ns = 999999; break;
        case 9: config.bar_lengths_ns[3] = SECOND - 1; break;
        case 10: config.arrivals.jump = config.arrivals.decay; break;
        case 11: config.arrivals.base = (double)NAN; break;
        case 12: config.start_time_ns = -1; break;
        case 13: config.kinds = 0; break;
        case 14:
            config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR);
            memset(config.bar_lengths_ns, 0, sizeof config.bar_lengths_ns);
            break;
        default: one.name.size = 0; break;
        }
        struct bench bench;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(arena_init(&bench.arena, 1u << 22), STATUS_OK);
        assert_int_equal(generator_init(&bench.generator, &config, &bench.arena, &problem),
                         STATUS_CONFIG_INVALID);
        assert_int_equal(problem.status, STATUS_CONFIG_INVALID);
        assert_true(strlen(problem.found) > 0);
        arena_release(&bench.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_determinism_vector),
        cmocka_unit_test(test_seeds_differ),
        cmocka_unit_test(test_company_changes_nothing),
        cmocka_unit_test(test_nobody_left),
        cmocka_unit_test(test_kinds_filter),
        cmocka_unit_test(test_configuration_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
